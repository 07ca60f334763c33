--| ## Dividing by lot
CREATE FUNCTION cdp.audience_share(one_id int4, salt text) RETURNS float8
    AS 'MODULE_PATHNAME', 'cdp_audience_share' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.audience_share(int4, text) IS
    'a number from 0 to before 1 that a person draws in the lottery of this name: always the same, evenly spread, independent of other lotteries';

CREATE FUNCTION cdp.audience_split(expression text, weights float8[], salt text)
    RETURNS TABLE (part int4, share float8, users int8, members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    total float8 := (SELECT sum(w) FROM unnest(weights) AS w);
    bounds float8[];
BEGIN
    IF salt IS NULL THEN
        RAISE EXCEPTION 'salt of a split cannot be null' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF total IS NULL OR NOT total BETWEEN 1e-300 AND 1e300
       OR EXISTS (SELECT FROM unnest(weights) AS w WHERE w IS NULL OR w < 0) THEN
        RAISE EXCEPTION 'weights of a split must be numbers that are not negative, one of them positive' USING
            ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Where each part begins; weights that add up to the total leave nothing beyond the last.
    bounds := ARRAY(SELECT coalesce(sum(w.weight) OVER (ORDER BY w.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) / total
                      FROM unnest(weights) WITH ORDINALITY AS w (weight, place) ORDER BY w.place);
    RETURN QUERY
        WITH drawn AS (
            SELECT width_bucket(cdp.audience_share(m.one_id, salt), bounds) AS part, cdp.rb_build_agg(m.one_id) AS members
              FROM cdp.audience_members(expression) AS m (one_id) GROUP BY 1
        )
        SELECT w.place::int4, w.weight / total, coalesce(cdp.rb_cardinality(d.members), 0), coalesce(d.members, '{}')
          FROM unnest(weights) WITH ORDINALITY AS w (weight, place)
          LEFT JOIN drawn AS d ON d.part = w.place
         ORDER BY w.place;
END $$;
COMMENT ON FUNCTION cdp.audience_split(text, float8[], text) IS
    'divides the people of an expression by lot into parts of these weights, such as {9,1} for a tenth held out; the same salt always draws the same, whoever else is in';
