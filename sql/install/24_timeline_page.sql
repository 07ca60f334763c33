--| ## Pages of timelines
--| A page holds the timelines of many people in one value of a few kilobytes: questions to all people read pages half
--| again as fast as a row a person, and a person takes some twenty bytes less. People are numbers of type integer, in their
--| unsigned order; who has no events is in no page.

CREATE TYPE cdp.timeline_page;

CREATE FUNCTION cdp.timeline_page_in(cstring) RETURNS cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.timeline_page_in(cstring) IS 'reads a page from its bytes in hexadecimal and checks them';

CREATE FUNCTION cdp.timeline_page_out(cdp.timeline_page) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.timeline_page_out(cdp.timeline_page) IS 'the bytes of a page in hexadecimal';

CREATE FUNCTION cdp.timeline_page_recv(internal) RETURNS cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.timeline_page_recv(internal) IS 'reads a page from a binary message and checks it';

CREATE FUNCTION cdp.timeline_page_send(cdp.timeline_page) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.timeline_page_send(cdp.timeline_page) IS 'the bytes of a page';

CREATE TYPE cdp.timeline_page (
    INPUT = cdp.timeline_page_in,
    OUTPUT = cdp.timeline_page_out,
    RECEIVE = cdp.timeline_page_recv,
    SEND = cdp.timeline_page_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);
COMMENT ON TYPE cdp.timeline_page IS 'the timelines of many people in one value, each person once';

--| ### Making pages

CREATE FUNCTION cdp._timeline_page_trans(state cdp.timeline_page, one_id integer, tl cdp.timeline) RETURNS cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp__timeline_page_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp._timeline_page_trans(cdp.timeline_page, integer, cdp.timeline) IS 'timeline_page_agg: takes one person''s timeline';

CREATE FUNCTION cdp._timeline_page_combine(state cdp.timeline_page, other cdp.timeline_page) RETURNS cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp__timeline_page_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._timeline_page_combine(cdp.timeline_page, cdp.timeline_page) IS 'timeline_page_agg, rollup: takes the timelines of another page';

CREATE FUNCTION cdp._timeline_page_final(state cdp.timeline_page) RETURNS cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp__timeline_page_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp._timeline_page_final(cdp.timeline_page) IS 'timeline_page_agg, rollup: puts people into order and unites what belongs to each';

