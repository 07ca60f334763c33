#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/stop.h"
#include "core/bitmap/array_text.h"
#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap_compare.h"
#include "core/bsi/bsi.h"

namespace cdp::bsi {
namespace {

[[noreturn]] void Corrupt(const char* why) {
  throw Error(ErrorCode::kCorruptData, "bit-sliced index is corrupt", why);
}

void CheckPart(Bytes part, std::pmr::memory_resource* memory) {
  const bitmap::Bitmap parsed = bitmap::Bitmap::FromPortable(part);
  if (parsed.PortableSize() != part.size()) Corrupt("A bitmap is not in its normal form.");
  std::pmr::vector<std::byte> again(part.size(), memory);
  parsed.WritePortable(again.data());
  if (bitmap::LoadAt<std::uint32_t>(part.data()) != bitmap::kCookieWithoutRuns ||
      !std::equal(part.begin(), part.end(), again.begin())) {
    Corrupt("A bitmap is not in its normal form.");
  }
}

void CheckAll(Bytes image, std::pmr::memory_resource* memory) {
  const BsiView view(image);
  CheckPart(view.id_bytes(), memory);
  if (view.ids().Cardinality() != view.count()) Corrupt("The header counts other ids.");
  for (std::uint32_t i = 0; i < view.slices(); ++i) {
    CheckPart(view.slice_bytes(i), memory);
    if (!bitmap::IncludesAll(view.ids(), view.slice(i))) Corrupt("A bit belongs to no id.");
  }
  if (view.empty()) return;
  const auto extreme = [&](bool greatest) {
    return ExtremeDistance(
        IdSet(view.id_bytes(), memory), view.slices(),
        [&view](std::uint32_t i) { return view.slice(i); }, greatest, memory);
  };
  if (extreme(false) != 0 || extreme(true) != view.DistanceOf(view.greatest())) {
    Corrupt("The header has another least or greatest value.");
  }
}

// Replacements sorted by the id that goes.
using Replacements = std::pmr::vector<std::pair<std::uint32_t, std::uint32_t>>;

Replacements ReplacementsOf(std::span<const std::uint32_t> from, std::span<const std::uint32_t> to,
                            std::pmr::memory_resource* memory) {
  if (from.size() != to.size()) {
    throw Error(ErrorCode::kInvalidArgument, "old and new ids must be of the same number",
                "There are " + std::to_string(from.size()) + " old and " +
                    std::to_string(to.size()) + " new ones.");
  }
  Replacements list(memory);
  for (std::size_t i = 0; i < from.size(); ++i) list.emplace_back(from[i], to[i]);
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  for (std::size_t i = 1; i < list.size(); ++i) {
    if (list[i].first != list[i - 1].first) continue;
    throw Error(ErrorCode::kInvalidArgument,
                "id " + std::to_string(static_cast<std::int32_t>(list[i].first)) +
                    " has more than one replacement");
  }
  return list;
}

class RowParser {
 public:
  explicit RowParser(std::string_view text) : left_(text) {}

  void Parse(std::pmr::vector<Row>* rows) {
    StopTicker ticker;
    Expect('{');
    if (!Take('}')) {
      do {
        const std::int64_t id = NextNumber();
        if (id < std::numeric_limits<std::int32_t>::min() ||
            id > std::numeric_limits<std::int32_t>::max()) {
          throw Error(ErrorCode::kOutOfRange,
                      "value \"" + std::to_string(id) + "\" is out of range for type integer");
        }
        Expect(':');
        rows->push_back({static_cast<std::uint32_t>(id), NextNumber()});
        ticker.Step();
      } while (Take(','));
      Expect('}');
    }
    if (!left_.empty()) Malformed();
  }

 private:
  void SkipSpaces() {
    while (!left_.empty() && bitmap::IsSpace(left_.front())) left_.remove_prefix(1);
  }
  bool Take(char c) {
    SkipSpaces();
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    SkipSpaces();
    return true;
  }
  void Expect(char c) {
    if (!Take(c)) Malformed();
  }
  std::int64_t NextNumber() {
    std::size_t size = !left_.empty() && left_.front() == '-' ? 1 : 0;
    while (size < left_.size() && bitmap::IsDigit(left_[size])) ++size;
    const std::string digits(left_.substr(0, size));
    if (digits.empty() || digits == "-") Malformed();
    left_.remove_prefix(size);
    errno = 0;
    const long long number = std::strtoll(digits.c_str(), nullptr, 10);
    if (errno != 0) {
      throw Error(ErrorCode::kOutOfRange,
                  "value \"" + digits + "\" is out of range for type bigint");
    }
    return number;
  }
  [[noreturn]] static void Malformed() {
    throw Error(ErrorCode::kInvalidText, "malformed literal of a bit-sliced index",
                "It is written {id:value, ...}, or as its bytes in hexadecimal.");
  }

  std::string_view left_;
};

}  // namespace

void CheckImage(Bytes image, ErrorCode code, std::pmr::memory_resource* memory) {
  try {
    CheckAll(image, memory);
  } catch (const Error& error) {
    throw Error(code, error.what(), error.detail());
  }
}

Bsi Remapped(Bytes image, std::span<const std::uint32_t> from, std::span<const std::uint32_t> to,
             std::pmr::memory_resource* memory) {
  const Replacements list = ReplacementsOf(from, to, memory);
  std::pmr::vector<Row> rows(memory);
  RowReader reader(image, memory);
  for (auto block = reader.Next(); !block.empty(); block = reader.Next()) {
    for (Row row : block) {
      const std::uint32_t id = row.id;
      const auto at = std::lower_bound(list.begin(), list.end(), std::pair(id, 0u));
      if (at != list.end() && at->first == id) row.id = at->second;
      rows.push_back(row);
    }
  }
  rows.resize(FoldRows(rows, OnDuplicate::kSum, memory));
  return Bsi(rows, memory);
}

std::pmr::vector<Row> ParseRows(std::string_view text, std::pmr::memory_resource* memory) {
  std::pmr::vector<Row> rows(memory);
  RowParser(text).Parse(&rows);
  rows.resize(FoldRows(rows, OnDuplicate::kError, memory));
  return rows;
}

}  // namespace cdp::bsi
