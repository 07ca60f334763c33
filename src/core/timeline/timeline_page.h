/// Timelines of many people in one value: what docs/formats.md says of a page, and how it is read.
///
/// A page is a header, an entry for each person with what the header of their timeline says, and
/// the rest of the timelines one behind the other. Entries are all of one size, which the page
/// chooses: times count from the page's first event, so they take a few bytes. There is exactly one
/// page for some timelines, so equal pages are equal bytes. A person without events is in none.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <span>

#include "core/base/bytes.h"
#include "core/base/stop.h"
#include "core/timeline/timeline_view.h"

namespace cdp::timeline {

inline constexpr std::uint8_t kPageVersion = 1;
/// The form that aggregates grow; never leaves the server.
inline constexpr std::uint8_t kPageBuildVersion = 0x81;

/// The numbers of an entry, in their order. Behind them come the flags and the shape of the
/// timeline, a byte each.
enum PageField {
  kPersonField,    ///< less the first person
  kEndField,       ///< of the timeline's bytes, counted from the end of the entries
  kEventsField,    ///< how many the timeline has
  kFirstField,     ///< from the page's first event to that of the timeline, in ticks
  kSpanField,      ///< from the first to the last event of the timeline, in ticks
  kCodeBitsField,  ///< ImageHeader::code_bits
  kPageFields
};

/// Bytes that a number of an entry may take; each page takes as many as its largest one needs.
inline constexpr std::array<std::uint8_t, kPageFields> kMaxFieldBytes = {4, 4, 4, 8, 8, 8};

struct PageHeader {
  std::uint8_t version;
  std::uint8_t tick;                             ///< index into kTicks, of times in entries
  std::array<std::uint8_t, kPageFields> widths;  ///< bytes of each number of an entry
  std::uint32_t people;
  std::uint32_t first_person;
  Micros first;  ///< event of all
};
static_assert(sizeof(PageHeader) == 24);

/// A person's timeline: its header, and what would follow it in an image.
struct PagePerson {
  std::uint32_t person;
  ImageHeader header;
  std::span<const std::byte> body;
};

/// Reads a page in place, at any alignment, and never outside its bytes, whatever they are. That
/// the content is what a writer wrote is checked by CheckPage at the doors only.
class PageView {
 public:
  /// Throws kCorruptData when the bytes are no page.
  explicit PageView(std::span<const std::byte> page);

  std::size_t people() const { return header_.people; }
  const PageHeader& header() const { return header_; }
  /// What follows the entries.
  std::span<const std::byte> bodies() const { return bodies_; }

  /// The i-th person, in ascending order.
  std::uint32_t PersonAt(std::size_t i) const {
    return header_.first_person + static_cast<std::uint32_t>(FieldAt(i, kPersonField));
  }
  PagePerson At(std::size_t i) const { return Read(i, i == 0 ? 0 : FieldAt(i - 1, kEndField)); }
  /// Where a person is; nothing when the page has no such timeline.
  std::optional<std::size_t> Find(std::uint32_t person) const;

  View Open(const PagePerson& person) const { return {person.header, person.body, end_}; }

  /// The number of events of all.
  std::uint64_t CountEvents() const;

  /// Calls use(PagePerson) for each person in ascending order. Polls for interrupts. Those none of
  /// whose codes has one of these bits (CodeBit) are passed over: nothing but their entry is read.
  template <class Use>
  void ForEachPerson(Use&& use, std::uint64_t code_bits = kAnyCode) const {
    StopTicker ticker;
    for (std::size_t from = 0; from < header_.people; from += 64) {
      const std::size_t to = std::min<std::size_t>(from + 64, header_.people);
      // Who is wanted first, as branches that nobody can foretell cost more than to ask all.
      std::uint64_t wanted = 0;
      for (std::size_t i = from; i < to; ++i) {
        std::byte room[kEntryRoom];
        const std::byte* entry = EntryAt(i, room);
        const bool has = code_bits == kAnyCode || (Number(entry, kCodeBitsField) & code_bits) != 0;
        wanted |= std::uint64_t{has} << (i - from);
      }
      for (; wanted != 0; wanted &= wanted - 1) {
        const PagePerson person = At(from + static_cast<std::size_t>(std::countr_zero(wanted)));
        use(person);
        ticker.Step(person.header.count + 16);
      }
      ticker.Step(64);
    }
  }
  static constexpr std::uint64_t kAnyCode = ~std::uint64_t{0};

