// SPDX-License-Identifier: Apache-2.0
//
// How the counterparty sees a process: asked by its own GET of it (DSP 2025-1 §8.2.1, §10.2.1), for
// this node's own people.
#include "api/call.h"

namespace corridor::api {

namespace {

constexpr View kNegotiations = "/negotiations/";
constexpr View kTransfers = "/transfers/";

void ask_about(Call call, const exchange::ProcessRecord& record, View kind) {
  const std::string& theirs = record.role == exchange::Role::provider ? record.consumer_pid.value
                                                                      : record.provider_pid.value;
  if (theirs.empty())
    return call.fail({Code::conflict, "the other side has not answered our first message yet",
                      "look at its way with: corridor explain " + record.own_pid()});
  net::Request request;
  request.method = "GET";
  request.url = record.callback + std::string(kind) + percent_encode(theirs);
  const std::string address = request.url;
  ask_peer(std::move(call), record.peer, std::move(request),
           [address](Call asked, const net::Response& response) {
             const auto body = json::parse(response.body);
             if (!body || body->text_or("state").empty())
               return asked.fail({Code::peer, "the other side's answer has no state",
                                  "look at it with: corridor doctor --peer DID"});
             asked.answer(200, json::Value::object({{"state", body->text_or("state")},
                                                    {"providerPid", body->text_or("providerPid")},
                                                    {"consumerPid", body->text_or("consumerPid")},
                                                    {"address", address}}));
           });
}

}  // namespace

void manage_other_side(Call call) {
  const std::string id = call.params["id"];
  if (call.route->path.find(kNegotiations) != View::npos) {
    const auto record = find_record<exchange::NegotiationRecord>(call, Table::negotiation, id,
                                                                 "negotiation " + id);
    if (!record) return call.fail(record.error());
    return ask_about(std::move(call), *record, kNegotiations);
  }
  const auto record =
      find_record<exchange::TransferRecord>(call, Table::transfer, id, "transfer " + id);
  if (!record) return call.fail(record.error());
  ask_about(std::move(call), *record, kTransfers);
}

}  // namespace corridor::api
