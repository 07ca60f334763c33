--| ## Many at once
CREATE FUNCTION cdp._audience_order() RETURNS TABLE (audience_id int4, name text, level int4)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        WITH RECURSIVE depth AS (
            SELECT a.audience_id, a.name, 0 AS level FROM cdp.audience AS a
            UNION
            SELECT a.audience_id, a.name, depth.level + 1
              FROM depth, cdp.audience AS a
             CROSS JOIN LATERAL cdp._audience_uses(a.kind, a.definition) AS u
             -- No chain is longer than there are audiences: a circle, should there be one, ends here.
             WHERE u.op = 'audience' AND u.name = depth.name
               AND depth.level < (SELECT count(*) FROM cdp.audience AS k)
        )
        SELECT d.audience_id, d.name, max(d.level) FROM depth AS d GROUP BY d.audience_id, d.name;
END $$;
COMMENT ON FUNCTION cdp._audience_order() IS 'internal: how late each audience is to be refreshed: those of a level are made of such with smaller ones';

CREATE FUNCTION cdp.audience_refresh_all()
    RETURNS TABLE (audience text, users int8, entered int8, left_users int8, unresolved int8,
                   duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next_name text;
BEGIN
    PERFORM cdp._require_setup();
    FOR next_name IN SELECT o.name FROM cdp._audience_order() AS o ORDER BY o.level, o.name LOOP
        RETURN QUERY SELECT * FROM cdp.audience_refresh(next_name);
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp.audience_refresh_all() IS
    'refreshes every audience, those that others are made of first; one row each, also for those that fail';

CREATE FUNCTION cdp.audience_refresh_due(at timestamptz DEFAULT now())
    RETURNS TABLE (audience text, users int8, entered int8, left_users int8, unresolved int8,
                   duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next_name text;
BEGIN
    PERFORM cdp._require_setup();
    FOR next_name IN
        SELECT o.name FROM cdp._audience_order() AS o JOIN cdp.audience AS a USING (audience_id)
         WHERE a.refresh_every IS NOT NULL AND coalesce(a.refreshed_at + a.refresh_every <= at, true)
         ORDER BY o.level, o.name
    LOOP
        RETURN QUERY SELECT * FROM cdp.audience_refresh(next_name);
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp.audience_refresh_due(timestamptz) IS
    'refreshes the audiences whose refresh_every has passed since their last successful refresh, those that others are made of first; one row each, also for those that fail';
