// SPDX-License-Identifier: Apache-2.0
//
// simdjson's On-Demand reader finds the structure and checks UTF-8; everything it leaves to its
// caller (depth, duplicate keys, surrogates, what a whole number may be) is checked here while the
// tree is built. The text is read as the only item of an array put around it, so that a document
// that is a bare number or string takes the same road as every other.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include "json/json.h"
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

namespace corridor::json {

namespace {

namespace ondemand = simdjson::ondemand;

// Buffers of a thread that has read more than this are given back.
constexpr std::size_t kKeptBytesMax = 1024 * 1024;
// Up to here a new key is compared with all before it; above, the keys are sorted once.
constexpr std::size_t kComparedMembersMax = 16;
constexpr std::size_t kShownKeyBytesMax = 80;

struct Buffers {
  ondemand::parser parser;
  std::string text;
};

std::string at_byte(std::size_t offset) { return " at byte " + std::to_string(offset); }

std::string shown(View key) {
  std::string out;
  append_quoted(out, key.substr(0, kShownKeyBytesMax));
  return out;
}

// Bytes before the first that is not UTF-8.
std::size_t utf8_prefix(View text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<std::uint8_t>(text[at]);
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (!is_utf8(text.substr(at, bytes))) break;
    at += bytes;
  }
  return at;
}

std::size_t control_in_string(View text) {
  bool inside = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (inside && static_cast<std::uint8_t>(text[at]) < 0x20) return at;
    if (text[at] == '"') inside = !inside;
    if (inside && text[at] == '\\') ++at;
  }
  return text.size();
}

// The four digits after "\u", or nothing.
std::optional<unsigned> hex4(View text) {
  if (text.size() < 4) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
  if (error != std::errc() || end != text.data() + 4) return std::nullopt;
  return value;
}

// RFC 8259 §8.2: escapes of half a surrogate pair have no meaning that all readers share. simdjson
// 3.0 lets some of them pass. Yields the offset of the first; other broken escapes are left to it.
std::optional<std::size_t> lone_surrogate(View text) {
  std::size_t at = text.find('\\');
  while (at != View::npos && at + 1 < text.size()) {
    std::size_t next = at + 2;
    if (text[at + 1] == 'u') {
      const unsigned first = hex4(text.substr(at + 2)).value_or(0);
      next = at + 6;
      if (first >= 0xdc00 && first <= 0xdfff) return at;
      if (first >= 0xd800 && first <= 0xdbff) {
        if (text.size() < next + 2 || text[next] != '\\' || text[next + 1] != 'u') return at;
        const unsigned second = hex4(text.substr(next + 2)).value_or(0);
        if (second < 0xdc00 || second > 0xdfff) return at;
        next += 6;
      }
    }
    at = text.find('\\', next);
  }
  return std::nullopt;
}

enum class NumberForm : std::uint8_t { broken, whole, fraction };

// RFC 8259 §6.
NumberForm number_form(View token) {
  std::size_t at = token.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < token.size() && token[at] >= '0' && token[at] <= '9') ++at;
    return at - first;
  };
  const std::size_t first = at;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && token[first] == '0')) return NumberForm::broken;
  if (at == token.size()) return NumberForm::whole;
  if (token[at] == '.' && (++at, digits() == 0)) return NumberForm::broken;
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    ++at;
    if (at < token.size() && (token[at] == '+' || token[at] == '-')) ++at;
    if (digits() == 0) return NumberForm::broken;
  }
  return at == token.size() ? NumberForm::fraction : NumberForm::broken;
}

}  // namespace

class Reader {
 public:
  Reader(View text, std::size_t depth_max) : text_(text), depth_max_(depth_max) {}

  Result<Value> read(Buffers& buffers) {
    const bool escapes = text_.find('\\') != View::npos;
    if (escapes) {
      if (const auto offset = lone_surrogate(text_))
        return fail(Code::invalid, "JSON with half a surrogate pair" + at_byte(*offset));
    }
    has_escapes_ = escapes;
    const std::size_t size = text_.size() + 2;
    buffers.text.clear();
    buffers.text.reserve(size + simdjson::SIMDJSON_PADDING);
    buffers.text.append("[").append(text_).append("]").append(simdjson::SIMDJSON_PADDING, '\0');
    begin_ = buffers.text.data() + 1;
    Value value;
    if (!read_document(buffers.parser, size, value)) return std::unexpected(std::move(error_));
    return value;
  }

 private:
  bool read_document(ondemand::parser& parser, std::size_t size, Value& out);
  bool read_value(ondemand::value& source, Value& out, std::size_t depth);
  bool read_array(ondemand::value& source, Value& out, std::size_t depth);
  bool read_object(ondemand::value& source, Value& out, std::size_t depth);
  bool read_number(ondemand::value& source, Value& out);
  bool read_text(ondemand::value& source, Value& out);
  bool read_key(ondemand::field& field, std::string& out);
  bool read_literal(ondemand::value& source, Value& out);
  bool unique(const std::vector<Value::Member>& members);

