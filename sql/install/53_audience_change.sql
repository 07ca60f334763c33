--| ## Who entered and who left
-- What a refresh has worked out without the lock follows the merges and erasures of meanwhile; whoever is listed by
-- hand comes last, and those who stand for nobody go.
CREATE FUNCTION cdp._audience_settle(the_audience int4, fresh_chunks int4[], fresh cdp.roaringbitmap[],
    retired cdp.roaringbitmap, merges_seen int8, OUT chunks int4[], OUT bitmaps cdp.roaringbitmap[])
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    news record;
    nobody cdp.roaringbitmap := cdp.rb_or(coalesce(cdp._persons_erased(), '{}'), coalesce(cdp._persons_ended(), '{}'));
BEGIN
    chunks := fresh_chunks;
    bitmaps := fresh;
    SELECT n.absorbed, n.survivor INTO news FROM cdp._merge_news(retired, merges_seen) AS n;
    IF news.absorbed IS NOT NULL THEN
        WITH pair AS MATERIALIZED (
            SELECT * FROM cdp._merge_ends(news.absorbed, news.survivor)
        ), gone AS MATERIALIZED (
            SELECT cdp.rb_build_agg(pair.absorbed_id) AS people FROM pair
        ), part AS (
            SELECT f.chunk, cdp.rb_andnot(f.members, gone.people) AS members FROM gone, unnest(chunks, bitmaps) AS f (chunk, members)
            UNION ALL
            SELECT cdp.chunk_of(pair.survivor_id), cdp.rb_build_agg(pair.survivor_id)
              FROM gone, unnest(bitmaps) AS f (members)
             CROSS JOIN LATERAL cdp.rb_iterate(cdp.rb_and(f.members, gone.people)) AS i (one_id)
              JOIN pair ON pair.absorbed_id = i.one_id
             GROUP BY 1
        ), whole AS (
            SELECT part.chunk, cdp.rb_or_agg(part.members) AS members FROM part GROUP BY part.chunk
        )
        SELECT array_agg(whole.chunk), array_agg(whole.members) INTO chunks, bitmaps FROM whole;
    END IF;
    SELECT array_agg(s.chunk), array_agg(s.members) INTO chunks, bitmaps
      FROM (SELECT chunk,
                   cdp.rb_andnot(cdp.rb_andnot(cdp.rb_or(coalesce(f.members, '{}'), coalesce(l.included, '{}')),
                                               coalesce(l.excluded, '{}')), nobody) AS members
              FROM unnest(chunks, bitmaps) AS f (chunk, members)
              FULL JOIN (SELECT cdp.chunk_of(l.now_id) AS chunk, cdp.rb_build_agg(l.now_id) FILTER (WHERE l.is_member) AS included,
                                cdp.rb_build_agg(l.now_id) FILTER (WHERE NOT l.is_member) AS excluded
                           FROM cdp._audience_listed(the_audience) AS l GROUP BY 1) AS l USING (chunk)) AS s
     WHERE NOT cdp.rb_is_empty(s.members);
END $$;
COMMENT ON FUNCTION cdp._audience_settle(int4, int4[], cdp.roaringbitmap[], cdp.roaringbitmap, int8) IS
    'internal: people of an audience after merges and erasures since they were worked out, with those listed by hand and without those who stand for nobody';

