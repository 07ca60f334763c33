-- Stored bytes that no door let in: reading them is an error or a wrong answer, never a crash.
\set VERBOSITY terse
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

-- Of a reader and a value: the SQLSTATE, or that there was an answer.
CREATE FUNCTION outcome(reader text, value roaringbitmap) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(answer) FROM (SELECT %s AS answer OFFSET 0) s', reader) USING value;
    RETURN 'answer';
EXCEPTION WHEN OTHERS THEN
    IF SQLERRM NOT LIKE 'bitmap format is error%' THEN
        RAISE WARNING '% says %', reader, SQLERRM;
    END IF;
    RETURN SQLSTATE;
END
$$;
CREATE TABLE reader (what text);
INSERT INTO reader VALUES
    ('$1::text'), ('cdp.roaringbitmap_send($1)'), ('cdp.roaringbitmap($1::bytea)'),
    ('cdp.rb_to_array($1)'), ('cdp.rb_iterate($1)'), ('cdp.rb_cardinality($1)'), ('cdp.rb_is_empty($1)'),
    ('cdp.rb_min($1)'), ('cdp.rb_max($1)'), ('cdp.rb_contains($1, 1)'), ('cdp.rb_contains($1, 70000)'),
    ('cdp.rb_add($1, 5)'), ('cdp.rb_remove($1, 5)');
INSERT INTO reader
    SELECT format('cdp.rb_%s(%s)', f, args)
      FROM unnest('{and,or,xor,andnot,and_cardinality,or_cardinality,xor_cardinality,andnot_cardinality,contains,containedby,intersect,equals,not_equals}'::text[]) f,
           unnest(ARRAY['$1, $1', '$1, ''{1,2,70000}''::cdp.roaringbitmap', '(SELECT b FROM large), $1']) args;
INSERT INTO reader VALUES
    ('cdp.rb_fill($1, 3, 70000)'), ('cdp.rb_clear($1, 3, 70000)'), ('cdp.rb_flip($1, 3, 70000)'), ('cdp.rb_range($1, 0, 70000)'),
    ('cdp.rb_range_cardinality($1, 0, 70000)'), ('cdp.rb_select($1, 5, 1, true)'), ('cdp.rb_rank($1, 70000)'), ('cdp.rb_index($1, 1)'),
    ('cdp.rb_shiftright($1, 5)'), ('cdp.rb_shiftleft($1, 65536)'), ('cdp.rb_runoptimize($1)'), ('cdp.rb_stats($1)'),
    ('cdp.rb_sample($1, 1, 1)'), ('cdp.rb_remap($1, ''{1}'', ''{2}'')'), ('cdp.rb_hash($1)'), ('cdp.rb_hash_extended($1, 5)'),
    ('cdp._rb_least($1)'), ('cdp._rb_greatest($1)'), ('(SELECT count(x) FROM cdp.rb_chunks($1, 16) x)');
INSERT INTO reader
    SELECT format('cdp.rb_%s(%s)', f, args)
      FROM unnest('{cmp,lt,le,gt,ge,jaccard,jaccard_dist}'::text[]) f, unnest(ARRAY['$1, $1', '(SELECT b FROM large), $1']) args;
INSERT INTO reader
    SELECT format('cdp.rb_%s(ARRAY[$1, (SELECT b FROM large)])', f) FROM unnest('{and_many,or_many,and_many_cardinality,or_many_cardinality}'::text[]) f;
INSERT INTO reader
    SELECT format('(SELECT cdp.rb_%s(x) FROM unnest(ARRAY[%s]) x)', f, args)
      FROM unnest('{or_agg,and_agg,xor_agg,or_cardinality_agg,and_cardinality_agg,xor_cardinality_agg}'::text[]) f,
           unnest(ARRAY['$1', '$1, $1', '(SELECT b FROM large), $1', '$1, (SELECT b FROM large)']) args;
CREATE TABLE large AS SELECT rb_build_agg(i) AS b FROM generate_series(0, 200000, 3) i;

