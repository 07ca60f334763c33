#include "core/bitmap/block.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/bitmap/run_combine.h"

namespace cdp::bitmap {
namespace {

constexpr std::uint32_t kAllValues = 65536;

void FlipBits(Words* words, std::uint32_t first, std::uint32_t last) {
  ForEachWord(first, last, [words](std::uint32_t i, std::uint64_t mask) { (*words)[i] ^= mask; });
}

void ClearBits(Words* words, std::uint32_t first, std::uint32_t last) {
  ForEachWord(first, last, [words](std::uint32_t i, std::uint64_t mask) { (*words)[i] &= ~mask; });
}

// In four places by turns: neighbours in an ascending array often meet in one word, and each would
// have to wait for the one before.
template <class Put>
void PutAll(const Container& array, Put put) {
  const std::uint32_t quarter = array.cardinality / 4;
  for (std::uint32_t i = 0; i < quarter; ++i) {
    put(array.Value(i));
    put(array.Value(i + quarter));
    put(array.Value(i + 2 * quarter));
    put(array.Value(i + 3 * quarter));
  }
  for (std::uint32_t i = 4 * quarter; i < array.cardinality; ++i) put(array.Value(i));
}

void ClearOutside(Words* words, const Container& runs) {
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < runs.runs; ++i) {
    if (runs.RunStart(i) > next) ClearBits(words, next, runs.RunStart(i) - 1);
    next = runs.RunLast(i) + 1;
  }
  if (next < kAllValues) ClearBits(words, next, kAllValues - 1);
}

}  // namespace

void Block::Become(Kind kind, std::byte* data, std::size_t bytes, std::uint32_t count,
                   Memory* memory) {
  Release(memory);
  data_ = data;
  bytes_ = static_cast<std::uint32_t>(bytes);
  kind_ = kind;
  count_ = count;
  if (kind == Kind::kList) capacity_ = bytes_ / sizeof(std::uint16_t);
}

void Block::Release(Memory* memory) {
  if (data_ != nullptr) memory->deallocate(data_, bytes_, alignof(std::uint64_t));
  *this = Block();
}

void Block::ToBits(SetOperation how, Memory* memory) {
  if (kind_ == Kind::kBits) return;
  std::byte* data = NewData(kBitsetBytes, memory);
  auto* words = new (data) Words{};
  if (kind_ == Kind::kList) {
    for (std::uint32_t i = 0; i < count_; ++i) Put(words, list()[i], how);
  } else {
    for (std::uint32_t i = 0; i < count_; ++i) SetBits(words, runs()[i].first, runs()[i].last);
  }
  Become(Kind::kBits, data, kBitsetBytes, 0, memory);
}

// Of a block without values.
void Block::ToRuns(Memory* memory) {
  Release(memory);
  kind_ = Kind::kRuns;
}

void Block::Settle(SetOperation how) {
  if (kind_ != Kind::kList || is_ordered_) return;
  // Above, setting bits and reading them again costs less than comparing.
  constexpr std::uint32_t kComparisons = 96;
  std::uint16_t* values = list();
  std::uint32_t kept = 0;
  if (count_ > kComparisons) {
    Words words = {};
    for (std::uint32_t i = 0; i < count_; ++i) Put(&words, values[i], how);
    ForEachBit(words, [values, &kept](std::uint32_t value) {
      values[kept++] = static_cast<std::uint16_t>(value);
    });
  } else {
    std::sort(values, values + count_);
    for (std::uint32_t i = 0; i < count_;) {
      std::uint32_t end = i + 1;
      while (end < count_ && values[end] == values[i]) ++end;
      values[kept] = values[i];
      kept += how != SetOperation::kXor || (end - i) % 2 != 0;
      i = end;
    }
  }
  count_ = kept;
  is_ordered_ = true;
}

// Room for more values in the list; where it would become too long, it is bits afterwards.
void Block::MakeRoom(std::uint32_t more, SetOperation how, Memory* memory) {
  constexpr std::uint32_t kFirstCapacity = 64;
  constexpr std::uint32_t kGrowsAnyway = 256;
  if (count_ + more <= capacity_) return;
  // Values that keep repeating must not make it large, and order must not be made too often.
  if (capacity_ > kGrowsAnyway) {
    Settle(how);
    if (count_ + more <= capacity_ / 4 * 3) return;
  }
  if (count_ + more > kMaxList) return ToBits(how, memory);
  std::uint32_t capacity = std::max(2 * capacity_, kFirstCapacity);
  while (capacity < count_ + more) capacity *= 2;
  std::byte* data = NewData(sizeof(std::uint16_t) * capacity, memory);
  if (count_ != 0) std::memcpy(data, data_, sizeof(std::uint16_t) * count_);
  const bool is_ordered = is_ordered_;
  Become(Kind::kList, data, sizeof(std::uint16_t) * capacity, count_, memory);
  is_ordered_ = is_ordered;
}

