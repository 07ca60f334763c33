--| ## Who may be contacted
--| A consent is a yes or no to a purpose and a channel; `*` stands for every one. Of what was said to this purpose and
--| channel, by whatever words, the last counts; of two said at the same instant the no. A suppression bars
--| whatever was consented to.

CREATE FUNCTION cdp._person_identifiers_now(person int4) RETURNS int4[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    present int4 := cdp._person_present(coalesce(cdp._person_now(person), person));
    ids int4[] := ARRAY(SELECT i.id FROM cdp.identifier AS i WHERE i.one_id = present ORDER BY i.id);
BEGIN
    IF ids = '{}' THEN
        RAISE EXCEPTION 'person % is nobody any more', person USING
            ERRCODE = 'undefined_object',
            DETAIL = 'It has no identifier left.';
    END IF;
    RETURN ids;
END $$;
COMMENT ON FUNCTION cdp._person_identifiers_now(int4) IS
    'internal: the identifiers of this person, or of who has absorbed it; an error when there are none';

CREATE FUNCTION cdp._consent_note(ids int4[], purpose text, channel text, given boolean, source text, at timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._name_check('purpose', purpose), cdp._name_check('channel', channel);
    IF given IS NULL THEN
        RAISE EXCEPTION 'consent must be given or refused, not null' USING ERRCODE = 'null_value_not_allowed';
    ELSIF NOT isfinite(at) THEN
        RAISE EXCEPTION 'consent cannot be said at %', at USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Of what a clock ahead has stamped nothing may outweigh what is said after it.
    INSERT INTO cdp.consent (identifier_id, purpose, channel, is_given, said_at, source)
    SELECT k.id, _consent_note.purpose, _consent_note.channel, given, least(_consent_note.at, clock_timestamp()), coalesce(_consent_note.source, '')
      FROM unnest(ids) AS k (id);
END $$;
COMMENT ON FUNCTION cdp._consent_note(int4[], text, text, boolean, text, timestamptz) IS
    'internal: notes what was said under these identifiers';

CREATE FUNCTION cdp.consent_set(type text, value text, purpose text, channel text, given boolean, source text DEFAULT '', at timestamptz DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Who has said something is somebody; linked with itself an identifier comes in as any other does. Links come before
    -- the lock, as everywhere.
    IF NOT EXISTS (SELECT FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id)
                    WHERE t.name = cdp._id_type_name(consent_set.type) AND i.value = cdp._id_value(consent_set.type, consent_set.value)) THEN
        PERFORM cdp.id_link(type, value, type, value, seen_at => coalesce(at, now()));
    END IF;
    PERFORM cdp._merge_lock(false);
    PERFORM cdp._consent_note(ARRAY[cdp._identifier_id(type, value)], purpose, channel, given, source, at);
END $$;
COMMENT ON FUNCTION cdp.consent_set(text, text, text, text, boolean, text, timestamptz) IS
    'notes that whoever has this identifier has consented to a purpose and channel, or has refused; * is every one. What is said to be of the future counts as said now. A new identifier is a new person';

-- Said of a person it is said of each of his identifiers: when they come apart, it holds for all parts.
CREATE FUNCTION cdp.consent_set(one_id int4, purpose text, channel text, given boolean, source text DEFAULT '', at timestamptz DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._merge_lock(false);
    PERFORM cdp._consent_note(cdp._person_identifiers_now(one_id), purpose, channel, given, source, at);
END $$;
COMMENT ON FUNCTION cdp.consent_set(int4, text, text, boolean, text, timestamptz) IS
    'notes that a person has consented to a purpose and channel, or has refused; * is every one. What is said to be of the future counts as said now';

CREATE FUNCTION cdp._consents(purpose text, channel text, people cdp.roaringbitmap, OUT given cdp.roaringbitmap, OUT refused cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    SELECT coalesce(cdp.rb_build_agg(s.one_id) FILTER (WHERE s.is_given), '{}'), coalesce(cdp.rb_build_agg(s.one_id) FILTER (WHERE NOT s.is_given), '{}')
      INTO given, refused
      FROM (SELECT DISTINCT ON (i.one_id) i.one_id, c.is_given
              FROM cdp.rb_iterate(people) AS p (one_id)
              JOIN cdp.identifier AS i ON i.one_id = p.one_id
              JOIN cdp.consent AS c ON c.identifier_id = i.id
             WHERE c.purpose IN (_consents.purpose, '*') AND c.channel IN (_consents.channel, '*')
             ORDER BY i.one_id, c.said_at DESC, c.is_given) AS s;
END $$;
COMMENT ON FUNCTION cdp._consents(text, text, cdp.roaringbitmap) IS
    'internal: who of these people has consented to a purpose and channel, and who has refused';

CREATE FUNCTION cdp._consent_lacking(rule text, purpose text, channel text, people cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said record;
BEGIN
    IF rule = 'ignored' THEN
        RETURN '{}';
    END IF;
    said := cdp._consents(purpose, channel, people);
    RETURN CASE rule WHEN 'required' THEN cdp.rb_andnot(people, said.given) ELSE said.refused END;
END $$;
COMMENT ON FUNCTION cdp._consent_lacking(text, text, text, cdp.roaringbitmap) IS
    'internal: who of these people must not be contacted for want of consent, by the rule of a destination';

CREATE FUNCTION cdp._suppress(type_ids int4[], vals text[], channel text, whole_person boolean, reason text, until timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM cdp._name_check('channel', _suppress.channel);
    INSERT INTO cdp.suppression AS s (type_id, value, channel, whole_person, reason, until)
    SELECT k.type_id, k.value, _suppress.channel, _suppress.whole_person, coalesce(_suppress.reason, ''), _suppress.until
      FROM unnest(type_ids, vals) AS k (type_id, value)
    ON CONFLICT (type_id, value, channel, whole_person) DO UPDATE
       SET reason = excluded.reason, until = excluded.until, set_at = excluded.set_at, set_by = excluded.set_by
     WHERE coalesce(s.until <= excluded.until, excluded.until IS NULL);
END $$;
COMMENT ON FUNCTION cdp._suppress(int4[], text[], text, boolean, text, timestamptz) IS
    'internal: bars identifiers, or whoever has them, from being contacted; what bars them longer already stays';

CREATE FUNCTION cdp.suppress(type text, value text, channel text DEFAULT '*', reason text DEFAULT '', until timestamptz DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    spelled text := cdp._id_value(type, value);
    fault text := cdp._text_fault('value', spelled);
BEGIN
    PERFORM cdp._merge_lock(false);
    IF fault IS NULL AND cdp._is_erased(cdp._id_type_name(type), spelled) THEN
        fault := cdp._erased_fault();
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'suppression is refused: %', fault USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM cdp._suppress(ARRAY[cdp._id_type_id(type)], ARRAY[spelled], channel, false, reason, until);
END $$;
COMMENT ON FUNCTION cdp.suppress(text, text, text, text, timestamptz) IS
    'bars an identifier from being contacted by a channel (*: by any), until a time or for good; also one that is not known yet. A longer bar stays as it is; other identifiers of the same person stay open';

CREATE FUNCTION cdp.suppress(one_id int4, channel text DEFAULT '*', reason text DEFAULT '', until timestamptz DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who record;
BEGIN
    PERFORM cdp._merge_lock(false);
    SELECT array_agg(i.type_id) AS types, array_agg(i.value) AS vals INTO who
      FROM cdp.identifier AS i WHERE i.id = ANY (cdp._person_identifiers_now(suppress.one_id));
    PERFORM cdp._suppress(who.types, who.vals, channel, true, reason, until);
END $$;
COMMENT ON FUNCTION cdp.suppress(int4, text, text, timestamptz) IS
    'bars a person from being contacted by a channel (*: by any), by whichever identifier, until a time or for good. A longer bar stays as it is';

CREATE FUNCTION cdp.unsuppress(type text, value text, channel text DEFAULT NULL) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    DELETE FROM cdp.suppression AS s
     WHERE s.type_id = cdp._id_type_id(unsuppress.type) AND s.value = cdp._id_value(unsuppress.type, unsuppress.value)
       AND NOT s.whole_person AND s.channel = coalesce(unsuppress.channel, s.channel);
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION cdp.unsuppress(text, text, text) IS
    'takes back that an identifier is barred, by one channel or (NULL) by all; false when it was not';

CREATE FUNCTION cdp.unsuppress(one_id int4, channel text DEFAULT NULL) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM cdp.suppression AS s
     USING cdp.identifier AS i
     WHERE i.id = ANY (cdp._person_identifiers_now(unsuppress.one_id)) AND s.type_id = i.type_id AND s.value = i.value
       AND s.whole_person AND s.channel = coalesce(unsuppress.channel, s.channel);
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION cdp.unsuppress(int4, text) IS
    'takes back that a person is barred, by one channel or (NULL) by all; identifiers barred by themselves stay so. False when he was not';

CREATE FUNCTION cdp._suppressed(channel text, people cdp.roaringbitmap, at timestamptz, OUT persons cdp.roaringbitmap, OUT identifiers cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    SELECT coalesce(cdp.rb_build_agg(i.one_id) FILTER (WHERE s.whole_person), '{}'), coalesce(cdp.rb_build_agg(i.id), '{}')
      INTO persons, identifiers
      FROM cdp.rb_iterate(people) AS p (one_id)
      JOIN cdp.identifier AS i ON i.one_id = p.one_id
      JOIN cdp.suppression AS s ON s.type_id = i.type_id AND s.value = i.value
     WHERE s.channel IN (_suppressed.channel, '*') AND coalesce(s.until > _suppressed.at, true);
END $$;
COMMENT ON FUNCTION cdp._suppressed(text, cdp.roaringbitmap, timestamptz) IS
    'internal: who of these people is barred from a channel as a whole, and numbers of their identifiers that are barred';

--| ## How often, and when
CREATE FUNCTION cdp.touch_policy_set(channel text, max_touches int4 DEFAULT NULL, per interval DEFAULT NULL,
    quiet_from time DEFAULT NULL, quiet_until time DEFAULT NULL, time_zone text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._name_check('channel', channel);
    IF (max_touches IS NULL) <> (per IS NULL) OR (quiet_from IS NULL) <> (quiet_until IS NULL) THEN
        RAISE EXCEPTION 'touch policy of channel "%" is half of one', channel USING
            ERRCODE = 'invalid_parameter_value',
            HINT = 'A cap is max_touches and per, quiet hours are quiet_from and quiet_until.';
    ELSIF max_touches < 1 OR quiet_from = quiet_until THEN
        RAISE EXCEPTION 'touch policy of channel "%" leaves no room', channel USING
            ERRCODE = 'invalid_parameter_value',
            DETAIL = 'max_touches must be at least 1, and quiet hours must end.';
    END IF;
    PERFORM cdp._span_check('per of a touch policy', per);
    IF time_zone IS NOT NULL THEN
        PERFORM cdp._time_zone_check(time_zone);
    END IF;
    DELETE FROM cdp.touch_policy AS t WHERE t.channel = touch_policy_set.channel;
    INSERT INTO cdp.touch_policy (channel, max_touches, per, quiet_from, quiet_until, time_zone)
    SELECT touch_policy_set.channel, touch_policy_set.max_touches, touch_policy_set.per, touch_policy_set.quiet_from, touch_policy_set.quiet_until,
           touch_policy_set.time_zone
     WHERE num_nonnulls(touch_policy_set.max_touches, touch_policy_set.quiet_from) > 0;
END $$;
COMMENT ON FUNCTION cdp.touch_policy_set(text, int4, interval, time, time, text) IS
    'says how often a person may be contacted by a channel (*: by all together) within a time, and between which times of day nobody; replaces what was said of the channel before, without either takes it away';

CREATE FUNCTION cdp._quiet_until(channel text, at timestamptz) RETURNS timestamptz LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT max((l.moment::date + (l.moment::time >= t.quiet_until)::int4 + t.quiet_until) AT TIME ZONE z.zone)
          FROM cdp.touch_policy AS t
         CROSS JOIN LATERAL (SELECT coalesce(t.time_zone, cdp.setting('time_zone')) AS zone) AS z
         CROSS JOIN LATERAL (SELECT _quiet_until.at AT TIME ZONE z.zone AS moment) AS l
         WHERE t.channel IN (_quiet_until.channel, '*')
           AND CASE WHEN t.quiet_from < t.quiet_until THEN l.moment::time >= t.quiet_from AND l.moment::time < t.quiet_until
                    ELSE l.moment::time >= t.quiet_from OR l.moment::time < t.quiet_until END);
END $$;
COMMENT ON FUNCTION cdp._quiet_until(text, timestamptz) IS
    'internal: when the quiet hours of a channel end; NULL when there are none at this time';
