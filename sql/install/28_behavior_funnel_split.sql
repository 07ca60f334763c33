--| ### Funnels apart by a property

CREATE FUNCTION cdp._funnel_split_trans(cdp.tally, cdp.timeline, integer, integer, text, interval) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__funnel_split_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION cdp._funnel_split_trans(cdp.tally, cdp.timeline, integer, integer, text, interval) IS 'internal: adds the funnel of a timeline';
CREATE FUNCTION cdp._funnel_split_trans(cdp.tally, cdp.timeline, integer, integer, text, interval, text) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__funnel_split_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION cdp._funnel_split_trans(cdp.tally, cdp.timeline, integer, integer, text, interval, text) IS 'internal: the same by the rules of a mode';
CREATE FUNCTION cdp._funnel_split_trans(cdp.tally, cdp.timeline, integer, integer, text, interval, text, cdp.funnel_rules) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__funnel_split_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 60;
COMMENT ON FUNCTION cdp._funnel_split_trans(cdp.tally, cdp.timeline, integer, integer, text, interval, text, cdp.funnel_rules) IS 'internal: the same by rules beyond a mode';

CREATE AGGREGATE cdp.funnel_split_agg(tl cdp.timeline, property integer, step integer, steps text, "window" interval) (
    SFUNC = cdp._funnel_split_trans,
    STYPE = cdp.tally,
    SSPACE = 16384,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_split_agg(cdp.timeline, integer, integer, text, interval) IS 'how many timelines reach each step of a funnel, apart by a property, 1 to 4, of the event that takes a step of the winning chain, or for step 0 of the very first event, for step -1 of the first that fills step 1; each timeline is read once; read it with funnel_split';

CREATE AGGREGATE cdp.funnel_split_agg(tl cdp.timeline, property integer, step integer, steps text, "window" interval, mode text) (
    SFUNC = cdp._funnel_split_trans,
    STYPE = cdp.tally,
    SSPACE = 16384,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_split_agg(cdp.timeline, integer, integer, text, interval, text) IS 'the same by the rules of a mode of window_funnel';

CREATE AGGREGATE cdp.funnel_split_agg(tl cdp.timeline, property integer, step integer, steps text, "window" interval, mode text, rules cdp.funnel_rules) (
    SFUNC = cdp._funnel_split_trans,
    STYPE = cdp.tally,
    SSPACE = 16384,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_split_agg(cdp.timeline, integer, integer, text, interval, text, cdp.funnel_rules) IS 'the same by rules beyond a mode (funnel_rules)';

CREATE FUNCTION cdp.funnel_split(t cdp.tally, OUT key integer, OUT step integer, OUT users bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_funnel_split' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION cdp.funnel_split(cdp.tally) IS 'users (timelines) who reached each step at least, for each key of funnel_split_agg; null for those without the property, or who did not reach the step it is of';
