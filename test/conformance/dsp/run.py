#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The official conformance kit of the Dataspace Protocol 2025-1 against a node of this build.

A new node is prepared as an operator would prepare one (a peer that is known by a token, datasets,
imported agreements, instructions.toml); webhooks.py stands between the kit's two webhooks and the
management API. All tests but the two that the kit has switched off must succeed in one run.

    RUNS=10                as often, each on a new node
    ONLY=cn_c_01_03        the tests whose method matches, with the kit's debug log
    KIT_ALONE=1            the kit against its own connector: does it start here at all?
Exit status 0 as well, with SKIPPED on the last line, where Maven Central is out of reach."""
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import time
import urllib.parse
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[1] / "e2e")]
import corridor_node as nodes  # noqa: E402
import maven  # noqa: E402
import scenarios  # noqa: E402
import webhooks  # noqa: E402

KIT = re.search(r"<kit>(.*)</kit>", (HERE / "pom.xml").read_text()).group(1)
PEER = "TCK_PARTICIPANT"  # the name the kit has in its own messages
SUCCEED, SKIP = 65, 2
WAIT_SECONDS = 10
OUT = maven.KITS / "dsp-kit" / "out"


@dataclasses.dataclass
class Outcome:
    succeeded: int
    failed: list  # (class, method, display name)
    skipped: int
    text: str

    def well(self):
        return (self.succeeded, len(self.failed), self.skipped) == (SUCCEED, 0, SKIP)


def tell(node, method, path, body):
    status, answer = node.ask(method, path, json.dumps(body))
    assert status in (200, 201), f"{method} {path}: {status} {answer}"


def prepare(node, kit_address, token):
    """Everything by the management API and the command line, as an operator does it."""
    tell(node, "POST", "/peers", {"did": PEER, "name": "Conformance kit", "dsp": kit_address, "token": token})
    for id_, dataset in scenarios.datasets():
        tell(node, "PUT", "/datasets/" + urllib.parse.quote(id_, safe=""), dataset)
    for agreement in scenarios.agreements(PEER):
        tell(node, "POST", "/agreements", agreement)
    code, out, err = nodes.run("instruction", "import", HERE / "instructions.toml", "--data", node.folder)
    assert code == 0, out + err


def settings(node, hooks, kit_port, token, debug):
    yield "dataspacetck.launcher", "org.eclipse.dataspacetck.dsp.system.DspSystemLauncher"
    yield "dataspacetck.host", "127.0.0.1"
    yield "dataspacetck.port", kit_port
    yield "dataspacetck.callback.address", f"http://127.0.0.1:{kit_port}"
    yield "dataspacetck.ansi", "false"
    yield "dataspacetck.debug", str(debug).lower()
    yield "dataspacetck.dsp.default.wait", WAIT_SECONDS
    if node is None:
        yield "dataspacetck.dsp.local.connector", "true"
        return
    origin = f"http://127.0.0.1:{node.port}"
    yield "dataspacetck.dsp.connector.agent.id", node.did
    yield "dataspacetck.dsp.connector.http.base.url", origin
    yield "dataspacetck.dsp.connector.http.url", origin + "/0/dsp"
    yield "dataspacetck.dsp.connector.http.headers.authorization", token
    yield "dataspacetck.dsp.connector.negotiation.initiate.url", hooks.url("/negotiations")
    yield "dataspacetck.dsp.connector.transfer.initiate.url", hooks.url("/transfers")
    yield from scenarios.ids()


def launch(libraries, folder, properties, selection):
    """One run of the kit; its words and its report stay in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kit.properties").write_text("".join(f"{k}={v}\n" for k, v in properties))
    report = folder / "TEST-junit-jupiter.xml"
    report.unlink(missing_ok=True)
    done = subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-cp", f"{libraries}/*:{folder}",
         "org.junit.platform.console.ConsoleLauncher", "execute", "--disable-banner", "--disable-ansi-colors",
         "--config-resource", "kit.properties", "--include-classname", ".*Test", "--fail-if-no-tests",
         "--details", "tree", "--details-theme", "unicode", "--reports-dir", str(folder), *selection],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        stdin=subprocess.DEVNULL, timeout=840)
    (folder / "kit.log").write_text(done.stdout)
    return outcome(report, done.stdout)


def outcome(report, text):
    if not report.exists():
        return Outcome(0, [("", "", "the kit wrote no report")], 0, text)
    succeeded, failed, skipped = 0, [], 0
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is not None:
            skipped += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            said = case.findtext("system-out") or ""
            shown = re.search(r"display-name: (.*)", said)
            failed.append((case.get("classname"), case.get("name").split("(")[0],
                           shown.group(1) if shown else case.get("name")))
        else:
            succeeded += 1
    return Outcome(succeeded, failed, skipped, text)


ALL = ("--select-package", "org.eclipse.dataspacetck.dsp.verification")


def run_once(libraries, folder, selection=ALL, debug=False):
    token = "Bearer " + secrets.token_hex(16)
    kit_port = nodes.free_port()
    if os.environ.get("KIT_ALONE"):
        return launch(libraries, folder, settings(None, None, kit_port, token, debug), selection)
    with nodes.workshop() as workshop:
        node = nodes.Node(workshop / "node", nodes.free_port(), "Conformance")
        hooks = webhooks.Webhooks(node)
        try:
            node.start()
            prepare(node, f"http://127.0.0.1:{kit_port}", token)
            return launch(libraries, folder, settings(node, hooks, kit_port, token, debug), selection)
        finally:
            with contextlib.suppress(AssertionError):
                node.stop()
            hooks.shutdown()
            log = pathlib.Path(str(node.folder) + ".log")
            if log.exists():
                (folder / "node.log").write_bytes(log.read_bytes())


def tree(text):
    """The launcher's tree of tests, without what tests wrote between its lines."""
    return "\n".join(line for line in text.splitlines() if re.search(r"[✔✘↷]", line))


def examine(libraries, folder, failed):
    """Each red test again, alone and with the kit's debug log; the log stays, and is shown."""
    for class_name, method, shown in failed:
        place = folder / f"red-{method}"
        print(f"--- {shown}: again, alone ({place})", flush=True)
        again = run_once(libraries, place, ("--select-method", f"{class_name}#{method}"), debug=True)
        print(f"--- {shown}: alone it {'succeeds' if again.succeeded == 1 else 'fails too'}; the kit says")
        print(again.text[-12000:])
        print(f"--- {shown}: the node says")
        log = place / "node.log"
        print(log.read_text(errors="replace")[-6000:] if log.exists() else "nothing", flush=True)


def only(libraries, method):
    result = run_once(libraries, OUT / "only", (*ALL, "--include-methodname", f".*{method}.*"), debug=True)
    print(result.text)
    return 1 if result.failed or not result.succeeded else 0


def main():
    try:
        libraries = maven.fetch(HERE / "pom.xml", "dsp-kit")
    except maven.Absent as error:
        print(f"SKIPPED conformance_dsp: {error}")
        return 0
    if os.environ.get("ONLY"):
        return only(libraries, os.environ["ONLY"])
    runs, bad = int(os.environ.get("RUNS", "1")), 0
    for number in range(1, runs + 1):
        begin = time.monotonic()
        result = run_once(libraries, OUT / f"run-{number}")
        print(tree(result.text))
        for failure in result.failed:
            print("RED", failure[2])
        if not result.well():
            bad += 1
            examine(libraries, OUT / f"run-{number}", [f for f in result.failed if f[1]])
        print(f"COUNT conformance_dsp: DSP kit {KIT}, run {number} of {runs}: {result.succeeded} succeeded, "
              f"{len(result.failed)} failed, {result.skipped} skipped, {time.monotonic() - begin:.0f} s", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
