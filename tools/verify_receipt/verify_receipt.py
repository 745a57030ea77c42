#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks a Corridor receipt offline; written from docs/protocol/receipt.md, not from Corridor's code.
    verify_receipt.py RECEIPT [--document FILE] [--pins FILE]     prints the table of claims
    verify_receipt.py --each FILE                                 one receipt a line, one verdict a line
Needs Python 3.11 and its package cryptography. Exit: 0 verified, 1 refused, 2 unusable."""
import base64, datetime, hashlib, hmac, itertools, json, re, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TYPES = ("- OFFER REQUEST AGREEMENT DECISION SUBMIT TRANSLATE RECEIVE ACCEPT REJECT QUERY HANDOVER EXPIRE "
         "CANCEL VERIFIED FINALIZED TERMINATED STARTED JOIN SUSPENDED COMPLETED").split()  # by number, from 1
ORDER = ("(AGREEMENT VERIFIED FINALIZED )?((DECISION|TRANSLATE) )*SUBMIT( (DECISION|TRANSLATE))* "
         "(REFUSAL|RECEIVE( (HANDOVER|ACCEPT|REJECT|QUERY))*)")
CLAIMS = ("consistent sender-signed receiver-signed document-matches under-agreement both-agreed sender-logged "
          "receiver-logged not-later-than keys-pinned document-valid-under-rules members-at-time").split()
TIME, EPOCH = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
SUMMARY, PRIME = ("payloadSha256", "payloadBytes", "kind"), 2**255 - 19
ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826  # y of a point of order 8

def need(condition, why):
    if not condition:
        raise ValueError(why)

def load(text):
    def unique(pairs):
        need(len(dict(pairs)) == len(pairs), "a member stands twice")
        return dict(pairs)
    return json.loads(text, object_pairs_hook=unique)

def sha(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()

def b64(text, size=None, url=False):
    """Only the one canonical spelling: no spare bits, no other characters."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4 if url else 0), b"-_" if url else None, validate=True)
    again = base64.b64encode(raw, b"-_" if url else None).decode()
    need(text == (again.rstrip("=") if url else again) and size in (None, len(raw)), "base64 in another spelling")
    return raw

def verify(key, signature, message):
    """RFC 8032 with canonical points, none of small order; the library checks S and the equation."""
    for point in (key, signature[:32]):
        y = int.from_bytes(point, "little") & (2**255 - 1)
        need(y < PRIME and y not in (0, 1, PRIME - 1, ORDER_8, PRIME - ORDER_8), "a point that is not allowed")
    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)  # raises when it does not verify

def plain(value):
    """What every JSON library writes alike: names of letters and digits, integers below 2^53."""
    if type(value) is dict:
        return all(re.fullmatch("[A-Za-z0-9]+", name) and plain(item) for name, item in value.items())
    return all(map(plain, value)) if type(value) is list else (
        type(value) in (str, bool, type(None)) or type(value) is int and abs(value) < 2**53)

