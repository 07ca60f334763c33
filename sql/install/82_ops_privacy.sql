--| ## Privacy
--| Who asks for it is told everything that there is of him (`cdp.person_export`), or is erased
--| (`cdp.person_erase`).

-- Runs of the review are named after the identifier that somebody decided on, and an error may cite what it failed at.
CREATE FUNCTION cdp._run_erase(ids int4[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    types text[];
    vals text[];
    cleared int8;
    run_errors int8;
    snapshot_errors int8;
    -- That it failed is still to be seen.
    no_more constant text := 'not kept: it said something of somebody who was erased';
BEGIN
    SELECT array_agg(t.name), array_agg(lower(i.value)) INTO types, vals
      FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.id = ANY (ids);
    UPDATE cdp.run AS r SET name = NULL, detail = r.detail - 'value'
     WHERE r.detail ? 'value'
       AND EXISTS (SELECT FROM unnest(types, vals) AS k (type, value)
                    WHERE k.type = coalesce(cdp._id_type_name(r.detail ->> 'type'), k.type)
                      AND k.value = lower(cdp._id_value(k.type, r.detail ->> 'value')));
    GET DIAGNOSTICS cleared = ROW_COUNT;
    UPDATE cdp.run AS r SET error = no_more WHERE EXISTS (SELECT FROM unnest(vals) AS k (value) WHERE strpos(lower(r.error), k.value) > 0);
    GET DIAGNOSTICS run_errors = ROW_COUNT;
    UPDATE cdp.audience_snapshot AS s SET error = no_more WHERE EXISTS (SELECT FROM unnest(vals) AS k (value) WHERE strpos(lower(s.error), k.value) > 0);
    GET DIAGNOSTICS snapshot_errors = ROW_COUNT;
    RETURN jsonb_build_object('run', cleared + run_errors, 'audience_snapshot', snapshot_errors);
END $$;
COMMENT ON FUNCTION cdp._run_erase(int4[]) IS
    'internal: clears the log of runs, and errors of refreshes, of the values of these identifiers; returns how many rows had one, by table';

CREATE FUNCTION cdp._person_erase(person int4, ids int4[], tombstone boolean, run_id int8)
    RETURNS TABLE (run int8, one_id int4, at timestamptz, by text, tombstones int8, removed jsonb)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    persons cdp.roaringbitmap := CASE WHEN person IS NULL THEN '{}' ELSE cdp.rb_build(ARRAY[person]) END;
    gone jsonb;
    erased record;
    detached text[] := ARRAY(SELECT o.name FROM cdp._own_relations() AS o WHERE o.name ~ '^event_[0-9]{4}_[0-9]{2}$' ORDER BY o.name);
BEGIN
    -- Whoever is erased without one by mistake comes back with the next load.
    IF tombstone IS NULL THEN
        RAISE EXCEPTION 'tombstone cannot be null' USING
            ERRCODE = 'null_value_not_allowed',
            HINT = 'Say true, or false to let later loads bring the person back.';
    END IF;
    -- First: it keeps merges and refreshes off.
    gone := cdp._rules_erase(ids) || cdp._run_erase(ids) || cdp._tag_erase(persons)
        || cdp._audience_erase(persons) || cdp._engage_erase(persons, ids) || cdp._report_erase(persons, ids) || cdp._ingest_erase(ids);
    -- Last: the others look its values up.
    erased := cdp._identity_erase(person, ids, _person_erase.run_id, tombstone);
    gone := gone || erased.removed;
    IF detached <> '{}' THEN
        gone := gone || jsonb_build_object('not_searched', detached);
    END IF;
    PERFORM cdp._run_finish(_person_erase.run_id, jsonb_build_object('one_id', person, 'tombstones', erased.tombstones, 'removed', gone, 'by', session_user));
    RETURN QUERY
        INSERT INTO cdp.erase_log AS e (run_id, one_id, tombstones, removed) VALUES (_person_erase.run_id, person, erased.tombstones, gone)
        RETURNING e.run_id, e.one_id, e.at, e.by::text, e.tombstones, e.removed;
END $$;
COMMENT ON FUNCTION cdp._person_erase(int4, int4[], boolean, int8) IS
    'internal: erases a person, or (NULL) identifiers of nobody, everywhere, and logs it; returns the row of the log';

--| `person_erase` removes the values and links of a person, its attributes, its events and stored timelines, its bits in tags,
--| audiences and days, and rows of it that wait or were refused. Numbers stay: logs say them, and they are never
--| given out again. Rules that name an identifier of it go on without. `tombstone => true` keeps a keyed hash of each identifier, so that no later load brings them
--| back. The row that it returns is proof of it, holds no value, and stays in `cdp.erase_log`.
CREATE FUNCTION cdp.person_erase(one_id int4, tombstone boolean DEFAULT false)
    RETURNS TABLE (run_id int8, person int4, erased_at timestamptz, erased_by text, tombstones int8, removed jsonb)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    run int8;
    present int4;
BEGIN
    -- In this order, as everywhere.
    PERFORM cdp._require_setup();
    PERFORM cdp._lock('ingest');
    run := cdp._identity_begin('person_erase');
    present := cdp._person_present(person_erase.one_id);
    RETURN QUERY SELECT * FROM cdp._person_erase(present, cdp._person_identifiers(present), person_erase.tombstone, run);
END $$;
COMMENT ON FUNCTION cdp.person_erase(int4, boolean) IS
    'erases a person everywhere: identifiers, links, attributes, events, timelines, tags, audiences, rules that name an identifier, consents and what is or was handed over, what waits and what was refused; with a tombstone no later load brings it back. Returns the proof, which is also a row of cdp.erase_log';

CREATE FUNCTION cdp.person_erase(type text, value text, tombstone boolean DEFAULT false)
    RETURNS TABLE (run_id int8, person int4, erased_at timestamptz, erased_by text, tombstones int8, removed jsonb)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    run int8;
    the_id int4;
    owner int4;
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._lock('ingest');
    run := cdp._identity_begin('person_erase');
    the_id := cdp._identifier_id(type, value);
    owner := (SELECT i.one_id FROM cdp.identifier AS i WHERE i.id = the_id);
    RETURN QUERY SELECT * FROM cdp._person_erase(
        owner, CASE WHEN owner IS NULL THEN ARRAY[the_id] ELSE cdp._person_identifiers(owner) END, person_erase.tombstone, run);
END $$;
COMMENT ON FUNCTION cdp.person_erase(text, text, boolean) IS
    'erases whoever has this identifier everywhere; one that belongs to nobody (shared, blocked, not yet resolved) is erased alone. Returns the proof, which is also a row of cdp.erase_log';

-- Whoever is told of himself is not told of others: of what is not his the type has to do.
CREATE FUNCTION cdp._identifier_json(id int4, is_own boolean) RETURNS jsonb LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT CASE WHEN is_own THEN jsonb_build_object('type', t.name, 'value', i.value)
                        ELSE jsonb_build_object('type', t.name) END
              FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.id = _identifier_json.id);
END $$;
COMMENT ON FUNCTION cdp._identifier_json(int4, boolean) IS
    'internal: {"type", "value"} of an identifier, without the value when it is another''s';

CREATE FUNCTION cdp._person_history_json(person int4, ids int4[]) RETURNS jsonb LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    -- whom it has absorbed, and whom those had
    family int4[] := ARRAY(
        WITH RECURSIVE walk AS (
            SELECT person AS one_id UNION SELECT p.one_id FROM walk JOIN cdp.person AS p ON p.merged_into = walk.one_id)
        SELECT walk.one_id FROM walk);
BEGIN
    RETURN jsonb_build_object(
        'merges', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', m.at, 'survivor', m.survivor, 'absorbed', m.absorbed, 'link',
                          CASE WHEN m.link_a IS NOT NULL THEN jsonb_build_array(cdp._identifier_json(m.link_a, m.link_a IN (SELECT unnest(ids))),
                                                                                cdp._identifier_json(m.link_b, m.link_b IN (SELECT unnest(ids)))) END)
                          ORDER BY m.seq), '[]')
                     FROM cdp.merge_log AS m WHERE m.survivor = ANY (family) OR m.absorbed = ANY (family)),
        'splits', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', s.at, 'one_id', s.one_id, 'part', s.part, 'identifiers', s.identifiers)
                          ORDER BY s.seq), '[]')
                     FROM cdp.split_log AS s WHERE s.one_id = ANY (family) OR s.part = ANY (family)),
        'identifiers', (SELECT coalesce(jsonb_agg(cdp._identifier_json(h.id, true) || jsonb_build_object('one_id', h.one_id, 'since', h.since, 'until', h.until)
                               ORDER BY h.id, h.since), '[]')
                          FROM cdp.identifier_history AS h WHERE h.id = ANY (ids)));
