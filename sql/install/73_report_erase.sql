--| ## Erased people
CREATE FUNCTION cdp._report_erase(persons cdp.roaringbitmap, ids int4[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    slots int4[] := ARRAY(SELECT DISTINCT cdp.timeline_slot(p.one_id) FROM cdp.rb_iterate(persons) AS p (one_id));
    pages int8;
    waiting int8;
BEGIN
    UPDATE cdp.timeline_month AS t SET page = cdp.timeline_page_remove(t.page, persons)
     WHERE t.slot = ANY (slots) AND cdp.rb_intersect(cdp.timeline_page_people(t.page), persons);
    GET DIAGNOSTICS pages = ROW_COUNT;
    PERFORM cdp._timeline_month_clean(slots);
    DELETE FROM cdp.timeline_due AS d WHERE d.identifier_id = ANY (ids);
    -- A batch that has some of them is written anew without.
    EXECUTE 'WITH hit AS (
        DELETE FROM cdp.timeline_batch AS b
         WHERE EXISTS (SELECT FROM cdp.timelines_read(b.batch) AS r WHERE r.uid = ANY ($1)) RETURNING b.batch
    ), read_ AS MATERIALIZED (
        SELECT r.uid, r.tl FROM hit CROSS JOIN LATERAL cdp.timelines_read(hit.batch) AS r
    ), kept AS (' || cdp._timeline_batch_sql('
        SELECT r.uid::int4 AS identifier_id, e.ts, e.code, e.value, e.props FROM read_ AS r CROSS JOIN LATERAL cdp.timeline_events(r.tl) AS e
         WHERE r.uid <> ALL ($1)', (SELECT sum(b.events) FROM cdp.timeline_batch AS b)::int8) || '
    )
    SELECT coalesce(sum(cdp.timeline_count(r.tl)), 0) FROM read_ AS r WHERE r.uid = ANY ($1)' INTO waiting USING ids;
    RETURN jsonb_build_object('timeline_month', pages, 'timeline_tail', waiting, 'event_day_by', cdp._event_day_take_out(persons));
END $$;
COMMENT ON FUNCTION cdp._report_erase(cdp.roaringbitmap, int4[]) IS
    'internal: takes people out of stored timelines and days, and these identifiers out of what waits to be folded in';
