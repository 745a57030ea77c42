// SPDX-License-Identifier: Apache-2.0
//
// One document through the running node: posted, then waited for. Shared by `send`, `join`,
// `doctor` and `demo`.
#pragma once

#include "cli/node_client.h"
#include "cli/terminal.h"
#include "model/model.h"

namespace corridor::cli {

class Stopwatch {
 public:
  Stopwatch();
  [[nodiscard]] std::int64_t ms() const;

 private:
  std::int64_t begin_ms_;
};

struct Sending {
  Bytes bytes;
  std::string name;  // of the file, for people
  std::string to;    // a DID, a partner's name, "echo"
  std::string purpose;
  std::string terms;     // ODRL as JSON text; empty: the partner's, else the node's default
  std::string deadline;  // as `--deadline` takes it; empty: the node's default
  ReceiptLevel wait = ReceiptLevel::answered;
  Duration timeout = seconds(30);
};

struct Sent {
  json::Value exchange;  // as GET /exchanges/ID has it
  std::int64_t ms = 0;   // from the first byte to this outcome
  [[nodiscard]] std::string id() const { return std::string(exchange.text_or("exchange")); }
  [[nodiscard]] std::string_view state() const { return exchange.text_or("state"); }
  [[nodiscard]] ReceiptLevel level() const;
  [[nodiscard]] bool answered() const { return level() >= ReceiptLevel::answered; }
  [[nodiscard]] bool is_no() const { return state() == "refused" || state() == "failed"; }
  [[nodiscard]] bool open() const { return state() == "waiting" || state() == "sending"; }
  [[nodiscard]] bool offered() const { return state() == "offered" || state() == "fetched"; }
};

// Returns when the level is reached, the exchange has ended without, or the time is up.
Result<Sent> send_document(NodeClient& node, Sending sending);
// The exchange once it is settled at this level; otherwise as it is when the time is up.
Result<json::Value> wait_for(NodeClient& node, const std::string& exchange, ReceiptLevel level,
                             Duration timeout);
// One sentence on why an exchange has not gone on, drawn from its explanation.
std::string waits_for(const json::Value& explanation, std::string_view partner);

// The bytes of the receipt as the node assembles it now.
Result<Bytes> get_receipt(NodeClient& node, const std::string& exchange);

// What a report found, each finding on lines of its own, indented; empty when it found nothing.
std::string findings_text(const json::Value* report, std::string_view indent);

// Name and DID for people: "Northland Customs (did:web:...)".
struct Partner {
  std::string did;
  std::string name;
  [[nodiscard]] std::string text() const { return name.empty() ? did : name + " (" + did + ")"; }
};
Result<Partner> partner_of(NodeClient& node, std::string_view did);

}  // namespace corridor::cli
