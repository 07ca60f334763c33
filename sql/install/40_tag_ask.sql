--| ## Asking
CREATE FUNCTION cdp._tag_id(name text) RETURNS int4 LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found int4;
BEGIN
    PERFORM cdp._require_setup();
    SELECT g.tag_id INTO found FROM cdp.tag AS g WHERE g.name = _tag_id.name;
    IF found IS NULL THEN
        RAISE EXCEPTION 'tag "%" does not exist', coalesce(name, 'NULL') USING
            ERRCODE = 'undefined_object',
            HINT = cdp._name_hint(name, ARRAY(SELECT g.name FROM cdp.tag AS g ORDER BY g.name));
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION cdp._tag_id(text) IS 'internal: number of a tag; an error with the nearest name when there is none';

CREATE FUNCTION cdp.tag(name text, value text DEFAULT NULL, base_date date DEFAULT NULL) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted int4 := cdp._tag_stored(name, base_date);
    kept_as text := (SELECT g.value_type FROM cdp.tag AS g WHERE g.name = tag.name);
    number int8;
BEGIN
    IF cdp._tag_is_number(kept_as) THEN
        number := cdp._tag_number_of(kept_as, tag.value);
        RETURN (SELECT coalesce(cdp.rb_or_agg(CASE WHEN number IS NULL THEN cdp.bsi_ebm(cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh))
                                                   ELSE cdp.bsi_eq(cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh), number) END), '{}')
                  FROM cdp.tag_number AS t WHERE t.tag_id = wanted);
    END IF;
    RETURN (SELECT coalesce(cdp.rb_or_agg(cdp._tag_members(t.base, t.changed, t.later)), '{}')
              FROM cdp.tag_value AS t
             WHERE t.tag_id = wanted AND (tag.value IS NULL OR t.value = tag.value));
END $$;
COMMENT ON FUNCTION cdp.tag(text, text, date) IS
    'the people who have this value, number or date (2025-06-01) of the tag; without a value, those who have any. base_date: an earlier day whose values are kept';

CREATE FUNCTION cdp.tag_number(name text, base_date date DEFAULT NULL) RETURNS cdp.bsi
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted int4 := cdp._tag_stored(name, base_date);
BEGIN
    IF (SELECT NOT cdp._tag_is_number(g.value_type) FROM cdp.tag AS g WHERE g.name = tag_number.name) THEN
        RAISE EXCEPTION 'tag "%" has no numbers', name USING
            ERRCODE = 'wrong_object_type',
            DETAIL = 'Its values are texts.',
            HINT = 'Define it with value_type => ''number'' or ''date''.';
    END IF;
    RETURN (SELECT coalesce(cdp.bsi_agg(cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh)), '{}') FROM cdp.tag_number AS t WHERE t.tag_id = wanted);
END $$;
COMMENT ON FUNCTION cdp.tag_number(text, date) IS
    'the numbers of a tag of numbers or dates (days since 2000-01-01), of all people who have one. base_date: an earlier day whose numbers are kept';

CREATE FUNCTION cdp.tags_of(one_id int4) RETURNS TABLE (tag text, value text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person int4 := cdp._person_now(one_id);
BEGIN
    RETURN QUERY
        SELECT g.name, t.value
          FROM cdp.tag_value AS t
          JOIN cdp.tag AS g USING (tag_id)
         WHERE t.tag_id > 0 AND t.chunk = cdp.chunk_of(person) AND cdp._tag_has(t.base, t.changed, t.later, person)
        UNION ALL
        SELECT g.name, cdp._tag_number_text(g.value_type, n.number)
          FROM cdp.tag_number AS t
          JOIN cdp.tag AS g USING (tag_id)
         -- OFFSET: looked up once, not where it is tested and again where it is shown.
         CROSS JOIN LATERAL (SELECT cdp._tag_number_get(t.base, t.changed, t.fresh, t.later, t.later_fresh, person) OFFSET 0) AS n (number)
         WHERE t.tag_id > 0 AND t.chunk = cdp.chunk_of(person) AND n.number IS NOT NULL
         ORDER BY 1, 2;
END $$;
COMMENT ON FUNCTION cdp.tags_of(int4) IS 'everything that tags say about one person, numbers and dates as text; of one who was absorbed, what they say about the survivor';
