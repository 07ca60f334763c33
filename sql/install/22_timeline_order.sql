--| ## Comparing timelines
--| Timelines are equal when they have the same events; their order is that of their bytes.

CREATE FUNCTION cdp.timeline_eq(a cdp.timeline, b cdp.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_timeline_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.timeline_eq(cdp.timeline, cdp.timeline) IS 'whether two timelines have the same events';

CREATE FUNCTION cdp.timeline_ne(a cdp.timeline, b cdp.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_timeline_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.timeline_ne(cdp.timeline, cdp.timeline) IS 'whether two timelines have other events';

CREATE FUNCTION cdp.timeline_lt(a cdp.timeline, b cdp.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_timeline_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.timeline_lt(cdp.timeline, cdp.timeline) IS 'whether a timeline comes before another one';

CREATE FUNCTION cdp.timeline_le(a cdp.timeline, b cdp.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_timeline_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.timeline_le(cdp.timeline, cdp.timeline) IS 'whether a timeline comes before another one or is equal';

CREATE FUNCTION cdp.timeline_gt(a cdp.timeline, b cdp.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_timeline_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.timeline_gt(cdp.timeline, cdp.timeline) IS 'whether a timeline comes after another one';

CREATE FUNCTION cdp.timeline_ge(a cdp.timeline, b cdp.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_timeline_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.timeline_ge(cdp.timeline, cdp.timeline) IS 'whether a timeline comes after another one or is equal';

CREATE FUNCTION cdp.timeline_cmp(a cdp.timeline, b cdp.timeline) RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp_timeline_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.timeline_cmp(cdp.timeline, cdp.timeline) IS 'order of two timelines: negative, zero or positive';

CREATE FUNCTION cdp.timeline_hash(tl cdp.timeline) RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp_timeline_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.timeline_hash(cdp.timeline) IS 'hash of a timeline';

CREATE FUNCTION cdp.timeline_hash_extended(tl cdp.timeline, seed bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_timeline_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.timeline_hash_extended(cdp.timeline, bigint) IS 'hash of a timeline with a seed';

CREATE OPERATOR cdp.= (
    LEFTARG = cdp.timeline,
    RIGHTARG = cdp.timeline,
    FUNCTION = cdp.timeline_eq,
    COMMUTATOR = OPERATOR(cdp.=),
    NEGATOR = OPERATOR(cdp.<>),
    RESTRICT = eqsel,
    JOIN = eqjoinsel,
    HASHES,
    MERGES
);
COMMENT ON OPERATOR cdp.=(cdp.timeline, cdp.timeline) IS 'the same events';

CREATE OPERATOR cdp.<> (
    LEFTARG = cdp.timeline,
    RIGHTARG = cdp.timeline,
    FUNCTION = cdp.timeline_ne,
    COMMUTATOR = OPERATOR(cdp.<>),
    NEGATOR = OPERATOR(cdp.=),
    RESTRICT = neqsel,
    JOIN = neqjoinsel
);
COMMENT ON OPERATOR cdp.<>(cdp.timeline, cdp.timeline) IS 'other events';

CREATE OPERATOR cdp.< (
    LEFTARG = cdp.timeline,
    RIGHTARG = cdp.timeline,
    FUNCTION = cdp.timeline_lt,
    COMMUTATOR = OPERATOR(cdp.>),
    NEGATOR = OPERATOR(cdp.>=),
    RESTRICT = scalarltsel,
    JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR cdp.<(cdp.timeline, cdp.timeline) IS 'comes before';

CREATE OPERATOR cdp.<= (
    LEFTARG = cdp.timeline,
    RIGHTARG = cdp.timeline,
    FUNCTION = cdp.timeline_le,
    COMMUTATOR = OPERATOR(cdp.>=),
    NEGATOR = OPERATOR(cdp.>),
    RESTRICT = scalarlesel,
    JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR cdp.<=(cdp.timeline, cdp.timeline) IS 'comes before or is equal';

CREATE OPERATOR cdp.> (
    LEFTARG = cdp.timeline,
    RIGHTARG = cdp.timeline,
    FUNCTION = cdp.timeline_gt,
    COMMUTATOR = OPERATOR(cdp.<),
    NEGATOR = OPERATOR(cdp.<=),
    RESTRICT = scalargtsel,
    JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR cdp.>(cdp.timeline, cdp.timeline) IS 'comes after';

CREATE OPERATOR cdp.>= (
    LEFTARG = cdp.timeline,
    RIGHTARG = cdp.timeline,
    FUNCTION = cdp.timeline_ge,
    COMMUTATOR = OPERATOR(cdp.<=),
    NEGATOR = OPERATOR(cdp.<),
    RESTRICT = scalargesel,
    JOIN = scalargejoinsel
);
COMMENT ON OPERATOR cdp.>=(cdp.timeline, cdp.timeline) IS 'comes after or is equal';

CREATE OPERATOR CLASS cdp.timeline_ops DEFAULT FOR TYPE cdp.timeline USING btree AS
    OPERATOR 1 cdp.<, OPERATOR 2 cdp.<=, OPERATOR 3 cdp.=, OPERATOR 4 cdp.>=, OPERATOR 5 cdp.>,
    FUNCTION 1 cdp.timeline_cmp(cdp.timeline, cdp.timeline);
COMMENT ON OPERATOR CLASS cdp.timeline_ops USING btree IS 'order of timelines by their bytes';

CREATE OPERATOR CLASS cdp.timeline_ops DEFAULT FOR TYPE cdp.timeline USING hash AS
    OPERATOR 1 cdp.=,
    FUNCTION 1 cdp.timeline_hash(cdp.timeline),
    FUNCTION 2 cdp.timeline_hash_extended(cdp.timeline, bigint);
COMMENT ON OPERATOR CLASS cdp.timeline_ops USING hash IS 'hash of timelines by content';
