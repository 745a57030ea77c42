// SPDX-License-Identifier: Apache-2.0
//
// A fetch asks, takes what comes, and asks for the rest until there is none: each answer that
// brought a byte starts the count of tries anew. What is known of the bytes is written beside them
// before the first of them, so that a later process goes on as this one would.
#include "dataplane/plan.h"
#include "dataplane/pump/state.h"

namespace corridor::dataplane {

namespace {

class Fetching final : public std::enable_shared_from_this<Fetching> {
 public:
  using Done = std::move_only_function<void(Result<Fetched>)>;
  Fetching(const DataPlane::Parts& parts, std::shared_ptr<Place> place, Fetch what, Done done)
      : parts_(parts),
        place_(std::move(place)),
        what_(std::move(what)),
        wanted_{what_.sha256, what_.bytes, what_.bytes_max},
        done_(std::move(done)) {}

  // All of these run on workers, one at a time.
  void start() {
    auto opened = open();
    if (!opened) return end(std::unexpected(std::move(opened).error()));
    attempt();
  }

 private:
  Result<> open() {
    TRY_ASSIGN(auto writer, parts_.blobs.write(what_.partial));
    known_ = {};
    if (auto note = read_note(writer->note())) known_ = std::move(*note);
    came_in_parts_ = writer->bytes() > 0;
    sink_ = std::make_shared<WriterSink>(parts_.workers, std::move(writer), what_.bytes_max,
                                         what_.gate);
    return {};
  }

  void attempt();
  Result<std::shared_ptr<net::BodySink>> on_head(const net::Response& head);
  void answered(Result<net::Response> result);
  void took_body();
  void retry(const Error& error, std::optional<Duration> retry_after);
  void finish();
  void begin_anew();
  void end(Result<Fetched> result);

