--| ### Attribution
--| Models: `first`, `last`, `last_non_direct`, `linear`, `position` (40 % first, 40 % last, 20 % between),
--| `time_decay`, `participation` (all of it to everyone who took part).

CREATE FUNCTION cdp.timeline_attribution(tl cdp.timeline, targets integer[], touches integer[], "window" interval, model text DEFAULT 'last',
                                         property integer DEFAULT 0, direct integer DEFAULT NULL, half_life interval DEFAULT '7 days',
                                         OUT converted timestamptz, OUT touched timestamptz, OUT touch integer, OUT credit bigint)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_timeline_attribution' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 5;
COMMENT ON FUNCTION cdp.timeline_attribution(cdp.timeline, integer[], integer[], interval, text, integer, integer, interval) IS 'how the value of each target event is credited to the touch events in the window before it, each with its code (property 0) or a property; touched is null where there is none; credits of a conversion sum to its value exactly, except for participation';

CREATE FUNCTION cdp._attribution_trans(cdp.tally, cdp.timeline, integer[], integer[], interval, text, integer) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__attribution_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._attribution_trans(cdp.tally, cdp.timeline, integer[], integer[], interval, text, integer) IS 'internal: adds the credits of a timeline';
CREATE FUNCTION cdp._attribution_trans(cdp.tally, cdp.timeline, integer[], integer[], interval, text, integer, integer, interval) RETURNS cdp.tally
    AS 'MODULE_PATHNAME', 'cdp__attribution_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._attribution_trans(cdp.tally, cdp.timeline, integer[], integer[], interval, text, integer, integer, interval) IS 'internal: adds the credits of a timeline';

CREATE AGGREGATE cdp.attribution_agg(tl cdp.timeline, targets integer[], touches integer[], "window" interval, model text, property integer) (
    SFUNC = cdp._attribution_trans,
    STYPE = cdp.tally,
    SSPACE = 1024,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.attribution_agg(cdp.timeline, integer[], integer[], interval, text, integer) IS 'the credits of timeline_attribution over many timelines, by touch; read it with attribution';

CREATE AGGREGATE cdp.attribution_agg(tl cdp.timeline, targets integer[], touches integer[], "window" interval, model text, property integer,
                                     direct integer, half_life interval) (
    SFUNC = cdp._attribution_trans,
    STYPE = cdp.tally,
    SSPACE = 1024,
    FINALFUNC = cdp._tally_final,
    COMBINEFUNC = cdp._tally_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.attribution_agg(cdp.timeline, integer[], integer[], interval, text, integer, integer, interval) IS 'the same with a key of direct touches and a half-life';

CREATE FUNCTION cdp.attribution(t cdp.tally, OUT touched boolean, OUT touch integer, OUT n bigint, OUT credit bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_attribution' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 20;
COMMENT ON FUNCTION cdp.attribution(cdp.tally) IS 'per touch how often it was credited and how much in all; first, where touched is false, the conversions that no touch earns';
