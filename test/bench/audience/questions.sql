-- What audiences are asked, by rules and by plain SQL over rows with their best indexes: data.sql has made both.
--
--   psql -X -v rounds=5 -f test/bench/audience/questions.sql
\ir ../behavior/measure.sql
SET TimeZone = 'UTC';
\if :{?rounds} \else \set rounds 5 \endif
-- Rules are asked twenty times over: Linux counts the time on a processor in steps of milliseconds.
CREATE FUNCTION pg_temp.asked(rule text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT max(cdp.audience_count(%L)) FROM generate_series(1, 20)', rule)
$$;
INSERT INTO bench_query VALUES
(1, 'five tags', 'five tags, rows', pg_temp.asked('tag:t1 = v0 and tag:t2 in (v1, v2) and tag:t3 = v3 but not tag:t4 = v0 and not tag:t5 = v2')),
(2, 'five tags, rows', NULL, $$SELECT count(*) FROM (
    SELECT one_id FROM bench_audience.person_tag WHERE tag = 100
    INTERSECT SELECT one_id FROM bench_audience.person_tag WHERE tag IN (201, 202)
    INTERSECT SELECT one_id FROM bench_audience.person_tag WHERE tag = 303
    EXCEPT SELECT one_id FROM bench_audience.person_tag WHERE tag = 400
    EXCEPT SELECT one_id FROM bench_audience.person_tag WHERE tag = 502) AS x$$),
(3, 'recent days', 'recent days, rows', pg_temp.asked('e02 >= 2 times in last 7 days and not e05 in last 7 days')),
(4, 'recent days, rows', NULL, $$SELECT count(*) FROM (
    SELECT one_id FROM bench_audience.event WHERE code = 2 AND ts >= current_date - 6 GROUP BY one_id HAVING count(*) >= 2
    EXCEPT SELECT one_id FROM bench_audience.event WHERE code = 5 AND ts >= current_date - 6) AS x$$),
(5, 'recent days, property', 'recent days, property, rows', pg_temp.asked('e02 >= 2 times in last 7 days where amount >= 100 and not e05 in last 7 days')),
(6, 'recent days, property, rows', NULL, $$SELECT count(*) FROM (
    SELECT one_id FROM bench_audience.event WHERE code = 2 AND ts >= current_date - 6 AND amount >= 100 GROUP BY one_id HAVING count(*) >= 2
    EXCEPT SELECT one_id FROM bench_audience.event WHERE code = 5 AND ts >= current_date - 6) AS x$$),
(7, 'cart without payment', 'cart without payment, rows', $$SELECT cdp.audience_count('e03 then not e04 within 30 min in last 7 days')$$),
(8, 'cart without payment, rows', NULL, $$SELECT count(DISTINCT cart.one_id) FROM bench_audience.event AS cart
     WHERE cart.code = 3 AND cart.ts >= current_date - 6 AND cart.ts < now() - interval '30 minutes'
       AND NOT EXISTS (SELECT FROM bench_audience.event AS pay WHERE pay.one_id = cart.one_id AND pay.code = 4
                          AND pay.ts >= cart.ts AND pay.ts <= cart.ts + interval '30 minutes')$$),
(11, 'cart without payment, ever', 'cart without payment, ever, rows', $$SELECT cdp.audience_count('e03 then not e04 within 30 min')$$),
(12, 'cart without payment, ever, rows', NULL, $$SELECT count(DISTINCT cart.one_id) FROM bench_audience.event AS cart
     WHERE cart.code = 3 AND cart.ts < now() - interval '30 minutes'
       AND NOT EXISTS (SELECT FROM bench_audience.event AS pay WHERE pay.one_id = cart.one_id AND pay.code = 4
                          AND pay.ts >= cart.ts AND pay.ts <= cart.ts + interval '30 minutes')$$),
(9, 'insight over 20 tags', 'insight over 20 tags, rows', $$SELECT sum(users) || ' of ' || sum(base_users) FROM cdp.audience_insight('tag:t1 = v0')$$),
(10, 'insight over 20 tags, rows', NULL, $$SELECT sum(users) || ' of ' || sum(base_users) FROM (
    SELECT p.tag, count(*) AS base_users, count(a.one_id) AS users
      FROM bench_audience.person_tag AS p LEFT JOIN (SELECT one_id FROM bench_audience.person_tag WHERE tag = 100) AS a USING (one_id) GROUP BY p.tag) AS x$$);
-- A first round warms the caches.
CALL pg_temp.bench_run(1);
TRUNCATE bench_time;
CALL pg_temp.bench_run(:rounds);
SELECT m.people, m.events AS events_a_person, pg_size_pretty(pg_total_relation_size('cdp.tag_value')) AS tags, pg_size_pretty(pg_total_relation_size('bench_audience.person_tag')) AS tag_rows,
       pg_size_pretty(pg_total_relation_size('cdp.timeline_month')) AS timelines, pg_size_pretty(pg_total_relation_size('cdp.event_day_by')) AS days,
       pg_size_pretty(pg_total_relation_size('bench_audience.event')) AS event_rows
  FROM bench_audience.made AS m;
WITH figure AS (
    SELECT t.what, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.cpu_ms) / CASE WHEN min(q.query) LIKE '%generate_series(1, 20)' THEN 20 ELSE 1 END AS ms,
           min(t.answer) AS answer
      FROM bench_time AS t JOIN bench_query AS q USING (what) GROUP BY t.what
)
SELECT q.what, round(f.ms::numeric, 2) AS cpu_ms, round(o.ms::numeric, 2) AS rows_ms, round((o.ms / f.ms)::numeric, 1) AS times, f.answer
  FROM bench_query AS q JOIN figure AS f USING (what) JOIN figure AS o ON o.what = q.against ORDER BY q.place;
