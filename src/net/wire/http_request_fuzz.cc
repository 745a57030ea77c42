// SPDX-License-Identifier: Apache-2.0
//
// Requests, as a server reads them. Checked: the outcome does not depend on how the bytes are cut
// (the first byte of the input says how) or on whether bodies are kept or given away, limits hold,
// and nothing that was accepted could be read in another way.
#include "net/wire/grammar.h"
#include "net/wire/reader.h"

using namespace corridor;
using namespace corridor::net;

namespace {

constexpr std::size_t kBodyBytesMax = 64;

struct Outcome {
  std::vector<Request> requests;
  MessageReader::State state = MessageReader::State::start_line;
  int status = 0;
};

using Keep = MessageReader::Keep;

Outcome read_all(View bytes, std::size_t piece, Keep keep) {
  MessageReader reader(MessageReader::Kind::request);
  Bytes body;
  Outcome outcome;
  while (!bytes.empty() && reader.state() != MessageReader::State::failed) {
    View input = bytes.substr(0, piece);
    bytes.remove_prefix(input.size());
    while (!input.empty() && reader.state() != MessageReader::State::failed) {
      const std::size_t direct = std::min(reader.direct_bytes(), input.size());
      body += input.substr(0, direct);
      if (direct > 0) reader.pass_direct(direct);
      input = reader.feed(input.substr(direct));
      body += reader.piece();
      if (reader.state() == MessageReader::State::head) reader.accept_body(kBodyBytesMax, keep);
      if (reader.state() != MessageReader::State::done) continue;
      outcome.requests.push_back(reader.take_request());
      if (keep == Keep::pieces) outcome.requests.back().body = std::exchange(body, {});
      reader.next();
    }
  }
  outcome.state = reader.state();
  outcome.status = reader.refusal().status;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const View bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = read_all(bytes, bytes.size(), Keep::whole);
  const Outcome cut = read_all(bytes, 1 + data[0] % 32U,
                               (data[0] & 0x80) != 0 ? Keep::pieces : Keep::whole);
  CHECK(whole.state == cut.state && whole.status == cut.status);
  CHECK(whole.requests.size() == cut.requests.size());
  for (std::size_t i = 0; i < whole.requests.size(); ++i) {
    const Request& request = whole.requests[i];
    CHECK(request.body == cut.requests[i].body && request.target == cut.requests[i].target);
    CHECK(request.headers.fields() == cut.requests[i].headers.fields());
    CHECK(is_token(request.method) && is_target(request.target));
    CHECK(request.body.size() <= kBodyBytesMax);
    CHECK(request.headers.count("host") == 1);
    CHECK(request.headers.count("content-length") + request.headers.count("transfer-encoding") <=
          1);
    for (const auto& [name, value] : request.headers.fields())
      CHECK(is_token(name) && is_field_value(value) && trimmed(value) == value);
  }
  return 0;
}
