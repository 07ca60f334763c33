#include "core/identity/text_components.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory_resource>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/base/stop.h"
#include "oracle/identity.h"

namespace cdp::identity {
namespace {

using Links = std::vector<std::pair<std::string, std::string>>;
using Bytes = std::vector<std::byte>;
using Partition = std::map<std::string, std::string>;

Bytes ImageOf(TextComponents& components) {
  Bytes image(components.FlatSize());
  components.FlattenInto(image.data());
  return image;
}

Bytes Aggregate(const Links& links) {
  TextComponents components(std::pmr::new_delete_resource());
  for (const auto& [a, b] : links) components.Add(a, b);
  return ImageOf(components);
}

Bytes BuildForm(const Links& links) {
  std::size_t size = 0;
  for (const auto& [a, b] : links) size += TextLinkBytes({a, b});
  Bytes bytes(kBuildHeaderBytes + size);
  std::byte* at = WriteRaw(bytes.data(), static_cast<std::uint32_t>(ComponentsForm::kBuild));
  at = WriteRaw(at, static_cast<std::uint32_t>(size));
  at = WriteRaw(at, std::uint32_t{0});
  for (const auto& [a, b] : links) at = WriteTextLink(at, {a, b});
  return bytes;
}

Partition Read(const Bytes& bytes) {
  Partition partition;
  const TextImageView image(bytes);
  auto cursor = image.begin();
  std::string_view text;
  std::uint32_t component = 0;
  while (cursor.Next(&text, &component)) partition.emplace(text, image.Text(component));
  return partition;
}

/// Kinds of texts: numbers, long ones that begin alike, any bytes, those that begin each other.
std::string RandomText(std::mt19937_64& rng, int kind, unsigned spread) {
  const std::string number = std::to_string(rng() % spread);
  switch (kind) {
    case 0:
      return number;
    case 1:
      return "urn:uuid:00000000-0000-0000-" + std::string(rng() % 3 * 150, 'x') + number;
    case 2: {
      std::string bytes(rng() % 4, '\0');
      for (char& byte : bytes) byte = static_cast<char>(rng() % 8 == 0 ? rng() : rng() % 3 * 127);
      return bytes;
    }
    default:
      return std::string(rng() % spread % 40, rng() % 4 == 0 ? 'b' : '\0');
  }
}

Links RandomLinks(std::mt19937_64& rng, std::size_t most) {
  const int kind = static_cast<int>(rng() % 4);
  const unsigned spread = 1u << (1 + rng() % 10);
  Links links(rng() % (most + 1));
  for (auto& [a, b] : links) {
    a = RandomText(rng, kind, spread);
    b = rng() % 8 == 0 ? a : RandomText(rng, kind, spread);
  }
  return links;
}

TEST(TextComponents, EmptyGraphHasAnImage) {
  const Bytes image = Aggregate({});
  EXPECT_EQ(TextImageView(image).nodes(), 0u);
  EXPECT_EQ(TextImageView(image).Find(""), std::nullopt);
  EXPECT_EQ(image.size(), kImageHeaderBytes);
}

TEST(TextComponents, TextsAreComparedByteByByte) {
  EXPECT_EQ(Read(Aggregate({{"b", "B"}, {"", "\xff"}, {"ab", "a"}, {"\xc3\xa4", "z"}})),
            (Partition{{"B", "B"},
                       {"b", "B"},
                       {"", ""},
                       {"\xff", ""},
                       {"a", "a"},
                       {"ab", "a"},
                       {"z", "z"},
                       {"\xc3\xa4", "z"}}));
}

// Texts as long as a chunk of the table, a word shorter and longer, and far longer.
TEST(TextComponents, ATextMayBeLongerThanAChunk) {
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  Links links;
  for (const std::size_t size : {kChunk - 16, kChunk - 12, kChunk - 8, kChunk, 3 * kChunk + 5}) {
    links.emplace_back(std::string(size, 'a'), "short");
    links.emplace_back("alone" + std::to_string(size), std::string(size, 'b'));
  }
  EXPECT_EQ(Read(Aggregate(links)), oracle::Components(links));
}

TEST(TextComponentsProperty, AgreesWithFlooding) {
  std::mt19937_64 rng(20250411);
  for (int round = 0; round < 300; ++round) {
    const Links links = RandomLinks(rng, round % 50 == 0 ? 4000 : 300);
    const Partition expected = oracle::Components(links);
    TextComponents components(std::pmr::new_delete_resource());
    for (const auto& [a, b] : links) components.Add(a, b);
    const Bytes bytes = ImageOf(components);
    Partition rows;
    std::string_view text;
    std::string_view component;
    for (std::size_t at = 0; components.Next(&at, &text, &component);) {
      rows.emplace_hint(rows.end(), text, component);
    }
    ASSERT_EQ(rows, expected) << "round " << round;
    const TextImageView image(bytes);
    ASSERT_EQ(Read(bytes), expected) << "round " << round;
    ASSERT_EQ(image.nodes(), expected.size()) << "round " << round;
    std::map<std::string, std::uint64_t> size;
    for (const auto& [text, component] : expected) ++size[component];
    ASSERT_EQ(image.components(), size.size()) << "round " << round;
    for (const auto& [text, component] : expected) {
      const auto found = image.Find(text);
      ASSERT_TRUE(found.has_value()) << "round " << round;
      ASSERT_EQ(image.Text(*found), component) << "round " << round;
      const std::string near = text + '\0';
      ASSERT_EQ(image.Find(near).has_value(), expected.contains(near)) << "round " << round;
    }
    if (expected.empty()) continue;
    const std::string& some = std::next(expected.begin(), rng() % expected.size())->second;
    ASSERT_EQ(image.SizeOf(*image.Find(some)), size[some]) << "round " << round;
  }
}

TEST(TextComponentsProperty, PartsMergeToTheWholeInAnyOrder) {
  std::mt19937_64 rng(20250412);
  for (int round = 0; round < 200; ++round) {
    Links links = RandomLinks(rng, 1000);
    const Bytes whole = Aggregate(links);
    std::shuffle(links.begin(), links.end(), rng);
    for (auto& [a, b] : links) {
      if (rng() % 2 == 0) std::swap(a, b);
    }
    const auto cut = links.begin() + static_cast<std::ptrdiff_t>(rng() % (links.size() + 1));
    const Links left(links.begin(), cut);
    const Links right(cut, links.end());
    TextComponents merged(std::pmr::new_delete_resource());
    merged.Merge(rng() % 2 == 0 ? Aggregate(left) : BuildForm(left));
    // Looking at a state between two steps must not change it.
    if (rng() % 2 == 0) ImageOf(merged);
    merged.Merge(rng() % 2 == 0 ? Aggregate(right) : BuildForm(right));
    ASSERT_EQ(ImageOf(merged), whole) << "round " << round;
  }
}

TEST(TextComponentsImage, OnlyTheCanonicalBytesAreAccepted) {
  std::mt19937_64 rng(20250413);
  int accepted = 0;
  for (int round = 0; round < 10000; ++round) {
    Bytes bytes = rng() % 2 == 0 ? Aggregate(RandomLinks(rng, 40)) : BuildForm(RandomLinks(rng, 5));
    for (std::uint64_t change = rng() % 3; change > 0 && !bytes.empty(); --change) {
      bytes[rng() % bytes.size()] = static_cast<std::byte>(rng() % 8 == 0 ? rng() : rng() % 4);
    }
    if (rng() % 4 == 0) bytes.resize(rng() % (bytes.size() + 3));
    try {
      const auto image = CanonicalText(bytes, std::pmr::new_delete_resource());
      const Partition partition = Read(Bytes(image.begin(), image.end()));
      ASSERT_EQ(Aggregate(Links(partition.begin(), partition.end())),
                Bytes(image.begin(), image.end()));
      ++accepted;
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::kCorruptData) << error.what();
    }
    // Without the check the readers must survive too.
    try {
      const TextImageView view(bytes);
      Read(bytes);
      view.Find(std::to_string(rng() % 100));
      view.SizeOf(static_cast<std::uint32_t>(rng() % 100));
    } catch (const Error&) {
    }
  }
  EXPECT_GT(accepted, 1000);
}

TEST(TextComponents, ALongMergeCanBeCancelled) {
  Links links(100'000);
  for (std::size_t i = 0; i < links.size(); ++i) {
    links[i] = {std::to_string(i), std::to_string(i / 2)};
  }
  const Bytes build = BuildForm(links);
  struct Cancelled {};
  stop_hook = [] { throw Cancelled(); };
  TextComponents components(std::pmr::new_delete_resource());
  EXPECT_THROW(components.Merge(build), Cancelled);
  stop_hook = nullptr;
}

}  // namespace
}  // namespace cdp::identity
