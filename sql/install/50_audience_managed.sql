--| ## Expressions
CREATE FUNCTION cdp._audience_id(name text) RETURNS int4 LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found int4;
BEGIN
    PERFORM cdp._require_setup();
    SELECT a.audience_id INTO found FROM cdp.audience AS a WHERE a.name = _audience_id.name;
    IF found IS NULL THEN
        RAISE EXCEPTION 'audience "%" does not exist', coalesce(name, 'NULL') USING
            ERRCODE = 'undefined_object',
            HINT = cdp._name_hint(name, ARRAY(SELECT a.name FROM cdp.audience AS a ORDER BY a.name));
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION cdp._audience_id(text) IS
    'internal: number of an audience; an error with the nearest name when there is none';

-- "not" travels as a mark instead of being taken against everyone at once: "a and not b" then needs
-- no list of all people, and only a result that is still negated at the end does.
CREATE FUNCTION cdp._audience_query(expression text) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    op jsonb;
    leaves text[] := '{}';
    tags int4[] := '{}';
    audiences int4[] := '{}';
    everyone boolean := false;
    sets text[] := '{}';
    negated boolean[] := '{}';
    n int4;
    a text;
    b text;
    leaf text;
BEGIN
    FOR op IN SELECT * FROM jsonb_array_elements(cdp._audience_parse(expression)) LOOP
        n := cardinality(sets);
        CASE op->>'op'
            WHEN 'not' THEN
                negated[n] := NOT negated[n];
                CONTINUE;
            WHEN 'and', 'or' THEN
                a := sets[n - 1];
                b := sets[n];
                -- By De Morgan, "or" is "and" between the complements.
                IF op->>'op' = 'or' THEN
                    negated[n - 1] := NOT negated[n - 1];
                    negated[n] := NOT negated[n];
                END IF;
                sets[n - 1] := CASE
                    WHEN NOT negated[n - 1] AND NOT negated[n] THEN format('cdp.rb_and(%s, %s)', a, b)
                    WHEN NOT negated[n - 1] THEN format('cdp.rb_andnot(%s, %s)', a, b)
                    WHEN NOT negated[n] THEN format('cdp.rb_andnot(%s, %s)', b, a)
                    ELSE format('cdp.rb_or(%s, %s)', a, b) END;
                negated[n - 1] := (negated[n - 1] AND negated[n]) <> (op->>'op' = 'or');
                sets := sets[:n - 1];
                negated := negated[:n - 1];
                CONTINUE;
            WHEN 'tag' THEN
                tags := tags || cdp._tag_id(op->>'name');
                leaf := format('m.tag_id = %s', tags[cardinality(tags)]);
                IF jsonb_typeof(op->'values') = 'array' THEN
                    leaf := leaf || format(' AND m.value = ANY (%L::text[])',
                        ARRAY(SELECT jsonb_array_elements_text(op->'values')));
                END IF;
            WHEN 'audience' THEN
                audiences := audiences || cdp._audience_id(op->>'name');
                PERFORM cdp._audience_ready(op->>'name');
                leaf := format('m.audience_id = %s', audiences[cardinality(audiences)]);
            WHEN 'everyone' THEN
                everyone := true;
                leaf := 'm.everyone';
        END CASE;
        IF leaf <> ALL (leaves) THEN
            leaves := leaves || leaf;
        END IF;
        sets := sets || format('coalesce(s%s, ''{}'')', array_position(leaves, leaf));
        negated := negated || false;
    END LOOP;
    IF negated[1] THEN
        everyone := true;
        IF 'm.everyone' <> ALL (leaves) THEN
            leaves := leaves || 'm.everyone'::text;
        END IF;
        sets[1] := format('cdp.rb_andnot(s%s, %s)', array_position(leaves, 'm.everyone'), sets[1]);
    END IF;
    RETURN format('SELECT c.chunk, %s AS members FROM (SELECT m.chunk, %s FROM (%s) AS m GROUP BY m.chunk) AS c',
        sets[1],
        (SELECT string_agg(format('cdp.rb_or_agg(m.members) FILTER (WHERE %s) AS s%s', l.leaf, l.place), ', ')
           FROM unnest(leaves) WITH ORDINALITY AS l (leaf, place)),
        concat_ws(' UNION ALL ',
            format('SELECT t.tag_id, t.value, NULL::int4 AS audience_id, false AS everyone, t.chunk, t.members
                      FROM cdp.tag_value AS t WHERE t.tag_id = ANY (%L::int4[])', tags),
            CASE WHEN audiences <> '{}' THEN
                format('SELECT NULL, NULL, a.audience_id, false, a.chunk, a.members
                          FROM cdp.audience_member AS a WHERE a.audience_id = ANY (%L::int4[])', audiences) END,
            CASE WHEN everyone THEN
                'SELECT NULL, NULL, NULL, true, cdp.chunk_of(p.one_id), cdp.rb_build_agg(p.one_id)
                   FROM cdp.person AS p WHERE p.merged_into IS NULL AND p.ended_at IS NULL GROUP BY cdp.chunk_of(p.one_id)' END));
END $$;
COMMENT ON FUNCTION cdp._audience_query(text) IS
    'internal: the query of (chunk, members) that answers an expression';

CREATE FUNCTION cdp._audience_ready(name text) RETURNS void LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT a.refreshed_at IS NULL FROM cdp.audience AS a WHERE a.name = _audience_ready.name) THEN
        RAISE EXCEPTION 'audience "%" has never been refreshed', name USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = format('Run SELECT * FROM cdp.audience_refresh(%L);', name);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._audience_ready(text) IS 'internal: an error unless the audience has members to speak of';

CREATE FUNCTION cdp._audience_chunks(expression text)
    RETURNS TABLE (chunk int4, members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    IF expression IS NULL THEN
        RAISE EXCEPTION 'audience expression cannot be null' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    RETURN QUERY EXECUTE cdp._audience_query(expression);
END $$;
COMMENT ON FUNCTION cdp._audience_chunks(text) IS 'internal: the people of an expression, chunk by chunk';

CREATE FUNCTION cdp.audience_bitmap(expression text) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(cdp.rb_or_agg(c.members), '{}') FROM cdp._audience_chunks(expression) AS c);
END $$;
COMMENT ON FUNCTION cdp.audience_bitmap(text) IS
    'the people of an expression such as ''tag:order_freq = high and not audience:staff'', as one bitmap';

CREATE FUNCTION cdp.audience_count(expression text) RETURNS int8
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(sum(cdp.rb_cardinality(c.members)), 0) FROM cdp._audience_chunks(expression) AS c);
END $$;
COMMENT ON FUNCTION cdp.audience_count(text) IS 'how many people an expression means';

CREATE FUNCTION cdp.audience_members(expression text) RETURNS SETOF int4
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT o.one_id FROM cdp._audience_chunks(expression) AS c
         CROSS JOIN LATERAL cdp.rb_iterate(c.members) AS o (one_id);
END $$;
COMMENT ON FUNCTION cdp.audience_members(text) IS 'OneIDs of the people whom an expression means';