CREATE AGGREGATE cdp.timeline_page_agg(one_id integer, tl cdp.timeline) (
    SFUNC = cdp._timeline_page_trans,
    STYPE = cdp.timeline_page,
    SSPACE = 8192,
    COMBINEFUNC = cdp._timeline_page_combine,
    FINALFUNC = cdp._timeline_page_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.timeline_page_agg(integer, cdp.timeline) IS 'the timelines of these people as one page; of a person who comes again all events; rows with a null are skipped, no rows give null';

CREATE AGGREGATE cdp.rollup(page cdp.timeline_page) (
    SFUNC = cdp._timeline_page_combine,
    STYPE = cdp.timeline_page,
    SSPACE = 16384,
    COMBINEFUNC = cdp._timeline_page_combine,
    FINALFUNC = cdp._timeline_page_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp.rollup(cdp.timeline_page) IS 'the people of all these pages, such as the months of some people, as one page; of each all events';

-- What whole answers are asked of when people are spread over several pages: uniting the parts of each is left to
-- whoever reads them, which puts columns behind each other instead of making a timeline anew.
CREATE FUNCTION cdp._timeline_page_parts_trans(state cdp.timeline_page, page cdp.timeline_page, bare boolean) RETURNS cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp__timeline_page_parts_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._timeline_page_parts_trans(cdp.timeline_page, cdp.timeline_page, boolean) IS 'internal: _timeline_page_parts: takes another page';

CREATE AGGREGATE cdp._timeline_page_parts(page cdp.timeline_page, bare boolean) (
    SFUNC = cdp._timeline_page_parts_trans,
    STYPE = cdp.timeline_page,
    SSPACE = 16384,
    COMBINEFUNC = cdp._timeline_page_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp._timeline_page_parts(cdp.timeline_page, boolean) IS
    'internal: the people of all pages as one page in build form, for aggregates that read it at once; never stored; bare: without values and properties';

CREATE FUNCTION cdp.timeline_page_concat(a cdp.timeline_page, b cdp.timeline_page) RETURNS cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_concat' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.timeline_page_concat(cdp.timeline_page, cdp.timeline_page) IS 'the people of two pages as one page; of a person in both all events';

CREATE OPERATOR cdp.|| (
    LEFTARG = cdp.timeline_page,
    RIGHTARG = cdp.timeline_page,
    FUNCTION = cdp.timeline_page_concat,
    COMMUTATOR = OPERATOR(cdp.||)
);
COMMENT ON OPERATOR cdp.||(cdp.timeline_page, cdp.timeline_page) IS 'the people of two pages as one page; of a person in both all events';

CREATE FUNCTION cdp.timeline_pages(all_ cdp.timelines, bytes integer DEFAULT 7600) RETURNS SETOF cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp_timeline_pages' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 1000;
COMMENT ON FUNCTION cdp.timeline_pages(cdp.timelines, integer) IS 'the timelines of all these users as pages in the order of people, each as full as it gets within so many bytes; who takes more has a page alone; an error for a user that is not of type integer';

CREATE FUNCTION cdp.timeline_pages_by(all_ cdp.timelines, bits integer) RETURNS TABLE (slot bigint, page cdp.timeline_page)
    AS 'MODULE_PATHNAME', 'cdp_timeline_pages_by' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 1000;
COMMENT ON FUNCTION cdp.timeline_pages_by(cdp.timelines, integer) IS 'one page for each value of uid >> bits (0 to 32), ascending; the person is the low 32 bits of uid, what is above may be anything, such as a month';

--| ### Reading pages

CREATE FUNCTION cdp.timeline_page_read(page cdp.timeline_page) RETURNS TABLE (one_id integer, tl cdp.timeline)
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_read' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50 ROWS 50;
COMMENT ON FUNCTION cdp.timeline_page_read(cdp.timeline_page) IS 'the timelines of a page, one row a person, in their order';

CREATE FUNCTION cdp.timeline_page_get(page cdp.timeline_page, one_id integer) RETURNS cdp.timeline
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_get' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION cdp.timeline_page_get(cdp.timeline_page, integer) IS 'the timeline of a person; null when the page has none';

CREATE FUNCTION cdp.timeline_page_people(page cdp.timeline_page) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_people' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.timeline_page_people(cdp.timeline_page) IS 'the people of a page';

CREATE FUNCTION cdp.timeline_page_count(page cdp.timeline_page) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION cdp.timeline_page_count(cdp.timeline_page) IS 'the number of events of all people of a page';

CREATE FUNCTION cdp.timeline_page_slice(page cdp.timeline_page, "from" timestamptz, "to" timestamptz) RETURNS cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_slice' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.timeline_page_slice(cdp.timeline_page, timestamptz, timestamptz) IS 'the events from "from" on and before "to", without people who have none; infinite bounds leave a side open';

CREATE FUNCTION cdp.timeline_page_restrict(page cdp.timeline_page, people cdp.roaringbitmap) RETURNS cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_restrict' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.timeline_page_restrict(cdp.timeline_page, cdp.roaringbitmap) IS 'the page with these people only, such as an audience';

CREATE FUNCTION cdp.timeline_page_remove(page cdp.timeline_page, people cdp.roaringbitmap) RETURNS cdp.timeline_page
    AS 'MODULE_PATHNAME', 'cdp_timeline_page_remove' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.timeline_page_remove(cdp.timeline_page, cdp.roaringbitmap) IS 'the page without these people';
