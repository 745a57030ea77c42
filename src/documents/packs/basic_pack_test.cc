// SPDX-License-Identifier: Apache-2.0
//
// Each rule of the built-in pack, in each syntax: an example that keeps it, and a change that
// breaks it and nothing else that does not follow from it.
#include "documents/packs/basic_pack.h"

#include "documents/packs/embedded.h"
#include "documents/schematron/schematron.h"

#include <set>

#include "documents/testing.h"

namespace corridor::documents {
namespace {

std::string ubl() { return example("invoice-ubl.xml"); }
std::string cii() { return example("invoice-cii.xml"); }
std::string edifact() { return example("invoice-edifact.edi"); }

struct Change {
  const char* from;
  const char* to;
  const char* after;
  const char* found;
};

// The text without the first element of that name behind `after`.
std::string without(std::string text, const std::string& name, const std::string& after = {}) {
  const std::size_t from = text.find("<" + name, text.find(after));
  REQUIRE_MESSAGE(from != std::string::npos, name);
  const std::string close = "</" + name + ">";
  const std::size_t to = text.find(close, from) + close.size();
  return text.erase(from, to - from);
}

std::string everywhere(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

// The ids of the pack's assertions, of those files that the schema includes.
std::set<std::string> ids_of(const std::string& schema) {
  std::string text;
  for (const EmbeddedFile& file : basic_pack_files())
    if (file.name == schema) text = file.text;
  std::set<std::string> out;
  for (const EmbeddedFile& file : basic_pack_files()) {
    if (!text.contains("href=\"" + std::string(file.name) + "\"")) continue;
    constexpr View kId = "assert id=\"";
    for (std::size_t at = 0; (at = file.text.find(kId, at)) != View::npos; ++at)
      out.insert(std::string(file.text.substr(at + kId.size(), 5)));
  }
  return out;
}

class Coverage {
 public:
  explicit Coverage(const std::string& schema) : missing_(ids_of(schema)) {
    CHECK(missing_.size() > 40);
  }
  void expect(const std::string& text, const std::string& found, const std::string& what) {
    const Report report = check(text);
    CHECK_MESSAGE(rules_found(report) == found, what << "\n" << render_text(report));
    for (const Finding& finding : report.findings) {
      missing_.erase(finding.rule);
      CHECK_MESSAGE(!finding.text.contains("rule-error"), what << "\n" << render_text(report));
    }
  }
  void end(const std::set<std::string>& cannot_be_broken) {
    for (const std::string& rule : missing_)
      CHECK_MESSAGE(cannot_be_broken.contains(rule), rule << " has no document that breaks it");
  }

 private:
  std::set<std::string> missing_;
};

// table
const Change kUbl[] = {
    {"<cbc:ID>KI-2026-0417</cbc:ID>", "", "", "CB-12"},
    {"<cbc:ID>KI-2026-0417</cbc:ID>", "<cbc:ID> </cbc:ID>", "", "CB-12"},
    {"KI-2026-0417</cbc:ID>", "1</cbc:ID><cbc:ID>2</cbc:ID>", "", "CB-10"},
    {">3460.00</cbc:LineExtensionAmount>",
     ">3460.00</cbc:LineExtensionAmount><cbc:LineExtensionAmount "
     "currencyID=\"EUR\">0</cbc:LineExtensionAmount>",
     "", "CB-10"},
    {"<cbc:Percent>16</cbc:Percent>", "<cbc:Percent>16</cbc:Percent><cbc:Percent>16</cbc:Percent>",
     "", "CB-10 CB-46 CB-50"},
    {"<cbc:Amount currencyID=\"EUR\">60.00",
     "<cbc:Amount currencyID=\"EUR\">0</cbc:Amount><cbc:Amount currencyID=\"EUR\">60.00", "",
     "CB-10"},
    {"<cbc:IssueDate>2026-03-09</cbc:IssueDate>", "", "", "CB-13"},
    {"<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", "", "", "CB-14"},
    {"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", "", "", "CB-15"},
    {"cac:AccountingSupplierParty", "cac:Supplier", "", "CB-02"},
    {"<cbc:RegistrationName>Kilele Instruments Ltd</cbc:RegistrationName>", "", "", "CB-18"},
    {"<cbc:RegistrationName>Hafenlicht Labor GmbH</cbc:RegistrationName>", "", "", "CB-19"},
    {"<cbc:ID>3</cbc:ID>", "", "", "CB-21"},
    {"<cbc:ID>3</cbc:ID>", "<cbc:ID>2</cbc:ID>", "", "CB-22"},
    {"<cbc:InvoicedQuantity unitCode=\"C62\">40</cbc:InvoicedQuantity>", "", "", "CB-23"},
    {"<cbc:LineExtensionAmount currencyID=\"EUR\">3460.00</cbc:LineExtensionAmount>", "", "",
     "CB-24"},
    {"<cbc:Name>Soil moisture sensor KM-4</cbc:Name>", "", "", "CB-25"},
    {"<cbc:LineExtensionAmount currencyID=\"EUR\">6560.00</cbc:LineExtensionAmount>", "", "",
     "CB-26"},
    {"<cbc:TaxExclusiveAmount currencyID=\"EUR\">6745.00</cbc:TaxExclusiveAmount>", "", "",
     "CB-27"},
    {"<cbc:TaxInclusiveAmount currencyID=\"EUR\">6857.00</cbc:TaxInclusiveAmount>", "", "",
     "CB-28"},
    {"<cbc:PayableAmount currencyID=\"EUR\">4857.00</cbc:PayableAmount>", "", "", "CB-29"},
    {">6560.00<", ">6550.00<", "", "CB-31 CB-34"},
    {">60.00<", ">50.00<", "LegalMonetaryTotal", "CB-32 CB-34"},
    {"<cbc:AllowanceTotalAmount currencyID=\"EUR\">60.00</cbc:AllowanceTotalAmount>", "", "",
     "CB-32 CB-34"},
    {">245.00<", ">254.00<", "LegalMonetaryTotal", "CB-33 CB-34"},
    {">6745.00<", ">6745.01<", "", "CB-34 CB-35"},
    {">6857.00<", ">6857.50<", "", "CB-35 CB-36"},
    {">4857.00<", ">4875.00<", "", "CB-36"},
    {">2000.00<", ">0<", "PrepaidAmount", "CB-36"},
    {">412.00<", ">421.00<", "", "CB-37"},
    {"412.00</cbc:PriceAmount>", "412.00</cbc:PriceAmount><cbc:BaseQuantity>0</cbc:BaseQuantity>",
     "", "CB-38"},
    {"412.00</cbc:PriceAmount>", "824.00</cbc:PriceAmount><cbc:BaseQuantity>2</cbc:BaseQuantity>",
     "", ""},
    {">350.00<", ">-350.00<", "", "CB-37 CB-39"},
    {">112.00<", ">113.00<", "TaxTotal", "CB-35 CB-41"},
    {">112.00<", ">112.02<", "TaxSubtotal", "CB-41 CB-42"},
    {"<cbc:ID>S</cbc:ID>", "", "TaxSubtotal", "CB-43 CB-45"},
    {"<cbc:ID>S</cbc:ID>", "", "InvoiceLine", "CB-44"},
    {"<cbc:ID>S</cbc:ID>", "<cbc:ID>L</cbc:ID>", "InvoiceLine", "CB-45 CB-46"},
    {"<cbc:Percent>16</cbc:Percent>", "<cbc:Percent>8</cbc:Percent>", "InvoiceLine",
     "CB-46 CB-50"},
    {">700.00<", ">710.00<", "TaxSubtotal", "CB-42 CB-46"},
    {">0.00<", ">12.00<", "TaxSubtotal", "CB-41 CB-42 CB-47"},
    {"<cbc:Percent>16</cbc:Percent>", "", "TaxSubtotal", "CB-46 CB-48 CB-50"},
    {"2026-03-12", "2026-13-12", "", "CB-51"},
    {"2026-03-09", "2026-3-9", "", "CB-51"},
    {"2026-03-09", "2026-03-09+03:00", "", ""},
    {"2026-03-09", "2026-03-09T10:00:00", "", "CB-51"},
    {"2026-04-08", "2026-03-08", "", "CB-52"},
    {"<cac:OrderReference>",
     "<cac:InvoicePeriod><cbc:StartDate>2026-03-09</cbc:StartDate>"
     "<cbc:EndDate>2026-02-09</cbc:EndDate></cac:InvoicePeriod><cac:OrderReference>",
     "", "CB-53"},
    {"<cbc:BuyerReference>", "<cbc:TaxCurrencyCode>kes</cbc:TaxCurrencyCode><cbc:BuyerReference>",
     "", "CB-61"},
    {"currencyID=\"EUR\">3460.00", "currencyID=\"KES\">3460.00", "", "CB-62"},
    {" currencyID=\"EUR\">3460.00", ">3460.00", "", "CB-63"},
    {">40<", ">forty<", "", "CB-64"},
    {">86.50<", ">1e2<", "", "CB-64"},
    {">86.50<", ">\n 86.50 <", "", ""},
    {">40<", ">4000000000000000000000000000000000<", "", "CB-65"},
    {">3460.00<", ">3460.001<", "", "CB-31 CB-66"},
    {">3460.00<", ">3460.00000<", "", ""},
    {"<cac:LegalMonetaryTotal>",
     "<cac:TaxTotal><cbc:TaxAmount currencyID=\"KES\">16800</cbc:TaxAmount></cac:TaxTotal>"
     "<cac:TaxTotal><cbc:TaxAmount currencyID=\"USD\">130</cbc:TaxAmount></cac:TaxTotal>"
     "<cac:LegalMonetaryTotal>",
     "", "CB-67"},
    {"<cac:LegalMonetaryTotal>",
     "<cac:TaxTotal><cbc:TaxAmount currencyID=\"KES\">16800</cbc:TaxAmount></cac:TaxTotal>"
     "<cac:LegalMonetaryTotal>",
     "", ""},
    {"DE811907980", "KEP051483920K", "", "CB-71"},
    {">DE<", ">Germany<", "", "CB-72"},
    {">380<", ">INV<", "", "CB-73"},
    {"urn:cen.eu:en16931:2017", "urn:example#conformant#urn:example:more", "", ""},
};

std::string as_credit_note(std::string text) {
  text = everywhere(std::move(text), "InvoiceLine", "CreditNoteLine");
  text = everywhere(std::move(text), "InvoicedQuantity", "CreditedQuantity");
  text = everywhere(std::move(text), "InvoiceTypeCode", "CreditNoteTypeCode");
  text = everywhere(std::move(text), "schema:xsd:Invoice-2", "schema:xsd:CreditNote-2");
  text = everywhere(std::move(text), "<Invoice ", "<CreditNote ");
  return everywhere(std::move(text), "</Invoice>", "</CreditNote>");
}

TEST_CASE("each rule finds what it is about, in UBL invoices and credit notes") {
  for (const bool credit : {false, true}) {
    const auto made = [credit](std::string text) {
      return credit ? as_credit_note(std::move(text)) : text;
    };
    Coverage coverage("ubl.sch");
    coverage.expect(made(ubl()), "", "nothing");
    for (const Change& change : kUbl)
      coverage.expect(made(changed(ubl(), change.from, change.to, change.after)), change.found,
                      std::string(change.from) + " -> " + change.to);
    coverage.expect(made(without(ubl(), "cac:AccountingSupplierParty")), "CB-16", "no seller");
    coverage.expect(made(without(ubl(), "cac:AccountingCustomerParty")), "CB-17", "no buyer");
    std::string no_lines = ubl();
    const std::size_t lines = no_lines.find("  <cac:InvoiceLine>");
    no_lines.erase(lines, no_lines.find("</Invoice>") - lines);
    coverage.expect(made(no_lines), "CB-20 CB-31 CB-46", "no lines");
    const std::string no_due = changed(ubl(), "<cbc:DueDate>2026-04-08</cbc:DueDate>", "");
    coverage.expect(made(no_due), "", "no due date");
    coverage.expect(made(without(no_due, "cac:PaymentTerms")), "CB-30", "no due date, no terms");
    const std::string one_part = without(ubl(), "cac:TaxSubtotal");
    coverage.expect(made(without(one_part, "cac:TaxSubtotal")), "CB-49", "no breakdown");
    coverage.end({});
  }
}

// table
const Change kCii[] = {
    {"<ram:ID>CV-00731</ram:ID>", "", "", "CB-12"},
    {"<udt:DateTimeString format=\"102\">20260518</udt:DateTimeString>", "", "", "CB-13"},
    {"format=\"102\">20260518", "format=\"102\">20260532", "", "CB-51"},
    {"format=\"102\">20260518", "format=\"610\">202605", "", "CB-51"},
    {"format=\"102\">20260518", "format=\"203\">202605181530", "", ""},
    {"format=\"102\">20260518", "format=\"101\">260518", "", ""},
    {" format=\"102\">20260518", ">20260518", "", ""},
    {"<ram:TypeCode>380</ram:TypeCode>", "", "", "CB-14"},
    {"<ram:TypeCode>380<", "<ram:TypeCode>INV<", "", "CB-73"},
    {"<ram:InvoiceCurrencyCode>USD</ram:InvoiceCurrencyCode>", "", "", "CB-15"},
    {"<ram:InvoiceCurrencyCode>",
     "<ram:TaxCurrencyCode>eur</ram:TaxCurrencyCode><ram:InvoiceCurrencyCode>", "", "CB-61"},
    {"<ram:Name>Costa Verde Cacao S.A.</ram:Name>", "", "", "CB-18"},
    {"<ram:Name>Aubrac Chocolat SAS</ram:Name>", "", "", "CB-19"},
    {"<ram:LineID>2</ram:LineID>", "", "", "CB-21"},
    {"<ram:LineID>2</ram:LineID>", "<ram:LineID>1</ram:LineID>", "", "CB-22"},
    {"<ram:BilledQuantity unitCode=\"C62\">25</ram:BilledQuantity>", "", "", "CB-23"},
    {"<ram:LineTotalAmount>80.00</ram:LineTotalAmount>", "", "", "CB-24"},
    {"<ram:Name>Jute bags, 60 kg</ram:Name>", "", "", "CB-25"},
    {"<ram:LineTotalAmount>5995.00</ram:LineTotalAmount>", "", "", "CB-26"},
    {"<ram:TaxBasisTotalAmount>5995.00</ram:TaxBasisTotalAmount>", "", "", "CB-27"},
    {"<ram:GrandTotalAmount>6016.00</ram:GrandTotalAmount>", "", "", "CB-28"},
    {"<ram:DuePayableAmount>6016.00</ram:DuePayableAmount>", "", "", "CB-29"},
    {">5775.00<", ">5757.00<", "", "CB-31 CB-37 CB-46"},
    {">385.00<", ">358.00<", "", "CB-37"},
    {"KGM\">100<", "KGM\">0<", "BasisQuantity", "CB-38"},
    {">140.00<", ">-140.00<", "ChargeAmount>3.20", "CB-37 CB-39"},
    {"<ram:LineTotalAmount>5995.00<", "<ram:LineTotalAmount>5959.00<", "", "CB-31 CB-34"},
    {"<ram:TaxBasisTotalAmount>",
     "<ram:AllowanceTotalAmount>5</ram:AllowanceTotalAmount><ram:TaxBasisTotalAmount>", "",
     "CB-32 CB-34"},
    {"<ram:TaxBasisTotalAmount>",
     "<ram:ChargeTotalAmount>5</ram:ChargeTotalAmount><ram:TaxBasisTotalAmount>", "",
     "CB-33 CB-34"},
    {">6016.00</ram:DuePayableAmount>", ">6061.00</ram:DuePayableAmount>", "", "CB-36"},
    {"<ram:DuePayableAmount>",
     "<ram:TotalPrepaidAmount>16.00</ram:TotalPrepaidAmount><ram:DuePayableAmount>", "", "CB-36"},
    {">21.00<", ">12.00<", "SpecifiedTradeSettlementHeader", "CB-35 CB-41"},
    {">15<", ">12<", "ApplicableHeaderTradeSettlement", "CB-42 CB-46 CB-50"},
    {"<ram:CategoryCode>S</ram:CategoryCode>", "", "ApplicableHeaderTradeSettlement",
     "CB-43 CB-45"},
    {"<ram:CategoryCode>S</ram:CategoryCode>", "", "", "CB-44"},
    {">0.00<", ">9.00<", "ApplicableHeaderTradeSettlement", "CB-41 CB-42 CB-47"},
    {"<ram:RateApplicablePercent>15</ram:RateApplicablePercent>", "",
     "ApplicableHeaderTradeSettlement", "CB-46 CB-48 CB-50"},
    {"currencyID=\"USD\"", "currencyID=\"EUR\"", "", "CB-35 CB-41"},
    {"<ram:GrandTotalAmount>", "<ram:GrandTotalAmount currencyID=\"EUR\">", "", "CB-62"},
    {"<ram:TaxTotalAmount",
     "<ram:TaxTotalAmount currencyID=\"EUR\">19</ram:TaxTotalAmount>"
     "<ram:TaxTotalAmount currencyID=\"GBP\">16</ram:TaxTotalAmount><ram:TaxTotalAmount",
     "", "CB-67"},
    {"<ram:BilledQuantity unitCode=\"C62\">25<", "<ram:BilledQuantity unitCode=\"C62\">0x19<", "",
     "CB-64"},
    {">25<", ">2500000000000000000000000000000000<", "", "CB-65"},
    {">80.00<", ">80.001<", "", "CB-31 CB-66"},
    {"20260717", "20260517", "", "CB-52"},
    {"<ram:SpecifiedTradePaymentTerms>",
     "<ram:BillingSpecifiedPeriod><ram:StartDateTime><udt:DateTimeString "
     "format=\"102\">20260601</udt:DateTimeString></ram:StartDateTime><ram:EndDateTime>"
     "<udt:DateTimeString format=\"102\">20260501</udt:DateTimeString></ram:EndDateTime>"
     "</ram:BillingSpecifiedPeriod><ram:SpecifiedTradePaymentTerms>",
     "", "CB-53"},
    {"FR38824417905", "EC0993318842001", "", "CB-71"},
    {"<ram:CountryID>FR", "<ram:CountryID>fr", "", "CB-72"},
    {"<ram:GrandTotalAmount>6016.00",
     "<ram:GrandTotalAmount>1</ram:GrandTotalAmount><ram:GrandTotalAmount>6016.00", "", "CB-10"},
};

TEST_CASE("each rule finds what it is about, in CII") {
  Coverage coverage("cii.sch");
  coverage.expect(cii(), "", "nothing");
  for (const Change& change : kCii)
    coverage.expect(changed(cii(), change.from, change.to, change.after), change.found,
                    std::string(change.from) + " -> " + change.to);
  coverage.expect(without(cii(), "ram:SellerTradeParty"), "CB-16", "no seller");
  coverage.expect(without(cii(), "ram:BuyerTradeParty"), "CB-17", "no buyer");
  std::string text = cii();
  for (int i = 0; i < 3; ++i) text = without(text, "ram:IncludedSupplyChainTradeLineItem");
  coverage.expect(text, "CB-20 CB-31 CB-46", "no lines");
  coverage.expect(without(cii(), "ram:SpecifiedTradePaymentTerms"), "CB-30", "no terms");
  text = without(cii(), "ram:ApplicableTradeTax", "<ram:ApplicableHeaderTradeSettlement");
  coverage.expect(without(text, "ram:ApplicableTradeTax", "<ram:ApplicableHeaderTradeSettlement"),
                  "CB-49", "no breakdown");
  const std::string charge =
      "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>true</udt:Indicator>"
      "</ram:ChargeIndicator><ram:ActualAmount>10</ram:ActualAmount><ram:CategoryTradeTax>"
      "<ram:CategoryCode>Z</ram:CategoryCode></ram:CategoryTradeTax>"
      "</ram:SpecifiedTradeAllowanceCharge>";
  const std::string terms = "<ram:SpecifiedTradePaymentTerms>";
  coverage.expect(changed(cii(), terms, charge + terms), "CB-33 CB-46", "a charge in no total");
  coverage.expect(changed(cii(), terms, changed(charge, "true", "false") + terms), "CB-32 CB-46",
                  "an allowance in no total");
  // CII names a currency beside few amounts.
  coverage.end({"CB-63"});
}

// table
const Change kEdifact[] = {
    {"BGM+380+DB-26-1180", "BGM+380", "", "CB-12"},
    {"BGM+380+DB-26-1180", "BGM++DB-26-1180", "", "CB-14"},
    {"BGM+380", "BGM+INV", "", "CB-73"},
    {"DTM+137:20260602:102'\n", "", "", "CB-05 CB-13"},
    {"DTM+137:20260602:102", "DTM+137:20260631:102", "", "CB-51"},
    {"DTM+137:20260602:102", "DTM+137:202606020915:203", "", ""},
    {"DTM+13:20260702:102", "DTM+13:20260502:102", "", "CB-52"},
    {"DTM+35:20260529:102", "DTM+167:20260529:102'DTM+168:20260429:102", "", "CB-05 CB-53"},
    {"CUX+2:EUR", "CUX+4:EUR", "", "CB-15"},
    {"CUX+2:EUR", "CUX+2:eur", "", "CB-61"},
    {"CUX+2:EUR", "CUX+2:EUR'CUX+6:kr", "", "CB-05 CB-61"},
    {"NAD+SE+8801234567893::9++Daesong Bearings Co.+Harbour Road 88+Busan++48943+KR'\nRFF+VA",
     "NAD+SE'\nRFF+ZZ", "", "CB-16"},
    {"NAD+BY", "NAD+DP", "", "CB-17"},
    {"++Daesong Bearings Co.", "++", "", "CB-18"},
    {"++Tatra Drives s.r.o.", "++", "", "CB-19"},
    {"LIN+2'", "LIN'", "", "CB-21"},
    {"LIN+2'", "LIN+1'", "", "CB-22"},
    {"QTY+47:500", "QTY+46:500", "", "CB-23"},
    {"MOA+203:2060.00", "MOA+66:2060.00", "", "CB-24"},
    {"IMD+F++:::Ball bearing 6204, sealed", "IMD+A++:::Ball bearing", "", "CB-25"},
    {"MOA+79:4720.00", "MOA+78:4720.00", "", "CB-26"},
    {"MOA+389:4900.00", "MOA+390:4900.00", "", "CB-27"},
    {"MOA+388:4936.00", "MOA+387:4936.00", "", "CB-28"},
    {"MOA+9:4936.00", "MOA+10:4936.00", "", "CB-29"},
    {"PYT+1'\nDTM+13:20260702:102", "PYT+1'\nDTM+12:20260702:102", "", "CB-30"},
    {"MOA+79:4720.00", "MOA+79:4700.00", "", "CB-31 CB-34"},
    {"MOA+259:180.00'", "MOA+259:180.00'MOA+260:3'", "", "CB-05 CB-32 CB-34"},
    {"MOA+259:180.00", "MOA+259:18.00", "", "CB-33 CB-34"},
    {"MOA+389:4900.00", "MOA+389:4901.00", "", "CB-34 CB-35"},
    {"MOA+388:4936.00", "MOA+388:4937.00", "", "CB-35 CB-36"},
    {"MOA+9:4936.00", "MOA+9:4963.00", "", "CB-36"},
    {"MOA+204:50.00", "MOA+204:60.00", "", "CB-37"},
    {"PRI+AAA:4.12", "PRI+AAA:4.12:::0", "", "CB-38"},
    {"PRI+AAA:4.12", "PRI+AAA:412:::100", "", ""},
    {"PRI+AAA:4.12", "PRI+AAA:-4.12", "", "CB-37 CB-39"},
    {"MOA+176:36.00", "MOA+176:63.00", "", "CB-35 CB-41"},
    {"MOA+124:36.00", "MOA+124:38.00", "", "CB-41 CB-42"},
    {"+++:::10+S'\nMOA+125", "+++:::10'\nMOA+125", "", "CB-43 CB-45"},
    {"+++:::10+S'\nUNS", "+++:::10'\nUNS", "", "CB-44"},
    {"+++:::10+S'\nUNS", "+++:::10+L'\nUNS", "", "CB-45 CB-46"},
    {"+++:::10+S'\nUNS", "+++:::12+S'\nUNS", "", "CB-46 CB-50"},
    {"MOA+125:360.00", "MOA+125:400.00", "", "CB-42 CB-46"},
    {"MOA+124:0'", "MOA+124:7'", "", "CB-41 CB-42 CB-47"},
    {"+++:::10+S'\nMOA+125", "++++S'\nMOA+125", "", "CB-46 CB-48 CB-50"},
    {"MOA+203:360.00", "MOA+203:360.00:USD", "", "CB-62"},
    {"QTY+47:500", "QTY+47:fifty", "", "CB-64"},
    {"QTY+47:500", "QTY+47:5000000000000000000000000000000000", "", "CB-65"},
    {"MOA+203:360.00", "MOA+203:360.001", "", "CB-31 CB-66"},
    {"MOA+176:36.00'", "MOA+176:36.00'MOA+176:41:USD'MOA+2:5'", "", "CB-05 CB-67"},
    {"RFF+VA:SK2024119876", "RFF+VA:KR6178112345", "", "CB-71"},
    {"08001+SK", "08001+Slovakia", "", "CB-72"},
    {"BGM+380", "BGM+380+1'BGM+380", "", "CB-05 CB-10"},
    {"UNT+51", "UNT+52", "", "CB-05"},
    {"UNT+51+1", "UNT+51+2", "", "CB-06"},
    {"UNZ+1+26153", "UNZ+1+1", "", "CB-07"},
    {"UNZ+1+26153'", "", "", "CB-08"},
    {"UNOC", "UNOA", "", "CB-09"},
};

TEST_CASE("each rule finds what it is about, in EDIFACT") {
  Coverage coverage("edifact.sch");
  coverage.expect(edifact(), "", "nothing");
  for (const Change& change : kEdifact)
    coverage.expect(changed(edifact(), change.from, change.to, change.after), change.found,
                    std::string(change.from) + " -> " + change.to);
  std::string text = edifact();
  const std::size_t lines = text.find("LIN+1");
  text.erase(lines, text.find("UNS+S") - lines);
  coverage.expect(text, "CB-05 CB-20 CB-31 CB-46", "no lines");
  text = edifact();
  const std::size_t parts = text.find("TAX+7", text.find("UNS+S"));
  text.erase(parts, text.find("UNT+") - parts);
  coverage.expect(text, "CB-05 CB-49", "no breakdown");
  // EDIFACT amounts are in the currency of the message.
  coverage.end({"CB-63"});
}

TEST_CASE("the pack says one sentence a rule, and its digest covers its files") {
  for (const View syntax : {"ubl", "cii", "edifact"}) {
    const auto rules = schematron::compile(std::string(syntax) + ".sch", basic_pack().open);
    REQUIRE(rules.has_value());
    CHECK(rules->facts().assertions > 40);
  }
  for (const EmbeddedFile& file : basic_pack_files()) {
    const std::string path = std::string("src/documents/packs/basic/") + std::string(file.name);
    CHECK(file.text == file_text(std::filesystem::path(CORRIDOR_SOURCE_DIR) / path));
  }
  CHECK(check("x").rules_digest == basic_rules_digest());
  CHECK(check("x").rules == kBasicRules);
}

TEST_CASE("the plain evaluator reads the pack as the fast one does") {
  schematron::CompileOptions options;
  options.optimise = false;
  const auto plain = schematron::compile("ubl.sch", basic_pack().open, options);
  const auto fast = schematron::compile("ubl.sch", basic_pack().open);
  REQUIRE(plain.has_value());
  REQUIRE(fast.has_value());
  for (const Change& change : kUbl) {
    const auto tree = xml::parse(changed(ubl(), change.from, change.to, change.after));
    if (tree) CHECK(plain->judge(*tree) == fast->judge(*tree));
  }
}

TEST_CASE("a party that is not there is found at the document") {
  const Report report = check(without(ubl(), "cac:AccountingSupplierParty"));
  CHECK(rules_found(report) == "CB-16");
  CHECK(report.findings[0].path == "/Invoice");
}

TEST_CASE("a finding has its term, its values and the place they stand at") {
  const Report report = check(changed(ubl(), ">6560.00<", ">6550.00<"));
  const Finding& finding = report.findings[0];
  CHECK(finding.rule == "CB-31");
  CHECK(finding.term == "BT-106");
  CHECK(finding.values == "lines-stated=6550.00, lines-sum=6560.00");
  CHECK(finding.path == "/Invoice/cac:LegalMonetaryTotal/cbc:LineExtensionAmount");
  CHECK(finding.line == 135);
  CHECK(finding.column == 5);
}

TEST_CASE("sums of an extension only warn") {
  const std::string wrong = changed(ubl(), ">4857.00<", ">4875.00<");
  CHECK(!check(wrong).valid());
  const std::string extended =
      changed(wrong, "urn:cen.eu:en16931:2017", "urn:cen.eu:en16931:2017#conformant#urn:example");
  CHECK(rules_found(extended) == "CB-36");
  CHECK(check(extended).valid());
}

TEST_CASE("a tax that is off by less than a unit of the currency warns") {
  const auto severity = [](const std::string& tax) {
    std::string text = changed(ubl(), ">112.00<", ">" + tax + "<", "TaxSubtotal");
    for (const Finding& finding : check(text).findings)
      if (finding.rule == "CB-42") return severity_name(finding.severity);
    return std::string_view("none");
  };
  CHECK(severity("112.01") == "none");
  CHECK(severity("112.02") == "warning");
  CHECK(severity("112.99") == "warning");
  CHECK(severity("111.00") == "fatal");
}

TEST_CASE("currencies without minor units round to whole ones, the dinar to thousandths") {
  const std::string yen = everywhere(ubl(), "EUR", "JPY");
  CHECK(rules_found(changed(yen, ">112.00<", ">112.90<", "TaxSubtotal")) == "CB-41");
  const std::string dinar = everywhere(ubl(), "EUR", "KWD");
  CHECK(rules_found(changed(dinar, ">3460.00<", ">3460.001<")) == "CB-31");
}

TEST_CASE("a divided text is one text") {
  CHECK(rules_found(changed(ubl(), ">6857.00<", ">68<!-- x -->57.0<![CDATA[0]]><")).empty());
}

TEST_CASE("an element of a foreign namespace is not taken for ours") {
  CHECK(rules_found(changed(ubl(), "<cbc:InvoiceTypeCode>",
                            "<x:ID xmlns:x=\"urn:example\">2</x:ID><cbc:InvoiceTypeCode>"))
            .empty());
}

TEST_CASE("a line that is free does not end the comparison of bases") {
  const std::string line =
      "  <cac:InvoiceLine><cbc:ID>9</cbc:ID><cbc:InvoicedQuantity>1</cbc:InvoicedQuantity>"
      "<cbc:LineExtensionAmount currencyID=\"EUR\">0.00</cbc:LineExtensionAmount><cac:Item>"
      "<cbc:Name>Sample</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>"
      "<cbc:Percent>16.0</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item></cac:InvoiceLine>\n";
  const std::string text = changed(ubl(), "  <cac:InvoiceLine>", line + "  <cac:InvoiceLine>");
  CHECK(rules_found(text).empty());
  CHECK(rules_found(changed(text, ">700.00<", ">710.00<", "TaxSubtotal")) == "CB-42 CB-46");
}

TEST_CASE("a line of several taxes is not held against the breakdown's bases") {
  const std::string other =
      "<cac:ClassifiedTaxCategory><cbc:ID>X</cbc:ID></cac:ClassifiedTaxCategory></cac:Item>";
  const std::string text = changed(ubl(), "</cac:Item>", other);
  CHECK(rules_found(changed(text, ">700.00<", ">710.00<", "TaxSubtotal")) == "CB-42");
}

TEST_CASE("findings are bounded, and what is left out still counts") {
  std::string text = ubl();
  const std::size_t at = text.find("  <cac:InvoiceLine>");
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>";
  const Report report = check(text.insert(at, lines));
  CHECK(report.findings.size() == 101);
  CHECK(report.findings.back().rule == "CB-99");
  CHECK(report.findings.back().severity == Severity::fatal);
}

// A rule that looked at all lines from each of them would not come to an end here.
TEST_CASE("an invoice of very many lines and tax parts is judged in linear time") {
  constexpr int kMany = 30'000;
  std::string text = ubl();
  std::string lines;
  for (int i = 0; i < kMany; ++i) lines += "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>";
  text.insert(text.find("  <cac:InvoiceLine>"), lines);
  std::string parts;
  for (int i = 0; i < kMany; ++i)
    parts += "<cac:TaxSubtotal><cac:TaxCategory><cbc:ID>G</cbc:ID></cac:TaxCategory>"
             "</cac:TaxSubtotal>";
  text.insert(text.find("    <cac:TaxSubtotal>"), parts);
  CHECK(rules_found(text).contains("CB-22"));
  std::string interchange = edifact();
  std::string segments;
  for (int i = 0; i < kMany; ++i) segments += "LIN+1'TAX+7+VAT+++:::10+S'";
  interchange.insert(interchange.find("UNS+S"), segments);
  segments.clear();
  for (int i = 0; i < kMany; ++i) segments += "TAX+7+VAT+++:::10+S'MOA+124:0'";
  for (int i = 0; i < kMany; ++i) segments += "UNZ+1'";
  interchange.insert(interchange.find("UNT+"), segments);
  CHECK(rules_found(interchange).contains("CB-08"));
}

TEST_CASE("a value in a sentence is cut and kept to one line") {
  const std::string longest(5'000, 'x');
  const Report report = check(changed(ubl(), ">380<", ">" + longest + "\n" + longest + "<"));
  REQUIRE(rules_found(report) == "CB-73");
  CHECK(report.findings[0].text.size() < 250);
  const std::string wide = "a" + std::string(98, 'b') + "\xC3\xA9" + longest;
  const Report cut = check(changed(ubl(), ">380<", ">" + wide + "<"));
  CHECK(is_utf8(cut.findings[0].text));
}

}  // namespace
}  // namespace corridor::documents
