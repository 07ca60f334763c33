--| ## Sequences
--| Whether rows follow a pattern, how often, and when.

CREATE TYPE cdp.sequence_state;

CREATE FUNCTION cdp.sequence_state_in(cstring) RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp_sequence_state_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.sequence_state_in(cstring) IS 'reads the state of a sequence aggregate from its bytes in hexadecimal and checks them';

CREATE FUNCTION cdp.sequence_state_out(cdp.sequence_state) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_sequence_state_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.sequence_state_out(cdp.sequence_state) IS 'the bytes of the state of a sequence aggregate in hexadecimal';

CREATE FUNCTION cdp.sequence_state_recv(internal) RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp_sequence_state_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.sequence_state_recv(internal) IS 'reads the state of a sequence aggregate from a binary message and checks it';

CREATE FUNCTION cdp.sequence_state_send(cdp.sequence_state) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_sequence_state_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.sequence_state_send(cdp.sequence_state) IS 'the bytes of the state of a sequence aggregate';

CREATE TYPE cdp.sequence_state (
    INPUT = cdp.sequence_state_in,
    OUTPUT = cdp.sequence_state_out,
    RECEIVE = cdp.sequence_state_recv,
    SEND = cdp.sequence_state_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);
COMMENT ON TYPE cdp.sequence_state IS 'what the sequence aggregates know of a group: pattern, number of conditions, rows that fill one';

CREATE FUNCTION cdp._sequence_trans(state cdp.sequence_state, pattern text, ts timestamptz, VARIADIC conds boolean[])
    RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._sequence_trans(cdp.sequence_state, text, timestamptz, boolean[]) IS 'sequence aggregates: takes one row';

CREATE FUNCTION cdp._sequence_combine(state cdp.sequence_state, other cdp.sequence_state) RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._sequence_combine(cdp.sequence_state, cdp.sequence_state) IS 'sequence aggregates: takes the rows of another state';

CREATE FUNCTION cdp._sequence_match_final(state cdp.sequence_state) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__sequence_match_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._sequence_match_final(cdp.sequence_state) IS 'sequence_match: whether the pattern is found';

CREATE FUNCTION cdp._sequence_count_final(state cdp.sequence_state) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__sequence_count_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._sequence_count_final(cdp.sequence_state) IS 'sequence_count: how often the pattern is found';

CREATE FUNCTION cdp._sequence_match_events_final(state cdp.sequence_state) RETURNS timestamptz[]
    AS 'MODULE_PATHNAME', 'cdp__sequence_match_events_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._sequence_match_events_final(cdp.sequence_state) IS 'sequence_match_events: the times of the first match';

CREATE AGGREGATE cdp.sequence_match(pattern text, ts timestamptz, VARIADIC conds boolean[]) (
    SFUNC = cdp._sequence_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match(text, timestamptz, boolean[]) IS 'whether the pattern is found in the rows that fill a condition, in order of time; false without rows';

CREATE AGGREGATE cdp.sequence_count(pattern text, ts timestamptz, VARIADIC conds boolean[]) (
    SFUNC = cdp._sequence_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_count_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_count(text, timestamptz, boolean[]) IS 'how many matches of the pattern follow each other in the rows that fill a condition; 0 without rows';

CREATE AGGREGATE cdp.sequence_match_events(pattern text, ts timestamptz, VARIADIC conds boolean[]) (
    SFUNC = cdp._sequence_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match_events(text, timestamptz, boolean[]) IS 'the times of the rows that fill the conditions which the pattern names, in its first match; an empty array when there is none';
