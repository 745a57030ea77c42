// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/invoic.h"

#include <algorithm>

namespace corridor::documents {

namespace {

constexpr View kDecimalMarks = ".,";  // ISO 9735-1 §10.1: either may be received

}  // namespace

// table
const InvoicReader::Handler InvoicReader::kHandlers[] = {
    {"ALC", &InvoicReader::see_alc}, {"BGM", &InvoicReader::see_bgm},
    {"CUX", &InvoicReader::see_cux}, {"DTM", &InvoicReader::see_dtm},
    {"FTX", &InvoicReader::see_ftx}, {"IMD", &InvoicReader::see_imd},
    {"LIN", &InvoicReader::see_lin}, {"MOA", &InvoicReader::see_moa},
    {"NAD", &InvoicReader::see_nad}, {"PAT", &InvoicReader::see_terms},
    {"PRI", &InvoicReader::see_pri}, {"PYT", &InvoicReader::see_terms},
    {"QTY", &InvoicReader::see_qty}, {"RFF", &InvoicReader::see_rff},
    {"TAX", &InvoicReader::see_tax}, {"UNS", &InvoicReader::see_uns},
};

InvoicReader::InvoicReader(Where message) { invoice_.where = invoice_.totals.where = message; }

void InvoicReader::see(const Segments& in) {
  const auto* const handler = std::ranges::find(kHandlers, in.tag(), &Handler::tag);
  if (handler != std::end(kHandlers)) (this->*handler->see)(in);
}

const Invoice& InvoicReader::finish() {
  enter(Group::none);
  if (invoice_.seller.where == kNowhere) invoice_.seller = supplier_;
  if (invoice_.buyer.where == kNowhere) invoice_.buyer = invoicee_;
  Totals& totals = invoice_.totals;
  if (totals.inclusive.text.where == kNowhere) totals.inclusive = total_;
  if (totals.payable.text.where == kNowhere)
    totals.payable = message_total_.text.where == kNowhere ? total_ : message_total_;
  return invoice_;
}

bool InvoicReader::room() {
  if (invoice_.items() >= kInvoiceItemsMax) invoice_.too_many_items = true;
  return !invoice_.too_many_items;
}

void InvoicReader::amount(Amount& field, const Segments& in) {
  set(invoice_, field, in.part(1, 1), in.where(), kDecimalMarks);
  if (field.text.where == in.where()) field.currency = in.part(1, 2);
}

void InvoicReader::day(Day& field, const Segments& in) {
  set_coded_day(invoice_, field, in.part(1, 1), in.part(1, 2), in.where());
}

void InvoicReader::see_bgm(const Segments& in) {
  set(invoice_, invoice_.type, in.part(1, 0), in.where());
  set(invoice_, invoice_.number, in.part(2, 0), in.where());
}

void InvoicReader::see_dtm(const Segments& in) {
  const View qualifier = in.part(1, 0);
  if (section_ == Section::lines) {
    if (invoice_.lines.empty() || group_ != Group::none) return;
    Period& period = invoice_.lines.back().period;
    if (qualifier == "167") day(period.start, in);
    if (qualifier == "168") day(period.end, in);
    return;
  }
  if (section_ == Section::summary) return;
  if (group_ == Group::terms) {
    if (qualifier == "13" && invoice_.due.text.where == kNowhere) day(invoice_.due, in);
    return;
  }
  if (group_ != Group::none) return;
  if (qualifier == "137") day(invoice_.issued, in);
  if (qualifier == "35") day(invoice_.delivered, in);
  if (qualifier == "167") day(invoice_.period.start, in);
  if (qualifier == "168") day(invoice_.period.end, in);
}

void InvoicReader::see_ftx(const Segments& in) {
  if (section_ == Section::header && in.part(1, 0) == "AAB" && invoice_.terms.missing())
    invoice_.terms = {trimmed(in.part(4, 0)), in.where()};
}

void InvoicReader::see_nad(const Segments& in) {
  const View role = in.part(1, 0);
  enter(Group::other_party);
  if (section_ != Section::header) return;
  party_ = role == "SE"   ? &invoice_.seller
           : role == "BY" ? &invoice_.buyer
           : role == "SU" ? &supplier_
           : role == "IV" ? &invoicee_
                          : nullptr;
  if (party_ == nullptr) return;
  if (party_->where != kNowhere) return note_repetition(invoice_, in.where());
  group_ = Group::party;
  const Where where = in.where();
  party_->where = where;
  party_->id = {trimmed(in.part(2, 0)), where};
  // C080 party name, else the first line of C058 name and address.
  const View name = trimmed(in.part(4, 0));
  party_->name = {name.empty() ? trimmed(in.part(3, 0)) : name, where};
  party_->country = {trimmed(in.part(9, 0)), where};
}

// Dates behind a reference of the header are the reference's.
void InvoicReader::see_rff(const Segments& in) {
  if (section_ == Section::header && group_ == Group::none) group_ = Group::reference;
  if (group_ != Group::party) return;
  const View qualifier = in.part(1, 0);
  Text* const field = qualifier == "VA"                        ? &party_->tax_id
                      : qualifier == "GN" || qualifier == "XA" ? &party_->legal_id
                                                               : nullptr;
  if (field != nullptr && field->missing()) *field = {trimmed(in.part(1, 1)), in.where()};
}

// Details of one currency may fill up to two composites: reference currency 2, tax currency 6.
void InvoicReader::see_cux(const Segments& in) {
  enter(Group::none);
  if (section_ != Section::header) return;
  for (unsigned element = 1; element <= 2; ++element) {
    if (in.part(element, 0) == "2")
      set(invoice_, invoice_.currency, in.part(element, 1), in.where());
    if (in.part(element, 0) == "6")
      set(invoice_, invoice_.tax_currency, in.part(element, 1), in.where());
  }
}

void InvoicReader::see_terms(const Segments& in) {
  enter(Group::terms);
  // Whatever follows the type of terms says something about them.
  for (unsigned element = 2; element < in.element_count() && invoice_.terms.missing(); ++element)
    for (unsigned component = 0; component < 5 && invoice_.terms.missing(); ++component)
      invoice_.terms = {trimmed(in.part(element, component)), in.where()};
}

// An ALC without an amount of its own (a discount within the price, MOA 509) is no allowance on
// top of it.
void InvoicReader::enter(Group next) {
  const bool from_allowance = group_ == Group::allowance;
  group_ = next;
  if (!from_allowance) return;
  auto& items = section_ == Section::lines ? invoice_.line_allowances : invoice_.allowances;
  if (items.empty() || items.back().amount.text.where != kNowhere) return;
  items.pop_back();
  if (section_ == Section::lines) --invoice_.lines.back().allowances_count;
}

void InvoicReader::see_alc(const Segments& in) {
  enter(Group::none);
  if (section_ == Section::summary || !room()) return;
  const bool in_line = section_ == Section::lines;
  auto& item = (in_line ? invoice_.line_allowances : invoice_.allowances).emplace_back();
  item.where = in.where();
  item.charge = in.part(1, 0) == "C";
  if (in_line) ++invoice_.lines.back().allowances_count;
  group_ = Group::allowance;
}

void InvoicReader::see_tax(const Segments& in) {
  if (in.part(1, 0) != "7") return;
  TaxCategory* tax = nullptr;
  if (section_ == Section::summary) {
    enter(Group::none);
    if (!room()) return;
    auto& subtotal = invoice_.subtotals.emplace_back();
    subtotal.where = in.where();
    tax = &subtotal.category;
    group_ = Group::subtotal;
  } else if (group_ == Group::allowance) {
    auto& items = section_ == Section::lines ? invoice_.line_allowances : invoice_.allowances;
    tax = &items.back().tax;
  } else if (section_ == Section::lines) {
    tax = &invoice_.lines.back().tax;
  }
  if (tax == nullptr) return;
  if (tax->code.where != kNowhere) {
    invoice_.lines_have_more_taxes = true;
    return;
  }
  set(invoice_, tax->code, in.part(6, 0), in.where());
  if (!in.part(5, 3).empty()) set(invoice_, tax->rate, in.part(5, 3), in.where(), kDecimalMarks);
}

void InvoicReader::see_moa(const Segments& in) {
  const View qualifier = in.part(1, 0);
  if (group_ == Group::allowance) {
    auto& items = section_ == Section::lines ? invoice_.line_allowances : invoice_.allowances;
    if (qualifier == "204" || qualifier == "23" || qualifier == "8")
      amount(items.back().amount, in);
  } else if (section_ == Section::lines) {
    if (qualifier == "203") amount(invoice_.lines.back().net, in);
  } else if (section_ == Section::summary) {
    if (group_ == Group::subtotal && (qualifier == "125" || qualifier == "124")) {
      auto& subtotal = invoice_.subtotals.back();
      return amount(qualifier == "125" ? subtotal.base : subtotal.tax, in);
    }
    summary_amount(in, qualifier);
  }
}

void InvoicReader::summary_amount(const Segments& in, View qualifier) {
  Totals& totals = invoice_.totals;
  if (qualifier == "176") {
    const View currency = in.part(1, 2);
    const bool accounted = !currency.empty() && currency != invoice_.currency.value &&
                           currency == invoice_.tax_currency.value;
    if (accounted) return amount(totals.tax_accounted, in);
    if (!totals.tax.empty()) return note_repetition(invoice_, in.where());
    return amount(totals.tax.emplace_back(), in);
  }
  // table
  const std::pair<View, Amount*> fields[] = {
      {"79", &totals.lines},        {"260", &totals.allowances},
      {"259", &totals.charges},     {"389", &totals.exclusive},
      {"2", &totals.tax_accounted}, {"388", &totals.inclusive},
      {"113", &totals.prepaid},     {"366", &totals.rounding},
      {"9", &totals.payable},       {"77", &total_},
      {"86", &message_total_},
  };
  for (const auto& [name, field] : fields)
    if (name == qualifier) return amount(*field, in);
}

void InvoicReader::see_lin(const Segments& in) {
  enter(Group::none);
  // A line that is not kept still ends the header, so that what follows is not taken for it.
  section_ = Section::lines;
  if (!room() && !invoice_.lines.empty()) return;
  auto& line = invoice_.lines.emplace_back();
  line.where = in.where();
  line.allowances_first = static_cast<std::uint32_t>(invoice_.line_allowances.size());
  set(invoice_, line.id, in.part(1, 0), in.where());
}

void InvoicReader::see_qty(const Segments& in) {
  if (section_ == Section::lines && group_ == Group::none && in.part(1, 0) == "47")
    set(invoice_, invoice_.lines.back().quantity, in.part(1, 1), in.where(), kDecimalMarks);
}

void InvoicReader::see_pri(const Segments& in) {
  if (section_ != Section::lines || group_ != Group::none || in.part(1, 0) != "AAA") return;
  auto& line = invoice_.lines.back();
  set(invoice_, line.price, in.part(1, 1), in.where(), kDecimalMarks);
  if (!in.part(1, 4).empty())
    set(invoice_, line.price_base, in.part(1, 4), in.where(), kDecimalMarks);
}

void InvoicReader::see_imd(const Segments& in) {
  if (section_ != Section::lines || invoice_.lines.back().item.where != kNowhere) return;
  if (in.part(1, 0) == "F") set(invoice_, invoice_.lines.back().item, in.part(3, 3), in.where());
}

void InvoicReader::see_uns(const Segments& in) {
  enter(Group::none);
  if (in.part(1, 0) != "S") return;
  section_ = Section::summary;
  invoice_.totals.where = in.where();
}

}  // namespace corridor::documents
