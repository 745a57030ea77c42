// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/segments.h"

#include "documents/edifact/interchange.h"

#include <doctest/doctest.h>

namespace corridor::documents {
namespace {

// All segments as "TAG|element.component=value ..." for elements 1 to 5, or the failure.
std::string read(View bytes) {
  Segments in(bytes);
  std::string out;
  while (in.next()) {
    if (!out.empty()) out += ' ';
    out += in.tag();
    unsigned element = 0;
    for (const Segments::Part& part : in.parts()) {
      if (part.element == 0 || part.repetition > 0) continue;
      for (; element < part.element; ++element) out += '+';
      out.append("[").append(part.text).append("]");
    }
  }
  if (!in.failure().empty()) out += "! " + in.failure();
  return out;
}

TEST_CASE("an interchange is known by its first segment") {
  CHECK(begins_as_edifact("UNA:+.? 'UNB+UNOA:2'"));
  CHECK(begins_as_edifact("UNB+UNOA:2+A+B'"));
  CHECK(begins_as_edifact("\xEF\xBB\xBF\r\n UNB+UNOA:2'"));
  CHECK(!begins_as_edifact("UNA"));
  CHECK(!begins_as_edifact("UNABLE to come"));
  CHECK(!begins_as_edifact("UNB"));
  CHECK(!begins_as_edifact("UNBEARABLE"));
  CHECK(!begins_as_edifact("UNB is a segment"));
  CHECK(!begins_as_edifact(""));
}

TEST_CASE("segments, elements and components are told apart") {
  CHECK(read("UNB+UNOC:3+A'BGM+380+7'") == "UNB+[UNOC][3]+[A] BGM+[380]+[7]");
  CHECK(read("UNB+A'\r\n\r\nBGM'\n") == "UNB+[A] BGM");
  CHECK(read("NAD+SE+++Name'") == "NAD+[SE]+++[Name]");
  CHECK(read("DTM+137:20260101:102'") == "DTM+[137][20260101][102]");
}

TEST_CASE("the service characters of UNA hold") {
  CHECK(read("UNA|*,! ~UNB*UNOC|3~BGM*380*a!*b~") == "UNB+[UNOC][3] BGM+[380]+[a*b]");
  // No release character, a space as element separator.
  CHECK(read("UNA:+.  'FTX+a?'") == "FTX+[a?]");
  CHECK(read("UNA:+.?*'FTX+a*b+c'") == "FTX+[a]+[c]");
}

TEST_CASE("a released character is text") {
  CHECK(read("FTX+it?'s ?+5?: 1?"
             "?'") == "FTX+[it's +5: 1?]");
  CHECK(read("FTX+?a'") == "FTX+[a]");
}

TEST_CASE("repetition exists from syntax version 4 on") {
  CHECK(read("UNB+UNOC:3'FTX+a*b'") == "UNB+[UNOC][3] FTX+[a*b]");
  Segments in("UNB+UNOC:4'FTX+a:x*b:y'");
  CHECK(in.next());
  CHECK(in.next());
  CHECK(in.part(1, 1) == "x");
  CHECK(in.part(1, 0, 1) == "b");
  CHECK(in.part(1, 1, 1) == "y");
  CHECK(in.part(1, 0, 2).empty());
}

TEST_CASE("a package is skipped by the length it states") {
  CHECK(read("UNB+UNOC:4'UNO+1+2+3+5'a'b+'UNP+5+1'UNZ+1'") ==
        "UNB+[UNOC][4] UNO+[1]+[2]+[3]+[5] UNP+[5]+[1] UNZ+[1]");
  for (const auto* length : {"4", "6", "99999999", "999999999999", "x", ""})
    CHECK(read("UNO+1+2+3+" + std::string(length) + "'abcdeUNP+5+1'").contains("! the package"));
}

TEST_CASE("what is not a segment fails with its place") {
  CHECK(read("UNB+A'bgm+1'").ends_with("! what stands here is not a segment tag"));
  CHECK(read("UNB+A'B+1'").ends_with("! what stands here is not a segment tag"));
  CHECK(read("UNB+A''").ends_with("! what stands here is not a segment tag"));
  CHECK(read("UNB+A'BGM+1").ends_with("! its last segment has no terminator"));
  CHECK(read("UNB+A'BGM+1?").ends_with("! its last segment has no terminator"));
  CHECK(read("UNA:+.").ends_with("! the UNA segment is cut off"));
  CHECK(read("UNA:+.?+'UNB'").contains("not distinct"));
  CHECK(read("UNA1+.? 'UNB'").contains("not distinct"));
}

TEST_CASE("limits end what would not") {
  CHECK(
      read("FTX+" + std::string(Segments::kSegmentBytesMax, 'x') + "'").contains("! a segment is"));
  std::string many = "FTX";
  for (std::size_t i = 0; i <= Segments::kPartsMax; ++i) many += ":x";
  CHECK(read(many + "'").contains("! a segment has more than"));
  CHECK(read(std::string(1'000'000, '+')).contains("!"));
  std::string segments;
  for (std::size_t i = 0; i <= Segments::kSegmentsMax; ++i) segments += "ABC'";
  Segments in(segments);
  std::size_t count = 0;
  while (in.next()) ++count;
  CHECK(count == Segments::kSegmentsMax);
  CHECK(in.failure().contains("segments"));
}

TEST_CASE("it does not matter where in the document a segment stands") {
  const std::string text = "UNA:+.?*'UNB+UNOC:4+A'BGM+380:?'x??+*b:c*?:d'FTX+" +
                           std::string(130, 'x') + "?+" + std::string(63, 'y') +
                           "?''\r\nNAD+SE+++Name:::'UNT'";
  const std::string expected = read(text);
  CHECK(expected.ends_with(" UNT"));
  for (std::size_t i = 0; i < 140; ++i) {
    CHECK(read(std::string(i, ' ') + text) == expected);
    CHECK(read(text + std::string(i, '\n')) == expected);
  }
  // A separator that is white space is one within a segment only.
  CHECK(read("UNA: .?*'UNB UNOC:4 A'   BGM 380'") == "UNB+[UNOC][4]+[A] BGM+[380]");
}

}  // namespace
}  // namespace corridor::documents
