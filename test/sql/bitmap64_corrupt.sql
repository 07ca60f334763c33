-- Stored 64-bit bytes that no door let in: reading them is an error or a wrong answer, never a crash.
\set VERBOSITY terse
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

-- Of a reader and a value: the SQLSTATE, or that there was an answer.
CREATE FUNCTION outcome64(reader text, value roaringbitmap64) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(answer) FROM (SELECT %s AS answer OFFSET 0) s', reader) USING value;
    RETURN 'answer';
EXCEPTION WHEN OTHERS THEN
    IF SQLERRM NOT LIKE 'bitmap format is error%' AND SQLERRM NOT LIKE '%out of range for type integer' THEN
        RAISE WARNING '% says %', reader, SQLERRM;
    END IF;
    RETURN SQLSTATE;
END
$$;
CREATE TABLE large AS SELECT rb64_build_agg(i * 1000003) AS b FROM generate_series(0::int8, 60000) i;
CREATE TABLE reader (what text);
INSERT INTO reader VALUES
    ('$1::text'), ('cdp.roaringbitmap64_send($1)'), ('cdp.roaringbitmap64($1::bytea)'), ('cdp.rb64_to_roaringbitmap($1)'),
    ('cdp.rb64_to_array($1)'), ('cdp.rb64_iterate($1)'), ('cdp.rb64_cardinality($1)'), ('cdp.rb64_is_empty($1)'),
    ('cdp.rb64_min($1)'), ('cdp.rb64_max($1)'), ('cdp.rb64_contains($1, 1)'), ('cdp.rb64_contains($1, 4294967297)'),
    ('cdp.rb64_rank($1, 5)'), ('cdp.rb64_index($1, 1)'), ('cdp.rb64_runoptimize($1)'), ('cdp.rb64_select($1, 1, 1)'),
    ('cdp.rb64_add($1, 5)'), ('cdp.rb64_remove($1, 5)'), ('cdp.rb64_shiftright($1, 5)');
INSERT INTO reader SELECT format('cdp.rb64_%s($1, 1, 4294967299)', f) FROM unnest('{fill,clear,flip,range,range_cardinality}'::text[]) f;
INSERT INTO reader
    SELECT format('cdp.rb64_%s(%s)', f, args)
      FROM unnest('{and,or,xor,andnot,and_cardinality,or_cardinality,xor_cardinality,andnot_cardinality,jaccard_dist,contains,containedby,intersect,equals,not_equals}'::text[]) f,
           unnest(ARRAY['$1, $1', '(SELECT b FROM large), $1']) args;
INSERT INTO reader
    SELECT format('(SELECT cdp.rb64_%s(x) FROM unnest(ARRAY[%s]) x)', f, args)
      FROM unnest('{or_agg,and_agg,xor_agg,or_cardinality_agg,and_cardinality_agg,xor_cardinality_agg}'::text[]) f,
           unnest(ARRAY['$1', '$1, $1', '(SELECT b FROM large), $1']) args;

INSERT INTO reader VALUES
    ('cdp.rb64_hash($1)'), ('cdp.rb64_hash_extended($1, 3)'), ('cdp.rb64_stats($1)'), ('cdp.rb64_sample($1, 2, 1)'), ('cdp.rb64_sample($1, 4000, 1)'),
    ('cdp.rb64_remap($1, ARRAY[1, 4294967297], ARRAY[2, 1])'), ('(SELECT count(*) FROM cdp.rb64_chunks($1, 8))'),
    ('(SELECT count(*) FROM cdp.rb64_chunks($1, 40))'), ('cdp._rb64_least($1)'), ('cdp._rb64_greatest($1)'), ('cdp._rb64_lookups($1)');
INSERT INTO reader
    SELECT format('cdp.rb64_%s(%s)', f, args)
      FROM unnest('{cmp,lt,le,gt,ge,jaccard}'::text[]) f, unnest(ARRAY['$1, $1', '(SELECT b FROM large), $1', '$1, (SELECT b FROM large)']) args;
INSERT INTO reader
    SELECT format('cdp.rb64_%s(ARRAY[(SELECT b FROM large), $1])', f)
      FROM unnest('{and_many,or_many,and_many_cardinality,or_many_cardinality}'::text[]) f;

