#include "core/bitmap/bitmap_many.h"

#include <algorithm>
#include <vector>

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

// Takes finished containers and puts them into a result, or only counts them.
struct Builder {
  BitmapParts* parts;
  void Take(const Container& container) { parts->Keep(container); }
  void Take(std::uint32_t key, ContainerDraft* draft, bool runs) { parts->Add(key, draft, runs); }
};
struct Counter {
  std::uint64_t count = 0;
  void Take(const Container& container) { count += container.cardinality; }
  void Take(std::uint32_t, ContainerDraft* draft, bool) { count += draft->Best(false).cardinality; }
};

// The intersection of containers with the same key, the one with the fewest values first.
class Meeting {
 public:
  explicit Meeting(std::pmr::memory_resource* memory) : containers_(memory) {}

  void Clear() { containers_.clear(); }
  void Add(const Container& container) { containers_.push_back(container); }

  template <class Sink>
  void Finish(Sink* sink) {
    std::sort(containers_.begin(), containers_.end(),
              [](const Container& a, const Container& b) { return a.cardinality < b.cardinality; });
    if (containers_.size() == 1) return sink->Take(containers_.front());
    draft_.Clear();
    const bool is_any_run = std::any_of(containers_.begin(), containers_.end(), [](const auto& c) {
      return c.kind == ContainerKind::kRun;
    });
    if (containers_.front().kind == ContainerKind::kArray) {
      TestValues();
    } else {
      MeetBits();
    }
    sink->Take(containers_.front().high >> 16, &draft_, is_any_run);
  }

 private:
  void TestValues() {
    const Container& few = containers_.front();
    for (std::uint32_t i = 0; i < few.cardinality; ++i) {
      const std::uint16_t value = few.Value(i);
      const bool in_all = std::all_of(containers_.begin() + 1, containers_.end(),
                                      [value](const Container& c) { return c.Contains(value); });
      if (in_all) draft_.Append(value, value);
    }
  }
  void MeetBits() {
    draft_.Unite(containers_.front());
    for (std::size_t i = 1; i < containers_.size(); ++i) {
      if (!draft_.Meet(containers_[i])) return;
    }
  }

  std::pmr::vector<Container> containers_;
  ContainerDraft draft_;
};

template <class Sink>
void Intersect(std::span<BitmapView> views, std::pmr::memory_resource* memory, Sink* sink) {
  std::sort(views.begin(), views.end(), [](const BitmapView& a, const BitmapView& b) {
    return a.Cardinality() < b.Cardinality();
  });
  StopTicker ticker;
  Meeting meeting(memory);
  std::pmr::vector<std::uint32_t> place(views.size(), 0, memory);
  const BitmapView& smallest = views.front();
  for (std::uint32_t i = 0; i < smallest.containers(); ++i) {
    const std::uint32_t key = smallest.Key(i);
    meeting.Clear();
    meeting.Add(smallest.At(i));
    bool is_in_all = true;
    for (std::size_t v = 1; v < views.size() && is_in_all; ++v) {
      place[v] = views[v].Find(key, place[v]);
      if (place[v] == views[v].containers()) return;
      is_in_all = views[v].Key(place[v]) == key;
      if (is_in_all) meeting.Add(views[v].At(place[v]));
      ticker.Step();
    }
    if (is_in_all) meeting.Finish(sink);
    ticker.Step(static_cast<std::uint32_t>(std::min<std::size_t>(1024 * views.size(), 65536)));
  }
}

template <class Sink>
void Unite(std::span<BitmapView> views, std::pmr::memory_resource* memory, Sink* sink) {
  struct Head {
    std::uint32_t key;
    std::uint32_t view;
    std::uint32_t container;
    bool operator<(const Head& other) const { return key > other.key; }  // smallest on top
  };
  std::pmr::vector<Head> heads(memory);
  heads.reserve(views.size());
  for (std::uint32_t v = 0; v < views.size(); ++v) {
    if (!views[v].empty()) heads.push_back({views[v].Key(0), v, 0});
  }
  std::make_heap(heads.begin(), heads.end());
  // Takes the container on top away and puts its successor in.
  const auto take = [&] {
    std::pop_heap(heads.begin(), heads.end());
    Head& head = heads.back();
    const BitmapView& view = views[head.view];
    const Container container = view.At(head.container);
    if (++head.container < view.containers()) {
      head.key = view.Key(head.container);
      std::push_heap(heads.begin(), heads.end());
    } else {
      heads.pop_back();
    }
    return container;
  };

  StopTicker ticker;
  ContainerDraft draft;
  while (!heads.empty()) {
    const std::uint32_t key = heads.front().key;
    const Container first = take();
    if (heads.empty() || heads.front().key != key) {
      sink->Take(first);
    } else {
      draft.Clear();
      draft.Unite(first);
      bool is_any_run = first.kind == ContainerKind::kRun;
      while (!heads.empty() && heads.front().key == key) {
        const Container next = take();
        draft.Unite(next);
        is_any_run = is_any_run || next.kind == ContainerKind::kRun;
        ticker.Step(1024);
      }
      sink->Take(key, &draft, is_any_run);
    }
    ticker.Step(256);
  }
}

}  // namespace

void AndMany(std::span<BitmapView> views, BitmapParts* result, std::pmr::memory_resource* memory) {
  Builder builder{result};
  Intersect(views, memory, &builder);
}

std::uint64_t AndManyCardinality(std::span<BitmapView> views, std::pmr::memory_resource* memory) {
  Counter counter;
  Intersect(views, memory, &counter);
  return counter.count;
}

void OrMany(std::span<BitmapView> views, BitmapParts* result, std::pmr::memory_resource* memory) {
  Builder builder{result};
  Unite(views, memory, &builder);
}

std::uint64_t OrManyCardinality(std::span<BitmapView> views, std::pmr::memory_resource* memory) {
  Counter counter;
  Unite(views, memory, &counter);
  return counter.count;
}

}  // namespace cdp::bitmap
