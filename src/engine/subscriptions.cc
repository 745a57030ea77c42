// SPDX-License-Identifier: Apache-2.0
#include "engine/subscriptions.h"

#include "crypto/crypto.h"
#include "engine/notices.h"

namespace corridor::engine {

namespace {

constexpr std::size_t kReadAhead = 64;

bool is_local(const SubscriptionRecord& subscription) { return subscription.url == kLocalUrl; }

// For whom an event is; a webhook that was asked by name is told whatever it subscribed to.
bool is_for(const SubscriptionRecord& subscription, const json::Value& event) {
  const json::Value* const data = event.find("data");
  const View webhook = data == nullptr ? View() : data->text_or("webhook");
  if (!webhook.empty()) return webhook == subscription.id;
  View type = event.text_or("type");
  if (type.starts_with(kEventPrefix)) type.remove_prefix(kEventPrefix.size());
  return wants_type(subscription.types, type);
}

net::Request request_of(const SubscriptionRecord& subscription, const Bytes& event) {
  net::Request request;
  request.method = "POST";
  request.url = subscription.url;
  request.headers.add("Content-Type", "application/cloudevents+json; charset=UTF-8");
  if (!subscription.secret.empty())
    request.headers.add(std::string(kSignatureHeader),
                        "sha256=" + hex(crypto::hmac_sha256(subscription.secret, event).view()));
  request.body = event;
  return request;
}

}  // namespace

Result<> Subscriptions::load(std::uint64_t newest) {
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  TRY_ASSIGN(const auto rows, Rows(*view, parts_.participant)
                                  .scan({Table::subscription, {}, {}, limits::kScanRowsMax}));
  {
    const std::lock_guard lock(mutex_);
    for (const auto& row : rows) {
      TRY_ASSIGN(auto record, from_bytes<SubscriptionRecord>(row.value));
      if (is_local(record) && local_.committed)
        parts_.executor.post_always([this, at = record.cursor] { local_.committed(at); });
      begin(std::move(record));
    }
  }
  wake(newest);
  return {};
}

void Subscriptions::begin(SubscriptionRecord record) {
  Line& line = lines_[record.id];
  line.life = ++lives_;
  line.position = line.committed = record.cursor;
  line.queue.clear();
  line.progress = {};
  line.last_error.clear();
  line.at_work = line.saving = false;  // a request that is out is still the one in flight
  line.lost = 0;
  line.record = std::move(record);
}

void Subscriptions::changed(View id, const std::optional<Bytes>& row) {
  const std::string name(id);
  const std::lock_guard lock(mutex_);
  if (!row) {
    lines_.erase(name);
    return;
  }
  auto record = from_bytes<SubscriptionRecord>(*row);
  if (!record) {
    parts_.env.log(Level::error, "subscription-unreadable", {{"id", name}, {"why", record.error().why}});
    return;
  }
  const auto found = lines_.find(name);
  if (found != lines_.end() && found->second.record.turn == record->turn) return;
  begin(std::move(*record));
  go(name, lines_[name]);
}

void Subscriptions::wake(std::uint64_t newest) {
  const std::lock_guard lock(mutex_);
  newest_ = std::max(newest_, newest);
  for (auto& [id, line] : lines_) go(id, line);
}

void Subscriptions::go(const std::string& id, Line& line) {
  if (line.at_work || line.in_flight != 0 || line.position >= newest_) return;
  if (is_local(line.record) && !local_.take) return;
  line.at_work = true;
  parts_.executor.post_always([this, id, life = line.life] { work(id, life); });
}

Subscriptions::Line* Subscriptions::find(const std::string& id, std::uint64_t life) {
  const auto found = lines_.find(id);
  return found == lines_.end() || found->second.life != life ? nullptr : &found->second;
}

// Sends the next event, or reads on until there is one; rests when all have been looked at.
void Subscriptions::work(const std::string& id, std::uint64_t life) {
  for (;;) {
    SubscriptionRecord record;
    std::uint64_t position = 0;
    {
      const std::lock_guard lock(mutex_);
      Line* const line = find(id, life);
      if (line == nullptr || line->in_flight != 0) return;
      if (!line->queue.empty()) return send(id, *line);
      if (line->position - line->committed >= limits::kCursorLagMax) save(id, *line);
      if (line->position >= newest_) {
        line->at_work = false;
        return;
      }
      record = line->record;
      position = line->position;
    }
    std::uint64_t lost = 0;
    auto read_ahead = read(record, position, lost);
    if (!read_ahead || lost > 0)
      parts_.env.log(Level::warning, read_ahead ? "events-lost" : "events-unreadable",
                     {{"subscription", id},
                      {"events", std::to_string(lost)},
                      {"why", read_ahead ? "they were too old" : read_ahead.error().why}});
    const std::lock_guard lock(mutex_);
    Line* const line = find(id, life);
    if (line == nullptr) return;
    if (!read_ahead) {
      parts_.executor.at(parts_.env.now() + seconds(1), [this, id, life] { work(id, life); });
      return;
    }
    line->queue = std::move(*read_ahead);
    line->lost += lost;
    counts_.lost += lost;
    if (line->queue.empty()) line->position = position;
  }
}

// The next events that this subscription wants; `position` moves to the last that was looked at.
Result<std::deque<Subscriptions::Waiting>> Subscriptions::read(const SubscriptionRecord& record,
                                                               std::uint64_t& position,
                                                               std::uint64_t& lost) const {
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  TRY_ASSIGN(auto page, Rows(*view, parts_.participant)
                            .scan({Table::notice, {}, notice_key(position), kReadAhead}));
  if (page.empty()) return fail(Code::corrupt, "events that were committed are not there");
  std::deque<Waiting> wanted;
  for (auto& row : page) {
    if (row.key.size() != 8) return fail(Code::corrupt, "an event without a number");
    const std::uint64_t number = read_u64_be(row.key);
    lost += number - position - 1;
    position = number;
    TRY_ASSIGN(const auto event, json::parse(row.value));
    if (is_for(record, event)) wanted.push_back({number, std::move(row.value)});
  }
  return wanted;
}

void Subscriptions::send(const std::string& id, Line& line) {
  if (line.progress.attempts++ == 0) line.progress.first = parts_.env.now();
  line.in_flight = line.life;
  if (is_local(line.record)) return send_locally(id, line);
  // Not under this mutex: a client may call back at once.
  parts_.executor.post_always([this, id, life = line.life,
                               request = request_of(line.record, line.queue.front().event)]() mutable {
    parts_.client.send(std::move(request), {}, [this, id, life](Result<net::Response> response) {
      parts_.executor.post_always([this, id, life, response = std::move(response)] {
        came_back(id, life, response);
      });
    });
  });
}

void Subscriptions::send_locally(const std::string& id, const Line& line) {
  auto came = [this, id, life = line.life](Result<> result) {
    Result<net::Response> response = net::Response{204, {}, {}};
    if (!result) response = std::unexpected(std::move(result).error());
    came_back(id, life, response);
  };
  local_.take(line.queue.front().number, line.queue.front().event, std::move(came));
}

void Subscriptions::came_back(const std::string& id, std::uint64_t life,
                              const Result<net::Response>& response) {
  const std::lock_guard lock(mutex_);
  const auto found = lines_.find(id);
  if (found == lines_.end() || found->second.in_flight != life) return;  // removed meanwhile
  Line& line = found->second;
  line.in_flight = 0;
  if (line.life != life) return go(id, line);  // replayed meanwhile
  const Verdict verdict =
      response ? judge_response(MessageClass::background, *response, line.progress,
                                parts_.env.now(), jitter_of(parts_.env))
               : judge_error(MessageClass::background, response.error(), line.progress,
                             parts_.env.now(), jitter_of(parts_.env));
  if (verdict.fate != Fate::accepted) {
    line.last_error =
        response ? "answered " + std::to_string(response->status) : response.error().why;
    return retry(id, line, verdict.wait);
  }
  ++counts_.delivered;
  line.position = line.queue.front().number;
  line.queue.pop_front();
  line.progress = {};
  line.last_error.clear();
  save(id, line);
  if (!line.queue.empty()) return send(id, line);
  parts_.executor.post_always([this, id, life] { work(id, life); });
}

void Subscriptions::retry(const std::string& id, Line& line, Duration wait) {
  if (is_local(line.record)) wait = std::min(wait, limits::kFolderRetryMost);
  ++counts_.retried;
  const Level level = line.progress.attempts == 1 ? Level::info : Level::debug;
  parts_.executor.post_always([this, id, level, wait, why = line.last_error,
                               is_local = is_local(line.record),
                               number = line.queue.front().number] {
    parts_.env.log(level, is_local ? "folder-retry" : "webhook-retry",
                   {{"subscription", id},
                    {"event", std::to_string(number)},
                    {"why", why},
                    {"wait_ms", std::to_string(wait.ms)}});
  });
  parts_.executor.at(parts_.env.now() + wait, [this, id, life = line.life] { work(id, life); });
}

// One ask at a time; whatever was delivered meanwhile goes into the next.
void Subscriptions::save(const std::string& id, Line& line) {
  if (line.saving || line.position == line.committed) return;
  line.saving = true;
  NoticesDelivered delivered{id, line.record.turn, line.position, std::exchange(line.lost, 0)};
  parts_.executor.post_always([this, life = line.life, delivered = std::move(delivered)] {
    parts_.commit(delivered, [this, life, delivered] {
      const std::lock_guard lock(mutex_);
      Line* const saved = find(delivered.id, life);
      if (saved == nullptr) return;
      saved->saving = false;
      saved->committed = delivered.cursor;
      if (is_local(saved->record) && local_.committed)
        parts_.executor.post_always([this, at = delivered.cursor] { local_.committed(at); });
      save(delivered.id, *saved);
    });
  });
}

std::optional<Subscriptions::Standing> Subscriptions::standing(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = lines_.find(id);
  if (found == lines_.end()) return std::nullopt;
  return Standing{found->second.position, found->second.progress.attempts, found->second.last_error};
}

Subscriptions::Counts Subscriptions::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace corridor::engine
