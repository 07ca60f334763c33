#include "core/behavior/activity.h"

#include <algorithm>
#include <string>

#include "core/base/bytes.h"
#include "core/base/stop.h"

namespace cdp::behavior {
namespace {

using bitmap::Bytes;

constexpr char kWhat[] = "activity";
constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kEntryBytes = 12;

Did ReadDid(std::uint32_t number, const ByteReader& in) {
  if (number > static_cast<std::uint32_t>(Did::kReturn)) in.Corrupt("It has unknown flags.");
  return static_cast<Did>(number);
}

void CheckDay(std::int32_t day, const ByteReader& in) {
  // The server's infinite dates.
  if (day == INT32_MIN || day == INT32_MAX) in.Corrupt("A day is infinite.");
}

}  // namespace

// Checks that all parts lie within the bytes, and nothing in them.
ActivityView::ActivityView(Bytes bytes) : bytes_(bytes) {
  ByteReader in(bytes, kWhat);
  const auto version = in.Read<std::uint32_t>();
  if (version != kActivityVersion) {
    throw Error(ErrorCode::kCorruptData, "unrecognized activity format",
                "The value begins with version " + std::to_string(version & 0xff) + ", not " +
                    std::to_string(kActivityVersion) + ".");
  }
  size_ = static_cast<std::uint32_t>(in.ReadCount(kEntryBytes));
  std::uint64_t rest = 0;
  std::pair<std::int32_t, Did> last{};
  for (std::uint32_t i = 0; i < size_; ++i) {
    const auto day = in.Read<std::int32_t>();
    const std::pair key(day, ReadDid(in.Read<std::uint32_t>(), in));
    CheckDay(day, in);
    if (i > 0 && key <= last) in.Corrupt("Its days are not in order.");
    last = key;
    rest += in.Read<std::uint32_t>();
  }
  if (rest != in.left()) in.Corrupt("Its length is not that of its parts.");
}

std::pmr::vector<ActivityEntry> ActivityView::Entries(std::pmr::memory_resource* memory) const {
  std::pmr::vector<ActivityEntry> entries(memory);
  entries.reserve(size_);
  const std::byte* at = bytes_.data() + kHeaderBytes;
  std::size_t begin = kHeaderBytes + std::size_t{size_} * kEntryBytes;
  for (std::uint32_t i = 0; i < size_; ++i, at += kEntryBytes) {
    const auto size = bitmap::LoadAt<std::uint32_t>(at + 8);
    entries.push_back({bitmap::LoadAt<std::int32_t>(at),
                       static_cast<Did>(bitmap::LoadAt<std::uint32_t>(at + 4)),
                       bytes_.subspan(begin, size)});
    begin += size;
  }
  return entries;
}

bitmap::BitmapBuilder& Activity::At(std::int32_t day, Did did) {
  return users_.try_emplace({day, did}, memory_).first->second;
}

void Activity::Add(Bytes users, std::int32_t day, Did did) {
  bitmap::Bitmap added = bitmap::Bitmap::FromPortable(users);
  if (added.empty()) return;
  At(day, did).Result().Apply(bitmap::SetOperation::kOr, added);
}

void Activity::Merge(Bytes bytes) {
  if (!IsActivityBuild(bytes)) {
    for (const ActivityEntry& entry : ActivityView(bytes).Entries(memory_)) {
      CheckStop();
      Add(entry.users, entry.day, entry.did);
    }
    return;
  }
  ByteReader in(bytes, kWhat);
  const auto header = in.Read<ActivityBuildHeader>();
  if (header.zero[0] != 0 || header.zero[1] != 0 || header.zero[2] != 0) {
    in.Corrupt("It has unknown flags.");
  }
  if (header.used > in.left() / sizeof(ActivityRow)) in.Corrupt("The rows are fewer than it says.");
  StopTicker ticker;
  for (std::uint32_t i = 0; i < header.used; ++i) {
    const auto row = in.Read<ActivityRow>();
    CheckDay(row.day, in);
    Add(row.user, row.day, ReadDid(row.did, in));
    ticker.Step();
  }
}

std::size_t Activity::ImageSize() {
  std::size_t size = kHeaderBytes;
  for (auto& [key, users] : users_) {
    CheckStop();
    const std::size_t bytes = users.Result().PortableSize();
    if (bytes > UINT32_MAX) {
      throw Error(ErrorCode::kLimitExceeded, "result is too large",
                  "The users of one day would take " + std::to_string(bytes) + " bytes.");
    }
    size += kEntryBytes + bytes;
  }
  return size;
}

void Activity::WriteImage(std::byte* out) const {
  out = WriteRaw(out, std::uint32_t{kActivityVersion});
  out = WriteRaw(out, static_cast<std::uint32_t>(users_.size()));
  for (const auto& [key, users] : users_) {
    out = WriteRaw(out, key.first);
    out = WriteRaw(out, static_cast<std::uint32_t>(key.second));
    out = WriteRaw(out, static_cast<std::uint32_t>(users.Merged().PortableSize()));
  }
  for (const auto& [key, users] : users_) {
    users.Merged().WritePortable(out);
    out += users.Merged().PortableSize();
  }
}

std::pmr::vector<std::byte> CheckedActivity(Bytes bytes, ErrorCode code,
                                            std::pmr::memory_resource* memory) {
  try {
    Activity activity(memory);
    activity.Merge(bytes);
    std::pmr::vector<std::byte> image(activity.ImageSize(), memory);
    activity.WriteImage(image.data());
    return image;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kLimitExceeded) throw;
    throw Error(code, error.what(), error.detail());
  }
}

}  // namespace cdp::behavior
