--| ## Limits of a person
-- A link that would give a person too many identifiers of a type, or in all, is limited: it merges nobody.
-- What was accepted before stays; of what is new the links come first that somebody has approved, then those
-- of the greatest weight, then the oldest. When persons lose identifiers, their limited links are judged again.

CREATE FUNCTION cdp._limit_links(kinds int4[], maximums int4[], size_cap int4, a int4[], b int4[], forced boolean[],
    OUT link int4, OUT kind int4) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__limit_links' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION cdp._limit_links(int4[], int4[], int4, int4[], int4[], boolean[]) IS
    'internal: joins nodes, of kinds[i] each, by links a[i] - b[i] in turn; returns the links that would make a set of more than maximums[kind] (0: any number) of a kind or, with a NULL kind, of more than size_cap nodes. All are numbered from 1';

CREATE FUNCTION cdp._id_type_limits() RETURNS TABLE (type_id int4, most int4, place int4) LANGUAGE plpgsql STABLE
    ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT t.type_id, CASE WHEN t.is_unique THEN 1 ELSE t.max_per_person END,
                        row_number() OVER (ORDER BY t.rank, t.type_id)::int4
                   FROM cdp.id_type AS t;
END $$;
COMMENT ON FUNCTION cdp._id_type_limits() IS
    'internal: how many identifiers of a type a person may have (NULL: any number), and the place of the type, strongest first';

