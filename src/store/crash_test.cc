// SPDX-License-Identifier: Apache-2.0
//
// Processes that are killed, whose syncs fail, or whose disk is full: what was acknowledged is
// there afterwards, what was not is there whole or not at all.
#include "base/limits.h"
#include "store/contract/child_process.h"
#include "store/contract/fixtures.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <atomic>
#include <random>
#include <thread>

namespace corridor::store {

namespace {

constexpr int kSkipped = 77;
const int kStopped = code_facts(Code::unavailable).exit_status;  // what a failed sync ends with

// A pipe over which a child says how far it is.
struct Progress {
  int ends[2] = {-1, -1};
  Progress() { REQUIRE(::pipe(ends) == 0); }
  ~Progress() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  void report(int n) const { (void)!::write(ends[1], &n, sizeof n); }
  // Nothing when no child is left that could report.
  std::optional<int> next() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
    int n = 0;
    return ::read(ends[0], &n, sizeof n) == sizeof n ? std::optional(n) : std::nullopt;
  }
};

// Gives this process a disk of `bytes` at `folder` that nobody else sees.
bool mount_small_disk(const std::string& folder, const char* options) {
  if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", folder.c_str(), "tmpfs", 0, options) == 0;
}

void limit_file_bytes(std::size_t bytes) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

}  // namespace

TEST_CASE("after kill -9 every acknowledged batch is there, and batches are whole") {
  const TempFolder folder(TempFolder::on_disk());
  const std::string path = folder / "node.db";
  std::mt19937 random(3);
  int acknowledged = 0;
  for (int round = 0; round < 6; ++round) {
    Progress progress;
    const pid_t pid = start_child([&] {
      const auto store = open_sqlite_store(path);
      if (!store) return 1;
      for (int i = acknowledged + 1;; ++i) {
        if (!(*store)->commit(numbered_batch(i))) return 2;
        progress.report(i);
      }
    });
    const auto enough = static_cast<int>(1 + random() % 25);
    for (int i = 0; i < enough; ++i) acknowledged = progress.next().value_or(-1);
    ::usleep(static_cast<useconds_t>(random() % 3000));  // somewhere within a commit
    ::kill(pid, SIGKILL);
    REQUIRE(wait_for_child(pid) == 128 + SIGKILL);
    while (const auto more = progress.next()) acknowledged = *more;
    const auto store = must(open_sqlite_store(path));
    const int found = whole_batches(*store);
    CAPTURE(round);
    CHECK((found == acknowledged || found == acknowledged + 1));
    acknowledged = found;
  }
}

TEST_CASE("after kill -9 every acknowledged blob is there") {
  const TempFolder folder(TempFolder::on_disk());
  std::vector<BlobId> ids;
  for (int round = 0; round < 4; ++round) {
    Progress progress;
    const pid_t pid = start_child([&] {
      const auto blobs = open_disk_blobs(folder.path(), test_hash());
      if (!blobs) return 1;
      for (int i = 0;; ++i) {
        const auto stored = put(**blobs, Bytes(static_cast<std::size_t>(i) * 37, 'x'));
        if (!stored || stored->blob.value.size() >= 64) return 2;
        char id[64] = {};
        stored->blob.value.copy(id, 63);
        (void)!::write(progress.ends[1], id, sizeof id);
      }
    });
    ::close(progress.ends[1]);
    progress.ends[1] = -1;
    char id[64];
    for (int i = 0; i < 20 && ::read(progress.ends[0], id, sizeof id) == sizeof id; ++i)
      ids.emplace_back(id);
    ::kill(pid, SIGKILL);
    REQUIRE(wait_for_child(pid) == 128 + SIGKILL);
    while (::read(progress.ends[0], id, sizeof id) == sizeof id) ids.emplace_back(id);
    const auto blobs = must(open_disk_blobs(folder.path(), test_hash()));
    for (const BlobId& one : ids) CHECK(outcome(blobs->read(one)) == "ok");
  }
  CHECK(ids.size() >= 80);
}

