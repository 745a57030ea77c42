// SPDX-License-Identifier: Apache-2.0
#include "documents/pdf/filters.h"

#include <algorithm>
#include <cstdlib>

#include "documents/archive/inflate.h"

namespace corridor::pdf {

namespace {

constexpr std::int64_t kColumnsMax = 1'000'000;
constexpr std::int64_t kColorsMax = 32;
constexpr std::int64_t kBitsMax = 16;
constexpr std::int64_t kFirstPngPredictor = 10;
constexpr std::int64_t kLastPngPredictor = 15;

std::unexpected<Error> too_large(std::size_t bytes_max) {
  return fail(Code::too_large,
              "a stream unpacks to more than " + std::to_string(bytes_max) + " bytes");
}

Result<Bytes> from_ascii_hex(View data, std::size_t bytes_max) {
  const std::size_t end = data.find('>');
  if (end == View::npos) return fail(Code::invalid, "a stream in hexadecimal has no end");
  const std::string quoted = "<" + std::string(data.substr(0, end)) + ">";
  Reader reader(quoted);
  auto value = reader.value();
  if (!value || value->text() == nullptr || reader.at() != quoted.size())
    return fail(Code::invalid, "a stream in hexadecimal is broken");
  if (value->text()->size() > bytes_max) return too_large(bytes_max);
  return *value->text();
}

// Five characters for four bytes, "z" for four zeros; a last group of two to four characters.
Result<Bytes> from_ascii85(View data, std::size_t bytes_max) {
  const auto broken = [] { return fail(Code::invalid, "a stream in base 85 is broken"); };
  Bytes out;
  std::uint64_t group = 0;
  unsigned count = 0;
  const auto put = [&](unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out.push_back(static_cast<char>(group >> (24 - 8 * i)));
    group = count = 0;
  };
  for (const char c : data) {
    if (is_space(c)) continue;
    if (c == '~') {
      if (count == 1) return broken();
      if (count == 0) return out;
      const unsigned bytes = count - 1;
      for (; count < 5; ++count) group = group * 85 + 84;
      if (group > UINT32_MAX) return broken();
      put(bytes);
      return out;
    }
    if (c == 'z' && count == 0) {
      put(4);
    } else {
      if (c < '!' || c > 'u') return broken();
      group = group * 85 + static_cast<std::uint64_t>(c - '!');
      if (++count == 5) {
        if (group > UINT32_MAX) return broken();
        put(4);
      }
    }
    if (out.size() > bytes_max) return too_large(bytes_max);
  }
  return broken();  // without its end
}

std::int64_t integer_or(const Value& value, std::int64_t otherwise) {
  return value.integer() == nullptr ? otherwise : *value.integer();
}

unsigned char paeth(int left, int up, int corner) {
  const int guess = left + up - corner;
  const int to_left = std::abs(guess - left);
  const int to_up = std::abs(guess - up);
  const int to_corner = std::abs(guess - corner);
  if (to_left <= to_up && to_left <= to_corner) return static_cast<unsigned char>(left);
  return static_cast<unsigned char>(to_up <= to_corner ? up : corner);
}

// PNG filters, a byte before each row saying which (ISO 32000-1 §7.4.4.4; PNG §9).
Result<Bytes> unpredict(View data, std::size_t row_bytes, std::size_t pixel_bytes) {
  if (data.size() % (row_bytes + 1) != 0)
    return fail(Code::invalid, "the rows of a predicted stream are not whole");
  Bytes out;
  out.reserve(data.size());
  const auto byte = [&out](std::size_t at) { return static_cast<unsigned char>(out[at]); };
  for (std::size_t row = 0; row * (row_bytes + 1) < data.size(); ++row) {
    const View line = data.substr(row * (row_bytes + 1), row_bytes + 1);
    const std::size_t start = out.size();
    for (std::size_t i = 0; i < row_bytes; ++i) {
      const int left = i < pixel_bytes ? 0 : byte(start + i - pixel_bytes);
      const int up = row == 0 ? 0 : byte(start + i - row_bytes);
      const int corner =
          row == 0 || i < pixel_bytes ? 0 : byte(start + i - row_bytes - pixel_bytes);
      int guess = 0;
      switch (line[0]) {
        case 0: break;
        case 1: guess = left; break;
        case 2: guess = up; break;
        case 3: guess = (left + up) / 2; break;
        case 4: guess = paeth(left, up, corner); break;
        default: return fail(Code::invalid, "a row of a predicted stream is of no known kind");
      }
      out.push_back(static_cast<char>(static_cast<unsigned char>(line[i + 1]) + guess));
    }
  }
  return out;
}

Result<Bytes> from_flate(View data, const Value& parameters, std::size_t bytes_max) {
  TRY_ASSIGN(Bytes out, archive::inflate(data, archive::Format::zlib, bytes_max));
  const std::int64_t predictor = integer_or(parameters.at("Predictor"), 1);
  if (predictor == 1) return out;
  if (predictor < kFirstPngPredictor || predictor > kLastPngPredictor)
    return fail(Code::invalid,
                "a stream has the predictor " + std::to_string(predictor) + ", which is not read");
  const std::int64_t columns = integer_or(parameters.at("Columns"), 1);
  const std::int64_t colors = integer_or(parameters.at("Colors"), 1);
  const std::int64_t bits = integer_or(parameters.at("BitsPerComponent"), 8);
  if (columns < 1 || columns > kColumnsMax || colors < 1 || colors > kColorsMax || bits < 1 ||
      bits > kBitsMax)
    return fail(Code::invalid, "the rows of a predicted stream have no sane size");
  const auto bits_of_pixel = static_cast<std::size_t>(colors * bits);
  const std::size_t row_bytes = (bits_of_pixel * static_cast<std::size_t>(columns) + 7) / 8;
  return unpredict(out, row_bytes, (bits_of_pixel + 7) / 8);
}

}  // namespace

Result<Bytes> unfilter(View data, View filter, const Value& parameters, std::size_t bytes_max) {
  if (filter == "FlateDecode" || filter == "Fl") return from_flate(data, parameters, bytes_max);
  if (filter == "ASCIIHexDecode" || filter == "AHx") return from_ascii_hex(data, bytes_max);
  if (filter == "ASCII85Decode" || filter == "A85") return from_ascii85(data, bytes_max);
  const bool plain = filter.size() <= 40 && std::ranges::all_of(filter, [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9');
                     });
  return fail(Code::invalid, "a stream has the filter " +
                                 (plain ? std::string(filter) : std::string("of no known name")) +
                                 ", which is not read");
}

}  // namespace corridor::pdf
