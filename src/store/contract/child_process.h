// SPDX-License-Identifier: Apache-2.0
//
// Tests that need a process of their own: one that is killed, that the kernel refuses a sync, or
// whose disk is small. A child tells its outcome by its exit status and never returns to doctest.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <iterator>

namespace corridor::store {

inline constexpr int kChildThrew = 99;

// Starts `work` in a child whose exit status will be what `work` returns.
inline pid_t start_child(const std::function<int()>& work) {
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  try {
    ::_exit(work());
  } catch (...) {  // doctest's REQUIRE: the child must not go on with the parent's tests
    ::_exit(kChildThrew);
  }
}

// The exit status, or 128 + the signal that ended it.
inline int wait_for_child(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

inline int run_in_child(const std::function<int()>& work) {
  return wait_for_child(start_child(work));
}

// From now on fsync and fdatasync fail with EIO without being tried: in this thread and those it
// starts or, by default, in all of this process. False when the kernel does not let us.
inline bool make_syncs_fail(unsigned flags = SECCOMP_FILTER_FLAG_TSYNC) {
  constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EIO;
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, kRefuse),
  };
  const sock_fprog program{std::size(code), code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0;
}

}  // namespace corridor::store
