// SPDX-License-Identifier: Apache-2.0
#include "dataplane/plan.h"
#include "dataplane/pump/state.h"

namespace corridor::dataplane {

namespace {

using ReceiveDone = std::move_only_function<void(Result<Received>)>;

struct Receiving {
  std::shared_ptr<Place> place;
  std::shared_ptr<WriterSink> sink;
  std::optional<Digest> sha256;
  std::string media_type;
  ReceiveDone done;

  Result<Received> finish(Result<> came) {
    if (const auto error = sink->error()) return std::unexpected(*error);
    const auto writer = sink->take_writer();
    TRY(came);
    auto stored = writer->finish(sha256);
    if (stored) return Received{std::move(*stored), std::move(media_type), sha256.has_value()};
    Error error = std::move(stored).error();
    if (error.code == Code::peer) error.code = Code::invalid;  // the sender asks us, here
    return std::unexpected(std::move(error));
  }
};

// The digest that the body has to have.
Result<std::optional<Digest>> expected(const net::Request& request, const Receive& how) {
  TRY_ASSIGN(const auto announced, read_repr_digest(request.headers));
  if (how.sha256 && announced && *how.sha256 != *announced)
    return fail(Code::invalid, "Repr-Digest announces other bytes than were agreed on");
  if (!how.sha256 && !announced && how.digest_required)
    return fail(Code::invalid, "Repr-Digest is missing", "send it as sha-256=:BASE64: (RFC 9530)");
  return how.sha256 ? how.sha256 : announced;
}

Result<> check_length(std::optional<std::uint64_t> announced, const Receive& how) {
  if (!announced) return {};
  if (how.bytes && *how.bytes != *announced)
    return fail(Code::invalid, std::to_string(*announced) + " bytes are announced, expected are " +
                                   std::to_string(*how.bytes));
  if (*announced <= how.bytes_max) return {};
  return fail(Code::too_large, std::to_string(*announced) + " bytes are more than the " +
                                   std::to_string(how.bytes_max) + " that are taken here");
}

}  // namespace

void DataPlane::receive(const net::Request& request, Receive how, ReceiveDone done) {
  const auto& parts = state_->parts;
  auto receiving = std::make_unique<Receiving>();
  receiving->done = std::move(done);
  const auto prepare = [&]() -> Result<> {
    TRY_ASSIGN(receiving->sha256, expected(request, how));
    TRY(check_length(request.incoming ? request.incoming->bytes() : request.body.size(), how));
    receiving->place = Place::take(state_);
    if (!receiving->place) return std::unexpected(all_places_taken());
    TRY_ASSIGN(auto writer, parts.blobs.write(""));
    receiving->sink = std::make_shared<WriterSink>(parts.workers, std::move(writer),
                                                   how.bytes.value_or(how.bytes_max), how.gate);
    return {};
  };
  if (auto prepared = prepare(); !prepared)
    return receiving->done(std::unexpected(std::move(prepared).error()));
  if (const auto* const type = request.headers.find("content-type")) receiving->media_type = *type;
  const auto sink = receiving->sink;
  const auto end = [&workers = parts.workers, bytes = how.bytes](
                       std::unique_ptr<Receiving> all, Result<> came) {
    workers.post_always([all = std::move(all), came = std::move(came), bytes]() mutable {
      if (came && bytes && all->sink->bytes() != *bytes)
        came = fail(Code::invalid, "fewer bytes came than were expected");
      auto result = all->finish(std::move(came));
      all->place.reset();
      all->done(std::move(result));
    });
  };
  if (!request.incoming) {
    auto came = request.body.empty() ? Result<>() : sink->append(request.body);
    return end(std::move(receiving), std::move(came));
  }
  request.incoming->read_into(sink, [end, all = std::move(receiving)](Result<> came) mutable {
    end(std::move(all), std::move(came));
  });
}

}  // namespace corridor::dataplane