END $$;
COMMENT ON FUNCTION cdp._person_history_json(int4, int4[]) IS
    'internal: the merges and splits of a person, and whose its identifiers were before';

CREATE FUNCTION cdp._person_events_json(ids int4[], each_event boolean) RETURNS jsonb LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    RETURN (SELECT jsonb_build_object('number', coalesce(sum(n.number), 0), 'first', min(n.first), 'last', max(n.last),
                                      'by_name', coalesce(jsonb_object_agg(n.name, n.number ORDER BY n.name) FILTER (WHERE n.name IS NOT NULL), '{}'))
              FROM (SELECT e.name, count(*) AS number, min(e.ts) AS first, max(e.ts) AS last
                      FROM cdp.event AS e WHERE e.identifier_id = ANY (ids) GROUP BY e.name) AS n)
        || CASE WHEN each_event THEN
            (SELECT jsonb_build_object('all', coalesce(jsonb_agg(jsonb_build_object('event_id', e.event_id, 'ts', e.ts, 'name', e.name,
                        'identifier', jsonb_build_object('type', t.name, 'value', i.value), 'channel', e.channel, 'props', e.props,
                        'received_at', e.received_at) ORDER BY e.ts, e.event_id), '[]'))
               FROM cdp.event AS e
               JOIN cdp.identifier AS i ON i.id = e.identifier_id JOIN cdp.id_type AS t USING (type_id)
              WHERE e.identifier_id = ANY (ids)) ELSE '{}' END;
