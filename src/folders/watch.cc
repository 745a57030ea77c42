// SPDX-License-Identifier: Apache-2.0
#include "folders/watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace corridor::folders {

namespace {

constexpr std::uint32_t kWanted = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MOVE_SELF |
                                  IN_DELETE_SELF | IN_ONLYDIR;

bool read_event(const inotify_event& raw, Watch::Event& event) {
  using enum Watch::What;
  event.folder = raw.wd;
  if (raw.len > 0) event.name = raw.name;
  const bool of_folder = (raw.mask & IN_ISDIR) != 0;
  if ((raw.mask & IN_Q_OVERFLOW) != 0) {
    event.what = overflow;
  } else if ((raw.mask & (IN_MOVE_SELF | IN_DELETE_SELF | IN_UNMOUNT | IN_IGNORED)) != 0) {
    event.what = gone;
  } else if (of_folder && (raw.mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
    event.what = folder;
  } else if ((raw.mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) {
    event.what = arrived;
  } else if ((raw.mask & IN_CREATE) != 0) {
    event.what = made;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<Watch> Watch::open() {
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0)
    return fail(Code::unavailable, std::string("folders cannot be watched: ") + std::strerror(errno),
                "raise fs.inotify.max_user_instances");
  return Watch(OpenFile(fd));
}

Result<int> Watch::add(const Folder& folder) {
  const std::string path = "/proc/self/fd/" + std::to_string(folder.fd());
  const int number = ::inotify_add_watch(file_.fd(), path.c_str(), kWanted);
  if (number < 0)
    return fail(Code::unavailable,
                "the folder " + folder.path() + " cannot be watched: " + std::strerror(errno),
                "raise fs.inotify.max_user_watches");
  return number;
}

std::vector<Watch::Event> Watch::take() {
  std::vector<Event> events;
  alignas(inotify_event) std::array<char, 16 * 1024> room{};
  const ssize_t size = ::read(file_.fd(), room.data(), room.size());
  for (ssize_t at = 0; at + static_cast<ssize_t>(sizeof(inotify_event)) <= size;) {
    const auto& raw = *reinterpret_cast<const inotify_event*>(room.data() + at);
    Event event;
    if (read_event(raw, event)) events.push_back(std::move(event));
    at += static_cast<ssize_t>(sizeof raw + raw.len);
  }
  return events;
}

}  // namespace corridor::folders
