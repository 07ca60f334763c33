--| ## Who is like them?
--| A score of tags: the more of a person's values are commoner among the people of a seed than among all others,
--| the higher. It is no model: nothing is learned or validated, and tags that say the same thing twice count
--| twice (naive independence). It ranks; it is not a probability.

-- Thousandths, so that scores are sums of whole numbers: the same in whichever order they are added.
CREATE FUNCTION cdp._lookalike_weights(seed text, tags int4[], bands int4, people cdp.roaringbitmap, base cdp.roaringbitmap)
    RETURNS TABLE (place int4, tag_id int4, dim text, band int8, value text, seed_users int8, seed_share float8, rest_share float8, weight int8)
    LANGUAGE plpgsql STABLE ROWS 300 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cdp.rb_is_empty(people) THEN
        RAISE EXCEPTION 'there is nobody to be like' USING
            ERRCODE = 'data_exception', DETAIL = format('Nobody is meant by %s.', seed);
    END IF;
    RETURN QUERY
        SELECT c.place, c.tag_id, c.dim, c.band, c.value, c.users, c.users::float8 / c.size, c.rest_users::float8 / nullif(c.rest_size, 0),
               round(1000 * ln((c.users + 0.5) / (c.size + 1) / ((c.rest_users + 0.5) / (c.rest_size + 1))))::int8
          FROM cdp._insight_counts(tags, bands, people, base) AS c;
END $$;
COMMENT ON FUNCTION cdp._lookalike_weights(text, int4[], int4, cdp.roaringbitmap, cdp.roaringbitmap) IS
    'internal: for each value the thousandfold logarithm of how much commoner it is in the seed than in the rest of the baseline';

CREATE FUNCTION cdp.audience_lookalike(seed text, n int8 DEFAULT 1000, dims text[] DEFAULT NULL, baseline text DEFAULT 'everyone', bands int4 DEFAULT 4)
    RETURNS TABLE (one_id int4, score float8)
    LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    people cdp.roaringbitmap := cdp.audience_bitmap(seed);
    base cdp.roaringbitmap := cdp.audience_bitmap(baseline);
    rest cdp.roaringbitmap := cdp.rb_andnot(base, people);
    -- What the seed is made of says nothing of others.
    tags int4[] := cdp._insight_dims(dims, cdp.rule_tags(seed::cdp.rule));
BEGIN
    IF n IS NULL OR n < 0 THEN
        RAISE EXCEPTION 'there can be 0 or more people, not %', coalesce(n::text, 'NULL') USING
            ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
        WITH weighed AS (
            SELECT v.chunk, v.members, w.weight
              FROM cdp._lookalike_weights(seed, tags, bands, people, base) AS w
              JOIN cdp._insight_values(tags, bands, base) AS v USING (tag_id, band, value)
            UNION ALL
            -- Who has no value at all has a score too.
            SELECT c.chunk, c.members, 0 FROM cdp.rb_chunks(rest, 20) AS c
        ), scored AS (
            SELECT w.chunk, cdp.bsi_weight_agg(w.members, w.weight) AS scores FROM weighed AS w GROUP BY w.chunk
        )
        SELECT best.id, best.number / 1000.0::float8
          FROM scored AS s
         CROSS JOIN LATERAL cdp.bsi_iterate(s.scores, cdp.bsi_topk(s.scores, n, rest)) AS best
         ORDER BY best.number DESC, s.chunk, best.id
         LIMIT n;
END $$;
COMMENT ON FUNCTION cdp.audience_lookalike(text, int8, text[], text, int4) IS
    'the n people of the baseline outside the seed whose tags are most like those of the people in it: the score is the sum, over the values that a person has, of the logarithm of how much commoner the value is in the seed than outside; ties go to the smaller OneID. No model: nothing is learned, tags that say the same count twice, and a score is no probability';

CREATE FUNCTION cdp.audience_lookalike_explain(seed text, one_id int4 DEFAULT NULL, dims text[] DEFAULT NULL, baseline text DEFAULT 'everyone', bands int4 DEFAULT 4)
    RETURNS TABLE (dim text, value text, seed_users int8, seed_share float8, rest_share float8, weight float8)
    LANGUAGE plpgsql STABLE ROWS 300 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    people cdp.roaringbitmap := cdp.audience_bitmap(seed);
    base cdp.roaringbitmap := cdp.audience_bitmap(baseline);
    tags int4[] := cdp._insight_dims(dims, cdp.rule_tags(seed::cdp.rule));
BEGIN
    RETURN QUERY
        SELECT w.dim, w.value, w.seed_users, w.seed_share, w.rest_share, w.weight / 1000.0::float8
          FROM cdp._lookalike_weights(seed, tags, bands, people, base) AS w
         WHERE audience_lookalike_explain.one_id IS NULL
            OR (w.tag_id, w.band, w.value) IN (
                SELECT v.tag_id, v.band, v.value FROM cdp._insight_values(tags, bands, base) AS v
                 WHERE v.chunk = cdp.chunk_of(audience_lookalike_explain.one_id)
                   AND cdp.rb_contains(v.members, audience_lookalike_explain.one_id))
         ORDER BY w.weight DESC, w.place, w.band, w.value COLLATE "C";
END $$;
COMMENT ON FUNCTION cdp.audience_lookalike_explain(text, int4, text[], text, int4) IS
    'what a score of audience_lookalike is made of: the values of one person, whose weights add up to the score, or without a person all values, with their shares in the seed and in the rest of the baseline';
