#include "core/timeline/timeline_view.h"

#include <string>

#include "core/base/bytes.h"
#include "core/base/error.h"

namespace cdp::timeline {
namespace {

std::uint64_t Load(const std::byte* at) {
  std::uint64_t value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

/// The lowest `length` bytes, 1 to 8.
std::uint64_t LowBytes(std::uint64_t value, unsigned length) {
  return value & (~std::uint64_t{0} >> (64 - 8 * length));
}

}  // namespace

View::View(std::span<const std::byte> image) {
  ByteReader in(image, "timeline");
  const auto version = static_cast<std::uint8_t>(in.left() > 0 ? image[0] : std::byte{0});
  if (version != kSealedVersion) {
    throw Error(ErrorCode::kCorruptData, "unrecognized timeline format",
                "The value begins with version " + std::to_string(version) + ", not " +
                    std::to_string(kSealedVersion) + ".");
  }
  header_ = in.Read<ImageHeader>();
  shape_ = Shape::Unpack(header_.shape);
  if (header_.flags != 0 || header_.zero != 0 || !shape_.Known(header_.shape)) {
    throw Error(ErrorCode::kCorruptData, "unrecognized timeline format",
                "The value has columns or encodings that this version of pg_cdp does not know.");
  }
  if (header_.count > kMaxEvents) in.Corrupt("The number of events is out of range.");
  codes_ = in.ReadSpan(header_.count << shape_.width_log2).data();
  controls_ = in.ReadSpan(ControlBytes(header_.count)).data();
  deltas_ = in.ReadSpan(in.left());
}

void View::CopyEvents(Event* out) const {
  ForEachEvent(*this, [&out](Micros at, std::int32_t code) { *out++ = {at, code}; });
}

std::size_t TimeReader::Next(Micros* out) {
  std::size_t n = 0;
  if (left_ == 0) return 0;
  if (!started_) {
    started_ = true;
    out[n++] = static_cast<Micros>(at_);
    --left_;
  }
  // Whole groups of four whose loads, eight bytes each whatever the length, stay inside.
  constexpr std::ptrdiff_t kGroupReach = 4 * 8;
  while (n + 4 <= kBlock && left_ >= 4 && end_ - delta_ >= kGroupReach) {
    const auto control = std::to_integer<unsigned>(*control_++);
    for (unsigned i = 0; i < 4; ++i) {
      const unsigned length = kLengthSets[set_][(control >> (2 * i)) & 3];
      at_ += LowBytes(Load(delta_), length) * tick_;
      delta_ += length;
      out[n++] = static_cast<Micros>(at_);
    }
    left_ -= 4;
  }
  // The last few. A block ends between groups, so each begins at a fresh control.
  while (n + 4 <= kBlock && left_ > 0) {
    auto control = std::to_integer<unsigned>(*control_++);
    for (std::size_t i = std::min<std::size_t>(4, left_); i > 0; --i, control >>= 2, --left_) {
      const unsigned length = kLengthSets[set_][control & 3];
      if (length > unread()) throw Error(ErrorCode::kCorruptData, "timeline is truncated");
      // Near the end the eight bytes before it are loaded: a header always precedes them.
      const std::uint64_t bytes =
          unread() >= 8 ? Load(delta_) : Load(end_ - 8) >> (8 * (8 - unread()));
      at_ += LowBytes(bytes, length) * tick_;
      delta_ += length;
      out[n++] = static_cast<Micros>(at_);
    }
  }
  return n;
}

}  // namespace cdp::timeline
