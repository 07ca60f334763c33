--| # Foundations
--| `cdp.setup()` makes the managed tables; every run of a managed function leaves a row in `cdp.run`.

CREATE FUNCTION cdp.chunk_of(one_id int4) RETURNS int4
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (one_id >> 20) & 4095;
COMMENT ON FUNCTION cdp.chunk_of(int4) IS
    'which chunk of a bitmap holds this OneID: its upper 12 bits, 0 to 4095';

CREATE FUNCTION cdp._schema_version() RETURNS int4
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1;
COMMENT ON FUNCTION cdp._schema_version() IS
    'internal: version of the managed tables that this extension makes and needs';

--| ## Tables
-- One list of columns serves both ends: a new table, and an older one that lacks some of them.
CREATE FUNCTION cdp._table_ensure(name text, purpose text, columns text[], keys text DEFAULT NULL,
                                  options text DEFAULT '')
    RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    relation regclass := to_regclass(format('cdp.%I', name));
    is_new boolean := relation IS NULL;
    part text[];
BEGIN
    IF is_new THEN
        EXECUTE format('CREATE TABLE cdp.%I (%s%s) %s', name,
            (SELECT string_agg(format('%I %s', columns[i][1], columns[i][2]), ', ' ORDER BY i)
               FROM generate_subscripts(columns, 1) AS i),
            ', ' || keys, options);
        relation := to_regclass(format('cdp.%I', name));
    END IF;
    FOREACH part SLICE 1 IN ARRAY columns LOOP
        IF NOT EXISTS (SELECT FROM pg_attribute AS a
                        WHERE a.attrelid = relation AND a.attname = part[1] AND NOT a.attisdropped) THEN
            EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s', relation, part[1], part[2]);
        END IF;
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', relation, part[1], part[3]);
    END LOOP;
    EXECUTE format('COMMENT ON TABLE %s IS %L', relation, purpose);
    RETURN is_new;
END $$;
COMMENT ON FUNCTION cdp._table_ensure(text, text, text[], text, text) IS
    'internal: makes a managed table of (column, definition, comment) rows, or adds the columns an older one lacks; true when it is new';

CREATE FUNCTION cdp._trigger_ensure(relation text, name text, definition text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger AS g
                    WHERE g.tgrelid = relation::regclass AND g.tgname = _trigger_ensure.name) THEN
        EXECUTE format('CREATE TRIGGER %I %s', name, definition);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._trigger_ensure(text, text, text) IS
    'internal: makes a trigger on a managed table unless it is there';

CREATE FUNCTION cdp._setup_base() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._table_ensure('meta', 'settings of the platform, and the version of its tables', ARRAY[
        ['key', 'text COLLATE "C" PRIMARY KEY', 'name of the setting; change it with cdp.setting_set()'],
        ['value', 'text NOT NULL', 'its value, as text']]);
    PERFORM cdp._table_ensure('managed_relation', 'what cdp.setup() has made and cdp.teardown() drops', ARRAY[
        ['name', 'text COLLATE "C" PRIMARY KEY', 'name of a table, view or sequence of schema cdp'],
        ['room', 'text NOT NULL', 'the part of the platform that it belongs to']]);
    PERFORM cdp._table_ensure('run', 'what has run: one row per call of a managed function', ARRAY[
        ['run_id', 'int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY', 'number of the run'],
        ['kind', 'text NOT NULL', 'what ran: ingest, id_resolve, tag_refresh ...'],
        ['name', 'text', 'on what: the name of the tag or audience; NULL where there is only one'],
        ['started_at', 'timestamptz NOT NULL DEFAULT clock_timestamp()', 'when it began'],
        ['finished_at', 'timestamptz', 'when it was done'],
        ['detail', 'jsonb', 'counts and remarks'],
        ['error', 'text', 'message of the error that ended it; NULL when it succeeded']]);
    INSERT INTO cdp.meta (key, value)
    VALUES ('schema_version', cdp._schema_version()::text),
           ('time_zone', current_setting('TimeZone')),
           ('event_min_ts', '2000-01-01 00:00:00+00'),
           ('event_max_ahead', '1 day'),
           ('fanout_limit', '3'),
           ('id_size_cap', '1000'),
           ('id_min_weight', '0'),
           ('id_unknown_types', 'register'),
           ('id_default_country', 'CN')
    ON CONFLICT (key) DO NOTHING;
    CREATE OR REPLACE VIEW cdp.v_run AS
        SELECT r.run_id, r.kind, r.name, r.started_at,
               extract(epoch FROM r.finished_at - r.started_at)::float8 AS seconds,
               r.error IS NULL AS succeeded, r.error, r.detail
          FROM cdp.run AS r;
    COMMENT ON VIEW cdp.v_run IS 'what has run, how long it took and what came of it';
    COMMENT ON COLUMN cdp.v_run.seconds IS 'duration in seconds';
