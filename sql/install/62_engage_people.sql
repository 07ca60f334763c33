--| ## Afterwards
--| A tenth held out says what a campaign was worth: compare what those did who were sent something with those who were held out.

CREATE FUNCTION cdp.campaign_people(campaign text, part text, dest text DEFAULT NULL) RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    publications int8[];
BEGIN
    PERFORM cdp._require_setup();
    publications := ARRAY(SELECT p.publication_id FROM cdp.publication AS p
                           WHERE p.campaign = campaign_people.campaign AND (dest IS NULL OR p.destination_id = cdp._destination_id(dest)));
    IF publications = '{}' THEN
        RAISE EXCEPTION 'campaign "%" does not exist', coalesce(campaign, 'NULL') USING
            ERRCODE = 'undefined_object',
            HINT = cdp._name_hint(campaign, ARRAY(SELECT DISTINCT p.campaign FROM cdp.publication AS p ORDER BY p.campaign));
    END IF;
    CASE part
        WHEN 'held_out' THEN
            -- Who has become one with somebody who got it is no example of those who did not.
            RETURN cdp.rb_andnot(cdp._campaign_held_out(publications), cdp._campaign_reached(publications));
        WHEN 'published' THEN
            RETURN cdp._campaign_reached(publications);
        WHEN 'sent' THEN
            RETURN (SELECT coalesce(cdp.rb_build_agg(i.one_id), '{}') FROM cdp.contact_log AS l JOIN cdp.identifier AS i ON i.id = l.identifier_id
                     WHERE l.publication_id = ANY (publications));
        ELSE
            RAISE EXCEPTION 'part of a campaign must be published, sent or held_out, not "%"', part USING ERRCODE = 'invalid_parameter_value';
    END CASE;
END $$;
COMMENT ON FUNCTION cdp.campaign_people(text, text, text) IS
    'the people of a campaign, at one destination or at all, as they are now: published (and not dropped since), sent, or held_out (and not published)';

CREATE FUNCTION cdp.outbox_prune(keep interval DEFAULT '90 days') RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pruned int8;
BEGIN
    PERFORM cdp._require_setup();
    DELETE FROM cdp.outbox AS o WHERE o.state IN ('sent', 'dropped') AND o.finished_at < now() - keep;
    GET DIAGNOSTICS pruned = ROW_COUNT;
    RETURN pruned;
END $$;
COMMENT ON FUNCTION cdp.outbox_prune(interval) IS
    'deletes rows of the outbox that were sent or dropped longer ago than this; who was sent what stays in cdp.contact_log. Returns how many';

CREATE FUNCTION cdp._holdout_leave(persons cdp.roaringbitmap) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chunks int4[] := ARRAY(SELECT DISTINCT cdp.chunk_of(p.one_id) FROM cdp.rb_iterate(persons) AS p (one_id));
    left_rows int8;
BEGIN
    UPDATE cdp.publication_holdout AS h SET members = cdp.rb_andnot(h.members, persons)
     WHERE h.chunk = ANY (chunks) AND cdp.rb_intersect(h.members, persons);
    GET DIAGNOSTICS left_rows = ROW_COUNT;
    DELETE FROM cdp.publication_holdout AS h WHERE h.chunk = ANY (chunks) AND cdp.rb_is_empty(h.members);
    RETURN left_rows;
END $$;
COMMENT ON FUNCTION cdp._holdout_leave(cdp.roaringbitmap) IS 'internal: takes people out of those who were held out; returns how many rows they were in';

