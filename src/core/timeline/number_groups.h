/// Numbers of up to 64 bits in groups of four: a control byte names the length of each, the bytes
/// follow elsewhere. Two or three numbers a nanosecond where the processor can shuffle bytes.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace cdp::timeline {

/// Lengths in bytes that a control chooses from: short numbers, a few long ones among them, and
/// long ones. A sequence takes the set that makes it smallest, the first of equals.
inline constexpr std::array<std::array<std::uint8_t, 4>, 3> kLengthSets = {
    {{1, 2, 3, 4}, {1, 3, 4, 8}, {1, 4, 5, 8}}};

/// Bytes of the controls of so many numbers; the bits of the last that stand for none are zero.
constexpr std::size_t ControlBytes(std::size_t numbers) { return (numbers + 3) / 4; }

/// Bytes that hold a number, at least one.
constexpr unsigned BytesNeeded(std::uint64_t number) {
  return (static_cast<unsigned>(std::bit_width(number | 1)) + 7) / 8;
}

namespace internal {

/// For each length set and number of bytes: which length a number takes, and its bytes.
struct LengthTables {
  std::array<std::array<std::uint8_t, 9>, kLengthSets.size()> slot;
  std::array<std::array<std::uint64_t, 9>, kLengthSets.size()> bytes;
};

/// What a number counts for that is too long for a set: more than the bytes of 2^30 others, and so
/// many of them do not overflow.
inline constexpr std::uint64_t kTooLong = std::uint64_t{1} << 33;

constexpr LengthTables MakeLengthTables() {
  LengthTables tables{};
  for (std::size_t set = 0; set < kLengthSets.size(); ++set) {
    std::uint8_t slot = 0;
    for (unsigned bytes = 1; bytes <= 8; ++bytes) {
      while (slot < 3 && kLengthSets[set][slot] < bytes) ++slot;
      tables.slot[set][bytes] = slot;
      tables.bytes[set][bytes] = kLengthSets[set][slot] < bytes ? kTooLong : kLengthSets[set][slot];
    }
  }
  return tables;
}

inline constexpr LengthTables kLengthTables = MakeLengthTables();

}  // namespace internal

/// Negative and positive numbers alternating, so that what is near zero stays short.
constexpr std::uint64_t ZigZag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
constexpr std::int64_t UnZigZag(std::uint64_t number) {
  return static_cast<std::int64_t>((number >> 1) ^ (~(number & 1) + 1));
}

/// How many numbers there are of each length: what decides for a length set.
class LengthCounts {
 public:
  void Add(std::uint64_t number) { ++of_[BytesNeeded(number)]; }

  struct Choice {
    unsigned set;
    std::size_t bytes;  ///< of all the numbers, without their controls
  };
  Choice Best() const;

 private:
  std::array<std::size_t, 9> of_ = {};
};

/// Writes numbers whose set LengthCounts chose.
class GroupWriter {
 public:
  /// `controls` has room for the controls of all the numbers; `end` is where nothing may be
  /// written any more: the bytes up to there may be overwritten before they get their content.
  GroupWriter(unsigned set, std::byte* controls, std::byte* payload, const std::byte* end)
      : set_(set), controls_(controls), at_(payload), end_(end) {}

  void Put(std::uint64_t number) {
    const unsigned bytes = BytesNeeded(number);
    const unsigned slot = internal::kLengthTables.slot[set_][bytes];
    const auto length = static_cast<std::size_t>(internal::kLengthTables.bytes[set_][bytes]);
    // Eight bytes in one store where there is room: the next number overwrites the surplus.
    if (end_ - at_ >= 8) [[likely]] {
      std::memcpy(at_, &number, 8);
    } else {
      std::memcpy(at_, &number, length);
    }
    at_ += length;
    control_ |= slot << shift_;
    shift_ += 2;
    if (shift_ == 8) Flush();
  }

  /// Ends the last group; returns the end of the payload.
  std::byte* Finish() {
    if (shift_ != 0) Flush();
    return at_;
  }

 private:
  void Flush() {
    *controls_++ = static_cast<std::byte>(control_);
    control_ = 0;
    shift_ = 0;
  }

  unsigned set_;
  unsigned control_ = 0;
  unsigned shift_ = 0;
  std::byte* controls_;
  std::byte* at_;
  const std::byte* end_;
};

/// Where a kernel stands: it moves on over whole groups as long as 32 bytes may be loaded.
struct GroupCursor {
  const std::byte* controls;
  const std::byte* at;
  std::size_t groups;  ///< still to be read
  std::size_t spare;   ///< groups for which there is room behind these
  std::uint64_t sum;   ///< of no meaning once all are read and less than their room was asked for
  std::uint64_t* out;
};

/// Reads groups in place and never loads a byte from outside what it was given, whatever the bytes
/// are. Neither copyable nor movable: it may point into itself.
class GroupReader {
 public:
  static constexpr std::size_t kBlock = 256;
  /// Of the copy that is read at the end.
  static constexpr std::size_t kTailBytes = 64;

  enum class Give {
    kNumbers,
    kSums,  ///< of all numbers so far, times a factor, plus a start
  };

  struct Source {
    const std::byte* controls;  ///< ControlBytes(count) of them or more, right before the payload
    std::span<const std::byte> payload;
    const std::byte* readable_end;  ///< not before the payload's end; loads stay before it
    std::size_t count;
    unsigned set;
  };

  GroupReader(const Source& source, Give give, std::uint64_t factor = 1, std::uint64_t start = 0);
  GroupReader(const GroupReader&) = delete;
  GroupReader& operator=(const GroupReader&) = delete;

  /// Writes the next numbers, a multiple of four unless they are the last, at most `room` (a
  /// multiple of four too, all of which may be written). Returns how many; 0 at the end. Throws
  /// kCorruptData ("timeline is truncated") when the payload ends early.
  std::size_t Next(std::uint64_t* out, std::size_t room = kBlock);

  /// Numbers that were not read yet.
  std::size_t left() const { return left_; }

  using Kernel = void (*)(GroupCursor* cursor, unsigned set, std::uint64_t factor,
                          const std::byte* readable_end);

 private:
  const std::byte* controls_;
  const std::byte* at_;
  const std::byte* payload_end_;
  const std::byte* readable_end_;
  std::size_t left_;
  unsigned set_;
  std::uint64_t factor_;
  std::uint64_t sum_;
  Kernel kernel_;
  std::byte tail_[kTailBytes];  ///< the last bytes, where they end too near to the readable end
};

/// The kernels of this processor; `portable` picks those that every processor has (for tests).
void UsePortableKernels(bool portable);

}  // namespace cdp::timeline
