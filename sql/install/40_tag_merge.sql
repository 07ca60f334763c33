--| ## Merges
--| Whoever writes bitmaps of people (a refresh) and whoever merges people must not pass each other
--| unseen: a refresh that began before a merge would bring the retired id back. A refresh computes
--| without any lock, then holds merges off while it writes, and follows the merges that came between.
CREATE FUNCTION cdp._merge_check_isolation() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        RAISE EXCEPTION 'transaction isolation level must be "read committed", not "%"', current_setting('transaction_isolation') USING
            ERRCODE = 'feature_not_supported',
            DETAIL = 'What others commit meanwhile would be overlooked.',
            HINT = 'Begin with BEGIN ISOLATION LEVEL READ COMMITTED.';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._merge_check_isolation() IS
    'internal: an error when this transaction cannot see what others commit meanwhile';

CREATE FUNCTION cdp._merge_lock(merging boolean) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._merge_check_isolation();
    IF merging THEN
        PERFORM cdp._lock('merge');
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('cdp.merge', 0));
    END IF;
END $$;
COMMENT ON FUNCTION cdp._merge_lock(boolean) IS
    'internal: to the end of the transaction, writers of bitmaps (false) and mergers (true) wait for each other';

-- Several merges of one batch may form a chain (c into b, b into a): everybody gets to its end.
CREATE FUNCTION cdp._merge_ends(absorbed int4[], survivor int4[])
    RETURNS TABLE (absorbed_id int4, survivor_id int4)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE pair AS (
        SELECT DISTINCT p.a, p.s FROM unnest(absorbed, survivor) AS p (a, s) WHERE p.a <> p.s
    ), walk AS (
        SELECT pair.a, pair.s, 1 AS hop FROM pair
        UNION ALL
        SELECT walk.a, pair.s, walk.hop + 1 FROM walk JOIN pair ON pair.a = walk.s
    )
    SELECT DISTINCT ON (walk.a) walk.a, walk.s FROM walk ORDER BY walk.a, walk.hop DESC
$$;
COMMENT ON FUNCTION cdp._merge_ends(int4[], int4[]) IS
    'internal: who is absorbed by whom in the end, chains of merges followed';

CREATE FUNCTION cdp._person_ends(ids cdp.roaringbitmap) RETURNS TABLE (absorbed_id int4, survivor_id int4)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        WITH RECURSIVE walk AS (
            SELECT i.one_id AS start, i.one_id AS now FROM cdp.rb_iterate(ids) AS i (one_id)
            UNION ALL
            SELECT walk.start, p.merged_into
              FROM walk JOIN cdp.person AS p ON p.one_id = walk.now AND p.merged_into IS NOT NULL
        )
        SELECT walk.start, walk.now
          FROM walk JOIN cdp.person AS p ON p.one_id = walk.now AND p.merged_into IS NULL
         WHERE walk.start <> walk.now;
END $$;
COMMENT ON FUNCTION cdp._person_ends(cdp.roaringbitmap) IS
    'internal: of these people the retired ones, and who they are now';

CREATE FUNCTION cdp._merge_news(retired cdp.roaringbitmap, merges_seen int8,
    OUT absorbed int4[], OUT survivor int4[])
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- By cdp.person, not by the log: a merge may have been undone since.
    SELECT array_agg(e.absorbed_id), array_agg(e.survivor_id) INTO absorbed, survivor
      FROM cdp._person_ends(cdp.rb_or(retired, coalesce(
               (SELECT cdp.rb_build_agg(l.absorbed) FROM cdp.merge_log AS l WHERE l.seq > merges_seen), '{}'))) AS e;
END $$;
COMMENT ON FUNCTION cdp._merge_news(cdp.roaringbitmap, int8) IS
    'internal: merges that a set of people computed without the lock must follow; NULL when there are none';

