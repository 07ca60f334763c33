-- What it costs to fold one more day into stored timelines, and to ask reports before and after.
--
--   psql -X -d DATABASE -f test/bench/behavior/refresh.sql     (a database of its own with the extension, superuser)
--   -v users=1000000      people; 60 days of some 30 events each are stored, 1.1 events a person come on the
--                         last day, of one person in twelve
\ir measure.sql
\if :{?users} \else \set users 100000 \endif
SET TimeZone = 'UTC';
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp.teardown(true) > 0 AS emptied \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp._event_types_learn(ARRAY(SELECT 'event ' || n FROM generate_series(10, 29) AS n)) \g /dev/null
SELECT cdp.event_value_set('event 21', 'amount') \g /dev/null
SELECT cdp._event_property_values_learn(array_fill(1, ARRAY[12]), ARRAY(SELECT 'channel ' || n FROM generate_series(10, 21) AS n)) \g /dev/null
INSERT INTO cdp.person (one_id) SELECT generate_series(1, :users);
INSERT INTO cdp.identifier (id, type_id, value, one_id, first_seen, last_seen)
SELECT n, 1, 'u' || n, n, '2024-01-01', '2024-03-01' FROM generate_series(1, :users) AS n;
-- Stored as timelines only: the refresh never looks at the events of months that are not due.
INSERT INTO cdp.timeline_month (month, slot, page)
SELECT b.month, r.slot, r.page
  FROM (SELECT date_trunc('month', ts)::date AS month, cdp.timelines_build(uid, ts, code, value, channel) AS t
          FROM (SELECT (abs(hashint8(n)::int8) % :users) + 1 AS uid, timestamptz '2024-02-01' + n * (interval '58 days' / (30 * :users)) AS ts,
                       1 + abs(hashint8(n + 1)::int8)::int4 % 20 AS code, CASE WHEN n % 20 = 0 THEN n % 10000 END AS value,
                       1 + abs(hashint8(n + 2)::int8)::int4 % 12 AS channel
                  FROM generate_series(0, 30::int8 * :users - 1) AS n) AS e
         GROUP BY 1) AS b, cdp.timeline_pages_by(b.t, 4) AS r ORDER BY 1, 2;
VACUUM (ANALYZE, FREEZE) cdp.timeline_month, cdp.identifier;

CREATE TEMP TABLE step (place int, what text, cpu_ms numeric, detail text);
CREATE PROCEDURE pg_temp.take(place int, what text, query text) LANGUAGE plpgsql AS $$
DECLARE
    before bigint := pg_temp.cpu_ns();
    said text;
BEGIN
    EXECUTE query INTO said;
    INSERT INTO step VALUES (place, what, round((pg_temp.cpu_ns() - before) / 1e6), said);
END $$;
CREATE TEMP TABLE arrived AS
SELECT 1 + (abs(hashint8(n)::int8) % (:users / 12)) * 12 AS uid, timestamptz '2024-03-30' + n * (interval '1 day' / (1.1 * :users)) AS ts,
       'event ' || 10 + abs(hashint8(n + 1)::int8) % 20 AS name, 'channel ' || 10 + abs(hashint8(n + 2)::int8) % 12 AS channel, n
  FROM generate_series(1, (1.1 * :users)::int8) AS n;
CREATE TABLE cdp.event_2024_03 PARTITION OF cdp.event FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');
CALL pg_temp.take(1, 'the day is stored (trigger included)', $$WITH i AS (INSERT INTO cdp.event (event_id, ts, name, identifier_id, channel, props)
    SELECT a.n, a.ts, a.name, a.uid, a.channel, CASE WHEN a.name = 'event 21' THEN jsonb_build_object('amount', a.n) END FROM arrived AS a RETURNING 1)
    SELECT count(*) || ' events' FROM i$$);
CALL pg_temp.take(2, 'funnel_report before the refresh', $$SELECT string_agg(users::text, ' ' ORDER BY step) FROM cdp.funnel_report('{event 11,event 17,event 21}', '1 day')$$);
CALL pg_temp.take(3, 'timeline_refresh', $$SELECT people || ' people, ' || events || ' events, ' || waiting || ' wait' FROM cdp.timeline_refresh()$$);
CALL pg_temp.take(4, 'funnel_report after the refresh', $$SELECT string_agg(users::text, ' ' ORDER BY step) FROM cdp.funnel_report('{event 11,event 17,event 21}', '1 day')$$);
CALL pg_temp.take(5, 'funnel_report of one month', $$SELECT string_agg(users::text, ' ' ORDER BY step) FROM cdp.funnel_report('{event 11,event 17,event 21}', '1 day', "from" => '2024-02-01', "to" => '2024-03-01')$$);
SELECT what, cpu_ms, detail FROM step ORDER BY place;
SELECT (SELECT detail FROM step WHERE place = 2) = (SELECT detail FROM step WHERE place = 4) AS never_behind;
