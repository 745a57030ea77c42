// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/interchange.h"
#include "documents/edifact/test_directories.h"

namespace corridor::documents {
namespace {

const edifact::Directory* invented(View version, View release) {
  return version == "T" && release == "26A" ? &test_directory() : nullptr;
}

const edifact::Directory* published(View version, View release) {
  if (version != "D") return nullptr;
  for (const char* name : {"d96a", "d01b", "d14b", "d16b"})
    if (upper_release(name) == release) return shared_directory(name);
  return nullptr;
}

constexpr View kParcel =
    "BEG+1+N1'DAY+10:20261127'REM+A*B'PTY+SH+4:5:9+ANNA'REM+C'CON+X'PTY+RC'UNS+D'"
    "ITM+1+LG'AMT+3:KG'PTY+CA'ITM+2'AMT+12'AMT+7'AMT+9";

std::string parcel(const std::string& segments, const std::string& syntax = "UNOC:4",
                   const std::string& una = "") {
  const auto count = std::ranges::count(segments, '\'');
  return una + "UNB+" + syntax + "+A+B+" + (syntax.ends_with('4') ? "20" : "") +
         "261127:1200+1'UNH+1+PARCEL:T:26A:XX'" + segments + "'UNT+" + std::to_string(count + 3) +
         "+1'UNZ+1+1'";
}

std::string text_of(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& f : findings)
    out += (out.empty() ? "" : "\n") + f.rule + " " + f.path + " " + f.text;
  return out;
}

std::string found(const std::string& interchange) {
  const auto checked = checked_both_ways(interchange, invented);
  return checked ? text_of(checked->findings) : "no tree: " + checked.error().why;
}

// The parcel with one change.
std::string found(const std::string& from, const std::string& to,
                  const std::string& syntax = "UNOC:4", const std::string& una = "") {
  return found(parcel(changed(std::string(kParcel), from, to), syntax, una));
}

TEST_CASE("a valid message has no findings and the groups of its directory") {
  CHECK(found(parcel(std::string(kParcel))).empty());
  const auto checked = read_and_check(parcel(std::string(kParcel)), {.directory = invented});
  REQUIRE(checked.has_value());
  const xml::Tree& tree = checked->tree;
  const auto path_of = [&](View name, std::size_t nth) {
    return tree.path(tree.elements(tree.find_name("", name))[nth]);
  };
  CHECK(path_of("CON", 0) == "/interchange/message/PTY-group[1]/CON-group/CON");
  CHECK(path_of("REM", 0) == "/interchange/message/REM");
  CHECK(path_of("REM", 1) == "/interchange/message/PTY-group[1]/REM");
  CHECK(path_of("PTY", 2) == "/interchange/message/ITM-group[1]/PTY-group/PTY");
  CHECK(path_of("AMT", 3) == "/interchange/message/AMT");
}

TEST_CASE("faults of elements are told in words, at their places") {
  CHECK(found("PTY+SH+4", "PTY++4") ==
        "EDI-element-missing /interchange/message/PTY-group[1]/PTY PTY has no role code (9105), "
        "which is mandatory (segment 5).");
  CHECK(found("DAY+10:20261127", "DAY") ==
        "EDI-element-missing /interchange/message/DAY DAY has no day (C901), which is mandatory "
        "(segment 3).");
  CHECK(found("DAY+10", "DAY+") ==
        "EDI-component-missing /interchange/message/DAY/e1/c2 DAY: the day (C901) has no day kind "
        "code (9103), which is mandatory (segment 3).");
  CHECK(found("BEG+1+N1", "BEG+1+N1++X") ==
        "EDI-element-extra /interchange/message/BEG/e4/c1 BEG has no element 4: 'X' is too much "
        "(segment 2).");
  CHECK(found("BEG+1+N1", "BEG+1+N1:X")
            .starts_with("EDI-component-extra /interchange/message/BEG/e2/c2 "));
  CHECK(found("AMT+3:KG", "AMT+3:KG:X").contains("EDI-component-extra"));
  CHECK(found("AMT+3:KG", "AMT+X:KG") ==
        "EDI-format /interchange/message/ITM-group[1]/AMT/e1/c1 AMT: the amount (9110) must be a "
        "number and is 'X' (segment 11).");
  CHECK(found("ANNA", "ANN4").contains("EDI-format"));
  CHECK(found("AMT+3:KG", "AMT+1234567:KG").contains("at most 6 digits and is '1234567'"));
  CHECK(found("20261127'R", "2026112'R").contains("exactly 8 digits and is '2026112'"));
  CHECK(found("AMT+3:KG", "AMT+3:KGS").contains("EDI-length"));
  CHECK(found("BEG+1", "BEG+7") ==
        "EDI-code /interchange/message/BEG/e1/c1 BEG: '7' is no code for paper kind code (9101) in "
        "T.26A (segment 2).");
  CHECK(found("REM+A*B", "REM+A*B*C").contains("repeated, which is permitted up to 2 times"));
}

TEST_CASE("a code of another list, and an agreed one, is none of our business") {
  CHECK(found("BEG+1", "BEG+ZZZ").empty());
  CHECK(found("ITM+1+LG", "ITM+1+XY").contains("EDI-code"));
  CHECK(found("ITM+1+LG", "ITM+1+XY:5").empty());
  CHECK(found("ITM+1+LG", "ITM+1+XY::9").empty());
  CHECK(found("ITM+1+LG", "ITM+1+XY::8").contains("'8' is no code for list keeper code (3055)"));
}

TEST_CASE("numbers are written as the syntax permits") {
  const auto amount = [](const std::string& value, const std::string& syntax = "UNOC:4",
                         const std::string& una = "") {
    return found("AMT+3", "AMT+" + value, syntax, una).empty();
  };
  for (const char* good : {"0", "-123456", "123.456", "123,456", ".5", "-0,5", "123456.0E1"}) {
    const bool long_one = View(good) == "123456.0E1";
    CHECK_MESSAGE(amount(good) != long_one, good);
  }
  CHECK(amount("1.5E-2"));
  CHECK(!amount("1.5E-2", "UNOC:3"));
  for (const char* bad : {"-", ".", "1.", "+1", "1 2", "1.2.3", "1E", "1-", "1?'0"})
    CHECK_MESSAGE(!amount(bad), bad);
  // In version 3 the mark is the one that UNA names.
  std::string una = "UNA:+,? '";
  CHECK(changed(una, ",", ".") == "UNA:+.? '");
  const auto version_3 = [&](const std::string& value) {
    return found(
        changed(parcel(changed(changed(std::string(kParcel), "A*B", "A"), "AMT+3", "AMT+" + value),
                       "UNOC:3", una),
                "XX", "XX"));
  };
  CHECK(version_3("1,5").empty());
  CHECK(version_3("1.5").contains("EDI-format"));
}

TEST_CASE("faults of order are one finding each") {
  CHECK(found("REM+A*B'", "ZZZ'REM+A*B'") ==
        "EDI-segment-unknown /interchange/message/ZZZ ZZZ is not a segment of T.26A (segment 4).");
  CHECK(found("UNS+D'", "UNS+D'CEL+1'").contains("EDI-segment-order"));
  CHECK(found("BEG+1+N1'", "") ==
        "EDI-segment-missing /interchange/message/DAY BEG (beginning) is missing before DAY: it is "
        "mandatory in PARCEL T.26A (segment 2).");
  CHECK(found("ITM+2'", "").contains("EDI-segment-missing") == false);
  CHECK(found("UNS+D'", "").contains("UNS (section control) is missing before ITM"));
  CHECK(found("PTY+SH+4:5:9+ANNA'REM+C'CON+X'PTY+RC'", "") ==
        "EDI-group-missing /interchange/message/UNS The group that begins with PTY (party) is "
        "missing before UNS: it is mandatory in PARCEL T.26A (segment 5).");
  CHECK(found("DAY+10:20261127'", "DAY+10'DAY+10'DAY+10'DAY+10'")
            .contains("EDI-segment-repeated /interchange/message/DAY[4] DAY (day) stands more than "
                      "3 times here"));
  CHECK(found("PTY+RC'", "PTY+RC'PTY+RC'PTY+RC'PTY+RC'") ==
        "EDI-group-repeated /interchange/message/PTY-group[5]/PTY The group that begins with PTY "
        "(party) stands more than 4 times here, which PARCEL T.26A does not permit (segment 11).");
  CHECK(found("ITM+1+LG'AMT+3:KG'", "CEL+1'DAY+10'PTY+CA'DAY+10'ITM+1'AMT+3'")
            .contains("ITM (item) is missing before CEL: their group begins with it"));
  CHECK(found("UNS+D'", "UNS+D'UNS+D'").contains("EDI-segment-repeated"));
}

TEST_CASE("what no directory is here for is said, and the rest is checked") {
  const std::string text = parcel(std::string(kParcel));
  CHECK(found(changed(text, "T:26A", "D:95B")) ==
        "EDI-message-unknown /interchange/message/UNH The directory D.95B is not here, so that the "
        "message PARCEL could not be checked against it (segment 1).");
  CHECK(found(changed(text, "PARCEL", "BUNDLE")).contains("BUNDLE is not in the directory T.26A"));
  CHECK(found(changed(text, "UNT+17", "UNT+A")).contains("EDI-format"));
  CHECK(found(changed(text, "'UNZ+1+1", "'UNZ+1")).contains("control reference (0020)"));
  CHECK(found(changed(text, "UNH+1+PARCEL:T:26A:XX", "UNH+1+PARCEL:T:26A"))
            .contains("no controlling agency (0051)"));
  CHECK(found(changed(text, "UNS+D", "USH+1'UNS+D")).contains("EDI-service"));
  CHECK(found("UIB+UNOA:4'").contains("interactive interchange (UIB)"));
}

TEST_CASE("characters are those of the syntax identifier") {
  CHECK(found("ANNA", "anna", "UNOA:4").contains("EDI-charset"));
  CHECK(found("ANNA", "anna", "UNOB:4").empty());
  CHECK(found("ANNA", "ANN\xC4", "UNOB:4").contains("UNOB does not permit"));
  CHECK(found("ANNA", "ANN\xC4").empty());
  CHECK(found("ANNA", "ANNA", "UNOX:4").contains("UNOX was read as UTF-8"));
  CHECK(found("ANNA", "ANN\xC4", "UNOX:4").contains("UNOX was read as ISO-8859-1"));
  CHECK(found("ANNA", "ANN\xC4", "UNOW:4").contains("UNOW was read as ISO-8859-1"));
  const auto read_as = [](const std::string& identifier, const std::string& name) {
    const auto tree =
        read_interchange(parcel(changed(std::string(kParcel), "ANNA", name), identifier + ":4"));
    REQUIRE(tree.has_value());
    const auto party = tree->elements(tree->find_name("", "PTY"))[0];
    return tree->string_value(tree->child(party, tree->find_name("", "e3")));
  };
  CHECK(read_as("UNOC", "\xC4") == "Ä");
  CHECK(read_as("UNOD", "\xA3") == "Ł");
  CHECK(read_as("UNOE", "\xB0\xF0") == "А№");
  CHECK(read_as("UNOF", "\xC1\xF9") == "Αω");
  CHECK(read_as("UNOI", "\xC7") == "ا");
  CHECK(read_as("UNOJ", "\xE0") == "א");
  CHECK(read_as("UNOK", "\xDD") == "İ");
  CHECK(read_as("UNOL", "\xA4") == "€");
  CHECK(read_as("UNOW", "漢") == "漢");
  // Lengths are of characters: 20 of them, each of two bytes.
  std::string name;
  for (int i = 0; i < 20; ++i) name += "Ä";
  CHECK(found("ANNA", name, "UNOW:4").empty());
  CHECK(found("ANNA", name + "A", "UNOW:4").contains("EDI-length"));
}

TEST_CASE("the same warning is given once, with how often; findings end at a limit") {
  const std::string twice = changed(std::string(kParcel), "ITM+1+LG", "ITM+1+XY");
  CHECK(found(parcel(changed(twice, "ITM+2", "ITM+2+XY"))).ends_with("The same 1 times more."));
  std::string many;
  for (int i = 0; i < 500; ++i) many += "ZZZ'";
  const auto checked =
      checked_both_ways(parcel(changed(std::string(kParcel), "UNS", many + "UNS")), invented);
  REQUIRE(checked.has_value());
  CHECK(checked->findings.size() == 201);
  CHECK(checked->findings.back().text == "300 more findings are not listed.");
}

TEST_CASE("an INVOIC keeps the groups of the built-in rules where they are asked for") {
  const edifact::Directory* directory = shared_directory("d16b");
  if (directory == nullptr) return;
  const std::string text = example("invoice-edifact.edi");
  const auto find = [&](View, View) { return directory; };
  const auto kept = checked_both_ways(text, find, true);
  const auto own = checked_both_ways(text, find);
  const auto plain = read_interchange(text);
  REQUIRE(kept.has_value());
  REQUIRE(own.has_value());
  CHECK(kept->tree.size() == plain->size());
  CHECK(kept->tree.find_name("", "UNS-group") != 0);
  CHECK(own->tree.find_name("", "UNS-group") == 0);
  CHECK(kept->findings.size() == own->findings.size());
}

TEST_CASE("our messages are valid by the published directories") {
  for (const char* name : {"d96a", "d16b"}) {
    const edifact::Directory* directory = shared_directory(name);
    if (directory == nullptr) return;
    for (const NamedText& message : own_messages(directory->name())) {
      const auto checked = checked_both_ways(message.text, published);
      REQUIRE_MESSAGE(checked.has_value(), message.path);
      CHECK_MESSAGE(checked->findings.empty(), directory->name(), " ", message.path, " ",
                    text_of(checked->findings));
    }
  }
}

TEST_CASE("what is wrong is found without a tree as with one") {
  for (const NamedText& file : texts_below(std::filesystem::path(CORRIDOR_SOURCE_DIR) /
                                           "src/documents/edifact/testdata/fuzz/edifact"))
    (void)checked_both_ways(file.text, invented);
  // Groups of messages, repetitions, what the tag holds, several messages with the same faults.
  const std::string text = parcel(std::string(kParcel));
  const std::size_t from = text.find("UNH");
  const std::size_t to = text.find("UNZ");
  std::string message = changed(text.substr(from, to - from), "REM+A*B", "REM:1:2+A*B:C*D+++X");
  message = changed(message, "AMT+12", "AMT+X\xE9'DAY++");
  const std::string unb = text.substr(0, from) + "\n";
  const auto checked = checked_both_ways(
      unb + "UNG+1'" + message + "\n" + message + "UNE+2'UNG+2'" + message + text.substr(to),
      invented);
  REQUIRE(checked.has_value());
  CHECK(checked->findings.size() > 10);
  for (const char* syntax : {"UNOA:3", "UNOD:4", "UNOW:4", "UNOX:2"})
    (void)checked_both_ways(
        parcel(changed(std::string(kParcel), "ANNA", "\xC4nn\xC3\xA4 4"), syntax), invented);
}

TEST_CASE("the date of a document is that of its first DTM that states it") {
  const auto date = [](const std::string& segments) {
    const auto checked = check_interchange("UNB+UNOC:4'UNH+1+X'" + segments, {});
    REQUIRE(checked.has_value());
    return checked->document_date;
  };
  CHECK(date("DTM+2:1'DTM+137:20261120:102'DTM+137:2'") == "20261120");
  CHECK(date("DTM+*137:20261120'") == "20261120");
  CHECK(date("DTM+2:1*137:20261120'DTM+137'DTM++137:1'").empty());
  CHECK(date("BGM+137:1'").empty());
}

// The findings of a real interchange by rule: "EDI-code 1 EDI-service 2".
std::string real(const std::string& name) {
  const auto folder = shared_folder("data/documents/edifact");
  if (folder.empty() || shared_directory("d96a") == nullptr) return "absent";
  const auto checked = checked_both_ways(file_text(folder / name), published);
  REQUIRE_MESSAGE(checked.has_value(), name);
  std::map<std::string, int> rules;
  for (const Finding& finding : checked->findings) ++rules[finding.rule];
  std::string out;
  for (const auto& [rule, count] : rules)
    out += (out.empty() ? "" : " ") + rule + " " + std::to_string(count);
  return out;
}

TEST_CASE("real interchanges have the findings that are truly faults") {
  if (real("EDIFACT_EXAMPLE1.TXT") == "absent") return;
  CHECK(real("EDIFACT_EXAMPLE1.TXT").empty());
  CHECK(real("EDIFACT_EXAMPLE2.TXT") == "EDI-service 2");  // a package, UNO and UNP
  CHECK(real("EDIFACT_EXAMPLE3.TXT").empty());
  CHECK(real("EDIFACT_EXAMPLE4.TXT").empty());
  // Payment means 58 is not yet in D.14B.
  CHECK(real("EDIFACT_EXAMPLE5.TXT") == "EDI-code 1 EDI-service 2");
  CHECK(real("baplie-d95b.edi") == "EDI-message-unknown 1");
  // Its lines are followed by the head of a message, BGM to NAD, again and again; UNB names IATB.
  CHECK(real("orders-d96a-large.edi") == "EDI-charset 1 EDI-limit 1 EDI-segment-order 199");
}

}  // namespace
}  // namespace corridor::documents
