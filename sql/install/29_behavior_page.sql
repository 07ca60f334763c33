--| ## Whole answers from pages
--| The aggregates over timelines take pages of them (`timeline_page`) too, one call for all people of a page: the same
--| states and answers as over the timelines of `timeline_page_read`.

CREATE FUNCTION cdp._funnel_page_trans(cdp.funnel, cdp.timeline_page, integer[], interval) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION cdp._funnel_page_trans(cdp.funnel, cdp.timeline_page, integer[], interval) IS 'internal: adds the people of a page with the funnel of their timelines to the state of funnel_agg';
CREATE AGGREGATE cdp.funnel_agg(page cdp.timeline_page, steps integer[], "window" interval) (
    SFUNC = cdp._funnel_page_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(cdp.timeline_page, integer[], interval) IS 'a funnel from pages of timelines, as from their timelines; rows with a null page are skipped, null without people';

CREATE FUNCTION cdp._funnel_page_trans(cdp.funnel, cdp.timeline_page, integer[], interval, text) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION cdp._funnel_page_trans(cdp.funnel, cdp.timeline_page, integer[], interval, text) IS 'internal: adds the people of a page with the funnel of their timelines to the state of funnel_agg';
CREATE AGGREGATE cdp.funnel_agg(page cdp.timeline_page, steps integer[], "window" interval, mode text) (
    SFUNC = cdp._funnel_page_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(cdp.timeline_page, integer[], interval, text) IS 'a funnel from pages of timelines, as from their timelines by the rules of a mode of window_funnel';

CREATE FUNCTION cdp._funnel_ruled_page_trans(cdp.funnel, cdp.timeline_page, text, interval) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_ruled_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION cdp._funnel_ruled_page_trans(cdp.funnel, cdp.timeline_page, text, interval) IS 'internal: adds the people of a page with the funnel of their timelines, steps as text';
CREATE AGGREGATE cdp.funnel_agg(page cdp.timeline_page, steps text, "window" interval) (
    SFUNC = cdp._funnel_ruled_page_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(cdp.timeline_page, text, interval) IS 'the same with steps as text';

CREATE FUNCTION cdp._funnel_ruled_page_trans(cdp.funnel, cdp.timeline_page, text, interval, text) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_ruled_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION cdp._funnel_ruled_page_trans(cdp.funnel, cdp.timeline_page, text, interval, text) IS 'internal: adds the people of a page with the funnel of their timelines, steps as text';
CREATE AGGREGATE cdp.funnel_agg(page cdp.timeline_page, steps text, "window" interval, mode text) (
    SFUNC = cdp._funnel_ruled_page_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(cdp.timeline_page, text, interval, text) IS 'the same with steps as text by the rules of a mode';

CREATE FUNCTION cdp._funnel_ruled_page_trans(cdp.funnel, cdp.timeline_page, text, interval, text, cdp.funnel_rules) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_ruled_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3000;
COMMENT ON FUNCTION cdp._funnel_ruled_page_trans(cdp.funnel, cdp.timeline_page, text, interval, text, cdp.funnel_rules) IS 'internal: adds the people of a page with the funnel of their timelines, steps as text';
CREATE AGGREGATE cdp.funnel_agg(page cdp.timeline_page, steps text, "window" interval, mode text, rules cdp.funnel_rules) (
    SFUNC = cdp._funnel_ruled_page_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(cdp.timeline_page, text, interval, text, cdp.funnel_rules) IS 'the same with steps as text by rules beyond a mode';

CREATE FUNCTION cdp._funnel_split_page_trans(cdp.tally, cdp.timeline_page, integer, integer, text, interval) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__funnel_split_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION cdp._funnel_split_page_trans(cdp.tally, cdp.timeline_page, integer, integer, text, interval) IS 'internal: adds the funnels of a page';
CREATE AGGREGATE cdp.funnel_split_agg(page cdp.timeline_page, property integer, step integer, steps text, "window" interval) (
    SFUNC = cdp._funnel_split_page_trans,
    STYPE = cdp.tally,
    SSPACE = 16384,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_split_agg(cdp.timeline_page, integer, integer, text, interval) IS 'funnel_split_agg of the timelines of pages';

CREATE FUNCTION cdp._funnel_split_page_trans(cdp.tally, cdp.timeline_page, integer, integer, text, interval, text) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__funnel_split_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION cdp._funnel_split_page_trans(cdp.tally, cdp.timeline_page, integer, integer, text, interval, text) IS 'internal: adds the funnels of a page';
CREATE AGGREGATE cdp.funnel_split_agg(page cdp.timeline_page, property integer, step integer, steps text, "window" interval, mode text) (
    SFUNC = cdp._funnel_split_page_trans,
    STYPE = cdp.tally,
    SSPACE = 16384,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_split_agg(cdp.timeline_page, integer, integer, text, interval, text) IS 'funnel_split_agg of the timelines of pages by the rules of a mode';

CREATE FUNCTION cdp._funnel_split_page_trans(cdp.tally, cdp.timeline_page, integer, integer, text, interval, text, cdp.funnel_rules) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__funnel_split_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3000;
COMMENT ON FUNCTION cdp._funnel_split_page_trans(cdp.tally, cdp.timeline_page, integer, integer, text, interval, text, cdp.funnel_rules) IS 'internal: adds the funnels of a page';
CREATE AGGREGATE cdp.funnel_split_agg(page cdp.timeline_page, property integer, step integer, steps text, "window" interval, mode text, rules cdp.funnel_rules) (
    SFUNC = cdp._funnel_split_page_trans,
    STYPE = cdp.tally,
    SSPACE = 16384,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_split_agg(cdp.timeline_page, integer, integer, text, interval, text, cdp.funnel_rules) IS 'funnel_split_agg of the timelines of pages by rules beyond a mode';

CREATE FUNCTION cdp._retention_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], text, integer, text) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__retention_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._retention_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], text, integer, text) IS 'internal: adds the retention of a page';
CREATE AGGREGATE cdp.retention_agg(page cdp.timeline_page, starts integer[], returns integer[], unit text, periods integer, tz text) (
    SFUNC = cdp._retention_page_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention_agg(cdp.timeline_page, integer[], integer[], text, integer, text) IS 'retention_agg of the timelines of pages';

CREATE FUNCTION cdp._retention_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], text, integer, text, timestamptz, timestamptz) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__retention_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._retention_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], text, integer, text, timestamptz, timestamptz) IS 'internal: adds the retention of a page';
CREATE AGGREGATE cdp._retention_agg(page cdp.timeline_page, starts integer[], returns integer[], unit text, periods integer, tz text, "from" timestamptz, "to" timestamptz) (
    SFUNC = cdp._retention_page_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp._retention_agg(cdp.timeline_page, integer[], integer[], text, integer, text, timestamptz, timestamptz) IS 'internal: the same for retention_report: of who first started in the period, which may be open, and without what was before that';

CREATE FUNCTION cdp._retention_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], text, integer, text, text, integer[], boolean, text) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__retention_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._retention_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], text, integer, text, text, integer[], boolean, text) IS 'internal: adds the retention of a page';
CREATE AGGREGATE cdp.retention_agg(page cdp.timeline_page, starts integer[], returns integer[], unit text, periods integer, tz text, kind text, brackets integer[], calendar boolean, cohorts text) (
    SFUNC = cdp._retention_page_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention_agg(cdp.timeline_page, integer[], integer[], text, integer, text, text, integer[], boolean, text) IS 'the same with all options';

CREATE FUNCTION cdp._paths_page_trans(cdp.tally, cdp.timeline_page, interval, integer) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__paths_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._paths_page_trans(cdp.tally, cdp.timeline_page, interval, integer) IS 'internal: adds the paths of a page';
CREATE AGGREGATE cdp.paths_agg(page cdp.timeline_page, gap interval, depth integer) (
    SFUNC = cdp._paths_page_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.paths_agg(cdp.timeline_page, interval, integer) IS 'paths_agg of the timelines of pages';

CREATE FUNCTION cdp._paths_page_trans(cdp.tally, cdp.timeline_page, interval, integer, integer[], integer, integer, boolean, boolean) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__paths_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp._paths_page_trans(cdp.tally, cdp.timeline_page, interval, integer, integer[], integer, integer, boolean, boolean) IS 'internal: adds the paths of a page';
CREATE AGGREGATE cdp.paths_agg(page cdp.timeline_page, gap interval, depth integer, codes integer[], start_code integer, end_code integer, reverse boolean, "collapse" boolean) (
    SFUNC = cdp._paths_page_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.paths_agg(cdp.timeline_page, interval, integer, integer[], integer, integer, boolean, boolean) IS 'the same with all options';

CREATE FUNCTION cdp._attribution_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], interval, text, integer) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__attribution_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._attribution_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], interval, text, integer) IS 'internal: adds the credit of a page';
CREATE AGGREGATE cdp.attribution_agg(page cdp.timeline_page, targets integer[], touches integer[], "window" interval, model text, property integer) (
    SFUNC = cdp._attribution_page_trans,
    STYPE = cdp.tally,
    SSPACE = 16384,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.attribution_agg(cdp.timeline_page, integer[], integer[], interval, text, integer) IS 'attribution_agg of the timelines of pages';

CREATE FUNCTION cdp._attribution_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], interval, text, integer, integer, interval) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__attribution_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._attribution_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], interval, text, integer, integer, interval) IS 'internal: adds the credit of a page';
CREATE AGGREGATE cdp.attribution_agg(page cdp.timeline_page, targets integer[], touches integer[], "window" interval, model text, property integer, direct integer, half_life interval) (
    SFUNC = cdp._attribution_page_trans,
    STYPE = cdp.tally,
    SSPACE = 16384,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.attribution_agg(cdp.timeline_page, integer[], integer[], interval, text, integer, integer, interval) IS 'the same with all options';

CREATE FUNCTION cdp._intervals_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], interval) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__intervals_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._intervals_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], interval) IS 'internal: adds the intervals of a page';
CREATE AGGREGATE cdp.intervals_agg(page cdp.timeline_page, from_codes integer[], to_codes integer[], longest interval) (
    SFUNC = cdp._intervals_page_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.intervals_agg(cdp.timeline_page, integer[], integer[], interval) IS 'intervals_agg of the timelines of pages';

CREATE FUNCTION cdp._intervals_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], interval, text, integer, interval[]) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__intervals_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._intervals_page_trans(cdp.tally, cdp.timeline_page, integer[], integer[], interval, text, integer, interval[]) IS 'internal: adds the intervals of a page';
CREATE AGGREGATE cdp.intervals_agg(page cdp.timeline_page, from_codes integer[], to_codes integer[], longest interval, pairing text, held integer, bins interval[]) (
    SFUNC = cdp._intervals_page_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.intervals_agg(cdp.timeline_page, integer[], integer[], interval, text, integer, interval[]) IS 'the same with all options';

CREATE FUNCTION cdp._distribution_page_trans(cdp.tally, cdp.timeline_page, integer[]) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__distribution_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 250;
COMMENT ON FUNCTION cdp._distribution_page_trans(cdp.tally, cdp.timeline_page, integer[]) IS 'internal: adds the numbers of a page';
CREATE AGGREGATE cdp.distribution_agg(page cdp.timeline_page, codes integer[]) (
    SFUNC = cdp._distribution_page_trans,
    STYPE = cdp.tally,
    SSPACE = 4096,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.distribution_agg(cdp.timeline_page, integer[]) IS 'distribution_agg of the timelines of pages';

CREATE FUNCTION cdp._distribution_page_trans(cdp.tally, cdp.timeline_page, integer[], timestamptz, timestamptz, text, text) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__distribution_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._distribution_page_trans(cdp.tally, cdp.timeline_page, integer[], timestamptz, timestamptz, text, text) IS 'internal: adds the numbers of a page';
CREATE AGGREGATE cdp.distribution_agg(page cdp.timeline_page, codes integer[], "from" timestamptz, "to" timestamptz, measure text, tz text) (
    SFUNC = cdp._distribution_page_trans,
    STYPE = cdp.tally,
    SSPACE = 4096,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.distribution_agg(cdp.timeline_page, integer[], timestamptz, timestamptz, text, text) IS 'the same with all options';

CREATE FUNCTION cdp._daily_page_trans(cdp.tally, cdp.timeline_page, integer[], integer, text) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__daily_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._daily_page_trans(cdp.tally, cdp.timeline_page, integer[], integer, text) IS 'internal: adds the days of a page';
CREATE AGGREGATE cdp.daily_agg(page cdp.timeline_page, codes integer[], property integer, tz text) (
    SFUNC = cdp._daily_page_trans,
    STYPE = cdp.tally,
    SSPACE = 16384,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.daily_agg(cdp.timeline_page, integer[], integer, text) IS 'daily_agg of the timelines of pages';
