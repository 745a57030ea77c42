// SPDX-License-Identifier: Apache-2.0
#include "exchange/messages.h"

#include <span>

namespace corridor::exchange {

namespace {

// table
constexpr std::array<Binding, kMessageTypeCount> kBindings{{
    {MessageType::contract_request, "ContractRequestMessage", true, "/negotiations/request",
     "/request", true, false},
    {MessageType::contract_offer, "ContractOfferMessage", true, "/negotiations/offers", "/offers",
     false, true},
    {MessageType::negotiation_event, "ContractNegotiationEventMessage", true, "", "/events", true,
     true},
    {MessageType::contract_agreement, "ContractAgreementMessage", true, "", "/agreement", false,
     true},
    {MessageType::agreement_verification, "ContractAgreementVerificationMessage", true, "",
     "/agreement/verification", true, false},
    {MessageType::negotiation_termination, "ContractNegotiationTerminationMessage", true, "",
     "/termination", true, true},
    {MessageType::transfer_request, "TransferRequestMessage", false, "/transfers/request", "", true,
     false},
    {MessageType::transfer_start, "TransferStartMessage", false, "", "/start", true, true},
    {MessageType::transfer_completion, "TransferCompletionMessage", false, "", "/completion", true,
     true},
    {MessageType::transfer_suspension, "TransferSuspensionMessage", false, "", "/suspension", true,
     true},
    {MessageType::transfer_termination, "TransferTerminationMessage", false, "", "/termination",
     true, true},
}};

constexpr std::size_t kIdBytesMax = 512;
constexpr std::string_view kEdcNamespace = "https://w3id.org/edc/v0.0.1/ns/";

Result<std::string> require_id(const json::Value& message, std::string_view key) {
  TRY_ASSIGN(std::string id, json::require_text(message, key));
  TRY(check_id(id, key));
  return id;
}

std::string without_trailing_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Result<DataAddress> read_data_address(const json::Value& value) {
  DataAddress address;
  TRY_ASSIGN(address.endpoint_type, json::require_text(value, "endpointType"));
  address.endpoint = value.text_or("endpoint");
  const json::Value* const properties = value.find("endpointProperties");
  if (properties == nullptr) return address;
  bool bearer = false;
  for (const auto& property : properties->items()) {
    TRY_ASSIGN(const std::string name, json::require_text(property, "name"));
    TRY_ASSIGN(std::string text, json::require_text(property, "value"));
    if (name == "authorization") {
      address.authorization = std::move(text);
      bearer = true;
    } else if (name == std::string(kEdcNamespace) + "authorization" && address.authorization.empty()) {
      address.authorization = std::move(text);
    } else if (name == std::string(kEdcNamespace) + "endpoint" && address.endpoint.empty()) {
      address.endpoint = std::move(text);
    }
  }
  address.bare = !bearer;
  return address;
}

json::Value write_data_address(const DataAddress& address) {
  auto out = json::Value::object({{"@type", "DataAddress"},
                                  {"endpointType", address.endpoint_type}});
  if (!address.endpoint.empty()) out.set("endpoint", address.endpoint);
  if (address.authorization.empty()) return out;
  const auto property = [](std::string_view space, std::string_view name, std::string_view value) {
    return json::Value::object({{"@type", "EndpointProperty"},
                                {"name", std::string(space) + std::string(name)},
                                {"value", value}});
  };
  return out.set("endpointProperties",
                 json::Value::array({property("", "authType", "bearer"),
                                     property("", "authorization", address.authorization),
                                     property(kEdcNamespace, "endpoint", address.endpoint),
                                     property(kEdcNamespace, "endpointType", address.endpoint_type),
                                     property(kEdcNamespace, "authType", "bearer"),
                                     property(kEdcNamespace, "authorization", address.authorization)}));
}

// The pids and the callback address: an initial message has the sender's pid and a callback, a later
// one both pids and no callback (the schema's oneOf). A transfer request is always initial.
Result<> read_pids(const json::Value& in, Message& message) {
  const bool may_start = !binding(message.type).initial.empty();
  const json::Value* const callback = in.find("callbackAddress");
  message.initial = may_start && callback != nullptr;
  if (callback != nullptr && !may_start)
    return fail(Code::invalid, "callbackAddress does not belong into this message");
  if (message.initial) {
    TRY_ASSIGN(std::string url, json::require_text(in, "callbackAddress"));
    message.callback_address = without_trailing_slash(std::move(url));
  }
  const bool provider_writes = binding(message.type).to_consumer;
  if (!message.initial || provider_writes) {
    TRY_ASSIGN(message.provider_pid.value, require_id(in, "providerPid"));
  } else if (in.find("providerPid") != nullptr) {
    return fail(Code::invalid, "callbackAddress and providerPid exclude each other");
  }
  if (!message.initial || !provider_writes) {
    TRY_ASSIGN(message.consumer_pid.value, require_id(in, "consumerPid"));
  } else if (in.find("consumerPid") != nullptr) {
    return fail(Code::invalid, "callbackAddress and consumerPid exclude each other");
  }
  return {};
}

bool is_name(const json::Value* value) {
  return value != nullptr && (value->is_text() || value->is_object());
}

Result<> check_constraints(const json::Value* constraints, std::string_view member) {
  if (constraints == nullptr) return {};
  const auto one = [&](const json::Value& constraint) -> Result<> {
    const json::Value* const left = constraint.find("leftOperand");
    const json::Value* const op = constraint.find("operator");
    if (!constraint.is_object() || (left != nullptr && !is_name(left)) || (op != nullptr && !is_name(op)))
      return fail(Code::invalid, std::string(member) + " has a constraint that is none");
    return {};
  };
  if (constraints->is_object()) return one(*constraints);
  for (const auto& constraint : constraints->items()) TRY(one(constraint));
  return {};
}

// What the schema says of rules, as far as rights does not look at it: actions and operands are
// names, and no rule has a target of its own. One where a set is due is read as a set of one.
Result<> check_rules(const json::Value& rules, std::string_view member) {
  const auto one = [&](const json::Value& rule) -> Result<> {
    if (!rule.is_object() || !is_name(rule.find("action")))
      return fail(Code::invalid, std::string(member) + " has a rule without an action");
    if (rule.find("target") != nullptr)
      return fail(Code::invalid, std::string(member) + " has a rule with a target of its own",
                  "the target stands in the offer, for all its rules");
    return check_constraints(rule.find("constraint"), member);
  };
  if (rules.is_object()) return one(rules);
  if (!rules.is_array()) return fail(Code::invalid, std::string(member) + " has rules that are no set");
  for (const auto& rule : rules.items()) TRY(one(rule));
  return {};
}

Result<> read_policy(const json::Value& in, const char* member, const char* type,
                     json::Value& out) {
  TRY_ASSIGN(const json::Value* policy, json::require_object(in, member));
  if (policy->text_or("@type") != type)
    return fail(Code::invalid, std::string(member) + " is not of @type " + type);
  TRY(require_id(*policy, "@id"));
  TRY(json::require_text(*policy, "target"));
  for (const char* const rules : {"permission", "prohibition", "obligation"})
    if (const json::Value* const list = policy->find(rules)) TRY(check_rules(*list, member));
  out = *policy;
  return {};
}

Result<> read_reasons(const json::Value& in, Message& message) {
  message.code = in.text_or("code");
  const json::Value* const reason = in.find("reason");
  if (reason == nullptr) return {};
  if (reason->is_text()) message.reason.push_back(reason->text());
  for (const auto& item : reason->items())
    message.reason.push_back(item.is_text() ? item.text() : json::write(item));
  return {};
}

Result<> read_content(const json::Value& in, Message& message) {
  switch (message.type) {
    case MessageType::contract_request:
    case MessageType::contract_offer: return read_policy(in, "offer", "Offer", message.offer);
    case MessageType::contract_agreement:
      return read_policy(in, "agreement", "Agreement", message.agreement);
    case MessageType::negotiation_event: {
      TRY_ASSIGN(message.event_type, json::require_text(in, "eventType"));
      if (message.event_type != "ACCEPTED" && message.event_type != "FINALIZED")
        return fail(Code::invalid, "eventType is neither ACCEPTED nor FINALIZED");
      return {};
    }
    case MessageType::transfer_request: {
      TRY_ASSIGN(message.agreement_id.value, require_id(in, "agreementId"));
      TRY_ASSIGN(message.format, json::require_text(in, "format"));
      [[fallthrough]];
    }
    case MessageType::transfer_start: {
      const json::Value* const address = in.find("dataAddress");
      if (address == nullptr) return {};
      TRY_ASSIGN(message.data_address, read_data_address(*address));
      return {};
    }
    case MessageType::negotiation_termination:
    case MessageType::transfer_suspension:
    case MessageType::transfer_termination: return read_reasons(in, message);
    case MessageType::agreement_verification:
    case MessageType::transfer_completion: return {};
  }
  return {};
}

}  // namespace

const Binding& binding(MessageType type) { return kBindings[static_cast<std::size_t>(type)]; }

std::span<const Binding> bindings() { return kBindings; }

Result<> check_context(const json::Value& message) {
  const json::Value* const context = message.find("@context");
  if (context == nullptr) return fail(Code::invalid, "the message has no @context");
  // Deviates: a bare string is read as an array of one; the specification's own example sends it.
  if (context->is_text() && context->text() == kDspContext) return {};
  for (const auto& entry : context->items()) {
    if (!entry.is_text())
      return fail(Code::invalid, "@context has an entry that is not a string",
                  "contexts are named, never sent inline");
  }
  const bool named = std::ranges::any_of(
      context->items(), [](const json::Value& entry) { return entry.text() == kDspContext; });
  if (!named)
    return fail(Code::invalid, "@context does not name " + std::string(kDspContext),
                "speak Dataspace Protocol 2025-1");
  return {};
}

Result<> check_id(View id, View member) {
  if (id.empty() || id.size() > kIdBytesMax)
    return fail(Code::invalid, std::string(member) + " is empty or longer than 512 bytes");
  const bool clean = std::ranges::none_of(
      id, [](char c) { return static_cast<unsigned char>(c) < 0x21 || c == 0x7f; });
  if (!clean)
    return fail(Code::invalid, std::string(member) + " has white space or control characters");
  return {};
}

Result<Message> read_message(View body, MessageType type) {
  TRY_ASSIGN(const json::Value in, json::parse(body, {.bytes_max = limits::kMessageBytesMax}));
  if (!in.is_object()) return fail(Code::invalid, "the message is not a JSON object");
  TRY(check_context(in));
  const std::string_view name = binding(type).name;
  if (in.text_or("@type") != name)
    return fail(Code::invalid, "the message is not of @type " + std::string(name));
  Message message;
  message.type = type;
  message.id = in.text_or("@id");
  if (!message.id.empty()) TRY(check_id(message.id, "@id"));
  TRY(read_pids(in, message));
  TRY(read_content(in, message));
  return message;
}

Bytes write_message(const Message& message) {
  auto out = json::Value::object(
      {{"@context", json::Value::array({kDspContext})}, {"@type", binding(message.type).name}});
  if (!message.id.empty()) out.set("@id", message.id);
  if (!message.provider_pid.empty()) out.set("providerPid", message.provider_pid.value);
  if (!message.consumer_pid.empty()) out.set("consumerPid", message.consumer_pid.value);
  if (!message.agreement_id.empty()) out.set("agreementId", message.agreement_id.value);
  if (!message.format.empty()) out.set("format", message.format);
  if (message.offer.is_object()) out.set("offer", message.offer);
  if (message.agreement.is_object()) out.set("agreement", message.agreement);
  if (!message.event_type.empty()) out.set("eventType", message.event_type);
  if (message.data_address) out.set("dataAddress", write_data_address(*message.data_address));
  if (!message.callback_address.empty()) out.set("callbackAddress", message.callback_address);
  if (!message.code.empty()) out.set("code", message.code);
  if (!message.reason.empty()) {
    auto reasons = json::Value::array();
    for (const auto& reason : message.reason) reasons.push(reason);
    out.set("reason", std::move(reasons));
  }
  return json::write(out);
}

namespace {

json::Value ack(const char* type, const ProcessRecord& process, std::string_view state) {
  return json::Value::object({{"@context", json::Value::array({kDspContext})},
                              {"@type", type},
                              {"providerPid", process.provider_pid.value},
                              {"consumerPid", process.consumer_pid.value},
                              {"state", state}});
}

}  // namespace

// Whoever asks for a process before its first message was answered has had that message.
json::Value negotiation_ack(const NegotiationRecord& record) {
  return ack("ContractNegotiation", record,
             state_name(record.state == NegotiationState::none ? record.pending : record.state));
}

json::Value transfer_ack(const TransferRecord& record) {
  return ack("TransferProcess", record,
             state_name(record.state == TransferState::none ? record.pending : record.state));
}

json::Value error_body(bool negotiation, View provider_pid, View consumer_pid,
                       const Error& error) {
  auto reasons = json::Value::array({error.why});
  if (!error.todo.empty()) reasons.push(error.todo);
  return json::Value::object(
      {{"@context", json::Value::array({kDspContext})},
       {"@type", negotiation ? "ContractNegotiationError" : "TransferError"},
       {"providerPid", provider_pid},
       {"consumerPid", consumer_pid},
       {"code", code_facts(error.code).name},
       {"reason", std::move(reasons)}});
}

}  // namespace corridor::exchange
