// SPDX-License-Identifier: Apache-2.0
//
// Receipts: assembled on demand from rows, and brought to level `logged` in the background. An
// exchange that has been answered waits here until our own log and the counterparty's both hold its
// leaves, and again with every business answer that comes later; the counterparty's proofs are asked for in one request per peer (its answer comes when it
// has them), verified, checked to continue the last head we saw of that log, and committed together.
//
// Threads: any; one request per peer at a time.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "engine/facts.h"
#include "engine/log.h"
#include "engine/outbox.h"
#include "evidence/receipt.h"

namespace corridor::engine {

class Receipts {
 public:
  struct Parts {
    Env& env;
    Executor& executor;
    net::Client& client;
    const store::Store& store;
    Facts& facts;
    Log& log;
    const NodeKeys& keys;
    const exchange::Self& self;
    Bytes own_document;
    std::function<void(ReceiptsLogged, Done)> commit;
  };
  explicit Receipts(Parts parts);

  Result<> load();
  void open(View unlogged_key);  // after a commit

  // `conflict` while the counterparty has not answered yet.
  [[nodiscard]] Result<evidence::Receipt> receipt(const std::string& exchange) const;

 private:
  struct Peer {
    std::set<std::string> exchanges;
    bool at_work = false;    // asking, or about to ask
    bool resting = false;    // about to, after a failure
    int failures = 0;
    std::uint64_t turn = 0;  // whoever comes to ask under an older one is too late
  };
  struct Wanted {
    std::string exchange;
    std::uint32_t answer = 0;  // as in ReceiptsLogged
    Digest leaf;               // of the counterparty's statement
    std::uint64_t own_index = 0;
  };
  struct Question {
    Did peer;
    std::vector<Wanted> wanted;
    std::uint64_t from = 0;    // size of the last head we know of that log
    Digest from_root;
    identity::DidDocument document;
    std::string log_url;
    std::string origin;
  };

  Result<> add_own_answers(std::vector<evidence::ReceiptProof>& proofs, const Rows& rows,
                           const std::string& exchange, const LogHead* head) const;
  void work_at(Time when, const std::string& peer, std::uint64_t turn);
  void work(const std::string& peer);
  void ask(const Did& peer, DidFact fact);
  // What of this exchange is not known to be in the counterparty's log.
  static Result<> add_wanted(Question& question, const Rows& rows, const std::string& exchange);
  Result<Question> question(const Did& peer, const DidFact& fact) const;
  Result<ReceiptsLogged> read_answer(const Question& question, const net::Response& response) const;
  void wait_for_own_log(Question question, ReceiptsLogged logged);
  void done(const std::string& peer, const Result<>& outcome, const std::vector<std::string>& gone);

  Parts parts_;
  mutable std::mutex mutex_;
  std::map<std::string, Peer> peers_;
};

// Where a node's log answers and what it is called, from its CorridorNode endpoint.
std::string log_url_of(std::string_view corridor_url);
std::string log_origin_of(std::string_view corridor_url);

}  // namespace corridor::engine
