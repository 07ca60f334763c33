#include "core/bitmap/normal_form.h"

#include "core/base/stop.h"
#include "core/bitmap/bitmap.h"
#include "core/bitmap/container_check.h"

namespace cdp::bitmap {
namespace {

// Runs that touch are one run.
bool RunsAreApart(const Container& container) {
  for (std::uint32_t i = 1; i < container.runs; ++i) {
    if (container.RunStart(i) <= container.RunLast(i - 1) + 1) return false;
  }
  return true;
}

std::uint32_t ValuesOf(const Container& runs) {
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < runs.runs; ++i) count += runs.RunLast(i) - runs.RunStart(i) + 1;
  return count;
}

// Flags stand for containers; those that fill up the last byte are not set.
bool FlagsEndWithContainers(Bytes bytes, std::uint32_t containers) {
  const auto last = std::to_integer<unsigned>(bytes[4 + (containers - 1) / 8]);
  return containers % 8 == 0 || last >> (containers % 8) == 0;
}

}  // namespace

bool BeginsInNormalForm(Bytes bytes, std::size_t* size) try {
  const BitmapView view(bytes);
  PortableFrame frame;
  std::size_t first = 0;
  StopTicker ticker;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    if (i != 0 && view.Key(i) <= view.Key(i - 1)) return false;
    const Container container = view.At(i);
    const bool is_run = container.kind == ContainerKind::kRun;
    const Bytes data = container.bytes();
    const auto offset = static_cast<std::size_t>(data.data() - bytes.data());
    if (i == 0) first = offset;
    if (offset != first + frame.data_bytes || !IsRight(container)) return false;
    if (is_run && !RunsAreApart(container)) return false;
    frame.Add(is_run, data.size());
    ticker.Step(512);
  }
  const bool has_flags = LoadAt<std::uint32_t>(bytes.data()) != kCookieWithoutRuns;
  if (has_flags != frame.any_run || (!view.empty() && first != frame.HeaderBytes())) return false;
  if (has_flags && !FlagsEndWithContainers(bytes, frame.containers)) return false;
  *size = frame.size();
  return true;
} catch (const Error&) {
  return false;
}

void KeepChecked(Bytes bytes, std::size_t* size, BitmapParts* parts) {
  // The library takes containers as they follow each other, counts the values of runs itself, and
  // writes the same bytes again: those at hand serve as well, and are copied by steps that end when
  // somebody wants it.
  Bitmap::FromPortable(bytes, size);
  const BitmapView view(bytes);
  StopTicker ticker;
  std::size_t offset = view.HeaderBytes();
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    Container container = view.Take(i, &offset);
    if (container.kind == ContainerKind::kRun) container.cardinality = ValuesOf(container);
    parts->Keep(container);
    ticker.Step(16 + container.runs);
  }
}

}  // namespace cdp::bitmap
