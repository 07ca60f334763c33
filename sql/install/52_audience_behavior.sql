--| ## Behaviour in rules
--| What people did is read from `cdp.timeline_month`, together with what waits in `cdp.timeline_batch` or has to be
--| built again, as reports do: an answer is never older than `cdp.event`.

-- $1: the chunk, or null for all. Null where nothing waits.
CREATE FUNCTION cdp._behavior_news_sql() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    due boolean := EXISTS (SELECT FROM cdp.timeline_due);
BEGIN
    IF NOT due AND NOT EXISTS (SELECT FROM cdp.timeline_batch) THEN
        RETURN NULL;
    END IF;
    RETURN format($sql$
    WITH cell AS MATERIALIZED (
        SELECT DISTINCT i.one_id, d.month FROM cdp.timeline_due AS d JOIN cdp.identifier AS i ON i.id = d.identifier_id
         WHERE i.one_id IS NOT NULL AND ($1 IS NULL OR cdp.chunk_of(i.one_id) = $1)
    ), batch AS (
        SELECT b.events, b.batch FROM cdp.timeline_batch AS b
    ), %s
    SELECT n.one_id, n.month, n.tl FROM news AS n WHERE $1 IS NULL OR cdp.chunk_of(n.one_id) = $1
     UNION ALL
    SELECT c.one_id, c.month, NULL FROM cell AS c$sql$, cdp._timeline_news_sql(due));
END $$;
COMMENT ON FUNCTION cdp._behavior_news_sql() IS
    'internal: the query of what people of a chunk did that cdp.timeline_month does not hold yet, as timelines of a month; a null one says that what it does hold of that month does not count';

-- What is the value of the event is meant first; then what has the name, then the key.
CREATE FUNCTION cdp._event_property_place(event text, property text) RETURNS TABLE (operand int4, decimals int4)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT p.operand, p.decimals
          FROM (SELECT 0, t.value_decimals, CASE WHEN t.value_prop = property THEN 1 ELSE 4 END
                  FROM cdp.event_type AS t
                 WHERE t.name = event AND t.value_prop IN (property, CASE WHEN property = 'value' THEN t.value_prop END)
                 UNION ALL
                SELECT p.slot, 0, CASE WHEN p.name = property THEN 2 ELSE 3 END
                  FROM cdp.event_property AS p
                 WHERE property IN (p.name, p.prop)) AS p (operand, decimals, turn)
         ORDER BY p.turn LIMIT 1;
END $$;
COMMENT ON FUNCTION cdp._event_property_place(text, text) IS
    'internal: where timelines keep a property of an event: 0 for its value, with so many decimals, or a slot; no row when nowhere';

CREATE FUNCTION cdp._rule_behavior_people(leaf cdp.rule, chunk int4, now timestamptz) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp__rule_behavior_people' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION cdp._rule_behavior_people(cdp.rule, int4, timestamptz) IS
    'internal: the people of a chunk whom a rule means that is one condition on behaviour, from their timelines';
