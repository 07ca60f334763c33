-- funnel_agg and funnel_chain over stored timelines: what rows give, in every mode.
SET timezone = 'UTC';
SET cdp.bitmap_output = 'array';
CREATE TABLE event AS
    SELECT hashint4(i) % 300 AS person, '2024-01-01'::timestamptz + (hashint8(i) & 1023) * interval '1 minute' AS ts, hashint4(i + 1) & 7 AS code
      FROM generate_series(1, 12000) i;
CREATE TABLE person AS
    SELECT person, cdp.timeline_agg(ts, code) AS tl FROM event GROUP BY person;

-- every legal combination of words; steps 1, 2, 3, 2, 4 of five
CREATE TABLE mode AS
    SELECT string_agg(word, ',') AS mode, min(n) AS n
      FROM generate_series(1, 31) n, unnest('{strict_order,strict_deduplication,strict_increase,strict_once,allow_reentry}'::text[]) WITH ORDINALITY w(word, i)
     WHERE n >> (i - 1)::int & 1 = 1 GROUP BY n HAVING n & 17 <> 16;
INSERT INTO mode VALUES ('default', 0);
SELECT count(*) AS modes, sum(people) AS people, sum(chains_differ) AS chains_differ, sum(depths_differ) AS depths_differ
  FROM mode, LATERAL (
    SELECT count(*) AS people, count(*) FILTER (WHERE by_rows IS DISTINCT FROM stored) AS chains_differ,
           count(*) FILTER (WHERE cardinality(by_rows) IS DISTINCT FROM depth) AS depths_differ
      FROM (SELECT person, cdp.window_funnel_events('2 hours', mode, ts, code = 1, code = 2, code = 3, code = 2, code = 4) AS by_rows
              FROM event GROUP BY person) AS r
      JOIN (SELECT person, cdp.funnel_chain(tl, '{1,2,3,2,4}'::int[], '2 hours', mode) AS stored,
                   cdp.window_funnel(tl, '{1,2,3,2,4}', '2 hours', mode) AS depth FROM person) AS t USING (person)) AS s;
-- several windows from one reading
SELECT count(*) AS modes, sum(differ) AS differ
  FROM mode, LATERAL (
    SELECT count(*) FILTER (WHERE cdp.window_funnel_depths(tl, '{1,2,3,2,4}', '{2 hours,0,15 minutes,1 day,15 minutes}', mode)
               IS DISTINCT FROM (SELECT array_agg(cdp.window_funnel(tl, '{1,2,3,2,4}', w, mode) ORDER BY i)
                                   FROM unnest('{2 hours,0,15 minutes,1 day,15 minutes}'::interval[]) WITH ORDINALITY u(w, i))) AS differ FROM person) AS s;
-- the whole answer in one pass is the answer over levels and chains, byte for byte
SELECT count(*) AS modes, count(*) FILTER (WHERE cdp.funnel_send(whole) = cdp.funnel_send(by_rows)) AS same
  FROM mode, LATERAL (
    SELECT cdp.funnel_agg(person, tl, '{1,2,3,2,4}'::int[], '2 hours', mode) AS whole,
           cdp.funnel_agg(person, cdp.window_funnel(tl, '{1,2,3,2,4}', '2 hours', mode), cdp.funnel_chain(tl, '{1,2,3,2,4}', '2 hours', mode), 5) AS by_rows
      FROM person) AS s;
SELECT cdp.funnel_counts(f), cdp.funnel_ttc(f, 1, 3) < '2 hours' AS within, cdp.funnel_send(f) = cdp.funnel_send(g) AS default_mode
  FROM (SELECT cdp.funnel_agg(person, tl, '{1,2,3,2,4}'::int[], '2 hours') AS f,
               cdp.funnel_agg(person, tl, '{1,2,3,2,4}', '2 hours', 'default') AS g FROM person) AS s;
-- parallel as serial
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
CREATE FUNCTION counts(workers int) RETURNS bytea LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('max_parallel_workers_per_gather', workers::text, true);
    RETURN (SELECT cdp.funnel_send(cdp.funnel_agg(person, tl, '{1,2,3,2,4}'::int[], '2 hours', 'strict_once')) FROM person);
END $$;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT cdp.funnel_agg(person, tl, '{1,2}'::int[], '1 hour') FROM person;
SELECT counts(0) = counts(2) AS parallel_is_serial;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;

-- one chain: of those complete first the one that begins last, each step in between as early as can be
CREATE FUNCTION tl(VARIADIC codes int[]) RETURNS cdp.timeline LANGUAGE sql AS $$
    SELECT cdp.timeline_agg('2024-01-01'::timestamptz + (i - 1) * interval '1 minute', c) FROM unnest(codes) WITH ORDINALITY u(c, i)
$$;
SELECT mode, cdp.funnel_chain(tl(1, 1, 2, 2, 3, 2, 3), '{1,2,3}'::int[], '1 hour', mode) FROM unnest('{default,strict_order,strict_deduplication}'::text[]) mode;
-- an event of the instant at which the last step is reached may begin the chain
SELECT cdp.funnel_chain(cdp.timeline_agg(ts, c), '{7,5,3}', '1 hour')
  FROM (VALUES ('2024-01-01 10:00'::timestamptz, 7), ('2024-01-01 10:10', 5), ('2024-01-01 10:20', 3), ('2024-01-01 10:20', 5), ('2024-01-01 10:20', 7)) v(ts, c);
