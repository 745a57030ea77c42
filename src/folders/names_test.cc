// SPDX-License-Identifier: Apache-2.0
#include "folders/names.h"

#include <doctest/doctest.h>

namespace corridor::folders {

using namespace std::string_literals;

TEST_CASE("a name becomes a part of a path, whatever it is made of") {
  CHECK(plain_name("Northland Customs") == "Northland-Customs");
  CHECK(plain_name("../../etc/passwd") == "etc-passwd");
  CHECK(plain_name("a\0b\n/c"s) == "a-b-c");
  CHECK(plain_name("...") == "");
  CHECK(plain_name("\xe6\xb5\xb7\xe5\x85\xb3") == "");
  CHECK(plain_name("Z\xc3\xbcrich") == "Z-rich");
  CHECK(plain_name(std::string(500, 'x')).size() == 64);
}

TEST_CASE("each partner has one folder, and nobody has another's") {
  const Did self("did:web:self");
  const Did a("did:web:a");
  const Did b("did:web:b%3A1");
  SUBCASE("by their names") {
    const auto folders = partner_folders({{self, "echo"}, {a, "Alder"}, {b, "Birch & Co"}}, self);
    CHECK(folders == std::map<std::string, Did>{{"echo", self}, {"Alder", a}, {"Birch-Co", b}});
  }
  SUBCASE("two that would be called the same are called by their DIDs") {
    const auto folders = partner_folders({{a, "Same One"}, {b, "Same/One"}}, self);
    CHECK(folders == std::map<std::string, Did>{
                         {"echo", self}, {"did%3Aweb%3Aa", a}, {"did%3Aweb%3Ab%253A1", b}});
  }
  SUBCASE("nobody is echo, and who has no name that can be written has a DID") {
    const auto folders = partner_folders({{a, "echo"}, {b, "\xe6\xb5\xb7"}}, self);
    CHECK(folders.at("echo") == self);
    CHECK(folders.at("did%3Aweb%3Aa") == a);
    CHECK(folders.at("did%3Aweb%3Ab%253A1") == b);
  }
}

TEST_CASE("what is not meant to be sent is left alone") {
  for (const View name : {"", ".hidden", "a.xml.part", "a.tmp", "a.xml~", "a.xml.receipt.json",
                          "a.report.json", "a.report.txt"})
    CHECK(is_left_alone(name));
  for (const View name : {"a.xml", "part", "a.json", "receipt.json", "-rf", "a b"})
    CHECK_FALSE(is_left_alone(name));
}

TEST_CASE("names beside long names fit, and differ") {
  CHECK(beside("a.xml", kReportSuffix) == "a.xml.report.json");
  std::string longest(255, 'x');
  const std::string one = beside(longest, kReceiptSuffix);
  longest.back() = 'y';
  const std::string two = beside(longest, kReceiptSuffix);
  CHECK(one.size() <= kNameBytesMax - 16);
  CHECK(one.ends_with(kReceiptSuffix));
  CHECK(one != two);
  std::string wide;
  while (wide.size() < 250) wide += "\xe6\xb5\xb7";
  CHECK(is_utf8(beside(wide, kReportSuffix)));
}

TEST_CASE("a document that arrived is called by what this node knows of it") {
  CHECK(handed_name("06h1", "ubl:Invoice", "application/xml") == "06h1-ubl-Invoice.xml");
  CHECK(handed_name("06h1", "unknown", "application/octet-stream") == "06h1-unknown.bin");
  CHECK(handed_name("06h1", "../x", "application/xml") == "06h1-x.xml");
}

TEST_CASE("names and texts are shown without what steers a terminal") {
  CHECK(shown_name("a\x1b[2Jb") == "a?[2Jb");
  CHECK(shown_name("\xff.xml") == "%FF.xml");
  CHECK(shown_text("one\ntwo\x1b[0m\n") == "one\ntwo?[0m\n");
}

}  // namespace corridor::folders
