--| ## Explaining
--| Every answer of the platform about who is who can be followed back to links, their sources and
--| their dates. A OneID that has been absorbed is followed to the person it is now.

CREATE FUNCTION cdp._graph_bridges(a int4[], b int4[], OUT link int4, OUT side_a int8, OUT side_b int8)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__graph_bridges' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION cdp._graph_bridges(int4[], int4[]) IS
    'internal: of the links a[i] - b[i] those without which their ends were apart, and how many nodes would be on either side';

CREATE FUNCTION cdp._graph_path(a int4[], b int4[], weight float8[], seen timestamptz[], start int4, goal int4,
    OUT link int4, OUT from_node int4, OUT to_node int4) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__graph_path' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 5;
COMMENT ON FUNCTION cdp._graph_path(int4[], int4[], float8[], timestamptz[], int4, int4) IS
    'internal: the shortest path over links a[i] - b[i] from start to goal; of several the one with the greatest weights, then with the earliest times';

CREATE FUNCTION cdp._identifier_id(type text, value text) RETURNS int4 LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found int4;
BEGIN
    PERFORM cdp._require_setup();
    SELECT i.id INTO found
      FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id)
     WHERE t.name = cdp._id_type_name(_identifier_id.type)
       AND i.value = cdp._id_value(_identifier_id.type, _identifier_id.value);
    IF found IS NULL THEN
        PERFORM cdp._id_type_id(type);
        RAISE EXCEPTION 'identifier "%" of type "%" does not exist', coalesce(cdp._id_value(type, value), 'NULL'), coalesce(type, 'NULL') USING
            ERRCODE = 'undefined_object';
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION cdp._identifier_id(text, text) IS 'internal: number of an identifier; an error when it was never seen';

CREATE FUNCTION cdp._person_now(one_id int4) RETURNS int4 LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    RETURN (WITH RECURSIVE walk AS (
                SELECT p.one_id, p.merged_into FROM cdp.person AS p WHERE p.one_id = _person_now.one_id
                UNION ALL
                SELECT p.one_id, p.merged_into FROM walk JOIN cdp.person AS p ON p.one_id = walk.merged_into)
            SELECT walk.one_id FROM walk WHERE walk.merged_into IS NULL);
END $$;
COMMENT ON FUNCTION cdp._person_now(int4) IS 'internal: who this person is now, after merges; NULL for a OneID that was never given out';

CREATE FUNCTION cdp._person_present(one_id int4) RETURNS int4 LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    present int4 := cdp._person_now(one_id);
    gone record;
BEGIN
    IF present IS NULL THEN
        RAISE EXCEPTION 'person % does not exist', coalesce(one_id::text, 'NULL') USING ERRCODE = 'undefined_object';
    ELSIF present <> one_id THEN
        RAISE EXCEPTION 'person % was absorbed by person %', one_id, present USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = format('They are one: say %s if you mean both.', present);
    END IF;
    SELECT e.run_id, e.at INTO gone FROM cdp.erase_log AS e WHERE e.one_id = present;
    IF FOUND THEN
        RAISE EXCEPTION 'person % has been erased', one_id USING
            ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('It was done by run %s at %s.', gone.run_id, gone.at);
    END IF;
    RETURN present;
END $$;
COMMENT ON FUNCTION cdp._person_present(int4) IS
    'internal: this person, not retired; an error for one that was never there, was absorbed, or was erased';

CREATE FUNCTION cdp._person_pairs(person int4)
    RETURNS TABLE (nth int8, a int4, b int4, sources text[], weight float8, first_seen timestamptz, last_seen timestamptz, n int8)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT row_number() OVER (ORDER BY l.a, l.b), l.a, l.b, array_agg(l.source ORDER BY l.source)::text[],
           max(l.weight), min(l.first_seen), max(l.last_seen), sum(l.n)::int8
      FROM cdp.identifier AS ia
      JOIN cdp.link AS l ON l.a = ia.id AND l.status = 'active'
      JOIN cdp.identifier AS ib ON ib.id = l.b AND ib.one_id = ia.one_id
     WHERE ia.one_id = person
     GROUP BY l.a, l.b ORDER BY l.a, l.b;
END $$;
COMMENT ON FUNCTION cdp._person_pairs(int4) IS
    'internal: the pairs of identifiers that hold a person together, numbered; evidence of several sources in one row';

CREATE FUNCTION cdp._person_bridges(person int4)
    RETURNS TABLE (a int4, b int4, side_a int8, side_b int8)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ends_a int4[];
    ends_b int4[];
BEGIN
    SELECT array_agg(p.a ORDER BY p.nth), array_agg(p.b ORDER BY p.nth) INTO ends_a, ends_b
      FROM cdp._person_pairs(person) AS p;
    RETURN QUERY
    SELECT ends_a[g.link], ends_b[g.link], g.side_a, g.side_b FROM cdp._graph_bridges(ends_a, ends_b) AS g;
END $$;
COMMENT ON FUNCTION cdp._person_bridges(int4) IS
    'internal: pairs without which a person would fall apart, with the identifiers on either side';

