/// What the aggregates think with, beside plain sets that do the same: a program of bytes adds
/// values, folds bitmaps, serialises, reads back and combines. And arbitrary bytes as the partial
/// states that arrive from elsewhere, of rb_build_agg too.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <type_traits>

#include "core/bitmap/accumulator.h"
#include "core/bitmap/bitmap64_text.h"
#include "core/bitmap/bitmap64_writer.h"
#include "core/bitmap/bitmap_text.h"
#include "core/bitmap/bitmap_writer.h"
#include "core/bitmap/build_state.h"
#include "core/bitmap/sort.h"
#include "oracle/bitmap64.h"

namespace {

using namespace cdp;
using namespace cdp::bitmap;
using PortableBytes = std::vector<std::byte>;

auto* const kMemory = std::pmr::new_delete_resource();

void Require(bool truth) {
  if (!truth) std::abort();
}

// The input, read from its front; zeros after its end.
class Program {
 public:
  Program(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  bool empty() const { return left_ == 0; }
  std::uint32_t Byte() { return empty() ? 0 : (--left_, *data_++); }
  std::uint32_t Word() {
    const std::uint32_t low = Byte();
    return low | Byte() << 8;
  }
  PortableBytes Raw(std::size_t size) {
    PortableBytes bytes;
    for (; size > 0 && !empty(); --size) bytes.push_back(static_cast<std::byte>(Byte()));
    return bytes;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

template <class Value>
constexpr bool kIsWide = sizeof(Value) == sizeof(std::uint64_t);

template <class Value>
PortableBytes Expected(const std::set<Value>& set) {
  if constexpr (kIsWide<Value>) return oracle::SwiftPortable64(set);
  if constexpr (!kIsWide<Value>) return oracle::SwiftPortable(set);
}

template <class Value>
PortableBytes Foreign(const std::set<Value>& set, std::uint64_t seed) {
  std::mt19937_64 rng(seed);
  if constexpr (kIsWide<Value>) return oracle::Portable64(set, rng);
  if constexpr (!kIsWide<Value>) return oracle::RandomPortable(set, rng);
}

// Values with the same distance, under a key or two.
template <class Value>
std::vector<Value> SomeValues(Program* program) {
  const std::uint32_t where = program->Byte();
  auto value = static_cast<Value>(program->Word());
  value |= static_cast<Value>(where & 3) << 16;
  if ((where & 4) != 0) value |= static_cast<Value>(~Value{0} << 18);
  if ((where & 8) != 0 && kIsWide<Value>) value |= static_cast<Value>(0x700000000);
  const std::uint32_t step = 1 + (where >> 4) * (where >> 4);
  std::vector<Value> values;
  for (std::uint32_t count = program->Word() % 1500; count > 0; --count) {
    values.push_back(value);
    value += step;
  }
  return values;
}

template <class Value>
class Twin {
 public:
  Twin() { fast_.emplace(kMemory); }

  void Add(const std::vector<Value>& values, bool at_once) {
    slow_.insert(values.begin(), values.end());
    if (at_once) return fast_->Add(values);
    for (const Value value : values) fast_->Add(value);
  }
  void Fold(SetOperation operation, const std::set<Value>& set, Bytes bytes) {
    fast_->Fold(operation, bytes);
    if (operation == SetOperation::kAnd) {
      std::erase_if(slow_, [&set](Value value) { return set.count(value) == 0; });
      return;
    }
    for (const Value value : set) {
      const bool is_new = slow_.insert(value).second;
      if (!is_new && operation == SetOperation::kXor) slow_.erase(value);
    }
  }
  PortableBytes Bytes() {
    PortableBytes bytes(fast_->PortableSize());
    fast_->WritePortable(bytes.data());
    return bytes;
  }
  void Check() {
    Require(fast_->Cardinality() == slow_.size());
    Require(slow_.empty() || !fast_->IsSurelyEmpty());
    Require(Bytes() == Expected(slow_));
  }
  void ReadBack() {
    const PortableBytes bytes = Bytes();
    fast_.emplace(kMemory);
    fast_->Fold(SetOperation::kOr, bytes);
  }
  // Whatever becomes of it, it can be written; and then it begins anew.
  void Suffer(SetOperation operation, const PortableBytes& bytes) {
    try {
      fast_->Fold(operation, bytes);
      Bytes();
    } catch (const Error&) {
      if (operation != SetOperation::kAnd) Bytes();
    }
    fast_.emplace(kMemory);
    fast_->Fold(SetOperation::kOr, Foreign(slow_, 1));
  }
  const std::set<Value>& slow() const { return slow_; }

 private:
  std::optional<Accumulator<Value>> fast_;
  std::set<Value> slow_;
};

template <class Value>
void Run(Program program) {
  constexpr SetOperation kOperations[] = {SetOperation::kOr, SetOperation::kXor,
                                          SetOperation::kAnd};
  Twin<Value> twins[2];
  for (int steps = 0; steps < 24 && !program.empty(); ++steps) {
    const std::uint32_t what = program.Byte();
    Twin<Value>& twin = twins[what & 1];
    Twin<Value>& other = twins[~what & 1];
    const SetOperation operation = kOperations[(what >> 4) % 3];
    switch ((what >> 1) % 8) {
      case 0:
      case 1:
        twin.Add(SomeValues<Value>(&program), (what & 2) != 0);
        break;
      case 2:
      case 3: {
        const auto values = SomeValues<Value>(&program);
        std::set<Value> set(values.begin(), values.end());
        // Else hardly anything would be left.
        if (operation == SetOperation::kAnd) set.insert(twin.slow().begin(), twin.slow().end());
        for (const Value value : SomeValues<Value>(&program)) set.erase(value);
        twin.Fold(operation, set, Foreign(set, what));
        break;
      }
      case 4:
        twin.ReadBack();
        break;
      case 5:
        twin.Fold(operation, other.slow(), other.Bytes());
        break;
      case 6:
        twin.Suffer(operation, program.Raw(program.Byte()));
        break;
      default:
        twin.Check();
    }
  }
  twins[0].Check();
  twins[1].Check();
}

// Arbitrary bytes as a partial state of rb_build_agg: an error, or the set of its values, which
// comes back out of the forms in which it may be shown.
void ReadBuildState(Bytes bytes) {
  try {
    auto values = BuildStateValues(bytes, kMemory);
    const oracle::Set set(values.begin(), values.end());
    values.resize(SortUnique(values, kMemory));
    const PortableWriter writer(values);
    PortableBytes portable(writer.size());
    writer.Write(portable.data());
    Require(portable == oracle::Portable(set));
    std::string text(MaxArrayText(BitmapView(portable)), '\0');
    text.resize(
        static_cast<std::size_t>(WriteArrayText(BitmapView(portable), text.data()) - text.data()));
    const auto again = ParseArrayText(text, kMemory);
    Require(std::equal(again.begin(), again.end(), set.begin(), set.end()));
  } catch (const Error&) {
  }
}

void ReadBuildState64(Bytes bytes) {
  try {
    auto values = BuildStateValues64(bytes, kMemory);
    const oracle::Set64 set(values.begin(), values.end());
    values.resize(SortUnique(values, kMemory));
    BucketList list(kMemory);
    AppendSorted(values, &list);
    PortableBytes portable(list.size());
    list.Write(portable.data());
    Require(portable == oracle::Portable64By(
                            set, [](const oracle::Set& lows) { return oracle::Portable(lows); }));
    std::string text(MaxArrayText64(portable), '\0');
    text.resize(static_cast<std::size_t>(WriteArrayText64(portable, text.data()) - text.data()));
    const auto again = ParseArrayText64(text, kMemory);
    Require(std::equal(again.begin(), again.end(), set.begin(), set.end()));
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Program program(data, size);
  switch (program.Byte() % 3) {
    case 0:
      Run<std::uint32_t>(program);
      break;
    case 1:
      Run<std::uint64_t>(program);
      break;
    default: {
      const PortableBytes bytes = program.Raw(size);
      if (IsBuildState(bytes)) ReadBuildState(bytes);
      if (IsBuildState64(bytes)) ReadBuildState64(bytes);
    }
  }
  return 0;
}
