#include "core/bsi/row.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/stop.h"

namespace cdp::bsi {
namespace {

constexpr std::uint32_t kBlock = 65536;

bool Ascends(std::span<const Row> rows) {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].id < rows[i - 1].id) return false;
  }
  return true;
}

// A pass for each byte of the id, lowest first, keeps equal ids in their order. Bytes in which all
// ids agree, as the higher ones mostly do, are passed over.
void SortById(std::span<Row> rows, std::pmr::memory_resource* memory) {
  constexpr std::size_t kFewRows = 256;
  if (rows.size() <= kFewRows) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.id < b.id; });
    return;
  }
  std::size_t counts[4][256] = {};
  for (const Row& row : rows) {
    for (int byte = 0; byte < 4; ++byte) ++counts[byte][row.id >> (8 * byte) & 0xff];
  }
  std::pmr::vector<Row> copy(rows.size(), memory);
  std::span<Row> from = rows;
  std::span<Row> to = copy;
  for (int byte = 0; byte < 4; ++byte) {
    std::size_t* places = counts[byte];
    if (places[from[0].id >> (8 * byte) & 0xff] == rows.size()) continue;
    std::size_t place = 0;
    for (int i = 0; i < 256; ++i) place += std::exchange(places[i], place);
    for (const Row& row : from) to[places[row.id >> (8 * byte) & 0xff]++] = row;
    std::swap(from, to);
    CheckStop();
  }
  if (from.data() != rows.data()) std::copy(from.begin(), from.end(), rows.begin());
}

std::int64_t Together(OnDuplicate on_duplicate, const Row& row, std::int64_t next) {
  switch (on_duplicate) {
    case OnDuplicate::kSum: {
      std::int64_t sum;
      if (!__builtin_add_overflow(row.value, next, &sum)) return sum;
      // Whoever keeps nothing but the message, as a refresh does, is to know whose it is.
      throw Error(
          ErrorCode::kOutOfRange,
          "sum of the values of id " + std::to_string(static_cast<std::int32_t>(row.id)) +
              " is out of range for type bigint",
          "They come to " + std::to_string(row.value) + " and " + std::to_string(next) + " more.");
    }
    case OnDuplicate::kFirst:
      return row.value;
    case OnDuplicate::kLast:
      return next;
    case OnDuplicate::kLeast:
      return next < row.value ? next : row.value;
    case OnDuplicate::kGreatest:
      return next > row.value ? next : row.value;
    case OnDuplicate::kError:
      break;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "id " + std::to_string(static_cast<std::int32_t>(row.id)) + " has several values",
              "They are " + std::to_string(row.value) + " and " + std::to_string(next) + ".");
}

}  // namespace

OnDuplicate ParseOnDuplicate(std::string_view word) {
  static constexpr std::string_view kWords[] = {"sum", "first", "last", "min", "max", "error"};
  for (std::size_t i = 0; i < std::size(kWords); ++i) {
    if (word == kWords[i]) return static_cast<OnDuplicate>(i);
  }
  throw Error(ErrorCode::kInvalidArgument,
              "unrecognized way to treat duplicates: \"" + std::string(word) + "\"", "",
              "Use \"sum\", \"first\", \"last\", \"min\", \"max\" or \"error\".");
}

std::size_t FoldRows(std::span<Row> rows, OnDuplicate on_duplicate,
                     std::pmr::memory_resource* memory) {
  if (rows.empty()) return 0;
  if (!Ascends(rows)) SortById(rows, memory);
  std::size_t last = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].id == rows[last].id) {
      rows[last].value = Together(on_duplicate, rows[last], rows[i].value);
    } else {
      rows[++last] = rows[i];
    }
  }
  return last + 1;
}

RowReader::RowReader(Bytes image, std::pmr::memory_resource* memory)
    : view_(image), ids_(memory), distances_(memory), rows_(memory) {
  if (view_.empty()) return;
  ids_.resize(kBlock);
  distances_.resize(kBlock);
}

std::span<const Row> RowReader::Next() {
  const BitmapView ids = view_.ids();
  if (view_.empty() || next_ == ids.containers()) return {};
  CheckStop();
  const bitmap::Container block = ids.At(next_++);
  const std::uint32_t key = block.high >> 16;
  for (std::uint32_t i = 0; i < view_.slices(); ++i) {
    const BitmapView slice = view_.slice(i);
    const std::uint32_t place = slice.Find(key);
    if (place == slice.containers() || slice.Key(place) != key) continue;
    const std::uint32_t* end = slice.At(place).Decode(ids_.data());
    for (const std::uint32_t* id = ids_.data(); id < end; ++id) {
      distances_[*id & 0xffff] |= std::uint64_t{1} << i;
    }
  }
  block.Decode(ids_.data());
  rows_.resize(block.cardinality);
  for (std::uint32_t i = 0; i < block.cardinality; ++i) {
    rows_[i] = {ids_[i], view_.ValueAt(std::exchange(distances_[ids_[i] & 0xffff], 0))};
  }
  return rows_;
}

std::pmr::vector<Row> BuildFormRows(Bytes bytes, std::pmr::memory_resource* memory) {
  ByteReader reader(bytes, "bit-sliced index");
  const auto header = reader.Read<BuildHeader>();
  if (header.version != kBuildVersion || header.on_duplicate > OnDuplicate::kError) {
    reader.Corrupt("The header of its build form is none.");
  }
  if (header.used > reader.left() / sizeof(Row)) reader.Corrupt("Rows are missing.");
  std::pmr::vector<Row> rows(header.used, memory);
  if (!rows.empty()) std::memcpy(rows.data(), reader.position(), rows.size() * sizeof(Row));
  rows.resize(FoldRows(rows, header.on_duplicate, memory));
  return rows;
}

}  // namespace cdp::bsi
