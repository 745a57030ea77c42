// SPDX-License-Identifier: Apache-2.0
//
// Negotiations and transfers for people and programs of this node: look, begin, and make by hand any
// move that an instruction can make.
#include "api/call.h"

namespace corridor::api {

namespace {

json::Value process_json(const exchange::ProcessRecord& record, std::string_view state,
                         std::string_view pending) {
  auto body = json::Value::object({{"id", record.own_pid()},
                                   {"role", exchange::role_name(record.role)},
                                   {"peer", record.peer.value},
                                   {"providerPid", record.provider_pid.value},
                                   {"consumerPid", record.consumer_pid.value},
                                   {"kind", record.kind},
                                   {"state", state},
                                   {"held", record.held},
                                   {"since", iso8601(record.since)}});
  if (pending != "NONE") body.set("pending", pending);
  if (record.held) body.set("why", record.held_why);
  if (record.planned)
    body.set("planned",
             json::Value::object({{"do", exchange::verb_name(record.planned->verb)},
                                  {"at", iso8601(record.planned->at)},
                                  {"instruction", record.planned->instruction}}));
  return body;
}

// Those that a list was asked for; kept apart from the call, which goes on before it is read.
class Wanted {
 public:
  explicit Wanted(const Call& call)
      : state_(call.query_or("state")),
        peer_(call.query_or("peer")),
        role_(call.query_or("role")),
        held_(!call.query_or("held").empty()) {}
  [[nodiscard]] bool operator()(const exchange::ProcessRecord& record, std::string_view state) const {
    const auto fits = [](const std::string& asked, std::string_view is) {
      return asked.empty() || asked == is;
    };
    return fits(state_, state) && fits(peer_, record.peer.value) &&
           fits(role_, exchange::role_name(record.role)) && (!held_ || record.held);
  }

 private:
  std::string state_;
  std::string peer_;
  std::string role_;
  bool held_;
};

Result<exchange::Role> role_of(const json::Value& body, exchange::Role usual) {
  const auto text = body.text_or("role", exchange::role_name(usual));
  if (text == "provider") return exchange::Role::provider;
  if (text == "consumer") return exchange::Role::consumer;
  return fail(Code::invalid, "the role is neither provider nor consumer");
}

}  // namespace

json::Value history_json(const std::vector<exchange::HistoryLine>& history) {
  auto lines = json::Value::array();
  for (const auto& line : history) {
    auto item = json::Value::object(
        {{"at", iso8601(line.at)}, {"what", line.what}, {"state", line.state}});
    if (!line.why.empty()) item.set("why", line.why);
    lines.push(std::move(item));
  }
  return lines;
}

json::Value negotiation_json(const exchange::NegotiationRecord& record) {
  auto body = process_json(record, state_name(record.state), state_name(record.pending));
  body.set("dataset", record.dataset.value).set("offer", record.offer_id.value);
  if (!record.agreement.empty()) body.set("agreement", record.agreement.value);
  body.set("terms", record.terms).set("ours", record.ours);
  if (record.role == exchange::Role::provider) body.set("published", record.published);
  if (record.wanted.is_object()) body.set("wanted", record.wanted);
  if (!record.fetch.empty()) body.set("fetch", record.fetch);
  return body;
}

json::Value transfer_json(const exchange::TransferRecord& record) {
  auto body = process_json(record, state_name(record.state), state_name(record.pending));
  body.set("agreement", record.agreement.value).set("dataset", record.dataset.value);
  if (!record.fetch.empty()) body.set("fetch", record.fetch);
  return body.set("format", record.format).set("endpoint", record.endpoint);
}

void manage_negotiations(Call call) {
  const Wanted wanted(call);
  auto show = [&wanted](const exchange::NegotiationRecord& record) {
    return wanted(record, state_name(record.state)) ? negotiation_json(record) : json::Value();
  };
  list_table<exchange::NegotiationRecord>(std::move(call), Table::negotiation, show);
}

void manage_transfers(Call call) {
  const Wanted wanted(call);
  auto show = [&wanted](const exchange::TransferRecord& record) {
    return wanted(record, state_name(record.state)) ? transfer_json(record) : json::Value();
  };
  list_table<exchange::TransferRecord>(std::move(call), Table::transfer, show);
}

void manage_negotiation(Call call) {
  const auto record = find_record<exchange::NegotiationRecord>(
      call, Table::negotiation, call.params["id"], "negotiation " + call.params["id"]);
  if (!record) return call.fail(record.error());
  call.answer(200, negotiation_json(*record).set("messages", history_json(record->history)));
}

void manage_transfer(Call call) {
  const auto record = find_record<exchange::TransferRecord>(
      call, Table::transfer, call.params["id"], "transfer " + call.params["id"]);
  if (!record) return call.fail(record.error());
  call.answer(200, transfer_json(*record).set("messages", history_json(record->history)));
}

// For programs that read the bytes themselves. It holds a token, and keys of role read may GET: so it
// is asked for by POST.
void manage_transfer_address(Call call) {
  const auto record = find_record<exchange::TransferRecord>(
      call, Table::transfer, call.params["id"], "transfer " + call.params["id"]);
  if (!record) return call.fail(record.error());
  const bool ours_to_read = record->role == exchange::Role::consumer && record->pull() &&
                            record->state == exchange::TransferState::started &&
                            !record->endpoint.empty();
  if (!ours_to_read)
    return call.fail({Code::conflict, "there is nothing to be read from this transfer now",
                      "it has to be a pull of ours, in state STARTED"});
  call.answer(200, json::Value::object({{"endpoint", record->endpoint},
                                        {"endpointType", record->endpoint_type},
                                        {"authorization", record->token}}));
}

void manage_transfer_start(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  exchange::StartTransfer command;
  command.agreement = AgreementId(std::string(body->text_or("agreement")));
  command.address = body->text_or("address");
  command.format = body->text_or("format", exchange::kPullFormat);
  submit(std::move(call), std::move(command));
}

void manage_negotiation_start(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  const auto role = role_of(*body, exchange::Role::consumer);
  if (!role) return call.fail(role.error());
  exchange::StartNegotiation command;
  command.role = *role;
  command.peer = Did(std::string(body->text_or("peer")));
  command.address = body->text_or("address");
  command.dataset = DatasetId(std::string(body->text_or("dataset")));
  command.offer = OfferId(std::string(body->text_or("offer")));
  if (const json::Value* const terms = body->find("terms")) command.terms = *terms;
  // Whoever does not say what it wants, wants what is offered; other terms are asked for under an
  // offer's id as well.
  if (*role == exchange::Role::consumer && (!command.terms.is_object() || command.offer.empty()))
    return submit_as_offered(std::move(call), std::move(command));
  submit(std::move(call), std::move(command));
}

void manage_move(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  exchange::MakeMove command;
  command.id = call.params["id"];
  if (call.params["verb"] != "approve") {
    const auto verb = exchange::verb_from_name(call.params["verb"]);
    if (!verb)
      return call.fail({Code::not_found, "there is no move \"" + call.params["verb"] + "\"",
                        "moves are those of instructions: offer, counter, accept, agree, verify, "
                        "finalize, terminate, start, suspend, resume, complete, hold, approve"});
    command.verb = *verb;
  }
  if (const json::Value* const terms = body->find("terms")) command.terms = *terms;
  command.code = body->text_or("code");
  command.reason = body->text_or("reason");
  submit(std::move(call), std::move(command));
}

}  // namespace corridor::api
