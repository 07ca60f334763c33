--| ## Deciding by hand
--| Links and identifiers that are wrong are taken away, and the persons they held together split at
--| once. It is remembered: the next load does not bring them back. Each function returns one row per
--| person that was touched, with what came of it.

CREATE FUNCTION cdp._identity_outcome(persons int4[], run_id int8)
    RETURNS TABLE (person int4, size int8, outcome text) LANGUAGE plpgsql STABLE ROWS 2
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT o.one_id, (SELECT count(*) FROM cdp.identifier AS i WHERE i.one_id = o.one_id), o.outcome
      FROM (SELECT p.one_id, CASE WHEN p.ended_at IS NULL THEN 'kept' ELSE 'ended' END AS outcome
              FROM cdp.person AS p WHERE p.one_id = ANY (persons)
            UNION ALL
            SELECT s.part, CASE WHEN s.is_restored THEN 'restored' ELSE 'new' END
              FROM cdp.split_log AS s
             WHERE s.run_id = _identity_outcome.run_id AND s.part IS NOT NULL) AS o
     ORDER BY cdp._one_id_unsigned(o.one_id);
END $$;
COMMENT ON FUNCTION cdp._identity_outcome(int4[], int8) IS
    'internal: what a run has made of these persons: kept, ended, and the parts that were restored or new';

-- The end of every function here: persons are split where they have to be, and the run is noted.
CREATE FUNCTION cdp._identity_end(persons int4[], run_id int8, detail jsonb)
    RETURNS TABLE (person int4, size int8, outcome text) LANGUAGE plpgsql VOLATILE ROWS 2
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    splits int8 := cdp._identity_split(persons, run_id);
BEGIN
    PERFORM cdp._run_finish(run_id, detail || jsonb_build_object('by', session_user, 'splits', splits));
    RETURN QUERY SELECT * FROM cdp._identity_outcome(persons, run_id);
END $$;
COMMENT ON FUNCTION cdp._identity_end(int4[], int8, jsonb) IS
    'internal: splits persons whose links were taken away, notes the end of the run, and tells what came of it';

-- Pairs that nobody may link again; what waits to be resolved is judged by this too.
CREATE FUNCTION cdp._links_remove(ends_a int4[], ends_b int4[], run_id int8) RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    removed int8;
BEGIN
    UPDATE cdp.link AS l SET status = 'removed', reason = 'removed by hand'
      FROM unnest(ends_a, ends_b) AS p (a, b) WHERE l.a = p.a AND l.b = p.b AND l.status <> 'removed';
    GET DIAGNOSTICS removed = ROW_COUNT;
    INSERT INTO cdp.link_verdict AS v (a, b, verdict, run_id)
    SELECT p.a, p.b, 'apart', _links_remove.run_id FROM unnest(ends_a, ends_b) AS p (a, b)
    ON CONFLICT (a, b) DO UPDATE SET verdict = excluded.verdict, run_id = excluded.run_id;
    RETURN removed;
END $$;
COMMENT ON FUNCTION cdp._links_remove(int4[], int4[], int8) IS
    'internal: takes the links of these pairs away for good; returns how many there were';

CREATE FUNCTION cdp.id_unlink(a int4, b int4, source text DEFAULT NULL)
    RETURNS TABLE (person int4, size int8, outcome text) LANGUAGE plpgsql VOLATILE ROWS 2
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    low int4 := least(id_unlink.a, id_unlink.b);
    high int4 := greatest(id_unlink.a, id_unlink.b);
    run int8 := cdp._identity_begin('id_unlink');
BEGIN
    IF NOT EXISTS (SELECT FROM cdp.link AS l WHERE l.a = low AND l.b = high
                      AND (id_unlink.source IS NULL OR l.source = id_unlink.source)) THEN
        RAISE EXCEPTION 'link between identifiers % and % does not exist', coalesce(id_unlink.a::text, 'NULL'), coalesce(id_unlink.b::text, 'NULL') USING
            ERRCODE = 'undefined_object',
            HINT = 'cdp.id_person_links() and cdp.id_bridges() list links with the numbers of both ends.';
    END IF;
    IF id_unlink.source IS NULL THEN
        PERFORM cdp._links_remove(ARRAY[low], ARRAY[high], run);
    ELSE
        UPDATE cdp.link AS l SET status = 'removed', reason = 'removed by hand'
         WHERE l.a = low AND l.b = high AND l.source = id_unlink.source;
        DELETE FROM cdp.link_queue AS q
         WHERE q.a = low AND q.b = high
           AND NOT EXISTS (SELECT FROM cdp.link AS l WHERE l.a = low AND l.b = high AND l.status = 'active');
    END IF;
    RETURN QUERY SELECT * FROM cdp._identity_end(
        ARRAY(SELECT i.one_id FROM cdp.identifier AS i JOIN cdp.identifier AS k USING (one_id)
               WHERE i.id = low AND k.id = high),
        run, jsonb_build_object('a', low, 'b', high, 'source', id_unlink.source));
END $$;
COMMENT ON FUNCTION cdp.id_unlink(int4, int4, text) IS
    'takes the link between two identifiers (by number) away for good, of one source or of all that there are and will be, and splits the person it held together; one row per person touched';

