// SPDX-License-Identifier: Apache-2.0
#include "scenario.h"

#include "answering.h"
#include "checks.h"
#include "deals.h"

namespace corridor::sim {

namespace {

constexpr Micros kFaultTime = 20'000'000;
constexpr Micros kQuietTime = 3'600'000'000;
constexpr Micros kPersonLooks = 3'000'000;
constexpr Micros kPeopleGone = 1'200'000'000;
constexpr Micros kPersonLooksQuiet = 120'000'000;
constexpr Micros kAskAgain = 6'000'000;

// A small invoice of our own; the number makes it unlike any other, a wrong total makes it fatal.
std::string invoice(const std::string& number, bool right) {
  return R"(<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>)" + number +
         R"(</cbc:ID><cbc:IssueDate>2026-09-21</cbc:IssueDate><cbc:DueDate>2026-10-21</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PostalAddress><cac:Country><cbc:IdentificationCode>NO</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyTaxScheme><cbc:CompanyID>NO123456785MVA</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>Nordhavn Timber</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PostalAddress><cac:Country><cbc:IdentificationCode>SG</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyLegalEntity><cbc:RegistrationName>Straits Joinery</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">25.00</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">100.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">25.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">125.00</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="EUR">)" +
         (right ? "125.00" : "521.00") +
         R"(</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">10</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>Oak board</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item><cac:Price><cbc:PriceAmount currencyID="EUR">10.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>)";
}

struct Errand {  // one person, one document
  SimNode* from = nullptr;
  SimNode* to = nullptr;
  std::string key;
  Bytes document;
  bool expected = false;  // good, and of a kind that is agreed
  bool done = false;
};

class Scenario {
 public:
  Scenario(std::uint64_t seed, bool trace, std::FILE* messages);

  Outcome run();

 private:
  void set_faults();
  void plan();
  void partition();
  void ask(const std::shared_ptr<Errand>& errand);
  void person_looks(SimNode& node);
  void decide(SimNode& node, const net::Response& listed);
  void count(Outcome& outcome);
  void record(std::FILE* file, const std::string& to, const net::Request& request,
              const net::Response& response);
  [[nodiscard]] std::vector<SimNode*> all() const;