END $$;
COMMENT ON FUNCTION cdp._setup_base() IS 'internal: makes the tables of settings and runs';

CREATE FUNCTION cdp._require_setup() RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    version int4;
BEGIN
    IF to_regclass('cdp.meta') IS NOT NULL THEN
        IF NOT has_table_privilege('cdp.meta', 'SELECT') THEN
            RAISE EXCEPTION 'permission denied for table meta' USING
                ERRCODE = 'insufficient_privilege',
                HINT = 'The owner of the managed tables grants rights on them; every caller needs at least SELECT on cdp.meta.';
        END IF;
        version := (SELECT m.value::int4 FROM cdp.meta AS m WHERE m.key = 'schema_version');
    END IF;
    IF version = cdp._schema_version() THEN
        RETURN;
    ELSIF version IS NULL THEN
        RAISE EXCEPTION 'pg_cdp is not set up in this database' USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Run SELECT cdp.setup();';
    ELSIF version < cdp._schema_version() THEN
        RAISE EXCEPTION 'the managed tables are of version %, this extension needs version %',
            version, cdp._schema_version() USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Run SELECT cdp.setup(); it keeps the rows.';
    ELSE
        RAISE EXCEPTION 'the managed tables are of version %, newer than this extension, which knows version %',
            version, cdp._schema_version() USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Install the newer release and run ALTER EXTENSION pg_cdp UPDATE;';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._require_setup() IS
    'internal: an error unless the managed tables are there in the version that this extension needs';

