--| ## Registry of types
--| `cdp.id_type` says of every type how strong it is, how its values are spelled, and which guards hold.
--| `id_type_define` adds a type or changes one, best before its data comes.

-- Limits are generous: who has more is a shop, an agent or a mistake. Strong identifiers are few; devices and
-- browsers come and go, and have a limit only against what no person can have.
CREATE FUNCTION cdp._id_type_seed() RETURNS void LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO cdp.id_type (type_id, name, rank, normaliser, max_per_person, neighbour_limit, description)
    SELECT row_number() OVER (ORDER BY s.rank), s.name, s.rank, s.normaliser, s.max_per_person,
           -- Nobody has many accounts of a kind, whoever orders for others does. Devices and cookies come and go.
           CASE WHEN s.rank < 100 THEN 10 END, s.description
      FROM (VALUES
        ('member_id', 10, 'trim', 2, 'number in the brand''s own membership'),
        ('registered_id', 15, 'trim', 3, 'account of the App or site'),
        ('unionid', 20, 'trim', 3, 'WeChat: one subject over all apps of an open-platform account'),
        ('phone', 30, 'phone', 3, 'mobile number'),
        ('wecom_external_userid', 35, 'trim', 3, 'WeCom (WeChat Work): external contact'),
        ('openid_mp', 40, 'trim', 3, 'WeChat: subject within a Mini Program'),
        ('openid_oa', 50, 'trim', 3, 'WeChat: subject within an Official Account'),
        ('openid_app', 55, 'trim', 3, 'WeChat: subject within an App'),
        ('taobao_id', 60, 'trim', 4, 'Tmall and Taobao: buyer'),
        ('jd_id', 70, 'trim', 4, 'JD: buyer (pin)'),
        ('douyin_id', 80, 'trim', 4, 'Douyin: buyer or follower (open_id)'),
        ('youzan_id', 85, 'trim', 4, 'Youzan: buyer (yz_open_id)'),
        ('pos_card', 88, 'trim', 10, 'card shown in a store'),
        ('email', 90, 'email', 4, 'e-mail address'),
        ('device_id', 100, 'device', 40, 'device: IDFA, OAID, IMEI'),
        ('cookie_id', 110, 'trim', 300, 'browser'),
        ('anonymous_id', 120, 'trim', 300, 'visitor before any login')) AS s (name, rank, normaliser, max_per_person, description)
$$;
COMMENT ON FUNCTION cdp._id_type_seed() IS 'internal: the types of identifiers that every new platform knows';

