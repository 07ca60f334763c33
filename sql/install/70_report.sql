--| # Reports
--| Chart-shaped answers: plain types, one grain each. Events are those of persons; what no person is
--| known for yet counts nowhere.

CREATE FUNCTION cdp._setup_report() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CREATE OR REPLACE VIEW cdp.v_event AS
        SELECT e.event_id, e.ts, e.name, i.one_id, e.channel, e.props, t.name AS id_type, i.value AS id_value
          FROM cdp.event AS e
          JOIN cdp.identifier AS i ON i.id = e.identifier_id
          JOIN cdp.id_type AS t USING (type_id);
    COMMENT ON VIEW cdp.v_event IS 'one row per event, with the person who did it';
    COMMENT ON COLUMN cdp.v_event.one_id IS 'the person as known now; NULL when the identifier belongs to nobody';
    COMMENT ON COLUMN cdp.v_event.id_type IS 'type of the identifier that came with the event';
    COMMENT ON COLUMN cdp.v_event.id_value IS 'the identifier that came with the event';
    CREATE OR REPLACE VIEW cdp.v_event_daily AS
        SELECT (e.ts AT TIME ZONE zone.name)::date AS day, e.name, e.channel,
               count(*) AS events, count(DISTINCT i.one_id) AS people
          FROM cdp.event AS e
          LEFT JOIN cdp.identifier AS i ON i.id = e.identifier_id
         CROSS JOIN (SELECT m.value AS name FROM cdp.meta AS m WHERE m.key = 'time_zone') AS zone
         GROUP BY 1, 2, 3;
    COMMENT ON VIEW cdp.v_event_daily IS
        'events and people per day (in the time zone of the business), name and channel';
    COMMENT ON COLUMN cdp.v_event_daily.people IS
        'persons; events of identifiers without a person count in events only';
    PERFORM cdp._setup_report_timeline();
    PERFORM cdp._setup_report_property();
    PERFORM cdp._setup_report_event_day();
    PERFORM cdp._setup_report_profile();
END $$;
COMMENT ON FUNCTION cdp._setup_report() IS 'internal: makes the table, trigger and views of the reports';

