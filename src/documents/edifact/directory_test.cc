// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/directory.h"

#include <cstdlib>

#include "documents/edifact/service.h"
#include "documents/edifact/test_directories.h"

namespace corridor::edifact {
namespace {

using documents::as_files;
using documents::NamedText;
using documents::test_directory;
using documents::test_directory_files;

struct Sizes {
  std::size_t slots = 0;
  std::size_t segments = 0;
  std::size_t groups = 0;
  std::size_t depth = 0;
  bool operator==(const Sizes&) const = default;
};

Sizes sizes_of(const Directory& directory, View type) {
  const Message* message = directory.message(type);
  REQUIRE_MESSAGE(message != nullptr, std::string(type));
  Sizes out;
  std::set<std::uint16_t> segments;
  const auto slots = directory.slots(*message);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].group == 0) {
      ++out.slots;
      segments.insert(slots[i].segment);
      continue;
    }
    ++out.groups;
    std::size_t depth = 1;
    for (std::uint16_t at = slots[i].parent; at != kNoSlot; at = slots[at].parent) ++depth;
    out.depth = std::max(out.depth, depth);
  }
  out.segments = segments.size();
  return out;
}

// The segment table on one line: "UNH M1 PTY-group M4( PTY M1 )".
std::string table_of(const Directory& directory, View type) {
  const Message* message = directory.message(type);
  REQUIRE(message != nullptr);
  std::string out;
  std::vector<std::uint16_t> ends;
  const auto slots = directory.slots(*message);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    for (; !ends.empty() && ends.back() == i; ends.pop_back()) out += ") ";
    out += tag_text(directory.tables().segments[slots[i].segment].tag);
    out += slots[i].group != 0 ? "-group " : " ";
    out += (slots[i].mandatory != 0 ? "M" : "C") + std::to_string(slots[i].repeats) + " ";
    if (slots[i].group == 0) continue;
    out += "( ";
    ends.push_back(slots[i].end);
  }
  for (; !ends.empty(); ends.pop_back()) out += ") ";
  return out;
}

Result<Directory> imported(const std::vector<NamedText>& files) {
  return Directory::import(as_files(files));
}

// The refusal of the invented directory with one change to one file.
std::string refusal(const std::string& file, const std::string& from, const std::string& to) {
  auto files = test_directory_files("new");
  for (NamedText& text : files)
    if (text.path.ends_with(file)) text.text = documents::changed(text.text, from, to);
  const auto directory = imported(files);
  return directory ? "no refusal" : directory.error().why;
}

TEST_CASE("an invented directory is read in both layouts") {
  for (const char* layout : {"new", "old"}) {
    const auto directory = imported(test_directory_files(layout));
    REQUIRE_MESSAGE(directory.has_value(), layout, ": ", directory.error().why);
    CHECK(directory->name() == "T.26A");
    CHECK(table_of(*directory, "PARCEL") ==
          "UNH M1 BEG M1 DAY M3 REM C2 PTY-group M4 ( PTY M1 REM C1 CON-group C2 ( CON M1 REM C1 "
          ") ) UNS M1 ITM-group C9 ( ITM M1 AMT M2 CEL C1 PTY-group C2 ( PTY M1 DAY C1 ) ) AMT C1 "
          "UNT M1 ");
    CHECK(table_of(*directory, "LETTER") == "UNH M1 BEG M1 REM C100000 UNT M1 ");
    CHECK(directory->message("INQUIR") == nullptr);
    CHECK(directory->text(directory->message("PARCEL")->name) == "Parcel message");
    CHECK(directory->tables().elements.size() == 15);
    CHECK(directory->tables().composites.size() == 6);
    const Element* kind = directory->element(9101);
    REQUIRE(kind != nullptr);
    CHECK(directory->text(kind->name) == "Paper kind code");
    CHECK(format_text(kind->format) == "an..3");
    CHECK(directory->codes(*kind).size() == 4);
    CHECK(directory->text(directory->codes(*kind)[1].name) ==
          "Return note whose name is long enough to go on in the next line");
    CHECK(directory->has_code(*kind, "ABC"));
    CHECK(!directory->has_code(*kind, "AB"));
    CHECK(!directory->has_code(*directory->element(9105), "ABC"));
    CHECK(format_text(directory->element(9104)->format) == "n8");
    CHECK(format_text(directory->element(9107)->format) == "a..20");
    const Segment* cells = directory->segment(pack_tag("CEL"));
    REQUIRE(cells != nullptr);
    CHECK(directory->uses(*cells).back().spread == 5);
    CHECK(directory->uses(*directory->composite("C906")).back().spread == 4);
  }
  const auto old = imported(test_directory_files("old"));
  CHECK(old->uses(*old->segment(pack_tag("REM")))[0].repeats == 1);
  CHECK(test_directory().uses(*test_directory().segment(pack_tag("REM")))[0].repeats == 2);
}

