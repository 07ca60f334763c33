-- Functions and operators of roaringbitmap64.
\set VERBOSITY terse
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

SELECT rb64_and('{1,2,3}', '{2,3,4}'), rb64_or('{1,2,3}', '{2,3,4}'), rb64_xor('{1,2,3}', '{2,3,4}'), rb64_andnot('{1,2,3}', '{2,3,4}');
SELECT rb64_and('{1}', '{}'), rb64_or('{}', '{}'), rb64_xor('{1}', '{1}'), rb64_andnot('{}', '{1}'), rb64_and('{1}', NULL), rb64_or(NULL, '{1}');
SELECT '{1,4294967297}'::roaringbitmap64 & '{4294967297,-1}', '{1}'::roaringbitmap64 | '{-1}'::roaringbitmap64, '{1,-1}'::roaringbitmap64 # '{-1,4294967296}', '{1,-1}'::roaringbitmap64 - '{-1}'::roaringbitmap64;
SELECT rb64_add('{1}', 2), rb64_add(-1, '{1}'), rb64_add('{1}', 1), rb64_remove('{1,2}', 2), rb64_remove('{1,2}', 4294967297), rb64_remove('{}', 1), rb64_remove('{4294967297}', 4294967297)::bytea;
SELECT '{1}'::roaringbitmap64 | 2, 2::bigint | '{1}'::roaringbitmap64, '{1,2}'::roaringbitmap64 - 2, '{1}'::roaringbitmap64 | 3::int2, '{1,5}'::roaringbitmap64 << 1, '{1,5}'::roaringbitmap64 >> 4294967296;

-- counts
SELECT rb64_cardinality('{1,2,-1}'), rb64_cardinality('{}'), rb64_cardinality(NULL);
SELECT rb64_and_cardinality('{1,2,3}', '{2,3,4}'), rb64_or_cardinality('{1,2,3}', '{2,3,4}'), rb64_xor_cardinality('{1,2,3}', '{2,3,4}'), rb64_andnot_cardinality('{1,2,3}', '{2,3,4}'), rb64_and_cardinality('{1}', NULL);
SELECT rb64_jaccard_dist('{1,2,3}', '{2,3,4}'), rb64_jaccard_dist('{}', '{}'), rb64_jaccard_dist('{}', '{1}'), rb64_jaccard_dist('{1}', NULL);

-- questions
SELECT rb64_is_empty('{}'), rb64_is_empty('{0}'), rb64_is_empty(NULL), rb64_min('{-1,-2}'), rb64_max('{-1,5}'), rb64_min('{}'), rb64_max('{}'), rb64_max('{9223372036854775807,-9223372036854775808}');
SELECT rb64_contains('{1,2}', 2), rb64_contains('{1,2}', 4294967297), rb64_contains('{}', 1), rb64_contains('{-1}', -1), rb64_containedby(2, '{1,2}'), rb64_contains(NULL::roaringbitmap64, 1);
SELECT rb64_contains('{1,2}'::roaringbitmap64, '{2}'::roaringbitmap64), rb64_contains('{1,2}'::roaringbitmap64, '{}'::roaringbitmap64), rb64_contains('{}'::roaringbitmap64, '{1}'::roaringbitmap64), rb64_containedby('{2}'::roaringbitmap64, '{1,2}'::roaringbitmap64);
SELECT rb64_contains('{1}', '{1}');
SELECT rb64_intersect('{1,2}', '{2,3}'), rb64_intersect('{1,2}', '{4294967297}'), rb64_intersect('{}', '{}'), rb64_intersect('{1}', NULL);
SELECT rb64_equals('{1,2}', '{2,1}'), rb64_equals('{1}', '{4294967297}'), rb64_equals('{}', '{}'), rb64_not_equals('{1}', '{2}'), rb64_equals('{1}', NULL);
SELECT '{1,2}'::roaringbitmap64 @> '{2}', '{2}'::roaringbitmap64 <@ '{1,2}', '{1,2}'::roaringbitmap64 @> 2, 2 <@ '{1,2}'::roaringbitmap64, '{1,2}'::roaringbitmap64 && '{2}', '{1,2}'::roaringbitmap64 = '{1,2}', '{1,2}'::roaringbitmap64 <> '{1,2}';
SELECT rb64_rank('{1,2,-1}', 2), rb64_rank('{1,2,-1}', -1), rb64_rank('{}', 1), rb64_rank('{5}', 4), rb64_index('{1,2,-1}', -1), rb64_index('{1,2,-1}', 3), rb64_index('{}', 0), rb64_index('{1}', NULL);

