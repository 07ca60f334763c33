--| ## Funnels that know their users
--| `funnel_agg` takes one row per user with the level that `window_funnel` found, and gives a value of
--| type `funnel`: who reached each step, as bitmaps, and how long it took. Store it, unite it with
--| others, ask it.

CREATE TYPE cdp.funnel;

CREATE FUNCTION cdp.funnel_in(cstring) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp_funnel_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.funnel_in(cstring) IS 'I/O';
CREATE FUNCTION cdp.funnel_out(cdp.funnel) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_funnel_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.funnel_out(cdp.funnel) IS 'I/O';
CREATE FUNCTION cdp.funnel_recv(internal) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp_funnel_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.funnel_recv(internal) IS 'I/O';
CREATE FUNCTION cdp.funnel_send(cdp.funnel) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_funnel_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.funnel_send(cdp.funnel) IS 'I/O';

-- Bitmaps hardly compress further.
CREATE TYPE cdp.funnel (
    INPUT = cdp.funnel_in,
    OUTPUT = cdp.funnel_out,
    RECEIVE = cdp.funnel_recv,
    SEND = cdp.funnel_send,
    INTERNALLENGTH = VARIABLE,
    STORAGE = external,
    ALIGNMENT = int4
);
COMMENT ON TYPE cdp.funnel IS 'a funnel of a group of people: the users who reached each step, and the times between steps';

--| ### Making them

CREATE FUNCTION cdp._funnel_trans(cdp.funnel, integer, integer) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._funnel_trans(cdp.funnel, integer, integer) IS 'internal: adds a user and a level to the state of funnel_agg';
CREATE FUNCTION cdp._funnel_steps_trans(cdp.funnel, integer, integer, integer) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_steps_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._funnel_steps_trans(cdp.funnel, integer, integer, integer) IS 'internal: the same with the number of steps';
CREATE FUNCTION cdp._funnel_chain_trans(cdp.funnel, integer, integer, timestamptz[]) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_chain_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION cdp._funnel_chain_trans(cdp.funnel, integer, integer, timestamptz[]) IS 'internal: the same with the times of the steps';
CREATE FUNCTION cdp._funnel_chain_steps_trans(cdp.funnel, integer, integer, timestamptz[], integer) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_chain_steps_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION cdp._funnel_chain_steps_trans(cdp.funnel, integer, integer, timestamptz[], integer) IS 'internal: the same with the times and the number of the steps';
CREATE FUNCTION cdp._funnel_timeline_trans(cdp.funnel, integer, cdp.timeline, integer[], interval) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_timeline_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION cdp._funnel_timeline_trans(cdp.funnel, integer, cdp.timeline, integer[], interval) IS 'internal: adds a user with the funnel of their timeline to the state of funnel_agg';
CREATE FUNCTION cdp._funnel_timeline_mode_trans(cdp.funnel, integer, cdp.timeline, integer[], interval, text) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_timeline_mode_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION cdp._funnel_timeline_mode_trans(cdp.funnel, integer, cdp.timeline, integer[], interval, text) IS 'internal: the same by the rules of a mode';
CREATE FUNCTION cdp._funnel_combine(cdp.funnel, cdp.funnel) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp._funnel_combine(cdp.funnel, cdp.funnel) IS 'internal: unites two states of funnel_agg';
CREATE FUNCTION cdp._funnel_final(cdp.funnel) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._funnel_final(cdp.funnel) IS 'internal: the storable value of a state of funnel_agg';

