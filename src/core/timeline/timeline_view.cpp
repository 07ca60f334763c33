#include "core/timeline/timeline_view.h"

#include <string>

#include "core/base/bytes.h"
#include "core/base/error.h"

namespace cdp::timeline {

void RefuseHeader(const ImageHeader& header) {
  const bool known = (header.flags & ~kKnownFlags) == 0 && header.zero == 0 &&
                     Shape::Unpack(header.shape).Known(header.shape);
  if (known) {
    throw Error(ErrorCode::kCorruptData, "timeline is corrupt",
                "The number of events is out of range.");
  }
  throw Error(ErrorCode::kCorruptData, "unrecognized timeline format",
              "The value has columns or encodings that this version of pg_cdp does not know.");
}

ImageHeader ReadHeader(std::span<const std::byte> beginning) {
  const auto version = static_cast<std::uint8_t>(beginning.empty() ? std::byte{0} : beginning[0]);
  if (version != kSealedVersion) {
    throw Error(ErrorCode::kCorruptData, "unrecognized timeline format",
                "The value begins with version " + std::to_string(version) + ", not " +
                    std::to_string(kSealedVersion) + ".");
  }
  const auto header = ByteReader(beginning, "timeline").Read<ImageHeader>();
  CheckHeader(header);
  return header;
}

View::View(std::span<const std::byte> image)
    : View(ReadHeader(image), image.data() + image.size()) {
  Open(image.subspan(sizeof(ImageHeader)));
}

void View::OpenAny(std::span<const std::byte> body) {
  ByteReader in(body, "timeline");
  std::array<std::uint64_t, kOptionalColumns> lengths = {};
  for (int which = 0; flags_ >> which != 0; ++which) {
    if ((flags_ >> which & 1) != 0) lengths[which] = in.ReadVarint();
  }
  codes_ = in.ReadSpan(FrontBytes()).data();
  controls_ = codes_ + (std::size_t{count_} << shape_.width_log2);
  deltas_ = in.position();
  // From the back: what the optional columns leave belongs to the deltas.
  column_at_[kOptionalColumns] = body.data() + body.size();
  for (int which = kOptionalColumns - 1; which >= 0; --which) {
    if (lengths[which] > static_cast<std::size_t>(column_at_[which + 1] - deltas_)) {
      in.Corrupt("The columns are longer than the value.");
    }
    column_at_[which] = column_at_[which + 1] - lengths[which];
  }
}

}  // namespace cdp::timeline
