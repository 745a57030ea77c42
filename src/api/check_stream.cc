// SPDX-License-Identifier: Apache-2.0
//
// POST /check/stream: documents in, reports out, both while the other goes on (docs/documents.md).
#include <atomic>
#include <thread>

#include "api/call.h"
#include "engine/check_stream.h"

namespace corridor::api {

namespace {

std::atomic<std::size_t> streams = 0;

// Both ends of one stream; counts as long as either lives.
class Checking final : public net::BodySink, public net::BodySource {
 public:
  Checking(Executor& workers, engine::ExamineDocument examine)
      : stream_(std::make_shared<engine::CheckStream>(
            workers, std::max(2U, std::thread::hardware_concurrency()) + 1, std::move(examine))) {
    ++streams;
  }
  ~Checking() override { --streams; }

  void take(View piece, net::BodySink::Done done) override {
    stream_->take(piece, [done = std::move(done)]() mutable { done({}); });
  }
  void end(Result<> how) { stream_->end(std::move(how)); }
  [[nodiscard]] std::uint64_t bytes() const override { return kUntilItEnds; }
  void next(std::span<char> room, net::BodySource::Done done) override {
    stream_->next(room, [done = std::move(done)](std::size_t bytes) mutable { done(bytes); });
  }

 private:
  std::shared_ptr<engine::CheckStream> stream_;
};

}  // namespace

void manage_check_stream(Call call) {
  if (streams >= limits::kCheckStreamsMax)
    return call.fail({Code::busy, "as many streams are judged as may be at once",
                      "use one stream for many documents"});
  engine::Engine& engine = call.engine();
  const auto checking = std::make_shared<Checking>(
      call.workers(), [&engine](View bytes, const std::string& partner) {
        return engine.examine(bytes, partner);
      });
  call.request.incoming->read_into(
      checking, [checking](Result<> how) { checking->end(std::move(how)); });
  net::Response response{200, {{"Content-Type", "application/x-ndjson"}}, {}, checking, true};
  call.answer(std::move(response));
}

}  // namespace corridor::api
