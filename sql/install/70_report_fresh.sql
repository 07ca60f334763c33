--| ## People's timelines as of now
--| Reports read `cdp.person_timeline` together with what has not been folded in yet, so that they never lag
--| behind `cdp.event`. Regular refreshes keep that rest small, and reports quick.

-- $1: an audience as a bitmap, or null; $2 and $3: the period. Only parts that have rows are read, so that
-- an ordinary report is one parallel scan.
CREATE FUNCTION cdp._person_timelines_sql("from" timestamptz, "to" timestamptz) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    due boolean := EXISTS (SELECT FROM cdp.timeline_due);
    tail boolean := EXISTS (SELECT FROM cdp.timeline_tail);
    one_month boolean := NOT due AND NOT tail
        AND date_trunc('month', "from" AT TIME ZONE 'UTC') = date_trunc('month', ("to" - interval '1 us') AT TIME ZONE 'UTC');
    not_due text := CASE WHEN due THEN
        ' AND NOT EXISTS (SELECT FROM cdp.timeline_due AS d JOIN cdp.identifier AS j ON j.id = d.identifier_id
                           WHERE j.one_id = %1$s.one_id AND d.month = %2$s)' ELSE '' END;
    tl text := CASE WHEN one_month THEN 'p.tl' ELSE 'cdp.rollup(p.tl)' END;
    parts text;
BEGIN
    parts := 'SELECT t.one_id, t.tl FROM cdp.person_timeline AS t WHERE ($1 IS NULL OR cdp.rb_contains($1, t.one_id))'
        || CASE WHEN "from" IS NOT NULL THEN ' AND t.month >= date_trunc(''month'', $2 AT TIME ZONE ''UTC'')::date' ELSE '' END
        || CASE WHEN "to" IS NOT NULL THEN ' AND t.month <= (($3 - interval ''1 us'') AT TIME ZONE ''UTC'')::date' ELSE '' END
        || format(not_due, 't', 't.month');
    IF tail THEN
        parts := parts || ' UNION ALL
            SELECT i.one_id, cdp.timeline_agg(n.ts, n.code, n.value, n.props)
              FROM cdp.timeline_tail AS n JOIN cdp.identifier AS i ON i.id = n.identifier_id
             WHERE i.one_id IS NOT NULL AND ($1 IS NULL OR cdp.rb_contains($1, i.one_id))'
            || format(not_due, 'i', 'date_trunc(''month'', n.ts AT TIME ZONE ''UTC'')::date') || ' GROUP BY i.one_id';
    END IF;
    IF due THEN
        parts := parts || format(' UNION ALL
            SELECT cell.one_id, cdp.timeline_agg(r.ts, r.code, r.value, r.props)
              FROM (SELECT DISTINCT j.one_id, d.month FROM cdp.timeline_due AS d JOIN cdp.identifier AS j ON j.id = d.identifier_id
                     WHERE j.one_id IS NOT NULL) AS cell
              JOIN cdp.identifier AS i ON i.one_id = cell.one_id
              JOIN (%s) AS r ON r.identifier_id = i.id
               AND r.ts >= cell.month::timestamp AT TIME ZONE ''UTC''
               AND r.ts < (cell.month + interval ''1 month'') AT TIME ZONE ''UTC''
             WHERE $1 IS NULL OR cdp.rb_contains($1, cell.one_id) GROUP BY cell.one_id', cdp._event_rows_sql('cdp.event'));
    END IF;
    IF "from" IS NOT NULL OR "to" IS NOT NULL THEN
        tl := format('cdp.timeline_slice(%s, coalesce($2, ''-infinity''), coalesce($3, ''infinity''))', tl);
    END IF;
    RETURN format('SELECT p.one_id, %s AS tl FROM (%s) AS p', tl, parts)
        || CASE WHEN one_month THEN '' ELSE ' GROUP BY p.one_id' END;
END $$;
COMMENT ON FUNCTION cdp._person_timelines_sql(timestamptz, timestamptz) IS
    'internal: the query that gives each person''s events of a period as of now: one_id, tl; its parameters are a bitmap of people, from and to';

CREATE FUNCTION cdp._report_members(audience text, "from" timestamptz, "to" timestamptz) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._report_check_period("from", "to");
    RETURN CASE WHEN audience IS NOT NULL THEN cdp.audience_bitmap(audience) END;
END $$;
COMMENT ON FUNCTION cdp._report_members(text, timestamptz, timestamptz) IS
    'internal: the people of an audience, null for everybody; an error for an empty period';

CREATE FUNCTION cdp.person_timelines(audience text DEFAULT NULL, "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL)
    RETURNS TABLE (one_id int4, tl cdp.timeline) LANGUAGE plpgsql STABLE ROWS 100000
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    members cdp.roaringbitmap := cdp._report_members(audience, "from", "to");
BEGIN
    RETURN QUERY EXECUTE format('SELECT p.one_id, p.tl FROM (%s) AS p WHERE cdp.timeline_count(p.tl) > 0', cdp._person_timelines_sql("from", "to"))
        USING members, "from", "to";
END $$;
COMMENT ON FUNCTION cdp.person_timelines(text, timestamptz, timestamptz) IS
    'each person''s events of a period as a timeline, as of now, whatever has been refreshed; audience => an expression restricts';
