--| ## Erased people
--| `cdp.person_erase()` leaves no value behind. What it has done is a row of `cdp.erase_log`; on demand a keyed
--| hash of each identifier stays in `cdp.erased`, so that no later load brings the person back.

CREATE FUNCTION cdp._setup_identity_erase() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._table_ensure('erased', 'identifiers that must not come back, as keyed hashes', ARRAY[
        ['hash', 'bytea PRIMARY KEY', 'cdp._identifier_hash() of its type and value'],
        ['run_id', 'int8', 'the run that erased it']]);
    PERFORM cdp._table_ensure('erase_log', 'who was erased: one row per call of cdp.person_erase(), without any value', ARRAY[
        ['run_id', 'int8 PRIMARY KEY', 'the run that did it'],
        ['one_id', 'int4', 'the person (unsigned); NULL: an identifier of nobody'],
        ['at', 'timestamptz NOT NULL DEFAULT now()', 'when'],
        ['by', 'name NOT NULL DEFAULT session_user', 'on whose demand: the role that called it'],
        ['tombstones', 'int8 NOT NULL', 'how many identifiers were noted in cdp.erased'],
        ['removed', 'jsonb NOT NULL', 'how many rows were removed or cleared, by table']]);
    CREATE INDEX IF NOT EXISTS erase_log_one_id ON cdp.erase_log (one_id);
END $$;
COMMENT ON FUNCTION cdp._setup_identity_erase() IS 'internal: makes the tables of erased people';

CREATE FUNCTION cdp._is_erased(type text, value text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Where there is no tombstone nobody needs the right to read the key, which planning alone would ask for.
    IF NOT EXISTS (SELECT FROM cdp.erased) THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM cdp.erased AS e WHERE e.hash = cdp._identifier_hash(_is_erased.type, _is_erased.value));
END $$;
COMMENT ON FUNCTION cdp._is_erased(text, text) IS
    'internal: is there a tombstone of this identifier, type and value in one spelling?';

CREATE FUNCTION cdp._erased_key() RETURNS bytea LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM cdp.erased) THEN
        RETURN NULL;
    END IF;
    RETURN cdp._secret_key();
END $$;
COMMENT ON FUNCTION cdp._erased_key() IS 'internal: the key of tombstones; NULL where there are none';

-- What a row is refused for whose identifier has a tombstone: known by its words, for the values of such
-- a row are not kept.
CREATE FUNCTION cdp._erased_fault() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 'identifier was erased';
COMMENT ON FUNCTION cdp._erased_fault() IS 'internal: why rows of erased people are refused';

CREATE FUNCTION cdp._persons_erased() RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT cdp.rb_build_agg(e.one_id) FROM cdp.erase_log AS e);
END $$;
COMMENT ON FUNCTION cdp._persons_erased() IS 'internal: everybody who was erased; NULL when nobody was';

CREATE FUNCTION cdp._persons_ended() RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT cdp.rb_build_agg(p.one_id) FROM cdp.person AS p WHERE p.ended_at IS NOT NULL AND p.merged_into IS NULL);
END $$;
COMMENT ON FUNCTION cdp._persons_ended() IS 'internal: everybody who has no identifier left and was not absorbed; NULL when there is nobody';

-- Links that have yet to be resolved may have brought identifiers that are the person's too, unless somebody else is
-- linked with them as well. What is a placeholder or was taken apart never will be.
CREATE FUNCTION cdp._person_identifiers(person int4) RETURNS int4[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    RETURN ARRAY(
        WITH RECURSIVE walk AS (
            SELECT i.id FROM cdp.identifier AS i WHERE i.one_id = person
            UNION
            SELECT n.id
              FROM walk
             CROSS JOIN LATERAL (
                SELECT l.a, l.b, l.b AS other FROM cdp.link AS l WHERE l.a = walk.id AND l.status = 'active'
                UNION ALL
                SELECT l.a, l.b, l.a FROM cdp.link AS l WHERE l.b = walk.id AND l.status = 'active') AS k
              JOIN cdp.identifier AS n ON n.id = k.other AND n.one_id IS NULL AND n.status = 'active'
              JOIN cdp.id_type AS t USING (type_id)
             WHERE NOT cdp._id_is_blocked(t.name, n.value)
               AND NOT EXISTS (SELECT FROM cdp.link_verdict AS v WHERE v.a = k.a AND v.b = k.b AND v.verdict = 'apart')
               AND NOT EXISTS (SELECT FROM cdp.link AS l JOIN cdp.identifier AS o ON o.id IN (l.a, l.b)
                                WHERE (l.a = n.id OR l.b = n.id) AND l.status = 'active' AND o.one_id <> person))
        SELECT walk.id FROM walk ORDER BY walk.id);
END $$;
COMMENT ON FUNCTION cdp._person_identifiers(int4) IS
    'internal: the identifiers of a person, with those that wait to become so';

-- The numbers stay: events in months that were detached, and the logs, mean nobody by them, and they are never
-- given out again.
CREATE FUNCTION cdp._identity_erase(person int4, ids int4[], run_id int8, tombstone boolean,
                                    OUT tombstones int8, OUT removed jsonb)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    links int8;
    verdicts int8;
BEGIN
    tombstones := 0;
    IF tombstone THEN
        INSERT INTO cdp.erased (hash, run_id)
        SELECT cdp._identifier_hash(t.name, i.value), _identity_erase.run_id
          FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.id = ANY (ids)
        ON CONFLICT (hash) DO NOTHING;
        GET DIAGNOSTICS tombstones = ROW_COUNT;
    END IF;
    DELETE FROM cdp.link AS l
     USING (SELECT l.a, l.b FROM cdp.link AS l WHERE l.a = ANY (ids) UNION SELECT l.a, l.b FROM cdp.link AS l WHERE l.b = ANY (ids)) AS g
     WHERE l.a = g.a AND l.b = g.b;
    GET DIAGNOSTICS links = ROW_COUNT;
    DELETE FROM cdp.link_verdict AS v WHERE v.a = ANY (ids) OR v.b = ANY (ids);
    GET DIAGNOSTICS verdicts = ROW_COUNT;
    DELETE FROM cdp.link_queue AS q WHERE q.a = ANY (ids) OR q.b = ANY (ids);
    PERFORM cdp._identity_leave(ids, 'erased', run_id);
    -- In the one spelling no value begins with a blank: nobody will ever be found by this one.
    UPDATE cdp.identifier AS i SET value = ' ' || i.id, verdict = NULL, first_seen = '-infinity', last_seen = '-infinity' WHERE i.id = ANY (ids);
    UPDATE cdp.person AS p SET ended_at = now() WHERE p.one_id = person AND p.ended_at IS NULL;
    removed := jsonb_build_object('identifier', cardinality(ids), 'link', links, 'link_verdict', verdicts);
END $$;
COMMENT ON FUNCTION cdp._identity_erase(int4, int4[], int8, boolean) IS
    'internal: erases these identifiers with their links, and ends the person; notes tombstones on demand';
