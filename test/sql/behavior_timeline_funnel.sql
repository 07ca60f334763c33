-- window_funnel over timelines: steps, modes, and agreement with the rows they were made of.
SET timezone = 'UTC';
CREATE FUNCTION tl(VARIADIC codes int[]) RETURNS cdp.timeline LANGUAGE sql AS $$
    SELECT cdp.timeline_agg('2024-01-01'::timestamptz + (i - 1) * interval '1 minute', c) FROM unnest(codes) WITH ORDINALITY u(c, i)
$$;
-- a1 b2 c3, and x9, which is no step
SELECT mode, cdp.window_funnel(tl(1, 2, 3), '{1,2,3}'::int[], '1 hour', mode) AS a_b_c,
       cdp.window_funnel(tl(1, 2, 9, 3), '{1,2,3}'::int[], '1 hour', mode) AS a_b_x_c,
       cdp.window_funnel(tl(1, 2, 2, 3), '{1,2,3}'::int[], '1 hour', mode) AS a_b_b_c,
       cdp.window_funnel(tl(1, 3, 2, 3), '{1,2,3}'::int[], '1 hour', mode) AS a_c_b_c,
       cdp.window_funnel(tl(9, 3, 1, 1, 2, 3), '{1,2,3}'::int[], '1 hour', mode) AS x_c_a_a_b_c,
       cdp.window_funnel(tl(1, 2, 1, 2, 3), '{1,2,3}'::int[], '1 hour', mode) AS a_b_a_b_c,
       cdp.window_funnel(tl(1, 2, 3), '{1,2,3}'::int[], '1 minute', mode) AS minute,
       cdp.window_funnel(tl(1), '{1,1,1}'::int[], '1 hour', mode) AS one_for_all
  FROM unnest('{default,strict_order,strict_deduplication,strict_increase,"strict_order,strict_deduplication","strict_order,strict_increase","strict_deduplication,strict_increase","strict_order,strict_deduplication,strict_increase",strict_once,"strict_order,allow_reentry","strict_order,strict_once,allow_reentry"}'::text[]) mode;
-- the words of other systems
SELECT mode, cdp.window_funnel(tl(1, 2, 9, 2, 3), '{1,2,3}', '1 hour', mode) AS depth
  FROM unnest('{0,1,2,3,4,5,6,7,fixed,deduplication,increase,DEFAULT," Fixed , increase"}'::text[]) mode;

-- ties: steps at one instant follow each other, unless each must come later
WITH t AS (SELECT cdp.timeline_agg('2024-01-01', c) AS tl FROM unnest('{3,1,2}'::int[]) c)
SELECT cdp.window_funnel(tl, '{3,2,1}', '0') AS any_order, cdp.window_funnel(tl, '{3,2,1}', '1 day', 'strict_increase') AS increasing FROM t;
-- 64 steps, codes that share a bit of the set, wide codes
SELECT cdp.window_funnel(tl(VARIADIC array_agg(i)), array_agg(i), '1 day') FROM generate_series(1000, 1063) i;
SELECT cdp.window_funnel(tl(64, 128), '{0,64}', '1 day') AS other_code, cdp.window_funnel(tl(1, 2147483647), '{1,2147483647}', '1 day') AS widest;
-- parameters may change from row to row; null arguments give null
SELECT w, steps, mode, cdp.window_funnel(tl(1, 2, 9, 3, 4), steps, w, mode)
  FROM (VALUES (interval '1 minute', '{1,2,3}'::int[], 'default'), ('1 hour', '{1,2,3}', 'default'), ('1 hour', '{1,2,3}', 'strict_order'), ('1 hour', '{1,2,3,4}', 'default'), ('60 minutes', '{4}', 'default')) v(w, steps, mode);
SELECT cdp.window_funnel(NULL::cdp.timeline, '{1}', '1 hour') IS NULL AS timeline, cdp.window_funnel(tl(1), NULL, '1 hour') IS NULL AS steps,
       cdp.window_funnel(tl(1), '{1}', NULL) IS NULL AS "window", cdp.window_funnel(tl(1), '{1}', '1 hour', NULL) IS NULL AS mode;

-- the timeline's answer is the rows' answer
CREATE TABLE event AS
    SELECT hashint4(i) % 500 AS person, '2024-01-01'::timestamptz + (hashint8(i) & 2047) * interval '1 minute' AS ts, hashint4(i + 1) & 7 AS code
      FROM generate_series(1, 40000) i;
SELECT w, count(*) AS people, count(DISTINCT rows) AS depths, count(*) FILTER (WHERE rows IS DISTINCT FROM stored) AS differ
  FROM (VALUES (interval '0'), ('5 minutes'), ('1 hour'), ('1 day')) v(w), LATERAL (
    SELECT person, cdp.window_funnel(w, ts, code = 1, code = 2, code = 3, code = 2, code = 4) AS rows,
           cdp.window_funnel(cdp.timeline_agg(ts, code), '{1,2,3,2,4}'::int[], w) AS stored FROM event GROUP BY person) s
 GROUP BY w ORDER BY w;

-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.window_funnel(tl(1), '{}'::int[], '1 hour');
SELECT cdp.window_funnel(tl(1), array_fill(1, '{65}'), '1 hour');
SELECT cdp.window_funnel(tl(1), '{1,NULL}'::int[], '1 hour');
SELECT cdp.window_funnel(tl(1), '{1,-2}'::int[], '1 hour');
SELECT cdp.window_funnel(tl(1), '{{1,2},{3,4}}'::int[], '1 hour');
SELECT cdp.window_funnel(tl(1), '{1}', '1 month');
SELECT cdp.window_funnel(tl(1), '{1}', '-1 hour');
SELECT cdp.window_funnel(tl(1), '{1}', '1 hour', 'strict');
SELECT cdp.window_funnel(tl(1), '{1}', '1 hour', 'allow_reentry');
SELECT cdp.window_funnel(tl(1), '{1}', '1 hour', '');
SELECT cdp.window_funnel(tl(1), '{1}', '1 hour', 'default,strict_order');
-- leave the database as it was
DROP TABLE event;
DROP FUNCTION tl;
