/// Ids with their values one by one: what goes into an index and comes out of it.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "core/bsi/bsi_view.h"

namespace cdp::bsi {

/// Twelve bytes at any multiple of four: aggregate states hold millions.
struct [[gnu::packed, gnu::aligned(4)]] Row {
  std::uint32_t id;
  std::int64_t value;
};
static_assert(sizeof(Row) == 12);

/// What becomes of several values for one id.
enum class OnDuplicate : std::uint8_t { kSum, kFirst, kLast, kLeast, kGreatest, kError };

/// By its name in SQL.
OnDuplicate ParseOnDuplicate(std::string_view word);

/// Sorts the rows by id and makes those with the same id one; returns how many are left at the
/// front. First and last mean the order in which they stand. Throws when a sum does not fit.
std::size_t FoldRows(std::span<Row> rows, OnDuplicate on_duplicate,
                     std::pmr::memory_resource* memory);

/// The rows of an image, ascending by id, by blocks of ids that share their high bits.
class RowReader {
 public:
  /// The image must outlive it.
  RowReader(Bytes image, std::pmr::memory_resource* memory);

  /// The next block; no rows after the last.
  std::span<const Row> Next();

 private:
  BsiView view_;
  std::uint32_t next_ = 0;  // container of the ids
  std::pmr::vector<std::uint32_t> ids_;
  std::pmr::vector<std::uint64_t> distances_;  // by the low bits of the id; 0 between blocks
  std::pmr::vector<Row> rows_;
};

/// The build form: a header, then rows as they came, in which the states of aggregates grow.
struct BuildHeader {
  std::uint8_t version;
  OnDuplicate on_duplicate;
  std::uint8_t zero[2];
  std::uint32_t used;  ///< rows; room may follow
};
static_assert(sizeof(BuildHeader) == 8);

inline bool IsBuildForm(Bytes bytes) {
  return !bytes.empty() && bytes[0] == std::byte{kBuildVersion};
}
/// Its rows, folded.
std::pmr::vector<Row> BuildFormRows(Bytes bytes, std::pmr::memory_resource* memory);

}  // namespace cdp::bsi
