--| ## Time to live
--| A cookie of last year may be somebody else's by now. Links of a type with a `ttl` hold so long after their last
--| sighting; `id_expire` lets go of those whose time has passed and splits the persons they held together, at the cost
--| of these. Whoever is seen again is linked again.

CREATE FUNCTION cdp._links_expiring(now timestamptz) RETURNS TABLE (a int4, b int4, source text, status text, is_over boolean)
    LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    -- As id_rebuild() counts: a month is 30 days.
    ids int4[];
    spans interval[];
    shortest interval;
BEGIN
    SELECT array_agg(t.type_id), array_agg(t.span), min(t.span) INTO ids, spans, shortest
      FROM (SELECT t.type_id, make_interval(secs => t.ttl / 1000000.0) AS span FROM cdp._id_types_under('{}') AS t WHERE t.ttl > 0) AS t;
    RETURN QUERY
    SELECT l.a, l.b, l.source, l.status, k.is_over
      FROM cdp.link AS l
      JOIN cdp.identifier AS ia ON ia.id = l.a JOIN cdp.identifier AS ib ON ib.id = l.b
     CROSS JOIN LATERAL (
        SELECT coalesce(l.last_seen < _links_expiring.now - min(t.span), false)
               AND NOT EXISTS (SELECT FROM cdp.link_verdict AS v WHERE v.a = l.a AND v.b = l.b AND v.verdict = 'together') AS is_over
          FROM unnest(ids, spans) AS t (type_id, span) WHERE t.type_id IN (ia.type_id, ib.type_id)) AS k
     -- No need to ask of which types they are while the shortest time has not passed.
     WHERE (l.status = 'expired' OR l.status IN ('active', 'quarantined', 'limited') AND l.last_seen < _links_expiring.now - shortest)
       AND k.is_over <> (l.status = 'expired');
END $$;
COMMENT ON FUNCTION cdp._links_expiring(timestamptz) IS
    'internal: links whose time has passed and that are not yet expired, and those that are and should not be';

CREATE FUNCTION cdp.id_expire(now timestamptz DEFAULT now(), OUT run_id int8, OUT expired int8, OUT revived int8, OUT splits int8,
                              OUT duration interval)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    started timestamptz := clock_timestamp();
    work_mem_before text;
    persons int4[];
BEGIN
    run_id := cdp._identity_begin('id_expire');
    work_mem_before := cdp._work_mem_raise();
    WITH due AS MATERIALIZED (
        SELECT d.* FROM cdp._links_expiring(coalesce(id_expire.now, now())) AS d
    ), changed AS (
        UPDATE cdp.link AS l SET status = CASE WHEN d.is_over THEN 'expired' ELSE 'active' END,
                                 reason = CASE WHEN d.is_over THEN 'not seen for too long' END
          FROM due AS d WHERE l.a = d.a AND l.b = d.b AND l.source = d.source COLLATE "C"
    ), queued AS (
        INSERT INTO cdp.link_queue (a, b) SELECT DISTINCT d.a, d.b FROM due AS d WHERE NOT d.is_over
    )
    SELECT count(*) FILTER (WHERE d.is_over), count(*) FILTER (WHERE NOT d.is_over),
           coalesce(array_agg(DISTINCT i.one_id) FILTER (WHERE d.status = 'active' AND i.one_id IS NOT NULL), '{}')
      INTO expired, revived, persons FROM due AS d JOIN cdp.identifier AS i ON i.id = d.a;
    splits := CASE WHEN persons = '{}' THEN 0 ELSE cdp._identity_split(persons, run_id) END;
    PERFORM set_config('work_mem', work_mem_before, true);
    PERFORM cdp._run_finish(run_id, jsonb_build_object('expired', expired, 'revived', revived, 'splits', splits, 'by', session_user));
    duration := clock_timestamp() - started;
END $$;
COMMENT ON FUNCTION cdp.id_expire(timestamptz) IS
    'lets go of links that were not seen for longer than the ttl of a type of theirs allows, and splits whom they held together; links that are due no more (the ttl has changed) count again from the next id_resolve() on; returns one row of counts';

-- Of a link that merges nobody, and is seen now: must it be judged again, like a new one?
CREATE FUNCTION cdp._link_revives(status text, last_seen timestamptz, seen timestamptz, weight float8, min_weight float8)
    RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN weight >= min_weight AND (status = 'weak' OR status = 'expired' AND seen > last_seen);
COMMENT ON FUNCTION cdp._link_revives(text, timestamptz, timestamptz, float8, float8) IS
    'internal: does an expired link become fresh by this sighting, or a weak one, of the greatest weight given, strong enough?';
