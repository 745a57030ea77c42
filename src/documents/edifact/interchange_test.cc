// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/interchange.h"

#include "documents/testing.h"

namespace corridor::documents {
namespace {

std::string invoice() { return example("invoice-edifact.edi"); }

// A tree as XML, without white space.
std::string written(const xml::Tree& tree, xml::NodeId node) {
  const xml::Node& n = tree.node(node);
  if (n.kind == xml::Kind::text) return std::string(tree.value(n));
  std::string out = "<" + tree.qname(node);
  for (xml::NodeId id = node + 1; id <= node + n.attributes; ++id)
    out += " " + tree.qname(id) + "=" + std::string(tree.value(tree.node(id)));
  out += ">";
  for (auto id = tree.first_child(node); id != xml::kNone; id = tree.next_sibling(id))
    out += written(tree, id);
  return out + "</" + tree.qname(node) + ">";
}

std::string tree_of(View bytes) {
  const auto tree = read_interchange(bytes);
  return tree ? written(*tree, tree->root()) : "no tree: " + tree.error().why;
}

// The names of groups and segments of an INVOIC with these segments: "NAD(NAD RFF(RFF))".
std::string groups_of(const std::string& segments) {
  const auto tree = read_interchange("UNH+1+INVOIC:D:14B:UN'" + segments);
  REQUIRE(tree.has_value());
  const auto list = [&](auto self, xml::NodeId node) -> std::string {
    std::string out;
    for (auto id = tree->first_child(node); id != xml::kNone; id = tree->next_sibling(id)) {
      const std::string name = tree->qname(id);
      if (name == "UNH") continue;
      if (!out.empty()) out += ' ';
      out += name.substr(0, 3);
      if (name.ends_with("-group")) out += "(" + self(self, id) + ")";
    }
    return out;
  };
  return list(list, tree->child(tree->root(), tree->find_name("", "message")));
}

TEST_CASE("an interchange becomes a tree by position") {
  CHECK(
      tree_of("UNB+UNOC:3+A'UNH+1+ORDERS:D'BGM+220+?+7++9'UNT+3+1'UNZ+1'") ==
      "<interchange encoding=UTF-8><UNB><e1><c1>UNOC</c1><c2>3</c2></e1><e2><c1>A</c1></e2></UNB>"
      "<message number=1><UNH number=1><e1><c1>1</c1></e1><e2><c1>ORDERS</c1><c2>D</c2></e2></UNH>"
      "<BGM number=2><e1><c1>220</c1></e1><e2><c1>+7</c1></e2><e4><c1>9</c1></e4></BGM>"
      "<UNT number=3><e1><c1>3</c1></e1><e2><c1>1</c1></e2></UNT></message>"
      "<UNZ><e1><c1>1</c1></e1></UNZ></interchange>");
  // What repeats stands twice; what is empty is left out.
  CHECK(tree_of("UNB+UNOC:4'UNH+1'FTX+a:x*b:y++:::z'") ==
        "<interchange encoding=UTF-8><UNB><e1><c1>UNOC</c1><c2>4</c2></e1></UNB><message number=1>"
        "<UNH number=1><e1><c1>1</c1></e1></UNH><FTX number=2><e1><c1>a</c1><c2>x</c2></e1>"
        "<e1><c1>b</c1><c2>y</c2></e1><e3><c4>z</c4></e3></FTX></message></interchange>");
  CHECK(tree_of("UNB+A'bgm+1'") == "no tree: what stands here is not a segment tag");
}

TEST_CASE("whatever the order of its segments, an interchange is a tree") {
  CHECK(tree_of("BGM'UNT'UNG'UNH'UNH'UNE'UNE'UNZ'UNB'FTX'") ==
        "<interchange encoding=UTF-8><BGM></BGM><UNT></UNT><group><UNG></UNG><message number=1>"
        "<UNH number=1></UNH></message><message number=2><UNH number=1></UNH></message><UNE></UNE>"
        "</group><UNE></UNE><UNZ></UNZ><UNB></UNB><FTX></FTX></interchange>");
}

TEST_CASE("the groups of an INVOIC are known by what opens them") {
  CHECK(groups_of("BGM'DTM'RFF'DTM'NAD'LOC'RFF'DTM'CTA'COM'NAD'CUX'DTM'PYT'DTM'") ==
        "BGM DTM RFF(RFF DTM) NAD(NAD LOC RFF(RFF DTM) CTA(CTA COM)) NAD(NAD) CUX(CUX DTM) "
        "PYT(PYT DTM)");
  CHECK(
      groups_of("ALC'MOA'TAX'MOA'ALC'LIN'QTY'ALC'MOA'TAX'RFF'MOA'PRI'CUX'LIN'UNS'MOA'TAX'MOA'") ==
      "ALC(ALC MOA TAX(TAX MOA)) ALC(ALC) LIN(LIN QTY ALC(ALC MOA TAX(TAX)) RFF(RFF) MOA PRI CUX) "
      "LIN(LIN) UNS(UNS MOA TAX(TAX MOA))");
}

TEST_CASE("places in a tree are those of the interchange") {
  const std::string text = "UNB+UNOC:3'\nUNH+1'\r\n  BGM+\xE9\xE8+?'7:x'";
  const auto tree = read_interchange(text);
  REQUIRE(tree.has_value());
  const auto place = [&](View name, std::size_t nth) {
    const xml::Position at = tree->position(tree->elements(tree->find_name("", name))[nth]);
    return std::to_string(at.line) + ":" + std::to_string(at.column);
  };
  CHECK(place("UNB", 0) == "1:1");
  CHECK(place("BGM", 0) == "3:3");
  CHECK(place("e2", 0) == "3:10");
  CHECK(place("c2", 1) == "3:14");
  const auto e1 = tree->elements(tree->find_name("", "e1")).back();
  CHECK(tree->string_value(e1) == "\xC3\xA9\xC3\xA8");
  CHECK(tree->path(e1) == "/interchange/message/BGM/e1");
  const auto broken = read_interchange("UNB+A'\nUNH+1'\n\xE9x'");
  REQUIRE(!broken.has_value());
  CHECK(broken.error().position.line == 3);
  CHECK(broken.error().position.column == 1);
}

TEST_CASE("a whole interchange has no findings, with or without UNA and line ends") {
  CHECK(rules_found(invoice()).empty());
  CHECK(rules_found(changed(invoice(), "UNA:+.? '\n", "")).empty());
  std::string flat = invoice();
  std::erase(flat, '\n');
  CHECK(rules_found(flat).empty());
}

TEST_CASE("the service segments hold together") {
  CHECK(rules_found(changed(invoice(), "UNT+51", "UNT+52")) == "CB-05");
  CHECK(rules_found(changed(invoice(), "UNT+51", "UNT+")) == "CB-05");
  CHECK(rules_found(changed(invoice(), "UNT+51", "UNT+0051")).empty());
  CHECK(rules_found(changed(invoice(), "UNT+51+1", "UNT+51+2")) == "CB-06");
  CHECK(rules_found(changed(invoice(), "UNZ+1+", "UNZ+2+")) == "CB-05");
  CHECK(rules_found(changed(invoice(), "UNZ+1+26153", "UNZ+1+1")) == "CB-07");
  CHECK(check(changed(invoice(), "UNZ+1+26153", "UNZ+1+1")).valid());
}

TEST_CASE("segments stand where they can stand") {
  CHECK(rules_found(changed(invoice(), "UNZ+1+26153'", "")) == "CB-08");
  CHECK(rules_found(changed(invoice(), "UNT+51+1'\n", "")) == "CB-08");
  CHECK(rules_found(invoice() + "BGM+380+1'") == "CB-08");
  CHECK(rules_found(changed(invoice(), "UNH+1", "BGM+1'UNH+1")) == "CB-08");
  CHECK(rules_found(changed(invoice(), "UNH+1", "UNB+UNOC:3+A+B+260602:0915+26153'UNH+1")) ==
        "CB-08");
  CHECK(rules_found(changed(invoice(), "UNB+", "UNZ+1+1'UNB+")) == "CB-07 CB-08");
}

TEST_CASE("a cut off interchange is one fatal finding about its end") {
  const std::string text = invoice();
  const Report report = check(text.substr(0, text.find("MOA+388") + 5));
  CHECK(report.kind.name() == "edifact:INVOIC");
  CHECK(rules_found(report) == "CB-03");
  CHECK(report.findings[0].line == 45);
}

TEST_CASE("every message of an interchange is judged") {
  const std::string text = invoice();
  const std::size_t from = text.find("UNH+1");
  const std::size_t to = text.find("UNZ+1");
  const std::string message = text.substr(from, to - from);
  std::string second = changed(changed(message, "UNH+1", "UNH+2"), "UNT+51+1", "UNT+51+2");
  second = changed(second, "MOA+388:4936.00", "MOA+388:4937.00");
  const Report report = check(text.substr(0, to) + second + "UNZ+2+26153'");
  CHECK(rules_found(report) == "CB-35 CB-36");
  CHECK(report.findings[0].path == "/interchange/message[2]/UNS-group/MOA[5]/e1/c2");
}

TEST_CASE("groups are counted, and their messages within them") {
  std::string text = changed(invoice(), "UNH+1", "UNG+INVOIC+A+B+260602:0915+77+UN+D:14B'UNH+1");
  text = changed(text, "UNZ+1", "UNE+1+77'UNZ+1");
  CHECK(rules_found(text).empty());
  CHECK(rules_found(changed(text, "UNE+1+77", "UNE+2+77")) == "CB-05");
  CHECK(rules_found(changed(text, "UNE+1+77'", "")) == "CB-08");
}

TEST_CASE("another message type makes another kind, within an interchange a finding") {
  const std::string other = changed(invoice(), "INVOIC:D", "ORDERS:D");
  CHECK(recognise(other).kind.name() == "edifact:ORDERS");
  CHECK(recognise(other).media_type == "application/edifact");
  CHECK(rules_found(other) == "CB-84");
  const std::string both =
      changed(invoice(), "UNZ+1", "UNH+2+ORDERS:D:14B:UN'BGM+220+1'UNT+3+2'UNZ+2");
  CHECK(rules_found(both) == "CB-08");
}

TEST_CASE("characters outside the declared set are a warning, once") {
  CHECK(rules_found(changed(invoice(), "UNOC", "UNOA")) == "CB-09");
  CHECK(rules_found(changed(invoice(), "UNOC", "UNOB")).empty());
  CHECK(rules_found(changed(invoice(), "sealed", "se\naled")) == "CB-09");
  CHECK(rules_found(changed(invoice(), "sealed", "se\xE9led")).empty());
  const std::string utf8 = changed(invoice(), "UNOC:3", "UNOW:4");
  CHECK(rules_found(changed(utf8, "sealed", "se\xC3\xA9led")).empty());
  const Report report = check(changed(utf8, "sealed", "se\xE9led"));
  CHECK(rules_found(report) == "CB-09");
  CHECK(report.valid());
}

TEST_CASE("values of another character set reach the report as UTF-8") {
  const Report report = check(changed(invoice(), "CUX+2:EUR",
                                      "CUX+2:\xE9\xFC"
                                      "X"));
  REQUIRE(!report.findings.empty());
  for (const auto& finding : report.findings) CHECK(is_utf8(finding.text + finding.values));
  CHECK(rules_found(report).contains("CB-61"));
}

TEST_CASE("values are found where D.14B and older directories put them") {
  CHECK(rules_found(changed(invoice(), "BGM+380+DB-26-1180", "BGM")) == "CB-12 CB-14");
  CHECK(rules_found(changed(invoice(), "NAD+BY", "NAD+IV")).empty());
  CHECK(rules_found(changed(invoice(), "NAD+SE", "NAD+SU")).empty());
  CHECK(rules_found(changed(invoice(), "MOA+388:4936.00", "MOA+77:4936.00")).empty());
  CHECK(rules_found(changed(invoice(), "MOA+9:4936.00", "MOA+86:4936.00")).empty());
  CHECK(rules_found(changed(invoice(), "MOA+204:50.00", "MOA+8:50,00")).empty());
  // A discount within the price is no allowance on top of it.
  CHECK(
      rules_found(changed(changed(invoice(), "LIN+2", "ALC+A'MOA+509:1'LIN+2"), "UNT+51", "UNT+53"))
          .empty());
  // A date behind a reference is the reference's.
  CHECK(rules_found(
            changed(changed(invoice(), "RFF+ON:TD-9907'", "RFF+ON:TD-9907'DTM+137:20260101:102'"),
                    "UNT+51", "UNT+52"))
            .empty());
}

}  // namespace
}  // namespace corridor::documents
