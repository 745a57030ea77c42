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

using Stream = std::shared_ptr<engine::CheckStream>;

class Documents final : public net::BodySink {
 public:
  explicit Documents(Stream stream) : stream_(std::move(stream)) {}
  void take(View piece, net::BodySink::Done done) override {
    stream_->take(piece, [done = std::move(done)]() mutable { done({}); });
  }

 private:
  Stream stream_;
};

// Dropped when the answer is over, or whoever asked has gone.
class Answers final : public net::BodySource {
 public:
  explicit Answers(Stream stream) : stream_(std::move(stream)) { ++streams; }
  ~Answers() override {
    --streams;
    stream_->abandon();
  }
  [[nodiscard]] std::uint64_t bytes() const override { return kUntilItEnds; }
  void next(std::span<char> room, net::BodySource::Done done) override {
    stream_->next(room, [done = std::move(done)](std::size_t bytes) mutable { done(bytes); });
  }

 private:
  Stream stream_;
};

}  // namespace

void manage_check_stream(Call call) {
  if (streams >= limits::kCheckStreamsMax)
    return call.fail({Code::busy, "as many streams are judged as may be at once",
                      "use one stream for many documents"});
  engine::Engine& engine = call.engine();
  const auto stream = std::make_shared<engine::CheckStream>(
      call.workers(), std::max(2U, std::thread::hardware_concurrency()) + 1,
      [&engine](View bytes, const std::string& partner) { return engine.examine(bytes, partner); });
  auto answers = std::make_shared<Answers>(stream);
  call.request.incoming->read_into(std::make_shared<Documents>(stream),
                                   [stream](Result<> how) { stream->end(std::move(how)); });
  net::Response response{
      200, {{"Content-Type", "application/x-ndjson"}}, {}, std::move(answers), true};
  call.answer(std::move(response));
}

}  // namespace corridor::api
