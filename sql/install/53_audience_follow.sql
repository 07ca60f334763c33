--| ## Merges and endings
-- What was is told of the persons of now. Who was absorbed and who absorbed him count as one person all along, who was
-- a member whenever one of them was: he enters with the first of them and leaves with the last. So walking back from
-- the members of now gives the members of then, and no snapshot shows who is retired. The numbers of a snapshot
-- stay what they were.
CREATE FUNCTION cdp._audience_change_remap(absorbed int4[], survivor int4[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Before his OneID was given out an absorbed person was in nothing; nothing of that time has to be retold.
    since int8 := (SELECT min(s.snapshot_id) FROM cdp.audience_snapshot AS s
                    WHERE s.members_kept
                      AND s.computed_at >= (SELECT coalesce(min(p.created_at), '-infinity') FROM cdp.person AS p WHERE p.one_id = ANY (absorbed)));
    retired cdp.roaringbitmap := cdp.rb_build(absorbed);
    retired_chunks int4[] := ARRAY(SELECT DISTINCT cdp.chunk_of(a.one_id) FROM unnest(absorbed) AS a (one_id));
    hit int4[];
    chunks int4[];
BEGIN
    IF since IS NULL THEN
        RETURN;
    END IF;
    hit := ARRAY(
        SELECT c.audience_id FROM cdp.audience_change AS c
         WHERE c.chunk = ANY (retired_chunks) AND c.snapshot_id >= since
           AND (cdp.rb_intersect(c.entered, retired) OR cdp.rb_intersect(c.left_members, retired))
        UNION
        SELECT m.audience_id FROM cdp.audience_member AS m
         WHERE m.chunk = ANY (retired_chunks) AND cdp.rb_intersect(m.members, retired));
    IF hit = '{}' THEN
        RETURN;
    END IF;
    WITH pair AS MATERIALIZED (
        SELECT * FROM cdp._merge_ends(absorbed, survivor)
    ), person AS MATERIALIZED (
        SELECT p.absorbed_id AS one_id, p.survivor_id AS united FROM pair AS p
        UNION
        SELECT p.survivor_id, p.survivor_id FROM pair AS p
    ), concerned AS MATERIALIZED (
        SELECT cdp.chunk_of(p.one_id) AS chunk, cdp.rb_build_agg(p.one_id) AS people FROM person AS p GROUP BY 1
    ), touched AS MATERIALIZED (
        SELECT c.audience_id, c.chunk, c.snapshot_id,
               cdp.rb_and(c.entered, k.people) AS entered, cdp.rb_and(c.left_members, k.people) AS left_members
          FROM cdp.audience_change AS c
          JOIN concerned AS k ON k.chunk = c.chunk AND (cdp.rb_intersect(c.entered, k.people) OR cdp.rb_intersect(c.left_members, k.people))
         WHERE c.audience_id = ANY (hit) AND c.snapshot_id >= since
    ), step AS (
        SELECT t.audience_id, t.snapshot_id, p.united, sum(e.change) AS change
          FROM touched AS t
         CROSS JOIN LATERAL (SELECT i.one_id, 1 AS change FROM cdp.rb_iterate(t.entered) AS i (one_id)
                             UNION ALL
                             SELECT i.one_id, -1 FROM cdp.rb_iterate(t.left_members) AS i (one_id)) AS e
          JOIN person AS p ON p.one_id = e.one_id
         GROUP BY t.audience_id, t.snapshot_id, p.united
    ), present AS (
        SELECT m.audience_id, p.united, count(*) AS members
          FROM cdp.audience_member AS m
          JOIN concerned AS k ON k.chunk = m.chunk
         CROSS JOIN LATERAL cdp.rb_iterate(cdp.rb_and(m.members, k.people)) AS i (one_id)
          JOIN person AS p ON p.one_id = i.one_id
         WHERE m.audience_id = ANY (hit)
         GROUP BY m.audience_id, p.united
    ), walk AS (
        -- How many of those who are one now were members after each snapshot: from now back.
        SELECT s.audience_id, s.snapshot_id, s.united, s.change,
               coalesce(n.members, 0) - coalesce(sum(s.change) OVER (PARTITION BY s.audience_id, s.united ORDER BY s.snapshot_id DESC
                                                                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS members
          FROM step AS s LEFT JOIN present AS n USING (audience_id, united)
    ), fresh AS (
        SELECT w.audience_id, cdp.chunk_of(w.united) AS chunk, w.snapshot_id,
               cdp.rb_build_agg(w.united) FILTER (WHERE w.members > 0 AND w.members - w.change <= 0) AS entered,
               cdp.rb_build_agg(w.united) FILTER (WHERE w.members <= 0 AND w.members - w.change > 0) AS left_members
          FROM walk AS w GROUP BY 1, 2, 3
        UNION ALL
        SELECT t.audience_id, t.chunk, t.snapshot_id, '{}', '{}' FROM touched AS t
    ), put AS (
        INSERT INTO cdp.audience_change AS c (audience_id, chunk, snapshot_id, entered, left_members)
        SELECT f.audience_id, f.chunk, f.snapshot_id, coalesce(cdp.rb_or_agg(f.entered), '{}'), coalesce(cdp.rb_or_agg(f.left_members), '{}')
          FROM fresh AS f GROUP BY 1, 2, 3
        ON CONFLICT (audience_id, chunk, snapshot_id) DO UPDATE
           SET entered = cdp.rb_or(excluded.entered, cdp.rb_andnot(c.entered,
                   (SELECT k.people FROM concerned AS k WHERE k.chunk = excluded.chunk))),
               left_members = cdp.rb_or(excluded.left_members, cdp.rb_andnot(c.left_members,
                   (SELECT k.people FROM concerned AS k WHERE k.chunk = excluded.chunk)))
        RETURNING c.chunk
    )
    SELECT array_agg(DISTINCT put.chunk) INTO chunks FROM put;
    PERFORM cdp._audience_change_tidy(chunks);
END $$;
COMMENT ON FUNCTION cdp._audience_change_remap(int4[], int4[]) IS
    'internal: retells who entered and left audiences as if absorbed people and their survivors had always been one; before their members follow';

CREATE FUNCTION cdp._audience_change_tidy(chunks int4[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM cdp.audience_change AS c
     WHERE c.chunk = ANY (chunks) AND cdp.rb_is_empty(c.entered) AND cdp.rb_is_empty(c.left_members);
END $$;
COMMENT ON FUNCTION cdp._audience_change_tidy(int4[]) IS 'internal: removes rows of audience_change that nobody is in any more';

CREATE FUNCTION cdp._audience_member_remap(absorbed int4[], survivor int4[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH pair AS MATERIALIZED (
        SELECT * FROM cdp._merge_ends(absorbed, survivor)
    ), retired AS MATERIALIZED (
        SELECT cdp.chunk_of(pair.absorbed_id) AS chunk, cdp.rb_build_agg(pair.absorbed_id) AS members
          FROM pair GROUP BY 1
    ), hit AS MATERIALIZED (
        SELECT m.audience_id, m.chunk, cdp.rb_and(m.members, r.members) AS members
          FROM cdp.audience_member AS m
          JOIN retired AS r ON r.chunk = m.chunk AND cdp.rb_intersect(m.members, r.members)
    ), gain AS (
        SELECT hit.audience_id, cdp.chunk_of(pair.survivor_id) AS chunk,
               cdp.rb_build_agg(pair.survivor_id) AS members
          FROM hit
         CROSS JOIN LATERAL cdp.rb_iterate(hit.members) AS i (one_id)
          JOIN pair ON pair.absorbed_id = i.one_id
         GROUP BY 1, 2
    ), touched AS (
        SELECT * FROM gain
        UNION ALL
        SELECT hit.audience_id, hit.chunk, '{}' FROM hit
    )
    INSERT INTO cdp.audience_member AS m (audience_id, chunk, members)
    SELECT touched.audience_id, touched.chunk, cdp.rb_or_agg(touched.members)
      FROM touched GROUP BY 1, 2
    ON CONFLICT (audience_id, chunk) DO UPDATE SET members = cdp.rb_or(excluded.members,
        cdp.rb_andnot(m.members, coalesce(
            (SELECT retired.members FROM retired WHERE retired.chunk = excluded.chunk), '{}')));
    DELETE FROM cdp.audience_member AS m
     WHERE m.users = 0
       AND m.chunk = ANY (ARRAY(SELECT cdp.chunk_of(a.id) FROM unnest(absorbed) AS a (id)));
END $$;
COMMENT ON FUNCTION cdp._audience_member_remap(int4[], int4[]) IS
    'internal: replaces absorbed people by their survivors in the members of all audiences';

CREATE FUNCTION cdp._audience_merge() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    absorbed int4[];
    survivor int4[];
BEGIN
    PERFORM cdp._merge_lock(true);
    SELECT array_agg(m.absorbed), array_agg(m.survivor) INTO absorbed, survivor FROM merged AS m;
    IF absorbed IS NOT NULL AND EXISTS (SELECT FROM cdp.audience) THEN
        PERFORM cdp._audience_change_remap(absorbed, survivor);
        PERFORM cdp._audience_member_remap(absorbed, survivor);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._audience_merge() IS 'internal: audiences follow merged people (trigger on merge_log)';

CREATE FUNCTION cdp._audience_leave(persons cdp.roaringbitmap, OUT member_rows int8, OUT change_rows int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chunks int4[] := ARRAY(SELECT DISTINCT cdp.chunk_of(p.one_id) FROM cdp.rb_iterate(persons) AS p (one_id));
    few boolean := cdp.rb_cardinality(persons) <= 5;
BEGIN
    -- Whether one person is in a set is read from a piece of what is stored.
    UPDATE cdp.audience_member AS m SET members = cdp.rb_andnot(m.members, persons)
     WHERE m.chunk = ANY (chunks)
       AND CASE WHEN few THEN EXISTS (SELECT FROM cdp.rb_iterate(persons) AS p (one_id) WHERE cdp.rb_contains(m.members, p.one_id))
                ELSE cdp.rb_intersect(m.members, persons) END;
    GET DIAGNOSTICS member_rows = ROW_COUNT;
    DELETE FROM cdp.audience_member AS m WHERE m.users = 0 AND m.chunk = ANY (chunks);
    UPDATE cdp.audience_change AS c
       SET entered = cdp.rb_andnot(c.entered, persons), left_members = cdp.rb_andnot(c.left_members, persons)
     WHERE c.chunk = ANY (chunks)
       AND CASE WHEN few THEN EXISTS (SELECT FROM cdp.rb_iterate(persons) AS p (one_id)
                                       WHERE cdp.rb_contains(c.entered, p.one_id) OR cdp.rb_contains(c.left_members, p.one_id))
                ELSE cdp.rb_intersect(c.entered, persons) OR cdp.rb_intersect(c.left_members, persons) END;
    GET DIAGNOSTICS change_rows = ROW_COUNT;
    PERFORM cdp._audience_change_tidy(chunks);
END $$;
COMMENT ON FUNCTION cdp._audience_leave(cdp.roaringbitmap) IS
    'internal: takes people out of all audiences and their past; returns how many rows they were in';

CREATE FUNCTION cdp._audience_split() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended cdp.roaringbitmap := cdp._persons_ending(ARRAY(SELECT s.one_id FROM parted AS s WHERE s.part IS NULL));
BEGIN
    IF ended IS NOT NULL THEN
        PERFORM cdp._merge_lock(true);
        PERFORM cdp._audience_leave(ended);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._audience_split() IS 'internal: audiences lose people who end (trigger on split_log)';

CREATE FUNCTION cdp._audience_erase(persons cdp.roaringbitmap) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone record;
    list_rows int8;
BEGIN
    gone := cdp._audience_leave(persons);
    DELETE FROM cdp.audience_list AS l
     WHERE l.one_id = ANY (ARRAY(SELECT f.one_id FROM cdp._person_family(cdp.rb_to_array(persons)) AS f));
    GET DIAGNOSTICS list_rows = ROW_COUNT;
    RETURN jsonb_build_object('audience_member', gone.member_rows, 'audience_change', gone.change_rows, 'audience_list', list_rows);
END $$;
COMMENT ON FUNCTION cdp._audience_erase(cdp.roaringbitmap) IS
    'internal: takes people out of all audiences, their past and their lists; returns how many rows they were in, by table';
