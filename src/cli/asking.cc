// SPDX-License-Identifier: Apache-2.0
#include "cli/asking.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "cli/files.h"
#include "cli/terminal.h"

namespace corridor::cli {

namespace {

// table
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kPast{
    {{"approve", "approved"},   {"offer", "offered"},     {"counter", "countered"},
     {"accept", "accepted"},    {"agree", "agreed to"},   {"verify", "verified"},
     {"finalize", "finalized"}, {"hold", "held"},         {"terminate", "terminated"},
     {"start", "started"},      {"suspend", "suspended"}, {"resume", "resumed"},
     {"complete", "completed"}}};

constexpr int kHearingLooks = 60;
constexpr std::chrono::milliseconds kBetweenLooks{50};

}  // namespace

Result<std::unique_ptr<NodeClient>> open_node(const Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  return NodeClient::open(data);
}

Result<std::string> peer_called(NodeClient& node, const Invocation& asked, const std::string& name) {
  std::vector<std::string> found;
  bool by_id = false;
  TRY(node.each("/peers", [&](const json::Value& peer) {
    by_id = by_id || peer.text_or("did") == name;
    if (peer.text_or("name") == name) found.emplace_back(peer.text_or("did"));
  }));
  if (by_id || (found.empty() && name.starts_with("did:"))) return name;
  if (found.empty())
    return fail(Code::not_found, "no peer is called " + name,
                "see them with: " + asked.hint("peer list") + ", or name a DID");
  if (found.size() > 1)
    return fail(Code::conflict, "several peers are called " + name, "name it by its DID");
  return found.front();
}

Result<std::string> peer_option(NodeClient& node, const Invocation& asked) {
  if (!asked.has("--peer")) return std::string();
  return peer_called(node, asked, asked.get("--peer"));
}

Result<std::map<std::string, std::string, std::less<>>> peer_names(NodeClient& node) {
  std::map<std::string, std::string, std::less<>> names;
  TRY(node.each("/peers", [&](const json::Value& peer) {
    if (const auto name = text_of(peer, "name"); !name.empty())
      names.emplace(peer.text_or("did"), name);
  }));
  return names;
}

Result<json::Value> json_of_file(const std::string& path) {
  TRY_ASSIGN(const Bytes text, read_file(path, limits::kMessageBytesMax));
  auto value = json::parse(text);
  if (!value) return in_context(path, value.error());
  return value;
}

Result<json::Value> json_of_option(const Invocation& asked, std::string_view option) {
  if (!asked.has(option)) return json::Value();
  return json_of_file(asked.get(option));
}

std::string query_of(std::initializer_list<std::pair<std::string_view, std::string>> members) {
  std::string query;
  for (const auto& [name, value] : members) {
    if (value.empty()) continue;
    query += query.empty() ? '?' : '&';
    query.append(name).append("=").append(percent_encode(value));
  }
  return query;
}

void set_given(json::Value& body, const Invocation& asked, std::string_view member,
               std::string_view option) {
  if (asked.has(option)) body.set(std::string(member), asked.get(option));
}

json::Value names_in(std::string_view text) {
  auto list = json::Value::array();
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (comma != 0) list.push(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return list;
}

Result<int> say_list_json(NodeClient& node, const std::string& path) {
  TRY(node.each(path, [](const json::Value& item) { say_json(item); }));
  return 0;
}

Result<json::Value> heard(NodeClient& node, const std::string& path) {
  for (int look = 0;; ++look) {
    TRY_ASSIGN(json::Value process, node.get(path));
    if (process.find("pending") == nullptr || look == kHearingLooks) return process;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

std::string quoted(std::string_view word) {
  const std::string plain = printable(word);
  return plain.find_first_of(" *'$&();<>|`\\") == std::string::npos ? plain : '"' + plain + '"';
}

std::string_view past_of(std::string_view verb) {
  const auto* const found = std::ranges::find(kPast, verb, &decltype(kPast)::value_type::first);
  return found == kPast.end() ? verb : found->second;
}

json::Value brief_of(const json::Value& process) {
  auto brief = json::Value::object({{"id", process.text_or("id")},
                                    {"state", process.text_or("state")},
                                    {"held", process.boolean_or("held")}});
  for (const char* const member : {"pending", "agreement"})
    if (const auto text = process.text_or(member); !text.empty()) brief.set(member, text);
  return brief;
}

std::string state_words(const json::Value& process) {
  std::string words = text_of(process, "state");
  if (words == "NONE") words = "not asked yet";
  if (const auto pending = text_of(process, "pending"); !pending.empty())
    words += " (" + pending + " when the other side has heard of it)";
  if (process.boolean_or("held")) words += " · waits for a person here: " + text_of(process, "why");
  if (const json::Value* const planned = process.find("planned"))
    words += " · instruction " + text_of(*planned, "instruction") + " will " +
             text_of(*planned, "do") + " at " + text_of(*planned, "at");
  return words;
}

}  // namespace corridor::cli
