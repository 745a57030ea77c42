// SPDX-License-Identifier: Apache-2.0
#include "net/wire/writer.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "net/wire/grammar.h"

namespace corridor::net {

namespace {

View reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "";  // RFC 9112 §4: a phrase may be empty
  }
}

bool is_framing(View name) {
  constexpr std::array<View, 6> kFraming{
      "content-length", "transfer-encoding", "connection", "keep-alive", "date", "upgrade"};
  return std::ranges::any_of(kFraming, [name](View each) { return equal_names(name, each); });
}

bool can_be_sent(const Headers& headers) {
  return std::ranges::all_of(headers.fields(), [](const auto& field) {
    return is_token(field.first) && is_field_value(field.second);
  });
}

void append_field(std::string& out, View name, View value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string date_line(std::int64_t unix_seconds) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = unix_seconds;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 64> line{};
  const int length =
      std::snprintf(line.data(), line.size(), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                    kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                    kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                    utc.tm_min, utc.tm_sec);
  return {line.data(), static_cast<std::size_t>(length)};
}

bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::uint64_t body_bytes(const Response& response) {
  return response.source ? response.source->bytes() : response.body.size();
}

bool append_response_head(std::string& out, const Response& response, ResponseFraming framing) {
  if (response.status < 200 || response.status > 599 || !can_be_sent(response.headers))
    return false;
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_phrase(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers.fields())
    if (!is_framing(name)) append_field(out, name, value);
  if (response.source && response.source->bytes() == BodySource::kUntilItEnds)
    append_field(out, "Transfer-Encoding", "chunked");
  else if (status_has_body(response.status))
    append_field(out, "Content-Length", std::to_string(body_bytes(response)));
  out.append(framing.date_line);
  if (framing.close) append_field(out, "Connection", "close");
  out.append("\r\n");
  return true;
}

Result<std::string> request_head(const Request& request, const Url& url) {
  if (request.source && request.source->bytes() == BodySource::kUntilItEnds)
    return fail(Code::invalid, "a request cannot have a body without a length");
  if (!is_token(request.method) || request.method == "CONNECT")
    return fail(Code::invalid, "the method of a request is malformed", "use GET, POST or the like");
  if (!can_be_sent(request.headers))
    return fail(Code::invalid, "a header of a request to " + url.host + " is malformed",
                "leave control characters out of names and values");
  std::string out;
  out.reserve(512);
  out.append(request.method).append(" ").append(url.target).append(" HTTP/1.1\r\nHost: ");
  const bool bracketed = url.host.contains(':');
  out.append(bracketed ? "[" : "").append(url.host).append(bracketed ? "]" : "");
  if (url.port != 80) out.append(":").append(std::to_string(url.port));
  out.append("\r\n");
  for (const auto& [name, value] : request.headers.fields())
    if (!is_framing(name) && !equal_names(name, "host")) append_field(out, name, value);
  // RFC 9110 §8.6: a length even of nothing where the method suggests a body.
  const auto bytes = request.source ? request.source->bytes() : request.body.size();
  if (bytes > 0 || (request.method != "GET" && request.method != "HEAD"))
    append_field(out, "Content-Length", std::to_string(bytes));
  out.append("\r\n");
  return out;
}

Response error_response(int status, Code code, View reason) {
  Response response{status, {{"Content-Type", "application/json"}}, {}};
  response.body.append(R"({"code":")").append(code_facts(code).name);
  response.body.append(R"(","reason":")").append(reason).append(R"("})");
  return response;
}

}  // namespace corridor::net
