// SPDX-License-Identifier: Apache-2.0
#include "documents/testing.h"

namespace corridor::documents {
namespace {

std::string invoice() { return example("invoice-edifact.edi"); }

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
  CHECK(rules_found(changed(invoice(), "UNB+", "UNZ+1+1'UNB+")) == "CB-08");
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
  CHECK(report.findings[0].path == "message[2]/segment[43]/MOA");
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
  CHECK(recognise(other).kind.name() == "unknown");
  CHECK(recognise(other).media_type == "application/edifact");
  CHECK(rules_found(other).empty());
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

TEST_CASE("the reader finds values where D.14B and older directories put them") {
  CHECK(rules_found(changed(invoice(), "BGM+380+DB-26-1180", "BGM")) == "CB-12 CB-14");
  CHECK(rules_found(changed(invoice(), "DTM+137:20260602:102", "DTM+137:20260631:102")) == "CB-51");
  CHECK(rules_found(changed(invoice(), "DTM+13:20260702:102", "DTM+13:20260502:102")) == "CB-52");
  CHECK(rules_found(changed(invoice(), "NAD+BY", "NAD+IV")).empty());
  CHECK(rules_found(changed(invoice(), "NAD+SE", "NAD+SU")).empty());
  CHECK(rules_found(changed(invoice(), "NAD+BY", "NAD+DP")) == "CB-17");
  CHECK(rules_found(changed(invoice(), "++Tatra Drives s.r.o.", "++")) == "CB-19");
  CHECK(rules_found(changed(invoice(), "MOA+388:4936.00", "MOA+77:4936.00")).empty());
  CHECK(rules_found(changed(invoice(), "MOA+204:50.00", "MOA+8:50,00")).empty());
  CHECK(rules_found(changed(invoice(), "MOA+204:50.00", "MOA+204:60.00")) == "CB-37");
  CHECK(rules_found(changed(invoice(), "MOA+203:360.00", "MOA+203:360.00:USD")) == "CB-62");
  CHECK(rules_found(changed(invoice(), "BGM+380", "BGM+380+1'BGM+380")) == "CB-05 CB-10");
  CHECK(rules_found(changed(invoice(), "PRI+AAA:4.12", "PRI+AAA:412:::100")).empty());
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
