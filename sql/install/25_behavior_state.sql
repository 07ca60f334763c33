--| ## Parts of funnels and sequences
--| What the aggregates over rows know of a group can be stored, by day or shard, put together by `rollup`, and
--| asked later: `window_funnel(rollup(state))` is `window_funnel` of all the rows.

CREATE FUNCTION cdp._window_funnel_state_final(state cdp.window_funnel_state) RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_state_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._window_funnel_state_final(cdp.window_funnel_state) IS 'internal: a state of window_funnel without the room that it keeps for more rows';

CREATE AGGREGATE cdp.window_funnel_state_agg("window" interval, ts timestamptz, VARIADIC conds boolean[]) (
    SFUNC = cdp._window_funnel_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_state_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_state_agg(interval, timestamptz, boolean[]) IS 'rows for window_funnel, to be stored; null without rows';

CREATE AGGREGATE cdp.window_funnel_state_agg("window" interval, mode text, ts timestamptz, VARIADIC conds boolean[]) (
    SFUNC = cdp._window_funnel_mode_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_state_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_state_agg(interval, text, timestamptz, boolean[]) IS 'the same with a mode';

CREATE AGGREGATE cdp.window_funnel_state_agg("window" interval, ts timestamptz, step integer) (
    SFUNC = cdp._window_funnel_step_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_state_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_state_agg(interval, timestamptz, integer) IS 'the same with the number of a step';

CREATE AGGREGATE cdp.window_funnel_state_agg("window" interval, mode text, ts timestamptz, step integer) (
    SFUNC = cdp._window_funnel_mode_step_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_state_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_state_agg(interval, text, timestamptz, integer) IS 'the same with a mode and the number of a step';

CREATE AGGREGATE cdp.rollup(state cdp.window_funnel_state) (
    SFUNC = cdp._window_funnel_combine,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_state_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.window_funnel_state) IS 'the rows of all these states as one; an error unless window, mode and number of conditions are the same';

CREATE FUNCTION cdp.window_funnel(state cdp.window_funnel_state) RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.window_funnel(cdp.window_funnel_state) IS 'how deep the rows of a state get; 0 for null';

CREATE FUNCTION cdp.window_funnel_events(state cdp.window_funnel_state) RETURNS timestamptz[]
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_events_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.window_funnel_events(cdp.window_funnel_state) IS 'the times of the chain with which they do';

CREATE FUNCTION cdp._sequence_state_final(state cdp.sequence_state) RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_state_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._sequence_state_final(cdp.sequence_state) IS 'internal: a state of the sequence aggregates without the room that it keeps for more rows';

CREATE AGGREGATE cdp.sequence_state_agg(pattern text, ts timestamptz, VARIADIC conds boolean[]) (
    SFUNC = cdp._sequence_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_state_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_state_agg(text, timestamptz, boolean[]) IS 'rows for sequence_match, sequence_count and sequence_match_events, to be stored; null without rows';

CREATE AGGREGATE cdp.rollup(state cdp.sequence_state) (
    SFUNC = cdp._sequence_combine,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_state_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.sequence_state) IS 'the rows of all these states as one; an error unless pattern and number of conditions are the same';

CREATE FUNCTION cdp.sequence_match(state cdp.sequence_state) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__sequence_match_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.sequence_match(cdp.sequence_state) IS 'whether the pattern is found in the rows of a state; false for null';

CREATE FUNCTION cdp.sequence_count(state cdp.sequence_state) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__sequence_count_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.sequence_count(cdp.sequence_state) IS 'how many matches of the pattern follow each other in the rows of a state; 0 for null';

CREATE FUNCTION cdp.sequence_match_events(state cdp.sequence_state) RETURNS timestamptz[]
    AS 'MODULE_PATHNAME', 'cdp__sequence_match_events_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.sequence_match_events(cdp.sequence_state) IS 'the times of the first match in the rows of a state';

CREATE FUNCTION cdp._sequence_next_node_state_final(state cdp.sequence_next_node_state) RETURNS cdp.sequence_next_node_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_next_node_state_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._sequence_next_node_state_final(cdp.sequence_next_node_state) IS 'internal: a state of sequence_next_node without the room that it keeps for more rows';

CREATE AGGREGATE cdp.sequence_next_node_state_agg(direction text, base text, ts timestamptz, value text, base_cond boolean, VARIADIC conds boolean[]) (
    SFUNC = cdp._sequence_next_node_trans,
    STYPE = cdp.sequence_next_node_state,
    SSPACE = 1024,
    COMBINEFUNC = cdp._sequence_next_node_combine,
    FINALFUNC = cdp._sequence_next_node_state_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_next_node_state_agg(text, text, timestamptz, text, boolean, boolean[]) IS 'rows for sequence_next_node, to be stored; null without rows';

CREATE AGGREGATE cdp.rollup(state cdp.sequence_next_node_state) (
    SFUNC = cdp._sequence_next_node_combine,
    STYPE = cdp.sequence_next_node_state,
    SSPACE = 1024,
    COMBINEFUNC = cdp._sequence_next_node_combine,
    FINALFUNC = cdp._sequence_next_node_state_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.sequence_next_node_state) IS 'the rows of all these states as one; an error unless direction, base and number of conditions are the same';

CREATE FUNCTION cdp.sequence_next_node(state cdp.sequence_next_node_state) RETURNS text
    AS 'MODULE_PATHNAME', 'cdp__sequence_next_node_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.sequence_next_node(cdp.sequence_next_node_state) IS 'what sequence_next_node gives for the rows of a state';
