-- components_agg_text: who belongs together, from links between texts.

CREATE TABLE link AS SELECT * FROM (VALUES ('phone:5', 'mail:2'), ('mail:2', 'oX9'), ('oX9', 'phone:5'), ('B', 'b'), ('b', 'B'),
    ('alone', 'alone'), ('', 'phone:7'), (NULL, 'x'), ('x', NULL)) AS v(a, b);
CREATE TABLE graph AS SELECT cdp.components_agg_text(a, b) AS c FROM link;
SELECT o.* FROM graph, cdp.components_of(c) AS o;
SELECT cdp.components_count(c), cdp.components_nodes(c) FROM graph;
SELECT n, cdp.components_find(c, n), cdp.components_size(c, n) FROM graph, unnest('{oX9,b,"",alone,x,phone:50}'::text[]) AS n;
SELECT cdp.components_same(c, 'oX9', 'mail:2') AS same, cdp.components_same(c, 'oX9', 'b') AS other,
       cdp.components_same(c, 'oX9', 'x') AS unknown FROM graph;
SELECT cdp.components_agg_text(a, b) FROM link WHERE a IS NULL OR b IS NULL;
SELECT cdp.components_find(c, NULL), cdp.components_same(c, NULL, 'b'), cdp.components_size(c, NULL) FROM graph;
SELECT cdp.components_agg_text(a::varchar(3), b::varchar(3)) IS NOT NULL AS other_text_types FROM link;

-- Like the aggregate over numbers, in every size of the state: flat, expanded, in texts short and long.
CREATE FUNCTION pg_temp.check_text(links int, pad int) RETURNS bigint LANGUAGE sql AS $$
    WITH pair AS (SELECT 10000000 + i * 7919 % 1009 * links % 20011 AS a, 10000000 + i * i % 1013 AS b FROM generate_series(1, links::bigint) AS i),
         number AS (SELECT o.* FROM (SELECT cdp.components_agg(a, b) AS c FROM pair) AS s, cdp.components_of(c) AS o),
         word AS (SELECT o.* FROM (SELECT cdp.components_agg_text(repeat('x', pad) || a, repeat('x', pad) || b) AS c FROM pair) AS s, cdp.components_of(c) AS o)
    SELECT count(*) FROM number FULL JOIN word ON repeat('x', pad) || number.node = word.node
     WHERE repeat('x', pad) || number.component IS DISTINCT FROM word.component $$;
SELECT links, pad, pg_temp.check_text(links, pad) AS differences
  FROM unnest('{1,10,300,400,450,3000,20000}'::int[]) AS links, unnest('{0,300}'::int[]) AS pad;

-- Stored values roll up, small and large, nulls and empty graphs among them; grouped, as a window, out and in again.
CREATE TABLE edge AS SELECT 'id-' || i * 7919 % 60013 AS a, 'id-' || i * 7919 % 60013 / 7 * 7 AS b, i FROM generate_series(1, 30000) AS i;
SELECT md5(cdp.components_agg_text(a, b)::text) AS serial FROM edge \gset
CREATE TABLE part AS SELECT i % n AS g, cdp.components_agg_text(a, b) AS c FROM edge, unnest('{3,999}'::int[]) AS n GROUP BY n, 1;
SELECT md5(cdp.rollup(c)::text) = :'serial' AS same FROM (SELECT c FROM part UNION ALL SELECT NULL UNION ALL SELECT '\x010000000000000000000000') AS s;
SELECT cdp.rollup(c) FROM (VALUES ('\x010000000000000000000000'::cdp.components_text), (NULL)) AS v(c);
SELECT count(*) FILTER (WHERE c::text::cdp.components_text::text <> c::text) AS differences FROM part;
SELECT count(*) FILTER (WHERE cdp.components_nodes(c) <> i + 1) AS differences
  FROM (SELECT i, cdp.components_agg_text(i::text, (i + 1)::text) OVER (ORDER BY i) AS c FROM generate_series(1, 1000) AS i) AS s;
