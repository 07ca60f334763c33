#include "core/timeline/timeline_check.h"

#include "core/base/bytes.h"
#include "core/timeline/timeline_view.h"
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

void CheckContent(std::span<const std::byte> image) {
  const View view(image);
  StopTicker ticker;
  bool begun = false;
  Event before{};
  ForEachEvent(view, [&](Micros at, std::int32_t code) {
    const Event event{at, code};
    if (code < 0) Refuse("An event code is negative.");
    if (at < kMinInstant || at >= kEndInstant) Refuse("An instant is out of range.");
    if (begun && event < before) Refuse("The events are not in order.");
    before = event;
    begun = true;
    ticker.Step();
  });
  CheckDeltas(view);
  // The header says what the events say, and every delta has its shortest form: the bytes are as
  // many as the writer would need, and it needs the fewest.
  const Layout layout = Measure([&view](auto&& visit) { ForEachEvent(view, visit); });
  if (std::memcmp(&layout.header, &view.header(), sizeof(ImageHeader)) != 0) {
    Refuse("The header contradicts the events.");
  }
  if (layout.size() != image.size()) Refuse("The size contradicts the events.");
  const std::size_t last_group = view.count() == 0 ? 0 : (view.count() - 1) % 4;
  if (last_group != 0 &&
      std::to_integer<unsigned>(view.controls()[ControlBytes(view.count()) - 1]) >>
              (2 * last_group) !=
          0) {
    Refuse("A control without an event is not zero.");
  }
}

}  // namespace

void CheckImage(std::span<const std::byte> image, ErrorCode code) {
  try {
    CheckContent(image);
  } catch (const Error& error) {
    throw Error(code, error.what(), error.detail(), error.hint());
  }
}

BuildView ReadBuildForm(std::span<const std::byte> bytes) {
  ByteReader in(bytes, "timeline");
  if (in.Read<std::uint8_t>() != kBuildVersion) in.Corrupt("The value is not in build form.");
  const auto flags = in.Read<std::uint8_t>();
  in.Read<std::uint16_t>();
  const std::size_t used = in.ReadCount(sizeof(Event));
  return {{reinterpret_cast<const Event*>(in.position()), used}, (flags & kUnsorted) == 0};
}

}  // namespace cdp::timeline
