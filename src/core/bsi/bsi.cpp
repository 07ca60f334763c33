#include "core/bsi/bsi.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "core/base/bytes.h"
#include "core/base/stop.h"

namespace cdp::bsi {
namespace {

// Holds the sum of any two values.
__extension__ using Wide = __int128;

}  // namespace

Bsi::Bsi(std::span<const Row> rows, std::pmr::memory_resource* memory) : Bsi(memory) {
  if (rows.empty()) return;
  base_ = greatest_ = rows[0].value;
  std::pmr::vector<std::uint32_t> ids(rows.size(), memory);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ids[i] = rows[i].id;
    base_ = rows[i].value < base_ ? rows[i].value : base_;
    greatest_ = rows[i].value > greatest_ ? rows[i].value : greatest_;
  }
  ids_ = IdSet(std::span<const std::uint32_t>(ids), memory);
  const std::uint32_t slices = SlicesFor(base_, greatest_);
  for (std::uint32_t i = 0; i < slices; ++i) {
    std::size_t count = 0;
    for (const Row& row : rows) {
      const std::uint64_t distance =
          static_cast<std::uint64_t>(row.value) - static_cast<std::uint64_t>(base_);
      ids[count] = row.id;
      count += distance >> i & 1;
    }
    slices_.emplace_back(std::span<const std::uint32_t>(ids.data(), count), memory);
    CheckStop();
  }
}

Bsi::Bsi(const BsiView& view, std::pmr::memory_resource* memory) : Bsi(memory) {
  ids_ = IdSet(view.id_bytes(), memory);
  for (std::uint32_t i = 0; i < view.slices(); ++i) {
    slices_.emplace_back(view.slice_bytes(i), memory);
  }
  base_ = view.least();
  greatest_ = view.greatest();
}

// Makes room for the sums with values between these: takes the least sum that there may be as the
// base, and brings the difference into the slices. False when a sum may not fit.
bool Bsi::TakeBase(const IdSet& ids, std::int64_t least, std::int64_t greatest) {
  const IdSet both(SetOperation::kAnd, ids_.view(), ids.view(), memory_);
  const std::uint64_t shared = both.Cardinality();
  // Those who have a value here only, there only, and in both; in most sums one base suits all.
  struct Side {
    bool is_there;
    Wide least;
    Wide greatest;
  };
  const Side sides[] = {{ids_.Cardinality() > shared, base_, greatest_},
                        {ids.Cardinality() > shared, least, greatest},
                        {shared != 0, Wide{base_} + least, Wide{greatest_} + greatest}};
  Wide base = std::numeric_limits<std::int64_t>::max();
  Wide top = std::numeric_limits<std::int64_t>::min();
  for (const Side& side : sides) {
    if (!side.is_there) continue;
    base = std::min(base, side.least);
    top = std::max(top, side.greatest);
  }
  if (base < std::numeric_limits<std::int64_t>::min() ||
      top > std::numeric_limits<std::int64_t>::max()) {
    return false;
  }
  const auto above_base = [&](int side) {
    return sides[side].is_there ? static_cast<std::uint64_t>(sides[side].least - base) : 0;
  };
  if (const std::uint64_t distance = above_base(0); distance != 0) {
    AddConstant(distance, IdSet(SetOperation::kAndNot, ids_.view(), ids.view(), memory_));
  }
  if (const std::uint64_t distance = above_base(1); distance != 0) {
    AddConstant(distance, IdSet(SetOperation::kAndNot, ids.view(), ids_.view(), memory_));
  }
  AddConstant(above_base(2), both);
  ids_.Combine(SetOperation::kOr, ids.view());
  base_ = static_cast<std::int64_t>(base);
  greatest_ = static_cast<std::int64_t>(top);
  is_normal_ = false;
  return true;
}

void Bsi::Add(const BsiView& other) {
  if (other.empty()) return;
  if (ids_.empty()) {
    *this = Bsi(other, memory_);
    return;
  }
  if (!TakeBase(IdSet(other.id_bytes(), memory_), other.least(), other.greatest())) {
    AddRows(other);
    return;
  }
  for (std::uint32_t i = 0; i < other.slices(); ++i) {
    AddAt(i, IdSet(other.slice_bytes(i), memory_));
  }
}

void Bsi::AddToAll(Bytes ids, std::int64_t number) {
  IdSet set(ids, memory_);
  if (set.empty()) return;
  if (!ids_.empty() && TakeBase(set, number, number)) return;
  Bsi same(memory_);
  same.ids_ = std::move(set);
  same.base_ = same.greatest_ = number;
  if (ids_.empty()) {
    *this = std::move(same);
    return;
  }
  std::pmr::vector<std::byte> image(same.ImageSize(), memory_);
  same.WriteImage(image.data());
  AddRows(BsiView(image));
}

