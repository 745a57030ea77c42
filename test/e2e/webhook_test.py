#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What happened, told: the event list and its long poll, webhooks in order while the sink is down and
while the node dies, signatures, replay, and a process that asks one subscription what to do."""
import hashlib
import hmac
import json
import signal
import threading
import time
import urllib.parse

import corridor_node as nodes
from webhook_sink import Sink

SECRET = "a secret between two programs"


def quoted(id_):
    return urllib.parse.quote(id_, safe="")


def events(node, after=0, wait=None):
    query = f"after={after}" + (f"&wait={wait}" if wait else "")
    status, page = node.ask("GET", "/events?" + query, timeout=90)
    assert status == 200, page
    return page


def subscribe(node, sink, **more):
    status, answer = node.ask("POST", "/subscriptions", json.dumps({"url": sink.url, **more}))
    assert status == 201, answer
    return answer["id"], answer["cursor"]


def send(a, b, number):
    id_ = a.send(nodes.invoice(number), b.did)[1]["exchange"]
    assert a.exchange(id_, "answered", "30s")["level"] != "none"
    return id_


def first_seen_in_order(ids):
    """At least once and in order: leaving out what was told again, the numbers only grow."""
    seen = []
    for number in ids:
        if number not in seen:
            seen.append(number)
    assert seen == sorted(seen), seen
    return seen


def the_list_and_its_long_poll():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        send(a, b, "LIST-1")
        page = events(a)
        ids = [int(event["id"]) for event in page["items"]]
        assert ids == list(range(1, len(ids) + 1)), ids
        assert page["items"][0]["source"] == a.did, page["items"][0]
        types = {event["type"] for event in page["items"]}
        assert {"corridor.exchange.answered", "corridor.negotiation.finalized"} <= types, types
        time.sleep(0.5)
        newest = events(a)["newest"]
        got = {}
        waiter = threading.Thread(target=lambda: got.update(events(a, newest, 20)))
        begin = time.monotonic()
        waiter.start()
        time.sleep(0.5)
        send(a, b, "LIST-2")
        waiter.join(30)
        took = time.monotonic() - begin
        assert got["items"] and int(got["items"][0]["id"]) == newest + 1, got
        assert took < 15, took
        newest = events(a)["newest"]
        begin = time.monotonic()
        assert events(a, newest, 1)["items"] == []
        assert 0.9 < time.monotonic() - begin < 10
        for query in ("after=x", "after=-1", "wait=x"):
            assert a.ask("GET", "/events?" + query)[0] == 400, query
        log = open(str(a.folder) + ".log").read()
        line = next(line for line in log.splitlines() if "exchange.answered" in line)
        assert "event=" in line and "subject=" in line, line
        return f"{len(types)} types"


def webhooks_in_order_whatever_happens():
    """A sink that is down, one that refuses, a node that is killed: nothing is left out, order holds."""
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        send(a, b, "HOOK-0")
        sink = Sink(nodes.free_port())
        id_, begin = subscribe(a, sink, secret=SECRET)
        for n in range(3):
            send(a, b, f"DOWN-{n}")
        time.sleep(0.3)
        listed = a.ask("GET", "/subscriptions")[1]["items"][0]
        assert listed["attempts"] > 0 and listed["lastError"] and listed["signed"], listed
        assert "secret" not in listed, listed
        sink.open()
        down = events(a)["newest"]
        sink.wait_for(lambda ids: down in ids)
        sink.refuse = True
        for n in range(3):
            send(a, b, f"REFUSED-{n}")
        time.sleep(0.3)
        a.stop(signal.SIGKILL)
        sink.refuse = False
        a.start()
        for n in range(3):
            send(a, b, f"AFTER-{n}")
        last = events(a)["newest"]
        sink.wait_for(lambda ids: last in ids)
        seen = first_seen_in_order(sink.ids())
        assert seen == list(range(begin + 1, seen[-1] + 1)), (begin, seen)
        for headers, body in sink.told:
            wanted = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            assert headers["Corridor-Signature"] == wanted, headers
            assert headers["Content-Type"].startswith("application/cloudevents+json"), headers
        by_list = {e["id"]: e for e in events(a, begin)["items"]}
        for event in sink.events():
            assert by_list[event["id"]] == event, event
        # The cursor was committed: a restart tells nothing again once all is quiet.
        time.sleep(0.5)
        count = len(sink.told)
        a.stop()
        a.start()
        time.sleep(0.7)
        assert len(sink.told) == count, sink.ids()[count:]
        told_twice = count - len(seen)
        # Replay
        status, moved = a.ask("POST", f"/subscriptions/{id_}/replay", json.dumps({"after": begin + 2}))
        assert status == 200 and moved["cursor"] == begin + 2, moved
        sink.wait_for(lambda ids: ids[count:] == list(range(begin + 3, last + 1)))
        assert a.ask("POST", f"/subscriptions/{id_}/replay", json.dumps({"after": last + 999}))[0] == 400
        assert a.ask("POST", "/subscriptions/none/replay", "{}")[0] == 404
        assert a.ask("DELETE", f"/subscriptions/{id_}")[0] == 200
        count = len(sink.told)
        send(a, b, "GONE")
        time.sleep(0.5)
        assert len(sink.told) == count
        sink.close()
        return f"{len(seen)} events, {told_twice} told twice"


def killed_while_telling():
    """kill -9 in the middle of a long queue, again and again: every event arrives, in order."""
    kills = 6
    with nodes.workshop() as folder:
        a = nodes.Node(folder / "a", nodes.free_port(), "Alder").start()
        sink = Sink(nodes.free_port())
        try:
            for n in range(12):
                a.send(nodes.invoice(f"MANY-{n}"), "echo")
            id_, _ = subscribe(a, sink, after=0)
            sink.open()
            for n in range(kills):
                sink.wait_for(lambda ids, n=n: len(ids) > 4 * n)
                a.stop(signal.SIGKILL)
                a.start()
            newest = events(a)["newest"]
            sink.wait_for(lambda ids: newest in ids)
            seen = first_seen_in_order(sink.ids())
            assert seen == list(range(1, seen[-1] + 1)), seen
            assert a.ask("GET", "/subscriptions")[1]["items"][0]["id"] == id_
            return f"{len(seen)} events, {kills} kills, {len(sink.ids()) - len(seen)} told twice"
        finally:
            a.stop()
            if sink.server:
                sink.close()


def one_subscription_is_asked():
    """An instruction that asks holds the process and tells the one subscription it names."""
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        clerk, other = Sink(nodes.free_port()).open(), Sink(nodes.free_port()).open()
        asked, _ = subscribe(b, clerk, types=["nothing.at.all"])
        subscribe(b, other, types=["process.*", "negotiation.requested"])
        status, _ = b.ask("POST", "/instructions", json.dumps(
            {"id": "0-ask", "on": "OFFERED", "role": "consumer", "kind": "ubl:Invoice", "do": "ask",
             "webhook": asked}))
        assert status == 200
        exchange = a.send(nodes.invoice("ASK-1"), b.did)[1]["exchange"]
        clerk.wait_for(lambda ids: len(ids) == 1)
        event = clerk.events()[0]
        data = event["data"]
        assert event["type"] == "corridor.process.held" and data["webhook"] == asked, event
        assert data["state"] == "OFFERED" and data["peer"] == a.did and data["terms"], data
        assert data["moves"] == ["approve", "counter", "accept", "terminate"], data
        held = b.ask("GET", "/negotiations/" + quoted(event["subject"]))[1]
        assert held["held"], held
        status, answer = b.ask("POST", f"/negotiations/{quoted(event['subject'])}/accept", "{}")
        assert status == 200, answer
        assert a.exchange(exchange, "answered", "30s")["level"] != "none"
        assert other.events() == [], other.events()
        clerk.close(), other.close()
        return ", ".join(data["moves"])


def what_is_no_subscription():
    with nodes.workshop() as folder:
        a = nodes.Node(folder / "a", nodes.free_port(), "Alder").start()
        try:
            for body in ({}, {"url": "nowhere"}, {"url": "ftp://x/y"}, {"url": "http://localhost:1/", "types": 7},
                         {"url": "http://localhost:1/", "types": [7]},
                         {"url": "http://localhost:1/", "types": ["a b"]},
                         {"url": "http://localhost:1/", "id": "a b"},
                         {"url": "http://localhost:1/", "after": "soon"}):
                status, answer = a.ask("POST", "/subscriptions", json.dumps(body))
                assert status == 400, (body, status, answer)
            body = json.dumps({"url": "http://localhost:1/", "id": "one"})
            assert a.ask("POST", "/subscriptions", body)[0] == 201
            assert a.ask("POST", "/subscriptions", body)[0] == 409
            assert a.ask("DELETE", "/subscriptions/two")[0] == 404
        finally:
            a.stop()


nodes.main(the_list_and_its_long_poll, webhooks_in_order_whatever_happens, killed_while_telling,
           one_subscription_is_asked, what_is_no_subscription)
