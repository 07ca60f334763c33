--| ## Tallies: answers over many timelines
--| `paths_agg` and its kin read timelines, one a row, and give the whole answer as one value of type `tally`: how
--| often each key was met. It can be stored, and tallies of the same question added.

CREATE TYPE cdp.tally;

CREATE FUNCTION cdp.tally_in(cstring) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp_tally_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.tally_in(cstring) IS 'I/O';
CREATE FUNCTION cdp.tally_out(cdp.tally) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_tally_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.tally_out(cdp.tally) IS 'I/O';
CREATE FUNCTION cdp.tally_recv(internal) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp_tally_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.tally_recv(internal) IS 'I/O';
CREATE FUNCTION cdp.tally_send(cdp.tally) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_tally_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.tally_send(cdp.tally) IS 'I/O';

CREATE TYPE cdp.tally (
    INPUT = cdp.tally_in,
    OUTPUT = cdp.tally_out,
    RECEIVE = cdp.tally_recv,
    SEND = cdp.tally_send,
    INTERNALLENGTH = VARIABLE,
    STORAGE = extended,
    ALIGNMENT = double
);
COMMENT ON TYPE cdp.tally IS 'how often each key was met and what it adds up to: the answer of paths_agg and its kin';

CREATE FUNCTION cdp._tally_trans(cdp.tally, cdp.tally) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__tally_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp._tally_trans(cdp.tally, cdp.tally) IS 'internal: adds a tally to the state of rollup';
CREATE FUNCTION cdp._tally_combine(cdp.tally, cdp.tally) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__tally_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._tally_combine(cdp.tally, cdp.tally) IS 'internal: adds two states';
CREATE FUNCTION cdp._tally_final(cdp.tally) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__tally_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._tally_final(cdp.tally) IS 'internal: the storable value of a state';

CREATE AGGREGATE cdp.rollup(tally cdp.tally) (
    SFUNC = cdp._tally_trans,
    STYPE = cdp.tally,
    SSPACE = 4096,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.tally) IS 'tallies of the same question (days, channels, shards ...) as one';

CREATE FUNCTION cdp.tally_union(a cdp.tally, b cdp.tally) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp_tally_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.tally_union(cdp.tally, cdp.tally) IS 'two tallies of the same question added';

CREATE OPERATOR cdp.|| (LEFTARG = cdp.tally, RIGHTARG = cdp.tally, FUNCTION = cdp.tally_union, COMMUTATOR = OPERATOR(cdp.||));
COMMENT ON OPERATOR cdp.|| (cdp.tally, cdp.tally) IS 'two tallies of the same question added';
