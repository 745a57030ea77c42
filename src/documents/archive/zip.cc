// SPDX-License-Identifier: Apache-2.0
//
// The directory is read and judged whole before the first byte is unpacked: a bomb is refused by
// what it announces, and what it announces is then held to, byte for byte.
#include "documents/archive/zip.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "documents/archive/directory.h"
#include "documents/archive/inflate.h"

namespace corridor::archive {

namespace {

constexpr View kLocalMark("PK\3\4", 4);
constexpr View kEndMark("PK\5\6", 4);
constexpr std::uint64_t kRatioCountsFromBytes = 1024 * 1024;
constexpr std::ptrdiff_t kFoldersMax = 64;  // of one path, inner archives included

bool is_named_zip(View path) {
  constexpr View kEnding = ".zip";
  if (path.size() < kEnding.size()) return false;
  const View ending = path.substr(path.size() - kEnding.size());
  return std::ranges::equal(ending, kEnding, [](char a, char b) {
    return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b);
  });
}

Result<Bytes> unpack(View packed, const Record& record) {
  const std::string name = "the entry \"" + record.path + "\"";
  Bytes out;
  if (record.stored) {
    out = packed;
  } else {
    std::size_t used = 0;
    auto inflated = inflate(packed, Format::raw, static_cast<std::size_t>(record.bytes), &used);
    if (!inflated && inflated.error().code == Code::too_large)
      return fail(Code::invalid, name + " unpacks to more than the size it states");
    if (!inflated) return in_context(name, std::move(inflated).error());
    if (used != packed.size())
      return fail(Code::invalid, name + " has bytes behind the end of its packed data");
    out = std::move(*inflated);
  }
  if (out.size() != record.bytes)
    return fail(Code::invalid, name + " unpacks to less than the size it states");
  if (crc32_of(out) != record.crc)
    return fail(Code::invalid, name + " does not match its checksum");
  return out;
}

class Unpacking {
 public:
  explicit Unpacking(const Limits& limits) : limits_(limits) {}

  Result<> add(View bytes, const Directory& directory, const std::string& prefix,
               std::size_t depth);
  Result<std::vector<Entry>> finish();
  [[nodiscard]] std::size_t entries_left() const { return limits_.entries_max - records_; }

 private:
  Result<> take_on(const Directory& directory);
  Result<> add_file(Entry entry, std::size_t depth);

  const Limits& limits_;
  std::size_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<Entry> out_;
};

// What the directory announces, held against the limits.
Result<> Unpacking::take_on(const Directory& directory) {
  records_ += directory.records.size();
  for (const Record& record : directory.records) {
    const std::string name = "the entry \"" + record.path + "\"";
    if (record.bytes > limits_.entry_bytes_max)
      return fail(Code::too_large, name + " unpacks to " + std::to_string(record.bytes) +
                                       " bytes, more than the " +
                                       std::to_string(limits_.entry_bytes_max) + " that are read");
    if (record.bytes > kRatioCountsFromBytes &&
        record.bytes / std::max<std::size_t>(limits_.ratio_max, 1) > record.packed_bytes)
      return fail(Code::too_large, name + " unpacks to more than " +
                                       std::to_string(limits_.ratio_max) + " times its size");
    bytes_ += record.bytes;
    if (bytes_ > limits_.total_bytes_max)
      return fail(Code::too_large, "it unpacks to more than the " +
                                       std::to_string(limits_.total_bytes_max) +
                                       " bytes that are read");
  }
  return {};
}

Result<> Unpacking::add(View bytes, const Directory& directory, const std::string& prefix,
                        std::size_t depth) {
  TRY(take_on(directory));
  for (const Record& record : directory.records) {
    if (record.folder) continue;
    const View packed = bytes.substr(static_cast<std::size_t>(record.data_at),
                                     static_cast<std::size_t>(record.packed_bytes));
    TRY_ASSIGN(Bytes content, unpack(packed, record));
    TRY(add_file({.path = prefix + record.path, .bytes = std::move(content)}, depth));
  }
  return {};
}

Result<> Unpacking::add_file(Entry entry, std::size_t depth) {
  if (std::ranges::count(entry.path, '/') > kFoldersMax)
    return fail(Code::invalid, "the entry \"" + entry.path + "\" is too deep in folders");
  const bool opens =
      depth < limits_.nesting_max && is_named_zip(entry.path) && begins_as_zip(entry.bytes);
  if (opens) {
    const std::string name = "the archive \"" + entry.path + "\" in it";
    auto inner = read_directory(entry.bytes, entries_left());
    if (!inner) return in_context(name, std::move(inner).error());
    if (inner->unsupported.empty()) {
      if (auto added = add(entry.bytes, *inner, entry.path + "/", depth + 1); !added)
        return depth == 0 ? in_context(name, std::move(added).error()) : added;
      return {};
    }
  }
  out_.push_back(std::move(entry));
  return {};
}

// One path is one file, and no file is also a folder of others.
Result<std::vector<Entry>> Unpacking::finish() {
  std::unordered_set<View> paths;
  for (const Entry& entry : out_)
    if (!paths.insert(entry.path).second)
      return fail(Code::invalid, "the entry \"" + entry.path + "\" is in it twice");
  for (const Entry& entry : out_) {
    const View path = entry.path;
    for (std::size_t slash = path.find('/'); slash != View::npos; slash = path.find('/', slash + 1))
      if (paths.contains(path.substr(0, slash)))
        return fail(Code::invalid,
                    "the entry \"" + std::string(path.substr(0, slash)) + "\" is a file and a folder");
  }
  return std::move(out_);
}

}  // namespace

bool begins_as_zip(View bytes) {
  return bytes.starts_with(kLocalMark) || bytes.starts_with(kEndMark);
}

Result<std::vector<Entry>> unzip(View bytes, const Limits& limits) {
  if (!begins_as_zip(bytes)) return fail(Code::invalid, "it does not begin as a zip file");
  TRY_ASSIGN(const Directory directory, read_directory(bytes, limits.entries_max));
  if (!directory.unsupported.empty())
    return fail(Code::invalid, directory.unsupported,
                "pack it again without encryption, in one file, stored or deflated");
  Unpacking unpacking(limits);
  TRY(unpacking.add(bytes, directory, "", 0));
  return unpacking.finish();
}

}  // namespace corridor::archive
