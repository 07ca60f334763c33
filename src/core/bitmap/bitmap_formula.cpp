#include "core/bitmap/bitmap_formula.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/stop.h"
#include "core/bitmap/bitmap64_view.h"
#include "core/bitmap/container_and.h"

namespace cdp::bitmap {
namespace {

constexpr std::size_t kRoom = kBitsetBytes + kKernelSlop;
constexpr std::uint32_t kNoKey = kMaxContainers;

[[noreturn]] void Malformed(std::string_view text) {
  throw Error(ErrorCode::kInvalidArgument, "malformed set formula: \"" + std::string(text) + "\"");
}

// Recursive descent over a formula's text; the depth is bounded by the nodes.
class Parser {
 public:
  Parser(std::string_view text, std::pmr::vector<Formula::Node>* nodes)
      : text_(text), nodes_(nodes) {}

  void Parse() {
    ReadTerms();
    if (at_ != text_.size()) Malformed(text_);
  }
  std::uint32_t greatest() const { return greatest_; }

 private:
  static constexpr std::uint32_t kMaxDepth = 2 * Formula::kMaxTerms;

  char Look() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  std::uint32_t Push(const Formula::Node& node) {
    if (nodes_->size() >= 2 * Formula::kMaxTerms) Malformed(text_);
    nodes_->push_back(node);
    return static_cast<std::uint32_t>(nodes_->size() - 1);
  }

  // Terms with operators between them.
  std::uint32_t ReadTerms() {
    std::uint32_t left = ReadTerm();
    while (true) {
      SetOperation operation = SetOperation::kAnd;
      switch (Look()) {
        case '&':
          break;
        case '|':
          operation = SetOperation::kOr;
          break;
        case '#':
          operation = SetOperation::kXor;
          break;
        case '-':
          operation = SetOperation::kAndNot;
          break;
        default:
          return left;
      }
      ++at_;
      const std::uint32_t right = ReadTerm();
      left = Push({false, operation, 0, left, right});
    }
  }

  // A number, or terms in parentheses.
  std::uint32_t ReadTerm() {
    if (Look() == '(') {
      if (++depth_ > kMaxDepth) Malformed(text_);
      ++at_;
      const std::uint32_t inner = ReadTerms();
      if (Look() != ')') Malformed(text_);
      ++at_;
      --depth_;
      return inner;
    }
    std::uint32_t number = 0;
    for (char c = Look(); c >= '0' && c <= '9'; c = at_ < text_.size() ? text_[at_] : '\0') {
      number = number * 10 + static_cast<std::uint32_t>(c - '0');
      if (number > Formula::kMaxTerms) Malformed(text_);
      ++at_;
    }
    if (number == 0) Malformed(text_);
    greatest_ = std::max(greatest_, number);
    return Push({true, SetOperation::kAnd, number - 1, 0, 0});
  }

