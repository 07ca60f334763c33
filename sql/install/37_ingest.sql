--| ## A run of ingest
-- Identifiers and links of a batch are brought together in memory, as those of a first load, told what is
-- stored already by one look-up for each distinct one, and written. enable_seqscan is off in these steps: a plan
-- that reads a whole table would follow the graph.

CREATE FUNCTION cdp._ingest_load_see(type text, value text, first_seen timestamptz, last_seen timestamptz) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_see' LANGUAGE C VOLATILE STRICT COST 10;
COMMENT ON FUNCTION cdp._ingest_load_see(text, text, timestamptz, timestamptz) IS
    'internal: takes an identifier, in its one spelling, into the load; true';
CREATE FUNCTION cdp._ingest_load_met(OUT nth int4, OUT type_id int4, OUT value text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_met' LANGUAGE C STABLE ROWS 100;
COMMENT ON FUNCTION cdp._ingest_load_met() IS
    'internal: the identifiers of the load, once each, in the order of an index on them: neighbours are on the same pages';
CREATE FUNCTION cdp._ingest_load_find_identifiers(identifiers regclass) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_find_identifiers' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._ingest_load_find_identifiers(regclass) IS
    'internal: looks the identifiers of the load up in their table; false when a query has to do it, by _ingest_load_met() and _ingest_load_know()';
CREATE FUNCTION cdp._ingest_load_know(nth int4, id int4, first_seen timestamptz, last_seen timestamptz, place tid) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_know' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._ingest_load_know(int4, int4, timestamptz, timestamptz, tid) IS
    'internal: tells the load how one of its identifiers is stored; true';
CREATE FUNCTION cdp._ingest_load_new(OUT id int4, OUT type_id int4, OUT value text, OUT first_seen timestamptz,
    OUT last_seen timestamptz) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_new' LANGUAGE C STABLE ROWS 100;
COMMENT ON FUNCTION cdp._ingest_load_new() IS 'internal: the identifiers of the load that are not stored yet, numbered';
CREATE FUNCTION cdp._ingest_load_note_identifiers(identifiers regclass) RETURNS void
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_note_identifiers' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._ingest_load_note_identifiers(regclass) IS
    'internal: notes on stored identifiers how early and late the load has seen them; who is left is one of _ingest_load_wider()';
CREATE FUNCTION cdp._ingest_load_wider(OUT id int4, OUT first_seen timestamptz, OUT last_seen timestamptz) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_wider' LANGUAGE C STABLE ROWS 100;
COMMENT ON FUNCTION cdp._ingest_load_wider() IS
    'internal: the stored identifiers that the load has seen earlier or later than is stored, by their numbers';
CREATE FUNCTION cdp._ingest_load_id(type text, value text) RETURNS int4
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_id' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION cdp._ingest_load_id(text, text) IS 'internal: the number of an identifier of the load';
CREATE FUNCTION cdp._ingest_load_arrange() RETURNS void
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_arrange' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION cdp._ingest_load_arrange() IS
    'internal: orders the links of the load by the numbers of their ends; identifiers are not found by value from then on';
CREATE FUNCTION cdp._ingest_load_find_links(links regclass) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_find_links' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._ingest_load_find_links(regclass) IS
    'internal: looks the links of the load up in their table; false when a query has to do it, by _ingest_load_old_pairs() and _ingest_load_know_link()';
CREATE FUNCTION cdp._ingest_load_old_pairs(OUT nth int4, OUT a int4, OUT b int4, OUT source text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_old_pairs' LANGUAGE C STABLE ROWS 100;
COMMENT ON FUNCTION cdp._ingest_load_old_pairs() IS 'internal: the links of the load whose ends were both stored before';
CREATE FUNCTION cdp._ingest_load_know_link(nth int4, place tid) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_know_link' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._ingest_load_know_link(int4, tid) IS 'internal: tells the load that one of its links is stored, and where; true';
CREATE FUNCTION cdp._ingest_load_note_links(links regclass) RETURNS void
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_note_links' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._ingest_load_note_links(regclass) IS
    'internal: notes on stored links when and how often the load has seen them; what is left is one of _ingest_load_links(true)';
CREATE FUNCTION cdp._ingest_load_links(are_stored boolean, OUT a int4, OUT b int4, OUT source text, OUT weight float8,
    OUT first_seen timestamptz, OUT last_seen timestamptz, OUT n int8) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__ingest_load_links' LANGUAGE C STABLE STRICT ROWS 100;
COMMENT ON FUNCTION cdp._ingest_load_links(boolean) IS
    'internal: the links of the load that are stored and not yet noted as seen again, or those that are not stored';

CREATE FUNCTION cdp._ingest_take_all_events(run_id int8, OUT events_read int8, OUT events_duplicate int8, OUT refused int8,
                                            OUT partitions_new int4)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
    -- Times without an offset are those of the business; set here, so that they are put back.
    SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
BEGIN
    PERFORM set_config('timezone', cdp.setting('time_zone'), true);
    events_read := cdp._ingest_take_events(cdp.setting('event_min_ts')::timestamptz,
                                           now() + cdp.setting('event_max_ahead')::interval);
    refused := cdp._ingest_refuse(run_id);
    ANALYZE pg_temp._cdp_event (event_id, ts, name, type, value);
    events_duplicate := cdp._ingest_drop_known();
    partitions_new := cdp._event_partitions_ensure();
    PERFORM cdp._event_types_learn(ARRAY(SELECT DISTINCT e.name FROM pg_temp._cdp_event AS e));
    PERFORM cdp._ingest_load_see(e.type, e.value, e.first_seen, e.last_seen)
       FROM (SELECT e.type, e.value, min(e.ts) AS first_seen, max(e.ts) AS last_seen
               FROM pg_temp._cdp_event AS e GROUP BY e.type, e.value) AS e;
    -- Identifiers of one event belong together: each of `identities` is linked with the event's own.
    PERFORM cdp._first_load_add('event', e.type, e.value, v.type, v.value, e.ts, 1)
       FROM pg_temp._cdp_event AS e
      CROSS JOIN LATERAL (
         SELECT m.type, cdp._id_value(m.type, m.item #>> '{}') AS value
           FROM cdp._identities(e.identities) AS m) AS v
      WHERE jsonb_typeof(e.identities) = 'object'
        AND v.value <> '';  -- null and "" say that there is none
END $$;
COMMENT ON FUNCTION cdp._ingest_take_all_events(int8) IS
    'internal: takes the landed events into _cdp_event, and their identifiers into the load';

CREATE FUNCTION cdp._ingest_intern() RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    added int8;
BEGIN
    IF EXISTS (SELECT FROM cdp._first_load_types() AS f
                WHERE NOT EXISTS (SELECT FROM cdp.id_type AS t WHERE t.name = f.name COLLATE "C")) THEN
        PERFORM cdp._id_types_learn(ARRAY(SELECT f.name FROM cdp._first_load_types() AS f));
    END IF;
    PERFORM cdp._first_load_type_describe(f.nth, t.type_id, t.rank, 0, 0, 0)
       FROM cdp._first_load_types() AS f JOIN cdp.id_type AS t ON t.name = f.name COLLATE "C";
    IF NOT cdp._ingest_load_find_identifiers('cdp.identifier') THEN
        PERFORM cdp._ingest_load_know(m.nth, i.id, i.first_seen, i.last_seen, i.ctid)
           FROM cdp._ingest_load_met() AS m
           JOIN cdp.identifier AS i ON i.type_id = m.type_id AND i.value = m.value COLLATE "C";
    END IF;
    -- New identifiers are numbered by first sight, then by name: never by their place in the batch.
    added := cdp._first_load_number(cdp._counter_last('identifier'));
    IF added > 0 THEN
        PERFORM cdp._counter_take('identifier', added);
        INSERT INTO cdp.identifier (id, type_id, value, first_seen, last_seen)
        SELECT i.id, i.type_id, i.value, i.first_seen, i.last_seen FROM cdp._ingest_load_new() AS i;
    END IF;
    RETURN added;
END $$;
COMMENT ON FUNCTION cdp._ingest_intern() IS
    'internal: numbers the identifiers of the load and stores new ones; returns how many';

CREATE FUNCTION cdp._ingest_store_events() RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stored int8;
BEGIN
    INSERT INTO cdp.event (event_id, ts, name, identifier_id, channel, props)
    SELECT e.event_id, e.ts, e.name, cdp._ingest_load_id(e.type, e.value), e.channel, e.props
      FROM pg_temp._cdp_event AS e;
    GET DIAGNOSTICS stored = ROW_COUNT;
    DROP TABLE pg_temp._cdp_event;
    RETURN stored;
END $$;
COMMENT ON FUNCTION cdp._ingest_store_events() IS 'internal: stores the events of the batch; returns how many';

CREATE FUNCTION cdp._ingest_store_links() RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    min_weight float8 := cdp.setting('id_min_weight')::float8;
    stored int8;
BEGIN
    PERFORM cdp._ingest_load_arrange();
    IF NOT cdp._ingest_load_find_links('cdp.link') THEN
        PERFORM cdp._ingest_load_know_link(p.nth, l.ctid)
           FROM cdp._ingest_load_old_pairs() AS p
           JOIN cdp.link AS l ON l.a = p.a AND l.b = p.b AND l.source = p.source COLLATE "C";
    END IF;
    INSERT INTO cdp.link (a, b, source, weight, first_seen, last_seen, n, status, reason)
    SELECT l.a, l.b, l.source, l.weight, l.first_seen, l.last_seen, l.n,
           CASE WHEN l.weight < min_weight THEN 'weak' ELSE 'active' END,
           CASE WHEN l.weight < min_weight THEN 'weight below id_min_weight' END
      FROM cdp._ingest_load_links(false) AS l;
    GET DIAGNOSTICS stored = ROW_COUNT;
    INSERT INTO cdp.link_queue (a, b) SELECT l.a, l.b FROM cdp._ingest_load_links(false) AS l WHERE l.weight >= min_weight;
    RETURN stored;
END $$;
COMMENT ON FUNCTION cdp._ingest_store_links() IS
    'internal: stores and queues the new links of the load; returns how many';

-- What has expired and is seen again counts again, and what was weak and is no more: the next resolve judges it like a new link.
CREATE FUNCTION cdp._ingest_revive(min_weight float8) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
BEGIN
    WITH again AS (
        UPDATE cdp.link AS l SET status = 'active', reason = NULL
          FROM cdp._ingest_load_links(true) AS e
         WHERE l.a = e.a AND l.b = e.b AND l.source = e.source COLLATE "C"
           AND cdp._link_revives(l.status, l.last_seen, e.last_seen, greatest(l.weight, e.weight), min_weight)
        RETURNING l.a, l.b
    )
    INSERT INTO cdp.link_queue (a, b) SELECT DISTINCT g.a, g.b FROM again AS g;
END $$;
COMMENT ON FUNCTION cdp._ingest_revive(float8) IS
    'internal: makes expired and weak links of the load active again that it has seen anew, or strongly enough, and queues them';

CREATE FUNCTION cdp._ingest_widen() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    min_weight float8 := cdp.setting('id_min_weight')::float8;
BEGIN
    IF min_weight > 0 OR EXISTS (SELECT FROM cdp.id_type AS t WHERE t.ttl IS NOT NULL) THEN
        PERFORM cdp._ingest_revive(min_weight);
    END IF;
    -- Where they were found before. What is left then somebody has changed before the lock was ours, or it is not
    -- for us to write past triggers.
    PERFORM cdp._ingest_load_note_links('cdp.link');
    UPDATE cdp.link AS l
       SET n = l.n + e.n, weight = greatest(l.weight, e.weight),
           first_seen = least(l.first_seen, e.first_seen), last_seen = greatest(l.last_seen, e.last_seen)
      FROM cdp._ingest_load_links(true) AS e
     WHERE l.a = e.a AND l.b = e.b AND l.source = e.source COLLATE "C";
    PERFORM cdp._ingest_load_note_identifiers('cdp.identifier');
    UPDATE cdp.identifier AS i
       SET first_seen = least(i.first_seen, w.first_seen), last_seen = greatest(i.last_seen, w.last_seen)
      FROM cdp._ingest_load_wider() AS w WHERE i.id = w.id;
END $$;
COMMENT ON FUNCTION cdp._ingest_widen() IS
    'internal: notes on known links and identifiers of the load when and how often they were seen';

CREATE FUNCTION cdp.ingest(OUT run_id int8, OUT events_read int8, OUT events_new int8,
                           OUT events_duplicate int8, OUT links_read int8, OUT links_new int8,
                           OUT profiles_read int8, OUT attributes_new int8, OUT identifiers_new int8, OUT quarantined int8, OUT duration interval)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
    -- What a batch looks up lies in memory or on flash: the default would rather read whole tables.
    SET random_page_cost = 1.1 AS $$
DECLARE
    started timestamptz := clock_timestamp();
    work_mem_before text := cdp._work_mem_raise();
    partitions_new int4 := 0;
    has_events boolean;
    has_profiles boolean;
    touched int4[];
BEGIN
    events_read := 0;
    events_new := 0;
    events_duplicate := 0;
    profiles_read := 0;
    attributes_new := 0;
    quarantined := 0;
    PERFORM cdp._require_setup();
    PERFORM cdp._lock('ingest');
    run_id := cdp._run_start('ingest', NULL);
    PERFORM cdp._first_load_begin();
    has_events := EXISTS (SELECT FROM cdp.landing_event);
    IF has_events THEN
        SELECT e.events_read, e.events_duplicate, e.refused, e.partitions_new
          INTO events_read, events_duplicate, quarantined, partitions_new FROM cdp._ingest_take_all_events(run_id) AS e;
    END IF;
    SELECT l.links_read, quarantined + l.refused INTO links_read, quarantined FROM cdp._first_load_take(run_id) AS l;
    has_profiles := EXISTS (SELECT FROM cdp.landing_profile);
    IF has_profiles THEN
        SELECT p.profiles_read, quarantined + p.refused INTO profiles_read, quarantined FROM cdp._ingest_take_profiles(run_id) AS p;
    END IF;
    PERFORM cdp._run_progress('ingest', 'links, events and profiles to store', links_read + events_read + profiles_read);
    identifiers_new := cdp._ingest_intern();
    IF has_events THEN
        events_new := cdp._ingest_store_events();
    END IF;
    IF has_profiles THEN
        SELECT p.attributes_new, p.touched INTO attributes_new, touched FROM cdp._ingest_store_profiles() AS p;
    END IF;
    links_new := cdp._ingest_store_links();
    -- Rows that id_resolve() changes too come last: it has to wait for these only.
    IF has_profiles THEN
        -- Profiles are worked out from what is there now.
        PERFORM cdp._identity_lock('ingest');
    ELSE
        PERFORM cdp._lock('identity');
    END IF;
    PERFORM cdp._ingest_widen();
    PERFORM cdp._first_load_end();
    IF touched IS NOT NULL THEN
        PERFORM cdp._analyze_grown('cdp.attribute', attributes_new);
        PERFORM cdp._profile_follow(touched);
    END IF;
    PERFORM cdp._analyze_grown('cdp.identifier', identifiers_new);
    PERFORM cdp._analyze_grown('cdp.link', links_new);
    PERFORM cdp._analyze_grown('cdp.event', events_new, '(event_id, ts, name, identifier_id, channel)');
    PERFORM set_config('work_mem', work_mem_before, true);
    PERFORM cdp._run_finish(run_id, jsonb_build_object(
        'events_read', events_read, 'events_new', events_new, 'events_duplicate', events_duplicate,
        'links_read', links_read, 'links_new', links_new, 'profiles_read', profiles_read, 'attributes_new', attributes_new,
        'identifiers_new', identifiers_new, 'quarantined', quarantined, 'partitions_new', partitions_new));
    duration := clock_timestamp() - started;
END $$;
COMMENT ON FUNCTION cdp.ingest() IS
    'moves what has landed on: events, links and attributes are stored, new identifiers numbered, bad rows quarantined; returns one row of counts';
