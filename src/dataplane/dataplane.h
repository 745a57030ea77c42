// SPDX-License-Identifier: Apache-2.0
//
// Moves the bytes of blobs between this node and others: any size, bounded memory, resumed by
// ranges after a break, held against their Repr-Digest (RFC 9530) on arrival. It moves and
// verifies; whether something may move is decided elsewhere, and asked again before every piece
// through a Gate, so that a suspension or a termination cuts what flows.
//
//   serve    our blob, asked for by a peer: GET and HEAD, one range (RFC 9110 §14)
//   fetch    their bytes, asked for by us, into a partial that outlives breaks and restarts
//   push     our blob, sent by us (POST or PUT)
//   receive  their bytes, sent to us
//
//   plane.fetch({.url = address, .authorization = "Bearer ...", .partial = transfer_id,
//                .gate = [&] { return may_flow(transfer_id); }},
//               [](Result<dataplane::Fetched> fetched) { ... });
//
// What must never be: bytes with another digest than the one announced become a blob; a body that
// is too short passes for whole; a piece moves after its gate said no.
//
// Limits: limits::kTransfersMax at once (`busy` above; `serve` answers 503), two pieces of
// limits::kStreamPieceBytes each. Threads: any; `done` and gates run on the workers. A DataPlane is
// destroyed after network and workers have stopped; transfers under way then end without `done`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/work.h"
#include "net/http.h"
#include "store/blobs.h"

namespace corridor::dataplane {

// Whether the next piece may move; its error ends the transfer and is what `done` gets. Absent:
// yes. Asked on a worker before each piece (limits::kStreamPieceBytes at most); must not block for
// long.
using Gate = std::function<Result<>()>;

struct Serve {
  store::BlobId blob = {};
  std::string media_type = "application/octet-stream";
  std::string file_name = {};  // for Content-Disposition; empty: none
  Gate gate = nullptr;
};

struct Fetch {
  std::string url = {};
  std::string authorization = {};  // the value of the header; empty: none
  // Names the bytes so far (store/blobs.h). A fetch of the same name goes on where the last one
  // ended, in this process or an earlier one, if the other side still has the same bytes.
  std::string partial = {};
  std::optional<Digest> sha256 = {};        // when known before
  std::optional<std::uint64_t> bytes = {};  // when known before
  std::uint64_t bytes_max = limits::kTransferBytesMax;
  Gate gate = nullptr;
};

struct Fetched {
  store::Stored stored;
  std::string media_type;  // as the other side said, or empty
  // False when neither the caller nor the other side knew a digest: only the length was held to.
  bool verified = false;
};

struct Push {
  store::BlobId blob = {};
  std::string url = {};
  std::string method = "POST";  // or PUT
  std::string authorization = {};  // as in Fetch
  std::string media_type = "application/octet-stream";
  Gate gate = nullptr;
};

struct Receive {
  std::optional<Digest> sha256 = {};
  std::optional<std::uint64_t> bytes = {};
  std::uint64_t bytes_max = limits::kTransferBytesMax;
  bool digest_required = true;  // a body without Repr-Digest is refused, unless `sha256` is given
  Gate gate = nullptr;
};

struct Received {
  store::Stored stored;
  std::string media_type;
  bool verified = false;
};

class DataPlane {
 public:
  struct Parts {
    Env& env;
    Executor& workers;
    net::Client& client;
    store::Blobs& blobs;
    std::size_t transfers_max = limits::kTransfersMax;
    Duration stall_timeout = limits::kStallTimeout;  // of fetch and push
  };
  explicit DataPlane(Parts parts);
  ~DataPlane();

  // The whole answer to a GET or HEAD: 200, 206, 304, 405, 412, 416; 404 for no such blob; 503 when
  // too much moves. Always with ETag, Accept-Ranges and Repr-Digest. Opens a file: on a worker.
  [[nodiscard]] net::Response serve(const Serve& what, const net::Request& request);

  // Errors: the gate's; `unavailable`, `timeout` after limits::kTransferTriesMax tries without a
  // byte of progress (the partial stays); `unauthenticated`, `denied`, `not_found` as the other
  // side said; `peer` for bytes or answers that do not hold together (the bytes are thrown away);
  // `too_large`; `conflict` while the same partial is being fetched; `busy`.
  void fetch(Fetch what, std::move_only_function<void(Result<Fetched>)> done);

  // Gets any 2xx of the other side, with its body of at most limits::kMessageBytesMax. Tried again,
  // from the start, as long as that can help. Errors as above.
  void push(Push what, std::move_only_function<void(Result<net::Response>)> done);

  // Takes the body of `request`, streamed (Request::incoming) or whole, into a blob. Errors:
  // `invalid` for a digest or length that does not hold, `too_large`, `busy`, `unavailable`, the
  // gate's. Nothing of what failed is kept.
  void receive(const net::Request& request, Receive how,
               std::move_only_function<void(Result<Received>)> done);

  [[nodiscard]] std::size_t transfers() const;  // under way

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace corridor::dataplane
