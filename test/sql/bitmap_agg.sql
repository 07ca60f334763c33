-- Aggregates of roaringbitmap: serial, parallel, windows, filters; and states that travel.
\set VERBOSITY terse
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

CREATE TABLE v (g int, b roaringbitmap);
INSERT INTO v VALUES (1, '{1,2,3}'), (1, '{2,3,4}'), (1, NULL), (2, '{}'), (2, '{5}'), (3, NULL), (4, '{-1}');
SELECT g, rb_or_agg(b), rb_and_agg(b), rb_xor_agg(b), rb_or_cardinality_agg(b), rb_and_cardinality_agg(b), rb_xor_cardinality_agg(b) FROM v GROUP BY g ORDER BY g;
SELECT rb_or_agg(b), rb_and_agg(b), rb_xor_agg(b), rb_or_cardinality_agg(b), rb_and_cardinality_agg(b), rb_xor_cardinality_agg(b) FROM v WHERE false;
SELECT rb_build_agg(NULL::int4), rb_or_agg(NULL), rb_and_agg(NULL), rb_xor_agg(NULL), rb_or_cardinality_agg(NULL);
SELECT rb_build_agg(i) FROM unnest('{3,1,NULL,-1,3}'::int4[]) i;
SELECT rb_build_agg(i) FILTER (WHERE i > 5), rb_build_agg(DISTINCT i % 3), rb_build_agg(i ORDER BY i DESC) FROM generate_series(1, 9) i;
SELECT rb_or_agg(b) FILTER (WHERE g > 1), rb_or_agg(b ORDER BY g DESC) FROM v;
SELECT rb_build_agg(1::bigint);

-- windows: the state goes on after a result, and after values leave the frame
SELECT i, rb_build_agg(i) OVER (ORDER BY i), rb_build_agg(i) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM generate_series(1, 5) i;
SELECT g, rb_or_agg(b) OVER w, rb_and_agg(b) OVER w, rb_xor_agg(b) OVER w, rb_or_cardinality_agg(b) OVER w FROM v WINDOW w AS (ORDER BY g ROWS UNBOUNDED PRECEDING);
SELECT count(*), sum(n) FROM (SELECT rb_cardinality(rb_build_agg(i) OVER (ORDER BY i)) AS n FROM generate_series(1, 3000) i) s;
SELECT count(*), sum(n) FROM (SELECT rb_or_cardinality_agg(rb_build(ARRAY[i, i * 70000])) OVER (ORDER BY i) AS n FROM generate_series(1, 3000) i) s;

-- around the size where a state moves into memory of its own
SELECT n, rb_cardinality(rb_build_agg(i * 7)) AS all, rb_build_agg(i * 7) = rb_build(array_agg(i * 7)) AS same
  FROM unnest('{12,13,14,29,30,2044,2045,2046,2047,4096,4097,8188,8189,8190,20000}'::int4[]) n, generate_series(1, n) i GROUP BY n ORDER BY n;
-- repeated values do not make a group large
SELECT rb_cardinality(rb_build_agg(i % 1000)), rb_cardinality(rb_build_agg(i % 1500)) FROM generate_series(1, 100000) i;
-- random order over the whole range
SELECT rb_build_agg(h) = rb_build(array_agg(h)) AS same, rb_cardinality(rb_build_agg(h)) = count(DISTINCT h) AS count
  FROM (SELECT hashint4(i) AS h FROM generate_series(1, 200000) i) s;

-- equal sets have equal bytes, the smallest, whatever the way and the order they came
CREATE TABLE way AS
    SELECT (i * i % 1009 * 70 + i % 30)::int4 AS v, i FROM generate_series(1, 9000) i
    UNION ALL SELECT i, i FROM generate_series(200000, 290000) i
    UNION ALL SELECT (i * 40009::int8 % 2000000000)::int4, i FROM generate_series(1, 3000) i;