TEST_CASE("the files of a directory are known by their names") {
  CHECK(role_of("d16b/edmd/INVOIC_D.16B") == FileRole::message);
  CHECK(role_of("invoic_d.16b") == FileRole::message);
  CHECK(role_of("idmd/PASREQ_D.16B") == FileRole::interactive);
  CHECK(role_of("TRSD/TRSD.96A") == FileRole::segments);
  CHECK(role_of("EDSDI1.16B") == FileRole::index);
  CHECK(role_of("EDCD.16B") == FileRole::composites);
  CHECK(role_of("EDED.16B") == FileRole::elements);
  CHECK(role_of("UNCL-2.96A") == FileRole::codes);
  CHECK(role_of("UNSL.96A") == FileRole::service_codes);
  CHECK(role_of("IDCD.16B") == FileRole::interactive);
  for (const char* name : {"D4232A_D.96A", "LICENAGR.TXT", "CONTENT.TXT", "Audit01b.txt", "", "."})
    CHECK(role_of(name) == FileRole::other);
}

TEST_CASE("what is not understood is refused with its file and line") {
  CHECK(refusal("EDSD.26A", "C901 DAY", "C999 DAY").contains("EDSD.26A, line"));
  CHECK(refusal("EDSD.26A", "9103  Day kind code                             M",
                "9103  Day kind code                             C")
            .contains("C901 is not what it is defined to be"));
  CHECK(refusal("EDSD.26A", "C    3 a..20", "C    3 a..21").contains("a..21 here and a..20"));
  CHECK(refusal("EDSD.26A", "C    3 a..20", "?    3 a..20").contains("no status"));
  CHECK(refusal("EDCD.26A", "9104", "9114").contains("9114 is not in the directory of elements"));
  CHECK(refusal("EDCD.26A", "n8", "x8").contains("EDCD.26A, line"));
  CHECK(refusal("EDED.26A", "Repr: n8", "Repr: 8n").contains("not one of ISO 9735"));
  CHECK(refusal("EDED.26A", "9102", "9101").contains("9101 is defined twice"));
  CHECK(refusal("UNCL.26A", "     30    Letter", "     1     Letter").contains("listed twice"));
  CHECK(refusal("UNCL.26A", "     30    Letter", "  ?  30    Letter").contains("UNCL.26A, line"));
  CHECK(refusal("UNCL.26A", "*    9101", "*    8101").contains("8101 is not in the directory"));
  CHECK(refusal("PARCEL_T.26A", "CON Contact", "COM Contact").contains("COM is not in"));
  CHECK(refusal("PARCEL_T.26A", "00090   CON", "  90 ? CON").contains("PARCEL_T.26A, line"));
  CHECK(refusal("PARCEL_T.26A", "C   1------------++", "C   1------------+|")
            .contains("the lines at the right"));
  CHECK(refusal("PARCEL_T.26A", "CON Contact                                  M   1",
                "CON Contact                                  C   1")
            .contains("not mandatory and single"));
  CHECK(refusal("PARCEL_T.26A", "UNT Message", "REM Message").contains("does not end with UNT"));
  CHECK(refusal("PARCEL_T.26A", "Release      : 26A", "Release      : 26B")
            .contains("PARCEL is of T.26B"));
  CHECK(refusal("LETTER_T.26A", "Pos ", "Position ").contains("no segment table"));
  CHECK(Directory::import({}).error().why.contains("no file of elements"));
}

TEST_CASE("hostile directories end at a limit") {
  std::string deep;
  for (int i = 1; i <= 20; ++i) {
    std::string group = "00010       ---- Segment group " + std::to_string(i) + " ---- C   9---+";
    for (int k = 1; k < i; ++k) group += "|";
    deep += group + "\r\n00020   CON Contact   M   1   " +
            std::string(static_cast<std::size_t>(i), '|') + "\r\n";
  }
  CHECK(refusal("LETTER_T.26A", "00030   REM", deep + "00030   REM").contains("too deeply"));
  std::string many;
  for (std::size_t i = 0; i <= Directory::kSlotsMax; ++i) many += "00030   REM Remark   C   1\r\n";
  CHECK(refusal("LETTER_T.26A", "00030   REM", many + "00030   REM").contains("too many segments"));
  CHECK(refusal("LETTER_T.26A", "00030   REM",
                std::string(Directory::kLineBytesMax + 1, 'x') + "\r\n00030   REM")
            .contains("line is too long"));
  std::vector<DirectoryFile> files(Directory::kFilesMax + 1);
  CHECK(Directory::import(files).error().code == Code::too_large);
}

