--| ## People's timelines as of now
--| Reports read `cdp.timeline_month` together with what has not been folded in yet, so that they never lag
--| behind `cdp.event`. Regular refreshes keep that rest small, and reports quick.

-- $1: an audience as a bitmap, or null; $2 and $3: the period. Only what has rows is read, and of one month the
-- pages go as they are stored, so that an ordinary report is one parallel scan. The months of a slot come one after
-- the other by the index on (slot, month), in no memory: who asks for several (funnel_report and the like) forbids
-- the planner to hash or to sort pages, which costs half as much again at best, and files at worst. Several ranges
-- of slots are for several processes.
CREATE FUNCTION cdp._person_pages_sql("from" timestamptz, "to" timestamptz, restricted boolean, bare boolean DEFAULT false)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    due boolean := EXISTS (SELECT FROM cdp.timeline_due);
    waiting boolean := due OR EXISTS (SELECT FROM cdp.timeline_batch);
    -- No month begins before this one, from which on there is arithmetic for all of them.
    earliest constant timestamp := '4714-12-01 BC';
    first_month timestamp := CASE WHEN "from" IS NOT NULL THEN date_trunc('month', greatest("from" AT TIME ZONE 'UTC', earliest)) END;
    until timestamp := CASE WHEN "to" IS NOT NULL THEN greatest("to" AT TIME ZONE 'UTC', earliest + interval '1 us') END;
    last_month timestamp := date_trunc('month', until - interval '1 us');
    -- A month that the period cuts, and no other, has to be sliced.
    cut_months date[] := array_remove(ARRAY[
        CASE WHEN first_month < "from" AT TIME ZONE 'UTC' THEN first_month::date END,
        CASE WHEN date_trunc('month', until) < until THEN last_month::date END], NULL);
    slice text := 'cdp.timeline_page_slice(%s, coalesce($2, ''-infinity''), coalesce($3, ''infinity''))';
    page text := 't.page';
    months text := concat_ws(' AND ',
        't.month >= ' || quote_literal(first_month::date), 't.month <= ' || quote_literal(last_month::date));
    stored text;
    first_slot int8;
    last_slot int8;
    ranges text[] := '{true}';
BEGIN
    IF due THEN
        page := 'coalesce(cdp.timeline_page_remove(t.page, l.people), t.page)';
    END IF;
    IF restricted THEN
        page := format('cdp.timeline_page_restrict(%s, $1)', page);
    END IF;
    IF first_month = last_month AND cardinality(cut_months) > 0 THEN
        page := format(slice, page);
    ELSIF cardinality(cut_months) > 0 THEN
        page := format('CASE WHEN t.month = ANY (%L) THEN %s ELSE %s END', cut_months, format(slice, page), page);
    END IF;
    stored := format('SELECT t.slot, %s AS page FROM cdp.timeline_month AS t%s%s', page,
        CASE WHEN due THEN ' LEFT JOIN leaving AS l USING (month, slot)' ELSE '' END, ' WHERE ' || nullif(months, ''));
    IF NOT waiting THEN
        IF first_month = last_month THEN
            RETURN format('SELECT p.page FROM (%s) AS p', stored);
        END IF;
        SELECT min(t.slot), max(t.slot) INTO first_slot, last_slot FROM cdp.timeline_month AS t;
        IF last_slot - first_slot >= 64 THEN
            ranges := ARRAY(SELECT concat_ws(' AND ', 'p.slot >= ' || first_slot + (last_slot - first_slot) * n / 4,
                                             CASE WHEN n < 3 THEN 'p.slot < ' || first_slot + (last_slot - first_slot) * (n + 1) / 4 END)
                              FROM generate_series(0, 3) AS n ORDER BY n);
        END IF;
        RETURN (SELECT string_agg(format('SELECT cdp._timeline_page_parts(p.page, %L) AS page FROM (%s) AS p WHERE %s GROUP BY p.slot', bare, stored, r.range),
                                  ' UNION ALL ')
                  FROM unnest(ranges) AS r (range));
    END IF;
    RETURN format($sql$
    WITH cell AS MATERIALIZED (
        SELECT DISTINCT i.one_id, d.month FROM cdp.timeline_due AS d JOIN cdp.identifier AS i ON i.id = d.identifier_id
         WHERE i.one_id IS NOT NULL
    ), batch AS (
        SELECT b.events, b.batch FROM cdp.timeline_batch AS b
    ), %s, fresh AS (
        SELECT cdp.timeline_slot(t.one_id) AS slot, cdp.timeline_page_agg(t.one_id, t.tl) AS page
          FROM news AS t WHERE %s GROUP BY 1
    )
    SELECT cdp._timeline_page_parts(p.page, %L) AS page
      FROM (%s UNION ALL SELECT f.slot, %s FROM fresh AS f) AS p GROUP BY p.slot$sql$,
        cdp._timeline_news_sql(due), concat_ws(' AND ', '($1 IS NULL OR cdp.rb_contains($1, t.one_id))', nullif(months, '')),
        bare, stored, CASE WHEN cardinality(cut_months) > 0 THEN format(slice, 'f.page') ELSE 'f.page' END);
END $$;
COMMENT ON FUNCTION cdp._person_pages_sql(timestamptz, timestamptz, boolean, boolean) IS
    'internal: the query that gives people''s events of a period as of now, each person on one page: page; its parameters are a bitmap of people, which restricts if that is said, from and to; bare: values and properties are not wanted';

CREATE FUNCTION cdp._report_members(audience text, "from" timestamptz, "to" timestamptz) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._report_check_period("from", "to");
    RETURN CASE WHEN audience IS NOT NULL THEN cdp.audience_bitmap(audience) END;
END $$;
COMMENT ON FUNCTION cdp._report_members(text, timestamptz, timestamptz) IS
    'internal: the people of an audience, null for everybody; an error for an empty period';

CREATE FUNCTION cdp._person_timelines_sql("from" timestamptz, "to" timestamptz, restricted boolean, bare boolean DEFAULT false)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN format('SELECT t.one_id, t.tl FROM (%s) AS p CROSS JOIN LATERAL cdp.timeline_page_read(p.page) AS t',
                  cdp._person_pages_sql("from", "to", restricted, bare));
END $$;
COMMENT ON FUNCTION cdp._person_timelines_sql(timestamptz, timestamptz, boolean, boolean) IS
    'internal: likewise, one row a person: one_id, tl';

CREATE FUNCTION cdp.person_timelines(audience text DEFAULT NULL, "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL)
    RETURNS TABLE (one_id int4, tl cdp.timeline) LANGUAGE plpgsql STABLE ROWS 100000
    SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    members cdp.roaringbitmap := cdp._report_members(audience, "from", "to");
BEGIN
    RETURN QUERY EXECUTE cdp._person_timelines_sql("from", "to", members IS NOT NULL)
        USING members, "from", "to";
END $$;
COMMENT ON FUNCTION cdp.person_timelines(text, timestamptz, timestamptz) IS
    'each person''s events of a period as a timeline, as of now, whatever has been refreshed; audience => an expression restricts';
