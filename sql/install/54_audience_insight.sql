--| ## Who are they?
--| What tags say of the people of a rule beside others: how much oftener than in the baseline, and whether
--| that is more than chance. Numbers and dates count by bands of equally many people of the baseline.

CREATE FUNCTION cdp._insight_dims(dims text[], but_not text[] DEFAULT '{}') RETURNS int4[]
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    IF dims IS NULL THEN
        RETURN ARRAY(SELECT g.tag_id FROM cdp.tag AS g WHERE g.name <> ALL (but_not) ORDER BY g.name);
    END IF;
    RETURN ARRAY(SELECT cdp._tag_id(d.name) FROM unnest(dims) AS d (name) GROUP BY d.name ORDER BY array_position(dims, d.name));
END $$;
COMMENT ON FUNCTION cdp._insight_dims(text[], text[]) IS
    'internal: numbers of these tags, each once, or unless told of all but some';

CREATE FUNCTION cdp._insight_bands(tags int4[], bands int4, base cdp.roaringbitmap)
    RETURNS TABLE (tag_id int4, band int8, value text, low int8, high int8)
    LANGUAGE plpgsql STABLE ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF bands IS NULL OR bands NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION 'there can be 1 to 100 bands, not %', coalesce(bands::text, 'NULL') USING
            ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
        WITH bound AS (
            -- Where many have the same number, it is the end of several bands, of which one is left.
            SELECT DISTINCT n.tag_id, b.high
              FROM (SELECT t.tag_id, cdp.bsi_quantile(cdp.bsi_agg(cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh)),
                               ARRAY(SELECT i / bands::float8 FROM generate_series(1, bands - 1) AS i), _insight_bands.base) AS highs
                      FROM cdp.tag_number AS t WHERE t.tag_id = ANY (tags) GROUP BY t.tag_id) AS n
             CROSS JOIN LATERAL unnest(n.highs) AS b (high)
             WHERE b.high < 9223372036854775807
            UNION ALL
            SELECT g.tag_id, NULL FROM cdp.tag AS g WHERE g.tag_id = ANY (tags) AND cdp._tag_is_number(g.value_type)
        ), span AS (
            SELECT b.tag_id, row_number() OVER w AS band, lag(b.high) OVER w + 1 AS low, b.high
              FROM bound AS b WINDOW w AS (PARTITION BY b.tag_id ORDER BY b.high NULLS LAST)
        )
        SELECT s.tag_id, s.band,
               CASE WHEN s.low = s.high THEN l.text
                    WHEN s.low IS NOT NULL AND s.high IS NOT NULL THEN l.text || ' to ' || h.text
                    WHEN s.low IS NOT NULL THEN 'from ' || l.text
                    WHEN s.high IS NOT NULL THEN 'up to ' || h.text
                    ELSE 'any' END,
               coalesce(s.low, (-9223372036854775808)::int8), coalesce(s.high, 9223372036854775807)
          FROM span AS s
          JOIN cdp.tag AS g USING (tag_id)
         CROSS JOIN LATERAL cdp._tag_number_text(g.value_type, s.low) AS l (text)
         CROSS JOIN LATERAL cdp._tag_number_text(g.value_type, s.high) AS h (text);
END $$;
COMMENT ON FUNCTION cdp._insight_bands(int4[], int4, cdp.roaringbitmap) IS
    'internal: bands of numbers and dates in which there are equally many people of the baseline; fewer where many have the same';

CREATE FUNCTION cdp._insight_values(tags int4[], bands int4, base cdp.roaringbitmap)
    RETURNS TABLE (tag_id int4, band int8, value text, chunk int4, members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE ROWS 300 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT v.tag_id, 0::int8, v.value, v.chunk, cdp._tag_members(v.base, v.changed, v.later) FROM cdp.tag_value AS v WHERE v.tag_id = ANY (tags)
        UNION ALL
        SELECT b.tag_id, b.band, b.value, n.chunk, cdp.bsi_between(n.numbers, b.low, b.high)
          FROM cdp._insight_bands(tags, bands, base) AS b
          JOIN (SELECT t.tag_id, t.chunk, cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh) AS numbers
                  FROM cdp.tag_number AS t WHERE t.tag_id = ANY (tags) OFFSET 0) AS n USING (tag_id);
