--| ## Stored timelines
--| `cdp.timeline_month` holds the events of people, one compressed value for 16 of them and a month; the view
--| `cdp.person_timeline` shows it person by person. It is derived: what arrives waits until
--| `cdp.timeline_refresh()` folds it in, at the cost of the new events. Merges of people are followed at once.

CREATE FUNCTION cdp.timeline_slot(one_id int4) RETURNS int4
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (one_id >> 4) & 268435455;
COMMENT ON FUNCTION cdp.timeline_slot(int4) IS
    'which rows of cdp.timeline_month hold this OneID: its upper 28 bits';

CREATE FUNCTION cdp._setup_report_timeline() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._table_ensure('timeline_month', 'derived: the events of up to 16 people in a month, as one value', ARRAY[
        ['month', 'date NOT NULL', 'the month (UTC)'],
        ['slot', 'int4 NOT NULL', 'which people: cdp.timeline_slot(one_id)'],
        ['page', 'cdp.timeline_page NOT NULL', 'the timeline of each of them, with the codes of event_type']],
        'PRIMARY KEY (month, slot)', 'WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.05)');
    CREATE INDEX IF NOT EXISTS timeline_month_slot ON cdp.timeline_month (slot, month);
    CREATE OR REPLACE VIEW cdp.person_timeline AS
        SELECT p.one_id, cdp.chunk_of(p.one_id) AS chunk, t.month, p.tl
          FROM cdp.timeline_month AS t CROSS JOIN LATERAL cdp.timeline_page_read(t.page) AS p;
    COMMENT ON VIEW cdp.person_timeline IS 'the events of a person in a month, as one value';
    COMMENT ON COLUMN cdp.person_timeline.one_id IS 'the person (unsigned)';
    COMMENT ON COLUMN cdp.person_timeline.chunk IS 'upper bits of the person: one_id >> 20';
    COMMENT ON COLUMN cdp.person_timeline.month IS 'the month (UTC)';
    COMMENT ON COLUMN cdp.person_timeline.tl IS 'the events, with the codes of event_type';
    PERFORM cdp._setup_report_timeline_tail();
    IF cdp._table_ensure('timeline_due', 'months of cdp.timeline_month to be built again from cdp.event', ARRAY[
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

-- A person whose events have all gone is on no page, and a page that nobody is on any more has no row.
CREATE FUNCTION cdp._timeline_month_clean(slots int4[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM cdp.timeline_month AS t WHERE t.slot = ANY (slots) AND cdp.timeline_page_count(t.page) = 0;
END $$;
COMMENT ON FUNCTION cdp._timeline_month_clean(int4[]) IS 'internal: drops the pages of these slots that nobody is on any more';

CREATE FUNCTION cdp._timeline_leave() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Of many that a person loses in one statement the first has done it.
    IF EXISTS (SELECT FROM cdp.event_day_leave AS l WHERE l.one_id = OLD.one_id) THEN
        RETURN NULL;
    END IF;
    -- A refresh under way may be building the very months that have to go.
    PERFORM cdp._merge_lock(true);
    -- Whose events were whose cannot be seen in a timeline: the next refresh builds it again.
    WITH gone AS (
        UPDATE cdp.timeline_month AS t SET page = cdp.timeline_page_remove(t.page, cdp.rb_build(ARRAY[OLD.one_id]))
         WHERE t.slot = cdp.timeline_slot(OLD.one_id) AND cdp.timeline_page_get(t.page, OLD.one_id) IS NOT NULL
        RETURNING t.month
    )
    INSERT INTO cdp.timeline_due (identifier_id, month)
    SELECT i.id, gone.month
      FROM gone
     CROSS JOIN (SELECT NEW.id UNION SELECT i.id FROM cdp.identifier AS i WHERE i.one_id = OLD.one_id) AS i (id);
    PERFORM cdp._timeline_month_clean(ARRAY[cdp.timeline_slot(OLD.one_id)]);
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
DECLARE
    emptied int4[];
BEGIN
    PERFORM cdp._merge_lock(true);
    -- A page may both lose people and get events: each is written once.
    WITH pair AS MATERIALIZED (
        SELECT p.* FROM (SELECT array_agg(m.absorbed) AS a, array_agg(m.survivor) AS s FROM merged AS m) AS m
         CROSS JOIN LATERAL cdp._merge_ends(m.a, m.s) AS p
    ), leaving AS MATERIALIZED (
        SELECT t.month, t.slot, t.page, l.people
          FROM (SELECT cdp.timeline_slot(pair.absorbed_id) AS slot, cdp.rb_build_agg(pair.absorbed_id) AS people FROM pair GROUP BY 1) AS l
          JOIN cdp.timeline_month AS t USING (slot)
         WHERE cdp.rb_intersect(cdp.timeline_page_people(t.page), l.people)
    ), arriving AS MATERIALIZED (
        SELECT l.month, cdp.timeline_slot(pair.survivor_id) AS slot, cdp.timeline_page_agg(pair.survivor_id, p.tl) AS page
          FROM leaving AS l CROSS JOIN LATERAL cdp.timeline_page_read(cdp.timeline_page_restrict(l.page, l.people)) AS p
          JOIN pair ON pair.absorbed_id = p.one_id
         GROUP BY 1, 2
    ), left_ AS (
        UPDATE cdp.timeline_month AS t
           SET page = coalesce(cdp.timeline_page_remove(t.page, l.people) OPERATOR(cdp.||) a.page, cdp.timeline_page_remove(t.page, l.people))
          FROM leaving AS l LEFT JOIN arriving AS a USING (month, slot)
         WHERE t.month = l.month AND t.slot = l.slot
        RETURNING t.slot, cdp.timeline_page_count(t.page) AS events
    ), arrived AS (
        INSERT INTO cdp.timeline_month AS t (month, slot, page)
        SELECT a.month, a.slot, a.page FROM arriving AS a LEFT JOIN leaving AS l USING (month, slot) WHERE l.slot IS NULL
        ON CONFLICT (month, slot) DO UPDATE SET page = t.page OPERATOR(cdp.||) excluded.page
    )
    SELECT array_agg(DISTINCT left_.slot) INTO emptied FROM left_ WHERE left_.events = 0;
    PERFORM cdp._timeline_month_clean(emptied);
    PERFORM cdp._event_day_merge((SELECT array_agg(m.absorbed) FROM merged AS m), (SELECT array_agg(m.survivor) FROM merged AS m));
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._timeline_merge() IS 'internal: timelines follow merged people (trigger on merge_log)';

