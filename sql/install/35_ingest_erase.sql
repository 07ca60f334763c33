--| ## What has landed of a person
-- Rows that wait, and rows that were refused, hold identifiers as somebody has written them. Where the type is
-- missing, the value alone has to tell.

CREATE FUNCTION cdp._landed_is_sql(type text, value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format($s$((cdp._id_type_name(%1$s), cdp._id_value(%1$s, %2$s)) IN (SELECT k.type, k.value FROM unnest($1, $2) AS k (type, value))
        OR coalesce(cdp._id_type_name(%1$s), '') = ''
           AND EXISTS (SELECT FROM unnest($1, $2) AS k (type, value) WHERE k.value = cdp._id_value(k.type, %2$s)))$s$, type, value);
COMMENT ON FUNCTION cdp._landed_is_sql(text, text) IS
    'internal: the condition that an identifier, however these expressions write it, is one of those in $1 (types) and $2 (values)';

CREATE FUNCTION cdp._landed_of(types text[], vals text[]) RETURNS TABLE (source_table text, place tid, raw jsonb)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_identities text := 'jsonb_typeof(%s) = ''object'' AND EXISTS (SELECT FROM cdp._identities(%1$s) AS m WHERE '
        || cdp._landed_is_sql('m.type', 'm.item #>> ''{}''') || ')';
BEGIN
    RETURN QUERY EXECUTE format($s$
        SELECT 'landing_event', e.ctid, to_jsonb(e) FROM cdp.landing_event AS e WHERE %s OR %s
        UNION ALL
        SELECT 'landing_link', l.ctid, to_jsonb(l) FROM cdp.landing_link AS l WHERE %s OR %s
        UNION ALL
        SELECT 'landing_profile', p.ctid, to_jsonb(p) FROM cdp.landing_profile AS p WHERE %s
        UNION ALL
        SELECT 'quarantine', q.ctid, q.raw FROM cdp.quarantine AS q
         WHERE CASE q.source_table WHEN 'landing_link' THEN %s OR %s ELSE %s OR %s END $s$,
        cdp._landed_is_sql('e.id_type', 'e.id_value'), format(of_identities, 'e.identities'),
        cdp._landed_is_sql('l.type_a', 'l.value_a'), cdp._landed_is_sql('l.type_b', 'l.value_b'),
        cdp._landed_is_sql('p.id_type', 'p.id_value'),
        cdp._landed_is_sql('q.raw ->> ''type_a''', 'q.raw ->> ''value_a'''), cdp._landed_is_sql('q.raw ->> ''type_b''', 'q.raw ->> ''value_b'''),
        cdp._landed_is_sql('q.raw ->> ''id_type''', 'q.raw ->> ''id_value'''), format(of_identities, '(q.raw -> ''identities'')'))
        USING types, vals;
END $$;
COMMENT ON FUNCTION cdp._landed_of(text[], text[]) IS
    'internal: rows of the landing tables and of quarantine that hold one of these identifiers, and where they are';

CREATE FUNCTION cdp._ingest_erase(ids int4[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    types text[];
    vals text[];
    events int8;
    landed_events int8;
    landed_links int8;
    landed_profiles int8;
    refused int8;
    attributes int8;
    profiles int8;
BEGIN
    SELECT array_agg(t.name), array_agg(i.value) INTO types, vals
      FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.id = ANY (ids);
    WITH row_ AS MATERIALIZED (
        SELECT * FROM cdp._landed_of(types, vals)
    ), landed_event AS (
        DELETE FROM cdp.landing_event AS e USING row_ AS r WHERE r.source_table = 'landing_event' AND e.ctid = r.place
    ), landed_link AS (
        DELETE FROM cdp.landing_link AS l USING row_ AS r WHERE r.source_table = 'landing_link' AND l.ctid = r.place
    ), landed_profile AS (
        DELETE FROM cdp.landing_profile AS p USING row_ AS r WHERE r.source_table = 'landing_profile' AND p.ctid = r.place
    ), refused_ AS (
        DELETE FROM cdp.quarantine AS q USING row_ AS r WHERE r.source_table = 'quarantine' AND q.ctid = r.place
    )
    SELECT count(*) FILTER (WHERE r.source_table = 'landing_event'), count(*) FILTER (WHERE r.source_table = 'landing_link'),
           count(*) FILTER (WHERE r.source_table = 'landing_profile'), count(*) FILTER (WHERE r.source_table = 'quarantine')
      INTO landed_events, landed_links, landed_profiles, refused FROM row_ AS r;
    DELETE FROM cdp.event AS e WHERE e.identifier_id = ANY (ids);
    GET DIAGNOSTICS events = ROW_COUNT;
    DELETE FROM cdp.attribute AS a WHERE a.identifier_id = ANY (ids);
    GET DIAGNOSTICS attributes = ROW_COUNT;
    DELETE FROM cdp.attribute_queue AS q WHERE q.identifier_id = ANY (ids);
    profiles := cdp._profile_refresh(ARRAY(SELECT DISTINCT i.one_id FROM cdp.identifier AS i WHERE i.id = ANY (ids) AND i.one_id IS NOT NULL));
    RETURN jsonb_build_object('landing_event', landed_events, 'landing_link', landed_links, 'landing_profile', landed_profiles,
                              'quarantine', refused, 'event', events,
                              'attribute', attributes, 'profile', profiles);
END $$;
COMMENT ON FUNCTION cdp._ingest_erase(int4[]) IS
    'internal: removes the events and attributes of these identifiers, and what has landed of them; they must still have their values';

-- A row of somebody who was erased is refused, and nothing of what it says is kept.
CREATE FUNCTION cdp._quarantine_raw(raw jsonb, reason text) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN reason = cdp._erased_fault()
                THEN raw - '{event_id,ts,id_value,props,identities,value_a,value_b,seen_at,weight,attrs,observed_at}'::text[] ELSE cdp._raw_hashed(raw) END;
COMMENT ON FUNCTION cdp._quarantine_raw(jsonb, text) IS
    'internal: what is kept of a refused row: of somebody who was erased no value, of hashed types hashes';

CREATE FUNCTION cdp._is_erased_sql(type text, value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format($s$cdp._identifier_hash((SELECT s.key FROM cdp.secret AS s WHERE s.name = 'identifier'), %s, %s) IN (SELECT e.hash FROM cdp.erased AS e)$s$, type, value);
COMMENT ON FUNCTION cdp._is_erased_sql(text, text) IS
    'internal: the condition that there is a tombstone of an identifier, given by expressions in one spelling; for many rows';

CREATE FUNCTION cdp._identities_erased(identities jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM cdp._identities(identities) AS m
                    WHERE cdp._is_erased(m.type, cdp._id_value(m.type, m.item #>> '{}')));
END $$;
COMMENT ON FUNCTION cdp._identities_erased(jsonb) IS
    'internal: is one of the other identifiers of an event one that was erased?';
