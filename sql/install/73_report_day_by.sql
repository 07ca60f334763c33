--| ## Days by a property
--| A property that is counted by day, as the channel is from the beginning, has rows of its own in
--| `cdp.event_day_by`: `cdp.daily_report(by => ...)` answers from them in the time of some bitmaps.

CREATE FUNCTION cdp.property_by_day(property text, by_day boolean DEFAULT true) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen int4 := cdp.property_slot(property);
BEGIN
    IF by_day IS NULL THEN
        RAISE EXCEPTION 'whether a property is counted by day must not be null' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM cdp._merge_lock(false);
    PERFORM cdp._event_definitions_lock();
    UPDATE cdp.event_property AS p SET by_day = property_by_day.by_day WHERE p.slot = chosen AND p.by_day <> property_by_day.by_day;
END $$;
COMMENT ON FUNCTION cdp.property_by_day(text, boolean) IS
    'whether cdp.event_day_by counts days apart by a property, which makes daily reports by it quick and refreshes dearer by some; for properties with few values';

CREATE FUNCTION cdp._event_day_property() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.by_day AND (TG_OP = 'DELETE' OR NOT NEW.by_day OR NEW.slot <> OLD.slot) THEN
        DELETE FROM cdp.event_day_by AS d WHERE d.slot = OLD.slot;
    END IF;
    -- From what timelines hold now; the refresh that brings them up to date changes it with them.
    IF TG_OP <> 'DELETE' AND NEW.by_day AND (TG_OP = 'INSERT' OR NOT OLD.by_day OR NEW.slot <> OLD.slot) THEN
        PERFORM cdp._event_day_build(NEW.slot);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._event_day_property() IS
    'internal: counts days by a property from the moment that this is wanted, or no longer (trigger on event_property)';

-- Null for a moment at which no day of the business begins; null is also the open end.
CREATE FUNCTION cdp._day_begun(ts timestamptz, time_zone text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN isfinite(ts) AND ts >= '4713-01-01 00:00+00 BC' AND cdp.day_of(ts, time_zone) > cdp.day_of(ts - interval '1 us', time_zone) THEN cdp.day_of(ts, time_zone) END;
COMMENT ON FUNCTION cdp._day_begun(timestamptz, text) IS 'internal: the day that begins at a moment; null when none does';

CREATE FUNCTION cdp._daily_of_days(codes int4[], property int4, "from" date, "to" date, audience cdp.roaringbitmap)
    RETURNS TABLE (day date, key int4, events int8, people int8)
    LANGUAGE plpgsql STABLE ROWS 500 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.day, c.key, sum(c.events)::int8, sum(c.people)::int8
      FROM (SELECT r.day, CASE WHEN property = 0 THEN r.code ELSE nullif(r.value, 0) END AS key,
                   sum(CASE WHEN audience IS NULL THEN cdp.bsi_sum(r.times) ELSE cdp.bsi_sum(r.times, audience) END) AS events,
                   CASE WHEN audience IS NULL THEN cdp.rb_or_cardinality_agg(r.members) FILTER (WHERE audience IS NULL)
                        ELSE cdp.rb_and_cardinality(cdp.rb_or_agg(r.members) FILTER (WHERE audience IS NOT NULL), audience) END AS people
              FROM cdp._event_day_rows(CASE WHEN property > 0 AND codes IS NULL THEN '{0}' ELSE codes END, "from", "to", property) AS r
             GROUP BY 1, 2, r.chunk) AS c
     GROUP BY 1, 2 HAVING sum(c.events) > 0;
END $$;
COMMENT ON FUNCTION cdp._daily_of_days(int4[], int4, date, date, cdp.roaringbitmap) IS
    'internal: events and people by day and event (property 0) or value of a property (null: none), from cdp.event_day_by';
