// SPDX-License-Identifier: Apache-2.0
//
// What a node does by itself. A process enters a state; the standing instruction that fits best
// decides what comes next, now or after its time; where none fits, the node has a few habits (what
// the protocol's usual case needs, never more than the terms allow); else a person decides.
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

constexpr std::int64_t kAfterMax = limits::kProcessDeadline.ms;

// Rows of one selector; the whole state's rows are a few, but never more than a scan.
Result<> add_instructions(Work& work, bool negotiation, View state, View selector, Around& around) {
  if (selector.empty()) return {};
  const Bytes prefix = instruction_prefix(negotiation, state, selector);
  for (const auto& row :
       work.known.scan({Table::instruction_for, prefix, {}, limits::kScanRowsMax})) {
    TRY_ASSIGN(auto instruction, from_bytes<InstructionRecord>(row.value));
    around.instructions.push_back(std::move(instruction));
  }
  return {};
}

template <class Record, class State>
Result<Around> look(Work& work, const Record& process, State state, bool negotiation) {
  Around around;
  TRY_ASSIGN(around.peer, read<PeerRecord>(work.known, Table::peer, process.peer.value));
  if (!process.agreement.empty()) {
    const Bytes key = agreement_key(process.role, process.agreement);
    TRY_ASSIGN(around.agreement, read<AgreementRecord>(work.known, Table::agreement, key));
  }
  if (!process.stream.empty()) {
    TRY_ASSIGN(around.stream, read<StreamRecord>(work.known, Table::stream, process.stream));
  }
  if (!process.fetch.empty()) {
    TRY_ASSIGN(around.fetch, read<FetchRecord>(work.known, Table::fetch, process.fetch));
  }
  const std::string& dataset = process.dataset.value;
  if (!dataset.empty() && process.role == Role::provider && process.stream.empty()) {
    TRY_ASSIGN(around.dataset, read<DatasetRecord>(work.known, Table::dataset, dataset));
    if (around.dataset && !around.dataset->exchange.empty()) {
      TRY_ASSIGN(around.exchange,
                 read<ExchangeRecord>(work.known, Table::exchange, around.dataset->exchange));
    }
  }
  const View name = state_name(state);
  TRY(add_instructions(work, negotiation, name, process.agreement.value, around));
  TRY(add_instructions(work, negotiation, name, dataset, around));
  TRY(add_instructions(work, negotiation, name, "*", around));
  return around;
}

template <class Record, class State>
void enter_state(Work& work, Record& process, State state, std::string_view what) {
  process.state = state;
  process.pending = State::none;
  ++process.step;
  const auto index = static_cast<std::size_t>(state);
  if (process.visits.size() <= index) process.visits.resize(index + 1);
  ++process.visits[index];
  process.held = false;
  process.held_why.clear();
  if (process.planned)
    clear_timer(work, process.planned->at, "instruction", process.own_pid());
  process.planned.reset();
  std::string type(what);
  for (const char c : state_name(state)) type.push_back(static_cast<char>(c | 0x20));
  auto content = process_content(process);
  content.set("state", state_name(state));
  notice(work, std::move(type), process.own_pid(), std::move(content));
}

// The constraints of an instruction, asked as a permission with just them: they hold, or it does
// not fit. What is not understood does not hold.
bool constraints_hold(const Work& work, const InstructionRecord& instruction, const Did& peer) {
  if (instruction.when.kind() == json::Kind::null) return true;
  auto rule = json::Value::object({{"action", "use"}});
  rule.set("constraint", instruction.when.is_array() ? instruction.when
                                                     : json::Value::array({instruction.when}));
  const auto decision =
      decide_use(work, json::Value::object({{"permission", json::Value::array({rule})}}),
                 work.self.did, peer, {});
  return decision && decision->outcome == rights::Outcome::permit;
}

struct Subject {
  Role role;
  const Did& peer;
  std::string_view kind;
  std::uint32_t visit;  // the how-manieth time in this state
  bool published;
};

bool fits(const Work& work, const InstructionRecord& i, const Subject& s,
          const std::optional<PeerRecord>& peer) {
  if (!i.role.empty() && i.role != role_name(s.role)) return false;
  if (i.nth != 0 && i.nth != s.visit) return false;
  if (i.published && !s.published) return false;
  const bool peer_fits = i.peer == "*" || i.peer == s.peer.value ||
                         (i.peer == "partner" && peer && peer->partner);
  const bool kind_fits =
      i.kind == "*" || i.kind == s.kind || (i.kind == "agreed" && takes_kind(peer, s.kind));
  return peer_fits && kind_fits && constraints_hold(work, i, s.peer);
}

