#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Data folders of every version so far, opened by this one: what they held is there, their receipts
verify, and the node works on. A folder of a later version is refused, with what to do."""
import os
import shutil
import socket
import sqlite3
import time

import corridor_node as nodes

VERSIONS = sorted((nodes.ROOT / "test/upgrade").glob("v*"))
PORT = 27411


def restore(source, folder):
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("node.sql", "sent.*"))
    for path in (folder / "keys").iterdir():
        os.chmod(path, 0o600)
    with sqlite3.connect(folder / "node.db") as rows:
        rows.executescript((source / "node.sql").read_text())


def every_version_so_far():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            print(f"SKIPPED upgrade: port {PORT} is taken")
            return None
    for source in VERSIONS:
        with nodes.workshop() as temporary:
            folder = temporary / "node"
            restore(source, folder)
            node = nodes.Node(folder, PORT, "Upgraded").start()
            try:
                id_ = (source / "sent.id").read_text().strip()
                assert node.exchange(id_)["state"] == "answered"
                kept = node.raw("GET", f"/0/api/v1/exchanges/{id_}/receipt", headers={
                    "Authorization": "Bearer " + (folder / "api.key").read_text().strip()})[2]
                (temporary / "now.receipt.json").write_bytes(kept)
                for receipt in (source / "sent.receipt.json", temporary / "now.receipt.json"):
                    code, out, err = nodes.run("verify", receipt)
                    assert code == 0, out + err
                assert [i["kind"] for i in node.inbox()] == ["ubl:Invoice"]
                end = time.monotonic() + 20
                answer = {}
                while "exchange" not in answer:
                    answer = node.send(nodes.invoice("UPGRADE-2"), "echo", key="again")[1]
                    assert time.monotonic() < end, answer
                assert node.exchange(answer["exchange"], "logged", "20s")["level"] == "logged"
            finally:
                node.stop()
    return f"{len(VERSIONS)} version(s)"


def a_later_version_is_refused():
    with nodes.workshop() as temporary:
        node = nodes.Node(temporary / "node", nodes.free_port(), "Later").start()
        node.stop()
        with sqlite3.connect(temporary / "node" / "node.db") as rows:
            rows.execute("UPDATE rows SET value = CAST('99' AS BLOB) WHERE tbl = 1 AND "
                         "key = CAST(X'000076657273696f6e' AS BLOB)")
            assert rows.total_changes == 1
        code, out, err = nodes.run("serve", "--data", temporary / "node")
        assert code == 6 and "restore" in err, (code, out, err)


if __name__ == "__main__":
    nodes.main(every_version_so_far, a_later_version_is_refused)
