--| ## Refreshing
CREATE FUNCTION cdp.tag_refresh(name text, base_date date DEFAULT NULL)
    RETURNS TABLE (tag text, value_count int8, people int8, chunks_written int8, chunks_removed int8,
                   unresolved int8, duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._merge_check_isolation();
    RETURN QUERY SELECT * FROM cdp._tag_load(cdp._tag_id(name), 'tag_refresh', base_date);
END $$;
COMMENT ON FUNCTION cdp.tag_refresh(text, date) IS
    'runs a tag''s query, or answers its rules, and replaces its values as a whole; when that fails they stay, and the error is returned and logged. base_date: for which day, instead of today; one before that of the values there are makes a version beside them';

CREATE FUNCTION cdp.tag_import(name text, query text, base_date date DEFAULT NULL,
    search_path text DEFAULT current_setting('search_path'))
    RETURNS TABLE (tag text, value_count int8, people int8, chunks_written int8, chunks_removed int8,
                   unresolved int8, duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._merge_check_isolation();
    IF coalesce(cdp._query_trim(query), '') = '' THEN
        RAISE EXCEPTION 'there is no query to import from' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    RETURN QUERY SELECT * FROM cdp._tag_load(cdp._tag_id(tag_import.name), 'tag_import', base_date, query, tag_import.search_path);
END $$;
COMMENT ON FUNCTION cdp.tag_import(text, text, date, text) IS
    'runs a query of (one_id [, value]) or (id_type, id_value [, value]) with the rights of the caller and makes its people the values of a tag, in place of all it had; when it fails they stay, and the error is returned and logged. base_date: as in tag_refresh()';

CREATE FUNCTION cdp._tag_load(the_tag int4, run_kind text, base_date date, query text DEFAULT NULL, query_path text DEFAULT NULL)
    RETURNS TABLE (tag text, value_count int8, people int8, chunks_written int8, chunks_removed int8,
                   unresolved int8, duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    fresh record;
    day date := coalesce(base_date, cdp._today());
    stored int4;
    resolved int8;
    run int8;
    merges_seen int8;
    started timestamptz := clock_timestamp();
    state text;
BEGIN
    -- Two refreshes of one tag follow each other; a redefinition waits for this one.
    SELECT * INTO t FROM cdp.tag AS g WHERE g.tag_id = the_tag FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'tag % has been dropped meanwhile', the_tag USING ERRCODE = 'undefined_object';
    END IF;
    tag := t.name;
    -- Not sooner: it may have become another kind meanwhile.
    PERFORM cdp._tag_load_check(t.name, t.kind, query IS NOT NULL), cdp._tag_day_check(t.name, t.kind, day);
    run := cdp._run_start(run_kind, t.name);
    BEGIN
        PERFORM cdp._tag_writable(t.name, t.status);
        IF query IS NULL AND t.kind = 'sql' THEN
            PERFORM cdp._query_allow(format('tag "%s"', t.name), t.owner);
        END IF;
        SELECT coalesce(max(l.seq), 0) INTO merges_seen FROM cdp.merge_log AS l;
        SELECT * INTO fresh FROM cdp._tag_compute(t.tag_id, coalesce(query, t.definition), coalesce(query_path, t.search_path), day);
        IF NOT EXISTS (SELECT FROM cdp.tag AS g WHERE g.tag_id = t.tag_id) THEN
            RAISE EXCEPTION 'the query of tag "%" has dropped it', t.name USING ERRCODE = 'undefined_object';
        END IF;
        unresolved := fresh.unresolved;
        resolved := fresh.resolved;
        PERFORM cdp._merge_lock(false);
        stored := cdp._tag_version_open(t.tag_id, day);
        SELECT w.written, w.removed INTO chunks_written, chunks_removed
          FROM cdp._tag_replace(stored, fresh.vals, fresh.chunks, fresh.members, fresh.numbers) AS w;
        PERFORM cdp._tag_remap(stored, n.absorbed, n.survivor)
           FROM cdp._merge_news(fresh.retired, merges_seen) AS n WHERE n.absorbed IS NOT NULL;
        PERFORM cdp._tag_leave(stored, e) FROM cdp._persons_ended() AS e WHERE e IS NOT NULL;
        SELECT c.value_count, c.people INTO value_count, people FROM cdp._tag_count(stored, t.value_type) AS c;
        -- Nothing to do for a version, which is none of the values that the tag has now.
        UPDATE cdp.tag AS g SET refreshed_at = clock_timestamp(), base_date = day WHERE g.tag_id = stored;
        PERFORM cdp._tag_version_prune(t.tag_id, t.keep_versions);
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
        'chunks_written', chunks_written, 'chunks_removed', chunks_removed, 'unresolved', unresolved,
        'rows', resolved + unresolved, 'base_date', to_char(day, 'YYYY-MM-DD')), error);
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION cdp._tag_load(int4, text, date, text, text) IS
    'internal: replaces the values of a tag by what its definition, or this query, says now';

CREATE FUNCTION cdp._tag_load_check(name text, kind text, importing boolean) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF importing AND kind NOT IN ('import', 'model') THEN
        RAISE EXCEPTION 'tag "%" is of kind "%"', name, kind USING
            ERRCODE = 'wrong_object_type',
            DETAIL = 'Values are imported into tags of kind "import" or "model".',
            HINT = format('SELECT cdp.tag_define(%L, kind => ''import''); makes it one.', name);
    ELSIF NOT importing AND kind NOT IN ('sql', 'rule') THEN
        RAISE EXCEPTION 'tag "%" is of kind "%", which has no query and no rule', name, kind USING
            ERRCODE = 'wrong_object_type',
            HINT = CASE WHEN kind = 'manual' THEN 'Its values are set by cdp.tag_set().'
                        ELSE 'Its values come from cdp.tag_import().' END;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._tag_load_check(text, text, boolean) IS
    'internal: an error when the values of a tag of this kind do not come from a refresh, or from an import';

CREATE FUNCTION cdp._tag_day_check(name text, kind text, day date) RETURNS void LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' AS $$
BEGIN
    IF kind = 'rule' AND day <> cdp._today() THEN
        RAISE EXCEPTION 'tag "%" is made by rules, which are answered as of now', name USING
            ERRCODE = 'feature_not_supported',
            HINT = 'Leave the base date out.';
    ELSIF day NOT BETWEEN date '0001-01-01' AND cdp._today() THEN
        RAISE EXCEPTION 'base date % is not between the year 1 and today', day USING ERRCODE = 'invalid_parameter_value';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._tag_day_check(text, text, date) IS 'internal: an error for a day that no values can be of';

CREATE FUNCTION cdp._tag_writable(name text, status text) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF status = 'archived' THEN
        RAISE EXCEPTION 'tag "%" is archived', name USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = format('UPDATE cdp.tag SET status = ''active'' WHERE name = %L; takes it up again.', name);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._tag_writable(text, text) IS 'internal: an error when nothing may be written to this tag';

CREATE FUNCTION cdp._tag_compute(the_tag int4, query text, query_path text, day date,
    OUT vals text[], OUT chunks int4[], OUT members cdp.roaringbitmap[], OUT numbers cdp.bsi[],
    OUT retired cdp.roaringbitmap, OUT unresolved int8, OUT resolved int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
BEGIN
    SELECT g.name, format('tag "%s"', g.name) AS what, g.kind, g.value_type, g.on_merge INTO t FROM cdp.tag AS g WHERE g.tag_id = the_tag;
    IF t.kind = 'rule' THEN
        -- Whoever is absorbed while rules are answered is in the log.
        SELECT r.vals, r.chunks, r.members, cdp.rb_build('{}'), 0, r.resolved INTO vals, chunks, members, retired, unresolved, resolved
          FROM cdp._tag_rules_run(t.name, t.value_type, query) AS r;
    ELSIF cdp._tag_is_number(t.value_type) THEN
        SELECT q.chunks, q.numbers, q.retired, q.unresolved, q.resolved INTO chunks, numbers, retired, unresolved, resolved
          FROM cdp._query_numbers(cdp._query_bind(query, day), query_path, t.what, t.value_type, t.on_merge) AS q;
        numbers := coalesce(numbers, '{}');
    ELSE
        SELECT q.vals, q.chunks, q.members, q.retired, q.unresolved, q.resolved
          INTO vals, chunks, members, retired, unresolved, resolved
          FROM cdp._query_chunks(cdp._query_bind(query, day), query_path, t.what, true, t.value_type) AS q;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._tag_compute(int4, text, text, date) IS
    'internal: who has which value by this query on this day, or by these rules: bitmaps per value and chunk, or numbers per chunk';

CREATE FUNCTION cdp._tag_count(the_tag int4, value_type text, OUT value_count int8, OUT people int8)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cdp._tag_is_number(value_type) THEN
        SELECT coalesce(sum(v.users), 0) INTO people FROM cdp.tag_number AS v WHERE v.tag_id = the_tag;
    ELSE
        SELECT count(DISTINCT v.value), CASE WHEN value_type = 'multi' THEN coalesce(cdp.rb_or_cardinality_agg(cdp._tag_members(v.base, v.changed, v.later)), 0)
                                             ELSE coalesce(sum(v.users), 0) END
          INTO value_count, people FROM cdp.tag_value AS v WHERE v.tag_id = the_tag;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._tag_count(int4, text) IS 'internal: how many values a tag has, of numbers NULL, and how many people';
