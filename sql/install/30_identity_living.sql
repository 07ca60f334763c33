--| ## Who lives
--| A rule may mean everyone, and every negation does. `cdp.person` says of each OneID what became of it, a row a person;
--| `cdp.person_living` has those who live as bitmaps. It follows by triggers, in the same statement, whoever writes.

-- A stretch is one container of a bitmap: the tail that new people come to, or where one person is absorbed, is 8 kB
-- to write, and mostly far less.
CREATE FUNCTION cdp._stretch_of(one_id int4) RETURNS int4
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (one_id >> 16) & 65535;
COMMENT ON FUNCTION cdp._stretch_of(int4) IS
    'internal: which stretch of 65,536 OneIDs holds this one: its upper 16 bits, 0 to 65535; a chunk has 16 of them';

CREATE FUNCTION cdp._setup_identity_living() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cdp._table_ensure('person_living', 'who lives, being neither absorbed nor ended: bitmaps of OneIDs', ARRAY[
        ['stretch', 'int4 PRIMARY KEY', 'upper bits of these people: the upper 16 of one_id, 0 to 65535'],
        ['members', 'cdp.roaringbitmap NOT NULL', 'OneIDs of those who live'],
        ['users', 'int8 NOT NULL GENERATED ALWAYS AS (cdp.rb_cardinality(members)) STORED', 'how many they are']],
        NULL, 'WITH (fillfactor = 50)')
    THEN
        PERFORM cdp._person_living_build();
    END IF;
    PERFORM cdp._trigger_ensure('cdp.person', 'person_living_insert',
        'AFTER INSERT ON cdp.person REFERENCING NEW TABLE AS fresh
         FOR EACH STATEMENT EXECUTE FUNCTION cdp._person_living_follow()');
    PERFORM cdp._trigger_ensure('cdp.person', 'person_living_update',
        'AFTER UPDATE ON cdp.person REFERENCING OLD TABLE AS former NEW TABLE AS fresh
         FOR EACH STATEMENT EXECUTE FUNCTION cdp._person_living_follow()');
    PERFORM cdp._trigger_ensure('cdp.person', 'person_living_delete',
        'AFTER DELETE ON cdp.person REFERENCING OLD TABLE AS former
         FOR EACH STATEMENT EXECUTE FUNCTION cdp._person_living_follow()');
    PERFORM cdp._trigger_ensure('cdp.person', 'person_living_truncate',
        'AFTER TRUNCATE ON cdp.person FOR EACH STATEMENT EXECUTE FUNCTION cdp._person_living_follow()');
END $$;
COMMENT ON FUNCTION cdp._setup_identity_living() IS 'internal: makes the table of those who live, and what keeps it right';

CREATE FUNCTION cdp._person_living_follow() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM cdp.person_living;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        UPDATE cdp.person_living AS l SET members = cdp.rb_runoptimize(cdp.rb_andnot(l.members, g.people))
          FROM (SELECT cdp._stretch_of(p.one_id) AS stretch, cdp.rb_build_agg(p.one_id) AS people
                  FROM former AS p WHERE p.merged_into IS NULL AND p.ended_at IS NULL GROUP BY 1) AS g
         WHERE l.stretch = g.stretch;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        -- OneIDs are given out one after the other: as runs they take a few bytes.
        INSERT INTO cdp.person_living AS l (stretch, members)
        SELECT cdp._stretch_of(p.one_id), cdp.rb_build_agg(p.one_id)
          FROM fresh AS p WHERE p.merged_into IS NULL AND p.ended_at IS NULL GROUP BY 1
        ON CONFLICT (stretch) DO UPDATE SET members = cdp.rb_runoptimize(cdp.rb_or(l.members, excluded.members));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._person_living_follow() IS 'internal: keeps cdp.person_living as cdp.person is (triggers on person)';

-- While persons are written in bulk, without triggers.
CREATE FUNCTION cdp._person_living_add(given int8, persons_new int8) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first int8 := given + 1;
    last int8 := given + persons_new;
BEGIN
    INSERT INTO cdp.person_living AS l (stretch, members)
    SELECT s.stretch, cdp.rb_fill('{}', greatest(first, s.stretch * 65536), least(last, s.stretch * 65536 + 65535) + 1)
      FROM generate_series(first / 65536, last / 65536) AS s (stretch) WHERE persons_new > 0
    ON CONFLICT (stretch) DO UPDATE SET members = cdp.rb_runoptimize(cdp.rb_or(l.members, excluded.members));
END $$;
COMMENT ON FUNCTION cdp._person_living_add(int8, int8) IS
    'internal: so many new persons live, numbered behind those given out before';

CREATE FUNCTION cdp._person_living_build() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM cdp.person_living;
    INSERT INTO cdp.person_living (stretch, members)
    SELECT cdp._stretch_of(p.one_id), cdp.rb_build_agg(p.one_id)
      FROM cdp.person AS p WHERE p.merged_into IS NULL AND p.ended_at IS NULL GROUP BY 1;
END $$;
COMMENT ON FUNCTION cdp._person_living_build() IS 'internal: makes cdp.person_living anew; setup calls it, before there are settings';

CREATE FUNCTION cdp.person_living_rebuild() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._identity_lock('person_living_rebuild');
    PERFORM cdp._person_living_build();
END $$;
COMMENT ON FUNCTION cdp.person_living_rebuild() IS
    'makes cdp.person_living anew from cdp.person, where somebody has changed it by hand';

CREATE FUNCTION cdp._everyone(chunk int4) RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT cdp.rb_or_agg(l.members) FROM cdp.person_living AS l WHERE l.stretch BETWEEN chunk * 16 AND chunk * 16 + 15);
END $$;
COMMENT ON FUNCTION cdp._everyone(int4) IS 'internal: who lives of a chunk of people; NULL when there was never anybody';
