-- The later steps of ingest(): what was taken and found good is numbered and stored.

-- By its bounds, not by its name: a partition may have been renamed, or cover a whole year.
CREATE FUNCTION cdp._event_partition_covers(at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bounds text;
    covers boolean;
BEGIN
    FOR bounds IN
        SELECT pg_get_partition_constraintdef(h.inhrelid)
          FROM pg_inherits AS h JOIN pg_partitioned_table AS p ON p.partrelid = h.inhparent
         WHERE h.inhparent = 'cdp.event'::regclass AND h.inhrelid <> p.partdefid
    LOOP
        EXECUTE format('SELECT %s FROM (SELECT $1 AS ts) AS m', bounds) INTO covers USING at;
        IF covers THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
COMMENT ON FUNCTION cdp._event_partition_covers(timestamptz) IS
    'internal: true when an attached partition of cdp.event takes this time';

CREATE FUNCTION cdp._event_partitions_ensure() RETURNS int4 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    month timestamp;
    partition text;
    owner name := (SELECT pg_get_userbyid(c.relowner) FROM pg_class AS c WHERE c.oid = 'cdp.event'::regclass);
    made int4 := 0;
BEGIN
    FOR month IN
        SELECT DISTINCT date_trunc('month', e.ts AT TIME ZONE 'UTC') FROM pg_temp._cdp_event AS e ORDER BY 1
    LOOP
        partition := to_char(month, '"event_"YYYY_MM');
        CONTINUE WHEN to_regclass('cdp.' || partition) IS NOT NULL
                   OR cdp._event_partition_covers(month AT TIME ZONE 'UTC');
        -- Made aside and attached: CREATE TABLE ... PARTITION OF would make every reader wait.
        EXECUTE format('CREATE TABLE cdp.%I (LIKE cdp.event INCLUDING ALL)', partition);
        EXECUTE format('COMMENT ON TABLE cdp.%I IS %L', partition, to_char(month, '"events of "YYYY-MM" (UTC)"'));
        IF owner <> current_user THEN
            EXECUTE format('ALTER TABLE cdp.%I OWNER TO %I', partition, owner);
        END IF;
        BEGIN
            EXECUTE format('ALTER TABLE cdp.event ATTACH PARTITION cdp.%I FOR VALUES FROM (%L) TO (%L)', partition,
                           month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
        EXCEPTION WHEN invalid_object_definition THEN
            RAISE EXCEPTION 'month % of cdp.event is only partly covered by a partition', to_char(month, 'YYYY-MM') USING
                ERRCODE = 'invalid_object_definition',
                DETAIL = SQLERRM,
                HINT = 'Attach a partition for the rest of the month, or detach the one that is there.';
        END;
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION cdp._event_partitions_ensure() IS
    'internal: makes the monthly partitions of cdp.event that the batch needs; returns how many';

CREATE FUNCTION cdp._event_types_learn(names text[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fresh text[] := ARRAY(SELECT unnest(names) AS name EXCEPT SELECT t.name FROM cdp.event_type AS t ORDER BY name);
    given int8;
BEGIN
    IF fresh = '{}' THEN
        RETURN;
    END IF;
    given := cdp._counter_take('event_type', cardinality(fresh), (SELECT max(t.code) FROM cdp.event_type AS t));
    INSERT INTO cdp.event_type (code, name)
    SELECT given + f.nth, f.name FROM unnest(fresh) WITH ORDINALITY AS f (name, nth);
END $$;
COMMENT ON FUNCTION cdp._event_types_learn(text[]) IS
    'internal: gives codes to event names that were not known, in the order of the names';

-- Identifiers of one event belong together: each of `identities` is linked with the event's own.
CREATE FUNCTION cdp._ingest_links_of_events() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO pg_temp._cdp_link (source, type_a, value_a, type_b, value_b, first_seen, last_seen, weight, n)
    SELECT 'event', e.type, e.value, v.type, v.value, min(e.ts), max(e.ts), 1, count(*)
      FROM pg_temp._cdp_event AS e
     CROSS JOIN LATERAL (
        SELECT m.type, cdp._id_value(m.type, m.item #>> '{}') AS value
          FROM cdp._identities(e.identities) AS m) AS v
     WHERE jsonb_typeof(e.identities) = 'object'
       AND v.value <> ''  -- null and "" say that there is none
     GROUP BY e.type, e.value, v.type, v.value;
END $$;
COMMENT ON FUNCTION cdp._ingest_links_of_events() IS
    'internal: adds to the links of the batch those between identifiers of one event';

CREATE FUNCTION cdp._ingest_intern() RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given int8 := cdp._counter_take('identifier', 0);
    added int8;
BEGIN
    CREATE TEMP TABLE _cdp_identifier (
        type text COLLATE "C", value text COLLATE "C", type_id int4, id int8, is_new boolean,
        first_seen timestamptz, last_seen timestamptz) ON COMMIT DROP;
    PERFORM cdp._id_types_learn(ARRAY(
        SELECT e.type FROM pg_temp._cdp_event AS e UNION SELECT l.type_a FROM pg_temp._cdp_link AS l
        UNION SELECT l.type_b FROM pg_temp._cdp_link AS l));
    -- New identifiers are numbered by first sight, then by name: never by their place in the batch.
    INSERT INTO pg_temp._cdp_identifier
    SELECT b.type, b.value, t.type_id,
           coalesce(i.id, given + row_number() OVER (
               ORDER BY i.id IS NOT NULL, b.first_seen, t.type_id, b.value)),
           i.id IS NULL, b.first_seen, b.last_seen
      FROM (SELECT u.type, u.value, min(u.first_seen) AS first_seen, max(u.last_seen) AS last_seen
              FROM (SELECT e.type, e.value, min(e.ts) AS first_seen, max(e.ts) AS last_seen
                      FROM pg_temp._cdp_event AS e GROUP BY e.type, e.value
                    UNION ALL
                    SELECT l.type_a, l.value_a, l.first_seen, l.last_seen FROM pg_temp._cdp_link AS l
                    UNION ALL
                    SELECT l.type_b, l.value_b, l.first_seen, l.last_seen FROM pg_temp._cdp_link AS l) AS u
             GROUP BY u.type, u.value) AS b
      JOIN cdp.id_type AS t ON t.name = b.type
      LEFT JOIN cdp.identifier AS i ON i.type_id = t.type_id AND i.value = b.value;
    ANALYZE pg_temp._cdp_identifier;
    SELECT count(*) INTO added FROM pg_temp._cdp_identifier AS i WHERE i.is_new;
    PERFORM cdp._counter_take('identifier', added);
    INSERT INTO cdp.identifier (id, type_id, value, first_seen, last_seen)
    SELECT i.id, i.type_id, i.value, i.first_seen, i.last_seen
      FROM pg_temp._cdp_identifier AS i WHERE i.is_new ORDER BY i.id;
    RETURN added;
END $$;
COMMENT ON FUNCTION cdp._ingest_intern() IS
    'internal: numbers the identifiers of the batch into _cdp_identifier and stores new ones; returns how many';

CREATE FUNCTION cdp._ingest_store_events() RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stored int8;
BEGIN
    INSERT INTO cdp.event (event_id, ts, name, identifier_id, channel, props)
    SELECT e.event_id, e.ts, e.name, i.id, e.channel, e.props
      FROM pg_temp._cdp_event AS e JOIN pg_temp._cdp_identifier AS i USING (type, value);
    GET DIAGNOSTICS stored = ROW_COUNT;
    RETURN stored;
END $$;
COMMENT ON FUNCTION cdp._ingest_store_events() IS 'internal: stores the events of the batch; returns how many';

CREATE FUNCTION cdp._ingest_store_links() RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stored int8;
BEGIN
    CREATE TEMP TABLE _cdp_edge (
        a int4, b int4, source text COLLATE "C", weight float8, first_seen timestamptz,
        last_seen timestamptz, n int8, is_new boolean) ON COMMIT DROP;
    INSERT INTO pg_temp._cdp_edge
    SELECT e.a, e.b, e.source, e.weight, e.first_seen, e.last_seen, e.n, l.a IS NULL
      FROM (SELECT least(a.id, b.id)::int4 AS a, greatest(a.id, b.id)::int4 AS b, k.source, max(k.weight) AS weight,
                   min(k.first_seen) AS first_seen, max(k.last_seen) AS last_seen, sum(k.n)::int8 AS n
              FROM pg_temp._cdp_link AS k
              JOIN pg_temp._cdp_identifier AS a ON a.type = k.type_a AND a.value = k.value_a
              JOIN pg_temp._cdp_identifier AS b ON b.type = k.type_b AND b.value = k.value_b
             WHERE a.id <> b.id
             GROUP BY 1, 2, 3) AS e
      LEFT JOIN cdp.link AS l ON l.a = e.a AND l.b = e.b AND l.source = e.source;
    ANALYZE pg_temp._cdp_edge;
    INSERT INTO cdp.link (a, b, source, weight, first_seen, last_seen, n)
    SELECT e.a, e.b, e.source, e.weight, e.first_seen, e.last_seen, e.n
      FROM pg_temp._cdp_edge AS e WHERE e.is_new ORDER BY e.a, e.b, e.source;
    GET DIAGNOSTICS stored = ROW_COUNT;
    INSERT INTO cdp.link_queue (a, b) SELECT e.a, e.b FROM pg_temp._cdp_edge AS e WHERE e.is_new;
    RETURN stored;
END $$;
COMMENT ON FUNCTION cdp._ingest_store_links() IS
    'internal: stores and queues the new links of the batch; returns how many';

CREATE FUNCTION cdp._ingest_widen() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._ingest_revive();
    UPDATE cdp.link AS l
       SET n = l.n + e.n, weight = greatest(l.weight, e.weight),
           first_seen = least(l.first_seen, e.first_seen), last_seen = greatest(l.last_seen, e.last_seen)
      FROM pg_temp._cdp_edge AS e
     WHERE NOT e.is_new AND l.a = e.a AND l.b = e.b AND l.source = e.source;
    UPDATE cdp.identifier AS i
       SET first_seen = least(i.first_seen, b.first_seen), last_seen = greatest(i.last_seen, b.last_seen)
      FROM pg_temp._cdp_identifier AS b
     WHERE NOT b.is_new AND i.id = b.id AND (b.first_seen < i.first_seen OR b.last_seen > i.last_seen);
END $$;
COMMENT ON FUNCTION cdp._ingest_widen() IS
    'internal: notes on known links and identifiers of the batch when and how often they were seen';

CREATE FUNCTION cdp.ingest(OUT run_id int8, OUT events_read int8, OUT events_new int8,
                           OUT events_duplicate int8, OUT links_read int8, OUT links_new int8,
                           OUT identifiers_new int8, OUT quarantined int8, OUT duration interval)
    LANGUAGE plpgsql VOLATILE
    -- Times without an offset are those of the business; set here, so that they are put back.
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
    -- What a batch looks up lies in memory or on flash: the default would rather read whole tables.
    SET random_page_cost = 1.1 AS $$
DECLARE
    started timestamptz := clock_timestamp();
    earliest timestamptz := cdp.setting('event_min_ts');
    latest timestamptz := now() + cdp.setting('event_max_ahead')::interval;
    work_mem_before text := cdp._work_mem_raise();
    partitions_new int4;
BEGIN
    PERFORM cdp._lock('ingest');
    run_id := cdp._run_start('ingest', NULL);
    PERFORM set_config('timezone', cdp.setting('time_zone'), true);
    events_read := cdp._ingest_take_events(earliest, latest);
    links_read := cdp._ingest_take_links(earliest, latest);
    quarantined := cdp._ingest_refuse(run_id);
    ANALYZE pg_temp._cdp_event (event_id, ts, name, type, value);
    events_duplicate := cdp._ingest_drop_known();
    partitions_new := cdp._event_partitions_ensure();
    PERFORM cdp._event_types_learn(ARRAY(SELECT DISTINCT e.name FROM pg_temp._cdp_event AS e));
    PERFORM cdp._ingest_links_of_events();
    ANALYZE pg_temp._cdp_link;
    identifiers_new := cdp._ingest_intern();
    events_new := cdp._ingest_store_events();
    links_new := cdp._ingest_store_links();
    -- Rows that id_resolve() changes too come last: it has to wait for these only.
    PERFORM cdp._lock('identity');
    PERFORM cdp._ingest_widen();
    DROP TABLE pg_temp._cdp_event, pg_temp._cdp_link, pg_temp._cdp_identifier, pg_temp._cdp_edge;
    PERFORM cdp._analyze_grown('cdp.identifier', identifiers_new);
    PERFORM cdp._analyze_grown('cdp.link', links_new);
    PERFORM cdp._analyze_grown('cdp.event', events_new, '(event_id, ts, name, identifier_id, channel)');
    PERFORM set_config('work_mem', work_mem_before, true);
    PERFORM cdp._run_finish(run_id, jsonb_build_object(
        'events_read', events_read, 'events_new', events_new, 'events_duplicate', events_duplicate,
        'links_read', links_read, 'links_new', links_new, 'identifiers_new', identifiers_new,
        'quarantined', quarantined, 'partitions_new', partitions_new));
    duration := clock_timestamp() - started;
END $$;
COMMENT ON FUNCTION cdp.ingest() IS
    'moves what has landed on: events and links are stored, new identifiers numbered, bad rows quarantined; returns one row of counts';
