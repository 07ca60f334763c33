--| ## Looking after
-- A check counts what should not be there; the severity is what one of them is worth.
CREATE FUNCTION cdp._check_count(area text, what text, found int8, severity text, hint text)
    RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE sql IMMUTABLE ROWS 1 BEGIN ATOMIC
    SELECT area, CASE WHEN found > 0 THEN severity ELSE 'ok' END, what, found::text,
           CASE WHEN found > 0 THEN hint END;
END;
COMMENT ON FUNCTION cdp._check_count(text, text, int8, text, text) IS
    'internal: one row of cdp.check(): ok when nothing was found';

CREATE FUNCTION cdp._check_setup() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    owner name := (SELECT pg_get_userbyid(c.relowner) FROM pg_class AS c WHERE c.oid = to_regclass('cdp.event'));
BEGIN
    RETURN QUERY
    SELECT 'setup', 'ok', 'version of the managed tables', cdp._schema_version()::text, NULL;
    RETURN QUERY
    SELECT 'setup', 'ok', 'time zone', m.value, NULL FROM cdp.meta AS m WHERE m.key = 'time_zone';
    RETURN QUERY
    SELECT 'setup', CASE WHEN count(*) > 0 THEN 'error' ELSE 'ok' END, 'managed tables that are missing',
           coalesce(string_agg(m.name, ', ' ORDER BY m.name), '0'),
           CASE WHEN count(*) > 0 THEN 'SELECT cdp.setup() makes them again, empty.' END
      FROM cdp.managed_relation AS m WHERE to_regclass(format('cdp.%I', m.name)) IS NULL;
    RETURN QUERY SELECT * FROM cdp._check_count('setup', 'managed tables of another owner than cdp.meta',
        (SELECT count(*) FROM pg_class AS c
           JOIN cdp.managed_relation AS m ON c.oid = to_regclass(format('cdp.%I', m.name))
           JOIN pg_class AS o ON o.oid = 'cdp.meta'::regclass AND o.relowner <> c.relowner),
        'error', 'ALTER TABLE ... OWNER TO the owner of cdp.meta, who runs the platform.');
    -- A restore by somebody else gives the tables back to their owner, but not this right.
    RETURN QUERY
    SELECT 'setup', CASE WHEN has_schema_privilege(owner, 'cdp', 'CREATE') THEN 'ok' ELSE 'error' END,
           'owner of cdp.event may make partitions', owner::text,
           CASE WHEN NOT has_schema_privilege(owner, 'cdp', 'CREATE')
                THEN format('GRANT CREATE ON SCHEMA cdp TO %I;', owner) END
     WHERE owner IS NOT NULL;
END $$;
COMMENT ON FUNCTION cdp._check_setup() IS 'internal: the rows of cdp.check() about the tables themselves';

CREATE FUNCTION cdp._check_ingest() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT * FROM cdp._check_count('ingest', 'events waiting in cdp.landing_event',
        (SELECT count(*) FROM cdp.landing_event), 'notice', 'SELECT * FROM cdp.ingest();');
    RETURN QUERY SELECT * FROM cdp._check_count('ingest', 'links waiting in cdp.landing_link',
        (SELECT count(*) FROM cdp.landing_link), 'notice', 'SELECT * FROM cdp.ingest();');
    RETURN QUERY SELECT * FROM cdp._check_count('ingest', 'profiles waiting in cdp.landing_profile',
        (SELECT count(*) FROM cdp.landing_profile), 'notice', 'SELECT * FROM cdp.ingest();');
    RETURN QUERY
    SELECT 'ingest', 'warning', format('refused by %s: %s', q.source_table, q.reason),
           format('%s, last at %s', count(*), max(q.at)),
           CASE WHEN q.reason = cdp._erased_fault() THEN 'Tell the source that they were erased, and delete the rows: they have no values any more.'
                ELSE 'Correct them in cdp.quarantine, put them back into the landing table and delete them there.' END
      FROM cdp.quarantine AS q GROUP BY q.source_table, q.reason ORDER BY q.source_table, q.reason;
    RETURN QUERY
    SELECT 'ingest', 'ok', 'partitions of cdp.event',
           format('%s, %s to %s', count(*), min(c.relname), max(c.relname)), NULL
      FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhrelid
     WHERE h.inhparent = 'cdp.event'::regclass HAVING count(*) > 0;
    RETURN QUERY
    SELECT 'ingest', 'notice', 'month detached from cdp.event', o.name,
           format('Events of that month are refused until it is attached again, or the table renamed or dropped: cdp.%s.', o.name)
      FROM cdp._own_relations() AS o WHERE o.name ~ '^event_[0-9]{4}_[0-9]{2}$' ORDER BY o.name;
    RETURN QUERY SELECT * FROM cdp._check_count('ingest', 'event names without a code',
        (SELECT count(*) FROM (SELECT DISTINCT e.name FROM cdp.event AS e
                               EXCEPT SELECT t.name FROM cdp.event_type AS t) AS n),
        'error', 'Put the names back into cdp.event_type, under the codes they had.');
