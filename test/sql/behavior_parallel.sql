-- Parallel plans of the aggregates give what serial ones give, and every state can be stored.
SET timezone = 'UTC';
CREATE TABLE event AS
    SELECT hashint4(i) & 1023 AS person, '2024-01-01'::timestamptz + (hashint8(i) & 65535) * interval '1 second' AS ts, hashint4(i + 1) & 7 AS code
      FROM generate_series(1, 60000) i;
ANALYZE event;
CREATE VIEW answers AS
    SELECT person, cdp.timeline_agg(ts, code)::text AS tl, cdp.window_funnel('1 hour', ts, code = 1, code = 2, code = 3) AS depth,
           ARRAY[cdp.window_funnel('1 hour', 'strict_order,allow_reentry', ts, code = 1, code = 2, code = 3), cdp.window_funnel('1 hour', 'strict_once', ts, code IN (1, 2), code IN (2, 3), code = 1),
                 cdp.window_funnel('1 hour', ts, code), cdp.window_funnel('1 hour', 'fixed,strict_increase', ts, code), cdp.window_funnel_mask('1 hour', 'deduplication', ts, 40, 1::bigint << (code * 5))] AS forms,
           cdp.window_funnel_events('1 hour', 'strict_once', ts, code IN (1, 2), code IN (2, 3), code = 1) AS chain,
           cdp.retention(code = 1, code = 2, code = 9) AS came, cdp.rollup(single)::text AS rolled
      FROM (SELECT *, cdp.timeline_slice((SELECT cdp.timeline_agg('2024-01-01', 5)), '-infinity', 'infinity') AS single FROM event) e GROUP BY person;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS TABLE answers;
SELECT cdp.timeline_count(cdp.timeline_agg(ts, code)) AS events, md5(cdp.timeline_agg(ts, code)::text) AS image,
       cdp.window_funnel('1 hour', ts, code = 1, code = 2, code = 3) AS depth FROM event \gset serial_

SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT person, cdp.timeline_agg(ts, code) FROM event GROUP BY person;
EXPLAIN (COSTS OFF) SELECT cdp.window_funnel('1 hour', ts, code = 1, code = 2), cdp.retention(code = 1, code = 2) FROM event;
EXPLAIN (COSTS OFF) SELECT cdp.window_funnel('1 hour', 'fixed', ts, code), cdp.window_funnel_mask('1 hour', 'fixed', ts, 8, code), cdp.window_funnel_events('1 hour', 'fixed', ts, code = 1) FROM event;
EXPLAIN (COSTS OFF) SELECT person, cdp.window_funnel('1 hour', ts, code = 1, code = 2), cdp.retention(code = 1, code = 2) FROM event GROUP BY person;
SELECT count(*) AS people, count(*) FILTER (WHERE (s.tl, s.depth, s.forms, s.chain, s.came, s.rolled) IS DISTINCT FROM (p.tl, p.depth, p.forms, p.chain, p.came, p.rolled)) AS differ
  FROM serial s FULL JOIN answers p USING (person);
SELECT cdp.timeline_count(cdp.timeline_agg(ts, code)) = :serial_events AS events, md5(cdp.timeline_agg(ts, code)::text) = :'serial_image' AS image,
       cdp.window_funnel('1 hour', ts, code = 1, code = 2, code = 3) = :serial_depth AS depth FROM event;
-- in the order of an index nearly every group is one worker's
CREATE INDEX event_person ON event (person, ts) INCLUDE (code);
VACUUM event;
SET enable_hashagg = off;
SET enable_seqscan = off;
SET min_parallel_index_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT person, cdp.window_funnel('1 hour', ts, code = 1, code = 2, code = 3) AS depth FROM event GROUP BY person;
SELECT count(*) AS people, count(*) FILTER (WHERE s.depth IS DISTINCT FROM p.depth) AS differ
  FROM serial s FULL JOIN (SELECT person, cdp.window_funnel('1 hour', ts, code = 1, code = 2, code = 3) AS depth FROM event GROUP BY person) AS p USING (person);
RESET enable_hashagg;
RESET enable_seqscan;
RESET min_parallel_index_scan_size;
DROP INDEX event_person;
-- groups that some workers never see, groups of nulls, no rows
SELECT count(*) FROM (SELECT cdp.timeline_agg(CASE WHEN person = 5 THEN ts END, code) AS tl FROM event GROUP BY person) s WHERE tl IS NOT NULL;
SELECT cdp.timeline_agg(ts, code), cdp.window_funnel('1 hour', ts, code = 1), cdp.retention(code = 1) FROM event WHERE person < 0;
-- a disagreement between workers is seen as one between rows is
\set SHOW_CONTEXT never
DO $$
BEGIN
    PERFORM cdp.window_funnel(CASE WHEN code < 4 THEN interval '1 hour' ELSE '2 hours' END, ts, true) FROM event;
    RAISE NOTICE 'no error';
EXCEPTION WHEN invalid_parameter_value THEN
    RAISE NOTICE '%', SQLERRM;
END $$;
-- a hash table that does not fit spills
SET work_mem = '64kB';
SET max_parallel_workers_per_gather = 0;
SELECT count(*) AS people, count(*) FILTER (WHERE (s.tl, s.depth, s.came) IS DISTINCT FROM (p.tl, p.depth, p.came)) AS differ
  FROM serial s FULL JOIN answers p USING (person);
-- leave the database as it was
DROP VIEW answers;
DROP TABLE event, serial;
