// SPDX-License-Identifier: Apache-2.0
#include "documents/view/view.h"

#include <cstdlib>
#include <fstream>

#include "documents/edifact/interchange.h"
#include "documents/terms/format.h"
#include "documents/terms/places.h"
#include "documents/testing.h"
#include "documents/view/locate.h"
#include "documents/view/words.h"

namespace corridor::documents {

namespace {

constexpr Language kAll[] = {Language::en, Language::fr, Language::es,
                             Language::ru, Language::zh, Language::ar};

struct Seen {
  xml::Tree tree;
  DocumentKind kind;
  Report report;
};

std::optional<Seen> seen(const std::string& bytes) {
  const Examined examined = examine(bytes);
  if (begins_as_edifact(bytes)) {
    auto tree = read_interchange(bytes);
    if (!tree) return std::nullopt;
    return Seen{std::move(*tree), examined.report.kind, examined.report};
  }
  auto tree = xml::parse(bytes);
  if (!tree) return std::nullopt;
  return Seen{std::move(*tree), examined.report.kind, examined.report};
}

std::string page_of(const std::string& bytes, Language language,
                    const std::string& name = "a.xml") {
  const auto document = seen(bytes);
  REQUIRE(document);
  return render_page(document->tree, document->kind, document->report,
                     {.language = language, .name = name});
}

// The page as XML: whatever stands in it is well-formed.
xml::Tree parsed(const std::string& page) {
  constexpr std::string_view kDoctype = "<!DOCTYPE html>\n";
  REQUIRE(page.starts_with(kDoctype));
  auto tree = xml::parse(View(page).substr(kDoctype.size()));
  REQUIRE_MESSAGE(tree.has_value(), tree.error().why);
  return std::move(*tree);
}

// All that can be read on a page, titles included, spaces as one.
std::string readable(const xml::Tree& page) {
  std::string out;
  for (const xml::Node& n : page.nodes())
    if (n.kind == xml::Kind::text || n.kind == xml::Kind::attribute)
      out.append(page.value(n)).append(n.kind == xml::Kind::attribute ? "\n" : "");
  return out;
}

std::string one_space(View text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!space) out.push_back(c);
    if (space && !out.empty() && out.back() != ' ') out.push_back(' ');
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

// Every value of the document that the page does not have; a file in it is named only.
std::string hidden(const xml::Tree& tree, const std::string& page_text) {
  const std::string text = one_space(page_text);
  for (xml::NodeId id = 1; id < tree.size(); ++id) {
    const xml::Node& n = tree.node(id);
    if (n.kind != xml::Kind::text && n.kind != xml::Kind::attribute) continue;
    const View owner = tree.local(tree.node(n.parent).name);
    if (n.kind == xml::Kind::text && owner.ends_with("BinaryObject")) continue;
    if (n.kind == xml::Kind::attribute &&
        (owner == "interchange" || tree.local(n.name) == "number"))
      continue;
    const std::string value = one_space(visible(tree.value(n), 1'000'000));
    if (!value.empty() && !text.contains(value.starts_with(' ') ? value.substr(1) : value))
      return tree.path(id) + " = " + value;
  }
  return {};
}

std::vector<std::filesystem::path> documents_to_see() {
  std::vector<std::filesystem::path> out;
  for (const auto& path : files_below(std::filesystem::path(CORRIDOR_SOURCE_DIR) / "examples"))
    if (path.extension() == ".xml" || path.extension() == ".edi") out.push_back(path);
  const auto shared = shared_folder("data/documents");
  if (shared.empty()) return out;
  for (const auto& path : files_below(shared)) {
    const auto kind = path.extension();
    const bool known = kind == ".xml" || kind == ".edi" || kind == ".TXT";
    if (known && std::filesystem::file_size(path) < 500'000) out.push_back(path);
  }
  return out;
}

std::string invoice_with(const std::string& from, const std::string& to) {
  return changed(example("invoice-ubl.xml"), from, to);
}

}  // namespace

TEST_CASE("every value of a document is on its page, in every language") {
  for (const auto& path : documents_to_see()) {
    const auto document = seen(file_text(path));
    if (!document) continue;
    for (const Language language : kAll) {
      const std::string page =
          render_page(document->tree, document->kind, document->report,
                      {.language = language, .name = path.filename().string()});
      const xml::Tree tree = parsed(page);
      CHECK_MESSAGE(hidden(document->tree, readable(tree)) == "", path.string());
    }
  }
}

TEST_CASE("every finding is on the page once, and its link leads there") {
  for (const auto& path : documents_to_see()) {
    const auto document = seen(file_text(path));
    if (!document) continue;
    const std::string page = render_page(document->tree, document->kind, document->report,
                                         {.language = Language::en, .name = {}});
    const std::string text = one_space(readable(parsed(page)));
    for (std::size_t i = 0; i < document->report.findings.size(); ++i) {
      const std::string id = "id=\"f" + std::to_string(i + 1) + "\"";
      const std::size_t at = page.find(id);
      CHECK_MESSAGE(at != std::string::npos, path.string());
      CHECK(page.find(id, at + 1) == std::string::npos);
      CHECK_MESSAGE(text.contains(one_space(visible(document->report.findings[i].text, 4000))),
                    path.string());
    }
  }
}

TEST_CASE("findings of the wrong invoice stand at the value, the line or the missing party") {
  const std::string page = page_of(example("invoice-wrong.xml"), Language::en);
  for (int i = 1; i <= 10; ++i)
    CHECK(page.contains("<a href=\"#f" + std::to_string(i) + "\""));  // all are in place
  CHECK(page.contains("<div class=\"card absent\"><h3>Buyer</h3>"));
  CHECK(page.contains("<span class=\"mark fatal\">"));
  CHECK(page.contains("<tr class=\"found\">"));
}

TEST_CASE("a page needs nothing from anywhere and runs nothing") {
  for (const auto& path : documents_to_see()) {
    const auto document = seen(file_text(path));
    if (!document) continue;
    const std::string page = render_page(document->tree, document->kind, document->report,
                                         {.language = Language::ru, .name = {}});
    const xml::Tree tree = parsed(page);
    CHECK(page.contains("default-src &#39;none&#39;; style-src &#39;sha256-"));
    for (const xml::Node& n : tree.nodes()) {
      if (n.kind == xml::Kind::element) {
        const View name = tree.local(n.name);
        for (const View never :
             {"script", "img", "link", "iframe", "object", "embed", "form", "base"})
          CHECK(name != never);
      }
      if (n.kind != xml::Kind::attribute) continue;
      const View name = tree.local(n.name);
      CHECK(!name.starts_with("on"));
      CHECK(name != "src");
      CHECK(name != "style");
      if (name == "href") CHECK(tree.value(n).starts_with('#'));
    }
  }
}

TEST_CASE("a page says its language and its direction, and heads its tables") {
  CHECK(page_of(example("invoice-ubl.xml"), Language::ar).contains(" lang=\"ar\" dir=\"rtl\""));
  const std::string page = page_of(example("invoice-ubl.xml"), Language::fr);
  CHECK(page.contains(" lang=\"fr\" dir=\"ltr\""));
  CHECK(page.contains("<th scope=\"col\""));
  CHECK(page.contains("<main"));
  CHECK(page.contains("<h1>"));
}

TEST_CASE("what a document says cannot become markup") {
  const std::string hostile = "&lt;script&gt;alert('x')&lt;/script&gt;&lt;!-- \" ' ]]&gt;";
  std::string bytes = changed(example("invoice-wrong.xml"), "Kilele Instruments Ltd", hostile);
  bytes = changed(bytes, "schemeID=\"EM\"", "schemeID=\"&quot;&gt;&lt;b onclick='x'\"");
  for (const Language language : kAll) {
    const std::string page = page_of(bytes, language, "\"><script>x</script>.xml");
    const xml::Tree tree = parsed(page);
    CHECK(tree.find_name("http://www.w3.org/1999/xhtml", "script") == 0);
    CHECK(!page.contains("<script"));
    CHECK(readable(tree).contains("<script>alert('x')</script><!-- \" ' ]]>"));
  }
}

TEST_CASE("characters that change the order of text, or are not seen, are spelled out") {
  const std::string bytes = changed(example("invoice-wrong.xml"), "Kilele Instruments",
                                    "Kilele \u202e\u2066stnemurtsnI\u200b\u00ad");
  for (const Language language : kAll) {
    const std::string page = page_of(bytes, language, "a\u202eb.xml");
    CHECK(page.contains("<span class=\"unseen\">[U+202E]</span>"));
    for (const char* const bad : {"\u202e", "\u2066", "\u2068", "\u200b", "\u00ad", "\u200f"})
      CHECK(!page.contains(bad));
  }
}

TEST_CASE("an allowance of a line is told in one breath, its currency once") {
  const std::string bytes =
      changed(example("invoice-wrong.xml"), "<cac:Item>",
              "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
              "<cbc:AllowanceChargeReason>Loyal</cbc:AllowanceChargeReason>"
              "<cbc:Amount currencyID=\"EUR\">5.00</cbc:Amount></cac:AllowanceCharge><cac:Item>");
  const std::string text = one_space(readable(parsed(page_of(bytes, Language::en))));
  CHECK(text.contains("Line allowance"));
  CHECK(page_of(bytes, Language::en)
            .contains(">5.00</bdi> · <bdi dir=\"auto\" class=\"v\">Loyal</bdi></dd>"));
}

TEST_CASE("a code that is not known stands as it is") {
  const std::string bytes = changed(changed(example("invoice-wrong.xml"), ">380<", ">999<"),
                                    "unitCode=\"C62\"", "unitCode=\"QQQ\"");
  for (const Language language : kAll) {
    const std::string text = readable(parsed(page_of(bytes, language)));
    CHECK(text.contains("999"));
    CHECK(text.contains("QQQ"));
  }
}

TEST_CASE("numbers and days are those of the language; the raw value is in the title") {
  const std::string bytes = changed(example("invoice-wrong.xml"), "2026-02-30", "2026-03-05");
  CHECK(page_of(bytes, Language::en).contains("title=\"3460.00 EUR\">3,460.00<"));
  CHECK(page_of(bytes, Language::fr).contains(">3\u202f460,00<"));
  CHECK(page_of(bytes, Language::ru).contains(">3\u00a0460,00<"));
  CHECK(page_of(bytes, Language::ar)
            .contains("<bdi dir=\"ltr\" class=\"n\" title=\"3460.00 EUR\">3,460.00<"));
  CHECK(page_of(bytes, Language::zh).contains("title=\"2026-03-05\">2026年3月5日<"));
  CHECK(page_of(bytes, Language::es).contains("title=\"2026-03-05\">5 de marzo de 2026<"));
}

TEST_CASE("a file in the document is named and not opened") {
  const std::string bytes = invoice_with(
      "<cac:AccountingSupplierParty>",
      "<cac:AdditionalDocumentReference><cbc:ID>T-1</cbc:ID><cac:Attachment>"
      "<cbc:EmbeddedDocumentBinaryObject mimeCode=\"application/pdf\" filename=\"time.pdf\">"
      "UjBsR09EbGhjZ0dTQUxNQUFBUUNBRU1tQ1p0dU1GUXhEUzhi</cbc:EmbeddedDocumentBinaryObject>"
      "</cac:Attachment></cac:AdditionalDocumentReference><cac:AccountingSupplierParty>");
  const std::string page = page_of(bytes, Language::en);
  CHECK(page.contains("time.pdf"));
  CHECK(page.contains(">36</bdi> bytes"));
  CHECK(!page.contains("UjBsR09"));
}

TEST_CASE("a very long document ends with a sentence that says how much more there is") {
  const std::string whole = example("invoice-wrong.xml");
  const std::size_t first = whole.find("  <cac:InvoiceLine>");
  const std::size_t end = whole.find("</cac:InvoiceLine>") + 19;
  const std::string line = whole.substr(first, end - first);
  std::string bytes = whole.substr(0, first);
  for (int i = 0; i < 5'200; ++i) bytes += line;
  bytes += "</Invoice>";
  const auto tree = xml::parse(bytes);
  REQUIRE(tree);
  const Report report;
  const std::string page = render_page(*tree, {.syntax = "ubl", .type = "Invoice", .profile = {}},
                                       report, {.language = Language::en, .name = {}});
  CHECK(page.contains("More lines that are not shown here: 200"));
  CHECK(page.size() < 32U * 1024 * 1024);
  parsed(page);
}

TEST_CASE("a line that holds everything takes no more time than many lines") {
  std::string many;
  for (int i = 0; i < 60'000; ++i)
    many +=
        "<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:Amount>1"
        "</cbc:Amount></cac:AllowanceCharge>";
  std::string bytes = changed(example("invoice-wrong.xml"), "<cac:Item>", many + "<cac:Item>");
  many.clear();
  for (int i = 0; i < 60'000; ++i) many += "<cbc:Note>n</cbc:Note>";
  bytes = changed(bytes, "<cac:AccountingSupplierParty>", many + "<cac:AccountingSupplierParty>");
  const auto tree = xml::parse(bytes);
  REQUIRE(tree);
  const Report report;
  const std::string page = render_page(*tree, {.syntax = "ubl", .type = "Invoice", .profile = {}},
                                       report, {.language = Language::zh, .name = {}});
  CHECK(page.size() < 32U * 1024 * 1024);
  parsed(page);
}

TEST_CASE("a huge value is cut, and the page says so") {
  const std::string bytes =
      changed(example("invoice-wrong.xml"), "Kilele Instruments Ltd", std::string(300'000, 'k'));
  const std::string page = page_of(bytes, Language::en);
  CHECK(page.contains("characters more"));
  CHECK(page.size() < 200'000);
}

TEST_CASE("a document that cannot be read has a page of findings") {
  const Report report =
      check("<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\">");
  REQUIRE(report.findings.size() == 1);
  for (const Language language : kAll) {
    const std::string page = render_report_page(report, {.language = language, .name = "x.xml"});
    const std::string text = readable(parsed(page));
    CHECK(text.contains("CB-02"));
    CHECK(text.contains("x.xml"));
  }
}

TEST_CASE("a path leads back to its node, in EDIFACT too") {
  for (const char* const name : {"invoice-wrong.xml", "invoice-cii.xml", "invoice-edifact.edi"}) {
    const auto document = seen(example(name));
    REQUIRE(document);
    for (xml::NodeId id = 1; id < document->tree.size(); ++id)
      CHECK(locate(document->tree, document->tree.path(id)) == id);
    for (const char* const wrong :
         {"", "x", "/nothing", "/*", "/Invoice[", "/Invoice[2]", "//a", "/a[1"})
      CHECK(locate(document->tree, wrong) == xml::kNone);
  }
}

TEST_CASE("an interchange without groups and one of unknown messages are shown") {
  const std::string orders =
      "UNB+UNOC:3+A+B+260105:0900+1'UNH+1+ORDERS:D:96A:UN'BGM+220+PO-7+9'DTM+137:20260105:102'"
      "NAD+BY+4012345000009::9++Lindqvist Papper AB'FTX+ZZZ+++Handle with care'"
      "LIN+1++4000862141404:EN'IMD+F++:::Kraft "
      "paper'QTY+21:48:PCE'PRI+AAA:2.5'UNS+S'UNT+11+1'UNZ+1+1'";
  std::string text = readable(parsed(page_of(orders, Language::en)));
  CHECK(text.contains("PO-7"));
  CHECK(text.contains("Kraft paper"));
  CHECK(text.contains("Handle with care"));
  std::string other = orders;
  other.replace(other.find("ORDERS"), 6, "IFTSTA");
  text = readable(parsed(page_of(other, Language::ar)));
  CHECK(text.contains("Lindqvist Papper AB"));
}

TEST_CASE("every word of a page is there in every language") {
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Say::not_readable); ++i)
    for (const Language language : kAll) CHECK(!say(static_cast<Say>(i), language).empty());
  for (const Language language : kAll) {
    CHECK(!code_word(CodeList::document_types, "381", language).empty());
    CHECK(!code_word(CodeList::units, "KGM", language).empty());
    CHECK(code_word(CodeList::units, "nothing", language).empty());
  }
}

// Pages to look at: CORRIDOR_VIEW_OUT names the folder they are written to.
TEST_CASE("pages can be written to be looked at") {
  const char* const folder = std::getenv("CORRIDOR_VIEW_OUT");
  if (folder == nullptr) return;
  for (const auto& path : documents_to_see()) {
    const auto document = seen(file_text(path));
    if (!document) continue;
    for (const Language language : kAll) {
      const std::string name = path.filename().string();
      std::ofstream out(std::filesystem::path(folder) /
                        (name + "." + std::string(language_code(language)) + ".html"));
      out << render_page(document->tree, document->kind, document->report,
                         {.language = language, .name = name});
    }
  }
}

}  // namespace corridor::documents
