/// timeline_page_read: the timelines of a page, one row each; timeline_pages and timeline_pages_by:
/// the events of many users as pages.

#include "core/base/sort.h"
#include "core/timeline/user_groups.h"
#include "pg/base/row_set.h"
#include "pg/timeline/timeline_page_datum.h"
#include "pg/timeline/user_rows_datum.h"

namespace cdp::pg {
namespace {

using timeline::PagePeople;
using timeline::PagePerson;
using timeline::PageView;

/// Memory for very many small things that go all at once; owns nothing but memory of a context.
class Blocks final : public std::pmr::memory_resource {
 public:
  explicit Blocks(MemoryContext context) : context_(context) {}

 private:
  void* do_allocate(std::size_t size, std::size_t) override {
    if (size > kBlock / 8) return AllocateIn(context_, size);
    if (size > left_) {
      at_ = static_cast<std::byte*>(AllocateIn(context_, kBlock));
      left_ = kBlock;
    }
    left_ -= size;
    return std::exchange(at_, at_ + size);
  }
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  static constexpr std::size_t kBlock = std::size_t{1} << 18;
  MemoryContext context_;
  std::byte* at_ = nullptr;
  std::size_t left_ = 0;
};

/// The timelines of many users in order. Lives in a function's multi-call context.
class UserImages {
 public:
  struct Image {
    int64 uid;
    const std::byte* at;
    std::size_t size;
  };

  /// `judge(uid)` throws for a user that may not be, `order(uid)` says where one comes.
  template <class Judge, class Order>
  UserImages(const varlena* value, Judge judge, Order order)
      : memory_(CurrentMemoryContext), blocks_(CurrentMemoryContext), images_(&memory_) {
    timeline::WithRecord(timeline::KindOfColumns(UserRowsColumns(value)), [&]<class Record>() {
      timeline::UserGroups<Record> groups(ReadUserRows(value, &memory_).rows, &memory_);
      int64 uid = 0;
      std::span<Record> events;
      while (groups.Next(&uid, &events)) {
        judge(uid);
        const auto image = timeline::ImageOf<Record>(events, &memory_, &blocks_);
        images_.push_back({uid, image.data(), image.size()});
      }
    });
    CheckStop();
    SortPolled(std::span(images_), &memory_,
               [order](const Image& a, const Image& b) { return order(a.uid) < order(b.uid); });
  }

  bool done() const { return next_ == images_.size(); }
  const Image& next() const { return images_[next_]; }

  /// The page, in the current context, of the next users as long as fits(image, measure) says that
  /// it may take one more; of one at least.
  template <class Fits>
  varlena* NextPage(Fits fits) {
    ContextResource memory(CurrentMemoryContext);
    PagePeople people(&memory);
    timeline::PageMeasure measure;
    while (!done()) {
      const Image& image = next();
      const PagePerson person =
          timeline::PersonOf(static_cast<uint32>(image.uid), {image.at, image.size});
      timeline::PageMeasure with = measure;
      with.Add(person);
      if (!people.empty() && !fits(image, with)) break;
      measure = with;
      people.push_back(person);
      ++next_;
    }
    return NewPage(&people, &memory);
  }

 private:
  ContextResource memory_;
  Blocks blocks_;
  std::pmr::vector<Image> images_;
  std::size_t next_ = 0;
};

/// A user of timelines_build as the number of a person, int4.
void JudgePerson(int64 uid) {
  if (uid != static_cast<int32>(uid)) {
    throw Error(ErrorCode::kOutOfRange, "user " + std::to_string(uid) + " is not a one_id",
                "In a page people are numbers of type integer.");
  }
}

/// The images that make(value) gives for argument 0, on the first call of a function. May longjmp.
template <class Make>
UserImages* OpenImages(FunctionCallInfo fcinfo, FuncCallContext* call, Make make) {
  const MemoryContext before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
  const varlena* value = UserRowsValue(fcinfo, 0);
  UserImages* images = CallCore([&] {
    return new (AllocateIn(CurrentMemoryContext, sizeof(UserImages))) UserImages(make(value));
  });
  MemoryContextSwitchTo(before);
  return images;
}

}  // namespace

CDP_FUNCTION(cdp_timeline_page_read) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext before = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->tuple_desc = RowShape(fcinfo);
    // A copy: the argument may live in memory that is freed between the rows.
    const varlena* value = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
    auto* page = static_cast<PageView*>(palloc(sizeof(PageView)));
    CallCore([page, value] { new (page) PageView(ReadPage(value)); });
    first->user_fctx = page;
    first->max_calls = page->people();
    MemoryContextSwitchTo(before);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  if (call->call_cntr >= call->max_calls) SRF_RETURN_DONE(call);
  const auto* page = static_cast<const PageView*>(call->user_fctx);
  uint32 person = 0;
  const varlena* timeline = CallCore([page, call, &person] {
    const PagePerson found = page->At(call->call_cntr);
    person = found.person;
    return NewTimelineOf(found);
  });
  Datum values[2] = {UInt32GetDatum(person), PointerGetDatum(timeline)};
  bool nulls[2] = {};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

CDP_FUNCTION(cdp_timeline_pages) {
  const int32 bytes = PG_GETARG_INT32(1);
  if (SRF_IS_FIRSTCALL()) {
    if (bytes < 1) {
      ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                      errmsg("size of a page must be positive")));
    }
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    first->user_fctx = OpenImages(fcinfo, first, [](const varlena* value) {
      return UserImages(value, JudgePerson, [](int64 uid) { return static_cast<uint32>(uid); });
    });
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* images = static_cast<UserImages*>(call->user_fctx);
  if (images->done()) SRF_RETURN_DONE(call);
  const varlena* page = CallCore([images, bytes] {
    return images->NextPage([bytes](const auto&, const timeline::PageMeasure& measure) {
      return measure.size() <= static_cast<std::size_t>(bytes);
    });
  });
  SRF_RETURN_NEXT(call, PointerGetDatum(page));
}

CDP_FUNCTION(cdp_timeline_pages_by) {
  const int32 bits = PG_GETARG_INT32(1);
  if (SRF_IS_FIRSTCALL()) {
    if (bits < 0 || bits > 32) {
      ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                      errmsg("number of bits must be between 0 and 32")));
    }
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext before = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->tuple_desc = RowShape(fcinfo);
    MemoryContextSwitchTo(before);
    first->user_fctx = OpenImages(fcinfo, first, [](const varlena* value) {
      return UserImages(
          value, [](int64) {}, [](int64 uid) { return uid; });
    });
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* images = static_cast<UserImages*>(call->user_fctx);
  if (images->done()) SRF_RETURN_DONE(call);
  const int64 slot = images->next().uid >> bits;
  const varlena* page = CallCore([images, bits, slot] {
    return images->NextPage([bits, slot](const auto& image, const timeline::PageMeasure&) {
      return image.uid >> bits == slot;
    });
  });
  Datum values[2] = {Int64GetDatum(slot), PointerGetDatum(page)};
  bool nulls[2] = {};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

}  // namespace cdp::pg
