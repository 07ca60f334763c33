-- An expression keeps bitmaps that it is asked about more than once, as many as work_mem allows. What
-- it answers does not depend on that: not where one bitmap comes twice in a call and would need the
-- room of another one of that call.
SET search_path = public, cdp;
SET max_parallel_workers_per_gather = 0;
SET hash_mem_multiplier = 1;
CREATE TABLE kept (n int, b roaringbitmap, w roaringbitmap64);
INSERT INTO kept SELECT n, b, b::roaringbitmap64 FROM (SELECT n, rb_build_agg(i * 50 + n * (i % 7)) AS b FROM generate_series(1, 9) n, generate_series(1, 15000) i GROUP BY n) s;
SELECT count(*), min(pg_column_size(b)) > 25000 AS large FROM kept;
CREATE FUNCTION answers(OUT counted numeric, OUT made numeric, OUT wide numeric) LANGUAGE sql AS $$
    SELECT sum(rb_cardinality(rb_and(rb_or(z.b, x.b), rb_andnot(y.b, x.b)))), sum(rb_cardinality(rb_xor(rb_and(z.b, x.b), rb_or(y.b, x.b)))), sum(rb64_and_cardinality(z.w, x.w) + rb64_rank(y.w, 400000))
      FROM kept z, kept x, kept y $$;
SET work_mem = '64MB';
SELECT * FROM answers() \gset plenty_
SET work_mem = '64kB';
SELECT * FROM answers() \gset little_
SET work_mem = '256kB';
SELECT * FROM answers() \gset some_
SELECT :little_counted = :plenty_counted AND :some_counted = :plenty_counted AS counted, :little_made = :plenty_made AND :some_made = :plenty_made AS made, :little_wide = :plenty_wide AND :some_wide = :plenty_wide AS wide;
-- step by step nothing is kept
SELECT sum(rb_cardinality(made)) = :plenty_counted AS same
  FROM (SELECT rb_and(a, c) AS made FROM (SELECT rb_or(z.b, x.b) AS a, rb_andnot(y.b, x.b) AS c FROM kept z, kept x, kept y OFFSET 0) s OFFSET 0) t;
DROP FUNCTION answers;
DROP TABLE kept;
