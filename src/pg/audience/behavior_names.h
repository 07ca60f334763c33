/// The dictionaries of timelines in the database.
#pragma once

#include "core/audience/behavior_property.h"
#include "pg/base/datum.h"

namespace cdp::pg {

/// For use inside CallCore.
class StoredNames final : public audience::BehaviorNames {
 public:
  std::int32_t Event(std::string_view event) override;
  audience::PropertyPlace Property(std::string_view event, std::string_view property) override;
  void Words(behavior::Operand operand, const std::vector<audience::Value>& texts,
             const std::function<void(const audience::PropertyWord&)>& take) override;
};

}  // namespace cdp::pg
