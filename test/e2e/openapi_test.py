#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The description of the node, checked against the node: every route is in it, every operation of it
answers, every answer of a whole day has a status and a shape that it names. API keys and metrics too."""
import json
import re
import sys
import time
import urllib.parse

try:
    import jsonschema
except ImportError:
    print("SKIPPED e2e_openapi: python3-jsonschema is not installed (tools/install test)")
    sys.exit(0)

import corridor_node as nodes
from webhook_sink import Sink


def document(node):
    status, headers, raw = node.raw("GET", "/openapi.json")
    assert status == 200 and headers["Content-Type"] == "application/json", (status, headers)
    return json.loads(raw)


def operations(doc):
    for path, item in doc["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


class Described:
    """A node whose every answer is held against its description."""

    def __init__(self, node, doc):
        self.node, self.doc, self.seen = node, doc, set()
        self.paths = [(re.compile("^" + re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) + "$"), path)
                      for path in doc["paths"]]

    def operation(self, method, target):
        path = target.split("?")[0]
        fitting = [p for pattern, p in self.paths if pattern.match(path) and method.lower() in self.doc["paths"][p]]
        assert fitting, f"{method} {path} is not described"
        fitting.sort(key=lambda p: p.count("{"))
        return fitting[0], self.doc["paths"][fitting[0]][method.lower()]

    def check(self, method, target, status, raw):
        path, operation = self.operation(method, target)
        responses = operation["responses"]
        assert str(status) in responses, (method, path, status, raw[:300])
        self.seen.add((method, path, status))
        content = responses[str(status)].get("content", {})
        if "application/json" in content and method != "HEAD":
            schema = {**content["application/json"]["schema"], "components": self.doc["components"]}
            jsonschema.Draft202012Validator(schema).validate(json.loads(raw))

    def call(self, method, target, body=None, headers=None):
        if isinstance(body, (dict, list)):
            path, operation = self.operation(method, target)
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            jsonschema.Draft202012Validator({**schema, "components": self.doc["components"]}).validate(body)
            body = json.dumps(body)
        key = (self.node.folder / "api.key").read_text().strip()
        status, _, raw = self.node.raw(method, target, body, {"Authorization": "Bearer " + key, **(headers or {})})
        try:
            self.check(method, target, status, raw)
        except jsonschema.ValidationError as error:
            raise AssertionError(f"{method} {target}: {error.message} at {list(error.path)}: {raw[:400]}")
        try:
            return status, json.loads(raw)
        except ValueError:
            return status, raw

    def ask(self, method, path, body=None, headers=None):
        return self.call(method, "/0/api/v1" + path, body, headers)


def routes():
    text = (nodes.ROOT / "src/api/routes.cc").read_text()
    return re.findall(r'Route\{"(\w+)",\s*"([^"]+)",\s*Access::(\w+)', text)


def every_route_is_described():
    with nodes.workshop() as folder:
        a = nodes.Node(folder / "a", nodes.free_port(), "Alder").start()
        try:
            doc = document(a)
            assert doc["openapi"] == "3.1.0"
            for name, schema in doc["components"]["schemas"].items():
                jsonschema.Draft202012Validator.check_schema(schema)
            described = {(method, path) for method, path, _ in operations(doc)}
            in_code = {(m, re.sub(r":(\w+)", r"{\1}", p).replace("*", "{path}")) for m, p, _ in routes()}
            assert described == in_code, described ^ in_code
            for method, path, operation in operations(doc):
                assert operation["summary"] and operation["tags"], path
                names = re.findall(r"\{(\w+)\}", path)
                given = [p["name"] for p in operation.get("parameters", []) if p["in"] == "path"]
                assert names == given, (path, names, given)
            return f"{len(described)} operations, {len(doc['components']['schemas'])} schemas"
        finally:
            a.stop()


def every_operation_answers():
    """Not one of them is unknown to the node, and what it answers is among what it may answer."""
    with nodes.workshop() as folder:
        a = nodes.Node(folder / "a", nodes.free_port(), "Alder").start()
        try:
            doc = document(a)
            described = Described(a, doc)
            count = 0
            for method, path, operation in operations(doc):
                target = re.sub(r"\{\w+\}", "none", path)
                body = {} if "requestBody" in operation else None
                if body is not None and "application/json" not in operation["requestBody"]["content"]:
                    body = "x"
                elif body is not None:
                    body = "{}"
                for headers in ({}, {"Authorization": "Bearer x"}):
                    status, _, raw = a.raw(method, target, body, headers)
                    assert status != 405 and b"nothing at this address" not in raw, (method, target, status, raw)
                    described.check(method, path, status, raw)
                    count += 1
                status, raw = described.call(method, target, body)
                assert b"nothing at this address" not in json.dumps(raw, default=repr).encode(), (method, target)
                count += 1
            return f"{count} requests"
        finally:
            a.stop()


def wait_until(look, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def a_day_of_work():
    """Two nodes at work, every answer held against the description."""
    with nodes.workshop() as folder, nodes.pair(folder) as (one, two):
        doc = document(one)
        a, b = Described(one, doc), Described(two, doc)
        status, invite = a.ask("POST", "/invites", {"kinds": ["ubl:Invoice"], "name": "Birch"})
        assert status == 201
        status, _ = b.ask("POST", "/join", invite["invite"])
        assert status == 200
        assert a.ask("GET", "/peers")[1]["items"]
        query = urllib.parse.urlencode({"to": two.did, "name": "first"})
        status, sent = a.ask("POST", "/send?" + query, nodes.invoice("DAY-1"))
        assert status == 202, sent
        status, refused = a.ask("POST", "/send?" + query, nodes.invoice("DAY-2").replace(b"4217.50", b"1.00"))
        assert status in (202, 422), refused
        id_ = sent["exchange"]
        assert a.ask("GET", f"/exchanges/{id_}?wait=logged&timeout=20s")[1]["level"] == "logged"
        for path in ("/exchanges", "/status", "/negotiations", "/transfers", "/agreements", f"/explain/{id_}",
                     f"/exchanges/{id_}/receipt", "/events", "/inbox", "/instructions", "/fetches", "/datasets"):
            assert a.ask("GET", path)[0] == 200, path
        sha256 = a.ask("GET", f"/exchanges/{id_}")[1]["sha256"]
        item = wait_until(lambda: [i for i in b.ask("GET", "/inbox")[1]["items"] if i["sha256"] == sha256])[0]
        assert b.ask("GET", f"/inbox/{item['id']}")[0] == 200
        assert b.ask("GET", f"/inbox/{item['id']}/document")[0] == 200
        answers(a, b, one, id_, item["id"])
        for process in ("negotiations", "transfers"):
            first = a.ask("GET", f"/{process}?state=FINALIZED" if process == "negotiations" else f"/{process}")[1]
            pid = urllib.parse.quote(first["items"][0]["id"], safe="")
            assert a.ask("GET", f"/{process}/{pid}")[1]["messages"]
            assert a.ask("POST", f"/{process}/{pid}/accept", {})[0] in (400, 409)
        agreement = a.ask("GET", "/agreements")[1]["items"][0]["id"]
        assert a.ask("GET", "/agreements/" + urllib.parse.quote(agreement, safe=""))[0] == 200
        datasets_and_negotiation(a, b, one, two)
        instructions_keys_and_events(a)
        assert a.ask("DELETE", "/peers/" + urllib.parse.quote(two.did, safe=""))[0] in (200, 409)
        seen = {(m, p) for m, p, _ in a.seen | b.seen}
        return f"{len(seen)} operations, {len(a.seen | b.seen)} kinds of answers"


def answers(a, b, one, sent, received):
    of_a = "/peers/" + urllib.parse.quote(one.did, safe="")
    assert b.ask("PUT", of_a, {"answers": "ubl"})[1]["answers"] == "ubl"
    assert b.ask("PUT", of_a, json.dumps({"answers": "fax"}))[0] == 400
    path = f"/exchanges/{received}/answer"
    assert b.ask("POST", path, {"verdict": "reject"})[0] == 400
    query = {"verdict": "query", "code": "references", "field": "BT-13", "text": "which order?"}
    assert b.ask("POST", path, query)[0] == 201
    assert b.ask("PUT", of_a, {"answers": "statement"})[0] == 200
    assert b.ask("POST", path, {"verdict": "accept"})[0] == 201
    assert b.ask("POST", path, {"verdict": "accept"})[0] == 200
    assert b.ask("POST", path, {"verdict": "reject", "code": "prices"})[0] == 409
    wait_until(lambda: len(a.ask("GET", f"/exchanges/{sent}")[1].get("answers", [])) == 2)
    for node, path in ((a, f"/explain/{sent}"), (b, "/inbox"), (b, f"/explain/{received}"), (b, "/exchanges")):
        assert node.ask("GET", path)[0] == 200


def datasets_and_negotiation(a, b, one, two):
    dataset = {"title": "Tariffs", "kind": "port:Tariff",
               "offers": [{"id": "urn:offer:1", "terms": {"permission": [{"action": "use"}]}, "peers": []}]}
    assert a.ask("PUT", "/datasets/urn:tariffs", dataset)[0] == 201
    assert a.ask("PUT", "/datasets/urn:tariffs", dataset)[0] == 200
    assert a.ask("GET", "/datasets/urn:tariffs")[0] == 200
    status, catalog = b.ask("GET", "/catalog?" + urllib.parse.urlencode({"peer": one.did}))
    assert status == 200 and catalog["catalog"]["dataset"], catalog
    status, begun = b.ask("POST", "/negotiations", {"peer": one.did, "dataset": "urn:tariffs"})
    assert status == 201, begun
    pid = urllib.parse.quote(begun["id"], safe="")
    wait_until(lambda: b.ask("GET", f"/negotiations/{pid}")[1]["state"] == "FINALIZED")
    agreement = b.ask("GET", f"/negotiations/{pid}")[1]["agreement"]
    status, transfer = b.ask("POST", "/transfers", {"agreement": agreement})
    assert status in (201, 409), transfer
    status, fetch = b.ask("POST", "/fetches", {"peer": one.did, "dataset": "urn:tariffs"})
    assert status == 201, fetch
    assert b.ask("GET", f"/fetches/{fetch['id']}")[0] == 200
    status, held = b.ask("POST", "/negotiations", {"peer": one.did, "dataset": "urn:tariffs",
                                                   "terms": {"permission": [{"action": "use", "constraint": [
                                                       {"leftOperand": "purpose", "operator": "eq",
                                                        "rightOperand": "anything"}]}]}})
    assert status in (201, 400, 403), held
    assert b.ask("POST", "/negotiations", {"peer": one.did, "dataset": "urn:nothing"})[0] == 404
    imported = {"id": "urn:agreement:paper", "peer": two.did, "role": "provider", "dataset": "urn:tariffs",
                "note": "signed on paper"}
    assert a.ask("POST", "/agreements", imported)[0] == 201
    assert a.ask("POST", "/agreements/urn:agreement:paper/terminate", {"reason": "over"})[0] == 200
    assert a.ask("DELETE", "/datasets/urn:tariffs")[0] in (200, 409)


def instructions_keys_and_events(a):
    assert a.ask("POST", "/instructions", {"id": "z", "do": "hold", "on": "OFFERED"})[0] == 200
    assert a.ask("POST", "/instructions", {"items": [{"id": "y", "do": "hold"}, {"id": "x", "do": "accept"}]})[0] == 200
    assert a.ask("POST", "/instructions", json.dumps({"id": "w", "do": "dance"}))[0] == 400
    assert a.ask("DELETE", "/instructions/z")[0] == 200
    sink = Sink(nodes.free_port()).open()
    status, made = a.ask("POST", "/subscriptions", {"url": sink.url, "types": ["exchange.*"], "after": 0})
    assert status == 201, made
    sink.wait_for(lambda ids: len(ids) > 0)
    for event in sink.events():
        schema = {"$ref": "#/components/schemas/Event", "components": a.doc["components"]}
        jsonschema.Draft202012Validator(schema).validate(event)
    assert a.ask("GET", "/subscriptions")[1]["items"]
    assert a.ask("POST", f"/subscriptions/{made['id']}/replay", {"after": 0})[0] == 200
    assert a.ask("DELETE", f"/subscriptions/{made['id']}")[0] == 200
    sink.close()
    status, key = a.ask("POST", "/keys", {"name": "dashboard", "role": "read"})
    assert status == 201 and len(key["key"]) >= 40, key
    assert a.ask("POST", "/keys", {"name": "dashboard"})[0] == 409
    assert a.ask("GET", "/keys")[1]["items"][0]["name"] == "dashboard"
    assert a.ask("GET", "/metrics")[0] == 200
    assert a.ask("DELETE", "/keys/dashboard")[0] == 200
    assert a.ask("DELETE", "/keys/dashboard")[0] == 404


def keys_and_roles():
    """A key may look or do everything; it outlives a restart, not its removal; only its hash is kept."""
    with nodes.workshop() as folder:
        a = nodes.Node(folder / "a", nodes.free_port(), "Alder").start()
        try:
            def with_key(key, method, path, body=None):
                return a.raw(method, "/0/api/v1" + path, body, {"Authorization": "Bearer " + key})[0]

            code, reader, err = nodes.run("key", "add", "dashboard", "--data", a.folder)
            assert code == 0, err
            code, made, _ = nodes.run("key", "add", "robot", "--role", "admin", "--json", "--data", a.folder)
            reader, robot = reader.strip(), json.loads(made)["key"]
            assert with_key(reader, "GET", "/status") == 200
            assert with_key(reader, "GET", "/metrics") == 200
            assert with_key(reader, "POST", "/keys", '{"name":"mine","role":"admin"}') == 403
            assert with_key(reader, "DELETE", "/peers/x") == 403
            assert with_key(robot, "POST", "/instructions", '{"id":"r","do":"hold"}') == 200
            assert with_key(robot[:-1] + "_", "GET", "/status") == 401
            a.stop()
            for path in a.folder.rglob("*"):
                if path.is_file():
                    assert reader.encode() not in path.read_bytes(), path
            a.start()
            assert with_key(reader, "GET", "/status") == 200
            code, out, _ = nodes.run("key", "list", "--data", a.folder)
            assert code == 0 and "dashboard" in out and "robot" in out and "read" in out, out
            assert nodes.run("key", "add", "robot", "--data", a.folder)[0] == 6
            code, _, err = nodes.run("key", "remove", "dashboard", "--data", a.folder)
            assert code == 0, err
            assert with_key(reader, "GET", "/status") == 401
            assert with_key(robot, "DELETE", "/keys/robot") == 200
            assert with_key(robot, "GET", "/status") == 401
        finally:
            a.stop()


def metrics_and_readiness():
    line_of = re.compile(r'^corridor_\w+(\{\w+="[^"\n]*"(,\w+="[^"\n]*")*\})? -?[0-9.e+-]+$')
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        id_ = a.send(nodes.invoice("METRICS-1"), b.did)[1]["exchange"]
        assert a.exchange(id_, "logged")["level"] == "logged"
        text = a.ask("GET", "/metrics")[1].decode()
        values, typed = {}, set()
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                assert line.split()[2] not in typed, line
                typed.add(line.split()[2])
            elif not line.startswith("#"):
                assert line_of.match(line), line
                name, value = line.rsplit(" ", 1)
                assert name not in values, line
                assert any(name.startswith(t) for t in typed), line
                values[name] = float(value)
        assert values['corridor_asks_total{ask="send"}'] >= 1, values
        assert values["corridor_commits_total"] > 3 and values["corridor_outbox_messages"] == 0
        assert values['corridor_documents_total{outcome="answered"}'] >= 1
        assert values['corridor_messages_total{class="document",outcome="sent"}'] >= 1
        assert values["corridor_log_leaves"] > 0 and values["corridor_ready"] == 1
        assert 1e6 < values["corridor_resident_memory_bytes"] < 1e9
        send = 'method="POST",route="/0/api/v1/send"'
        assert values[f'corridor_requests_total{{{send},status="2xx"}}'] == 1
        assert values[f'corridor_request_duration_seconds_count{{{send}}}'] == 1
        assert values[f'corridor_request_duration_seconds_bucket{{{send},le="+Inf"}}'] == 1
        status, _, raw = a.raw("GET", "/ready")
        assert status == 200 and json.loads(raw) == {"status": "ready"}, raw
        return f"{len(values)} samples of {len(typed)} metrics"


nodes.main(every_route_is_described, every_operation_answers, a_day_of_work, keys_and_roles,
           metrics_and_readiness)