END $$;
COMMENT ON FUNCTION cdp._check_ingest() IS 'internal: the rows of cdp.check() about landing, quarantine and events';

CREATE FUNCTION cdp._check_profiles() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT * FROM cdp._check_count('profile', 'profiles that are not what was said of their persons',
        (SELECT count(*) FROM cdp.profile AS p
           FULL JOIN cdp._profiles_of(ARRAY(SELECT DISTINCT i.one_id FROM cdp.attribute AS a JOIN cdp.identifier AS i ON i.id = a.identifier_id
                                             WHERE i.one_id IS NOT NULL)) AS n USING (one_id)
          WHERE p.attrs IS DISTINCT FROM n.attrs),
        'error', 'SELECT cdp.profile_rebuild();');
    RETURN QUERY SELECT * FROM cdp._check_count('profile', 'values of attributes that others have than their profiles say',
        (SELECT count(*)
           FROM (SELECT v.key, cdp.chunk_of(p.one_id) AS chunk, v.value, cdp.rb_build_agg(p.one_id) AS members
                   FROM cdp.profile AS p CROSS JOIN LATERAL cdp._attribute_values(p.attrs) AS v GROUP BY 1, 2, 3) AS n
           FULL JOIN cdp.profile_value AS v ON v.key = n.key AND v.chunk = n.chunk AND v.value = n.value
          WHERE NOT coalesce(cdp.rb_equals(v.members, n.members), false)),
        'error', 'Empty cdp.profile and cdp.profile_value, and SELECT cdp.profile_rebuild();');
    RETURN QUERY SELECT * FROM cdp._check_count('profile', 'attributes of unknown identifiers',
        (SELECT count(*) FROM cdp.attribute AS a WHERE NOT EXISTS (SELECT FROM cdp.identifier AS i WHERE i.id = a.identifier_id)),
        'error', 'Restore cdp.identifier; its rows are never deleted.');
END $$;
COMMENT ON FUNCTION cdp._check_profiles() IS 'internal: the rows of cdp.check() about profiles';

