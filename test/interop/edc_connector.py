# SPDX-License-Identifier: Apache-2.0
"""An Eclipse EDC connector as a child process, driven by its management API.

    edc = EdcConnector("edc", folder, libraries, classes, wire).start()
    edc.offer("invoice-1", "http://127.0.0.1:9000/invoice.xml")
    negotiation = edc.negotiate(peer, address, offer)

All it says leaves through `wire` (a forward proxy), and `wire` is where others find it."""
import contextlib
import http.client
import json
import subprocess
import time

import corridor_node as nodes

EDC = "https://w3id.org/edc/v0.0.1/ns/"
CONTEXT = {"@vocab": EDC, "odrl": "http://www.w3.org/ns/odrl/2/"}
ODRL_CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
PROTOCOL = "dataspace-protocol-http:2025-1"


class EdcConnector:
    def __init__(self, name, folder, libraries, classes, wire=None):
        self.name, self.log_path = name, folder / "edc.log"
        self.libraries, self.classes, self.wire = libraries, classes, wire
        self.ports = {what: nodes.free_port() for what in
                      ("default", "management", "protocol", "control", "version", "interop")}
        self.host = f"http://localhost:{wire.port if wire else self.ports['protocol']}"
        self.address = self.host + "/protocol/2025-1"
        self.process = None

    def settings(self):
        yield from {
            "edc.participant.id": self.name, "edc.hostname": "localhost",
            "edc.dsp.callback.address": self.host + "/protocol",
            "edc.transfer.proxy.token.signer.privatekey.alias": "private",
            "edc.transfer.proxy.token.verifier.publickey.alias": "public",
            "interop.port": self.ports["interop"],
            "web.http.port": self.ports["default"], "web.http.path": "/api"}.items()
        for what in ("management", "protocol", "control", "version"):
            yield f"web.http.{what}.port", self.ports[what]
            yield f"web.http.{what}.path", "/" + what
        if self.wire:
            yield from {"http.proxyHost": "127.0.0.1", "http.proxyPort": self.wire.port,
                        "http.nonProxyHosts": ""}.items()

    def start(self):
        if self.wire:
            self.wire.upstream = ("127.0.0.1", self.ports["protocol"])
        jars = ":".join([str(self.classes), *map(str, sorted(self.libraries.glob("*.jar")))])
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                ["java", "-XX:TieredStopAtLevel=1", "-Xmx512m", *(f"-D{k}={v}" for k, v in self.settings()),
                 "-cp", jars, "org.eclipse.edc.boot.system.runtime.BaseRuntime"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        wait_for(self.ready, 90, f"{self.name} does not come up; see {self.log_path}")
        return self

    def ready(self):
        assert self.process.poll() is None, f"{self.name} ended:\n" + self.log_path.read_text()[-3000:]
        with contextlib.suppress(OSError):
            return self.raw("default", "GET", "/api/check/startup")[0] == 200

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def raw(self, what, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[what], timeout=30)
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body),
                               headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def manage(self, method, path, body=None):
        status, raw = self.raw("management", method, "/management/v3" + path, body)
        assert status < 300, (method, path, status, raw[:2000])
        return json.loads(raw) if raw else None

    # --- as a provider ---

    def offer(self, asset, source, media_type="application/xml"):
        """An asset behind `source`, offered to everyone for use."""
        self.manage("POST", "/assets", {
            "@context": CONTEXT, "@id": asset, "properties": {"name": asset, "contenttype": media_type},
            "dataAddress": {"type": "HttpData", "baseUrl": source}})
        self.manage("POST", "/policydefinitions", {
            "@context": CONTEXT, "@id": asset + "-policy",
            "policy": {"@context": ODRL_CONTEXT, "@type": "Set", "permission": [{"action": "use"}]}})
        self.manage("POST", "/contractdefinitions", {
            "@context": CONTEXT, "@id": asset + "-definition", "accessPolicyId": asset + "-policy",
            "contractPolicyId": asset + "-policy", "assetsSelector": [{
                "operandLeft": EDC + "id", "operator": "=", "operandRight": asset}]})

    # --- as a consumer ---

    def catalog(self, peer, address):
        return self.manage("POST", "/catalog/request", {
            "@context": CONTEXT, "counterPartyAddress": address, "counterPartyId": peer, "protocol": PROTOCOL})

    def negotiate(self, peer, address, offer, asset):
        answer = self.manage("POST", "/contractnegotiations", {
            "@context": CONTEXT, "counterPartyAddress": address, "counterPartyId": peer, "protocol": PROTOCOL,
            "policy": {"@context": ODRL_CONTEXT, **offer, "assigner": peer, "target": asset}})
        return answer["@id"]

    def transfer(self, peer, address, agreement):
        answer = self.manage("POST", "/transferprocesses", {
            "@context": CONTEXT, "counterPartyAddress": address, "counterPartyId": peer, "protocol": PROTOCOL,
            "contractId": agreement, "transferType": "HttpData-PULL",
            "dataDestination": {"type": "HttpProxy"}})
        return answer["@id"]

    def complete(self, transfer):
        """A data plane says so by the control API; the management API has no such verb."""
        status, raw = self.raw("control", "POST", f"/control/transferprocess/{transfer}/complete")
        assert status == 204, (status, raw)

    def reach(self, what, id_, state, seconds=40):
        """Waits until a process (contractnegotiations, transferprocesses) is in the state."""
        def there():
            process = self.manage("GET", f"/{what}/{id_}")
            assert process["state"] in (state,) or process["state"] not in ("TERMINATED", "ERROR"), process
            return process if process["state"] == state else None
        return wait_for(there, seconds, f"{self.name}: {what} {id_} never was {state}")

    def data_address(self, transfer):
        """The endpoint data reference as the application behind this connector gets it."""
        def there():
            status, raw = self.raw("interop", "GET", f"/edr/{transfer}")
            return json.loads(raw) if status == 200 else None
        return wait_for(there, 20, f"{self.name} stored no data address for {transfer}")


def wait_for(condition, seconds, words):
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, words
        time.sleep(0.1)
