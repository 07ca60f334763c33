/// A bitmap read in place from its portable bytes.
#pragma once

#include "core/base/byte_source.h"
#include "core/bitmap/kernels.h"

namespace cdp::bitmap {

enum class ContainerKind : std::uint8_t { kArray, kBitset, kRun };

/// The values of a view that share their high 16 bits. `data` is as long as the kind and the
/// counts say; what stands in it may still be wrong.
struct Container {
  ContainerKind kind;
  std::uint32_t high;         ///< the shared bits, in place
  std::uint32_t cardinality;  ///< as the header says, 1..65536
  std::uint32_t runs;         ///< of a run container
  const std::byte* data;      ///< values; words; or pairs of start and length - 1

  /// All of it as it stands in the format: of runs with their number in front.
  Bytes bytes() const;
  bool IsFullRun() const {
    return kind == ContainerKind::kRun && runs == 1 && RunStart(0) == 0 && RunLast(0) == 0xffff;
  }
  /// Of an array.
  ArrayValues lows() const { return {data, cardinality}; }
  std::uint16_t Value(std::uint32_t i) const { return LoadAt<std::uint16_t>(data + 2 * i); }
  std::uint64_t Word(std::size_t i) const { return LoadAt<std::uint64_t>(data + 8 * i); }
  bool Bit(std::uint16_t low) const { return (Word(low >> 6) >> (low & 63) & 1) != 0; }
  std::uint32_t RunStart(std::uint32_t i) const { return LoadAt<std::uint16_t>(data + 4 * i); }
  /// The last value of run `i`; beyond 65535 in a corrupt container.
  std::uint32_t RunLast(std::uint32_t i) const {
    return RunStart(i) + LoadAt<std::uint16_t>(data + 4 * i + 2);
  }

  bool Contains(std::uint16_t low) const;
  std::uint16_t Min() const;
  /// Writes all values in ascending order. Throws unless there are exactly `cardinality` of them.
  std::uint32_t* Decode(std::uint32_t* out) const;
};

/// Never reads outside the bytes, whatever they are: bytes that are no bitmap raise an error or,
/// where only the order or a count in them is wrong, give a wrong answer. It owns nothing, and the
/// bytes must outlive it. Values are unsigned and ascending.
class BitmapView {
 public:
  /// An empty bitmap.
  BitmapView() = default;
  explicit BitmapView(Bytes bytes);
  /// Reads the header now, and each container when it is asked for.
  explicit BitmapView(ByteSource* source);

  std::uint32_t containers() const { return containers_; }
  bool empty() const { return containers_ == 0; }
  std::uint64_t Cardinality() const;
  /// Bytes up to the end of its last container, behind which there may be others.
  std::size_t Size() const;

  std::uint32_t Key(std::uint32_t i) const { return LoadAt<std::uint16_t>(keys_ + 4 * i); }
  std::uint32_t ContainerCardinality(std::uint32_t i) const {
    return LoadAt<std::uint16_t>(keys_ + 4 * i + 2) + 1u;
  }
  Container At(std::uint32_t i) const;
  /// Container `i` as it stands at `*offset`, wherever the table of offsets has it; moves the
  /// offset to its end. The first begins at HeaderBytes().
  Container Take(std::uint32_t i, std::size_t* offset) const;
  std::size_t HeaderBytes() const { return first_; }
  /// The first container, from `from` on, whose key is at least `key`; containers() if none.
  std::uint32_t Find(std::uint32_t key, std::uint32_t from = 0) const;

  bool Contains(std::uint32_t value) const;
  /// Of a bitmap that is not empty.
  std::uint32_t Min() const;
  std::uint32_t Max() const;
  /// Writes Cardinality() values.
  void Decode(std::uint32_t* out) const;

 private:
  bool IsRun(std::uint32_t i) const {
    return run_flags_ != nullptr && (std::to_integer<unsigned>(run_flags_[i / 8]) >> (i % 8) & 1);
  }
  struct Header;
  void Use(const Header& header);
  std::size_t OffsetOf(std::uint32_t i) const;
  // A container without its bytes, which are all there from `data` on.
  struct Place {
    Container container;
    std::size_t data;
  };
  Place PlaceAt(std::uint32_t i, std::size_t offset) const;
  /// Bytes behind the header, which must exist.
  const std::byte* Piece(std::size_t offset, std::size_t size) const {
    return source_ == nullptr ? bytes_.data() + offset : source_->Read(offset, size).data();
  }

  Bytes bytes_;  // of a source, the header only
  ByteSource* source_ = nullptr;
  std::size_t size_ = 0;  // of the whole value
  std::uint32_t containers_ = 0;
  const std::byte* run_flags_ = nullptr;
  const std::byte* keys_ = nullptr;
  const std::byte* offsets_ = nullptr;  // absent in short values with runs
  std::size_t first_ = 0;               // offset of the first container
};

}  // namespace cdp::bitmap
