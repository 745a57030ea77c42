// SPDX-License-Identifier: Apache-2.0
//
// The words of a business answer: what the receiver of a document says about it. `accept` and
// `reject` are final, a `query` asks for something and leaves the answer open. Why is one code of
// one closed table, with room for a text and, for a query, the field that it is about.
//
// The codes are those of the usual practice of invoice responses; `reason_code` and `response_code`
// are how a UBL ApplicationResponse spells them (UNCL 4343, and the status reasons of the Peppol
// invoice response).
//
//   TRY(check_words({AnswerVerdict::reject, "prices", "40 per board was agreed", ""}));
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/base.h"

namespace corridor::exchange {

inline constexpr std::size_t kAnswerTextBytesMax = 2000;
inline constexpr std::size_t kAnswerFieldBytesMax = 200;
inline constexpr std::size_t kQueriesMax = 16;  // before the final answer; a receipt holds them all

enum class AnswerVerdict : std::uint8_t { none, accept, reject, query };
std::string_view verdict_name(AnswerVerdict verdict);  // "accept"; empty for none
std::optional<AnswerVerdict> verdict_from_name(std::string_view name);
std::string_view verdict_past(AnswerVerdict verdict);  // "accepted", "rejected", "queried"
inline bool is_final(AnswerVerdict verdict) {
  return verdict == AnswerVerdict::accept || verdict == AnswerVerdict::reject;
}

struct AnswerCode {
  std::string_view code;
  std::string_view sentence;     // what it says, for people and statements
  std::string_view reason_code;  // in UBL; empty: none
  bool of_accept = false;        // else of reject and query
};
std::span<const AnswerCode> answer_codes();
// The row of a code that this verdict may have; nullptr when there is none. An accept without a
// reason has the empty code.
const AnswerCode* answer_code(AnswerVerdict verdict, std::string_view code);
// "prices, quantities, ..." of this verdict.
std::string answer_codes_text(AnswerVerdict verdict);
// What UNCL 4343 calls it: AP, CA, RE or UQ.
std::string_view response_code(AnswerVerdict verdict, std::string_view code);

struct AnswerWords {
  AnswerVerdict verdict = AnswerVerdict::none;
  std::string code;
  std::string text;   // UTF-8, lines end with "\n"
  std::string field;  // of a query: BT-44, or a path
  bool operator==(const AnswerWords&) const = default;
};
// `invalid` or `too_large`, with the codes there are.
Result<> check_words(const AnswerWords& words);

}  // namespace corridor::exchange
