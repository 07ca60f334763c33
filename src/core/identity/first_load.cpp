#include "core/identity/first_load.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "core/base/error.h"
#include "core/base/sort.h"
#include "core/base/stop.h"
#include "core/identity/normalise.h"
#include "core/identity/union_find.h"

namespace cdp::identity {
namespace {

constexpr std::int32_t kNoLimit = std::numeric_limits<std::int32_t>::max();
// Numbers of identifiers are positive int4.
constexpr std::size_t kMostIdentifiers = 0x7fffffff;
constexpr std::size_t kMostLinks = 0xfffffffe;
constexpr std::size_t kMostWaitingBytes = 1 << 16;

std::uint64_t Mixed(std::uint64_t x) {
  const auto product =
      static_cast<unsigned __int128>(x ^ 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
  return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
}

std::uint32_t HashOf(std::uint32_t type, std::string_view text) {
  std::uint64_t hash = Mixed(text.size() * 0x10001 + type);
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left > 8; left -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    hash = Mixed(hash ^ word);
  }
  std::uint64_t word = 0;
  std::memcpy(&word, at, left);
  return static_cast<std::uint32_t>(Mixed(hash ^ word));
}

std::uint32_t HashOf(const FirstLoad::Link& link) {
  const std::uint64_t pair = static_cast<std::uint64_t>(link.a) << 32 | link.b;
  return static_cast<std::uint32_t>(Mixed(pair + link.source * 0x9e3779b97f4a7c15u));
}

}  // namespace

// The steps are functions of SQL, and anybody may call them in any order.
void FirstLoad::Require(Step step) const {
  if (step_ != step) throw Error(ErrorCode::kInvalidArgument, "steps of a load out of order");
}

std::string_view FirstLoad::Keep(std::string_view text) {
  auto* room = static_cast<char*>(texts_.allocate(text.size() + 1, 1));
  std::memcpy(room, text.data(), text.size());
  return {room, text.size()};
}

// There should be a few dozen of either, but whoever mixes up columns must not wait for ever.
std::uint32_t FirstLoad::TypeOf(std::string_view name) {
  const std::uint32_t hash = HashOf(0, name);
  std::uint32_t place =
      type_slots_.Find(hash, [&](std::uint32_t i) { return types_[i].name == name; });
  if (place == PlaceTable::kNone) {
    place = static_cast<std::uint32_t>(types_.size());
    types_.push_back({Keep(name)});
    type_slots_.Add(hash, place);
  }
  return place;
}

std::uint32_t FirstLoad::SourceOf(std::string_view name) {
  const std::uint32_t hash = HashOf(0, name);
  std::uint32_t place =
      source_slots_.Find(hash, [&](std::uint32_t i) { return sources_[i] == name; });
  if (place == PlaceTable::kNone) {
    place = static_cast<std::uint32_t>(sources_.size());
    sources_.push_back(Keep(name));
    source_slots_.Add(hash, place);
  }
  return place;
}

std::uint32_t FirstLoad::Intern(std::uint32_t type, std::string_view value, std::uint32_t hash,
                                std::int64_t first, std::int64_t last) {
  const std::uint32_t found = identifier_slots_.Find(hash, [&](std::uint32_t i) {
    return identifiers_[i].type == type && identifiers_[i].value == value;
  });
  if (found != PlaceTable::kNone) {
    Identifier& known = identifiers_[found];
    known.first_seen = std::min(known.first_seen, first);
    known.last_seen = std::max(known.last_seen, last);
    return found;
  }
  if (identifiers_.size() >= kMostIdentifiers) {
    throw Error(ErrorCode::kLimitExceeded, "too many identifiers");
  }
  const auto place = static_cast<std::uint32_t>(identifiers_.size());
  Identifier fresh;
  fresh.value = Keep(value);
  fresh.type = type;
  fresh.first_seen = first;
  fresh.last_seen = last;
  identifiers_.push_back(fresh);
  identifier_slots_.Add(hash, place);
  return place;
}

void FirstLoad::Connect(const Link& link, std::uint32_t hash) {
  const std::uint32_t found = link_slots_.Find(hash, [&](std::uint32_t i) {
    return links_[i].a == link.a && links_[i].b == link.b && links_[i].source == link.source;
  });
  if (found != PlaceTable::kNone) {
    Link& known = links_[found];
    ++known.n;
    known.weight = std::max(known.weight, link.weight);
    known.first_seen = std::min(known.first_seen, link.first_seen);
    known.last_seen = std::max(known.last_seen, link.last_seen);
    return;
  }
  if (links_.size() >= kMostLinks) throw Error(ErrorCode::kLimitExceeded, "too many links");
  links_.push_back(link);
  link_slots_.Add(hash, static_cast<std::uint32_t>(links_.size() - 1));
}

void FirstLoad::Add(const Sighting& sighting) {
  Require(Step::kTaking);
  if (waiting_count_ == kMostWaiting || waiting_texts_.size() > kMostWaitingBytes) TakeWaiting();
  const auto end_of = [this](std::string_view type_name, std::string_view value) {
    const std::uint32_t type = TypeOf(type_name);
    const End end{type, HashOf(type, value), static_cast<std::uint32_t>(waiting_texts_.size()),
                  static_cast<std::uint32_t>(value.size())};
    waiting_texts_.insert(waiting_texts_.end(), value.begin(), value.end());
    identifier_slots_.Prefetch(end.hash);
    return end;
  };
  const End a = end_of(sighting.type_a, sighting.value_a);
  const End b = end_of(sighting.type_b, sighting.value_b);
  waiting_[waiting_count_++] = {a, b, SourceOf(sighting.source), sighting.weight, sighting.at};
}

void FirstLoad::TakeWaiting() {
  const std::span<const Waiting> waiting = std::span(waiting_).first(waiting_count_);
  waiting_count_ = 0;
  std::array<std::uint32_t, 2 * kMostWaiting> likely;
  std::size_t n = 0;
  for (const Waiting& one : waiting) {
    for (const End* end : {&one.a, &one.b}) {
      likely[n] = identifier_slots_.Likely(end->hash);
      if (likely[n] != PlaceTable::kNone) __builtin_prefetch(&identifiers_[likely[n]], 1);
      ++n;
    }
  }
  for (const std::uint32_t place : std::span(likely).first(n)) {
    if (place != PlaceTable::kNone) __builtin_prefetch(identifiers_[place].value.data());
  }
  struct Found {
    Link link;
    std::uint32_t hash;
  };
  std::array<Found, kMostWaiting> found;
  n = 0;
  for (const Waiting& one : waiting) {
    const auto place_of = [&](const End& end) {
      const std::string_view value(waiting_texts_.data() + end.begin, end.size);
      return Intern(end.type, value, end.hash, one.at, one.at);
    };
    const std::uint32_t a = place_of(one.a);
    const std::uint32_t b = place_of(one.b);
    if (a == b) continue;
    const Link link{std::min(a, b), std::max(a, b), one.source, 1, one.weight, one.at, one.at};
    found[n] = {link, HashOf(link)};
    link_slots_.Prefetch(found[n++].hash);
  }
  waiting_texts_.clear();
  const std::span<const Found> links = std::span(found).first(n);
  for (const Found& one : links) {
    const std::uint32_t place = link_slots_.Likely(one.hash);
    if (place != PlaceTable::kNone) __builtin_prefetch(&links_[place], 1);
  }
  for (const Found& one : links) Connect(one.link, one.hash);
}

void FirstLoad::See(std::string_view type, std::string_view value, std::int64_t first,
                    std::int64_t last) {
  Require(Step::kTaking);
  const std::uint32_t kind = TypeOf(type);
  Intern(kind, value, HashOf(kind, value), first, last);
}

void FirstLoad::Know(std::size_t n, std::int32_t id, std::int64_t first_seen,
                     std::int64_t last_seen, std::uint64_t row) {
  Require(Step::kTaking);
  if (n >= identifiers_.size() || id < 1) {
    throw Error(ErrorCode::kInvalidArgument, "no such identifier");
  }
  Identifier& known = identifiers_[n];
  known.is_stored = true;
  known.is_wider = known.first_seen < first_seen || known.last_seen > last_seen;
  known.number = static_cast<std::uint32_t>(id) - 1;
  rows_.resize(identifiers_.size());
  rows_[n] = row;
}

std::int32_t FirstLoad::IdOf(std::string_view type, std::string_view value) const {
  Require(Step::kNumbered);
  const std::uint32_t kind =
      type_slots_.Find(HashOf(0, type), [&](std::uint32_t i) { return types_[i].name == type; });
  const std::uint32_t place = identifier_slots_.Find(HashOf(kind, value), [&](std::uint32_t i) {
    return identifiers_[i].type == kind && identifiers_[i].value == value;
  });
  if (place == PlaceTable::kNone) {
    throw Error(ErrorCode::kInvalidArgument, "no such identifier");
  }
  return static_cast<std::int32_t>(identifiers_[place].number + 1);
}

std::span<const std::uint32_t> FirstLoad::LineUpByValue() {
  TakeWaiting();
  struct Key {
    std::int32_t type;
    std::uint64_t head;  // bytes of the value as a number: mostly they decide
    std::uint32_t place;
  };
  std::pmr::vector<Key> keys(memory_);
  keys.reserve(identifiers_.size());
  for (std::uint32_t place = 0; place < identifiers_.size(); ++place) {
    const Identifier& one = identifiers_[place];
    std::uint64_t head = 0;
    std::memcpy(&head, one.value.data(), std::min(one.value.size(), sizeof head));
    keys.push_back({types_[one.type].id, __builtin_bswap64(head), place});
  }
  const auto before = [this](const Key& x, const Key& y) {
    if (x.type != y.type) return x.type < y.type;
    if (x.head != y.head) return x.head < y.head;
    return identifiers_[x.place].value < identifiers_[y.place].value;
  };
  SortPolled(std::span(keys), memory_, before);
  in_turn_.clear();
  for (const Key& key : keys) in_turn_.push_back(key.place);
  return in_turn_;
}

std::span<const std::uint32_t> FirstLoad::LineUpWider() {
  in_turn_.clear();
  for (std::uint32_t place = 0; place < identifiers_.size(); ++place) {
    if (identifiers_[place].is_wider) in_turn_.push_back(place);
  }
  const auto before = [this](std::uint32_t x, std::uint32_t y) {
    return identifiers_[x].number < identifiers_[y].number;
  };
  SortPolled(std::span(in_turn_), memory_, before);
  return in_turn_;
}

void FirstLoad::KnowLink(std::size_t n, std::uint64_t row) {
  Require(Step::kSorted);
  if (n >= links_.size() || row == 0) throw Error(ErrorCode::kInvalidArgument, "no such link");
  link_rows_.resize(links_.size());
  link_rows_[n] = row;
}

void FirstLoad::DescribeType(std::size_t n, const Type& type) {
  if (n >= types_.size()) throw Error(ErrorCode::kInvalidArgument, "no such type");
  const std::string_view name = types_[n].name;
  types_[n] = type;
  types_[n].name = name;
}

void FirstLoad::Number(std::uint32_t given) {
  Require(Step::kTaking);
  TakeWaiting();
  step_ = Step::kNumbered;
  given_ = given;
  for (std::uint32_t place = 0; place < identifiers_.size(); ++place) {
    if (!identifiers_[place].is_stored) order_.push_back(place);
  }
  const auto before = [this](std::uint32_t x, std::uint32_t y) {
    const Identifier& left = identifiers_[x];
    const Identifier& right = identifiers_[y];
    if (left.first_seen != right.first_seen) return left.first_seen < right.first_seen;
    if (left.type != right.type) return types_[left.type].id < types_[right.type].id;
    return left.value < right.value;
  };
  SortPolled(std::span(order_), memory_, before);
  for (std::size_t i = 0; i < order_.size(); ++i) {
    identifiers_[order_[i]].number = given + static_cast<std::uint32_t>(i);
  }
}

void FirstLoad::Block(std::size_t number) {
  if (number >= order_.size()) throw Error(ErrorCode::kInvalidArgument, "no such identifier");
  Identifier& one = identifiers_[order_[number]];
  blocked_ += one.status == Status::kActive;
  one.status = Status::kBlocked;
}

void FirstLoad::BlockPlaceholders(std::span<const Placeholder> placeholders) {
  Require(Step::kNumbered);
  PlaceTable table(memory_);
  for (const Placeholder& one : placeholders) {
    table.Add(HashOf(0, one.value), static_cast<std::uint32_t>(&one - placeholders.data()));
  }
  std::pmr::string value(memory_);
  StopTicker ticker;
  for (std::size_t number = 0; number < order_.size(); ++number) {
    ticker.Step();
    const Identifier& one = identifiers_[order_[number]];
    value.resize(one.value.size());
    std::transform(one.value.begin(), one.value.end(), value.begin(), Lower);
    const std::uint32_t found = table.Find(HashOf(0, value), [&](std::uint32_t i) {
      const std::int32_t type_id = placeholders[i].type_id;
      return placeholders[i].value == value && (type_id == 0 || type_id == types_[one.type].id);
    });
    if (found != PlaceTable::kNone) Block(number);
  }
}

void FirstLoad::SortLinks() {
  Require(Step::kNumbered);
  step_ = Step::kSorted;
  identifier_slots_.Clear();
  link_slots_.Clear();
  std::pmr::vector<std::uint32_t> by_name(sources_.size(), memory_);
  std::iota(by_name.begin(), by_name.end(), 0u);
  std::sort(by_name.begin(), by_name.end(),
            [this](std::uint32_t x, std::uint32_t y) { return sources_[x] < sources_[y]; });
  std::pmr::vector<std::string_view> names(memory_);
  std::pmr::vector<std::uint32_t> place(sources_.size(), memory_);
  for (std::size_t i = 0; i < by_name.size(); ++i) {
    names.push_back(sources_[by_name[i]]);
    place[by_name[i]] = static_cast<std::uint32_t>(i);
  }
  sources_.swap(names);
  StopTicker ticker;
  for (Link& link : links_) {
    ticker.Step();
    const std::uint32_t x = identifiers_[link.a].number;
    const std::uint32_t y = identifiers_[link.b].number;
    link.a = std::min(x, y);
    link.b = std::max(x, y);
    link.source = place[link.source];
  }
  SortPolledInPlace(std::span(links_), [](const Link& x, const Link& y) {
    return std::tie(x.a, x.b, x.source) < std::tie(y.a, y.b, y.source);
  });
}

void FirstLoad::FindShared() {
  // Who has a neighbour of which type with a limit, once per neighbour.
  std::pmr::vector<std::uint64_t> sights(memory_);
  StopTicker ticker;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    ticker.Step();
    const Link& link = links_[i];
    if (i > 0 && links_[i - 1].a == link.a && links_[i - 1].b == link.b) continue;
    ++pairs_;
    const Identifier& a = identifier(link.a);
    const Identifier& b = identifier(link.b);
    if (a.status == Status::kBlocked || b.status == Status::kBlocked) continue;
    if (LimitOf(a.type, b.type) < kNoLimit) {
      sights.push_back(static_cast<std::uint64_t>(link.a) << 32 | b.type);
    }
    if (LimitOf(b.type, a.type) < kNoLimit) {
      sights.push_back(static_cast<std::uint64_t>(link.b) << 32 | a.type);
    }
  }
  SortPolled(std::span(sights), memory_);
  for (std::size_t begin = 0, end = 0; begin < sights.size(); begin = end) {
    while (end < sights.size() && sights[end] == sights[begin]) ++end;
    ticker.Step(static_cast<std::uint32_t>(end - begin));
    Identifier& one = identifiers_[order_[sights[begin] >> 32]];
    const auto type = static_cast<std::uint32_t>(sights[begin]);
    if (end - begin <= static_cast<std::size_t>(LimitOf(one.type, type))) continue;
    if (one.status == Status::kActive) ++shared_;
    one.status = Status::kShared;
    const auto key = [this](std::uint32_t t) { return std::tie(types_[t].rank, types_[t].name); };
    if (one.shared_by == 0 || key(type) < key(one.shared_by - 1)) one.shared_by = type + 1;
  }
}

