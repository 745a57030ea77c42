// SPDX-License-Identifier: Apache-2.0
//
// What happened: the event list, which waits for the next one when asked to, and the subscriptions
// that are told by themselves (docs/events.md).
#include "api/call.h"

#include <charconv>

namespace corridor::api {

namespace {

Result<std::uint64_t> read_number(View text, const char* what) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return fail(Code::invalid, std::string(what) + " is not a number",
                "give the id of an event, or 0 for the oldest");
  return number;
}

// A member that names an event, as a number or as the text that an event's id is.
Result<std::optional<std::uint64_t>> number_in(const json::Value& body, const char* name) {
  const json::Value* const found = body.find(name);
  if (found == nullptr) return std::optional<std::uint64_t>{};
  if (found->kind() == json::Kind::integer && found->integer() >= 0)
    return std::optional(static_cast<std::uint64_t>(found->integer()));
  TRY_ASSIGN(const std::uint64_t number, read_number(found->is_text() ? View(found->text()) : View(), name));
  return std::optional(number);
}

Result<json::Value> event_page(const engine::Rows& rows, std::uint64_t after) {
  TRY_ASSIGN(const auto page,
             rows.scan({Table::notice, {}, engine::notice_key(after), limits::kScanRowsMax}));
  auto items = json::Value::array();
  for (const auto& row : page) {
    TRY_ASSIGN(auto event, json::parse(row.value));
    items.push(std::move(event));
  }
  TRY_ASSIGN(const std::uint64_t newest, engine::newest_notice(rows));
  auto body = json::Value::object({{"items", std::move(items)}, {"newest", newest}});
  if (page.size() == limits::kScanRowsMax)
    body.set("next", std::to_string(read_u64_be(page.back().key)));
  return body;
}

void show_events(Call call, std::uint64_t after) {
  auto body = call.engine().reading(
      [&](const engine::Rows& rows) { return event_page(rows, after); });
  if (!body) return call.fail(body.error());
  call.answer(200, *body);
}

json::Value subscription_json(const Call& call, const engine::SubscriptionRecord& record) {
  auto types = json::Value::array();
  for (const auto& type : record.types) types.push(type);
  auto body = json::Value::object({{"id", record.id},
                                   {"url", record.url},
                                   {"types", std::move(types)},
                                   {"signed", !record.secret.empty()},
                                   {"cursor", record.cursor},
                                   {"lost", record.lost},
                                   {"since", iso8601(record.since)}});
  if (const auto standing = call.engine().subscriptions().standing(record.id)) {
    body.set("delivered", standing->delivered).set("attempts", standing->attempts);
    if (!standing->last_error.empty()) body.set("lastError", standing->last_error);
  }
  return body;
}

}  // namespace

void manage_events(Call call) {
  const auto after = read_number(call.query_or("after", "0"), "after");
  const auto wait = read_number(call.query_or("wait", "0"), "wait");
  if (!after) return call.fail(after.error());
  if (!wait) return call.fail({Code::invalid, "wait is not a number of seconds", "give 1 to 60"});
  engine::Notices& notices = call.engine().notices();
  if (*wait == 0 || notices.newest() > *after) return show_events(std::move(call), *after);
  const auto most = static_cast<std::uint64_t>(limits::kNoticeWaitMax.ms / 1000);
  const Time until = call.env().now() + seconds(static_cast<std::int64_t>(std::min(*wait, most)));
  notices.when_after(*after, until, [call = std::move(call), after = *after]() mutable {
    show_events(std::move(call), after);
  });
}

void manage_subscriptions(Call call) {
  const Call& asked = call;
  auto show = [&asked](const engine::SubscriptionRecord& record) {
    return subscription_json(asked, record);
  };
  list_table<engine::SubscriptionRecord>(std::move(call), Table::subscription, show);
}

void manage_subscription_put(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  engine::Subscribe command;
  command.subscription.id = body->text_or("id");
  command.subscription.url = body->text_or("url");
  command.subscription.secret = body->text_or("secret");
  if (const json::Value* const types = body->find("types")) {
    for (const auto& type : types->items())
      command.subscription.types.emplace_back(type.is_text() ? View(type.text()) : View());
    if (!types->is_array())
      return call.fail({Code::invalid, "types is not a list", "write [\"negotiation.*\"]"});
  }
  const auto after = number_in(*body, "after");
  if (!after) return call.fail(after.error());
  command.after = *after;
  manage(std::move(call), std::move(command));
}

void manage_subscription_remove(Call call) {
  engine::Unsubscribe command{call.params["id"]};
  manage(std::move(call), std::move(command));
}

void manage_subscription_replay(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  const auto after = number_in(*body, "after");
  if (!after) return call.fail(after.error());
  engine::Replay command{call.params["id"], after->value_or(0)};
  manage(std::move(call), std::move(command));
}

}  // namespace corridor::api
