#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a party must not get away with when it answers a document: a program that has a partner's keys says
whatever it likes to the sender's node, over the wire, with tokens and statements that are truly signed."""
import base64
import hashlib
import hmac
import json
import os
import time
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

import corridor_node as nodes
from answers_test import across, answers, events, until


def b64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(raw):
    return hashlib.sha256(raw).hexdigest()


class Hand:
    """Signs with the keys of a node's folder, beside the node."""

    def __init__(self, node):
        self.node, self.did = node, node.did
        key = {name: json.loads((node.folder / "keys" / f"{name}.jwk").read_text()) for name in ("token", "seal")}

        def raw(name, member):
            return base64.urlsafe_b64decode(key[name][member] + "==")
        self.token_key = ec.derive_private_key(int.from_bytes(raw("token", "d"), "big"), ec.SECP256R1())
        self.seal_key = ed25519.Ed25519PrivateKey.from_private_bytes(raw("seal", "d"))

    def token(self, audience):
        now = int(time.time())
        head = {"alg": "ES256", "typ": "JWT", "kid": self.did + "#token"}
        claims = {"iss": self.did, "sub": self.did, "aud": audience, "jti": str(uuid.uuid4()), "iat": now,
                  "exp": now + 200}
        text = b64url(canonical(head)) + "." + b64url(canonical(claims))
        r, s = utils.decode_dss_signature(self.token_key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return text + "." + b64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def proof(self, statement, seal_key=None):
        payload = canonical(statement)
        head = {"alg": "EdDSA", "kid": self.did + "#seal", "typ": "corridor-statement+jws"}
        text = b64url(canonical(head)) + "." + b64url(payload)
        jws = text + "." + b64url((seal_key or self.seal_key).sign(text.encode()))
        salt, secret = os.urandom(16), os.urandom(32)
        types = {"ACCEPT": 8, "REJECT": 9, "QUERY": 10, "RECEIVE": 7}
        moment, ms = statement["time"][:-1].split(".")
        at = int(time.mktime(time.strptime(moment + " UTC", "%Y-%m-%dT%H:%M:%S %Z"))) - time.timezone
        leaf = (b"CLF1" + bytes([types[statement["type"]], 0, 0, 0]) + (at * 1000 + int(ms)).to_bytes(8, "big") +
                hmac.digest(secret, b"tag", "sha256") + bytes(32) +
                hashlib.sha256(b"\x43" + salt + hashlib.sha256(payload).digest()).digest())
        return {"statement": jws, "salt": salt.hex(), "tagSecret": secret.hex(),
                "leaf": base64.b64encode(leaf).decode()}


class Scene:
    """A document of a's that b received, and b's hand."""

    def __init__(self, a, b, number):
        self.a, self.b, self.hand = a, b, Hand(b)
        self.sent, self.received = across(a, b, number)
        life = b.ask("GET", f"/explain/{self.received}")[1]["exchange"]
        receive = next(s for s in life["statements"] if s["type"] == "RECEIVE")
        self.right = {"by": b.did, "from": a.did, "exchange": self.received, "peerExchange": self.sent,
                      "receiveSha256": receive["statementSha256"], "payloadSha256": life["sha256"], "reason": "why"}

    def statement(self, body, **changes):
        said = {**self.right, "type": body["verdict"].upper(), "time": "2026-11-27T10:00:00.000Z"}
        for member in ("code", "field"):
            if member in body:
                said[member] = body[member]
        if "text" in body:
            said["textSha256"] = sha256(body["text"].encode())
        said.update(changes)
        return {name: value for name, value in said.items() if value is not None}

    def post(self, body, proof, key="key-1", to=None, token=None, raw_header=None):
        raw = body if isinstance(body, bytes) else canonical(body)
        headers = {"Authorization": "Bearer " + (token or self.hand.token(self.a.did)),
                   "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        if raw_header is not None:
            headers["Corridor-Statement"] = raw_header
        elif proof:
            headers["Corridor-Statement"] = b64url(canonical(proof))
        status, _, answer = self.a.raw("POST", "/0/corridor/v1/answers/" + (to or self.sent), raw, headers)
        return status, answer

    def say(self, body, **changes):
        key = changes.pop("key", "key-1")
        return self.post(body, self.hand.proof(self.statement(body, **changes)), key=key)


REJECT = {"verdict": "reject", "code": "prices", "text": "too dear"}


def statements_that_are_about_something_else():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        scene, count = Scene(a, b, "BAD-1"), 0
        before = a.exchange(scene.sent)
        for member in ("from", "exchange", "receiveSha256", "payloadSha256", "code", "textSha256"):
            for value in ("f" * 64, None):
                status, answer = scene.say(REJECT, **{member: value})
                assert status == 400, (member, value, status, answer)
                count += 1
        for change in ({"type": "ACCEPT"}, {"type": "RECEIVE", "submitSha256": "0" * 64, "agreement": "x",
                                            "agreementSha256": "0" * 64}, {"field": "BT-1"}):
            status, answer = scene.say(REJECT, **change)
            assert status == 400, (change, status, answer)
            count += 1
        status, answer = scene.say(REJECT, by="did:web:localhost%3A9")
        assert status in (400, 401), (status, answer)
        assert a.exchange(scene.sent) == before
        return f"{count} statements"


def proofs_that_prove_nothing():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        scene = Scene(a, b, "BAD-2")
        good = scene.hand.proof(scene.statement(REJECT))
        own = scene.hand.proof(scene.statement(REJECT), ed25519.Ed25519PrivateKey.generate())
        other_leaf = {**good, "leaf": scene.hand.proof(scene.statement(REJECT))["leaf"]}
        for proof in (own, other_leaf, {**good, "salt": "00" * 16}, {**good, "salt": "zz"}, {**good, "leaf": "AAAA"},
                      {**good, "statement": good["statement"][:-4]}, {**good, "statement": "a.b.c"},
                      {k: v for k, v in good.items() if k != "tagSecret"}, [], 7):
            status, answer = scene.post(REJECT, None, raw_header=b64url(canonical(proof)))
            assert status in (400, 401), (proof, status, answer)
        for header in ("", "%%%", "a" * 20_000, b64url(b"{"), b64url(b"\xff\xfe")):
            status, answer = scene.post(REJECT, None, raw_header=header)
            assert status in (400, 431), (header[:20], status, answer)
        assert scene.post(REJECT, None)[0] == 400
        assert scene.post(REJECT, good, key=None)[0] == 400
        assert scene.post(REJECT, good, key="a\x1fb")[0] == 400
        assert scene.post(REJECT, good, token=scene.hand.token(b.did))[0] == 401
        assert answers(a, scene.sent) == [] and a.alive()
        assert scene.post(REJECT, good)[0] == 201


def bodies_that_are_no_answer():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        scene = Scene(a, b, "BAD-3")
        proof, count = scene.hand.proof(scene.statement(REJECT)), 0
        for body in (b"", b"{", b"[]", b"\xff", b'{"verdict":7}', {"verdict": "maybe"}, {"verdict": "reject"},
                     {"verdict": "reject", "code": "weather"}, {"verdict": "accept", "code": "prices"},
                     {"verdict": "reject", "code": "other"}, {"verdict": "reject", "code": 1},
                     {**REJECT, "text": "a\u0000b"}, {**REJECT, "text": "\u001b[2J"}, {**REJECT, "text": ["x"]},
                     {**REJECT, "field": "BT-1"}, b'{"verdict":"reject","code":"prices","text":"\xff"}',
                     b'{"verdict":"reject","verdict":"accept","code":"prices"}', b"[" * 9000):
            status, answer = scene.post(body, proof)
            assert status == 400, (body, status, answer)
            count += 1
        for body in ({**REJECT, "text": "x" * 2001}, b" " * 17_000, {**REJECT, "more": "x" * 17_000}):
            status, answer = scene.post(body, proof)
            assert status == 413, (body[:20] if isinstance(body, bytes) else body, status, answer)
            count += 1
        assert answers(a, scene.sent) == []
        text = "ø€" * 400  # 2000 bytes
        assert scene.say({**REJECT, "text": text})[0] == 201
        assert answers(a, scene.sent)[0]["text"] == text
        return f"{count} bodies"


def whoever_is_not_the_receiver():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        c = nodes.Node(folder / "c", nodes.free_port(), "Cedar").start()
        try:
            nodes.make_partners(a, b)
            nodes.make_partners(a, c)
            scene, other = Scene(a, b, "BAD-4"), Scene(a, c, "BAD-5")
            own = Scene(b, a, "BAD-6")  # a received this one
            unknown = scene.post(REJECT, scene.hand.proof(scene.statement(REJECT)), to="06none")
            assert unknown[0] == 404
            for hand, target in ((other.hand, scene.sent), (scene.hand, other.sent), (scene.hand, own.received)):
                proof = hand.proof(scene.statement(REJECT, by=hand.did))
                answer = scene.post(REJECT, proof, to=target, token=hand.token(a.did))
                assert answer == unknown, (target, answer)
            assert all(answers(a, id_) == [] for id_ in (scene.sent, other.sent, own.received))
            assert other.say({"verdict": "accept"})[0] == 201
        finally:
            c.stop()


def said_twice_and_said_otherwise():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        scene = Scene(a, b, "BAD-7")
        query = {"verdict": "query", "code": "delivery", "text": "when?"}
        assert scene.say(query, key="q")[0] == 201
        assert scene.say({**query, "text": "why?"}, key="q")[0] == 400  # the key of another answer
        proof = scene.hand.proof(scene.statement(REJECT))
        first = scene.post(REJECT, proof)
        again = scene.post(REJECT, proof)
        assert first[0] == 201 and again == (200, first[1]), (first, again)
        assert scene.post(REJECT, proof, key="another")[0] == 200  # the same statement
        for n in range(3):
            status, answer = scene.say({"verdict": "accept"}, key=f"second-{n}")
            assert status == 409 and b"was rejected by you" in answer, (status, answer)
        assert scene.say({**query, "text": "late"}, key="late")[0] == 409
        assert [x["verdict"] for x in answers(a, scene.sent)] == ["query", "reject"]
        history = [h["what"] for h in a.ask("GET", f"/explain/{scene.sent}")[1]["exchange"]["history"]]
        assert history.count("another answer of the partner was refused") == 1, history
        assert events(a, scene.sent).count("document.answered") == 2
        # The node itself says something else than its hand did: it hears why that is not taken.
        status, answer = b.ask("POST", f"/exchanges/{scene.received}/answer", '{"verdict":"accept"}')
        assert status == 201, answer
        until("it is never refused", lambda: answers(b, scene.received)[0]["delivery"] == "failed", 40)
        assert "409" in answers(b, scene.received)[0]["why"], answers(b, scene.received)


def at_most_sixteen_queries():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        scene = Scene(a, b, "BAD-8")
        for n in range(16):
            assert scene.say({"verdict": "query", "code": "items", "text": str(n)}, key=f"q{n}")[0] == 201
        assert scene.say({"verdict": "query", "code": "items", "text": "17"}, key="q17")[0] == 409
        assert scene.say({"verdict": "accept"}, key="last")[0] == 201
        assert len(answers(a, scene.sent)) == 17
        # None of these is in b's log. What is, is proven all the same.
        across(a, b, "BAD-9")


if __name__ == "__main__":
    nodes.main(statements_that_are_about_something_else, proofs_that_prove_nothing, bodies_that_are_no_answer,
               whoever_is_not_the_receiver, said_twice_and_said_otherwise, at_most_sixteen_queries)
