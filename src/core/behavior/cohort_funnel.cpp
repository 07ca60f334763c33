#include "core/behavior/cohort_funnel.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/bytes.h"
#include "core/base/stop.h"

namespace cdp::behavior {
namespace {

constexpr char kWhat[] = "funnel";
constexpr std::size_t kHeaderBytes = 4;
constexpr std::size_t kTimeEntryBytes = 8;
constexpr std::uint8_t kHasSpans = 0x80;

using bitmap::Bytes;

std::size_t SketchIndex(int a, int b) {
  return static_cast<std::size_t>((b - 1) * (b - 2) / 2 + a - 1);
}

[[noreturn]] void Unrecognized(std::uint8_t version) {
  throw Error(ErrorCode::kCorruptData, "unrecognized funnel format",
              "The value begins with version " + std::to_string(version) + ", not " +
                  std::to_string(kCohortFunnelVersion) + ".");
}

void CheckStep(int step, int steps) {
  if (step >= 1 && step <= steps) return;
  throw Error(ErrorCode::kInvalidArgument, "funnel has no step " + std::to_string(step),
              "Its steps are numbered from 1 to " + std::to_string(steps) + ".");
}

[[noreturn]] void LevelBeyond(int level, int steps) {
  throw Error(ErrorCode::kInvalidArgument, "level " + std::to_string(level) + " is beyond the " +
                                               std::to_string(steps) + " steps of the funnel");
}

std::uint32_t Size32(std::size_t size) {
  if (size > UINT32_MAX) {
    throw Error(ErrorCode::kLimitExceeded, "result is too large",
                "The users of one step would take " + std::to_string(size) + " bytes.");
  }
  return static_cast<std::uint32_t>(size);
}

}  // namespace

void CheckFunnelSteps(int steps) {
  if (steps >= 1 && steps <= kMaxFunnelSteps) return;
  throw Error(ErrorCode::kInvalidArgument,
              "a funnel cannot have " + std::to_string(steps) + " steps",
              "It has from 1 to " + std::to_string(kMaxFunnelSteps) + ".");
}

// Checks that all parts lie within the bytes, and nothing in them.
CohortFunnelView::CohortFunnelView(Bytes front, std::size_t size) : bytes_(front) {
  ByteReader in(front, kWhat);
  const auto version = in.Read<std::uint8_t>();
  if (version != kCohortFunnelVersion) Unrecognized(version);
  steps_ = in.Read<std::uint8_t>();
  const auto flags = in.Read<std::uint8_t>();
  times_ = in.Read<std::uint8_t>();
  open_ = flags == kStepsOpen;
  if ((flags & ~kStepsOpen) != 0) in.Corrupt("It has unknown flags.");
  if (steps_ > kMaxFunnelSteps || (steps_ == 0 && !open_)) {
    in.Corrupt("The number of steps is out of range.");
  }
  const Bytes sizes = in.ReadSpan(static_cast<std::size_t>(steps_) * sizeof(std::uint32_t));
  const Bytes entries = in.ReadSpan(static_cast<std::size_t>(times_) * kTimeEntryBytes);
  std::uint64_t rest = 0;
  for (std::size_t at = 0; at < sizes.size(); at += sizeof(std::uint32_t)) {
    rest += bitmap::LoadAt<std::uint32_t>(sizes.data() + at);
  }
  std::size_t last = 0;
  for (std::size_t at = 0; at < entries.size(); at += kTimeEntryBytes) {
    const int a = std::to_integer<int>(entries[at]);
    const int b = std::to_integer<int>(entries[at + 1]);
    if (a < 1 || b <= a || b > steps_ || !KeepsTime(a, b)) {
      in.Corrupt("It has times between steps that do not exist.");
    }
    const std::size_t index = SketchIndex(a, b);
    if (at > 0 && index <= last) in.Corrupt("Its times are not in order.");
    last = index;
    rest += bitmap::LoadAt<std::uint32_t>(entries.data() + at + 4);
  }
  if (rest != size - (front.size() - in.left())) {
    in.Corrupt("Its length is not that of its parts.");
  }
}

std::uint32_t CohortFunnelView::SizeAt(std::size_t offset) const {
  return bitmap::LoadAt<std::uint32_t>(bytes_.data() + offset);
}

CohortFunnelView::Range CohortFunnelView::UsersRange(int k) const {
  CheckStep(k, steps_);
  std::size_t begin = kHeaderBytes + static_cast<std::size_t>(steps_) * sizeof(std::uint32_t) +
                      static_cast<std::size_t>(times_) * kTimeEntryBytes;
  std::size_t at = kHeaderBytes;
  for (int step = 1; step < k; ++step, at += sizeof(std::uint32_t)) begin += SizeAt(at);
  return {begin, SizeAt(at)};
}

CohortFunnelView::Time CohortFunnelView::TimeAt(int i) const {
  const std::size_t entries =
      kHeaderBytes + static_cast<std::size_t>(steps_) * sizeof(std::uint32_t);
  // The sketches are the end of the value.
  std::size_t end = bytes_.size();
  for (int j = times_ - 1; j > i; --j) {
    end -= SizeAt(entries + static_cast<std::size_t>(j) * kTimeEntryBytes + 4);
  }
  const std::size_t entry = entries + static_cast<std::size_t>(i) * kTimeEntryBytes;
  const std::size_t size = SizeAt(entry + 4);
  return {std::to_integer<int>(bytes_[entry]), std::to_integer<int>(bytes_[entry + 1]),
          bytes_.subspan(end - size, size)};
}

std::optional<std::uint64_t> CohortFunnelView::TimeToConvert(int a, int b, double share) const {
  CheckStep(a, steps_);
  CheckStep(b, steps_);
  if (a >= b) {
    throw Error(ErrorCode::kInvalidArgument,
                "step " + std::to_string(b) + " does not come after step " + std::to_string(a));
  }
  if (!KeepsTime(a, b)) {
    throw Error(
        ErrorCode::kInvalidArgument,
        "funnel keeps no times from step " + std::to_string(a) + " to step " + std::to_string(b),
        "Beyond step " + std::to_string(kAllPairsUpTo) +
            " it keeps those from the first step and from the step before.");
  }
  for (int i = 0; i < times_; ++i) {
    const Time time = TimeAt(i);
    if (time.a == a && time.b == b) return QuantileOf(time.sketch, share);
  }
  return std::nullopt;
}

void CohortFunnel::Widen(int steps) {
  while (static_cast<int>(reached_.size()) < steps) reached_.emplace_back(memory_);
  steps_ = std::max(steps_, steps);
}

void CohortFunnel::Declare(int steps) {
  if (told_ && steps != steps_) {
    throw Error(
        ErrorCode::kInvalidArgument, "funnels with different numbers of steps cannot be united",
        "One has " + std::to_string(steps_) + " steps, another " + std::to_string(steps) + ".",
        "Give funnel_agg() the number of steps.");
  }
  CheckFunnelSteps(steps);
  if (steps_ > steps) LevelBeyond(steps_, steps);
  told_ = true;
  Widen(steps);
}

void CohortFunnel::Ask(std::uint16_t question) {
  if (question == 0) return;
  if (question_ != 0 && question_ != question) {
    throw Error(ErrorCode::kInvalidArgument, "funnels of different questions cannot be united",
                "All arguments but users and timelines must be the same for all rows of a group.");
  }
  question_ = question;
}

void CohortFunnel::Add(std::uint32_t user, int level, std::span<const std::uint64_t> spans) {
  if (level == 0) return;
  if (level > steps_) {
    if (told_) LevelBeyond(level, steps_);
    Widen(level);
  }
  reached_[static_cast<std::size_t>(level - 1)].Add(user);
  if (!spans.empty()) AddTimes(spans);
}

DurationSketch* CohortFunnel::Sketch(int a, int b) {
  const std::size_t index = SketchIndex(a, b);
  while (sketches_.size() <= index) sketches_.emplace_back(memory_);
  return &sketches_[index];
}

void CohortFunnel::AddTimes(std::span<const std::uint64_t> spans) {
  // since_first[k]: from the first step to step k + 1; cannot overflow, all lie in one range of
  // instants or in checked rows.
  std::array<std::uint64_t, kMaxFunnelSteps> since_first;
  since_first[0] = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) since_first[i + 1] = since_first[i] + spans[i];
  const int level = static_cast<int>(spans.size()) + 1;
  for (int b = level; b >= 2; --b) {
    for (int a = 1; a < b; ++a) {
      if (KeepsTime(a, b)) Sketch(a, b)->Add(since_first[b - 1] - since_first[a - 1]);
    }
  }
}

