-- Values and properties of events: building, NULLs, ties, extremes, merging, bytes, errors.
SET timezone = 'UTC';
CREATE TABLE event (person int, ts timestamptz, code int, value bigint, props int[]);
INSERT INTO event VALUES
    (1, '2024-03-01 10:00', 7, 500, '{3}'), (1, '2024-03-01 10:00', 7, NULL, '{3}'), (1, '2024-03-01 10:00', 7, 500, NULL),
    (1, '2024-03-01 10:00', 7, 500, '{3,NULL,-8}'), (1, '2024-03-01 09:00', 7, -9223372036854775808, '{NULL,NULL}'),
    (1, '2024-03-01 11:00', 2, 9223372036854775807, '{2147483647,-2147483648,NULL,0}'), (1, NULL, 2, 1, '{1}'),
    (1, '2024-03-01 11:00', NULL, 1, '{1}'), (1, '2024-03-01 10:00', 7, 500, '{3}'), (1, '2024-03-01 10:00', 7, -1, '{}'),
    (2, '2024-03-02', 1, 0, NULL), (2, '2024-03-01', 1, NULL, NULL), (3, '2024-03-01', 1, NULL, '{NULL}');

-- in order of time, code, value and properties, what is null last; an event without any of them is as one of two columns
SELECT person, e.* FROM (SELECT person, cdp.timeline_agg(ts, code, value, props) AS tl FROM event GROUP BY person) t,
    cdp.timeline_events(tl) WITH ORDINALITY e ORDER BY person, ordinality;
SELECT person, e.* FROM (SELECT person, cdp.timeline_agg(ts, code, value) AS tl FROM event GROUP BY person) t,
    cdp.timeline_events(tl) WITH ORDINALITY e WHERE person > 1 ORDER BY person, ordinality;
SELECT cdp.timeline_agg(ts, code, value, props)::text = cdp.timeline_agg(ts, code)::text AS same FROM event WHERE person = 3;
-- duplicates are kept, unless DISTINCT drops them
SELECT cdp.timeline_count(cdp.timeline_agg(ts, code, value, props)), cdp.timeline_count(cdp.timeline_agg(DISTINCT ts, code, value, props))
  FROM event WHERE person = 1;
-- a literal array and literal nulls resolve
SELECT e.* FROM cdp.timeline_events((SELECT cdp.timeline_agg('2024-01-01', 1, NULL, '{4}'))) e;
SELECT e.* FROM cdp.timeline_events((SELECT cdp.timeline_agg('2024-01-01', 1, 5))) e;

-- the order of rows makes no difference, not even in a byte
SELECT count(DISTINCT tl::text) FROM (
    SELECT cdp.timeline_agg(ts, code, value, props ORDER BY ts, code, value, props) FROM event WHERE person = 1
    UNION ALL SELECT cdp.timeline_agg(ts, code, value, props ORDER BY props DESC, value) FROM event WHERE person = 1
    UNION ALL SELECT cdp.timeline_agg(ts, code, value, props ORDER BY code) FROM event WHERE person = 1) t(tl);

-- random events, all combinations of what is there, against plain SQL
CREATE TABLE big AS
    SELECT i % 50 AS person, '2024-01-01'::timestamptz + (hashint8(i) & 1048575) * interval '1 second' AS ts, hashint4(i + 7) & 15 AS code,
           CASE WHEN i % 50 % 2 = 0 AND hashint4(i + 8) & 3 > 0 THEN (hashint8(i + 9)::bigint << (i % 33)) >> (i % 50) END AS value,
           CASE i / 50 % 5 WHEN 1 THEN ARRAY[hashint4(i) & 7] WHEN 2 THEN ARRAY[1000 * (hashint4(i) & 3), CASE WHEN i & 4 = 0 THEN i END]
                      WHEN 3 THEN ARRAY[NULL, 9, NULL, hashint4(i)] WHEN 4 THEN '{}'::int[] END AS props
      FROM generate_series(1, 20000) i;
CREATE TABLE tl AS SELECT person, cdp.timeline_agg(ts, code, value, props) AS tl FROM big GROUP BY person;
CREATE FUNCTION trimmed(int[]) RETURNS int[] LANGUAGE sql IMMUTABLE AS $$
    SELECT nullif(trim_array($1, coalesce(cardinality($1) - (SELECT max(i) FROM unnest($1) WITH ORDINALITY u(p, i) WHERE p IS NOT NULL), cardinality($1))::int), '{}')
$$;
SELECT count(*) AS people, count(*) FILTER (WHERE same) AS same FROM (
    SELECT tl.person, array_agg((e.ts, e.code, e.value, e.props)::text ORDER BY e.ordinality)
               = (SELECT array_agg((ts, code, value, trimmed(props))::text ORDER BY ts, code, value, props[1], props[2], props[3], props[4])
                    FROM big b WHERE b.person = tl.person) AS same
      FROM tl, cdp.timeline_events(tl) WITH ORDINALITY e GROUP BY tl.person) s;
