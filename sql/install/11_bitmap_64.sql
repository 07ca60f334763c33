--| # Bitmaps of 64 bits
--| `roaringbitmap64` is a set of int8 values taken as unsigned 64-bit numbers. Functions and operators
--| are those of `roaringbitmap` with the prefix `rb64_`.

CREATE TYPE cdp.roaringbitmap64;

CREATE FUNCTION cdp.roaringbitmap64_in(literal cstring) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_roaringbitmap64_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.roaringbitmap64_in(cstring) IS 'reads {1,2,-1} or the hexadecimal form of portable bytes';

-- Stable: the form depends on a setting.
CREATE FUNCTION cdp.roaringbitmap64_out(bitmap cdp.roaringbitmap64) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_roaringbitmap64_out' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.roaringbitmap64_out(cdp.roaringbitmap64) IS 'writes the form that the setting cdp.bitmap_output chooses';

CREATE FUNCTION cdp.roaringbitmap64_recv(message internal) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_roaringbitmap64_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.roaringbitmap64_recv(internal) IS 'reads the binary form, portable bytes, and checks all of it';

CREATE FUNCTION cdp.roaringbitmap64_send(bitmap cdp.roaringbitmap64) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_roaringbitmap64_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.roaringbitmap64_send(cdp.roaringbitmap64) IS 'writes the binary form, portable bytes';

CREATE TYPE cdp.roaringbitmap64 (
    INPUT = cdp.roaringbitmap64_in,
    OUTPUT = cdp.roaringbitmap64_out,
    RECEIVE = cdp.roaringbitmap64_recv,
    SEND = cdp.roaringbitmap64_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);
COMMENT ON TYPE cdp.roaringbitmap64 IS 'set of int8 values taken as unsigned, compressed; its bytes are the portable 64-bit Roaring format';

CREATE FUNCTION cdp.roaringbitmap64(bytes bytea) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_roaringbitmap64' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.roaringbitmap64(bytea) IS 'the bitmap of portable 64-bit Roaring bytes from any origin; checks all of them';

CREATE CAST (bytea AS cdp.roaringbitmap64) WITH FUNCTION cdp.roaringbitmap64(bytea);
COMMENT ON CAST (bytea AS cdp.roaringbitmap64) IS 'from portable 64-bit Roaring bytes, checked';
CREATE CAST (cdp.roaringbitmap64 AS bytea) WITHOUT FUNCTION;
COMMENT ON CAST (cdp.roaringbitmap64 AS bytea) IS 'the portable Roaring bytes as they are stored';

--| ## To and from 32 bits, arrays and rows

CREATE FUNCTION cdp.rb64_from_roaringbitmap(bitmap cdp.roaringbitmap) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_from_roaringbitmap' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_from_roaringbitmap(cdp.roaringbitmap) IS 'the same integers as int8: -1 stays -1';

CREATE FUNCTION cdp.rb64_to_roaringbitmap(bitmap cdp.roaringbitmap64) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb64_to_roaringbitmap' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_to_roaringbitmap(cdp.roaringbitmap64) IS 'the same integers as int4; an error if one is out of its range';

CREATE CAST (cdp.roaringbitmap AS cdp.roaringbitmap64) WITH FUNCTION cdp.rb64_from_roaringbitmap(cdp.roaringbitmap);
COMMENT ON CAST (cdp.roaringbitmap AS cdp.roaringbitmap64) IS 'the same integers as int8';
CREATE CAST (cdp.roaringbitmap64 AS cdp.roaringbitmap) WITH FUNCTION cdp.rb64_to_roaringbitmap(cdp.roaringbitmap64);
COMMENT ON CAST (cdp.roaringbitmap64 AS cdp.roaringbitmap) IS 'the same integers as int4, if all are in its range';

CREATE FUNCTION cdp.rb64_build(elements int8[]) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_build' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_build(int8[]) IS 'the set of the elements; none may be null';

CREATE FUNCTION cdp.rb64_to_array(bitmap cdp.roaringbitmap64) RETURNS int8[]
    AS 'MODULE_PATHNAME', 'cdp_rb64_to_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb64_to_array(cdp.roaringbitmap64) IS 'the values as an array in unsigned order';

CREATE CAST (int8[] AS cdp.roaringbitmap64) WITH FUNCTION cdp.rb64_build(int8[]);
COMMENT ON CAST (int8[] AS cdp.roaringbitmap64) IS 'the set of the elements';
CREATE CAST (cdp.roaringbitmap64 AS int8[]) WITH FUNCTION cdp.rb64_to_array(cdp.roaringbitmap64);
COMMENT ON CAST (cdp.roaringbitmap64 AS int8[]) IS 'the values in unsigned order';

