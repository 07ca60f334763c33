#include "core/bitmap/build_state.h"

#include <cstring>

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

bool IsBuildState64(Bytes bytes) {
  return bytes.size() >= sizeof(kBuildCookie64) &&
         LoadAt<std::uint64_t>(bytes.data()) == kBuildCookie64;
}

std::pmr::vector<std::uint64_t> BuildStateValues64(Bytes bytes, std::pmr::memory_resource* memory) {
  if (bytes.size() < kBuildHeaderBytes64) MalformedBitmap();
  const std::size_t count = LoadAt<std::uint32_t>(bytes.data() + sizeof(kBuildCookie64));
  if (count > (bytes.size() - kBuildHeaderBytes64) / sizeof(std::uint64_t)) MalformedBitmap();
  std::pmr::vector<std::uint64_t> values(count, memory);
  if (count != 0) {
    std::memcpy(values.data(), bytes.data() + kBuildHeaderBytes64, count * sizeof(std::uint64_t));
  }
  return values;
}

}  // namespace cdp::bitmap
