--| ## One audience each, and so many
CREATE FUNCTION cdp.audience_priority(names text[] DEFAULT NULL)
    RETURNS TABLE (place int8, audience text, users int8, assigned int8, members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    names := coalesce(names, ARRAY(SELECT a.name FROM cdp.audience AS a WHERE a.priority IS NOT NULL ORDER BY a.priority, a.name));
    RETURN QUERY
        SELECT p.place, p.name, cdp.rb_cardinality(p.members), cdp.rb_cardinality(p.own), p.own
          FROM (SELECT s.place, s.name, s.members,
                       cdp.rb_andnot(s.members, coalesce(cdp.rb_or_agg(s.members) OVER (
                           ORDER BY s.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), '{}')) AS own
                  FROM cdp._audience_sets(names) AS s) AS p
         ORDER BY p.place;
END $$;
COMMENT ON FUNCTION cdp.audience_priority(text[]) IS
    'gives everybody to the first of these audiences that he is in: how many are in each, and who is left to it; without names, to the audiences with a priority, in its order';

CREATE FUNCTION cdp.audience_limit(rule text, n int8, by text DEFAULT NULL, salt text DEFAULT '', lowest boolean DEFAULT false)
    RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    people cdp.roaringbitmap;
    numbers cdp.bsi;
BEGIN
    IF num_nulls(n, salt, lowest) > 0 THEN
        RAISE EXCEPTION 'number of people, salt and lowest cannot be null' USING ERRCODE = 'null_value_not_allowed';
    ELSIF n < 0 THEN
        RAISE EXCEPTION 'number of people must not be negative' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    people := cdp.audience_bitmap(rule);
    IF by IS NULL THEN
        RETURN cdp._audience_draw(people, n, salt);
    END IF;
    numbers := cdp.tag_number(by);
    RETURN CASE WHEN lowest THEN cdp.bsi_bottomk(numbers, n, people) ELSE cdp.bsi_topk(numbers, n, people) END;
END $$;
COMMENT ON FUNCTION cdp.audience_limit(text, int8, text, text, boolean) IS
    'at most n of the people whom a rule means: by lot, the same salt always drawing the same, or those with the largest (lowest => true: smallest) number of a tag, of equal ones those with the smaller OneIDs';

CREATE FUNCTION cdp._audience_draw(people cdp.roaringbitmap, n int8, salt text) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp__audience_draw' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cdp._audience_draw(cdp.roaringbitmap, int8, text) IS
    'internal: the n people with the smallest numbers of cdp.audience_share(), all when there are no more';
