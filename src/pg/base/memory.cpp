#include "pg/base/memory.h"

#include "pg/base/boundary.h"

namespace cdp::pg {

void* AllocateIn(MemoryContext context, std::size_t size) {
  if (!AllocHugeSizeIsValid(size)) throw std::bad_alloc();
  void* block = MemoryContextAllocExtended(context, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void* AllocateAlignedIn(MemoryContext context, std::size_t size, std::size_t alignment) {
  // The distance back to the chunk's start is kept in the two bytes before the block.
  const std::size_t slack = alignment + sizeof(std::uint16_t);
  if (size > MaxAllocHugeSize - slack) throw std::bad_alloc();
  auto* chunk = static_cast<char*>(AllocateIn(context, size + slack));
  const auto start = reinterpret_cast<std::uintptr_t>(chunk) + sizeof(std::uint16_t);
  const std::uintptr_t aligned = (start + alignment - 1) & ~(alignment - 1);
  auto* block = reinterpret_cast<char*>(aligned);
  const auto distance = static_cast<std::uint16_t>(block - chunk);
  std::memcpy(block - sizeof(distance), &distance, sizeof(distance));
  return block;
}

void FreeAligned(void* block) {
  if (block == nullptr) return;
  std::uint16_t distance;
  std::memcpy(&distance, static_cast<char*>(block) - sizeof(distance), sizeof(distance));
  pfree(static_cast<char*>(block) - distance);
}

void* Reallocate(MemoryContext context, void* block, std::size_t size) {
  if (block == nullptr) return AllocateIn(context, size);
  if (!AllocHugeSizeIsValid(size)) throw std::bad_alloc();
  // The server has no repalloc that returns null before 16, so exhaustion comes as its error.
  return CallServer([block, size] { return repalloc_huge(block, size); });
}

void* ContextResource::do_allocate(std::size_t size, std::size_t alignment) {
  if (alignment <= MAXIMUM_ALIGNOF) return AllocateIn(context_, size);
  return AllocateAlignedIn(context_, size, alignment);
}

void ContextResource::do_deallocate(void* block, std::size_t, std::size_t alignment) {
  if (alignment <= MAXIMUM_ALIGNOF) {
    pfree(block);
  } else {
    FreeAligned(block);
  }
}

bool ContextResource::do_is_equal(const std::pmr::memory_resource& other) const noexcept {
  const auto* same = dynamic_cast<const ContextResource*>(&other);
  return same != nullptr && same->context_ == context_;
}

MemoryContext ScratchOf(FunctionCallInfo fcinfo) {
  FmgrInfo* const site = fcinfo->flinfo;
  if (site == nullptr) return nullptr;
  if (site->fn_extra == nullptr) {
    site->fn_extra = AllocSetContextCreate(site->fn_mcxt, "pg_cdp scratch", ALLOCSET_SMALL_SIZES);
  }
  return static_cast<MemoryContext>(site->fn_extra);
}

}  // namespace cdp::pg
