-- Doors of roaringbitmap: text, binary, bytea; each checks everything.
\set VERBOSITY terse
SET search_path = cdp, public;

-- text, both forms
SELECT '{}'::roaringbitmap;
SHOW cdp.bitmap_output;
SELECT '{1}'::roaringbitmap;
SELECT '\x3a3000000100000000000000100000000100'::roaringbitmap;
SET bytea_output = escape;
SELECT '{1}'::roaringbitmap;
RESET bytea_output;
SET cdp.bitmap_output = 'array';
SELECT '{}'::roaringbitmap, ' { 1 , +2, 003 ,1 } '::roaringbitmap, '{-1,555555,2,-4}'::roaringbitmap;
SELECT '{2147483647,-2147483648,0}'::roaringbitmap;
-- a run container of 5 and 6 reads as well
SELECT '\x3b3000000100000100010005000100'::roaringbitmap;
SELECT format('{%s}', string_agg(i::text, ',' ORDER BY i))::roaringbitmap = rb_build_agg(i) AS same
  FROM generate_series(0, 9000) i;

-- the setting of the field counts while ours is not set
RESET cdp.bitmap_output;
SET roaringbitmap.output_format = 'array';
SELECT '{1,2}'::roaringbitmap;
SET cdp.bitmap_output = 'bytea';
SELECT '{1,2}'::roaringbitmap;
RESET cdp.bitmap_output;
SELECT '{1,2}'::roaringbitmap;
SET roaringbitmap.output_format = 'bytea';
SELECT '{1,2}'::roaringbitmap;
SET cdp.bitmap_output = 'list';
SET cdp.bitmap_output = 'array';

-- literals that are none; the SQLSTATE is part of the answer
\set VERBOSITY sqlstate
SELECT ''::roaringbitmap;
SELECT '{1,2,'::roaringbitmap;
SELECT '{-x}'::roaringbitmap;
SELECT '{2147483648}'::roaringbitmap;
SELECT '\x3a30'::roaringbitmap;
SELECT '\x3a30000001000000000001001000000002000100'::roaringbitmap;
\set VERBOSITY terse
SELECT ''::roaringbitmap;
SELECT '1'::roaringbitmap;
SELECT '{'::roaringbitmap;
SELECT '{1'::roaringbitmap;
SELECT '{1,2,'::roaringbitmap;
SELECT '{1 2}'::roaringbitmap;
SELECT '{1}x'::roaringbitmap;
SELECT ' \x3a30000000000000'::roaringbitmap;
SELECT '\X3a30000000000000'::roaringbitmap;
SELECT '{1,}'::roaringbitmap;
SELECT '{,}'::roaringbitmap;
SELECT '{-x}'::roaringbitmap;
SELECT '{2147483648}'::roaringbitmap;
SELECT '{0,-2147483649,1}'::roaringbitmap;
SELECT '\x3'::roaringbitmap;
SELECT '\xzz'::roaringbitmap;

-- bytea: binary coercible one way, checked and brought into normal form the other
SELECT '{1}'::roaringbitmap::bytea;
SELECT roaringbitmap('\x3a3000000100000000000000100000000100'::bytea);
SELECT '\x3a3000000100000000000000100000000100'::bytea::roaringbitmap;
SELECT NULL::bytea::roaringbitmap IS NULL AS nothing;
-- trailing bytes are dropped, a wrong table of offsets is repaired
SELECT '\x3a3000000100000000000000100000000100ffff'::bytea::roaringbitmap::bytea;
SELECT '\x3a3000000100000000000000ffffffff0100'::bytea::roaringbitmap::bytea;
SELECT ''::bytea::roaringbitmap;
SELECT '\x00'::bytea::roaringbitmap;
SELECT '\x39300000'::bytea::roaringbitmap;
SELECT '\x3a300000ffffffff'::bytea::roaringbitmap;
SELECT '\x3a30000001000100'::bytea::roaringbitmap;
SELECT '\x3b30ffff'::bytea::roaringbitmap;
SELECT '\x3a30000001000000000000001000000001'::bytea::roaringbitmap;
-- values, keys and runs out of order; counts that lie. The reason is the library's word for it.
SELECT '\x3a30000001000000000001001000000002000100'::bytea::roaringbitmap;
\set VERBOSITY sqlstate
SELECT '\x3a30000001000000000001001000000002000100'::bytea::roaringbitmap;
SELECT '\x3a3000000200000001000000000000001800000019000000010001000100'::bytea::roaringbitmap;
SELECT '\x3b300000010000010002000500010005000100'::bytea::roaringbitmap;
SELECT '\x3b3000000100000100000000'::bytea::roaringbitmap;
SELECT ('\x3a30000001000000' || '00000010' || '10000000' || repeat('00', 8192))::text::bytea::roaringbitmap;

