-- Set operations inside each other, and what becomes of their results: each is a value of its own,
-- whatever the call sites that made it keep.
\set VERBOSITY terse
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

-- Bitmaps of all container kinds, some out of line, one missing.
CREATE TABLE tag (n int, b roaringbitmap, w roaringbitmap64);
ALTER TABLE tag ALTER b SET STORAGE EXTERNAL, ALTER w SET STORAGE EXTERNAL;
INSERT INTO tag
    SELECT n, rb_build_agg((i * (n % 4 + 1) + n * 1000) % 400000),
           rb64_build_agg((i * (n % 4 + 1) + n * 1000) % 400000 * 100000::int8)
      FROM generate_series(1, 12) n, generate_series(1, 100 * n * n) i GROUP BY n;
INSERT INTO tag SELECT 13, rb_fill('{}', 60000, 150000), rb64_fill('{}', 60000, 150000);
INSERT INTO tag VALUES (14, '{}', '{}'), (15, NULL, NULL);

-- The same by rows: whether value v is in the set.
CREATE TABLE member AS SELECT n, rb_iterate(b) AS v FROM tag;
CREATE INDEX ON member (n);
CREATE TABLE four AS SELECT a, a % 13 + 1 AS b, (a * 5 + 3) % 15 + 1 AS c, (a * 7 + 1) % 13 + 1 AS d FROM generate_series(1, 15) a;

