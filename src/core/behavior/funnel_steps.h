/// The step language of funnels over timelines.
///
///   steps      = step {"," step}                     the whole may stand in braces
///   step       = event {"|" event}                   any of them
///   event      = CODE ["[" condition "]"]
///   condition  = tests joined by "and", "or" (which binds less) and parentheses
///   test       = operand op NUMBER                   op is = <> != < <= > >=
///              | operand ["not"] "in" "(" NUMBER {"," NUMBER} ")"
///              | operand "is" ["not"] "null"
///   operand    = "value" | "p1" | "p2" | "p3" | "p4"
///   exclusions = exclusion {"," exclusion}
///   exclusion  = event {"|" event} ["between" STEP "and" STEP]
///
/// A test of a number that the event does not have is false, "is null" excepted. Where names are
/// given, a name may stand for a code, an operand, or the number of a property: a bare word of
/// letters, digits, "_", "." and "-", or anything in quotes, single or double, a doubled quote
/// standing for one. White space may stand between all parts; words are not case-sensitive.
#pragma once

#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/behavior/instant_match.h"
#include "core/behavior/step_condition.h"

namespace cdp::behavior {

/// What does not parse, and where: the byte, counted from 0.
class StepsError : public Error {
 public:
  StepsError(std::string message, std::string detail, std::size_t at, std::string hint = {})
      : Error(ErrorCode::kSyntax, std::move(message), std::move(detail), std::move(hint)),
        at_(at) {}
  std::size_t at() const noexcept { return at_; }

 private:
  std::size_t at_;
};

/// Where the text is read by names: what they stand for; nullopt for one that is not known.
class StepNames {
 public:
  virtual ~StepNames() = default;
  /// The code of an event.
  virtual std::optional<std::int64_t> Event(std::string_view name) = 0;
  /// Which property it is, 1 to timeline::kMaxProperties.
  virtual std::optional<std::int64_t> Property(std::string_view name) = 0;
  /// A property's number; `property` is its name, or p1 ... p4 where the text says so.
  virtual std::optional<std::int64_t> Number(std::string_view property, std::string_view name) = 0;

  enum class Sort { kEvent, kProperty, kNumber };
  /// What to say of a name that is not known; `property`: of a number.
  virtual std::string Hint(Sort, std::string_view /*property*/, std::string_view /*name*/) {
    return {};
  }
};

/// An event that fills a step or meets an exclusion.
struct StepEvent {
  std::int32_t code;
  int bit;                 ///< of steps, from 0; exclusions come behind the steps
  std::int32_t condition;  ///< in FunnelSteps::conditions; -1: none
};

/// An event that ends what has come from step `from` towards step `to`; counted from 1.
struct Exclusion {
  int from;
  int to;
};

struct FunnelSteps {
  explicit FunnelSteps(std::pmr::memory_resource* memory)
      : events(memory), exclusions(memory), conditions(memory) {}

  int steps = 0;
  std::pmr::vector<StepEvent> events;
  std::pmr::vector<Exclusion> exclusions;
  StepConditions conditions;
};

/// The longest text in bytes.
inline constexpr std::size_t kMaxStepsBytes = 16384;
/// How many events the steps and exclusions of one funnel may have.
inline constexpr std::size_t kMaxStepEvents = 256;

/// Adds the steps of a text to `steps`, which has none yet. Throws StepsError for a text that is
/// not in the language, kInvalidArgument for too many steps or events.
void ReadSteps(std::string_view text, FunnelSteps* steps);

/// Adds exclusions between these steps. The same errors.
void ReadExclusions(std::string_view text, FunnelSteps* steps);

/// The text with every name replaced by what it stands for; a name that is not known throws
/// StepsError.
std::string NumberSteps(std::string_view text, StepNames* names);

}  // namespace cdp::behavior
