// SPDX-License-Identifier: Apache-2.0
//
// Memory for values that live as long as one check, one rule or one assertion: a bump pointer over
// blocks that are kept for the next time. Only trivially destructible things go in.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace corridor::xpath {

class Arena {
 public:
  struct Mark {
    std::size_t block = 0;
    std::size_t used = 0;
  };

  void* take(std::size_t bytes) {
    bytes = (bytes + 7) & ~std::size_t{7};
    if (block_ >= blocks_.size() || used_ + bytes > blocks_[block_].bytes) next_block(bytes);
    void* at = blocks_[block_].data.get() + used_;
    used_ += bytes;
    return at;
  }
  template <class T>
  T* array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 16);
    return static_cast<T*>(take(count * sizeof(T)));
  }
  template <class T>
    requires(!std::convertible_to<const T&, std::string_view>)
  const T* copy(const T& value) {
    return new (array<T>(1)) T(value);
  }
  std::string_view copy(std::string_view text) {
    char* at = array<char>(text.size() + 1);
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    return {at, text.size()};
  }

  [[nodiscard]] Mark mark() const { return {block_, used_}; }
  // Forgets everything taken since `mark`.
  void reset() { reset(Mark{}); }
  void reset(Mark mark) {
    block_ = mark.block;
    used_ = mark.used;
  }
  [[nodiscard]] std::size_t memory_bytes() const {
    std::size_t sum = 0;
    for (const Block& block : blocks_) sum += block.bytes;
    return sum;
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> data;
    std::size_t bytes = 0;
  };

  void next_block(std::size_t bytes) {
    if (!blocks_.empty()) ++block_;
    used_ = 0;
    while (block_ < blocks_.size() && blocks_[block_].bytes < bytes)
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(block_));
    if (block_ < blocks_.size()) return;
    const std::size_t size = std::max(bytes, kBlockBytes);
    blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
  }

  static constexpr std::size_t kBlockBytes = 32 * 1024;
  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

}  // namespace corridor::xpath
