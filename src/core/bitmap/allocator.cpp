#include "core/bitmap/allocator.h"

#include <cstring>
#include <new>

#include "roaring.h"

namespace cdp::bitmap {
namespace {

Allocator installed;

void* AllocateZeroed(std::size_t count, std::size_t size) {
  std::size_t total = 0;
  if (__builtin_mul_overflow(count, size, &total)) throw std::bad_alloc();
  void* block = installed.allocate(total);
  std::memset(block, 0, total);
  return block;
}

// The library frees null as free() does.
void Release(void* block) {
  if (block != nullptr) installed.release(block);
}

void* AllocateAligned(std::size_t alignment, std::size_t size) {
  return installed.allocate_aligned(size, alignment);
}

void ReleaseAligned(void* block) {
  if (block != nullptr) installed.release_aligned(block);
}

}  // namespace

void InstallAllocator(const Allocator& allocator) {
  installed = allocator;
  roaring_memory_t hook = {};
  hook.malloc = installed.allocate;
  hook.realloc = installed.reallocate;
  hook.calloc = AllocateZeroed;
  hook.free = Release;
  hook.aligned_malloc = AllocateAligned;
  hook.aligned_free = ReleaseAligned;
  roaring_init_memory_hook(hook);
}

}  // namespace cdp::bitmap
