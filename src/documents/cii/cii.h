// SPDX-License-Identifier: Apache-2.0
//
// Reads a CII invoice into the semantic fields of basic/invoice.h. Elements it does not know are
// passed over; nothing is judged here. Source: UN/CEFACT Cross Industry Invoice D16B, bound to
// EN 16931-1 by CEN/TS 16931-3-3.
#pragma once

#include <optional>

#include "documents/basic/xml_reading.h"
#include "model/model.h"

namespace corridor::documents {

inline constexpr std::string_view kCiiSpace =
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100";

// "cii:CrossIndustryInvoice" and the guideline id, when the document element is one.
std::optional<DocumentKind> cii_kind(const xml::Tree& tree);

// For a tree that cii_kind accepts.
class CiiInvoice {
 public:
  explicit CiiInvoice(const xml::Tree& tree);
  [[nodiscard]] const Invoice& invoice() const { return invoice_; }
  [[nodiscard]] const Locator& locator() const { return in_; }

 private:
  void read_document(xml::NodeId node);
  void read_transaction(xml::NodeId node);
  void read_agreement(xml::NodeId node);
  void read_party(xml::NodeId node, Party& party);
  void read_delivery(xml::NodeId node);
  void read_settlement(xml::NodeId node);
  void read_terms(xml::NodeId node);
  void read_totals(xml::NodeId node);
  void read_tax_total(xml::NodeId node);
  void read_subtotal(xml::NodeId node);
  void read_line(xml::NodeId node);
  void read_price(xml::NodeId node, Line& line);
  void read_line_settlement(xml::NodeId node, Line& line);
  void read_allowance(xml::NodeId node, std::vector<AllowanceCharge>& into);
  void read_category(xml::NodeId node, TaxCategory& category);
  void read_period(xml::NodeId node, Period& period);
  void text(Text& field, xml::NodeId node);
  void any_text(Text& field, xml::NodeId node);
  void number(Number& field, xml::NodeId node);
  void amount(Amount& field, xml::NodeId node);
  void day(Day& field, xml::NodeId node);
  bool room();

  XmlReading in_;
  xml::NameId currency_id_ = 0;
  xml::NameId format_ = 0;
  xml::NameId scheme_id_ = 0;
  Invoice invoice_;
};

}  // namespace corridor::documents
