// SPDX-License-Identifier: Apache-2.0
#include "net/http.h"

#include "net/wire/grammar.h"

namespace corridor::net {

namespace {

constexpr std::size_t kUrlBytesMax = 8 * 1024;

struct Collected {
  std::shared_ptr<BodySource> source;
  Bytes bytes;
  std::size_t got = 0;
  std::move_only_function<void(Result<Bytes>)> done;
};

void collect_on(std::unique_ptr<Collected> all) {
  if (all->got == all->bytes.size()) return all->done(std::move(all->bytes));
  const std::span<char> room = std::span<char>(all->bytes).subspan(all->got);
  BodySource& source = *all->source;
  source.next(room, [all = std::move(all)](Result<std::size_t> bytes) mutable {
    if (!bytes) return all->done(std::unexpected(std::move(bytes).error()));
    all->got += *bytes;
    collect_on(std::move(all));
  });
}

}  // namespace

const std::string* Headers::find(View name) const {
  for (const auto& field : fields_)
    if (equal_names(field.first, name)) return &field.second;
  return nullptr;
}

std::size_t Headers::count(View name) const {
  std::size_t count = 0;
  for (const auto& field : fields_) count += equal_names(field.first, name) ? 1 : 0;
  return count;
}

void collect(std::shared_ptr<BodySource> source,
             std::move_only_function<void(Result<Bytes>)> done) {
  CHECK(source->bytes() != BodySource::kUntilItEnds, "a body without a length is not collected");
  Bytes bytes(source->bytes(), '\0');
  collect_on(std::make_unique<Collected>(std::move(source), std::move(bytes), 0, std::move(done)));
}

Result<Url> parse_url(View text) {
  if (text.size() > kUrlBytesMax)
    return fail(Code::too_large, "the URL is longer than 8192 bytes", "use a shorter one");
  const auto bad = [text](std::string_view what) {
    std::string shown;
    for (const char c : text.substr(0, 120)) shown.push_back(c >= ' ' && c <= '~' ? c : '?');
    return fail(Code::invalid, "\"" + shown + "\" is not a URL to call: " + std::string(what),
                "write it as http://host:port/path");
  };
  Url url;
  const auto colon = text.find("://");
  const View scheme = text.substr(0, colon == View::npos ? 0 : colon);
  if (equal_names(scheme, "http")) {
    url.scheme = "http";
  } else if (equal_names(scheme, "https")) {
    url.scheme = "https";
  } else {
    return bad("it does not start with http:// or https://");
  }
  View rest = text.substr(colon + 3);
  const View authority_text = rest.substr(0, rest.find_first_of("/?#"));
  rest.remove_prefix(authority_text.size());
  if (authority_text.contains('@')) return bad("user information is not allowed");
  const auto authority = parse_authority(authority_text);
  if (!authority) return bad("host or port is malformed");
  url.host = authority->host;
  url.port = authority->port.value_or(url.scheme == "http" ? 80 : 443);
  if (rest.contains('#')) return bad("a fragment is not allowed");
  url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  if (!is_target(url.target)) return bad("path or query has a character that must be encoded");
  return url;
}

}  // namespace corridor::net
