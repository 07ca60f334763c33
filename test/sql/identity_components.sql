-- components_agg: who belongs together, from links.

-- Two chains and a node of its own; repeated and reversed links change nothing.
CREATE TABLE link AS
    SELECT * FROM (VALUES (5::bigint, 2::bigint), (2, 9), (9, 5), (4, 3), (3, 4), (4, 3), (7, 7)) AS v(a, b);
CREATE TABLE graph AS SELECT cdp.components_agg(a, b) AS c FROM link;
SELECT o.* FROM graph, cdp.components_of(c) AS o;
SELECT cdp.components_count(c), cdp.components_nodes(c) FROM graph;
SELECT n, cdp.components_find(c, n), cdp.components_size(c, n) FROM graph, unnest('{2,9,4,7,1,6}'::bigint[]) AS n;
SELECT cdp.components_same(c, 9, 5) AS same, cdp.components_same(c, 9, 4) AS other,
       cdp.components_same(c, 9, 1) AS unknown, cdp.components_same(c, 1, 1) AS both_unknown FROM graph;

-- Rows with a null are skipped; no link at all gives null.
SELECT cdp.components_agg(a, b) FROM (VALUES (1::bigint, NULL::bigint), (NULL, 2), (NULL, NULL)) AS v(a, b);
SELECT cdp.components_agg(a, b) FROM link WHERE false;
SELECT o.* FROM (SELECT cdp.components_agg(a, b) AS c FROM (VALUES (1::bigint, NULL::bigint), (8, 8)) AS v(a, b)) AS s,
       cdp.components_of(c) AS o;
SELECT cdp.components_of(NULL::cdp.components), cdp.components_find(NULL, 1), cdp.components_count(NULL::cdp.components);
SELECT cdp.components_find(c, NULL), cdp.components_same(c, NULL, 2), cdp.components_size(c, NULL) FROM graph;

-- With weights: a link joins when its weight is at least the minimum. A weaker one, or one without a
-- weight, makes its nodes known.
CREATE TABLE weighted AS SELECT * FROM (VALUES (1::bigint, 2::bigint, 1.0::float8), (2, 3, 0.4), (4, 5, NULL), (5, 5, NULL),
    (6, 7, 'NaN'), (7, 8, 'infinity'), (8, 1, '-infinity'), (NULL, 3, 1), (10, NULL, 1), (9, 9, 1)) AS v(a, b, weight);
SELECT m AS min_weight, cdp.components_count(c),
       (SELECT string_agg(node || '-' || component, ' ' ORDER BY node) FROM cdp.components_of(c)) AS nodes
  FROM (SELECT m, cdp.components_agg(a, b, weight, m) AS c
          FROM weighted, unnest('{-infinity,0.4,0.5,1,infinity}'::float8[]) AS m GROUP BY m) AS s ORDER BY m;
-- The minimum may differ from link to link.
SELECT o.* FROM (SELECT cdp.components_agg(a, b, 0.7, CASE WHEN a < 3 THEN 0.5 ELSE 0.9 END) AS c
                   FROM (VALUES (1::bigint, 2::bigint), (3, 4)) AS v(a, b)) AS s, cdp.components_of(c) AS o;
SELECT cdp.components_agg(a, b, weight, 0) FROM weighted WHERE a IS NULL;
SELECT cdp.components_agg(a, b, weight, NULL) FROM weighted;
SELECT cdp.components_agg(a, b, weight, 'NaN') FROM weighted;
-- In every size of the state it is a graph of the strong links and of every node by itself.
SELECT n, s = t AS same FROM unnest('{5,300,20000}'::int[]) AS n,
       LATERAL (SELECT cdp.components_agg(i % 977, i % 1009, i % 7, 3)::text AS s FROM generate_series(1, n) AS i) AS x,
       LATERAL (SELECT cdp.components_agg(i % 977, CASE WHEN i % 7 >= 3 THEN i % 1009 ELSE i % 977 END)::text AS strong,
                       cdp.components_agg(i % 1009, i % 1009) AS alone FROM generate_series(1, n) AS i) AS y,
       LATERAL (SELECT cdp.rollup(c)::text AS t FROM (VALUES (strong::cdp.components), (alone)) AS v(c)) AS z;

-- The whole range of bigint.
SELECT o.* FROM (SELECT cdp.components_agg(a, b) AS c
                   FROM (VALUES (9223372036854775807, -9223372036854775808), (0, 0), (-1, 9223372036854775807)) AS v(a, b)) AS s,
       cdp.components_of(c) AS o;

