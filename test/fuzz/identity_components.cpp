/// Arbitrary bytes as a components value: what the door accepts is canonical and merges with itself
/// to itself; what it refuses must not harm the readers either.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory_resource>
#include <vector>

#include "core/identity/components.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::identity;
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  auto* memory = std::pmr::new_delete_resource();
  try {
    const ImageView view(bytes);
    std::int64_t node = 0;
    std::int64_t component = 0;
    auto cursor = view.begin();
    while (cursor.Next(&node, &component)) {
    }
    view.Find(node);
    view.SizeOf(component);
  } catch (const Error&) {
  }
  try {
    const auto image = Canonical(bytes, memory);
    if (!std::ranges::equal(Canonical(image, memory), image)) std::abort();
    Components twice(memory);
    twice.Merge(image);
    twice.Merge(bytes);
    std::vector<std::byte> again(twice.FlatSize());
    twice.FlattenInto(again.data());
    if (!std::ranges::equal(again, image)) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
