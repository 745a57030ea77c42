// SPDX-License-Identifier: Apache-2.0
//
// What all Blobs and all Files promise, run over each of them.
#include "base/limits.h"
#include "store/contract/fixtures.h"

#include <atomic>
#include <mutex>
#include <thread>

namespace corridor::store {

#define BLOBS_TEST(name) TEST_CASE_TEMPLATE(name, Kind, MemoryBlobsKind, DiskBlobsKind)
#define FILES_TEST(name) TEST_CASE_TEMPLATE(name, Kind, MemoryFilesKind, DiskFilesKind)

BLOBS_TEST("a blob comes back as it was put, whatever its size") {
  const Kind kind;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096},
                                 limits::kBlobInlineMax, limits::kBlobInlineMax + 1}) {
    CAPTURE(size);
    Bytes bytes(size, 'x');
    if (size > 0) bytes.back() = '\0';
    const Stored stored = must(put(*kind.blobs, bytes));
    CHECK(stored.bytes == size);
    CHECK(stored.sha256 == test_digest(bytes));
    CHECK_FALSE(stored.blob.empty());
    CHECK(must(kind.blobs->read(stored.blob)) == bytes);
  }
}

BLOBS_TEST("blobs of many threads have ids of their own and keep them") {
  const Kind kind;
  std::mutex mutex;
  std::map<std::string, Bytes> all;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const Bytes bytes = std::to_string(t) + "/" + std::to_string(i);
        const auto stored = put(*kind.blobs, bytes);
        const std::lock_guard lock(mutex);
        if (stored) all[stored->blob.value] = bytes;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(all.size() == 200);
  for (const auto& [id, bytes] : all) CHECK(must(kind.blobs->read(BlobId(id))) == bytes);
}

BLOBS_TEST("what was never put is not found") {
  const Kind kind;
  (void)must(put(*kind.blobs, "something"));
  const Bytes absent = "f" + std::string(64, 'a');
  for (const char* id : {"", "s", "s7:0:4", "m17", "nonsense", "../node.db", "s0:0", "f00",
                         "s00:0:9", "s-1:0:9", "s0:0:9x", absent.c_str()}) {
    CAPTURE(id);
    CHECK(outcome(kind.blobs->read(BlobId(id))) == "not_found");
  }
}

BLOBS_TEST("a blob that does not have its digest is corrupt") {
  const Kind kind;
  const Stored small = must(put_with_digest(*kind.blobs, "small", test_digest("other")));
  CHECK(outcome(kind.blobs->read(small.blob)) == "corrupt");
  const Bytes large(limits::kBlobInlineMax + 1, 'x');
  const Stored single = must(put_with_digest(*kind.blobs, large, test_digest("other")));
  CHECK(outcome(kind.blobs->read(single.blob)) == "corrupt");
}

BLOBS_TEST("a put may put the next") {
  const Kind kind;
  std::promise<Result<Stored>> second;
  kind.blobs->put("first", test_digest("first"), [&](Result<Stored>) {
    kind.blobs->put("second", test_digest("second"),
                    [&](Result<Stored> stored) { second.set_value(std::move(stored)); });
  });
  const Stored stored = must(second.get_future().get());
  CHECK(must(kind.blobs->read(stored.blob)) == "second");
}

namespace {

Bytes read_all(BlobReader& reader, std::size_t piece_bytes) {
  Bytes all;
  Bytes piece(piece_bytes, '\0');
  while (const std::size_t got = must(reader.read(piece))) all += piece.substr(0, got);
  return all;
}

Bytes pattern(std::size_t bytes) {
  Bytes made(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) made[i] = static_cast<char>(i * 131 + (i >> 8));
  return made;
}

}  // namespace

