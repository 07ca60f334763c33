--| ## Resolving
-- id_resolve() works in steps upon arrays: the links that waited (ends_a, ends_b) and the identifiers that
-- have no person yet (fresh). A batch of one link makes no table and plans nothing anew; one of a hundred
-- thousand takes the same way, by index look-ups, so that its cost never follows the size of the graph.
-- The whole batch is judged before anybody is merged, so the order of its rows does not matter.
-- enable_seqscan is off in the steps: a plan that reads a whole table would follow the graph.

CREATE FUNCTION cdp._run_says(what text) RETURNS void
    AS 'MODULE_PATHNAME', 'cdp__run_says' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._run_says(text) IS 'internal: what pg_stat_activity shows as the query of this session, until it says more';

CREATE FUNCTION cdp._run_progress(kind text, step text, amount int8) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF amount >= 1000 THEN
        PERFORM cdp._run_says(format('cdp.%s(): %s %s', kind, amount, step));
    END IF;
    IF amount >= 1000000 THEN
        RAISE NOTICE '%(): % %', kind, amount, step;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._run_progress(text, text, int8) IS
    'internal: tells how far a long run has got: in pg_stat_activity, and where it is very long as a notice';

CREATE FUNCTION cdp._resolve_take(OUT ends_a int4[], OUT ends_b int4[], OUT fresh int4[])
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
BEGIN
    -- One statement, one snapshot: an identifier never comes without its links.
    WITH gone AS (DELETE FROM cdp.link_queue AS q RETURNING q.a, q.b),
    pair AS (SELECT DISTINCT g.a, g.b FROM gone AS g)
    SELECT p.a, p.b, f.ids INTO ends_a, ends_b, fresh
      FROM (SELECT coalesce(array_agg(p.a ORDER BY p.a, p.b), '{}') AS a,
                   coalesce(array_agg(p.b ORDER BY p.a, p.b), '{}') AS b FROM pair AS p) AS p,
           (SELECT coalesce(array_agg(i.id ORDER BY i.first_seen, i.id), '{}') AS ids
              FROM cdp.identifier AS i WHERE i.one_id IS NULL AND i.status = 'active') AS f;
END $$;
COMMENT ON FUNCTION cdp._resolve_take() IS
    'internal: takes the queued links, and tells the identifiers without a person in the order of first sight';

CREATE FUNCTION cdp._resolve_still_fresh(fresh int4[]) RETURNS int4[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
BEGIN
    RETURN ARRAY(SELECT f.id FROM unnest(fresh) WITH ORDINALITY AS f (id, nth)
                   JOIN cdp.identifier AS i ON i.id = f.id AND i.status = 'active' AND i.one_id IS NULL
                  ORDER BY f.nth);
END $$;
COMMENT ON FUNCTION cdp._resolve_still_fresh(int4[]) IS
    'internal: of these identifiers, in their order, those that guards have left';

-- Several as one, but those that refer back to their brackets or begin with options: each apart would cost as
-- much for every value, and many push each other out of the server's cache of compiled ones.
CREATE FUNCTION cdp._id_patterns_joined(patterns text[]) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(CASE WHEN p.is_plain THEN '(?:' || p.pattern || ')' ELSE p.pattern END, '|' ORDER BY p.nth)
      FROM (SELECT p.pattern, p.nth,
                   p.pattern !~ (chr(92) || chr(92) || '[0-9]') AND p.pattern !~ '^([(][?]|[*]{3})' AS is_plain
              FROM unnest(patterns) WITH ORDINALITY AS p (pattern, nth)) AS p
     GROUP BY CASE WHEN p.is_plain THEN 0 ELSE p.nth END
$$;
COMMENT ON FUNCTION cdp._id_patterns_joined(text[]) IS 'internal: regular expressions as few as possible, which match what any of these does';

CREATE FUNCTION cdp._id_blocklist_patterns() RETURNS TABLE (type_id int4, pattern text)
    LANGUAGE plpgsql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT t.type_id, p.pattern
      FROM cdp.id_type AS t
     CROSS JOIN LATERAL cdp._id_patterns_joined(ARRAY(
        SELECT b.value FROM cdp.id_blocklist AS b
         WHERE b.kind = 'pattern' AND (b.id_type IS NULL OR b.id_type = t.name) ORDER BY b.block_id)) AS p (pattern);
END $$;
COMMENT ON FUNCTION cdp._id_blocklist_patterns() IS
    'internal: regular expressions of cdp.id_blocklist for every type, as few as possible; compared with values in lower case';

CREATE FUNCTION cdp._id_is_blocked(type text, value text) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM cdp.id_blocklist AS b
                    WHERE (b.id_type IS NULL OR b.id_type = _id_is_blocked.type)
                      AND CASE b.kind WHEN 'exact' THEN lower(b.value) = lower(_id_is_blocked.value)
                                      ELSE lower(_id_is_blocked.value) ~ b.value END);
