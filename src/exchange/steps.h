// SPDX-License-Identifier: Apache-2.0
//
// What the steps of this room share: the work in hand, and the few moves every path makes. Private
// to the room.
#pragma once

#include "exchange/exchange.h"
#include "exchange/machine.h"
#include "rights/rights.h"

namespace corridor::exchange {

inline constexpr std::size_t kHistoryMax = 48;
inline constexpr std::size_t kAcceptedMax = 16;
inline constexpr std::size_t kFlushMax = 16;  // documents put on their way in one step

// One step at work: what it was given, and the decision it is building.
struct Work {
  const Self& self;
  Known& known;
  Time now;
  const Seed& seed;
  Decision decision;

  Outcome done() { return std::move(decision); }
  Outcome needs() { return known.needs(); }
  std::string uuid(View label) const;
};

inline Outcome failed(Code code, std::string why, std::string todo = {}) {
  return Error{code, std::move(why), std::move(todo)};
}

// Reads a record that should be there. A row that is not yet known leaves `known` incomplete and
// reads as absent; look at `known.complete()` before believing it.
template <class Record>
Result<std::optional<Record>> read(Known& known, Table table, View key) {
  const auto row = known.row(table, key);
  if (!row) return std::optional<Record>{};
  TRY_ASSIGN(auto record, from_bytes<Record>(*row));
  return std::optional<Record>{std::move(record)};
}

// OUTCOME_TRY(auto name, result): TRY_ASSIGN for functions that return an Outcome.
#define OUTCOME_TRY(declaration, ...) \
  OUTCOME_TRY_(CORRIDOR_JOIN(outcome_value_, __LINE__), declaration, __VA_ARGS__)
#define OUTCOME_TRY_(temporary, declaration, ...)               \
  auto temporary = (__VA_ARGS__);                               \
  if (!temporary) [[unlikely]]                                  \
    return Outcome(std::move(temporary).error());               \
  declaration = std::move(*temporary)

void add_history(std::vector<HistoryLine>& history, Time at, std::string what, std::string_view state,
                 std::string why = {});

// A statement about a process or an exchange.
void state_event(Work& work, EventType type, const std::string& subject, json::Value content);
// What rights decided, with its reasons; `deciding` names what for.
void state_decision(Work& work, const std::string& subject, std::string_view deciding,
                    const rights::Decision& decision, const Digest& policy_sha256);
// The same as a member of a statement that follows from it: SUBMIT, RECEIVE and REJECT carry the
// decision they rest on, so that its reasons stand under the same leaf.
json::Value decision_json(const rights::Decision& decision, const Digest& policy_sha256);
std::string reasons_text(const rights::Decision& decision);
// May the receiver use documents of this stream under these terms, now?
Result<rights::Decision> decide_use(const Work& work, const json::Value& terms, const Did& assigner,
                                    const Did& assignee, std::string_view purpose);
// Names terms by their meaning: without ids, parties and target.
Result<Digest> terms_digest(const json::Value& terms);
// What an instruction or a person decided about an offer.
void state_choice(Work& work, const std::string& subject, std::string_view outcome,
                  std::string_view reason);

// An alias: any other id of a thing -> the row that explains it.
void write_alias(Work& work, View id, std::string_view what, View target);
void set_timer(Work& work, Time at, std::string what, std::string subject);
void clear_timer(Work& work, Time at, View what, View subject);

// Puts a message of a process on its way; the process waits for the answer in `pending`.
void send(Work& work, NegotiationRecord& negotiation, Message message, NegotiationState pending);
void send(Work& work, TransferRecord& transfer, Message message, TransferState pending);

void write(Work& work, const NegotiationRecord& negotiation);
void write(Work& work, const TransferRecord& transfer);
void write(Work& work, const ExchangeRecord& exchange);
void write(Work& work, const StreamRecord& stream, View key);

// Does `url` lie on the same scheme, host and port as `home`? A callback elsewhere is refused.
bool same_origin(View url, View home);

// --- the paths (one file each) ---

Outcome send_document(Work work, const SendDocument& command);                    // send.cc
void submit(Work& work, ExchangeRecord& exchange, StreamRecord& stream);          // send.cc
Outcome flush_stream(Work work, const std::string& stream_key);                   // send.cc
void refuse_exchange(Work& work, ExchangeRecord& exchange, ExchangeState state, std::string code,
                     std::string reason);                                         // send.cc
Outcome end_waiting(Work work, const std::string& stream_key);                    // send.cc

// Offers a stream to a peer: the negotiation, written; its first message on its way.
// `invalid` when the terms cannot be carried by the protocol.
Result<> start_negotiation(Work& work, const PeerRecord& peer, StreamRecord& stream,
                           const std::string& stream_key);                        // negotiate.cc
Outcome receive_negotiation(Work work, const MessageIn& command);                 // negotiate.cc
Outcome decide_held(Work work, const DecideHeld& command);                        // negotiate.cc
Outcome terminate_process(Work work, const TerminateProcess& command);            // negotiate.cc
// After a termination, either side's: what was waiting on it will not go.
void release_stream(Work& work, const NegotiationRecord& negotiation);            // negotiate.cc

void request_transfer(Work& work, const NegotiationRecord& negotiation);          // transfer.cc
Outcome receive_transfer(Work work, const MessageIn& command);                    // transfer.cc
Outcome terminate_transfer(Work work, TransferRecord transfer, std::string reason);  // transfer.cc

Outcome receive_document(Work work, const DocumentIn& command);                   // receive.cc

Outcome answered(Work work, const Answered& command);                             // answers.cc
Outcome timer_due(Work work, const TimerDue& command);                            // answers.cc

Outcome put_peer(Work work, const PutPeer& command);                              // partners.cc
Outcome remove_peer(Work work, const RemovePeer& command);
Outcome put_instruction(Work work, const PutInstruction& command);
Outcome remove_instruction(Work work, const RemoveInstruction& command);
Outcome put_invite(Work work, const PutInvite& command);
Outcome join(Work work, const JoinIn& command);
// The first standing instruction that matches; nothing: hold for a person.
std::optional<InstructionRecord> matching(const std::vector<KnownRow>& rows,
                                          const std::optional<PeerRecord>& peer, const Did& did,
                                          View kind, View on);

// --- what both kinds of process do with a message that arrives (steps.cc) ---

// A duplicate gets the stored answer again (dsp.md 1.7); another body under a known @id is refused.
Result<const AcceptedMessage*> duplicate_of(const ProcessRecord& process, const MessageIn& command,
                                            bool still_there);
// Both pids of the message must be the record's.
Result<> check_pids(const ProcessRecord& process, const Message& message);
void remember_accepted(ProcessRecord& process, const MessageIn& command, std::string_view state);

}  // namespace corridor::exchange
