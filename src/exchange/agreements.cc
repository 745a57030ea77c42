// SPDX-License-Identifier: Apache-2.0
//
// Agreements: made from the terms on the table, checked when the provider states one, brought in
// when they were made elsewhere, ended.
#include "crypto/crypto.h"
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

AgreementRecord new_record(const Work& work, const NegotiationRecord& n, json::Value agreement) {
  AgreementRecord record;
  record.id = AgreementId(std::string(agreement.text_or("@id")));
  record.peer = n.peer;
  record.role = n.role;
  record.negotiation = n.own_pid();
  record.stream = n.stream;
  record.kind = n.kind;
  record.dataset = n.dataset;
  record.sha256 = crypto::sha256(json::canonical(agreement));
  record.agreement = std::move(agreement);
  record.since = work.now;
  return record;
}

void keep(Work& work, const AgreementRecord& record, View negotiation) {
  work.decision.write(Table::agreement, agreement_key(record.role, record.id), to_bytes(record));
  if (!negotiation.empty()) write_alias(work, record.id.value, "negotiation", negotiation);
}

json::Value brief(const AgreementRecord& record) {
  return json::Value::object({{"id", record.id.value},
                              {"role", role_name(record.role)},
                              {"peer", record.peer.value},
                              {"dataset", record.dataset.value},
                              {"sha256", hex(record.sha256.view())},
                              {"imported", record.imported},
                              {"ended", record.ended}});
}

}  // namespace

const Did& assigner(const Work& work, const NegotiationRecord& n) {
  return n.role == Role::provider ? work.self.did : n.peer;
}
const Did& assignee(const Work& work, const NegotiationRecord& n) {
  return n.role == Role::provider ? n.peer : work.self.did;
}

void add_agreement(json::Value& content, const AgreementRecord& record) {
  content.set("agreement", record.id.value).set("agreementSha256", hex(record.sha256.view()));
}

Result<AgreementRecord> make_agreement(Work& work, NegotiationRecord& n) {
  n.agreement = AgreementId(work.uuid("agreement"));
  TRY_ASSIGN(const rights::Policy policy, rights::read_policy(n.terms));
  TRY_ASSIGN(json::Value agreement, rights::to_agreement(policy, n.agreement,
                                                         {.target = n.dataset,
                                                          .assigner = assigner(work, n),
                                                          .assignee = assignee(work, n),
                                                          .timestamp = work.now}));
  AgreementRecord record = new_record(work, n, std::move(agreement));
  keep(work, record, n.own_pid());
  auto content = process_content(n);
  add_agreement(content, record);
  content.set("provider", assigner(work, n).value).set("consumer", assignee(work, n).value);
  state_event(work, EventType::agreement, n.own_pid(), std::move(content));
  return record;
}

Result<> check_agreement(const Work& work, const NegotiationRecord& n, const json::Value& agreement) {
  if (agreement.text_or("target") != n.dataset.value)
    return fail(Code::invalid, "the agreement is about another dataset than the offer");
  if (agreement.text_or("assigner") != assigner(work, n).value ||
      agreement.text_or("assignee") != assignee(work, n).value)
    return fail(Code::invalid, "the agreement names other parties than the two negotiating");
  if (!parse_iso8601(agreement.text_or("timestamp")))
    return fail(Code::invalid, "the agreement has no timestamp that is a time");
  TRY_ASSIGN(const Digest terms, terms_digest(agreement));
  if (terms != n.terms_sha256)
    return fail(Code::invalid, "the agreement's terms are not the terms that were accepted");
  return {};
}

AgreementRecord keep_agreement(Work& work, NegotiationRecord& n, const json::Value& agreement) {
  AgreementRecord record = new_record(work, n, agreement);
  n.agreement = record.id;
  keep(work, record, n.own_pid());
  return record;
}

