--| ## Claiming
--| Whoever claims has a row for the lease of the destination; unless acknowledged, it comes back then. Two senders never
--| get one row, nor rows of one person at once: what one transaction is about to claim another passes over.
--| So commit the claim before sending.

-- What an audience's rule says now, by chunks that these people are in.
CREATE FUNCTION cdp._rule_now(rule text, people cdp.roaringbitmap, at timestamptz) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    checked cdp.rule := cdp._rule_check(rule);
    tops cdp.roaringbitmap[] := cdp._rule_tops(checked);
BEGIN
    RETURN (SELECT cdp.rb_and(people, coalesce(cdp.rb_or_agg(cdp._rule_people(checked, c.chunk, at, tops)), '{}'))
              FROM (SELECT DISTINCT cdp.chunk_of(p.one_id) AS chunk FROM cdp.rb_iterate(people) AS p (one_id)) AS c);
END $$;
COMMENT ON FUNCTION cdp._rule_now(text, cdp.roaringbitmap, timestamptz) IS 'internal: of which of these people a rule holds at a time';

CREATE FUNCTION cdp._audience_now(the_audience int4, people cdp.roaringbitmap, at timestamptz) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a record;
    members cdp.roaringbitmap;
    listed record;
BEGIN
    SELECT g.kind, g.definition INTO a FROM cdp.audience AS g WHERE g.audience_id = the_audience;
    members := (SELECT coalesce(cdp.rb_or_agg(cdp.rb_and(m.members, people)), '{}') FROM cdp.audience_member AS m
                 WHERE m.audience_id = the_audience AND m.chunk IN (SELECT cdp.chunk_of(p.one_id) FROM cdp.rb_iterate(people) AS p (one_id)));
    SELECT coalesce(cdp.rb_build_agg(l.now_id) FILTER (WHERE l.is_member), '{}') AS included,
           coalesce(cdp.rb_build_agg(l.now_id) FILTER (WHERE NOT l.is_member), '{}') AS excluded INTO listed
      FROM cdp._audience_listed(the_audience) AS l;
    IF a.kind = 'expression' THEN
        members := cdp.rb_and(members, cdp.rb_or(cdp._rule_now(a.definition, members, at), listed.included));
    END IF;
    RETURN cdp.rb_andnot(members, listed.excluded);
END $$;
COMMENT ON FUNCTION cdp._audience_now(int4, cdp.roaringbitmap, timestamptz) IS
    'internal: which of these people are members of an audience as of its last refresh, and would be by its rule and what is listed by hand now; nobody, where it is gone';

CREATE FUNCTION cdp._outbox_left(batch int8[], at timestamptz) RETURNS TABLE (outbox_id int8, fault text)
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    p record;
    still cdp.roaringbitmap;
    fault text;
BEGIN
    FOR p IN
        SELECT u.publication_id, u.audience, u.audience_id, array_agg(o.outbox_id) AS rows, cdp.rb_build_agg(i.one_id) AS people
          FROM unnest(batch) AS b (outbox_id)
          JOIN cdp.outbox AS o USING (outbox_id)
          JOIN cdp.publication AS u USING (publication_id)
          JOIN cdp.identifier AS i ON i.id = o.identifier_id
         WHERE u.recheck AND i.one_id IS NOT NULL
         GROUP BY u.publication_id
    LOOP
        BEGIN
            fault := NULL;
            still := CASE WHEN p.audience_id IS NULL THEN cdp._rule_now(p.audience, p.people, at)
                          ELSE cdp._audience_now(p.audience_id, p.people, at) END;
        -- One publication whose rule names what is gone must not stop the others.
        EXCEPTION WHEN undefined_object OR object_not_in_prerequisite_state OR wrong_object_type THEN
            still := '{}';
            fault := SQLERRM;
        END;
        RETURN QUERY
            SELECT o.outbox_id, fault
              FROM cdp.outbox AS o JOIN cdp.identifier AS i ON i.id = o.identifier_id
             WHERE o.outbox_id = ANY (p.rows) AND NOT cdp.rb_contains(still, i.one_id);
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp._outbox_left(int8[], timestamptz) IS
    'internal: which of these rows are of people who are no longer in the audience they were published for, and, where that could not be told, why';

