#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Documents judged in a stream: a thousand in one, wrong lines between, in order and at once, by a node
and by the command; both in bounded memory, and held back when nobody reads."""
import base64
import contextlib
import json
import socket
import subprocess
import threading
import time

import corridor_node as nodes

DOCUMENTS = 1000
BAD = [b"this is no JSON", b"[1]", b'{"name":"none"}', b'{"name":"both","text":"x","document":"eA=="}',
       b'{"name":"letters","document":"!!"}', b'{"name":7,"text":"x"}', b'{"name":"a","name":"b","text":"x"}']


def lines():
    """Every line, and for each one what its answer must have."""
    for n in range(DOCUMENTS):
        document = nodes.invoice(f"STREAM-{n}")
        if n % 10 == 0:
            document = document.replace(b"<cbc:IssueDate>", b"<cbc:IssueDatum>", 1)  # no longer XML
        name = f"{n}.xml"
        if n % 2:
            line = {"name": name, "text": document.decode()}
        else:
            line = {"name": name, "document": base64.b64encode(document).decode()}
        yield json.dumps(line).encode(), (name, n % 10 != 0)
        if n % 50 == 7:
            yield BAD[n // 50 % len(BAD)], None
        if n % 100 == 3:
            yield b"", "nothing"


def check_answers(answers):
    wanted = [w for _, w in lines() if w != "nothing"]
    assert len(answers) == len(wanted), (len(answers), len(wanted))
    bad = 0
    for answer, want in zip(answers, wanted):
        if want is None:
            assert answer["error"]["code"] == "invalid" and answer["line"] > 0, answer
            bad += 1
            continue
        assert list(answer)[0] == "name" and answer["name"] == want[0], (answer, want)
        assert answer["valid"] is want[1], answer
    return f"{DOCUMENTS} documents, {bad} wrong lines"


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) * 1024


class Stream:
    """POST /check/stream over a socket of our own: what is sent and what is read are apart."""

    def __init__(self, node, key=None):
        self.socket = socket.create_connection(("127.0.0.1", node.port), timeout=60)
        key = key or (node.folder / "api.key").read_text().strip()
        self.socket.sendall(f"POST /0/api/v1/check/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}"
                            "\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        self.file = self.socket.makefile("rb")

    def head(self):
        status = int(self.file.readline().split()[1])
        fields = {}
        while (line := self.file.readline().strip()):
            name, value = line.decode().split(": ", 1)
            fields[name] = value
        return status, fields

    def send(self, data):
        self.socket.sendall(b"%x\r\n%s\r\n" % (len(data), data))

    def end(self):
        self.socket.sendall(b"0\r\n\r\n")

    def answers(self):
        rest = b""
        while (size := int(self.file.readline(), 16)):
            rest += self.file.read(size)
            self.file.readline()
            *whole, rest = rest.split(b"\n")
            yield from map(json.loads, whole)
        assert rest == b"", rest

    def close(self):
        self.file.close()
        self.socket.close()


@contextlib.contextmanager
def running():
    with nodes.workshop() as folder:
        node = nodes.Node(folder / "a", nodes.free_port(), "Alder").start()
        try:
            yield node
        finally:
            node.stop()


def a_thousand_documents_in_one_stream():
    with running() as node:
        warm = Stream(node)
        warm.send(b'{"name":"w","text":"' + b"x" * 10 + b'"}\n')
        warm.end()
        warm.head()
        assert len(list(warm.answers())) == 1
        before = resident(node.process.pid)
        stream = Stream(node)
        status, fields = stream.head()  # before a single document
        assert status == 200 and fields["Content-Type"] == "application/x-ndjson", (status, fields)
        begin = time.monotonic()

        def give():
            for line, _ in lines():
                stream.send(line + b"\n")
            stream.end()
        giver = threading.Thread(target=give)
        giver.start()
        answers, first, most = [], None, before
        for answer in stream.answers():
            first = first or time.monotonic() - begin
            answers.append(answer)
            if len(answers) % 100 == 0:
                most = max(most, resident(node.process.pid))
        giver.join()
        took = time.monotonic() - begin
        words = check_answers(answers)
        grown = most - before
        assert grown < 64 * 1024 * 1024, grown
        assert node.ask("GET", "/status")[0] == 200
        return (f"{words}, {DOCUMENTS / took:.0f}/s, first after {first * 1000:.0f} ms, "
                f"memory +{grown // 1024} KiB")


def an_answer_comes_while_the_stream_is_open():
    with running() as node:
        stream = Stream(node)
        assert stream.head()[0] == 200
        answers = stream.answers()
        for n in range(3):
            stream.send(json.dumps({"name": str(n), "text": nodes.invoice(f"OPEN-{n}").decode()}).encode() + b"\n")
            assert next(answers)["name"] == str(n)
        stream.send(b'{"name":"last","te')
        stream.send(b'xt":"x"}')  # without a line end
        stream.end()
        assert [a["name"] for a in answers] == ["last"]


def who_does_not_read_is_not_read_from():
    with running() as node:
        stream = Stream(node)
        assert stream.head()[0] == 200
        before = resident(node.process.pid)
        line = json.dumps({"name": "x" * 1000, "text": nodes.invoice("MANY").decode()}).encode() + b"\n"
        sent = 0
        stream.socket.settimeout(1.5)
        try:
            for _ in range(20_000):
                stream.send(line * 4)
                sent += 4 * len(line)
        except OSError:
            pass
        assert sent < 100 * 1024 * 1024, sent
        grown = resident(node.process.pid) - before
        assert grown < 96 * 1024 * 1024, grown
        stream.close()
        for _ in range(20):  # who has gone is not counted, though nobody took its answers
            others = [Stream(node) for _ in range(4)]
            good = all(other.head()[0] == 200 for other in others)
            for other in others:
                other.close()
            if good:
                break
            time.sleep(0.1)
        assert good
        return f"{sent // 1024} KiB taken, memory +{grown // 1024} KiB"


def who_may_and_how_many():
    with running() as node:
        refused = Stream(node, key="wrong")
        assert refused.head()[0] == 401
        open_ones = [Stream(node) for _ in range(4)]
        for one in open_ones:
            assert one.head()[0] == 200
        more = Stream(node)
        status, fields = more.head()
        assert status == 503 and "Retry-After" in fields, (status, fields)
        for one in open_ones + [more, refused]:
            one.close()
        end = time.monotonic() + 10
        while time.monotonic() < end:
            again = Stream(node)
            status = again.head()[0]
            again.close()
            if status == 200:
                return
            time.sleep(0.05)
        raise AssertionError("the streams of those who have gone are still counted")


def the_command_does_the_same():
    with nodes.workshop() as folder:
        process = subprocess.Popen([nodes.BINARY, "check", "--stream", "--data", str(folder / "none")],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            process.stdin.write(b'{"name":"one","text":"x"}\n')
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["name"] == "one"  # at once, not at the end

            def give():
                for line, _ in lines():
                    process.stdin.write(line + b"\n")
                process.stdin.close()
            begin = time.monotonic()
            giver = threading.Thread(target=give)
            giver.start()
            answers, most = [], 0
            while (line := process.stdout.readline()):
                answers.append(json.loads(line))
                if len(answers) % 100 == 0:
                    most = max(most, resident(process.pid))
            giver.join()
            took = time.monotonic() - begin
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        words = check_answers(answers)
        assert most < 160 * 1024 * 1024, most
        for arguments in (["check"], ["check", "--stream", "x.xml"], ["check", "--stream", "--svrl"]):
            assert nodes.run(*arguments)[0] != 0, arguments
        return f"{words}, {DOCUMENTS / took:.0f}/s, {most // 1024} KiB"


nodes.main(a_thousand_documents_in_one_stream, an_answer_comes_while_the_stream_is_open,
           who_does_not_read_is_not_read_from, who_may_and_how_many, the_command_does_the_same)
