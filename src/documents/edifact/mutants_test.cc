// SPDX-License-Identifier: Apache-2.0
//
// Valid messages with one planted fault each: the check must name that fault, at that place, and
// nothing else.
#include <functional>
#include <map>
#include <optional>

#include "documents/edifact/segments.h"
#include "documents/edifact/test_directories.h"
#include "documents/edifact/test_messages.h"

namespace corridor::edifact {
namespace {

constexpr std::size_t kLinesBefore = 2;  // UNA and UNB, one line each

std::vector<Finding> findings_of(const Directory& directory, const std::string& text) {
  const auto checked = documents::checked_both_ways(text, [&](View, View) { return &directory; });
  REQUIRE(checked.has_value());
  return checked->findings;
}

std::string listed(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& f : findings)
    out += f.rule + " " + std::to_string(f.line) + " " + f.text + "\n";
  return out;
}

struct Planted {
  TestMessage message;
  std::string rule;
  std::size_t at = 0;  // the segment that the finding is about, UNH being 0
};

class Planter {
 public:
  Planter(const Directory& directory, View type, Dice& dice)
      : directory_(directory),
        slots_(directory.slots(*directory.message(type))),
        oracle_(directory, type),
        dice_(dice) {}

  // Nothing when this message offers no place for the fault.
  std::optional<Planted> plant(View rule, const TestMessage& valid) {
    plain_ = std::ranges::none_of(interchange_of(valid, "UNOA:4"), [](char c) {
      return (c >= 'a' && c <= 'z') || c == '@' || c == '#' || (c & 0x80) != 0;
    });
    for (int attempt = 0; attempt < 30; ++attempt) {
      Planted out{valid, std::string(rule), 1 + dice_.below(valid.size() - 2)};
      const bool planted = rule.starts_with("EDI-segment") || rule.starts_with("EDI-group")
                               ? plant_order(rule, out)
                               : plant_element(rule, out);
      if (planted) return out;
    }
    return std::nullopt;
  }

 private:
  const Segment* segment_at(const Planted& out) const {
    const Segment* segment = directory_.segment(pack_tag(out.message[out.at].tag));
    return segment == nullptr || segment->service != 0 ? nullptr : segment;
  }
  const Element& element_of(const Use& use) const {
    return directory_.tables().elements[use.index];
  }
  std::span<const Use> parts_of(const Use& use) const {
    return directory_.uses(directory_.tables().composites[use.index]);
  }

  bool plant_element(View rule, Planted& out) {
    const Segment* segment = segment_at(out);
    auto& elements = out.message[out.at].elements;
    if (segment == nullptr || elements.empty()) return false;
    const auto uses = directory_.uses(*segment);
    if (rule == "EDI-element-extra") {
      elements.resize(uses.size() + uses.back().spread - 1U);
      elements.push_back({{"X"}});
      return true;
    }
    const std::size_t which = dice_.below(std::min(elements.size(), uses.size()));
    const Use& use = uses[which];
    TestElement& element = elements[which];
    if (element.empty() || element[0].empty()) return false;
    if (rule == "EDI-element-missing") {
      element.clear();
      return use.mandatory != 0;
    }
    if (rule == "EDI-repetition") {
      while (element.size() <= use.repeats) element.push_back(element[0]);
      return true;
    }
    if (rule == "EDI-component-extra") {
      const std::size_t most =
          use.composite != 0 ? parts_of(use).size() + parts_of(use).back().spread - 1U : 1;
      element[0].resize(most);
      element[0].push_back("X");
      return true;
    }
    const std::size_t component = dice_.below(element[0].size());
    if (rule == "EDI-component-missing") {
      if (use.composite == 0 || component >= parts_of(use).size() ||
          parts_of(use)[component].mandatory == 0)
        return false;
      element[0][component].clear();
      return std::ranges::any_of(element[0], [](const auto& part) { return !part.empty(); });
    }
    const Element& what =
        use.composite == 0
            ? element_of(use)
            : element_of(parts_of(use)[std::min(component, parts_of(use).size() - 1)]);
    return !element[0][component].empty() && plant_value(rule, what, element[0], component);
  }

  bool plant_value(View rule, const Element& what, std::vector<std::string>& parts,
                   std::size_t component) {
    std::string& value = parts[component];
    if (rule == "EDI-format") {
      if (what.format.characters == Characters::any) return false;
      const bool number = what.format.characters == Characters::numeric;
      static constexpr const char* kNoNumbers[] = {"A", "1.", "+1", "1 2", "--1", "-"};
      value = number ? kNoNumbers[dice_.below(6)] : "7";
      return true;
    }
    if (rule == "EDI-length") {
      value = std::string(what.format.length + 1U,
                          what.format.characters == Characters::numeric ? '1' : 'X');
      return true;
    }
    if (rule == "EDI-code") {
      const bool other_list = component + 1 < parts.size() &&
                              !(parts[component + 1].empty() &&
                                (component + 2 >= parts.size() || parts[component + 2].empty()));
      if (what.codes == 0 || other_list || what.format.characters == Characters::numeric)
        return false;
      value = std::string(what.format.exact != 0 ? what.format.length
                                                 : std::min<std::size_t>(3, what.format.length),
                          'Y');
      return !directory_.has_code(what, value);
    }
    CHECK(rule == "EDI-charset");
    if (!plain_) return false;
    if (what.codes > 0 || what.format.characters != Characters::any) return false;
    value.back() = 'x';
    return true;
  }