CREATE TABLE part_again (LIKE part);
\set file `echo /tmp/pg_cdp_components_text_$$.copy`
COPY part TO :'file' (FORMAT binary);
COPY part_again FROM :'file' (FORMAT binary);
\setenv FILE :file
\! rm -f "$FILE"
SELECT (SELECT count(*) FROM part_again) AS count, count(*) AS differences
  FROM ((SELECT g, c::text FROM part EXCEPT ALL SELECT g, c::text FROM part_again)
        UNION ALL (SELECT g, c::text FROM part_again EXCEPT ALL SELECT g, c::text FROM part)) AS s;

-- A parallel plan gives the same bytes as a serial one.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT cdp.components_agg_text(a, b) FROM edge;
SELECT md5(cdp.components_agg_text(a, b)::text) = :'serial' AS parallel_is_serial FROM edge;
SELECT md5(cdp.rollup(c)::text) = :'serial' AS parallel_is_serial FROM part;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- From a query.
SELECT * FROM cdp.connected_components_text('SELECT a, b FROM link');
SELECT count(*), count(*) FILTER (WHERE o IS DISTINCT FROM f) AS differences
  FROM (SELECT cdp.components_agg_text(a, b) AS c FROM edge) AS s, cdp.components_of(c) AS o
  FULL JOIN cdp.connected_components_text('SELECT a::varchar, b FROM edge') AS f USING (node);
SELECT * FROM cdp.connected_components_text('SELECT 1, 2');
SELECT * FROM cdp.connected_components('SELECT a, b FROM link');
SELECT * FROM cdp.connected_components_text('SELECT a FROM link');

-- The build form of a travelling state is accepted and normalised: links b-a and c-c, then spare room.
SELECT c, (SELECT string_agg(node || '-' || component, ' ' ORDER BY node) FROM cdp.components_of(c)) AS nodes
  FROM (VALUES ('\x02000000080000000000000001620161016301630077'::cdp.components_text)) AS v(c);
-- Right, and then with one fault each: the order, the directory twice, the count of components, of texts,
-- a distance, a byte too many, an integer without end; then in what stands before.
SELECT '\x01000000020000000100000000000000016100016201'::cdp.components_text;
SELECT '\x01000000020000000100000000000000016200016101'::cdp.components_text;
SELECT '\x01000000020000000100000001000000016100016201'::cdp.components_text;
SELECT '\x010000000200000001000000ffffffff016100016201'::cdp.components_text;
SELECT '\x01000000020000000200000000000000016100016201'::cdp.components_text;
SELECT '\x01000000ffffffff0100000000000000016100016201'::cdp.components_text;
SELECT '\x01000000020000000100000000000000016100016202'::cdp.components_text;
SELECT '\x0100000002000000010000000000000001610001620101'::cdp.components_text;
SELECT '\x0100000002000000010000000000000001610001ff'::cdp.components_text;
SELECT '\x'::cdp.components_text;
SELECT '\x030000000000000000000000'::cdp.components_text;
SELECT '\x010000010000000000000000'::cdp.components_text;
SELECT '\x02000000090000000000000001620161'::cdp.components_text;
SELECT '\x0200000004000000000000000562016101'::cdp.components_text;
-- Bytes that are no text in UTF-8, and a zero.
SELECT '\x01000000010000000100000000000000018000'::cdp.components_text;
SELECT '\x0100000001000000010000000000000001ff00'::cdp.components_text;
SELECT '\x01000000010000000100000000000000010000'::cdp.components_text;
\set VERBOSITY sqlstate
SELECT '\x01'::cdp.components_text;
\set VERBOSITY default

-- State functions are for aggregates only.
SELECT cdp._components_agg_text_trans(NULL, 'a', 'b');
SELECT cdp._components_agg_text_combine(c, c) FROM graph;
SELECT cdp._components_agg_text_final(c)::text = c::text AS same FROM graph;

DROP TABLE link, graph, edge, part, part_again;
