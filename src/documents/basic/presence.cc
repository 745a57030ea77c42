// SPDX-License-Identifier: Apache-2.0
//
// What an invoice must say at all.
#include <algorithm>
#include <array>
#include <vector>

#include "documents/basic/rules.h"

namespace corridor::documents {

namespace {

template <Text Invoice::* Field>
void text_present(const Invoice& invoice, Finder& found) {
  const Text& field = invoice.*Field;
  if (field.missing()) found.at(field.where_or(invoice.where));
}

template <Amount Totals::* Field>
void total_present(const Invoice& invoice, Finder& found) {
  const Text& field = (invoice.totals.*Field).text;
  if (field.missing()) found.at(field.where_or(invoice.totals.where));
}

void issue_date_present(const Invoice& invoice, Finder& found) {
  const Text& field = invoice.issued.text;
  if (field.missing()) found.at(field.where_or(invoice.where));
}

bool identified(const Party& party) {
  return !party.id.missing() || !party.legal_id.missing() || !party.tax_id.missing();
}

template <Party Invoice::* Field>
void party_present(const Invoice& invoice, Finder& found) {
  const Party& party = invoice.*Field;
  if (party.name.missing() && !identified(party))
    found.at(party.where == kNowhere ? invoice.where : party.where);
}

template <Party Invoice::* Field>
void party_named(const Invoice& invoice, Finder& found) {
  const Party& party = invoice.*Field;
  if (party.name.missing() && identified(party)) found.at(party.where);
}

void lines_present(const Invoice& invoice, Finder& found) {
  if (invoice.lines.empty()) found.at(invoice.where);
}

template <auto Field>
void line_text_present(const Invoice& invoice, Finder& found) {
  for (const auto& line : invoice.lines)
    if ((line.*Field).missing()) found.at((line.*Field).where_or(line.where));
}

template <auto Field>
void line_number_present(const Invoice& invoice, Finder& found) {
  for (const auto& line : invoice.lines) {
    const Text& field = (line.*Field).text;
    if (field.missing())
      found.at(field.where_or(line.where), {{"line", std::string(line.id.value)}});
  }
}

void line_ids_unique(const Invoice& invoice, Finder& found) {
  std::vector<const Text*> ids;
  ids.reserve(invoice.lines.size());
  for (const auto& line : invoice.lines)
    if (!line.id.missing()) ids.push_back(&line.id);
  // Stable, so that the later one of two is found.
  std::ranges::stable_sort(ids, {}, [](const Text* id) { return id->value; });
  for (std::size_t i = 1; i < ids.size(); ++i)
    if (ids[i]->value == ids[i - 1]->value)
      found.at(ids[i]->where, {{"line", std::string(ids[i]->value)}});
}

void due_or_terms_present(const Invoice& invoice, Finder& found) {
  const Amount& payable = invoice.totals.payable;
  if (!payable.usable() || payable.value <= ExactNumber(0)) return;
  if (invoice.due.text.missing() && invoice.terms.missing())
    found.at(payable.text.where, {{"payable", payable.value.text(2)}});
}

void repeated(const Invoice& invoice, Finder& found) {
  for (const Where where : invoice.repeated) found.at(where);
}

void items_bounded(const Invoice& invoice, Finder& found) {
  if (invoice.too_many_items) found.at(invoice.where, {{"most", std::to_string(kInvoiceItemsMax)}});
}

// table
constexpr std::array kRules{
    Rule{.id = "CB-10",
         .text = "This stands a second time where the invoice may say it once.",
         .judge = repeated},
    Rule{.id = "CB-11",
         .text = "The invoice has more than {most} lines, allowances, charges and tax subtotals, "
                 "so it was not judged.",
         .judge = items_bounded},
    Rule{.id = "CB-12",
         .term = "BT-1",
         .text = "The invoice has no number.",
         .judge = text_present<&Invoice::number>},
    Rule{.id = "CB-13",
         .term = "BT-2",
         .text = "The invoice has no issue date.",
         .judge = issue_date_present},
    Rule{.id = "CB-14",
         .term = "BT-3",
         .text = "The invoice does not state its type code.",
         .judge = text_present<&Invoice::type>},
    Rule{.id = "CB-15",
         .term = "BT-5",
         .text = "The invoice does not state its currency.",
         .judge = text_present<&Invoice::currency>},
    Rule{.id = "CB-16",
         .term = "BT-27",
         .text = "The seller is missing: there is neither a name nor an identifier.",
         .judge = party_present<&Invoice::seller>},
    Rule{.id = "CB-17",
         .term = "BT-44",
         .text = "The buyer is missing: there is neither a name nor an identifier.",
         .judge = party_present<&Invoice::buyer>},
    Rule{.id = "CB-18",
         .severity = Severity::warning,
         .term = "BT-27",
         .text = "The seller is identified but not named.",
         .judge = party_named<&Invoice::seller>},
    Rule{.id = "CB-19",
         .severity = Severity::warning,
         .term = "BT-44",
         .text = "The buyer is identified but not named.",
         .judge = party_named<&Invoice::buyer>},
    Rule{
        .id = "CB-20", .term = "BG-25", .text = "The invoice has no line.", .judge = lines_present},
    Rule{.id = "CB-21",
         .term = "BT-126",
         .text = "A line has no identifier.",
         .judge = line_text_present<&Line::id>},
    Rule{.id = "CB-22",
         .term = "BT-126",
         .text = "The line identifier {line} stands more than once.",
         .judge = line_ids_unique},
    Rule{.id = "CB-23",
         .term = "BT-129",
         .text = "Line {line} states no quantity.",
         .judge = line_number_present<&Line::quantity>},
    Rule{.id = "CB-24",
         .term = "BT-131",
         .text = "Line {line} states no net amount.",
         .judge = line_number_present<&Line::net>},
    Rule{.id = "CB-25",
         .severity = Severity::warning,
         .term = "BT-153",
         .text = "A line does not name its item.",
         .judge = line_text_present<&Line::item>},
    Rule{.id = "CB-26",
         .term = "BT-106",
         .text = "The invoice does not state the sum of its line net amounts.",
         .judge = total_present<&Totals::lines>},
    Rule{.id = "CB-27",
         .term = "BT-109",
         .text = "The invoice does not state its total without tax.",
         .judge = total_present<&Totals::exclusive>},
    Rule{.id = "CB-28",
         .term = "BT-112",
         .text = "The invoice does not state its total with tax.",
         .judge = total_present<&Totals::inclusive>},
    Rule{.id = "CB-29",
         .term = "BT-115",
         .text = "The invoice does not state the amount due for payment.",
         .judge = total_present<&Totals::payable>},
    Rule{.id = "CB-30",
         .severity = Severity::warning,
         .term = "BT-9",
         .text = "{payable} is to be paid, but there is neither a due date nor payment terms.",
         .judge = due_or_terms_present},
};

}  // namespace

std::span<const Rule> presence_rules() { return kRules; }

}  // namespace corridor::documents
