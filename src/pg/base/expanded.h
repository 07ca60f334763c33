/// Expanded objects: a core object in memory that flattens into its SQL type's bytes on demand.
///
/// Aggregates switch to one when a group's flat state has grown past kExpandAbove bytes; small
/// groups stay flat, for every expanded object is a memory context.
#pragma once

#include "pg/base/datum.h"

namespace cdp::pg {

inline constexpr std::size_t kExpandAbove = 8192;

/// T: constructed from a std::pmr::memory_resource* first; `std::size_t FlatSize()` gives the
/// payload's bytes, `void FlattenInto(std::byte*)` writes exactly that many. Both may normalise
/// the object, not change what it means. T's destructor never runs: it owns nothing but memory
/// of the resource.
template <class T>
class Expanded {
 public:
  /// A new object in a context of its own below `parent`, for use inside CallCore. The executor
  /// keeps it without a copy when `parent` is the aggregate's context.
  template <class... Args>
  static Expanded* New(MemoryContext parent, Args&&... args) {
    MemoryContext own = CallServer([parent] {
      return AllocSetContextCreate(parent, "pg_cdp expanded value", ALLOCSET_SMALL_SIZES);
    });
    // When the constructor throws, the context stays until its parent goes: a server error on its
    // way out may lie in it.
    return new (AllocateIn(own, sizeof(Expanded))) Expanded(own, std::forward<Args>(args)...);
  }

  /// The object behind a Datum; null when the Datum is a flat value or somebody else's object.
  static Expanded* From(Datum datum) {
    if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum))) return nullptr;
    ExpandedObjectHeader* header = DatumGetEOHP(datum);
    return header->eoh_methods == &kMethods ? reinterpret_cast<Expanded*>(header) : nullptr;
  }

  /// The same when the Datum is one through which the object may be changed, else null.
  static Expanded* Writable(Datum datum) {
    return VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)) ? From(datum) : nullptr;
  }

  /// The Datum through which the aggregate may go on changing the object.
  Datum ReadWrite() { return EOHPGetRWDatum(&header_); }
  /// A Datum in the current context through which nobody may change the object, which has to
  /// outlive it: what a final function returns without flattening. May longjmp.
  Datum ReadOnly() {
    void* pointer = palloc(EXPANDED_POINTER_SIZE);
    std::memcpy(pointer, header_.eoh_ro_ptr, EXPANDED_POINTER_SIZE);
    return PointerGetDatum(pointer);
  }
  MemoryContext context() const { return memory_.context(); }
  T& value() { return value_; }

 private:
  template <class... Args>
  explicit Expanded(MemoryContext own, Args&&... args)
      : memory_(own), value_(&memory_, std::forward<Args>(args)...) {
    EOH_init_header(&header_, &kMethods, own);
  }

  // The server flattens with its target current, which may be a context without single frees (the
  // bump context of sorts, since 17): what the object needs meanwhile is its own.
  static Size GetFlatSize(ExpandedObjectHeader* header) {
    auto* self = reinterpret_cast<Expanded*>(header);
    const std::size_t payload = CallCore([self] {
      const ContextScope own(self->context());
      return self->value_.FlatSize();
    });
    if (payload > MaxAllocSize - VARHDRSZ) {
      ereport(ERROR,
              (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("result is too large"),
               errdetail("A value holds at most 1 GB; this one would take %zu bytes.", payload)));
    }
    return payload + VARHDRSZ;
  }

  static void FlattenInto(ExpandedObjectHeader* header, void* result, Size allocated) {
    auto* self = reinterpret_cast<Expanded*>(header);
    SET_VARSIZE(result, allocated);
    CallCore([self, result] {
      const ContextScope own(self->context());
      self->value_.FlattenInto(reinterpret_cast<std::byte*>(VARDATA(result)));
    });
  }

  static constexpr ExpandedObjectMethods kMethods = {GetFlatSize, FlattenInto};

  ExpandedObjectHeader header_;  // first: the server knows the object by it
  ContextResource memory_;
  T value_;
};

}  // namespace cdp::pg
