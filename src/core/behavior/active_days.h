/// The days on which somebody did something, collected from events.
#pragma once

#include <algorithm>
#include <bit>
#include <memory_resource>
#include <vector>

#include "core/behavior/timeline_retention.h"

namespace cdp::behavior {

/// A day on which somebody did something.
struct ActiveDay {
  std::int64_t day;
  std::int64_t unit;
  std::uint64_t did;
};
using ActiveDays = std::pmr::vector<ActiveDay>;

class DayList {
 public:
  DayList(CalendarUnit unit, ActiveDays* days) : unit_(unit), days_(days) {}

  void Add(std::int64_t day, std::uint64_t did) {
    if (!days_->empty() && days_->back().day == day) {
      days_->back().did |= did;
      return;
    }
    ascending_ &= days_->empty() || days_->back().day < day;
    days_->push_back({day, UnitOf(unit_, day), did});
  }

  void Expect(std::size_t days) { days_->reserve(days); }

  /// Adds to the day that was added to before.
  void AddToLast(std::uint64_t did) { days_->back().did |= did; }

  /// Each day once, in order: where clocks go back over midnight they come out of it.
  void Finish() {
    if (ascending_) return;
    std::ranges::sort(*days_, {}, &ActiveDay::day);
    std::size_t kept = 0;
    for (const ActiveDay& day : *days_) {
      if (kept > 0 && (*days_)[kept - 1].day == day.day) {
        (*days_)[kept - 1].did |= day.did;
      } else {
        (*days_)[kept++] = day;
      }
    }
    days_->resize(kept);
  }

 private:
  CalendarUnit unit_;
  ActiveDays* days_;
  bool ascending_ = true;
};

/// What somebody did on days that follow each other, as bits: no event needs to know what day the
/// one before had.
template <std::size_t kWords>
struct DayBits {
  static_assert(kStarts == 1 && kReturns == 2);

  void Add(std::uint64_t day, std::uint64_t does) {
    const std::size_t word = day / 64 % kWords;
    starts[word] |= (does & kStarts) << (day % 64);
    returns[word] |= (does >> 1) << (day % 64);
  }

  void List(DayList* list) const {
    std::size_t days = 0;
    for (std::size_t word = 0; word < kWords; ++word) {
      days += static_cast<std::size_t>(std::popcount(starts[word] | returns[word]));
    }
    list->Expect(days);
    for (std::size_t word = 0; word < kWords; ++word) {
      for (std::uint64_t bits = starts[word] | returns[word]; bits != 0; bits &= bits - 1) {
        const int bit = std::countr_zero(bits);
        list->Add(first + static_cast<std::int64_t>(word * 64) + bit,
                  (starts[word] >> bit & 1) | (returns[word] >> bit & 1) << 1);
      }
    }
  }

  std::int64_t first = 0;  ///< the day of the first bit
  std::uint64_t starts[kWords] = {};
  std::uint64_t returns[kWords] = {};
};

}  // namespace cdp::behavior
