// SPDX-License-Identifier: Apache-2.0
#include "documents/read/test_document.h"

#include "documents/documents.h"
#include "documents/read/reading.h"
#include "documents/xpath/atomic.h"
#include "json/json.h"

namespace corridor::documents {

namespace {

// More than any test document has; JSON that is longer is not even parsed.
constexpr std::size_t kTestBytesMax = 16 * 1024;
constexpr std::string_view kMark = "corridor";
constexpr std::string_view kMarkValue = "test-document";
constexpr std::int64_t kVersion = 1;

Result<TestDocument> read(const json::Value& value) {
  TRY_ASSIGN(const std::int64_t version, json::require_integer(value, "version"));
  if (version != kVersion)
    return fail(Code::invalid,
                "its version " + std::to_string(version) + " is not " + std::to_string(kVersion));
  TestDocument out;
  TRY_ASSIGN(out.from.value, json::require_text(value, "from"));
  TRY_ASSIGN(out.to.value, json::require_text(value, "to"));
  TRY_ASSIGN(const std::string at, json::require_text(value, "at"));
  TRY_ASSIGN(out.at, parse_iso8601(at));
  TRY_ASSIGN(out.nonce, json::require_text(value, "nonce"));
  if (!out.from.value.starts_with("did:") || !out.to.value.starts_with("did:"))
    return fail(Code::invalid, "its sender or receiver is not a DID");
  if (out.nonce.empty()) return fail(Code::invalid, "its nonce is empty");
  return out;
}

}  // namespace

DocumentKind test_kind() { return {.syntax = "corridor", .type = "Test", .profile = {}}; }

bool looks_like_json(View bytes) {
  const View text = xpath::trim(bytes);
  const bool object = text.starts_with('{') && text.ends_with('}');
  const bool array = text.starts_with('[') && text.ends_with(']');
  return text.size() >= 2 && (object || array) && is_utf8(text);
}

bool is_test_document(View bytes) {
  if (bytes.size() > kTestBytesMax) return false;
  const auto value = json::parse(bytes);
  return value && value->text_or(kMark) == kMarkValue;
}

std::optional<Finding> check_test_document(View bytes) {
  const auto value = json::parse(bytes);
  if (!value) return std::nullopt;
  const auto test = read(*value);
  if (test) return std::nullopt;
  return reading_finding("CB-81", {{"reason", test.error().why}});
}

Bytes make_test_document(const TestDocument& test) {
  return json::write(json::Value::object({{std::string(kMark), kMarkValue},
                                          {"version", kVersion},
                                          {"from", test.from.value},
                                          {"to", test.to.value},
                                          {"at", iso8601(test.at)},
                                          {"nonce", test.nonce}}));
}

}  // namespace corridor::documents