void CohortFunnel::Merge(Bytes bytes) {
  if (IsFunnelBuild(bytes)) {
    MergeRows(bytes);
  } else {
    MergeImage(CohortFunnelView(bytes));
  }
}

void CohortFunnel::MergeImage(const CohortFunnelView& image) {
  if (image.steps_open()) {
    if (told_ && image.steps() > steps_) LevelBeyond(image.steps(), steps_);
    Widen(image.steps());
  } else {
    Declare(image.steps());
  }
  for (int k = 1; k <= image.steps(); ++k) {
    CheckStop();
    reached_[static_cast<std::size_t>(k - 1)].Result().Apply(
        bitmap::SetOperation::kOr, bitmap::Bitmap::FromPortable(image.Users(k)));
  }
  for (int i = 0; i < image.times(); ++i) {
    const CohortFunnelView::Time time = image.TimeAt(i);
    Sketch(time.a, time.b)->Merge(time.sketch);
  }
}

void CohortFunnel::MergeRows(Bytes bytes) {
  ByteReader whole(bytes, kWhat);
  const auto header = whole.Read<FunnelBuildHeader>();
  if (header.used > whole.left()) whole.Corrupt("The rows are fewer than it says.");
  if (header.steps != 0) {
    if (header.steps > kMaxFunnelSteps) whole.Corrupt("The number of steps is out of range.");
    Declare(header.steps);
  }
  Ask(header.question);
  ByteReader in(whole.ReadSpan(header.used), kWhat);
  std::array<std::uint64_t, kMaxFunnelSteps> spans;
  StopTicker ticker;
  while (!in.done()) {
    const auto user = in.Read<std::uint32_t>();
    const auto head = in.Read<std::uint8_t>();
    const int level = head & ~kHasSpans;
    if (level == 0 || level > kMaxFunnelSteps || (header.steps != 0 && level > header.steps)) {
      in.Corrupt("A level is out of range.");
    }
    std::size_t count = 0;
    if ((head & kHasSpans) != 0) {
      std::uint64_t sum = 0;
      for (; count + 1 < static_cast<std::size_t>(level); ++count) {
        spans[count] = in.ReadVarint();
        if (__builtin_add_overflow(sum, spans[count], &sum)) {
          in.Corrupt("A time to convert is out of range.");
        }
      }
    }
    Add(user, level, std::span(spans).first(count));
    ticker.Step();
  }
}