CREATE FUNCTION cdp._tag_sets() RETURNS TABLE (tag_id int4, value_type text, on_merge text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT g.tag_id, g.value_type, g.on_merge FROM cdp.tag AS g WHERE g.kind <> 'manual'
        UNION ALL
        SELECT v.version_id, g.value_type, g.on_merge FROM cdp.tag_version AS v JOIN cdp.tag AS g USING (tag_id);
END $$;
COMMENT ON FUNCTION cdp._tag_sets() IS 'internal: what the rows of tag_value and tag_number belong to, and how they follow merges; manual tags do it by their log';

-- Of one value a person the survivor keeps its own; where it has none, it gets that of the oldest absorbed.
CREATE FUNCTION cdp._tag_value_remap(only_tag int4, absorbed int4[], survivor int4[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH pair AS MATERIALIZED (
        SELECT * FROM cdp._merge_ends(absorbed, survivor)
    ), retired AS MATERIALIZED (
        SELECT cdp.chunk_of(pair.absorbed_id) AS chunk, cdp.rb_build_agg(pair.absorbed_id) AS members
          FROM pair GROUP BY 1
    ), hit AS MATERIALIZED (
        SELECT t.tag_id, t.value, t.chunk, s.value_type = 'enum' AS single, cdp.rb_and(cdp._tag_members(t.base, t.changed, t.later), r.members) AS members
          FROM cdp.tag_value AS t
          JOIN retired AS r ON r.chunk = t.chunk
           -- Whether one person is in a set is read from pieces of what is stored. Nobody is left in it, not
           -- even as one who was there and has gone.
           AND CASE WHEN cdp.rb_cardinality(r.members) > 5 THEN cdp.rb_intersect(t.base, r.members) OR cdp.rb_intersect(cdp._tag_touched(t.changed, t.later), r.members)
                    ELSE EXISTS (SELECT FROM cdp.rb_iterate(r.members) AS m (one_id)
                                  WHERE cdp.rb_contains(t.base, m.one_id) OR cdp._tag_is_touched(t.changed, t.later, m.one_id)) END
          JOIN cdp._tag_sets() AS s USING (tag_id)
         WHERE only_tag IS NULL OR t.tag_id = only_tag
    ), heir AS (
        SELECT hit.tag_id, hit.value, hit.single, pair.absorbed_id, pair.survivor_id
          FROM hit
         CROSS JOIN LATERAL cdp.rb_iterate(hit.members) AS m (one_id)
          JOIN pair ON pair.absorbed_id = m.one_id
    ), gain AS (
        SELECT h.tag_id, h.value, cdp.chunk_of(h.survivor_id) AS chunk, cdp.rb_build_agg(h.survivor_id) AS members
          FROM (SELECT h.tag_id, h.value, h.survivor_id FROM heir AS h WHERE NOT h.single
                UNION ALL
                (SELECT DISTINCT ON (h.tag_id, h.survivor_id) h.tag_id, h.value, h.survivor_id
                   FROM heir AS h
                  WHERE h.single
                    AND NOT EXISTS (SELECT FROM cdp.tag_value AS o
                                     WHERE o.tag_id = h.tag_id AND o.chunk = cdp.chunk_of(h.survivor_id)
                                       AND cdp._tag_has(o.base, o.changed, o.later, h.survivor_id))
                  ORDER BY h.tag_id, h.survivor_id, cdp._one_id_unsigned(h.absorbed_id))) AS h
         GROUP BY 1, 2, 3
    ), touched AS (
        SELECT * FROM gain
        UNION ALL
        SELECT hit.tag_id, hit.value, hit.chunk, '{}' FROM hit
    )
    INSERT INTO cdp.tag_value AS t (tag_id, value, chunk, base)
    SELECT touched.tag_id, touched.value, touched.chunk, cdp.rb_or_agg(touched.members)
      FROM touched GROUP BY 1, 2, 3
    ON CONFLICT (tag_id, value, chunk) DO UPDATE SET changed = NULL, later = NULL, base = cdp.rb_or(excluded.base,
        cdp.rb_andnot(cdp._tag_members(t.base, t.changed, t.later), coalesce(
            (SELECT retired.members FROM retired WHERE retired.chunk = excluded.chunk), '{}')));
    DELETE FROM cdp.tag_value AS t
     WHERE t.users = 0
       AND t.chunk = ANY (ARRAY(SELECT cdp.chunk_of(a.id) FROM unnest(absorbed) AS a (id)));
END $$;
COMMENT ON FUNCTION cdp._tag_value_remap(int4, int4[], int4[]) IS
    'internal: replaces absorbed people by their survivors in cdp.tag_value, in one tag or (NULL) in all';

-- A sum that int8 cannot hold stops at its end: a merge must not fail because of a tag.
CREATE FUNCTION cdp._tag_number_remap(only_tag int4, absorbed int4[], survivor int4[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH pair AS MATERIALIZED (
        SELECT * FROM cdp._merge_ends(absorbed, survivor)
    ), retired AS MATERIALIZED (
        SELECT cdp.chunk_of(pair.absorbed_id) AS chunk, cdp.rb_build_agg(pair.absorbed_id) AS members
          FROM pair GROUP BY 1
    ), hit AS MATERIALIZED (
        SELECT t.tag_id, t.chunk, s.on_merge, r.members, cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh) AS numbers
          FROM cdp.tag_number AS t
          JOIN retired AS r ON r.chunk = t.chunk
           AND CASE WHEN cdp.rb_cardinality(r.members) > 5 THEN cdp.rb_intersect(cdp.bsi_ebm(t.base), r.members) OR cdp.rb_intersect(cdp._tag_touched(t.changed, t.later), r.members)
                    ELSE EXISTS (SELECT FROM cdp.rb_iterate(r.members) AS m (one_id)
                                  WHERE cdp.bsi_get(t.base, m.one_id) IS NOT NULL OR cdp._tag_is_touched(t.changed, t.later, m.one_id)) END
          JOIN cdp._tag_sets() AS s USING (tag_id)
         WHERE only_tag IS NULL OR t.tag_id = only_tag
    ), heir AS MATERIALIZED (
        SELECT hit.tag_id, hit.on_merge, pair.survivor_id, pair.absorbed_id, n.number
          FROM hit
         CROSS JOIN LATERAL cdp.bsi_iterate(hit.numbers, hit.members) AS n
          JOIN pair ON pair.absorbed_id = n.id
    ), receiver AS MATERIALIZED (
        SELECT h.tag_id, h.on_merge, cdp.chunk_of(h.survivor_id) AS chunk, cdp.rb_build_agg(h.survivor_id) AS members
          FROM heir AS h GROUP BY 1, 2, 3
    ), held AS (
        SELECT h.tag_id, h.on_merge, h.survivor_id, cdp._one_id_unsigned(h.absorbed_id) AS place, h.number FROM heir AS h
        UNION ALL
        SELECT r.tag_id, r.on_merge, n.id, -1, n.number
          FROM receiver AS r
          JOIN cdp.tag_number AS t USING (tag_id, chunk)
         CROSS JOIN LATERAL cdp.bsi_iterate(cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh), r.members) AS n
    ), settled AS (
        SELECT h.tag_id, h.survivor_id,
               CASE h.on_merge
                   WHEN 'sum' THEN least(greatest(sum(h.number), -9223372036854775808), 9223372036854775807)::int8
                   WHEN 'min' THEN min(h.number)
                   WHEN 'max' THEN max(h.number)
                   ELSE (array_agg(h.number ORDER BY h.place))[1] END AS number
          FROM held AS h GROUP BY h.tag_id, h.on_merge, h.survivor_id
    ), touched AS MATERIALIZED (
        SELECT c.tag_id, c.chunk, cdp.rb_or_agg(c.members) AS members, cdp.bsi_agg(c.numbers) AS numbers
          FROM (SELECT hit.tag_id, hit.chunk, hit.members, NULL::cdp.bsi AS numbers FROM hit
                UNION ALL
                SELECT s.tag_id, cdp.chunk_of(s.survivor_id), cdp.rb_build_agg(s.survivor_id), cdp.bsi_build_agg(s.survivor_id, s.number)
                  FROM settled AS s GROUP BY 1, 2) AS c
         GROUP BY 1, 2
    ), changed AS (
        UPDATE cdp.tag_number AS t
           SET base = cdp.bsi_add(cdp.bsi_remove(cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh), c.members), coalesce(c.numbers, '{}')),
               changed = NULL, fresh = NULL, later = NULL, later_fresh = NULL
          FROM touched AS c WHERE t.tag_id = c.tag_id AND t.chunk = c.chunk
        RETURNING t.tag_id, t.chunk
    )
    INSERT INTO cdp.tag_number AS t (tag_id, chunk, base)
    SELECT c.tag_id, c.chunk, c.numbers FROM touched AS c
     WHERE NOT EXISTS (SELECT FROM changed AS k WHERE k.tag_id = c.tag_id AND k.chunk = c.chunk);
    DELETE FROM cdp.tag_number AS t
     WHERE t.users = 0
       AND t.chunk = ANY (ARRAY(SELECT cdp.chunk_of(a.id) FROM unnest(absorbed) AS a (id)));
END $$;
COMMENT ON FUNCTION cdp._tag_number_remap(int4, int4[], int4[]) IS
    'internal: the same in cdp.tag_number, where two numbers meet by the rule of the tag';

CREATE FUNCTION cdp._tag_remap(only_tag int4, absorbed int4[], survivor int4[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- To plan either takes longer than to look whether there is anything.
    IF EXISTS (SELECT FROM cdp.tag_value) THEN
        PERFORM cdp._tag_value_remap(only_tag, absorbed, survivor);
    END IF;
    IF EXISTS (SELECT FROM cdp.tag_number) THEN
        PERFORM cdp._tag_number_remap(only_tag, absorbed, survivor);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._tag_remap(int4, int4[], int4[]) IS
    'internal: replaces absorbed people by their survivors, in one tag or (NULL) in all';

CREATE FUNCTION cdp._tag_merge() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    absorbed int4[];
    survivor int4[];
BEGIN
    PERFORM cdp._merge_lock(true);
    SELECT array_agg(m.absorbed), array_agg(m.survivor) INTO absorbed, survivor FROM merged AS m;
    IF absorbed IS NOT NULL THEN
        PERFORM cdp._tag_remap(NULL, absorbed, survivor);
        IF EXISTS (SELECT FROM cdp.tag_set_log) THEN
            PERFORM cdp._tag_fold(NULL, absorbed || survivor);
        END IF;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._tag_merge() IS 'internal: tags follow merged people (trigger on merge_log)';

CREATE FUNCTION cdp._tag_leave(only_tag int4, persons cdp.roaringbitmap, OUT vals int8, OUT numbers int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chunks int4[] := ARRAY(SELECT DISTINCT cdp.chunk_of(p.one_id) FROM cdp.rb_iterate(persons) AS p (one_id));
    few boolean := cdp.rb_cardinality(persons) <= 5;
BEGIN
    -- As in _tag_value_remap(): few people are looked for in pieces of what is stored.
    UPDATE cdp.tag_value AS t SET base = cdp.rb_andnot(cdp._tag_members(t.base, t.changed, t.later), persons), changed = NULL, later = NULL
     WHERE (only_tag IS NULL OR t.tag_id = only_tag) AND t.chunk = ANY (chunks)
       AND CASE WHEN few THEN EXISTS (SELECT FROM cdp.rb_iterate(persons) AS m (one_id)
                                       WHERE cdp.rb_contains(t.base, m.one_id) OR cdp._tag_is_touched(t.changed, t.later, m.one_id))
                ELSE cdp.rb_intersect(t.base, persons) OR cdp.rb_intersect(cdp._tag_touched(t.changed, t.later), persons) END;
    GET DIAGNOSTICS vals = ROW_COUNT;
    UPDATE cdp.tag_number AS t
       SET base = cdp.bsi_remove(cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh), persons), changed = NULL, fresh = NULL, later = NULL, later_fresh = NULL
     WHERE (only_tag IS NULL OR t.tag_id = only_tag) AND t.chunk = ANY (chunks)
       AND CASE WHEN few THEN EXISTS (SELECT FROM cdp.rb_iterate(persons) AS m (one_id)
                                       WHERE cdp.bsi_get(t.base, m.one_id) IS NOT NULL OR cdp._tag_is_touched(t.changed, t.later, m.one_id))
                ELSE cdp.rb_intersect(cdp.bsi_ebm(t.base), persons) OR cdp.rb_intersect(cdp._tag_touched(t.changed, t.later), persons) END;
    GET DIAGNOSTICS numbers = ROW_COUNT;
    DELETE FROM cdp.tag_value AS t WHERE t.users = 0 AND t.chunk = ANY (chunks);
    DELETE FROM cdp.tag_number AS t WHERE t.users = 0 AND t.chunk = ANY (chunks);
END $$;
COMMENT ON FUNCTION cdp._tag_leave(int4, cdp.roaringbitmap) IS
    'internal: takes people out of one tag or (NULL) of all and of all versions; returns how many rows they were in';

CREATE FUNCTION cdp._tag_erase(persons cdp.roaringbitmap) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone record;
    said int8;
BEGIN
    gone := cdp._tag_leave(NULL, persons);
    DELETE FROM cdp.tag_set_log AS l
     WHERE l.one_id = ANY (ARRAY(SELECT f.one_id FROM cdp._person_family(cdp.rb_to_array(persons)) AS f));
    GET DIAGNOSTICS said = ROW_COUNT;
    RETURN jsonb_build_object('tag_value', gone.vals, 'tag_number', gone.numbers, 'tag_set_log', said);
END $$;
COMMENT ON FUNCTION cdp._tag_erase(cdp.roaringbitmap) IS
    'internal: takes people out of all tags, with what was said of them; returns how many rows they were in, by table';
