--| ## Many at once
-- What is dropped, renamed or set by hand from now on has no turn any more: the others have theirs.
CREATE FUNCTION cdp._audience_refresh_each(names text[])
    RETURNS TABLE (audience text, users int8, entered int8, left_users int8, unresolved int8,
                   duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next_name text;
BEGIN
    FOREACH next_name IN ARRAY names LOOP
        BEGIN
            RETURN QUERY SELECT * FROM cdp.audience_refresh(next_name);
        EXCEPTION WHEN undefined_object OR no_data_found THEN
            CONTINUE;
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp._audience_refresh_each(text[]) IS
    'internal: refreshes these audiences in this order; none that is not there any more';

CREATE FUNCTION cdp.audience_refresh_all()
    RETURNS TABLE (audience text, users int8, entered int8, left_users int8, unresolved int8,
                   duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    RETURN QUERY SELECT * FROM cdp._audience_refresh_each(ARRAY(
        SELECT o.name FROM cdp._refresh_order() AS o WHERE o.what = 'audience' ORDER BY o.level, o.name));
END $$;
COMMENT ON FUNCTION cdp.audience_refresh_all() IS
    'refreshes every audience, those that others are made of first; one row each, also for those that fail';

CREATE FUNCTION cdp.audience_refresh_due(at timestamptz DEFAULT now())
    RETURNS TABLE (audience text, users int8, entered int8, left_users int8, unresolved int8,
                   duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    RETURN QUERY SELECT * FROM cdp._audience_refresh_each(ARRAY(
        SELECT a.name FROM cdp._refresh_order() AS o JOIN cdp.audience AS a ON o.what = 'audience' AND a.name = o.name
         WHERE a.refresh_every IS NOT NULL AND coalesce(a.refreshed_at + a.refresh_every <= at, true)
         ORDER BY o.level, a.name));
END $$;
COMMENT ON FUNCTION cdp.audience_refresh_due(timestamptz) IS
    'refreshes the audiences whose refresh_every has passed since their last successful refresh, those that others are made of first; one row each, also for those that fail';

-- Tags by rule are made of audiences, and audiences of tags: each in its turn.
CREATE FUNCTION cdp.refresh_due()
    RETURNS TABLE (what text, name text, users int8, duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    FOR what, name IN
        SELECT o.what, o.name
          FROM cdp._refresh_order() AS o
          LEFT JOIN cdp.v_tag AS t ON o.what = 'tag' AND t.tag = o.name
          LEFT JOIN cdp.audience AS a ON o.what = 'audience' AND a.name = o.name
         WHERE t.is_due AND t.kind IN ('sql', 'rule')
            OR a.refresh_every IS NOT NULL AND coalesce(a.refreshed_at + a.refresh_every <= now(), true)
         ORDER BY o.level, o.what DESC, o.name
    LOOP
        BEGIN
            IF what = 'tag' THEN
                SELECT r.people, r.duration_ms, r.error INTO users, duration_ms, error FROM cdp.tag_refresh(name) AS r;
            ELSE
                SELECT r.users, r.duration_ms, r.error INTO users, duration_ms, error FROM cdp.audience_refresh(name) AS r;
            END IF;
        EXCEPTION WHEN undefined_object OR no_data_found OR wrong_object_type THEN
            CONTINUE;
        END;
        RETURN NEXT;
    END LOOP;
    PERFORM cdp.tag_expire();
END $$;
COMMENT ON FUNCTION cdp.refresh_due() IS
    'what tag_refresh_due() and audience_refresh_due() do, each tag and audience after those that it is made of; one row each, also for those that fail';
