#include "core/bitmap/bitmap_sample.h"

#include "core/base/stop.h"
#include "core/bitmap/bitmap_builder.h"
#include "core/bitmap/bitmap_cursor.h"

namespace cdp::bitmap {
namespace {

// SplitMix64. The standard's distributions differ from one library to the next.
class Lot {
 public:
  explicit Lot(std::uint64_t seed) : state_(seed) {}

  /// Uniform below `bound`, which is 1 to 2^32.
  std::uint32_t Draw(std::uint64_t bound) {
    // The smallest values of a product's lower half would come up once too often.
    const std::uint64_t reject_below = (std::uint64_t{1} << 32) % bound;
    std::uint64_t product = 0;
    do {
      product = (Next() >> 32) * bound;
    } while ((product & 0xffffffff) < reject_below);
    return static_cast<std::uint32_t>(product >> 32);
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

// `count` different numbers below `bound`, as portable bytes. Draws as many as are missing until
// none is: no number is preferred to another by that.
std::pmr::vector<std::byte> DrawRanks(std::uint64_t count, std::uint64_t bound, std::uint64_t seed,
                                      std::pmr::memory_resource* memory) {
  Lot lot(seed);
  BitmapBuilder ranks(memory);
  for (std::uint64_t drawn = 0; drawn < count; drawn = ranks.Result().Cardinality()) {
    for (std::uint64_t missing = count - drawn; missing != 0; --missing) ranks.Add(lot.Draw(bound));
  }
  std::pmr::vector<std::byte> bytes(ranks.Result().PortableSize(), memory);
  ranks.Result().WritePortable(bytes.data());
  return bytes;
}

}  // namespace

void Sample(const BitmapView& view, std::uint64_t count, std::uint64_t seed, BitmapParts* result,
            std::pmr::memory_resource* memory) {
  const std::uint64_t total = view.Cardinality();
  if (count >= total) return result->Keep(view, 0, view.containers());
  // Fewer lots are needed to say who goes than who stays when most stay.
  const bool drawn_stay = count <= total / 2;
  const auto ranks = DrawRanks(drawn_stay ? count : total - count, total, seed, memory);

  BitmapCursor cursor(ranks);
  std::uint32_t rank = 0;
  bool more = cursor.Next(&rank);
  std::uint64_t before = 0;
  StopTicker ticker;
  ContainerDraft draft;
  std::pmr::vector<std::uint32_t> values(memory);
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    const Container container = view.At(i);
    values.resize(container.cardinality);
    container.Decode(values.data());
    draft.Clear();
    for (std::uint32_t k = 0; k < container.cardinality; ++k) {
      const bool is_drawn = more && rank == before + k;
      if (is_drawn) more = cursor.Next(&rank);
      if (is_drawn == drawn_stay) draft.Append(values[k] & 0xffff, values[k] & 0xffff);
    }
    before += container.cardinality;
    result->Add(container.high >> 16, &draft, false);
    ticker.Step(container.cardinality);
  }
}

}  // namespace cdp::bitmap
