-- window_funnel over rows: the definition, its edges, its errors.
SET timezone = 'UTC';
CREATE TABLE visit (person text, ts timestamptz, page text);
INSERT INTO visit VALUES
    ('goes through', '2024-05-01 10:00', 'view'), ('goes through', '2024-05-01 10:10', 'cart'), ('goes through', '2024-05-01 10:20', 'pay'),
    ('edge', '2024-05-01 10:00', 'view'), ('edge', '2024-05-01 10:30', 'cart'), ('edge', '2024-05-01 11:00', 'pay'),
    ('one tick late', '2024-05-01 10:00', 'view'), ('one tick late', '2024-05-01 10:30', 'cart'), ('one tick late', '2024-05-01 11:00:00.000001', 'pay'),
    ('later start', '2024-05-01 08:00', 'view'), ('later start', '2024-05-01 10:00', 'view'), ('later start', '2024-05-01 10:30', 'cart'), ('later start', '2024-05-01 11:00', 'pay'),
    ('wrong order', '2024-05-01 10:00', 'pay'), ('wrong order', '2024-05-01 10:10', 'cart'), ('wrong order', '2024-05-01 10:20', 'view'),
    ('all at once', '2024-05-01 10:00', 'pay'), ('all at once', '2024-05-01 10:00', 'view'), ('all at once', '2024-05-01 10:00', 'cart'),
    ('only cart', '2024-05-01 10:00', 'cart'), ('nothing', '2024-05-01 10:00', 'home'), ('no time', NULL, 'view');
SELECT person, cdp.window_funnel('1 hour', ts, page = 'view', page = 'cart', page = 'pay') AS depth
  FROM visit GROUP BY person ORDER BY person;

-- no rows: 0, as for rows that fill nothing
SELECT cdp.window_funnel('1 hour', ts, page = 'view') FROM visit WHERE false;
-- a null condition is false; null times are skipped; window 0 is one instant
SELECT cdp.window_funnel('1 hour', ts, a, b) FROM (VALUES
    ('2024-01-01 00:00'::timestamptz, true, NULL::boolean), ('2024-01-01 00:01', NULL, NULL), (NULL, true, true), ('2024-01-01 00:02', NULL, true)) v(ts, a, b);
SELECT cdp.window_funnel('1 hour', ts, NULL, NULL) FROM visit;
SELECT cdp.window_funnel('0', ts, a, b) FROM (VALUES ('2024-01-01 00:00'::timestamptz, false, true), ('2024-01-01 00:00', true, false)) v(ts, a, b);
SELECT cdp.window_funnel('0', ts, a, b) FROM (VALUES ('2024-01-01 00:00'::timestamptz, true, false), ('2024-01-01 00:00:00.000001', false, true)) v(ts, a, b);
-- one row fills several steps
SELECT cdp.window_funnel('1 hour', now(), true, true, false, true);
-- a day is 24 hours, also where clocks change
SET timezone = 'Europe/Berlin';
SELECT cdp.window_funnel('1 day', ts, a, b) FROM (VALUES ('2024-03-30 12:00'::timestamptz, true, false), ('2024-03-31 13:00', false, true)) v(ts, a, b);
SET timezone = 'UTC';
-- the longest window from the first instant to the last
SELECT cdp.window_funnel(w::interval, ts, a, b), w FROM (VALUES ('4714-11-24 00:00:00+00 BC'::timestamptz, true, false), ('294276-12-31 23:59:59.999999+00', false, true)) v(ts, a, b),
    (VALUES ('2562047788:00:54.775807'), ('106751991 days'), ('100000000 days')) w(w) GROUP BY w ORDER BY w;
-- 1 to 64 conditions, one by one, in one array, of two dimensions
SELECT cdp.window_funnel('1 hour', now(), true);
SELECT cdp.window_funnel('1 hour', now(), true, true, true, true, true, true, true, true) AS eight, cdp.window_funnel('1 hour', now(), true, true, true, true, true, true, true, true, true) AS nine;
SELECT cdp.window_funnel('1 hour', now(), VARIADIC array_fill(true, '{32}')), cdp.window_funnel('1 hour', now(), VARIADIC array_fill(true, '{64}'));
SELECT cdp.window_funnel('1 hour', now(), VARIADIC '{{t,t},{f,t}}'::boolean[]);
SELECT cdp.window_funnel('1 hour', now(), VARIADIC array_fill(true, '{9}') || NULL::boolean || array_fill(true, '{3}'));

