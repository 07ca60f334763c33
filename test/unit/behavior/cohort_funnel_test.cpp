#include "core/behavior/cohort_funnel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <set>
#include <vector>

#include "oracle/cohort.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

using Image = std::vector<std::byte>;
using oracle::FunnelVisit;

std::pmr::memory_resource* Memory() { return std::pmr::new_delete_resource(); }

Image ImageOf(CohortFunnel& funnel, bool sealed = true) {
  Image image(funnel.ImageSize(sealed));
  funnel.WriteImage(image.data(), sealed);
  return image;
}

void AddAll(CohortFunnel* funnel, const std::vector<FunnelVisit>& visits) {
  for (const FunnelVisit& visit : visits) funnel->Add(visit.user, visit.level, visit.spans);
}

Image ImageOf(const std::vector<FunnelVisit>& visits, int steps, bool sealed = true) {
  CohortFunnel funnel(Memory());
  if (steps != 0) funnel.Declare(steps);
  AddAll(&funnel, visits);
  return ImageOf(funnel, sealed);
}

Image BuildFormOf(const std::vector<FunnelVisit>& visits, int steps, std::size_t room) {
  std::vector<std::byte> rows;
  for (const FunnelVisit& visit : visits) {
    if (visit.level == 0) continue;
    const std::size_t used = rows.size();
    rows.resize(used + MaxFunnelRowBytes(visit.spans.size()));
    std::byte* end = WriteFunnelRow(rows.data() + used, visit.user, visit.level, visit.spans);
    rows.resize(static_cast<std::size_t>(end - rows.data()));
  }
  const FunnelBuildHeader header{kCohortFunnelBuildVersion, static_cast<std::uint8_t>(steps), 0,
                                 static_cast<std::uint32_t>(rows.size())};
  Image image(sizeof(header) + rows.size() + room, std::byte{0xee});
  std::memcpy(image.data(), &header, sizeof(header));
  std::copy(rows.begin(), rows.end(), image.begin() + sizeof(header));
  return image;
}

std::vector<FunnelVisit> RandomVisits(std::mt19937_64& rng, int steps) {
  std::vector<FunnelVisit> visits(rng() % 8);
  for (FunnelVisit& visit : visits) {
    visit.user = static_cast<std::uint32_t>(rng() % 5 + (rng() % 4 == 0 ? 0xfffffff0u : 0));
    visit.level = static_cast<int>(rng() % static_cast<std::uint64_t>(steps + 1));
    if (visit.level < 2 || rng() % 3 == 0) continue;
    visit.spans.resize(static_cast<std::size_t>(visit.level - 1));
    // Mostly of a few octaves, as in life: a wide sketch has thousands of bins.
    const auto octaves = rng() % 32 == 0 ? 56 : 6;
    for (auto& span : visit.spans) span = (rng() >> 8) >> (56 - 1 - rng() % octaves);
  }
  return visits;
}

int RandomSteps(std::mt19937_64& rng) {
  return static_cast<int>(rng() % 64 == 0 ? 1 + rng() % kMaxFunnelSteps : 1 + rng() % 5);
}

std::set<std::uint32_t> UsersOf(bitmap::Bytes bytes) {
  const bitmap::BitmapView view(bytes);
  std::vector<std::uint32_t> values(view.Cardinality());
  view.Decode(values.data());
  return {values.begin(), values.end()};
}

void ExpectAnswers(const Image& image, const oracle::CohortFunnel& slow, int steps,
                   std::mt19937_64& rng) {
  const CohortFunnelView fast(image);
  ASSERT_EQ(fast.steps(), steps);
  for (int k = 1; k <= steps; ++k) ASSERT_EQ(UsersOf(fast.Users(k)), slow.Users(k)) << k;
  for (int b = 2; b <= steps; ++b) {
    for (int a = 1; a < b; ++a) {
      if (!KeepsTime(a, b)) continue;
      const auto spans = slow.Spans(a, b);
      const double share = static_cast<double>(rng() % 101) / 100;
      const auto answer = fast.TimeToConvert(a, b, share);
      ASSERT_EQ(answer.has_value(), !spans.empty());
      if (spans.empty()) continue;
      const double wanted = std::ceil(share * static_cast<double>(spans.size()));
      const double exact =
          static_cast<double>(spans[static_cast<std::size_t>(std::max(1.0, wanted)) - 1]);
      ASSERT_LE(std::fabs(static_cast<double>(*answer) - exact), exact / 128);
    }
  }
}

