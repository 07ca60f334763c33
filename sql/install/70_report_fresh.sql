--| ## People's timelines as of now
--| Reports read `cdp.timeline_month` together with what has not been folded in yet, so that they never lag
--| behind `cdp.event`. Regular refreshes keep that rest small, and reports quick.

-- $1: an audience as a bitmap, or null; $2 and $3: the period. Only what has rows is read, and of one month the
-- pages go as they are stored, so that an ordinary report is one parallel scan. The months of a slot come one after
-- the other by the index on (slot, month), in no memory: who asks for several (funnel_report and the like) forbids
-- the planner to hash or to sort pages, which costs half as much again at best, and files at worst. Several ranges
-- of slots are for several processes.
-- Where events wait and the server may use several processes, those whose events they are come apart from the others,
-- as it scans no named query in more than one: everybody else is read as if nothing waited.
CREATE FUNCTION cdp._person_pages_sql("from" timestamptz, "to" timestamptz, restricted boolean, bare boolean DEFAULT false,
    only_waiting boolean DEFAULT false)
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
    others boolean := waiting AND NOT only_waiting AND cdp._waiting_apart();
    people cdp.roaringbitmap;
    answer text;
BEGIN
    IF others THEN
        people := cdp._people_waiting();
        page := format('cdp.timeline_page_remove(t.page, %L::cdp.roaringbitmap)', people);
    ELSIF due THEN
        page := 'coalesce(cdp.timeline_page_remove(t.page, l.people), t.page)';
    END IF;
    IF only_waiting THEN
        page := format('cdp.timeline_page_restrict(%s, $4)', page);
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
        CASE WHEN due AND NOT others THEN ' LEFT JOIN leaving AS l USING (month, slot)' ELSE '' END,
        ' WHERE ' || nullif(concat_ws(' AND ', nullif(months, ''), CASE WHEN only_waiting THEN
            't.slot IN (SELECT cdp.timeline_slot(w.one_id) FROM cdp.rb_iterate($4) AS w (one_id))' END), ''));
    IF others OR NOT waiting THEN
        IF first_month = last_month THEN
            answer := format('SELECT p.page FROM (%s) AS p', stored);
        ELSE
            SELECT min(t.slot), max(t.slot) INTO first_slot, last_slot FROM cdp.timeline_month AS t;
            IF last_slot - first_slot >= 64 THEN
                ranges := ARRAY(SELECT concat_ws(' AND ', 'p.slot >= ' || first_slot + (last_slot - first_slot) * n / 4,
                                                 CASE WHEN n < 3 THEN 'p.slot < ' || first_slot + (last_slot - first_slot) * (n + 1) / 4 END)
                                  FROM generate_series(0, 3) AS n ORDER BY n);
            END IF;
            answer := (SELECT string_agg(format('SELECT cdp._timeline_page_parts(p.page, %L) AS page FROM (%s) AS p WHERE %s GROUP BY p.slot', bare, stored, r.range),
                                         ' UNION ALL ')
                         FROM unnest(ranges) AS r (range));
        END IF;
        RETURN answer || CASE WHEN others THEN
            format(' UNION ALL SELECT w.page FROM cdp._person_pages_waiting(%L::cdp.roaringbitmap, $1, %s, %s, %L, %L) AS w (page)',
                   people, CASE WHEN "from" IS NULL THEN 'NULL' ELSE '$2' END, CASE WHEN "to" IS NULL THEN 'NULL' ELSE '$3' END,
                   restricted, bare) ELSE '' END;
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
COMMENT ON FUNCTION cdp._person_pages_sql(timestamptz, timestamptz, boolean, boolean, boolean) IS
    'internal: the query that gives people''s events of a period as of now, each person on one page: page; its parameters are a bitmap of people, which restricts if that is said, from and to; bare: values and properties are not wanted; only_waiting: of nobody but the people of a fourth parameter, among whom are all whose events wait';

-- People are taken off every page that has some of them, which is dearer than to read their pages in one process where
-- they are on most: so it is done while fewer events wait than the table has blocks (or always, for tests, where the
-- server takes a table of any size for large).
CREATE FUNCTION cdp._waiting_apart() RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stored constant int8 := pg_relation_size('cdp.timeline_month');
    large constant int8 := pg_size_bytes(current_setting('min_parallel_table_scan_size'));
BEGIN
    RETURN current_setting('max_parallel_workers_per_gather')::int4 > 0 AND stored >= large
        AND (large = 0 OR (SELECT coalesce(sum(b.events), 0) FROM cdp.timeline_batch AS b) + (SELECT count(*) FROM cdp.timeline_due)
                          < stored / current_setting('block_size')::int8);
END $$;
COMMENT ON FUNCTION cdp._waiting_apart() IS
    'internal: whether people whose events wait are better read apart from the others, who then are read by several processes';

CREATE FUNCTION cdp._people_waiting() RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT cdp.rb_build_agg(i.one_id)
                       FROM (SELECT r.uid::int4 AS id FROM cdp.timeline_batch AS b CROSS JOIN LATERAL cdp.timelines_read(b.batch) AS r
                             UNION ALL
                             SELECT d.identifier_id FROM cdp.timeline_due AS d) AS w
                      CROSS JOIN LATERAL (SELECT j.one_id FROM cdp.identifier AS j WHERE j.id = w.id LIMIT 1) AS i), '{}');
END $$;
COMMENT ON FUNCTION cdp._people_waiting() IS
    'internal: the people who have events that wait to be folded in, or months that have to be built again';

CREATE FUNCTION cdp._person_pages_waiting(people cdp.roaringbitmap, members cdp.roaringbitmap, "from" timestamptz, "to" timestamptz,
    restricted boolean, bare boolean)
    RETURNS SETOF cdp.timeline_page LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000 ROWS 1000
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE cdp._person_pages_sql("from", "to", restricted, bare, only_waiting => true)
        USING members, "from", "to", people;
END $$;
COMMENT ON FUNCTION cdp._person_pages_waiting(cdp.roaringbitmap, cdp.roaringbitmap, timestamptz, timestamptz, boolean, boolean) IS
    'internal: the pages of people whose events wait: of the query of _person_pages_sql, what one process does while others read everybody else';

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