-- A state in every size: flat, expanded, mapped, direct; with ids close together and far apart.
CREATE FUNCTION pg_temp.check_chain(links int, step bigint) RETURNS boolean LANGUAGE sql AS $$
    SELECT cdp.components_count(c) = 3 AND cdp.components_nodes(c) = links + 3
           AND cdp.components_size(c, 0) = (links + 5) / 3 AND cdp.components_same(c, 0, links / 3 * 3 * step)
           AND NOT cdp.components_same(c, 0, step) AND cdp.components_find(c, 1) IS NOT DISTINCT FROM nullif(1 / step, 0)
      FROM (SELECT cdp.components_agg(i * step, (i + 3) * step) AS c
              FROM (SELECT i::bigint FROM generate_series(0, links - 1) AS i ORDER BY i * 7919 % 1009) AS s) AS g $$;
SELECT links, step, pg_temp.check_chain(links, step)
  FROM unnest('{3,15,16,31,32,510,511,512,513,3000,40000}'::int[]) AS links, unnest('{1,100000000000}'::bigint[]) AS step;

-- Grouped, against a recursive query.
CREATE TABLE member AS
    SELECT i % 50 AS g, (i * 7919 % 331 + i % 50)::bigint AS a, (i * i % 317 + i % 50)::bigint AS b FROM generate_series(1, 5000) AS i;
WITH RECURSIVE pair AS (SELECT g, a, b FROM member UNION SELECT g, b, a FROM member),
     reach AS (SELECT g, a AS node, a AS other FROM pair UNION SELECT r.g, r.node, p.b FROM reach AS r JOIN pair AS p ON p.g = r.g AND p.a = r.other),
     slow AS (SELECT g, node, min(other) AS component FROM reach GROUP BY g, node),
     fast AS (SELECT g, o.* FROM (SELECT g, cdp.components_agg(a, b) AS c FROM member GROUP BY g) AS s, cdp.components_of(c) AS o)
SELECT count(*) > 1000 AS rows, count(*) FILTER (WHERE slow.component IS DISTINCT FROM fast.component) AS differences
  FROM slow FULL JOIN fast USING (g, node);

-- Stored values roll up; nulls and empty graphs add nothing.
SELECT cdp.rollup(c)::text = (SELECT cdp.components_agg(a, b) FROM member)::text AS same
  FROM (SELECT cdp.components_agg(a, b) AS c FROM member GROUP BY g UNION ALL SELECT NULL
        UNION ALL SELECT '\x010000000000000000000000') AS s;
SELECT cdp.rollup(c) FROM (VALUES ('\x010000000000000000000000'::cdp.components), (NULL)) AS v(c);
SELECT cdp.rollup(c) FROM graph WHERE false;
SELECT cdp.rollup(c)::text = min(c::text) AS same FROM (SELECT c FROM graph UNION ALL SELECT c FROM graph) AS s;
-- A rollup of one group, of two small ones, of small and large in either order.
SELECT cdp.components_count(cdp.rollup(c ORDER BY o)) FROM (
    SELECT 1 AS o, cdp.components_agg(i, i + 1) AS c FROM generate_series(1, 1000) AS i
    UNION ALL SELECT 2, cdp.components_agg(i, i) FROM generate_series(900, 1100) AS i) AS s;
SELECT cdp.components_count(cdp.rollup(c ORDER BY o DESC)) FROM (
    SELECT 1 AS o, cdp.components_agg(i, i + 1) AS c FROM generate_series(1, 1000) AS i
    UNION ALL SELECT 2, cdp.components_agg(i, i) FROM generate_series(900, 1100) AS i) AS s;

-- As a window aggregate the value grows row by row, small and large.
SELECT a, b, cdp.components_count(cdp.components_agg(a, b) OVER (ORDER BY n))
  FROM (VALUES (1, 1::bigint, 2::bigint), (2, 3, 4), (3, NULL, 5), (4, 2, 3)) AS v(n, a, b);
SELECT count(*) FILTER (WHERE cdp.components_nodes(c) <> i + 1) AS differences
  FROM (SELECT i, cdp.components_agg(i, i + 1) OVER (ORDER BY i) AS c FROM generate_series(1, 1200) AS i) AS s;

