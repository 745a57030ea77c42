// SPDX-License-Identifier: Apache-2.0
#include "documents/cii/cii.h"

namespace corridor::documents {

namespace {

constexpr std::string_view kRam =
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100";
constexpr std::string_view kUdt = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100";

enum : std::uint8_t {
  kUnknown,
  kActualAmount,
  kActualDeliverySupplyChainEvent,
  kAgreement,
  kAllowanceCharge,
  kAllowanceTotalAmount,
  kApplicableTradeTax,
  kBasisAmount,
  kBasisQuantity,
  kBilledQuantity,
  kBuyerTradeParty,
  kCalculatedAmount,
  kCategoryCode,
  kCategoryTradeTax,
  kChargeAmount,
  kChargeIndicator,
  kChargeTotalAmount,
  kContext,
  kCountryId,
  kDateString,
  kDateTimeString,
  kDelivery,
  kDescription,
  kDueDateDateTime,
  kDuePayableAmount,
  kEndDateTime,
  kExchangedDocument,
  kGlobalId,
  kGrandTotalAmount,
  kGuideline,
  kId,
  kIndicator,
  kInvoiceCurrencyCode,
  kIssueDateTime,
  kLine,
  kLineAgreement,
  kLineDelivery,
  kLineDocument,
  kLineId,
  kLineSettlement,
  kLineTotalAmount,
  kLineTotals,
  kName,
  kNetPrice,
  kOccurrenceDateTime,
  kPaymentTerms,
  kPeriod,
  kPostalTradeAddress,
  kProduct,
  kRateApplicablePercent,
  kRoundingAmount,
  kSellerTradeParty,
  kSettlement,
  kSpecifiedLegalOrganization,
  kSpecifiedTaxRegistration,
  kStartDateTime,
  kTaxBasisTotalAmount,
  kTaxCurrencyCode,
  kTaxTotalAmount,
  kTotalPrepaidAmount,
  kTotals,
  kTradingBusinessName,
  kTransaction,
  kTypeCode,
  kUriCommunication,
  kUriId,
};

// table
constexpr Word kWords[] = {
    {kRam, "ActualAmount", kActualAmount},
    {kRam, "ActualDeliverySupplyChainEvent", kActualDeliverySupplyChainEvent},
    {kRam, "AllowanceTotalAmount", kAllowanceTotalAmount},
    {kRam, "ApplicableHeaderTradeAgreement", kAgreement},
    {kRam, "ApplicableHeaderTradeDelivery", kDelivery},
    {kRam, "ApplicableHeaderTradeSettlement", kSettlement},
    {kRam, "ApplicableTradeTax", kApplicableTradeTax},
    {kRam, "AssociatedDocumentLineDocument", kLineDocument},
    {kRam, "BasisAmount", kBasisAmount},
    {kRam, "BasisQuantity", kBasisQuantity},
    {kRam, "BilledQuantity", kBilledQuantity},
    {kRam, "BillingSpecifiedPeriod", kPeriod},
    {kRam, "BuyerTradeParty", kBuyerTradeParty},
    {kRam, "CalculatedAmount", kCalculatedAmount},
    {kRam, "CategoryCode", kCategoryCode},
    {kRam, "CategoryTradeTax", kCategoryTradeTax},
    {kRam, "ChargeAmount", kChargeAmount},
    {kRam, "ChargeIndicator", kChargeIndicator},
    {kRam, "ChargeTotalAmount", kChargeTotalAmount},
    {kRam, "CountryID", kCountryId},
    {kUdt, "DateString", kDateString},
    {kUdt, "DateTimeString", kDateTimeString},
    {kRam, "Description", kDescription},
    {kRam, "DueDateDateTime", kDueDateDateTime},
    {kRam, "DuePayableAmount", kDuePayableAmount},
    {kRam, "EndDateTime", kEndDateTime},
    {kCiiSpace, "ExchangedDocument", kExchangedDocument},
    {kCiiSpace, "ExchangedDocumentContext", kContext},
    {kRam, "GlobalID", kGlobalId},
    {kRam, "GrandTotalAmount", kGrandTotalAmount},
    {kRam, "GuidelineSpecifiedDocumentContextParameter", kGuideline},
    {kRam, "ID", kId},
    {kRam, "IncludedSupplyChainTradeLineItem", kLine},
    {kUdt, "Indicator", kIndicator},
    {kRam, "InvoiceCurrencyCode", kInvoiceCurrencyCode},
    {kRam, "IssueDateTime", kIssueDateTime},
    {kRam, "LineID", kLineId},
    {kRam, "LineTotalAmount", kLineTotalAmount},
    {kRam, "Name", kName},
    {kRam, "NetPriceProductTradePrice", kNetPrice},
    {kRam, "OccurrenceDateTime", kOccurrenceDateTime},
    {kRam, "PostalTradeAddress", kPostalTradeAddress},
    {kRam, "RateApplicablePercent", kRateApplicablePercent},
    {kRam, "RoundingAmount", kRoundingAmount},
    {kRam, "SellerTradeParty", kSellerTradeParty},
    {kRam, "SpecifiedLegalOrganization", kSpecifiedLegalOrganization},
    {kRam, "SpecifiedLineTradeAgreement", kLineAgreement},
    {kRam, "SpecifiedLineTradeDelivery", kLineDelivery},
    {kRam, "SpecifiedLineTradeSettlement", kLineSettlement},
    {kRam, "SpecifiedTaxRegistration", kSpecifiedTaxRegistration},
    {kRam, "SpecifiedTradeAllowanceCharge", kAllowanceCharge},
    {kRam, "SpecifiedTradePaymentTerms", kPaymentTerms},
    {kRam, "SpecifiedTradeProduct", kProduct},
    {kRam, "SpecifiedTradeSettlementHeaderMonetarySummation", kTotals},
    {kRam, "SpecifiedTradeSettlementLineMonetarySummation", kLineTotals},
    {kRam, "StartDateTime", kStartDateTime},
    {kCiiSpace, "SupplyChainTradeTransaction", kTransaction},
    {kRam, "TaxBasisTotalAmount", kTaxBasisTotalAmount},
    {kRam, "TaxCurrencyCode", kTaxCurrencyCode},
    {kRam, "TaxTotalAmount", kTaxTotalAmount},
    {kRam, "TotalPrepaidAmount", kTotalPrepaidAmount},
    {kRam, "TradingBusinessName", kTradingBusinessName},
    {kRam, "TypeCode", kTypeCode},
    {kRam, "URIID", kUriId},
    {kRam, "URIUniversalCommunication", kUriCommunication},
};

}  // namespace

std::optional<DocumentKind> cii_kind(const xml::Tree& tree) {
  const auto& root = tree.node(tree.root());
  if (tree.space(root.name) != kCiiSpace || tree.local(root.name) != "CrossIndustryInvoice")
    return std::nullopt;
  DocumentKind kind{.syntax = "cii", .type = "CrossIndustryInvoice", .profile = {}};
  xml::NodeId node = tree.child(tree.root(), tree.find_name(kCiiSpace, "ExchangedDocumentContext"));
  for (const auto local : {"GuidelineSpecifiedDocumentContextParameter", "ID"})
    if (node != xml::kNone) node = tree.child(node, tree.find_name(kRam, local));
  if (node != xml::kNone) kind.profile = trimmed(tree.string_value(node));
  return kind;
}

CiiInvoice::CiiInvoice(const xml::Tree& tree)
    : in_(tree, kWords),
      currency_id_(tree.find_name({}, "currencyID")),
      format_(tree.find_name({}, "format")),
      scheme_id_(tree.find_name({}, "schemeID")) {
  invoice_.where = invoice_.totals.where = tree.root();
  in_.each_child(tree.root(), [&](std::uint8_t word, xml::NodeId node) {
    if (word == kContext)
      if (const xml::NodeId guideline = in_.child(node, kGuideline); guideline != xml::kNone)
        if (const xml::NodeId id = in_.child(guideline, kId); id != xml::kNone)
          text(invoice_.profile, id);
    if (word == kExchangedDocument) read_document(node);
    if (word == kTransaction) read_transaction(node);
  });
}

void CiiInvoice::text(Text& field, xml::NodeId node) {
  set(invoice_, field, in_.value(node), node);
}

// Where a document may name something several times, and any one of them will do.
void CiiInvoice::any_text(Text& field, xml::NodeId node) {
  if (field.missing()) field = {trimmed(in_.value(node)), node};
}

void CiiInvoice::number(Number& field, xml::NodeId node) {
  set(invoice_, field, in_.value(node), node);
}

void CiiInvoice::amount(Amount& field, xml::NodeId node) {
  number(field, node);
  if (field.text.where == node) field.currency = in_.attribute(node, currency_id_);
}

// A date element holds a DateTimeString or a DateString with a format of UNTDID 2379.
void CiiInvoice::day(Day& field, xml::NodeId node) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kDateTimeString || word == kDateString)
      set_coded_day(invoice_, field, in_.value(child), in_.attribute(child, format_), child);
  });
}

