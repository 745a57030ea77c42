// SPDX-License-Identifier: Apache-2.0
#include "cli/timeline.h"

#include <algorithm>

#include "cli/terminal.h"

namespace corridor::cli {

namespace {

constexpr Duration kPause = minutes(1);

struct Part {
  const char* member;
  const char* shown;
};
// table
constexpr std::array<Part, 6> kParts{{{"agreementRecord", "agreement"},
                                      {"negotiation", "agreement"},
                                      {"dataset", "dataset"},
                                      {"transfer", "transfer"},
                                      {"fetch", "fetch"},
                                      {"exchange", "document"}}};

Time time_of(const json::Value& item) { return parse_iso8601(item.text_or("at")).value_or(Time{}); }

std::string short_hash(std::string_view hash) { return std::string(hash.substr(0, 12)); }

// What a statement says that a person wants to see at a glance.
std::string gist(const json::Value& content) {
  std::string out;
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    if (!out.empty()) out += ", ";
    out.append(name).append(" ").append(value);
  };
  add("about", text_of(content, "deciding"));
  add("outcome", text_of(content, "outcome"));
  add("document", short_hash(text_of(content, "payloadSha256")));
  add("because", text_of(content, "reason"));
  add("because", names_of(content, "reasons"));
  // A document's statement carries the decision on it.
  if (const json::Value* const decision = content.find("decision")) {
    add("outcome", text_of(*decision, "outcome"));
    add("because", names_of(*decision, "reasons"));
  }
  return out;
}

void append_part(std::vector<TimelineLine>& lines, const json::Value& part, const char* shown) {
  if (const json::Value* const history = part.find("history"))
    for (const auto& item : history->items())
      lines.push_back({time_of(item), shown, text_of(item, "what"), text_of(item, "state"),
                       text_of(item, "why")});
  if (const json::Value* const statements = part.find("statements"))
    for (const auto& item : statements->items()) {
      const json::Value* const content = item.find("content");
      lines.push_back(
          {time_of(item),
           shown,
           "stated " + text_of(item, "type") + ", leaf " + std::to_string(item.integer_or("leaf")),
           {},
           content == nullptr ? std::string() : gist(*content)});
    }
}

std::string offset_text(Duration since) { return "+" + std::to_string(since.ms) + " ms"; }

}  // namespace

std::vector<TimelineLine> timeline_of(const json::Value& explanation) {
  std::vector<TimelineLine> lines;
  for (const auto& part : kParts)
    if (const json::Value* const found = explanation.find(part.member))
      append_part(lines, *found, part.shown);
  std::ranges::stable_sort(lines, {}, &TimelineLine::at);
  return lines;
}

std::string timeline_text(const std::vector<TimelineLine>& lines) {
  std::string out;
  Columns columns;
  Time first;
  Time last;
  const auto end_chapter = [&] {
    out += columns.text();
    columns = Columns();
  };
  for (const auto& line : lines) {
    if (&line == &lines.front() || line.at - last >= kPause) {
      end_chapter();
      out += toned(Tone::strong, iso8601(line.at)) + "\n";
      first = line.at;
    }
    last = line.at;
    std::string what = line.what;
    if (!line.why.empty()) what += toned(Tone::quiet, ": " + line.why);
    columns.add({"  " + offset_text(line.at - first), line.part, line.state, what});
  }
  end_chapter();
  return out;
}

}  // namespace corridor::cli
