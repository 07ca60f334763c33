--| ## In plans
--| `WHERE one_id <@ audience` uses an index on `one_id`: few members are looked up one by one, many by
--| the range from the least to the greatest. Estimates follow the column's statistics.

CREATE FUNCTION cdp.rb_iterate_support(request internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdp_rb_iterate_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rb_iterate_support(request internal) IS 'tells the planner how many rows rb_iterate gives';

CREATE FUNCTION cdp.rb_member_support(request internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdp_rb_member_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rb_member_support(request internal) IS 'tells the planner how many rows have a value of the bitmap, and which index finds them';

-- Stable, as all estimators: it reads statistics.
CREATE FUNCTION cdp.rb_member_selectivity(root internal, operator oid, args internal, relation int4) RETURNS float8
    AS 'MODULE_PATHNAME', 'cdp_rb_member_selectivity' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rb_member_selectivity(root internal, operator oid, args internal, relation int4) IS 'the share of rows whose int4 column has a value of the bitmap';

CREATE FUNCTION cdp._rb_least(bitmap cdp.roaringbitmap) RETURNS int4
    AS 'MODULE_PATHNAME', 'cdp__rb_least' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._rb_least(bitmap cdp.roaringbitmap) IS 'the smallest value in signed order, where an index scan for members begins; null if there is none';

CREATE FUNCTION cdp._rb_greatest(bitmap cdp.roaringbitmap) RETURNS int4
    AS 'MODULE_PATHNAME', 'cdp__rb_greatest' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._rb_greatest(bitmap cdp.roaringbitmap) IS 'the greatest value in signed order, where an index scan for members ends; null if there is none';

CREATE FUNCTION cdp.rb_lookups_support(request internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdp_rb_lookups_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rb_lookups_support(request internal) IS 'tells the planner what it costs to look the members of a bitmap up';

CREATE FUNCTION cdp._rb_lookups(bitmap cdp.roaringbitmap) RETURNS int4[]
    AS 'MODULE_PATHNAME', 'cdp__rb_lookups' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 SUPPORT cdp.rb_lookups_support;
COMMENT ON FUNCTION cdp._rb_lookups(bitmap cdp.roaringbitmap) IS 'the values that an index scan for members looks up one by one';

ALTER FUNCTION cdp.rb_iterate(cdp.roaringbitmap) SUPPORT cdp.rb_iterate_support;
ALTER FUNCTION cdp._rb_iterate(cdp.roaringbitmap) SUPPORT cdp.rb_iterate_support;
ALTER FUNCTION cdp.rb_contains(cdp.roaringbitmap, int4) SUPPORT cdp.rb_member_support;
ALTER FUNCTION cdp.rb_containedby(int4, cdp.roaringbitmap) SUPPORT cdp.rb_member_support;
ALTER OPERATOR cdp.@> (cdp.roaringbitmap, int4) SET (RESTRICT = cdp.rb_member_selectivity);
ALTER OPERATOR cdp.<@ (int4, cdp.roaringbitmap) SET (RESTRICT = cdp.rb_member_selectivity);