END $$;
COMMENT ON FUNCTION cdp._id_is_blocked(text, text) IS 'internal: is this value of this type (in one spelling) a placeholder?';

CREATE FUNCTION cdp._resolve_block(fresh int4[]) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    found int4[];
    blocked int8;
BEGIN
    IF cardinality(fresh) <= 100 THEN
        found := ARRAY(SELECT i.id FROM unnest(fresh) AS f (id) JOIN cdp.identifier AS i ON i.id = f.id
                         JOIN cdp.id_type AS t ON t.type_id = i.type_id WHERE cdp._id_is_blocked(t.name, i.value));
    ELSE
        found := ARRAY(
            WITH spelled AS MATERIALIZED (
                SELECT i.id, i.type_id, lower(i.value) AS value FROM unnest(fresh) AS f (id) JOIN cdp.identifier AS i ON i.id = f.id
            )
            SELECT s.id
              FROM spelled AS s JOIN cdp.id_blocklist AS b ON b.kind = 'exact' AND lower(b.value) = s.value
             WHERE b.id_type IS NULL OR b.id_type = (SELECT t.name FROM cdp.id_type AS t WHERE t.type_id = s.type_id)
            UNION
            SELECT s.id FROM spelled AS s JOIN cdp._id_blocklist_patterns() AS p ON p.type_id = s.type_id WHERE s.value ~ p.pattern);
    END IF;
    IF found = '{}' THEN
        RETURN 0;
    END IF;
    UPDATE cdp.identifier AS i SET status = 'blocked'
      FROM unnest(found) AS f (id)
     WHERE i.id = f.id AND i.verdict IS DISTINCT FROM 'approved'
       AND NOT EXISTS (SELECT FROM cdp.link_verdict AS v WHERE v.a = i.id AND v.verdict = 'together')
       AND NOT EXISTS (SELECT FROM cdp.link_verdict AS v WHERE v.b = i.id AND v.verdict = 'together');
    GET DIAGNOSTICS blocked = ROW_COUNT;
    RETURN blocked;
END $$;
COMMENT ON FUNCTION cdp._resolve_block(int4[]) IS
    'internal: gives placeholder values among new identifiers the status "blocked"; returns how many';

-- Looked up once for all steps.
CREATE FUNCTION cdp._resolve_ends(ends_a int4[], ends_b int4[], OUT a int4[], OUT b int4[], OUT types_a int4[],
                                  OUT types_b int4[], OUT owners_a int8[], OUT owners_b int8[])
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
BEGIN
    SELECT coalesce(array_agg(p.a), '{}'), coalesce(array_agg(p.b), '{}'),
           coalesce(array_agg(ia.type_id), '{}'), coalesce(array_agg(ib.type_id), '{}'),
           coalesce(array_agg(CASE WHEN ia.status = 'active' THEN coalesce(cdp._one_id_unsigned(ia.one_id), -1) ELSE -2 END), '{}'),
           coalesce(array_agg(CASE WHEN ib.status = 'active' THEN coalesce(cdp._one_id_unsigned(ib.one_id), -1) ELSE -2 END), '{}')
      INTO a, b, types_a, types_b, owners_a, owners_b
      FROM unnest(ends_a, ends_b) AS p (a, b) JOIN cdp.identifier AS ia ON ia.id = p.a JOIN cdp.identifier AS ib ON ib.id = p.b;
END $$;
COMMENT ON FUNCTION cdp._resolve_ends(int4[], int4[]) IS
    'internal: these links, in any order, with the types and persons of their ends; -1: has no person, -2: is not active';

