#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Dataspace Protocol by a counterparty that gets everything wrong: every message in every state of
both machines in both roles, every member missing or of another type, bytes that are no message,
repetitions, strangers, many at once. A client's fault is a 4xx that says why, and changes nothing."""
import collections
import concurrent.futures
import copy
import json
import re
import sys
import threading
import time

import corridor_node as nodes
from dsp_scene import (AGREEMENT, AUTO, HELD, NODE_STATES, OFFER, Negotiation, Transfer, check_error, dsp, scene)

KINDS = {Negotiation: "negotiation", Transfer: "transfer"}
OPTIONAL = {"@id", "code", "reason", "dataAddress"}


def at(s, what, role, state):
    return what(s, role).to(state)


# --- every message in every state -----------------------------------------------------------------

def illegal_here(s, what, role, state):
    """All that may not be said in this state, one after the other, to one process that stays as it is."""
    process, count = at(s, what, role, state), 0
    for name in what.suffixes:
        if state not in what.legal[role].get(name, {}):
            answer = process.say(name)
            check_error(answer, process.kind, process)
            assert process.state() == state, (name, state, process.state())
            count += 1
        stranger = process.say(name, peer=s.stranger)
        assert stranger.status == 404, (name, state, stranger)
        assert process.state() == state, (name, state, "by a stranger")
        count += 1
    for verb, states in what.verbs[role].items():
        if state not in states:
            status, answer = process.manage(verb, {"terms": dsp.TERMS} if verb in ("offer", "counter") else {})
            assert status == 409 and process.state() == state, (verb, state, status, answer)
            count += 1
    return count


def legal_here(s, what, role, state):
    count = 0
    for name, moves in what.legal[role].items():
        if state in moves:
            process = at(s, what, role, state)
            answer = process.say(name)
            assert answer.status == 200, (role, state, name, answer)
            assert process.state() == moves[state], (role, state, name, process.state())
            count += 1
    return count


def every_message_in_every_state(what, role):
    count = 0
    with scene() as s:
        for state in NODE_STATES[what.kind]:
            count += illegal_here(s, what, role, state) + legal_here(s, what, role, state)
    return f"{count} moves"


def negotiation_states_as_provider():
    return every_message_in_every_state(Negotiation, "provider")


def negotiation_states_as_consumer():
    return every_message_in_every_state(Negotiation, "consumer")


def transfer_states_as_provider():
    return every_message_in_every_state(Transfer, "provider")


def transfer_states_as_consumer():
    return every_message_in_every_state(Transfer, "consumer")


# --- broken messages ------------------------------------------------------------------------------

def broken(body):
    """(what is wrong, the message): each member missing or of another type, other contexts and names."""
    for member in [m for m in body if m not in OPTIONAL]:
        without = {name: value for name, value in body.items() if name != member}
        yield f"no {member}", without
        for value in (7, True, None, [], {}, [[]], ""):
            yield f"{member} = {value!r}", {**body, member: value}
    official = dsp.CONTEXT[0]
    for context in (["https://example.org/other"], [{}], [official, {"x": "y"}], {"@vocab": official}, [[official]]):
        yield f"@context = {context!r}", {**body, "@context": context}
    for name in ("ContractNegotiation", "Offer", body["@type"].lower(), body["@type"] + " "):
        yield f"@type = {name}", {**body, "@type": name}
    for pid in ("consumerPid", "providerPid"):
        if pid in body and "callbackAddress" not in body:
            yield f"another {pid}", {**body, pid: dsp.urn()}
    if "eventType" in body:
        for event in ("REQUESTED", "accepted", "ACCEPTED ", "FINALISED"):
            yield f"eventType {event}", {**body, "eventType": event}
    for part in ("offer", "agreement"):
        if part in body:
            for words, policy in broken_policies(body[part]):
                yield f"{part}: {words}", {**body, part: policy}


