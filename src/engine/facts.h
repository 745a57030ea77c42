// SPDX-License-Identifier: Apache-2.0
//
// What only the outside knows. Today that is one kind: DID documents, fetched by did:web, with a
// flight per DID (everyone who asks meanwhile waits for the same one), kept for
// limits::kDidDocumentAge, failures for limits::kDidFailureAge. The client refuses addresses that
// may not be called; this room refuses a document whose keys are not the ones pinned for a partner.
//
// Threads: any. Callbacks come on an executor thread, or at once from the cache.
#pragma once

#include <map>
#include <mutex>

#include "engine/clerk.h"
#include "identity/invite.h"
#include "net/http.h"

namespace corridor::engine {

// A DID document as it was fetched, and as the house reads it.
struct DidFact {
  Fact fact;  // value: {"corridor", "dsp", "name", "pins": [...]}
  identity::DidDocument document;
};

// Where a node answers, by convention of docs/protocol/node.md: the CorridorNode service is the
// participant's root; below it /corridor/v1 and /dsp.
inline constexpr std::string_view kCorridorPath = "/corridor/v1";
inline constexpr std::string_view kDspPath = "/dsp";

class Facts final : public FactSource {
 public:
  using DidDone = std::move_only_function<void(Result<DidFact>)>;

  // `own_document` is what this node serves: for itself nothing is fetched.
  Facts(Env& env, Executor& executor, net::Client& client, const store::Store& store,
        ParticipantNumber participant, Did own, Bytes own_document);

  void get(const FactKey& key, std::move_only_function<void(Result<Fact>)> done) override;
  void did_document(const Did& did, DidDone done);
  // Forgets what is known of a DID, so that the next question fetches it.
  void forget(const Did& did);

 private:
  struct Entry {
    Result<DidFact> fact = fail(Code::unavailable, "not fetched yet");
    Time until;
    bool in_flight = false;
    std::vector<DidDone> waiting;
  };

  Entry* place_for(const Did& did, Time now);  // nullptr: full
  void fetch(const Did& did);
  void arrived(const Did& did, Result<net::Response> response);
  Result<DidFact> read(const Did& did, const net::Response& response) const;
  Result<> check_pins(const Did& did, const identity::DidDocument& document) const;
  void settle(const Did& did, Result<DidFact> fact);

  Env& env_;
  Executor& executor_;
  net::Client& client_;
  const store::Store& store_;
  ParticipantNumber participant_;
  Did own_;
  Bytes own_document_;
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
};

// {"corridor","dsp","pins"} of a document: what steps may know of it.
json::Value introduce(const identity::DidDocument& document);

}  // namespace corridor::engine
