// SPDX-License-Identifier: Apache-2.0
#include "documents/ubl/ubl.h"

namespace corridor::documents {

namespace {

constexpr std::string_view kCac =
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
constexpr std::string_view kCbc =
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

enum : std::uint8_t {
  kUnknown,
  kActualDeliveryDate,
  kAllowanceCharge,
  kAllowanceTotalAmount,
  kAmount,
  kBaseQuantity,
  kChargeIndicator,
  kChargeTotalAmount,
  kClassifiedTaxCategory,
  kCompanyId,
  kCountry,
  kCurrency,
  kCustomer,
  kCustomizationId,
  kDelivery,
  kDueDate,
  kEndDate,
  kEndpointId,
  kId,
  kIdentificationCode,
  kIssueDate,
  kItem,
  kLine,
  kLineExtensionAmount,
  kMonetaryTotal,
  kName,
  kNote,
  kParty,
  kPartyIdentification,
  kPartyLegalEntity,
  kPartyName,
  kPartyTaxScheme,
  kPayableAmount,
  kPayableRoundingAmount,
  kPaymentDueDate,
  kPaymentMeans,
  kPaymentTerms,
  kPercent,
  kPeriod,
  kPostalAddress,
  kPrepaidAmount,
  kPrice,
  kPriceAmount,
  kQuantity,
  kRegistrationName,
  kStartDate,
  kSupplier,
  kTaxAmount,
  kTaxCategory,
  kTaxCurrency,
  kTaxExclusiveAmount,
  kTaxInclusiveAmount,
  kTaxSubtotal,
  kTaxTotal,
  kTaxableAmount,
  kType,
};

// table
constexpr Word kWords[] = {
    {kCbc, "ActualDeliveryDate", kActualDeliveryDate},
    {kCac, "AllowanceCharge", kAllowanceCharge},
    {kCbc, "AllowanceTotalAmount", kAllowanceTotalAmount},
    {kCbc, "Amount", kAmount},
    {kCbc, "BaseQuantity", kBaseQuantity},
    {kCbc, "ChargeIndicator", kChargeIndicator},
    {kCbc, "ChargeTotalAmount", kChargeTotalAmount},
    {kCac, "ClassifiedTaxCategory", kClassifiedTaxCategory},
    {kCbc, "CompanyID", kCompanyId},
    {kCac, "Country", kCountry},
    {kCbc, "DocumentCurrencyCode", kCurrency},
    {kCac, "AccountingCustomerParty", kCustomer},
    {kCbc, "CustomizationID", kCustomizationId},
    {kCac, "Delivery", kDelivery},
    {kCbc, "DueDate", kDueDate},
    {kCbc, "EndDate", kEndDate},
    {kCbc, "EndpointID", kEndpointId},
    {kCbc, "ID", kId},
    {kCbc, "IdentificationCode", kIdentificationCode},
    {kCbc, "IssueDate", kIssueDate},
    {kCac, "Item", kItem},
    {kCac, "InvoiceLine", kLine},
    {kCac, "CreditNoteLine", kLine},
    {kCbc, "LineExtensionAmount", kLineExtensionAmount},
    {kCac, "LegalMonetaryTotal", kMonetaryTotal},
    {kCbc, "Name", kName},
    {kCbc, "Note", kNote},
    {kCac, "Party", kParty},
    {kCac, "PartyIdentification", kPartyIdentification},
    {kCac, "PartyLegalEntity", kPartyLegalEntity},
    {kCac, "PartyName", kPartyName},
    {kCac, "PartyTaxScheme", kPartyTaxScheme},
    {kCbc, "PayableAmount", kPayableAmount},
    {kCbc, "PayableRoundingAmount", kPayableRoundingAmount},
    {kCbc, "PaymentDueDate", kPaymentDueDate},
    {kCac, "PaymentMeans", kPaymentMeans},
    {kCac, "PaymentTerms", kPaymentTerms},
    {kCbc, "Percent", kPercent},
    {kCac, "InvoicePeriod", kPeriod},
    {kCac, "PostalAddress", kPostalAddress},
    {kCbc, "PrepaidAmount", kPrepaidAmount},
    {kCac, "Price", kPrice},
    {kCbc, "PriceAmount", kPriceAmount},
    {kCbc, "InvoicedQuantity", kQuantity},
    {kCbc, "CreditedQuantity", kQuantity},
    {kCbc, "RegistrationName", kRegistrationName},
    {kCbc, "StartDate", kStartDate},
    {kCac, "AccountingSupplierParty", kSupplier},
    {kCbc, "TaxAmount", kTaxAmount},
    {kCac, "TaxCategory", kTaxCategory},
    {kCbc, "TaxCurrencyCode", kTaxCurrency},
    {kCbc, "TaxExclusiveAmount", kTaxExclusiveAmount},
    {kCbc, "TaxInclusiveAmount", kTaxInclusiveAmount},
    {kCac, "TaxSubtotal", kTaxSubtotal},
    {kCac, "TaxTotal", kTaxTotal},
    {kCbc, "TaxableAmount", kTaxableAmount},
    {kCbc, "InvoiceTypeCode", kType},
    {kCbc, "CreditNoteTypeCode", kType},
};

}  // namespace

std::optional<DocumentKind> ubl_kind(const xml::Tree& tree) {
  const auto& root = tree.node(tree.root());
  const bool invoice =
      tree.space(root.name) == kUblInvoiceSpace && tree.local(root.name) == "Invoice";
  const bool credit_note =
      tree.space(root.name) == kUblCreditNoteSpace && tree.local(root.name) == "CreditNote";
  if (!invoice && !credit_note) return std::nullopt;
  DocumentKind kind{.syntax = "ubl", .type = invoice ? "Invoice" : "CreditNote", .profile = {}};
  const xml::NodeId profile = tree.child(tree.root(), tree.find_name(kCbc, "CustomizationID"));
  if (profile != xml::kNone) kind.profile = trimmed(tree.string_value(profile));
  return kind;
}

UblInvoice::UblInvoice(const xml::Tree& tree)
    : in_(tree, kWords), currency_id_(tree.find_name({}, "currencyID")) {
  invoice_.where = invoice_.totals.where = tree.root();
  invoice_.currencies_beside = true;
  read_document(tree.root());
}

void UblInvoice::text(Text& field, xml::NodeId node) {
  set(invoice_, field, in_.value(node), node);
}

// Where a document may name something several times, and any one of them will do.
void UblInvoice::first_text(Text& field, xml::NodeId parent, std::uint8_t word) {
  const xml::NodeId node = in_.child(parent, word);
  if (node != xml::kNone && field.missing()) field = {trimmed(in_.value(node)), node};
}

void UblInvoice::number(Number& field, xml::NodeId node) {
  set(invoice_, field, in_.value(node), node);
}

void UblInvoice::amount(Amount& field, xml::NodeId node) {
  number(field, node);
  if (field.text.where == node) field.currency = in_.attribute(node, currency_id_);
}

void UblInvoice::day(Day& field, xml::NodeId node) {
  set_iso_day(invoice_, field, in_.value(node), node);
}

bool UblInvoice::room() {
  if (invoice_.items() >= kInvoiceItemsMax) invoice_.too_many_items = true;
  return !invoice_.too_many_items;
}

void UblInvoice::read_document(xml::NodeId root) {
  in_.each_child(root, [&](std::uint8_t word, xml::NodeId node) {
    switch (word) {
      case kCustomizationId: return text(invoice_.profile, node);
      case kId: return text(invoice_.number, node);
      case kIssueDate: return day(invoice_.issued, node);
      case kDueDate: return day(invoice_.due, node);
      case kType: return text(invoice_.type, node);
      case kCurrency: return text(invoice_.currency, node);
      case kTaxCurrency: return text(invoice_.tax_currency, node);
      case kPeriod: return read_period(node, invoice_.period);
      case kSupplier: return read_party(node, invoice_.seller);
      case kCustomer: return read_party(node, invoice_.buyer);
      case kPaymentTerms: return first_text(invoice_.terms, node, kNote);
      case kAllowanceCharge: return read_allowance(node, invoice_.allowances);
      case kMonetaryTotal: return read_totals(node);
      case kLine: return read_line(node);
      default: break;
    }
  });
  // Needs the currencies, and a credit note's due date stands with its means of payment.
  in_.each_child(root, [&](std::uint8_t word, xml::NodeId node) {
    if (word == kTaxTotal) return read_tax_total(node);
    const std::uint8_t inner = word == kPaymentMeans ? kPaymentDueDate : kActualDeliveryDate;
    if (word != kPaymentMeans && word != kDelivery) return;
    Day& field = word == kPaymentMeans ? invoice_.due : invoice_.delivered;
    const xml::NodeId child = in_.child(node, inner);
    if (child != xml::kNone && field.text.where == kNowhere) day(field, child);
  });
}

void UblInvoice::read_party(xml::NodeId role, Party& party) {
  if (party.where != kNowhere) return note_repetition(invoice_, role);
  party.where = role;
  const xml::NodeId node = in_.child(role, kParty);
  if (node == xml::kNone) return;
  party.where = node;
  in_.each_child(node,
                 [&](std::uint8_t word, xml::NodeId part) { read_party_part(word, part, party); });
  // The trading name stands in for a missing legal one.
  if (const xml::NodeId trading = in_.child(node, kPartyName); trading != xml::kNone)
    first_text(party.name, trading, kName);
}

void UblInvoice::read_party_part(std::uint8_t word, xml::NodeId node, Party& party) {
  switch (word) {
    case kEndpointId:
      if (party.id.missing()) party.id = {trimmed(in_.value(node)), node};
      return;
    case kPartyIdentification: return first_text(party.id, node, kId);
    case kPartyTaxScheme: return first_text(party.tax_id, node, kCompanyId);
    case kPartyLegalEntity:
      first_text(party.name, node, kRegistrationName);
      return first_text(party.legal_id, node, kCompanyId);
    case kPostalAddress:
      if (const xml::NodeId country = in_.child(node, kCountry); country != xml::kNone)
        first_text(party.country, country, kIdentificationCode);
      return;
    default: return;
  }
}

// A total in the tax currency is BT-111 and has no breakdown; all others are in the document's.
void UblInvoice::read_tax_total(xml::NodeId node) {
  const xml::NodeId stated = in_.child(node, kTaxAmount);
  if (stated != xml::kNone) {
    const std::string_view currency = in_.attribute(stated, currency_id_);
    if (!currency.empty() && currency != invoice_.currency.value &&
        currency == invoice_.tax_currency.value)
      return amount(invoice_.totals.tax_accounted, stated);
    if (room()) amount(invoice_.totals.tax.emplace_back(), stated);
  }
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kTaxSubtotal && room()) read_subtotal(child);
  });
}

