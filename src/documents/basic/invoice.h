// SPDX-License-Identifier: Apache-2.0
//
// What an invoice says, whatever its syntax: the fields of the semantic model of EN 16931-1 that
// the built-in checks need, each with the place it was read from. The readers (ubl/, cii/,
// edifact/) fill it and judge nothing; the rules (basic/rules.h) judge it and know no syntax.
//
// Texts are views into the document, so an Invoice lives no longer than what it was read from. A
// `Where` is a number only its reader understands (a node of the tree, a segment); a Locator turns
// it into a path, a line and a column, and only when there is a finding to show.
//
//   set(invoice, invoice.number, "R-1047", node);         // a second call notes a repetition
//   if (invoice.number.missing()) found.at(invoice.number.where);
//
// Business terms in comments: BT-n, BG-n of EN 16931-1:2017 §6.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "documents/basic/exact_number.h"

namespace corridor::documents {

using Where = std::uint32_t;
inline constexpr Where kNowhere = UINT32_MAX;

struct Location {
  std::string path;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

class Locator {
 public:
  virtual ~Locator() = default;
  [[nodiscard]] virtual Location locate(Where where) const = 0;
};

struct Text {
  std::string_view value;  // without the white space around it
  Where where = kNowhere;  // also set where an empty value stands

  [[nodiscard]] bool missing() const { return value.empty(); }
  [[nodiscard]] Where where_or(Where other) const { return where == kNowhere ? other : where; }
};

struct Number {
  Text text;
  ExactNumber value;
  bool wrong = false;  // there is a text, and it is no decimal number

  [[nodiscard]] bool usable() const { return !text.missing() && !wrong && !value.too_large(); }
};

struct Amount : Number {
  std::string_view currency;  // as it stands beside the amount; empty when it names none
};

struct Day {
  Text text;
  std::int32_t number = 0;  // days since 1970-01-01
  bool wrong = false;       // there is a text, and it is no day of the calendar

  [[nodiscard]] bool usable() const { return !text.missing() && !wrong; }
};

struct Period {
  Day start;
  Day end;
};

struct TaxCategory {
  Text code;    // BT-95, BT-102, BT-118, BT-151
  Number rate;  // BT-96, BT-103, BT-119, BT-152, in percent
};

struct AllowanceCharge {
  Where where = kNowhere;
  bool charge = false;
  Amount amount;  // BT-92, BT-99, BT-136, BT-141
  TaxCategory tax;
};

struct TaxSubtotal {  // BG-23
  Where where = kNowhere;
  Amount base;  // BT-116
  Amount tax;   // BT-117
  TaxCategory category;
};

struct Party {
  Where where = kNowhere;
  Text name;      // BT-27, BT-44
  Text id;        // BT-29, BT-46, or the electronic address
  Text legal_id;  // BT-30, BT-47
  Text tax_id;    // BT-31, BT-48
  Text country;   // BT-40, BT-55
};

struct Line {  // BG-25
  Where where = kNowhere;
  Text id;            // BT-126
  Text item;          // BT-153
  Number quantity;    // BT-129
  Amount net;         // BT-131
  Amount price;       // BT-146
  Number price_base;  // BT-149
  TaxCategory tax;
  Period period;
  std::uint32_t allowances_first = 0;  // in Invoice::line_allowances
  std::uint32_t allowances_count = 0;
};

struct Totals {  // BG-22
  Where where = kNowhere;
  Amount lines;             // BT-106
  Amount allowances;        // BT-107
  Amount charges;           // BT-108
  Amount exclusive;         // BT-109
  std::vector<Amount> tax;  // BT-110; UBL may give one a tax, which add up
  Amount tax_accounted;     // BT-111, in the tax currency
  Amount inclusive;         // BT-112
  Amount prepaid;           // BT-113
  Amount rounding;          // BT-114
  Amount payable;           // BT-115
};

// More would only serve to fill memory; the reader stops and says so.
inline constexpr std::size_t kInvoiceItemsMax = 200'000;  // lines, allowances, charges, subtotals

struct Invoice {
  Where where = kNowhere;
  Text profile;                             // BT-24
  Text number;                              // BT-1
  Day issued;                               // BT-2
  Text type;                                // BT-3
  Text currency;                            // BT-5
  Text tax_currency;                        // BT-6
  Day due;                                  // BT-9
  Text terms;                               // BT-20
  Day delivered;                            // BT-72
  Period period;                            // BG-14
  Party seller;                             // BG-4
  Party buyer;                              // BG-7
  std::vector<AllowanceCharge> allowances;  // BG-20, BG-21
  std::vector<TaxSubtotal> subtotals;
  Totals totals;
  std::vector<Line> lines;
  std::vector<AllowanceCharge> line_allowances;  // BG-27, BG-28
  std::vector<Where> repeated;                   // stands a second time where it may stand once
  bool currencies_beside = false;      // the syntax names the currency beside each amount (UBL)
  bool lines_have_more_taxes = false;  // a line names several; only its first is kept
  bool too_many_items = false;

  [[nodiscard]] std::size_t items() const {
    return lines.size() + allowances.size() + line_allowances.size() + subtotals.size() +
           totals.tax.size();
  }
};

// How a reader fills a field. The first value stays; a second one is noted in `repeated`.
void set(Invoice& invoice, Text& field, std::string_view value, Where where);
void set(Invoice& invoice, Number& field, std::string_view value, Where where,
         std::string_view marks = ".");
void note_repetition(Invoice& invoice, Where where);
// yyyy-mm-dd with or without a zone (xsd:date).
void set_iso_day(Invoice& invoice, Day& field, std::string_view value, Where where);
// Digits in a format of UNTDID 2379: 102, 203, 204, 101; also used by CII.
void set_coded_day(Invoice& invoice, Day& field, std::string_view value, std::string_view format,
                   Where where);

std::string_view trimmed(std::string_view text);  // XML white space only

}  // namespace corridor::documents
