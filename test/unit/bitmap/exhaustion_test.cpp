/// Memory runs out in the middle of whatever a bitmap does: the exception crosses CRoaring's C
/// frames, nothing is freed twice, and what was under construction is not used again.

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory_resource>
#include <new>
#include <random>
#include <set>
#include <unordered_set>
#include <vector>

#include "core/bitmap/allocator.h"
#include "core/bitmap/bitmap.h"
#include "unit/sanitized.h"

namespace cdp::bitmap {
namespace {

constexpr int kNever = -1;

/// Blocks that are out; like a memory context, it frees what was abandoned.
std::unordered_set<void*> live;
int until_failure = kNever;
int double_frees = 0;

void MayFail() {
  if (until_failure == kNever) return;
  if (until_failure-- == 0) {
    until_failure = kNever;
    throw std::bad_alloc();
  }
}

void* Allocate(std::size_t size) {
  MayFail();
  void* block = std::malloc(size == 0 ? 1 : size);
  live.insert(block);
  return block;
}

void Release(void* block) {
  if (block == nullptr) return;
  if (live.erase(block) == 0) {
    ++double_frees;
    return;
  }
  std::free(block);
}

void* Reallocate(void* block, std::size_t size) {
  MayFail();
  if (block != nullptr && live.erase(block) == 0) ++double_frees;
  block = std::realloc(block, size == 0 ? 1 : size);
  live.insert(block);
  return block;
}

void* AllocateAligned(std::size_t size, std::size_t alignment) {
  MayFail();
  void* block = nullptr;
  if (posix_memalign(&block, std::max(alignment, sizeof(void*)), size) != 0) std::abort();
  live.insert(block);
  return block;
}

void FreeAbandoned() {
  for (void* block : live) std::free(block);
  live.clear();
}

std::vector<std::uint32_t> RandomSet(std::mt19937& rng) {
  const std::uint32_t ranges[] = {1000, 70000, 300000, 40000000};
  const std::uint32_t range = ranges[rng() % 4];
  std::set<std::uint32_t> values;
  for (std::size_t n = rng() % 9000; n > 0; --n) values.insert(rng() % range);
  return {values.begin(), values.end()};
}

/// One of the things that allocate inside CRoaring.
void Work(unsigned kind, std::mt19937& rng, Bitmap& left, const Bitmap& right) {
  if (kind < 4) {
    left.Apply(static_cast<SetOperation>(kind), right);
  } else if (kind == 4) {
    for (int i = 0; i < 200; ++i) {
      left.Add(rng() % 100000);
      left.Remove(rng() % 100000);
    }
  } else {
    std::vector<std::byte> bytes(left.PortableSize());
    left.WritePortable(bytes.data());
    Bitmap::FromPortable(bytes).Apply(SetOperation::kOr, right);
  }
}

TEST(Exhaustion, IsAnExceptionAndFreesNothingTwice) {
  InstallAllocator({Allocate, Reallocate, Release, AllocateAligned, Release});
  std::mt19937 rng(20261121);
  int failures = 0;
  for (int round = 0; round < Rounds(600); ++round) {
    const auto a = RandomSet(rng);
    const auto b = RandomSet(rng);
    try {
      Bitmap left = Bitmap::FromSorted(a, std::pmr::new_delete_resource());
      const Bitmap right = Bitmap::FromSorted(b, std::pmr::new_delete_resource());
      until_failure = static_cast<int>(rng() % 20);
      Work(rng() % 6, rng, left, right);
      until_failure = kNever;
    } catch (const std::bad_alloc&) {
      ++failures;
    }
    until_failure = kNever;
    FreeAbandoned();
    ASSERT_EQ(double_frees, 0) << "round " << round;
  }
  EXPECT_GT(failures, Rounds(600) / 6);
}

}  // namespace
}  // namespace cdp::bitmap