std::size_t CohortFunnel::ImageSize(bool sealed) {
  std::size_t size = kHeaderBytes;
  for (int k = steps_; k >= 1; --k) {
    CheckStop();
    bitmap::BitmapBuilder& users = reached_[static_cast<std::size_t>(k - 1)];
    // Who reached a step reached those before it.
    if (k < steps_) {
      users.Result().Apply(bitmap::SetOperation::kOr,
                           reached_[static_cast<std::size_t>(k)].Result());
    }
    size += sizeof(std::uint32_t) + Size32(users.Result().PortableSize());
  }
  if (steps_ == 0 && sealed) size += sizeof(std::uint32_t) + bitmap::Bitmap().PortableSize();
  for (const DurationSketch& sketch : sketches_) {
    if (!sketch.empty()) size += kTimeEntryBytes + sketch.EncodedSize();
  }
  return size;
}

void CohortFunnel::WriteImage(std::byte* out, bool sealed) const {
  const auto times = std::count_if(sketches_.begin(), sketches_.end(),
                                   [](const DurationSketch& sketch) { return !sketch.empty(); });
  out = WriteRaw(out, kCohortFunnelVersion);
  out = WriteRaw(out, static_cast<std::uint8_t>(ImageSteps(sealed)));
  out = WriteRaw(out, sealed || told_ ? std::uint8_t{0} : kStepsOpen);
  out = WriteRaw(out, static_cast<std::uint8_t>(times));
  const bitmap::Bitmap nobody;
  const auto users = [&](int k) -> const bitmap::Bitmap& {
    return k <= steps_ ? reached_[static_cast<std::size_t>(k - 1)].Merged() : nobody;
  };
  for (int k = 1; k <= ImageSteps(sealed); ++k) {
    out = WriteRaw(out, static_cast<std::uint32_t>(users(k).PortableSize()));
  }
  for (int b = 2; b <= steps_; ++b) {
    for (int a = 1; a < b; ++a) {
      const std::size_t index = SketchIndex(a, b);
      if (index >= sketches_.size() || sketches_[index].empty()) continue;
      out = WriteRaw(out, static_cast<std::uint8_t>(a));
      out = WriteRaw(out, static_cast<std::uint8_t>(b));
      out = WriteRaw(out, std::uint16_t{0});
      out = WriteRaw(out, static_cast<std::uint32_t>(sketches_[index].EncodedSize()));
    }
  }
  for (int k = 1; k <= ImageSteps(sealed); ++k) {
    users(k).WritePortable(out);
    out += users(k).PortableSize();
  }
  for (const DurationSketch& sketch : sketches_) out = sketch.Encode(out);
}

std::pmr::vector<std::byte> CheckedCohortFunnel(Bytes bytes, ErrorCode code,
                                                std::pmr::memory_resource* memory) {
  try {
    CohortFunnel funnel(memory);
    funnel.Merge(bytes);
    std::pmr::vector<std::byte> image(funnel.ImageSize(false), memory);
    funnel.WriteImage(image.data(), false);
    return image;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kLimitExceeded) throw;
    throw Error(code, error.what(), error.detail());
  }
}

std::byte* WriteFunnelRow(std::byte* out, std::uint32_t user, int level,
                          std::span<const std::uint64_t> spans) {
  out = WriteRaw(out, user);
  out = WriteRaw(out, static_cast<std::uint8_t>(level | (spans.empty() ? 0 : kHasSpans)));
  for (const std::uint64_t span : spans) out = WriteVarint(out, span);
  return out;
}

}  // namespace cdp::behavior
