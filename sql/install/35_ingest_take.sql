--| ## Ingesting
-- ingest() works in steps of one or a few set-based statements: upon a temporary table of events (_cdp_event),
-- where there are any, and upon identifiers and links in memory. Here are the first: taking rows and judging them.

-- Functions on text need several times its length in memory: a row with a text of hundreds of megabytes
-- would end every run. What is left is still too long, and refused.
CREATE FUNCTION cdp._text_clip(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length(value) > 65536 THEN left(value, 1024) || ' ...' ELSE value END;
COMMENT ON FUNCTION cdp._text_clip(text) IS 'internal: the beginning of a text that is far too long, else the text';

CREATE FUNCTION cdp._identities(identities jsonb) RETURNS TABLE (type text, item jsonb)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 2 BEGIN ATOMIC
    SELECT cdp._id_type_name(cdp._text_clip(k.key)), e.value
      FROM jsonb_each(identities) AS k (key, value)
     CROSS JOIN LATERAL jsonb_array_elements(
            CASE WHEN jsonb_typeof(k.value) = 'array' THEN k.value ELSE jsonb_build_array(k.value) END)
           AS e (value);
END;
COMMENT ON FUNCTION cdp._identities(jsonb) IS
    'internal: the identifiers of {"type": value or [value, ...]}, one a row';

-- Whatever goes into a key must fit into an index entry.
CREATE FUNCTION cdp._text_fault(name text, value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length(value) BETWEEN 1 AND 1024 THEN NULL
                WHEN octet_length(value) > 1024 THEN name || ' is longer than 1024 bytes'
                ELSE name || ' is missing' END;
COMMENT ON FUNCTION cdp._text_fault(text, text) IS 'internal: why a text cannot be a key; NULL when it can';

CREATE FUNCTION cdp._id_type_fault(name text, type text, allowed text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(cdp._text_fault(name, type), CASE WHEN type <> ALL (allowed) THEN name || ' is not known' END);
COMMENT ON FUNCTION cdp._id_type_fault(text, text, text[]) IS
    'internal: why the type of an identifier is refused; NULL when it is not';

CREATE FUNCTION cdp._time_fault(name text, raw text, at timestamptz, earliest timestamptz, latest timestamptz)
    RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN at BETWEEN earliest AND latest THEN NULL
                WHEN at < earliest THEN name || ' is before event_min_ts'
                WHEN at > latest THEN name || ' is too far in the future'
                WHEN octet_length(raw) > 1024 THEN name || ' is longer than 1024 bytes'
                WHEN cdp._trim(raw) <> '' THEN name || ' is not a time'
                ELSE name || ' is missing' END;
COMMENT ON FUNCTION cdp._time_fault(text, text, timestamptz, timestamptz, timestamptz) IS
    'internal: why a time is not believed; NULL when it is';

CREATE FUNCTION cdp._ingest_take_events(earliest timestamptz, latest timestamptz) RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken int8;
    -- A month that was detached on purpose (an archive) is not made a second time.
    allowed text[] := cdp._id_types_allowed();
    detached text[] := ARRAY(SELECT o.name FROM cdp._own_relations() AS o
                              WHERE o.name ~ '^event_[0-9]{4}_[0-9]{2}$');
    erased_key bytea := cdp._erased_key();
BEGIN
    CREATE TEMP TABLE _cdp_event (
        event_id text COLLATE "C", ts timestamptz, name text COLLATE "C", type text COLLATE "C",
        value text COLLATE "C", channel text, props jsonb, identities jsonb, reason text, raw jsonb)
        ON COMMIT DROP;
    -- The statement's snapshot decides: rows that are being copied in meanwhile stay for the next run.
    WITH gone AS (DELETE FROM cdp.landing_event AS l RETURNING l.*)
    INSERT INTO pg_temp._cdp_event
    SELECT j.event_id, j.ts, j.name, j.type, j.value, j.channel, j.props, j.identities, j.reason,
           CASE WHEN j.reason IS NOT NULL THEN
               jsonb_build_object('event_id', j.raw_event_id, 'ts', j.raw_ts, 'name', j.raw_name,
                   'id_type', j.id_type, 'id_value', j.id_value, 'channel', j.raw_channel,
                   'props', j.props, 'identities', j.identities) END
      FROM (SELECT p.*, coalesce(
                CASE WHEN erased_key IS NOT NULL
                      AND (cdp._identifier_hash(erased_key, p.type, p.value) IN (SELECT e.hash FROM cdp.erased AS e)
                           OR jsonb_typeof(p.identities) = 'object' AND cdp._identities_erased(p.identities))
                     THEN cdp._erased_fault() END,
                cdp._text_fault('event_id', p.event_id),
                cdp._time_fault('ts', p.raw_ts, p.ts, earliest, latest),
                cdp._text_fault('name', p.name),
                cdp._id_type_fault('id_type', p.type, allowed),
                cdp._text_fault('id_value', p.value),
                CASE WHEN p.channel <> '' THEN cdp._text_fault('channel', p.channel) END,
                CASE WHEN p.identities IS NULL THEN NULL
                     ELSE CASE jsonb_typeof(p.identities)
                        WHEN 'null' THEN NULL
                        WHEN 'object' THEN (
                            SELECT min(CASE
                                WHEN jsonb_typeof(m.item) NOT IN ('string', 'number', 'null')
                                    THEN 'identities has a value that is neither text nor number'
                                WHEN octet_length(m.item #>> '{}') > 1024
                                    THEN 'identities has a value longer than 1024 bytes'
                                ELSE cdp._id_type_fault('identities: type', m.type, allowed) END)
                              FROM cdp._identities(p.identities) AS m)
                        ELSE 'identities is not an object' END END,
                CASE WHEN cardinality(detached) > 0
                      AND to_char(p.ts AT TIME ZONE 'UTC', '"event_"YYYY_MM') = ANY (detached)
                     THEN 'ts is in a month that is detached from cdp.event' END) AS reason
              FROM (SELECT cdp._trim(g.event_id) AS event_id, cdp._timestamptz_or_null(g.ts) AS ts,
                           cdp._trim(g.name) AS name, cdp._id_type_name(g.id_type) AS type,
                           cdp._id_value(g.id_type, g.id_value) AS value,
                           nullif(cdp._trim(g.channel), '') AS channel, g.props, g.identities,
                           g.event_id AS raw_event_id, g.ts AS raw_ts, g.name AS raw_name,
                           g.id_type, g.id_value, g.channel AS raw_channel
                      FROM (SELECT cdp._text_clip(r.event_id) AS event_id,
                                   cdp._text_clip(r.ts) AS ts, cdp._text_clip(r.name) AS name,
                                   cdp._text_clip(r.id_type) AS id_type,
                                   cdp._text_clip(r.id_value) AS id_value,
                                   cdp._text_clip(r.channel) AS channel, r.props, r.identities
                              FROM gone AS r
                            OFFSET 0) AS g
                    OFFSET 0) AS p  -- each value is computed once and used several times
            OFFSET 0) AS j;
    GET DIAGNOSTICS taken = ROW_COUNT;
    RETURN taken;
END $$;
COMMENT ON FUNCTION cdp._ingest_take_events(timestamptz, timestamptz) IS
    'internal: takes the landed events into _cdp_event, parsed, with the reason where one is refused';

CREATE FUNCTION cdp._landed_links_sql() RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN format($s$
    SELECT j.source, j.type_a, j.value_a, j.type_b, j.value_b, j.seen_at, j.weight, j.reason,
           CASE WHEN j.reason IS NOT NULL THEN
               jsonb_build_object('source', j.raw_source, 'type_a', j.raw_type_a, 'value_a', j.raw_value_a,
                   'type_b', j.raw_type_b, 'value_b', j.raw_value_b, 'seen_at', j.raw_seen_at,
                   'weight', j.raw_weight) END AS raw
      FROM (SELECT p.*, coalesce(
                %1$s
                cdp._text_fault('source', p.source),
                cdp._id_type_fault('type_a', p.type_a, %3$L), cdp._text_fault('value_a', p.value_a),
                cdp._id_type_fault('type_b', p.type_b, %3$L), cdp._text_fault('value_b', p.value_b),
                cdp._time_fault('seen_at', p.raw_seen_at, p.seen_at, $1, $2),
                CASE WHEN p.weight BETWEEN 0 AND 1 THEN NULL
                     ELSE 'weight is not a number from 0 to 1' END) AS reason
              FROM (SELECT coalesce(nullif(cdp._trim(g.source), ''), 'unnamed') AS source,
                           cdp._id_type_name(g.type_a) AS type_a, cdp._id_value(g.type_a, g.value_a) AS value_a,
                           cdp._id_type_name(g.type_b) AS type_b, cdp._id_value(g.type_b, g.value_b) AS value_b,
                           coalesce(cdp._timestamptz_or_null(g.seen_at),
                                    CASE WHEN coalesce(cdp._trim(g.seen_at), '') = '' THEN now() END) AS seen_at,
                           CASE WHEN g.weight ~ %2$L THEN g.weight::float8
                                WHEN coalesce(cdp._trim(g.weight), '') = '' THEN 1 END AS weight,
                           g.source AS raw_source, g.type_a AS raw_type_a, g.value_a AS raw_value_a,
                           g.type_b AS raw_type_b, g.value_b AS raw_value_b, g.seen_at AS raw_seen_at,
                           g.weight AS raw_weight
                      FROM (SELECT cdp._text_clip(r.source) AS source,
                                   cdp._text_clip(r.type_a) AS type_a,
                                   cdp._text_clip(r.value_a) AS value_a,
                                   cdp._text_clip(r.type_b) AS type_b,
                                   cdp._text_clip(r.value_b) AS value_b,
                                   cdp._text_clip(r.seen_at) AS seen_at,
                                   cdp._text_clip(r.weight) AS weight
                              FROM gone AS r
                            OFFSET 0) AS g
                    OFFSET 0) AS p  -- each value is computed once and used several times
            OFFSET 0) AS j $s$,
        CASE WHEN cdp._erased_key() IS NOT NULL THEN format('CASE WHEN %s OR %s THEN cdp._erased_fault() END,',
            cdp._is_erased_sql('p.type_a', 'p.value_a'), cdp._is_erased_sql('p.type_b', 'p.value_b')) END,
        -- What float8 is sure to read without an error.
        '^ *[+]?([0-9]{1,9}([.][0-9]{0,15})?|[.][0-9]{1,15})([eE][-+]?[0-9]{1,2})? *$', cdp._id_types_allowed());
END $$;
COMMENT ON FUNCTION cdp._landed_links_sql() IS
    'internal: the query that brings rows of landing_link, named gone, into one spelling and judges them; $1 and $2: the earliest and the latest time believed';

CREATE FUNCTION cdp._ingest_refuse(run_id int8) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    refused int8;
BEGIN
    INSERT INTO cdp.quarantine (source_table, raw, reason, run_id)
    SELECT 'landing_event', cdp._quarantine_raw(e.raw, e.reason), e.reason, _ingest_refuse.run_id
      FROM pg_temp._cdp_event AS e WHERE e.reason IS NOT NULL;
    GET DIAGNOSTICS refused = ROW_COUNT;
    IF refused > 0 THEN
        DELETE FROM pg_temp._cdp_event AS e WHERE e.reason IS NOT NULL;
    END IF;
    RETURN refused;
END $$;
COMMENT ON FUNCTION cdp._ingest_refuse(int8) IS 'internal: moves refused events of the batch to quarantine; returns how many';

CREATE FUNCTION cdp._ingest_drop_known() RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    earliest timestamptz;
    latest timestamptz;
    repeated int8;
    known int8;
BEGIN
    -- Which of several rows with one id and time stays must not depend on their order.
    DELETE FROM pg_temp._cdp_event AS e
     USING (SELECT d.ctid AS place,
                   row_number() OVER (PARTITION BY d.event_id, d.ts
                                      ORDER BY d.name, d.type, d.value, d.channel, d.props, d.identities) AS nth
              FROM pg_temp._cdp_event AS d
              JOIN (SELECT k.event_id, k.ts FROM pg_temp._cdp_event AS k
                     GROUP BY k.event_id, k.ts HAVING count(*) > 1) AS k USING (event_id, ts)) AS d
     WHERE e.ctid = d.place AND d.nth > 1;
    GET DIAGNOSTICS repeated = ROW_COUNT;
    SELECT min(e.ts), max(e.ts) INTO earliest, latest FROM pg_temp._cdp_event AS e;
    DELETE FROM pg_temp._cdp_event AS e
     USING cdp.event AS s
     WHERE s.event_id = e.event_id AND s.ts = e.ts AND s.ts BETWEEN earliest AND latest;
    GET DIAGNOSTICS known = ROW_COUNT;
    RETURN repeated + known;
END $$;
COMMENT ON FUNCTION cdp._ingest_drop_known() IS
    'internal: drops events of the batch that are stored already or come twice; returns how many';
