--| # Bitmaps
--| `roaringbitmap` is a set of int4 values taken as unsigned 32-bit numbers, stored as the portable
--| bytes of the public Roaring format. Functions and operators keep the names of the field.

CREATE TYPE cdp.roaringbitmap;

CREATE FUNCTION cdp.roaringbitmap_in(literal cstring) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_roaringbitmap_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.roaringbitmap_in(literal cstring) IS 'reads {1,2,-1} or the hexadecimal form of portable bytes';

-- Stable: the form depends on a setting.
CREATE FUNCTION cdp.roaringbitmap_out(bitmap cdp.roaringbitmap) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_roaringbitmap_out' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.roaringbitmap_out(bitmap cdp.roaringbitmap) IS 'writes the form that the setting cdp.bitmap_output chooses';

CREATE FUNCTION cdp.roaringbitmap_recv(message internal) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_roaringbitmap_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.roaringbitmap_recv(message internal) IS 'reads the binary form, portable bytes, and checks all of it';

CREATE FUNCTION cdp.roaringbitmap_send(bitmap cdp.roaringbitmap) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_roaringbitmap_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.roaringbitmap_send(bitmap cdp.roaringbitmap) IS 'writes the binary form, portable bytes';

-- External: slices of a large value can be fetched, and compression gains nothing.
CREATE TYPE cdp.roaringbitmap (
    INPUT = cdp.roaringbitmap_in,
    OUTPUT = cdp.roaringbitmap_out,
    RECEIVE = cdp.roaringbitmap_recv,
    SEND = cdp.roaringbitmap_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);
COMMENT ON TYPE cdp.roaringbitmap IS 'set of int4 values taken as unsigned, compressed; its bytes are the portable Roaring format';

CREATE FUNCTION cdp.roaringbitmap(bytes bytea) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_roaringbitmap' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.roaringbitmap(bytes bytea) IS 'the bitmap of portable Roaring bytes from any origin; checks all of them';

CREATE CAST (bytea AS cdp.roaringbitmap) WITH FUNCTION cdp.roaringbitmap(bytea);
COMMENT ON CAST (bytea AS cdp.roaringbitmap) IS 'from portable Roaring bytes, checked';
CREATE CAST (cdp.roaringbitmap AS bytea) WITHOUT FUNCTION;
COMMENT ON CAST (cdp.roaringbitmap AS bytea) IS 'the portable Roaring bytes as they are stored';

--| ## To and from arrays and rows

CREATE FUNCTION cdp.rb_build(elements int4[]) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_build' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_build(elements int4[]) IS 'the set of the elements; none may be null';

CREATE FUNCTION cdp.rb_to_array(bitmap cdp.roaringbitmap) RETURNS int4[]
    AS 'MODULE_PATHNAME', 'cdp_rb_to_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb_to_array(bitmap cdp.roaringbitmap) IS 'the values as an array in unsigned order';

CREATE CAST (int4[] AS cdp.roaringbitmap) WITH FUNCTION cdp.rb_build(int4[]);
COMMENT ON CAST (int4[] AS cdp.roaringbitmap) IS 'the set of the elements; none may be null';
CREATE CAST (cdp.roaringbitmap AS int4[]) WITH FUNCTION cdp.rb_to_array(cdp.roaringbitmap);
COMMENT ON CAST (cdp.roaringbitmap AS int4[]) IS 'the values as an array in unsigned order';

-- The planner puts the body in place of a call in FROM, which spares a tuplestore of the values; in a
-- select list the support function does so. It cannot be STRICT for that; the inner one is.
CREATE FUNCTION cdp._rb_iterate(bitmap cdp.roaringbitmap) RETURNS SETOF int4
    AS 'MODULE_PATHNAME', 'cdp__rb_iterate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 1000;
COMMENT ON FUNCTION cdp._rb_iterate(bitmap cdp.roaringbitmap) IS 'what rb_iterate calls';
CREATE FUNCTION cdp.rb_iterate(bitmap cdp.roaringbitmap) RETURNS SETOF int4
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10 ROWS 1000
    BEGIN ATOMIC SELECT cdp._rb_iterate(bitmap); END;
