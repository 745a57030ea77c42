// SPDX-License-Identifier: Apache-2.0
#include "documents/archive/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace corridor::archive {

namespace {

constexpr int kWindowBits = 15;  // the largest; negative means raw to the library
constexpr std::size_t kFirstBytes = 16 * 1024;
constexpr std::size_t kUsualRatio = 4;

class Inflation {
 public:
  explicit Inflation(Format format) {
    ready_ = inflateInit2(&stream_, format == Format::raw ? -kWindowBits : kWindowBits) == Z_OK;
  }
  ~Inflation() {
    if (ready_) (void)inflateEnd(&stream_);
  }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

Result<Bytes> inflate(View packed, Format format, std::size_t bytes_max, std::size_t* used) {
  constexpr std::size_t kMost = std::numeric_limits<uInt>::max() / 2;
  if (packed.size() > kMost) return fail(Code::too_large, "the packed data is too long");
  bytes_max = std::min(bytes_max, kMost);
  Inflation inflation(format);
  if (!inflation.ready()) return fail(Code::unavailable, "there is no memory to unpack with");
  z_stream& stream = inflation.stream();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());

  // One byte more than allowed tells a stream that ends in time from one that goes on.
  const std::size_t most = bytes_max + 1;
  Bytes out(std::min(most, std::max(kFirstBytes, packed.size() * kUsualRatio)), '\0');
  std::size_t size = 0;
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    stream.avail_out = static_cast<uInt>(out.size() - size);
    const int state = ::inflate(&stream, Z_NO_FLUSH);
    size = out.size() - stream.avail_out;
    if (size > bytes_max)
      return fail(Code::too_large,
                  "it unpacks to more than " + std::to_string(bytes_max) + " bytes");
    if (state == Z_STREAM_END) break;
    if (state == Z_MEM_ERROR) return fail(Code::unavailable, "there is no memory to unpack with");
    if (state != Z_OK && state != Z_BUF_ERROR)
      return fail(Code::invalid, "its packed data is broken");
    if (stream.avail_out != 0) return fail(Code::invalid, "its packed data is cut short");
    out.resize(std::min(most, out.size() * 2));
  }
  out.resize(size);
  if (used != nullptr) *used = packed.size() - stream.avail_in;
  return out;
}

std::uint32_t crc32_of(View bytes) {
  const auto* const data = reinterpret_cast<const Bytef*>(bytes.data());
  return static_cast<std::uint32_t>(::crc32_z(::crc32_z(0, nullptr, 0), data, bytes.size()));
}

}  // namespace corridor::archive