// Of how many neighbours of a type an identifier of another counts as shared.
std::int32_t FirstLoad::LimitOf(std::uint32_t own, std::uint32_t other) const {
  const std::int32_t stronger =
      types_[other].rank < types_[own].rank ? types_[own].fanout_limit : kNoLimit;
  const bool is_limited = own != other && types_[other].neighbour_limit > 0;
  return is_limited ? std::min(stronger, types_[other].neighbour_limit) : stronger;
}

FirstLoad::Refusal FirstLoad::Shared(const Identifier& identifier) const {
  const std::uint32_t type = identifier.shared_by - 1;
  return {Refusal::Cause::kShared, LimitOf(identifier.type, type), &types_[type]};
}

FirstLoad::Refusal FirstLoad::Limit(const Link& link) const {
  const auto n = static_cast<std::uint32_t>(&link - links_.data());
  const auto found = std::lower_bound(limited_.begin(), limited_.end(), n,
                                      [](const Limited& x, std::uint32_t y) { return x.link < y; });
  if (found == limited_.end() || found->link != n) return {};
  if (found->type == kAnyType) return {Refusal::Cause::kLimited, size_cap_};
  return {Refusal::Cause::kLimited, types_[found->type].person_limit, &types_[found->type]};
}

FirstLoad::Refusal FirstLoad::refusal(const Link& link) const {
  const Identifier& a = identifier(link.a);
  const Identifier& b = identifier(link.b);
  if (a.status == Status::kActive && b.status == Status::kActive) return Limit(link);
  if (a.status == Status::kBlocked || b.status == Status::kBlocked) {
    return {Refusal::Cause::kBlocked};
  }
  if (a.status == Status::kActive) return Shared(b);
  if (b.status == Status::kActive) return Shared(a);
  // Which of two reasons is told must not depend on anything but their texts: the limit, then the
  // name of the type.
  const auto text = [](const Refusal& reason) {
    return std::pair(std::to_string(reason.limit), reason.other->name);
  };
  return std::min(Shared(a), Shared(b),
                  [text](const Refusal& x, const Refusal& y) { return text(x) < text(y); });
}

void FirstLoad::Resolve() {
  SortLinks();
  if (order_.size() != identifiers_.size() || given_ > 0) {
    throw Error(ErrorCode::kInvalidArgument, "not the first load");
  }
  FindShared();
  std::pmr::vector<std::uint32_t> parent(identifiers_.size(), memory_);
  std::iota(parent.begin(), parent.end(), 0u);
  StopTicker ticker;
  for (const Link& link : links_) {
    ticker.Step();
    if (identifier(link.a).status == Status::kActive &&
        identifier(link.b).status == Status::kActive) {
      Unite(parent.data(), link.a, link.b);
    } else {
      ++refused_;
    }
  }
  // A parent comes before its children, so that its own is its root by then.
  for (std::uint32_t& up : parent) up = parent[up];
  HoldToLimits(&parent);
  // The root of a person is its smallest number, so it comes before the others.
  for (std::size_t number = 0; number < parent.size(); ++number) {
    ticker.Step();
    Identifier& one = identifiers_[order_[number]];
    if (one.status != Status::kActive) continue;
    const std::uint32_t root = parent[number];
    one.person = root == number ? ++persons_ : identifiers_[order_[root]].person;
  }
  step_ = Step::kResolved;
}

}  // namespace cdp::identity
