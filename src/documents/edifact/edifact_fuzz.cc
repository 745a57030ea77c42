// SPDX-License-Identifier: Apache-2.0
// The tokenizer, the tree and the check of an interchange on anything, whether or not it begins as
// one. The directory is an invented one.
#include "base/base.h"
#include "documents/edifact/interchange.h"
#include "documents/edifact/segments.h"

using namespace corridor;
using namespace corridor::documents;

namespace {

void check_tree(const xml::Tree& tree) {
  const xml::Locator places(tree);
  std::string scratch;
  for (xml::NodeId id = 0; id < tree.size(); ++id) {
    const xml::Node& n = tree.node(id);
    CHECK(n.end > id && n.end <= tree.size());
    CHECK(n.source_at <= tree.source().size());
    CHECK(places.of(id).line > 0 && places.of(id).column > 0);
    if (n.kind == xml::Kind::text) CHECK(is_utf8(tree.value(n)));
  }
  CHECK(tree.qname(tree.root()) == "interchange");
  CHECK(is_utf8(tree.source()));
}

// A directory of its own, with what the check distinguishes: PARCEL of T.26A.
constexpr View kElements = R"(
     9101  Paper kind code

     Repr: an..3
------------------------------------------------------------
     9104  Day

     Repr: n8
------------------------------------------------------------
     9107  Party name

     Repr: a..20
------------------------------------------------------------
     9110  Amount

     Repr: n..6
)";
constexpr View kCodes = R"(
     9101  Paper kind code

     Repr: an..3

     1     Parcel note
     ABC   Old note
)";
constexpr View kComposites = R"(
       C901 DAY

010    9101  Paper kind code                           M      an..3
020    9104  Day                                       C      n8
)";
constexpr View kSegments = R"(
       AMT  AMOUNT

010    9110 AMOUNT                                     M    1 n..6
------------------------------------------------------------
       BEG  BEGINNING

010    9101 PAPER KIND CODE                            M    1 an..3
------------------------------------------------------------
       CON  CONTACT

010    9107 PARTY NAME                                 C    3 a..20
------------------------------------------------------------
       DAY  DAY

010    C901 DAY                                        M    2
       9101  Paper kind code                           M      an..3
       9104  Day                                       C      n8
------------------------------------------------------------
       PTY  PARTY

010    9101 PAPER KIND CODE                            M    1 an..3
020    C901 DAY                                        C    1
       9101  Paper kind code                           M      an..3
       9104  Day                                       C      n8
)";
constexpr View kParcel = R"(
Message Type : PARCEL
Version      : T
Release      : 26A
Pos     Tag Name                                     S   R
00010   UNH Message header                           M   1
00020   BEG Beginning                                M   1
00030   DAY Day                                      C   3
00040       ---- Segment group 1  ------------------ M   4-------------+
00050   PTY Party                                    M   1             |
00060   DAY Day                                      C   1             |
00070       ---- Segment group 2  ------------------ C   2------------+|
00080   CON Contact                                  M   1            ||
00090   AMT Amount                                   C   1------------++
00100   UNS Section control                          M   1
00110       ---- Segment group 3  ------------------ C   9-------------+
00120   AMT Amount                                   M   1             |
00130   PTY Party                                    M   2-------------+
00140   UNT Message trailer                          M   1
)";

const edifact::Directory& directory() {
  static const edifact::Directory made = [] {
    const edifact::DirectoryFile files[] = {
        {"EDED.26A", kElements}, {"UNCL.26A", kCodes},      {"EDCD.26A", kComposites},
        {"EDSD.26A", kSegments}, {"PARCEL_T.26A", kParcel},
    };
    auto out = edifact::Directory::import(files);
    CHECK(out.has_value(), out.has_value() ? "" : out.error().why);
    return std::move(*out);
  }();
  return made;
}

void check_findings(View bytes, const xml::Tree& plain) {
  const auto checked =
      read_and_check(bytes, {.directory = [](View, View) { return &directory(); }});
  CHECK(checked.has_value());
  check_tree(checked->tree);
  CHECK(checked->tree.source() == plain.source());
  CHECK(checked->findings.size() <= 201);
  const auto without_tree =
      check_interchange(bytes, {.directory = [](View, View) { return &directory(); }});
  CHECK(without_tree.has_value() && without_tree->findings.size() == checked->findings.size());
  CHECK(without_tree->document_date == checked->document_date);
  for (std::size_t i = 0; i < checked->findings.size(); ++i) {
    const Finding& other = without_tree->findings[i];
    const Finding& finding = checked->findings[i];
    CHECK(other.text == finding.text && other.path == finding.path);
    CHECK(other.line == finding.line && other.column == finding.column);
    CHECK(finding.rule.starts_with("EDI-") && finding.text.ends_with('.'));
    CHECK(is_utf8(finding.text) && is_utf8(finding.values) && is_utf8(finding.path));
    CHECK(finding.text.size() < 1'000 && !finding.text.contains('\n'));
    CHECK(finding.rule == "EDI-limit" || finding.path.starts_with("/interchange"));
    CHECK(finding.rule == "EDI-limit" || (finding.line > 0 && finding.column > 0));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View bytes(reinterpret_cast<const char*>(data), size);
  Segments in(bytes);
  std::uint32_t last = 0;
  std::size_t count = 0;
  bool interactive = false;
  std::vector<std::uint32_t> ahead;
  for (; in.next(); ++count) {
    interactive = interactive || in.tag() == "UIB";
    CHECK(in.tag().size() == 3);
    CHECK(in.offset() >= last);
    last = in.offset();
    for (const Segments::Part& part : in.parts()) {
      CHECK(!part.text.empty() && part.offset >= last && part.offset < size);
      CHECK(in.part(part.element, part.component, part.repetition) == part.text);
    }
    ahead.clear();
    if (count < 50) in.tags_ahead(ahead, 10);
    CHECK(ahead.size() <= 10);
  }
  const auto tree = read_interchange(bytes);
  CHECK(tree.has_value() == (in.failure().empty() && !interactive));
  if (tree) {
    check_tree(*tree);
    CHECK(tree->size() > count);
    check_findings(bytes, *tree);
  } else {
    CHECK(tree.error().position.line > 0);
  }
  return 0;
}
