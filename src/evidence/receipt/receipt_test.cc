// SPDX-License-Identifier: Apache-2.0
#include "evidence/receipt.h"

#include "crypto/crypto.h"
#include "evidence/example_test.h"
#include "evidence/receipt/arrange.h"
#include "json/json.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>

namespace corridor::evidence {

namespace {

using example::Ending;
using example::Exchange;
using json::Value;

Holds holds(const Verification& found, std::string_view name) {
  for (const Claim& claim : found.claims)
    if (claim.name == name) return claim.holds;
  FAIL("no such claim");
  return Holds::no;
}

std::vector<PinnedKey> pins_of(const Receipt& receipt) {
  std::vector<PinnedKey> pins;
  for (const ReceiptKey& key : receipt.keys) pins.push_back({key.did, key.key});
  return pins;
}

// The exchange with one statement changed before it is signed: what a dishonest party can do with
// its own keys. `edit` gets the members beyond the common four.
struct Forged {
  Exchange honest{example::Options{.logged = false}};
  Receipt receipt = honest.receipt();

  Verification with(std::size_t part, const std::function<void(Statement&)>& edit) {
    const auto said = read_statement(receipt.proofs[part].statement).value();
    Statement statement = said.written.statement;
    edit(statement);
    const auto written = write_statement(std::move(statement));
    REQUIRE(written);
    const auto number =
        static_cast<std::uint8_t>(said.written.statement.by.value == honest.sender.did() ? 10 : 20);
    const auto key =
        crypto::SigningKey::generate(crypto::Suite::ed25519, example::seed_of(number)).value();
    Receipt forged = receipt;
    forged.proofs[part].statement = sign_statement(written->bytes, key, said.kid);
    return verify_receipt(forged);
  }
};
constexpr std::size_t kAgreed = 0;
constexpr std::size_t kVerified = 1;
constexpr std::size_t kFinalized = 2;
constexpr std::size_t kSubmit = 3;  // of a receipt that is not logged: without its DECISIONs
constexpr std::size_t kReceive = 4;

}  // namespace

TEST_CASE("a logged receipt is the golden one and every claim that can hold holds") {
  const Exchange exchange;
  const Receipt receipt = exchange.receipt();
  const std::string text = write_receipt(receipt);
  CHECK(example::matches_golden("logged.receipt.json", text));
  const auto read = read_receipt(text);
  REQUIRE(read);
  CHECK(*read == receipt);
  const auto found =
      verify_receipt(*read, {.document = exchange.document, .pins = pins_of(receipt)});
  CHECK(found.verified);
  CHECK(found.level == ReceiptLevel::logged);
  CHECK(found.exchange == receipt.exchange);
  CHECK(example::matches_golden("logged.claims.txt", render_text(found)));
  for (const Claim& claim : found.claims) {
    INFO(std::string(claim.name) << ": " << claim.why);
    const bool not_yet = claim.name == "not-later-than" || claim.name == "members-at-time";
    CHECK(claim.holds == (not_yet ? Holds::unknown : Holds::yes));
  }
  CHECK(receipt.keys.size() == 4);
  CHECK(to_json(found).text_or("verdict") == "verified");
  CHECK(to_json(found).find("claims")->items().size() == 12);
}

TEST_CASE("an answered receipt has the statements alone, and says that the logs are unknown") {
  const Exchange exchange({.logged = false});
  const Receipt receipt = exchange.receipt();
  CHECK(receipt.level == ReceiptLevel::answered);
  CHECK(receipt.keys.size() == 2);
  CHECK(receipt.proofs.size() == 5);
  const auto read = read_receipt(write_receipt(receipt));
  REQUIRE(read);
  CHECK(*read == receipt);
  const auto found = verify_receipt(*read);
  CHECK(found.verified);
  CHECK(found.level == ReceiptLevel::answered);
  CHECK(holds(found, "sender-logged") == Holds::unknown);
  CHECK(holds(found, "receiver-logged") == Holds::unknown);
  CHECK(holds(found, "both-agreed") == Holds::yes);
  CHECK(example::matches_golden("answered.receipt.json", write_receipt(receipt)));
}

TEST_CASE("the receiver's report is in the receipt as its statement names it, or not at all") {
  Forged forged;
  const std::string report = R"({"findings":[],"valid":true})";
  const auto name_it = [&](Statement& s) {
    s.more.set("reportSha256", hex(crypto::sha256(report).view()));
  };
  const auto said = read_statement(forged.receipt.proofs[kReceive].statement).value();
  Statement statement = said.written.statement;
  name_it(statement);
  const auto written = write_statement(std::move(statement));
  REQUIRE(written);
  const auto key = crypto::SigningKey::generate(crypto::Suite::ed25519, example::seed_of(20)).value();
  std::vector<ReceiptProof> proofs = forged.receipt.proofs;
  proofs[kReceive].statement = sign_statement(written->bytes, key, said.kid);
  const auto with = assemble_receipt(forged.receipt.agreement_text, proofs, forged.receipt.keys, report);
  REQUIRE(with);
  CHECK(with->report_text == report);
  const auto read = read_receipt(write_receipt(*with));
  REQUIRE(read);
  CHECK(*read == *with);
  CHECK(verify_receipt(*read).verified);
  const auto other = assemble_receipt(forged.receipt.agreement_text, proofs, forged.receipt.keys, "{}");
  REQUIRE(other);
  CHECK(other->report_text.empty());
  Receipt altered = *with;
  altered.report_text = R"({"findings":[],"valid":false})";
  CHECK_FALSE(verify_receipt(altered).verified);
  altered.report_text.clear();
  CHECK(verify_receipt(altered).verified);
}

TEST_CASE("a refusal is evidence too: verified, and the document is said to be invalid") {
  const Exchange exchange({.ending = Ending::refused});
  const Receipt receipt = exchange.receipt();
  CHECK(receipt.outcome == EventType::reject);
  const auto found = verify_receipt(receipt);
  CHECK(found.verified);
  CHECK(holds(found, "receiver-signed") == Holds::yes);
  CHECK(holds(found, "document-valid-under-rules") == Holds::no);
  CHECK(render_text(found).contains("the totals do not add up"));
}

TEST_CASE("what the receiver said later belongs to the receipt, and none of it can be left out") {
  const Exchange exchange({.ending = Ending::accepted});
  const Receipt receipt = exchange.receipt();
  CHECK(receipt.outcome == EventType::accept);
  REQUIRE(read_receipt(write_receipt(receipt)));
  CHECK(verify_receipt(receipt).verified);
  Receipt shortened = receipt;
  shortened.proofs.erase(shortened.proofs.end() - 2);  // HANDOVER
  CHECK_FALSE(verify_receipt(shortened).verified);
  shortened = receipt;
  shortened.proofs.pop_back();  // ACCEPT: the outcome is no longer what the receipt says
  CHECK_FALSE(verify_receipt(shortened).verified);
}

TEST_CASE("without the negotiation's statements only both-agreed is unknown") {
  const Exchange exchange({.with_negotiation = false});
  const auto found = verify_receipt(exchange.receipt());
  CHECK(found.verified);
  CHECK(holds(found, "both-agreed") == Holds::unknown);
  CHECK(holds(found, "under-agreement") == Holds::yes);
}

TEST_CASE("a side's decisions are all there or left out, and the receipt says which") {
  const Receipt whole = Exchange().receipt();
  CHECK(whole.omitted == Omitted{});
  const Receipt without = Exchange({.with_decisions = false}).receipt();
  CHECK(without.omitted == Omitted{.sender = true, .receiver = true});
  CHECK(without.proofs.size() == whole.proofs.size() - 2);
  REQUIRE(read_receipt(write_receipt(without)));
  CHECK(verify_receipt(without).verified);
  CHECK(render_text(verify_receipt(without)).contains("the receiver's decisions"));
  Receipt lying = without;
  lying.omitted.sender = false;
  CHECK_FALSE(verify_receipt(lying).verified);
  lying = whole;
  lying.proofs.erase(lying.proofs.begin() + 3);  // the sender's DECISION
  CHECK_FALSE(verify_receipt(lying).verified);
  lying.omitted.sender = true;  // left out, and said so
  CHECK(verify_receipt(lying).verified);
}

TEST_CASE("a receipt in which one side is not yet logged is answered, and says which") {
  const Exchange exchange;
  auto proofs = exchange.sender.proofs(true);
  for (auto& proof : exchange.receiver.proofs(false)) proofs.push_back(proof);
  const auto receipt = assemble_receipt(exchange.agreement_text, proofs, exchange.keys());
  REQUIRE(receipt);
  CHECK(receipt->level == ReceiptLevel::answered);
  CHECK(receipt->proofs.size() == 6);  // without the receiver's DECISION: nothing ties it
  REQUIRE(read_receipt(write_receipt(*receipt)));
  const auto found = verify_receipt(*receipt);
  CHECK(found.verified);
  CHECK(holds(found, "sender-logged") == Holds::yes);
  CHECK(holds(found, "receiver-logged") == Holds::unknown);
}

TEST_CASE("assembling does not depend on the order of what is given") {
  const Exchange exchange({.ending = Ending::accepted});
  auto proofs = exchange.proofs();
  auto keys = exchange.keys();
  const Receipt expected = exchange.receipt();
  for (std::size_t turn = 0; turn < proofs.size(); ++turn) {
    std::ranges::rotate(proofs, proofs.begin() + 1);
    std::ranges::rotate(keys, keys.begin() + 1);
    CHECK(assemble_receipt(exchange.agreement_text, proofs, keys).value() == expected);
  }
  keys.insert(keys.end(), keys.begin(), keys.end());
  CHECK(assemble_receipt(exchange.agreement_text, proofs, keys).value() == expected);
}

TEST_CASE("cosignatures are left out of this version, and refused when somebody adds one") {
  const Exchange exchange;
  const auto witness =
      crypto::SigningKey::generate(crypto::Suite::ed25519, example::seed_of(99)).value();
  auto proofs = exchange.proofs();
  for (auto& proof : proofs) {
    Note note = parse_note(proof.logged->checkpoint).value();
    const Note cosigned = parse_note(sign_note(note.text, "witness.example", witness)).value();
    note.signatures.insert(note.signatures.begin(), cosigned.signatures.front());
    proof.logged->checkpoint = write_note(note);
  }
  const auto receipt = assemble_receipt(exchange.agreement_text, proofs, exchange.keys());
  REQUIRE(receipt);
  CHECK(*receipt == exchange.receipt());
  Receipt added = *receipt;
  added.proofs[0].logged->checkpoint = proofs[0].logged->checkpoint;
  CHECK_FALSE(verify_receipt(added).verified);
}

TEST_CASE("statements of no one exchange cannot be assembled") {
  const Exchange exchange({.logged = false});
  const auto proofs = exchange.proofs();
  for (std::size_t i = 0; i < proofs.size(); ++i) {
    const auto type = read_statement(proofs[i].statement).value().written.statement.type;
    if (type == EventType::decision) continue;
    auto fewer = proofs;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_FALSE(assemble_receipt(exchange.agreement_text, fewer, exchange.keys()));
    auto more = proofs;
    more.push_back(proofs[i]);
    CHECK_FALSE(assemble_receipt(exchange.agreement_text, more, exchange.keys()));
  }
  CHECK_FALSE(assemble_receipt(exchange.agreement_text, {}, exchange.keys()));
  const Exchange logged;
  CHECK_FALSE(assemble_receipt(logged.agreement_text, logged.proofs(), logged.sender.keys()));
}

TEST_CASE("pins decide whose keys they are") {
  const Exchange exchange;
  const Receipt receipt = exchange.receipt();
  auto pins = pins_of(receipt);
  CHECK(holds(verify_receipt(receipt), "keys-pinned") == Holds::unknown);
  auto half = pins;
  std::erase_if(half, [&](const PinnedKey& pin) { return pin.did.value == exchange.sender.did(); });
  CHECK(holds(verify_receipt(receipt, {.pins = half}), "keys-pinned") == Holds::unknown);
  pins.erase(pins.begin());
  const auto found = verify_receipt(receipt, {.pins = pins});
  CHECK(holds(found, "keys-pinned") == Holds::no);
  CHECK_FALSE(found.verified);

  std::string text = R"({"did:web:exporter.example":[)";
  text += "\"" + base64url(receipt.keys[2].key.bytes) + "\"]}";
  CHECK(read_pins(text).value().size() == 1);
  for (const View bad : {"", "[]", R"({"x":[]})", R"({"did:web:x":"y"})", R"({"did:web:x":[1]})",
                         R"({"did:web:x":["AAAA"]})"})
    CHECK_FALSE(read_pins(bad));
}

TEST_CASE("another document than the signed one is told apart") {
  const Exchange exchange;
  const Receipt receipt = exchange.receipt();
  CHECK(verify_receipt(receipt, {.document = exchange.document}).verified);
  const auto found = verify_receipt(receipt, {.document = exchange.document + " "});
  CHECK_FALSE(found.verified);
  CHECK(holds(found, "document-matches") == Holds::no);
  CHECK(holds(found, "sender-signed") == Holds::yes);
}

TEST_CASE("a dishonest party cannot make its statement fit an exchange that was another") {
  Forged forged;
  REQUIRE(verify_receipt(forged.receipt).verified);
  const std::string other(64, '0');
  const auto set = [](const char* name, Value value) {
    return [=](Statement& statement) { statement.more.set(name, value); };
  };
  CHECK(forged.with(kReceive, [](Statement&) {}).verified);
  CHECK_FALSE(forged.with(kSubmit, set("to", "did:web:other.example")).verified);
  CHECK_FALSE(forged.with(kSubmit, set("agreement", "urn:uuid:other")).verified);
  CHECK_FALSE(forged.with(kSubmit, set("agreementSha256", other)).verified);
  CHECK_FALSE(forged.with(kSubmit, set("payloadSha256", other)).verified);
  CHECK_FALSE(forged.with(kSubmit, set("payloadBytes", 1)).verified);
  CHECK_FALSE(forged.with(kSubmit, set("kind", "ubl:CreditNote")).verified);
  CHECK_FALSE(forged.with(kSubmit, [](Statement& s) { s.time = s.time + seconds(1); }).verified);
  CHECK_FALSE(forged.with(kSubmit, [](Statement& s) { s.exchange.value = "x"; }).verified);
  CHECK_FALSE(forged.with(kReceive, set("from", "did:web:other.example")).verified);
  CHECK_FALSE(forged.with(kReceive, set("submitSha256", other)).verified);
  CHECK_FALSE(forged.with(kReceive, set("payloadSha256", other)).verified);
  CHECK_FALSE(forged.with(kReceive, set("agreement", "urn:uuid:other")).verified);
  CHECK_FALSE(forged.with(kReceive, set("agreementSha256", other)).verified);
  CHECK_FALSE(forged.with(kReceive, set("peerExchange", "urn:uuid:other")).verified);
  CHECK_FALSE(forged.with(kAgreed, set("provider", "did:web:customs.example")).verified);
  CHECK_FALSE(forged.with(kAgreed, set("consumer", "did:web:other.example")).verified);
  CHECK_FALSE(forged.with(kAgreed, set("agreementSha256", other)).verified);
  CHECK_FALSE(forged.with(kVerified, set("agreement", "urn:uuid:other")).verified);
  CHECK_FALSE(forged.with(kFinalized, set("agreementSha256", other)).verified);
  const auto invalid = forged.with(kReceive, set("valid", false));
  CHECK(invalid.verified);
  CHECK(holds(invalid, "document-valid-under-rules") == Holds::no);
  CHECK(holds(forged.with(kReceive, set("rules", "")), "document-valid-under-rules") ==
        Holds::unknown);
}

TEST_CASE("a log that shows two heads of one size, or two events in one place, is refused") {
  Exchange exchange;
  Receipt receipt = exchange.receipt();
  // A second log of the same name and key, one entry different: what an equivocating log signs.
  example::MemoryLog fork("exporter.example/log/2026h2", 11, 0);
  const auto& genuine = *receipt.proofs[0].logged;
  fork.append(genuine.leaf);
  while (fork.size() < exchange.sender.log().size()) fork.append("forked");
  LogProof forked = genuine;
  forked.index = 0;
  forked.checkpoint = fork.checkpoint();
  forked.inclusion = prove_inclusion(0, fork.size(), fork.nodes()).value();
  receipt.proofs[0].logged = forked;
  const auto found = verify_receipt(receipt);
  CHECK_FALSE(found.verified);
  CHECK(holds(found, "consistent") == Holds::no);
  CHECK(holds(found, "sender-logged") == Holds::yes);
}

TEST_CASE("a peer's words cannot command a terminal") {
  Forged forged;
  const auto found = forged.with(kReceive, [](Statement& statement) {
    statement.more.set("rules", "\x1b[2J\n\xc2\x9b evil");
  });
  const std::string text = render_text(found);
  CHECK_FALSE(text.contains('\x1b'));
  CHECK_FALSE(text.contains("\xc2\x9b"));
  CHECK(std::ranges::count(text, '\n') == 13);
}

TEST_CASE("the example of the protocol page is taken from the golden receipt") {
  std::ifstream file(CORRIDOR_SOURCE_DIR "/docs/protocol/receipt.md", std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const Receipt receipt = Exchange().receipt();
  const auto cast = arrange(receipt.proofs).value();
  const Part& submit = cast.submitted();
  CHECK(page.contains(submit.sha256()));
  CHECK(page.contains(submit.said.jws.substr(submit.said.jws.rfind('.') + 1)));
  CHECK(page.contains(hex(leaf_hash(submit.logged->leaf).view())));
  for (const Digest& hash : submit.logged->inclusion) CHECK(page.contains(hex(hash.view())));
  const std::string& note = submit.logged->checkpoint;
  CHECK(page.contains(note.substr(note.find("\n\n") + 2)));
}

TEST_CASE("what is no receipt is refused with its reason") {
  const std::string good = write_receipt(Exchange().receipt());
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("[]"), std::string("null"),
        good.substr(0, good.size() / 2), good + "x", std::string(kReceiptBytesMax + 1, ' '),
        std::string(100'000, '['), std::string(R"({"corridorReceipt":"2"})")}) {
    const auto read = read_receipt(bad);
    REQUIRE_FALSE(read);
    CHECK(read.error().why.starts_with("the receipt: "));
  }
  Receipt nonsense;
  CHECK_FALSE(verify_receipt(nonsense).verified);
}

}  // namespace corridor::evidence
