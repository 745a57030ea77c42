#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Dataspace Protocol as people use it: two real nodes, every command of negotiations, transfers,
agreements, datasets, catalogues, fetches, instructions and peers, by hand on both sides."""
import contextlib
import hashlib
import http.server
import json
import pathlib
import re
import threading
import time

import corridor_node as nodes

UNTIL = {"permission": [{"action": "use", "constraint": [
    {"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2031-01-01T00:00:00Z"}]}]}
TARIFFS = b"code,duty\n0101,3.5\n0102,4.0\n"


class Desk:
    """One node's people: commands with its data folder, in words and as JSON."""

    def __init__(self, node):
        self.node = node

    def run(self, *words, code=0):
        got, out, err = nodes.run(*words, "--data", self.node.folder)
        assert got == code, (words, got, out, err)
        return out if code == 0 or out else err

    def json(self, *words, code=0):
        out = self.run(*words, "--json", code=code)
        lines = [json.loads(line) for line in out.splitlines()]
        return lines

    def one(self, *words, code=0):
        lines = self.json(*words, code=code)
        assert len(lines) == 1, (words, lines)
        return lines[0]

    def error(self, *words, code):
        got, out, err = nodes.run(*words, "--data", self.node.folder)
        lines = err.strip().splitlines()
        assert got == code and len(lines) == 3 and lines[1].startswith("  why: ") and \
            lines[2].startswith("  do: "), (words, got, out, err)
        return err

    def until(self, state, *words, seconds=10):
        """The object of a show command, once its state is this one."""
        end = time.monotonic() + seconds
        while True:
            shown = self.one(*words)
            if shown["state"] == state:
                return shown
            assert time.monotonic() < end, (state, shown)
            time.sleep(0.03)


@contextlib.contextmanager
def desks(partners=True):
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        if partners:
            nodes.make_partners(a, b)
        yield folder, Desk(a), Desk(b)


def put(folder, name, value):
    path = pathlib.Path(folder) / name
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return path


def offer_elsewhere(desk, id_, *words):
    """A dataset whose bytes others serve: all of the protocol, without moving any here."""
    return desk.one("dataset", "add", "--id", id_, "--address", "http://localhost:9/data", *words)


def of_peer(desk, noun, **wanted):
    """The one process of this desk whose members are these."""
    end = time.monotonic() + 10
    while True:
        found = [p for p in desk.json(noun, "list") if all(p.get(k) == v for k, v in wanted.items())]
        if len(found) == 1:
            return found[0]
        assert not found and time.monotonic() < end, (noun, wanted, found)
        time.sleep(0.03)


def datasets_and_catalogue():
    with desks() as (folder, a, b):
        terms = put(folder, "until.json", UNTIL)
        made = offer_elsewhere(a, "urn:example:tariffs", "--title", "Tariffs", "--terms", terms,
                               "--to", "Birch", "--to", "did:web:other.example", "--offer", "urn:example:offer")
        assert made["id"] == "urn:example:tariffs" and made["hasData"], made
        assert made["offers"][0]["peers"] == [b.node.did, "did:web:other.example"], made
        a.error("dataset", "add", "--id", "urn:example:tariffs", "--address", "http://localhost:9/x", code=6)
        offer_elsewhere(a, "urn:example:tariffs", "--replace", "--terms", terms)
        offer_elsewhere(a, "urn:example:secret", "--to", "did:web:other.example")
        assert "partners" in a.run("dataset"), a.run("dataset")
        assert "may use until 2031-01-01T00:00:00Z" in a.run("dataset", "show", "urn:example:tariffs")
        seen = b.json("catalog", "Alder")
        assert [d["id"] for d in seen] == ["urn:example:tariffs"], seen
        assert seen[0]["offers"][0]["terms"] == "may use until 2031-01-01T00:00:00Z", seen
        assert "may use until" in b.run("catalog", a.node.did)
        for i in range(120):
            a.node.ask("PUT", f"/datasets/many-{i:03}", json.dumps({"address": {"endpoint": "http://localhost:9/"}}))
        assert len(b.json("catalog", "Alder")) == 100 and "--all" in b.run("catalog", "Alder")
        assert len(b.json("catalog", "Alder", "--all")) == 121
        assert a.one("dataset", "remove", "urn:example:tariffs")["id"] == "urn:example:tariffs"
        a.error("dataset", "show", "urn:example:tariffs", code=5)
        b.error("catalog", "Nobody", code=5)
        a.error("dataset", "add", code=2)
        return "121 datasets over two pages"


