-- Accessors: with and without codes, NULLs, sums, codes, documents, distinct events, order, headers of stored values.
SET timezone = 'UTC';
CREATE TABLE event AS
    SELECT i % 40 AS person, '2024-01-01'::timestamptz + (hashint8(i) & 1048575) * interval '1 second' AS ts, (hashint4(i + 7) & 7) * (1 + i % 40 % 3 * 200) AS code,
           CASE WHEN i % 3 > 0 THEN hashint4(i) END AS value FROM generate_series(1, 4000) i;
CREATE TABLE tl AS SELECT person, cdp.timeline_agg(ts, code, value) AS tl FROM event GROUP BY person;

-- against plain SQL
SELECT count(*) AS asked,
       count(*) FILTER (WHERE cdp.timeline_count(tl, codes) IS DISTINCT FROM n) AS wrong_count,
       count(*) FILTER (WHERE cdp.timeline_first(tl, codes) IS DISTINCT FROM first) AS wrong_first,
       count(*) FILTER (WHERE cdp.timeline_last(tl, codes) IS DISTINCT FROM last) AS wrong_last,
       count(*) FILTER (WHERE cdp.timeline_sum(tl, codes) IS DISTINCT FROM sum) AS wrong_sum,
       count(*) FILTER (WHERE cdp.timeline_days(tl, codes) IS DISTINCT FROM days) AS wrong_days,
       count(*) FILTER (WHERE cdp.timeline_hours(tl, codes) IS DISTINCT FROM hours) AS wrong_hours
  FROM tl, (VALUES (NULL::int[]), ('{}'), ('{1}'), ('{3,1,3}'), ('{200,2,64}'), ('{99}'), ('{804,1203,70000}')) v(codes),
    LATERAL (SELECT count(*) AS n, min(ts) AS first, max(ts) AS last, sum(value)::bigint AS sum, count(DISTINCT ts::date)::int AS days,
                    count(DISTINCT date_trunc('hour', ts))::int AS hours
               FROM event WHERE event.person = tl.person AND (codes IS NULL OR code = ANY (codes))) e;
SELECT count(*) FILTER (WHERE cdp.timeline_codes(tl) = codes) AS same_codes, count(*) AS people
  FROM tl JOIN (SELECT person, array_agg(DISTINCT code ORDER BY code) AS codes FROM event GROUP BY person) e USING (person);

-- one by one; a null timeline or zone gives null
CREATE TABLE one AS SELECT cdp.timeline_agg(ts, code, value, props) AS tl FROM (VALUES
    ('2024-03-31 00:30'::timestamptz, 1, 100::bigint, '{5}'::int[]), ('2024-03-31 00:30', 1, 100, '{5}'), ('2024-03-31 00:30', 1, NULL, '{5}'),
    ('2024-03-31 22:30', 2, -30, '{NULL,NULL,7}'), ('2024-04-01 12:00', 300, NULL, NULL)) v(ts, code, value, props);
SELECT cdp.timeline_count(tl), cdp.timeline_count(tl, '{1}') AS ones, cdp.timeline_first(tl, '{2,300}'), cdp.timeline_last(tl, '{1}'),
       cdp.timeline_sum(tl), cdp.timeline_sum(tl, '{300}') AS none, cdp.timeline_days(tl) AS utc, cdp.timeline_days(tl, tz => 'Europe/Berlin') AS berlin,
       cdp.timeline_hours(tl, '{1,2}') AS hours, cdp.timeline_codes(tl) FROM one;
SELECT cdp.timeline_count(NULL) IS NULL AS count, cdp.timeline_first(NULL, '{1}') IS NULL AS first, cdp.timeline_sum(NULL) IS NULL AS sum,
       cdp.timeline_days(NULL) IS NULL AS days, cdp.timeline_days(tl, tz => NULL) IS NULL AS zone, cdp.timeline_codes(NULL) IS NULL AS codes FROM one;
