# SPDX-License-Identifier: Apache-2.0
"""Messages of the Dataspace Protocol 2025-1, judged by the official JSON Schemas and the HTTPS binding.

    faults, judged = Judge().stream(open("messages.jsonl"), senders={"did:web:localhost%3A7411"})

A stream has one object a line, a request or an answer:
    {"from", "to", "method", "path", "status", "direction": "request" | "response", "body"}
`path` may begin with anything; what counts begins at /catalog, /negotiations, /transfers or
/.well-known. `body` is the value that was sent, its text when it is no JSON, or null. Only what one of
`senders` wrote is judged (an answer is `from` whoever answered); without `senders` everything is.

The schemas are read from the suite beside the project and are never fetched. As a program it judges
the files it is given."""
import collections
import json
import os
import pathlib
import re
import sys
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITE = pathlib.Path(os.environ.get("CORRIDOR_SHARED", ROOT.parent / "shared")) / "suites" / "dsp"

Place = collections.namedtuple("Place", "request answer status error")
# (method, path) -> @type of the request, @type of the answer that has to have one, its status, and the
# type of error that belongs here (DSP 2025-1 §6.2, §8.2, §8.3, §10.2, §10.3).
PLACES = [(method, re.compile(path + "/?$"), Place(*rest)) for method, path, *rest in (
    ("GET", r"/\.well-known/dspace-version", None, "VersionResponse", 200, None),
    ("POST", r"/catalog/request", "CatalogRequestMessage", "Catalog", 200, "CatalogError"),
    ("GET", r"/catalog/request", None, "Catalog", 200, "CatalogError"),
    ("GET", r"/catalog/datasets/[^/]+", None, "Dataset", 200, "CatalogError"),
    *((method, "/negotiations" + path, request, answer, status, "ContractNegotiationError")
      for method, path, request, answer, status in (
          ("POST", r"/request", "ContractRequestMessage", "ContractNegotiation", 201),
          ("POST", r"/offers", "ContractOfferMessage", "ContractNegotiation", 201),
          ("GET", r"/[^/]+", None, "ContractNegotiation", 200),
          ("POST", r"/[^/]+/request", "ContractRequestMessage", None, 200),
          ("POST", r"/[^/]+/offers", "ContractOfferMessage", None, 200),
          ("POST", r"/[^/]+/events", "ContractNegotiationEventMessage", None, 200),
          ("POST", r"/[^/]+/agreement", "ContractAgreementMessage", None, 200),
          ("POST", r"/[^/]+/agreement/verification", "ContractAgreementVerificationMessage", None, 200),
          ("POST", r"/[^/]+/termination", "ContractNegotiationTerminationMessage", None, 200))),
    *((method, "/transfers" + path, request, answer, status, "TransferError")
      for method, path, request, answer, status in (
          ("POST", r"/request", "TransferRequestMessage", "TransferProcess", 201),
          ("GET", r"/[^/]+", None, "TransferProcess", 200),
          ("POST", r"/[^/]+/start", "TransferStartMessage", None, 200),
          ("POST", r"/[^/]+/suspension", "TransferSuspensionMessage", None, 200),
          ("POST", r"/[^/]+/completion", "TransferCompletionMessage", None, 200),
          ("POST", r"/[^/]+/termination", "TransferTerminationMessage", None, 200))))]
BEGIN = re.compile(r"/(?:catalog|negotiations|transfers|\.well-known)(?:/|$)")


class Absent(Exception):
    """The suite, or the package that reads it, is not here; the words say which."""


def place_of(method, path):
    """The row of the binding for a request, or None: no address of the protocol."""
    path = path.split("?")[0]
    starts = [m.start() for m in BEGIN.finditer(path)]
    for start in reversed(starts):
        for row_method, pattern, place in PLACES:
            if row_method == method and pattern.match(path[start:]):
                return place
    return None


def type_of(schema_file):
    """contract-request-message-schema.json -> ContractRequestMessage; what has no @type by its title."""
    named = {"protocol-version": "VersionResponse", "did-service": "DidService"}
    stem = schema_file.name.removesuffix("-schema.json")
    return named.get(stem) or "".join(word.capitalize() for word in stem.split("-"))


