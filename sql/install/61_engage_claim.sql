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
        EXCEPTION WHEN OTHERS THEN
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

-- Of rows that are locked, in their order. What somebody has claimed counts as sent, until he says otherwise.
CREATE FUNCTION cdp._outbox_judge(the_destination int4, batch int8[], locked int8[], at timestamptz)
    RETURNS TABLE (nth int8, outbox_id int8, state text, reason text, due timestamptz)
    LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    d cdp.destination;
    people cdp.roaringbitmap;
    lacking cdp.roaringbitmap;
    barred record;
BEGIN
    SELECT * INTO STRICT d FROM cdp.destination AS d WHERE d.destination_id = the_destination;
    people := (SELECT coalesce(cdp.rb_build_agg(i.one_id), '{}')
                 FROM cdp.outbox AS o JOIN cdp.identifier AS i ON i.id = o.identifier_id WHERE o.outbox_id = ANY (batch));
    lacking := cdp._consent_lacking(d.consent, d.purpose, d.channel, people);
    barred := cdp._suppressed(d.channel, people, at);
    RETURN QUERY
    WITH whose AS MATERIALIZED (
        SELECT i.one_id, i.id FROM cdp.rb_iterate(people) AS p (one_id) JOIN cdp.identifier AS i ON i.one_id = p.one_id
    ), other AS MATERIALIZED (
        SELECT w.one_id, o.publication_id, o.destination_id, o.claimed_at, o.state, o.outbox_id = ANY (locked) AS is_locked
          FROM whose AS w JOIN cdp.outbox AS o ON o.identifier_id = w.id AND o.state IN ('pending', 'claimed')
         WHERE o.outbox_id <> ALL (batch)
    ), touch AS MATERIALIZED (
        SELECT w.one_id, l.channel, l.contacted_at AS touched_at, l.publication_id
          FROM whose AS w JOIN cdp.contact_log AS l ON l.identifier_id = w.id
        UNION ALL
        SELECT r.one_id, t.channel, r.claimed_at, r.publication_id
          FROM other AS r JOIN cdp.destination AS t USING (destination_id) WHERE r.state = 'claimed'
    ), judged AS MATERIALIZED (
        SELECT b.nth, o.outbox_id, i.one_id, left_.fault AS detail,
               CASE WHEN o.state = 'claimed' AND o.attempts >= d.max_attempts THEN 'not acknowledged'
                    WHEN i.one_id IS NULL THEN 'identifier belongs to nobody'
                    WHEN p.cancelled_at IS NOT NULL THEN 'cancelled'
                    WHEN p.not_after <= at THEN 'too late'
                    WHEN EXISTS (SELECT FROM other AS r WHERE r.one_id = i.one_id AND NOT r.is_locked) THEN 'busy'
                    WHEN row_number() OVER (PARTITION BY i.one_id, p.campaign ORDER BY b.nth) > 1
                      OR EXISTS (SELECT FROM touch AS t JOIN cdp.publication AS u USING (publication_id)
                                  WHERE t.one_id = i.one_id AND u.campaign = p.campaign AND u.destination_id = p.destination_id) THEN 'duplicate'
                    WHEN cdp.rb_contains(barred.persons, i.one_id) OR cdp.rb_contains(barred.identifiers, i.id) THEN 'suppressed'
                    WHEN cdp.rb_contains(lacking, i.one_id) THEN 'no consent'
                    WHEN left_.outbox_id IS NOT NULL THEN 'no longer in the audience' END AS fault
          FROM unnest(batch) WITH ORDINALITY AS b (outbox_id, nth)
          JOIN cdp.outbox AS o USING (outbox_id)
          JOIN cdp.publication AS p USING (publication_id)
          JOIN cdp.identifier AS i ON i.id = o.identifier_id
          LEFT JOIN cdp._outbox_left(batch, at) AS left_ USING (outbox_id)
    ), fit AS (
        SELECT j.nth, c.until
          FROM (SELECT j.nth, j.one_id, row_number() OVER (PARTITION BY j.one_id ORDER BY j.nth) AS turn FROM judged AS j WHERE j.fault IS NULL) AS j
         CROSS JOIN LATERAL (
            -- When the touch leaves the window in whose place this one could come.
            SELECT max(coalesce(k.times[least(cardinality(k.times), t.max_touches)], at) + t.per) AS until
              FROM cdp.touch_policy AS t
             CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(h.touched_at ORDER BY h.touched_at DESC), '{}') AS times FROM touch AS h
                 WHERE h.one_id = j.one_id AND t.channel IN (h.channel, '*') AND h.touched_at > at - t.per) AS k
             WHERE t.channel IN (d.channel, '*') AND cardinality(k.times) + j.turn > t.max_touches) AS c
    )
    SELECT j.nth, j.outbox_id,
           CASE WHEN j.fault = 'not acknowledged' THEN 'failed' WHEN j.fault = 'busy' THEN NULL WHEN j.fault IS NOT NULL THEN 'dropped'
                WHEN f.until IS NOT NULL THEN 'pending' ELSE 'claimed' END,
           CASE WHEN f.until IS NOT NULL THEN 'capped' ELSE concat_ws(': ', j.fault, j.detail) END,
           CASE WHEN j.fault IS NULL THEN coalesce(f.until, at + d.lease) END
      FROM judged AS j LEFT JOIN fit AS f USING (nth);
