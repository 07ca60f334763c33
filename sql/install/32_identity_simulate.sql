--| ## What if
--| `id_simulate` says what other rules would come to, before anybody is touched: everything is resolved in memory
--| under the rules as they are but for those given, and compared with the persons of now. Nothing is written.

CREATE FUNCTION cdp.id_simulate(rules jsonb, top int4 DEFAULT 10)
    RETURNS TABLE (what text, item text, before int8, after int8) LANGUAGE plpgsql STABLE ROWS 30
    SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._id_rules_check(rules);
    RETURN QUERY
    WITH change AS MATERIALIZED (
        SELECT g.* FROM cdp._id_graph_under(rules) AS g
    ), total AS (
        SELECT c.status AS name, c.before, c.after FROM change AS c WHERE c.what = 'total'
    ), stored AS (
        SELECT s.item, sum(s.links)::int8 AS links
          FROM (SELECT CASE WHEN l.status = 'active' THEN 'active'
                            WHEN l.status IN ('expired', 'weak') THEN l.status
                            WHEN l.status = 'limited' THEN CASE WHEN l.reason LIKE '% identifiers' THEN 'too large' ELSE 'too many' END
                            WHEN l.reason LIKE 'one end is blocked%' THEN 'blocked' ELSE 'shared' END AS item, l.links
                  FROM (SELECT l.status, l.reason, count(*) AS links FROM cdp.link AS l
                         WHERE l.status <> 'removed' GROUP BY l.status, l.reason) AS l) AS s
         GROUP BY s.item
    ), found AS (
        SELECT CASE WHEN c.status IN ('active', 'expired', 'weak') THEN c.status ELSE c.reason END AS item, sum(c.after)::int8 AS links
          FROM change AS c WHERE c.what = 'links' GROUP BY 1
    ), part AS (
        SELECT c.one_id, c.part, count(*) AS shared_by FROM change AS c
         WHERE c.what = 'identifier' AND c.one_id IS NOT NULL GROUP BY c.one_id, c.part
    ), person AS (
        -- Of a person that falls apart, the part that most of its identifiers are in.
        SELECT p.one_id, p.identifiers, coalesce(n.identifiers, 0) AS identifiers_after
          FROM (SELECT p.one_id, sum(p.shared_by)::int8 AS identifiers,
                       (array_agg(p.part ORDER BY p.shared_by DESC, p.part) FILTER (WHERE p.part IS NOT NULL))[1] AS part
                  FROM part AS p GROUP BY p.one_id) AS p
          LEFT JOIN (SELECT c.part, count(*) AS identifiers FROM change AS c
                      WHERE c.what = 'identifier' AND c.part IS NOT NULL GROUP BY c.part) AS n USING (part)
    )
    SELECT s.what, s.item, s.before, s.after
      FROM (SELECT k.place, t.name AS what, NULL::text AS item, t.before, t.after, 0::int8 AS nth
              FROM total AS t
              JOIN (VALUES ('persons', 1), ('identifiers', 2), ('largest', 3), ('merges', 4), ('splits', 5)) AS k (name, place) USING (name)
            UNION ALL
            SELECT 6, 'links', coalesce(b.item, f.item), coalesce(b.links, 0), coalesce(f.links, 0), 0
              FROM stored AS b FULL JOIN found AS f USING (item)
            UNION ALL
            SELECT 7, 'person', p.number, p.identifiers, p.identifiers_after, p.nth
              FROM (SELECT cdp._one_id_unsigned(p.one_id)::text AS number, p.identifiers, p.identifiers_after,
                           row_number() OVER (ORDER BY abs(p.identifiers - p.identifiers_after) DESC, p.identifiers DESC,
                                              cdp._one_id_unsigned(p.one_id)) AS nth FROM person AS p) AS p
             WHERE p.nth <= coalesce(top, 10)) AS s
     ORDER BY s.place, s.nth, s.item COLLATE "C";
END $$;
COMMENT ON FUNCTION cdp.id_simulate(jsonb, int4) IS
    'what other rules would come to, worked out in memory: persons, identifiers that belong to one, the largest person, merges and splits, links by what becomes of them, and the persons that would change most; the rules are fanout_limit, id_size_cap, id_min_weight, types, block and unblock';

--| `id_groups` is a second, looser graph over the same links: persons that would be one if weaker links counted, with
--| guards and limits counted anew. Nobody is merged: keep the rows in a table of your own for as long as they serve.
CREATE FUNCTION cdp.id_groups(min_weight float8) RETURNS TABLE (one_id int4, group_id int4) LANGUAGE plpgsql STABLE
    ROWS 10000 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    PERFORM cdp._require_setup();
    IF NOT coalesce(min_weight BETWEEN 0 AND 1, false) THEN
        RAISE EXCEPTION 'min_weight must be a number from 0 to 1' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
    SELECT cdp._one_id_signed(c.node), cdp._one_id_signed(c.component)
      FROM (SELECT cdp.components_agg(cdp._one_id_unsigned(ia.one_id), cdp._one_id_unsigned(ib.one_id)) AS graph
              FROM cdp._id_graph_under(jsonb_build_object('id_min_weight', min_weight)) AS g
              JOIN cdp.identifier AS ia ON ia.id = g.a JOIN cdp.identifier AS ib ON ib.id = g.b
             WHERE g.what = 'link' AND g.status = 'active' AND ia.one_id <> ib.one_id
               AND g.weight < cdp.setting('id_min_weight')::float8) AS s
     CROSS JOIN LATERAL cdp.components_of(s.graph) AS c;
END $$;
COMMENT ON FUNCTION cdp.id_groups(float8) IS
    'persons that would be one if links of at least this weight counted: one row per person of a group of two or more, and the oldest OneID of its group. Nothing is written';