bool CiiInvoice::room() {
  if (invoice_.items() >= kInvoiceItemsMax) invoice_.too_many_items = true;
  return !invoice_.too_many_items;
}

void CiiInvoice::read_document(xml::NodeId node) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kId) text(invoice_.number, child);
    if (word == kTypeCode) text(invoice_.type, child);
    if (word == kIssueDateTime) day(invoice_.issued, child);
  });
}

void CiiInvoice::read_transaction(xml::NodeId node) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    switch (word) {
      case kAgreement: return read_agreement(child);
      case kDelivery: return read_delivery(child);
      case kSettlement: return read_settlement(child);
      case kLine: return read_line(child);
      default: return;
    }
  });
}

void CiiInvoice::read_agreement(xml::NodeId node) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kSellerTradeParty) read_party(child, invoice_.seller);
    if (word == kBuyerTradeParty) read_party(child, invoice_.buyer);
  });
}

void CiiInvoice::read_party(xml::NodeId node, Party& party) {
  if (party.where != kNowhere) return note_repetition(invoice_, node);
  party.where = node;
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    const auto inner = [&](Text& field, std::uint8_t wanted) {
      const xml::NodeId found = in_.child(child, wanted);
      if (found != xml::kNone) any_text(field, found);
    };
    switch (word) {
      case kName: return text(party.name, child);
      case kId:
      case kGlobalId: return any_text(party.id, child);
      case kUriCommunication: return inner(party.id, kUriId);
      case kPostalTradeAddress: return inner(party.country, kCountryId);
      case kSpecifiedLegalOrganization:
        inner(party.legal_id, kId);
        // The trading name stands in for a missing legal one.
        return inner(party.name, kTradingBusinessName);
      case kSpecifiedTaxRegistration:
        if (const xml::NodeId id = in_.child(child, kId);
            id != xml::kNone && in_.attribute(id, scheme_id_) != "FC")
          any_text(party.tax_id, id);
        return;
      default: return;
    }
  });
}

