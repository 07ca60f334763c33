#include "core/identity/guarded_graph.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/base/sort.h"
#include "core/base/stop.h"
#include "core/identity/limited_union.h"
#include "core/identity/number_index.h"
#include "core/identity/union_find.h"

namespace cdp::identity {
namespace {

constexpr std::uint32_t kAnyNumber = std::numeric_limits<std::uint32_t>::max();

}  // namespace

void GuardedGraph::Arrange() {
  const auto by_id = [](const Node& x, const Node& y) { return x.id < y.id; };
  if (!std::is_sorted(nodes_.begin(), nodes_.end(), by_id)) {
    SortPolledInPlace(std::span(nodes_), by_id);
  }
  std::pmr::vector<std::uint32_t> numbers(memory_);
  numbers.reserve(nodes_.size());
  for (const Node& node : nodes_) numbers.push_back(static_cast<std::uint32_t>(node.id));
  const NumberIndex places(std::move(numbers));
  StopTicker ticker;
  for (Link& link : links_) {
    ticker.Step();
    link.a = static_cast<std::int32_t>(places.Place(static_cast<std::uint32_t>(link.a)));
    link.b = static_cast<std::int32_t>(places.Place(static_cast<std::uint32_t>(link.b)));
    if (link.a > link.b) std::swap(link.a, link.b);
  }
  // A place that there is not reads as negative.
  std::erase_if(links_, [](const Link& link) { return link.a < 0 || link.a == link.b; });
  const auto by_ends = [](const Link& x, const Link& y) {
    return std::tie(x.a, x.b) < std::tie(y.a, y.b);
  };
  if (!std::is_sorted(links_.begin(), links_.end(), by_ends)) {
    SortPolledInPlace(std::span(links_), by_ends);
  }
}

template <class F>
void GuardedGraph::ForEachPair(F f) {
  StopTicker ticker;
  for (std::size_t first = 0, last = 0; first < links_.size(); first = last) {
    while (last < links_.size() && links_[last].a == links_[first].a &&
           links_[last].b == links_[first].b) {
      ++last;
    }
    ticker.Step(static_cast<std::uint32_t>(last - first));
    f(std::span(links_).subspan(first, last - first));
  }
}

std::uint32_t GuardedGraph::LimitOf(std::uint32_t own, std::uint32_t other) const {
  std::uint32_t limit = kAnyNumber;
  if (kinds_[other].rank < kinds_[own].rank && kinds_[own].fanout_limit > 0) {
    limit = kinds_[own].fanout_limit;
  }
  if (other != own && kinds_[other].neighbour_limit > 0) {
    limit = std::min(limit, kinds_[other].neighbour_limit);
  }
  return limit;
}

void GuardedGraph::FindShared() {
  const auto for_each_sight = [this](auto&& see) {
    ForEachPair([&](std::span<const Link> rows) {
      const auto [a, b] = std::pair(rows[0].a, rows[0].b);
      if (nodes_[a].guard == Status::kBlocked || nodes_[b].guard == Status::kBlocked) return;
      if (std::all_of(rows.begin(), rows.end(),
                      [](const Link& row) { return row.reason == Reason::kWeak; })) {
        return;
      }
      see(a, b);
      see(b, a);
    });
  };
  std::pmr::vector<std::uint32_t> neighbours(nodes_.size(), memory_);
  for_each_sight([&](std::int32_t own, std::int32_t) { ++neighbours[own]; });
  // Few have so many neighbours at all; only of those it is asked of which kind, once per
  // neighbour.
  std::pmr::vector<std::uint64_t> sights(memory_);
  for_each_sight([&](std::int32_t own, std::int32_t other) {
    const Node& node = nodes_[own];
    const std::uint32_t kind = nodes_[other].kind;
    if (node.mark != Mark::kOpen || neighbours[own] <= LimitOf(node.kind, kind)) return;
    sights.push_back(static_cast<std::uint64_t>(own) << 32 | kind);
  });
  SortPolled(std::span(sights), memory_);
  StopTicker ticker;
  for (std::size_t begin = 0, end = 0; begin < sights.size(); begin = end) {
    while (end < sights.size() && sights[end] == sights[begin]) ++end;
    ticker.Step(static_cast<std::uint32_t>(end - begin));
    Node& node = nodes_[sights[begin] >> 32];
    const auto kind = static_cast<std::uint32_t>(sights[begin]);
    if (node.guard != Status::kActive || end - begin <= LimitOf(node.kind, kind)) continue;
    node.guard = Status::kShared;
    node.shared_by = kind;
  }
}

void GuardedGraph::Judge(double min_weight) {
  StopTicker ticker;
  for (Node& node : nodes_) {
    ticker.Step();
    node.guard = node.mark == Mark::kBlocked  ? Status::kBlocked
                 : node.mark == Mark::kShared ? Status::kShared
                                              : Status::kActive;
    node.is_held = false;
    node.shared_by = kNone;
  }
  for (Link& link : links_) {
    ticker.Step();
    const bool is_weak = !link.is_together && !(link.weight >= min_weight);
    link.reason = is_weak ? Reason::kWeak : Reason::kNone;
    link.kind = kNone;
  }
  FindShared();
  for (Link& link : links_) {
    ticker.Step();
    Node& a = nodes_[link.a];
    Node& b = nodes_[link.b];
    if (link.is_together) {
      a.is_held = b.is_held = true;
    } else if (link.reason == Reason::kNone) {
      if (a.guard == Status::kBlocked || b.guard == Status::kBlocked) {
        link.reason = Reason::kBlocked;
      } else if (a.guard == Status::kShared || b.guard == Status::kShared) {
        link.reason = Reason::kShared;
      }
    }
  }
}

void GuardedGraph::UniteSettled() {
  root_.resize(nodes_.size());
  std::iota(root_.begin(), root_.end(), 0u);
  StopTicker ticker;
  for (const Link& link : links_) {
    ticker.Step();
    if (link.reason != Reason::kNone || !IsSettled(link) || IsExpired(link)) continue;
    identity::Unite(root_.data(), static_cast<std::uint32_t>(link.a),
                    static_cast<std::uint32_t>(link.b));
  }
  // A parent stands before its children.
  for (std::uint32_t& root : root_) root = root_[root];
}

std::pmr::vector<bool> GuardedGraph::FindOver(std::span<const std::uint32_t> maximum,
                                              std::uint64_t size_limit) const {
  std::pmr::vector<std::uint32_t> size(nodes_.size(), memory_);
  StopTicker ticker;
  for (const std::uint32_t root : root_) {
    ticker.Step();
    ++size[root];
  }
  // How many of a kind is asked only where there may be too many.
  std::pmr::vector<std::uint64_t> members(memory_);  // by root and kind
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
    ticker.Step();
    const std::uint32_t most = maximum[nodes_[n].kind];
    if (most == 0 || size[root_[n]] <= most) continue;
    members.push_back(static_cast<std::uint64_t>(root_[n]) << 32 | nodes_[n].kind);
  }
  SortPolled(std::span(members), memory_);
  std::pmr::vector<bool> is_over(nodes_.size(), false, memory_);
  for (std::size_t begin = 0, end = 0; begin < members.size(); begin = end) {
    while (end < members.size() && members[end] == members[begin]) ++end;
    if (end - begin > maximum[static_cast<std::uint32_t>(members[begin])]) {
      is_over[members[begin] >> 32] = true;
    }
  }
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
    if (size_limit > 0 && size[n] > size_limit) is_over[n] = true;
  }
  for (const Link& link : links_) {
    ticker.Step();
    if (link.is_together) is_over[root_[link.a]] = false;
  }
  return is_over;
}

