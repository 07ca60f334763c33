-- Bitmaps stored out of line: read by pieces, kept by the expression that asks them again and again,
-- and always the same answer as from memory.
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

-- every kind of container; values in a table of offsets and without one; from nothing to all
CREATE TABLE stored (kind text PRIMARY KEY, b roaringbitmap);
INSERT INTO stored VALUES
    ('empty', '{}'), ('one', '{-7}'),
    ('arrays', (SELECT rb_build_agg(i * 97) FROM generate_series(0, 9999) i)),
    ('bitsets', (SELECT rb_build_agg(i * 3) FROM generate_series(0, 199999) i)),
    ('few runs', (SELECT rb_runoptimize(rb_build_agg(i + i / 5 * 10)) FROM generate_series(0, 40000) i)),
    ('many runs', (SELECT rb_runoptimize(rb_build_agg(i + i / 5 * 10)) FROM generate_series(0, 400000) i)),
    ('all values', rb_fill('{}', 0, 4294967296)),
    ('all keys', (SELECT rb_build_agg(((i # 32768) - 32768) * 65536 + 5) FROM generate_series(0, 65535) i));
INSERT INTO stored
    SELECT 'mixed', rb_or(rb_or(a.b, rb_shiftright(c.b, 2000000)), rb_shiftleft(d.b, 5000000))
      FROM stored a, stored c, stored d WHERE (a.kind, c.kind, d.kind) = ('arrays', 'bitsets', 'many runs');
INSERT INTO stored
    SELECT 'last container small', rb_add(rb_range(b, 0, 400000), 2000000000) FROM stored WHERE kind = 'bitsets';
-- the same values compressed, out of line and in the row
CREATE TABLE extended (LIKE stored);
ALTER TABLE extended ALTER b SET STORAGE extended;
INSERT INTO extended SELECT kind, rb_runoptimize(b) FROM stored WHERE kind <> 'all keys';
INSERT INTO extended SELECT kind, b FROM stored WHERE kind = 'all keys';
CREATE TABLE main (LIKE stored);
ALTER TABLE main ALTER b SET STORAGE main;
INSERT INTO main SELECT kind, b FROM stored WHERE rb_cardinality(b) < 100000;
SELECT kind, octet_length(b::bytea), pg_column_size(b) AS stored, pg_column_compression(e.b) AS extended, pg_column_compression(m.b) AS main
  FROM stored JOIN extended e USING (kind, b) LEFT JOIN main m USING (kind, b) ORDER BY kind;

-- Questions of one bitmap, each with the values of a probe.
CREATE TABLE question (what text);
INSERT INTO question VALUES
    ('rb_cardinality(%s)'), ('rb_is_empty(%s)'), ('rb_min(%s)'), ('rb_max(%s)'), ('rb_contains(%s, v)'), ('%s @> v'), ('v <@ %s'),
    ('rb_containedby(v, %s)'), ('rb_rank(%s, v)'), ('rb_index(%s, v)'), ('rb_range_cardinality(%s, v, v + 100000::int8)'),
    ('rb_range_cardinality(%s, 70000, v)'), ('rb_select(%s, 3, v)'), ('rb_select(%s, 2, 4, true, 100, v)'), ('rb_select(%s, 3)'),
    ('rb_select(%s, 3, 0, true)'), ('rb_range(%s, v, v + 100)'), ('rb_shiftright(rb_range(%s, 5, 300), v)'), ('rb_stats(%s)'),
    ('rb_and_cardinality(%s, ''{1,5,70000}'')'), ('rb_or_cardinality(''{1,5,70000}'', %s)'), ('rb_xor_cardinality(%1$s, %1$s)'),
    ('rb_andnot_cardinality(%1$s, rb_range(%1$s, 0, v))'), ('rb_contains(%s, rb_build(ARRAY[v]))'), ('rb_containedby(''{5,-7}'', %s)'),
    ('rb_intersect(%s, rb_build(ARRAY[v, v + 1]))'), ('rb_equals(%s, rb_add(%1$s, v))'), ('rb_not_equals(rb_remove(%s, v), %1$s)'),
    ('rb_jaccard(%s, ''{5,6,7}'')');
CREATE TABLE probe (v int);
INSERT INTO probe VALUES (0), (5), (97), (65535), (65536), (199998), (400000), (2000000000), (-1), (-7), (-65531);
-- How many answers differ between the values of a table and the same values in memory.
CREATE FUNCTION differences(what text, relation regclass, probes int) RETURNS int8 LANGUAGE plpgsql AS $$
DECLARE
    answer int8;
BEGIN
    EXECUTE format('WITH memory AS MATERIALIZED (SELECT kind, roaringbitmap(b::bytea) AS b FROM %s)
                    SELECT count(*) FROM %s s JOIN memory m USING (kind), (SELECT v FROM probe LIMIT %s) p
                     WHERE (%s = 1 OR kind NOT LIKE ''all%%'') AND (%s)::text IS DISTINCT FROM (%s)::text', relation, relation, probes, probes, format(what, 's.b'), format(what, 'm.b')) INTO answer;
    RETURN answer;
END
$$;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET max_parallel_workers_per_gather = 0;
-- asked once and asked often
SELECT relation, probes, count(*) AS questions, sum(differences(what, relation, probes)) AS differences
  FROM question, unnest('{stored,extended,main}'::regclass[]) relation, unnest('{1,11}'::int[]) probes
 GROUP BY 1, 2 ORDER BY 1, 2;
-- two stored bitmaps at once, all pairs of them
CREATE FUNCTION pair_differences(f text) RETURNS int8 LANGUAGE plpgsql AS $$
DECLARE
    answer int8;
BEGIN
    EXECUTE format('WITH memory AS MATERIALIZED (SELECT kind, roaringbitmap(b::bytea) AS b FROM stored)
                    SELECT count(*) FROM stored a, stored b, memory x, memory y
                     WHERE a.kind = x.kind AND b.kind = y.kind AND %1$s(a.b, b.b) IS DISTINCT FROM %1$s(x.b, y.b)', f) INTO answer;
    RETURN answer;
END
$$;
SELECT sum(pair_differences('rb_' || f)) AS differences
  FROM unnest('{and_cardinality,or_cardinality,xor_cardinality,andnot_cardinality,contains,containedby,intersect,equals}'::text[]) f;
RESET enable_hashjoin;
RESET enable_mergejoin;

-- A question reads a few blocks, where the whole values have about 50 and 100.
CREATE FUNCTION blocks(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE query;  -- what the catalogs have to say is known then
    EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF, FORMAT json) ' || query INTO plan;
    RETURN (plan->0->'Plan'->>'Shared Hit Blocks')::int + (plan->0->'Plan'->>'Shared Read Blocks')::int;
END
$$;
VACUUM ANALYZE stored;
SELECT kind, what, blocks(format('SELECT %s FROM stored, (SELECT 5 AS v OFFSET 0) p WHERE kind = %L', format(what, 'b'), kind)) < 25 AS few_blocks
  FROM stored, unnest('{rb_cardinality(%s),rb_is_empty(%s),rb_min(%s),rb_max(%s),%s @> v,"rb_rank(%s, v)","rb_index(%s, v)","rb_range_cardinality(%s, v, 200000)","rb_select(%s, 3, 4)"}'::text[]) what
 WHERE kind IN ('bitsets', 'many runs') ORDER BY 1, 2;
-- of many values as of one, and an expression that asks a value again and again reads it once
SELECT blocks('SELECT count(*) FROM generate_series(1, 1000) v WHERE (SELECT b FROM stored WHERE kind = ''bitsets'') @> v') < 150 AS once,
       blocks('SELECT count(*) FROM stored, generate_series(1, 1000) v WHERE kind = ''bitsets'' AND b @> v') < 150 AS in_a_join,
       blocks('SELECT sum(rb_and_cardinality(b, rb_build(ARRAY[v]))) FROM stored, generate_series(1, 1000) v WHERE kind = ''bitsets''') < 150 AS compared;

-- An UPDATE between two executions of a prepared plan, and its end by a rollback.
PREPARE ask AS SELECT kind, rb_cardinality(b), b @> 5, rb_max(b), rb_and_cardinality(b, '{3,5}') FROM stored WHERE kind IN ('all keys', 'bitsets') ORDER BY kind;
BEGIN;
EXECUTE ask;
UPDATE stored SET b = rb_add(rb_remove(b, 5), 3) WHERE kind = 'all keys';
EXECUTE ask;
SAVEPOINT s;
UPDATE stored SET b = rb_add(b, -1) WHERE kind = 'all keys';
EXECUTE ask;
ROLLBACK TO s;
EXECUTE ask;
ROLLBACK;
EXECUTE ask;
DEALLOCATE ask;
-- One expression of a function lives as long as the transaction, and sees each value that it is given.
CREATE FUNCTION follow(changes int) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    value roaringbitmap;
    size int8;
    found bool;
BEGIN
    FOR i IN 1..changes LOOP
        SELECT b INTO value FROM stored WHERE kind = 'bitsets';
        FOR k IN 1..8 LOOP
            size := rb_cardinality(value);
            found := value @> i;
        END LOOP;
        RETURN NEXT size || ' ' || found;
        BEGIN
            UPDATE stored SET b = rb_add(b, i) WHERE kind = 'bitsets';
            IF i % 2 = 0 THEN RAISE EXCEPTION 'undone'; END IF;
        EXCEPTION WHEN raise_exception THEN NULL;
        END;
    END LOOP;
END
$$;
BEGIN;
SELECT * FROM follow(5);
SELECT * FROM follow(2);
ROLLBACK;
-- a cursor goes on with what it saw first
BEGIN;
DECLARE old CURSOR FOR SELECT v, b @> v FROM stored, generate_series(1, 9) v WHERE kind = 'bitsets';
FETCH 4 FROM old;
UPDATE stored SET b = '{1,2,4,5,7}' WHERE kind = 'bitsets';
FETCH ALL FROM old;
ROLLBACK;

-- What an expression keeps is bounded, by work_mem too, and gone with its query: eight bitmaps of 5 MB, all pairs.
SET work_mem = '64MB';
CREATE TABLE large (b roaringbitmap);
INSERT INTO large
    SELECT rb_shiftright(whole, n * 65536)
      FROM (SELECT rb_or_agg(rb_shiftright(part, k * 5242880)) AS whole
              FROM (SELECT rb_build_agg(i * 13) AS part FROM generate_series(0, 400000) i) s, generate_series(0, 7) k) t, generate_series(0, 7) n;
WITH asked AS MATERIALIZED (SELECT sum(rb_and_cardinality(x.b, y.b)) > 0 AS found FROM large x, large y, generate_series(1, 2))
SELECT pg_size_pretty(octet_length(b::bytea)::int8), count(*), (SELECT found FROM asked),
       (SELECT sum(total_bytes) BETWEEN 20e6 AND 50e6 FROM pg_backend_memory_contexts WHERE name = 'pg_cdp kept values') AS bounded
  FROM large GROUP BY 1;
SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'pg_cdp kept values';
RESET work_mem;
-- a scan that asks each value once keeps none
WITH asked AS MATERIALIZED (SELECT count(*) AS found FROM large WHERE b @> 130000)
SELECT found, (SELECT sum(total_bytes) < 100000 FROM pg_backend_memory_contexts WHERE name = 'pg_cdp kept values') AS little FROM asked;
-- a parallel plan gives the same answers
RESET max_parallel_workers_per_gather;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE stored SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT sum(rb_cardinality(b)), sum(rb_rank(b, v)), count(*) FILTER (WHERE b @> v) FROM stored, generate_series(1, 70000, 7) v;
SELECT sum(rb_cardinality(b)), sum(rb_rank(b, v)), count(*) FILTER (WHERE b @> v) FROM stored, generate_series(1, 70000, 700) v;
SET max_parallel_workers_per_gather = 0;
SELECT sum(rb_cardinality(b)), sum(rb_rank(b, v)), count(*) FILTER (WHERE b @> v) FROM stored, generate_series(1, 70000, 700) v;

-- Wrong bytes on disk, past every check by a superuser's trick: by pieces the same outcome as in
-- memory, an answer or the error of the same name, but for what a question does not look at:
-- rb_is_empty looks at nothing but the size.
BEGIN;
ALTER EXTENSION pg_cdp DROP CAST (bytea AS roaringbitmap);
DROP CAST (bytea AS roaringbitmap);
CREATE CAST (bytea AS roaringbitmap) WITHOUT FUNCTION;
CREATE FUNCTION outcome(what text, relation text, number int, kind_of text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT (%s)::text FROM %s s, probe p WHERE v = 70000 AND n = $1 AND kind = $2', format(what, 's.b'), relation) INTO answer USING number, kind_of;
    RETURN coalesce(answer, 'null');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END
$$;
INSERT INTO probe VALUES (70000);
CREATE TABLE damage (n int, at int, bytes bytea);
INSERT INTO damage VALUES
    (1, 1, '\x00'), (2, 5, '\xffffffff'), (3, 3, '\xffff'), (4, 9, '\xffffffffffffffff'), (5, 20, '\x00000000'),
    (6, 30, '\xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'), (7, 60, '\x7f000000'), (8, 5000, '\x0000'), (9, 200, '\xffff0000ffff0000ffff'),
    (10, 2400, '\xffffffffffffffffffffffffffffffffffffffff');
CREATE TABLE wrong (n int, kind text, b roaringbitmap);
INSERT INTO wrong SELECT n, kind, overlay(b::bytea PLACING bytes FROM at)::roaringbitmap FROM damage, stored WHERE octet_length(b::bytea) > 9000;
INSERT INTO wrong SELECT n + 100, kind, substring(b::bytea FOR octet_length(b::bytea) * n / 10)::roaringbitmap FROM generate_series(1, 9) n, stored WHERE octet_length(b::bytea) BETWEEN 30000 AND 900000;
CREATE VIEW from_memory AS SELECT n, kind, substring((b::bytea || ''::bytea) FROM 1)::roaringbitmap AS b FROM wrong;
SELECT what, count(*) FILTER (WHERE a LIKE 'bitmap format is error%') AS errors, count(*) FILTER (WHERE a NOT LIKE 'bitmap format is error%') AS answers,
       count(*) FILTER (WHERE a <> m) AS differences
  FROM wrong w, question, outcome(what, 'wrong', n, kind) a, outcome(what, 'from_memory', n, kind) m
 WHERE what ~ 'cardinality.%s.$|is_empty|min|max|@> v|rank|index|range_card|select' GROUP BY what ORDER BY what COLLATE "C";
ROLLBACK;
DROP FUNCTION differences, pair_differences, blocks, follow;
DROP TABLE stored, extended, main, question, probe, large;