Move move_of(const InstructionRecord& i) {
  return {verb_from_name(i.action).value_or(Verb::hold), i.terms, i.code, i.reason,
          "by instruction " + i.id, i.webhook};
}

template <class Record>
void plan(Work& work, Record& process, const InstructionRecord& i) {
  process.planned = PlannedMove{verb_from_name(i.action).value_or(Verb::hold),
                                work.now + milliseconds(i.after_ms),
                                process.step,
                                i.id,
                                i.terms,
                                i.code,
                                i.reason,
                                i.webhook};
  set_timer(work, process.planned->at, "instruction", process.own_pid());
  add_history(process.history, work.now,
              "instruction " + i.id + " will " + i.action + " in " + std::to_string(i.after_ms) + " ms",
              state_name(process.state));
}

void refuse_terms(Work& work, NegotiationRecord& n, const std::string& why, const Around& around) {
  terminate(work, n, "terms", why);
  fetch_failed(work, around.fetch, why);
}

void refuse_terms(Work& work, TransferRecord& t, const std::string& why, const Around& around) {
  terminate(work, t, "terms", why, around.stream);
  fetch_failed(work, around.fetch, why);
}

// A move that the terms forbid ends the process, with the reasons. One that cannot be made now is a
// person's business; never lost, never an error of whoever sent the message.
template <class Record>
Result<> make_or_hold(Work& work, Record& process, const Move& move, const Around& around) {
  auto made = make_move(work, process, move, around);
  if (made) return {};
  if (made.error().code == Code::internal || made.error().code == Code::corrupt) return made;
  if (made.error().code == Code::denied) {
    refuse_terms(work, process, made.error().why, around);
  } else {
    hold(work, process, state_name(process.state), made.error().why);
  }
  return {};
}

template <class Record>
Result<> decide_next(Work& work, Record& process, const Around& around, bool published) {
  const auto index = static_cast<std::size_t>(process.state);
  const Subject subject{process.role, process.peer, process.kind, process.visits[index], published};
  const auto fitting = std::ranges::find_if(around.instructions, [&](const InstructionRecord& i) {
    return fits(work, i, subject, around.peer);
  });
  if (fitting == around.instructions.end()) return {};
  // Two nodes whose instructions answer each other would never end.
  if (subject.visit > limits::kRoundsMax && verb_from_name(fitting->action) != Verb::terminate) {
    hold(work, process, state_name(process.state),
         "instructions have brought it here " + std::to_string(subject.visit) + " times");
    return {};
  }
  if (fitting->after_ms > 0) {
    plan(work, process, *fitting);
    return {};
  }
  return make_or_hold(work, process, move_of(*fitting), around);
}

template <class Record>
bool decided(const Record& process, std::size_t messages_before, const Work& work) {
  return process.planned || process.held || is_final(process.state) ||
         work.decision.outgoing.size() != messages_before;
}

// Why a negotiation waits for a person, where no instruction fits and no habit applies.
std::string reason_to_hold(const NegotiationRecord& n, const Around& around) {
  if (n.role == Role::provider)
    return "the terms that are asked for are not those that are offered";
  if (around.peer && around.peer->partner)
    return n.kind.empty() ? "no instruction accepts offers of " + n.dataset.value
                          : "no instruction accepts " + n.kind + " from this partner";
  return "the sender is not a partner of this node";
}

Result<> habit(Work& work, NegotiationRecord& n, const Around& around) {
  const Verb verb = usual_move(n.role, n.state);
  if (verb == Verb::none) return {};
  // An offer is accepted, and terms of the other side's making are agreed to, by a person or by
  // instruction only.
  const bool theirs = (n.role == Role::consumer && n.state == NegotiationState::offered) ||
                      (n.state == NegotiationState::requested && !n.published);
  if (theirs) {
    const auto decision = decide_use(work, n.terms, assigner(work, n), assignee(work, n), {});
    if (!decision || decision->outcome != rights::Outcome::permit) {
      // Nobody can say yes to what nobody understands: it is refused with its reasons.
      const std::string why = decision ? reasons_text(*decision) : decision.error().why;
      if (decision) state_decision(work, n.own_pid(), "accept-terms", *decision, n.terms_sha256);
      terminate(work, n, "terms", why);
      return {};
    }
    state_decision(work, n.own_pid(), "accept-terms", *decision, n.terms_sha256);
    hold(work, n, state_name(n.state), reason_to_hold(n, around));
    return {};
  }
  return make_or_hold(work, n, {verb, {}, {}, {}, std::string(kByHabit), {}}, around);
}

