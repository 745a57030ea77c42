// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include "store/disk/file.h"
#include "store/disk/names.h"
#include "store/open.h"

namespace corridor::store {

namespace {

// Files are written in a folder that no path can name, and moved from there.
constexpr const char* kUnfinished = "/.unfinished";

class DiskFiles final : public Files {
 public:
  explicit DiskFiles(std::string folder) : folder_(std::move(folder)) {}

  Result<> put(const std::string& path, corridor::View bytes) override {
    TRY(check_file_path(path));
    const std::string full = folder_ + "/" + path;
    const std::string unfinished =
        folder_ + kUnfinished + "/" + std::to_string(next_unfinished_.fetch_add(1));
    TRY(make_folder(full.substr(0, full.rfind('/'))));
    TRY(replace_file(unfinished, full, bytes));
    TRY_ASSIGN(const Bytes written, read_file(full));
    if (written != bytes)
      return fail(Code::corrupt, full + " does not read back as it was written", "check the disk");
    return {};
  }

  Result<std::optional<Bytes>> get(const std::string& path) const override {
    TRY(check_file_path(path));
    auto bytes = read_file(folder_ + "/" + path);
    if (bytes) return std::move(*bytes);
    if (bytes.error().code == Code::not_found) return std::nullopt;
    return std::unexpected(std::move(bytes).error());
  }

 private:
  std::string folder_;
  std::atomic<std::uint64_t> next_unfinished_ = 0;
};

}  // namespace

Result<std::unique_ptr<Files>> open_disk_files(const std::string& folder) {
  const std::string unfinished = folder + kUnfinished;
  TRY(make_folder(unfinished));
  TRY_ASSIGN(const auto left_behind, folder_names(unfinished));
  for (const std::string& name : left_behind) TRY(remove_file(unfinished + "/" + name));
  return std::make_unique<DiskFiles>(folder);
}

}  // namespace corridor::store
