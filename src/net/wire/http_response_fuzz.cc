// SPDX-License-Identifier: Apache-2.0
//
// Responses, as a client reads them: the outcome does not depend on how the bytes are cut (the
// first byte of the input says how) and the limits hold.
#include "net/wire/grammar.h"
#include "net/wire/reader.h"

using namespace corridor;
using namespace corridor::net;

namespace {

constexpr std::size_t kBodyBytesMax = 64;

struct Outcome {
  MessageReader::State state = MessageReader::State::start_line;
  Code code = Code::internal;
  bool wants_close = false;
  Response response;
};

using Keep = MessageReader::Keep;

Outcome read_one(View bytes, std::size_t piece, Keep keep) {
  using State = MessageReader::State;
  MessageReader reader(MessageReader::Kind::response);
  Bytes body;
  while (!bytes.empty() && reader.state() != State::failed && reader.state() != State::done) {
    View input = bytes.substr(0, piece);
    bytes.remove_prefix(input.size());
    while (!input.empty() && reader.state() != State::failed && reader.state() != State::done) {
      input = reader.feed(input);
      body += reader.piece();
      if (reader.state() != State::head) continue;
      if (reader.status() < 200) {
        reader.next(true);
      } else {
        reader.accept_body(kBodyBytesMax, keep);
      }
    }
  }
  reader.finish();
  Outcome outcome{reader.state(), reader.refusal().code, reader.wants_close(),
                  reader.take_response()};
  if (keep == Keep::pieces) outcome.response.body = std::move(body);
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const View bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool is_head = (data[0] & 0x80) != 0;
  const Keep keep = is_head ? Keep::no_body : Keep::whole;
  const bool in_pieces = !is_head && (data[0] & 0x40) != 0;
  const Outcome whole = read_one(bytes, bytes.size(), keep);
  const Outcome cut = read_one(bytes, 1 + data[0] % 32U, in_pieces ? Keep::pieces : keep);
  CHECK(whole.state == cut.state && whole.code == cut.code);
  if (whole.state != MessageReader::State::done) return 0;
  const Response& response = whole.response;
  CHECK(whole.wants_close == cut.wants_close);
  CHECK(response.body == cut.response.body && response.status == cut.response.status);
  CHECK(response.headers.fields() == cut.response.headers.fields());
  CHECK(response.body.size() <= kBodyBytesMax && (!is_head || response.body.empty()));
  for (const auto& [name, value] : response.headers.fields())
    CHECK(is_token(name) && is_field_value(value));
  return 0;
}
