--| ## Ranges and positions
--| A range goes from `range_start` up to, not including, `range_end`, in unsigned order: from 0 to
--| 4294967296 at most; what lies outside counts as the end it lies beyond.

CREATE FUNCTION cdp.rb_fill(bitmap cdp.roaringbitmap, range_start int8, range_end int8) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_fill' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.rb_fill(bitmap cdp.roaringbitmap, range_start int8, range_end int8) IS 'the set with all values of the range added';

CREATE FUNCTION cdp.rb_clear(bitmap cdp.roaringbitmap, range_start int8, range_end int8) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_clear' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.rb_clear(bitmap cdp.roaringbitmap, range_start int8, range_end int8) IS 'the set without the values of the range';

CREATE FUNCTION cdp.rb_flip(bitmap cdp.roaringbitmap, range_start int8, range_end int8) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_flip' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.rb_flip(bitmap cdp.roaringbitmap, range_start int8, range_end int8) IS 'the set with the values of the range that it has not, and without those it has';

CREATE FUNCTION cdp.rb_range(bitmap cdp.roaringbitmap, range_start int8, range_end int8) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_range' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.rb_range(bitmap cdp.roaringbitmap, range_start int8, range_end int8) IS 'the values inside the range';

CREATE FUNCTION cdp.rb_range_cardinality(bitmap cdp.roaringbitmap, range_start int8, range_end int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_range_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rb_range_cardinality(bitmap cdp.roaringbitmap, range_start int8, range_end int8) IS 'how many values are inside the range';

CREATE FUNCTION cdp.rb_select(bitmap cdp.roaringbitmap, bitset_limit int8, bitset_offset int8 DEFAULT 0,
        reverse bool DEFAULT false, range_start int8 DEFAULT 0, range_end int8 DEFAULT 4294967296) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_select' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 150;
COMMENT ON FUNCTION cdp.rb_select(bitmap cdp.roaringbitmap, bitset_limit int8, bitset_offset int8, reverse bool, range_start int8, range_end int8) IS 'a page of the values inside the range: skips the offset, takes the limit; reverse counts from the greatest';

CREATE FUNCTION cdp.rb_rank(bitmap cdp.roaringbitmap, value int4) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_rank' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rb_rank(bitmap cdp.roaringbitmap, value int4) IS 'how many values are not greater than the given one';

CREATE FUNCTION cdp.rb_index(bitmap cdp.roaringbitmap, value int4) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_index' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rb_index(bitmap cdp.roaringbitmap, value int4) IS 'the position of the value, from 0; -1 if it is not in the set';

CREATE FUNCTION cdp.rb_shiftright(bitmap cdp.roaringbitmap, distance int8) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_shiftright' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp.rb_shiftright(bitmap cdp.roaringbitmap, distance int8) IS 'every value greater by the distance; those that leave the range of values are dropped';

CREATE FUNCTION cdp.rb_shiftleft(bitmap cdp.roaringbitmap, distance int8) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_shiftleft' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp.rb_shiftleft(bitmap cdp.roaringbitmap, distance int8) IS 'every value smaller by the distance; those that leave the range of values are dropped';

CREATE FUNCTION cdp.rb_runoptimize(bitmap cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_runoptimize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb_runoptimize(bitmap cdp.roaringbitmap) IS 'the same set, stored as runs of values wherever that is smaller';

CREATE OPERATOR cdp.>> (FUNCTION = cdp.rb_shiftright, LEFTARG = cdp.roaringbitmap, RIGHTARG = int8);
COMMENT ON OPERATOR cdp.>> (cdp.roaringbitmap, int8) IS 'every value greater by the distance';

CREATE OPERATOR cdp.<< (FUNCTION = cdp.rb_shiftleft, LEFTARG = cdp.roaringbitmap, RIGHTARG = int8);
COMMENT ON OPERATOR cdp.<< (cdp.roaringbitmap, int8) IS 'every value smaller by the distance';

--| ## Chunks
--| Large sets are kept in chunks by the high bits of the value, so that a change rewrites a part only.

CREATE FUNCTION cdp.rb_chunks(bitmap cdp.roaringbitmap, bits int4) RETURNS TABLE (chunk int4, members cdp.roaringbitmap)
    AS 'MODULE_PATHNAME', 'cdp_rb_chunks' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 32;
COMMENT ON FUNCTION cdp.rb_chunks(bitmap cdp.roaringbitmap, bits int4) IS 'the set in chunks of 2^bits values each, those that are not empty; chunk is value >> bits. rb_or_agg(members) puts them together again';
