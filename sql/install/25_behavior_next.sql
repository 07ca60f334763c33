--| ## What came next, and sessions

CREATE TYPE cdp.sequence_next_node_state;

CREATE FUNCTION cdp.sequence_next_node_state_in(cstring) RETURNS cdp.sequence_next_node_state
    AS 'MODULE_PATHNAME', 'cdp_sequence_next_node_state_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.sequence_next_node_state_in(cstring) IS 'reads a state of sequence_next_node from its bytes in hexadecimal and checks them';

CREATE FUNCTION cdp.sequence_next_node_state_out(cdp.sequence_next_node_state) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_sequence_next_node_state_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.sequence_next_node_state_out(cdp.sequence_next_node_state) IS 'the bytes of a state of sequence_next_node in hexadecimal';

CREATE FUNCTION cdp.sequence_next_node_state_recv(internal) RETURNS cdp.sequence_next_node_state
    AS 'MODULE_PATHNAME', 'cdp_sequence_next_node_state_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.sequence_next_node_state_recv(internal) IS 'reads a state of sequence_next_node from a binary message and checks it';

CREATE FUNCTION cdp.sequence_next_node_state_send(cdp.sequence_next_node_state) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_sequence_next_node_state_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.sequence_next_node_state_send(cdp.sequence_next_node_state) IS 'the bytes of a state of sequence_next_node';

CREATE TYPE cdp.sequence_next_node_state (
    INPUT = cdp.sequence_next_node_state_in,
    OUTPUT = cdp.sequence_next_node_state_out,
    RECEIVE = cdp.sequence_next_node_state_recv,
    SEND = cdp.sequence_next_node_state_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);
COMMENT ON TYPE cdp.sequence_next_node_state IS 'what sequence_next_node knows of a group: direction, base, number of conditions, rows';

CREATE FUNCTION cdp._sequence_next_node_trans(state cdp.sequence_next_node_state, direction text, base text, ts timestamptz, value text, base_cond boolean)
    RETURNS cdp.sequence_next_node_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_next_node_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._sequence_next_node_trans(cdp.sequence_next_node_state, text, text, timestamptz, text, boolean) IS 'sequence_next_node: takes one row';

CREATE FUNCTION cdp._sequence_next_node_trans(state cdp.sequence_next_node_state, direction text, base text, ts timestamptz, value text, base_cond boolean, VARIADIC conds boolean[])
    RETURNS cdp.sequence_next_node_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_next_node_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._sequence_next_node_trans(cdp.sequence_next_node_state, text, text, timestamptz, text, boolean, boolean[]) IS 'sequence_next_node: takes one row with conditions';

CREATE FUNCTION cdp._sequence_next_node_combine(state cdp.sequence_next_node_state, other cdp.sequence_next_node_state)
    RETURNS cdp.sequence_next_node_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_next_node_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._sequence_next_node_combine(cdp.sequence_next_node_state, cdp.sequence_next_node_state) IS 'sequence_next_node: takes the rows of another state';

CREATE FUNCTION cdp._sequence_next_node_final(state cdp.sequence_next_node_state) RETURNS text
    AS 'MODULE_PATHNAME', 'cdp__sequence_next_node_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._sequence_next_node_final(cdp.sequence_next_node_state) IS 'sequence_next_node: the answer';

CREATE AGGREGATE cdp.sequence_next_node(direction text, base text, ts timestamptz, value text, base_cond boolean) (
    SFUNC = cdp._sequence_next_node_trans,
    STYPE = cdp.sequence_next_node_state,
    SSPACE = 1024,
    COMBINEFUNC = cdp._sequence_next_node_combine,
    FINALFUNC = cdp._sequence_next_node_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_next_node(text, text, timestamptz, text, boolean) IS 'the value of the first or last row, when it fills the base condition; otherwise null';

CREATE AGGREGATE cdp.sequence_next_node(direction text, base text, ts timestamptz, value text, base_cond boolean, VARIADIC conds boolean[]) (
    SFUNC = cdp._sequence_next_node_trans,
    STYPE = cdp.sequence_next_node_state,
    SSPACE = 1024,
    COMBINEFUNC = cdp._sequence_next_node_combine,
    FINALFUNC = cdp._sequence_next_node_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_next_node(text, text, timestamptz, text, boolean, boolean[]) IS 'the value of the row next to a chain of rows that fill the conditions one after another, forward or backward from the head, the tail, the first or the last match; null when there is none';

CREATE FUNCTION cdp.sessionize(ts timestamptz, gap interval) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_sessionize' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION cdp.sessionize(timestamptz, interval) IS 'window function: the number of the session, from 1, that a row belongs to when a session ends with a pause longer than the gap; null where the time is null';
