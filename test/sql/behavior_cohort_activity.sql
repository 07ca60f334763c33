-- States of activity_agg: small and large, parallel, stored; retention against plain SQL; bytes that are none.
SET timezone = 'UTC';
CREATE TABLE event AS
    SELECT hashint4(i) & 1023 AS uid, date '2025-01-01' + (hashint4(i * 7) & 63) * (hashint4(i * 3) & 1) AS day, (hashint4(i * 11) & 3) = 0 AS starts
      FROM generate_series(1, 20000) AS i;
ANALYZE event;
CREATE VIEW answer AS
    SELECT uid % 8 AS g, cdp.activity_agg(uid, day, starts, NOT starts)::text AS did, cdp.activity_agg(uid, day)::text AS was FROM event GROUP BY 1
    UNION ALL SELECT uid, cdp.activity_agg(uid, day, starts, NOT starts)::text, cdp.activity_agg(uid, day)::text FROM event WHERE uid >= 700 GROUP BY 1
    UNION ALL SELECT -1, cdp.activity_agg(uid, day, starts, NOT starts)::text, cdp.activity_agg(uid, day)::text FROM event;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS TABLE answer;
-- the matrix is what plain SQL counts
CREATE TABLE slow AS
    WITH born AS (SELECT uid, min(day) AS day FROM event WHERE starts GROUP BY uid), back AS (SELECT DISTINCT uid, day FROM event WHERE NOT starts)
    SELECT b.day AS cohort, n AS period, count(*) AS size, count(r.uid) AS users,
           count(*) FILTER (WHERE EXISTS (SELECT FROM back AS k WHERE k.uid = b.uid AND k.day >= b.day + n)) AS later
      FROM born AS b CROSS JOIN generate_series(0, 20) AS n LEFT JOIN back AS r ON r.uid = b.uid AND r.day = b.day + n
     WHERE b.day + n <= (SELECT max(day) FROM event) GROUP BY 1, 2;
SELECT count(*) AS cells, count(*) FILTER (WHERE (s.size, s.users, s.later) IS DISTINCT FROM (m.size, m.users, u.users)) AS differ
  FROM slow AS s FULL JOIN (SELECT m.* FROM serial, cdp.retention_matrix(did::cdp.activity, periods => 20) AS m WHERE g = -1) AS m USING (cohort, period)
  FULL JOIN (SELECT m.* FROM serial, cdp.retention_matrix(did::cdp.activity, 'unbounded', periods => 20) AS m WHERE g = -1) AS u USING (cohort, period);

SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT cdp.activity_agg(uid, day, starts, NOT starts) FROM event;
SELECT count(*) AS answers, count(*) FILTER (WHERE s IS DISTINCT FROM a) AS differ FROM serial AS s FULL JOIN answer AS a USING (g);
CREATE TABLE part AS SELECT uid % 400 AS g, cdp.activity_agg(uid, day) AS a FROM event GROUP BY 1;
CREATE TABLE daily AS SELECT day, cdp.rb_build(array_agg(uid)) AS users FROM event GROUP BY day;
ANALYZE part;
ANALYZE daily;
EXPLAIN (COSTS OFF) SELECT cdp.rollup(a) FROM part;
SELECT cdp.rollup(a)::text = (SELECT was FROM serial WHERE g = -1) AS rolled FROM part;
SELECT cdp.activity_agg(day, users)::text = (SELECT was FROM serial WHERE g = -1) AS from_days FROM daily;
SET max_parallel_workers_per_gather = 0;
SELECT cdp.rollup(a)::text = (SELECT was FROM serial WHERE g = -1) AS rolled FROM part;
-- rows, bitmaps and stored values mixed in one group
SELECT cdp.rollup(a)::text = (SELECT was FROM serial WHERE g = -1) AS mixed
  FROM (SELECT cdp.activity_agg(day, users) AS a FROM daily WHERE day < '2025-01-20' UNION ALL SELECT cdp.activity_agg(uid, day) FROM event WHERE day >= '2025-01-20' GROUP BY uid) AS s;
-- as a window, small and large
SELECT count(*) AS rows, count(*) FILTER (WHERE s.users <> n) AS differ
  FROM (SELECT cdp.activity_agg(uid, '2025-01-01') OVER w AS a, count(*) OVER w AS n FROM generate_series(1, 1500) AS uid WINDOW w AS (ORDER BY uid)) AS t, cdp.stickiness(a, 'all') AS s;

-- out and in again
SELECT count(*) FILTER (WHERE a::text::cdp.activity::text <> a::text) AS differ FROM part;
CREATE TABLE again (LIKE part);
\set file `echo /tmp/pg_cdp_activity_$$.copy`
COPY part TO :'file' (FORMAT binary);
COPY again FROM :'file' (FORMAT binary);
\setenv FILE :file
\! rm -f "$FILE"
SELECT count(*), count(*) FILTER (WHERE x.a::text <> y.a::text) AS differ FROM part AS x JOIN again AS y USING (g);

-- user 7 on 2000-01-02: an image; the same as rows of a state, with spare room
SELECT cdp.activity_agg(7, '2000-01-02');
SELECT '\x01000000010000000100000000000000120000003a3000000100000000000000100000000700'::cdp.activity;
SELECT '\x8100000001000000070000000100000000000000ff'::cdp.activity;

-- hostile bytes
\set VERBOSITY terse
SELECT ''::cdp.activity;
SELECT 'activity'::cdp.activity;
SELECT '\x'::cdp.activity;
SELECT '\x01000000'::cdp.activity;
SELECT '\x0200000000000000'::cdp.activity;
SELECT '\x0100010000000000'::cdp.activity;
-- more entries than bytes
SELECT '\x01000000ffffffff'::cdp.activity;
SELECT '\x01000000010000000100000000000000130000003a3000000100000000000000100000000700'::cdp.activity;
SELECT '\x01000000010000000100000003000000120000003a3000000100000000000000100000000700'::cdp.activity;
SELECT '\x01000000010000000000008000000000120000003a3000000100000000000000100000000700'::cdp.activity;
SELECT '\x01000000010000000100000000000000120000003a3000000200000000000000100000000700'::cdp.activity;
-- days not in order
SELECT '\x0100000002000000010000000000000000000000010000000000000000000000'::cdp.activity;
SELECT '\x8100000002000000070000000100000000000000'::cdp.activity;
SELECT '\x8100000001000000070000000100000003000000'::cdp.activity;
SELECT '\x8100000001000000070000000000008000000000'::cdp.activity;
SELECT '\x8101000000000000'::cdp.activity;
DROP VIEW answer;
DROP TABLE event, serial, slow, part, daily, again;
