--| ## Defining and refreshing
CREATE FUNCTION cdp.audience_define(name text, expression text DEFAULT NULL, sql text DEFAULT NULL,
    folder text DEFAULT NULL, description text DEFAULT NULL,
    search_path text DEFAULT current_setting('search_path'))
    RETURNS int4 LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    id int4;
BEGIN
    PERFORM cdp._require_setup();
    -- A definition of meanwhile that was not seen could close a circle.
    PERFORM cdp._merge_check_isolation();
    PERFORM cdp._name_check('audience', name);
    IF num_nonnulls(expression, sql) <> 1 THEN
        RAISE EXCEPTION 'audience "%" needs a rule or a query, and not both', name USING
            ERRCODE = 'invalid_parameter_value',
            HINT = 'Call cdp.audience_define(name, ''tag:a and not tag:b''), '
                   'or (name, sql => ''SELECT one_id FROM ...'').';
    END IF;
    PERFORM cdp._query_path_check(format('audience "%s"', name), audience_define.search_path);
    -- Two definitions that name each other must not pass each other unseen.
    PERFORM cdp._lock('definition');
    IF sql IS NOT NULL THEN
        PERFORM cdp._query_shape(sql, audience_define.search_path, format('audience "%s"', name), false);
    ELSE
        expression := cdp._audience_check(name, expression);
    END IF;
    INSERT INTO cdp.audience AS a (name, folder, description, kind, definition, search_path, owner)
    VALUES (audience_define.name, coalesce(audience_define.folder, ''),
            coalesce(audience_define.description, ''),
            CASE WHEN sql IS NOT NULL THEN 'sql' ELSE 'expression' END,
            coalesce(cdp._query_trim(sql), expression),
            audience_define.search_path, current_user)
    ON CONFLICT ON CONSTRAINT audience_name_key DO UPDATE
       SET kind = excluded.kind, definition = excluded.definition, search_path = excluded.search_path,
           owner = excluded.owner, folder = coalesce(audience_define.folder, a.folder),
           description = coalesce(audience_define.description, a.description)
    RETURNING a.audience_id INTO id;
    RETURN id;
END $$;
COMMENT ON FUNCTION cdp.audience_define(text, text, text, text, text, text) IS
    'defines an audience by a rule, or by a query of (one_id) or (id_type, id_value); checked but not run; redefined, it keeps its members until the next refresh';

