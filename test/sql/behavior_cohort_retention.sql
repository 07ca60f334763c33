-- Activity by day, and what it answers.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET cdp.bitmap_output = 'array';
-- The worked example of range_retention_count in the field's documentation: logins on 05-01 of users 1 and 2, on 05-02 of
-- 1 and 3; payments of 1 on 05-01 and 05-02, of 3 on 05-03 and 05-04. After one and two days: .5 and 0; .5 and .5.
CREATE TABLE event AS SELECT * FROM (VALUES (1, date '2022-05-01', 'login'), (2, '2022-05-01', 'login'), (1, '2022-05-02', 'login'), (3, '2022-05-02', 'login'),
    (1, '2022-05-01', 'pay'), (1, '2022-05-02', 'pay'), (3, '2022-05-03', 'pay'), (3, '2022-05-04', 'pay')) AS v(uid, day, name);
CREATE TABLE act AS SELECT cdp.activity_agg(uid, day, name = 'login', name = 'pay') AS a FROM event;
SELECT m.cohort, m.period, m.size, m.users, m.rate, m.complete
  FROM act, cdp.retention_matrix(a, periods => 2, cohorts => 'recurring') AS m;
-- of a user's first start only; everything over
SELECT m.cohort, m.period, m.size, m.users, m.rate, m.complete FROM act, cdp.retention_matrix(a, periods => 2, until => '2022-05-05') AS m;
-- from bitmaps of days it is the same value
SELECT (SELECT cdp.activity_agg(day, s, r) FROM (
          SELECT day, cdp.rb_build_agg(uid) FILTER (WHERE name = 'login') AS s, cdp.rb_build_agg(uid) FILTER (WHERE name = 'pay') AS r FROM event GROUP BY day) AS d)::text
       = (SELECT cdp.activity_agg(uid, day, name = 'login', name = 'pay') FROM event)::text AS same;
SELECT cdp.activity_agg(day, u)::text = (SELECT cdp.activity_agg(uid, day) FROM event)::text AS same
  FROM (SELECT day, cdp.rb_build_agg(uid) AS u FROM event GROUP BY day) AS d;

-- the users behind a cell, and those who did not come back
SELECT cdp.retention_cohort(a, '2022-05-02', cohorts => 'recurring') AS cohort, cdp.retention_users(a, '2022-05-02', 1, cohorts => 'recurring') AS back,
       cdp.rb_andnot(cdp.retention_cohort(a, '2022-05-02', cohorts => 'recurring'), cdp.retention_users(a, '2022-05-02', 1, cohorts => 'recurring')) AS away,
       cdp.retention_users(a, '2022-06-01', 1) AS nobody, cdp.retention_users(a, '2022-05-02', 500) AS never FROM act;

-- unbounded: on day n or later; brackets: days 0, 1 to 2, 3 to 6
SELECT m.cohort, m.period, m.size, m.users, m.complete FROM act, cdp.retention_matrix(a, 'unbounded', periods => 3) AS m;
SELECT m.cohort, m.period, m.size, m.users, m.complete FROM act, cdp.retention_matrix(a, 'bracket', brackets => '{0,1,3,7}', until => '2022-05-08') AS m;
-- weeks begin on Monday: 2022-05-01 is a Sunday; in the week of the start only what comes after it counts
SELECT m.cohort, m.period, m.size, m.users, m.complete FROM act, cdp.retention_matrix(a, unit => 'week', periods => 1, until => '2022-05-09') AS m;
SELECT m.cohort, m.period, m.size, m.users FROM cdp.retention_matrix((SELECT cdp.activity_agg(1, d, d = '2022-05-04', d < '2022-05-04') FROM generate_series(date '2022-05-02', '2022-05-04', '1 day') AS g(t), date(t) AS d), unit => 'week') AS m;
SELECT m.cohort, m.period, m.size, m.users FROM act, cdp.retention_matrix(a, unit => 'month') AS m;
SELECT m.period, m.size, m.users, (m.ci_low, m.ci_high) = (w.low, w.high) AS same FROM act, cdp.retention_matrix(a, confidence => 0.9, periods => 1, cohorts => 'recurring') AS m, cdp.ab_wilson(m.users, m.size, 0.9) AS w;

-- 24 hours from each user's own start: 23:00, and 26 and 49 hours later, are days 0, 1 and 2
SELECT cdp.day_from_start('2025-03-01 23:00+00', ts) AS day, cdp.day_from_start('2025-03-01 23:00+00', ts, 'Asia/Shanghai') AS shanghai
  FROM unnest('{2025-03-01 22:59:59+00,2025-03-01 23:00+00,2025-03-02 22:59:59.999999+00,2025-03-02 23:00+00,2025-03-03 01:00+00,2025-03-04 00:00+00}'::timestamptz[]) AS ts ORDER BY ts;

-- lifecycle, stickiness, distribution
CREATE TABLE life AS SELECT cdp.activity_agg(uid, day) AS a FROM (VALUES (1, date '2025-01-06'), (1, '2025-01-07'), (1, '2025-01-08'), (2, '2025-01-06'), (2, '2025-01-08'),
    (3, '2025-01-08'), (1, '2025-01-14'), (4, '2025-01-28'), (1, '2025-01-28')) AS v(uid, day);