CREATE TABLE part AS SELECT i % 7 AS part, rb_build_agg(v) AS b FROM way GROUP BY part;
SELECT what, rb_cardinality(b) = (SELECT count(DISTINCT v) FROM way) AS count, b::bytea = rb_runoptimize(rb_build((SELECT array_agg(v) FROM way)))::bytea AS smallest
  FROM (SELECT 'ascending', rb_build_agg(v ORDER BY v) FROM way
        UNION ALL SELECT 'descending', rb_build_agg(v ORDER BY v DESC) FROM way
        UNION ALL SELECT 'random', rb_build_agg(v ORDER BY hashint8(v), i) FROM way
        UNION ALL SELECT 'or', rb_or_agg(b) FROM part
        UNION ALL SELECT 'or of single values', rb_or_agg(rb_build(ARRAY[v])) FROM way
        UNION ALL SELECT 'xor of single values', rb_xor_agg(rb_build(ARRAY[v])) FROM (SELECT DISTINCT v FROM way) s
        UNION ALL SELECT 'and', rb_and_agg(rb_or((SELECT rb_build_agg(v) FROM way), rb_build(ARRAY[part * 999]))) FROM part) s(what, b)
 ORDER BY what;
-- large states in windows, moving frames, and grouping sets over what is stored
SELECT part, rb_cardinality(rb_or_agg(b) OVER w) = rb_or_cardinality_agg(b) OVER w AS final,
       rb_xor_cardinality_agg(b) OVER w <= rb_or_cardinality_agg(b) OVER w AS xor, rb_and_cardinality_agg(b) OVER w AS and
  FROM part WINDOW w AS (ORDER BY part ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) ORDER BY part;
SELECT part % 2 AS odd, rb_or_cardinality_agg(b) FILTER (WHERE part < 6) AS or, rb_build_agg(part) AS parts FROM part GROUP BY ROLLUP(part % 2) ORDER BY odd;

-- parallel: the plan splits the aggregate, the answers stay
CREATE TABLE event (person int4, kind int4);
INSERT INTO event SELECT hashint4(i) % 50000, i % 40 FROM generate_series(1, 100000) i;
INSERT INTO event SELECT NULL, 7 FROM generate_series(1, 10);
INSERT INTO event SELECT NULL, 99 FROM generate_series(1, 10);
CREATE TABLE tag AS SELECT kind, person % 200 AS part, rb_build_agg(person) AS b FROM event GROUP BY kind, part;
CREATE FUNCTION answer() RETURNS TABLE (what text, kind int4, value roaringbitmap, n int8) LANGUAGE sql AS $$
    SELECT 'build', kind, cdp.rb_build_agg(person), count(*) FROM event GROUP BY kind
    UNION ALL SELECT 'all', NULL, cdp.rb_build_agg(person), count(*) FROM event
    UNION ALL SELECT 'or', kind, cdp.rb_or_agg(b), cdp.rb_or_cardinality_agg(b) FROM tag GROUP BY kind
    UNION ALL SELECT 'and', kind, cdp.rb_and_agg(b), cdp.rb_and_cardinality_agg(b) FROM tag GROUP BY kind
    UNION ALL SELECT 'xor', kind, cdp.rb_xor_agg(b), cdp.rb_xor_cardinality_agg(b) FROM tag GROUP BY kind
    UNION ALL SELECT 'or', NULL, cdp.rb_or_agg(b), cdp.rb_or_cardinality_agg(b) FROM tag
    UNION ALL SELECT 'and', NULL, cdp.rb_and_agg(b), cdp.rb_and_cardinality_agg(b) FROM tag WHERE kind = 7
    UNION ALL SELECT 'xor', NULL, cdp.rb_xor_agg(b), cdp.rb_xor_cardinality_agg(b) FROM tag $$;
ANALYZE event;
ANALYZE tag;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT * FROM answer();
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT rb_build_agg(person) FROM event;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT kind, rb_build_agg(person) FROM event GROUP BY kind;
EXPLAIN (COSTS OFF) SELECT rb_or_agg(b), rb_and_agg(b), rb_xor_agg(b), rb_or_cardinality_agg(b) FROM tag;
CREATE TABLE parallel AS SELECT * FROM answer();
RESET enable_sort;
SELECT what, count(*), sum(rb_cardinality(value)), count(*) FILTER (WHERE value IS NULL) AS nulls FROM serial GROUP BY what ORDER BY what;
SELECT count(*) AS differences
  FROM serial s FULL JOIN parallel p ON p.what = s.what AND p.kind IS NOT DISTINCT FROM s.kind
 WHERE s.value::bytea IS DISTINCT FROM p.value::bytea OR s.n IS DISTINCT FROM p.n;
