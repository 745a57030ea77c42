#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Packs as a person and a program use them: made, signed, given to others, fetched, altered, removed;
and what a partner's profile does to a document at both ends."""
import contextlib
import hashlib
import http.server
import io
import json
import os
import pathlib
import threading
import warnings
import zipfile

import corridor_node as nodes

warnings.filterwarnings("ignore", "Duplicate name")
SHARED = pathlib.Path(os.environ.get("CORRIDOR_SHARED", nodes.ROOT.parent / "shared"))
RULES = b"""<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
  <ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"/>
  <pattern><rule context="/*"><assert id="HB-1" flag="warning" test="cbc:AccountingCost = 'BERTH-7'">An invoice
  to the harbour names the berth as its accounting cost (BT-19).</assert></rule></pattern>
</schema>
"""


def manifest(name="harbour", edition="1", match=None, **profile):
    rules = {"path": "harbour.sch", "sha256": hashlib.sha256(RULES).hexdigest(), "bytes": len(RULES)}
    return {"name": name, "edition": edition, "title": "What the harbour takes", "publisher": "The harbour",
            "licence": "Apache-2.0", "files": [rules],
            "parts": [{"id": "rules", "kind": "schematron", "entries": ["harbour.sch"]}],
            "profiles": [{"name": "Invoices to the harbour",
                          "match": match or {"syntax": "ubl", "types": ["Invoice"]},
                          "check": ["corridor-basic#ubl", "#rules"], **profile}]}


def make_pack(folder, **words):
    folder.mkdir(parents=True)
    (folder / "harbour.sch").write_bytes(RULES)
    (folder / "manifest.json").write_text(json.dumps(manifest(**words)))
    return folder


def corridor(data, *words, status=0):
    code, out, err = nodes.run(*words, "--data", data)
    assert code == status, (words, code, out, err)
    return out + err


def rules_of(data, document, *words):
    _, out, _ = nodes.run("check", document, "--json", "--data", data, *words)
    return sorted(f["rule"] for f in json.loads(out)["findings"])


