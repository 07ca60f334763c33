-- Aggregates of roaringbitmap64: serial, parallel, windows, filters; and states that travel.
\set VERBOSITY terse
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

CREATE TABLE v (g int, b roaringbitmap64);
INSERT INTO v VALUES (1, '{1,2,3}'), (1, '{2,3,4294967296}'), (1, NULL), (2, '{}'), (2, '{5}'), (3, NULL), (4, '{-1}');
SELECT g, rb64_or_agg(b), rb64_and_agg(b), rb64_xor_agg(b), rb64_or_cardinality_agg(b), rb64_and_cardinality_agg(b), rb64_xor_cardinality_agg(b) FROM v GROUP BY g ORDER BY g;
SELECT rb64_or_agg(b), rb64_and_agg(b), rb64_xor_agg(b), rb64_or_cardinality_agg(b), rb64_and_cardinality_agg(b), rb64_xor_cardinality_agg(b) FROM v WHERE false;
SELECT rb64_build_agg(NULL::int8), rb64_or_agg(NULL), rb64_and_agg(NULL), rb64_xor_agg(NULL), rb64_or_cardinality_agg(NULL);
SELECT rb64_build_agg(i) FROM unnest('{3,1,NULL,-1,3}'::int8[]) i;
SELECT rb64_build_agg(i) FILTER (WHERE i > 5), rb64_build_agg(DISTINCT i % 3), rb64_build_agg(i ORDER BY i DESC) FROM generate_series(1, 9) i;
SELECT rb64_or_agg(b) FILTER (WHERE g > 1), rb64_or_agg(b ORDER BY g DESC) FROM v;

-- windows: the state goes on after a result, and after values leave the frame
SELECT i, rb64_build_agg(i) OVER (ORDER BY i), rb64_build_agg(i) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM generate_series(1, 5) i;
SELECT g, rb64_or_agg(b) OVER w, rb64_and_agg(b) OVER w, rb64_xor_agg(b) OVER w, rb64_or_cardinality_agg(b) OVER w FROM v WINDOW w AS (ORDER BY g ROWS UNBOUNDED PRECEDING);
SELECT count(*), sum(n) FROM (SELECT rb64_cardinality(rb64_build_agg(i * 5000000000) OVER (ORDER BY i)) AS n FROM generate_series(1, 2000) i) s;
SELECT count(*), sum(n) FROM (SELECT rb64_or_cardinality_agg(rb64_build(ARRAY[i, i * 70000])) OVER (ORDER BY i) AS n FROM generate_series(1, 2000) i) s;
SELECT count(*), sum(n) FROM (SELECT rb64_xor_cardinality_agg(rb64_build(ARRAY[i, i * 70000])) OVER (ORDER BY i) AS n FROM generate_series(1, 2000) i) s;

-- around the size where a state moves into memory of its own
SELECT n, rb64_cardinality(rb64_build_agg(i * 7)) AS all, rb64_build_agg(i * 7) = rb64_build(array_agg(i * 7::int8)) AS same
  FROM unnest('{6,7,14,15,1021,1022,1023,1024,2048,3500,4093,4094,4095,10000}'::int4[]) n, generate_series(1, n) i GROUP BY n ORDER BY n;
-- repeated values do not make a group large
SELECT rb64_cardinality(rb64_build_agg(i % 400)), rb64_cardinality(rb64_build_agg(i % 1500)) FROM generate_series(1, 100000) i;
-- random order over the whole range
SELECT rb64_build_agg(h) = rb64_build(array_agg(h)) AS same, rb64_cardinality(rb64_build_agg(h)) = count(DISTINCT h) AS count
  FROM (SELECT hashint8extended(i, 0) AS h FROM generate_series(1, 50000) i) s;

-- equal sets have equal bytes, the smallest, whatever the way and the order they came
CREATE TABLE way AS
    SELECT (i * i % 1009 * 70 + i % 30)::int8 AS v, i FROM generate_series(1, 9000) i
    UNION ALL SELECT i, i FROM generate_series(200000, 290000) i
    UNION ALL SELECT i * 5000000011, i FROM generate_series(1, 3000) i;
