--| ## Defining and refreshing
CREATE FUNCTION cdp.tag_define(name text, sql text, folder text DEFAULT NULL,
    description text DEFAULT NULL, search_path text DEFAULT current_setting('search_path'))
    RETURNS int4 LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    id int4;
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._name_check('tag', name);
    IF sql IS NULL OR cdp._query_trim(sql) = '' THEN
        RAISE EXCEPTION 'tag "%" needs a query', name USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM cdp._query_shape(sql, tag_define.search_path, format('tag "%s"', name), true);
    INSERT INTO cdp.tag AS g (name, folder, description, definition, search_path, owner)
    VALUES (tag_define.name, coalesce(tag_define.folder, ''), coalesce(tag_define.description, ''),
            cdp._query_trim(sql), tag_define.search_path, current_user)
    ON CONFLICT ON CONSTRAINT tag_name_key DO UPDATE
       SET definition = excluded.definition, search_path = excluded.search_path, owner = excluded.owner,
           folder = coalesce(tag_define.folder, g.folder),
           description = coalesce(tag_define.description, g.description)
    RETURNING g.tag_id INTO id;
    RETURN id;
END $$;
COMMENT ON FUNCTION cdp.tag_define(text, text, text, text, text) IS
    'defines a tag by a query of (one_id [, value]) or (id_type, id_value [, value]), checked but not run; redefined, it keeps its values until the next refresh';

CREATE FUNCTION cdp._name_check(what text, name text) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF name IS NULL OR btrim(name) = '' OR name ~ '[[:cntrl:]]' OR length(name) > 200 THEN
        RAISE EXCEPTION 'name of % is not usable: %', what, coalesce(quote_literal(left(name, 40)), 'NULL') USING
            ERRCODE = 'invalid_name',
            DETAIL = 'A name is one line of 1 to 200 characters.';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._name_check(text, text) IS 'internal: an error for a name that nobody could write again';

CREATE FUNCTION cdp.tag_drop(name text) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- No audience may come to use the tag between the check and its end.
    PERFORM cdp._lock('definition');
    DELETE FROM cdp.tag AS g WHERE g.tag_id = cdp._tag_id(tag_drop.name);
END $$;
COMMENT ON FUNCTION cdp.tag_drop(text) IS 'drops a tag with its values; refused while an audience uses it';

CREATE FUNCTION cdp.tag_refresh(name text)
    RETURNS TABLE (tag text, value_count int8, people int8, chunks_written int8, chunks_removed int8,
                   unresolved int8, duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    fresh record;
    run int8;
    merges_seen int8;
    started timestamptz := clock_timestamp();
    state text;
BEGIN
    PERFORM cdp._merge_check_isolation();
    -- Two refreshes of one tag follow each other; a redefinition waits for this one.
    SELECT * INTO STRICT t FROM cdp.tag AS g WHERE g.tag_id = cdp._tag_id(tag_refresh.name) FOR NO KEY UPDATE;
    tag := t.name;
    run := cdp._run_start('tag_refresh', t.name);
    BEGIN
        PERFORM cdp._query_allow(format('tag "%s"', t.name), t.owner);
        SELECT coalesce(max(l.seq), 0) INTO merges_seen FROM cdp.merge_log AS l;
        SELECT * INTO fresh FROM cdp._query_chunks(t.definition, t.search_path, format('tag "%s"', t.name), true);
        unresolved := fresh.unresolved;
        PERFORM cdp._merge_lock(false);
        SELECT w.written, w.removed INTO chunks_written, chunks_removed
          FROM cdp._tag_replace(t.tag_id, fresh.vals, fresh.chunks, fresh.members) AS w;
        PERFORM cdp._tag_remap(t.tag_id, n.absorbed, n.survivor)
           FROM cdp._merge_news(fresh.retired, merges_seen) AS n WHERE n.absorbed IS NOT NULL;
        PERFORM cdp._tag_erase(t.tag_id, e) FROM cdp._persons_erased() AS e WHERE e IS NOT NULL;
        SELECT count(DISTINCT v.value), coalesce(cdp.rb_or_cardinality_agg(v.members), 0)
          INTO value_count, people FROM cdp.tag_value AS v WHERE v.tag_id = t.tag_id;
        UPDATE cdp.tag AS g SET refreshed_at = clock_timestamp() WHERE g.tag_id = t.tag_id;
    -- A cancelled query is not among the others.
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS error = MESSAGE_TEXT, state = RETURNED_SQLSTATE;
        RAISE WARNING 'could not refresh tag "%": %', t.name, error USING
            ERRCODE = state, DETAIL = 'Its values stay as they were.';
        -- What had been counted was rolled back.
        value_count := NULL;
        people := NULL;
        chunks_written := NULL;
        chunks_removed := NULL;
        unresolved := NULL;
    END;
    duration_ms := round(1000 * extract(epoch FROM clock_timestamp() - started));
    PERFORM cdp._run_finish(run, jsonb_build_object('tag', tag, 'values', value_count, 'people', people,
        'chunks_written', chunks_written, 'chunks_removed', chunks_removed, 'unresolved', unresolved), error);
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION cdp.tag_refresh(text) IS
    'runs a tag''s query and replaces its values as a whole; when the query fails they stay, and the error is returned and logged';

CREATE FUNCTION cdp._tag_replace(the_tag int4, vals text[], chunks int4[], bitmaps cdp.roaringbitmap[],
    OUT written int8, OUT removed int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH fresh AS MATERIALIZED (
        SELECT * FROM unnest(vals, chunks, bitmaps) AS f (value, chunk, members)
    ), gone AS (
        DELETE FROM cdp.tag_value AS t
         WHERE t.tag_id = the_tag
           AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.value = t.value AND f.chunk = t.chunk)
        RETURNING 1
    ), put AS (
        INSERT INTO cdp.tag_value AS t (tag_id, value, chunk, members)
        SELECT the_tag, f.value, f.chunk, f.members FROM fresh AS f
         WHERE NOT EXISTS (SELECT FROM cdp.tag_value AS t
                            WHERE t.tag_id = the_tag AND t.value = f.value AND t.chunk = f.chunk
                              AND cdp.rb_equals(t.members, f.members))
        ON CONFLICT (tag_id, value, chunk) DO UPDATE SET members = excluded.members
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM put), (SELECT count(*) FROM gone) INTO written, removed;
END $$;
COMMENT ON FUNCTION cdp._tag_replace(int4, text[], int4[], cdp.roaringbitmap[]) IS
    'internal: makes these the values of a tag, writing only what differs';
