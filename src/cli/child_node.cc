// SPDX-License-Identifier: Apache-2.0
#include "cli/child_node.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "cli/files.h"

namespace corridor::cli {

namespace {

constexpr int kReadyMostMs = 30'000;
constexpr int kStopMostMs = 5'000;

struct Pipe {
  std::array<int, 2> ends{-1, -1};  // to read from, to write to
  ~Pipe() {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
  void close_write() {
    ::close(ends[1]);
    ends[1] = -1;
  }
};

// Between fork and exec only calls that are safe there: everything was made before.
[[noreturn]] void become(char* const* arguments, int out, int log, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(1);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execv("/proc/self/exe", arguments);
  ::_exit(127);
}

// The one line of a node that is ready; empty when it ended or took too long.
std::string read_line(int fd) {
  std::string line;
  pollfd waiting{fd, POLLIN, 0};
  while (!line.ends_with('\n') && ::poll(&waiting, 1, kReadyMostMs) > 0) {
    char byte = 0;
    if (::read(fd, &byte, 1) != 1) return {};
    line += byte;
  }
  return line.ends_with('\n') ? line : std::string();
}

Error not_ready(const std::string& name, const std::string& log) {
  std::string said = read_file(log, limits::kMessageBytesMax).value_or("");
  while (said.ends_with('\n')) said.pop_back();
  return {Code::unavailable, name + " did not start: " + (said.empty() ? "no answer" : said),
          "see " + log};
}

}  // namespace

Result<std::unique_ptr<ChildNode>> ChildNode::start(const std::string& name,
                                                    const std::string& folder) {
  std::vector<std::string> words{"corridor", "serve", "--json", "--listen", "127.0.0.1:0",
                                 "--name",   name,    "--data", folder};
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string log = folder + ".log";
  const int log_fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  Pipe pipe;
  if (log_fd < 0 || ::pipe2(pipe.ends.data(), O_CLOEXEC) != 0) {
    const std::string why = std::strerror(errno);
    if (log_fd >= 0) ::close(log_fd);
    return fail(Code::unavailable, log + " cannot be written: " + why, "name another --data DIR");
  }
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become(arguments.data(), pipe.ends[1], log_fd, parent);
  ::close(log_fd);
  pipe.close_write();
  if (pid < 0) return fail(Code::unavailable, "no process could be started", "end some others");
  std::unique_ptr<ChildNode> node(new ChildNode(name, pid));
  if (read_line(pipe.ends[0]).empty()) return std::unexpected(not_ready(name, log));
  TRY_ASSIGN(node->client_, NodeClient::open(folder));
  return node;
}

ChildNode::~ChildNode() {
  ::kill(pid_, SIGTERM);
  for (int waited_ms = 0; waited_ms < kStopMostMs; waited_ms += 10) {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) return;
    ::usleep(10'000);
  }
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace corridor::cli