def a_usual_negotiation():
    """What is asked for as it is offered needs nobody."""
    with desks() as (folder, a, b):
        offer_elsewhere(a, "urn:example:list")
        begun = b.one("negotiation", "start", "Alder", "urn:example:list")
        shown = b.until("FINALIZED", "negotiation", "show", begun["id"])
        assert shown["role"] == "consumer" and shown["agreement"], shown
        assert a.until("FINALIZED", "negotiation", "show", of_peer(a, "negotiation", dataset="urn:example:list")["id"])
        agreement = b.one("agreement", "show", shown["agreement"])
        assert agreement["dataset"] == "urn:example:list" and not agreement["imported"], agreement
        assert "in force" in b.run("agreement", "show", shown["agreement"])
        asked = b.one("transfer", "request", shown["agreement"])
        started = b.until("STARTED", "transfer", "show", asked["id"])
        assert started["endpoint"] == "http://localhost:9/data", started
        ours = of_peer(a, "transfer", agreement=shown["agreement"])["id"]
        a.error("transfer", "start", shown["agreement"], code=2)
        for desk, verb, state in ((a, "suspend", "SUSPENDED"), (a, "resume", "STARTED"), (b, "complete", "COMPLETED")):
            words = ("--reason", "maintenance") if verb == "suspend" else ()
            moved = desk.one("transfer", verb, ours if desk is a else asked["id"], *words)
            assert moved["state"] == state, (verb, moved)
            (b if desk is a else a).until(state, "transfer", "show", asked["id"] if desk is a else ours)
        a.error("transfer", "suspend", ours, code=6)
        ended = a.one("agreement", "terminate", shown["agreement"], "--reason", "contract over")
        assert ended["ended"], ended
        text = b.run("explain", shown["agreement"])
        assert "transfer" in text and "COMPLETED" in text and "FINALIZED · there too" in text, text


def counter_offers_by_hand():
    """Every move of both sides, by hand: request, offer, counter, offer, accept, agree, verify, finalize."""
    with desks() as (folder, a, b):
        offer_elsewhere(a, "urn:example:maps")
        holds = put(folder, "holds.toml", "\n".join(
            f'[[instruction]]\nid = "hold-{on}"\non = "{on}"\ndataset = "urn:example:maps"\ndo = "hold"\n'
            for on in ("REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED")).encode())
        for desk in (a, b):
            assert len(desk.json("instruction", "import", holds)) == 5
        mine = put(folder, "mine.json", UNTIL)
        begun = b.one("negotiation", "start", "Alder", "urn:example:maps", "--terms", mine)["id"]
        theirs = of_peer(a, "negotiation", dataset="urn:example:maps", state="REQUESTED")["id"]
        held = a.json("negotiation", "list", "--held", "--peer", "Birch", "--state", "REQUESTED")
        assert [n["id"] for n in held] == [theirs], held
        text = a.run("negotiation", "show", theirs)
        assert "+ may use until 2031" in text and "- may use\n" in text and "Decide with" in text, text
        steps = ((a, "offer", "OFFERED"), (b, "counter", "REQUESTED"), (a, "offer", "OFFERED"),
                 (b, "accept", "ACCEPTED"), (a, "agree", "AGREED"), (b, "verify", "VERIFIED"),
                 (a, "finalize", "FINALIZED"))
        for desk, verb, state in steps:
            words = ("--terms", mine) if verb in ("offer", "counter") else ()
            done = desk.one("negotiation", verb, theirs if desk is a else begun, *words)
            assert done["state"] == state, (verb, done)
            other = b if desk is a else a
            other.until(state, "negotiation", "show", begun if desk is a else theirs)
        a.error("negotiation", "agree", theirs, code=6)
        life = b.one("explain", begun)
        assert life["negotiation"]["otherSide"]["state"] == "FINALIZED", life["negotiation"]
        assert {s["type"] for s in life["negotiation"]["statements"]} >= {"REQUEST", "FINALIZED"}, life
        return "7 moves"


def the_provider_begins():
    with desks() as (folder, a, b):
        offer_elsewhere(a, "urn:example:offer-first")
        begun = a.one("negotiation", "start", "Birch", "urn:example:offer-first", "--as", "provider")["id"]
        theirs = of_peer(b, "negotiation", dataset="urn:example:offer-first", held=True)["id"]
        assert "waits for a person here" in b.run("negotiation", "show", theirs)
        assert b.one("negotiation", "approve", theirs, "--reason", "by telephone")["state"]
        assert a.until("FINALIZED", "negotiation", "show", begun)["agreement"]
        again = a.one("negotiation", "start", "Birch", "urn:example:offer-first", "--as", "provider")["id"]
        theirs = of_peer(b, "negotiation", dataset="urn:example:offer-first", held=True)["id"]
        b.run("negotiation", "hold", theirs, "--reason", "legal looks")
        assert b.one("negotiation", "terminate", theirs, "--code", "no", "--reason", "not us")["state"] == "TERMINATED"
        ended = a.until("TERMINATED", "negotiation", "show", again)
        assert "not us" in json.dumps(ended["messages"]), ended


