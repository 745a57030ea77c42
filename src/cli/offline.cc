// SPDX-License-Identifier: Apache-2.0
//
// What needs no node: judging a document, and judging a receipt.
#include "cli/families.h"
#include "cli/files.h"
#include "cli/terminal.h"
#include "documents/documents.h"
#include "evidence/receipt.h"

namespace corridor::cli {

namespace {

json::Value check_json(const std::string& file, const Report& report) {
  auto body = json::Value::object({{"file", file}});
  const json::Value judged = to_json(report);
  for (const auto& [name, value] : judged.members()) body.set(name, value);
  return body;
}

// Documents quote others' words; every line is kept, nothing else that steers a terminal.
std::string printable_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out += printable(text.substr(0, end)) + "\n";
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

Error unreadable(Error error) {
  // One exit status for everything that keeps a receipt from being judged at all.
  error.code = Code::invalid;
  return error;
}

Result<evidence::VerifyOptions> read_verify_options(const Invocation& asked, Bytes& document) {
  evidence::VerifyOptions options;
  if (asked.has("--document")) {
    TRY_ASSIGN(document, read_file(asked.get("--document")));
    options.document = document;
  }
  if (asked.has("--pins")) {
    TRY_ASSIGN(const Bytes pins, read_file(asked.get("--pins"), limits::kMessageBytesMax));
    TRY_ASSIGN(options.pins, evidence::read_pins(pins));
  }
  return options;
}

}  // namespace

Result<int> run_check(Invocation& asked) {
  int status = 0;
  for (const auto& path : asked.operands()) {
    asked.attempt(printable(path) + " was not checked");
    TRY_ASSIGN(const Bytes bytes, read_file(path));
    const Report report = documents::check(bytes);
    if (!report.valid()) status = 1;
    if (asked.has("--json")) {
      say_json(check_json(path, report));
    } else {
      if (asked.operands().size() > 1) say(toned(Tone::strong, printable(path)) + "\n");
      say(printable_lines(documents::render_text(report)));
      if (&path != &asked.operands().back()) say("\n");
    }
  }
  return status;
}

Result<int> run_verify(Invocation& asked) {
  Bytes document;
  auto options = read_verify_options(asked, document);
  if (!options) return std::unexpected(unreadable(options.error()));
  auto bytes = read_file(asked.operands()[0], evidence::kReceiptBytesMax);
  if (!bytes) return std::unexpected(unreadable(bytes.error()));
  auto receipt = evidence::read_receipt(*bytes);
  if (!receipt) return std::unexpected(unreadable(receipt.error()));
  const evidence::Verification verification = evidence::verify_receipt(*receipt, *options);
  if (asked.has("--json")) {
    say_json(evidence::to_json(verification));
  } else {
    say(evidence::render_text(verification));
  }
  return verification.verified ? 0 : 1;
}

}  // namespace corridor::cli
