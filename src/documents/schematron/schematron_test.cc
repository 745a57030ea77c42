// SPDX-License-Identifier: Apache-2.0
#include "documents/schematron/schematron.h"

#include "documents/schematron/svrl.h"

#include <doctest/doctest.h>

#include <map>

using namespace corridor;

namespace {

using Files = std::map<std::string, std::string, std::less<>>;

schematron::Open open_files(Files files) {
  return [files = std::move(files)](std::string_view path) -> Result<Bytes> {
    const auto found = files.find(path);
    if (found == files.end()) return fail(Code::not_found, "there is no file " + std::string(path));
    return found->second;
  };
}

std::string schema(std::string_view body) {
  std::string out(
      "<schema xmlns='http://purl.oclc.org/dsdl/schematron' "
      "xmlns:xsl='http://www.w3.org/1999/XSL/Transform' "
      "xmlns:xs='http://www.w3.org/2001/XMLSchema' "
      "xmlns:u='urn:u' queryBinding='xslt2'><ns prefix='a' uri='urn:a'/>");
  out += body;
  return out + "</schema>";
}

// Both evaluators; "id:line:text" of each finding.
std::vector<std::string> findings(Files files, std::string_view document, std::string phase = {}) {
  const auto tree = xml::parse(document);
  REQUIRE(tree.has_value());
  std::vector<std::string> out;
  for (const bool optimise : {false, true}) {
    schematron::CompileOptions options;
    options.optimise = optimise;
    options.phase = phase;
    const auto rules = schematron::compile("main.sch", open_files(files), options);
    REQUIRE_MESSAGE(rules.has_value(), (rules ? "" : rules.error().why));
    std::vector<std::string> now;
    for (const Finding& f : rules->judge(*tree))
      now.push_back(f.rule + ":" + std::to_string(f.line) + ":" + f.text);
    if (optimise) CHECK(now == out);
    out = now;
  }
  return out;
}

std::vector<std::string> findings(std::string_view body, std::string_view document) {
  return findings(Files{{"main.sch", schema(body)}}, document);
}

std::string refusal(Files files) {
  const auto rules = schematron::compile("main.sch", open_files(std::move(files)));
  REQUIRE(!rules.has_value());
  return rules.error().why;
}
std::string refusal(std::string_view body) { return refusal(Files{{"main.sch", schema(body)}}); }

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

using Lines = std::vector<std::string>;
constexpr std::string_view kDocument =
    "<r xmlns='urn:a'>\n<line n='1'><id>A</id></line>\n<line n='2'><id>B</id></line>\n</r>";

}  // namespace

TEST_CASE("a failed assertion is a finding with its values filled in") {
  CHECK(findings("<pattern><rule context='a:line'><assert id='X' test=\"a:id = 'A'\">line "
                 "<value-of select='@n'/> of <name path='..'/> has\n  <emph>id</emph> <value-of "
                 "select='a:id'/></assert></rule></pattern>",
                 kDocument) == Lines{"X:3:line 2 of r has id B"});
  CHECK(findings("<pattern><rule context='a:line'><report id='X' test=\"@n = "
                 "1\">r</report></rule></pattern>",
                 kDocument) == Lines{"X:2:r"});
}

TEST_CASE("within a pattern the first matching rule takes the node, patterns are independent") {
  CHECK(findings(
            "<pattern><rule context='a:line[@n=1]'><assert id='X' test='false()'>x</assert></rule>"
            "<rule context='a:line'><assert id='Y' test='false()'>y</assert></rule></pattern>"
            "<pattern><rule context='*'><assert id='Z' test='@n'>z</assert></rule></pattern>",
            kDocument) == Lines{"X:2:x", "Y:3:y", "Z:1:z", "Z:2:z", "Z:3:z"});
}