CREATE FUNCTION cdp._limit_reason(most int4, type_name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format('a person would have more than %s %s', most,
                  coalesce('of type "' || type_name || '"', 'identifiers'));
COMMENT ON FUNCTION cdp._limit_reason(int4, text) IS 'internal: why a link is limited; a NULL type: too many in all';

-- As persons of a batch come out of _batch_union().
CREATE FUNCTION cdp._resolve_members(fresh int4[], targets int8[], absorbed int4[], survivors int4[])
    RETURNS TABLE (target int8, owner int8, id int4, type_id int4) LANGUAGE plpgsql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
BEGIN
    RETURN QUERY
    SELECT p.target, cdp._one_id_unsigned(p.one_id), i.id, i.type_id
      FROM (SELECT cdp._one_id_unsigned(u.survivor) AS target, u.absorbed AS one_id FROM unnest(absorbed, survivors) AS u (absorbed, survivor)
            UNION
            SELECT cdp._one_id_unsigned(u.survivor), u.survivor FROM unnest(survivors) AS u (survivor)
            UNION
            SELECT u.target, cdp._one_id_signed(u.target) FROM unnest(targets) AS u (target) WHERE u.target < 4294967296) AS p
      JOIN cdp.identifier AS i ON i.one_id = p.one_id
    UNION ALL
    SELECT f.target, -f.id::int8, i.id, i.type_id
      FROM unnest(fresh, targets) AS f (id, target) JOIN cdp.identifier AS i ON i.id = f.id;
END $$;
COMMENT ON FUNCTION cdp._resolve_members(int4[], int8[], int4[], int4[]) IS
    'internal: whoever belongs to the persons that the batch makes, joins or lets grow, and the person of before; those who had none are negative';

CREATE FUNCTION cdp._resolve_refuse(ends_a int4[], ends_b int4[], fresh int4[], targets int8[], absorbed int4[],
                                    survivors int4[])
    RETURNS TABLE (a int4, b int4, reason text) LANGUAGE plpgsql STABLE ROWS 10
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    size_cap int4 := cdp.setting('id_size_cap')::int4;
    maximums int4[] := ARRAY(SELECT coalesce(l.most, 0) FROM cdp._id_type_limits() AS l ORDER BY l.place);
BEGIN
    RETURN QUERY
    WITH member AS MATERIALIZED (
        SELECT m.id, m.owner, l.place AS kind, row_number() OVER (ORDER BY m.owner, m.id)::int4 AS place
          FROM cdp._resolve_members(fresh, targets, absorbed, survivors) AS m
          JOIN cdp._id_type_limits() AS l USING (type_id)
    ), edge AS MATERIALIZED (
        SELECT e.a, e.b FROM unnest(ends_a, ends_b) AS e (a, b) WHERE e.a IN (SELECT m.id FROM member AS m)
    ), turn AS MATERIALIZED (
        SELECT p.*, row_number() OVER (ORDER BY p.is_known DESC, p.forced DESC, p.weight DESC, p.first_seen, p.a, p.b) AS nth
          FROM (-- persons as they are
                SELECT m.id AS a, n.id AS b, m.place AS place_a, n.place AS place_b, true AS is_known, true AS forced,
                       1::float8 AS weight, NULL::timestamptz AS first_seen
                  FROM member AS m JOIN member AS n ON n.owner = m.owner AND n.place = m.place + 1
                UNION ALL
                SELECT e.a, e.b, ma.place, mb.place, false, v.a IS NOT NULL, l.weight, l.first_seen
                  FROM edge AS e
                  JOIN member AS ma ON ma.id = e.a JOIN member AS mb ON mb.id = e.b
                  -- A pair comes in the turn of the best of its sources.
                 CROSS JOIN LATERAL (
                    SELECT l.weight, l.first_seen FROM cdp.link AS l
                     WHERE l.a = e.a AND l.b = e.b AND l.status IN ('active', 'limited')
                     ORDER BY l.weight DESC, l.first_seen LIMIT 1) AS l
                  LEFT JOIN cdp.link_verdict AS v ON v.a = e.a AND v.b = e.b AND v.verdict = 'together') AS p
    ), question AS (
        SELECT (SELECT array_agg(m.kind ORDER BY m.place) FROM member AS m) AS kinds,
               array_agg(t.place_a ORDER BY t.nth) AS a, array_agg(t.place_b ORDER BY t.nth) AS b,
               array_agg(t.forced ORDER BY t.nth) AS forced
          FROM turn AS t
    )
    SELECT t.a, t.b, cdp._limit_reason(coalesce(maximums[r.kind], size_cap), y.name)
      FROM question AS q
     CROSS JOIN LATERAL cdp._limit_links(q.kinds, maximums, size_cap, q.a, q.b, q.forced) AS r
      JOIN turn AS t ON t.nth = r.link
      LEFT JOIN (cdp._id_type_limits() AS l JOIN cdp.id_type AS y USING (type_id)) ON l.place = r.kind;
END $$;
COMMENT ON FUNCTION cdp._resolve_refuse(int4[], int4[], int4[], int8[], int4[], int4[]) IS
    'internal: which links of the batch, of those that make these persons, are refused by limits, and why';

CREATE FUNCTION cdp._resolve_limit(ends_a int4[], ends_b int4[], fresh int4[], targets int8[], absorbed int4[],
                                   survivors int4[], OUT links int8, OUT a int4[], OUT b int4[])
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    size_cap int4 := cdp.setting('id_size_cap')::int4;
    crowds int8[];
BEGIN
    links := 0;
    -- A pair is judged as one: what another source has said of it before comes along.
    UPDATE cdp.link AS l SET status = 'active', reason = NULL
      FROM unnest(ends_a, ends_b) AS p (a, b) WHERE l.a = p.a AND l.b = p.b AND l.status = 'limited';
    IF fresh = '{}' AND absorbed = '{}' THEN
        RETURN;
    END IF;
    crowds := ARRAY(
        SELECT k.target
          FROM (SELECT m.target, m.type_id, count(*) AS identifiers
                  FROM cdp._resolve_members(fresh, targets, absorbed, survivors) AS m GROUP BY m.target, m.type_id) AS k
          JOIN cdp._id_type_limits() AS l USING (type_id)
         GROUP BY k.target HAVING sum(k.identifiers) > size_cap OR bool_or(k.identifiers > l.most));
    IF crowds = '{}' THEN
        RETURN;
    END IF;
    WITH refused AS MATERIALIZED (
        SELECT r.*
          -- Few persons, and only those are looked at once more.
          FROM (SELECT coalesce(array_agg(f.id), '{}') AS ids, coalesce(array_agg(f.target), '{}') AS targets
                  FROM unnest(fresh, targets) AS f (id, target) WHERE f.target = ANY (crowds)) AS f,
               (SELECT coalesce(array_agg(s.absorbed), '{}') AS absorbed, coalesce(array_agg(s.survivor), '{}') AS survivors
                  FROM unnest(absorbed, survivors) AS s (absorbed, survivor)
                 WHERE cdp._one_id_unsigned(s.survivor) = ANY (crowds)) AS s
         CROSS JOIN LATERAL cdp._resolve_refuse(ends_a, ends_b, f.ids, f.targets, s.absorbed, s.survivors) AS r
    ), changed AS (
        UPDATE cdp.link AS l SET status = 'limited', reason = r.reason
          FROM refused AS r
         WHERE l.a = r.a AND l.b = r.b AND l.status IN ('active', 'limited')
        RETURNING l.a
    )
    SELECT (SELECT count(*) FROM changed), r.a, r.b INTO links, a, b
      FROM (SELECT array_agg(r.a) AS a, array_agg(r.b) AS b FROM refused AS r) AS r;
END $$;
COMMENT ON FUNCTION cdp._resolve_limit(int4[], int4[], int4[], int8[], int4[], int4[]) IS
    'internal: refuses the links of the batch that would give a person too many identifiers; returns how many, and between whom';

CREATE FUNCTION cdp._links_limited(persons int4[]) RETURNS TABLE (a int4, b int4)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    RETURN QUERY
    SELECT l.a, l.b FROM cdp.identifier AS i JOIN cdp.link AS l ON l.a = i.id AND l.status = 'limited' WHERE i.one_id = ANY (persons)
    UNION
    SELECT l.a, l.b FROM cdp.identifier AS i JOIN cdp.link AS l ON l.b = i.id AND l.status = 'limited' WHERE i.one_id = ANY (persons);
END $$;
COMMENT ON FUNCTION cdp._links_limited(int4[]) IS 'internal: pairs of identifiers whose links are limited, an end of which is one of these persons';

CREATE FUNCTION cdp._links_limited_requeue(persons int4[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH pair AS MATERIALIZED (SELECT p.a, p.b FROM cdp._links_limited(persons) AS p),
    again AS (
        UPDATE cdp.link AS l SET status = 'active', reason = NULL
          FROM pair AS p WHERE l.a = p.a AND l.b = p.b AND l.status = 'limited'
    )
    INSERT INTO cdp.link_queue (a, b) SELECT p.a, p.b FROM pair AS p;
END $$;
COMMENT ON FUNCTION cdp._links_limited_requeue(int4[]) IS
    'internal: lets the limited links of these persons be judged again, for there may be room now';

CREATE FUNCTION cdp._join_is_limited(persons int4[], ids int4[]) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    RETURN coalesce((
        SELECT sum(k.identifiers) > cdp.setting('id_size_cap')::int4 OR bool_or(k.identifiers > l.most)
          FROM (SELECT i.type_id, count(*) AS identifiers
                  FROM (SELECT p.id FROM cdp.identifier AS p WHERE p.one_id = ANY (persons) UNION SELECT unnest(ids)) AS m
                  JOIN cdp.identifier AS i USING (id) GROUP BY i.type_id) AS k
          JOIN cdp._id_type_limits() AS l USING (type_id)), false);
END $$;
COMMENT ON FUNCTION cdp._join_is_limited(int4[], int4[]) IS
    'internal: would these persons and identifiers together be over a limit, as one person?';
