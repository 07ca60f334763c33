-- Retention in periods of 24 hours from each user's own start, against plain SQL.
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE TABLE event AS
    SELECT hashint4(i) & 255 AS uid, '2025-03-01 00:00+00'::timestamptz + (hashint4(i * 7) & 1048575) * interval '1 second' AS ts, (hashint4(i * 11) & 3) = 0 AS starts
      FROM generate_series(1, 3000) AS i;
-- a user's first start
CREATE VIEW first_start AS SELECT uid, min(ts) AS start FROM event WHERE starts GROUP BY uid;
CREATE VIEW slow_first AS
    SELECT f.start::date AS cohort, n AS period, count(*) AS size,
           count(*) FILTER (WHERE EXISTS (SELECT FROM event AS e WHERE e.uid = f.uid AND NOT e.starts AND e.ts >= f.start + n * interval '24 hours'
                                            AND e.ts < f.start + (n + 1) * interval '24 hours')) AS users
      FROM first_start AS f, generate_series(0, 4) AS n GROUP BY 1, 2;
SELECT count(*) AS cells, count(*) FILTER (WHERE (s.size, s.users) IS DISTINCT FROM (r.size, r.users)) AS differ
  FROM slow_first AS s
  FULL JOIN cdp.retention_matrix((SELECT cdp.activity_agg(uid, cdp.day_from_start(start, ts), ts = start, NOT starts)
                                    FROM event JOIN first_start USING (uid) WHERE ts >= start), periods => 4, until => '2025-04-01') AS r USING (cohort, period);
-- every day with a start: one activity per cohort
CREATE VIEW day_start AS SELECT uid, ts::date AS day, min(ts) AS start FROM event WHERE starts GROUP BY 1, 2;
CREATE VIEW slow_recurring AS
    SELECT f.day AS cohort, n AS period, count(*) AS size,
           count(*) FILTER (WHERE EXISTS (SELECT FROM event AS e WHERE e.uid = f.uid AND NOT e.starts AND e.ts >= f.start + n * interval '24 hours'
                                            AND e.ts < f.start + (n + 1) * interval '24 hours')) AS users
      FROM day_start AS f, generate_series(0, 4) AS n GROUP BY 1, 2;
SELECT count(*) AS cells, count(*) FILTER (WHERE (s.size, s.users) IS DISTINCT FROM (r.size, r.users)) AS differ
  FROM slow_recurring AS s
  FULL JOIN (SELECT r.* FROM (SELECT cdp.activity_agg(uid, cdp.day_from_start(start, ts), ts = start, NOT starts) AS a
                                FROM day_start JOIN event USING (uid) WHERE ts >= start GROUP BY day) AS c,
                    cdp.retention_matrix(a, periods => 4, until => '2025-04-01') AS r) AS r USING (cohort, period);
-- through the change to summer time a period keeps its 24 hours
SELECT cdp.day_from_start('2025-03-29 12:00 Europe/Berlin', ts, 'Europe/Berlin') AS day
  FROM unnest('{2025-03-30 12:30 Europe/Berlin,2025-03-30 13:00 Europe/Berlin}'::timestamptz[]) AS ts ORDER BY ts;
SELECT cdp.day_from_start(NULL, now()), cdp.day_from_start(now(), NULL);
SELECT cdp.day_from_start(now(), now(), 'Nowhere/City');
DROP VIEW slow_first, slow_recurring, first_start, day_start;
DROP TABLE event;
