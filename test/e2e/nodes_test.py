#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What two real processes owe each other and their people: counted commits, one process a folder,
strangers and garbage at every door, terms, restarts."""
import json
import re
import socket
import time
import urllib.parse

import corridor_node as nodes


def asks(node):
    return node.ask("GET", "/status")[1]["asks"]


def grown(before, after):
    return {k: v - before.get(k, 0) for k, v in after.items() if v != before.get(k, 0)}


def commits_of_one_document():
    """Under a standing agreement: sender one before and one after, receiver one. Not more."""
    background = {"checkpoint", "receipts-logged"}  # shared by all documents of a moment
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        first = a.send(nodes.invoice("STANDING-0"), b.did)[1]["exchange"]
        assert a.exchange(first, "logged")["level"] == "logged"
        time.sleep(0.6)
        before = asks(a), asks(b)
        id_ = a.send(nodes.invoice("STANDING-1"), b.did)[1]["exchange"]
        assert a.exchange(id_, "logged")["level"] == "logged"
        time.sleep(0.6)
        sender, receiver = grown(before[0], asks(a)), grown(before[1], asks(b))
        of_document = ({k: v for k, v in side.items() if k not in background}
                       for side in (sender, receiver))
        assert list(of_document) == [{"send": 1, "answered": 1}, {"document": 1}], (sender, receiver)
        return f"sender {sender}, receiver {receiver}"


def one_process_a_folder():
    with nodes.workshop() as folder:
        a = nodes.Node(folder / "a", nodes.free_port(), "Alder").start()
        try:
            code, out, err = nodes.run("serve", "--data", folder / "a")
            assert code == 6 and str(a.process.pid) in err, (code, err)
            assert len(err.strip().splitlines()) == 3, err
            code, out, err = nodes.run("serve", "--data", folder / "other", "--listen", f"127.0.0.1:{a.port}")
            assert code == 6 and str(a.port) in err, (code, err)
            assert not (folder / "other" / "node.json").exists(), "a folder was made for a taken port"
        finally:
            a.stop()


def only_loopback():
    with nodes.workshop() as folder:
        for place in ("0.0.0.0:0", "192.0.2.1:7411", "[::]:0"):
            code, out, err = nodes.run("serve", "--data", folder / "x", "--listen", place)
            assert code == 4 and "TLS" in err, (place, code, err)
        code, out, err = nodes.run("serve", "--data", folder / "x", "--public-url", "https://node.example")
        assert code == 4 and "TLS" in err, (code, err)


def routes():
    text = (nodes.ROOT / "src/api/routes.cc").read_text()
    return re.findall(r'Route\{"(\w+)", "([^"]+)", Access::(\w+)', text)


def strangers_at_every_route():
    """No valid token: 401, whatever is asked, and 404 where a process is; a client's fault is never a 5xx."""
    count = 0
    with nodes.workshop() as folder:
        a = nodes.Node(folder / "a", nodes.free_port(), "Alder").start()
        try:
            for method, path, access in routes():
                target = re.sub(r":\w+", "urn%3Auuid%3Anone", path).replace("*", "0/000")
                for body in (b"", b"{", b"\xff" * 64, b"[" * 5000, json.dumps({"@type": 7}).encode()):
                    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp4"},
                                    {"Authorization": "Bearer a.b.c"}):
                        if method == "GET" and body:
                            continue
                        status, _, raw = a.raw(method, target, body, headers)
                        count += 1
                        if access == "anyone":
                            assert status < 500, (method, target, status, raw)
                        elif len(body) and method == "DELETE":
                            assert status in (401, 413), (method, target, status, raw)
                        elif path.startswith("/0/dsp/") and ":pid" in path:
                            assert status == 404, (method, target, status, raw)
                        else:
                            assert status == 401, (method, target, status, raw)
                status, _, _ = a.raw("PATCH", target)
                assert status == 405, (target, status)
            assert a.raw("GET", "/nothing/here")[0] == 404
            assert a.alive()
        finally:
            a.stop()
    return f"{count} requests at {len(routes())} routes"


