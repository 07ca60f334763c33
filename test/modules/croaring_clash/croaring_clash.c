/*
 * Another extension of bitmaps. It defines the setting that pg_roaringbitmap defines: who defines it
 * a second time cannot be loaded.
 *
 * And it brings another CRoaring, of another version: the names are the library's, what they do is
 * not. Each call is counted and gives nonsense; one that is called by our extension would make a
 * wrong answer or a crash, and show in the count.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

#define EXPORT __attribute__((visibility("default"), noinline))

static int64 calls = 0;

/* Not prototyped by any header of ours: the library's own would hide a difference. */
#define IMPOSTOR(name)                                                                             \
	EXPORT void *name(void);                                                                       \
	EXPORT void *                                                                                  \
	name(void)                                                                                     \
	{                                                                                              \
		calls++;                                                                                   \
		return (void *) 0x10;                                                                      \
	}

IMPOSTOR(roaring_malloc)
IMPOSTOR(roaring_realloc)
IMPOSTOR(roaring_calloc)
IMPOSTOR(roaring_free)
IMPOSTOR(roaring_aligned_malloc)
IMPOSTOR(roaring_aligned_free)
IMPOSTOR(roaring_init_memory_hook)
IMPOSTOR(roaring_bitmap_create_with_capacity)
IMPOSTOR(roaring_bitmap_init_with_capacity)
IMPOSTOR(roaring_bitmap_of_ptr)
IMPOSTOR(roaring_bitmap_copy)
IMPOSTOR(roaring_bitmap_free)
IMPOSTOR(roaring_bitmap_clear)
IMPOSTOR(roaring_bitmap_add)
IMPOSTOR(roaring_bitmap_add_many)
IMPOSTOR(roaring_bitmap_add_bulk)
IMPOSTOR(roaring_bitmap_remove)
IMPOSTOR(roaring_bitmap_contains)
IMPOSTOR(roaring_bitmap_is_empty)
IMPOSTOR(roaring_bitmap_get_cardinality)
IMPOSTOR(roaring_bitmap_and)
IMPOSTOR(roaring_bitmap_or)
IMPOSTOR(roaring_bitmap_xor)
IMPOSTOR(roaring_bitmap_andnot)
IMPOSTOR(roaring_bitmap_and_inplace)
IMPOSTOR(roaring_bitmap_or_inplace)
IMPOSTOR(roaring_bitmap_xor_inplace)
IMPOSTOR(roaring_bitmap_andnot_inplace)
IMPOSTOR(roaring_bitmap_portable_size_in_bytes)
IMPOSTOR(roaring_bitmap_portable_serialize)
IMPOSTOR(roaring_bitmap_portable_deserialize)
IMPOSTOR(roaring_bitmap_portable_deserialize_safe)
IMPOSTOR(roaring_bitmap_internal_validate)
IMPOSTOR(array_container_create)
IMPOSTOR(array_container_union)
IMPOSTOR(bitset_container_create)
IMPOSTOR(run_container_create)
IMPOSTOR(ra_init)
IMPOSTOR(ra_clear)
IMPOSTOR(ra_append)
IMPOSTOR(ra_portable_deserialize)
IMPOSTOR(croaring_hardware_support)

PG_FUNCTION_INFO_V1(clash_calls);
PG_FUNCTION_INFO_V1(clash_provoke);

EXPORT Datum clash_calls(PG_FUNCTION_ARGS);
EXPORT Datum clash_provoke(PG_FUNCTION_ARGS);

/* Calls by anybody but clash_provoke. */
Datum
clash_calls(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(calls);
}

/* Calls two of the functions by name, as another module would, and says how many were reached. */
Datum
clash_provoke(PG_FUNCTION_ARGS)
{
	int64		before = calls;
	int64		reached;

	roaring_bitmap_or();
	ra_clear();
	reached = calls - before;
	calls = before;
	PG_RETURN_INT64(reached);
}

static const struct config_enum_entry forms[] = {{"array", 0, false}, {"bytea", 1, false}, {NULL, 0, false}};
static int form = 1;

EXPORT void _PG_init(void);
void
_PG_init(void)
{
	DefineCustomEnumVariable("roaringbitmap.output_format", "Sets the output format of their values.", NULL,
							 &form, 1, forms, PGC_USERSET, 0, NULL, NULL, NULL);
}
