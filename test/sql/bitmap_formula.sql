-- Counts of nested set operations: the planner makes one call of them, which counts the same.
SET search_path = cdp, public;
CREATE TABLE tag (n int, b roaringbitmap, w roaringbitmap64);
ALTER TABLE tag ALTER b SET STORAGE EXTERNAL, ALTER w SET STORAGE EXTERNAL;
INSERT INTO tag
    SELECT n, rb_build_agg((i * (n % 4 + 1) + n * 1000) % 400000),
           rb64_build_agg((i * (n % 4 + 1) + n * 1000) % 400000 * (n % 3 * 100000 + 1::int8))
      FROM generate_series(1, 9) n, generate_series(1, 200 * n * n) i GROUP BY n;
INSERT INTO tag VALUES (10, rb_fill('{}', 60000, 150000), rb64_fill('{}', 60000, 150000)), (11, '{}', '{}'), (12, NULL, NULL);
CREATE TABLE four AS
    SELECT i AS n, x.b AS a, y.b AS b, z.b AS c, v.b AS d, x.w AS aw, y.w AS bw, z.w AS cw, v.w AS dw
      FROM generate_series(1, 60) i JOIN tag x ON x.n = i % 12 + 1 JOIN tag y ON y.n = i * 5 % 11 + 1
      JOIN tag z ON z.n = i * 7 % 12 + 1 JOIN tag v ON v.n = i * 3 % 10 + 1;