class Part:
    """One statement: its signature and, when logged, its place in its signer's log."""
    def __init__(self, proof, keys, used):
        self.logged = len(proof) > 2
        names = "by statement" + " salt tagSecret leaf origin index checkpoint inclusion" * self.logged
        head, body, signature = proof["statement"].split(".")
        header, raw = load(b64(head, url=True)), b64(body, url=True)
        self.said, kid, self.sha256 = load(raw), header["kid"], sha(raw).hex()
        self.type, self.by, self.exchange, self.time = (self.said[k] for k in ("type", "by", "exchange", "time"))
        self.is_answer = self.type == "RECEIVE" or self.type == "REJECT" and "receiveSha256" not in self.said
        self.agreement = self.said.get("agreement"), self.said.get("agreementSha256")
        written = json.dumps(self.said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        need(plain(self.said) and written == raw and len(raw) <= 8192, "a statement that is not canonical JSON")
        need(header == {"alg": "EdDSA", "kid": kid, "typ": "corridor-statement+jws"}, "a JWS that is no statement")
        need(set(proof) == set(names.split()) and self.by == proof["by"] and self.type in TYPES[1:] and (self.by, kid)
             in keys and re.fullmatch(TIME, self.time), "a proof with other members, party, type, key or form of time")
        verify(keys[self.by, kid], b64(signature, 64, url=True), f"{head}.{body}".encode())
        used.add((self.by, kid))
        if self.logged:
            self.check_leaf(b64(proof["leaf"], 112), b64(proof["salt"], 16), b64(proof["tagSecret"], 32))
            self.check_checkpoint(proof["checkpoint"], proof["origin"], keys, used)
            root = root_from(self.leaf, proof["index"], self.size, [b64(text, 32) for text in proof["inclusion"]])
            need(type(proof["index"]) is int and root == self.root, "the leaf is not in the tree")

    def check_leaf(self, leaf, salt, tag_secret):
        ms = (datetime.datetime.fromisoformat(self.time) - EPOCH) // datetime.timedelta(milliseconds=1)
        start = b"CLF1" + bytes([TYPES.index(self.type), 0, 0, 0]) + ms.to_bytes(8, "big")
        self.tag, self.previous, self.leaf = leaf[16:48], leaf[48:80], sha(b"\0", leaf)
        need(leaf[:16] == start and self.tag == hmac.digest(tag_secret, b"tag", "sha256") and
             leaf[80:] == sha(b"\x43", salt, bytes.fromhex(self.sha256)), "the leaf is not the one of the statement")

    def check_checkpoint(self, note, origin, keys, used):
        """C2SP signed-note and tlog-checkpoint, with the log's own signature and no other."""
        need(not re.search("[\0-\x09\x0b-\x1f]", note), "a checkpoint with control characters")
        text, name, signature = re.fullmatch("((?:[^\n]+\n){3,})\n\u2014 ([^\\s+]+) (\\S+)\n", note).groups()
        self.origin, size, root = text.split("\n")[:3]
        need(self.origin == name == origin and re.fullmatch("0|[1-9][0-9]{0,18}", size), "not a checkpoint of the log")
        self.size, self.root, signature = int(size), b64(root, 32), b64(signature, 68)
        signers = [who for who, key in keys.items()
                   if who[0] == self.by and sha(name.encode(), b"\n\x01", key)[:4] == signature[:4]]
        need(signers, "a checkpoint signed with a key that is not listed")
        verify(keys[signers[0]], signature[4:], text.encode())
        used.add(signers[0])

def root_from(leaf, index, size, path):
    """RFC 9162 section 2.1.1, read backwards: the sibling nearest to the root stands last."""
    need(0 <= index < size <= 2**62 and bool(path) == (size > 1), "an index or a path that the tree does not have")
    split = 1 << (size - 1).bit_length() >> 1
    if index < split:
        return sha(b"\1", root_from(leaf, index, split, path[:-1]), path[-1])
    return leaf if size == 1 else sha(b"\1", path[-1], root_from(leaf, index - split, size - split, path[:-1]))

def listed_keys(documents):
    keys = {}
    for did, document in documents.items():
        methods = document["verificationMethod"]
        ids = [method["id"] for method in methods]
        need(document == {"id": did, "verificationMethod": methods, "assertionMethod": ids} and ids and
             re.fullmatch("did:[^#]+", did) and len(set(ids)) == len(ids), "a DID document that contradicts itself")
        for kid, method in zip(ids, methods):
            jwk = {"kty": "OKP", "crv": "Ed25519", "x": method["publicKeyJwk"]["x"]}
            need(method == {"id": kid, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk} and
                 kid.startswith(did + "#"), "a key of another kind or owner")
            keys[did, kid] = b64(jwk["x"], 32, url=True)
    return keys

def check_sides(parts, *sides):
    """Each side is of one exchange and unbroken in its log. Returns the sides that do not begin at its beginning."""
    omitted = [name for name, side, _ in sides if side[0].logged and side[0].previous != bytes(32)]
    for name, side, main in sides:
        need(main == 0 or name not in omitted and all(p.logged for p in side[:main + 1]), "an untied statement")
        for before, p in zip(side[:1] + side, side):
            need((p.by, p.exchange) == (side[main].by, side[main].exchange), f"{p.type} is of another exchange")
            need(p is before or not (before.logged and p.logged) or p.previous == before.leaf, "a statement is missing")
    for a, b in itertools.combinations([p for p in parts if p.logged], 2):
        need((a.origin, a.size) != (b.origin, b.size) or a.root == b.root, "one size of a log with two roots")
        need((a.by, a.exchange) != (b.by, b.exchange) or a.tag == b.tag and a.previous != b.previous,
             "two statements in one place")
    return omitted

def check(receipt, document, pins):
    """The level and the claims that hold or are unknown; raises at the first that does not hold."""
    keys, used = listed_keys(receipt["didDocuments"]), set()
    parts = [Part(proof, keys, used) for proof in receipt["proofs"]]
    need(used == set(keys) and len(parts) <= 24, "a key that nothing uses, or too many statements")
    order = ["REFUSAL" if p.is_answer and p.type == "REJECT" else p.type for p in parts]
    need(re.fullmatch(ORDER, " ".join(order)), "statements missing or out of order")
    first, at = 3 * (order[0] == "AGREEMENT"), order.index("SUBMIT")
    end = [part.is_answer for part in parts].index(True)
    submit, answer, later = parts[at], parts[end], parts[end + 1:]
    omitted = check_sides(parts, ("sender", parts[first:at + 1], at - first), ("receiver", parts[at + 1:], end - at - 1))
    sender, receiver, said = submit.by, answer.by, answer.said
    level = "logged" if all(p.logged for p in parts) else "answered"
    need(type(receipt["document"]["bytes"]) is int and receipt == {
        "corridorReceipt": "1", "exchange": submit.exchange, "level": level, "outcome": parts[-1].type,
        "omitted": omitted, "document": dict(zip(("sha256", "bytes", "kind"), (submit.said[k] for k in SUMMARY))),
        "agreement": dict(zip(("id", "sha256"), submit.agreement), text=receipt["agreement"]["text"]),
        **({"report": receipt["report"]} if "report" in receipt else {}),
        "didDocuments": receipt["didDocuments"], "proofs": receipt["proofs"]}, "the summary is not what is signed")
    need("report" not in receipt or sha(receipt["report"].encode()).hex() == said.get("reportSha256"), "another report")
    need(submit.exchange in (answer.exchange, said.get("peerExchange")), "another exchange was answered")
    need((submit.said["to"], said["from"]) == (receiver, sender) and said["submitSha256"] == submit.sha256 and
         said["payloadSha256"] == submit.said["payloadSha256"], "other parties, bytes or SUBMIT were answered")
    need(all(p.said.get("receiveSha256") == answer.sha256 for p in later), "a statement about another RECEIVE")
    text, unnamed = receipt["agreement"]["text"], answer.type == "REJECT" and answer.agreement == (None, None)
    agreement = load(text)
    need(submit.agreement == (agreement["@id"], sha(text.encode()).hex()) and
         {agreement["assigner"], agreement["assignee"]} == {sender, receiver} and
         all(p.agreement == submit.agreement for p in parts[:first] + [answer] * (not unnamed)), "another agreement")
    if first:
        provider, consumer = parts[0].said["provider"], parts[0].said["consumer"]
        need([p.by for p in parts[:3]] == [provider, consumer, provider] and
             (provider, consumer) == (agreement["assigner"], agreement["assignee"]), "other parties agreed")
    need(document is None or sha(document).hex() == submit.said["payloadSha256"], "the document is another")
    need(all(keys[who] in pins.get(who[0], [keys[who]]) for who in keys), "a key is not among those pinned")
    judged = type(said.get("valid")) is bool and said.get("rules") and {"reportSha256", "rulesSha256"} <= set(said)
    in_log = [all(p.logged for p in parts if p.by == party) for party in (sender, receiver)]
    shown = [1, 1, 1, document is not None, not unnamed, first, *in_log, 0, all(did in pins for did, _ in keys)]
    holds = ["yes" if held else "unknown" for held in shown] + [("no", "yes")[said["valid"]] if judged else "unknown"]
    return [f"level {level}", *(f"{p.by} {p.type} {p.time}" for p in parts),
            *(f"{held:8} {claim}" for held, claim in zip(holds + ["unknown"], CLAIMS))]

def verdict(raw, document=None, pins=None):
    """The exit status and the lines to print."""
    try:
        need(len(raw) <= 2**20 and dict(json.loads(raw.decode())).get("corridorReceipt") == "1", "no receipt")
    except (ValueError, TypeError, RecursionError) as error:
        return 2, [f"unusable: {str(error)!a}"]
    try:
        return 0, ["verified", *check(load(raw.decode()), document, pins or {})]
    except Exception as error:  # whatever goes wrong while checking, the receipt is not verified
        return 1, [f"refused: {type(error).__name__} {str(error)!a}"]

def main(receipt, *options):
    if receipt == "--each":
        verdicts = [verdict(line) for line in open(options[0], "rb").read().split(b"\n") if line]
        print(*(lines[0] for _, lines in verdicts), sep="\n")
        return max(status for status, _ in verdicts)
    given = {name: open(file, "rb").read() for name, file in zip(options[::2], options[1::2], strict=True)}
    need(set(given) <= {"--document", "--pins"}, "an option that does not exist")
    pins = {did: [b64(key, 32, url=True) for key in pinned] for did, pinned in load(given.get("--pins", "{}")).items()}
    status, lines = verdict(open(receipt, "rb").read(), given.get("--document"), pins)
    print(*(re.sub("[^ -~]", "?", line) for line in lines), sep="\n  ")
    return status

try:
    sys.exit(main(*sys.argv[1:]))
except (OSError, TypeError, ValueError) as error:
    sys.exit(print(f"unusable: {error}") or 2)
