-- CPU of funnels and retention that know their users, against what plain SQL and array_agg take.
--
--   psql -X -d DATABASE -f test/bench/behavior/cohort.sql      (extension installed, superuser)
--   -v users=300000 -v rounds=5
\ir measure.sql
\if :{?users} \else \set users 300000 \endif
\if :{?rounds} \else \set rounds 5 \endif

CREATE TEMP TABLE bench_level AS
    SELECT i AS uid, (hashint4(i) & 1023) % 5 AS level,
           ARRAY(SELECT '2025-01-01'::timestamptz + s * interval '1 hour' + (hashint4(i + s) & 1023) * interval '1 second'
                   FROM generate_series(1, (hashint4(i) & 1023) % 5) AS s) AS chain
      FROM generate_series(1, :users) AS i;
-- Ten active days of thirty each.
CREATE TEMP TABLE bench_event AS
    SELECT i % :users AS uid, date '2025-01-01' + (hashint4(i) & 1023) % 30 AS day, (hashint4(i * 5) & 3) = 0 AS starts
      FROM generate_series(1, :users * 10) AS i;
CREATE TEMP TABLE bench_day AS
    SELECT day, cdp.rb_build_agg(uid) FILTER (WHERE starts) AS starters, cdp.rb_build_agg(uid) FILTER (WHERE NOT starts) AS returners
      FROM bench_event GROUP BY day;
VACUUM ANALYZE bench_level;
VACUUM ANALYZE bench_event;
VACUUM ANALYZE bench_day;

INSERT INTO bench_query VALUES
    (1, 'counts by plain SQL', NULL, 'SELECT ARRAY[count(*) FILTER (WHERE level >= 1), count(*) FILTER (WHERE level >= 2), count(*) FILTER (WHERE level >= 3), count(*) FILTER (WHERE level >= 4)] FROM bench_level'),
    (2, 'funnel_agg(uid, level)', 'counts by plain SQL', 'SELECT cdp.funnel_counts(cdp.funnel_agg(uid, level)) FROM bench_level'),
    (3, 'funnel_agg(uid, level, chain)', 'counts by plain SQL', 'SELECT cdp.funnel_counts(cdp.funnel_agg(uid, level, chain)) FROM bench_level'),
    (4, 'array_agg(uid), groups of 5', NULL, 'SELECT count(*) FROM (SELECT array_agg(uid) AS r FROM bench_level GROUP BY uid / 5 OFFSET 0) AS s'),
    (5, 'funnel_agg(uid, level), groups of 5', 'array_agg(uid), groups of 5',
     'SELECT count(*) FROM (SELECT cdp.funnel_agg(uid, level, 4) AS r FROM bench_level GROUP BY uid / 5 OFFSET 0) AS s'),
    (6, '30 x 30 days, plain SQL over rows', NULL,
     'SELECT sum(n) FROM (SELECT b.day, r.day, count(*) AS n FROM (SELECT uid, min(day) AS day FROM bench_event WHERE starts GROUP BY uid) AS b
        JOIN (SELECT DISTINCT uid, day FROM bench_event WHERE NOT starts) AS r ON r.uid = b.uid AND r.day >= b.day GROUP BY 1, 2) AS s'),
    (7, '30 x 30 days, activity_agg over rows', '30 x 30 days, plain SQL over rows',
     'SELECT sum(users) FROM cdp.retention_matrix((SELECT cdp.activity_agg(uid, day, starts, NOT starts) FROM bench_event))'),
    (8, '30 x 30 days, bitmaps of days', '30 x 30 days, plain SQL over rows',
     'SELECT sum(users) FROM cdp.retention_matrix((SELECT cdp.activity_agg(day, starters, returners) FROM bench_day))');
CALL pg_temp.bench_run(:rounds);
SELECT * FROM pg_temp.bench_show(:users);
