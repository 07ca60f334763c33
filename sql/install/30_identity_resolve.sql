--| ## Resolving
-- id_resolve() works in steps over temporary tables: _cdp_pair (links that waited), _cdp_fresh
-- (identifiers without a person), _cdp_shared and _cdp_refused (what the guards found), _cdp_edge and
-- _cdp_member (the graph of the batch, and who ends where). The whole batch is judged before anybody
-- is merged, so the order of its rows does not matter.

CREATE FUNCTION cdp._resolve_take() RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken int8;
BEGIN
    CREATE TEMP TABLE _cdp_pair (a int4, b int4) ON COMMIT DROP;
    CREATE TEMP TABLE _cdp_fresh (id int4, type_id int4, value text COLLATE "C", first_seen timestamptz,
                                  is_blocked boolean DEFAULT false) ON COMMIT DROP;
    -- One statement, one snapshot: an identifier never comes without its links.
    WITH gone AS (DELETE FROM cdp.link_queue AS q RETURNING q.a, q.b),
    pairs AS (INSERT INTO pg_temp._cdp_pair SELECT DISTINCT g.a, g.b FROM gone AS g)
    INSERT INTO pg_temp._cdp_fresh (id, type_id, value, first_seen)
    SELECT i.id, i.type_id, i.value, i.first_seen
      FROM cdp.identifier AS i WHERE i.one_id IS NULL AND i.status = 'active';
    ANALYZE pg_temp._cdp_pair, pg_temp._cdp_fresh;
    SELECT count(*) INTO taken FROM pg_temp._cdp_pair AS p;
    RETURN taken;
END $$;
COMMENT ON FUNCTION cdp._resolve_take() IS
    'internal: takes the queued links into _cdp_pair and the identifiers without a person into _cdp_fresh; returns the links';

-- All patterns of a type as one, but those that count their brackets or begin with options: each apart
-- would cost as much for every value, and many push each other out of the server's cache of compiled ones.
CREATE FUNCTION cdp._id_blocklist_patterns() RETURNS TABLE (type_id int4, pattern text)
    LANGUAGE plpgsql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT t.type_id, string_agg(CASE WHEN b.is_plain THEN '(?:' || b.value || ')' ELSE b.value END, '|' ORDER BY b.block_id)
      FROM (SELECT b.*, strpos(b.value, chr(92)) = 0 AND b.value !~ '^([(][?]|[*]{3})' AS is_plain
              FROM cdp.id_blocklist AS b WHERE b.kind = 'pattern') AS b
      JOIN cdp.id_type AS t ON b.id_type IS NULL OR b.id_type = t.name
     GROUP BY t.type_id, CASE WHEN b.is_plain THEN 0 ELSE b.block_id END;
END $$;
COMMENT ON FUNCTION cdp._id_blocklist_patterns() IS
    'internal: regular expressions of cdp.id_blocklist for every type, as few as possible; compared with values in lower case';

CREATE FUNCTION cdp._resolve_block() RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    blocked int8;
BEGIN
    UPDATE pg_temp._cdp_fresh AS f SET is_blocked = true
      FROM cdp.id_blocklist AS b
     WHERE b.kind = 'exact' AND lower(b.value) = lower(f.value)
       AND (b.id_type IS NULL
            OR b.id_type = (SELECT t.name FROM cdp.id_type AS t WHERE t.type_id = f.type_id));
    UPDATE pg_temp._cdp_fresh AS f SET is_blocked = true
      FROM cdp._id_blocklist_patterns() AS p
     WHERE p.type_id = f.type_id AND NOT f.is_blocked AND lower(f.value) ~ p.pattern;
    UPDATE pg_temp._cdp_fresh AS f SET is_blocked = false
      FROM cdp.identifier AS i
     WHERE f.is_blocked AND i.id = f.id
       AND (i.verdict = 'approved'
            OR EXISTS (SELECT FROM cdp.link_verdict AS v WHERE v.a = i.id AND v.verdict = 'together')
            OR EXISTS (SELECT FROM cdp.link_verdict AS v WHERE v.b = i.id AND v.verdict = 'together'));
    UPDATE cdp.identifier AS i SET status = 'blocked'
      FROM pg_temp._cdp_fresh AS f WHERE f.is_blocked AND i.id = f.id;
    GET DIAGNOSTICS blocked = ROW_COUNT;
    DELETE FROM pg_temp._cdp_fresh AS f WHERE f.is_blocked;
    RETURN blocked;