  bool refuse(std::string why) {
    error_ = Error{Code::invalid, std::move(why), {}};
    return false;
  }
  bool refuse(simdjson::error_code code);
  std::string here();  // " at byte n", when that is known
  [[nodiscard]] std::size_t offset(const char* position) const {
    return position < begin_ ? 0
                             : std::min(static_cast<std::size_t>(position - begin_), text_.size());
  }
  // Where a string that starts at `quote` ends, when it has no escapes; nullptr otherwise.
  [[nodiscard]] const char* plain_end(const char* quote) const {
    const char* first = quote + 1;
    const auto left = static_cast<std::size_t>(begin_ + text_.size() - first);
    const auto* end = static_cast<const char*>(std::memchr(first, '"', left));
    if (end == nullptr || !has_escapes_) return end;
    return std::memchr(first, '\\', static_cast<std::size_t>(end - first)) == nullptr ? end
                                                                                      : nullptr;
  }

  View text_;
  std::size_t depth_max_;
  bool has_escapes_ = false;
  const char* begin_ = nullptr;  // of the text's copy
  ondemand::document* document_ = nullptr;
  Error error_;
};

std::string Reader::here() {
  const char* position = nullptr;
  if (document_ == nullptr || document_->current_location().get(position) != simdjson::SUCCESS)
    return {};
  return at_byte(offset(position));
}

bool Reader::refuse(simdjson::error_code code) {
  switch (code) {
    case simdjson::UTF8_ERROR:
      return refuse("JSON that is not UTF-8" + at_byte(utf8_prefix(text_)));
    case simdjson::UNESCAPED_CHARS:
      return refuse("JSON with a control character in a string" +
                    at_byte(control_in_string(text_)));
    case simdjson::UNCLOSED_STRING: return refuse("JSON with a string that does not end");
    default: return refuse("JSON that is malformed" + here());
  }
}

bool Reader::read_document(ondemand::parser& parser, std::size_t size, Value& out) {
  ondemand::document document;
  const simdjson::padded_string_view padded(begin_ - 1, size, size + simdjson::SIMDJSON_PADDING);
  if (const auto error = parser.iterate(padded).get(document)) return refuse(error);
  document_ = &document;
  ondemand::array items;
  if (const auto error = document.get_array().get(items)) return refuse(error);
  std::size_t count = 0;
  for (auto item : items) {
    ondemand::value value;
    if (const auto error = item.get(value)) return refuse(error);
    if (++count > 1) return refuse(simdjson::TRAILING_CONTENT);
    if (!read_value(value, out, 0)) return false;
  }
  if (count == 0 && text_.find_first_not_of(" \t\r\n") == View::npos)
    return refuse("JSON without a value: the text is empty");
  const char* position = nullptr;
  if (count == 0 || document.current_location().get(position) != simdjson::OUT_OF_BOUNDS)
    return refuse(simdjson::TRAILING_CONTENT);
  return true;
}

bool Reader::read_value(ondemand::value& source, Value& out, std::size_t depth) {
  ondemand::json_type type{};
  if (const auto error = source.type().get(type)) return refuse(error);
  switch (type) {
    case ondemand::json_type::array: return read_array(source, out, depth + 1);
    case ondemand::json_type::object: return read_object(source, out, depth + 1);
    case ondemand::json_type::number: return read_number(source, out);
    case ondemand::json_type::string: return read_text(source, out);
    default: return read_literal(source, out);
  }
}

bool Reader::read_array(ondemand::value& source, Value& out, std::size_t depth) {
  if (depth > depth_max_)
    return refuse("JSON nested deeper than " + std::to_string(depth_max_) + " levels" + here());
  ondemand::array array;
  if (const auto error = source.get_array().get(array)) return refuse(error);
  auto& items = out.data_.emplace<std::vector<Value>>();
  for (auto item : array) {
    ondemand::value value;
    if (const auto error = item.get(value)) return refuse(error);
    if (!read_value(value, items.emplace_back(), depth)) return false;
  }
  return true;
}

