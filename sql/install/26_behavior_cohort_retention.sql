--| ## Activity: who did something on which day
--| `activity_agg` folds rows, or bitmaps of days, into one value of type `activity`: for each day who
--| started something and who came back. Retention, lifecycle and stickiness are questions to it.

CREATE TYPE cdp.activity;

CREATE FUNCTION cdp.activity_in(cstring) RETURNS cdp.activity
    AS 'MODULE_PATHNAME', 'cdp_activity_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.activity_in(cstring) IS 'I/O';
CREATE FUNCTION cdp.activity_out(cdp.activity) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_activity_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.activity_out(cdp.activity) IS 'I/O';
CREATE FUNCTION cdp.activity_recv(internal) RETURNS cdp.activity
    AS 'MODULE_PATHNAME', 'cdp_activity_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.activity_recv(internal) IS 'I/O';
CREATE FUNCTION cdp.activity_send(cdp.activity) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_activity_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.activity_send(cdp.activity) IS 'I/O';

-- Bitmaps hardly compress further.
CREATE TYPE cdp.activity (
    INPUT = cdp.activity_in,
    OUTPUT = cdp.activity_out,
    RECEIVE = cdp.activity_recv,
    SEND = cdp.activity_send,
    INTERNALLENGTH = VARIABLE,
    STORAGE = external,
    ALIGNMENT = int4
);
COMMENT ON TYPE cdp.activity IS 'who started something, and who came back, on each day: bitmaps by day';

--| ### Making it

CREATE FUNCTION cdp._activity_trans(cdp.activity, integer, date) RETURNS cdp.activity
    AS 'MODULE_PATHNAME', 'cdp__activity_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._activity_trans(cdp.activity, integer, date) IS 'internal: adds a user and a day to the state of activity_agg';
CREATE FUNCTION cdp._activity_did_trans(cdp.activity, integer, date, boolean, boolean) RETURNS cdp.activity
    AS 'MODULE_PATHNAME', 'cdp__activity_did_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._activity_did_trans(cdp.activity, integer, date, boolean, boolean) IS 'internal: the same with what the user did';
CREATE FUNCTION cdp._activity_day_trans(cdp.activity, date, cdp.roaringbitmap) RETURNS cdp.activity
    AS 'MODULE_PATHNAME', 'cdp__activity_day_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp._activity_day_trans(cdp.activity, date, cdp.roaringbitmap) IS 'internal: adds the users of a day';
CREATE FUNCTION cdp._activity_day_did_trans(cdp.activity, date, cdp.roaringbitmap, cdp.roaringbitmap) RETURNS cdp.activity
    AS 'MODULE_PATHNAME', 'cdp__activity_day_did_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._activity_day_did_trans(cdp.activity, date, cdp.roaringbitmap, cdp.roaringbitmap) IS 'internal: adds those who started and those who came back on a day';
CREATE FUNCTION cdp._activity_combine(cdp.activity, cdp.activity) RETURNS cdp.activity
    AS 'MODULE_PATHNAME', 'cdp__activity_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp._activity_combine(cdp.activity, cdp.activity) IS 'internal: unites two states of activity_agg';
CREATE FUNCTION cdp._activity_final(cdp.activity) RETURNS cdp.activity
    AS 'MODULE_PATHNAME', 'cdp__activity_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._activity_final(cdp.activity) IS 'internal: the storable value of a state of activity_agg';