  std::string_view text_;
  std::pmr::vector<Formula::Node>* nodes_;
  std::size_t at_ = 0;
  std::uint32_t depth_ = 0;
  std::uint32_t greatest_ = 0;
};

bool IsArray(const Container& container) { return container.kind == ContainerKind::kArray; }
bool IsEmpty(const Container& container) { return container.cardinality == 0; }

}  // namespace

Formula::Formula(std::string_view text, std::pmr::memory_resource* memory) : nodes_(memory) {
  nodes_.reserve(text.size());
  Parser parser(text, &nodes_);
  parser.Parse();
  operands_ = parser.greatest();
}

FormulaReader::FormulaReader(const Formula& formula, std::pmr::memory_resource* memory)
    : formula_(formula),
      memory_(memory),
      places_(formula.nodes().size(), 0, memory),
      rooms_(static_cast<std::byte*>(memory->allocate(formula.nodes().size() * kRoom))) {}

FormulaReader::~FormulaReader() { memory_->deallocate(rooms_, formula_.nodes().size() * kRoom); }

// The first key of an operand that is at least `key`.
std::uint32_t FormulaReader::Seek(std::uint32_t node, std::uint32_t key) {
  const BitmapView& view = operands_[formula_.nodes()[node].operand];
  std::uint32_t& place = places_[node];
  if (place < view.containers() && view.Key(place) < key) place = view.Find(key, place + 1);
  if (place == view.containers()) return kNoKey;
  const std::uint32_t found = view.Key(place);
  // Keys in disorder would lead round in circles.
  if (found < key) MalformedBitmap();
  return found;
}

// The first key from `key` on under which the node can have values.
std::uint32_t FormulaReader::NextKey(std::uint32_t node, std::uint32_t key) {
  const Node& self = formula_.nodes()[node];
  if (self.is_operand) return Seek(node, key);
  switch (self.operation) {
    case SetOperation::kAnd:
      while (true) {
        const std::uint32_t left = NextKey(self.left, key);
        if (left == kNoKey) return kNoKey;
        key = NextKey(self.right, left);
        if (key == left || key == kNoKey) return key;
      }
    case SetOperation::kAndNot:
      return NextKey(self.left, key);
    default:
      return std::min(NextKey(self.left, key), NextKey(self.right, key));
  }
}

// What an operation has to put together under a key. What is at hand comes first: where it has no
// values, or few, the other side is spared all of its work or most of it.
FormulaReader::Sides FormulaReader::EvaluateSides(const Node& self, std::uint32_t key,
                                                  const Container* within) {
  const bool is_and = self.operation == SetOperation::kAnd;
  const bool needs_first = is_and || self.operation == SetOperation::kAndNot;
  std::uint32_t first = self.left;
  std::uint32_t second = self.right;
  if (is_and && formula_.nodes()[second].is_operand) std::swap(first, second);
  Sides sides = {Evaluate(first, key, within), {}, false};
  if (needs_first && IsEmpty(sides.first)) return sides;
  sides.narrowed = needs_first && IsArray(sides.first);
  sides.second = Evaluate(second, key, sides.narrowed ? &sides.first : within);
  return sides;
}

// The node's values under a key; of these, those that the array `within` has too, unless it is
// null.
Container FormulaReader::Evaluate(std::uint32_t node, std::uint32_t key, const Container* within) {
  const Node& self = formula_.nodes()[node];
  std::byte* room = rooms_ + node * kRoom;
  if (self.is_operand) {
    if (Seek(node, key) != key) return {};
    const Container container = operands_[self.operand].At(places_[node]);
    if (within == nullptr) return container;
    return combiner_.Combine(SetOperation::kAnd, *within, container, room);
  }
  const Sides sides = EvaluateSides(self, key, within);
  const bool is_and = self.operation == SetOperation::kAnd;
  if (is_and && (sides.narrowed || IsEmpty(sides.second))) return sides.second;
  if (IsEmpty(sides.second)) return sides.first;
  if (IsEmpty(sides.first)) return sides.second;
  return combiner_.Combine(self.operation, sides.first, sides.second, room);
}

// The root's values under a key, which need not be made to be counted.
std::int64_t FormulaReader::CountUnder(std::uint32_t key) {
  const auto root = static_cast<std::uint32_t>(formula_.nodes().size() - 1);
  const Node& self = formula_.nodes()[root];
  if (self.is_operand) return Evaluate(root, key, nullptr).cardinality;
  const Sides sides = EvaluateSides(self, key, nullptr);
  const std::int64_t first = sides.first.cardinality;
  const std::int64_t second = sides.second.cardinality;
  std::int64_t both = 0;
  if (sides.narrowed) {
    both = second;
  } else if (first != 0 && second != 0) {
    both = AndCardinality(sides.first, sides.second);
  }
  switch (self.operation) {
    case SetOperation::kAnd:
      return both;
    case SetOperation::kAndNot:
      return first - both;
    case SetOperation::kOr:
      return first + second - both;
    case SetOperation::kXor:
      return first + second - 2 * both;
  }
  return 0;
}

std::int64_t FormulaReader::Count(std::span<const BitmapView> operands) {
  operands_ = operands;
  std::fill(places_.begin(), places_.end(), 0);
  const auto nodes = static_cast<std::uint32_t>(formula_.nodes().size());
  StopTicker ticker;
  std::int64_t count = 0;
  std::uint32_t key = NextKey(nodes - 1, 0);
  while (key != kNoKey) {
    count += CountUnder(key);
    ticker.Step(512 * nodes);
    key = NextKey(nodes - 1, key + 1);
  }
  return count;
}

std::int64_t CountFormula(const Formula& formula, std::span<const Bytes> operands,
                          std::pmr::memory_resource* memory) {
  const std::pmr::vector<BitmapView> views(operands.begin(), operands.end(), memory);
  return FormulaReader(formula, memory).Count(views);
}

std::int64_t CountFormula64(const Formula& formula, std::span<const Bytes> operands,
                            std::pmr::memory_resource* memory) {
  struct Side {
    BucketReader reader;
    Bucket bucket;
    bool has_bucket;
  };
  std::pmr::vector<Side> sides(memory);
  sides.reserve(operands.size());
  for (const Bytes bytes : operands) {
    Side& side = sides.emplace_back(Side{BucketReader(bytes), {}, false});
    side.has_bucket = side.reader.Next(&side.bucket);
  }
  std::pmr::vector<BitmapView> views(operands.size(), memory);
  FormulaReader reader(formula, memory);
  StopTicker ticker;
  std::int64_t count = 0;
  while (true) {
    const Side* least = nullptr;
    for (const Side& side : sides) {
      if (!side.has_bucket) continue;
      if (least == nullptr || side.bucket.high < least->bucket.high) least = &side;
    }
    if (least == nullptr) return count;
    const std::uint32_t high = least->bucket.high;
    for (std::size_t i = 0; i < sides.size(); ++i) {
      Side& side = sides[i];
      const bool takes_part = side.has_bucket && side.bucket.high == high;
      views[i] = takes_part ? BitmapView(side.bucket.bitmap) : BitmapView();
      if (takes_part) side.has_bucket = side.reader.Next(&side.bucket);
    }
    count += reader.Count(views);
    ticker.Step(static_cast<std::uint32_t>(16 * sides.size()));
  }
}

}  // namespace cdp::bitmap
