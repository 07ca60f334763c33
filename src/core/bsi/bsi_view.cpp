#include "core/bsi/bsi_view.h"

#include <cstring>
#include <string>

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

// Calls body(part, bitmap) for the ids, part 0, and the slices, of each of which is fetched what
// the body asks for, until the body returns false. Returns the header.
template <class Body>
ImageHeader WalkParts(ByteSource* image, Body body) {
  const std::size_t size = image->size();
  const ImageHeader header =
      ReadHeader(image->Read(0, size < sizeof(ImageHeader) ? size : sizeof(ImageHeader)));
  std::size_t at = sizeof(ImageHeader);
  const std::size_t table = TableBytes(header);
  if (table > size - at) Corrupt("It ends too early.");
  std::array<std::uint32_t, kMaxSlices + 1> lengths;
  std::memcpy(lengths.data(), image->Read(at, table).data(), table);
  at += table;
  for (std::uint32_t part = 0; part <= header.slices; ++part) {
    if (lengths[part] > size - at) Corrupt("It ends too early.");
    SourceTail tail(image, at);
    if (!body(part, BitmapView(&tail))) break;
    at += lengths[part];
  }
  return header;
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
  std::uint64_t distance = 0;
  bool is_there = false;
  const ImageHeader header = WalkParts(image, [&](std::uint32_t part, const BitmapView& ids) {
    const bool contains = ids.Contains(id);
    if (part == 0) return is_there = contains;
    distance |= std::uint64_t{contains} << (part - 1);
    return true;
  });
  if (!is_there) return std::nullopt;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(header.least) + distance);
}

Total TotalOf(ByteSource* image) {
  Total total = {0, 0};
  const ImageHeader header = WalkParts(image, [&](std::uint32_t part, const BitmapView& ids) {
    const std::uint64_t count = ids.Cardinality();
    if (part == 0) {
      total.count = count;
    } else {
      total.sum += static_cast<Sum128>(count) << (part - 1);
    }
    return true;
  });
  total.sum += Sum128{header.least} * static_cast<Sum128>(total.count);
  return total;
}

}  // namespace cdp::bsi
