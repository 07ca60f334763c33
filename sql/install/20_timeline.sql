--| # Timelines
--| A timeline is one person's events in one value: about five bytes an event, read in place. An event
--| has a time, a code, and where wanted a value and up to four small properties. Events are sorted by
--| all of them, so that the order of rows never matters.

CREATE TYPE cdp.timeline;

CREATE FUNCTION cdp.timeline_in(cstring) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp_timeline_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timeline_in(cstring) IS 'reads a timeline from its bytes in hexadecimal and checks them';

CREATE FUNCTION cdp.timeline_out(cdp.timeline) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_timeline_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timeline_out(cdp.timeline) IS 'the bytes of a timeline in hexadecimal';

CREATE FUNCTION cdp.timeline_recv(internal) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp_timeline_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timeline_recv(internal) IS 'reads a timeline from a binary message and checks it';

CREATE FUNCTION cdp.timeline_send(cdp.timeline) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_timeline_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timeline_send(cdp.timeline) IS 'the bytes of a timeline';

-- Columns of numbers hardly compress, and external values can be read in slices.
CREATE TYPE cdp.timeline (
    INPUT = cdp.timeline_in,
    OUTPUT = cdp.timeline_out,
    RECEIVE = cdp.timeline_recv,
    SEND = cdp.timeline_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);
COMMENT ON TYPE cdp.timeline IS 'one person''s events, sorted by time and code, in a few bytes each';

--| ## Making timelines

CREATE FUNCTION cdp._timeline_trans(state cdp.timeline, ts timestamptz, code integer) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp__timeline_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._timeline_trans(cdp.timeline, timestamptz, integer) IS 'timeline_agg: takes one event';

CREATE FUNCTION cdp._timeline_trans_value(state cdp.timeline, ts timestamptz, code integer, value bigint) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp__timeline_trans_value' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._timeline_trans_value(cdp.timeline, timestamptz, integer, bigint) IS 'timeline_agg: takes one event with a value';

CREATE FUNCTION cdp._timeline_trans_properties(state cdp.timeline, ts timestamptz, code integer, value bigint, props integer[]) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp__timeline_trans_properties' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._timeline_trans_properties(cdp.timeline, timestamptz, integer, bigint, integer[]) IS 'timeline_agg: takes one event with a value and properties';

CREATE FUNCTION cdp._timeline_combine(state cdp.timeline, other cdp.timeline) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp__timeline_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._timeline_combine(cdp.timeline, cdp.timeline) IS 'timeline_agg, rollup: takes the events of another timeline';

CREATE FUNCTION cdp._timeline_final(state cdp.timeline) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp__timeline_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._timeline_final(cdp.timeline) IS 'timeline_agg, rollup: sorts the events and seals the timeline';

CREATE AGGREGATE cdp.timeline_agg(ts timestamptz, code integer) (
    SFUNC = cdp._timeline_trans,
    STYPE = cdp.timeline,
    SSPACE = 512,
    COMBINEFUNC = cdp._timeline_combine,
    FINALFUNC = cdp._timeline_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.timeline_agg(timestamptz, integer) IS 'the timeline of these events, in any order of rows; rows without time or code are skipped, no events give null';

CREATE AGGREGATE cdp.timeline_agg(ts timestamptz, code integer, value bigint) (
    SFUNC = cdp._timeline_trans_value,
    STYPE = cdp.timeline,
    SSPACE = 1024,
    COMBINEFUNC = cdp._timeline_combine,
    FINALFUNC = cdp._timeline_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.timeline_agg(timestamptz, integer, bigint) IS 'likewise, with a value each, such as an amount; it may be null';

CREATE AGGREGATE cdp.timeline_agg(ts timestamptz, code integer, value bigint, props integer[]) (
    SFUNC = cdp._timeline_trans_properties,
    STYPE = cdp.timeline,
    SSPACE = 1024,
    COMBINEFUNC = cdp._timeline_combine,
    FINALFUNC = cdp._timeline_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.timeline_agg(timestamptz, integer, bigint, integer[]) IS 'likewise, with a value and up to four properties each, such as a channel; all may be null';

CREATE AGGREGATE cdp.rollup(timeline cdp.timeline) (
    SFUNC = cdp._timeline_combine,
    STYPE = cdp.timeline,
    SSPACE = 2048,
    COMBINEFUNC = cdp._timeline_combine,
    FINALFUNC = cdp._timeline_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.timeline) IS 'all events of these timelines as one timeline, such as the days of a person';

CREATE FUNCTION cdp.timeline_concat(a cdp.timeline, b cdp.timeline) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp_timeline_concat' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timeline_concat(cdp.timeline, cdp.timeline) IS 'all events of two timelines as one timeline';

CREATE OPERATOR cdp.|| (
    LEFTARG = cdp.timeline,
    RIGHTARG = cdp.timeline,
    FUNCTION = cdp.timeline_concat,
    COMMUTATOR = OPERATOR(cdp.||)
);
COMMENT ON OPERATOR cdp.||(cdp.timeline, cdp.timeline) IS 'all events of two timelines as one timeline';

CREATE FUNCTION cdp.timeline_slice(tl cdp.timeline, "from" timestamptz, "to" timestamptz) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp_timeline_slice' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timeline_slice(cdp.timeline, timestamptz, timestamptz) IS 'the events from "from" on and before "to"; infinite bounds leave a side open';

CREATE FUNCTION cdp.timeline_distinct(tl cdp.timeline) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp_timeline_distinct' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timeline_distinct(cdp.timeline) IS 'the timeline with every event once: of those that agree in time, code, value and properties all but one are dropped';