-- The planner puts the body in place of a call in FROM, which spares a tuplestore of the values; in a
-- select list the support function does so. It cannot be STRICT for that; the inner one is.
CREATE FUNCTION cdp._rb64_iterate(bitmap cdp.roaringbitmap64) RETURNS SETOF int8
    AS 'MODULE_PATHNAME', 'cdp__rb64_iterate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 1000;
COMMENT ON FUNCTION cdp._rb64_iterate(bitmap cdp.roaringbitmap64) IS 'what rb64_iterate calls';
CREATE FUNCTION cdp.rb64_iterate(bitmap cdp.roaringbitmap64) RETURNS SETOF int8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10 ROWS 1000
    BEGIN ATOMIC SELECT cdp._rb64_iterate(bitmap); END;
COMMENT ON FUNCTION cdp.rb64_iterate(cdp.roaringbitmap64) IS 'the values as rows in unsigned order';

--| ## Set operations

CREATE FUNCTION cdp.rb64_and(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_and' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb64_and(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'the values in both';

CREATE FUNCTION cdp.rb64_or(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_or' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb64_or(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'the values in either';

CREATE FUNCTION cdp.rb64_xor(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_xor' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb64_xor(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'the values in exactly one';

CREATE FUNCTION cdp.rb64_andnot(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_andnot' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb64_andnot(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'the values in the first but not in the second';

CREATE FUNCTION cdp.rb64_add(bitmap cdp.roaringbitmap64, value int8) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb64_add(cdp.roaringbitmap64, int8) IS 'the set with the value added';

CREATE FUNCTION cdp.rb64_add(value int8, bitmap cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_add_to' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb64_add(int8, cdp.roaringbitmap64) IS 'the set with the value added';

CREATE FUNCTION cdp.rb64_remove(bitmap cdp.roaringbitmap64, value int8) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_remove' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb64_remove(cdp.roaringbitmap64, int8) IS 'the set without the value';

CREATE FUNCTION cdp.rb64_runoptimize(bitmap cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_runoptimize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb64_runoptimize(cdp.roaringbitmap64) IS 'the same set, stored in runs where that is shorter';

--| ## Ranges
--| A range goes from `range_start` to below `range_end`, both taken as unsigned; an end of 0 is beyond the
--| greatest value.

CREATE FUNCTION cdp.rb64_fill(bitmap cdp.roaringbitmap64, range_start int8, range_end int8) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_fill' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.rb64_fill(cdp.roaringbitmap64, int8, int8) IS 'the set with all values of the range added';

CREATE FUNCTION cdp.rb64_clear(bitmap cdp.roaringbitmap64, range_start int8, range_end int8) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_clear' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.rb64_clear(cdp.roaringbitmap64, int8, int8) IS 'the set without the values of the range';

CREATE FUNCTION cdp.rb64_flip(bitmap cdp.roaringbitmap64, range_start int8, range_end int8) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_flip' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.rb64_flip(cdp.roaringbitmap64, int8, int8) IS 'the set with the values of the range turned: those in it leave, the others enter';

CREATE FUNCTION cdp.rb64_range(bitmap cdp.roaringbitmap64, range_start int8, range_end int8) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_range' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.rb64_range(cdp.roaringbitmap64, int8, int8) IS 'the values of the set inside the range';

CREATE FUNCTION cdp.rb64_range_cardinality(bitmap cdp.roaringbitmap64, range_start int8, range_end int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_range_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rb64_range_cardinality(cdp.roaringbitmap64, int8, int8) IS 'how many values of the set are inside the range';

CREATE FUNCTION cdp.rb64_select(bitmap cdp.roaringbitmap64, bitset_limit int8, bitset_offset int8 DEFAULT 0, reverse bool DEFAULT false, range_start int8 DEFAULT 0, range_end int8 DEFAULT 0) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_select' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 150;
COMMENT ON FUNCTION cdp.rb64_select(cdp.roaringbitmap64, int8, int8, bool, int8, int8) IS 'a page of the values inside the range: past the offset, at most limit; counted from the greatest if reverse';

CREATE FUNCTION cdp.rb64_shiftright(bitmap cdp.roaringbitmap64, distance int8) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_shiftright' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp.rb64_shiftright(cdp.roaringbitmap64, int8) IS 'the distance added to every value; those that leave the 64 bits are dropped';

CREATE FUNCTION cdp.rb64_shiftleft(bitmap cdp.roaringbitmap64, distance int8) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_shiftleft' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp.rb64_shiftleft(cdp.roaringbitmap64, int8) IS 'the distance subtracted from every value; those that leave the 64 bits are dropped';