void CiiInvoice::read_delivery(xml::NodeId node) {
  const xml::NodeId event = in_.child(node, kActualDeliverySupplyChainEvent);
  if (event == xml::kNone) return;
  const xml::NodeId when = in_.child(event, kOccurrenceDateTime);
  if (when != xml::kNone) day(invoice_.delivered, when);
}

void CiiInvoice::read_settlement(xml::NodeId node) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kInvoiceCurrencyCode) text(invoice_.currency, child);
    if (word == kTaxCurrencyCode) text(invoice_.tax_currency, child);
  });
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    switch (word) {
      case kApplicableTradeTax: return read_subtotal(child);
      case kPeriod: return read_period(child, invoice_.period);
      case kAllowanceCharge: return read_allowance(child, invoice_.allowances);
      case kPaymentTerms: return read_terms(child);
      case kTotals: return read_totals(child);
      default: return;
    }
  });
}

// There may be several terms, each with its own day; the first day is when payment begins to be
// due.
void CiiInvoice::read_terms(xml::NodeId node) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kDescription) any_text(invoice_.terms, child);
    if (word == kDueDateDateTime && invoice_.due.text.where == kNowhere) day(invoice_.due, child);
  });
}

void CiiInvoice::read_totals(xml::NodeId node) {
  Totals& totals = invoice_.totals;
  totals.where = node;
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    switch (word) {
      case kLineTotalAmount: return amount(totals.lines, child);
      case kAllowanceTotalAmount: return amount(totals.allowances, child);
      case kChargeTotalAmount: return amount(totals.charges, child);
      case kTaxBasisTotalAmount: return amount(totals.exclusive, child);
      case kTaxTotalAmount: return read_tax_total(child);
      case kGrandTotalAmount: return amount(totals.inclusive, child);
      case kTotalPrepaidAmount: return amount(totals.prepaid, child);
      case kRoundingAmount: return amount(totals.rounding, child);
      case kDuePayableAmount: return amount(totals.payable, child);
      default: return;
    }
  });
}

