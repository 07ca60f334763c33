--| ## Why is it so small?
CREATE FUNCTION cdp.audience_explain(expression text)
    RETURNS TABLE (depth int4, node text, text text, users int8, ms float8)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked cdp.rule;
    chunks int4[];
    tops cdp.roaringbitmap[];
    -- What is still to be shown, the next one last.
    depths int4[] := '{}';
    nodes text[] := '{}';
    texts text[] := '{}';
    counts int8[] := '{}';
    times float8[] := '{}';
    below int4 := 0;
    left_over int4;
    shown text[] := '{}';
    inner_name text;
BEGIN
    PERFORM cdp._require_setup();
    asked := cdp._rule_check(expression);
    chunks := cdp._person_chunks();
    LOOP
        IF asked IS NOT NULL THEN
            tops := cdp._rule_tops(asked);
            SELECT depths || array_agg(below + t.depth ORDER BY t.n DESC), nodes || array_agg(t.node ORDER BY t.n DESC),
                   texts || array_agg(t.part ORDER BY t.n DESC), counts || array_agg(coalesce(f.users, 0) ORDER BY t.n DESC),
                   times || array_agg(coalesce(f.ms, 0) ORDER BY t.n DESC)
              INTO depths, nodes, texts, counts, times
              FROM cdp.rule_tree(asked) WITH ORDINALITY AS t (depth, node, part, n)
              LEFT JOIN (SELECT f.node, sum(f.users)::int8 AS users, sum(f.ms) AS ms
                           FROM unnest(chunks) AS c (chunk)
                          CROSS JOIN LATERAL cdp._rule_figures(asked, c.chunk, now(), tops) AS f
                          GROUP BY f.node) AS f ON f.node = t.n;
        END IF;
        left_over := cardinality(depths);
        EXIT WHEN left_over = 0;
        depth := depths[left_over];
        node := nodes[left_over];
        text := texts[left_over];
        users := counts[left_over];
        ms := times[left_over];
        depths := depths[:left_over - 1];
        nodes := nodes[:left_over - 1];
        texts := texts[:left_over - 1];
        counts := counts[:left_over - 1];
        times := times[:left_over - 1];
        RETURN NEXT;
        asked := NULL;
        inner_name := (cdp.rule_audiences(audience_explain.text::cdp.rule))[1];
        IF node = 'audience' AND inner_name <> ALL (shown) THEN
            -- Made of itself it cannot be; used twice, it is shown once.
            shown := shown || inner_name;
            below := depth + 1;
            SELECT a.definition INTO asked FROM cdp.audience AS a WHERE a.name = inner_name AND a.kind = 'expression';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp.audience_explain(text) IS
    'a rule part by part: how many people each means by itself and how long that took with what is in it; what stands there twice is worked out once; under an audience stands what it is defined by, counted now';