  /// Calls use(person, view) likewise.
  template <class Use>
  void ForEach(Use&& use, std::uint64_t code_bits = kAnyCode) const {
    ForEachPerson([&](const PagePerson& person) { use(person.person, Open(person)); }, code_bits);
  }

 private:
  /// Numbers are loaded eight bytes at a time, the last of an entry too.
  static constexpr std::size_t kEntryRoom = 48;

  std::uint64_t Number(const std::byte* entry, PageField field) const {
    std::uint64_t number;
    std::memcpy(&number, entry + offsets_[field], sizeof(number));
    return number & masks_[field];
  }
  std::uint64_t FieldAt(std::size_t i, PageField field) const {
    std::byte room[kEntryRoom];
    return Number(EntryAt(i, room), field);
  }
  /// An entry with room for loads behind it, in `room` where the page ends too soon.
  const std::byte* EntryAt(std::size_t i, std::byte (&room)[kEntryRoom]) const {
    const std::byte* entry = entries_ + i * stride_;
    if (static_cast<std::size_t>(end_ - entry) >= kEntryRoom) [[likely]]
      return entry;
    std::memcpy(room, entry, stride_);
    std::memset(room + stride_, 0, kEntryRoom - stride_);
    return room;
  }

  PagePerson Read(std::size_t i, std::uint64_t begin) const {
    std::byte room[kEntryRoom];
    const std::byte* entry = EntryAt(i, room);
    PagePerson person;
    person.person = header_.first_person + static_cast<std::uint32_t>(Number(entry, kPersonField));
    const std::uint64_t end = Number(entry, kEndField);
    if (begin > end || end > bodies_.size()) [[unlikely]]
      Misplaced();
    person.body = {bodies_.data() + begin, static_cast<std::size_t>(end - begin)};
    ImageHeader& header = person.header;
    header.version = kSealedVersion;
    header.flags = std::to_integer<std::uint8_t>(entry[offsets_[kPageFields]]);
    header.shape = std::to_integer<std::uint8_t>(entry[offsets_[kPageFields] + 1]);
    header.zero = 0;
    header.count = static_cast<std::uint32_t>(Number(entry, kEventsField));
    // Unsigned, as hostile times may go round.
    const std::uint64_t first =
        static_cast<std::uint64_t>(header_.first) + Number(entry, kFirstField) * tick_;
    header.first = static_cast<Micros>(first);
    header.last = static_cast<Micros>(first + Number(entry, kSpanField) * tick_);
    header.code_bits = Number(entry, kCodeBitsField);
    return person;
  }
  [[noreturn]] static void Misplaced();

  PageHeader header_;
  std::uint64_t tick_ = 1;
  std::size_t stride_ = 0;                                   ///< bytes of an entry
  std::array<std::uint32_t, kPageFields + 1> offsets_ = {};  ///< of the numbers, and of the flags
  std::array<std::uint64_t, kPageFields> masks_ = {};
  const std::byte* entries_ = nullptr;
  std::span<const std::byte> bodies_;
  const std::byte* end_;
};

/// Whether a value is in build form.
inline bool IsPageBuild(std::span<const std::byte> bytes) {
  return !bytes.empty() && bytes[0] == std::byte{kPageBuildVersion};
}

/// The build form: a header, then timelines as they came, in which aggregate states grow.
struct PageBuildHeader {
  std::uint8_t version;
  std::uint8_t zero[3];
  std::uint32_t used;  ///< bytes that follow; room may come after them
};
static_assert(sizeof(PageBuildHeader) == 8);

/// Bytes that a timeline takes there, before its body.
inline constexpr std::size_t kPageBuildHead = sizeof(std::uint32_t) * 2 + sizeof(ImageHeader);

/// Writes a timeline behind others and returns the end. Polls where it is long.
std::byte* WritePageBuild(std::byte* out, const PagePerson& person);

/// The timelines of a build form, without its header and its spare room. Throws kCorruptData.
std::span<const std::byte> PageBuildRows(std::span<const std::byte> bytes);

/// Calls use(PagePerson) for each timeline of a build form. Polls for interrupts. Throws
/// kCorruptData.
template <class Use>
void ForEachOfPageBuild(std::span<const std::byte> bytes, Use&& use) {
  ByteReader in(PageBuildRows(bytes), "timeline page");
  StopTicker ticker;
  while (!in.done()) {
    PagePerson person;
    person.person = in.Read<std::uint32_t>();
    const auto size = in.Read<std::uint32_t>();
    person.header = in.Read<ImageHeader>();
    person.body = in.ReadSpan(size);
    use(person);
    ticker.Step(16);
  }
}

}  // namespace cdp::timeline
