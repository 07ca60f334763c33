--| ## 64-bit bitmaps in plans
--| The same for int8 columns, and for int4 columns where the bitmap is a constant.

CREATE FUNCTION cdp.rb64_iterate_support(request internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdp_rb64_iterate_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rb64_iterate_support(request internal) IS 'tells the planner how many rows rb64_iterate gives';

CREATE FUNCTION cdp.rb64_member_support(request internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdp_rb64_member_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rb64_member_support(request internal) IS 'tells the planner how many rows have a value of the bitmap, and which index finds them';

-- Stable, as all estimators: it reads statistics.
CREATE FUNCTION cdp.rb64_member_selectivity(root internal, operator oid, args internal, relation int4) RETURNS float8
    AS 'MODULE_PATHNAME', 'cdp_rb64_member_selectivity' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rb64_member_selectivity(root internal, operator oid, args internal, relation int4) IS 'the share of rows whose int8 column has a value of the bitmap';

CREATE FUNCTION cdp._rb64_least(bitmap cdp.roaringbitmap64) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp__rb64_least' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._rb64_least(bitmap cdp.roaringbitmap64) IS 'the smallest value in signed order, where an index scan for members begins; null if there is none';

CREATE FUNCTION cdp._rb64_greatest(bitmap cdp.roaringbitmap64) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp__rb64_greatest' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._rb64_greatest(bitmap cdp.roaringbitmap64) IS 'the greatest value in signed order, where an index scan for members ends; null if there is none';

CREATE FUNCTION cdp.rb64_lookups_support(request internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdp_rb64_lookups_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rb64_lookups_support(request internal) IS 'tells the planner what it costs to look the members of a bitmap up';

CREATE FUNCTION cdp._rb64_lookups(bitmap cdp.roaringbitmap64) RETURNS int8[]
    AS 'MODULE_PATHNAME', 'cdp__rb64_lookups' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 SUPPORT cdp.rb64_lookups_support;
COMMENT ON FUNCTION cdp._rb64_lookups(bitmap cdp.roaringbitmap64) IS 'the values that an index scan for members looks up one by one';

ALTER FUNCTION cdp.rb64_iterate(cdp.roaringbitmap64) SUPPORT cdp.rb64_iterate_support;
ALTER FUNCTION cdp._rb64_iterate(cdp.roaringbitmap64) SUPPORT cdp.rb64_iterate_support;
ALTER FUNCTION cdp.rb64_contains(cdp.roaringbitmap64, int8) SUPPORT cdp.rb64_member_support;
ALTER FUNCTION cdp.rb64_containedby(int8, cdp.roaringbitmap64) SUPPORT cdp.rb64_member_support;
ALTER OPERATOR cdp.@> (cdp.roaringbitmap64, int8) SET (RESTRICT = cdp.rb64_member_selectivity);
ALTER OPERATOR cdp.<@ (int8, cdp.roaringbitmap64) SET (RESTRICT = cdp.rb64_member_selectivity);