def broken_policies(policy):
    for member in ("@id", "target", "permission", "@type"):
        yield f"no {member}", {name: value for name, value in policy.items() if name != member}
    for rules in ([], "use", [7], [{}], [{"action": 7}], [{"action": "use", "target": policy["target"]}],
                  [{"action": "use", "constraint": [{"leftOperand": "dateTime"}]}],
                  [{"action": "use", "constraint": [{"leftOperand": 1, "operator": "eq", "rightOperand": "x"}]}]):
        yield f"permission {rules}", {**policy, "permission": rules}
    yield "another target", {**policy, "target": "urn:example:other"}
    if policy["@type"] == "Agreement":
        for member in ("timestamp", "assigner", "assignee"):
            yield f"no {member}", {name: value for name, value in policy.items() if name != member}
        yield "timestamp", {**policy, "timestamp": "yesterday"}
        yield "assigner", {**policy, "assigner": "urn:example:other"}
        yield "assignee", {**policy, "assignee": "urn:example:other"}
        yield "terms", {**policy, "permission": [{"action": "distribute"}]}


def nested(depth):
    return b'{"x":' * depth + b"1" + b"}" * depth


def broken_bytes(body):
    whole = json.dumps(body).encode()
    yield "nothing", b"", (400,)
    for words, raw in (("cut off", whole[:-1]), ("not JSON", b"<xml/>"), ("an array", b"[" + whole + b"]"),
                       ("a number", b"7"), ("null", b"null"), ("two values", whole + whole),
                       ("no text", b"\xff\xfe\x00" + whole), ("a NUL", whole.replace(b'"@type"', b'"@ty\x00pe"')),
                       ("no UTF-8", whole[:-1] + b',"x":"\xc3\x28"}'), ("half a pair", whole[:-1] + b',"x":"\\ud800"}'),
                       ("a name twice", whole[:-1] + b',"@type":' + json.dumps(body["@type"]).encode() + b"}"),
                       ("a comment", whole[:-1] + b"/* x */}"), ("single quotes", whole.replace(b'"', b"'")),
                       ("deep in the way", whole[:-1] + b',"x":' + nested(2000) + b"}"),
                       ("deep", b"[" * 100_000), ("deep and closed", nested(20_000))):
        yield words, raw, (400,)
    yield "huge", whole[:-1] + b',"x":"' + b"x" * (4 << 20) + b'"}', (413,)


class Refused:
    """Says wrong things one after the other; notes what was not refused as it should be."""

    def __init__(self, kind):
        self.kind, self.count, self.faults = kind, 0, []

    def check(self, words, answer, expected, state):
        """state: (before, after) of what it was said to. True when nothing has moved."""
        self.count += 1
        try:
            assert answer.status in expected, f"{answer.status} {str(answer.body)[:160]}"
            check_error(answer, self.kind, status=answer.status)
            assert state[0] == state[1], f"moved from {state[0]} to {state[1]}"
        except AssertionError as error:
            self.faults.append(f"{words}: {str(error)[:300]}")
        return state[0] == state[1]

    def close(self):
        assert not self.faults, "\n  ".join([f"{len(self.faults)} of {self.count}", *self.faults])


def wrong_ways(body):
    """(what is wrong, bytes, statuses)"""
    for words, changed in broken(body):
        yield words, json.dumps(changed).encode(), (400,)
    yield from broken_bytes(body)


