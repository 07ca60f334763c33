/// Values of type activity as arguments, results and states.
#pragma once

#include "core/behavior/activity.h"
#include "pg/base/expanded.h"

namespace cdp::pg {

/// The content of an expanded activity; all its memory is the object's.
class ActivityState {
 public:
  explicit ActivityState(std::pmr::memory_resource* memory)
      : context_(static_cast<ContextResource*>(memory)->context()), activity_(memory) {}

  void Add(std::uint32_t user, std::int32_t day, behavior::Did did) {
    const ContextScope scope(context_);
    activity_.Add(user, day, did);
  }
  void Add(bitmap::Bytes users, std::int32_t day, behavior::Did did) {
    const ContextScope scope(context_);
    activity_.Add(users, day, did);
  }
  void Merge(bitmap::Bytes bytes) {
    const ContextScope scope(context_);
    activity_.Merge(bytes);
  }

  std::size_t ImageSize() {
    const ContextScope scope(context_);
    return activity_.ImageSize();
  }
  void WriteImage(std::byte* out) const { activity_.WriteImage(out); }
  std::size_t FlatSize() { return ImageSize(); }
  void FlattenInto(std::byte* out) const { WriteImage(out); }

 private:
  MemoryContext context_;
  behavior::Activity activity_;
};

using ExpandedActivity = Expanded<ActivityState>;

/// The image of an Activity or ActivityState as a new value; for use inside CallCore.
template <class Activity>
varlena* NewActivity(Activity& activity) {
  varlena* result = NewVarlena(activity.ImageSize());
  activity.WriteImage(PayloadOf(result));
  return result;
}

/// The parts as one new value; for use inside CallCore.
varlena* UnitedActivity(std::initializer_list<bitmap::Bytes> parts);

/// The image of an activity, detoasted where need be; a partial state is turned into one. May
/// longjmp: for the first act.
bitmap::Bytes ActivityBytes(Datum datum);

inline bitmap::Bytes ActivityArgument(FunctionCallInfo fcinfo, int n) {
  return ActivityBytes(PG_GETARG_DATUM(n));
}

}  // namespace cdp::pg