--| ## Settings
--| `time_zone` (of times written without one, and of days and weeks), `event_min_ts` and
--| `event_max_ahead` (which event times are believed), `fanout_limit` (when an identifier counts as
--| shared, where its type has no limit of its own), `id_size_cap` (how many identifiers a person may
--| have), `id_min_weight` (how sure a link has to be, 0 to 1), `id_unknown_types` (`register` or `quarantine` what comes with a type of identifiers that is
--| not in `cdp.id_type`), `id_default_country` (of phone numbers written without one: CN, US ...).
CREATE FUNCTION cdp.setting(key text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text;
BEGIN
    PERFORM cdp._require_setup();
    SELECT m.value INTO found FROM cdp.meta AS m WHERE m.key = setting.key;
    IF found IS NULL THEN
        RAISE EXCEPTION 'setting "%" does not exist', coalesce(key, 'NULL') USING
            ERRCODE = 'undefined_object',
            HINT = 'The settings are time_zone, event_min_ts, event_max_ahead, fanout_limit, id_size_cap, id_min_weight, id_unknown_types and id_default_country.';
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION cdp.setting(text) IS 'value of a setting of the platform';

CREATE FUNCTION cdp._time_zone_check(value text) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    -- Abbreviations (CST) pass the first and not the second; ingest() needs both.
    PERFORM now() AT TIME ZONE value;
    PERFORM set_config('timezone', value, true);
END $$;
COMMENT ON FUNCTION cdp._time_zone_check(text) IS 'internal: an error unless this is a time zone for every use';

-- Dates and intervals are read and stored in one form, whatever the session's is.
CREATE FUNCTION cdp.setting_set(key text, value text) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
    SET intervalstyle = 'postgres' AS $$
DECLARE
    fault text;
BEGIN
    PERFORM cdp.setting(key);
    IF value IS NULL THEN
        RAISE EXCEPTION 'setting "%" cannot be null', key USING ERRCODE = 'null_value_not_allowed';
    END IF;
    -- A value that its reader would stumble over is refused here, by the same cast.
    CASE key
        WHEN 'time_zone' THEN PERFORM cdp._time_zone_check(value);
        WHEN 'event_min_ts' THEN
            value := value::timestamptz::text;
            fault := CASE WHEN value::timestamptz NOT BETWEEN '0001-01-01' AND now() THEN 'must be between the year 1 and now' END;
        WHEN 'event_max_ahead' THEN
            value := value::interval::text;
            fault := CASE WHEN value::interval NOT BETWEEN '0' AND '100 years' THEN 'must be between 0 and 100 years' END;
        WHEN 'fanout_limit', 'id_size_cap' THEN
            fault := CASE WHEN value::int4 < 1 THEN 'must be at least 1' END;
        WHEN 'id_min_weight' THEN
            fault := CASE WHEN value::float8 BETWEEN 0 AND 1 THEN NULL ELSE 'must be a number from 0 to 1' END;
        WHEN 'id_unknown_types' THEN
            fault := CASE WHEN value NOT IN ('register', 'quarantine') THEN 'must be register or quarantine' END;
        WHEN 'id_default_country' THEN
            value := upper(value);
            fault := CASE WHEN value !~ '^[A-Z]{2}$' THEN 'must be a country code of two letters' END;
            IF fault IS NULL AND value <> cdp.setting(key) THEN
                PERFORM cdp._lock('ingest');
                IF EXISTS (SELECT FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE t.normaliser = 'phone') THEN
                    RAISE EXCEPTION 'phone numbers are stored already' USING
                        ERRCODE = 'object_not_in_prerequisite_state',
                        DETAIL = 'Of another country, those without a country code would not be found again.',
                        HINT = 'Land phone numbers of other countries with their country code.';
                END IF;
            END IF;
        ELSE
            RAISE EXCEPTION 'setting "%" cannot be changed', key USING
                ERRCODE = 'invalid_parameter_value';
    END CASE;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'setting "%" %, not %', key, fault, value USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE cdp.meta AS m SET value = setting_set.value WHERE m.key = setting_set.key;
END $$;
COMMENT ON FUNCTION cdp.setting_set(text, text) IS 'changes a setting of the platform';

--| ## Runs
CREATE FUNCTION cdp._run_start(kind text, name text) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    started int8;
BEGIN
    INSERT INTO cdp.run (kind, name) VALUES (kind, name) RETURNING run_id INTO started;
    RETURN started;
END $$;
COMMENT ON FUNCTION cdp._run_start(text, text) IS
    'internal: notes that something begins to run; returns the number of the run';

CREATE FUNCTION cdp._run_finish(run_id int8, detail jsonb, error text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE cdp.run AS r
       SET finished_at = clock_timestamp(), detail = _run_finish.detail, error = _run_finish.error
     WHERE r.run_id = _run_finish.run_id;
END $$;
COMMENT ON FUNCTION cdp._run_finish(int8, jsonb, text) IS
    'internal: notes that a run is over, with its counts and the error that ended it';

-- Longer ones, counted back from now, end before time does.
CREATE FUNCTION cdp._span_check(what text, span interval) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF span <= '0' OR span > '1000 years' THEN
        RAISE EXCEPTION '% must be more than 0 and at most 1000 years', what USING ERRCODE = 'invalid_parameter_value';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._span_check(text, interval) IS 'internal: an error for a time that is none or reaches too far; NULL will do';

CREATE FUNCTION cdp._number_check(what text, number int4, smallest int4, largest int4 DEFAULT 2147483647) RETURNS void
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF number NOT BETWEEN smallest AND largest THEN
        RAISE EXCEPTION '% must be from % to %, not %', what, smallest, largest, number USING ERRCODE = 'invalid_parameter_value';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._number_check(text, int4, int4, int4) IS 'internal: an error for a number that is too small or too great; NULL will do';

--| ## Working together
CREATE FUNCTION cdp._lock(what text) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('cdp.' || what, 0));
END $$;
COMMENT ON FUNCTION cdp._lock(text) IS
    'internal: makes those who do the same thing in this database queue, until the transaction ends';

-- Batches hash and sort hundreds of thousands of rows; the default work_mem is for small queries.
CREATE FUNCTION cdp._work_mem_raise() RETURNS text LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before text := current_setting('work_mem');
BEGIN
    IF pg_size_bytes(before) < pg_size_bytes('64MB') THEN
        PERFORM set_config('work_mem', '64MB', true);
    END IF;
    RETURN before;
END $$;
COMMENT ON FUNCTION cdp._work_mem_raise() IS
    'internal: gives a batch at least 64 MB of work_mem; returns what was set before, to be put back';

-- The next statement must not be planned as if the table were still what it was before the batch.
CREATE FUNCTION cdp._analyze_grown(relation regclass, added int8, columns text DEFAULT '') RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF added > 1000
       AND added > (SELECT greatest(c.reltuples, 0) / 10 FROM pg_class AS c WHERE c.oid = relation) THEN
        EXECUTE format('ANALYZE %s %s', relation, columns);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._analyze_grown(regclass, int8, text) IS
    'internal: refreshes the statistics of a table, or of some columns, that a batch has made grow by more than a tenth';