class Judge:
    def __init__(self, suite=SUITE):
        if not suite.is_dir():
            raise Absent("../shared/suites/dsp is not here")
        try:
            import jsonschema
        except ImportError:
            raise Absent("python3-jsonschema is not installed") from None
        self.schemas, store = {}, {}
        for path in sorted(suite.glob("*/*-schema.json")):
            # Three schemas point into a sibling without the slash a JSON pointer begins with.
            text = path.read_text().replace("#definitions/", "#/definitions/")
            schema = json.loads(text)
            self.schemas[type_of(path)] = store[schema["$id"]] = schema
        self.validators = {}
        for name, schema in self.schemas.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                resolver = jsonschema.RefResolver(schema["$id"], schema, store=store, handlers={
                    scheme: refuse for scheme in ("http", "https")})
            self.validators[name] = jsonschema.Draft201909Validator(schema, resolver=resolver)

    def value(self, name, body):
        """What is wrong with one value as a message of this type."""
        if name not in self.validators:
            return [f"no schema is called {name}"]
        return [f"{error.json_path}: {error.message[:200]}" for error in
                self.validators[name].iter_errors(body)] + self.beyond_schema(name, body)

    @staticmethod
    def beyond_schema(name, body):
        """What the prose demands and the schemas leave open."""
        if not isinstance(body, dict):
            return []
        faults = []
        offer, agreement = (body.get(part) if isinstance(body.get(part), dict) else None
                            for part in ("offer", "agreement"))
        if offer is not None and not isinstance(offer.get("target"), str):
            faults.append("$.offer: a message's offer has a target (DSP §7.2.1, §7.2.2)")
        if agreement is not None and "timestamp" not in agreement:
            faults.append("$.agreement: an agreement has a timestamp (DSP §7.2.3)")
        for policy in filter(None, (offer, agreement)):
            rules = [policy.get(kind) for kind in ("permission", "prohibition", "obligation")]
            if any("target" in rule for some in rules if isinstance(some, list)
                   for rule in some if isinstance(rule, dict)):
                faults.append("a rule has a target of its own (DSP §7.2)")
        if name == "Catalog" and not has_service(body):
            faults.append("$: a catalog has a data service (DSP §5.3.1)")
        return faults

    def line(self, line):
        """What is wrong with one line of a stream."""
        place = place_of(line["method"], line["path"])
        body = line.get("body")
        if place is None:
            return [] if line["direction"] == "response" else ["no address of the protocol"]
        if line["direction"] == "request":
            if place.request is None:
                return [] if body in (None, "") else ["a GET has no body"]
            return self.typed(place.request, body)
        return self.answer(place, line["status"], body)

    def answer(self, place, status, body):
        if status >= 500 or status == 429:
            return [] if body in (None, "") or place.error is None else self.typed(place.error, body)
        if status >= 400:
            if body in (None, ""):
                must = place.error == "CatalogError" or status == 400
                return [f"{status} without a {place.error}"] if must and place.error else []
            return self.typed(place.error, body) if place.error else []
        faults = [] if status == place.status else [f"status {status} where {place.status} is due"]
        if place.answer is not None:
            return faults + self.typed(place.answer, body)
        if isinstance(body, dict) and "@type" in body:  # not specified; if it says what it is, it is that
            return faults + self.typed(body["@type"], body)
        return faults

    def typed(self, name, body):
        if not isinstance(body, dict):
            return [f"no JSON object where a {name} is due"]
        if name not in ("Dataset", "VersionResponse") and body.get("@type") != name:
            return [f"@type {body.get('@type')!r} where {name} is due"]
        return self.value(name, body)

    def stream(self, lines, senders=None):
        """(faults, judged): sentences, and how many values of each @type were judged."""
        faults, judged = [], collections.Counter()
        for number, text in enumerate(lines, 1):
            if not text.strip():
                continue
            line = json.loads(text)
            if senders is not None and line["from"] not in senders:
                continue
            body = line.get("body")
            name = body.get("@type", line["path"].rsplit("/", 1)[-1]) if isinstance(body, dict) else "no body"
            judged[str(name)] += 1
            for fault in self.line(line):
                faults.append(f"line {number}: {line['direction']} {line['method']} {line['path']} "
                              f"{line.get('status') or ''} from {line['from']}: {fault}")
        return faults, judged


def has_service(catalog):
    """Its own, or one of the catalogs it holds."""
    if not isinstance(catalog, dict):
        return False
    nested = catalog.get("catalog")
    return bool(catalog.get("service")) or any(
        has_service(each) for each in (nested if isinstance(nested, list) else []))


def refuse(url):
    raise LookupError(f"a schema would have to be fetched: {url}")


def main(paths):
    try:
        judge = Judge()
    except Absent as error:
        print(f"SKIPPED dsp_schemas: {error}")
        return 0
    bad = 0
    for path in paths:
        with open(path) as lines:
            faults, judged = judge.stream(lines)
        print("\n".join(faults[:50]))
        print(f"COUNT {path}: {sum(judged.values())} messages, {len(faults)} faults")
        bad += len(faults)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
