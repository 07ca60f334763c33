-- What the planner knows: rows of rb_iterate, the share of rows that are members, the index to use.
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';
SET enable_bitmapscan = off;
CREATE TABLE person (one_id int4 PRIMARY KEY, name text, city int4);
INSERT INTO person SELECT i - 20000, 'x', i % 10 FROM generate_series(1, 100000) i;
VACUUM ANALYZE person;

-- The rows that the planner expects of a query.
CREATE FUNCTION expected_rows(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN plan->0->'Plan'->>'Plan Rows';
END
$$;

-- The plan of a query: sets shortened, without what only servers from 18 on say of disabled nodes.
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line !~ '^ *Disabled: ' THEN RETURN NEXT regexp_replace(line, '\{[-0-9,]{50,}\}', '{...}'); END IF;
    END LOOP;
END
$$;

-- few members are looked up, in order of the index or not
EXPLAIN (COSTS OFF) SELECT * FROM person WHERE one_id <@ '{1,5000,-7,90001}'::roaringbitmap;
SELECT one_id FROM person WHERE one_id <@ '{1,5000,-7,90001}'::roaringbitmap ORDER BY one_id;
EXPLAIN (COSTS OFF) SELECT * FROM person WHERE '{1,5000,-7,90001}'::roaringbitmap @> one_id;
EXPLAIN (COSTS OFF) SELECT * FROM person WHERE rb_contains('{1,5000}'::roaringbitmap, one_id);
EXPLAIN (COSTS OFF) SELECT * FROM person WHERE rb_containedby(one_id, '{1,5000}'::roaringbitmap);
EXPLAIN (COSTS OFF) SELECT * FROM person WHERE one_id <@ '{}'::roaringbitmap;
SELECT count(*) FROM person WHERE one_id <@ '{}'::roaringbitmap;
-- a block of them is a range that needs no second look; a loose one does
EXPLAIN (COSTS OFF) SELECT * FROM person WHERE one_id <@ '{5,6,7,8}'::roaringbitmap;
EXPLAIN (COSTS OFF) SELECT * FROM person WHERE one_id <@ '{-2,-1,0,1}'::roaringbitmap;
SELECT one_id FROM person WHERE one_id <@ '{-2,-1,0,1}'::roaringbitmap ORDER BY one_id;
EXPLAIN (COSTS OFF) SELECT * FROM person WHERE one_id <@ '{5,6,8}'::roaringbitmap;
SELECT one_id FROM person WHERE one_id <@ '{5,6,8}'::roaringbitmap;
-- an audience as psql gives it
SELECT rb_build_agg(i * 3) AS audience FROM generate_series(0, 2000) i \gset
\set ECHO none
SELECT count(*) FROM person WHERE one_id <@ :'audience'::roaringbitmap;
\set ECHO all
SELECT line FROM plan_of(format('SELECT * FROM person WHERE one_id <@ %L::roaringbitmap', (SELECT rb_build_agg(i * 3) FROM generate_series(0, 2000) i))) AS line;
-- known only when the query runs: a subquery, a parameter of a generic plan, a column of a join
CREATE TABLE audience (id int4, members roaringbitmap);
INSERT INTO audience SELECT i, rb_build(ARRAY[i * 10, i * 10 + 3]) FROM generate_series(1, 3) i;
INSERT INTO audience VALUES (4, '{}');
ANALYZE audience;
SELECT one_id FROM person WHERE one_id <@ (SELECT members FROM audience WHERE id = 2);
SELECT one_id FROM person WHERE one_id <@ (SELECT members FROM audience WHERE id = 4);
PREPARE members(roaringbitmap) AS SELECT one_id FROM person WHERE one_id <@ $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE members('{3,-4}');
EXECUTE members('{3,-4}');
EXECUTE members(NULL);
RESET plan_cache_mode;
EXPLAIN (COSTS OFF) SELECT id, one_id FROM audience JOIN person ON one_id <@ members;
SELECT id, one_id FROM audience JOIN person ON one_id <@ members ORDER BY 1, 2;
-- a stable function: the plan may be kept, so it must suit any answer
CREATE FUNCTION members_of(wanted int4) RETURNS roaringbitmap STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT members FROM audience WHERE id = wanted); END $$;
EXPLAIN (COSTS OFF) SELECT one_id FROM person WHERE one_id <@ members_of(2);
SELECT one_id FROM person WHERE one_id <@ members_of(2);
SELECT one_id FROM person WHERE one_id <@ members_of(4);
SELECT one_id FROM person WHERE one_id <@ members_of(5);
BEGIN;
PREPARE kept AS SELECT count(*) FROM person WHERE one_id <@ members_of(2);
EXECUTE kept;
UPDATE audience SET members = rb_fill('{}', 0, 4294967296) WHERE id = 2;
EXECUTE kept;
ROLLBACK;
DEALLOCATE kept;
DROP FUNCTION members_of;
-- more members than a plan should hold, but few among the rows: the same list
SELECT line FROM plan_of(format('SELECT * FROM person WHERE one_id <@ %L::roaringbitmap', (SELECT rb_build_agg(i * 60) FROM generate_series(-300, 1300) i))) AS line;
SELECT count(*) = 1601 AS all_of_them FROM person WHERE one_id <@ (SELECT rb_build_agg(i * 60) FROM generate_series(-300, 1300) i);
SELECT _rb_least(b), _rb_greatest(b), _rb_lookups(b) FROM unnest('{"{}","{-1}","{5,-5}","{2147483647,-2147483648}"}'::roaringbitmap[]) b;
-- no other index than a btree of int4
CREATE INDEX ON person USING hash (city);
CREATE INDEX ON person ((city::int8));
SET enable_seqscan = off;
SELECT line FROM plan_of($$SELECT * FROM person WHERE city <@ '{3,100}'::roaringbitmap$$) AS line;
RESET enable_seqscan;
EXPLAIN (COSTS OFF) SELECT * FROM audience WHERE members @> 3;
EXPLAIN (COSTS OFF) SELECT * FROM person WHERE one_id <@ NULL::roaringbitmap;

