// SPDX-License-Identifier: Apache-2.0
#include "engine/own_commands.h"

#include "crypto/crypto.h"
#include "engine/notices.h"
#include "net/http.h"

namespace corridor::engine {

namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kSecretBytesMax = 256;

Result<std::uint64_t> newest_in(Known& known) {
  const auto row = known.row(Table::meta, kNoticeCount);
  if (!row) return std::uint64_t{0};
  if (row->size() != 8) return fail(Code::corrupt, "the stored count of events is not a number");
  return read_u64_be(*row);
}

// The oldest event that can still be had begins after this number.
std::uint64_t oldest_after(std::uint64_t newest) {
  return newest > limits::kNoticesKept ? newest - limits::kNoticesKept : 0;
}

bool check_word(View text) {
  return !text.empty() && text.size() <= kNameBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

Result<> check_types(std::vector<std::string>& types) {
  if (types.size() > limits::kSubscriptionTypesMax)
    return fail(Code::too_large, "a subscription names at most 32 types", "use negotiation.* or *");
  for (auto& type : types) {
    if (type.starts_with(kEventPrefix)) type.erase(0, kEventPrefix.size());
    View plain = type;
    if (plain == "*") continue;
    if (plain.ends_with(".*")) plain.remove_suffix(2);
    if (!check_word(plain))
      return fail(Code::invalid, "\"" + type + "\" is not a type of event",
                  "write negotiation.requested, negotiation.* or *");
  }
  return {};
}

Result<> check_subscription(SubscriptionRecord& subscription) {
  if (subscription.url != kLocalUrl) TRY(net::parse_url(subscription.url));
  if ((subscription.url == kLocalUrl) != (subscription.id == kLocalSubscription))
    return fail(Code::invalid, "the id \"folders\" and the address \"folders:\" belong together",
                "take another id");
  TRY(check_types(subscription.types));
  if (!subscription.id.empty() && !check_word(subscription.id))
    return fail(Code::invalid, "the id of a subscription is a word of letters, digits, . - _");
  if (subscription.secret.size() > kSecretBytesMax)
    return fail(Code::too_large, "the secret is longer than 256 bytes");
  return {};
}

Result<std::optional<SubscriptionRecord>> subscription_in(Known& known, View id) {
  const auto row = known.row(Table::subscription, id);
  if (!row) return std::optional<SubscriptionRecord>{};
  TRY_ASSIGN(auto record, from_bytes<SubscriptionRecord>(*row));
  return std::optional(std::move(record));
}

Error no_subscription(const std::string& id) {
  return {Code::not_found, "there is no subscription " + id, "see them with GET /subscriptions"};
}

Error no_key(const std::string& name) {
  return {Code::not_found, "no API key is called " + name, "see them with: corridor key list"};
}

}  // namespace

bool wants_type(const std::vector<std::string>& types, View type) {
  return types.empty() || std::ranges::any_of(types, [&](View wanted) {
    if (wanted == "*" || wanted == type) return true;
    return wanted.ends_with(".*") && type.starts_with(wanted.substr(0, wanted.size() - 1));
  });
}

Outcome step(const Subscribe& command, Known& known, Time now, const Seed& seed) {
  SubscriptionRecord record = command.subscription;
  if (auto good = check_subscription(record); !good) return good.error();
  if (record.id.empty()) record.id = ordered_id(now, seed, "subscription");
  const auto old = known.row(Table::subscription, record.id);
  const auto& all = known.scan({Table::subscription, {}, {}, limits::kScanRowsMax});
  const auto newest = newest_in(known);
  if (!known.complete()) return known.needs();
  if (!newest) return newest.error();
  if (old) return Error{Code::conflict, "there is a subscription " + record.id + " already",
                        "remove it first, or take another id"};
  if (all.size() >= limits::kSubscriptionsMax)
    return Error{Code::conflict, "there are 100 subscriptions already", "remove one first"};
  record.since = now;
  record.cursor = std::clamp(command.after.value_or(*newest), oldest_after(*newest), *newest);
  const Bytes turn = crypto::derive(seed, "turn", 4);
  for (const char c : turn) record.turn = record.turn << 8 | static_cast<std::uint8_t>(c);
  Decision decision;
  decision.write(Table::subscription, record.id, to_bytes(record));
  decision.reply.status = 201;
  decision.reply.body =
      json::Value::object({{"id", record.id}, {"url", record.url}, {"cursor", record.cursor}});
  return decision;
}

Outcome step(const Unsubscribe& command, Known& known) {
  if (command.id == kLocalSubscription)
    return Error{Code::conflict, "this subscription is what hands documents over into folders",
                 "start the node without --folders: then it rests, and loses nothing"};
  const auto row = known.row(Table::subscription, command.id);
  if (!known.complete()) return known.needs();
  if (!row) return no_subscription(command.id);
  Decision decision;
  decision.erase(Table::subscription, command.id);
  decision.reply.body = json::Value::object({{"id", command.id}});
  return decision;
}

Outcome step(const Replay& command, Known& known) {
  auto record = subscription_in(known, command.id);
  const auto newest = newest_in(known);
  if (!known.complete()) return known.needs();
  if (!record) return record.error();
  if (!newest) return newest.error();
  if (!*record) return no_subscription(command.id);
  if (command.after > *newest)
    return Error{Code::invalid, "there is no event " + std::to_string(command.after) + " yet",
                 "the newest is " + std::to_string(*newest)};
  (*record)->cursor = std::max(command.after, oldest_after(*newest));
  ++(*record)->turn;
  Decision decision;
  decision.write(Table::subscription, command.id, to_bytes(**record));
  decision.reply.body = json::Value::object({{"id", command.id}, {"cursor", (*record)->cursor}});
  return decision;
}

Outcome step(const NoticesDelivered& command, Known& known) {
  auto record = subscription_in(known, command.id);
  if (!known.complete()) return known.needs();
  if (!record) return record.error();
  Decision decision;
  // Removed or replayed meanwhile: what was delivered before says nothing any more.
  if (!*record || (*record)->turn != command.turn) return decision;
  (*record)->cursor = command.cursor;
  (*record)->lost += command.lost;
  decision.write(Table::subscription, command.id, to_bytes(**record));
  return decision;
}

Outcome step(const PutApiKey& command, Known& known, Time now) {
  if (!check_word(command.key.name))
    return Error{Code::invalid, "the name of a key is a word of letters, digits, . - _", {}};
  if (command.key.role != "admin" && command.key.role != "read")
    return Error{Code::invalid, "the role is neither admin nor read",
                 "admin may do everything, read may only look"};
  const auto& all = known.scan({Table::api_key, {}, {}, limits::kScanRowsMax});
  if (!known.complete()) return known.needs();
  if (all.size() >= limits::kApiKeysMax)
    return Error{Code::conflict, "there are 100 API keys already", "remove one first"};
  for (const auto& row : all) {
    const auto other = from_bytes<ApiKeyRecord>(row.value);
    if (!other) return other.error();
    if (other->name == command.key.name)
      return Error{Code::conflict, "a key is called " + command.key.name + " already",
                   "remove it first, or take another name"};
  }
  ApiKeyRecord record = command.key;
  record.since = now;
  Decision decision;
  decision.write(Table::api_key, Bytes(command.sha256.view()), to_bytes(record));
  decision.reply.status = 201;
  decision.reply.body = json::Value::object({{"name", record.name}, {"role", record.role}});
  return decision;
}

Outcome step(const RemoveApiKey& command, Known& known) {
  const auto& all = known.scan({Table::api_key, {}, {}, limits::kScanRowsMax});
  if (!known.complete()) return known.needs();
  for (const auto& row : all) {
    const auto record = from_bytes<ApiKeyRecord>(row.value);
    if (!record) return record.error();
    if (record->name != command.name) continue;
    Decision decision;
    decision.erase(Table::api_key, row.key);
    decision.reply.body = json::Value::object({{"name", command.name}});
    return decision;
  }
  return no_key(command.name);
}

}  // namespace corridor::engine