-- The plans of the next two are written down, for a queue may have a million rows more than the planner has heard of: LATERAL
-- with OFFSET 0 goes through an index, whatever else is joined is hashed.
CREATE FUNCTION cdp._outbox_pick(the_destination int4, look int4, at timestamptz, INOUT last_due timestamptz, INOUT last_id int8,
                                 OUT batch int8[], OUT locked int8[], OUT people cdp.roaringbitmap)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off SET enable_nestloop = off SET jit = off AS $$
BEGIN
    SELECT array_agg(q.outbox_id ORDER BY q.not_before, q.outbox_id), max(q.not_before) INTO batch, last_due
      FROM (SELECT o.outbox_id, o.not_before FROM cdp.outbox AS o
             WHERE o.destination_id = the_destination AND o.state IN ('pending', 'claimed') AND o.not_before <= at
               AND (o.not_before, o.outbox_id) > (last_due, last_id)
             ORDER BY o.not_before, o.outbox_id LIMIT look FOR UPDATE SKIP LOCKED) AS q;
    last_id := batch[cardinality(batch)];
    SELECT coalesce(cdp.rb_build_agg(i.one_id), '{}') INTO people
      FROM unnest(batch) AS b (id)
     CROSS JOIN LATERAL (SELECT o.identifier_id FROM cdp.outbox AS o WHERE o.outbox_id = b.id OFFSET 0) AS o
     CROSS JOIN LATERAL (SELECT i.one_id FROM cdp.identifier AS i WHERE i.id = o.identifier_id OFFSET 0) AS i;
    -- Whatever else waits for these people, so that nobody claims it meanwhile and a cap is passed unseen. What was
    -- committed in the meantime the next statement sees.
    SELECT array_agg(q.outbox_id) INTO locked
      FROM (SELECT o.outbox_id
              FROM cdp.outbox AS o
             WHERE o.outbox_id = ANY (ARRAY(
                    SELECT k.outbox_id
                      FROM cdp.rb_iterate(people) AS p (one_id)
                     CROSS JOIN LATERAL (SELECT i.id FROM cdp.identifier AS i WHERE i.one_id = p.one_id OFFSET 0) AS i
                     CROSS JOIN LATERAL (SELECT k.outbox_id FROM cdp.outbox AS k WHERE k.identifier_id = i.id AND k.state IN ('pending', 'claimed') OFFSET 0) AS k))
               AND o.state IN ('pending', 'claimed') FOR UPDATE SKIP LOCKED) AS q;
END $$;
COMMENT ON FUNCTION cdp._outbox_pick(int4, int4, timestamptz, timestamptz, int8) IS
    'internal: locks rows that are due, behind the last one that was looked at; returns them in their order, their people, and which rows of these people are locked now';

