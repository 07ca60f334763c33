/// What came next: the value of the row beside a chain of rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/error.h"
#include "core/base/time.h"

namespace cdp::behavior {

inline constexpr int kMaxNodeConditions = 64;

/// Which way to go and where from.
struct NextNodePlan {
  enum Base : std::uint8_t { kHead, kTail, kFirstMatch, kLastMatch };

  bool backward;
  Base base;
  std::uint8_t conditions;

  friend bool operator==(const NextNodePlan&, const NextNodePlan&) = default;
};

/// Reads "forward" or "backward" and "head", "tail", "first_match" or "last_match". Throws
/// kInvalidArgument for other words and for pairs that make no sense.
NextNodePlan ParseNextNodePlan(std::string_view direction, std::string_view base, int conditions);

struct NodeRow {
  Micros at;
  std::uint64_t fills;  ///< bit i: condition i + 1
  bool base;            ///< the base condition holds
  std::string_view value;

  /// The total order: time, then the bytes of the value, then what the row fills.
  friend bool operator<(const NodeRow& a, const NodeRow& b);
};

/// The anchor is the first or last row in the total order, or the first or last one that fills the
/// base condition and condition 1; it must fill the base condition. From it on, in the direction of
/// the plan, each next row must fill the next condition; the answer is the value of the row behind
/// them. Nothing when any of this fails: no other anchor is tried. Sorts `rows`.
std::optional<std::string_view> NextNode(const NextNodePlan& plan, std::span<NodeRow> rows,
                                         std::pmr::memory_resource* memory);

inline constexpr std::uint8_t kNextNodeStateVersion = 1;

/// The bytes before the rows, as docs/formats.md says. Rows are made of words.
struct NextNodeStateHeader {
  std::uint8_t version;
  std::uint8_t backward;
  std::uint8_t base;
  std::uint8_t conditions;
  std::uint32_t used;  ///< words; more room may follow

  NextNodePlan plan() const {
    return {backward != 0, static_cast<NextNodePlan::Base>(base), conditions};
  }
};
static_assert(sizeof(NextNodeStateHeader) == 8);

inline constexpr std::uint32_t kMaxNodeValue = (1u << 30) - 1;

/// Words of a row whose value has so many bytes.
constexpr std::size_t NodeRowWords(std::size_t value_bytes) { return 5 + (value_bytes + 3) / 4; }

/// Writes a row into NodeRowWords(row.value.size()) words.
void WriteNodeRow(const NodeRow& row, std::uint32_t* words);

struct NextNodeStateView {
  NextNodeStateHeader header;
  std::span<const std::byte> rows;
};

/// Throws kCorruptData when the bytes are no state. The rows are not looked at.
NextNodeStateView ReadNextNodeState(std::span<const std::byte> bytes);

/// Judges bytes that come through a door, every row of them. Throws an error of kind `code`.
void CheckNextNodeState(std::span<const std::byte> bytes, ErrorCode code);

/// The answer of a state; a view into its bytes.
std::optional<std::string_view> NextNode(const NextNodeStateView& state,
                                         std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
