# SPDX-License-Identifier: Apache-2.0
"""Real nodes as child processes, for the tests of this folder: start, ask, kill, start again."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
BINARY = os.environ.get("CORRIDOR", str(ROOT / "build/dev/src/cli/corridor"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Node:
    """One data folder and the process that serves it, if any."""

    def __init__(self, folder, port, name):
        self.folder, self.port, self.name = pathlib.Path(folder), port, name
        self.process = None
        self.did = f"did:web:localhost%3A{port}"

    def start(self, env=None, wait=True, more=()):
        self.log = open(str(self.folder) + ".log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", str(self.folder), "--listen", f"127.0.0.1:{self.port}",
             "--name", self.name, *map(str, more)],
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})})
        if wait:
            self.wait_until_up()
        return self

    def wait_until_up(self, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                return False
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/status")[0] == 200:
                    return True
            time.sleep(0.02)
        raise AssertionError(f"{self.name} does not come up; see {self.folder}.log")

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, how=signal.SIGTERM):
        if self.alive():
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"{self.name} does not stop when asked to")
        self.process = None

    def raw(self, method, target, body=None, headers=None, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def ask(self, method, path, body=None, headers=None, timeout=30):
        key = (self.folder / "api.key").read_text().strip()
        status, _, raw = self.raw(method, "/0/api/v1" + path, body,
                                  {"Authorization": "Bearer " + key, **(headers or {})}, timeout)
        try:
            return status, json.loads(raw)
        except ValueError:
            return status, raw

    def send(self, document, to, key=None, name="document"):
        query = urllib.parse.urlencode({"to": to, "name": name})
        return self.ask("POST", "/send?" + query, document, {"Idempotency-Key": key} if key else {})

    def exchange(self, id_, wait=None, timeout="10s"):
        query = f"?wait={wait}&timeout={timeout}" if wait else ""
        return self.ask("GET", f"/exchanges/{id_}{query}")[1]

    def inbox(self):
        return self.ask("GET", "/inbox")[1]["items"]


def make_partners(a, b, kinds=("ubl:Invoice", "cii:CrossIndustryInvoice")):
    status, invite = a.ask("POST", "/invites", json.dumps({"kinds": list(kinds)}))
    assert status == 201, invite
    status, joined = b.ask("POST", "/join", invite["invite"])
    assert status == 200, joined
    return joined


def run(*arguments):
    done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


@contextlib.contextmanager
def workshop():
    """A folder below the temporary one; whatever runs in it is killed at the end."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="corridor-test-"))
    try:
        yield folder
    finally:
        if os.environ.get("KEEP"):
            print("kept", folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def pair(folder):
    """Two running nodes; not yet partners."""
    a = Node(folder / "a", free_port(), "Alder")
    b = Node(folder / "b", free_port(), "Birch")
    try:
        yield a.start(), b.start()
    finally:
        for node in (a, b):
            with contextlib.suppress(AssertionError):
                node.stop()


def invoice(number):
    """The example invoice under another number, so that every document is unlike any other."""
    text = (EXAMPLES / "invoice-ubl.xml").read_text()
    start = text.index("<cbc:ID>") + len("<cbc:ID>")
    return (text[:start] + number + text[text.index("</cbc:ID>", start):]).encode()


def main(*checks):
    """Runs the checks in turn; closes with one line each."""
    bad = 0
    for check in checks:
        begin = time.monotonic()
        try:
            words = check() or ""
            print(f"ok   {check.__name__} {words} ({time.monotonic() - begin:.1f} s)", flush=True)
        except AssertionError as error:
            bad += 1
            print(f"FAIL {check.__name__}: {error}", flush=True)
    sys.exit(1 if bad else 0)
