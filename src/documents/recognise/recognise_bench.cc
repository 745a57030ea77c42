// SPDX-License-Identifier: Apache-2.0
//
// One look at a document of about 20 kB, per kind, and a memchr for a byte that is not in it beside
// it: what touching each byte once costs. Per kind also a document that tells late, where there is
// such a thing. They take turns; printed is the median of the rounds: name value unit.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "documents/recognise/recognise.h"

namespace {

using corridor::View;
using corridor::documents::recognise_head;

constexpr std::size_t kBytes = 20'000;
constexpr int kRounds = 2'000;
constexpr int kLooks = 16;  // of one measurement: the clock itself takes a part of a microsecond

struct Case {
  std::string name;
  std::string kind;
  std::string text;
  std::vector<double> looks;
  std::vector<double> passes;
};

// `begin`, as many of `line` as make 20 kB, `end`.
std::string filled(const std::string& begin, const std::string& line, const std::string& end) {
  std::string out = begin;
  while (out.size() + line.size() + end.size() < kBytes) out += line;
  return out + end;
}

std::string utf16(const std::string& ascii) {
  std::string out = "\xFF\xFE";
  for (const char c : ascii) out.append({c, '\0'});
  return out;
}

std::vector<Case> cases() {
  const std::string ubl = "urn:oasis:names:specification:ubl:schema:xsd:";
  const std::string unece = "urn:un:unece:uncefact:data:standard:";
  const std::string order_begin =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Order xmlns=\"" + ubl + "Order-2\" xmlns:cbc=\"" +
      ubl + "CommonBasicComponents-2\"\n  xmlns:cac=\"" + ubl + "CommonAggregateComponents-2\">\n";
  const std::string said =
      "  <cbc:CustomizationID>urn:example:order</cbc:CustomizationID>\n  <cbc:ID>7</cbc:ID>\n"
      "  <cbc:IssueDate>2024-11-27</cbc:IssueDate>\n";
  const std::string line =
      "  <cac:OrderLine>\n    <cac:LineItem>\n      <cbc:ID>1</cbc:ID>\n"
      "      <cbc:Quantity unitCode=\"KGM\">40</cbc:Quantity>\n    </cac:LineItem>\n"
      "  </cac:OrderLine>\n";
  const std::string note = "  <cbc:Note>Coffee, washed and dried, in bags</cbc:Note>\n";
  const std::string order = filled(order_begin + said, line, "</Order>\n");
  std::string extension = "  <x:UBLExtensions xmlns:x=\"" + ubl + "CommonExtensionComponents-2\">\n";
  for (int i = 0; i < 8; ++i)
    extension += "    <x:Signature>" + std::string(1'500, 'A') + "</x:Signature>\n";
  extension += "  </x:UBLExtensions>\n";
  const std::string cii = filled(
      "<r:CrossIndustryInvoice xmlns:r=\"" + unece + "CrossIndustryInvoice:100\"\n xmlns:a=\"" +
          unece + "ReusableAggregateBusinessInformationEntity:100\"\n xmlns:u=\"" + unece +
          "UnqualifiedDataType:100\">\n <r:ExchangedDocumentContext>\n"
          "  <a:GuidelineSpecifiedDocumentContextParameter><a:ID>urn:cen.eu:en16931:2017</a:ID>"
          "</a:GuidelineSpecifiedDocumentContextParameter>\n </r:ExchangedDocumentContext>\n"
          " <r:ExchangedDocument>\n  <a:IssueDateTime><u:DateTimeString format=\"102\">20241127"
          "</u:DateTimeString></a:IssueDateTime>\n </r:ExchangedDocument>\n"
          " <r:SupplyChainTradeTransaction>\n",
      "  <a:IncludedSupplyChainTradeLineItem><a:ID>1</a:ID></a:IncludedSupplyChainTradeLineItem>\n",
      " </r:SupplyChainTradeTransaction>\n</r:CrossIndustryInvoice>\n");
  const std::string edifact =
      filled("UNB+UNOC:3+A+B+241127:1200+1'UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+7'"
             "DTM+137:20241127:102'",
             "LIN+1++5020436373085:EN'QTY+21:8'", "UNT+9+1'UNZ+1+1'");
  const std::string item =
      "    {\n      \"descriptionOfGoods\": [\"Coffee\"],\n      \"HSCodes\": [\"090111\"]\n    },\n";
  const std::string bill = "\"transportDocumentTypeCode\": \"BOL\",\n  \"isToOrder\": true,\n  "
                           "\"carrierCode\": \"ABCD\"";
  const std::string early = filled("{\n  " + bill + ",\n  \"documentParties\": {},\n"
                                   "  \"consignmentItems\": [\n", item, "    {}\n  ]\n}\n");
  const std::string late =
      filled("{\n  \"consignmentItems\": [\n", item, "    {}\n  ],\n  " + bill + "\n}\n");
  const std::string credential_begin =
      "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":[\"VerifiableCredential\","
      "\"Origin\"],\"validFrom\":\"2024-11-27T00:00:00Z\",\"credentialSubject\":[";
  const std::string credential = filled(credential_begin, item, "{}]}");
  const std::string jwt = corridor::base64url("{\"alg\":\"EdDSA\"}") + "." +
                          corridor::base64url(credential) + "." +
                          corridor::base64url(std::string(64, 's'));
  return {
      {"ubl", "ubl:Order", order, {}, {}},
      {"ubl_signed", "ubl:Order", filled(order_begin + extension + said, line, "</Order>\n"), {}, {}},
      {"ubl_late", "ubl:Order", filled(order_begin, note, said + "</Order>\n"), {}, {}},
      {"ubl_utf16", "ubl:Order", utf16(order.substr(0, kBytes / 2)), {}, {}},
      {"cii", "cii:CrossIndustryInvoice", cii, {}, {}},
      {"xml_unknown", "unknown", filled("<list>\n", "  <item a=\"b\">c</item>\n", "</list>\n"), {}, {}},
      {"edifact", "edifact:ORDERS", edifact, {}, {}},
      {"dcsa", "dcsa:TransportDocument", early, {}, {}},
      {"dcsa_late", "dcsa:TransportDocument", late, {}, {}},
      {"vc", "vc:Origin", credential, {}, {}},
      {"vc_jwt", "vc:Origin", jwt, {}, {}},
      {"json_unknown", "unknown", filled("{\"a\":[\n", item, "{}]}\n"), {}, {}},
      {"pdf", "pdf:Document", filled("%PDF-1.7\n", "junk of a page\n", "%%EOF\n"), {}, {}},
      {"text", "unknown", filled("Dear all,\n", "this is a letter.\n", "Yours\n"), {}, {}},
  };
}

template <class Work>
double microseconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kLooks; ++i) work();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  return took.count() / kLooks;
}

double median(std::vector<double>& values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main() {
  std::vector<Case> all = cases();
  for (const Case& one : all) {
    if (recognise_head(one.text).kind.name() == one.kind) continue;
    std::fprintf(stderr, "%s is not recognised as %s\n", one.name.c_str(), one.kind.c_str());
    return 1;
  }
  std::size_t found = 0;
  for (int round = 0; round < kRounds; ++round)
    for (Case& one : all) {
      one.looks.push_back(
          microseconds([&] { found += recognise_head(one.text).media_type.size(); }));
      one.passes.push_back(microseconds([&] {
        found += std::memchr(one.text.data(), '\x7F', one.text.size()) != nullptr ? 1U : 0U;
        asm volatile("" ::: "memory");  // once a round, not once
      }));
    }
  for (Case& one : all)
    std::printf("recognise_%s_%zu_bytes %.2f us\nmemchr_%s %.2f us\n", one.name.c_str(),
                one.text.size(), median(one.looks), one.name.c_str(), median(one.passes));
  return found == 0 ? 1 : 0;
}
