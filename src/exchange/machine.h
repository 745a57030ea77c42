// SPDX-License-Identifier: Apache-2.0
//
// Which message may follow in which state (DSP 2025-1 §7.2, §9.2), as one table a machine. Nothing
// else in the house knows an order of messages.
#pragma once

#include <optional>

#include "exchange/messages.h"

namespace corridor::exchange {

// The state a message of `sender` leads to, or nothing when it is not allowed in `from`.
std::optional<NegotiationState> after(NegotiationState from, Role sender, const Message& message);
std::optional<TransferState> after(TransferState from, Role sender, const Message& message);

// The moves that this side can make in this state, by the same tables.
std::vector<Verb> possible(NegotiationState state, Role side);
std::vector<Verb> possible(TransferState state, Role side);

inline bool is_final(NegotiationState state) {
  return state == NegotiationState::finalized || state == NegotiationState::terminated;
}
inline bool is_final(TransferState state) {
  return state == TransferState::completed || state == TransferState::terminated;
}

}  // namespace corridor::exchange