// What can be answered to "it is held": approve, where the node has a move of its own, then whatever
// the machine lets this side do.
template <class Record>
json::Value possible_moves(const Record& process) {
  auto moves = json::Value::array();
  if (usual_move(process.role, process.state) != Verb::none) moves.push("approve");
  for (const Verb verb : possible(process.state, process.role)) moves.push(verb_name(verb));
  return moves;
}

template <class Record>
void hold_process(Work& work, Record& process, std::string_view state, std::string why,
                  json::Value asked, const std::string& webhook) {
  process.held = true;
  process.held_why = std::move(why);
  add_history(process.history, work.now, "held for a person", state, process.held_why);
  asked.set("state", state).set("why", process.held_why).set("moves", possible_moves(process));
  if (!webhook.empty()) asked.set("webhook", webhook);
  notice(work, "process.held", process.own_pid(), std::move(asked));
}

template <class Record>
Outcome carry_out(Work work, Record process, Result<Around> around) {
  if (!around) return around.error();
  if (!work.known.complete()) return work.needs();
  const PlannedMove planned = *process.planned;
  process.planned.reset();
  const Move move{planned.verb, planned.terms,
                  planned.code, planned.reason, "by instruction " + planned.instruction,
                  planned.webhook};
  if (auto good = make_or_hold(work, process, move, *around); !good) return good.error();
  write(work, process);
  return work.done();
}

}  // namespace

Result<Around> look_around(Work& work, const NegotiationRecord& n, NegotiationState state) {
  return look(work, n, state, true);
}

Result<Around> look_around(Work& work, const TransferRecord& t, TransferState state) {
  return look(work, t, state, false);
}

void enter(Work& work, NegotiationRecord& n, NegotiationState state) {
  enter_state(work, n, state, "negotiation.");
}

void enter(Work& work, TransferRecord& t, TransferState state) {
  enter_state(work, t, state, "transfer.");
}

void hold(Work& work, NegotiationRecord& n, std::string_view state, std::string why,
          const std::string& webhook) {
  auto asked = process_content(n);
  asked.set("process", "negotiation").set("dataset", n.dataset.value).set("terms", n.terms);
  hold_process(work, n, state, std::move(why), std::move(asked), webhook);
}

void hold(Work& work, TransferRecord& t, std::string_view state, std::string why,
          const std::string& webhook) {
  auto asked = process_content(t);
  asked.set("process", "transfer").set("dataset", t.dataset.value);
  hold_process(work, t, state, std::move(why), std::move(asked), webhook);
}

Result<> go_on(Work& work, NegotiationRecord& n, const Around& around) {
  const std::size_t before = work.decision.outgoing.size();
  TRY(decide_next(work, n, around, n.published));
  if (decided(n, before, work)) return {};
  return habit(work, n, around);
}

Result<> go_on(Work& work, TransferRecord& t, const Around& around) {
  const std::size_t before = work.decision.outgoing.size();
  TRY(decide_next(work, t, around, false));
  if (decided(t, before, work)) return {};
  if (usual_move(t.role, t.state) == Verb::start)
    return make_or_hold(work, t, {Verb::start, {}, {}, {}, std::string(kByHabit), {}}, around);
  if (t.state == TransferState::started) begin_flow(work, t, around);
  return {};
}

Outcome planned_move(Work work, const std::string& pid) {
  OUTCOME_TRY(auto n, read<NegotiationRecord>(work.known, Table::negotiation, pid));
  OUTCOME_TRY(auto t, read<TransferRecord>(work.known, Table::transfer, pid));
  if (!work.known.complete()) return work.needs();
  // The state has changed meanwhile, or a person was faster: nothing is left to do.
  const auto stands = [&](const auto& process) {
    return process && process->planned && process->planned->step == process->step &&
           process->planned->at <= work.now;
  };
  if (stands(n)) {
    auto around = look_around(work, *n, n->state);
    return carry_out(std::move(work), std::move(*n), std::move(around));
  }
  if (stands(t)) {
    auto around = look_around(work, *t, t->state);
    return carry_out(std::move(work), std::move(*t), std::move(around));
  }
  return work.done();
}