void GuardedGraph::Unite(std::uint64_t size_limit) {
  UniteSettled();
  std::pmr::vector<std::uint32_t> maximum(memory_);
  for (const Kind& kind : kinds_) maximum.push_back(kind.person_limit);
  const std::pmr::vector<bool> is_over = FindOver(maximum, size_limit);
  const auto stays = [&](const Link& link) { return IsSettled(link) && !is_over[root_[link.a]]; };
  std::pmr::vector<Turn> turns(memory_);
  StopTicker ticker;
  for (std::uint32_t n = 0; n < links_.size(); ++n) {
    ticker.Step();
    const Link& link = links_[n];
    if (link.reason != Reason::kNone || IsExpired(link) || stays(link)) continue;
    turns.push_back({!IsSettled(link), -link.weight, link.first_seen, n});
  }
  if (turns.empty()) return;
  SortPolled(std::span(turns), memory_);

  std::pmr::vector<std::uint32_t> kinds(memory_);
  kinds.reserve(nodes_.size());
  for (const Node& node : nodes_) kinds.push_back(node.kind);
  LimitedUnion sets(kinds, maximum, size_limit, memory_);
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
    ticker.Step();
    if (!is_over[root_[n]]) sets.Force(n, root_[n]);
  }
  for (const Turn& turn : turns) {
    ticker.Step();
    Link& link = links_[turn.link];
    if (!sets.Join(link.a, link.b)) link.reason = Reason::kTooMany;
  }
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) root_[n] = sets.Root(n);
  // What is told is what would be if both were one now.
  for (const Turn& turn : turns) {
    Link& link = links_[turn.link];
    if (link.reason != Reason::kTooMany) continue;
    const auto broken = sets.Broken(link.a, link.b);
    link.reason = broken.limit == LimitedUnion::Limit::kNone   ? Reason::kNone
                  : broken.limit == LimitedUnion::Limit::kSize ? Reason::kTooLarge
                                                               : Reason::kTooMany;
    if (link.reason == Reason::kTooMany) link.kind = broken.kind;
  }
}

