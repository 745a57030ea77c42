// SPDX-License-Identifier: Apache-2.0
//
// Judging a receipt: it needs no node.
#include "cli/families.h"
#include "cli/files.h"
#include "cli/terminal.h"
#include "evidence/receipt.h"

namespace corridor::cli {

namespace {

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
