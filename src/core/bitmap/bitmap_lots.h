/// Who of a bitmap's values is in a sample, decided by lots.
#pragma once

#include <memory_resource>
#include <vector>

#include "core/bitmap/bitmap_parts.h"
#include "core/bitmap/lot.h"

namespace cdp::bitmap {

/// Draws a sample in two steps: first how many values each container gives, then which. Every
/// choice of as many values is equally likely, and the same values, number and seed give the same
/// choice on every machine.
///
/// Both steps rest on one thing: values which toss a coin each are, whatever their number turns out
/// to be, as likely to be these as those. So coins, 64 at a time, choose rather too few, and single
/// draws what is missing; should the coins choose too many, they are tossed again. That costs a few
/// random bits a value and no arithmetic that a machine might round in its own way.
class Lots {
 public:
  Lots(std::uint64_t seed, std::pmr::memory_resource* memory)
      : lot_(seed), ends_(memory), shares_(memory), values_(memory) {}

  /// Announces all containers, in order.
  void Expect(const BitmapView& view);
  /// Of all the values announced. They must be more than `count`.
  void Draw(std::uint64_t count);
  /// Adds those values of the next bitmap announced that are in the sample.
  void Take(const BitmapView& view, BitmapParts* result);

 private:
  std::uint64_t Begin(std::size_t i) const { return i == 0 ? 0 : ends_[i - 1]; }
  std::uint32_t Size(std::size_t i) const {
    return static_cast<std::uint32_t>(ends_[i] - Begin(i));
  }
  void Share(std::uint64_t count);
  void Take(const Container& container, std::uint32_t count, BitmapParts* result);
  void Choose(std::uint32_t count, std::uint32_t members, std::uint32_t width);

  Lot lot_;
  std::pmr::vector<std::uint64_t> ends_;  // of each container among all values
  std::pmr::vector<std::uint32_t> shares_;
  // Whether the shares go, being fewer than those that stay.
  bool shares_go_ = false;
  std::size_t next_ = 0;

  // Of the container at hand: bits of its values, or of their positions, and of those chosen.
  Words members_;
  Words chosen_;
  std::pmr::vector<std::uint32_t> values_;
  ContainerDraft draft_;
};

}  // namespace cdp::bitmap
