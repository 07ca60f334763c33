--| # Bit-sliced indexes
--| A `bsi` holds a number (int8, any sign) for each of its ids: spend, points, days since the last visit. Inside
--| are bitmaps, one for each bit, so that comparing, adding up and ranking a million people are a few set
--| operations, and what comes out is a bitmap again. An id without a value is not in it.

CREATE TYPE cdp.bsi;

CREATE FUNCTION cdp.bsi_in(cstring) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp_bsi_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.bsi_in(cstring) IS 'reads a bsi from {id:value, ...} or from its bytes in hexadecimal, and checks them';

CREATE FUNCTION cdp.bsi_out(cdp.bsi) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_bsi_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.bsi_out(cdp.bsi) IS 'the bytes of a bsi in hexadecimal';

CREATE FUNCTION cdp.bsi_recv(internal) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp_bsi_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.bsi_recv(internal) IS 'reads a bsi from a binary message and checks it';

CREATE FUNCTION cdp.bsi_send(cdp.bsi) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_bsi_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.bsi_send(cdp.bsi) IS 'the bytes of a bsi';

-- Bitmaps hardly compress further, and external values can be read in slices.
CREATE TYPE cdp.bsi (
    INPUT = cdp.bsi_in,
    OUTPUT = cdp.bsi_out,
    RECEIVE = cdp.bsi_recv,
    SEND = cdp.bsi_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);
COMMENT ON TYPE cdp.bsi IS 'bit-sliced index: a number for each id, as bitmaps of bits';

--| ## Making them

CREATE FUNCTION cdp._bsi_build_trans(state cdp.bsi, id integer, value bigint) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp__bsi_build_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._bsi_build_trans(cdp.bsi, integer, bigint) IS 'internal: adds a row to the state of bsi_build_agg';

CREATE FUNCTION cdp._bsi_build_how_trans(state cdp.bsi, id integer, value bigint, on_duplicate text) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp__bsi_build_how_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._bsi_build_how_trans(cdp.bsi, integer, bigint, text) IS 'internal: the same, with a way to treat duplicates';

CREATE FUNCTION cdp._bsi_build_combine(state cdp.bsi, other cdp.bsi) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp__bsi_build_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp._bsi_build_combine(cdp.bsi, cdp.bsi) IS 'internal: unites two states of bsi_build_agg';

CREATE FUNCTION cdp._bsi_sum_trans(state cdp.bsi, value cdp.bsi) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp__bsi_sum_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._bsi_sum_trans(cdp.bsi, cdp.bsi) IS 'internal: adds a bsi to the state of bsi_agg';

CREATE FUNCTION cdp._bsi_sum_combine(state cdp.bsi, other cdp.bsi) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp__bsi_sum_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._bsi_sum_combine(cdp.bsi, cdp.bsi) IS 'internal: adds two states of bsi_agg';

CREATE FUNCTION cdp._bsi_count_trans(state cdp.bsi, ids cdp.roaringbitmap) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp__bsi_count_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._bsi_count_trans(cdp.bsi, cdp.roaringbitmap) IS 'internal: counts the ids of a bitmap in the state of bsi_count_agg';

CREATE FUNCTION cdp._bsi_weight_trans(state cdp.bsi, ids cdp.roaringbitmap, weight bigint) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp__bsi_weight_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp._bsi_weight_trans(cdp.bsi, cdp.roaringbitmap, bigint) IS 'internal: adds a weight for the ids of a bitmap to the state of bsi_weight_agg';

CREATE FUNCTION cdp._bsi_final(state cdp.bsi) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp__bsi_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp._bsi_final(cdp.bsi) IS 'internal: the storable value of a state';

