--| ## Reviewing what guards refuse
--| `cdp.id_quarantine` lists every refused link with its reason. `id_approve` says that a guard is wrong: the
--| identifier, or one link of it, counts from the next `id_resolve()` on, and no guard refuses it again.
--| `id_reject` says that it is right. `id_block` and `id_share` do by hand what guards do, with effect at once.

CREATE FUNCTION cdp._identifiers_withdraw(ids int4[], new_status text, why text, run_id int8, detail jsonb)
    RETURNS TABLE (person int4, size int8, outcome text)
    LANGUAGE plpgsql VOLATILE ROWS 2 SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    touched int4[] := ARRAY(SELECT DISTINCT i.one_id FROM cdp.identifier AS i
                             WHERE i.id = ANY (ids) AND i.one_id IS NOT NULL);
BEGIN
    DELETE FROM cdp.link_verdict AS v WHERE (v.a = ANY (ids) OR v.b = ANY (ids)) AND v.verdict = 'together';
    UPDATE cdp.link AS l SET status = 'quarantined', reason = why
     WHERE (l.a = ANY (ids) OR l.b = ANY (ids)) AND l.status IN ('active', 'limited');
    PERFORM cdp._identity_leave(ids, new_status, run_id);
    RETURN QUERY SELECT * FROM cdp._identity_end(touched, run_id, detail || jsonb_build_object('found', cardinality(ids)));
END $$;
COMMENT ON FUNCTION cdp._identifiers_withdraw(int4[], text, text, int8, jsonb) IS
    'internal: makes identifiers blocked or shared, quarantines their links, and splits whom they held together';

CREATE FUNCTION cdp.id_block(type text, value text, kind text DEFAULT 'exact', reason text DEFAULT 'blocked by hand')
    RETURNS TABLE (person int4, size int8, outcome text) LANGUAGE plpgsql VOLATILE ROWS 2
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    type_name text := cdp._id_type_name(id_block.type);
    entry text := CASE WHEN id_block.kind = 'exact' THEN lower(cdp._id_value(id_block.type, id_block.value)) ELSE id_block.value END;
    run int8;
    found int4[];
BEGIN
    IF num_nulls(id_block.value, id_block.kind, id_block.reason) > 0 THEN
        RAISE EXCEPTION 'value, kind and reason of what is blocked cannot be null' USING ERRCODE = 'null_value_not_allowed';
    ELSIF id_block.kind NOT IN ('exact', 'pattern') THEN
        RAISE EXCEPTION 'unrecognized kind of what is blocked: "%"', id_block.kind USING
            ERRCODE = 'invalid_parameter_value',
            HINT = 'It is one of exact, pattern.';
    END IF;
    PERFORM cdp._id_type_id(type_name) WHERE type_name IS NOT NULL;
    run := cdp._identity_begin('id_block', entry);
    INSERT INTO cdp.id_blocklist (id_type, kind, value, reason)
    VALUES (type_name, id_block.kind, entry, id_block.reason)
    ON CONFLICT DO NOTHING;
    -- A pattern does not undo what somebody approved by name.
    found := ARRAY(SELECT i.id FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id)
                    WHERE (type_name IS NULL OR t.name = type_name) AND i.status NOT IN ('blocked', 'erased')
                      AND CASE WHEN id_block.kind = 'exact' THEN lower(i.value) = entry
                               ELSE lower(i.value) ~ entry AND i.verdict IS DISTINCT FROM 'approved' END);
    UPDATE cdp.identifier AS i SET verdict = NULL WHERE i.id = ANY (found) AND i.verdict IS NOT NULL;
    RETURN QUERY SELECT * FROM cdp._identifiers_withdraw(found, 'blocked', 'one end is blocked', run,
        jsonb_build_object('type', type_name, 'kind', id_block.kind, 'value', entry));
END $$;
COMMENT ON FUNCTION cdp.id_block(text, text, text, text) IS
    'enters a placeholder value (kind exact) or regular expression (kind pattern) into cdp.id_blocklist, for one type or (NULL) all, takes what there is of it out of its persons and splits them; one row per person touched';