void GuardedGraph::Resolve(const Rules& rules) {
  if (!is_arranged_) Arrange();
  is_arranged_ = true;
  now_ = rules.now;
  Judge(rules.min_weight);
  Unite(rules.size_limit);
}

bool GuardedGraph::IsExpired(const Link& link) const {
  if (link.is_together) return false;
  const std::int64_t a = kinds_[nodes_[link.a].kind].ttl;
  const std::int64_t b = kinds_[nodes_[link.b].kind].ttl;
  if (a == 0 && b == 0) return false;
  const std::int64_t ttl = a == 0 ? b : b == 0 ? a : std::min(a, b);
  return link.last_seen < now_ - ttl;
}

GuardedGraph::Standing GuardedGraph::standing(const Link& link) const {
  if (link.reason == Reason::kWeak) return Standing::kWeak;
  if (IsExpired(link)) return Standing::kExpired;
  switch (link.reason) {
    case Reason::kBlocked:
    case Reason::kShared:
      return Standing::kQuarantined;
    case Reason::kTooMany:
    case Reason::kTooLarge:
      return Standing::kLimited;
    default:
      return Standing::kActive;
  }
}

GuardedGraph::Comparison GuardedGraph::Compare() const {
  Comparison result{{}, {}, std::pmr::vector<bool>(nodes_.size(), false, memory_)};
  std::pmr::vector<std::uint32_t> owners(memory_);
  for (const Node& node : nodes_) {
    if (node.owner != kNobody) owners.push_back(node.owner);
  }
  result.before.identifiers = owners.size();
  const NumberIndex places(std::move(owners));
  result.before.persons = places.size();

  constexpr std::uint32_t kUnseen = kNone - 1;
  struct Owner {
    std::uint32_t root = kNone;  // of his first identifier that is still somebody's
    std::uint32_t size = 0;
    bool is_other = false;
  };
  struct Person {
    std::uint32_t owner = kUnseen;  // of the first identifier
    std::uint32_t size = 0;
    bool has_owner = false;
    bool is_other = false;
  };
  std::pmr::vector<Owner> before(places.size(), memory_);
  std::pmr::vector<Person> after(nodes_.size(), memory_);
  std::pmr::vector<std::uint32_t> owner_of(memory_);
  owner_of.reserve(nodes_.size());
  // Parts of owners besides the one of their first identifier, as owner and root.
  std::pmr::vector<std::uint64_t> parts(memory_);
  StopTicker ticker;
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    ticker.Step();
    const std::uint32_t owner = nodes_[n].owner == kNobody ? kNone : places.Place(nodes_[n].owner);
    const std::uint32_t at = root(n);
    owner_of.push_back(owner);
    if (at != kNone) {
      Person& person = after[at];
      ++person.size;
      person.has_owner |= owner != kNone;
      if (person.owner == kUnseen) person.owner = owner;
      person.is_other |= person.owner != owner;
    }
    if (owner == kNone) continue;
    Owner& one = before[owner];
    ++one.size;
    if (at == kNone) {
      one.is_other = true;
    } else if (one.root == kNone) {
      one.root = at;
    } else if (one.root != at) {
      one.is_other = true;
      parts.push_back(static_cast<std::uint64_t>(owner) << 32 | at);
    }
  }
  SortPolled(std::span(parts), memory_);
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  result.splits = parts.size();
  // Every part is of one owner and of one person: what is more than one for each person has merged.
  result.merges = parts.size();
  for (const Owner& one : before) {
    ticker.Step();
    result.before.largest = std::max<std::uint64_t>(result.before.largest, one.size);
    result.merges += one.root != kNone;
  }
  for (const Person& person : after) {
    ticker.Step();
    result.after.persons += person.size > 0;
    result.after.identifiers += person.size;
    result.after.largest = std::max<std::uint64_t>(result.after.largest, person.size);
    result.merges -= person.has_owner;
  }
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    ticker.Step();
    const std::uint32_t owner = owner_of[n];
    const std::uint32_t at = root(n);
    result.changed[n] = (owner == kNone) != (at == kNone) ||
                        (owner != kNone && before[owner].is_other) ||
                        (at != kNone && after[at].is_other);
  }
  return result;
}

}  // namespace cdp::identity
