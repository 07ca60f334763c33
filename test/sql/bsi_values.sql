-- What a bit-sliced index is made of, asked and changed into.
CREATE FUNCTION rows_of(b cdp.bsi) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(id || ':' || number, ' ') FROM cdp.bsi_iterate(b) $$;
SELECT rows_of('{3:10, 1:-5,-1:0, 7 : 9223372036854775807}'), rows_of('{}') IS NULL AS nobody;
SELECT '{}'::cdp.bsi, '{1:300,2:301}'::cdp.bsi;
SELECT ('{1:300,2:301}'::cdp.bsi)::text::cdp.bsi OPERATOR(cdp.=) '{2:301,1:300}' AS same, '{1:1}'::cdp.bsi OPERATOR(cdp.<>) '{1:2}' AS other;
-- from rows: nulls are skipped, values of an id added, or treated as told
SELECT rows_of(cdp.bsi_build_agg(id, v)) FROM (VALUES (1, 5), (2, -7), (1, 6), (NULL, 1), (3, NULL), (4, 0)) AS t (id, v);
SELECT how, rows_of(cdp.bsi_build_agg(id, v, how ORDER BY n))
  FROM (VALUES (1, 1, 5), (2, 2, 9), (3, 1, 3), (4, 1, 4)) AS t (n, id, v), unnest('{sum,first,last,min,max}'::text[]) AS how GROUP BY how ORDER BY how;
SELECT cdp.bsi_build_agg(1, 2) FROM generate_series(1, 0);
SELECT cdp.bsi_build_agg(id, 1, 'error') FROM unnest('{1,2,1}'::int4[]) AS id;
SELECT cdp.bsi_build_agg(1, 1, 'mean');
SELECT cdp.bsi_build_agg(1, 1, NULL);
SELECT cdp.bsi_build_agg(1, 9223372036854775807) FROM generate_series(1, 2);
-- a window asks again and again
SELECT id, rows_of(cdp.bsi_build_agg(id, id) OVER (ORDER BY id)), rows_of(cdp.bsi_count_agg(cdp.rb_build(ARRAY[id, 9])) OVER (ORDER BY id))
  FROM unnest('{1,2,3}'::int4[]) AS id ORDER BY id;
-- in how many sets, and sums
SELECT rows_of(cdp.bsi_count_agg(rb::cdp.roaringbitmap)) FROM unnest('{"{1,2,3}","{2,3}","{3}",NULL,"{}"}'::text[]) AS rb;
-- with a weight for each set
SELECT rows_of(cdp.bsi_weight_agg(rb::cdp.roaringbitmap, weight))
  FROM (VALUES ('{1,2,3}', 10), ('{2,3}', -25), ('{3}', 7), ('{4}', 0), (NULL, 5), ('{5}', NULL), ('{}', 8)) AS t (rb, weight);
SELECT cdp.bsi_weight_agg('{1}', 9223372036854775807) FROM generate_series(1, 2);
SELECT rows_of(cdp.bsi_agg(b::cdp.bsi)) FROM unnest('{"{1:5,2:-3}","{2:3,3:7}",NULL,"{}","{1:-1000000}"}'::text[]) AS b;
SELECT rows_of('{1:5,2:-3}'::cdp.bsi OPERATOR(cdp.+) '{2:3,3:7}'), cdp.bsi_add('{1:1}', NULL) IS NULL AS unknown;
SELECT cdp.bsi_add('{1:9223372036854775807}', '{1:1}');
SELECT rows_of(cdp.bsi_add('{1:9223372036854775807,2:0}', '{1:-9223372036854775808}'));
-- one id
SELECT id, cdp.bsi_get('{3:10,1:-5,-1:0}', id) FROM unnest('{1,2,3,-1}'::int4[]) AS id;
-- numbers, of all and of some
CREATE TABLE who AS SELECT '{1:-10,2:5,3:5,4:20,5:1000}'::cdp.bsi AS b, '{2,4,5,77}'::cdp.roaringbitmap AS few, '{9}'::cdp.roaringbitmap AS none;
SELECT cdp.bsi_count(b), cdp.bsi_sum(b), round(cdp.bsi_avg(b), 2) AS avg, cdp.bsi_min(b), cdp.bsi_max(b), cdp.bsi_median(b), cdp.rb_to_array(cdp.bsi_ebm(b)) FROM who;
SELECT cdp.bsi_count(b, few), cdp.bsi_sum(b, few), round(cdp.bsi_avg(b, few), 2) AS avg, cdp.bsi_min(b, few), cdp.bsi_max(b, few), cdp.bsi_median(b, few) FROM who;
SELECT cdp.bsi_count(b, none), cdp.bsi_sum(b, none), cdp.bsi_avg(b, none), cdp.bsi_min(b, none), cdp.bsi_max(b, none), cdp.bsi_median(b, none) FROM who;
SELECT cdp.bsi_count('{}'), cdp.bsi_sum('{}'), cdp.bsi_avg('{}'), cdp.bsi_min('{}'), cdp.bsi_max('{}'), cdp.bsi_quantile('{}', '{0.5}');
SELECT cdp.bsi_sum('{1:9223372036854775807,2:9223372036854775807,3:1}') AS beyond_bigint;
-- who compares so
SET cdp.bitmap_output = 'array';
SELECT v, cdp.bsi_eq(b, v) AS eq, cdp.bsi_ne(b, v) AS ne, cdp.bsi_lt(b, v) AS lt, cdp.bsi_le(b, v) AS le, cdp.bsi_gt(b, v) AS gt, cdp.bsi_ge(b, v) AS ge
  FROM who, unnest('{-9223372036854775808,-10,4,5,1000,1001}'::int8[]) AS v;