CREATE FUNCTION cdp._engage_erase(persons cdp.roaringbitmap, ids int4[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    types text[];
    vals text[];
    rows_ int8;
    contacts int8;
    consents int8;
    suppressions int8;
    publications int8;
BEGIN
    SELECT array_agg(t.name), array_agg(i.value) INTO types, vals
      FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.id = ANY (ids);
    -- First, and in the order of outbox_ack(): a sender who acknowledges meanwhile is waited for, and his contacts are found then.
    DELETE FROM cdp.outbox AS o
     USING (SELECT p.outbox_id FROM cdp.outbox AS p WHERE p.identifier_id = ANY (ids) ORDER BY p.outbox_id FOR UPDATE) AS p
     WHERE o.outbox_id = p.outbox_id;
    GET DIAGNOSTICS rows_ = ROW_COUNT;
    DELETE FROM cdp.contact_log AS l WHERE l.identifier_id = ANY (ids);
    GET DIAGNOSTICS contacts = ROW_COUNT;
    DELETE FROM cdp.consent AS c WHERE c.identifier_id = ANY (ids);
    GET DIAGNOSTICS consents = ROW_COUNT;
    DELETE FROM cdp.suppression AS s USING cdp.identifier AS i WHERE i.id = ANY (ids) AND s.type_id = i.type_id AND s.value = i.value;
    GET DIAGNOSTICS suppressions = ROW_COUNT;
    UPDATE cdp.publication AS p
       SET audience = f.rule
      FROM (SELECT k.publication_id, cdp._rule_forget(k.audience, types, vals) AS rule FROM cdp.publication AS k WHERE k.audience_id IS NULL) AS f
     WHERE p.publication_id = f.publication_id AND p.audience <> f.rule;
    GET DIAGNOSTICS publications = ROW_COUNT;
    RETURN jsonb_build_object('outbox', rows_, 'contact_log', contacts, 'consent', consents, 'suppression', suppressions,
                              'publication', publications, 'publication_holdout',
                              cdp._holdout_leave(cdp.rb_build(ARRAY(SELECT f.one_id FROM cdp._person_family(cdp.rb_to_array(persons)) AS f))));
END $$;
COMMENT ON FUNCTION cdp._engage_erase(cdp.roaringbitmap, int4[]) IS
    'internal: takes people and identifiers out of all that is or was handed over, consents and suppressions included; they must still have their values. Returns how many rows they were in, by table';

CREATE FUNCTION cdp._engage_json(person int4, ids int4[]) RETURNS jsonb LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    RETURN (
        WITH own AS MATERIALIZED (
            SELECT i.id, i.type_id, i.value, jsonb_build_object('type', t.name, 'value', i.value) AS identifier
              FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.id = ANY (ids)
        )
        SELECT jsonb_build_object(
            'consents', (SELECT coalesce(jsonb_agg(k.identifier || jsonb_build_object('purpose', c.purpose, 'channel', c.channel, 'given', c.is_given,
                                'at', c.said_at, 'source', c.source) ORDER BY c.said_at, c.consent_id), '[]')
                           FROM own AS k JOIN cdp.consent AS c ON c.identifier_id = k.id),
            'suppressions', (SELECT coalesce(jsonb_agg(k.identifier || jsonb_build_object('channel', s.channel, 'whole_person', s.whole_person,
                                    'reason', s.reason, 'since', s.set_at, 'until', s.until) ORDER BY s.suppression_id), '[]')
                               FROM own AS k JOIN cdp.suppression AS s USING (type_id, value)),
            'outbox', (SELECT coalesce(jsonb_agg(k.identifier || jsonb_build_object('destination', d.name, 'campaign', p.campaign, 'payload', p.payload,
                              'state', o.state, 'reason', o.reason, 'claimed_at', o.claimed_at, 'finished_at', o.finished_at) ORDER BY o.outbox_id), '[]')
                         FROM own AS k JOIN cdp.outbox AS o ON o.identifier_id = k.id
                         JOIN cdp.destination AS d USING (destination_id) JOIN cdp.publication AS p USING (publication_id)),
            'contacts', (SELECT coalesce(jsonb_agg(k.identifier || jsonb_build_object('channel', l.channel, 'at', l.contacted_at, 'campaign', p.campaign)
                                ORDER BY l.contact_id), '[]')
                           FROM own AS k JOIN cdp.contact_log AS l ON l.identifier_id = k.id LEFT JOIN cdp.publication AS p USING (publication_id)),
            'held_out', (SELECT coalesce(jsonb_agg(DISTINCT p.campaign ORDER BY p.campaign), '[]')
                           FROM cdp._person_family(ARRAY[person]) AS f
                           JOIN cdp.publication_holdout AS h ON h.chunk = cdp.chunk_of(f.one_id) AND cdp.rb_contains(h.members, f.one_id)
                           JOIN cdp.publication AS p USING (publication_id))));
END $$;
COMMENT ON FUNCTION cdp._engage_json(int4, int4[]) IS
    'internal: what a person has said to being contacted, and what was or is to be sent to it';
