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
  contract_request,
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
inline constexpr std::size_t kMessageTypeCount = 11;

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

// Two spellings are read, and both are written: the specification's (`endpoint`, properties
// `authorization` and `authType`) and the Eclipse connector's (properties named by full IRIs, whose
// token goes into the header as it is).
struct DataAddress {
  std::string endpoint_type;
  std::string endpoint;
  std::string authorization;  // the token itself
  bool bare = false;          // the header takes the token without a scheme
  [[nodiscard]] std::string header() const {
    return bare || authorization.empty() || authorization.starts_with("Bearer ")
               ? authorization
               : "Bearer " + authorization;
  }
};
inline constexpr std::string_view kHttpEndpointType = "https://w3id.org/idsa/v4.1/HTTP";
inline constexpr std::string_view kPullFormat = "HttpData-PULL";
inline constexpr std::string_view kPushFormat = "HttpData-PUSH";

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

// --- the catalogue (DSP 2025-1 §5, §6) ---

// May this caller see the offer? `peer`: what we know of it, if anything.
bool may_see(const OfferRecord& offer, const Did& caller, const std::optional<PeerRecord>& peer);
// The Dataset as this caller may see it; nothing when it may see no offer of it.
std::optional<json::Value> dataset_json(const DatasetRecord& dataset, const Did& caller,
                                        const std::optional<PeerRecord>& peer,
                                        const std::string& dsp_url);
json::Value catalog_json(const Did& self, const std::string& dsp_url,
                         std::vector<json::Value> datasets);
json::Value catalog_error(const Error& error);
// A CatalogRequestMessage: `invalid` when it is none, or has a filter (none is supported; an empty
// one, and a query that only pages, is none). Returns how many datasets the query asks for, 0: any.
Result<std::size_t> read_catalog_request(View body);

// `invalid` unless `@context` names DSP 2025-1.
Result<> check_context(const json::Value& message);
// Does `url` lie on the same scheme, host and port as `home`? A callback elsewhere is refused, a
// token goes nowhere else.
bool same_origin(View url, View home);
// `next` and `previous` (or `prev`) of Link headers (RFC 8288), repeated or joined by commas.
std::vector<std::pair<std::string, std::string>> read_links(
    std::span<const std::pair<std::string, std::string>> headers);
// Ids of a peer are kept byte for byte, but must be usable as a part of a key and of a URL.
Result<> check_id(View id, View member);

}  // namespace corridor::exchange