void Block::AddToFull(std::uint16_t value, SetOperation how, Memory* memory) {
  if (how == SetOperation::kOr && HasAll()) return;
  if (kind_ == Kind::kList) {
    MakeRoom(1, how, memory);
  } else {
    ToBits(how, memory);
  }
  Add(value, how, memory);
}

void Block::AddArray(const Container& array, SetOperation how, Memory* memory) {
  if (kind_ == Kind::kRuns && IsSurelyEmpty()) Release(memory);
  if (kind_ == Kind::kRuns) ToBits(how, memory);
  if (kind_ == Kind::kList) MakeRoom(array.cardinality, how, memory);
  if (kind_ == Kind::kList) {
    is_ordered_ = is_ordered_ && (count_ == 0 || list()[count_ - 1] < array.Value(0));
    std::memcpy(list() + count_, array.data, sizeof(std::uint16_t) * array.cardinality);
    count_ += array.cardinality;
  } else if (how == SetOperation::kXor) {
    PutAll(array, [words = bits()](std::uint16_t value) { Put(words, value, SetOperation::kXor); });
  } else {
    PutAll(array, [words = bits()](std::uint16_t value) { Put(words, value, SetOperation::kOr); });
  }
}

void Block::AddBitset(const Container& bitset, SetOperation how, Memory* memory) {
  ToBits(how, memory);
  Words& words = *bits();
  if (how == SetOperation::kXor) {
    for (std::size_t i = 0; i < kBitsetWords; ++i) words[i] ^= bitset.Word(i);
  } else {
    for (std::size_t i = 0; i < kBitsetWords; ++i) words[i] |= bitset.Word(i);
  }
}

void Block::AddRuns(const Container& container, SetOperation how, Memory* memory) {
  constexpr std::uint32_t kFewValues = 64;
  if (kind_ == Kind::kList) Settle(how);
  const bool takes_all = how == SetOperation::kOr && container.cardinality == kAllValues;
  if (takes_all || IsSurelyEmpty()) ToRuns(memory);
  if (kind_ == Kind::kRuns) return CombineRuns(container, how, memory);
  if (kind_ == Kind::kList && container.cardinality <= kFewValues) {
    MakeRoom(container.cardinality, how, memory);
  } else {
    ToBits(how, memory);
  }
  for (std::uint32_t i = 0; i < container.runs; ++i) {
    const std::uint32_t first = container.RunStart(i);
    const std::uint32_t last = container.RunLast(i);
    if (kind_ == Kind::kBits && how == SetOperation::kXor) {
      FlipBits(bits(), first, last);
    } else if (kind_ == Kind::kBits) {
      SetBits(bits(), first, last);
    } else {
      for (std::uint32_t value = first; value <= last; ++value) {
        Push(static_cast<std::uint16_t>(value));
      }
    }
  }
}

// Runs stay runs while they are few.
void Block::CombineRuns(const Container& container, SetOperation operation, Memory* memory) {
  const auto mine = [this](std::uint32_t i) {
    return std::pair<std::uint32_t, std::uint32_t>(runs()[i].first, runs()[i].last + 1u);
  };
  const auto its = [&container](std::uint32_t i) {
    return std::pair<std::uint32_t, std::uint32_t>(container.RunStart(i), container.RunLast(i) + 1);
  };
  const auto keep = [operation](bool in_mine, bool in_its) {
    if (operation == SetOperation::kAnd) return in_mine && in_its;
    return operation == SetOperation::kXor ? in_mine != in_its : in_mine || in_its;
  };
  const std::size_t bytes = sizeof(Run) * (std::size_t{count_} + container.runs);
  std::byte* data = NewData(bytes, memory);
  auto* made = reinterpret_cast<Run*>(data);
  std::uint32_t count = 0;
  CombineRunLists(
      count_, mine, container.runs, its, keep,
      [made, &count](std::uint32_t first, std::uint32_t last) {
        made[count++] = {static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last)};
      });
  Become(Kind::kRuns, data, bytes, count, memory);
  if (count > kMaxRuns) ToBits(operation, memory);
}

void Block::Add(const Container& container, SetOperation how, Memory* memory) {
  if (how == SetOperation::kOr && HasAll()) return;
  cardinality_ = 0;
  switch (container.kind) {
    case ContainerKind::kArray:
      return AddArray(container, how, memory);
    case ContainerKind::kBitset:
      return AddBitset(container, how, memory);
    case ContainerKind::kRun:
      return AddRuns(container, how, memory);
  }
}

