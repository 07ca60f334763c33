-- retention: the definition, its edges, its errors.
CREATE TABLE login (person int, day date);
INSERT INTO login VALUES (1, '2024-01-01'), (1, '2024-01-02'), (1, '2024-01-08'), (2, '2024-01-01'), (3, '2024-01-02'), (4, NULL);
SELECT person, cdp.retention(day = '2024-01-01', day = '2024-01-02', day = '2024-01-08') AS came FROM login GROUP BY person ORDER BY person;
-- a table of the cohort
SELECT sum(r[1]) AS day_0, sum(r[2]) AS day_1, sum(r[3]) AS day_7
  FROM (SELECT cdp.retention(day = '2024-01-01', day = '2024-01-02', day = '2024-01-08') AS r FROM login GROUP BY person) s;
-- without rows zeros, as many as there are conditions; an array whose length no row tells is empty
SELECT cdp.retention(true, false) AS two, cdp.retention(true, true, true, true, true, true, true, true) AS eight, cdp.retention(true) AS one, cdp.retention(VARIADIC ARRAY[true, true]) AS array FROM login WHERE false;
SELECT cdp.retention(true, false) FILTER (WHERE false) OVER () FROM login WHERE person = 2;
-- null conditions are false
SELECT cdp.retention(NULL, true), cdp.retention(true, NULL, true) FROM login WHERE person = 2;
SELECT cdp.retention(true, NULL::boolean, false, true, true, NULL, true, true) AS eight, cdp.retention(true, NULL, false, true, true, NULL, true, true, NULL, true) AS ten;
-- 1 and 32 conditions, arrays with and without nulls
SELECT cdp.retention(true), cdp.retention(VARIADIC array_fill(true, '{32}'));
SELECT cdp.retention(VARIADIC c) FROM (VALUES ('{t,f,f,f,f,f,f,f,f,t}'::boolean[]), ('{NULL,t,f,f,f,f,f,f,NULL,NULL}'), ('{{f,f,t,f,f},{f,f,f,NULL,t}}')) v(c);
-- frames and filters
SELECT day, cdp.retention(day = '2024-01-01', day = '2024-01-02') OVER (ORDER BY day) AS so_far,
       cdp.retention(day = '2024-01-01', day = '2024-01-02') FILTER (WHERE day > '2024-01-01') OVER (ORDER BY day) AS filtered
  FROM login WHERE person = 1;
-- against bool_or
SELECT count(*) AS people, count(*) FILTER (WHERE r IS DISTINCT FROM ARRAY[a, a * b, a * c]) AS differ FROM (
    SELECT hashint4(i) & 1023 AS person, cdp.retention(i % 3 = 0, i % 5 = 0, i % 7 = 0) AS r,
           max((i % 3 = 0)::int) AS a, max((i % 5 = 0)::int) AS b, max((i % 7 = 0)::int) AS c
      FROM generate_series(1, 3000) i GROUP BY 1) s;
\set SHOW_CONTEXT never
SELECT cdp.retention(VARIADIC '{}');
SELECT cdp.retention(VARIADIC array_fill(true, '{33}'));
SELECT cdp.retention(VARIADIC NULL::boolean[]);
SELECT cdp.retention(VARIADIC c) FROM (VALUES ('{t}'::boolean[]), ('{t,f}')) v(c);
SELECT cdp._retention_final(n) FROM unnest('{0,-1,141733920768,8589934596}'::bigint[]) n;
SELECT cdp._retention_combine(4294967297, 8589934593);
-- leave the database as it was
DROP TABLE login;