CREATE FUNCTION cdp._check_identity() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'links waiting to be resolved',
        (SELECT count(*) FROM cdp.link_queue), 'notice', 'SELECT * FROM cdp.id_resolve();');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'identifiers waiting to be resolved',
        (SELECT count(*) FROM cdp.identifier AS i WHERE i.one_id IS NULL AND i.status = 'active'),
        'notice', 'SELECT * FROM cdp.id_resolve();');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'identifiers of a retired person',
        (SELECT count(*) FROM cdp.identifier AS i JOIN cdp.person AS p USING (one_id) WHERE p.merged_into IS NOT NULL),
        'error', 'Somebody has changed cdp.person or cdp.identifier by hand; the survivor is in person.merged_into.');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'identifiers of nobody in cdp.person',
        (SELECT count(*) FROM cdp.identifier AS i
          WHERE i.one_id IS NOT NULL AND NOT EXISTS (SELECT FROM cdp.person AS p WHERE p.one_id = i.one_id)),
        'error', 'Restore cdp.person; OneIDs are never deleted.');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'blocked or shared identifiers with a person',
        (SELECT count(*) FROM cdp.identifier AS i WHERE i.status <> 'active' AND i.one_id IS NOT NULL),
        'error', 'Set one_id to NULL: such an identifier says nothing about who it is.');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'numbers beyond cdp.counter',
        (SELECT count(*)
           FROM (SELECT 'one_id' AS name, max(cdp._one_id_unsigned(p.one_id)) AS last FROM cdp.person AS p
                 UNION ALL
                 SELECT 'identifier', max(i.id) FROM cdp.identifier AS i) AS used
           LEFT JOIN cdp.counter AS c USING (name) WHERE used.last > coalesce(c.last, 0)),
        'error', 'Set counter.last to the highest OneID or identifier, or the next run gives out numbers twice.');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'identifiers of an unknown type',
        (SELECT count(*) FROM cdp.identifier AS i
          WHERE NOT EXISTS (SELECT FROM cdp.id_type AS t WHERE t.type_id = i.type_id)),
        'error', 'Put the type back into cdp.id_type under its number.');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'events of unknown identifiers',
        (SELECT count(*) FROM (SELECT DISTINCT e.identifier_id FROM cdp.event AS e) AS e
          WHERE NOT EXISTS (SELECT FROM cdp.identifier AS i WHERE i.id = e.identifier_id)),
        'error', 'Restore cdp.identifier; its rows are never deleted.');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'persons without identifiers',
        (SELECT count(*) FROM cdp.person AS p
          WHERE p.merged_into IS NULL AND p.ended_at IS NULL
            AND NOT EXISTS (SELECT FROM cdp.identifier AS i WHERE i.one_id = p.one_id)),
        'warning', 'Somebody has changed cdp.person or cdp.identifier by hand; set ended_at to take them out.');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'persons about whom cdp.person_living is wrong',
        (SELECT coalesce(sum(cdp.rb_xor_cardinality(coalesce(l.members, '{}'), coalesce(p.members, '{}'))), 0)::int8
           FROM cdp.person_living AS l
           FULL JOIN (SELECT cdp._stretch_of(p.one_id) AS stretch, cdp.rb_build_agg(p.one_id) AS members
                        FROM cdp.person AS p WHERE p.merged_into IS NULL AND p.ended_at IS NULL GROUP BY 1) AS p USING (stretch)),
        'error', 'SELECT cdp.person_living_rebuild();');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'active links between different persons',
        (SELECT count(*)
           FROM cdp.link AS l JOIN cdp.identifier AS i ON i.id = l.a JOIN cdp.identifier AS k ON k.id = l.b
          WHERE l.status = 'active' AND i.one_id <> k.one_id
            AND NOT EXISTS (SELECT FROM cdp.link_queue AS q WHERE q.a = l.a AND q.b = l.b)),
        'error', 'Somebody has changed cdp.link or cdp.identifier by hand: INSERT the pairs INTO cdp.link_queue and call cdp.id_resolve().');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'persons with more than 1000 identifiers',
        (SELECT count(*) FROM (SELECT FROM cdp.identifier AS i WHERE i.one_id IS NOT NULL
                                GROUP BY i.one_id HAVING count(*) > 1000) AS p),
        'warning', 'A placeholder value or a shared device has got past the guards: see cdp.v_person.');
    RETURN QUERY SELECT * FROM cdp._check_count('identity', 'identifiers resolved before their value was blocked',
        (SELECT count(*)
           FROM cdp.id_blocklist AS b
           JOIN cdp.id_type AS t ON b.id_type IS NULL OR b.id_type = t.name
           JOIN cdp.identifier AS i ON i.type_id = t.type_id AND i.value = b.value
          WHERE b.kind = 'exact' AND i.one_id IS NOT NULL),
        'warning', 'Entries of cdp.id_blocklist take effect on identifiers that are resolved afterwards; cdp.id_block() takes the others out too.');
END $$;
COMMENT ON FUNCTION cdp._check_identity() IS 'internal: the rows of cdp.check() about identifiers and persons';

-- Of rooms with higher numbers: their tables are read only where they are.
CREATE FUNCTION cdp._check_members() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    room text;
    relation text;
    people text;
    mend text;
    found int8;
