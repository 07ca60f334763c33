#include "core/bitmap/packed_set.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/bitmap/format.h"
#include "oracle/bitmap.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;
using Image = std::vector<std::byte>;

auto* const kMemory = std::pmr::new_delete_resource();

Image Packed(const Image& portable) {
  const auto packed = PackedSet(BitmapView(portable), kMemory);
  return {packed.begin(), packed.end()};
}

// What is packed gives the same set, by each way of asking.
void ExpectHolds(const Image& packed, const Set& set) {
  const PackedSetView view(packed);
  ASSERT_EQ(view.Count(), set.size());
  const auto values = view.Values(kMemory);
  ASSERT_TRUE(std::equal(values.begin(), values.end(), set.begin(), set.end()));
}

void ExpectPlace(const Image& packed, const Set& set, std::uint32_t value) {
  const auto place = PackedSetView(packed).PlaceOf(value);
  const auto found = set.find(value);
  ASSERT_EQ(place.has_value(), found != set.end()) << value;
  if (place.has_value()) {
    ASSERT_EQ(*place, static_cast<std::uint64_t>(std::distance(set.begin(), found))) << value;
  }
}

TEST(PackedSet, HoldsWhatItIsGiven) {
  std::mt19937_64 rng(20261123);
  for (int round = 0; round < 12; ++round) {
    const Set set = oracle::RandomSet(rng);
    const Image packed = Packed(oracle::RandomPortable(set, rng));
    ExpectHolds(packed, set);
    // However a set is written, what it packs to is the same.
    ASSERT_EQ(packed, Packed(oracle::Portable(set)));
    for (int i = 0; i < 20; ++i) {
      const auto some = static_cast<std::uint32_t>(rng());
      ExpectPlace(packed, set, some);
      const auto near = set.lower_bound(some);
      if (near == set.end()) continue;
      ExpectPlace(packed, set, *near);
      ExpectPlace(packed, set, *near + 1);
    }
  }
}

TEST(PackedSet, HoldsTheExtremes) {
  Set full;
  for (std::uint32_t i = 0; i < 65536; ++i) full.insert(0x70000 + i);
  for (const Set& set : {Set{}, Set{0}, Set{0xffff}, Set{0xffffffff}, Set{0, 0xffff, 0x10000},
                         Set{0, 0x7fffffff, 0x80000000, 0xffffffff}, full}) {
    const Image packed = Packed(oracle::Portable(set));
    ExpectHolds(packed, set);
    for (const std::uint32_t value : {0u, 1u, 0xffffu, 0x10000u, 0x7ffffu, 0xffffffffu}) {
      ExpectPlace(packed, set, value);
    }
  }
}

// Of a random set there are so many bits a value to be told at least.
TEST(PackedSet, TakesHardlyMoreThanItMust) {
  std::mt19937_64 rng(7);
  for (const auto& [share, times] :
       {std::pair{0.001, 1.06}, {0.01, 1.04}, {0.04, 1.04}, {0.3, 1.14}, {0.5, 1.001}}) {
    Set set;
    constexpr std::uint32_t kPeople = 1 << 17;
    for (std::uint32_t i = 0; i < kPeople; ++i) {
      if (static_cast<double>(rng() % 1000000) < share * 1e6) set.insert(i);
    }
    const double entropy = -share * std::log2(share) - (1 - share) * std::log2(1 - share);
    const double least = entropy * kPeople / 8;
    EXPECT_LT(static_cast<double>(Packed(oracle::Portable(set)).size()), times * least + 8 * 3 + 2)
        << share;
  }
}

TEST(PackedSet, RefusesWhatIsNone) {
  const auto entry = [](std::uint16_t key, std::uint16_t last_place, std::uint16_t low_bits,
                        std::uint16_t bytes) {
    return std::array<std::uint16_t, 4>{key, last_place, low_bits, bytes};
  };
  const auto image = [](std::uint32_t version, std::vector<std::array<std::uint16_t, 4>> table,
                        std::vector<int> codes) {
    Image bytes(8);
    StoreAt(bytes.data(), version);
    StoreAt(bytes.data() + 4, static_cast<std::uint32_t>(table.size()));
    for (const auto& each : table) {
      const auto* at = reinterpret_cast<const std::byte*>(each.data());
      bytes.insert(bytes.end(), at, at + sizeof each);
    }
    for (const int code : codes) bytes.push_back(static_cast<std::byte>(code));
    return bytes;
  };
  const auto read = [](const Image& bytes) { PackedSetView(bytes).Values(kMemory); };
  // Low bits 1, gap 0b10 is a zero, a one and a zero: the value 2.
  const Image good = image(1, {entry(0, 0, 1, 1)}, {0b010});
  ExpectHolds(good, {2});
  const std::vector<Image> wrong = {
      {},
      image(2, {}, {}),                                                // no such version
      image(1, {}, {0}),                                               // more than the table
      image(1, {entry(0, 0, 1, 2)}, {0b010}),                          // less
      image(1, {entry(3, 0, 0, 1), entry(3, 0, 0, 1)}, {1, 1}),        // a key twice
      image(1, {entry(0, 0, 16, 4)}, {1, 0, 0, 0}),                    // too many low bits
      image(1, {entry(0, 8, 0, 1)}, {0xff}),                           // no room for so many
      image(1, {entry(0, 0, 1, 1)}, {0}),                              // a gap without an end
      image(1, {entry(0, 0, 1, 1)}, {0x80}),                           // one without its low bits
      image(1, {entry(0, 0, 1, 2)}, {0b010, 0}),                       // a byte too many
      image(1, {entry(0, 0, 1, 1)}, {0b1010}),                         // a value too many
      image(1, {entry(0, 1, 15, 5)}, {0xff, 0xff, 0xff, 0xff, 0xff}),  // beyond the entry
      image(1, {entry(0, 0, 15, 7)}, {0, 0, 0, 0, 0, 1, 0}),
  };
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_THROW(read(wrong[i]), Error) << i;
  }
}

}  // namespace
}  // namespace cdp::bitmap
