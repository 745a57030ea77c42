// SPDX-License-Identifier: Apache-2.0
//
// Agreements for people and programs of this node: look, bring in what was made elsewhere, end.
#include "api/call.h"
#include "rights/rights.h"

namespace corridor::api {

json::Value agreement_json(const exchange::AgreementRecord& record) {
  auto body = json::Value::object({{"id", record.id.value},
                                   {"peer", record.peer.value},
                                   {"role", exchange::role_name(record.role)},
                                   {"dataset", record.dataset.value},
                                   {"kind", record.kind},
                                   {"sha256", hex(record.sha256.view())},
                                   {"since", iso8601(record.since)},
                                   {"negotiation", record.negotiation},
                                   {"imported", record.imported},
                                   {"ended", record.ended},
                                   {"agreement", record.agreement}});
  if (!record.note.empty()) body.set("note", record.note);
  return body;
}

void manage_agreements(Call call) {
  list_table<exchange::AgreementRecord>(std::move(call), Table::agreement, agreement_json);
}

void manage_agreement(Call call) {
  const AgreementId id(call.params["id"]);
  for (const auto role : {exchange::Role::provider, exchange::Role::consumer}) {
    const auto record = find_record<exchange::AgreementRecord>(
        call, Table::agreement, exchange::agreement_key(role, id), "agreement " + id.value);
    if (record) return call.answer(200, agreement_json(*record));
    if (record.error().code != Code::not_found) return call.fail(record.error());
  }
  call.fail({Code::not_found, "there is no agreement " + id.value,
             "see them with: corridor agreement list"});
}

void manage_agreement_import(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  exchange::AgreementRecord record;
  record.id = AgreementId(std::string(body->text_or("id")));
  record.peer = Did(std::string(body->text_or("peer")));
  const auto role = body->text_or("role");
  if (role != "provider" && role != "consumer")
    return call.fail({Code::invalid, "the role is neither provider nor consumer",
                      "say which side of the agreement this node is"});
  record.role = role == "provider" ? exchange::Role::provider : exchange::Role::consumer;
  record.dataset = DatasetId(std::string(body->text_or("dataset")));
  record.kind = body->text_or("kind");
  record.note = body->text_or("note");
  if (const auto made = body->text_or("timestamp"); !made.empty()) {
    const auto time = parse_iso8601(made);
    if (!time)
      return call.fail({Code::invalid, "the timestamp " + std::string(made) + " is no time",
                        "write it as 2026-03-01T10:00:00Z, or leave it out"});
    record.since = *time;
  }
  if (const json::Value* const terms = body->find("terms")) {
    record.agreement = *terms;
  } else {
    auto terms_said = json::parse(rights::default_terms().canonical());
    if (!terms_said) return call.fail(terms_said.error());
    record.agreement = std::move(*terms_said);
  }
  submit(std::move(call), exchange::ImportAgreement{std::move(record)});
}

void manage_agreement_end(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  exchange::EndAgreement command{AgreementId(call.params["id"]), std::string(body->text_or("reason"))};
  submit(std::move(call), std::move(command));
}

}  // namespace corridor::api
