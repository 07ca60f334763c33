-- Retention: of whom registered in a week, who pays in the weeks after.
\set ON_ERROR_STOP on
\pset linestyle unicode
\pset border 2
\pset footer off
\pset null ''
CREATE FUNCTION demo.cell(share float8) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT round(100 * share::numeric, 1)
$$;
CREATE TABLE demo.retention AS
    SELECT * FROM cdp.retention_report('register', 'pay', 'week', periods => 8,
        "from" => demo.fact('cohort_from')::timestamp AT TIME ZONE 'Asia/Shanghai',
        "to" => demo.fact('cohort_to')::timestamp AT TIME ZONE 'Asia/Shanghai');
\echo '     SELECT * FROM cdp.retention_report(\'register\', \'pay\', \'week\', periods => 8, ...);'
\echo '     Percent of the people of a week (Monday) who pay in that week (+0) and the weeks after'
SELECT cohort, demo.n(max(size)) AS people,
       demo.cell(max(rate) FILTER (WHERE period = 0)) AS "+0",
       demo.cell(max(rate) FILTER (WHERE period = 1)) AS "+1",
       demo.cell(max(rate) FILTER (WHERE period = 2)) AS "+2",
       demo.cell(max(rate) FILTER (WHERE period = 3)) AS "+3",
       demo.cell(max(rate) FILTER (WHERE period = 4)) AS "+4",
       demo.cell(max(rate) FILTER (WHERE period = 5)) AS "+5",
       demo.cell(max(rate) FILTER (WHERE period = 6)) AS "+6",
       demo.cell(max(rate) FILTER (WHERE period = 7)) AS "+7",
       demo.cell(max(rate) FILTER (WHERE period = 8)) AS "+8"
  FROM demo.retention GROUP BY cohort ORDER BY cohort;
\echo '     The latest weeks make the triangle: what has not happened yet is not shown as zero.'
SELECT cohort, demo.n(max(size)) AS people,
       demo.cell(max(rate) FILTER (WHERE period = 0)) AS "+0",
       demo.cell(max(rate) FILTER (WHERE period = 1)) AS "+1",
       demo.cell(max(rate) FILTER (WHERE period = 2)) AS "+2",
       demo.cell(max(rate) FILTER (WHERE period = 3)) AS "+3",
       demo.cell(max(rate) FILTER (WHERE period = 4)) AS "+4",
       demo.cell(max(rate) FILTER (WHERE period = 5)) AS "+5",
       string_agg('+' || period, ', ') FILTER (WHERE NOT complete) AS "not over yet"
  FROM cdp.retention_report('register', 'pay', 'week', periods => 5,
       "from" => demo.fact('as_of')::timestamptz - interval '5 weeks')
 GROUP BY cohort ORDER BY cohort;

DO $$
DECLARE
    wrong text;
    c record;
BEGIN
    SELECT string_agg(format('%s +%s: %s, found %s', cohort, period, t.users, r.users), '; ') INTO wrong
      FROM demo.truth_cohort AS t FULL JOIN demo.retention AS r USING (cohort, period)
     WHERE t.users IS DISTINCT FROM r.users OR NOT r.complete;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the planted cohorts are not found: %', wrong;
    END IF;
    FOR c IN SELECT DISTINCT cohort, size FROM demo.retention LOOP
        PERFORM demo.expect('cohort_size_' || c.cohort, c.size);
    END LOOP;
    INSERT INTO demo.found SELECT format('cohort %s %s', cohort, period), users::text FROM demo.truth_cohort;
END $$;
