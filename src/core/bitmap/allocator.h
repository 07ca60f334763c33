/// Where the memory of owning bitmaps comes from.
#pragma once

#include <cstddef>

namespace cdp::bitmap {

/// What a host of the library gives instead of malloc. The functions that allocate report
/// exhaustion by an exception (they never return null), and it may cross the bitmap library's C
/// frames: whatever was being changed is then abandoned, neither used nor freed any more.
struct Allocator {
  void* (*allocate)(std::size_t size);
  void* (*reallocate)(void* block, std::size_t size);
  void (*release)(void* block);
  void* (*allocate_aligned)(std::size_t size, std::size_t alignment);
  void (*release_aligned)(void* block);
};

/// Call once, before the first bitmap is made.
void InstallAllocator(const Allocator& allocator);

}  // namespace cdp::bitmap
