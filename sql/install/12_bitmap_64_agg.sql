--| ## Aggregates of 64-bit bitmaps
--| Null values are skipped; of no values at all the result is null. The state of each is a
--| roaringbitmap64, so all of them run in parallel and over partitions of any kind.

CREATE FUNCTION cdp.rb64_build_trans(state cdp.roaringbitmap64, value int8) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_build_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION cdp.rb64_build_trans(cdp.roaringbitmap64, int8) IS 'transition of rb64_build_agg';

CREATE FUNCTION cdp.rb64_build_combine(state cdp.roaringbitmap64, other cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_build_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_build_combine(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'combines two states of rb64_build_agg';

CREATE FUNCTION cdp.rb64_or_trans(state cdp.roaringbitmap64, bitmap cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_or_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_or_trans(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'transition of rb64_or_agg and rb64_or_cardinality_agg';

CREATE FUNCTION cdp.rb64_or_combine(state cdp.roaringbitmap64, other cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_or_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_or_combine(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'combines two states of rb64_or_agg or rb64_or_cardinality_agg';

CREATE FUNCTION cdp.rb64_and_trans(state cdp.roaringbitmap64, bitmap cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_and_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_and_trans(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'transition of rb64_and_agg and rb64_and_cardinality_agg';

CREATE FUNCTION cdp.rb64_and_combine(state cdp.roaringbitmap64, other cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_and_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_and_combine(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'combines two states of rb64_and_agg or rb64_and_cardinality_agg';

CREATE FUNCTION cdp.rb64_xor_trans(state cdp.roaringbitmap64, bitmap cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_xor_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_xor_trans(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'transition of rb64_xor_agg and rb64_xor_cardinality_agg';

CREATE FUNCTION cdp.rb64_xor_combine(state cdp.roaringbitmap64, other cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_xor_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_xor_combine(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'combines two states of rb64_xor_agg or rb64_xor_cardinality_agg';

CREATE FUNCTION cdp.rb64_final(state cdp.roaringbitmap64) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb64_final(cdp.roaringbitmap64) IS 'final function of the aggregates that give a bitmap';

CREATE FUNCTION cdp.rb64_cardinality_final(state cdp.roaringbitmap64) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_cardinality_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb64_cardinality_final(cdp.roaringbitmap64) IS 'final function of the aggregates that count';

CREATE AGGREGATE cdp.rb64_build_agg(value int8) (
    SFUNC = cdp.rb64_build_trans, STYPE = cdp.roaringbitmap64, SSPACE = 256,
    FINALFUNC = cdp.rb64_final, COMBINEFUNC = cdp.rb64_build_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb64_build_agg(int8) IS 'the set of the values of all rows';

CREATE AGGREGATE cdp.rb64_or_agg(bitmap cdp.roaringbitmap64) (
    SFUNC = cdp.rb64_or_trans, STYPE = cdp.roaringbitmap64, SSPACE = 1024,
    FINALFUNC = cdp.rb64_final, COMBINEFUNC = cdp.rb64_or_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb64_or_agg(cdp.roaringbitmap64) IS 'the values in any row';

CREATE AGGREGATE cdp.rb64_and_agg(bitmap cdp.roaringbitmap64) (
    SFUNC = cdp.rb64_and_trans, STYPE = cdp.roaringbitmap64, SSPACE = 1024,
    FINALFUNC = cdp.rb64_final, COMBINEFUNC = cdp.rb64_and_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb64_and_agg(cdp.roaringbitmap64) IS 'the values in every row';

CREATE AGGREGATE cdp.rb64_xor_agg(bitmap cdp.roaringbitmap64) (
    SFUNC = cdp.rb64_xor_trans, STYPE = cdp.roaringbitmap64, SSPACE = 1024,
    FINALFUNC = cdp.rb64_final, COMBINEFUNC = cdp.rb64_xor_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb64_xor_agg(cdp.roaringbitmap64) IS 'the values in an odd number of rows';

CREATE AGGREGATE cdp.rb64_or_cardinality_agg(bitmap cdp.roaringbitmap64) (
    SFUNC = cdp.rb64_or_trans, STYPE = cdp.roaringbitmap64, SSPACE = 1024,
    FINALFUNC = cdp.rb64_cardinality_final, COMBINEFUNC = cdp.rb64_or_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb64_or_cardinality_agg(cdp.roaringbitmap64) IS 'how many values are in any row';

CREATE AGGREGATE cdp.rb64_and_cardinality_agg(bitmap cdp.roaringbitmap64) (
    SFUNC = cdp.rb64_and_trans, STYPE = cdp.roaringbitmap64, SSPACE = 1024,
    FINALFUNC = cdp.rb64_cardinality_final, COMBINEFUNC = cdp.rb64_and_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb64_and_cardinality_agg(cdp.roaringbitmap64) IS 'how many values are in every row';

CREATE AGGREGATE cdp.rb64_xor_cardinality_agg(bitmap cdp.roaringbitmap64) (
    SFUNC = cdp.rb64_xor_trans, STYPE = cdp.roaringbitmap64, SSPACE = 1024,
    FINALFUNC = cdp.rb64_cardinality_final, COMBINEFUNC = cdp.rb64_xor_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rb64_xor_cardinality_agg(cdp.roaringbitmap64) IS 'how many values are in an odd number of rows';
