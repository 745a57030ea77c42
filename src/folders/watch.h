// SPDX-License-Identifier: Apache-2.0
//
// What the kernel tells of folders (inotify). Private to this module.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "folders/disk.h"

namespace corridor::folders {

class Watch {
 public:
  enum class What : std::uint8_t {
    arrived,   // a file was moved in, or closed after writing
    made,      // a file, perhaps still empty, or a link
    folder,    // a folder appeared
    gone,      // the watched folder itself was moved, removed or unmounted
    overflow,  // more happened than the kernel kept
  };
  struct Event {
    int folder = -1;
    What what{};
    std::string name;
  };

  static Result<Watch> open();
  [[nodiscard]] int fd() const { return file_.fd(); }
  // The same number for the same folder, however often.
  Result<int> add(const Folder& folder);
  // What has happened since; never waits.
  std::vector<Event> take();

 private:
  explicit Watch(OpenFile file) : file_(std::move(file)) {}
  OpenFile file_;
};

}  // namespace corridor::folders