-- against plain rows
SELECT count(*) AS differences
  FROM serial s
 WHERE what = 'build'
   AND rb_cardinality(value) IS DISTINCT FROM (SELECT nullif(count(DISTINCT person), 0) FROM event e WHERE e.kind = s.kind);
RESET parallel_leader_participation;

-- many groups, hashed: a state is no memory context of its own
SELECT count(*), sum(n) FROM (SELECT i % 60000 AS g, rb_or_cardinality_agg(rb_build(ARRAY[i])) AS n FROM generate_series(1, 120000) i GROUP BY g) s;

-- transition and combine functions belong to aggregates
SELECT rb_build_trans(NULL, 1);
SELECT rb_build_combine('{1}', '{2}');
SELECT rb_or_trans('{1}', '{2}');
SELECT rb_and_combine('{1}', '{2}');
\set VERBOSITY sqlstate
SELECT rb_xor_trans('{1}', '{2}');
\set VERBOSITY terse

-- a state that is shown, sent, stored or given to a function is the set it stands for: this
-- aggregate has no final function, so that raw states come out
CREATE AGGREGATE raw_state(int4) (SFUNC = rb_build_trans, STYPE = roaringbitmap, COMBINEFUNC = rb_build_combine);
CREATE TABLE state AS SELECT g, raw_state(i) AS s, rb_build_agg(i) AS b FROM (SELECT i % 5 AS g, hashint4(i) % 1000 AS i FROM generate_series(1, 100) i UNION ALL SELECT 9, i FROM generate_series(1, 9000) i) v GROUP BY g;
SELECT g, substring(s::bytea FOR 4) = 'CDB1' AS raw, s = b AS equal, s::text = b::text AS text, roaringbitmap(roaringbitmap_send(s)) = b AS binary,
       roaringbitmap(s::bytea) = b AS cast, rb_cardinality(s) = rb_cardinality(b) AS cardinality,
       rb_to_array(s) = rb_to_array(b) AS to_array, rb_and_cardinality(s, b) = rb_cardinality(b) AS counts, (s & b) = b AS operator,
       s @> rb_min(s) AS contains, (SELECT count(*) FROM rb_iterate(s)) = rb_cardinality(b) AS iterate
  FROM state ORDER BY g;
SELECT rb_or_agg(s) = rb_or_agg(b) AS or_agg, rb_xor_agg(s) = rb_xor_agg(b) AS xor_agg, rb_and_agg(s) = rb_and_agg(b) AS and_agg, rb_or_cardinality_agg(s) = rb_or_cardinality_agg(b) AS cardinality FROM state;
-- through text and through the binary protocol, then combined, as another node would
CREATE AGGREGATE combine_states(roaringbitmap) (SFUNC = rb_build_combine, STYPE = roaringbitmap, FINALFUNC = rb_final);
\copy (SELECT g, s FROM state) to 'results/bitmap_agg_copy' with (format binary)
CREATE TABLE travelled (g int, s roaringbitmap);
\copy travelled from 'results/bitmap_agg_copy' with (format binary)
SELECT (SELECT rb_or_agg(b) FROM state) AS all \gset
SELECT (SELECT combine_states(s) FROM state) = :'all' AS raw,
       (SELECT combine_states(s::text::roaringbitmap) FROM state) = :'all' AS text,
       (SELECT combine_states(s) FROM travelled) = :'all' AS binary,
       (SELECT combine_states(s ORDER BY g DESC) FROM state) = :'all' AS backwards,
       (SELECT combine_states(s) FROM (SELECT NULL::roaringbitmap AS s UNION ALL SELECT s FROM state UNION ALL SELECT NULL UNION ALL SELECT '{}') u) = :'all' AS with_nulls_and_empty;
SELECT combine_states(s) FROM (VALUES ('{}'::roaringbitmap), (NULL), ('{}')) u(s);
SELECT combine_states(s) FROM (VALUES (NULL::roaringbitmap), (NULL)) u(s);
-- a state whose count lies
SELECT 'CDB1\002\000\000\000\001\000\000\000'::bytea::roaringbitmap;
SELECT 'CDB1'::bytea::roaringbitmap;
SELECT 'CDB1\001\000\000\000\001\000\000\000'::bytea::roaringbitmap;
-- leave the database as it was
DROP TABLE v, way, part, event, tag, serial, parallel, state, travelled;
DROP FUNCTION answer;