// Values so far apart that a sum might not fit: one by one, it is seen whether one does not.
void Bsi::AddRows(const BsiView& other) {
  std::pmr::vector<std::byte> mine(ImageSize(), memory_);
  WriteImage(mine.data());
  std::pmr::vector<std::byte> theirs(memory_);
  Bsi copy(other, memory_);
  theirs.resize(copy.ImageSize());
  copy.WriteImage(theirs.data());
  std::pmr::vector<Row> rows(memory_);
  for (const Bytes image : {Bytes(mine), Bytes(theirs)}) {
    RowReader reader(image, memory_);
    for (auto block = reader.Next(); !block.empty(); block = reader.Next()) {
      rows.insert(rows.end(), block.begin(), block.end());
    }
  }
  rows.resize(FoldRows(rows, OnDuplicate::kSum, memory_));
  *this = Bsi(rows, memory_);
}

void Bsi::AddAt(std::uint32_t slice, IdSet ids) {
  for (std::uint32_t i = slice; !ids.empty(); ++i) {
    // Only values of a corrupt index carry beyond the last bit.
    if (i == kMaxSlices) return;
    while (slices_.size() <= i) slices_.emplace_back(memory_);
    IdSet carry(SetOperation::kAnd, slices_[i].view(), ids.view(), memory_);
    slices_[i].Combine(SetOperation::kXor, ids.view());
    ids = std::move(carry);
  }
}

void Bsi::SubtractAt(std::uint32_t slice, IdSet ids) {
  for (std::uint32_t i = slice; i < slices_.size() && !ids.empty(); ++i) {
    IdSet borrow(SetOperation::kAndNot, ids.view(), slices_[i].view(), memory_);
    slices_[i].Combine(SetOperation::kXor, ids.view());
    ids = std::move(borrow);
  }
}

void Bsi::AddConstant(std::uint64_t number, const IdSet& ids) {
  for (; number != 0; number &= number - 1) {
    AddAt(static_cast<std::uint32_t>(std::countr_zero(number)), IdSet(ids.bytes(), memory_));
  }
}

void Bsi::Limit(SetOperation operation, const BitmapView& ids) {
  const std::uint64_t before = ids_.Cardinality();
  ids_.Combine(operation, ids);
  if (ids_.Cardinality() == before) return;
  for (IdSet& slice : slices_) slice.Combine(operation, ids);
  is_normal_ = false;
}

IdSet Bsi::Differing(const BsiView& a, const BsiView& b, std::pmr::memory_resource* memory) {
  Bsi mine(a, memory);
  Bsi theirs(b, memory);
  // Slices can be compared when they count from the same value.
  const std::int64_t base = std::min(mine.base_, theirs.base_);
  for (Bsi* side : {&mine, &theirs}) {
    side->AddConstant(static_cast<std::uint64_t>(side->base_) - static_cast<std::uint64_t>(base),
                      side->ids_);
  }
  const std::size_t slices = std::max(mine.slices_.size(), theirs.slices_.size());
  for (Bsi* side : {&mine, &theirs}) {
    while (side->slices_.size() < slices) side->slices_.emplace_back(memory);
  }
  IdSet found(SetOperation::kXor, mine.ids_.view(), theirs.ids_.view(), memory);
  for (std::size_t i = 0; i < slices; ++i) {
    CheckStop();
    const IdSet here(SetOperation::kXor, mine.slices_[i].view(), theirs.slices_[i].view(), memory);
    found.Combine(SetOperation::kOr, here.view());
  }
  return found;
}

std::uint64_t Bsi::Extreme(bool greatest) const {
  return ExtremeDistance(
      IdSet(ids_.bytes(), memory_), static_cast<std::uint32_t>(slices_.size()),
      [this](std::uint32_t i) { return slices_[i].view(); }, greatest, memory_);
}

void Bsi::Normalize() {
  if (is_normal_) return;
  if (ids_.empty()) {
    *this = Bsi(memory_);
    return;
  }
  const std::uint64_t least = Extreme(false);
  for (std::uint64_t left = least; left != 0; left &= left - 1) {
    SubtractAt(static_cast<std::uint32_t>(std::countr_zero(left)), IdSet(ids_.bytes(), memory_));
  }
  while (!slices_.empty() && slices_.back().empty()) slices_.pop_back();
  const auto at = [](std::int64_t base, std::uint64_t distance) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) + distance);
  };
  base_ = at(base_, least);
  greatest_ = at(base_, Extreme(true));
  is_normal_ = true;
}

std::size_t Bsi::ImageSize() {
  Normalize();
  std::size_t size = sizeof(ImageHeader) + 4 * (slices_.size() + 1) + ids_.bytes().size();
  for (const IdSet& slice : slices_) size += slice.bytes().size();
  return size;
}

void Bsi::WriteImage(std::byte* out) const {
  ImageHeader header{};
  header.version = kSealedVersion;
  header.slices = static_cast<std::uint8_t>(slices_.size());
  header.count = ids_.Cardinality();
  header.least = base_;
  header.greatest = greatest_;
  out = WriteRaw(out, header);
  std::byte* table = out;
  out += 4 * (slices_.size() + 1);
  const auto write = [&table, &out](Bytes part) {
    table = WriteRaw(table, static_cast<std::uint32_t>(part.size()));
    std::memcpy(out, part.data(), part.size());
    out += part.size();
  };
  write(ids_.bytes());
  for (const IdSet& slice : slices_) write(slice.bytes());
}

}  // namespace cdp::bsi
