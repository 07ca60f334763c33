/// C++ memory that lives in PostgreSQL's memory contexts: counted by work_mem, freed on error.
#pragma once

#include "pg/base/pg.h"

namespace cdp::pg {

/// Allocates in a context without ever jumping: throws std::bad_alloc when the size is beyond the
/// server's limit or memory is exhausted.
void* AllocateIn(MemoryContext context, std::size_t size);

/// The same with the start at a multiple of `alignment` (a power of two, at most 4096). Only
/// FreeAligned may free it.
void* AllocateAlignedIn(MemoryContext context, std::size_t size, std::size_t alignment);
void FreeAligned(void* block);

/// Grows or shrinks a block of AllocateIn, or allocates one in `context` when `block` is null.
void* Reallocate(MemoryContext context, void* block, std::size_t size);

/// A memory resource over a context, for std::pmr containers of the core. A container never needs
/// its destructor: the context's end frees everything.
class ContextResource final : public std::pmr::memory_resource {
 public:
  explicit ContextResource(MemoryContext context) : context_(context) {}
  MemoryContext context() const { return context_; }

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override;

  MemoryContext context_;
};

/// Makes a context current for a scope of C++ code.
class ContextScope {
 public:
  explicit ContextScope(MemoryContext context) : before_(MemoryContextSwitchTo(context)) {}
  ~ContextScope() { MemoryContextSwitchTo(before_); }
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  MemoryContext before_;
};

/// An empty context of the call site's own, made at its first call; null for a call without one. It
/// is all that the call site may keep. May longjmp: for the first act.
MemoryContext ScratchOf(FunctionCallInfo fcinfo);

/// What `answer()` says, a number, without anything left of what it allocated: for functions that a
/// sort or an index calls ever so often in one context. May longjmp where `answer` may.
template <class Answer>
auto AnswerInScratch(FunctionCallInfo fcinfo, Answer answer) {
  const MemoryContext scratch = ScratchOf(fcinfo);
  if (scratch == nullptr) return answer();
  const MemoryContext before = MemoryContextSwitchTo(scratch);
  const auto result = answer();
  MemoryContextSwitchTo(before);
  MemoryContextReset(scratch);
  return result;
}

}  // namespace cdp::pg
