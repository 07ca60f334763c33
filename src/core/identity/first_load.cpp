#include "core/identity/first_load.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <tuple>

#include "core/base/error.h"
#include "core/base/stop.h"
#include "core/identity/union_find.h"

namespace cdp::identity {
namespace {

constexpr std::size_t kFirstSlots = 1024;
constexpr std::int32_t kNoLimit = std::numeric_limits<std::int32_t>::max();
constexpr std::uint32_t kEmptySlot = 0xffffffffu;
// Numbers of identifiers are positive int4.
constexpr std::size_t kMostIdentifiers = 0x7fffffff;
constexpr std::size_t kMostLinks = 0xfffffffe;

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

/// Makes room in a table of slots, at most half full, for one more of `count` elements.
template <class HashAt>
void Reserve(std::pmr::vector<std::uint32_t>* slots, std::size_t count, HashAt hash_at) {
  if (slots->size() > 2 * count) return;
  const std::size_t size = std::max(kFirstSlots, slots->size() * 2);
  slots->assign(size, kEmptySlot);
  StopTicker ticker;
  for (std::size_t i = 0; i < count; ++i) {
    ticker.Step();
    std::size_t slot = hash_at(i) & (size - 1);
    while ((*slots)[slot] != kEmptySlot) slot = (slot + 1) & (size - 1);
    (*slots)[slot] = static_cast<std::uint32_t>(i);
  }
}

/// The slot that has this name, or the free one where it belongs.
template <class Slots, class NameAt>
auto& SlotOf(Slots* slots, std::string_view name, NameAt name_at) {
  const std::size_t mask = slots->size() - 1;
  std::size_t slot = HashOf(0, name) & mask;
  while ((*slots)[slot] != kEmptySlot && name_at((*slots)[slot]) != name) slot = (slot + 1) & mask;
  return (*slots)[slot];
}

std::uint64_t PairHash(std::uint32_t a, std::uint32_t b, std::uint32_t source) {
  return Mixed((static_cast<std::uint64_t>(a) << 32 | b) + source * 0x9e3779b97f4a7c15u);
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
  Reserve(&type_slots_, types_.size(), [this](std::size_t i) { return HashOf(0, types_[i].name); });
  std::uint32_t& slot =
      SlotOf(&type_slots_, name, [this](std::uint32_t i) { return types_[i].name; });
  if (slot == kEmptySlot) {
    slot = static_cast<std::uint32_t>(types_.size());
    types_.push_back({Keep(name)});
  }
  return slot;
}

std::uint32_t FirstLoad::SourceOf(std::string_view name) {
  Reserve(&source_slots_, sources_.size(),
          [this](std::size_t i) { return HashOf(0, sources_[i]); });
  std::uint32_t& slot =
      SlotOf(&source_slots_, name, [this](std::uint32_t i) { return sources_[i]; });
  if (slot == kEmptySlot) {
    slot = static_cast<std::uint32_t>(sources_.size());
    sources_.push_back(Keep(name));
  }
  return slot;
}

std::uint32_t FirstLoad::Intern(std::uint32_t type, std::string_view value, std::int64_t first,
                                std::int64_t last) {
  Reserve(&identifier_slots_, identifiers_.size(),
          [this](std::size_t i) { return identifiers_[i].hash; });
  const std::uint32_t hash = HashOf(type, value);
  const std::size_t mask = identifier_slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; identifier_slots_[slot] != kEmptySlot; slot = (slot + 1) & mask) {
    Identifier& known = identifiers_[identifier_slots_[slot]];
    if (known.hash != hash || known.type != type || known.value != value) continue;
    known.first_seen = std::min(known.first_seen, first);
    known.last_seen = std::max(known.last_seen, last);
    return identifier_slots_[slot];
  }
  if (identifiers_.size() >= kMostIdentifiers) {
    throw Error(ErrorCode::kLimitExceeded, "too many identifiers");
  }
  const auto place = static_cast<std::uint32_t>(identifiers_.size());
  Identifier fresh;
  fresh.value = Keep(value);
  fresh.type = type;
  fresh.hash = hash;
  fresh.first_seen = first;
  fresh.last_seen = last;
  identifiers_.push_back(fresh);
  identifier_slots_[slot] = place;
  return place;
}

void FirstLoad::Connect(std::uint32_t a, std::uint32_t b, std::uint32_t source,
                        const Sighting& sighting) {
  const auto hash_of = [](const Link& link) { return PairHash(link.a, link.b, link.source); };
  Reserve(&link_slots_, links_.size(),
          [this, hash_of](std::size_t i) { return hash_of(links_[i]); });
  const std::size_t mask = link_slots_.size() - 1;
  std::size_t slot = PairHash(a, b, source) & mask;
  for (; link_slots_[slot] != kEmptySlot; slot = (slot + 1) & mask) {
    Link& known = links_[link_slots_[slot]];
    if (known.a != a || known.b != b || known.source != source) continue;
    ++known.n;
    known.weight = std::max(known.weight, sighting.weight);
    known.first_seen = std::min(known.first_seen, sighting.at);
    known.last_seen = std::max(known.last_seen, sighting.at);
    return;
  }
  if (links_.size() >= kMostLinks) throw Error(ErrorCode::kLimitExceeded, "too many links");
  link_slots_[slot] = static_cast<std::uint32_t>(links_.size());
  links_.push_back({a, b, source, 1, sighting.weight, sighting.at, sighting.at});
}

void FirstLoad::Add(const Sighting& sighting) {
  Require(Step::kTaking);
  const std::int64_t at = sighting.at;
  const std::uint32_t a = Intern(TypeOf(sighting.type_a), sighting.value_a, at, at);
  const std::uint32_t b = Intern(TypeOf(sighting.type_b), sighting.value_b, at, at);
  if (a == b) return;
  Connect(std::min(a, b), std::max(a, b), SourceOf(sighting.source), sighting);
}

void FirstLoad::See(std::string_view type, std::string_view value, std::int64_t first,
                    std::int64_t last) {
  Require(Step::kTaking);
  Intern(TypeOf(type), value, first, last);
}

void FirstLoad::Know(std::size_t n, std::int32_t id, std::int64_t first_seen,
                     std::int64_t last_seen) {
  Require(Step::kTaking);
  if (n >= identifiers_.size() || id < 1) {
    throw Error(ErrorCode::kInvalidArgument, "no such identifier");
  }
  Identifier& known = identifiers_[n];
  known.is_stored = true;
  known.is_wider = known.first_seen < first_seen || known.last_seen > last_seen;
  known.number = static_cast<std::uint32_t>(id) - 1;
}

std::int32_t FirstLoad::IdOf(std::string_view type, std::string_view value) const {
  Require(Step::kNumbered);
  const auto name_at = [this](std::uint32_t i) { return types_[i].name; };
  const std::uint32_t kind = type_slots_.empty() ? kEmptySlot : SlotOf(&type_slots_, type, name_at);
  if (kind != kEmptySlot) {
    const std::uint32_t hash = HashOf(kind, value);
    const std::size_t mask = identifier_slots_.size() - 1;
    for (std::size_t slot = hash & mask; identifier_slots_[slot] != kEmptySlot;
         slot = (slot + 1) & mask) {
      const Identifier& one = identifiers_[identifier_slots_[slot]];
      if (one.hash != hash || one.type != kind || one.value != value) continue;
      return static_cast<std::int32_t>(one.number + 1);
    }
  }
  throw Error(ErrorCode::kInvalidArgument, "no such identifier");
}

void FirstLoad::KnowLink(std::size_t n) {
  if (n >= stored_.size()) throw Error(ErrorCode::kInvalidArgument, "no such link");
  stored_[n] = true;
}

void FirstLoad::DescribeType(std::size_t n, const Type& type) {
  if (n >= types_.size()) throw Error(ErrorCode::kInvalidArgument, "no such type");
  const std::string_view name = types_[n].name;
  types_[n] = type;
  types_[n].name = name;
}

void FirstLoad::Number(std::uint32_t given) {
  Require(Step::kTaking);
  step_ = Step::kNumbered;
  given_ = given;
  for (std::uint32_t place = 0; place < identifiers_.size(); ++place) {
    if (!identifiers_[place].is_stored) order_.push_back(place);
  }
  std::sort(order_.begin(), order_.end(), [this](std::uint32_t x, std::uint32_t y) {
    const Identifier& left = identifiers_[x];
    const Identifier& right = identifiers_[y];
    if (left.first_seen != right.first_seen) return left.first_seen < right.first_seen;
    if (left.type != right.type) return types_[left.type].id < types_[right.type].id;
    return left.value < right.value;
  });
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

void FirstLoad::SortLinks() {
  Require(Step::kNumbered);
  step_ = Step::kSorted;
  std::pmr::vector<std::uint32_t>(memory_).swap(identifier_slots_);
  std::pmr::vector<std::uint32_t>(memory_).swap(link_slots_);
  stored_.resize(links_.size());
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
  std::sort(links_.begin(), links_.end(), [](const Link& x, const Link& y) {
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
  std::sort(sights.begin(), sights.end());
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