-- what plans show: two operands have a function of their own, more a formula
EXPLAIN (VERBOSE, COSTS OFF) SELECT rb_cardinality(a & b), rb_cardinality(rb_or(a, b)), rb_cardinality(a # b), rb_cardinality(a - b) FROM four;
EXPLAIN (VERBOSE, COSTS OFF) SELECT rb_cardinality(rb_andnot(rb_and(rb_or(a, b), c), d)) FROM four;
EXPLAIN (VERBOSE, COSTS OFF) SELECT rb_cardinality(((a | b) & c) - d) FROM four WHERE rb_and_cardinality(a - b, b # (c - '{1,2}')) > 5;
EXPLAIN (VERBOSE, COSTS OFF) SELECT rb_or_cardinality(a, b & c), rb_xor_cardinality(a | b, c), rb_andnot_cardinality(a, b | c) FROM four;
EXPLAIN (VERBOSE, COSTS OFF) SELECT rb64_cardinality(((aw | bw) & cw) - dw), rb64_and_cardinality(aw, bw), rb64_cardinality(aw & bw) FROM four;
-- the same operand once, unless it may change between two calls
EXPLAIN (VERBOSE, COSTS OFF) SELECT rb_cardinality((a | b) - (a & b)) FROM four;
CREATE FUNCTION changing() RETURNS roaringbitmap VOLATILE LANGUAGE sql AS 'SELECT rb_build(ARRAY[(random() * 100)::int4])';
EXPLAIN (VERBOSE, COSTS OFF) SELECT rb_cardinality((a | changing()) - changing()) FROM four;
-- one value more is no set operation of two bitmaps; constants are worked out by the planner
EXPLAIN (VERBOSE, COSTS OFF) SELECT rb_cardinality(a | 5), rb_cardinality(a), rb_is_empty(a & b), rb_cardinality('{1,2}'::roaringbitmap & '{2}') FROM four;
-- a long chain stays what it is
SELECT count(*) FROM four WHERE n = 1 AND rb_cardinality(a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b|c|d|a|b) > 0;

-- each count is that of the bitmap, which OFFSET 0 keeps apart
SELECT count(*), count(deep) AS known,
       bool_and(deep = rb_cardinality(deep_set)) AS deep, bool_and(odd = rb_cardinality(odd_set)) AS odd,
       bool_and(mixed = rb_cardinality(mixed_set)) AS mixed, bool_and(rest = rb_cardinality(rest_set)) AS rest, sum(deep + odd + mixed + rest)
  FROM (SELECT rb_cardinality(((a | b) & c) - d) AS deep, ((a | b) & c) - d AS deep_set,
               rb_cardinality((a # b) # (c # d)) AS odd, (a # b) # (c # d) AS odd_set,
               rb_or_cardinality(a - b | (c - d), a & d) AS mixed, (a - b) | (c - d) | (a & d) AS mixed_set,
               rb_andnot_cardinality(a & (b | c) & d, c - (a - d)) AS rest, (a & (b | c) & d) - (c - (a - d)) AS rest_set
          FROM four OFFSET 0) s;
SELECT count(deep) AS known, bool_and(deep = rb64_cardinality(deep_set)) AS deep, bool_and(odd = rb64_cardinality(odd_set)) AS odd,
       bool_and(mixed = rb64_cardinality(mixed_set)) AS mixed, sum(deep + odd + mixed)
  FROM (SELECT rb64_cardinality(((aw | bw) & cw) - dw) AS deep, ((aw | bw) & cw) - dw AS deep_set,
               rb64_cardinality((aw # bw) # (cw # dw)) AS odd, (aw # bw) # (cw # dw) AS odd_set,
               rb64_or_cardinality(aw - bw | (cw - dw), aw & dw) AS mixed, (aw - bw) | (cw - dw) | (aw & dw) AS mixed_set
          FROM four OFFSET 0) s;
-- in a generic plan, in plpgsql, and of values that no table holds
PREPARE shared(roaringbitmap, int4) AS SELECT sum(rb_cardinality(((a | $1) & c) - b)) FROM four WHERE n < $2;
SET plan_cache_mode = force_generic_plan;
EXECUTE shared('{1000,2000,70000}', 20);
SELECT sum(rb_cardinality(s)) FROM (SELECT ((a | '{1000,2000,70000}') & c) - b AS s FROM four WHERE n < 20 OFFSET 0) t;
EXECUTE shared(NULL, 20);
RESET plan_cache_mode;
DO $$
DECLARE f four; total int8 := 0;
BEGIN
    FOR f IN SELECT * FROM four LOOP
        total := total + coalesce(rb_cardinality(((f.a | f.b) & f.c) - rb_fill(f.d, 5, 1000)), 0);
    END LOOP;
    RAISE NOTICE '%', total;
END $$;
SELECT sum(rb_cardinality(s)) FROM (SELECT ((a | b) & c) - rb_fill(d, 5, 1000) AS s FROM four OFFSET 0) t;
-- states of rb_build_agg that are still lists, and short values
SELECT rb_cardinality((s & '{3,4,5}') | '{9}'), rb64_cardinality((s64 & '{3,4,5}') | '{9}')
  FROM (SELECT rb_build_agg(i) AS s, rb64_build_agg(i) AS s64 FROM generate_series(1, 4) i) t;

-- called by hand: operands of the type and a formula of them, else an error
SELECT _rb_formula_cardinality('(1 | 2) - 3', '{1,2}'::roaringbitmap, '{3}'::roaringbitmap, '{1}'::roaringbitmap),
       _rb64_formula_cardinality('1 # 2', '{1,2}'::roaringbitmap64, '{2,3}'::roaringbitmap64), _rb_formula_cardinality('1', NULL::roaringbitmap);
\set VERBOSITY terse
SELECT _rb_formula_cardinality('1', 'abc'::text);
SELECT _rb_formula_cardinality('1', '\x00'::bytea);
SELECT _rb_formula_cardinality('1 | 2', '{1}'::roaringbitmap, '{1}'::roaringbitmap64);
SELECT _rb_formula_cardinality('1', VARIADIC ARRAY['{1}'::roaringbitmap]);
SELECT _rb_formula_cardinality('1 & 2', '{1}'::roaringbitmap);
SELECT _rb_formula_cardinality('1 +', '{1}'::roaringbitmap);
SELECT _rb64_formula_cardinality('', '{1}'::roaringbitmap64);

-- in parallel
SELECT sum(rb_cardinality(((a | b) & c) - d)) AS serial FROM four \gset
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
ALTER TABLE four SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT sum(rb_cardinality(((a | b) & c) - d)) FROM four;
SELECT sum(rb_cardinality(((a | b) & c) - d)) = :serial AS as_serial FROM four;
DROP FUNCTION changing;
DROP TABLE four, tag;
