-- Ranges, positions, shifts and chunks of roaringbitmap.
\set VERBOSITY terse
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

-- fill, clear, flip: half-open, in unsigned order
SELECT rb_fill('{}', 5, 7), rb_fill('{1,5}', 4, 7), rb_clear('{1,2,3}', 2, 3), rb_flip('{1,2,3}', 0, 5);
SELECT rb_fill('{}', -3, 2), rb_fill('{1}', 5, 5), rb_fill('{1}', 6, 5), rb_fill('{1}', -3, -1), rb_fill('{1}', 4294967298, 4294967299);
SELECT rb_fill('{1}', 4294967294, 9223372036854775807), rb_clear('{1,-1}', 4294967295, 9223372036854775807), rb_flip('{-1}', 4294967294, 4294967296);
SELECT rb_clear('{1,2}', 2, 2), rb_clear('{}', 0, 9), rb_flip('{1,2}', 3, 2), rb_flip('{}', 65535, 65537);
SELECT rb_fill(NULL, 1, 2), rb_fill('{}', NULL, 2), rb_clear(NULL, 1, 2), rb_flip('{}', 1, NULL);
SELECT rb_cardinality(b), octet_length(b::bytea) < 1000000 AS is_short FROM rb_fill('{}', 0, 4294967296) b;
SELECT rb_flip(rb_fill('{}', 0, 4294967296), 1, 4294967295), rb_clear(rb_flip('{}', 0, 4294967296), 3, 4294967296);
-- runs only where they are smaller
SET cdp.bitmap_output = 'bytea';
SELECT rb_fill('{}', 5, 7), rb_runoptimize('{1,2,3}'), rb_runoptimize('{1,2,3,4}');
SET cdp.bitmap_output = 'array';

-- range
SELECT rb_range('{1,2,3}', 2, 3), rb_range('{1,2,3}', 2, 10), rb_range('{1,2,3}', -5, 2), rb_range('{1,2,3}', 3, 3), rb_range('{1,-1}', 2147483648, 4294967296);
SELECT rb_range_cardinality('{1,2,3}', 2, 3), rb_range_cardinality('{1,2,3}', -5, 2), rb_range_cardinality('{1,2,3}', 3, 2), rb_range_cardinality('{}', 0, 9), rb_range_cardinality(NULL, 0, 9);
-- a start beyond the last value: the peer takes its low 32 bits
SELECT rb_range('{1,2,3}', 4294967298, 4294967296), rb_range_cardinality('{1,2,3}', 4294967298, 4294967296), rb_select('{1,2,3}', 5, 0, false, 4294967298);

-- select
SELECT rb_select('{1,2,3,4,5,6}', 2), rb_select('{1,2,3,4,5,6}', 2, 1), rb_select('{1,2,3,4,5,6}', 2, 1, true), rb_select('{1,2,3,4,5,6}', 9, 4), rb_select('{1,2,3,4,5,6}', 9, 6);
SELECT rb_select('{1,2,3}', 0), rb_select('{1,2,3}', -1), rb_select('{}', 5), rb_select(NULL, 5), rb_select('{1,2,3}', 2, NULL);
SELECT rb_select('{1,2,3,4,5,6}', 2, 0, false, 3, 6), rb_select('{1,2,3,4,5,6}', 2, 0, true, 3, 6), rb_select('{1,2,3,4,5,6}', range_start => 4, bitset_limit => 5);
SELECT rb_select('{1,-1}', 9223372036854775807, 1), rb_select('{1,-1}', 1, 9223372036854775807);
-- counted from the greatest, fewer left than the limit: the peer gives {1,2,3,4}
SELECT rb_select('{1,2,3,4,5,6}', 4, 5, true);
-- a negative offset is none: the peer takes it from the limit
SELECT rb_select('{1,2,3,4}', 3, -2);

-- positions
SELECT rb_rank('{1,5,-1}', 0), rb_rank('{1,5,-1}', 1), rb_rank('{1,5,-1}', 7), rb_rank('{1,5,-1}', -2), rb_rank('{1,5,-1}', -1), rb_rank('{}', 5), rb_rank(NULL, 5);
SELECT rb_index('{1,5,-1}', 1), rb_index('{1,5,-1}', -1), rb_index('{1,5,-1}', 2), rb_index('{}', 2), rb_index('{1}', NULL);

