--| # Audience expressions
--| Sets of people in words: `tag:member = gold and not audience:blocked`. The rules of the language
--| are those of a subset of the audience rule.

CREATE FUNCTION cdp._audience_parse(expression text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdp__audience_parse' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._audience_parse(text) IS 'internal: an audience expression as a jsonb array in postfix order';

CREATE FUNCTION cdp.audience_expression(expression text) RETURNS text
    AS 'MODULE_PATHNAME', 'cdp_audience_expression' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.audience_expression(text) IS 'the one spelling of an audience expression such as ''tag:member = gold and not audience:blocked''; an error says where it does not parse';