CREATE FUNCTION cdp.id_unlink(type_a text, value_a text, type_b text, value_b text, source text DEFAULT NULL)
    RETURNS TABLE (person int4, size int8, outcome text) LANGUAGE sql VOLATILE ROWS 2
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM cdp.id_unlink(cdp._identifier_id(type_a, value_a), cdp._identifier_id(type_b, value_b), source)
$$;
COMMENT ON FUNCTION cdp.id_unlink(text, text, text, text, text) IS
    'takes the link between two identifiers away for good, of one source or of all that there are and will be, and splits the person it held together; one row per person touched';

-- The listed identifiers are one person by somebody's word: where their links do not say so, he is
-- noted as the source of one that does.
CREATE FUNCTION cdp._identifiers_hold(ids int4[], run_id int8) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    WITH graph AS MATERIALIZED (
        SELECT cdp.components_agg(e.a, e.b) AS graph
          FROM (SELECT m.id AS a, m.id AS b FROM unnest(ids) AS m (id)
                UNION ALL
                SELECT l.a, l.b FROM unnest(ids) AS m (id)
                  JOIN cdp.link AS l ON l.a = m.id AND l.status = 'active' AND l.b = ANY (ids)) AS e
    ), part AS (
        -- The strongest identifier of each part stands for it.
        SELECT DISTINCT ON (c.component) i.id, row_number() OVER (ORDER BY t.rank, i.first_seen, i.id) AS place
          FROM graph CROSS JOIN LATERAL cdp.components_of(graph.graph) AS c
          JOIN cdp.identifier AS i ON i.id = c.node JOIN cdp.id_type AS t USING (type_id)
         ORDER BY c.component, t.rank, i.first_seen, i.id
    ), pair AS (
        SELECT least(p.id, q.id) AS a, greatest(p.id, q.id) AS b
          FROM (SELECT p.id FROM part AS p ORDER BY p.place LIMIT 1) AS p JOIN part AS q ON q.id <> p.id
    ), held AS (
        INSERT INTO cdp.link_verdict AS v (a, b, verdict, run_id)
        SELECT p.a, p.b, 'together', _identifiers_hold.run_id FROM pair AS p
        ON CONFLICT (a, b) DO UPDATE SET verdict = excluded.verdict, run_id = excluded.run_id
    )
    INSERT INTO cdp.link AS l (a, b, source, first_seen, last_seen)
    SELECT p.a, p.b, 'id_split', now(), now() FROM pair AS p
    ON CONFLICT (a, b, source) DO UPDATE SET status = 'active', reason = NULL, last_seen = now(), n = l.n + 1;
END $$;
COMMENT ON FUNCTION cdp._identifiers_hold(int4[], int8) IS
    'internal: links identifiers to each other, by somebody''s word, as far as links do not yet make them one';

CREATE FUNCTION cdp.id_split(one_id int4, identifiers int4[])
    RETURNS TABLE (person int4, size int8, outcome text) LANGUAGE plpgsql VOLATILE ROWS 2
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    listed int4[] := ARRAY(SELECT DISTINCT u.id FROM unnest(id_split.identifiers) AS u (id) WHERE u.id IS NOT NULL);
    run int8 := cdp._identity_begin('id_split');
    owner int4 := cdp._person_now(id_split.one_id);
    stranger int4 := (SELECT u.id FROM unnest(listed) AS u (id)
                        LEFT JOIN cdp.identifier AS i ON i.id = u.id AND i.one_id = owner
                       WHERE i.id IS NULL ORDER BY u.id LIMIT 1);
BEGIN
    IF stranger IS NOT NULL THEN
        RAISE EXCEPTION 'identifier % does not belong to person %', stranger, coalesce(id_split.one_id::text, 'NULL') USING
            ERRCODE = 'invalid_parameter_value',
            HINT = 'cdp.id_person() lists the identifiers of a person with their numbers.';
    END IF;
    IF listed = '{}' THEN
        RAISE EXCEPTION 'no identifiers to split off' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM cdp._links_remove(array_agg(l.a), array_agg(l.b), run)
       FROM (SELECT DISTINCT l.a, l.b
               FROM (SELECT l.a, l.b, l.b AS other FROM unnest(listed) AS u (id) JOIN cdp.link AS l ON l.a = u.id AND l.status = 'active'
                     UNION ALL
                     SELECT l.a, l.b, l.a FROM unnest(listed) AS u (id) JOIN cdp.link AS l ON l.b = u.id AND l.status = 'active') AS l
              WHERE l.other <> ALL (listed)) AS l;
    PERFORM cdp._identifiers_hold(listed, run);
    RETURN QUERY SELECT * FROM cdp._identity_end(ARRAY[owner], run,
        jsonb_build_object('one_id', owner, 'identifiers', to_jsonb(listed)));
END $$;
COMMENT ON FUNCTION cdp.id_split(int4, int4[]) IS
    'makes the listed identifiers (by number) of a person another person: links across are taken away for good; one row per person touched';

CREATE FUNCTION cdp.id_remove(type text, value text)
    RETURNS TABLE (person int4, size int8, outcome text) LANGUAGE plpgsql VOLATILE ROWS 2
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    the_id int4 := cdp._identifier_id(type, value);
    owner int4 := (SELECT i.one_id FROM cdp.identifier AS i WHERE i.id = the_id);
BEGIN
    IF owner IS NULL THEN
        RAISE EXCEPTION 'identifier "%" of type "%" belongs to nobody', cdp._id_value(type, value), type USING
            ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN QUERY SELECT * FROM cdp.id_split(owner, ARRAY[the_id]);
END $$;
COMMENT ON FUNCTION cdp.id_remove(text, text) IS
    'takes an identifier out of its person for good; it is a person of its own then, and whoever it held together is split; one row per person touched';
