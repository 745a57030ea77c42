// SPDX-License-Identifier: Apache-2.0
//
// Archives are written here, right ones and those that lie, and read back.
#include "documents/archive/zip.h"

#include <zlib.h>

#include <algorithm>
#include <functional>
#include <map>

#include "documents/archive/inflate.h"
#include "documents/testing.h"

using namespace corridor;
using namespace corridor::archive;

namespace {

constexpr std::size_t kMiB = 1024 * 1024;

std::string le(std::uint64_t value, unsigned width) {
  std::string out;
  for (unsigned i = 0; i < width; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

std::string deflated(View text, int level = 9) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

enum class Descriptor { none, marked, plain, wide };

// One entry as it is written; a test changes what it wants to be a lie.
struct Piece {
  std::string path;
  std::string content;
  unsigned method = 8;
  unsigned flags = 0;
  std::uint32_t attributes = 0;
  Descriptor descriptor = Descriptor::none;
  bool zip64 = false;
  std::string local_path = path;
  std::string packed = method == 8 ? deflated(content) : content;
  std::uint64_t bytes = content.size();
  std::uint64_t local_bytes = bytes;
  std::uint64_t packed_bytes = packed.size();
  std::uint32_t crc = crc32_of(content);
  std::string extra{};
  std::string behind{};  // bytes behind the data
};

struct Written {
  std::string bytes;
  std::size_t directory_at = 0;
  std::vector<std::size_t> headers;
};

std::string descriptor_of(const Piece& piece) {
  const unsigned width = piece.descriptor == Descriptor::wide ? 8 : 4;
  const std::string mark = piece.descriptor == Descriptor::plain ? "" : "PK\7\10";
  if (piece.descriptor == Descriptor::none) return {};
  return mark + le(piece.crc, 4) + le(piece.packed_bytes, width) + le(piece.bytes, width);
}

std::string local_header(const Piece& piece, unsigned flags) {
  const bool later = piece.descriptor != Descriptor::none;
  std::string extra = piece.extra;
  if (piece.zip64)
    extra += le(1, 2) + le(16, 2) + le(later ? 0 : piece.local_bytes, 8) +
             le(later ? 0 : piece.packed_bytes, 8);
  const std::uint64_t wide = 0xFFFF'FFFF;
  return "PK\3\4" + le(20, 2) + le(flags, 2) + le(piece.method, 2) + le(0, 4) +
         le(later ? 0 : piece.crc, 4) +
         le(piece.zip64 ? wide : later ? 0 : piece.packed_bytes, 4) +
         le(piece.zip64 ? wide : later ? 0 : piece.local_bytes, 4) +
         le(piece.local_path.size(), 2) + le(extra.size(), 2) + piece.local_path + extra;
}

std::string central_header(const Piece& piece, unsigned flags, std::size_t header_at) {
  std::string extra = piece.extra;
  if (piece.zip64)
    extra += le(1, 2) + le(24, 2) + le(piece.bytes, 8) + le(piece.packed_bytes, 8) +
             le(header_at, 8);
  const std::uint64_t wide = 0xFFFF'FFFF;
  return "PK\1\2" + le(0x031E, 2) + le(20, 2) + le(flags, 2) + le(piece.method, 2) + le(0, 4) +
         le(piece.crc, 4) + le(piece.zip64 ? wide : piece.packed_bytes, 4) +
         le(piece.zip64 ? wide : piece.bytes, 4) + le(piece.path.size(), 2) +
         le(extra.size(), 2) + le(0, 2) + le(0, 2) + le(0, 2) + le(piece.attributes, 4) +
         le(piece.zip64 ? wide : header_at, 4) + piece.path + extra;
}

std::string end_record(std::size_t entries, std::size_t size, std::size_t at,
                       const std::string& comment = {}) {
  return "PK\5\6" + le(0, 4) + le(entries, 2) + le(entries, 2) + le(size, 4) + le(at, 4) +
         le(comment.size(), 2) + comment;
}

std::string end_record64(std::size_t entries, std::size_t size, std::size_t at) {
  const std::string wide = "PK\6\6" + le(44, 8) + le(45, 2) + le(45, 2) + le(0, 8) +
                           le(entries, 8) + le(entries, 8) + le(size, 8) + le(at, 8);
  return wide + "PK\6\7" + le(0, 4) + le(at + size, 8) + le(1, 4) + "PK\5\6" + le(0, 4) +
         le(0xFFFF, 2) + le(0xFFFF, 2) + le(0xFFFF'FFFF, 4) + le(0xFFFF'FFFF, 4) + le(0, 2);
}

Written write(const std::vector<Piece>& pieces, const std::string& comment = {}) {
  Written out;
  std::string directory;
  bool zip64 = false;
  for (const Piece& piece : pieces) {
    const unsigned flags = piece.flags | (piece.descriptor != Descriptor::none ? 8U : 0U);
    out.headers.push_back(out.bytes.size());
    directory += central_header(piece, flags, out.bytes.size());
    out.bytes += local_header(piece, flags) + piece.packed + descriptor_of(piece) + piece.behind;
    zip64 = zip64 || piece.zip64;
  }
  out.directory_at = out.bytes.size();
  out.bytes += directory;
  out.bytes += zip64 ? end_record64(pieces.size(), directory.size(), out.directory_at)
                     : end_record(pieces.size(), directory.size(), out.directory_at, comment);
  return out;
}

std::string zip(const std::vector<Piece>& pieces) { return write(pieces).bytes; }

std::string listed(const Result<std::vector<Entry>>& result) {
  if (!result) return "refused: " + result.error().why;
  std::string out;
  for (const Entry& entry : *result)
    out += (out.empty() ? "" : " ") + entry.path + "=" + entry.bytes.substr(0, 40);
  return out;
}
std::string listed(View bytes, const Limits& limits = {}) { return listed(unzip(bytes, limits)); }

// Refused with that code, for a reason that contains the words.
void refused(View bytes, Code code, const std::string& words, const Limits& limits = {}) {
  const auto result = unzip(bytes, limits);
  CAPTURE(words);
  CAPTURE(listed(result));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == code);
  CHECK(result.error().why.contains(words));
}

Piece with(Piece piece, const std::function<void(Piece&)>& change) {
  change(piece);
  return piece;
}

}  // namespace

TEST_CASE("stored and deflated entries come out as they went in, folders left out") {
  const std::string long_text(300'000, 'x');
  const std::string bytes = zip({{.path = "a/", .content = "", .method = 0},
                                 {.path = "a/b.txt", .content = "hello"},
                                 {.path = "c.txt", .content = "stored", .method = 0},
                                 {.path = "empty", .content = ""},
                                 {.path = "d", .content = long_text}});
  CHECK(begins_as_zip(bytes));
  const auto files = unzip(bytes);
  CHECK(listed(files) ==
        "a/b.txt=hello c.txt=stored empty= d=" + std::string(40, 'x'));
  REQUIRE(files);
  CHECK(files->back().bytes == long_text);
}

TEST_CASE("an archive without entries is empty, and comments do not matter") {
  CHECK(listed(zip({})) == "");
  CHECK(begins_as_zip(zip({})));
  CHECK(listed(write({{.path = "a", .content = "1"}}, "a comment").bytes) == "a=1");
}

TEST_CASE("sizes that follow the data are read in each of their forms") {
  for (const Descriptor form : {Descriptor::marked, Descriptor::plain, Descriptor::wide}) {
    const std::string bytes = zip({{.path = "a", .content = "one", .descriptor = form},
                                   {.path = "b", .content = "two", .descriptor = form}});
    CHECK(listed(bytes) == "a=one b=two");
    std::string lies = bytes;
    const std::size_t at = bytes.find("PK\3\4", 4) - (form == Descriptor::wide ? 9 : 5);
    lies[at] = static_cast<char>(lies[at] ^ 1);
    refused(lies, Code::invalid, "sizes or a checksum that are not its own");
  }
}

TEST_CASE("zip64 is read where its values are sane") {
  CHECK(listed(zip({{.path = "a", .content = "one", .zip64 = true},
                    {.path = "b", .content = "two"}})) == "a=one b=two");
  CHECK(listed(zip({{.path = "a", .content = "one", .descriptor = Descriptor::wide,
                     .zip64 = true}})) == "a=one");
  const std::string good = zip({{.path = "a", .content = "one", .zip64 = true}});
  std::string bad = good;
  const std::size_t end64 = bad.find("PK\6\6");
  for (std::size_t i = 0; i < 8; ++i) bad[end64 + 32 + i] = '\xFF';
  refused(bad, Code::invalid, "split");  // entries on this disk and in total differ
  for (std::size_t i = 0; i < 8; ++i) bad[end64 + 24 + i] = '\xFF';
  refused(bad, Code::too_large, "entries");
  bad = good;
  for (std::size_t i = 0; i < 8; ++i) bad[end64 + 48 + i] = '\xFF';
  refused(bad, Code::invalid, "not where it says");
  bad = good;
  bad[end64 + 4] = 45;
  refused(bad, Code::invalid, "another size than it says");
  bad = good;
  const std::size_t locator = bad.find("PK\6\7");
  for (std::size_t i = 0; i < 8; ++i) bad[locator + 8 + i] = '\xFF';
  refused(bad, Code::invalid, "zip64 end record");
}

TEST_CASE("paths that lead out, or that a system could read otherwise, are refused") {
  const auto of = [](const std::string& path) {
    return zip({{.path = "ok", .content = "1"}, {.path = path, .content = "2"}});
  };
  refused(of("../evil"), Code::invalid, "leads out");
  refused(of("a/../../evil"), Code::invalid, "leads out");
  refused(of("a/.."), Code::invalid, "leads out");
  refused(of("/etc/passwd"), Code::invalid, "absolute");
  refused(of("C:evil"), Code::invalid, "drive letter");
  refused(of("c:/evil"), Code::invalid, "drive letter");
  refused(of("a\\b"), Code::invalid, "backslash");
  refused(of("\\\\host\\share"), Code::invalid, "backslash");
  refused(of(std::string("a\0b", 3)), Code::invalid, "control character");
  refused(of("a\nb"), Code::invalid, "control character");
  refused(of(""), Code::invalid, "no name");
  refused(of("a//b"), Code::invalid, "empty step");
  refused(of("./a"), Code::invalid, "empty step");
  refused(of("\xFF\xFE"), Code::invalid, "neither ASCII nor UTF-8");
  refused(of(std::string(2'000, 'a')), Code::invalid, "too long a path");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "a/";
  refused(of(deep + "b"), Code::invalid, "too deep");
  CHECK(listed(of("gr\xC3\xBC\xC3\x9F" "e..txt")) == "ok=1 gr\xC3\xBC\xC3\x9F" "e..txt=2");
}

TEST_CASE("links, devices and folders in disguise are refused") {
  const auto of = [](std::uint32_t mode) {
    return zip({{.path = "a", .content = "/etc/passwd", .attributes = mode << 16}});
  };
  CHECK(listed(of(0100644)) == "a=/etc/passwd");
  refused(of(0120777), Code::invalid, "symbolic link");
  refused(of(0020600), Code::invalid, "device");
  refused(of(0010600), Code::invalid, "device");
  refused(of(0040755), Code::invalid, "folder");
  refused(zip({{.path = "a/", .content = "content", .method = 0}}), Code::invalid,
          "folder with content");
}

TEST_CASE("one path is one file") {
  refused(zip({{.path = "a", .content = "1"}, {.path = "a", .content = "2"}}), Code::invalid,
          "twice");
  refused(zip({{.path = "a", .content = "1"}, {.path = "a/b", .content = "2"}}), Code::invalid,
          "a file and a folder");
  const std::string inner = zip({{.path = "b", .content = "1"}});
  refused(zip({{.path = "a.zip", .content = inner}, {.path = "a.zip/b", .content = "2"}}),
          Code::invalid, "twice");
  refused(zip({{.path = "a", .content = "1",
                .extra = le(0x7075, 2) + le(6, 2) + le(1, 1) + le(0, 4) + "b"}}),
          Code::invalid, "second path");
}

TEST_CASE("local headers that differ from the directory are refused") {
  const Piece piece{.path = "a", .content = "hello"};
  refused(zip({with(piece, [](Piece& p) { p.local_path = "b"; })}), Code::invalid, "another path");
  refused(zip({with(piece, [](Piece& p) { p.local_bytes = 4; })}), Code::invalid,
          "another size or checksum");
  Written lies = write({piece});
  lies.bytes[8] = 0;  // the method
  refused(lies.bytes, Code::invalid, "packed otherwise");
  lies = write({piece});
  lies.bytes[14] = static_cast<char>(lies.bytes[14] ^ 1);  // the checksum
  refused(lies.bytes, Code::invalid, "another size or checksum");
  lies = write({piece});
  lies.bytes[0] = 'X';
  lies.bytes = "PK\3\4" + lies.bytes;
  refused(lies.bytes, Code::invalid, "not where it says");
}

TEST_CASE("sizes and checksums that lie are refused") {
  const Piece piece{.path = "a", .content = "hello hello hello"};
  const auto sized = [&](std::uint64_t bytes) {
    return zip({with(piece, [&](Piece& p) { p.bytes = p.local_bytes = bytes; })});
  };
  refused(sized(3), Code::invalid, "more than the size it states");
  refused(sized(0), Code::invalid, "more than the size it states");
  refused(sized(18), Code::invalid, "less than the size it states");
  refused(sized(900'000), Code::invalid, "less than the size it states");
  refused(sized(0xFFFF'FFFF), Code::too_large, "that are read");
  refused(zip({with(piece, [](Piece& p) { p.crc ^= 1; })}), Code::invalid, "checksum");
  refused(zip({with(piece, [](Piece& p) { p.packed[0] = '\x07'; })}), Code::invalid, "broken");
  refused(zip({with(piece,
                    [](Piece& p) {
                      p.packed.resize(p.packed.size() - 2);
                      p.packed_bytes = p.packed.size();
                    })}),
          Code::invalid, "cut short");
  refused(zip({with(piece,
                    [](Piece& p) {
                      p.packed += "more";
                      p.packed_bytes = p.packed.size();
                    })}),
          Code::invalid, "behind the end of its packed data");
  refused(zip({{.path = "a", .content = "hello", .method = 0, .bytes = 4}}), Code::invalid,
          "two sizes");
}

TEST_CASE("entries that share bytes are refused") {
  Written one = write({{.path = "a", .content = "hello"}, {.path = "b", .content = "hello"}});
  // The second entry of the directory is made to name the first one's header.
  const std::size_t second = one.bytes.find("PK\1\2", one.directory_at + 4);
  one.bytes.replace(second + 42, 4, le(0, 4));
  refused(one.bytes, Code::invalid, "another path in its local header");
  // An entry whose data is the whole of the next entry, header included: the same bytes twice.
  const Piece inner{.path = "b", .content = "hello", .method = 0};
  const std::string whole = local_header(inner, 0) + inner.content;
  const Piece outer{.path = "a", .content = whole, .method = 0};
  const std::string bytes = local_header(outer, 0) + whole;
  const std::string directory = central_header(outer, 0, 0) +
                                central_header(inner, 0, local_header(outer, 0).size());
  refused(bytes + directory + end_record(2, directory.size(), bytes.size()), Code::invalid,
          "overlaps");
}

TEST_CASE("bytes that belong to nothing are refused") {
  const Piece a{.path = "a", .content = "one"};
  const Piece b{.path = "b", .content = "two"};
  const std::string good = zip({a, b});
  refused("x" + good, Code::invalid, "does not begin as a zip file");
  refused(good + "x", Code::invalid, "bytes follow its end record");
  refused(good + std::string(70'000, 'x'), Code::invalid, "no end record");
  refused(zip({with(a, [](Piece& p) { p.behind = "hidden"; }), b}), Code::invalid,
          "belong to nothing");
  refused(zip({a, with(b, [](Piece& p) { p.behind = "hidden"; })}), Code::invalid,
          "belong to nothing");
  refused(good.substr(0, good.size() - 22) + "x" + good.substr(good.size() - 22), Code::invalid,
          "not where it says");
  // Another archive in the comment: readers from the front and from the back see two things.
  refused(write({a}, end_record(0, 0, 0)).bytes, Code::invalid, "two ends");
}

TEST_CASE("an archive that is cut anywhere is refused") {
  const std::string good = zip({{.path = "a", .content = "one"},
                                {.path = "b", .content = "two", .descriptor = Descriptor::marked},
                                {.path = "c", .content = "three", .zip64 = true}});
  CHECK(listed(good) == "a=one b=two c=three");
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(unzip(good.substr(0, size)).has_value());
}

TEST_CASE("no changed bit makes an archive say something else unnoticed") {
  const std::string good = zip({{.path = "a.txt", .content = "one one one one"},
                                {.path = "b.txt", .content = "two"}});
  const std::string was = listed(good);
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < good.size(); ++at)
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ (1U << bit));
      const auto files = unzip(bytes);
      if (!files) continue;
      ++accepted;  // a date, a version, an attribute
      CHECK(listed(files) == was);
    }
  CHECK(accepted < good.size() * 8 / 2);
}

TEST_CASE("what is not read is refused by its name") {
  const auto of = [](unsigned method, unsigned flags) {
    return zip({{.path = "a", .content = "hello", .method = method, .flags = flags}});
  };
  refused(of(1, 0), Code::invalid, "shrink");
  refused(of(6, 0), Code::invalid, "implode");
  refused(of(9, 0), Code::invalid, "deflate64");
  refused(of(12, 0), Code::invalid, "bzip2");
  refused(of(93, 0), Code::invalid, "Zstandard");
  refused(of(99, 1), Code::invalid, "encrypted");
  refused(of(4711, 0), Code::invalid, "method 4711");
  refused(of(8, 1), Code::invalid, "encrypted");
  refused(of(8, 1U << 13), Code::invalid, "encrypted");
  refused(of(8, 1U << 5), Code::invalid, "patch data");
  std::string split = of(8, 0);
  split[split.size() - 18] = 1;  // number of this disk
  refused(split, Code::invalid, "split");
}

TEST_CASE("archives inside are unpacked in place, as deep as allowed") {
  const std::string third = zip({{.path = "deep.txt", .content = "3"}});
  const std::string second = zip({{.path = "third.zip", .content = third, .method = 0}});
  const std::string first = zip({{.path = "SECOND.ZIP", .content = second},
                                 {.path = "plain.txt", .content = "1"}});
  const std::string bytes = zip({{.path = "f/first.zip", .content = first},
                                 {.path = "first.jar", .content = third, .method = 0},
                                 {.path = "no.zip", .content = "text"}});
  const auto files = unzip(bytes);
  REQUIRE(files);
  REQUIRE(files->size() == 4);
  CHECK((*files)[0].path == "f/first.zip/SECOND.ZIP/third.zip");
  CHECK((*files)[0].bytes == third);
  CHECK((*files)[1].path == "f/first.zip/plain.txt");
  CHECK((*files)[2].path == "first.jar");
  CHECK((*files)[3].path == "no.zip");
  CHECK(unzip(bytes, {.nesting_max = 3})->at(0).path ==
        "f/first.zip/SECOND.ZIP/third.zip/deep.txt");
  CHECK(unzip(bytes, {.nesting_max = 0})->at(0).path == "f/first.zip");
}

TEST_CASE("an archive inside that cannot be read stays a file, one that lies is refused") {
  const std::string imploded = zip({{.path = "a", .content = "x", .method = 6}});
  CHECK(unzip(zip({{.path = "old.zip", .content = imploded}}))->at(0).bytes == imploded);
  const std::string lies = zip({{.path = "../a", .content = "x"}});
  refused(zip({{.path = "in.zip", .content = lies}}), Code::invalid, "\"in.zip\" in it");
}

TEST_CASE("bombs are refused before they go off") {
  const std::string zeros(3 * kMiB, '\0');
  const Piece bomb{.path = "bomb", .content = zeros};
  REQUIRE(bomb.packed.size() < 4'000);
  refused(zip({bomb}), Code::too_large, "times its size");
  CHECK(unzip(zip({bomb}), {.ratio_max = 2'000}).has_value());
  refused(zip({bomb}), Code::too_large, "more than the 2097152", {.entry_bytes_max = 2 * kMiB});
  const Limits small{.total_bytes_max = 5 * kMiB, .ratio_max = 2'000};
  refused(zip({bomb, with(bomb, [](Piece& p) { p.path = p.local_path = "b"; })}), Code::too_large,
          "more than the 5242880", small);
  // The same through archives inside, each of them below the limits.
  std::vector<Piece> shells;
  for (int i = 0; i < 3; ++i) {
    const std::string name = "shell" + std::to_string(i) + ".zip";
    shells.push_back({.path = name, .content = zip({bomb})});
  }
  refused(zip(shells), Code::too_large, "more than the 5242880", small);
  std::vector<Piece> many;
  for (int i = 0; i < 50; ++i) many.push_back({.path = std::to_string(i), .content = ""});
  refused(zip(many), Code::too_large, "entries", {.entries_max = 49});
  refused(zip({{.path = "a", .content = ""}, {.path = "in.zip", .content = zip(many)}}),
          Code::too_large, "entries", {.entries_max = 51});
}

TEST_CASE("inflate gives as much as is allowed and says how much it took") {
  const std::string text(50'000, 'a');
  const std::string packed = deflated(text) + "behind";
  std::size_t used = 0;
  CHECK(inflate(packed, Format::raw, text.size(), &used).value() == text);
  CHECK(used == packed.size() - 6);
  CHECK(inflate(packed, Format::raw, text.size() - 1).error().code == Code::too_large);
  CHECK(inflate(packed, Format::zlib, text.size()).error().code == Code::invalid);
  CHECK(inflate("", Format::raw, 10).error().code == Code::invalid);
  CHECK(inflate(packed.substr(0, 10), Format::raw, text.size()).error().code == Code::invalid);
}

TEST_CASE("the published EDIFACT directories unpack whole") {
  const auto folder = documents::shared_folder("data/edifact-directories");
  if (folder.empty()) return;
  for (const auto& file : documents::files_below(folder)) {
    if (file.extension() != ".zip") continue;
    const auto files = unzip(documents::file_text(file));
    CAPTURE(file.string());
    CAPTURE(files ? std::string("read") : files.error().why);
    REQUIRE(files);
    CHECK(files->size() > 150);
    std::string closed;
    for (const Entry& entry : *files)
      if (begins_as_zip(entry.bytes)) closed += " " + entry.path;
    CHECK(closed == "");
  }
}