BEGIN;
-- A superuser's trick past every check: a cast that takes the bytes as they are.
CREATE TABLE page (n int, b bytea);
INSERT INTO page VALUES
    (1, ''), (2, '\x3a'), (3, '\x3a300000'), (4, '\x3a300000ffffffff'), (5, '\x3b30ffff00'),
    (6, '\x3a30000001000000000001001000000002000100'),                  -- out of order
    (7, '\x3a3000000100000000000000ffffffff0100'),                      -- offset far outside
    (8, '\x3a30000001000000000000000c0000000100'),                      -- offset into the header
    (9, '\x3a300000010000000000ff0f100000000100'),                      -- 4096 values in two bytes
    (10, '\x3a300000010000000000ffff100000000100'),                     -- a bitset in two bytes
    (11, ('\x3a30000001000000' || '0000ffff' || '10000000' || repeat('00', 8192))::bytea),  -- an empty full bitset
    (12, ('\x3a30000001000000' || '00000010' || '10000000' || repeat('ff', 8192))::bytea),  -- a full one of 4097
    (13, '\x3b30000001000000000000'),                                   -- no runs
    (14, '\x3b3000000100000100ffff05000100'),                           -- runs missing
    (15, '\x3b30000001000001000100ffffffff'),                           -- a run past the end
    (16, '\x3b30000001000001000200050001000500ffff'),                   -- runs that overlap
    (17, '\x3a3000000200000001000000000000001800000018000000010001000100'),  -- keys backwards
    (18, 'CDB1'::bytea), (19, 'CDB1\377\377\377\377'::bytea), (20, '\x00000000'),
    (21, '\x3a30000002000000010000000100000018000000180000000100');     -- the same key twice
ALTER EXTENSION pg_cdp DROP CAST (bytea AS roaringbitmap);
DROP CAST (bytea AS roaringbitmap);
CREATE CAST (bytea AS roaringbitmap) WITHOUT FUNCTION;
CREATE TABLE corrupt AS SELECT n, b::roaringbitmap AS b FROM page;
SELECT n, outcome('$1::text', b) AS text, outcome('cdp.rb_cardinality($1)', b) AS count, outcome('cdp.rb_iterate($1)', b) AS iterate,
       outcome('cdp.rb_or($1, $1)', b) AS operator, outcome('(SELECT cdp.rb_or_agg(x) FROM unnest(ARRAY[$1, $1]) x)', b) AS aggregate
  FROM corrupt ORDER BY n;
-- plans read constants too: what is wrong with one is found when the query comes to read it
CREATE TABLE keyed (id int4 PRIMARY KEY, narrow int4);
INSERT INTO keyed SELECT i, i FROM generate_series(-10, 70000) i;
ANALYZE keyed;
-- (a plan shows the constant, as bytes: to show a state that lies is to read it)
CREATE FUNCTION planned(b bytea) RETURNS text LANGUAGE plpgsql SET cdp.bitmap_output = 'bytea' AS $$
BEGIN
    EXECUTE format('EXPLAIN SELECT FROM keyed WHERE id <@ %L::bytea::cdp.roaringbitmap', b);
    EXECUTE format('EXPLAIN SELECT FROM keyed WHERE %L::bytea::cdp.roaringbitmap @> narrow', b);
    EXECUTE format('EXPLAIN SELECT FROM cdp.rb_iterate(%L::bytea::cdp.roaringbitmap)', b);
    RETURN 'planned';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION found(b bytea, by_index bool) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rows int8;
BEGIN
    PERFORM set_config('enable_seqscan', (NOT by_index)::text, true), set_config('enable_indexscan', by_index::text, true),
            set_config('enable_indexonlyscan', by_index::text, true), set_config('enable_bitmapscan', by_index::text, true);
    EXECUTE format('SELECT count(*) FROM keyed WHERE id <@ %L::bytea::cdp.roaringbitmap', b) INTO rows;
    RETURN rows::text;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT n, planned(b), found(b, false) AS by_rows, found(b, true) AS by_index FROM page ORDER BY n;
-- whole values get past no door, no operator that makes a value, and no aggregate
SELECT what, count(*) FILTER (WHERE o = 'answer') AS answers, count(*) FILTER (WHERE o = '22004') AS malformed, count(*) FILTER (WHERE o = '22P02') AS invalid
  FROM reader, corrupt, outcome(what, b) o GROUP BY what ORDER BY what COLLATE "C";
-- an error in the middle of an aggregate leaves no memory behind: a thousand of them, with a large
-- state each
CREATE FUNCTION session_bytes() RETURNS int8 LANGUAGE sql AS $$
    SELECT total_bytes FROM pg_backend_memory_contexts WHERE name = 'TopMemoryContext' $$;
CREATE FUNCTION fail_often(times int) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(DISTINCT o, ' ')
      FROM corrupt, generate_series(1, times),
           outcome('(SELECT cdp.rb_or_agg(x) FROM unnest(ARRAY[(SELECT b FROM large), $1]) x)', b) o
     WHERE n = 6 $$;
SELECT fail_often(10);
SELECT session_bytes() AS before \gset
SELECT fail_often(1000);
SELECT session_bytes() - :before AS growth;
ROLLBACK;
-- the door is shut again
SELECT '\x3a30'::bytea::roaringbitmap;