TEST_CASE("contexts: attributes, text, comments, the document, wildcards, positions, parentheses") {
  const std::string_view document = "<r xmlns='urn:a' x='1'><!--c-->t<b y='2'/><b/></r>";
  const auto at = [&](std::string_view context) {
    std::string body("<pattern><rule context=\"");
    body.append(context).append("\"><assert id='X' test='false()'>-</assert></rule></pattern>");
    return findings(body, document).size();
  };
  CHECK(at("@*") == 2);
  CHECK(at("@x | @y") == 2);
  CHECK(at("text()") == 1);
  CHECK(at("comment()") == 1);
  CHECK(at("/") == 1);
  CHECK(at("/a:r") == 1);
  CHECK(at("/a:b") == 0);
  CHECK(at("//a:b") == 2);
  CHECK(at("a:r//a:b") == 2);
  CHECK(at("a:*") == 3);
  CHECK(at("*:b") == 2);
  CHECK(at("a:b[2]") == 1);
  CHECK(at("a:b[last()]") == 1);
  CHECK(at("(a:b | a:r)[@x or @y]") == 2);
  CHECK(at("a:r/a:b[@y = 2]") == 1);
  CHECK(at("*[ends-with(name(), 'b') and @y]") == 1);
  CHECK(at("a:b[xs:integer(@y) = 2]") == 1);  // an error in a pattern is no match
}

TEST_CASE(
    "lets: schema, pattern, rule, lazily; an error is a finding of the assertion that meets it") {
  CHECK(findings(
            "<let name='unused' value=\"xs:integer('x')\"/><let name='s' value='count(//a:line)'/>"
            "<pattern><let name='p' value='$s + 1'/><rule context='a:r'><let name='q' value='$p * "
            "2'/>"
            "<assert id='X' test='$q = 0'><value-of select='$q'/></assert>"
            "<assert id='Y' test='$unused = 1'>never</assert>"
            "<assert id='Z' test='true()'>z</assert></rule></pattern>",
            kDocument) == Lines{"X:1:6", "Y:1:rule-error: FORG0001: \"x\" is no xs:integer"});
}

TEST_CASE("abstract patterns, abstract rules, diagnostics and phases") {
  const std::string body =
      "<phase id='one'><active pattern='p1'/></phase>"
      "<pattern abstract='true' id='p'><rule context='$c'><assert id='X' test='$t - 1 = "
      "0'>$t</assert>"
      "</rule></pattern>"
      "<pattern is-a='p' id='p1'><param name='c' value='a:line'/><param name='t' "
      "value='@n'/></pattern>"
      "<pattern id='p2'><rule abstract='true' id='e'><assert id='Y' test='false()' "
      "diagnostics='d'>y</assert></rule><rule context='a:r'><extends rule='e'/></rule></pattern>"
      "<diagnostics><diagnostic id='d'>see <value-of "
      "select='count(*)'/></diagnostic></diagnostics>";
  const Files files{{"main.sch", schema(body)}};
  CHECK(findings(files, kDocument) == Lines{"X:3:$t", "Y:1:y see 2"});
  CHECK(findings(files, kDocument, "one") == Lines{"X:3:$t"});
  CHECK(has(refusal(Files{{"main.sch", schema("<pattern is-a='q'/>")}}),
            "no abstract pattern \"q\""));
}

TEST_CASE("includes are read through the caller and stay relative") {
  const Files files{
      {"main.sch", schema("<include href='sub/p.sch'/>")},
      {"sub/p.sch",
       "<pattern xmlns='http://purl.oclc.org/dsdl/schematron'><include "
       "href='../r.sch#k'/></pattern>"},
      {"r.sch",
       "<x xmlns='http://purl.oclc.org/dsdl/schematron'><rule id='k' context='/*'><assert id='X' "
       "test='false()'>x</assert></rule></x>"}};
  CHECK(findings(files, kDocument) == Lines{"X:1:x"});
  CHECK(has(refusal("<include href='missing.sch'/>"), "missing.sch"));
  CHECK(has(refusal("<include href='http://example.org/x.sch'/>"), "not a relative path"));
  CHECK(has(refusal(Files{{"main.sch", schema("<include href='main.sch'/>")}}), "too deeply"));
}

