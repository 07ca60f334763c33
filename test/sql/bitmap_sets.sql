-- Many bitmaps at once, samples, replacements, statistics; order, hash and what stands on them.
\set VERBOSITY terse
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

-- casts
SELECT ARRAY[3, 1, 3, -1]::roaringbitmap, '{3,1,-1}'::roaringbitmap::int4[], NULL::int4[]::roaringbitmap, '{}'::int4[]::roaringbitmap;
SELECT ARRAY[1, NULL]::roaringbitmap;

-- many
SELECT rb_and_many(b), rb_or_many(b), rb_and_many_cardinality(b), rb_or_many_cardinality(b)
  FROM (VALUES (ARRAY['{1,2,3}', '{2,3}', '{3,2,70000}']::roaringbitmap[]), (ARRAY['{1,2}', '{}']::roaringbitmap[]), (ARRAY['{1,2}']::roaringbitmap[]),
               (ARRAY['{1,2}', NULL, '{2}']::roaringbitmap[]), (ARRAY[NULL]::roaringbitmap[]), ('{}'), (NULL)) v(b);
SELECT rb_and_many(ARRAY[ARRAY['{1,2}', '{2}'], ARRAY['{2,5}', '{2}']]::roaringbitmap[]);
CREATE TABLE multiple AS
    SELECT n, rb_build_agg(i) AS b FROM generate_series(1, 20) n, generate_series(0, 300000, n) i GROUP BY n;
SELECT rb_and_many(array_agg(b)) = rb_and_agg(b) AS and_many, rb_or_many(array_agg(b)) = rb_or_agg(b) AS or_many,
       rb_and_many_cardinality(array_agg(b)) = rb_and_cardinality_agg(b) AS and_count,
       rb_or_many_cardinality(array_agg(b)) = rb_or_cardinality_agg(b) AS or_count
  FROM multiple WHERE n BETWEEN 2 AND 7;

-- likeness
SELECT rb_jaccard('{1,2,3}', '{2,3,4}'), rb_jaccard('{}', '{}'), rb_jaccard('{1}', '{}'), rb_jaccard('{1}', '{1}'), rb_jaccard('{1}', NULL);
SELECT rb_jaccard_dist('{1,2,3}', '{2,3,4}'), rb_jaccard_dist('{}', '{}'), rb_jaccard_dist('{1}', '{}'), rb_jaccard_dist(NULL, '{}');

-- samples
SELECT rb_sample('{1,2,3}', 0, 1), rb_sample('{1,2,3}', 3, 1), rb_sample('{1,2,3}', 99, 1), rb_sample('{}', 5, 1), rb_sample(NULL, 5, 1), rb_sample('{1}', 1, NULL);
SELECT rb_sample('{1,2,3}', -1, 1);
SELECT rb_sample(rb_fill('{}', 0, 1000), 5, 42) AS written_down_once;
SELECT rb_cardinality(s) AS drawn, b @> s AS members, s = rb_sample(rb_runoptimize(b), 1000, 7) AS repeatable, s <> rb_sample(b, 1000, 8) AS by_seed
  FROM (SELECT b, rb_sample(b, 1000, 7) AS s FROM multiple WHERE n = 3) x;
-- each of a hundred values about as often as any other: 300 times, give or take
SELECT count(*), min(times) > 240, max(times) < 360
  FROM (SELECT v, count(*) AS times FROM generate_series(1, 1000) seed, rb_iterate(rb_sample(rb_fill('{}', 0, 100), 30, seed)) v GROUP BY v) x;

-- replacements
SELECT rb_remap('{1,2,3}', '{1,2}', '{2,9}'), rb_remap('{1,2}', '{1,2}', '{2,1}'), rb_remap('{1,2,3}', '{1,2}', '{3,3}'), rb_remap('{1}', '{}', '{}'), rb_remap('{}', '{1}', '{2}');
SELECT rb_remap('{-1}', '{-1}', '{-2}'), rb_remap('{1}', '{1,1}', '{5,5}'), rb_remap(NULL, '{1}', '{1}'), rb_remap('{1}', NULL, '{1}');
SELECT rb_remap('{1}', '{1,1}', '{5,6}');
SELECT rb_remap('{1}', '{1,2}', '{5}');
SELECT rb_remap('{1}', '{NULL}', '{5}');
\set VERBOSITY sqlstate
SELECT rb_remap('{1}', '{1,1}', '{5,6}');
SELECT rb_remap('{1}', '{1,2}', '{5}');
SELECT rb_sample('{1,2,3}', -1, 1);
\set VERBOSITY terse