CREATE FUNCTION cdp.id_type_define(name text, rank int4 DEFAULT NULL, normaliser text DEFAULT NULL,
    max_per_person int4 DEFAULT NULL, is_unique boolean DEFAULT NULL, fanout_limit int4 DEFAULT NULL,
    neighbour_limit int4 DEFAULT NULL, ttl interval DEFAULT NULL, is_hashed boolean DEFAULT NULL,
    description text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    spelled text := cdp._id_type_name(id_type_define.name);
    fault text := cdp._text_fault('name of the type', spelled);
    known record;
BEGIN
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- It has the words for one that does not exist.
    PERFORM cdp.id_understood(normaliser, ''), cdp._span_check('ttl of a type', ttl), cdp._number_check('max_per_person', max_per_person, 1),
            cdp._number_check('fanout_limit', fanout_limit, 1), cdp._number_check('neighbour_limit', neighbour_limit, 1);
    PERFORM cdp._require_setup();
    -- Nobody may number types meanwhile, nor bring values in the spelling of before.
    PERFORM cdp._lock('ingest');
    SELECT t.* INTO known FROM cdp.id_type AS t WHERE t.name = spelled;
    IF known.type_id IS NULL THEN
        INSERT INTO cdp.id_type (type_id, name)
        VALUES (cdp._counter_take('id_type', 1, (SELECT max(t.type_id) FROM cdp.id_type AS t)) + 1, spelled);
    ELSIF (id_type_define.normaliser <> known.normaliser OR id_type_define.is_hashed <> known.is_hashed)
          AND EXISTS (SELECT FROM cdp.identifier AS i WHERE i.type_id = known.type_id) THEN
        RAISE EXCEPTION 'identifiers of type "%" are stored already', spelled USING
            ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'With another normaliser, or hashed, their values would not be found again.',
            HINT = 'Define another type, and land its identifiers and links with the old ones.';
    END IF;
    UPDATE cdp.id_type AS t
       SET rank = coalesce(id_type_define.rank, t.rank), normaliser = coalesce(id_type_define.normaliser, t.normaliser),
           max_per_person = coalesce(id_type_define.max_per_person, t.max_per_person),
           is_unique = coalesce(id_type_define.is_unique, t.is_unique),
           fanout_limit = coalesce(id_type_define.fanout_limit, t.fanout_limit),
           neighbour_limit = coalesce(id_type_define.neighbour_limit, t.neighbour_limit),
           ttl = coalesce(id_type_define.ttl, t.ttl), is_hashed = coalesce(id_type_define.is_hashed, t.is_hashed),
           description = coalesce(id_type_define.description, t.description)
     WHERE t.name = spelled;
END $$;
COMMENT ON FUNCTION cdp.id_type_define(text, int4, text, int4, boolean, int4, int4, interval, boolean, text) IS
    'adds a type of identifiers to cdp.id_type, or changes what is given of one that is there (a limit is taken away by UPDATE); normaliser and is_hashed only before its first identifier';

CREATE FUNCTION cdp._id_type_id(type text) RETURNS int4 LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found int4 := (SELECT t.type_id FROM cdp.id_type AS t WHERE t.name = cdp._id_type_name(type));
BEGIN
    IF found IS NULL THEN
        RAISE EXCEPTION 'type of identifiers "%" does not exist', coalesce(type, 'NULL') USING
            ERRCODE = 'undefined_object',
            HINT = cdp._name_hint(type, ARRAY(SELECT t.name FROM cdp.id_type AS t ORDER BY t.rank, t.name));
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION cdp._id_type_id(text) IS 'internal: number of a type of identifiers; an error with the nearest name when there is none';

-- Cautious guards: a type that nobody has described is the weakest, and nobody has hundreds of it.
CREATE FUNCTION cdp._id_types_learn(names text[]) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fresh text[] := ARRAY(SELECT unnest(names) COLLATE "C" AS name EXCEPT SELECT t.name FROM cdp.id_type AS t ORDER BY name);
    given int8 := cdp._counter_take('id_type', cardinality(fresh), (SELECT max(t.type_id) FROM cdp.id_type AS t));
BEGIN
    INSERT INTO cdp.id_type (type_id, name, max_per_person, description)
    SELECT given + f.nth, f.name, 100, 'first seen in data' FROM unnest(fresh) WITH ORDINALITY AS f (name, nth);
END $$;
COMMENT ON FUNCTION cdp._id_types_learn(text[]) IS
    'internal: registers types of identifiers that were not known, with the weakest rank and cautious guards';

CREATE FUNCTION cdp._id_types_allowed() RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN cdp.setting('id_unknown_types') = 'quarantine' THEN ARRAY(SELECT t.name FROM cdp.id_type AS t ORDER BY t.name) END;
END $$;
COMMENT ON FUNCTION cdp._id_types_allowed() IS
    'internal: the types of identifiers that may come; NULL when any may, see setting id_unknown_types';

--| ## Hashed types
--| Of a type with `is_hashed` only a keyed hash of each value is stored, `hmac:` and 64 digits. Every function takes
--| the plain value and hashes it, and needs the right to read `cdp.secret` for that; or takes the hash as it is shown.

CREATE FUNCTION cdp._id_hashed(type text, value text) RETURNS text LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN value = '' OR value ~ '^hmac:[0-9a-f]{64}$' THEN value
                -- Under its hash nobody would know a placeholder again, and it gives away nothing.
                WHEN cdp._id_is_blocked(type, value) THEN 'null'
                ELSE 'hmac:' || encode(cdp._identifier_hash(type, value), 'hex') END;
END $$;
COMMENT ON FUNCTION cdp._id_hashed(text, text) IS
    'internal: what is stored for a value of a hashed type: its keyed hash; of placeholders "null", of hashes themselves';

-- What is refused is kept as it came, but for what must not be kept.
CREATE FUNCTION cdp._raw_hashed(raw jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    hashed text[] := ARRAY(SELECT t.name FROM cdp.id_type AS t WHERE t.is_hashed);
    pair text[];
BEGIN
    IF hashed = '{}' THEN
        RETURN raw;
    END IF;
    FOREACH pair SLICE 1 IN ARRAY '{{id_type,id_value},{type_a,value_a},{type_b,value_b}}'::text[] LOOP
        IF cdp._id_type_name(raw ->> pair[1]) = ANY (hashed) AND raw ->> pair[2] IS NOT NULL THEN
            raw := jsonb_set(raw, pair[2:2], to_jsonb(cdp._id_value(raw ->> pair[1], raw ->> pair[2])));
        END IF;
    END LOOP;
    IF jsonb_typeof(raw -> 'identities') = 'object' THEN
        raw := jsonb_set(raw, '{identities}', (
            SELECT coalesce(jsonb_object_agg(k.key, CASE WHEN cdp._id_type_name(k.key) = ANY (hashed)
                                                         THEN to_jsonb(cdp._id_value(k.key, k.value #>> '{}')) ELSE k.value END), '{}')
              FROM jsonb_each(raw -> 'identities') AS k));
    END IF;
    RETURN raw;
END $$;
COMMENT ON FUNCTION cdp._raw_hashed(jsonb) IS
    'internal: a landed row in which the values of hashed types are hashed';
