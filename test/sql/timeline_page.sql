-- Pages of timelines: made, taken apart and asked, always as the rows they stand for.
SET timezone = 'UTC';
CREATE TABLE event AS
    SELECT (hashint4(i % 300) % 100 * (CASE WHEN i % 4 = 0 THEN 20000000 ELSE 1 END))::int4 AS one_id, (hashint4(i) & 3) AS part,
           '2024-01-01'::timestamptz + (hashint8(i) & 65535) * interval '90 seconds' AS ts, hashint4(i + 1) & 7 AS code,
           CASE WHEN i % 3 = 0 THEN hashint8(i + 2)::int8 END AS value, ARRAY[hashint4(i + 3) & 15, i % 3] AS props
      FROM generate_series(1, 20000) AS i;
CREATE TABLE person AS SELECT one_id, cdp.timeline_agg(ts, code, value, props) AS tl FROM event GROUP BY one_id;
CREATE TABLE month AS SELECT one_id, date_trunc('month', ts) AS month, cdp.timeline_agg(ts, code, value, props) AS tl FROM event GROUP BY 1, 2;
CREATE FUNCTION same(p cdp.timeline_page, answer regclass DEFAULT 'person') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    EXECUTE format('SELECT count(*) || '' people, '' || count(*) FILTER (WHERE cdp.timeline_send(r.tl) IS DISTINCT FROM cdp.timeline_send(a.tl)) || '' differ''
                      FROM cdp.timeline_page_read($1) AS r FULL JOIN %s AS a USING (one_id)', answer) INTO said USING p;
    RETURN said;
END $$;
SELECT same(cdp.timeline_page_agg(one_id, tl)) FROM person;
-- parts of a person are united, in whatever order they come
SELECT same(cdp.timeline_page_agg(one_id, tl)), same(cdp.timeline_page_agg(one_id, tl ORDER BY month DESC)) FROM month;
CREATE TABLE page AS SELECT month, cdp.timeline_page_agg(one_id, tl) AS page FROM month GROUP BY month;
SELECT same(cdp.rollup(page)) FROM page;
SELECT same(a.page OPERATOR(cdp.||) b.page OPERATOR(cdp.||) c.page) FROM page AS a, page AS b, page AS c
 WHERE a.month = '2024-02-01' AND b.month = '2024-01-01' AND c.month = '2024-03-01';
CREATE TABLE whole AS SELECT cdp.rollup(page) AS page FROM page;

-- people are in the order of unsigned numbers, negative ones behind
SELECT string_agg(one_id::text, ' ') FROM (SELECT one_id FROM whole, cdp.timeline_page_read(page) LIMIT 8) AS r;
SELECT array_agg(one_id) = array_agg(one_id ORDER BY one_id & 4294967295::int8) AS ordered, min(one_id) < 0 AS negative FROM whole, cdp.timeline_page_read(page);
SELECT count(*) FILTER (WHERE cdp.timeline_page_get(page, one_id) OPERATOR(cdp.=) tl) AS found, count(*) FROM whole, person;
SELECT cdp.timeline_page_get(page, 123456) IS NULL AS no_such, cdp.timeline_page_get(page, -123456) IS NULL AS nor_such,
       cdp.timeline_page_people(page) OPERATOR(cdp.=) (SELECT cdp.rb_build_agg(one_id) FROM person) AS people,
       cdp.timeline_page_count(page) = (SELECT count(*) FROM event) AS events FROM whole;

-- slices, audiences
CREATE VIEW slice AS SELECT * FROM (SELECT one_id, cdp.timeline_slice(tl, '2024-01-20', '2024-01-21') AS tl FROM person) AS s WHERE cdp.timeline_count(tl) > 0;
SELECT same(cdp.timeline_page_slice(page, '2024-01-20', '2024-01-21'), 'slice') FROM whole;
SELECT same(cdp.timeline_page_slice(page, '-infinity', 'infinity')), cdp.timeline_page_slice(page, '2024-02-01', '2024-01-01') AS nothing,
       cdp.timeline_page_count(cdp.timeline_page_slice(page, '2023-01-01', '2024-01-01')) AS before FROM whole;
CREATE VIEW audience AS SELECT * FROM person WHERE one_id % 3 = 0;
CREATE VIEW others AS SELECT * FROM person WHERE one_id % 3 <> 0;
SELECT same(cdp.timeline_page_restrict(page, audience), 'audience'), same(cdp.timeline_page_remove(page, audience), 'others'),
       same(cdp.timeline_page_restrict(page, everybody)), cdp.timeline_page_remove(page, everybody) AS nobody
  FROM whole, (SELECT cdp.rb_build_agg(one_id) AS audience FROM audience) AS a, (SELECT cdp.rb_build_agg(one_id) AS everybody FROM person) AS b;

-- from rows to pages at once: each as full as it gets, in order, larger people alone
CREATE TABLE built AS
    SELECT n, page, length(cdp.timeline_page_send(page)) AS bytes
      FROM (SELECT cdp.timelines_build(one_id, ts, code, value, props) AS t FROM event) AS b,
           cdp.timeline_pages(t, 3000) WITH ORDINALITY AS p (page, n);
SELECT same(cdp.rollup(page)), max(bytes) <= 3000 AS none_larger, count(*) < sum(bytes) / 2500 + 1 AS full_ FROM built;
SELECT count(*) FROM built AS a JOIN built AS b ON b.n = a.n + 1
 WHERE (SELECT max(one_id & 4294967295::int8) FROM cdp.timeline_page_read(a.page)) >= (SELECT min(one_id & 4294967295::int8) FROM cdp.timeline_page_read(b.page));
SELECT count(*) AS pages, max(cdp.rb_cardinality(cdp.timeline_page_people(page))) AS people
  FROM (SELECT cdp.timelines_build(one_id, ts, code) AS t FROM event) AS b, cdp.timeline_pages(t, 1) AS page;
SELECT count(*) AS pages, sum(cdp.timeline_page_count(page)) AS events
  FROM (SELECT cdp.timelines_build(one_id, ts, code, value) AS t FROM event) AS b, cdp.timeline_pages(t) AS page;
-- by slots, a month above the person
SELECT m.month, s.slots, cdp.timeline_page_send(s.page) = cdp.timeline_page_send(m.page) AS same
  FROM (SELECT slot >> 28 AS month, count(*) AS slots, cdp.rollup(page) AS page
          FROM (SELECT cdp.timelines_build(extract(month FROM ts)::int8 << 32 | (one_id & 4294967295::int8), ts, code, value, props) AS t FROM event) AS b,
               cdp.timeline_pages_by(t, 4) GROUP BY 1) AS s JOIN page AS m ON extract(month FROM m.month) = s.month ORDER BY 1;
SELECT slot, cdp.rb_to_array(cdp.timeline_page_people(page)) AS people, cdp.timeline_page_count(page) AS events
  FROM (SELECT cdp.timelines_build(uid, '2025-01-01', 1) AS t FROM unnest('{-1,0,1,2,3,4,-2,17179869184,2}'::int8[]) AS uid) AS b, cdp.timeline_pages_by(t, 2) ORDER BY slot;

-- text and binary, stored inline and out of line
SELECT count(*) AS pages, count(*) FILTER (WHERE page::text::cdp.timeline_page::text = page::text) AS same FROM page;
COPY (SELECT page FROM page ORDER BY month) TO PROGRAM 'cat > timeline_pages.bin' (FORMAT binary);
CREATE TABLE copied (page cdp.timeline_page);
COPY copied FROM PROGRAM 'cat timeline_pages.bin && rm timeline_pages.bin' (FORMAT binary);
SELECT same(cdp.rollup(page)) FROM copied;
SELECT cdp.timeline_page_agg(7, cdp.timeline_slice(tl, '2025-01-02', '2025-01-02')) AS empty, cdp.timeline_page_agg(-7, tl) AS one
  FROM (SELECT cdp.timeline_agg(timestamptz '2025-01-01', 3, 9) AS tl) AS t;
-- none
SELECT cdp.timeline_page_agg(NULL, tl), cdp.timeline_page_agg(one_id, NULL), cdp.rollup(NULL::cdp.timeline_page) FROM person;
SELECT (SELECT count(*) FROM cdp.timeline_page_read(page)) AS rows, cdp.timeline_page_count(page) AS events,
       cdp.rb_is_empty(cdp.timeline_page_people(page)) AS nobody, cdp.timeline_page_get(page, 0) AS tl
  FROM (SELECT cdp.timeline_page_slice(page, 'infinity', 'infinity') AS page FROM whole) AS w;
SELECT same(a.empty OPERATOR(cdp.||) page), same(page OPERATOR(cdp.||) a.empty)
  FROM whole, (SELECT cdp.timeline_page_slice(page, 'infinity', 'infinity') AS empty FROM whole) AS a;
-- as a window aggregate every row sees what came before it
SELECT n, cdp.timeline_page_count(cdp.timeline_page_agg(n % 2, t) OVER (ORDER BY n)) FROM generate_series(1, 4) AS n, (SELECT cdp.timeline_agg(now(), 1) AS t) AS t ORDER BY n;

-- parallel as serial
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT cdp.timeline_page_agg(one_id, tl) FROM month;
SELECT same(cdp.timeline_page_agg(one_id, tl)) FROM month;
SELECT same(cdp.rollup(page)) FROM page;
RESET max_parallel_workers_per_gather;

-- what cannot be
\set SHOW_CONTEXT never
SELECT cdp._timeline_page_trans(NULL, 1, NULL);
SELECT cdp.timeline_page_in('\x');
SELECT cdp.timeline_page_in('\x02');
SELECT cdp.timeline_page_in('01');
SELECT cdp.timeline_page_in(rpad('\x01', 52, '0')::cstring);
SELECT cdp.timeline_pages(cdp.timelines_build(1, now(), 1), 0);
SELECT cdp.timeline_pages(cdp.timelines_build(2147483648, now(), 1));
SELECT cdp.timeline_pages(cdp.timelines_build(-2147483649, now(), 1));
SELECT cdp.timeline_pages_by(cdp.timelines_build(1, now(), 1), 33);
SELECT cdp.timeline_pages_by(cdp.timelines_build(1, now(), 1), -1);
-- one wrong byte at every place: refused, or another page that can be read
DO $$
DECLARE
    image bytea := (SELECT cdp.timeline_page_send(cdp.timeline_page_agg(n * 3, tl))
                      FROM (SELECT n % 3 AS n, cdp.timeline_agg(timestamptz '2025-01-01' + n * interval '1 minute', n, n, ARRAY[n]) AS tl
                              FROM generate_series(1, 8) AS n GROUP BY 1) AS p);
    refused int := 0;
    taken int := 0;
BEGIN
    FOR i IN 0 .. length(image) - 1 LOOP
        BEGIN
            PERFORM r.one_id, cdp.timeline_events(r.tl) FROM cdp.timeline_page_read(cdp.timeline_page_in(set_byte(image, i, get_byte(image, i) # 64)::text::cstring)) AS r;
            taken := taken + 1;
        EXCEPTION WHEN invalid_text_representation THEN
            refused := refused + 1;
        END;
    END LOOP;
    RAISE NOTICE 'refused some: %, took some: %', refused > 30, taken > 10;
END $$;
DROP VIEW slice, audience, others;
DROP FUNCTION same(cdp.timeline_page, regclass);
DROP TABLE event, person, month, page, whole, built, copied;
