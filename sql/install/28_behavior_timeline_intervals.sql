--| ### Intervals

CREATE FUNCTION cdp.timeline_intervals(tl cdp.timeline, from_codes integer[], to_codes integer[], longest interval DEFAULT NULL,
                                       pairing text DEFAULT 'nearest', held integer DEFAULT 0, OUT started timestamptz, OUT ended timestamptz)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_timeline_intervals' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 5;
COMMENT ON FUNCTION cdp.timeline_intervals(cdp.timeline, integer[], integer[], interval, text, integer) IS 'the times from an event of from_codes to the next one of to_codes: to the end belongs the nearest start before it, or the first since the end before, at most "longest" ago; with a property held, both have the same one';

CREATE FUNCTION cdp._intervals_trans(cdp.tally, cdp.timeline, integer[], integer[], interval) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__intervals_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._intervals_trans(cdp.tally, cdp.timeline, integer[], integer[], interval) IS 'internal: adds the intervals of a timeline';
CREATE FUNCTION cdp._intervals_trans(cdp.tally, cdp.timeline, integer[], integer[], interval, text, integer, interval[]) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__intervals_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._intervals_trans(cdp.tally, cdp.timeline, integer[], integer[], interval, text, integer, interval[]) IS 'internal: adds the intervals of a timeline';

CREATE AGGREGATE cdp.intervals_agg(tl cdp.timeline, from_codes integer[], to_codes integer[], longest interval) (
    SFUNC = cdp._intervals_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.intervals_agg(cdp.timeline, integer[], integer[], interval) IS 'the intervals of timeline_intervals over many timelines; read it with intervals and intervals_quantile';

CREATE AGGREGATE cdp.intervals_agg(tl cdp.timeline, from_codes integer[], to_codes integer[], longest interval, pairing text, held integer, bins interval[]) (
    SFUNC = cdp._intervals_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.intervals_agg(cdp.timeline, integer[], integer[], interval, text, integer, interval[]) IS 'the same with the options of timeline_intervals and bins from each interval to before the next, the last without end; null for 0, 1 and 10 minutes, 1 and 6 hours, 1, 3, 7 and 30 days';

CREATE FUNCTION cdp.intervals(t cdp.tally, OUT bin_from interval, OUT bin_to interval, OUT n bigint, OUT share float8) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_intervals' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION cdp.intervals(cdp.tally) IS 'how many intervals, and which share of all, are at least bin_from and less than bin_to; exact';

CREATE FUNCTION cdp.intervals_quantile(t cdp.tally, quantile float8 DEFAULT 0.5) RETURNS interval
    AS 'MODULE_PATHNAME', 'cdp_intervals_quantile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.intervals_quantile(cdp.tally, float8) IS 'how long this share of the intervals takes at most, to within 1/128; null without any';
