/// What a funnel over timelines may ask beyond steps, a window and a mode.
#pragma once

#include <algorithm>
#include <bit>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/zone.h"
#include "core/behavior/calendar.h"
#include "core/behavior/funnel_mode.h"
#include "core/behavior/funnel_steps.h"

namespace cdp::behavior {

/// Which first steps begin a chain. An attempt is what one first step begins; it is over once it is
/// complete, the mode has ended it, or no later event could take it further: the window has passed,
/// step windows have, or exclusions have ended what was reached.
enum class FunnelEntry : std::uint8_t {
  kLatest,  ///< any: the chain that leads deepest counts, wherever it begins
  kFirst,   ///< the very first one: one attempt, and no other
  kEvery,   ///< attempts follow each other: the next begins with the first first step after the end
            ///< of the one before
};

/// "latest", "first" or "every"; throws kInvalidArgument for any other word.
FunnelEntry ParseFunnelEntry(std::string_view word);

/// How long a chain may go on: some time from its first step, or to the end of a day, week or month
/// of the calendar.
class FunnelWindow {
 public:
  /// So many microseconds, the last of them inside.
  explicit FunnelWindow(std::uint64_t micros) : micros_(micros) {}

  /// So many units, that of the first step being one of them. Throws kInvalidArgument for none.
  FunnelWindow(CalendarUnit unit, std::int64_t units, Zone zone);

  bool is_calendar() const { return units_ != 0; }
  std::uint64_t micros() const { return micros_; }

  /// The last instant inside the window of a chain that begins at `start`; a later start never has
  /// an earlier one.
  Micros LastInstant(Micros start);

 private:
  Micros StartOf(std::int64_t unit_number);

  std::uint64_t micros_ = 0;
  CalendarUnit unit_ = CalendarUnit::kDay;
  std::int64_t units_ = 0;
  Zone zone_;
  // The unit met last: from <= start < to.
  Micros from_ = 0;
  Micros to_ = 0;
  Micros last_ = 0;
};

inline constexpr std::uint64_t kNoStepWindow = UINT64_MAX;

struct FunnelRules {
  int steps;
  FunnelWindow window;
  FunnelMode mode = {};
  FunnelEntry entry = FunnelEntry::kLatest;
  std::span<const Exclusion> exclusions = {};  ///< met by events that fill bit `steps` + i
  /// From each step to the next, in microseconds; empty: none is limited.
  std::span<const std::uint64_t> step_windows = {};

  std::uint64_t StepWindow(int step) const {
    return step_windows.empty() ? kNoStepWindow : step_windows[static_cast<std::size_t>(step - 1)];
  }

  /// The exclusions among the bits that an event or an instant fills.
  std::uint64_t Met(std::uint64_t fills) const { return steps == 64 ? 0 : fills >> steps; }

  /// A chain of `level` steps that has gone through one of these exclusions at one instant goes on
  /// later only if it had fewer steps before that instant than this.
  int GoesOnFrom(std::uint64_t met, int level) const {
    int fewer = kMaxSteps + 1;
    for (; met != 0; met &= met - 1) {
      const Exclusion& exclusion = exclusions[static_cast<std::size_t>(std::countr_zero(met))];
      if (exclusion.from <= level && level < exclusion.to) {
        fewer = std::min(fewer, exclusion.from);
      }
    }
    return fewer;
  }
};

}  // namespace cdp::behavior
