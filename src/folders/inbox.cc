// SPDX-License-Identifier: Apache-2.0
#include "folders/inbox.h"

#include <charconv>

namespace corridor::folders {

namespace {

constexpr View kReceived = "corridor.document.received";
constexpr View kGiven = ".given";
constexpr std::size_t kMarksMost = 100'000;

std::string mark_name(std::uint64_t number) {
  return "." + std::to_string(number) + std::string(kGiven);
}

// The event of a mark; 0: it is none.
std::uint64_t event_of_mark(View name) {
  if (!name.starts_with('.') || !name.ends_with(kGiven)) return 0;
  name.remove_prefix(1);
  name.remove_suffix(kGiven.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc{} && end == name.data() + name.size() ? number : 0;
}

bool is_there(const Folder& folder, const std::string& name) {
  return folder.look(name).has_value();
}

std::string folder_of(const Did& peer, const std::map<std::string, Did>& partners) {
  for (const auto& [name, did] : partners)
    if (did == peer) return name;
  const std::string name = percent_encode(peer.value);
  return name.size() <= kNameBytesMax ? name : plain_name(name) + "~long";
}

}  // namespace

Result<> Inbox::take(std::uint64_t number, View event, const std::map<std::string, Did>& partners) {
  TRY_ASSIGN(const json::Value told, json::parse(event));
  if (told.text_or("type") != kReceived) return {};
  const std::string id(told.text_or("subject"));
  auto exchange = engine_.reading([&](const engine::Rows& rows) -> Result<exchange::ExchangeRecord> {
    TRY_ASSIGN(const auto row, rows.get(Table::exchange, id));
    if (!row) return fail(Code::not_found, "there is no exchange " + id);
    return from_bytes<exchange::ExchangeRecord>(*row);
  });
  if (exchange && exchange->role == exchange::Role::consumer)
    return hand_over(number, *exchange, partners);
  const std::string why = exchange ? "it was not received here" : exchange.error().why;
  if (!exchange && exchange.error().code != Code::not_found) return std::unexpected(exchange.error());
  env_.log(Level::error, "not-handed-over", {{"exchange", id}, {"why", why}});
  return {};
}

Result<> Inbox::hand_over(std::uint64_t number, const exchange::ExchangeRecord& exchange,
                          const std::map<std::string, Did>& partners) {
  const std::string partner = folder_of(exchange.peer, partners);
  TRY_ASSIGN(const Folder root, Folder::open(path_));
  TRY_ASSIGN(const Folder inbox, root.inside("inbox"));
  TRY_ASSIGN(const Folder folder, inbox.inside(partner));
  const std::string name = handed_name(exchange.id.value, exchange.kind, exchange.media_type);
  const std::string part = Folder::part_name(name);
  const std::string mark = mark_name(number);
  if (!is_there(folder, mark)) {
    auto bytes = engine_.blobs().read(store::BlobId(exchange.blob));
    if (!bytes) return std::unexpected(bytes.error());
    TRY_ASSIGN(const auto receipt, engine_.receipts().receipt(exchange.id.value));
    TRY(folder.write_part(name, *bytes));
    TRY(folder.write(beside(name, kReceiptSuffix), evidence::write_receipt(receipt)));
    TRY(folder.write(beside(name, kReportSuffix), json::write_pretty(exchange.report) + "\n"));
    TRY(folder.write(mark, {}));
  }
  marks_.emplace_back(number, partner);
  if (!is_there(folder, part)) return {};  // shown already, before a crash
  TRY(folder.move(part, folder, name, Folder::Taken::replace));
  TRY(folder.sync());
  env_.log(Level::debug, "handed-over", {{"exchange", exchange.id.value}, {"folder", folder.path()}});
  return {};
}

Result<> Inbox::forget(std::uint64_t cursor) {
  TRY_ASSIGN(const Folder root, Folder::open(path_));
  TRY_ASSIGN(const Folder inbox, root.inside("inbox"));
  if (!swept_) {
    bool all = true;
    TRY_ASSIGN(const auto partners, inbox.names(kMarksMost, all, nullptr));
    for (const auto& partner : partners) {
      const auto folder = inbox.inside(partner);
      if (!folder) continue;
      TRY_ASSIGN(const auto names, folder->names(kMarksMost, all, [](const std::string& name) {
        return event_of_mark(name) != 0;
      }));
      for (const auto& name : names) marks_.emplace_back(event_of_mark(name), partner);
    }
    swept_ = true;
  }
  for (auto it = marks_.begin(); it != marks_.end();) {
    if (it->first > cursor) {
      ++it;
      continue;
    }
    TRY_ASSIGN(const Folder folder, inbox.inside(it->second));
    TRY(folder.remove(mark_name(it->first)));
    it = marks_.erase(it);
  }
  return {};
}

}  // namespace corridor::folders
