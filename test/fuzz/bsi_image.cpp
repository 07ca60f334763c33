/// Arbitrary bytes as a bit-sliced index: through the door, and past it, as a page that rotted
/// would come. What the door takes must be the documented image of what is read from it, and answer
/// as the map of its values does.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/bsi/bsi.h"
#include "core/bsi/bsi_ask.h"
#include "core/bsi/packed.h"
#include "oracle/bsi.h"
#include "oracle/pieces.h"

namespace {

using namespace cdp;
using namespace cdp::bsi;

std::pmr::memory_resource* memory = std::pmr::get_default_resource();

oracle::ValueMap Read(const std::vector<std::byte>& image) {
  oracle::ValueMap map;
  RowReader reader(image, memory);
  for (auto block = reader.Next(); !block.empty(); block = reader.Next()) {
    for (const Row& row : block) map.emplace(std::uint32_t{row.id}, std::int64_t{row.value});
  }
  return map;
}

void Ask(const std::vector<std::byte>& image, std::int64_t value) {
  const BsiView view(image);
  const Question question(view, nullptr, memory);
  const BitmapView ids = view.ids();
  const Question some(view, &ids, memory);
  question.Sum();
  some.Sum();
  some.Least();
  question.Compare(Comparison::kLe, value);
  some.Compare(Comparison::kGt, value);
  question.Top(3);
  question.Quantile(0.5);
  question.Tiles(2);
  ValueOf(view, static_cast<std::uint32_t>(value));
  oracle::Pieces pieces(image);
  ValueOf(&pieces, static_cast<std::uint32_t>(value));
  TotalOf(&pieces);
  Bsi sum(view, memory);
  sum.Add(view);
  sum.AddToAll(view.id_bytes(), 1);
  std::vector<std::byte> written(sum.ImageSize());
  sum.WriteImage(written.data());
  Bsi::Differing(view, BsiView(written), memory);
  const auto packed = Packed(view, view.id_bytes(), memory);
  Patched(view, view.id_bytes(), PackedView(packed), memory);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy of just this size: reading behind it is seen.
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> image(begin, begin + size);
  bool is_taken = false;
  try {
    CheckImage(image, ErrorCode::kInvalidBinary, memory);
    is_taken = true;
  } catch (const Error&) {
  }
  try {
    const oracle::ValueMap map = Read(image);
    if (is_taken) {
      if (oracle::BsiImage(map) != image) std::abort();
      const BsiView view(image);
      if (Question(view, nullptr, memory).Sum() != oracle::SumOf(map)) std::abort();
      oracle::Pieces pieces(image);
      if (TotalOf(&pieces).sum != oracle::SumOf(map)) std::abort();
      if (!map.empty() && ValueOf(view, map.begin()->first) != map.begin()->second) std::abort();
    }
  } catch (const Error&) {
    if (is_taken) std::abort();
  }
  try {
    Ask(image, size < 40 ? 0 : static_cast<std::int64_t>(data[33]));
  } catch (const Error& error) {
    if (is_taken && error.code() != ErrorCode::kOutOfRange) std::abort();
  }
  try {
    const PackedView packed(image);
    packed.Count();
    for (std::uint64_t place = 0; place <= packed.places(); ++place) packed.At(place);
  } catch (const Error&) {
  }
  try {
    BuildFormRows(image, memory);
  } catch (const Error&) {
  }
  try {
    ParseRows({reinterpret_cast<const char*>(data), size}, memory);
  } catch (const Error&) {
  }
  return 0;
}
