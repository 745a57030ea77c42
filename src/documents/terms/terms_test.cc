// SPDX-License-Identifier: Apache-2.0
#include "documents/terms/terms.h"

#include <map>
#include <set>

#include "documents/edifact/interchange.h"
#include "documents/terms/format.h"
#include "documents/terms/places.h"
#include "documents/terms/problems.h"
#include "documents/terms/term_table.h"
#include "documents/testing.h"

namespace corridor::documents {

namespace {

constexpr Language kAll[] = {Language::en, Language::fr, Language::es,
                             Language::ru, Language::zh, Language::ar};

// The element of this path, as Tree::path writes it.
xml::NodeId at(const xml::Tree& tree, const std::string& path) {
  for (xml::NodeId id = 0; id < tree.size(); ++id)
    if (tree.path(id) == path) return id;
  FAIL("no node at " << path);
  return xml::kNone;
}

std::string as_sentence(const Report& report, const std::string& rule, Language language) {
  for (const Finding& finding : report.findings)
    if (finding.rule == rule) return explain_finding(finding, report.kind, language).sentence;
  FAIL("no finding of " << rule);
  return {};
}

}  // namespace

TEST_CASE("the terms are those of EN 16931-1 and ours, each once") {
  std::set<std::string_view> ids;
  for (const Term& term : terms()) CHECK_MESSAGE(ids.insert(term.id).second, term.id);
  for (int i = 1; i <= 165; ++i)
    CHECK_MESSAGE((find_term("BT-" + std::to_string(i)) != nullptr) == (i != 4), i);
  for (int i = 1; i <= 32; ++i) CHECK(find_term("BG-" + std::to_string(i)) != nullptr);
  for (const Term& term : terms())
    if (!term.group.empty()) CHECK_MESSAGE(find_term(term.group)->type == TermType::group, term.id);
  CHECK(find_term("BT-4") == nullptr);
}

TEST_CASE("every term has a label in each of the six languages") {
  for (const Language language : kAll) {
    std::size_t as_english = 0;
    for (const Term& term : terms()) {
      const std::string_view text = label(term, language);
      CHECK_MESSAGE(!text.empty(), term.id);
      CHECK(is_utf8(text));
      if (text == label(term, Language::en)) ++as_english;
    }
    if (language != Language::en) CHECK(as_english < terms().size() / 20);
  }
  CHECK(label(*find_term("BT-112"), Language::fr) == "Montant total TTC");
  CHECK(label(*find_term("BT-112"), Language::es) == "Importe total con IVA");
  CHECK(label(*find_term("BT-112"), Language::ru) == "Сумма с НДС");
  CHECK(label(*find_term("BT-112"), Language::zh) == "含税总额");
  CHECK(label(*find_term("BT-112"), Language::ar) == "الإجمالي شامل الضريبة");
}

TEST_CASE("every term of the invoice has a place in each syntax, but for those it cannot say") {
  const auto missing = [](Shape shape) {
    std::string out;
    for (const Term& term : terms()) {
      if (!term.id.starts_with("BT-")) continue;
      bool stands = false;
      for (const Place& place : places_of(shape)) stands = stands || place.term == term.id;
      if (!stands) out.append(out.empty() ? "" : " ").append(term.id);
    }
    return out;
  };
  CHECK(missing(Shape::ubl_invoice) == "BT-21");
  CHECK(missing(Shape::ubl_credit_note) == "BT-21");
  CHECK(missing(Shape::cii) == "");
}

TEST_CASE("languages are known by their codes") {
  CHECK(language_from_code("ar") == Language::ar);
  CHECK(language_from_code("zh-CN") == Language::zh);
  CHECK(language_from_code("FR") == Language::fr);
  CHECK(!language_from_code("de"));
  CHECK(!language_from_code(""));
  for (const Language language : kAll)
    CHECK(language_from_code(language_code(language)) == language);
  CHECK(is_right_to_left(Language::ar));
  CHECK(!is_right_to_left(Language::zh));
}

TEST_CASE("a node of a document has the term that stands there") {
  const std::string ubl = example("invoice-wrong.xml");
  const auto tree = xml::parse(ubl);
  REQUIRE(tree);
  const DocumentKind kind{.syntax = "ubl", .type = "Invoice", .profile = {}};
  const auto term = [&](const std::string& path) { return term_at(*tree, at(*tree, path), kind); };
  CHECK(term("/Invoice/cbc:ID") == "BT-1");
  CHECK(term("/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount") == "BT-115");
  CHECK(term("/Invoice/cac:InvoiceLine[2]/cbc:ID") == "BT-126");
  CHECK(term("/Invoice/cac:InvoiceLine[2]/cbc:InvoicedQuantity/@unitCode") == "BT-130");
  CHECK(term("/Invoice/cac:InvoiceLine[1]/cac:Price") == "BG-29");
  CHECK(term("/Invoice/cac:AccountingSupplierParty/cac:Party") == "BG-4");
  CHECK(term("/Invoice").empty());
  CHECK(term_of_path("/Invoice/cac:InvoiceLine[1]/cac:Price/cbc:PriceAmount", kind) == "BT-146");
  CHECK(term_of_path("/Invoice/cac:InvoiceLine[1]/cac:Other/cbc:Foo", kind) == "BG-25");
  CHECK(term_of_path("nonsense", kind).empty());
}

TEST_CASE("an allowance is told from a charge, and a segment by its qualifier") {
  const auto cii = xml::parse(example("invoice-cii.xml"));
  REQUIRE(cii);
  const DocumentKind kind{.syntax = "cii", .type = "CrossIndustryInvoice", .profile = {}};
  std::set<std::string> seen;
  for (xml::NodeId id = 1; id < cii->size(); ++id) seen.insert(term_at(*cii, id, kind));
  for (const char* const id : {"BT-1", "BT-2", "BT-27", "BT-44", "BT-112", "BT-131", "BT-153"})
    CHECK_MESSAGE(seen.contains(id), id);

  const std::string bytes = example("invoice-edifact.edi");
  const auto edifact = read_interchange(bytes);
  REQUIRE(edifact);
  const DocumentKind invoic{.syntax = "edifact", .type = "INVOIC", .profile = {}};
  std::map<std::string, std::string> values;
  for (xml::NodeId id = 1; id < edifact->size(); ++id)
    if (const std::string term = term_at(*edifact, id, invoic); !term.empty())
      values.emplace(term, edifact->string_value(id));
  CHECK(values["BT-1"] == "DB-26-1180");
  CHECK(values["BT-2"] == "20260602");
  CHECK(values["BT-27"] == "Daesong Bearings Co.");
  CHECK(values["BT-48"] == "SK2024119876");
  CHECK(values["BT-99"] == "180.00");
  CHECK(values["BT-104"] == "Sea freight");
  CHECK(values["BT-136"] == "50.00");
  CHECK(values["BT-153"] == "Ball bearing 6204, sealed");
  CHECK(values["BT-115"] == "4936.00");
  CHECK(values["BT-116"] == "4540.00");
}

TEST_CASE("a message without groups has its terms all the same") {
  const std::string bytes =
      "UNH+1+ORDERS:D:96A:UN'BGM+220+PO-7+9'DTM+137:20260105:102'NAD+BY+4012345000009::9'RFF+VA:"
      "DE1'"
      "LIN+1++4000862141404:EN'QTY+21:48:PCE'PRI+AAA:2.5'LIN+2'QTY+21:5'UNS+S'MOA+79:120'UNT+12+1'";
  const auto tree = read_interchange(bytes);
  REQUIRE(tree);
  const DocumentKind kind{.syntax = "edifact", .type = "ORDERS", .profile = {}};
  const Outline out = outline(*tree, shape_of(*tree, kind));
  std::multimap<std::string_view, std::string> values;
  for (const Leaf& leaf : out.leaves)
    if (leaf.term != nullptr) values.emplace(leaf.term->id, tree->string_value(leaf.node));
  for (const char* const id : {"OR-1", "PT-2", "PT-13", "BT-157", "BT-106"})
    REQUIRE_MESSAGE(values.contains(id), id);
  CHECK(values.find("OR-1")->second == "PO-7");
  CHECK(values.find("PT-2")->second == "4012345000009");
  CHECK(values.find("PT-13")->second == "DE1");
  CHECK(values.find("BT-157")->second == "4000862141404");
  CHECK(values.count("OR-21") == 2);
  CHECK(values.find("BT-106")->second == "120");
  for (const Leaf& leaf : out.leaves)
    if (leaf.term != nullptr) CHECK(term_at(*tree, leaf.node, kind) == leaf.term->id);
}

// The values of each term, days without hyphens and numbers without what they do not need.
std::map<std::string, std::multiset<std::string>> terms_of(const std::filesystem::path& path) {
  const std::string bytes = file_text(path);
  auto tree = begins_as_edifact(bytes) ? xml::Tree() : *xml::parse(bytes);
  if (begins_as_edifact(bytes)) tree = *read_interchange(bytes);
  std::map<std::string, std::multiset<std::string>> out;
  for (const Leaf& leaf : outline(tree, shape_of(tree, recognise(bytes).kind)).leaves) {
    if (leaf.term == nullptr) continue;
    std::string value = tree.string_value(leaf.node);
    if (leaf.term->type == TermType::date) std::erase(value, '-');
    const bool number =
        leaf.term->type == TermType::amount || leaf.term->type == TermType::quantity ||
        leaf.term->type == TermType::unit_price || leaf.term->type == TermType::percentage;
    while (number && value.contains('.') && (value.ends_with('0') || value.ends_with('.')))
      value.pop_back();
    out[std::string(leaf.term->id)].insert(value);
  }
  return out;
}

TEST_CASE("the same invoice in two syntaxes has the same terms") {
  const auto folder = shared_folder("data/documents");
  if (folder.empty()) return;
  // UBL has no place for a note's subject: by custom it stands in the note, as "#AAC#".
  const std::set<std::string> apart = {"BT-21", "BT-22"};
  for (const auto& path : files_below(folder / "pairs")) {
    const std::string name = path.filename().string();
    const std::size_t at = name.find("_ubl.xml");
    if (at == std::string::npos) continue;
    const std::string base = name.substr(0, at);
    auto ubl = terms_of(path);
    auto cii = terms_of(folder / "pairs" / (base + "_uncefact.xml"));
    for (const Term& term : terms()) {
      const std::string id(term.id);
      if (!apart.contains(id)) CHECK_MESSAGE(ubl[id] == cii[id], base << " " << id);
    }
  }
}

TEST_CASE("an invoice says in EDIFACT what it says in CII") {
  const auto folder = shared_folder("data/documents");
  if (folder.empty()) return;
  for (const std::string number : {"1", "2", "4", "5"}) {
    auto edifact = terms_of(folder / "edifact" / ("EDIFACT_EXAMPLE" + number + ".TXT"));
    auto cii = terms_of(folder / "cii" / ("CII_example" + number + ".xml"));
    for (const std::string id : {"BT-1", "BT-2", "BT-3", "BT-5", "BT-27", "BT-31", "BT-44",
                                 "BT-106", "BT-109", "BT-110", "BT-112", "BT-115", "BT-116",
                                 "BT-117", "BT-126", "BT-129", "BT-131", "BT-146", "BT-153"}) {
      if (number == "2" && id == "BT-31") continue;  // the authors left out the country in one
      CHECK_MESSAGE(edifact[id] == cii[id], number << " " << id);
    }
  }
}

TEST_CASE("a finding is explained in each language, with the values that were seen") {
  const Report report = check(example("invoice-wrong.xml"));
  CHECK(
      as_sentence(report, "CB-17", Language::en) ==
      "Buyer name (BT-44) is missing. The buyer is who must pay; without it the invoice cannot be "
      "booked.");
  CHECK(as_sentence(report, "CB-36", Language::fr)
            .starts_with("« Net à payer (BT-115) » : 4\u202f281,00 est indiqué, mais les montants "
                         "qui le composent "
                         "donnent 4\u202f218,00."));
  CHECK(as_sentence(report, "CB-62", Language::ru).contains("86,50 указано в USD"));
  CHECK(as_sentence(report, "CB-51", Language::es).contains("2026-02-30 no es un día"));
  CHECK(as_sentence(report, "CB-42", Language::zh).contains("700.00 的 16%"));
  CHECK(as_sentence(report, "CB-22", Language::ar).contains("«رقم البند (\u2068BT-126\u2069)»"));
  for (const Finding& finding : report.findings)
    for (const Language language : kAll) {
      const Explained explained = explain_finding(finding, report.kind, language);
      CHECK(!explained.sentence.empty());
      CHECK(!explained.sentence.contains('{'));
      CHECK(find_term(explained.term) != nullptr);
    }
}

TEST_CASE("a rule that is not ours is explained by its family and by the term its text names") {
  const DocumentKind kind{.syntax = "ubl", .type = "Invoice", .profile = {}};
  Finding finding;
  finding.rule = "BR-CO-15";
  finding.text = "[BR-CO-15]-Invoice total amount with VAT (BT-112) = ...";
  finding.path = "/Invoice/cac:LegalMonetaryTotal";
  Explained explained = explain_finding(finding, kind, Language::en);
  CHECK(explained.term == "BT-112");
  CHECK(explained.sentence.starts_with("Total with VAT (BT-112) does not agree"));
  finding.rule = "BR-02";
  finding.text = "An Invoice shall have an Invoice number (BT-1).";
  CHECK(explain_finding(finding, kind, Language::en)
            .sentence.starts_with("Invoice number (BT-1) is missing."));
  finding.rule = "BR-61";
  finding.text =
      "If the Payment means type code (BT-81) means SEPA credit transfer, the Payment "
      "account identifier (BT-84) shall be present.";
  CHECK(explain_finding(finding, kind, Language::en).term == "BT-84");
  finding.rule = "NEW-1";
  finding.text = "Something";
  finding.path = "/Invoice/cbc:BuyerReference";
  explained = explain_finding(finding, kind, Language::en);
  CHECK(explained.term == "BT-10");
  CHECK(explained.sentence.contains("does not meet the rule NEW-1"));
}

TEST_CASE("every problem has words in each language") {
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Problem::other); ++i)
    for (const std::string_view words : words_of(static_cast<Problem>(i))) {
      CHECK(!words.empty());
      CHECK(is_utf8(words));
    }
}