def broken_messages(what):
    """Each message where it would be legal; at last the whole one, which is taken."""
    refused = Refused(what.kind)
    with scene() as s:
        for role in ("provider", "consumer"):
            for name, moves in what.legal[role].items():
                state, after = list(moves.items())[-1]
                process = at(s, what, role, state)
                ways = wrong_ways_to_say(process, name)
                for words in list(ways):
                    raw, expected = ways[words]
                    answer = s.peer.send("POST", process.path(name), raw)
                    now = process.state()
                    # A wrong agreement is refused, and may be the end: then the node says so itself.
                    ended = words.startswith("agreement: ") and now == "TERMINATED"
                    same = refused.check(f"{role} in {state}, {name}: {words}", answer, expected,
                                         (state, state if ended else now))
                    if ended:
                        s.peer.expect("ContractNegotiationTerminationMessage", process.pids["provider"])
                    if ended or not same:
                        process = at(s, what, role, state)
                        ways = wrong_ways_to_say(process, name)
                body = process.body(name)
                extra = {**body, "x:extra": {"deep": [1, 2.5, None]}, "note": "unknown members are ignored"}
                answer = process.say(name, {**extra, "@context": [*body["@context"], "https://example.org/more"]})
                assert answer.status == 200 and process.state() == after, (name, answer)
        refused.close()
    return f"{refused.count} messages"


def wrong_ways_to_say(process, name):
    return {words: (raw, expected) for words, raw, expected in wrong_ways(process.body(name))}


def broken_negotiation_messages():
    return broken_messages(Negotiation)


def broken_transfer_messages():
    return broken_messages(Transfer)


def initial_messages(s):
    """(kind, path, message): what begins a process."""
    address = s.peer.address
    return [("negotiations", "/negotiations/request", dsp.contract_request(HELD, OFFER + HELD, callback=address)),
            ("negotiations", "/negotiations/offers", dsp.contract_offer(HELD, OFFER + HELD, callback=address)),
            ("transfers", "/transfers/request", dsp.transfer_request(AGREEMENT + "provider", address))]


def broken_beginnings():
    """What cannot begin a process leaves none behind; the whole message then does: 201."""
    faults, count = [], 0
    with scene() as s:
        for number in range(len(initial_messages(s))):
            kind, path, body = initial_messages(s)[number]
            refused, begun = Refused(kind), len(s.processes(kind))
            both = {**body, "consumerPid": dsp.urn(), "providerPid": dsp.urn()}
            ways = [*((words, changed, None) for words, changed in broken(body)), ("both pids", both, None),
                    *(("callbackAddress = " + repr(address), {**body, "callbackAddress": address}, None)
                      for address in BAD_ADDRESSES),
                    *((words, raw, expected) for words, raw, expected in broken_bytes(body))]
            # another dataset is another beginning; a transfer request may say both pids
            ways = [way for way in ways if way[0] != "offer: another target" and
                    (kind, way[0]) != ("transfers", "both pids")]
            for words, changed, expected in ways:
                raw = changed if isinstance(changed, bytes) else json.dumps(changed).encode()
                for pid in dsp.pids(body):  # a pid of its own for each, or it would be a repetition
                    raw = raw.replace(json.dumps(pid).encode(), json.dumps(dsp.urn()).encode()) if pid else raw
                answer = s.peer.send("POST", path, raw)
                now = len(s.processes(kind))
                refused.check(f"{path}: {words}", answer, expected or (400,), (begun, now))
                begun = now
            faults += refused.faults
            count += refused.count
            _, _, body = initial_messages(s)[number]
            answer = s.peer.post(path, body)
            assert answer.status == 201, answer
            assert answer.body["state"] == ("OFFERED" if path.endswith("offers") else "REQUESTED"), answer
            assert len(s.processes(kind)) == begun + 1
        assert not faults, "\n  ".join([f"{len(faults)} of {count}", *faults])
    return f"{count} messages"


BAD_ADDRESSES = ("nonsense", "http://", "ftp://127.0.0.1/", "file:///etc/passwd", "http://192.0.2.1/",
                 "http://u:p@127.0.0.1:1/", "https://[::", "http://127.0.0.1:99999/", ["x"])


