-- window_funnel_levels: what window_funnel gives with GROUP BY, counted.
SET timezone = 'UTC';
CREATE TABLE event AS
    SELECT hashint4(i) & 1023 AS person, '2024-01-01'::timestamptz + (hashint8(i) & 4095) * interval '10 seconds' AS ts,
           nullif(hashint4(i + 1) & 7, 7) AS step
      FROM generate_series(1, 20000) AS i;
ANALYZE event;
CREATE FUNCTION counted("window" interval, mode text) RETURNS int8[] LANGUAGE sql AS $$
    SELECT array_agg((SELECT count(*) FROM (SELECT cdp.window_funnel("window", mode, ts, step) AS depth FROM event GROUP BY person) AS p
                       WHERE p.depth >= level) ORDER BY level)
      FROM generate_series(1, 6) AS level
$$;
SELECT mode, win, cdp.window_funnel_levels(person, ts, step, win, mode) AS levels,
       cdp.window_funnel_levels(person, ts, step, win, mode) = counted(win, mode) AS right_
  FROM event, unnest('{default,strict_increase,strict_once,strict_order,"strict_order,allow_reentry",strict_deduplication,"fixed,deduplication,strict_increase"}'::text[]) AS mode,
       unnest('{1 hour,6 hours}'::interval[]) AS win
 GROUP BY mode, win ORDER BY mode, win;
SELECT cdp.window_funnel_levels(person, ts, step, '1 hour') = counted('1 hour', 'default') AS without_mode FROM event;
-- any order of rows
SELECT cdp.window_funnel_levels(person, ts, step, '1 hour' ORDER BY person, ts) = counted('1 hour', 'default') AS by_person,
       cdp.window_funnel_levels(person, ts, step, '1 hour', 'fixed' ORDER BY ts DESC) = counted('1 hour', 'fixed') AS backwards FROM event;
-- users are bigints
SELECT cdp.window_funnel_levels(person * 1000000007::int8 - 9000000000000000000, ts, step, '1 hour') = counted('1 hour', 'default') AS far_apart FROM event;
-- one element for each step up to the highest that occurs; nulls are skipped
SELECT cdp.window_funnel_levels(uid, ts, step, '1 day') FROM (VALUES (1, '2025-01-01'::timestamptz, 1), (1, '2025-01-01 12:00', 2), (2, '2025-01-01', 4),
    (NULL, '2025-01-01', 1), (3, NULL, 1), (4, '2025-01-01', NULL), (5, '2025-01-01', 0), (6, '2025-01-01', 1)) AS v (uid, ts, step);
SELECT cdp.window_funnel_levels(1, now(), 64, '1 day'), cdp.window_funnel_levels(1, now(), 0, '1 day'), cdp.window_funnel_levels(NULL, now(), 2, '1 day');
SELECT cdp.window_funnel_levels(person, ts, step, '1 day') FROM event WHERE false;
SELECT step, cdp.window_funnel_levels(step, now(), step, '1 day') OVER (ORDER BY step) FROM generate_series(1, 3) AS step;

-- parallel as serial
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT cdp.window_funnel_levels(person, ts, step, '1 hour', 'fixed') FROM event;
SELECT cdp.window_funnel_levels(person, ts, step, '1 hour', 'fixed') = counted('1 hour', 'fixed') AS fixed,
       cdp.window_funnel_levels(person, ts, step, '6 hours') = counted('6 hours', 'default') AS default_ FROM event;
-- many groups of few rows
SELECT count(*) AS groups, count(*) FILTER (WHERE (levels[1] = 1) IS DISTINCT FROM (depth >= 1)) AS differ
  FROM (SELECT person, cdp.window_funnel_levels(person, ts, step, '1 hour') AS levels, cdp.window_funnel('1 hour', ts, step) AS depth FROM event GROUP BY person) AS g
 WHERE cardinality(levels) > 0;
RESET max_parallel_workers_per_gather;

-- states are stored, combined, and go through the doors
CREATE AGGREGATE levels_state(bigint, timestamptz, integer, interval) (SFUNC = cdp._window_funnel_levels_trans, STYPE = cdp.window_funnel_levels_state);
CREATE AGGREGATE levels_of(cdp.window_funnel_levels_state) (
    SFUNC = cdp._window_funnel_levels_combine, STYPE = cdp.window_funnel_levels_state, FINALFUNC = cdp._window_funnel_levels_final);
CREATE TABLE state AS SELECT step, levels_state(person, ts, step, '1 hour') AS s FROM event GROUP BY step;
SELECT levels_of(s) = counted('1 hour', 'default') AS stored,
       levels_of(cdp.window_funnel_levels_state_in(cdp.window_funnel_levels_state_out(s))) = counted('1 hour', 'default') AS texts FROM state;
SELECT levels_of(s) FROM (SELECT levels_state(1, '2025-01-01', 1, '1 hour') AS s UNION ALL SELECT levels_state(1, '2025-01-01 00:30', 2, '1 hour')) AS u;
COPY (SELECT s FROM state ORDER BY step) TO PROGRAM 'cat > levels.bin' (FORMAT binary);
CREATE TABLE copied (s cdp.window_funnel_levels_state);
COPY copied FROM PROGRAM 'cat levels.bin && rm levels.bin' (FORMAT binary);
SELECT levels_of(s) = counted('1 hour', 'default') AS binaries FROM copied;

-- what cannot be
\set SHOW_CONTEXT never
SELECT levels_of(s) FROM (SELECT levels_state(1, now(), 1, '1 hour') AS s UNION ALL SELECT levels_state(1, now(), 1, '2 hours')) AS u;
SELECT cdp.window_funnel_levels(1, now(), n, n * interval '1 hour') FROM generate_series(1, 2) AS n;
SELECT cdp.window_funnel_levels(1, now(), n, '1 hour', CASE n WHEN 1 THEN 'default' ELSE 'fixed' END) FROM generate_series(1, 2) AS n;
SELECT cdp.window_funnel_levels(1, now(), 65, '1 hour');
SELECT cdp.window_funnel_levels(1, now(), -1, '1 hour');
SELECT cdp.window_funnel_levels(1, 'infinity', 1, '1 hour');
SELECT cdp.window_funnel_levels(1, now(), 1, '1 month');
SELECT cdp.window_funnel_levels(1, now(), 1, '-1 hour');
SELECT cdp.window_funnel_levels(1, now(), 1, NULL);
SELECT cdp.window_funnel_levels(1, now(), 1, '1 hour', NULL);
SELECT cdp.window_funnel_levels(1, now(), 1, '1 hour', 'sideways');
SELECT cdp.window_funnel_levels_state_in('\x01');
SELECT cdp.window_funnel_levels_state_in(cdp.timelines_send(cdp.timelines_build(1, now(), 3))::text::cstring);
SELECT cdp.timelines_in(cdp.window_funnel_levels_state_send(levels_state(1, now(), 3, '1 hour'))::text::cstring);
DROP AGGREGATE levels_of(cdp.window_funnel_levels_state), levels_state(bigint, timestamptz, integer, interval);
DROP FUNCTION counted(interval, text);
DROP TABLE event, state, copied;
