--| ## Whom a rule means
--| A rule is worked out chunk by chunk (`one_id >> 20`), from the sets that are stored of the people of a chunk.
--| Chunks know nothing of each other, so several processes can share them.

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

CREATE FUNCTION cdp._audience_ready(name text) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT a.refreshed_at IS NULL FROM cdp.audience AS a WHERE a.name = _audience_ready.name) THEN
        RAISE EXCEPTION 'audience "%" has never been refreshed', name USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = format('Run SELECT * FROM cdp.audience_refresh(%L);', name);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._audience_ready(text) IS 'internal: an error unless the audience has members to speak of';

CREATE FUNCTION cdp._rule_check(rule text, own text DEFAULT NULL) RETURNS cdp.rule
    AS 'MODULE_PATHNAME', 'cdp__rule_check' LANGUAGE C STABLE PARALLEL SAFE COST 1000
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION cdp._rule_check(text, text) IS
    'internal: the rule of a text; an error, at its place and with the nearest name, for a name that does not exist. own: of a rule that defines an audience the name of that, of one that defines something else the empty text; of one that is to be answered now NULL, for then audiences must have members';

CREATE FUNCTION cdp._rule_people(rule cdp.rule, chunk int4, now timestamptz, tops cdp.roaringbitmap[] DEFAULT NULL)
    RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp__rule_people' LANGUAGE C STABLE PARALLEL SAFE COST 400000
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION cdp._rule_people(cdp.rule, int4, timestamptz, cdp.roaringbitmap[]) IS
    'internal: whom a rule means in one chunk of people at a time; tops: see _rule_tops()';

CREATE FUNCTION cdp._rule_figures(rule cdp.rule, chunk int4, now timestamptz, tops cdp.roaringbitmap[] DEFAULT NULL)
    RETURNS TABLE (node int4, users int8, ms float8)
    AS 'MODULE_PATHNAME', 'cdp__rule_figures' LANGUAGE C STABLE PARALLEL SAFE COST 400000 ROWS 10
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION cdp._rule_figures(cdp.rule, int4, timestamptz, cdp.roaringbitmap[]) IS
    'internal: how many people of a chunk each node of a rule means by itself, in the order of rule_tree(), and how long that took';

CREATE FUNCTION cdp._tag_top(tag text, amount numeric, by_percent boolean) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    numbers cdp.bsi := cdp.tag_number(tag);
    people int8 := cdp.bsi_count(numbers);
BEGIN
    RETURN cdp.bsi_topk(numbers, CASE WHEN by_percent THEN ceil(people * amount / 100) ELSE least(amount, people) END::int8);
END $$;
COMMENT ON FUNCTION cdp._tag_top(text, numeric, boolean) IS
    'internal: the people with the greatest numbers of a tag, so many or so many hundredths, rounded up, of those who have one; among equal numbers the smaller OneIDs';

