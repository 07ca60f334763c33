-- Values that others wrote come over: bytes made by the published portable format, one by one, in
-- a column of bytea and in a column of somebody else's type of the same name.
SET search_path = public, cdp;
SET cdp.bitmap_output = 'array';
SET client_min_messages = warning;

-- the format's words: little-endian numbers; containers as (what they hold as bytes)
CREATE FUNCTION le(n int8, bytes int) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(set_byte('\x00', 0, ((n >> (8 * i)) & 255)::int), '' ORDER BY i) FROM generate_series(0, bytes - 1) i $$;
CREATE FUNCTION words(VARIADIC n int[]) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(le(v, 2), '' ORDER BY o) FROM unnest(n) WITH ORDINALITY u(v, o) $$;
CREATE FUNCTION bytes(two_digits text, times int) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT decode(repeat(two_digits, times), 'hex') $$;

CREATE TABLE crafted (name text PRIMARY KEY, bytes bytea, elements int4[], normal bool DEFAULT true);
INSERT INTO crafted VALUES
    ('empty', le(12346, 4) || le(0, 4), '{}'),
    ('array', le(12346, 4) || le(1, 4) || words(0, 2) || le(16, 4) || words(1, 5, 65535), '{1,5,65535}'),
    ('array of high values', le(12346, 4) || le(2, 4) || words(32768, 0, 65535, 1) || le(24, 4) || le(26, 4) || words(0) || words(7, 65535),
     '{-2147483648,-65529,-1}'),
    -- all even numbers of the container 1
    ('bitset', le(12346, 4) || le(1, 4) || words(1, 32767) || le(16, 4) || bytes('55', 8192),
     ARRAY(SELECT generate_series(65536, 131071, 2))),
    -- every number, said in 8192 bytes and in 4
    ('full bitset', le(12346, 4) || le(1, 4) || words(3, 65535) || le(16, 4) || bytes('ff', 8192),
     ARRAY(SELECT generate_series(3 * 65536, 4 * 65536 - 1))),
    ('full run', le(12347, 2) || le(0, 2) || '\x01' || words(3, 65535) || words(1, 0, 65535),
     ARRAY(SELECT generate_series(3 * 65536, 4 * 65536 - 1))),
    ('runs', le(12347, 2) || le(0, 2) || '\x01' || words(0, 109) || words(2, 10, 9, 100, 99),
     ARRAY(SELECT generate_series(10, 19)) || ARRAY(SELECT generate_series(100, 199))),
    -- fewer than four containers with a run among them have no table of offsets, four have one
    ('mixed, no offsets', le(12347, 2) || le(2, 2) || '\x04' || words(0, 1, 1, 32767, 2, 2) || words(3, 4) || bytes('aa', 8192) || words(1, 65533, 2),
     '{3,4}' || ARRAY(SELECT generate_series(65537, 131071, 2)) || '{196605,196606,196607}'::int[]),
    ('mixed, offsets', le(12347, 2) || le(3, 2) || '\x0a' || words(0, 1, 1, 2, 2, 32767, 65535, 65535)
     || le(37, 4) || le(41, 4) || le(47, 4) || le(8239, 4) || words(3, 4) || words(1, 0, 2) || bytes('aa', 8192) || words(1, 0, 65535),
     '{3,4,65536,65537,65538}' || ARRAY(SELECT generate_series(131073, 196607, 2)) || ARRAY(SELECT generate_series(-65536, -1)));
-- what a strict reader would not write, yet reads: junk behind the end, offsets that lead nowhere
INSERT INTO crafted
    SELECT name || ', junk behind', bytes || '\xdeadbeef', elements, false FROM crafted
    UNION ALL SELECT 'array, wrong offset', overlay(bytes PLACING '\xffffffff' FROM 13), elements, false FROM crafted WHERE name = 'array'
    UNION ALL SELECT 'mixed, wrong offsets', overlay(bytes PLACING '\x00000000ffffffff' FROM 26), elements, false FROM crafted WHERE name = 'mixed, offsets';
SELECT count(*) FROM crafted;

-- buckets of 64-bit values around the same bytes
CREATE TABLE crafted64 (name text PRIMARY KEY, bytes bytea, elements int8[], normal bool DEFAULT true);
INSERT INTO crafted64
    SELECT name, le(1, 8) || le(0, 4) || bytes, ARRAY(SELECT e & 4294967295 FROM unnest(elements::int8[]) e), normal
      FROM crafted WHERE name NOT LIKE 'empty%' AND name NOT LIKE '%junk%'
    UNION ALL SELECT 'empty', le(0, 8), '{}', true
    UNION ALL SELECT 'empty, junk behind', le(0, 8) || '\x00', '{}', false
    UNION ALL SELECT 'two buckets', le(2, 8) || le(5, 4) || a.bytes || le(4294967295, 4) || r.bytes,
                     ARRAY(SELECT (5::int8 << 32) + e FROM unnest(a.elements) e) || ARRAY(SELECT (-1::int8 << 32) + e FROM unnest(r.elements) e), true
      FROM crafted a, crafted r WHERE a.name = 'array' AND r.name = 'runs'
    UNION ALL SELECT 'an empty bucket', le(2, 8) || le(5, 4) || a.bytes || le(6, 4) || e.bytes,
                     ARRAY(SELECT (5::int8 << 32) + e FROM unnest(a.elements) e), false
      FROM crafted a, crafted e WHERE a.name = 'array' AND e.name = 'empty';

