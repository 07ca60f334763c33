/// Conditions of rules on what events carry, as conditions on the numbers in timelines.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audience/behavior_clock.h"
#include "core/behavior/step_condition.h"

namespace cdp::audience {

/// Where timelines keep a property: as the value (operand 0), in units of 10^-decimals, or as one
/// of the properties, by codes.
struct PropertyPlace {
  behavior::Operand operand;
  int decimals;
};

/// A code of a property, what it says, and the number that this is in units of 10^-kWordDecimals.
struct PropertyWord {
  std::int32_t code;
  std::string_view text;
  std::optional<std::int64_t> number;
};
inline constexpr int kWordDecimals = 3;

/// The dictionaries of timelines. Names are as in the rule; what does not exist is an error.
class BehaviorNames {
 public:
  virtual ~BehaviorNames() = default;

  virtual std::int32_t Event(std::string_view event) = 0;
  virtual PropertyPlace Property(std::string_view event, std::string_view property) = 0;
  /// Calls take for every code of a property, or for those alone that say one of `texts`, if it is
  /// not empty.
  virtual void Words(behavior::Operand operand, const std::vector<Value>& texts,
                     const std::function<void(const PropertyWord&)>& take) = 0;
};

/// Adds a condition and returns its number. Throws kInvalidArgument for an order between numbers
/// and something else.
std::int32_t AddCondition(const std::string& event, const PropertyTest& test, const Clock& clock,
                          BehaviorNames* names, behavior::StepConditions* conditions);

}  // namespace cdp::audience
