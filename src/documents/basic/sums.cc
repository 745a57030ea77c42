// SPDX-License-Identifier: Apache-2.0
//
// Whether the amounts add up. A sum that a missing or unreadable amount belongs to is not judged:
// another rule has found the cause. Sums of amounts are exact; what a multiplication went into may
// be off by the rounding of each step.
#include <array>

#include "documents/basic/rules.h"

namespace corridor::documents {

namespace {

const ExactNumber kCent(1, 2);

std::string text(const ExactNumber& number) { return number.text(2); }

// An optional total that is not there counts as nothing.
bool add_optional(const Amount& amount, ExactNumber& sum, bool subtract) {
  if (amount.text.missing()) return true;
  if (!amount.usable()) return false;
  if (subtract) {
    sum -= amount.value;
  } else {
    sum += amount.value;
  }
  return true;
}

void compare(Finder& found, const Amount& stated, const ExactNumber& computed) {
  if (stated.value == computed) return;
  found.at(stated.text.where, {{"stated", text(stated.value)}, {"computed", text(computed)}});
}

void lines_total(const Invoice& invoice, Finder& found) {
  const Amount& stated = invoice.totals.lines;
  if (!stated.usable()) return;
  ExactNumber sum;
  for (const auto& line : invoice.lines) {
    if (!line.net.usable()) return;
    sum += line.net.value;
  }
  compare(found, stated, sum);
}

void allowance_total(const Invoice& invoice, Finder& found, bool charges) {
  const Amount& stated = charges ? invoice.totals.charges : invoice.totals.allowances;
  ExactNumber sum;
  for (const auto& item : invoice.allowances) {
    if (item.charge != charges) continue;
    if (!item.amount.usable()) return;
    sum += item.amount.value;
  }
  if (stated.text.missing()) {
    if (!sum.zero())
      found.at(invoice.totals.where, {{"stated", "nothing"}, {"computed", text(sum)}});
  } else if (stated.usable()) {
    compare(found, stated, sum);
  }
}

void allowances_total(const Invoice& invoice, Finder& found) {
  allowance_total(invoice, found, false);
}
void charges_total(const Invoice& invoice, Finder& found) { allowance_total(invoice, found, true); }

void exclusive_total(const Invoice& invoice, Finder& found) {
  const Totals& totals = invoice.totals;
  if (!totals.exclusive.usable() || !totals.lines.usable()) return;
  ExactNumber sum = totals.lines.value;
  if (!add_optional(totals.allowances, sum, true)) return;
  if (!add_optional(totals.charges, sum, false)) return;
  compare(found, totals.exclusive, sum);
}

void inclusive_total(const Invoice& invoice, Finder& found) {
  const Totals& totals = invoice.totals;
  if (!totals.inclusive.usable() || !totals.exclusive.usable()) return;
  ExactNumber sum = totals.exclusive.value;
  for (const auto& tax : totals.tax)
    if (!add_optional(tax, sum, false)) return;
  compare(found, totals.inclusive, sum);
}

void payable_total(const Invoice& invoice, Finder& found) {
  const Totals& totals = invoice.totals;
  if (!totals.payable.usable() || !totals.inclusive.usable()) return;
  ExactNumber sum = totals.inclusive.value;
  if (!add_optional(totals.prepaid, sum, true)) return;
  if (!add_optional(totals.rounding, sum, false)) return;
  compare(found, totals.payable, sum);
}

// net x base = quantity x price + (charges - allowances) x base, without a division; the product
// and each allowance may have been rounded by a cent.
void line_net(const Invoice& invoice, Finder& found) {
  const ExactNumber one(1);
  for (const auto& line : invoice.lines) {
    if (!line.net.usable() || !line.quantity.usable() || !line.price.usable()) continue;
    if (!line.price_base.text.missing() && !line.price_base.usable()) continue;
    const ExactNumber base = line.price_base.text.missing() ? one : line.price_base.value;
    if (base <= ExactNumber(0)) continue;
    ExactNumber extra;
    bool readable = true;
    for (std::uint32_t i = 0; i < line.allowances_count; ++i) {
      const auto& item = invoice.line_allowances[line.allowances_first + i];
      readable = readable && add_optional(item.amount, extra, !item.charge);
    }
    if (!readable) continue;
    const ExactNumber computed = line.quantity.value * line.price.value + extra * base;
    const ExactNumber slack = kCent * base * ExactNumber(std::int64_t{line.allowances_count} + 1);
    if (within(line.net.value * base, computed, slack)) continue;
    found.at(line.net.text.where, {{"line", std::string(line.id.value)},
                                   {"stated", text(line.net.value)},
                                   {"quantity", line.quantity.value.text()},
                                   {"price", line.price.value.text(2)},
                                   {"base", base.text()},
                                   {"extra", text(extra)}});
  }
}

void price_base_positive(const Invoice& invoice, Finder& found) {
  for (const auto& line : invoice.lines)
    if (line.price_base.usable() && line.price_base.value <= ExactNumber(0))
      found.at(line.price_base.text.where,
               {{"line", std::string(line.id.value)}, {"base", line.price_base.value.text()}});
}

void price_not_negative(const Invoice& invoice, Finder& found) {
  for (const auto& line : invoice.lines)
    if (line.price.usable() && line.price.value.negative())
      found.at(line.price.text.where,
               {{"line", std::string(line.id.value)}, {"price", text(line.price.value)}});
}

// table
constexpr std::array kRules{
    Rule{.id = "CB-31",
         .term = "BT-106",
         .text = "The sum of the line net amounts is stated as {stated}, but the lines add up to "
                 "{computed}.",
         .judge = lines_total},
    Rule{.id = "CB-32",
         .term = "BT-107",
         .text = "The sum of the allowances is stated as {stated}, but they add up to {computed}.",
         .judge = allowances_total},
    Rule{.id = "CB-33",
         .term = "BT-108",
         .text = "The sum of the charges is stated as {stated}, but they add up to {computed}.",
         .judge = charges_total},
    Rule{.id = "CB-34",
         .term = "BT-109",
         .text = "The total without tax is stated as {stated}, but lines less allowances plus "
                 "charges make {computed}.",
         .judge = exclusive_total},
    Rule{.id = "CB-35",
         .term = "BT-112",
         .text = "The total with tax is stated as {stated}, but the total without tax plus the tax "
                 "makes {computed}.",
         .judge = inclusive_total},
    Rule{.id = "CB-36",
         .term = "BT-115",
         .text = "The amount due is stated as {stated}, but the total with tax less what was "
                 "prepaid plus the rounding makes {computed}.",
         .judge = payable_total},
    // EN 16931-1 has no rule for it, and official examples round, discount and repeat here.
    Rule{.id = "CB-37",
         .severity = Severity::warning,
         .term = "BT-131",
         .text = "Line {line} has the net amount {stated}, but {quantity} at {price} for each "
                 "{base}, with allowances and charges of {extra}, is not that.",
         .judge = line_net},
    Rule{.id = "CB-38",
         .term = "BT-149",
         .text = "The price of line {line} is for a quantity of {base}, which is not more than "
                 "nothing.",
         .judge = price_base_positive},
    Rule{.id = "CB-39",
         .term = "BT-146",
         .text = "The price of line {line} is negative: {price}.",
         .judge = price_not_negative},
};

}  // namespace

std::span<const Rule> sum_rules() { return kRules; }

}  // namespace corridor::documents
