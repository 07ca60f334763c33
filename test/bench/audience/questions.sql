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

-- One in a hundred people gets another value of a tag: people next to each other, such as those who came in one
-- week, and people all over the place.
CREATE FUNCTION pg_temp.rewrite(touched text) RETURNS TABLE (people int8, tag_bytes int8, rows_written int8, wal_bytes int8, of_tag numeric)
LANGUAGE plpgsql AS $$
DECLARE
    before pg_lsn;
BEGIN
    PERFORM cdp.tag_refresh('t20');
    EXECUTE format('UPDATE bench_audience.person_tag SET tag = 2000 + (tag + 1) %% 15 WHERE tag / 100 = 20 AND %s', touched);
    GET DIAGNOSTICS people = ROW_COUNT;
    SELECT sum(pg_column_size(v.members)) INTO tag_bytes FROM cdp.tag_value AS v JOIN cdp.tag AS g USING (tag_id) WHERE g.name = 't20';
    before := pg_current_wal_insert_lsn();
    SELECT r.chunks_written INTO rows_written FROM cdp.tag_refresh('t20') AS r;
    wal_bytes := pg_wal_lsn_diff(pg_current_wal_insert_lsn(), before);
    of_tag := round(100.0 * wal_bytes / tag_bytes, 1);
    RETURN NEXT;
END $$;
SELECT w.touched, r.people, pg_size_pretty(r.tag_bytes) AS tag, r.rows_written, pg_size_pretty(r.wal_bytes) AS wal, r.of_tag AS percent
  FROM (VALUES (1, 'together', format('one_id <= %s', (SELECT people / 100 FROM bench_audience.made))), (2, 'all over', 'one_id % 100 = 7')) AS w (place, touched, condition)
 CROSS JOIN LATERAL pg_temp.rewrite(w.condition) AS r ORDER BY w.place;