@contextlib.contextmanager
def published(files):
    """An address that serves these files."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = files.get(self.path.lstrip("/"))
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def made_signed_and_given_to_others():
    with nodes.workshop() as folder:
        invoice = nodes.EXAMPLES / "invoice-ubl.xml"
        pack = make_pack(folder / "harbour")
        assert rules_of(folder / "us", invoice) == []
        signed = json.loads(corridor(folder / "them", "pack", "sign", pack, "--json"))
        os.remove(pack / "manifest.json")
        refused = corridor(folder / "us", "pack", "import", pack, status=4)
        assert "not trusted" in refused and "--trust " + signed["key"] in refused, refused
        archive = folder / "harbour.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            for file in pack.iterdir():
                out.write(file, "harbour/" + file.name)
        assert "installed" in corridor(folder / "us", "pack", "import", archive, "--trust", signed["key"])
        assert rules_of(folder / "us", invoice) == ["HB-1"]
        assert "present" in corridor(folder / "us", "pack", "import", archive)
        assert "good" in corridor(folder / "us", "pack", "verify")
        assert "harbour" in corridor(folder / "us", "pack", "list")
        assert "The harbour" in corridor(folder / "us", "pack", "show", "harbour")
        file = next((folder / "us/packs/files").iterdir())
        file.write_bytes(b"altered")
        assert rules_of(folder / "us", invoice) == ["CB-82"]
        assert "not the one" in corridor(folder / "us", "pack", "verify", status=1)
        corridor(folder / "us", "pack", "import", archive)
        assert rules_of(folder / "us", invoice) == ["HB-1"]
        corridor(folder / "us", "pack", "remove", "harbour@1")
        assert rules_of(folder / "us", invoice) == []


def fetched_from_who_publishes_it():
    with nodes.workshop() as folder:
        document = json.dumps(manifest()).encode()
        (folder / "harbour.json").write_bytes(document)
        for body, status, word in ((RULES, 0, "installed"), (RULES + b" ", 12, "not the file"),
                                   (RULES.replace(b"berth", b"quay!"), 12, "not the file"), (None, 9, "404")):
            with published({"harbour.sch": body}) as address:
                wanted = dict(manifest(), source=address)
                (folder / "harbour.json").write_text(json.dumps(wanted))
                code, out, err = nodes.run("pack", "fetch", "harbour", "--manifest", folder / "harbour.json",
                                           "--data", folder / f"data-{status}")
                assert (code == 0) == (status == 0) and word in out + err, (body, code, out, err)
        wanted["source"] = "http://example.org/"
        (folder / "harbour.json").write_text(json.dumps(wanted))
        refused = corridor(folder / "data", "pack", "fetch", "harbour", "--manifest", folder / "harbour.json",
                           status=4)
        assert "not an https address" in refused, refused
        assert "knows no pack" in corridor(folder / "data", "pack", "fetch", "harbour", status=5)


def hostile_packs_are_refused_by_name():
    with nodes.workshop() as folder:
        def archive(name, entries):
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
                for path, body in entries:
                    z.writestr(path, body)
            (folder / name).write_bytes(out.getvalue())
            return folder / name
        good = json.dumps(manifest()).encode()
        for name, entries, word in (
                ("slip.zip", [("../../harbour.sch", RULES), ("manifest.json", good)], ".."),
                ("absolute.zip", [("/etc/harbour.sch", RULES), ("manifest.json", good)], "/etc"),
                ("bomb.zip", [("harbour.sch", b"\0" * 50_000_000), ("manifest.json", good)], "times"),
                ("twice.zip", [("harbour.sch", RULES), ("harbour.sch", RULES)], "twice"),
                ("climbing.zip", [("manifest.json", good.replace(b'"harbour.sch"', b'"../harbour.sch"', 1))],
                 "elsewhere"),
                ("unknown.zip", [("manifest.json", good.replace(b'"check"', b'"chekc"'))], "chekc"),
                ("endless.zip", [("manifest.json", b"[" * 100_000)], "manifest"),
                ("python.zip", [("manifest.json", good.replace(b'"schematron"', b'"python"'))], "python")):
            code, out, err = nodes.run("pack", "import", archive(name, entries), "--data", folder / "data")
            assert code not in (0, 1) and word in err, (name, code, out, err)
            assert len(err.strip().splitlines()) <= 3, err
        assert "harbour" not in corridor(folder / "data", "pack", "list")


def a_partner_and_its_profile_at_both_ends():
    with nodes.workshop() as folder, nodes.pair(folder) as (a, b):
        nodes.make_partners(a, b)
        document = nodes.invoice("PACK-1")
        first = a.send(document, b.did)[1]["exchange"]
        assert a.exchange(first, "answered")["state"] == "answered"
        # The receiver takes no warnings from this partner; the sender does not know that.
        pack = make_pack(folder / "strict", match={"partners": [a.did]}, refuse="warning")
        (pack / "harbour.sch").write_bytes(RULES)
        corridor(b.folder, "pack", "import", pack)
        status, packs = b.ask("GET", "/packs")
        assert status == 200 and [p["name"] for p in packs["items"]] == ["harbour"], packs
        second = a.send(nodes.invoice("PACK-2"), b.did)[1]["exchange"]
        record = a.exchange(second, "answered")
        assert record["state"] == "refused" and record["code"] == "check", record
        assert record["peerReport"]["judgedAs"] == "Invoices to the harbour", record
        assert [f["rule"] for f in record["peerReport"]["findings"]] == ["HB-1"], record
        # The sender gets the same pack: now it refuses by itself, and nothing leaves.
        mine = make_pack(folder / "mine", match={"partners": [b.did]}, refuse="warning")
        with io.BytesIO() as archive:
            with zipfile.ZipFile(archive, "w") as z:
                for file in mine.iterdir():
                    z.write(file, file.name)
            status, imported = a.ask("POST", "/packs", archive.getvalue())
        assert status == 200 and imported["items"][0]["state"] == "installed", imported
        third = a.send(nodes.invoice("PACK-3"), b.did)[1]["exchange"]
        record = a.exchange(third, "answered")
        assert record["state"] == "refused" and record["report"]["findings"][0]["rule"] == "HB-1", record
        assert len(b.inbox()) == 1 + len([i for i in b.inbox() if i["kind"] == "corridor:Test"])
        status, report = a.ask("POST", "/check?partner=" + b.did.replace("%", "%25"), document)
        assert status == 200 and report["findings"][0]["rule"] == "HB-1", report
        assert a.ask("POST", "/check", document)[1]["findings"] == []
        assert a.ask("DELETE", "/packs/harbour?edition=1")[1] == {"removed": ["harbour@1"]}
        assert a.ask("DELETE", "/packs/harbour")[0] == 404
        assert a.ask("POST", "/check?partner=" + b.did.replace("%", "%25"), document)[1]["findings"] == []


def official_packs_by_content():
    if not (SHARED / "suites/en16931/rules").is_dir():
        print("SKIPPED official packs: ../shared is not here")
        return None
    with nodes.workshop() as folder:
        out = corridor(folder / "data", "pack", "import", SHARED / "suites/en16931/rules",
                       SHARED / "suites/xrechnung/rules", SHARED / "data/schemas",
                       SHARED / "data/edifact-directories")
        assert out.count("installed") == 8, out
        assert "refused" not in corridor(folder / "data", "pack", "verify")
        wrong = rules_of(folder / "data", nodes.EXAMPLES / "invoice-wrong.xml")
        assert "BR-07" in wrong, wrong
        return out.replace("installed", "").split()


nodes.main(made_signed_and_given_to_others, fetched_from_who_publishes_it,
           hostile_packs_are_refused_by_name, a_partner_and_its_profile_at_both_ends,
           official_packs_by_content)