END $$;
COMMENT ON FUNCTION cdp._person_events_json(int4[], boolean) IS
    'internal: how many events identifiers have, from when to when and of what names, and on demand each of them';

--| `person_export` gives everything that there is of a person as one jsonb. With `events => false` events are
--| only counted.
CREATE FUNCTION cdp.person_export(one_id int4, events boolean DEFAULT true) RETURNS jsonb LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    person int4 := cdp._person_present(one_id);
    ids int4[] := cdp._person_identifiers(person);
    types text[];
    vals text[];
BEGIN
    SELECT array_agg(t.name), array_agg(i.value) INTO types, vals
      FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.id = ANY (ids);
    RETURN jsonb_build_object('one_id', person, 'exported_at', now(),
        'created_at', (SELECT p.created_at FROM cdp.person AS p WHERE p.one_id = person),
        'identifiers', (SELECT coalesce(jsonb_agg(jsonb_build_object('type', t.name, 'value', i.value, 'since', i.since,
                               'first_seen', i.first_seen, 'last_seen', i.last_seen) ORDER BY t.rank, t.name, i.id), '[]')
                          FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.id = ANY (ids)),
        'links', (SELECT coalesce(jsonb_agg(jsonb_build_object('a', cdp._identifier_json(l.a, l.a IN (SELECT unnest(ids))),
                         'b', cdp._identifier_json(l.b, l.b IN (SELECT unnest(ids))), 'source', l.source,
                         'weight', l.weight, 'first_seen', l.first_seen, 'last_seen', l.last_seen, 'n', l.n, 'status', l.status, 'reason', l.reason)
                         ORDER BY l.a, l.b, l.source), '[]')
                    FROM (SELECT l.* FROM cdp.link AS l WHERE l.a = ANY (ids) UNION SELECT l.* FROM cdp.link AS l WHERE l.b = ANY (ids)) AS l),
        'profile', cdp.profile_of(person),
        'attributes', (SELECT coalesce(jsonb_agg(jsonb_build_object('key', a.key, 'value', a.value, 'source', a.source, 'identifier', cdp._identifier_json(a.identifier_id, true),
                              'first_seen', a.first_seen, 'last_seen', a.last_seen) ORDER BY a.key, a.last_seen, a.identifier_id, a.source, a.value), '[]')
                         FROM cdp.attribute AS a WHERE a.identifier_id = ANY (ids)),
        'tags', (SELECT coalesce(jsonb_agg(jsonb_build_object('tag', t.tag, 'value', t.value, 'as_of', g.refreshed_at) ORDER BY t.tag, t.value), '[]')
                   FROM cdp.tags_of(person) AS t JOIN cdp.tag AS g ON g.name = t.tag),
        'tags_before', cdp._tag_before_json(person), 'tags_said', cdp._tag_said_json(person),
        'audiences', (SELECT coalesce(jsonb_agg(jsonb_build_object('audience', a.name, 'as_of', a.refreshed_at) ORDER BY a.name), '[]')
                        FROM cdp.audience_member AS m JOIN cdp.audience AS a USING (audience_id)
                       WHERE m.chunk = cdp.chunk_of(person) AND cdp.rb_contains(m.members, person)),
        'audiences_before', cdp._audience_before_json(person),
        'audience_lists', (SELECT coalesce(jsonb_agg(jsonb_build_object('audience', a.name, 'is_member', l.is_member, 'added_at', l.added_at,
                                  'note', l.note) ORDER BY a.name, l.added_at), '[]')
                             FROM cdp._person_family(ARRAY[person]) AS f JOIN cdp.audience_list AS l USING (one_id) JOIN cdp.audience AS a USING (audience_id)),
        'events', cdp._person_events_json(ids, events),
        'history', cdp._person_history_json(person, ids),
        'waiting', (SELECT coalesce(jsonb_agg(jsonb_build_object('table', r.source_table, 'row', r.raw) ORDER BY r.source_table, r.raw::text COLLATE "C"), '[]')
                      FROM cdp._landed_of(types, vals) AS r))
        || cdp._engage_json(person, ids);
END $$;
COMMENT ON FUNCTION cdp.person_export(int4, boolean) IS
    'everything that there is of a person: identifiers, links with sources and dates, profile and attributes with the same, tags, audiences, consents and what was sent, events (all, or only counted), history, and rows that wait or were refused';
