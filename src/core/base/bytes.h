/// Reading bytes nobody vouches for, and writing the formats of docs/formats.md.
///
/// All numbers are little-endian. Variable-length integers are LEB128: seven bits a byte, lowest
/// first, at most ten bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>

#include "core/base/error.h"

namespace cdp {

static_assert(std::endian::native == std::endian::little,
              "the formats are little-endian and are read in place");

/// A cursor over foreign bytes: every read is checked against what is left and throws kCorruptData
/// ("<what> is truncated") instead of passing the end.
class ByteReader {
 public:
  /// `what` names the value in messages, e.g. "timeline"; it must outlive the reader.
  ByteReader(std::span<const std::byte> bytes, const char* what)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()), what_(what) {}

  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  bool done() const { return at_ == end_; }
  const std::byte* position() const { return at_; }

  template <class T>
  T Read() {
    static_assert(std::is_trivially_copyable_v<T>);
    Need(sizeof(T));
    T value;
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }

  std::span<const std::byte> ReadSpan(std::size_t size) {
    Need(size);
    const std::span<const std::byte> span(at_, size);
    at_ += size;
    return span;
  }

  /// A count of elements of at least `element_bytes` each, measured against what is left, so that
  /// no allocation follows a lie.
  template <class T = std::uint32_t>
  std::size_t ReadCount(std::size_t element_bytes) {
    const auto count = static_cast<std::size_t>(Read<T>());
    if (count > left() / element_bytes) Truncated();
    return count;
  }

  std::uint64_t ReadVarint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(Read<std::byte>());
      if (shift == 63 && byte > 1) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw Error(ErrorCode::kCorruptData, std::string(what_) + " has an overlong integer");
  }

  [[noreturn]] void Corrupt(const char* why) const {
    throw Error(ErrorCode::kCorruptData, std::string(what_) + " is corrupt", std::string(why));
  }

 private:
  void Need(std::size_t size) const {
    if (size > left()) Truncated();
  }
  [[noreturn]] void Truncated() const {
    throw Error(ErrorCode::kCorruptData, std::string(what_) + " is truncated");
  }

  const std::byte* at_;
  const std::byte* end_;
  const char* what_;
};

/// Bytes of `value` as LEB128.
constexpr std::size_t VarintBytes(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
}

/// Writes LEB128 at `at` and returns the end; the caller has made room for VarintBytes(value).
inline std::byte* WriteVarint(std::byte* at, std::uint64_t value) {
  while (value >= 0x80) {
    *at++ = static_cast<std::byte>((value & 0x7f) | 0x80);
    value >>= 7;
  }
  *at++ = static_cast<std::byte>(value);
  return at;
}

/// Writes the bytes of a number at `at` and returns the end.
template <class T>
std::byte* WriteRaw(std::byte* at, T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::memcpy(at, &value, sizeof(T));
  return at + sizeof(T);
}

}  // namespace cdp
