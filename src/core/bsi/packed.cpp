#include "core/bsi/packed.h"

#include <algorithm>
#include <bit>
#include <string>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/stop.h"
#include "core/bitmap/bitmap_cursor.h"

namespace cdp::bsi {
namespace {

constexpr std::uint8_t kPackedVersion = 1;

std::size_t BytesFor(std::uint64_t bits) { return static_cast<std::size_t>((bits + 7) / 8); }

/// Calls `piece(byte, shift, bits, done)` for the part of each byte that a number of so many bits
/// at bit `at` lies in; `done` are the bits of the number before it.
template <class Piece>
void ForPieces(std::uint64_t at, std::uint32_t width, Piece piece) {
  for (std::uint32_t done = 0; done < width;) {
    const auto shift = static_cast<std::uint32_t>((at + done) % 8);
    const std::uint32_t bits = std::min(8 - shift, width - done);
    piece(static_cast<std::size_t>((at + done) / 8), shift, bits, done);
    done += bits;
  }
}

void WriteBits(std::byte* out, std::uint64_t at, std::uint32_t width, std::uint64_t number) {
  ForPieces(at, width,
            [&](std::size_t byte, std::uint32_t shift, std::uint32_t bits, std::uint32_t done) {
              const std::uint64_t part = number >> done & ((1u << bits) - 1);
              out[byte] |= static_cast<std::byte>(part << shift);
            });
}

std::uint64_t ReadBits(const std::byte* in, std::uint64_t at, std::uint32_t width) {
  std::uint64_t number = 0;
  ForPieces(at, width,
            [&](std::size_t byte, std::uint32_t shift, std::uint32_t bits, std::uint32_t done) {
              const auto part = std::to_integer<std::uint64_t>(in[byte]) >> shift;
              number |= (part & ((1u << bits) - 1)) << done;
            });
  return number;
}

}  // namespace

std::pmr::vector<std::byte> Packed(const BsiView& value, Bytes ids,
                                   std::pmr::memory_resource* memory) {
  Bsi some(value, memory);
  some.Restrict(BitmapView(ids));
  std::pmr::vector<std::byte> image(some.ImageSize(), memory);
  some.WriteImage(image.data());
  const BsiView view(image);

  PackedHeader header{};
  header.version = kPackedVersion;
  header.width = static_cast<std::uint8_t>(view.slices());
  const std::uint64_t places = BitmapView(ids).Cardinality();
  if (places > UINT32_MAX)
    throw Error(ErrorCode::kLimitExceeded, "too many ids for packed numbers");
  header.places = static_cast<std::uint32_t>(places);
  header.least = view.least();
  const std::size_t exists = BytesFor(header.places);
  std::pmr::vector<std::byte> bytes(
      sizeof header + exists + BytesFor(std::uint64_t{header.places} * header.width), memory);
  std::byte* const bits = WriteRaw(bytes.data(), header);
  RowReader reader(image, memory);
  bitmap::BitmapCursor cursor(ids);
  std::uint64_t place = 0;
  for (auto block = reader.Next(); !block.empty(); block = reader.Next()) {
    for (const Row row : block) {
      for (std::uint32_t id; cursor.Next(&id) && id != row.id;) ++place;
      // Only of corrupt bytes there are more values than ids.
      if (place >= header.places) return bytes;
      WriteBits(bits, place, 1, 1);
      WriteBits(bits + exists, place * header.width, header.width, view.DistanceOf(row.value));
      ++place;
    }
  }
  return bytes;
}

PackedView::PackedView(Bytes bytes) {
  ByteReader reader(bytes, "block of packed numbers");
  header_ = reader.Read<PackedHeader>();
  if (header_.version != kPackedVersion || header_.width > kMaxSlices) {
    reader.Corrupt("The header is none.");
  }
  exists_ = reader.ReadSpan(BytesFor(header_.places));
  distances_ = reader.ReadSpan(BytesFor(std::uint64_t{header_.places} * header_.width));
  if (!reader.done()) reader.Corrupt("There is more than the header tells.");
}

std::uint64_t PackedView::Count() const {
  std::uint64_t count = 0;
  for (const std::byte byte : exists_) {
    count += static_cast<std::uint64_t>(std::popcount(std::to_integer<std::uint8_t>(byte)));
  }
  return count;
}

std::optional<std::int64_t> PackedView::At(std::uint64_t place) const {
  if (place >= header_.places || ReadBits(exists_.data(), place, 1) == 0) return std::nullopt;
  const std::uint64_t distance = ReadBits(distances_.data(), place * header_.width, header_.width);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(header_.least) + distance);
}

Bsi Patched(const BsiView& value, Bytes ids, const PackedView& packed,
            std::pmr::memory_resource* memory) {
  const BitmapView changed(ids);
  if (changed.Cardinality() != packed.places()) {
    throw Error(ErrorCode::kInvalidArgument, "packed numbers are not of these ids",
                "They are of " + std::to_string(packed.places()) + " ids, not of " +
                    std::to_string(changed.Cardinality()) + ".");
  }
  std::pmr::vector<Row> rows(memory);
  bitmap::BitmapCursor cursor(ids);
  std::uint32_t id;
  for (std::uint64_t place = 0; cursor.Next(&id); ++place) {
    if (place % 65536 == 0) CheckStop();
    if (const auto number = packed.At(place)) rows.push_back({id, *number});
  }
  Bsi fresh(rows, memory);
  std::pmr::vector<std::byte> image(fresh.ImageSize(), memory);
  fresh.WriteImage(image.data());
  Bsi patched(value, memory);
  patched.Remove(changed);
  patched.Add(BsiView(image));
  return patched;
}

}  // namespace cdp::bsi
