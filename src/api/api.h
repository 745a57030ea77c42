// SPDX-License-Identifier: Apache-2.0
//
// Every route of a node in one table (routes.cc): who may call it, how large its body may be, and
// the handler. Three kinds of callers: anyone (DID document, version, log heads and tiles), peers
// (a self-issued token, verified here against the caller's DID document), and this node's own people
// and programs (the API key of the data folder, or a named one; one of role `read` may only GET). The
// command line has no other way in.
//
// A handler reads and checks on a worker, asks the engine, and answers when the commit is done.
// Whoever is not a party to a process gets the answer of an unknown id.
//
// Threads: `handle` from any thread; everything else runs on workers.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>

#include "engine/engine.h"
#include "identity/identity.h"
#include "net/http.h"

namespace corridor::api {

struct Options {
  std::string api_key;
  std::string root;  // of the participant: http://localhost:7411/0
  // Tokens issued before this are asked for again; 0 for a node that has never answered anyone.
  Time fence;
  std::string data_folder;  // shown by status
};

class Call;
class RequestCounts;

class Api {
 public:
  Api(Env& env, Executor& workers, engine::Engine& engine, net::Client& client, Options options);
  ~Api();

  void handle(net::Request request, net::Respond respond);
  // Most bytes a body for this method and target may have.
  [[nodiscard]] static std::size_t body_bytes_max(View method, View target);
  // Whether a body of any size is expected there: it is taken piece by piece.
  [[nodiscard]] static bool body_is_streamed(View method, View target);
  // The answer to a request that never reached its handler, in the form of its route.
  [[nodiscard]] static net::Response refusal(View method, View target, const Error& error);

 private:
  friend class Call;
  void route(net::Request request, net::Respond respond);
  void authenticate_peer(Call call);
  // `unauthenticated`, or `denied` for a key that may only look.
  Result<> check_key(const Call& call) const;
  std::optional<exchange::PeerCaller> peer_of_fixed_token(const Call& call) const;

  struct Guard {
    std::mutex mutex;
    identity::ReplayGuard seen;
  };

  Env& env_;
  Executor& workers_;
  engine::Engine& engine_;
  net::Client& client_;
  Options options_;
  std::array<Guard, 8> guards_;  // by issuer
  std::unique_ptr<RequestCounts> counts_;
};

}  // namespace corridor::api