--| `id_explain` answers "why are these two one person?": one row per hop of the shortest path; of several
--| as short the one with the greatest weights, then with the oldest links. No rows: they are not one person.
CREATE FUNCTION cdp.id_explain(type_a text, value_a text, type_b text, value_b text)
    RETURNS TABLE (hop int8, from_type text, from_value text, to_type text, to_value text, sources text,
                   weight float8, first_seen timestamptz, last_seen timestamptz, n int8)
    LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    start int4 := cdp._identifier_id(type_a, value_a);
    goal int4 := cdp._identifier_id(type_b, value_b);
    person int4 := (SELECT i.one_id FROM cdp.identifier AS i JOIN cdp.identifier AS j USING (one_id)
                     WHERE i.id = start AND j.id = goal);
BEGIN
    RETURN QUERY
    WITH pair AS MATERIALIZED (
        SELECT * FROM cdp._person_pairs(person)
    ), whole AS (
        SELECT array_agg(p.a ORDER BY p.nth) AS a, array_agg(p.b ORDER BY p.nth) AS b,
               array_agg(p.weight ORDER BY p.nth) AS weight, array_agg(p.first_seen ORDER BY p.nth) AS first_seen
          FROM pair AS p
    )
    SELECT h.hop, tf.name, f.value, tt.name, t.value, array_to_string(p.sources, ', '),
           p.weight, p.first_seen, p.last_seen, p.n
      FROM whole AS w
     CROSS JOIN LATERAL cdp._graph_path(w.a, w.b, w.weight, w.first_seen, start, goal)
           WITH ORDINALITY AS h (link, from_node, to_node, hop)
      JOIN pair AS p ON p.nth = h.link
      JOIN cdp.identifier AS f ON f.id = h.from_node JOIN cdp.id_type AS tf ON tf.type_id = f.type_id
      JOIN cdp.identifier AS t ON t.id = h.to_node JOIN cdp.id_type AS tt ON tt.type_id = t.type_id
     ORDER BY h.hop;
END $$;
COMMENT ON FUNCTION cdp.id_explain(text, text, text, text) IS
    'why two identifiers are one person: the shortest path of links between them, hop by hop, with sources and dates; no rows when they are not';

CREATE FUNCTION cdp.id_person(one_id int4)
    RETURNS TABLE (type text, value text, since timestamptz, first_seen timestamptz, last_seen timestamptz,
                   neighbours int8, sources text, id int4)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    person int4 := cdp._person_now(one_id);
BEGIN
    RETURN QUERY
    WITH pair AS MATERIALIZED (
        SELECT * FROM cdp._person_pairs(person)
    )
    SELECT t.name, i.value, i.since, i.first_seen, i.last_seen, coalesce(k.neighbours, 0), coalesce(k.sources, ''), i.id
      FROM cdp.identifier AS i
      JOIN cdp.id_type AS t USING (type_id)
      LEFT JOIN (SELECT e.id, count(DISTINCT e.other) AS neighbours, string_agg(DISTINCT s.source, ', ' ORDER BY s.source) AS sources
                   FROM (SELECT p.a AS id, p.b AS other, p.sources FROM pair AS p
                         UNION ALL
                         SELECT p.b, p.a, p.sources FROM pair AS p) AS e
                  CROSS JOIN LATERAL unnest(e.sources) AS s (source)
                  GROUP BY e.id) AS k USING (id)
     WHERE i.one_id = person
     ORDER BY t.rank, t.name, i.first_seen, i.id;
END $$;
COMMENT ON FUNCTION cdp.id_person(int4) IS
    'the identifiers of a person, strongest type first: since when each belongs to it, and by how many others and which sources it is held';

CREATE FUNCTION cdp.id_person_links(one_id int4)
    RETURNS TABLE (type_a text, value_a text, type_b text, value_b text, source text, weight float8,
                   first_seen timestamptz, last_seen timestamptz, n int8, status text, reason text, a int4, b int4)
    LANGUAGE plpgsql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    person int4 := cdp._person_now(one_id);
BEGIN
    RETURN QUERY
    SELECT ta.name, ia.value, tb.name, ib.value, l.source, l.weight, l.first_seen, l.last_seen, l.n, l.status, l.reason, l.a, l.b
      FROM (SELECT l.* FROM cdp.identifier AS i JOIN cdp.link AS l ON l.a = i.id WHERE i.one_id = person
            UNION
            SELECT l.* FROM cdp.identifier AS i JOIN cdp.link AS l ON l.b = i.id WHERE i.one_id = person) AS l
      JOIN cdp.identifier AS ia ON ia.id = l.a JOIN cdp.id_type AS ta ON ta.type_id = ia.type_id
      JOIN cdp.identifier AS ib ON ib.id = l.b JOIN cdp.id_type AS tb ON tb.type_id = ib.type_id
     ORDER BY l.first_seen, l.a, l.b, l.source;
END $$;
COMMENT ON FUNCTION cdp.id_person_links(int4) IS
    'all links of the identifiers of a person, oldest first, refused and removed ones included';

