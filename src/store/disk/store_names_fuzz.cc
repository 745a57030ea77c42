// SPDX-License-Identifier: Apache-2.0
//
// Whatever bytes come: a name that is read is written back the same, a path that is accepted stays
// below its folder, and the walk over a segment's records ends within the segment.
#include <cstdint>
#include <cstdlib>

#include "store/disk/names.h"

namespace {

using namespace corridor;
using namespace corridor::store;

void expect(bool holds) {
  if (!holds) std::abort();
}

void check_names(corridor::View text) {
  if (const auto place = parse_blob_id(text)) expect(blob_id(*place).value == text);
  if (const auto segment = parse_segment_name(text)) expect(segment_name(*segment) == text);
  if (const auto name = parse_partial_file(text)) expect(partial_file(*name) == text);
  if (check_file_path(text)) {
    expect(!text.empty() && text.front() != '/' && text.back() != '/');
    expect(!text.starts_with('.') && !text.contains("/.") && !text.contains("//"));
    expect(!text.contains('\0'));
  }
}

void check_segment(corridor::View bytes) {
  if (const auto header = decode_record_header(bytes)) {
    const auto again = encode_record_header(*header);
    expect(bytes.starts_with(corridor::View(again.data(), again.size())));
  }
  const auto whole =
      ends_with_a_whole_record(bytes.size(), [&](std::uint64_t offset, std::size_t count) {
        expect(offset <= bytes.size() && count <= bytes.size() - offset);
        return Result<Bytes>(Bytes(bytes.substr(offset, count)));
      });
  expect(whole.has_value());
  expect(!*whole || bytes.empty() || bytes.size() >= kRecordHeaderBytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const corridor::View input(reinterpret_cast<const char*>(data), size);
  check_names(input);
  check_segment(input);
  return 0;
}