-- estimates: a unique column, a column of common values, negative and positive, nothing in common
SELECT expected_rows('SELECT * FROM person WHERE one_id <@ rb_fill(''{}'', 1000, 11000)') BETWEEN 9500 AND 10500 AS range,
       expected_rows('SELECT * FROM person WHERE rb_contains(rb_fill(''{}'', 1000, 11000), one_id)') BETWEEN 9500 AND 10500 AS by_function,
       expected_rows('SELECT * FROM person WHERE one_id <@ rb_fill(''{}'', 0, 4294967296)') BETWEEN 99000 AND 100000 AS everyone,
       expected_rows('SELECT * FROM person WHERE one_id <@ rb_fill(''{}'', 4294947296, 4294967296)') BETWEEN 19000 AND 21000 AS negative,
       expected_rows('SELECT * FROM person WHERE one_id <@ rb_fill(''{}'', 1000000, 2000000)') < 10 AS nobody,
       expected_rows('SELECT * FROM person WHERE city <@ ''{3,4,99}''::roaringbitmap') BETWEEN 19000 AND 21000 AS common,
       expected_rows('SELECT * FROM audience WHERE members @> 3') = 1 AS other_side;
SELECT expected_rows('SELECT * FROM rb_iterate(''{1,2,3}'')') AS three, expected_rows('SELECT * FROM rb_iterate(rb_fill(''{}'', 0, 5000))') AS folded,
       expected_rows('SELECT rb_iterate(members) FROM audience') AS of_a_column;

-- values as rows: in FROM a query that the planner takes in, in a select list one function; each gives
-- its values one by one, and no row for null
EXPLAIN (COSTS OFF) SELECT * FROM rb_iterate('{1,2}');
EXPLAIN (VERBOSE, COSTS OFF) SELECT rb_iterate('{1,2}'), 3;
SELECT i, n FROM generate_series(0, 2) n, rb_iterate(rb_fill('{}', n, 2 * n)) i ORDER BY n, i;
SELECT i, place FROM rb_iterate('{7,-1}') WITH ORDINALITY s(i, place);
SELECT a, b FROM ROWS FROM (rb_iterate('{1,2}'), rb_iterate('{5}')) s(a, b);
SELECT i FROM rb_iterate((SELECT rb_build_agg(i) FROM generate_series(1, 2) i)) i;
SELECT 1 FROM rb_iterate(NULL);
SELECT rb_iterate(NULL), 1;
SELECT ARRAY(SELECT rb_iterate(rb_fill('{}', k, k + 2)) FROM generate_series(1, 2) k) AS list, 2 IN (SELECT * FROM rb_iterate('{1,3}')) AS found;

-- what costs more runs later, wherever it stands
EXPLAIN (COSTS OFF) SELECT * FROM audience WHERE members @> 3 AND rb_cardinality(members) > 1 AND id > 2;
EXPLAIN (COSTS OFF) SELECT * FROM audience WHERE (members & '{1,2}') = '{1}' AND members && '{3}' AND id > 2;
DROP TABLE person, audience;
DROP FUNCTION expected_rows, plan_of;
