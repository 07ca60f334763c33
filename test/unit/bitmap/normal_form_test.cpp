#include "core/bitmap/normal_form.h"

#include <gtest/gtest.h>

#include <optional>

#include "oracle/bitmap_result.h"

namespace cdp::bitmap {
namespace {

using PortableBytes = std::vector<std::byte>;

// What the library makes of the bytes; nothing when it refuses them.
std::optional<PortableBytes> Normalised(const PortableBytes& bytes) {
  try {
    const Bitmap bitmap = Bitmap::FromPortable(bytes);
    PortableBytes normal(bitmap.PortableSize());
    bitmap.WritePortable(normal.data());
    return normal;
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The same without its writing.
std::optional<PortableBytes> Kept(const PortableBytes& bytes) {
  try {
    return oracle::Built([&](BitmapParts* parts) { KeepChecked(bytes, nullptr, parts); });
  } catch (const Error&) {
    return std::nullopt;
  }
}

// True is said of nothing but what the library would write, and `size` ends it.
void ExpectNoLie(const PortableBytes& bytes) {
  std::size_t size = 0;
  ASSERT_EQ(Kept(bytes), Normalised(bytes));
  if (!BeginsInNormalForm(bytes, &size)) return;
  ASSERT_LE(size, bytes.size());
  const auto normal = Normalised(bytes);
  ASSERT_TRUE(normal.has_value());
  ASSERT_EQ(PortableBytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)),
            *normal);
}

TEST(NormalForm, IsWhatTheLibraryWrites) {
  std::mt19937_64 rng(91);
  for (int round = 0; round < 20; ++round) {
    const auto normal = Normalised(oracle::RandomPortable(oracle::RandomSet(rng), rng));
    PortableBytes bytes = *normal;
    bytes.insert(bytes.end(), 3, std::byte{0xee});
    std::size_t size = 0;
    ASSERT_TRUE(BeginsInNormalForm(bytes, &size));
    ASSERT_EQ(size, normal->size());
  }
  std::size_t size = 0;
  EXPECT_TRUE(BeginsInNormalForm(oracle::Portable({}), &size));
  EXPECT_EQ(size, 8u);
}

TEST(NormalForm, IsNothingElse) {
  std::mt19937_64 rng(92);
  for (int round = 0; round < 20; ++round) {
    const auto normal = oracle::RandomPortable(oracle::RandomSet(rng), rng);
    for (int change = 0; change < 200; ++change) {
      PortableBytes bytes = normal;
      // Mostly in the header, where a byte means most.
      const std::size_t within =
          rng() % 4 == 0 ? bytes.size() : std::min<std::size_t>(64, bytes.size());
      bytes[rng() % within] ^= static_cast<std::byte>(1u << rng() % 8);
      if (rng() % 8 == 0) bytes.resize(rng() % (bytes.size() + 1));
      ASSERT_NO_FATAL_FAILURE(ExpectNoLie(bytes));
    }
  }
}

PortableBytes BytesOf(std::initializer_list<int> numbers) {
  PortableBytes bytes;
  for (const int number : numbers) bytes.push_back(static_cast<std::byte>(number));
  return bytes;
}

// What parses, and yet would be written in another way.
TEST(NormalForm, IsOnlyOneOfManyForms) {
  std::size_t size = 0;
  const auto right = BytesOf({0x3b, 0x30, 0, 0, 1, 0, 0, 3, 0, 2, 0, 1, 0, 1, 0, 5, 0, 1, 0});
  ASSERT_TRUE(BeginsInNormalForm(right, &size));
  EXPECT_EQ(size, right.size());
  const auto expect_other = [&](PortableBytes bytes) {
    EXPECT_FALSE(BeginsInNormalForm(bytes, &size));
    ExpectNoLie(bytes);
  };
  // runs that touch, a flag for no container, a cardinality that lies
  expect_other(BytesOf({0x3b, 0x30, 0, 0, 1, 0, 0, 3, 0, 2, 0, 1, 0, 1, 0, 3, 0, 1, 0}));
  expect_other(BytesOf({0x3b, 0x30, 0, 0, 3, 0, 0, 3, 0, 2, 0, 1, 0, 1, 0, 5, 0, 1, 0}));
  expect_other(BytesOf({0x3b, 0x30, 0, 0, 1, 0, 0, 4, 0, 2, 0, 1, 0, 1, 0, 5, 0, 1, 0}));
  // the cookie of runs without any; offsets that lead elsewhere, or past a gap
  expect_other(BytesOf({0x3b, 0x30, 0, 0, 0, 0, 0, 0, 0, 7, 0}));
  expect_other(BytesOf({0x3a, 0x30, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 7, 0}));
  expect_other(BytesOf({0x3a, 0x30, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 18, 0, 0, 0, 7, 0, 8, 0}));
}

}  // namespace
}  // namespace cdp::bitmap
