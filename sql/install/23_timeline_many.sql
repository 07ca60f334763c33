--| ## Timelines of many users at once
--| `timelines_build` takes the events of all users without grouping by them and `timelines_read` gives the
--| timelines, one row a user: the quickest way to make many, or to ask fresh rows what timelines are asked.

CREATE TYPE cdp.timelines;

CREATE FUNCTION cdp.timelines_in(cstring) RETURNS cdp.timelines
    AS 'MODULE_PATHNAME', 'cdp_timelines_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timelines_in(cstring) IS 'reads timelines from its bytes in hexadecimal and checks them';

CREATE FUNCTION cdp.timelines_out(cdp.timelines) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_timelines_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timelines_out(cdp.timelines) IS 'the bytes of timelines in hexadecimal';

CREATE FUNCTION cdp.timelines_recv(internal) RETURNS cdp.timelines
    AS 'MODULE_PATHNAME', 'cdp_timelines_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timelines_recv(internal) IS 'reads timelines from a binary message and checks it';

CREATE FUNCTION cdp.timelines_send(cdp.timelines) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_timelines_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timelines_send(cdp.timelines) IS 'the bytes of timelines';

CREATE TYPE cdp.timelines (
    INPUT = cdp.timelines_in,
    OUTPUT = cdp.timelines_out,
    RECEIVE = cdp.timelines_recv,
    SEND = cdp.timelines_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);
COMMENT ON TYPE cdp.timelines IS 'events of many users, in a few bytes each; timelines_read gives the timeline of each';

CREATE FUNCTION cdp._timelines_build_trans(state cdp.timelines, uid bigint, ts timestamptz, code integer) RETURNS cdp.timelines
    AS 'MODULE_PATHNAME', 'cdp__timelines_build_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._timelines_build_trans(cdp.timelines, bigint, timestamptz, integer) IS 'timelines_build: takes one event';

CREATE FUNCTION cdp._timelines_build_value_trans(state cdp.timelines, uid bigint, ts timestamptz, code integer, value bigint) RETURNS cdp.timelines
    AS 'MODULE_PATHNAME', 'cdp__timelines_build_value_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._timelines_build_value_trans(cdp.timelines, bigint, timestamptz, integer, bigint) IS 'timelines_build: takes one event with a value';

CREATE FUNCTION cdp._timelines_build_property_trans(state cdp.timelines, uid bigint, ts timestamptz, code integer, value bigint, property integer) RETURNS cdp.timelines
    AS 'MODULE_PATHNAME', 'cdp__timelines_build_property_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._timelines_build_property_trans(cdp.timelines, bigint, timestamptz, integer, bigint, integer) IS 'timelines_build: takes one event with a value and one property';

CREATE FUNCTION cdp._timelines_build_properties_trans(state cdp.timelines, uid bigint, ts timestamptz, code integer, value bigint, props integer[]) RETURNS cdp.timelines
    AS 'MODULE_PATHNAME', 'cdp__timelines_build_properties_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._timelines_build_properties_trans(cdp.timelines, bigint, timestamptz, integer, bigint, integer[]) IS 'timelines_build: takes one event with a value and properties';

CREATE FUNCTION cdp._timelines_build_combine(state cdp.timelines, other cdp.timelines) RETURNS cdp.timelines
    AS 'MODULE_PATHNAME', 'cdp__timelines_build_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._timelines_build_combine(cdp.timelines, cdp.timelines) IS 'timelines_build: takes the events of another state';

CREATE FUNCTION cdp._timelines_build_final(state cdp.timelines) RETURNS cdp.timelines
    AS 'MODULE_PATHNAME', 'cdp__timelines_build_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp._timelines_build_final(cdp.timelines) IS 'timelines_build: the events as they are';

CREATE AGGREGATE cdp.timelines_build(uid bigint, ts timestamptz, code integer) (
    SFUNC = cdp._timelines_build_trans,
    STYPE = cdp.timelines,
    SSPACE = 65536,
    COMBINEFUNC = cdp._timelines_build_combine,
    FINALFUNC = cdp._timelines_build_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.timelines_build(bigint, timestamptz, integer) IS 'the events of all these users, in any order of rows; rows without user, time or code are skipped, no events give null';

CREATE AGGREGATE cdp.timelines_build(uid bigint, ts timestamptz, code integer, value bigint) (
    SFUNC = cdp._timelines_build_value_trans,
    STYPE = cdp.timelines,
    SSPACE = 65536,
    COMBINEFUNC = cdp._timelines_build_combine,
    FINALFUNC = cdp._timelines_build_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.timelines_build(bigint, timestamptz, integer, bigint) IS 'likewise, with a value each, which may be null';

CREATE AGGREGATE cdp.timelines_build(uid bigint, ts timestamptz, code integer, value bigint, property integer) (
    SFUNC = cdp._timelines_build_property_trans,
    STYPE = cdp.timelines,
    SSPACE = 65536,
    COMBINEFUNC = cdp._timelines_build_combine,
    FINALFUNC = cdp._timelines_build_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.timelines_build(bigint, timestamptz, integer, bigint, integer) IS 'likewise, with a value and one property each, without an array; both may be null';

CREATE AGGREGATE cdp.timelines_build(uid bigint, ts timestamptz, code integer, value bigint, props integer[]) (
    SFUNC = cdp._timelines_build_properties_trans,
    STYPE = cdp.timelines,
    SSPACE = 65536,
    COMBINEFUNC = cdp._timelines_build_combine,
    FINALFUNC = cdp._timelines_build_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.timelines_build(bigint, timestamptz, integer, bigint, integer[]) IS 'likewise, with a value and up to four properties each; all may be null';

CREATE AGGREGATE cdp.rollup(timelines cdp.timelines) (
    SFUNC = cdp._timelines_build_combine,
    STYPE = cdp.timelines,
    SSPACE = 65536,
    COMBINEFUNC = cdp._timelines_build_combine,
    FINALFUNC = cdp._timelines_build_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.timelines) IS 'the events of all of these together';

CREATE FUNCTION cdp._timelines_read(timelines cdp.timelines) RETURNS TABLE (uid bigint, tl cdp.timeline)
    AS 'MODULE_PATHNAME', 'cdp__timelines_read' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10000;
COMMENT ON FUNCTION cdp._timelines_read(cdp.timelines) IS 'internal: timelines_read';

-- The planner puts the body in its place: so the timelines come one by one, where those of a function in FROM
-- would all be written into a store of rows first.
CREATE FUNCTION cdp.timelines_read(timelines cdp.timelines) RETURNS TABLE (uid bigint, tl cdp.timeline)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 ROWS 10000
    BEGIN ATOMIC
        SELECT (r.one).uid, (r.one).tl FROM (SELECT cdp._timelines_read(timelines_read.timelines) AS one) AS r;
    END;
COMMENT ON FUNCTION cdp.timelines_read(cdp.timelines) IS 'the timeline of each user, users in no particular order';

CREATE FUNCTION cdp.timelines_count(timelines cdp.timelines) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_timelines_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.timelines_count(cdp.timelines) IS 'the number of events';
