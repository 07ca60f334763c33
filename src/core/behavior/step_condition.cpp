#include "core/behavior/step_condition.h"

namespace cdp::behavior {

std::int32_t StepConditions::Add(const Node& node) {
  nodes_.push_back(node);
  return static_cast<std::int32_t>(nodes_.size()) - 1;
}

std::int32_t StepConditions::Test(Operand operand, std::span<const Range> ranges) {
  operands_ |= 1u << operand;
  const auto first = static_cast<std::int32_t>(ranges_.size());
  ranges_.insert(ranges_.end(), ranges.begin(), ranges.end());
  return Add({Kind::kTest, operand, first, static_cast<std::int32_t>(ranges_.size())});
}

std::int32_t StepConditions::Absent(Operand operand) {
  operands_ |= 1u << operand;
  return Add({Kind::kAbsent, operand, 0, 0});
}

std::int32_t StepConditions::Join(Kind kind, std::int32_t a, std::int32_t b) {
  return Add({kind, 0, a, b});
}

OperandReader::OperandReader(const timeline::View& view, std::uint32_t operands) : view_(view) {
  for (int which = 1; which <= timeline::kMaxProperties; ++which) {
    if ((operands >> which & 1) != 0) {
      properties_[which - 1] = timeline::PropertyColumn(view, which);
    }
  }
}

void OperandReader::ReadValues() {
  if (!values_) values_.emplace(view_);
  values_->Skip(from_ - passed_);
  values_->Next(n_, &block_);
  passed_ = from_ + n_;
  read_ = true;
}

}  // namespace cdp::behavior
