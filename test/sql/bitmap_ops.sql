-- Functions and operators of roaringbitmap: usual, empty and null arguments, the ends of the range.
\set VERBOSITY terse
SET search_path = cdp, public;
SET cdp.bitmap_output = 'array';

-- to and from arrays and rows
SELECT rb_build('{3,1,3,-1}'), rb_build('{}'), rb_build(NULL);
SELECT rb_build('[5:6]={7,8}'::int4[]), rb_build('{{1,2},{3,4}}');
SELECT rb_build('{1,NULL}');
\set VERBOSITY sqlstate
SELECT rb_build('{1,NULL}');
\set VERBOSITY terse
SELECT rb_to_array('{5,-1,4,-2147483648,2147483647}'), rb_to_array('{}'), array_ndims(rb_to_array('{}')), rb_to_array(NULL);
SELECT rb_iterate('{5,-1,4,-2147483648,2147483647}');
SELECT rb_iterate('{}');
SELECT rb_iterate(NULL);
SELECT count(*), min(v), max(v), count(DISTINCT v) FROM rb_iterate(rb_build(ARRAY(SELECT generate_series(-70000, 70000)))) v;
SELECT rb_iterate('{1,2,3}') LIMIT 2;
-- two at once, of different length, in the target list
SELECT rb_iterate('{1,2,3}'), rb_iterate('{7}');

-- set operations
SELECT rb_and('{1,2,3}', '{2,3,4}'), rb_or('{1,2,3}', '{2,3,4}'), rb_xor('{1,2,3}', '{2,3,4}'), rb_andnot('{1,2,3}', '{2,3,4}');
SELECT rb_and('{1}', '{}'), rb_or('{1}', '{}'), rb_xor('{1}', '{}'), rb_andnot('{1}', '{}'), rb_andnot('{}', '{1}');
SELECT rb_and('{1}', NULL), rb_or(NULL, '{1}'), rb_xor('{1}', NULL), rb_andnot(NULL, '{1}');
SELECT '{1,2,3}'::roaringbitmap & '{2,3,4}', '{1,2,3}'::roaringbitmap | '{2,3,4}', '{1,2,3}'::roaringbitmap # '{2,3,4}', '{1,2,3}'::roaringbitmap - '{2,3,4}'::roaringbitmap;
SELECT rb_add('{1}', 2), rb_add(-1, '{1}'), rb_add('{1}', 1), rb_remove('{1,2}', 2), rb_remove('{1,2}', 3), rb_remove('{}', 1);
SELECT rb_add(NULL::roaringbitmap, 1), rb_add('{1}', NULL::int4), rb_remove(NULL, 1);
SELECT '{1}'::roaringbitmap | 2, 2 | '{1}'::roaringbitmap, '{1,2}'::roaringbitmap - 2, '{1}'::roaringbitmap | 3::int2;

-- counts
SELECT rb_cardinality('{1,2,-1}'), rb_cardinality('{}'), rb_cardinality(NULL);
SELECT rb_and_cardinality('{1,2,3}', '{2,3,4}'), rb_or_cardinality('{1,2,3}', '{2,3,4}'), rb_xor_cardinality('{1,2,3}', '{2,3,4}'), rb_andnot_cardinality('{1,2,3}', '{2,3,4}');
SELECT rb_and_cardinality('{1}', '{}'), rb_or_cardinality('{1}', '{}'), rb_xor_cardinality('{}', '{1}'), rb_andnot_cardinality('{}', '{1}'), rb_and_cardinality('{1}', NULL);

-- questions
SELECT rb_is_empty('{}'), rb_is_empty('{0}'), rb_is_empty(NULL);
SELECT rb_min('{-1,-2}'), rb_max('{-1,5}'), rb_min('{}'), rb_max('{}'), rb_min(NULL), rb_max('{-2147483648,2147483647}');
SELECT rb_contains('{1,2}', 2), rb_contains('{1,2}', 3), rb_contains('{}', 1), rb_contains('{-1}', -1), rb_containedby(2, '{1,2}'), rb_contains(NULL::roaringbitmap, 1);
SELECT rb_contains('{1,2}'::roaringbitmap, '{2}'::roaringbitmap), rb_contains('{1,2}'::roaringbitmap, '{}'::roaringbitmap), rb_contains('{}'::roaringbitmap, '{1}'::roaringbitmap), rb_containedby('{2}'::roaringbitmap, '{1,2}'::roaringbitmap);
SELECT rb_contains('{1}', '{1}');
SELECT rb_intersect('{1,2}', '{2,3}'), rb_intersect('{1,2}', '{3}'), rb_intersect('{}', '{}'), rb_intersect('{1}', NULL);
SELECT rb_equals('{1,2}', '{2,1}'), rb_equals('{1}', '{2}'), rb_equals('{}', '{}'), rb_not_equals('{1}', '{2}'), rb_equals('{1}', NULL);
SELECT '{1,2}'::roaringbitmap @> '{2}', '{2}'::roaringbitmap <@ '{1,2}', '{1,2}'::roaringbitmap @> 2, 2 <@ '{1,2}'::roaringbitmap, '{1,2}'::roaringbitmap && '{2}', '{1,2}'::roaringbitmap = '{1,2}', '{1,2}'::roaringbitmap <> '{1,2}';
-- by content: four values as a run and as an array
SELECT '\x3b3000000100000300010001000300'::roaringbitmap = '{1,2,3,4}' AS same, '\x3b3000000100000300010001000300'::roaringbitmap;
-- no bigint
SELECT '{1}'::roaringbitmap @> 1::bigint;

