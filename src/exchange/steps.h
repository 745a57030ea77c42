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
inline constexpr std::string_view kAnswerMessage = "answer";  // Outgoing::what of one
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
std::string refusal_of(const Report& report);  // why a report refuses its document
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
// What happened, for those who asked to be told.
void notice(Work& work, std::string type, std::string subject, json::Value data);
void set_timer(Work& work, Time at, std::string what, std::string subject);
void clear_timer(Work& work, Time at, View what, View subject);

// Puts a message of a process on its way; the process is in `pending` when it is answered.
void send(Work& work, NegotiationRecord& negotiation, Message message, NegotiationState pending);
void send(Work& work, TransferRecord& transfer, Message message, TransferState pending);
inline Message of_type(MessageType type) {
  Message message;
  message.type = type;
  return message;
}

void write(Work& work, const NegotiationRecord& negotiation);
void write(Work& work, const TransferRecord& transfer);
void write(Work& work, const ExchangeRecord& exchange);
void write(Work& work, const StreamRecord& stream, View key);

bool same_host(View url, View home);  // whatever the port

// --- the paths (one file each) ---

Outcome send_document(Work work, const SendDocument& command);                    // send.cc
void submit(Work& work, ExchangeRecord& exchange, StreamRecord& stream);          // send.cc
Outcome flush_stream(Work work, const std::string& stream_key);                   // send.cc
void refuse_exchange(Work& work, ExchangeRecord& exchange, ExchangeState state, std::string code,
                     std::string reason);                                         // send.cc
// The partner's connector completed the transfer of a document that was offered to it.
void document_fetched(Work& work, const DatasetRecord& dataset, ExchangeRecord exchange);  // send.cc
Outcome end_waiting(Work work, const std::string& stream_key);                    // send.cc

// --- what the node does by itself (instructions.cc) ---

// What is around a process in the state it is about to enter; read before anything is decided.
struct Around {
  std::optional<PeerRecord> peer;
  std::optional<DatasetRecord> dataset;     // ours, when we are the provider
  std::optional<AgreementRecord> agreement;
  std::optional<StreamRecord> stream;
  std::optional<FetchRecord> fetch;
  std::optional<ExchangeRecord> exchange;   // of the document that the dataset carries
  std::vector<InstructionRecord> instructions;  // for this state, the most particular first
};
// Look at `known.complete()` before believing it.
Result<Around> look_around(Work& work, const NegotiationRecord& n, NegotiationState state);
Result<Around> look_around(Work& work, const TransferRecord& t, TransferState state);
// The process is in this state now: counts it, forgets what was planned for the one before, tells.
void enter(Work& work, NegotiationRecord& n, NegotiationState state);
void enter(Work& work, TransferRecord& t, TransferState state);
// An instruction decides what comes next, now or at its time; else the node's habit; else a person.
Result<> go_on(Work& work, NegotiationRecord& n, const Around& around);
Result<> go_on(Work& work, TransferRecord& t, const Around& around);
Outcome planned_move(Work work, const std::string& pid);
Outcome put_instructions(Work work, const PutInstructions& command);
Outcome remove_instruction(Work work, const RemoveInstruction& command);

// --- negotiations ---

// Who wants a move that neither an instruction nor a person asked for: it needs no line of its own.
inline constexpr std::string_view kByHabit = "by habit";

struct Move {
  Verb verb = Verb::none;
  json::Value terms;
  std::string code;
  std::string reason;
  std::string why;       // who wants it: "by instruction 7", "by a person"
  std::string webhook;   // for ask
};
// `conflict` when the machine does not allow it now, `denied` when the terms do not.
Result<> make_move(Work& work, NegotiationRecord& n, const Move& move, const Around& around);
Result<> make_move(Work& work, TransferRecord& t, const Move& move, const Around& around);
// Waits for a person or a script. `webhook`: the subscription that is asked, and it alone.
void hold(Work& work, NegotiationRecord& n, std::string_view state, std::string why,
          const std::string& webhook = {});
void hold(Work& work, TransferRecord& t, std::string_view state, std::string why,
          const std::string& webhook = {});
void terminate(Work& work, NegotiationRecord& n, std::string code, std::string why);
// The move that brings a process on in the usual case; none: it is not our turn.
Verb usual_move(Role role, NegotiationState state);
Verb usual_move(Role role, TransferState state);
json::Value process_content(const NegotiationRecord& n);
json::Value process_content(const TransferRecord& t);
Outcome start_negotiation(Work work, const StartNegotiation& command);            // moves.cc
// Offers a stream to a peer: the negotiation, written; its first message on its way.
// `invalid` when the terms cannot be carried by the protocol.
Result<> offer_stream(Work& work, const PeerRecord& peer, StreamRecord& stream,
                      const std::string& stream_key);                             // moves.cc
// Requests a peer's dataset: the negotiation, written; its first message on its way.
Result<NegotiationRecord> request_offer(Work& work, const StartNegotiation& command,
                                        const std::string& address);              // moves.cc
