// SPDX-License-Identifier: Apache-2.0
//
// A file appears under its name by link(2), which never replaces what is there: no reader sees half
// of it and no key is ever overwritten.
#include "crypto/files/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace corridor::crypto {

namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

std::unexpected<Error> failed(std::string_view what, const std::string& path, int error) {
  const Code code = error == ENOENT                      ? Code::not_found
                    : error == EEXIST                    ? Code::conflict
                    : error == EACCES || error == EPERM  ? Code::denied
                    : error == ELOOP || error == ENOTDIR ? Code::denied
                                                         : Code::unavailable;
  return fail(code, std::string(what) + " " + path + ": " + std::strerror(error));
}

Result<> write_whole(const File& file, View bytes, const std::string& path) {
  if (::fchmod(file.get(), S_IRUSR | S_IWUSR) != 0) return failed("cannot protect", path, errno);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed("cannot write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) return failed("cannot make durable", path, errno);
  return {};
}

}  // namespace

Result<Bytes> read_private_file(const std::string& path, std::size_t bytes_max) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.open()) return failed("cannot open", path, errno);
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return failed("cannot look at", path, errno);
  if (!S_ISREG(facts.st_mode)) return fail(Code::denied, path + " is not a plain file");
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(Code::denied, path + " is open to others than its owner",
                "run chmod 600 " + path + ", and replace the key if others may have read it");
  Bytes bytes(bytes_max + 1, '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("cannot read", path, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  if (have > bytes_max) return fail(Code::too_large, path + " is too large for what it should be");
  bytes.resize(have);
  return bytes;
}

Result<> create_private_file(const std::string& path, View bytes) {
  const std::size_t slash = path.rfind('/');
  const std::string folder_path = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const File folder(::open(folder_path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  if (!folder.open()) return failed("cannot open the folder", folder_path, errno);
  std::string draft = path + ".XXXXXX";
  const File file(::mkostemp(draft.data(), O_CLOEXEC));
  if (!file.open()) return failed("cannot create", draft, errno);
  Result<> done = write_whole(file, bytes, draft);
  if (done && ::link(draft.c_str(), path.c_str()) != 0) done = failed("cannot create", path, errno);
  ::unlink(draft.c_str());
  TRY(done);
  if (::fsync(folder.get()) != 0) return failed("cannot make durable", folder_path, errno);
  return {};
}

}  // namespace corridor::crypto
