/// The portable Roaring format: numbers of its layout, and raw access to bytes at any alignment.
///
/// docs/formats.md describes the layout. Everything in it is little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "core/base/error.h"

namespace cdp::bitmap {

using Bytes = std::span<const std::byte>;

/// First four bytes when there is no run container; the number of containers follows.
inline constexpr std::uint32_t kCookieWithoutRuns = 12346;
/// Low half of the first four bytes otherwise; the high half is the number of containers less one.
inline constexpr std::uint32_t kCookieWithRuns = 12347;
/// Values with run containers carry a table of offsets from this many containers on.
inline constexpr std::uint32_t kOffsetsWithRunsFrom = 4;

/// An empty bitmap of either type is so long, and no other is so short.
inline constexpr std::size_t kEmptyBytes = 8;

inline constexpr std::uint32_t kMaxContainers = 65536;
inline constexpr std::uint32_t kMaxArrayValues = 4096;
inline constexpr std::size_t kBitsetBytes = 8192;
inline constexpr std::size_t kBitsetWords = kBitsetBytes / sizeof(std::uint64_t);

template <class T>
T LoadAt(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

template <class T>
void StoreAt(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof(T));
}

/// Raises the field's error for bytes that are no bitmap. Its SQLSTATEs are the ones applications
/// know: 22004 when the bytes do not parse, 22P02 when they parse and contradict themselves.
[[noreturn]] inline void MalformedBitmap() {
  throw Error(ErrorCode::kNullNotAllowed, "bitmap format is error");
}
[[noreturn]] inline void InvalidBitmap(const char* reason) {
  throw Error(ErrorCode::kInvalidText, std::string("bitmap format is error: ") + reason);
}

}  // namespace cdp::bitmap
