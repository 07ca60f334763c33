#include "core/behavior/timeline_paths.h"

#include <algorithm>
#include <bit>
#include <string>

#include "core/base/stop.h"
#include "core/timeline/time_marks.h"

namespace cdp::behavior {
namespace {

using timeline::TimeReader;
using timeline::View;

void CheckCode(std::optional<std::int32_t> code) {
  if (!code || *code >= 0) return;
  throw Error(ErrorCode::kInvalidArgument, "event code " + std::to_string(*code) + " is negative");
}

/// Calls visit(first, end) for the events of each session, as indexes.
template <class Visit>
void ForEachSession(const View& view, std::uint64_t gap, Visit visit) {
  TimeReader times(view);
  StopTicker ticker;
  Micros at[TimeReader::kRoom];
  Micros before = view.first();
  std::size_t first = 0;
  std::size_t index = 0;
  while (const std::size_t n = times.Next(at)) {
    for (std::size_t i = 0; i < n; ++i) {
      if (Elapsed(before, at[i]) > gap) {
        visit(first, index + i);
        first = index + i;
      }
      before = at[i];
    }
    index += n;
    ticker.Step(static_cast<std::uint32_t>(n));
  }
  if (index > first) visit(first, index);
}

/// Calls visit(path) for each path of a session whose events are already chosen and in order.
template <class Visit>
void ForEachPathOf(std::span<const std::int32_t> codes, const PathQuestion& question, Visit visit) {
  const auto depth = static_cast<std::size_t>(question.depth);
  StopTicker ticker;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    ticker.Step();
    if (question.start && codes[i] != *question.start) continue;
    const auto path = codes.subspan(i, std::min(depth, codes.size() - i));
    if (question.end) {
      const auto found = std::find(path.begin() + 1, path.end(), *question.end);
      if (found != path.end()) {
        visit(path.first(static_cast<std::size_t>(found - path.begin()) + 1));
      }
    } else if (path.size() == depth || question.start) {
      visit(path);
    }
  }
}

template <class Visit>
void ForEachPath(const View& view, const PathQuestion& question, std::pmr::memory_resource* memory,
                 Visit visit) {
  if (question.codes != nullptr && !question.codes->MayMeet(view.code_bits())) return;
  if (question.start && (view.code_bits() & timeline::CodeBit(*question.start)) == 0) return;
  std::pmr::vector<std::int32_t> chosen(memory);
  timeline::WithCodes(view, [&](auto codes) {
    ForEachSession(view, question.gap, [&](std::size_t first, std::size_t end) {
      chosen.clear();
      for (std::size_t i = first; i < end; ++i) {
        const std::int32_t code = codes[i];
        if (question.codes != nullptr && !question.codes->Has(code)) continue;
        if (question.collapse && !chosen.empty() && chosen.back() == code) continue;
        chosen.push_back(code);
      }
      if (question.reverse) std::reverse(chosen.begin(), chosen.end());
      ForEachPathOf(chosen, question, visit);
    });
  });
}

/// Counts the path of kDepth events up to event `last`.
template <int kDepth, class Code>
void CountPath(timeline::Codes<Code> codes, std::size_t last, TallyTable* tally) {
  if constexpr (kDepth == 3) {
    const auto code = [&](std::size_t back) {
      return static_cast<std::uint32_t>(codes[last - back]);
    };
    std::uint64_t* const counts = tally->few_codes();
    if (counts != nullptr && (code(2) | code(1) | code(0)) < TallyTable::kFewCodes) [[likely]] {
      ++counts[TallyTable::FewCodesPlace(code(2), code(1), code(0))];
      return;
    }
  }
  constexpr int kWords = static_cast<int>(TallyTable::WordsOf(kDepth));
  std::uint64_t key[kWords] = {};
  for (int part = 0; part < kDepth; ++part) {
    const auto code = static_cast<std::uint32_t>(codes[last - (kDepth - 1) + part]);
    key[part / 2] |= std::uint64_t{code} << (part % 2 * 32);
  }
  tally->CountOne<kWords>(key);
}

/// Every kDepth events that follow each other, straight from the columns.
template <int kDepth, class Code>
void CountPlain(const View& view, std::uint64_t gap, timeline::Codes<Code> codes,
                TallyTable* tally) {
  TimeReader times(view);
  StopTicker ticker;
  Micros at[TimeReader::kRoom];
  std::uint64_t before = 0;  // marks of the 64 events before these
  std::size_t index = 0;
  // Nobody can foresee where a session ends. Behind a full block lies the event after it.
  while (const std::size_t n = times.Next(at)) {
    const std::size_t pauses = std::min(n, view.count() - 1 - index);
    for (std::size_t from = 0; from < pauses; from += 64) {
      const std::uint64_t marks =
          timeline::MarkShortPauses(at + from, std::min<std::size_t>(64, pauses - from), gap);
      std::uint64_t ends = marks;
      for (int back = 1; back < kDepth - 1; ++back) ends &= marks << back | before >> (64 - back);
      for (; ends != 0; ends &= ends - 1) {
        const auto pause = static_cast<std::size_t>(std::countr_zero(ends));
        CountPath<kDepth>(codes, index + from + pause + 1, tally);
      }
      before = marks;
    }
    index += n;
    ticker.Step(static_cast<std::uint32_t>(n));
  }
}

template <int kDepth>
void CountPlain(const View& view, std::uint64_t gap, TallyTable* tally) {
  timeline::WithCodes(view, [&](auto codes) { CountPlain<kDepth>(view, gap, codes, tally); });
}

}  // namespace

