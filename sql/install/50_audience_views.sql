--| ## Views
CREATE FUNCTION cdp._setup_audience_views() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CREATE OR REPLACE VIEW cdp.v_audience AS
        SELECT a.name AS audience, a.folder, a.description, a.kind, a.definition, m.users,
               m.users::float8 / nullif(everyone.people, 0) AS share, a.refreshed_at,
               last.error AS last_error, a.owner::text AS owner, a.audience_id, a.priority,
               CASE WHEN a.refresh_every IS NOT NULL THEN coalesce(a.refreshed_at + a.refresh_every, a.created_at) END AS due_at,
               kept.snapshot_id AS last_snapshot_id, kept.since AS kept_since
          FROM cdp.audience AS a
         CROSS JOIN LATERAL (
            SELECT CASE WHEN a.refreshed_at IS NOT NULL THEN coalesce(sum(m.users), 0)::int8 END AS users
              FROM cdp.audience_member AS m WHERE m.audience_id = a.audience_id) AS m
          LEFT JOIN LATERAL (
            SELECT s.error FROM cdp.audience_snapshot AS s WHERE s.audience_id = a.audience_id
             ORDER BY s.snapshot_id DESC LIMIT 1) AS last ON true
         CROSS JOIN LATERAL (
            SELECT max(s.snapshot_id) AS snapshot_id, min(s.computed_at) AS since
              FROM cdp.audience_snapshot AS s WHERE s.audience_id = a.audience_id AND s.members_kept) AS kept
         CROSS JOIN (
            SELECT sum(l.users)::int8 AS people FROM cdp.person_living AS l) AS everyone;
    COMMENT ON VIEW cdp.v_audience IS 'one row per audience, with its size';
    PERFORM cdp._comment_columns('v_audience', ARRAY[
        ['audience', 'its name'],
        ['folder', 'where it is shown among the others'],
        ['description', 'what it is for'],
        ['kind', 'how it is defined: expression, sql, or static: its members stay as they are'],
        ['definition', 'the rule or the query; of a static one, where its members came from'],
        ['users', 'members as of the last refresh; NULL before the first'],
        ['share', 'members as a share of all persons'],
        ['refreshed_at', 'last successful refresh'],
        ['last_error', 'why the last refresh failed; NULL when it succeeded'],
        ['owner', 'the role whose SQL a query is'],
        ['audience_id', 'its number'],
        ['priority', 'the smaller, the earlier people are given to it; NULL: it takes no part'],
        ['due_at', 'when audience_refresh_due() takes it again; NULL: never'],
        ['last_snapshot_id', 'number of its last successful refresh: what a reader of changes remembers'],
        ['kept_since', 'the earliest time of which it is known who was a member']]);

    CREATE OR REPLACE VIEW cdp.v_audience_member AS
        SELECT a.name AS audience, o.one_id
          FROM cdp.audience AS a
          JOIN cdp.audience_member AS m USING (audience_id)
         CROSS JOIN LATERAL cdp.rb_iterate(m.members) AS o (one_id);
    COMMENT ON VIEW cdp.v_audience_member IS 'one row per audience and member, for reading many; of one person cdp.audiences_of() tells without unpacking everybody';
    PERFORM cdp._comment_columns('v_audience_member', ARRAY[
        ['audience', 'name of the audience'],
        ['one_id', 'the member (int4 read unsigned)']]);

    CREATE OR REPLACE VIEW cdp.v_audience_trend AS
        SELECT a.name AS audience, s.computed_at, s.users, s.entered, s.left_users, s.duration_ms, s.snapshot_id
          FROM cdp.audience AS a
          JOIN cdp.audience_snapshot AS s USING (audience_id)
         WHERE s.error IS NULL;
    COMMENT ON VIEW cdp.v_audience_trend IS 'one row per successful refresh of an audience';
    PERFORM cdp._comment_columns('v_audience_trend', ARRAY[
        ['audience', 'name of the audience'],
        ['computed_at', 'when'],
        ['users', 'members then, as they were counted then'],
        ['entered', 'members who were none at the refresh before'],
        ['left_users', 'members of the refresh before who are none any more'],
        ['duration_ms', 'how long the refresh took'],
        ['snapshot_id', 'number of the snapshot']]);
    PERFORM cdp._setup_audience_sync();
END $$;
COMMENT ON FUNCTION cdp._setup_audience_views() IS 'internal: makes the views of the audiences';

