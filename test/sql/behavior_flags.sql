-- Forms with two to eight conditions answer as those with an array do; calls resolve to them.
SET timezone = 'UTC';
CREATE TABLE event AS
    SELECT hashint4(i) & 63 AS person, '2024-01-01'::timestamptz + (hashint8(i) & 4095) * interval '10 seconds' AS ts,
           nullif(hashint4(i + 1) & 15, 15) AS code
      FROM generate_series(1, 3000) AS i;
CREATE FUNCTION compare(conds text) RETURNS TABLE (conditions int, people int8, differ int8) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT cardinality(ARRAY[%1$s]) AS conditions, count(*), count(*) FILTER (WHERE a IS DISTINCT FROM b)
          FROM (SELECT ROW(cdp.window_funnel('1 hour', ts, %2$s), cdp.window_funnel('1 hour', 'fixed', ts, %2$s), cdp.window_funnel_events('1 hour', 'strict_once', ts, %2$s),
                           cdp.sequence_match('(?1)(?t<=1h)(?2)', ts, %2$s), cdp.sequence_count('(?1).*(?2)', ts, %2$s), cdp.sequence_match_events('(?1).*(?2).*(?1)', ts, %2$s)) AS a,
                       ROW(cdp.window_funnel('1 hour', ts, VARIADIC ARRAY[%2$s]), cdp.window_funnel('1 hour', 'fixed', ts, VARIADIC ARRAY[%2$s]), cdp.window_funnel_events('1 hour', 'strict_once', ts, VARIADIC ARRAY[%2$s]),
                           cdp.sequence_match('(?1)(?t<=1h)(?2)', ts, VARIADIC ARRAY[%2$s]), cdp.sequence_count('(?1).*(?2)', ts, VARIADIC ARRAY[%2$s]), cdp.sequence_match_events('(?1).*(?2).*(?1)', ts, VARIADIC ARRAY[%2$s])) AS b
                  FROM event GROUP BY person) AS p$q$, regexp_replace(conds, 'code', '0', 'g'), conds);
END $$;
SELECT c.* FROM generate_series(2, 9) AS n,
       compare((SELECT string_agg('code IN (' || i || ', ' || i + 3 || ')', ', ') FROM generate_series(1, n) AS i)) AS c;
-- no array is made for them
EXPLAIN (VERBOSE, COSTS OFF) SELECT cdp.sequence_match('(?1)(?2)', now(), true, false), cdp.window_funnel_events('1 hour', 'default', now(), true, false);
-- the number of conditions is that of all rows
\set SHOW_CONTEXT never
CREATE AGGREGATE match_of(cdp.sequence_state) (SFUNC = cdp._sequence_combine, STYPE = cdp.sequence_state, FINALFUNC = cdp._sequence_match_final);
CREATE AGGREGATE match_2(text, timestamptz, boolean, boolean) (SFUNC = cdp._sequence_flags_trans, STYPE = cdp.sequence_state);
CREATE AGGREGATE match_any(text, timestamptz, VARIADIC boolean[]) (SFUNC = cdp._sequence_trans, STYPE = cdp.sequence_state);
SELECT match_of(s) FROM (SELECT match_2('(?1)(?2)', '2025-01-01', true, false) AS s UNION ALL SELECT match_any('(?1)(?2)', '2025-01-02', false, true)) AS u;
SELECT match_of(s) FROM (SELECT match_2('(?1)(?2)', '2025-01-01', true, false) AS s UNION ALL SELECT match_any('(?1)(?2)', '2025-01-02', false, true, true)) AS u;
SELECT cdp.sequence_match('(?3)', now(), true, true);
SELECT cdp.sequence_count(NULL, now(), true, true);
DROP AGGREGATE match_of(cdp.sequence_state), match_2(text, timestamptz, boolean, boolean), match_any(text, timestamptz, boolean[]);
DROP FUNCTION compare(text);
DROP TABLE event;
