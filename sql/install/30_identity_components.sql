--| # Connected components
--| Who belongs together, from links over any table: `components_agg(a, b)` gives one value that is
--| stored, merged with others, and asked.

CREATE TYPE cdp.components;

CREATE FUNCTION cdp.components_in(cstring) RETURNS cdp.components
    AS 'MODULE_PATHNAME', 'cdp_components_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.components_in(cstring) IS 'I/O';
CREATE FUNCTION cdp.components_out(cdp.components) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_components_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.components_out(cdp.components) IS 'I/O';
CREATE FUNCTION cdp.components_recv(internal) RETURNS cdp.components
    AS 'MODULE_PATHNAME', 'cdp_components_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.components_recv(internal) IS 'I/O';
CREATE FUNCTION cdp.components_send(cdp.components) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_components_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.components_send(cdp.components) IS 'I/O';

-- Gaps between numbers hardly compress further.
CREATE TYPE cdp.components (
    INPUT = cdp.components_in,
    OUTPUT = cdp.components_out,
    RECEIVE = cdp.components_recv,
    SEND = cdp.components_send,
    INTERNALLENGTH = VARIABLE,
    STORAGE = external,
    ALIGNMENT = double
);
COMMENT ON TYPE cdp.components IS 'connected components of a graph: every node (bigint) with the smallest node of its component';

CREATE FUNCTION cdp._components_agg_trans(cdp.components, bigint, bigint) RETURNS cdp.components
    AS 'MODULE_PATHNAME', 'cdp__components_agg_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._components_agg_trans(cdp.components, bigint, bigint) IS 'internal: adds a link to the state of components_agg';
CREATE FUNCTION cdp._components_agg_combine(cdp.components, cdp.components) RETURNS cdp.components
    AS 'MODULE_PATHNAME', 'cdp__components_agg_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._components_agg_combine(cdp.components, cdp.components) IS 'internal: merges two states of components_agg';
CREATE FUNCTION cdp._components_agg_final(cdp.components) RETURNS cdp.components
    AS 'MODULE_PATHNAME', 'cdp__components_agg_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._components_agg_final(cdp.components) IS 'internal: the storable value of a state of components_agg';

CREATE AGGREGATE cdp.components_agg(a bigint, b bigint) (
    SFUNC = cdp._components_agg_trans,
    STYPE = cdp.components,
    SSPACE = 512,
    FINALFUNC = cdp._components_agg_final,
    COMBINEFUNC = cdp._components_agg_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.components_agg(bigint, bigint) IS 'connected components of the graph with a link from a to b per row; a link to itself makes a node known, rows with a null are skipped, null without any link';

CREATE FUNCTION cdp._components_agg_weighted_trans(cdp.components, bigint, bigint, double precision, double precision) RETURNS cdp.components
    AS 'MODULE_PATHNAME', 'cdp__components_agg_weighted_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._components_agg_weighted_trans(cdp.components, bigint, bigint, double precision, double precision) IS 'internal: adds a link with a weight to the state of components_agg';

CREATE AGGREGATE cdp.components_agg(a bigint, b bigint, weight double precision, min_weight double precision) (
    SFUNC = cdp._components_agg_weighted_trans,
    STYPE = cdp.components,
    SSPACE = 512,
    FINALFUNC = cdp._components_agg_final,
    COMBINEFUNC = cdp._components_agg_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.components_agg(bigint, bigint, double precision, double precision) IS 'connected components when only links with a weight of at least min_weight join; a weaker link, or one whose weight is null or NaN, only makes both nodes known';

CREATE AGGREGATE cdp.rollup(graph cdp.components) (
    SFUNC = cdp._components_agg_combine,
    STYPE = cdp.components,
    SSPACE = 512,
    FINALFUNC = cdp._components_agg_final,
    COMBINEFUNC = cdp._components_agg_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.components) IS 'connected components of all the graphs laid over each other';

CREATE FUNCTION cdp.components_of(graph cdp.components, OUT node bigint, OUT component bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_components_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10000;
COMMENT ON FUNCTION cdp.components_of(cdp.components) IS 'every node with the smallest node of its component, ordered by node';

CREATE FUNCTION cdp.components_find(graph cdp.components, node bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_components_find' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.components_find(cdp.components, bigint) IS 'smallest node of the component that the node is in; null when the graph has no such node';

CREATE FUNCTION cdp.components_same(graph cdp.components, a bigint, b bigint) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_components_same' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.components_same(cdp.components, bigint, bigint) IS 'are both nodes in one component? null when the graph lacks one of them';

CREATE FUNCTION cdp.components_size(graph cdp.components, node bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_components_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.components_size(cdp.components, bigint) IS 'number of nodes in the component that the node is in; null when the graph has no such node';

CREATE FUNCTION cdp.components_count(graph cdp.components) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_components_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.components_count(cdp.components) IS 'number of components';

CREATE FUNCTION cdp.components_nodes(graph cdp.components) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_components_nodes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.components_nodes(cdp.components) IS 'number of nodes';

CREATE FUNCTION cdp.connected_components(edges_query text, OUT node bigint, OUT component bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_connected_components' LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 1000 ROWS 10000;
COMMENT ON FUNCTION cdp.connected_components(text) IS 'every node of the graph whose links a SELECT of two integer columns returns, with the smallest node of its component, ordered by node; the query runs with the rights of the caller';
