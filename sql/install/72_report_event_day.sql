--| ## Day rollup
--| `cdp.event_day` says of every event, day and chunk of people who did it and how often, and under code 0 who
--| did anything. It counts what `cdp.timeline_month` holds: `cdp.timeline_refresh()` keeps both, at the cost of
--| the new events. Days are those of the time zone of the business; when that changes, the rollup is made anew
--| at once.

CREATE FUNCTION cdp.day_of(ts timestamptz, time_zone text) RETURNS date
    AS 'MODULE_PATHNAME', 'cdp_day_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.day_of(timestamptz, text) IS 'the date in a time zone: (ts AT TIME ZONE time_zone)::date, several times faster';

CREATE FUNCTION cdp._setup_report_event_day() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cdp._table_ensure('event_day', 'derived: who did what on which day, and how often', ARRAY[
        ['code', 'int4 NOT NULL', 'what happened: event_type.code; 0: anything at all'],
        ['day', 'date NOT NULL', 'on which day, in the time zone of the business'],
        ['chunk', 'int4 NOT NULL', 'upper bits of the people: one_id >> 20'],
        ['members', 'cdp.roaringbitmap NOT NULL', 'who did it'],
        ['times', 'cdp.bsi NOT NULL', 'how often each of them did it']],
        'PRIMARY KEY (code, day, chunk)')
    THEN
        PERFORM cdp.event_day_rebuild();
    END IF;
    PERFORM cdp._table_ensure('event_day_leave', 'people who have to leave cdp.event_day before the statement ends', ARRAY[
        ['one_id', 'int4 NOT NULL', 'the person (unsigned)']]);
    PERFORM cdp._trigger_ensure('cdp.identifier', 'event_day_leave',
        'AFTER UPDATE OF one_id ON cdp.identifier FOR EACH STATEMENT EXECUTE FUNCTION cdp._event_day_leave()');
    PERFORM cdp._trigger_ensure('cdp.timeline_month', 'event_day_truncate',
        'AFTER TRUNCATE ON cdp.timeline_month FOR EACH STATEMENT EXECUTE FUNCTION cdp._event_day_truncate()');
    PERFORM cdp._trigger_ensure('cdp.meta', 'event_day_time_zone',
        'AFTER UPDATE OF value ON cdp.meta
         FOR EACH ROW WHEN (NEW.key = ''time_zone'' AND OLD.value <> NEW.value)
         EXECUTE FUNCTION cdp._event_day_time_zone()');
END $$;
COMMENT ON FUNCTION cdp._setup_report_event_day() IS 'internal: makes the tables and triggers of the day rollup';

CREATE FUNCTION cdp.event_day_rebuild() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    zone text := cdp.setting('time_zone');
BEGIN
    PERFORM cdp._merge_lock(false);
    PERFORM cdp._lock('timeline');
    DELETE FROM cdp.event_day;
    INSERT INTO cdp.event_day (code, day, chunk, members, times)
    WITH each AS MATERIALIZED (
        SELECT e.code, cdp.day_of(e.ts, zone) AS day, t.chunk, cdp.bsi_build_agg(t.one_id, 1) AS times
          FROM cdp.person_timeline AS t CROSS JOIN LATERAL cdp.timeline_events(t.tl) AS e
         GROUP BY 1, 2, 3
    )
    SELECT e.code, e.day, e.chunk, cdp.bsi_ebm(e.times), e.times FROM each AS e
    UNION ALL
    SELECT 0, t.day, t.chunk, cdp.bsi_ebm(t.times), t.times
      FROM (SELECT e.day, e.chunk, cdp.bsi_agg(e.times) AS times FROM each AS e GROUP BY e.day, e.chunk) AS t;
END $$;
COMMENT ON FUNCTION cdp.event_day_rebuild() IS 'makes cdp.event_day anew from cdp.timeline_month';

CREATE FUNCTION cdp._event_day_truncate() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM cdp.event_day;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._event_day_truncate() IS
    'internal: who empties cdp.timeline_month, to have it built again, empties the days too (trigger on timeline_month)';

CREATE FUNCTION cdp._event_day_time_zone() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp.event_day_rebuild();
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._event_day_time_zone() IS 'internal: days begin elsewhere in another time zone (trigger on meta)';

CREATE FUNCTION cdp._event_day_sum(before cdp.bsi, news cdp.bsi) RETURNS cdp.bsi LANGUAGE plpgsql IMMUTABLE
    PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    total cdp.bsi := coalesce(cdp.bsi_add(before, news), before, news);
BEGIN
    IF cdp.bsi_min(total) > 0 THEN
        RETURN total;
    END IF;
    RETURN cdp.bsi_restrict(total, cdp.bsi_ne(total, 0));
END $$;
COMMENT ON FUNCTION cdp._event_day_sum(cdp.bsi, cdp.bsi) IS
    'internal: how often each did it with what news add or take off; whoever did it no more is not in it';

-- Named queries stand before it, as in timeline_refresh(): news (one_id, month, tl), and leaving (month, slot,
-- people) if months are due. What a month built anew replaces is taken off.
CREATE FUNCTION cdp._event_day_news_sql(due boolean) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN format($sql$
    day_each AS MATERIALIZED (
        SELECT c.code, cdp.day_of(c.ts, %L) AS day, cdp.chunk_of(c.one_id) AS chunk, cdp.bsi_build_agg(c.one_id, c.times) AS times
          FROM (SELECT n.one_id, e.code, e.ts, 1 AS times FROM news AS n CROSS JOIN LATERAL cdp.timeline_events(n.tl) AS e%s) AS c
         GROUP BY 1, 2, 3
    ), day_news AS (
        SELECT e.code, e.day, e.chunk, e.times FROM day_each AS e
        UNION ALL
        SELECT 0, e.day, e.chunk, cdp.bsi_agg(e.times) FROM day_each AS e GROUP BY e.day, e.chunk
    )$sql$, cdp.setting('time_zone'), CASE WHEN due THEN '
                UNION ALL
                SELECT p.one_id, e.code, e.ts, -1
                  FROM leaving AS l JOIN cdp.timeline_month AS t USING (month, slot)
                 CROSS JOIN LATERAL cdp.timeline_page_read(cdp.timeline_page_restrict(t.page, l.people)) AS p
                 CROSS JOIN LATERAL cdp.timeline_events(p.tl) AS e' ELSE '' END);
END $$;
COMMENT ON FUNCTION cdp._event_day_news_sql(boolean) IS
    'internal: the named query by which a refresh changes cdp.event_day: code, day, chunk, and how much oftener each did it';

-- All who leave by one statement at once: each may be in hundreds of rows.
CREATE FUNCTION cdp._event_day_leave() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone cdp.roaringbitmap;
    chunks int4[];
BEGIN
    WITH leaving AS (
        DELETE FROM cdp.event_day_leave AS l RETURNING l.one_id
    )
    SELECT cdp.rb_build_agg(l.one_id), array_agg(DISTINCT cdp.chunk_of(l.one_id)) INTO gone, chunks FROM leaving AS l;
    IF gone IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE cdp.event_day AS d
       SET members = cdp.rb_andnot(d.members, gone), times = cdp.bsi_remove(d.times, gone)
     WHERE d.chunk = ANY (chunks) AND cdp.rb_intersect(d.members, gone);
    DELETE FROM cdp.event_day AS d WHERE d.chunk = ANY (chunks) AND cdp.rb_is_empty(d.members);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._event_day_leave() IS
    'internal: takes people who lose an identifier out of cdp.event_day, until the next refresh (trigger on identifier)';

CREATE FUNCTION cdp._event_day_merge(absorbed int4[], survivor int4[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    retired cdp.roaringbitmap;
    codes int4[];
    days date[];
    parts cdp.bsi[];
BEGIN
    SELECT array_agg(p.absorbed_id), array_agg(p.survivor_id), cdp.rb_build_agg(p.absorbed_id)
      INTO absorbed, survivor, retired FROM cdp._merge_ends(absorbed, survivor) AS p;
    -- Survivors may live in other chunks: what was theirs is gathered before it is put there.
    WITH hit AS MATERIALIZED (
        SELECT d.code, d.day, d.chunk, cdp.bsi_restrict(d.times, retired) AS part
          FROM cdp.event_day AS d
         WHERE d.chunk = ANY (ARRAY(SELECT cdp.chunk_of(a) FROM unnest(absorbed) AS a))
           AND cdp.rb_intersect(d.members, retired)
    ), gone AS (
        UPDATE cdp.event_day AS d
           SET members = cdp.rb_andnot(d.members, retired), times = cdp.bsi_remove(d.times, retired)
          FROM hit WHERE (d.code, d.day, d.chunk) = (hit.code, hit.day, hit.chunk)
    )
    SELECT array_agg(hit.code), array_agg(hit.day), array_agg(hit.part) INTO codes, days, parts FROM hit;
    INSERT INTO cdp.event_day AS d (code, day, chunk, members, times)
    SELECT n.code, n.day, n.chunk, cdp.bsi_ebm(n.times), n.times
      FROM (SELECT p.code, p.day, cdp.chunk_of(m.survivor) AS chunk, cdp.bsi_build_agg(m.survivor, i.number) AS times
              FROM unnest(codes, days, parts) AS p (code, day, part)
             CROSS JOIN LATERAL cdp.bsi_iterate(p.part) AS i
              JOIN unnest(absorbed, survivor) AS m (absorbed, survivor) ON m.absorbed = i.id
             GROUP BY 1, 2, 3) AS n
    ON CONFLICT (code, day, chunk) DO UPDATE
       SET members = cdp.rb_or(d.members, excluded.members), times = cdp.bsi_add(d.times, excluded.times);
    DELETE FROM cdp.event_day AS d
     USING unnest(codes, days) AS p (code, day)
     WHERE (d.code, d.day) = (p.code, p.day) AND cdp.rb_is_empty(d.members);
END $$;
COMMENT ON FUNCTION cdp._event_day_merge(int4[], int4[]) IS 'internal: cdp.event_day follows merged people';

CREATE FUNCTION cdp._event_day_rows(codes int4[], "from" date, "to" date)
    RETURNS TABLE (code int4, day date, chunk int4, members cdp.roaringbitmap, times cdp.bsi)
    LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    due boolean := EXISTS (SELECT FROM cdp.timeline_due AS d WHERE d.counts);
BEGIN
    IF NOT due AND NOT EXISTS (SELECT FROM cdp.timeline_batch) THEN
        RETURN QUERY
        SELECT d.code, d.day, d.chunk, d.members, d.times FROM cdp.event_day AS d
         WHERE CASE WHEN codes IS NULL THEN d.code > 0 ELSE d.code = ANY (codes) END AND ("from" IS NULL OR d.day >= "from") AND ("to" IS NULL OR d.day < "to");
        RETURN;
    END IF;
    -- What the next refresh would change, so that an answer is never stale.
    RETURN QUERY EXECUTE format($sql$
    WITH cell AS MATERIALIZED (
        SELECT DISTINCT i.one_id, d.month FROM cdp.timeline_due AS d JOIN cdp.identifier AS i ON i.id = d.identifier_id
         WHERE d.counts AND i.one_id IS NOT NULL
    ), batch AS (
        SELECT b.events, b.batch FROM cdp.timeline_batch AS b
    ), %s, %s
    SELECT r.code, r.day, r.chunk, CASE WHEN r.is_new THEN cdp.bsi_ebm(r.times) ELSE r.members END, r.times
      FROM (SELECT code, day, chunk, d.members, n.code IS NOT NULL AS is_new,
                   CASE WHEN n.code IS NOT NULL THEN cdp._event_day_sum(d.times, n.times) ELSE d.times END AS times
              FROM cdp.event_day AS d FULL JOIN day_news AS n USING (code, day, chunk)
             WHERE CASE WHEN $1 IS NULL THEN code > 0 ELSE code = ANY ($1) END AND ($2 IS NULL OR day >= $2) AND ($3 IS NULL OR day < $3)) AS r
     WHERE NOT r.is_new OR cdp.bsi_count(r.times) > 0
    $sql$, cdp._timeline_news_sql(due), cdp._event_day_news_sql(due)) USING codes, "from", "to";
END $$;
COMMENT ON FUNCTION cdp._event_day_rows(int4[], date, date) IS
    'internal: cdp.event_day of these codes (null: all but 0) and days, as it will be after the next refresh';
