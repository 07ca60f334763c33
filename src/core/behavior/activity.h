/// Who did something on which day: bitmaps by day, from which retention, lifecycle and stickiness
/// are set operations.
///
/// A value is its bytes (docs/formats.md), read in place by ActivityView; Activity makes and merges
/// them. On a day a user may start something, come back, or both.
#pragma once

#include <map>
#include <memory_resource>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/bitmap/bitmap_builder.h"
#include "core/bitmap/bitmap_view.h"

namespace cdp::behavior {

/// What the users of a bitmap did on its day.
enum class Did : std::uint8_t { kBoth, kStart, kReturn };

inline constexpr std::uint8_t kActivityVersion = 1;
inline constexpr std::uint8_t kActivityBuildVersion = 0x81;

/// The users who did one thing on one day.
struct ActivityEntry {
  std::int32_t day;  ///< since 2000-01-01
  Did did;
  bitmap::Bytes users;  ///< portable, not validated
};

/// Reads an image in place: never outside its bytes, whatever they are. The bytes must outlive it
/// and its entries.
class ActivityView {
 public:
  explicit ActivityView(bitmap::Bytes bytes);

  std::uint32_t size() const { return size_; }
  /// Ascending by day, then by what was done.
  std::pmr::vector<ActivityEntry> Entries(std::pmr::memory_resource* memory) const;

 private:
  bitmap::Bytes bytes_;
  std::uint32_t size_ = 0;
};

class Activity {
 public:
  explicit Activity(std::pmr::memory_resource* memory) : memory_(memory), users_(memory) {}

  void Add(std::uint32_t user, std::int32_t day, Did did) { At(day, did).Add(user); }
  /// Takes in a bitmap of users; throws when the bytes are none.
  void Add(bitmap::Bytes users, std::int32_t day, Did did);
  /// Takes in a value in either form; what is wrong in it raises an error.
  void Merge(bitmap::Bytes bytes);

  std::size_t ImageSize();
  /// Writes the image for which ImageSize was asked last.
  void WriteImage(std::byte* out) const;

 private:
  bitmap::BitmapBuilder& At(std::int32_t day, Did did);

  std::pmr::memory_resource* memory_;
  std::pmr::map<std::pair<std::int32_t, Did>, bitmap::BitmapBuilder> users_;
};

/// The image of bytes from outside in either form: everything is checked, and what is wrong throws
/// an error of kind `code`.
std::pmr::vector<std::byte> CheckedActivity(bitmap::Bytes bytes, ErrorCode code,
                                            std::pmr::memory_resource* memory);

/// The build form: a header, then rows as they came, in which small states grow.
struct ActivityBuildHeader {
  std::uint8_t version;
  std::uint8_t zero[3];
  std::uint32_t used;  ///< rows; room may follow
};
struct ActivityRow {
  std::uint32_t user;
  std::int32_t day;
  std::uint32_t did;
};
static_assert(sizeof(ActivityBuildHeader) == 8 && sizeof(ActivityRow) == 12);

inline bool IsActivityBuild(bitmap::Bytes bytes) {
  return !bytes.empty() && bytes[0] == std::byte{kActivityBuildVersion};
}

}  // namespace cdp::behavior