-- ranges are unsigned; an end of 0 is no end
SELECT rb64_fill('{}', -3, 0), rb64_fill('{9}', 5, 7), rb64_fill('{1}', 5, 5), rb64_fill('{1}', 7, 5), rb64_fill('{1}', -1, 5), rb64_fill('{}', 4294967295, 4294967298), rb64_fill('{1}', NULL, 5);
SELECT rb64_clear('{1,5,-2,-1}', 5, -1), rb64_clear('{1,5,-2,-1}', 5, 0), rb64_clear('{1,2}', 2, 1), rb64_clear('{1,2}', 0, 0), rb64_clear('{}', 0, 5);
SELECT rb64_flip('{1,3}', 1, 5), rb64_flip('{}', -2, 0), rb64_flip('{1}', 5, 2), rb64_flip('{4294967296}', 4294967294, 4294967298);
SELECT rb64_range('{1,5,-2,-1}', 2, -1), rb64_range('{1,5,-2,-1}', 2, 0), rb64_range('{1,2}', 2, 2), rb64_range('{1,2}', 3, 2), rb64_range_cardinality('{1,5,-2,-1}', 2, -1), rb64_range_cardinality('{1,5,-2,-1}', 0, 0), rb64_range_cardinality('{1}', 2, 1);
SELECT rb64_select('{1,2,3,4,5,6}', 3), rb64_select('{1,2,3,4,5,6}', 3, 4), rb64_select('{1,2,3,4,5,6}', 2, 1, true), rb64_select('{1,2,3,4,5,6}', 4, 5, true), rb64_select('{1,2,3,4,5,6}', 3, -2), rb64_select('{1,2,3}', 0), rb64_select('{1,2,3}', -1), rb64_select('{1,2,3}', 2, 9);
SELECT rb64_select('{1,2,3,4,-1}', 9, 1, false, 2, 0), rb64_select('{1,2,3,4,-1}', 1, 0, true, 2, 4), rb64_select('{}', 5), rb64_select(bitmap => '{1,2}', bitset_limit => 1, reverse => true);
SELECT rb64_shiftright('{1,-1}', 1), rb64_shiftright('{1,5,-1}', -2), rb64_shiftright('{1}', 0), rb64_shiftleft('{1,5}', 4), rb64_shiftleft('{1}', -4294967295), rb64_shiftright('{-9223372036854775808}', -9223372036854775808), rb64_shiftright('{}', 3);
SELECT rb64_shiftleft('{1}', (-9223372036854775808)::int8);
SELECT rb64_runoptimize('{1,2,3,4,4294967296}')::bytea, rb64_runoptimize('{}'), rb64_runoptimize(rb64_fill('{}', 0, 100000)) = rb64_fill('{}', 0, 100000) AS same;

-- limits are errors before memory or time is spent
\set VERBOSITY sqlstate
SELECT rb64_fill('{}', 1, -1);
SELECT rb64_flip('{1,2}', 0, 0);
\set VERBOSITY default
SELECT rb64_fill('{}', 0, 5000000000000);
\set VERBOSITY terse
SELECT rb64_cardinality(rb64_fill('{5}', 1, 100000000000));
SELECT rb64_flip(rb64_fill('{}', 0, 10000000000), 0, 10000000001);

SELECT o.oprname, o.oprleft::regtype, o.oprright::regtype, o.oprcode::regproc, c.oprname AS commutator, n.oprname AS negator, o.oprrest, o.oprjoin
  FROM pg_operator o LEFT JOIN pg_operator c ON c.oid = o.oprcom LEFT JOIN pg_operator n ON n.oid = o.oprnegate
 WHERE 'cdp.roaringbitmap64'::regtype IN (o.oprleft, o.oprright) AND o.oprnamespace = 'cdp'::regnamespace
 ORDER BY o.oprname COLLATE "C", o.oprleft::regtype::text COLLATE "C", o.oprright::regtype::text COLLATE "C";
