#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Dataspace Protocol by a counterparty that gets everything wrong: every message in every state of
both machines in both roles, every member missing or of another type, bytes that are no message,
repetitions, strangers, many at once. A client's fault is a 4xx that says why, and changes nothing."""
import collections
import concurrent.futures
import copy
import json
import threading
import time

import corridor_node as nodes
import dsp_peer as dsp
from dsp_scene import (AGREEMENT, AUTO, HELD, NODE_STATES, OFFER, Negotiation, Transfer, check_error, scene)

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
    for name in ("CatalogRequestMessage", "Offer", body["@type"].lower(), body["@type"] + " "):
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


def refuses_all(process, send, body):
    """Nothing that is wrong with this message moves the process; the message itself then does."""
    count, state = 0, process.state() if process.pid else None
    kind = process.kind
    for words, changed in broken(body):
        answer = send(json.dumps(changed).encode())
        assert 400 <= answer.status < 500 and answer.status not in (401, 404, 409, 413), (words, answer)
        check_error(answer, kind, status=answer.status)
        count += 1
        assert state is None or process.state() == state, f"{words} moved it to {process.state()}"
    for words, raw, expected in broken_bytes(body):
        answer = send(raw)
        assert answer.status in expected, (words, answer.status, answer.raw[:200])
        if answer.status == 400:
            check_error(answer, kind)
        count += 1
        assert state is None or process.state() == state, f"{words} moved it to {process.state()}"
    return count


def broken_messages(what):
    """Each message where it would be legal; at last the whole one, which is taken."""
    count = 0
    with scene() as s:
        for role in ("provider", "consumer"):
            for name, moves in what.legal[role].items():
                state, after = list(moves.items())[-1]
                process = at(s, what, role, state)
                body = process.body(name)
                count += refuses_all(process, lambda raw: s.peer.send("POST", process.path(name), raw), body)
                extra = {**body, "x:extra": {"deep": [1, 2.5, None]}, "note": "unknown members are ignored"}
                answer = process.say(name, {**extra, "@context": [*body["@context"], "https://example.org/more"]})
                assert answer.status == 200 and process.state() == after, (name, answer)
                count += 1
    return f"{count} messages"


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
    count = 0
    with scene() as s:
        for kind, path, body in initial_messages(s):
            before = len(s.processes(kind))
            process = Negotiation(s, "provider") if kind == "negotiations" else Transfer(s, "provider")
            count += refuses_all(process, lambda raw: s.peer.send("POST", path, raw), body)
            for address in ("", "nonsense", "http://", "ftp://127.0.0.1/", "file:///etc/passwd", "http://192.0.2.1/",
                            "http://u:p@127.0.0.1:1/", "https://[::", "http://127.0.0.1:99999/", 7, None, ["x"]):
                answer = s.peer.post(path, {**body, "callbackAddress": address})
                check_error(answer, kind, status=answer.status)
                assert 400 <= answer.status < 500, (address, answer)
                count += 1
            both = {**body, "consumerPid": dsp.urn(), "providerPid": dsp.urn()}
            if kind == "negotiations":
                check_error(s.peer.post(path, both), kind)
            assert len(s.processes(kind)) == before, "something began"
            answer = s.peer.post(path, body)
            assert answer.status == 201, answer
            assert answer.body["state"] == ("OFFERED" if path.endswith("offers") else "REQUESTED"), answer
            assert len(s.processes(kind)) == before + 1
            count += 2
    return f"{count} messages"


def unknown_things():
    """Offers, datasets, agreements and formats that are not there: a 4xx, and nothing begins."""
    with scene() as s:
        callback = s.peer.address
        foreign = s.stranger.post("/transfers/request", dsp.transfer_request(AGREEMENT + "provider", s.stranger.address))
        assert foreign.status == 404, ("somebody else's agreement", foreign)
        for path, body in (
                ("/negotiations/request", dsp.contract_request("no such dataset", OFFER + HELD, callback=callback)),
                ("/negotiations/request", dsp.contract_request(HELD, "no such offer", callback=callback)),
                ("/negotiations/request", dsp.contract_request(AUTO, OFFER + HELD, callback=callback)),
                ("/transfers/request", dsp.transfer_request("no such agreement", callback)),
                ("/transfers/request", dsp.transfer_request(AGREEMENT + "consumer", callback)),
                ("/transfers/request", dsp.transfer_request(AGREEMENT + "provider", callback, format_="Pigeon"))):
            answer = s.peer.post(path, body)
            assert 400 <= answer.status < 500, (body, answer)
            check_error(answer, path.split("/")[1], status=answer.status)
        assert not s.processes("negotiations") and not s.processes("transfers")


def catalog_requests():
    with scene() as s:
        good = dsp.message("CatalogRequestMessage")
        for body in (good, {**good, "filter": []}, {**good, "x": 1}):
            answer = s.peer.post("/catalog/request", body)
            assert answer.status == 200 and answer.body["@type"] == "Catalog", answer
            assert {d["@id"] for d in answer.body["dataset"]} == {HELD, AUTO}, answer.body
        for words, changed in broken(good):
            check_error(s.peer.post("/catalog/request", changed), "catalog")
        for words, raw, expected in broken_bytes(good):
            answer = s.peer.send("POST", "/catalog/request", raw)
            assert answer.status in expected, (words, answer)
            check_error(answer, "catalog", status=answer.status)
        for value in (["x"], [{"@type": "Query", "q": 1}], "x", 7, {"a": 1}):
            check_error(s.peer.post("/catalog/request", {**good, "filter": value}), "catalog")
        check_error(s.peer.get("/catalog/datasets/none"), "catalog", status=404)
        assert s.peer.get("/catalog/datasets/" + HELD).body["@id"] == HELD
        check_error(s.peer.post("/catalog/request", good, token=""), "catalog", status=401)


def media_types():
    """application/json is spoken; application/ld+json is understood, a charset is no obstacle."""
    with scene() as s:
        good = json.dumps(dsp.message("CatalogRequestMessage")).encode()
        for sent in ("application/json", "application/json; charset=utf-8", "application/ld+json"):
            answer = s.peer.send("POST", "/catalog/request", good, headers={"Content-Type": sent})
            assert answer.status == 200, (sent, answer)
            assert answer.headers["Content-Type"].split(";")[0] == "application/json", answer.headers


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
                    due = {404} if token is None else {401, 404}
                    assert {a.status for a in answers} <= due, [(a.status, a.body) for a in answers]
                    for answer in answers:
                        check_error(answer, process.kind, status=answer.status)
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
            return s.peer.post("/negotiations/request", dsp.contract_request(AUTO, OFFER + AUTO, callback=s.peer.address))
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
    nodes.main(negotiation_states_as_provider, negotiation_states_as_consumer, transfer_states_as_provider,
               transfer_states_as_consumer, broken_negotiation_messages, broken_transfer_messages,
               broken_beginnings, unknown_things, catalog_requests, media_types, only_the_parties,
               repetitions_of_beginnings, repetitions_of_moves, parallel_repetitions, two_hundred_negotiations)
