#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The validator judges as it should: every official example passes, every example that was broken in
one place is reported, and a stream is judged by where its messages were sent."""
import copy
import json
import sys

import dsp_schemas as schemas

# The schema of DID services wants /catalog at the end of both kinds of service; the official example
# of a DataService ends otherwise (a known contradiction of the suite).
KNOWN = {"dataservice-did-service.json"}
ABSTRACT = {"DatasetRequestMessage"}  # has no HTTPS binding


def examples(judge):
    for path in sorted(schemas.SUITE.glob("*/example/*.json")):
        body = json.loads(path.read_text())
        name = body.get("@type")
        if path.name.endswith("did-service.json"):
            name = "DidService"
        elif path.name == "protocol-version.json":
            name = "VersionResponse"
        assert name in judge.schemas, (path, name)
        yield path, name, body


def every_example_passes(judge):
    names = set()
    for path, name, body in examples(judge):
        faults = judge.value(name, body)
        assert bool(faults) == (path.name in KNOWN), (path.name, faults)
        names.add(name)
    return f"{len(names)} kinds of message"


def members(schema, judge):
    """Names that a value of this schema must have, through its references within the file."""
    found = set(schema.get("required", []))
    for part in schema.get("allOf", []):
        found |= members(part, judge)
    if schema.get("$ref", "").startswith("#/definitions/"):
        found |= members(judge["definitions"][schema["$ref"].rsplit("/", 1)[1]], judge)
    return found


def a_broken_example_is_reported(judge):
    """Each required member missing, or of another type; another @type; a context that is not it."""
    count = 0
    for path, name, body in examples(judge):
        if path.name in KNOWN or name in ("VersionResponse", "DidService"):
            continue
        for member in members(judge.schemas[name], judge.schemas[name]) | {"@context"}:
            for broken in broken_in(body, member):
                count += 1
                assert judge.value(name, broken), f"{path.name}: {member} {broken.get(member)!r} passes"
        for context in ("https://w3id.org/dspace/2025/1/context.jsonld", [], ["https://example.org/x"],
                        [{"@vocab": "x"}, "https://w3id.org/dspace/2025/1/context.jsonld"]):
            count += 1
            assert judge.value(name, {**body, "@context": context}), (path.name, context)
    return f"{count} broken messages"


def broken_in(body, member):
    without = copy.deepcopy(body)
    del without[member]
    yield without
    for value in (7, None, {"x": 1}):
        if not (member == "offer" and isinstance(value, dict)):
            yield {**body, member: value}


def the_pointer_without_a_slash_is_followed(judge):
    """A termination without a pid: only the definition behind the mended pointer says it is due."""
    for name in ("TransferError", "TransferSuspensionMessage", "TransferTerminationMessage"):
        body = {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": name,
                "providerPid": "p", "consumerPid": "c"}
        assert not judge.value(name, body), judge.value(name, body)
        assert judge.value(name, {**body, "reason": []}), name
        assert judge.value(name, {**body, "code": 5}), name


def offer_message(**more):
    rule = {"action": "use", **more}
    return {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "ContractOfferMessage",
            "providerPid": "p", "consumerPid": "c",
            "offer": {"@type": "Offer", "@id": "o", "target": "d", "permission": [rule]}}


def prose_counts_too(judge):
    name = "ContractOfferMessage"
    assert not judge.value(name, offer_message())
    assert judge.value(name, offer_message(target="d"))
    both = {**offer_message(), "callbackAddress": "http://localhost"}
    assert judge.value(name, both), "consumerPid and callbackAddress together"
    bare = offer_message()
    del bare["offer"]["target"]
    assert judge.value(name, bare)


def a_stream_is_judged_by_its_places(judge):
    negotiation = {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
                   "@type": "ContractNegotiation", "providerPid": "p", "consumerPid": "c", "state": "OFFERED"}
    error = {**negotiation, "@type": "ContractNegotiationError"}
    del error["state"]

    def judged(method, path, status, body, direction="response", senders=None):
        line = {"from": "a", "to": "b", "method": method, "path": path, "status": status,
                "direction": direction, "body": body}
        return judge.stream([json.dumps(line)], senders)

    good = [("POST", "/0/dsp/negotiations/offers", 201, negotiation),
            ("GET", "/cb/negotiations/urn%3Auuid%3A1", 200, negotiation),
            ("POST", "/negotiations/offers/offers", 200, None),  # a pid may be any word
            ("POST", "/negotiations/x/events", 200, ""), ("POST", "/negotiations/x/events", 400, error),
            ("GET", "/negotiations/x", 404, None), ("POST", "/negotiations/x/events", 503, None)]
    bad = [("POST", "/0/dsp/negotiations/offers", 200, negotiation),
           ("POST", "/0/dsp/negotiations/offers", 201, None),
           ("POST", "/0/dsp/negotiations/offers", 201, "<html>"),
           ("POST", "/0/dsp/negotiations/offers", 400, negotiation),
           ("POST", "/negotiations/x/events", 400, None), ("POST", "/negotiations/x/events", 204, None),
           ("POST", "/catalog/request", 404, None), ("GET", "/negotiations/x", 404, {"reason": ["no"]}),
           ("GET", "/negotiations/x", 200, {**negotiation, "state": "HELD"})]
    for case in good:
        assert not judged(*case)[0], (case, judged(*case))
    for case in bad:
        assert judged(*case)[0], case
    assert judged("POST", "/negotiations/x/agreement", None, offer_message(), "request")[0]
    assert not judged("POST", "/negotiations/x/offers", None, offer_message(), "request")[0]
    assert judged("POST", "/negotiations/x/nothing", None, offer_message(), "request")[0]
    assert judged(*bad[0], senders={"b"}) == ([], {}), "only what was asked for is judged"
    faults, count = judged(*bad[0], senders={"a"})
    assert len(faults) == 1 and sum(count.values()) == 1 and "line 1" in faults[0], faults
    return f"{len(good) + len(bad) + 6} lines"


def every_message_has_an_address(judge):
    bound = {name for _, _, place in schemas.PLACES for name in (place.request, place.answer, place.error)}
    assert set(judge.schemas) - bound - ABSTRACT - {"Context", "Contract", "Transfer", "DataAddress",
                                                    "DidService"} == set()


def main():
    try:
        judge = schemas.Judge()
    except schemas.Absent as error:
        print(f"SKIPPED dsp_schemas: {error}")
        return 0
    bad = 0
    for check in (every_example_passes, a_broken_example_is_reported, the_pointer_without_a_slash_is_followed,
                  prose_counts_too, a_stream_is_judged_by_its_places, every_message_has_an_address):
        try:
            print("ok  ", check.__name__, check(judge) or "")
        except AssertionError as error:
            bad += 1
            print("FAIL", check.__name__, error)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