--| A bridge is a link without which the person would fall into two: the list to review when somebody
--| looks too large. Those that hold the most on both sides come first.
CREATE FUNCTION cdp.id_bridges(one_id int4)
    RETURNS TABLE (type_a text, value_a text, type_b text, value_b text, side_a int8, side_b int8, sources text,
                   weight float8, first_seen timestamptz, last_seen timestamptz, n int8, a int4, b int4)
    LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    person int4 := cdp._person_now(one_id);
BEGIN
    RETURN QUERY
    SELECT ta.name, ia.value, tb.name, ib.value, g.side_a, g.side_b, array_to_string(p.sources, ', '),
           p.weight, p.first_seen, p.last_seen, p.n, p.a, p.b
      FROM cdp._person_bridges(person) AS g
      JOIN cdp._person_pairs(person) AS p USING (a, b)
      JOIN cdp.identifier AS ia ON ia.id = p.a JOIN cdp.id_type AS ta ON ta.type_id = ia.type_id
      JOIN cdp.identifier AS ib ON ib.id = p.b JOIN cdp.id_type AS tb ON tb.type_id = ib.type_id
     ORDER BY least(g.side_a, g.side_b) DESC, p.weight, p.n, p.last_seen DESC, p.a, p.b;
END $$;
COMMENT ON FUNCTION cdp.id_bridges(int4) IS
    'links without which a person would fall in two, with the identifiers on either side: those with the most on the smaller side first, then the weakest';

CREATE FUNCTION cdp.id_graph(one_id int4) RETURNS jsonb LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person int4 := cdp._person_now(one_id);
BEGIN
    RETURN jsonb_build_object('one_id', person,
        'nodes', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'type', t.name, 'value', i.value,
                                  'rank', t.rank, 'first_seen', i.first_seen, 'last_seen', i.last_seen)
                                  ORDER BY t.rank, i.id), '[]')
                    FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.one_id = person),
        'edges', (SELECT coalesce(jsonb_agg(jsonb_build_object('a', p.a, 'b', p.b, 'sources', p.sources,
                                  'weight', p.weight, 'first_seen', p.first_seen, 'last_seen', p.last_seen, 'n', p.n,
                                  'bridge', g.a IS NOT NULL) ORDER BY p.nth), '[]')
                    FROM cdp._person_pairs(person) AS p LEFT JOIN cdp._person_bridges(person) AS g USING (a, b)));
END $$;
COMMENT ON FUNCTION cdp.id_graph(int4) IS
    'a person as a graph to draw: {"one_id", "nodes": [identifiers], "edges": [linked pairs, bridges marked]}';

CREATE FUNCTION cdp._dot_quote(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '"' || replace(replace(value, E'\\', E'\\\\'), '"', E'\\"') || '"';
COMMENT ON FUNCTION cdp._dot_quote(text) IS 'internal: a text as a quoted string of Graphviz';

CREATE FUNCTION cdp.id_graph_dot(one_id int4) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person int4 := cdp._person_now(one_id);
    -- The stronger the type, the darker.
    shades text[] := '{"#1f5a96","#3f7fbf","#7fb0dd","#bcd7ef","#e8f1f9"}';
    nodes text;
    edges text;
BEGIN
    SELECT string_agg(format(E'  n%s [label=%s, fillcolor="%s", fontcolor="%s"];\n', i.id,
               replace(cdp._dot_quote(t.name || E'\n' || i.value), E'\n', E'\\n'), shades[s.place],
               CASE WHEN s.place <= 2 THEN 'white' ELSE 'black' END), '' ORDER BY t.rank, i.id)
      INTO nodes
      FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id)
     CROSS JOIN LATERAL (SELECT greatest(1, least(5, 1 + t.rank / 25)) AS place) AS s
     WHERE i.one_id = person;
    SELECT string_agg(format(E'  n%s -- n%s [label=%s, penwidth=%s%s];\n', p.a, p.b,
               replace(cdp._dot_quote(array_to_string(p.sources, ', ') || E'\n'
                   || to_char(p.first_seen, 'YYYY-MM-DD') || CASE WHEN p.n > 1 THEN ' x' || p.n ELSE '' END), E'\n', E'\\n'),
               round((0.5 + 2 * p.weight)::numeric, 1),
               CASE WHEN g.a IS NOT NULL THEN ', color="#c0392b"' ELSE '' END), '' ORDER BY p.nth)
      INTO edges
      FROM cdp._person_pairs(person) AS p LEFT JOIN cdp._person_bridges(person) AS g USING (a, b);
    RETURN format(E'graph "person %s" {\n  graph [overlap=false, splines=true];\n'
               || E'  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=10];\n'
               || E'  edge [fontname="Helvetica", fontsize=8, color="#888888"];\n%s%s}\n',
               coalesce(person::text, 'unknown'), nodes, edges);
END $$;
COMMENT ON FUNCTION cdp.id_graph_dot(int4) IS
    'a person as Graphviz text (neato -Tsvg): identifiers shaded by the strength of their type, links as wide as their weight, bridges red';
