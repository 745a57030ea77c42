// SPDX-License-Identifier: Apache-2.0
#include "cli/families.h"
#include "cli/files.h"
#include "cli/sending.h"

namespace corridor::cli {

namespace {

Result<ReceiptLevel> wanted_level(const Invocation& asked) {
  const auto level = level_from_name(asked.get("--wait", "answered"));
  if (!level || *level == ReceiptLevel::none)
    return fail(Code::invalid, asked.get("--wait") + " is no level of a receipt",
                "wait for answered or logged");
  if (*level == ReceiptLevel::witnessed)
    return fail(Code::invalid, "partners do not cosign each other's logs in this version yet",
                "wait for logged");
  return *level;
}

// What all files of one command have in common.
Result<Sending> read_options(const Invocation& asked) {
  Sending sending;
  sending.to = asked.get("--to");
  if (sending.to.empty())
    return fail(Code::invalid, "it was not said to whom",
                "name a partner: --to NAME or --to DID; --to echo is this node itself");
  sending.purpose = asked.get("--purpose");
  sending.deadline = asked.get("--deadline");
  TRY(asked.duration("--deadline", {}));
  TRY_ASSIGN(sending.wait, wanted_level(asked));
  TRY_ASSIGN(sending.timeout, asked.duration("--timeout", sending.timeout));
  if (asked.has("--terms")) {
    TRY_ASSIGN(sending.terms, read_file(asked.get("--terms"), limits::kHeaderBytesMax / 4));
  }
  if (asked.has("--receipt") && asked.operands().size() > 1)
    return fail(Code::invalid, "--receipt names one file, and there are several documents",
                "send them one by one, or use: corridor receipt ID");
  return sending;
}

Result<> save_receipt(NodeClient& node, const std::string& id, const std::string& path) {
  TRY_ASSIGN(const Bytes receipt, get_receipt(node, id));
  return write_file(path, receipt, Existing::replace);
}

json::Value sent_json(const Sent& sent, const std::string& file, const std::string& receipt) {
  auto body =
      json::Value::object({{"exchange", sent.id()},
                           {"state", sent.state()},
                           {"level", sent.exchange.text_or("level")},
                           {"receipt", receipt.empty() ? json::Value() : json::Value(receipt)},
                           {"ms", sent.ms},
                           {"file", file},
                           {"to", sent.exchange.text_or("peer")},
                           {"kind", sent.exchange.text_or("kind")},
                           {"sha256", sent.exchange.text_or("sha256")}});
  for (const char* const member : {"code", "reason", "report", "peerReport"})
    if (const json::Value* const value = sent.exchange.find(member);
        value != nullptr && sent.is_no())
      body.set(member, *value);
  return body;
}

void say_refused(const Invocation& asked, const Sent& sent, const std::string& what) {
  say(toned(Tone::bad, sent.state()) + " " + what + " · " + text_of(sent.exchange, "kind") +
      " · in " + milliseconds_text(sent.ms) + "\n");
  say("  why: " + text_of(sent.exchange, "reason") + "\n");
  say(findings_text(sent.exchange.find("report"), "  "));
  say(findings_text(sent.exchange.find("peerReport"), "  found by the partner: "));
  say("  more: " + asked.hint("explain " + sent.id()) + "\n");
}

Result<> say_open(const Invocation& asked, NodeClient& node, const Sent& sent,
                  const std::string& what, const std::string& partner) {
  TRY_ASSIGN(const json::Value life, node.get("/explain/" + percent_encode(sent.id())));
  say(toned(Tone::strong, sent.state()) + " " + what + " · " + text_of(sent.exchange, "kind") +
      " · since " + milliseconds_text(sent.ms) + "\n");
  say("  why: " + waits_for(life, partner) + "\n");
  say("  more: " + asked.hint("explain " + sent.id()) + "\n");
  return {};
}

Result<> say_sent(const Invocation& asked, NodeClient& node, const Sent& sent,
                  const std::string& file) {
  TRY_ASSIGN(const Partner partner, partner_of(node, sent.exchange.text_or("peer")));
  const std::string what = printable(file) + " to " + partner.text();
  if (sent.is_no()) {
    say_refused(asked, sent, what);
    return {};
  }
  if (sent.offered()) {
    say(toned(Tone::strong, sent.state()) + " " + what + " · " + text_of(sent.exchange, "kind") +
        " · waiting for the partner to fetch it\n  more: " + asked.hint("explain " + sent.id()) + "\n");
    return {};
  }
  if (sent.open()) return say_open(asked, node, sent, what, partner.text());
  const std::string receipt = asked.has("--receipt") ? printable(asked.get("--receipt"))
                                                     : asked.hint("receipt " + sent.id());
  say(toned(Tone::good, "sent") + " " + what + " · " + text_of(sent.exchange, "kind") + " · " +
      text_of(sent.exchange, "level") + " in " + milliseconds_text(sent.ms) +
      " · receipt: " + receipt + "\n");
  return {};
}

Result<int> send_one(Invocation& asked, NodeClient& node, Sending sending,
                     const std::string& path) {
  asked.attempt(printable(path) + " was not sent");
  TRY_ASSIGN(sending.bytes, read_file(path));
  sending.name = path == "-" ? "standard input" : file_name(path);
  const std::string name = sending.name;
  TRY_ASSIGN(const Sent sent, send_document(node, std::move(sending)));
  std::string receipt;
  if (sent.answered()) {
    receipt = node.api_url() + "/exchanges/" + sent.id() + "/receipt";
    if (asked.has("--receipt")) {
      receipt = asked.get("--receipt");
      asked.attempt("the document was sent, but its receipt was not written");
      TRY(save_receipt(node, sent.id(), receipt));
    }
  }
  asked.attempt("the document was sent, but what became of it could not be shown");
  if (asked.has("--json")) {
    say_json(sent_json(sent, path, receipt));
  } else {
    TRY(say_sent(asked, node, sent, name));
  }
  return sent.is_no() ? 1 : 0;
}

}  // namespace

Result<int> run_send(Invocation& asked) {
  TRY_ASSIGN(const Sending sending, read_options(asked));
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  int status = 0;
  for (const auto& path : asked.operands()) {
    TRY_ASSIGN(const int one, send_one(asked, *node, sending, path));
    status = std::max(status, one);
  }
  return status;
}

Result<int> run_receipt(Invocation& asked) {
  const std::string& id = asked.operands()[0];
  const std::string path =
      asked.operands().size() > 1 ? asked.operands()[1] : percent_encode(id) + ".receipt.json";
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  TRY(save_receipt(*node, id, path));
  if (path != "-")
    say("wrote " + printable(path) + " · anybody can check it: corridor verify " + printable(path) +
        "\n");
  return 0;
}

}  // namespace corridor::cli
