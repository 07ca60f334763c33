--| ## Refreshing

-- Stand before it: cell (one_id, month), the months to be built again, and batch (events, batch), rows of
-- cdp.timeline_batch. Where nothing is due, nothing of it is in the way of the planner.
CREATE FUNCTION cdp._timeline_news_sql(due boolean) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    tail text := 'read_ AS MATERIALIZED (' || cdp._timeline_batch_read_sql('batch') || '), ';
BEGIN
    IF NOT due THEN
        RETURN tail || 'news AS MATERIALIZED (' || cdp._timeline_batch_months_sql('read_') || ')';
    END IF;
    -- What is built from all events has those of the tail in it.
    RETURN format($sql$%s
    news AS MATERIALIZED (
        SELECT n.one_id, n.month, n.tl FROM (%s) AS n LEFT JOIN cell USING (one_id, month) WHERE cell.month IS NULL
        UNION ALL
        SELECT cell.one_id, cell.month, cdp.timeline_agg(r.ts, r.code, r.value, r.props)
          FROM cell
          JOIN cdp.identifier AS i ON i.one_id = cell.one_id
          JOIN (%s) AS r ON r.identifier_id = i.id
           AND r.ts >= cell.month::timestamp AT TIME ZONE 'UTC'
           AND r.ts < (cell.month + interval '1 month') AT TIME ZONE 'UTC'
         GROUP BY cell.one_id, cell.month
    ), leaving AS MATERIALIZED (
        SELECT cell.month, cdp.timeline_slot(cell.one_id) AS slot, cdp.rb_build_agg(cell.one_id) AS people FROM cell GROUP BY 1, 2
    )$sql$, tail, cdp._timeline_batch_months_sql('read_'), cdp._event_rows_sql('cdp.event'));
END $$;
COMMENT ON FUNCTION cdp._timeline_news_sql(boolean) IS
    'internal: the named queries that say what a refresh adds, news (one_id, month, tl), and if months are due whom it takes off before, leaving (month, slot, people)';

-- However much is due, the plan must suit it. Who does not own the table could not, and leaves it to
-- autovacuum.
CREATE FUNCTION cdp._timeline_analyze() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT pg_has_role(c.relowner, 'USAGE') OR pg_has_role(d.datdba, 'USAGE')
          FROM pg_class AS c, pg_database AS d
         WHERE c.oid = 'cdp.timeline_due'::regclass AND d.datname = current_database()) THEN
        ANALYZE cdp.timeline_due;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._timeline_analyze() IS 'internal: statistics on what cdp.timeline_refresh() has to build again';