-- Counts over all stored links of whoever gets a link from the batch to a type of which there may not be
-- any number: the fourth person of a device is noticed whenever the other three came.
CREATE FUNCTION cdp._resolve_find_shared(ends_a int4[], ends_b int4[], types_a int4[], types_b int4[], owners_a int8[],
                                         owners_b int8[], OUT ids int4[], OUT reasons text[])
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    usual_limit int4 := cdp.setting('fanout_limit')::int4;
    least_limit int4 := (SELECT least(usual_limit, min(t.fanout_limit), min(t.neighbour_limit)) FROM cdp.id_type AS t);
    crowded int4[];
BEGIN
    -- Few have so many links at all, whatever became of them; only of those it is asked with whom.
    WITH pair AS MATERIALIZED (
        -- Blocked and shared ones have the most links, and nothing more to find out.
        SELECT p.a, p.b,
               p.owner_a > -2 AND (ta.rank > tb.rank OR (ta.type_id <> tb.type_id AND tb.neighbour_limit IS NOT NULL)) AS a_has_limit,
               p.owner_b > -2 AND (tb.rank > ta.rank OR (ta.type_id <> tb.type_id AND ta.neighbour_limit IS NOT NULL)) AS b_has_limit
          FROM unnest(ends_a, ends_b, types_a, types_b, owners_a, owners_b) AS p (a, b, type_a, type_b, owner_a, owner_b)
          JOIN cdp.id_type AS ta ON ta.type_id = p.type_a JOIN cdp.id_type AS tb ON tb.type_id = p.type_b
    ), touched AS MATERIALIZED (
        SELECT p.a AS id FROM pair AS p WHERE p.a_has_limit
        UNION
        SELECT p.b FROM pair AS p WHERE p.b_has_limit
    )
    SELECT array_agg(c.id) INTO crowded
      FROM (SELECT k.id
              FROM (SELECT t.id FROM touched AS t CROSS JOIN LATERAL (SELECT FROM cdp.link AS l WHERE l.a = t.id LIMIT least_limit + 1) AS l
                    UNION ALL
                    SELECT t.id FROM touched AS t CROSS JOIN LATERAL (SELECT FROM cdp.link AS l WHERE l.b = t.id LIMIT least_limit + 1) AS l) AS k
             GROUP BY k.id HAVING count(*) > least_limit) AS c;
    IF crowded IS NULL THEN
        ids := '{}';
        RETURN;
    END IF;
    WITH open AS MATERIALIZED (
        SELECT i.id, i.type_id FROM unnest(crowded) AS c (id) JOIN cdp.identifier AS i ON i.id = c.id
         WHERE i.status = 'active' AND i.verdict IS DISTINCT FROM 'approved'
    )
    SELECT coalesce(array_agg(s.id), '{}'), array_agg(s.reason) INTO ids, reasons
      FROM (SELECT DISTINCT ON (n.id) n.id,
                   format('one end is shared: linked with more than %s of type "%s"', n.most, n.name) AS reason
              FROM (SELECT i.id, m.most, tn.name, tn.rank
                      FROM (SELECT c.id, c.type_id, l.b AS other FROM open AS c JOIN cdp.link AS l ON l.a = c.id AND l.status NOT IN ('removed', 'weak')
                            UNION
                            SELECT c.id, c.type_id, l.a FROM open AS c JOIN cdp.link AS l ON l.b = c.id AND l.status NOT IN ('removed', 'weak')) AS i
                      JOIN cdp.id_type AS ti ON ti.type_id = i.type_id
                      JOIN cdp.identifier AS n ON n.id = i.other AND n.status <> 'blocked'
                      JOIN cdp.id_type AS tn ON tn.type_id = n.type_id
                     CROSS JOIN LATERAL (
                        SELECT least(CASE WHEN tn.rank < ti.rank THEN coalesce(ti.fanout_limit, usual_limit) END,
                                     CASE WHEN tn.type_id <> ti.type_id THEN tn.neighbour_limit END) AS most) AS m
                     GROUP BY i.id, m.most, tn.type_id, tn.name, tn.rank
                    HAVING count(*) > m.most) AS n
             ORDER BY n.id, n.rank, n.name) AS s;
END $$;
COMMENT ON FUNCTION cdp._resolve_find_shared(int4[], int4[], int4[], int4[], int8[], int8[]) IS
    'internal: finds who of the ends of these links, as _resolve_ends() gives them, is linked with too many identifiers of one type, and says why';