CREATE FUNCTION cdp._rule_tops(rule cdp.rule) RETURNS cdp.roaringbitmap[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Most rules have none, and need not be taken apart to see that.
    IF strpos(rule::text, 'top ') > 0 THEN
        RETURN (SELECT array_agg(cdp._tag_top(j.leaf ->> 'tag', (j.leaf ->> 'amount')::numeric, j.leaf ? 'percent') ORDER BY t.n)
                  FROM cdp.rule_tree(rule) WITH ORDINALITY AS t (depth, node, part, n)
                 CROSS JOIN LATERAL (SELECT t.part::cdp.rule::jsonb AS leaf) AS j
                 WHERE t.node = 'top');
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._rule_tops(cdp.rule) IS
    'internal: whom the leaves "top N by tag:NAME" of a rule mean, in their order; NULL where there are none: everybody has to be looked at for that, not one chunk';

-- From one chunk in which there is anybody to the next, each by one step into the index.
CREATE FUNCTION cdp._person_chunks() RETURNS int4[] LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE step (last) AS (
        SELECT (SELECT min(p.one_id) FROM cdp.person AS p) | 1048575
        UNION ALL
        SELECT (SELECT min(p.one_id) FROM cdp.person AS p WHERE p.one_id > step.last) | 1048575
          FROM step WHERE step.last IS NOT NULL
    )
    SELECT coalesce(array_agg(cdp.chunk_of(s.last)), '{}') FROM step AS s WHERE s.last IS NOT NULL
$$;
COMMENT ON FUNCTION cdp._person_chunks() IS 'internal: the chunks of all persons there have ever been';

CREATE FUNCTION cdp._rule_chunks(rule cdp.rule, now timestamptz)
    RETURNS TABLE (chunk int4, members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chunks int4[] := cdp._person_chunks();
    tops cdp.roaringbitmap[] := cdp._rule_tops(rule);
BEGIN
    IF cardinality(chunks) > 1 THEN
        -- A branch a chunk: branches are what processes share, if they read from something.
        RETURN QUERY EXECUTE
            (SELECT string_agg(format('SELECT c, cdp._rule_people($1, c, $2, $3) FROM unnest(''{%s}''::int4[]) AS c', c), ' UNION ALL ')
               FROM unnest(chunks) AS c)
            USING rule, now, tops;
    ELSIF chunks <> '{}' THEN
        RETURN QUERY SELECT chunks[1], cdp._rule_people(rule, chunks[1], now, tops);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._rule_chunks(cdp.rule, timestamptz) IS 'internal: whom a rule means, chunk by chunk';

CREATE FUNCTION cdp._audience_chunks(expression text)
    RETURNS TABLE (chunk int4, members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    RETURN QUERY SELECT c.chunk, c.members FROM cdp._rule_chunks(cdp._rule_check(expression), now()) AS c;
END $$;
COMMENT ON FUNCTION cdp._audience_chunks(text) IS 'internal: whom the text of a rule means now, chunk by chunk';

CREATE FUNCTION cdp.audience_bitmap(expression text) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(cdp.rb_or_agg(c.members), '{}') FROM cdp._audience_chunks(expression) AS c);
END $$;
COMMENT ON FUNCTION cdp.audience_bitmap(text) IS
    'the people whom a rule means, such as ''tag:order_freq = high and not audience:staff'', as one bitmap';

CREATE FUNCTION cdp.audience_count(expression text) RETURNS int8
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(sum(cdp.rb_cardinality(c.members)), 0) FROM cdp._audience_chunks(expression) AS c);
END $$;
COMMENT ON FUNCTION cdp.audience_count(text) IS 'how many people a rule means';

CREATE FUNCTION cdp.audience_members(expression text) RETURNS SETOF int4
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT o.one_id FROM cdp._audience_chunks(expression) AS c
         CROSS JOIN LATERAL cdp.rb_iterate(c.members) AS o (one_id);
END $$;
COMMENT ON FUNCTION cdp.audience_members(text) IS 'OneIDs of the people whom a rule means';

--| The same of rules that are values already: of a column, made of others, drawn by a screen.
CREATE FUNCTION cdp.audience_bitmap(rule cdp.rule) RETURNS cdp.roaringbitmap
    LANGUAGE sql STABLE STRICT RETURN cdp.audience_bitmap(rule::text);
COMMENT ON FUNCTION cdp.audience_bitmap(cdp.rule) IS 'the people whom a rule means, as one bitmap';

CREATE FUNCTION cdp.audience_count(rule cdp.rule) RETURNS int8
    LANGUAGE sql STABLE STRICT RETURN cdp.audience_count(rule::text);
COMMENT ON FUNCTION cdp.audience_count(cdp.rule) IS 'how many people a rule means';

CREATE FUNCTION cdp.audience_members(rule cdp.rule) RETURNS SETOF int4
    LANGUAGE sql STABLE STRICT ROWS 10000 BEGIN ATOMIC
    SELECT cdp.audience_members(rule::text);
END;
COMMENT ON FUNCTION cdp.audience_members(cdp.rule) IS 'OneIDs of the people whom a rule means';

CREATE FUNCTION cdp.audiences_of(one_id int4) RETURNS TABLE (audience text, refreshed_at timestamptz)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person int4 := cdp._person_now(one_id);
BEGIN
    RETURN QUERY
        SELECT a.name, a.refreshed_at
          FROM cdp.audience_member AS m
          JOIN cdp.audience AS a USING (audience_id)
         WHERE m.chunk = cdp.chunk_of(person) AND cdp.rb_contains(m.members, person)
         ORDER BY a.name;
END $$;
COMMENT ON FUNCTION cdp.audiences_of(int4) IS 'the audiences that one person is a member of, as of their last refresh; of one who was absorbed, those of the survivor';

CREATE FUNCTION cdp._check_rules() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
#variable_conflict use_column
DECLARE
    r record;
    fault text;
    advice text;
    circle text[];
BEGIN
    FOR r IN SELECT * FROM cdp._rules() AS d ORDER BY d.area, d.name COLLATE "C", d.rule LOOP
        BEGIN
            IF r.rule IS NULL THEN
                PERFORM cdp._tag_rules_refuse(r.name);
            END IF;
            PERFORM cdp._rule_check(r.rule, CASE r.area WHEN 'audience' THEN r.name ELSE '' END);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS fault = MESSAGE_TEXT, advice = PG_EXCEPTION_HINT;
            RETURN QUERY SELECT r.area, 'error', format('rule of %s "%s"', r.area, r.name), fault, advice;
        END;
    END LOOP;
    -- Only what is in a circle, or on top of all others, is as late as there are definitions.
    FOR r IN SELECT o.what, o.name FROM cdp._refresh_order() AS o
              WHERE o.level > 0 AND o.level >= (SELECT count(DISTINCT (u.what, u.name)) FROM cdp._uses() AS u) ORDER BY o.what, o.name COLLATE "C" LOOP
        circle := cdp._uses_circle(r.what, r.name, ARRAY(SELECT d.rule FROM cdp._rules() AS d WHERE d.area = r.what AND d.name = r.name));
        IF circle IS NOT NULL THEN
            RETURN QUERY SELECT r.what, 'error', format('rule of %s "%s"', r.what, r.name),
                                format('it is made of itself: %s', array_to_string(circle, ' -> ')), 'Define one of these anew.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp._check_rules() IS
    'internal: the rows of cdp.check() about rules that name what is not there any more, or lead back to their own audience or tag';

-- Planned, not run; and of nobody else, for a plan may call functions of whoever wrote the query.
CREATE FUNCTION cdp._check_queries() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
#variable_conflict use_column
DECLARE
    q record;
    fault text;
BEGIN
    FOR q IN SELECT 'audience' AS area, a.name, a.definition AS query, a.search_path, false AS with_value, NULL AS value_type
               FROM cdp.audience AS a WHERE a.kind = 'sql' AND a.owner = current_user
              UNION ALL
             SELECT 'tag', g.name, cdp._query_bind(g.definition, cdp._today()), g.search_path, true, g.value_type
               FROM cdp.tag AS g WHERE g.kind = 'sql' AND g.owner = current_user AND g.status <> 'archived'
              ORDER BY area, name LOOP
        BEGIN
            PERFORM cdp._query_shape(q.query, q.search_path, format('%s "%s"', q.area, q.name), q.with_value, q.value_type);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS fault = MESSAGE_TEXT;
            RETURN QUERY SELECT q.area, 'error', format('query of %s "%s"', q.area, q.name), fault, 'Define it anew, or make what it reads again.';
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp._check_queries() IS
    'internal: the rows of cdp.check() about queries of the current role, of tags and audiences, that cannot be run any more';
