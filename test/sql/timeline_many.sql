-- Timelines of many users at once: what timeline_agg gives with GROUP BY, for every form of the state.
SET timezone = 'UTC';
CREATE TABLE event AS
    SELECT (hashint4(i) % 700)::int8 * 4294967311 AS uid, (hashint4(i) & 7) AS part,
           '2024-01-01'::timestamptz + (hashint8(i) & 65535) * interval '1 second' AS ts, hashint4(i + 1) & 7 AS code,
           CASE WHEN i % 3 = 0 THEN hashint8(i + 2)::int8 END AS value,
           CASE WHEN i % 5 > 0 THEN ARRAY[hashint4(i + 3) & 15, CASE WHEN i % 7 = 0 THEN NULL ELSE i END] END AS props
      FROM generate_series(1, 30000) AS i;
INSERT INTO event VALUES (NULL, 1, now(), 1), (1, 1, NULL, 1), (1, 1, now(), NULL);
ANALYZE event;
CREATE VIEW plain AS SELECT uid, cdp.timeline_send(cdp.timeline_agg(ts, code)) AS image FROM event WHERE uid IS NOT NULL GROUP BY uid HAVING count(ts) > 0 AND count(code) > 0;
CREATE VIEW valued AS SELECT uid, cdp.timeline_send(cdp.timeline_agg(ts, code, value)) AS image FROM event WHERE uid IS NOT NULL GROUP BY uid HAVING count(ts) > 0 AND count(code) > 0;
CREATE VIEW one AS SELECT uid, cdp.timeline_send(cdp.timeline_agg(ts, code, value, ARRAY[props[1]])) AS image FROM event WHERE uid IS NOT NULL GROUP BY uid HAVING count(ts) > 0 AND count(code) > 0;
CREATE VIEW full_ AS SELECT uid, cdp.timeline_send(cdp.timeline_agg(ts, code, value, props)) AS image FROM event WHERE uid IS NOT NULL GROUP BY uid HAVING count(ts) > 0 AND count(code) > 0;
CREATE FUNCTION same(t cdp.timelines, answer regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    EXECUTE format('SELECT count(*) || '' users, '' || count(*) FILTER (WHERE cdp.timeline_send(r.tl) IS DISTINCT FROM a.image) || '' differ''
                      FROM cdp.timelines_read($1) AS r FULL JOIN (SELECT * FROM %s WHERE image IS NOT NULL) AS a USING (uid)', answer) INTO said USING t;
    RETURN said;
END $$;
SELECT same(cdp.timelines_build(uid, ts, code), 'plain'), same(cdp.timelines_build(uid, ts, code, value), 'valued'),
       same(cdp.timelines_build(uid, ts, code, value, props), 'full_') FROM event;
SELECT same(cdp.timelines_build(uid, ts, code, value, props[1]), 'one') FROM event;
-- read without being stored in between
SELECT count(*) AS users, sum(cdp.timeline_count(r.tl)) AS events
  FROM (SELECT cdp.timelines_build(uid, ts, code, value, props) AS t FROM event) AS b, cdp.timelines_read(b.t) AS r;
SELECT cdp.timelines_count(cdp.timelines_build(uid, ts, code)) FROM event;
-- row by row among the columns
SELECT count(*) AS users, count(*) FILTER (WHERE cdp.timeline_send((r).tl) IS DISTINCT FROM image) AS differ
  FROM (SELECT cdp.timelines_read(cdp.timelines_build(uid, ts, code)) AS r FROM event) AS b
       FULL JOIN (SELECT * FROM plain WHERE image IS NOT NULL) AS a ON (r).uid = uid;
-- few rows, one row, none
SELECT r.uid, e.* FROM (SELECT cdp.timelines_build(uid, ts, code, value, props) AS t FROM (VALUES
        (7, timestamptz '2025-01-02', 2, 5::int8, '{1,NULL,3}'::int4[]), (-7, '2025-01-01', 1, NULL, NULL), (7, '2025-01-01', 0, -5, '{}'),
        (7, NULL, 1, 1, NULL), (NULL, '2025-01-01', 1, 1, NULL), (8, '2025-01-01', NULL, 1, NULL)) AS v (uid, ts, code, value, props)) AS b,
       cdp.timelines_read(b.t) AS r, cdp.timeline_events(r.tl) AS e ORDER BY 1, 2;
SELECT cdp.timelines_build(NULL::int8, now(), 1), count(r.*) FROM cdp.timelines_read(NULL) AS r;
SELECT t FROM (SELECT cdp.timelines_build(uid, ts, code) AS t FROM event WHERE uid = 5) AS b;
-- as a window aggregate every row sees what came before it
SELECT n, cdp.timelines_count(cdp.timelines_build(n, now(), 1) OVER (ORDER BY n)) FROM generate_series(1, 3) AS n;

-- rolled up without being stored
SELECT same(cdp.rollup(t), 'full_') FROM (SELECT cdp.timelines_build(uid, ts, code, value, props) AS t FROM event GROUP BY part) AS s;

-- stored by parts, through text and binary, rolled up
CREATE TABLE stored AS SELECT part, cdp.timelines_build(uid, ts, code, value, props) AS t FROM event GROUP BY part;
SELECT same(cdp.rollup(t), 'full_'), sum(cdp.timelines_count(t)) AS events FROM stored;
SELECT same(cdp.rollup(t ORDER BY part NULLS FIRST), 'full_') FROM (SELECT part, t FROM stored UNION ALL VALUES (NULL, NULL::cdp.timelines), (0, NULL)) AS s;
SELECT same(cdp.rollup(cdp.timelines_in(cdp.timelines_out(t))), 'full_') FROM stored;
SELECT count(*) AS parts, count(*) FILTER (WHERE t::text::cdp.timelines::text = t::text) AS same FROM stored;
CREATE TABLE small AS SELECT uid, cdp.timelines_build(uid, ts, code) AS t FROM event WHERE code < 2 AND uid IS NOT NULL AND ts IS NOT NULL GROUP BY uid;
SELECT count(*) AS users, count(*) FILTER (WHERE n <> 1) AS not_one FROM (SELECT (SELECT count(*) FROM cdp.timelines_read(t)) AS n FROM small) AS s;
COPY (SELECT t FROM stored ORDER BY part) TO PROGRAM 'cat > timelines.bin' (FORMAT binary);
CREATE TABLE copied (t cdp.timelines);
COPY copied FROM PROGRAM 'cat timelines.bin && rm timelines.bin' (FORMAT binary);
SELECT same(cdp.rollup(t), 'full_') FROM copied;

-- parallel as serial
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT cdp.timelines_build(uid, ts, code, value, props) FROM event;
SELECT same(cdp.timelines_build(uid, ts, code), 'plain'), same(cdp.timelines_build(uid, ts, code, value, props), 'full_') FROM event;
SELECT count(*) AS users, sum(cdp.timeline_count(r.tl)) AS events
  FROM (SELECT part, cdp.timelines_build(uid, ts, code) AS t FROM event GROUP BY part) AS b, cdp.timelines_read(b.t) AS r;
-- of events partitioned by user a worker builds and reads a whole share
CREATE TABLE share (LIKE event) PARTITION BY HASH (uid);
CREATE TABLE share_0 PARTITION OF share FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH (parallel_workers = 0);
CREATE TABLE share_1 PARTITION OF share FOR VALUES WITH (MODULUS 2, REMAINDER 1) WITH (parallel_workers = 0);
INSERT INTO share SELECT * FROM event;
ANALYZE share;
CREATE VIEW of_shares AS
    SELECT (s.r).* FROM (SELECT cdp.timelines_read(b.t) AS r FROM (SELECT cdp.timelines_build(uid, ts, code, value, props) AS t FROM share_0) AS b) AS s
     UNION ALL
    SELECT (s.r).* FROM (SELECT cdp.timelines_read(b.t) AS r FROM (SELECT cdp.timelines_build(uid, ts, code, value, props) AS t FROM share_1) AS b) AS s;
EXPLAIN (COSTS OFF) SELECT count(*) FROM of_shares;
SELECT count(*) AS users, count(*) FILTER (WHERE cdp.timeline_send(tl) IS DISTINCT FROM image) AS differ
  FROM of_shares FULL JOIN (SELECT * FROM full_ WHERE image IS NOT NULL) AS a USING (uid);
DROP VIEW of_shares;
DROP TABLE share;
RESET max_parallel_workers_per_gather;

-- what cannot be
\set SHOW_CONTEXT never
SELECT cdp.timelines_build(1, 'infinity', 1);
SELECT cdp.timelines_build(1, now(), -1);
SELECT cdp.timelines_build(1, now(), 1, 1, '{1,2,3,4,5}'::int[]);
SELECT cdp._timelines_build_trans(NULL, 1, now(), 1);
SELECT cdp.timelines_in('\x00');
SELECT cdp.timelines_in('01');
-- one wrong byte at every place: refused, or another state that can be read
DO $$
DECLARE
    image bytea := (SELECT cdp.timelines_send(cdp.timelines_build(n % 3, timestamptz '2025-01-01' + n * interval '1 minute', n, n, ARRAY[n])) FROM generate_series(1, 8) AS n);
    refused int := 0;
    taken int := 0;
BEGIN
    FOR i IN 0 .. length(image) - 1 LOOP
        BEGIN
            PERFORM r.uid, cdp.timeline_events(r.tl) FROM cdp.timelines_read(cdp.timelines_in(set_byte(image, i, get_byte(image, i) # 64)::text::cstring)) AS r;
            taken := taken + 1;
        EXCEPTION WHEN invalid_text_representation THEN
            refused := refused + 1;
        END;
    END LOOP;
    RAISE NOTICE 'refused some: %, took some: %', refused > 30, taken > 30;
END $$;
DROP VIEW plain, valued, one, full_;
DROP FUNCTION same(cdp.timelines, regclass);
DROP TABLE event, stored, small, copied;