def unknown_things():
    """Offers, datasets, agreements and formats that are not there: a 4xx, and nothing begins."""
    with scene() as s:
        callback = s.peer.address
        foreign = s.stranger.post("/transfers/request",
                                  dsp.transfer_request(AGREEMENT + "provider", s.stranger.address))
        assert foreign.status == 404, ("somebody else's agreement", foreign)
        for path, body in (
                ("/negotiations/request", dsp.contract_request("urn:example:none", OFFER + HELD, callback=callback)),
                ("/negotiations/request", dsp.contract_request(HELD, "urn:example:none", callback=callback)),
                ("/negotiations/request", dsp.contract_request(AUTO, OFFER + HELD, callback=callback)),
                ("/transfers/request", dsp.transfer_request("urn:example:none", callback)),
                ("/transfers/request", dsp.transfer_request(AGREEMENT + "consumer", callback)),
                ("/transfers/request", dsp.transfer_request(AGREEMENT + "provider", callback, format_="Pigeon"))):
            answer = s.peer.post(path, body)
            assert 400 <= answer.status < 500, (body, answer)
            check_error(answer, path.split("/")[1], status=answer.status)
        assert not s.processes("negotiations") and not s.processes("transfers")


def catalog_requests():
    refused = Refused("catalog")
    with scene() as s:
        good = dsp.message("CatalogRequestMessage")
        for body in (good, {**good, "filter": []}, {**good, "x": 1}):
            answer = s.peer.post("/catalog/request", body)
            assert answer.status == 200 and answer.body["@type"] == "Catalog", answer
            assert {d["@id"] for d in answer.body["dataset"]} == {HELD, AUTO}, answer.body
            assert {v["endpointURL"] for v in answer.body["service"]} == {f"http://localhost:{s.node.port}/0/dsp"}
        filters = ((f"filter {value!r}", json.dumps({**good, "filter": value}).encode(), (400,)) for value in
                   (["x"], [{"@type": "Query", "q": 1}], "x", 7, {"a": 1}))
        for words, raw, expected in (*wrong_ways(good), *filters):
            refused.check(words, s.peer.send("POST", "/catalog/request", raw), expected, (0, 0))
        refused.close()
        check_error(s.peer.get("/catalog/datasets/none"), "catalog", status=404)
        assert s.peer.get("/catalog/datasets/" + HELD).body["@id"] == HELD
        check_error(s.peer.post("/catalog/request", good, token=""), "catalog", status=401)
    return f"{refused.count} wrong requests"


def version_document():
    """Without a token, in its schema, and what it says leads to the protocol."""
    with scene() as s:
        status, headers, raw = s.node.raw("GET", "/.well-known/dspace-version")
        assert status == 200 and headers["Content-Type"].split(";")[0] == "application/json", (status, headers)
        body = json.loads(raw)
        s.peer.keep(s.node.did, "anyone", "GET", "/.well-known/dspace-version", 200, "response", body)
        entry = next(v for v in body["protocolVersions"] if v["version"] == "2025-1")
        assert entry["binding"] == "HTTPS" and "@context" not in body, body
        status, _, raw = s.node.raw("POST", entry["path"] + "/catalog/request", json.dumps(
            dsp.message("CatalogRequestMessage")), {"Authorization": s.peer.token})
        assert status == 200 and json.loads(raw)["@type"] == "Catalog", (status, raw)


def what_nobody_may_see():
    """A dataset without an offer for the caller is not there: not listed, not found, not negotiable."""
    with scene() as s:
        s.tell("PUT", "/datasets/private", {"offers": [
            {"id": "offer:private", "terms": dsp.TERMS, "peers": [s.peer.name]}]})
        for peer, sees in ((s.peer, True), (s.stranger, False)):
            listed = peer.post("/catalog/request", dsp.message("CatalogRequestMessage")).body
            assert ("private" in {d["@id"] for d in listed["dataset"]}) == sees, listed
            assert peer.get("/catalog/datasets/private").status == (200 if sees else 404)
            asked = peer.post("/negotiations/request", dsp.contract_request(
                "private", "offer:private", callback=peer.address))
            assert asked.status == (201 if sees else 404), asked
        for dataset in (HELD, AUTO):
            s.tell("PUT", "/datasets/" + dataset, {"offers": [{"id": OFFER + dataset, "peers": [s.peer.name]}]})
        nothing = s.stranger.post("/catalog/request", dsp.message("CatalogRequestMessage"))
        assert nothing.status == 200 and "dataset" not in nothing.body and nothing.body["service"], nothing