CREATE FUNCTION cdp._audience_write(the_audience int4, snapshot int8, chunks int4[], bitmaps cdp.roaringbitmap[],
    OUT users int8, OUT entered int8, OUT left_users int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH fresh AS MATERIALIZED (
        SELECT f.chunk, f.members FROM unnest(chunks, bitmaps) AS f (chunk, members)
    ), diff AS MATERIALIZED (
        SELECT chunk, f.members, cdp.rb_andnot(coalesce(f.members, '{}'), coalesce(m.members, '{}')) AS entered,
               cdp.rb_andnot(coalesce(m.members, '{}'), coalesce(f.members, '{}')) AS left_members
          FROM fresh AS f
          FULL JOIN (SELECT m.chunk, m.members FROM cdp.audience_member AS m WHERE m.audience_id = the_audience) AS m USING (chunk)
         WHERE f.members IS NULL OR m.members IS NULL OR NOT cdp.rb_equals(f.members, m.members)
    ), gone AS (
        DELETE FROM cdp.audience_member AS m USING diff AS d
         WHERE m.audience_id = the_audience AND m.chunk = d.chunk AND d.members IS NULL
    ), put AS (
        INSERT INTO cdp.audience_member AS m (audience_id, chunk, members)
        SELECT the_audience, d.chunk, d.members FROM diff AS d WHERE d.members IS NOT NULL
        ON CONFLICT (audience_id, chunk) DO UPDATE SET members = excluded.members
    ), noted AS (
        INSERT INTO cdp.audience_change (audience_id, chunk, snapshot_id, entered, left_members)
        SELECT the_audience, d.chunk, snapshot, d.entered, d.left_members FROM diff AS d
    )
    SELECT coalesce((SELECT sum(cdp.rb_cardinality(f.members)) FROM fresh AS f), 0),
           coalesce(sum(cdp.rb_cardinality(d.entered)), 0), coalesce(sum(cdp.rb_cardinality(d.left_members)), 0)
      INTO users, entered, left_users FROM diff AS d;
END $$;
COMMENT ON FUNCTION cdp._audience_write(int4, int8, int4[], cdp.roaringbitmap[]) IS
    'internal: makes these the members of an audience and keeps who entered and left, writing only chunks that differ';

-- The oldest that is left may be older than the time to keep: until the next one, the members were those.
CREATE FUNCTION cdp._audience_prune(the_audience int4, keep_snapshots int4, keep_for interval) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first_kept int8 := greatest(
        (SELECT min(s.snapshot_id)
           FROM (SELECT s.snapshot_id FROM cdp.audience_snapshot AS s
                  WHERE s.audience_id = the_audience AND s.members_kept
                  ORDER BY s.snapshot_id DESC LIMIT keep_snapshots) AS s),
        (SELECT max(s.snapshot_id) FROM cdp.audience_snapshot AS s
          WHERE s.audience_id = the_audience AND s.members_kept AND s.computed_at <= now() - keep_for));
BEGIN
    UPDATE cdp.audience_snapshot AS s SET members_kept = false
     WHERE s.audience_id = the_audience AND s.members_kept AND s.snapshot_id < first_kept;
    IF FOUND THEN
        DELETE FROM cdp.audience_change AS c WHERE c.audience_id = the_audience AND c.snapshot_id < first_kept;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._audience_prune(int4, int4, interval) IS
    'internal: forgets who entered and left an audience with its oldest snapshots; their sizes stay';

CREATE FUNCTION cdp._audience_snapshot_at(the_audience int4, at timestamptz, snapshot int8 DEFAULT NULL) RETURNS int8
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first_kept record;
    found int8;
BEGIN
    SELECT s.snapshot_id, s.computed_at INTO first_kept FROM cdp.audience_snapshot AS s
     WHERE s.audience_id = the_audience AND s.members_kept ORDER BY s.snapshot_id LIMIT 1;
    IF snapshot IS NULL THEN
        SELECT s.snapshot_id INTO found FROM cdp.audience_snapshot AS s
         WHERE s.audience_id = the_audience AND s.error IS NULL AND s.computed_at <= at
         ORDER BY s.snapshot_id DESC LIMIT 1;
    ELSE
        SELECT s.snapshot_id INTO found FROM cdp.audience_snapshot AS s
         WHERE s.audience_id = the_audience AND s.snapshot_id = snapshot;
    END IF;
    IF found >= first_kept.snapshot_id THEN
        RETURN found;
    ELSIF snapshot IS NOT NULL AND found IS NULL THEN
        RAISE EXCEPTION '% is not a snapshot of audience "%"', snapshot, (SELECT a.name FROM cdp.audience AS a WHERE a.audience_id = the_audience) USING
            ERRCODE = 'undefined_object',
            HINT = 'cdp.v_audience_trend lists the snapshots of an audience.';
    END IF;
    RAISE EXCEPTION 'members of audience "%" of that time are not known', (SELECT a.name FROM cdp.audience AS a WHERE a.audience_id = the_audience) USING
        ERRCODE = 'object_not_in_prerequisite_state',
        DETAIL = CASE WHEN first_kept IS NULL THEN 'It has never been refreshed.'
            ELSE format('The first snapshot of which they are kept is number %s, of %s.', first_kept.snapshot_id, first_kept.computed_at) END,
        HINT = 'Columns keep_snapshots and keep_for of cdp.audience say how many are kept.';
END $$;
COMMENT ON FUNCTION cdp._audience_snapshot_at(int4, timestamptz, int8) IS
    'internal: the snapshot whose members an audience had at a time, or this one; an error when it is not known any more who they were';

CREATE FUNCTION cdp._audience_members_at(audience_id int4, at timestamptz, chunk int4) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    since int8 := cdp._audience_snapshot_at(audience_id, at);
    members cdp.roaringbitmap := coalesce((SELECT m.members FROM cdp.audience_member AS m
        WHERE m.audience_id = _audience_members_at.audience_id AND m.chunk = _audience_members_at.chunk), '{}');
    step record;
BEGIN
    FOR step IN
        SELECT c.entered, c.left_members FROM cdp.audience_change AS c
         WHERE c.audience_id = _audience_members_at.audience_id AND c.chunk = _audience_members_at.chunk AND c.snapshot_id > since
         ORDER BY c.snapshot_id DESC
    LOOP
        members := cdp.rb_or(cdp.rb_andnot(members, step.entered), step.left_members);
    END LOOP;
    RETURN members;
END $$;
COMMENT ON FUNCTION cdp._audience_members_at(int4, timestamptz, int4) IS
    'internal: one chunk of the members that an audience had at a time: changes taken back from now';

CREATE FUNCTION cdp._audience_delta(the_audience int4, since int8)
    RETURNS TABLE (chunk int4, entered cdp.roaringbitmap, left_members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    step record;
    came_back cdp.roaringbitmap;
BEGIN
    FOR step IN
        SELECT c.chunk, c.entered, c.left_members FROM cdp.audience_change AS c
         WHERE c.audience_id = the_audience AND c.snapshot_id > since
         ORDER BY c.chunk, c.snapshot_id
    LOOP
        IF chunk <> step.chunk THEN
            RETURN NEXT;
        END IF;
        IF chunk = step.chunk THEN
            -- Who leaves after entering, or comes back after leaving, has done neither.
            came_back := cdp.rb_and(step.entered, left_members);
            left_members := cdp.rb_or(cdp.rb_andnot(left_members, came_back), cdp.rb_andnot(step.left_members, entered));
            entered := cdp.rb_or(cdp.rb_andnot(entered, step.left_members), cdp.rb_andnot(step.entered, came_back));
        ELSE
            chunk := step.chunk;
            entered := step.entered;
            left_members := step.left_members;
        END IF;
    END LOOP;
    IF chunk IS NOT NULL THEN
        RETURN NEXT;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._audience_delta(int4, int8) IS
    'internal: who has entered and left an audience since a snapshot, chunk by chunk, taken together';

CREATE FUNCTION cdp._audience_before_json(person int4) RETURNS jsonb LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('audience', a.name, 'at', s.computed_at,
                                                         'change', CASE WHEN cdp.rb_contains(c.entered, person) THEN 'entered' ELSE 'left' END)
                                      ORDER BY a.name, c.snapshot_id), '[]')
              FROM cdp.audience_change AS c
              JOIN cdp.audience AS a USING (audience_id)
              JOIN cdp.audience_snapshot AS s USING (snapshot_id)
             WHERE c.chunk = cdp.chunk_of(person)
               AND (cdp.rb_contains(c.entered, person) OR cdp.rb_contains(c.left_members, person)));
