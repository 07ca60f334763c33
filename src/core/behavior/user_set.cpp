#include "core/behavior/user_set.h"

#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap_many.h"

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
  bitmap::Bitmap rest = bitmap::Bitmap::FromPortable(a);
  rest.Apply(bitmap::SetOperation::kAndNot, bitmap::Bitmap::FromPortable(b));
  UserSet set(rest.PortableSize(), memory);
  rest.WritePortable(set.data());
  return set;
}

}  // namespace cdp::behavior
