// SPDX-License-Identifier: Apache-2.0
//
// A machine over lines: whatever a head or a chunk size is made of is looked at when its line is
// complete, so a broken message is refused at its first broken line and nothing is scanned twice.
// Lines that arrive in one piece, nearly all, are read where they lie.
#include "net/wire/reader.h"

#include <algorithm>
#include <charconv>

#include "net/wire/grammar.h"

namespace corridor::net {

namespace {

constexpr std::size_t kChunkLineBytesMax = 18;  // sixteen digits, CR and LF
constexpr std::size_t kReserveBytesMax = 1024 * 1024;

std::optional<std::size_t> whole_number(View text, int base) {
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// HTTP/d.d (RFC 9112 §2.3)
bool is_version(View text) {
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
         is_digit(text[7]);
}

}  // namespace

View MessageReader::feed(View input) {
  if (!input.empty()) touched_ = true;
  piece_ = {};
  while (!input.empty() && step(input)) {
  }
  return input;
}

bool MessageReader::step(View& input) {
  switch (state_) {
    case State::start_line:
    case State::fields:
    case State::chunk_size:
    case State::chunk_end:
    case State::trailers: {
      View line;
      if (!take_line(input, line)) return false;
      on_line(line);
      line_.clear();
      return true;
    }
    case State::sized:
    case State::chunk_data:
    case State::until_close: take_body(input); return piece_.empty();
    case State::head:
    case State::done:
    case State::failed: return false;
  }
  return false;
}

bool MessageReader::take_line(View& input, View& line) {
  const auto lf = input.find('\n');
  const View part = input.substr(0, lf == View::npos ? View::npos : lf + 1);
  if (state_ == State::start_line && kind_ == Kind::request && line_.empty() &&
      part.front() != '\r' && !is_token(part.substr(0, 1))) {
    malformed("this is not HTTP");  // TLS, most likely; it may never send a line
    return false;
  }
  if (state_ == State::chunk_size || state_ == State::chunk_end) {
    if (line_.size() + part.size() > kChunkLineBytesMax) {
      malformed("a chunk size is malformed or has an extension");
      return false;
    }
  } else {
    head_bytes_ += part.size();
    if (head_bytes_ > limits::kHeaderBytesMax) {
      const bool long_target = state_ == State::start_line;
      refuse(long_target ? 414 : 431, Code::too_large,
             long_target ? "the request line is too long" : "the header fields are too large");
      return false;
    }
  }
  input.remove_prefix(part.size());
  if (lf == View::npos || !line_.empty()) line_.append(part);
  if (lf == View::npos) return false;
  line = line_.empty() ? part : View(line_);
  if (line.size() < 2 || line[line.size() - 2] != '\r') {
    malformed("a line ends without CR");
    return false;
  }
  line.remove_suffix(2);
  return true;
}

void MessageReader::on_line(View line) {
  switch (state_) {
    case State::start_line:
      if (kind_ == Kind::response) return on_status_line(line);
      // RFC 9112 §2.2: an empty line before a request line is ignored; here one is.
      if (line.empty() && !skipped_empty_line_) {
        skipped_empty_line_ = true;
        return;
      }
      return on_request_line(line);
    case State::fields: return line.empty() ? end_head() : on_field(line);
    case State::chunk_size: return on_chunk_size(line);
    case State::chunk_end:
      if (!line.empty()) return malformed("a chunk is longer than its size");
      state_ = State::chunk_size;
      return;
    default:  // trailers: checked as fields are, then forgotten (RFC 9110 §6.5.1)
      if (line.empty()) {
        state_ = State::done;
        return;
      }
      return on_field(line);
  }
}

void MessageReader::on_request_line(View line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == View::npos || first == last) return malformed("the request line is malformed");
  const View method = line.substr(0, first);
  const View target = line.substr(first + 1, last - first - 1);
  const View version = line.substr(last + 1);
  if (!is_token(method)) return malformed("the method is malformed");
  if (!is_version(version)) return malformed("the version of HTTP is malformed");
  if (version != "HTTP/1.1") return refuse(505, Code::invalid, "only HTTP/1.1 is spoken here");
  if (!is_target(target)) return malformed("the request target is malformed");
  request_.method = method;
  request_.target = target;
  state_ = State::fields;
}

void MessageReader::on_status_line(View line) {
  const View version = line.substr(0, line.find(' '));
  if (!is_version(version)) return malformed("the status line is not one of HTTP");
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return malformed("the version of HTTP is not 1.1");
  const View rest = line.substr(std::min(line.size(), version.size() + 1));
  const View digits = rest.substr(0, 3);
  const auto status = whole_number(digits, 10);
  if (digits.size() != 3 || !status || *status < 100 || *status > 599 ||
      (rest.size() > 3 && rest[3] != ' ') || !is_field_value(rest))
    return malformed("the status line is malformed");
  response_.status = static_cast<int>(*status);
  wants_close_ = version == "HTTP/1.0";
  state_ = State::fields;
}

void MessageReader::on_field(View line) {
  if (line.front() == ' ' || line.front() == '\t') return malformed("a header field is folded");
  const auto colon = line.find(':');
  const View name = line.substr(0, colon);
  if (colon == View::npos || !is_token(name)) return malformed("a header field is malformed");
  const View value = trimmed(line.substr(colon + 1));
  if (!is_field_value(value)) return malformed("a header field has a control character");
  if (++field_count_ > limits::kHeaderCountMax)
    return refuse(431, Code::too_large, "there are too many header fields");
  if (state_ == State::trailers) return;
  note_field(name, value);
  auto& headers = kind_ == Kind::request ? request_.headers : response_.headers;
  if (state_ != State::failed) headers.add(std::string(name), std::string(value));
}

void MessageReader::note_field(View name, View value) {
  if (equal_names(name, "content-length")) return note_content_length(value);
  if (equal_names(name, "transfer-encoding")) {
    if (chunked_) return malformed("Transfer-Encoding comes twice");
    if (!equal_names(value, "chunked"))
      return refuse(501, Code::invalid, "no Transfer-Encoding but chunked is known here");
    chunked_ = true;
  } else if (equal_names(name, "connection")) {
    if (list_has(value, "close")) wants_close_ = true;
  } else if (kind_ == Kind::request && equal_names(name, "host")) {
    if (++host_count_ > 1) return malformed("Host comes twice");
    if (!parse_authority(value)) return malformed("Host is malformed");
  } else if (kind_ == Kind::request && equal_names(name, "expect")) {
    if (!equal_names(value, "100-continue"))
      return refuse(417, Code::invalid, "no expectation but 100-continue is known here");
    expects_continue_ = true;
  }
}

void MessageReader::note_content_length(View value) {
  if (content_length_) return malformed("Content-Length comes twice");
  content_length_ = whole_number(value, 10);
  if (!content_length_) return malformed("Content-Length is malformed");
}

void MessageReader::end_head() {
  if (chunked_ && content_length_)
    return malformed("Content-Length and Transfer-Encoding come together");
  if (kind_ == Kind::request && host_count_ == 0) return malformed("Host is missing");
  state_ = State::head;
}

void MessageReader::accept_body(std::size_t body_bytes_max, Keep keep) {
  CHECK(state_ == State::head);
  body_bytes_max_ = body_bytes_max;
  keep_ = keep;
  const int status = response_.status;
  const bool is_bare =
      kind_ == Kind::response && (status < 200 || status == 204 || status == 304);
  if (keep == Keep::no_body || is_bare) {
    state_ = State::done;  // RFC 9112 §6.3, rule 1
  } else if (chunked_) {
    state_ = State::chunk_size;
  } else if (content_length_) {
    if (*content_length_ > body_bytes_max)
      return refuse(413, Code::too_large, "the body is larger than is accepted here");
    left_ = *content_length_;
    if (keep == Keep::whole) body().reserve(std::min(left_, kReserveBytesMax));
    state_ = left_ == 0 ? State::done : State::sized;
  } else if (kind_ == Kind::request) {
    state_ = State::done;
  } else {
    wants_close_ = true;
    state_ = State::until_close;
  }
}

void MessageReader::on_chunk_size(View line) {
  const auto size = whole_number(line, 16);
  if (!size) return malformed("a chunk size is malformed or has an extension");
  if (*size > body_bytes_max_ - body_bytes_)
    return refuse(413, Code::too_large, "the body is larger than is accepted here");
  left_ = *size;
  state_ = left_ == 0 ? State::trailers : State::chunk_data;
}

void MessageReader::take_body(View& input) {
  if (state_ == State::until_close) left_ = body_bytes_max_ - body_bytes_;
  const View part = input.substr(0, left_);
  if (part.empty()) return refuse(413, Code::too_large, "the body is larger than is accepted here");
  if (keep_ == Keep::whole) {
    body().append(part);
  } else {
    piece_ = part;
  }
  input.remove_prefix(part.size());
  pass_body(part.size());
}

void MessageReader::pass_body(std::size_t bytes) {
  body_bytes_ += bytes;
  if (state_ == State::until_close) return;
  left_ -= bytes;
  if (left_ > 0) return;
  state_ = state_ == State::sized ? State::done : State::chunk_end;
}

std::size_t MessageReader::direct_bytes() const {
  if (keep_ != Keep::pieces) return 0;
  if (state_ == State::sized || state_ == State::chunk_data) return left_;
  return state_ == State::until_close ? body_bytes_max_ - body_bytes_ : 0;
}

bool MessageReader::finish() {
  if (state_ == State::until_close) state_ = State::done;
  return state_ == State::done;
}

void MessageReader::next(bool interim) {
  MessageReader fresh(kind_);
  if (interim) {
    fresh.head_bytes_ = head_bytes_;
    fresh.field_count_ = field_count_;
    fresh.touched_ = touched_;
  }
  fresh.line_ = std::move(line_);
  fresh.line_.clear();
  *this = std::move(fresh);
}

void MessageReader::refuse(int status, Code code, View reason) {
  state_ = State::failed;
  refusal_ = {status, code, reason};
}

}  // namespace corridor::net