-- A parallel plan gives the same bytes as a serial one.
CREATE TABLE edge AS SELECT (i * 7919 % 60013)::bigint AS a, (i * 7919 % 60013 / 7 * 7)::bigint AS b FROM generate_series(1, 100000) AS i;
ANALYZE edge;
SELECT cdp.components_agg(a, b) AS serial FROM edge \gset
SELECT sum(length(c::text)) AS serial_groups FROM (SELECT a % 1000 AS g, cdp.components_agg(a, b) AS c FROM edge GROUP BY 1) AS s \gset
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT cdp.components_agg(a, b) FROM edge;
SELECT cdp.components_agg(a, b)::text = :'serial' AS parallel_is_serial FROM edge;
SELECT cdp.components_agg(a, b, 1, 0)::text = :'serial' AS parallel_is_serial FROM edge;
SELECT sum(length(c::text)) = :serial_groups AS parallel_is_serial FROM (SELECT a % 1000 AS g, cdp.components_agg(a, b) AS c FROM edge GROUP BY 1) AS s;
CREATE TABLE part AS SELECT a % 9 AS g, cdp.components_agg(a, b) AS c FROM edge GROUP BY 1;
EXPLAIN (COSTS OFF) SELECT cdp.rollup(c) FROM part;
SELECT cdp.rollup(c)::text = :'serial' AS parallel_is_serial FROM part;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- Out and in again: text, binary, a temporary table.
SELECT c FROM graph;
SELECT count(*) FILTER (WHERE c::text::cdp.components::text <> c::text) AS differences FROM part;
CREATE TABLE part_again (LIKE part);
\set file `echo /tmp/pg_cdp_components_$$.copy`
COPY part TO :'file' (FORMAT binary);
COPY part_again FROM :'file' (FORMAT binary);
\setenv FILE :file
\! rm -f "$FILE"
SELECT count(*), count(*) FILTER (WHERE x.c::text <> y.c::text) AS differences FROM part AS x JOIN part_again AS y USING (g);
-- The build form of a travelling state is accepted and normalised: links 2-1 and 3-3.
SELECT '\x0200000002000000000000000200000000000000010000000000000003000000000000000300000000000000'::cdp.components;
-- Spare room behind the links is no harm.
SELECT '\x020000000100000000000000020000000000000001000000000000000300000000000000030000000000000077'::cdp.components;

-- Hostile bytes.
SELECT ''::cdp.components;
SELECT 'components'::cdp.components;
SELECT '\x'::cdp.components;
SELECT '\x01'::cdp.components;
SELECT '\x0100000000'::cdp.components;
SELECT '\x030000000000000000000000'::cdp.components;
SELECT '\x010000010000000000000000'::cdp.components;
-- more nodes than bytes
SELECT '\x01000000ffffffff01000000'::cdp.components;
SELECT '\x01000000020000000100000001000000000000000000000000'::cdp.components;
-- more links than bytes
SELECT '\x02000000ffffffff00000000'::cdp.components;
SELECT '\x0200000001000000000000000200000000000000'::cdp.components;
SELECT '\x0200000000000000ff000000'::cdp.components;
-- right, and then with one fault each
SELECT '\x010000000200000001000000010000000000000000000000000001'::cdp.components;
-- one component said to be two
SELECT '\x010000000200000002000000010000000000000000000000000001'::cdp.components;
-- a block that starts elsewhere
SELECT '\x010000000200000001000000010000000000000001000000000001'::cdp.components;
SELECT '\x0100000002000000010000000100000000000000ffffffff00000100'::cdp.components;
-- an overlong integer, an endless one
SELECT '\x0100000002000000010000000100000000000000000000000080800001'::cdp.components;
SELECT '\x01000000020000000100000001000000000000000000000000ffffffffffffffffffff0101'::cdp.components;
-- a component that is no node, one that is no root, one below bigint
SELECT '\x010000000200000001000000010000000000000000000000000002'::cdp.components;
SELECT '\x0100000003000000010000000100000000000000000000000000010001'::cdp.components;
SELECT '\x01000000010000000100000000000000000000800000000001'::cdp.components;
-- a byte too many, a byte too few
SELECT '\x01000000020000000100000001000000000000000000000000000100'::cdp.components;
SELECT '\x0100000002000000010000000100000000000000000000000000'::cdp.components;
-- a node above bigint
SELECT '\x010000000200000002000000ffffffffffffff7f00000000000000'::cdp.components;
-- the fault is the client's, so it is no data corruption
\set VERBOSITY sqlstate
SELECT '\x01'::cdp.components;
\set VERBOSITY default

-- State functions are for aggregates only.
SELECT cdp._components_agg_trans(NULL, 1, 2);
SELECT cdp._components_agg_combine(c, c) FROM graph;
SELECT cdp._components_agg_final(c)::text = c::text AS same FROM graph;

DROP TABLE link, weighted, graph, member, edge, part, part_again;
