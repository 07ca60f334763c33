#include "core/behavior/next_node.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/bytes.h"
#include "core/behavior/instant_match.h"
#include "core/timeline/stamped.h"
#include "core/timeline/timeline_format.h"

namespace cdp::behavior {
namespace {

constexpr char kWhat[] = "next node state";
constexpr std::uint32_t kBaseBit = 1u << 31;

/// Reads one row; throws kCorruptData when it is none.
NodeRow ReadRow(ByteReader* in, const NextNodeStateHeader& header) {
  NodeRow row{};
  row.at = in->Read<Micros>();
  row.fills = in->Read<std::uint64_t>();
  const auto size = in->Read<std::uint32_t>();
  row.base = (size & kBaseBit) != 0;
  const std::uint32_t bytes = size & ~kBaseBit;
  if (row.at < timeline::kMinInstant || row.at >= timeline::kEndInstant) {
    in->Corrupt("An instant is out of range.");
  }
  if ((row.fills & ~LowBits(header.conditions)) != 0) {
    in->Corrupt("A row fills conditions that do not exist.");
  }
  if (bytes > kMaxNodeValue) in->Corrupt("A value is longer than it can be.");
  const auto room = in->ReadSpan((std::size_t{bytes} + 3) / 4 * 4);
  row.value = {reinterpret_cast<const char*>(room.data()), bytes};
  for (const std::byte padding : room.subspan(bytes)) {
    if (padding != std::byte{0}) in->Corrupt("Something follows a value.");
  }
  return row;
}

}  // namespace

NextNodePlan ParseNextNodePlan(std::string_view direction, std::string_view base, int conditions) {
  NextNodePlan plan{};
  plan.conditions = static_cast<std::uint8_t>(conditions);
  if (direction == "backward") {
    plan.backward = true;
  } else if (direction != "forward") {
    throw Error(ErrorCode::kInvalidArgument,
                "direction \"" + std::string(direction) + "\" does not exist", {},
                "Directions are \"forward\" and \"backward\".");
  }
  if (base == "head") {
    plan.base = NextNodePlan::kHead;
  } else if (base == "tail") {
    plan.base = NextNodePlan::kTail;
  } else if (base == "first_match") {
    plan.base = NextNodePlan::kFirstMatch;
  } else if (base == "last_match") {
    plan.base = NextNodePlan::kLastMatch;
  } else {
    throw Error(ErrorCode::kInvalidArgument, "base \"" + std::string(base) + "\" does not exist",
                {}, "Bases are \"head\", \"tail\", \"first_match\" and \"last_match\".");
  }
  if (plan.base == (plan.backward ? NextNodePlan::kHead : NextNodePlan::kTail)) {
    throw Error(ErrorCode::kInvalidArgument,
                "direction \"" + std::string(direction) + "\" cannot begin at base \"" +
                    std::string(base) + "\"",
                "There is nothing beyond it.");
  }
  if (plan.base >= NextNodePlan::kFirstMatch && conditions == 0) {
    throw Error(ErrorCode::kInvalidArgument,
                "base \"" + std::string(base) + "\" needs a condition to match");
  }
  return plan;
}

bool operator<(const NodeRow& a, const NodeRow& b) {
  return std::tie(a.at, a.value, a.base, a.fills) < std::tie(b.at, b.value, b.base, b.fills);
}

std::optional<std::string_view> NextNode(const NextNodePlan& plan, std::span<NodeRow> rows,
                                         std::pmr::memory_resource* memory) {
  if (rows.empty()) return std::nullopt;
  SortPolled<NodeRow>(rows, memory);
  const auto count = static_cast<std::ptrdiff_t>(rows.size());
  const auto matches = [](const NodeRow& row) { return row.base && (row.fills & 1) != 0; };
  std::ptrdiff_t at = 0;
  switch (plan.base) {
    case NextNodePlan::kHead:
      break;
    case NextNodePlan::kTail:
      at = count - 1;
      break;
    case NextNodePlan::kFirstMatch:
      at = std::find_if(rows.begin(), rows.end(), matches) - rows.begin();
      break;
    case NextNodePlan::kLastMatch:
      at = count - 1 - (std::find_if(rows.rbegin(), rows.rend(), matches) - rows.rbegin());
      break;
  }
  if (at < 0 || at >= count || !rows[at].base) return std::nullopt;
  const std::ptrdiff_t step = plan.backward ? -1 : 1;
  for (int condition = 0; condition < plan.conditions; ++condition, at += step) {
    if (at < 0 || at >= count || (rows[at].fills >> condition & 1) == 0) return std::nullopt;
  }
  if (at < 0 || at >= count) return std::nullopt;
  return rows[at].value;
}

void WriteNodeRow(const NodeRow& row, std::uint32_t* words) {
  words[NodeRowWords(row.value.size()) - 1] = 0;
  auto* at = reinterpret_cast<std::byte*>(words);
  at = WriteRaw(at, row.at);
  at = WriteRaw(at, row.fills);
  at = WriteRaw(at, static_cast<std::uint32_t>(row.value.size()) | (row.base ? kBaseBit : 0));
  std::copy(row.value.begin(), row.value.end(), reinterpret_cast<char*>(at));
}

NextNodeStateView ReadNextNodeState(std::span<const std::byte> bytes) {
  ByteReader in(bytes, kWhat);
  NextNodeStateView state{};
  state.header = in.Read<NextNodeStateHeader>();
  const NextNodeStateHeader& header = state.header;
  if (header.version != kNextNodeStateVersion) {
    throw Error(ErrorCode::kCorruptData, "unrecognized next node state format",
                "The value begins with version " + std::to_string(header.version) + ", not " +
                    std::to_string(kNextNodeStateVersion) + ".");
  }
  if (header.backward > 1 || header.base > NextNodePlan::kLastMatch ||
      header.conditions > kMaxNodeConditions ||
      header.base == (header.backward != 0 ? NextNodePlan::kHead : NextNodePlan::kTail) ||
      (header.base >= NextNodePlan::kFirstMatch && header.conditions == 0)) {
    in.Corrupt("Direction, base or number of conditions is out of range.");
  }
  if (header.used > in.left() / sizeof(std::uint32_t))
    in.Corrupt("The rows are fewer than it says.");
  state.rows = in.ReadSpan(std::size_t{header.used} * sizeof(std::uint32_t));
  return state;
}

void CheckNextNodeState(std::span<const std::byte> bytes, ErrorCode code) {
  try {
    const NextNodeStateView state = ReadNextNodeState(bytes);
    ByteReader in(state.rows, kWhat);
    if (bytes.size() != sizeof(NextNodeStateHeader) + state.rows.size()) {
      in.Corrupt("Something follows the rows.");
    }
    StopTicker ticker;
    while (!in.done()) {
      ReadRow(&in, state.header);
      ticker.Step();
    }
  } catch (const Error& error) {
    throw Error(code, error.what(), error.detail(), error.hint());
  }
}

std::optional<std::string_view> NextNode(const NextNodeStateView& state,
                                         std::pmr::memory_resource* memory) {
  ByteReader in(state.rows, kWhat);
  std::pmr::vector<NodeRow> rows(memory);
  StopTicker ticker;
  while (!in.done()) {
    rows.push_back(ReadRow(&in, state.header));
    ticker.Step();
  }
  return NextNode(state.header.plan(), rows, memory);
}

}  // namespace cdp::behavior