TEST_CASE("after kill -9 a partial goes on, and what was finished is there") {
  const TempFolder folder(TempFolder::on_disk());
  constexpr std::size_t kPieces = 40;
  const auto piece = [](std::size_t i) { return Bytes(10'000, static_cast<char>('a' + i % 26)); };
  Bytes whole;
  for (std::size_t i = 0; i < kPieces; ++i) whole += piece(i);
  for (int round = 0; round < 3; ++round) {
    Progress progress;
    const pid_t pid = start_child([&] {
      const auto blobs = open_disk_blobs(folder.path(), test_hash());
      const auto unnamed = blobs ? (*blobs)->write("") : std::unexpected(blobs.error());
      const auto writer = blobs ? (*blobs)->write("name") : std::unexpected(blobs.error());
      if (!unnamed || !writer || (*writer)->bytes() > whole.size()) return 1;
      for (int i = 0;; ++i) {
        const auto next = corridor::View(whole).substr((*writer)->bytes(), 3'333);
        if (!(*unnamed)->append("x") || !(*writer)->append(next)) return 3;
        progress.report(i);
        if (i == 5 + round * 10) ::pause();
      }
    });
    for (int i = 0; i < 5 + round * 10; ++i) (void)progress.next();
    ::kill(pid, SIGKILL);
    REQUIRE(wait_for_child(pid) == 128 + SIGKILL);
  }
  const auto blobs = must(open_disk_blobs(folder.path(), test_hash()));
  const auto waiting = must(blobs->partials());
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].bytes >= 3 * 5 * 3'333);
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "partial"), {}) == 1);
  const auto writer = must(blobs->write("name"));
  must(writer->append(corridor::View(whole).substr(writer->bytes())));
  const Stored stored = must(writer->finish(test_digest(whole)));
  const pid_t pid = start_child([&] {
    const auto again = open_disk_blobs(folder / "other", test_hash());
    const auto one = again ? (*again)->write("one") : std::unexpected(again.error());
    if (!one || !(*one)->append(whole) || !(*one)->finish()) return 1;
    ::raise(SIGKILL);
    return 2;
  });
  REQUIRE(wait_for_child(pid) == 128 + SIGKILL);
  const auto again = must(open_disk_blobs(folder / "other", test_hash()));
  CHECK(must(again->read(stored.blob)) == whole);
  CHECK(must(again->partials()).empty());
}

TEST_CASE("a commit whose sync fails is an error, and no commit is tried after it") {
  const TempFolder folder(TempFolder::on_disk());
  const std::string path = folder / "node.db";
  const int status = run_in_child([&] {
    const auto store = open_sqlite_store(path);
    if (!store || !(*store)->commit(numbered_batch(1))) return 1;
    if (!make_syncs_fail()) return kSkipped;
    const auto failed = (*store)->commit(numbered_batch(2));
    if (failed || failed.error().code != Code::unavailable) return 2;
    if ((*store)->commit_count() != 1 || whole_batches(**store) != 1) return 3;
    const auto again = (*store)->commit({{Write{kTable, "other", "x"}}});
    if (again || again.error().why != failed.error().why) return 4;
    return must(must((*store)->snapshot())->get(kTable, "last")) == "1" ? 0 : 5;
  });
  if (status == kSkipped) {
    std::puts("SKIPPED failing syncs: the kernel takes no filter here");
    return;
  }
  REQUIRE(status == 0);
  const auto store = must(open_sqlite_store(path));
  const int found = whole_batches(*store);
  CHECK((found == 1 || found == 2));  // unknown until now, but whole
}

// Only the helper thread's syncs fail: it inherits the filter of the thread that opens.
TEST_CASE("when the log cannot be copied, commits end and none is lost") {
  const TempFolder folder(TempFolder::on_disk());
  const std::string path = folder / "node.db";
  must(must(open_sqlite_store(path))->commit(numbered_batch(1)));
  const int status = run_in_child([&] {
    Result<std::unique_ptr<Store>> store = fail(Code::internal, "not opened");
    std::atomic<bool> filtered = false;
    std::thread([&] {
      filtered = make_syncs_fail(0);
      store = open_sqlite_store(path);
    }).join();
    if (!filtered) return kSkipped;
    if (!store) return 1;
    for (int i = 2; i < 3000; ++i) {
      auto batch = numbered_batch(i);
      batch.push_back({kTable, "big", Bytes(128 * 1024, 'x')});
      const auto done = (*store)->commit(batch);
      if (done) continue;
      return done.error().code == Code::unavailable && whole_batches(**store) == i - 1 ? 0 : 2;
    }
    return 3;
  });
  if (status == kSkipped) {
    std::puts("SKIPPED failing checkpoints: the kernel takes no filter here");
    return;
  }
  REQUIRE(status == 0);
  CHECK(whole_batches(*must(open_sqlite_store(path))) > 100);
}

