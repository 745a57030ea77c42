// SPDX-License-Identifier: Apache-2.0
#include "engine/facts.h"

#include "crypto/crypto.h"

namespace corridor::engine {

namespace {

constexpr std::size_t kDidsMax = 4096;

std::string without_slash(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

}  // namespace

json::Value introduce(const identity::DidDocument& document) {
  auto pins = json::Value::array();
  for (const auto& pin : identity::pins_of(document)) pins.push(hex(pin.sha256.view()));
  auto value = json::Value::object({{"pins", std::move(pins)}});
  if (const auto* const node = document.service(identity::kCorridorNodeService)) {
    const std::string root = without_slash(node->endpoint);
    value.set("corridor", root + std::string(kCorridorPath));
    value.set("dsp", root + std::string(kDspPath));
  }
  return value;
}

Facts::Facts(Env& env, Executor& executor, net::Client& client, const store::Store& store,
             ParticipantNumber participant, Did own, Bytes own_document)
    : env_(env), executor_(executor), client_(client), store_(store), participant_(participant),
      own_(std::move(own)), own_document_(std::move(own_document)) {}

void Facts::get(const FactKey& key, std::move_only_function<void(Result<Fact>)> done) {
  did_document(Did(key.subject), [done = std::move(done)](Result<DidFact> fact) mutable {
    if (!fact) {
      done(std::unexpected(std::move(fact).error()));
      return;
    }
    done(std::move(fact->fact));
  });
}

void Facts::did_document(const Did& did, DidDone done) {
  const Time now = env_.now();
  std::optional<Result<DidFact>> known;
  bool start = false;
  {
    const std::lock_guard lock(mutex_);
    Entry* const entry = place_for(did, now);
    if (entry == nullptr) {
      known = fail(Code::busy, "too many unknown identities at once", "try again in a moment");
    } else if (!entry->in_flight && entry->until > now) {
      known = entry->fact;
    } else {
      entry->waiting.push_back(std::move(done));
      start = !entry->in_flight;
      entry->in_flight = true;
    }
  }
  if (known) done(std::move(*known));
  if (start) fetch(did);
}

// Bounded: what has run out goes; a flood of fresh names is refused, not remembered.
Facts::Entry* Facts::place_for(const Did& did, Time now) {
  if (const auto found = entries_.find(did.value); found != entries_.end()) return &found->second;
  if (entries_.size() >= kDidsMax)
    std::erase_if(entries_, [&](const auto& item) {
      return !item.second.in_flight && item.second.until <= now;
    });
  if (entries_.size() >= kDidsMax) return nullptr;
  return &entries_[did.value];
}

void Facts::forget(const Did& did) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(did.value);
  if (found != entries_.end()) found->second.until = {};
}

void Facts::fetch(const Did& did) {
  if (did == own_) {
    settle(did, read(did, {200, {}, own_document_}));
    return;
  }
  const auto url = identity::did_web_url(did);
  if (!url) {
    settle(did, std::unexpected(url.error()));
    return;
  }
  net::Request request;
  request.method = "GET";
  request.url = *url;
  request.headers.add("Accept", "application/did+json, application/json");
  net::SendOptions options;
  options.body_bytes_max = limits::kDidDocumentBytesMax;
  client_.send(std::move(request), options, [this, did](Result<net::Response> response) {
    executor_.post_always([this, did, response = std::move(response)]() mutable {
      arrived(did, std::move(response));
    });
  });
}

void Facts::arrived(const Did& did, Result<net::Response> response) {
  if (!response) {
    auto error = std::move(response).error();
    error.why = "the DID document of " + did.value + " could not be fetched: " + error.why;
    settle(did, std::unexpected(std::move(error)));
    return;
  }
  settle(did, read(did, *response));
}

Result<DidFact> Facts::read(const Did& did, const net::Response& response) const {
  if (response.status != 200)
    return fail(response.status >= 500 ? Code::unavailable : Code::peer,
                "the DID document of " + did.value + " was answered with status " +
                    std::to_string(response.status),
                "check that the DID is right and its node is running");
  auto document = identity::read_did_document(response.body, did);
  if (!document) return in_context("the DID document of " + did.value, document.error());
  TRY(check_pins(did, *document));
  DidFact known;
  known.fact.value = introduce(*document);
  known.fact.bytes = response.body;
  known.fact.digest = crypto::sha256(response.body);
  known.fact.until = env_.now() + limits::kDidDocumentAge;
  known.document = std::move(*document);
  return known;
}

// A partner's keys were pinned by its invitation; whoever controls its name or its web server later
// does not become the partner (identity.md: did:web is discovery only).
Result<> Facts::check_pins(const Did& did, const identity::DidDocument& document) const {
  TRY_ASSIGN(const auto view, store_.snapshot());
  TRY_ASSIGN(const auto row, Rows(*view, participant_).get(Table::peer, did.value));
  if (!row) return {};
  TRY_ASSIGN(const auto peer, from_bytes<exchange::PeerRecord>(*row));
  if (peer.pins.empty()) return {};
  for (const auto& pin : identity::pins_of(document)) {
    if (std::ranges::find(peer.pins, hex(pin.sha256.view())) == peer.pins.end())
      return fail(Code::denied,
                  "the DID document of " + did.value + " has a key that was not pinned: " +
                      pin.key_id,
                  "ask the partner whether it changed its keys, and join again with a new invitation");
  }
  return {};
}

void Facts::settle(const Did& did, Result<DidFact> fact) {
  std::vector<DidDone> waiting;
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[did.value];
    entry.fact = fact;
    entry.until = fact ? fact->fact.until : env_.now() + limits::kDidFailureAge;
    entry.in_flight = false;
    waiting.swap(entry.waiting);
  }
  for (auto& done : waiting) done(fact);
}

}  // namespace corridor::engine
