--| ## Tags by rule
--| A tag of kind `rule` says a plain yes of those whom a rule means, or one value of each rule of a list. It
--| needs what answers rules, so this part of the tags comes after the audiences.

CREATE FUNCTION cdp._tag_rules_are_list(pairs jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN jsonb_typeof(pairs) = 'array' AND pairs <> '[]'
       AND NOT EXISTS (SELECT FROM jsonb_array_elements(pairs) AS p (pair)
                        WHERE jsonb_typeof(p.pair) <> 'array' OR jsonb_array_length(p.pair) <> 2
                           OR p.pair ->> 0 IS NULL OR jsonb_typeof(p.pair -> 1) <> 'string');
END $$;
COMMENT ON FUNCTION cdp._tag_rules_are_list(jsonb) IS 'internal: are these values with a rule each?';

CREATE FUNCTION cdp._tag_rules_refuse(name text) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'rules of tag "%" are not a list of values and rules', name USING
        ERRCODE = 'invalid_parameter_value',
        HINT = 'Write them as [["gold", "tag:spend >= 1000"], ["silver", "everyone"]].';
END $$;
COMMENT ON FUNCTION cdp._tag_rules_refuse(text) IS 'internal: the error for rules of a tag that are no list';

CREATE FUNCTION cdp._tag_rules(value_type text, definition text) RETURNS TABLE (value text, rule text, nth int8)
    LANGUAGE plpgsql IMMUTABLE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF value_type = 'boolean' THEN
        RETURN QUERY SELECT 'true'::text, definition, 1::int8;
    ELSIF cdp._tag_rules_are_list(definition::jsonb) THEN
        RETURN QUERY SELECT r.pair ->> 0, r.pair ->> 1, r.nth FROM jsonb_array_elements(definition::jsonb) WITH ORDINALITY AS r (pair, nth);
    END IF;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN;
END $$;
COMMENT ON FUNCTION cdp._tag_rules(text, text) IS
    'internal: the values and rules that define a tag of kind rule, in their order; none for a list that is broken, of which cdp.check() tells';

CREATE FUNCTION cdp._rules() RETURNS TABLE (area text, name text, rule text)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT 'audience', a.name::text, a.definition FROM cdp.audience AS a WHERE a.kind = 'expression'
        UNION ALL
        SELECT 'tag', g.name, t.rule FROM cdp.tag AS g LEFT JOIN LATERAL cdp._tag_rules(g.value_type, g.definition) AS t ON true WHERE g.kind = 'rule';
END $$;
COMMENT ON FUNCTION cdp._rules() IS 'internal: every rule that defines an audience or a tag; NULL of a tag whose list of rules is broken';

CREATE FUNCTION cdp._tag_rules_check(name text, rule text, rules jsonb) RETURNS text LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pairs jsonb := coalesce(rules, jsonb_build_array(jsonb_build_array('true', rule)));
    spelt jsonb;
    circle text[];
BEGIN
    IF NOT cdp._tag_rules_are_list(pairs) THEN
        PERFORM cdp._tag_rules_refuse(name);
    END IF;
    PERFORM cdp._tag_value_check(ARRAY(SELECT p.pair ->> 0 FROM jsonb_array_elements(pairs) AS p (pair)));
    SELECT jsonb_agg(jsonb_build_array(p.pair ->> 0, cdp._rule_hashed(cdp._rule_check(p.pair ->> 1, '')::text)) ORDER BY p.nth) INTO spelt
      FROM jsonb_array_elements(pairs) WITH ORDINALITY AS p (pair, nth);
    circle := cdp._uses_circle('tag', name, ARRAY(SELECT p.pair ->> 1 FROM jsonb_array_elements(spelt) AS p (pair)));
    IF circle IS NOT NULL THEN
        RAISE EXCEPTION 'tag "%" would be made of itself', name USING
            ERRCODE = 'invalid_object_definition',
            DETAIL = format('The circle is %s.', array_to_string(circle, ' -> '));
    END IF;
    RETURN CASE WHEN rules IS NULL THEN spelt #>> '{0,1}' ELSE spelt::text END;
END $$;
COMMENT ON FUNCTION cdp._tag_rules_check(text, text, jsonb) IS
    'internal: a rule, or a list of values and rules, in the one spelling; an error for unknown names or rules that lead back to their own tag';

CREATE FUNCTION cdp._tag_rules_run(name text, value_type text, definition text,
    OUT vals text[], OUT chunks int4[], OUT members cdp.roaringbitmap[], OUT resolved int8)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r record;
    taken cdp.roaringbitmap := '{}';
BEGIN
    FOR r IN SELECT t.value, t.rule FROM cdp._tag_rules(value_type, definition) AS t ORDER BY t.nth LOOP
        -- Of one value a person, the first rule that means him gives it.
        SELECT _tag_rules_run.vals || array_agg(r.value), _tag_rules_run.chunks || array_agg(c.chunk), _tag_rules_run.members || array_agg(c.members),
               CASE WHEN value_type = 'enum' THEN cdp.rb_or(taken, coalesce(cdp.rb_or_agg(c.members), '{}')) ELSE taken END
          INTO vals, chunks, members, taken
          FROM (SELECT c.chunk, cdp.rb_andnot(c.members, taken) AS members FROM cdp._audience_chunks(r.rule) AS c) AS c
         WHERE NOT cdp.rb_is_empty(c.members);
    END LOOP;
    IF NOT FOUND THEN
        PERFORM cdp._tag_rules_refuse(name);
    END IF;
    -- Two rules may give the same value.
    SELECT array_agg(f.value), array_agg(f.chunk), array_agg(f.members), coalesce(sum(cdp.rb_cardinality(f.members)), 0)
      INTO vals, chunks, members, resolved
      FROM (SELECT f.value, f.chunk, cdp.rb_or_agg(f.members) AS members
              FROM unnest(_tag_rules_run.vals, _tag_rules_run.chunks, _tag_rules_run.members) AS f (value, chunk, members) GROUP BY 1, 2) AS f;
END $$;
COMMENT ON FUNCTION cdp._tag_rules_run(text, text, text) IS 'internal: whom the rules of a tag mean now, as bitmaps per value and chunk';

--| ## What is made of what
CREATE FUNCTION cdp._uses() RETURNS TABLE (what text, name text, used text, used_name text)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT 'audience', a.name, u.op, u.name FROM cdp.audience AS a CROSS JOIN LATERAL cdp._audience_uses(a.kind, a.definition) AS u
        UNION
        SELECT 'tag', g.name, u.op, u.name
          FROM cdp.tag AS g
         CROSS JOIN LATERAL cdp._tag_rules(g.value_type, g.definition) AS r
         CROSS JOIN LATERAL cdp._audience_uses('expression', r.rule) AS u
         WHERE g.kind = 'rule';
END $$;
COMMENT ON FUNCTION cdp._uses() IS 'internal: which tags and audiences each audience and each tag by rule names';

CREATE FUNCTION cdp._uses_with(what text, name text, rules text[]) RETURNS TABLE (what_of text, name_of text, used text, used_name text)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT u.what, u.name, u.used, u.used_name FROM cdp._uses() AS u WHERE (u.what, u.name) <> (_uses_with.what, _uses_with.name)
        UNION
        SELECT _uses_with.what, _uses_with.name, u.op, u.name FROM unnest(rules) AS r CROSS JOIN LATERAL cdp._audience_uses('expression', r) AS u;
END $$;
COMMENT ON FUNCTION cdp._uses_with(text, text, text[]) IS
    'internal: what names what, were this tag or audience made of these rules';

CREATE FUNCTION cdp._uses_circle(what text, name text, rules text[]) RETURNS text[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Each is come to once, over however many ways.
    IF NOT EXISTS (
        WITH RECURSIVE uses AS MATERIALIZED (
            SELECT * FROM cdp._uses_with(_uses_circle.what, _uses_circle.name, rules)
        ), reach AS (
            SELECT u.used, u.used_name FROM uses AS u WHERE (u.what_of, u.name_of) = (_uses_circle.what, _uses_circle.name)
            UNION
            SELECT u.used, u.used_name FROM reach AS r JOIN uses AS u ON u.what_of = r.used AND u.name_of = r.used_name
        )
        SELECT FROM reach AS r WHERE (r.used, r.used_name) = (_uses_circle.what, _uses_circle.name)) THEN
        RETURN NULL;
    END IF;
    RETURN (WITH RECURSIVE uses AS MATERIALIZED (
                SELECT * FROM cdp._uses_with(_uses_circle.what, _uses_circle.name, rules)
            ), away AS (
                SELECT _uses_circle.what, _uses_circle.name, 0 AS steps
                UNION
                SELECT u.what_of, u.name_of, a.steps + 1
                  FROM away AS a JOIN uses AS u ON u.used = a.what AND u.used_name = a.name
                 -- A way back has no more steps than there are definitions.
                 WHERE a.steps < (SELECT count(DISTINCT (k.what_of, k.name_of)) FROM uses AS k)
            ), nearest AS MATERIALIZED (
                SELECT a.what, a.name, min(a.steps) AS steps, min(a.steps) FILTER (WHERE a.steps > 0) AS round FROM away AS a GROUP BY 1, 2
            ), way AS (
                SELECT n.what, n.name, n.round AS remain, ARRAY[n.name] AS path
                  FROM nearest AS n WHERE (n.what, n.name) = (_uses_circle.what, _uses_circle.name)
                UNION ALL
                SELECT s.used, s.used_name, w.remain - 1, w.path || cdp._uses_label(s.used, s.used_name)
                  FROM way AS w
                 CROSS JOIN LATERAL (
                    SELECT u.used, u.used_name
                      FROM uses AS u JOIN nearest AS n ON n.what = u.used AND n.name = u.used_name
                     WHERE u.what_of = w.what AND u.name_of = w.name AND n.steps = w.remain - 1
                     ORDER BY cdp._uses_label(u.used, u.used_name) LIMIT 1) AS s
                 WHERE w.remain > 0
            )
            SELECT w.path FROM way AS w WHERE w.remain = 0);
END $$;
COMMENT ON FUNCTION cdp._uses_circle(text, text, text[]) IS
    'internal: how a tag or audience made of these rules would be made of itself, by the shortest way; NULL when it would not';

CREATE FUNCTION cdp._uses_label(what text, name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN what = 'tag' THEN 'tag:' || name ELSE name END;
COMMENT ON FUNCTION cdp._uses_label(text, text) IS 'internal: a tag or audience as it is shown among others';

CREATE FUNCTION cdp._refresh_order() RETURNS TABLE (what text, name text, level int4) LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        WITH RECURSIVE uses AS MATERIALIZED (
            SELECT * FROM cdp._uses()
        ), depth AS (
            SELECT u.what, u.name, 1 AS level FROM uses AS u
            UNION
            SELECT u.what, u.name, d.level + 1
              FROM depth AS d JOIN uses AS u ON u.used = d.what AND u.used_name = d.name
             -- No chain is longer than there are definitions: a circle, should there be one, ends here.
             WHERE d.level < (SELECT count(DISTINCT (k.what, k.name)) FROM uses AS k)
        )
        SELECT k.what, k.name, coalesce(max(d.level), 0)
          FROM (SELECT 'tag' AS what, g.name FROM cdp.tag AS g UNION ALL SELECT 'audience', a.name FROM cdp.audience AS a) AS k
          LEFT JOIN depth AS d ON d.what = k.what AND d.name = k.name
         GROUP BY k.what, k.name;
END $$;
COMMENT ON FUNCTION cdp._refresh_order() IS
    'internal: how late each tag and audience is to be refreshed: those of a level are made of such with smaller ones';

CREATE FUNCTION cdp.tag_uses(name text) RETURNS TABLE (relation text, distance int4, what text, item text)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM cdp._tag_id(tag_uses.name);
    RETURN QUERY
        WITH RECURSIVE uses AS MATERIALIZED (
            SELECT u.what, u.name, u.used, u.used_name FROM cdp._uses() AS u
            UNION
            SELECT r.area, r.name, 'event', e FROM cdp._rules() AS r CROSS JOIN LATERAL unnest(cdp.rule_events(cdp._rule_read(r.rule))) AS e
        ), edge AS (
            SELECT 'uses' AS relation, u.what, u.name, u.used, u.used_name FROM uses AS u
            UNION ALL
            SELECT 'used by', u.used, u.used_name, u.what, u.name FROM uses AS u
        ), reach AS (
            SELECT k.relation, 0 AS distance, 'tag' AS what, tag_uses.name COLLATE "C" AS name FROM (VALUES ('uses'), ('used by')) AS k (relation)
            UNION
            SELECT r.relation, r.distance + 1, e.used, e.used_name
              FROM reach AS r JOIN edge AS e ON e.relation = r.relation AND e.what = r.what AND e.name = r.name
             WHERE r.distance < (SELECT count(DISTINCT (k.what, k.name)) FROM uses AS k)
        )
        SELECT r.relation, min(r.distance), r.what, r.name
          FROM reach AS r WHERE r.distance > 0 GROUP BY 1, 3, 4 ORDER BY 1 DESC, 2, 3, 4;
END $$;
COMMENT ON FUNCTION cdp.tag_uses(text) IS
    'what a tag is made of (tags, audiences and events that its rules name) and what is made of it, directly at distance 1 or by others in between; what queries read is not known';
