--| ## Set by hand
--| Tags of kind `manual` are set person by person, effective at once. Every call is a row of
--| `cdp.tag_set_log`, which is what these tags are made of: who they say something of is worked out from
--| what was said of that OneID and of those it has absorbed, the last word counts. So they come apart
--| again when people do.

CREATE FUNCTION cdp._setup_tag_set() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._table_ensure('tag_set_log', 'what was said by hand of whom: one row per call', ARRAY[
        ['seq', 'int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY', 'order of the calls'],
        ['tag_id', 'int4 NOT NULL REFERENCES cdp.tag ON DELETE CASCADE', 'number of the tag'],
        ['one_id', 'int4 NOT NULL', 'of whom: the OneID of that moment, which may have been absorbed since'],
        ['value', 'text COLLATE "C"', 'the value; NULL: all that the person had'],
        ['is_set', 'boolean NOT NULL', 'set, or taken away'],
        ['set_at', 'timestamptz NOT NULL DEFAULT clock_timestamp()', 'when'],
        ['set_by', 'name NOT NULL DEFAULT session_user', 'by whom']]);
    CREATE INDEX IF NOT EXISTS tag_set_log_one_id ON cdp.tag_set_log (one_id, tag_id);
    CREATE INDEX IF NOT EXISTS tag_set_log_tag ON cdp.tag_set_log (tag_id, set_at);
    PERFORM cdp._trigger_ensure('cdp.split_log', 'tag_split',
        'AFTER INSERT ON cdp.split_log REFERENCING NEW TABLE AS parted
         FOR EACH STATEMENT EXECUTE FUNCTION cdp._tag_split()');
END $$;
COMMENT ON FUNCTION cdp._setup_tag_set() IS 'internal: makes the table of what is said of people by hand';

CREATE FUNCTION cdp.tag_set(one_id int4, tag text, value text) RETURNS boolean LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN cdp._tag_say(one_id, tag, value, value IS NOT NULL);
END $$;
COMMENT ON FUNCTION cdp.tag_set(int4, text, text) IS
    'gives a person a value of a manual tag, in place of the one it had or, of type multi, beside the others; NULL takes all away. True when that changed anything';

CREATE FUNCTION cdp.tag_set(id_type text, id_value text, tag text, value text) RETURNS boolean LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN cdp._tag_say(cdp._tag_person(id_type, id_value), tag, value, value IS NOT NULL);
END $$;
COMMENT ON FUNCTION cdp.tag_set(text, text, text, text) IS 'the same for the person who has this identifier';

CREATE FUNCTION cdp.tag_unset(one_id int4, tag text, value text) RETURNS boolean LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN cdp._tag_say(one_id, tag, value, false);
END $$;
COMMENT ON FUNCTION cdp.tag_unset(int4, text, text) IS
    'takes this value of a manual tag away from a person, who keeps the others; NULL takes all away. True when that changed anything';

CREATE FUNCTION cdp.tag_unset(id_type text, id_value text, tag text, value text) RETURNS boolean LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN cdp._tag_say(cdp._tag_person(id_type, id_value), tag, value, false);
END $$;
COMMENT ON FUNCTION cdp.tag_unset(text, text, text, text) IS 'the same for the person who has this identifier';

CREATE FUNCTION cdp._tag_person(id_type text, id_value text) RETURNS int4 LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person int4 := cdp.one_id(id_type, id_value);
BEGIN
    IF person IS NULL THEN
        PERFORM cdp._id_type_id(id_type);
        RAISE EXCEPTION 'identifier "%" of type "%" belongs to no person', coalesce(id_value, 'NULL'), coalesce(id_type, 'NULL') USING
            ERRCODE = 'undefined_object';
    END IF;
    RETURN person;
END $$;
COMMENT ON FUNCTION cdp._tag_person(text, text) IS 'internal: who has this identifier; an error for nobody';

CREATE FUNCTION cdp._tag_say(one_id int4, tag text, value text, is_set boolean) RETURNS boolean LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person int4;
    t record;
    said text;
BEGIN
    PERFORM cdp._merge_check_isolation();
    -- As in a refresh: what is said of one tag is said one after the other.
    SELECT g.* INTO STRICT t FROM cdp.tag AS g WHERE g.tag_id = cdp._tag_id(tag) FOR NO KEY UPDATE;
    IF t.kind <> 'manual' THEN
        RAISE EXCEPTION 'tag "%" is of kind "%"', t.name, t.kind USING
            ERRCODE = 'wrong_object_type',
            DETAIL = 'Only tags of kind "manual" are set by hand.';
    END IF;
    PERFORM cdp._tag_writable(t.name, t.status);
    said := CASE WHEN t.value_type = 'boolean' THEN value::boolean::text
                 WHEN cdp._tag_is_number(t.value_type) THEN cdp._tag_number_text(t.value_type, cdp._tag_number_of(t.value_type, value))
                 ELSE value END;
    IF t.value_type = 'boolean' AND said = 'false' AND is_set THEN
        said := NULL;
        is_set := false;
    END IF;
    PERFORM cdp._tag_value_check(ARRAY[said]);
    PERFORM cdp._merge_lock(false);
    person := cdp._person_now(one_id);
    IF person IS NULL OR (SELECT p.ended_at IS NOT NULL FROM cdp.person AS p WHERE p.one_id = person) THEN
        RAISE EXCEPTION 'person % %', coalesce(_tag_say.one_id::text, 'NULL'),
            CASE WHEN person IS NULL THEN 'does not exist' ELSE 'is nobody any more' END USING
            ERRCODE = 'undefined_object';
    END IF;
    -- Of one value a person the last word counts: to take away what he does not have is not one.
    IF is_set OR said IS NULL OR t.value_type = 'multi'
       OR EXISTS (SELECT FROM cdp._tag_said(t.tag_id, ARRAY[person]) AS s WHERE s.value = said) THEN
        INSERT INTO cdp.tag_set_log (tag_id, one_id, value, is_set) VALUES (t.tag_id, person, said, _tag_say.is_set);
    END IF;
    RETURN cdp._tag_fold(t.tag_id, ARRAY[person]) > 0;
END $$;
COMMENT ON FUNCTION cdp._tag_say(int4, text, text, boolean) IS 'internal: notes what is said of a person by hand, and has it take effect';

CREATE FUNCTION cdp._person_family(persons int4[]) RETURNS TABLE (now_id int4, one_id int4)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        WITH RECURSIVE walk AS (
            SELECT p.one_id AS now_id, p.one_id FROM cdp.person AS p WHERE p.one_id = ANY (persons) AND p.merged_into IS NULL
            UNION ALL
            SELECT w.now_id, p.one_id FROM walk AS w JOIN cdp.person AS p ON p.merged_into = w.one_id
        )
        SELECT w.now_id, w.one_id FROM walk AS w;
END $$;
COMMENT ON FUNCTION cdp._person_family(int4[]) IS
    'internal: of these people those who live, each with itself and all whom it has absorbed, directly or not';

-- Of type multi the last word on each value counts, unless all were taken away later; else the last word.
CREATE FUNCTION cdp._tag_said(only_tag int4, persons int4[])
    RETURNS TABLE (tag_id int4, one_id int4, value text, value_type text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    RETURN QUERY
        WITH said AS (
            SELECT l.tag_id, f.now_id, l.value, l.is_set, l.seq, g.value_type,
                   max(l.seq) FILTER (WHERE l.value IS NULL) OVER (PARTITION BY l.tag_id, f.now_id) AS cleared,
                   row_number() OVER (PARTITION BY l.tag_id, f.now_id, CASE WHEN g.value_type = 'multi' THEN l.value END
                                      ORDER BY l.seq DESC) AS nth
              FROM cdp._person_family(persons) AS f
              JOIN cdp.person AS p ON p.one_id = f.now_id AND p.ended_at IS NULL
              JOIN cdp.tag_set_log AS l ON l.one_id = f.one_id
              JOIN cdp.tag AS g USING (tag_id)
             WHERE (only_tag IS NULL OR l.tag_id = only_tag) AND coalesce(l.set_at > now() - g.ttl, true)
        )
        SELECT s.tag_id, s.now_id, s.value, s.value_type
          FROM said AS s WHERE s.nth = 1 AND s.is_set AND s.seq > coalesce(s.cleared, 0);
END $$;
COMMENT ON FUNCTION cdp._tag_said(int4, int4[]) IS
    'internal: what manual tags say of these people, by the log and what has not run out of it';

CREATE FUNCTION cdp._tag_fold(only_tag int4, persons int4[]) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    tags int4[] := ARRAY(SELECT g.tag_id FROM cdp.tag AS g WHERE g.kind = 'manual' AND (only_tag IS NULL OR g.tag_id = only_tag));
    changed int8;
    changed_numbers int8;
BEGIN
    WITH touched AS MATERIALIZED (
        SELECT cdp.chunk_of(p.id) AS chunk, cdp.rb_build_agg(p.id) AS members FROM unnest(persons) AS p (id) GROUP BY 1
    ), fresh AS MATERIALIZED (
        SELECT s.tag_id, s.value, cdp.chunk_of(s.one_id) AS chunk, cdp.rb_build_agg(s.one_id) AS members
          FROM cdp._tag_said(only_tag, persons) AS s WHERE NOT cdp._tag_is_number(s.value_type) GROUP BY 1, 2, 3
    ), wanted AS (
        SELECT t.tag_id, t.value, t.chunk, cdp.rb_and(cdp._tag_members(t.base, t.changed, t.later), c.members) AS had, f.members
          FROM cdp.tag_value AS t
          JOIN touched AS c USING (chunk)
          LEFT JOIN fresh AS f USING (tag_id, value, chunk)
         -- As in _tag_value_remap(): few people are looked for in pieces of what is stored.
         WHERE t.tag_id = ANY (tags)
           AND (f.members IS NOT NULL
                OR CASE WHEN cdp.rb_cardinality(c.members) > 5 THEN cdp.rb_intersect(cdp._tag_members(t.base, t.changed, t.later), c.members)
                        ELSE EXISTS (SELECT FROM cdp.rb_iterate(c.members) AS m (one_id) WHERE cdp._tag_has(t.base, t.changed, t.later, m.one_id)) END)
    ), kept AS (
        UPDATE cdp.tag_value AS t
           SET base = cdp.rb_or(cdp.rb_andnot(cdp._tag_members(t.base, t.changed, t.later), w.had), coalesce(w.members, '{}')), changed = NULL, later = NULL
          FROM wanted AS w
         WHERE t.tag_id = w.tag_id AND t.value = w.value AND t.chunk = w.chunk
           AND NOT cdp.rb_equals(w.had, coalesce(w.members, '{}'))
        RETURNING 1
    ), new AS (
        INSERT INTO cdp.tag_value (tag_id, value, chunk, base)
        SELECT f.tag_id, f.value, f.chunk, f.members FROM fresh AS f
         WHERE NOT EXISTS (SELECT FROM wanted AS w WHERE w.tag_id = f.tag_id AND w.value = f.value AND w.chunk = f.chunk)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM kept) + (SELECT count(*) FROM new) INTO changed;
    WITH touched AS MATERIALIZED (
        SELECT cdp.chunk_of(p.id) AS chunk, cdp.rb_build_agg(p.id) AS members FROM unnest(persons) AS p (id) GROUP BY 1
    ), fresh AS MATERIALIZED (
        SELECT s.tag_id, cdp.chunk_of(s.one_id) AS chunk, cdp.bsi_build_agg(s.one_id, cdp._tag_number_of(s.value_type, s.value)) AS numbers
          FROM cdp._tag_said(only_tag, persons) AS s WHERE cdp._tag_is_number(s.value_type) GROUP BY 1, 2
    ), wanted AS (
        SELECT t.tag_id, t.chunk, c.members, coalesce(f.numbers, '{}') AS numbers, cdp.bsi_restrict(cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh), c.members) AS had
          FROM cdp.tag_number AS t
          JOIN touched AS c USING (chunk)
          LEFT JOIN fresh AS f USING (tag_id, chunk)
         WHERE t.tag_id = ANY (tags)
    ), kept AS (
        UPDATE cdp.tag_number AS t
           SET base = cdp.bsi_add(cdp.bsi_remove(cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh), w.members), w.numbers),
               changed = NULL, fresh = NULL, later = NULL, later_fresh = NULL
          FROM wanted AS w
         WHERE t.tag_id = w.tag_id AND t.chunk = w.chunk AND NOT cdp.bsi_equal(w.had, w.numbers)
        RETURNING 1
    ), new AS (
        INSERT INTO cdp.tag_number (tag_id, chunk, base)
        SELECT f.tag_id, f.chunk, f.numbers FROM fresh AS f
         WHERE NOT EXISTS (SELECT FROM wanted AS w WHERE w.tag_id = f.tag_id AND w.chunk = f.chunk)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM kept) + (SELECT count(*) FROM new) INTO changed_numbers;
    DELETE FROM cdp.tag_value AS t WHERE t.tag_id = ANY (tags) AND t.users = 0;
    DELETE FROM cdp.tag_number AS t WHERE t.tag_id = ANY (tags) AND t.users = 0;
    RETURN changed + changed_numbers;
