#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Corridor and a foreign connector (Eclipse EDC, from Maven Central): catalogue, negotiation and pull
transfer with the bytes compared, once with Corridor as the consumer and once as the provider.

What passed between the two is compared with testdata/*.jsonl (UPDATE_GOLDEN=1 rewrites), and what
Corridor said is judged by the official schemas. EDC is known to Corridor by the header its mock
identity sends. Exit status 0 as well, with SKIPPED on the last line, without Maven Central."""
import contextlib
import difflib
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import sys
import threading
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / part) for part in ("", "e2e", "schemas")]
import corridor_node as nodes  # noqa: E402
import dsp_schemas  # noqa: E402
import edc_connector as edc_  # noqa: E402
import maven  # noqa: E402
import wire as wire_  # noqa: E402

EDC_VERSION = re.search(r"<edc>(.*)</edc>", (HERE / "edc" / "pom.xml").read_text()).group(1)
EDC = "urn:example:foreign"  # its participant id; the bare word "edc" is a prefix of its own contexts
TERMS = {"permission": [{"action": "use"}]}
INVOICE = (nodes.EXAMPLES / "invoice-ubl.xml").read_bytes()
LARGE = hashlib.shake_256(b"some megabytes").digest(3 << 20)


class Source(http.server.ThreadingHTTPServer):
    """Where EDC's asset really lies."""
    daemon_threads = True

    def __init__(self, data):
        super().__init__(("127.0.0.1", 0), SourceHandler)
        self.data = data
        threading.Thread(target=self.serve_forever, daemon=True).start()


class SourceHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(self.server.data)))
        self.end_headers()
        self.wfile.write(self.server.data)

    def log_message(self, *_):
        pass


class Meeting:
    """One node and one EDC connector that know each other, with a wire between them."""

    def __init__(self, folder, libraries, classes):
        self.wire = wire_.Wire()
        self.edc = edc_.EdcConnector(EDC, folder, libraries, classes, self.wire)
        self.node = nodes.Node(folder / "node", nodes.free_port(), "Corridor")
        self.base = f"http://localhost:{self.node.port}/0/dsp"

    def start(self):
        self.edc.start()
        self.node.start()
        # the mock identity writes JSON into the header, the receiver's address in it
        sent = {"region": "eu", "audience": self.base, "clientId": EDC}
        ours = {"region": "eu", "audience": self.edc.address, "clientId": self.node.did}
        self.tell("POST", "/peers", {"did": EDC, "name": "EDC", "dsp": self.edc.address,
                                     "token": json.dumps(sent, separators=(",", ":")),
                                     "authorization": json.dumps(ours, separators=(",", ":"))})
        return self

    def stop(self):
        with contextlib.suppress(AssertionError):
            self.node.stop()
        self.edc.stop()
        self.wire.close()

    def tell(self, method, path, body):
        status, answer = self.node.ask(method, path, body if isinstance(body, bytes) else json.dumps(body))
        assert status in (200, 201), (method, path, status, answer)
        return answer

    def look(self, path):
        status, answer = self.node.ask("GET", path)
        assert status == 200, (path, status, answer)
        return answer

    def ports(self):
        return {self.wire.port: "edc", self.node.port: "corridor", self.edc.ports["interop"]: "edc data"}

    def protocol(self):
        """What passed between the two; not what one of them fetched from elsewhere."""
        return [e for e in self.wire.exchanges() if self.ports().get(e.host) in ("edc", "corridor") and
                dsp_schemas.place_of(e.method, e.path)]

    def forget(self):
        with self.wire.lock:
            self.wire.recorded.clear()


def as_consumer(meeting):
    """Corridor reads EDC's catalogue and fetches what it offers."""
    source = Source(LARGE)
    meeting.edc.offer("asset-1", f"http://127.0.0.1:{source.server_port}/large", "application/octet-stream")
    meeting.forget()
    catalog = meeting.look("/catalog?peer=" + EDC)["catalog"]
    assert [d["@id"] for d in catalog["dataset"]] == ["asset-1"], catalog
    fetch = meeting.tell("POST", "/fetches", {"peer": EDC, "dataset": "asset-1"})["id"]

    def done():
        seen = meeting.look(f"/fetches/{fetch}")
        assert seen["state"] != "failed", seen
        return seen if seen["state"] == "done" else None
    seen = edc_.wait_for(done, 60, "the fetch does not come to its end")
    status, data = meeting.node.ask("GET", f"/fetches/{fetch}/data")
    assert status == 200 and data == LARGE, (status, len(data))
    assert seen["sha256"] == hashlib.sha256(LARGE).hexdigest() and seen["bytes"] == len(LARGE), seen
    transfers = meeting.edc.manage("POST", "/transferprocesses/request",
                                   {"@context": edc_.CONTEXT, "@type": "QuerySpec"})
    edc_.wait_for(lambda: meeting.edc.manage("GET", "/transferprocesses/" + transfers[0]["@id"])["state"] in
                  ("COMPLETED", "DEPROVISIONED"), 20, "EDC does not take the completion")
    return f"{len(data)} bytes"


def as_provider(meeting):
    """EDC's own management drives it: Corridor's catalogue, a negotiation, a pull, the bytes."""
    edc, node = meeting.edc, meeting.node
    meeting.tell("PUT", "/datasets/invoice-1", {"title": "An invoice", "mediaType": "application/xml", "offers": [
        {"id": "offer-1", "terms": TERMS, "peers": [EDC]}]})
    meeting.tell("PUT", "/datasets/invoice-1/data", INVOICE)
    meeting.tell("POST", "/instructions", {"items": [
        {"process": process, "role": "provider", "dataset": "invoice-1", "on": on, "do": do}
        for process, on, do in (("negotiation", "REQUESTED", "agree"), ("negotiation", "VERIFIED", "finalize"),
                                ("transfer", "REQUESTED", "start"))]})
    meeting.forget()
    catalog = edc.catalog(node.did, meeting.base)
    dataset = next(d for d in catalog["dataset"] if d["@id"] == "invoice-1")
    negotiation = edc.negotiate(node.did, meeting.base, dataset["hasPolicy"][0], "invoice-1")
    agreement = edc.reach("contractnegotiations", negotiation, "FINALIZED")["contractAgreementId"]
    transfer = edc.transfer(node.did, meeting.base, agreement)
    edc.reach("transferprocesses", transfer, "STARTED")
    address = edc.data_address(transfer)
    request = urllib.request.Request(address[edc_.EDC + "endpoint"],
                                     headers={"Authorization": address[edc_.EDC + "authorization"]})
    with urllib.request.urlopen(request, timeout=30) as answer:
        data = answer.read()
    assert data == INVOICE, (len(data), len(INVOICE))
    edc.complete(transfer)
    edc.reach("transferprocesses", transfer, "COMPLETED")
    ours = [t["id"] for t in meeting.look("/transfers")["items"] if t["role"] == "provider"]
    edc_.wait_for(lambda: meeting.look("/transfers/" + ours[0])["state"] == "COMPLETED", 10,
                  "Corridor does not take the completion")
    return f"{len(data)} bytes"


def compare(name, meeting):
    """With what passed the last time; and Corridor's part with the official schemas."""
    exchanges, ports = meeting.protocol(), meeting.ports()
    judged = judge(exchanges, ports, meeting)
    path = HERE / "testdata" / f"{name}.jsonl"
    now = list(wire_.golden(exchanges, ports))
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(now) + "\n")
    was = path.read_text().splitlines() if path.exists() else []
    if was != now:
        print("\n".join(difflib.unified_diff(was, now, str(path), "now", lineterm="", n=1)))
    assert was == now, f"the messages are not those of {path.name} (UPDATE_GOLDEN=1 rewrites it)"
    return f"{len(exchanges)} exchanges as before, {judged}"


def judge(exchanges, ports, meeting):
    try:
        judge_ = dsp_schemas.Judge()
    except dsp_schemas.Absent as error:
        print(f"SKIPPED dsp_schemas of interop: {error}")
        return "schemas absent"
    lines = wire_.stream(exchanges, ports, {"edc": EDC, "corridor": meeting.node.did})
    faults, judged = judge_.stream(lines, senders={meeting.node.did})
    assert not faults, "\n".join(faults)
    return f"{sum(judged.values())} judged by the schemas"


def classes_for(libraries):
    folder = maven.compile_java([HERE / "edc" / "Interop.java"], libraries, libraries.parent / "classes")
    services = folder / "META-INF" / "services"
    services.mkdir(parents=True, exist_ok=True)
    (services / "org.eclipse.edc.spi.system.ServiceExtension").write_text("corridor.interop.Interop\n")
    return folder


def main():
    try:
        libraries = maven.fetch(HERE / "edc" / "pom.xml", "edc")
    except maven.Absent as error:
        print(f"SKIPPED interop_edc: {error}")
        return 0
    classes, bad = classes_for(libraries), 0
    for scenario in (as_consumer, as_provider):
        begin, name = time.monotonic(), scenario.__name__.replace("_", "-")
        with nodes.workshop() as folder:
            meeting = Meeting(folder, libraries, classes)
            try:
                words = scenario(meeting.start())
                words += ", " + compare(name, meeting)
                print(f"COUNT interop_edc: EDC {EDC_VERSION}, Corridor {name}: {words}, "
                      f"{time.monotonic() - begin:.0f} s", flush=True)
            except AssertionError as error:
                bad += 1
                print(f"FAIL interop_edc {name}: {error}", flush=True)
                explain(meeting)
                keep(folder, libraries.parent / "out" / name)
            finally:
                meeting.stop()
    return 1 if bad else 0


def explain(meeting):
    """What passed, and how the node sees its processes."""
    for line in wire_.golden(meeting.protocol(), meeting.ports()):
        print("wire", line[:1500])
    with contextlib.suppress(Exception):
        for kind in ("negotiations", "transfers"):
            for item in meeting.look("/" + kind)["items"]:
                print("node", json.dumps(meeting.look(f"/{kind}/{urllib.parse.quote(item['id'], safe='')}"))[:3000])


def keep(folder, place):
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for log in folder.glob("*.log"):
        shutil.copy(log, place)
        print(f"--- the last of {place / log.name}")
        print(log.read_text(errors="replace")[-2500:], flush=True)


if __name__ == "__main__":
    sys.exit(main())
