// SPDX-License-Identifier: Apache-2.0
//
// Transfers of datasets in both roles, what happens to their bytes, and the catalogue they come from.
#include "exchange/testing.h"

namespace corridor::exchange {

namespace {

constexpr View kAgreement = "urn:a:1";
constexpr View kData = "urn:data:1";

AgreementRecord paper(Role role) {
  AgreementRecord record;
  record.id = AgreementId(std::string(kAgreement));
  record.peer = Did(std::string(kPeer));
  record.role = role;
  record.dataset = DatasetId(std::string(kData));
  record.agreement = json::parse(R"({"permission":[{"action":"use"}]})").value();
  record.note = "contract 7 of 2024";
  return record;
}

Desk with_agreement(Role role) {
  Desk desk;
  desk.partner(true, {});
  DatasetRecord dataset;
  dataset.id = DatasetId(std::string(kData));
  desk.decide(PutDataset{dataset});
  desk.decide(AttachData{dataset.id, "f1", crypto::sha256("bytes"), 5, "text/plain"});
  desk.decide(ImportAgreement{paper(role)});
  return desk;
}

MessageIn request(View consumer_pid, View format = kPullFormat) {
  Message message;
  message.type = MessageType::transfer_request;
  message.initial = true;
  message.consumer_pid = ConsumerPid(std::string(consumer_pid));
  message.agreement_id = AgreementId(std::string(kAgreement));
  message.format = format;
  message.callback_address = "http://localhost:7002/0/dsp";
  return incoming(message, "");
}

Message to_us(MessageType type, const TransferRecord& t) {
  Message message;
  message.type = type;
  message.id = "urn:m:" + std::to_string(t.step);
  message.provider_pid = t.provider_pid;
  message.consumer_pid = t.consumer_pid;
  return message;
}

TransferRecord transfer(Desk& desk, const std::string& pid) {
  return desk.record<TransferRecord>(Table::transfer, pid);
}

}  // namespace

TEST_CASE("a provider starts a pull with an address whose token dies with every pause and the end") {
  Desk desk = with_agreement(Role::provider);
  const Decision asked = desk.decide(request("urn:c:1"));
  CHECK(asked.reply.status == 201);
  const std::string pid(asked.reply.body.text_or("providerPid"));
  REQUIRE(asked.outgoing.size() == 1);
  const std::string token = transfer(desk, pid).token;
  CHECK(token.size() == 43);
  CHECK(asked.outgoing[0].body.find(token) != Bytes::npos);
  desk.decide(accepted(asked.outgoing[0]));
  CHECK(transfer(desk, pid).state == TransferState::started);

  // The consumer has lost our start and asks again: the same answer, and the start again.
  const Decision again = desk.decide(request("urn:c:1"));
  CHECK(json::write(again.reply.body) == json::write(asked.reply.body));
  CHECK(again.outgoing.at(0).body.find(token) != Bytes::npos);
  desk.decide(accepted(again.outgoing[0]));
  CHECK(desk.refuse(request("urn:c:1", kPushFormat)).code == Code::invalid);

  desk.decide(incoming(to_us(MessageType::transfer_suspension, transfer(desk, pid)), pid));
  CHECK(transfer(desk, pid).token.empty());
  const Decision resumed =
      desk.decide(incoming(to_us(MessageType::transfer_start, transfer(desk, pid)), pid));
  CHECK(resumed.outgoing.at(0).what == "TransferStartMessage");  // the new address
  CHECK(transfer(desk, pid).token != token);
  desk.decide(accepted(resumed.outgoing[0]));
  desk.decide(incoming(to_us(MessageType::transfer_completion, transfer(desk, pid)), pid));
  CHECK(transfer(desk, pid).token.empty());
  CHECK(transfer(desk, pid).state == TransferState::completed);
}

TEST_CASE("a transfer is refused without an agreement in force, or in a format that is not offered") {
  Desk desk = with_agreement(Role::provider);
  CHECK(desk.refuse(request("urn:c:1", "Pigeon")).code == Code::invalid);
  CHECK(desk.refuse(request("urn:c:1", kPushFormat)).code == Code::invalid);  // whereto?
  desk.decide(EndAgreement{AgreementId(std::string(kAgreement)), "withdrawn"});
  CHECK(desk.refuse(request("urn:c:1")).code == Code::invalid);
  MessageIn other = request("urn:c:1");
  other.from.caller.did = Did("did:web:stranger");
  CHECK(desk.refuse(other).code == Code::not_found);
}

TEST_CASE("an agreement ends with the transfers under it") {
  Desk desk = with_agreement(Role::provider);
  const Decision asked = desk.decide(request("urn:c:1"));
  const std::string pid(asked.reply.body.text_or("providerPid"));
  desk.decide(accepted(asked.outgoing[0]));
  const Decision ended = desk.decide(EndAgreement{AgreementId(std::string(kAgreement)), "withdrawn"});
  CHECK(ended.outgoing.at(0).what == "TransferTerminationMessage");
  CHECK(transfer(desk, pid).state == TransferState::terminated);
}

TEST_CASE("a fetch asks for a transfer, gets its bytes moved, and completes it") {
  Desk desk = with_agreement(Role::consumer);
  StartFetch start;
  start.peer = Did(std::string(kPeer));
  start.agreement = AgreementId(std::string(kAgreement));
  const Decision begun = desk.decide(start);
  const std::string fetch(begun.reply.body.text_or("id"));
  const std::string pid = begun.outgoing.at(0).process;
  desk.decide(accepted(begun.outgoing[0], json::Value::object({{"providerPid", "urn:p:1"}})));

  Message started = to_us(MessageType::transfer_start, transfer(desk, pid));
  CHECK(desk.refuse(incoming(started, pid)).code == Code::invalid);  // a pull needs an address
  started.data_address = DataAddress{"T", "http://localhost:7002/data", "secret", false};
  desk.decide(incoming(started, pid));
  const auto flow = desk.record<FlowRecord>(Table::flow, pid);
  CHECK(flow.endpoint == "http://localhost:7002/data");
  CHECK(flow.authorization == "Bearer secret");

  FlowEnded ended{.transfer = pid, .blob = "f2", .bytes = 5, .media_type = "text/plain"};
  const Decision done = desk.decide(ended);
  CHECK(done.outgoing.at(0).what == "TransferCompletionMessage");
  CHECK(desk.record<FetchRecord>(Table::fetch, fetch).state == FetchState::done);
  CHECK_FALSE(desk.rows.contains({Table::flow, pid}));
}

TEST_CASE("a fetch whose bytes cannot be had fails with the reason, and ends its transfer") {
  Desk desk = with_agreement(Role::consumer);
  StartFetch start;
  start.peer = Did(std::string(kPeer));
  start.agreement = AgreementId(std::string(kAgreement));
  const Decision begun = desk.decide(start);
  const std::string pid = begun.outgoing.at(0).process;
  desk.decide(accepted(begun.outgoing[0], json::Value::object({{"providerPid", "urn:p:1"}})));
  Message started = to_us(MessageType::transfer_start, transfer(desk, pid));
  started.data_address = DataAddress{"T", "http://localhost:7002/data", "secret", true};
  desk.decide(incoming(started, pid));
  CHECK(desk.record<FlowRecord>(Table::flow, pid).authorization == "secret");
  const Decision failed = desk.decide(FlowEnded{.transfer = pid, .code = "peer", .reason = "no digest"});
  CHECK(failed.outgoing.at(0).what == "TransferTerminationMessage");
  const auto fetch =
      desk.record<FetchRecord>(Table::fetch, std::string(begun.reply.body.text_or("id")));
  CHECK(fetch.state == FetchState::failed);
  CHECK(fetch.reason == "no digest");
}

TEST_CASE("a document for a connector that is no Corridor is offered to it alone, until it has it") {
  Desk desk;
  PeerRecord peer;
  peer.did = Did(std::string(kPeer));
  peer.dsp_url = "http://localhost:7002/0/dsp";
  peer.partner = true;
  desk.decide(PutPeer{peer, {}});
  const Decision sent = desk.decide(sending());
  CHECK(sent.reply.body.text_or("state") == "offered");
  CHECK(sent.outgoing.empty());
  const std::string id(sent.reply.body.text_or("exchange"));
  const auto dataset = desk.record<DatasetRecord>(Table::dataset, "urn:corridor:document:" + id);
  CHECK_FALSE(may_see(dataset.offers[0], Did("did:web:other"), peer));
  CHECK(may_see(dataset.offers[0], peer.did, peer));

  AgreementRecord agreement = paper(Role::provider);
  agreement.dataset = dataset.id;
  desk.decide(ImportAgreement{agreement});
  const Decision asked = desk.decide(request("urn:c:1"));
  const std::string pid(asked.reply.body.text_or("providerPid"));
  desk.decide(accepted(asked.outgoing.at(0)));
  desk.decide(incoming(to_us(MessageType::transfer_completion, transfer(desk, pid)), pid));
  CHECK(desk.record<ExchangeRecord>(Table::exchange, id).state == ExchangeState::fetched);
  CHECK_FALSE(desk.rows.contains({Table::dataset, dataset.id.value}));
}

TEST_CASE("two suspensions that cross are no disagreement") {
  Desk desk = with_agreement(Role::provider);
  const Decision asked = desk.decide(request("urn:c:1"));
  const std::string pid(asked.reply.body.text_or("providerPid"));
  desk.decide(accepted(asked.outgoing[0]));
  const Decision ours = desk.decide(MakeMove{pid, Verb::suspend, {}, {}, {}});
  desk.decide(incoming(to_us(MessageType::transfer_suspension, transfer(desk, pid)), pid));
  Answered refused = accepted(ours.outgoing.at(0));
  refused.accepted = false;
  refused.status = 400;
  desk.decide(refused);
  CHECK(transfer(desk, pid).state == TransferState::suspended);
}

TEST_CASE("who may see an offer sees the dataset with that offer alone") {
  DatasetRecord dataset;
  dataset.id = DatasetId(std::string(kData));
  dataset.title = "Title";
  const auto use = json::parse(R"({"permission":[{"action":"use"}]})").value();
  dataset.offers = {{OfferId("urn:o:all"), use, {"*"}},
                    {OfferId("urn:o:partner"), use, {"partner"}},
                    {OfferId("urn:o:one"), use, {"did:web:one"}}};
  const auto offers = [&](const Did& caller, bool partner) {
    PeerRecord peer;
    peer.partner = partner;
    const auto shown = dataset_json(dataset, caller, peer, "http://localhost/dsp");
    std::string ids;
    if (shown)
      for (const auto& offer : shown->find("hasPolicy")->items())
        ids += std::string(offer.text_or("@id")) + " ";
    return ids;
  };
  CHECK(offers(Did("did:web:x"), false) == "urn:o:all ");
  CHECK(offers(Did("did:web:one"), true) == "urn:o:all urn:o:partner urn:o:one ");
  dataset.offers.erase(dataset.offers.begin());
  CHECK(offers(Did("did:web:x"), false).empty());
}

TEST_CASE("links are read repeated or joined, with either name of the page before") {
  const std::vector<std::pair<std::string, std::string>> headers{
      {"content-type", "x"},
      {"LINK", "<http://a/1?x=,>; rel=\"next\", <http://a/0>; REL=prev; title=\"no\""},
      {"Link", "<http://a/9>; rel=last, <unclosed"}};
  const auto links = read_links(headers);
  REQUIRE(links.size() == 2);
  CHECK(links[0] == std::pair<std::string, std::string>("next", "http://a/1?x=,"));
  CHECK(links[1] == std::pair<std::string, std::string>("previous", "http://a/0"));
}

TEST_CASE("a catalogue request may page, and may not filter") {
  const auto ask = [](const std::string& filter) {
    return read_catalog_request(R"({"@context":["https://w3id.org/dspace/2025/1/context.jsonld"],)"
                                R"("@type":"CatalogRequestMessage")" + filter + "}");
  };
  CHECK(ask("").value() == 0);
  CHECK(ask(R"(,"filter":[])").value() == 0);
  CHECK(ask(R"(,"filter":[{"@type":"QuerySpec","limit":7,"filterExpression":[]}])").value() == 7);
  CHECK_FALSE(ask(R"(,"filter":[{"@type":"QuerySpec","filterExpression":[{"x":1}]}])").has_value());
  CHECK_FALSE(ask(R"(,"filter":[{"kind":"ubl"}])").has_value());
}

}  // namespace corridor::exchange
