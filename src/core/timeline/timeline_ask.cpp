#include "core/timeline/timeline_ask.h"

#include <algorithm>
#include <bit>

#include "core/base/stop.h"

namespace cdp::timeline {
namespace {

/// The instant of one event.
Micros InstantAt(const View& view, std::size_t index) {
  TimeReader times(view);
  StopTicker ticker;
  Micros at[TimeReader::kRoom];
  for (std::size_t from = 0; const std::size_t n = times.Next(at); from += n) {
    if (index < from + n) return at[index - from];
    ticker.Step(static_cast<std::uint32_t>(n));
  }
  throw Error(ErrorCode::kInternal, "timeline has no such event");
}

}  // namespace

std::size_t CountOf(const View& view, const CodeSet* codes, const Period& period) {
  if (MeetsNone(view, codes)) return 0;
  if (!period.HoldsAll(view)) {
    std::size_t count = 0;
    ForEachOf(view, codes, period, [&count](Micros, std::int32_t, std::size_t) { ++count; });
    return count;
  }
  if (codes == nullptr) return view.count();
  return WithCodes(view, [&](auto column) {
    std::size_t count = 0;
    if constexpr (column.kWidth == 1) {
      CodeMarks::Words words;
      for (std::size_t from = 0; from < view.count(); from += CodeMarks::kBlock) {
        const std::size_t n = std::min(view.count() - from, CodeMarks::kBlock);
        codes->marks().Mark(column.at + from, n, view.end(), words);
        for (std::size_t i = 0; i < n; i += 64) {
          count += static_cast<std::size_t>(std::popcount(words[i / 64]));
        }
      }
    } else {
      for (std::size_t i = 0; i < view.count(); ++i) count += codes->Has(column[i]) ? 1 : 0;
    }
    return count;
  });
}

std::optional<std::size_t> FirstIndexOf(const View& view, const CodeSet* codes) {
  if (MeetsNone(view, codes)) return std::nullopt;
  if (codes == nullptr) return 0;
  const std::size_t found = WithCodes(view, [&](auto column) {
    std::size_t index = 0;
    while (index < view.count() && !codes->Has(column[index])) ++index;
    return index;
  });
  if (found == view.count()) return std::nullopt;
  return found;
}

std::optional<Micros> FirstOf(const View& view, const CodeSet* codes) {
  const auto found = FirstIndexOf(view, codes);
  if (!found) return std::nullopt;
  return InstantAt(view, *found);
}

std::optional<Micros> LastOf(const View& view, const CodeSet* codes) {
  if (MeetsNone(view, codes)) return std::nullopt;
  if (codes == nullptr) return view.last();
  const std::size_t found = WithCodes(view, [&](auto column) {
    std::size_t index = view.count();
    while (index > 0 && !codes->Has(column[index - 1])) --index;
    return index;
  });
  if (found == 0) return std::nullopt;
  if (found == view.count()) return view.last();
  return InstantAt(view, found - 1);
}

std::optional<std::int64_t> SumOf(const View& view, const CodeSet* codes, const Period& period) {
  if (MeetsNone(view, codes) || !view.has_values()) return std::nullopt;
  const bool all_times = period.HoldsAll(view);
  return WithCodes(view, [&](auto column) -> std::optional<std::int64_t> {
    TimeReader times(view);
    ValueReader values(view);
    StopTicker ticker;
    Micros at[TimeReader::kRoom];
    ValueBlock block;
    bool any = false;
    __int128 sum = 0;
    for (std::size_t index = 0; index < view.count();) {
      const std::size_t n = std::min(TimeReader::kBlock, view.count() - index);
      if (!all_times) times.Next(at);
      values.Next(n, &block);
      for (std::size_t i = 0; i < n; ++i) {
        if (!block.Has(i) || (codes != nullptr && !codes->Has(column[index + i]))) continue;
        if (!all_times && !period.Holds(at[i])) continue;
        sum += block.value[i];
        any = true;
      }
      index += n;
      ticker.Step(static_cast<std::uint32_t>(n));
    }
    if (!any) return std::nullopt;
    if (sum != static_cast<std::int64_t>(sum)) {
      throw Error(ErrorCode::kOutOfRange, "sum of values is out of range of type bigint");
    }
    return static_cast<std::int64_t>(sum);
  });
}

std::size_t DaysOf(const View& view, const CodeSet* codes, Zone* zone, const Period& period) {
  std::size_t days = 0;
  // Where clocks go back over midnight a date can come again: the two last ones are remembered.
  std::int64_t last = INT64_MIN;
  std::int64_t before = INT64_MIN;
  DayWalk walk(zone);
  ForEachOf(view, codes, period, [&](Micros at, std::int32_t, std::size_t) {
    const std::int64_t day = walk.DayOf(at);
    if (day == last || day == before) return;
    ++days;
    if (day > last) {
      before = last;
      last = day;
    } else {
      before = day;
    }
  });
  return days;
}

std::size_t HoursOf(const View& view, const CodeSet* codes, Zone* zone, const Period& period) {
  std::size_t hours = 0;
  Micros last = INT64_MIN;
  ForEachOf(view, codes, period, [&](Micros at, std::int32_t, std::size_t) {
    const Micros hour = zone->HourOf(at);
    if (hour != last) ++hours;
    last = hour;
  });
  return hours;
}

std::pmr::vector<std::int32_t> CodesOf(const View& view, std::pmr::memory_resource* memory) {
  std::pmr::vector<std::int32_t> codes(memory);
  WithCodes(view, [&](auto column) {
    // Most codes are small, and those come out in order by themselves.
    constexpr std::int32_t kSmall = 256;
    bool small[kSmall] = {};
    StopTicker ticker;
    std::size_t compact_at = 1024;
    const auto compact = [&codes] {
      std::sort(codes.begin(), codes.end());
      codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    };
    for (std::size_t i = 0; i < view.count(); ++i) {
      const std::int32_t code = column[i];
      if (code >= 0 && code < kSmall) {
        small[code] = true;
      } else {
        codes.push_back(code);
        if (codes.size() >= compact_at) {
          compact();
          compact_at = std::max(compact_at, 2 * codes.size());
        }
      }
      ticker.Step();
    }
    compact();
    std::size_t seen = 0;
    for (std::int32_t code = 0; code < kSmall; ++code) {
      if (small[code]) codes.insert(codes.begin() + static_cast<std::ptrdiff_t>(seen++), code);
    }
  });
  return codes;
}

}  // namespace cdp::timeline