SELECT count(*) AS without_names FROM pg_proc WHERE pronamespace = 'cdp'::regnamespace AND proname ~ '^(rb64|roaringbitmap64)' AND (proargnames IS NULL OR array_length(proargnames, 1) < pronargs);

-- every operation over every mix of buckets agrees with SQL over the rows
CREATE TABLE member (n int, v int8);
INSERT INTO member SELECT 1, i FROM generate_series(0, 200000, 3) i;
INSERT INTO member SELECT 2, i FROM generate_series(-70000, 70000) i;
INSERT INTO member SELECT 3, i * 99700000000 FROM generate_series(1, 3000) i;
INSERT INTO member SELECT 4, i FROM unnest('{0,1,65535,65536,4294967295,4294967296,9223372036854775807,-9223372036854775808,-1}'::int8[]) i;
INSERT INTO member SELECT 5, i FROM generate_series(4294867296, 4295067296) i;
CREATE TABLE bm AS SELECT n, rb64_build_agg(v) AS b FROM member GROUP BY n;
INSERT INTO bm VALUES (6, '{}');
INSERT INTO bm SELECT 12, rb64_runoptimize(b) FROM bm WHERE n = 2;
INSERT INTO member SELECT 12, v FROM member WHERE n = 2;
CREATE INDEX ON member (n, v);
ANALYZE member;
SELECT x.n AS a, y.n AS b, rb64_cardinality(x.b) AS size, rb64_and_cardinality(x.b, y.b) AS shared,
       (SELECT count(*) FROM member p JOIN member q ON q.n = y.n AND q.v = p.v WHERE p.n = x.n) = rb64_and_cardinality(x.b, y.b)
       AND rb64_cardinality(x.b & y.b) = rb64_and_cardinality(x.b, y.b)
       AND rb64_cardinality(x.b | y.b) = rb64_or_cardinality(x.b, y.b)
       AND rb64_cardinality(x.b # y.b) = rb64_xor_cardinality(x.b, y.b)
       AND rb64_cardinality(x.b - y.b) = rb64_andnot_cardinality(x.b, y.b)
       AND ((x.b & y.b) | (x.b # y.b)) = (x.b | y.b)
       AND ((x.b - y.b) | (x.b & y.b)) = x.b
       AND (x.b @> y.b) = (rb64_andnot_cardinality(y.b, x.b) = 0)
       AND (x.b && y.b) = (rb64_and_cardinality(x.b, y.b) > 0)
       AND (x.b = y.b) = (rb64_xor_cardinality(x.b, y.b) = 0) AS agrees
  FROM bm x, bm y WHERE x.n <= y.n ORDER BY 1, 2;
-- stored out of line: a call site keeps the value it was given last
SELECT n, count(*), count(*) FILTER (WHERE b @> v) AS contained, count(*) FILTER (WHERE (v # 1) <@ b) AS neighbour, bool_and(rb64_index(b, v) = rb64_rank(b, v) - 1) AS positions
  FROM bm JOIN (SELECT n, v FROM member WHERE v % 7 = 0 OR n = 4) m USING (n) GROUP BY n ORDER BY n;
SELECT count(*) AS differences FROM (SELECT bm.n, v, b @> v AS held FROM bm, (SELECT DISTINCT v FROM member WHERE v % 1001 = 0) s ORDER BY v, n) s
 WHERE held <> EXISTS (SELECT FROM member m WHERE m.n = s.n AND m.v = s.v);
SELECT n, rb64_to_array(b) = ARRAY(SELECT v FROM member m WHERE m.n = bm.n ORDER BY v < 0, v) AS to_array, ARRAY(SELECT rb64_iterate(b)) = rb64_to_array(b) AS iterate,
       rb64_to_array(rb64_select(b, 10, 5)) = (rb64_to_array(b))[6:15] AS select,
       rb64_shiftright(rb64_shiftright(b, 1), -1) = rb64_remove(b, -1) AS shift
  FROM bm WHERE n <> 6 ORDER BY n;
DROP TABLE member, bm;