-- Where somebody has decided, another source changes nothing.
CREATE FUNCTION cdp._resolve_remove_apart(ends_a int4[], ends_b int4[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
BEGIN
    UPDATE cdp.link AS l SET status = 'removed', reason = 'removed by hand'
      FROM unnest(ends_a, ends_b) AS p (a, b)
      JOIN cdp.link_verdict AS v ON v.a = p.a AND v.b = p.b AND v.verdict = 'apart'
     WHERE l.a = p.a AND l.b = p.b AND l.status = 'active';
END $$;
COMMENT ON FUNCTION cdp._resolve_remove_apart(int4[], int4[]) IS
    'internal: takes away links of the batch whose ends somebody has taken apart';

CREATE FUNCTION cdp._resolve_quarantine(ends_a int4[], ends_b int4[], owners_a int8[], owners_b int8[], shared_ids int4[],
                                        reasons text[]) RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    quarantined int8;
BEGIN
    WITH refused AS (
        SELECT DISTINCT ON (r.a, r.b) r.a, r.b, r.reason
          FROM (SELECT l.a, l.b, s.reason
                  FROM unnest(shared_ids, reasons) AS s (id, reason) JOIN cdp.link AS l ON l.a = s.id AND l.status IN ('active', 'limited')
                UNION ALL
                SELECT l.a, l.b, s.reason
                  FROM unnest(shared_ids, reasons) AS s (id, reason) JOIN cdp.link AS l ON l.b = s.id AND l.status IN ('active', 'limited')
                UNION ALL
                SELECT p.a, p.b, format('one end is %s', i.status)
                  FROM unnest(ends_a, ends_b, owners_a, owners_b) AS p (a, b, owner_a, owner_b)
                 CROSS JOIN LATERAL (VALUES (p.a, p.owner_a), (p.b, p.owner_b)) AS e (id, owner)
                  JOIN cdp.identifier AS i ON i.id = e.id WHERE e.owner = -2 AND (p.owner_a = -2 OR p.owner_b = -2)) AS r
         WHERE NOT EXISTS (SELECT FROM cdp.link_verdict AS v WHERE v.a = r.a AND v.b = r.b AND v.verdict = 'together')
         ORDER BY r.a, r.b, r.reason COLLATE "C"
    )
    UPDATE cdp.link AS l SET status = 'quarantined', reason = r.reason
      FROM refused AS r
     WHERE l.a = r.a AND l.b = r.b AND l.status IN ('active', 'limited');
    GET DIAGNOSTICS quarantined = ROW_COUNT;
    RETURN quarantined;
END $$;
COMMENT ON FUNCTION cdp._resolve_quarantine(int4[], int4[], int8[], int8[], int4[], text[]) IS
    'internal: quarantines the links of blocked and shared identifiers, also those of earlier runs; returns how many';

CREATE FUNCTION cdp._resolve_share(shared_ids int4[], run_id int8, OUT shared int8, OUT splits int8,
                                   OUT again_a int4[], OUT again_b int4[])
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    touched int4[] := ARRAY(SELECT DISTINCT i.one_id FROM unnest(shared_ids) AS s (id)
                              JOIN cdp.identifier AS i ON i.id = s.id AND i.one_id IS NOT NULL);
    -- Who has a link that somebody approved stays with that one.
    leaving int4[] := ARRAY(SELECT s.id FROM unnest(shared_ids) AS s (id)
                             WHERE NOT EXISTS (SELECT FROM cdp.link_verdict AS v WHERE v.a = s.id AND v.verdict = 'together')
                               AND NOT EXISTS (SELECT FROM cdp.link_verdict AS v WHERE v.b = s.id AND v.verdict = 'together'));
BEGIN
    shared := cardinality(leaving);
    PERFORM cdp._identity_leave(leaving, 'shared', run_id);
    SELECT array_agg(l.a), array_agg(l.b) INTO again_a, again_b FROM cdp._links_limited(touched) AS l;
    splits := cdp._identity_split(touched, run_id);
    -- They need not wait for the next run.
    DELETE FROM cdp.link_queue AS q USING unnest(again_a, again_b) AS l (a, b) WHERE q.a = l.a AND q.b = l.b;
END $$;
COMMENT ON FUNCTION cdp._resolve_share(int4[], int8) IS
    'internal: takes shared identifiers out of their persons and splits whom they held together; returns how many they were, how many parts left their persons, and limited links to be judged again';

CREATE FUNCTION cdp._batch_union(fresh int4[], a int4[], b int4[], owner_a int8[], owner_b int8[],
    OUT persons_new int8, OUT targets int8[], OUT absorbed int4[], OUT survivors int4[], OUT links_a int4[], OUT links_b int4[])
    RETURNS record
    AS 'MODULE_PATHNAME', 'cdp__batch_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp._batch_union(int4[], int4[], int4[], int8[], int8[]) IS
    'internal: who is who after links a[i] - b[i] between identifiers of persons owner_a[i] and owner_b[i] (-1: none): targets for the fresh ones, which are persons or 2^32 and the number of a new one, and who absorbs whom because of which link';

CREATE FUNCTION cdp._resolve_live(ends_a int4[], ends_b int4[], ends_owners_a int8[], ends_owners_b int8[],
                                  OUT a int4[], OUT b int4[], OUT owners_a int8[], OUT owners_b int8[])
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
BEGIN
    SELECT coalesce(array_agg(p.a), '{}'), coalesce(array_agg(p.b), '{}'), coalesce(array_agg(p.owner_a), '{}'),
           coalesce(array_agg(p.owner_b), '{}')
      INTO a, b, owners_a, owners_b
      FROM unnest(ends_a, ends_b, ends_owners_a, ends_owners_b) AS p (a, b, owner_a, owner_b)
      -- LIMIT holds it to both ends: by one of them all links of a hub would be read for each of its links.
     CROSS JOIN LATERAL (
        SELECT FROM cdp.link AS l WHERE l.a = p.a AND l.b = p.b AND l.status = 'active' LIMIT 1) AS l
     WHERE p.owner_a > -2 AND p.owner_b > -2;
END $$;
COMMENT ON FUNCTION cdp._resolve_live(int4[], int4[], int8[], int8[]) IS
    'internal: of these links, as _resolve_ends() gives them, those that guards have left, for _batch_union()';

CREATE FUNCTION cdp._resolve_assign(fresh int4[], targets int8[], persons_new int8) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    given int8 := CASE WHEN persons_new > 0 THEN cdp._counter_take('one_id', persons_new) ELSE 0 END;
BEGIN
    IF fresh = '{}' THEN
        RETURN;
    END IF;
    INSERT INTO cdp.person (one_id)
    SELECT cdp._one_id_signed(given + p.nth) FROM generate_series(1, persons_new) AS p (nth);
    UPDATE cdp.identifier AS i
       SET one_id = cdp._one_id_signed(CASE WHEN m.target >= 4294967296 THEN given + m.target - 4294967296 ELSE m.target END),
           since = now()
      FROM unnest(fresh, targets) AS m (id, target) WHERE i.id = m.id;
END $$;
COMMENT ON FUNCTION cdp._resolve_assign(int4[], int8[], int8) IS
    'internal: gives new identifiers their person, a new one where there is none';

CREATE FUNCTION cdp._resolve_merge(absorbed int4[], survivors int4[], links_a int4[], links_b int4[], run_id int8)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF absorbed = '{}' THEN
        RETURN;
    END IF;
    INSERT INTO cdp.identifier_history (id, one_id, since, until)
    SELECT i.id, i.one_id, i.since, now()
      FROM unnest(absorbed) AS s (one_id) JOIN cdp.identifier AS i ON i.one_id = s.one_id WHERE i.since IS NOT NULL
    -- It has changed twice in this transaction: nobody has seen what was between.
    ON CONFLICT (id, since) DO UPDATE SET one_id = excluded.one_id, until = excluded.until;
    UPDATE cdp.identifier AS i SET one_id = s.survivor, since = now()
      FROM unnest(absorbed, survivors) AS s (absorbed, survivor) WHERE i.one_id = s.absorbed;
    UPDATE cdp.person AS p SET merged_into = s.survivor, merged_at = now()
      FROM unnest(absorbed, survivors) AS s (absorbed, survivor) WHERE p.one_id = s.absorbed;
    -- Last, and in one statement: what is built upon OneIDs follows by triggers on this table, which
    -- must find persons and identifiers as they are from now on.
    INSERT INTO cdp.merge_log (survivor, absorbed, link_a, link_b, run_id)
    SELECT s.survivor, s.absorbed, s.a, s.b, _resolve_merge.run_id
      FROM unnest(survivors, absorbed, links_a, links_b) WITH ORDINALITY AS s (survivor, absorbed, a, b, nth)
     ORDER BY s.nth;
END $$;
COMMENT ON FUNCTION cdp._resolve_merge(int4[], int4[], int4[], int4[], int8) IS
    'internal: lets the older of connected persons absorb the younger, and logs it';

-- Everybody who changes who is who begins like this.
CREATE FUNCTION cdp._identity_lock(kind text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        -- A snapshot from before the lock would miss what the others in the queue have done.
        RAISE EXCEPTION '%() cannot run at isolation level %', kind, current_setting('transaction_isolation') USING
            ERRCODE = 'active_sql_transaction',
            HINT = 'Begin with BEGIN ISOLATION LEVEL READ COMMITTED.';
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
DECLARE
    batch record;
    ends record;
    found record;
    live record;
    joined record;
    limited record;
BEGIN
    batch := cdp._resolve_take();
    links_read := cardinality(batch.ends_a);
    identifiers_new := cardinality(batch.fresh);
    PERFORM cdp._run_progress('id_resolve', 'links to judge', links_read);
    blocked := cdp._resolve_block(batch.fresh);
    ends := cdp._resolve_ends(batch.ends_a, batch.ends_b);
    found := cdp._resolve_find_shared(ends.a, ends.b, ends.types_a, ends.types_b, ends.owners_a, ends.owners_b);
    PERFORM cdp._resolve_remove_apart(ends.a, ends.b);
    quarantined := cdp._resolve_quarantine(ends.a, ends.b, ends.owners_a, ends.owners_b, found.ids, found.reasons);
    shared := 0;
    splits := 0;
    IF found.ids <> '{}' THEN
        SELECT s.shared, s.splits, ends.a || s.again_a, ends.b || s.again_b
          INTO shared, splits, batch.ends_a, batch.ends_b FROM cdp._resolve_share(found.ids, run_id) AS s;
        -- Who is whose has changed.
        ends := cdp._resolve_ends(batch.ends_a, batch.ends_b);
    END IF;
    IF blocked > 0 OR shared > 0 THEN
        batch.fresh := cdp._resolve_still_fresh(batch.fresh);
    END IF;
    live := cdp._resolve_live(ends.a, ends.b, ends.owners_a, ends.owners_b);
    joined := cdp._batch_union(batch.fresh, live.a, live.b, live.owners_a, live.owners_b);
    limited := cdp._resolve_limit(ends.a, ends.b, batch.fresh, joined.targets, joined.absorbed, joined.survivors);
    IF limited.links > 0 THEN
        quarantined := quarantined + limited.links;
        SELECT u.* INTO joined
          FROM (SELECT coalesce(array_agg(l.a), '{}') AS a, coalesce(array_agg(l.b), '{}') AS b,
                       coalesce(array_agg(l.owner_a), '{}') AS owners_a, coalesce(array_agg(l.owner_b), '{}') AS owners_b
                  FROM unnest(live.a, live.b, live.owners_a, live.owners_b) AS l (a, b, owner_a, owner_b)
                 WHERE (l.a, l.b) NOT IN (SELECT r.a, r.b FROM unnest(limited.a, limited.b) AS r (a, b))) AS l
         CROSS JOIN LATERAL cdp._batch_union(batch.fresh, l.a, l.b, l.owners_a, l.owners_b) AS u;
    END IF;
    PERFORM cdp._run_progress('id_resolve', 'identifiers to give a person', cardinality(batch.fresh));
    persons_new := joined.persons_new;
    merges := cardinality(joined.absorbed);
    PERFORM cdp._resolve_assign(batch.fresh, joined.targets, persons_new);
    PERFORM cdp._resolve_merge(joined.absorbed, joined.survivors, joined.links_a, joined.links_b, run_id);
    PERFORM cdp._analyze_grown('cdp.person', persons_new);
    PERFORM cdp._analyze_grown('cdp.identifier', persons_new);
END $$;
COMMENT ON FUNCTION cdp._resolve_batch(int8) IS
    'internal: resolves the links and identifiers that wait; returns what cdp.id_resolve() does';