-- How much there is in a batch the planner cannot know; a guess must not make it compile for longer than it runs.
CREATE FUNCTION cdp.timeline_refresh()
    RETURNS TABLE (people int8, months int8, events int8, waiting int8, duration_ms int8)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    started timestamptz := clock_timestamp();
    work_mem_before text := cdp._work_mem_raise();
    run int8;
    due boolean;
    emptied int4[];
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._merge_lock(false);
    PERFORM cdp._lock('timeline');
    run := cdp._run_start('timeline_refresh', NULL);
    due := EXISTS (SELECT FROM cdp.timeline_due);
    IF due THEN
        PERFORM cdp._timeline_analyze();
    END IF;
    EXECUTE 'WITH ' || CASE WHEN due THEN $sql$
    due AS MATERIALIZED (
        DELETE FROM cdp.timeline_due AS d USING cdp.identifier AS i
         WHERE i.id = d.identifier_id AND (i.one_id IS NOT NULL OR i.status <> 'active')
        RETURNING i.one_id, d.month
    ), cell AS MATERIALIZED (
        SELECT DISTINCT due.one_id, due.month FROM due WHERE due.one_id IS NOT NULL
    ),$sql$ ELSE '' END || $sql$
    batch AS MATERIALIZED (
        DELETE FROM cdp.timeline_batch AS b RETURNING b.events, b.batch
    ), $sql$ || cdp._timeline_news_sql(due) || $sql$,
    -- Of those who are not known yet; nobody's are dropped.
    unknown AS (
    $sql$ || cdp._timeline_batch_sql($rows$
        SELECT r.identifier_id, e.ts, e.code, e.value, e.props FROM read_ AS r CROSS JOIN LATERAL cdp.timeline_events(r.tl) AS e
         WHERE r.one_id IS NULL AND coalesce(r.status, 'active') = 'active'$rows$, (SELECT sum(b.events) FROM cdp.timeline_batch AS b)::int8) || $sql$
    ), page AS MATERIALIZED (
        SELECT n.month, cdp.timeline_slot(n.one_id) AS slot, cdp.timeline_page_agg(n.one_id, n.tl) AS page FROM news AS n GROUP BY 1, 2
    ), $sql$ || CASE WHEN due THEN $sql$
    changed AS (
        UPDATE cdp.timeline_month AS t
           SET page = coalesce(cdp.timeline_page_remove(t.page, l.people) OPERATOR(cdp.||) n.page, cdp.timeline_page_remove(t.page, l.people))
          FROM leaving AS l LEFT JOIN page AS n USING (month, slot)
         WHERE t.month = l.month AND t.slot = l.slot
        RETURNING t.month, t.slot, cdp.timeline_page_count(t.page) AS events
    ), $sql$ ELSE $sql$
    changed AS (SELECT NULL::date AS month, NULL::int4 AS slot, NULL::int8 AS events WHERE false), $sql$ END || $sql$
    folded AS (
        INSERT INTO cdp.timeline_month AS t (month, slot, page)
        SELECT n.month, n.slot, n.page FROM page AS n LEFT JOIN changed USING (month, slot) WHERE changed.slot IS NULL ORDER BY 1, 2
        ON CONFLICT (month, slot) DO UPDATE SET page = t.page OPERATOR(cdp.||) excluded.page
    ), $sql$ || cdp._event_day_news_sql(due) || $sql$, day AS (
        INSERT INTO cdp.event_day_by AS d (slot, value, code, day, chunk, members, times)
        SELECT n.slot, n.value, n.code, n.day, n.chunk, cdp.bsi_ebm(n.times), n.times FROM day_news AS n
        ON CONFLICT (slot, code, day, value, chunk) DO UPDATE SET (members, times) =
            (SELECT cdp.bsi_ebm(s.times), s.times FROM cdp._event_day_sum(d.times, excluded.times) AS s (times))
    )
    SELECT coalesce(cdp.rb_cardinality(cdp.rb_or_agg(s.people)), 0), coalesce(sum(cdp.rb_cardinality(s.people)), 0), coalesce(sum(s.events), 0),
           (SELECT array_agg(DISTINCT changed.slot) FROM changed WHERE changed.events = 0)
      FROM (SELECT cdp.timeline_page_people(page.page) AS people, cdp.timeline_page_count(page.page) AS events FROM page) AS s
    $sql$ INTO people, months, events, emptied;
    IF due THEN
        -- What was taken off may have been all that there was.
        PERFORM cdp._timeline_month_clean(emptied);
        DELETE FROM cdp.event_day_by AS d WHERE cdp.rb_is_empty(d.members);
    END IF;
    waiting := coalesce((SELECT sum(b.events) FROM cdp.timeline_batch AS b), 0) + (SELECT count(*) FROM cdp.timeline_due);
    duration_ms := round(1000 * extract(epoch FROM clock_timestamp() - started));
    PERFORM set_config('work_mem', work_mem_before, true);
    PERFORM cdp._run_finish(run, jsonb_build_object('people', people, 'months', months, 'events', events,
        'waiting', waiting));
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION cdp.timeline_refresh() IS
    'brings cdp.timeline_month and cdp.event_day_by up to date: folds the events of cdp.timeline_tail in; events of identifiers without a person wait';