\set VERBOSITY terse

-- every length of a value cut short is refused
DO $$
DECLARE
    whole bytea := '{1,2,70000,-1}'::cdp.roaringbitmap;
    refused int := 0;
BEGIN
    FOR n IN 0 .. length(whole) - 1 LOOP
        BEGIN
            PERFORM substring(whole FOR n)::cdp.roaringbitmap;
        EXCEPTION WHEN null_value_not_allowed THEN
            refused := refused + 1;
        END;
    END LOOP;
    RAISE NOTICE '% of % refused', refused, length(whole);
END
$$;

-- binary: COPY there and back, small and large, and a message that is no bitmap
CREATE TABLE sent (n int, members roaringbitmap);
INSERT INTO sent VALUES (1, '{}'), (2, '{1,2,-1}'), (3, NULL);
INSERT INTO sent SELECT 4, rb_build_agg(i) FROM generate_series(1, 300000, 3) i;
INSERT INTO sent VALUES (5, '\x3b3000000100000100010005000100');
\copy sent to 'results/bitmap_io_copy' with (format binary)
CREATE TABLE received (LIKE sent);
\copy received from 'results/bitmap_io_copy' with (format binary)
SELECT n, rb_cardinality(r.members), r.members::bytea IS NOT DISTINCT FROM s.members::bytea AS same
  FROM received r JOIN sent s USING (n) ORDER BY n;
-- bytea sends its bytes as they are: so any message can be made
TRUNCATE received;
\copy (SELECT 1, ''::bytea) to 'results/bitmap_io_copy' with (format binary)
\copy received from 'results/bitmap_io_copy' with (format binary)
\copy (SELECT 1, '\x3a30'::bytea) to 'results/bitmap_io_copy' with (format binary)
\copy received from 'results/bitmap_io_copy' with (format binary)
\copy (SELECT 1, '\x3a300000010000000000ff0f100000000100'::bytea) to 'results/bitmap_io_copy' with (format binary)
\copy received from 'results/bitmap_io_copy' with (format binary)
\copy (SELECT 1, '\x3a30000001000000000001001000000002000100'::bytea) to 'results/bitmap_io_copy' with (format binary)
\copy received from 'results/bitmap_io_copy' with (format binary)
\copy (SELECT 1, 'CDB1\377\377\377\377'::bytea) to 'results/bitmap_io_copy' with (format binary)
\copy received from 'results/bitmap_io_copy' with (format binary)
\copy (SELECT 1, '\x3a3000000100000000000000ffffffff0100eeee'::bytea) to 'results/bitmap_io_copy' with (format binary)
\copy received from 'results/bitmap_io_copy' with (format binary)
SELECT members, members::bytea FROM received;

-- all 2^32 values, a megabyte of runs: everything that reads in place does, what would not fit says so
CREATE TABLE everything AS
    SELECT (decode('3b30ffff' || repeat('ff', 8192), 'hex')
            || decode(string_agg(lpad(to_hex(k & 255), 2, '0') || lpad(to_hex(k >> 8), 2, '0') || 'ffff', '' ORDER BY k), 'hex')
            || decode(repeat('00000000', 65536) || repeat('01000000ffff', 65536), 'hex'))::roaringbitmap AS b
      FROM generate_series(0, 65535) k;
SELECT octet_length(b::bytea), rb_cardinality(b), rb_min(b), rb_max(b), b @> -1, rb_and_cardinality(b, b), rb_cardinality(b # b), b = b AS same, rb_cardinality(b - 7) FROM everything;
SELECT (SELECT count(*) FROM (SELECT rb_iterate(b) LIMIT 100000) s) FROM everything;
SELECT rb_to_array(b) FROM everything;
SELECT b::text FROM everything;
\set VERBOSITY sqlstate
SELECT b::text FROM everything;
-- leave the database as it was
DROP TABLE sent, received, everything;