CREATE AGGREGATE cdp.funnel_agg(uid integer, level integer) (
    SFUNC = cdp._funnel_trans,
    STYPE = cdp.funnel,
    SSPACE = 512,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(integer, integer) IS 'a funnel from users and the level that each reached, as many steps as the highest level; of a user who comes again the highest level counts; rows with a null are skipped, null without rows';

CREATE AGGREGATE cdp.funnel_agg(uid integer, level integer, steps integer) (
    SFUNC = cdp._funnel_steps_trans,
    STYPE = cdp.funnel,
    SSPACE = 512,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(integer, integer, integer) IS 'the same with the number of steps told, so that steps nobody reached are there too and funnels of several groups can be united and compared';

CREATE AGGREGATE cdp.funnel_agg(uid integer, level integer, chain timestamptz[]) (
    SFUNC = cdp._funnel_chain_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(integer, integer, timestamptz[]) IS 'the same with the times at which the user reached steps 1 to level, for funnel_ttc; the times of all rows count, a null chain has none';

CREATE AGGREGATE cdp.funnel_agg(uid integer, level integer, chain timestamptz[], steps integer) (
    SFUNC = cdp._funnel_chain_steps_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(integer, integer, timestamptz[], integer) IS 'a funnel from users, their levels, the times of their steps, and the number of steps';

CREATE AGGREGATE cdp.funnel_agg(one_id integer, tl cdp.timeline, steps integer[], "window" interval) (
    SFUNC = cdp._funnel_timeline_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(integer, cdp.timeline, integer[], interval) IS 'a funnel from stored timelines in one pass: users and levels as window_funnel finds them, times between steps as in funnel_chain; rows with a null user or timeline are skipped, null without rows';

CREATE AGGREGATE cdp.funnel_agg(one_id integer, tl cdp.timeline, steps integer[], "window" interval, mode text) (
    SFUNC = cdp._funnel_timeline_mode_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(integer, cdp.timeline, integer[], interval, text) IS 'the same by the rules of a mode of window_funnel';

CREATE AGGREGATE cdp.rollup(funnel cdp.funnel) (
    SFUNC = cdp._funnel_combine,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.funnel) IS 'funnels of days, channels ... as one: a user reached a step who reached it in any of them, times to convert are those of all; an error when their numbers of steps differ';

CREATE FUNCTION cdp.funnel_union(a cdp.funnel, b cdp.funnel) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp_funnel_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.funnel_union(cdp.funnel, cdp.funnel) IS 'two funnels as one, as rollup does it';

CREATE OPERATOR cdp.|| (LEFTARG = cdp.funnel, RIGHTARG = cdp.funnel, FUNCTION = cdp.funnel_union, COMMUTATOR = OPERATOR(cdp.||));
COMMENT ON OPERATOR cdp.|| (cdp.funnel, cdp.funnel) IS 'two funnels as one, as rollup does it';

--| ### Asking them

CREATE FUNCTION cdp.funnel_steps(f cdp.funnel) RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp_funnel_steps' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.funnel_steps(cdp.funnel) IS 'number of steps';

CREATE FUNCTION cdp.funnel_counts(f cdp.funnel) RETURNS bigint[]
    AS 'MODULE_PATHNAME', 'cdp_funnel_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.funnel_counts(cdp.funnel) IS 'how many users reached at least each step';

CREATE FUNCTION cdp.funnel_users(f cdp.funnel, step integer) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_funnel_users' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.funnel_users(cdp.funnel, integer) IS 'the users who reached at least this step: an audience';

CREATE FUNCTION cdp.funnel_dropoff(f cdp.funnel, step integer) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_funnel_dropoff' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.funnel_dropoff(cdp.funnel, integer) IS 'the users who reached this step and not the next: an audience';

CREATE FUNCTION cdp.funnel_ttc(f cdp.funnel, a integer, b integer, quantile float8 DEFAULT 0.5) RETURNS interval
    AS 'MODULE_PATHNAME', 'cdp_funnel_ttc' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.funnel_ttc(cdp.funnel, integer, integer, float8) IS 'time to convert: how long this share of the conversions took at most from step a to step b, to within 1/128; null without any';

CREATE FUNCTION cdp.funnel_table(f cdp.funnel, confidence float8 DEFAULT 0.95, OUT step integer, OUT users bigint,
                                  OUT from_previous float8, OUT from_first float8, OUT ci_low float8, OUT ci_high float8,
                                  OUT median_ttc interval, OUT p90_ttc interval) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_funnel_table' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 6;
COMMENT ON FUNCTION cdp.funnel_table(cdp.funnel, float8) IS 'one row per step for a funnel chart: users who reached it, share of the step before and of the first, Wilson''s interval of the latter, median and 90 % time from the first step';

CREATE FUNCTION cdp.funnel_compare(a cdp.funnel, b cdp.funnel, confidence float8 DEFAULT 0.95, OUT step integer,
                                   OUT users_a bigint, OUT users_b bigint, OUT rate_a float8, OUT rate_b float8, OUT diff float8,
                                   OUT ci_low float8, OUT ci_high float8, OUT z float8, OUT p float8) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_funnel_compare' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 6;
COMMENT ON FUNCTION cdp.funnel_compare(cdp.funnel, cdp.funnel, float8) IS 'two arms step by step: share of the first step in each, rate_b less rate_a with Newcombe''s interval, pooled z and two-sided p';

