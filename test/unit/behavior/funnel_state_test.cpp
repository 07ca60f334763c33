#include "core/behavior/funnel_state.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "core/behavior/funnel_scan.h"
#include "oracle/behavior.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

template <class Hit = NarrowHit>
std::vector<std::byte> StateOf(int conditions, std::uint64_t window, const std::vector<Hit>& hits,
                               std::uint8_t flags = 0, FunnelMode mode = {}) {
  FunnelStateHeader header{};
  header.version = kFunnelStateVersion;
  header.flags = flags;
  header.conditions = static_cast<std::uint8_t>(conditions);
  header.mode = PackFunnelMode(mode);
  header.used = static_cast<std::uint32_t>(hits.size());
  header.window_low = static_cast<std::uint32_t>(window);
  header.window_high = static_cast<std::uint32_t>(window >> 32);
  std::vector<std::byte> bytes(sizeof(header) + hits.size() * sizeof(Hit));
  std::memcpy(bytes.data(), &header, sizeof(header));
  if (!hits.empty()) {
    std::memcpy(bytes.data() + sizeof(header), static_cast<const void*>(hits.data()),
                hits.size() * sizeof(Hit));
  }
  return bytes;
}

std::string MessageOf(const std::vector<std::byte>& bytes) {
  try {
    CheckFunnelState(bytes, ErrorCode::kInvalidBinary);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidBinary);
    return std::string(error.what()) + ": " + error.detail();
  }
  return "no error";
}

/// The same hits in a state of few conditions and in one of many.
template <class Hit>
void ExpectDefinition(const std::vector<oracle::Row>& rows, int steps, int conditions,
                      std::uint64_t window) {
  std::vector<Hit> hits;
  bool sorted = true;
  for (const auto& row : rows) {
    sorted = sorted && (hits.empty() || hits.back().at <= row.at);
    hits.push_back({row.at, static_cast<decltype(Hit::value)>(row.fills)});
  }
  const auto bytes = StateOf(conditions, window, hits, sorted ? 0 : kHitsUnsorted);
  const oracle::Funnel slow(rows, steps, window, {});
  auto* memory = std::pmr::get_default_resource();
  ASSERT_EQ(FunnelDepth(ReadFunnelState(bytes), memory), slow.Depth());
  std::vector<Micros> chain(kMaxConditions);
  chain.resize(static_cast<std::size_t>(FunnelChain(ReadFunnelState(bytes), memory, chain.data())));
  ASSERT_EQ(chain, slow.Chain());
}

TEST(FunnelStateProperty, DepthOfHitsInAnyOrderAgreesWithTheDefinition) {
  std::mt19937_64 rng(20250105);
  for (int round = 0; round < kRounds; ++round) {
    const int steps = static_cast<int>(1 + rng() % 5);
    std::vector<oracle::Row> rows(rng() % 8);
    for (auto& row : rows) {
      row.at = static_cast<std::int64_t>(rng() % 12);
      row.fills = rng() & rng() & LowBits(steps);
    }
    const std::uint64_t window = rng() % 12;
    ExpectDefinition<NarrowHit>(rows, steps, steps, window);
    ExpectDefinition<WideHit>(rows, steps, 40, window);
    ASSERT_FALSE(HasFatalFailure()) << "round " << round;
  }
}

TEST(FunnelState, WideStatesReachSixtyFour) {
  std::vector<WideHit> hits;
  for (int step = 0; step < 64; ++step) hits.push_back({step, std::uint64_t{1} << step});
  const auto bytes = StateOf(64, 63, hits);
  EXPECT_EQ(MessageOf(bytes), "no error");
  EXPECT_EQ(FunnelDepth(ReadFunnelState(bytes), std::pmr::get_default_resource()), 64);
}

TEST(FunnelState, TakesWhatAnAggregateLeaves) {
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(2, 10, {})), "no error");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(2, 10, {{1, 1}, {2, 3}})), "no error");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(2, 10, {{2, 1}, {1, 3}}, kHitsUnsorted)), "no error");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(32, 10, {{1, 0x80000000}})), "no error");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(2, 10, {{1, 0}}, 0, {.order = true})), "no error");
}

TEST(FunnelState, RefusesWhatItCannotLeave) {
  const std::string corrupt = "funnel state is corrupt: ";
  EXPECT_EQ(MessageOf({}), "funnel state is truncated: ");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(0, 10, {})),
            corrupt + "The number of conditions or the window is out of range.");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(65, 10, {})),
            corrupt + "The number of conditions or the window is out of range.");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(2, ~std::uint64_t{0}, {})),
            corrupt + "The number of conditions or the window is out of range.");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(2, 10, {{1, 4}})),
            corrupt + "A row fills conditions that do not exist.");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(2, 10, {{1, 0}})),
            corrupt + "A row fills conditions that do not exist.");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(2, 10, {{INT64_MAX, 1}})),
            corrupt + "An instant is out of range.");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(2, 10, {{2, 1}, {1, 1}})),
            corrupt + "The rows are not in order.");
  auto bytes = StateOf<NarrowHit>(2, 10, {});
  bytes[3] = std::byte{16};
  EXPECT_EQ(MessageOf(bytes), corrupt + "Its mode 16 does not exist.");
  EXPECT_EQ(MessageOf(StateOf<NarrowHit>(33, 10, {{1, 1}})),
            corrupt + "The rows are fewer than it says.");
  bytes = StateOf<NarrowHit>(2, 10, {{1, 1}});
  bytes.push_back(std::byte{0});
  EXPECT_EQ(MessageOf(bytes), corrupt + "Something follows the rows.");
  bytes.resize(bytes.size() - 2);
  EXPECT_EQ(MessageOf(bytes), corrupt + "The rows are fewer than it says.");
  bytes[0] = std::byte{2};
  EXPECT_EQ(MessageOf(bytes),
            "unrecognized funnel state format: The value begins with version 2, not 1.");
}

}  // namespace
}  // namespace cdp::behavior
