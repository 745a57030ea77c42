// SPDX-License-Identifier: Apache-2.0
#include "dataplane/plan.h"
#include "dataplane/pump/state.h"

namespace corridor::dataplane {

namespace {

// One blob on its way out, until it is answered for good. There is no resuming of a push: no
// protocol for it is understood by others, so it begins at the first byte each time.
class Pushing final : public std::enable_shared_from_this<Pushing> {
 public:
  using Done = std::move_only_function<void(Result<net::Response>)>;
  Pushing(const DataPlane::Parts& parts, std::shared_ptr<Place> place, Push what, Done done)
      : parts_(parts), place_(std::move(place)), what_(std::move(what)), done_(std::move(done)) {}

  void attempt() {
    auto request = make_request();
    if (!request) return end(std::unexpected(std::move(request).error()));
    net::SendOptions options;
    options.timeout = parts_.stall_timeout;
    parts_.client.send(std::move(*request), std::move(options),
                       [self = shared_from_this()](Result<net::Response> response) {
                         self->parts_.workers.post_always(
                             [self, response = std::move(response)]() mutable {
                               self->answered(std::move(response));
                             });
                       });
  }

 private:
  Result<net::Request> make_request() {
    if (what_.gate) TRY(what_.gate());
    TRY_ASSIGN(const store::Stored stored, parts_.blobs.find(what_.blob));
    TRY_ASSIGN(auto reader, parts_.blobs.reader(what_.blob, {.verify = false}));
    source_ = std::make_shared<BlobSource>(parts_.workers, std::move(reader), stored.bytes,
                                           what_.gate, place_);
    net::Request request;
    request.method = what_.method;
    request.url = what_.url;
    request.headers = {{"Content-Type", what_.media_type},
                       {"Repr-Digest", repr_digest(stored.sha256)}};
    if (!what_.authorization.empty()) request.headers.add("Authorization", what_.authorization);
    request.source = source_;
    return request;
  }

  void answered(Result<net::Response> response) {
    if (const auto error = source_->error()) return end(std::unexpected(*error));
    if (!response && !may_pass(response.error().code)) return end(std::move(response));
    if (response && response->status >= 200 && response->status < 300)
      return end(std::move(response));
    Error error;
    std::optional<Duration> retry_after;
    if (response) {
      Judgement judgement = judge_failure(response->status, response->headers);
      if (judgement.take == Judgement::Take::refuse)
        return end(std::unexpected(std::move(judgement.error)));
      error = std::move(judgement.error);
      retry_after = judgement.retry_after;
    } else {
      error = std::move(response).error();
    }
    const auto wait = wait_before_try(++tries_, retry_after);
    if (!wait) return end(std::unexpected(std::move(error)));
    source_.reset();
    parts_.workers.at(parts_.env.now() + *wait, [self = shared_from_this()] { self->attempt(); });
  }

  void end(Result<net::Response> result) {
    source_.reset();
    place_.reset();
    std::exchange(done_, nullptr)(std::move(result));
  }

  DataPlane::Parts parts_;
  std::shared_ptr<Place> place_;
  Push what_;
  Done done_;
  std::shared_ptr<BlobSource> source_;
  int tries_ = 0;
};

}  // namespace

void DataPlane::push(Push what, std::move_only_function<void(Result<net::Response>)> done) {
  auto place = Place::take(state_);
  auto& workers = state_->parts.workers;
  if (!place) {
    return workers.post_always([done = std::move(done)]() mutable {
      done(std::unexpected(all_places_taken()));
    });
  }
  const auto pushing = std::make_shared<Pushing>(state_->parts, std::move(place), std::move(what),
                                                 std::move(done));
  workers.post_always([pushing] { pushing->attempt(); });
}

}  // namespace corridor::dataplane
