CREATE FUNCTION cdp._timestamptz_or_null(value text) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'cdp__timestamptz_or_null' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp._timestamptz_or_null(text) IS 'internal: the timestamp that a text spells in the session''s TimeZone and DateStyle; null for anything else, for infinity, and for words such as now or today';