// What was agreed on paper, or by another connector: as if it had been negotiated here, with the
// word of whoever brings it in, in the log.
Outcome import_agreement(Work work, const ImportAgreement& command) {
  AgreementRecord record = command.agreement;
  if (auto good = check_id(record.id.value, "id"); !good) return good.error();
  if (auto good = check_id(record.dataset.value, "dataset"); !good) return good.error();
  const Bytes key = agreement_key(record.role, record.id);
  OUTCOME_TRY(const auto before, read<AgreementRecord>(work.known, Table::agreement, key));
  OUTCOME_TRY(const auto peer, read<PeerRecord>(work.known, Table::peer, record.peer.value));
  if (!work.known.complete()) return work.needs();
  if (!peer)
    return failed(Code::not_found, "there is no peer " + record.peer.value,
                  "add it first with: corridor peer add");
  if (before && !before->imported)
    return failed(Code::conflict, "an agreement of this id was negotiated here",
                  "import it under its own id");
  const bool provider = record.role == Role::provider;
  OUTCOME_TRY(const rights::Policy policy, rights::read_policy(record.agreement));
  OUTCOME_TRY(json::Value agreement,
              rights::to_agreement(policy, record.id,
                                   {.target = record.dataset,
                                    .assigner = provider ? work.self.did : record.peer,
                                    .assignee = provider ? record.peer : work.self.did,
                                    .timestamp = record.since.ms == 0 ? work.now : record.since}));
  record.sha256 = crypto::sha256(json::canonical(agreement));
  record.agreement = std::move(agreement);
  record.imported = true;
  record.ended = false;
  if (record.since.ms == 0) record.since = work.now;
  keep(work, record, {});
  auto content = brief(record);
  add_agreement(content, record);
  content.remove("id");
  content.set("note", record.note)
      .set("provider", (provider ? work.self.did : record.peer).value)
      .set("consumer", (provider ? record.peer : work.self.did).value);
  state_event(work, EventType::agreement, record.id.value, std::move(content));
  work.decision.reply = {201, brief(record), {}};
  return work.done();
}

// An agreement ends with the transfers under it; more than a scan of them end in further steps.
Outcome end_agreement(Work work, const EndAgreement& command) {
  std::array<std::optional<AgreementRecord>, 2> sides;
  OUTCOME_TRY(sides[0], read<AgreementRecord>(work.known, Table::agreement,
                                              agreement_key(Role::provider, command.id)));
  OUTCOME_TRY(sides[1], read<AgreementRecord>(work.known, Table::agreement,
                                              agreement_key(Role::consumer, command.id)));
  const Bytes prefix = transfer_of_agreement_key(command.id, "");
  const auto& rows = work.known.scan({Table::process_of_peer, prefix, {}, limits::kScanRowsMax});
  if (!work.known.complete()) return work.needs();
  if (!sides[0] && !sides[1])
    return failed(Code::not_found, "there is no agreement " + command.id.value,
                  "see them with: corridor agreement list");
  std::vector<TransferRecord> transfers;
  std::vector<std::optional<StreamRecord>> streams;
  for (const auto& row : rows) {
    const View pid = View(row.key).substr(prefix.size());
    OUTCOME_TRY(auto transfer, read<TransferRecord>(work.known, Table::transfer, pid));
    if (!transfer || is_final(transfer->state)) continue;
    OUTCOME_TRY(auto stream, read<StreamRecord>(work.known, Table::stream, transfer->stream));
    transfers.push_back(std::move(*transfer));
    streams.push_back(std::move(stream));
  }
  if (!work.known.complete()) return work.needs();
  const std::string why =
      command.reason.empty() ? "the agreement was ended by the other party" : command.reason;
  for (std::size_t i = 0; i < transfers.size(); ++i) {
    terminate(work, transfers[i], "agreement", why, std::move(streams[i]));
    write(work, transfers[i]);
  }
  for (auto& record : sides) {
    if (!record) continue;
    record->ended = true;
    work.decision.write(Table::agreement, agreement_key(record->role, record->id),
                        to_bytes(*record));
    auto content = json::Value::object({{"peer", record->peer.value}, {"code", "ended"}, {"reason", why}});
    add_agreement(content, *record);
    state_event(work, EventType::terminated, record->id.value, std::move(content));
    work.decision.reply.body = brief(*record);
  }
  return work.done();
}

}  // namespace corridor::exchange
