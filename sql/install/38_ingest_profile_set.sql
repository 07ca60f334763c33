--| ## Saying something about people
CREATE FUNCTION cdp._attributes_learn(keys text[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO cdp.attribute_rule (key)
    SELECT k.key COLLATE "C" FROM unnest(keys) AS k (key) EXCEPT SELECT r.key FROM cdp.attribute_rule AS r ORDER BY 1;
END $$;
COMMENT ON FUNCTION cdp._attributes_learn(text[]) IS 'internal: notes attributes that were not known; of them the latest value counts';

CREATE FUNCTION cdp._profile_follow(ids int4[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO cdp.attribute_queue (identifier_id)
    SELECT i.id FROM cdp.identifier AS i WHERE i.id = ANY (ids) AND i.one_id IS NULL AND i.status = 'active'
    ON CONFLICT DO NOTHING;
    PERFORM cdp._profile_refresh(ARRAY(SELECT DISTINCT i.one_id FROM cdp.identifier AS i WHERE i.id = ANY (ids) AND i.one_id IS NOT NULL ORDER BY i.one_id));
END $$;
COMMENT ON FUNCTION cdp._profile_follow(int4[]) IS
    'internal: brings the profiles up to date of whom these identifiers belong to, of which something was said; those without a person wait';

CREATE FUNCTION cdp._profile_set(identifier_id int4, attrs jsonb, source text, observed_at timestamptz) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
#variable_conflict use_column
DECLARE
    who text := coalesce(nullif(cdp._trim(_profile_set.source), ''), 'unnamed');
    fault text := coalesce(cdp._text_fault('source', who), CASE WHEN jsonb_typeof(attrs) = 'object' THEN NULL ELSE 'attrs is not an object' END);
    said record;
BEGIN
    PERFORM set_config('timezone', cdp.setting('time_zone'), true);
    IF fault IS NULL THEN
        SELECT array_agg(v.key) AS keys, array_agg(v.spelled) AS vals, min(cdp._attribute_fault(v.key, v.type, v.spelled)) AS fault INTO said
          FROM (SELECT cdp._trim(e.key) AS key, r.type, cdp._attribute_spelled(r.type, e.value, cdp._attribute_text(e.value)) AS spelled
                  FROM jsonb_each(attrs) AS e LEFT JOIN cdp.attribute_rule AS r ON r.key = cdp._trim(e.key) COLLATE "C") AS v;
        fault := said.fault;
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'profile is refused: %', fault USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM cdp._attributes_learn(said.keys);
    INSERT INTO cdp.attribute AS a (identifier_id, key, source, value, first_seen, last_seen)
    SELECT DISTINCT _profile_set.identifier_id, v.key, who, v.value, _profile_set.observed_at, _profile_set.observed_at FROM unnest(said.keys, said.vals) AS v (key, value)
    ON CONFLICT (identifier_id, key, source, value) DO UPDATE
       SET first_seen = least(a.first_seen, excluded.first_seen), last_seen = greatest(a.last_seen, excluded.last_seen);
    PERFORM cdp._profile_follow(ARRAY[_profile_set.identifier_id]);
    RETURN (SELECT p.attrs FROM cdp.identifier AS i JOIN cdp.profile AS p USING (one_id) WHERE i.id = _profile_set.identifier_id);
END $$;
COMMENT ON FUNCTION cdp._profile_set(int4, jsonb, text, timestamptz) IS
    'internal: notes what a source says of an identifier; returns the profile of its person';

CREATE FUNCTION cdp.profile_set(type text, value text, attrs jsonb, source text DEFAULT 'profile_set', observed_at timestamptz DEFAULT now())
    RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    spelled text := cdp._id_value(type, value);
    fault text := coalesce(
        CASE WHEN cdp._is_erased(cdp._id_type_name(type), spelled) THEN cdp._erased_fault() END,
        cdp._id_type_fault('id_type', cdp._id_type_name(type), cdp._id_types_allowed()), cdp._text_fault('id_value', spelled),
        cdp._time_fault('observed_at', observed_at::text, observed_at, cdp.setting('event_min_ts')::timestamptz,
                        now() + cdp.setting('event_max_ahead')::interval));
BEGIN
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'profile is refused: %', fault USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Linked with itself it comes in as any other does.
    PERFORM cdp.id_link(type, value, type, value, seen_at => observed_at);
    RETURN cdp._profile_set(cdp._identifier_id(type, value), attrs, source, observed_at);
END $$;
COMMENT ON FUNCTION cdp.profile_set(text, text, jsonb, text, timestamptz) IS
    'notes at once what a source says of an identifier, {"key": value}, null for what is no more; a new identifier is a new person. Returns the profile of its person; NULL while it has none';

CREATE FUNCTION cdp.profile_set(one_id int4, attrs jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    strongest int4;
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._lock('ingest');
    PERFORM cdp._identity_lock('profile_set');
    SELECT i.id INTO strongest FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id)
     WHERE i.one_id = cdp._person_now(profile_set.one_id) ORDER BY t.rank, i.first_seen, i.id LIMIT 1;
    IF strongest IS NULL THEN
        RAISE EXCEPTION 'person % does not exist', coalesce(profile_set.one_id::text, 'NULL') USING
            ERRCODE = 'undefined_object', DETAIL = 'Or it has no identifier any more.';
    END IF;
    RETURN cdp._profile_set(strongest, profile_set.attrs, 'profile_set', now());
END $$;
COMMENT ON FUNCTION cdp.profile_set(int4, jsonb) IS
    'notes at once what is known of a person from now on, {"key": value}, null for what is no more, under the strongest of its identifiers; returns the profile';

--| ## Rules of attributes
-- The whole of what is stored of an attribute, in the spelling of its type.
CREATE FUNCTION cdp._attribute_respell(key text, type text) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
#variable_conflict use_column
DECLARE
    wrong int8;
    example text;
BEGIN
    PERFORM set_config('timezone', cdp.setting('time_zone'), true);
    SELECT count(*), min(a.value::text COLLATE "C") INTO wrong, example FROM cdp.attribute AS a
     WHERE a.key = _attribute_respell.key AND cdp._attribute_spelled(_attribute_respell.type, a.value, cdp._attribute_text(a.value)) IS NULL;
    IF wrong > 0 THEN
        RAISE EXCEPTION 'attribute "%" has values that are not of type %', _attribute_respell.key, _attribute_respell.type USING
            ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('There are %s in cdp.attribute, for example %s.', wrong, example),
            HINT = 'Correct or delete them there first.';
    END IF;
    WITH gone AS (DELETE FROM cdp.attribute AS a WHERE a.key = _attribute_respell.key RETURNING a.*)
    INSERT INTO cdp.attribute (identifier_id, key, source, value, first_seen, last_seen)
    SELECT g.identifier_id, g.key, g.source, g.spelled, min(g.first_seen), max(g.last_seen)
      FROM (SELECT g.*, cdp._attribute_spelled(_attribute_respell.type, g.value, cdp._attribute_text(g.value)) AS spelled FROM gone AS g) AS g
     GROUP BY g.identifier_id, g.key, g.source, g.spelled;
END $$;
COMMENT ON FUNCTION cdp._attribute_respell(text, text) IS
    'internal: brings all values of an attribute into the spelling of a type; an error when one is not of it';

CREATE FUNCTION cdp.attribute_define(key text, type text DEFAULT NULL, keep text DEFAULT NULL, pii boolean DEFAULT NULL, description text DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    fault text := cdp._attribute_fault(coalesce(cdp._trim(attribute_define.key), ''), 'text', 'null');
    name text := cdp._trim(attribute_define.key);
    known record;
BEGIN
    IF attribute_define.type NOT IN ('text', 'number', 'date', 'boolean', 'text[]') THEN
        fault := format('type of an attribute must be text, number, date, boolean or text[], not "%s"', attribute_define.type);
    ELSIF attribute_define.keep NOT IN ('latest', 'first', 'max', 'min') THEN
        fault := format('what is kept of an attribute must be latest, first, max or min, not "%s"', attribute_define.keep);
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM cdp._require_setup();
    PERFORM cdp._lock('ingest');
    PERFORM cdp._identity_lock('attribute_define');
    PERFORM cdp._attributes_learn(ARRAY[name]);
    SELECT r.* INTO known FROM cdp.attribute_rule AS r WHERE r.key = name;
    UPDATE cdp.attribute_rule AS r
       SET type = coalesce(attribute_define.type, r.type), keep = coalesce(attribute_define.keep, r.keep),
           pii = coalesce(attribute_define.pii, r.pii), description = coalesce(attribute_define.description, r.description)
     WHERE r.key = name;
    IF attribute_define.type IS DISTINCT FROM known.type AND attribute_define.type IS NOT NULL THEN
        PERFORM cdp._attribute_respell(name, attribute_define.type);
    ELSIF attribute_define.keep IS NULL OR attribute_define.keep = known.keep THEN
        RETURN;
    END IF;
    PERFORM cdp._profile_refresh(ARRAY(SELECT DISTINCT i.one_id FROM cdp.attribute AS a JOIN cdp.identifier AS i ON i.id = a.identifier_id
                                        WHERE a.key = name AND i.one_id IS NOT NULL ORDER BY i.one_id));
END $$;
COMMENT ON FUNCTION cdp.attribute_define(text, text, text, boolean, text) IS
    'adds an attribute to cdp.attribute_rule, or changes what is given of one that is there: type (text, number, date, boolean, text[]), which value counts (latest, first, max, min), whether it is personal; profiles follow';

CREATE FUNCTION cdp.attribute_source_rank(source text, rank int4) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    name text := cdp._trim(attribute_source_rank.source);
BEGIN
    PERFORM cdp._require_setup();
    IF name IS NULL OR rank IS NULL THEN
        RAISE EXCEPTION 'a source of attributes needs a name and a rank' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM cdp._lock('ingest');
    PERFORM cdp._identity_lock('attribute_source_rank');
    INSERT INTO cdp.attribute_source AS s (source, rank) VALUES (name, attribute_source_rank.rank)
    ON CONFLICT (source) DO UPDATE SET rank = excluded.rank;
    PERFORM cdp._profile_refresh(ARRAY(SELECT DISTINCT i.one_id FROM cdp.attribute AS a JOIN cdp.identifier AS i ON i.id = a.identifier_id
                                        WHERE a.source = name COLLATE "C" AND i.one_id IS NOT NULL ORDER BY i.one_id));
END $$;
COMMENT ON FUNCTION cdp.attribute_source_rank(text, int4) IS
    'says how much a source of attributes is believed when two say something else at the same time: the lower the rank, the more; profiles follow';

CREATE FUNCTION cdp.profile_rebuild() RETURNS int8 LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._lock('ingest');
    PERFORM cdp._identity_lock('profile_rebuild');
    RETURN cdp._profile_refresh(ARRAY(
        SELECT i.one_id FROM cdp.attribute AS a JOIN cdp.identifier AS i ON i.id = a.identifier_id WHERE i.one_id IS NOT NULL
        UNION SELECT p.one_id FROM cdp.profile AS p ORDER BY 1));
END $$;
COMMENT ON FUNCTION cdp.profile_rebuild() IS
    'works every profile out again from cdp.attribute, where somebody has changed it or the rules by hand; returns how many have changed';
