#include "core/timeline/user_rows.h"

#include <algorithm>
#include <string>

#include "core/timeline/timeline_format.h"

namespace cdp::timeline {
namespace {

constexpr char kWhat[] = "state of user rows";

/// Before each segment of a state with many partitions.
struct SegmentHeader {
  std::uint32_t partition;
  std::uint32_t bytes;
};

/// With its head each fills what the server's allocator gives.
constexpr std::size_t kFirstBlock = 256 - 16;
constexpr std::size_t kLargestBlock = kFirstBlock << 7;

}  // namespace

void RowReader::Corrupt(const char* why) {
  throw Error(ErrorCode::kCorruptData, std::string(kWhat) + " is corrupt", why);
}

void RowReader::CorruptColumn() { Corrupt("A row has a column that the header does not know of."); }

void RowReader::NearEnd() {
  if (at_ > end_) Corrupt("A row is longer than its partition.");
  UseTail();
}

void RowReader::UseTail() {
  if (in_tail_) return;
  const auto left = static_cast<std::size_t>(end_ - at_);
  if (left != 0) std::memcpy(tail_, at_, left);
  std::memset(tail_ + left, 0, sizeof(tail_) - left);
  at_ = tail_;
  end_ = tail_ + left;
  in_tail_ = true;
}

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
    if (!in.done()) rows.segments.push_back({0, in.ReadSpan(in.left())});
    return rows;
  }
  unsigned before = 0;
  while (!in.done()) {
    const auto segment = in.Read<SegmentHeader>();
    if (segment.partition < before || segment.partition >= kPartitions) {
      in.Corrupt("The partitions are not in order.");
    }
    before = segment.partition;
    rows.segments.push_back({segment.partition, in.ReadSpan(segment.bytes)});
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
      RowReader reader(segment.rows);
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
    RowReader reader(segment.rows);
    std::uint64_t key = 0;
    while (reader.NextKey(&key)) {
      ++count;
      ticker.Step();
    }
  }
  return count;
}

void UserRows::NewBlock(Partition* partition, std::size_t bytes) {
  std::size_t room = bytes;
  if (room == 0) {
    room = kFirstBlock;
    if (partition->last != nullptr) {
      const auto last = static_cast<std::size_t>(partition->end - partition->last->rows());
      room = std::clamp(2 * last, kFirstBlock, kLargestBlock);
    }
  }
  static_assert(sizeof(Block) == 16);
  auto* block = static_cast<Block*>(memory_->allocate(sizeof(Block) + room, alignof(Block)));
  *block = {nullptr, nullptr};
  if (partition->last == nullptr) {
    partition->first = block;
  } else {
    partition->last->end = partition->at;
    partition->last->next = block;
  }
  partition->last = block;
  partition->at = block->rows();
  partition->end = block->rows() + room;
  partition->before = 0;
}

void UserRows::Take(const RowSegments& other) {
  columns_ |= other.columns;
  StopTicker ticker;
  for (const RowSegment& segment : other.segments) {
    if (other.partition_bits != 0) {
      Partition& partition = partitions_[segment.partition];
      NewBlock(&partition, segment.rows.size());
      partition.at = std::copy(segment.rows.begin(), segment.rows.end(), partition.at);
      ticker.Step(1024);
      continue;
    }
    RowReader reader(segment.rows);
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
    for (const Block* block = partition.first; block != nullptr; block = block->next) {
      const std::byte* end = block == partition.last ? partition.at : block->end;
      if (end != block->rows()) visit(RowSegment{number, {block->rows(), end}});
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
    out = WriteRaw(
        out, SegmentHeader{segment.partition, static_cast<std::uint32_t>(segment.rows.size())});
    out = std::copy(segment.rows.begin(), segment.rows.end(), out);
  });
}

}  // namespace cdp::timeline
