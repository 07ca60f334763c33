--| ## Rules that name somebody who was erased
--| When a person is erased its identifiers leave the rules, which mean whom they meant: nobody has these identifiers any
--| more. Texts that nobody but their author can change, as a query, are named in the proof instead.

CREATE FUNCTION cdp._tag_rules_forget(value_type text, definition text, types text[], vals text[]) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF value_type = 'boolean' THEN
        RETURN cdp._rule_forget(definition, types, vals);
    END IF;
    RETURN (SELECT CASE WHEN bool_and(f.rule = t.rule) THEN definition ELSE jsonb_agg(jsonb_build_array(t.value, f.rule) ORDER BY t.nth)::text END
              FROM cdp._tag_rules(value_type, definition) AS t CROSS JOIN LATERAL (SELECT cdp._rule_forget(t.rule, types, vals) AS rule OFFSET 0) AS f);
END $$;
COMMENT ON FUNCTION cdp._tag_rules_forget(text, text, text[], text[]) IS
    'internal: the rule or the list of values and rules that defines a tag, without these identifiers';

-- A refresh has the row of its definition first and then what keeps merges off, which one of several in a transaction
-- has when it wants the next row: whoever waits for either while he has the other may wait for ever.
CREATE FUNCTION cdp._rules_erase(ids int4[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    types text[];
    vals text[];
    r record;
    audiences int4[];
    versions int8;
    tags int4[];
    busy_tag int4;
    busy_audience int4;
    named text[];
BEGIN
    SELECT array_agg(t.name), array_agg(i.value) INTO types, vals
      FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.id = ANY (ids);
    LOOP
        BEGIN
            -- No refresh may write from what it has read before.
            PERFORM cdp._merge_lock(true);
            tags := '{}';
            audiences := '{}';
            FOR r IN SELECT g.tag_id, g.value_type, g.definition FROM cdp.tag AS g
                      WHERE g.kind = 'rule' AND cdp._tag_rules_forget(g.value_type, g.definition, types, vals) <> g.definition
                      ORDER BY g.tag_id FOR NO KEY UPDATE SKIP LOCKED LOOP
                UPDATE cdp.tag AS g SET definition = cdp._tag_rules_forget(r.value_type, r.definition, types, vals) WHERE g.tag_id = r.tag_id;
                tags := tags || r.tag_id;
            END LOOP;
            FOR r IN SELECT a.audience_id, a.definition FROM cdp.audience AS a
                      WHERE a.kind = 'expression' AND cdp._rule_forget(a.definition, types, vals) <> a.definition
                      ORDER BY a.audience_id FOR NO KEY UPDATE SKIP LOCKED LOOP
                UPDATE cdp.audience AS a SET definition = cdp._rule_forget(r.definition, types, vals) WHERE a.audience_id = r.audience_id;
                audiences := audiences || r.audience_id;
            END LOOP;
            -- What is left somebody else has.
            busy_tag := (SELECT min(g.tag_id) FROM cdp.tag AS g
                          WHERE g.kind = 'rule' AND g.tag_id <> ALL (tags)
                            AND cdp._tag_rules_forget(g.value_type, g.definition, types, vals) <> g.definition);
            busy_audience := (SELECT min(a.audience_id) FROM cdp.audience AS a
                               WHERE a.kind = 'expression' AND a.audience_id <> ALL (audiences)
                                 AND cdp._rule_forget(a.definition, types, vals) <> a.definition);
            EXIT WHEN busy_tag IS NULL AND busy_audience IS NULL;
            RAISE EXCEPTION USING ERRCODE = 'CDP01', MESSAGE = 'rows of definitions are in use';
        EXCEPTION WHEN SQLSTATE 'CDP01' THEN
            -- What keeps merges off is given back, and so is the row that is waited for here: one at a time.
            NULL;
        END;
        BEGIN
            IF busy_tag IS NOT NULL THEN
                PERFORM FROM cdp.tag AS g WHERE g.tag_id = busy_tag FOR NO KEY UPDATE;
            ELSE
                PERFORM FROM cdp.audience AS a WHERE a.audience_id = busy_audience FOR NO KEY UPDATE;
            END IF;
            RAISE EXCEPTION USING ERRCODE = 'CDP01', MESSAGE = 'the row was waited for';
        EXCEPTION WHEN SQLSTATE 'CDP01' THEN
            NULL;
        END;
    END LOOP;
    UPDATE cdp.audience_version AS v SET definition = cdp._rule_forget(v.definition, types, vals)
     WHERE v.kind = 'expression' AND cdp._rule_forget(v.definition, types, vals) <> v.definition;
    GET DIAGNOSTICS versions = ROW_COUNT;
    -- A short value is part of much that does not mean it.
    SELECT array_agg(d.what ORDER BY d.what COLLATE "C") INTO named
      FROM (SELECT format('tag %s', g.tag_id) AS what, concat_ws(' ', g.name, g.folder, g.description, g.definition) AS words FROM cdp.tag AS g
            UNION ALL
            SELECT format('audience %s', a.audience_id), concat_ws(' ', a.name, a.folder, a.description, a.definition) FROM cdp.audience AS a
            UNION ALL
            SELECT format('audience %s version %s', v.audience_id, v.version), concat_ws(' ', v.name, v.definition) FROM cdp.audience_version AS v
            UNION ALL
            -- its rule goes on without
            SELECT format('publication %s', p.publication_id),
                   concat_ws(' ', p.campaign, CASE WHEN p.audience_id IS NULL THEN cdp._rule_forget(p.audience, types, vals) ELSE p.audience END, p.payload)
              FROM cdp.publication AS p) AS d
     WHERE EXISTS (SELECT FROM unnest(vals) AS k (value)
                    WHERE strpos(lower(d.words), lower(k.value)) > 0
                      AND (length(k.value) > 3 OR strpos(lower(d.words), quote_literal(lower(k.value))) > 0));
    RETURN jsonb_build_object('tag', cardinality(tags), 'audience', cardinality(audiences), 'audience_version', versions)
        || CASE WHEN named IS NULL THEN '{}' ELSE jsonb_build_object('still_named_by', named) END;
END $$;
COMMENT ON FUNCTION cdp._rules_erase(int4[]) IS
    'internal: takes these identifiers, which must still have their values, out of all rules and keeps merges and refreshes off until the transaction ends; returns how many had one, by table, and which other definitions, descriptions and publications still have such a value in their text';

CREATE FUNCTION cdp._rule_unerased(rule text) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    types text[];
    vals text[];
BEGIN
    SELECT array_agg(k.type), array_agg(k.value) INTO types, vals
      FROM cdp._rule_ids(rule) AS i
     CROSS JOIN LATERAL (SELECT cdp._id_type_name(i.type) AS type, cdp._id_value(i.type, i.value) AS value OFFSET 0) AS k
     WHERE cdp._is_erased(k.type, k.value);
    RETURN CASE WHEN types IS NULL THEN rule ELSE cdp._rule_forget(rule, types, vals) END;
END $$;
COMMENT ON FUNCTION cdp._rule_unerased(text) IS 'internal: a rule without identifiers of which there is a tombstone';

CREATE FUNCTION cdp._check_erased_rules() RETURNS TABLE (area text, severity text, what text, detail text, hint text)
    LANGUAGE plpgsql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM cdp.erased) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT r.area, 'warning', format('rule of %s "%s"', r.area, r.name), format('names %s identifiers of erased people', count(*)),
               'Define it without them.'
          FROM cdp._rules() AS r CROSS JOIN LATERAL cdp._rule_ids(r.rule) AS i
         WHERE cdp._is_erased(cdp._id_type_name(i.type), cdp._id_value(i.type, i.value))
         GROUP BY r.area, r.name ORDER BY r.area, r.name;
END $$;
COMMENT ON FUNCTION cdp._check_erased_rules() IS
    'internal: the rows of cdp.check() about rules that name somebody of whom there is a tombstone';
