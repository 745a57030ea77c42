// SPDX-License-Identifier: Apache-2.0
//
// What a node counts, in the text format that Prometheus reads (version 0.0.4).
#include <unistd.h>

#include <cstdio>

#include "api/call.h"
#include "api/request_counts.h"

namespace corridor::api {

namespace {

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

// A label's value: backslash, quote and line feed are escaped.
std::string quoted(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') text.push_back('\\');
    if (c == '\n') {
      text += "\\n";
    } else {
      text.push_back(c);
    }
  }
  return text + "\"";
}

class Text {
 public:
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_.append("# HELP ").append(name).append(" ").append(help).append("\n");
    out_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  }
  void sample(const std::string& labels, const std::string& value, std::string_view suffix = {}) {
    out_.append(name_).append(suffix);
    if (!labels.empty()) out_.append("{").append(labels).append("}");
    out_.append(" ").append(value).append("\n");
  }
  void sample(const std::string& labels, std::uint64_t value, std::string_view suffix = {}) {
    sample(labels, std::to_string(value), suffix);
  }
  void one(std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
    begin(name, type, help);
    sample({}, value);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string_view name_;
  std::string out_;
};

std::uint64_t resident_bytes() {
  std::uint64_t pages = 0;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "re")) {
    unsigned long all = 0;
    unsigned long resident = 0;
    if (std::fscanf(file, "%lu %lu", &all, &resident) == 2) pages = resident;
    std::fclose(file);
  }
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void add_clerk(Text& text, const engine::Engine& engine) {
  const auto counters = engine.counters();
  text.one("corridor_commits_total", "counter", "Batches made durable.", counters.batches);
  text.begin("corridor_asks_total", "counter", "Asks decided and committed, by name.");
  for (const auto& [name, count] : counters.asks) text.sample("ask=" + quoted(name), count);
}

void add_delivery(Text& text, const engine::Engine& engine, Time now) {
  const auto& outbox = engine.outbox();
  const auto oldest = outbox.oldest();
  text.one("corridor_outbox_messages", "gauge", "Messages on their way.", outbox.size());
  text.begin("corridor_outbox_oldest_seconds", "gauge",
             "How long the oldest of them has been known to this process.");
  text.sample({}, number(oldest ? static_cast<double>((now - *oldest).ms) / 1000 : 0));
  constexpr std::array<std::string_view, 3> kClasses{"protocol", "document", "background"};
  const auto counts = outbox.counts();
  text.begin("corridor_messages_total", "counter", "Messages sent, retried and given up, by class.");
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string label = "class=" + quoted(kClasses[i]) + ",outcome=";
    text.sample(label + "\"sent\"", counts[i].sent);
    text.sample(label + "\"retried\"", counts[i].retried);
    text.sample(label + "\"failed\"", counts[i].failed);
  }
  const auto hooks = engine.subscriptions().counts();
  text.begin("corridor_webhooks_total", "counter", "Events sent to subscriptions.");
  text.sample("outcome=\"delivered\"", hooks.delivered);
  text.sample("outcome=\"retried\"", hooks.retried);
  text.sample("outcome=\"lost\"", hooks.lost);
}

void add_events(Text& text, engine::Engine& engine) {
  const auto counts = engine.notices().counts();
  text.begin("corridor_events_total", "counter", "What happened, by type.");
  for (const auto& [type, count] : counts) text.sample("type=" + quoted(type), count);
  constexpr std::array<std::pair<const char*, const char*>, 4> kDocuments{
      {{"document.received", "received"},
       {"exchange.answered", "answered"},
       {"exchange.refused", "refused"},
       {"exchange.failed", "failed"}}};
  text.begin("corridor_documents_total", "counter",
             "Documents received here, answered by a partner, refused by either side, given up.");
  for (const auto& [type, outcome] : kDocuments) {
    const auto found = counts.find(type);
    text.sample("outcome=" + quoted(outcome), found == counts.end() ? 0 : found->second);
  }
}

void add_requests(Text& text, const RequestCounts& counts) {
  constexpr std::array<std::string_view, 5> kClasses{"1xx", "2xx", "3xx", "4xx", "5xx"};
  const auto& all = counts.routes();
  const auto label = [](std::size_t i) {
    return "method=" + quoted(routes()[i].method) + ",route=" + quoted(routes()[i].path);
  };
  text.begin("corridor_requests_total", "counter", "Requests answered, by route and status class.");
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t c = 0; c < kClasses.size(); ++c)
      if (const std::uint64_t count = all[i].by_class[c])
        text.sample(label(i) + ",status=" + quoted(kClasses[c]), count);
  text.begin("corridor_request_duration_seconds", "histogram",
             "From the whole request to its answer; routes that were asked.");
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::uint64_t total = 0;
    for (const auto& bucket : all[i].buckets) total += bucket;
    if (total == 0) continue;
    std::uint64_t so_far = 0;
    for (std::size_t b = 0; b < RequestCounts::kBucketMicros.size(); ++b) {
      so_far += all[i].buckets[b];
      const double bound = static_cast<double>(RequestCounts::kBucketMicros[b]) / 1e6;
      text.sample(label(i) + ",le=" + quoted(number(bound)), so_far, "_bucket");
    }
    text.sample(label(i) + ",le=\"+Inf\"", total, "_bucket");
    text.sample(label(i), number(static_cast<double>(all[i].micros) / 1e6), "_sum");
    text.sample(label(i), total, "_count");
  }
}

}  // namespace

void manage_metrics(Call call) {
  engine::Engine& engine = call.engine();
  Text text;
  text.begin("corridor_info", "gauge", "Which program this is.");
  text.sample("version=" + quoted(CORRIDOR_VERSION) + ",did=" + quoted(engine.self().did.value), 1);
  text.one("corridor_ready", "gauge", "1 while the node is ready (see /ready).",
           engine.ready().has_value() ? 1 : 0);
  add_clerk(text, engine);
  add_delivery(text, engine, call.env().now());
  add_events(text, engine);
  text.one("corridor_log_leaves", "gauge", "Leaves under the newest signed head of the log.",
           engine.log().published().head.size);
  text.one("corridor_resident_memory_bytes", "gauge", "Resident memory.", resident_bytes());
  add_requests(text, call.request_counts());
  net::Response response;
  response.status = 200;
  response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = text.take();
  call.answer(std::move(response));
}

}  // namespace corridor::api
