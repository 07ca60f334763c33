#include "core/behavior/duration_sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/base/error.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

using Encoded = std::vector<std::byte>;

Encoded Encode(const DurationSketch& sketch) {
  Encoded bytes(sketch.EncodedSize());
  EXPECT_EQ(sketch.Encode(bytes.data()), bytes.data() + bytes.size());
  return bytes;
}

Encoded EncodedOf(const std::vector<std::uint64_t>& spans) {
  DurationSketch sketch(std::pmr::new_delete_resource());
  for (const std::uint64_t span : spans) sketch.Add(span);
  return Encode(sketch);
}

// Half the width of its bin away from any value: 1/128 of it.
void ExpectClose(std::uint64_t estimate, std::uint64_t exact) {
  const double error = std::fabs(static_cast<double>(estimate) - static_cast<double>(exact));
  ASSERT_LE(error, static_cast<double>(exact) / 128) << estimate << " for " << exact;
}

TEST(DurationSketch, BinsAscendWithoutGaps) {
  for (std::uint32_t bin = 0; bin < kBins; ++bin) ASSERT_EQ(BinOf(MiddleOf(bin)), bin);
  for (int shift = 0; shift < 64; ++shift) {
    const std::uint64_t power = std::uint64_t{1} << shift;
    EXPECT_EQ(BinOf(power), BinOf(power - 1) + 1) << shift;
  }
}

TEST(DurationSketch, SmallSpansAreExact) {
  for (std::uint64_t span = 0; span < 128; ++span) {
    EXPECT_EQ(QuantileOf(EncodedOf({span}), 0.5), span);
  }
}

TEST(DurationSketch, OfNothingHasNoQuantile) { EXPECT_FALSE(QuantileOf({}, 0.5).has_value()); }

TEST(DurationSketchProperty, QuantilesAreWithinTheBound) {
  std::mt19937_64 rng(20251124);
  for (int round = 0; round < kRounds / 4; ++round) {
    const auto low = rng() % 57;
    std::vector<std::uint64_t> spans(1 + rng() % 12);
    for (auto& span : spans) span = rng() >> (low + rng() % 8);
    const Encoded bytes = EncodedOf(spans);
    std::sort(spans.begin(), spans.end());
    for (const double share : {0.0, 0.25, 0.5, 0.9, 1.0}) {
      const auto rank = std::max<std::size_t>(
          1, static_cast<std::size_t>(std::ceil(share * static_cast<double>(spans.size()))));
      ExpectClose(*QuantileOf(bytes, share), spans[rank - 1]);
    }
  }
}

TEST(DurationSketchProperty, MergedIsTheSketchOfAll) {
  std::mt19937_64 rng(20251125);
  for (int round = 0; round < kRounds / 8; ++round) {
    const auto low = rng() % 57;
    std::vector<std::uint64_t> all;
    DurationSketch merged(std::pmr::new_delete_resource());
    for (std::size_t part = 0; part < 1 + rng() % 3; ++part) {
      std::vector<std::uint64_t> spans(rng() % 6);
      for (auto& span : spans) span = rng() >> (low + rng() % 8);
      merged.Merge(EncodedOf(spans));
      all.insert(all.end(), spans.begin(), spans.end());
    }
    ASSERT_EQ(Encode(merged), EncodedOf(all)) << "round " << round;
  }
}

TEST(DurationSketch, RefusesBytesThatAreNone) {
  const auto bytes = [](std::initializer_list<int> values) {
    Encoded result;
    for (const int value : values) result.push_back(static_cast<std::byte>(value));
    return result;
  };
  DurationSketch sketch(std::pmr::new_delete_resource());
  for (const auto& bad : {bytes({1}), bytes({0x80}), bytes({1, 0}), bytes({0xc0, 0x1d, 1}),
                          bytes({0xbf, 0x1d, 1, 0, 1})}) {
    EXPECT_THROW(sketch.Merge(bad), Error);
    EXPECT_THROW(QuantileOf(bad, 0.5), Error);
  }
  EXPECT_EQ(QuantileOf(bytes({0xbf, 0x1d, 1}), 0.5), MiddleOf(kBins - 1));
  // Two counts whose sum does not fit.
  const auto most = bytes({0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1});
  sketch.Merge(most);
  EXPECT_THROW(sketch.Merge(most), Error);
}

}  // namespace
}  // namespace cdp::behavior
