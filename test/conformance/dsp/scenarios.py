# SPDX-License-Identifier: Apache-2.0
"""What each test of the kit needs to find, by name: datasets with offers, and agreements made elsewhere.
How the node reacts stands in instructions.toml, under the same names."""

# The names are those of the kit's own samples; CN:01-02 has them hard-coded.
CATALOG = ("0101", "0102")
CATALOG_ABSENT = "0103"
NEGOTIATIONS = ("0101", "0102", "0103", "0104", "0201", "0202", "0203", "0204", "0205", "0206", "0207",
                "0301", "0302", "0303", "0304")
NEGOTIATIONS_CONSUMER = ("0101", "0102", "0103", "0104", "0201", "0202", "0203", "0204", "0205", "0206",
                         "0301", "0302", "0303", "0304", "0305", "0306")
TRANSFERS = ("0101", "0102", "0103", "0104", "0105", "0201", "0202", "0203", "0204", "0205",
             "0301", "0302", "0303", "0304", "0305", "0306")
FORMAT = "HttpData-PULL"
TERMS = {"permission": [{"action": "use"}]}


def key(prefix, number):
    return f"{prefix}_{number[:2]}_{number[2:]}"


def ids():
    """The kit's settings that say which thing belongs to which test."""
    for number in (*CATALOG, CATALOG_ABSENT):
        yield key("CAT", number) + "_DATASETID", "CAT" + number
    for number in NEGOTIATIONS:
        yield key("CN", number) + "_DATASETID", "ACN" + number
        yield key("CN", number) + "_OFFERID", f"CD123:ACN{number}:456"
    for number in NEGOTIATIONS_CONSUMER:
        yield key("CN_C", number) + "_DATASETID", "ACNC" + number
    for prefix, name in (("TP", "ATP"), ("TP_C", "ATPC")):
        for number in TRANSFERS:
            yield key(prefix, number) + "_AGREEMENTID", name + number
            yield key(prefix, number) + "_FORMAT", FORMAT


def datasets():
    """(id, what the management API is told of it): offered to everyone, served elsewhere."""
    for name, numbers in (("CAT", CATALOG), ("ACN", NEGOTIATIONS), ("ATP", ("",))):
        for number in numbers:
            yield name + number, {
                "offers": [{"id": f"CD123:{name}{number}:456", "terms": TERMS, "peers": ["*"]}],
                "address": {"endpointType": "https://w3id.org/idsa/v4.1/HTTP",
                            "endpoint": "http://127.0.0.1:1/" + name + number}}


def agreements(peer):
    """Agreements that exist elsewhere, to be imported, in either role."""
    for name, role in (("ATP", "provider"), ("ATPC", "consumer")):
        for number in TRANSFERS:
            yield {"id": name + number, "peer": peer, "role": role, "dataset": name, "terms": TERMS,
                   "note": "made elsewhere, for the conformance kit"}