void UblInvoice::read_subtotal(xml::NodeId node) {
  TaxSubtotal& subtotal = invoice_.subtotals.emplace_back();
  subtotal.where = node;
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    switch (word) {
      case kTaxableAmount: return amount(subtotal.base, child);
      case kTaxAmount: return amount(subtotal.tax, child);
      case kTaxCategory: return read_category(child, subtotal.category);
      default: break;
    }
  });
}

void UblInvoice::read_category(xml::NodeId node, TaxCategory& category) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kId) text(category.code, child);
    if (word == kPercent) number(category.rate, child);
  });
}

void UblInvoice::read_period(xml::NodeId node, Period& period) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kStartDate) day(period.start, child);
    if (word == kEndDate) day(period.end, child);
  });
}

void UblInvoice::read_allowance(xml::NodeId node, std::vector<AllowanceCharge>& into) {
  if (!room()) return;
  AllowanceCharge& item = into.emplace_back();
  item.where = node;
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    switch (word) {
      case kChargeIndicator: {
        const std::string_view value = trimmed(in_.value(child));
        item.charge = value == "true" || value == "1";
        return;
      }
      case kAmount: return amount(item.amount, child);
      case kTaxCategory:
        // Further categories are those of other taxes.
        if (item.tax.code.where == kNowhere) read_category(child, item.tax);
        return;
      default: return;
    }
  });
}

