// SPDX-License-Identifier: Apache-2.0
#include "store/disk/names.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace corridor::store {

namespace {

constexpr corridor::View kRecordMagic{
    "\x89"
    "CORBLB1",
    8};
constexpr std::size_t kPathBytesMax = 1024;
constexpr std::size_t kPathPartBytesMax = 200;

constexpr std::uint64_t kNumberMax = 1'000'000'000'000'000;  // no disk has more; sums stay exact

// Decimal as std::to_string writes it.
std::optional<std::uint64_t> parse_number(corridor::View text) {
  std::uint64_t number = 0;
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || rest != text.data() + text.size() || number > kNumberMax)
    return std::nullopt;
  return number;
}

std::optional<BlobPlace> parse_segment_place(corridor::View text) {
  const std::size_t first = text.find(':');
  const std::size_t second = text.find(':', first == corridor::View::npos ? first : first + 1);
  if (second == corridor::View::npos) return std::nullopt;
  const auto segment = parse_number(text.substr(0, first));
  const auto offset = parse_number(text.substr(first + 1, second - first - 1));
  const auto bytes = parse_number(text.substr(second + 1));
  if (!segment || !offset || !bytes) return std::nullopt;
  return SegmentPlace{*segment, *offset, *bytes};
}

bool is_path_part(corridor::View part) {
  return !part.empty() && part.size() <= kPathPartBytesMax && part.front() != '.' &&
         part.find('\0') == corridor::View::npos;
}

}  // namespace

Result<> check_file_path(corridor::View path) {
  if (path.size() > kPathBytesMax) return fail(Code::invalid, "the path of a file is too long");
  std::size_t at = 0;
  for (;;) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const corridor::View part = path.substr(at, end - at);
    if (!is_path_part(part))
      return fail(Code::invalid,
                  "\"" + std::string(part.substr(0, 40)) + "\" cannot be a part of a file's path");
    if (end == path.size()) return {};
    at = end + 1;
  }
}

Result<> check_partial_name(const std::string& name) {
  if (name.size() <= kPartialNameBytesMax) return {};
  return fail(Code::invalid, "the name of a partial has " + std::to_string(name.size()) +
                                 " bytes, more than " + std::to_string(kPartialNameBytesMax));
}

Error partial_in_use(const std::string& name) {
  return {Code::conflict, "the partial \"" + name + "\" is being written already", {}};
}

Error beyond_end(std::uint64_t offset, std::uint64_t bytes) {
  return {Code::invalid, "byte " + std::to_string(offset) + " of a blob of " +
                             std::to_string(bytes) + " was asked for", {}};
}

Error another_digest(const Digest& found, const Digest& announced) {
  return {Code::peer, "the bytes that came have the SHA-256 " + hex(found.view()) +
                          ", announced was " + hex(announced.view()),
          "fetch them again; if it stays so, the other side's copy is damaged"};
}

BlobId blob_id(const BlobPlace& place) {
  if (const auto* digest = std::get_if<Digest>(&place)) return BlobId("f" + hex(digest->view()));
  const auto& at = std::get<SegmentPlace>(place);
  return BlobId("s" + std::to_string(at.segment) + ":" + std::to_string(at.offset) + ":" +
                std::to_string(at.bytes));
}

std::optional<BlobPlace> parse_blob_id(corridor::View id) {
  if (id.starts_with('s')) return parse_segment_place(id.substr(1));
  if (!id.starts_with('f')) return std::nullopt;
  const auto raw = from_hex(id.substr(1));
  if (!raw || hex(*raw) != id.substr(1)) return std::nullopt;
  const auto digest = Digest::from(*raw);
  if (!digest) return std::nullopt;
  return *digest;
}

std::string segment_name(std::uint64_t segment) { return "seg-" + std::to_string(segment); }

std::optional<std::uint64_t> parse_segment_name(corridor::View name) {
  if (!name.starts_with("seg-")) return std::nullopt;
  return parse_number(name.substr(4));
}

std::string partial_file(corridor::View name) { return "p" + hex(name); }

std::optional<std::string> parse_partial_file(corridor::View file) {
  if (file.size() < 2 || !file.starts_with('p')) return std::nullopt;
  auto name = from_hex(file.substr(1));
  if (!name || partial_file(*name) != file) return std::nullopt;
  return std::move(*name);
}

std::array<char, kRecordHeaderBytes> encode_record_header(const RecordHeader& header) {
  Bytes text(kRecordMagic);
  append_u64_be(text, header.bytes);
  text += header.sha256.view();
  std::array<char, kRecordHeaderBytes> bytes{};
  CHECK(text.size() == bytes.size());
  std::memcpy(bytes.data(), text.data(), bytes.size());
  return bytes;
}

std::optional<RecordHeader> decode_record_header(corridor::View bytes) {
  if (bytes.size() < kRecordHeaderBytes || !bytes.starts_with(kRecordMagic)) return std::nullopt;
  const auto digest = Digest::from(bytes.substr(16, 32));
  if (!digest) return std::nullopt;
  return RecordHeader{read_u64_be(bytes.substr(8, 8)), *digest};
}

Result<bool> ends_with_a_whole_record(std::uint64_t file_bytes, const ReadSegment& read) {
  std::uint64_t at = 0;
  while (at < file_bytes) {
    if (file_bytes - at < kRecordHeaderBytes) return false;
    TRY_ASSIGN(const Bytes head, read(at, kRecordHeaderBytes));
    const auto header = decode_record_header(head);
    if (!header || header->bytes > file_bytes - at - kRecordHeaderBytes) return false;
    at += kRecordHeaderBytes + header->bytes;
  }
  return true;
}

}  // namespace corridor::store
