#include "core/timeline/user_rows.h"

#include <algorithm>
#include <string>

#include "core/timeline/timeline_format.h"

namespace cdp::timeline {
namespace {

constexpr char kWhat[] = "state of user rows";

/// Before each segment of a state with many partitions; keys have the same length in all rows.
struct SegmentHeader {
  std::uint16_t partition;
  std::uint16_t key_bytes;
  std::uint32_t bytes;
};
static_assert(sizeof(SegmentHeader) == 8);

/// With their heads: what the server's allocator gives without waste.
constexpr std::size_t kFirstBlock = 256;
constexpr std::size_t kLargestBlock = kFirstBlock << 7;

}  // namespace

UserRowsHeader ReadUserRowsHeader(std::span<const std::byte> bytes) {
  ByteReader in(bytes, kWhat);
  const auto header = in.Read<UserRowsHeader>();
  if (header.version != kUserRowsVersion || header.zero != 0) {
    throw Error(ErrorCode::kCorruptData, "unrecognized format of user rows",
                "The value begins with version " + std::to_string(header.version) + ", not " +
                    std::to_string(kUserRowsVersion) + ".");
  }
  if (header.partition_bits != 0 && header.partition_bits != kPartitionBits) {
    in.Corrupt("The number of partitions is out of range.");
  }
  if ((header.columns & ~kKnownFlags) != 0) in.Corrupt("There are columns that do not exist.");
  if (header.used > in.left()) in.Corrupt("The rows are fewer than it says.");
  return header;
}

RowSegments ReadUserRows(std::span<const std::byte> bytes, std::pmr::memory_resource* memory) {
  const UserRowsHeader header = ReadUserRowsHeader(bytes);
  RowSegments rows(memory);
  rows.partition_bits = header.partition_bits;
  rows.columns = header.columns;
  ByteReader in(bytes.subspan(sizeof(UserRowsHeader), header.used), kWhat);
  if (header.partition_bits == 0) {
    if (!in.done()) rows.segments.push_back({.rows = in.ReadSpan(in.left())});
    return rows;
  }
  unsigned before = 0;
  while (!in.done()) {
    const auto segment = in.Read<SegmentHeader>();
    if (segment.partition < before || segment.partition >= kPartitions) {
      in.Corrupt("The partitions are not in order.");
    }
    before = segment.partition;
    if (segment.key_bytes < 1 || segment.key_bytes > 8) {
      in.Corrupt("Keys have a length that none has.");
    }
    rows.segments.push_back({segment.partition, in.ReadSpan(segment.bytes), segment.key_bytes});
  }
  return rows;
}

void CheckUserRows(std::span<const std::byte> bytes, ErrorCode code) {
  try {
    const UserRowsHeader header = ReadUserRowsHeader(bytes);
    if (bytes.size() != sizeof(header) + header.used) {
      RowReader::Corrupt("Something follows the rows.");
    }
    const RowSegments rows = ReadUserRows(bytes, std::pmr::new_delete_resource());
    StopTicker ticker;
    Micros last = 0;
    for (const RowSegment& segment : rows.segments) {
      RowReader reader(segment);
      std::uint64_t key = 0;
      FullEvent event;
      while (reader.Next(&key, &event)) {
        if (event.at < kMinInstant || event.at >= kEndInstant) {
          RowReader::Corrupt("An instant is out of range.");
        }
        if (event.code < 0) RowReader::Corrupt("An event code is negative.");
        if ((event.present & ~header.columns) != 0) RowReader::CorruptColumn();
        if (header.partition_bits != 0 && key >> (64 - kPartitionBits) != 0) {
          RowReader::Corrupt("A user is out of range.");
        }
        last = event.at;
        ticker.Step();
      }
    }
    if (header.before() != (header.partition_bits == 0 ? last : 0)) {
      RowReader::Corrupt("The last row is at another time than it says.");
    }
  } catch (const Error& error) {
    throw Error(code, error.what(), error.detail(), error.hint());
  }
}

std::uint64_t CountRows(const RowSegments& rows) {
  std::uint64_t count = 0;
  StopTicker ticker;
  for (const RowSegment& segment : rows.segments) {
    RowReader reader(segment);
    std::uint64_t key = 0;
    while (reader.NextKey(&key)) {
      ++count;
      ticker.Step();
    }
  }
  return count;
}

void UserRows::AppendBlock(unsigned number, std::size_t bytes, unsigned key_bytes) {
  auto* block = static_cast<Block*>(memory_->allocate(bytes, alignof(Block)));
  *block = {nullptr, nullptr, static_cast<std::uint32_t>(bytes), key_bytes};
  Partition& partition = partitions_[number];
  Blocks& blocks = blocks_[number];
  if (blocks.last == nullptr) {
    blocks.first = block;
  } else {
    blocks.last->end = partition.at;
    blocks.last->next = block;
  }
  blocks.last = block;
  partition = {block->rows(), reinterpret_cast<std::byte*>(block) + bytes, 0, key_bytes,
               64 - 8 * key_bytes};
}

void UserRows::NewBlock(unsigned number, std::uint64_t key) {
  std::size_t bytes = kFirstBlock;
  unsigned key_bytes = BytesNeeded(key);
  if (const Block* last = blocks_[number].last; last != nullptr) {
    bytes = std::clamp(std::size_t{2} * last->bytes, kFirstBlock, kLargestBlock);
    key_bytes = std::max(key_bytes, partitions_[number].key_bytes);
  }
  AppendBlock(number, bytes, key_bytes);
}

void UserRows::Take(const RowSegments& other) {
  columns_ |= other.columns;
  StopTicker ticker;
  for (const RowSegment& segment : other.segments) {
    if (other.partition_bits != 0) {
      AppendBlock(segment.partition, sizeof(Block) + segment.rows.size(), segment.key_bytes);
      Partition& partition = partitions_[segment.partition];
      partition.at = std::copy(segment.rows.begin(), segment.rows.end(), partition.at);
      ticker.Step(1024);
      continue;
    }
    RowReader reader(segment);
    std::uint64_t key = 0;
    FullEvent event{};
    while (reader.Next(&key, &event)) {
      Add(static_cast<std::int64_t>(key), event);
      ticker.Step();
    }
  }
}

template <class Visit>
void UserRows::ForEachBlock(Visit&& visit) const {
  for (unsigned number = 0; number < kPartitions; ++number) {
    const Partition& partition = partitions_[number];
    for (const Block* block = blocks_[number].first; block != nullptr; block = block->next) {
      const std::byte* end = block == blocks_[number].last ? partition.at : block->end;
      if (end == block->rows()) continue;
      visit(RowSegment{number, {block->rows(), end}, block->key_bytes});
    }
  }
}

RowSegments UserRows::Segments(std::pmr::memory_resource* memory) const {
  RowSegments rows(memory);
  rows.partition_bits = kPartitionBits;
  rows.columns = columns_;
  ForEachBlock([&rows](const RowSegment& segment) { rows.segments.push_back(segment); });
  return rows;
}

std::size_t UserRows::FlatSize() const {
  std::size_t size = sizeof(UserRowsHeader);
  ForEachBlock(
      [&size](const RowSegment& segment) { size += sizeof(SegmentHeader) + segment.rows.size(); });
  if (size > kMaxStoredRows) {
    throw Error(ErrorCode::kLimitExceeded, "state of user rows is too large to be stored",
                "A stored value holds at most 1 GB; this one would take " + std::to_string(size) +
                    " bytes.",
                "Aggregate ranges of users or of time one after another, or turn parallel workers "
                "off: in memory the state may be larger.");
  }
  return size;
}

void UserRows::FlattenInto(std::byte* out) const {
  UserRowsHeader header{};
  header.version = kUserRowsVersion;
  header.partition_bits = kPartitionBits;
  header.columns = columns_;
  std::copy(terms_.begin(), terms_.end(), header.terms);
  header.used = static_cast<std::uint32_t>(FlatSize() - sizeof(header));
  out = WriteRaw(out, header);
  ForEachBlock([&out](const RowSegment& segment) {
    out = WriteRaw(out, SegmentHeader{static_cast<std::uint16_t>(segment.partition),
                                      static_cast<std::uint16_t>(segment.key_bytes),
                                      static_cast<std::uint32_t>(segment.rows.size())});
    out = std::copy(segment.rows.begin(), segment.rows.end(), out);
  });
}

}  // namespace cdp::timeline
