-- Many 64-bit bitmaps at once, samples, replacements, statistics, chunks; order, hash and what stands on them.
\set VERBOSITY terse
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

-- many
SELECT rb64_and_many(b), rb64_or_many(b), rb64_and_many_cardinality(b), rb64_or_many_cardinality(b)
  FROM (VALUES (ARRAY['{1,2,30000000000}', '{2,30000000000}', '{30000000000,2,-1}']::roaringbitmap64[]), (ARRAY['{1,2}', '{}']::roaringbitmap64[]),
               (ARRAY['{1,-2}']::roaringbitmap64[]), (ARRAY['{1,2}', NULL, '{2}']::roaringbitmap64[]), (ARRAY[NULL]::roaringbitmap64[]), ('{}'), (NULL)) v(b);
CREATE TABLE multiple AS
    SELECT n, rb64_build_agg(i * 40001 - 3000000000) AS b FROM generate_series(1, 20) n, generate_series(0::int8, 200000, n) i GROUP BY n;
SELECT rb64_and_many(array_agg(b)) = rb64_and_agg(b) AS and_many, rb64_or_many(array_agg(b)) = rb64_or_agg(b) AS or_many,
       rb64_and_many_cardinality(array_agg(b)) = rb64_and_cardinality_agg(b) AS and_count,
       rb64_or_many_cardinality(array_agg(b)) = rb64_or_cardinality_agg(b) AS or_count
  FROM multiple WHERE n BETWEEN 2 AND 7;
-- likeness
SELECT rb64_jaccard('{1,2,3}', '{2,3,4}'), rb64_jaccard('{}', '{}'), rb64_jaccard('{1}', '{}'), rb64_jaccard('{-1}', '{-1}'), rb64_jaccard('{1}', NULL);

-- samples
SELECT rb64_sample('{1,2,-3}', 0, 1), rb64_sample('{1,2,-3}', 3, 1), rb64_sample('{1,2,-3}', 99, 1), rb64_sample('{}', 5, 1), rb64_sample(NULL, 5, 1), rb64_sample('{1}', 1, NULL);
SELECT rb64_sample('{1,2,3}', -1, 1);
SELECT rb64_sample(rb64_fill('{}', 0, 1000), 5, 42) AS written_down_once,
       rb64_sample(rb64_fill('{}', 0, 1000), 5, 42) = rb_sample(rb_fill('{}', 0, 1000), 5, 42)::roaringbitmap64 AS as_of_32_bits;
SELECT rb64_cardinality(s) AS drawn, b @> s AS members, s = rb64_sample(rb64_runoptimize(b), 1000, 7) AS repeatable, s <> rb64_sample(b, 1000, 8) AS by_seed
  FROM (SELECT b, rb64_sample(b, 1000, 7) AS s FROM multiple WHERE n = 3) x;
-- more values than there are 32-bit numbers; nothing is unpacked for it
SELECT rb64_cardinality(rb64_sample(b, 10, 1)), rb64_cardinality(rb64_sample(b, 9999999990, 1)) FROM rb64_fill('{}', 0, 10000000000) b;

-- replacements
SELECT rb64_remap('{1,2,3}', '{1,2}', '{2,-9}'), rb64_remap('{1,-2}', '{1,-2}', '{-2,1}'), rb64_remap('{1,2,3}', '{1,2}', '{30000000000,30000000000}'), rb64_remap('{1}', '{}', '{}'), rb64_remap('{}', '{1}', '{2}');
SELECT rb64_remap('{1}', '{1,1}', '{5,5}'), rb64_remap(NULL, '{1}', '{1}'), rb64_remap('{1}', NULL, '{1}');
SELECT rb64_remap('{1}', '{-1,-1}', '{5,6}');
SELECT rb64_remap('{1}', '{1,2}', '{5}');
SELECT rb64_remap('{1}', '{NULL}', '{5}');
SELECT bool_and(rb64_remap(b, old, new) = (b - rb64_build(old)) | rb64_build(new)) AS same
  FROM (SELECT b, ARRAY[rb64_min(b), rb64_max(b)] AS old, ARRAY[-1, 70000000000]::int8[] AS new FROM multiple) x;

-- statistics
SELECT jsonb_pretty(rb64_stats(rb64_fill('{1,3,70000,-1}', 8589934592, 8590334592)));
SELECT rb64_stats('{}'), rb64_stats(NULL);

