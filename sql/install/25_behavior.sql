--| # Behavior
--| How deep people get into a funnel and who comes back: over rows of any table, and over stored
--| timelines.

--| ## Funnels over rows

CREATE TYPE cdp.window_funnel_state;

CREATE FUNCTION cdp.window_funnel_state_in(cstring) RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_state_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.window_funnel_state_in(cstring) IS 'reads a funnel state from its bytes in hexadecimal and checks them';

CREATE FUNCTION cdp.window_funnel_state_out(cdp.window_funnel_state) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_state_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.window_funnel_state_out(cdp.window_funnel_state) IS 'the bytes of a funnel state in hexadecimal';

CREATE FUNCTION cdp.window_funnel_state_recv(internal) RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_state_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.window_funnel_state_recv(internal) IS 'reads a funnel state from a binary message and checks it';

CREATE FUNCTION cdp.window_funnel_state_send(cdp.window_funnel_state) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_state_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.window_funnel_state_send(cdp.window_funnel_state) IS 'the bytes of a funnel state';

CREATE TYPE cdp.window_funnel_state (
    INPUT = cdp.window_funnel_state_in,
    OUTPUT = cdp.window_funnel_state_out,
    RECEIVE = cdp.window_funnel_state_recv,
    SEND = cdp.window_funnel_state_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);
COMMENT ON TYPE cdp.window_funnel_state IS 'what window_funnel over rows knows of a group: window, mode, number of conditions, rows that matter';

CREATE FUNCTION cdp._window_funnel_trans(state cdp.window_funnel_state, "window" interval, ts timestamptz, VARIADIC conds boolean[])
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_trans(cdp.window_funnel_state, interval, timestamptz, boolean[]) IS 'window_funnel: takes one row';

CREATE FUNCTION cdp._window_funnel_mode_trans(state cdp.window_funnel_state, "window" interval, mode text, ts timestamptz, VARIADIC conds boolean[])
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_mode_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_mode_trans(cdp.window_funnel_state, interval, text, timestamptz, boolean[]) IS 'window_funnel: takes one row by the rules of a mode';

CREATE FUNCTION cdp._window_funnel_step_trans(state cdp.window_funnel_state, "window" interval, ts timestamptz, step integer)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_step_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_step_trans(cdp.window_funnel_state, interval, timestamptz, integer) IS 'window_funnel: takes one row with the number of its step';

CREATE FUNCTION cdp._window_funnel_mode_step_trans(state cdp.window_funnel_state, "window" interval, mode text, ts timestamptz, step integer)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_mode_step_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_mode_step_trans(cdp.window_funnel_state, interval, text, timestamptz, integer) IS 'window_funnel: takes one row with the number of its step, by the rules of a mode';

CREATE FUNCTION cdp._window_funnel_mask_trans(state cdp.window_funnel_state, "window" interval, mode text, ts timestamptz, steps integer, mask bigint)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_mask_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_mask_trans(cdp.window_funnel_state, interval, text, timestamptz, integer, bigint) IS 'window_funnel: takes one row with the set of its steps, by the rules of a mode';

CREATE FUNCTION cdp._window_funnel_combine(state cdp.window_funnel_state, other cdp.window_funnel_state)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._window_funnel_combine(cdp.window_funnel_state, cdp.window_funnel_state) IS 'window_funnel: takes the rows of another state';

CREATE FUNCTION cdp._window_funnel_final(state cdp.window_funnel_state) RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._window_funnel_final(cdp.window_funnel_state) IS 'window_funnel: the depth';

CREATE FUNCTION cdp._window_funnel_events_final(state cdp.window_funnel_state) RETURNS timestamptz[]
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_events_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._window_funnel_events_final(cdp.window_funnel_state) IS 'window_funnel_events: the times of the winning chain';

CREATE AGGREGATE cdp.window_funnel("window" interval, ts timestamptz, VARIADIC conds boolean[]) (
    SFUNC = cdp._window_funnel_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, timestamptz, boolean[]) IS 'how many of the conditions rows fill in order of time within the window from the first; 0 without rows; a null condition is false';