SELECT cdp.bsi_eq(b, 5, few) AS eq, cdp.bsi_ne(b, 5, few) AS ne, cdp.bsi_lt(b, 20, few) AS lt, cdp.bsi_le(b, 20, few) AS le, cdp.bsi_gt(b, 5, few) AS gt, cdp.bsi_ge(b, 20, few) AS ge FROM who;
SELECT cdp.bsi_between(b, 5, 20), cdp.bsi_between(b, 5, 20, few), cdp.bsi_between(b, 20, 5) FROM who;
-- the first and the last ones; ties go to the smaller ids
SELECT k, cdp.bsi_topk(b, k), cdp.bsi_bottomk(b, k), cdp.bsi_topk(b, k, few), cdp.bsi_bottomk(b, k, few) FROM who, unnest('{0,1,2,3,9}'::int8[]) AS k;
SELECT cdp.bsi_topk(b, -1) FROM who;
SELECT cdp.bsi_quantile(b, '{0,0.2,0.5,0.81,1}'), cdp.bsi_quantile(b, '{0.5}', few), cdp.bsi_quantile(b, '{}') FROM who;
SELECT cdp.bsi_quantile(b, '{1.5}') FROM who;
SELECT cdp.bsi_quantile(b, '{NaN}') FROM who;
SELECT cdp.bsi_ntile(b, 2), cdp.bsi_ntile(b, 7), cdp.bsi_ntile(b, 2, few) FROM who;
SELECT cdp.bsi_ntile(b, 0) FROM who;
SELECT h.* FROM who, cdp.bsi_histogram(b, '{-100,0,10,50}') AS h;
SELECT h.* FROM who, cdp.bsi_histogram(b, '{0,10}', few) AS h;
SELECT * FROM cdp.bsi_histogram('{}', '{0}');
SELECT * FROM cdp.bsi_histogram('{}', '{5,5}');
-- others from it
SELECT rows_of(cdp.bsi_restrict(b, few)) AS restricted, rows_of(cdp.bsi_remove(b, few)) AS removed FROM who;
SELECT id, number FROM who, cdp.bsi_iterate(b, few);
SELECT rows_of(cdp.bsi_remap(b, '{2,3,4}', '{3,2,5}')), rows_of(cdp.bsi_remap(b, '{}', '{}')) FROM who;
SELECT cdp.bsi_differ(b, '{2:5,-1:7}'), cdp.bsi_differ(b, b), cdp.rb_equals(cdp.bsi_differ('{}', b), cdp.bsi_ebm(b)) AS whole FROM who;
SELECT packed, cdp._bsi_packed_count(packed) AS numbers, ARRAY(SELECT cdp._bsi_packed_get(packed, place) FROM generate_series(-1, 4) AS place) AS at_places,
       cdp.bsi_equal(cdp._bsi_patch(b, few, packed), b) AS same, rows_of(cdp._bsi_patch(b, few, cdp._bsi_pack('{4:-3,77:5,78:1}', few))) AS patched
  FROM who, cdp._bsi_pack(b, few) AS packed;
SELECT cdp._bsi_patch(b, none, cdp._bsi_pack(b, few)) FROM who;
SELECT cdp._bsi_packed_count('x');
SELECT cdp._bsi_packed_get(cdp._bsi_pack(b, few) || 'x', 0) FROM who;
SELECT cdp.bsi_remap(b, '{1,2}', '{3}') FROM who;
SELECT cdp.bsi_remap(b, '{1,1}', '{3,4}') FROM who;
-- literals and bytes that are none
SELECT '{1:2,1:2}'::cdp.bsi;
SELECT '{1:x}'::cdp.bsi;
SELECT '{4294967296:1}'::cdp.bsi;
SELECT '\x'::cdp.bsi;
SELECT '\x02'::cdp.bsi;
SELECT '\x8100000001000000010000000500000000000000'::cdp.bsi;
-- any byte changed is seen, but for those that make another one
CREATE FUNCTION is_taken(bytes bytea) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    b cdp.bsi;
BEGIN
    b := bytes::text::cdp.bsi;
    IF cdp.bsi_send(b) <> bytes OR cdp.bsi_build_agg(id, number) OPERATOR(cdp.<>) b FROM cdp.bsi_iterate(b) THEN
        RAISE 'taken for something else: %', bytes;
    END IF;
    RETURN true;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN false;
END $$;
SELECT is_taken(bytes) AS taken, count(*) > 100 AS many
  FROM cdp.bsi_send('{1:7,2:3,70000:12}') AS s (image), generate_series(0, length(image) - 1) AS n, unnest('{0,1,255}'::int4[]) AS byte, set_byte(image, n, byte) AS bytes
 WHERE bytes <> image GROUP BY 1 ORDER BY 1;
-- and a short one
SELECT count(*) FROM cdp.bsi_send('{1:7,2:3,70000:12}') AS s (image), generate_series(0, length(image) - 1) AS n WHERE is_taken(substr(image, 1, n));
DROP TABLE who;
DROP FUNCTION rows_of, is_taken;
