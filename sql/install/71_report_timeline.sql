--| ## Stored timelines
--| `cdp.person_timeline` holds each person's events as one compressed value per month. It is derived:
--| what arrives waits in `cdp.timeline_tail` until `cdp.timeline_refresh()` folds it in, at the cost of
--| the new events. Merges of people are followed at once.

CREATE FUNCTION cdp._setup_report_timeline() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._table_ensure('person_timeline', 'derived: the events of a person in a month, as one value', ARRAY[
        ['one_id', 'int4 NOT NULL', 'the person (unsigned)'],
        ['chunk', 'int4 NOT NULL', 'upper bits of the person: one_id >> 20'],
        ['month', 'date NOT NULL', 'the month (UTC)'],
        ['tl', 'cdp.timeline NOT NULL', 'the events, with the codes of event_type']],
        'PRIMARY KEY (one_id, month)');
    PERFORM cdp._table_ensure('timeline_tail', 'events that are not in cdp.person_timeline yet', ARRAY[
        ['identifier_id', 'int4 NOT NULL', 'who did it'],
        ['ts', 'timestamptz NOT NULL', 'when it happened'],
        ['code', 'int4 NOT NULL', 'what happened: event_type.code'],
        ['value', 'int8', 'its value, by event_type.value_prop'],
        ['props', 'int4[]', 'its properties: event_property_value.code of slots 1 to 4']],
        NULL, 'WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000)');
    IF cdp._table_ensure('timeline_due', 'months of cdp.person_timeline to be built again from cdp.event', ARRAY[
        ['identifier_id', 'int4 NOT NULL', 'whose events'],
        ['month', 'date NOT NULL', 'in which month (UTC)'],
        ['counts', 'boolean NOT NULL DEFAULT true', 'whether other events may be in it then, not only other values or properties']],
        NULL, 'WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000)')
    THEN
        -- Events from before there were timelines.
        INSERT INTO cdp.timeline_due (identifier_id, month)
        SELECT DISTINCT e.identifier_id, date_trunc('month', e.ts AT TIME ZONE 'UTC')::date FROM cdp.event AS e;
    END IF;
    CREATE INDEX IF NOT EXISTS event_identifier_ts ON cdp.event (identifier_id, ts);
    PERFORM cdp._trigger_ensure('cdp.event', 'timeline_event',
        'AFTER INSERT ON cdp.event REFERENCING NEW TABLE AS arrived
         FOR EACH STATEMENT EXECUTE FUNCTION cdp._timeline_note()');
    PERFORM cdp._trigger_ensure('cdp.identifier', 'timeline_leave',
        'AFTER UPDATE OF one_id ON cdp.identifier
         FOR EACH ROW WHEN (OLD.one_id IS NOT NULL AND NEW.one_id IS NULL)
         EXECUTE FUNCTION cdp._timeline_leave()');
    PERFORM cdp._trigger_ensure('cdp.identifier', 'timeline_return',
        'AFTER UPDATE OF status ON cdp.identifier
         FOR EACH ROW WHEN (OLD.status <> ''active'' AND NEW.status = ''active'')
         EXECUTE FUNCTION cdp._timeline_return()');
    PERFORM cdp._trigger_ensure('cdp.merge_log', 'timeline_merge',
        'AFTER INSERT ON cdp.merge_log REFERENCING NEW TABLE AS merged
         FOR EACH STATEMENT EXECUTE FUNCTION cdp._timeline_merge()');
END $$;
COMMENT ON FUNCTION cdp._setup_report_timeline() IS 'internal: makes the tables and triggers of stored timelines';

-- In the same transaction as the events: no watermark in time or in sequence could tell whether a load
-- that began earlier has yet to commit.
CREATE FUNCTION cdp._timeline_note() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said text := cdp._event_property_values_sql('arrived');
    slots int4[];
    texts text[];
BEGIN
    PERFORM cdp._event_types_learn(ARRAY(SELECT DISTINCT a.name FROM arrived AS a));
    IF said IS NOT NULL THEN
        EXECUTE format('SELECT array_agg(n.slot), array_agg(n.value) FROM (%s) AS n', said) INTO slots, texts;
        PERFORM cdp._event_property_values_learn(slots, texts);
    END IF;
    EXECUTE 'INSERT INTO cdp.timeline_tail (identifier_id, ts, code, value, props) ' || cdp._event_rows_sql('arrived');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._timeline_note() IS 'internal: puts new events into cdp.timeline_tail (trigger on event)';

CREATE FUNCTION cdp._timeline_leave() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- A refresh under way may be building the very months that have to go.
    PERFORM cdp._merge_lock(true);
    -- Whose events were whose cannot be seen in a timeline: the next refresh builds it again.
    WITH gone AS (
        DELETE FROM cdp.person_timeline AS t WHERE t.one_id = OLD.one_id RETURNING t.month
    )
    INSERT INTO cdp.timeline_due (identifier_id, month)
    SELECT i.id, gone.month
      FROM gone
     CROSS JOIN (SELECT NEW.id UNION SELECT i.id FROM cdp.identifier AS i WHERE i.one_id = OLD.one_id) AS i (id);
    INSERT INTO cdp.event_day_leave (one_id) VALUES (OLD.one_id);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._timeline_leave() IS
    'internal: takes apart the timeline of a person who loses an identifier (trigger on identifier)';

-- What came while it was blocked or shared was nobody's and was not kept.
CREATE FUNCTION cdp._timeline_return() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO cdp.timeline_due (identifier_id, month)
    SELECT DISTINCT NEW.id, date_trunc('month', e.ts AT TIME ZONE 'UTC')::date
      FROM cdp.event AS e WHERE e.identifier_id = NEW.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._timeline_return() IS
    'internal: notes all events of an identifier that is active again (trigger on identifier)';

CREATE FUNCTION cdp._timeline_merge() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._merge_lock(true);
    WITH pair AS MATERIALIZED (
        SELECT p.* FROM (SELECT array_agg(m.absorbed) AS a, array_agg(m.survivor) AS s FROM merged AS m) AS m
         CROSS JOIN LATERAL cdp._merge_ends(m.a, m.s) AS p
    ), moved AS (
        DELETE FROM cdp.person_timeline AS t USING pair WHERE t.one_id = pair.absorbed_id
        RETURNING pair.survivor_id, t.month, t.tl
    )
    INSERT INTO cdp.person_timeline AS t (one_id, chunk, month, tl)
    SELECT moved.survivor_id, cdp.chunk_of(moved.survivor_id), moved.month, cdp.rollup(moved.tl)
      FROM moved GROUP BY moved.survivor_id, moved.month
    ON CONFLICT (one_id, month) DO UPDATE SET tl = t.tl OPERATOR(cdp.||) excluded.tl;
    PERFORM cdp._event_day_merge((SELECT array_agg(m.absorbed) FROM merged AS m), (SELECT array_agg(m.survivor) FROM merged AS m));
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._timeline_merge() IS 'internal: timelines follow merged people (trigger on merge_log)';

-- After a large load as after a small one, the plan must suit what is there now. Who does not own the
-- tables could not, and leaves it to autovacuum.
CREATE FUNCTION cdp._timeline_analyze() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT pg_has_role(c.relowner, 'USAGE') OR pg_has_role(d.datdba, 'USAGE')
          FROM pg_class AS c, pg_database AS d
         WHERE c.oid = 'cdp.timeline_tail'::regclass AND d.datname = current_database()) THEN
        ANALYZE cdp.timeline_tail, cdp.timeline_due;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._timeline_analyze() IS 'internal: statistics on what cdp.timeline_refresh() has to do';

CREATE FUNCTION cdp.timeline_refresh()
    RETURNS TABLE (people int8, months int8, events int8, waiting int8, duration_ms int8)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    started timestamptz := clock_timestamp();
    run int8;
    rebuilt boolean;
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._merge_lock(false);
    PERFORM cdp._lock('timeline');
    run := cdp._run_start('timeline_refresh', NULL);
    PERFORM cdp._timeline_analyze();
    EXECUTE format($sql$
    WITH due AS MATERIALIZED (
        DELETE FROM cdp.timeline_due AS d USING cdp.identifier AS i
         WHERE i.id = d.identifier_id AND (i.one_id IS NOT NULL OR i.status <> 'active')
        RETURNING i.one_id, d.month
    ), cell AS MATERIALIZED (
        SELECT DISTINCT due.one_id, due.month FROM due WHERE due.one_id IS NOT NULL
    ), taken AS MATERIALIZED (
        DELETE FROM cdp.timeline_tail AS n USING cdp.identifier AS i
         WHERE i.id = n.identifier_id AND (i.one_id IS NOT NULL OR i.status <> 'active')
        RETURNING i.one_id, date_trunc('month', n.ts AT TIME ZONE 'UTC')::date AS month, n.ts, n.code, n.value, n.props
    ), built AS MATERIALIZED (
        -- What is built from all events has those of the tail in it.
        SELECT cell.one_id, cell.month, cdp.timeline_agg(r.ts, r.code, r.value, r.props) AS tl, count(*) AS events, true AS is_whole
          FROM cell
          JOIN cdp.identifier AS i ON i.one_id = cell.one_id
          JOIN (%s) AS r ON r.identifier_id = i.id
           AND r.ts >= cell.month::timestamp AT TIME ZONE 'UTC'
           AND r.ts < (cell.month + interval '1 month') AT TIME ZONE 'UTC'
         GROUP BY cell.one_id, cell.month
        UNION ALL
        -- Without grouping, person and month as one number: a third of the cost.
        SELECT ((r.uid & 4294967295) - CASE WHEN r.uid & 2147483648 <> 0 THEN 4294967296 ELSE 0 END)::int4,
               date '2000-01-01' + (r.uid >> 32)::int4, r.tl, cdp.timeline_count(r.tl), false
          FROM (SELECT cdp.timelines_build((n.month - date '2000-01-01')::int8 << 32 | (n.one_id & 4294967295), n.ts, n.code, n.value, n.props) AS all_
                  FROM taken AS n LEFT JOIN cell USING (one_id, month)
                 WHERE n.one_id IS NOT NULL AND cell.month IS NULL) AS b
         CROSS JOIN LATERAL cdp.timelines_read(b.all_) AS r
    ), whole AS (
        INSERT INTO cdp.person_timeline AS t (one_id, chunk, month, tl)
        SELECT built.one_id, cdp.chunk_of(built.one_id), built.month, built.tl FROM built WHERE built.is_whole
        ON CONFLICT (one_id, month) DO UPDATE SET tl = excluded.tl
    ), fold AS (
        UPDATE cdp.person_timeline AS t SET tl = t.tl OPERATOR(cdp.||) built.tl
          FROM built WHERE NOT built.is_whole AND t.one_id = built.one_id AND t.month = built.month
        RETURNING t.one_id, t.month
    ), fresh AS (
        -- Nobody else adds rows meanwhile: refreshes queue, and merges wait.
        INSERT INTO cdp.person_timeline AS t (one_id, chunk, month, tl)
        SELECT built.one_id, cdp.chunk_of(built.one_id), built.month, built.tl
          FROM built LEFT JOIN fold USING (one_id, month) WHERE NOT built.is_whole AND fold.one_id IS NULL
    ), %s, day AS (
        INSERT INTO cdp.event_day AS d (code, day, chunk, members, times)
        SELECT n.code, n.day, n.chunk, cdp.bsi_ebm(n.times), n.times FROM day_news AS n
        ON CONFLICT (code, day, chunk) DO UPDATE SET (members, times) =
            (SELECT cdp.bsi_ebm(s.times), s.times FROM cdp._event_day_sum(d.times, excluded.times) AS s (times))
    )
    SELECT count(DISTINCT built.one_id), count(*), coalesce(sum(built.events), 0), bool_or(built.is_whole) FROM built
    $sql$, cdp._event_rows_sql('cdp.event'), cdp._event_day_news_sql()) INTO people, months, events, rebuilt;
    IF rebuilt THEN
        -- What was taken off may have been all that there was.
        DELETE FROM cdp.event_day AS d WHERE cdp.rb_is_empty(d.members);
    END IF;
    waiting := (SELECT count(*) FROM cdp.timeline_tail) + (SELECT count(*) FROM cdp.timeline_due);
    duration_ms := round(1000 * extract(epoch FROM clock_timestamp() - started));
    PERFORM cdp._run_finish(run, jsonb_build_object('people', people, 'months', months, 'events', events,
        'waiting', waiting));
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION cdp.timeline_refresh() IS
    'brings cdp.person_timeline and cdp.event_day up to date: folds the events of cdp.timeline_tail in; events of identifiers without a person wait';
