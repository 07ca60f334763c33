--| ## Day rollup
--| `cdp.event_day` says of every event, day and chunk of people who did it and how often, and under code 0 who
--| did anything. It is the part without a property of `cdp.event_day_by`, which says the same apart by the values
--| of properties that are counted by day (`cdp.property_by_day()`). Both count what `cdp.timeline_month` holds:
--| `cdp.timeline_refresh()` keeps them, at the cost of the new events. Days are those of the time zone of the
--| business; when that changes, the rollup is made anew at once.

CREATE FUNCTION cdp.day_of(ts timestamptz, time_zone text) RETURNS date
    AS 'MODULE_PATHNAME', 'cdp_day_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp.day_of(timestamptz, text) IS 'the date in a time zone: (ts AT TIME ZONE time_zone)::date, several times faster';

-- Notes of who did what on which day wait in a state of user rows, by kind of event. Slot 0: in all.
CREATE FUNCTION cdp._event_days_trans(state cdp.timelines, one_id int4, tl cdp.timeline, times int4, slot int4, time_zone text, "from" date, "to" date) RETURNS cdp.timelines
    AS 'MODULE_PATHNAME', 'cdp__event_days_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp._event_days_trans(cdp.timelines, int4, cdp.timeline, int4, int4, text, date, date) IS 'internal: notes the events of a timeline';

