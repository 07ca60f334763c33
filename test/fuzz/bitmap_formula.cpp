/// Counts of nested set operations: trees that the input describes over operands of arbitrary
/// bytes. Of valid operands the count must be that of the slow evaluation, which makes every result
/// between with the library's own operations; the same under the buckets of 64-bit bitmaps.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap64_view.h"
#include "core/bitmap/bitmap_formula.h"

namespace {

using namespace cdp;
using namespace cdp::bitmap;
using PortableBytes = std::vector<std::byte>;

auto* const kMemory = std::pmr::new_delete_resource();
constexpr std::size_t kOperands = 3;

void Require(bool truth) {
  if (!truth) std::abort();
}

// The input, read from its front; zeros after its end.
class Program {
 public:
  Program(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  std::uint32_t Byte() { return left_ == 0 ? 0 : (--left_, *data_++); }
  PortableBytes Raw(std::size_t size) {
    PortableBytes bytes;
    for (; size > 0 && left_ > 0; --size) bytes.push_back(static_cast<std::byte>(Byte()));
    return bytes;
  }
  std::size_t left() const { return left_; }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

// A tree of operations, at most five deep, as the formula's text.
std::string TextOf(Program* program, int depth) {
  const std::uint32_t what = program->Byte();
  const bool is_leaf = depth == 0 || what % 4 == 0;
  if (is_leaf) return std::to_string(1 + what / 4 % kOperands);
  const std::string left = TextOf(program, depth - 1);
  const char operation = "&|#-"[what / 4 % 4];
  return "(" + left + operation + TextOf(program, depth - 1) + ")";
}

Bitmap Copy(const Bitmap& bitmap) {
  Bitmap copy;
  copy.Apply(SetOperation::kOr, bitmap);
  return copy;
}

// Node by node, each result made whole.
std::int64_t SlowCount(const Formula& formula, const std::vector<Bitmap>& operands) {
  std::vector<Bitmap> results;
  for (const Formula::Node& node : formula.nodes()) {
    Bitmap result = Copy(node.is_operand ? operands[node.operand] : results[node.left]);
    if (!node.is_operand) result.Apply(node.operation, results[node.right]);
    results.push_back(std::move(result));
  }
  return static_cast<std::int64_t>(results.back().Cardinality());
}

// The bitmap under the high halves 5 and, if it takes part there, 9.
PortableBytes Wide(const PortableBytes& bitmap, bool twice) {
  PortableBytes bytes(kBucketCountBytes);
  StoreAt(bytes.data(), std::uint64_t{twice ? 2u : 1u});
  for (const std::uint32_t high : {5u, 9u}) {
    if (high == 9 && !twice) break;
    bytes.resize(bytes.size() + kBucketHeaderBytes);
    StoreAt(bytes.data() + bytes.size() - kBucketHeaderBytes, high);
    bytes.insert(bytes.end(), bitmap.begin(), bitmap.end());
  }
  return bytes;
}

std::vector<Bytes> SpansOf(const std::vector<PortableBytes>& values) {
  return {values.begin(), values.end()};
}

// Of valid operands; those with a bit in `twice` are under the second high half as well.
void Agree(const Formula& formula, const std::vector<Bitmap>& operands, std::uint32_t twice) {
  std::vector<PortableBytes> narrow;
  std::vector<PortableBytes> wide;
  std::vector<Bitmap> second;
  for (std::size_t i = 0; i < kOperands; ++i) {
    const bool is_twice = (twice >> i & 1) != 0;
    PortableBytes bytes(operands[i].PortableSize());
    operands[i].WritePortable(bytes.data());
    wide.push_back(Wide(bytes, is_twice));
    narrow.push_back(std::move(bytes));
    second.push_back(is_twice ? Copy(operands[i]) : Bitmap());
  }
  const std::int64_t expected = SlowCount(formula, operands);
  Require(CountFormula(formula, SpansOf(narrow), kMemory) == expected);
  Require(CountFormula64(formula, SpansOf(wide), kMemory) == expected + SlowCount(formula, second));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // As a text of its own: a formula or an error.
  try {
    Formula(std::string_view(reinterpret_cast<const char*>(data), size), kMemory);
  } catch (const Error&) {
  }
  Program program(data, size);
  const std::uint32_t twice = program.Byte();
  const Formula formula(TextOf(&program, 5), kMemory);
  std::vector<PortableBytes> operands;
  for (std::size_t i = 0; i < kOperands; ++i) {
    operands.push_back(program.Raw(program.left() / (kOperands - i)));
  }
  for (const auto count : {CountFormula, CountFormula64}) {
    try {
      count(formula, SpansOf(operands), kMemory);
    } catch (const Error&) {
    }
  }
  // Each wrong operand is replaced by an empty one: the others still are to agree.
  std::vector<Bitmap> valid;
  for (const PortableBytes& bytes : operands) {
    try {
      valid.push_back(Bitmap::FromPortable(bytes));
    } catch (const Error&) {
      valid.emplace_back();
    }
  }
  Agree(formula, valid, twice);
  return 0;
}
