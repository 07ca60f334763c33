--| ### Sequences over timelines
--| Element `i` of `codes` is the event code of condition `i`. In an array of two dimensions row `i` holds the codes
--| that fill it; rows are filled up with nulls.

CREATE FUNCTION cdp.sequence_match(tl cdp.timeline, pattern text, codes integer[]) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_sequence_match' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
COMMENT ON FUNCTION cdp.sequence_match(cdp.timeline, text, integer[]) IS 'whether the pattern is found in the events that fill a condition, in order of time';

CREATE FUNCTION cdp.sequence_count(tl cdp.timeline, pattern text, codes integer[]) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_sequence_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
COMMENT ON FUNCTION cdp.sequence_count(cdp.timeline, text, integer[]) IS 'how many matches of the pattern follow each other in the events that fill a condition';

CREATE FUNCTION cdp.sequence_match_events(tl cdp.timeline, pattern text, codes integer[]) RETURNS timestamptz[]
    AS 'MODULE_PATHNAME', 'cdp_sequence_match_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION cdp.sequence_match_events(cdp.timeline, text, integer[]) IS 'the times of the events that fill the conditions which the pattern names, in its first match; an empty array when there is none';
