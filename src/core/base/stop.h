/// How a long loop of the core hears that somebody wants it to end.
#pragma once

#include <cstdint>

namespace cdp {

/// Called by CheckStop; throws when the work must end. The glue installs a function that polls the
/// server's interrupts; without one (unit tests) nothing ever stops.
using StopHook = void (*)();
inline StopHook stop_hook = nullptr;

inline void CheckStop() {
  if (stop_hook != nullptr) stop_hook();
}

/// Counts steps of a loop and polls once in 2^16 of units, so that a step stays as cheap as an
/// addition. A step's weight is about the number of elements it touches.
class StopTicker {
 public:
  void Step(std::uint32_t weight = 1) {
    count_ += weight;
    if (count_ >= kPollEvery) [[unlikely]] {
      count_ = 0;
      CheckStop();
    }
  }

 private:
  static constexpr std::uint32_t kPollEvery = 1u << 16;
  std::uint32_t count_ = 0;
};

}  // namespace cdp
