# SPDX-License-Identifier: Apache-2.0
"""A recording proxy between two connectors, and what it recorded in a form that is the same every run.

    wire = Wire()                       # http://127.0.0.1:<wire.port>
    wire.upstream = ("127.0.0.1", 8282) # where requests for the proxy itself go
    ...
    for line in golden(wire.exchanges(), names): ...

One connector uses it as its forward proxy, so that all it says passes here; to others the proxy's own
address stands for that connector."""
import collections
import http.client
import http.server
import json
import re
import threading
import urllib.parse

Exchange = collections.namedtuple("Exchange", "method path host body status answer link")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class Wire(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Passing)
        self.port = self.server_port
        self.upstream = None
        self.recorded = []
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()

    def exchanges(self):
        """What passed, in the order in which it was asked; a repetition after a refusal counts once."""
        with self.lock:
            all_ = [e for e in self.recorded if e is not None]
        kept = []
        for number, exchange in enumerate(all_):
            again = any(later[:4] == exchange[:4] for later in all_[number + 1:])
            if not (again and exchange.status >= 400):
                kept.append(exchange)
        return kept


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlsplit(self.path)
        forward = bool(url.scheme)
        host, port = (url.hostname, url.port or 80) if forward else self.server.upstream
        if forward and port == self.server.port:  # the connector speaks to itself
            host, port = self.server.upstream
        path = urllib.parse.urlunsplit(("", "", url.path, url.query, "")) if forward else self.path
        with self.server.lock:
            place = len(self.server.recorded)
            self.server.recorded.append(None)
        status, headers, data = self.ask(host, port, path, raw)
        spoken = to_port(port, self.server)
        with self.server.lock:
            self.server.recorded[place] = Exchange(self.command, path, spoken, value(raw), status, value(data),
                                                   headers.get("Link"))
        self.send_response(status)
        for name, content in headers.items():
            if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                self.send_header(name, content)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def ask(self, host, port, path, raw):
        connection = http.client.HTTPConnection("127.0.0.1" if host == "localhost" else host, port, timeout=60)
        try:
            headers = {name: content for name, content in self.headers.items()
                       if name.lower() not in ("proxy-connection", "connection", "accept-encoding")}
            connection.request(self.command, path, body=raw or None, headers=headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except OSError as error:
            return 502, {}, str(error).encode()
        finally:
            connection.close()

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def log_message(self, *_):
        pass


def to_port(port, wire):
    return wire.port if wire.upstream and port == wire.upstream[1] else port


def value(raw):
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")


# --- the same every run ---------------------------------------------------------------------------

class Normaliser:
    """Ids, times, ports and tokens become names, given in the order in which they appear."""

    def __init__(self, ports):
        self.ports = ports  # port -> the name of whose it is
        self.names = {}

    def name(self, kind, text):
        return self.names.setdefault(text, f"<{kind} {1 + sum(n.startswith('<' + kind) for n in self.names.values())}>")

    def text(self, text):
        if re.fullmatch(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", text):
            return "<token>"
        if re.fullmatch(r"[\w+/=]+:[\w+/=]+:[\w+/=]{40,}", text):
            return self.name("offer", text)
        text = re.sub(r"(?:urn(?::|%3A)uuid(?::|%3A))?" + UUID,
                      lambda found: self.name("id", urllib.parse.unquote(found.group())), text)
        text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", "<time>", text)
        text = re.sub(r"(?:localhost|127\.0\.0\.1)(:|%3A)(\d+)",
                      lambda found: f"<{self.ports.get(int(found.group(2)), 'port')}>", text)
        return re.sub(r"continuationToken=[^>&\"]+", "continuationToken=<page>", text)

    def value(self, value):
        if isinstance(value, dict):
            if value.get("name", "").endswith("authorization") and "value" in value:
                value = {**value, "value": "<token>"}
            return {self.text(name): self.value(content) for name, content in sorted(value.items())}
        if isinstance(value, list):
            return [self.value(content) for content in value]
        return self.text(value) if isinstance(value, str) else value


def golden(exchanges, ports):
    """One line a request, one an answer."""
    same = Normaliser(ports)
    for e in exchanges:
        yield json.dumps({"to": ports.get(e.host, "?"), "request": f"{e.method} {same.text(e.path)}",
                          "body": same.value(e.body)}, sort_keys=True, ensure_ascii=False)
        yield json.dumps({"status": e.status, **({"link": same.text(e.link)} if e.link else {}),
                          "body": same.value(e.answer)}, sort_keys=True, ensure_ascii=False)


def stream(exchanges, ports, names):
    """The same as schemas/dsp_schemas.py reads it; names: whose it is -> the sender's name there."""
    both = set(names.values())
    for e in exchanges:
        to = names[ports[e.host]]
        sender = next(iter(both - {to}))
        common = {"method": e.method, "path": e.path}
        yield json.dumps({**common, "from": sender, "to": to, "status": None, "direction": "request", "body": e.body})
        yield json.dumps({**common, "from": to, "to": sender, "status": e.status, "direction": "response",
                          "body": e.answer})
