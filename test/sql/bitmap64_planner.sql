-- What the planner knows of 64-bit bitmaps: rows of rb64_iterate, the share of rows that are members, the index to use.
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';
SET enable_bitmapscan = off;
CREATE TABLE account (id int8 PRIMARY KEY, small int4, city int8);
INSERT INTO account SELECT (i - 20000) * 1000000, i - 20000, i % 10 FROM generate_series(1::int8, 60000) i;
CREATE INDEX ON account (small);
VACUUM ANALYZE account;

-- The rows that the planner expects of a query.
CREATE FUNCTION expected_rows(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN plan->0->'Plan'->>'Plan Rows';
END
$$;
-- The plan of a query with its long lists cut.
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        RETURN NEXT regexp_replace(line, '\{[-0-9,]{60,}\}', '{...}', 'g');
    END LOOP;
END
$$;

-- few members are looked up, negative ones too; none find nothing
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE id <@ '{1000000,5,-7000000}'::roaringbitmap64;
SELECT id FROM account WHERE id <@ '{1000000,5,-7000000}'::roaringbitmap64 ORDER BY id;
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE '{1000000,-7000000}'::roaringbitmap64 @> id;
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE rb64_contains('{1000000,5}'::roaringbitmap64, id);
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE rb64_containedby(id, '{1000000,5}'::roaringbitmap64);
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE id <@ '{}'::roaringbitmap64;
SELECT count(*) FROM account WHERE id <@ '{}'::roaringbitmap64;
-- a block of them is a range that needs no second look; a loose one does; across zero in signed order
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE id <@ '{5,6,7,8}'::roaringbitmap64;
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE id <@ '{-2,-1,0,1}'::roaringbitmap64;
SELECT id FROM account WHERE id <@ '{-2,-1,0,1}'::roaringbitmap64;
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE id <@ '{5,6,8}'::roaringbitmap64;
-- many, but few among the rows: looked up by a list that is made when the query runs; else the range
SELECT plan_of(format('SELECT * FROM account WHERE id <@ %L::roaringbitmap64', rb64_build_agg(i * 30000000))) FROM generate_series(-600::int8, 1300) i;
SELECT plan_of(format('SELECT * FROM account WHERE id <@ %L::roaringbitmap64', rb64_build_agg(i * 2000000))) FROM generate_series(0::int8, 9000) i;
DO $$
DECLARE step int8; found int8; expected int8; audience roaringbitmap64;
BEGIN
    FOREACH step IN ARRAY ARRAY[1, 2, 3, 30, 500, -30] LOOP
        audience := (SELECT rb64_build_agg(i * step * 1000000) FROM generate_series(0::int8, 1999) i);
        EXECUTE format('SELECT count(*) FROM account WHERE id <@ %L::roaringbitmap64', audience) INTO found;
        SELECT count(*) INTO expected FROM account JOIN rb64_iterate(audience) m ON m = id;
        IF found <> expected THEN RAISE WARNING 'step %: % instead of %', step, found, expected; END IF;
    END LOOP;
END $$;
-- the ends of the numbers
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE id <@ rb64_range(rb64_fill('{-9223372036854775808}', 9223372036854775806, -9223372036854775808), 0, 0);
SELECT _rb64_least(b), _rb64_greatest(b), _rb64_lookups(b)
  FROM unnest('{"{}","{-1}","{5,-5}","{9223372036854775807,-9223372036854775808}","{4294967295,4294967296}"}'::roaringbitmap64[]) b;

-- known only when the query runs: a subquery, a parameter of a generic plan, a column of a join, a stable function
CREATE TABLE audience (id int4, members roaringbitmap64);
INSERT INTO audience SELECT i, rb64_build(ARRAY[i * 10000000, -i * 3000000]) FROM generate_series(1, 3) i;
INSERT INTO audience VALUES (4, '{}');
ANALYZE audience;
SELECT id FROM account WHERE id <@ (SELECT members FROM audience WHERE id = 2) ORDER BY id;
SELECT id FROM account WHERE id <@ (SELECT members FROM audience WHERE id = 4);
PREPARE members(roaringbitmap64) AS SELECT id FROM account WHERE id <@ $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE members('{3000000,-4000000}');
EXECUTE members('{3000000,-4000000}');
EXECUTE members(NULL);
RESET plan_cache_mode;
EXPLAIN (COSTS OFF) EXECUTE members('{3000000,-4000000}');
EXPLAIN (COSTS OFF) SELECT a.id, p.id FROM audience a JOIN account p ON p.id <@ members;
SELECT a.id, p.id FROM audience a JOIN account p ON p.id <@ members ORDER BY 1, 2;
CREATE FUNCTION members_of(wanted int4) RETURNS roaringbitmap64 STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT members FROM audience WHERE id = wanted); END $$;
EXPLAIN (COSTS OFF) SELECT id FROM account WHERE id <@ members_of(2);
SELECT id FROM account WHERE id <@ members_of(2) ORDER BY id;
SELECT id FROM account WHERE id <@ members_of(4);
SELECT id FROM account WHERE id <@ members_of(5);
-- int4 columns, where the bitmap is a constant
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE small <@ '{1,-7,3000000000,-3000000000}'::roaringbitmap64;
SELECT small FROM account WHERE small <@ '{1,-7,3000000000,-3000000000,4294967289}'::roaringbitmap64 ORDER BY small;
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE rb64_contains('{2147483648}', small);
EXPLAIN (COSTS OFF) SELECT * FROM account WHERE small <@ NULL::roaringbitmap64;
SELECT count(*) FROM account JOIN audience a ON small <@ members;
-- partitions, each by its own index
CREATE TABLE part (id int8 PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (MINVALUE) TO (0);
CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (0) TO (MAXVALUE);
INSERT INTO part SELECT id FROM account;
VACUUM ANALYZE part;
EXPLAIN (COSTS OFF) SELECT * FROM part WHERE id <@ '{1000000,-7000000}'::roaringbitmap64;
SELECT * FROM part WHERE id <@ '{1000000,-7000000}'::roaringbitmap64 ORDER BY id;
-- no other index than a btree of int8
CREATE INDEX ON account USING hash (city);
SET enable_seqscan = off;
SELECT count(*) AS index_scans FROM plan_of('SELECT * FROM account WHERE city <@ ''{3,100}''::roaringbitmap64') line WHERE line LIKE '%Index%';
RESET enable_seqscan;

-- estimates: a unique column, a column of common values, negative and positive, nothing in common
SELECT expected_rows('SELECT * FROM account WHERE id <@ rb64_fill(''{}'', 0, 10000000000)') BETWEEN 9000 AND 11000 AS range,
       expected_rows('SELECT * FROM account WHERE rb64_contains(rb64_fill(''{}'', 0, 10000000000), id)') BETWEEN 9000 AND 11000 AS by_function,
       expected_rows('SELECT * FROM account WHERE id <@ rb64_fill(''{}'', -5000000000, 0)') BETWEEN 4000 AND 6000 AS negative,
       expected_rows('SELECT * FROM account WHERE id <@ rb64_fill(''{}'', 100000000000000, 100000001000000)') < 10 AS nobody,
       expected_rows('SELECT * FROM account WHERE city <@ ''{3,4,99}''::roaringbitmap64') BETWEEN 11000 AND 13000 AS common,
       expected_rows('SELECT * FROM account WHERE small <@ rb64_fill(''{}'', 1000, 11000)') BETWEEN 9500 AND 10500 AS of_int4,
       expected_rows('SELECT * FROM account WHERE id <@ members_of(2)') BETWEEN 1 AND 10 AS of_a_function;
SELECT expected_rows('SELECT * FROM rb64_iterate(''{1,2,3}'')') AS three, expected_rows('SELECT * FROM rb64_iterate(rb64_fill(''{}'', 0, 5000))') AS folded,
       expected_rows('SELECT rb64_iterate(members) FROM audience') AS of_a_column;
-- values as rows: in FROM a query that the planner takes in, in a select list one function; each gives
-- its values one by one, and no row for null
EXPLAIN (COSTS OFF) SELECT * FROM rb64_iterate('{1,2}');
EXPLAIN (VERBOSE, COSTS OFF) SELECT rb64_iterate('{1,2}'), 3;
SELECT i, n FROM generate_series(1, 2) n, rb64_iterate(rb64_fill('{}', n, 2 * n)) i ORDER BY n, i;
SELECT i, place FROM rb64_iterate('{7,-1}') WITH ORDINALITY s(i, place);
SELECT a, b FROM ROWS FROM (rb64_iterate('{1,2}'), rb64_iterate('{5}')) s(a, b);
SELECT i FROM rb64_iterate((SELECT rb64_build_agg(i) FROM generate_series(1, 2) i)) i;
SELECT 1 FROM rb64_iterate(NULL);
SELECT rb64_iterate(NULL), 1;
SELECT ARRAY(SELECT rb64_iterate(rb64_fill('{}', k, k + 2)) FROM generate_series(1, 2) k) AS list, 2 IN (SELECT * FROM rb64_iterate('{1,3}')) AS found;

-- what costs more runs later, wherever it stands
EXPLAIN (COSTS OFF) SELECT * FROM audience WHERE members @> 3::int8 AND rb64_cardinality(members) > 1 AND id > 2;
DROP TABLE account, audience, part;
DROP FUNCTION expected_rows, plan_of, members_of;