-- a window over the rows: the state goes on after every answer
SELECT ts::time, page, cdp.window_funnel('1 hour', ts, page = 'view', page = 'cart', page = 'pay') OVER (ORDER BY ts) AS so_far,
       cdp.window_funnel('1 hour', ts, page = 'view', page = 'cart', page = 'pay') OVER (ORDER BY ts DESC ROWS UNBOUNDED PRECEDING) AS backwards
  FROM visit WHERE person = 'later start' ORDER BY ts;
SELECT cdp.window_funnel('1 hour', ts, page = 'view', page = 'cart') FILTER (WHERE page <> 'cart') AS filtered,
       cdp.window_funnel('1 hour', ts, page = 'view', page = 'cart') AS whole FROM visit WHERE person = 'edge';

-- date and timestamp columns are taken as their session's instants; literals resolve
SELECT cdp.window_funnel('1 day', d, d = '2024-01-01', d = '2024-01-02') FROM (VALUES ('2024-01-01'::date), ('2024-01-02')) v(d);

-- rows in the order of time, backwards and in disorder agree
CREATE TABLE event AS
    SELECT hashint4(i) & 255 AS person, '2024-01-01'::timestamptz + (hashint8(i) & 4095) * interval '1 minute' AS ts, hashint4(i + 1) & 7 AS code
      FROM generate_series(1, 20000) i;
SELECT count(*) AS people, count(DISTINCT a) AS depths, count(*) FILTER (WHERE a IS DISTINCT FROM b OR a IS DISTINCT FROM c) AS differ FROM (
    SELECT person, cdp.window_funnel('3 hours', ts, code = 1, code = 2, code IN (3, 4), code = 1) AS a,
           cdp.window_funnel('3 hours', ts, code = 1, code = 2, code IN (3, 4), code = 1 ORDER BY ts) AS b,
           cdp.window_funnel('3 hours', ts, code = 1, code = 2, code IN (3, 4), code = 1 ORDER BY ts DESC, code) AS c
      FROM event GROUP BY person) s;
-- plain SQL: the latest start of a chain of each length, at every row
WITH c1 AS (SELECT person, ts, code, max(ts) FILTER (WHERE code = 1) OVER w AS s1 FROM event WINDOW w AS (PARTITION BY person ORDER BY ts)),
     c2 AS (SELECT *, max(s1) FILTER (WHERE code = 2 AND ts - s1 <= '3 hours') OVER w AS s2 FROM c1 WINDOW w AS (PARTITION BY person ORDER BY ts)),
     c3 AS (SELECT *, max(s2) FILTER (WHERE code IN (3, 4) AND ts - s2 <= '3 hours') OVER w AS s3 FROM c2 WINDOW w AS (PARTITION BY person ORDER BY ts)),
     plain AS (SELECT person, CASE WHEN bool_or(code = 1 AND ts - s3 <= '3 hours') THEN 4 WHEN count(s3) > 0 THEN 3 WHEN count(s2) > 0 THEN 2 WHEN count(s1) > 0 THEN 1 ELSE 0 END AS depth FROM c3 GROUP BY person)
SELECT count(*) AS people, count(*) FILTER (WHERE plain.depth IS DISTINCT FROM f.depth) AS differ FROM plain
  JOIN (SELECT person, cdp.window_funnel('3 hours', ts, code = 1, code = 2, code IN (3, 4), code = 1) AS depth FROM event GROUP BY person) f USING (person);

-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.window_funnel('1 month', now(), true);
SELECT cdp.window_funnel('-1 second', now(), true);
SELECT cdp.window_funnel('200000000 days', now(), true);
SELECT cdp.window_funnel(NULL, now(), true);
SELECT cdp.window_funnel('1 hour', 'infinity', true);
SELECT cdp.window_funnel('1 hour', now(), VARIADIC '{}'::boolean[]);
SELECT cdp.window_funnel('1 hour', now(), VARIADIC array_fill(true, '{65}'));
SELECT cdp.window_funnel('1 hour', now(), VARIADIC NULL::boolean[]);
SELECT cdp.window_funnel(w, now(), true) FROM (VALUES (interval '1 hour'), ('2 hours')) v(w);
SELECT cdp.window_funnel('1 hour', now(), VARIADIC c) FROM (VALUES ('{t}'::boolean[]), ('{t,f}')) v(c);
SELECT cdp._window_funnel_trans(NULL, '1 hour', now(), true);
-- leave the database as it was
DROP TABLE visit, event;