-- commutators, negators and estimators
SELECT o.oprname, o.oprleft::regtype, o.oprright::regtype, o.oprcode::regproc, c.oprname AS commutator, n.oprname AS negator, o.oprrest, o.oprjoin
  FROM pg_operator o LEFT JOIN pg_operator c ON c.oid = o.oprcom LEFT JOIN pg_operator n ON n.oid = o.oprnegate
 WHERE 'cdp.roaringbitmap'::regtype IN (o.oprleft, o.oprright) AND o.oprnamespace = 'cdp'::regnamespace
 ORDER BY o.oprname COLLATE "C", o.oprleft::regtype::text COLLATE "C", o.oprright::regtype::text COLLATE "C";

-- every operation over every mix of containers agrees with SQL over the rows
CREATE TABLE member (n int, v int4);
INSERT INTO member SELECT 1, i FROM generate_series(0, 200000, 3) i;
INSERT INTO member SELECT 2, i FROM generate_series(-70000, 70000) i;
INSERT INTO member SELECT 3, i * 997 FROM generate_series(1, 5000) i;
INSERT INTO member SELECT 4, i FROM unnest('{0,1,65535,65536,2147483647,-2147483648,-1}'::int4[]) i;
INSERT INTO member SELECT 5, i FROM generate_series(65536, 131071) i;
INSERT INTO member SELECT 6, i FROM generate_series(0, 4095) i;
INSERT INTO member SELECT 7, i FROM generate_series(0, 4096) i;
CREATE TABLE bm AS SELECT n, rb_build_agg(v) AS b FROM member GROUP BY n;
INSERT INTO bm VALUES (8, '{}');
-- the same sets as runs
INSERT INTO bm SELECT 12, rb_and(b, b) FROM bm WHERE n = 2;
INSERT INTO bm VALUES (13, '\x3b300000010000ffff01000000ffff');
INSERT INTO member SELECT 12, v FROM member WHERE n = 2;
INSERT INTO member SELECT 13, i FROM generate_series(0, 65535) i;
CREATE INDEX ON member (n, v);
ANALYZE member;
SELECT x.n AS a, y.n AS b, rb_cardinality(x.b) AS size, rb_and_cardinality(x.b, y.b) AS shared,
       (SELECT count(*) FROM member p JOIN member q ON q.n = y.n AND q.v = p.v WHERE p.n = x.n) = rb_and_cardinality(x.b, y.b)
       AND rb_cardinality(x.b & y.b) = rb_and_cardinality(x.b, y.b)
       AND rb_cardinality(x.b | y.b) = rb_or_cardinality(x.b, y.b)
       AND rb_cardinality(x.b # y.b) = rb_xor_cardinality(x.b, y.b)
       AND rb_cardinality(x.b - y.b) = rb_andnot_cardinality(x.b, y.b)
       AND ((x.b & y.b) | (x.b # y.b)) = (x.b | y.b)
       AND ((x.b - y.b) | (x.b & y.b)) = x.b
       AND (x.b @> y.b) = (rb_andnot_cardinality(y.b, x.b) = 0)
       AND (x.b && y.b) = (rb_and_cardinality(x.b, y.b) > 0)
       AND (x.b = y.b) = (rb_xor_cardinality(x.b, y.b) = 0) AS agrees
  FROM bm x, bm y WHERE x.n <= y.n ORDER BY 1, 2;
-- stored out of line, and read as arrays, rows and one by one
SELECT n, rb_to_array(b) = ARRAY(SELECT v FROM member m WHERE m.n = bm.n ORDER BY v < 0, v) AS to_array,
       ARRAY(SELECT rb_iterate(b)) = rb_to_array(b) AS iterate,
       (SELECT bool_and(b @> v AND NOT (b - v) @> v) FROM (SELECT v FROM member m WHERE m.n = bm.n ORDER BY hashint4(v) LIMIT 50) s) AS contains,
       rb_min(b) = (rb_to_array(b))[1] AND rb_max(b) = (rb_to_array(b))[rb_cardinality(b)] AS ends
  FROM bm WHERE n < 8 ORDER BY n;
SELECT rb_to_array(rb_build(ARRAY(SELECT v FROM member ORDER BY hashint4(v)))) = rb_to_array(rb_or_agg(b)) AS build FROM bm;
-- leave the database as it was
DROP TABLE member, bm;
