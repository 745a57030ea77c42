// SPDX-License-Identifier: Apache-2.0
//
// `corridor check --stream`: a process that other programs keep open. JSON lines come in on standard
// input and go out on standard output, as POST /check/stream of a node has them; no node is needed.
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <future>
#include <thread>

#include "cli/families.h"
#include "cli/packs.h"
#include "cli/terminal.h"
#include "engine/check_stream.h"

namespace corridor::cli {

namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

Result<> write_all(View bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(Code::unavailable, "standard output is closed");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Everything that stands on standard input, up to its end.
Result<> read_all(engine::CheckStream& stream, const std::atomic<bool>& stopped) {
  std::array<char, kPieceBytes> room{};
  while (!stopped) {
    const ssize_t size = ::read(STDIN_FILENO, room.data(), room.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail(Code::unavailable, "standard input cannot be read");
    if (size == 0) return {};
    std::promise<void> promise;
    const auto taken = promise.get_future();
    stream.take({room.data(), static_cast<std::size_t>(size)},
                [promise = std::move(promise)]() mutable { promise.set_value(); });
    taken.wait();
  }
  return {};
}

Result<> write_answers(engine::CheckStream& stream, std::atomic<bool>& stopped) {
  std::array<char, kPieceBytes> room{};
  Result<> good;
  for (;;) {
    std::promise<std::size_t> promise;
    auto given = promise.get_future();
    stream.next(room, [promise = std::move(promise)](std::size_t bytes) mutable {
      promise.set_value(bytes);
    });
    const std::size_t bytes = given.get();
    if (bytes == 0) return good;
    // Taken on though nobody reads them, so that whoever gives documents is not held for ever.
    if (good) good = write_all({room.data(), bytes});
    stopped = !good;
  }
}

}  // namespace

Result<int> run_check_stream(Invocation& asked) {
  if (!asked.has("--stream"))
    return fail(Code::invalid, "there is no document to check",
                "name files or folders, or use --stream");
  if (!asked.operands().empty() || asked.has("--rules") || asked.has("--svrl"))
    return fail(Code::invalid, "--stream takes documents from standard input, and the installed packs",
                "leave files, --rules and --svrl away");
  TRY_ASSIGN(LocalPacks packs, open_packs(asked));
  const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  WorkerPool workers(*packs.env, threads, limits::kCheckLinesMax);
  const auto stream = std::make_shared<engine::CheckStream>(
      workers, threads + 1, [&](View bytes, const std::string& partner) {
        return packs.packs->library()->examine(bytes,
                                               {.now = packs.env->now(), .partner = partner});
      });
  Result<> written;
  std::atomic<bool> stopped = false;
  std::thread writer([&] { written = write_answers(*stream, stopped); });
  const Result<> read = read_all(*stream, stopped);
  stream->end(read);
  writer.join();
  workers.stop();
  TRY(written);
  return read ? 0 : 2;
}

}  // namespace corridor::cli