CREATE FUNCTION cdp._event_codes(names text[]) RETURNS int4[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    codes int4[] := '{}';
    code int4;
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY names LOOP
        SELECT t.code INTO code FROM cdp.event_type AS t WHERE t.name = wanted;
        IF code IS NULL THEN
            RAISE EXCEPTION 'event "%" does not exist', coalesce(wanted, 'NULL') USING
                ERRCODE = 'undefined_object',
                HINT = cdp._name_hint(wanted, ARRAY(SELECT t.name FROM cdp.event_type AS t ORDER BY t.name));
        END IF;
        codes := codes || code;
    END LOOP;
    RETURN codes;
END $$;
COMMENT ON FUNCTION cdp._event_codes(text[]) IS
    'internal: codes of these events; an error with the nearest name for one that does not exist';

CREATE FUNCTION cdp._report_check_period("from" timestamptz, "to" timestamptz) RETURNS void
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF "from" >= "to" THEN
        RAISE EXCEPTION 'period from % to % is empty', "from", "to" USING
            ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A period begins before it ends, and its end does not belong to it.';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._report_check_period(timestamptz, timestamptz) IS
    'internal: an error for a period that ends before it begins';

-- An event may be named like anything: what is the name of one is no step with a condition.
CREATE FUNCTION cdp._funnel_report_steps(steps text[]) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    codes text := '';
    step text;
    code int4;
    ruled boolean := false;
BEGIN
    FOREACH step IN ARRAY steps LOOP
        SELECT t.code INTO code FROM cdp.event_type AS t WHERE t.name = step;
        IF code IS NULL AND step ~ '[[|]' THEN
            ruled := true;
            codes := concat_ws(', ', nullif(codes, ''), cdp.funnel_step_codes(step));
        ELSE
            codes := concat_ws(', ', nullif(codes, ''), (cdp._event_codes(ARRAY[step]))[1]);
        END IF;
    END LOOP;
    RETURN CASE WHEN ruled THEN codes END;
END $$;
COMMENT ON FUNCTION cdp._funnel_report_steps(text[]) IS
    'internal: steps with alternatives or conditions as codes; null where all are plain events; an error for one that does not exist';

--| ## Funnel
--| How many people get how far through the steps, in order, within `conv_window` of the first. Only
--| events of the period ("from" inclusive, "to" exclusive) count. `by` splits people by a property of
--| their earliest first step in the period: `channel`, `props.KEY` or the name of a property of timelines. A step may have alternatives and
--| conditions: `{"view|search", "pay[value >= 10000 and channel = wechat]"}`.
CREATE FUNCTION cdp.funnel_report(steps text[], conv_window interval DEFAULT '7 days',
    by text DEFAULT NULL, "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL,
    audience text DEFAULT NULL, mode text DEFAULT 'default')
    RETURNS TABLE (by_value text, step int4, name text, users int8, from_previous float8, from_first float8)
    LANGUAGE plpgsql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp
    SET enable_sort = off SET enable_hashagg = off SET jit = off AS $$
DECLARE
    codes int4[];
    ruled_steps text;
    members cdp.roaringbitmap;
    property int4;
    answer text := 'cdp.funnel_counts(cdp.funnel_agg(%s, $4, $5, $6))';
    by_values text[];
    counts int8[];
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._report_check_period("from", "to");
    IF coalesce(cardinality(steps), 0) = 0 OR array_ndims(steps) > 1 THEN
        RAISE EXCEPTION 'a funnel needs a list of steps' USING
            ERRCODE = 'invalid_parameter_value',
            HINT = 'For example: cdp.funnel_report(''{view_item,add_to_cart,pay}'').';
    END IF;
    IF by = 'channel' OR by ~ '^props[.].' THEN
        SELECT p.slot INTO property FROM cdp.event_property AS p
         WHERE CASE WHEN p.prop IS NULL THEN by = 'channel' ELSE by = 'props.' || p.prop END;
    ELSIF by IS NOT NULL THEN
        SELECT p.slot INTO property FROM cdp.event_property AS p WHERE p.name = by;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'cannot split a funnel by "%"', by USING
                ERRCODE = 'invalid_parameter_value',
                HINT = 'Use ''channel'', ''props.KEY'' for a property of the first step, or the name of a property of timelines.';
        END IF;
    END IF;
    ruled_steps := cdp._funnel_report_steps(steps);
    IF ruled_steps IS NULL THEN
        codes := cdp._event_codes(steps);
    ELSIF by IS NOT NULL AND NOT EXISTS (SELECT FROM cdp.event_type AS t WHERE t.name = steps[1]) THEN
        RAISE EXCEPTION 'cannot split a funnel whose first step is not a plain event' USING
            ERRCODE = 'feature_not_supported',
            HINT = 'Let the first step be the name of an event, or leave out "by".';
    END IF;
    IF conv_window IS NULL OR mode IS NULL THEN
        RAISE EXCEPTION 'window and mode of a funnel cannot be null' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    -- A wrong window or mode is an error also where there are no events.
    IF ruled_steps IS NULL THEN
        PERFORM cdp.window_funnel(cdp.timeline_agg('epoch', 1), codes, conv_window, mode);
    ELSE
        PERFORM cdp.window_funnel(cdp.timeline_agg('epoch', 1), ruled_steps, conv_window, mode);
        answer := replace(answer, '$4', '$8');
    END IF;
    IF audience IS NOT NULL THEN
        members := cdp.audience_bitmap(audience);
    END IF;
    IF by IS NULL THEN
        EXECUTE format('SELECT %s FROM (%s) AS p', format(answer, 'p.page'), cdp._person_pages_sql("from", "to", members IS NOT NULL, bare => ruled_steps IS NULL))
           INTO counts USING members, "from", "to", codes, conv_window, mode, steps[1], ruled_steps;
        by_values := '{all}';
        counts := coalesce(counts, array_fill(0::int8, ARRAY[cardinality(steps)]));
    ELSE
        EXECUTE format(
            'SELECT array_agg(g.value ORDER BY g.value), array_agg(c.users ORDER BY g.value, c.step)
               FROM (%s) AS g CROSS JOIN LATERAL unnest(g.counts) WITH ORDINALITY AS c (users, step) WHERE g.counts[1] > 0',
            CASE WHEN property IS NOT NULL THEN
                -- Timelines know it.
                format('SELECT cdp._report_key($9, s.key) AS value, array_agg(s.users ORDER BY s.step) AS counts
                          FROM cdp.funnel_split((SELECT cdp.funnel_split_agg(p.page, $9, -1, %L, $5, $6) FROM (%s) AS p)) AS s
                         GROUP BY s.key',
                    coalesce(ruled_steps, array_to_string(codes, ',')), cdp._person_pages_sql("from", "to", members IS NOT NULL))
            ELSE
                format('SELECT s.value, %s AS counts
                          FROM (%s) AS p
                          JOIN (SELECT DISTINCT ON (i.one_id) i.one_id, cdp._report_said(%s) AS value
                                  FROM cdp.event AS e JOIN cdp.identifier AS i ON i.id = e.identifier_id
                                 WHERE i.one_id IS NOT NULL AND e.name = $7
                                   AND ($2 IS NULL OR e.ts >= $2) AND ($3 IS NULL OR e.ts < $3)
                                   AND ($1 IS NULL OR cdp.rb_contains($1, i.one_id))
                                 ORDER BY i.one_id, e.ts, e.event_id) AS s USING (one_id)
                         GROUP BY s.value',
                    format(answer, 'p.one_id, p.tl'), cdp._person_timelines_sql("from", "to", members IS NOT NULL),
                    CASE WHEN by = 'channel' THEN 'e.channel' ELSE format('e.props ->> %L', substr(by, 7)) END)
            END)
           INTO by_values, counts
          USING members, "from", "to", codes, conv_window, mode, steps[1], ruled_steps, property;
    END IF;
    RETURN QUERY
    WITH grid AS (
        SELECT v.value, s.place::int4 AS place, s.name, counts[(v.nth - 1) * cardinality(steps) + s.place] AS people
          FROM (SELECT u.value, row_number() OVER (ORDER BY min(u.nth)) AS nth
                  FROM unnest(by_values) WITH ORDINALITY AS u (value, nth) GROUP BY u.value) AS v
         CROSS JOIN unnest(steps) WITH ORDINALITY AS s (name, place)
    )
    SELECT g.value, g.place, g.name, g.people,
           g.people::float8 / nullif(coalesce(lag(g.people) OVER w, g.people), 0),
           g.people::float8 / nullif(first_value(g.people) OVER w, 0)
      FROM grid AS g
    WINDOW w AS (PARTITION BY g.value ORDER BY g.place)
     ORDER BY first_value(g.people) OVER w DESC, g.value, g.place;
END $$;
COMMENT ON FUNCTION cdp.funnel_report(text[], interval, text, timestamptz, timestamptz, text, text) IS
    'how many people reach each step, for a funnel chart: cumulative users, share of the step before and of the first; by => ''channel'', ''props.KEY'' or a property of timelines splits, audience => an expression restricts';

--| ## Retention
--| People by the day, week or month of their first `start_event`, and how many of them have
--| `return_event` in that and the following periods, at or after that first time. Periods are those of
--| the calendar in the time zone of the business; weeks begin on Monday. A period is `complete` when
--| it is over as of the latest event (or now, if that is earlier).
CREATE FUNCTION cdp.retention_report(start_event text, return_event text, unit text DEFAULT 'week',
    periods int4 DEFAULT 8, "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL,
    audience text DEFAULT NULL)
    RETURNS TABLE (cohort date, period int4, size int8, users int8, rate float8, complete boolean)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp
    SET enable_sort = off SET enable_hashagg = off SET jit = off AS $$
DECLARE
    members cdp.roaringbitmap;
    codes int4[];
    counted cdp.tally;
    horizon date;
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._report_check_period("from", "to");
    IF unit IS NULL OR unit NOT IN ('day', 'week', 'month') THEN
        RAISE EXCEPTION 'unit "%" does not exist', coalesce(unit, 'NULL') USING
            ERRCODE = 'invalid_parameter_value', HINT = 'Use ''day'', ''week'' or ''month''.';
    END IF;
    IF periods IS NULL OR periods NOT BETWEEN 0 AND 1000 THEN
        RAISE EXCEPTION 'number of periods must be between 0 and 1000, not %', coalesce(periods::text, 'NULL') USING
            ERRCODE = 'invalid_parameter_value';
    END IF;
    codes := cdp._event_codes(ARRAY[start_event, return_event]);
    IF audience IS NOT NULL THEN
        members := cdp.audience_bitmap(audience);
    END IF;
    horizon := cdp._event_day_until();
    -- What was before the first start counts for nothing, also where it was on the same day.
    EXECUTE format('SELECT cdp._retention_agg(p.page, $4, $5, $6, $7, $8, $2, $3) FROM (%s) AS p',
                   cdp._person_pages_sql(NULL, NULL, members IS NOT NULL, bare => true))
       INTO counted USING members, "from", "to", codes[1:1], codes[2:2], unit, periods, cdp.setting('time_zone');
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT r.cohort, r.period, r.size, r.users FROM cdp.retention_table(counted) AS r
    ), cell AS (
        SELECT c.cohort, c.size, n.period, (c.cohort + n.period * ('1 ' || unit)::interval)::date AS begins,
               (c.cohort + (n.period + 1) * ('1 ' || unit)::interval)::date AS ends
          FROM (SELECT DISTINCT f.cohort, f.size FROM found AS f) AS c CROSS JOIN generate_series(0, periods) AS n (period)
    )
    SELECT c.cohort, c.period, c.size, coalesce(f.users, 0), coalesce(f.users, 0)::float8 / c.size, c.ends <= horizon
      FROM cell AS c LEFT JOIN found AS f USING (cohort, period)
     WHERE c.begins <= horizon
     ORDER BY c.cohort, c.period;
END $$;
COMMENT ON FUNCTION cdp.retention_report(text, text, text, int4, timestamptz, timestamptz, text) IS
    'of the people whose first start_event fell into a day, week or month, how many had return_event in that and the following ones; long form for a triangle, incomplete periods marked';
