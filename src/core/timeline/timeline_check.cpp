#include "core/timeline/timeline_check.h"

#include "core/base/bytes.h"
#include "core/timeline/timeline_reader.h"
#include "core/timeline/timeline_writer.h"

namespace cdp::timeline {
namespace {

[[noreturn]] void Refuse(const char* why) {
  throw Error(ErrorCode::kCorruptData, "timeline is corrupt", why);
}

/// A delta times the tick must not wrap: the instants would look right and the bytes not be the
/// writer's. The deltas are known to lie within the image.
void CheckDeltas(const View& view) {
  const std::uint64_t most = ~std::uint64_t{0} / kTicks[view.shape().tick];
  const std::byte* at = view.deltas().data();
  for (std::size_t i = 0; i + 1 < view.count(); ++i) {
    const auto control = std::to_integer<unsigned>(view.controls()[i / 4]);
    const std::size_t length = kLengthSets[view.shape().lengths][(control >> (2 * (i % 4))) & 3];
    std::uint64_t delta = 0;
    std::memcpy(&delta, at, length);
    if (delta > most) Refuse("A delta is out of range.");
    at += length;
  }
}

/// The last of some packed numbers shares its byte with bits that stand for none.
void CheckPadding(std::byte last, std::size_t used_bits, const char* why) {
  if (used_bits % 8 != 0 && std::to_integer<unsigned>(last) >> (used_bits % 8) != 0) Refuse(why);
}

void CheckControls(const std::byte* controls, std::size_t numbers) {
  if (numbers == 0) return;
  CheckPadding(controls[ControlBytes(numbers) - 1], 2 * numbers,
               "A control without a number is not zero.");
}

/// The columns have the bytes that the writer would give them; that each number in them has its
/// shortest form follows.
void CheckColumns(const View& view, const Layout<FullEvent>& layout) {
  const char* const contradicts = "A column contradicts the events.";
  for (int which = 0; which < kOptionalColumns; ++which) {
    const auto column = view.column(which);
    if (column.size() != layout.ColumnBytes(which)) Refuse(contradicts);
    if (column.empty()) continue;
    const std::size_t count = view.count();
    ByteReader in(column, "timeline");
    const auto shape = in.Read<std::uint8_t>();
    if (which == 0) {
      const bool sparse = layout.value.present < count;
      if (shape != (layout.value.set | (sparse ? kSparseValues : 0))) Refuse(contradicts);
      if (sparse) {
        const auto bitmap = in.ReadSpan(SymbolBytes(count, 1));
        CheckPadding(bitmap.back(), count, "A bit without an event is not zero.");
      }
      CheckControls(in.position(), layout.value.present);
      continue;
    }
    const PropertyLayout& property = layout.properties[which - 1];
    if (shape != property.shape) Refuse(contradicts);
    const std::uint64_t head = in.ReadVarint();
    if ((shape & kDictionary) != 0) {
      const auto& entries = property.dictionary;
      if (head != entries.size()) Refuse(contradicts);
      const auto bytes = in.ReadSpan(entries.size() * sizeof(entries[0]));
      if (std::memcmp(bytes.data(), entries.data(), bytes.size()) != 0) Refuse(contradicts);
    } else if (head != ZigZag(property.base)) {
      Refuse(contradicts);
    }
    CheckPadding(column.back(), count * kSymbolBits[shape & 7],
                 "A symbol without an event is not zero.");
  }
}

template <class Record>
void CheckContent(const View& view, std::size_t size, std::pmr::memory_resource* memory) {
  CheckControls(view.controls(), view.count() == 0 ? 0 : view.count() - 1);
  bool begun = false;
  Record before{};
  ForEachRecord<Record>(view, [&](const Record& event) {
    if (CodeOf(event) < 0) Refuse("An event code is negative.");
    if (event.at < kMinInstant || event.at >= kEndInstant) Refuse("An instant is out of range.");
    if (begun && event < before) Refuse("The events are not in order.");
    before = event;
    begun = true;
  });
  CheckDeltas(view);
  // The header says what the events say, and every delta has its shortest form: the bytes are as
  // many as the writer would need, and it needs the fewest.
  const Layout<Record> layout =
      Measure<Record>([&view](auto&& visit) { ForEachRecord<Record>(view, visit); }, memory);
  if (layout.header != view.header()) Refuse("The header contradicts the events.");
  if (layout.size() != size) Refuse("The size contradicts the events.");
  if constexpr (kRoom<Record> >= 0) CheckColumns(view, layout);
}

}  // namespace

void CheckView(const View& view, std::size_t image_bytes, std::pmr::memory_resource* memory) {
  if (view.header().flags == 0) {
    CheckContent<Event>(view, image_bytes, memory);
  } else {
    CheckContent<FullEvent>(view, image_bytes, memory);
  }
}

void CheckImage(std::span<const std::byte> image, ErrorCode code,
                std::pmr::memory_resource* memory) {
  try {
    CheckView(View(image), image.size(), memory);
  } catch (const Error& error) {
    throw Error(code, error.what(), error.detail(), error.hint());
  }
}

BuildView ReadBuildForm(std::span<const std::byte> bytes) {
  ByteReader in(bytes, "timeline");
  if (in.Read<std::uint8_t>() != kBuildVersion) in.Corrupt("The value is not in build form.");
  const auto flags = in.Read<std::uint8_t>();
  if (flags > (KindFlags(RecordKind::kFull) | kUnsorted)) {
    in.Corrupt("Its records are of a kind that does not exist.");
  }
  in.Read<std::uint16_t>();
  BuildView view{};
  view.kind = static_cast<RecordKind>(flags >> 1);
  view.sorted = (flags & kUnsorted) == 0;
  view.count = in.ReadCount(WithRecord(view.kind, []<class Record>() { return sizeof(Record); }));
  view.records = in.position();
  return view;
}

}  // namespace cdp::timeline
