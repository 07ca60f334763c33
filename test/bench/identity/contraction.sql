-- Connected components in plain SQL, as fast as we could write it: hook every node to its smallest
-- neighbour, jump to the end of the chains, contract what hangs together to one node, and begin
-- again with the links that are left; three rounds or four do. The answer: nodes, and the sum of the
-- smallest nodes of their components.
CREATE FUNCTION bench_identity.contraction(edges regclass, OUT nodes bigint, OUT sum numeric) LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    EXECUTE format('CREATE TEMP TABLE cc_edge AS SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b FROM %s WHERE a <> b', edges);
    EXECUTE format('CREATE TEMP TABLE cc_label AS SELECT a AS node, a AS root FROM %1$s UNION SELECT b, b FROM %1$s', edges);
    LOOP
        ANALYZE cc_edge;
        EXIT WHEN NOT EXISTS (SELECT FROM cc_edge);
        -- An edge's a is smaller, so b alone learns of a smaller neighbour.
        CREATE TEMP TABLE cc_hook AS SELECT node, min(parent) AS parent
          FROM (SELECT b AS node, a AS parent FROM cc_edge UNION ALL SELECT a, a FROM cc_edge) AS s GROUP BY node;
        ANALYZE cc_hook;
        LOOP
            CREATE TEMP TABLE cc_next AS SELECT h.node, up.parent FROM cc_hook AS h JOIN cc_hook AS up ON up.node = h.parent;
            SELECT count(*) INTO changed FROM cc_hook AS h JOIN cc_next AS n USING (node) WHERE h.parent <> n.parent;
            DROP TABLE cc_hook;
            ALTER TABLE cc_next RENAME TO cc_hook;
            EXIT WHEN changed = 0;
        END LOOP;
        ANALYZE cc_hook;
        CREATE TEMP TABLE cc_next AS SELECT l.node, coalesce(h.parent, l.root) AS root FROM cc_label AS l LEFT JOIN cc_hook AS h ON h.node = l.root;
        DROP TABLE cc_label;
        ALTER TABLE cc_next RENAME TO cc_label;
        CREATE TEMP TABLE cc_next AS SELECT DISTINCT least(x.parent, y.parent) AS a, greatest(x.parent, y.parent) AS b
          FROM cc_edge AS e JOIN cc_hook AS x ON x.node = e.a JOIN cc_hook AS y ON y.node = e.b WHERE x.parent <> y.parent;
        DROP TABLE cc_edge, cc_hook;
        ALTER TABLE cc_next RENAME TO cc_edge;
    END LOOP;
    -- Roots are smallest nodes: a parent was never greater than its child.
    SELECT count(*), sum(root) INTO nodes, sum FROM cc_label;
    DROP TABLE cc_edge, cc_label;
END $$;
