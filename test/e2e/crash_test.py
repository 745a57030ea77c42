#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL after every store commit of a full exchange, on either side, as real processes.

Each run begins with the same two partners that have exchanged nothing of the kind yet, sends one
document under a new agreement, and kills one node right after its n-th commit (kill_after_sync).
After the restart: exactly one hand-over, nothing acknowledged lost, both logs consistent, both
receipts verify. The runs end with the first n that the exchange no longer reaches."""
import concurrent.futures
import contextlib
import http.client
import json
import os
import shutil
import sys
import time

import corridor_node as nodes

PRELOAD = os.environ["KILL_AFTER_SYNC_LIBRARY"]
LANES = 2


def template(folder):
    with nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        end = time.monotonic() + 20
        while len(a.inbox()) + len(b.inbox()) < 2:
            assert time.monotonic() < end, "the test documents did not cross"
            time.sleep(0.05)
        time.sleep(0.5)  # the receipts of both reach `logged`
        return a.port, b.port


def send_until_answered(a, b, document):
    """What a person does whose node dies: starts it again and gives the command again."""
    id_, end, acknowledged = None, time.monotonic() + 60, False
    while time.monotonic() < end:
        for node in (a, b):
            if not node.alive():
                node.start()
        with contextlib.suppress(OSError, http.client.HTTPException, KeyError, TypeError, ValueError):
            if id_ is None:
                status, answer = a.send(document, b.did, key="the-one-document")
                if status in (200, 202):
                    id_ = answer["exchange"]
                continue
            record = a.exchange(id_, "logged", "3s")
            acknowledged = acknowledged or record["state"] == "answered"
            assert not (acknowledged and record["state"] != "answered"), "an acknowledgement was lost"
            assert record["state"] in ("waiting", "sending", "answered"), record
            if record["level"] == "logged":
                return id_
        time.sleep(0.05)
    raise AssertionError("the exchange never came to its end")


def check_all(a, b, id_, document, folder):
    items = [i for i in b.inbox() if i["kind"] == "ubl:Invoice"]
    assert len(items) == 1, f"{len(items)} hand-overs"
    status, raw = b.ask("GET", f"/inbox/{items[0]['id']}/document")
    assert status == 200 and raw == document, "the document is not the one that was sent"
    end = time.monotonic() + 20
    while b.exchange(items[0]["id"])["level"] != "logged":
        assert time.monotonic() < end, "the receiver's receipt never reached logged"
        time.sleep(0.05)
    for node, exchange in ((a, id_), (b, items[0]["id"])):
        status, receipt = node.ask("GET", f"/exchanges/{exchange}/receipt")
        assert status == 200, receipt
        path = folder / f"{node.name}.receipt.json"
        path.write_text(json.dumps(receipt))
        code, out, err = nodes.run("verify", path)
        assert code == 0, out + err


def check_until_calm(a, b, id_, document, folder):
    """The last commits come after the answer; a node that dies at one of them is started again."""
    end = time.monotonic() + 60
    while True:
        try:
            return check_all(a, b, id_, document, folder)
        except (OSError, http.client.HTTPException):
            assert time.monotonic() < end, "the nodes do not come to rest"
            for node in (a, b):
                if not node.alive():
                    node.start()


def one_run(folder, template_folder, ports, side, number):
    for part in ("a", "b"):
        shutil.copytree(template_folder / part, folder / part)
    a, b = (nodes.Node(folder / p, port, n) for p, port, n in
            (("a", ports[0], "Alder"), ("b", ports[1], "Birch")))
    victim = a if side == "sender" else b
    try:
        for node in (a, b):
            deadly = {"LD_PRELOAD": PRELOAD, "KILL_AFTER_SYNC": str(number)} if node is victim else None
            node.start(deadly, wait=node is not victim)
        first = victim.process
        victim.wait_until_up()
        document = nodes.invoice(f"CRASH-{side}-{number}")
        id_ = send_until_answered(a, b, document)
        check_until_calm(a, b, id_, document, folder)
        killed = victim.process is not first or first.poll() is not None
        # Once more from the folders alone: a restart finds a log that verifies.
        for node in (a, b):
            node.stop()
            node.start()
        return killed
    finally:
        for node in (a, b):
            with contextlib.suppress(AssertionError):
                node.stop()


def lane(folder, side):
    template_folder = folder / side / "template"
    template_folder.mkdir(parents=True)
    ports = template(template_folder)
    number = 0
    while True:
        number += 1
        place = folder / side / str(number)
        place.mkdir()
        try:
            killed = one_run(place, template_folder, ports, side, number)
        except AssertionError as error:
            raise AssertionError(f"{side} killed after commit {number}: {error}") from error
        shutil.rmtree(place)
        if not killed:
            return number - 1
        assert number < 60, "the exchange never stops committing"


def main():
    with nodes.workshop() as folder, concurrent.futures.ThreadPoolExecutor(LANES) as pool:
        runs = {side: pool.submit(lane, folder, side) for side in ("sender", "receiver")}
        try:
            counts = {side: run.result() for side, run in runs.items()}
        except AssertionError as error:
            print("FAIL", error)
            os._exit(1)
    print(f"COUNT crash: the sender was killed after each of its {counts['sender']} commits, the "
          f"receiver after each of its {counts['receiver']}; one hand-over each, all receipts verify")


if __name__ == "__main__":
    sys.exit(main())
