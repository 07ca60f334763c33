#include "core/bitmap/build_state.h"

namespace cdp::bitmap {

bool IsBuildState(Bytes bytes) {
  return bytes.size() >= 4 && LoadAt<std::uint32_t>(bytes.data()) == kBuildCookie;
}

std::pmr::vector<std::uint32_t> BuildStateValues(Bytes bytes, std::pmr::memory_resource* memory) {
  if (bytes.size() < kBuildHeaderBytes) MalformedBitmap();
  const std::size_t count = LoadAt<std::uint32_t>(bytes.data() + 4);
  if (count > (bytes.size() - kBuildHeaderBytes) / sizeof(std::uint32_t)) MalformedBitmap();
  std::pmr::vector<std::uint32_t> values(count, memory);
  if (count != 0) {
    std::memcpy(values.data(), bytes.data() + kBuildHeaderBytes, count * sizeof(std::uint32_t));
  }
  return values;
}

}  // namespace cdp::bitmap
