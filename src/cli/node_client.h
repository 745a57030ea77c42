// SPDX-License-Identifier: Apache-2.0
//
// The running node of a data folder, as commands speak to it: its management API on the loopback
// address, with the API key of the folder. Each call waits for its answer.
//
//   TRY_ASSIGN(const auto node, NodeClient::open(data));
//   TRY_ASSIGN(const json::Value status, node->get("/status"));
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/app.h"
#include "json/json.h"
#include "net/server.h"

namespace corridor::cli {

class NodeClient {
 public:
  // `unavailable` when the folder holds no node. That it runs is found out by the first call.
  static Result<std::unique_ptr<NodeClient>> open(const std::string& data);

  [[nodiscard]] const app::NodeInfo& info() const { return info_; }
  [[nodiscard]] const std::string& data() const { return data_; }
  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] std::string api_url() const { return info_.root() + "/api/v1"; }

  // Paths are below the API's: "/inbox/ID". An answer that refuses becomes its Error.
  Result<json::Value> get(const std::string& path, Duration timeout = kAnswerTime);
  Result<json::Value> post(const std::string& path, Bytes body = {},
                           Duration timeout = kAnswerTime);
  Result<json::Value> put(const std::string& path, Bytes body);
  Result<json::Value> remove(const std::string& path);
  // The items of a list, over all its pages.
  Result<> each(const std::string& path, const std::function<void(const json::Value&)>& item);
  // The answer as it is, whatever its status.
  Result<net::Response> call(net::Request request, Duration timeout = kAnswerTime);
  // Any address of a node on this machine, without the key.
  Result<net::Response> fetch(const std::string& url);

  static constexpr Duration kAnswerTime = seconds(30);

 private:
  NodeClient(std::string data, app::NodeInfo info, std::string key);
  Result<net::Response> send(net::Request request, Duration timeout);

  std::string data_;
  app::NodeInfo info_;
  std::string key_;
  net::Loops loops_;
  std::unique_ptr<net::Client> client_;
};

// The error that an answer of the API says.
Error error_of(const net::Response& response);

}  // namespace corridor::cli
