/// Arbitrary text as a bitmap literal; what is accepted must survive a round trip.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/bitmap/bitmap_text.h"
#include "core/bitmap/bitmap_writer.h"
#include "core/bitmap/sort.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::bitmap;
  auto* memory = std::pmr::new_delete_resource();
  try {
    const std::string text(reinterpret_cast<const char*>(data), size);
    auto values = ParseArrayText(text, memory);
    const std::set<std::uint32_t> set(values.begin(), values.end());
    values.resize(SortUnique(values, memory));
    const PortableWriter writer(values);
    std::vector<std::byte> bytes(writer.size());
    writer.Write(bytes.data());
    const BitmapView view(bytes);
    std::string written(MaxArrayText(view), '\0');
    written.resize(static_cast<std::size_t>(WriteArrayText(view, written.data()) - written.data()));
    const auto again = ParseArrayText(written, memory);
    if (!std::equal(again.begin(), again.end(), set.begin(), set.end())) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
