--| ## One link
--| For a login or an order as it happens: `id_link` stores one link and says at once who that is. It comes to
--| the same as landing the link, `ingest()` and `id_resolve()`, at the cost of a few index look-ups.

CREATE FUNCTION cdp._id_is_crowded(id int4) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM cdp.identifier AS i
          JOIN cdp.id_type AS ti USING (type_id)
         CROSS JOIN LATERAL (
            SELECT l.b AS other FROM cdp.link AS l WHERE l.a = i.id AND l.status NOT IN ('removed', 'weak')
            UNION
            SELECT l.a FROM cdp.link AS l WHERE l.b = i.id AND l.status NOT IN ('removed', 'weak')) AS k
          JOIN cdp.identifier AS n ON n.id = k.other AND n.status <> 'blocked'
          JOIN cdp.id_type AS tn ON tn.type_id = n.type_id
         WHERE i.id = _id_is_crowded.id AND i.verdict IS DISTINCT FROM 'approved'
         GROUP BY tn.type_id, ti.type_id
        HAVING count(*) > least(
            CASE WHEN tn.rank < ti.rank THEN coalesce(ti.fanout_limit, cdp.setting('fanout_limit')::int4) END,
            CASE WHEN tn.type_id <> ti.type_id THEN tn.neighbour_limit END));
END $$;
COMMENT ON FUNCTION cdp._id_is_crowded(int4) IS
    'internal: is this identifier linked with too many of one type?';

CREATE FUNCTION cdp._persons_merge(one int4, other int4, link_a int4, link_b int4) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_older boolean := cdp._one_id_unsigned(one) < cdp._one_id_unsigned(other);
    kept int4 := CASE WHEN is_older THEN one ELSE other END;
    gone int4 := CASE WHEN is_older THEN other ELSE one END;
BEGIN
    PERFORM cdp._identity_note_past(ARRAY(SELECT i.id FROM cdp.identifier AS i WHERE i.one_id = gone));
    UPDATE cdp.identifier AS i SET one_id = kept, since = now() WHERE i.one_id = gone;
    UPDATE cdp.person AS p SET merged_into = kept, merged_at = now() WHERE p.one_id = gone;
    -- Last: what is built upon OneIDs follows by triggers on this table.
    INSERT INTO cdp.merge_log (survivor, absorbed, link_a, link_b) VALUES (kept, gone, link_a, link_b);
END $$;
COMMENT ON FUNCTION cdp._persons_merge(int4, int4, int4, int4) IS
    'internal: lets the older of two persons absorb the younger, because of a link';

CREATE FUNCTION cdp.id_link(type_a text, value_a text, type_b text, value_b text, source text DEFAULT 'id_link',
                            seen_at timestamptz DEFAULT now(), weight float8 DEFAULT 1)
    RETURNS int4 LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    types text[] := ARRAY[cdp._id_type_name(id_link.type_a), cdp._id_type_name(id_link.type_b)];
    vals text[];
    allowed text[];
    who text := coalesce(nullif(cdp._trim(id_link.source), ''), 'unnamed');
    fault text;
    min_weight float8;
    one record;
    ids int4[] := '{NULL,NULL}';
    persons int4[] := '{NULL,NULL}';
    states text[] := '{NULL,NULL}';
    is_fresh boolean[] := '{f,f}';
    stored record;
    verdict text;
    is_joined boolean := false;
    waits boolean;
    target int4;
