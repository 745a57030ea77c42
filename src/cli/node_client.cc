// SPDX-License-Identifier: Apache-2.0
#include "cli/node_client.h"

#include <future>

namespace corridor::cli {

namespace {

constexpr std::array kCodes{Code::invalid,   Code::unauthenticated, Code::denied,
                            Code::not_found, Code::conflict,        Code::too_large,
                            Code::busy,      Code::unavailable,     Code::timeout,
                            Code::peer,      Code::corrupt,         Code::internal};

Code code_named(View name) {
  const auto* const found =
      std::ranges::find(kCodes, name, [](Code code) { return code_facts(code).name; });
  return found == kCodes.end() ? Code::peer : *found;
}

std::string start_command(const std::string& data) {
  return "start it with: corridor serve --data " + data;
}

Result<json::Value> body_of(const Result<net::Response>& response) {
  if (!response) return std::unexpected(response.error());
  if (response->status >= 400) return std::unexpected(error_of(*response));
  if (response->body.empty()) return json::Value();
  return json::parse(response->body);
}

}  // namespace

Error error_of(const net::Response& response) {
  Error error{Code::peer, "the node answered with status " + std::to_string(response.status), {}};
  const auto body = json::parse(response.body);
  if (!body || !body->is_object()) return error;
  error.code = code_named(body->text_or("code"));
  error.todo = body->text_or("todo");
  const json::Value* const reasons = body->find("reason");
  if (reasons == nullptr || reasons->items().empty()) return error;
  error.why.clear();
  for (const auto& reason : reasons->items()) {
    if (!reason.is_text()) continue;
    if (!error.why.empty()) error.why += "; ";
    error.why += reason.text();
  }
  return error;
}

NodeClient::NodeClient(std::string data, app::NodeInfo info, std::string key)
    : data_(std::move(data)),
      info_(std::move(info)),
      key_(std::move(key)),
      loops_(1),
      client_(net::make_client(loops_)) {}

Result<std::unique_ptr<NodeClient>> NodeClient::open(const std::string& data) {
  auto info = app::read_node_info(data);
  if (!info && info.error().code == Code::not_found)
    return fail(Code::unavailable, "there is no node in " + data, start_command(data));
  if (!info) return std::unexpected(info.error());
  TRY_ASSIGN(std::string key, app::read_api_key(data));
  return std::unique_ptr<NodeClient>(new NodeClient(data, std::move(*info), std::move(key)));
}

Result<net::Response> NodeClient::send(net::Request request, Duration timeout) {
  // The callback may come after a caller that has given up: it owns what it writes to.
  const auto answer = std::make_shared<std::promise<Result<net::Response>>>();
  auto arrived = answer->get_future();
  net::SendOptions options;
  options.timeout = timeout;
  options.body_bytes_max = limits::kDocumentBytesMax;
  client_->send(std::move(request), options, [answer](Result<net::Response> response) {
    answer->set_value(std::move(response));
  });
  return arrived.get();
}

Result<net::Response> NodeClient::call(net::Request request, Duration timeout) {
  request.url = api_url() + request.url;
  request.headers.add("Authorization", "Bearer " + key_);
  auto response = send(std::move(request), timeout);
  if (!response && response.error().code == Code::unavailable)
    return fail(Code::unavailable, "the node of " + data_ + " does not answer at " + info_.origin(),
                start_command(data_));
  return response;
}

Result<net::Response> NodeClient::fetch(const std::string& url) {
  net::Request request;
  request.method = "GET";
  request.url = url;
  return send(std::move(request), kAnswerTime);
}

Result<json::Value> NodeClient::get(const std::string& path, Duration timeout) {
  net::Request request;
  request.method = "GET";
  request.url = path;
  return body_of(call(std::move(request), timeout));
}

Result<json::Value> NodeClient::post(const std::string& path, Bytes body, Duration timeout) {
  net::Request request;
  request.method = "POST";
  request.url = path;
  request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  return body_of(call(std::move(request), timeout));
}

Result<json::Value> NodeClient::put(const std::string& path, Bytes body) {
  net::Request request;
  request.method = "PUT";
  request.url = path;
  request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  return body_of(call(std::move(request)));
}

Result<json::Value> NodeClient::remove(const std::string& path) {
  net::Request request;
  request.method = "DELETE";
  request.url = path;
  return body_of(call(std::move(request)));
}

Result<> NodeClient::each(const std::string& path,
                          const std::function<void(const json::Value&)>& item) {
  const std::string joint = path.contains('?') ? "&after=" : "?after=";
  std::string after;
  for (;;) {
    TRY_ASSIGN(const json::Value page,
               get(path + (after.empty() ? "" : joint + percent_encode(after))));
    TRY_ASSIGN(const json::Value* const items, json::require_array(page, "items"));
    for (const auto& one : items->items()) item(one);
    after = page.text_or("next");
    if (after.empty()) return {};
  }
}

}  // namespace corridor::cli
