// SPDX-License-Identifier: Apache-2.0
#include "documents/recognise/recognise.h"

#include "documents/recognise/date.h"
#include "documents/recognise/json_scanner.h"
#include "documents/recognise/xml_scanner.h"
#include "documents/testing.h"

namespace corridor::documents {
namespace {

constexpr View kUblOrder = "urn:oasis:names:specification:ubl:schema:xsd:Order-2";
constexpr View kCbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
constexpr View kCac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";

// kind|profile|edition|issued
std::string seen(View bytes) {
  const Recognition r = recognise_head(bytes);
  return r.kind.name() + "|" + r.kind.profile + "|" + r.edition + "|" + r.issued;
}

std::string order(const std::string& content, const std::string& before = "") {
  return before + "<o:Order xmlns:o=\"" + std::string(kUblOrder) + "\" xmlns:c='" +
         std::string(kCbc) + "'\n xmlns:a=\"" + std::string(kCac) + "\">" + content + "</o:Order>";
}

std::string utf16(View text, bool big_endian) {
  std::string out = big_endian ? "\xFE\xFF" : "\xFF\xFE";
  const auto put = [&](unsigned unit) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    out.push_back(big_endian ? high : low);
    out.push_back(big_endian ? low : high);
  };
  for (const char c : text) put(static_cast<unsigned char>(c));  // of ASCII only
  return out;
}

TEST_CASE("any document of UBL is named by its namespace, whatever the prefixes") {
  CHECK(seen(order("<c:UBLVersionID>2.1</c:UBLVersionID><c:CustomizationID> a:b </c:CustomizationID>"
                   "<c:ID>7</c:ID><c:IssueDate>2024-11-27</c:IssueDate>")) ==
        "ubl:Order|a:b|2.1|2024-11-27");
  CHECK(recognise_head(order("")).media_type == "application/xml");
  // The default namespace, declarations on the children, and another one hidden below.
  const std::string local = "<Waybill xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Waybill-2\">"
                            "<CustomizationID xmlns=\"" + std::string(kCbc) + "\">p</CustomizationID>"
                            "<CustomizationID>q</CustomizationID>"
                            "<x:IssueDate xmlns:x='" + std::string(kCbc) + "'>2024-02-29Z</x:IssueDate>"
                            "</Waybill>";
  CHECK(seen(local) == "ubl:Waybill|p||2024-02-29");
  CHECK(seen("<i:Invoice xmlns:i='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>") ==
        "ubl:Invoice|||");
  CHECK(seen("<i:Invoice xmlns:i='urn:oasis:names:specification:ubl:schema:xsd:&#73;nvoice-2'/>") ==
        "ubl:Invoice|||");
}

TEST_CASE("what only looks like a document of UBL is unknown") {
  for (const View xml :
       {View("<Order/>"), View("<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>"),
        View("<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-3'/>"),
        View("<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2x'/>"),
        View("<Order xmlns:o='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>"),
        View("<CommonBasicComponents "
             "xmlns='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'/>"),
        View("<x><Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/></x>"),
        View("<Order a='<' xmlns'urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>")})
    CHECK_MESSAGE(seen(xml) == "unknown|||", xml);
}

TEST_CASE("comments, instructions, a document type, CDATA and references are read past or through") {
  const std::string before =
      "\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- <Invoice> > --><?p <Invoice> ?>"
      "<!DOCTYPE Order [<!ENTITY a \"]>\"><!-- ]> ' -->]>\n";
  CHECK(seen(order("<!-- <c:CustomizationID>no</c:CustomizationID> -->"
                   "<c:CustomizationID schemeID='>' >\r\n<![CDATA[a<]]>b&amp;&#x63;<?no no?>\t"
                   "</c:CustomizationID><c:IssueDate>2024-01-02</c:IssueDate>",
                   before)) == "ubl:Order|a<b&c||2024-01-02");
  // Deeper ones, later ones and those behind the parties do not count.
  CHECK(seen(order("<x><c:CustomizationID>no</c:CustomizationID></x><c:CustomizationID/>"
                   "<c:CustomizationID>no</c:CustomizationID><a:Party/><c:UBLVersionID>2</c:"
                   "UBLVersionID>")) == "ubl:Order|||");
  CHECK(seen(order("<c:IssueDate>2024-02-30</c:IssueDate>")) == "ubl:Order|||");
  CHECK(seen(order("<c:CustomizationID>a&unknown;b</c:CustomizationID>")) == "ubl:Order|||");
  CHECK(seen(order("<c:CustomizationID>\xFF</c:CustomizationID>")) == "ubl:Order|||");
}

TEST_CASE("the encodings of XML that are read are recognised") {
  const std::string text = order("<c:CustomizationID>a</c:CustomizationID><c:IssueDate>2024-01-02"
                                 "</c:IssueDate>" + std::string(10'000, ' '));
  CHECK(seen(utf16(text, true)) == "ubl:Order|a||2024-01-02");
  CHECK(seen(utf16(text, false)) == "ubl:Order|a||2024-01-02");
  const std::string late = order(std::string(10'000, ' ') + "<c:CustomizationID>a</c:CustomizationID>");
  CHECK(seen(utf16(late, false)) == "ubl:Order|a||");
  CHECK(seen(order("<c:CustomizationID>\xFC</c:CustomizationID>",
                   "<?xml version='1.0' encoding='ISO-8859-1'?>")) == "ubl:Order|\xC3\xBC||");
}

TEST_CASE("the messages of UN/CEFACT are named by their namespace") {
  const auto cii = [](const std::string& local, const std::string& guideline) {
    return "<r:" + local + " xmlns:r='urn:un:unece:uncefact:data:standard:" + local +
           ":100' xmlns:ram='urn:un:unece:uncefact:data:standard:"
           "ReusableAggregateBusinessInformationEntity:100' "
           "xmlns:udt='urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100'>"
           "<r:ExchangedDocumentContext><ram:BusinessProcessSpecifiedDocumentContextParameter>"
           "<ram:ID>no</ram:ID></ram:BusinessProcessSpecifiedDocumentContextParameter>"
           "<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>" + guideline +
           "</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>"
           "</r:ExchangedDocumentContext><r:ExchangedDocument><ram:ID>1</ram:ID><ram:IssueDateTime>"
           "<udt:DateTimeString format='102'>20241127</udt:DateTimeString></ram:IssueDateTime>"
           "</r:ExchangedDocument></r:" + local + ">";
  };
  CHECK(seen(cii("CrossIndustryInvoice", "urn:cen.eu:en16931:2017")) ==
        "cii:CrossIndustryInvoice|urn:cen.eu:en16931:2017||2024-11-27");
  CHECK(seen(cii("CrossIndustryOrder", "urn:x#D16B")) ==
        "cii:CrossIndustryOrder|urn:x#D16B|D16B|2024-11-27");
  CHECK(seen(changed(cii("SCRDMCCBDACIOMessageStructure", "a"), "standard:", "")) ==
        "cii:SCRDMCCBDACIOMessageStructure|a||2024-11-27");
  CHECK(seen(changed(cii("CrossIndustryInvoice", "a"), ":100'", ":abc'")) == "unknown|||");
  CHECK(seen("<r:Code xmlns:r='urn:un:unece:uncefact:data:standard:Codes:100'/>") == "unknown|||");
}

TEST_CASE("any message of EDIFACT is named by its first UNH") {
  CHECK(seen("UNA:+,? '\nUNB+IATB:1+A+B+940101:0950+1'\nUNH+1+ORDERS:D:96A:UN:EAN008'"
             "BGM+220+7'DTM+2:20240101:102'DTM+137:202411271200:203'") ==
        "edifact:ORDERS|D:96A:UN:EAN008|D.96A|2024-11-27");
  CHECK(seen("UNB+UNOA:2+A+B'UNH+1+BAPLIE:D:95B:UN:SMDG20'DTM+137:0903031447:201'") ==
        "edifact:BAPLIE|D:95B:UN:SMDG20|D.95B|2009-03-03");
  CHECK(seen("UNB+UNOA:2+A+B'UNH+1+INVOIC:D:14B:UN::16B'UNT+2+1'DTM+137:20240101:102'") ==
        "edifact:INVOIC|D:14B:UN::16B|D.14B|");
  CHECK(seen("UNB+UNOA:2+A+B'UNH+1+invoice:D:96A:UN'") == "unknown|||");
  CHECK(seen("UNB+UNOA:2+A+B'") == "unknown|||");
  CHECK(recognise_head("UNB+UNOA:2+A+B'").media_type == "application/octet-stream");
}

TEST_CASE("bills of lading, their instructions and their envelopes are told apart") {
  const std::string bill = R"("transportDocumentTypeCode":"BOL","isToOrder":true,
    "documentParties":{"a":"}]\"{"},"consignmentItems":[{}])";
  CHECK(seen("{" + bill + R"(,"carrierCode":"ABCD","issueDate":"2024-11-27"})") ==
        "dcsa:TransportDocument|||2024-11-27");
  CHECK(seen("{" + bill + R"(,"transportDocumentReference":"R"})") == "dcsa:TransportDocument|||");
  CHECK(seen("{" + bill + R"(,"isCargoDeliveredInICS2Zone":false})") ==
        "dcsa:ShippingInstructions|||");
  CHECK(seen(R"({"transportDocument":{)" + bill +
             R"(},"envelopeManifestSignedContent":"a.b.c","envelopeTransferChain":["a.b.c"]})") ==
        "dcsa:EblEnvelope|||");
  CHECK(seen("{" + bill + "}") == "unknown|||");
  CHECK(seen("{" + bill + R"(,"carrierCode":"A","carrierCode":"B"})") == "unknown|||");
  CHECK(seen("{" + bill + R"(,"carrierCode":"A",})") == "unknown|||");
  CHECK(seen("{\"x\":{" + bill + R"(,"carrierCode":"A"}})") == "unknown|||");
  CHECK(seen("[{" + bill + R"(,"carrierCode":"A"}])") == "unknown|||");
  CHECK(recognise_head("[{" + bill + "}]").media_type == "application/json");
}

TEST_CASE("credentials are named by their most specific type") {
  const std::string second = R"("@context":["https:\/\/www.w3.org\/ns\/credentials\/v2",{"a":"b"}])";
  const std::string first = R"("@context":"https://www.w3.org/2018/credentials/v1")";
  CHECK(seen("{" + second + R"(,"type":["DigitalProductPassport","VerifiableCredential"],
        "validFrom":"2024-11-27T10:00:00Z"})") == "vc:DigitalProductPassport||2.0|2024-11-27");
  CHECK(seen("{" + first + R"(,"type":["VerifiableCredential","A","B"],"issuanceDate":"2024-01-02"})") ==
        "vc:B||1.1|2024-01-02");
  CHECK(seen("{" + first + R"(,"type":"VerifiableCredential"})") == "vc:VerifiableCredential||1.1|");
  CHECK(seen("{" + second + R"(,"type":["VerifiablePresentation"]})") ==
        "vc:VerifiablePresentation||2.0|");
  CHECK(seen("{" + second + R"(,"type":["VerifiableCredential","a b\n"]})") ==
        "vc:VerifiableCredential||2.0|");
  CHECK(seen("{" + second + R"(,"type":["Credential"]})") == "unknown|||");
  CHECK(seen(R"({"@context":"https://example.org","type":"VerifiableCredential"})") == "unknown|||");
}

TEST_CASE("a compact JWT is what its payload is") {
  const std::string credential =
      R"({"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential","Origin"]})";
  const auto jwt = [](const std::string& payload, const std::string& header = R"({"alg":"EdDSA"})") {
    return base64url(header) + "." + base64url(payload) + "." + base64url("signature");
  };
  CHECK(seen(jwt(credential)) == "vc:Origin||2.0|");
  CHECK(recognise_head(jwt(credential) + "\n").media_type == "application/vc+jwt");
  const std::string presentation =
      R"({"iss":"did:web:a","vp":{"@context":"https://www.w3.org/2018/credentials/v1",
          "type":"VerifiablePresentation"}})";
  CHECK(seen(jwt(presentation)) == "vc:VerifiablePresentation||1.1|");
  CHECK(recognise_head(jwt(presentation)).media_type == "application/vp+jwt");
  const std::string padding(20'000, 'x');
  CHECK(seen(jwt(R"({"a":")" + padding + R"(",)" + credential.substr(1))) == "vc:Origin||2.0|");
  CHECK(seen(jwt(credential.substr(0, credential.size() - 1) + R"(,"a":")" + padding + "\"}")) ==
        "vc:Origin||2.0|");
  CHECK(seen(jwt(R"({"iss":"x"})")) == "unknown|||");
  CHECK(seen(jwt(credential, R"({"typ":"vc+jwt"})")) == "unknown|||");
  CHECK(seen(jwt(credential) + ".more") == "unknown|||");
  CHECK(seen(jwt(credential) + "~") == "unknown|||");
  CHECK(seen(base64url(R"({"alg":"none"})") + "." + base64url(credential) + ".") == "unknown|||");
}

TEST_CASE("a PDF is a container, wherever in the first kilobyte it begins") {
  const Recognition pdf = recognise_head("junk\n%PDF-1.7\n...");
  CHECK(pdf.kind.name() == "pdf:Document");
  CHECK(pdf.container);
  CHECK(pdf.edition == "1.7");
  CHECK(pdf.media_type == "application/pdf");
  CHECK(seen("<x>%PDF-1.7</x>") == "unknown|||");
  CHECK(seen(std::string(1'100, ' ') + "%PDF-1.7") == "unknown|||");
  CHECK(seen("a letter about %PDF- files") == "unknown|||");
}

TEST_CASE("the test document is recognised as a whole, and other texts are nothing") {
  const Bytes test = make_test_document(
      {Did("did:web:lagos.example"), Did("did:web:osaka.example"), Time{1'790'000'000'000}, "n-1"});
  CHECK(seen(test) == "corridor:Test|||");
  CHECK(seen(changed(test, "\"nonce\"", "\"version\"")) == "unknown|||");
  for (const View bytes : {View(""), View("<"), View("< 5 euros"), View("{"), View("{}"), View("[]"),
                           View("Dear all"), View("eyJ"), View("eyJ..."), View("\xFF\xFE"),
                           View("\0\1\2", 3), View("<!DOCTYPE"), View("<![CDATA["), View("<a")})
    CHECK(seen(bytes) == "unknown|||");
}

TEST_CASE("a document that is cut anywhere is recognised as what is left of it, or not at all") {
  const std::string jwt = base64url(R"({"alg":"EdDSA"})") + "." + base64url(
      R"({"@context":"https://www.w3.org/ns/credentials/v2","type":"VerifiableCredential"})") + ".AA";
  const std::string documents[] = {example("invoice-ubl.xml"), example("invoice-cii.xml"),
                                   example("invoice-edifact.edi"), jwt,
                                   utf16(order("<c:CustomizationID>a</c:CustomizationID>"), true)};
  for (const std::string& text : documents) {
    const DocumentKind whole = recognise_head(text).kind;
    for (std::size_t size = 0; size < text.size(); ++size) {
      const DocumentKind kind = recognise_head(View(text).substr(0, size)).kind;
      CHECK((kind.name() == "unknown" || kind.name() == whole.name()));
      CHECK((kind.profile.empty() || whole.profile.starts_with(kind.profile)));
    }
  }
}

TEST_CASE("values are passed over the same in blocks and byte by byte") {
  // Strings with brackets, quotes and escapes at every distance from the borders of the blocks.
  for (std::size_t shift = 0; shift < 140; ++shift) {
    const std::string filler(shift, 'x');
    const std::string value = "[\"" + filler + "\",{\"]}\":[" + std::string(shift, ' ') +
                              "\"\\\\\",\"\\\"]\"],\"k\":\"" + filler + filler + "\"},[],\"}\"]";
    const std::string text = "{\"a\":" + value + ",\"b\":" + value + " }";
    JsonScanner in(text);
    REQUIRE(in.next());
    CHECK(in.value() == value);
    REQUIRE(in.next());
    CHECK(in.key() == "b");
    CHECK(in.value() == value);
    CHECK_FALSE(in.next());
    CHECK(in.complete());
    JsonScanner cut(View(text).substr(0, text.size() / 2));
    while (cut.next()) continue;
    CHECK(cut.cut());
  }
}

TEST_CASE("days are read in each of their spellings, and only days") {
  CHECK(day_of("2024-11-27") == "2024-11-27");
  CHECK(day_of("2024-11-27T01:02:03+01:00") == "2024-11-27");
  CHECK(day_of("20241127") == "2024-11-27");
  CHECK(day_of("2024112") == "");
  CHECK(day_of("2023-02-29") == "");
  CHECK(day_of("2024-1a-27") == "");
  CHECK(day_of("241127", "101") == "2024-11-27");
  CHECK(day_of("991127", "101") == "1999-11-27");
  CHECK(day_of("20241127", "102") == "2024-11-27");
  CHECK(day_of("20241127", "718") == "");
  CHECK(day_of("20241", "102") == "");
}

// What is recognised today by reading the whole document, and where it is to be recognised so too.
std::size_t compare_folder(const std::filesystem::path& folder) {
  std::size_t known = 0;
  for (const auto& path : files_below(folder)) {
    const std::string extension = path.extension().string();
    if (extension != ".xml" && extension != ".edi" && extension != ".TXT" && extension != ".json")
      continue;
    const std::string bytes = file_text(path);
    const Recognised whole = recognise(bytes);
    if (whole.kind.syntax == "unknown") continue;
    ++known;
    const Recognition head = recognise_head(bytes);
    CHECK_MESSAGE(head.kind.name() == whole.kind.name(), path.string());
    CHECK_MESSAGE(head.kind.profile == whole.kind.profile, path.string());
    CHECK_MESSAGE(head.media_type == whole.media_type, path.string());
  }
  return known;
}

TEST_CASE("the examples are recognised as the tree recognises them") {
  CHECK(compare_folder(std::filesystem::path(CORRIDOR_SOURCE_DIR) / "examples") >= 4);
  CHECK(recognise_head(example("invoice-ubl.xml")).issued.size() == 10);
}

TEST_CASE("official documents are recognised as the tree recognises them") {
  for (const auto& [suite, least] : {std::pair{"data/documents", 24U}, std::pair{"suites/en16931", 25U},
                                     std::pair{"suites/xrechnung", 300U}}) {
    const auto folder = shared_folder(suite);
    if (!folder.empty()) CHECK_MESSAGE(compare_folder(folder) >= least, suite);
  }
}

TEST_CASE("documents of logistics are recognised") {
  const auto folder = shared_folder("data/documents");
  if (folder.empty()) return;
  const std::pair<const char*, const char*> cases[] = {
      {"logistics/UBL-DespatchAdvice-2.0-Example.xml",
       "ubl:DespatchAdvice|urn:oasis:names:specification:ubl:xpath:DespatchAdvice-2.0:sbs-1.0-draft|"
       "2.0|2005-06-20"},
      {"logistics/UBL-ExportCustomsDeclaration-2.3-Example.xml",
       "ubl:ExportCustomsDeclaration|||2019-03-18"},
      {"logistics/UBL-ForwardingInstructions-2.0-Example-International.xml",
       "ubl:ForwardingInstructions|urn:oasis:names:specification:ubl:xpath:"
       "ForwardingInstructions-2.0:samples-2.0-draft|2.0|2005-06-24"},
      {"logistics/UBL-GoodsCertificate-2.3-Example.xml", "ubl:GoodsCertificate|||2020-06-23"},
      {"logistics/UBL-GoodsItemPassport-2.3-Example-Issued.xml",
       "ubl:GoodsItemPassport|UBL-2.3||2019-02-21"},
      {"logistics/UBL-ImportCustomsDeclaration-2.3-Example.xml",
       "ubl:ImportCustomsDeclaration|||2013-08-29"},
      {"logistics/UBL-Manifest-2.3-Example-Shipment.xml",
       "ubl:Manifest|urn:oasis:names:specification:ubl:xpath:ForwardingInstructions-2.0:"
       "samples-2.0-draft|2.3|2005-06-24"},
      {"logistics/UBL-Order-2.1-Example.xml",
       "ubl:Order|urn:www.cenbii.eu:transaction:biicoretrdm001:ver1.0|2.1|2010-01-20"},
      {"logistics/UBL-TransportationStatus-2.1-Example.xml", "ubl:TransportationStatus||2.1|2011-10-06"},
      {"logistics/UBL-WeightStatement-2.2-Example.xml", "ubl:WeightStatement||2.2|2016-11-03"},
      {"json/dcsa-ebl-3.0.0-negotiable.json", "dcsa:ShippingInstructions|||"},
      {"json/dcsa-pint-3.0.0-transport-document.json", "dcsa:TransportDocument|||"},
      {"edifact/baplie-d95b.edi", "edifact:BAPLIE|D:95B:UN:SMDG20|D.95B|2009-03-03"},
      {"edifact/orders-d96a-large.edi", "edifact:ORDERS|D:96A:UN:EAN008|D.96A|2015-08-03"},
  };
  for (const auto& [file, expected] : cases)
    CHECK_MESSAGE(seen(file_text(folder / file)) == expected, file);
}

}  // namespace
}  // namespace corridor::documents
