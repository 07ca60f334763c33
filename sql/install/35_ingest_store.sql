-- What events need before they are stored: a partition for their month, and codes for their names.

-- By its bounds, not by its name: a partition may have been renamed, or cover a whole year.
CREATE FUNCTION cdp._event_partition_covers(at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bounds text;
    covers boolean;
BEGIN
    FOR bounds IN
        SELECT pg_get_partition_constraintdef(h.inhrelid)
          FROM pg_inherits AS h JOIN pg_partitioned_table AS p ON p.partrelid = h.inhparent
         WHERE h.inhparent = 'cdp.event'::regclass AND h.inhrelid <> p.partdefid
    LOOP
        EXECUTE format('SELECT %s FROM (SELECT $1 AS ts) AS m', bounds) INTO covers USING at;
        IF covers THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
COMMENT ON FUNCTION cdp._event_partition_covers(timestamptz) IS
    'internal: true when an attached partition of cdp.event takes this time';

CREATE FUNCTION cdp._event_partitions_ensure() RETURNS int4 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    month timestamp;
    partition text;
    owner name := (SELECT pg_get_userbyid(c.relowner) FROM pg_class AS c WHERE c.oid = 'cdp.event'::regclass);
    made int4 := 0;
BEGIN
    FOR month IN
        SELECT DISTINCT date_trunc('month', e.ts AT TIME ZONE 'UTC') FROM pg_temp._cdp_event AS e ORDER BY 1
    LOOP
        partition := to_char(month, '"event_"YYYY_MM');
        CONTINUE WHEN to_regclass('cdp.' || partition) IS NOT NULL
                   OR cdp._event_partition_covers(month AT TIME ZONE 'UTC');
        -- Made aside and attached: CREATE TABLE ... PARTITION OF would make every reader wait.
        EXECUTE format('CREATE TABLE cdp.%I (LIKE cdp.event INCLUDING ALL)', partition);
        EXECUTE format('COMMENT ON TABLE cdp.%I IS %L', partition, to_char(month, '"events of "YYYY-MM" (UTC)"'));
        IF owner <> current_user THEN
            EXECUTE format('ALTER TABLE cdp.%I OWNER TO %I', partition, owner);
        END IF;
        BEGIN
            EXECUTE format('ALTER TABLE cdp.event ATTACH PARTITION cdp.%I FOR VALUES FROM (%L) TO (%L)', partition,
                           month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
        EXCEPTION WHEN invalid_object_definition THEN
            RAISE EXCEPTION 'month % of cdp.event is only partly covered by a partition', to_char(month, 'YYYY-MM') USING
                ERRCODE = 'invalid_object_definition',
                DETAIL = SQLERRM,
                HINT = 'Attach a partition for the rest of the month, or detach the one that is there.';
        END;
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION cdp._event_partitions_ensure() IS
    'internal: makes the monthly partitions of cdp.event that the batch needs; returns how many';

CREATE FUNCTION cdp._event_types_learn(names text[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fresh text[] := ARRAY(SELECT unnest(names) AS name EXCEPT SELECT t.name FROM cdp.event_type AS t ORDER BY name);
    given int8;
BEGIN
    IF fresh = '{}' THEN
        RETURN;
    END IF;
    given := cdp._counter_take('event_type', cardinality(fresh), (SELECT max(t.code) FROM cdp.event_type AS t));
    INSERT INTO cdp.event_type (code, name)
    SELECT given + f.nth, f.name FROM unnest(fresh) WITH ORDINALITY AS f (name, nth);
END $$;
COMMENT ON FUNCTION cdp._event_types_learn(text[]) IS
    'internal: gives codes to event names that were not known, in the order of the names';
