-- Slices, concatenation, accessors, and the events as rows.
SET timezone = 'UTC';
CREATE TABLE t AS SELECT cdp.timeline_agg('2024-01-01'::timestamptz + i * interval '1 hour', i % 5) AS tl
  FROM generate_series(0, 23) i;

-- from is in, to is out; infinite bounds are open; nothing left is a timeline without events
SELECT cdp.timeline_count(cdp.timeline_slice(tl, '2024-01-01 02:00', '2024-01-01 04:00')) AS two,
       cdp.timeline_first(cdp.timeline_slice(tl, '2024-01-01 02:00', '2024-01-01 04:00')) AS first,
       cdp.timeline_last(cdp.timeline_slice(tl, '2024-01-01 02:00', '2024-01-01 04:00')) AS last,
       cdp.timeline_count(cdp.timeline_slice(tl, '-infinity', 'infinity')) AS everything,
       cdp.timeline_count(cdp.timeline_slice(tl, '2024-01-01 20:00', 'infinity')) AS tail FROM t;
SELECT cdp.timeline_count(none) AS count, cdp.timeline_first(none) AS first, cdp.timeline_last(none) AS last,
       cdp.window_funnel(none, '{1}', '1 day') AS depth, none
  FROM (SELECT cdp.timeline_slice(tl, '2025-01-01', '2024-01-01') AS none FROM t) s;
SELECT count(*) FROM t, cdp.timeline_events(cdp.timeline_slice(tl, 'infinity', '-infinity'));
-- a null argument gives null
SELECT cdp.timeline_slice(tl, NULL, now()) IS NULL AS slice, tl OPERATOR(cdp.||) NULL IS NULL AS concat,
       cdp.timeline_count(NULL) IS NULL AS count FROM t;

-- the parts, joined in any order, are the whole; the empty timeline is neutral
SELECT (b OPERATOR(cdp.||) a)::text = tl::text AS joined,
       (tl OPERATOR(cdp.||) cdp.timeline_slice(tl, 'infinity', '-infinity'))::text = tl::text AS neutral,
       cdp.timeline_count(tl OPERATOR(cdp.||) tl) AS doubled
  FROM (SELECT tl, cdp.timeline_slice(tl, '-infinity', '2024-01-01 12:00') AS a,
               cdp.timeline_slice(tl, '2024-01-01 12:00', 'infinity') AS b FROM t) s;
-- different ticks and widths meet
SELECT e.* FROM t, cdp.timeline_events(
    cdp.timeline_slice(tl, '-infinity', '2024-01-01 02:00') OPERATOR(cdp.||)
    (SELECT cdp.timeline_agg('2024-01-01 00:30:00.000001', 100000))) e;

-- random slices against rows
CREATE TABLE event AS SELECT '2024-01-01'::timestamptz + (hashint8(i) & 1023) * interval '1 millisecond' AS ts,
    hashint4(i) & 511 AS code FROM generate_series(1, 2000) i;
SELECT count(*) AS wrong FROM generate_series(0, 1100, 37) a, generate_series(0, 1100, 41) b,
    (SELECT cdp.timeline_agg(ts, code) AS tl FROM event) t,
    LATERAL (SELECT '2024-01-01'::timestamptz + a * interval '1 millisecond' AS lower,
                    '2024-01-01'::timestamptz + b * interval '1 millisecond' AS upper) bound
 WHERE cdp.timeline_slice(tl, lower, upper)::text IS DISTINCT FROM coalesce(
     (SELECT cdp.timeline_agg(ts, code)::text FROM event WHERE ts >= lower AND ts < upper),
     cdp.timeline_slice(tl, 'infinity', '-infinity')::text);

-- rows on demand: LIMIT, the select list, several times in one query
SELECT cdp.timeline_events(tl) FROM t LIMIT 3;
SELECT count(*), count(DISTINCT code) FROM t, cdp.timeline_events(tl), generate_series(1, 3);

-- stored values: small ones packed, large ones out of line
CREATE TABLE stored (id int, tl cdp.timeline);
INSERT INTO stored SELECT i, cdp.timeline_agg('2024-01-01'::timestamptz + (hashint8(j) & 16777215) * interval '1 ms', j % 300)
  FROM generate_series(1, 3) i, generate_series(1, (10 ^ (i * 1.5))::int) j GROUP BY i;
SELECT id, cdp.timeline_count(tl), pg_column_size(tl) < 6 * cdp.timeline_count(tl) + 40 AS compact,
       cdp.window_funnel(tl, '{1,2,3}', '10 days') AS depth,
       (SELECT count(*) FROM cdp.timeline_events(tl)) AS events FROM stored ORDER BY id;
-- leave the database as it was
DROP TABLE t, event, stored;
