// SPDX-License-Identifier: Apache-2.0
#include "documents/documents.h"

#include "base/limits.h"
#include "documents/testing.h"
#include "json/json.h"

namespace corridor::documents {
namespace {

TEST_CASE("a kind is recognised from the bytes alone") {
  const struct {
    const char* file;
    const char* kind;
    const char* profile;
    const char* media_type;
  } cases[] = {
      {"invoice-ubl.xml", "ubl:Invoice", "urn:cen.eu:en16931:2017", "application/xml"},
      {"credit-note-ubl.xml", "ubl:CreditNote", "urn:cen.eu:en16931:2017", "application/xml"},
      {"invoice-cii.xml", "cii:CrossIndustryInvoice", "urn:cen.eu:en16931:2017", "application/xml"},
      {"invoice-edifact.edi", "edifact:INVOIC", "D:14B:UN", "application/edifact"},
      {"letter.txt", "unknown", "", "application/octet-stream"},
  };
  for (const auto& one : cases) {
    const Recognised recognised = recognise(example(one.file));
    CHECK(recognised.kind.name() == one.kind);
    CHECK(recognised.kind.profile == one.profile);
    CHECK(recognised.media_type == one.media_type);
    CHECK(check(example(one.file)).kind == recognised.kind);
  }
}

TEST_CASE("whatever is not known is unknown and clean") {
  const struct {
    View bytes;
    View media_type;
  } cases[] = {
      {"<note>hello</note>", "application/xml"},
      {"\xEF\xBB\xBF<Invoice/>", "application/xml"},
      {"<Invoice xmlns='urn:example'/>", "application/xml"},
      {"{\"a\": 1}", "application/json"},
      {" [1, 2]\n", "application/json"},
      {"{not json at all}", "application/json"},
      {"{", "application/octet-stream"},
      {"{\"a\": \"\xFF\"}", "application/octet-stream"},
      {"Dear all", "application/octet-stream"},
      {View("\0\1\2", 3), "application/octet-stream"},
  };
  for (const auto& one : cases) {
    const Report report = check(one.bytes);
    CHECK(report.kind.name() == "unknown");
    CHECK(report.findings.empty());
    CHECK(recognise(one.bytes).media_type == one.media_type);
  }
}

TEST_CASE("a kind without rules is a value too, and nothing is claimed about it") {
  const View order = "UNB+UNOA:2+A+B+260101:0000+1'UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNZ+1+1'";
  CHECK(check(order).kind.name() == "edifact:ORDERS");
  CHECK(rules_found(order) == "CB-84");
  CHECK(recognise("%PDF-1.7").kind.name() == "pdf:Document");
  CHECK(recognise("%PDF-1.7").media_type == "application/pdf");
  CHECK(rules_found("%PDF-1.7") == "CB-86");
  CHECK(check("%PDF-1.7").valid());
  const View credential =
      R"({"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential","Coo"]})";
  CHECK(recognise(credential).kind.name() == "vc:Coo");
  CHECK(recognise(credential).media_type == "application/json");
  CHECK(check(credential).findings.empty());
}

TEST_CASE("the invoice in a PDF is what is judged, the PDF is what is sent") {
  const std::string pdf = example("invoice-hybrid.pdf");
  CHECK(recognise(pdf).kind == recognise(example("invoice-cii.xml")).kind);
  CHECK(recognise(pdf).media_type == "application/pdf");
  CHECK(check(pdf) == check(example("invoice-cii.xml")));
  const Report cut = check(pdf.substr(0, pdf.size() / 2));
  CHECK(cut.kind.name() == "pdf:Document");
}

TEST_CASE("what only begins like a known syntax is unknown with a warning") {
  for (const View bytes :
       {View("<html><br></html>"), View("<!DOCTYPE html><html></html>"), View("< 5 euros"),
        View("<a></b>"), View("UNB+UNOA:2+A+B'"), View("UNA:+.? 'hello'"), View("UNB+A")}) {
    const Report report = check(bytes);
    CHECK(report.kind.name() == "unknown");
    CHECK(rules_found(report) == "CB-04");
    CHECK(report.valid());
    CHECK(recognise(bytes).media_type == "application/octet-stream");
  }
}

TEST_CASE(
    "a document that claims to be an invoice and is not well-formed is fatal, with its place") {
  const std::string text = example("invoice-ubl.xml");
  const Report report = check(changed(text, "</cbc:IssueDate>", "</cbc:IssueDay>"));
  CHECK(report.kind.name() == "ubl:Invoice");
  CHECK(rules_found(report) == "CB-02");
  CHECK(report.findings[0].line == 7);
  CHECK(report.findings[0].column > 1);
  CHECK(!report.findings[0].text.contains(" at line "));
  // However much precedes the document element.
  const std::string claims =
      "<?xml version=\"1.0\"?>\n<!-- > --><?p >?><!DOCTYPE Invoice [<!ENTITY a \"b\">]>\n";
  const std::string rest = text.substr(text.find("<Invoice"));
  CHECK(check(claims + rest).kind.name() == "ubl:Invoice");
  CHECK(rules_found(claims + rest) == "CB-02");
  CHECK(rules_found(example("invoice-cii.xml") + "<") == "CB-02");
  CHECK(rules_found(changed(example("credit-note-ubl.xml"), "Kilele", "Kil\xFFle")) == "CB-02");
}

TEST_CASE("a document cut off anywhere is a report") {
  for (const auto* name : {"invoice-ubl.xml", "invoice-cii.xml", "invoice-edifact.edi"}) {
    const std::string text = example(name);
    for (std::size_t size = 0; size + 2 < text.size(); size += 1 + size / 20) {
      const Report report = check(View(text).substr(0, size));
      CHECK((report.kind.syntax == "unknown" || !report.valid()));
      CHECK(report.findings.size() <= 3);
    }
  }
}

TEST_CASE("an empty, an oversized and an endlessly nested document are one fatal finding") {
  CHECK(rules_found("") == "CB-01");
  CHECK(!check("").valid());
  const std::string large(limits::kDocumentBytesMax + 1, ' ');
  CHECK(rules_found(large) == "CB-01");
  std::string deep = "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\">";
  for (int i = 0; i < 200'000; ++i) deep += "<a>";
  const Report report = check(deep);
  CHECK(report.kind.name() == "ubl:Invoice");
  CHECK(rules_found(report) == "CB-01");
  CHECK(report.findings.size() == 1);
  std::string arrays(100'000, '[');
  arrays += std::string(100'000, ']');
  CHECK(rules_found(arrays).empty());
}

TEST_CASE("the test document says who, to whom, when, and is checked") {
  const Bytes bytes = make_test_document(
      {Did("did:web:lagos.example"), Did("did:web:osaka.example"), Time{1'790'000'000'000}, "n-1"});
  CHECK(bytes ==
        "{\"corridor\":\"test-document\",\"version\":1,\"from\":\"did:web:lagos.example\","
        "\"to\":\"did:web:osaka.example\",\"at\":\"2026-09-21T14:13:20.000Z\",\"nonce\":\"n-1\"}");
  CHECK(recognise(bytes).kind.name() == "corridor:Test");
  CHECK(recognise(bytes).media_type == "application/json");
  CHECK(rules_found(bytes).empty());
  for (const auto& [from, to] :
       {std::pair{"\"version\":1", "\"version\":2"}, std::pair{"\"version\":1,", ""},
        std::pair{"did:web:osaka", "osaka"}, std::pair{"2026-09-21", "2026-21-09"},
        std::pair{"\"n-1\"", "\"\""}, std::pair{"\"n-1\"", "7"}})
    CHECK_MESSAGE(rules_found(changed(bytes, from, to)) == "CB-81", to);
  CHECK(recognise(changed(bytes, "\"nonce\"", "\"version\"")).kind.name() == "unknown");
}

TEST_CASE("reports of the examples are as pinned") {
  const std::filesystem::path golden =
      std::filesystem::path(CORRIDOR_SOURCE_DIR) / "src/documents/testdata/golden";
  for (const auto* name : {"invoice-ubl.xml", "credit-note-ubl.xml", "invoice-cii.xml",
                           "invoice-edifact.edi", "invoice-wrong.xml", "letter.txt"}) {
    const Report report = check(example(name));
    const std::pair<std::string, std::string> outputs[] = {
        {".json", json::write_pretty(to_json(report)) + "\n"}, {".txt", render_text(report)}};
    for (const auto& [ending, output] : outputs) {
      const std::filesystem::path path = golden / (name + ending);
      if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(golden);
        std::ofstream(path, std::ios::binary) << output;
      }
      CHECK_MESSAGE(output == file_text(path), path.string());
    }
    CHECK(report_from_json(to_json(report)) == report);
  }
}

}  // namespace
}  // namespace corridor::documents