-- What somebody has claimed counts as sent, until he says otherwise. Windows of caps must not depend on who asks: in UTC a
-- day has 24 hours.
CREATE FUNCTION cdp._outbox_judge(the_destination int4, the_channel text, max_attempts int4, lease interval, batch int8[], locked int8[],
                                  people cdp.roaringbitmap, lacking cdp.roaringbitmap, barred_persons cdp.roaringbitmap, barred_ids cdp.roaringbitmap, left_ids int8[], left_faults text[], at timestamptz)
    RETURNS TABLE (nth int8, outbox_id int8, state text, reason text, due timestamptz)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
    SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off SET enable_nestloop = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH other AS MATERIALIZED (
        SELECT p.one_id, o.publication_id, o.destination_id, o.claimed_at, o.state, i.id, l.outbox_id IS NOT NULL AS is_locked
          FROM cdp.rb_iterate(people) AS p (one_id)
         CROSS JOIN LATERAL (SELECT i.id FROM cdp.identifier AS i WHERE i.one_id = p.one_id OFFSET 0) AS i
         CROSS JOIN LATERAL (
            SELECT o.* FROM cdp.outbox AS o WHERE o.identifier_id = i.id AND o.state IN ('pending', 'claimed') OFFSET 0) AS o
          LEFT JOIN unnest(locked) AS l (outbox_id) USING (outbox_id)
          LEFT JOIN unnest(batch) AS b (outbox_id) USING (outbox_id)
         WHERE b.outbox_id IS NULL
    ), touch AS MATERIALIZED (
        SELECT h.one_id, h.channel, h.touched_at, u.campaign, u.destination_id
          FROM (SELECT p.one_id, l.channel, l.contacted_at AS touched_at, l.publication_id
                  FROM cdp.rb_iterate(people) AS p (one_id)
                 CROSS JOIN LATERAL (SELECT i.id FROM cdp.identifier AS i WHERE i.one_id = p.one_id OFFSET 0) AS i
                 CROSS JOIN LATERAL (SELECT l.* FROM cdp.contact_log AS l WHERE l.identifier_id = i.id OFFSET 0) AS l
                UNION ALL
                SELECT o.one_id, t.channel, o.claimed_at, o.publication_id
                  FROM other AS o JOIN cdp.destination AS t USING (destination_id) WHERE o.state = 'claimed') AS h
          LEFT JOIN cdp.publication AS u USING (publication_id)
    ), alone AS MATERIALIZED (
        SELECT b.nth, b.outbox_id, i.one_id, p.campaign,
               CASE WHEN own.fault IS NOT NULL THEN own.fault
                    -- Somebody he became one with just now was not looked at.
                    WHEN y.one_id IS NOT NULL OR NOT cdp.rb_contains(_outbox_judge.people, i.one_id) THEN 'busy'
                    WHEN h.one_id IS NOT NULL THEN 'duplicate'
                    WHEN cdp.rb_contains(barred_persons, i.one_id) OR cdp.rb_contains(barred_ids, o.identifier_id) THEN 'suppressed'
                    WHEN cdp.rb_contains(lacking, i.one_id) THEN 'no consent'
                    WHEN g.outbox_id IS NOT NULL THEN concat_ws(': ', 'no longer in the audience', g.fault) END AS fault
          FROM unnest(batch) WITH ORDINALITY AS b (outbox_id, nth)
         CROSS JOIN LATERAL (SELECT o.* FROM cdp.outbox AS o WHERE o.outbox_id = b.outbox_id OFFSET 0) AS o
         CROSS JOIN LATERAL (SELECT i.one_id FROM cdp.identifier AS i WHERE i.id = o.identifier_id OFFSET 0) AS i
          JOIN cdp.publication AS p ON p.publication_id = o.publication_id
         CROSS JOIN LATERAL (
            SELECT CASE WHEN o.state = 'claimed' AND o.attempts >= max_attempts THEN 'not acknowledged'
                        WHEN i.one_id IS NULL THEN 'identifier belongs to nobody'
                        WHEN p.cancelled_at IS NOT NULL THEN 'cancelled'
                        WHEN p.not_after <= at THEN 'too late' END AS fault) AS own
          LEFT JOIN unnest(left_ids, left_faults) AS g (outbox_id, fault) ON g.outbox_id = b.outbox_id
          LEFT JOIN (SELECT DISTINCT o.one_id FROM other AS o WHERE NOT o.is_locked) AS y ON y.one_id = i.one_id
          LEFT JOIN (SELECT DISTINCT t.one_id, t.campaign FROM touch AS t WHERE t.destination_id = the_destination) AS h
            ON h.one_id = i.one_id AND h.campaign = p.campaign
    ), judged AS MATERIALIZED (
        -- Of two rows of one campaign the first that could go goes: one that cannot is not in the other's way.
        SELECT a.nth, a.outbox_id, a.one_id,
               coalesce(a.fault, CASE WHEN row_number() OVER (PARTITION BY a.one_id, a.campaign, a.fault IS NULL ORDER BY a.nth) > 1 THEN 'duplicate' END) AS fault
          FROM alone AS a
    ), cap AS MATERIALIZED (
        SELECT c.channel, c.max_touches, c.per FROM cdp.touch_policy AS c WHERE c.channel IN (the_channel, '*') AND c.max_touches IS NOT NULL
    ), fit AS (
        -- When the touch leaves the window in whose place this one could come.
        SELECT j.nth, max(coalesce(k.times[least(cardinality(k.times), c.max_touches)], at) + c.per) AS until
          FROM (SELECT j.nth, j.one_id, row_number() OVER (PARTITION BY j.one_id ORDER BY j.nth) AS turn FROM judged AS j WHERE j.fault IS NULL) AS j
         CROSS JOIN cap AS c
          LEFT JOIN (SELECT c.channel, h.one_id, array_agg(h.touched_at ORDER BY h.touched_at DESC) AS times
                       FROM cap AS c JOIN touch AS h ON c.channel IN (h.channel, '*') AND h.touched_at + c.per > at
                      GROUP BY c.channel, h.one_id) AS k USING (channel, one_id)
         WHERE coalesce(cardinality(k.times), 0) + j.turn > c.max_touches
         GROUP BY j.nth
    )
    SELECT j.nth, j.outbox_id,
           CASE WHEN j.fault = 'not acknowledged' THEN 'failed' WHEN j.fault = 'busy' THEN NULL WHEN j.fault IS NOT NULL THEN 'dropped'
                WHEN f.until IS NOT NULL THEN 'pending' ELSE 'claimed' END,
           CASE WHEN f.until IS NOT NULL THEN 'capped' ELSE j.fault END,
           CASE WHEN j.fault IS NULL THEN coalesce(f.until, at + lease) END
      FROM judged AS j LEFT JOIN fit AS f USING (nth);
