-- sessions and paths of timelines, and paths_agg over many
SET timezone = 'UTC';
-- codes a minute apart; null is half an hour in which nothing happens
CREATE FUNCTION tl(VARIADIC codes int[]) RETURNS cdp.timeline LANGUAGE sql AS $$
    SELECT cdp.timeline_agg('2024-01-01 23:00'::timestamptz + m * interval '1 minute', c)
      FROM (SELECT c, sum(CASE WHEN c IS NULL THEN 30 ELSE 1 END) OVER (ORDER BY i) AS m FROM unnest(codes) WITH ORDINALITY u(c, i)) AS t
     WHERE c IS NOT NULL
$$;

-- a pause as long as the gap does not end a session, a longer one does
SELECT * FROM cdp.timeline_sessions(tl(1, 2, NULL, 3, NULL, NULL, 4), '31 minutes');
SELECT count(*) FROM cdp.timeline_sessions(tl(1, 2, NULL, 3), '30:59');
-- cut at midnight in a time zone, and by length
SELECT session, first, last, events FROM cdp.timeline_sessions(tl(1, NULL, 2, NULL, 3), '1 hour', tz => 'UTC');
SELECT session, first, last, events FROM cdp.timeline_sessions(tl(1, NULL, 2, NULL, 3), '1 hour', tz => 'Europe/Berlin');
SELECT session, events FROM cdp.timeline_sessions(tl(1, 2, 3, 4, 5), '1 hour', max_length => '1 minute');
SELECT count(*) FROM cdp.timeline_sessions(NULL, '1 hour');

-- all paths of two events; sessions keep them apart
SELECT * FROM cdp.timeline_paths(tl(1, 2, 3, NULL, 3, 4), '10 minutes', 2) AS path;
-- from a start, also those that the end of the session cuts short
SELECT * FROM cdp.timeline_paths(tl(1, 2, 3, 1, 4, NULL, 1, 5), '10 minutes', 3, start_code => 1) AS path;
-- to an end
SELECT * FROM cdp.timeline_paths(tl(1, 2, 3, 1, 4, NULL, 1, 5), '10 minutes', 3, end_code => 4) AS path;
SELECT * FROM cdp.timeline_paths(tl(1, 2, 3, 1, 4, NULL, 1, 5), '10 minutes', 5, start_code => 1, end_code => 4) AS path;
-- what led to an event
SELECT * FROM cdp.timeline_paths(tl(1, 2, 3, 1, 4, NULL, 1, 5), '10 minutes', 3, start_code => 4, reverse => true) AS path;
-- some codes only; repeats once
SELECT * FROM cdp.timeline_paths(tl(1, 9, 1, 2, 2, 3), '10 minutes', 2, codes => '{1,2,3}') AS path;
SELECT * FROM cdp.timeline_paths(tl(1, 9, 1, 2, 2, 3), '10 minutes', 2, codes => '{1,2,3}', "collapse" => true) AS path;
SELECT count(*) FROM cdp.timeline_paths(NULL, '1 hour', 2);
-- in a select list, where rows are asked for one by one
SELECT cdp.timeline_paths(t, '10 minutes', 2) FROM (VALUES (tl(1, 2, 3)), (tl(7)), (NULL), (tl(4, 5))) v(t);

-- over many timelines: equally frequent paths in order of their codes
SELECT p.* FROM (SELECT cdp.paths_agg(t, '10 minutes', 2) AS a FROM (VALUES (tl(1, 2, 3)), (tl(1, 2)), (NULL), (tl(2, 3, 300000))) v(t)) s, cdp.paths(a) p;
SELECT p.* FROM (SELECT cdp.paths_agg(t, '10 minutes', 3, NULL, 1, NULL, false, false) AS a FROM (VALUES (tl(1, 2, 3)), (tl(1, 2)), (tl(2, 1))) v(t)) s, cdp.paths(a, 2) p;
SELECT cdp.paths_agg(t, '10 minutes', 2) IS NULL AS nothing FROM (VALUES (NULL::cdp.timeline)) v(t);
SELECT count(*) FROM cdp.paths(NULL);

CREATE TABLE person AS
    SELECT hashint4(i) % 3000 AS id, i % 7 AS segment,
           cdp.timeline_agg('2024-01-01'::timestamptz + (hashint8(i * 64 + j) & 16383) * interval '1 minute', CASE WHEN i % 100 = 0 THEN 300 ELSE 0 END + (hashint4(i * 64 + j) & 15)) AS tl
      FROM generate_series(1, 3000) i, generate_series(1, 1 + i % 40) j GROUP BY 1, 2, i;
-- one aggregate is the paths of each, counted; every depth; two groups of options
SELECT depth, count(*) > 100 AS many, sum(a.n) > 1000 AS often, count(*) FILTER (WHERE a.n IS DISTINCT FROM b.n) AS differ
  FROM generate_series(1, 5) depth,
       LATERAL (SELECT p.* FROM (SELECT cdp.paths_agg(tl, '6 hours', depth) AS t FROM person) s, cdp.paths(t, NULL) p) a
       FULL JOIN LATERAL (SELECT path, count(*) AS n FROM person, cdp.timeline_paths(tl, '6 hours', depth) path GROUP BY 1) b USING (path)
 GROUP BY depth ORDER BY depth;
