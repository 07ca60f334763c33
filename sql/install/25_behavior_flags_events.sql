--| What calls of `window_funnel_events` and of `sequence_match`, `sequence_count`, `sequence_match_events`
--| with two to eight conditions resolve to: the same answers without an array for every row.

CREATE AGGREGATE cdp.window_funnel_events("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_events(interval, text, timestamptz, boolean, boolean) IS 'the times of the chain with which window_funnel reaches its depth in 2 conditions';

CREATE AGGREGATE cdp.window_funnel_events("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_events(interval, text, timestamptz, boolean, boolean, boolean) IS 'the times of the chain with which window_funnel reaches its depth in 3 conditions';

CREATE AGGREGATE cdp.window_funnel_events("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_events(interval, text, timestamptz, boolean, boolean, boolean, boolean) IS 'the times of the chain with which window_funnel reaches its depth in 4 conditions';

CREATE AGGREGATE cdp.window_funnel_events("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_events(interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean) IS 'the times of the chain with which window_funnel reaches its depth in 5 conditions';

CREATE AGGREGATE cdp.window_funnel_events("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_events(interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS 'the times of the chain with which window_funnel reaches its depth in 6 conditions';

CREATE AGGREGATE cdp.window_funnel_events("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_events(interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'the times of the chain with which window_funnel reaches its depth in 7 conditions';

CREATE AGGREGATE cdp.window_funnel_events("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel_events(interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'the times of the chain with which window_funnel reaches its depth in 8 conditions';