END $$;
COMMENT ON FUNCTION cdp._outbox_judge(int4, text, int4, interval, int8[], int8[], cdp.roaringbitmap, cdp.roaringbitmap, cdp.roaringbitmap, cdp.roaringbitmap, int8[], text[], timestamptz) IS
    'internal: what becomes of rows at a time: claimed, put off (pending), dropped, failed, or (NULL) passed over because somebody else holds a row of the same person';

CREATE FUNCTION cdp.outbox_claim(dest text, n int4 DEFAULT 100, at timestamptz DEFAULT now())
    RETURNS TABLE (outbox_id int8, one_id int4, id_type text, id_value text, payload jsonb, campaign text, attempt int4, claimed_until timestamptz)
    LANGUAGE plpgsql VOLATILE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    d cdp.destination;
    wanted int4 := n;
    look int4;
    got int4;
    picked record;
    barred record;
    gone record;
    last_id int8 := 0;
    last_due timestamptz := '-infinity';
BEGIN
    PERFORM cdp._merge_check_isolation();
    SELECT * INTO STRICT d FROM cdp.destination AS d WHERE d.destination_id = cdp._destination_id(dest);
    IF coalesce(n, 0) < 1 OR at IS NULL OR NOT isfinite(at) THEN
        RAISE EXCEPTION 'number of rows to claim must be at least 1, and the time known and finite' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT d.is_enabled OR cdp._quiet_until(d.channel, at) IS NOT NULL THEN
        RETURN;
    END IF;
    -- What is looked at is locked: no more than is wanted, unless much of it must not be sent; and where most must not,
    -- one call does not go through all of them.
    FOR turn IN 1 .. 20 LOOP
        look := CASE WHEN turn = 1 THEN wanted ELSE greatest(wanted, 64) END;
        picked := cdp._outbox_pick(d.destination_id, look, at, last_due, last_id);
        EXIT WHEN picked.batch IS NULL;
        last_due := picked.last_due;
        last_id := picked.last_id;
        barred := cdp._suppressed(d.channel, picked.people, at);
        SELECT array_agg(l.outbox_id) AS ids, array_agg(l.fault) AS faults INTO gone FROM cdp._outbox_left(picked.batch, at) AS l;
        RETURN QUERY
            WITH verdict AS MATERIALIZED (
                SELECT j.*, count(*) FILTER (WHERE j.state = 'claimed') OVER (ORDER BY j.nth ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                  FROM cdp._outbox_judge(d.destination_id, d.channel, d.max_attempts, d.lease, picked.batch, picked.locked, picked.people,
                           cdp._consent_lacking(d.consent, d.purpose, d.channel, picked.people), barred.persons, barred.identifiers,
                           gone.ids, gone.faults, at) AS j
            ), changed AS (
                UPDATE cdp.outbox AS o
                   SET state = v.state, reason = v.reason, not_before = coalesce(v.due, o.not_before),
                       attempts = o.attempts + (v.state = 'claimed')::int4,
                       claimed_at = CASE WHEN v.state = 'claimed' THEN at ELSE o.claimed_at END,
                       finished_at = CASE WHEN v.state IN ('dropped', 'failed') THEN at END
                  FROM verdict AS v
                 WHERE o.outbox_id = v.outbox_id AND v.state IS NOT NULL AND v.before < wanted
                RETURNING o.*
            )
            SELECT c.outbox_id, i.one_id, t.name, i.value, p.payload, p.campaign, c.attempts, c.not_before
              FROM changed AS c
              JOIN cdp.publication AS p USING (publication_id)
              JOIN cdp.identifier AS i ON i.id = c.identifier_id
              JOIN cdp.id_type AS t USING (type_id)
             WHERE c.state = 'claimed' ORDER BY c.outbox_id;
        GET DIAGNOSTICS got = ROW_COUNT;
        wanted := wanted - got;
        EXIT WHEN wanted = 0 OR cardinality(picked.batch) < look;
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp.outbox_claim(text, int4, timestamptz) IS
    'gives a sender up to n rows that are due, for the lease of the destination: drops whom it must not send to any more, puts off whom a cap protects, gives nothing in quiet hours. Commit before sending';

CREATE FUNCTION cdp.outbox_ack(ids int8[], ok boolean DEFAULT true, error text DEFAULT NULL, retry boolean DEFAULT true, attempt int4[] DEFAULT NULL)
    RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    taken int8;
    unclear int8;
BEGIN
    PERFORM cdp._require_setup();
    IF num_nulls(ids, ok, retry) > 0 THEN
        RAISE EXCEPTION 'ids, ok and retry cannot be null' USING ERRCODE = 'null_value_not_allowed';
    ELSIF cardinality(attempt) <> cardinality(ids) THEN
        RAISE EXCEPTION 'attempt must have an element for each of ids' USING
            ERRCODE = 'array_subscript_error',
            DETAIL = format('There are %s ids and %s attempts.', cardinality(ids), cardinality(attempt));
    END IF;
    -- What was sent was sent, also when the lease had ended and the row was given up meanwhile. A failure is that of one
    -- attempt: after the lease the row may be another sender's, so from the second claim on it has to be said which. What
    -- counts is the row that is locked, not the one that was found.
    WITH hit AS MATERIALIZED (
        SELECT o.outbox_id, o.destination_id, o.attempts, ok OR attempt IS NOT NULL OR o.attempts = 1 AS is_clear FROM cdp.outbox AS o
         WHERE o.outbox_id = ANY (ids)
           AND CASE WHEN ok THEN o.attempts > 0 AND o.state <> 'sent'
                    ELSE o.state = 'claimed' AND (attempt IS NULL OR (o.outbox_id, o.attempts) IN (SELECT * FROM unnest(ids, attempt))) END
         ORDER BY o.outbox_id FOR UPDATE
    ), told AS (
        UPDATE cdp.outbox AS o
           SET state = s.state, reason = CASE WHEN NOT ok THEN coalesce(error, 'not told') END,
               not_before = CASE WHEN s.state = 'pending' THEN now() + d.retry_after * power(2, least(hit.attempts, 20) - 1) ELSE o.not_before END,
               finished_at = CASE WHEN s.state <> 'pending' THEN now() END
          FROM hit
          JOIN cdp.destination AS d USING (destination_id)
         CROSS JOIN LATERAL (SELECT CASE WHEN ok THEN 'sent' WHEN retry AND hit.attempts < d.max_attempts THEN 'pending' ELSE 'failed' END AS state) AS s
         WHERE o.outbox_id = hit.outbox_id AND hit.is_clear
        RETURNING o.outbox_id, o.identifier_id, o.publication_id, o.claimed_at, o.state, d.channel
    ), contact AS (
        INSERT INTO cdp.contact_log (identifier_id, channel, contacted_at, publication_id, outbox_id)
        SELECT t.identifier_id, t.channel, t.claimed_at, t.publication_id, t.outbox_id FROM told AS t WHERE t.state = 'sent' ORDER BY t.outbox_id
    )
    SELECT (SELECT count(*) FROM told), (SELECT count(*) FROM hit WHERE NOT hit.is_clear) INTO taken, unclear;
    IF unclear > 0 THEN
        RAISE WARNING 'failures of % of the rows do not count, as they may be of an earlier claim', unclear USING
            HINT = 'Give attempt, as cdp.outbox_claim() returned it: these rows have been claimed more than once.';
    END IF;
    RETURN taken;
END $$;
COMMENT ON FUNCTION cdp.outbox_ack(int8[], boolean, text, boolean, int4[]) IS
    'says what came of claimed rows: sent, or failed and to be tried again later, up to the destination''s max_attempts (retry => false: never); a failure counts only while the row is at the attempt that is given with it, or, if none is, at its first. Said twice it changes nothing; returns how many rows it was news of';