-- parts with other columns, in any order, are the whole
SELECT count(*) AS people,
       count(*) FILTER (WHERE tl::text = (SELECT cdp.rollup(part)::text FROM (
           SELECT cdp.timeline_agg(ts, code, value, props) AS part FROM big WHERE big.person = tl.person GROUP BY hashint4(code) % 3, ts::date
           ORDER BY min(ts) DESC) p)) AS by_rollup,
       count(*) FILTER (WHERE tl::text = (SELECT (cdp.timeline_agg(ts, code, value, props) FILTER (WHERE props IS NULL)
           OPERATOR(cdp.||) cdp.timeline_agg(ts, code, value, props) FILTER (WHERE props IS NOT NULL))::text
           FROM big WHERE big.person = tl.person)) AS by_concat,
       count(*) FILTER (WHERE tl::text = (cdp.timeline_slice(tl, '-infinity', '2024-01-04') OPERATOR(cdp.||)
           cdp.timeline_slice(tl, '2024-01-04', 'infinity'))::text) AS by_slice
  FROM tl;
SELECT cdp.timeline_slice(tl, '2024-01-04', '2024-01-05')::text
     = (SELECT cdp.timeline_agg(ts, code, value, props)::text FROM big WHERE big.person = 2 AND ts >= '2024-01-04' AND ts < '2024-01-05') AS same
  FROM tl WHERE person = 2;
-- a part without values has no column of them
SELECT pg_column_size(cdp.timeline_agg(ts, code, value, props)) = pg_column_size(cdp.timeline_agg(ts, code)) AS same
  FROM big WHERE value IS NULL AND cardinality(props) IS DISTINCT FROM 1 AND coalesce(cardinality(props), 0) = 0;
-- text gives back the same bytes; funnels see the same events
SELECT count(*) AS people, count(*) FILTER (WHERE tl::text::cdp.timeline::text = tl::text) AS same_text,
       count(*) FILTER (WHERE cdp.window_funnel(tl, '{1,2,3}', '1 hour')
           = (SELECT cdp.window_funnel(cdp.timeline_agg(ts, code), '{1,2,3}', '1 hour') FROM big WHERE big.person = tl.person)) AS same_depth FROM tl;

-- states travel between workers
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT person, cdp.timeline_agg(ts, code, value, props) FROM big GROUP BY person;
SELECT count(*) AS people, count(*) FILTER (WHERE p.tl::text = tl.tl::text) AS same
  FROM (SELECT person, cdp.timeline_agg(ts, code, value, props) AS tl FROM big GROUP BY person) p JOIN tl USING (person);
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;

-- visits of six events every few days, in milliseconds, 30 events a person: six bytes an event, seven with a channel of twelve and
-- an amount now and then
SELECT sum(pg_column_size(bare)) <= 6 * sum(cdp.timeline_count(bare)) AS bare, sum(pg_column_size(tl)) <= 7 * sum(cdp.timeline_count(tl)) AS with_both
  FROM (SELECT cdp.timeline_agg(ts, code) AS bare, cdp.timeline_agg(ts, code, CASE WHEN code > 12 THEN hashint4(i + 1) & 32767 END, ARRAY[channel]) AS tl
          FROM (SELECT i, '2024-01-01'::timestamptz + (hashint4(i % 1000 + i / 6000) & 1048575) * interval '257 ms' + i / 6000 * interval '5 days'
                       + i / 1000 % 6 * interval '50 s' + (hashint8(i) & 65535) * interval '1 ms' AS ts, hashint4(i) & 15 AS code,
                       1 + (hashint4(i % 1000 + i / 6000) & 2147483647) % 12 AS channel FROM generate_series(0, 29999) i) e
         GROUP BY i % 1000) t;

-- one wrong byte at every place: refused, or another timeline that is in order
\set SHOW_CONTEXT never
CREATE FUNCTION refusal(image text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    got text;
BEGIN
    got := image::cdp.timeline::text;
    RETURN CASE WHEN got = image THEN 'taken' ELSE 'changed' END;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT regexp_replace(refusal(set_byte(image, i, get_byte(image, i) # bits)::text), 'version \d+', 'version N') AS answer, count(*) > 0 AS seen
  FROM (SELECT cdp.timeline_send(cdp.timeline_agg('2024-01-01'::timestamptz + hashint4(j) * interval '1 ms', j & 7,
                   CASE WHEN j % 3 > 0 THEN j * j * j END, ARRAY[j & 3, 5, (j & 1) * 1000000, CASE WHEN j & 1 = 0 THEN j * 7 END])) AS image
          FROM generate_series(1, 40) j) s, generate_series(0, length(image) - 1) i, unnest('{1,2,16,128,255}'::int[]) bits
 GROUP BY 1 ORDER BY 1;

-- what cannot be an event
DO $$
DECLARE
    call text;
    state text; message text; detail text;
BEGIN
    FOREACH call IN ARRAY ARRAY[
        $c$cdp.timeline_agg(now(), 1, 1, '{1,2,3,4,5}')$c$, $c$cdp.timeline_agg(now(), 1, 1, '{{1,2},{3,4}}')$c$,
        $c$cdp.timeline_agg('infinity', 1, 1)$c$, $c$cdp.timeline_agg('-infinity', 1, 1, '{1}')$c$, $c$cdp.timeline_agg(now(), -1, 1, '{1}')$c$,
        $c$cdp._timeline_trans_value(NULL, now(), 1, 1)$c$, $c$cdp._timeline_trans_properties(NULL, now(), 1, 1, NULL)$c$] LOOP
        BEGIN
            EXECUTE 'SELECT ' || call;
            RAISE INFO '%: no error', call;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
            RAISE INFO '%: % %', state, message, detail;
        END;
    END LOOP;
END $$;
-- leave the database as it was
DROP TABLE event, big, tl;
DROP FUNCTION trimmed, refusal;
