--| ## Days, paths, attribution
--| Over the timelines of people as of now; "from" belongs to the period, "to" does not.

CREATE FUNCTION cdp._report_code(event text) RETURNS int4 LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN event IS NOT NULL THEN (cdp._event_codes(ARRAY[event]))[1] END;
END $$;
COMMENT ON FUNCTION cdp._report_code(text) IS 'internal: the code of an event, null for null';

CREATE FUNCTION cdp._report_codes(events text[]) RETURNS int4[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN events IS NOT NULL THEN cdp._event_codes(events) END;
END $$;
COMMENT ON FUNCTION cdp._report_codes(text[]) IS 'internal: the codes of these events, null for null';

CREATE FUNCTION cdp._report_property(by text) RETURNS int4 LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN by IS NULL THEN 0 ELSE cdp.property_slot(by) END;
END $$;
COMMENT ON FUNCTION cdp._report_property(text) IS 'internal: the slot of a property, 0 for none: then events count by their names';

-- Whoever really says "(none)", as some sources do, is told apart by quotes; and so on for what is quoted already.
CREATE FUNCTION cdp._report_said(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN value IS NULL THEN '(none)' WHEN btrim(value, '"') = '(none)' THEN '"' || value || '"' ELSE value END;
COMMENT ON FUNCTION cdp._report_said(text) IS
    'internal: what reports show for a value of a property: (none) for null, and for nothing else';

CREATE FUNCTION cdp._report_key(property int4, key int4) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF property = 0 THEN
        RETURN (SELECT t.name FROM cdp.event_type AS t WHERE t.code = key);
    END IF;
    RETURN cdp._report_said((SELECT v.value FROM cdp.event_property_value AS v WHERE v.slot = property AND v.code = key));
END $$;
COMMENT ON FUNCTION cdp._report_key(int4, int4) IS 'internal: what a code of a property means, or of an event for property 0';

CREATE FUNCTION cdp._report_direct(by text, direct text) RETURNS int4 LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- As reports show it: whatever they put into quotes comes out of them again.
    said text := CASE WHEN btrim(direct, '"') = '(none)' AND direct <> '(none)' THEN substr(direct, 2, length(direct) - 2)
                      ELSE direct END;
BEGIN
    IF by IS NULL THEN
        RETURN cdp._report_code(direct);
    ELSIF direct IS NULL OR direct = '(none)' THEN
        RETURN CASE WHEN direct IS NOT NULL THEN 0 END;
    END IF;
    RETURN cdp._property_code_known(by, cdp.property_slot(by), said);
END $$;
COMMENT ON FUNCTION cdp._report_direct(text, text) IS
    'internal: the code of direct touches: an event or, by a property, what reports show for its value, 0 for (none)';

CREATE FUNCTION cdp.daily_report(names text[] DEFAULT NULL, by text DEFAULT NULL,
    "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL, audience text DEFAULT NULL)
    RETURNS TABLE (day date, by_value text, events int8, people int8)
    LANGUAGE plpgsql STABLE ROWS 500 SET search_path = pg_catalog, pg_temp
    SET enable_sort = off SET enable_hashagg = off SET jit = off AS $$
DECLARE
    members cdp.roaringbitmap := cdp._report_members(audience, "from", "to");
    property int4 := cdp._report_property(by);
    codes int4[] := cdp._report_codes(names);
    zone text := cdp.setting('time_zone');
    first_day date := cdp._day_begun("from", zone);
    end_day date := cdp._day_begun("to", zone);
    counted cdp.tally;
BEGIN
    -- Of whole days, in all or by a property that is counted by day, the rollup knows everything.
    IF ("from" IS NULL OR first_day IS NOT NULL) AND ("to" IS NULL OR end_day IS NOT NULL)
       AND (property = 0 OR EXISTS (SELECT FROM cdp.event_property AS p WHERE p.slot = property AND p.by_day)) THEN
        RETURN QUERY
        SELECT d.day, cdp._report_key(property, d.key), d.events, d.people
          FROM cdp._daily_of_days(codes, property, first_day, end_day, members) AS d
         ORDER BY 1, 2;
        RETURN;
    END IF;
    EXECUTE format('SELECT cdp.daily_agg(p.page, $4, $5, $6) FROM (%s) AS p', cdp._person_pages_sql("from", "to", members IS NOT NULL, bare => property = 0))
       INTO counted USING members, "from", "to", codes, property, zone;
    RETURN QUERY
    SELECT d.day, cdp._report_key(property, d.key), d.events, d.visitors FROM cdp.daily(counted) AS d ORDER BY 1, 2;
END $$;
COMMENT ON FUNCTION cdp.daily_report(text[], text, timestamptz, timestamptz, text) IS
    'events and people per day in the time zone of the business, apart by event or, by => a property such as ''channel'', by what that says; names => of events restricts';

CREATE FUNCTION cdp.path_report(depth int4 DEFAULT 3, gap interval DEFAULT '30 minutes', start_event text DEFAULT NULL,
    end_event text DEFAULT NULL, names text[] DEFAULT NULL, reverse boolean DEFAULT false, "collapse" boolean DEFAULT false,
    "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL, audience text DEFAULT NULL, top int4 DEFAULT 20)
    RETURNS TABLE (place int8, path text[], n int8, share float8)
    LANGUAGE plpgsql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp
    SET enable_sort = off SET enable_hashagg = off SET jit = off AS $$
DECLARE
    members cdp.roaringbitmap := cdp._report_members(audience, "from", "to");
    counted cdp.tally;
BEGIN
    IF top < 0 THEN
        RAISE EXCEPTION 'number of paths must not be negative' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('SELECT cdp.paths_agg(p.page, $4, $5, $6, $7, $8, $9, $10) FROM (%s) AS p', cdp._person_pages_sql("from", "to", members IS NOT NULL, bare => true))
       INTO counted
      USING members, "from", "to", gap, depth, cdp._report_codes(names), cdp._report_code(start_event),
            cdp._report_code(end_event), reverse, "collapse";
    RETURN QUERY
    WITH taken AS MATERIALIZED (
        SELECT p.path, p.n, row_number() OVER (ORDER BY p.n DESC, p.path) AS place, sum(p.n) OVER () AS "all"
          FROM cdp.paths(counted, NULL) AS p
    )
    SELECT t.place, ARRAY(SELECT cdp._report_key(0, c.code) FROM unnest(t.path) WITH ORDINALITY AS c (code, nth) ORDER BY c.nth),
           t.n, t.n::float8 / t."all"::float8
      FROM taken AS t WHERE top IS NULL OR t.place <= top ORDER BY t.place;
END $$;
COMMENT ON FUNCTION cdp.path_report(int4, interval, text, text, text[], boolean, boolean, timestamptz, timestamptz, text, int4) IS
    'the most frequent paths of events within sessions, with their share of all paths: arguments as those of paths_agg, with names of events';

CREATE FUNCTION cdp.attribution_report(conversions text[], touches text[], conv_window interval DEFAULT '7 days',
    model text DEFAULT 'last', by text DEFAULT NULL, direct text DEFAULT NULL, half_life interval DEFAULT '7 days',
    "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL, audience text DEFAULT NULL)
    RETURNS TABLE (touch text, touched boolean, n int8, credit numeric, share float8)
    LANGUAGE plpgsql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp
    SET enable_sort = off SET enable_hashagg = off SET jit = off AS $$
DECLARE
    members cdp.roaringbitmap := cdp._report_members(audience, "from", "to");
    property int4 := cdp._report_property(by);
    targets int4[] := cdp._event_codes(coalesce(conversions, '{NULL}'));
    sources int4[] := cdp._event_codes(coalesce(touches, '{NULL}'));
    direct_code int4 := cdp._report_direct(by, direct);
    decimals int4[] := ARRAY(SELECT DISTINCT t.value_decimals FROM cdp.event_type AS t WHERE t.code = ANY (targets));
    unit numeric;
    counted cdp.tally;
    before cdp.tally;
    -- The first touch that may earn something; a window may reach further back than time does.
    first_touch timestamptz := CASE WHEN conv_window > '290000 years' THEN '-infinity'
                                    WHEN "from" > '4714-12-01 00:00+00 BC'::timestamptz + greatest(conv_window, '0') THEN "from" - conv_window
                                    WHEN "from" IS NOT NULL THEN '-infinity' END;
BEGIN
    IF cardinality(decimals) > 1 THEN
        RAISE EXCEPTION 'values of these conversions are in different units' USING
            ERRCODE = 'invalid_parameter_value',
            HINT = 'Ask for one conversion at a time, or give them the same decimals by cdp.event_value_set().';
    END IF;
    unit := (10::numeric) ^ coalesce(decimals[1], 0);
    -- Touches before the period earn their part of conversions in it: what conversions before it earn is
    -- taken off again.
    EXECUTE format('SELECT cdp.attribution_agg(p.page, $4, $5, $6, $7, $8, $9, $10),
                           %s FROM (%s) AS p',
                   CASE WHEN "from" IS NULL THEN 'NULL::cdp.tally'
                        ELSE 'cdp.attribution_agg(cdp.timeline_page_slice(p.page, ''-infinity'', $11), $4, $5, $6, $7, $8, $9, $10)' END,
                   cdp._person_pages_sql(first_touch, "to", members IS NOT NULL))
       INTO counted, before
      USING members, first_touch, "to", targets, sources, conv_window, model, property, direct_code, half_life,
            "from";
    RETURN QUERY
    WITH earned AS MATERIALIZED (
        SELECT a.touch, a.touched, a.n - coalesce(b.n, 0) AS n, round((a.credit - coalesce(b.credit, 0)) / unit, coalesce(decimals[1], 0)) AS credit
          FROM cdp.attribution(counted) AS a
          LEFT JOIN cdp.attribution(before) AS b ON b.touched = a.touched AND b.touch IS NOT DISTINCT FROM a.touch
    )
    SELECT CASE WHEN e.touched THEN cdp._report_key(property, e.touch) END, e.touched, e.n, e.credit,
           (e.credit / nullif(sum(e.credit) OVER (), 0))::float8
      FROM earned AS e WHERE e.n > 0 ORDER BY e.touched DESC, e.credit DESC, 1;
END $$;
COMMENT ON FUNCTION cdp.attribution_report(text[], text[], interval, text, text, text, interval, timestamptz, timestamptz, text) IS
    'what touches earn of the value of conversions in the period: arguments as those of attribution_agg, with names of events and, by => a property, its values as reports show them ((none) as direct: touches that say nothing); touched is false for conversions that no touch earns';