std::pmr::vector<Session> SessionsOf(const View& view, const SessionRule& rule,
                                     std::pmr::memory_resource* memory) {
  std::pmr::vector<Session> sessions(memory);
  StopTicker ticker;
  std::int64_t day = 0;
  timeline::ForEachEvent(view, [&](Micros at, std::int32_t code) {
    ticker.Step();
    const std::int64_t today = rule.midnights == nullptr ? 0 : rule.midnights->DayOf(at);
    if (sessions.empty() || Elapsed(sessions.back().last, at) > rule.gap || today != day ||
        (rule.max_length && Elapsed(sessions.back().first, at) > *rule.max_length)) {
      sessions.push_back({at, at, 1, code, code});
    } else {
      Session& session = sessions.back();
      session.last = at;
      session.last_code = code;
      ++session.events;
    }
    day = today;
  });
  return sessions;
}

void CheckPathQuestion(const PathQuestion& question) {
  if (question.depth < 1 || question.depth > kMaxPathDepth) {
    throw Error(ErrorCode::kInvalidArgument,
                "path depth " + std::to_string(question.depth) + " is out of range",
                "A path has 1 to " + std::to_string(kMaxPathDepth) + " events.");
  }
  CheckCode(question.start);
  CheckCode(question.end);
}

void ListPaths(const View& view, const PathQuestion& question, PathList* list) {
  ForEachPath(view, question, list->codes.get_allocator().resource(),
              [list](std::span<const std::int32_t> path) {
                list->codes.insert(list->codes.end(), path.begin(), path.end());
                list->ends.push_back(list->codes.size());
              });
}

void CountPaths(const View& view, const PathQuestion& question, TallyTable* tally,
                std::pmr::memory_resource* memory) {
  if (question.plain()) {
    if (view.count() < static_cast<std::size_t>(question.depth)) return;
    switch (question.depth) {
      case 2:
        return CountPlain<2>(view, question.gap, tally);
      case 3:
        return CountPlain<3>(view, question.gap, tally);
      case 4:
        return CountPlain<4>(view, question.gap, tally);
      default:
        break;
    }
  }
  ForEachPath(view, question, memory, [&](std::span<const std::int32_t> path) {
    std::int32_t key[kMaxPathDepth];
    std::fill(std::copy(path.begin(), path.end(), key), key + question.depth, kNoCode);
    tally->Add({key, static_cast<std::size_t>(question.depth)}, 1);
  });
}

}  // namespace cdp::behavior