void UblInvoice::read_totals(xml::NodeId node) {
  Totals& totals = invoice_.totals;
  totals.where = node;
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    switch (word) {
      case kLineExtensionAmount: return amount(totals.lines, child);
      case kAllowanceTotalAmount: return amount(totals.allowances, child);
      case kChargeTotalAmount: return amount(totals.charges, child);
      case kTaxExclusiveAmount: return amount(totals.exclusive, child);
      case kTaxInclusiveAmount: return amount(totals.inclusive, child);
      case kPrepaidAmount: return amount(totals.prepaid, child);
      case kPayableRoundingAmount: return amount(totals.rounding, child);
      case kPayableAmount: return amount(totals.payable, child);
      default: return;
    }
  });
}

void UblInvoice::read_line(xml::NodeId node) {
  if (!room()) return;
  Line& line = invoice_.lines.emplace_back();
  line.where = node;
  line.allowances_first = static_cast<std::uint32_t>(invoice_.line_allowances.size());
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    switch (word) {
      case kId: return text(line.id, child);
      case kQuantity: return number(line.quantity, child);
      case kLineExtensionAmount: return amount(line.net, child);
      case kPeriod: return read_period(child, line.period);
      case kAllowanceCharge: return read_allowance(child, invoice_.line_allowances);
      case kItem: return read_item(child, line);
      case kPrice:
        if (const xml::NodeId price = in_.child(child, kPriceAmount); price != xml::kNone)
          amount(line.price, price);
        if (const xml::NodeId base = in_.child(child, kBaseQuantity); base != xml::kNone)
          number(line.price_base, base);
        return;
      default: return;
    }
  });
  line.allowances_count =
      static_cast<std::uint32_t>(invoice_.line_allowances.size()) - line.allowances_first;
}

void UblInvoice::read_item(xml::NodeId node, Line& line) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kName) text(line.item, child);
    if (word != kClassifiedTaxCategory) return;
    if (line.tax.code.where == kNowhere) return read_category(child, line.tax);
    invoice_.lines_have_more_taxes = true;
  });
}

}  // namespace corridor::documents