TEST_CASE("numbers and days are written as readers of a language write them") {
  const auto n = [](View text, Language language) {
    return format_number(text, language).value_or("-");
  };
  CHECK(n("1234567.5", Language::en) == "1,234,567.5");
  CHECK(n("1234567.5", Language::fr) == "1\u202f234\u202f567,5");
  CHECK(n("1234567.5", Language::es) == "1.234.567,5");
  CHECK(n("1234.5", Language::es) == "1.234,5");
  CHECK(n("1234567.5", Language::ru) == "1\u00a0234\u00a0567,5");
  CHECK(n("1234567.5", Language::zh) == "1,234,567.5");
  CHECK(n("1234567.5", Language::ar) == "1,234,567.5");
  CHECK(n("-0.005", Language::en) == "\u22120.005");
  CHECK(!format_number("1,5", Language::en));
  CHECK(format_number("1,5", Language::en, true) == "1.5");
  CHECK(!format_number("", Language::en));
  CHECK(!format_number("1e3", Language::en));
  CHECK(!format_number("1.", Language::en));
  const auto d = [](View text, View code, Language language) {
    return format_date(text, code, language).value_or("-");
  };
  CHECK(d("2026-03-05", "", Language::en) == "5\u00a0March 2026");
  CHECK(d("2026-03-01", "", Language::fr) == "1er\u00a0mars 2026");
  CHECK(d("2026-03-05", "", Language::es) == "5 de marzo de 2026");
  CHECK(d("20260305", "102", Language::ru) == "5\u00a0марта 2026\u00a0г.");
  CHECK(d("20260305", "102", Language::zh) == "2026年3月5日");
  CHECK(d("202603051730", "203", Language::ar) == "5\u00a0مارس 2026, 17:30");
  CHECK(d("2026-03-05Z", "", Language::en) == "5\u00a0March 2026 (Z)");
  CHECK(d("2026-02-30", "", Language::en) == "-");
  CHECK(d("20261301", "102", Language::en) == "-");
  CHECK(d("soon", "", Language::en) == "-");
}

TEST_CASE("what is not seen is spelled out") {
  CHECK(visible("a\u202eb", 100) == "a[U+202E]b");
  CHECK(visible("\u200f\u2066x", 100) == "[U+200F][U+2066]x");
  CHECK(visible("\xff", 100) == "\ufffd");
  CHECK(visible("a\nb", 100) == "a b");
  CHECK(visible(std::string(500, 'x'), 10).size() == 13);
}

}  // namespace corridor::documents