END $$;
COMMENT ON FUNCTION cdp._tag_fold(int4, int4[]) IS
    'internal: makes one manual tag, or (NULL) all, say of these people what the log says; returns how many rows it changed';

CREATE FUNCTION cdp._tag_split() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    persons int4[];
    ended cdp.roaringbitmap := cdp._persons_ending(ARRAY(SELECT s.one_id FROM parted AS s WHERE s.part IS NULL));
BEGIN
    IF ended IS NOT NULL THEN
        PERFORM cdp._merge_lock(true);
        PERFORM cdp._tag_leave(NULL, ended);
    END IF;
    SELECT array_agg(s.one_id) || array_agg(s.part) INTO persons FROM parted AS s WHERE s.part IS NOT NULL;
    IF persons IS NOT NULL AND EXISTS (SELECT FROM cdp.tag_set_log) THEN
        PERFORM cdp._merge_lock(true);
        PERFORM cdp._tag_fold(NULL, persons);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._tag_split() IS 'internal: tags lose people who end, and manual tags follow people who were split (trigger on split_log)';

CREATE FUNCTION cdp._tag_said_json(person int4) RETURNS jsonb LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('tag', g.name, 'value', l.value, 'set', l.is_set, 'at', l.set_at) ORDER BY l.seq), '[]')
              FROM cdp._person_family(ARRAY[person]) AS f JOIN cdp.tag_set_log AS l USING (one_id) JOIN cdp.tag AS g USING (tag_id));
END $$;
COMMENT ON FUNCTION cdp._tag_said_json(int4) IS 'internal: all that was said of a person by hand';
