// SPDX-License-Identifier: Apache-2.0
#include "cli/families.h"

namespace corridor::cli {

namespace {

constexpr std::size_t kMany = 1'000'000;

// table
constexpr std::array kCommon{
    Option{"--data", "DIR", "the data folder (else $CORRIDOR_DATA, else the user's)"},
    Option{"--help", "", "this"},
};
constexpr Option kJson{"--json", "", "one JSON object, or one a line for lists"};
constexpr Option kReason{"--reason", "TEXT", "why, for both sides' records"};

// table
constexpr std::array kOnlyJson{kJson};
constexpr std::array kReasonJson{kReason, kJson};
constexpr std::array kConfig{
    Option{"--listen", "HOST:PORT", "where to answer (127.0.0.1:7411; port 0: any free one)"},
    Option{"--name", "NAME", "what partners see you called"},
    Option{"--public-url", "URL", "the address partners reach (needs TLS: not in this version)"},
    Option{"--log-level", "LEVEL", "debug, info, warning or error"},
};
constexpr std::array kServe{
    kConfig[0],
    kConfig[1],
    kConfig[2],
    kConfig[3],
    Option{"--json", "", "one line of JSON when ready, in place of the introduction"},
};
constexpr std::array kDemo{
    Option{"--exit", "", "end when all is shown (also without a terminal)"},
    Option{"--documents", "DIR", "example documents (else those that came with corridor)"},
    Option{"--verifier", "CMD", "a second verifier, called with the receipt's file"},
};
constexpr std::array kSend{
    Option{"--to", "DID|NAME", "the partner; echo is this node itself"},
    Option{"--terms", "FILE", "ODRL terms (else the partner's, else use without limits)"},
    Option{"--purpose", "TEXT", "what it is sent for; the terms may ask"},
    Option{"--wait", "LEVEL", "answered (default) or logged"},
    Option{"--timeout", "TIME", "how long this command waits (30s); the node goes on by itself"},
    Option{"--deadline", "TIME", "when the node gives up (7d)"},
    Option{"--receipt", "FILE", "write the receipt there"},
    kJson,
};
constexpr std::array kCheck{
    Option{"--rules", "FILE.sch", "these ISO Schematron rules, instead of the built-in ones"},
    Option{"--svrl", "", "write SVRL, as validators of others do (one document, with --rules)"},
    kJson,
};
constexpr std::array kInvite{
    Option{"--kinds", "A,B|*",
           "what may come without asking a person (the kinds that are checked)"},
    Option{"--name", "NAME", "what to call the partner until it says its own name"},
    Option{"--terms", "FILE", "ODRL terms for what we send to it"},
    Option{"--expires", "TIME", "how long it can be used (7d)"},
    Option{"--out", "FILE", "where to write it (NAME.invite); - for standard output"},
    kJson,
};
constexpr std::array kJoin{
    Option{"--yes", "", "the fingerprint has been compared"},
    kJson,
};
constexpr std::array kInstruction{
    Option{"--peer", "DID|partner|*", "whose offers (partner: whoever was invited or joined)"},
    Option{"--kind", "KIND|agreed|*", "which documents (agreed: those of the invitation)"},
    Option{"--do", "ACTION", "accept, hold (ask a person) or terminate"},
    kReason,
    Option{"--id", "ID", "its name; instructions are looked at in the order of their names"},
    kJson,
};
constexpr std::array kKeyAdd{
    Option{"--role", "admin|read", "read (default) may only look"},
    kJson,
};
constexpr std::array kVerify{
    Option{"--document", "FILE", "the document itself, compared with what was signed"},
    Option{"--pins", "FILE", "keys that you trust: {\"did:web:...\": [\"<base64url>\"]}"},
    kJson,
};

// table
constexpr std::array kCommands{
    Command{"serve", "", 0, 0, "run a node", "serve --name \"Harbour Traders\"",
            "the node did not start", kServe, run_serve},
    Command{"demo", "", 0, 0, "two nodes on this machine, real documents across, proofs shown",
            "demo --exit", "the demonstration did not end as it should", kDemo, run_demo},
    Command{"send", "FILE...", 1, kMany, "send documents to a partner",
            "send invoice.xml --to \"Northland Customs\" --wait logged",
            "the document was not sent", kSend, run_send},
    Command{"inbox list", "", 0, 0, "what has arrived", "inbox --json",
            "the inbox could not be read", kOnlyJson, run_inbox_list},
    Command{"inbox show", "ID", 1, 1, "one document that has arrived",
            "inbox show 06E8ZK1PQX5RDN2M3W7A", "the document could not be shown", kOnlyJson,
            run_inbox_show},
    Command{"inbox save",
            "ID [FILE]",
            1,
            2,
            "write its bytes to a file; - for standard output",
            "inbox save 06E8ZK1PQX5RDN2M3W7A invoice.xml",
            "the document was not saved",
            {},
            run_inbox_save},
    Command{"check", "FILE...", 1, kMany, "check documents or folders of them; needs no node",
            "check invoice.xml orders/", "the document was not checked", kCheck, run_check},
    Command{"explain", "ID", 1, 1, "the whole life of one exchange, by any of its ids",
            "explain 06E8ZK1PQX5RDN2M3W7A", "it could not be explained", kOnlyJson, run_explain},
    Command{"receipt",
            "ID [FILE]",
            1,
            2,
            "write the receipt of an exchange; - for standard output",
            "receipt 06E8ZK1PQX5RDN2M3W7A",
            "the receipt was not written",
            {},
            run_receipt},
    Command{"verify", "RECEIPT", 1, 1, "check a receipt offline; needs no node",
            "verify 06E8ZK1PQX5RDN2M3W7A.receipt.json --document invoice.xml",
            "the receipt could not be judged", kVerify, run_verify},
    Command{"invite", "", 0, 0, "make an invitation for a partner",
            "invite --name \"Northland Customs\" --kinds ubl:Invoice",
            "the invitation was not made", kInvite, run_invite},
    Command{"join", "FILE", 1, 1, "join a partner with its invitation", "join partner.invite",
            "the partner was not joined", kJoin, run_join},
    Command{"peer list", "", 0, 0, "the nodes this node knows", "peer --json",
            "the peers could not be listed", kOnlyJson, run_peer_list},
    Command{"peer remove", "DID|NAME", 1, 1, "be partners no longer",
            "peer remove \"Northland Customs\"", "the peer was not removed", kOnlyJson,
            run_peer_remove},
    Command{"agreement list", "", 0, 0, "standing agreements", "agreement",
            "the agreements could not be listed", kOnlyJson, run_agreement_list},
    Command{"agreement show", "ID", 1, 1, "one agreement with its terms",
            "agreement show urn:uuid:5f0c...", "the agreement could not be shown", kOnlyJson,
            run_agreement_show},
    Command{"negotiation list", "", 0, 0, "negotiations, and which wait for a person",
            "negotiation", "the negotiations could not be listed", kOnlyJson, run_negotiation_list},
    Command{"negotiation show", "ID", 1, 1, "one negotiation with its terms and its life",
            "negotiation show urn:uuid:5f0c...", "the negotiation could not be shown", kOnlyJson,
            run_negotiation_show},
    Command{"negotiation approve", "ID", 1, 1, "say yes to an offer that waits for a person",
            "negotiation approve urn:uuid:5f0c...", "the offer was not approved", kReasonJson,
            run_negotiation_approve},
    Command{"negotiation terminate", "ID", 1, 1, "say no, or end it",
            "negotiation terminate urn:uuid:5f0c... --reason \"not our goods\"",
            "the negotiation was not terminated", kReasonJson, run_negotiation_terminate},
    Command{"instruction list", "", 0, 0, "what the node does by itself when an offer arrives",
            "instruction list", "the instructions could not be listed", kOnlyJson,
            run_instruction_list},
    Command{"instruction add", "", 0, 0, "add a standing instruction",
            "instruction add --peer did:web:port.example --kind edifact:INVOIC --do accept",
            "the instruction was not added", kInstruction, run_instruction_add},
    Command{"instruction remove", "ID", 1, 1, "remove one", "instruction remove 0-partners",
            "the instruction was not removed", kOnlyJson, run_instruction_remove},
    Command{"key list", "", 0, 0, "API keys, by name", "key list", "the keys could not be listed",
            kOnlyJson, run_key_list},
    Command{"key add", "NAME", 1, 1, "make an API key; it is shown once",
            "key add dashboard --role read", "the key was not made", kKeyAdd, run_key_add},
    Command{"key remove", "NAME", 1, 1, "revoke one", "key remove dashboard",
            "the key was not removed", kOnlyJson, run_key_remove},
    Command{"doctor", "", 0, 0, "is everything well? one line each, and what to do",
            "doctor --json", "the node could not be examined", kOnlyJson, run_doctor},
    Command{"config print", "", 0, 0, "the settings in force, as a corridor.toml", "config print",
            "the settings could not be read", kConfig, run_config_print},
    Command{"version", "", 0, 0, "which version this is", "version", "the version is not known",
            kOnlyJson, run_version},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }
std::span<const Option> common_options() { return kCommon; }

}  // namespace corridor::cli