-- chunks
SELECT * FROM rb64_chunks('{1,2,70000,4294967296,-1}', 16);
SELECT bits, array_agg(chunk) AS chunks, count(*) FROM generate_series(0, 64, 16) bits, rb64_chunks('{1,2,70000,4294967296,-1,-2}', bits) GROUP BY bits ORDER BY bits;
SELECT bits, rb64_or_agg(members) = (SELECT b FROM multiple WHERE n = 20) AS together_again, count(*) = count(DISTINCT chunk) AS each_once
  FROM multiple, unnest('{0,9,20,31,32,33,50,64}'::int4[]) bits, rb64_chunks(b, bits) WHERE n = 20 GROUP BY bits ORDER BY bits;
SELECT * FROM rb64_chunks('{}', 20);
SELECT * FROM rb64_chunks(NULL, 20);
SELECT * FROM rb64_chunks('{1}', 65);
SELECT * FROM rb64_chunks('{1}', -1);
\set VERBOSITY sqlstate
SELECT rb64_remap('{1}', '{1,1}', '{5,6}');
SELECT rb64_sample('{1,2,3}', -1, 1);
SELECT * FROM rb64_chunks('{1}', 65);
\set VERBOSITY terse

-- order: the ascending values as words of a dictionary
SELECT array_agg(v ORDER BY v) FROM (VALUES ('{2}'::roaringbitmap64), ('{}'), ('{1,2}'), ('{-1}'), ('{1}'), ('{1,-1}'), ('{1,4294967297}'), ('{0,5}'), ('{4294967296}')) x(v);
SELECT a.v, b.v, a.v < b.v AS lt, a.v <= b.v AS le, a.v = b.v AS eq, a.v >= b.v AS ge, a.v > b.v AS gt, rb64_cmp(a.v, b.v)
  FROM (VALUES ('{1}'::roaringbitmap64), ('{1,4294967297}'), (NULL)) a(v), (VALUES ('{1}'::roaringbitmap64), ('{4294967297}')) b(v);
-- by content: the same sets as arrays and as runs are one
CREATE TABLE twice AS SELECT n, b FROM (SELECT n, rb64_fill(b, n, n * 100) AS b FROM multiple) x UNION ALL
    SELECT n, rb64_runoptimize(rb64_fill(b, n, n * 100)) FROM multiple;
SELECT count(DISTINCT b), count(DISTINCT b::bytea) >= 20 AS bytes FROM twice;
SELECT count(*) FROM (SELECT b FROM twice GROUP BY b) x;
SELECT count(*) FROM (SELECT b FROM twice UNION SELECT b FROM twice) x;
SELECT bool_and(rb64_hash(b) = rb64_hash(rb64_runoptimize(b)) AND rb64_hash_extended(b, 5) = rb64_hash_extended(rb64_runoptimize(b), 5)
                AND (rb64_hash_extended(b, 0) & 4294967295) = (rb64_hash(b)::int8 & 4294967295)) AS hashes
  FROM twice;
ANALYZE twice;
SET enable_mergejoin = off; SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM twice x JOIN twice y USING (b);
SELECT count(*) FROM twice x JOIN twice y USING (b);
SET enable_mergejoin = on; SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM twice x JOIN twice y USING (b);
SELECT count(*) FROM twice x JOIN twice y USING (b);
RESET enable_mergejoin; RESET enable_hashjoin; RESET enable_nestloop;
-- indexes of both kinds, for short sets
CREATE TABLE short AS SELECT i, rb64_build(ARRAY[i, i * 70000000000]) AS b FROM generate_series(1, 2000) i;
CREATE INDEX ON short (b);
CREATE INDEX short_hash ON short USING hash (b);
ANALYZE short;
SET enable_seqscan = off;
SELECT i FROM short WHERE b = '{700000000000,10}';
SELECT i FROM short WHERE b < '{3}' ORDER BY b;
DROP INDEX short_b_idx;
EXPLAIN (COSTS OFF) SELECT i FROM short WHERE b = '{700000000000,10}';
SELECT i FROM short WHERE b = '{700000000000,10}';
RESET enable_seqscan;
CREATE UNIQUE INDEX ON short (b);
INSERT INTO short VALUES (0, rb64_runoptimize('{70000000000,1}'));
-- partitions by hash
CREATE TABLE part (b roaringbitmap64) PARTITION BY HASH (b);
CREATE TABLE part_0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO part SELECT b FROM twice;
SELECT count(DISTINCT b) = (SELECT count(DISTINCT b) FROM part_0) + (SELECT count(DISTINCT b) FROM part_1) AS apart FROM part;
DROP TABLE multiple, twice, short, part;
