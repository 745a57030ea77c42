# SPDX-License-Identifier: Apache-2.0
"""The kit's two webhooks, translated into the management API; the only adapter between kit and node.

The kit posts what a person would type into `corridor`: negotiate this offer of that provider, request
a transfer under this agreement. It is answered at once and acted on afterwards."""
import http.server
import json
import threading

TERMS = {"permission": [{"action": "use"}]}  # the kit has no catalogue to read them from


def command(path, body):
    """The management call that a webhook stands for."""
    common = {"peer": body["providerId"], "address": body["connectorAddress"]}
    if path == "/negotiations":
        return path, {**common, "dataset": body["datasetId"], "offer": body["offerId"], "terms": TERMS}
    return "/transfers", {**common, "agreement": body["agreementId"], "format": body["format"]}


class Webhooks(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, node):
        super().__init__(("127.0.0.1", 0), Webhook)
        self.node = node
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"


class Webhook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()
        path, wanted = command(self.path, body)
        status, answer = self.server.node.ask("POST", path, json.dumps(wanted))
        if status != 201:
            print(f"webhook {self.path} {body}: the node answered {status} {answer}", flush=True)

    def log_message(self, *_):
        pass
