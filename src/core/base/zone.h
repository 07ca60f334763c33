/// Wall clocks: what day and hour an instant is in a time zone, daylight saving days included.
///
/// The core knows no time zone database. Whoever has one hands over a function that finds the
/// stretch of time with one UTC offset in which an instant lies; pg/base/zone.h has the server's.
/// A Zone remembers stretches, so that a walk over events asks it once a year or twice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace cdp {

inline constexpr std::int64_t kMicrosPerHour = 3'600'000'000;
inline constexpr std::int64_t kMicrosPerDay = 24 * kMicrosPerHour;

/// The instants from <= at < to, in which wall clocks are `offset` microseconds ahead of UTC.
struct ZoneStretch {
  Micros from;
  Micros to;
  std::int64_t offset;
};

/// The stretch around an instant, or a part of it that contains the instant and reaches to the
/// stretch's end. Neither throws nor jumps.
using FindStretch = ZoneStretch (*)(const void* zone, Micros at);

/// A number divided and rounded down.
constexpr std::int64_t FloorDivide(std::int64_t number, std::int64_t divisor) {
  const std::int64_t quotient = number / divisor;
  return number % divisor < 0 ? quotient - 1 : quotient;
}

/// Owns no memory: may be copied, and may live wherever bytes live. Not shared between threads.
class Zone {
 public:
  /// UTC.
  Zone() = default;
  /// `zone` is passed to `find`.
  Zone(FindStretch find, const void* zone) : find_(find), zone_(zone), now_{0, 0, 0} {}

  /// How far wall clocks are ahead of UTC.
  std::int64_t OffsetAt(Micros at) { return StretchAt(at).offset; }

  /// What wall clocks show, as the instant at which those of UTC show the same.
  Micros LocalAt(Micros at) { return at + OffsetAt(at); }

  /// The instant at which wall clocks show this: the inverse of LocalAt, as AT TIME ZONE has it.
  /// What clocks skip is taken as if they had not yet been put forward; what they show twice means
  /// the second time.
  Micros InstantOf(Micros local);

  /// The date, in days since 2000-01-01 (as PostgreSQL's type date counts them).
  std::int64_t DayOf(Micros at) { return FloorDivide(LocalAt(at), kMicrosPerDay); }

  /// The instant at which the hour began, by the wall clock: what date_trunc('hour', at, zone)
  /// gives. The two hours that have the same name when clocks go back begin at two instants.
  Micros HourOf(Micros at) {
    const std::int64_t offset = OffsetAt(at);
    return FloorDivide(at + offset, kMicrosPerHour) * kMicrosPerHour - offset;
  }

  /// The first instant of a date: midnight, or where clocks skip midnight the instant at which they
  /// do. Of a date that clocks skip as a whole, the beginning of the next. Where they go back over
  /// midnight, the midnight after which they do no more.
  Micros StartOfDay(std::int64_t day);

  /// The stretch of which `at` is a part. What comes before `at` may be missing from it.
  const ZoneStretch& StretchAt(Micros at) {
    if (at < now_.from || at >= now_.to) [[unlikely]]
      Move(at);
    return now_;
  }

 private:
  void Move(Micros at);

  static constexpr std::size_t kKnown = 16;

  FindStretch find_ = nullptr;
  const void* zone_ = nullptr;
  ZoneStretch now_ = {INT64_MIN, INT64_MAX, 0};
  std::array<ZoneStretch, kKnown> known_ = {};
  std::size_t next_ = 0;
};

/// The dates of instants that come in ascending order: most are that of the one before, which costs
/// a comparison. Where clocks go back over midnight a date comes again after the next one.
class DayWalk {
 public:
  /// `zone` must outlive the walk.
  explicit DayWalk(Zone* zone) : zone_(zone) {}

  std::int64_t DayOf(Micros at) {
    if (!Stays(at)) [[unlikely]]
      MoveTo(at);
    return day_;
  }

  /// True when the date is for sure that of the instant before.
  bool Stays(Micros at) const { return at < until_; }

 private:
  void MoveTo(Micros at);

  Zone* zone_;
  std::int64_t day_ = 0;
  Micros until_ = INT64_MIN;  ///< so long it is that date for sure
};

}  // namespace cdp
