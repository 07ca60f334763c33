--| ### Retention of timelines
--| By the definitions of `retention_matrix`, from each person's events: those with a code of `starts` start, those with
--| a code of `returns` come back (null: all events). Days are those of a time zone or, without `calendar`, of
--| 24 hours since the person's first start.

CREATE FUNCTION cdp.retention_bits(tl cdp.timeline, starts integer[] DEFAULT NULL, returns integer[] DEFAULT NULL, unit text DEFAULT 'day',
                                   periods integer DEFAULT 30, tz text DEFAULT 'UTC', kind text DEFAULT 'n_day', brackets integer[] DEFAULT NULL,
                                   calendar boolean DEFAULT true) RETURNS bit varying
    AS 'MODULE_PATHNAME', 'cdp_retention_bits' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.retention_bits(cdp.timeline, integer[], integer[], text, integer, text, text, integer[], boolean) IS 'bit n: whether the person came back n days, weeks or months after that of the first start, or in bracket n; null for who never started';

CREATE FUNCTION cdp._retention_tally_trans(cdp.tally, cdp.timeline, integer[], integer[], text, integer, text) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__retention_tally_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._retention_tally_trans(cdp.tally, cdp.timeline, integer[], integer[], text, integer, text) IS 'internal: adds the retention of a timeline';
CREATE FUNCTION cdp._retention_tally_trans(cdp.tally, cdp.timeline, integer[], integer[], text, integer, text, text, integer[], boolean, text) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__retention_tally_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._retention_tally_trans(cdp.tally, cdp.timeline, integer[], integer[], text, integer, text, text, integer[], boolean, text) IS 'internal: adds the retention of a timeline';

CREATE AGGREGATE cdp.retention_agg(tl cdp.timeline, starts integer[], returns integer[], unit text, periods integer, tz text) (
    SFUNC = cdp._retention_tally_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention_agg(cdp.timeline, integer[], integer[], text, integer, text) IS 'of those who started in a day, week or month, how many came back exactly so many later; read it with retention_table';

CREATE AGGREGATE cdp.retention_agg(tl cdp.timeline, starts integer[], returns integer[], unit text, periods integer, tz text, kind text,
                                   brackets integer[], calendar boolean, cohorts text) (
    SFUNC = cdp._retention_tally_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention_agg(cdp.timeline, integer[], integer[], text, integer, text, text, integer[], boolean, text) IS 'the same of kind n_day, unbounded or bracket, for cohorts first or recurring, by days of the calendar or of 24 hours since the first start';

CREATE FUNCTION cdp.retention_table(t cdp.tally, until date DEFAULT NULL, confidence float8 DEFAULT 0.95, OUT cohort date, OUT period integer,
                              OUT size bigint, OUT users bigint, OUT rate float8, OUT ci_low float8, OUT ci_high float8, OUT complete boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_retention_table' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 500;
COMMENT ON FUNCTION cdp.retention_table(cdp.tally, date, float8) IS 'a tally of retention_agg as the rows of retention_matrix: Wilson''s interval; complete when the period was over before "until", by default the last day with anyone';