bool Reader::read_object(ondemand::value& source, Value& out, std::size_t depth) {
  if (depth > depth_max_)
    return refuse("JSON nested deeper than " + std::to_string(depth_max_) + " levels" + here());
  ondemand::object object;
  if (const auto error = source.get_object().get(object)) return refuse(error);
  auto& members = out.data_.emplace<std::vector<Value::Member>>();
  for (auto result : object) {
    ondemand::field field;
    if (const auto error = std::move(result).get(field)) return refuse(error);
    if (members.empty()) members.reserve(4);
    auto& [key, value] = members.emplace_back();
    const char* const first = field.key().raw();
    if (!read_key(field, key)) return false;
    if (members.size() <= kComparedMembersMax)
      for (std::size_t i = 0; i + 1 < members.size(); ++i)
        if (members[i].first == key)
          return refuse("JSON with the key " + shown(key) + " twice" + at_byte(offset(first)));
    if (!read_value(field.value(), value, depth)) return false;
  }
  return members.size() <= kComparedMembersMax || unique(members);
}

// Sorting bounds the work whatever keys a peer chooses; a hash table would not. Lengths and last
// bytes decide nearly every comparison without a look at the key itself.
bool Reader::unique(const std::vector<Value::Member>& members) {
  std::vector<std::pair<std::uint64_t, View>> keys;  // last bytes and text
  keys.reserve(members.size());
  for (const auto& [key, value] : members) {
    std::uint64_t last_bytes = key.size();
    const std::size_t count = std::min<std::size_t>(key.size(), sizeof last_bytes);
    std::memcpy(&last_bytes, key.data() + key.size() - count, count);
    keys.emplace_back(last_bytes, key);
  }
  std::ranges::sort(keys);
  const auto twice = std::ranges::adjacent_find(keys);
  return twice == keys.end() || refuse("JSON with the key " + shown(twice->second) + " twice");
}

// Not simdjson's own: 3.0's reader of numbers yields 0 for doubles of more than 19 digits. The
// value is left unread; the iteration goes past it.
bool Reader::read_number(ondemand::value& source, Value& out) {
  View token = source.raw_json_token();
  token = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  const auto refuse_it = [&](View why) {
    return refuse("JSON with " + std::string(why) + at_byte(offset(token.data())));
  };
  const char* const end = token.data() + token.size();
  switch (number_form(token)) {
    case NumberForm::broken: return refuse_it("a malformed number");
    case NumberForm::whole: {
      std::int64_t value = 0;
      if (std::from_chars(token.data(), end, value).ec != std::errc())
        return refuse_it("a whole number beyond 64 bits");
      out.data_ = value;
      return true;
    }
    case NumberForm::fraction: break;
  }
  double value = 0;
  if (std::from_chars(token.data(), end, value).ec != std::errc() || std::isinf(value))
    return refuse_it("a number beyond the range of a double");
  // ECMAScript prints whole numbers below 10^21 as digits: such a canonical form could not be read.
  if (std::abs(value) >= 0x1p63 && std::abs(value) < 1e21)
    return refuse_it("a whole number beyond 64 bits");
  out.data_ = value;
  return true;
}

bool Reader::read_text(ondemand::value& source, Value& out) {
  const View token = source.raw_json_token();
  if (const char* end = plain_end(token.data())) {
    ondemand::raw_json_string raw;
    if (const auto error = source.get_raw_json_string().get(raw)) return refuse(error);
    out.data_.emplace<std::string>(raw.raw(), end);
    return true;
  }
  View text;
  if (source.get_string().get(text) != simdjson::SUCCESS)
    return refuse("JSON with a broken escape in the string" + at_byte(offset(token.data())));
  out.data_.emplace<std::string>(text);
  return true;
}

bool Reader::read_key(ondemand::field& field, std::string& out) {
  const char* first = field.key().raw();
  if (const char* end = plain_end(first - 1)) {
    out.assign(first, end);
    return true;
  }
  View key;
  if (field.unescaped_key().get(key) != simdjson::SUCCESS)
    return refuse("JSON with a broken escape in the key" + at_byte(offset(first)));
  out = key;
  return true;
}

bool Reader::read_literal(ondemand::value& source, Value& out) {
  bool truth = false;
  if (source.get_bool().get(truth) == simdjson::SUCCESS) {
    out.data_ = truth;
    return true;
  }
  bool null = false;
  if (source.is_null().get(null) != simdjson::SUCCESS || !null) return refuse(simdjson::TAPE_ERROR);
  return true;
}

Result<Value> parse(View text, ReadLimits read_limits) {
  if (text.size() > read_limits.bytes_max)
    return fail(Code::too_large, "JSON of " + std::to_string(text.size()) + " bytes, where " +
                                     std::to_string(read_limits.bytes_max) + " are allowed");
  if (text.starts_with("\xef\xbb\xbf"))
    return fail(Code::invalid, "JSON that starts with a byte order mark");
  thread_local std::unique_ptr<Buffers> buffers;
  if (buffers == nullptr) buffers = std::make_unique<Buffers>();
  Result<Value> value = Reader(text, read_limits.depth_max).read(*buffers);
  if (text.size() > kKeptBytesMax) buffers.reset();
  return value;
}

}  // namespace corridor::json
