--| ## Asking for profiles
CREATE FUNCTION cdp.profile_of(one_id int4) RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT p.attrs FROM cdp.profile AS p WHERE p.one_id = cdp._person_now(profile_of.one_id)), '{}');
END $$;
COMMENT ON FUNCTION cdp.profile_of(int4) IS
    'the attributes of a person, {"key": value}: of several values each the one that counts; a retired OneID means its survivor';

CREATE FUNCTION cdp.profile_history(one_id int4)
    RETURNS TABLE (key text, value jsonb, source text, id_type text, id_value text, first_seen timestamptz, last_seen timestamptz, counts boolean)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    person int4 := cdp._person_now(profile_history.one_id);
    attrs jsonb := cdp.profile_of(person);
BEGIN
    RETURN QUERY
    SELECT a.key, a.value, a.source, t.name, i.value, a.first_seen, a.last_seen, a.value = coalesce(attrs -> a.key, 'null')
      FROM cdp.identifier AS i JOIN cdp.attribute AS a ON a.identifier_id = i.id JOIN cdp.id_type AS t USING (type_id)
     WHERE i.one_id = person
     ORDER BY a.key, a.last_seen DESC, a.first_seen DESC, a.source, a.value::text COLLATE "C", i.id;
END $$;
COMMENT ON FUNCTION cdp.profile_history(int4) IS
    'what was said of a person: each value of each attribute, by which source, of which identifier, first and last when, and whether it is the one that counts; value null: there is none any more';

--| ## Conditions on attributes
-- What audience rules ask by `attr.KEY`. Of a list each value counts. Operands of an order are numbers, or times
-- that mean days of the business or instants; a value that is a date is the beginning of its day.
CREATE FUNCTION cdp._attribute_number(value text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN length(value) < 80 AND value ~ '^-?[0-9]+([.][0-9]+)?$' THEN value::numeric END;
COMMENT ON FUNCTION cdp._attribute_number(text) IS 'internal: the number that the value of an attribute is; NULL when it is none';

CREATE FUNCTION cdp._attribute_time(value text, zone text) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN cdp._timestamptz_or_null(value || ' 00:00Z') AT TIME ZONE 'UTC' AT TIME ZONE zone
                WHEN value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]+$' THEN cdp._timestamptz_or_null(value || 'Z') AT TIME ZONE 'UTC' AT TIME ZONE zone
                WHEN value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]+ *([zZ]|[-+][0-9:]+)$' THEN cdp._timestamptz_or_null(value) END;
COMMENT ON FUNCTION cdp._attribute_time(text, text) IS
    'internal: the time that the value of an attribute is, in this zone unless it names one; NULL when it is none';

CREATE FUNCTION cdp._attribute_bounds(operand text, now timestamptz, zone text, OUT low timestamptz, OUT high timestamptz)
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' AS $$
DECLARE
    words text[] := regexp_match(CASE operand WHEN 'today' THEN 'in 0 days' WHEN 'now' THEN 'in 0 seconds' ELSE operand END,
                                 '^(in )?([0-9]{1,7}) (second|minute|hour|day|week|month|year)s?( ago)?$');
    by_days boolean := words[3] NOT IN ('second', 'minute', 'hour');
    years numeric := words[2]::numeric / CASE words[3] WHEN 'year' THEN 1 WHEN 'month' THEN 12 WHEN 'week' THEN 52 ELSE 365 END;
    shift interval;
    day timestamp;
BEGIN
    IF words IS NULL THEN
        low := cdp._attribute_time(operand, zone);
        IF low IS NULL THEN
            RAISE EXCEPTION '"%" is not a time', operand USING ERRCODE = 'invalid_parameter_value';
        ELSIF length(operand) = 10 THEN
            day := low AT TIME ZONE zone;
        END IF;
    ELSIF by_days AND years > (CASE WHEN words[4] IS NULL THEN 200000 ELSE 4000 END) THEN
        -- Before and after every time that there can be.
        low := CASE WHEN words[4] IS NULL THEN 'infinity' ELSE '-infinity' END;
        high := low;
        RETURN;
    ELSE
        shift := (CASE WHEN words[4] IS NULL THEN '' ELSE '-' END || words[2] || ' ' || words[3])::interval;
        IF by_days THEN
            day := date_trunc('day', now AT TIME ZONE zone) + shift;
            low := day AT TIME ZONE zone;
        ELSE
            low := now + shift;
        END IF;
    END IF;
    high := coalesce((day + interval '1 day') AT TIME ZONE zone, low + interval '1 microsecond');
