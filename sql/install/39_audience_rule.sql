--| # Rules
--| A `rule` says who is meant: `add_to_cart then not pay within 30 minutes in last 1 day and tag:order_freq = high`.
--| It is stored as its text in one spelling. Input checks the language only, not whether tags and events of
--| these names exist: what a rule names may come into a restored database after it. Tags may be defined by
--| rules too, so the type comes before them.

CREATE TYPE cdp.rule;

CREATE FUNCTION cdp.rule_in(cstring) RETURNS cdp.rule
    AS 'MODULE_PATHNAME', 'cdp_rule_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rule_in(cstring) IS 'reads a rule; an error says where it does not parse and what was expected';

CREATE FUNCTION cdp.rule_out(cdp.rule) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_rule_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rule_out(cdp.rule) IS 'the text of a rule in its one spelling';

CREATE FUNCTION cdp.rule_recv(internal) RETURNS cdp.rule
    AS 'MODULE_PATHNAME', 'cdp_rule_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rule_recv(internal) IS 'reads a rule from a binary message, a version and the text';

CREATE FUNCTION cdp.rule_send(cdp.rule) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_rule_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rule_send(cdp.rule) IS 'a rule as a binary message, a version and the text';

CREATE TYPE cdp.rule (
    INPUT = cdp.rule_in,
    OUTPUT = cdp.rule_out,
    RECEIVE = cdp.rule_recv,
    SEND = cdp.rule_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE cdp.rule IS 'who is meant: a tree of tests of tags, attributes, behaviour and audiences, written as text';

CREATE CAST (text AS cdp.rule) WITH INOUT;
COMMENT ON CAST (text AS cdp.rule) IS 'reads a rule';

CREATE CAST (cdp.rule AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (cdp.rule AS text) IS 'the text of a rule in its one spelling';

CREATE FUNCTION cdp.rule_of_json(tree jsonb) RETURNS cdp.rule
    AS 'MODULE_PATHNAME', 'cdp_rule_of_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rule_of_json(jsonb) IS 'the rule of a tree that rule_json writes or a screen has built; an error says where it does not fit';

CREATE FUNCTION cdp.rule_json(rule cdp.rule) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdp_rule_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rule_json(cdp.rule) IS 'a rule as a tree of objects, for screens and tools';

CREATE CAST (jsonb AS cdp.rule) WITH FUNCTION cdp.rule_of_json(jsonb);
COMMENT ON CAST (jsonb AS cdp.rule) IS 'the rule of a tree';

CREATE CAST (cdp.rule AS jsonb) WITH FUNCTION cdp.rule_json(cdp.rule);
COMMENT ON CAST (cdp.rule AS jsonb) IS 'a rule as a tree of objects';

--| ## Rules made of rules

CREATE FUNCTION cdp.rule_and(a cdp.rule, b cdp.rule) RETURNS cdp.rule
    AS 'MODULE_PATHNAME', 'cdp_rule_and' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rule_and(cdp.rule, cdp.rule) IS 'those whom both rules mean';

CREATE FUNCTION cdp.rule_or(a cdp.rule, b cdp.rule) RETURNS cdp.rule
    AS 'MODULE_PATHNAME', 'cdp_rule_or' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rule_or(cdp.rule, cdp.rule) IS 'those whom one of the rules means, or both';

CREATE FUNCTION cdp.rule_not(rule cdp.rule) RETURNS cdp.rule
    AS 'MODULE_PATHNAME', 'cdp_rule_not' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rule_not(cdp.rule) IS 'those whom the rule does not mean';

CREATE OPERATOR cdp.& (FUNCTION = cdp.rule_and, LEFTARG = cdp.rule, RIGHTARG = cdp.rule,
    COMMUTATOR = OPERATOR(cdp.&));
COMMENT ON OPERATOR cdp.& (cdp.rule, cdp.rule) IS 'those whom both rules mean';

CREATE OPERATOR cdp.| (FUNCTION = cdp.rule_or, LEFTARG = cdp.rule, RIGHTARG = cdp.rule,
    COMMUTATOR = OPERATOR(cdp.|));
COMMENT ON OPERATOR cdp.| (cdp.rule, cdp.rule) IS 'those whom one of the rules means, or both';

CREATE OPERATOR cdp.! (FUNCTION = cdp.rule_not, RIGHTARG = cdp.rule);
COMMENT ON OPERATOR cdp.! (NONE, cdp.rule) IS 'those whom the rule does not mean';

--| ## Comparing

CREATE FUNCTION cdp.rule_eq(a cdp.rule, b cdp.rule) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_rule_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION cdp.rule_eq(cdp.rule, cdp.rule) IS 'whether two rules have the same tree; it may have been spelt differently';

CREATE FUNCTION cdp.rule_ne(a cdp.rule, b cdp.rule) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_rule_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION cdp.rule_ne(cdp.rule, cdp.rule) IS 'whether two rules have different trees';

CREATE FUNCTION cdp.rule_hash(rule cdp.rule) RETURNS int4
    AS 'MODULE_PATHNAME', 'cdp_rule_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rule_hash(cdp.rule) IS 'hash of a rule';

CREATE FUNCTION cdp.rule_hash_extended(rule cdp.rule, seed int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp_rule_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.rule_hash_extended(cdp.rule, int8) IS 'hash of a rule, one for each seed';

CREATE OPERATOR cdp.= (FUNCTION = cdp.rule_eq, LEFTARG = cdp.rule, RIGHTARG = cdp.rule,
    COMMUTATOR = OPERATOR(cdp.=), NEGATOR = OPERATOR(cdp.<>), HASHES,
    RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR cdp.= (cdp.rule, cdp.rule) IS 'whether two rules have the same tree';

CREATE OPERATOR cdp.<> (FUNCTION = cdp.rule_ne, LEFTARG = cdp.rule, RIGHTARG = cdp.rule,
    COMMUTATOR = OPERATOR(cdp.<>), NEGATOR = OPERATOR(cdp.=),
    RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR cdp.<> (cdp.rule, cdp.rule) IS 'whether two rules have different trees';

CREATE OPERATOR CLASS cdp.rule_ops DEFAULT FOR TYPE cdp.rule USING hash AS
    OPERATOR 1 cdp.=,
    FUNCTION 1 cdp.rule_hash(cdp.rule),
    FUNCTION 2 cdp.rule_hash_extended(cdp.rule, int8);
COMMENT ON OPERATOR CLASS cdp.rule_ops USING hash IS 'hash of rules';

--| ## What a rule is made of

CREATE FUNCTION cdp.rule_tags(rule cdp.rule) RETURNS text[]
    AS 'MODULE_PATHNAME', 'cdp_rule_tags' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rule_tags(cdp.rule) IS 'names of the tags that a rule uses, each once';

CREATE FUNCTION cdp.rule_audiences(rule cdp.rule) RETURNS text[]
    AS 'MODULE_PATHNAME', 'cdp_rule_audiences' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rule_audiences(cdp.rule) IS 'names of the audiences that a rule uses, each once';

CREATE FUNCTION cdp.rule_events(rule cdp.rule) RETURNS text[]
    AS 'MODULE_PATHNAME', 'cdp_rule_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.rule_events(cdp.rule) IS 'names of the events that a rule uses, each once';

CREATE FUNCTION cdp.rule_tree(rule cdp.rule) RETURNS TABLE (depth int4, node text, text text)
    AS 'MODULE_PATHNAME', 'cdp_rule_tree' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 10;
COMMENT ON FUNCTION cdp.rule_tree(cdp.rule) IS 'the nodes of a rule, parts after what they are part of: how deep, which sort, and its text, a rule by itself';
