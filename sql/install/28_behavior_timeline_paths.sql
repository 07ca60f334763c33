--| ### Sessions and paths

CREATE FUNCTION cdp.timeline_sessions(tl cdp.timeline, gap interval, tz text DEFAULT NULL, max_length interval DEFAULT NULL,
                                      OUT session bigint, OUT first timestamptz, OUT last timestamptz, OUT events bigint,
                                      OUT first_code integer, OUT last_code integer)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_timeline_sessions' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 10;
COMMENT ON FUNCTION cdp.timeline_sessions(cdp.timeline, interval, text, interval) IS 'the sessions of a timeline: one ends where the next event comes more than a gap later, and, where asked for, at midnight in a time zone or when it would get longer than a maximum';

CREATE FUNCTION cdp.timeline_paths(tl cdp.timeline, gap interval, depth integer, codes integer[] DEFAULT NULL, start_code integer DEFAULT NULL,
                                   end_code integer DEFAULT NULL, reverse boolean DEFAULT false, "collapse" boolean DEFAULT false)
    RETURNS SETOF integer[]
    AS 'MODULE_PATHNAME', 'cdp_timeline_paths' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 30;
COMMENT ON FUNCTION cdp.timeline_paths(cdp.timeline, interval, integer, integer[], integer, integer, boolean, boolean) IS 'the paths within sessions: from every event, or every start_code, the codes of up to depth events that follow each other, to an end_code where one is given; of certain codes only, in reverse, repeats collapsed';

CREATE FUNCTION cdp._paths_trans(cdp.tally, cdp.timeline, interval, integer) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__paths_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._paths_trans(cdp.tally, cdp.timeline, interval, integer) IS 'internal: adds the paths of a timeline';
CREATE FUNCTION cdp._paths_trans(cdp.tally, cdp.timeline, interval, integer, integer[], integer, integer, boolean, boolean) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__paths_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._paths_trans(cdp.tally, cdp.timeline, interval, integer, integer[], integer, integer, boolean, boolean) IS 'internal: adds the paths of a timeline';

CREATE AGGREGATE cdp.paths_agg(tl cdp.timeline, gap interval, depth integer) (
    SFUNC = cdp._paths_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.paths_agg(cdp.timeline, interval, integer) IS 'how often people take each path of depth events within sessions; read it with paths';

CREATE AGGREGATE cdp.paths_agg(tl cdp.timeline, gap interval, depth integer, codes integer[], start_code integer, end_code integer,
                               reverse boolean, "collapse" boolean) (
    SFUNC = cdp._paths_trans,
    STYPE = cdp.tally,
    SSPACE = 65536,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.paths_agg(cdp.timeline, interval, integer, integer[], integer, integer, boolean, boolean) IS 'the same with the options of timeline_paths; a null is what they are there by default';

CREATE FUNCTION cdp.paths(t cdp.tally, top integer DEFAULT 20, OUT path integer[], OUT n bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_paths' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 20;
COMMENT ON FUNCTION cdp.paths(cdp.tally, integer) IS 'the most frequent paths of a tally of paths_agg, equally frequent ones in order of their codes; all of them for null';