CREATE AGGREGATE cdp.window_funnel("window" interval, mode text, ts timestamptz, VARIADIC conds boolean[]) (
    SFUNC = cdp._window_funnel_mode_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, text, timestamptz, boolean[]) IS 'how many of the conditions rows fill in order of time within the window from the first, by the rules of the mode: default, or strict_order, strict_deduplication, strict_increase, strict_once, allow_reentry with commas between';

CREATE AGGREGATE cdp.window_funnel("window" interval, ts timestamptz, step integer) (
    SFUNC = cdp._window_funnel_step_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, timestamptz, integer) IS 'how many steps, given by their numbers from 1 (null and 0 are no step), rows take in order of time within the window from the first';

CREATE AGGREGATE cdp.window_funnel("window" interval, mode text, ts timestamptz, step integer) (
    SFUNC = cdp._window_funnel_mode_step_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, text, timestamptz, integer) IS 'how many steps, given by their numbers from 1 (null and 0 are no step), rows take in order of time within the window from the first, by the rules of the mode';

CREATE AGGREGATE cdp.window_funnel_mask("window" interval, mode text, ts timestamptz, steps integer, mask bigint) (
    SFUNC = cdp._window_funnel_mask_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_mask(interval, text, timestamptz, integer, bigint) IS 'how many of up to 64 steps rows fill in order of time within the window from the first, by the rules of the mode; bit 0 of the mask is step 1';

CREATE AGGREGATE cdp.window_funnel_events("window" interval, mode text, ts timestamptz, VARIADIC conds boolean[]) (
    SFUNC = cdp._window_funnel_mode_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_events(interval, text, timestamptz, boolean[]) IS 'the times of the chain with which window_funnel reaches its depth: the one complete first, of these the one that begins last, of these the one with each step in between as early as can be; an empty array at depth 0';

--| ## Funnels over timelines

CREATE FUNCTION cdp.window_funnel(tl cdp.timeline, steps integer[], "window" interval, mode text DEFAULT 'default') RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp_window_funnel' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.window_funnel(cdp.timeline, integer[], interval, text) IS 'how many of the steps, given as event codes, the timeline fills in order of time within the window from the first';

-- Not an overload: a literal window would then be ambiguous.
CREATE FUNCTION cdp.window_funnel_depths(tl cdp.timeline, steps integer[], windows interval[], mode text DEFAULT 'default') RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_depths' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
COMMENT ON FUNCTION cdp.window_funnel_depths(cdp.timeline, integer[], interval[], text) IS 'what window_funnel gives for each of 1 to 64 windows, from one reading of the timeline';

CREATE FUNCTION cdp.funnel_chain(tl cdp.timeline, steps integer[], "window" interval, mode text DEFAULT 'default') RETURNS timestamptz[]
    AS 'MODULE_PATHNAME', 'cdp_funnel_chain' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION cdp.funnel_chain(cdp.timeline, integer[], interval, text) IS 'the times of the chain with which window_funnel reaches its depth: the one complete first, of these the one that begins last, of these the one with each step in between as early as can be; an empty array at depth 0';

--| ## Retention

CREATE FUNCTION cdp._retention_trans(state bigint, VARIADIC conds boolean[]) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__retention_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_trans(bigint, boolean[]) IS 'retention: takes one row';

CREATE FUNCTION cdp._retention_combine(state bigint, other bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__retention_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_combine(bigint, bigint) IS 'retention: takes the conditions of another state';

CREATE FUNCTION cdp._retention_final(state bigint) RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp__retention_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_final(bigint) IS 'retention: the answer';

CREATE AGGREGATE cdp.retention(VARIADIC conds boolean[]) (
    SFUNC = cdp._retention_trans,
    STYPE = bigint,
    COMBINEFUNC = cdp._retention_combine,
    FINALFUNC = cdp._retention_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention(boolean[]) IS 'an array of 1 and 0: whether any row fills the first condition, and for each other whether the first and it are filled; an empty array without rows';

