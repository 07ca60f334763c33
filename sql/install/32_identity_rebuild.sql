--| ## Rebuilding
--| Guards and limits take effect on what is resolved after they were set. `id_rebuild` applies the rules, as they
--| stand now, to everything: it works out all persons again, from all links, in memory, and writes what comes out
--| another than it is.

-- What has changed of identifiers and links, before persons follow.
CREATE FUNCTION cdp._rebuild_apply(run_id int8, OUT blocked int8, OUT shared int8, OUT released int8, OUT refused int8,
                                   OUT accepted int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    of_status jsonb := '{}';
    ids int4[];
BEGIN
    -- Rows that are the same in what is compared here were judged alike.
    UPDATE cdp.link AS l SET status = c.status, reason = cdp._id_graph_reason(c.status, c.reason, c.most, t.name)
      FROM pg_temp._cdp_change AS c LEFT JOIN cdp.id_type AS t USING (type_id)
     WHERE c.what = 'link' AND l.a = c.a AND l.b = c.b AND l.weight = c.weight AND l.first_seen = c.first_seen
       AND l.last_seen = c.last_seen AND l.status NOT IN (c.status, 'removed');
    SELECT count(*) FILTER (WHERE c.status <> 'active'), count(*) FILTER (WHERE c.status = 'active') INTO refused, accepted
      FROM pg_temp._cdp_change AS c WHERE c.what = 'link';
    ids := ARRAY(SELECT i.id FROM pg_temp._cdp_change AS c JOIN cdp.identifier AS i ON i.id = c.a
                  WHERE c.what = 'identifier' AND c.status = 'blocked' AND i.status <> 'blocked');
    blocked := cardinality(ids);
    PERFORM cdp._identity_leave(ids, 'blocked', run_id);
    ids := ARRAY(SELECT i.id FROM pg_temp._cdp_change AS c JOIN cdp.identifier AS i ON i.id = c.a
                  WHERE c.what = 'identifier' AND c.status = 'shared' AND i.status <> 'shared');
    shared := cardinality(ids);
    PERFORM cdp._identity_leave(ids, 'shared', run_id);
    -- With no person they are taken for new ones.
    ids := ARRAY(SELECT i.id FROM pg_temp._cdp_change AS c JOIN cdp.identifier AS i ON i.id = c.a
                  WHERE c.what = 'identifier' AND c.status = 'active' AND i.status <> 'active');
    released := cardinality(ids);
    PERFORM cdp._identity_note_past(ids);
    UPDATE cdp.identifier AS i SET status = 'active' WHERE i.id = ANY (ids);
END $$;
COMMENT ON FUNCTION cdp._rebuild_apply(int8) IS
    'internal: gives identifiers and links the states that _cdp_change says; returns how many of which';

CREATE FUNCTION cdp._rebuild_unite(run_id int8, OUT persons_new int8, OUT merges int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    batch record;
    ends record;
    live record;
    joined record;
BEGIN
    INSERT INTO cdp.link_queue (a, b)
    SELECT DISTINCT c.a, c.b FROM pg_temp._cdp_change AS c WHERE c.what = 'link' AND c.status = 'active';
    -- All of it has been judged.
    batch := cdp._resolve_take();
    ends := cdp._resolve_ends(batch.ends_a, batch.ends_b);
    live := cdp._resolve_live(ends.a, ends.b, ends.owners_a, ends.owners_b);
    joined := cdp._batch_union(batch.fresh, live.a, live.b, live.owners_a, live.owners_b);
    persons_new := joined.persons_new;
    merges := cardinality(joined.absorbed);
    PERFORM cdp._resolve_assign(batch.fresh, joined.targets, persons_new);
    PERFORM cdp._resolve_merge(joined.absorbed, joined.survivors, joined.links_a, joined.links_b, run_id);
END $$;
COMMENT ON FUNCTION cdp._rebuild_unite(int8) IS
    'internal: unites whom links that are active now join, and gives persons to identifiers that have none; returns how many';

CREATE FUNCTION cdp.id_rebuild(OUT run_id int8, OUT identifiers int8, OUT persons int8, OUT persons_new int8, OUT merges int8,
                               OUT splits int8, OUT blocked int8, OUT shared int8, OUT released int8, OUT refused int8,
                               OUT accepted int8, OUT duration interval)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    started timestamptz := clock_timestamp();
    work_mem_before text;
    touched int4[];
BEGIN
    run_id := cdp._identity_begin('id_rebuild');
    work_mem_before := cdp._work_mem_raise();
    -- What waits has its place in the order in which links are accepted.
    PERFORM cdp._resolve_batch(run_id);
    CREATE TEMP TABLE _cdp_change ON COMMIT DROP AS SELECT g.* FROM cdp._id_graph_under('{}') AS g;
    ANALYZE pg_temp._cdp_change;
    SELECT r.blocked, r.shared, r.released, r.refused, r.accepted INTO blocked, shared, released, refused, accepted
      FROM cdp._rebuild_apply(run_id) AS r;
    touched := ARRAY(SELECT c.one_id FROM pg_temp._cdp_change AS c
                      WHERE c.what = 'identifier' AND c.one_id IS NOT NULL
                      GROUP BY c.one_id HAVING count(DISTINCT c.part) <> 1 OR bool_or(c.part IS NULL));
    splits := CASE WHEN touched = '{}' THEN 0 ELSE cdp._identity_split(touched, run_id, false) END;
    SELECT u.persons_new, u.merges INTO persons_new, merges FROM cdp._rebuild_unite(run_id) AS u;
    PERFORM cdp._attribute_arrive();
    SELECT max(c.after) FILTER (WHERE c.status = 'persons'), max(c.after) FILTER (WHERE c.status = 'identifiers')
      INTO persons, identifiers FROM pg_temp._cdp_change AS c WHERE c.what = 'total';
    DROP TABLE pg_temp._cdp_change;
    PERFORM set_config('work_mem', work_mem_before, true);
    PERFORM cdp._run_finish(run_id, jsonb_build_object(
        'identifiers', identifiers, 'persons', persons, 'persons_new', persons_new, 'merges', merges, 'splits', splits,
        'blocked', blocked, 'shared', shared, 'released', released, 'refused', refused, 'accepted', accepted, 'by', session_user));
    duration := clock_timestamp() - started;
END $$;
COMMENT ON FUNCTION cdp.id_rebuild() IS
    'works out all persons again, from all links and by the rules as they stand, and writes what comes out another: persons keep their OneIDs as in merges and splits; returns one row of counts';
