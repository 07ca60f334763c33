--| ## Counting 64-bit values, without building the result

CREATE FUNCTION cdp.rb64_cardinality(bitmap cdp.roaringbitmap64) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb64_cardinality(cdp.roaringbitmap64) IS 'how many values there are';

CREATE FUNCTION cdp.rb64_and_cardinality(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_and_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb64_and_cardinality(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'how many values are in both';

CREATE FUNCTION cdp.rb64_or_cardinality(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_or_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb64_or_cardinality(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'how many values are in either';

CREATE FUNCTION cdp.rb64_xor_cardinality(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_xor_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb64_xor_cardinality(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'how many values are in exactly one';

CREATE FUNCTION cdp.rb64_andnot_cardinality(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_andnot_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb64_andnot_cardinality(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'how many values are in the first but not in the second';

CREATE FUNCTION cdp.rb64_jaccard_dist(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS float8
    AS 'MODULE_PATHNAME', 'cdp_rb64_jaccard_dist' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.rb64_jaccard_dist(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'shared values as a part of all values of both; NaN if both are empty';

CREATE FUNCTION cdp.rb64_rank(bitmap cdp.roaringbitmap64, value int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_rank' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb64_rank(cdp.roaringbitmap64, int8) IS 'how many values are at most this one in unsigned order';

CREATE FUNCTION cdp.rb64_index(bitmap cdp.roaringbitmap64, value int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_index' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb64_index(cdp.roaringbitmap64, int8) IS 'the position of the value in unsigned order, from 0; -1 if it is not in the set';

--| ## Asking

CREATE FUNCTION cdp.rb64_is_empty(bitmap cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_is_empty' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb64_is_empty(cdp.roaringbitmap64) IS 'whether there is no value';

CREATE FUNCTION cdp.rb64_min(bitmap cdp.roaringbitmap64) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_min' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb64_min(cdp.roaringbitmap64) IS 'the smallest value in unsigned order; null if there is none';

CREATE FUNCTION cdp.rb64_max(bitmap cdp.roaringbitmap64) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rb64_max' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb64_max(cdp.roaringbitmap64) IS 'the greatest value in unsigned order; null if there is none';

CREATE FUNCTION cdp.rb64_contains(bitmap cdp.roaringbitmap64, value int8) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_contains_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb64_contains(cdp.roaringbitmap64, int8) IS 'whether the value is in the set';

CREATE FUNCTION cdp.rb64_containedby(value int8, bitmap cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_containedby_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.rb64_containedby(int8, cdp.roaringbitmap64) IS 'whether the value is in the set';

CREATE FUNCTION cdp.rb64_contains(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_contains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_contains(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether the first holds every value of the second';

CREATE FUNCTION cdp.rb64_containedby(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_containedby' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_containedby(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether the second holds every value of the first';

CREATE FUNCTION cdp.rb64_intersect(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_intersect' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.rb64_intersect(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether they share a value';

CREATE FUNCTION cdp.rb64_equals(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_equals' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_equals(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether they hold the same values, however stored';

CREATE FUNCTION cdp.rb64_not_equals(a cdp.roaringbitmap64, b cdp.roaringbitmap64) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdp_rb64_not_equals' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.rb64_not_equals(cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether they differ in a value';

--| ## Operators

CREATE OPERATOR cdp.& (FUNCTION = cdp.rb64_and, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.&));
COMMENT ON OPERATOR cdp.& (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'the values in both';

CREATE OPERATOR cdp.| (FUNCTION = cdp.rb64_or, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.|));
COMMENT ON OPERATOR cdp.| (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'the values in either';

CREATE OPERATOR cdp.# (FUNCTION = cdp.rb64_xor, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.#));
COMMENT ON OPERATOR cdp.# (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'the values in exactly one';

CREATE OPERATOR cdp.- (FUNCTION = cdp.rb64_andnot, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64);
COMMENT ON OPERATOR cdp.- (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'the values in the first but not in the second';

CREATE OPERATOR cdp.| (FUNCTION = cdp.rb64_add, LEFTARG = cdp.roaringbitmap64, RIGHTARG = int8,
    COMMUTATOR = OPERATOR(cdp.|));
COMMENT ON OPERATOR cdp.| (cdp.roaringbitmap64, int8) IS 'the set with the value added';

CREATE OPERATOR cdp.| (FUNCTION = cdp.rb64_add, LEFTARG = int8, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.|));
COMMENT ON OPERATOR cdp.| (int8, cdp.roaringbitmap64) IS 'the set with the value added';

CREATE OPERATOR cdp.- (FUNCTION = cdp.rb64_remove, LEFTARG = cdp.roaringbitmap64, RIGHTARG = int8);
COMMENT ON OPERATOR cdp.- (cdp.roaringbitmap64, int8) IS 'the set without the value';

CREATE OPERATOR cdp.<< (FUNCTION = cdp.rb64_shiftleft, LEFTARG = cdp.roaringbitmap64, RIGHTARG = int8);
COMMENT ON OPERATOR cdp.<< (cdp.roaringbitmap64, int8) IS 'the distance subtracted from every value';

CREATE OPERATOR cdp.>> (FUNCTION = cdp.rb64_shiftright, LEFTARG = cdp.roaringbitmap64, RIGHTARG = int8);
COMMENT ON OPERATOR cdp.>> (cdp.roaringbitmap64, int8) IS 'the distance added to every value';

CREATE OPERATOR cdp.@> (FUNCTION = cdp.rb64_contains, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.<@), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR cdp.@> (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether the first holds every value of the second';

CREATE OPERATOR cdp.<@ (FUNCTION = cdp.rb64_containedby, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.@>), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR cdp.<@ (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether the second holds every value of the first';

CREATE OPERATOR cdp.@> (FUNCTION = cdp.rb64_contains, LEFTARG = cdp.roaringbitmap64, RIGHTARG = int8,
    COMMUTATOR = OPERATOR(cdp.<@), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR cdp.@> (cdp.roaringbitmap64, int8) IS 'whether the value is in the set';

CREATE OPERATOR cdp.<@ (FUNCTION = cdp.rb64_containedby, LEFTARG = int8, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.@>), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR cdp.<@ (int8, cdp.roaringbitmap64) IS 'whether the value is in the set';

CREATE OPERATOR cdp.&& (FUNCTION = cdp.rb64_intersect, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.&&), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR cdp.&& (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether they share a value';

CREATE OPERATOR cdp.= (FUNCTION = cdp.rb64_equals, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.=), NEGATOR = OPERATOR(cdp.<>), RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES);
COMMENT ON OPERATOR cdp.= (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether they hold the same values';

CREATE OPERATOR cdp.<> (FUNCTION = cdp.rb64_not_equals, LEFTARG = cdp.roaringbitmap64, RIGHTARG = cdp.roaringbitmap64,
    COMMUTATOR = OPERATOR(cdp.<>), NEGATOR = OPERATOR(cdp.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR cdp.<> (cdp.roaringbitmap64, cdp.roaringbitmap64) IS 'whether they differ in a value';
