--| ## Many bitmaps at once
--| Null elements are skipped; of no bitmaps at all the result is null.

CREATE FUNCTION cdp.rb_and_many(bitmaps cdp.roaringbitmap[]) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_and_many' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp.rb_and_many(bitmaps cdp.roaringbitmap[]) IS 'the values in every bitmap of the array';

CREATE FUNCTION cdp.rb_or_many(bitmaps cdp.roaringbitmap[]) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_or_many' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp.rb_or_many(bitmaps cdp.roaringbitmap[]) IS 'the values in any bitmap of the array';

CREATE FUNCTION cdp.rb_and_many_cardinality(bitmaps cdp.roaringbitmap[]) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_and_many_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb_and_many_cardinality(bitmaps cdp.roaringbitmap[]) IS 'how many values are in every bitmap of the array';

CREATE FUNCTION cdp.rb_or_many_cardinality(bitmaps cdp.roaringbitmap[]) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_or_many_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.rb_or_many_cardinality(bitmaps cdp.roaringbitmap[]) IS 'how many values are in any bitmap of the array';

--| ## Likeness, samples, replacements, statistics

CREATE FUNCTION cdp.rb_jaccard(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS float8
    AS 'MODULE_PATHNAME', 'cdp_rb_jaccard' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb_jaccard(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'how alike two sets are: shared values over all values, 0 to 1; two empty sets are alike';

CREATE FUNCTION cdp.rb_jaccard_dist(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS float8
    AS 'MODULE_PATHNAME', 'cdp_rb_jaccard_dist' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb_jaccard_dist(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'the same likeness under the name the field knows; NaN of two empty sets';

CREATE FUNCTION cdp.rb_sample(bitmap cdp.roaringbitmap, n int8, seed int8) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_sample' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb_sample(bitmap cdp.roaringbitmap, n int8, seed int8) IS 'n of the values, each choice equally likely; the same bitmap, n and seed give the same choice';

CREATE FUNCTION cdp.rb_remap(bitmap cdp.roaringbitmap, old int4[], new int4[]) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_rb_remap' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb_remap(bitmap cdp.roaringbitmap, old int4[], new int4[]) IS 'every value that stands in old replaced by the one at the same place in new, all at once';

CREATE FUNCTION cdp.rb_stats(bitmap cdp.roaringbitmap) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdp_rb_stats' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb_stats(bitmap cdp.roaringbitmap) IS 'cardinality, bytes, min, max, and of each kind of container how many there are, their values and bytes';

--| ## Order
--| Sets compare by content, however they are stored: as lists of their ascending values, the first
--| difference decides. Equality joins, DISTINCT, GROUP BY, UNION and indexes work by it.

CREATE FUNCTION cdp.rb_lt(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_lt(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'whether the first set comes before the second in the order of sets';

CREATE FUNCTION cdp.rb_le(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_le(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'whether the first set comes not after the second in the order of sets';

CREATE FUNCTION cdp.rb_gt(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_gt(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'whether the first set comes after the second in the order of sets';

CREATE FUNCTION cdp.rb_ge(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_ge(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'whether the first set comes not before the second in the order of sets';

CREATE FUNCTION cdp.rb_cmp(a cdp.roaringbitmap, b cdp.roaringbitmap) RETURNS int4
    AS 'MODULE_PATHNAME', 'cdp_rb_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb_cmp(a cdp.roaringbitmap, b cdp.roaringbitmap) IS 'order of two sets: negative, zero or positive';

CREATE FUNCTION cdp.rb_hash(bitmap cdp.roaringbitmap) RETURNS int4
    AS 'MODULE_PATHNAME', 'cdp_rb_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb_hash(bitmap cdp.roaringbitmap) IS 'hash of the values';

CREATE FUNCTION cdp.rb_hash_extended(bitmap cdp.roaringbitmap, seed int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.rb_hash_extended(bitmap cdp.roaringbitmap, seed int8) IS 'hash of the values, one for each seed';

CREATE OPERATOR cdp.< (FUNCTION = cdp.rb_lt, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.>), NEGATOR = OPERATOR(cdp.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR cdp.< (cdp.roaringbitmap, cdp.roaringbitmap) IS 'whether the first set comes before the second';

CREATE OPERATOR cdp.<= (FUNCTION = cdp.rb_le, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.>=), NEGATOR = OPERATOR(cdp.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR cdp.<= (cdp.roaringbitmap, cdp.roaringbitmap) IS 'whether the first set comes not after the second';

CREATE OPERATOR cdp.> (FUNCTION = cdp.rb_gt, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.<), NEGATOR = OPERATOR(cdp.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR cdp.> (cdp.roaringbitmap, cdp.roaringbitmap) IS 'whether the first set comes after the second';

CREATE OPERATOR cdp.>= (FUNCTION = cdp.rb_ge, LEFTARG = cdp.roaringbitmap, RIGHTARG = cdp.roaringbitmap,
    COMMUTATOR = OPERATOR(cdp.<=), NEGATOR = OPERATOR(cdp.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR cdp.>= (cdp.roaringbitmap, cdp.roaringbitmap) IS 'whether the first set comes not before the second';

CREATE OPERATOR CLASS cdp.roaringbitmap_ops DEFAULT FOR TYPE cdp.roaringbitmap USING btree AS
    OPERATOR 1 cdp.<, OPERATOR 2 cdp.<=, OPERATOR 3 cdp.=, OPERATOR 4 cdp.>=, OPERATOR 5 cdp.>,
    FUNCTION 1 cdp.rb_cmp(cdp.roaringbitmap, cdp.roaringbitmap);
COMMENT ON OPERATOR CLASS cdp.roaringbitmap_ops USING btree IS 'order of sets by content';

CREATE OPERATOR CLASS cdp.roaringbitmap_ops DEFAULT FOR TYPE cdp.roaringbitmap USING hash AS
    OPERATOR 1 cdp.=,
    FUNCTION 1 cdp.rb_hash(cdp.roaringbitmap),
    FUNCTION 2 cdp.rb_hash_extended(cdp.roaringbitmap, int8);
COMMENT ON OPERATOR CLASS cdp.roaringbitmap_ops USING hash IS 'hash of sets by content';

-- In as few bytes as a random set takes, nearly: what beside another one is written again and again.
CREATE FUNCTION cdp._rb_pack(bitmap cdp.roaringbitmap) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp__rb_pack' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._rb_pack(cdp.roaringbitmap) IS 'internal: a set in few bytes, the same for equal ones; NULL for the empty one';

CREATE FUNCTION cdp._rb_unpack(packed bytea) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp__rb_unpack' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp._rb_unpack(bytea) IS 'internal: the set that _rb_pack() was given';

CREATE FUNCTION cdp._rb_packed_place(packed bytea, value integer) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__rb_packed_place' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._rb_packed_place(bytea, integer) IS
    'internal: how many of the set that _rb_pack() was given come before this one of them; NULL when it is none of them';
