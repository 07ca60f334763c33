--| ## The whole graph in memory
-- What guards make of all identifiers and links at once, as from nothing: for the rebuild, and to ask what
-- other rules would come to. Nothing is written here.

CREATE FUNCTION cdp._id_graph(type_ids int4[], ranks int4[], fanout_limits int4[], neighbour_limits int4[],
    person_limits int4[], ttls int8[], min_weight float8, size_cap int8, now timestamptz, nodes_query text, links_query text,
    OUT what text, OUT a int4, OUT b int4, OUT one_id int4, OUT part int4, OUT status text, OUT reason text, OUT most int4,
    OUT type_id int4, OUT weight float8, OUT first_seen timestamptz, OUT last_seen timestamptz, OUT before int8, OUT after int8)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__id_graph' LANGUAGE C STABLE STRICT COST 1000000 ROWS 10000;
COMMENT ON FUNCTION cdp._id_graph(int4[], int4[], int4[], int4[], int4[], int8[], float8, int8, timestamptz, text, text) IS
    'internal: guards all links in memory; rows: total (before, after), links (by status and reason), identifier and link (those that come out another than they are stored)';

CREATE FUNCTION cdp._id_rules_check(rules jsonb) RETURNS void LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known text[] := '{fanout_limit,id_size_cap,id_min_weight,types,block,unblock}';
    of_type text[] := '{rank,fanout_limit,neighbour_limit,max_per_person,is_unique,ttl}';
    fault record;
BEGIN
    IF jsonb_typeof(rules) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'rules must be a JSON object' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT k.key INTO fault FROM jsonb_object_keys(rules) AS k (key) WHERE k.key <> ALL (known) ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rule "%" does not exist', fault.key USING
            ERRCODE = 'invalid_parameter_value',
            HINT = format('The rules are %s.', array_to_string(known, ', '));
    END IF;
    SELECT w.key, w.wanted INTO fault
      FROM (VALUES ('fanout_limit', 'number'), ('id_size_cap', 'number'), ('id_min_weight', 'number'), ('types', 'object'),
                   ('block', 'array'), ('unblock', 'array')) AS w (key, wanted)
     WHERE rules ? w.key AND jsonb_typeof(rules -> w.key) <> w.wanted LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rule "%" must be a JSON %', fault.key, fault.wanted USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT t.key INTO fault FROM jsonb_each(rules -> 'types') AS t
      LEFT JOIN cdp.id_type AS k ON k.name = t.key COLLATE "C" WHERE k.name IS NULL AND t.key <> '*' ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'type of identifiers "%" does not exist', fault.key USING
            ERRCODE = 'undefined_object',
            HINT = 'cdp.id_type lists them; "*" means all of them.';
    END IF;
    SELECT t.key INTO fault FROM jsonb_each(rules -> 'types') AS t WHERE jsonb_typeof(t.value) <> 'object' ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rules of type "%" must be a JSON object', fault.key USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT t.key AS type, r.key INTO fault
      FROM jsonb_each(rules -> 'types') AS t CROSS JOIN LATERAL jsonb_object_keys(t.value) AS r (key)
     WHERE r.key <> ALL (of_type) ORDER BY 1, 2 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rule "%" of type "%" does not exist', fault.key, fault.type USING
            ERRCODE = 'invalid_parameter_value',
            HINT = format('The rules of a type are %s.', array_to_string(of_type, ', '));
    END IF;
    SELECT v.key INTO fault
      FROM (SELECT r.key, r.value FROM jsonb_each(rules) AS r WHERE r.key IN ('fanout_limit', 'id_size_cap')
            UNION ALL
            SELECT r.key, r.value FROM jsonb_each(rules -> 'types') AS t CROSS JOIN LATERAL jsonb_each(t.value) AS r
             WHERE r.key = 'rank' OR r.key IN ('fanout_limit', 'neighbour_limit', 'max_per_person') AND r.value <> 'null') AS v
     WHERE CASE jsonb_typeof(v.value) WHEN 'number' THEN v.value::numeric NOT BETWEEN 1 AND 2147483647
                                                      OR v.value::numeric % 1 <> 0 ELSE true END LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rule "%" must be a whole number from 1', fault.key USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM cdp._span_check('rule "ttl"', (t.value ->> 'ttl')::interval) FROM jsonb_each(rules -> 'types') AS t;
    IF (rules ->> 'id_min_weight')::float8 NOT BETWEEN 0 AND 1 THEN
        RAISE EXCEPTION 'rule "id_min_weight" must be a number from 0 to 1' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(coalesce(rules -> 'block', '[]') || coalesce(rules -> 'unblock', '[]')) AS e (entry)
                WHERE jsonb_typeof(e.entry) <> 'object' OR e.entry ->> 'value' IS NULL
                   OR coalesce(e.entry ->> 'kind', 'exact') NOT IN ('exact', 'pattern')
                   OR e.entry - '{id_type,kind,value,reason}'::text[] <> '{}') THEN
        RAISE EXCEPTION 'entries of "block" and "unblock" must be objects with value, id_type and kind' USING
            ERRCODE = 'invalid_parameter_value',
            HINT = 'As rows of cdp.id_blocklist: {"value": "0000", "id_type": "phone", "kind": "exact"}; without id_type for every type.';
    END IF;
    PERFORM cdp._id_type_id(e.entry ->> 'id_type')
       FROM jsonb_array_elements(coalesce(rules -> 'block', '[]') || coalesce(rules -> 'unblock', '[]')) AS e (entry)
      WHERE e.entry ->> 'id_type' IS NOT NULL;