def link(answer, relation):
    """The target of a link in the answer's header, below the protocol's base."""
    for part in (answer.headers.get("Link") or "").split(","):
        found = re.match(r'\s*<([^>]*)>\s*;\s*rel="?(\w+)"?', part)
        if found and found.group(2) == relation:
            return found.group(1).split("/0/dsp", 1)[1]
    return None


def pages():
    """Every dataset once, forward and backward, by POST and by GET; a token of nobody's is 400."""
    with scene() as s:
        names = {HELD, AUTO, *(f"dataset-{number:04}" for number in range(250))}
        for name in names - {HELD, AUTO}:
            s.tell("PUT", "/datasets/" + dsp.quoted(name), {"offers": [{"id": OFFER + name, "peers": ["*"]}]})
        ask = dsp.message("CatalogRequestMessage")
        for follow in (lambda url: s.peer.post(url, ask), lambda url: s.peer.get(url)):
            page, seen, places = s.peer.post("/catalog/request", ask), [], []
            while True:
                assert page.status == 200, page
                seen.append([d["@id"] for d in page.body["dataset"]])
                url = link(page, "next")
                if url is None:
                    break
                places.append(url)
                page = follow(url)
            assert len(seen) > 1 and sorted(sum(seen, [])) == sorted(names), [len(p) for p in seen]
            back = []
            while url := link(page, "previous"):
                page = follow(url)
                back.append([d["@id"] for d in page.body["dataset"]])
            assert back == seen[-2::-1], ([len(p) for p in back], [len(p) for p in seen])
        check_error(s.peer.post("/catalog/request?continuationToken=nonsense", ask), "catalog")
        return f"{len(seen)} pages"


def media_types():
    """application/json is spoken; application/ld+json is understood, a charset is no obstacle."""
    with scene() as s:
        good = json.dumps(dsp.message("CatalogRequestMessage")).encode()
        for sent in ("application/json", "application/json; charset=utf-8", "application/ld+json"):
            answer = s.peer.send("POST", "/catalog/request", good, headers={"Content-Type": sent})
            assert answer.status == 200, (sent, answer)
            assert answer.headers["Content-Type"].split(";")[0] == "application/json", answer.headers


def slash_at_the_end():
    """A callback with a slash at its end works like one without."""
    with scene() as s:
        for callback in (s.peer.address, s.peer.address + "/", s.peer.address + "/below/", s.peer.address + "/below"):
            n = s.negotiation("provider")
            body = dsp.contract_request(HELD, OFFER + HELD, callback=callback)
            answer = s.peer.post("/negotiations/request", body)
            assert answer.status == 201, answer
            n.pids = {"consumer": body["consumerPid"], "provider": answer.body["providerPid"]}
            n.move("offer")
            heard = s.peer.expect("ContractOfferMessage", body["consumerPid"])
            below = callback[len(s.peer.address):].rstrip("/")
            assert heard.path == f"{below}/negotiations/{dsp.quoted(body['consumerPid'])}/offers", heard


def a_pull_needs_an_address():
    with scene() as s:
        t = s.transfer("consumer").to("REQUESTED")
        body = t.body("start")
        del body["dataAddress"]
        check_error(t.say("start", body), "transfers", t)
        assert t.state() == "REQUESTED"
        for address in ({}, {"@type": "DataAddress"}, "x", [], {**t.body("start")["dataAddress"], "endpoint": 7},
                        {**t.body("start")["dataAddress"], "endpointProperties": [{"name": "authorization"}]}):
            check_error(t.say("start", {**body, "dataAddress": address}), "transfers", t)
            assert t.state() == "REQUESTED", address
        given = s.transfer("provider").to("STARTED")
        heard = s.peer.expect("TransferStartMessage", given.pids["consumer"])
        assert heard.body["dataAddress"]["endpoint"].startswith("http"), heard.body


