# SPDX-License-Identifier: Apache-2.0
"""A place where webhooks are told: remembers what it was told, and answers as the test wants."""
import http.server
import json
import threading


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):  # a node that was killed
        pass


class Sink:
    def __init__(self, port):
        self.port = port
        self.told = []        # (headers, body as it came)
        self.refuse = False
        self.server = None
        self.changed = threading.Condition()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/told"

    def open(self):
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with sink.changed:
                    if not sink.refuse:
                        sink.told.append((dict(self.headers), body))
                    sink.changed.notify_all()
                self.send_response(500 if sink.refuse else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.server = None

    def events(self):
        with self.changed:
            return [json.loads(body) for _, body in self.told]

    def ids(self):
        return [int(event["id"]) for event in self.events()]

    def wait_for(self, fits, seconds=30):
        """Waits until `fits(ids)` holds for the ids that were told."""
        with self.changed:
            good = self.changed.wait_for(
                lambda: fits([int(json.loads(body)["id"]) for _, body in self.told]), seconds)
        assert good, f"the sink was told only {self.ids()}"
