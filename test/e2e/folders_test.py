#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Folders in and out of two real nodes: what is put into one outbox is in the other's inbox once, with what
proves it; what is refused says why; hostile names and links do nothing; kill -9 at any moment loses and
doubles nothing."""
import contextlib
import json
import os
import random
import shutil
import signal
import threading
import time

import corridor_node as nodes

SIDES = (".receipt.json", ".report.json", ".report.txt")


class Site:
    """A node with its folders."""

    def __init__(self, folder, name):
        self.node = nodes.Node(folder / name, nodes.free_port(), name)
        self.folders = folder / (name + "-folders")

    def start(self):
        self.node.start(more=("--folders", self.folders))
        return self

    def at(self, *parts):
        return self.folders.joinpath(*parts)

    def files(self, *parts):
        """The documents there: no hidden files, none of those beside them."""
        folder = self.at(*parts)
        names = os.listdir(os.fsencode(folder)) if folder.is_dir() else []
        return sorted(n for n in names if not n.startswith(b".") and not n.decode("utf-8", "replace").endswith(SIDES)
                      and b"corridor-Test" not in n)  # the partners' first documents

    def put(self, partner, name, content):
        """As a good program does: written elsewhere on the same disk, then moved in."""
        spool = self.at("spool")
        spool.mkdir(exist_ok=True)
        draft = spool / f"{threading.get_ident()}"
        draft.write_bytes(content)
        os.rename(os.fsencode(draft), os.path.join(os.fsencode(self.at("outbox", partner)), os.fsencode(name)))


@contextlib.contextmanager
def two_sites(folder):
    a, b = Site(folder, "Alder"), Site(folder, "Birch")
    try:
        a.start(), b.start()
        nodes.make_partners(a.node, b.node)
        soon(lambda: a.at("outbox", "Birch").is_dir() and b.at("outbox", "Alder").is_dir())
        yield a, b
    finally:
        for site in (a, b):
            with contextlib.suppress(AssertionError):
                site.node.stop()


def soon(holds, seconds=40, what=None):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(what() if callable(what) else "it does not come about")


def broken(number):
    return nodes.invoice(number).replace(b"<cbc:IssueDate>", b"<cbc:IssueDatum>", 1)


def number_of(content):
    start = content.index(b"<cbc:ID>") + 8
    return content[start:content.index(b"</cbc:ID>", start)].decode()


def verified(receipt, document=None):
    more = ("--document", document) if document else ()
    status, out, err = nodes.run("verify", receipt, *more)
    assert status == 0, (receipt, out, err)


def two_hundred_at_once():
    with nodes.workshop() as folder, two_sites(folder) as (a, b):
        good = [f"GOOD-{n}" for n in range(180)]
        bad = [f"BAD-{n}" for n in range(20)]
        begin = time.monotonic()
        for n, number in enumerate(good):
            a.put("Birch", f"{number}.xml", nodes.invoice(number))
            if n % 9 == 0:
                a.put("Birch", f"{bad[n // 9]}.xml", broken(bad[n // 9]))
        soon(lambda: len(a.files("sent", "Birch")) == 180 and len(a.files("refused", "Birch")) == 20,
             what=lambda: str((len(a.files("sent", "Birch")), len(a.files("refused", "Birch")), a.files("outbox", "Birch"))))
        soon(lambda: len(b.files("inbox", "Alder")) == 180)
        took = time.monotonic() - begin
        inbox = b.at("inbox", "Alder")
        assert sorted(number_of((inbox / os.fsdecode(f)).read_bytes()) for f in b.files("inbox", "Alder")) == sorted(good)
        for name in b.files("inbox", "Alder"):
            name = os.fsdecode(name)
            assert (inbox / (name + ".receipt.json")).exists(), name
            assert json.loads((inbox / (name + ".report.json")).read_text())["valid"], name
        for name in map(os.fsdecode, random.sample(b.files("inbox", "Alder"), 5)):
            verified(inbox / (name + ".receipt.json"), inbox / name)
        sent = a.at("sent", "Birch")
        for number in random.sample(good, 5):
            assert (sent / f"{number}.xml").read_bytes() == nodes.invoice(number)
            verified(sent / f"{number}.xml.receipt.json", sent / f"{number}.xml")
        for number in bad:
            report = json.loads(a.at("refused", "Birch", f"{number}.xml.report.json").read_text())
            assert report["state"] == "refused" and report["code"] == "check" and report["report"]["findings"], report
            assert "why:" in a.at("refused", "Birch", f"{number}.xml.report.txt").read_text()
        assert not a.files("outbox", "Birch")
        assert not [p for p in inbox.iterdir() if p.name.startswith(".") and p.name.endswith(".part")]
        soon(lambda: not [p for p in inbox.iterdir() if p.name.startswith(".")])
        # What was sent is not sent again under the same name; what was refused is a new try.
        a.put("Birch", "GOOD-0.xml", nodes.invoice("GOOD-0"))
        a.put("Birch", "BAD-0.xml", broken("BAD-0"))
        before = json.loads(a.at("refused", "Birch", "BAD-0.xml.report.json").read_text())["exchange"]
        soon(lambda: not a.files("outbox", "Birch"))
        time.sleep(0.3)
        assert len(b.files("inbox", "Alder")) == 180
        assert len(a.files("sent", "Birch")) == 181
        after = json.loads(a.at("refused", "Birch", "BAD-0.xml.report.json").read_text())["exchange"]
        assert before != after
        return f"{200 / took:.0f} files/s"


def hostile_names_and_things():
    with nodes.workshop() as folder, two_sites(folder) as (a, b):
        secret = folder / "secret"
        secret.write_bytes(nodes.invoice("SECRET"))
        outbox = a.at("outbox", "Birch")
        names = [b"-rf", b"a b.xml", b"new\nline.xml", b"\xff\xfe.xml", b"\x1b[2J.xml", b"x" * 255, "\u6d77\u5173.xml".encode(),
                 b"..xml", b"$(reboot).xml", b"%2e%2e%2f.xml", b"con", b"a'b\".xml"]
        left = [b".hidden.xml", b"a.xml.part", b"b.tmp", b"c.xml~", b"d.xml.receipt.json", b"..xml", b"empty.xml"]
        names.remove(b"..xml")
        for n, name in enumerate(names):
            a.put("Birch", name, nodes.invoice(f"HOSTILE-{n}"))
        for name in left[:-1]:
            a.put("Birch", name, nodes.invoice("LEFT"))
        a.put("Birch", b"empty.xml", b"")
        os.symlink(secret, outbox / "link.xml")
        os.symlink("/dev/zero", outbox / "zero.xml")
        os.symlink(folder, outbox / "folder.xml")
        os.mkfifo(outbox / "pipe.xml")
        (outbox / "a folder").mkdir()
        with open(outbox / "large.xml", "wb") as large:
            large.truncate(64 * 1024 * 1024 + 1)
        refused = [b"folder.xml", b"large.xml", b"link.xml", b"pipe.xml", b"zero.xml"]
        soon(lambda: a.files("refused", "Birch") == refused, what=lambda: str(a.files("refused", "Birch")))
        soon(lambda: a.files("sent", "Birch") == sorted(names), what=lambda: str(a.files("sent", "Birch")))
        soon(lambda: len(b.files("inbox", "Alder")) == len(names))
        got = {number_of(b.at("inbox", "Alder", os.fsdecode(f)).read_bytes()) for f in b.files("inbox", "Alder")}
        assert got == {f"HOSTILE-{n}" for n in range(len(names))}, got
        assert secret.read_bytes() == nodes.invoice("SECRET")
        assert os.path.islink(a.at("refused", "Birch", "link.xml"))
        assert "link" in a.at("refused", "Birch", "link.xml.report.txt").read_text()
        assert "64 MiB" in a.at("refused", "Birch", "large.xml.report.txt").read_text()
        assert sorted(n for n in os.listdir(os.fsencode(outbox))) == sorted(left + [b"a folder"])
        # Being written: taken when it is closed, and whole.
        document = nodes.invoice("SLOW")
        with open(outbox / "slow.xml", "wb") as slow:
            slow.write(document[:500])
            slow.flush()
            time.sleep(0.3)
            slow.write(document[500:])
        soon(lambda: b"slow.xml" in a.files("sent", "Birch"))
        # A folder that nobody has, one that vanishes, and a partner by its DID.
        a.at("outbox", "Nobody").mkdir()
        a.put("Nobody", "lost.xml", nodes.invoice("NOBODY"))
        shutil.rmtree(outbox)
        soon(lambda: outbox.is_dir())
        by_did = b.node.did.replace("%", "%25").replace(":", "%3A")
        a.at("outbox", by_did).mkdir()
        a.put("Birch", "after.xml", nodes.invoice("AFTER"))
        a.put(by_did, "did.xml", nodes.invoice("DID"))
        soon(lambda: b"after.xml" in a.files("sent", "Birch") and a.files("sent", by_did) == [b"did.xml"])
        assert a.files("outbox", "Nobody") == [b"lost.xml"]
        return f"{len(names)} names"


def a_folder_that_cannot_be_used():
    """Nothing is lost by it; /ready, doctor and the log say so; it goes on by itself."""
    with nodes.workshop() as folder, two_sites(folder) as (a, b):
        inbox = b.at("inbox")
        away = folder / "away"
        os.rename(b.folders, away)
        a.put("Birch", "one.xml", nodes.invoice("AWAY"))
        soon(lambda: a.files("sent", "Birch") == [b"one.xml"])
        soon(lambda: b.node.raw("GET", "/ready")[0] == 503)
        status, out, _ = nodes.run("doctor", "--data", b.node.folder)
        assert status != 0 and "folders" in out, out
        os.rename(away, b.folders)
        soon(lambda: len(b.files("inbox", "Alder")) == 1)
        soon(lambda: b.node.raw("GET", "/ready")[0] == 200)
        status, out, _ = nodes.run("doctor", "--data", b.node.folder)
        assert status == 0 and "folders" in out, out
        assert inbox.is_dir()
        # Without --folders nothing is handed over; with them again, what came meanwhile is.
        b.node.stop()
        b.node.start()
        a.put("Birch", "two.xml", nodes.invoice("REST"))
        soon(lambda: len(a.files("sent", "Birch")) == 2)
        time.sleep(0.3)
        assert len(b.files("inbox", "Alder")) == 1
        b.node.stop()
        b.start()
        soon(lambda: len(b.files("inbox", "Alder")) == 2)


def killed_at_any_moment():
    """Ten times kill -9 of either node; a reader takes documents away as soon as they are there."""
    chance = random.Random(seed := int(os.environ.get("SEED", time.time_ns() % 1_000_000)))
    print(f"     seed {seed}", flush=True)
    with nodes.workshop() as folder, two_sites(folder) as (a, b):
        count = 100
        good = [f"KILL-{n}" for n in range(count)]
        bad = [f"FAULT-{n}" for n in range(10)]
        taken, stop = [], threading.Event()
        archive = b.at("archive")
        archive.mkdir()

        def reader():
            while not stop.is_set():
                for name in map(os.fsdecode, b.files("inbox", "Alder")):
                    at = b.at("inbox", "Alder", name)
                    for side in (".receipt.json", ".report.json"):
                        assert os.path.exists(str(at) + side), name
                    taken.append(number_of(at.read_bytes()))
                    shutil.copy(str(at) + ".receipt.json", archive)
                    shutil.copy(at, archive)
                    os.unlink(at)
                time.sleep(0.002)

        def writer():
            for n, number in enumerate(good):
                a.put("Birch", f"{number}.xml", nodes.invoice(number))
                if n % 10 == 0:
                    a.put("Birch", f"{bad[n // 10]}.xml", broken(bad[n // 10]))
                time.sleep(0.02)
        threads = [threading.Thread(target=reader), threading.Thread(target=writer)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(10):
                time.sleep(chance.uniform(0.05, 0.6))
                site = chance.choice((a, b))
                site.node.stop(signal.SIGKILL)
                site.start()
            threads[1].join()
            soon(lambda: len(a.files("sent", "Birch")) == count and len(a.files("refused", "Birch")) == len(bad)
                 and not a.files("outbox", "Birch"), 90,
                 lambda: str((len(a.files("sent", "Birch")), len(a.files("refused", "Birch")), a.files("outbox", "Birch")[:5])))
            soon(lambda: len(taken) >= count, 60, lambda: f"{len(taken)} of {count} in the inbox")
            time.sleep(1)
        finally:
            stop.set()
            threads[0].join()
        assert sorted(taken) == sorted(good), (len(taken), len(set(taken)))
        for number in chance.sample(good, 8):
            verified(a.at("sent", "Birch", f"{number}.xml.receipt.json"), a.at("sent", "Birch", f"{number}.xml"))
        for receipt in chance.sample(sorted(archive.glob("*.receipt.json")), 8):
            verified(receipt, str(receipt).removesuffix(".receipt.json"))
        for number in bad:
            assert json.loads(a.at("refused", "Birch", f"{number}.xml.report.json").read_text())["report"]["findings"]
        return f"{count} files, 10 kills"


nodes.main(two_hundred_at_once, hostile_names_and_things, a_folder_that_cannot_be_used, killed_at_any_moment)
