--| ## Why is it so small?
CREATE FUNCTION cdp.audience_explain(expression text)
    RETURNS TABLE (depth int4, node text, text text, users int8, ms float8)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- What is still to be shown, the next one last.
    depths int4[];
    nodes text[];
    texts text[];
    left_over int4;
    part record;
    shown text[] := '{}';
    inner_name text;
    started timestamptz;
BEGIN
    PERFORM cdp._require_setup();
    IF expression IS NULL THEN
        RAISE EXCEPTION 'audience expression cannot be null' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    SELECT array_agg(t.depth ORDER BY t.n DESC), array_agg(t.node ORDER BY t.n DESC),
           array_agg(t.part ORDER BY t.n DESC), count(*)
      INTO depths, nodes, texts, left_over
      FROM cdp.rule_tree(cdp.audience_expression(expression)::cdp.rule) WITH ORDINALITY AS t (depth, node, part, n);
    WHILE left_over > 0 LOOP
        depth := depths[left_over];
        node := nodes[left_over];
        text := texts[left_over];
        left_over := left_over - 1;
        started := clock_timestamp();
        users := cdp.audience_count(audience_explain.text);
        ms := 1000 * extract(epoch FROM clock_timestamp() - started);
        RETURN NEXT;
        inner_name := (cdp.rule_audiences(audience_explain.text::cdp.rule))[1];
        IF node = 'audience' AND inner_name <> ALL (shown) THEN
            -- Made of itself it cannot be; used twice, it is shown once.
            shown := shown || inner_name;
            FOR part IN
                SELECT t.depth, t.node, t.part
                  FROM cdp.audience AS a
                 CROSS JOIN LATERAL cdp.rule_tree(a.definition::cdp.rule) WITH ORDINALITY AS t (depth, node, part, n)
                 WHERE a.name = inner_name AND a.kind = 'expression'
                 ORDER BY t.n DESC
            LOOP
                left_over := left_over + 1;
                depths[left_over] := depth + 1 + part.depth;
                nodes[left_over] := part.node;
                texts[left_over] := part.part;
            END LOOP;
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp.audience_explain(text) IS
    'an expression part by part: how many people each means by itself and how long that took; under an audience stands what it is defined by, counted now';