SELECT cdp.timeline_count(none), cdp.timeline_first(none, '{1}'), cdp.timeline_last(none), cdp.timeline_sum(none), cdp.timeline_days(none),
       cdp.timeline_hours(none), cdp.timeline_codes(none), cdp.timeline_json(none), cdp.timeline_count(cdp.timeline_distinct(none)) AS distinct_events
  FROM (SELECT cdp.timeline_slice(tl, 'infinity', '-infinity') AS none FROM one) s;

-- documents show times in the session's zone and leave out what is null
SELECT jsonb_pretty(cdp.timeline_json(tl)) FROM one;
SET timezone = 'Asia/Kolkata';
SELECT cdp.timeline_json(tl) -> 0 ->> 'ts' AS kolkata FROM one;
SET timezone = 'UTC';
SELECT count(*) AS wrong FROM tl WHERE cdp.timeline_json(tl) <> (
    SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('ts', ts, 'code', code, 'value', value)) ORDER BY ts, code, value) FROM event WHERE event.person = tl.person);

-- equal events once: also in what was built with them
SELECT cdp.timeline_count(cdp.timeline_distinct(tl)) AS distinct_events,
       cdp.timeline_distinct(tl OPERATOR(cdp.||) tl) OPERATOR(cdp.=) cdp.timeline_distinct(tl) AS again FROM one;
SELECT count(*) FILTER (WHERE cdp.timeline_distinct(tl.tl OPERATOR(cdp.||) tl.tl)::text = d.tl::text) AS same, count(*) AS people
  FROM tl JOIN (SELECT person, cdp.timeline_agg(DISTINCT ts, code, value) AS tl FROM event GROUP BY person) d USING (person);

-- equal when the events are: also between a state and a value; DISTINCT, joins, indexes
SELECT a.tl OPERATOR(cdp.=) b.tl AS eq, a.tl OPERATOR(cdp.<>) b.tl AS ne, a.tl OPERATOR(cdp.<) b.tl OR a.tl OPERATOR(cdp.>) b.tl AS other,
       a.tl OPERATOR(cdp.<=) b.tl AND a.tl OPERATOR(cdp.>=) b.tl AS both, cdp.timeline_cmp(a.tl, b.tl) = 0 AS same, count(*)
  FROM tl a, tl b WHERE a.person < 5 AND b.person < 5 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1;
SELECT count(DISTINCT tl), count(*) FROM (SELECT tl FROM tl UNION ALL SELECT tl FROM tl) s;
SELECT count(*) FROM (SELECT tl FROM tl UNION SELECT tl OPERATOR(cdp.||) cdp.timeline_slice(tl, 'infinity', 'infinity') FROM tl) s;
SELECT count(*) FROM tl JOIN (SELECT cdp.rollup(tl) AS tl FROM tl GROUP BY person) r ON r.tl OPERATOR(cdp.=) tl.tl;
CREATE UNIQUE INDEX ON one (cdp.timeline_hash(tl));

-- of values stored out of line the header is enough for some questions: nothing else of them is read
CREATE TABLE large AS SELECT i AS id, cdp.timeline_agg('2024-01-01'::timestamptz + (hashint8(j) & 16777215) * interval '1 ms', j % 30) AS tl
  FROM generate_series(1, 2) i, generate_series(1, 30000) j GROUP BY i;
SELECT id, pg_column_size(tl) > 60000 AS large, cdp.timeline_count(tl), cdp.timeline_first(tl), cdp.timeline_last(tl), cdp.timeline_count(tl, '{31}') AS none,
       cdp.timeline_sum(tl, '{63}') AS nothing, cdp.timeline_count(tl, '{29}') AS some FROM large ORDER BY id;
