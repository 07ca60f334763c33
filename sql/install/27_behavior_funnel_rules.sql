--| ### Funnels with rules
--| Steps in a small language, `'1, 2|3, 4[value >= 10000]'`, and what a funnel may ask beyond a window
--| and a mode. A literal without a type is taken as such steps; `'{1,2,4}'` is among them.

CREATE FUNCTION cdp.window_funnel(tl cdp.timeline, steps text, "window" interval, mode text DEFAULT 'default', entry text DEFAULT 'latest',
                                  step_windows interval[] DEFAULT NULL, exclude text DEFAULT NULL, hold integer DEFAULT NULL,
                                  calendar text DEFAULT NULL, tz text DEFAULT 'UTC') RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_ruled' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.window_funnel(cdp.timeline, text, interval, text, text, interval[], text, integer, text, text) IS 'how many of the steps the timeline fills in order of time within the window from the first: steps with alternatives and conditions, where a chain may begin, windows from step to step, events that end an attempt, a property that all steps share, and a window by the calendar';

CREATE FUNCTION cdp.funnel_chain(tl cdp.timeline, steps text, "window" interval, mode text DEFAULT 'default', entry text DEFAULT 'latest',
                                 step_windows interval[] DEFAULT NULL, exclude text DEFAULT NULL, hold integer DEFAULT NULL,
                                 calendar text DEFAULT NULL, tz text DEFAULT 'UTC') RETURNS timestamptz[]
    AS 'MODULE_PATHNAME', 'cdp_funnel_chain_ruled' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION cdp.funnel_chain(cdp.timeline, text, interval, text, text, interval[], text, integer, text, text) IS 'the times of the chain with which window_funnel of the same arguments reaches its depth: the one complete first, of these the one that begins last, of these the one with each step in between as early as can be; an empty array at depth 0';

CREATE FUNCTION cdp.funnel_attempts(tl cdp.timeline, steps text, "window" interval, mode text DEFAULT 'default', entry text DEFAULT 'every',
                                    step_windows interval[] DEFAULT NULL, exclude text DEFAULT NULL, hold integer DEFAULT NULL,
                                    calendar text DEFAULT NULL, tz text DEFAULT 'UTC',
                                    OUT attempt integer, OUT depth integer, OUT chain timestamptz[])
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_funnel_attempts' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 40 ROWS 3;
COMMENT ON FUNCTION cdp.funnel_attempts(cdp.timeline, text, interval, text, text, interval[], text, integer, text, text) IS 'every attempt at a funnel that begins with a first step, one after the other: how deep it got, and the times of its steps';

CREATE FUNCTION cdp.funnel_property(tl cdp.timeline, property integer, steps text, "window" interval, mode text DEFAULT 'default',
                                    entry text DEFAULT 'latest', step_windows interval[] DEFAULT NULL, exclude text DEFAULT NULL,
                                    hold integer DEFAULT NULL, calendar text DEFAULT NULL, tz text DEFAULT 'UTC', step integer DEFAULT 1) RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp_funnel_property' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION cdp.funnel_property(cdp.timeline, integer, text, interval, text, text, interval[], text, integer, text, text, integer) IS 'a property, 1 to 4, of the event that takes a step of the winning chain (funnel_chain), to break a funnel down by; null when the step is not reached, or that event has no such property';

CREATE FUNCTION cdp.window_funnel_depths(tl cdp.timeline, steps text, windows interval[], mode text DEFAULT 'default') RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp_window_funnel_depths_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
COMMENT ON FUNCTION cdp.window_funnel_depths(cdp.timeline, text, interval[], text) IS 'what window_funnel gives for each of 1 to 64 windows, from one reading of the timeline; steps as text';

CREATE TYPE cdp.funnel_rules AS (entry text, step_windows interval[], exclude text, hold integer, calendar text, tz text);
COMMENT ON TYPE cdp.funnel_rules IS 'what a funnel asks beyond steps, window and mode, for funnel_agg; made by cdp.funnel_rules()';
COMMENT ON COLUMN cdp.funnel_rules.entry IS 'which first steps begin a chain: latest (any, the default), first, every';
COMMENT ON COLUMN cdp.funnel_rules.step_windows IS 'the longest time from each step to the next; null where it may take any time';
COMMENT ON COLUMN cdp.funnel_rules.exclude IS 'events that end an attempt between steps, in the language of steps';
COMMENT ON COLUMN cdp.funnel_rules.hold IS 'the property, 1 to 4, that all steps share';
COMMENT ON COLUMN cdp.funnel_rules.calendar IS 'day, week or month: the window counts these';
COMMENT ON COLUMN cdp.funnel_rules.tz IS 'the time zone of the calendar, UTC when null';

