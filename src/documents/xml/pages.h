// SPDX-License-Identifier: Apache-2.0
//
// Memory of large documents. The system gives memory page by page, when it is first touched, and
// that costs more than parsing what goes into it: a buffer of megabytes asks for large pages, of
// which a few are enough. A wish and nothing else: where the system has none, nothing changes.
//
//   nodes.reserve(count);
//   prefer_large_pages(nodes.data(), count * sizeof(Node));  // before anything is written
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace corridor::xml {

inline void prefer_large_pages(void* at, std::size_t bytes) {
  constexpr std::uintptr_t kPageBytes = std::uintptr_t{2} << 20;
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  const std::uintptr_t first = (address + kPageBytes - 1) & ~(kPageBytes - 1);
  const std::uintptr_t last = (address + bytes) & ~(kPageBytes - 1);
  if (first >= last) return;
  (void)::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

}  // namespace corridor::xml