END $$;
COMMENT ON FUNCTION cdp._audience_before_json(int4) IS
    'internal: when a person entered and left audiences, as far back as that is kept';

CREATE FUNCTION cdp.audience_delta_bitmap(name text, since timestamptz DEFAULT NULL, snapshot int8 DEFAULT NULL,
    OUT entered cdp.roaringbitmap, OUT left_members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT coalesce(cdp.rb_or_agg(d.entered), '{}'), coalesce(cdp.rb_or_agg(d.left_members), '{}') INTO entered, left_members
      FROM cdp._audience_delta_since(name, since, snapshot) AS d;
END $$;
COMMENT ON FUNCTION cdp.audience_delta_bitmap(text, timestamptz, int8) IS
    'who has entered and who has left an audience since a time, or since one of its snapshots, as bitmaps; who did both is in neither';

CREATE FUNCTION cdp.audience_delta(name text, since timestamptz DEFAULT NULL, snapshot int8 DEFAULT NULL)
    RETURNS TABLE (one_id int4, change text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT i.one_id, c.change
          FROM cdp._audience_delta_since(name, since, snapshot) AS d
         CROSS JOIN LATERAL (VALUES ('entered', d.entered), ('left', d.left_members)) AS c (change, people)
         CROSS JOIN LATERAL cdp.rb_iterate(c.people) AS i (one_id);
END $$;
COMMENT ON FUNCTION cdp.audience_delta(text, timestamptz, int8) IS
    'one row for everybody who has "entered" or "left" an audience since a time, or since one of its snapshots; who did both is in neither';

CREATE FUNCTION cdp._audience_delta_since(name text, since timestamptz, snapshot int8)
    RETURNS TABLE (chunk int4, entered cdp.roaringbitmap, left_members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    the_audience int4 := cdp._audience_id(name);
BEGIN
    IF num_nonnulls(since, snapshot) <> 1 THEN
        RAISE EXCEPTION 'changes of audience "%" are asked for since a time or since a snapshot', name USING
            ERRCODE = 'invalid_parameter_value',
            HINT = format('Call cdp.audience_delta(%L, since => ...) or (%1$L, snapshot => ...).', name);
    END IF;
    RETURN QUERY SELECT * FROM cdp._audience_delta(the_audience, cdp._audience_snapshot_at(the_audience, since, snapshot));
END $$;
COMMENT ON FUNCTION cdp._audience_delta_since(text, timestamptz, int8) IS
    'internal: who has entered and left an audience since a time or a snapshot, one of which is given';