-- shifts
SELECT rb_shiftright('{1,2}', 3), rb_shiftright('{1,2}', -1), rb_shiftright('{1,2}', -2), rb_shiftright('{-1}', 1), rb_shiftright('{1}', 4294967294), rb_shiftright('{1}', 4294967295);
SELECT rb_shiftleft('{1,2}', 1), rb_shiftleft('{1,2}', -3), '{1,2}'::roaringbitmap >> 65535, '{65537,65538}'::roaringbitmap << 65536, rb_shiftright('{1}', NULL);
SELECT rb_shiftright('{1}', 9223372036854775807), rb_shiftright('{1}', (-9223372036854775808)::bigint), rb_shiftleft('{}', 5), rb_shiftright('{1,2}', 0);
SELECT rb_shiftleft('{1}', (-9223372036854775808)::bigint);
\set VERBOSITY sqlstate
SELECT rb_shiftleft('{1}', (-9223372036854775808)::bigint);
\set VERBOSITY terse

-- chunks
SELECT chunk, members FROM rb_chunks('{1,2,65535,65536,70000,-1}', 16);
SELECT * FROM rb_chunks('{1,2,3}', 0);
SELECT * FROM rb_chunks('{1,2,-1}', 31);
SELECT * FROM rb_chunks('{1,2,-1}', 32);
SELECT count(*) FROM rb_chunks('{}', 20);
SELECT count(*) FROM rb_chunks(NULL, 20);
SELECT * FROM rb_chunks('{1}', 33);
SELECT * FROM rb_chunks('{1}', -1);

-- over sets of every kind of container, against SQL over the rows
CREATE TABLE value (n int, v int8);
INSERT INTO value SELECT 1, i FROM generate_series(0, 140000, 9) i;
INSERT INTO value SELECT 2, i FROM generate_series(62000, 75000) i;
INSERT INTO value SELECT 3, i * 997 FROM generate_series(1, 2000) i;
INSERT INTO value SELECT 4, i FROM unnest('{0,1,65535,65536,2147483647,2147483648,4294967295}'::int8[]) i;
CREATE TABLE spread AS SELECT n, rb_runoptimize(rb_build_agg((v - CASE WHEN v >= 2147483648 THEN 4294967296 ELSE 0 END)::int4)) AS b FROM value GROUP BY n;
CREATE FUNCTION unsigned(v int4) RETURNS int8 LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN v < 0 THEN v + 4294967296 ELSE v::int8 END';
CREATE FUNCTION listed(b roaringbitmap) RETURNS int8[] LANGUAGE sql IMMUTABLE AS 'SELECT coalesce(array_agg(unsigned(v) ORDER BY unsigned(v)), ''{}'') FROM rb_iterate(b) v';
SELECT n, lo, hi,
       listed(rb_range(b, lo, hi)) = ARRAY(SELECT v FROM value x WHERE x.n = spread.n AND v >= lo AND v < hi ORDER BY v) AS range,
       listed(rb_clear(b, lo, hi)) = ARRAY(SELECT v FROM value x WHERE x.n = spread.n AND NOT (v >= lo AND v < hi) ORDER BY v) AS clear,
       rb_flip(b, lo, hi) = rb_andnot(rb_fill(b, lo, hi), rb_range(b, lo, hi)) AS flip,
       rb_fill(b, lo, hi) = (b | rb_fill('{}', lo, hi)) AS fill,
       rb_range_cardinality(b, lo, hi) = (SELECT count(*) FROM value x WHERE x.n = spread.n AND v >= lo AND v < hi) AS count,
       listed(rb_select(b, 1000, 77, false, lo, hi)) = ARRAY(SELECT v FROM value x WHERE x.n = spread.n AND v >= lo AND v < hi ORDER BY v OFFSET 77 LIMIT 1000) AS page,
       listed(rb_shiftright(b, lo)) = ARRAY(SELECT v + lo FROM value x WHERE x.n = spread.n AND v + lo < 4294967296 ORDER BY v) AS shiftright,
       listed(rb_shiftleft(b, hi)) = ARRAY(SELECT v - hi FROM value x WHERE x.n = spread.n AND v >= hi ORDER BY v) AS shiftleft
  FROM spread, (VALUES (0::int8, 65536::int8), (1, 65535), (65535, 131073), (70000, 70001), (100000, 4294967296)) r(lo, hi) ORDER BY n, lo, hi;
SELECT n, bits, (SELECT rb_or_agg(members) FROM rb_chunks(b, bits)) = b AS together,
       (SELECT bool_and(unsigned(v) >> bits = unsigned(chunk)) FROM rb_chunks(b, bits), rb_iterate(members) v) AS right_chunk
  FROM spread, unnest('{8,16,20,31,32}'::int4[]) bits ORDER BY n, bits;
DROP FUNCTION listed, unsigned;
DROP TABLE value, spread;
