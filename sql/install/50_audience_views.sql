--| ## Views
CREATE FUNCTION cdp._setup_audience_views() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CREATE OR REPLACE VIEW cdp.v_audience AS
        SELECT a.name AS audience, a.folder, a.description, a.kind, a.definition, m.users,
               m.users::float8 / nullif(everyone.people, 0) AS share, a.refreshed_at,
               last.error AS last_error, a.owner::text AS owner
          FROM cdp.audience AS a
         CROSS JOIN LATERAL (
            SELECT CASE WHEN a.refreshed_at IS NOT NULL THEN coalesce(sum(m.users), 0)::int8 END AS users
              FROM cdp.audience_member AS m WHERE m.audience_id = a.audience_id) AS m
          LEFT JOIN LATERAL (
            SELECT s.error FROM cdp.audience_snapshot AS s WHERE s.audience_id = a.audience_id
             ORDER BY s.computed_at DESC, s.snapshot_id DESC LIMIT 1) AS last ON true
         CROSS JOIN (
            SELECT count(*) AS people FROM cdp.person AS p WHERE p.merged_into IS NULL AND p.ended_at IS NULL) AS everyone;
    COMMENT ON VIEW cdp.v_audience IS 'one row per audience, with its size';
    COMMENT ON COLUMN cdp.v_audience.users IS 'members as of the last refresh; NULL before the first';
    COMMENT ON COLUMN cdp.v_audience.share IS 'members as a share of all persons';
    COMMENT ON COLUMN cdp.v_audience.last_error IS 'why the last refresh failed; NULL when it succeeded';

    CREATE OR REPLACE VIEW cdp.v_audience_member AS
        SELECT a.name AS audience, o.one_id
          FROM cdp.audience AS a
          JOIN cdp.audience_member AS m USING (audience_id)
         CROSS JOIN LATERAL cdp.rb_iterate(m.members) AS o (one_id);
    COMMENT ON VIEW cdp.v_audience_member IS 'one row per audience and member';

    CREATE OR REPLACE VIEW cdp.v_audience_trend AS
        SELECT a.name AS audience, s.computed_at, s.users, s.entered, s.left_users, s.duration_ms, s.snapshot_id
          FROM cdp.audience AS a
          JOIN cdp.audience_snapshot AS s USING (audience_id)
         WHERE s.error IS NULL;
    COMMENT ON VIEW cdp.v_audience_trend IS 'one row per successful refresh of an audience';
    COMMENT ON COLUMN cdp.v_audience_trend.entered IS 'members who were none at the refresh before';
    COMMENT ON COLUMN cdp.v_audience_trend.left_users IS 'members of the refresh before who are none any more';
END $$;
COMMENT ON FUNCTION cdp._setup_audience_views() IS 'internal: makes the views of the audiences';
