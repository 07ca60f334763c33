#include "pg/base/kept_value.h"

#include "core/base/recall.h"
#include "pg/base/query_stamp.h"

extern "C" {
#include "access/detoast.h"
#include "executor/nodeHash.h"
}

namespace cdp::pg {
namespace {

// What a call site takes at most, as a hash table may; and how many keys it remembers besides.
constexpr std::size_t kMaxTaken = 48 << 20;
constexpr std::size_t kMaxRemembered = 8192;
std::size_t Allowance() { return std::min<std::size_t>(kMaxTaken, get_hash_memory_limit()); }
// Two thirds of it are for what it keeps, the rest for the rooms of the arguments. A value larger
// than a room may be is not held while it comes once.
constexpr std::size_t KeptOf(std::size_t allowance) { return allowance / 3 * 2; }
constexpr std::size_t RoomOf(std::size_t allowance, std::size_t arguments) {
  return allowance / 3 / std::max<std::size_t>(arguments, 2);
}
// As cheap to fetch whole as by two pieces.
constexpr std::size_t kSmall = 8000;
// A value is kept when it is requested for so many times: memory for it costs as much again as to
// fetch it. Of a value read by pieces, so many bytes cost about as much as one more question.
constexpr std::size_t kWorthKeeping = 2;
constexpr std::size_t kBytesPerQuestion = 64 << 10;

// A kept value: its bytes come behind it.
struct Block {
  KeptNotes notes;
  Recall::Item* item;
  std::size_t size;

  varlena* value() { return reinterpret_cast<varlena*>(this + 1); }
  std::span<const std::byte> bytes() { return {PayloadOf(value()), size}; }
};
static_assert(sizeof(Block) % MAXIMUM_ALIGNOF == 0, "a value is aligned");

// The value that came last in an argument: in the argument's own room, or in a kept block.
struct Slot {
  std::uint64_t key;  // 0 when there is none
  std::uint32_t size;
  std::span<const std::byte> bytes;
  Block* block;
  KeptNotes notes;  // of a value in the room
  varlena* room;
  std::size_t capacity;

  void Forget() {
    if (notes.notes != nullptr) pfree(notes.notes);
    notes = {};
    key = 0;
    bytes = {};
    block = nullptr;
  }
};

struct CallSite {
  CallSite(MemoryContext context, std::span<Slot> slots)
      : allowance(Allowance()),
        slots(slots),
        memory(context),
        recall(&memory, KeptOf(allowance), kMaxRemembered) {
    std::fill(slots.begin(), slots.end(), Slot{});
  }

  // Everything lies in the one context, the insides of `recall` too.
  void Forget() {
    std::fill(slots.begin(), slots.end(), Slot{});
    unfinished = nullptr;
    MemoryContextReset(memory.context());
    new (&recall) Recall(&memory, KeptOf(allowance), kMaxRemembered);
  }

