-- Another module in the same backend exports functions named like CRoaring's, which PostgreSQL
-- loads for everybody to see. Theirs stay theirs and ours stay ours, in either order of loading.
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

-- calls are counted in one process
SET max_parallel_workers_per_gather = 0;

-- ours first
SELECT rb_or('{1,2}', '{2,70000}');
LOAD 'cdp_croaring_clash';
CREATE FUNCTION clash_calls() RETURNS int8 AS '$libdir/cdp_croaring_clash' LANGUAGE C STRICT;
CREATE FUNCTION clash_provoke() RETURNS int8 AS '$libdir/cdp_croaring_clash' LANGUAGE C STRICT;
CREATE FUNCTION work() RETURNS TABLE (n int, answer text) LANGUAGE sql AS $$
    SELECT 1, cdp.rb_or('{1,2}', '{2,70000}')::text
    UNION ALL SELECT 2, cdp.rb_and('{1,2}', '{2,70000}')::text
    UNION ALL SELECT 3, cdp.rb_xor('{1,2}', '{2,70000}')::text
    UNION ALL SELECT 4, cdp.rb_andnot('{1,2}', '{2,70000}')::text
    UNION ALL SELECT 5, cdp.rb_add('{1,2}', 3)::text
    UNION ALL SELECT 6, cdp.rb_remove('{1,2}', 2)::text
    UNION ALL SELECT 7, cdp.rb_cardinality(cdp.rb_build_agg(i))::text FROM generate_series(1, 100000) i
    UNION ALL SELECT 8, cdp.rb_or_cardinality_agg(cdp.rb_build(ARRAY[i, i * 70000]))::text FROM generate_series(1, 5000) i
    UNION ALL SELECT 9, '\x3b3000000100000100010005000100'::cdp.roaringbitmap::text $$;
SELECT * FROM work() ORDER BY n;
-- the names are really exported: the module's own calls go to its own functions, ours never do
SELECT clash_provoke() AS calls_of_its_own;
SELECT clash_calls() AS calls_by_others;

-- Their setting is theirs: it exists only now, takes their words only, and counts while ours is unset.
SET roaringbitmap.output_format = 'list';
RESET cdp.bitmap_output;
SELECT '{1}'::roaringbitmap, current_setting('roaringbitmap.output_format');
SET roaringbitmap.output_format = 'array';
SELECT '{1}'::roaringbitmap, '{-1}'::roaringbitmap64;
SET cdp.bitmap_output = 'bytea';
SELECT '{1}'::roaringbitmap;
RESET cdp.bitmap_output;
-- what was set before they came
\c -
SET roaringbitmap.output_format = 'array';
SELECT '{1}'::cdp.roaringbitmap;
LOAD 'cdp_croaring_clash';
SELECT '{1}'::cdp.roaringbitmap;
RESET roaringbitmap.output_format;
SELECT '{1}'::cdp.roaringbitmap;

-- theirs first
\c -
LOAD 'cdp_croaring_clash';
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';
SET max_parallel_workers_per_gather = 0;
SELECT * FROM work() ORDER BY n;
SELECT clash_provoke() AS calls_of_its_own;
SELECT clash_calls() AS calls_by_others;
RESET cdp.bitmap_output;
SELECT '{1}'::roaringbitmap;
SET roaringbitmap.output_format = 'array';
SELECT '{1}'::roaringbitmap;
-- leave the database as it was
DROP FUNCTION clash_calls, clash_provoke, work;
