// SPDX-License-Identifier: Apache-2.0
//
// Sending does not verify what it reads: the receiver holds the whole against Repr-Digest, and a
// range could not be verified anyway.
#include "dataplane/plan.h"
#include "dataplane/pump/state.h"

namespace corridor::dataplane {

namespace {

// The length of an answer to HEAD.
class Announced final : public net::BodySource {
 public:
  explicit Announced(std::uint64_t bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t bytes() const override { return bytes_; }
  void next(std::span<char>, Done done) override {
    done(fail(Code::internal, "an answer to HEAD has no body"));
  }

 private:
  std::uint64_t bytes_;
};

net::Response refusal(const Error& error) {
  const auto& facts = code_facts(error.code);
  net::Response response{facts.http_status, {{"Content-Type", "application/json"}}, {}};
  response.body = R"({"code":")" + std::string(facts.name) + R"("})";
  if (error.code == Code::busy) response.headers.add("Retry-After", "1");
  return response;
}

// RFC 6266 with the encoding of RFC 8187.
std::string disposition(const std::string& file_name) {
  return "attachment; filename*=UTF-8''" + percent_encode(file_name);
}

}  // namespace

net::Response DataPlane::serve(const Serve& what, const net::Request& request) {
  const auto& parts = state_->parts;
  const auto stored = parts.blobs.find(what.blob);
  if (!stored) return refusal(stored.error());
  Given given = plan_answer(request, stored->sha256, stored->bytes);
  net::Response response{given.status, std::move(given.headers), {}};
  if (given.status == 200 || given.status == 206) {
    response.headers.add("Content-Type", what.media_type);
    if (!what.file_name.empty())
      response.headers.add("Content-Disposition", disposition(what.file_name));
  }
  if (given.status == 200 && !given.has_body)
    response.source = std::make_shared<Announced>(given.range.bytes);
  if (!given.has_body) return response;
  auto place = Place::take(state_);
  if (!place) return refusal(all_places_taken());
  if (what.gate)
    if (const auto may = what.gate(); !may) return refusal(may.error());
  auto reader = parts.blobs.reader(what.blob, {.offset = given.range.first,
                                               .bytes_max = given.range.bytes,
                                               .verify = false});
  if (!reader) return refusal(reader.error());
  response.source = std::make_shared<BlobSource>(parts.workers, std::move(*reader),
                                                 given.range.bytes, what.gate, std::move(place));
  return response;
}

}  // namespace corridor::dataplane
