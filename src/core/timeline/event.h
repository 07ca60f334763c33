/// One event, as it waits in states and between the steps of an algorithm.
///
/// Events have a total order, in which the order of rows has no part: by instant, then code, then
/// value, then properties from the first to the last, what is absent (NULL) behind what is there.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/timeline/stamped.h"

namespace cdp::timeline {

/// An instant and the code of what happened, zero or greater.
using Event = Stamped<std::int32_t>;

inline constexpr int kMaxProperties = 4;

/// An event with a value and properties, any of them absent. Packed to four, as Stamped is. What
/// is absent is zero, so that equal events are equal bytes.
template <int kProperties>
struct [[gnu::packed, gnu::aligned(4)]] WideEvent {
  static_assert(kProperties >= 1 && kProperties <= kMaxProperties);

  Micros at;
  std::int32_t code;
  std::uint32_t present;  ///< bit 0: the value; bit i: property i, counted from 1
  std::int64_t value;
  std::int32_t properties[kProperties];

  bool has_value() const { return (present & 1) != 0; }
  /// `which` counts from 1, up to any number.
  bool has_property(int which) const { return (present >> which & 1) != 0; }

  friend bool operator<(const WideEvent& a, const WideEvent& b) {
    if (a.at != b.at) return a.at < b.at;
    if (a.code != b.code) return a.code < b.code;
    if (a.has_value() != b.has_value()) return a.has_value();
    if (a.value != b.value) return a.value < b.value;
    for (int i = 0; i < kProperties; ++i) {
      if (a.has_property(i + 1) != b.has_property(i + 1)) return a.has_property(i + 1);
      if (a.properties[i] != b.properties[i]) return a.properties[i] < b.properties[i];
    }
    return false;
  }
  friend bool operator==(const WideEvent& a, const WideEvent& b) {
    return std::memcmp(static_cast<const void*>(&a), static_cast<const void*>(&b), sizeof(a)) == 0;
  }
};

/// A value and the first property: what most events with a value have.
using ValuedEvent = WideEvent<1>;
/// Everything an event can have.
using FullEvent = WideEvent<kMaxProperties>;
static_assert(sizeof(Event) == 12 && sizeof(ValuedEvent) == 28 && sizeof(FullEvent) == 40);

/// How many properties a kind of event has room for, -1 for one without a value.
template <class Record>
inline constexpr int kRoom = -1;
template <int kProperties>
inline constexpr int kRoom<WideEvent<kProperties>> = kProperties;

inline std::int32_t CodeOf(const Event& event) { return event.value; }
template <int kProperties>
std::int32_t CodeOf(const WideEvent<kProperties>& event) {
  return event.code;
}

/// An event as another kind; what that kind has no room for is left out.
template <class To, class From>
To ConvertEvent(const From& from) {
  if constexpr (kRoom<To> == kRoom<From>) {
    return from;
  } else if constexpr (kRoom<To> < 0) {
    return {from.at, CodeOf(from)};
  } else {
    To to{};
    to.at = from.at;
    to.code = CodeOf(from);
    if constexpr (kRoom < From >> 0) {
      constexpr int kShared = kRoom<To> < kRoom<From> ? kRoom<To> : kRoom<From>;
      to.present = from.present & ((2u << kShared) - 1);
      to.value = from.value;
      for (int i = 0; i < kShared; ++i) to.properties[i] = from.properties[i];
    }
    return to;
  }
}

}  // namespace cdp::timeline
