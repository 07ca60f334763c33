--| ## Identifiers in rules
--| `id(phone) in ('13800000000')` keeps a number in a definition: of a hashed type its hash, and of somebody who is
--| erased nothing.

-- What somebody has written into a table keeps nobody from being erased and nothing else from being refreshed or dropped.
CREATE FUNCTION cdp._rule_read(rule text) RETURNS cdp.rule LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN rule::cdp.rule;
EXCEPTION WHEN syntax_error OR program_limit_exceeded THEN
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._rule_read(text) IS 'internal: the rule of a text; NULL for what is no rule, of which cdp.check() tells';

CREATE FUNCTION cdp._rule_ids(rule text) RETURNS TABLE (type text, value text) LANGUAGE plpgsql STABLE ROWS 10
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Most rules have none, and need not be taken apart to see that.
    IF strpos(rule, 'id(') > 0 THEN
        RETURN QUERY
            SELECT DISTINCT j.leaf ->> 'id_type', v.value
              FROM cdp.rule_tree(cdp._rule_read(rule)) AS t
             CROSS JOIN LATERAL (SELECT t.text::cdp.rule::jsonb AS leaf OFFSET 0) AS j
             CROSS JOIN LATERAL jsonb_array_elements_text(j.leaf -> 'values') AS v (value)
             WHERE t.node = 'ids';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._rule_ids(text) IS 'internal: the identifiers that a rule names, as they are written in it, each once';

CREATE FUNCTION cdp._rule_ids_replace(tree jsonb, types text[], vals text[], replacements text[]) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept jsonb;
BEGIN
    CASE tree ->> 'type'
    WHEN 'and', 'or' THEN
        RETURN jsonb_set(tree, '{rules}', (SELECT jsonb_agg(cdp._rule_ids_replace(r.rule, types, vals, replacements) ORDER BY r.n)
                                             FROM jsonb_array_elements(tree -> 'rules') WITH ORDINALITY AS r (rule, n)));
    WHEN 'not' THEN
        RETURN jsonb_set(tree, '{rule}', cdp._rule_ids_replace(tree -> 'rule', types, vals, replacements));
    WHEN 'ids' THEN
        kept := (SELECT jsonb_agg(CASE WHEN k.type IS NULL THEN v.value ELSE k.replacement END ORDER BY v.n)
                   FROM jsonb_array_elements_text(tree -> 'values') WITH ORDINALITY AS v (value, n)
                   LEFT JOIN unnest(types, vals, replacements) AS k (type, value, replacement) ON k.type = tree ->> 'id_type' AND k.value = v.value
                  WHERE k.type IS NULL OR k.replacement IS NOT NULL);
        RETURN CASE WHEN kept IS NULL THEN '{"type": "not", "rule": {"type": "everyone"}}' ELSE jsonb_set(tree, '{values}', kept) END;
    ELSE
        RETURN tree;
    END CASE;
END $$;
COMMENT ON FUNCTION cdp._rule_ids_replace(jsonb, text[], text[], text[]) IS
    'internal: the tree of a rule with other values of these identifiers, given as they are written in it; NULL: without, and where no other is left it means nobody';

CREATE FUNCTION cdp._rule_hashed(rule text) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    types text[];
    vals text[];
    hashes text[];
BEGIN
    SELECT array_agg(i.type), array_agg(i.value), array_agg(cdp._id_value(i.type, i.value)) INTO types, vals, hashes
      FROM cdp._rule_ids(rule) AS i JOIN cdp.id_type AS t ON t.name = cdp._id_type_name(i.type) WHERE t.is_hashed;
    RETURN CASE WHEN types IS NULL THEN rule ELSE cdp._rule_ids_replace(rule::cdp.rule::jsonb, types, vals, hashes)::cdp.rule::text END;
END $$;
COMMENT ON FUNCTION cdp._rule_hashed(text) IS 'internal: a rule as it is stored: of identifiers of hashed types with their hashes';

CREATE FUNCTION cdp._rule_forget(rule text, types text[], vals text[]) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone_types text[];
    gone_vals text[];
BEGIN
    SELECT array_agg(i.type), array_agg(i.value) INTO gone_types, gone_vals
      FROM cdp._rule_ids(rule) AS i
     WHERE (cdp._id_type_name(i.type), cdp._id_value(i.type, i.value)) IN (SELECT k.type, k.value FROM unnest(types, vals) AS k (type, value));
    RETURN CASE WHEN gone_types IS NULL THEN rule
                ELSE cdp._rule_ids_replace(rule::cdp.rule::jsonb, gone_types, gone_vals, array_fill(NULL::text, ARRAY[cardinality(gone_vals)]))::cdp.rule::text END;
END $$;
COMMENT ON FUNCTION cdp._rule_forget(text, text[], text[]) IS
    'internal: a rule without these identifiers, types and values in one spelling';