def instructions_with_time():
    with desks() as (folder, a, b):
        offer_elsewhere(a, "urn:example:cool-off")
        added = a.one("instruction", "add", "--on", "REQUESTED", "--dataset", "urn:example:cool-off", "--do", "agree",
                      "--after", "700ms", "--id", "cool-off", "--role", "provider")
        assert added["after"] == 700 and added["peer"] == "partner" and added["kind"] == "*", added
        assert "agree after 700 ms" in a.run("instruction", "show", "cool-off")
        begun = time.monotonic()
        id_ = b.one("negotiation", "start", "Alder", "urn:example:cool-off")["id"]
        assert "will agree at" in a.run("negotiation", "show", of_peer(a, "negotiation", dataset="urn:example:cool-off")["id"])
        b.until("FINALIZED", "negotiation", "show", id_)
        took = time.monotonic() - begun
        assert took >= 0.7, took
        many = put(folder, "many.json", {"items": [
            {"id": "m1", "process": "transfer", "on": "STARTED", "do": "complete", "after": "1h", "peer": "Birch"},
            {"id": "m2", "on": "OFFERED", "do": "counter", "terms": UNTIL, "nth": 1, "when":
             {"leftOperand": "dateTime", "operator": "gt", "rightOperand": "2020-01-01T00:00:00Z"}}]})
        made = a.json("instruction", "import", many)
        assert [m["id"] for m in made] == ["m1", "m2"] and made[0]["peer"] == b.node.did, made
        assert {i["id"] for i in a.json("instruction", "list")} >= {"m1", "m2", "cool-off"}
        assert "complete after 60 min" in a.run("instruction"), a.run("instruction")
        for bad, word in (('[[instruction]]\ndo = "hold"\npear = "x"\n', "pear"), ('[[instruction]]\non = "OFFERED"\n', "do"),
                          ("do = 'hold'\n", "outside"), ("[[instruction]\n", "line 1"),
                          ('[[instruction]]\ndo = "hold"\nafter = "soon"\n', "soon")):
            assert word in a.error("instruction", "import", put(folder, "bad.toml", bad.encode()), code=2)
        a.error("instruction", "add", "--do", "sing", code=2)
        assert a.one("instruction", "remove", "m1")["id"] == "m1"
        a.error("instruction", "show", "m1", code=5)
        return f"agreed after {took * 1000:.0f} ms"


def an_imported_agreement():
    """Agreed on paper, known to both nodes, a transfer under it."""
    with desks() as (folder, a, b):
        offer_elsewhere(a, "urn:example:frame")
        common = ("--id", "urn:example:contract-7", "--dataset", "urn:example:frame", "--note", "signed in March")
        made = a.one("agreement", "import", *common, "--peer", "Birch", "--role", "provider")
        assert made["imported"] and made["peer"] == b.node.did, made
        file = put(folder, "agreement.json", {"id": "urn:example:contract-7", "peer": "Alder", "role": "consumer",
                                              "dataset": "urn:example:frame", "timestamp": "2026-03-01T10:00:00Z"})
        assert b.one("agreement", "import", file)["imported"]
        assert b.one("agreement", "show", "urn:example:contract-7")["since"] == "2026-03-01T10:00:00.000Z"
        assert "imported" in a.run("agreement") and "signed in March" in a.run("agreement", "show", "urn:example:contract-7")
        asked = b.one("transfer", "request", "urn:example:contract-7")["id"]
        b.until("STARTED", "transfer", "show", asked)
        assert "STARTED" in a.run("explain", "urn:example:contract-7")
        a.error("agreement", "import", "--id", "x", code=2)
        assert b.one("agreement", "terminate", "urn:example:contract-7")["ended"]
        b.until("TERMINATED", "transfer", "show", asked)


