--| ## People and times by day
--| Answers from the day rollup and what waits for the next refresh: never stale, and no timeline is touched.
--| `names` are events, null for all of them together. `"from"` and `"to"` are days of the business, the first
--| included, the last not; `audience` is an expression that restricts the people.

CREATE FUNCTION cdp._event_day_question(names text[], "from" date, "to" date, audience text,
    OUT codes int4[], OUT members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    IF "from" >= "to" THEN
        RAISE EXCEPTION 'period from % to % is empty', "from", "to" USING
            ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A period begins before it ends, and its end does not belong to it.';
    END IF;
    codes := CASE WHEN names IS NULL THEN '{0}' ELSE cdp._event_codes(names) END;
    IF audience IS NOT NULL THEN
        members := cdp.audience_bitmap(audience);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._event_day_question(text[], date, date, text) IS
    'internal: codes of the events, 0 for all together, and people of the audience (null: all), after a check of what was asked';

CREATE FUNCTION cdp._event_day_until() RETURNS date LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    zone text := cdp.setting('time_zone');
BEGIN
    RETURN least((now() AT TIME ZONE zone)::date,
                 greatest((SELECT max(d.day) FROM cdp.event_day AS d),
                          (SELECT (max(b.last) AT TIME ZONE zone)::date FROM cdp.timeline_batch AS b)));
END $$;
COMMENT ON FUNCTION cdp._event_day_until() IS 'internal: the first day that is not over, as of the latest event';

CREATE FUNCTION cdp.event_times(names text[], "from" date DEFAULT NULL, "to" date DEFAULT NULL, audience text DEFAULT NULL)
    RETURNS cdp.bsi LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked record := cdp._event_day_question(names, "from", "to", audience);
BEGIN
    RETURN coalesce((SELECT cdp.bsi_agg(c.times)
                       FROM (SELECT CASE WHEN asked.members IS NULL THEN cdp.bsi_agg(r.times)
                                         ELSE cdp.bsi_restrict(cdp.bsi_agg(r.times), asked.members) END AS times
                               FROM cdp._event_day_rows(asked.codes, "from", "to") AS r GROUP BY r.chunk) AS c),
                    '{}');
END $$;
COMMENT ON FUNCTION cdp.event_times(text[], date, date, text) IS
    'how often each person did one of these events in a period';

CREATE FUNCTION cdp.event_people(names text[], "from" date DEFAULT NULL, "to" date DEFAULT NULL,
    at_least int8 DEFAULT 1, at_most int8 DEFAULT NULL, audience text DEFAULT NULL)
    RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked record := cdp._event_day_question(names, "from", "to", audience);
    people cdp.roaringbitmap;
BEGIN
    IF at_least IS NULL OR at_least < 1 THEN
        RAISE EXCEPTION 'number of times must be at least 1, not %', coalesce(at_least::text, 'NULL') USING
            ERRCODE = 'invalid_parameter_value',
            HINT = 'Who did something never: an audience without those who did, by rb_andnot().';
    END IF;
    IF at_least = 1 AND at_most IS NULL THEN
        people := (SELECT cdp.rb_or_agg(r.members) FROM cdp._event_day_rows(asked.codes, "from", "to") AS r);
    ELSE
        people := (SELECT cdp.rb_or_agg(cdp.bsi_between(c.times, at_least, coalesce(at_most, 9223372036854775807)))
                     FROM (SELECT cdp.bsi_agg(r.times) AS times
                             FROM cdp._event_day_rows(asked.codes, "from", "to") AS r GROUP BY r.chunk) AS c);
    END IF;
    RETURN coalesce(CASE WHEN asked.members IS NULL THEN people ELSE cdp.rb_and(people, asked.members) END, '{}');
END $$;
COMMENT ON FUNCTION cdp.event_people(text[], date, date, int8, int8, text) IS
    'who did one of these events at least, and at most, so many times in a period: a set of people for audiences';

CREATE FUNCTION cdp.event_recent(names text[], days int4 DEFAULT 30, at_least int8 DEFAULT 1, at_most int8 DEFAULT NULL,
    today date DEFAULT NULL)
    RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF days IS NULL OR days < 1 THEN
        RAISE EXCEPTION 'number of days must be at least 1, not %', coalesce(days::text, 'NULL') USING
            ERRCODE = 'invalid_parameter_value';
    END IF;
    today := coalesce(today, (now() AT TIME ZONE cdp.setting('time_zone'))::date);
    IF NOT isfinite(today) THEN
        RAISE EXCEPTION 'today must not be infinite' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- More days than there are dates before it are all of them; the last of dates has none after it.
    RETURN cdp.event_people(names, CASE WHEN days <= today - '4714-11-24 BC'::date THEN today - days + 1 END,
                            CASE WHEN today < '5874897-12-31' THEN today + 1 END, at_least, at_most);
END $$;
COMMENT ON FUNCTION cdp.event_recent(text[], int4, int8, int8, date) IS
    'who did one of these events so many times in the last days, today (or the day given) being the last of them';

CREATE FUNCTION cdp.event_activity(start_names text[], return_names text[] DEFAULT NULL, "from" date DEFAULT NULL,
    "to" date DEFAULT NULL, audience text DEFAULT NULL)
    RETURNS cdp.activity LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    starts record := cdp._event_day_question(start_names, "from", "to", audience);
    returns record;
BEGIN
    IF return_names IS NULL OR return_names = start_names THEN
        RETURN (SELECT cdp.activity_agg(r.day, CASE WHEN starts.members IS NULL THEN r.members ELSE cdp.rb_and(r.members, starts.members) END)
                  FROM cdp._event_day_rows(starts.codes, "from", "to") AS r);
    END IF;
    returns := cdp._event_day_question(return_names, "from", "to", NULL);
    RETURN (SELECT cdp.activity_agg(r.day, CASE WHEN r.code = ANY (starts.codes) THEN r.members END,
                                    CASE WHEN r.code = ANY (returns.codes) THEN r.members END)
              FROM (SELECT r.code, r.day, CASE WHEN starts.members IS NULL THEN r.members ELSE cdp.rb_and(r.members, starts.members) END AS members
                      FROM cdp._event_day_rows(starts.codes || returns.codes, "from", "to") AS r) AS r);
END $$;
COMMENT ON FUNCTION cdp.event_activity(text[], text[], date, date, text) IS
    'who began by one of the first events and came back by one of the second, by day; without second ones the first are both: for retention_matrix, lifecycle, stickiness';

--| ## Reports from the day rollup

CREATE FUNCTION cdp.day_report(names text[] DEFAULT NULL, "from" date DEFAULT NULL, "to" date DEFAULT NULL, audience text DEFAULT NULL)
    RETURNS TABLE (day date, name text, events int8, people int8)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    asked record := cdp._event_day_question(names, "from", "to", audience);
BEGIN
    RETURN QUERY
    SELECT r.day, t.name, sum(r.events)::int8, sum(r.people)::int8
      FROM (SELECT r.code, r.day,
                   CASE WHEN asked.members IS NULL THEN cdp.bsi_sum(r.times) ELSE cdp.bsi_sum(r.times, asked.members) END AS events,
                   CASE WHEN asked.members IS NULL THEN cdp.rb_cardinality(r.members)
                        ELSE cdp.rb_and_cardinality(r.members, asked.members) END AS people
              FROM cdp._event_day_rows(CASE WHEN names IS NOT NULL THEN asked.codes END, "from", "to") AS r) AS r
      JOIN cdp.event_type AS t USING (code)
     WHERE r.people > 0
     GROUP BY r.day, t.name ORDER BY r.day, t.name;
END $$;
COMMENT ON FUNCTION cdp.day_report(text[], date, date, text) IS 'events and people per day and event; days without any have no row';

CREATE FUNCTION cdp.retention_day_report(start_event text, return_event text, unit text DEFAULT 'day', periods int4 DEFAULT 30,
    "from" date DEFAULT NULL, "to" date DEFAULT NULL, audience text DEFAULT NULL, kind text DEFAULT 'n_day', brackets int4[] DEFAULT NULL)
    RETURNS TABLE (cohort date, period int4, size int8, users int8, rate float8, complete boolean)
    LANGUAGE plpgsql STABLE ROWS 500 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._event_day_question(NULL, "from", "to", NULL);
    RETURN QUERY
    SELECT m.cohort, m.period, m.size, m.users, m.rate, m.complete
      FROM cdp.retention_matrix(cdp.event_activity(ARRAY[start_event], ARRAY[return_event], audience => audience),
                                kind, unit, periods, brackets, until => cdp._event_day_until()) AS m
     WHERE ("from" IS NULL OR m.cohort >= "from") AND ("to" IS NULL OR m.cohort < "to")
     ORDER BY m.cohort, m.period;
END $$;
COMMENT ON FUNCTION cdp.retention_day_report(text, text, text, int4, date, date, text, text, int4[]) IS
    'of the people whose first start_event fell into a day, week or month, how many had return_event in that and the following ones, by days: a return counts also when it came before the start, on the same day; "from" and "to" choose among cohorts; kind and brackets are those of retention_matrix';

CREATE FUNCTION cdp.lifecycle_report(names text[] DEFAULT NULL, unit text DEFAULT 'week', "from" date DEFAULT NULL,
    "to" date DEFAULT NULL, audience text DEFAULT NULL)
    RETURNS TABLE (period date, new_users int8, returning_users int8, resurrecting_users int8, dormant_users int8, complete boolean)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._event_day_question(NULL, "from", "to", NULL);
    RETURN QUERY
    SELECT l.period, l.new_users, l.returning_users, l.resurrecting_users, l.dormant_users, l.complete
      FROM cdp.lifecycle(cdp.event_activity(names, "to" => "to", audience => audience), unit, cdp._event_day_until()) AS l
     WHERE ("from" IS NULL OR l.period >= "from") AND ("to" IS NULL OR l.period < "to") ORDER BY l.period;
END $$;
COMMENT ON FUNCTION cdp.lifecycle_report(text[], text, date, date, text) IS
    'per day, week or month: people who did one of the events for the first time, again, after a pause, or in the period before only; what was before "from" decides who is new';

CREATE FUNCTION cdp.stickiness_report(names text[] DEFAULT NULL, span text DEFAULT 'week', "from" date DEFAULT NULL,
    "to" date DEFAULT NULL, audience text DEFAULT NULL)
    RETURNS TABLE (period date, days int4, users int8, share float8)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT s.period, s.days, s.users, s.share
      FROM cdp.stickiness(cdp.event_activity(names, NULL, "from", "to", audience), span) AS s ORDER BY s.period, s.days;
END $$;
COMMENT ON FUNCTION cdp.stickiness_report(text[], text, date, date, text) IS
    'per week or month, or over all: how many people did one of the events on exactly so many days';

CREATE FUNCTION cdp.distribution_report(names text[], bounds int8[] DEFAULT NULL, "from" date DEFAULT NULL,
    "to" date DEFAULT NULL, audience text DEFAULT NULL)
    RETURNS TABLE (times_from int8, times_to int8, users int8, events int8, share float8)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    times cdp.bsi := cdp.event_times(names, "from", "to", audience);
BEGIN
    RETURN QUERY
    SELECT h.bin_from, h.bin_to, h.ids, coalesce(h.total, 0)::int8, h.ids::float8 / nullif(cdp.bsi_count(times), 0)
      FROM cdp.bsi_histogram(times, coalesce(bounds, '{1,2,3,4,5,6,11,21,51,101}'::int8[])) AS h;
END $$;
COMMENT ON FUNCTION cdp.distribution_report(text[], int8[], date, date, text) IS
    'how many people did one of the events how many times in a period, such as purchases per person: in bins from each number to before the next, the last without end; by default from 1, 2, 3, 4, 5, 6, 11, 21, 51 and 101';
