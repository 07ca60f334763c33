-- The ends of time, leap seconds, one event, one person with very many, and whoever gives up waiting for them.
SET timezone = 'UTC';
-- years 1 and 9999, a leap second of the input (PostgreSQL reads it as the next second), the largest gap
SELECT e.*, cdp.timeline_days(tl) AS days, cdp.timeline_days(tl, tz => 'America/New_York') AS new_york FROM (SELECT cdp.timeline_agg(ts::timestamptz, 1) AS tl FROM (VALUES
    ('0001-01-01 00:00:00'), ('9999-12-31 23:59:59.999999'), ('2016-12-31 23:59:60'), ('2017-01-01 00:00:00'), ('0044-03-15 12:00 BC')) v(ts)) t,
    cdp.timeline_events(tl) e;
SELECT cdp.timeline_count(tl), cdp.timeline_count(cdp.timeline_slice(tl, '-infinity', '9999-12-31')) AS before FROM (
    SELECT cdp.timeline_agg(ts, 1) FROM (VALUES ('4714-11-24 00:00:00+00 BC'::timestamptz), ('294276-12-31 23:59:59.999999+00')) v(ts)) t(tl);
-- one event; values and properties at their ends
SELECT e.* FROM (SELECT cdp.timeline_agg('2024-01-01', 2147483647, v, ARRAY[p, NULL, p]) AS tl
                   FROM (VALUES (9223372036854775807, 2147483647), (-9223372036854775808, -2147483648), (0, 0), (NULL, NULL)) v(v, p)) t, cdp.timeline_events(tl) e;
SELECT cdp.timeline_count(tl), cdp.timeline_first(tl) = cdp.timeline_last(tl) AS instant, pg_column_size(tl) FROM (
    SELECT cdp.timeline_agg('2024-01-01', 1) AS tl) t;

-- a million events of one person, in no order, with values: everything can be asked
CREATE TABLE many AS SELECT cdp.timeline_agg('2024-01-01'::timestamptz + (hashint8(i)::bigint & 4294967295) * interval '1 ms', i % 7, i, ARRAY[i % 12]) AS tl
  FROM generate_series(1, 1000000) i;
SELECT cdp.timeline_count(tl), cdp.timeline_count(tl, '{3}') AS threes, cdp.timeline_sum(tl), cdp.timeline_days(tl) AS days, cdp.timeline_codes(tl),
       cdp.timeline_count(cdp.timeline_distinct(tl OPERATOR(cdp.||) tl)) AS distinct_events, pg_column_size(tl) <= 9 * 1000000 AS compact FROM many;

-- who does not want to wait any longer does not have to
CREATE FUNCTION stopped(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN 'not stopped';
EXCEPTION WHEN query_canceled THEN
    RETURN 'stopped';
END $$;
BEGIN;
SET LOCAL statement_timeout = '250ms';
SELECT stopped('SELECT sum(cdp.timeline_count(cdp.timeline_distinct(a.tl OPERATOR(cdp.||) b.tl))) FROM many a, many b, generate_series(1, 1000)') AS change;
ROLLBACK;
BEGIN;
SET LOCAL statement_timeout = '250ms';
SELECT stopped('SELECT sum(cdp.timeline_hours(tl, NULL, ''Europe/Berlin'')) FROM many, generate_series(1, 100000)') AS question;
ROLLBACK;
-- leave the database as it was
DROP TABLE many;
DROP FUNCTION stopped;