-- statistics
SELECT jsonb_pretty(rb_stats(rb_fill('{1,3,70000,-1}', 131072, 400000)));
SELECT rb_stats('{}'), rb_stats(NULL);

-- order: the ascending values as words of a dictionary
SELECT array_agg(v ORDER BY v) FROM (VALUES ('{2}'::roaringbitmap), ('{}'), ('{1,2}'), ('{-1}'), ('{1}'), ('{1,-1}'), ('{1,70000}'), ('{0,5}')) x(v);
SELECT a.v, b.v, a.v < b.v AS lt, a.v <= b.v AS le, a.v = b.v AS eq, a.v >= b.v AS ge, a.v > b.v AS gt, rb_cmp(a.v, b.v)
  FROM (VALUES ('{1}'::roaringbitmap), ('{1,2}'), (NULL)) a(v), (VALUES ('{1}'::roaringbitmap), ('{2}')) b(v);
-- by content: the same sets as arrays and as runs are one
CREATE TABLE twice AS SELECT n, b FROM multiple UNION ALL SELECT n, rb_build(rb_to_array(b)) FROM multiple;
SELECT count(DISTINCT b), count(DISTINCT b::bytea) > 20 AS in_other_bytes FROM twice;
SELECT count(*) FROM (SELECT b FROM twice GROUP BY b) x;
SELECT count(*) FROM (SELECT b FROM multiple UNION SELECT b FROM twice) x;
SELECT bool_and(rb_hash(b) = rb_hash(rb_runoptimize(b)) AND rb_hash_extended(b, 5) = rb_hash_extended(rb_runoptimize(b), 5)
                AND (rb_hash_extended(b, 0) & 4294967295) = (rb_hash(b)::int8 & 4294967295)) AS hashes
  FROM multiple;
ANALYZE twice;
SET enable_mergejoin = off; SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM twice x JOIN twice y USING (b);
SELECT count(*) FROM twice x JOIN twice y USING (b);
SET enable_mergejoin = on; SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM twice x JOIN twice y USING (b);
SELECT count(*) FROM twice x JOIN twice y USING (b);
RESET enable_mergejoin; RESET enable_hashjoin; RESET enable_nestloop;
-- indexes of both kinds, for short sets
CREATE TABLE short AS SELECT i, rb_build(ARRAY[i, i * 7]) AS b FROM generate_series(1, 2000) i;
CREATE INDEX ON short (b);
CREATE INDEX short_hash ON short USING hash (b);
ANALYZE short;
SET enable_seqscan = off;
SELECT i FROM short WHERE b = '{70,10}';
SELECT i FROM short WHERE b < '{3}' ORDER BY b;
DROP INDEX short_b_idx;
EXPLAIN (COSTS OFF) SELECT i FROM short WHERE b = '{70,10}';
SELECT i FROM short WHERE b = '{70,10}';
RESET enable_seqscan;
CREATE UNIQUE INDEX ON short (b);
INSERT INTO short VALUES (0, rb_runoptimize('{7,1}'));
-- partitions by hash
CREATE TABLE part (b roaringbitmap) PARTITION BY HASH (b);
CREATE TABLE part_0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO part SELECT b FROM twice;
SELECT count(DISTINCT b) = (SELECT count(DISTINCT b) FROM part_0) + (SELECT count(DISTINCT b) FROM part_1) AS apart FROM part;

-- packed, and back; nobody takes nothing
SELECT b AS bitmap, p AS packed, _rb_unpack(p) = b AS same, ARRAY(SELECT _rb_packed_place(p, v) FROM unnest('{-1,0,3,70000}'::int[]) AS v) AS places
  FROM (SELECT b, _rb_pack(b) AS p FROM unnest('{"{}","{0}","{3,5,9,70000,-1}"}'::roaringbitmap[]) AS b OFFSET 0) AS s;
SELECT octet_length(_rb_pack(b)) AS bytes, _rb_unpack(_rb_pack(b)) = b AS same, _rb_packed_place(_rb_pack(b), 99900) AS place
  FROM (SELECT rb_fill('{}', 0, 1000000) AS b UNION ALL SELECT rb_build_agg(i) FROM generate_series(0, 999999, 100) AS i) AS s;
SELECT _rb_unpack('x');
SELECT _rb_packed_place(_rb_pack('{1}') || 'x'::bytea, 1);

-- every limit is a clear error
SELECT rb_to_array(rb_fill('{}', 0, 4294967296));
\set VERBOSITY sqlstate
SELECT rb_to_array(rb_fill('{}', 0, 200000000));
\set VERBOSITY terse
DROP TABLE multiple, twice, short, part;