  World world_;
  SimNetwork network_;
  SimSink sink_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
  std::unique_ptr<Checks> checks_;
  std::unique_ptr<Deals> deals_;
  std::unique_ptr<Answering> answering_;
  std::vector<std::shared_ptr<Errand>> errands_;
  std::string alone_;  // the node that is cut off
  Micros alone_from_ = 0;
  Micros alone_until_ = 0;
  Micros people_leave_ = 0;
};

Scenario::Scenario(std::uint64_t seed, bool trace, std::FILE* messages)
    : world_(seed), network_(world_), sink_(world_, network_) {
  world_.tracing = trace;
  const std::uint64_t count = 2 + (world_.chance(0.5) ? world_.draw(3) : 0);
  for (std::uint64_t i = 0; i < count; ++i)
    nodes_.push_back(std::make_unique<SimNode>(world_, network_, std::string(1, static_cast<char>('A' + i)),
                                               static_cast<std::uint16_t>(7001 + i)));
  checks_ = std::make_unique<Checks>(world_, network_, all(), sink_);
  deals_ = std::make_unique<Deals>(world_, all());
  answering_ = std::make_unique<Answering>(world_, all());
  if (messages == nullptr) return;
  network_.on_answer = [this, messages, check = std::move(network_.on_answer)](
                           const auto& to, const auto& request, const auto& response) {
    check(to, request, response);
    record(messages, to, request, response);
  };
}

std::vector<SimNode*> Scenario::all() const {
  std::vector<SimNode*> list;
  for (const auto& node : nodes_) list.push_back(node.get());
  return list;
}

// One JSON a line, as the official schemas' judge reads them (test/schemas).
void Scenario::record(std::FILE* file, const std::string& to, const net::Request& request,
                      const net::Response& response) {
  if (!request.target.starts_with("/0/dsp/")) return;
  const auto line = [&](const char* direction, const Bytes& bytes) {
    auto body = json::parse(bytes);
    if (!body) return;
    const auto entry = json::Value::object({{"to", to},
                                            {"method", request.method},
                                            {"path", request.target},
                                            {"status", response.status},
                                            {"direction", direction},
                                            {"body", std::move(*body)}});
    std::fputs((json::write(entry) + "\n").c_str(), file);
  };
  line("request", request.body);
  line("response", response.body);
}

// One node hears nothing and is not heard for a while.
void Scenario::partition() {
  if (!world_.chance(0.4)) return;
  SimNode& node = *nodes_[world_.draw(nodes_.size())];
  alone_ = node.name();
  alone_from_ = world_.now() + static_cast<Micros>(world_.draw(kFaultTime / 2));
  alone_until_ = alone_from_ + static_cast<Micros>(world_.draw(kFaultTime / 2));
  network_.is_cut = [this, address = node.authority()](const std::string& from, const std::string& to) {
    const bool now = world_.now() >= alone_from_ && world_.now() < alone_until_;
    return now && (from == alone_) != (to == address);
  };
}

void Scenario::set_faults() {
  // Every fault has runs in which it is alone, and runs in which it is not there.
  Faults& faults = world_.faults;
  faults.on = true;
  faults.lose = world_.chance(0.6) ? 0.02 * static_cast<double>(world_.draw(10)) : 0;
  faults.twice = world_.chance(0.6) ? 0.03 * static_cast<double>(world_.draw(10)) : 0;
  faults.late = world_.chance(0.6) ? 0.03 * static_cast<double>(world_.draw(10)) : 0;
  faults.crash = world_.chance(0.7) ? 0.01 * static_cast<double>(world_.draw(8)) : 0;
}

void Scenario::plan() {
  const std::uint64_t count = 3 + world_.draw(6);
  for (std::uint64_t i = 0; i < count; ++i) {
    auto errand = std::make_shared<Errand>();
    const std::uint64_t from = world_.chance(0.6) ? 0 : world_.draw(nodes_.size());
    errand->from = nodes_[from].get();
    errand->to = nodes_[(from + 1 + world_.draw(nodes_.size() - 1)) % nodes_.size()].get();
    errand->key = "errand-" + std::to_string(i);
    const std::uint64_t sort = world_.draw(10);
    errand->expected = sort < 7;
    errand->document = sort < 9 ? invoice("INV-" + std::to_string(i), sort < 7)
                                : "Dear colleagues, letter " + std::to_string(i) + " follows.";
    errands_.push_back(errand);
    world_.after(static_cast<Micros>(world_.draw(kFaultTime)), [this, errand] { ask(errand); });
  }
}

// A person whose command got no answer gives it again, under the same key.
void Scenario::ask(const std::shared_ptr<Errand>& errand) {
  if (errand->done) return;
  errand->from->ask("POST", "/send?to=" + percent_encode(errand->to->did().value), errand->document,
                    errand->key, [errand](const net::Response& response) {
                      if (response.status < 500) errand->done = true;
                    });
  world_.after(kAskAgain, [this, errand] { ask(errand); });
}

void Scenario::person_looks(SimNode& node) {
  node.ask("GET", "/negotiations", {}, {},
           [this, &node](const net::Response& response) { decide(node, response); });
  // What is decided at the very end would not have the time to be told.
  const Micros next = world_.now() + (world_.faults.on ? kPersonLooks : kPersonLooksQuiet);
  if (next < people_leave_) world_.after(next - world_.now(), [this, &node] { person_looks(node); });
}

void Scenario::decide(SimNode& node, const net::Response& listed) {
  const auto body = json::parse(listed.body);
  const json::Value* const items = body ? body->find("items") : nullptr;
  if (items == nullptr) return;
  for (const auto& item : items->items()) {
    if (!item.boolean_or("held") || !world_.chance(0.7)) continue;
    const bool yes = world_.chance(0.6);
    node.ask("POST",
             "/negotiations/" + percent_encode(item.text_or("id")) + (yes ? "/approve" : "/terminate"),
             R"({"reason":"looked at by a person"})", {}, [](const net::Response&) {});
  }
}

void Scenario::count(Outcome& outcome) {
  for (SimNode* const node : all()) {
    const engine::Rows rows(node->store().latest(), 0);
    const auto page = rows.scan({Table::exchange, {}, {}, limits::kScanRowsMax});
    if (!page) continue;
    for (const auto& row : *page) {
      const auto record = from_bytes<exchange::ExchangeRecord>(row.value);
      if (!record || record->role != exchange::Role::provider) continue;
      outcome.answered += record->state == exchange::ExchangeState::answered ? 1 : 0;
      outcome.refused += record->state == exchange::ExchangeState::refused ? 1 : 0;
      const auto errand = std::ranges::find_if(errands_, [&](const auto& e) {
        return e->key == record->idempotency_key && e->from == node;
      });
      if (errand == errands_.end()) continue;
      if ((*errand)->expected && record->state != exchange::ExchangeState::answered)
        outcome.broken.push_back("a good document was not delivered: " + (*errand)->key + " is " +
                                 std::string(state_name(record->state)) + " " + record->reason);
    }
  }
}

Outcome Scenario::run() {
  for (SimNode* const node : all()) CHECK(node->start().has_value(), "a node does not start");
  for (SimNode* const node : all())
    for (SimNode* const peer : all())
      if (peer != node) node->make_partner(*peer, {"ubl:Invoice", "corridor:Test"});
  for (SimNode* const node : all())
    node->ask("POST", "/subscriptions",
              json::write(json::Value::object({{"url", sink_.url()}, {"after", 0}})), {},
              [](const net::Response& response) {
                CHECK(response.status == 201, "a node takes no subscription");
              });
  const Micros begin = world_.now();
  deals_->prepare();
  while (world_.run_one(begin + 100'000)) {
  }
  set_faults();
  plan();
  partition();
  deals_->plan(kFaultTime);
  people_leave_ = begin + kFaultTime + kQuietTime - kPeopleGone;
  for (SimNode* const node : all()) person_looks(*node);
  answering_->begin(people_leave_);
  while (checks_->broken().empty() && world_.run_one(begin + kFaultTime)) {
  }
  world_.faults.on = false;
  while (checks_->broken().empty() && world_.run_one(begin + kFaultTime + kQuietTime)) {
  }
  Outcome outcome;
  if (checks_->broken().empty()) checks_->at_the_end();
  if (checks_->broken().empty()) checks_->answers_arrived(*answering_);
  outcome.broken = checks_->broken();
  for (const auto& line : answering_->broken()) outcome.broken.push_back(line);
  if (answering_->waits()) outcome.broken.emplace_back("a person never heard of an answer of theirs");
  count(outcome);
  for (const auto& errand : errands_)
    if (!errand->done) outcome.broken.push_back("a person never got an answer: " + errand->key);
  outcome.fingerprint = world_.fingerprint();
  outcome.looked = checks_->looked();
  outcome.agreements = checks_->agreements;
  outcome.moves = deals_->moves();
  outcome.answers = answering_->answers();
  for (const SimNode* const node : all()) outcome.crashes += node->crashes;
  return outcome;
}

}  // namespace

Outcome run_scenario(std::uint64_t seed, bool trace, std::FILE* messages) {
  return Scenario(seed, trace, messages).run();
}

}  // namespace corridor::sim
