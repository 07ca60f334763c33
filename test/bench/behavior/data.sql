-- The events of the race: schema bench_behavior, unlogged, seeded by nothing but the numbers of users,
-- sessions and events, so that every machine makes the same.
--
--   psql -X -v users=1000000 -f test/bench/behavior/data.sql     (some 30 events a user in 60 days)
--
-- The number of events of a user is log-normal: median 13, one in ten above 70, a few above 3,000. Six
-- events make a session within ten minutes; 20 event names and 12 channels, the low numbers more
-- often; purchases (12) carry an amount. No user has two events at one time, so every question has
-- one answer whatever an engine does with ties. Rows lie in the order of time, as a log has them.
\set ON_ERROR_STOP on
\set QUIET on
\if :{?users} \else \set users 1000000 \endif
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '1GB';
SET jit = off;
SET TimeZone = 'UTC';
DROP SCHEMA IF EXISTS bench_behavior CASCADE;
CREATE SCHEMA bench_behavior;

-- From 0 up to but not including 1.
CREATE FUNCTION bench_behavior.u(a int8, seed int8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(a, seed) & 4503599627370495) / 4503599627370496.0;

CREATE UNLOGGED TABLE bench_behavior.event AS
WITH person AS (
    SELECT id, least(6000, greatest(1, floor(exp(2.565 + 1.325
               * sqrt(-2 * ln(1 - bench_behavior.u(id, 1))) * cos(6.283185307179586 * bench_behavior.u(id, 2)))))::int4) AS n
      FROM generate_series(1, :users) AS id
), sitting AS (
    SELECT p.id, p.n, s, id::int8 * 8192 + s AS seat, 5184000000 / ((p.n + 5) / 6) AS slot
      FROM person AS p, generate_series(0, (p.n + 5) / 6 - 1) AS s
), row AS (
    SELECT t.id, t.seat * 8 + e AS place,
           t.s * t.slot + (bench_behavior.u(t.seat, 3) * (t.slot - 600000))::int8
               + e * 100000 + (bench_behavior.u(t.seat * 8 + e, 4) * 99999)::int8 AS ms,
           1 + (12 * power(bench_behavior.u(t.seat, 5), 2))::int4 % 12 AS channel
      FROM sitting AS t, generate_series(0, least(5, t.n - t.s * 6 - 1)) AS e
)
SELECT r.id AS user_id,
       '2024-01-01 00:00+00'::timestamptz + r.ms * interval '1 millisecond' AS ts,
       (1 + floor(20 * power(bench_behavior.u(r.place, 6), 1.6)))::int2 AS event,
       r.channel::int2 AS channel,
       CASE WHEN floor(20 * power(bench_behavior.u(r.place, 6), 1.6)) = 11
            THEN (100 + 20000 * power(bench_behavior.u(r.place, 7), 3))::int8 END AS amount
  FROM row AS r
 ORDER BY r.ms, r.id;
CREATE INDEX event_user ON bench_behavior.event (user_id, ts) INCLUDE (event);
CREATE INDEX event_event ON bench_behavior.event (event, ts);
VACUUM (ANALYZE, FREEZE) bench_behavior.event;
CREATE UNLOGGED TABLE bench_behavior.timeline AS
    SELECT user_id, cdp.timeline_agg(ts, event, amount, ARRAY[channel::int4]) AS tl FROM bench_behavior.event GROUP BY user_id;
VACUUM (ANALYZE, FREEZE) bench_behavior.timeline;
-- The same in pages that fill a block each and stay in it.
CREATE UNLOGGED TABLE bench_behavior.page (page cdp.timeline_page) WITH (toast_tuple_target = 8160);
INSERT INTO bench_behavior.page
    SELECT cdp.timeline_pages(t, 8100) FROM (SELECT cdp.timelines_build(user_id, ts, event, amount, channel::int4) AS t FROM bench_behavior.event) AS b;
VACUUM (ANALYZE, FREEZE) bench_behavior.page;
-- As cdp.event_day: under code 0 all events together.
CREATE UNLOGGED TABLE bench_behavior.event_day AS
    WITH each AS MATERIALIZED (
        SELECT event::int4 AS code, ts::date AS day, cdp.chunk_of(user_id) AS chunk, cdp.bsi_build_agg(user_id, 1) AS times
          FROM bench_behavior.event GROUP BY 1, 2, 3
    )
    SELECT code, day, chunk, cdp.bsi_ebm(times) AS members, times
      FROM (TABLE each UNION ALL SELECT 0, day, chunk, cdp.bsi_agg(times) FROM each GROUP BY day, chunk) AS d;
VACUUM (ANALYZE, FREEZE) bench_behavior.event_day;
-- As cdp.event_day_by of the channel.
CREATE UNLOGGED TABLE bench_behavior.event_day_by AS
    SELECT d.value, d.code, d.day, d.chunk, cdp.bsi_ebm(d.times) AS members, d.times
      FROM (SELECT channel::int4 AS value, event::int4 AS code, ts::date AS day, cdp.chunk_of(user_id) AS chunk, cdp.bsi_build_agg(user_id, 1) AS times
              FROM bench_behavior.event GROUP BY 1, 2, 3, 4) AS d;
VACUUM (ANALYZE, FREEZE) bench_behavior.event_day_by;
SELECT count(*) AS events, count(DISTINCT user_id) AS users, pg_size_pretty(pg_relation_size('bench_behavior.event')) AS heap
  FROM bench_behavior.event;
SELECT stored, pg_size_pretty(size) AS size, round(size::numeric / events, 2) AS "bytes an event", round(heap::numeric / size, 1) AS "of the heap: 1 /"
  FROM (SELECT count(*) AS events, pg_relation_size('bench_behavior.event') AS heap FROM bench_behavior.event) AS e,
       (VALUES ('timelines', pg_total_relation_size('bench_behavior.timeline')), ('pages', pg_total_relation_size('bench_behavior.page'))) AS s (stored, size);
