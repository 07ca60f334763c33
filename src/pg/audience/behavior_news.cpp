#include "pg/audience/behavior_news.h"

#include "core/audience/behavior_scan.h"
#include "core/base/stop.h"
#include "pg/base/boundary.h"
#include "pg/base/memory.h"
#include "pg/base/query_rows.h"
#include "pg/base/query_stamp.h"

namespace cdp::pg {
namespace {

constexpr ResultColumn kNewsRow[] = {{"int4"}, {"date"}, {"timeline", true}};

struct NewsRow {
  std::uint32_t person;
  DateADT month;
  const varlena* timeline;  ///< null: what is stored does not count
};

/// What a statement has asked for. It lives in a context of its own, until another statement asks
/// or the transaction ends.
struct AskedNews {
  MemoryContext context;
  QueryStamp stamp;
  Oid user;  ///< with whose rights
  std::int32_t first_chunk;
  enum class State { kAskedOnce, kReading, kRead, kTooMuch } state;
  NewsRow* rows;  ///< by person
  std::size_t count;
  std::size_t room;
  std::size_t bytes;
};

AskedNews* asked_news = nullptr;

void Forget(void*) { asked_news = nullptr; }

/// Of rows by person, those of a chunk.
std::span<const NewsRow> RowsOfChunk(const AskedNews& asked, std::int32_t chunk) {
  const auto of_chunk = [](const NewsRow& row) {
    return row.person >> audience::WantedPeople::kChunkBits;
  };
  const std::span<const NewsRow> rows(asked.rows, asked.count);
  const auto found =
      std::ranges::equal_range(rows, static_cast<std::uint32_t>(chunk), {}, of_chunk);
  return {found.begin(), found.end()};
}

void BeginAsking(const QueryStamp& stamp, std::int32_t chunk) {
  if (asked_news != nullptr) MemoryContextDelete(asked_news->context);
  const MemoryContext context = AllocSetContextCreate(
      TopTransactionContext, "pg_cdp events that wait", ALLOCSET_DEFAULT_SIZES);
  auto* asked = static_cast<AskedNews*>(MemoryContextAllocZero(context, sizeof(AskedNews)));
  asked->context = context;
  asked->stamp = stamp;
  asked->user = GetUserId();
  asked->first_chunk = chunk;
  auto* callback = static_cast<MemoryContextCallback*>(
      MemoryContextAllocZero(context, sizeof(MemoryContextCallback)));
  callback->func = Forget;
  MemoryContextRegisterResetCallback(context, callback);
  asked_news = asked;
}

NewsRow RowOf(TupleTableSlot* slot) {
  bool is_null = false;
  NewsRow row{};
  row.person = static_cast<std::uint32_t>(DatumGetInt32(slot_getattr(slot, 1, &is_null)));
  row.month = DatumGetDateADT(slot_getattr(slot, 2, &is_null));
  const Datum timeline = slot_getattr(slot, 3, &is_null);
  if (!is_null) row.timeline = PG_DETOAST_DATUM_PACKED(timeline);
  return row;
}

/// Keeps a row, unless there is no room for all of them.
void KeepRow(TupleTableSlot* slot, void* closure) {
  auto* asked = static_cast<AskedNews*>(closure);
  NewsRow row = RowOf(slot);
  const std::size_t size = row.timeline == nullptr ? 0 : VARSIZE_ANY(row.timeline);
  asked->bytes += sizeof row + size;
  if (asked->bytes > get_hash_memory_limit()) return;
  if (row.timeline != nullptr) {
    void* copy = MemoryContextAlloc(asked->context, size);
    std::memcpy(copy, row.timeline, size);
    row.timeline = static_cast<const varlena*>(copy);
  }
  if (asked->count == asked->room) {
    asked->room = std::max<std::size_t>(2 * asked->room, 1024);
    asked->rows =
        static_cast<NewsRow*>(Reallocate(asked->context, asked->rows, asked->room * sizeof row));
  }
  asked->rows[asked->count++] = row;
}

/// Of a chunk or, null, of all.
void RunNewsQuery(const QueryValue& chunk, void (*row)(TupleTableSlot* slot, void* closure),
                  void* closure) {
  const text* query = FindOwnValue("SELECT cdp._behavior_news_sql()", {}, "text");
  if (query != nullptr) RunOwnQuery(text_to_cstring(query), {&chunk, 1}, kNewsRow, row, closure);
}

void ReadAll() {
  AskedNews* const asked = asked_news;
  asked->state = AskedNews::State::kReading;
  RunNewsQuery({INT4OID, 0, true}, KeepRow, asked);
  if (asked->bytes > get_hash_memory_limit()) {
    const QueryStamp stamp = asked->stamp;
    BeginAsking(stamp, asked->first_chunk);
    asked_news->state = AskedNews::State::kTooMuch;
    return;
  }
  CallCore([asked] {
    StopTicker ticker;
    std::stable_sort(asked->rows, asked->rows + asked->count,
                     [&ticker](const NewsRow& a, const NewsRow& b) {
                       ticker.Step();
                       return a.person < b.person;
                     });
  });
  asked->state = AskedNews::State::kRead;
}

/// All that waits, when the running statement has asked for another chunk before and there is room.
const AskedNews* AllNews(std::int32_t chunk) {
  using State = AskedNews::State;
  QueryStamp now{};
  if (!StampOfNow(&now)) return nullptr;
  // Who asks while it is read, as a policy of a table may, or after that has failed, goes without.
  if (asked_news != nullptr && asked_news->state == State::kReading) return nullptr;
  if (asked_news == nullptr || asked_news->stamp != now || asked_news->user != GetUserId()) {
    BeginAsking(now, chunk);
    return nullptr;
  }
  if (asked_news->state == State::kAskedOnce && asked_news->first_chunk != chunk) ReadAll();
  return asked_news->state == State::kRead ? asked_news : nullptr;
}

struct RowTaking {
  NewsTaker take;
  void* closure;
};

void TakeRow(TupleTableSlot* slot, void* closure) {
  const auto* taking = static_cast<const RowTaking*>(closure);
  const NewsRow row = RowOf(slot);
  taking->take(row.person, row.month, row.timeline, taking->closure);
}

}  // namespace

void TakeNews(std::int32_t chunk, NewsTaker take, void* closure) {
  if (const AskedNews* all = AllNews(chunk)) {
    for (const NewsRow& row : RowsOfChunk(*all, chunk)) {
      take(row.person, row.month, row.timeline, closure);
    }
    return;
  }
  RowTaking taking = {take, closure};
  RunNewsQuery({INT4OID, Int32GetDatum(chunk)}, TakeRow, &taking);
}

}  // namespace cdp::pg