def explained_from_every_id():
    with desks() as (folder, a, b):
        offer_elsewhere(a, "urn:example:any")
        n = b.one("negotiation", "start", "Alder", "urn:example:any")["id"]
        shown = b.until("FINALIZED", "negotiation", "show", n)
        t = b.one("transfer", "request", shown["agreement"])["id"]
        started = b.until("STARTED", "transfer", "show", t)
        exchange = a.node.send(nodes.invoice("ANY-1"), b.node.did)[1]["exchange"]
        assert a.node.exchange(exchange, "answered")["state"] == "answered"
        fetch = b.node.ask("POST", "/fetches", json.dumps({"peer": a.node.did, "dataset": "urn:example:any"}))[1]["id"]
        for desk, id_, what in ((b, n, "negotiation"), (a, n, "negotiation"), (b, shown["providerPid"], "negotiation"),
                                (b, shown["agreement"], "agreement"), (a, shown["agreement"], "agreement"),
                                (b, t, "transfer"), (a, t, "transfer"), (a, started["providerPid"], "transfer"),
                                (a, exchange, "exchange"), (a, "urn:example:any", "dataset"), (b, fetch, "fetch")):
            end = time.monotonic() + 10
            while True:
                life = desk.one("explain", id_)
                assert life["what"] == what, (id_, life["what"])
                sides = [(life[m]["state"], life[m]["otherSide"].get("state")) for m in ("negotiation", "transfer") if m in life]
                if all(ours == theirs for ours, theirs in sides):
                    break
                assert time.monotonic() < end, (id_, sides)
            words = desk.run("explain", id_)
            assert words.startswith(what) and ("there too" in words or what == "dataset"), words
        a.node.stop()
        words = b.run("explain", n)
        assert "FINALIZED · there: not known" in words, words
        b.error("explain", "urn:example:nothing", code=5)
        return "11 ids"