BLOBS_TEST("a blob that is written in pieces is one like others") {
  const Kind kind;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{300'000}}) {
    CAPTURE(size);
    const Bytes bytes = pattern(size);
    const auto writer = must(kind.blobs->write(""));
    for (std::size_t at = 0; at < size; at += 7777)
      must(writer->append(corridor::View(bytes).substr(at, 7777)));
    CHECK(writer->bytes() == size);
    const Stored stored = must(writer->finish());
    CHECK(stored.bytes == size);
    CHECK(stored.sha256 == test_digest(bytes));
    CHECK(must(kind.blobs->read(stored.blob)) == bytes);
    const Stored found = must(kind.blobs->find(stored.blob));
    CHECK((found.bytes == size && found.sha256 == stored.sha256));
  }
}

BLOBS_TEST("a partial with a name waits, and is gone on with") {
  const Kind kind;
  const Bytes name("urn:uuid:4f/../\0", 16);
  {
    const auto writer = must(kind.blobs->write(name));
    must(writer->append("one "));
    must(writer->set_note("etag"));
    CHECK(outcome(kind.blobs->write(name)) == "conflict");
    CHECK(outcome(writer->set_note(Bytes(kNoteBytesMax + 1, 'x'))) == "too_large");
  }
  const auto waiting = must(kind.blobs->partials());
  REQUIRE(waiting.size() == 1);
  CHECK((waiting[0].name == name && waiting[0].bytes == 4));
  {
    const auto writer = must(kind.blobs->write(name));
    CHECK((writer->bytes() == 4 && writer->note() == "etag"));
    must(writer->append("two"));
    const Stored stored = must(writer->finish(test_digest("one two")));
    CHECK(must(kind.blobs->read(stored.blob)) == "one two");
  }
  CHECK(must(kind.blobs->partials()).empty());
  const auto again = must(kind.blobs->write(name));
  CHECK((again->bytes() == 0 && again->note().empty()));
}

BLOBS_TEST("a partial begins anew, and is thrown away") {
  const Kind kind;
  const auto writer = must(kind.blobs->write("name"));
  must(writer->append("first"));
  must(writer->set_note("etag"));
  must(writer->restart());
  CHECK((writer->bytes() == 0 && writer->note().empty()));
  must(writer->append("second"));
  const Stored stored = must(writer->finish());
  CHECK(stored.sha256 == test_digest("second"));
  const auto other = must(kind.blobs->write("other"));
  must(other->append("x"));
  must(other->discard());
  { const auto unnamed = must(kind.blobs->write("")); }
}

BLOBS_TEST("bytes of another digest than the expected do not become a blob") {
  const Kind kind;
  {
    const auto writer = must(kind.blobs->write("name"));
    must(writer->append("what came"));
    CHECK(outcome(writer->finish(test_digest("what was announced"))) == "peer");
  }
  CHECK(must(kind.blobs->partials()).empty());
}

BLOBS_TEST("a name of a partial has its limit") {
  const Kind kind;
  CHECK(outcome(kind.blobs->write(std::string(kPartialNameBytesMax, 'x'))) == "ok");
  CHECK(outcome(kind.blobs->write(std::string(kPartialNameBytesMax + 1, 'x'))) == "invalid");
}