END $$;
COMMENT ON FUNCTION cdp._resolve_block() IS
    'internal: gives placeholder values among the new identifiers the status "blocked"; returns how many';

-- Counts over all stored links of whoever gets a link from the batch to a type of which there may not be
-- any number: the fourth person of a device is noticed whenever the other three came.
CREATE FUNCTION cdp._resolve_find_shared() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    usual_limit int4 := cdp.setting('fanout_limit')::int4;
    least_limit int4 := (SELECT least(usual_limit, min(t.fanout_limit), min(t.neighbour_limit)) FROM cdp.id_type AS t);
BEGIN
    CREATE TEMP TABLE _cdp_touched ON COMMIT DROP AS
        SELECT DISTINCT k.id
          FROM pg_temp._cdp_pair AS p
          JOIN cdp.identifier AS ia ON ia.id = p.a JOIN cdp.id_type AS ta ON ta.type_id = ia.type_id
          JOIN cdp.identifier AS ib ON ib.id = p.b JOIN cdp.id_type AS tb ON tb.type_id = ib.type_id
         CROSS JOIN LATERAL (
            VALUES (p.a, ia.status, ta.rank > tb.rank OR (ta.type_id <> tb.type_id AND tb.neighbour_limit IS NOT NULL)),
                   (p.b, ib.status, tb.rank > ta.rank OR (ta.type_id <> tb.type_id AND ta.neighbour_limit IS NOT NULL)))
            AS k (id, status, has_limit)
         -- Blocked and shared ones have the most links, and nothing more to find out.
         WHERE k.has_limit AND k.status = 'active';
    ANALYZE pg_temp._cdp_touched;
    -- Few have so many links at all; only of those it is asked with whom.
    CREATE TEMP TABLE _cdp_crowded ON COMMIT DROP AS
        SELECT k.id
          FROM (SELECT l.a AS id FROM pg_temp._cdp_touched AS t JOIN cdp.link AS l ON l.a = t.id AND l.status <> 'removed'
                UNION ALL
                SELECT l.b FROM pg_temp._cdp_touched AS t JOIN cdp.link AS l ON l.b = t.id AND l.status <> 'removed') AS k
         GROUP BY k.id HAVING count(*) > least_limit;
    ANALYZE pg_temp._cdp_crowded;
    CREATE TEMP TABLE _cdp_shared (id int4, one_id int4, reason text) ON COMMIT DROP;
    INSERT INTO pg_temp._cdp_shared
    SELECT DISTINCT ON (n.id) n.id, n.one_id,
           format('one end is shared: linked with more than %s of type "%s"', n.most, n.name)
      FROM (SELECT i.id, i.one_id, m.most, tn.name, tn.rank
              FROM (SELECT l.a AS id, l.b AS other
                      FROM pg_temp._cdp_crowded AS c JOIN cdp.link AS l ON l.a = c.id AND l.status <> 'removed'
                    UNION
                    SELECT l.b, l.a
                      FROM pg_temp._cdp_crowded AS c JOIN cdp.link AS l ON l.b = c.id AND l.status <> 'removed') AS k
              JOIN cdp.identifier AS i ON i.id = k.id AND i.status = 'active' AND i.verdict IS DISTINCT FROM 'approved'
              JOIN cdp.id_type AS ti ON ti.type_id = i.type_id
              JOIN cdp.identifier AS n ON n.id = k.other AND n.status <> 'blocked'
              JOIN cdp.id_type AS tn ON tn.type_id = n.type_id
             CROSS JOIN LATERAL (
                SELECT least(CASE WHEN tn.rank < ti.rank THEN coalesce(ti.fanout_limit, usual_limit) END,
                             CASE WHEN tn.type_id <> ti.type_id THEN tn.neighbour_limit END) AS most) AS m
             GROUP BY i.id, i.one_id, m.most, tn.type_id, tn.name, tn.rank
            HAVING count(*) > m.most) AS n
     ORDER BY n.id, n.rank, n.name;
    -- Never analyzed, an empty table counts as thousands of rows: all of cdp.identifier would be read.
    ANALYZE pg_temp._cdp_shared;
    DROP TABLE pg_temp._cdp_touched, pg_temp._cdp_crowded;