BEGIN
    -- In this order, as everywhere: ingest() numbers identifiers too.
    PERFORM cdp._require_setup();
    PERFORM cdp._lock('ingest');
    PERFORM cdp._identity_lock('id_link');
    -- After the locks: who is just being erased, or a type whose spelling changes, must be seen as it is then.
    vals := ARRAY[cdp._id_value(id_link.type_a, id_link.value_a), cdp._id_value(id_link.type_b, id_link.value_b)];
    allowed := cdp._id_types_allowed();
    min_weight := cdp.setting('id_min_weight')::float8;
    fault := coalesce(
        CASE WHEN cdp._is_erased(types[1], vals[1]) OR cdp._is_erased(types[2], vals[2]) THEN cdp._erased_fault() END,
        cdp._text_fault('source', who),
        cdp._id_type_fault('type_a', types[1], allowed), cdp._text_fault('value_a', vals[1]),
        cdp._id_type_fault('type_b', types[2], allowed), cdp._text_fault('value_b', vals[2]),
        cdp._time_fault('seen_at', id_link.seen_at::text, id_link.seen_at, cdp.setting('event_min_ts')::timestamptz,
                        now() + cdp.setting('event_max_ahead')::interval),
        CASE WHEN id_link.weight BETWEEN 0 AND 1 THEN NULL ELSE 'weight is not a number from 0 to 1' END);
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'link is refused: %', fault USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (SELECT FROM unnest(types) AS n (name) LEFT JOIN cdp.id_type AS t ON t.name = n.name COLLATE "C" WHERE t.name IS NULL) THEN
        PERFORM cdp._id_types_learn(ARRAY(SELECT DISTINCT n FROM unnest(types) AS n));
    END IF;
    -- New ones are numbered by type and value, as a batch does.
    FOR one IN
        SELECT t.type_id, s.value, array_agg(s.nth::int4) AS places, i.id, i.one_id, i.status, i.first_seen, i.last_seen, t.name
          FROM unnest(types, vals) WITH ORDINALITY AS s (type, value, nth)
          JOIN cdp.id_type AS t ON t.name = s.type COLLATE "C"
          LEFT JOIN cdp.identifier AS i ON i.type_id = t.type_id AND i.value = s.value COLLATE "C"
         GROUP BY t.type_id, s.value, i.id, t.name ORDER BY t.type_id, s.value COLLATE "C"
    LOOP
        IF one.id IS NULL THEN
            one.id := cdp._counter_take('identifier', 1) + 1;
            one.status := CASE WHEN cdp._id_is_blocked(one.name, one.value) THEN 'blocked' ELSE 'active' END;
            INSERT INTO cdp.identifier (id, type_id, value, status, first_seen, last_seen)
            VALUES (one.id, one.type_id, one.value, one.status, id_link.seen_at, id_link.seen_at);
            is_fresh[one.places[1]] := true;
            is_fresh[one.places[cardinality(one.places)]] := true;
        ELSIF id_link.seen_at < one.first_seen OR id_link.seen_at > one.last_seen THEN
            UPDATE cdp.identifier AS i
               SET first_seen = least(i.first_seen, id_link.seen_at), last_seen = greatest(i.last_seen, id_link.seen_at)
             WHERE i.id = one.id;
        END IF;
        FOR k IN 1 .. cardinality(one.places) LOOP
            ids[one.places[k]] := one.id;
            persons[one.places[k]] := one.one_id;
            states[one.places[k]] := one.status;
        END LOOP;
    END LOOP;
    SELECT false AS is_new, NULL AS status INTO stored;
    IF ids[1] <> ids[2] THEN
        INSERT INTO cdp.link AS l (a, b, source, weight, first_seen, last_seen, status, reason)
        VALUES (least(ids[1], ids[2]), greatest(ids[1], ids[2]), who, id_link.weight, id_link.seen_at, id_link.seen_at,
                CASE WHEN id_link.weight < min_weight THEN 'weak' ELSE 'active' END,
                CASE WHEN id_link.weight < min_weight THEN 'weight below id_min_weight' END)
        ON CONFLICT (a, b, source) DO UPDATE
           SET n = l.n + 1, weight = greatest(l.weight, excluded.weight), first_seen = least(l.first_seen, excluded.first_seen),
               last_seen = greatest(l.last_seen, excluded.last_seen),
               -- Seen again, or by somebody who is sure, it counts again.
               status = CASE WHEN cdp._link_revives(l.status, l.last_seen, excluded.last_seen, greatest(l.weight, excluded.weight), min_weight) THEN 'active' ELSE l.status END,
               reason = CASE WHEN cdp._link_revives(l.status, l.last_seen, excluded.last_seen, greatest(l.weight, excluded.weight), min_weight) THEN NULL ELSE l.reason END
        RETURNING l.n = 1 AS is_new, l.status INTO stored;
        verdict := (SELECT v.verdict FROM cdp.link_verdict AS v WHERE v.a = least(ids[1], ids[2]) AND v.b = greatest(ids[1], ids[2]));
        is_joined := stored.status = 'active' AND states = '{active,active}' AND verdict IS DISTINCT FROM 'apart';
        IF stored.status = 'active' AND NOT is_joined THEN
            UPDATE cdp.link AS l
               SET status = CASE verdict WHEN 'apart' THEN 'removed' ELSE 'quarantined' END,
                   reason = CASE WHEN verdict = 'apart' THEN 'removed by hand'
                                 WHEN 'blocked' = ANY (states) THEN 'one end is blocked' ELSE 'one end is shared' END
             WHERE l.a = least(ids[1], ids[2]) AND l.b = greatest(ids[1], ids[2]) AND l.source = who;
        END IF;
    END IF;
    -- What waits anyway, and what a guard has to take apart, is left to id_resolve().
    waits := is_joined AND ((persons[1] IS NULL AND NOT is_fresh[1]) OR (persons[2] IS NULL AND NOT is_fresh[2])
        OR ((stored.is_new OR persons[1] IS DISTINCT FROM persons[2])
            AND (cdp._id_is_crowded(ids[1]) OR cdp._id_is_crowded(ids[2])))
        OR ((persons[1] IS NULL OR persons[1] IS DISTINCT FROM persons[2]) AND cdp._join_is_limited(persons, ids)));
    IF waits THEN
        INSERT INTO cdp.link_queue (a, b) VALUES (least(ids[1], ids[2]), greatest(ids[1], ids[2]));
        RETURN NULL;
    END IF;
    IF is_joined AND persons[1] <> persons[2] THEN
        PERFORM cdp._persons_merge(persons[1], persons[2], least(ids[1], ids[2]), greatest(ids[1], ids[2]));
    END IF;
    -- The one with the smaller number first, as a batch does.
    FOR one IN SELECT DISTINCT ON (k.id) k.id, k.nth::int4 AS nth
                 FROM unnest(ids, states, is_fresh) WITH ORDINALITY AS k (id, status, is_fresh, nth)
                WHERE k.is_fresh AND k.status = 'active' ORDER BY k.id, k.nth
    LOOP
        target := CASE WHEN is_joined THEN persons[3 - one.nth] END;
        IF target IS NULL THEN
            target := cdp._one_id_signed(cdp._counter_take('one_id', 1) + 1);
            INSERT INTO cdp.person (one_id) VALUES (target);
        END IF;
        UPDATE cdp.identifier AS i SET one_id = target, since = now() WHERE i.id = one.id;
        persons[one.nth] := target;
    END LOOP;
    RETURN (SELECT i.one_id FROM cdp.identifier AS i WHERE i.id = ids[1]);
END $$;
COMMENT ON FUNCTION cdp.id_link(text, text, text, text, text, timestamptz, float8) IS
    'stores one link, resolves it at once, and returns the person of the first identifier; NULL when that is refused, or when it has to wait for id_resolve(): its identifiers wait already, or a guard has to judge';