-- results in a table, made from values in a table
CREATE TABLE nested AS
    SELECT f.*, ((a.b | b.b) & c.b) - d.b AS deep, (a.b # b.b) # (c.b # d.b) AS odd, (a.b - b.b) | (c.b - d.b) | (a.b & d.b) AS mixed,
           ((a.w | b.w) & c.w) - d.w AS deep64, (a.w # b.w) # (c.w # d.w) AS odd64
      FROM four f JOIN tag a ON a.n = f.a JOIN tag b ON b.n = f.b JOIN tag c ON c.n = f.c JOIN tag d ON d.n = f.d;
CREATE FUNCTION by_rows(four, condition text) RETURNS roaringbitmap LANGUAGE plpgsql AS $$
DECLARE result roaringbitmap;
BEGIN
    EXECUTE format('SELECT coalesce(rb_build_agg(v), ''{}'') FROM (SELECT v, bool_or(n = $1.a) AS a, bool_or(n = $1.b) AS b,
        bool_or(n = $1.c) AS c, bool_or(n = $1.d) AS d FROM member WHERE n IN ($1.a, $1.b, $1.c, $1.d) GROUP BY v) s WHERE %s', condition)
      INTO result USING $1;
    RETURN result;
END
$$;
SELECT count(*), count(deep) AS deep, bool_and(deep = by_rows(f, '(a OR b) AND c AND NOT d')) AS as_by_rows,
       bool_and(odd = by_rows(f, '(a <> b) <> (c <> d)')) AS odd, bool_and(mixed = by_rows(f, 'a AND NOT b OR c AND NOT d OR a AND d')) AS mixed,
       sum(rb_cardinality(deep)), sum(rb_cardinality(odd)), sum(rb_cardinality(mixed))
  FROM nested x JOIN four f USING (a);
-- of 64 bits: a small id times 100000
SELECT count(deep64), bool_and(rb64_to_array(deep64) = ARRAY(SELECT v * 100000::int8 FROM rb_iterate(deep) v)) AS deep,
       bool_and(rb64_to_array(odd64) = ARRAY(SELECT v * 100000::int8 FROM rb_iterate(odd) v)) AS odd
  FROM nested WHERE 13 NOT IN (a, b, c, d);
-- what is stored is in normal form
SELECT bool_and(deep::bytea::roaringbitmap::bytea = deep::bytea) AS deep, bool_and(odd::bytea::roaringbitmap::bytea = odd::bytea) AS odd,
       bool_and(mixed::bytea::roaringbitmap::bytea = mixed::bytea) AS mixed, bool_and(deep64::bytea::roaringbitmap64::bytea = deep64::bytea) AS deep64
  FROM nested;

-- one value more or less, around and inside of others, of values that come again
SELECT count(*), bool_and((t.b | 5 | 399999) - 5 - 399999 = t.b - 5 - 399999) AS both_ways, bool_and((5 | t.b) @> 5) AS added,
       bool_and(NOT (t.b - 5) @> 5) AS removed, bool_and((t.b | k) - t.b = CASE WHEN t.b @> k THEN '{}' ELSE rb_build(ARRAY[k]) END) AS alone,
       bool_and(t.b - (t.b - k) = CASE WHEN t.b @> k THEN rb_build(ARRAY[k]) ELSE '{}' END) AS missing
  FROM tag t, unnest('{0,2001,65535,65536,123456,-1}'::int[]) k WHERE t.b IS NOT NULL;
SELECT count(*), bool_and((t.w | k) - t.w = CASE WHEN t.w @> k THEN '{}' ELSE rb64_build(ARRAY[k]) END) AS alone,
       bool_and(t.w - (t.w - k) = CASE WHEN t.w @> k THEN rb64_build(ARRAY[k]) ELSE '{}' END) AS missing, bool_and((k | t.w) @> k) AS added
  FROM tag t, unnest('{0,200100000,65536,4294967296,-1}'::int8[]) k WHERE t.w IS NOT NULL;

-- in variables, arrays and records, which outlive the calls that made them
DO $$
DECLARE
    t record; so_far roaringbitmap := '{}'; each roaringbitmap[] := '{}'; pair record; before roaringbitmap; again roaringbitmap := '{}';
BEGIN
    FOR t IN SELECT n, b FROM tag WHERE b IS NOT NULL ORDER BY n LOOP
        so_far := (so_far | t.b) # (t.b & so_far);
        each := each || so_far;
        SELECT t.n AS n, so_far - t.b AS rest, so_far & t.b AS common INTO pair;
        ASSERT (pair.rest | pair.common) = so_far AND (pair.rest & pair.common) = '{}', 'the parts of ' || t.n;
    END LOOP;
    FOR t IN SELECT n, b FROM tag WHERE b IS NOT NULL ORDER BY n LOOP
        before := again;
        again := (again - t.b) | (t.b - again);
        ASSERT again = before # t.b AND again # t.b = before, 'step ' || t.n;
    END LOOP;
    RAISE NOTICE '% values, % steps, distinct %', rb_cardinality(so_far), cardinality(each), (SELECT count(DISTINCT e) FROM unnest(each) e);
END
$$;
SELECT cardinality(list) AS elements, (SELECT sum(rb_cardinality(e)) FROM unnest(list) e) = total AS same
  FROM (SELECT array_agg((x.b | y.b) - (x.b & y.b) ORDER BY x.n, y.n) AS list, sum(rb_xor_cardinality(x.b, y.b)) AS total
          FROM tag x, tag y WHERE x.n < 14 AND y.n < 14) s;
CREATE TYPE parts AS (whole roaringbitmap, common roaringbitmap, apart roaringbitmap);
SELECT count(*), count((r).whole) AS known, bool_and((r).whole = (r).common | (r).apart AND (r).common = (r).whole - (r).apart) AS consistent
  FROM (SELECT ROW(x.b | y.b, x.b & y.b, x.b # y.b)::parts AS r FROM tag x, tag y OFFSET 0) s;

-- grouped, sorted and made distinct by content
SELECT count(*), count(DISTINCT b) AS distinct_values, count(DISTINCT rb_hash(b)) AS hashes
  FROM (SELECT (x.b | y.b) - (x.b & y.b) AS b FROM tag x, tag y) s;
SELECT sum(times), count(*), max(times) FROM (SELECT (x.b | y.b) & (y.b | x.b) AS b, count(*) AS times FROM tag x, tag y GROUP BY 1) s;
SET enable_hashagg = off;
SELECT sum(times), count(*), max(times) FROM (SELECT (x.b | y.b) & (y.b | x.b) AS b, count(*) AS times FROM tag x, tag y GROUP BY 1) s;
RESET enable_hashagg;
SELECT bool_and(rb_cmp(earlier, b) <= 0) AS ascending
  FROM (SELECT b, lag(b) OVER (ORDER BY b) AS earlier FROM (SELECT x.b # y.b AS b FROM tag x, tag y) s WHERE b IS NOT NULL) s;

-- nothing known inside: nothing known
SELECT (('{1}'::roaringbitmap | NULL) & '{1}') IS NULL, ('{1}'::roaringbitmap - (NULL::roaringbitmap # '{2}')) IS NULL, (NULL::int | '{1}'::roaringbitmap) IS NULL,
       (('{1}'::roaringbitmap64 | NULL) & '{1}') IS NULL;

-- parallel workers, whose results the leader gets
CREATE VIEW sums AS
    SELECT count(deep), sum(rb_cardinality((deep | odd) - mixed)), sum(rb_cardinality(rb_add((mixed # deep) & odd, n))) AS other
      FROM (SELECT ((a.b | b.b) & c.b) - b.b AS deep, (a.b # b.b) # c.b AS odd, (a.b - b.b) | (b.b - c.b) AS mixed, a.n
              FROM tag a, tag b, tag c WHERE c.n IN (4, 12, 13, 15)) s;
CREATE FUNCTION in_workers(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || query LOOP found := found OR line ~ 'Gather'; END LOOP;
    RETURN found;
END
$$;
SET max_parallel_workers_per_gather = 0;
SELECT s::text AS serial FROM sums s \gset
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
ALTER TABLE tag SET (parallel_workers = 2);
SELECT in_workers('SELECT * FROM sums');
SELECT s::text = :'serial' AS as_serial FROM sums s;
SET parallel_leader_participation = off;
SELECT s::text = :'serial' AS as_serial FROM sums s;
RESET parallel_leader_participation; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;

-- corrupt values inside: an error of the bitmap's or an answer
CREATE FUNCTION outcome(expression text, value roaringbitmap) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT sum(rb_cardinality(%s)) FROM tag WHERE n > 9', expression) USING value;
    RETURN 'answer';
EXCEPTION WHEN OTHERS THEN
    IF SQLERRM NOT LIKE 'bitmap format is error%' THEN RAISE WARNING '% says %', expression, SQLERRM; END IF;
    RETURN SQLSTATE;
END
$$;
BEGIN;
CREATE TABLE damaged AS
    SELECT i, set_byte(substr(b::bytea, 1, length(b::bytea) - (i % 3) * 400), (i * 7919) % (CASE WHEN i % 2 = 0 THEN 60 ELSE length(b::bytea) - 800 END), i % 256) AS b
      FROM tag, generate_series(1, 40) i WHERE n = 11;
ALTER EXTENSION pg_cdp DROP CAST (bytea AS roaringbitmap);
DROP CAST (bytea AS roaringbitmap);
CREATE CAST (bytea AS roaringbitmap) WITHOUT FUNCTION;
CREATE TABLE corrupt AS SELECT i, b::roaringbitmap AS b FROM damaged;
SELECT count(*) AS asked, count(*) FILTER (WHERE o = 'answer') BETWEEN 1 AND count(*) - 1 AS some_answered
  FROM corrupt, unnest(ARRAY['((b | $1) & b) - $1', '(b # $1) # ($1 - b)', '($1 & b) | (b - $1)', '(($1 | 5) - 70000) # b', '($1 | $1) - (b & $1)']) e, outcome(e, corrupt.b) o;
ROLLBACK;

DROP VIEW sums;
DROP FUNCTION outcome, in_workers, by_rows;
DROP TYPE parts;
DROP TABLE nested, four, member, tag;
