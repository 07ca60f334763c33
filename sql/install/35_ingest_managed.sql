--| # Ingest
--| Loaders `COPY` into `cdp.landing_event`, `cdp.landing_link` and `cdp.landing_profile`, at any time and side by side.
--| `cdp.ingest()` moves on what it finds there: events to `cdp.event`, links to `cdp.link`, attributes
--| to `cdp.attribute`, and refused rows to `cdp.quarantine`, with a reason.

--| ## Tables
-- Rows pass through: the space must be free again soon, however large the last load was.
CREATE FUNCTION cdp._passage_options() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 'WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000)';
COMMENT ON FUNCTION cdp._passage_options() IS 'internal: storage options of tables that rows only pass through';

CREATE FUNCTION cdp._setup_ingest() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Times and weights are text here, so that one bad row never ends a COPY.
    PERFORM cdp._table_ensure('landing_event', 'events as loaders bring them; COPY into it, then call cdp.ingest()', ARRAY[
        ['event_id', 'text', 'the source''s id of the event; the same id and time again is the same event'],
        ['ts', 'text', 'when it happened; without an offset it is read in the setting time_zone'],
        ['name', 'text', 'what happened: view_item, pay ...'],
        ['id_type', 'text', 'type of the identifier of who did it'],
        ['id_value', 'text', 'the identifier of who did it'],
        ['channel', 'text', 'where it happened'],
        ['props', 'jsonb', 'whatever else is known'],
        ['identities', 'jsonb', 'more identifiers seen in the event: {"type": "value" or ["value", ...]}']],
        NULL, cdp._passage_options());
    PERFORM cdp._table_ensure('landing_link', 'pairs of identifiers as loaders bring them; COPY into it, then call cdp.ingest()', ARRAY[
        ['source', 'text', 'who says so'],
        ['type_a', 'text', 'type of one identifier'],
        ['value_a', 'text', 'its value'],
        ['type_b', 'text', 'type of the other'],
        ['value_b', 'text', 'its value'],
        ['seen_at', 'text', 'when they were seen together; NULL for now'],
        ['weight', 'text', 'confidence from 0 to 1; NULL for 1']],
        NULL, cdp._passage_options());
    PERFORM cdp._table_ensure('quarantine', 'rows that cdp.ingest() has refused', ARRAY[
        ['quarantine_id', 'int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY', 'number of the refusal'],
        ['source_table', 'text NOT NULL', 'landing_event, landing_link or landing_profile'],
        ['raw', 'jsonb NOT NULL', 'the row as it came'],
        ['reason', 'text NOT NULL', 'why it was refused'],
        ['at', 'timestamptz NOT NULL DEFAULT now()', 'when'],
        ['run_id', 'int8', 'the run that refused it']]);
    PERFORM cdp._table_ensure('event_type', 'names of events and their codes, which timelines store', ARRAY[
        ['code', 'int4 PRIMARY KEY CHECK (code > 0)', 'small number, given out from 1'],
        ['name', 'text COLLATE "C" NOT NULL UNIQUE', 'name of the event'],
        ['created_at', 'timestamptz NOT NULL DEFAULT now()', 'when the name was first seen'],
        ['value_prop', 'text', 'key of event.props whose number is the value of the event in timelines; NULL: it has none'],
        ['value_decimals', 'int4 NOT NULL DEFAULT 0 CHECK (value_decimals BETWEEN 0 AND 3)',
         'how many decimals of it count: values are integers in units of 10^-value_decimals']]);
    PERFORM cdp._table_ensure('event', 'everything that happened; never changed, partitioned by month (UTC)', ARRAY[
        ['event_id', 'text COLLATE "C" NOT NULL', 'the source''s id of the event'],
        ['ts', 'timestamptz NOT NULL', 'when it happened'],
        ['name', 'text COLLATE "C" NOT NULL', 'what happened, see event_type'],
        ['identifier_id', 'int4 NOT NULL', 'who did it: identifier.id, whose one_id is the person'],
        ['channel', 'text', 'where it happened'],
        ['props', 'jsonb', 'whatever else is known'],
        ['received_at', 'timestamptz NOT NULL DEFAULT now()', 'when it was ingested']],
        'PRIMARY KEY (event_id, ts)', 'PARTITION BY RANGE (ts)');

    PERFORM cdp._setup_profile();

    CREATE OR REPLACE VIEW cdp.v_quarantine AS
        SELECT q.source_table, q.reason, count(*) AS row_count, min(q.at) AS first_at, max(q.at) AS last_at
          FROM cdp.quarantine AS q GROUP BY q.source_table, q.reason
        UNION ALL
        SELECT 'link', l.reason, count(*), min(l.first_seen), max(l.last_seen)
          FROM cdp.link AS l WHERE l.status IN ('quarantined', 'limited') GROUP BY l.reason;
    COMMENT ON VIEW cdp.v_quarantine IS 'what was refused and why: landing rows by cdp.ingest(), links by cdp.id_resolve()';
    COMMENT ON COLUMN cdp.v_quarantine.first_at IS 'time of the first refusal; for links, of the first sighting';
    COMMENT ON COLUMN cdp.v_quarantine.last_at IS 'time of the last refusal; for links, of the last sighting';
END $$;
COMMENT ON FUNCTION cdp._setup_ingest() IS 'internal: makes the tables and the view of ingest, and those of profiles';