class Foreign(http.server.BaseHTTPRequestHandler):
    """A connector that is no Corridor, as far as doctor looks: by fixed tokens, and it never moves."""
    version = "2025-1"
    admits = "Bearer we-know-you"

    def log_message(self, *_):
        pass

    def say(self, status, body):
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def dataset(self):
        return {"@id": "d1", "@type": "Dataset", "hasPolicy": [{"@type": "Offer", "@id": "o1", "permission": [{"action": "use"}]}],
                "distribution": [{"@type": "Distribution", "format": "HttpData-PULL", "accessService": "x"}]}

    def do_GET(self):
        if self.path == "/api/.well-known/dspace-version":
            return self.say(200, {"protocolVersions": [{"version": self.version, "path": "/dsp", "binding": "HTTPS"}]})
        if self.path == "/api/dsp/catalog/datasets/d1":
            return self.say(200, {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], **self.dataset()})
        self.say(404, {})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, body))
        if self.headers["Authorization"] != self.admits:
            return self.say(401, {"@type": "CatalogError", "reason": ["unauthorized"]})
        context = {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"]}
        if self.path.endswith("/catalog/request"):
            return self.say(200, {**context, "@type": "Catalog", "@id": "c", "participantId": "FOREIGN", "dataset": [self.dataset()]})
        if self.path.endswith("/negotiations/request"):
            return self.say(201, {**context, "@type": "ContractNegotiation", "providerPid": "urn:p:1",
                                  "consumerPid": body["consumerPid"], "state": "REQUESTED"})
        self.say(200, {})


@contextlib.contextmanager
def foreign():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server, f"http://localhost:{server.server_port}/api/dsp"
    finally:
        server.shutdown()


def doctor_for_a_good_peer():
    with desks() as (folder, a, b):
        assert "not tried" in b.run("doctor", "--peer", "Alder")
        offer_elsewhere(a, "urn:example:list")
        seen = b.one("doctor", "--peer", "Alder")
        assert seen["well"] and [c["check"] for c in seen["checks"]] == [
            "known here", "DID document", "service", "version document", "trust", "dry negotiation"], seen
        assert "it agreed" in seen["checks"][-1]["text"], seen
        mine = b.one("negotiation", "list", "--peer", "Alder", "--state", "TERMINATED")
        assert mine["state"] == "TERMINATED" and mine["dataset"] == "urn:example:list", mine
        theirs = a.until("TERMINATED", "negotiation", "show", of_peer(a, "negotiation", dataset="urn:example:list")["id"])
        assert "dry run" in json.dumps(theirs["messages"]), theirs
        states = [m["state"] for m in b.one("negotiation", "show", mine["id"])["messages"]]
        assert "VERIFIED" not in states and "FINALIZED" not in states, states
        assert not [i for i in b.json("instruction", "list") if "dry-run" in i["id"]]
        return seen["checks"][-1]["text"]


def doctor_for_bad_peers():
    with desks() as (folder, a, b), foreign() as (server, base):
        us = put(folder, "us", b"Bearer we-know-you\n")
        stranger = put(folder, "stranger", b"Bearer wrong\n")
        added = b.one("peer", "add", "FOREIGN", "--name", "Foreign", "--dsp", base, "--authorization-file", us)
        assert added["did"] == "FOREIGN" and added["partner"], added
        seen = b.one("doctor", "--peer", "Foreign", code=1)
        last = seen["checks"][-1]
        assert not seen["well"] and last["check"] == "dry negotiation" and last["turn"] == "theirs", seen
        assert "has not moved" in last["text"], last
        end = time.monotonic() + 5
        while not any(p.endswith("/negotiations/urn%3Ap%3A1/termination") and m["code"] == "dry-run" for p, m in server.seen):
            assert time.monotonic() < end, server.seen
            time.sleep(0.05)
        assert "their turn" in b.run("doctor", "--peer", "Foreign", code=1)
        b.one("peer", "add", "FOREIGN", "--dsp", base, "--authorization-file", stranger)
        trust = b.one("doctor", "--peer", "FOREIGN", code=1)["checks"][-1]
        assert trust["check"] == "trust" and trust["turn"] == "theirs" and "401" in trust["text"], trust
        Foreign.version = "0.8"
        try:
            seen = b.one("doctor", "--peer", "FOREIGN", code=1)["checks"]
        finally:
            Foreign.version = "2025-1"
        assert [c for c in seen if c["check"] == "version document" and "only 0.8" in c["text"]], seen
        a.node.stop()
        gone = b.one("doctor", "--peer", a.node.did, code=1)["checks"]
        assert not gone[1]["ok"] and gone[1]["check"] == "DID document", gone
        unknown = b.one("doctor", "--peer", "did:web:localhost%3A9", code=1)["checks"]
        assert unknown[0]["turn"] == "ours" and unknown[1]["turn"] == "theirs", unknown
        b.error("peer", "add", "SOMEBODY", code=2)
        b.error("peer", "add", "did:web:localhost%3A9", code=9)


def peers_by_discovery():
    with desks(partners=False) as (folder, a, b):
        added = b.one("peer", "add", a.node.did, "--name", "Alder Ltd", "--kinds", "ubl:Invoice")
        assert added["did"] == a.node.did and "ubl:Invoice" in added["kinds"], added
        listed = [p for p in b.json("peer", "list") if p["did"] == a.node.did][0]
        assert listed["dsp"].endswith(f":{a.node.port}/0/dsp") and listed["url"], listed
        offer_elsewhere(a, "urn:example:open", "--to", "*")
        assert [d["id"] for d in b.json("catalog", "Alder Ltd")] == ["urn:example:open"]
        b.one("peer", "add", a.node.did, "--name", "Alder Ltd", "--not-partner")
        assert not [p for p in b.json("peer", "list") if p["did"] == a.node.did][0]["partner"]
        assert b.one("peer", "remove", "Alder Ltd")["did"] == a.node.did


def bytes_from_file_to_file():
    """dataset add FILE at one side, fetch at the other: the same bytes."""
    with desks() as (folder, a, b):
        routes = (nodes.ROOT / "src/api/routes.cc").read_text()
        if "/datasets/:id/data" not in routes or "/fetches/:id/data" not in routes:
            return "SKIPPED: this node has no data plane yet"
        big = TARIFFS * 200_000
        for name, content in (("tariffs.csv", TARIFFS), ("big.csv", big)):
            file = put(folder, name, content)
            made = a.one("dataset", "add", file, "--title", name, "--type", "text/csv")
            digest = hashlib.sha256(content).hexdigest()
            assert made["sha256"] == digest and made["bytes"] == len(content), made
            out = pathlib.Path(folder) / ("fetched-" + name)
            got = b.one("fetch", "Alder", made["id"], "-o", out)
            assert got["state"] == "done" and got["sha256"] == digest and out.read_bytes() == content, got
            b.error("fetch", "save", got["id"], "-o", out, code=6)
            again = pathlib.Path(folder) / ("again-" + name)
            part = pathlib.Path(f"{again}.{re.sub('[^a-z0-9]+', '-', got['id'].lower())}.part")
            part.write_bytes(content[:len(content) // 3])
            assert digest in b.run("fetch", "save", got["id"], "-o", again)
            assert again.read_bytes() == content and not part.exists()
            assert "done" in b.run("fetch", "show", got["id"]) and got["id"] in b.run("fetch", "list")
        return f"{len(big)} bytes"


if __name__ == "__main__":
    nodes.main(datasets_and_catalogue, a_usual_negotiation, counter_offers_by_hand, the_provider_begins,
               instructions_with_time, an_imported_agreement, explained_from_every_id, doctor_for_a_good_peer,
               doctor_for_bad_peers, peers_by_discovery, bytes_from_file_to_file)
