#include "core/bitmap/bitmap_lots.h"

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

// SplitMix64. The standard's distributions differ from one library to the next.
class Lot {
 public:
  explicit Lot(std::uint64_t seed) : state_(seed) {}

  /// Uniform below `bound`, which is not 0.
  std::uint64_t Draw(std::uint64_t bound) {
    constexpr std::uint64_t kSmall = std::uint64_t{1} << 32;
    if (bound <= kSmall) {
      // The smallest values of a product's lower half would come up once too often.
      const std::uint64_t reject_below = kSmall % bound;
      std::uint64_t product = 0;
      do {
        product = (Next() >> 32) * bound;
      } while ((product & 0xffffffff) < reject_below);
      return product >> 32;
    }
    const std::uint64_t reject_below = (0 - bound) % bound;  // 2^64 % bound
    unsigned __int128 product = 0;
    do {
      product = static_cast<unsigned __int128>(Next()) * bound;
    } while (static_cast<std::uint64_t>(product) < reject_below);
    return static_cast<std::uint64_t>(product >> 64);
  }

 private:
  std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = (state_ ^ state_ >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
  }

  std::uint64_t state_;
};

// `count` different numbers below `bound`. Draws as many as are missing until none is: no number is
// preferred to another by that.
Bytes DrawInto(Bitmap64Builder* numbers, std::uint64_t count, std::uint64_t bound,
               std::uint64_t seed, std::pmr::memory_resource* memory) {
  Lot lot(seed);
  StopTicker ticker;
  Bytes result = numbers->Result(memory);
  for (std::uint64_t drawn = 0; drawn < count; drawn = Cardinality64(result)) {
    for (std::uint64_t missing = count - drawn; missing != 0; --missing) {
      numbers->Add(lot.Draw(bound));
      ticker.Step();
    }
    result = numbers->Result(memory);
  }
  return result;
}

}  // namespace

Lots::Lots(std::uint64_t count, std::uint64_t total, std::uint64_t seed,
           std::pmr::memory_resource* memory)
    : drawn_stay_(count <= total / 2),
      positions_(memory, SetOperation::kOr),
      cursor_(DrawInto(&positions_, drawn_stay_ ? count : total - count, total, seed, memory)),
      values_(memory) {
  Advance();
}

void Lots::Take(const Container& container, BitmapParts* result) {
  const std::uint64_t first = std::exchange(before_, before_ + container.cardinality);
  if (drawn_ >= before_) {
    if (!drawn_stay_) result->Keep(container);
    return;
  }
  values_.resize(container.cardinality);
  container.Decode(values_.data());
  draft_.Clear();
  for (std::uint32_t i = 0; i < container.cardinality; ++i) {
    const bool is_drawn = drawn_ == first + i;
    if (is_drawn) Advance();
    const std::uint32_t low = values_[i] & 0xffff;
    if (is_drawn == drawn_stay_) draft_.Append(low, low);
  }
  result->Add(container.high >> 16, &draft_, false);
}

void Lots::Take(const BitmapView& view, BitmapParts* result) {
  StopTicker ticker;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    Take(view.At(i), result);
    ticker.Step(4096);
  }
}

}  // namespace cdp::bitmap
