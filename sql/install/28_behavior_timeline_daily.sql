--| ### Days

CREATE FUNCTION cdp.timeline_daily(tl cdp.timeline, codes integer[] DEFAULT NULL, property integer DEFAULT 0, tz text DEFAULT 'UTC',
                                   OUT day date, OUT key integer, OUT events bigint)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_timeline_daily' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 10;
COMMENT ON FUNCTION cdp.timeline_daily(cdp.timeline, integer[], integer, text) IS 'number of events with these codes (null: all) on each date of a time zone, apart by a property or, for 0, by code';

CREATE FUNCTION cdp._daily_trans(cdp.tally, cdp.timeline, integer[], integer, text) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__daily_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._daily_trans(cdp.tally, cdp.timeline, integer[], integer, text) IS 'internal: adds the days of a timeline';

CREATE AGGREGATE cdp.daily_agg(tl cdp.timeline, codes integer[], property integer, tz text) (
    SFUNC = cdp._daily_trans,
    STYPE = cdp.tally,
    SSPACE = 16384,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.daily_agg(cdp.timeline, integer[], integer, text) IS 'the counts of timeline_daily over many timelines, with the number of those that have any; read it with daily';

CREATE FUNCTION cdp.daily(t cdp.tally, OUT day date, OUT key integer, OUT events bigint, OUT visitors bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_daily' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 500;
COMMENT ON FUNCTION cdp.daily(cdp.tally) IS 'events and visitors (timelines) of each day and key of daily_agg';