END $$;
COMMENT ON FUNCTION cdp._id_rules_check(jsonb) IS 'internal: an error unless cdp.id_simulate() knows these rules';

CREATE FUNCTION cdp._id_types_under(rules jsonb) RETURNS TABLE (type_id int4, name text, rank int4, fanout_limit int4,
    neighbour_limit int4, person_limit int4, ttl int8) LANGUAGE plpgsql STABLE ROWS 20
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    usual_limit int4 := coalesce(rules ->> 'fanout_limit', cdp.setting('fanout_limit'))::int4;
BEGIN
    RETURN QUERY
    SELECT o.type_id, o.name, o.rank, coalesce(o.fanout_limit, usual_limit), coalesce(o.neighbour_limit, 0),
           CASE WHEN o.is_unique THEN 1 ELSE coalesce(o.max_per_person, 0) END,
           coalesce(1000000 * extract(epoch FROM o.ttl), 0)::int8
      FROM cdp.id_type AS t
     CROSS JOIN LATERAL jsonb_populate_record(t.*, coalesce(rules #> '{types,*}', '{}')
                                                  || coalesce(rules -> 'types' -> t.name, '{}')) AS o;
END $$;
COMMENT ON FUNCTION cdp._id_types_under(jsonb) IS
    'internal: the rules of every type, as they are but for those given; limits of 0 are none, times to live are microseconds, 0 for ever';

-- One expression over cdp.identifier AS i, so that the server may ask it in parallel.
CREATE FUNCTION cdp._id_blocked_sql(rules jsonb) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        WITH entry AS (
            SELECT b.id_type, b.kind, b.value FROM cdp.id_blocklist AS b
            EXCEPT
            SELECT e.id_type, coalesce(e.kind, 'exact'), lower(e.value)
              FROM jsonb_to_recordset(rules -> 'unblock') AS e (id_type text, kind text, value text)
            UNION
            SELECT e.id_type, coalesce(e.kind, 'exact'), CASE e.kind WHEN 'pattern' THEN e.value ELSE lower(e.value) END
              FROM jsonb_to_recordset(rules -> 'block') AS e (id_type text, kind text, value text)
        ), condition AS (
            SELECT t.type_id, format('lower(i.value) = ANY (%L::text[])', array_agg(lower(e.value))) AS condition
              FROM entry AS e JOIN cdp.id_type AS t ON e.id_type IS NULL OR e.id_type = t.name
             WHERE e.kind = 'exact' AND NOT t.is_hashed GROUP BY t.type_id
            UNION ALL
            SELECT t.type_id, format('lower(i.value) ~ %L', p.pattern)
              FROM cdp.id_type AS t
             CROSS JOIN LATERAL cdp._id_patterns_joined(ARRAY(SELECT e.value FROM entry AS e
                 WHERE e.kind = 'pattern' AND (e.id_type IS NULL OR e.id_type = t.name))) AS p (pattern)
             WHERE NOT t.is_hashed
        )
        -- No type has the number 0: a CASE needs a branch, also where every type is hashed.
        SELECT 'CASE i.type_id WHEN 0 THEN false' || coalesce(string_agg(format(' WHEN %s THEN %s', c.type_id, c.condition), '' ORDER BY c.type_id), '')
               -- Of a hash nobody can tell what it was.
               || ' ELSE i.status = ''blocked'' END'
          FROM (SELECT c.type_id, string_agg(c.condition, ' OR ' ORDER BY c.condition COLLATE "C") AS condition
                  FROM condition AS c GROUP BY c.type_id
                UNION ALL
                SELECT t.type_id, 'false' FROM cdp.id_type AS t
                 WHERE NOT t.is_hashed AND t.type_id NOT IN (SELECT c.type_id FROM condition AS c)) AS c);