TEST_CASE("xsl:function and xsl:key as rule sets have them") {
  CHECK(
      findings(
          "<xsl:key name='by-id' match='a:line' use='a:id'/>"
          "<xsl:function name='u:twice' as='xs:decimal'><xsl:param name='x' as='xs:decimal'/>"
          "<xsl:variable name='two'>2</xsl:variable><xsl:sequence select='$x * "
          "xs:decimal($two)'/></xsl:function>"
          "<xsl:function name='u:sum' as='xs:integer'><xsl:param name='n' "
          "as='xs:integer'/><xsl:choose>"
          "<xsl:when test='$n = 0'><xsl:value-of select='0'/></xsl:when><xsl:otherwise>"
          "<xsl:sequence select='$n + u:sum($n - 1)'/></xsl:otherwise></xsl:choose></xsl:function>"
          "<pattern><rule context='a:r'><assert id='X' test=\"key('by-id', 'B')/@n = 3\"><value-of "
          "select=\"key('by-id', 'B')/@n\"/></assert><assert id='Y' test='u:twice(a:line[2]/@n) = "
          "5'>"
          "<value-of select='u:twice(a:line[2]/@n)'/></assert><assert id='Z' test='u:sum(100) = "
          "1'><value-of select='u:sum(100)'/></assert></rule></pattern>",
          kDocument) == Lines{"X:1:2", "Y:1:4", "Z:1:5050"});
  CHECK(has(refusal("<xsl:function name='u:f'><xsl:for-each select='*'/></xsl:function>"),
            "xsl:for-each"));
  CHECK(has(refusal("<xsl:template match='*'/>"), "xsl:template is not supported"));
}

TEST_CASE("document() reads only what came with the rules") {
  const Files files{
      {"main.sch",
       schema("<pattern><rule context='a:line'><assert id='X' "
              "test=\"a:id = document('codes.xml')//code\">x</assert></rule></pattern>")},
      {"codes.xml", "<codes><code>A</code></codes>"}};
  CHECK(findings(files, kDocument) == Lines{"X:3:x"});
  CHECK(has(refusal("<let name='x' value=\"document('file:///etc/passwd')\"/>"),
            "not a file of the rules"));
  CHECK(has(refusal("<let name='x' value='document(@href)'/>"), "not supported"));
}

TEST_CASE("what is not supported is refused by name, file and line") {
  const auto rule = [](std::string_view test) {
    std::string body("\n<pattern><rule context='*'>\n<assert id='X' test=\"");
    body.append(test).append("\">x</assert></rule></pattern>");
    return refusal(body);
  };
  for (const auto& [test, what] :
       std::map<std::string, std::string>{{"doc-available('x')", "doc-available"},
                                          {"namespace::a", "axis \"namespace\""},
                                          {"$nothing", "$nothing"},
                                          {"q:name", "prefix \"q\""},
                                          {"xs:hexBinary('00')", "hexBinary"},
                                          {"concat('a')", "concat() with 1 arguments"},
                                          {"u:f(1)", "u:f() with 1 arguments"},
                                          {"key('k', 1)", "key \"k\""},
                                          {"1 +", "too early"},
                                          {"a:b[", "too early"},
                                          {"'abc", "does not end"},
                                          {"(: abc", "comment"},
                                          {"a b", "not understood"},
                                          {"element(a:b, xs:string)", "schema type"}}) {
    CAPTURE(test);
    const std::string why = rule(test);
    CHECK_MESSAGE(has(why, what), why);
    CHECK_MESSAGE(has(why, "main.sch:3"), why);
  }
  std::string deep(500, '(');
  CHECK(has(rule(deep), "nested too deeply"));
  CHECK(has(refusal(Files{{"main.sch", "<schema xmlns='urn:other'/>"}}),
            "not schema of ISO Schematron"));
  CHECK(has(refusal(Files{{"main.sch", "<schema xmlns='http://purl.oclc.org/dsdl/schematron'/>"}}),
            "queryBinding"));
  CHECK(has(refusal(Files{{"main.sch", "<!DOCTYPE x><x/>"}}), "DOCTYPE"));
  CHECK(has(refusal(Files{}), "main.sch"));
}

TEST_CASE("flags and roles give the severity, messages the term") {
  const auto rules = schematron::compile(
      "main.sch",
      open_files({{"main.sch",
                   schema("<pattern><rule context='/*' role='warning'>"
                          "<assert id='A' flag='fatal' test='false()'>[A] x (BT-1)</assert>"
                          "<assert id='B' flag='information' test='false()'>y (see BG-2)</assert>"
                          "<assert id='C' role='error' test='false()'>z (BG-25)</assert>"
                          "<assert id='D' test='false()'>w</assert></rule></pattern>")}}));
  REQUIRE(rules.has_value());
  const auto tree = xml::parse("<a/>");
  const auto found = rules->judge(*tree);
  REQUIRE(found.size() == 4);
  CHECK(found[0].severity == Severity::fatal);
  CHECK(found[0].term == "BT-1");
  CHECK(found[1].severity == Severity::information);
  CHECK(found[1].term.empty());
  CHECK(found[2].severity == Severity::fatal);
  CHECK(found[2].term == "BG-25");
  CHECK(found[3].severity == Severity::warning);
}

