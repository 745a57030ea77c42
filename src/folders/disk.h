// SPDX-License-Identifier: Apache-2.0
//
// One folder on a disk, opened once: whatever becomes of its path, names are looked up in this folder
// and no link is followed. What is written is whole and durable, or not there. Private to this module.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <string>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::folders {

class OpenFile {
 public:
  OpenFile() = default;
  explicit OpenFile(int fd) : fd_(fd) {}
  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OpenFile& operator=(OpenFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OpenFile();
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// By what a file is known to be the same, unchanged.
struct FileMark {
  dev_t device = 0;
  ino_t inode = 0;
  off_t bytes = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileMark&) const = default;
};
FileMark mark_of(const struct stat& status);

class Folder {
 public:
  // `not_found` when it is not there; it is not made.
  static Result<Folder> open(const std::string& path);
  // One inside, made when it is missing.
  Result<Folder> inside(const std::string& name) const;

  [[nodiscard]] const std::string& path() const { return path_; }  // for words only
  [[nodiscard]] int fd() const { return file_.fd(); }
  // The names of files and whatever else is there (that is wanted, when that is asked), at most
  // `most`; `all` says whether those are all.
  Result<std::vector<std::string>> names(
      std::size_t most, bool& all, const std::function<bool(const std::string&)>& wanted) const;
  // `not_found`; of links and devices too: nothing is opened by it.
  Result<struct stat> look(const std::string& name) const;
  // A file to be read. `denied` for links and for what this user may not read.
  Result<OpenFile> open_file(const std::string& name) const;
  // Whether somebody has it open for writing, as far as the system tells.
  static bool is_being_written(const OpenFile& file);
  // Whole under that name, its bytes durable, what was there before replaced; by way of
  // part_name(name). The name itself is durable after `sync`; names become durable in the order in
  // which they were given, as on every file system with a journal.
  Result<> write(const std::string& name, View bytes) const;
  // The same without giving it its name.
  Result<> write_part(const std::string& name, View bytes) const;
  static std::string part_name(const std::string& name) { return "." + name + ".part"; }
  // `conflict` when the name is taken, unless it may be replaced.
  enum class Taken : std::uint8_t { refuse, replace };
  Result<> move(const std::string& name, const Folder& to, const std::string& new_name,
                Taken taken) const;
  Result<> remove(const std::string& name) const;  // good when it is not there
  Result<> sync() const;

 private:
  Folder(OpenFile file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  [[nodiscard]] std::unexpected<Error> failed(const std::string& what) const;

  OpenFile file_;
  std::string path_;
};

// Makes a folder, and says nothing when it is there.
Result<> make_folder(const std::string& path);

}  // namespace corridor::folders
