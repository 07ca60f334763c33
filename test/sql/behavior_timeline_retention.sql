-- retention from timelines
SET timezone = 'UTC';
CREATE TABLE person AS
    SELECT i AS id, cdp.timeline_agg('2024-03-20'::timestamptz + (hashint8(i * 64 + j) & 4095) * interval '20 minutes' * (1 + i % 3), (hashint4(i * 64 + j) & 3)) AS tl
      FROM generate_series(1, 1500) i, generate_series(1, 1 + i % 20) j GROUP BY i;
CREATE TABLE event AS SELECT id, e.ts, e.code FROM person, cdp.timeline_events(tl) e;
-- one person: bit n is n days after the first start
CREATE TABLE visit AS SELECT cdp.timeline_agg(t, c) AS tl
  FROM (VALUES ('2024-03-30 20:00+00'::timestamptz, 1), ('2024-03-30 22:30+00', 2), ('2024-03-31 21:00+00', 2), ('2024-03-31 22:30+00', 2), ('2024-04-06 01:00+00', 2), ('2024-04-20 01:00+00', 1)) v(t, c);
SELECT cdp.retention_bits(tl) AS every_day, cdp.retention_bits(tl, '{1}', '{2}', 'day', 7) AS ones, cdp.retention_bits(tl, '{1}', '{2}', 'day', 7, 'Europe/Berlin') AS in_berlin,
       cdp.retention_bits(tl, '{1}', '{2}', 'day', 7, calendar => false) AS of_24_hours FROM visit;
SELECT cdp.retention_bits(tl, '{1}', NULL, 'week', 4) AS weeks, cdp.retention_bits(tl, '{1}', '{2}', 'month', 2) AS months,
       cdp.retention_bits(tl, '{1}', '{2}', 'day', 9, kind => 'unbounded') AS unbounded,
       cdp.retention_bits(tl, '{1}', '{2}', kind => 'bracket', brackets => '{1,2,7,30}') AS brackets,
       get_bit(cdp.retention_bits(tl, '{1}', '{2}'), 7) AS day_7 FROM visit;
SELECT cdp.retention_bits(tl, '{7}') AS never, cdp.retention_bits(NULL) AS nobody, cdp.retention_bits(cdp.timeline_slice(tl, '-infinity', '-infinity')) AS empty FROM visit;
-- all of them: the rows that retention_matrix gives for the same activity
SELECT r.* FROM (SELECT cdp.retention_agg(tl, '{1}', '{2}', 'month', 3, 'UTC') AS t FROM person) a, cdp.retention_table(t) r ORDER BY cohort, period LIMIT 6;
CREATE TABLE question (kind text, unit text, brackets int[], cohorts text, calendar bool, tz text);
INSERT INTO question VALUES ('n_day', 'day', NULL, 'first', true, 'UTC'), ('n_day', 'week', NULL, 'recurring', true, 'America/New_York'), ('unbounded', 'day', NULL, 'first', true, 'Asia/Kathmandu'),
    ('unbounded', 'month', NULL, 'recurring', true, 'UTC'), ('bracket', 'day', '{0,1,7,30}', 'first', false, 'Europe/Berlin'), ('bracket', 'week', '{1,3,9}', 'recurring', true, 'Europe/Berlin'),
    ('n_day', 'day', NULL, 'recurring', false, 'Europe/Berlin'), ('n_day', 'month', NULL, 'first', false, 'UTC');
CREATE VIEW both_ways AS
    SELECT q.*, a.t, b.a FROM question q,
           LATERAL (SELECT cdp.retention_agg(tl, '{1}', '{1,2}', unit, 12, tz, kind, brackets, calendar, cohorts) AS t FROM person) a,
           LATERAL (SELECT cdp.activity_agg(id, CASE WHEN calendar THEN (ts AT TIME ZONE tz)::date ELSE cdp.day_from_start(start, ts, tz) END, code = 1, code IN (1, 2)) AS a
                      FROM event LEFT JOIN (SELECT id, min(ts) AS start FROM event WHERE code = 1 GROUP BY id) s USING (id)) b;
SELECT kind, unit, cohorts, calendar, w.* FROM both_ways, LATERAL (
    WITH r AS (SELECT * FROM cdp.retention_table(t, '2024-06-15', 0.9)), m AS (SELECT * FROM cdp.retention_matrix(a, kind, unit, 12, brackets, cohorts, '2024-06-15', 0.9)),
         x AS ((TABLE r EXCEPT ALL TABLE m) UNION ALL (TABLE m EXCEPT ALL TABLE r))
    SELECT (SELECT count(*) > 5 AND sum(users) > 500 FROM r) AS many, (SELECT count(*) FROM x) AS differ) AS w
 ORDER BY 1, 2, 3, 4;
