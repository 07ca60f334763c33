#include "core/timeline/timeline_view.h"

#include <string>

#include "core/base/bytes.h"
#include "core/base/error.h"

namespace cdp::timeline {
namespace {

void CheckHeader(const ImageHeader& header) {
  if ((header.flags & ~kKnownFlags) != 0 || header.zero != 0 ||
      !Shape::Unpack(header.shape).Known(header.shape)) {
    throw Error(ErrorCode::kCorruptData, "unrecognized timeline format",
                "The value has columns or encodings that this version of pg_cdp does not know.");
  }
  if (header.count > kMaxEvents) {
    throw Error(ErrorCode::kCorruptData, "timeline is corrupt",
                "The number of events is out of range.");
  }
}

}  // namespace

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
    : header_(ReadHeader(image)),
      shape_(Shape::Unpack(header_.shape)),
      end_(image.data() + image.size()) {
  Open(image.subspan(sizeof(ImageHeader)));
}

View::View(const ImageHeader& header, std::span<const std::byte> body,
           const std::byte* readable_end)
    : header_(header), shape_(Shape::Unpack(header.shape)), end_(readable_end) {
  CheckHeader(header);
  Open(body);
}

void View::Open(std::span<const std::byte> body) {
  ByteReader in(body, "timeline");
  std::array<std::uint64_t, kOptionalColumns> lengths = {};
  for (int which = 0; header_.flags >> which != 0; ++which) {
    if ((header_.flags >> which & 1) != 0) lengths[which] = in.ReadVarint();
  }
  codes_ = in.ReadSpan(std::size_t{header_.count} << shape_.width_log2).data();
  controls_ = in.ReadSpan(ControlBytes(header_.count == 0 ? 0 : header_.count - 1)).data();
  // From the back: what the optional columns leave belongs to the deltas.
  std::size_t rest = in.left();
  for (int which = 0; header_.flags >> which != 0; ++which) {
    if (lengths[which] > rest) in.Corrupt("The columns are longer than the value.");
    rest -= lengths[which];
  }
  deltas_ = in.ReadSpan(rest);
  for (int which = 0; header_.flags >> which != 0; ++which) {
    columns_[which] = in.ReadSpan(lengths[which]);
  }
}

}  // namespace cdp::timeline
