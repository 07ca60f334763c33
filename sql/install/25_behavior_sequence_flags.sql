CREATE FUNCTION cdp._sequence_flags_trans(state cdp.sequence_state, pattern text, ts timestamptz, cond1 boolean, cond2 boolean)
    RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._sequence_flags_trans(cdp.sequence_state, text, timestamptz, boolean, boolean) IS 'sequence_match, sequence_count, sequence_match_events: takes one row of 2 conditions';

CREATE AGGREGATE cdp.sequence_match(pattern text, ts timestamptz, cond1 boolean, cond2 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match(text, timestamptz, boolean, boolean) IS 'whether the rows follow the pattern of 2 conditions';

CREATE AGGREGATE cdp.sequence_count(pattern text, ts timestamptz, cond1 boolean, cond2 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_count_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_count(text, timestamptz, boolean, boolean) IS 'how many matches of the pattern of 2 conditions follow each other';

CREATE AGGREGATE cdp.sequence_match_events(pattern text, ts timestamptz, cond1 boolean, cond2 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match_events(text, timestamptz, boolean, boolean) IS 'the times of the rows that the first match of the pattern of 2 conditions consumes by (?N)';

CREATE FUNCTION cdp._sequence_flags_trans(state cdp.sequence_state, pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean)
    RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._sequence_flags_trans(cdp.sequence_state, text, timestamptz, boolean, boolean, boolean) IS 'sequence_match, sequence_count, sequence_match_events: takes one row of 3 conditions';

CREATE AGGREGATE cdp.sequence_match(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match(text, timestamptz, boolean, boolean, boolean) IS 'whether the rows follow the pattern of 3 conditions';

CREATE AGGREGATE cdp.sequence_count(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_count_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_count(text, timestamptz, boolean, boolean, boolean) IS 'how many matches of the pattern of 3 conditions follow each other';

CREATE AGGREGATE cdp.sequence_match_events(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match_events(text, timestamptz, boolean, boolean, boolean) IS 'the times of the rows that the first match of the pattern of 3 conditions consumes by (?N)';

CREATE FUNCTION cdp._sequence_flags_trans(state cdp.sequence_state, pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean)
    RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._sequence_flags_trans(cdp.sequence_state, text, timestamptz, boolean, boolean, boolean, boolean) IS 'sequence_match, sequence_count, sequence_match_events: takes one row of 4 conditions';

CREATE AGGREGATE cdp.sequence_match(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match(text, timestamptz, boolean, boolean, boolean, boolean) IS 'whether the rows follow the pattern of 4 conditions';

CREATE AGGREGATE cdp.sequence_count(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_count_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_count(text, timestamptz, boolean, boolean, boolean, boolean) IS 'how many matches of the pattern of 4 conditions follow each other';

CREATE AGGREGATE cdp.sequence_match_events(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match_events(text, timestamptz, boolean, boolean, boolean, boolean) IS 'the times of the rows that the first match of the pattern of 4 conditions consumes by (?N)';

CREATE FUNCTION cdp._sequence_flags_trans(state cdp.sequence_state, pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean)
    RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._sequence_flags_trans(cdp.sequence_state, text, timestamptz, boolean, boolean, boolean, boolean, boolean) IS 'sequence_match, sequence_count, sequence_match_events: takes one row of 5 conditions';

CREATE AGGREGATE cdp.sequence_match(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match(text, timestamptz, boolean, boolean, boolean, boolean, boolean) IS 'whether the rows follow the pattern of 5 conditions';

CREATE AGGREGATE cdp.sequence_count(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_count_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_count(text, timestamptz, boolean, boolean, boolean, boolean, boolean) IS 'how many matches of the pattern of 5 conditions follow each other';

CREATE AGGREGATE cdp.sequence_match_events(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match_events(text, timestamptz, boolean, boolean, boolean, boolean, boolean) IS 'the times of the rows that the first match of the pattern of 5 conditions consumes by (?N)';

CREATE FUNCTION cdp._sequence_flags_trans(state cdp.sequence_state, pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean)
    RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._sequence_flags_trans(cdp.sequence_state, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS 'sequence_match, sequence_count, sequence_match_events: takes one row of 6 conditions';

CREATE AGGREGATE cdp.sequence_match(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match(text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS 'whether the rows follow the pattern of 6 conditions';

CREATE AGGREGATE cdp.sequence_count(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_count_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_count(text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS 'how many matches of the pattern of 6 conditions follow each other';

CREATE AGGREGATE cdp.sequence_match_events(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match_events(text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS 'the times of the rows that the first match of the pattern of 6 conditions consumes by (?N)';

CREATE FUNCTION cdp._sequence_flags_trans(state cdp.sequence_state, pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean)
    RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._sequence_flags_trans(cdp.sequence_state, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'sequence_match, sequence_count, sequence_match_events: takes one row of 7 conditions';

CREATE AGGREGATE cdp.sequence_match(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match(text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'whether the rows follow the pattern of 7 conditions';

CREATE AGGREGATE cdp.sequence_count(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_count_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_count(text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'how many matches of the pattern of 7 conditions follow each other';

CREATE AGGREGATE cdp.sequence_match_events(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match_events(text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'the times of the rows that the first match of the pattern of 7 conditions consumes by (?N)';

CREATE FUNCTION cdp._sequence_flags_trans(state cdp.sequence_state, pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean)
    RETURNS cdp.sequence_state
    AS 'MODULE_PATHNAME', 'cdp__sequence_flags_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._sequence_flags_trans(cdp.sequence_state, text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'sequence_match, sequence_count, sequence_match_events: takes one row of 8 conditions';

CREATE AGGREGATE cdp.sequence_match(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match(text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'whether the rows follow the pattern of 8 conditions';

CREATE AGGREGATE cdp.sequence_count(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_count_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_count(text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'how many matches of the pattern of 8 conditions follow each other';

CREATE AGGREGATE cdp.sequence_match_events(pattern text, ts timestamptz, cond1 boolean, cond2 boolean, cond3 boolean, cond4 boolean, cond5 boolean, cond6 boolean, cond7 boolean, cond8 boolean) (
    SFUNC = cdp._sequence_flags_trans,
    STYPE = cdp.sequence_state,
    SSPACE = 512,
    COMBINEFUNC = cdp._sequence_combine,
    FINALFUNC = cdp._sequence_match_events_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.sequence_match_events(text, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS 'the times of the rows that the first match of the pattern of 8 conditions consumes by (?N)';