def garbage_from_its_own_people():
    """The management API with the right key and everything else wrong: a 4xx, never a 5xx."""
    count = 0
    with nodes.workshop() as folder:
        a = nodes.Node(folder / "a", nodes.free_port(), "Alder").start()
        try:
            for method, path, access in routes():
                if access != "local" or path.endswith("/send"):
                    continue
                target = re.sub(r":\w+", "none", path)[len("/0/api/v1"):]
                for body in (None, b"{", b"\x00" * 100, b'{"kinds":7}', b'{"kinds":[1]}', b'{"reason":[]}'):
                    if method != "POST" and body:
                        continue
                    status, answer = a.ask(method, target, body)
                    count += 1
                    assert status < 500, (method, target, body, status, answer)
            for query in ("", "to=", "to=nobody", "to=did:web:", "to=did:web:localhost%2500", "to=did:key:z6",
                          "to=echo&terms={", "to=echo&terms=[]", "to=echo&deadline=soon", "to=echo&deadline=9999d"):
                status, answer = a.ask("POST", "/send?" + query, nodes.invoice("X"))
                count += 1
                assert 400 <= status < 500, (query, status, answer)
            status, answer = a.ask("POST", "/send?to=did:web:localhost%253A1", nodes.invoice("X"))
            assert status == 503 and "DID document" in answer["reason"][0], (status, answer)
            assert a.ask("GET", "/status")[0] == 200
        finally:
            a.stop()
    return f"{count} requests"


def hostile_bytes():
    """Bytes that are no request, requests that never end, bodies that lie: closed, and alive."""
    with nodes.workshop() as folder:
        a = nodes.Node(folder / "a", nodes.free_port(), "Alder").start()
        try:
            for raw in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9.9\r\n\r\n", b"GET  /  HTTP/1.1\r\n\r\n",
                        b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                        b"POST /0/dsp/negotiations/offers HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        b"GET /health HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
                        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                        b"POST /0/corridor/v1/inbox/x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n"):
                with socket.create_connection(("127.0.0.1", a.port), timeout=20) as s:
                    s.sendall(raw)
                    answer = s.recv(4096)
                    assert answer == b"" or answer.split()[1][:1] == b"4" or answer.split()[1] == b"505", (raw[:60], answer[:200])
            assert a.raw("GET", "/health")[0] == 200
        finally:
            a.stop()


def terms_that_nobody_understands():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        terms = json.dumps({"permission": [{"action": "use", "constraint": [
            {"leftOperand": "moonPhase", "operator": "eq", "rightOperand": "full"}]}]})
        query = urllib.parse.urlencode({"to": b.did, "terms": terms})
        status, answer = a.ask("POST", "/send?" + query, nodes.invoice("TERMS-1"))
        assert status == 422 and answer["code"] == "terms" and "moonPhase" in answer["reason"], answer
        assert all(item["kind"] == "corridor:Test" for item in b.inbox())


def a_person_decides():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        edifact = (nodes.EXAMPLES / "invoice-edifact.edi").read_bytes()
        for verdict, state in (("approve", "answered"), ("terminate", "refused")):
            letter = edifact if verdict == "approve" else b"Dear colleagues, a letter."
            id_ = a.send(letter, b.did)[1]["exchange"]
            end = time.monotonic() + 10
            held = []
            while not held:
                held = [n for n in b.ask("GET", "/negotiations")[1]["items"] if n["held"]]
                assert time.monotonic() < end, "nothing waits for a person"
            path = "/negotiations/" + urllib.parse.quote(held[0]["id"], safe="") + "/" + verdict
            status, answer = b.ask("POST", path, json.dumps({"reason": "looked at it"}))
            assert status == 200, answer
            record = a.exchange(id_, "answered")
            assert record["state"] == state, record
            if verdict == "terminate":
                assert "looked at it" in record["reason"], record


def a_restart_loses_nothing():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        b.stop()
        id_ = a.send(nodes.invoice("RESTART-1"), b.did)[1]["exchange"]
        assert a.exchange(id_, "answered", "300ms")["state"] in ("waiting", "sending")
        a.stop()
        a.start()
        b.start()
        assert a.exchange(id_, "logged", "20s")["level"] == "logged"
        assert len([i for i in b.inbox() if i["kind"] == "ubl:Invoice"]) == 1


if __name__ == "__main__":
    nodes.main(commits_of_one_document, one_process_a_folder, only_loopback, strangers_at_every_route,
               garbage_from_its_own_people, hostile_bytes, terms_that_nobody_understands, a_person_decides,
               a_restart_loses_nothing)