SELECT cdp.funnel_chain(tl(2, 3), '{1,2}', '1 hour') AS none, cdp.funnel_chain(tl(2, 1), '{1,2}', '1 hour') AS one, cdp.funnel_chain(tl(1, 2), '{1,2}', '0') AS window_0,
       cdp.funnel_chain(tl(1), NULL, '1 hour') AS no_steps;
-- of 300 events: more than are read at a time
SELECT cdp.funnel_chain(cdp.timeline_agg('2024-01-01'::timestamptz + i * interval '1 minute', CASE WHEN i IN (3, 280) THEN 1 WHEN i IN (250, 299) THEN 2 ELSE 9 END), '{1,2}'::int[], '1 day')
  FROM generate_series(1, 300) i;

-- windows may change from row to row; null arguments give null
SELECT w, cdp.window_funnel_depths(tl(1, 2, 3), '{1,2,3}', w) FROM (VALUES ('{1 hour}'::interval[]), ('{1 minute,0}'), ('{1 minute,0}'), ('{0,1 hour}')) v(w);
SELECT cdp.window_funnel_depths(tl(2), '{1}', '{1 hour,0}') AS none, cdp.window_funnel_depths(tl(1), '{1}', NULL) IS NULL AS no_windows;

-- users, groups, rows that are skipped; steps may differ from group to group
SELECT g, cdp.funnel_counts(f), cdp.funnel_users(f, 1) AS users, cdp.funnel_dropoff(f, 1) AS lost, cdp.funnel_ttc(f, 1, 2) AS ttc
  FROM (SELECT g, cdp.funnel_agg(one_id, tl, steps, '1 hour') AS f
          FROM (VALUES ('a', 1, tl(1, 2), '{1,2}'::int[]), ('a', 2, tl(1, 3), '{1,2}'), ('a', 1, tl(1), '{1,2}'), ('a', NULL, tl(1, 2), '{1,2}'), ('a', 4, NULL, '{1,2}'),
                       ('b', 3, tl(1, 2, 3), '{1,2,3}'), ('b', -1, tl(3), '{1,2,3}'), ('b', -2, tl(1), '{1,2,3}')) v(g, one_id, tl, steps) GROUP BY g) AS s ORDER BY g;
SELECT cdp.funnel_agg(1, tl(1), '{1}'::int[], '1 hour') IS NULL AS no_rows FROM person WHERE false;

-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.funnel_agg(1, tl(1), NULL, '1 hour');
SELECT cdp.funnel_agg(1, tl(1), '{1}', NULL);
SELECT cdp.funnel_agg(1, tl(1), '{1}', '1 hour', NULL);
SELECT cdp.funnel_agg(1, tl(1), '{}'::int[], '1 hour');
SELECT cdp.funnel_agg(1, tl(1), '{1,NULL}'::int[], '1 hour');
SELECT cdp.funnel_agg(1, tl(1), '{1,-2}'::int[], '1 hour');
SELECT cdp.funnel_agg(1, tl(1), array_fill(1, '{65}'), '1 hour');
SELECT cdp.funnel_agg(NULL::int, NULL::cdp.timeline, '{1}', '1 month');
SELECT cdp.funnel_agg(1, tl(1), '{1}', '-1 second');
SELECT cdp.funnel_agg(1, tl(1), '{1}', '2147483647 days');
SELECT cdp.funnel_agg(1, tl(1), '{1}', '1 hour', 'strict');
-- one question for all rows of a group, be it small or large, of timelines or of pages
SELECT cdp.funnel_agg(n, tl(1), CASE n WHEN 1 THEN '{1,2}' ELSE '{2,1}' END::int[], '1 hour') FROM generate_series(1, 2) n;
SELECT cdp.funnel_agg(n, tl(1), '1, 2', n * interval '1 hour', 'default') FROM generate_series(1, 2) n;
SELECT cdp.funnel_agg(n, tl(1), '1, 2', '1 hour', CASE n WHEN 3000 THEN 'strict_order' ELSE 'default' END) FROM generate_series(1, 3000) n;
SELECT cdp.funnel_agg(page, CASE n WHEN 1 THEN '{1,2}' ELSE '{2,1}' END::int[], '1 hour') FROM (SELECT n, cdp.timeline_page_agg(n, tl(1)) AS page FROM generate_series(1, 2) n GROUP BY 1) p;
SELECT n, cdp.funnel_counts(cdp.funnel_agg(n, tl(1), CASE n WHEN 1 THEN '{1,2}' ELSE '{2,1}' END::int[], '1 hour')) FROM generate_series(1, 2) n GROUP BY n ORDER BY n;
SELECT cdp.funnel_agg(1, tl(1), steps, '1 hour') FROM (VALUES ('{1,2}'::int[]), ('{1,2,3}')) v(steps);
SELECT cdp.funnel_chain(tl(1), '{1}', '1 hour', 'allow_reentry');
SELECT cdp.funnel_chain(tl(1), '{1}', '1 month');
SELECT cdp.window_funnel_depths(tl(1), '{1}', '{}');
SELECT cdp.window_funnel_depths(tl(1), '{1}', array_fill(interval '1 day', '{65}'));
SELECT cdp.window_funnel_depths(tl(1), '{1}', '{{1 day},{2 days}}');
SELECT cdp.window_funnel_depths(tl(1), '{1}', '{1 day,NULL}');
SELECT cdp.window_funnel_depths(tl(1), '{1}', '{1 day,1 month}');
SELECT cdp.window_funnel_depths(tl(1), '{1}', '{1 day,-1 day}');
SELECT cdp.window_funnel_depths(tl(1), '{{1},{2}}'::int[], '{1 day}');
-- leave the database as it was
DROP FUNCTION tl, counts;
DROP TABLE event, person, mode;
