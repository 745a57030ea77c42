// SPDX-License-Identifier: Apache-2.0
//
// The messages of the Dataspace Protocol 2025-1 as plain JSON (no JSON-LD processor: the official
// contexts were made so that compacted output validates against the official schemas), and their
// HTTPS binding as a table. Strict in what is written, lenient in what is read: a bare string where
// `@context` is an array, other strings in it, members we do not know.
//
//   TRY_ASSIGN(Message m, read_message(body, MessageType::contract_offer));
//   Bytes body = write_message(m);
//   const Binding& b = binding(MessageType::negotiation_event);   // POST, "/negotiations/", "/events"
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exchange/records.h"

namespace corridor::exchange {

inline constexpr std::string_view kDspContext = "https://w3id.org/dspace/2025/1/context.jsonld";

enum class MessageType : std::uint8_t {
  contract_offer,
  negotiation_event,
  contract_agreement,
  agreement_verification,
  negotiation_termination,
  transfer_request,
  transfer_start,
  transfer_completion,
  transfer_suspension,
  transfer_termination,
};
inline constexpr std::size_t kMessageTypeCount = 10;

// One row a message (DSP 2025-1 §8.2, §10.2): who receives it, and where.
struct Binding {
  MessageType type;
  std::string_view name;     // its @type
  bool negotiation;          // else: transfer
  std::string_view initial;  // path of the first message of a process; empty: there is none
  std::string_view suffix;   // /negotiations/:pid<suffix> or /transfers/:pid<suffix>
  bool to_provider;          // which side accepts it
  bool to_consumer;
};
const Binding& binding(MessageType type);
std::span<const Binding> bindings();

struct DataAddress {
  std::string endpoint_type;
  std::string endpoint;
  std::string authorization;  // endpoint property of that name
};

struct Message {
  MessageType type{};
  std::string id;  // @id; empty when the peer sent none
  ProviderPid provider_pid;
  ConsumerPid consumer_pid;
  std::string callback_address;  // without a trailing slash
  json::Value offer;
  json::Value agreement;
  std::string event_type;  // ACCEPTED or FINALIZED
  AgreementId agreement_id;
  std::string format;
  std::optional<DataAddress> data_address;
  std::string code;
  std::vector<std::string> reason;
  bool initial = false;  // carries a callback address instead of the receiver's pid
};

// `invalid` names the member that is missing or wrong.
Result<Message> read_message(View body, MessageType type);
Bytes write_message(const Message& message);

// ContractNegotiation / TransferProcess: the answer to an initial message and to GET.
json::Value negotiation_ack(const NegotiationRecord& record);
json::Value transfer_ack(const TransferRecord& record);
// ContractNegotiationError / TransferError; both pids are required by the schema, so a pid that no
// one knows is an empty-looking but present one: the caller passes what it has.
json::Value error_body(bool negotiation, View provider_pid, View consumer_pid, const Error& error);

// Ids of a peer are kept byte for byte, but must be usable as a part of a key and of a URL.
Result<> check_id(View id, View member);

}  // namespace corridor::exchange