  DataPlane::Parts parts_;
  std::shared_ptr<Place> place_;
  Fetch what_;
  Wanted wanted_;
  Done done_;
  std::shared_ptr<WriterSink> sink_;
  Known known_;
  std::uint64_t have_ = 0;               // when the request was made
  std::optional<Judgement> judgement_;  // of the answer under way
  int tries_ = 0;                        // since the last byte of progress
  bool came_in_parts_ = false;  // not from one answer: what is put together may not fit
  bool began_anew_ = false;
};

void Fetching::attempt() {
  if (what_.gate)
    if (auto may = what_.gate(); !may) return end(std::unexpected(std::move(may).error()));
  have_ = sink_->bytes();
  judgement_.reset();
  if (have_ > 0 && known_.total == have_) return finish();
  net::Request request;
  request.method = "GET";
  request.url = what_.url;
  request.headers = ask(wanted_, known_, have_);
  if (!what_.authorization.empty()) request.headers.add("Authorization", what_.authorization);
  net::SendOptions options;
  options.timeout = parts_.stall_timeout;
  options.streamed_bytes_max = what_.bytes_max;
  options.on_head = [self = shared_from_this()](const net::Response& head) {
    return self->on_head(head);
  };
  parts_.client.send(std::move(request), std::move(options),
                     [self = shared_from_this()](Result<net::Response> result) {
                       self->parts_.workers.post_always(
                           [self, result = std::move(result)]() mutable {
                             self->answered(std::move(result));
                           });
                     });
}

// On an I/O thread; `answered` comes after it.
Result<std::shared_ptr<net::BodySink>> Fetching::on_head(const net::Response& head) {
  using Take = Judgement::Take;
  judgement_ = judge(wanted_, known_, have_, head.status, head.headers);
  if (judgement_->take == Take::refuse) return std::unexpected(judgement_->error);
  if (judgement_->take != Take::append && judgement_->take != Take::anew) return nullptr;
  const bool is_new = judgement_->known != known_;
  sink_->begin({.anew = judgement_->take == Take::anew,
                .skip = judgement_->skip,
                .note = is_new ? write_note(judgement_->known) : Bytes()});
  return sink_;
}

void Fetching::answered(Result<net::Response> result) {
  using Take = Judgement::Take;
  if (const auto error = sink_->error()) return end(std::unexpected(*error));
  const bool took = judgement_ && (judgement_->take == Take::append ||
                                   judgement_->take == Take::anew);
  if (took) known_ = judgement_->known;
  if (took && result) return took_body();
  if (took && sink_->bytes() > (judgement_->take == Take::anew ? 0 : have_)) {
    tries_ = 0;
    came_in_parts_ = true;
  }
  if (judgement_ && judgement_->take == Take::refuse)
    return end(std::unexpected(std::move(judgement_->error)));
  if (judgement_ && judgement_->take == Take::complete) {
    known_ = judgement_->known;
    return finish();
  }
  if (judgement_ && judgement_->take == Take::again) {
    if (judgement_->forget) begin_anew();
    return retry(judgement_->error, judgement_->retry_after);
  }
  if (result) return retry({Code::peer, "the other side answered nothing of use", {}}, {});
  if (!may_pass(result.error().code)) return end(std::unexpected(std::move(result).error()));
  retry(result.error(), {});
}

// A part may have been less than what is missing; whatever it brought is progress.
void Fetching::took_body() {
  if (auto begun = sink_->end_of_body(); !begun)
    return end(std::unexpected(std::move(begun).error()));
  const std::uint64_t bytes = sink_->bytes();
  if (!known_.total || bytes >= *known_.total) return finish();
  came_in_parts_ = true;
  if (bytes <= have_) return retry({Code::peer, "the other side gives no more bytes", {}}, {});
  tries_ = 0;
  attempt();
}

void Fetching::begin_anew() {
  known_ = {};
  sink_->begin({.anew = true, .skip = 0, .note = {}});
  if (auto begun = sink_->end_of_body(); !begun) return;  // the next piece says so again
  came_in_parts_ = false;
}

void Fetching::retry(const Error& error, std::optional<Duration> retry_after) {
  const auto wait = wait_before_try(++tries_, retry_after);
  if (!wait) return end(std::unexpected(error));
  parts_.workers.at(parts_.env.now() + *wait, [self = shared_from_this()] { self->attempt(); });
}

void Fetching::finish() {
  const std::uint64_t bytes = sink_->bytes();
  const auto total = what_.bytes ? what_.bytes : known_.total;
  const auto sha256 = what_.sha256 ? what_.sha256 : known_.sha256;
  auto stored = [&]() -> Result<store::Stored> {
    const auto writer = sink_->take_writer();
    if (!total || *total == bytes) return writer->finish(sha256);
    TRY(writer->discard());
    return fail(Code::peer, std::to_string(bytes) + " bytes came, announced were " +
                                std::to_string(*total));
  }();
  if (stored)
    return end(Fetched{std::move(*stored), std::move(known_.media_type), sha256.has_value()});
  // Put together from parts it may not fit, and then nobody is to blame yet: once more, in one.
  if (stored.error().code != Code::peer || !came_in_parts_ || began_anew_)
    return end(std::unexpected(std::move(stored).error()));
  began_anew_ = true;
  tries_ = 0;
  start();
}

void Fetching::end(Result<Fetched> result) {
  if (sink_) sink_->take_writer();  // whoever hears of it may go on with the partial
  sink_.reset();
  place_.reset();
  std::exchange(done_, nullptr)(std::move(result));
}

}  // namespace

void DataPlane::fetch(Fetch what, std::move_only_function<void(Result<Fetched>)> done) {
  auto place = Place::take(state_);
  auto& workers = state_->parts.workers;
  if (!place) {
    return workers.post_always([done = std::move(done)]() mutable {
      done(std::unexpected(all_places_taken()));
    });
  }
  const auto fetching = std::make_shared<Fetching>(state_->parts, std::move(place),
                                                   std::move(what), std::move(done));
  workers.post_always([fetching] { fetching->start(); });
}

DataPlane::DataPlane(Parts parts) : state_(std::make_shared<State>(parts)) {}

DataPlane::~DataPlane() = default;

std::size_t DataPlane::transfers() const { return state_->transfers; }

}  // namespace corridor::dataplane
