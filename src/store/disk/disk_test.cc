// SPDX-License-Identifier: Apache-2.0
//
// What is true of blobs, files and the lock on disk beyond the contract: torn ends, flipped bits,
// full queues, two processes.
#include "base/limits.h"
#include "store/contract/child_process.h"
#include "store/contract/fixtures.h"
#include "store/disk/names.h"

#include <sys/stat.h>

#include <fstream>
#include <mutex>

namespace corridor::store {

namespace {

Bytes slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void spill(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::unique_ptr<Blobs> open_blobs(const TempFolder& folder) {
  return must(open_disk_blobs(folder.path(), test_hash()));
}

std::size_t count_files(const std::string& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

}  // namespace

TEST_CASE("blobs keep their ids when the folder is opened again") {
  const TempFolder folder;
  std::vector<std::pair<Stored, Bytes>> all;
  for (int round = 0; round < 3; ++round) {
    const auto blobs = open_blobs(folder);
    for (const Bytes& bytes : {"round " + std::to_string(round),
                               Bytes(limits::kBlobInlineMax + 1, static_cast<char>('a' + round))})
      all.emplace_back(must(put(*blobs, bytes)), bytes);
    for (const auto& [stored, bytes] : all) CHECK(must(blobs->read(stored.blob)) == bytes);
  }
  CHECK(count_files(folder.path()) == 5);  // one segment, three of their own, the partials
}

TEST_CASE("what a process leaves behind: partials with a name, and nothing else") {
  const TempFolder folder;
  {
    const auto blobs = open_blobs(folder);
    must(must(blobs->write("kept"))->append("some"));
    must(must(blobs->write("kept"))->set_note("why"));
    must(must(blobs->write(""))->append("unnamed"));
  }
  CHECK(count_files(folder / "partial") == 2);  // bytes and note
  spill(folder / "partial/unnamed-7", "of a process that was killed");
  spill(folder / "partial/pff.note", "whose bytes are gone");
  spill(folder / "partial/p6b657074.note.new", "half a note");
  spill(folder / "partial/p6B", "no name leads here");
  const auto blobs = open_blobs(folder);
  CHECK(count_files(folder / "partial") == 2);
  const auto writer = must(blobs->write("kept"));
  CHECK((writer->bytes() == 4 && writer->note() == "why"));
  must(writer->append(" more"));
  const Stored stored = must(writer->finish(test_digest("some more")));
  CHECK(must(blobs->read(stored.blob)) == "some more");
  CHECK(count_files(folder / "partial") == 0);
}

TEST_CASE("a partial that was changed on the disk does not become a blob") {
  const TempFolder folder;
  { must(must(open_blobs(folder)->write("kept"))->append("some")); }
  spill(folder / "partial/p6b657074", "sOme");
  const auto blobs = open_blobs(folder);
  const auto writer = must(blobs->write("kept"));
  must(writer->append(" more"));
  CHECK(outcome(writer->finish(test_digest("some more"))) == "peer");
  CHECK(count_files(folder / "partial") == 0);
}

TEST_CASE("a segment that is full is followed by the next") {
  const TempFolder folder;
  const auto blobs = open_blobs(folder);
  const Bytes body(limits::kBlobInlineMax, 'x');
  const std::size_t count = limits::kSegmentBytesMax / limits::kBlobInlineMax + 1;
  std::vector<std::future<Result<Stored>>> waiting;
  for (std::size_t i = 0; i < count; ++i) {
    auto promise = std::make_shared<std::promise<Result<Stored>>>();
    waiting.push_back(promise->get_future());
    blobs->put(body, test_digest(body),
               [promise](Result<Stored> stored) { promise->set_value(std::move(stored)); });
  }
  std::vector<BlobId> ids;
  for (auto& one : waiting) ids.push_back(must(one.get()).blob);
  CHECK(std::filesystem::file_size(folder / "seg-0") <= limits::kSegmentBytesMax);
  CHECK(std::filesystem::exists(folder / "seg-1"));
  CHECK(must(blobs->read(ids.front())) == body);
  CHECK(must(blobs->read(ids.back())) == body);
}

TEST_CASE("a segment that is torn anywhere keeps what is whole and takes nothing new") {
  const std::vector<Bytes> bodies{"first", Bytes(300, 'b'), "", "last one"};
  TempFolder source;
  std::vector<Stored> stored;
  {
    const auto blobs = open_blobs(source);
    for (const Bytes& body : bodies) stored.push_back(must(put(*blobs, body)));
  }
  const Bytes whole = slurp(source / "seg-0");
  std::vector<std::size_t> ends;
  for (std::size_t at = 0; const Bytes& body : bodies)
    ends.push_back(at += kRecordHeaderBytes + body.size());
  REQUIRE(ends.back() == whole.size());

  for (std::size_t cut = 0; cut <= whole.size(); cut += cut % 7 == 0 ? 1 : 6) {
    CAPTURE(cut);
    const TempFolder folder;
    spill(folder / "seg-0", whole.substr(0, cut));
    const auto blobs = open_blobs(folder);
    for (std::size_t i = 0; i < bodies.size(); ++i)
      CHECK(outcome(blobs->read(stored[i].blob)) == (ends[i] <= cut ? "ok" : "corrupt"));
    const Stored added = must(put(*blobs, "added"));
    CHECK(must(blobs->read(added.blob)) == "added");
    const bool at_an_end = cut == 0 || std::ranges::count(ends, cut) == 1;
    CHECK(std::filesystem::exists(folder / "seg-1") == !at_an_end);
    if (!at_an_end) CHECK(slurp(folder / "seg-0") == whole.substr(0, cut));
  }
}

TEST_CASE("garbage at the end of a segment is left there") {
  const TempFolder folder;
  const Stored before = must(put(*open_blobs(folder), "before"));
  spill(folder / "seg-0", slurp(folder / "seg-0") + Bytes(5000, '\0'));
  const auto blobs = open_blobs(folder);
  const Stored after = must(put(*blobs, "after"));
  CHECK(after.blob.value.starts_with("s1:"));
  CHECK(must(blobs->read(before.blob)) == "before");
  CHECK(must(blobs->read(after.blob)) == "after");
}

TEST_CASE("a flipped bit anywhere in a record makes it corrupt, and no other") {
  const TempFolder folder;
  const auto blobs = open_blobs(folder);
  const Stored left = must(put(*blobs, "left"));
  const Stored hit = must(put(*blobs, "the one that is hit"));
  const Stored right = must(put(*blobs, "right"));
  const Bytes whole = slurp(folder / "seg-0");
  const std::size_t from = kRecordHeaderBytes + 4;
  const std::size_t to = whole.size() - kRecordHeaderBytes - 5;
  for (std::size_t at = from; at < to; ++at) {
    Bytes damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    spill(folder / "seg-0", damaged);
    CHECK(outcome(blobs->read(hit.blob)) == "corrupt");
    CHECK(must(blobs->read(left.blob)) == "left");
    CHECK(must(blobs->read(right.blob)) == "right");
  }
  spill(folder / "seg-0", whole);
  CHECK(must(blobs->read(hit.blob)) == "the one that is hit");
}

TEST_CASE("an id that points beside a record is not read as one") {
  const TempFolder folder;
  const auto blobs = open_blobs(folder);
  (void)must(put(*blobs, Bytes(200, 'x')));
  for (const char* id : {"s0:1:200", "s0:0:199", "s0:0:201", "s0:248:0", "s0:100:20",
                         "s0:1000000000000000:5", "s0:0:1000000000000000"}) {
    CAPTURE(id);
    CHECK(outcome(blobs->read(BlobId(id))) == "corrupt");
  }
  CHECK(outcome(blobs->read(BlobId("s0:18446744073709551615:5"))) == "not_found");
}

TEST_CASE("a file of its own that is changed or cut is corrupt, and whole again when put again") {
  const TempFolder folder;
  const auto blobs = open_blobs(folder);
  const Bytes large(limits::kBlobInlineMax + 5, 'x');
  const Stored stored = must(put(*blobs, large));
  const std::string path = folder / stored.blob.value;
  CHECK(stored.blob.value == "f" + hex(test_digest(large).view()));
  Bytes changed = large;
  changed[77] = 'y';
  spill(path, changed);
  CHECK(outcome(blobs->read(stored.blob)) == "corrupt");
  spill(path, large.substr(1));
  CHECK(outcome(blobs->read(stored.blob)) == "corrupt");
  CHECK(must(put(*blobs, large)).blob == stored.blob);
  CHECK(must(blobs->read(stored.blob)) == large);
  std::filesystem::remove(path);
  CHECK(outcome(blobs->read(stored.blob)) == "not_found");
}

TEST_CASE("what a crash left unfinished goes when the folder is opened") {
  const TempFolder folder;
  spill(folder / "unfinished", "half of a large one");
  spill(folder / "seg-x", "not ours");
  spill(folder / "seg-18446744073709551615", "not ours");
  const auto blobs = open_blobs(folder);
  CHECK_FALSE(std::filesystem::exists(folder / "unfinished"));
  CHECK(must(put(*blobs, "a")).blob.value.starts_with("s0:"));
}

// The writer is held inside `done` while the queue fills.
TEST_CASE("a full queue is busy at once, by count and by bytes, and the accepted are stored") {
  const TempFolder folder;
  const auto blobs =
      must(open_disk_blobs(folder.path(), test_hash(), {.count_max = 4, .bytes_max = 1000}));
  std::promise<void> entered;
  std::promise<void> let_go;
  std::mutex mutex;
  std::vector<std::string> outcomes;
  const auto note = [&](Result<Stored> stored) {
    const std::lock_guard lock(mutex);
    outcomes.push_back(outcome(stored));
  };
  const auto put_bytes = [&](std::size_t bytes) {
    const Bytes body(bytes, 'x');
    blobs->put(body, test_digest(body), note);
  };
  blobs->put("hold", test_digest("hold"), [&](Result<Stored>) {
    entered.set_value();
    let_go.get_future().wait();
  });
  entered.get_future().wait();

  put_bytes(5000);  // alone it may be larger than the limit
  put_bytes(1);
  {
    const std::lock_guard lock(mutex);
    CHECK(outcomes == std::vector<std::string>{"busy"});
  }
  let_go.set_value();
  while (true) {
    const std::lock_guard lock(mutex);
    if (outcomes.size() == 2) break;
  }
  CHECK(outcomes[1] == "ok");
}

TEST_CASE("closing stores what was accepted") {
  const TempFolder folder;
  std::mutex mutex;
  std::vector<BlobId> ids;
  {
    const auto blobs = open_blobs(folder);
    for (int i = 0; i < 500; ++i)
      blobs->put("x", test_digest("x"), [&](Result<Stored> stored) {
        const std::lock_guard lock(mutex);
        if (stored) ids.push_back(stored->blob);
      });
  }
  REQUIRE(ids.size() == 500);
  const auto blobs = open_blobs(folder);
  for (const BlobId& id : ids) CHECK(must(blobs->read(id)) == "x");
}

TEST_CASE("folders are made for this user only") {
  const TempFolder folder;
  (void)must(open_disk_blobs(folder / "a/b/blobs", test_hash()));
  struct stat status{};
  REQUIRE(::stat((folder / "a/b").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  spill(folder / "file", "");
  CHECK(outcome(open_disk_blobs(folder / "file/blobs", test_hash())) == "unavailable");
  CHECK(outcome(open_disk_blobs("", test_hash())) == "invalid");
}

TEST_CASE("a folder that is gone is unavailable, and found again when it is back") {
  const TempFolder folder;
  const auto blobs = must(open_disk_blobs(folder / "blobs", test_hash()));
  const auto files = must(open_disk_files(folder / "log"));
  std::filesystem::rename(folder / "blobs", folder / "away");
  std::filesystem::remove_all(folder / "log");
  CHECK(outcome(put(*blobs, "a")) == "unavailable");
  CHECK(outcome(put(*blobs, Bytes(limits::kBlobInlineMax + 1, 'x'))) == "unavailable");
  CHECK(outcome(files->put("a", "x")) == "unavailable");
  std::filesystem::rename(folder / "away", folder / "blobs");
  const Stored stored = must(put(*blobs, "a"));
  CHECK(must(blobs->read(stored.blob)) == "a");
}

TEST_CASE("files are there when the folder is opened again, and nothing half-written is") {
  const TempFolder folder;
  must(must(open_disk_files(folder.path()))->put("a/b", "kept"));
  spill(folder / ".unfinished/7", "half");
  const auto files = must(open_disk_files(folder.path()));
  CHECK(must(files->get("a/b")) == "kept");
  CHECK(count_files(folder / ".unfinished") == 0);
}

TEST_CASE("a file cannot take the place of a folder") {
  const TempFolder folder;
  const auto files = must(open_disk_files(folder.path()));
  must(files->put("a/b", "kept"));
  CHECK(outcome(files->put("a", "x")) == "unavailable");
  CHECK(outcome(files->get("a")) == "unavailable");
  CHECK_FALSE(files->put("a/b/c", "x").has_value());
  CHECK(must(files->get("a/b")) == "kept");
}

TEST_CASE("a folder is held by one process, which is named to the other") {
  const TempFolder folder;
  std::string holder;
  {
    const FolderLock lock = must(FolderLock::take(folder / "data"));
    holder = std::to_string(::getpid());
    const auto second = FolderLock::take(folder / "data");
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == Code::conflict);
    CHECK(second.error().why.contains("process " + holder));
    CHECK(run_in_child([&] {
            const auto other = FolderLock::take(folder / "data");
            const bool refused = !other && other.error().code == Code::conflict &&
                                 other.error().why.contains("process " + holder);
            return refused ? 0 : 1;
          }) == 0);
  }
  const FolderLock again = must(FolderLock::take(folder / "data"));
}

TEST_CASE("a lock ends with its process, however that ends") {
  const TempFolder folder;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t pid = start_child([&] {
    const auto lock = FolderLock::take(folder.path());
    (void)!::write(ready[1], lock ? "1" : "0", 1);
    ::pause();
    return 0;
  });
  char taken = '0';
  REQUIRE(::read(ready[0], &taken, 1) == 1);
  CHECK(taken == '1');
  CHECK(outcome(FolderLock::take(folder.path())) == "conflict");
  ::kill(pid, SIGKILL);
  CHECK(wait_for_child(pid) == 128 + SIGKILL);
  CHECK(outcome(FolderLock::take(folder.path())) == "ok");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("a lock file with anything in it is only a file") {
  const TempFolder folder;
  spill(folder / "lock", "no number\n");
  const FolderLock lock = must(FolderLock::take(folder.path()));
  CHECK(slurp(folder / "lock") == std::to_string(::getpid()));
  spill(folder / "lock", "nonsense");
  const auto second = FolderLock::take(folder.path());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().why.contains("another process"));
}

}  // namespace corridor::store
