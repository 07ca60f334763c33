-- What applications of pg_roaringbitmap 1.2 call is here: names, arguments, results, strictness and
-- volatility of functions, aggregates, operators and casts of both types. `B` stands for a type of
-- bitmap and `E` for that of its elements, so one list says it of both.
SET search_path = public, cdp;

CREATE TABLE published (signature text);
INSERT INTO published
    SELECT trim(line) FROM regexp_split_to_table($$
        roaringbitmap_in(cstring) B; roaringbitmap_out(B) cstring; roaringbitmap_recv(internal) B; roaringbitmap_send(B) bytea
        roaringbitmap(bytea) B; rb_build(_E) B; rb_to_array(B) _E; rb_iterate(B) SETOF E
        rb_and(B,B) B; rb_or(B,B) B; rb_xor(B,B) B; rb_andnot(B,B) B; rb_add(B,E) B; rb_add(E,B) B; rb_remove(B,E) B
        rb_and_cardinality(B,B) int8; rb_or_cardinality(B,B) int8; rb_xor_cardinality(B,B) int8; rb_andnot_cardinality(B,B) int8
        rb_cardinality(B) int8; rb_is_empty(B) bool; rb_min(B) E; rb_max(B) E; rb_rank(B,E) int8; rb_index(B,E) int8
        rb_contains(B,B) bool; rb_contains(B,E) bool; rb_containedby(B,B) bool; rb_containedby(E,B) bool; rb_intersect(B,B) bool
        rb_equals(B,B) bool; rb_not_equals(B,B) bool; rb_jaccard_dist(B,B) float8; rb_runoptimize(B) B
        rb_fill(B,int8,int8) B; rb_clear(B,int8,int8) B; rb_flip(B,int8,int8) B; rb_range(B,int8,int8) B
        rb_range_cardinality(B,int8,int8) int8; rb_select(B,int8,int8,bool,int8,int8) B; rb_shiftleft(B,int8) B; rb_shiftright(B,int8) B
        $$, '[;\n]') AS line
     WHERE trim(line) <> '';
-- the support functions of the aggregates, whose states are of the type itself
INSERT INTO published
    SELECT unnest(ARRAY['rb_build_trans(B,E) B', 'rb_final(B) B', 'rb_cardinality_final(B) int8'])
    UNION ALL SELECT format('rb_%s_%s(B,B) B', operation, step) FROM unnest('{or,and,xor}'::text[]) operation, unnest('{trans,combine}'::text[]) step;
SELECT count(*) FROM published;

CREATE VIEW expected AS
    SELECT bits, CASE WHEN bits = 32 THEN signature ELSE regexp_replace(replace(signature, 'roaringbitmap', 'roaringbitmap64'), '^rb_', 'rb64_') END AS signature
      FROM published, (VALUES (32), (64)) kind(bits);