END $$;
COMMENT ON FUNCTION cdp._attribute_bounds(text, timestamptz, text) IS
    'internal: from when until before when the time lasts that a rule has written, a day or an instant';

CREATE FUNCTION cdp._attribute_people(key text, test jsonb, chunk int4, now timestamptz) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    op text := test ->> 'op';
    operands jsonb := coalesce(test -> 'values', jsonb_build_array(test -> 'value'));
    zone text;
    low_number numeric;
    high_number numeric;
    low timestamptz;
    high timestamptz;
    low_text text := '0';
    high_text text := ':';
    people cdp.roaringbitmap;
BEGIN
    IF op IN ('=', 'in', '<>', 'not in') THEN
        -- Numbers have one spelling here, however the rule writes them.
        SELECT cdp.rb_or_agg(v.members) INTO people
          FROM cdp.profile_value AS v
         WHERE v.key = _attribute_people.key AND v.chunk = _attribute_people.chunk
           AND v.value = ANY (ARRAY(SELECT w.word FROM jsonb_array_elements_text(operands) AS o (plain)
                                     CROSS JOIN LATERAL (VALUES (o.plain), (trim_scale(cdp._attribute_number(o.plain))::text)) AS w (word)));
    ELSIF op IN ('<', '<=', '>', '>=', 'between') AND jsonb_typeof(operands -> 0) = 'number' THEN
        low_number := operands ->> 0;
        high_number := operands ->> -1;
        SELECT cdp.rb_or_agg(v.members) INTO people
          FROM (SELECT v.members, cdp._attribute_number(v.value) AS number FROM cdp.profile_value AS v
                 WHERE v.key = _attribute_people.key AND v.chunk = _attribute_people.chunk) AS v
         WHERE CASE op WHEN '<' THEN v.number < low_number WHEN '<=' THEN v.number <= low_number WHEN '>' THEN v.number > low_number
                       WHEN '>=' THEN v.number >= low_number ELSE v.number BETWEEN low_number AND high_number END;
    ELSIF op IN ('<', '<=', '>', '>=', 'between') THEN
        zone := cdp.setting('time_zone');
        low := (SELECT b.low FROM cdp._attribute_bounds(operands ->> 0, now, zone) AS b);
        high := (SELECT b.high FROM cdp._attribute_bounds(operands ->> -1, now, zone) AS b);
        -- Times are texts that begin with their day: but for zones, in whose order the index has them.
        IF op IN ('>', '>=', 'between') AND low BETWEEN '0010-01-01' AND '9990-01-01' THEN
            low_text := to_char(low - interval '3 days', 'YYYY-MM-DD');
        END IF;
        IF op IN ('<', '<=', 'between') AND high BETWEEN '0010-01-01' AND '9990-01-01' THEN
            high_text := to_char(high + interval '3 days', 'YYYY-MM-DD');
        END IF;
        SELECT cdp.rb_or_agg(v.members) INTO people
          FROM (SELECT v.members, cdp._attribute_time(v.value, zone) AS at FROM cdp.profile_value AS v
                 WHERE v.key = _attribute_people.key AND v.chunk = _attribute_people.chunk
                   AND v.value >= low_text COLLATE "C" AND v.value < high_text COLLATE "C") AS v
         WHERE CASE op WHEN '<' THEN v.at < low WHEN '<=' THEN v.at < high WHEN '>' THEN v.at >= high
                       WHEN '>=' THEN v.at >= low ELSE v.at >= low AND v.at < high END;
    ELSIF op IS NULL OR op NOT IN ('is set', 'is not set') THEN
        RAISE EXCEPTION 'test of attribute "%" has no operator "%"', key, op USING ERRCODE = 'invalid_parameter_value';
    END IF;
    people := coalesce(people, '{}');
    IF op IN ('<>', 'not in', 'is set', 'is not set') THEN
        people := cdp.rb_andnot(coalesce((SELECT cdp.rb_or_agg(v.members) FROM cdp.profile_value AS v
                                           WHERE v.key = _attribute_people.key AND v.chunk = _attribute_people.chunk), '{}'), people);
    END IF;
    IF op = 'is not set' THEN
        people := cdp.rb_andnot(coalesce(cdp._everyone(chunk), '{}'), people);
    END IF;
    RETURN people;
END $$;
COMMENT ON FUNCTION cdp._attribute_people(text, jsonb, int4, timestamptz) IS
    'internal: the people of a chunk whose attribute fulfils a test, {"op", "value" or "values"} as in a cdp.rule as jsonb; <> and "not in" mean those who have another value, "is not set" everybody without';
