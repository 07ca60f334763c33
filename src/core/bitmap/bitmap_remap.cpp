#include "core/bitmap/bitmap_remap.h"

#include <algorithm>
#include <vector>

#include "core/base/stop.h"
#include "core/bitmap/bitmap_view.h"
#include "core/bitmap/sort.h"

namespace cdp::bitmap {
namespace {

struct Replacement {
  std::uint32_t from;
  std::uint32_t to;
  bool operator<(const Replacement& other) const { return from < other.from; }
};

}  // namespace

void Remap(Bitmap* bitmap, Bytes bytes, std::span<const std::uint32_t> from,
           std::span<const std::uint32_t> to, std::pmr::memory_resource* memory) {
  if (from.size() != to.size()) {
    throw Error(ErrorCode::kInvalidArgument, "old and new values must be of the same number",
                "There are " + std::to_string(from.size()) + " old and " +
                    std::to_string(to.size()) + " new ones.");
  }
  std::pmr::vector<Replacement> replacements(memory);
  replacements.reserve(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) replacements.push_back({from[i], to[i]});
  CheckStop();
  std::sort(replacements.begin(), replacements.end());

  StopTicker ticker;
  const BitmapView view(bytes);
  std::pmr::vector<std::uint32_t> gone(memory);
  std::pmr::vector<std::uint32_t> come(memory);
  for (std::size_t i = 0; i < replacements.size(); ++i) {
    const auto [old_value, new_value] = replacements[i];
    if (i != 0 && replacements[i - 1].from == old_value) {
      if (replacements[i - 1].to == new_value) continue;
      throw Error(ErrorCode::kInvalidArgument,
                  "value " + std::to_string(static_cast<std::int32_t>(old_value)) +
                      " has more than one replacement");
    }
    if (view.Contains(old_value)) {
      gone.push_back(old_value);
      come.push_back(new_value);
    }
    ticker.Step(16);
  }
  const std::size_t come_count = SortUnique(come, memory);
  bitmap->Apply(SetOperation::kAndNot, Bitmap::FromSorted(gone));
  bitmap->Apply(SetOperation::kOr, Bitmap::FromSorted(std::span(come).first(come_count)));
}

}  // namespace cdp::bitmap
