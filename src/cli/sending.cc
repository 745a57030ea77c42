// SPDX-License-Identifier: Apache-2.0
#include "cli/sending.h"

#include <algorithm>
#include <chrono>

namespace corridor::cli {

namespace {

// Above the node's own time for a long poll, so that its answer is what ends the wait.
constexpr Duration kMargin = seconds(10);
// A wait shorter than this is not worth a line on the terminal.
constexpr Duration kSilence = milliseconds(700);
// A node ends a long poll by itself after some minutes; a longer wait is several.
constexpr Duration kSlice = minutes(5);

std::int64_t now_ms() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

void append_query(std::string& path, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  path += path.contains('?') ? '&' : '?';
  path.append(name).append("=").append(percent_encode(value));
}

Result<json::Value> post_document(NodeClient& node, Sending sending) {
  net::Request request;
  request.method = "POST";
  request.url = "/send";
  append_query(request.url, "to", sending.to);
  append_query(request.url, "name", sending.name);
  append_query(request.url, "purpose", sending.purpose);
  append_query(request.url, "terms", sending.terms);
  append_query(request.url, "deadline", sending.deadline);
  request.headers.add("Content-Type", "application/octet-stream");
  request.body = std::move(sending.bytes);
  TRY_ASSIGN(const net::Response response, node.call(std::move(request), seconds(60)));
  auto body = json::parse(response.body);
  // A document that is refused has an exchange too: an outcome, not an error.
  if (!body || body->text_or("exchange").empty()) return std::unexpected(error_of(response));
  return body;
}

bool settled(const json::Value& exchange, ReceiptLevel level) {
  const std::string_view state = exchange.text_or("state");
  if (state == "refused" || state == "failed" || state == "offered" || state == "fetched") return true;
  const auto reached = level_from_name(exchange.text_or("level"));
  return state != "waiting" && state != "sending" && reached && *reached >= level;
}

std::string last_error(const json::Value* part) {
  const json::Value* const delivery = part == nullptr ? nullptr : part->find("delivery");
  if (delivery == nullptr) return {};
  for (const auto& attempt : delivery->items())
    if (auto error = text_of(attempt, "lastError"); !error.empty()) return error;
  return {};
}

}  // namespace

Stopwatch::Stopwatch() : begin_ms_(now_ms()) {}
std::int64_t Stopwatch::ms() const { return now_ms() - begin_ms_; }

Result<Bytes> get_receipt(NodeClient& node, const std::string& exchange) {
  net::Request request;
  request.method = "GET";
  request.url = "/exchanges/" + percent_encode(exchange) + "/receipt";
  TRY_ASSIGN(net::Response response, node.call(std::move(request)));
  if (response.status != 200) return std::unexpected(error_of(response));
  return std::move(response.body);
}

ReceiptLevel Sent::level() const {
  return level_from_name(exchange.text_or("level")).value_or(ReceiptLevel::none);
}

Result<json::Value> wait_for(NodeClient& node, const std::string& exchange, ReceiptLevel level,
                             Duration timeout) {
  const std::string path = "/exchanges/" + percent_encode(exchange) +
                           "?wait=" + std::string(level_name(level)) + "&timeout=";
  Progress progress;
  Duration left = timeout;
  Duration slice = std::min(left, kSilence);
  for (;;) {
    TRY_ASSIGN(json::Value record,
               node.get(path + std::to_string(slice.ms) + "ms", Duration{slice.ms + kMargin.ms}));
    left.ms -= slice.ms;
    if (settled(record, level) || left.ms <= 0) return record;
    progress.show("waiting for the answer (" + text_of(record, "state") + ") ...");
    slice = std::min(left, kSlice);
  }
}

Result<Sent> send_document(NodeClient& node, Sending sending) {
  const Stopwatch watch;
  const ReceiptLevel wait = sending.wait;
  const Duration timeout = sending.timeout;
  TRY_ASSIGN(const json::Value reply, post_document(node, std::move(sending)));
  Sent sent;
  TRY_ASSIGN(sent.exchange, wait_for(node, std::string(reply.text_or("exchange")), wait, timeout));
  sent.ms = watch.ms();
  return sent;
}

std::string waits_for(const json::Value& explanation, std::string_view partner) {
  const std::string who(partner);
  const json::Value* const exchange = explanation.find("exchange");
  if (exchange != nullptr && exchange->text_or("state") == "sending") {
    const std::string error = last_error(exchange);
    if (error.empty()) return "it is on its way to " + who;
    return who + " could not be reached: " + error + "; the node keeps trying";
  }
  const json::Value* const negotiation = explanation.find("negotiation");
  for (const json::Value* const part : {negotiation, explanation.find("transfer")})
    if (const std::string error = last_error(part); !error.empty())
      return who + " could not be reached: " + error + "; the node keeps trying";
  if (negotiation != nullptr && negotiation->text_or("state") == "OFFERED")
    return who + " has the offer and has not agreed yet; a person there may have to approve it";
  return "an agreement with " + who + " is being made";
}

std::string findings_text(const json::Value* report, std::string_view indent) {
  std::string out;
  const json::Value* const findings = report == nullptr ? nullptr : report->find("findings");
  if (findings == nullptr) return out;
  for (const auto& finding : findings->items()) {
    const std::string severity = text_of(finding, "severity");
    out.append(indent).append(toned(severity == "fatal" ? Tone::bad : Tone::strong, severity));
    out.append(" ").append(text_of(finding, "rule"));
    if (const auto term = text_of(finding, "term"); !term.empty()) out.append(" ").append(term);
    if (const auto line = finding.integer_or("line"); line > 0)
      out.append(" at line ").append(std::to_string(line));
    out.append("\n").append(indent).append("  ").append(text_of(finding, "text")).append("\n");
  }
  return out;
}

Result<Partner> partner_of(NodeClient& node, std::string_view did) {
  Partner partner{printable(did), {}};
  TRY(node.each("/peers", [&](const json::Value& peer) {
    if (peer.text_or("did") == did) partner.name = text_of(peer, "name");
  }));
  return partner;
}

}  // namespace corridor::cli
