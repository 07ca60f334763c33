--| ## Forms with a fixed number of conditions
--| What calls of `window_funnel` and `retention` with two to eight conditions resolve to: the answers are
--| those of the forms with any number, which have to make an array for every row.

CREATE FUNCTION cdp._window_funnel_flags_trans(state cdp.window_funnel_state, "window" interval, ts timestamptz, cond1 boolean, cond2 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_flags_trans(cdp.window_funnel_state, interval, timestamptz, boolean, boolean) IS 'window_funnel: takes one row of 2 conditions';

CREATE AGGREGATE cdp.window_funnel("window" interval, ts timestamptz, cond1 boolean, cond2 boolean) (
    SFUNC = cdp._window_funnel_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, timestamptz, boolean, boolean) IS 'how many of 2 conditions rows fill in order of time within the window from the first';

CREATE FUNCTION cdp._window_funnel_flags_trans(state cdp.window_funnel_state, "window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_flags_trans(cdp.window_funnel_state, interval, timestamptz, boolean, boolean, boolean) IS 'window_funnel: takes one row of 3 conditions';

CREATE AGGREGATE cdp.window_funnel("window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean) (
    SFUNC = cdp._window_funnel_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, timestamptz, boolean, boolean, boolean) IS 'how many of 3 conditions rows fill in order of time within the window from the first';

CREATE FUNCTION cdp._window_funnel_flags_trans(state cdp.window_funnel_state, "window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_flags_trans(cdp.window_funnel_state, interval, timestamptz, boolean, boolean, boolean, boolean) IS 'window_funnel: takes one row of 4 conditions';

CREATE AGGREGATE cdp.window_funnel("window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean) (
    SFUNC = cdp._window_funnel_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, timestamptz, boolean, boolean, boolean, boolean) IS 'how many of 4 conditions rows fill in order of time within the window from the first';

CREATE FUNCTION cdp._window_funnel_flags_trans(state cdp.window_funnel_state, "window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_flags_trans(cdp.window_funnel_state, interval, timestamptz, boolean, boolean, boolean, boolean, boolean) IS 'window_funnel: takes one row of 5 conditions';

CREATE AGGREGATE cdp.window_funnel("window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean) (
    SFUNC = cdp._window_funnel_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, timestamptz, boolean, boolean, boolean, boolean, boolean) IS 'how many of 5 conditions rows fill in order of time within the window from the first';

CREATE FUNCTION cdp._window_funnel_flags_trans(state cdp.window_funnel_state, "window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_flags_trans(cdp.window_funnel_state, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS 'window_funnel: takes one row of 6 conditions';

CREATE AGGREGATE cdp.window_funnel("window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean) (
    SFUNC = cdp._window_funnel_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS 'how many of 6 conditions rows fill in order of time within the window from the first';

CREATE FUNCTION cdp._window_funnel_flags_trans(state cdp.window_funnel_state, "window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_flags_trans(cdp.window_funnel_state, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'window_funnel: takes one row of 7 conditions';

CREATE AGGREGATE cdp.window_funnel("window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean) (
    SFUNC = cdp._window_funnel_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'how many of 7 conditions rows fill in order of time within the window from the first';

CREATE FUNCTION cdp._window_funnel_flags_trans(state cdp.window_funnel_state, "window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_flags_trans(cdp.window_funnel_state, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'window_funnel: takes one row of 8 conditions';

CREATE AGGREGATE cdp.window_funnel("window" interval, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean) (
    SFUNC = cdp._window_funnel_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'how many of 8 conditions rows fill in order of time within the window from the first';

CREATE FUNCTION cdp._window_funnel_mode_flags_trans(state cdp.window_funnel_state, "window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_mode_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_mode_flags_trans(cdp.window_funnel_state, interval, text, timestamptz, boolean, boolean) IS 'window_funnel: takes one row of 2 conditions by the rules of a mode';

CREATE AGGREGATE cdp.window_funnel("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, text, timestamptz, boolean, boolean) IS 'how many of 2 conditions rows fill in order of time within the window from the first, by the rules of the mode';

CREATE FUNCTION cdp._window_funnel_mode_flags_trans(state cdp.window_funnel_state, "window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_mode_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_mode_flags_trans(cdp.window_funnel_state, interval, text, timestamptz, boolean, boolean, boolean) IS 'window_funnel: takes one row of 3 conditions by the rules of a mode';

CREATE AGGREGATE cdp.window_funnel("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, text, timestamptz, boolean, boolean, boolean) IS 'how many of 3 conditions rows fill in order of time within the window from the first, by the rules of the mode';

CREATE FUNCTION cdp._window_funnel_mode_flags_trans(state cdp.window_funnel_state, "window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_mode_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_mode_flags_trans(cdp.window_funnel_state, interval, text, timestamptz, boolean, boolean, boolean, boolean) IS 'window_funnel: takes one row of 4 conditions by the rules of a mode';

CREATE AGGREGATE cdp.window_funnel("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, text, timestamptz, boolean, boolean, boolean, boolean) IS 'how many of 4 conditions rows fill in order of time within the window from the first, by the rules of the mode';

CREATE FUNCTION cdp._window_funnel_mode_flags_trans(state cdp.window_funnel_state, "window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_mode_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_mode_flags_trans(cdp.window_funnel_state, interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean) IS 'window_funnel: takes one row of 5 conditions by the rules of a mode';

CREATE AGGREGATE cdp.window_funnel("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean) IS 'how many of 5 conditions rows fill in order of time within the window from the first, by the rules of the mode';

CREATE FUNCTION cdp._window_funnel_mode_flags_trans(state cdp.window_funnel_state, "window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_mode_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_mode_flags_trans(cdp.window_funnel_state, interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS 'window_funnel: takes one row of 6 conditions by the rules of a mode';

CREATE AGGREGATE cdp.window_funnel("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS 'how many of 6 conditions rows fill in order of time within the window from the first, by the rules of the mode';

CREATE FUNCTION cdp._window_funnel_mode_flags_trans(state cdp.window_funnel_state, "window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_mode_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_mode_flags_trans(cdp.window_funnel_state, interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'window_funnel: takes one row of 7 conditions by the rules of a mode';

CREATE AGGREGATE cdp.window_funnel("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'how many of 7 conditions rows fill in order of time within the window from the first, by the rules of the mode';

CREATE FUNCTION cdp._window_funnel_mode_flags_trans(state cdp.window_funnel_state, "window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean)
    RETURNS cdp.window_funnel_state
    AS 'MODULE_PATHNAME', 'cdp__window_funnel_mode_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._window_funnel_mode_flags_trans(cdp.window_funnel_state, interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'window_funnel: takes one row of 8 conditions by the rules of a mode';

CREATE AGGREGATE cdp.window_funnel("window" interval, mode text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean) (
    SFUNC = cdp._window_funnel_mode_flags_trans,
    STYPE = cdp.window_funnel_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._window_funnel_combine,
    FINALFUNC = cdp._window_funnel_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.window_funnel(interval, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'how many of 8 conditions rows fill in order of time within the window from the first, by the rules of the mode';

CREATE FUNCTION cdp._retention_flags_trans(state bigint, cond1 boolean, cond2 boolean) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__retention_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_flags_trans(bigint, boolean, boolean) IS 'retention: takes one row of 2 conditions';

CREATE FUNCTION cdp._retention_final(state bigint, cond1 boolean, cond2 boolean) RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp__retention_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_final(bigint, boolean, boolean) IS 'retention: the answer for 2 conditions';

CREATE AGGREGATE cdp.retention(cond1 boolean, cond2 boolean) (
    SFUNC = cdp._retention_flags_trans,
    STYPE = bigint,
    COMBINEFUNC = cdp._retention_combine,
    FINALFUNC = cdp._retention_final,
    FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention(boolean, boolean) IS 'an array of 2 numbers 1 and 0: whether any row fills the first condition, and for each other whether the first and it are filled; zeros without rows';

CREATE FUNCTION cdp._retention_flags_trans(state bigint, cond1 boolean, cond2 boolean, cond3 boolean) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__retention_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_flags_trans(bigint, boolean, boolean, boolean) IS 'retention: takes one row of 3 conditions';

CREATE FUNCTION cdp._retention_final(state bigint, cond1 boolean, cond2 boolean, cond3 boolean) RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp__retention_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_final(bigint, boolean, boolean, boolean) IS 'retention: the answer for 3 conditions';

CREATE AGGREGATE cdp.retention(cond1 boolean, cond2 boolean, cond3 boolean) (
    SFUNC = cdp._retention_flags_trans,
    STYPE = bigint,
    COMBINEFUNC = cdp._retention_combine,
    FINALFUNC = cdp._retention_final,
    FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention(boolean, boolean, boolean) IS 'an array of 3 numbers 1 and 0: whether any row fills the first condition, and for each other whether the first and it are filled; zeros without rows';

CREATE FUNCTION cdp._retention_flags_trans(state bigint, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__retention_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_flags_trans(bigint, boolean, boolean, boolean, boolean) IS 'retention: takes one row of 4 conditions';

CREATE FUNCTION cdp._retention_final(state bigint, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean) RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp__retention_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_final(bigint, boolean, boolean, boolean, boolean) IS 'retention: the answer for 4 conditions';

CREATE AGGREGATE cdp.retention(cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean) (
    SFUNC = cdp._retention_flags_trans,
    STYPE = bigint,
    COMBINEFUNC = cdp._retention_combine,
    FINALFUNC = cdp._retention_final,
    FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention(boolean, boolean, boolean, boolean) IS 'an array of 4 numbers 1 and 0: whether any row fills the first condition, and for each other whether the first and it are filled; zeros without rows';

CREATE FUNCTION cdp._retention_flags_trans(state bigint, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__retention_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_flags_trans(bigint, boolean, boolean, boolean, boolean, boolean) IS 'retention: takes one row of 5 conditions';

CREATE FUNCTION cdp._retention_final(state bigint, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean) RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp__retention_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_final(bigint, boolean, boolean, boolean, boolean, boolean) IS 'retention: the answer for 5 conditions';

CREATE AGGREGATE cdp.retention(cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean) (
    SFUNC = cdp._retention_flags_trans,
    STYPE = bigint,
    COMBINEFUNC = cdp._retention_combine,
    FINALFUNC = cdp._retention_final,
    FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention(boolean, boolean, boolean, boolean, boolean) IS 'an array of 5 numbers 1 and 0: whether any row fills the first condition, and for each other whether the first and it are filled; zeros without rows';

CREATE FUNCTION cdp._retention_flags_trans(state bigint, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__retention_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_flags_trans(bigint, boolean, boolean, boolean, boolean, boolean, boolean) IS 'retention: takes one row of 6 conditions';

CREATE FUNCTION cdp._retention_final(state bigint, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean) RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp__retention_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_final(bigint, boolean, boolean, boolean, boolean, boolean, boolean) IS 'retention: the answer for 6 conditions';

CREATE AGGREGATE cdp.retention(cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean) (
    SFUNC = cdp._retention_flags_trans,
    STYPE = bigint,
    COMBINEFUNC = cdp._retention_combine,
    FINALFUNC = cdp._retention_final,
    FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention(boolean, boolean, boolean, boolean, boolean, boolean) IS 'an array of 6 numbers 1 and 0: whether any row fills the first condition, and for each other whether the first and it are filled; zeros without rows';

CREATE FUNCTION cdp._retention_flags_trans(state bigint, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__retention_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_flags_trans(bigint, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'retention: takes one row of 7 conditions';

CREATE FUNCTION cdp._retention_final(state bigint, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean) RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp__retention_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_final(bigint, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'retention: the answer for 7 conditions';

CREATE AGGREGATE cdp.retention(cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean) (
    SFUNC = cdp._retention_flags_trans,
    STYPE = bigint,
    COMBINEFUNC = cdp._retention_combine,
    FINALFUNC = cdp._retention_final,
    FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention(boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'an array of 7 numbers 1 and 0: whether any row fills the first condition, and for each other whether the first and it are filled; zeros without rows';

CREATE FUNCTION cdp._retention_flags_trans(state bigint, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__retention_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_flags_trans(bigint, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'retention: takes one row of 8 conditions';

CREATE FUNCTION cdp._retention_final(state bigint, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean) RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp__retention_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._retention_final(bigint, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'retention: the answer for 8 conditions';

CREATE AGGREGATE cdp.retention(cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean) (
    SFUNC = cdp._retention_flags_trans,
    STYPE = bigint,
    COMBINEFUNC = cdp._retention_combine,
    FINALFUNC = cdp._retention_final,
    FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.retention(boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'an array of 8 numbers 1 and 0: whether any row fills the first condition, and for each other whether the first and it are filled; zeros without rows';
