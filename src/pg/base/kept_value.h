/// Values stored out of line that a call site is asked about again and again.
///
/// To look something up in a large value costs far less than to fetch it. A call site, the
/// expression that calls a function, therefore keeps what it fetched: the value that came last in
/// each argument, in room that is used again, and others that came more than once, all of them
/// together under a bound, which is that of a hash table but never more than 48 MB. What came once
/// is not kept, and where a piece of it is enough no more is fetched: a scan over many values
/// copies none of them.
///
/// A stored value is known by its TOAST pointer. The server may give a pointer to another value
/// once nobody can see the old one, so what is kept is forgotten when the query's snapshot is not
/// the same any more. Call sites of the session's caches, which would keep it for ever, keep
/// nothing.
#pragma once

#include "pg/base/stored_value.h"

namespace cdp::pg {

/// How much of a value a question takes.
enum class Need {
  kFront,   ///< what stands at its beginning, if need be some more
  kPieces,  ///< that, and a few pieces of the rest
  kWhole,
};

/// What a caller may know of a value as long as the call site has it.
struct KeptNotes {
  std::uint32_t uses;  ///< calls that found the value there
  void* notes;         ///< what they worked out about it: a block of NotesRoom, or null
};

/// An argument stored out of line. All of it lives until the call site is called again.
struct StoredArgument {
  StoredValue stored;
  std::span<const std::byte> bytes;  ///< of its beginning
  bool whole;                        ///< whether they are all; if not, it is not compressed
  KeptNotes* kept;                   ///< null where nothing is kept
};

/// Whether a value that begins with `front` is cheaper read by pieces than as a whole.
using PiecesPay = bool (*)(const StoredValue& stored, std::span<const std::byte> front);

/// What is known of argument `n`: of its bytes all, or with another need than kWhole the front at
/// least; all of one for which pieces do not pay. False when the value is not stored out of line,
/// or is too large to fetch into room of the call site; then it is read as any other. Of several
/// arguments the first comes first. May longjmp: for the first act.
bool ReadStored(FunctionCallInfo fcinfo, int n, Need need, StoredArgument* argument,
                PiecesPay pay = nullptr);

/// True the first time a call site asks: for what has to be checked once.
bool IsFirstCall(FunctionCallInfo fcinfo);

/// A block for the notes `kept` of a value that a call site has; it counts as part of the value,
/// and is freed with it. May longjmp.
void* NotesRoom(FunctionCallInfo fcinfo, const KeptNotes* kept, std::size_t size);

}  // namespace cdp::pg
