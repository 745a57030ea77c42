// SPDX-License-Identifier: Apache-2.0
//
// Read from the end, as the format wants: end record, directory, and then each local header against
// its entry of the directory. Offsets are 64 bits wide throughout and compared by subtraction, so
// that no sum of two of them can wrap around.
#include "documents/archive/directory.h"

#include <algorithm>
#include <unordered_set>

namespace corridor::archive {

namespace {

constexpr View kEndMark("PK\5\6", 4);
constexpr View kEnd64Mark("PK\6\6", 4);
constexpr View kLocatorMark("PK\6\7", 4);
constexpr View kCentralMark("PK\1\2", 4);
constexpr View kLocalMark("PK\3\4", 4);
constexpr View kDescriptorMark("PK\7\10", 4);
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kLocatorBytes = 20;
constexpr std::size_t kCentralBytes = 46;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kCommentBytesMax = 65'535;
constexpr std::size_t kPathBytesMax = 1'024;
constexpr std::size_t kQuotedBytesMax = 100;
constexpr std::uint64_t kElsewhere = 0xFFFF'FFFF;  // the value stands in the zip64 field
constexpr std::uint64_t kElsewhereShort = 0xFFFF;

constexpr unsigned kEncrypted = 1U << 0 | 1U << 6 | 1U << 13;
constexpr unsigned kDescriptor = 1U << 3;
constexpr unsigned kPatch = 1U << 5;
constexpr unsigned kUtf8 = 1U << 11;
constexpr unsigned kFlagsThatAgree = kEncrypted | kDescriptor | kPatch | kUtf8;
constexpr unsigned kZip64Field = 0x0001;
constexpr unsigned kUnicodePathField = 0x7075;
constexpr std::size_t kUnicodePathAt = 5;  // behind a version and a checksum

constexpr unsigned kStored = 0;
constexpr unsigned kDeflated = 8;

// table: methods by name, so that a refusal can say which (APPNOTE 4.4.5)
struct Method {
  unsigned number;
  View name;
};
constexpr Method kMethods[] = {
    {1, "shrink"}, {2, "reduce"},    {3, "reduce"}, {4, "reduce"}, {5, "reduce"},
    {6, "implode"}, {9, "deflate64"}, {12, "bzip2"}, {14, "LZMA"},  {93, "Zstandard"},
    {95, "XZ"},    {97, "WavPack"},  {98, "PPMd"},  {99, "AES"},
};

std::string method_name(unsigned number) {
  for (const Method& method : kMethods)
    if (method.number == number) return "method " + std::string(method.name);
  return "method " + std::to_string(number);
}

// The caller has made sure that the bytes are there.
std::uint64_t number(View bytes, std::size_t at, unsigned width) {
  std::uint64_t value = 0;
  for (unsigned i = width; i > 0; --i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  return value;
}
unsigned number16(View bytes, std::size_t at) {
  return static_cast<unsigned>(number(bytes, at, 2));
}
std::uint64_t number32(View bytes, std::size_t at) { return number(bytes, at, 4); }
std::uint64_t number64(View bytes, std::size_t at) { return number(bytes, at, 8); }

// Is there a record of that mark and size, all of it before `end`?
bool stands_at(View bytes, std::uint64_t at, View mark, std::size_t size, std::uint64_t end) {
  return end <= bytes.size() && at <= end && end - at >= size &&
         bytes.substr(static_cast<std::size_t>(at), mark.size()) == mark;
}

struct End {
  std::uint64_t at = 0;  // where the end records begin: the first byte behind the directory
  std::uint64_t entries = 0;
  std::uint64_t directory_at = 0;
  std::uint64_t directory_bytes = 0;
  bool split = false;
};

Result<std::size_t> find_end(View bytes) {
  const std::size_t lowest = bytes.size() - std::min(bytes.size(), kEndBytes + kCommentBytesMax);
  std::size_t found = View::npos;
  bool seen = false;
  for (std::size_t at = bytes.find(kEndMark, lowest); at != View::npos;
       at = bytes.find(kEndMark, at + 1)) {
    seen = true;
    const bool whole = bytes.size() - at >= kEndBytes;
    if (!whole || bytes.size() - at - kEndBytes != number16(bytes, at + 20)) continue;
    if (found != View::npos)
      return fail(Code::invalid, "it has two ends, so two readers could see two archives");
    found = at;
  }
  if (found != View::npos) return found;
  if (seen) return fail(Code::invalid, "bytes follow its end record, or its comment is cut short");
  return fail(Code::invalid, "it has no end record: it is cut short or no zip file");
}

bool agrees(std::uint64_t narrow, std::uint64_t wide, std::uint64_t elsewhere) {
  return narrow == wide || narrow == elsewhere;
}

// The zip64 end record, where its locator stands before the end record. A value that the old record
// has room for has to be the same there, or old and new readers would see different things.
Result<End> widen(View bytes, std::size_t locator_at, End narrow) {
  const std::uint64_t at = number64(bytes, locator_at + 8);
  if (!stands_at(bytes, at, kEnd64Mark, kEnd64Bytes, locator_at))
    return fail(Code::invalid, "its zip64 end record is not where it should be");
  const auto begin = static_cast<std::size_t>(at);
  const std::uint64_t size = number64(bytes, begin + 4);
  if (size != locator_at - at - 12)
    return fail(Code::invalid, "its zip64 end record has another size than it says");
  End wide{.at = at,
           .entries = number64(bytes, begin + 32),
           .directory_at = number64(bytes, begin + 48),
           .directory_bytes = number64(bytes, begin + 40),
           .split = narrow.split};
  wide.split = wide.split || number32(bytes, locator_at + 4) != 0 ||
               number32(bytes, locator_at + 16) > 1 || number64(bytes, begin + 16) != 0 ||
               number64(bytes, begin + 24) != wide.entries;
  if (!agrees(narrow.entries, wide.entries, kElsewhereShort) ||
      !agrees(narrow.directory_at, wide.directory_at, kElsewhere) ||
      !agrees(narrow.directory_bytes, wide.directory_bytes, kElsewhere))
    return fail(Code::invalid, "its two end records contradict each other");
  return wide;
}

Result<End> read_end(View bytes) {
  TRY_ASSIGN(const std::size_t at, find_end(bytes));
  End end{.at = at,
          .entries = number16(bytes, at + 10),
          .directory_at = number32(bytes, at + 16),
          .directory_bytes = number32(bytes, at + 12),
          .split = false};
  const unsigned disk = number16(bytes, at + 4);
  const unsigned first_disk = number16(bytes, at + 6);
  end.split = (disk != 0 && disk != kElsewhereShort) ||
              (first_disk != 0 && first_disk != kElsewhereShort) ||
              number16(bytes, at + 8) != end.entries;
  if (at < kLocatorBytes || bytes.substr(at - kLocatorBytes, 4) != kLocatorMark) return end;
  return widen(bytes, at - kLocatorBytes, end);
}

// What the fields behind a header say, as far as it matters here.
struct Extra {
  View zip64;
  View unicode_path;
};

Result<Extra> read_extra(View fields) {
  Extra out;
  while (fields.size() >= 4) {
    const unsigned id = number16(fields, 0);
    const unsigned size = number16(fields, 2);
    fields.remove_prefix(4);
    if (size > fields.size()) return fail(Code::invalid, "an extra field is longer than its header");
    if (id == kZip64Field) out.zip64 = fields.substr(0, size);
    if (id == kUnicodePathField && size > kUnicodePathAt)
      out.unicode_path = fields.substr(kUnicodePathAt, size - kUnicodePathAt);
    fields.remove_prefix(size);
  }
  return out;  // up to three bytes of padding are common
}

// The next number of a zip64 field when the header says that it stands there.
bool take_wide(View& zip64, std::uint64_t& value) {
  if (value != kElsewhere || zip64.empty()) return true;
  if (zip64.size() < 8) return false;
  value = number64(zip64, 0);
  zip64.remove_prefix(8);
  return true;
}

std::string quoted(View path) {
  if (!is_utf8(path)) return "an entry";
  std::string out = "the entry \"";
  for (const char c : path.substr(0, kQuotedBytesMax))
    out.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '"' ? '?' : c);
  while (!is_utf8(out)) out.pop_back();
  return out + (path.size() > kQuotedBytesMax ? "...\"" : "\"");
}

std::unexpected<Error> refuse(View path, std::string_view reason) {
  return fail(Code::invalid, quoted(path) + " " + std::string(reason));
}

bool has_control_character(View text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// A path that stays below the folder it would be unpacked into, on every system.
Result<> check_path(View path) {
  if (path.empty()) return fail(Code::invalid, "an entry has no name");
  if (path.size() > kPathBytesMax) return refuse(path, "has too long a path");
  if (!is_utf8(path)) return fail(Code::invalid, "the path of an entry is neither ASCII nor UTF-8");
  if (has_control_character(path)) return refuse(path, "has a control character in its path");
  if (path.contains('\\')) return refuse(path, "has a backslash in its path");
  if (path.starts_with('/')) return refuse(path, "has an absolute path");
  if (path.size() > 1 && path[1] == ':') return refuse(path, "has a drive letter in its path");
  for (View rest = path; !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const View step = rest.substr(0, slash);
    if (step == "..") return refuse(path, "leads out of the archive");
    if (step.empty() || step == ".") return refuse(path, "has an empty step in its path");
    rest.remove_prefix(slash == View::npos ? rest.size() : slash + 1);
  }
  return {};
}

// The Unix mode that stands in the upper half of the external attributes, whoever wrote it.
Result<> check_file_type(View path, std::uint64_t attributes, bool folder) {
  constexpr unsigned kTypeMask = 0170000;
  constexpr unsigned kLink = 0120000;
  constexpr unsigned kFolder = 0040000;
  constexpr unsigned kFile = 0100000;
  const unsigned type = static_cast<unsigned>(attributes >> 16) & kTypeMask;
  if (type == kLink) return refuse(path, "is a symbolic link");
  if (type != 0 && type != kFile && type != kFolder)
    return refuse(path, "is a device, a pipe or a socket");
  if (type == kFolder && !folder) return refuse(path, "is a folder that is named like a file");
  return {};
}

class Reader {
 public:
  explicit Reader(View bytes) : bytes_(bytes) {}

  Result<Directory> read(std::size_t entries_max);

 private:
  struct Central {
    Record record;
    unsigned flags = 0;
    unsigned method = 0;
  };

  [[nodiscard]] View slice(std::uint64_t at, std::uint64_t size) const {
    return bytes_.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(size));
  }
  Result<Central> read_central(std::uint64_t& at, const End& end);
  Result<> check_central(const Central& entry, std::uint64_t attributes, View unicode_path);
  Result<> read_local(Central& entry, const End& end);
  Result<> check_local_sizes(const Central& entry, std::size_t at, View zip64) const;
  [[nodiscard]] bool is_descriptor(const Record& record, View bytes) const;
  Result<> check_layout(std::vector<Central>& entries, const End& end) const;
  void unsupported(std::string reason) {
    if (unsupported_.empty()) unsupported_ = std::move(reason);
  }

  View bytes_;
  std::string unsupported_;
};

Result<Reader::Central> Reader::read_central(std::uint64_t& at, const End& end) {
  if (!stands_at(bytes_, at, kCentralMark, kCentralBytes, end.at))
    return fail(Code::invalid, "its directory is broken");
  const auto begin = static_cast<std::size_t>(at);
  const std::uint64_t name_bytes = number16(bytes_, begin + 28);
  const std::uint64_t extra_bytes = number16(bytes_, begin + 30);
  const std::uint64_t comment_bytes = number16(bytes_, begin + 32);
  if (end.at - at - kCentralBytes < name_bytes + extra_bytes + comment_bytes)
    return fail(Code::invalid, "its directory is broken");
  Central entry;
  entry.flags = number16(bytes_, begin + 8);
  entry.method = number16(bytes_, begin + 10);
  Record& record = entry.record;
  record.crc = static_cast<std::uint32_t>(number32(bytes_, begin + 16));
  record.packed_bytes = number32(bytes_, begin + 20);
  record.bytes = number32(bytes_, begin + 24);
  record.header_at = number32(bytes_, begin + 42);
  record.path = slice(at + kCentralBytes, name_bytes);
  record.folder = record.path.ends_with('/');
  TRY_ASSIGN(Extra extra, read_extra(slice(at + kCentralBytes + name_bytes, extra_bytes)));
  if (!take_wide(extra.zip64, record.bytes) || !take_wide(extra.zip64, record.packed_bytes) ||
      !take_wide(extra.zip64, record.header_at))
    return refuse(record.path, "has a zip64 field that is too short");
  const unsigned disk = number16(bytes_, begin + 34);
  if (disk != 0 && !(disk == kElsewhereShort && extra.zip64.size() >= 4 &&
                     number32(extra.zip64, 0) == 0))
    unsupported("it is one part of a split archive");
  TRY(check_central(entry, number32(bytes_, begin + 38), extra.unicode_path));
  record.stored = entry.method == kStored;
  at += kCentralBytes + name_bytes + extra_bytes + comment_bytes;
  return entry;
}

Result<> Reader::check_central(const Central& entry, std::uint64_t attributes, View unicode_path) {
  const Record& record = entry.record;
  TRY(check_path(record.path));
  if (!unicode_path.empty() && unicode_path != record.path)
    return refuse(record.path, "has a second path that differs");
  TRY(check_file_type(record.path, attributes, record.folder));
  if (record.folder && record.bytes != 0) return refuse(record.path, "is a folder with content");
  if ((entry.flags & kEncrypted) != 0) unsupported(quoted(record.path) + " is encrypted");
  if ((entry.flags & kPatch) != 0) unsupported(quoted(record.path) + " is patch data");
  if (entry.method != kStored && entry.method != kDeflated)
    unsupported(quoted(record.path) + " is packed by " + method_name(entry.method) +
                ", which is not read");
  else if (entry.method == kStored && record.bytes != record.packed_bytes &&
           (entry.flags & kEncrypted) == 0)
    return refuse(record.path, "is stored but has two sizes");
  return {};
}

// The local header repeats the entry of the directory; sizes may be left to a data descriptor.
Result<> Reader::read_local(Central& entry, const End& end) {
  Record& record = entry.record;
  if (!stands_at(bytes_, record.header_at, kLocalMark, kLocalBytes, end.directory_at))
    return refuse(record.path, "is not where the directory says");
  const auto begin = static_cast<std::size_t>(record.header_at);
  const std::uint64_t name_bytes = number16(bytes_, begin + 26);
  const std::uint64_t extra_bytes = number16(bytes_, begin + 28);
  const std::uint64_t room = end.directory_at - record.header_at - kLocalBytes;
  if (room < name_bytes + extra_bytes || room - name_bytes - extra_bytes < record.packed_bytes)
    return refuse(record.path, "is longer than the archive");
  const std::uint64_t name_at = record.header_at + kLocalBytes;
  if (slice(name_at, name_bytes) != record.path)
    return refuse(record.path, "has another path in its local header");
  if (((number16(bytes_, begin + 6) ^ entry.flags) & kFlagsThatAgree) != 0 ||
      number16(bytes_, begin + 8) != entry.method)
    return refuse(record.path, "is packed otherwise in its local header");
  TRY_ASSIGN(const Extra extra, read_extra(slice(name_at + name_bytes, extra_bytes)));
  TRY(check_local_sizes(entry, begin, extra.zip64));
  record.data_at = name_at + name_bytes + extra_bytes;
  return {};
}

Result<> Reader::check_local_sizes(const Central& entry, std::size_t at, View zip64) const {
  const Record& record = entry.record;
  const std::uint64_t crc = number32(bytes_, at + 14);
  std::uint64_t packed_bytes = number32(bytes_, at + 18);
  std::uint64_t bytes = number32(bytes_, at + 22);
  if (!take_wide(zip64, bytes) || !take_wide(zip64, packed_bytes))
    return refuse(record.path, "has a zip64 field that is too short");
  const bool later = (entry.flags & kDescriptor) != 0;
  const auto agrees_with = [later](std::uint64_t here, std::uint64_t there) {
    return here == there || (later && here == 0);
  };
  if (agrees_with(crc, record.crc) && agrees_with(packed_bytes, record.packed_bytes) &&
      agrees_with(bytes, record.bytes))
    return {};
  return refuse(record.path, "has another size or checksum in its local header");
}

// Checksum and sizes again, behind the data; with or without its mark, 4 or 8 bytes wide.
bool Reader::is_descriptor(const Record& record, View bytes) const {
  if (bytes.size() == 16 || bytes.size() == 24) {
    if (!bytes.starts_with(kDescriptorMark)) return false;
    bytes.remove_prefix(4);
  }
  if (bytes.size() != 12 && bytes.size() != 20) return false;
  const unsigned width = bytes.size() == 12 ? 4 : 8;
  return number32(bytes, 0) == record.crc && number(bytes, 4, width) == record.packed_bytes &&
         number(bytes, 4 + width, width) == record.bytes;
}

// One entry begins where the one before it ends, from the first byte to the directory.
Result<> Reader::check_layout(std::vector<Central>& entries, const End& end) const {
  std::vector<const Central*> order;
  order.reserve(entries.size());
  for (const Central& entry : entries) order.push_back(&entry);
  std::ranges::sort(order, {}, [](const Central* entry) { return entry->record.header_at; });
  const std::uint64_t first = order.empty() ? end.directory_at : order[0]->record.header_at;
  if (first != 0) return fail(Code::invalid, "bytes stand before its first entry");
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Record& record = order[i]->record;
    const std::uint64_t next =
        i + 1 < order.size() ? order[i + 1]->record.header_at : end.directory_at;
    const std::uint64_t data_end = record.data_at + record.packed_bytes;
    if (next < data_end) return refuse(record.path, "overlaps the entry behind it");
    const bool described = (order[i]->flags & kDescriptor) != 0;
    if (described && !is_descriptor(record, slice(data_end, next - data_end)))
      return refuse(record.path, "is followed by sizes or a checksum that are not its own");
    if (!described && next != data_end)
      return refuse(record.path, "is followed by bytes that belong to nothing");
  }
  return {};
}

Result<Directory> Reader::read(std::size_t entries_max) {
  TRY_ASSIGN(const End end, read_end(bytes_));
  Directory out;
  if (end.split) {
    out.unsupported = "it is one part of a split archive";
    return out;
  }
  if (end.entries > entries_max)
    return fail(Code::too_large, "it has " + std::to_string(end.entries) +
                                     " entries, more than the " + std::to_string(entries_max) +
                                     " that are read");
  if (end.directory_bytes > end.at || end.directory_at != end.at - end.directory_bytes)
    return fail(Code::invalid,
                "its directory is not where it says: bytes stand before the archive or in between");
  std::vector<Central> entries;
  std::unordered_set<std::string> paths;
  std::uint64_t at = end.directory_at;
  for (std::uint64_t i = 0; i < end.entries; ++i) {
    TRY_ASSIGN(Central entry, read_central(at, end));
    if (!paths.insert(entry.record.path).second) return refuse(entry.record.path, "is in it twice");
    entries.push_back(std::move(entry));
  }
  if (at != end.at) return fail(Code::invalid, "its directory has more entries than it says");
  for (Central& entry : entries) TRY(read_local(entry, end));
  TRY(check_layout(entries, end));
  out.records.reserve(entries.size());
  for (Central& entry : entries) out.records.push_back(std::move(entry.record));
  out.unsupported = std::move(unsupported_);
  return out;
}

}  // namespace

Result<Directory> read_directory(View bytes, std::size_t entries_max) {
  return Reader(bytes).read(entries_max);
}

}  // namespace corridor::archive
