#include "core/timeline/timeline_page_writer.h"

#include <bit>
#include <cstring>

#include "core/timeline/timeline_join.h"

namespace cdp::timeline {
namespace {

[[noreturn]] void Refuse(const char* why) {
  throw Error(ErrorCode::kCorruptData, "timeline page is corrupt", why);
}

/// Bytes that a number takes, none for zero.
std::uint8_t WidthOf(std::uint64_t number) {
  return static_cast<std::uint8_t>((std::bit_width(number) + 7) / 8);
}

std::size_t StrideOf(const PageHeader& header) {
  std::size_t stride = 2;
  for (const std::uint8_t width : header.widths) stride += width;
  return stride;
}

/// The header and the entries; returns their end.
std::byte* WriteDirectory(const PageHeader& header, std::span<const PagePerson> people,
                          std::byte* out) {
  out = WriteRaw(out, header);
  const std::uint64_t tick = kTicks[header.tick];
  std::uint64_t end = 0;
  StopTicker ticker;
  for (const PagePerson& person : people) {
    end += person.body.size();
    const std::uint64_t numbers[kPageFields] = {
        person.person - header.first_person,
        end,
        person.header.count,
        Elapsed(header.first, person.header.first) / tick,
        Elapsed(person.header.first, person.header.last) / tick,
        person.header.code_bits,
    };
    for (int field = 0; field < kPageFields; ++field) {
      std::memcpy(out, &numbers[field], header.widths[field]);
      out += header.widths[field];
    }
    *out++ = static_cast<std::byte>(person.header.flags);
    *out++ = static_cast<std::byte>(person.header.shape);
    ticker.Step();
  }
  return out;
}

View ViewOf(const PagePerson& person) {
  return {person.header, person.body, person.body.data() + person.body.size()};
}

template <class Record>
PagePerson Rewritten(std::uint32_t person, std::span<Record> events,
                     std::pmr::memory_resource* memory) {
  return PersonOf(person, ImageOf<Record>(events, memory, memory));
}

}  // namespace

PagePerson Unite(std::span<const PagePerson> parts, std::pmr::memory_resource* memory) {
  std::pmr::vector<View> views(memory);
  views.reserve(parts.size());
  RecordKind kind = RecordKind::kEvent;
  std::size_t count = 0;
  for (const PagePerson& part : parts) {
    const View& view = views.emplace_back(ViewOf(part));
    kind = std::max(kind, KindOf(view));
    count += view.count();
  }
  if (FollowEachOther(views)) return PersonOf(parts[0].person, JoinedImage(views, memory));
  return WithRecord(kind, [&]<class Record>() {
    const Room<Record> events(count, memory);
    Record* out = events.data();
    for (const View& view : views) {
      CopyEvents(view, out);
      out += view.count();
    }
    return Rewritten<Record>(parts[0].person, events.records(), memory);
  });
}

void PageMeasure::Add(const PagePerson& person) {
  const ImageHeader& header = person.header;
  const std::uint64_t span = Elapsed(header.first, header.last);
  if (people_++ == 0) {
    first_person_ = person.person;
    first_ = last_first_ = header.first;
  }
  const std::uint64_t apart =
      first_ <= header.first ? Elapsed(first_, header.first) : Elapsed(header.first, first_);
  milliseconds_ = milliseconds_ && span % kTicks[1] == 0 && apart % kTicks[1] == 0;
  seconds_ = seconds_ && milliseconds_ && span % kTicks[2] == 0 && apart % kTicks[2] == 0;
  last_person_ = person.person;
  body_bytes_ += person.body.size();
  most_events_ = std::max(most_events_, header.count);
  first_ = std::min(first_, header.first);
  last_first_ = std::max(last_first_, header.first);
  longest_ = std::max(longest_, span);
  code_bits_ |= header.code_bits;
}

PageHeader PageMeasure::header() const {
  PageHeader header{};
  header.version = kPageVersion;
  header.people = people_;
  if (people_ == 0) return header;
  header.tick = !milliseconds_ ? 0 : !seconds_ ? 1 : 2;
  header.first_person = first_person_;
  header.first = first_;
  const std::uint64_t tick = kTicks[header.tick];
  header.widths[kPersonField] = WidthOf(last_person_ - first_person_);
  header.widths[kEndField] = WidthOf(body_bytes_);
  header.widths[kEventsField] = WidthOf(most_events_);
  header.widths[kFirstField] = WidthOf(Elapsed(first_, last_first_) / tick);
  header.widths[kSpanField] = WidthOf(longest_ / tick);
  header.widths[kCodeBitsField] = WidthOf(code_bits_);
  return header;
}

std::size_t PageMeasure::size() const {
  return sizeof(PageHeader) + people_ * StrideOf(header()) + body_bytes_;
}

void WritePage(const PageMeasure& measure, std::span<const PagePerson> people, std::byte* out) {
  out = WriteDirectory(measure.header(), people, out);
  StopTicker ticker;
  for (const PagePerson& person : people) {
    CopyBytes(out, person.body.data(), person.body.size());
    out += person.body.size();
    ticker.Step(person.header.count);
  }
}

void SortParts(PagePeople* people) {
  const auto before = [](const PagePerson& a, const PagePerson& b) {
    return a.person < b.person || (a.person == b.person && a.header.first < b.header.first);
  };
  SortPolled(std::span(*people), people->get_allocator().resource(), before);
}

void UnitePeople(PagePeople* people, std::pmr::memory_resource* memory) {
  SortParts(people);
  StopTicker ticker;
  std::size_t kept = 0;
  for (std::size_t from = 0; from < people->size();) {
    std::size_t to = from;
    std::size_t parts = from;  // those with events move together
    for (; to < people->size() && (*people)[to].person == (*people)[from].person; ++to) {
      if ((*people)[to].header.count != 0) (*people)[parts++] = (*people)[to];
    }
    if (parts - from == 1) {
      (*people)[kept++] = (*people)[from];
    } else if (parts != from) {
      (*people)[kept++] = Unite(std::span(*people).subspan(from, parts - from), memory);
    }
    ticker.Step(static_cast<std::uint32_t>(to - from));
    from = to;
  }
  people->resize(kept);
}

PagePerson SliceOf(const PageView& page, const PagePerson& person, const Period& period,
                   std::pmr::memory_resource* memory) {
  if (period.Holds(person.header.first) && period.Holds(person.header.last)) return person;
  PagePerson none = person;
  none.header.count = 0;
  if (person.header.last < period.from || person.header.first >= period.to) return none;
  const View view = page.Open(person);
  return WithRecord(KindOf(view), [&]<class Record>() {
    std::pmr::vector<Record> kept(memory);
    ForEachRecord<Record>(view, [&](const Record& event) {
      if (period.Holds(event.at)) kept.push_back(event);
    });
    return kept.empty() ? none : Rewritten<Record>(person.person, kept, memory);
  });
}

void CheckPage(std::span<const std::byte> page, ErrorCode code, std::pmr::memory_resource* memory) {
  try {
    const PageView view(page);
    PageMeasure measure;
    PagePeople people(memory);
    view.ForEachPerson([&](const PagePerson& person) {
      if (!people.empty() && person.person <= people.back().person) {
        Refuse("The people are not in order.");
      }
      if (person.header.count == 0) Refuse("A timeline has no events.");
      CheckView(view.Open(person), sizeof(ImageHeader) + person.body.size(), memory);
      people.push_back(person);
      measure.Add(person);
    });
    if (measure.size() != page.size()) Refuse("The size contradicts the timelines.");
    std::pmr::vector<std::byte> directory(view.bodies().data() - page.data(), memory);
    const PageHeader header = measure.header();
    if (std::memcmp(&header, page.data(), sizeof(header)) == 0) {
      WriteDirectory(header, people, directory.data());
    }
    if (std::memcmp(directory.data(), page.data(), directory.size()) != 0) {
      Refuse("The entries contradict the timelines.");
    }
  } catch (const Error& error) {
    throw Error(code, error.what(), error.detail(), error.hint());
  }
}

}  // namespace cdp::timeline
