-- What the bitmap functions cost per call, in units of int4pl, beside the COST that they declare.
--
--   psql -X -d DATABASE -f test/bench/bitmap/costs.sql       (where test/bench/bitmap/run made its data)
--
-- Three bitmaps, each asked 2,000 times by one expression: 100 values in the row, a tenth of a percent
-- of the users, and 60 % of them, out of line. The COST of a function follows the second one: questions
-- about a value or an end 10 or 20, comparisons 50, changes of one container 200 to 300, counts of two
-- bitmaps 500, set operations 1000, shifts and formulas 2000. All are far above the 1 of `int4 > 3`, so
-- predicates with bitmaps run last, and among them those that make a bitmap.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET search_path = bench_bitmap_ours, bench_bitmap, cdp, public;

CREATE TEMP TABLE subject (size text PRIMARY KEY, a roaringbitmap, b roaringbitmap, w roaringbitmap64);
ALTER TABLE subject ALTER a SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL, ALTER w SET STORAGE EXTERNAL;
INSERT INTO subject
    SELECT 'hundred', s, s - 5005 | 70000, s::int4[]::int8[]::roaringbitmap64 FROM (SELECT rb_build_agg(i * 1001) AS s FROM generate_series(1, 100) i) t
    UNION ALL
    SELECT name, bm, rb_shiftright(bm, 3), rb64_build(rb_to_array(bm)::int8[])
      FROM pick JOIN held USING (tag) WHERE name IN ('rare', 'most');

CREATE FUNCTION pg_temp.cpu_ns() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT pg_sleep(0.00001);
    SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint
$$;
-- CPU nanoseconds of one evaluation beyond those of reading the row.
CREATE FUNCTION pg_temp.cost_ns(expression text, of_size text, times int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    best float8;
    started bigint;
BEGIN
    FOR round IN 1 .. 3 LOOP
        started := pg_temp.cpu_ns();
        EXECUTE format('SELECT count(%s) FROM generate_series(1, %s) i, subject WHERE size = %L', expression, times, of_size);
        best := least(best, (pg_temp.cpu_ns() - started)::float8 / times);
    END LOOP;
    RETURN best;
END
$$;

CREATE TEMP TABLE asked (function text, expression text);
INSERT INTO asked VALUES
    ('rb_contains_value', 'rb_contains(a, i)'), ('rb_is_empty', 'rb_is_empty(a)'), ('rb_cardinality', 'rb_cardinality(a)'),
    ('rb_min', 'rb_min(a)'), ('rb_max', 'rb_max(a)'), ('rb_rank', 'rb_rank(a, i)'), ('rb_index', 'rb_index(a, i)'),
    ('rb_range_cardinality', 'rb_range_cardinality(a, 9, 90000)'), ('rb_and_cardinality', 'rb_and_cardinality(a, b)'),
    ('rb_or_cardinality', 'rb_or_cardinality(a, b)'), ('rb_intersect', 'a && b'), ('rb_contains', 'a @> b'), ('rb_equals', 'a = b'),
    ('rb_and', 'a & b'), ('rb_or', 'a | b'), ('rb_andnot', 'a - b'), ('rb_add', 'rb_add(a, i)'),
    ('rb_fill', 'rb_fill(a, 9, 90000)'), ('rb_select', 'rb_select(a, 100, 5)'), ('rb_shiftright', 'rb_shiftright(a, 5)'),
    ('rb_to_array', 'rb_to_array(a)'), ('_rb_formula_cardinality', 'rb_cardinality((a | b) & a - b)'),
    ('rb64_contains_value', 'rb64_contains(w, i)'), ('rb64_cardinality', 'rb64_cardinality(w)'),
    ('rb64_and_cardinality', 'rb64_and_cardinality(w, w)'), ('rb64_or', 'w | w');
-- Ten additions less one, a ninth each.
CREATE TEMP TABLE unit AS
    SELECT (pg_temp.cost_ns('i+i+i+i+i+i+i+i+i+i+i', 'hundred', 200000) - pg_temp.cost_ns('i+i', 'hundred', 200000)) / 9 AS ns,
           pg_temp.cost_ns('i', 'hundred', 2000) AS row_ns;
SELECT round(ns::numeric, 1) AS "int4pl, ns" FROM unit;
SELECT function, (SELECT min(procost) FROM pg_proc WHERE prosrc = 'cdp_' || function) AS "COST",
       round(((pg_temp.cost_ns(expression, 'hundred', 2000) - row_ns) / ns)::numeric) AS "100 values",
       round(((pg_temp.cost_ns(expression, 'rare', 2000) - row_ns) / ns)::numeric) AS "0.1 %",
       round(((pg_temp.cost_ns(expression, 'most', 2000) - row_ns) / ns)::numeric) AS "60 %"
  FROM asked, unit;