Outcome move_by_hand(Work work, const MakeMove& command);                         // moves.cc
Outcome receive_negotiation(Work work, const MessageIn& command);                 // negotiate.cc
// After a termination, either side's: what was waiting on it will not go.
void release(Work& work, const NegotiationRecord& negotiation);                   // negotiate.cc

// --- agreements (agreements.cc) ---

// Who assigns and who is assigned to: the provider assigns.
const Did& assigner(const Work& work, const NegotiationRecord& n);
const Did& assignee(const Work& work, const NegotiationRecord& n);
Result<AgreementRecord> make_agreement(Work& work, NegotiationRecord& n);
// What is stated must be what was on the table, between us two, about this dataset.
Result<> check_agreement(const Work& work, const NegotiationRecord& n, const json::Value& agreement);
AgreementRecord keep_agreement(Work& work, NegotiationRecord& n, const json::Value& agreement);
void add_agreement(json::Value& content, const AgreementRecord& record);
Outcome import_agreement(Work work, const ImportAgreement& command);
Outcome end_agreement(Work work, const EndAgreement& command);

// --- transfers ---

void request_stream(Work& work, const NegotiationRecord& negotiation);            // transfer_moves.cc
TransferRecord request_dataset(Work& work, const AgreementRecord& agreement,
                               const std::string& callback, const std::string& format,
                               const std::string& fetch);                         // transfer_moves.cc
// Does our side of a dataset's transfer name the address (pull: the provider, push: the consumer)?
bool gives_address(const TransferRecord& t);
// The other side resumed: it gets a new address, in a message of its own (dsp.md 1.6).
Result<> readdress(Work& work, TransferRecord& t, const Around& around);
// A stream whose transfer is STARTED (again): what waits goes.
void reopen_stream(Work& work, const TransferRecord& t, std::optional<StreamRecord> stream);
Outcome start_transfer(Work work, const StartTransfer& command);                  // transfer_moves.cc
Outcome receive_transfer(Work work, const MessageIn& command);                    // transfer.cc
void terminate(Work& work, TransferRecord& t, std::string code, std::string why,
               std::optional<StreamRecord> stream);                               // transfer_moves.cc
// What ends with a transfer: its stream closes, its bytes stop.
void close_transfer(Work& work, TransferRecord& t, std::optional<StreamRecord> stream);

// --- datasets, fetches ---

Outcome put_dataset(Work work, const PutDataset& command);                        // datasets.cc
Outcome attach_data(Work work, const AttachData& command);
Outcome remove_dataset(Work work, const RemoveDataset& command);
Outcome start_fetch(Work work, const StartFetch& command);                        // fetch.cc
Outcome flow_ended(Work work, const FlowEnded& command);
void fetch_failed(Work& work, std::optional<FetchRecord> fetch, std::string reason);
// What was to be fetched is agreed upon, and asked for by this transfer.
void fetch_asks(Work& work, FetchRecord fetch, const TransferRecord& t);
// A transfer has started: if its bytes are ours to move, and wanted, they begin to.
void begin_flow(Work& work, const TransferRecord& t, const Around& around);
void write(Work& work, const FetchRecord& fetch);

Outcome receive_document(Work work, const DocumentIn& command);                   // receive.cc

Outcome give_answer(Work work, const GiveAnswer& command);               // business_answer.cc
Outcome take_answer(Work work, const AnswerIn& command);                 // business_answer.cc
// Our answer has reached the partner, or will not.
Outcome answer_delivered(Work work, const Answered& command, ExchangeRecord exchange);

Outcome answered(Work work, const Answered& command);                             // answers.cc
Outcome timer_due(Work work, const TimerDue& command);                            // answers.cc

Outcome put_peer(Work work, const PutPeer& command);                              // partners.cc
Outcome remove_peer(Work work, const RemovePeer& command);
Outcome set_peer(Work work, const SetPeer& command);
Outcome put_invite(Work work, const PutInvite& command);
// A peer as we know it, or as its DID document introduces it; look at `known.complete()` first.
Result<std::optional<PeerRecord>> find_peer(Work& work, const Did& did);            // send.cc
Outcome join(Work work, const JoinIn& command);
// A peer that has not been seen before is remembered as it introduced itself.
void remember_peer(Work& work, const std::optional<PeerRecord>& known, const PeerCaller& from);
bool takes_kind(const std::optional<PeerRecord>& peer, View kind);

// --- what both kinds of process do with a message that arrives (steps.cc) ---

// A duplicate gets the stored answer again (dsp.md 1.7); another body under a known @id is refused.
Result<const AcceptedMessage*> duplicate_of(const ProcessRecord& process, const MessageIn& command,
                                            bool still_there);
// Both pids of the message must be the record's.
Result<> check_pids(const ProcessRecord& process, const Message& message);
void remember_accepted(ProcessRecord& process, const MessageIn& command, std::string_view state);

}  // namespace corridor::exchange
