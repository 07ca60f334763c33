#include "core/bitmap/bitmap_shift.h"

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

bool IsKey(std::int64_t key) { return key >= 0 && key < std::int64_t{kMaxContainers}; }

// Values that go up by less than a container's width: each container spills into the next one.
class Spill {
 public:
  Spill(std::uint32_t distance, BitmapParts* result)
      : distance_(static_cast<std::int32_t>(distance)), result_(result) {}

  // `key` is where the container's lower part goes.
  void Take(std::int64_t key, const Container& container) {
    const auto stay_below = static_cast<std::uint32_t>(65536 - distance_);
    if (key != key_) Start(key);
    Append(container, 0, stay_below - 1, distance_);
    Start(key + 1);
    Append(container, stay_below, 0xffff, distance_ - 65536);
  }
  void Start(std::int64_t key) {
    if (IsKey(key_)) result_->Add(static_cast<std::uint32_t>(key_), &draft_, runs_);
    draft_.Clear();
    runs_ = false;
    key_ = key;
  }

 private:
  void Append(const Container& container, std::uint32_t first, std::uint32_t last,
              std::int32_t distance) {
    if (!IsKey(key_)) return;
    draft_.Append(container, first, last, distance);
    runs_ = runs_ || container.kind == ContainerKind::kRun;
  }

  std::int32_t distance_;
  BitmapParts* result_;
  std::int64_t key_ = -1;
  bool runs_ = false;
  ContainerDraft draft_;
};

}  // namespace

void Shift(const BitmapView& view, std::int64_t distance, BitmapParts* result) {
  const std::int64_t key_distance = distance >> 16;
  const auto within = static_cast<std::uint32_t>(distance & 0xffff);
  // Beyond, nothing stays; and the sums below cannot overflow.
  if (key_distance < -65537 || key_distance > 65537) return;
  StopTicker ticker;
  Spill spill(within, result);
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    const std::int64_t key = view.Key(i) + key_distance;
    if (!IsKey(key) && !IsKey(key + 1)) continue;
    if (within != 0) {
      spill.Take(key, view.At(i));
    } else if (IsKey(key)) {
      result->Keep(view.At(i), static_cast<std::uint32_t>(key));
    }
    ticker.Step(256);
  }
  spill.Start(-1);
}

void RunOptimize(const BitmapView& view, BitmapParts* result) {
  StopTicker ticker;
  ContainerDraft draft;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    draft.Clear();
    draft.Append(view.At(i));
    result->Add(view.Key(i), &draft, true);
    ticker.Step(256);
  }
}

}  // namespace cdp::bitmap
