--| ## Do they collide?
CREATE FUNCTION cdp._audience_sets(names text[]) RETURNS TABLE (place int8, name text, members cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._audience_id(n.name), cdp._audience_ready(n.name) FROM unnest(names) AS n (name);
    RETURN QUERY
        SELECT row_number() OVER (ORDER BY n.place), n.name, cdp._audience_current(cdp._audience_id(n.name))
          FROM (SELECT u.name, min(u.place) AS place
                  FROM unnest(names) WITH ORDINALITY AS u (name, place) GROUP BY u.name) AS n;
END $$;
COMMENT ON FUNCTION cdp._audience_sets(text[]) IS
    'internal: members of audiences, each once, in the order of their names in the list; all must have been refreshed';

CREATE FUNCTION cdp.audience_overlap(names text[])
    RETURNS TABLE (a text, b text, users_a int8, users_b int8, users_both int8, jaccard float8)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        WITH part AS MATERIALIZED (
            SELECT s.place, s.name, s.members, cdp.rb_cardinality(s.members) AS users
              FROM cdp._audience_sets(names) AS s
        ), pair AS MATERIALIZED (
            SELECT x.place, y.place AS other, x.name, y.name AS other_name, x.users, y.users AS other_users,
                   cdp.rb_and_cardinality(x.members, y.members) AS shared
              FROM part AS x JOIN part AS y ON x.place < y.place
        )
        SELECT p.name, p.other_name, p.users, p.other_users, p.shared,
               p.shared::float8 / nullif(p.users + p.other_users - p.shared, 0)
          FROM pair AS p
         ORDER BY p.place, p.other;
END $$;
COMMENT ON FUNCTION cdp.audience_overlap(text[]) IS
    'for each pair of audiences how many people are in both, and which share that is of those in either (jaccard), as of their last refreshes';

CREATE FUNCTION cdp.audience_venn(names text[]) RETURNS TABLE (audiences text[], users int8)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    the_names text[];
    members cdp.roaringbitmap[];
    -- Cells so far: the audiences they are in, as bits, and who is in exactly these.
    masks int8[] := '{0}';
    cells cdp.roaringbitmap[];
BEGIN
    IF (SELECT count(DISTINCT n) FROM unnest(names) AS n) > 16 THEN
        RAISE EXCEPTION 'too many audiences for their cells' USING
            ERRCODE = 'program_limit_exceeded', DETAIL = 'There may be at most 16.';
    END IF;
    SELECT array_agg(s.name ORDER BY s.place), array_agg(s.members ORDER BY s.place),
           ARRAY[coalesce(cdp.rb_or_agg(s.members), '{}')]
      INTO the_names, members, cells FROM cdp._audience_sets(names) AS s;
    FOR i IN 1 .. coalesce(cardinality(members), 0) LOOP
        SELECT array_agg(c.mask), array_agg(c.cell) INTO masks, cells
          FROM unnest(masks, cells) AS old (mask, cell)
         CROSS JOIN LATERAL (VALUES
               (old.mask, cdp.rb_andnot(old.cell, members[i])),
               (old.mask | (1::int8 << (i - 1)), cdp.rb_and(old.cell, members[i]))) AS c (mask, cell)
         WHERE NOT cdp.rb_is_empty(c.cell);
    END LOOP;
    RETURN QUERY
        SELECT ARRAY(SELECT n.name FROM unnest(the_names) WITH ORDINALITY AS n (name, place)
                      WHERE (c.mask >> (n.place - 1)::int4) & 1 = 1 ORDER BY n.place),
               cdp.rb_cardinality(c.cell)
          FROM unnest(masks, cells) AS c (mask, cell)
         WHERE c.mask <> 0
         ORDER BY 2 DESC, c.mask;
END $$;
COMMENT ON FUNCTION cdp.audience_venn(text[]) IS
    'how many people are in exactly these audiences and in none of the others of the list: the cells of their Venn diagram that are not empty';
