-- how many people do something how often
SET timezone = 'UTC';
CREATE TABLE person AS
    SELECT i AS id, cdp.timeline_agg('2024-03-20'::timestamptz + (hashint8(i * 64 + j) & 2047) * interval '11 minutes', (hashint4(i * 64 + j) & 3),
                                     CASE WHEN j % 3 = 0 THEN (hashint4(j) & 15) - 5 END) AS tl
      FROM generate_series(1, 1000) i, generate_series(1, 1 + i % 20) j GROUP BY i;
CREATE TABLE event AS SELECT id, e.* FROM person, cdp.timeline_events(tl) e;
SELECT d.* FROM (SELECT cdp.distribution_agg(tl, '{3}') AS t FROM person) a, cdp.distribution_table(t) d;
SELECT d.* FROM (SELECT cdp.distribution_agg(tl, '{3}') AS t FROM person) a, cdp.distribution_table(t, '{1,2,5}') d;
SELECT d.* FROM (SELECT cdp.distribution_agg(tl, '{3}') AS t FROM person) a, cdp.distribution_table(t, '{4,6,100}') d;
-- what plain SQL finds, in a range of time and in time zones
SELECT measure, tz, count(*) > 3 AS many, count(*) FILTER (WHERE a.users IS DISTINCT FROM b.users) AS differ
  FROM unnest('{times,days,hours,sum}'::text[]) measure, unnest('{UTC,Europe/Berlin,Asia/Kathmandu}'::text[]) tz,
       LATERAL (SELECT bin_from AS n, users FROM (SELECT cdp.distribution_agg(tl, '{1,2}', '2024-03-25', '2024-04-01 12:00', measure, tz) AS t FROM person) s, cdp.distribution_table(t)) a
       FULL JOIN LATERAL (SELECT n, count(*) AS users
                            FROM (SELECT CASE measure WHEN 'times' THEN count(*) WHEN 'days' THEN count(DISTINCT (ts AT TIME ZONE tz)::date)
                                         WHEN 'hours' THEN count(DISTINCT date_trunc('hour', ts, tz)) ELSE sum(value)::int8 END AS n
                                    FROM event WHERE code IN (1, 2) AND ts >= '2024-03-25' AND ts < '2024-04-01 12:00' GROUP BY id) c
                           WHERE n IS NOT NULL GROUP BY n) b USING (n)
 GROUP BY 1, 2 ORDER BY 1, 2;
-- open ranges are those of all time, and all codes
SELECT (SELECT cdp.rollup(t) FROM unnest(ARRAY[a.t]) t)::text = a.t::text AS stays, (SELECT array_agg(d) FROM cdp.distribution_table(a.t) d) = (SELECT array_agg(d) FROM cdp.distribution_table(b.t) d) AS open_is_all,
       (SELECT array_agg(d) FROM cdp.distribution_table(b.t) d) = (SELECT array_agg(d) FROM cdp.distribution_table(c.t) d) AS infinity_is_open,
       (SELECT sum(users) FROM cdp.distribution_table(a.t)) AS people
  FROM (SELECT cdp.distribution_agg(tl, NULL) AS t, cdp.distribution_agg(tl, NULL, NULL, NULL, 'times', 'UTC') AS b, cdp.distribution_agg(tl, NULL, '-infinity', 'infinity', 'times', 'UTC') AS c FROM person) x,
       LATERAL (SELECT x.t) a, LATERAL (SELECT x.b AS t) b, LATERAL (SELECT x.c AS t) c;
SELECT count(*) FROM cdp.distribution_table((SELECT cdp.distribution_agg(tl, NULL, 'infinity', '-infinity', 'times', 'UTC') FROM person));
SELECT * FROM cdp.distribution_table((SELECT cdp.distribution_agg(tl, '{77}') FROM person), '{1}');
SELECT count(*) FROM cdp.distribution_table(NULL, '{1}');
-- parts add up, and parallel workers count the same
CREATE TABLE part AS SELECT cdp.distribution_agg(tl, '{1}') AS t FROM person GROUP BY id % 3;
ALTER TABLE person SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT cdp.distribution_agg(tl, '{1}') FROM person;
SELECT (SELECT cdp.distribution_agg(tl, '{1}') FROM person)::text = (SELECT cdp.rollup(t) FROM part)::text AS same;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
-- the ends of time and of numbers
SELECT d.* FROM (SELECT cdp.distribution_agg(tl, NULL, '0001-01-01', '294276-12-31', 'sum', 'UTC') AS t
  FROM (SELECT i, cdp.timeline_agg(t, 1, v) AS tl
          FROM (VALUES (1, '4713-01-01 BC'::timestamptz, 5::int8), (1, '0001-01-01', -9223372036854775808), (2, '9999-12-31', 9223372036854775807), (2, '294276-12-31', 2), (3, '2024-01-01', 0), (4, '2024-01-01', -1)) v(i, t, v) GROUP BY i) s) a,
  cdp.distribution_table(t) d;
-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.distribution_agg(tl, NULL, NULL, NULL, 'visits', 'UTC') FROM person;
SELECT cdp.distribution_agg(tl, NULL, NULL, NULL, NULL, 'UTC') FROM person;
SELECT cdp.distribution_agg(tl, NULL, NULL, NULL, 'days', 'Atlantis') FROM person;
SELECT cdp.distribution_agg(tl, '{-1}') FROM person;
SELECT cdp.distribution_agg(tl, NULL, NULL, NULL, 'sum', 'UTC') FROM (SELECT cdp.timeline_agg('2024-01-01', 1, v) AS tl FROM unnest('{9223372036854775807,1}'::int8[]) v) s;
SELECT * FROM cdp.distribution_table((SELECT cdp.rollup(t) FROM part), '{}');
SELECT * FROM cdp.distribution_table((SELECT cdp.rollup(t) FROM part), '{2,1}');
SELECT * FROM cdp.distribution_table((SELECT cdp.rollup(t) FROM part), '{1,NULL}');
SELECT * FROM cdp.distribution_table((SELECT cdp.paths_agg(tl, '1 day', 2) FROM person));
DROP TABLE person, event, part;