CREATE AGGREGATE cdp.bsi_build_agg(id integer, value bigint) (
    SFUNC = cdp._bsi_build_trans,
    STYPE = cdp.bsi,
    SSPACE = 4096,
    COMBINEFUNC = cdp._bsi_build_combine,
    FINALFUNC = cdp._bsi_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.bsi_build_agg(integer, bigint) IS 'the bsi of these rows; values of the same id are added; rows with a null are skipped, null without rows';

CREATE AGGREGATE cdp.bsi_build_agg(id integer, value bigint, on_duplicate text) (
    SFUNC = cdp._bsi_build_how_trans,
    STYPE = cdp.bsi,
    SSPACE = 4096,
    COMBINEFUNC = cdp._bsi_build_combine,
    FINALFUNC = cdp._bsi_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.bsi_build_agg(integer, bigint, text) IS 'the same; of several values for an id the sum, min or max, the first or last (give the aggregate an ORDER BY), or an error';

CREATE AGGREGATE cdp.bsi_agg(value cdp.bsi) (
    SFUNC = cdp._bsi_sum_trans,
    STYPE = cdp.bsi,
    SSPACE = 4096,
    COMBINEFUNC = cdp._bsi_sum_combine,
    FINALFUNC = cdp._bsi_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.bsi_agg(cdp.bsi) IS 'the sum of stored values, such as those of days, or one of chunks: each id gets the sum of its values';

CREATE AGGREGATE cdp.bsi_count_agg(ids cdp.roaringbitmap) (
    SFUNC = cdp._bsi_count_trans,
    STYPE = cdp.bsi,
    SSPACE = 4096,
    COMBINEFUNC = cdp._bsi_sum_combine,
    FINALFUNC = cdp._bsi_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.bsi_count_agg(cdp.roaringbitmap) IS 'in how many of these bitmaps each id is, such as on how many days a person came';

CREATE AGGREGATE cdp.bsi_weight_agg(ids cdp.roaringbitmap, weight bigint) (
    SFUNC = cdp._bsi_weight_trans,
    STYPE = cdp.bsi,
    SSPACE = 4096,
    COMBINEFUNC = cdp._bsi_sum_combine,
    FINALFUNC = cdp._bsi_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.bsi_weight_agg(cdp.roaringbitmap, bigint) IS 'each id with the sum of the weights, of any sign, of the bitmaps it is in, such as a score; rows with a null are skipped';

--| ## Changing them

CREATE FUNCTION cdp.bsi_add(a cdp.bsi, b cdp.bsi) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp_bsi_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.bsi_add(cdp.bsi, cdp.bsi) IS 'each id with the sum of its two values, or with the one it has';

CREATE FUNCTION cdp.bsi_restrict(value cdp.bsi, ids cdp.roaringbitmap) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp_bsi_restrict' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.bsi_restrict(cdp.bsi, cdp.roaringbitmap) IS 'only the ids that the bitmap has';

CREATE FUNCTION cdp.bsi_remove(value cdp.bsi, ids cdp.roaringbitmap) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp_bsi_remove' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.bsi_remove(cdp.bsi, cdp.roaringbitmap) IS 'only the ids that the bitmap has not';

CREATE FUNCTION cdp.bsi_remap(value cdp.bsi, "from" integer[], "to" integer[]) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp_bsi_remap' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000;
COMMENT ON FUNCTION cdp.bsi_remap(cdp.bsi, integer[], integer[]) IS 'each id of "from" becomes the one of "to" at the same place, in one step; values that meet are added';

CREATE FUNCTION cdp._bsi_pack(value cdp.bsi, ids cdp.roaringbitmap) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp__bsi_pack' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp._bsi_pack(cdp.bsi, cdp.roaringbitmap) IS
    'internal: the numbers of these ids by their places among them, in as few bits as they take';

CREATE FUNCTION cdp._bsi_patch(value cdp.bsi, ids cdp.roaringbitmap, packed bytea) RETURNS cdp.bsi
    AS 'MODULE_PATHNAME', 'cdp__bsi_patch' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp._bsi_patch(cdp.bsi, cdp.roaringbitmap, bytea) IS
    'internal: with what _bsi_pack() gives of these ids in place of all that they have; who has none there loses his';

CREATE FUNCTION cdp._bsi_packed_get(packed bytea, place bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__bsi_packed_get' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._bsi_packed_get(bytea, bigint) IS 'internal: the number at this place, from 0 on, of what _bsi_pack() gives; NULL for none';

CREATE FUNCTION cdp._bsi_packed_count(packed bytea) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__bsi_packed_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._bsi_packed_count(bytea) IS 'internal: how many numbers there are in what _bsi_pack() gives';

CREATE FUNCTION cdp.bsi_differ(a cdp.bsi, b cdp.bsi) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_differ' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp.bsi_differ(cdp.bsi, cdp.bsi) IS 'the ids that have another number in one than in the other, or a number in only one';

CREATE FUNCTION cdp.bsi_equal(a cdp.bsi, b cdp.bsi) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_bsi_equal' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.bsi_equal(cdp.bsi, cdp.bsi) IS 'whether both have the same ids with the same values';

CREATE FUNCTION cdp.bsi_not_equal(a cdp.bsi, b cdp.bsi) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_bsi_not_equal' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.bsi_not_equal(cdp.bsi, cdp.bsi) IS 'whether they differ in an id or a value';

CREATE OPERATOR cdp.+ (LEFTARG = cdp.bsi, RIGHTARG = cdp.bsi, FUNCTION = cdp.bsi_add, COMMUTATOR = OPERATOR(cdp.+));
COMMENT ON OPERATOR cdp.+ (cdp.bsi, cdp.bsi) IS 'each id with the sum of its two values, or with the one it has';

CREATE OPERATOR cdp.= (
    LEFTARG = cdp.bsi,
    RIGHTARG = cdp.bsi,
    FUNCTION = cdp.bsi_equal,
    COMMUTATOR = OPERATOR(cdp.=),
    NEGATOR = OPERATOR(cdp.<>),
    RESTRICT = eqsel,
    JOIN = eqjoinsel
);
COMMENT ON OPERATOR cdp.= (cdp.bsi, cdp.bsi) IS 'whether both have the same ids with the same values';

CREATE OPERATOR cdp.<> (
    LEFTARG = cdp.bsi,
    RIGHTARG = cdp.bsi,
    FUNCTION = cdp.bsi_not_equal,
    COMMUTATOR = OPERATOR(cdp.<>),
    NEGATOR = OPERATOR(cdp.=),
    RESTRICT = neqsel,
    JOIN = neqjoinsel
);
COMMENT ON OPERATOR cdp.<> (cdp.bsi, cdp.bsi) IS 'whether they differ in an id or a value';
