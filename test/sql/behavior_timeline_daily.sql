-- events and visitors by day, code and property
SET timezone = 'UTC';
CREATE TABLE person AS
    SELECT i AS id, cdp.timeline_agg('2024-03-01'::timestamptz + (hashint8(i * 64 + j) & 4095) * interval '10 minutes', (hashint4(i * 64 + j) & 3), NULL,
                                     ARRAY[CASE WHEN j % 4 <> 0 THEN hashint4(j) & 7 END]) AS tl
      FROM generate_series(1, 1000) i, generate_series(1, 1 + i % 30) j GROUP BY i;
CREATE TABLE event AS SELECT id, e.ts, e.code, e.props[1] AS channel FROM person, cdp.timeline_events(tl) e;
-- one timeline: the date is that of the time zone, null keys first
SELECT day, key, events FROM (SELECT cdp.timeline_agg(t, c, NULL, ARRAY[p]) AS tl
  FROM (VALUES ('2024-03-30 22:59+00'::timestamptz, 1, 5), ('2024-03-30 23:00+00', 1, NULL), ('2024-03-31 21:59+00', 1, 5), ('2024-03-31 22:00+00', 1, 5), ('2024-03-31 22:01+00', 2, 5)) v(t, c, p)) s,
  cdp.timeline_daily(tl, '{1}', 1, 'Europe/Berlin');
SELECT day, key, events FROM person, cdp.timeline_daily(tl) WHERE id = 30 ORDER BY day, key LIMIT 3;
SELECT count(*) FROM cdp.timeline_daily(NULL);
-- the aggregate counts as plain SQL does
SELECT tz, count(*) > 100 AS many, count(*) FILTER (WHERE (a.events, a.visitors) IS DISTINCT FROM (b.events, b.visitors)) AS differ
  FROM unnest('{UTC,Asia/Kathmandu,America/New_York}'::text[]) tz,
       LATERAL (SELECT d.day, coalesce(key, -1) AS key, events, visitors FROM (SELECT cdp.daily_agg(tl, '{1,2}', 1, tz) AS t FROM person) s, cdp.daily(t) d) a
       FULL JOIN LATERAL (SELECT (ts AT TIME ZONE tz)::date AS day, coalesce(channel, -1) AS key, count(*) AS events, count(DISTINCT id) AS visitors
                            FROM event WHERE code IN (1, 2) GROUP BY 1, 2) b USING (day, key)
 GROUP BY tz ORDER BY tz;
SELECT count(*) FILTER (WHERE a.events IS DISTINCT FROM b.events) AS differ
  FROM (SELECT d.* FROM (SELECT cdp.daily_agg(tl, NULL, 0, 'UTC') AS t FROM person) s, cdp.daily(t) d) a
       FULL JOIN (SELECT ts::date AS day, code AS key, count(*) AS events FROM event GROUP BY 1, 2) b USING (day, key);
-- parallel workers count the same
CREATE TABLE part AS SELECT cdp.daily_agg(tl, '{1,2}', 1, 'UTC') AS t FROM person GROUP BY id % 3;
ALTER TABLE person SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT cdp.daily_agg(tl, '{1,2}', 1, 'UTC') FROM person;
SELECT (SELECT cdp.daily_agg(tl, '{1,2}', 1, 'UTC') FROM person)::text = (SELECT cdp.rollup(t) FROM part)::text AS same;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.timeline_daily(tl, '{-1}') FROM person WHERE id = 1;
SELECT cdp.timeline_daily(tl, '{1,NULL}') FROM person WHERE id = 1;
SELECT cdp.timeline_daily(tl, '{1}', 5) FROM person WHERE id = 1;
SELECT cdp.timeline_daily(tl, '{1}', NULL) FROM person WHERE id = 1;
SELECT cdp.timeline_daily(tl, '{1}', 1, 'Atlantis') FROM person WHERE id = 1;
SELECT cdp.timeline_daily(tl, '{1}', 1, NULL) FROM person WHERE id = 1;
SELECT cdp.daily_agg(tl, '{1}', id % 2, 'UTC') FROM person;
SELECT * FROM cdp.daily((SELECT cdp.paths_agg(tl, '1 day', 2) FROM person));
-- leave the database as it was
DROP TABLE person, event, part;
