#include "core/bitmap/bitmap_remap.h"

#include <algorithm>
#include <memory_resource>
#include <string>
#include <vector>

#include "core/base/sort.h"
#include "core/base/stop.h"
#include "core/bitmap/bitmap64_directory.h"
#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/bitmap_writer.h"
#include "core/bitmap/sort.h"

namespace cdp::bitmap {
namespace {

// What a bitmap loses and gains, ascending and each value once.
template <class Value>
struct Exchange {
  explicit Exchange(std::pmr::memory_resource* memory) : gone(memory), come(memory) {}

  std::pmr::vector<Value> gone;
  std::pmr::vector<Value> come;
};

template <class Value>
struct Replacement {
  Value from;
  Value to;
};

// Looks every value of `from` up in `bitmap`.
template <class Value, class Lookup>
Exchange<Value> ExchangeOf(const Lookup& bitmap, std::span<const Value> from,
                           std::span<const Value> to, std::pmr::memory_resource* memory) {
  if (from.size() != to.size()) {
    throw Error(ErrorCode::kInvalidArgument, "old and new values must be of the same number",
                "There are " + std::to_string(from.size()) + " old and " +
                    std::to_string(to.size()) + " new ones.");
  }
  std::pmr::vector<Replacement<Value>> replacements(memory);
  replacements.reserve(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) replacements.push_back({from[i], to[i]});
  SortPolledInPlace(std::span(replacements),
                    [](const auto& a, const auto& b) { return a.from < b.from; });
  StopTicker ticker;

  Exchange<Value> result(memory);
  for (std::size_t i = 0; i < replacements.size(); ++i) {
    const auto [old_value, new_value] = replacements[i];
    if (i != 0 && replacements[i - 1].from == old_value) {
      if (replacements[i - 1].to == new_value) continue;
      throw Error(ErrorCode::kInvalidArgument,
                  "value " + std::to_string(static_cast<std::make_signed_t<Value>>(old_value)) +
                      " has more than one replacement");
    }
    if (bitmap.Contains(old_value)) {
      result.gone.push_back(old_value);
      result.come.push_back(new_value);
    }
    ticker.Step(16);
  }
  result.come.resize(SortUnique(result.come, memory));
  return result;
}

// The bitmap that `append(list)` appends, as bytes in the arena.
template <class Append>
Bytes Written(BucketList* out, Append append) {
  BucketList list(out->memory());
  append(&list);
  auto* bytes = static_cast<std::byte*>(out->arena()->allocate(list.size(), 1));
  list.Write(bytes);
  return {bytes, list.size()};
}

Bytes Written(std::span<const std::uint32_t> values, Arena* arena) {
  const PortableWriter writer(values);
  auto* bytes = static_cast<std::byte*>(arena->allocate(writer.size(), 1));
  writer.Write(bytes);
  return {bytes, writer.size()};
}

// Of bitmaps that may be empty, one that may be so too.
Bytes Combined(SetOperation operation, Bytes a, Bytes b, Arena* arena) {
  const Bytes result = CombineBuckets(operation, a, b, arena);
  return result.empty() ? EmptyBitmap() : result;
}

}  // namespace

Bytes Remapped(Bytes bytes, std::span<const std::uint32_t> from, std::span<const std::uint32_t> to,
               Arena* arena) {
  const auto exchange = ExchangeOf(BitmapView(bytes), from, to, arena->upstream_resource());
  const Bytes left = Combined(SetOperation::kAndNot, bytes, Written(exchange.gone, arena), arena);
  return Combined(SetOperation::kOr, left, Written(exchange.come, arena), arena);
}

void AppendRemapped(Bytes bytes, std::span<const std::uint64_t> from,
                    std::span<const std::uint64_t> to, BucketList* out) {
  const auto exchange =
      ExchangeOf(Bitmap64Directory(bytes, out->memory()), from, to, out->memory());
  const Bytes gone = Written(out, [&](BucketList* list) { AppendSorted(exchange.gone, list); });
  const Bytes come = Written(out, [&](BucketList* list) { AppendSorted(exchange.come, list); });
  const Bytes left = Written(
      out, [=](BucketList* list) { AppendCombined(SetOperation::kAndNot, bytes, gone, list); });
  AppendCombined(SetOperation::kOr, left, come, out);
}

}  // namespace cdp::bitmap
