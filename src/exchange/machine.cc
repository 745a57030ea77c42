// SPDX-License-Identifier: Apache-2.0
#include "exchange/machine.h"

namespace corridor::exchange {

namespace {

using N = NegotiationState;
using T = TransferState;

enum class Who : std::uint8_t { provider, consumer, either };

template <class State>
struct Edge {
  MessageType message;
  std::string_view event;  // eventType, for negotiation events
  Who who;
  State from;
  State to;
};

// table
constexpr std::array kNegotiation{
    Edge<N>{MessageType::contract_request, "", Who::consumer, N::none, N::requested},
    Edge<N>{MessageType::contract_request, "", Who::consumer, N::offered, N::requested},
    Edge<N>{MessageType::contract_offer, "", Who::provider, N::none, N::offered},
    Edge<N>{MessageType::contract_offer, "", Who::provider, N::requested, N::offered},
    Edge<N>{MessageType::negotiation_event, "ACCEPTED", Who::consumer, N::offered, N::accepted},
    Edge<N>{MessageType::contract_agreement, "", Who::provider, N::requested, N::agreed},
    Edge<N>{MessageType::contract_agreement, "", Who::provider, N::accepted, N::agreed},
    Edge<N>{MessageType::agreement_verification, "", Who::consumer, N::agreed, N::verified},
    Edge<N>{MessageType::negotiation_event, "FINALIZED", Who::provider, N::verified, N::finalized},
    // The diagram narrows who may terminate when; the prose lets either side at any state (§7.3.6).
    Edge<N>{MessageType::negotiation_termination, "", Who::either, N::requested, N::terminated},
    Edge<N>{MessageType::negotiation_termination, "", Who::either, N::offered, N::terminated},
    Edge<N>{MessageType::negotiation_termination, "", Who::either, N::accepted, N::terminated},
    Edge<N>{MessageType::negotiation_termination, "", Who::either, N::agreed, N::terminated},
    Edge<N>{MessageType::negotiation_termination, "", Who::either, N::verified, N::terminated},
};

constexpr std::array kTransfer{
    Edge<T>{MessageType::transfer_request, "", Who::consumer, T::none, T::requested},
    Edge<T>{MessageType::transfer_start, "", Who::provider, T::requested, T::started},
    Edge<T>{MessageType::transfer_start, "", Who::either, T::suspended, T::started},
    Edge<T>{MessageType::transfer_suspension, "", Who::either, T::started, T::suspended},
    Edge<T>{MessageType::transfer_completion, "", Who::either, T::started, T::completed},
    Edge<T>{MessageType::transfer_termination, "", Who::either, T::requested, T::terminated},
    Edge<T>{MessageType::transfer_termination, "", Who::either, T::started, T::terminated},
    Edge<T>{MessageType::transfer_termination, "", Who::either, T::suspended, T::terminated},
};

bool may(Who who, Role sender) {
  return who == Who::either || (who == Who::provider) == (sender == Role::provider);
}

template <class State, std::size_t Count>
std::optional<State> look_up(const std::array<Edge<State>, Count>& edges, State from, Role sender,
                             const Message& message) {
  for (const auto& edge : edges) {
    if (edge.message == message.type && edge.from == from && edge.event == message.event_type &&
        may(edge.who, sender))
      return edge.to;
  }
  return std::nullopt;
}

// The verb that a message of this kind is made with (records.h).
Verb verb_of(const Edge<N>& edge) {
  switch (edge.message) {
    case MessageType::contract_request: return Verb::counter;
    case MessageType::contract_offer: return Verb::offer;
    case MessageType::contract_agreement: return Verb::agree;
    case MessageType::agreement_verification: return Verb::verify;
    case MessageType::negotiation_event:
      return edge.event == "ACCEPTED" ? Verb::accept : Verb::finalize;
    default: return Verb::terminate;
  }
}

Verb verb_of(const Edge<T>& edge) {
  switch (edge.message) {
    case MessageType::transfer_start:
      return edge.from == T::suspended ? Verb::resume : Verb::start;
    case MessageType::transfer_suspension: return Verb::suspend;
    case MessageType::transfer_completion: return Verb::complete;
    default: return Verb::terminate;
  }
}

template <class State, std::size_t Count>
std::vector<Verb> moves_in(const std::array<Edge<State>, Count>& edges, State state, Role side) {
  std::vector<Verb> moves;
  for (const auto& edge : edges)
    if (edge.from == state && may(edge.who, side)) moves.push_back(verb_of(edge));
  return moves;
}

}  // namespace

std::vector<Verb> possible(NegotiationState state, Role side) {
  return moves_in(kNegotiation, state, side);
}

std::vector<Verb> possible(TransferState state, Role side) {
  return moves_in(kTransfer, state, side);
}

std::optional<NegotiationState> after(NegotiationState from, Role sender, const Message& message) {
  return look_up(kNegotiation, from, sender, message);
}

std::optional<TransferState> after(TransferState from, Role sender, const Message& message) {
  return look_up(kTransfer, from, sender, message);
}

}  // namespace corridor::exchange
