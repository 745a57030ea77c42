# SPDX-License-Identifier: Apache-2.0
"""A counterparty in the Dataspace Protocol that says whatever a test wants said, right or wrong.

    peer = Peer("urn:example:peer")
    peer.meet(node)                                        # the node knows it by its token
    answer = peer.post("/negotiations/request", contract_request("dataset", "offer", peer.address))
    offer = peer.expect("ContractOfferMessage", answer.body["consumerPid"])

It has a server of its own for callbacks, which acknowledges every message at once; `answering` may be
replaced to answer otherwise, `reacting` to do something afterwards. Everything said and heard is kept
in `lines`, one object a request or answer, as schemas/dsp_schemas.py reads it."""
import collections
import concurrent.futures
import http.client
import http.server
import json
import threading
import time
import urllib.parse
import uuid

CONTEXT = ["https://w3id.org/dspace/2025/1/context.jsonld"]
TERMS = {"permission": [{"action": "use"}]}
HTTP = "https://w3id.org/idsa/v4.1/HTTP"

Answer = collections.namedtuple("Answer", "status headers body raw")
Arrived = collections.namedtuple("Arrived", "method path type pid body headers")


def urn():
    return f"urn:uuid:{uuid.uuid4()}"


# --- messages -------------------------------------------------------------------------------------

def message(type_, **members):
    return {"@context": CONTEXT, "@id": urn(), "@type": type_,
            **{name: value for name, value in members.items() if value is not None}}


def offer(id_, target, terms=None, **members):
    return {"@type": "Offer", "@id": id_, "target": target, **(terms or TERMS), **members}


def agreement(target, assigner, assignee, terms=None, **members):
    return {"@type": "Agreement", "@id": urn(), "target": target, "assigner": assigner, "assignee": assignee,
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **(terms or TERMS), **members}


def contract_request(dataset, offer_id, callback=None, consumer=None, provider=None, terms=None):
    """The first one carries a callback address, a counter-offer the provider's pid."""
    return message("ContractRequestMessage", consumerPid=consumer or urn(), providerPid=provider,
                   offer=offer(offer_id, dataset, terms), callbackAddress=callback)


def contract_offer(dataset, offer_id, callback=None, consumer=None, provider=None, terms=None):
    return message("ContractOfferMessage", providerPid=provider or urn(), consumerPid=consumer,
                   offer=offer(offer_id, dataset, terms), callbackAddress=callback)


def contract_agreement(consumer, provider, agreed):
    return message("ContractAgreementMessage", consumerPid=consumer, providerPid=provider, agreement=agreed)


def verification(consumer, provider):
    return message("ContractAgreementVerificationMessage", consumerPid=consumer, providerPid=provider)


def event(consumer, provider, type_):
    return message("ContractNegotiationEventMessage", consumerPid=consumer, providerPid=provider, eventType=type_)


def negotiation_termination(consumer, provider):
    return message("ContractNegotiationTerminationMessage", consumerPid=consumer, providerPid=provider,
                   code="1", reason=["the test wants it so"])


def transfer_request(agreement_id, callback, consumer=None, format_="HttpData-PULL", address=None):
    return message("TransferRequestMessage", consumerPid=consumer or urn(), agreementId=agreement_id,
                   format=format_, callbackAddress=callback, dataAddress=address)


def data_address(endpoint, token="token"):
    return {"@type": "DataAddress", "endpointType": HTTP, "endpoint": endpoint,
            "endpointProperties": [{"@type": "EndpointProperty", "name": name, "value": value} for name, value in
                                   (("authorization", token), ("authType", "bearer"))]}


def transfer_message(kind, consumer, provider, address=None):
    """kind: Start, Suspension, Completion or Termination."""
    said = {"code": "1", "reason": ["the test wants it so"]} if kind in ("Suspension", "Termination") else {}
    return message(f"Transfer{kind}Message", consumerPid=consumer, providerPid=provider, dataAddress=address, **said)


# --- the counterparty -----------------------------------------------------------------------------

