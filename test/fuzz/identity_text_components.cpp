/// Arbitrary bytes as a components_text value: what the door accepts is canonical and merges with
/// itself to itself; what it refuses must not harm the readers either.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory_resource>
#include <vector>

#include "core/identity/text_components.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::identity;
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  auto* memory = std::pmr::new_delete_resource();
  try {
    const TextImageView view(bytes);
    std::string_view text;
    std::uint32_t component = 0;
    auto cursor = view.begin();
    while (cursor.Next(&text, &component)) view.Text(component);
    view.Find(text);
    view.SizeOf(component);
  } catch (const Error&) {
  }
  try {
    const auto image = CanonicalText(bytes, memory);
    if (!std::ranges::equal(CanonicalText(image, memory), image)) std::abort();
    TextComponents twice(memory);
    twice.Merge(image);
    twice.Merge(bytes);
    std::vector<std::byte> again(twice.FlatSize());
    twice.FlattenInto(again.data());
    if (!std::ranges::equal(again, image)) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