# --- who asks -------------------------------------------------------------------------------------

def only_the_parties():
    """A process that is there and one that is not look the same to whoever is not a party to it."""
    with scene() as s:
        for process in (s.negotiation("provider").to("REQUESTED"), s.transfer("provider").to("REQUESTED")):
            unknown = dsp.urn()
            for pid in (process.pid, unknown):
                for peer, token in ((s.stranger, None), (s.peer, ""), (s.peer, "Bearer nonsense")):
                    answers = [peer.get(f"/{process.kind}/{dsp.quoted(pid)}", token=token)]
                    answers += [peer.post(process.path(name, pid), process.body(name), token=token)
                                for name in process.suffixes]
                    for answer in answers:
                        check_error(answer, process.kind, status=404)
            same = [s.stranger.get(f"/{process.kind}/{dsp.quoted(pid)}").raw.replace(pid.encode(), b"PID")
                    for pid in (process.pid, unknown)]
            assert same[0] == same[1], same
            assert process.state() == "REQUESTED"
        for kind, path, body in initial_messages(s):
            for token in ("", "Bearer nonsense"):
                check_error(s.peer.post(path, body, token=token), kind, status=401)


# --- repetitions ----------------------------------------------------------------------------------

def same(answers):
    return len({(a.status, a.raw) for a in answers}) == 1


def repetitions_of_beginnings():
    """The pid of the peer is the key: the same message again has the same answer, another one is 400."""
    with scene() as s:
        for kind, path, body in initial_messages(s):
            before = len(s.processes(kind))
            key = "providerPid" if path.endswith("/offers") else "consumerPid"
            first = s.peer.post(path, body)
            assert first.status == 201, first
            again = [s.peer.post(path, body), s.peer.post(path, {**body, "@id": dsp.urn()})]
            assert same([first, *again]), (first, again)
            different = copy.deepcopy(body)
            if kind == "transfers":
                different["format"] = "HttpData-PUSH"
            else:
                different["offer"]["permission"] = [{"action": "distribute"}]
            for changed in (different, {**different, "@id": dsp.urn()}):
                check_error(s.peer.post(path, changed), kind)
            others = s.stranger.post(path, {**body, "callbackAddress": s.stranger.address})
            assert others.status in (201, 404), ("the key is of one peer", others)
            assert others.status == 404 or others.body != first.body
            begun = len(s.processes(kind)) - before
            assert begun == (2 if others.status == 201 else 1), begun
            assert first.body[key] == body[key]


def a_request_again_after_the_start():
    """The answer of then, and the start once more: the consumer may have lost both."""
    with scene() as s:
        t = s.transfer("provider")
        body = dsp.transfer_request(AGREEMENT + "provider", s.peer.address)
        first = s.peer.post("/transfers/request", body)
        t.pids = {"consumer": body["consumerPid"], "provider": first.body["providerPid"]}
        t.move("start")
        s.peer.expect("TransferStartMessage", body["consumerPid"])
        s.peer.reach("transfers", t.pid, "STARTED")
        assert same([first, s.peer.post("/transfers/request", body)])
        again = s.peer.expect("TransferStartMessage", body["consumerPid"], nth=2)
        assert again.body["dataAddress"], again
        assert t.state() == "STARTED"


