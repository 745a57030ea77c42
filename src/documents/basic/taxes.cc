// SPDX-License-Identifier: Apache-2.0
//
// Whether the taxes are accounted for. A breakdown is per category and rate (EN 16931-1 BG-23). Tax
// may be off by one minor unit for each line it came from: sellers round by line or by total.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "documents/basic/currencies.h"
#include "documents/basic/rules.h"

namespace corridor::documents {

namespace {

std::string text(const ExactNumber& number) { return number.text(2); }

// Category and rate as one word; no rate is the rate 0 ("S 25", "O 0").
std::string key(const TaxCategory& tax) {
  std::string out(tax.code.value);
  out += ' ';
  out += tax.rate.usable() ? tax.rate.value.text() : "0";
  return out;
}

struct Share {
  ExactNumber base;
  std::int64_t parts = 0;
};
using Shares = std::unordered_map<std::string, Share>;

void add_share(Shares& shares, const TaxCategory& tax, const ExactNumber& amount, bool subtract) {
  Share& share = shares[key(tax)];
  ++share.parts;
  if (subtract) {
    share.base -= amount;
  } else {
    share.base += amount;
  }
}

// What each category's base should be; false when a line or an allowance does not say enough.
bool collect_shares(const Invoice& invoice, Shares& shares) {
  bool complete = !invoice.lines_have_more_taxes;
  for (const auto& line : invoice.lines) {
    complete = complete && line.net.usable() && !line.tax.code.missing();
    add_share(shares, line.tax, line.net.value, false);
  }
  for (const auto& item : invoice.allowances) {
    complete = complete && item.amount.usable() && !item.tax.code.missing();
    add_share(shares, item.tax, item.amount.value, !item.charge);
  }
  return complete;
}

void tax_total(const Invoice& invoice, Finder& found) {
  if (invoice.subtotals.empty()) return;
  ExactNumber computed;
  for (const auto& subtotal : invoice.subtotals) {
    if (!subtotal.tax.usable()) return;
    computed += subtotal.tax.value;
  }
  ExactNumber stated;
  for (const auto& tax : invoice.totals.tax) {
    if (!tax.usable()) return;
    stated += tax.value;
  }
  if (stated == computed) return;
  const auto& totals = invoice.totals;
  found.at(totals.tax.empty() ? totals.where : totals.tax[0].text.where,
           {{"stated", text(stated)}, {"computed", text(computed)}});
}

void tax_of_subtotal(const Invoice& invoice, Finder& found) {
  Shares shares;
  collect_shares(invoice, shares);
  const ExactNumber unit(1, std::min(2U, payable_decimals(invoice.currency.value)));
  const ExactNumber hundred(100);
  for (const auto& subtotal : invoice.subtotals) {
    if (!subtotal.base.usable() || !subtotal.tax.usable() || !subtotal.category.rate.usable())
      continue;
    const auto share = shares.find(key(subtotal.category));
    const std::int64_t parts =
        share == shares.end() ? 1 : std::max<std::int64_t>(1, share->second.parts);
    const ExactNumber computed = subtotal.base.value * subtotal.category.rate.value;
    if (within(subtotal.tax.value * hundred, computed, unit * hundred * ExactNumber(parts)))
      continue;
    found.at(subtotal.tax.text.where, {{"stated", text(subtotal.tax.value)},
                                       {"rate", subtotal.category.rate.value.text()},
                                       {"base", text(subtotal.base.value)},
                                       {"computed", text(computed * ExactNumber(1, 2))}});
  }
}

void subtotal_category_present(const Invoice& invoice, Finder& found) {
  for (const auto& subtotal : invoice.subtotals)
    if (subtotal.category.code.missing()) found.at(subtotal.where);
}

void line_category_present(const Invoice& invoice, Finder& found) {
  if (invoice.subtotals.empty()) return;
  for (const auto& line : invoice.lines)
    if (line.tax.code.missing()) found.at(line.where, {{"line", std::string(line.id.value)}});
}

void category_in_breakdown(const Invoice& invoice, Finder& found) {
  if (invoice.subtotals.empty()) return;
  Shares known;
  for (const auto& subtotal : invoice.subtotals) known[key(subtotal.category)];
  const auto look = [&](const TaxCategory& tax, Where where) {
    if (tax.code.missing() || known.contains(key(tax))) return;
    const std::string rate = tax.rate.usable() ? tax.rate.value.text() : "0";
    found.at(tax.code.where_or(where), {{"category", std::string(tax.code.value)}, {"rate", rate}});
  };
  for (const auto& item : invoice.allowances) look(item.tax, item.where);
  for (const auto& line : invoice.lines) look(line.tax, line.where);
}

void base_of_subtotal(const Invoice& invoice, Finder& found) {
  Shares shares;
  if (!collect_shares(invoice, shares)) return;
  for (const auto& subtotal : invoice.subtotals) {
    if (!subtotal.base.usable() || subtotal.category.code.missing()) continue;
    const Share& share = shares[key(subtotal.category)];
    const ExactNumber& computed = share.base;
    // Sellers round the base as they round the tax.
    if (within(subtotal.base.value, computed, ExactNumber(share.parts, 2))) continue;
    found.at(subtotal.base.text.where, {{"category", std::string(subtotal.category.code.value)},
                                        {"stated", text(subtotal.base.value)},
                                        {"computed", text(computed)}});
  }
}

// Zero rated, exempt, reverse charge, intra-community, export, out of scope (UNTDID 5305).
bool bears_no_tax(std::string_view category) {
  constexpr std::array<std::string_view, 6> kNoTax{"Z", "E", "AE", "K", "G", "O"};
  return std::ranges::find(kNoTax, category) != kNoTax.end();
}

void no_tax_in_free_category(const Invoice& invoice, Finder& found) {
  for (const auto& subtotal : invoice.subtotals) {
    if (!bears_no_tax(subtotal.category.code.value)) continue;
    if (!subtotal.tax.usable() || subtotal.tax.value.zero()) continue;
    found.at(subtotal.tax.text.where, {{"category", std::string(subtotal.category.code.value)},
                                       {"tax", text(subtotal.tax.value)}});
  }
}

void rate_present(const Invoice& invoice, Finder& found) {
  for (const auto& subtotal : invoice.subtotals)
    if (subtotal.category.code.value == "S" && subtotal.category.rate.text.missing())
      found.at(subtotal.where);
}

void breakdown_present(const Invoice& invoice, Finder& found) {
  if (!invoice.subtotals.empty()) return;
  for (const auto& tax : invoice.totals.tax)
    if (tax.usable() && !tax.value.zero()) found.at(tax.text.where, {{"tax", text(tax.value)}});
}

// table
constexpr std::array kRules{
    Rule{.id = "CB-41",
         .term = "BT-110",
         .text = "The tax is stated as {stated}, but its breakdown adds up to {computed}.",
         .judge = tax_total},
    Rule{.id = "CB-42",
         .term = "BT-117",
         .text = "The tax is stated as {stated}, but {rate} % of {base} is {computed}.",
         .judge = tax_of_subtotal},
    Rule{.id = "CB-43",
         .term = "BT-118",
         .text = "A part of the tax breakdown names no tax category.",
         .judge = subtotal_category_present},
    Rule{.id = "CB-44",
         .term = "BT-151",
         .text = "Line {line} names no tax category, although the invoice breaks its tax down.",
         .judge = line_category_present},
    Rule{.id = "CB-45",
         .term = "BG-23",
         .text = "The tax category {category} at {rate} % is not in the tax breakdown.",
         .judge = category_in_breakdown},
    Rule{.id = "CB-46",
         .term = "BT-116",
         .text = "The amount that category {category} is taxed on is stated as {stated}, but its "
                 "lines, allowances and charges make {computed}.",
         .judge = base_of_subtotal},
    Rule{.id = "CB-47",
         .term = "BT-117",
         .text = "The category {category} bears no tax, but {tax} is charged.",
         .judge = no_tax_in_free_category},
    Rule{.id = "CB-48",
         .term = "BT-119",
         .text = "A part of the tax breakdown at the standard rate does not state the rate.",
         .judge = rate_present},
    Rule{.id = "CB-49",
         .term = "BG-23",
         .text = "A tax of {tax} is charged, but there is no tax breakdown.",
         .judge = breakdown_present},
};

}  // namespace

std::span<const Rule> tax_rules() { return kRules; }

}  // namespace corridor::documents
