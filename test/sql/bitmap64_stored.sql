-- 64-bit bitmaps stored out of line: kept by the expression that asks them again and again, and
-- always the same answer as from memory.
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';
CREATE TABLE stored (kind text PRIMARY KEY, b roaringbitmap64);
INSERT INTO stored VALUES
    ('empty', '{}'), ('one', '{-7}'),
    ('one bucket', (SELECT rb64_build_agg(i * 3) FROM generate_series(0, 199999) i)),
    ('many buckets', (SELECT rb64_build_agg(i * 1000003003) FROM generate_series(0::int8, 20000) i)),
    ('runs', (SELECT rb64_runoptimize(rb64_build_agg(i + i / 5 * 10 + i / 1000 * 4294967296)) FROM generate_series(0::int8, 40000) i)),
    ('both ends', rb64_fill(rb64_fill('{}', 0, 4400000000), -100000000, 0));
CREATE TABLE extended (LIKE stored);
ALTER TABLE extended ALTER b SET STORAGE extended;
INSERT INTO extended SELECT kind, b FROM stored;
SELECT kind, octet_length(b::bytea), pg_column_size(b) AS stored, pg_column_compression(e.b) AS extended FROM stored JOIN extended e USING (kind, b) ORDER BY kind;

CREATE TABLE question (what text);
INSERT INTO question VALUES
    ('rb64_cardinality(%s)'), ('rb64_is_empty(%s)'), ('rb64_min(%s)'), ('rb64_max(%s)'), ('rb64_contains(%s, v)'), ('%s @> v'), ('v <@ %s'),
    ('rb64_rank(%s, v)'), ('rb64_index(%s, v)'), ('rb64_range_cardinality(%s, 5, v)'), ('rb64_select(%s, 3, 5, true, 0, v)'),
    ('rb64_and_cardinality(%s, ''{1,5,70000}'')'), ('rb64_or_cardinality(''{1,5,70000}'', %s)'), ('rb64_xor_cardinality(%1$s, %1$s)'),
    ('rb64_andnot_cardinality(%1$s, rb64_range(%1$s, 0, v))'), ('rb64_contains(%s, rb64_build(ARRAY[v]))'), ('rb64_equals(%s, rb64_add(%1$s, v))'),
    ('rb64_intersect(%s, rb64_build(ARRAY[v, v + 1]))'), ('rb64_jaccard_dist(%s, ''{5,6,7}'')');
CREATE TABLE probe (v int8);
INSERT INTO probe VALUES (5), (0), (199998), (4294967296), (4294967297), (20000060060), (20000060061), (-1), (-7), (-100000000), (4399999999);
-- How many answers differ between the values of a table and the same values in memory.
CREATE FUNCTION differences(what text, relation regclass, probes int) RETURNS int8 LANGUAGE plpgsql AS $$
DECLARE
    answer int8;
BEGIN
    EXECUTE format('WITH memory AS MATERIALIZED (SELECT kind, roaringbitmap64(b::bytea) AS b FROM %s)
                    SELECT count(*) FROM (SELECT v FROM probe LIMIT %s) p, %s s JOIN memory m USING (kind)
                     WHERE (%s)::text IS DISTINCT FROM (%s)::text', relation, probes, relation, format(what, 's.b'), format(what, 'm.b')) INTO answer;
    RETURN answer;
END
$$;
SET max_parallel_workers_per_gather = 0;
SELECT relation, probes, count(*) AS questions, sum(differences(what, relation, probes)) AS differences
  FROM question, unnest('{stored,extended}'::regclass[]) relation, unnest('{1,11}'::int[]) probes GROUP BY 1, 2 ORDER BY 1, 2;
-- two stored bitmaps at once
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE rb64_and_cardinality(a.b, c.b) <> rb64_cardinality(rb64_and(a.b, c.b)) OR rb64_or_cardinality(a.b, c.b) <> rb64_cardinality(rb64_or(a.b, c.b))
                           OR rb64_contains(a.b, c.b) <> rb64_is_empty(rb64_andnot(c.b, a.b)) OR rb64_intersect(a.b, c.b) = rb64_is_empty(rb64_and(a.b, c.b))) AS differences
  FROM stored a, stored c;

-- Each value that an expression of a function is given, changed or brought back by a rollback, is
-- asked, not the one that was kept before.
CREATE FUNCTION follow(changes int) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    value roaringbitmap64;
    found bool;
BEGIN
    FOR i IN 1..changes LOOP
        SELECT b INTO value FROM stored WHERE kind = 'many buckets';
        FOR k IN 1..4 LOOP
            found := value @> i;
        END LOOP;
        RETURN NEXT rb64_cardinality(value) || ' ' || found;
        BEGIN
            UPDATE stored SET b = rb64_add(b, i + 1) WHERE kind = 'many buckets';
            IF i % 2 = 0 THEN RAISE EXCEPTION 'undone'; END IF;
        EXCEPTION WHEN raise_exception THEN NULL;
        END;
    END LOOP;
END
$$;
BEGIN;
SELECT * FROM follow(6);
ROLLBACK;
-- what is worked out about a kept value goes with it
SELECT sum((b @> (v * 1000003003))::int) AS found FROM stored, generate_series(0::int8, 30000) v WHERE kind IN ('many buckets', 'runs');
SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'pg_cdp kept values';
DROP FUNCTION differences, follow;
DROP TABLE stored, extended, question, probe;
