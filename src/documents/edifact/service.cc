// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/service.h"

#include <algorithm>

#include "documents/edifact/directory_import.h"

namespace corridor::edifact {

namespace {

struct ServiceElement {
  View number;
  View old_format;  // of version 3; empty when it has none
  View new_format;  // of version 4; empty when it is the same
  View name;
};

// table: ISO 9735 in both versions
constexpr ServiceElement kElements[] = {
    {"0001", "a4", "", "Syntax identifier"},
    {"0002", "n1", "an1", "Syntax version number"},
    {"0004", "an..35", "", "Interchange sender identification"},
    {"0007", "an..4", "", "Identification code qualifier"},
    {"0008", "an..14", "an..35", "Interchange sender internal identification"},
    {"0010", "an..35", "", "Interchange recipient identification"},
    {"0014", "an..14", "an..35", "Interchange recipient internal identification"},
    {"0017", "n6", "n8", "Date"},
    {"0019", "n4", "", "Time"},
    {"0020", "an..14", "", "Interchange control reference"},
    {"0022", "an..14", "", "Recipient reference/password"},
    {"0025", "an2", "", "Recipient reference/password qualifier"},
    {"0026", "an..14", "", "Application reference"},
    {"0029", "a1", "", "Processing priority code"},
    {"0031", "n1", "", "Acknowledgement request"},
    {"0032", "an..35", "", "Interchange agreement identifier"},
    {"0035", "n1", "", "Test indicator"},
    {"0036", "n..6", "", "Interchange control count"},
    {"0038", "an..6", "", "Message group identification"},
    {"0040", "an..35", "", "Application sender identification"},
    {"0042", "", "an..35", "Interchange sender internal sub-identification"},
    {"0044", "an..35", "", "Application recipient identification"},
    {"0046", "", "an..35", "Interchange recipient internal sub-identification"},
    {"0048", "an..14", "", "Group reference number"},
    {"0051", "an..2", "an..3", "Controlling agency"},
    {"0052", "an..3", "", "Message version number"},
    {"0054", "an..3", "", "Message release number"},
    {"0057", "an..6", "", "Association assigned code"},
    {"0058", "an..14", "", "Application password"},
    {"0060", "n..6", "", "Group control count"},
    {"0062", "an..14", "", "Message reference number"},
    {"0065", "an..6", "", "Message type"},
    {"0068", "an..35", "", "Common access reference"},
    {"0070", "n..2", "", "Sequence of transfers"},
    {"0073", "a1", "", "First and last transfer"},
    {"0074", "n..6", "n..10", "Number of segments in a message"},
    {"0076", "", "an2", "Syntax release number"},
    {"0080", "", "an..6", "Service code list directory version number"},
    {"0081", "a1", "", "Section identification"},
    {"0087", "", "an..4", "Anti-collision segment group identification"},
    {"0110", "", "an..6", "Code list directory version number"},
    {"0113", "", "an..6", "Message type sub-function identification"},
    {"0115", "", "an..14", "Message subset identification"},
    {"0116", "", "an..3", "Message subset version number"},
    {"0118", "", "an..3", "Message subset release number"},
    {"0121", "", "an..14", "Message implementation guideline identification"},
    {"0122", "", "an..3", "Message implementation guideline version number"},
    {"0124", "", "an..3", "Message implementation guideline release number"},
    {"0127", "", "an..14", "Scenario identification"},
    {"0128", "", "an..3", "Scenario version number"},
    {"0130", "", "an..3", "Scenario release number"},
    {"0133", "", "an..3", "Character encoding"},
};

struct ServiceRow {
  View tag;
  View name;
  View old_uses;  // mandatory ones end in '!'; empty: not in this version
  View new_uses;
};

constexpr ServiceRow kComposites[] = {
    {"S001", "Syntax identifier", "0001! 0002!", "0001! 0002! 0080 0133 0076"},
    {"S002", "Interchange sender", "0004! 0007 0008", "0004! 0007 0008 0042"},
    {"S003", "Interchange recipient", "0010! 0007 0014", "0010! 0007 0014 0046"},
    {"S004", "Date and time of preparation", "0017! 0019!", "0017! 0019!"},
    {"S005", "Recipient reference/password details", "0022! 0025", "0022! 0025"},
    {"S006", "Application sender identification", "0040! 0007", "0040! 0007"},
    {"S007", "Application recipient identification", "0044! 0007", "0044! 0007"},
    {"S008", "Message version", "0052! 0054! 0057", "0052! 0054! 0057"},
    {"S009", "Message identifier", "0065! 0052! 0054! 0051! 0057",
     "0065! 0052! 0054! 0051! 0057 0110 0113"},
    {"S010", "Status of the transfer", "0070! 0073", "0070! 0073"},
    {"S016", "Message subset identification", "", "0115! 0116 0118 0051"},
    {"S017", "Message implementation guideline identification", "", "0121! 0122 0124 0051"},
    {"S018", "Scenario identification", "", "0127! 0128 0130 0051"},
};

constexpr ServiceRow kSegments[] = {
    {"UGH", "Anti-collision segment group header", "", "0087!"},
    {"UGT", "Anti-collision segment group trailer", "", "0087!"},
    {"UNB", "Interchange header", "S001! S002! S003! S004! 0020! S005 0026 0029 0031 0032 0035",
     "S001! S002! S003! S004! 0020! S005 0026 0029 0031 0032 0035"},
    {"UNE", "Group trailer", "0060! 0048!", "0060! 0048!"},
    {"UNG", "Group header", "0038! S006! S007! S004! 0048! 0051! S008! 0058",
     "0038 S006 S007 S004 0048! 0051 S008 0058"},
    {"UNH", "Message header", "0062! S009! 0068 S010", "0062! S009! 0068 S010 S016 S017 S018"},
    {"UNS", "Section control", "0081!", "0081!"},
    {"UNT", "Message trailer", "0074! 0062!", "0074! 0062!"},
    {"UNZ", "Interchange trailer", "0036! 0020!", "0036! 0020!"},
};

// table: tags that are known and whose elements are not
constexpr View kUnchecked[] = {"UNO", "UNP", "USA", "USB", "USC", "USD", "USE", "USF",
                               "USH", "USL", "USR", "UST", "USU", "USX", "USY"};
constexpr View kInteractive[] = {"UIB", "UIH", "UIR", "UIT", "UIZ"};

// table: all of them but the interactive ones
constexpr View kTags[] = {"UGH", "UGT", "UNB", "UNE", "UNG", "UNH", "UNO", "UNP",
                          "UNS", "UNT", "UNZ", "USA", "USB", "USC", "USD", "USE",
                          "USF", "USH", "USL", "USR", "UST", "USU", "USX", "USY"};

ReadRow row_of(View name, View uses) {
  ReadRow out{std::string(name), {}};
  while (!uses.empty()) {
    const std::size_t end = std::min(uses.find(' '), uses.size());
    const View use = uses.substr(0, end);
    out.uses.push_back({std::string(use.substr(0, 4)), use.ends_with('!'), 1, 1});
    uses.remove_prefix(std::min(end + 1, uses.size()));
  }
  return out;
}

Directory make(bool old_version) {
  ReadDirectory out;
  for (const ServiceElement& element : kElements) {
    const bool changed = !old_version && !element.new_format.empty();
    const View format = changed ? element.new_format : element.old_format;
    if (!format.empty())
      out.elements[std::string(element.number)] = {
          std::string(element.name), *format_of(format), {}};
  }
  const auto add = [&](const ServiceRow& row, std::map<std::string, ReadRow>& rows) {
    const View uses = old_version ? row.old_uses : row.new_uses;
    if (!uses.empty()) rows[std::string(row.tag)] = row_of(row.name, uses);
  };
  for (const ServiceRow& row : kComposites) add(row, out.composites);
  for (const ServiceRow& row : kSegments) add(row, out.segments);
  auto made = make_directory(out, "S", old_version ? "3" : "4");
  CHECK(made.has_value());
  return std::move(*made);
}

}  // namespace

const Directory& service_directory(int syntax_version) {
  static const Directory version_3 = make(true);
  static const Directory version_4 = make(false);
  return syntax_version < 4 ? version_3 : version_4;
}

std::span<const View> service_tags() { return kTags; }

ServiceKind service_kind(View tag) {
  if (std::ranges::find(kSegments, tag, &ServiceRow::tag) != std::end(kSegments))
    return ServiceKind::checked;
  if (std::ranges::find(kUnchecked, tag) != std::end(kUnchecked)) return ServiceKind::unchecked;
  if (std::ranges::find(kInteractive, tag) != std::end(kInteractive))
    return ServiceKind::interactive;
  return ServiceKind::none;
}

}  // namespace corridor::edifact
