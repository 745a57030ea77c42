# SPDX-License-Identifier: Apache-2.0
"""A real node, and counterparties played by scripts that bring its processes into any state.

    with scene() as s:
        n = s.negotiation("provider").to("AGREED")      # the node is the provider, and waits there
        answer = n.say("verification")

The node holds in every state, so that nothing moves but what a test moves: the counterparty's part by
messages, the node's own part by the management API."""
import contextlib
import json
import pathlib
import sys

import corridor_node as nodes

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / part) for part in ("", "schemas")]
import dsp_peer as dsp  # noqa: E402
import dsp_schemas  # noqa: E402

NEGOTIATION = ("REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "TERMINATED")
TRANSFER = ("REQUESTED", "STARTED", "SUSPENDED", "COMPLETED", "TERMINATED")
NODE_STATES = {"negotiations": NEGOTIATION, "transfers": TRANSFER}
ERROR = {"negotiations": "ContractNegotiationError", "transfers": "TransferError", "catalog": "CatalogError"}
HELD, AUTO, OFFER, AGREEMENT = "held", "auto", "offer:", "agreement:"


def other(role):
    return "consumer" if role == "provider" else "provider"


class Process:
    """One negotiation or transfer between the node in `role` and the peer in the other."""
    kind = ""       # negotiations or transfers
    way = {}        # role -> [(state, how it is reached from the one before)]
    ends = {}       # state -> (the state before it, what the peer says there)

    def __init__(self, scene, role, dataset=HELD):
        self.scene, self.node, self.peer, self.role, self.dataset = scene, scene.node, scene.peer, role, dataset
        self.pids = {"provider": None, "consumer": None}

    @property
    def pid(self):
        """The node's pid, under which it is addressed."""
        return self.pids[self.role]

    def state(self):
        return self.peer.state(self.kind, self.pid)

    def to(self, state):
        before, last = self.ends.get(state, (state, None))
        for reached, step in self.way[self.role]:
            step(self)
            self.peer.reach(self.kind, self.pid, reached)
            if reached == before:
                break
        if last:
            self.said(last)
            self.peer.reach(self.kind, self.pid, state)
        return self

    def manage(self, verb, body=None):
        return self.node.ask("POST", f"/{self.kind}/{dsp.quoted(self.pid)}/{verb}", json.dumps(body or {}))

    def move(self, verb, body=None):
        status, answer = self.manage(verb, body)
        assert status == 200, (verb, status, answer)

    def body(self, name, **changes):
        """The message of that name for this process, whole and right."""
        both = self.pids["consumer"], self.pids["provider"]
        return {**self.build(name, *both), **changes}

    def path(self, name, pid=None):
        return f"/{self.kind}/{dsp.quoted(pid or self.pid)}{self.suffixes[name]}"

    def say(self, name, body=None, peer=None):
        return (peer or self.peer).post(self.path(name), body or self.body(name))

    def said(self, name):
        answer = self.say(name)
        assert answer.status == 200, (name, answer)


class Negotiation(Process):
    kind = "negotiations"
    suffixes = {"request": "/request", "offer": "/offers", "accepted": "/events", "finalized": "/events",
                "agreement": "/agreement", "verification": "/agreement/verification",
                "termination": "/termination"}
    # what the counterparty may say: state -> state, by the node's role (DSP §7.1.2; a termination by
    # either side in every state that is not final, §7.2.6)
    legal = {
        "provider": {"request": {"OFFERED": "REQUESTED"}, "accepted": {"OFFERED": "ACCEPTED"},
                     "verification": {"AGREED": "VERIFIED"},
                     "termination": {state: "TERMINATED" for state in NEGOTIATION[:5]}},
        "consumer": {"offer": {"REQUESTED": "OFFERED"},
                     "agreement": {"REQUESTED": "AGREED", "ACCEPTED": "AGREED"},
                     "finalized": {"VERIFIED": "FINALIZED"},
                     "termination": {state: "TERMINATED" for state in NEGOTIATION[:5]}}}
    # the same for the node's own verbs
    verbs = {
        "provider": {"offer": ("REQUESTED",), "agree": ("REQUESTED", "ACCEPTED"), "finalize": ("VERIFIED",),
                     "counter": (), "accept": (), "verify": (), "terminate": NEGOTIATION[:5]},
        "consumer": {"counter": ("OFFERED",), "accept": ("OFFERED",), "verify": ("AGREED",),
                     "offer": (), "agree": (), "finalize": (), "terminate": NEGOTIATION[:5]}}

    def build(self, name, consumer, provider):
        offer = OFFER + self.dataset
        return {
            "request": lambda: dsp.contract_request(self.dataset, offer, consumer=consumer, provider=provider),
            "offer": lambda: dsp.contract_offer(self.dataset, offer, consumer=consumer, provider=provider),
            "accepted": lambda: dsp.event(consumer, provider, "ACCEPTED"),
            "finalized": lambda: dsp.event(consumer, provider, "FINALIZED"),
            "agreement": lambda: dsp.contract_agreement(consumer, provider, self.agreement()),
            "verification": lambda: dsp.verification(consumer, provider),
            "termination": lambda: dsp.negotiation_termination(consumer, provider)}[name]()

    def agreement(self, **changes):
        provider, consumer = ((self.node.did, self.peer.name) if self.role == "provider" else
                              (self.peer.name, self.node.did))
        return {**dsp.agreement(self.dataset, provider, consumer), **changes}

    def request_of_peer(self):
        body = dsp.contract_request(self.dataset, OFFER + self.dataset, callback=self.peer.address)
        answer = self.peer.post("/negotiations/request", body)
        assert answer.status == 201, answer
        self.pids = {"consumer": body["consumerPid"], "provider": answer.body["providerPid"]}

    def request_of_node(self):
        status, answer = self.node.ask("POST", "/negotiations", json.dumps({
            "peer": self.peer.name, "address": self.peer.address, "dataset": self.dataset,
            "offer": OFFER + self.dataset, "terms": dsp.TERMS}))
        assert status == 201, (status, answer)
        heard = self.peer.expect("ContractRequestMessage", answer["id"])
        self.pids = {"consumer": answer["id"], "provider": self.peer.given[heard.body["consumerPid"]]}

    way = {
        "provider": [("REQUESTED", request_of_peer), ("OFFERED", lambda n: n.move("offer")),
                     ("ACCEPTED", lambda n: n.said("accepted")), ("AGREED", lambda n: n.move("agree")),
                     ("VERIFIED", lambda n: n.said("verification")), ("FINALIZED", lambda n: n.move("finalize"))],
        "consumer": [("REQUESTED", request_of_node), ("OFFERED", lambda n: n.said("offer")),
                     ("ACCEPTED", lambda n: n.move("accept")), ("AGREED", lambda n: n.said("agreement")),
                     ("VERIFIED", lambda n: n.move("verify")), ("FINALIZED", lambda n: n.said("finalized"))]}
    ends = {"TERMINATED": ("REQUESTED", "termination")}


class Transfer(Process):
    kind = "transfers"
    suffixes = {"start": "/start", "suspension": "/suspension", "completion": "/completion",
                "termination": "/termination"}
    _both = {"suspension": {"STARTED": "SUSPENDED"}, "completion": {"STARTED": "COMPLETED"},
             "termination": {state: "TERMINATED" for state in TRANSFER[:3]}}
    # DSP §9.1.3; the counterparty suspended it itself, so it may start it again
    legal = {"provider": {**_both, "start": {"SUSPENDED": "STARTED"}},
             "consumer": {**_both, "start": {"REQUESTED": "STARTED", "SUSPENDED": "STARTED"}}}
    # (resume is start by another name)
    verbs = {"provider": {"start": ("REQUESTED", "SUSPENDED"), "suspend": ("STARTED",),
                          "complete": ("STARTED",), "terminate": TRANSFER[:3]},
             "consumer": {"start": ("SUSPENDED",), "resume": ("SUSPENDED",), "suspend": ("STARTED",),
                          "complete": ("STARTED",), "terminate": TRANSFER[:3]}}

    def build(self, name, consumer, provider):
        address = dsp.data_address(self.peer.address + "/data") if self.role == "consumer" else None
        return dsp.transfer_message(name.capitalize(), consumer, provider, address if name == "start" else None)

    def request_of_peer(self):
        body = dsp.transfer_request(AGREEMENT + "provider", self.peer.address)
        answer = self.peer.post("/transfers/request", body)
        assert answer.status == 201, answer
        self.pids = {"consumer": body["consumerPid"], "provider": answer.body["providerPid"]}

    def request_of_node(self):
        status, answer = self.node.ask("POST", "/transfers", json.dumps({
            "agreement": AGREEMENT + "consumer", "peer": self.peer.name, "address": self.peer.address,
            "format": "HttpData-PULL"}))
        assert status == 201, (status, answer)
        heard = self.peer.expect("TransferRequestMessage", answer["id"])
        self.pids = {"consumer": answer["id"], "provider": self.peer.given[heard.body["consumerPid"]]}

    way = {"provider": [("REQUESTED", request_of_peer), ("STARTED", lambda t: t.move("start")),
                        ("SUSPENDED", lambda t: t.said("suspension"))],
           "consumer": [("REQUESTED", request_of_node), ("STARTED", lambda t: t.said("start")),
                        ("SUSPENDED", lambda t: t.said("suspension"))]}
    ends = {"TERMINATED": ("REQUESTED", "termination"), "COMPLETED": ("STARTED", "completion")}


class Scene:
    def __init__(self, node):
        self.node = node
        self.peer = dsp.Peer("urn:example:peer").meet(node)
        self.stranger = dsp.Peer("urn:example:stranger").meet(node)
        self.furnish()

    def tell(self, method, path, body):
        status, answer = self.node.ask(method, path, body if isinstance(body, bytes) else json.dumps(body))
        assert status in (200, 201), (method, path, status, answer)

    def furnish(self):
        for dataset in (HELD, AUTO):
            self.tell("PUT", "/datasets/" + dataset, {
                "offers": [{"id": OFFER + dataset, "terms": dsp.TERMS, "peers": ["*"]}],
                "address": {"endpointType": dsp.HTTP, "endpoint": "http://127.0.0.1:1/elsewhere"}})
        for role in ("provider", "consumer"):
            self.tell("POST", "/agreements", {"id": AGREEMENT + role, "peer": self.peer.name, "role": role,
                                              "dataset": HELD, "terms": dsp.TERMS})
        self.tell("POST", "/instructions", {"items": [
            *({"process": "negotiation", "on": state, "dataset": HELD, "do": "hold"} for state in NEGOTIATION[:5]),
            *({"process": "transfer", "on": state, "agreement": AGREEMENT + role, "do": "hold"}
              for role in ("provider", "consumer") for state in TRANSFER[:3]),
            *({"process": "negotiation", "on": on, "dataset": AUTO, "do": do} for on, do in (
                ("REQUESTED", "agree"), ("ACCEPTED", "agree"), ("VERIFIED", "finalize"), ("OFFERED", "accept"),
                ("AGREED", "verify")))]})

    def negotiation(self, role, dataset=HELD):
        return Negotiation(self, role, dataset)

    def transfer(self, role):
        return Transfer(self, role)

    def processes(self, kind):
        items, after = [], ""
        while True:
            status, page = self.node.ask("GET", f"/{kind}?after={dsp.quoted(after)}" if after else f"/{kind}")
            assert status == 200, page
            items += page["items"]
            after = page.get("next")
            if not after:
                return items

    def judge(self):
        """Everything the node said in this scene, by the official schemas."""
        try:
            judge = dsp_schemas.Judge()
        except dsp_schemas.Absent as error:
            print(f"SKIPPED dsp_schemas of {sys.argv[0].rsplit('/', 1)[-1]}: {error}")
            return 0
        lines = [json.dumps(line) for peer in (self.peer, self.stranger) for line in peer.lines]
        faults, judged = judge.stream(lines, senders={self.node.did})
        assert not faults, "\n".join([f"{len(faults)} of {sum(judged.values())} answers and messages:", *faults[:20]])
        return sum(judged.values())


@contextlib.contextmanager
def scene():
    with nodes.workshop() as folder:
        node = nodes.Node(folder / "node", nodes.free_port(), "Node").start()
        try:
            s = Scene(node)
            yield s
            assert node.alive(), "the node ended: " + (folder / "node.log").read_text()[-2000:]
            s.judge()
            assert not s.peer.strange, f"a message without the agreed authorization: {s.peer.strange[0]}"
        finally:
            with contextlib.suppress(AssertionError):
                node.stop()


def check_error(answer, kind, process=None, status=400):
    """The status, and a body that says of which process and why."""
    assert answer.status == status, (status, answer)
    body = answer.body
    assert isinstance(body, dict) and body.get("@type") == ERROR[kind], answer
    assert body.get("reason") and isinstance(body["reason"], list), body
    if kind != "catalog":
        assert all(isinstance(body.get(pid), str) for pid in ("consumerPid", "providerPid")), body
    if process is not None:
        assert {body["consumerPid"], body["providerPid"]} == set(process.pids.values()), (body, process.pids)
