-- CPU of one four-step funnel: over stored timelines, by the row aggregate, and by the best plain
-- SQL there is, on the same events. All must give the same counts.
--
--   psql -X -d DATABASE -f test/bench/behavior/funnel.sql      (extension installed, superuser)
--   -v people=100000 -v visits=8 -v rounds=5
--
-- A visit is five events within minutes; visits are spread over 60 days. Events lie in the order of
-- time, as a log has them. Plain SQL keeps, for every event, the latest start of a chain as deep as
-- each step: exact, one window function a step, ties included; once it has to sort, once a covering
-- index gives it the order.
\ir measure.sql
\if :{?people} \else \set people 100000 \endif
\if :{?visits} \else \set visits 8 \endif
\if :{?rounds} \else \set rounds 5 \endif
\set events (:people::bigint * :visits * 5)

CREATE TEMP TABLE bench_event AS
    SELECT person, ts, code FROM (
        SELECT person,
               '2024-01-01'::timestamptz
               + ((hashint8extended(visit, person) >> 1) % 5184000000 + e * (hashint8extended(e, visit * 1000 + person) & 131071)) * interval '1 millisecond' AS ts,
               (sqrt((hashint8extended(person * 100 + visit, e) & 1023)::float8) * 0.625)::int4 AS code
          FROM generate_series(1, :people) person, generate_series(1, :visits) visit, generate_series(1, 5) e
    ) s ORDER BY ts;
CREATE INDEX bench_event_person ON bench_event (person, ts) INCLUDE (code);
VACUUM ANALYZE bench_event;
CREATE TEMP TABLE bench_timeline AS
    SELECT person, cdp.timeline_agg(ts, code) AS tl FROM bench_event GROUP BY person;
VACUUM ANALYZE bench_timeline;
SELECT count(*) AS people, sum(cdp.timeline_count(tl)) AS events,
       round(sum(pg_column_size(tl))::numeric / sum(cdp.timeline_count(tl)), 2) AS bytes_per_event,
       pg_size_pretty(pg_relation_size('bench_event')) AS event_table,
       pg_size_pretty(pg_relation_size('bench_timeline')) AS timeline_table
  FROM bench_timeline;

-- The counts of people by depth, without depth 0, which plain SQL does not see.
CREATE FUNCTION pg_temp.counts(depths text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT string_agg(depth || '':'' || n, '' '' ORDER BY depth) FROM (SELECT depth, count(*) AS n FROM (%s OFFSET 0) d WHERE depth > 0 GROUP BY depth) c', depths)
$$;
\set rows '\'SELECT cdp.window_funnel(\'\'1 day\'\', ts, code = 10, code = 15, code = 18, code = 20) AS depth FROM bench_event WHERE code IN (10, 15, 18, 20) GROUP BY person\''
\set plain_sql '\'SELECT person, 1 + max(CASE WHEN s4 IS NOT NULL THEN 3 WHEN s3 IS NOT NULL THEN 2 WHEN s2 IS NOT NULL THEN 1 ELSE 0 END) AS depth FROM (SELECT person, s1, s2, s3, CASE WHEN code = 20 AND ts - max(s3) OVER w <= interval \'\'1 day\'\' THEN max(s3) OVER w END AS s4 FROM (SELECT *, CASE WHEN code = 18 AND ts - max(s2) OVER w <= interval \'\'1 day\'\' THEN max(s2) OVER w END AS s3 FROM (SELECT *, CASE WHEN code = 15 AND ts - max(s1) OVER w <= interval \'\'1 day\'\' THEN max(s1) OVER w END AS s2 FROM (SELECT person, ts, code, CASE WHEN code = 10 THEN ts END AS s1 FROM bench_event WHERE code IN (10, 15, 18, 20)) a WINDOW w AS (PARTITION BY person ORDER BY ts)) b WINDOW w AS (PARTITION BY person ORDER BY ts)) c WINDOW w AS (PARTITION BY person ORDER BY ts)) d GROUP BY person HAVING count(s1) > 0\''
\set hash '\'SET enable_sort = off; SET enable_indexscan = off; SET enable_indexonlyscan = off\''
\set order '\'SET enable_sort = off; SET enable_indexscan = on; SET enable_indexonlyscan = on\''
\set sort '\'SET enable_sort = on; SET enable_indexscan = off; SET enable_indexonlyscan = off\''
INSERT INTO bench_query VALUES
    (1, 'timelines', 'row aggregate, index order',
     pg_temp.counts('SELECT cdp.window_funnel(tl, ''{10,15,18,20}'', ''1 day'') AS depth FROM bench_timeline'), :hash),
    (2, 'timelines, strict_order', NULL,
     pg_temp.counts('SELECT cdp.window_funnel(tl, ''{10,15,18,20}'', ''1 day'', ''strict_order'') AS depth FROM bench_timeline'), :hash),
    (3, 'row aggregate, hash', 'plain SQL, sort', pg_temp.counts(:rows), :hash),
    (4, 'row aggregate, index order', 'plain SQL, index order', pg_temp.counts(:rows), :order),
    (5, 'plain SQL, sort', 'plain SQL, index order', pg_temp.counts(:plain_sql), :sort),
    (6, 'plain SQL, index order', NULL, pg_temp.counts(:plain_sql), :order);
-- Once more by name, so that the ratio to plain SQL stands there too.
INSERT INTO bench_query
    SELECT 7, 'timelines, again', 'plain SQL, index order', query, settings FROM bench_query WHERE place = 1;
CALL pg_temp.bench_run(:rounds);
SELECT what, answer FROM bench_time WHERE round = 1;
SELECT * FROM pg_temp.bench_show(:events);
