/// Retention, lifecycle and stickiness by their definitions, from a plain list of what users did.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace cdp::oracle {

struct Deed {
  std::uint32_t user;
  std::int64_t day;
  bool starts;
  bool returns;
};

using Users = std::set<std::uint32_t>;
using UnitOfDay = std::function<std::int64_t(std::int64_t)>;

class Activity {
 public:
  Activity(std::vector<Deed> deeds, UnitOfDay unit)
      : deeds_(std::move(deeds)), unit_(std::move(unit)) {}

  /// Units in which some user starts: with `recurring` any start counts, else a user's first.
  std::map<std::int64_t, Users> Cohorts(bool recurring) const {
    std::map<std::int64_t, Users> cohorts;
    for (const Deed& deed : deeds_) {
      if (IsStart(deed, recurring)) cohorts[unit_(deed.day)].insert(deed.user);
    }
    return cohorts;
  }

  /// Of the cohort of a unit, who returned `first` to `last` units later; within the unit of the
  /// start not before it.
  Users Returned(std::int64_t cohort, std::int64_t first, std::int64_t last, bool recurring) const {
    Users users;
    for (const Deed& start : deeds_) {
      if (!IsStart(start, recurring) || unit_(start.day) != cohort) continue;
      for (const Deed& back : deeds_) {
        const std::int64_t period = unit_(back.day) - cohort;
        if (back.user == start.user && back.returns && back.day >= start.day && period >= first &&
            period <= last) {
          users.insert(start.user);
        }
      }
    }
    return users;
  }

  Users Active(std::int64_t unit) const {
    Users users;
    for (const Deed& deed : deeds_) {
      if (unit_(deed.day) == unit && (deed.starts || deed.returns)) users.insert(deed.user);
    }
    return users;
  }

  /// By number of days, how many users were active on so many days of the unit.
  std::map<int, std::uint64_t> DaysActive(std::int64_t unit) const {
    std::map<std::uint32_t, std::set<std::int64_t>> days;
    for (const Deed& deed : deeds_) {
      if (unit_(deed.day) == unit && (deed.starts || deed.returns)) {
        days[deed.user].insert(deed.day);
      }
    }
    std::map<int, std::uint64_t> users;
    for (const auto& [user, on] : days) ++users[static_cast<int>(on.size())];
    return users;
  }

 private:
  bool IsStart(const Deed& deed, bool recurring) const {
    if (!deed.starts) return false;
    if (recurring) return true;
    for (const Deed& other : deeds_) {
      if (other.user == deed.user && other.starts && other.day < deed.day) return false;
    }
    return true;
  }

  std::vector<Deed> deeds_;
  UnitOfDay unit_;
};

}  // namespace cdp::oracle
