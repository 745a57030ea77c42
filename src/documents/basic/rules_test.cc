// SPDX-License-Identifier: Apache-2.0
#include "documents/basic/rules.h"

#include <set>

#include "documents/testing.h"

namespace corridor::documents {
namespace {

std::vector<Rule> all() {
  std::vector<Rule> out;
  for (const auto part :
       {reading_rules(), presence_rules(), sum_rules(), tax_rules(), value_rules()})
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

std::string ubl() { return example("invoice-ubl.xml"); }
std::string cii() { return example("invoice-cii.xml"); }

TEST_CASE("rules have ids of their own and say one sentence") {
  std::set<std::string_view> ids;
  std::size_t judged = 0;
  for (const auto& rule : all()) {
    CHECK_MESSAGE(ids.insert(rule.id).second, std::string(rule.id));
    CHECK(rule.id.starts_with("CB-"));
    CHECK_MESSAGE(rule.text.ends_with('.'), std::string(rule.id));
    if (rule.judge != nullptr) ++judged;
  }
  CHECK(judged >= 20);
}

TEST_CASE("the digest covers the table") {
  const std::string text = rules_canonical_text();
  CHECK(text.starts_with(std::string(kBasicRules) + "\n"));
  for (const auto& rule : all()) CHECK(text.contains(rule.text));
  CHECK(check("x").rules_digest == basic_rules_digest());
}

struct Change {
  const char* from;
  const char* to;
  const char* after;
  const char* found;
};

TEST_CASE("each rule finds what it is about, in UBL") {
  CHECK(rules_found(ubl()).empty());
  const Change changes[] = {
      {"<cbc:ID>KI-2026-0417</cbc:ID>", "", "", "CB-12"},
      {"<cbc:ID>KI-2026-0417</cbc:ID>", "<cbc:ID> </cbc:ID>", "", "CB-12"},
      {"KI-2026-0417</cbc:ID>", "1</cbc:ID><cbc:ID>2</cbc:ID>", "", "CB-10"},
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
      {"<cbc:Percent>16</cbc:Percent>", "<cbc:Percent>8</cbc:Percent>", "InvoiceLine",
       "CB-45 CB-46"},
      {">700.00<", ">710.00<", "TaxSubtotal", "CB-42 CB-46"},
      {">0.00<", ">12.00<", "TaxSubtotal", "CB-41 CB-42 CB-47"},
      {"<cbc:Percent>16</cbc:Percent>", "", "TaxSubtotal", "CB-45 CB-46 CB-48"},
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
      {">40<", ">4000000000000000000000000000000000<", "", "CB-65"},
      {">3460.00<", ">3460.001<", "", "CB-31 CB-66"},
      {"DE811907980", "P051483920K", "", "CB-71"},
      {">DE<", ">Germany<", "", "CB-72"},
      {">380<", ">INV<", "", "CB-73"},
      {"urn:cen.eu:en16931:2017", "urn:example#conformant#urn:example:more", "", ""},
  };
  for (const auto& change : changes) {
    const std::string text = changed(ubl(), change.from, change.to, change.after);
    CHECK_MESSAGE(rules_found(text) == change.found, change.from << " -> " << change.to);
  }
}

TEST_CASE("each rule finds what it is about, in CII") {
  CHECK(rules_found(cii()).empty());
  const Change changes[] = {
      {"<ram:ID>CV-00731</ram:ID>", "", "", "CB-12"},
      {"<udt:DateTimeString format=\"102\">20260518</udt:DateTimeString>", "", "", "CB-13"},
      {"format=\"102\">20260518", "format=\"102\">20260532", "", "CB-51"},
      {"format=\"102\">20260518", "format=\"610\">202605", "", "CB-51"},
      {"<ram:TypeCode>380</ram:TypeCode>", "", "", "CB-14"},
      {"<ram:InvoiceCurrencyCode>USD</ram:InvoiceCurrencyCode>", "", "", "CB-15"},
      {"<ram:Name>Aubrac Chocolat SAS</ram:Name>", "", "", "CB-19"},
      {"<ram:LineID>2</ram:LineID>", "<ram:LineID>1</ram:LineID>", "", "CB-22"},
      {">5775.00<", ">5757.00<", "", "CB-31 CB-37 CB-46"},
      {">385.00<", ">358.00<", "", "CB-37"},
      {"<ram:LineTotalAmount>5995.00<", "<ram:LineTotalAmount>5959.00<", "", "CB-31 CB-34"},
      {">21.00<", ">12.00<", "SpecifiedTradeSettlementHeader", "CB-35 CB-41"},
      {">15<", ">12<", "ApplicableHeaderTradeSettlement", "CB-42 CB-45 CB-46"},
      {"currencyID=\"USD\"", "currencyID=\"EUR\"", "", "CB-62"},
      {"20260717", "20260517", "", "CB-52"},
      {"<ram:CountryID>FR", "<ram:CountryID>fr", "", "CB-72"},
      {"<ram:GrandTotalAmount>6016.00",
       "<ram:GrandTotalAmount>1</ram:GrandTotalAmount><ram:GrandTotalAmount>6016.00", "",
       "CB-10 CB-35 CB-36"},
  };
  for (const auto& change : changes) {
    const std::string text = changed(cii(), change.from, change.to, change.after);
    CHECK_MESSAGE(rules_found(text) == change.found, change.from << " -> " << change.to);
  }
}

TEST_CASE("a party that is not there is found at the document") {
  std::string text = ubl();
  const std::size_t from = text.find("  <cac:AccountingSupplierParty>");
  const std::string close = "</cac:AccountingSupplierParty>\n";
  text.erase(from, text.find(close) + close.size() - from);
  CHECK(rules_found(text) == "CB-16");
  CHECK(check(text).findings[0].path == "/Invoice");
}

TEST_CASE("an invoice without lines has no line, whatever its totals say") {
  std::string text = ubl();
  const std::size_t from = text.find("  <cac:InvoiceLine>");
  text.erase(from, text.find("</Invoice>") - from);
  CHECK(rules_found(text).starts_with("CB-20"));
}

TEST_CASE("sums of an extension only warn") {
  const std::string wrong = changed(ubl(), ">4857.00<", ">4875.00<");
  CHECK(!check(wrong).valid());
  const std::string extended =
      changed(wrong, "urn:cen.eu:en16931:2017", "urn:cen.eu:en16931:2017#conformant#urn:example");
  CHECK(rules_found(extended) == "CB-36");
  CHECK(check(extended).valid());
}

TEST_CASE("currencies without minor units round to whole ones, the dinar to thousandths") {
  std::string yen = ubl();
  for (std::size_t at = 0; (at = yen.find("EUR", at)) != std::string::npos;)
    yen.replace(at, 3, "JPY");
  CHECK(rules_found(changed(yen, ">112.00<", ">112.90<", "TaxSubtotal")) == "CB-41");
  std::string dinar = ubl();
  for (std::size_t at = 0; (at = dinar.find("EUR", at)) != std::string::npos;)
    dinar.replace(at, 3, "KWD");
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

TEST_CASE("findings are bounded, and what is left out still counts") {
  std::string text = ubl();
  const std::size_t at = text.find("  <cac:InvoiceLine>");
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>";
  const Report report = check(text.insert(at, lines));
  CHECK(report.findings.size() == Findings::kMax + 1);
  CHECK(report.findings.back().rule == "CB-99");
  CHECK(report.findings.back().severity == Severity::fatal);
}

TEST_CASE("an invoice of too many lines is not judged by a part of them") {
  std::string text = ubl();
  const std::size_t at = text.find("  <cac:InvoiceLine>");
  std::string lines;
  for (std::size_t i = 0; i <= kInvoiceItemsMax; ++i) lines += "<cac:InvoiceLine/>";
  CHECK(rules_found(text.insert(at, lines)) == "CB-11");
}

TEST_CASE("a value in a sentence is cut and kept to one line") {
  const std::string longest(5'000, 'x');
  const Report report = check(changed(ubl(), ">380<", ">" + longest + "\n" + longest + "<"));
  REQUIRE(rules_found(report) == "CB-73");
  CHECK(report.findings[0].text.size() < 250);
  const std::string wide = "a" + std::string(99, 'b') + "\xC3\xA9" + longest;
  const Report cut = check(changed(ubl(), ">380<", ">" + wide + "<"));
  CHECK(is_utf8(cut.findings[0].text));
}

}  // namespace
}  // namespace corridor::documents
