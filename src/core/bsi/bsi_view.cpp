#include "core/bsi/bsi_view.h"

#include "core/base/bytes.h"

namespace cdp::bsi {
namespace {

constexpr const char* kName = "bit-sliced index";

// The lengths of the parts, as they follow the header.
std::size_t TableBytes(const ImageHeader& header) {
  return (std::size_t{header.slices} + 1) * sizeof(std::uint32_t);
}

[[noreturn]] void Corrupt(const char* why) {
  throw Error(ErrorCode::kCorruptData, std::string(kName) + " is corrupt", why);
}

}  // namespace

ImageHeader ReadHeader(Bytes front) {
  ByteReader reader(front, kName);
  const auto header = reader.Read<ImageHeader>();
  if (header.version != kSealedVersion) {
    throw Error(ErrorCode::kCorruptData, std::string("unrecognized ") + kName + " format");
  }
  for (const std::uint8_t byte : header.zero) {
    if (byte != 0) Corrupt("A reserved byte is not zero.");
  }
  if (header.greatest < header.least || header.count > std::uint64_t{1} << 32 ||
      header.slices != SlicesFor(header.least, header.greatest) ||
      (header.count == 0 && (header.least != 0 || header.greatest != 0))) {
    Corrupt("The header contradicts itself.");
  }
  return header;
}

BsiView::BsiView(Bytes image) : header_(ReadHeader(image)) {
  ByteReader table(image.subspan(sizeof(ImageHeader)), kName);
  ByteReader parts(table.ReadSpan(TableBytes(header_)), kName);
  ByteReader rest({table.position(), table.left()}, kName);
  for (std::uint32_t i = 0; i <= header_.slices; ++i) {
    parts_[i] = rest.ReadSpan(parts.Read<std::uint32_t>());
  }
  if (!rest.done()) rest.Corrupt("Bytes follow the last bitmap.");
}

std::optional<std::int64_t> ValueOf(const BsiView& view, std::uint32_t id) {
  if (!view.ids().Contains(id)) return std::nullopt;
  std::uint64_t distance = 0;
  for (std::uint32_t i = 0; i < view.slices(); ++i) {
    distance |= std::uint64_t{view.slice(i).Contains(id)} << i;
  }
  return view.ValueAt(distance);
}

std::optional<std::int64_t> ValueOf(ByteSource* image, std::uint32_t id) {
  const std::size_t size = image->size();
  const ImageHeader header =
      ReadHeader(image->Read(0, size < sizeof(ImageHeader) ? size : sizeof(ImageHeader)));
  std::size_t at = sizeof(ImageHeader);
  if (TableBytes(header) > size - at) Corrupt("It ends too early.");
  std::array<std::uint32_t, kMaxSlices + 1> lengths;
  std::memcpy(lengths.data(), image->Read(at, TableBytes(header)).data(), TableBytes(header));
  at += TableBytes(header);
  std::uint64_t distance = 0;
  for (std::uint32_t i = 0; i <= header.slices; ++i) {
    if (lengths[i] > size - at) Corrupt("It ends too early.");
    SourceTail part(image, at);
    const bool contains = BitmapView(&part).Contains(id);
    if (i == 0 && !contains) return std::nullopt;
    if (i != 0) distance |= std::uint64_t{contains} << (i - 1);
    at += lengths[i];
  }
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(header.least) + distance);
}

}  // namespace cdp::bsi
