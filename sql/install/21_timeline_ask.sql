--| ## Asking timelines
--| Where an argument `codes` is null or left out, all events count.

CREATE FUNCTION cdp.timeline_events(tl cdp.timeline, OUT ts timestamptz, OUT code integer, OUT value bigint, OUT props integer[]) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_timeline_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 30;
COMMENT ON FUNCTION cdp.timeline_events(cdp.timeline) IS 'the events of a timeline as rows, in order of time, code, value and properties';

CREATE FUNCTION cdp.timeline_count(tl cdp.timeline, codes integer[] DEFAULT NULL) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_timeline_count' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.timeline_count(cdp.timeline, integer[]) IS 'number of events with these codes; of all events the header tells it';

CREATE FUNCTION cdp.timeline_first(tl cdp.timeline, codes integer[] DEFAULT NULL) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'cdp_timeline_first' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.timeline_first(cdp.timeline, integer[]) IS 'time of the first event with one of these codes; null when there is none';

CREATE FUNCTION cdp.timeline_last(tl cdp.timeline, codes integer[] DEFAULT NULL) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'cdp_timeline_last' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.timeline_last(cdp.timeline, integer[]) IS 'time of the last event with one of these codes; null when there is none';

CREATE FUNCTION cdp.timeline_sum(tl cdp.timeline, codes integer[] DEFAULT NULL) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_timeline_sum' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.timeline_sum(cdp.timeline, integer[]) IS 'sum of the values of events with these codes; null when none has a value';

CREATE FUNCTION cdp.timeline_days(tl cdp.timeline, codes integer[] DEFAULT NULL, tz text DEFAULT 'UTC') RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp_timeline_days' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.timeline_days(cdp.timeline, integer[], text) IS 'on how many dates of a time zone there was an event with one of these codes';

CREATE FUNCTION cdp.timeline_hours(tl cdp.timeline, codes integer[] DEFAULT NULL, tz text DEFAULT 'UTC') RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp_timeline_hours' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.timeline_hours(cdp.timeline, integer[], text) IS 'in how many hours by the clock of a time zone there was an event with one of these codes';

CREATE FUNCTION cdp.timeline_codes(tl cdp.timeline) RETURNS integer[]
    AS 'MODULE_PATHNAME', 'cdp_timeline_codes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.timeline_codes(cdp.timeline) IS 'the codes of the events, each once, ascending';

CREATE FUNCTION cdp.timeline_first_property(tl cdp.timeline, property integer, codes integer[] DEFAULT NULL) RETURNS integer
    AS 'MODULE_PATHNAME', 'cdp_timeline_first_property' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.timeline_first_property(cdp.timeline, integer, integer[]) IS 'property 1 to 4 of the first event with one of these codes, say the channel by which somebody came; null when it has none';

-- Stable as to_jsonb is: times are shown in the session's time zone.
CREATE FUNCTION cdp.timeline_json(tl cdp.timeline) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdp_timeline_json' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.timeline_json(cdp.timeline) IS 'the events as an array of {"ts", "code", "value", "props"}, without what is null';
