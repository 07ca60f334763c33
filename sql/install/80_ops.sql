--| # Operations
--| The managed tables are ordinary tables of whoever calls `cdp.setup()`: they are dumped, restored
--| and granted like any other.

--| ## Setting up
CREATE FUNCTION cdp._own_relations() RETURNS TABLE (name text, kind "char") LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
    -- Without partitions and sequences of columns, which go with their tables, and without members
    -- of the extension, which go with it.
    SELECT c.relname::text, c.relkind
      FROM pg_class AS c
     WHERE c.relnamespace = 'cdp'::regnamespace
       AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT c.relispartition
       AND NOT EXISTS (SELECT FROM pg_depend AS d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                          AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
$$;
COMMENT ON FUNCTION cdp._own_relations() IS 'internal: tables, views and sequences that somebody has made in schema cdp';

-- What a room makes is noted, so that teardown() drops that and never a table that a user has put
-- into the schema.
CREATE FUNCTION cdp._setup_room(room text) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before text[] := ARRAY(SELECT o.name FROM cdp._own_relations() AS o);
    made text;
    owner name;
BEGIN
    EXECUTE format('SELECT cdp.%I()', '_setup_' || room);
    owner := (SELECT pg_get_userbyid(c.relowner) FROM pg_class AS c WHERE c.oid = 'cdp.meta'::regclass);
    -- A superuser may set up for somebody else, who has to be able to use what is added.
    FOR made IN
        SELECT o.name FROM cdp._own_relations() AS o WHERE o.name <> ALL (before) AND owner <> current_user
    LOOP
        EXECUTE format('ALTER TABLE cdp.%I OWNER TO %I', made, owner);
    END LOOP;
    INSERT INTO cdp.managed_relation (name, room)
    SELECT o.name, _setup_room.room FROM cdp._own_relations() AS o WHERE o.name <> ALL (before)
    ON CONFLICT DO NOTHING;
END $$;
COMMENT ON FUNCTION cdp._setup_room(text) IS 'internal: makes the tables of a room and notes which are new';

CREATE FUNCTION cdp.setup(time_zone text DEFAULT NULL) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
DECLARE
    found int4;
    room text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('cdp.setup', 0));
    IF to_regclass('cdp.meta') IS NOT NULL THEN
        found := (SELECT m.value::int4 FROM cdp.meta AS m WHERE m.key = 'schema_version');
    END IF;
    IF found > cdp._schema_version() THEN
        -- It has the words for tables that are too new.
        PERFORM cdp._require_setup();
    END IF;
    FOREACH room IN ARRAY '{base,identity,ingest,tag,audience,engage,report}'::text[] LOOP
        IF to_regprocedure(format('cdp.%I()', '_setup_' || room)) IS NOT NULL THEN
            PERFORM cdp._setup_room(room);
        END IF;
    END LOOP;
    UPDATE cdp.meta AS m SET value = cdp._schema_version()::text WHERE m.key = 'schema_version';
    IF setup.time_zone IS NOT NULL THEN
        PERFORM cdp.setting_set('time_zone', setup.time_zone);
    END IF;
END $$;
COMMENT ON FUNCTION cdp.setup(text) IS
    'makes the managed tables, owned by the caller, or brings older ones up to date; rows stay. time_zone is that of the business: at first the session''s, then the one last given';

CREATE FUNCTION cdp.teardown(force boolean DEFAULT false) RETURNS int4 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    statements text[];
    statement text;
    dropped int4;
    relation text;
    filled boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('cdp.setup', 0));
    IF to_regclass('cdp.managed_relation') IS NULL THEN
        RETURN 0;
    END IF;
    IF force IS NOT TRUE THEN
        -- Everything besides what setup() itself writes.
        FOR relation IN
            SELECT o.name FROM cdp._own_relations() AS o JOIN cdp.managed_relation AS m USING (name)
             WHERE o.kind IN ('r', 'p')
               AND o.name NOT IN ('meta', 'managed_relation', 'run', 'counter', 'id_type', 'id_blocklist', 'secret', 'event_property')
             ORDER BY o.name
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM cdp.%I)', relation) INTO filled;
            IF filled THEN
                RAISE EXCEPTION 'the managed tables hold data' USING
                    ERRCODE = 'object_not_in_prerequisite_state',
                    DETAIL = format('Table "cdp.%s" has rows.', relation),
                    HINT = 'SELECT cdp.teardown(force => true) drops them with everything in them.';
            END IF;
        END LOOP;
    END IF;
    -- One statement per kind, so that the order among them does not matter; no CASCADE, so that a
    -- view somebody has built upon them stops it.
    SELECT array_agg(k.statement ORDER BY k.step), sum(k.relations)
      INTO statements, dropped
      FROM (SELECT k.step, count(*) AS relations,
                   format('DROP %s %s', k.word, string_agg(format('cdp.%I', o.name), ', ')) AS statement
              FROM (VALUES (1, '{v}'::"char"[], 'VIEW'), (2, '{m}', 'MATERIALIZED VIEW'),
                           (3, '{r,p}', 'TABLE'), (4, '{S}', 'SEQUENCE')) AS k (step, kinds, word)
              JOIN cdp._own_relations() AS o ON o.kind = ANY (k.kinds)
              JOIN cdp.managed_relation AS m USING (name)
             GROUP BY k.step, k.word) AS k;
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
    RETURN dropped;
END $$;
COMMENT ON FUNCTION cdp.teardown(boolean) IS
    'drops the managed tables, views and sequences, and nothing else; refuses while they hold data, unless forced; returns how many were dropped';
