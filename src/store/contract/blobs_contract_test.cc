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