END $$;
COMMENT ON FUNCTION cdp._outbox_judge(int4, int8[], int8[], timestamptz) IS
    'internal: what becomes of rows at a time: claimed, put off (pending), dropped, failed, or (NULL) passed over because somebody else holds a row of the same person; locked: whichever rows of these people this transaction has locked';

CREATE FUNCTION cdp.outbox_claim(dest text, n int4 DEFAULT 100, at timestamptz DEFAULT now())
    RETURNS TABLE (outbox_id int8, one_id int4, id_type text, id_value text, payload jsonb, campaign text, attempt int4, claimed_until timestamptz)
    LANGUAGE plpgsql VOLATILE ROWS 100 SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    d cdp.destination;
    wanted int4 := n;
    look int4;
    got int4;
    batch int8[];
    locked int8[];
    last_id int8 := 0;
    last_due timestamptz := '-infinity';
BEGIN
    PERFORM cdp._merge_check_isolation();
    SELECT * INTO STRICT d FROM cdp.destination AS d WHERE d.destination_id = cdp._destination_id(dest);
    IF at IS NULL OR coalesce(n, 0) < 1 THEN
        RAISE EXCEPTION 'number of rows to claim must be at least 1, and the time known' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT d.is_enabled OR cdp._quiet_until(d.channel, at) IS NOT NULL THEN
        RETURN;
    END IF;
    -- What is looked at is locked: no more than is wanted, unless much of it must not be sent; and where most must not,
    -- one call does not go through all of them.
    FOR turn IN 1 .. 20 LOOP
        look := CASE WHEN turn = 1 THEN wanted ELSE greatest(wanted, 64) END;
        SELECT array_agg(q.outbox_id ORDER BY q.not_before, q.outbox_id), max(q.not_before) INTO batch, last_due
          FROM (SELECT o.outbox_id, o.not_before FROM cdp.outbox AS o
                 WHERE o.destination_id = d.destination_id AND o.state IN ('pending', 'claimed') AND o.not_before <= at
                   AND (o.not_before, o.outbox_id) > (last_due, last_id)
                 ORDER BY o.not_before, o.outbox_id LIMIT look FOR UPDATE SKIP LOCKED) AS q;
        EXIT WHEN batch IS NULL;
        last_id := batch[cardinality(batch)];
        -- Whatever else waits for these people, so that nobody claims it meanwhile and a cap is passed unseen. What was
        -- committed in the meantime the next statement sees.
        SELECT array_agg(q.outbox_id) INTO locked
          FROM (SELECT o.outbox_id
                  FROM cdp.outbox AS b
                  JOIN cdp.identifier AS i ON i.id = b.identifier_id
                  JOIN cdp.identifier AS w ON w.one_id = i.one_id
                  JOIN cdp.outbox AS o ON o.identifier_id = w.id AND o.state IN ('pending', 'claimed')
                 WHERE b.outbox_id = ANY (batch) FOR UPDATE OF o SKIP LOCKED) AS q;
        RETURN QUERY
            WITH verdict AS MATERIALIZED (
                SELECT j.*, count(*) FILTER (WHERE j.state = 'claimed') OVER (ORDER BY j.nth ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                  FROM cdp._outbox_judge(d.destination_id, batch, locked, at) AS j
            ), changed AS (
                UPDATE cdp.outbox AS o
                   SET state = v.state, reason = nullif(v.reason, ''), not_before = coalesce(v.due, o.not_before),
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
        EXIT WHEN wanted = 0 OR cardinality(batch) < look;
    END LOOP;
END $$;
COMMENT ON FUNCTION cdp.outbox_claim(text, int4, timestamptz) IS
    'gives a sender up to n rows that are due, for the lease of the destination: drops whom it must not send to any more, puts off whom a cap protects, gives nothing in quiet hours. Commit before sending';

CREATE FUNCTION cdp.outbox_ack(ids int8[], ok boolean DEFAULT true, error text DEFAULT NULL, retry boolean DEFAULT true) RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    taken int8;
BEGIN
    PERFORM cdp._require_setup();
    IF num_nulls(ids, ok, retry) > 0 THEN
        RAISE EXCEPTION 'ids, ok and retry cannot be null' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    -- What was sent was sent, also when the lease had ended and the row was given up meanwhile.
    WITH hit AS MATERIALIZED (
        SELECT o.outbox_id FROM cdp.outbox AS o
         WHERE o.outbox_id = ANY (ids) AND CASE WHEN ok THEN o.attempts > 0 AND o.state <> 'sent' ELSE o.state = 'claimed' END
         ORDER BY o.outbox_id FOR UPDATE
    ), told AS (
        UPDATE cdp.outbox AS o
           SET state = s.state, reason = CASE WHEN NOT ok THEN coalesce(error, 'not told') END,
               not_before = CASE WHEN s.state = 'pending' THEN now() + d.retry_after * power(2, least(o.attempts, 20) - 1) ELSE o.not_before END,
               finished_at = CASE WHEN s.state <> 'pending' THEN now() END
          FROM hit
          JOIN cdp.outbox AS k USING (outbox_id)
          JOIN cdp.destination AS d USING (destination_id)
         CROSS JOIN LATERAL (SELECT CASE WHEN ok THEN 'sent' WHEN retry AND k.attempts < d.max_attempts THEN 'pending' ELSE 'failed' END AS state) AS s
         WHERE o.outbox_id = hit.outbox_id
        RETURNING o.outbox_id, o.identifier_id, o.publication_id, o.claimed_at, o.state, d.channel
    ), contact AS (
        INSERT INTO cdp.contact_log (identifier_id, channel, contacted_at, publication_id, outbox_id)
        SELECT t.identifier_id, t.channel, t.claimed_at, t.publication_id, t.outbox_id FROM told AS t WHERE t.state = 'sent' ORDER BY t.outbox_id
    )
    SELECT count(*) INTO taken FROM told;
    RETURN taken;
END $$;
COMMENT ON FUNCTION cdp.outbox_ack(int8[], boolean, text, boolean) IS
    'says what came of claimed rows: sent, or failed and to be tried again later, up to the destination''s max_attempts (retry => false: never). Said twice it changes nothing; returns how many rows it was news of';
