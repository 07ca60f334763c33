-- A business made up for the audience bench: people with 20 tags of 15 values each, and what they did in the last
-- 60 days, as pg_cdp stores it and as rows with their best indexes. The same seeds on every machine; times end today.
--
--   psql -X -v people=1000000 -v events=30 -f test/bench/audience/data.sql    (events a person)
--
-- Tags and timelines are stored as refreshes store them, past loading and resolving, which have benches of their own.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '1GB';
SET jit = off;
SET TimeZone = 'UTC';
DROP SCHEMA IF EXISTS bench_audience CASCADE;
CREATE SCHEMA bench_audience;
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null

-- From 0 up to but not including 1.
CREATE FUNCTION bench_audience.u(a int8, seed int8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(a, seed) & 4503599627370495) / 4503599627370496.0;

INSERT INTO cdp.person (one_id) SELECT generate_series(1, :people);
INSERT INTO cdp.identifier (id, type_id, value, one_id, first_seen, last_seen)
SELECT n, 1, 'u' || n, n, now() - interval '60 days', now() FROM generate_series(1, :people) AS n;
VACUUM (ANALYZE, FREEZE) cdp.person, cdp.identifier;

-- Value 0 of a tag has a fifth of the people, value 14 one in thirty; no order of people tells the value.
CREATE UNLOGGED TABLE bench_audience.person_tag AS
SELECT n AS one_id, (tag * 100 + floor(15 * power(bench_audience.u(n, tag), 1.7)))::int4 AS tag
  FROM generate_series(1, :people) AS n, generate_series(1, 20) AS tag;
CREATE UNIQUE INDEX person_tag_tag ON bench_audience.person_tag (tag, one_id);
VACUUM (ANALYZE, FREEZE) bench_audience.person_tag;
SELECT cdp.tag_define('t' || tag, format('SELECT one_id, ''v'' || tag %% 100 AS value FROM bench_audience.person_tag WHERE tag / 100 = %s', tag), value_type => 'enum')
  FROM generate_series(1, 20) AS tag \g /dev/null
INSERT INTO cdp.tag_value (tag_id, value, chunk, base)
SELECT g.tag_id, 'v' || p.tag % 100, cdp.chunk_of(p.one_id), cdp.rb_build_agg(p.one_id)
  FROM bench_audience.person_tag AS p JOIN cdp.tag AS g ON g.name = 't' || p.tag / 100 GROUP BY 1, 2, 3;
UPDATE cdp.tag SET refreshed_at = now();
VACUUM (ANALYZE) cdp.tag_value;

-- Half of the events are of the first four kinds; they lie in the order of time, as a log has them.
CREATE UNLOGGED TABLE bench_audience.event AS
SELECT 1 + floor(:people * power(bench_audience.u(n, 41), 1.5))::int4 AS one_id,
       date_trunc('day', now()) - interval '59 days' + n * (interval '60 days' / (:events::int8 * :people)) AS ts,
       (1 + floor(16 * power(bench_audience.u(n, 42), 2)))::int2 AS code,
       (1000 * power(bench_audience.u(n, 43), 3))::int4 AS amount
  FROM generate_series(0, :events::int8 * :people - 1) AS n;
CREATE INDEX event_code ON bench_audience.event (code, ts) INCLUDE (one_id, amount);
CREATE INDEX event_person ON bench_audience.event (one_id, ts) INCLUDE (code);
VACUUM (ANALYZE, FREEZE) bench_audience.event;
SELECT cdp._event_types_learn(ARRAY(SELECT 'e' || to_char(n, 'FM00') FROM generate_series(1, 16) AS n)) \g /dev/null
SELECT cdp.event_value_set('e' || to_char(n, 'FM00'), 'amount') FROM generate_series(1, 16) AS n \g /dev/null
INSERT INTO cdp.timeline_month (month, slot, page)
SELECT b.month, r.slot, r.page
  FROM (SELECT date_trunc('month', e.ts)::date AS month, cdp.timelines_build(e.one_id, e.ts, t.code, e.amount, 1) AS t
          FROM bench_audience.event AS e JOIN cdp.event_type AS t ON t.name = 'e' || to_char(e.code, 'FM00')
         GROUP BY 1) AS b
 CROSS JOIN LATERAL cdp.timeline_pages_by(b.t, 4) AS r ORDER BY 1, 2;
SELECT cdp.event_day_rebuild() \g /dev/null
VACUUM (ANALYZE, FREEZE) cdp.timeline_month, cdp.event_day_by;
CREATE TABLE bench_audience.made AS SELECT :people AS people, :events AS events, current_date AS day;
