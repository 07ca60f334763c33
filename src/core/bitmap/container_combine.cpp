#include "core/bitmap/container_combine.h"

#include <algorithm>

namespace cdp::bitmap {
namespace {

// Up to this many intervals of both operands are walked through side by side; with more, bits are
// faster.
constexpr std::uint32_t kMaxWalked = 512;

// Runs, or each value of an array as one.
std::uint32_t IntervalsOf(const Container& container) {
  return container.kind == ContainerKind::kRun ? container.runs : container.cardinality;
}

bool IsArray(const Container& container) { return container.kind == ContainerKind::kArray; }
bool IsBitset(const Container& container) { return container.kind == ContainerKind::kBitset; }
bool IsRun(const Container& container) { return container.kind == ContainerKind::kRun; }

// The places where a container of runs or an array turns from values it has to values it has not,
// and back.
class Turns {
 public:
  explicit Turns(const Container& container)
      : container_(container), intervals_(IntervalsOf(container)) {
    Enter();
  }
  std::uint32_t next() const { return next_; }
  bool inside() const { return inside_; }
  void Pass() {
    inside_ = !inside_;
    if (inside_) {
      next_ = last_ + 1;
    } else {
      ++interval_;
      Enter();
    }
  }
  bool done() const { return next_ == kNever; }

 private:
  static constexpr std::uint32_t kNever = 0x20000;

  void Enter() {
    if (interval_ == intervals_) {
      next_ = kNever;
    } else if (IsRun(container_)) {
      next_ = container_.RunStart(interval_);
      last_ = CheckedRunLast(container_, interval_);
    } else {
      next_ = last_ = container_.Value(interval_);
    }
  }

  const Container& container_;
  std::uint32_t intervals_;
  std::uint32_t interval_ = 0;
  std::uint32_t next_ = 0;
  std::uint32_t last_ = 0;
  bool inside_ = false;
};

bool Holds(SetOperation operation, bool in_a, bool in_b) {
  switch (operation) {
    case SetOperation::kAnd:
      return in_a && in_b;
    case SetOperation::kOr:
      return in_a || in_b;
    case SetOperation::kXor:
      return in_a != in_b;
    case SetOperation::kAndNot:
      return in_a && !in_b;
  }
  return false;
}

void Walk(SetOperation operation, const Container& a, const Container& b, ContainerDraft* draft) {
  draft->Clear();
  Turns left(a);
  Turns right(b);
  std::uint32_t start = 0;
  bool holds = false;
  while (!left.done() || !right.done()) {
    const std::uint32_t place = std::min(left.next(), right.next());
    if (left.next() == place) left.Pass();
    if (right.next() == place) right.Pass();
    if (Holds(operation, left.inside(), right.inside()) == holds) continue;
    holds = !holds;
    if (holds) {
      start = place;
    } else {
      // The order is wrong in corrupt containers only; runs that touch can end where they begin.
      if (place < start) MalformedBitmap();
      if (place > start) draft->Append(start, place - 1);
    }
  }
}

// Values of the array that the bits have, or have not.
std::uint32_t SelectByBits(const Container& array, const Container& bitset, bool present,
                           std::byte* out) {
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < array.cardinality; ++i) {
    const std::uint16_t value = array.Value(i);
    StoreAt(out + 2 * std::size_t{count}, value);
    count += bitset.Bit(value) == present;
  }
  return count;
}

std::uint32_t SelectByRuns(const Container& array, const Container& runs, bool present,
                           std::byte* out) {
  std::uint32_t count = 0;
  std::uint32_t run = 0;
  for (std::uint32_t i = 0; i < array.cardinality; ++i) {
    const std::uint16_t value = array.Value(i);
    while (run < runs.runs && runs.RunLast(run) < value) ++run;
    StoreAt(out + 2 * std::size_t{count}, value);
    count += (run < runs.runs && runs.RunStart(run) <= value) == present;
  }
  return count;
}

}  // namespace

std::size_t CombinedBytes(SetOperation operation, const Container& a, const Container& b) {
  if (operation == SetOperation::kAnd && a.IsFullRun()) return b.bytes().size();
  if (operation == SetOperation::kAnd && b.IsFullRun()) return a.bytes().size();
  const bool keeps_left = operation == SetOperation::kAnd || operation == SetOperation::kAndNot;
  if (keeps_left && IsArray(a)) {
    const bool by_both = operation == SetOperation::kAnd && IsArray(b);
    return 2 * std::size_t{by_both ? std::min(a.cardinality, b.cardinality) : a.cardinality};
  }
  if (operation == SetOperation::kAnd && IsArray(b)) return 2 * std::size_t{b.cardinality};
  if (IsBitset(a) || IsBitset(b)) return kBitsetBytes;
  const std::size_t intervals = std::size_t{IntervalsOf(a)} + IntervalsOf(b);
  return std::min(kBitsetBytes, IsArray(a) && IsArray(b) ? 2 * intervals : 2 + 4 * intervals);
}

bool MayBecomeRuns(SetOperation operation, const Container& a, const Container& b) {
  switch (operation) {
    case SetOperation::kAnd:
      return IsRun(a) && IsRun(b);
    case SetOperation::kAndNot:
      return IsRun(a) && !IsBitset(b);
    case SetOperation::kOr:
      if (a.IsFullRun() || b.IsFullRun()) return true;
      [[fallthrough]];
    case SetOperation::kXor:
      return (IsRun(a) && !IsBitset(b)) || (IsRun(b) && !IsBitset(a));
  }
  return false;
}

