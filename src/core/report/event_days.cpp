#include "core/report/event_days.h"

#include "core/timeline/timeline_reader.h"
#include "core/timeline/timeline_walk.h"

namespace cdp::report {
namespace {

using timeline::RowReader;
using timeline::ValuedEvent;

/// Bit of ValuedEvent::present under which a note says how many times; without it is one.
constexpr std::uint32_t kTimes = 2;

std::int64_t KindOf(std::int32_t value, std::int32_t code) {
  return static_cast<std::int64_t>(std::uint64_t{static_cast<std::uint32_t>(value)} << 32 |
                                   static_cast<std::uint32_t>(code));
}

std::uint32_t PersonOf(const ValuedEvent& note) { return static_cast<std::uint32_t>(note.value); }

}  // namespace

void NoteDays(const timeline::View& view, std::uint32_t person, std::int32_t times, int property,
              const DayRange& range, Zone* zone, timeline::UserRows* notes) {
  timeline::PropertyColumn column;
  if (property != 0) column = timeline::PropertyColumn(view, property);
  DayWalk days(zone);
  ValuedEvent note{};
  note.value = person;
  note.present = 1;
  if (times != 1) {
    note.properties[0] = times;
    note.present |= kTimes;
  }
  timeline::ForEachOf(view, nullptr, [&](Micros at, std::int32_t code, std::size_t index) {
    note.at = days.DayOf(at);
    if (!range.Holds(note.at)) return;
    notes->Add(KindOf(column.empty() ? 0 : column.At(index).value_or(0), code), note);
  });
}

bool DayRows::Next(DayRow* row) {
  for (;;) {
    while (!notes_.empty()) {
      const Micros day = notes_.front().at;
      const std::uint32_t chunk = PersonOf(notes_.front()) >> kChunkBits;
      TakePeople(day, chunk);
      if (people_.empty()) continue;
      if (day != static_cast<std::int32_t>(day)) RowReader::Corrupt("A day is out of range.");
      *row = {static_cast<std::int32_t>(kind_ >> 32), static_cast<std::int32_t>(kind_),
              static_cast<std::int32_t>(day), chunk, people_};
      return true;
    }
    if (!kinds_.Next(&kind_, &notes_)) return false;
    SortPolled(notes_, memory_);
  }
}

void DayRows::TakePeople(Micros day, std::uint32_t chunk) {
  people_.clear();
  StopTicker ticker;
  std::size_t taken = 0;
  while (taken < notes_.size() && notes_[taken].at == day &&
         PersonOf(notes_[taken]) >> kChunkBits == chunk) {
    const std::uint32_t person = PersonOf(notes_[taken]);
    // Notes are in order of people; what else may have come in their place need not be.
    if (!people_.empty() && people_.back().id >= person)
      RowReader::Corrupt("Persons are out of order.");
    std::int64_t times = 0;
    for (; taken < notes_.size() && notes_[taken].at == day && PersonOf(notes_[taken]) == person;
         ++taken) {
      times += (notes_[taken].present & kTimes) != 0 ? notes_[taken].properties[0] : 1;
      ticker.Step();
    }
    if (times != 0) people_.push_back({person, times});
  }
  notes_ = notes_.subspan(taken);
}

}  // namespace cdp::report