TEST_CASE("a saved directory comes back, and nothing else does") {
  const Bytes saved = test_directory().save();
  const auto restored = Directory::restore(saved);
  REQUIRE(restored.has_value());
  CHECK(restored->save() == saved);
  CHECK(table_of(*restored, "PARCEL") == table_of(test_directory(), "PARCEL"));
  for (std::size_t size = 0; size < saved.size(); size += 7)
    CHECK(Directory::restore(View(saved).substr(0, size)).error().code == Code::corrupt);
  for (std::size_t i = 0; i < saved.size(); i += 3) {
    Bytes damaged = saved;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
    CHECK(!Directory::restore(damaged).has_value());
  }
}

TEST_CASE("rows that do not hold together are refused") {
  const auto broken = [](auto change) {
    Tables tables = test_directory().tables();
    change(tables);
    const auto made = Directory::of(std::move(tables));
    return made ? std::string("sound") : made.error().why;
  };
  CHECK(broken([](Tables&) {}) == "sound");
  CHECK(broken([](Tables& t) { t.slots[5].end = 3; }).contains("PARCEL"));
  CHECK(broken([](Tables& t) { t.uses[0].index = 999; }) != "sound");
  CHECK(broken([](Tables& t) { t.codes[0].element = 999; }) != "sound");
  CHECK(broken([](Tables& t) { t.elements[0].first_code = 999; }) != "sound");
  CHECK(broken([](Tables& t) { t.messages[0].first_slot = 999; }) != "sound");
  CHECK(broken([](Tables& t) { std::swap(t.segments[0], t.segments[1]); }) != "sound");
  CHECK(broken([](Tables& t) { t.segments[0].name.bytes = 1U << 30; }) != "sound");
  // Groups that overlap or contain themselves.
  for (std::size_t i = 0; i < test_directory().tables().slots.size(); ++i) {
    for (int end = 0; end < 40; ++end) {
      Tables tables = test_directory().tables();
      if (tables.slots[i].end == end) continue;
      tables.slots[i].end = static_cast<std::uint16_t>(end);
      CHECK(!Directory::of(std::move(tables)).has_value());
    }
    Tables tables = test_directory().tables();
    tables.slots[i].parent = static_cast<std::uint16_t>(i);
    CHECK(!Directory::of(std::move(tables)).has_value());
  }
}

TEST_CASE("service segments are known in both versions of the syntax") {
  const auto formats = [](int version, View composite) {
    const Directory& directory = service_directory(version);
    std::string out;
    for (const Use& use : directory.uses(*directory.composite(composite)))
      out += format_text(directory.tables().elements[use.index].format) + " ";
    return out;
  };
  CHECK(formats(3, "S001") == "a4 n1 ");
  CHECK(formats(4, "S001") == "a4 an1 an..6 an..3 an2 ");
  CHECK(formats(3, "S004") == "n6 n4 ");
  CHECK(formats(4, "S004") == "n8 n4 ");
  CHECK(service_directory(3).segment(pack_tag("UGH"))->service == 1);
  CHECK(service_kind("UNB") == ServiceKind::checked);
  CHECK(service_kind("USH") == ServiceKind::unchecked);
  CHECK(service_kind("UIB") == ServiceKind::interactive);
  CHECK(service_kind("BGM") == ServiceKind::none);
}

// The tags that the indexes of a directory list: lines of change indicators, a tag and a name.
std::set<std::string> index_of(const std::vector<NamedText>& files, View stem, std::size_t size) {
  std::set<std::string> out;
  for (const NamedText& file : files) {
    if (role_of(file.path) != FileRole::index || !file.path.contains(stem)) continue;
    std::istringstream lines(file.text);
    bool listed = false;
    for (std::string line; std::getline(lines, line);) {
      const std::size_t at = line.find_first_not_of(" +*#|X-");
      if (at == std::string::npos || at == 0 || at > 6) continue;
      const std::string tag = line.substr(at, line.find_first_of(" \r", at) - at);
      if (tag == "Tag" || tag == "Code") {
        listed = true;
      } else if (listed && tag.size() == size) {
        out.insert(tag);
      }
    }
  }
  return out;
}

