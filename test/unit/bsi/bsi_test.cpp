/// A bit-sliced index against a map of ids to values, on random values of every kind.

#include <gtest/gtest.h>

#include "core/bsi/bsi.h"
#include "core/bsi/bsi_ask.h"
#include "core/bsi/packed.h"
#include "oracle/bsi.h"
#include "oracle/pieces.h"

namespace cdp::bsi {
namespace {

using oracle::ValueMap;
using Image = std::vector<std::byte>;

std::pmr::memory_resource* memory = std::pmr::get_default_resource();

Image Written(Bsi bsi) {
  Image image(bsi.ImageSize());
  bsi.WriteImage(image.data());
  return image;
}

std::vector<Row> RowsOf(const ValueMap& map) {
  std::vector<Row> rows;
  for (const auto& [id, value] : map) rows.push_back({id, value});
  return rows;
}

Image ImageOf(const ValueMap& map) { return Written(Bsi(RowsOf(map), memory)); }

Image Sum(const Image& a, const Image& b) {
  Bsi sum(BsiView(a), memory);
  sum.Add(BsiView(b));
  return Written(std::move(sum));
}

oracle::Set SetOf(const IdSet& ids) {
  std::vector<std::uint32_t> values(ids.Cardinality());
  ids.view().Decode(values.data());
  return {values.begin(), values.end()};
}

ValueMap Read(const Image& image) {
  ValueMap map;
  RowReader reader(image, memory);
  for (auto block = reader.Next(); !block.empty(); block = reader.Next()) {
    for (const Row& row : block) map.emplace(std::uint32_t{row.id}, std::int64_t{row.value});
  }
  return map;
}

std::int64_t SomeValue(const ValueMap& map, std::mt19937_64& rng) {
  if (map.empty() || rng() % 8 == 0) return static_cast<std::int64_t>(rng());
  const std::int64_t value = std::next(map.begin(), static_cast<long>(rng() % map.size()))->second;
  const std::int64_t step = static_cast<std::int64_t>(rng() % 3) - 1;
  if ((step < 0 && value == INT64_MIN) || (step > 0 && value == INT64_MAX)) return value;
  return value + step;
}

TEST(IdSet, HasNoRunsWhateverItComesFrom) {
  std::mt19937_64 rng(20260109);
  for (int round = 0; round < 20; ++round) {
    const oracle::Set set = oracle::RandomSet(rng);
    const Image runs = oracle::Portable(set, [&rng](std::uint32_t) { return rng() % 3 != 0; });
    const IdSet ids(runs, memory);
    ASSERT_EQ(Image(ids.bytes().begin(), ids.bytes().end()), oracle::Portable(set)) << round;
  }
}

TEST(Bsi, HasTheDocumentedBytes) {
  std::mt19937_64 rng(20260101);
  for (int round = 0; round < 30; ++round) {
    const ValueMap map = oracle::RandomValues(rng);
    const Image image = ImageOf(map);
    ASSERT_EQ(image, oracle::BsiImage(map)) << "round " << round;
    ASSERT_NO_THROW(CheckImage(image, ErrorCode::kInvalidBinary, memory)) << "round " << round;
    ASSERT_EQ(Read(image), map) << "round " << round;
  }
}

TEST(Bsi, NobodyHasNoValue) {
  const Image image = Written(Bsi(memory));
  EXPECT_EQ(image, oracle::BsiImage({}));
  const BsiView view(image);
  const Question question(view, nullptr, memory);
  EXPECT_EQ(question.Count(), 0u);
  EXPECT_EQ(question.Least(), std::nullopt);
  EXPECT_EQ(question.Quantile(0.5), std::nullopt);
  EXPECT_TRUE(question.Compare(Comparison::kGe, 0).empty());
  EXPECT_TRUE(question.Top(5).empty());
  EXPECT_EQ(Sum(image, image), image);
}

TEST(BsiProperty, SumsAreThoseOfTheMaps) {
  std::mt19937_64 rng(20260102);
  for (int round = 0; round < 40; ++round) {
    const ValueMap a = oracle::RandomValues(rng, false);
    const ValueMap b = oracle::RandomValues(rng, false);
    ASSERT_EQ(Sum(ImageOf(a), ImageOf(b)), oracle::BsiImage(oracle::Added(a, b)))
        << "round " << round;
  }
}

TEST(BsiProperty, ManySummedAreThoseOfTheMaps) {
  std::mt19937_64 rng(20260103);
  for (int round = 0; round < 2; ++round) {
    Bsi sum(memory);
    ValueMap map;
    for (int i = 0; i < 8; ++i) {
      if (rng() % 3 == 0) {
        const oracle::Set ids = oracle::RandomSet(rng);
        const auto number = rng() % 3 == 0 ? 1 : static_cast<std::int64_t>(rng() % 4001) - 2000;
        sum.AddToAll(oracle::RandomPortable(ids, rng), number);
        for (const std::uint32_t id : ids) map[id] += number;
      } else {
        const ValueMap more = oracle::RandomValues(rng, false);
        sum.Add(BsiView(ImageOf(more)));
        map = oracle::Added(map, more);
      }
    }
    ASSERT_TRUE(Written(std::move(sum)) == oracle::BsiImage(map)) << "round " << round;
  }
}

TEST(Bsi, ASumThatDoesNotFitIsAnError) {
  const Image greatest = ImageOf({{1, INT64_MAX}, {2, 5}});
  EXPECT_EQ(Read(Sum(greatest, ImageOf({{1, -5}, {2, 1}}))),
            (ValueMap{{1, INT64_MAX - 5}, {2, 6}}));
  EXPECT_EQ(Read(Sum(greatest, ImageOf({{2, INT64_MAX - 5}}))),
            (ValueMap{{1, INT64_MAX}, {2, INT64_MAX}}));
  EXPECT_EQ(Read(Sum(greatest, ImageOf({{3, INT64_MIN}}))),
            (ValueMap{{1, INT64_MAX}, {2, 5}, {3, INT64_MIN}}));
  EXPECT_THROW(Sum(greatest, ImageOf({{1, 1}})), Error);
  EXPECT_THROW(Sum(ImageOf({{1, INT64_MIN}}), ImageOf({{1, -1}})), Error);
}

TEST(Bsi, ANumberForAllFitsWhereverEachSumDoes) {
  std::mt19937_64 rng(20260108);
  Bsi sum(memory);
  sum.AddToAll(oracle::RandomPortable({1, 2}, rng), INT64_MAX);
  sum.AddToAll(oracle::RandomPortable({2, 3}, rng), -5);
  sum.AddToAll(oracle::RandomPortable({2, 4}, rng), 5);
  EXPECT_EQ(Read(Written(std::move(sum))),
            (ValueMap{{1, INT64_MAX}, {2, INT64_MAX}, {3, -5}, {4, 5}}));
  Bsi full(memory);
  full.AddToAll(oracle::RandomPortable({1}, rng), INT64_MIN);
  EXPECT_THROW(full.AddToAll(oracle::RandomPortable({1, 2}, rng), -1), Error);
}

TEST(BsiProperty, RestrictsAndRemoves) {
  std::mt19937_64 rng(20260104);
  for (int round = 0; round < 15; ++round) {
    const ValueMap map = oracle::RandomValues(rng);
    const oracle::Set ids = oracle::RandomSet(rng);
    const Image bytes = oracle::RandomPortable(ids, rng);
    const Image image = ImageOf(map);
    Bsi some(BsiView(image), memory);
    some.Restrict(BitmapView(bytes));
    ASSERT_EQ(Written(std::move(some)), oracle::BsiImage(oracle::Only(map, ids))) << round;
    Bsi others(BsiView(image), memory);
    others.Remove(BitmapView(bytes));
    ValueMap rest = map;
    for (const std::uint32_t id : ids) rest.erase(id);
    ASSERT_EQ(Written(std::move(others)), oracle::BsiImage(rest)) << round;
  }
}

void AskAll(const ValueMap& all, const oracle::Set* only, std::mt19937_64& rng) {
  const Image image = ImageOf(all);
  const Image only_bytes = only == nullptr ? Image() : oracle::RandomPortable(*only, rng);
  const ValueMap map = only == nullptr ? all : oracle::Only(all, *only);
  const BsiView view(image);
  std::optional<BitmapView> only_view;
  if (only != nullptr) only_view.emplace(only_bytes);
  const Question question(view, only == nullptr ? nullptr : &*only_view, memory);

  ASSERT_EQ(question.Count(), map.size());
  ASSERT_TRUE(question.Sum() == oracle::SumOf(map));
  oracle::Pieces for_total(image);
  const Total total = TotalOf(&for_total);
  ASSERT_EQ(total.count, all.size());
  ASSERT_TRUE(total.sum == oracle::SumOf(all));
  const auto ranked = oracle::Ranked(map, false);
  if (!map.empty()) {
    ASSERT_EQ(question.Least(), ranked.front().first);
    ASSERT_EQ(question.Greatest(), ranked.back().first);
  } else {
    ASSERT_EQ(question.Least(), std::nullopt);
    ASSERT_EQ(question.Greatest(), std::nullopt);
  }
  const std::int64_t v = SomeValue(map, rng);
  const std::int64_t w = SomeValue(map, rng);
  const auto whose = [&](auto test) { return oracle::Whose(map, test); };
  ASSERT_EQ(SetOf(question.Compare(Comparison::kEq, v)), whose([v](auto x) { return x == v; }));
  ASSERT_EQ(SetOf(question.Compare(Comparison::kNe, v)), whose([v](auto x) { return x != v; }));
  ASSERT_EQ(SetOf(question.Compare(Comparison::kLt, v)), whose([v](auto x) { return x < v; }));
  ASSERT_EQ(SetOf(question.Compare(Comparison::kLe, v)), whose([v](auto x) { return x <= v; }));
  ASSERT_EQ(SetOf(question.Compare(Comparison::kGt, v)), whose([v](auto x) { return x > v; }));
  ASSERT_EQ(SetOf(question.Compare(Comparison::kGe, v)), whose([v](auto x) { return x >= v; }));
  ASSERT_EQ(SetOf(question.Between(v, w)), whose([v, w](auto x) { return v <= x && x <= w; }));
  const std::uint64_t k = rng() % (map.size() + 3);
  ASSERT_EQ(SetOf(question.Bottom(k)), oracle::Cut(ranked, 0, k));
  ASSERT_EQ(SetOf(question.Top(k)), oracle::Cut(oracle::Ranked(map, true), 0, k));
  for (const double share : {0.0, 0.25, 0.5, 0.9, 1.0}) {
    ASSERT_EQ(question.Quantile(share), oracle::Quantile(map, share)) << share;
  }
  const auto tiles = static_cast<std::uint32_t>(1 + rng() % 5);
  const auto parts = question.Tiles(tiles);
  std::size_t from = 0;
  for (std::uint32_t i = 0; i < tiles; ++i) {
    const std::size_t end = from + map.size() / tiles + (i < map.size() % tiles ? 1 : 0);
    ASSERT_EQ(SetOf(parts[i]), oracle::Cut(ranked, from, end)) << i << " of " << tiles;
    from = end;
  }
  std::vector<std::int64_t> bounds = {std::min(v, w)};
  if (v != w) bounds.push_back(std::max(v, w));
  const auto bins = question.Histogram(bounds);
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const auto inside =
        oracle::Only(map, whose([&](auto x) {
                       return bounds[i] <= x && (i + 1 == bounds.size() || x < bounds[i + 1]);
                     }));
    ASSERT_EQ(bins[i].count, inside.size());
    ASSERT_TRUE(bins[i].sum == oracle::SumOf(inside));
  }
  for (int i = 0; i < 5; ++i) {
    std::uint32_t id = static_cast<std::uint32_t>(rng());
    if (!all.empty() && i > 0) {
      id = std::next(all.begin(), static_cast<long>(rng() % all.size()))->first;
    }
    const auto found = all.find(id);
    const auto value = found == all.end() ? std::nullopt : std::optional(found->second);
    ASSERT_EQ(ValueOf(view, id), value);
    oracle::Pieces pieces(image);
    ASSERT_EQ(ValueOf(&pieces, id), value);
  }
}

TEST(BsiProperty, AnswersAreThoseOfTheMap) {
  std::mt19937_64 rng(20260105);
  for (int round = 0; round < 30; ++round) {
    SCOPED_TRACE(round);
    const ValueMap map = oracle::RandomValues(rng);
    AskAll(map, nullptr, rng);
    oracle::Set only;
    for (const auto& entry : map) {
      if (rng() % 3 == 0) only.insert(entry.first);
    }
    only.insert(static_cast<std::uint32_t>(rng()));
    AskAll(map, &only, rng);
    if (HasFatalFailure()) return;
  }
}

TEST(Bsi, FewPiecesAnswerForOneId) {
  ValueMap map;
  for (std::uint32_t id = 0; id < 1u << 19; id += 3) map[id] = id % 1000;
  const Image image = ImageOf(map);
  oracle::Pieces pieces(image);
  EXPECT_EQ(ValueOf(&pieces, 399'999), 999);
  EXPECT_LT(pieces.read(), image.size() / 8);
  oracle::Pieces for_total(image);
  EXPECT_EQ(TotalOf(&for_total).count, map.size());
  EXPECT_LT(for_total.read(), image.size() / 100);
}

TEST(BsiProperty, DuplicatesAreFoldedInTheirOrder) {
  std::mt19937_64 rng(20260106);
  for (int round = 0; round < 200; ++round) {
    std::vector<Row> rows;
    std::map<std::uint32_t, std::vector<std::int64_t>> by_id;
    const std::size_t count = rng() % (round % 10 == 0 ? 3000 : 300);
    for (std::size_t i = 0; i < count; ++i) {
      const auto id = static_cast<std::uint32_t>(rng() % 150 * 0x01010101u);
      const auto value = static_cast<std::int64_t>(rng() % 2000) - 1000;
      rows.push_back({id, value});
      by_id[id].push_back(value);
    }
    for (const char* word : {"sum", "first", "last", "min", "max"}) {
      auto folded = rows;
      folded.resize(FoldRows(folded, ParseOnDuplicate(word), memory));
      ASSERT_EQ(folded.size(), by_id.size());
      auto row = folded.begin();
      for (const auto& [id, values] : by_id) {
        std::int64_t expected = values[0];
        for (std::size_t i = 1; i < values.size(); ++i) {
          const std::string how = word;
          expected = how == "sum"    ? expected + values[i]
                     : how == "last" ? values[i]
                     : how == "min"  ? std::min(expected, values[i])
                     : how == "max"  ? std::max(expected, values[i])
                                     : expected;
        }
        ASSERT_EQ(std::uint32_t{row->id}, id) << word;
        ASSERT_EQ(std::int64_t{row->value}, expected) << word;
        ++row;
      }
    }
  }
  std::vector<Row> twice = {{5, 1}, {5, 1}};
  EXPECT_THROW(FoldRows(twice, OnDuplicate::kError, memory), Error);
  std::vector<Row> large = {{5, INT64_MAX}, {5, 1}};
  EXPECT_THROW(FoldRows(large, OnDuplicate::kSum, memory), Error);
  EXPECT_THROW(ParseOnDuplicate("mean"), Error);
}

TEST(BsiProperty, RemapsInOneStep) {
  std::mt19937_64 rng(20260107);
  for (int round = 0; round < 40; ++round) {
    const ValueMap map = oracle::RandomValues(rng, false);
    std::map<std::uint32_t, std::uint32_t> ends;
    std::vector<std::uint32_t> from, to;
    for (const auto& entry : map) {
      if (rng() % 4 != 0) continue;
      const auto target = rng() % 2 == 0 ? map.begin()->first : entry.first + 1;
      ends[entry.first] = target;
      from.push_back(entry.first);
      to.push_back(target);
    }
    ValueMap moved;
    for (const auto& [id, value] : map) moved[ends.count(id) != 0 ? ends[id] : id] += value;
    ASSERT_EQ(Written(Remapped(ImageOf(map), from, to, memory)), oracle::BsiImage(moved)) << round;
  }
  const std::uint32_t one[] = {1, 1}, two[] = {2, 3};
  EXPECT_THROW(Remapped(ImageOf({}), one, two, memory), Error);
}

TEST(BsiProperty, PacksWhatDiffersAndPatchesIt) {
  std::mt19937_64 rng(20261122);
  for (int round = 0; round < 15; ++round) {
    const ValueMap before = oracle::RandomValues(rng);
    ValueMap after = round % 5 == 0 ? oracle::RandomValues(rng) : before;
    oracle::Set differing;
    for (const auto& [id, value] : before) {
      if (rng() % 16 == 0) after.erase(id);
      if (rng() % 16 == 0) after[id] = SomeValue(after, rng);
      if (rng() % 16 == 0) after[id + 1] = SomeValue(before, rng);
    }
    for (const ValueMap* side : {&before, static_cast<const ValueMap*>(&after)}) {
      for (const auto& [id, value] : *side) {
        const auto old = before.find(id);
        const auto now = after.find(id);
        if (old == before.end() || now == after.end() || old->second != now->second) {
          differing.insert(id);
        }
      }
    }
    const Image old_image = ImageOf(before);
    const Image new_image = ImageOf(after);
    const BsiView old_view(old_image);
    const BsiView new_view(new_image);
    ASSERT_EQ(SetOf(Bsi::Differing(old_view, new_view, memory)), differing) << round;
    ASSERT_EQ(SetOf(Bsi::Differing(new_view, old_view, memory)), differing) << round;

    const std::vector<std::byte> ids = oracle::Portable(differing);
    const auto packed = Packed(new_view, ids, memory);
    const PackedView packed_view(packed);
    std::uint64_t place = 0;
    std::uint64_t count = 0;
    for (const std::uint32_t id : differing) {
      const auto number = packed_view.At(place++);
      ASSERT_EQ(number.has_value(), after.count(id) != 0) << round;
      if (number.has_value()) {
        ASSERT_EQ(*number, after[id]) << round;
        ++count;
      }
    }
    ASSERT_EQ(packed_view.places(), place);
    ASSERT_EQ(packed_view.Count(), count);
    ASSERT_FALSE(packed_view.At(place).has_value());
    ASSERT_EQ(Written(Patched(old_view, ids, packed_view, memory)), new_image) << round;
    // No byte more than is said, and none less.
    Image wrong(packed.begin(), packed.end());
    wrong.push_back(std::byte{0});
    EXPECT_THROW(PackedView{wrong}, Error);
    wrong.resize(packed.size() - 1);
    EXPECT_THROW(PackedView{wrong}, Error);
  }
  const auto two = Packed(BsiView(ImageOf({{3, 1}})), oracle::Portable({3, 7}), memory);
  EXPECT_THROW(Patched(BsiView(ImageOf({})), oracle::Portable({3}), PackedView(two), memory),
               Error);
}

TEST(Bsi, ReadsItsLiteral) {
  const auto read = [](std::string_view text) {
    ValueMap map;
    for (const Row& row : ParseRows(text, memory))
      map.emplace(std::uint32_t{row.id}, std::int64_t{row.value});
    return map;
  };
  EXPECT_EQ(read(" { } "), ValueMap{});
  EXPECT_EQ(read("{2 : -7, -1:9223372036854775807,0:-9223372036854775808}"),
            (ValueMap{{0, INT64_MIN}, {2, -7}, {0xffffffffu, INT64_MAX}}));
  for (const char* wrong :
       {"", "{", "{1}", "{1:}", "{1:2", "{1:2,}", "{1:2}x", "{1:-}", "{:1}", "{1:2 3:4}",
        "{1:9223372036854775808}", "{2147483648:1}", "{1:1,1:1}"}) {
    EXPECT_THROW(read(wrong), Error) << wrong;
  }
}

TEST(BsiProperty, WrongBytesAreRefused) {
  std::mt19937_64 rng(20260108);
  for (int round = 0; round < 400; ++round) {
    Image image = ImageOf(oracle::RandomValues(rng));
    const Image right = image;
    if (rng() % 4 == 0) image.resize(rng() % image.size());
    const int changes = 1 + static_cast<int>(rng() % 3);
    for (int i = 0; i < changes && !image.empty(); ++i) {
      const std::size_t limit =
          rng() % 2 == 0 ? std::min<std::size_t>(image.size(), 80) : image.size();
      image[rng() % limit] = static_cast<std::byte>(rng());
    }
    if (image == right) continue;
    bool is_taken = true;
    try {
      CheckImage(image, ErrorCode::kInvalidBinary, memory);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidBinary);
      is_taken = false;
    }
    if (is_taken) {
      ASSERT_EQ(oracle::BsiImage(Read(image)), image) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace cdp::bsi
