#include "core/bitmap/container_combine.h"

#include <algorithm>
#include <cstring>

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

Container ArrayOf(std::uint32_t high, const std::byte* data, std::uint32_t count) {
  return {ContainerKind::kArray, high, count, 0, data};
}

// The operand that is the result because one of them has all values.
const Container* KeptWhole(SetOperation operation, const Container& a, const Container& b) {
  switch (operation) {
    case SetOperation::kAnd:
      return a.IsFullRun() ? &b : b.IsFullRun() ? &a : nullptr;
    case SetOperation::kOr:
      return a.IsFullRun() ? &a : b.IsFullRun() ? &b : nullptr;
    default:
      return nullptr;
  }
}

}  // namespace

std::size_t CombinedBytes(SetOperation operation, const Container& a, const Container& b) {
  if (const Container* kept = KeptWhole(operation, a, b)) return kept->bytes().size();
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
  if (const Container* kept = KeptWhole(operation, a, b)) return out->Keep(*kept);
  const std::size_t most = CombinedBytes(operation, a, b);
  const Container result = Combine(operation, a, b, out->Room(most));
  if (result.cardinality == 0) return;
  out->Add(result.high >> 16, result.kind, result.cardinality, result.bytes().size());
}

Container ContainerCombiner::Combine(SetOperation operation, const Container& a, const Container& b,
                                     std::byte* room) {
  if (const Container* kept = KeptWhole(operation, a, b)) return *kept;
  if (IsRun(a) || IsRun(b)) return CombineRuns(operation, a, b, room);
  if (IsArray(a) && IsArray(b)) return CombineArrays(operation, a, b, room);
  if (IsBitset(a) && IsBitset(b)) {
    return Finish(a.high, room, CombineBits(operation, a.data, b.data, room));
  }
  const Container& array = IsArray(a) ? a : b;
  const Container& bitset = IsArray(a) ? b : a;
  if (operation == SetOperation::kAnd || (operation == SetOperation::kAndNot && IsArray(a))) {
    return ArrayOf(a.high, room,
                   SelectByBits(array, bitset, operation == SetOperation::kAnd, room));
  }
  return ChangeBitset(operation, bitset, array, room);
}

Container ContainerCombiner::CombineArrays(SetOperation operation, const Container& a,
                                           const Container& b, std::byte* room) {
  if (MostCombined(operation, a.lows(), b.lows()) <= kMaxArrayValues) {
    return ArrayOf(a.high, room, CombineValues(operation, a.lows(), b.lows(), room));
  }
  words_.fill(0);
  SetBits(&words_, a);
  std::memcpy(room, words_.data(), kBitsetBytes);
  words_.fill(0);
  SetBits(&words_, b);
  return Finish(a.high, room, CombineBits(operation, room, BytesOf(words_), room));
}

// Values of the array set, turned or cleared.
Container ContainerCombiner::ChangeBitset(SetOperation operation, const Container& bitset,
                                          const Container& array, std::byte* bits) {
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
  return Finish(bitset.high, bits, count);
}

Container ContainerCombiner::CombineRuns(SetOperation operation, const Container& a,
                                         const Container& b, std::byte* room) {
  if (operation == SetOperation::kAndNot && b.IsFullRun()) return ArrayOf(a.high, room, 0);
  if (IsBitset(a) || IsBitset(b)) {
    words_.fill(0);
    SetBits(&words_, IsRun(a) ? a : b);
    const std::byte* left = IsRun(a) ? BytesOf(words_) : a.data;
    const std::byte* right = IsRun(a) ? b.data : BytesOf(words_);
    return Finish(a.high, room, CombineBits(operation, left, right, room));
  }
  const bool selects =
      operation == SetOperation::kAnd || (operation == SetOperation::kAndNot && IsArray(a));
  if (selects && (IsArray(a) || IsArray(b))) {
    const Container& array = IsArray(a) ? a : b;
    return ArrayOf(a.high, room,
                   SelectByRuns(array, IsArray(a) ? b : a, operation == SetOperation::kAnd, room));
  }
  if (IntervalsOf(a) + IntervalsOf(b) <= kMaxWalked) {
    Walk(operation, a, b, &draft_);
  } else {
    draft_.Combine(operation, a, b);
  }
  const ContainerDraft::Form form = draft_.Best(true);
  if (form.cardinality == 0) return ArrayOf(a.high, room, 0);
  draft_.Write(form, room);
  if (form.kind != ContainerKind::kRun) return {form.kind, a.high, form.cardinality, 0, room};
  return {form.kind, a.high, form.cardinality, LoadAt<std::uint16_t>(room), room + 2};
}

// A container whose bits stand where it is to be written: an array when they are few.
Container ContainerCombiner::Finish(std::uint32_t high, std::byte* bits, std::uint32_t count) {
  if (count > kMaxArrayValues) return {ContainerKind::kBitset, high, count, 0, bits};
  if (count != 0) {
    std::memcpy(words_.data(), bits, kBitsetBytes);
    BitsToLows(BytesOf(words_), count, bits);
  }
  return ArrayOf(high, bits, count);
}

}  // namespace cdp::bitmap