template <class Rows, class Name>
std::set<std::string> tags_of(const Rows& rows, Name name) {
  std::set<std::string> out;
  for (const auto& row : rows) out.insert(name(row));
  return out;
}

struct Published {
  const char* file;
  const char* name;
  std::size_t messages;
  std::size_t segments;
  std::size_t coded;  // elements with codes
  std::size_t codes;
};

// table: counted in the directories, the first two also by their indexes
constexpr Published kPublished[] = {
    {"d96a", "D.96A", 125, 127, 207, 6149},
    {"d01b", "D.01B", 194, 158, 268, 10228},
    {"d14b", "D.14B", 194, 156, 272, 10973},
    {"d16b", "D.16B", 195, 156, 272, 11187},
};

TEST_CASE("the published directories are imported whole") {
  for (const Published& expected : kPublished) {
    const auto files = documents::shared_directory_files(expected.file);
    if (files.empty()) return;
    const auto directory = imported(files);
    REQUIRE_MESSAGE(directory.has_value(), directory.error().why);
    CAPTURE(expected.name);
    CHECK(directory->name() == expected.name);
    const Tables& t = directory->tables();
    CHECK(t.messages.size() == expected.messages);
    CHECK(t.segments.size() == expected.segments + service_tags().size());
    CHECK(t.codes.size() == expected.codes);
    CHECK(static_cast<std::size_t>(std::ranges::count_if(
              t.elements, [](const Element& e) { return e.codes > 0; })) == expected.coded);
    const View prefix = expected.name == View("D.96A") ? "TR" : "ED";
    const auto indexed = [&](View letter, std::size_t size) {
      return index_of(files, std::string(prefix) + std::string(letter) + "DI1", size);
    };
    CHECK(indexed("M", 6) ==
          tags_of(t.messages, [](const Message& m) { return std::string(m.type.data(), 6); }));
    auto segments = tags_of(t.segments, [](const Segment& s) { return tag_text(s.tag); });
    for (const View tag : service_tags()) segments.erase(std::string(tag));
    CHECK(indexed("S", 3) == segments);
    CHECK(indexed("C", 4) ==
          tags_of(t.composites, [](const Composite& c) { return std::string(c.tag.data(), 4); }));
    CHECK(indexed("E", 4) ==
          tags_of(t.elements, [](const Element& e) { return std::to_string(e.number); }));
    // Every name was found.
    for (const Message& m : t.messages) CHECK(directory->text(m.name).size() > 6);
    for (const Element& e : t.elements) CHECK(e.name.bytes > 2);
    for (const CodeValue& c : t.codes) CHECK(c.name.bytes > 0);
    const auto restored = Directory::restore(directory->save());
    REQUIRE(restored.has_value());
    CHECK(restored->save() == directory->save());
  }
}

TEST_CASE("the grammars of the published messages have the sizes they are known to have") {
  struct Known {
    const char* directory;
    const char* type;
    Sizes sizes;
  };
  constexpr Known kKnown[] = {
      {"d96a", "INVOIC", {142, 42, 51, 3}},   {"d96a", "DESADV", {76, 34, 23, 4}},
      {"d96a", "CUSDEC", {150, 42, 50, 4}},   {"d96a", "CUSCAR", {62, 34, 16, 4}},
      {"d96a", "IFTMIN", {147, 41, 41, 4}},   {"d96a", "IFTSTA", {42, 26, 12, 4}},
      {"d96a", "CUSRES", {31, 20, 9, 2}},     {"d96a", "BAPLIE", {27, 18, 5, 2}},
      {"d14b", "INVOIC", {192, 49, 55, 3}},   {"d16b", "INVOIC", {192, 49, 55, 3}},
      {"d16b", "CUSDEC", {165, 44, 52, 4}},   {"d16b", "CUSCAR", {72, 35, 17, 4}},
      {"d16b", "IFTMIN", {164, 44, 45, 4}},   {"d16b", "IFTSTA", {96, 39, 29, 5}},
      {"d16b", "CUSRES", {56, 25, 15, 3}},    {"d16b", "DESADV", {109, 39, 28, 4}},
      {"d16b", "GOVCBR", {1050, 79, 306, 8}},
  };
  for (const Known& known : kKnown) {
    const Directory* directory = documents::shared_directory(known.directory);
    if (directory == nullptr) return;
    CAPTURE(known.type);
    CHECK(sizes_of(*directory, known.type) == known.sizes);
  }
}

}  // namespace
}  // namespace corridor::edifact