CREATE TABLE part AS SELECT i % 7 AS part, rb64_build_agg(v) AS b FROM way GROUP BY part;
SELECT what, rb64_cardinality(b) = (SELECT count(DISTINCT v) FROM way) AS count, b::bytea = rb64_runoptimize(rb64_build((SELECT array_agg(v) FROM way)))::bytea AS smallest
  FROM (SELECT 'ascending', rb64_build_agg(v ORDER BY v) FROM way
        UNION ALL SELECT 'descending', rb64_build_agg(v ORDER BY v DESC) FROM way
        UNION ALL SELECT 'random', rb64_build_agg(v ORDER BY hashint8(v), i) FROM way
        UNION ALL SELECT 'or', rb64_or_agg(b) FROM part
        UNION ALL SELECT 'or of single values', rb64_or_agg(rb64_build(ARRAY[v])) FROM way
        UNION ALL SELECT 'xor of single values', rb64_xor_agg(rb64_build(ARRAY[v])) FROM (SELECT DISTINCT v FROM way) s
        UNION ALL SELECT 'and', rb64_and_agg(rb64_or((SELECT rb64_build_agg(v) FROM way), rb64_build(ARRAY[part * 999]))) FROM part) s(what, b)
 ORDER BY what;
-- large states in windows, moving frames, and grouping sets over what is stored
SELECT part, rb64_cardinality(rb64_or_agg(b) OVER w) = rb64_or_cardinality_agg(b) OVER w AS final,
       rb64_xor_cardinality_agg(b) OVER w <= rb64_or_cardinality_agg(b) OVER w AS xor, rb64_and_cardinality_agg(b) OVER w AS and
  FROM part WINDOW w AS (ORDER BY part ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) ORDER BY part;
SELECT part % 2 AS odd, rb64_or_cardinality_agg(b) FILTER (WHERE part < 6) AS or, rb64_build_agg(part) AS parts FROM part GROUP BY ROLLUP(part % 2) ORDER BY odd;

-- parallel: the plan splits the aggregate, the answers stay
CREATE TABLE event (person int8, kind int4);
INSERT INTO event SELECT (hashint4(i) % 20000)::int8 * 1000003, i % 40 FROM generate_series(1, 60000) i;
INSERT INTO event SELECT NULL, 7 FROM generate_series(1, 10);
INSERT INTO event SELECT NULL, 99 FROM generate_series(1, 10);
CREATE TABLE tag AS SELECT kind, person % 50 AS part, rb64_build_agg(person) AS b FROM event GROUP BY kind, part;
CREATE FUNCTION answer() RETURNS TABLE (what text, kind int4, value roaringbitmap64, n int8) LANGUAGE sql AS $$
    SELECT 'build', kind, cdp.rb64_build_agg(person), count(*) FROM event GROUP BY kind
    UNION ALL SELECT 'all', NULL, cdp.rb64_build_agg(person), count(*) FROM event
    UNION ALL SELECT 'or', kind, cdp.rb64_or_agg(b), cdp.rb64_or_cardinality_agg(b) FROM tag GROUP BY kind
    UNION ALL SELECT 'and', kind, cdp.rb64_and_agg(b), cdp.rb64_and_cardinality_agg(b) FROM tag GROUP BY kind
    UNION ALL SELECT 'xor', kind, cdp.rb64_xor_agg(b), cdp.rb64_xor_cardinality_agg(b) FROM tag GROUP BY kind
    UNION ALL SELECT 'or', NULL, cdp.rb64_or_agg(b), cdp.rb64_or_cardinality_agg(b) FROM tag
    UNION ALL SELECT 'xor', NULL, cdp.rb64_xor_agg(b), cdp.rb64_xor_cardinality_agg(b) FROM tag $$;
ANALYZE event;
ANALYZE tag;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT * FROM answer();
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT rb64_build_agg(person) FROM event;
EXPLAIN (COSTS OFF) SELECT rb64_or_agg(b), rb64_and_agg(b), rb64_xor_agg(b), rb64_or_cardinality_agg(b) FROM tag;
CREATE TABLE parallel AS SELECT * FROM answer();
SELECT what, count(*), sum(rb64_cardinality(value)), count(*) FILTER (WHERE value IS NULL) AS nulls FROM serial GROUP BY what ORDER BY what;
SELECT count(*) AS differences
  FROM serial s FULL JOIN parallel p ON p.what = s.what AND p.kind IS NOT DISTINCT FROM s.kind
 WHERE s.value::bytea IS DISTINCT FROM p.value::bytea OR s.n IS DISTINCT FROM p.n;
-- against plain rows
SELECT count(*) AS differences
  FROM serial s
 WHERE what = 'build'
   AND rb64_cardinality(value) IS DISTINCT FROM (SELECT nullif(count(DISTINCT person), 0) FROM event e WHERE e.kind = s.kind);