TEST(CohortFunnelProperty, AgreesWithTheDefinition) {
  std::mt19937_64 rng(20251126);
  for (int round = 0; round < kRounds / 6; ++round) {
    const int steps = RandomSteps(rng);
    const bool told = rng() % 2 == 0;
    const auto visits = RandomVisits(rng, steps);
    const oracle::CohortFunnel slow(visits);
    SCOPED_TRACE(round);
    ExpectAnswers(ImageOf(visits, told ? steps : 0), slow,
                  told ? steps : std::max(1, slow.DeepestLevel()), rng);
    if (HasFatalFailure()) return;
  }
}

// Parts in any form, merged in any order, are the funnel of all rows: byte for byte.
TEST(CohortFunnelProperty, PartsMakeTheWhole) {
  std::mt19937_64 rng(20251127);
  for (int round = 0; round < kRounds / 8; ++round) {
    const int steps = RandomSteps(rng);
    const int told = rng() % 2 == 0 ? steps : 0;
    std::vector<FunnelVisit> all;
    CohortFunnel merged(Memory());
    if (told != 0) merged.Declare(told);
    for (std::size_t part = 0; part < 1 + rng() % 3; ++part) {
      const auto visits = RandomVisits(rng, steps);
      all.insert(all.end(), visits.begin(), visits.end());
      switch (rng() % 4) {
        case 0:
          AddAll(&merged, visits);
          break;
        case 1:
          merged.Merge(ImageOf(visits, told, false));
          break;
        case 2:
          merged.Merge(BuildFormOf(visits, told, rng() % 9));
          break;
        default:
          merged.Merge(CheckedCohortFunnel(BuildFormOf(visits, told, rng() % 9),
                                           ErrorCode::kInvalidText, Memory()));
      }
      if (rng() % 3 == 0) merged.ImageSize(false);  // flattening changes nothing
    }
    std::shuffle(all.begin(), all.end(), rng);
    ASSERT_EQ(ImageOf(merged), ImageOf(all, told)) << "round " << round;
  }
}