CREATE FUNCTION cdp.funnel_rules(entry text DEFAULT 'latest', step_windows interval[] DEFAULT NULL, exclude text DEFAULT NULL,
                                 hold integer DEFAULT NULL, calendar text DEFAULT NULL, tz text DEFAULT 'UTC') RETURNS cdp.funnel_rules
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ROW(entry, step_windows, exclude, hold, calendar, tz)::cdp.funnel_rules;
COMMENT ON FUNCTION cdp.funnel_rules(text, interval[], text, integer, text, text) IS 'rules of a funnel by name, for funnel_agg';

CREATE FUNCTION cdp._funnel_ruled_trans(cdp.funnel, integer, cdp.timeline, text, interval) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_ruled_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION cdp._funnel_ruled_trans(cdp.funnel, integer, cdp.timeline, text, interval) IS 'internal: adds a user with the funnel of their timeline, steps as text, to the state of funnel_agg';
CREATE FUNCTION cdp._funnel_ruled_trans(cdp.funnel, integer, cdp.timeline, text, interval, text) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_ruled_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION cdp._funnel_ruled_trans(cdp.funnel, integer, cdp.timeline, text, interval, text) IS 'internal: the same by the rules of a mode';
CREATE FUNCTION cdp._funnel_ruled_trans(cdp.funnel, integer, cdp.timeline, text, interval, text, cdp.funnel_rules) RETURNS cdp.funnel
    AS 'MODULE_PATHNAME', 'cdp__funnel_ruled_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 60;
COMMENT ON FUNCTION cdp._funnel_ruled_trans(cdp.funnel, integer, cdp.timeline, text, interval, text, cdp.funnel_rules) IS 'internal: the same by rules beyond a mode';

CREATE AGGREGATE cdp.funnel_agg(one_id integer, tl cdp.timeline, steps text, "window" interval) (
    SFUNC = cdp._funnel_ruled_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(integer, cdp.timeline, text, interval) IS 'a funnel from stored timelines in one pass, steps with alternatives and conditions: users and levels as window_funnel finds them, times between steps as in funnel_chain; rows with a null user or timeline are skipped, null without rows';

CREATE AGGREGATE cdp.funnel_agg(one_id integer, tl cdp.timeline, steps text, "window" interval, mode text) (
    SFUNC = cdp._funnel_ruled_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(integer, cdp.timeline, text, interval, text) IS 'the same by the rules of a mode of window_funnel';

CREATE AGGREGATE cdp.funnel_agg(one_id integer, tl cdp.timeline, steps text, "window" interval, mode text, rules cdp.funnel_rules) (
    SFUNC = cdp._funnel_ruled_trans,
    STYPE = cdp.funnel,
    SSPACE = 1024,
    FINALFUNC = cdp._funnel_final,
    COMBINEFUNC = cdp._funnel_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.funnel_agg(integer, cdp.timeline, text, interval, text, cdp.funnel_rules) IS 'the same by rules beyond a mode: cdp.funnel_rules(entry => ..., exclude => ..., hold => ...)';

--| #### Names in steps

CREATE FUNCTION cdp.funnel_step_codes(steps text, names jsonb) RETURNS text
    AS 'MODULE_PATHNAME', 'cdp_funnel_step_codes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.funnel_step_codes(text, jsonb) IS 'steps or exclusions of a funnel with every name replaced by the number it stands for: {"event": {name: code}, "property": {name: 1 to 4}, "value": {property: {name: number}}}';

CREATE FUNCTION cdp.funnel_step_names(steps text, OUT kind text, OUT property text, OUT name text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_funnel_step_names' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 5;
COMMENT ON FUNCTION cdp.funnel_step_names(text) IS 'the names in steps or exclusions of a funnel: of an event, of a property, or of a value of a property';
