#include "core/behavior/user_set.h"

#include "core/bitmap/bitmap_many.h"
#include "core/bitmap/bitmap_set.h"

namespace cdp::behavior {
namespace {

using bitmap::Bytes;

UserSet BytesOf(const bitmap::BitmapParts& parts, std::pmr::memory_resource* memory) {
  UserSet set(parts.size(), memory);
  parts.Write(set.data());
  return set;
}

}  // namespace

UserSet NoUsers(std::pmr::memory_resource* memory) {
  return BytesOf(bitmap::BitmapParts(memory), memory);
}

UserSet UnionOf(std::span<const Bytes> sets, std::pmr::memory_resource* memory) {
  std::pmr::vector<bitmap::BitmapView> views(sets.begin(), sets.end(), memory);
  bitmap::BitmapParts parts(memory);
  bitmap::OrMany(views, &parts, memory);
  return BytesOf(parts, memory);
}

UserSet MeetOf(Bytes a, Bytes b, std::pmr::memory_resource* memory) {
  bitmap::BitmapView views[2] = {bitmap::BitmapView(a), bitmap::BitmapView(b)};
  bitmap::BitmapParts parts(memory);
  bitmap::AndMany(views, &parts, memory);
  return BytesOf(parts, memory);
}

UserSet Without(Bytes a, Bytes b, std::pmr::memory_resource* memory) {
  constexpr auto kAndNot = bitmap::SetOperation::kAndNot;
  const bitmap::BitmapView from(a);
  const bitmap::BitmapView gone(b);
  const bitmap::OutputBound bound = bitmap::BoundCombined(kAndNot, from, gone);
  UserSet set(bound.Total(), memory);
  set.resize(bitmap::WriteCombined(kAndNot, from, gone, bound, set.data()));
  return set;
}

}  // namespace cdp::behavior