-- from bytea
CREATE TABLE kept AS SELECT name, bytes AS bm FROM crafted;
CREATE TABLE kept64 AS SELECT name, bytes AS bm FROM crafted64;
ALTER TABLE kept ALTER COLUMN bm TYPE cdp.roaringbitmap USING bm::cdp.roaringbitmap;
ALTER TABLE kept64 ALTER COLUMN bm TYPE cdp.roaringbitmap64 USING bm::cdp.roaringbitmap64;
SELECT name, rb_cardinality(bm) AS size, rb_to_array(bm) = elements AS elements, bm = rb_build(elements) AS equal,
       rb_hash(bm) = rb_hash(rb_build(elements)) AS hash, (bm::bytea = bytes) = normal AS bytes
  FROM kept JOIN crafted USING (name) ORDER BY name;
SELECT name, rb64_cardinality(bm) AS size, rb64_to_array(bm) = elements AS elements,
       bm = rb64_build(elements) AS equal, (bm::bytea = bytes) = normal AS bytes
  FROM kept64 JOIN crafted64 USING (name) ORDER BY name;

-- Somebody else's types of the same names, made like pg_roaringbitmap's: bytes under another name,
-- stored out of line and never compressed, with a cast to bytea that does nothing.
CREATE SCHEMA elsewhere;
CREATE FUNCTION make_type(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TYPE elsewhere.%s', name);
    EXECUTE format('CREATE FUNCTION elsewhere.%s_in(cstring) RETURNS elsewhere.%1$s LANGUAGE internal IMMUTABLE STRICT AS ''byteain''', name);
    EXECUTE format('CREATE FUNCTION elsewhere.%s_out(elsewhere.%1$s) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS ''byteaout''', name);
    EXECUTE format('CREATE TYPE elsewhere.%s (INPUT = elsewhere.%1$s_in, OUTPUT = elsewhere.%1$s_out, LIKE = bytea, STORAGE = external)', name);
    EXECUTE format('CREATE CAST (elsewhere.%s AS bytea) WITHOUT FUNCTION', name);
    EXECUTE format('CREATE CAST (bytea AS elsewhere.%s) WITHOUT FUNCTION', name);
    EXECUTE format('CREATE FUNCTION elsewhere.rb_cardinality(elsewhere.%s) RETURNS int8 LANGUAGE sql IMMUTABLE AS ''SELECT length($1::bytea)::int8''', name);
END $$;
SELECT make_type('roaringbitmap');
SELECT make_type('roaringbitmap64');
CREATE TABLE theirs (name text, bm elsewhere.roaringbitmap);
CREATE TABLE theirs64 (name text, bm elsewhere.roaringbitmap64);
INSERT INTO theirs SELECT name, bytes::elsewhere.roaringbitmap FROM crafted;
INSERT INTO theirs64 SELECT name, bytes::elsewhere.roaringbitmap64 FROM crafted64;

-- the types keep apart, whatever stands first in the path
SET search_path = public, elsewhere, cdp;
SELECT pg_typeof(NULL::roaringbitmap), pg_typeof('{1}'::cdp.roaringbitmap | 2), rb_cardinality('{1,2}'::cdp.roaringbitmap);
SELECT rb_cardinality(bm) FROM theirs WHERE name = 'empty';
SET search_path = public, cdp, elsewhere;
SELECT pg_typeof(NULL::roaringbitmap), rb_cardinality('{1,2}'::roaringbitmap);
SELECT rb_cardinality(bm) FROM theirs WHERE name = 'empty';
-- nothing leads from one to the other but bytes
SELECT bm::cdp.roaringbitmap FROM theirs;
SELECT bm | '{1}'::cdp.roaringbitmap FROM theirs;

-- the documented line, its way back, and a view of both at once
ALTER TABLE theirs ALTER COLUMN bm TYPE cdp.roaringbitmap USING (bm::bytea)::cdp.roaringbitmap;
ALTER TABLE theirs64 ALTER COLUMN bm TYPE cdp.roaringbitmap64 USING (bm::bytea)::cdp.roaringbitmap64;
SELECT count(*), count(*) FILTER (WHERE t.bm::bytea = k.bm::bytea) AS same FROM theirs t JOIN kept k USING (name);
SELECT count(*), count(*) FILTER (WHERE t.bm::bytea = k.bm::bytea) AS same FROM theirs64 t JOIN kept64 k USING (name);
SELECT attname, atttypid::regtype, attstorage FROM pg_attribute WHERE attrelid = 'theirs'::regclass AND attnum > 0;
ALTER TABLE theirs ALTER COLUMN bm TYPE elsewhere.roaringbitmap USING (bm::bytea)::elsewhere.roaringbitmap;
ALTER TABLE theirs ALTER COLUMN bm TYPE cdp.roaringbitmap USING (bm::bytea)::cdp.roaringbitmap;
SELECT count(*), count(*) FILTER (WHERE t.bm::bytea = k.bm::bytea) AS same FROM theirs t JOIN kept k USING (name);

-- A superuser who trusts the values can have it without rewriting the table.
CREATE TABLE unchanged (name text, bm elsewhere.roaringbitmap);
INSERT INTO unchanged SELECT name, bytes::elsewhere.roaringbitmap FROM crafted WHERE normal;
CREATE CAST (elsewhere.roaringbitmap AS cdp.roaringbitmap) WITHOUT FUNCTION;
SELECT pg_relation_filenode('unchanged') AS before \gset
ALTER TABLE unchanged ALTER COLUMN bm TYPE cdp.roaringbitmap USING bm::cdp.roaringbitmap;
SELECT pg_relation_filenode('unchanged') = :before AS not_rewritten;
SELECT count(*), count(*) FILTER (WHERE t.bm::bytea = k.bm::bytea AND t.bm = k.bm) AS same FROM unchanged t JOIN kept k USING (name);
DROP CAST (elsewhere.roaringbitmap AS cdp.roaringbitmap);

-- a domain of the same name
CREATE SCHEMA domains;
CREATE DOMAIN domains.roaringbitmap AS bytea CHECK (length(VALUE) >= 8);
CREATE TABLE domained (bm domains.roaringbitmap);
INSERT INTO domained SELECT bytes FROM crafted;
ALTER TABLE domained ALTER COLUMN bm TYPE cdp.roaringbitmap USING (bm::bytea)::cdp.roaringbitmap;
SELECT count(*), sum(rb_cardinality(bm)) FROM domained;

-- A damaged value stops the migration and leaves the table as it was; roaringbitmap() finds it.
CREATE TABLE damaged (id int, bm elsewhere.roaringbitmap);
INSERT INTO damaged SELECT n, bytes::elsewhere.roaringbitmap FROM (SELECT row_number() OVER (ORDER BY name) AS n, bytes FROM crafted) s;
UPDATE damaged SET bm = '\x3a300000010000000000ff0010000000'::bytea::elsewhere.roaringbitmap WHERE id = 3;
ALTER TABLE damaged ALTER COLUMN bm TYPE cdp.roaringbitmap USING (bm::bytea)::cdp.roaringbitmap;
SELECT atttypid::regtype FROM pg_attribute WHERE attrelid = 'damaged'::regclass AND attname = 'bm';

-- What hangs on the column. A default goes and comes in the same statement; indexes and constraints
-- come along by themselves, to our functions, if our schema stands before theirs in the path; views
-- and generated columns are dropped before.
CREATE TABLE dressed (id int, bm elsewhere.roaringbitmap DEFAULT '\x3a30000000000000',
                      CONSTRAINT small CHECK (elsewhere.rb_cardinality(bm) < 100000));
INSERT INTO dressed SELECT 1, bytes::elsewhere.roaringbitmap FROM crafted WHERE name = 'array';
CREATE INDEX dressed_size ON dressed (elsewhere.rb_cardinality(bm));
CREATE VIEW dressed_view AS SELECT id, elsewhere.rb_cardinality(bm) AS size FROM dressed;
SET search_path = public, cdp, elsewhere;
ALTER TABLE dressed ALTER COLUMN bm TYPE cdp.roaringbitmap USING (bm::bytea)::cdp.roaringbitmap;
ALTER TABLE dressed ALTER COLUMN bm DROP DEFAULT, ALTER COLUMN bm TYPE cdp.roaringbitmap USING (bm::bytea)::cdp.roaringbitmap,
    ALTER COLUMN bm SET DEFAULT '{}';
DROP VIEW dressed_view;
SET search_path = public, cdp;
ALTER TABLE dressed ALTER COLUMN bm DROP DEFAULT, ALTER COLUMN bm TYPE cdp.roaringbitmap USING (bm::bytea)::cdp.roaringbitmap,
    ALTER COLUMN bm SET DEFAULT '{}';
SET search_path = public, cdp, elsewhere;
ALTER TABLE dressed ALTER COLUMN bm DROP DEFAULT, ALTER COLUMN bm TYPE cdp.roaringbitmap USING (bm::bytea)::cdp.roaringbitmap,
    ALTER COLUMN bm SET DEFAULT '{}';
CREATE VIEW dressed_view AS SELECT id, rb_cardinality(bm) AS size FROM dressed;
SET search_path = public;
\d dressed
INSERT INTO dressed VALUES (2);
SELECT id, bm, size FROM dressed JOIN dressed_view USING (id) ORDER BY id;
DROP SCHEMA elsewhere, domains CASCADE;
SELECT id, bm FROM dressed WHERE cdp.rb_cardinality(bm) = 3;

DROP VIEW dressed_view;
DROP TABLE crafted, crafted64, kept, kept64, theirs, theirs64, unchanged, domained, damaged, dressed;
DROP FUNCTION le, words, bytes, make_type;
