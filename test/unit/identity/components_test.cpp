#include "core/identity/components.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <memory_resource>
#include <random>
#include <utility>
#include <vector>

#include "core/base/stop.h"
#include "oracle/identity.h"
#include "unit/sanitized.h"

namespace cdp::identity {
namespace {

using Links = std::vector<std::pair<std::int64_t, std::int64_t>>;
using Bytes = std::vector<std::byte>;
using Partition = std::map<std::int64_t, std::int64_t>;

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

template <class T>
Bytes ImageOf(T&& components) {
  Bytes image(components.FlatSize());
  components.FlattenInto(image.data());
  return image;
}

Bytes Aggregate(const Links& links) {
  Components components(std::pmr::new_delete_resource());
  for (const auto& [a, b] : links) components.Add(a, b);
  return ImageOf(components);
}

Bytes BuildForm(const Links& links) {
  Bytes bytes(kBuildHeaderBytes + links.size() * sizeof(Link));
  std::byte* at = WriteRaw(bytes.data(), static_cast<std::uint32_t>(ComponentsForm::kBuild));
  at = WriteRaw(at, static_cast<std::uint32_t>(links.size()));
  at = WriteRaw(at, std::uint32_t{0});
  for (const auto& [a, b] : links) at = WriteRaw(at, Link{a, b});
  return bytes;
}

Partition Read(const Bytes& image) {
  Partition partition;
  auto cursor = ImageView(image).begin();
  std::int64_t node = 0;
  std::int64_t component = 0;
  while (cursor.Next(&node, &component)) partition[node] = component;
  return partition;
}

/// Kinds of node numbers: crowded, dense, sparse, around both ends, jumping between clusters.
std::int64_t RandomNode(std::mt19937_64& rng, int kind, int spread) {
  const auto small = static_cast<std::int64_t>(rng() % static_cast<unsigned>(spread));
  switch (kind) {
    case 0:
      return small;
    case 1:
      return small - spread / 2;
    case 2:
      return static_cast<std::int64_t>(rng() % 97 * 0x9e3779b97f4a7c15u);
    case 3:
      return rng() % 2 == 0 ? kMin + small : kMax - small;
    case 4:
      return static_cast<std::int64_t>(small % 7 * 1'000'000'000'000 + small);
    default:
      return static_cast<std::int64_t>(rng());
  }
}

Links RandomLinks(std::mt19937_64& rng, std::size_t most) {
  const int kind = static_cast<int>(rng() % 6);
  const int spread = 1 << (1 + rng() % 16);
  Links links(rng() % (most + 1));
  for (auto& [a, b] : links) {
    a = RandomNode(rng, kind, spread);
    b = rng() % 8 == 0 ? a : RandomNode(rng, kind, spread);
  }
  return links;
}

TEST(Components, EmptyGraphHasAnImage) {
  const Bytes image = Aggregate({});
  EXPECT_EQ(ImageView(image).nodes(), 0u);
  EXPECT_EQ(ImageView(image).components(), 0u);
  EXPECT_EQ(ImageView(image).Find(0), std::nullopt);
  EXPECT_EQ(image.size(), kImageHeaderBytes);
}

TEST(Components, SelfLinkMakesANodeKnown) {
  EXPECT_EQ(Read(Aggregate({{5, 5}})), (Partition{{5, 5}}));
}

TEST(Components, BothEndsOfTheRangeMayMeet) {
  EXPECT_EQ(Read(Aggregate({{kMax, kMin}, {0, kMax}})),
            (Partition{{kMin, kMin}, {0, kMin}, {kMax, kMin}}));
}

TEST(Components, AGapInADenseRangeIsNoNode) {
  const Bytes image = Aggregate({{10, 20}, {12, 12}});
  EXPECT_EQ(ImageView(image).nodes(), 3u);
  EXPECT_EQ(ImageView(image).Find(11), std::nullopt);
  EXPECT_EQ(ImageView(image).Find(20), 10);
  EXPECT_EQ(ImageView(image).SizeOf(10), 2u);
}

TEST(ComponentsProperty, AgreesWithFloodingInEveryForm) {
  std::mt19937_64 rng(20250401);
  for (int round = 0; round < 800; ++round) {
    const Links links = RandomLinks(rng, round % 50 == 0 ? 20000 : 600);
    const Partition expected = oracle::Components(links);
    const Bytes image = Aggregate(links);
    ASSERT_EQ(Read(image), expected) << "round " << round;
    ASSERT_EQ(ImageView(image).nodes(), expected.size()) << "round " << round;
    std::size_t roots = 0;
    for (const auto& [node, component] : expected) roots += node == component;
    ASSERT_EQ(ImageView(image).components(), roots) << "round " << round;
    if (links.size() <= SmallComponents::kMaxLinks) {
      const Bytes build = BuildForm(links);
      ASSERT_EQ(ImageOf(SmallComponents(BuildView(build))), image) << "round " << round;
    }
  }
}

// Sparse at first (hash table), then crowded (direct), then with nodes far away (hash table again).
TEST(ComponentsProperty, ChangesOfFormKeepTheGraph) {
  std::mt19937_64 rng(20250407);
  for (int round = 0; round < 3; ++round) {
    const std::int64_t base = round == 0 ? kMin : round == 1 ? kMax - 99'999 : 1'000'000;
    Links links;
    Components components(std::pmr::new_delete_resource());
    for (int i = 0; i < 60'000; ++i) {
      const std::int64_t a = base + static_cast<std::int64_t>(rng() % 100'000);
      std::int64_t b = std::min(a, kMax - 3) + static_cast<std::int64_t>(rng() % 4);
      if (i > 40'000 && i % 1000 == 0) b = static_cast<std::int64_t>(rng());
      links.emplace_back(a, b);
      components.Add(a, b);
      if (i % 20'000 == 0) {
        ASSERT_EQ(Read(ImageOf(components)), oracle::Components(links)) << "round " << round;
      }
    }
    ASSERT_EQ(Read(ImageOf(components)), oracle::Components(links)) << "round " << round;
  }
}

TEST(ComponentsProperty, FindAndSizeAgreeWithFlooding) {
  std::mt19937_64 rng(20250402);
  for (int round = 0; round < 40; ++round) {
    const Links links = RandomLinks(rng, 3000);
    const Partition expected = oracle::Components(links);
    const Bytes image = Aggregate(links);
    std::map<std::int64_t, std::uint64_t> size;
    for (const auto& [node, component] : expected) ++size[component];
    for (const auto& [node, component] : expected) {
      ASSERT_EQ(ImageView(image).Find(node), component) << "round " << round;
      for (const std::int64_t near :
           {node == kMin ? kMin : node - 1, node == kMax ? kMax : node + 1}) {
        ASSERT_EQ(ImageView(image).Find(near).has_value(), expected.contains(near));
      }
    }
    if (expected.empty()) continue;
    const std::int64_t some = std::next(expected.begin(), rng() % expected.size())->second;
    ASSERT_EQ(ImageView(image).SizeOf(some), size[some]) << "round " << round;
  }
}

TEST(ComponentsProperty, PartsMergeToTheWhole) {
  std::mt19937_64 rng(20250403);
  for (int round = 0; round < 300; ++round) {
    const Links links = RandomLinks(rng, 4000);
    const std::size_t cut = rng() % (links.size() + 1);
    const Links left(links.begin(), links.begin() + static_cast<std::ptrdiff_t>(cut));
    const Links right(links.begin() + static_cast<std::ptrdiff_t>(cut), links.end());
    Components merged(std::pmr::new_delete_resource());
    merged.Merge(rng() % 2 == 0 ? Aggregate(left) : BuildForm(left));
    // Looking at a state between two steps must not change it.
    if (rng() % 2 == 0) ImageOf(merged);
    merged.Merge(rng() % 2 == 0 ? Aggregate(right) : BuildForm(right));
    ASSERT_EQ(ImageOf(merged), Aggregate(links)) << "round " << round;
  }
}

TEST(ComponentsProperty, OrderAndDirectionOfLinksDoNotMatter) {
  std::mt19937_64 rng(20250404);
  for (int round = 0; round < 200; ++round) {
    Links links = RandomLinks(rng, 3000);
    const Bytes image = Aggregate(links);
    std::shuffle(links.begin(), links.end(), rng);
    for (auto& [a, b] : links) {
      if (rng() % 2 == 0) std::swap(a, b);
    }
    ASSERT_EQ(Aggregate(links), image) << "round " << round;
  }
}

TEST(ComponentsImage, OnlyTheCanonicalBytesAreAccepted) {
  std::mt19937_64 rng(20250405);
  int accepted = 0;
  for (int round = 0; round < Rounds(20000); ++round) {
    Bytes bytes = rng() % 2 == 0 ? Aggregate(RandomLinks(rng, 40)) : BuildForm(RandomLinks(rng, 5));
    for (std::uint64_t change = rng() % 3; change > 0 && !bytes.empty(); --change) {
      bytes[rng() % bytes.size()] = static_cast<std::byte>(rng() % 8 == 0 ? rng() : rng() % 4);
    }
    if (rng() % 4 == 0) bytes.resize(rng() % (bytes.size() + 3));
    try {
      const auto image = Canonical(bytes, std::pmr::new_delete_resource());
      Links links;
      for (const auto& [node, component] : Read(Bytes(image.begin(), image.end()))) {
        links.emplace_back(node, component);
      }
      ASSERT_EQ(Aggregate(links), Bytes(image.begin(), image.end()));
      ++accepted;
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::kCorruptData) << error.what();
    }
    // Without the check the readers must survive too.
    try {
      const ImageView view(bytes);
      Read(bytes);
      view.Find(static_cast<std::int64_t>(rng() % 100));
      view.SizeOf(static_cast<std::int64_t>(rng() % 100));
    } catch (const Error&) {
    }
  }
  EXPECT_GT(accepted, Rounds(20000) / 20);
}

TEST(Components, ALongMergeCanBeCancelled) {
  Links links(100'000);
  for (std::size_t i = 0; i < links.size(); ++i) {
    links[i] = {static_cast<std::int64_t>(i), static_cast<std::int64_t>(i / 2)};
  }
  const Bytes build = BuildForm(links);
  struct Cancelled {};
  stop_hook = [] { throw Cancelled(); };
  Components components(std::pmr::new_delete_resource());
  EXPECT_THROW(components.Merge(build), Cancelled);
  stop_hook = nullptr;
}

}  // namespace
}  // namespace cdp::identity