END $$;
COMMENT ON FUNCTION cdp._resolve_find_shared() IS
    'internal: finds into _cdp_shared who is linked with too many identifiers of one type';

CREATE FUNCTION cdp._resolve_quarantine(run_id int8, OUT shared int8, OUT quarantined int8, OUT splits int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    touched int4[] := ARRAY(SELECT DISTINCT s.one_id FROM pg_temp._cdp_shared AS s WHERE s.one_id IS NOT NULL);
BEGIN
    -- Where somebody has decided, another source changes nothing.
    UPDATE cdp.link AS l SET status = 'removed', reason = 'removed by hand'
      FROM pg_temp._cdp_pair AS p JOIN cdp.link_verdict AS v ON v.a = p.a AND v.b = p.b AND v.verdict = 'apart'
     WHERE l.a = p.a AND l.b = p.b AND l.status = 'active';
    CREATE TEMP TABLE _cdp_refused ON COMMIT DROP AS
        SELECT DISTINCT ON (r.a, r.b) r.a, r.b, r.reason
          FROM (SELECT l.a, l.b, s.reason
                  FROM pg_temp._cdp_shared AS s JOIN cdp.link AS l ON l.a = s.id WHERE l.status = 'active'
                UNION ALL
                SELECT l.a, l.b, s.reason
                  FROM pg_temp._cdp_shared AS s JOIN cdp.link AS l ON l.b = s.id WHERE l.status = 'active'
                UNION ALL
                SELECT p.a, p.b, format('one end is %s', i.status)
                  FROM pg_temp._cdp_pair AS p
                  JOIN cdp.identifier AS i ON i.id IN (p.a, p.b) AND i.status <> 'active') AS r
         WHERE NOT EXISTS (SELECT FROM cdp.link_verdict AS v WHERE v.a = r.a AND v.b = r.b AND v.verdict = 'together')
         ORDER BY r.a, r.b, r.reason COLLATE "C";
    ANALYZE pg_temp._cdp_refused;
    UPDATE cdp.link AS l SET status = 'quarantined', reason = r.reason
      FROM pg_temp._cdp_refused AS r
     WHERE l.a = r.a AND l.b = r.b AND l.status = 'active';
    GET DIAGNOSTICS quarantined = ROW_COUNT;
    DELETE FROM pg_temp._cdp_pair AS p USING pg_temp._cdp_refused AS r WHERE p.a = r.a AND p.b = r.b;
    DELETE FROM pg_temp._cdp_pair AS p USING cdp.link_verdict AS v WHERE p.a = v.a AND p.b = v.b AND v.verdict = 'apart';
    DROP TABLE pg_temp._cdp_refused;
    -- Who has a link that somebody approved stays with that one.
    DELETE FROM pg_temp._cdp_shared AS s USING cdp.link_verdict AS v WHERE s.id IN (v.a, v.b) AND v.verdict = 'together';
    shared := (SELECT count(*) FROM pg_temp._cdp_shared AS s);
    PERFORM cdp._identity_leave(ARRAY(SELECT s.id FROM pg_temp._cdp_shared AS s), 'shared', run_id);
    DELETE FROM pg_temp._cdp_fresh AS f USING pg_temp._cdp_shared AS s WHERE f.id = s.id;
    splits := cdp._identity_split(touched, run_id);
END $$;
COMMENT ON FUNCTION cdp._resolve_quarantine(int8) IS
    'internal: quarantines the links of blocked and shared identifiers, also those of earlier runs, and splits whom they held together; returns how many there were, and how many parts left their persons';

-- The graph of the batch: nodes below 2^32 are persons, those above are new identifiers in the order
-- in which they would get a OneID. So the smallest node of a component is its survivor.
CREATE FUNCTION cdp._resolve_connect() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CREATE TEMP TABLE _cdp_member ON COMMIT DROP AS
        SELECT f.id, 4294967296 + row_number() OVER (ORDER BY f.first_seen, f.id) AS node
          FROM pg_temp._cdp_fresh AS f;
    ANALYZE pg_temp._cdp_member;
    CREATE TEMP TABLE _cdp_edge ON COMMIT DROP AS
        SELECT e.a, e.b, e.node_a, e.node_b
          FROM (SELECT p.a, p.b, coalesce(cdp._one_id_unsigned(ia.one_id), ma.node) AS node_a,
                       coalesce(cdp._one_id_unsigned(ib.one_id), mb.node) AS node_b
                  FROM pg_temp._cdp_pair AS p
                  JOIN cdp.identifier AS ia ON ia.id = p.a AND ia.status = 'active'
                  JOIN cdp.identifier AS ib ON ib.id = p.b AND ib.status = 'active'
                  LEFT JOIN pg_temp._cdp_member AS ma ON ma.id = p.a
                  LEFT JOIN pg_temp._cdp_member AS mb ON mb.id = p.b) AS e
         WHERE e.node_a <> e.node_b;
    CREATE TEMP TABLE _cdp_component ON COMMIT DROP AS
        SELECT c.node, c.component
          FROM cdp.components_of((SELECT cdp.components_agg(e.node_a, e.node_b) FROM pg_temp._cdp_edge AS e)) AS c;
    ANALYZE pg_temp._cdp_edge, pg_temp._cdp_component;
END $$;
COMMENT ON FUNCTION cdp._resolve_connect() IS
    'internal: builds the graph of the batch into _cdp_edge and its components into _cdp_component';

CREATE FUNCTION cdp._resolve_assign() RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given int8;
    added int8;
BEGIN
    CREATE TEMP TABLE _cdp_person ON COMMIT DROP AS
        SELECT n.node, row_number() OVER (ORDER BY n.node) AS nth
          FROM (SELECT DISTINCT coalesce(c.component, m.node) AS node
                  FROM pg_temp._cdp_member AS m LEFT JOIN pg_temp._cdp_component AS c ON c.node = m.node) AS n
         WHERE n.node > 4294967296;
    GET DIAGNOSTICS added = ROW_COUNT;
    ANALYZE pg_temp._cdp_person;
    given := cdp._counter_take('one_id', added);
    INSERT INTO cdp.person (one_id)
    SELECT cdp._one_id_signed(given + p.nth) FROM pg_temp._cdp_person AS p ORDER BY p.nth;
    CREATE TEMP TABLE _cdp_assigned ON COMMIT DROP AS
        SELECT m.id, cdp._one_id_signed(coalesce(given + p.nth, m.node)) AS one_id
          FROM (SELECT m.id, coalesce(c.component, m.node) AS node
                  FROM pg_temp._cdp_member AS m LEFT JOIN pg_temp._cdp_component AS c ON c.node = m.node) AS m
          LEFT JOIN pg_temp._cdp_person AS p ON p.node = m.node;
    ANALYZE pg_temp._cdp_assigned;
    UPDATE cdp.identifier AS i SET one_id = m.one_id, since = now() FROM pg_temp._cdp_assigned AS m WHERE i.id = m.id;
    DROP TABLE pg_temp._cdp_person, pg_temp._cdp_assigned;
    RETURN added;
END $$;
COMMENT ON FUNCTION cdp._resolve_assign() IS
    'internal: gives the new identifiers of the batch their person, a new one where there is none; returns the new persons';

CREATE FUNCTION cdp._resolve_merge(run_id int8) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    merged int8;
BEGIN
    CREATE TEMP TABLE _cdp_absorbed ON COMMIT DROP AS
        SELECT c.node, cdp._one_id_signed(c.node) AS absorbed, cdp._one_id_signed(c.component) AS survivor
          FROM pg_temp._cdp_component AS c
         WHERE c.node < 4294967296 AND c.component <> c.node;
    ANALYZE pg_temp._cdp_absorbed;
    INSERT INTO cdp.identifier_history (id, one_id, since, until)
    SELECT i.id, i.one_id, i.since, now()
      FROM pg_temp._cdp_absorbed AS s JOIN cdp.identifier AS i ON i.one_id = s.absorbed WHERE i.since IS NOT NULL
    -- It has changed twice in this transaction: nobody has seen what was between.
    ON CONFLICT (id, since) DO UPDATE SET one_id = excluded.one_id, until = excluded.until;
    UPDATE cdp.identifier AS i SET one_id = s.survivor, since = now()
      FROM pg_temp._cdp_absorbed AS s WHERE i.one_id = s.absorbed;
    UPDATE cdp.person AS p SET merged_into = s.survivor, merged_at = now() FROM pg_temp._cdp_absorbed AS s WHERE p.one_id = s.absorbed;
    -- Last, and in one statement: what is built upon OneIDs follows by triggers on this table, which
    -- must find persons and identifiers as they are from now on.
    INSERT INTO cdp.merge_log (survivor, absorbed, link_a, link_b, run_id)
    SELECT s.survivor, s.absorbed, e.a, e.b, _resolve_merge.run_id
      FROM pg_temp._cdp_absorbed AS s
      JOIN (SELECT DISTINCT ON (k.node) k.node, k.a, k.b
              FROM (SELECT e.node_a AS node, e.a, e.b FROM pg_temp._cdp_edge AS e
                    UNION ALL
                    SELECT e.node_b, e.a, e.b FROM pg_temp._cdp_edge AS e) AS k
              JOIN pg_temp._cdp_absorbed AS w ON w.node = k.node
             ORDER BY k.node, k.a, k.b) AS e ON e.node = s.node
     ORDER BY s.node;
    GET DIAGNOSTICS merged = ROW_COUNT;
    DROP TABLE pg_temp._cdp_absorbed;
    RETURN merged;
END $$;
COMMENT ON FUNCTION cdp._resolve_merge(int8) IS
    'internal: lets the older of connected persons absorb the younger, and logs it; returns how many were absorbed';

-- Everybody who changes who is who begins like this.
CREATE FUNCTION cdp._identity_lock(kind text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        -- A snapshot from before the lock would miss what the others in the queue have done.
        RAISE EXCEPTION '%() cannot run at isolation level %', kind, current_setting('transaction_isolation') USING
            ERRCODE = 'active_sql_transaction',
            HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED; or call it without a transaction block.';
    END IF;
    PERFORM cdp._lock('identity');
END $$;
COMMENT ON FUNCTION cdp._identity_lock(text) IS 'internal: waits until nobody else changes who is who';

CREATE FUNCTION cdp._identity_begin(kind text, name text DEFAULT NULL) RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._identity_lock(kind);
    RETURN cdp._run_start(kind, name);
END $$;
COMMENT ON FUNCTION cdp._identity_begin(text, text) IS
    'internal: waits until nobody else changes who is who, and notes that something begins to run; returns the number of the run';

CREATE FUNCTION cdp._resolve_batch(run_id int8, OUT links_read int8, OUT identifiers_new int8,
                                   OUT persons_new int8, OUT merges int8, OUT blocked int8, OUT shared int8,
                                   OUT quarantined int8, OUT splits int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    links_read := cdp._resolve_take();
    identifiers_new := (SELECT count(*) FROM pg_temp._cdp_fresh AS f);
    blocked := cdp._resolve_block();
    PERFORM cdp._resolve_find_shared();
    SELECT q.shared, q.quarantined, q.splits INTO shared, quarantined, splits FROM cdp._resolve_quarantine(run_id) AS q;
    PERFORM cdp._resolve_connect();
    persons_new := cdp._resolve_assign();
    merges := cdp._resolve_merge(run_id);
    DROP TABLE pg_temp._cdp_pair, pg_temp._cdp_fresh, pg_temp._cdp_shared, pg_temp._cdp_member,
        pg_temp._cdp_edge, pg_temp._cdp_component;
    PERFORM cdp._analyze_grown('cdp.person', persons_new);
    PERFORM cdp._analyze_grown('cdp.identifier', persons_new);
END $$;
COMMENT ON FUNCTION cdp._resolve_batch(int8) IS
    'internal: resolves the links and identifiers that wait; returns what cdp.id_resolve() does';
