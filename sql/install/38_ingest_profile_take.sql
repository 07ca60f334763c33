--| ## Profiles that land
-- Steps of ingest(), upon two temporary tables: the rows as they came, and their attributes, one a row.

-- Under the time zone of the business, where days are read.
CREATE FUNCTION cdp._ingest_take_profiles(run_id int8, OUT profiles_read int8, OUT refused int8) LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
DECLARE
    earliest timestamptz := cdp.setting('event_min_ts');
    latest timestamptz := now() + cdp.setting('event_max_ahead')::interval;
    allowed text[] := cdp._id_types_allowed();
    erased_key bytea := cdp._erased_key();
BEGIN
    PERFORM set_config('timezone', cdp.setting('time_zone'), true);
    CREATE TEMP TABLE _cdp_profile (
        nth int8, type text COLLATE "C", value text COLLATE "C", source text COLLATE "C", observed_at timestamptz, attrs jsonb,
        reason text, raw_type text, raw_value text, raw_observed_at text, raw_source text) ON COMMIT DROP;
    CREATE TEMP TABLE _cdp_attribute (nth int8, key text COLLATE "C", spelled jsonb, reason text) ON COMMIT DROP;
    -- The statement's snapshot decides: rows that are being copied in meanwhile stay for the next run.
    WITH gone AS (DELETE FROM cdp.landing_profile AS l RETURNING l.*)
    INSERT INTO pg_temp._cdp_profile
    SELECT row_number() OVER (), p.type, p.value, p.source, p.observed_at, p.attrs,
           coalesce(
               CASE WHEN erased_key IS NOT NULL AND cdp._identifier_hash(erased_key, p.type, p.value) IN (SELECT e.hash FROM cdp.erased AS e)
                    THEN cdp._erased_fault() END,
               cdp._id_type_fault('id_type', p.type, allowed), cdp._text_fault('id_value', p.value), cdp._text_fault('source', p.source),
               cdp._time_fault('observed_at', p.raw_observed_at, p.observed_at, earliest, latest),
               CASE WHEN p.is_long THEN 'attrs is longer than 1 MB' WHEN jsonb_typeof(p.attrs) = 'object' THEN NULL ELSE 'attrs is not an object' END),
           p.id_type, p.id_value, p.raw_observed_at, p.raw_source
      FROM (SELECT cdp._id_type_name(g.id_type) AS type, cdp._id_value(g.id_type, g.id_value) AS value, coalesce(nullif(cdp._trim(g.source), ''), 'unnamed') AS source,
                   coalesce(cdp._timestamptz_or_null(g.observed_at), CASE WHEN coalesce(cdp._trim(g.observed_at), '') = '' THEN now() END) AS observed_at,
                   g.is_long, CASE WHEN NOT g.is_long THEN g.attrs END AS attrs, g.id_type, g.id_value, g.observed_at AS raw_observed_at, g.source AS raw_source
              FROM (SELECT cdp._text_clip(r.id_type) AS id_type, cdp._text_clip(r.id_value) AS id_value,
                           -- Its size as it is in memory: stored it may be compressed.
                           r.attrs, coalesce(pg_column_size(r.attrs #> '{}') > 1048576, false) AS is_long, cdp._text_clip(r.observed_at) AS observed_at, cdp._text_clip(r.source) AS source
                      FROM gone AS r OFFSET 0) AS g
            OFFSET 0) AS p;  -- each value is computed once and used several times
    GET DIAGNOSTICS profiles_read = ROW_COUNT;
    INSERT INTO pg_temp._cdp_attribute
    SELECT v.nth, v.key, v.spelled, cdp._attribute_fault(v.key, v.type, v.spelled)
      FROM (SELECT k.nth, k.key, r.type, cdp._attribute_spelled(r.type, k.said, k.plain) AS spelled
              FROM (SELECT p.nth, cdp._trim(e.key) COLLATE "C" AS key, e.value AS said, cdp._attribute_text(e.value) AS plain
                      FROM pg_temp._cdp_profile AS p CROSS JOIN LATERAL jsonb_each(p.attrs) AS e WHERE p.reason IS NULL
                    OFFSET 0) AS k
              LEFT JOIN cdp.attribute_rule AS r ON r.key = k.key
            OFFSET 0) AS v;
    ANALYZE pg_temp._cdp_profile (nth);
    ANALYZE pg_temp._cdp_attribute (nth, key);
    UPDATE pg_temp._cdp_profile AS p SET reason = f.reason
      FROM (SELECT a.nth, min(a.reason) AS reason FROM pg_temp._cdp_attribute AS a WHERE a.reason IS NOT NULL GROUP BY a.nth) AS f
     WHERE p.nth = f.nth;
    INSERT INTO cdp.quarantine (source_table, raw, reason, run_id)
    SELECT 'landing_profile',
           cdp._quarantine_raw(jsonb_build_object('id_type', p.raw_type, 'id_value', p.raw_value, 'attrs', p.attrs,
                                                  'observed_at', p.raw_observed_at, 'source', p.raw_source), p.reason),
           p.reason, _ingest_take_profiles.run_id
      FROM pg_temp._cdp_profile AS p WHERE p.reason IS NOT NULL;
    GET DIAGNOSTICS refused = ROW_COUNT;
    IF refused > 0 THEN
        DELETE FROM pg_temp._cdp_attribute AS a USING pg_temp._cdp_profile AS p WHERE p.nth = a.nth AND p.reason IS NOT NULL;
    END IF;
    PERFORM cdp._ingest_load_see(p.type, p.value, p.first_seen, p.last_seen)
       FROM (SELECT p.type, p.value, min(p.observed_at) AS first_seen, max(p.observed_at) AS last_seen
               FROM pg_temp._cdp_profile AS p WHERE p.reason IS NULL GROUP BY p.type, p.value) AS p;
    PERFORM cdp._attributes_learn(ARRAY(SELECT DISTINCT a.key FROM pg_temp._cdp_attribute AS a));
END $$;
COMMENT ON FUNCTION cdp._ingest_take_profiles(int8) IS
    'internal: takes the landed profiles into _cdp_profile and _cdp_attribute, and their identifiers into the load; bad rows go to quarantine';

CREATE FUNCTION cdp._ingest_store_profiles(OUT attributes_new int8, OUT touched int4[]) LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH stored AS (
        INSERT INTO cdp.attribute AS a (identifier_id, key, source, value, first_seen, last_seen)
        SELECT p.id, n.key, p.source, n.spelled, min(p.observed_at), max(p.observed_at)
          FROM (SELECT p.nth, cdp._ingest_load_id(p.type, p.value) AS id, p.source, p.observed_at
                  FROM pg_temp._cdp_profile AS p WHERE p.reason IS NULL OFFSET 0) AS p
          JOIN pg_temp._cdp_attribute AS n USING (nth)
         GROUP BY p.id, n.key, p.source, n.spelled
         ORDER BY p.id
        ON CONFLICT (identifier_id, key, source, value) DO UPDATE
           SET first_seen = least(a.first_seen, excluded.first_seen), last_seen = greatest(a.last_seen, excluded.last_seen)
         WHERE excluded.first_seen < a.first_seen OR excluded.last_seen > a.last_seen
        RETURNING a.identifier_id, a.xmax = 0 AS is_new
    )
    SELECT count(*) FILTER (WHERE s.is_new), array_agg(DISTINCT s.identifier_id) INTO attributes_new, touched FROM stored AS s;
    DROP TABLE pg_temp._cdp_profile, pg_temp._cdp_attribute;
END $$;
COMMENT ON FUNCTION cdp._ingest_store_profiles() IS
    'internal: stores the attributes of the batch; returns how many were new, and of which identifiers anything changed';
