--| ## Values and properties of events
--| An event in a timeline may carry a value and up to four properties. `cdp.event_type.value_prop` says
--| which key of `props` is the value of a kind of event; `cdp.event_property` says which properties are
--| kept, by default the channel. Timelines hold properties as small codes: `cdp.event_property_value` is
--| the dictionary.

CREATE FUNCTION cdp._setup_report_property() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_new boolean;
BEGIN
    is_new := cdp._table_ensure('event_property', 'properties of events that timelines keep', ARRAY[
        ['slot', 'int4 PRIMARY KEY CHECK (slot BETWEEN 1 AND 4)', 'which property of a timeline holds it'],
        ['name', 'text COLLATE "C" NOT NULL UNIQUE', 'name of the property in steps and reports'],
        ['prop', 'text', 'key of event.props that holds it; NULL for the column event.channel'],
        ['by_day', 'boolean NOT NULL DEFAULT false', 'whether cdp.event_day_by counts days apart by it']]);
    PERFORM cdp._table_ensure('event_property_value', 'what properties of events say, and the codes of it that timelines store', ARRAY[
        ['slot', 'int4 NOT NULL', 'which property: event_property.slot'],
        ['code', 'int4 NOT NULL CHECK (code > 0)', 'small number, given out from 1'],
        ['value', 'text COLLATE "C" NOT NULL', 'what it says, up to 200 characters']],
        'PRIMARY KEY (slot, code), UNIQUE (slot, value)');
    PERFORM cdp._trigger_ensure('cdp.event_type', 'timeline_value',
        'AFTER UPDATE OF value_prop, value_decimals ON cdp.event_type
         FOR EACH ROW WHEN ((OLD.value_prop, OLD.value_decimals) IS DISTINCT FROM (NEW.value_prop, NEW.value_decimals))
         EXECUTE FUNCTION cdp._event_value_changed()');
    PERFORM cdp._trigger_ensure('cdp.event_property', 'timeline_property',
        'AFTER INSERT OR UPDATE OR DELETE ON cdp.event_property
         FOR EACH ROW EXECUTE FUNCTION cdp._event_property_changed()');
    IF is_new THEN
        INSERT INTO cdp.event_property (slot, name, by_day) VALUES (1, 'channel', true);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._setup_report_property() IS 'internal: makes the tables of properties of events';

-- Fifteen digits and three decimals always fit.
CREATE FUNCTION cdp._event_value(props jsonb, prop text, decimals int4) RETURNS int8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN props ->> prop ~ '^[-+]?[0-9]{1,15}([.][0-9]*)?$'
                THEN round((props ->> prop)::numeric * ('{1,10,100,1000}'::numeric[])[decimals + 1])::int8 END;
COMMENT ON FUNCTION cdp._event_value(jsonb, text, int4) IS
    'internal: the value of an event, its number times 10^decimals; null when there is none, or more than 15 digits of it';

CREATE FUNCTION cdp._property_sql(prop text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN prop IS NULL THEN 'left(e.channel, 200) COLLATE "C"'
                ELSE format('left(e.props ->> %L, 200) COLLATE "C"', prop) END;
COMMENT ON FUNCTION cdp._property_sql(text) IS
    'internal: what event e says of a property, as SQL; of long texts the beginning';

CREATE FUNCTION cdp._event_rows_sql(source text) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    codes text;
    dictionaries text;
BEGIN
    SELECT string_agg(CASE WHEN p.slot IS NULL THEN 'NULL' ELSE format('p%s.code', s.slot) END, ', ' ORDER BY s.slot),
           string_agg(CASE WHEN p.slot IS NOT NULL THEN
               format(' LEFT JOIN cdp.event_property_value AS p%s ON p%1$s.slot = %1$s AND p%1$s.value = %s',
                      s.slot, cdp._property_sql(p.prop)) END, '' ORDER BY s.slot)
      INTO codes, dictionaries
      FROM generate_series(1, (SELECT max(slot) FROM cdp.event_property)) AS s (slot)
      LEFT JOIN cdp.event_property AS p USING (slot);
    RETURN format(
        'SELECT e.identifier_id, e.ts, t.code,
                CASE WHEN t.value_prop IS NOT NULL THEN cdp._event_value(e.props, t.value_prop, t.value_decimals) END AS value,
                %s AS props
           FROM %s AS e JOIN cdp.event_type AS t ON t.name = e.name%s',
        coalesce('ARRAY[' || codes || ']::int4[]', 'NULL::int4[]'), source, dictionaries);
END $$;
COMMENT ON FUNCTION cdp._event_rows_sql(text) IS
    'internal: the query that gives the events of a table as timelines hold them: identifier_id, ts, code, value, props';

CREATE FUNCTION cdp._event_property_values_sql(source text, slot int4 DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT string_agg(format('SELECT DISTINCT %s AS slot, %s AS value FROM %s AS e',
                                     p.slot, cdp._property_sql(p.prop), source), ' UNION ALL ' ORDER BY p.slot)
              FROM cdp.event_property AS p WHERE p.slot = coalesce(_event_property_values_sql.slot, p.slot));
END $$;
COMMENT ON FUNCTION cdp._event_property_values_sql(text, int4) IS
    'internal: the query that gives what the events of a table say of the properties (or of one): slot, value; null without properties';

CREATE FUNCTION cdp._event_property_values_learn(slots int4[], texts text[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM unnest(slots, texts) AS n (slot, value)
                    WHERE n.value IS NOT NULL AND NOT EXISTS (SELECT FROM cdp.event_property_value AS v
                                                               WHERE v.slot = n.slot AND v.value = n.value COLLATE "C")) THEN
        RETURN;
    END IF;
    -- Two who learn the same value at once must give it one code.
    PERFORM cdp._lock('event_property');
    INSERT INTO cdp.event_property_value (slot, code, value)
    SELECT n.slot, coalesce(last.code, 0) + row_number() OVER (PARTITION BY n.slot ORDER BY n.value COLLATE "C"), n.value
      FROM unnest(slots, texts) AS n (slot, value)
      LEFT JOIN (SELECT v.slot, max(v.code) AS code FROM cdp.event_property_value AS v GROUP BY v.slot) AS last USING (slot)
     WHERE n.value IS NOT NULL AND NOT EXISTS (SELECT FROM cdp.event_property_value AS v
                                                WHERE v.slot = n.slot AND v.value = n.value COLLATE "C");
END $$;
COMMENT ON FUNCTION cdp._event_property_values_learn(int4[], text[]) IS
    'internal: gives codes to values of properties that were not known';

-- Whoever stores events reads the definitions first: what is under way has to commit before they
-- change. And a refresh must not build by the old ones what is noted for the new.
CREATE FUNCTION cdp._event_definitions_lock() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._lock('timeline');
    LOCK TABLE cdp.event IN SHARE MODE;
END $$;
COMMENT ON FUNCTION cdp._event_definitions_lock() IS
    'internal: waits for those who store events or refresh timelines, before values or properties change';

CREATE FUNCTION cdp._event_value_changed() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._event_definitions_lock();
    INSERT INTO cdp.timeline_due (identifier_id, month, counts)
    SELECT DISTINCT e.identifier_id, date_trunc('month', e.ts AT TIME ZONE 'UTC')::date, false
      FROM cdp.event AS e WHERE e.name = NEW.name;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._event_value_changed() IS
    'internal: notes which timelines hold events whose values are others now (trigger on event_type)';

CREATE FUNCTION cdp._event_property_changed() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    slots int4[];
    texts text[];
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.slot = OLD.slot AND NEW.prop IS NOT DISTINCT FROM OLD.prop THEN
        RETURN NULL;
    END IF;
    PERFORM cdp._event_definitions_lock();
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM cdp.event_property_value AS v WHERE v.slot = OLD.slot;
        EXECUTE format('INSERT INTO cdp.timeline_due (identifier_id, month, counts)
                        SELECT DISTINCT e.identifier_id, date_trunc(''month'', e.ts AT TIME ZONE ''UTC'')::date, false
                          FROM cdp.event AS e WHERE %s IS NOT NULL', cdp._property_sql(OLD.prop));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        EXECUTE format('SELECT array_agg(n.slot), array_agg(n.value) FROM (%s) AS n',
                       cdp._event_property_values_sql('cdp.event', NEW.slot)) INTO slots, texts;
        PERFORM cdp._event_property_values_learn(slots, texts);
        EXECUTE format('INSERT INTO cdp.timeline_due (identifier_id, month, counts)
                        SELECT DISTINCT e.identifier_id, date_trunc(''month'', e.ts AT TIME ZONE ''UTC'')::date, false
                          FROM cdp.event AS e WHERE %s IS NOT NULL', cdp._property_sql(NEW.prop));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._event_property_changed() IS
    'internal: learns what events say of a property, and notes which timelines hold it or should (trigger on event_property)';

CREATE FUNCTION cdp.event_value_set(event text, prop text, decimals int4 DEFAULT 0) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    IF decimals IS NULL OR decimals NOT BETWEEN 0 AND 3 THEN
        RAISE EXCEPTION 'number of decimals must be between 0 and 3, not %', coalesce(decimals::text, 'NULL') USING
            ERRCODE = 'invalid_parameter_value';
    END IF;
    -- A name that no event had yet is learned: values may be defined before the first load.
    IF coalesce(event, '') = '' THEN
        RAISE EXCEPTION 'an event needs a name' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM cdp._event_types_learn(ARRAY[event]);
    UPDATE cdp.event_type AS t SET value_prop = event_value_set.prop, value_decimals = event_value_set.decimals
     WHERE t.name = event_value_set.event;
END $$;
COMMENT ON FUNCTION cdp.event_value_set(text, text, int4) IS
    'says which key of props is the value of an event in timelines, an integer in units of 10^-decimals (2: cents); null: none. The next refresh rebuilds what is due';

CREATE FUNCTION cdp.property_define(property text, prop text DEFAULT NULL) RETURNS int4 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key text := coalesce(prop, property);
    given int4;
BEGIN
    PERFORM cdp._require_setup();
    IF property IS NULL OR property !~ '^[a-z_][a-z0-9_]*$' OR property IN ('value', 'channel') THEN
        RAISE EXCEPTION 'property cannot be named "%"', coalesce(property, 'NULL') USING
            ERRCODE = 'invalid_name',
            DETAIL = 'A name is made of lower-case letters, digits and underscores; "value" and "channel" have meanings of their own.';
    END IF;
    PERFORM cdp._event_definitions_lock();
    UPDATE cdp.event_property AS p SET prop = key WHERE p.name = property RETURNING p.slot INTO given;
    IF given IS NOT NULL THEN
        RETURN given;
    END IF;
    given := (SELECT min(s.slot) FROM generate_series(1, 4) AS s (slot)
              WHERE NOT EXISTS (SELECT FROM cdp.event_property AS p WHERE p.slot = s.slot));
    IF given IS NULL THEN
        RAISE EXCEPTION 'timelines keep no more than 4 properties' USING
            ERRCODE = 'program_limit_exceeded',
            HINT = format('Drop one of %s by cdp.property_drop().',
                          (SELECT string_agg(p.name, ', ' ORDER BY p.slot) FROM cdp.event_property AS p));
    END IF;
    INSERT INTO cdp.event_property (slot, name, prop) VALUES (given, property, key);
    RETURN given;
END $$;
COMMENT ON FUNCTION cdp.property_define(text, text) IS
    'keeps a property of events in timelines: the key of props given, by default of the same name; returns its slot, 1 to 4. The next refresh rebuilds what is due';

CREATE FUNCTION cdp.property_slot(property text) RETURNS int4 LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found int4;
BEGIN
    PERFORM cdp._require_setup();
    SELECT p.slot INTO found FROM cdp.event_property AS p WHERE p.name = property;
    IF found IS NULL THEN
        RAISE EXCEPTION 'property "%" does not exist', coalesce(property, 'NULL') USING
            ERRCODE = 'undefined_object',
            HINT = cdp._name_hint(property, ARRAY(SELECT p.name FROM cdp.event_property AS p ORDER BY p.name));
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION cdp.property_slot(text) IS
    'which property of timelines, 1 to 4, this one is; an error when it does not exist';

CREATE FUNCTION cdp._property_code(slot int4, value text) RETURNS int4 LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT v.code FROM cdp.event_property_value AS v
             WHERE v.slot = _property_code.slot AND v.value = left(_property_code.value, 200) COLLATE "C");
END $$;
COMMENT ON FUNCTION cdp._property_code(int4, text) IS
    'internal: the code of a value of the property in this slot; null when no event ever had it';

CREATE FUNCTION cdp.property_code(property text, value text) RETURNS int4 LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN cdp._property_code(cdp.property_slot(property), value);
END $$;
COMMENT ON FUNCTION cdp.property_code(text, text) IS
    'the code of a value of a property in timelines; null when no event ever had it';

CREATE FUNCTION cdp._property_code_known(property text, slot int4, value text) RETURNS int4 LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found int4 := cdp._property_code(slot, value);
BEGIN
    IF found IS NULL THEN
        RAISE EXCEPTION 'no event has "%" as its property "%"', value, property USING
            ERRCODE = 'undefined_object',
            HINT = cdp._name_hint(value, ARRAY(SELECT v.value FROM cdp.event_property_value AS v
                                                WHERE v.slot = _property_code_known.slot ORDER BY v.value LIMIT 10000));
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION cdp._property_code_known(text, int4, text) IS
    'internal: the code of a value of the property in this slot; an error, with the most alike, when no event ever had it';

CREATE FUNCTION cdp.property_value(property text, code int4) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT v.value FROM cdp.event_property_value AS v
             WHERE v.slot = cdp.property_slot(property) AND v.code = property_value.code);
END $$;
COMMENT ON FUNCTION cdp.property_value(text, int4) IS
    'what a code of a property in timelines means; null for one that was never given out';

CREATE FUNCTION cdp.property_drop(property text) RETURNS int4 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dropped int4 := cdp.property_slot(property);
BEGIN
    DELETE FROM cdp.event_property AS p WHERE p.slot = dropped;
    RETURN dropped;
END $$;
COMMENT ON FUNCTION cdp.property_drop(text) IS
    'keeps a property no longer; returns the slot that is free now. The next refresh rebuilds what is due';