DROP VIEW both_ways;
-- a bit is a user of a cell
SELECT count(*) FILTER (WHERE users <> n) AS differ, count(*) AS periods
  FROM (SELECT period, sum(users) AS users FROM cdp.retention_table((SELECT cdp.retention_agg(tl, '{1}', '{2}', 'day', 9, 'UTC') FROM person), '2030-01-01') GROUP BY 1) m
  JOIN (SELECT p AS period, sum(get_bit(cdp.retention_bits(tl, '{1}', '{2}', 'day', 9), p)) AS n FROM person, generate_series(0, 9) p GROUP BY 1) b USING (period);
-- parts add up, and parallel workers count the same
CREATE TABLE part AS SELECT cdp.retention_agg(tl, '{1}', NULL, 'week', 9, 'UTC') AS t FROM person GROUP BY id % 3;
ALTER TABLE person SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT cdp.retention_agg(tl, '{1}', NULL, 'week', 9, 'UTC') FROM person;
SELECT (SELECT cdp.retention_agg(tl, '{1}', NULL, 'week', 9, 'UTC') FROM person)::text = (SELECT cdp.rollup(t) FROM part)::text AS same;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
-- nobody, and the ends of time
SELECT count(*) FROM cdp.retention_table(NULL);
SELECT cdp.retention_agg(tl, NULL, NULL, 'day', 1, 'UTC') IS NULL AS nothing FROM person WHERE false;
SELECT count(*) FROM cdp.retention_table((SELECT cdp.retention_agg(cdp.timeline_slice(tl, '-infinity', '-infinity'), NULL, NULL, 'day', 1, 'UTC') FROM visit));
SELECT cohort, period, size, users, complete
  FROM cdp.retention_table((SELECT cdp.retention_agg(tl, '{1}', NULL, 'month', 1000, 'UTC', 'unbounded', NULL, true, 'recurring')
    FROM (SELECT cdp.timeline_agg(t, c) AS tl FROM (VALUES ('4713-01-01 BC'::timestamptz, 1), ('0001-01-01', 1), ('9999-12-31', 1), ('294276-12-31', 2)) v(t, c)) s))
 WHERE period IN (0, 1000) ORDER BY 1, 2;
-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.retention_bits(tl, unit => 'year') FROM visit;
SELECT cdp.retention_bits(tl, periods => -1) FROM visit;
SELECT cdp.retention_bits(tl, periods => 1001) FROM visit;
SELECT cdp.retention_bits(tl, kind => 'rolling') FROM visit;
SELECT cdp.retention_bits(tl, brackets => '{1,2}') FROM visit;
SELECT cdp.retention_bits(tl, kind => 'bracket', brackets => '{2,2}') FROM visit;
SELECT cdp.retention_bits(tl, kind => 'bracket') FROM visit;
SELECT cdp.retention_bits(tl, tz => 'Atlantis') FROM visit;
SELECT cdp.retention_bits(tl, '{1,NULL}') FROM visit;
SELECT cdp.retention_bits(tl, '{{1}}') FROM visit;
SELECT cdp.retention_bits(tl, '{-1}') FROM visit;
SELECT cdp.retention_bits(tl, calendar => NULL) FROM visit;
SELECT cdp.retention_agg(tl, NULL, NULL, 'day', 1, 'UTC', 'n_day', NULL, true, 'last') FROM visit;
SELECT cdp.retention_agg(tl, NULL, NULL, 'day', id % 2, 'UTC') FROM person;
SELECT * FROM cdp.retention_table((SELECT cdp.paths_agg(tl, '1 day', 2) FROM person));
SELECT * FROM cdp.retention_table((SELECT cdp.retention_agg(tl, NULL, NULL, 'day', 1, 'UTC') FROM visit), 'infinity');
SELECT * FROM cdp.retention_table((SELECT cdp.retention_agg(tl, NULL, NULL, 'day', 1, 'UTC') FROM visit), NULL, 1);
SELECT * FROM cdp.retention_table((SELECT cdp.retention_agg(tl, NULL, NULL, 'day', 1, 'UTC') FROM visit), NULL, NULL);
DROP TABLE person, event, visit, question, part;
