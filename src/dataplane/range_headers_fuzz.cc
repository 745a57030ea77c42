// SPDX-License-Identifier: Apache-2.0
//
// Ranges, digests, notes and what is made of an answer. The first byte of the input says how much
// is here already; lines are the values of the headers.
#include "dataplane/plan.h"

using namespace corridor;
using namespace corridor::dataplane;

namespace {

View line(View& rest) {
  const auto end = rest.find('\n');
  const View one = rest.substr(0, end);
  rest = end == View::npos ? View{} : rest.substr(end + 1);
  return one;
}

void check_ranges(View value) {
  constexpr std::uint64_t kBytes = 1000;
  if (const auto range = read_range(value, kBytes))
    CHECK(range->bytes == 0 || (range->first < kBytes && range->bytes <= kBytes - range->first));
  if (const auto range = read_content_range(value)) {
    CHECK(range->range || range->total);
    if (range->range && range->total) {
      CHECK(range->range->bytes > 0 && range->range->first < *range->total);
      CHECK(range->range->bytes <= *range->total - range->range->first);
      const auto again = read_content_range(content_range(*range->range, *range->total));
      CHECK(again && again->range == range->range && again->total == range->total);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint64_t have = data[0];
  View rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (const auto known = read_note(rest)) CHECK(read_note(write_note(*known)) == known);
  const std::string range(line(rest));
  const std::string digest(line(rest));
  const std::string etag(line(rest));
  check_ranges(range);
  const net::Headers headers{{"Content-Range", range}, {"Repr-Digest", digest}, {"ETag", etag},
                             {"Content-Length", std::string(line(rest))}};
  if (const auto read = read_repr_digest(headers); read && *read) {
    const auto again = read_repr_digest({{"Repr-Digest", repr_digest(**read)}});
    CHECK(again && *again == *read);
  }
  const Known known{"\"e\"", {}, 200, {}};
  const Wanted wanted{{}, {}, 1000};
  for (const int status : {200, 206, 416}) {
    const Judgement judged = judge(wanted, known, have, status, headers);
    if (judged.take == Judgement::Take::append) CHECK(judged.skip <= have && have > 0);
    if (judged.take == Judgement::Take::complete) CHECK(judged.known.total == have);
    if (judged.known.total) CHECK(*judged.known.total <= wanted.bytes_max);
  }
  net::Request request;
  request.method = "GET";
  request.headers = {{"Range", range}, {"If-Range", etag}, {"If-None-Match", etag}};
  const Given given = plan_answer(request, Digest(), have);
  CHECK(given.range.first + given.range.bytes <= have || given.status == 416);
  CHECK(given.has_body == (given.status == 200 || given.status == 206));
  return 0;
}
