-- times from an event to the next of another kind
SET timezone = 'UTC';
CREATE TABLE person AS
    SELECT i AS id, cdp.timeline_agg('2024-03-01'::timestamptz + (hashint8(i * 64 + j) & 255) * interval '10 minutes', (hashint4(i * 64 + j) & 3), NULL,
                                     ARRAY[CASE WHEN j % 5 <> 0 THEN hashint4(j) & 1 END]) AS tl
      FROM generate_series(1, 1000) i, generate_series(1, 1 + i % 30) j GROUP BY i;
CREATE TABLE visit AS SELECT cdp.timeline_agg(t::timestamptz, c, NULL, ARRAY[p]) AS tl
  FROM (VALUES ('2024-03-30 10:00', 1, 5), ('2024-03-30 11:00', 1, 6), ('2024-03-30 11:10', 2, 5), ('2024-03-30 11:20', 2, 6), ('2024-04-02 00:00', 1, NULL),
               ('2024-04-02 00:00', 2, 5), ('2024-04-03 00:00', 2, NULL)) v(t, c, p);
-- the nearest start, and the first since the end before; an end is used once
SELECT p.pairing, i.*, ended - started AS span FROM visit, unnest('{nearest,first}'::text[]) p(pairing), cdp.timeline_intervals(tl, '{1}', '{2}', pairing => p.pairing) i;
SELECT i.* FROM visit, cdp.timeline_intervals(tl, '{1}', '{2}', '59 minutes', 'first') i;
-- with the property held, from event to event, and between any
SELECT i.* FROM visit, cdp.timeline_intervals(tl, '{1}', '{2}', held => 1) i;
SELECT i.* FROM visit, cdp.timeline_intervals(tl, '{2}', '{2}') i;
SELECT count(*) FROM visit, cdp.timeline_intervals(tl, NULL, NULL) i;
SELECT count(*) FROM cdp.timeline_intervals(NULL, '{1}', '{2}');
SELECT count(*) FROM visit, cdp.timeline_intervals(cdp.timeline_slice(tl, '-infinity', '-infinity'), NULL, NULL);
-- what plain SQL finds: every purchase after the first has an interval since the one before
SELECT count(*) > 1000 AS many, count(*) FILTER (WHERE a.started IS DISTINCT FROM b.started) AS differ
  FROM (SELECT id, row_number() OVER (PARTITION BY id ORDER BY ended, started) AS n, started, ended FROM person, cdp.timeline_intervals(tl, '{3}', '{3}')) a
       FULL JOIN (SELECT id, n - 1 AS n, started, ended FROM (SELECT id, lag(ts) OVER w AS started, ts AS ended, row_number() OVER w AS n
                    FROM person, cdp.timeline_events(tl) WHERE code = 3 WINDOW w AS (PARTITION BY id ORDER BY ts)) l WHERE n > 1) b USING (id, n, ended);
-- many timelines: bins are exact, quantiles to within 1/128
SELECT i.* FROM (SELECT cdp.intervals_agg(tl, '{1}', '{2}', NULL) AS t FROM person) a, cdp.intervals(t) i;
SELECT i.*, i.n - b.n AS differ, i.share = b.n / all_n::float8 AS share_agrees
  FROM (SELECT cdp.intervals_agg(tl, '{1}', '{2,3}', '1 day', 'first', 1, '{20 minutes,1 hour,6 hours}') AS t FROM person) a, cdp.intervals(t) i,
       LATERAL (SELECT count(*) FILTER (WHERE ended - started >= bin_from AND (bin_to IS NULL OR ended - started < bin_to)) AS n, count(*) AS all_n
                  FROM person, cdp.timeline_intervals(tl, '{1}', '{2,3}', '1 day', 'first', 1)) b;
SELECT quantile, approximate, exact, abs(extract(epoch FROM approximate - exact) / greatest(extract(epoch FROM exact), 1)) <= 1.0 / 128 AS near
  FROM (SELECT cdp.intervals_agg(tl, '{1}', '{2}', NULL) AS t FROM person) a, unnest('{0,0.25,0.5,0.75,1}'::float8[]) quantile,
       LATERAL (SELECT cdp.intervals_quantile(t, quantile) AS approximate) q,
       LATERAL (SELECT percentile_disc(quantile) WITHIN GROUP (ORDER BY ended - started) AS exact FROM person, cdp.timeline_intervals(tl, '{1}', '{2}')) e;
SELECT cdp.intervals_quantile(t), (SELECT count(*) FROM cdp.intervals(t)) AS bins FROM (SELECT cdp.intervals_agg(tl, '{77}', '{78}', NULL) AS t FROM person) a;
-- parts add up, and parallel workers count the same
CREATE TABLE part AS SELECT cdp.intervals_agg(tl, '{1}', '{2}', NULL) AS t FROM person GROUP BY id % 3;
ALTER TABLE person SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT cdp.intervals_agg(tl, '{1}', '{2}', NULL) FROM person;
SELECT (SELECT cdp.intervals_agg(tl, '{1}', '{2}', NULL) FROM person)::text = (SELECT cdp.rollup(t) FROM part)::text AS same;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
-- all of time
SELECT i.* FROM (SELECT cdp.intervals_agg(tl, NULL, NULL, NULL, 'nearest', 0, '{0,36500 days,106000000 days}') AS t
  FROM (SELECT cdp.timeline_agg(t, 1) AS tl FROM unnest('{4713-01-01 BC,0001-01-01,9999-12-31,294276-12-31 23:59:59.999999}'::timestamptz[]) t) s) a, cdp.intervals(t) i;
SELECT i.* FROM (SELECT cdp.timeline_agg(t, 1) AS tl FROM unnest('{4713-01-01 BC,294276-12-31 23:59:59.999999}'::timestamptz[]) t) s, cdp.timeline_intervals(tl, '{1}', '{1}') i;
-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.timeline_intervals(tl, '{1}', '{2}', pairing => 'last') FROM visit;
SELECT cdp.timeline_intervals(tl, '{1}', '{2}', '1 month') FROM visit;
SELECT cdp.timeline_intervals(tl, '{1}', '{2}', '-1 s') FROM visit;
SELECT cdp.timeline_intervals(tl, '{1}', '{2}', held => 5) FROM visit;
SELECT cdp.timeline_intervals(tl, '{1}', '{2}', held => NULL) FROM visit;
SELECT cdp.timeline_intervals(tl, '{1}', '{-2}') FROM visit;
SELECT cdp.intervals_agg(tl, '{1}', '{2}', NULL, 'nearest', 0, '{1 day,1 hour}') FROM visit;
SELECT cdp.intervals_agg(tl, '{1}', '{2}', NULL, 'nearest', 0, '{{1 day}}') FROM visit;
SELECT cdp.intervals_agg(tl, '{1}', ARRAY[(id % 2)::int], NULL) FROM person;
SELECT cdp.intervals_quantile(t, 1.5), cdp.intervals_quantile(t, 'NaN') FROM part;
SELECT * FROM cdp.intervals((SELECT cdp.paths_agg(tl, '1 day', 2) FROM person));
DROP TABLE person, visit, part;
