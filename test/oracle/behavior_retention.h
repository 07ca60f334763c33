/// Retention of one person by its definition, from a plain list of what was done on which day.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace cdp::oracle {

struct DayDeed {
  std::int64_t day;
  bool starts;
  bool returns;
};

class Retained {
 public:
  Retained(std::vector<DayDeed> deeds, bool recurring,
           std::function<std::int64_t(std::int64_t)> unit)
      : deeds_(std::move(deeds)), recurring_(recurring), unit_(std::move(unit)) {}

  /// Whether the person is of the cohort of a unit: started in it, and if only the first start
  /// counts not before.
  bool IsIn(std::int64_t cohort) const {
    for (const DayDeed& deed : deeds_) {
      if (IsStart(deed) && unit_(deed.day) == cohort) return true;
    }
    return false;
  }

  /// Whether the person came back `first` to `last` units after that cohort's, on the day of a
  /// start in it or later.
  bool CameBack(std::int64_t cohort, std::int64_t first, std::int64_t last) const {
    for (const DayDeed& start : deeds_) {
      if (!IsStart(start) || unit_(start.day) != cohort) continue;
      for (const DayDeed& back : deeds_) {
        const std::int64_t period = unit_(back.day) - cohort;
        if (back.returns && back.day >= start.day && period >= first && period <= last) return true;
      }
    }
    return false;
  }

 private:
  bool IsStart(const DayDeed& deed) const {
    if (!deed.starts || recurring_) return deed.starts;
    for (const DayDeed& other : deeds_) {
      if (other.starts && other.day < deed.day) return false;
    }
    return true;
  }

  std::vector<DayDeed> deeds_;
  bool recurring_;
  std::function<std::int64_t(std::int64_t)> unit_;
};

}  // namespace cdp::oracle
