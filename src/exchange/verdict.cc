// SPDX-License-Identifier: Apache-2.0
#include "exchange/verdict.h"

#include <algorithm>
#include <array>

namespace corridor::exchange {

namespace {

constexpr std::array<std::string_view, 4> kVerdicts{"", "accept", "reject", "query"};
constexpr std::array<std::string_view, 4> kPast{"", "accepted", "rejected", "queried"};

// table
constexpr std::array kCodes{
    AnswerCode{"", "as it stands", "", true},
    AnswerCode{"conditionally", "under the condition that the text names", "", true},
    AnswerCode{"prices", "prices or charges are not those agreed upon", "PRI"},
    AnswerCode{"quantities", "quantities are not those ordered or delivered", "QTY"},
    AnswerCode{"quality", "the quality of what was delivered is not sufficient", "QUA"},
    AnswerCode{"delivery", "the delivery did not happen as it should, or not yet", "DEL"},
    AnswerCode{"items", "items are not those ordered", "ITM"},
    AnswerCode{"references", "a reference to an order, a contract or a buyer is missing or wrong",
               "REF"},
    AnswerCode{"legal", "legal or tax information is missing or wrong", "LEG"},
    AnswerCode{"amounts", "totals, taxes or the currency are wrong", "FIN"},
    AnswerCode{"payment-terms", "the payment terms are not those agreed upon", "PAY"},
    AnswerCode{"receiver-unknown", "the party it names is not known here", "REC"},
    AnswerCode{"not-recognised", "what it is about is not recognised here", "UNR"},
    AnswerCode{"other", "for the reason that the text gives", "OTH"},
};

bool needs_text(std::string_view code) { return code == "conditionally" || code == "other"; }

// Printable, with line ends; UTF-8 is what a JSON reader lets through.
bool is_plain_text(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f;
  });
}

bool is_field(std::string_view field) {
  return std::ranges::all_of(field, [](char c) { return c > 0x20 && c < 0x7f; });
}

Result<> check_code(const AnswerWords& words) {
  if (answer_code(words.verdict, words.code) != nullptr) return {};
  const std::string name(verdict_name(words.verdict));
  const std::string codes = answer_codes_text(words.verdict);
  if (words.code.empty())
    return fail(Code::invalid, "a " + name + " needs a reason", "one of: " + codes);
  return fail(Code::invalid,
              "\"" + words.code.substr(0, 40) + "\" is no reason that a document can be " +
                  std::string(verdict_past(words.verdict)) + " for",
              "one of: " + codes);
}

}  // namespace

std::string_view verdict_name(AnswerVerdict verdict) {
  return kVerdicts[static_cast<std::size_t>(verdict)];
}

std::string_view verdict_past(AnswerVerdict verdict) {
  return kPast[static_cast<std::size_t>(verdict)];
}

std::optional<AnswerVerdict> verdict_from_name(std::string_view name) {
  const auto* const found = std::ranges::find(kVerdicts, name);
  if (name.empty() || found == kVerdicts.end()) return std::nullopt;
  return static_cast<AnswerVerdict>(found - kVerdicts.begin());
}

std::span<const AnswerCode> answer_codes() { return kCodes; }

const AnswerCode* answer_code(AnswerVerdict verdict, std::string_view code) {
  if (verdict == AnswerVerdict::none) return nullptr;
  const bool accept = verdict == AnswerVerdict::accept;
  const auto* const found = std::ranges::find_if(kCodes, [&](const AnswerCode& row) {
    return row.code == code && row.of_accept == accept;
  });
  return found == kCodes.end() ? nullptr : found;
}

std::string answer_codes_text(AnswerVerdict verdict) {
  std::string text;
  for (const auto& row : kCodes) {
    if (row.code.empty() || row.of_accept != (verdict == AnswerVerdict::accept)) continue;
    if (!text.empty()) text += ", ";
    text += row.code;
  }
  return text;
}

std::string_view response_code(AnswerVerdict verdict, std::string_view code) {
  switch (verdict) {
    case AnswerVerdict::accept: return code.empty() ? "AP" : "CA";
    case AnswerVerdict::reject: return "RE";
    default: return "UQ";
  }
}

Result<> check_words(const AnswerWords& words) {
  if (words.verdict == AnswerVerdict::none)
    return fail(Code::invalid, "the answer is none", "say accept, reject or query");
  TRY(check_code(words));
  if (words.text.size() > kAnswerTextBytesMax)
    return fail(Code::too_large, "the text of an answer is longer than 2000 bytes",
                "say it in fewer words, or send a document of your own");
  if (!is_plain_text(words.text))
    return fail(Code::invalid, "the text has characters that are no text",
                "write plain text; only line ends are allowed besides");
  if (needs_text(words.code) && words.text.empty())
    return fail(Code::invalid, "the reason \"" + words.code + "\" says nothing without a text",
                "say it with: --text \"…\"");
  if (words.field.empty()) return {};
  if (words.verdict != AnswerVerdict::query)
    return fail(Code::invalid, "only a query is about a field", "leave the field out");
  if (words.field.size() > kAnswerFieldBytesMax || !is_field(words.field))
    return fail(Code::invalid, "the field is not one",
                "name it as BT-44, or by its path in the document, without spaces");
  return {};
}

}  // namespace corridor::exchange
