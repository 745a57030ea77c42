// SPDX-License-Identifier: Apache-2.0
//
// Reads a UBL 2 Invoice or CreditNote into the semantic fields of basic/invoice.h. Elements it does
// not know are passed over; nothing is judged here. Source: UBL 2.1 §3.2, bound to EN 16931-1 by
// CEN/TS 16931-3-2.
#pragma once

#include <optional>

#include "documents/basic/xml_reading.h"
#include "model/model.h"

namespace corridor::documents {

inline constexpr std::string_view kUblInvoiceSpace =
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
inline constexpr std::string_view kUblCreditNoteSpace =
    "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";

// "ubl:Invoice", "ubl:CreditNote" and the CustomizationID, when the document element is one.
std::optional<DocumentKind> ubl_kind(const xml::Tree& tree);

// For a tree that ubl_kind accepts.
class UblInvoice {
 public:
  explicit UblInvoice(const xml::Tree& tree);
  [[nodiscard]] const Invoice& invoice() const { return invoice_; }
  [[nodiscard]] const Locator& locator() const { return in_; }

 private:
  void read_document(xml::NodeId root);
  void read_party(xml::NodeId role, Party& party);
  void read_party_part(std::uint8_t word, xml::NodeId node, Party& party);
  void read_tax_total(xml::NodeId node);
  void read_subtotal(xml::NodeId node);
  void read_totals(xml::NodeId node);
  void read_line(xml::NodeId node);
  void read_item(xml::NodeId node, Line& line);
  void read_period(xml::NodeId node, Period& period);
  void read_category(xml::NodeId node, TaxCategory& category);
  void read_allowance(xml::NodeId node, std::vector<AllowanceCharge>& into);
  void text(Text& field, xml::NodeId node);
  void first_text(Text& field, xml::NodeId parent, std::uint8_t word);
  void number(Number& field, xml::NodeId node);
  void amount(Amount& field, xml::NodeId node);
  void day(Day& field, xml::NodeId node);
  bool room();

  XmlReading in_;
  xml::NameId currency_id_ = 0;
  Invoice invoice_;
};

}  // namespace corridor::documents