void Block::Meet(const Container& container, Memory* memory) {
  cardinality_ = 0;
  if (kind_ == Kind::kList) {
    MeetList(container);
  } else if (container.kind == ContainerKind::kArray) {
    MeetArray(container, memory);
  } else if (kind_ == Kind::kRuns && container.kind == ContainerKind::kRun) {
    CombineRuns(container, SetOperation::kAnd, memory);
  } else {
    ToBits(SetOperation::kOr, memory);
    MeetInBits(container, memory);
  }
}

void Block::MeetList(const Container& container) {
  std::uint16_t* values = list();
  std::uint32_t kept = 0;
  std::uint32_t at = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const std::uint16_t value = values[i];
    bool is_there = false;
    switch (container.kind) {
      case ContainerKind::kBitset:
        is_there = container.Bit(value);
        break;
      case ContainerKind::kArray:
        while (at < container.cardinality && container.Value(at) < value) ++at;
        is_there = at < container.cardinality && container.Value(at) == value;
        break;
      case ContainerKind::kRun:
        while (at < container.runs && container.RunLast(at) < value) ++at;
        is_there = at < container.runs && container.RunStart(at) <= value;
        break;
    }
    values[kept] = value;
    kept += is_there;
  }
  count_ = kept;
}

// Of bits or runs; becomes the list of those of the array's values that are here.
void Block::MeetArray(const Container& array, Memory* memory) {
  const std::size_t bytes = sizeof(std::uint16_t) * array.cardinality;
  std::byte* data = NewData(bytes, memory);
  auto* values = reinterpret_cast<std::uint16_t*>(data);
  std::uint32_t kept = 0;
  std::uint32_t at = 0;
  for (std::uint32_t i = 0; i < array.cardinality; ++i) {
    const std::uint16_t value = array.Value(i);
    values[kept] = value;
    if (kind_ == Kind::kBits) {
      kept += (*bits())[value >> 6] >> (value & 63) & 1;
    } else {
      while (at < count_ && runs()[at].last < value) ++at;
      kept += at < count_ && runs()[at].first <= value;
    }
  }
  Become(Kind::kList, data, bytes, kept, memory);
}

void Block::MeetInBits(const Container& container, Memory* memory) {
  Words& words = *bits();
  if (container.kind == ContainerKind::kRun) {
    ClearOutside(&words, container);
  } else {
    for (std::size_t i = 0; i < kBitsetWords; ++i) words[i] &= container.Word(i);
  }
  const bool is_empty =
      std::all_of(words.begin(), words.end(), [](auto word) { return word == 0; });
  if (is_empty) Release(memory);
}

template <class Body>
void Block::ForEachRunOfMine(Body body) const {
  switch (kind_) {
    case Kind::kList:
      for (std::uint32_t i = 0; i < count_;) {
        std::uint32_t end = i + 1;
        while (end < count_ && list()[end] == list()[end - 1] + 1) ++end;
        body(list()[i], list()[end - 1]);
        i = end;
      }
      break;
    case Kind::kBits:
      ForEachRun(*bits(), body);
      break;
    case Kind::kRuns:
      for (std::uint32_t i = 0; i < count_; ++i) body(runs()[i].first, runs()[i].last);
      break;
  }
}

ContainerForm Block::Best() {
  if (cardinality_ == 0) {
    BitCounts counts = {};
    if (kind_ == Kind::kBits) {
      counts = CountBitsAndRuns(*bits());
    } else if (kind_ == Kind::kList) {
      counts = {count_, count_ != 0};
      for (std::uint32_t i = 1; i < count_; ++i) counts.runs += list()[i] != list()[i - 1] + 1;
    } else {
      counts.runs = count_;
      for (std::uint32_t i = 0; i < count_; ++i) {
        counts.bits += runs()[i].last - runs()[i].first + 1u;
      }
    }
    cardinality_ = counts.bits;
    run_count_ = static_cast<std::uint16_t>(counts.runs);
  }
  return SwiftForm(cardinality_, run_count_);
}

void Block::Write(const ContainerForm& form, std::byte* out) const {
  const bool is_array = form.kind == ContainerKind::kArray;
  if ((form.kind == ContainerKind::kBitset && kind_ == Kind::kBits) ||
      (is_array && kind_ == Kind::kList)) {
    std::memcpy(out, data_, form.bytes);
  } else if (is_array && kind_ == Kind::kBits) {
    ForEachBit(*bits(), [&out](std::uint32_t value) {
      StoreAt(out, static_cast<std::uint16_t>(value));
      out += 2;
    });
  } else {
    WriteRunsAs(
        form, [this](auto body) { ForEachRunOfMine(body); }, out);
  }
}

}  // namespace cdp::bitmap