def repetitions_of_moves():
    """What was taken is answered again the same way, also when the process has moved on; the same @id
    with another body is a mistake, whatever the body."""
    count = 0
    with scene() as s:
        for what in KINDS:
            for role in ("provider", "consumer"):
                for name, moves in what.legal[role].items():
                    state, after = next(iter(moves.items()))
                    process = at(s, what, role, state)
                    body = process.body(name)
                    first = process.say(name, body)
                    assert first.status == 200, (name, first)
                    assert same([first, process.say(name, body), process.say(name, body)]), name
                    assert process.state() == after
                    check_error(process.say(name, {**body, "x:more": 1}), process.kind, process)
                    assert process.state() == after
                    count += 4
        late = s.negotiation("provider").to("AGREED")
        body = late.body("verification")
        first = late.say("verification", body)
        late.move("finalize")
        s.peer.reach("negotiations", late.pid, "FINALIZED")
        assert same([first, late.say("verification", body)])
    return f"{count} messages"


def at_once(call, times):
    """The same call from as many threads, let go together."""
    gate = threading.Barrier(times)

    def wait_and_call(_):
        gate.wait()
        return call()
    with concurrent.futures.ThreadPoolExecutor(times) as pool:
        return list(pool.map(wait_and_call, range(times)))


def parallel_repetitions():
    with scene() as s:
        for kind, path, body in initial_messages(s):
            before = len(s.processes(kind))
            answers = at_once(lambda: s.peer.post(path, body), 12)
            assert same(answers) and answers[0].status == 201, collections.Counter(a.status for a in answers)
            assert len(s.processes(kind)) == before + 1
        for what in KINDS:
            for role in ("provider", "consumer"):
                for name, moves in what.legal[role].items():
                    state, after = next(iter(moves.items()))
                    process = at(s, what, role, state)
                    body = process.body(name)
                    answers = at_once(lambda: process.say(name, body), 8)
                    assert same(answers) and answers[0].status == 200, (name, [a[:1] for a in answers])
                    assert process.state() == after
        for _ in range(5):  # two that exclude each other: one is taken
            process = s.negotiation("provider").to("OFFERED")
            answers = at_once(lambda: process.say("accepted"), 6)
            assert sorted(a.status for a in answers) == [200] + [400] * 5, [a.status for a in answers]
            assert process.state() == "ACCEPTED"


# --- many at once ---------------------------------------------------------------------------------

def two_hundred_negotiations():
    """All settle, as provider and as consumer, and the node has answered every message."""
    with scene() as s:
        s.peer.reacting = lambda arrived: react(s.peer, arrived)
        begin = time.monotonic()

        def ask(_):
            return s.peer.post("/negotiations/request",
                               dsp.contract_request(AUTO, OFFER + AUTO, callback=s.peer.address))
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(ask, range(200)))
        assert [a.status for a in answers] == [201] * 200, collections.Counter(a.status for a in answers)
        for answer in answers:
            s.peer.reach("negotiations", answer.body["providerPid"], "FINALIZED", 60)
        assert len({a.body["providerPid"] for a in answers}) == 200
        return f"{200 / (time.monotonic() - begin):.0f} a second, beside a script"


def react(peer, arrived):
    """The consumer's part without a person: what is agreed is verified."""
    if arrived.type == "ContractAgreementMessage":
        consumer, provider = dsp.pids(arrived.body)
        peer.post(f"/negotiations/{dsp.quoted(provider)}/agreement/verification", dsp.verification(consumer, provider))


if __name__ == "__main__":
    wanted = set(sys.argv[1:])  # by name; none: all
    nodes.main(*(check for check in (
        negotiation_states_as_provider, negotiation_states_as_consumer, transfer_states_as_provider,
        transfer_states_as_consumer, broken_negotiation_messages, broken_transfer_messages, broken_beginnings,
        unknown_things, catalog_requests, version_document, what_nobody_may_see, pages, media_types,
        slash_at_the_end, a_pull_needs_an_address, only_the_parties, repetitions_of_beginnings,
        a_request_again_after_the_start, repetitions_of_moves, parallel_repetitions, two_hundred_negotiations)
        if not wanted or check.__name__ in wanted))
