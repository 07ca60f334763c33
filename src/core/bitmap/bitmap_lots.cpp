#include "core/bitmap/bitmap_lots.h"

#include <algorithm>
#include <bit>

#include "core/base/stop.h"
#include "core/bitmap/container_check.h"

namespace cdp::bitmap {
namespace {

// Of so many values to be chosen, one by coins costs as much as a single draw.
constexpr std::uint64_t kCoinsAmong = 256;  // of all
constexpr std::uint32_t kCoinsWithin = 32;  // of a container's

// How many to choose by coins so that it hardly ever becomes more than `count`: three standard
// deviations less, or up to six.
std::uint64_t Cautious(std::uint64_t count) {
  const std::uint64_t margin = std::uint64_t{3} << (std::bit_width(count) + 1) / 2;
  return count > margin ? count - margin : 0;
}

// For Lot::Toss: to choose about `count` of `total`, less than half of them.
std::uint32_t ChanceOf(std::uint64_t count, std::uint64_t total) {
  return static_cast<std::uint32_t>((static_cast<unsigned __int128>(count) << 32) / total);
}

// The bits below `count` in the word `i`.
std::uint64_t WordBelow(std::uint32_t i, std::uint32_t count) {
  if (count >= 64 * (i + 1)) return ~std::uint64_t{0};
  return count <= 64 * i ? 0 : ~std::uint64_t{0} >> (64 * (i + 1) - count);
}

}  // namespace

void Lots::Expect(const BitmapView& view) {
  StopTicker ticker;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    ends_.push_back((ends_.empty() ? 0 : ends_.back()) + view.ContainerCardinality(i));
    ticker.Step();
  }
}

void Lots::Draw(std::uint64_t count) {
  const std::uint64_t total = ends_.back();
  shares_go_ = count > total / 2;
  Share(shares_go_ ? total - count : count);
}

// Decides how many of `count`, at most half of all, fall to each container.
void Lots::Share(std::uint64_t count) {
  const std::uint64_t total = ends_.back();
  StopTicker ticker;
  shares_.assign(ends_.size(), 0);
  std::uint64_t shared = 0;
  if (count >= total / kCoinsAmong) {
    const std::uint32_t chance = ChanceOf(Cautious(count), total);
    do {
      shared = 0;
      for (std::size_t i = 0; i < shares_.size(); ++i) {
        const std::uint32_t size = Size(i);
        std::uint32_t heads = 0;
        for (std::uint32_t word = 0; 64 * word < size; ++word) {
          heads +=
              static_cast<std::uint32_t>(std::popcount(lot_.Toss(chance) & WordBelow(word, size)));
        }
        shares_[i] = heads;
        shared += heads;
        ticker.Step(size / 8 + 1);
      }
    } while (shared > count);
  }
  while (shared < count) {
    // A container comes up as often as it has values left that are not chosen.
    const std::uint64_t drawn = lot_.Draw(total);
    const auto i = static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), drawn) -
                                            ends_.begin());
    if (drawn - Begin(i) < Size(i) - shares_[i]) {
      ++shares_[i];
      ++shared;
    }
    ticker.Step();
  }
}

// Sets `count` bits of chosen_, at most half of the `members` bits that are set in members_ below
// `width`.
void Lots::Choose(std::uint32_t count, std::uint32_t members, std::uint32_t width) {
  const std::uint32_t words = (width + 63) / 64;
  std::uint32_t drawn = 0;
  std::fill_n(chosen_.begin(), words, 0);
  if (count >= members / kCoinsWithin) {
    const std::uint32_t chance = ChanceOf(Cautious(count), members);
    do {
      drawn = 0;
      for (std::uint32_t i = 0; i < words; ++i) {
        chosen_[i] = members_[i] != 0 ? members_[i] & lot_.Toss(chance) : 0;
        drawn += static_cast<std::uint32_t>(std::popcount(chosen_[i]));
      }
    } while (drawn > count);
  }
  while (drawn < count) {
    const auto bit = static_cast<std::uint32_t>(lot_.Draw(width));
    const std::uint64_t mask = std::uint64_t{1} << (bit & 63);
    if ((members_[bit >> 6] & ~chosen_[bit >> 6] & mask) == 0) continue;
    chosen_[bit >> 6] |= mask;
    ++drawn;
  }
}

// `count` of the container's values, neither none nor all.
void Lots::Take(const Container& container, std::uint32_t count, BitmapParts* result) {
  // What the header says must be true, or drawing would never end.
  CheckContainer(container);
  const std::uint32_t size = container.cardinality;
  const bool go = count > size / 2;
  draft_.Clear();
  if (size <= kMaxArrayValues) {
    values_.resize(size);
    container.Decode(values_.data());
    for (std::uint32_t i = 0; 64 * i < size; ++i) members_[i] = WordBelow(i, size);
    Choose(go ? size - count : count, size, size);
    for (std::uint32_t i = 0; i < size; ++i) {
      const std::uint32_t low = values_[i] & 0xffff;
      if ((chosen_[i >> 6] >> (i & 63) & 1) != go) draft_.Append(low, low);
    }
  } else {
    members_.fill(0);
    SetBits(&members_, container);
    Choose(go ? size - count : count, size, kBitsetWords * 64);
    if (go) {
      CombineBits(SetOperation::kAndNot, BytesOf(members_), BytesOf(chosen_), BytesOf(&members_));
    }
    const Words& taken = go ? members_ : chosen_;
    draft_.Append(Container{ContainerKind::kBitset, container.high, count, 0, BytesOf(taken)});
  }
  result->Add(container.high >> 16, &draft_, false);
}

void Lots::Take(const BitmapView& view, BitmapParts* result) {
  StopTicker ticker;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    const std::uint32_t size = Size(next_);
    const std::uint32_t share = shares_[next_++];
    const std::uint32_t count = shares_go_ ? size - share : share;
    if (count == size) {
      result->Keep(view.At(i));
    } else if (count != 0) {
      Take(view.At(i), count, result);
      ticker.Step(8192);
    }
    ticker.Step();
  }
}

}  // namespace cdp::bitmap
