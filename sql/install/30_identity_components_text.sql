--| # Connected components of texts
--| The same for links between texts, where no numbers are at hand: `components_agg_text(a, b)`. Texts
--| are compared byte by byte, whatever their collation, and a component is named by its smallest.

CREATE TYPE cdp.components_text;

CREATE FUNCTION cdp.components_text_in(cstring) RETURNS cdp.components_text
    AS 'MODULE_PATHNAME', 'cdp_components_text_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.components_text_in(cstring) IS 'I/O';
CREATE FUNCTION cdp.components_text_out(cdp.components_text) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_components_text_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.components_text_out(cdp.components_text) IS 'I/O';
CREATE FUNCTION cdp.components_text_recv(internal) RETURNS cdp.components_text
    AS 'MODULE_PATHNAME', 'cdp_components_text_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.components_text_recv(internal) IS 'I/O';
CREATE FUNCTION cdp.components_text_send(cdp.components_text) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_components_text_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.components_text_send(cdp.components_text) IS 'I/O';

CREATE TYPE cdp.components_text (
    INPUT = cdp.components_text_in,
    OUTPUT = cdp.components_text_out,
    RECEIVE = cdp.components_text_recv,
    SEND = cdp.components_text_send,
    INTERNALLENGTH = VARIABLE,
    STORAGE = extended,
    ALIGNMENT = double
);
COMMENT ON TYPE cdp.components_text IS 'connected components of a graph: every node (text) with the smallest node of its component, in the order of their bytes';

CREATE FUNCTION cdp._components_agg_text_trans(cdp.components_text, text, text) RETURNS cdp.components_text
    AS 'MODULE_PATHNAME', 'cdp__components_agg_text_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdp._components_agg_text_trans(cdp.components_text, text, text) IS 'internal: adds a link to the state of components_agg_text';
CREATE FUNCTION cdp._components_agg_text_combine(cdp.components_text, cdp.components_text) RETURNS cdp.components_text
    AS 'MODULE_PATHNAME', 'cdp__components_agg_text_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._components_agg_text_combine(cdp.components_text, cdp.components_text) IS 'internal: merges two states of components_agg_text';
CREATE FUNCTION cdp._components_agg_text_final(cdp.components_text) RETURNS cdp.components_text
    AS 'MODULE_PATHNAME', 'cdp__components_agg_text_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._components_agg_text_final(cdp.components_text) IS 'internal: the storable value of a state of components_agg_text';

CREATE AGGREGATE cdp.components_agg_text(a text, b text) (
    SFUNC = cdp._components_agg_text_trans,
    STYPE = cdp.components_text,
    SSPACE = 512,
    FINALFUNC = cdp._components_agg_text_final,
    COMBINEFUNC = cdp._components_agg_text_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.components_agg_text(text, text) IS 'connected components of the graph with a link from a to b per row; a link to itself makes a node known, rows with a null are skipped, null without any link';

CREATE AGGREGATE cdp.rollup(graph cdp.components_text) (
    SFUNC = cdp._components_agg_text_combine,
    STYPE = cdp.components_text,
    SSPACE = 512,
    FINALFUNC = cdp._components_agg_text_final,
    COMBINEFUNC = cdp._components_agg_text_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.components_text) IS 'connected components of all the graphs laid over each other';

CREATE FUNCTION cdp.components_of(graph cdp.components_text, OUT node text, OUT component text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_components_text_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10000;
COMMENT ON FUNCTION cdp.components_of(cdp.components_text) IS 'every node with the smallest node of its component, ordered by the bytes of the node';

CREATE FUNCTION cdp.components_find(graph cdp.components_text, node text) RETURNS text
    AS 'MODULE_PATHNAME', 'cdp_components_text_find' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.components_find(cdp.components_text, text) IS 'smallest node of the component that the node is in; null when the graph has no such node';

CREATE FUNCTION cdp.components_same(graph cdp.components_text, a text, b text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_components_text_same' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.components_same(cdp.components_text, text, text) IS 'are both nodes in one component? null when the graph lacks one of them';

CREATE FUNCTION cdp.components_size(graph cdp.components_text, node text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_components_text_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.components_size(cdp.components_text, text) IS 'number of nodes in the component that the node is in; null when the graph has no such node';

CREATE FUNCTION cdp.components_count(graph cdp.components_text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_components_text_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.components_count(cdp.components_text) IS 'number of components';

CREATE FUNCTION cdp.components_nodes(graph cdp.components_text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_components_text_nodes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.components_nodes(cdp.components_text) IS 'number of nodes';

CREATE FUNCTION cdp.connected_components_text(edges_query text, OUT node text, OUT component text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_connected_components_text' LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 1000 ROWS 10000;
COMMENT ON FUNCTION cdp.connected_components_text(text) IS 'every node of the graph whose links a SELECT of two text columns returns, with the smallest node of its component, ordered by the bytes of the node; the query runs with the rights of the caller';
