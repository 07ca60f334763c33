--| ## Funnels over the rows of all users
--| The whole answer in one aggregate: the user is an argument, and nothing is grouped. It costs less than
--| half of `window_funnel` with `GROUP BY`.

CREATE TYPE cdp.window_funnel_levels_state;

CREATE FUNCTION cdp.window_funnel_levels_state_in(cstring) RETURNS cdp.window_funnel_levels_state
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_levels_state_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.window_funnel_levels_state_in(cstring) IS 'reads a funnel state from its bytes in hexadecimal and checks them';

CREATE FUNCTION cdp.window_funnel_levels_state_out(cdp.window_funnel_levels_state) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_levels_state_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.window_funnel_levels_state_out(cdp.window_funnel_levels_state) IS 'the bytes of a funnel state in hexadecimal';

CREATE FUNCTION cdp.window_funnel_levels_state_recv(internal) RETURNS cdp.window_funnel_levels_state
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_levels_state_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.window_funnel_levels_state_recv(internal) IS 'reads a funnel state from a binary message and checks it';

CREATE FUNCTION cdp.window_funnel_levels_state_send(cdp.window_funnel_levels_state) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_levels_state_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.window_funnel_levels_state_send(cdp.window_funnel_levels_state) IS 'the bytes of a funnel state';

CREATE TYPE cdp.window_funnel_levels_state (
    INPUT = cdp.window_funnel_levels_state_in,
    OUTPUT = cdp.window_funnel_levels_state_out,
    RECEIVE = cdp.window_funnel_levels_state_recv,
    SEND = cdp.window_funnel_levels_state_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);
COMMENT ON TYPE cdp.window_funnel_levels_state IS 'what window_funnel_levels knows: window, mode, rows that matter';

CREATE FUNCTION cdp._window_funnel_levels_trans(state cdp.window_funnel_levels_state, uid bigint, ts timestamptz, step integer, "window" interval) RETURNS cdp.window_funnel_levels_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_levels_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_levels_trans(cdp.window_funnel_levels_state, bigint, timestamptz, integer, interval) IS 'window_funnel_levels: takes one row';

CREATE FUNCTION cdp._window_funnel_levels_mode_trans(state cdp.window_funnel_levels_state, uid bigint, ts timestamptz, step integer, "window" interval, mode text) RETURNS cdp.window_funnel_levels_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_levels_mode_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_levels_mode_trans(cdp.window_funnel_levels_state, bigint, timestamptz, integer, interval, text) IS 'window_funnel_levels: takes one row by the rules of a mode';

CREATE FUNCTION cdp._window_funnel_levels_combine(state cdp.window_funnel_levels_state, other cdp.window_funnel_levels_state) RETURNS cdp.window_funnel_levels_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_levels_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._window_funnel_levels_combine(cdp.window_funnel_levels_state, cdp.window_funnel_levels_state) IS 'window_funnel_levels: takes the rows of another state';

CREATE FUNCTION cdp._window_funnel_levels_final(state cdp.window_funnel_levels_state) RETURNS bigint[]
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_levels_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp._window_funnel_levels_final(cdp.window_funnel_levels_state) IS 'window_funnel_levels: the answer';

CREATE AGGREGATE cdp.window_funnel_levels(uid bigint, ts timestamptz, step integer, "window" interval) (
    SFUNC = cdp._window_funnel_levels_trans,
    STYPE = cdp.window_funnel_levels_state,
    SSPACE = 65536,
    COMBINEFUNC = cdp._window_funnel_levels_combine,
    FINALFUNC = cdp._window_funnel_levels_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_levels(bigint, timestamptz, integer, interval) IS 'how many users take step 1, steps 1 and 2 and so on in order of time within the window from the first: one element for each step up to the highest of any row; steps are numbers from 1, null and 0 are no step';

CREATE AGGREGATE cdp.window_funnel_levels(uid bigint, ts timestamptz, step integer, "window" interval, mode text) (
    SFUNC = cdp._window_funnel_levels_mode_trans,
    STYPE = cdp.window_funnel_levels_state,
    SSPACE = 65536,
    COMBINEFUNC = cdp._window_funnel_levels_combine,
    FINALFUNC = cdp._window_funnel_levels_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_levels(bigint, timestamptz, integer, interval, text) IS 'likewise by the rules of the mode, as window_funnel has them';