BEGIN;
-- A superuser's trick past every check: a cast that takes the bytes as they are.
CREATE TABLE page (n int, b bytea);
INSERT INTO page VALUES
    (1, ''), (2, '\x01'), (3, '\x0100000000000000'), (4, '\xffffffffffffffff'), (5, '\x010000000000000000000000'),
    (6, '\x0100000000000000000000003a30000001000000000001001000000002000100'),                  -- out of order
    (7, '\x0100000000000000000000003a3000000100000000000000ffffffff0100'),                      -- offset far outside
    (8, '\x0100000000000000000000003a30000001000000000000000c0000000100'),                      -- offset into the header
    (9, '\x0100000000000000000000003a300000010000000000ff0f100000000100'),                      -- 4096 values in two bytes
    (10, ('\x0100000000000000000000003a30000001000000' || '0000ffff' || '10000000' || repeat('00', 8192))::bytea),  -- an empty full bitset
    (11, '\x0100000000000000010000003b3000000100000100ffff05000100'),                           -- runs missing
    (12, '\x0100000000000000010000003b30000001000001000100ffffffff'),                           -- a run past the end
    (13, '\x0200000000000000010000003a3000000100000000000000100000000000010000003a3000000100000000000000100000000000'),  -- a bucket twice
    (14, 'CDB64-01'::bytea), (15, 'CDB64-01\377\377\377\377'::bytea),
    (16, '\x0200000000000000000000003a3000000100000000000000100000000100'),                     -- a bucket missing
    (17, '\x0100000000000000000000003a3000000300000000000000010000000200000028000000280000002800000001000100');  -- containers in one place
ALTER EXTENSION pg_cdp DROP CAST (bytea AS roaringbitmap64);
DROP CAST (bytea AS roaringbitmap64);
CREATE CAST (bytea AS roaringbitmap64) WITHOUT FUNCTION;
CREATE TABLE corrupt AS SELECT n, b::roaringbitmap64 AS b FROM page;
SELECT n, outcome64('$1::text', b) AS text, outcome64('cdp.rb64_cardinality($1)', b) AS count, outcome64('cdp.rb64_iterate($1)', b) AS iterate,
       outcome64('cdp.rb64_or($1, $1)', b) AS operator, outcome64('(SELECT cdp.rb64_or_agg(x) FROM unnest(ARRAY[$1, $1]) x)', b) AS aggregate
  FROM corrupt ORDER BY n;
-- plans read constants too: what is wrong with one is found when the query comes to read it
CREATE TABLE keyed (id int8 PRIMARY KEY, narrow int4);
INSERT INTO keyed SELECT i, i FROM generate_series(-10, 70000) i;
ANALYZE keyed;
-- (a plan shows the constant, as bytes: to show a state that lies is to read it)
CREATE FUNCTION planned(b bytea) RETURNS text LANGUAGE plpgsql SET cdp.bitmap_output = 'bytea' AS $$
BEGIN
    EXECUTE format('EXPLAIN SELECT FROM keyed WHERE id <@ %L::bytea::cdp.roaringbitmap64', b);
    EXECUTE format('EXPLAIN SELECT FROM keyed WHERE %L::bytea::cdp.roaringbitmap64 @> narrow', b);
    EXECUTE format('EXPLAIN SELECT FROM cdp.rb64_iterate(%L::bytea::cdp.roaringbitmap64)', b);
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
    EXECUTE format('SELECT count(*) FROM keyed WHERE id <@ %L::bytea::cdp.roaringbitmap64', b) INTO rows;
    RETURN rows::text;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT n, planned(b), found(b, false) AS by_rows, found(b, true) AS by_index FROM page ORDER BY n;
SELECT what, count(*) FILTER (WHERE o = 'answer') AS answers, count(*) FILTER (WHERE o = '22004') AS malformed, count(*) FILTER (WHERE o = '22P02') AS invalid
  FROM reader, corrupt, outcome64(what, b) o GROUP BY what ORDER BY what COLLATE "C";
ROLLBACK;
-- the door is shut again
SELECT '\x01'::bytea::roaringbitmap64;
DROP TABLE large, reader;
DROP FUNCTION outcome64;
