--| ## Publishing
CREATE FUNCTION cdp.destination_define(name text, id_type text DEFAULT NULL, channel text DEFAULT NULL, purpose text DEFAULT NULL, consent text DEFAULT NULL,
    max_attempts int4 DEFAULT NULL, lease interval DEFAULT NULL, retry_after interval DEFAULT NULL, is_enabled boolean DEFAULT NULL, description text DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._name_check('destination', name), cdp._name_check('channel', coalesce(channel, name));
    IF purpose IS NOT NULL THEN
        PERFORM cdp._name_check('purpose', purpose);
    END IF;
    IF id_type IS NOT NULL THEN
        PERFORM cdp._id_type_id(id_type);
    END IF;
    IF '*' IN (name, channel, purpose) THEN
        RAISE EXCEPTION 'destination "%" has one channel and one purpose, not every one', name USING ERRCODE = 'invalid_parameter_value';
    ELSIF consent NOT IN ('required', 'not_refused', 'ignored') THEN
        RAISE EXCEPTION 'consent of a destination must be required, not_refused or ignored, not "%"', consent USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM cdp._number_check('max_attempts of a destination', max_attempts, 1),
            cdp._span_check('lease of a destination', lease), cdp._span_check('retry_after of a destination', retry_after);
    IF NOT EXISTS (SELECT FROM cdp.destination AS d WHERE d.name = destination_define.name) THEN
        IF id_type IS NULL THEN
            RAISE EXCEPTION 'destination "%" needs a type of identifiers', name USING
                ERRCODE = 'null_value_not_allowed',
                HINT = 'Give id_type => ''phone'', or whatever the sender knows people by.';
        END IF;
        INSERT INTO cdp.destination (name, id_type, channel)
        VALUES (destination_define.name, cdp._id_type_name(destination_define.id_type), coalesce(destination_define.channel, destination_define.name));
    END IF;
    UPDATE cdp.destination AS d
       SET id_type = coalesce(cdp._id_type_name(destination_define.id_type), d.id_type), channel = coalesce(destination_define.channel, d.channel),
           purpose = coalesce(destination_define.purpose, d.purpose), consent = coalesce(destination_define.consent, d.consent),
           max_attempts = coalesce(destination_define.max_attempts, d.max_attempts), lease = coalesce(destination_define.lease, d.lease),
           retry_after = coalesce(destination_define.retry_after, d.retry_after), is_enabled = coalesce(destination_define.is_enabled, d.is_enabled),
           description = coalesce(destination_define.description, d.description)
     WHERE d.name = destination_define.name;
END $$;
COMMENT ON FUNCTION cdp.destination_define(text, text, text, text, text, int4, interval, interval, boolean, text) IS
    'adds a destination, or changes what is given of one that is there; a channel is, unless told, the name';

CREATE FUNCTION cdp._destination_id(name text) RETURNS int4 LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found int4;
BEGIN
    PERFORM cdp._require_setup();
    SELECT d.destination_id INTO found FROM cdp.destination AS d WHERE d.name = _destination_id.name;
    IF found IS NULL THEN
        RAISE EXCEPTION 'destination "%" does not exist', coalesce(name, 'NULL') USING
            ERRCODE = 'undefined_object',
            HINT = cdp._name_hint(name, ARRAY(SELECT d.name FROM cdp.destination AS d ORDER BY d.name));
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION cdp._destination_id(text) IS
    'internal: number of a destination; an error with the nearest name when there is none';

-- The people of a campaign who have got it, or will: who was dropped may be handed over again.
CREATE FUNCTION cdp._campaign_reached(publications int8[]) RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    RETURN (SELECT coalesce(cdp.rb_build_agg(i.one_id), '{}')
              FROM (SELECT o.identifier_id FROM cdp.outbox AS o WHERE o.publication_id = ANY (publications) AND o.state <> 'dropped'
                    UNION ALL
                    SELECT l.identifier_id FROM cdp.contact_log AS l WHERE l.publication_id = ANY (publications)) AS r
              JOIN cdp.identifier AS i ON i.id = r.identifier_id);
END $$;
COMMENT ON FUNCTION cdp._campaign_reached(int8[]) IS
    'internal: who was handed over by these publications and not dropped, rows that were pruned included';

-- Kept by the OneID of that moment, so that it comes apart again when people do.
CREATE FUNCTION cdp._campaign_held_out(publications int8[]) RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    drawn cdp.roaringbitmap := (SELECT coalesce(cdp.rb_or_agg(h.members), '{}') FROM cdp.publication_holdout AS h WHERE h.publication_id = ANY (publications));
    living cdp.roaringbitmap;
BEGIN
    IF cdp.rb_is_empty(drawn) THEN
        RETURN drawn;
    END IF;
    living := (SELECT coalesce(cdp.rb_or_agg(l.members), '{}') FROM cdp.person_living AS l);
    RETURN cdp.rb_and(living, cdp.rb_or(drawn, (SELECT coalesce(cdp.rb_build_agg(e.survivor_id), '{}')
                                                  FROM cdp._person_ends(cdp.rb_andnot(drawn, living)) AS e)));
END $$;
COMMENT ON FUNCTION cdp._campaign_held_out(int8[]) IS 'internal: who was held out of these publications, as they are now';

CREATE FUNCTION cdp._outbox_put(the_destination int4, the_publication int8, people cdp.roaringbitmap, the_type int4, barred cdp.roaringbitmap, due timestamptz)
    RETURNS int8 LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    put int8;
BEGIN
    INSERT INTO cdp.outbox (destination_id, publication_id, identifier_id, not_before)
    SELECT DISTINCT ON (i.one_id) the_destination, the_publication, i.id, due
      FROM cdp.rb_iterate(people) AS p (one_id)
      JOIN cdp.identifier AS i ON i.one_id = p.one_id AND i.type_id = the_type
     WHERE NOT cdp.rb_contains(barred, i.id)
     ORDER BY i.one_id, i.last_seen DESC, i.id;
    GET DIAGNOSTICS put = ROW_COUNT;
    RETURN put;
END $$;
COMMENT ON FUNCTION cdp._outbox_put(int4, int8, cdp.roaringbitmap, int4, cdp.roaringbitmap, timestamptz) IS
    'internal: puts a row for each of these people into the outbox, by the identifier of the type that was seen last and is not barred; returns how many';

CREATE FUNCTION cdp.outbox_publish(audience text, dest text, id_type text DEFAULT NULL, holdout float8 DEFAULT 0, payload jsonb DEFAULT '{}',
    campaign text DEFAULT NULL, recheck boolean DEFAULT true, not_before timestamptz DEFAULT NULL, not_after timestamptz DEFAULT NULL)
    RETURNS TABLE (publication_id int8, people int8, held_out int8, no_identifier int8, no_consent int8, suppressed int8, duplicate int8, published int8)
    LANGUAGE plpgsql VOLATILE ROWS 1 SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    d cdp.destination;
    the_audience int4;
    the_type int4;
    the_rule text;
    the_campaign text;
    earlier int8[];
    run int8;
    members cdp.roaringbitmap;
    found cdp.roaringbitmap;
    barred record;
    part cdp.roaringbitmap;
    memory text;
BEGIN
    -- No merge and no erasure may pass between the look at people and their rows.
    PERFORM cdp._merge_lock(false);
    SELECT * INTO STRICT d FROM cdp.destination AS d WHERE d.destination_id = cdp._destination_id(dest);
    the_type := cdp._id_type_id(coalesce(outbox_publish.id_type, d.id_type));
    IF num_nulls(holdout, payload, recheck) > 0 THEN
        RAISE EXCEPTION 'holdout, payload and recheck cannot be null' USING ERRCODE = 'null_value_not_allowed';
    ELSIF NOT holdout BETWEEN 0 AND 1 THEN
        RAISE EXCEPTION 'holdout must be a share from 0 to 1, not %', holdout USING ERRCODE = 'invalid_parameter_value';
    ELSIF NOT isfinite(not_before) THEN
        RAISE EXCEPTION 'not_before cannot be %', not_before USING ERRCODE = 'invalid_parameter_value';
    ELSIF not_after <= coalesce(not_before, now()) THEN
        RAISE EXCEPTION 'not_after must be later than not_before' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    the_audience := (SELECT a.audience_id FROM cdp.audience AS a WHERE a.name = outbox_publish.audience);
    the_rule := CASE WHEN the_audience IS NULL THEN cdp._rule_hashed(cdp._rule_check(outbox_publish.audience)::text) ELSE outbox_publish.audience END;
    -- An erasure takes identifiers out of rules, and another campaign would reach everybody again.
    IF the_audience IS NULL AND campaign IS NULL AND (length(the_rule) > 200 OR EXISTS (SELECT FROM cdp._rule_ids(the_rule))) THEN
        RAISE EXCEPTION 'campaign cannot be named after this rule' USING
            ERRCODE = 'invalid_parameter_value',
            DETAIL = 'The name of a campaign has up to 200 characters and no identifiers.',
            HINT = 'Give campaign => ''...''.';
    END IF;
    the_rule := CASE WHEN the_audience IS NULL THEN cdp._rule_unerased(the_rule) ELSE the_rule END;
    the_campaign := coalesce(outbox_publish.campaign, the_rule);
    PERFORM cdp._name_check('campaign', the_campaign);
    -- Of two publications of one campaign the second has to see whom the first has reached.
    PERFORM cdp._lock('publish ' || d.destination_id || ' ' || the_campaign);
    earlier := ARRAY(SELECT p.publication_id FROM cdp.publication AS p WHERE p.destination_id = d.destination_id AND p.campaign = the_campaign);
    run := cdp._run_start('outbox_publish', d.name);
    memory := cdp._work_mem_raise();
    IF the_audience IS NOT NULL THEN
        PERFORM cdp._audience_ready(the_rule);
        members := cdp._audience_current(the_audience);
    ELSE
        members := cdp.audience_bitmap(the_rule);
    END IF;
    people := cdp.rb_cardinality(members);

    found := (SELECT coalesce(cdp.rb_build_agg(i.one_id), '{}') FROM cdp.rb_iterate(members) AS p (one_id)
                JOIN cdp.identifier AS i ON i.one_id = p.one_id AND i.type_id = the_type);
    no_identifier := people - cdp.rb_cardinality(found);
    barred := cdp._suppressed(d.channel, found, now());
    part := cdp.rb_andnot(found, barred.persons);
    IF NOT cdp.rb_is_empty(barred.identifiers) THEN
        part := cdp.rb_andnot(part, (
            SELECT coalesce(cdp.rb_build_agg(p.one_id), '{}')
              FROM (SELECT DISTINCT i.one_id FROM cdp.rb_iterate(barred.identifiers) AS b (id) JOIN cdp.identifier AS i ON i.id = b.id) AS p
             WHERE NOT EXISTS (SELECT FROM cdp.identifier AS i WHERE i.one_id = p.one_id AND i.type_id = the_type AND NOT cdp.rb_contains(barred.identifiers, i.id))));
    END IF;
    suppressed := cdp.rb_cardinality(found) - cdp.rb_cardinality(part);
    found := cdp.rb_andnot(part, cdp._consent_lacking(d.consent, d.purpose, d.channel, part));
    no_consent := cdp.rb_cardinality(part) - cdp.rb_cardinality(found);
    part := cdp.rb_andnot(found, cdp._campaign_reached(earlier));
    duplicate := cdp.rb_cardinality(found) - cdp.rb_cardinality(part);
    -- Only of those who would have been reached: with the others in it they could not be compared. The lot is that of
    -- cdp.audience_split(), the last part of it; who was drawn before he became another is so still.
    found := CASE WHEN holdout > 0 THEN cdp.rb_or(cdp.rb_and(part, cdp._campaign_held_out(earlier)),
        (SELECT coalesce(cdp.rb_build_agg(p.one_id), '{}') FROM cdp.rb_iterate(part) AS p (one_id)
          WHERE cdp.audience_share(p.one_id, the_campaign) >= 1 - outbox_publish.holdout)) ELSE '{}' END;
    held_out := cdp.rb_cardinality(found);

    INSERT INTO cdp.publication AS p (destination_id, campaign, audience, audience_id, id_type, payload, holdout, recheck, not_before, not_after, run_id)
    SELECT d.destination_id, the_campaign, the_rule, the_audience, t.name, outbox_publish.payload, outbox_publish.holdout,
           outbox_publish.recheck, coalesce(outbox_publish.not_before, now()), outbox_publish.not_after, run
      FROM cdp.id_type AS t WHERE t.type_id = the_type
    RETURNING p.publication_id INTO publication_id;
    INSERT INTO cdp.publication_holdout (publication_id, chunk, members)
    SELECT outbox_publish.publication_id, cdp.chunk_of(h.one_id), cdp.rb_build_agg(h.one_id) FROM cdp.rb_iterate(found) AS h (one_id) GROUP BY 2;
    published := cdp._outbox_put(d.destination_id, publication_id, cdp.rb_andnot(part, found), the_type, barred.identifiers,
                                 coalesce(outbox_publish.not_before, now()));
    UPDATE cdp.publication AS p
       SET people = outbox_publish.people, no_identifier = outbox_publish.no_identifier, suppressed = outbox_publish.suppressed,
           no_consent = outbox_publish.no_consent, duplicate = outbox_publish.duplicate, held_out = outbox_publish.held_out,
           published = outbox_publish.published
     WHERE p.publication_id = outbox_publish.publication_id;
    PERFORM set_config('work_mem', memory, true);
    PERFORM cdp._run_finish(run, jsonb_build_object('publication', publication_id, 'people', people, 'published', published));
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION cdp.outbox_publish(text, text, text, float8, jsonb, text, boolean, timestamptz, timestamptz) IS
    'hands the people of an audience, by its name or by a rule, over to a destination: a row of the outbox each, but for those who cannot be reached, must not be contacted, were handed over for this campaign (unless told, the audience) before, or are held out by lot. Returns how many were which';

CREATE FUNCTION cdp.outbox_cancel(publication_id int8) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dropped int8;
BEGIN
    PERFORM cdp._require_setup();
    UPDATE cdp.publication AS p SET cancelled_at = coalesce(p.cancelled_at, now()) WHERE p.publication_id = outbox_cancel.publication_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'publication % does not exist', coalesce(publication_id::text, 'NULL') USING ERRCODE = 'undefined_object';
    END IF;
    -- In the order in which outbox_ack() locks them.
    UPDATE cdp.outbox AS o SET state = 'dropped', reason = 'cancelled', finished_at = now()
      FROM (SELECT p.outbox_id FROM cdp.outbox AS p WHERE p.publication_id = outbox_cancel.publication_id AND p.state = 'pending'
             ORDER BY p.outbox_id FOR UPDATE) AS p
     WHERE o.outbox_id = p.outbox_id;
    GET DIAGNOSTICS dropped = ROW_COUNT;
    RETURN dropped;
END $$;
COMMENT ON FUNCTION cdp.outbox_cancel(int8) IS
    'calls a publication back: what has not been claimed is dropped, and what comes back from a sender too; returns how many rows that were at once';
