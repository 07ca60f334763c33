#include "core/behavior/next_node.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

constexpr const char* kBases[] = {"head", "tail", "first_match", "last_match"};

std::vector<std::byte> StateOf(const NextNodePlan& plan, const std::vector<NodeRow>& rows) {
  std::vector<std::uint32_t> words;
  for (const NodeRow& row : rows) {
    const std::size_t from = words.size();
    words.resize(from + NodeRowWords(row.value.size()));
    WriteNodeRow(row, words.data() + from);
  }
  const NextNodeStateHeader header{kNextNodeStateVersion, plan.backward, plan.base, plan.conditions,
                                   static_cast<std::uint32_t>(words.size())};
  std::vector<std::byte> bytes(sizeof(header) + words.size() * sizeof(std::uint32_t));
  std::memcpy(bytes.data(), &header, sizeof(header));
  if (!words.empty()) {
    std::memcpy(bytes.data() + sizeof(header), words.data(), words.size() * sizeof(std::uint32_t));
  }
  return bytes;
}

std::string Answer(const NextNodePlan& plan, const std::vector<NodeRow>& rows) {
  const auto bytes = StateOf(plan, rows);
  CheckNextNodeState(bytes, ErrorCode::kInvalidBinary);
  const auto found = NextNode(ReadNextNodeState(bytes), std::pmr::get_default_resource());
  return found ? std::string(*found) : "nothing";
}

/// The rule, word for word, on rows that go in the direction of the plan.
std::string Slow(const NextNodePlan& plan, std::vector<NodeRow> rows) {
  std::sort(rows.begin(), rows.end(), [](const NodeRow& a, const NodeRow& b) {
    return std::tuple(a.at, a.value, a.base, a.fills) < std::tuple(b.at, b.value, b.base, b.fills);
  });
  bool from_start = plan.base == NextNodePlan::kHead || plan.base == NextNodePlan::kFirstMatch;
  std::vector<std::size_t> anchors;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (plan.base <= NextNodePlan::kTail || (rows[i].base && (rows[i].fills & 1) != 0)) {
      anchors.push_back(i);
    }
  }
  if (anchors.empty()) return "nothing";
  std::size_t anchor = from_start ? anchors.front() : anchors.back();
  if (plan.backward) {
    std::reverse(rows.begin(), rows.end());
    anchor = rows.size() - 1 - anchor;
  }
  if (!rows[anchor].base) return "nothing";
  for (int i = 0; i < plan.conditions; ++i, ++anchor) {
    if (anchor == rows.size() || (rows[anchor].fills >> i & 1) == 0) return "nothing";
  }
  return anchor == rows.size() ? "nothing" : std::string(rows[anchor].value);
}

TEST(NextNodeProperty, AgreesWithTheRuleInAnyOrderOfRows) {
  static constexpr std::string_view kValues[] = {"", "a", "ab", "b", "home page"};
  std::mt19937_64 rng(20250301);
  int found = 0;
  for (int round = 0; round < kRounds; ++round) {
    const int conditions = static_cast<int>(rng() % 4);
    NextNodePlan plan{};
    do {
      plan = {rng() % 2 == 0, static_cast<NextNodePlan::Base>(rng() % 4),
              static_cast<std::uint8_t>(conditions)};
    } while (plan.base == (plan.backward ? NextNodePlan::kHead : NextNodePlan::kTail) ||
             (conditions == 0 && plan.base >= NextNodePlan::kFirstMatch));
    std::vector<NodeRow> rows(rng() % 8);
    for (NodeRow& row : rows) {
      row = {static_cast<Micros>(rng() % 6), rng() & ((1u << conditions) - 1), rng() % 4 != 0,
             kValues[rng() % std::size(kValues)]};
    }
    const std::string slow = Slow(plan, rows);
    ASSERT_EQ(Answer(plan, rows), slow) << "round " << round;
    found += slow != "nothing" ? 1 : 0;
  }
  EXPECT_GT(found, kRounds / 10);
}

TEST(NextNode, PlansThatMakeNoSense) {
  const auto refused = [](const char* direction, const char* base, int conditions) {
    try {
      ParseNextNodePlan(direction, base, conditions);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
      return true;
    }
    return false;
  };
  for (const char* base : kBases) {
    EXPECT_EQ(refused("forward", base, 1), std::string_view(base) == "tail");
    EXPECT_EQ(refused("backward", base, 1), std::string_view(base) == "head");
    EXPECT_TRUE(refused("up", base, 1));
  }
  EXPECT_TRUE(refused("forward", "middle", 1));
  EXPECT_TRUE(refused("forward", "first_match", 0));
  EXPECT_FALSE(refused("forward", "head", 0));
}

TEST(NextNode, RefusesBytesThatItCannotLeave) {
  const auto refused = [](const std::vector<std::byte>& bytes) {
    try {
      CheckNextNodeState(bytes, ErrorCode::kInvalidText);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidText);
      return true;
    }
    return false;
  };
  const NextNodePlan plan{false, NextNodePlan::kHead, 2};
  const auto sound = StateOf(plan, {{1, 3, true, "home"}, {2, 0, false, "x"}});
  EXPECT_FALSE(refused(sound));
  for (std::size_t size = 0; size < sound.size(); ++size) {
    EXPECT_TRUE(refused({sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size)}));
  }
  auto longer = sound;
  longer.push_back(std::byte{0});
  EXPECT_TRUE(refused(longer));
  auto padded = sound;
  padded.back() = std::byte{1};
  EXPECT_TRUE(refused(padded));
  EXPECT_TRUE(refused(StateOf(plan, {{1, 4, true, "home"}})));
  EXPECT_TRUE(refused(StateOf(plan, {{INT64_MIN, 1, true, "home"}})));
  EXPECT_TRUE(refused(StateOf({true, NextNodePlan::kHead, 2}, {})));
  EXPECT_TRUE(refused(StateOf({false, NextNodePlan::kFirstMatch, 0}, {})));
}

}  // namespace
}  // namespace cdp::behavior
