-- Doors of roaringbitmap64: text, binary, bytea, arrays, 32 bits; each checks everything.
\set VERBOSITY terse
SET search_path = cdp, public;

SELECT '{}'::roaringbitmap64, '{1,4294967296}'::roaringbitmap64;
SET cdp.bitmap_output = 'array';
SELECT '{}'::roaringbitmap64, ' { 1 , +2, 003 ,1 } '::roaringbitmap64, '{-1,555555,2,-4}'::roaringbitmap64;
SELECT '{9223372036854775807,-9223372036854775808,0,4294967295,4294967296}'::roaringbitmap64;
-- a run container of 5 and 6 in bucket 1 reads as well
SELECT '\x0100000000000000010000003b3000000100000100010005000100'::roaringbitmap64;
-- empty buckets and what follows the last one are dropped
SELECT '\x0200000000000000000000003a30000000000000010000003a3000000100000000000000100000000000ffff'::bytea::roaringbitmap64::bytea;
SELECT '\x0100000000000000050000003a30000000000000'::bytea::roaringbitmap64 = '{}' AS empty;
RESET cdp.bitmap_output;
SET roaringbitmap.output_format = 'array';
SELECT '{1,-1}'::roaringbitmap64;
RESET roaringbitmap.output_format;
SET cdp.bitmap_output = 'array';

-- literals that are none; the SQLSTATE is part of the answer
CREATE FUNCTION refusal(literal text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN literal::cdp.roaringbitmap64::text;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
SELECT literal, refusal(literal) FROM unnest(ARRAY['', '1', '{', '{1', '{1,2,', '{1 2}', '{1}x', ' \x0000000000000000', '{1,}', '{,}', '{-x}',
    '{9223372036854775808}', '{0,-9223372036854775809,1}', '{99999999999999999999999}', '{-9223372036854775808}', '\x0', '\x', '\x00', '\x00000000000000',
    '\x0100000000000000', '\x010000000000000000000000', '\x0100000000000000000000003a30', '\xffffffffffffffff',
    '\x0100000000000000000000003a30000001000000000001001000000002000100',
    '\x0200000000000000000000003a30000001000000000001001000000002000100010000003a3000000100000000000000100000000000', '\x0200000000000000000000003a30000001000000000001001000000002000100010000003a30',
    '\x0200000000000000010000003a3000000100000000000000100000000000010000003a3000000100000000000000100000000000',
    '\x0200000000000000010000003a3000000100000000000000100000000000000000003a3000000100000000000000100000000000']) literal;
SELECT '\x3a30000000000000'::bytea::roaringbitmap64;

-- binary
CREATE TABLE v (n int, b roaringbitmap64);
INSERT INTO v VALUES (1, '{}'), (2, '{1,-1,4294967296}'), (3, NULL);
INSERT INTO v SELECT 4, rb64_build_agg(i * 3) FROM generate_series(1::bigint, 200000) i;
INSERT INTO v SELECT 5, rb64_build_agg(hashint8extended(i, 0)) FROM generate_series(1, 5000) i;
INSERT INTO v VALUES (6, rb64_fill('{7}', 4294900000, 4295100000));
\copy v to 'results/bitmap64_io_copy' with (format binary)
CREATE TABLE w (n int, b roaringbitmap64);
\copy w from 'results/bitmap64_io_copy' with (format binary)
SELECT n, v.b::bytea = w.b::bytea AS binary, v.b::text::roaringbitmap64 = v.b AS text, roaringbitmap64_send(v.b) = v.b::bytea AS send,
       v.b::bytea::roaringbitmap64::bytea = v.b::bytea AS cast, rb64_build(rb64_to_array(v.b)) = v.b AS array, v.b::int8[]::roaringbitmap64 = v.b AS casts
  FROM v JOIN w USING (n) ORDER BY n;
CREATE TABLE empty_bytes (b bytea);
INSERT INTO empty_bytes VALUES ('');
\copy empty_bytes to 'results/bitmap64_io_empty' with (format binary)
CREATE TABLE x (b roaringbitmap64);
\copy x from 'results/bitmap64_io_empty' with (format binary)
-- a partial message
UPDATE empty_bytes SET b = '\x01000000000000000000';
\copy empty_bytes to 'results/bitmap64_io_empty' with (format binary)
\copy x from 'results/bitmap64_io_empty' with (format binary)

-- arrays
SELECT rb64_build('{}'), rb64_build('{3,1,-1,3}'), rb64_build('{{1,2},{3,4}}'), rb64_build('[5:6]={1,2}'), rb64_build(NULL);
SELECT rb64_build('{1,NULL}');
SELECT rb64_to_array('{5,-1,4}'), rb64_to_array('{}'), array_ndims(rb64_to_array('{}')), '{2,1}'::int8[]::roaringbitmap64, '{2,1}'::roaringbitmap64::int8[];
SELECT rb64_to_array(rb64_fill('{}', 0, 4294967296));
SELECT length(rb64_fill('{}', 0, 4294967296)::text);
SELECT ARRAY(SELECT rb64_iterate('{5,-1,4,4294967296}')), (SELECT count(*) FROM rb64_iterate('{}')), (SELECT count(*) FROM rb64_iterate(NULL));
SELECT rb64_iterate(rb64_fill('{}', 0, 1000000000000)) LIMIT 3;

-- 32 bits: the integers stay
SELECT '{1,-1,2147483647,-2147483648}'::roaringbitmap::roaringbitmap64, '{1,-1,2147483647,-2147483648}'::roaringbitmap64::roaringbitmap, '{}'::roaringbitmap::roaringbitmap64, '{}'::roaringbitmap64::roaringbitmap;
SELECT '{1,2147483648}'::roaringbitmap64::roaringbitmap;
SELECT '{4294967296}'::roaringbitmap64::roaringbitmap;
SELECT '{-2147483649}'::roaringbitmap64::roaringbitmap;
SELECT rb64_to_roaringbitmap(NULL), rb64_from_roaringbitmap(NULL);
DROP TABLE v, w, x, empty_bytes;
DROP FUNCTION refusal;