TEST_CASE("a blob or a file whose sync fails ends the process before it is acknowledged") {
  const TempFolder folder(TempFolder::on_disk());
  const Bytes large(limits::kBlobInlineMax + 1, 'x');
  const std::vector<std::function<void(Blobs&, Files&)>> puts{
      [](Blobs& blobs, Files&) { (void)put(blobs, "small"); },
      [&](Blobs& blobs, Files&) { (void)put(blobs, large); },
      [](Blobs&, Files& files) { (void)files.put("a/b", "x"); },
  };
  for (const auto& one : puts) {
    const int status = run_in_child([&] {
      const auto blobs = open_disk_blobs(folder / "blobs", test_hash());
      const auto files = open_disk_files(folder / "log");
      if (!blobs || !files || !put(**blobs, "before") || !(*files)->put("a/a", "x")) return 1;
      if (!make_syncs_fail()) return kSkipped;
      const int null = ::open("/dev/null", O_WRONLY);
      ::dup2(null, STDERR_FILENO);  // what it says is meant for an operator
      one(**blobs, **files);
      return 2;
    });
    if (status == kSkipped) std::puts("SKIPPED failing syncs: the kernel takes no filter here");
    if (status != kSkipped) CHECK(status == kStopped);
  }
}

TEST_CASE("on a full disk nothing happens, and there is a way on once there is space") {
  const TempFolder folder;
  const int status = run_in_child([&] {
    if (!mount_small_disk(folder.path(), "size=3m")) return kSkipped;
    auto store = open_sqlite_store(folder / "node.db");
    auto blobs = open_disk_blobs(folder / "blobs", test_hash());
    auto files = open_disk_files(folder / "log");
    if (!store || !blobs || !files) return 1;
    if (!(*store)->commit(numbered_batch(1)) || !put(**blobs, "early")) return 2;
    const std::string filler = folder / "filler";
    const int fd = ::open(filler.c_str(), O_WRONLY | O_CREAT, 0600);
    const Bytes page(4096, 'x');
    while (::write(fd, page.data(), page.size()) > 0) {
    }
    std::vector<Write> big = numbered_batch(2);
    big.push_back({kTable, "big", Bytes(500'000, 'x')});
    const auto full = (*store)->commit(big);
    if (full || full.error().code != Code::unavailable || full.error().todo.empty()) return 3;
    if (whole_batches(**store) != 1 || (*store)->commit_count() != 1) return 4;
    const auto no_blob = put(**blobs, Bytes(500'000, 'x'));
    if (no_blob || no_blob.error().code != Code::unavailable) return 5;
    const auto no_large = put(**blobs, Bytes(limits::kBlobInlineMax + 1, 'x'));
    if (no_large || no_large.error().code != Code::unavailable) return 6;
    const auto no_file = (*files)->put("a", Bytes(500'000, 'x'));
    if (no_file || no_file.error().code != Code::unavailable) return 7;
    if (must((*files)->get("a")).has_value()) return 8;

    ::close(fd);
    ::unlink(filler.c_str());
    if (!(*store)->commit(big) || whole_batches(**store) != 2) return 9;
    const auto late = put(**blobs, "late");
    if (!late || (*blobs)->read(late->blob) != "late") return 10;
    if (!(*files)->put("a", "x")) return 11;
    store->reset();
    blobs->reset();
    const auto reopened = open_sqlite_store(folder / "node.db");
    const auto blobs_again = open_disk_blobs(folder / "blobs", test_hash());
    if (!reopened || whole_batches(**reopened) != 2) return 12;
    return blobs_again && (*blobs_again)->read(late->blob) == "late" ? 0 : 13;
  });
  if (status == kSkipped) {
    std::puts("SKIPPED full disk: a small disk cannot be mounted here");
    return;
  }
  CHECK(status == 0);
}

TEST_CASE("a write that the system refuses leaves nothing of its batch") {
  const TempFolder folder;
  CHECK(run_in_child([&] {
          const auto store = open_sqlite_store(folder / "node.db");
          const auto blobs = open_disk_blobs(folder / "blobs", test_hash());
          if (!store || !blobs || !(*store)->commit(numbered_batch(1))) return 1;
          const auto early = put(**blobs, "early");
          if (!early) return 2;
          limit_file_bytes(200'000);
          std::vector<Write> big = numbered_batch(2);
          big.push_back({kTable, "big", Bytes(500'000, 'x')});
          const auto refused = (*store)->commit(big);
          if (refused || refused.error().code != Code::unavailable) return 3;
          if (whole_batches(**store) != 1) return 4;
          const auto no_blob = put(**blobs, Bytes(500'000, 'x'));
          if (no_blob || no_blob.error().code != Code::unavailable) return 5;
          const auto small = put(**blobs, "small enough");
          if (!small || (*blobs)->read(small->blob) != "small enough") return 6;
          return (*blobs)->read(early->blob) == "early" ? 0 : 7;
        }) == 0);
  const auto store = must(open_sqlite_store(folder / "node.db"));
  CHECK(whole_batches(*store) == 1);
  must(store->commit(numbered_batch(2)));
}

}  // namespace corridor::store