BLOBS_TEST("a blob is read in pieces and in ranges, wherever it lies") {
  const Kind kind;
  for (const std::size_t size : {std::size_t{1000}, limits::kBlobInlineMax + 1000}) {
    CAPTURE(size);
    const Bytes bytes = pattern(size);
    const Stored stored = must(put(*kind.blobs, bytes));
    CHECK(must(kind.blobs->find(stored.blob)).bytes == size);
    CHECK(read_all(*must(kind.blobs->reader(stored.blob)), 333) == bytes);
    CHECK(read_all(*must(kind.blobs->reader(stored.blob, {.offset = 77})), 100'000) ==
          bytes.substr(77));
    CHECK(must(kind.blobs->read_range(stored.blob, 10, 20)) == bytes.substr(10, 20));
    CHECK(must(kind.blobs->read_range(stored.blob, size - 5, 20)) == bytes.substr(size - 5));
    CHECK(must(kind.blobs->read_range(stored.blob, size, 20)).empty());
    CHECK(outcome(kind.blobs->read_range(stored.blob, size + 1, 20)) == "invalid");
  }
  CHECK(outcome(kind.blobs->find(BlobId("f" + std::string(64, 'a')))) == "not_found");
  CHECK(outcome(kind.blobs->reader(BlobId("s9:0:4"))) == "not_found");
}

BLOBS_TEST("a reader of the whole gives no last byte of a blob without its digest") {
  const Kind kind;
  for (const std::size_t size : {std::size_t{1000}, limits::kBlobInlineMax + 1000}) {
    CAPTURE(size);
    const Stored stored =
        must(put_with_digest(*kind.blobs, pattern(size), test_digest("something else")));
    const auto reader = kind.blobs->reader(stored.blob);
    Result<std::size_t> got = 0;
    std::size_t given = 0;
    if (!reader) got = std::unexpected(reader.error());  // memory verifies at once
    Bytes piece(600, '\0');
    while (reader && (got = (*reader)->read(piece)) && *got > 0) given += *got;
    CHECK(outcome(got) == "corrupt");
    CHECK(given < size);
    CHECK(must(kind.blobs->read_range(stored.blob, 0, size)).size() == size);  // verifies nothing
  }
}

BLOBS_TEST("many writers do not mix") {
  const Kind kind;
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const Bytes own = std::to_string(t) + "/" + std::to_string(i);
        auto writer = kind.blobs->write(i % 2 == 0 ? "" : own);
        const bool ok = writer && (*writer)->append(own) && (*writer)->append(own);
        const auto stored = ok ? (*writer)->finish(test_digest(own + own))
                               : Result<Stored>(fail(Code::internal, "no writer"));
        const auto back = stored ? kind.blobs->read(stored->blob) : Result<Bytes>(Bytes());
        if (!back || *back != own + own) ++failed;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
}

FILES_TEST("a file comes back as it was put, and is replaced by the next") {
  const Kind kind;
  const Bytes binary("\0\xff\n", 3);
  must(kind.files->put("tile/0/x001/067", binary));
  CHECK(must(kind.files->get("tile/0/x001/067")) == binary);
  must(kind.files->put("tile/0/x001/067", "longer than before"));
  CHECK(must(kind.files->get("tile/0/x001/067")) == "longer than before");
  must(kind.files->put("tile/0/x001/067", ""));
  CHECK(must(kind.files->get("tile/0/x001/067")) == "");
}

FILES_TEST("a file that is not there is nothing, not an error") {
  const Kind kind;
  must(kind.files->put("a/b", "x"));
  CHECK_FALSE(must(kind.files->get("a/c")).has_value());
  CHECK_FALSE(must(kind.files->get("b/c/d")).has_value());
  CHECK_FALSE(must(kind.files->get("a/b/c")).has_value());
}

FILES_TEST("a path cannot leave its folder") {
  const Kind kind;
  for (const std::string& path :
       {std::string(), std::string("/etc/x"), std::string("../x"), std::string("a/../../x"),
        std::string("a//b"), std::string("a/"), std::string("."), std::string("a/./b"),
        std::string(".hidden"), std::string("a\0b", 3), std::string(201, 'a'),
        std::string(600, 'a') + "/" + std::string(600, 'b')}) {
    CAPTURE(path);
    CHECK(outcome(kind.files->put(path, "x")) == "invalid");
    CHECK(outcome(kind.files->get(path)) == "invalid");
  }
}

FILES_TEST("files of many threads do not mix") {
  const Kind kind;
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string own = "own/" + std::to_string(t) + "/" + std::to_string(i);
        if (!kind.files->put(own, own)) ++failed;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  for (int t = 0; t < 4; ++t)
    for (int i = 0; i < 20; ++i) {
      const std::string own = "own/" + std::to_string(t) + "/" + std::to_string(i);
      CHECK(must(kind.files->get(own)) == own);
    }
}

}  // namespace corridor::store
