// SPDX-License-Identifier: Apache-2.0
//
// What follows from the headers of a transfer: which bytes an answer of ours has, what to ask for
// next, what to make of an answer of theirs, when to try again. Pure: no socket, no clock, no
// store.
//
//   RFC 9110 §13 (preconditions), §14 (ranges; one range of bytes, all else is answered whole),
//   RFC 9530 (Repr-Digest; of its algorithms sha-256 counts, the others are not looked at)
//
// A digest is what makes resuming safe: whatever was put together is held against it at the end.
// The validator (a strong ETag in If-Range) spares the bytes of a resource that has changed
// meanwhile.
#pragma once

#include <optional>
#include <string>

#include "net/http.h"

namespace corridor::dataplane {

struct Range {
  std::uint64_t first = 0;
  std::uint64_t bytes = 0;
  auto operator<=>(const Range&) const = default;
};

// --- headers -------------------------------------------------------------------------------

std::string repr_digest(const Digest& sha256);  // sha-256=:...:
// Nothing when there is none of sha-256; `invalid` when the field is malformed.
Result<std::optional<Digest>> read_repr_digest(const net::Headers& headers);
std::string etag_of(const Digest& sha256);  // strong, quotes included

// What a Range asks of `bytes` bytes. Nothing: all of it, as if it were not there (another unit,
// several ranges, malformed). A Range of 0 bytes: it cannot be satisfied.
std::optional<Range> read_range(View value, std::uint64_t bytes);

struct ContentRange {
  std::optional<Range> range;          // absent in a 416
  std::optional<std::uint64_t> total;  // absent: not known
};
std::optional<ContentRange> read_content_range(View value);
std::string content_range(const Range& range, std::uint64_t total);

// --- what we give --------------------------------------------------------------------------

struct Given {
  int status = 0;          // 200, 206, 304, 405, 412 or 416
  Range range;             // of the blob; with 200 and 206
  net::Headers headers;    // ETag, Accept-Ranges, Repr-Digest, Content-Range, Allow
  bool has_body = false;
};
Given plan_answer(const net::Request& request, const Digest& sha256, std::uint64_t bytes);

// --- what we take --------------------------------------------------------------------------

// What the other side said about the bytes of a partial.
struct Known {
  std::string etag;  // strong, or empty
  std::optional<Digest> sha256;
  std::optional<std::uint64_t> total;
  std::string media_type;
  bool operator==(const Known&) const = default;
};
std::string write_note(const Known& known);
std::optional<Known> read_note(View note);

struct Wanted {
  std::optional<Digest> sha256;
  std::optional<std::uint64_t> bytes;
  std::uint64_t bytes_max = 0;
};

// The headers of the next request, with `have` bytes in the partial. Without a validator or a
// digest there is no range: what would be put together could not be told from what it should be.
net::Headers ask(const Wanted& wanted, const Known& known, std::uint64_t have);

struct Judgement {
  enum class Take : std::uint8_t {
    append,    // the body goes behind what is there, without its first `skip` bytes
    anew,      // the body is the whole: what is there goes
    complete,  // what is there is the whole
    again,     // nothing to take; ask again, after throwing away what is there when `forget`
    refuse,    // for good: `error`
  };
  Take take = Take::refuse;
  Known known;  // from now on, with append and anew
  std::uint64_t skip = 0;
  bool forget = false;
  std::optional<Duration> retry_after;
  Error error;  // of refuse and again
};
Judgement judge(const Wanted& wanted, const Known& known, std::uint64_t have, int status,
                const net::Headers& headers);

// Whether an error of the network may pass, so that the transfer is tried again.
bool may_pass(Code code);
// What a status says that is not what was hoped for: `again` or `refuse`.
Judgement judge_failure(int status, const net::Headers& headers);
// How long to wait after so many tries in a row without a byte of progress; nothing: give up.
std::optional<Duration> wait_before_try(int tries, std::optional<Duration> retry_after);

}  // namespace corridor::dataplane