class Peer:
    def __init__(self, name, token=None):
        self.name = name
        self.token = token or f"Bearer {uuid.uuid4().hex}"          # what we send
        self.authorization = f"Bearer {uuid.uuid4().hex}"           # what the node sends us
        self.arrived, self.lines, self.strange = [], [], []
        self.news = threading.Condition()
        self.answering, self.reacting = self.acknowledge, None
        self.catalog, self.given = [], {}      # pid of the node -> the pid that we gave to the process
        self.pool = concurrent.futures.ThreadPoolExecutor(16)
        self.server = Server(("127.0.0.1", 0), Callback)
        self.server.peer = self
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.pool.shutdown(wait=False, cancel_futures=True)

    def meet(self, node):
        self.node = node
        status, answer = node.ask("POST", "/peers", json.dumps({
            "did": self.name, "name": self.name, "dsp": self.address, "token": self.token,
            "authorization": self.authorization}))
        assert status in (200, 201), (status, answer)
        return self

    # --- speaking ---

    def send(self, method, path, raw=None, headers=None, token=None):
        """Bytes as they are; `token` overrides ours, "" sends none."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        token = self.token if token is None else token
        if token:
            sent["Authorization"] = token
        connection = http.client.HTTPConnection("127.0.0.1", self.node.port, timeout=30)
        try:
            connection.request(method, "/0/dsp" + path, body=raw, headers=sent)
            got = connection.getresponse()
            data = got.read()
        finally:
            connection.close()
        headers = {}
        for name, content in got.getheaders():  # a repeated header is one list
            headers[name] = f"{headers[name]}, {content}" if name in headers else content
        answer = Answer(got.status, headers, parsed(data), data)
        self.keep(self.name, self.node.did, method, "/0/dsp" + path, None, "request", parsed(raw or b""))
        self.keep(self.node.did, self.name, method, "/0/dsp" + path, answer.status, "response", answer.body)
        return answer

    def post(self, path, body, **more):
        return self.send("POST", path, json.dumps(body).encode(), **more)

    def get(self, path, **more):
        return self.send("GET", path, **more)

    def state(self, kind, pid, **more):
        """kind: negotiations or transfers; what the node says of a process."""
        answer = self.get(f"/{kind}/{quoted(pid)}", **more)
        return answer.body["state"] if answer.status == 200 else answer.status

    def reach(self, kind, pid, state, seconds=10):
        end, seen = time.monotonic() + seconds, None
        while seen != state:
            seen = self.state(kind, pid)
            assert seen == state or time.monotonic() < end, f"{kind} {pid} is {seen}, not {state}"
            if seen != state:
                time.sleep(0.02)

    # --- hearing ---

    def expect(self, type_, pid=None, seconds=10, nth=1):
        """The nth message of this @type for this pid of ours; waits for it."""
        def found():
            fitting = [a for a in self.arrived if a.type == type_ and pid in (None, a.pid, *pids(a.body))]
            return fitting[nth - 1] if len(fitting) >= nth else None
        with self.news:
            there = self.news.wait_for(found, seconds)
        assert there, f"no {type_} for {pid}; heard {[(a.type, a.path) for a in self.arrived[-6:]]}"
        return there

    def hear(self, arrived):
        """Called by the server for each request; gives status and body of the answer."""
        if arrived.headers.get("Authorization") != self.authorization:
            self.strange.append(arrived)
        status, body = self.answering(arrived)
        with self.news:
            self.arrived.append(arrived)
            self.news.notify_all()
        self.keep(self.node.did, self.name, arrived.method, arrived.path, None, "request", arrived.body)
        self.keep(self.name, self.node.did, arrived.method, arrived.path, status, "response", body)
        if self.reacting is not None:
            self.pool.submit(self.reacting, arrived)
        return status, body

    def acknowledge(self, arrived):
        """The state that the first message of a process asks for; an empty yes to what follows."""
        first = {"/negotiations/request": ("ContractNegotiation", "REQUESTED"),
                 "/negotiations/offers": ("ContractNegotiation", "OFFERED"),
                 "/transfers/request": ("TransferProcess", "REQUESTED")}.get(arrived.path)
        if first:
            ours, theirs = (("consumerPid", "providerPid") if arrived.path.endswith("/offers") else
                            ("providerPid", "consumerPid"))
            pid = self.given.setdefault(arrived.body[theirs], urn())
            return 201, message(first[0], state=first[1], **{ours: pid, theirs: arrived.body[theirs]})
        if arrived.path.startswith("/catalog"):
            return 200, message("Catalog", participantId=self.name, dataset=self.catalog or None, service=[
                {"@id": urn(), "@type": "DataService", "endpointURL": self.address}])
        return 200, None

    def keep(self, from_, to, method, path, status, direction, body):
        self.lines.append({"from": from_, "to": to, "method": method, "path": path, "status": status,
                           "direction": direction, "body": body})


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class Callback(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = parsed(raw)
        parts = urllib.parse.unquote(self.path).split("/")
        arrived = Arrived(self.command, self.path, body.get("@type") if isinstance(body, dict) else None,
                          parts[2] if len(parts) > 3 else None, body, dict(self.headers))
        status, answer = self.server.peer.hear(arrived)
        data = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = handle_any

    def log_message(self, *_):
        pass


def parsed(raw):
    """JSON as its value, anything else as text, nothing as None."""
    if not raw:
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw.decode(errors="replace")


def pids(body):
    return (body.get("consumerPid"), body.get("providerPid")) if isinstance(body, dict) else ()


def quoted(pid):
    return urllib.parse.quote(pid, safe="")
