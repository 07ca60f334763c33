-- CPU of the aggregates that keep rows against array_agg over the same groups: 200,000 groups of
-- 20 rows, in the order of time and in no order.
--
--   psql -X -d DATABASE -f test/bench/behavior/groups.sql      (extension installed, superuser)
--   -v groups=200000 -v rows=20 -v rounds=7
--
-- The target: a ratio of at most 1.5.
\ir measure.sql
\if :{?groups} \else \set groups 200000 \endif
\if :{?rows} \else \set rows 20 \endif
\if :{?rounds} \else \set rounds 7 \endif

-- In the order of time, everybody's rows scattered over the table.
CREATE TEMP TABLE bench_row AS
    SELECT (i::bigint * 7919 % :groups)::int4 AS grp,
           '2024-01-01'::timestamptz + i * interval '731 milliseconds' AS ts,
           (hashint8(i) & 15)::int4 AS code
      FROM generate_series(1, :groups * :rows) i;
CREATE TEMP TABLE bench_shuffled AS SELECT * FROM bench_row ORDER BY hashint8extended(extract(epoch FROM ts)::bigint, 7);
VACUUM ANALYZE bench_row;
VACUUM ANALYZE bench_shuffled;

INSERT INTO bench_query VALUES
    (1, 'count', NULL,
     'SELECT count(r) FROM (SELECT count(ts) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (2, 'array_agg(ts)', NULL,
     'SELECT count(r) FROM (SELECT array_agg(ts) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (3, 'timeline_agg(ts, code)', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.timeline_agg(ts, code) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (4, 'window_funnel, every row fills a step', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.window_funnel(''1 day'', ts, code < 8, code >= 8, code > 3) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (5, 'window_funnel, 3 rows in 16 do', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.window_funnel(''1 day'', ts, code = 1, code = 2, code = 3) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (6, 'window_funnel, an array of conditions', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.window_funnel(''1 day'', ts, VARIADIC ARRAY[code < 8, code >= 8, code > 3]) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (7, 'window_funnel, strict_order', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.window_funnel(''1 day'', ''strict_order'', ts, code < 8, code >= 8, code > 3) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (8, 'window_funnel, strict_once', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.window_funnel(''1 day'', ''strict_once'', ts, code < 8, code >= 8, code > 3) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (9, 'window_funnel, step number', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.window_funnel(''1 day'', ts, code) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (10, 'window_funnel_mask, 3 of 64 steps', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.window_funnel_mask(''1 day'', ''default'', ts, 64, (code & 7)::int8) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (11, 'window_funnel_events', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.window_funnel_events(''1 day'', ''default'', ts, code < 8, code >= 8, code > 3) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (12, 'retention, 3 conditions', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.retention(code = 1, code = 2, code = 3) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    (13, 'array_agg(ts), shuffled', NULL,
     'SELECT count(r) FROM (SELECT array_agg(ts) AS r FROM bench_shuffled GROUP BY grp OFFSET 0) s'),
    (14, 'timeline_agg, shuffled', 'array_agg(ts), shuffled',
     'SELECT count(r) FROM (SELECT cdp.timeline_agg(ts, code) AS r FROM bench_shuffled GROUP BY grp OFFSET 0) s'),
    (15, 'window_funnel, shuffled', 'array_agg(ts), shuffled',
     'SELECT count(r) FROM (SELECT cdp.window_funnel(''1 day'', ts, code < 8, code >= 8, code > 3) AS r FROM bench_shuffled GROUP BY grp OFFSET 0) s'),
    (16, 'sequence_match', 'array_agg(ts)',
     'SELECT count(r) FROM (SELECT cdp.sequence_match(''(?1).*(?2)(?t<=1h)(?3)'', ts, code < 8, code >= 8, code > 3) AS r FROM bench_row GROUP BY grp OFFSET 0) s');
CALL pg_temp.bench_run(:rounds);
SELECT * FROM pg_temp.bench_show(:groups * :rows);