CREATE FUNCTION cdp._identifier_take(kind text, type text, value text, OUT id int4, OUT spelled text, OUT run_id int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Before the look: who is just being erased is nobody any more.
    PERFORM cdp._identity_lock(kind);
    id := cdp._identifier_id(type, value);
    spelled := cdp._id_value(type, value);
    run_id := cdp._run_start(kind, spelled);
END $$;
COMMENT ON FUNCTION cdp._identifier_take(text, text, text) IS
    'internal: begins a run that decides on one identifier; returns its number and its value in the one spelling';

CREATE FUNCTION cdp.id_share(type text, value text)
    RETURNS TABLE (person int4, size int8, outcome text) LANGUAGE plpgsql VOLATILE ROWS 2
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    taken record := cdp._identifier_take('id_share', type, value);
BEGIN
    UPDATE cdp.identifier AS i SET verdict = 'rejected' WHERE i.id = taken.id;
    RETURN QUERY SELECT * FROM cdp._identifiers_withdraw(ARRAY[taken.id], 'shared', 'one end is shared: marked by hand', taken.run_id,
        jsonb_build_object('type', type, 'value', taken.spelled));
END $$;
COMMENT ON FUNCTION cdp.id_share(text, text) IS
    'marks an identifier as one that several people use: it belongs to nobody, its links merge nobody, and whom they held together is split; one row per person touched';

CREATE FUNCTION cdp._links_approve(ids int4[]) RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    approved int8;
BEGIN
    WITH again AS (
        UPDATE cdp.link AS l SET status = 'active', reason = NULL
          FROM cdp.identifier AS ia, cdp.identifier AS ib
         WHERE (l.a = ANY (ids) OR l.b = ANY (ids)) AND l.status = 'quarantined'
           AND ia.id = l.a AND ia.status = 'active' AND ib.id = l.b AND ib.status = 'active'
        RETURNING l.a, l.b
    ), queued AS (
        INSERT INTO cdp.link_queue (a, b) SELECT DISTINCT g.a, g.b FROM again AS g
    )
    SELECT count(*) INTO approved FROM again;
    RETURN approved;
END $$;
COMMENT ON FUNCTION cdp._links_approve(int4[]) IS
    'internal: makes refused links of these identifiers active and queues them, unless the other end is refused too; returns how many';

CREATE FUNCTION cdp.id_approve(type text, value text) RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken record := cdp._identifier_take('id_approve', type, value);
    approved int8;
BEGIN
    -- With no person it is taken for a new one by the next resolve.
    PERFORM cdp._identity_note_past(ARRAY[taken.id]);
    UPDATE cdp.identifier AS i SET verdict = 'approved', status = 'active' WHERE i.id = taken.id;
    approved := cdp._links_approve(ARRAY[taken.id]);
    PERFORM cdp._run_finish(taken.run_id, jsonb_build_object('type', type, 'value', taken.spelled, 'links', approved, 'by', session_user));
    RETURN approved;
END $$;
COMMENT ON FUNCTION cdp.id_approve(text, text) IS
    'an identifier that a guard refuses does belong to one person: it and its links count from the next id_resolve() on, and no guard refuses it again; returns how many links';

CREATE FUNCTION cdp.id_approve(a int4, b int4) RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    low int4 := least(id_approve.a, id_approve.b);
    high int4 := greatest(id_approve.a, id_approve.b);
    run int8 := cdp._identity_begin('id_approve');
    approved int8;
BEGIN
    UPDATE cdp.link AS l SET status = 'active', reason = NULL WHERE l.a = low AND l.b = high AND l.status <> 'active';
    GET DIAGNOSTICS approved = ROW_COUNT;
    IF approved = 0 THEN
        RAISE EXCEPTION 'no refused or removed link between identifiers % and %', coalesce(id_approve.a::text, 'NULL'), coalesce(id_approve.b::text, 'NULL') USING
            ERRCODE = 'undefined_object',
            HINT = 'cdp.id_quarantine lists refused links with the numbers of both ends.';
    END IF;
    INSERT INTO cdp.link_verdict AS v (a, b, verdict, run_id) VALUES (low, high, 'together', run)
    ON CONFLICT (a, b) DO UPDATE SET verdict = excluded.verdict, run_id = excluded.run_id;
    PERFORM cdp._identity_note_past(ARRAY[low, high]);
    UPDATE cdp.identifier AS i SET status = 'active' WHERE i.id IN (low, high) AND i.status <> 'active';
    INSERT INTO cdp.link_queue (a, b) VALUES (low, high);
    PERFORM cdp._run_finish(run, jsonb_build_object('a', low, 'b', high, 'links', approved, 'by', session_user));
    RETURN approved;
END $$;
COMMENT ON FUNCTION cdp.id_approve(int4, int4) IS
    'a link that was refused or removed is right: its ends (by number) are one person from the next id_resolve() on, whatever guards say; other links of a refused end stay refused. Returns how many links';

CREATE FUNCTION cdp.id_reject(type text, value text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken record := cdp._identifier_take('id_reject', type, value);
BEGIN
    UPDATE cdp.identifier AS i SET verdict = 'rejected' WHERE i.id = taken.id AND i.status <> 'active';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'identifier "%" of type "%" is not refused by any guard', taken.spelled, type USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'cdp.id_share() and cdp.id_block() take it out of its person.';
    END IF;
    PERFORM cdp._run_finish(taken.run_id, jsonb_build_object('type', type, 'value', taken.spelled, 'by', session_user));
END $$;
COMMENT ON FUNCTION cdp.id_reject(text, text) IS
    'confirms that an identifier is rightly refused: cdp.id_quarantine shows its links as rejected';

CREATE FUNCTION cdp.id_reject(a int4, b int4) RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    run int8;
    removed int8;
BEGIN
    IF num_nulls(id_reject.a, id_reject.b) = 0 THEN
        run := cdp._identity_begin('id_reject');
        removed := cdp._links_remove(ARRAY[least(id_reject.a, id_reject.b)], ARRAY[greatest(id_reject.a, id_reject.b)], run);
    END IF;
    IF coalesce(removed, 0) = 0 THEN
        RAISE EXCEPTION 'no link to reject between identifiers % and %', coalesce(a::text, 'NULL'), coalesce(b::text, 'NULL') USING
            ERRCODE = 'undefined_object';
    END IF;
    PERFORM cdp._identity_split(ARRAY(SELECT i.one_id FROM cdp.identifier AS i JOIN cdp.identifier AS k USING (one_id)
                                       WHERE i.id = id_reject.a AND k.id = id_reject.b), run);
    PERFORM cdp._run_finish(run, jsonb_build_object('a', a, 'b', b, 'links', removed, 'by', session_user));
    RETURN removed;
END $$;
COMMENT ON FUNCTION cdp.id_reject(int4, int4) IS
    'a refused link (by the numbers of its ends) is wrong: it is removed for good, whatever becomes of its ends; returns how many rows of cdp.link';
