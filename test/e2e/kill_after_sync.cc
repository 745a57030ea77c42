// SPDX-License-Identifier: Apache-2.0
//
// Preloaded into a node by crash_test.py: counts the syncs of the store's write-ahead log, one a
// commit, and kills the process with SIGKILL right after the one that KILL_AFTER_SYNC names. The
// node itself knows nothing of it.
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

bool is_store(int fd) {
  char path[512];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof path - 1);
  return size > 4 && std::memcmp(path + size - 4, "-wal", 4) == 0;
}

void count(int fd) {
  static std::atomic<long> seen = 0;
  static const char* const wanted = std::getenv("KILL_AFTER_SYNC");
  if (wanted == nullptr || !is_store(fd)) return;
  if (++seen == std::atol(wanted)) ::kill(::getpid(), SIGKILL);
}

}  // namespace

extern "C" int fdatasync(int fd) {
  static const auto real = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, "fdatasync"));
  const int result = real(fd);
  count(fd);
  return result;
}

extern "C" int fsync(int fd) {
  static const auto real = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, "fsync"));
  const int result = real(fd);
  count(fd);
  return result;
}
