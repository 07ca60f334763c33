/// Copies of what may be hundreds of megabytes, which hear that somebody wants them to end.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

#include "core/base/stop.h"

namespace cdp {

/// Bytes go so many at a time between two polls: fresh memory, too, is written to in a millisecond.
inline constexpr std::size_t kCopiedAtOnce = std::size_t{1} << 20;

/// memcpy.
inline void CopyBytes(std::byte* to, const std::byte* from, std::size_t size) {
  for (; size > kCopiedAtOnce; size -= kCopiedAtOnce) {
    std::memcpy(to, from, kCopiedAtOnce);
    to += kCopiedAtOnce;
    from += kCopiedAtOnce;
    CheckStop();
  }
  if (size != 0) std::memcpy(to, from, size);
}

/// memmove; cut short, it leaves bytes that are of no use.
inline void MoveBytes(std::byte* to, const std::byte* from, std::size_t size) {
  if (to < from) {
    for (; size > kCopiedAtOnce; size -= kCopiedAtOnce) {
      std::memmove(to, from, kCopiedAtOnce);
      to += kCopiedAtOnce;
      from += kCopiedAtOnce;
      CheckStop();
    }
  } else {
    while (size > kCopiedAtOnce) {
      size -= kCopiedAtOnce;
      std::memmove(to + size, from + size, kCopiedAtOnce);
      CheckStop();
    }
  }
  if (size != 0) std::memmove(to, from, size);
}

/// memcpy of records, whose type may have constructors of its own.
template <class Record>
void CopyRecords(Record* to, std::span<const Record> from) {
  static_assert(std::is_trivially_copyable_v<Record>);
  CopyBytes(reinterpret_cast<std::byte*>(to), reinterpret_cast<const std::byte*>(from.data()),
            from.size_bytes());
}

}  // namespace cdp