RESET parallel_leader_participation;

-- transition and combine functions belong to aggregates
SELECT rb64_build_trans(NULL, 1);
SELECT rb64_build_combine('{1}', '{2}');
SELECT rb64_or_trans('{1}', '{2}');
SELECT rb64_and_combine('{1}', '{2}');
\set VERBOSITY sqlstate
SELECT rb64_xor_trans('{1}', '{2}');
\set VERBOSITY terse

-- a state that is shown, sent, stored or given to a function is the set it stands for: this
-- aggregate has no final function, so that raw states come out
CREATE AGGREGATE raw_state64(int8) (SFUNC = rb64_build_trans, STYPE = roaringbitmap64, COMBINEFUNC = rb64_build_combine);
CREATE TABLE state AS SELECT g, raw_state64(i) AS s, rb64_build_agg(i) AS b FROM (SELECT i % 5 AS g, hashint4(i) % 1000 AS i FROM generate_series(1, 100) i UNION ALL SELECT 8, i FROM generate_series(1, 700) i UNION ALL SELECT 9, i FROM generate_series(1, 5000) i) v GROUP BY g;
SELECT g, substring(s::bytea FOR 8) = 'CDB64-01' AS raw, s = b AS equal, s::text = b::text AS text, roaringbitmap64(roaringbitmap64_send(s)) = b AS binary,
       roaringbitmap64(s::bytea) = b AS cast, rb64_cardinality(s) = rb64_cardinality(b) AS cardinality,
       rb64_to_array(s) = rb64_to_array(b) AS to_array, rb64_and_cardinality(s, b) = rb64_cardinality(b) AS counts, (s & b) = b AS operator,
       s @> rb64_min(s) AS contains, (SELECT count(*) FROM rb64_iterate(s)) = rb64_cardinality(b) AS iterate
  FROM state ORDER BY g;
-- one stored out of line, asked again and again
SELECT count(*) FROM state, generate_series(1, 1000) i WHERE g = 8 AND s @> i;
SELECT rb64_or_agg(s) = rb64_or_agg(b) AS or_agg, rb64_xor_agg(s) = rb64_xor_agg(b) AS xor_agg, rb64_and_agg(s) = rb64_and_agg(b) AS and_agg, rb64_or_cardinality_agg(s) = rb64_or_cardinality_agg(b) AS cardinality FROM state;
-- through text and through the binary protocol, then combined, as another node would
CREATE AGGREGATE combine_states64(roaringbitmap64) (SFUNC = rb64_build_combine, STYPE = roaringbitmap64, FINALFUNC = rb64_final);
\copy (SELECT g, s FROM state) to 'results/bitmap64_agg_copy' with (format binary)
CREATE TABLE travelled (g int, s roaringbitmap64);
\copy travelled from 'results/bitmap64_agg_copy' with (format binary)
SELECT (SELECT rb64_or_agg(b) FROM state) AS all \gset
SELECT (SELECT combine_states64(s) FROM state) = :'all' AS raw,
       (SELECT combine_states64(s::text::roaringbitmap64) FROM state) = :'all' AS text,
       (SELECT combine_states64(s) FROM travelled) = :'all' AS binary,
       (SELECT combine_states64(s ORDER BY g DESC) FROM state) = :'all' AS backwards,
       (SELECT combine_states64(s) FROM (SELECT NULL::roaringbitmap64 AS s UNION ALL SELECT s FROM state UNION ALL SELECT NULL UNION ALL SELECT '{}') u) = :'all' AS with_nulls_and_empty;
SELECT combine_states64(s) FROM (VALUES ('{}'::roaringbitmap64), (NULL), ('{}')) u(s);
SELECT combine_states64(s) FROM (VALUES (NULL::roaringbitmap64), (NULL)) u(s);
-- a state whose count lies
SELECT 'CDB64-01\002\000\000\000\001\000\000\000\000\000\000\000'::bytea::roaringbitmap64;
SELECT 'CDB64-01'::bytea::roaringbitmap64;
SELECT 'CDB64-01\001\000\000\000\001\000\000\000\000\000\000\000'::bytea::roaringbitmap64;
DROP AGGREGATE raw_state64(int8);
DROP AGGREGATE combine_states64(roaringbitmap64);
DROP FUNCTION answer();
DROP TABLE v, way, part, event, tag, serial, parallel, state, travelled;