CREATE FUNCTION cdp._audience_uses(kind text, definition text) RETURNS TABLE (op text, name text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF kind = 'expression' THEN
        RETURN QUERY
            SELECT 'tag', t FROM unnest(cdp.rule_tags(cdp._rule_read(definition))) AS t
            UNION ALL
            SELECT 'audience', a FROM unnest(cdp.rule_audiences(cdp._rule_read(definition))) AS a;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._audience_uses(text, text) IS 'internal: tags and audiences that a definition names';

CREATE FUNCTION cdp._audience_check(name text, expression text) RETURNS text LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    spelling text := cdp._rule_check(expression, name);
    circle text[] := cdp._uses_circle('audience', name, ARRAY[spelling]);
BEGIN
    IF circle IS NOT NULL THEN
        RAISE EXCEPTION 'audience "%" would be made of itself', name USING
            ERRCODE = 'invalid_object_definition',
            DETAIL = format('The circle is %s.', array_to_string(circle, ' -> '));
    END IF;
    RETURN cdp._rule_hashed(spelling);
END $$;
COMMENT ON FUNCTION cdp._audience_check(text, text) IS
    'internal: the one spelling of a rule; an error for one with unknown names or one that leads back to its own audience';

CREATE FUNCTION cdp._audience_use_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    users text;
    kinds text;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.name = OLD.name THEN
        RETURN NEW;
    END IF;
    SELECT string_agg(DISTINCT format('"%s"', u.name), ', ' ORDER BY format('"%s"', u.name)),
           string_agg(DISTINCT u.what || 's', ' and ' ORDER BY u.what || 's')
      INTO users, kinds
      FROM cdp._uses() AS u
     WHERE u.used = TG_TABLE_NAME AND u.used_name = OLD.name AND (u.what, u.name) <> (TG_TABLE_NAME, OLD.name);
    IF users IS NOT NULL THEN
        RAISE EXCEPTION 'cannot % % "%": % are made of it',
            CASE TG_OP WHEN 'DELETE' THEN 'drop' ELSE 'rename' END, TG_TABLE_NAME, OLD.name, kinds USING
            ERRCODE = 'dependent_objects_still_exist',
            DETAIL = format('It is used by %s.', users),
            HINT = 'Define these anew without it, or drop them first.';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
COMMENT ON FUNCTION cdp._audience_use_guard() IS
    'internal: keeps what audiences and tags are made of (trigger on tag and audience)';

-- A merge writes rows of the tags and audiences that it found. Once for a statement, before any row is locked: the
-- merge that is waited for may need the row.
CREATE FUNCTION cdp._audience_gone() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._merge_lock(false);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._audience_gone() IS
    'internal: what is dropped waits for merges, and merges for it (trigger on tag and audience)';

CREATE FUNCTION cdp.audience_drop(name text) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._lock('definition');
    DELETE FROM cdp.audience AS a WHERE a.audience_id = cdp._audience_id(audience_drop.name);
END $$;
COMMENT ON FUNCTION cdp.audience_drop(text) IS
    'drops an audience with its members and snapshots; refused while another audience uses it';

CREATE FUNCTION cdp.audience_refresh(name text)
    RETURNS TABLE (audience text, users int8, entered int8, left_users int8, unresolved int8,
                   duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a record;
    fresh record;
    run int8;
    snapshot int8;
    merges_seen int8;
    started timestamptz := clock_timestamp();
    finished timestamptz;
    state text;
BEGIN
    PERFORM cdp._merge_check_isolation();
    -- Two refreshes of one audience follow each other; a redefinition waits for this one.
    SELECT * INTO STRICT a FROM cdp.audience AS d
     WHERE d.audience_id = cdp._audience_id(audience_refresh.name) FOR NO KEY UPDATE;
    audience := a.name;
    run := cdp._run_start('audience_refresh', a.name);
    -- Under the lock, so that the numbers of an audience's snapshots are in the order of their commits.
    INSERT INTO cdp.audience_snapshot AS s (audience_id, duration_ms, run_id) VALUES (a.audience_id, 0, run)
    RETURNING s.snapshot_id INTO snapshot;
    BEGIN
        SELECT coalesce(max(l.seq), 0) INTO merges_seen FROM cdp.merge_log AS l;
        CASE a.kind
            WHEN 'sql' THEN
                PERFORM cdp._query_allow(format('audience "%s"', a.name), a.owner);
                SELECT q.chunks, q.members, q.retired, q.unresolved INTO fresh
                  FROM cdp._query_chunks(a.definition, a.search_path, format('audience "%s"', a.name), false) AS q;
            WHEN 'static' THEN
                PERFORM cdp._merge_lock(false);
                SELECT array_agg(m.chunk) AS chunks, array_agg(m.members) AS members,
                       '{}'::cdp.roaringbitmap AS retired, 0::int8 AS unresolved INTO fresh
                  FROM cdp.audience_member AS m WHERE m.audience_id = a.audience_id;
            ELSE
                SELECT array_agg(c.chunk) AS chunks, array_agg(c.members) AS members,
                       '{}'::cdp.roaringbitmap AS retired, 0::int8 AS unresolved INTO fresh
                  FROM cdp._audience_chunks(a.definition) AS c;
        END CASE;
        unresolved := fresh.unresolved;
        PERFORM cdp._merge_lock(false);
        SELECT w.users, w.entered, w.left_users INTO users, entered, left_users
          FROM cdp._audience_settle(a.audience_id, fresh.chunks, fresh.members, fresh.retired, merges_seen) AS f
         CROSS JOIN LATERAL cdp._audience_write(a.audience_id, snapshot, f.chunks, f.bitmaps) AS w;
        finished := clock_timestamp();
        UPDATE cdp.audience AS d SET refreshed_at = finished WHERE d.audience_id = a.audience_id;
    -- A cancelled query is not among the others.
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS error = MESSAGE_TEXT, state = RETURNED_SQLSTATE;
        RAISE WARNING 'could not refresh audience "%": %', a.name, error USING
            ERRCODE = state, DETAIL = 'Its members stay as they were.';
        users := NULL;
        entered := NULL;
        left_users := NULL;
        unresolved := NULL;
        finished := clock_timestamp();
    END;
    duration_ms := round(1000 * extract(epoch FROM finished - started));
    UPDATE cdp.audience_snapshot AS s
       SET computed_at = finished, users = audience_refresh.users, entered = audience_refresh.entered,
           left_users = audience_refresh.left_users, duration_ms = audience_refresh.duration_ms,
           error = audience_refresh.error, members_kept = audience_refresh.error IS NULL
     WHERE s.snapshot_id = snapshot;
    PERFORM cdp._audience_prune(a.audience_id, a.keep_snapshots, a.keep_for);
    PERFORM cdp._run_finish(run, jsonb_build_object('audience', audience, 'users', users,
        'entered', entered, 'left', left_users, 'unresolved', unresolved), error);
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION cdp.audience_refresh(text) IS
    'computes an audience anew and replaces its members as a whole; when that fails they stay, and the error is returned and logged';

CREATE FUNCTION cdp._audience_current(the_audience int4) RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(cdp.rb_or_agg(m.members), '{}') FROM cdp.audience_member AS m
             WHERE m.audience_id = the_audience);
END $$;
COMMENT ON FUNCTION cdp._audience_current(int4) IS 'internal: members of an audience as one bitmap';