TEST_CASE("SVRL is well-formed and names rule, place and text") {
  const auto rules = schematron::compile(
      "main.sch",
      open_files({{"main.sch", schema("<title>T &amp; U</title><pattern id='p'><rule "
                                      "context='a:id'><assert id='X' test=\". &lt; 'A'\">&lt;x"
                                      "&gt;</assert></rule></pattern>")}}));
  REQUIRE(rules.has_value());
  const auto tree = xml::parse(kDocument);
  const std::string svrl = schematron::write_svrl(*rules, rules->check(*tree), *tree);
  const auto read = xml::parse(svrl);
  REQUIRE_MESSAGE(read.has_value(), svrl);
  CHECK(read->elements(read->find_name("http://purl.oclc.org/dsdl/svrl", "failed-assert")).size() ==
        2);
  CHECK(has(svrl, "/*:r[namespace-uri()='urn:a'][1]/*:line[namespace-uri()='urn:a'][2]/*:id"));
  CHECK(has(svrl, "&lt;x&gt;"));
}

TEST_CASE("a flag may be a variable, a role a term, and values have the names of variables") {
  const auto tree = xml::parse(kDocument);
  REQUIRE(tree.has_value());
  for (const bool optimise : {false, true}) {
    schematron::CompileOptions options;
    options.optimise = optimise;
    const auto rules = schematron::compile(
        "main.sch",
        open_files({{"main.sch",
                     schema("<pattern><rule context='a:line'><let name='id' value='a:id'/>"
                            "<let name='how' value=\"if (@n = '1') then 'warning' else 'fatal'\"/>"
                            "<assert id='X' flag='$how' role='BT-7' test='false()'>"
                            "<value-of select='$id'/> <value-of select='@n'/> "
                            "<value-of select='upper-case($how)'/></assert></rule></pattern>")}}),
        options);
    REQUIRE(rules.has_value());
    const std::vector<Finding> found = rules->judge(*tree);
    REQUIRE(found.size() == 2);
    CHECK(found[0].severity == Severity::warning);
    CHECK(found[1].severity == Severity::fatal);
    CHECK(found[0].term == "BT-7");
    CHECK(found[0].text == "A 1 WARNING");
    CHECK(found[0].values == "id=A, how=WARNING");
    const auto outcome = rules->check(*tree, {.now = {}, .hits_max = 1, .value_bytes_max = 3});
    CHECK(outcome.hits.size() == 1);
    CHECK(outcome.hits[0].text == "A 1 WAR...");
    CHECK(outcome.left_out == 1);
    CHECK(outcome.left_out_fatal);
    CHECK(has(schematron::write_svrl(*rules, outcome, *tree), "flag=\"warning\""));
  }
}

TEST_CASE("key() and positions give the same from many nodes as from few") {
  std::string document = "<r xmlns='urn:a'>";
  for (int i = 0; i < 50; ++i) document += "<line n='" + std::to_string(i % 3) + "'/>";
  const std::string body =
      "<xsl:key name='n' match='a:line | a:none' use='@n'/>"
      "<xsl:key name='n' match='a:line[@n = 1]' use='string(.)'/>"
      "<pattern><rule context='a:r'><report id='X' test='true()'>"
      "<value-of select=\"count(key('n', '1'))\"/> <value-of select=\"key('n', '2')[2]/@n\"/> "
      "<value-of select=\"count(key('n', ('0', '')))\"/> <value-of select=\"count(key('n', '9'))\"/> "
      "<value-of select='a:line[3]/@n'/> <value-of select='count((a:line)[51])'/> "
      "<value-of select=\"count(key('n', '1', a:line[2]))\"/>"
      "</report></rule></pattern>";
  CHECK(findings(body, document + "</r>") == Lines{"X:1:17 2 34 0 2 0 1"});
}