  bool plant_order(View rule, Planted& out) {
    TestMessage& message = out.message;
    if (rule == "EDI-segment-unknown") {
      static constexpr const char* kUnknown[] = {"ZZZ", "QQQ", "X1Y"};
      message.insert(message.begin() + static_cast<std::ptrdiff_t>(out.at),
                     {kUnknown[dice_.below(3)], {{{"1"}}}});
      return true;
    }
    if (rule == "EDI-segment-missing" || rule == "EDI-group-missing") {
      const bool group = rule == "EDI-group-missing";
      if (!is_once(message, out.at) || opens_group(message[out.at].tag) != group) return false;
      message.erase(message.begin() + static_cast<std::ptrdiff_t>(out.at));
      return !oracle_.permits(message) && (!group || !oracle_.uses_inside(message[out.at].tag));
    }
    if (rule == "EDI-segment-repeated") {
      const std::size_t most = limit_of(message[out.at].tag);
      if (most == 0 || most > 30) return false;
      std::size_t now = 1;
      for (std::size_t i = out.at; i-- > 0 && message[i].tag == message[out.at].tag;) ++now;
      while (message[out.at + 1].tag == message[out.at].tag) ++out.at, ++now;
      if (now > most) return false;
      for (; now <= most; ++now, ++out.at)
        message.insert(message.begin() + static_cast<std::ptrdiff_t>(out.at), message[out.at]);
      return !oracle_.permits(message);
    }
    CHECK(rule == "EDI-segment-order");
    const TestSegment moved = message[dice_.below(message.size() - 2) + 1];
    message.insert(message.begin() + static_cast<std::ptrdiff_t>(out.at), moved);
    if (message[out.at - 1].tag == moved.tag || message[out.at + 1].tag == moved.tag) return false;
    return !oracle_.permits(message);
  }

  // The only one of its tag in the message, mandatory wherever its tag may stand.
  bool is_once(const TestMessage& message, std::size_t at) const {
    return std::ranges::count(message, message[at].tag, &TestSegment::tag) == 1;
  }
  bool opens_group(const std::string& tag) const {
    for (const Slot& slot : slots_)
      if (slot.group != 0 && directory_.tables().segments[slot.segment].tag == pack_tag(tag))
        return true;
    return false;
  }
  // How often the segment may stand, when it has one slot only and opens no group; else 0.
  std::size_t limit_of(const std::string& tag) const {
    std::size_t out = 0;
    for (const Slot& slot : slots_) {
      if (directory_.tables().segments[slot.segment].tag != pack_tag(tag)) continue;
      if (slot.group != 0 || out != 0) return 0;
      out = slot.repeats;
    }
    return out;
  }

