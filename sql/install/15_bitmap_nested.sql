--| ## Nested set operations
--| A count of set operations inside each other, such as `rb_cardinality(((a | b) & c) - d)`, is worked out
--| at once: plans show it as `_rb_formula_cardinality`, and nothing between is made into a bitmap.

CREATE FUNCTION cdp.rb_nested_support(request internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdp_rb_nested_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rb_nested_support(request internal) IS 'lets the planner count nested set operations at once';

CREATE FUNCTION cdp._rb_formula_cardinality(formula text, VARIADIC operands "any") RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__rb_formula_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp._rb_formula_cardinality(formula text, VARIADIC operands "any") IS 'how many values nested set operations give, the roaringbitmaps being known by number: (1 | 2) & 3';

CREATE FUNCTION cdp._rb64_formula_cardinality(formula text, VARIADIC operands "any") RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp__rb64_formula_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp._rb64_formula_cardinality(formula text, VARIADIC operands "any") IS 'how many values nested set operations give, the roaringbitmap64 values being known by number: (1 | 2) & 3';

ALTER FUNCTION cdp.rb_and(cdp.roaringbitmap, cdp.roaringbitmap) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb_or(cdp.roaringbitmap, cdp.roaringbitmap) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb_xor(cdp.roaringbitmap, cdp.roaringbitmap) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb_andnot(cdp.roaringbitmap, cdp.roaringbitmap) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb_cardinality(cdp.roaringbitmap) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb_and_cardinality(cdp.roaringbitmap, cdp.roaringbitmap) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb_or_cardinality(cdp.roaringbitmap, cdp.roaringbitmap) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb_xor_cardinality(cdp.roaringbitmap, cdp.roaringbitmap) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb_andnot_cardinality(cdp.roaringbitmap, cdp.roaringbitmap) SUPPORT cdp.rb_nested_support;

ALTER FUNCTION cdp.rb64_and(cdp.roaringbitmap64, cdp.roaringbitmap64) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb64_or(cdp.roaringbitmap64, cdp.roaringbitmap64) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb64_xor(cdp.roaringbitmap64, cdp.roaringbitmap64) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb64_andnot(cdp.roaringbitmap64, cdp.roaringbitmap64) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb64_cardinality(cdp.roaringbitmap64) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb64_and_cardinality(cdp.roaringbitmap64, cdp.roaringbitmap64) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb64_or_cardinality(cdp.roaringbitmap64, cdp.roaringbitmap64) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb64_xor_cardinality(cdp.roaringbitmap64, cdp.roaringbitmap64) SUPPORT cdp.rb_nested_support;
ALTER FUNCTION cdp.rb64_andnot_cardinality(cdp.roaringbitmap64, cdp.roaringbitmap64) SUPPORT cdp.rb_nested_support;
