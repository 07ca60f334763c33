--| ## By hand
--| People may be put into an audience, or kept out of it, whatever its definition says: with the next refresh and
--| every later one. What is said is kept with the OneID of that moment, and counts for who he is now: it comes apart again
--| when people do. Of one person listed both ways it counts that he is kept out, until it is said anew who he is to be.

CREATE FUNCTION cdp._audience_listed(the_audience int4)
    RETURNS TABLE (now_id int4, is_member boolean, added_at timestamptz, added_by name, note text)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    retired cdp.roaringbitmap := (SELECT coalesce(cdp.rb_build_agg(l.one_id), '{}')
        FROM cdp.audience_list AS l JOIN cdp.person AS p USING (one_id)
       WHERE l.audience_id = the_audience AND p.merged_into IS NOT NULL);
BEGIN
    RETURN QUERY
        SELECT DISTINCT ON (p.now_id) p.now_id, l.is_member, l.added_at, l.added_by, l.note
          FROM cdp.audience_list AS l
          LEFT JOIN cdp._person_ends(retired) AS e ON e.absorbed_id = l.one_id
         CROSS JOIN LATERAL (SELECT coalesce(e.survivor_id, l.one_id) AS now_id) AS p
         WHERE l.audience_id = the_audience
         ORDER BY p.now_id, l.is_member, l.one_id = p.now_id DESC, l.added_at, l.one_id;
END $$;
COMMENT ON FUNCTION cdp._audience_listed(int4) IS
    'internal: who is listed by hand for an audience, as they are now: one row a person, excluded before included';

CREATE FUNCTION cdp._audience_list_put(name text, person int4, is_member boolean, note text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    the_audience int4 := cdp._audience_id(name);
    present int4;
BEGIN
    -- No merge and no erasure may pass between the look at who he is now and the row.
    PERFORM cdp._merge_lock(false);
    present := cdp._person_present(coalesce(cdp._person_now(person), person));
    IF is_member THEN
        IF (SELECT p.ended_at IS NOT NULL FROM cdp.person AS p WHERE p.one_id = present) THEN
            RAISE EXCEPTION 'person % is nobody any more', person USING
                ERRCODE = 'undefined_object',
                DETAIL = 'It has no identifier left.';
        END IF;
        -- The last word counts, also over what was said of those he has absorbed.
        DELETE FROM cdp.audience_list AS l
         WHERE l.audience_id = the_audience AND NOT l.is_member
           AND l.one_id IN (SELECT f.one_id FROM cdp._person_family(ARRAY[present]) AS f WHERE f.one_id <> present);
    END IF;
    INSERT INTO cdp.audience_list AS l (audience_id, one_id, is_member, note)
    VALUES (the_audience, present, _audience_list_put.is_member, coalesce(_audience_list_put.note, ''))
    ON CONFLICT (audience_id, one_id) DO UPDATE
       SET is_member = excluded.is_member, added_at = excluded.added_at, added_by = excluded.added_by, note = excluded.note;
END $$;
COMMENT ON FUNCTION cdp._audience_list_put(text, int4, boolean, text) IS
    'internal: lists a person, as he is now, for an audience: as a member or as none';

CREATE FUNCTION cdp._audience_list_person(type text, value text) RETURNS int4
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person int4;
BEGIN
    PERFORM cdp._merge_lock(false);
    person := (SELECT i.one_id FROM cdp.identifier AS i
                WHERE i.id = cdp._identifier_id(_audience_list_person.type, _audience_list_person.value));
    IF person IS NULL THEN
        RAISE EXCEPTION 'identifier "%" of type "%" belongs to nobody', value, type USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'What was loaded lately belongs to somebody after cdp.id_resolve().';
    END IF;
    RETURN person;
END $$;
COMMENT ON FUNCTION cdp._audience_list_person(text, text) IS
    'internal: to whom an identifier belongs, an error when to nobody; merges wait until the transaction ends';

CREATE FUNCTION cdp.audience_include(name text, one_id int4, note text DEFAULT NULL) RETURNS void
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT cdp._audience_list_put(name, one_id, true, note)
$$;
COMMENT ON FUNCTION cdp.audience_include(text, int4, text) IS
    'puts a person into an audience by hand, from the next refresh on and whatever its definition says';

CREATE FUNCTION cdp.audience_include(name text, type text, value text, note text DEFAULT NULL) RETURNS void
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT cdp._audience_list_put(name, cdp._audience_list_person(type, value), true, note)
$$;
COMMENT ON FUNCTION cdp.audience_include(text, text, text, text) IS
    'puts the person with this identifier into an audience by hand, from the next refresh on and whatever its definition says';

CREATE FUNCTION cdp.audience_exclude(name text, one_id int4, note text DEFAULT NULL) RETURNS void
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT cdp._audience_list_put(name, one_id, false, note)
$$;
COMMENT ON FUNCTION cdp.audience_exclude(text, int4, text) IS
    'keeps a person out of an audience by hand, from the next refresh on and whatever its definition says';

CREATE FUNCTION cdp.audience_exclude(name text, type text, value text, note text DEFAULT NULL) RETURNS void
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT cdp._audience_list_put(name, cdp._audience_list_person(type, value), false, note)
$$;
COMMENT ON FUNCTION cdp.audience_exclude(text, text, text, text) IS
    'keeps the person with this identifier out of an audience by hand, from the next refresh on and whatever its definition says';

CREATE FUNCTION cdp.audience_unlist(name text, one_id int4) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._merge_lock(false);
    DELETE FROM cdp.audience_list AS l
     WHERE l.audience_id = cdp._audience_id(name)
       AND l.one_id IN (SELECT f.one_id FROM cdp._person_family(ARRAY[cdp._person_now(audience_unlist.one_id)]) AS f);
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION cdp.audience_unlist(text, int4) IS
    'takes a person off the list of an audience: from the next refresh on its definition decides; false when he was not listed';

CREATE FUNCTION cdp.audience_unlist(name text, type text, value text) RETURNS boolean
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT cdp.audience_unlist(name, cdp._audience_list_person(type, value))
$$;
COMMENT ON FUNCTION cdp.audience_unlist(text, text, text) IS
    'takes the person with this identifier off the list of an audience: from the next refresh on its definition decides; false when he was not listed';

CREATE FUNCTION cdp.audience_list(name text)
    RETURNS TABLE (one_id int4, listed text, is_member boolean, added_at timestamptz, added_by text, note text)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    the_audience int4 := cdp._audience_id(name);
BEGIN
    RETURN QUERY
        SELECT l.now_id, CASE WHEN l.is_member THEN 'included' ELSE 'excluded' END,
               coalesce(cdp.rb_contains(m.members, l.now_id), false), l.added_at, l.added_by::text, l.note
          FROM cdp._audience_listed(the_audience) AS l
          LEFT JOIN cdp.audience_member AS m ON m.audience_id = the_audience AND m.chunk = cdp.chunk_of(l.now_id)
         ORDER BY cdp._one_id_unsigned(l.now_id);
END $$;
COMMENT ON FUNCTION cdp.audience_list(text) IS
    'who was put into an audience or kept out of it by hand, and whether he is a member as of the last refresh';