  std::size_t allowance;
  QueryStamp stamp = {};
  std::span<Slot> slots;        // by argument
  Block* unfinished = nullptr;  // an error came while its value was fetched
  ContextResource memory;
  Recall recall;
};

// What fn_extra holds.
struct Extra {
  CallSite* site;  // null where nothing may be kept
  bool was_asked;  // by IsFirstCall
};

// Contexts of the session's caches live as long as the session.
bool EndsWithAQuery(MemoryContext context) {
  if (context == TopMemoryContext) return false;
  for (; context != nullptr; context = MemoryContextGetParent(context)) {
    if (context == CacheMemoryContext) return false;
  }
  return true;
}

CallSite* NewSite(MemoryContext parent, std::size_t arguments) {
  MemoryContext own =
      AllocSetContextCreate(parent, "pg_cdp kept values", ALLOCSET_START_SMALL_SIZES);
  auto* slots = static_cast<Slot*>(MemoryContextAlloc(parent, arguments * sizeof(Slot)));
  return CallCore([=] {
    return new (AllocateIn(parent, sizeof(CallSite))) CallSite(own, {slots, arguments});
  });
}

Extra* ExtraOf(FunctionCallInfo fcinfo) {
  FmgrInfo* function = fcinfo->flinfo;
  auto* extra = static_cast<Extra*>(function->fn_extra);
  if (extra == nullptr) {
    extra = static_cast<Extra*>(MemoryContextAllocZero(function->fn_mcxt, sizeof(Extra)));
    if (EndsWithAQuery(function->fn_mcxt)) {
      extra->site = NewSite(function->fn_mcxt, static_cast<std::size_t>(fcinfo->nargs));
    }
    function->fn_extra = extra;
  }
  return extra;
}

CallSite* SiteOf(FunctionCallInfo fcinfo) {
  if (fcinfo->flinfo == nullptr) return nullptr;
  CallSite* site = ExtraOf(fcinfo)->site;
  QueryStamp now;
  if (site == nullptr || !StampOfNow(&now)) return nullptr;
  if (!(site->stamp == now)) {
    site->Forget();
    site->stamp = now;
  }
  return site;
}

// Writes the first `size` bytes of the value that a TOAST pointer names behind the header of `to`.
void Fetch(varlena* pointer, const StoredValue& stored, std::size_t size, varlena* to) {
  if (!stored.compressed()) return FetchStored(stored, 0, size, to);
  varlena* plain = detoast_attr(pointer);
  std::memcpy(VARDATA(to), VARDATA(plain), size);
  pfree(plain);
}

void FreeBlock(CallSite* site, Block* block) {
  for (Slot& slot : site->slots) {
    if (slot.block == block) slot.Forget();
  }
  if (block->notes.notes != nullptr) pfree(block->notes.notes);
  pfree(block);
}

void Refer(Slot* slot, const StoredValue& stored, Block* block) {
  slot->Forget();
  slot->key = stored.key();
  slot->size = stored.size;
  slot->bytes = block->bytes();
  slot->block = block;
}

// What slots and blocks have to say of the value.
void Tell(Slot* slot, const StoredValue& stored, StoredArgument* argument) {
  KeptNotes* kept = slot->block != nullptr ? &slot->block->notes : &slot->notes;
  *argument = {stored, slot->bytes, slot->bytes.size() == stored.size, kept};
}

// Keeps `size` bytes of the item's value in a block, if it may.
bool Keep(CallSite* site, Slot* slot, Recall::Item* item, varlena* pointer,
          const StoredValue& stored, std::size_t size) {
  const bool is_room = CallCore([=] {
    // What arguments before this one have got is in use until the call ends.
    const auto in_use = [site, slot](const Recall::Item& cold) {
      return std::any_of(site->slots.data(), slot,
                         [&cold](const Slot& earlier) { return earlier.block == cold.value; });
    };
    return site->recall.MakeRoom(*item, size, in_use, [site](const Recall::Item& cold) {
      FreeBlock(site, static_cast<Block*>(cold.value));
    });
  });
  if (!is_room) return false;
  if (site->unfinished != nullptr) pfree(std::exchange(site->unfinished, nullptr));
  auto* block = static_cast<Block*>(
      MemoryContextAlloc(site->memory.context(), sizeof(Block) + VARHDRSZ + size));
  site->unfinished = block;
  *block = {{}, item, size};
  SET_VARSIZE(block->value(), VARHDRSZ + size);
  if (slot->key == stored.key() && slot->bytes.size() >= size) {
    std::memcpy(PayloadOf(block->value()), slot->bytes.data(), size);
    std::swap(block->notes, slot->notes);
  } else {
    Fetch(pointer, stored, size, block->value());
  }
  site->unfinished = nullptr;
  CallCore([=] { site->recall.Hold(item, size, block); });
  Refer(slot, stored, block);
  return true;
}

// Fetches `size` bytes into the argument's own room.
void Renew(CallSite* site, Slot* slot, varlena* pointer, const StoredValue& stored,
           std::size_t size) {
  slot->Forget();
  if (slot->capacity < size) {
    if (slot->room != nullptr) pfree(slot->room);
    slot->room = nullptr;
    slot->capacity = 0;
    const std::size_t capacity = std::bit_ceil(size);
    slot->room =
        static_cast<varlena*>(MemoryContextAlloc(site->memory.context(), VARHDRSZ + capacity));
    slot->capacity = capacity;
  }
  Fetch(pointer, stored, size, slot->room);
  SET_VARSIZE(slot->room, VARHDRSZ + size);
  slot->key = stored.key();
  slot->size = stored.size;
  slot->bytes = {PayloadOf(slot->room), size};
}

// The slot of argument `n`. Of the first two, each may find the value in the other one: what was
// one argument often comes as the other next. Argument 0 is read first, so what the other slot
// holds is free by then; argument 1 shares what argument 0 has this time.
Slot* SlotFor(CallSite* site, std::size_t n, const StoredValue& stored) {
  Slot* slot = &site->slots[n];
  if (n > 1 || site->slots.size() < 2) return slot;
  Slot* other = &site->slots[1 - n];
  if (slot->key == stored.key() || other->key != stored.key()) return slot;
  if (n == 1) return other->bytes.size() == stored.size ? other : slot;
  std::swap(*slot, *other);
  return slot;
}

// Without a call site: the front, for a question that takes no more.
bool ReadFront(const StoredValue& stored, std::size_t front, StoredArgument* argument) {
  auto* room = static_cast<varlena*>(palloc(VARHDRSZ + front));
  FetchStored(stored, 0, front, room);
  *argument = {stored, {PayloadOf(room), front}, false, nullptr};
  return true;
}

}  // namespace

bool ReadStored(FunctionCallInfo fcinfo, int n, Need need, StoredArgument* argument,
                PiecesPay pay) {
  auto* pointer = reinterpret_cast<varlena*>(PG_GETARG_POINTER(n));
  StoredValue stored;
  if (!DescribeStored(pointer, &stored)) return false;
  const bool by_pieces = need != Need::kWhole && !stored.compressed() && stored.size > kSmall;
  std::size_t front = by_pieces ? StoredRowBytes() : stored.size;
  CallSite* site = SiteOf(fcinfo);
  if (site == nullptr) {
    return by_pieces && ReadFront(stored, front, argument) &&
           (pay == nullptr || pay(stored, argument->bytes));
  }

  Slot* slot = SlotFor(site, static_cast<std::size_t>(n), stored);
  const bool is_last = slot->key == stored.key() && slot->size == stored.size;
  if (is_last && (slot->bytes.size() == stored.size || need == Need::kFront)) {
    if (slot->block != nullptr) CallCore([=] { site->recall.Touch(slot->block->item); });
    Tell(slot, stored, argument);
    ++argument->kept->uses;
    return true;
  }
  const std::uint64_t key = stored.key();
  Recall::Item* item = CallCore([=] { return site->recall.Request(key); });
  if (auto* block = static_cast<Block*>(item->value); block != nullptr) {
    Refer(slot, stored, block);
    Tell(slot, stored, argument);
    ++argument->kept->uses;
    return true;
  }
  if (by_pieces && pay != nullptr) {
    if (!is_last) Renew(site, slot, pointer, stored, front);
    if (!pay(stored, slot->bytes)) front = stored.size;
  }
  const std::size_t keep = need == Need::kPieces ? stored.size : front;
  const std::size_t worth = kWorthKeeping + (keep > front ? stored.size / kBytesPerQuestion : 0);
  if (item->requests < worth || !Keep(site, slot, item, pointer, stored, keep)) {
    if (std::bit_ceil(front) > RoomOf(site->allowance, site->slots.size())) return false;
    const bool is_there = slot->key == key && slot->bytes.size() >= front;
    if (!is_there) Renew(site, slot, pointer, stored, front);
  }
  Tell(slot, stored, argument);
  return true;
}

bool IsFirstCall(FunctionCallInfo fcinfo) {
  if (fcinfo->flinfo == nullptr) return true;
  return !std::exchange(ExtraOf(fcinfo)->was_asked, true);
}

void* NotesRoom(FunctionCallInfo fcinfo, const KeptNotes* kept, std::size_t size) {
  CallSite* site = static_cast<Extra*>(fcinfo->flinfo->fn_extra)->site;
  for (const Slot& slot : site->slots) {
    if (slot.block == nullptr || &slot.block->notes != kept) continue;
    CallCore([&] { site->recall.Grow(slot.block->item, size); });
    break;
  }
  return MemoryContextAllocHuge(site->memory.context(), size);
}

}  // namespace cdp::pg