BEGIN
    FOR room, relation, people, mend IN
        VALUES ('tag', 'tag_value', $e$cdp.rb_or(v.base, coalesce(cdp._tag_touched(v.changed, v.later), '{}'))$e$, 'Refresh every tag.'),
               ('tag', 'tag_number', $e$cdp.rb_or(cdp.bsi_ebm(v.base), coalesce(cdp._tag_touched(v.changed, v.later), '{}'))$e$, 'Refresh every tag.'),
               ('audience', 'audience_member', 'v.members', 'Refresh every audience.'),
               ('audience', 'audience_change', 'cdp.rb_or(v.entered, v.left_members)',
                'Somebody has changed cdp.person or cdp.merge_log by hand: empty cdp.audience_change and set members_kept of cdp.audience_snapshot to false; the past of audiences begins anew.')
    LOOP
        CONTINUE WHEN to_regclass('cdp.' || relation) IS NULL;
        EXECUTE format(
            'SELECT sum(cdp.rb_and_cardinality(%s, r.retired)) FROM cdp.%I AS v,
                    (SELECT cdp.rb_build_agg(p.one_id) AS retired FROM cdp.person AS p
                      WHERE p.merged_into IS NOT NULL OR EXISTS (SELECT FROM cdp.erase_log AS e WHERE e.one_id = p.one_id)) AS r', people, relation) INTO found;
        RETURN QUERY SELECT * FROM cdp._check_count(room, format('retired persons in cdp.%s', relation), coalesce(found, 0),
            'error', mend);
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp._check_members() IS 'internal: the rows of cdp.check() about what is built upon OneIDs';

CREATE FUNCTION cdp._check_timelines() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 6 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    nameless int8;
    valueless int8 := 0;
BEGIN
    IF to_regclass('cdp.timeline_month') IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM cdp._check_count('report', 'retired persons in cdp.person_timeline',
        (SELECT count(DISTINCT t.one_id) FROM cdp.person_timeline AS t JOIN cdp.person AS p USING (one_id)
          WHERE p.merged_into IS NOT NULL),
        'error', 'Empty cdp.timeline_month, fill cdp.timeline_due from cdp.event and refresh the timelines.');
    RETURN QUERY SELECT * FROM cdp._check_count('report', 'people on a page of cdp.timeline_month that is not theirs',
        (SELECT count(*) FROM cdp.timeline_month AS t CROSS JOIN LATERAL cdp.rb_iterate(cdp.timeline_page_people(t.page)) AS p (one_id)
          WHERE cdp.timeline_slot(p.one_id) <> t.slot),
        'error', 'Empty cdp.timeline_month, fill cdp.timeline_due from cdp.event and refresh the timelines.');
    nameless := (SELECT count(*) FROM (
        SELECT DISTINCT c.code FROM cdp.person_timeline AS t CROSS JOIN LATERAL unnest(cdp.timeline_codes(t.tl)) AS c (code)
        EXCEPT SELECT n.code FROM cdp.event_type AS n) AS c);
    FOR place IN 1 .. 4 LOOP
        -- What waits to be built again may still have the codes of a property that is gone.
        valueless := valueless + (SELECT count(*) FROM (
            SELECT d.key FROM cdp.daily((SELECT cdp.daily_agg(t.tl, NULL, place, 'UTC') FROM cdp.person_timeline AS t
                                          WHERE NOT EXISTS (SELECT FROM cdp.timeline_due AS w JOIN cdp.identifier AS i ON i.id = w.identifier_id
                                                             WHERE i.one_id = t.one_id))) AS d WHERE d.key IS NOT NULL
            EXCEPT SELECT v.code FROM cdp.event_property_value AS v WHERE v.slot = place) AS k);
    END LOOP;
    RETURN QUERY SELECT * FROM cdp._check_count('report', 'codes in cdp.person_timeline without a name', nameless,
        'error', 'Put the names back into cdp.event_type under their codes.');
    RETURN QUERY SELECT * FROM cdp._check_count('report', 'properties in cdp.person_timeline without a value', valueless,
        'error', 'Put the values back into cdp.event_property_value under their codes, or empty cdp.timeline_month, fill cdp.timeline_due from cdp.event and refresh the timelines.');
    RETURN QUERY SELECT * FROM cdp._check_count('report', 'months of timelines waiting to be built again',
        (SELECT count(DISTINCT (i.one_id, d.month)) FROM cdp.timeline_due AS d JOIN cdp.identifier AS i ON i.id = d.identifier_id
          WHERE i.one_id IS NOT NULL),
        'notice', 'SELECT * FROM cdp.timeline_refresh();');
    RETURN QUERY SELECT * FROM cdp._check_count('report', 'events whose value is not a number of up to 15 digits',
        (SELECT count(*) FROM cdp.event AS e JOIN cdp.event_type AS t ON t.name = e.name
          WHERE t.value_prop IS NOT NULL AND e.props ->> t.value_prop <> ''
            AND cdp._event_value(e.props, t.value_prop, t.value_decimals) IS NULL),
        'warning', 'They have no value in timelines; see cdp.event_type.value_prop.');
    RETURN QUERY SELECT * FROM cdp._check_count('report', 'properties of events with very many values',
        (SELECT count(*) FROM (SELECT FROM cdp.event_property_value AS v GROUP BY v.slot HAVING count(*) > 10000) AS p),
        'warning', 'They have more than 10,000; a property is for what many events have in common. Take another by cdp.property_drop() and cdp.property_define().');
END $$;
COMMENT ON FUNCTION cdp._check_timelines() IS 'internal: the rows of cdp.check() about stored timelines, values and properties';

CREATE FUNCTION cdp._check_event_day() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF to_regclass('cdp.event_day') IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM cdp._check_count('report', 'retired persons in cdp.event_day',
        (SELECT count(*) FROM cdp.rb_iterate((SELECT cdp.rb_or_agg(d.members) FROM cdp.event_day AS d)) AS i (one_id)
           JOIN cdp.person AS p USING (one_id) WHERE p.merged_into IS NOT NULL),
        'error', 'SELECT cdp.event_day_rebuild();');
    RETURN QUERY SELECT * FROM cdp._check_count('report', 'chunks of people whom cdp.event_day counts otherwise than their timelines',
        (SELECT count(*)
           FROM (SELECT d.chunk, sum(cdp.bsi_sum(d.times)) FILTER (WHERE d.code > 0) AS events,
                        sum(cdp.bsi_sum(d.times)) FILTER (WHERE d.code = 0) AS together
                   FROM cdp.event_day AS d GROUP BY d.chunk) AS d
           FULL JOIN (SELECT t.chunk, sum(cdp.timeline_count(t.tl)) AS events FROM cdp.person_timeline AS t GROUP BY t.chunk) AS t USING (chunk)
          WHERE d.events IS DISTINCT FROM t.events OR d.together IS DISTINCT FROM t.events),
        'error', 'SELECT cdp.event_day_rebuild();');
    RETURN QUERY SELECT * FROM cdp._check_count('report', 'properties whose days in cdp.event_day_by do not add up to those in all',
        (SELECT count(*)
           FROM (SELECT p.slot FROM cdp.event_property AS p WHERE p.by_day UNION SELECT d.slot FROM cdp.event_day_by AS d WHERE d.slot > 0) AS p
          WHERE EXISTS (SELECT FROM cdp.event_day_by AS d WHERE d.slot IN (0, p.slot) GROUP BY d.code, d.day, d.chunk
                        HAVING coalesce(sum(cdp.bsi_sum(d.times)) FILTER (WHERE d.slot = 0), 0) <> coalesce(sum(cdp.bsi_sum(d.times)) FILTER (WHERE d.slot > 0), 0))),
        'error', 'SELECT cdp.event_day_rebuild();');
END $$;
COMMENT ON FUNCTION cdp._check_event_day() IS 'internal: the rows of cdp.check() about the day rollup';

CREATE FUNCTION cdp._check_outbox() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT * FROM cdp._check_count('engage', 'rows of the outbox due for an hour and not claimed',
        (SELECT coalesce(sum(o.due), 0)::int8
           FROM cdp.destination AS d
          CROSS JOIN LATERAL (SELECT count(*) AS due FROM cdp.outbox AS o
                               WHERE o.destination_id = d.destination_id AND o.state IN ('pending', 'claimed') AND o.not_before < now() - interval '1 hour') AS o
          WHERE cdp._quiet_until(d.channel, now()) IS NULL),
        'notice', 'Is the sender of the destination running, and the destination enabled? See cdp.v_publication.');
    RETURN QUERY SELECT * FROM cdp._check_count('engage', 'rows of the outbox that failed within a day',
        (SELECT count(*) FROM cdp.outbox AS o WHERE o.state = 'failed' AND o.finished_at > now() - interval '1 day'),
        'warning', 'SELECT destination, reason, count(*) FROM cdp.v_outbox WHERE state = ''failed'' GROUP BY 1, 2;');
    RETURN QUERY SELECT * FROM cdp._check_count('engage', 'rows of the outbox without their publication',
        (SELECT count(*) FROM (SELECT DISTINCT o.publication_id, o.destination_id FROM cdp.outbox AS o) AS o
          WHERE NOT EXISTS (SELECT FROM cdp.publication AS p WHERE p.publication_id = o.publication_id AND p.destination_id = o.destination_id)),
        'error', 'Somebody has deleted rows of cdp.publication by hand: delete those of cdp.outbox too.');
    -- Misspelt they would mean nothing and nobody would hear of it.
    RETURN QUERY
        SELECT 'engage', CASE WHEN count(*) > 0 THEN 'notice' ELSE 'ok' END, 'channels and purposes spoken of that no destination has',
               coalesce(string_agg(format('%s "%s"', w.kind, w.word), ', ' ORDER BY w.kind, w.word), '0'),
               CASE WHEN count(*) > 0 THEN 'Look for misspelt ones in cdp.consent, cdp.suppression and cdp.touch_policy.' END
          FROM (SELECT 'channel', c.channel FROM cdp.consent AS c
                UNION SELECT 'channel', s.channel FROM cdp.suppression AS s
                UNION SELECT 'channel', t.channel FROM cdp.touch_policy AS t
                UNION SELECT 'purpose', c.purpose FROM cdp.consent AS c) AS w (kind, word)
         WHERE w.word <> '*' AND EXISTS (SELECT FROM cdp.destination)
           AND NOT EXISTS (SELECT FROM cdp.destination AS d WHERE w.word = CASE w.kind WHEN 'channel' THEN d.channel ELSE d.purpose END);
END $$;
COMMENT ON FUNCTION cdp._check_outbox() IS 'internal: the rows of cdp.check() about what is handed over';

CREATE FUNCTION cdp._check_runs() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT 'run', CASE WHEN r.error IS NOT NULL THEN 'error' WHEN r.finished_at IS NULL THEN 'warning' ELSE 'ok' END,
           concat_ws(' ', 'last run of', r.kind, r.name),
           format('%s: %s', r.started_at, coalesce(r.error, CASE WHEN r.finished_at IS NULL THEN 'not finished' ELSE 'succeeded' END)),
           CASE WHEN r.error IS NOT NULL THEN 'Remove the cause and run it again.' END
      FROM (SELECT DISTINCT ON (r.kind, r.name) r.* FROM cdp.run AS r ORDER BY r.kind, r.name, r.run_id DESC) AS r
     WHERE r.error IS NOT NULL OR r.finished_at IS NULL OR r.name IS NULL
     ORDER BY r.kind, r.name;
END $$;
COMMENT ON FUNCTION cdp._check_runs() IS 'internal: the rows of cdp.check() about the last runs';

CREATE FUNCTION cdp.check() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    BEGIN
        PERFORM cdp._require_setup();
    EXCEPTION WHEN object_not_in_prerequisite_state THEN
        area := 'setup';
        severity := 'error';
        what := SQLERRM;
        GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
        RETURN NEXT;
        RETURN;
    END;
    RETURN QUERY SELECT * FROM cdp._check_setup();
    -- The others would stumble over a missing table.
    IF EXISTS (SELECT FROM cdp.managed_relation AS m WHERE to_regclass(format('cdp.%I', m.name)) IS NULL) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM cdp._check_ingest();
    RETURN QUERY SELECT * FROM cdp._check_identity();
    RETURN QUERY SELECT * FROM cdp._check_profiles();
    RETURN QUERY SELECT * FROM cdp._check_members();
    RETURN QUERY SELECT * FROM cdp._check_rules();
    RETURN QUERY SELECT * FROM cdp._check_queries();
    RETURN QUERY SELECT * FROM cdp._check_erased_rules();
    RETURN QUERY SELECT * FROM cdp._check_timelines();
    RETURN QUERY SELECT * FROM cdp._check_event_day();
    RETURN QUERY SELECT * FROM cdp._check_outbox();
    RETURN QUERY SELECT * FROM cdp._check_runs();
END $$;
COMMENT ON FUNCTION cdp.check() IS
    'what waits, what was refused and what is wrong: one row per finding, severity ok, notice, warning or error; reads whole tables';
