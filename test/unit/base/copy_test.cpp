#include "core/base/copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace cdp {
namespace {

constexpr std::size_t kLong = 3 * kCopiedAtOnce + 5;

std::vector<std::byte> Pattern(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + (i >> 16));
  return bytes;
}

TEST(Copy, TakesAllOfIt) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kCopiedAtOnce, kLong}) {
    const auto from = Pattern(size);
    std::vector<std::byte> to(size);
    CopyBytes(to.data(), from.data(), size);
    EXPECT_EQ(to, from);
  }
}

TEST(Copy, MovesOverItself) {
  const auto before = Pattern(kLong + 1000);
  for (const std::size_t distance : {std::size_t{1}, std::size_t{1000}}) {
    auto up = before;
    MoveBytes(up.data() + distance, up.data(), kLong);
    EXPECT_TRUE(std::equal(before.data(), before.data() + kLong, up.data() + distance));
    auto down = before;
    MoveBytes(down.data(), down.data() + distance, kLong);
    EXPECT_TRUE(std::equal(down.data(), down.data() + kLong, before.data() + distance));
  }
}

TEST(Copy, Listens) {
  struct Stopped {};
  const auto from = Pattern(kLong);
  auto to = from;
  stop_hook = [] { throw Stopped(); };
  EXPECT_THROW(CopyBytes(to.data(), from.data(), kLong), Stopped);
  EXPECT_THROW(MoveBytes(to.data(), to.data() + 5, kLong - 5), Stopped);
  EXPECT_THROW(MoveBytes(to.data() + 5, to.data(), kLong - 5), Stopped);
  CopyBytes(to.data(), from.data(), kCopiedAtOnce);
  stop_hook = nullptr;
}

}  // namespace
}  // namespace cdp
