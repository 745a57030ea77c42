// SPDX-License-Identifier: Apache-2.0
//
// Heads of messages as bytes. Framing is ours alone: Content-Length, Transfer-Encoding, Connection,
// Date (and Host of a request) among a caller's headers are left out. A field that cannot be one (a
// name that is no token, a value with CR, LF or NUL) is never written.
#pragma once

#include <string>

#include "net/http.h"

namespace corridor::net {

// "Date: ...\r\n" of a second since 1970 (RFC 9110 §5.6.7).
std::string date_line(std::int64_t unix_seconds);

struct ResponseFraming {
  View date_line;
  bool close = false;
};
// False, and nothing appended, when status or a field cannot be sent.
bool append_response_head(std::string& out, const Response& response, ResponseFraming framing);
// Whether a response of this status has a body (RFC 9110 §6.4.1).
bool status_has_body(int status);

std::uint64_t body_bytes(const Response& response);  // as announced: of the value or the stream

Result<std::string> request_head(const Request& request, const Url& url);

// {"code":...,"reason":...}; `reason` is plain text of ours.
Response error_response(int status, Code code, View reason);

}  // namespace corridor::net
