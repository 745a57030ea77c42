// SPDX-License-Identifier: Apache-2.0
#include "evidence/example_test.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "crypto/crypto.h"
#include "json/json.h"

namespace corridor::evidence::example {

namespace {

constexpr View kNegotiation = "urn:uuid:6f1d2a52-7c7b-4c5e-9d3e-0a1b2c3d4e5f";
constexpr View kExchange = "urn:uuid:0b8f9f0a-58a4-4c0e-8d6b-2f7a4b0c9d11";
constexpr View kReceiverExchange = "urn:uuid:9d2e51c7-6f0b-4e0e-b1a4-3c8d7e6f5a21";
constexpr View kAgreementId = "urn:uuid:51c0fd0e-3d2f-4b4e-a8c5-77a0c2e4f9b3";
constexpr Time kStart{1'795'751'450'123};  // 2026-11-27T03:50:50.123Z

crypto::SigningKey key_of(std::uint8_t number) {
  auto key = crypto::SigningKey::generate(crypto::Suite::ed25519, seed_of(number));
  CHECK(key.has_value());
  return std::move(*key);
}

std::string hash_of(View bytes) { return hex(crypto::sha256(bytes).view()); }

}  // namespace

Seed seed_of(std::uint8_t number) {
  Seed seed;
  seed.bytes.fill(number);
  return seed;
}

std::string testdata(std::string_view name) {
  return std::string(CORRIDOR_SOURCE_DIR "/src/evidence/testdata/") + std::string(name);
}

bool matches_golden(std::string_view name, View actual) {
  const std::string path = testdata(name);
  if (const char* update = std::getenv("UPDATE_GOLDEN"); update != nullptr && *update == '1') {
    std::ofstream(path, std::ios::binary) << actual;
    return true;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(file),
                             std::istreambuf_iterator<char>()};
  if (expected == actual) return true;
  std::printf("%s differs; now it would be:\n%.*s\n", path.c_str(), static_cast<int>(actual.size()),
              actual.data());
  return false;
}

MemoryLog::MemoryLog(std::string origin, std::uint8_t key_number, std::size_t others)
    : origin_(std::move(origin)), key_(key_of(key_number)) {
  for (std::size_t i = 0; i < others; ++i) append("another entry " + std::to_string(i));
}

std::uint64_t MemoryLog::append(View entry) {
  hashes_.push_back(leaf_hash(entry));
  return hashes_.size() - 1;
}

NodeSource MemoryLog::nodes() const {
  return [this](unsigned height, std::uint64_t index) -> Result<Digest> {
    const std::uint64_t count = std::uint64_t{1} << height;
    if ((index + 1) * count > hashes_.size()) return fail(Code::invalid, "outside of the log");
    return root_over(std::span(hashes_).subspan(index * count, count));
  };
}

std::string MemoryLog::checkpoint() const {
  return sign_checkpoint({origin_, {hashes_.size(), root_over(hashes_)}}, key_);
}

Party::Party(std::string did, std::uint8_t number, std::size_t others)
    : did_(std::move(did)),
      number_(number),
      seal_(key_of(number)),
      log_(did_.substr(8) + "/log/2026h2", static_cast<std::uint8_t>(number + 1), others) {}

WrittenStatement Party::say(EventType type, View exchange, Time now, json::Value more) {
  const std::string label = std::to_string(said_.size());
  auto written =
      write_statement({type, Did(did_), ExchangeId(std::string(exchange)), now, std::move(more)});
  CHECK(written.has_value(), written.error().why);
  Said said{std::move(*written),
            "",
            Salt::derive(seed_of(number_), "salt " + label),
            TagSecret::derive(seed_of(number_), "tag " + std::string(exchange)),
            "",
            0};
  Digest previous;
  for (const Said& earlier : said_)
    if (earlier.written.statement.exchange.value == exchange) previous = leaf_hash(earlier.leaf);
  said.leaf = leaf_bytes(make_leaf(said.written, said.salt, said.tag_secret, previous));
  said.index = log_.append(said.leaf);
  said.jws = sign_statement(said.written.bytes, seal_, did_ + "#seal");
  said_.push_back(std::move(said));
  return said_.back().written;
}

std::vector<ReceiptProof> Party::proofs(bool logged) const {
  std::vector<ReceiptProof> proofs;
  for (const Said& said : said_) {
    ReceiptProof proof{said.jws, std::nullopt};
    if (logged) {
      auto inclusion = prove_inclusion(said.index, log_.size(), log_.nodes());
      CHECK(inclusion.has_value());
      proof.logged = LogProof{said.salt,  said.tag_secret,   said.leaf,
                              said.index, log_.checkpoint(), std::move(*inclusion)};
    }
    proofs.push_back(std::move(proof));
  }
  return proofs;
}

std::vector<ReceiptKey> Party::keys() const {
  return {
      {Did(did_), did_ + "#seal", seal_.public_key()},
      {Did(did_), did_ + "#log", log_.key().public_key()},
      {Did(did_), did_ + "#unused", key_of(static_cast<std::uint8_t>(number_ + 2)).public_key()}};
}

Exchange::Exchange(Options options)
    : sender("did:web:exporter.example", 10, 5),
      receiver("did:web:customs.example", 20, 18),
      document("<Invoice><ID>2026-0815</ID><PayableAmount>119.00</PayableAmount></Invoice>\n"),
      options_(options),
      now_(kStart) {
  agreement_text = json::canonical(json::Value::object(
      {{"@id", kAgreementId},
       {"@type", "Agreement"},
       {"assigner", sender.did()},
       {"assignee", receiver.did()},
       {"target", "urn:corridor:stream:ubl:Invoice"},
       {"timestamp", "2026-11-27T03:50:50Z"},
       {"permission", json::Value::array({json::Value::object({{"action", "use"}})})}}));
  if (options.with_negotiation) negotiate();
  send(options.ending);
  sender.log().append("another entry after");
  receiver.log().append("another entry after");
}

Time Exchange::tick() { return now_ = now_ + milliseconds(7); }

void Exchange::negotiate() {
  const auto about = [this] {
    return json::Value::object(
        {{"agreement", kAgreementId}, {"agreementSha256", hash_of(agreement_text)}});
  };
  auto agreed = about();
  agreed.set("provider", sender.did()).set("consumer", receiver.did());
  sender.say(EventType::agreement, kNegotiation, tick(), std::move(agreed));
  receiver.say(EventType::verified, kNegotiation, tick(), about());
  sender.say(EventType::finalized, kNegotiation, tick(), about());
}

void Exchange::send(Ending ending) {
  const auto about = [this] {
    return json::Value::object({{"agreement", kAgreementId},
                                {"agreementSha256", hash_of(agreement_text)},
                                {"payloadSha256", hash_of(document)}});
  };
  auto decision = about();
  decision.set("outcome", "permit").set("inputsSha256", hash_of("what was asked"));
  sender.say(EventType::decision, kExchange, tick(), std::move(decision));
  auto submit = about();
  submit.set("to", receiver.did()).set("payloadBytes", document.size()).set("kind", "ubl:Invoice");
  const auto submitted = sender.say(EventType::submit, kExchange, tick(), std::move(submit));

  receiver.say(EventType::decision, kReceiverExchange, tick(),
               json::Value::object({{"outcome", "permit"}, {"deciding", "receive"}}));
  auto answer = about();
  answer.set("from", sender.did())
      .set("peerExchange", kExchange)
      .set("submitSha256", hex(submitted.sha256.view()))
      .set("reportSha256", hash_of("a report"))
      .set("rules", "EN16931-UBL 1.3.16")
      .set("rulesSha256", hash_of("the rules"))
      .set("valid", ending != Ending::refused);
  if (ending == Ending::refused) {
    answer.set("reason", "the totals do not add up");
    receiver.say(EventType::reject, kReceiverExchange, tick(), std::move(answer));
    return;
  }
  const std::string received = hex(
      receiver.say(EventType::receive, kReceiverExchange, tick(), std::move(answer)).sha256.view());
  if (ending != Ending::accepted) return;
  receiver.say(EventType::handover, kReceiverExchange, tick(),
               json::Value::object({{"receiveSha256", received}, {"key", "2026-0815"}}));
  receiver.say(EventType::accept, kReceiverExchange, tick(),
               json::Value::object({{"receiveSha256", received}}));
}

std::vector<ReceiptProof> Exchange::proofs() const {
  auto proofs = sender.proofs(options_.logged);
  for (auto& proof : receiver.proofs(options_.logged)) proofs.push_back(std::move(proof));
  if (!options_.with_decisions)
    std::erase_if(proofs, [](const ReceiptProof& proof) {
      return read_statement(proof.statement)->written.statement.type == EventType::decision;
    });
  return proofs;
}

std::vector<ReceiptKey> Exchange::keys() const {
  auto keys = sender.keys();
  for (auto& key : receiver.keys()) keys.push_back(std::move(key));
  return keys;
}

Receipt Exchange::receipt() const {
  auto receipt = assemble_receipt(agreement_text, proofs(), keys());
  CHECK(receipt.has_value(), receipt.error().why);
  return std::move(*receipt);
}

}  // namespace corridor::evidence::example
