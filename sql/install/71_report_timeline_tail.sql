--| ## Events that wait
--| What arrives is kept in `cdp.timeline_batch`, some ten bytes an event, until `cdp.timeline_refresh()` folds it
--| in; the view `cdp.timeline_tail` shows it as rows.

CREATE FUNCTION cdp._setup_report_timeline_tail() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._table_ensure('timeline_batch', 'events that are not in cdp.timeline_month yet, many in a row', ARRAY[
        ['events', 'int8 NOT NULL', 'how many'],
        ['last', 'timestamptz NOT NULL', 'when the latest happened'],
        ['batch', 'cdp.timelines NOT NULL', 'the events by identifier, with the codes of event_type']],
        NULL, 'WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)');
    CREATE OR REPLACE VIEW cdp.timeline_tail AS
        SELECT r.uid::int4 AS identifier_id, e.ts, e.code, e.value, e.props
          FROM cdp.timeline_batch AS b
         CROSS JOIN LATERAL cdp.timelines_read(b.batch) AS r
         CROSS JOIN LATERAL cdp.timeline_events(r.tl) AS e;
    COMMENT ON VIEW cdp.timeline_tail IS 'events that are not in cdp.timeline_month yet, one row each';
    COMMENT ON COLUMN cdp.timeline_tail.identifier_id IS 'who did it';
    COMMENT ON COLUMN cdp.timeline_tail.ts IS 'when it happened';
    COMMENT ON COLUMN cdp.timeline_tail.code IS 'what happened: event_type.code';
    COMMENT ON COLUMN cdp.timeline_tail.value IS 'its value, by event_type.value_prop';
    COMMENT ON COLUMN cdp.timeline_tail.props IS 'its properties: event_property_value.code of slots 1 to 4';
    PERFORM cdp._trigger_ensure('cdp.event', 'timeline_event',
        'AFTER INSERT ON cdp.event REFERENCING NEW TABLE AS arrived
         FOR EACH STATEMENT EXECUTE FUNCTION cdp._timeline_note()');
END $$;
COMMENT ON FUNCTION cdp._setup_report_timeline_tail() IS 'internal: makes what holds events until the next refresh';

CREATE FUNCTION cdp._timeline_batch_sql(source text, events int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- A batch is built in memory: of very many events each takes some people.
    RETURN format('INSERT INTO cdp.timeline_batch (events, last, batch)
                   SELECT count(*), max(r.ts), cdp.timelines_build(r.identifier_id::int8, r.ts, r.code, r.value, r.props)
                     FROM (%s) AS r %s HAVING count(*) > 0', source,
                  CASE WHEN events > 1000000 THEN format('GROUP BY r.identifier_id %% %s', events / 1000000 + 1) ELSE '' END);
COMMENT ON FUNCTION cdp._timeline_batch_sql(text, int8) IS
    'internal: the statement that keeps so many events, given by a query, for the next refresh';

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
    EXECUTE cdp._timeline_batch_sql(cdp._event_rows_sql('arrived'), (SELECT count(*) FROM arrived));
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._timeline_note() IS 'internal: keeps new events for the next refresh (trigger on event)';

-- Small batches are put together, and what is put together stays small enough for memory. Identifiers are looked
-- up one by one (LIMIT), in the order of the index: the planner cannot know how few they are, and would read all
-- there are.
CREATE FUNCTION cdp._timeline_batch_read_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format(
        'SELECT r.uid::int4 AS identifier_id, i.one_id, i.status, r.tl,
                date_trunc(''month'', cdp.day_of(cdp.timeline_first(r.tl), ''UTC'')::timestamp)::date AS first_month,
                date_trunc(''month'', cdp.day_of(cdp.timeline_last(r.tl), ''UTC'')::timestamp)::date AS last_month
           FROM (SELECT cdp.rollup(b.batch) AS together
                   FROM (SELECT b.batch, sum(b.events) OVER (ROWS UNBOUNDED PRECEDING)::int8 / 2000000 AS part FROM %s AS b) AS b
                  GROUP BY b.part) AS b
          CROSS JOIN LATERAL (SELECT u.uid, u.tl FROM cdp.timelines_read(b.together) AS u ORDER BY u.uid) AS r
           LEFT JOIN LATERAL (SELECT j.one_id, j.status FROM cdp.identifier AS j WHERE j.id = r.uid::int4 LIMIT 1) AS i ON true', source);
COMMENT ON FUNCTION cdp._timeline_batch_read_sql(text) IS
    'internal: the query that gives the events of rows of cdp.timeline_batch by identifier: identifier_id, one_id, status, tl, first_month, last_month';

CREATE FUNCTION cdp._timeline_batch_months_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format(
        'SELECT r.one_id, r.first_month AS month, r.tl FROM %1$s AS r WHERE r.one_id IS NOT NULL AND r.first_month = r.last_month
         UNION ALL
         SELECT s.one_id, s.month, s.tl
           FROM (SELECT r.one_id, m.month::date AS month,
                        cdp.timeline_slice(r.tl, m.month AT TIME ZONE ''UTC'', (m.month + interval ''1 month'') AT TIME ZONE ''UTC'') AS tl
                   FROM %1$s AS r
                  CROSS JOIN LATERAL generate_series(r.first_month::timestamp, r.last_month::timestamp, ''1 month'') AS m (month)
                  WHERE r.one_id IS NOT NULL AND r.first_month < r.last_month) AS s
          WHERE cdp.timeline_count(s.tl) > 0', source);
COMMENT ON FUNCTION cdp._timeline_batch_months_sql(text) IS
    'internal: the query that gives what the one of _timeline_batch_read_sql has of persons, by month: one_id, month, tl';