-- Three tables that a sender copies elsewhere. A row whose changed_at has not moved has not changed; rows that are gone
-- are known by their absence, and of memberships by audience_delta().
CREATE FUNCTION cdp._setup_audience_sync() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CREATE OR REPLACE VIEW cdp.v_sync_audience AS
        SELECT a.audience_id, a.name, a.folder, a.description, a.kind, s.users, a.created_at, a.refreshed_at, s.snapshot_id,
               greatest(a.refreshed_at, v.changed_at) AS changed_at
          FROM cdp.audience AS a
          LEFT JOIN LATERAL (
            SELECT s.snapshot_id, s.users FROM cdp.audience_snapshot AS s
             WHERE s.audience_id = a.audience_id AND s.members_kept ORDER BY s.snapshot_id DESC LIMIT 1) AS s ON true
          LEFT JOIN LATERAL (
            SELECT max(v.changed_at) AS changed_at FROM cdp.audience_version AS v WHERE v.audience_id = a.audience_id) AS v ON true;
    COMMENT ON VIEW cdp.v_sync_audience IS 'audiences for other systems: one row each; key: audience_id';
    PERFORM cdp._comment_columns('v_sync_audience', ARRAY[
        ['audience_id', 'number of the audience, which stays when it is renamed'],
        ['name', 'its name'],
        ['folder', 'where it is shown among the others'],
        ['description', 'what it is for'],
        ['kind', 'how it is defined: expression, sql, or static'],
        ['users', 'members as counted by the last refresh; NULL before the first'],
        ['created_at', 'when it was first defined'],
        ['refreshed_at', 'last successful refresh'],
        ['snapshot_id', 'number of that refresh: what to ask audience_delta() with next time'],
        ['changed_at', 'when it was last refreshed or defined anew; a new name, folder or description does not count']]);

    CREATE OR REPLACE VIEW cdp.v_sync_person AS
        SELECT p.one_id, i.identifiers, coalesce(f.attrs, '{}') AS attrs, i.first_seen, i.last_seen, p.created_at,
               greatest(p.created_at, i.changed_at, h.changed_at, f.updated_at) AS changed_at
          FROM cdp.person AS p
         -- Person by person: groups of all identifiers would not fit into work_mem, and give nobody before everybody.
         CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(k.name, k.vals) AS identifiers, min(k.first_seen) AS first_seen,
                   max(k.last_seen) AS last_seen, max(k.changed_at) AS changed_at
              FROM (SELECT t.name, jsonb_agg(i.value ORDER BY i.last_seen DESC, i.id) AS vals,
                           min(i.first_seen) AS first_seen, max(i.last_seen) AS last_seen, max(i.since) AS changed_at
                      FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id)
                     WHERE i.one_id = p.one_id GROUP BY t.name) AS k) AS i
         CROSS JOIN LATERAL (
            SELECT max(h.until) AS changed_at FROM cdp.identifier_history AS h WHERE h.one_id = p.one_id) AS h
          LEFT JOIN cdp.profile AS f USING (one_id)
         WHERE p.merged_into IS NULL AND p.ended_at IS NULL AND i.identifiers IS NOT NULL;
    COMMENT ON VIEW cdp.v_sync_person IS 'living persons for other systems: one row each; key: one_id';
    PERFORM cdp._comment_columns('v_sync_person', ARRAY[
        ['one_id', 'the person (int4 read unsigned)'],
        ['identifiers', 'identifiers by type, each type''s lately seen first: {"phone": ["+8613900000001"]}'],
        ['attrs', 'attributes by key: {"city": "Shanghai"}'],
        ['first_seen', 'earliest time of an event or link'],
        ['last_seen', 'latest time of an event or link'],
        ['created_at', 'when the OneID was given out'],
        ['changed_at', 'when identifiers last joined or left, or attributes last changed; being seen again does not count']]);

    CREATE OR REPLACE VIEW cdp.v_sync_membership AS
        SELECT e.audience_id, i.one_id, greatest(e.entered_at, g.merged_at) AS changed_at
          FROM (SELECT m.audience_id, cdp.rb_and(m.members, cdp.rb_andnot(c.entered, c.later)) AS people, s.computed_at AS entered_at
                  FROM cdp.audience_member AS m
                  JOIN (SELECT c.audience_id, c.chunk, c.snapshot_id, c.entered,
                               coalesce(cdp.rb_or_agg(c.entered) OVER (PARTITION BY c.audience_id, c.chunk ORDER BY c.snapshot_id DESC
                                                                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), '{}') AS later
                          FROM cdp.audience_change AS c) AS c USING (audience_id, chunk)
                  JOIN cdp.audience_snapshot AS s ON s.snapshot_id = c.snapshot_id
                UNION ALL
                SELECT m.audience_id, cdp.rb_andnot(m.members, coalesce(c.entered, '{}')), a.created_at
                  FROM cdp.audience_member AS m
                  JOIN cdp.audience AS a USING (audience_id)
                  LEFT JOIN (SELECT c.audience_id, c.chunk, cdp.rb_or_agg(c.entered) AS entered
                               FROM cdp.audience_change AS c GROUP BY c.audience_id, c.chunk) AS c USING (audience_id, chunk)) AS e
         CROSS JOIN LATERAL cdp.rb_iterate(e.people) AS i (one_id)
          LEFT JOIN (SELECT p.merged_into AS one_id, max(p.merged_at) AS merged_at FROM cdp.person AS p
                      WHERE p.merged_into IS NOT NULL GROUP BY p.merged_into) AS g ON g.one_id = i.one_id
         WHERE NOT EXISTS (SELECT FROM cdp.person AS p WHERE p.one_id = i.one_id AND p.ended_at IS NOT NULL);
    COMMENT ON VIEW cdp.v_sync_membership IS 'living members of audiences for other systems: one row per audience and member; key: audience_id, one_id';
    PERFORM cdp._comment_columns('v_sync_membership', ARRAY[
        ['audience_id', 'number of the audience, see v_sync_audience'],
        ['one_id', 'the person (int4 read unsigned), see v_sync_person'],
        ['changed_at', 'when the person entered, or united with another, whichever was later; of members from before the first refresh that is kept, when the audience was first defined']]);
END $$;
COMMENT ON FUNCTION cdp._setup_audience_sync() IS 'internal: makes the views that are copied to other systems';

CREATE FUNCTION cdp._comment_columns(name text, comments text[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part text[];
BEGIN
    FOREACH part SLICE 1 IN ARRAY comments LOOP
        EXECUTE format('COMMENT ON COLUMN cdp.%I.%I IS %L', name, part[1], part[2]);
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp._comment_columns(text, text[]) IS 'internal: comments on columns of a view, by (column, comment)';
