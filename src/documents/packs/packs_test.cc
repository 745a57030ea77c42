// SPDX-License-Identifier: Apache-2.0
#include "documents/packs.h"

#include "crypto/crypto.h"
#include "documents/packs/embedded.h"
#include "documents/testing.h"

namespace corridor::documents {

namespace {

std::string ubl() { return example("invoice-ubl.xml"); }

std::string rules_that_say(const std::string& id, const std::string& flag = "fatal") {
  return "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'><pattern>"
         "<rule context='/*'><assert id='" + id + "' flag='" + flag +
         "' test='false()'>it always says so</assert></rule></pattern></schema>";
}

// A pack of one rule file whose only rule always fires, with these profiles.
Pack pack(const std::string& name, const std::string& edition, const std::string& profiles,
          const std::string& valid = "{}") {
  const std::string rules = rules_that_say(name + "-" + edition);
  const std::string manifest =
      R"({"name":")" + name + R"(","edition":")" + edition +
      R"(","title":"T","publisher":"P","licence":"L","valid":)" + valid +
      R"(,"files":[{"path":"r.sch","sha256":")" + hex(crypto::sha256(rules).view()) + R"(","bytes":)" +
      std::to_string(rules.size()) +
      R"(}],"parts":[{"id":"rules","kind":"schematron","entries":["r.sch"]}],"profiles":[)" + profiles + "]}";
  auto read = read_manifest(manifest);
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().why));
  return {std::move(*read), [rules](std::string_view) -> Result<Bytes> { return Bytes(rules); }};
}

std::string profile(const std::string& name, const std::string& match, const std::string& check,
                    const std::string& more = {}) {
  return R"({"name":")" + name + R"(","match":)" + match + R"(,"check":)" + check + more + "}";
}

std::string found(const Library& library, const std::string& document, const Asking& asking = {}) {
  return rules_found(library.examine(document, asking).report);
}

Library library_of(std::vector<Pack> packs) { return Library(std::move(packs)); }

std::string why_not(const std::string& manifest) {
  const auto read = read_manifest(manifest);
  return read ? std::string() : read.error().why;
}

constexpr const char* kInvoices = R"({"syntax":"ubl","types":["Invoice"]})";

}  // namespace

TEST_CASE("every known manifest reads, names its files by digest, and writes as itself") {
  CHECK(known_manifests().size() >= 8);
  for (const Manifest& manifest : known_manifests()) {
    CHECK(!manifest.files.empty());
    const auto again = read_manifest(canonical_manifest(manifest));
    REQUIRE_MESSAGE(again.has_value(), manifest.id());
    CHECK(canonical_manifest(*again) == canonical_manifest(manifest));
    CHECK(manifest.source.starts_with("https://"));
  }
  CHECK(built_in_manifest().profiles.size() >= 4);
}

