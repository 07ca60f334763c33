-- timeline_agg and rollup: any order of rows, NULLs, frames, filters, errors.
SET timezone = 'UTC';
CREATE TABLE event (person int, ts timestamptz, code int);
INSERT INTO event VALUES
    (1, '2024-03-01 10:00:00', 7), (1, '2024-03-01 09:00:00.001', 3), (1, '2024-03-01 10:00:00', 2),
    (1, '2024-03-01 10:00:00', 2), (1, NULL, 5), (1, '2024-03-01 11:00:00', NULL),
    (2, '2024-03-02', 300), (2, '2024-03-01', 70000), (3, NULL, NULL);

-- sorted by time and code; rows without time or code are skipped; none left gives null
SELECT person, e.*
  FROM (SELECT person, cdp.timeline_agg(ts, code) AS tl FROM event GROUP BY person) t
  LEFT JOIN LATERAL cdp.timeline_events(tl) WITH ORDINALITY e ON true ORDER BY person, ordinality;
SELECT cdp.timeline_agg(ts, code) IS NULL AS empty FROM event WHERE false;
SELECT cdp.timeline_agg(ts, code) IS NULL AS nulls_only FROM event WHERE person = 3;

-- the order of rows makes no difference, not even in a byte
SELECT count(DISTINCT tl::text) FROM (
    SELECT cdp.timeline_agg(ts, code ORDER BY ts, code) FROM event WHERE person = 1
    UNION ALL SELECT cdp.timeline_agg(ts, code ORDER BY ts DESC) FROM event WHERE person = 1
    UNION ALL SELECT cdp.timeline_agg(ts, code ORDER BY code) FROM event WHERE person = 1) t(tl);

-- FILTER and DISTINCT; as a window aggregate the state goes on after an answer
SELECT cdp.timeline_count(cdp.timeline_agg(ts, code) FILTER (WHERE code < 5)),
       cdp.timeline_count(cdp.timeline_agg(DISTINCT ts, code)) FROM event WHERE person = 1;
SELECT ts, code, cdp.timeline_count(cdp.timeline_agg(ts, code) OVER w) AS so_far,
       cdp.timeline_first(cdp.timeline_agg(ts, code) OVER w) AS first,
       cdp.timeline_count(cdp.timeline_agg(ts, code) OVER (w ROWS 1 PRECEDING)) AS last_two
  FROM event WHERE person = 1 WINDOW w AS (ORDER BY code DESC);

-- rollup: parts in any order, null parts skipped, none give null
SELECT person, cdp.rollup(part ORDER BY day DESC)::text
           = (SELECT cdp.timeline_agg(ts, code)::text FROM event w WHERE w.person = p.person) AS same
  FROM (SELECT person, ts::date AS day, cdp.timeline_agg(ts, code) AS part FROM event GROUP BY 1, 2) p
 WHERE person < 3 GROUP BY person ORDER BY person;
SELECT cdp.rollup(NULL::cdp.timeline) IS NULL AS nothing;
SELECT cdp.timeline_count(cdp.rollup(tl)) FROM (
    SELECT cdp.timeline_agg(ts, code) AS tl FROM event GROUP BY person) t;

-- many groups, some large, against plain SQL
CREATE TABLE big AS
    SELECT (hashint4(i) & 1023) % (1 + i % 100) AS person,
           '2024-01-01'::timestamptz + (hashint8(i) & 1048575) * interval '1 second' AS ts,
           hashint4(i + 7) & 127 AS code
      FROM generate_series(1, 50000) i;
CREATE TABLE tl AS SELECT person, cdp.timeline_agg(ts, code) AS tl FROM big GROUP BY person;
SELECT count(*) AS people, count(*) FILTER (WHERE same) AS same FROM (
    SELECT tl.person, array_agg((e.ts, e.code)::text ORDER BY e.ordinality)
               = (SELECT array_agg((ts, code)::text ORDER BY ts, code) FROM big b WHERE b.person = tl.person) AS same
      FROM tl, cdp.timeline_events(tl) WITH ORDINALITY e GROUP BY tl.person) s;
SELECT count(*) AS wrong FROM tl JOIN (
    SELECT person, count(*) AS n, min(ts) AS first, max(ts) AS last FROM big GROUP BY person) b USING (person)
 WHERE (cdp.timeline_count(tl), cdp.timeline_first(tl), cdp.timeline_last(tl)) IS DISTINCT FROM (n, first, last);

-- what cannot be an event
\set SHOW_CONTEXT never
DO $$
DECLARE
    call text;
    state text; message text;
BEGIN
    FOREACH call IN ARRAY ARRAY[
        $c$cdp.timeline_agg('infinity', 1)$c$, $c$cdp.timeline_agg('-infinity', 1)$c$,
        $c$cdp.timeline_agg(now(), -1)$c$, $c$cdp._timeline_trans(NULL, now(), 1)$c$,
        $c$cdp._timeline_combine(cdp.timeline_agg(now(), 1), cdp.timeline_agg(now(), 1))$c$] LOOP
        BEGIN
            EXECUTE 'SELECT ' || call;
            RAISE INFO '%: no error', call;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
            RAISE INFO '%: %', state, message;
        END;
    END LOOP;
END $$;
-- the widest codes and the ends of time
SELECT e.* FROM (SELECT cdp.timeline_agg(ts, code) AS tl FROM (VALUES
    ('4714-11-24 00:00:00+00 BC'::timestamptz, 2147483647), ('294276-12-31 23:59:59.999999+00', 0)) v(ts, code)) t,
    cdp.timeline_events(tl) e;
-- leave the database as it was
DROP TABLE event, big, tl;