  const Directory& directory_;
  std::span<const Slot> slots_;
  OrderOracle oracle_;
  Dice& dice_;
  bool plain_ = true;  // the valid message has only characters of UNOA
};

constexpr const char* kRules[] = {
    "EDI-element-missing",
    "EDI-element-extra",
    "EDI-component-missing",
    "EDI-component-extra",
    "EDI-format",
    "EDI-length",
    "EDI-code",
    "EDI-repetition",
    "EDI-charset",
    "EDI-segment-unknown",
    "EDI-segment-missing",
    "EDI-segment-repeated",
    "EDI-segment-order",
};

struct Tally {
  std::size_t planted = 0;
  std::size_t found = 0;  // as planted, and nothing else
  std::size_t other = 0;  // one finding that explains the fault as well: see explains()
};

// A fault of order has often two explanations: of two segments that are the wrong way round either
// may be the misplaced one. Does undoing what the finding says make the message valid?
bool explains(const Directory& directory, View type, const Finding& finding, TestMessage message) {
  const std::size_t at = finding.line - kLinesBefore - 1;
  if (finding.line <= kLinesBefore || at >= message.size()) return false;
  const auto place = message.begin() + static_cast<std::ptrdiff_t>(at);
  if (finding.rule == "EDI-segment-order") {
    message.erase(place);
  } else if (finding.rule == "EDI-segment-missing" || finding.rule == "EDI-group-missing") {
    message.insert(place, {finding.values, {}});
  } else {
    return false;
  }
  return OrderOracle(directory, type).permits(message);
}

using Tallies = std::map<std::string, Tally>;
using Make = std::function<TestMessage()>;

void plant_all(const Directory& directory, const std::string& type, const Make& make, Dice& dice,
               Tallies& tallies) {
  Planter planter(directory, type, dice);
  for (std::size_t round = 0; round < 10; ++round)
    for (const std::string rule : kRules) {
      const TestMessage valid = make();
      const auto planted = planter.plant(rule, valid);
      if (!planted) continue;
      const std::string level = rule == "EDI-charset" ? "UNOA:4" : "UNOC:4";
      const std::string text = interchange_of(planted->message, level);
      const auto findings = findings_of(directory, text);
      Tally& tally = tallies[rule];
      ++tally.planted;
      const std::size_t line = planted->at + 1 + kLinesBefore;
      if (findings.size() == 1 && findings[0].rule == planted->rule && findings[0].line == line) {
        ++tally.found;
      } else if (findings.size() == 1 && explains(directory, type, findings[0], planted->message)) {
        ++tally.other;
      } else {
        MESSAGE(directory.name(), " ", type, ": ", rule, " in line ", line, " of\n", text,
                listed(findings));
      }
    }
}

TEST_CASE("random valid messages of every type have no findings") {
  std::vector<const Directory*> directories{&documents::test_directory()};
  for (const char* name : {"d96a", "d01b", "d14b", "d16b"})
    if (const Directory* d = documents::shared_directory(name)) directories.push_back(d);
  Dice dice(20261127);
  for (const Directory* directory : directories)
    for (const Message& message : directory->tables().messages) {
      const std::string type(message.type.data(), 6);
      for (int i = 0; i < 4; ++i) {
        const TestMessage valid = MessageMaker(*directory, dice).make(type);
        CHECK(OrderOracle(*directory, type).permits(valid));
        const auto findings = findings_of(*directory, interchange_of(valid, "UNOC:4"));
        CHECK_MESSAGE(findings.empty(), directory->name(), " ", type, ": ", listed(findings));
      }
    }
}

// The message of an interchange, as lists.
TestMessage message_of(View interchange) {
  TestMessage out;
  documents::Segments in(interchange);
  bool inside = false;
  while (in.next()) {
    inside = inside || in.tag() == "UNH";
    if (!inside) continue;
    TestSegment segment{std::string(in.tag()), {}};
    for (const auto& part : in.parts()) {
      if (part.element == 0) continue;
      segment.elements.resize(part.element);
      TestElement& element = segment.elements.back();
      element.resize(part.repetition + 1U);
      element.back().resize(part.component + 1U);
      element.back().back() = part.text;
      std::ranges::replace(element.back().back(), '\n', ' ');  // a segment is a line here
    }
    out.push_back(std::move(segment));
    if (in.tag() == "UNT") break;
  }
  return out;
}

TEST_CASE("a planted fault is found where it was planted") {
  Dice dice(19960101);
  Tallies tallies;
  const auto plant = [&](const Directory& directory, const std::string& type, const Make& make) {
    plant_all(directory, type, make, dice, tallies);
  };
  const auto plant_random = [&](const Directory& directory, const std::string& type) {
    MessageMaker maker(directory, dice);
    plant(directory, type, [&] { return maker.make(type); });
  };
  plant_random(documents::test_directory(), "PARCEL");
  plant_random(documents::test_directory(), "PARCEL");
  for (const char* name : {"d96a", "d16b"})
    if (const Directory* d = documents::shared_directory(name)) {
      for (const char* type :
           {"INVOIC", "ORDERS", "DESADV", "CUSDEC", "IFTMIN", "IFTSTA", "CUSRES"})
        plant_random(*d, type);
      for (const documents::NamedText& file : documents::own_messages(d->name()))
        plant(*d, file.path, [&] { return message_of(file.text); });
    }
  const auto examples = documents::shared_folder("data/documents/edifact");
  const Directory* invoices = documents::shared_directory("d14b");
  if (!examples.empty() && invoices != nullptr)
    for (int i = 1; i <= 5; ++i) {
      auto text = documents::file_text(examples / ("EDIFACT_EXAMPLE" + std::to_string(i) + ".TXT"));
      // The only fault of the five: a code that came after D.14B.
      if (i == 5) text = documents::changed(text, "PAI+::58", "PAI+::30");
      plant(*invoices, "INVOIC", [&] { return message_of(text); });
    }
  Tally all;
  for (const auto& [rule, tally] : tallies) {
    CAPTURE(rule);
    CHECK(tally.planted > 0);
    std::cout << "edifact mutants " << rule << ": " << tally.found << " of " << tally.planted
              << " as planted, " << tally.other << " explained as well by another one\n";
    all.planted += tally.planted;
    all.found += tally.found;
    all.other += tally.other;
  }
  std::cout << "edifact mutants: " << all.found << " of " << all.planted << " as planted, "
            << all.other << " explained as well by another finding\n";
  CHECK(all.found + all.other == all.planted);
}

}  // namespace
}  // namespace corridor::edifact
