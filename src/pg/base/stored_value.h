/// Values stored out of line, as a whole and by pieces.
#pragma once

#include "core/base/byte_source.h"
#include "pg/base/datum.h"

namespace cdp::pg {

/// What a TOAST pointer says.
struct StoredValue {
  Oid relation;
  Oid value;
  std::uint32_t size;    ///< of the payload
  std::uint32_t stored;  ///< as much of it, or fewer bytes when it is compressed

  bool compressed() const { return stored < size; }
  std::uint64_t key() const { return std::uint64_t{relation} << 32 | value; }
};

/// Whether the value is stored out of line in a table; if so, what its pointer says.
bool DescribeStored(const varlena* value, StoredValue* stored);

/// How many bytes come at the price of the first: those of one row of the TOAST table.
std::size_t StoredRowBytes();

/// Writes bytes of a value that is not compressed behind the header of `to`. May longjmp.
void FetchStored(const StoredValue& stored, std::size_t offset, std::size_t size, varlena* to);

/// A value that is not compressed, read by pieces. Plain data: a server's error may jump over it,
/// and what it fetches is freed with the context that is current then. For use inside CallCore.
class StoredPieces final : public ByteSource {
 public:
  /// `front`: what of it has been fetched already, from its beginning on.
  StoredPieces(const StoredValue& stored, std::span<const std::byte> front)
      : stored_(stored), pieces_{{0, front}} {}

  std::size_t size() const override { return stored_.size; }
  std::span<const std::byte> Read(std::size_t offset, std::size_t size) override;

 private:
  struct Piece {
    std::size_t offset;
    std::span<const std::byte> bytes;
  };

  // The front, then those fetched last: a question comes back to the same container.
  static constexpr std::size_t kPieces = 4;
  StoredValue stored_;
  Piece pieces_[kPieces];
  std::size_t fetched_ = 0;
};

}  // namespace cdp::pg