namespace {

Result<> check_instruction(const InstructionRecord& i) {
  const auto verb = verb_from_name(i.action);
  const bool negotiation = i.process == "negotiation";
  if (!negotiation && i.process != "transfer")
    return fail(Code::invalid, "an instruction is not about a \"" + i.process + "\"",
                "it is about a negotiation or a transfer");
  const bool of_negotiation = verb && *verb >= Verb::offer && *verb <= Verb::terminate;
  const bool of_transfer = verb && *verb >= Verb::terminate;
  const bool waits = verb && *verb <= Verb::ask;
  if (!verb || !(waits || (negotiation ? of_negotiation : of_transfer)))
    return fail(Code::invalid, "an instruction cannot do \"" + i.action + "\"",
                negotiation ? "hold, ask, offer, counter, accept, agree, verify, finalize or terminate"
                            : "hold, ask, start, suspend, resume, complete or terminate");
  bool known_state = false;
  for (int state = 1; state <= static_cast<int>(NegotiationState::terminated); ++state)
    known_state |= negotiation && i.on == state_name(static_cast<NegotiationState>(state));
  for (int state = 1; state <= static_cast<int>(TransferState::terminated); ++state)
    known_state |= !negotiation && i.on == state_name(static_cast<TransferState>(state));
  if (!known_state)
    return fail(Code::invalid, "an instruction cannot wait for \"" + i.on + "\"",
                negotiation ? "it can wait for REQUESTED, OFFERED, ACCEPTED, AGREED, VERIFIED, FINALIZED"
                            : "it can wait for REQUESTED, STARTED, SUSPENDED, COMPLETED");
  if (!i.role.empty() && i.role != "provider" && i.role != "consumer")
    return fail(Code::invalid, "the role is neither provider nor consumer");
  if (i.after_ms < 0 || i.after_ms > kAfterMax)
    return fail(Code::invalid, "after is not between 0 and a process's seven days");
  if (i.terms.kind() != json::Kind::null) TRY(rights::read_policy(i.terms));
  if (i.when.kind() != json::Kind::null) {
    auto rule = json::Value::object({{"action", "use"}});
    rule.set("constraint", i.when.is_array() ? i.when : json::Value::array({i.when}));
    TRY(rights::read_policy(json::Value::object({{"permission", json::Value::array({rule})}})));
  }
  return {};
}

json::Value instruction_json(const InstructionRecord& instruction) {
  auto body = json::Value::object();
  FieldWriter writer(body);
  fields(writer, instruction);
  return body;
}

}  // namespace

Outcome put_instructions(Work work, const PutInstructions& command) {
  auto items = json::Value::array();
  std::vector<InstructionRecord> before;
  for (const auto& instruction : command.instructions) {
    if (auto good = check_instruction(instruction); !good) return good.error();
    if (instruction.id.empty()) continue;
    OUTCOME_TRY(auto old, read<InstructionRecord>(work.known, Table::instruction, instruction.id));
    if (old) before.push_back(std::move(*old));
  }
  if (!work.known.complete()) return work.needs();
  for (const auto& old : before)
    work.decision.erase(Table::instruction_for, instruction_for_key(old));
  int number = 0;
  for (InstructionRecord instruction : command.instructions) {
    if (instruction.id.empty())
      instruction.id = ordered_id(work.now, work.seed, "instruction " + std::to_string(number++));
    if (auto good = check_id(instruction.id, "id"); !good) return good.error();
    const Bytes bytes = to_bytes(instruction);
    work.decision.write(Table::instruction, instruction.id, bytes);
    work.decision.write(Table::instruction_for, instruction_for_key(instruction), bytes);
    items.push(instruction_json(instruction));
  }
  work.decision.reply.body = command.instructions.size() == 1
                                 ? items.items().front()
                                 : json::Value::object({{"items", std::move(items)}});
  return work.done();
}

Outcome remove_instruction(Work work, const RemoveInstruction& command) {
  OUTCOME_TRY(const auto old, read<InstructionRecord>(work.known, Table::instruction, command.id));
  if (!work.known.complete()) return work.needs();
  if (!old)
    return failed(Code::not_found, "there is no instruction " + command.id,
                  "see them with: corridor instruction list");
  work.decision.erase(Table::instruction, command.id);
  work.decision.erase(Table::instruction_for, instruction_for_key(*old));
  work.decision.reply.body = json::Value::object({{"id", command.id}});
  return work.done();
}

}  // namespace corridor::exchange
