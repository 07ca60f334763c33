--| ## Who are they?
--| What tags say of the people of a rule beside others: how much oftener than in the baseline, and whether
--| that is more than chance.

CREATE FUNCTION cdp._insight_values(dims text[])
    RETURNS TABLE (place int8, dim text, value text, chunk int4, members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE ROWS 300 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    tags int4[] := ARRAY(SELECT cdp._tag_id(d.name) FROM unnest(dims) WITH ORDINALITY AS d (name, place) ORDER BY d.place);
BEGIN
    RETURN QUERY
        SELECT t.place, g.name, v.value, v.chunk, v.members
          FROM (SELECT u.tag_id, min(u.place) AS place
                  FROM unnest(tags) WITH ORDINALITY AS u (tag_id, place) GROUP BY u.tag_id) AS t
          JOIN cdp.tag AS g USING (tag_id)
          JOIN cdp.tag_value AS v USING (tag_id);
END $$;
COMMENT ON FUNCTION cdp._insight_values(text[]) IS
    'internal: who has which value of these tags, chunk by chunk, the tags in the order of the list';

CREATE FUNCTION cdp._insight_parts(rule text, baseline text)
    RETURNS TABLE (chunk int4, people cdp.roaringbitmap, rest cdp.roaringbitmap, shared cdp.roaringbitmap)
    LANGUAGE sql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.chunk, s.people, cdp.rb_andnot(s.base, s.people),
           CASE WHEN NOT s.people OPERATOR(cdp.<@) s.base THEN cdp.rb_and(s.people, s.base) END
      FROM (SELECT coalesce(p.chunk, b.chunk) AS chunk, coalesce(p.members, '{}') AS people, coalesce(b.members, '{}') AS base
              FROM cdp._audience_chunks(rule) AS p
              FULL JOIN cdp._audience_chunks(baseline) AS b ON b.chunk = p.chunk) AS s
$$;
COMMENT ON FUNCTION cdp._insight_parts(text, text) IS
    'internal: the people of a rule, those of the baseline who are not among them, and those who are, NULL where all of the people are';

CREATE FUNCTION cdp._insight_counts(rule text, dims text[], baseline text)
    RETURNS TABLE (place int8, dim text, value text, users int8, size int8, rest_users int8, rest_size int8, base_users int8, base_size int8)
    LANGUAGE plpgsql STABLE ROWS 300 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        WITH part AS MATERIALIZED (
            SELECT p.* FROM cdp._insight_parts(rule, baseline) AS p
        ), total AS MATERIALIZED (
            SELECT coalesce(sum(cdp.rb_cardinality(p.people)), 0)::int8 AS people,
                   coalesce(sum(cdp.rb_cardinality(p.rest)), 0)::int8 AS rest,
                   coalesce(sum(cdp.rb_cardinality(coalesce(p.shared, p.people))), 0)::int8 AS shared
              FROM part AS p
        ), counted AS MATERIALIZED (
            -- Grouped afterwards, so that no bitmap is carried into a sort.
            SELECT v.place, v.dim, v.value, cdp.rb_and_cardinality(v.members, p.people) AS people,
                   cdp.rb_and_cardinality(v.members, p.rest) AS rest,
                   cdp.rb_and_cardinality(v.members, p.shared) AS shared
              FROM cdp._insight_values(dims) AS v
              JOIN part AS p USING (chunk)
        )
        SELECT c.place, c.dim, c.value, c.people, t.people, c.rest, t.rest, c.rest + c.shared, t.rest + t.shared
          FROM (SELECT c.place, c.dim, c.value, sum(c.people)::int8 AS people, sum(c.rest)::int8 AS rest,
                       sum(coalesce(c.shared, c.people))::int8 AS shared
                  FROM counted AS c GROUP BY 1, 2, 3) AS c
         CROSS JOIN total AS t
         WHERE c.people > 0 OR c.rest > 0;
END $$;
COMMENT ON FUNCTION cdp._insight_counts(text, text[], text) IS
    'internal: of the people of a rule, of those of the baseline who are not among them, and of the baseline, how many have each value';

CREATE FUNCTION cdp.audience_insight(rule text, dims text[] DEFAULT NULL, baseline text DEFAULT 'everyone')
    RETURNS TABLE (dim text, value text, users int8, share float8, base_users int8, base_share float8,
                   tgi float8, p_value float8, p_adjusted float8)
    LANGUAGE plpgsql STABLE ROWS 300 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    RETURN QUERY
        WITH tested AS MATERIALIZED (
            SELECT c.*, row_number() OVER (ORDER BY c.place, c.users DESC, c.value COLLATE "C") AS n,
                   c.users::float8 / nullif(c.size, 0) AS share,
                   c.base_users::float8 / nullif(c.base_size, 0) AS base_share,
                   -- Of people who are in one and in the other no test knows anything: those of the
                   -- baseline who are not among the people stand for it.
                   cdp.ab_p(c.rest_users, c.rest_size, c.users, c.size) AS p
              FROM cdp._insight_counts(rule,
                       coalesce(dims, ARRAY(SELECT g.name FROM cdp.tag AS g ORDER BY g.name)), baseline) AS c
        ), family AS MATERIALIZED (
            SELECT cdp.ab_adjust(array_agg(t.p ORDER BY t.n) FILTER (WHERE t.p IS NOT NULL)) AS p FROM tested AS t
        )
        SELECT t.dim, t.value, t.users, t.share, t.base_users, t.base_share,
               100 * t.share / nullif(t.base_share, 0), t.p, (SELECT f.p[t.n] FROM family AS f)
          FROM tested AS t
         ORDER BY t.n;
END $$;
COMMENT ON FUNCTION cdp.audience_insight(text, text[], text) IS
    'what tags (all of them unless told) say of the people of a rule and of a baseline: a row per value, with how many and which share of each have it, the target group index tgi (100: as in the baseline), and the p of the difference between the people and the rest of the baseline, also corrected for all rows being looked at together (Holm)';
