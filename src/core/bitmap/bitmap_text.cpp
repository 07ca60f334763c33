#include "core/bitmap/bitmap_text.h"

#include <charconv>

#include "core/base/stop.h"
#include "core/bitmap/array_text.h"

namespace cdp::bitmap {
namespace {

constexpr std::size_t kMaxValueText = 11;  // -2147483648

}  // namespace

std::pmr::vector<std::uint32_t> ParseArrayText(std::string_view text,
                                               std::pmr::memory_resource* memory) {
  std::pmr::vector<std::uint32_t> values(memory);
  ArrayParser<std::int32_t>(text).Parse(&values);
  return values;
}

std::size_t MaxArrayText(const BitmapView& view) {
  std::size_t size = 2;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    // The longest value of a container is the one furthest from zero.
    const std::uint32_t high = view.Key(i) << 16;
    const bool negative = (high >> 31) != 0;
    char digits[kMaxValueText];
    const auto furthest = static_cast<std::int32_t>(negative ? high : high | 0xffff);
    const auto end = std::to_chars(digits, digits + kMaxValueText, furthest).ptr;
    size += std::size_t{view.ContainerCardinality(i)} * static_cast<std::size_t>(end - digits + 1);
  }
  return size;
}

char* WriteArrayText(const BitmapView& view, char* out) {
  StopTicker ticker;
  std::uint32_t values[kMaxContainers];
  *out++ = '{';
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    const Container container = view.At(i);
    const std::uint32_t* end = container.Decode(values);
    for (const std::uint32_t* value = values; value != end; ++value) {
      out = std::to_chars(out, out + kMaxValueText, static_cast<std::int32_t>(*value)).ptr;
      *out++ = ',';
    }
    ticker.Step(container.cardinality);
  }
  // The last comma makes place for the end; there is none in an empty set.
  if (view.empty()) ++out;
  out[-1] = '}';
  return out;
}

}  // namespace cdp::bitmap
