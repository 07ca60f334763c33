#include "core/bitmap/bitmap64_text.h"

#include <array>
#include <charconv>

#include "core/base/stop.h"
#include "core/bitmap/array_text.h"

namespace cdp::bitmap {
namespace {

constexpr std::size_t kMaxValueText = 20;  // -9223372036854775808

char* WriteValue(std::uint64_t value, char* out) {
  return std::to_chars(out, out + kMaxValueText, static_cast<std::int64_t>(value)).ptr;
}

}  // namespace

std::pmr::vector<std::uint64_t> ParseArrayText64(std::string_view text,
                                                 std::pmr::memory_resource* memory) {
  std::pmr::vector<std::uint64_t> values(memory);
  ArrayParser<std::int64_t>(text).Parse(&values);
  return values;
}

std::size_t MaxArrayText64(Bytes bytes) {
  StopTicker ticker;
  std::size_t size = 2;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    // The longest value of a bucket is the one furthest from zero.
    const bool negative = (bucket.high >> 31) != 0;
    std::array<char, kMaxValueText> digits;
    const char* end = WriteValue(JoinHalves(bucket.high, negative ? 0 : ~0u), digits.data());
    const BitmapView view(bucket.bitmap);
    size += view.Cardinality() * static_cast<std::size_t>(end - digits.data() + 1);
    ticker.Step(view.containers());
  }
  return size;
}

char* WriteArrayText64(Bytes bytes, char* out) {
  StopTicker ticker;
  std::array<std::uint32_t, kMaxContainers> lows;
  bool any = false;
  *out++ = '{';
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket); any = true) {
    const BitmapView view(bucket.bitmap);
    for (std::uint32_t i = 0; i < view.containers(); ++i) {
      const std::uint32_t* end = view.At(i).Decode(lows.data());
      for (const std::uint32_t* low = lows.data(); low != end; ++low) {
        out = WriteValue(JoinHalves(bucket.high, *low), out);
        *out++ = ',';
      }
      ticker.Step(static_cast<std::uint32_t>(end - lows.data()));
    }
  }
  // The last comma makes place for the end; there is none in an empty set.
  if (!any) ++out;
  out[-1] = '}';
  return out;
}

}  // namespace cdp::bitmap
