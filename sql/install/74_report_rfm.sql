--| ## Recency, frequency, monetary value
--| Who bought lately, often, for much: a score for each, and by whether the three are high the eight classes of
--| the trade. Scores come from thresholds, or from fifths of the people, equal values sharing a score. High is a
--| score above the middle of its scale.

CREATE FUNCTION cdp.rfm_class(r_high boolean, f_high boolean, m_high boolean) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN m_high THEN 'important_' ELSE 'general_' END
        || CASE WHEN r_high AND f_high THEN 'value' WHEN r_high THEN 'develop' WHEN f_high THEN 'keep' ELSE 'win_back' END;
COMMENT ON FUNCTION cdp.rfm_class(boolean, boolean, boolean) IS
    'the class of who bought lately, often, for much, or not: important_ or general_, followed by value, develop (lately, but seldom), keep (often, but not lately) or win_back';

CREATE FUNCTION cdp._rfm_check_bounds(bounds numeric[], what text) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cardinality(bounds) = 0 OR array_position(bounds, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'thresholds of % must be numbers, one at least', what USING
            ERRCODE = 'invalid_parameter_value', HINT = 'Leave them out for fifths of the people.';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._rfm_check_bounds(numeric[], text) IS
    'internal: an error for thresholds that there are none of, or that are null';

CREATE FUNCTION cdp.rfm_people(event text DEFAULT 'pay', amount text DEFAULT 'amount',
    "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL, audience text DEFAULT NULL,
    recency_bounds int4[] DEFAULT NULL, frequency_bounds int8[] DEFAULT NULL, monetary_bounds numeric[] DEFAULT NULL)
    RETURNS TABLE (one_id int4, recency int4, frequency int8, monetary numeric, r int4, f int4, m int4, class text)
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    until timestamptz := CASE WHEN "to" < 'infinity' THEN "to" ELSE now() END;
    zone text;
    members cdp.roaringbitmap;
    r_bounds numeric[] := recency_bounds;
    f_bounds numeric[] := frequency_bounds;
    m_bounds numeric[] := monetary_bounds;
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._report_check_period("from", until);
    PERFORM cdp._event_codes(ARRAY[event]);
    PERFORM cdp._rfm_check_bounds(r_bounds, 'recency'), cdp._rfm_check_bounds(f_bounds, 'frequency'),
            cdp._rfm_check_bounds(m_bounds, 'monetary value');
    zone := cdp.setting('time_zone');
    IF audience IS NOT NULL THEN
        members := cdp.audience_bitmap(audience);
    END IF;
    RETURN QUERY
        WITH person AS MATERIALIZED (
            SELECT i.one_id, cdp.day_of(until, zone) - cdp.day_of(max(e.ts), zone) AS recency, count(*) AS frequency,
                   coalesce(sum(cdp._event_value(e.props, amount, 3)), 0) * 0.001 AS monetary
              FROM cdp.event AS e JOIN cdp.identifier AS i ON i.id = e.identifier_id
             WHERE i.one_id IS NOT NULL AND e.name = event
               AND ("from" IS NULL OR e.ts >= "from") AND e.ts < until
               AND (members IS NULL OR cdp.rb_contains(members, i.one_id))
             GROUP BY i.one_id
        ), fifth AS MATERIALIZED (
            -- Of days the fewest are best: their opposites ascend as the others do.
            SELECT percentile_disc('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY -p.recency) AS r,
                   percentile_disc('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY p.frequency) AS f,
                   percentile_disc('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY p.monetary) AS m
              FROM person AS p
        ), scored AS (
            SELECT p.*,
                   1 + CASE WHEN r_bounds IS NULL THEN (SELECT count(*) FROM unnest(q.r) AS b WHERE b < -p.recency)
                            ELSE (SELECT count(*) FROM unnest(r_bounds) AS b WHERE b >= p.recency) END AS r,
                   1 + CASE WHEN f_bounds IS NULL THEN (SELECT count(*) FROM unnest(q.f) AS b WHERE b < p.frequency)
                            ELSE (SELECT count(*) FROM unnest(f_bounds) AS b WHERE b <= p.frequency) END AS f,
                   1 + CASE WHEN m_bounds IS NULL THEN (SELECT count(*) FROM unnest(q.m) AS b WHERE b < p.monetary)
                            ELSE (SELECT count(*) FROM unnest(m_bounds) AS b WHERE b <= p.monetary) END AS m
              FROM person AS p CROSS JOIN fifth AS q
        )
        SELECT s.one_id, s.recency, s.frequency, s.monetary, s.r::int4, s.f::int4, s.m::int4,
               cdp.rfm_class(2 * s.r > 2 + coalesce(cardinality(r_bounds), 4), 2 * s.f > 2 + coalesce(cardinality(f_bounds), 4),
                             2 * s.m > 2 + coalesce(cardinality(m_bounds), 4))
          FROM scored AS s;
END $$;
COMMENT ON FUNCTION cdp.rfm_people(text, text, timestamptz, timestamptz, text, int4[], int8[], numeric[]) IS
    'each person with the event in the period: days since the last one, how many, the sum of a property, a score for each from 1 (worst) on, and the class; scores by thresholds (days at most; times and sums at least), or by fifths of the people';

CREATE FUNCTION cdp.rfm_report(event text DEFAULT 'pay', amount text DEFAULT 'amount',
    "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL, audience text DEFAULT NULL,
    recency_bounds int4[] DEFAULT NULL, frequency_bounds int8[] DEFAULT NULL, monetary_bounds numeric[] DEFAULT NULL)
    RETURNS TABLE (class text, users int8, share float8, recency_avg float8, frequency_avg float8, monetary numeric, monetary_share float8)
    LANGUAGE plpgsql STABLE ROWS 8 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        WITH found AS (
            SELECT p.class, count(*) AS users, avg(p.recency)::float8 AS recency, avg(p.frequency)::float8 AS frequency, sum(p.monetary) AS monetary
              FROM cdp.rfm_people(event, amount, "from", "to", audience, recency_bounds, frequency_bounds, monetary_bounds) AS p
             GROUP BY p.class
        )
        SELECT c.class, coalesce(f.users, 0), coalesce(f.users, 0)::float8 / nullif(sum(f.users) OVER (), 0)::float8,
               f.recency, f.frequency, coalesce(f.monetary, 0), (coalesce(f.monetary, 0) / nullif(sum(f.monetary) OVER (), 0))::float8
          FROM (SELECT cdp.rfm_class(r.high, f.high, m.high) AS class, row_number() OVER (ORDER BY m.high DESC, r.high DESC, f.high DESC) AS place
                  FROM (VALUES (false), (true)) AS r (high), (VALUES (false), (true)) AS f (high), (VALUES (false), (true)) AS m (high)) AS c
          LEFT JOIN found AS f ON f.class = c.class
         ORDER BY c.place;
END $$;
COMMENT ON FUNCTION cdp.rfm_report(text, text, timestamptz, timestamptz, text, int4[], int8[], numeric[]) IS
    'the eight classes of rfm_people: people and their share, mean days since the last event, mean number of events, the sum of the property and its share';