TEST(CohortFunnel, KeepsManyUsers) {
  CohortFunnel funnel(Memory());
  for (std::uint32_t user = 0; user < 300'000; ++user) {
    funnel.Add(user, static_cast<int>(1 + user % 3), {});
  }
  const Image image = ImageOf(funnel);
  const CohortFunnelView view(image);
  EXPECT_EQ(view.Count(1), 300'000u);
  EXPECT_EQ(view.Count(2), 200'000u);
  EXPECT_EQ(view.Count(3), 100'000u);
}

TEST(CohortFunnel, ItsFrontTellsWhereUsersAre) {
  std::vector<FunnelVisit> visits;
  for (std::uint32_t user = 0; user < 5000; ++user) {
    visits.push_back({user * 3, static_cast<int>(user % 65), {}});
  }
  visits.push_back({1, 64, std::vector<std::uint64_t>(63, 5)});
  const Image image = ImageOf(visits, 64);
  ASSERT_GT(image.size(), CohortFunnelView::kMaxFrontBytes);
  const auto front = std::span(image).first(CohortFunnelView::kMaxFrontBytes);
  const CohortFunnelView partly(front, image.size());
  const CohortFunnelView whole(image);
  for (int k = 1; k <= 64; ++k) {
    const auto range = partly.UsersRange(k);
    EXPECT_EQ(image.data() + range.offset, whole.Users(k).data());
    EXPECT_EQ(range.size, whole.Users(k).size());
  }
  EXPECT_THROW(CohortFunnelView(front, image.size() + 1), Error);
  EXPECT_THROW(CohortFunnelView(front.first(100), image.size()), Error);
}

TEST(CohortFunnel, OfNobodyHasOneEmptyStep) {
  const Image image = ImageOf({}, 0);
  EXPECT_EQ(CohortFunnelView(image).steps(), 1);
  EXPECT_EQ(CohortFunnelView(image).Count(1), 0u);
}

TEST(CohortFunnel, RefusesStepsThatDoNotFit) {
  CohortFunnel funnel(Memory());
  EXPECT_THROW(funnel.Declare(0), Error);
  EXPECT_THROW(funnel.Declare(65), Error);
  funnel.Declare(3);
  funnel.Declare(3);
  EXPECT_THROW(funnel.Declare(4), Error);
  EXPECT_THROW(funnel.Add(1, 4, {}), Error);
  EXPECT_THROW(funnel.Merge(ImageOf({{1, 2, {}}}, 2)), Error);
  EXPECT_THROW(funnel.Merge(ImageOf({{1, 4, {}}}, 0, false)), Error);
  funnel.Merge(ImageOf({{1, 2, {}}}, 0, false));
  CohortFunnel open(Memory());
  open.Add(1, 4, {});
  EXPECT_THROW(open.Declare(3), Error);
}

TEST(CohortFunnel, RefusesQuestionsAboutStepsItHasNot) {
  const Image image = ImageOf({{1, 20, std::vector<std::uint64_t>(19, 7)}}, 20);
  const CohortFunnelView view(image);
  EXPECT_THROW(view.Users(0), Error);
  EXPECT_THROW(view.Users(21), Error);
  EXPECT_THROW(view.TimeToConvert(0, 2, 0.5), Error);
  EXPECT_THROW(view.TimeToConvert(2, 2, 0.5), Error);
  EXPECT_THROW(view.TimeToConvert(2, 21, 0.5), Error);
  EXPECT_THROW(view.TimeToConvert(2, 20, 0.5), Error);
  EXPECT_EQ(view.TimeToConvert(1, 20, 0.5), MiddleOf(BinOf(19 * 7)));
  EXPECT_EQ(view.TimeToConvert(19, 20, 0.5), 7u);
  EXPECT_EQ(view.TimeToConvert(3, 16, 0.5), 13 * 7u);
}

// One wrong bit anywhere: an error, or another funnel; the readers stay inside the bytes.
TEST(CohortFunnelProperty, WrongBytesDoNoHarm) {
  std::mt19937_64 rng(20251128);
  for (int round = 0; round < kRounds / 6; ++round) {
    const int steps = RandomSteps(rng);
    const auto visits = RandomVisits(rng, steps);
    Image bytes = rng() % 2 == 0 ? ImageOf(visits, steps) : BuildFormOf(visits, steps, rng() % 5);
    if (rng() % 4 == 0) bytes.resize(rng() % (bytes.size() + 1));
    for (std::size_t flips = 0; flips < 1 + rng() % 3 && !bytes.empty(); ++flips) {
      bytes[rng() % bytes.size()] ^= static_cast<std::byte>(1 << rng() % 8);
    }
    try {
      const CohortFunnelView view(bytes);
      for (int k = 1; k <= view.steps(); ++k) view.Count(k);
      for (int i = 0; i < view.times(); ++i) view.TimeAt(i);
      for (int b = 2; b <= view.steps(); ++b) view.TimeToConvert(1, b, 0.5);
    } catch (const Error&) {
    }
    try {
      const auto image = CheckedCohortFunnel(bytes, ErrorCode::kInvalidBinary, Memory());
      ASSERT_EQ(CheckedCohortFunnel(image, ErrorCode::kInvalidBinary, Memory()), image);
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::kInvalidBinary) << error.what();
    }
  }
}

TEST(CohortFunnel, AnswersOfDifferentQuestionsStayApart) {
  const auto asked = [](std::uint16_t question) {
    const FunnelBuildHeader header{kCohortFunnelBuildVersion, 2, question, 0};
    Image image(sizeof(header));
    std::memcpy(image.data(), &header, sizeof(header));
    return image;
  };
  std::pmr::monotonic_buffer_resource memory;
  CohortFunnel funnel(&memory);
  for (const std::uint16_t question : {0, 7, 0, 7}) funnel.Merge(asked(question));
  EXPECT_THROW(funnel.Merge(asked(8)), Error);
  EXPECT_THROW(funnel.Ask(8), Error);
}

}  // namespace
}  // namespace cdp::behavior