COMMENT ON FUNCTION cdp.rb_iterate(bitmap cdp.roaringbitmap) IS 'the values as rows in unsigned order';

--| ## Set operations

CREATE FUNCTION cdp.rb_and(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_and' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb_and(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'the values in both';

CREATE FUNCTION cdp.rb_or(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_or' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb_or(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'the values in either';

CREATE FUNCTION cdp.rb_xor(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_xor' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb_xor(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'the values in exactly one';

CREATE FUNCTION cdp.rb_andnot(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_andnot' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb_andnot(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'the values in the first but not in the second';

CREATE FUNCTION cdp.rb_add(bitmap cdp.roaringbitmap, value int4) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb_add(bitmap cdp.roaringbitmap, value int4) IS 'the set with the value added';

CREATE FUNCTION cdp.rb_add(value int4, bitmap cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_add_to' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb_add(value int4, bitmap cdp.roaringbitmap) IS 'the set with the value added';

CREATE FUNCTION cdp.rb_remove(bitmap cdp.roaringbitmap, value int4) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_remove' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb_remove(bitmap cdp.roaringbitmap, value int4) IS 'the set without the value';

--| ## Counting, without building the result

CREATE FUNCTION cdp.rb_cardinality(bitmap cdp.roaringbitmap) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb_cardinality(bitmap cdp.roaringbitmap) IS 'how many values there are';

CREATE FUNCTION cdp.rb_and_cardinality(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_and_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb_and_cardinality(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'how many values are in both';

CREATE FUNCTION cdp.rb_or_cardinality(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_or_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb_or_cardinality(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'how many values are in either';

CREATE FUNCTION cdp.rb_xor_cardinality(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_xor_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb_xor_cardinality(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'how many values are in exactly one';

CREATE FUNCTION cdp.rb_andnot_cardinality(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_andnot_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb_andnot_cardinality(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'how many values are in the first but not in the second';

--| ## Asking

CREATE FUNCTION cdp.rb_is_empty(bitmap cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_is_empty' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb_is_empty(bitmap cdp.roaringbitmap) IS 'whether there is no value';

CREATE FUNCTION cdp.rb_min(bitmap cdp.roaringbitmap) RETURNS int4
    AS 'MODULE_PATHNAME', 'cdp_rb_min' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb_min(bitmap cdp.roaringbitmap) IS 'the smallest value in unsigned order; null if there is none';

CREATE FUNCTION cdp.rb_max(bitmap cdp.roaringbitmap) RETURNS int4
    AS 'MODULE_PATHNAME', 'cdp_rb_max' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb_max(bitmap cdp.roaringbitmap) IS 'the greatest value in unsigned order; null if there is none';

CREATE FUNCTION cdp.rb_contains(bitmap cdp.roaringbitmap, value int4) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_contains_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb_contains(bitmap cdp.roaringbitmap, value int4) IS 'whether the value is in the set';

CREATE FUNCTION cdp.rb_containedby(value int4, bitmap cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_containedby_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb_containedby(value int4, bitmap cdp.roaringbitmap) IS 'whether the value is in the set';

CREATE FUNCTION cdp.rb_contains(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_contains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_contains(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'whether the first holds every value of the second';

CREATE FUNCTION cdp.rb_containedby(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_containedby' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_containedby(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'whether the second holds every value of the first';

CREATE FUNCTION cdp.rb_intersect(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_intersect' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb_intersect(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'whether they share a value';

CREATE FUNCTION cdp.rb_equals(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_equals' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_equals(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'whether they hold the same values, however stored';

CREATE FUNCTION cdp.rb_not_equals(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_not_equals' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_not_equals(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'whether they differ in a value';

--| ## Operators

CREATE OPERATOR cdp.& (FUNCTION = cdp.rb_and, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.&));
COMMENT ON OPERATOR cdp.& (cdp.roaringbitmap, cdp.roaringbitmap) IS 'the values in both';

CREATE OPERATOR cdp.| (FUNCTION = cdp.rb_or, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.|));
COMMENT ON OPERATOR cdp.| (cdp.roaringbitmap, cdp.roaringbitmap) IS 'the values in either';

CREATE OPERATOR cdp.# (FUNCTION = cdp.rb_xor, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.#));
COMMENT ON OPERATOR cdp.# (cdp.roaringbitmap, cdp.roaringbitmap) IS 'the values in exactly one';

CREATE OPERATOR cdp.- (FUNCTION = cdp.rb_andnot, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap);
COMMENT ON OPERATOR cdp.- (cdp.roaringbitmap, cdp.roaringbitmap) IS 'the values in the first but not in the second';

CREATE OPERATOR cdp.| (FUNCTION = cdp.rb_add, LEFTARG = cdp.roaringbitmap, RIGHTARG = int4,
    COMMUTATOR = OPERATOR(cdp.|));
COMMENT ON OPERATOR cdp.| (cdp.roaringbitmap, int4) IS 'the set with the value added';

CREATE OPERATOR cdp.| (FUNCTION = cdp.rb_add, LEFTARG = int4, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.|));
COMMENT ON OPERATOR cdp.| (int4, cdp.roaringbitmap) IS 'the set with the value added';

CREATE OPERATOR cdp.- (FUNCTION = cdp.rb_remove, LEFTARG = cdp.roaringbitmap, RIGHTARG = int4);
COMMENT ON OPERATOR cdp.- (cdp.roaringbitmap, int4) IS 'the set without the value';

CREATE OPERATOR cdp.@> (FUNCTION = cdp.rb_contains, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.<@), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR cdp.@> (cdp.roaringbitmap, cdp.roaringbitmap) IS 'whether the first holds every value of the second';

CREATE OPERATOR cdp.<@ (FUNCTION = cdp.rb_containedby, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.@>), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR cdp.<@ (cdp.roaringbitmap, cdp.roaringbitmap) IS 'whether the second holds every value of the first';

CREATE OPERATOR cdp.@> (FUNCTION = cdp.rb_contains, LEFTARG = cdp.roaringbitmap, RIGHTARG = int4,
    COMMUTATOR = OPERATOR(cdp.<@), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR cdp.@> (cdp.roaringbitmap, int4) IS 'whether the value is in the set';

CREATE OPERATOR cdp.<@ (FUNCTION = cdp.rb_containedby, LEFTARG = int4, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.@>), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR cdp.<@ (int4, cdp.roaringbitmap) IS 'whether the value is in the set';

CREATE OPERATOR cdp.&& (FUNCTION = cdp.rb_intersect, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.&&), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR cdp.&& (cdp.roaringbitmap, cdp.roaringbitmap) IS 'whether they share a value';

CREATE OPERATOR cdp.= (FUNCTION = cdp.rb_equals, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.=),
    NEGATOR = OPERATOR(cdp.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR cdp.= (cdp.roaringbitmap, cdp.roaringbitmap) IS 'whether they hold the same values';

CREATE OPERATOR cdp.<> (FUNCTION = cdp.rb_not_equals, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.<>),
    NEGATOR = OPERATOR(cdp.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR cdp.<> (cdp.roaringbitmap, cdp.roaringbitmap) IS 'whether they differ in a value';

--| ## Aggregates
--| Null values are skipped; of no values at all the result is null. The state of each is a
--| roaringbitmap, so all of them run in parallel and over partitions of any kind.

CREATE FUNCTION cdp.rb_build_trans(state cdp.roaringbitmap, value int4) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_build_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION cdp.rb_build_trans(state cdp.roaringbitmap, value int4) IS 'transition of rb_build_agg';

CREATE FUNCTION cdp.rb_build_combine(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_build_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_build_combine(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'combines two states of rb_build_agg';

CREATE FUNCTION cdp.rb_or_trans(state cdp.roaringbitmap, bitmap cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_or_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb_or_trans(state cdp.roaringbitmap, bitmap cdp.roaringbitmap) IS 'transition of rb_or_agg and rb_or_cardinality_agg';

CREATE FUNCTION cdp.rb_or_combine(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_or_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb_or_combine(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'combines two states of rb_or_agg or rb_or_cardinality_agg';

CREATE FUNCTION cdp.rb_and_trans(state cdp.roaringbitmap, bitmap cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_and_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb_and_trans(state cdp.roaringbitmap, bitmap cdp.roaringbitmap) IS 'transition of rb_and_agg and rb_and_cardinality_agg';

CREATE FUNCTION cdp.rb_and_combine(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_and_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb_and_combine(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'combines two states of rb_and_agg or rb_and_cardinality_agg';

CREATE FUNCTION cdp.rb_xor_trans(state cdp.roaringbitmap, bitmap cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_xor_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb_xor_trans(state cdp.roaringbitmap, bitmap cdp.roaringbitmap) IS 'transition of rb_xor_agg and rb_xor_cardinality_agg';

CREATE FUNCTION cdp.rb_xor_combine(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_xor_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb_xor_combine(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'combines two states of rb_xor_agg or rb_xor_cardinality_agg';

CREATE FUNCTION cdp.rb_final(state cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb_final(state cdp.roaringbitmap) IS 'final function of the aggregates that give a bitmap';

CREATE FUNCTION cdp.rb_cardinality_final(state cdp.roaringbitmap) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_cardinality_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb_cardinality_final(state cdp.roaringbitmap) IS 'final function of the aggregates that count';

CREATE AGGREGATE cdp.rb_build_agg(value int4) (
    SFUNC = cdp.rb_build_trans, STYPE = cdp.roaringbitmap, SSPACE = 256,
    FINALFUNC = cdp.rb_final, COMBINEFUNC = cdp.rb_build_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb_build_agg(value int4) IS 'the set of the values of all rows';

CREATE AGGREGATE cdp.rb_or_agg(bitmap cdp.roaringbitmap) (
    SFUNC = cdp.rb_or_trans, STYPE = cdp.roaringbitmap, SSPACE = 1024,
    FINALFUNC = cdp.rb_final, COMBINEFUNC = cdp.rb_or_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb_or_agg(bitmap cdp.roaringbitmap) IS 'the values in any row';

CREATE AGGREGATE cdp.rb_and_agg(bitmap cdp.roaringbitmap) (
    SFUNC = cdp.rb_and_trans, STYPE = cdp.roaringbitmap, SSPACE = 1024,
    FINALFUNC = cdp.rb_final, COMBINEFUNC = cdp.rb_and_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb_and_agg(bitmap cdp.roaringbitmap) IS 'the values in every row';

CREATE AGGREGATE cdp.rb_xor_agg(bitmap cdp.roaringbitmap) (
    SFUNC = cdp.rb_xor_trans, STYPE = cdp.roaringbitmap, SSPACE = 1024,
    FINALFUNC = cdp.rb_final, COMBINEFUNC = cdp.rb_xor_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb_xor_agg(bitmap cdp.roaringbitmap) IS 'the values in an odd number of rows';

CREATE AGGREGATE cdp.rb_or_cardinality_agg(bitmap cdp.roaringbitmap) (
    SFUNC = cdp.rb_or_trans, STYPE = cdp.roaringbitmap, SSPACE = 1024,
    FINALFUNC = cdp.rb_cardinality_final, COMBINEFUNC = cdp.rb_or_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb_or_cardinality_agg(bitmap cdp.roaringbitmap) IS 'how many values are in any row';

CREATE AGGREGATE cdp.rb_and_cardinality_agg(bitmap cdp.roaringbitmap) (
    SFUNC = cdp.rb_and_trans, STYPE = cdp.roaringbitmap, SSPACE = 1024,
    FINALFUNC = cdp.rb_cardinality_final, COMBINEFUNC = cdp.rb_and_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb_and_cardinality_agg(bitmap cdp.roaringbitmap) IS 'how many values are in every row';

CREATE AGGREGATE cdp.rb_xor_cardinality_agg(bitmap cdp.roaringbitmap) (
    SFUNC = cdp.rb_xor_trans, STYPE = cdp.roaringbitmap, SSPACE = 1024,
    FINALFUNC = cdp.rb_cardinality_final, COMBINEFUNC = cdp.rb_xor_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb_xor_cardinality_agg(bitmap cdp.roaringbitmap) IS 'how many values are in an odd number of rows';