CREATE FUNCTION named(type regtype, bits int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN bits = 32 THEN regexp_replace(regexp_replace(typname, '^roaringbitmap$', 'B'), '^(_?)int4$', '\1E')
                ELSE regexp_replace(regexp_replace(typname, '^roaringbitmap64$', 'B'), '^(_?)int8$', '\1E') END
      FROM pg_type WHERE oid = type $$;
-- of 64 bits an int8 may be an element or a number
CREATE FUNCTION plain(signature text, bits int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN bits = 32 THEN signature ELSE replace(signature, 'int8', 'E') END $$;
CREATE VIEW present AS
    SELECT bits, format('%s(%s) %s%s', proname, (SELECT string_agg(named(type, bits), ',' ORDER BY place) FROM unnest(proargtypes::oid[]) WITH ORDINALITY AS a(type, place)),
                        CASE WHEN proretset THEN 'SETOF ' END, named(prorettype, bits)) AS signature, proisstrict, provolatile, proparallel, prokind
      FROM pg_proc, (VALUES (32), (64)) kind(bits)
     WHERE pronamespace = 'cdp'::regnamespace;
SELECT e.bits, e.signature AS missing FROM expected e LEFT JOIN present p ON p.bits = e.bits AND p.signature = plain(e.signature, e.bits) WHERE p.signature IS NULL ORDER BY 1, 2;
-- Strict, immutable and safe in parallel plans. Text output depends on a setting; a transition takes
-- nulls; rb_iterate only calls a strict function, being one that the planner takes in.
SELECT e.signature, provolatile AS volatility, proisstrict AS strict, proparallel AS parallel
  FROM expected e JOIN present p ON p.bits = e.bits AND p.signature = plain(e.signature, e.bits)
 WHERE (provolatile, proisstrict, proparallel) <> ('i', true, 's') ORDER BY e.bits, e.signature;
SELECT p.oid::regprocedure AS conversion, prorettype::regtype AS result FROM pg_proc p WHERE proname IN ('rb64_from_roaringbitmap', 'rb64_to_roaringbitmap') AND pronamespace = 'cdp'::regnamespace ORDER BY 1::text;

-- defaults and the names that calls with named arguments use
SELECT proname, proargnames[2:] AS names, pg_get_expr(proargdefaults, 0) AS defaults FROM pg_proc
 WHERE pronamespace = 'cdp'::regnamespace AND proname ~ '^rb(64)?_(select|fill|clear|flip|range|range_cardinality)$' ORDER BY proname COLLATE "C";

-- aggregates
SELECT p.oid::regprocedure AS aggregate, prorettype::regtype AS result, aggtransfn, aggcombinefn, aggfinalfn, aggtranstype::regtype AS state, aggfinalmodify AS final, proparallel AS parallel
  FROM pg_aggregate JOIN pg_proc p ON p.oid = aggfnoid
 WHERE pronamespace = 'cdp'::regnamespace AND proname ~ '^rb(64)?_' ORDER BY p.proname COLLATE "C";

-- operators, by how they are written
SELECT op AS missing FROM unnest(string_to_array('B & B,B | B,B # B,B - B,B | E,E | B,B - E,B @> B,B @> E,B <@ B,E <@ B,B && B,B = B,B <> B,B << int8,B >> int8', ',')) op, (VALUES (32), (64)) kind(bits)
 WHERE NOT EXISTS (SELECT FROM pg_operator o WHERE oprnamespace = 'cdp'::regnamespace AND format('%s %s %s', named(oprleft, bits), oprname, named(oprright, bits)) = plain(op, bits));

-- casts, all explicit
SELECT castsource::regtype AS source, casttarget::regtype AS target, castcontext AS context, CASE castmethod WHEN 'b' THEN 'the same bytes' ELSE castfunc::regprocedure::text END AS by
  FROM pg_cast WHERE '{roaringbitmap,roaringbitmap64}'::regtype[] && ARRAY[castsource, casttarget]::regtype[] ORDER BY 1::text, 2::text;
SELECT typname, typcategory, typdelim, typalign, typstorage, typlen, typcollation FROM pg_type WHERE typname IN ('roaringbitmap', 'roaringbitmap64') AND typnamespace = 'cdp'::regnamespace ORDER BY 1;

-- Errors, by SQLSTATE and words. Where a literal is at fault, the words end with what is left of it.
CREATE FUNCTION told(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
SELECT statement, told(statement) AS of_32_bits, told(replace(replace(replace(replace(statement, 'rb_', 'rb64_'), 'roaringbitmap', 'roaringbitmap64'), 'int4', 'int8'), '2147483648', '9223372036854775808')) AS of_64_bits
  FROM unnest(ARRAY['SELECT $q$$q$::roaringbitmap', 'SELECT $q${1$q$::roaringbitmap', 'SELECT $q${1,2,$q$::roaringbitmap', 'SELECT $q${1 2}$q$::roaringbitmap', 'SELECT $q${1}x$q$::roaringbitmap',
    'SELECT $q${1,}$q$::roaringbitmap', 'SELECT $q${-x}$q$::roaringbitmap', 'SELECT $q${2147483648}$q$::roaringbitmap', 'SELECT $q$\x3$q$::roaringbitmap', 'SELECT $q$\x3a$q$::roaringbitmap',
    'SELECT $q$\x$q$::bytea::roaringbitmap', 'SELECT rb_build($q${1,NULL}$q$::int4[])', 'SELECT rb_shiftleft($q${1}$q$, $q$-9223372036854775808$q$::bigint)',
    'SELECT rb_contains($q${1}$q$, $q${1}$q$)', 'SELECT rb_build_agg(1::numeric)', 'SELECT rb_build_trans(NULL, 1)', 'SELECT rb_or_trans($q${1}$q$, $q${1}$q$)', 'SELECT rb_and_trans($q${1}$q$, $q${1}$q$)',
    'SELECT rb_xor_trans($q${1}$q$, $q${1}$q$)', 'SELECT rb_or_combine($q${1}$q$, $q${1}$q$)', 'SELECT rb_and_combine($q${1}$q$, $q${1}$q$)', 'SELECT rb_xor_combine($q${1}$q$, $q${1}$q$)']) WITH ORDINALITY c(statement, n) ORDER BY n;
SELECT told($$SELECT '\x3a30000001000000000001001000000002000100'::roaringbitmap$$) ~ '^22P02: bitmap format is error: .' AS invalid,
       told($$SELECT '\x0100000000000000000000003a30000001000000000001001000000002000100'::roaringbitmap64$$) ~ '^22P02: bitmap format is error: .' AS invalid64,
       told($$SELECT '{2147483648}'::roaringbitmap64::roaringbitmap$$) AS no_int4;
CREATE TABLE sent (bytes bytea);
INSERT INTO sent VALUES ('');
\copy sent to 'results/bitmap_api_copy' with (format binary)
CREATE TABLE received (b roaringbitmap);
CREATE TABLE received64 (b roaringbitmap64);
\set VERBOSITY sqlstate
\copy received from 'results/bitmap_api_copy' with (format binary)
\copy received64 from 'results/bitmap_api_copy' with (format binary)
\set VERBOSITY default

DROP FUNCTION told;
DROP TABLE sent, received, received64;
DROP VIEW expected, present;
DROP FUNCTION named, plain;
DROP TABLE published;
