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
constexpr std::array kPackList{
    Option{"--all", "", "also those that this program knows and that are not here"},
    kJson,
};
constexpr Option kTrust{"--trust", "KEY", "whose signature counts from now on: ed25519:..."};
constexpr std::array kPackImport{kTrust, kJson};
constexpr std::array kPackFetch{
    Option{"--manifest", "FILE", "of a pack that this program does not know"},
    kTrust,
    kJson,
};
constexpr std::array kConfig{
    Option{"--listen", "HOST:PORT", "where to answer (127.0.0.1:7411; port 0: any free one)"},
    Option{"--name", "NAME", "what partners see you called"},
    Option{"--public-url", "URL", "the address partners reach (needs TLS: not in this version)"},
    Option{"--log-level", "LEVEL", "debug, info, warning or error"},
    Option{"--folders", "DIR", "send files that are put there, and put there what arrives"},
};
constexpr std::array kServe{
    kConfig[0],
    kConfig[1],
    kConfig[2],
    kConfig[3],
    kConfig[4],
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
constexpr Option kPartner{"--partner", "DID", "as exchanged with this partner, by its profiles"};
constexpr Option kLanguage{"--language", "CODE", "en fr es ru zh ar (else the user's, else en)"};
constexpr std::array kView{
    Option{"--out", "FILE", "where to write it (FILE.html on a terminal); - for standard output"},
    kLanguage,
    kPartner,
};
constexpr Option kText{"--text", "TEXT", "more words for the partner, at most 2000 bytes"};
constexpr std::array kAccept{
    Option{"--reason", "CODE", "conditionally: under the condition that the text names"},
    kText,
    kJson,
};
constexpr std::array kReject{
    Option{"--reason", "CODE", "why: prices, quantities, delivery, ... (without it: all of them)"},
    kText,
    kJson,
};
constexpr std::array kQuery{
    kReject[0],
    kText,
    Option{"--field", "FIELD", "what the query is about: BT-44, or a path in the document"},
    kJson,
};
constexpr std::array kPeerSet{
    Option{"--answers", "FORM", "how our answers go to it: statement (the usual), or ubl as well"},
    kJson,
};
constexpr std::array kCheck{
    kPartner,
    kLanguage,
    Option{"--rules", "FILE.sch", "these ISO Schematron rules, instead of the packs"},
    Option{"--svrl", "", "write SVRL, as validators of others do (one document)"},
    Option{"--stream", "", "documents as JSON lines on standard input, reports on standard output"},
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
constexpr Option kAddress{"--address", "URL", "its protocol address (else the one that is known)"};
constexpr std::array kProcesses{
    Option{"--state", "STATE", "only those in this state, such as REQUESTED"},
    Option{"--peer", "DID|NAME", "only those with this peer"},
    Option{"--held", "", "only those that wait for a person here"},
    kJson,
};
constexpr std::array kNegotiationStart{
    Option{"--offer", "ID", "which offer of the dataset (else the first)"},
    Option{"--terms", "FILE", "ODRL terms of your own (else those of the offer)"},
    Option{"--as", "ROLE", "consumer: ask for theirs (the usual); provider: offer one of ours"},
    kAddress,
    kJson,
};
constexpr std::array kTermsReasonJson{
    Option{"--terms", "FILE", "ODRL terms (else: offer, as published; counter, as first asked for)"},
    kReason,
    kJson,
};
constexpr std::array kCodeReasonJson{
    Option{"--code", "WORD", "a word for programs of the other side"},
    kReason,
    kJson,
};
constexpr std::array kTransferRequest{
    Option{"--format", "FORMAT", "HttpData-PULL (the usual) or HttpData-PUSH"},
    kAddress,
    kJson,
};
constexpr std::array kAgreementImport{
    Option{"--id", "ID", "its id, the same on both sides"},
    Option{"--peer", "DID|NAME", "the other party"},
    Option{"--role", "ROLE", "what this node is in it: provider or consumer"},
    Option{"--dataset", "ID", "what it is about"},
    Option{"--kind", "KIND", "of document, when it is about documents"},
    Option{"--terms", "FILE", "ODRL terms (else use without limits)"},
    Option{"--since", "TIME", "when it was made, such as 2026-03-01T10:00:00Z (else now)"},
    Option{"--note", "TEXT", "where it comes from; kept with it and in the log"},
    kJson,
};
constexpr std::array kDatasetAdd{
    Option{"--id", "ID", "its id (else urn:corridor:dataset:NAME-OF-THE-FILE)"},
    Option{"--title", "TEXT", "what people see (else the file's name)"},
    Option{"--type", "MEDIA", "its media type, such as text/csv"},
    Option{"--kind", "KIND", "of document, when it is one"},
    Option{"--to", "PEER|partner|*", "who sees the offer (partner; * is whoever is authenticated)",
           true},
    Option{"--offer", "ID", "the id of the offer (else one is made)"},
    Option{"--terms", "FILE", "ODRL terms of the offer (else use without limits)"},
    Option{"--address", "URL", "in place of a file: where others serve the bytes"},
    Option{"--authorization-file", "FILE", "what is to be sent there, one line"},
    Option{"--replace", "", "offer anew what is offered under this id"},
    kJson,
};
constexpr std::array kCatalog{
    Option{"--all", "", "every page of it"},
    kAddress,
    kJson,
};
constexpr std::array kFetch{
    Option{"--out", "FILE", "where to write it (else named as the dataset); - for standard output"},
    Option{"--offer", "ID", "which offer of the dataset (else the first)"},
    Option{"--agreement", "ID", "under this agreement, without negotiating"},
    Option{"--terms", "FILE", "ODRL terms to ask for (else those of the offer)"},
    Option{"--timeout", "TIME", "how long to wait until bytes move (2m); the node goes on"},
    kAddress,
    kJson,
};
constexpr std::array kFetchSave{kFetch[0], kJson};
constexpr std::array kPeerAdd{
    Option{"--name", "NAME", "what to call it"},
    Option{"--dsp", "URL", "the base of its Dataspace Protocol (else by its DID document)"},
    Option{"--corridor", "URL", "its Corridor endpoint, when it is one (else the same way)"},
    Option{"--kinds", "A,B|*", "what documents it may send without asking (none)"},
    Option{"--terms", "FILE", "ODRL terms for what we send to it"},
    Option{"--token-file", "FILE", "the Authorization it sends us: closed networks only"},
    Option{"--authorization-file", "FILE", "the Authorization we send it: closed networks only"},
    Option{"--not-partner", "", "know it, but do not show it what partners see"},
    kJson,
};
constexpr std::array kInstruction{
    Option{"--do", "MOVE",
           "hold ask offer counter accept agree verify finalize terminate start suspend resume "
           "complete"},
    Option{"--process", "PROCESS", "negotiation (the usual) or transfer"},
    Option{"--on", "STATE", "the state that is entered (OFFERED; of a transfer REQUESTED)"},
    Option{"--peer", "PEER|partner|*", "with whom (partner: invited, joined or added)"},
    Option{"--role", "ROLE", "only when we are provider, or consumer"},
    Option{"--kind", "KIND|agreed|*", "which documents (agreed: those of the peer's list)"},
    Option{"--dataset", "ID", "only about this dataset"},
    Option{"--agreement", "ID", "only under this agreement"},
    Option{"--published", "", "only when the terms are those of an offer of ours"},
    Option{"--nth", "N", "only the nth time in this state"},
    Option{"--when", "FILE", "ODRL constraints that must hold"},
    Option{"--after", "TIME", "not at once: 500ms, 2h"},
    Option{"--terms", "FILE", "ODRL terms for offer and counter"},
    Option{"--webhook", "ID", "of ask: the subscription that is told"},
    Option{"--code", "WORD", "of terminate and suspend: a word for programs"},
    kReason,
    Option{"--id", "ID", "its name; of those that fit equally well the lowest decides"},
    kJson,
};
constexpr std::array kDoctor{
    Option{"--peer", "DID|NAME", "look at a peer, with a dry negotiation, in place of this node"},
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
    Command{"accept", "ID", 1, 1, "accept a document that has arrived, for good",
            "accept 06E8ZK1PQX5RDN2M3W7A", "the document was not accepted", kAccept, run_answer},
    Command{"reject", "ID", 1, 1, "reject it, for good",
            "reject 06E8ZK1PQX5RDN2M3W7A --reason prices --text \"40 a board was agreed\"",
            "the document was not rejected", kReject, run_answer},
    Command{"query", "ID", 1, 1, "ask the partner about it; the answer stays open",
            "query 06E8ZK1PQX5RDN2M3W7A --reason references --field BT-13",
            "the query was not made", kQuery, run_answer},
    Command{"sent", "", 0, 0, "what was sent, and what the partners answered", "sent",
            "what was sent could not be listed", kOnlyJson, run_sent_list},
    Command{"check", "FILE...", 0, kMany, "check documents or folders of them; needs no node",
            "check invoice.xml orders/", "the document was not checked", kCheck, run_check},
    Command{"view", "FILE", 1, 1, "a document as a page to read, findings in place; needs no node",
            "view invoice.xml --language ar --out invoice.html", "the document cannot be shown", kView,
            run_view},
    Command{"pack list", "", 0, 0, "what judges documents here", "pack list --all",
            "the packs could not be listed", kPackList, run_pack_list},
    Command{"pack show", "NAME", 1, 1, "where a pack comes from, and what it judges",
            "pack show en16931", "the pack could not be shown", kOnlyJson, run_pack_show},
    Command{"pack fetch", "NAME", 1, 1, "get a known pack from whoever publishes it; \"all\" for all",
            "pack fetch en16931", "the pack was not fetched", kPackFetch, run_pack_fetch},
    Command{"pack import", "PATH...", 1, kMany, "take packs from files, folders or zip archives",
            "pack import downloads/ my-rules.zip", "nothing was imported", kPackImport,
            run_pack_import},
    Command{"pack verify", "[NAME]", 0, 1, "are signatures and files what they were?", "pack verify",
            "the packs could not be verified", kOnlyJson, run_pack_verify},
    Command{"pack remove", "NAME[@EDITION]", 1, 1, "judge by it no longer", "pack remove xrechnung",
            "the pack was not removed", kOnlyJson, run_pack_remove},
    Command{"pack sign", "FOLDER", 1, 1, "sign a pack of your own, to give it to others",
            "pack sign my-rules", "the pack was not signed", kOnlyJson, run_pack_sign},
    Command{"explain", "ID", 1, 1, "the whole life of anything, by any id it has",
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
    Command{"peer add", "DID|ID", 1, 1, "know a peer without an invitation: any connector",
            "peer add did:web:port.example --name \"Port of Example\"", "the peer was not added",
            kPeerAdd, run_peer_add},
    Command{"peer set", "DID|NAME", 1, 1, "change what we do for a peer",
            "peer set \"Northland Customs\" --answers ubl", "the peer was not changed", kPeerSet,
            run_peer_set},
    Command{"peer remove", "DID|NAME", 1, 1, "be partners no longer",
            "peer remove \"Northland Customs\"", "the peer was not removed", kOnlyJson,
            run_peer_remove},
    Command{"catalog", "DID|NAME", 1, 1, "what a peer offers us, with its terms in words",
            "catalog \"Northland Customs\" --all", "the catalogue could not be read", kCatalog,
            run_catalog},
    Command{"fetch", "DID|NAME DATASET", 2, 2, "get a dataset from a peer, into a file",
            "fetch \"Northland Customs\" urn:corridor:dataset:tariffs.csv -o tariffs.csv",
            "the dataset was not fetched", kFetch, run_fetch},
    Command{"fetch list", "", 0, 0, "what was fetched, and what is on its way", "fetch list",
            "the fetches could not be listed", kOnlyJson, run_fetch_list},
    Command{"fetch show", "ID", 1, 1, "one of them", "fetch show 06E8ZK1PQX5RDN2M3W7A",
            "the fetch could not be shown", kOnlyJson, run_fetch_show},
    Command{"fetch save", "ID", 1, 1, "write its bytes to a file; goes on where it broke off",
            "fetch save 06E8ZK1PQX5RDN2M3W7A -o tariffs.csv", "the bytes were not saved", kFetchSave,
            run_fetch_save},
    Command{"dataset list", "", 0, 0, "what this node offers", "dataset",
            "the datasets could not be listed", kOnlyJson, run_dataset_list},
    Command{"dataset add", "[FILE]", 0, 1, "offer a file, or what others serve (--address)",
            "dataset add tariffs.csv --title Tariffs --type text/csv --to partner",
            "the dataset was not added", kDatasetAdd, run_dataset_add},
    Command{"dataset show", "ID", 1, 1, "one dataset with its offers",
            "dataset show urn:corridor:dataset:tariffs.csv", "the dataset could not be shown",
            kOnlyJson, run_dataset_show},
    Command{"dataset remove", "ID", 1, 1, "offer it no longer",
            "dataset remove urn:corridor:dataset:tariffs.csv", "the dataset was not removed",
            kOnlyJson, run_dataset_remove},
    Command{"negotiation list", "", 0, 0, "negotiations, and which wait for a person",
            "negotiation --held", "the negotiations could not be listed", kProcesses,
            run_negotiation_list},
    Command{"negotiation show", "ID", 1, 1, "one negotiation: its terms, what changed, its life",
            "negotiation show urn:uuid:5f0c...", "the negotiation could not be shown", kOnlyJson,
            run_negotiation_show},
    Command{"negotiation start", "DID|NAME DATASET", 2, 2,
            "ask a peer for a dataset of its, or offer it one of ours",
            "negotiation start \"Northland Customs\" urn:corridor:dataset:tariffs.csv",
            "the negotiation was not begun", kNegotiationStart, run_negotiation_start},
    Command{"negotiation approve", "ID", 1, 1, "say yes to what waits for a person",
            "negotiation approve urn:uuid:5f0c...", "it was not approved", kReasonJson,
            run_negotiation_move},
    Command{"negotiation offer", "ID", 1, 1, "provider: put (other) terms on the table",
            "negotiation offer urn:uuid:5f0c... --terms mine.json", "the offer was not made", kTermsReasonJson,
            run_negotiation_move},
    Command{"negotiation counter", "ID", 1, 1, "consumer: ask for (other) terms",
            "negotiation counter urn:uuid:5f0c... --terms mine.json", "the counter-offer was not made", kTermsReasonJson,
            run_negotiation_move},
    Command{"negotiation accept", "ID", 1, 1, "consumer: accept the offer",
            "negotiation accept urn:uuid:5f0c...", "the offer was not accepted", kReasonJson,
            run_negotiation_move},
    Command{"negotiation agree", "ID", 1, 1, "provider: state the agreement",
            "negotiation agree urn:uuid:5f0c...", "it was not agreed to", kReasonJson,
            run_negotiation_move},
    Command{"negotiation verify", "ID", 1, 1, "consumer: verify the agreement",
            "negotiation verify urn:uuid:5f0c...", "the agreement was not verified", kReasonJson,
            run_negotiation_move},
    Command{"negotiation finalize", "ID", 1, 1, "provider: put the agreement into force",
            "negotiation finalize urn:uuid:5f0c...", "it was not finalized", kReasonJson,
            run_negotiation_move},
    Command{"negotiation terminate", "ID", 1, 1, "say no, or end it",
            "negotiation terminate urn:uuid:5f0c... --reason \"not our goods\"", "the negotiation was not terminated", kCodeReasonJson,
            run_negotiation_move},
    Command{"negotiation hold", "ID", 1, 1, "let it wait for a person",
            "negotiation hold urn:uuid:5f0c... --reason \"legal looks at it\"", "the negotiation was not held", kReasonJson,
            run_negotiation_move},
    Command{"agreement list", "", 0, 0, "agreements in force, and those that have ended",
            "agreement", "the agreements could not be listed", kOnlyJson, run_agreement_list},
    Command{"agreement show", "ID", 1, 1, "one agreement with its terms",
            "agreement show urn:uuid:5f0c...", "the agreement could not be shown", kOnlyJson,
            run_agreement_show},
    Command{"agreement import", "[FILE]", 0, 1, "bring in what was agreed elsewhere, on paper or so",
            "agreement import --id urn:x:frame-7 --peer Port --role consumer --dataset urn:x:tariffs",
            "the agreement was not imported", kAgreementImport, run_agreement_import},
    Command{"agreement terminate", "ID", 1, 1, "end it, with the transfers under it",
            "agreement terminate urn:uuid:5f0c... --reason \"contract ended\"",
            "the agreement was not ended", kReasonJson, run_agreement_terminate},
    Command{"transfer list", "", 0, 0, "transfers, and which wait for a person", "transfer",
            "the transfers could not be listed", kProcesses, run_transfer_list},
    Command{"transfer show", "ID", 1, 1, "one transfer with its life",
            "transfer show urn:uuid:5f0c...", "the transfer could not be shown", kOnlyJson,
            run_transfer_show},
    Command{"transfer request", "AGREEMENT", 1, 1, "consumer: ask for the data of an agreement",
            "transfer request urn:uuid:5f0c...", "the transfer was not requested",
            kTransferRequest, run_transfer_request},
    Command{"transfer approve", "ID", 1, 1, "say yes to what waits for a person",
            "transfer approve urn:uuid:5f0c...", "it was not approved", kReasonJson,
            run_transfer_move},
    Command{"transfer start", "ID", 1, 1, "provider: let a requested transfer begin",
            "transfer start urn:uuid:5f0c...", "the transfer was not started", kReasonJson,
            run_transfer_move},
    Command{"transfer suspend", "ID", 1, 1, "stop the bytes for a while",
            "transfer suspend urn:uuid:5f0c... --reason maintenance", "the transfer was not suspended", kCodeReasonJson,
            run_transfer_move},
    Command{"transfer resume", "ID", 1, 1, "let them flow again",
            "transfer resume urn:uuid:5f0c...", "the transfer was not resumed", kReasonJson,
            run_transfer_move},
    Command{"transfer complete", "ID", 1, 1, "say that everything is there",
            "transfer complete urn:uuid:5f0c...", "the transfer was not completed", kReasonJson,
            run_transfer_move},
    Command{"transfer terminate", "ID", 1, 1, "end it for good",
            "transfer terminate urn:uuid:5f0c... --reason \"not needed\"", "the transfer was not terminated", kCodeReasonJson,
            run_transfer_move},
    Command{"transfer hold", "ID", 1, 1, "let it wait for a person",
            "transfer hold urn:uuid:5f0c...", "the transfer was not held", kReasonJson,
            run_transfer_move},
    Command{"instruction list", "", 0, 0, "what the node does by itself", "instruction list",
            "the instructions could not be listed", kOnlyJson, run_instruction_list},
    Command{"instruction show", "ID", 1, 1, "one of them", "instruction show 0-partners",
            "the instruction could not be shown", kOnlyJson, run_instruction_show},
    Command{"instruction add", "", 0, 0, "add a standing instruction",
            "instruction add --peer did:web:port.example --kind edifact:INVOIC --do accept",
            "the instruction was not added", kInstruction, run_instruction_add},
    Command{"instruction import", "FILE", 1, 1, "add many, from TOML or JSON; all or none",
            "instruction import instructions.toml", "the instructions were not imported", kOnlyJson,
            run_instruction_import},
    Command{"instruction remove", "ID", 1, 1, "remove one", "instruction remove 0-partners",
            "the instruction was not removed", kOnlyJson, run_instruction_remove},
    Command{"doctor", "", 0, 0, "is everything well, here or with a peer? and whose turn is it",
            "doctor --peer \"Northland Customs\"", "the node could not be examined", kDoctor,
            run_doctor},
    Command{"key list", "", 0, 0, "API keys, by name", "key list", "the keys could not be listed",
            kOnlyJson, run_key_list},
    Command{"key add", "NAME", 1, 1, "make an API key; it is shown once",
            "key add dashboard --role read", "the key was not made", kKeyAdd, run_key_add},
    Command{"key remove", "NAME", 1, 1, "revoke one", "key remove dashboard",
            "the key was not removed", kOnlyJson, run_key_remove},
    Command{"config print", "", 0, 0, "the settings in force, as a corridor.toml", "config print",
            "the settings could not be read", kConfig, run_config_print},
    Command{"version", "", 0, 0, "which version this is", "version", "the version is not known",
            kOnlyJson, run_version},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }
std::span<const Option> common_options() { return kCommon; }

}  // namespace corridor::cli