// BT-110 and BT-111 share an element; the currency tells them apart.
void CiiInvoice::read_tax_total(xml::NodeId node) {
  Totals& totals = invoice_.totals;
  const std::string_view currency = in_.attribute(node, currency_id_);
  if (!currency.empty() && currency != invoice_.currency.value &&
      currency == invoice_.tax_currency.value)
    return amount(totals.tax_accounted, node);
  if (!totals.tax.empty()) return note_repetition(invoice_, node);
  amount(totals.tax.emplace_back(), node);
}

void CiiInvoice::read_subtotal(xml::NodeId node) {
  if (!room()) return;
  TaxSubtotal& subtotal = invoice_.subtotals.emplace_back();
  subtotal.where = node;
  read_category(node, subtotal.category);
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kBasisAmount) amount(subtotal.base, child);
    if (word == kCalculatedAmount) amount(subtotal.tax, child);
  });
}

void CiiInvoice::read_category(xml::NodeId node, TaxCategory& category) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kCategoryCode) text(category.code, child);
    if (word == kRateApplicablePercent) number(category.rate, child);
  });
}

void CiiInvoice::read_period(xml::NodeId node, Period& period) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kStartDateTime) day(period.start, child);
    if (word == kEndDateTime) day(period.end, child);
  });
}

void CiiInvoice::read_allowance(xml::NodeId node, std::vector<AllowanceCharge>& into) {
  if (!room()) return;
  AllowanceCharge& item = into.emplace_back();
  item.where = node;
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kActualAmount) amount(item.amount, child);
    if (word == kCategoryTradeTax && item.tax.code.where == kNowhere)
      read_category(child, item.tax);
    if (word != kChargeIndicator) return;
    const xml::NodeId indicator = in_.child(child, kIndicator);
    const std::string_view value =
        indicator == xml::kNone ? std::string_view() : trimmed(in_.value(indicator));
    item.charge = value == "true" || value == "1";
  });
}

void CiiInvoice::read_line(xml::NodeId node) {
  if (!room()) return;
  Line& line = invoice_.lines.emplace_back();
  line.where = node;
  line.allowances_first = static_cast<std::uint32_t>(invoice_.line_allowances.size());
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    xml::NodeId inner = xml::kNone;
    switch (word) {
      case kLineDocument:
        if ((inner = in_.child(child, kLineId)) != xml::kNone) text(line.id, inner);
        return;
      case kProduct:
        if ((inner = in_.child(child, kName)) != xml::kNone) text(line.item, inner);
        return;
      case kLineAgreement: return read_price(child, line);
      case kLineDelivery:
        if ((inner = in_.child(child, kBilledQuantity)) != xml::kNone) number(line.quantity, inner);
        return;
      case kLineSettlement: return read_line_settlement(child, line);
      default: return;
    }
  });
  line.allowances_count =
      static_cast<std::uint32_t>(invoice_.line_allowances.size()) - line.allowances_first;
}

void CiiInvoice::read_price(xml::NodeId node, Line& line) {
  const xml::NodeId net = in_.child(node, kNetPrice);
  if (net == xml::kNone) return;
  in_.each_child(net, [&](std::uint8_t word, xml::NodeId child) {
    if (word == kChargeAmount) amount(line.price, child);
    if (word == kBasisQuantity) number(line.price_base, child);
  });
}

void CiiInvoice::read_line_settlement(xml::NodeId node, Line& line) {
  in_.each_child(node, [&](std::uint8_t word, xml::NodeId child) {
    switch (word) {
      case kApplicableTradeTax:
        if (line.tax.code.where == kNowhere) return read_category(child, line.tax);
        invoice_.lines_have_more_taxes = true;
        return;
      case kPeriod: return read_period(child, line.period);
      case kAllowanceCharge: return read_allowance(child, invoice_.line_allowances);
      case kLineTotals:
        if (const xml::NodeId total = in_.child(child, kLineTotalAmount); total != xml::kNone)
          amount(line.net, total);
        return;
      default: return;
    }
  });
}

}  // namespace corridor::documents
