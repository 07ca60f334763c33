#include "pg/bitmap/bitmap_settings.h"

#include "core/base/stop.h"
#include "core/bitmap/allocator.h"
#include "pg/base/memory.h"

namespace cdp::pg {
namespace {

enum OutputForm : int { kBytea, kArray, kUnset };

// The last entry cannot be chosen, for its name is found before; it makes the value that says
// "never set" show as the default.
constexpr config_enum_entry kOutputForms[] = {{"bytea", kBytea, false},
                                              {"array", kArray, false},
                                              {"bytea", kUnset, true},
                                              {nullptr, 0, false}};

int bitmap_output = kUnset;

// The bitmap library knows no interrupts, but whatever it does for long it allocates for: once in
// some megabytes the wish to stop is heard here. To the library it looks like exhausted memory.
void PollByBytes(std::size_t size) {
  static StopTicker ticker;
  constexpr std::size_t kBytesPerStep = 64;
  ticker.Step(static_cast<std::uint32_t>(std::min<std::size_t>(size / kBytesPerStep, 65536) + 1));
}

constexpr bitmap::Allocator kContextAllocator = {
    [](std::size_t size) {
      PollByBytes(size);
      return AllocateIn(CurrentMemoryContext, size);
    },
    [](void* block, std::size_t size) { return Reallocate(CurrentMemoryContext, block, size); },
    [](void* block) { pfree(block); },
    [](std::size_t size, std::size_t alignment) {
      PollByBytes(size);
      return AllocateAlignedIn(CurrentMemoryContext, size, alignment);
    },
    FreeAligned,
};

}  // namespace

void InitBitmap() {
  bitmap::InstallAllocator(kContextAllocator);
  DefineCustomEnumVariable(
      "cdp.bitmap_output", "Sets the output format for values of type roaringbitmap.",
      "With \"bytea\" a bitmap is shown as the bytes of its portable format, with \"array\" as its "
      "values. While it is not set, the setting roaringbitmap.output_format counts.",
      &bitmap_output, kUnset, kOutputForms, PGC_USERSET, 0, nullptr, nullptr, nullptr);
}

bool BitmapOutputIsArray() {
  if (bitmap_output != kUnset) return bitmap_output == kArray;
  // Defining that name would keep the extension it belongs to from loading.
  const char* others = GetConfigOption("roaringbitmap.output_format", true, false);
  return others != nullptr && pg_strcasecmp(others, "array") == 0;
}

}  // namespace cdp::pg
