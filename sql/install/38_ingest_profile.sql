--| ## Profiles
--| What is known of people beside what they do: city, birthday, level. Sources say it of identifiers, and there it
--| stays (`cdp.attribute`), so that a merge brings together and a split takes apart exactly what was said of whom.
--| `cdp.profile` is derived: of each attribute the value that survives, by its rule in `cdp.attribute_rule`. It
--| follows merges and splits in the same transaction.

CREATE FUNCTION cdp._setup_profile() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._table_ensure('landing_profile', 'attributes of people as loaders bring them; COPY into it, then call cdp.ingest()', ARRAY[
        ['id_type', 'text', 'type of the identifier of whom they are said'],
        ['id_value', 'text', 'the identifier'],
        ['attrs', 'jsonb', '{"key": value}; null: there is none any more'],
        ['observed_at', 'text', 'when that was so; NULL for now; without an offset it is read in the setting time_zone'],
        ['source', 'text', 'who says so']],
        NULL, cdp._passage_options());
    PERFORM cdp._table_ensure('attribute_rule', 'attributes of people, and which of several values counts; new ones are noted as they come', ARRAY[
        ['key', 'text COLLATE "C" PRIMARY KEY', 'name of the attribute; change its rule with cdp.attribute_define()'],
        ['type', 'text CHECK (type IN (''text'', ''number'', ''date'', ''boolean'', ''text[]''))',
            'what its values are: text, number, date, boolean, text[] (several at once); NULL: whatever comes'],
        ['keep', 'text NOT NULL DEFAULT ''latest'' CHECK (keep IN (''latest'', ''first'', ''max'', ''min''))',
            'which value counts: the one seen latest, the one seen first, the greatest, the least'],
        ['pii', 'boolean NOT NULL DEFAULT false',
            'true: it names or locates the person; cdp.v_profile shows it only to those who may read cdp.profile'],
        ['description', $d$text NOT NULL DEFAULT ''$d$, 'what it means, for people']]);
    PERFORM cdp._table_ensure('attribute_source', 'whom to believe when two sources say something else at the same time', ARRAY[
        ['source', 'text COLLATE "C" PRIMARY KEY', 'name of the source'],
        ['rank', 'int4 NOT NULL', 'the lower, the more it is believed; sources that are not here have 100']]);
    PERFORM cdp._table_ensure('attribute', 'what sources have said of identifiers: one row per value, with when it was said', ARRAY[
        ['identifier_id', 'int4 NOT NULL', 'of whom: identifier.id'],
        ['key', 'text COLLATE "C" NOT NULL', 'the attribute, see attribute_rule'],
        ['source', 'text COLLATE "C" NOT NULL', 'who says so'],
        ['value', 'jsonb NOT NULL', 'the value, in the one spelling of its type; null: there is none any more'],
        ['first_seen', 'timestamptz NOT NULL', 'when it was said first'],
        ['last_seen', 'timestamptz NOT NULL', 'when it was said last']],
        'PRIMARY KEY (identifier_id, key, source, value)', 'WITH (fillfactor = 90)');
    PERFORM cdp._table_ensure('attribute_queue', 'identifiers with attributes that have no person yet', ARRAY[
        ['identifier_id', 'int4 PRIMARY KEY', 'the identifier']]);
    PERFORM cdp._table_ensure('profile', 'derived: the attributes of a person, one value each; a row for everybody of whom anything was said', ARRAY[
        ['one_id', 'int4 PRIMARY KEY', 'the person (unsigned)'],
        ['attrs', 'jsonb NOT NULL', '{"key": value}, without attributes that have no value'],
        ['updated_at', 'timestamptz NOT NULL DEFAULT now()', 'when it last changed']],
        NULL, 'WITH (fillfactor = 90)');
    PERFORM cdp._table_ensure('profile_value', 'derived from profile: who has which value of an attribute, as bitmaps of OneIDs', ARRAY[
        ['key', 'text COLLATE "C" NOT NULL', 'the attribute'],
        ['chunk', 'int4 NOT NULL', 'upper bits of the members: one_id >> 20'],
        ['value', 'text COLLATE "C" NOT NULL', 'the value as text; of several, each'],
        ['members', 'cdp.roaringbitmap NOT NULL', 'OneIDs of the people who have it']],
        'PRIMARY KEY (key, chunk, value)');
    -- Together with id_resolve(), which calls _attribute_arrive(), they see whatever changes whose an identifier is.
    PERFORM cdp._trigger_ensure('cdp.merge_log', 'profile_merge',
        'AFTER INSERT ON cdp.merge_log REFERENCING NEW TABLE AS merged
         FOR EACH STATEMENT EXECUTE FUNCTION cdp._profile_merge()');
    PERFORM cdp._trigger_ensure('cdp.split_log', 'profile_split',
        'AFTER INSERT ON cdp.split_log REFERENCING NEW TABLE AS divided
         FOR EACH STATEMENT EXECUTE FUNCTION cdp._profile_split()');
    PERFORM cdp._trigger_ensure('cdp.identifier', 'attribute_return',
        'AFTER UPDATE OF status ON cdp.identifier
         FOR EACH ROW WHEN (OLD.status <> ''active'' AND NEW.status = ''active'')
         EXECUTE FUNCTION cdp._attribute_return()');
END $$;
COMMENT ON FUNCTION cdp._setup_profile() IS 'internal: makes the tables and triggers of profiles';

--| ## Values of attributes
CREATE FUNCTION cdp._attribute_text(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE jsonb_typeof(value) WHEN 'string' THEN cdp._trim(value #>> '{}')
                                    WHEN 'number' THEN trim_scale(value::numeric)::text
                                    WHEN 'boolean' THEN value::text END;
COMMENT ON FUNCTION cdp._attribute_text(jsonb) IS 'internal: a single value as text; NULL for null, lists and objects';

CREATE FUNCTION cdp._attribute_list(value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN bool_or(jsonb_typeof(m.item) IN ('object', 'array')) THEN NULL
                ELSE coalesce(jsonb_agg(m.plain ORDER BY m.nth) FILTER (WHERE m.plain <> '' AND m.is_first), 'null') END
      FROM (SELECT e.item, e.nth, p.plain, row_number() OVER (PARTITION BY p.plain ORDER BY e.nth) = 1 AS is_first
              FROM jsonb_array_elements(value) WITH ORDINALITY AS e (item, nth)
             CROSS JOIN LATERAL (SELECT cdp._attribute_text(e.item)) AS p (plain)) AS m
$$;
COMMENT ON FUNCTION cdp._attribute_list(jsonb) IS
    'internal: a list as one of different texts, or null when nothing is in it; NULL when a list or an object is in it';

-- Under the time zone of the business: a time means the day that it was there.
CREATE FUNCTION cdp._attribute_date(plain text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN cdp._timestamptz_or_null(plain)::date BETWEEN '0001-01-01' AND '9999-12-31'
                THEN to_char(cdp._timestamptz_or_null(plain)::date, 'YYYY-MM-DD') END;
COMMENT ON FUNCTION cdp._attribute_date(text) IS 'internal: the day that a text means, as YYYY-MM-DD; NULL when it means none';

CREATE FUNCTION cdp._attribute_spelled(type text, value jsonb, plain text) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN jsonb_typeof(value) IS NULL OR jsonb_typeof(value) = 'null' OR plain = '' THEN 'null'::jsonb
        WHEN jsonb_typeof(value) = 'object' THEN NULL
        WHEN jsonb_typeof(value) = 'array' THEN CASE WHEN type IS NULL OR type = 'text[]' THEN cdp._attribute_list(value) END
        WHEN type = 'text[]' THEN jsonb_build_array(plain)
        WHEN type = 'number' THEN CASE WHEN length(plain) < 80 AND plain ~ '^[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)$'
                                       THEN to_jsonb(trim_scale(plain::numeric)) END
        WHEN type = 'date' THEN to_jsonb(cdp._attribute_date(plain))
        WHEN type = 'boolean' THEN CASE WHEN lower(plain) IN ('true', 't', 'yes', 'y', '1') THEN 'true'::jsonb
                                        WHEN lower(plain) IN ('false', 'f', 'no', 'n', '0') THEN 'false'::jsonb END
        WHEN type = 'text' OR jsonb_typeof(value) = 'string' THEN to_jsonb(plain)
        WHEN jsonb_typeof(value) = 'number' THEN to_jsonb(plain::numeric)
        ELSE value END;
COMMENT ON FUNCTION cdp._attribute_spelled(text, jsonb, text) IS
    'internal: a value (plain: as text) in the one spelling of its type; null when there is none; NULL when it is not of this type';

-- Keys and values stand in indexes, keys in nearly every one of their entries.
CREATE FUNCTION cdp._attribute_fault(key text, type text, spelled jsonb) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length(key) NOT BETWEEN 1 AND 200 THEN 'name of an attribute is missing or longer than 200 bytes'
                WHEN spelled IS NULL THEN format('attribute "%s" is not of type %s', key, coalesce(type, 'text, number, boolean or list of them'))
                WHEN octet_length(spelled::text) > 1024 THEN format('attribute "%s" is longer than 1024 bytes', key) END;
COMMENT ON FUNCTION cdp._attribute_fault(text, text, jsonb) IS
    'internal: why an attribute with this spelled value is refused; NULL when it is not';

CREATE FUNCTION cdp._attribute_values(attrs jsonb) RETURNS TABLE (key text, value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10 BEGIN ATOMIC
    SELECT e.key, v.value
      FROM jsonb_each(attrs) AS e
     CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(e.value) WHEN 'array' THEN e.value ELSE jsonb_build_array(e.value) END) AS v (value);
END;
COMMENT ON FUNCTION cdp._attribute_values(jsonb) IS 'internal: the values of a profile, one a row, as text';

--| ## Working profiles out
-- One plan for one person and a hundred thousand, by index look-ups: what is looked up is what has changed. Groups are
-- sorted: a hash table would be made for as many as the planner fears.
CREATE FUNCTION cdp._profiles_of(persons int4[]) RETURNS TABLE (one_id int4, attrs jsonb) LANGUAGE plpgsql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.one_id, coalesce(jsonb_object_agg(c.key, c.value) FILTER (WHERE c.value <> 'null'), '{}')
      FROM (SELECT DISTINCT ON (i.one_id, a.key) i.one_id, a.key, a.value
              FROM unnest(persons) AS p (one_id)
              JOIN cdp.identifier AS i ON i.one_id = p.one_id
              JOIN cdp.attribute AS a ON a.identifier_id = i.id
              LEFT JOIN cdp.attribute_rule AS r ON r.key = a.key
              LEFT JOIN cdp.attribute_source AS s ON s.source = a.source
             -- That there is none any more counts where the latest word does, and nowhere else.
             ORDER BY i.one_id, a.key, r.keep <> 'latest' AND a.value = 'null',
                      CASE r.keep WHEN 'min' THEN a.value END, CASE r.keep WHEN 'max' THEN a.value END DESC,
                      CASE r.keep WHEN 'first' THEN a.first_seen END,
                      CASE WHEN r.keep IS DISTINCT FROM 'first' THEN a.last_seen END DESC,
                      coalesce(s.rank, 100), a.value::text COLLATE "C") AS c
     GROUP BY c.one_id;
END $$;
COMMENT ON FUNCTION cdp._profiles_of(int4[]) IS
    'internal: the profiles of these persons, worked out from what was said of their identifiers; none for those of whom nothing was said';

CREATE FUNCTION cdp._profile_refresh(persons int4[]) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off SET enable_hashagg = off SET jit = off AS $$
DECLARE
    -- What is worked out at a time has to lie in memory.
    slice int4 := 100000;
    part int4[];
    changed int8;
    all_changed int8 := 0;
BEGIN
    FOR done IN 0 .. coalesce(cardinality(persons), 0) - 1 BY slice LOOP
        part := persons[done + 1 : done + slice];
        WITH changed AS MATERIALIZED (
            SELECT one_id, o.attrs AS was, n.attrs AS now
              FROM (SELECT p.one_id, p.attrs FROM cdp.profile AS p WHERE p.one_id = ANY (part)) AS o
              FULL JOIN cdp._profiles_of(part) AS n USING (one_id)
             WHERE o.attrs IS DISTINCT FROM n.attrs
        ), gone AS (
            DELETE FROM cdp.profile AS p USING changed AS c WHERE c.now IS NULL AND p.one_id = c.one_id
        ), said AS (
            INSERT INTO cdp.profile AS p (one_id, attrs)
            SELECT c.one_id, c.now FROM changed AS c WHERE c.now IS NOT NULL ORDER BY cdp._one_id_unsigned(c.one_id)
            ON CONFLICT (one_id) DO UPDATE SET attrs = excluded.attrs, updated_at = excluded.updated_at
        ), move AS (
            SELECT c.one_id, v.key, v.value, false AS enters
              FROM changed AS c CROSS JOIN LATERAL cdp._attribute_values(c.was) AS v WHERE c.was -> v.key IS DISTINCT FROM c.now -> v.key
            UNION ALL
            SELECT c.one_id, v.key, v.value, true
              FROM changed AS c CROSS JOIN LATERAL cdp._attribute_values(c.now) AS v WHERE c.was -> v.key IS DISTINCT FROM c.now -> v.key
        ), news AS (
            SELECT m.key COLLATE "C" AS key, cdp.chunk_of(m.one_id) AS chunk, m.value COLLATE "C" AS value,
                   cdp.rb_build_agg(m.one_id) FILTER (WHERE NOT m.enters) AS leave,
                   cdp.rb_build_agg(m.one_id) FILTER (WHERE m.enters) AS enter
              FROM move AS m GROUP BY 1, 2, 3
        ), page AS MATERIALIZED (
            -- LIMIT holds it to the index, which costs what has changed.
            SELECT n.key, n.chunk, n.value, v.place,
                   CASE WHEN v.place IS NULL THEN n.enter
                        ELSE cdp.rb_or(cdp.rb_andnot(v.members, coalesce(n.leave, '{}')), coalesce(n.enter, '{}')) END AS members
              FROM news AS n
              LEFT JOIN LATERAL (SELECT v.members, v.ctid AS place FROM cdp.profile_value AS v
                                  WHERE v.key = n.key AND v.chunk = n.chunk AND v.value = n.value LIMIT 1) AS v ON true
        ), written AS (
            INSERT INTO cdp.profile_value AS v (key, chunk, value, members)
            SELECT p.key, p.chunk, p.value, p.members FROM page AS p WHERE NOT cdp.rb_is_empty(p.members) ORDER BY 1, 2, 3
            ON CONFLICT (key, chunk, value) DO UPDATE SET members = excluded.members
        ), empty AS (
            DELETE FROM cdp.profile_value AS v WHERE v.ctid = ANY (ARRAY(SELECT p.place FROM page AS p WHERE cdp.rb_is_empty(p.members)))
        )
        SELECT count(*) INTO changed FROM changed;
        all_changed := all_changed + changed;
    END LOOP;
    RETURN all_changed;
END $$;
COMMENT ON FUNCTION cdp._profile_refresh(int4[]) IS
    'internal: brings the profiles of these persons up to date, under the lock of those who change who is who; returns how many have changed';

CREATE FUNCTION cdp._profile_merge() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._profile_refresh(array_agg(DISTINCT k.one_id))
       FROM merged AS m JOIN cdp.profile AS p ON p.one_id = m.absorbed
      CROSS JOIN LATERAL (VALUES (m.absorbed), (cdp._person_now(m.absorbed))) AS k (one_id);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._profile_merge() IS 'internal: profiles follow merged people (trigger on merge_log)';

CREATE FUNCTION cdp._profile_split() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._profile_refresh(array_agg(DISTINCT k.one_id))
       FROM divided AS d JOIN cdp.profile AS p ON p.one_id = d.one_id
      CROSS JOIN LATERAL (VALUES (d.one_id), (d.part)) AS k (one_id) WHERE k.one_id IS NOT NULL;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._profile_split() IS 'internal: profiles follow people who are split (trigger on split_log)';

CREATE FUNCTION cdp._attribute_arrive() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    persons int4[];
BEGIN
    IF NOT EXISTS (SELECT FROM cdp.attribute_queue) THEN
        RETURN;
    END IF;
    -- Who was taken out meanwhile comes back through attribute_return.
    WITH gone AS (
        DELETE FROM cdp.attribute_queue AS q USING cdp.identifier AS i
         WHERE i.id = q.identifier_id AND (i.one_id IS NOT NULL OR i.status <> 'active')
        RETURNING i.one_id
    )
    SELECT array_agg(DISTINCT g.one_id) INTO persons FROM gone AS g WHERE g.one_id IS NOT NULL;
    PERFORM cdp._profile_refresh(persons);
END $$;
COMMENT ON FUNCTION cdp._attribute_arrive() IS
    'internal: what was said of identifiers that waited and have a person now goes into its profile';

CREATE FUNCTION cdp._attribute_return() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO cdp.attribute_queue (identifier_id)
    SELECT NEW.id WHERE EXISTS (SELECT FROM cdp.attribute AS a WHERE a.identifier_id = NEW.id)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cdp._attribute_return() IS
    'internal: an identifier that is active again waits with its attributes for a person (trigger on identifier)';