SELECT count(*) > 100 AS many, count(*) FILTER (WHERE a.n IS DISTINCT FROM b.n) AS differ
  FROM (SELECT p.* FROM (SELECT cdp.paths_agg(tl, '1 day', 4, '{1,2,3,4,5,6,7}', NULL, 3, true, true) AS t FROM person) s, cdp.paths(t, NULL) p) a
       FULL JOIN (SELECT path, count(*) AS n FROM person, cdp.timeline_paths(tl, '1 day', 4, '{1,2,3,4,5,6,7}', NULL, 3, true, true) path GROUP BY 1) b USING (path);
-- stored by group, added up again; the text form is the same value
CREATE TABLE segment AS SELECT segment, cdp.paths_agg(tl, '6 hours', 3) AS paths FROM person GROUP BY segment;
SELECT (SELECT cdp.rollup(paths) FROM segment)::text = (SELECT cdp.paths_agg(tl, '6 hours', 3) FROM person)::text AS rollup,
       (SELECT (a.paths OPERATOR(cdp.||) b.paths)::text FROM segment a, segment b WHERE a.segment = 1 AND b.segment = 2)
         = (SELECT cdp.paths_agg(tl, '6 hours', 3) FROM person WHERE segment IN (1, 2))::text AS sum,
       (SELECT bool_and(paths::text::cdp.tally::text = paths::text) FROM segment) AS text;
-- a window asks the state again and again
SELECT row, (SELECT sum(n) FROM cdp.paths(so_far, NULL)) = sum(cdp.timeline_count(tl)) OVER (ORDER BY row) AS all_events
  FROM (SELECT row_number() OVER w AS row, tl, cdp.paths_agg(tl, '6 hours', 1) OVER w AS so_far FROM person WHERE id > 0 WINDOW w AS (ORDER BY id, segment) LIMIT 3) s ORDER BY row;
-- parallel workers count the same
ALTER TABLE person SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT cdp.paths_agg(tl, '6 hours', 3) FROM person;
SELECT (SELECT cdp.paths_agg(tl, '6 hours', 3) FROM person)::text = (SELECT cdp.rollup(paths) FROM segment)::text AS same;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;

-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.timeline_sessions(tl(1), NULL);
SELECT cdp.timeline_sessions(tl(1), '-1 hour');
SELECT cdp.timeline_sessions(tl(1), '1 month');
SELECT cdp.timeline_sessions(tl(1), '1 hour', 'Atlantis');
SELECT cdp.timeline_sessions(tl(1), '1 hour', NULL, '-1 hour');
SELECT cdp.timeline_paths(tl(1), NULL, 2);
SELECT cdp.timeline_paths(tl(1), '1 month', 2);
SELECT cdp.timeline_paths(tl(1), '1 hour', NULL);
SELECT cdp.timeline_paths(tl(1), '1 hour', 0);
SELECT cdp.timeline_paths(tl(1), '1 hour', 17);
SELECT cdp.timeline_paths(tl(1), '1 hour', 2, '{-1}');
SELECT cdp.timeline_paths(tl(1), '1 hour', 2, '{1,NULL}');
SELECT cdp.timeline_paths(tl(1), '1 hour', 2, '{{1},{2}}');
SELECT cdp.timeline_paths(tl(1), '1 hour', 2, start_code => -1);
SELECT cdp.timeline_paths(tl(1), '1 hour', 2, end_code => -1);
SELECT cdp.paths_agg(tl(1), '1 hour', NULL);
SELECT cdp.paths_agg(tl(1), NULL, 2);
SELECT cdp.paths_agg(tl(1), '1 hour', 17);
-- the question must not change from row to row
SELECT cdp.paths_agg(tl(1, 2, 3), '1 hour', d) FROM generate_series(2, 3) d;
SELECT cdp.paths_agg(tl(1, 2, 3), g, 2) FROM (VALUES (interval '1 hour'), ('2 hours')) v(g);
SELECT cdp.rollup(t) FROM (SELECT cdp.paths_agg(tl(1, 2, 3), '1 hour', d) AS t FROM generate_series(2, 3) d GROUP BY d) s;
SELECT cdp.paths(cdp.paths_agg(tl(1), '1 hour', 1), -1);
SELECT cdp._paths_trans(NULL, tl(1), '1 hour', 1);
-- bytes that are no tally
SELECT ''::cdp.tally;
SELECT '\x01'::cdp.tally;
SELECT '\x8101020000000000000000000000000000000000'::cdp.tally;
SELECT '\x0109020000000000000000000000000000000000'::cdp.tally;
SELECT '\x0101020001000000000000000000000000000000'::cdp.tally;
-- a key twice; a row counted less than once
SELECT '\x0101010002000000000000000000000000000000050000000100000000000000050000000100000000000000'::cdp.tally;
SELECT '\x0101010001000000000000000000000000000000050000000000000000000000'::cdp.tally;
-- another kind of tally
SELECT * FROM cdp.paths('\x0102010001000000000000000000000000000000050000000100000000000000');
-- leave the database as it was
DROP TABLE person, segment;
DROP FUNCTION tl;