void ContainerCombiner::Combine(SetOperation operation, const Container& a, const Container& b,
                                BitmapOutput* out) {
  const std::uint32_t key = a.high >> 16;
  if (IsRun(a) || IsRun(b)) return CombineRuns(operation, a, b, out);
  if (IsArray(a) && IsArray(b)) return CombineArrays(operation, a, b, out);
  if (IsBitset(a) && IsBitset(b)) {
    std::byte* bits = out->Room(kBitsetBytes);
    return Finish(key, bits, CombineBits(operation, a.data, b.data, bits), out);
  }
  const Container& array = IsArray(a) ? a : b;
  const Container& bitset = IsArray(a) ? b : a;
  if (operation == SetOperation::kAnd || (operation == SetOperation::kAndNot && IsArray(a))) {
    std::byte* place = out->Room(2 * std::size_t{array.cardinality});
    const std::uint32_t count = SelectByBits(array, bitset, operation == SetOperation::kAnd, place);
    return out->Add(key, ContainerKind::kArray, count, 2 * std::size_t{count});
  }
  ChangeBitset(operation, bitset, array, out);
}

void ContainerCombiner::CombineArrays(SetOperation operation, const Container& a,
                                      const Container& b, BitmapOutput* out) {
  const std::uint32_t most = MostCombined(operation, a.lows(), b.lows());
  if (most <= kMaxArrayValues) {
    std::byte* place = out->Room(2 * std::size_t{most});
    const std::uint32_t count = CombineValues(operation, a.lows(), b.lows(), place);
    return out->Add(a.high >> 16, ContainerKind::kArray, count, 2 * std::size_t{count});
  }
  std::byte* bits = out->Room(kBitsetBytes);
  words_.fill(0);
  SetBits(&words_, a);
  std::memcpy(bits, words_.data(), kBitsetBytes);
  words_.fill(0);
  SetBits(&words_, b);
  Finish(a.high >> 16, bits, CombineBits(operation, bits, BytesOf(words_), bits), out);
}

// Values of the array set, turned or cleared.
void ContainerCombiner::ChangeBitset(SetOperation operation, const Container& bitset,
                                     const Container& array, BitmapOutput* out) {
  std::byte* bits = out->Room(kBitsetBytes);
  std::uint32_t count = CombineBits(SetOperation::kAnd, bitset.data, bitset.data, bits);
  for (std::uint32_t i = 0; i < array.cardinality; ++i) {
    const std::uint16_t value = array.Value(i);
    std::byte* place = bits + 8 * (value >> 6);
    const auto before = LoadAt<std::uint64_t>(place);
    const std::uint64_t bit = std::uint64_t{1} << (value & 63);
    std::uint64_t after = before | bit;
    if (operation == SetOperation::kXor) after = before ^ bit;
    if (operation == SetOperation::kAndNot) after = before & ~bit;
    StoreAt(place, after);
    count += static_cast<std::uint32_t>(after >> (value & 63) & 1);
    count -= static_cast<std::uint32_t>(before >> (value & 63) & 1);
  }
  Finish(bitset.high >> 16, bits, count, out);
}

void ContainerCombiner::CombineRuns(SetOperation operation, const Container& a, const Container& b,
                                    BitmapOutput* out) {
  const std::uint32_t key = a.high >> 16;
  if (operation == SetOperation::kOr && a.IsFullRun()) return out->Keep(a);
  if (operation == SetOperation::kOr && b.IsFullRun()) return out->Keep(b);
  if (operation == SetOperation::kAnd && a.IsFullRun()) return out->Keep(b);
  if (operation == SetOperation::kAnd && b.IsFullRun()) return out->Keep(a);
  if (operation == SetOperation::kAndNot && b.IsFullRun()) return;
  if (IsBitset(a) || IsBitset(b)) {
    std::byte* bits = out->Room(kBitsetBytes);
    words_.fill(0);
    SetBits(&words_, IsRun(a) ? a : b);
    const std::byte* left = IsRun(a) ? BytesOf(words_) : a.data;
    const std::byte* right = IsRun(a) ? b.data : BytesOf(words_);
    return Finish(key, bits, CombineBits(operation, left, right, bits), out);
  }
  const bool selects =
      operation == SetOperation::kAnd || (operation == SetOperation::kAndNot && IsArray(a));
  if (selects && (IsArray(a) || IsArray(b))) {
    const Container& array = IsArray(a) ? a : b;
    std::byte* place = out->Room(2 * std::size_t{array.cardinality});
    const std::uint32_t count =
        SelectByRuns(array, IsArray(a) ? b : a, operation == SetOperation::kAnd, place);
    return out->Add(key, ContainerKind::kArray, count, 2 * std::size_t{count});
  }
  if (IntervalsOf(a) + IntervalsOf(b) <= kMaxWalked) {
    Walk(operation, a, b, &draft_);
  } else {
    draft_.Combine(operation, a, b);
  }
  const ContainerDraft::Form form = draft_.Best(true);
  if (form.cardinality != 0) draft_.Write(form, out->Room(form.bytes));
  out->Add(key, form.kind, form.cardinality, form.bytes);
}

// Ends a container whose bits stand where it is to be written: as an array when they are few.
void ContainerCombiner::Finish(std::uint32_t key, std::byte* bits, std::uint32_t count,
                               BitmapOutput* out) {
  if (count > kMaxArrayValues) return out->Add(key, ContainerKind::kBitset, count, kBitsetBytes);
  if (count == 0) return;
  std::memcpy(words_.data(), bits, kBitsetBytes);
  BitsToLows(BytesOf(words_), count, bits);
  out->Add(key, ContainerKind::kArray, count, 2 * std::size_t{count});
}

}  // namespace cdp::bitmap