CREATE AGGREGATE cdp._event_days_agg(one_id int4, tl cdp.timeline, times int4, slot int4, time_zone text, "from" date, "to" date) (
    SFUNC = cdp._event_days_trans,
    STYPE = cdp.timelines,
    SSPACE = 65536,
    COMBINEFUNC = cdp._timelines_build_combine,
    FINALFUNC = cdp._timelines_build_final,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdp._event_days_agg(int4, cdp.timeline, int4, int4, text, date, date) IS
    'internal: notes of who did what on which day in a time zone, so many times oftener, apart by the property in a slot; "from" and "to" restrict the days; _event_days_read reads them';

CREATE FUNCTION cdp._event_days_read(notes cdp.timelines) RETURNS TABLE (value int4, code int4, day date, chunk int4, times cdp.bsi)
    AS 'MODULE_PATHNAME', 'cdp__event_days_read' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 1000;
COMMENT ON FUNCTION cdp._event_days_read(cdp.timelines) IS 'internal: who did what on which day, and how often, from notes of _event_days_agg';

CREATE FUNCTION cdp._setup_report_event_day() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_new boolean;
BEGIN
    is_new := cdp._table_ensure('event_day_by', 'derived: who did what on which day, and how often, in all and apart by properties', ARRAY[
        ['slot', 'int4 NOT NULL DEFAULT 0', 'apart by which property: event_property.slot; 0: in all'],
        ['value', 'int4 NOT NULL DEFAULT 0', 'what the property says: event_property_value.code; 0: nothing, or in all'],
        ['code', 'int4 NOT NULL', 'what happened: event_type.code; 0: anything at all'],
        ['day', 'date NOT NULL', 'on which day, in the time zone of the business'],
        ['chunk', 'int4 NOT NULL', 'upper bits of the people: one_id >> 20'],
        ['members', 'cdp.roaringbitmap NOT NULL', 'who did it'],
        ['times', 'cdp.bsi NOT NULL', 'how often each of them did it']],
        'PRIMARY KEY (slot, code, day, value, chunk)');
    CREATE OR REPLACE VIEW cdp.event_day AS
        SELECT d.code, d.day, d.chunk, d.members, d.times FROM cdp.event_day_by AS d WHERE d.slot = 0;
    COMMENT ON VIEW cdp.event_day IS 'who did what on which day, and how often';
    COMMENT ON COLUMN cdp.event_day.code IS 'what happened: event_type.code; 0: anything at all';
    COMMENT ON COLUMN cdp.event_day.day IS 'on which day, in the time zone of the business';
    COMMENT ON COLUMN cdp.event_day.chunk IS 'upper bits of the people: one_id >> 20';
    COMMENT ON COLUMN cdp.event_day.members IS 'who did it';
    COMMENT ON COLUMN cdp.event_day.times IS 'how often each of them did it';
    IF is_new THEN
        PERFORM cdp.event_day_rebuild();
    END IF;
    PERFORM cdp._table_ensure('event_day_leave', 'people who have to leave cdp.event_day before the statement ends', ARRAY[
        ['one_id', 'int4 PRIMARY KEY', 'the person (unsigned)']]);
    PERFORM cdp._trigger_ensure('cdp.identifier', 'event_day_leave',
        'AFTER UPDATE OF one_id ON cdp.identifier FOR EACH STATEMENT EXECUTE FUNCTION cdp._event_day_leave()');
    PERFORM cdp._trigger_ensure('cdp.timeline_month', 'event_day_truncate',
        'AFTER TRUNCATE ON cdp.timeline_month FOR EACH STATEMENT EXECUTE FUNCTION cdp._event_day_truncate()');
    PERFORM cdp._trigger_ensure('cdp.meta', 'event_day_time_zone',
        'AFTER UPDATE OF value ON cdp.meta
         FOR EACH ROW WHEN (NEW.key = ''time_zone'' AND OLD.value <> NEW.value)
         EXECUTE FUNCTION cdp._event_day_time_zone()');
    PERFORM cdp._trigger_ensure('cdp.event_property', 'event_day_property',
        'AFTER INSERT OR UPDATE OF slot, by_day OR DELETE ON cdp.event_property
         FOR EACH ROW EXECUTE FUNCTION cdp._event_day_property()');
    -- Properties that came before there was the trigger.
    PERFORM cdp._event_day_build(p.slot) FROM cdp.event_property AS p
     WHERE p.by_day AND NOT EXISTS (SELECT FROM cdp.event_day_by AS d WHERE d.slot = p.slot);
END $$;
COMMENT ON FUNCTION cdp._setup_report_event_day() IS 'internal: makes the tables and triggers of the day rollup';

CREATE FUNCTION cdp.event_day_rebuild() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._merge_lock(false);
    PERFORM cdp._lock('timeline');
    DELETE FROM cdp.event_day_by;
    PERFORM cdp._event_day_build(0);
    PERFORM cdp._event_day_build(p.slot) FROM cdp.event_property AS p WHERE p.by_day;
END $$;
COMMENT ON FUNCTION cdp.event_day_rebuild() IS 'makes cdp.event_day_by anew from cdp.timeline_month';

-- Notes take some twenty bytes an event until they are counted: a month of a chunk is counted in as many ranges of
-- days as keep them few. The least is a day of a chunk, whose people are limited. Setup calls it, before tables of
-- an older version are what setting() asks for.
CREATE FUNCTION cdp._event_day_build(slot int4, at_once int8 DEFAULT 4000000) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    property constant int4 := slot;
    zone text := (SELECT m.value FROM cdp.meta AS m WHERE m.key = 'time_zone');
    part record;
BEGIN
    FOR part IN
        -- The ranges at both ends are open: a month (UTC) has some hours of other days in most time zones.
        SELECT c.month, c.chunk, CASE WHEN d.nth > 0 THEN c.month + d.nth END AS "from",
               CASE WHEN d.nth + c.days <= 31 THEN c.month + d.nth + c.days END AS "to"
          FROM (SELECT t.month, t.slot >> 16 AS chunk,
                       greatest(32 * at_once / nullif(sum(cdp.timeline_page_count(t.page)), 0), 1)::int4 AS days
                  FROM cdp.timeline_month AS t GROUP BY 1, 2) AS c
         CROSS JOIN LATERAL generate_series(0, 31, c.days) AS d (nth)
         ORDER BY 1, 2, 3 NULLS FIRST
    LOOP
        INSERT INTO cdp.event_day_by AS d (slot, value, code, day, chunk, members, times)
        WITH each AS MATERIALIZED (
            SELECT r.value, r.code, r.day, r.chunk, r.times
              FROM (SELECT cdp._event_days_agg(p.one_id, p.tl, 1, property, zone, part."from", part."to") AS notes
                      FROM cdp.timeline_month AS t CROSS JOIN LATERAL cdp.timeline_page_read(t.page) AS p
                     WHERE t.month = part.month AND t.slot BETWEEN part.chunk << 16 AND (part.chunk << 16) + 65535) AS d
             CROSS JOIN LATERAL cdp._event_days_read(d.notes) AS r
        )
        SELECT property, r.value, r.code, r.day, r.chunk, cdp.bsi_ebm(r.times), r.times
          FROM (SELECT e.value, e.code, e.day, e.chunk, e.times FROM each AS e
                UNION ALL
                SELECT e.value, 0, e.day, e.chunk, cdp.bsi_agg(e.times) FROM each AS e GROUP BY 1, 3, 4) AS r
        ON CONFLICT (slot, code, day, value, chunk) DO UPDATE
           SET members = cdp.rb_or(d.members, excluded.members), times = cdp.bsi_add(d.times, excluded.times);
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp._event_day_build(int4, int8) IS
    'internal: counts the days of one property, or for slot 0 those in all, from cdp.timeline_month, so many events at a time';

CREATE FUNCTION cdp._event_day_truncate() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM cdp.event_day_by;
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
-- people) if months are due. What a month built anew replaces is taken off. What there is in all is added up
-- from the values of one property, where one is counted by day.
CREATE FUNCTION cdp._event_day_news_sql(due boolean) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    slots int4[] := ARRAY(SELECT p.slot FROM cdp.event_property AS p WHERE p.by_day ORDER BY p.slot);
    in_all text := '';
BEGIN
    IF slots <> '{}' THEN
        in_all := format(' UNION ALL
            SELECT 0, 0, e.code, e.day, e.chunk, cdp.bsi_agg(e.times) FROM day_slot AS e WHERE e.slot = %s GROUP BY 3, 4, 5', slots[1]);
    END IF;
    RETURN format($sql$
    day_slot AS MATERIALIZED (
        SELECT d.slot, r.value, r.code, r.day, r.chunk, r.times
          FROM (SELECT s.slot, cdp._event_days_agg(n.one_id, n.tl, n.times, s.slot, %L, NULL, NULL) AS notes
                  FROM unnest(%L::int4[]) AS s (slot)
                 CROSS JOIN (SELECT n.one_id, n.tl, 1 AS times FROM news AS n%s) AS n GROUP BY s.slot) AS d
         CROSS JOIN LATERAL cdp._event_days_read(d.notes) AS r
    ), day_each AS MATERIALIZED (
        SELECT e.* FROM day_slot AS e%s
    ), day_news AS (
        SELECT e.* FROM day_each AS e
        UNION ALL
        SELECT e.slot, e.value, 0, e.day, e.chunk, cdp.bsi_agg(e.times) FROM day_each AS e GROUP BY 1, 2, 4, 5
    )$sql$, cdp.setting('time_zone'), CASE WHEN slots = '{}' THEN '{0}' ELSE slots END,
        CASE WHEN due THEN '
                        UNION ALL
                        SELECT p.one_id, p.tl, -1
                          FROM leaving AS l JOIN cdp.timeline_month AS t USING (month, slot)
                         CROSS JOIN LATERAL cdp.timeline_page_read(cdp.timeline_page_restrict(t.page, l.people)) AS p' ELSE '' END,
        in_all);
END $$;
COMMENT ON FUNCTION cdp._event_day_news_sql(boolean) IS
    'internal: the named query by which a refresh changes cdp.event_day_by: slot, value, code, day, chunk, and how much oftener each did it';

CREATE FUNCTION cdp._event_day_take_out(persons cdp.roaringbitmap) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chunks int4[] := ARRAY(SELECT DISTINCT cdp.chunk_of(p.one_id) FROM cdp.rb_iterate(persons) AS p (one_id));
    changed int8;
BEGIN
    UPDATE cdp.event_day_by AS d
       SET members = cdp.rb_andnot(d.members, persons), times = cdp.bsi_remove(d.times, persons)
     WHERE d.chunk = ANY (chunks) AND cdp.rb_intersect(d.members, persons);
    GET DIAGNOSTICS changed = ROW_COUNT;
    DELETE FROM cdp.event_day_by AS d WHERE d.chunk = ANY (chunks) AND cdp.rb_is_empty(d.members);
    RETURN changed;
END $$;
COMMENT ON FUNCTION cdp._event_day_take_out(cdp.roaringbitmap) IS
    'internal: takes people out of cdp.event_day_by; returns in how many rows they were';

-- All who leave by one statement at once: each may be in hundreds of rows.
CREATE FUNCTION cdp._event_day_leave() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone cdp.roaringbitmap;
BEGIN
    WITH leaving AS (
        DELETE FROM cdp.event_day_leave AS l RETURNING l.one_id
    )
    SELECT cdp.rb_build_agg(l.one_id) INTO gone FROM leaving AS l;
    IF gone IS NOT NULL THEN
        PERFORM cdp._event_day_take_out(gone);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._event_day_leave() IS
    'internal: takes people who lose an identifier out of cdp.event_day, until the next refresh (trigger on identifier)';

CREATE FUNCTION cdp._event_day_merge(absorbed int4[], survivor int4[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    retired cdp.roaringbitmap;
    slots int4[];
    "values" int4[];
    codes int4[];
    days date[];
    parts cdp.bsi[];
BEGIN
    SELECT array_agg(p.absorbed_id), array_agg(p.survivor_id), cdp.rb_build_agg(p.absorbed_id)
      INTO absorbed, survivor, retired FROM cdp._merge_ends(absorbed, survivor) AS p;
    -- Survivors may live in other chunks: what was theirs is gathered before it is put there.
    WITH hit AS MATERIALIZED (
        SELECT d.slot, d.value, d.code, d.day, d.chunk, cdp.bsi_restrict(d.times, retired) AS part
          FROM cdp.event_day_by AS d
         WHERE d.chunk = ANY (ARRAY(SELECT cdp.chunk_of(a) FROM unnest(absorbed) AS a))
           AND cdp.rb_intersect(d.members, retired)
    ), gone AS (
        UPDATE cdp.event_day_by AS d
           SET members = cdp.rb_andnot(d.members, retired), times = cdp.bsi_remove(d.times, retired)
          FROM hit WHERE (d.slot, d.value, d.code, d.day, d.chunk) = (hit.slot, hit.value, hit.code, hit.day, hit.chunk)
    )
    SELECT array_agg(hit.slot), array_agg(hit.value), array_agg(hit.code), array_agg(hit.day), array_agg(hit.part)
      INTO slots, "values", codes, days, parts FROM hit;
    INSERT INTO cdp.event_day_by AS d (slot, value, code, day, chunk, members, times)
    SELECT n.slot, n.value, n.code, n.day, n.chunk, cdp.bsi_ebm(n.times), n.times
      FROM (SELECT p.slot, p.value, p.code, p.day, cdp.chunk_of(m.survivor) AS chunk, cdp.bsi_build_agg(m.survivor, i.number) AS times
              FROM unnest(slots, "values", codes, days, parts) AS p (slot, value, code, day, part)
             CROSS JOIN LATERAL cdp.bsi_iterate(p.part) AS i
              JOIN unnest(absorbed, survivor) AS m (absorbed, survivor) ON m.absorbed = i.id
             GROUP BY 1, 2, 3, 4, 5) AS n
    ON CONFLICT (slot, code, day, value, chunk) DO UPDATE
       SET members = cdp.rb_or(d.members, excluded.members), times = cdp.bsi_add(d.times, excluded.times);
    DELETE FROM cdp.event_day_by AS d
     USING unnest(slots, codes, days, "values") AS p (slot, code, day, value)
     WHERE (d.slot, d.code, d.day, d.value) = (p.slot, p.code, p.day, p.value) AND cdp.rb_is_empty(d.members);
END $$;
COMMENT ON FUNCTION cdp._event_day_merge(int4[], int4[]) IS 'internal: cdp.event_day_by follows merged people';

CREATE FUNCTION cdp._event_day_rows(codes int4[], "from" date, "to" date, by_slot int4 DEFAULT 0)
    RETURNS TABLE (code int4, day date, chunk int4, members cdp.roaringbitmap, times cdp.bsi, value int4)
    LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
    -- What a property says may change where nothing that was done does.
    due boolean := EXISTS (SELECT FROM cdp.timeline_due AS d WHERE d.counts OR by_slot > 0);
BEGIN
    IF NOT due AND NOT EXISTS (SELECT FROM cdp.timeline_batch) THEN
        RETURN QUERY
        SELECT d.code, d.day, d.chunk, d.members, d.times, d.value FROM cdp.event_day_by AS d
         WHERE d.slot = by_slot AND CASE WHEN codes IS NULL THEN d.code > 0 ELSE d.code = ANY (codes) END
           AND ("from" IS NULL OR d.day >= "from") AND ("to" IS NULL OR d.day < "to");
        RETURN;
    END IF;
    -- What the next refresh would change, so that an answer is never stale.
    RETURN QUERY EXECUTE format($sql$
    WITH cell AS MATERIALIZED (
        SELECT DISTINCT i.one_id, d.month FROM cdp.timeline_due AS d JOIN cdp.identifier AS i ON i.id = d.identifier_id
         WHERE (d.counts OR $4 > 0) AND i.one_id IS NOT NULL
    ), batch AS (
        SELECT b.events, b.batch FROM cdp.timeline_batch AS b
    ), %s, %s
    SELECT r.code, r.day, r.chunk, CASE WHEN r.is_new THEN cdp.bsi_ebm(r.times) ELSE r.members END, r.times, r.value
      FROM (SELECT code, day, chunk, value, d.members, n.code IS NOT NULL AS is_new,
                   CASE WHEN n.code IS NOT NULL THEN cdp._event_day_sum(d.times, n.times) ELSE d.times END AS times
              FROM (SELECT b.* FROM cdp.event_day_by AS b WHERE b.slot = $4) AS d
              FULL JOIN (SELECT w.* FROM day_news AS w WHERE w.slot = $4) AS n USING (code, day, value, chunk)
             WHERE CASE WHEN $1 IS NULL THEN code > 0 ELSE code = ANY ($1) END AND ($2 IS NULL OR day >= $2) AND ($3 IS NULL OR day < $3)) AS r
     WHERE NOT r.is_new OR cdp.bsi_count(r.times) > 0
    $sql$, cdp._timeline_news_sql(due), cdp._event_day_news_sql(due)) USING codes, "from", "to", by_slot;
END $$;
COMMENT ON FUNCTION cdp._event_day_rows(int4[], date, date, int4) IS
    'internal: cdp.event_day_by of these codes (null: all but 0), days and slot (0: in all), as it will be after the next refresh';