CREATE FUNCTION buffers(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ' || query INTO plan;
    RETURN (plan #>> '{0,Plan,Shared Hit Blocks}')::int + (plan #>> '{0,Plan,Shared Read Blocks}')::int;
END $$;
SELECT question, buffers(format('SELECT %s FROM large', question)) * 3 < buffers('SELECT cdp.timeline_sum(tl), cdp.timeline_codes(tl) FROM large') AS little_read
  FROM (VALUES ('cdp.timeline_count(tl)'), ('cdp.timeline_first(tl)'), ('cdp.timeline_last(tl)'), ($$cdp.timeline_count(tl, '{31}')$$),
               ($$cdp.timeline_days(tl, '{31}')$$), ($$cdp.timeline_count(tl, '{29}')$$)) q(question) ORDER BY 1;

-- properties of the first event, in the order of time, then code
SELECT cdp.timeline_first_property(t, 1) AS p1, cdp.timeline_first_property(t, 2) AS p2, cdp.timeline_first_property(t, 3) AS p3, cdp.timeline_first_property(t, 4) AS p4
  FROM (SELECT cdp.timeline_agg(ts, code, NULL, props) AS t
          FROM (VALUES ('2024-01-02'::timestamptz, 1, '{9,9,9}'::int[]), ('2024-01-01', 5, '{8,8}'), ('2024-01-01', 3, '{-7,NULL,2147483647}')) v(ts, code, props)) AS s;
SELECT cdp.timeline_first_property(cdp.timeline_agg('2024-01-01', 1), 1) AS none, cdp.timeline_first_property(cdp.timeline_slice(cdp.timeline_agg('2024-01-01', 1), '2025-01-01', '2026-01-01'), 1) AS empty,
       cdp.timeline_first_property(NULL, 1) AS no_timeline;
-- and of the first event with certain codes
SELECT codes, cdp.timeline_first_property(t, 1, codes) AS p1, cdp.timeline_first_property(t, 2, codes) AS p2
  FROM (SELECT cdp.timeline_agg(ts, code, NULL, props) AS t
          FROM (VALUES ('2024-01-02'::timestamptz, 1, '{9,9,9}'::int[]), ('2024-01-01', 5, '{8,8}'), ('2024-01-01', 3, '{-7,NULL}'), ('2024-01-03', 5, '{6,6}'), ('2024-01-04', 300, NULL)) v(ts, code, props)) AS s,
       (VALUES ('{5}'::int[]), ('{1,5}'), ('{1}'), ('{300}'), ('{2}'), ('{}'), (NULL)) AS c (codes);

\set SHOW_CONTEXT never
DO $$
DECLARE
    call text;
    state text; message text; detail text;
BEGIN
    FOREACH call IN ARRAY ARRAY[
        $c$cdp.timeline_count(tl, '{1,-1}')$c$, $c$cdp.timeline_first(tl, '{1,NULL}')$c$, $c$cdp.timeline_last(tl, '{{1},{2}}')$c$,
        $c$cdp.timeline_days(tl, NULL, 'Mars/Olympus')$c$, $c$cdp.timeline_days(tl, NULL, '')$c$, $c$cdp.timeline_hours(tl, NULL, repeat('x', 1000))$c$,
        $c$cdp.timeline_first_property(tl, 0)$c$, $c$cdp.timeline_first_property(tl, 5)$c$,
        $c$cdp.timeline_sum(cdp.timeline_agg(now(), 1, 9223372036854775807) OPERATOR(cdp.||) cdp.timeline_agg(now(), 1, 1))$c$,
        $c$cdp.timeline_json((SELECT cdp.timeline_agg('2024-01-01'::timestamptz + i * interval '1 s', 1) FROM generate_series(1, 1000001) i))$c$] LOOP
        BEGIN
            EXECUTE 'SELECT ' || call || ' FROM one';
            RAISE INFO '%: no error', call;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
            RAISE INFO '%: % %', state, left(message, 90), detail;
        END;
    END LOOP;
END $$;
-- leave the database as it was
DROP TABLE event, tl, one, large;
DROP FUNCTION buffers;
