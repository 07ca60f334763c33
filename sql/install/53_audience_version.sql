--| ## How it was defined
--| Every change of a definition is kept, by whomever and however it was made, and can be taken back.

CREATE FUNCTION cdp._audience_version_note() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.kind, NEW.definition, NEW.search_path, NEW.owner)
                           IS DISTINCT FROM (OLD.kind, OLD.definition, OLD.search_path, OLD.owner) THEN
        INSERT INTO cdp.audience_version (audience_id, version, name, kind, definition, search_path, owner)
        SELECT NEW.audience_id, coalesce(max(v.version), 0) + 1, NEW.name, NEW.kind, NEW.definition, NEW.search_path, NEW.owner
          FROM cdp.audience_version AS v WHERE v.audience_id = NEW.audience_id;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._audience_version_note() IS 'internal: keeps how an audience is defined (trigger on audience)';

CREATE FUNCTION cdp.audience_history(name text)
    RETURNS TABLE (version int4, kind text, definition text, owner text, changed_at timestamptz, changed_by text, is_current boolean)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    the_audience int4 := cdp._audience_id(name);
BEGIN
    RETURN QUERY
        SELECT v.version, v.kind, v.definition, v.owner::text, v.changed_at, v.changed_by::text,
               v.version = max(v.version) OVER ()
          FROM cdp.audience_version AS v WHERE v.audience_id = the_audience ORDER BY v.version;
END $$;
COMMENT ON FUNCTION cdp.audience_history(text) IS 'how an audience was defined, from when on, and by whom; one row per change';

CREATE FUNCTION cdp.audience_restore(name text, version int4) RETURNS int4 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    the_audience int4 := cdp._audience_id(name);
    former record;
BEGIN
    SELECT * INTO former FROM cdp.audience_version AS v
     WHERE v.audience_id = the_audience AND v.version = audience_restore.version;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'audience "%" has no version %', name, coalesce(version::text, 'NULL') USING
            ERRCODE = 'undefined_object',
            HINT = format('cdp.audience_history(%L) lists them.', name);
    ELSIF former.kind = 'static' THEN
        RAISE EXCEPTION 'version % of audience "%" was frozen', version, name USING
            ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'Versions keep definitions, not members.';
    ELSIF former.kind = 'sql' THEN
        PERFORM cdp._query_allow(format('version %s of audience "%s"', version, name), former.owner);
        PERFORM cdp.audience_define(name, sql => former.definition, search_path => former.search_path);
    ELSE
        PERFORM cdp.audience_define(name, former.definition, search_path => former.search_path);
    END IF;
    RETURN (SELECT max(v.version) FROM cdp.audience_version AS v WHERE v.audience_id = the_audience);
END $$;
COMMENT ON FUNCTION cdp.audience_restore(text, int4) IS
    'defines an audience again as it was in a version; that is a new version, whose number is returned; members follow with the next refresh';

--| A frozen audience has the members that it had: a refresh changes nothing but what is listed by hand since.
CREATE FUNCTION cdp.audience_freeze(name text, new_name text DEFAULT NULL) RETURNS int4 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a record;
    origin text;
    copy int4;
    snapshot int8;
    written record;
BEGIN
    PERFORM cdp._merge_check_isolation();
    -- A refresh that has begun comes to its end first.
    SELECT * INTO STRICT a FROM cdp.audience AS d
     WHERE d.audience_id = cdp._audience_id(audience_freeze.name) FOR NO KEY UPDATE;
    PERFORM cdp._audience_ready(a.name);
    origin := format('members of "%s" as of %sZ', a.name, to_char(a.refreshed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'));
    IF new_name IS NULL THEN
        UPDATE cdp.audience AS d SET kind = 'static', definition = origin
         WHERE d.audience_id = a.audience_id AND d.kind <> 'static';
        RETURN a.audience_id;
    END IF;
    PERFORM cdp._name_check('audience', new_name);
    INSERT INTO cdp.audience AS d (name, folder, description, kind, definition, search_path, owner, refreshed_at)
    VALUES (new_name, a.folder, a.description, 'static', origin, a.search_path, current_user, a.refreshed_at)
    ON CONFLICT ON CONSTRAINT audience_name_key DO NOTHING RETURNING d.audience_id INTO copy;
    IF copy IS NULL THEN
        RAISE EXCEPTION 'audience "%" exists already', new_name USING ERRCODE = 'duplicate_object';
    END IF;
    INSERT INTO cdp.audience_snapshot AS s (audience_id, duration_ms, members_kept) VALUES (copy, 0, true)
    RETURNING s.snapshot_id INTO snapshot;
    PERFORM cdp._merge_lock(false);
    SELECT w.* INTO written
      FROM (SELECT array_agg(m.chunk) AS chunks, array_agg(m.members) AS bitmaps
              FROM cdp.audience_member AS m WHERE m.audience_id = a.audience_id) AS f
     CROSS JOIN LATERAL cdp._audience_write(copy, snapshot, f.chunks, f.bitmaps) AS w;
    UPDATE cdp.audience_snapshot AS s SET users = written.users, entered = written.entered, left_users = written.left_users
     WHERE s.snapshot_id = snapshot;
    RETURN copy;
END $$;
COMMENT ON FUNCTION cdp.audience_freeze(text, text) IS
    'keeps the members of an audience as they are, in itself, or as another audience; returns the number of the one that is frozen';