SELECT l.* FROM life, cdp.lifecycle(a) AS l WHERE l.period <= '2025-01-09';
SELECT l.* FROM life, cdp.lifecycle(a, 'week') AS l;
SELECT l.* FROM life, cdp.lifecycle(a, 'month', until => '2025-02-01') AS l;
-- the period that begins on "until" has begun
SELECT l.* FROM cdp.lifecycle((SELECT cdp.activity_agg(1, '2025-04-10')), 'day', '2025-04-12') AS l;
SELECT r.cohort, r.period, r.users, r.complete FROM cdp.retention_matrix((SELECT cdp.activity_agg(1, '2025-04-10')), periods => 5, until => '2025-04-12') AS r;
SELECT s.* FROM life, cdp.stickiness(a) AS s;
SELECT s.* FROM life, cdp.stickiness(a, 'month') AS s;
SELECT s.* FROM life, cdp.stickiness(a, 'all') AS s;
SELECT d.* FROM life, cdp.distribution(a, '{1,2,4,9}') AS d;

-- parts
SELECT cdp.rollup(a)::text = (SELECT cdp.activity_agg(uid, day) FROM event)::text AS same FROM (SELECT cdp.activity_agg(uid, day) AS a FROM event GROUP BY uid) AS s;
SELECT (x.a OPERATOR(cdp.||) y.a)::text = (y.a OPERATOR(cdp.||) x.a)::text AS commutes FROM act AS x, life AS y;
SELECT count(*) FROM act, cdp.lifecycle(a OPERATOR(cdp.||) a);

-- nothing
SELECT cdp.activity_agg(uid, day), cdp.activity_agg(uid, day, true, true), cdp.activity_agg(day, NULL::cdp.roaringbitmap) FROM event WHERE uid > 5;
SELECT cdp.activity_agg(NULL, day), cdp.activity_agg(uid, day, NULL, false), cdp.activity_agg(NULL::date, '{1}'::cdp.roaringbitmap) FROM event;
SELECT cdp.activity_agg('2025-01-01', '{}'::cdp.roaringbitmap) AS empty;
SELECT count(*) FROM cdp.retention_matrix('\x0100000000000000'), cdp.lifecycle('\x0100000000000000'), cdp.stickiness('\x0100000000000000');
SELECT * FROM cdp.distribution('\x0100000000000000', '{1}');
SELECT count(*) FROM cdp.retention_matrix(NULL);
SELECT cdp.retention_users(NULL, '2025-01-01', 1), cdp.retention_users(a, NULL, 1), cdp.retention_users(a, '2025-01-01', NULL), cdp.retention_cohort(a, NULL) FROM life;
-- the ends of the calendar
SELECT m.cohort, m.period, m.users FROM cdp.retention_matrix((SELECT cdp.activity_agg(1, d) FROM unnest('{4713-01-01 BC,5874897-12-31}'::date[]) AS d), periods => 1, unit => 'month') AS m;
SELECT count(*) FROM cdp.lifecycle((SELECT cdp.activity_agg(1, d) FROM unnest('{0001-01-01,9999-12-31}'::date[]) AS d), 'month');
SELECT count(*) FROM cdp.lifecycle((SELECT cdp.activity_agg(1, d) FROM unnest('{0001-01-01,9999-12-31}'::date[]) AS d), 'day');
-- errors
SELECT cdp.activity_agg(1, 'infinity'::date);
SELECT cdp.activity_agg('-infinity'::date, '{1}'::cdp.roaringbitmap);
SELECT cdp.retention_matrix(a, 'nday') FROM life;
SELECT cdp.retention_matrix(a, unit => 'year') FROM life;
SELECT cdp.retention_matrix(a, cohorts => 'last') FROM life;
SELECT cdp.retention_matrix(a, kind => NULL) FROM life;
SELECT cdp.retention_matrix(a, periods => NULL) FROM life;
SELECT cdp.retention_matrix(a, periods => -1) FROM life;
SELECT cdp.retention_matrix(a, periods => 1001) FROM life;
SELECT cdp.retention_matrix(a, 'bracket') FROM life;
SELECT cdp.retention_matrix(a, 'bracket', brackets => '{0}') FROM life;
SELECT cdp.retention_matrix(a, 'bracket', brackets => '{3,1}') FROM life;
SELECT cdp.retention_matrix(a, 'bracket', brackets => '{0,NULL}') FROM life;
SELECT cdp.retention_matrix(a, brackets => '{0,1}') FROM life;
SELECT cdp.retention_matrix(a, until => 'infinity') FROM life;
SELECT cdp.retention_matrix(a, confidence => 0) FROM life;
SELECT cdp.retention_users(a, '2025-01-06', -1) FROM life;
SELECT cdp.retention_users(a, '2025-01-06', 2, 'bracket', brackets => '{0,1,3}') FROM life;
SELECT cdp.retention_users(a, 'infinity', 1) FROM life;
SELECT cdp.lifecycle(a, 'hour') FROM life;
SELECT cdp.stickiness(a, 'year') FROM life;
SELECT cdp.distribution(a, '{}') FROM life;
SELECT cdp.distribution(a, '{0,1}') FROM life;
DROP TABLE event, act, life;
