// SPDX-License-Identifier: Apache-2.0
#include "folders/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "folders/names.h"

namespace corridor::folders {

namespace {

constexpr mode_t kFolderMode = 0770;  // as the umask allows: an ERP may be another user of the group
constexpr mode_t kFileMode = 0660;

Code code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return Code::not_found;
    case EEXIST: return Code::conflict;
    case ELOOP:
    case EACCES:
    case EPERM: return Code::denied;
    default: return Code::unavailable;
  }
}

Result<> write_all(int fd, View bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail(Code::unavailable, std::strerror(errno), "make room there");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

OpenFile::~OpenFile() {
  if (fd_ >= 0) ::close(fd_);
}

FileMark mark_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size,
          status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
}

std::unexpected<Error> Folder::failed(const std::string& what) const {
  const int error = errno;
  return fail(code_of(error), path_ + ": " + what + ": " + std::strerror(error),
              "see that the folder is there and that this user may write into it");
}

Result<Folder> Folder::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return fail(code_of(errno), "the folder " + path + " cannot be opened: " + std::strerror(errno),
                "see that it is there and that this user may use it");
  return Folder(OpenFile(fd), path);
}

Result<Folder> Folder::inside(const std::string& name) const {
  constexpr int kHow = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int fd = ::openat(file_.fd(), name.c_str(), kHow);
  if (fd < 0 && errno == ENOENT) {
    if (::mkdirat(file_.fd(), name.c_str(), kFolderMode) != 0 && errno != EEXIST)
      return failed("the folder " + shown_name(name) + " cannot be made");
    if (auto synced = sync(); !synced) return std::unexpected(synced.error());
    fd = ::openat(file_.fd(), name.c_str(), kHow);
  }
  if (fd < 0) return failed("the folder " + shown_name(name) + " cannot be opened");
  return Folder(OpenFile(fd), path_ + "/" + shown_name(name));
}

Result<std::vector<std::string>> Folder::names(
    std::size_t most, bool& all, const std::function<bool(const std::string&)>& wanted) const {
  const int fd = ::openat(file_.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const reading = fd < 0 ? nullptr : ::fdopendir(fd);
  if (reading == nullptr) {
    if (fd >= 0) ::close(fd);
    return failed("it cannot be read");
  }
  std::vector<std::string> names;
  all = true;
  while (const dirent* const entry = ::readdir(reading)) {
    const std::string name = entry->d_name;
    if (name == "." || name == ".." || (wanted && !wanted(name))) continue;
    if (names.size() == most) {
      all = false;
      break;
    }
    names.push_back(name);
  }
  ::closedir(reading);
  return names;
}

Result<struct stat> Folder::look(const std::string& name) const {
  struct stat status{};
  if (::fstatat(file_.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return failed(shown_name(name) + " cannot be looked at");
  return status;
}

Result<OpenFile> Folder::open_file(const std::string& name) const {
  const int fd = ::openat(file_.fd(), name.c_str(),
                          O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return failed(shown_name(name) + " cannot be read");
  return OpenFile(fd);
}

// A read lease is refused while there is a writer. A writer that comes in between is told of by a
// signal: by one that is ignored.
bool Folder::is_being_written(const OpenFile& file) {
  if (::fcntl(file.fd(), F_SETSIG, SIGURG) != 0) return false;
  if (::fcntl(file.fd(), F_SETLEASE, F_RDLCK) != 0) return errno == EAGAIN;
  ::fcntl(file.fd(), F_SETLEASE, F_UNLCK);
  return false;
}

Result<> Folder::write_part(const std::string& name, View bytes) const {
  const OpenFile file(::openat(file_.fd(), part_name(name).c_str(),
                               O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, kFileMode));
  if (file.fd() < 0) return failed(shown_name(name) + " cannot be written");
  if (auto written = write_all(file.fd(), bytes); !written)
    return fail(written.error().code,
                path_ + ": " + shown_name(name) + " cannot be written: " + written.error().why,
                written.error().todo);
  if (!bytes.empty() && ::fsync(file.fd()) != 0) return failed(shown_name(name) + " does not become durable");
  return {};
}

Result<> Folder::write(const std::string& name, View bytes) const {
  TRY(write_part(name, bytes));
  return move(part_name(name), *this, name, Taken::replace);
}

Result<> Folder::move(const std::string& name, const Folder& to, const std::string& new_name,
                      Taken taken) const {
  const unsigned how = taken == Taken::refuse ? RENAME_NOREPLACE : 0;
  if (::renameat2(file_.fd(), name.c_str(), to.file_.fd(), new_name.c_str(), how) != 0)
    return failed(shown_name(name) + " cannot become " + to.path_ + "/" + shown_name(new_name));
  return {};
}

Result<> Folder::remove(const std::string& name) const {
  if (::unlinkat(file_.fd(), name.c_str(), 0) != 0 && errno != ENOENT)
    return failed(shown_name(name) + " cannot be removed");
  return {};
}

Result<> Folder::sync() const {
  if (::fsync(file_.fd()) != 0) return failed("it does not become durable");
  return {};
}

Result<> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), kFolderMode) == 0 || errno == EEXIST) return {};
  return fail(code_of(errno), "the folder " + path + " cannot be made: " + std::strerror(errno),
              "make it, so that this user may write into it");
}

}  // namespace corridor::folders
