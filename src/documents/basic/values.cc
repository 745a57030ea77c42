// SPDX-License-Identifier: Apache-2.0
//
// Whether the values are what they should be: days of the calendar, numbers, currencies, parties.
#include <algorithm>
#include <array>

#include "documents/basic/currencies.h"
#include "documents/basic/rules.h"

namespace corridor::documents {

namespace {

// The amounts that are added up, and so are of whole minor units: all but prices and BT-111.
template <class See>
void each_total(const Invoice& invoice, See see) {
  const Totals& totals = invoice.totals;
  for (const Amount* amount :
       {&totals.lines, &totals.allowances, &totals.charges, &totals.exclusive, &totals.inclusive,
        &totals.prepaid, &totals.rounding, &totals.payable})
    see(*amount);
  for (const auto& tax : totals.tax) see(tax);
  for (const auto& subtotal : invoice.subtotals) {
    see(subtotal.base);
    see(subtotal.tax);
  }
  for (const auto& item : invoice.allowances) see(item.amount);
  for (const auto& item : invoice.line_allowances) see(item.amount);
  for (const auto& line : invoice.lines) see(line.net);
}

// Every amount in the currency of the invoice.
template <class See>
void each_amount(const Invoice& invoice, See see) {
  each_total(invoice, see);
  for (const auto& line : invoice.lines) see(line.price);
}

template <class See>
void each_number(const Invoice& invoice, See see) {
  each_amount(invoice, see);
  see(invoice.totals.tax_accounted);
  for (const auto& item : invoice.allowances) see(item.tax.rate);
  for (const auto& subtotal : invoice.subtotals) see(subtotal.category.rate);
  for (const auto& line : invoice.lines) {
    see(line.quantity);
    see(line.price_base);
    see(line.tax.rate);
  }
}

template <class See>
void each_day(const Invoice& invoice, See see) {
  for (const Day* day : {&invoice.issued, &invoice.due, &invoice.delivered, &invoice.period.start,
                         &invoice.period.end})
    see(*day);
  for (const auto& line : invoice.lines) {
    see(line.period.start);
    see(line.period.end);
  }
}

std::string seen(const Text& text) { return std::string(text.value); }

void days_exist(const Invoice& invoice, Finder& found) {
  each_day(invoice, [&](const Day& day) {
    if (day.wrong) found.at(day.text.where, {{"day", seen(day.text)}});
  });
}

void due_after_issue(const Invoice& invoice, Finder& found) {
  if (!invoice.due.usable() || !invoice.issued.usable()) return;
  if (invoice.due.number < invoice.issued.number)
    found.at(invoice.due.text.where,
             {{"due", seen(invoice.due.text)}, {"issued", seen(invoice.issued.text)}});
}

void period_forward(const Period& period, Finder& found) {
  if (!period.start.usable() || !period.end.usable()) return;
  if (period.end.number < period.start.number)
    found.at(period.end.text.where,
             {{"start", seen(period.start.text)}, {"end", seen(period.end.text)}});
}

void periods_forward(const Invoice& invoice, Finder& found) {
  period_forward(invoice.period, found);
  for (const auto& line : invoice.lines) period_forward(line.period, found);
}

bool letters(std::string_view text, std::size_t count) {
  return text.size() == count &&
         std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

void currencies_coded(const Invoice& invoice, Finder& found) {
  for (const Text* code : {&invoice.currency, &invoice.tax_currency})
    if (!code->missing() && !letters(code->value, 3))
      found.at(code->where, {{"code", seen(*code)}});
}

void amounts_in_currency(const Invoice& invoice, Finder& found) {
  if (invoice.currency.missing()) return;
  each_amount(invoice, [&](const Amount& amount) {
    if (amount.currency.empty() || amount.currency == invoice.currency.value) return;
    found.at(amount.text.where, {{"amount", seen(amount.text)},
                                 {"currency", std::string(amount.currency)},
                                 {"invoice", seen(invoice.currency)}});
  });
}

void amounts_name_currency(const Invoice& invoice, Finder& found) {
  if (!invoice.currencies_beside) return;
  each_amount(invoice, [&](const Amount& amount) {
    if (!amount.text.missing() && amount.currency.empty())
      found.at(amount.text.where, {{"amount", seen(amount.text)}});
  });
}

void numbers_are_decimal(const Invoice& invoice, Finder& found) {
  each_number(invoice, [&](const Number& number) {
    if (number.wrong) found.at(number.text.where, {{"text", seen(number.text)}});
  });
}

void numbers_fit(const Invoice& invoice, Finder& found) {
  each_number(invoice, [&](const Number& number) {
    if (number.value.too_large()) found.at(number.text.where, {{"text", seen(number.text)}});
  });
}

// EN 16931-1 allows two decimals everywhere; a currency that is paid with three allows those.
void amounts_are_payable(const Invoice& invoice, Finder& found) {
  const unsigned most = std::max(2U, payable_decimals(invoice.currency.value));
  each_total(invoice, [&](const Amount& amount) {
    if (!amount.usable() || amount.value.decimals_needed() <= most) return;
    found.at(amount.text.where, {{"amount", seen(amount.text)}, {"most", std::to_string(most)}});
  });
}

void parties_differ(const Invoice& invoice, Finder& found) {
  for (const auto field : {&Party::tax_id, &Party::legal_id, &Party::id}) {
    const Text& seller = invoice.seller.*field;
    const Text& buyer = invoice.buyer.*field;
    if (seller.missing() || seller.value != buyer.value) continue;
    return found.at(buyer.where, {{"id", seen(buyer)}});
  }
}

void countries_coded(const Invoice& invoice, Finder& found) {
  for (const Party* party : {&invoice.seller, &invoice.buyer})
    if (!party->country.missing() && !letters(party->country.value, 2))
      found.at(party->country.where, {{"code", seen(party->country)}});
}

void type_coded(const Invoice& invoice, Finder& found) {
  const std::string_view code = invoice.type.value;
  const bool digits = std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
  if (!code.empty() && (!digits || code.size() > 3))
    found.at(invoice.type.where, {{"code", seen(invoice.type)}});
}

// table
constexpr std::array kRules{
    Rule{.id = "CB-51", .text = "{day} is not a day of the calendar.", .judge = days_exist},
    Rule{.id = "CB-52",
         .severity = Severity::warning,
         .term = "BT-9",
         .text = "The invoice is due on {due}, before it was issued on {issued}.",
         .judge = due_after_issue},
    Rule{.id = "CB-53",
         .severity = Severity::warning,
         .text = "A period ends on {end}, before it starts on {start}.",
         .judge = periods_forward},
    Rule{.id = "CB-61",
         .text = "{code} is not a currency code of three capital letters.",
         .judge = currencies_coded},
    Rule{.id = "CB-62",
         .text = "The amount {amount} is in {currency}, but the invoice is in {invoice}.",
         .judge = amounts_in_currency},
    Rule{.id = "CB-63",
         .text = "The amount {amount} does not name its currency.",
         .judge = amounts_name_currency},
    Rule{.id = "CB-64", .text = "{text} is not a decimal number.", .judge = numbers_are_decimal},
    Rule{.id = "CB-65",
         .text = "The number {text} has more digits than can be computed with.",
         .judge = numbers_fit},
    Rule{.id = "CB-66",
         .text = "The amount {amount} has more than {most} decimals.",
         .judge = amounts_are_payable},
    Rule{.id = "CB-71",
         .severity = Severity::warning,
         .text = "Seller and buyer have the same identifier {id}.",
         .judge = parties_differ},
    Rule{.id = "CB-72",
         .severity = Severity::warning,
         .text = "{code} is not a country code of two capital letters.",
         .judge = countries_coded},
    Rule{.id = "CB-73",
         .severity = Severity::warning,
         .term = "BT-3",
         .text = "{code} is not a document type code of at most three digits.",
         .judge = type_coded},
};

}  // namespace

std::span<const Rule> value_rules() { return kRules; }

}  // namespace corridor::documents
