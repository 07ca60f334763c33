-- What is larger than the server can hold is refused by name, not by the allocator.
\set VERBOSITY verbose
\set SHOW_CONTEXT never
SET search_path = cdp, public;
CREATE FUNCTION told(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE, SQLERRM, regexp_replace(detail, '\d{4,}', 'N', 'g'), nullif(hint, ''));
END $$;
-- every odd one of the first 2 billion values: 268 MB in bitsets
CREATE TABLE half AS
    SELECT rb_or_agg(rb_shiftright(b, n * 4194304::int8)) AS b
      FROM (SELECT rb_build_agg(2 * i + 1) AS b FROM generate_series(0, 2097151) AS i) AS s, generate_series(0, 511) AS n;
CREATE TABLE half64 AS SELECT b::roaringbitmap64 AS b FROM half;
SELECT rb_cardinality(b), length(b::bytea) > 268435456 AS large FROM half;
-- four characters a byte do not fit
SET bytea_output = 'escape';
SELECT told('SELECT b::text FROM half');
SELECT told('SELECT b::text FROM half64');
SET bytea_output = 'hex';
SET cdp.bitmap_output = 'array';
SELECT told('SELECT b::text FROM half');
SELECT told('SELECT rb_to_array(b) FROM half');
SELECT told('SELECT rb64_to_array(b) FROM half64');
SELECT told($$SELECT rb64_fill('{}', 1, -1)$$);
SELECT told($$SELECT rb64_flip('{}', 1, -1)$$);
-- four of them, in other quarters of the 64-bit range
SELECT told('SELECT rb64_or_agg(rb64_shiftright(b, n * 4294967296)) FROM half64, generate_series(0, 3) AS n');
DROP TABLE half, half64;
DROP FUNCTION told;