TEST_CASE("a manifest with a member that is not known, missing or of the wrong kind is refused by name") {
  const std::string good =
      R"({"name":"n","edition":"1","title":"t","publisher":"p","licence":"l","files":[],)"
      R"("parts":[],"profiles":[{"name":"x","match":{},"check":["ubl#documents?"]}]})";
  CHECK(why_not(good).empty());
  const auto with = [&](const std::string& from, const std::string& to) {
    return why_not(changed(good, from, to));
  };
  CHECK(with(R"("title":"t")", R"("title":"t","titel":"t")").find("unknown member titel") != std::string::npos);
  CHECK(with(R"("name":"n")", R"("name":"../n")").find("name") != std::string::npos);
  CHECK(with(R"("edition":"1")", R"("edition":1)").find("edition") != std::string::npos);
  CHECK(with(R"("match":{})", R"("match":{"sintax":"ubl"})").find("sintax") != std::string::npos);
  CHECK(with(R"("ubl#documents?")", R"("ubl")").find("names no part") != std::string::npos);
  CHECK(with(R"("ubl#documents?")", R"("#nothing")").find("no part nothing") != std::string::npos);
  CHECK(with(R"("check":)", R"("severity":{"R":"grave"},"check":)").find("R") != std::string::npos);
  CHECK(with(R"("check":)", R"("refuse":"sometimes","check":)").find("sometimes") != std::string::npos);
  CHECK(with(R"("files":[])", R"("files":[{"path":"../a","sha256":"00","bytes":1}])").find("elsewhere") !=
        std::string::npos);
  CHECK(with(R"("files":[])", R"("files":[{"path":"a/./b","sha256":"00","bytes":1}])").find("elsewhere") !=
        std::string::npos);
  CHECK(with(R"("parts":[])", R"("parts":[{"id":"a","kind":"java","entries":["x"]}])").find("java") !=
        std::string::npos);
  CHECK(with(R"("profiles":)", R"("valid":{"from":"yesterday"},"profiles":)").find("date") !=
        std::string::npos);
  CHECK(!why_not("[]").empty());
  CHECK(!why_not("{").empty());
  CHECK(!why_not("").empty());
}

TEST_CASE("an imported pack judges before the built-in one, a named profile before a type") {
  std::vector<Pack> packs;
  packs.push_back(pack("general", "1", profile("G", kInvoices, R"(["#rules"])")));
  packs.push_back(pack("named", "1",
                       profile("N", R"({"syntax":"ubl","types":["Invoice"],"profiles":["urn:cen.eu:*"]})",
                               R"(["#rules"])")));
  packs.push_back(pack("exact", "1",
                       profile("E", R"({"syntax":"ubl","profiles":["urn:example:exact"]})",
                               R"(["#rules"])")));
  const Library library = library_of(std::move(packs));
  CHECK(found(library, ubl()) == "named-1");
  CHECK(found(library, changed(ubl(), "urn:cen.eu:en16931:2017", "urn:example:exact")) == "exact-1");
  CHECK(found(library, changed(ubl(), "urn:cen.eu:en16931:2017", "urn:example:exact2")) == "general-1");
  CHECK(library.examine(ubl(), {}).report.profile == "N");
  CHECK(library.examine(ubl(), {}).report.rules == "named 1");
  CHECK(check(ubl()).profile.empty());
}

TEST_CASE("a partner's profile judges what is exchanged with that partner, and nothing else") {
  std::vector<Pack> packs;
  packs.push_back(pack("theirs", "1",
                       profile("T", R"({"partners":["did:web:them.example"]})", R"(["#rules"])",
                               R"(,"severity":{"theirs-1":"warning"},"refuse":"warning")")));
  const Library library = library_of(std::move(packs));
  CHECK(found(library, ubl()).empty());
  CHECK(found(library, ubl(), {.partner = "did:web:others.example"}).empty());
  const Report report = library.examine(ubl(), {.partner = "did:web:them.example"}).report;
  CHECK(rules_found(report) == "theirs-1");
  CHECK(report.valid());  // its profile makes a warning of it
  CHECK(report.refused());  // and refuses warnings
  CHECK(report_from_json(to_json(report)) == report);
}

TEST_CASE("a profile may let through what has fatal findings; the report says so") {
  std::vector<Pack> packs;
  packs.push_back(pack("lenient", "1", profile("L", kInvoices, R"(["#rules"])", R"(,"refuse":"never")")));
  const Report report = library_of(std::move(packs)).examine(ubl(), {}).report;
  CHECK(!report.valid());
  CHECK(!report.refused());
  CHECK(report_from_json(to_json(report)) == report);
}

TEST_CASE("of several editions the one that was valid on the document's own date judges") {
  std::vector<Pack> packs;
  packs.push_back(pack("dated", "1", "", R"({"from":"2020-01-01"})"));
  packs.push_back(pack("dated", "2", "", R"({"from":"2024-01-01","until":"2025-01-01"})"));
  packs.push_back(pack("dated", "3", "", R"({"from":"2025-01-01"})"));
  packs.push_back(pack("user", "1", profile("U", kInvoices, R"(["dated#rules"])")));
  packs.push_back(pack("pinned", "1",
                       profile("P", R"({"partners":["did:x"]})", R"(["dated@1#rules"])")));
  const Library library = library_of(std::move(packs));
  const auto issued = [&](const std::string& date) {
    const std::string text = ubl();
    const std::size_t at = text.find("<cbc:IssueDate>") + 15;
    std::string out = text;
    out.replace(at, 10, date);
    return out;
  };
  CHECK(found(library, issued("2024-05-05")) == "dated-2");
  CHECK(found(library, issued("2025-01-01")) == "dated-3");
  CHECK(found(library, issued("2021-05-05")) == "dated-1");
  CHECK(found(library, issued("1999-05-05")) == "dated-3");  // none is valid: the newest there is
  CHECK(found(library, issued("2025-05-05"), {.partner = "did:x"}) == "dated-1");
}

TEST_CASE("what a profile asks for and cannot be used is fatal, and never a check less") {
  std::vector<Pack> packs;
  packs.push_back(pack("needs", "1", profile("N", kInvoices, R"(["absent#rules","#rules"])")));
  const Library missing = library_of(std::move(packs));
  Report report = missing.examine(ubl(), {}).report;
  CHECK(rules_found(report) == "CB-82 needs-1");
  CHECK(report.refused());

  Pack altered = pack("altered", "1", profile("A", kInvoices, R"(["#rules"])"));
  altered.open = [](std::string_view) -> Result<Bytes> { return Bytes("<schema/>"); };
  packs.clear();
  packs.push_back(std::move(altered));
  const Library other = library_of(std::move(packs));
  report = other.examine(ubl(), {}).report;
  CHECK(rules_found(report) == "CB-82");
  CHECK(report.findings[0].text.find("not the one that the pack's manifest lists") != std::string::npos);
  CHECK(!other.load("altered@1").has_value());
  CHECK(!other.load("nothing@1").has_value());

  const Library refused({}, {}, {{"mine@1", "its manifest does not verify"}});
  CHECK(rules_found(refused.examine(ubl(), {}).report) == "CB-85");
}

TEST_CASE("a directory that cannot be used is fatal, and its findings weigh what the profile says") {
  const Bytes text = "this is no directory";
  const std::string manifest =
      R"({"name":"edifact","edition":"D.96A","title":"T","publisher":"P","licence":"L","files":[)"
      R"({"path":"d.txt","sha256":")" + hex(crypto::sha256(text).view()) + R"(","bytes":20}],)"
      R"("parts":[{"id":"messages","kind":"edifact","entries":["d.txt"]}],"profiles":[{"name":"E",)"
      R"("match":{"syntax":"edifact"},"check":["#messages"],)"
      R"("severity":{"EDI-message-unknown":"information"}}]})";
  auto read = read_manifest(manifest);
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().why));
  std::vector<Pack> packs;
  packs.push_back({std::move(*read), [&](std::string_view) -> Result<Bytes> { return text; }});
  const Library library = library_of(std::move(packs));
  const auto order = [](const std::string& release) {
    return "UNB+UNOA:2+A+B+260101:0000+1'UNH+1+ORDERS:D:" + release + ":UN'UNT+2+1'UNZ+1+1'";
  };
  const Report broken = library.examine(order("96A"), {}).report;
  CHECK(rules_found(broken).contains("CB-82"));
  CHECK(broken.refused());
  CHECK(broken.rules == kBasicRules);
  const Report absent = library.examine(order("16B"), {}).report;
  CHECK(rules_found(absent) == "CB-84 EDI-message-unknown");
  CHECK(absent.findings[0].severity == Severity::information);
}

TEST_CASE("a kind that nothing judges is known, and nothing is claimed about it") {
  const std::string order =
      "<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>";
  const Report report = check(order);
  CHECK(report.kind.name() == "ubl:Order");
  CHECK(rules_found(report) == "CB-84");
  CHECK(report.valid());
  CHECK(render_text(report).find("there are no rules for it") != std::string::npos);
}

TEST_CASE("packs are found by content, whatever their files are called") {
  const Pack one = pack("one", "1", "");
  const std::vector<Manifest> manifests{one.manifest};
  const Bytes rules = *one.open("r.sch");
  std::vector<OfferedFile> offered{{"somewhere/else.txt", crypto::sha256(rules), rules}};
  auto matches = match_packs(offered, manifests);
  REQUIRE(matches.size() == 1);
  CHECK(matches[0].whole());
  offered = {{"somewhere/r.sch", crypto::sha256("altered"), "altered"}};
  matches = match_packs(offered, manifests);
  REQUIRE(matches.size() == 1);
  CHECK(!matches[0].whole());
  CHECK(matches[0].altered == std::vector<std::string>{"r.sch"});
  offered = {{"unrelated", crypto::sha256("x"), "x"}};
  CHECK(!match_packs(offered, manifests)[0].touched());
}

TEST_CASE("an interchange is judged by rules whether or not its date chooses them, and shown alike") {
  const std::string orders = changed(example("invoice-edifact.edi"), "INVOIC:D", "ORDERS:D");
  const auto same = [&](const Library& library) {
    std::string examined_svrl;
    std::string viewed_svrl;
    const auto examined = library.examine(orders, {.svrl = &examined_svrl});
    const auto viewed = library.view(orders, {.svrl = &viewed_svrl}, {}).examined;
    CHECK(examined.report.rules == viewed.report.rules);
    CHECK(examined.report.rules_digest == viewed.report.rules_digest);
    CHECK(examined_svrl == viewed_svrl);
    CHECK(rules_found(examined.report) == rules_found(viewed.report));
    return rules_found(examined.report);
  };
  CHECK(same(Library()) == "CB-84");
  const std::string kind = R"({"syntax":"edifact","types":["ORDERS"]})";
  const std::string later = R"({"syntax":"edifact","types":["ORDERS"],"from":"2099-01-01"})";
  CHECK(same(library_of({pack("p", "1", profile("orders", kind, R"(["#rules"])"))})) == "p-1");
  // Without its date the other profile would judge it, which needs no tree.
  CHECK(same(library_of({pack("p", "1", profile("orders", kind, R"(["#rules"])")),
                         pack("q", "2", profile("none", later, "[]"), R"({"from":"2099-01-01"})")})) == "p-1");
}

}  // namespace corridor::documents