END $$;
COMMENT ON FUNCTION cdp._insight_values(int4[], int4, cdp.roaringbitmap) IS
    'internal: who has which value of these tags, or a number in which band, chunk by chunk';

CREATE FUNCTION cdp._insight_counts(tags int4[], bands int4, people cdp.roaringbitmap, base cdp.roaringbitmap)
    RETURNS TABLE (place int4, tag_id int4, dim text, band int8, value text, users int8, size int8,
                   rest_users int8, rest_size int8, base_users int8, base_size int8)
    LANGUAGE plpgsql STABLE ROWS 300 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rest cdp.roaringbitmap := cdp.rb_andnot(base, people);
    -- NULL: all of the people, who then are counted once.
    shared cdp.roaringbitmap := CASE WHEN NOT people OPERATOR(cdp.<@) base THEN cdp.rb_and(people, base) END;
BEGIN
    RETURN QUERY
        WITH counted AS MATERIALIZED (
            -- Grouped afterwards, so that no bitmap is carried into a sort.
            SELECT v.tag_id, v.band, v.value, cdp.rb_and_cardinality(v.members, people) AS in_people,
                   cdp.rb_and_cardinality(v.members, rest) AS in_rest, cdp.rb_and_cardinality(v.members, shared) AS in_shared
              FROM cdp._insight_values(tags, bands, base) AS v
        )
        SELECT array_position(tags, g.tag_id), g.tag_id, g.name, c.band, c.value, c.in_people, cdp.rb_cardinality(people),
               c.in_rest, cdp.rb_cardinality(rest), c.in_rest + c.in_shared, cdp.rb_cardinality(base)
          FROM (SELECT c.tag_id, c.band, c.value, sum(c.in_people)::int8 AS in_people, sum(c.in_rest)::int8 AS in_rest,
                       sum(coalesce(c.in_shared, c.in_people))::int8 AS in_shared
                  FROM counted AS c GROUP BY 1, 2, 3) AS c
          JOIN cdp.tag AS g USING (tag_id)
         WHERE c.in_people > 0 OR c.in_rest > 0;
END $$;
COMMENT ON FUNCTION cdp._insight_counts(int4[], int4, cdp.roaringbitmap, cdp.roaringbitmap) IS
    'internal: of these people, of those of the baseline who are not among them, and of the baseline, how many have each value';

CREATE FUNCTION cdp.audience_insight(rule text, dims text[] DEFAULT NULL, baseline text DEFAULT 'everyone', bands int4 DEFAULT 4)
    RETURNS TABLE (dim text, value text, users int8, share float8, base_users int8, base_share float8,
                   tgi float8, p_value float8, p_adjusted float8)
    LANGUAGE plpgsql STABLE ROWS 300 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        WITH tested AS MATERIALIZED (
            SELECT c.*, row_number() OVER (ORDER BY c.place, c.band, c.users DESC, c.value COLLATE "C") AS n,
                   c.users::float8 / nullif(c.size, 0) AS share,
                   c.base_users::float8 / nullif(c.base_size, 0) AS base_share,
                   -- No test of two groups allows for somebody in both: those of the baseline who are
                   -- not among the people stand for it.
                   cdp.ab_p(c.rest_users, c.rest_size, c.users, c.size) AS p
              FROM cdp._insight_counts(cdp._insight_dims(dims), bands, cdp.audience_bitmap(rule), cdp.audience_bitmap(baseline)) AS c
        ), family AS MATERIALIZED (
            SELECT cdp.ab_adjust(array_agg(t.p ORDER BY t.n) FILTER (WHERE t.p IS NOT NULL)) AS p FROM tested AS t
        )
        SELECT t.dim, t.value, t.users, t.share, t.base_users, t.base_share,
               100 * t.share / nullif(t.base_share, 0), t.p, (SELECT f.p[t.n] FROM family AS f)
          FROM tested AS t
         ORDER BY t.n;
END $$;
COMMENT ON FUNCTION cdp.audience_insight(text, text[], text, int4) IS
    'what tags (all of them unless told) say of the people of a rule and of a baseline: a row per value, or per band of numbers, with how many and which share of each have it, the target group index tgi (100: as in the baseline), and the p of the difference between the people and the rest of the baseline, also corrected for all rows being looked at together (Holm)';