CREATE AGGREGATE cdp.activity_agg(uid integer, day date) (
    SFUNC = cdp._activity_trans,
    STYPE = cdp.activity,
    SSPACE = 512,
    FINALFUNC = cdp._activity_final,
    COMBINEFUNC = cdp._activity_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.activity_agg(integer, date) IS 'on which days each user was active: start and return at once; rows with a null are skipped, null without rows';

CREATE AGGREGATE cdp.activity_agg(uid integer, day date, starts boolean, returns boolean) (
    SFUNC = cdp._activity_did_trans,
    STYPE = cdp.activity,
    SSPACE = 512,
    FINALFUNC = cdp._activity_final,
    COMBINEFUNC = cdp._activity_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.activity_agg(integer, date, boolean, boolean) IS 'on which days each user started something, and came back; a null condition is false';

CREATE AGGREGATE cdp.activity_agg(day date, active cdp.roaringbitmap) (
    SFUNC = cdp._activity_day_trans,
    STYPE = cdp.activity,
    SSPACE = 4096,
    FINALFUNC = cdp._activity_final,
    COMBINEFUNC = cdp._activity_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.activity_agg(date, cdp.roaringbitmap) IS 'the same from the users of each day';

CREATE AGGREGATE cdp.activity_agg(day date, starters cdp.roaringbitmap, returners cdp.roaringbitmap) (
    SFUNC = cdp._activity_day_did_trans,
    STYPE = cdp.activity,
    SSPACE = 4096,
    FINALFUNC = cdp._activity_final,
    COMBINEFUNC = cdp._activity_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.activity_agg(date, cdp.roaringbitmap, cdp.roaringbitmap) IS 'the same from those who started and those who came back on each day';

CREATE AGGREGATE cdp.rollup(activity cdp.activity) (
    SFUNC = cdp._activity_combine,
    STYPE = cdp.activity,
    SSPACE = 4096,
    FINALFUNC = cdp._activity_final,
    COMBINEFUNC = cdp._activity_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.activity) IS 'activities of months, channels, shards ... as one';

CREATE FUNCTION cdp.activity_union(a cdp.activity, b cdp.activity) RETURNS cdp.activity
    AS 'MODULE_PATHNAME', 'cdp_activity_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.activity_union(cdp.activity, cdp.activity) IS 'two activities as one';

CREATE OPERATOR cdp.|| (LEFTARG = cdp.activity, RIGHTARG = cdp.activity, FUNCTION = cdp.activity_union, COMMUTATOR = OPERATOR(cdp.||));
COMMENT ON OPERATOR cdp.|| (cdp.activity, cdp.activity) IS 'two activities as one';

CREATE FUNCTION cdp.day_from_start(start timestamptz, ts timestamptz, time_zone text DEFAULT 'UTC') RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (start AT TIME ZONE time_zone)::date + floor(extract(epoch FROM ts - start) / 86400)::integer;
COMMENT ON FUNCTION cdp.day_from_start(timestamptz, timestamptz, text) IS 'a day for activity_agg that counts periods of 24 hours from a user''s own start instead of days of the calendar: the day of the start in the time zone, and one more for every 24 hours since';

--| ### Retention, lifecycle, stickiness

CREATE FUNCTION cdp.retention_matrix(a cdp.activity, kind text DEFAULT 'n_day', unit text DEFAULT 'day', periods integer DEFAULT 30,
                                     brackets integer[] DEFAULT NULL, cohorts text DEFAULT 'first', until date DEFAULT NULL,
                                     confidence float8 DEFAULT 0.95, OUT cohort date, OUT period integer, OUT size bigint,
                                     OUT users bigint, OUT rate float8, OUT ci_low float8, OUT ci_high float8, OUT complete boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_retention_matrix' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000 ROWS 500;
COMMENT ON FUNCTION cdp.retention_matrix(cdp.activity, text, text, integer, integer[], text, date, float8) IS 'of those who started in a day, week or month, who came back after how many: kind n_day, unbounded or bracket; cohorts first or recurring; Wilson''s interval; complete when the period was over before "until", by default the last day with anyone';

CREATE FUNCTION cdp.retention_users(a cdp.activity, cohort date, period integer, kind text DEFAULT 'n_day', unit text DEFAULT 'day',
                                    brackets integer[] DEFAULT NULL, cohorts text DEFAULT 'first') RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_retention_users' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5000;
COMMENT ON FUNCTION cdp.retention_users(cdp.activity, date, integer, text, text, integer[], text) IS 'the users of one cell of retention_matrix: who of the cohort came back in the period; an audience';

CREATE FUNCTION cdp.retention_cohort(a cdp.activity, cohort date, unit text DEFAULT 'day', cohorts text DEFAULT 'first') RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_retention_cohort' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000;
COMMENT ON FUNCTION cdp.retention_cohort(cdp.activity, date, text, text) IS 'the users who started in the day, week or month in which the date lies; rb_andnot it with retention_users for those who did not come back';

CREATE FUNCTION cdp.lifecycle(a cdp.activity, unit text DEFAULT 'day', until date DEFAULT NULL, OUT period date, OUT new_users bigint,
                              OUT returning_users bigint, OUT resurrecting_users bigint, OUT dormant_users bigint, OUT complete boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_lifecycle' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5000 ROWS 100;
COMMENT ON FUNCTION cdp.lifecycle(cdp.activity, text, date) IS 'per day, week or month: active users who are new, who were active in the period before, who come again after a pause, and users of the period before who are not active; up to the period of "until", by default the last day with anyone';

CREATE FUNCTION cdp.stickiness(a cdp.activity, span text DEFAULT 'week', OUT period date, OUT days integer, OUT users bigint, OUT share float8)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_stickiness' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000 ROWS 100;
COMMENT ON FUNCTION cdp.stickiness(cdp.activity, text) IS 'per week or month, or over all: how many users were active on exactly so many days, and their share of those active on any';

CREATE FUNCTION cdp.distribution(a cdp.activity, bins integer[], OUT bin_from integer, OUT bin_to integer, OUT users bigint, OUT share float8)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_distribution' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000 ROWS 10;
COMMENT ON FUNCTION cdp.distribution(cdp.activity, integer[]) IS 'users by the number of days on which they were active, in bins from each number to before the next, the last without end';
