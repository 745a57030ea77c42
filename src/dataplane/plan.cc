// SPDX-License-Identifier: Apache-2.0
#include "dataplane/plan.h"

#include <algorithm>
#include <charconv>

namespace corridor::dataplane {

namespace {

constexpr Duration kRetryAfterMost = minutes(5);  // nobody makes us wait longer
constexpr View kNoteKind = "fetch 1";

View trimmed(View text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> whole_number(View text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// The part before `separator`; takes both from `rest`.
View cut(View& rest, char separator) {
  const auto at = rest.find(separator);
  const View part = rest.substr(0, at);
  rest = at == View::npos ? View{} : rest.substr(at + 1);
  return part;
}

bool starts_with_word(View text, View word) {
  return text.size() >= word.size() &&
         std::ranges::equal(text.substr(0, word.size()), word, [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
         });
}

bool is_strong_etag(View text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' &&
         text.substr(1, text.size() - 2).find('"') == View::npos;
}

// RFC 9110 §13.1.1, §13.1.2: whether a list names `etag`; a weak one counts only when `weakly`.
bool list_names(const std::string* list, View etag, bool weakly) {
  if (list == nullptr) return false;
  View rest = *list;
  if (trimmed(rest) == "*") return true;
  while (!rest.empty()) {
    View one = trimmed(cut(rest, ','));
    if (weakly && one.starts_with("W/")) one.remove_prefix(2);
    if (one == etag) return true;
  }
  return false;
}

std::string first_of(const net::Headers& headers, View name) {
  const std::string* const value = headers.find(name);
  return value == nullptr ? std::string() : *value;
}

Judgement refuse(Code code, std::string why, std::string todo = {}) {
  Judgement judgement;
  judgement.error = {code, std::move(why), std::move(todo)};
  return judgement;
}

Judgement refuse_peer(std::string why) {
  return refuse(Code::peer, std::move(why), "ask the other side what it serves there");
}

Judgement begin_again(std::string why) {
  Judgement judgement = refuse(Code::peer, std::move(why));
  judgement.take = Judgement::Take::again;
  judgement.forget = true;
  return judgement;
}

// Both sides' words about the same bytes: anything that both name has to agree.
bool is_same(const Known& before, const Known& now) {
  if (before.sha256 && now.sha256) return *before.sha256 == *now.sha256;
  return !before.etag.empty() && before.etag == now.etag;
}

bool differs(const Known& before, const Known& now) {
  return (before.sha256 && now.sha256 && *before.sha256 != *now.sha256) ||
         (!before.etag.empty() && !now.etag.empty() && before.etag != now.etag) ||
         (before.total && now.total && *before.total != *now.total);
}

Result<Known> read_known(const net::Headers& headers) {
  Known known;
  TRY_ASSIGN(known.sha256, read_repr_digest(headers));
  if (const auto etag = first_of(headers, "etag"); is_strong_etag(etag)) known.etag = etag;
  known.media_type = first_of(headers, "content-type");
  return known;
}

// What holds of a 200 and a 206 alike.
std::optional<Judgement> refuse_known(const Wanted& wanted, const Known& known,
                                      const net::Headers& headers) {
  const auto coding = first_of(headers, "content-encoding");
  if (!coding.empty() && !starts_with_word(coding, "identity"))
    return refuse_peer("the bytes came encoded, which was not asked for");
  if (wanted.sha256 && known.sha256 && *wanted.sha256 != *known.sha256)
    return refuse_peer("the other side announces the SHA-256 " + hex(known.sha256->view()) +
                       ", expected was " + hex(wanted.sha256->view()));
  if (wanted.bytes && known.total && *wanted.bytes != *known.total)
    return refuse_peer("the other side announces " + std::to_string(*known.total) +
                       " bytes, expected were " + std::to_string(*wanted.bytes));
  if (known.total && *known.total > wanted.bytes_max)
    return refuse(Code::too_large, std::to_string(*known.total) + " bytes are more than the " +
                                       std::to_string(wanted.bytes_max) + " that are taken");
  return std::nullopt;
}

Judgement judge_whole(const Wanted& wanted, const Known& known, std::uint64_t have, Known now,
                      const net::Headers& headers) {
  now.total = whole_number(first_of(headers, "content-length"));
  if (auto refused = refuse_known(wanted, now, headers)) return std::move(*refused);
  Judgement judgement;
  // A server that ignores ranges sends what is here already once more.
  const bool goes_on = have > 0 && is_same(known, now) && !differs(known, now);
  judgement.take = goes_on ? Judgement::Take::append : Judgement::Take::anew;
  judgement.skip = goes_on ? have : 0;
  judgement.known = std::move(now);
  return judgement;
}

Judgement judge_part(const Wanted& wanted, const Known& known, std::uint64_t have, Known now,
                     const net::Headers& headers) {
  const auto range = read_content_range(first_of(headers, "content-range"));
  if (!range || !range->range || have == 0)
    return refuse_peer("a part came that was not asked for, or does not say which it is");
  now.total = range->total;
  if (auto refused = refuse_known(wanted, now, headers)) return std::move(*refused);
  if (differs(known, now)) return begin_again("what is being fetched has changed");
  const Range part = *range->range;
  if (part.first > have || part.first + part.bytes <= have)
    return refuse_peer("another part came than the one that was asked for");
  Judgement judgement;
  judgement.take = Judgement::Take::append;
  judgement.skip = have - part.first;
  judgement.known = known;  // what was said first, and what is new
  if (now.total) judgement.known.total = now.total;
  if (now.sha256) judgement.known.sha256 = now.sha256;
  if (!now.etag.empty()) judgement.known.etag = now.etag;
  return judgement;
}

}  // namespace

std::string repr_digest(const Digest& sha256) {
  return "sha-256=:" + base64(sha256.view()) + ":";
}

std::string etag_of(const Digest& sha256) { return "\"" + base64url(sha256.view()) + "\""; }

// RFC 9530 §2 with RFC 8941 §3.2: a dictionary of byte sequences; of two members of one name the
// last counts. Parameters have no meaning here, so a member that has some is malformed.
Result<std::optional<Digest>> read_repr_digest(const net::Headers& headers) {
  const auto malformed = [] {
    return fail(Code::invalid, "Repr-Digest is malformed",
                "send it as sha-256=:BASE64: (RFC 9530)");
  };
  std::optional<Digest> digest;
  for (const auto& [name, value] : headers.fields()) {
    if (name.size() != 11 || !starts_with_word(name, "repr-digest")) continue;
    for (View rest = value; !rest.empty();) {
      View member = trimmed(cut(rest, ','));
      const View key = cut(member, '=');
      if (key.empty() || member.size() < 2 || member.front() != ':' || member.back() != ':')
        return malformed();
      if (key != "sha-256") continue;
      const auto raw = from_base64(member.substr(1, member.size() - 2));
      const auto read = raw ? Digest::from(*raw) : std::unexpected(raw.error());
      if (!read) return malformed();
      digest = *read;
    }
  }
  return digest;
}

std::optional<Range> read_range(View value, std::uint64_t bytes) {
  constexpr View kUnit = "bytes=";
  value = trimmed(value);
  if (!starts_with_word(value, kUnit)) return std::nullopt;
  View rest = trimmed(value.substr(kUnit.size()));
  const auto dash = rest.find('-');
  if (dash == View::npos || rest.find(',') != View::npos) return std::nullopt;
  const View from = rest.substr(0, dash);
  const View to = rest.substr(dash + 1);
  const auto first = whole_number(from);
  const auto last = whole_number(to);
  if ((!first && !from.empty()) || (!last && !to.empty()) || (!first && !last))
    return std::nullopt;
  if (!first) {
    const std::uint64_t suffix = std::min(*last, bytes);
    return Range{bytes - suffix, suffix};
  }
  if (last && *last < *first) return std::nullopt;
  if (*first >= bytes) return Range{*first, 0};
  const std::uint64_t end = last ? std::min(*last, bytes - 1) : bytes - 1;
  return Range{*first, end - *first + 1};
}

std::optional<ContentRange> read_content_range(View value) {
  constexpr View kUnit = "bytes ";
  value = trimmed(value);
  if (!starts_with_word(value, kUnit)) return std::nullopt;
  View total = trimmed(value.substr(kUnit.size()));
  View part = cut(total, '/');
  ContentRange read;
  read.total = whole_number(total);
  if (!read.total && total != "*") return std::nullopt;
  if (part == "*") return read.total ? std::optional(read) : std::nullopt;
  const auto first = whole_number(cut(part, '-'));
  const auto last = whole_number(part);
  if (!first || !last || *last < *first || *last == ~0ULL) return std::nullopt;
  if (read.total && *last >= *read.total) return std::nullopt;
  read.range = Range{*first, *last - *first + 1};
  return read;
}

std::string content_range(const Range& range, std::uint64_t total) {
  const std::string all = "/" + std::to_string(total);
  if (range.bytes == 0) return "bytes *" + all;
  return "bytes " + std::to_string(range.first) + "-" +
         std::to_string(range.first + range.bytes - 1) + all;
}

// The order of preconditions: RFC 9110 §13.2.2. There are no dates, so none is compared.
Given plan_answer(const net::Request& request, const Digest& sha256, std::uint64_t bytes) {
  Given given;
  if (request.method != "GET" && request.method != "HEAD") {
    given.status = 405;
    given.headers.add("Allow", "GET, HEAD");
    return given;
  }
  const std::string etag = etag_of(sha256);
  given.headers = {{"ETag", etag}, {"Accept-Ranges", "bytes"},
                   {"Repr-Digest", repr_digest(sha256)}};
  const auto* const match = request.headers.find("if-match");
  const bool none_matches = list_names(request.headers.find("if-none-match"), etag, true);
  if ((match != nullptr && !list_names(match, etag, false)) || none_matches) {
    given.status = match != nullptr && !list_names(match, etag, false) ? 412 : 304;
    return given;
  }
  given.status = 200;
  given.range = {0, bytes};
  given.has_body = request.method == "GET";
  const auto* const asked = request.headers.find("range");
  const auto* const condition = request.headers.find("if-range");
  if (asked == nullptr || !given.has_body) return given;
  if (condition != nullptr && trimmed(*condition) != etag) return given;
  const auto range = read_range(*asked, bytes);
  if (!range) return given;
  given.headers.add("Content-Range", content_range(*range, bytes));
  given.status = range->bytes == 0 ? 416 : 206;
  given.has_body = range->bytes > 0;
  given.range = *range;
  return given;
}

std::string write_note(const Known& known) {
  return std::string(kNoteKind) + "\n" + known.etag + "\n" +
         (known.sha256 ? hex(known.sha256->view()) : "") + "\n" +
         (known.total ? std::to_string(*known.total) : "") + "\n" + known.media_type;
}

std::optional<Known> read_note(View note) {
  if (cut(note, '\n') != kNoteKind) return std::nullopt;
  Known known;
  known.etag = cut(note, '\n');
  if (!known.etag.empty() && !is_strong_etag(known.etag)) return std::nullopt;
  if (const View digest = cut(note, '\n'); !digest.empty()) {
    const auto raw = from_hex(digest);
    const auto read = raw ? Digest::from(*raw) : std::unexpected(raw.error());
    if (!read) return std::nullopt;
    known.sha256 = *read;
  }
  if (const View total = cut(note, '\n'); !total.empty()) {
    known.total = whole_number(total);
    if (!known.total) return std::nullopt;
  }
  known.media_type = note;
  return known;
}

net::Headers ask(const Wanted& wanted, const Known& known, std::uint64_t have) {
  net::Headers headers{{"Accept-Encoding", "identity"}};
  if (have == 0 || (known.etag.empty() && !known.sha256 && !wanted.sha256)) return headers;
  headers.add("Range", "bytes=" + std::to_string(have) + "-");
  if (!known.etag.empty()) headers.add("If-Range", known.etag);
  return headers;
}

Judgement judge(const Wanted& wanted, const Known& known, std::uint64_t have, int status,
                const net::Headers& headers) {
  if (status == 200 || status == 206) {
    auto now = read_known(headers);
    if (!now) return refuse_peer(now.error().why);
    return status == 200 ? judge_whole(wanted, known, have, std::move(*now), headers)
                         : judge_part(wanted, known, have, std::move(*now), headers);
  }
  if (have > 0 && status == 412) return begin_again("what is being fetched has changed");
  if (have > 0 && status == 416) {
    const auto range = read_content_range(first_of(headers, "content-range"));
    const auto now = read_known(headers);
    if (!range || range->total != have || !now || differs(known, *now))
      return begin_again("what is being fetched has changed");
    Judgement judgement;
    judgement.take = Judgement::Take::complete;
    judgement.known = known;
    judgement.known.total = have;
    if (now->sha256) judgement.known.sha256 = now->sha256;
    return judgement;
  }
  return judge_failure(status, headers);
}

bool may_pass(Code code) {
  return code == Code::unavailable || code == Code::timeout || code == Code::busy;
}

Judgement judge_failure(int status, const net::Headers& headers) {
  const std::string said = "the other side answered " + std::to_string(status);
  switch (status) {
    case 401: return refuse(Code::unauthenticated, said, "ask for a fresh authorization");
    case 403: return refuse(Code::denied, said, "see what the agreement permits");
    case 404:
    case 410: return refuse(Code::not_found, said, "ask the other side whether it still has it");
    case 413: return refuse(Code::too_large, said);
    case 408:
    case 425:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504: break;
    default: return refuse_peer(said);
  }
  Judgement judgement = refuse(Code::unavailable, said, "try again later");
  judgement.take = Judgement::Take::again;
  if (const auto seconds_to_wait = whole_number(first_of(headers, "retry-after"));
      seconds_to_wait && *seconds_to_wait <= 1'000'000)
    judgement.retry_after =
        std::min(seconds(static_cast<std::int64_t>(*seconds_to_wait)), kRetryAfterMost);
  return judgement;
}

std::optional<Duration> wait_before_try(int tries, std::optional<Duration> retry_after) {
  if (tries >= limits::kTransferTriesMax) return std::nullopt;
  Duration wait = limits::kTransferRetryFirst;
  for (int i = 1; i < tries && wait < limits::kTransferRetryMost; ++i) wait.ms *= 2;
  wait = std::min(wait, limits::kTransferRetryMost);
  return retry_after ? std::max(wait, *retry_after) : wait;
}

}  // namespace corridor::dataplane
