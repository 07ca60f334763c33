--| ## Many 64-bit bitmaps at once
--| Null elements are skipped; of no bitmaps at all the result is null.

CREATE FUNCTION cdp.rb64_and_many(bitmaps cdp.roaringbitmap64[]) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_and_many' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp.rb64_and_many(bitmaps cdp.roaringbitmap64[]) IS 'the values in every bitmap of the array';

CREATE FUNCTION cdp.rb64_or_many(bitmaps cdp.roaringbitmap64[]) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_or_many' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp.rb64_or_many(bitmaps cdp.roaringbitmap64[]) IS 'the values in any bitmap of the array';

CREATE FUNCTION cdp.rb64_and_many_cardinality(bitmaps cdp.roaringbitmap64[]) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_and_many_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb64_and_many_cardinality(bitmaps cdp.roaringbitmap64[]) IS 'how many values are in every bitmap of the array';

CREATE FUNCTION cdp.rb64_or_many_cardinality(bitmaps cdp.roaringbitmap64[]) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_or_many_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb64_or_many_cardinality(bitmaps cdp.roaringbitmap64[]) IS 'how many values are in any bitmap of the array';

--| ## Likeness, samples, replacements, statistics, chunks of 64-bit bitmaps

CREATE FUNCTION cdp.rb64_jaccard(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS float8
    AS 'MODULE_PATHNAME', 'cdp_rb64_jaccard' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb64_jaccard(a cdp.roaringbitmap64, b cdp.roaringbitmap64) IS 'how alike two sets are: shared values over all values, 0 to 1; two empty sets are alike';

CREATE FUNCTION cdp.rb64_sample(bitmap cdp.roaringbitmap64, n int8, seed int8) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_sample' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb64_sample(bitmap cdp.roaringbitmap64, n int8, seed int8) IS 'n of the values, each choice equally likely; the same bitmap, n and seed give the same choice';

CREATE FUNCTION cdp.rb64_remap(bitmap cdp.roaringbitmap64, old int8[], new int8[]) RETURNS cdp.roaringbitmap64
    AS 'MODULE_PATHNAME', 'cdp_rb64_remap' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb64_remap(bitmap cdp.roaringbitmap64, old int8[], new int8[]) IS 'every value that stands in old replaced by the one at the same place in new, all at once';

CREATE FUNCTION cdp.rb64_stats(bitmap cdp.roaringbitmap64) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdp_rb64_stats' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_stats(bitmap cdp.roaringbitmap64) IS 'cardinality, bytes, min, max, buckets, and of each kind of container how many there are, their values and bytes';

CREATE FUNCTION cdp.rb64_chunks(bitmap cdp.roaringbitmap64, bits int4) RETURNS TABLE (chunk int8, members cdp.roaringbitmap64)
    AS 'MODULE_PATHNAME', 'cdp_rb64_chunks' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 32;
COMMENT ON FUNCTION cdp.rb64_chunks(bitmap cdp.roaringbitmap64, bits int4) IS 'the set in chunks of 2^bits values each, those that are not empty; chunk is value >> bits, taken as unsigned. rb64_or_agg(members) puts them together again';

--| ## Order of 64-bit bitmaps
--| By content, as that of `roaringbitmap`.

CREATE FUNCTION cdp.rb64_lt(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_lt(a cdp.roaringbitmap64, b cdp.roaringbitmap64) IS 'whether the first set comes before the second in the order of sets';

CREATE FUNCTION cdp.rb64_le(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_le(a cdp.roaringbitmap64, b cdp.roaringbitmap64) IS 'whether the first set comes not after the second in the order of sets';

CREATE FUNCTION cdp.rb64_gt(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_gt(a cdp.roaringbitmap64, b cdp.roaringbitmap64) IS 'whether the first set comes after the second in the order of sets';

CREATE FUNCTION cdp.rb64_ge(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_ge(a cdp.roaringbitmap64, b cdp.roaringbitmap64) IS 'whether the first set comes not before the second in the order of sets';

CREATE FUNCTION cdp.rb64_cmp(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS int4
    AS 'MODULE_PATHNAME', 'cdp_rb64_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_cmp(a cdp.roaringbitmap64, b cdp.roaringbitmap64) IS 'order of two sets: negative, zero or positive';

CREATE FUNCTION cdp.rb64_hash(bitmap cdp.roaringbitmap64) RETURNS int4
    AS 'MODULE_PATHNAME', 'cdp_rb64_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_hash(bitmap cdp.roaringbitmap64) IS 'hash of the values';

CREATE FUNCTION cdp.rb64_hash_extended(bitmap cdp.roaringbitmap64, seed int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb64_hash_extended(bitmap cdp.roaringbitmap64, seed int8) IS 'hash of the values, one for each seed';

CREATE OPERATOR cdp.< (FUNCTION = cdp.rb64_lt, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.>), NEGATOR = OPERATOR(cdp.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR cdp.< (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether the first set comes before the second';

CREATE OPERATOR cdp.<= (FUNCTION = cdp.rb64_le, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.>=), NEGATOR = OPERATOR(cdp.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR cdp.<= (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether the first set comes not after the second';

CREATE OPERATOR cdp.> (FUNCTION = cdp.rb64_gt, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.<), NEGATOR = OPERATOR(cdp.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR cdp.> (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether the first set comes after the second';

CREATE OPERATOR cdp.>= (FUNCTION = cdp.rb64_ge, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.<=), NEGATOR = OPERATOR(cdp.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR cdp.>= (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether the first set comes not before the second';

CREATE OPERATOR CLASS cdp.roaringbitmap64_ops DEFAULT FOR TYPE cdp.roaringbitmap64 USING btree AS
    OPERATOR 1 cdp.<, OPERATOR 2 cdp.<=, OPERATOR 3 cdp.=, OPERATOR 4 cdp.>=, OPERATOR 5 cdp.>,
    FUNCTION 1 cdp.rb64_cmp(cdp.roaringbitmap64, cdp.roaringbitmap64);
COMMENT ON OPERATOR CLASS cdp.roaringbitmap64_ops USING btree IS 'order of sets by content';

CREATE OPERATOR CLASS cdp.roaringbitmap64_ops DEFAULT FOR TYPE cdp.roaringbitmap64 USING hash AS
    OPERATOR 1 cdp.=,
    FUNCTION 1 cdp.rb64_hash(cdp.roaringbitmap64),
    FUNCTION 2 cdp.rb64_hash_extended(cdp.roaringbitmap64, int8);
COMMENT ON OPERATOR CLASS cdp.roaringbitmap64_ops USING hash IS 'hash of sets by content';