END $$;
COMMENT ON FUNCTION cdp._id_blocked_sql(jsonb) IS
    'internal: a condition on cdp.identifier AS i: is it a placeholder by the blocklist, as it is but for the entries given?';

CREATE FUNCTION cdp._id_graph_under(rules jsonb)
    RETURNS TABLE (what text, a int4, b int4, one_id int4, part int4, status text, reason text, most int4, type_id int4,
                   weight float8, first_seen timestamptz, last_seen timestamptz, before int8, after int8)
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT g.*
      FROM (SELECT array_agg(t.type_id ORDER BY t.rank, t.name) AS ids, array_agg(t.rank ORDER BY t.rank, t.name) AS ranks,
                   array_agg(t.fanout_limit ORDER BY t.rank, t.name) AS fanouts,
                   array_agg(t.neighbour_limit ORDER BY t.rank, t.name) AS neighbours,
                   array_agg(t.person_limit ORDER BY t.rank, t.name) AS persons, array_agg(t.ttl ORDER BY t.rank, t.name) AS ttls
              FROM cdp._id_types_under(rules) AS t) AS t
     CROSS JOIN LATERAL cdp._id_graph(t.ids, t.ranks, t.fanouts, t.neighbours, t.persons, t.ttls,
        coalesce(rules ->> 'id_min_weight', cdp.setting('id_min_weight'))::float8,
        coalesce(rules ->> 'id_size_cap', cdp.setting('id_size_cap'))::int8, now(),
        'SELECT i.id, i.type_id, i.one_id, i.status, i.verdict, ' || cdp._id_blocked_sql(rules)
        || ' FROM cdp.identifier AS i WHERE i.status IN (''active'', ''blocked'', ''shared'')',
        $links$SELECT l.a, l.b, l.weight, l.first_seen, l.last_seen, l.status, v.a IS NOT NULL
                 FROM cdp.link AS l
                 LEFT JOIN cdp.link_verdict AS v ON v.a = l.a AND v.b = l.b AND v.verdict = 'together'
                WHERE l.status <> 'removed'$links$) AS g;
END $$;
COMMENT ON FUNCTION cdp._id_graph_under(jsonb) IS
    'internal: cdp._id_graph() of what is stored, by the rules as they are but for those given';

CREATE FUNCTION cdp._id_graph_reason(status text, reason text, most int4, type text) RETURNS text LANGUAGE sql IMMUTABLE
    PARALLEL SAFE RETURN CASE
        WHEN status = 'active' THEN NULL
        WHEN status = 'expired' THEN 'not seen for too long'
        WHEN status = 'weak' THEN 'weight below id_min_weight'
        WHEN reason = 'blocked' THEN 'one end is blocked'
        WHEN reason = 'shared' THEN CASE WHEN type IS NULL THEN 'one end is shared: marked by hand'
                                         ELSE format('one end is shared: linked with more than %s of type "%s"', most, type) END
        WHEN reason IN ('too many', 'too large') THEN cdp._limit_reason(most, type) END;
COMMENT ON FUNCTION cdp._id_graph_reason(text, text, int4, text) IS
    'internal: why a link merges nobody, in words, by what cdp._id_graph() says of it';
