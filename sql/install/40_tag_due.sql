--| ## In time
CREATE FUNCTION cdp.tag_expire(name text DEFAULT NULL) RETURNS TABLE (tag text, people int8, expired int8)
    LANGUAGE plpgsql VOLATILE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    only_tag int4;
    t record;
    before int8;
    run int8;
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._merge_check_isolation();
    only_tag := CASE WHEN name IS NOT NULL THEN cdp._tag_id(name) END;
    FOR t IN SELECT g.tag_id FROM cdp.tag AS g
              WHERE g.ttl IS NOT NULL AND g.status <> 'archived' AND (only_tag IS NULL OR g.tag_id = only_tag) ORDER BY g.name LOOP
        -- As in a refresh, after which there may be nothing to do any more. Of all tags, those
        -- that are being refreshed are left out: a batch of refreshes takes tags in another order, and may wait for these.
        IF only_tag IS NULL THEN
            SELECT * INTO t FROM cdp.tag AS g WHERE g.tag_id = t.tag_id FOR NO KEY UPDATE SKIP LOCKED;
        ELSE
            SELECT * INTO t FROM cdp.tag AS g WHERE g.tag_id = t.tag_id FOR NO KEY UPDATE;
        END IF;
        CONTINUE WHEN NOT FOUND;
        PERFORM cdp._merge_lock(false);
        before := (SELECT c.people FROM cdp._tag_count(t.tag_id, t.value_type) AS c);
        CONTINUE WHEN before = 0 OR t.kind <> 'manual' AND t.refreshed_at > now() - t.ttl;
        run := cdp._run_start('tag_expire', t.name);
        IF t.kind = 'manual' THEN
            PERFORM cdp._tag_fold(t.tag_id, cdp._tag_outdated(t.tag_id, t.ttl));
        ELSE
            PERFORM cdp._tag_empty(t.tag_id);
        END IF;
        tag := t.name;
        people := (SELECT c.people FROM cdp._tag_count(t.tag_id, t.value_type) AS c);
        expired := before - people;
        PERFORM cdp._run_finish(run, jsonb_build_object('tag', tag, 'people', people, 'expired', expired));
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp.tag_expire(text) IS
    'takes away what has outlived the time to live of its tag, or of every tag: of manual tags what was not set again, of others all values when the tag was not refreshed; one row per tag that was looked through; of all tags, those that somebody refreshes just now wait for the next call';

CREATE FUNCTION cdp._tag_outdated(the_tag int4, ttl interval) RETURNS int4[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said cdp.roaringbitmap := (SELECT coalesce(cdp.rb_build_agg(l.one_id), '{}') FROM cdp.tag_set_log AS l
                                WHERE l.tag_id = the_tag AND l.set_at <= now() - ttl);
BEGIN
    RETURN cdp.rb_to_array(cdp.rb_or(said, (SELECT coalesce(cdp.rb_build_agg(e.survivor_id), '{}') FROM cdp._person_ends(said) AS e)));
END $$;
COMMENT ON FUNCTION cdp._tag_outdated(int4, interval) IS 'internal: of whom something was said by hand longer ago than this';

CREATE FUNCTION cdp.tag_refresh_due()
    RETURNS TABLE (tag text, value_count int8, people int8, chunks_written int8, chunks_removed int8,
                   unresolved int8, duration_ms int8, error text)
    LANGUAGE plpgsql VOLATILE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next_name text;
BEGIN
    PERFORM cdp._require_setup();
    FOR next_name IN
        SELECT v.tag FROM cdp.v_tag AS v JOIN cdp._refresh_order() AS o ON o.what = 'tag' AND o.name = v.tag
         WHERE v.is_due AND v.kind IN ('sql', 'rule') ORDER BY o.level, v.tag
    LOOP
        BEGIN
            RETURN QUERY SELECT * FROM cdp.tag_refresh(next_name);
        -- Dropped, renamed or redefined meanwhile. What its query fails with is a row.
        EXCEPTION WHEN undefined_object OR wrong_object_type THEN
            CONTINUE;
        END;
    END LOOP;
    PERFORM cdp.tag_expire();
END $$;
COMMENT ON FUNCTION cdp.tag_refresh_due() IS
    'refreshes the tags whose schedule says so, those that others are made of first; one row each, also for those that fail; then lets expire what has not been renewed';
