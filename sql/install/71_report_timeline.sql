--| ## Stored timelines
--| `cdp.person_timeline` holds each person's events as one compressed value per month. It is derived:
--| `cdp.timeline_refresh()` brings it up to date with the events that came since, at the cost of the
--| people who had any, and merges of people are followed at once.

CREATE FUNCTION cdp._setup_report_timeline() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._table_ensure('person_timeline', 'derived: the events of a person in a month, as one value', ARRAY[
        ['one_id', 'int4 NOT NULL', 'the person (unsigned)'],
        ['chunk', 'int4 NOT NULL', 'upper bits of the person: one_id >> 20'],
        ['month', 'date NOT NULL', 'the month (UTC)'],
        ['tl', 'cdp.timeline NOT NULL', 'the events, with the codes of event_type']],
        'PRIMARY KEY (one_id, month)');
    IF cdp._table_ensure('timeline_due', 'what cdp.timeline_refresh() has to do', ARRAY[
        ['identifier_id', 'int4 NOT NULL', 'who has new events'],
        ['month', 'date NOT NULL', 'in which month (UTC)']],
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
    PERFORM cdp._trigger_ensure('cdp.merge_log', 'timeline_merge',
        'AFTER INSERT ON cdp.merge_log REFERENCING NEW TABLE AS merged
         FOR EACH STATEMENT EXECUTE FUNCTION cdp._timeline_merge()');
END $$;
COMMENT ON FUNCTION cdp._setup_report_timeline() IS 'internal: makes the tables and triggers of stored timelines';

-- A note in the same transaction as the events: no watermark in time or in sequence could tell
-- whether a load that began earlier has yet to commit.
CREATE FUNCTION cdp._timeline_note() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO cdp.timeline_due (identifier_id, month)
    SELECT DISTINCT a.identifier_id, date_trunc('month', a.ts AT TIME ZONE 'UTC')::date FROM arrived AS a;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._timeline_note() IS 'internal: notes who has new events (trigger on event)';

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
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._timeline_leave() IS
    'internal: takes apart the timeline of a person who loses an identifier (trigger on identifier)';

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
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._timeline_merge() IS 'internal: timelines follow merged people (trigger on merge_log)';

CREATE FUNCTION cdp.timeline_refresh()
    RETURNS TABLE (people int8, months int8, events int8, waiting int8, duration_ms int8)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    started timestamptz := clock_timestamp();
    run int8;
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._merge_lock(false);
    PERFORM cdp._lock('timeline');
    run := cdp._run_start('timeline_refresh', NULL);
    -- After a large load as after a small one, the plan must suit what is due now.
    -- Who does not own the table could not, and leaves it to autovacuum.
    IF (SELECT pg_has_role(c.relowner, 'USAGE') OR pg_has_role(d.datdba, 'USAGE')
          FROM pg_class AS c, pg_database AS d
         WHERE c.oid = 'cdp.timeline_due'::regclass AND d.datname = current_database()) THEN
        ANALYZE cdp.timeline_due;
    END IF;
    WITH due AS MATERIALIZED (
        DELETE FROM cdp.timeline_due AS d RETURNING d.identifier_id, d.month
    ), known AS MATERIALIZED (
        SELECT DISTINCT due.identifier_id, due.month, i.one_id
          FROM due LEFT JOIN cdp.identifier AS i ON i.id = due.identifier_id
    ), back AS (
        INSERT INTO cdp.timeline_due (identifier_id, month)
        SELECT known.identifier_id, known.month FROM known WHERE known.one_id IS NULL
        RETURNING 1
    ), cell AS MATERIALIZED (
        SELECT DISTINCT known.one_id, known.month FROM known WHERE known.one_id IS NOT NULL
    ), built AS MATERIALIZED (
        SELECT cell.one_id, cell.month, cdp.timeline_agg(e.ts, t.code) AS tl, count(*) AS events
          FROM cell
          JOIN cdp.identifier AS i ON i.one_id = cell.one_id
          JOIN cdp.event AS e ON e.identifier_id = i.id
           AND date_trunc('month', e.ts AT TIME ZONE 'UTC') = cell.month
          JOIN cdp.event_type AS t ON t.name = e.name
         GROUP BY cell.one_id, cell.month
    ), put AS (
        INSERT INTO cdp.person_timeline AS t (one_id, chunk, month, tl)
        SELECT built.one_id, cdp.chunk_of(built.one_id), built.month, built.tl FROM built
        ON CONFLICT (one_id, month) DO UPDATE SET tl = excluded.tl
        RETURNING 1
    )
    SELECT (SELECT count(DISTINCT built.one_id) FROM built), (SELECT count(*) FROM put),
           (SELECT coalesce(sum(built.events), 0) FROM built), (SELECT count(*) FROM back)
      INTO people, months, events, waiting;
    duration_ms := round(1000 * extract(epoch FROM clock_timestamp() - started));
    PERFORM cdp._run_finish(run, jsonb_build_object('people', people, 'months', months, 'events', events,
        'waiting', waiting));
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION cdp.timeline_refresh() IS
    'brings cdp.person_timeline up to date: rebuilds the months of people who have new events; events of identifiers without a person wait';
