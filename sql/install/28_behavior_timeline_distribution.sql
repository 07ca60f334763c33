--| ### Distribution

CREATE FUNCTION cdp._distribution_trans(cdp.tally, cdp.timeline, integer[]) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__distribution_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp._distribution_trans(cdp.tally, cdp.timeline, integer[]) IS 'internal: adds the number of a timeline';
CREATE FUNCTION cdp._distribution_trans(cdp.tally, cdp.timeline, integer[], timestamptz, timestamptz, text, text) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__distribution_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._distribution_trans(cdp.tally, cdp.timeline, integer[], timestamptz, timestamptz, text, text) IS 'internal: adds the number of a timeline';

CREATE AGGREGATE cdp.distribution_agg(tl cdp.timeline, codes integer[]) (
    SFUNC = cdp._distribution_trans,
    STYPE = cdp.tally,
    SSPACE = 4096,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.distribution_agg(cdp.timeline, integer[]) IS 'how many timelines have how many events with these codes (null: all); those without any do not count; read it with distribution_table';

CREATE AGGREGATE cdp.distribution_agg(tl cdp.timeline, codes integer[], "from" timestamptz, "to" timestamptz, measure text, tz text) (
    SFUNC = cdp._distribution_trans,
    STYPE = cdp.tally,
    SSPACE = 4096,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.distribution_agg(cdp.timeline, integer[], timestamptz, timestamptz, text, text) IS 'the same of the events from "from" on and before "to" (null: open), by their number of times, days or hours in a time zone, or the sum of their values';

CREATE FUNCTION cdp.distribution_table(t cdp.tally, bins bigint[] DEFAULT NULL, OUT bin_from bigint, OUT bin_to bigint, OUT users bigint, OUT share float8)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_distribution_table' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 20;
COMMENT ON FUNCTION cdp.distribution_table(cdp.tally, bigint[]) IS 'timelines by their number in distribution_agg, in bins from each number to before the next, the last without end; without bins each number by itself; share of those that have any';
