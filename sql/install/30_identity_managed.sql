--| # Identity
--| An identifier is a type and a value (`phone`, `13912345678`). Links say that two identifiers were
--| seen to belong together; `cdp.id_resolve()` turns links into persons. A person's number, the
--| OneID, is an `int4` whose 32 bits are read unsigned: above 2,147,483,647 it shows as negative.

--| ## One spelling
-- Forms and spreadsheets add some that nobody sees: no-break, ideographic and zero-width space, BOM.
CREATE FUNCTION cdp._trim(value text) RETURNS text
    AS 'MODULE_PATHNAME', 'cdp__trim' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdp._trim(text) IS 'internal: a text without white space and invisible characters around it';

CREATE FUNCTION cdp._id_type_name(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(cdp._trim(name) COLLATE "C");
COMMENT ON FUNCTION cdp._id_type_name(text) IS 'internal: the one spelling of the name of an identifier type';

CREATE FUNCTION cdp.id_normalise(normaliser text, value text, country text DEFAULT 'CN') RETURNS text
    AS 'MODULE_PATHNAME', 'cdp_id_normalise' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.id_normalise(text, text, text) IS
    'a value in one spelling, by the normaliser of its type (trim, lower, digits, phone, email, uuid, imei, mac or device); what the normaliser does not understand is only trimmed. Country: of phone numbers without one';

CREATE FUNCTION cdp.id_understood(normaliser text, value text, country text DEFAULT 'CN') RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp_id_understood' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION cdp.id_understood(text, text, text) IS
    'true when a normaliser understands a value: a phone number, an address, a device ... and not merely some text';

-- Every way in calls this.
CREATE FUNCTION cdp._id_value(type text, value text) RETURNS text
    AS 'MODULE_PATHNAME', 'cdp__id_value' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp._id_value(text, text) IS
    'internal: what is stored as the value of an identifier of this type: its one spelling, by the normaliser of the type, or a keyed hash of that';

CREATE FUNCTION cdp._one_id_unsigned(one_id int4) RETURNS int8
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN one_id::int8 & 4294967295;
COMMENT ON FUNCTION cdp._one_id_unsigned(int4) IS 'internal: a OneID as the number from 0 to 4,294,967,295 that it means';

CREATE FUNCTION cdp._one_id_signed(number int8) RETURNS int4
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (((number + 2147483648) & 4294967295) - 2147483648)::int4;
COMMENT ON FUNCTION cdp._one_id_signed(int8) IS 'internal: the OneID that means this number, 0 to 4,294,967,295';

--| ## Tables
-- Keys compare byte by byte (COLLATE "C"): faster, and no index breaks when the system's collation
-- changes its mind. No foreign keys: a check per row would cost more than the load itself.
CREATE FUNCTION cdp._setup_identity() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Every load says of many when they were last seen: a row that stays on its page needs no new
    -- entries in indexes.
    seen_again text := 'WITH (fillfactor = 80)';
BEGIN
    -- Not sequences: what a sequence has given out stays given out when the transaction is rolled
    -- back or killed, so its repetition would give other numbers to the same people.
    PERFORM cdp._table_ensure('counter', 'numbers given out so far; rolled back with the run that took them', ARRAY[
        ['name', 'text COLLATE "C" PRIMARY KEY', 'one_id, identifier, id_type or event_type'],
        ['last', 'int8 NOT NULL DEFAULT 0', 'the last number given out; for one_id unsigned'],
        ['highest', 'int8 NOT NULL', 'the last number that there is']]);
    INSERT INTO cdp.counter (name, highest) VALUES ('one_id', 4294967295), ('identifier', 2147483647),
        ('id_type', 2147483647), ('event_type', 2147483647)
    ON CONFLICT (name) DO NOTHING;
    IF cdp._table_ensure('id_type', 'types of identifiers, strongest first by rank', ARRAY[
        ['type_id', 'int4 PRIMARY KEY', 'number of the type'],
        ['name', 'text COLLATE "C" NOT NULL UNIQUE CHECK (name <> '''')', 'its name, in lower case'],
        ['rank', 'int4 NOT NULL DEFAULT 200', 'strength: 1 is the strongest; types first seen in data get 200'],
        ['fanout_limit', 'int4 CHECK (fanout_limit >= 1)',
            'with how many identifiers of one stronger type it may be linked before it counts as shared; NULL: setting fanout_limit'],
        ['neighbour_limit', 'int4 CHECK (neighbour_limit >= 1)',
            'with how many of this type an identifier of another type may be linked, however strong, before that one counts as shared; NULL: any number'],
        ['max_per_person', 'int4 CHECK (max_per_person >= 1)',
            'how many of this type a person may have: a link that would make it more merges nobody; NULL: any number'],
        ['is_unique', 'boolean NOT NULL DEFAULT false',
            'true: two of this type are two people, whatever max_per_person says'],
        ['normaliser', 'text NOT NULL DEFAULT ''trim'' CHECK (normaliser IN (''trim'', ''lower'', ''digits'', ''phone'', ''email'', ''uuid'', ''imei'', ''mac'', ''device''))',
            'how values are brought into one spelling, see cdp.id_normalise()'],
        ['is_hashed', 'boolean NOT NULL DEFAULT false', 'true: of values only a keyed hash is stored'],
        ['ttl', 'interval CHECK (ttl > ''0'' AND ttl <= ''1000 years'')', 'how long after its last sighting a link of it holds; NULL: for ever'],
        ['description', 'text', 'what it is, and where it comes from']])
    THEN
        PERFORM cdp._id_type_seed();
    END IF;
    PERFORM cdp._table_ensure('identifier', 'every identifier ever seen, with the person it belongs to now', ARRAY[
        ['id', 'int4 PRIMARY KEY', 'its number; facts store this, people are looked up'],
        ['type_id', 'int4 NOT NULL', 'its type, see id_type'],
        ['value', 'text COLLATE "C" NOT NULL', 'its value in the one spelling'],
        ['one_id', 'int4', 'the person it belongs to now (unsigned); NULL until resolved, and when blocked or shared'],
        ['status', 'text NOT NULL DEFAULT ''active'' CHECK (status IN (''active'', ''blocked'', ''shared'', ''expired'', ''erased''))',
            'active; blocked: a placeholder value; shared: seen with too many people; expired: not seen for too long; erased: its value is gone on demand'],
        ['first_seen', 'timestamptz NOT NULL', 'earliest time of an event or link with it'],
        ['last_seen', 'timestamptz NOT NULL', 'latest time of an event or link with it'],
        ['since', 'timestamptz', 'since when it belongs to this person, or to nobody again; NULL until resolved'],
        ['verdict', 'text CHECK (verdict IN (''approved'', ''rejected''))',
            'what somebody decided: approved, no guard takes it out again; rejected, rightly taken out; NULL: nobody did']],
        'UNIQUE (type_id, value)', seen_again);
    CREATE INDEX IF NOT EXISTS identifier_one_id ON cdp.identifier (one_id) WHERE one_id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS identifier_waiting ON cdp.identifier (id) WHERE one_id IS NULL AND status = 'active';
    PERFORM cdp._table_ensure('link', 'pairs of identifiers that were seen together, one row per source', ARRAY[
        ['a', 'int4 NOT NULL', 'the identifier with the smaller number'],
        ['b', 'int4 NOT NULL CHECK (a < b)', 'the identifier with the larger number'],
        ['source', 'text COLLATE "C" NOT NULL', 'who says so; "event" for identifiers seen in one event'],
        ['weight', 'float8 NOT NULL DEFAULT 1', 'the greatest confidence given, 0 to 1'],
        ['first_seen', 'timestamptz NOT NULL', 'earliest sighting'],
        ['last_seen', 'timestamptz NOT NULL', 'latest sighting'],
        ['n', 'int8 NOT NULL DEFAULT 1', 'rows that said so, repeated ones included'],
        ['status', 'text NOT NULL DEFAULT ''active'' CHECK (status IN (''active'', ''quarantined'', ''limited'', ''removed'', ''expired'', ''weak''))',
            'active; quarantined: refused because one end is blocked or shared; limited: refused because a person would have too many identifiers; removed: taken away by somebody; expired: not seen for too long; weak: below id_min_weight. Only active ones merge people'],
        ['reason', 'text', 'why it is not active']],
        'PRIMARY KEY (a, b, source)', seen_again);
    CREATE INDEX IF NOT EXISTS link_b ON cdp.link (b, a);
    PERFORM cdp._table_ensure('link_verdict', 'pairs of identifiers on which somebody has decided, whatever links say', ARRAY[
        ['a', 'int4 NOT NULL', 'the identifier with the smaller number'],
        ['b', 'int4 NOT NULL CHECK (a < b)', 'the identifier with the larger number'],
        ['verdict', 'text NOT NULL CHECK (verdict IN (''together'', ''apart''))',
            'together: no guard refuses their links; apart: links between them merge nobody'],
        ['run_id', 'int8', 'the run that says so']],
        'PRIMARY KEY (a, b)');
    CREATE INDEX IF NOT EXISTS link_verdict_b ON cdp.link_verdict (b);
    PERFORM cdp._table_ensure('link_queue', 'links that wait for cdp.id_resolve()', ARRAY[
        ['a', 'int4 NOT NULL', 'the identifier with the smaller number'],
        ['b', 'int4 NOT NULL', 'the identifier with the larger number']]);
    CREATE INDEX IF NOT EXISTS link_limited_a ON cdp.link (a) WHERE status = 'limited';
    CREATE INDEX IF NOT EXISTS link_limited_b ON cdp.link (b) WHERE status = 'limited';
    PERFORM cdp._table_ensure('person', 'every OneID ever given out', ARRAY[
        ['one_id', 'int4 PRIMARY KEY', 'the OneID (unsigned)'],
        ['created_at', 'timestamptz NOT NULL DEFAULT now()', 'when it was given out'],
        ['merged_into', 'int4', 'the person that absorbed it, who may be absorbed in turn; NULL for living persons'],
        ['merged_at', 'timestamptz', 'when it was absorbed'],
        ['ended_at', 'timestamptz', 'when it lost its last identifier: it stands for nobody']]);
    PERFORM cdp._table_ensure('merge_log', 'which persons were merged, and because of which link', ARRAY[
        ['seq', 'int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY', 'order of merges; gaps mean nothing'],
        ['at', 'timestamptz NOT NULL DEFAULT now()', 'when'],
        ['survivor', 'int4 NOT NULL', 'the older OneID, which stays'],
        ['absorbed', 'int4 NOT NULL', 'the younger OneID, which is retired'],
        ['link_a', 'int4', 'first identifier of a link that joined the absorbed person'],
        ['link_b', 'int4', 'second identifier of that link'],
        ['run_id', 'int8', 'the run that did it']]);
    PERFORM cdp._table_ensure('split_log', 'which persons lost identifiers to another person, or to nobody', ARRAY[
        ['seq', 'int8 PRIMARY KEY', 'order among merges and splits: numbers of the sequence of merge_log'],
        ['at', 'timestamptz NOT NULL DEFAULT now()', 'when'],
        ['one_id', 'int4 NOT NULL', 'the person that lost them'],
        ['part', 'int4', 'the person whose they are now; NULL: nobody''s, for they are shared or blocked'],
        ['is_restored', 'boolean NOT NULL', 'true when the part got a OneID back that it had before a merge'],
        ['identifiers', 'int8 NOT NULL', 'how many they were'],
        ['run_id', 'int8', 'the run that did it']]);
    PERFORM cdp._table_ensure('identifier_history', 'to whom identifiers belonged before, where that has changed', ARRAY[
        ['id', 'int4 NOT NULL', 'the identifier'],
        ['one_id', 'int4', 'the person it belonged to; NULL: nobody'],
        ['since', 'timestamptz NOT NULL', 'from when'],
        ['until', 'timestamptz NOT NULL', 'until when it did; the same as since when that was never to be seen']],
        'PRIMARY KEY (id, since)');
    CREATE INDEX IF NOT EXISTS split_log_run ON cdp.split_log (run_id);
    CREATE INDEX IF NOT EXISTS identifier_history_one_id ON cdp.identifier_history (one_id);
    CREATE INDEX IF NOT EXISTS person_ended ON cdp.person (one_id) WHERE ended_at IS NOT NULL;
    CREATE INDEX IF NOT EXISTS person_merged_into ON cdp.person (merged_into) WHERE merged_into IS NOT NULL;
    PERFORM cdp._setup_identity_living();
    IF cdp._table_ensure('id_blocklist', 'values that identify nobody; they take effect when an identifier is resolved', ARRAY[
        ['block_id', 'int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY', 'number of the entry'],
        ['id_type', 'text COLLATE "C"', 'name of the identifier type; NULL for every type'],
        ['kind', 'text NOT NULL DEFAULT ''exact'' CHECK (kind IN (''exact'', ''pattern''))',
            'exact: the whole value; pattern: a regular expression'],
        ['value', 'text COLLATE "C" NOT NULL CHECK (kind = ''exact'' OR ('''' ~ value) IS NOT NULL)',
            'the value or pattern, in lower case; compared with values in their one spelling, without regard to ASCII case'],
        ['reason', 'text NOT NULL', 'why it identifies nobody']],
        'UNIQUE NULLS NOT DISTINCT (id_type, kind, value)')
    THEN
        PERFORM cdp._id_blocklist_seed();
        PERFORM cdp._id_blocklist_seed_chinese();
    END IF;
    PERFORM cdp._setup_identity_hash();
    PERFORM cdp._setup_identity_erase();
    PERFORM cdp._setup_identity_views();
END $$;
COMMENT ON FUNCTION cdp._setup_identity() IS 'internal: makes the tables and views of identity';

CREATE FUNCTION cdp._setup_identity_views() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CREATE OR REPLACE VIEW cdp.v_identity AS
        SELECT i.one_id, t.name AS type, i.value, i.first_seen, i.last_seen, i.since
          FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id)
         WHERE i.one_id IS NOT NULL;
    COMMENT ON VIEW cdp.v_identity IS 'who has which identifiers: one row per identifier of a person';
    COMMENT ON COLUMN cdp.v_identity.one_id IS 'the person (int4 read unsigned)';
    COMMENT ON COLUMN cdp.v_identity.type IS 'type of the identifier';
    COMMENT ON COLUMN cdp.v_identity.since IS 'since when it belongs to this person';

    CREATE OR REPLACE VIEW cdp.v_id_type AS
        SELECT t.name, t.rank, count(i.id) AS identifiers, count(i.one_id) AS of_persons,
               count(*) FILTER (WHERE i.status = 'blocked') AS blocked, count(*) FILTER (WHERE i.status = 'shared') AS shared,
               count(*) FILTER (WHERE i.status = 'active' AND NOT t.is_hashed AND NOT cdp.id_understood(t.normaliser, i.value, ''))
                   AS not_understood
          FROM cdp.id_type AS t LEFT JOIN cdp.identifier AS i USING (type_id)
         GROUP BY t.type_id;
    COMMENT ON VIEW cdp.v_id_type IS 'the types of identifiers, and how many there are of each';
    COMMENT ON COLUMN cdp.v_id_type.of_persons IS 'how many belong to somebody';
    COMMENT ON COLUMN cdp.v_id_type.not_understood IS
        'how many are kept as they came because the normaliser of the type does not know what they are';

    CREATE OR REPLACE VIEW cdp.v_person AS
        SELECT p.one_id, p.created_at, coalesce(i.identifiers, 0) AS identifiers, i.first_seen, i.last_seen
          FROM cdp.person AS p
          LEFT JOIN (SELECT i.one_id, count(*) AS identifiers, min(i.first_seen) AS first_seen,
                            max(i.last_seen) AS last_seen
                       FROM cdp.identifier AS i GROUP BY i.one_id) AS i USING (one_id)
         WHERE p.merged_into IS NULL AND p.ended_at IS NULL;
    COMMENT ON VIEW cdp.v_person IS 'living persons: one row each, with when their identifiers were seen';
    COMMENT ON COLUMN cdp.v_person.one_id IS 'the person (int4 read unsigned)';
    COMMENT ON COLUMN cdp.v_person.identifiers IS 'number of identifiers';

    CREATE OR REPLACE VIEW cdp.id_quarantine AS
        SELECT ta.name AS type_a, ia.value AS value_a, ia.status AS status_a, tb.name AS type_b, ib.value AS value_b,
               ib.status AS status_b, l.source, l.weight, l.first_seen, l.last_seen, l.n, l.reason,
               coalesce('rejected' IN (ia.verdict, ib.verdict), false) AS rejected, l.a, l.b
          FROM cdp.link AS l
          JOIN cdp.identifier AS ia ON ia.id = l.a JOIN cdp.id_type AS ta ON ta.type_id = ia.type_id
          JOIN cdp.identifier AS ib ON ib.id = l.b JOIN cdp.id_type AS tb ON tb.type_id = ib.type_id
         WHERE l.status IN ('quarantined', 'limited');
    COMMENT ON VIEW cdp.id_quarantine IS
        'links that a guard refused, with the reason: review them with cdp.id_approve() and cdp.id_reject()';
    COMMENT ON COLUMN cdp.id_quarantine.status_a IS 'active, blocked or shared: which end it is that is refused; both active: too many identifiers of a person';
    COMMENT ON COLUMN cdp.id_quarantine.rejected IS 'true when somebody has confirmed that the refused end is nobody''s';

    CREATE OR REPLACE VIEW cdp.v_id_hub AS
        SELECT t.name AS type, i.value, i.status, i.verdict, i.one_id, h.neighbours, h.stronger, h.stronger_type
          FROM (SELECT k.id, sum(k.others)::int8 AS neighbours, coalesce(max(k.others) FILTER (WHERE k.rank < k.own_rank), 0) AS stronger,
                       (array_agg(k.type ORDER BY k.others DESC, k.rank) FILTER (WHERE k.rank < k.own_rank))[1] AS stronger_type
                  FROM (SELECT e.id, ti.rank AS own_rank, tn.name AS type, tn.rank, count(DISTINCT e.other) AS others
                          FROM (SELECT l.a AS id, l.b AS other FROM cdp.link AS l WHERE l.status <> 'removed'
                                UNION ALL
                                SELECT l.b, l.a FROM cdp.link AS l WHERE l.status <> 'removed') AS e
                          JOIN cdp.identifier AS i ON i.id = e.id JOIN cdp.id_type AS ti ON ti.type_id = i.type_id
                          JOIN cdp.identifier AS n ON n.id = e.other JOIN cdp.id_type AS tn ON tn.type_id = n.type_id
                         GROUP BY e.id, ti.rank, tn.type_id, tn.name, tn.rank) AS k
                 GROUP BY k.id HAVING sum(k.others) >= 10) AS h
          JOIN cdp.identifier AS i USING (id) JOIN cdp.id_type AS t USING (type_id);
    COMMENT ON VIEW cdp.v_id_hub IS
        'identifiers that are linked with ten others or more, from all links: ORDER BY neighbours DESC for the largest hubs';
    COMMENT ON COLUMN cdp.v_id_hub.neighbours IS 'with how many identifiers it is linked';
    COMMENT ON COLUMN cdp.v_id_hub.stronger IS 'with how many of one stronger type, the most; above fanout_limit it is shared';
    COMMENT ON COLUMN cdp.v_id_hub.stronger_type IS 'which type that is';
END $$;
COMMENT ON FUNCTION cdp._setup_identity_views() IS 'internal: makes the views of identity';

-- No backslash in a plain literal of a function: standard_conforming_strings = off, set by a
-- caller, would change its meaning.
CREATE FUNCTION cdp._id_blocklist_seed() RETURNS void LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO cdp.id_blocklist (id_type, kind, value, reason)
    SELECT NULL, 'exact', v, 'placeholder for no value'
      FROM unnest('{"","null","(null)","<null>","none","nil","nan","n/a","#n/a","-1","undefined",
        "unknown","invalid","empty","default","(not set)","not set","[object object]","true","false",
        "anonymous","guest"}'::text[]) AS v
    UNION ALL
    SELECT NULL, 'exact', v, 'test data'
      FROM unnest('{"test","tester"}'::text[]) AS v
    UNION ALL
    -- Of these types only: members may well be numbered like that.
    SELECT t, 'exact', v, 'test data'
      FROM unnest('{"phone","device_id","cookie_id","anonymous_id"}'::text[]) AS t,
           unnest('{"123456","1234567","12345678","123456789","1234567890"}'::text[]) AS v
    UNION ALL
    SELECT * FROM (VALUES
        (NULL, 'pattern', '^[-0]+$', 'zeros and dashes'),
        (NULL, 'pattern', E'^[-_.,:;*#?/\\\\ ]+$', 'punctuation only'),
        (NULL, 'pattern', '^(x{3,}|[-f]{8,})$', 'filler'),
        ('phone', 'pattern', '^([+]?86)?[- ]?(1{6,}|2{6,}|3{6,}|4{6,}|5{6,}|6{6,}|7{6,}|8{6,}|9{6,})$', 'one repeated digit'),
        ('phone', 'pattern', '^([+]?86)?[- ]?(13800000000|13800138000|12345678901)$', 'well-known filler number'),
        ('device_id', 'exact', '9774d56d682e549c', 'Android id that many devices share'),
        ('device_id', 'exact', '02:00:00:00:00:00', 'hidden hardware address'),
        ('device_id', 'exact', '012345678912345', 'filler IMEI'),
        ('email', 'pattern', '^(test|none|null|na|admin|noreply|no-reply|a|abc|xxx)@(test|none|null|na|admin|example|a|abc|xxx)[.][a-z]{2,}$', 'test or filler address')
    ) AS s
$$;
COMMENT ON FUNCTION cdp._id_blocklist_seed() IS 'internal: the placeholder values that every new platform knows';

-- Apart, and in a text that is read at run time: other encodings may lack the characters.
CREATE FUNCTION cdp._id_blocklist_seed_chinese() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF getdatabaseencoding() = 'UTF8' THEN
        -- none, unknown, empty, none yet, anonymous, test
        EXECUTE $s$INSERT INTO cdp.id_blocklist (kind, value, reason)
            SELECT 'exact', v, 'placeholder for no value'
              FROM unnest(ARRAY[E'\u65E0', E'\u672A\u77E5', E'\u7A7A', E'\u6682\u65E0', E'\u533F\u540D',
                                E'\u6D4B\u8BD5']) AS v$s$;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._id_blocklist_seed_chinese() IS 'internal: Chinese placeholder values';

-- Where somebody may have inserted numbers by hand, `used` is the highest of them. A number is never
-- given out twice, also when its row was deleted: whatever refers to it would change its meaning.
CREATE FUNCTION cdp._counter_take(name text, amount int8, used int8 DEFAULT 0) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken record;
BEGIN
    UPDATE cdp.counter AS c SET last = greatest(c.last, used) + amount WHERE c.name = _counter_take.name
    RETURNING c.last, c.highest INTO taken;
    IF taken.last > taken.highest THEN
        RAISE EXCEPTION 'the numbers of counter "%" are used up', name USING
            ERRCODE = 'sequence_generator_limit_exceeded',
            DETAIL = format('The batch needs numbers up to %s, the last is %s.', taken.last, taken.highest);
    END IF;
    RETURN taken.last - amount;
END $$;
COMMENT ON FUNCTION cdp._counter_take(text, int8, int8) IS
    'internal: takes the next so many numbers of a counter; returns the one before the first of them';

--| ## Asking
CREATE FUNCTION cdp.one_id(type text, value text) RETURNS int4
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    RETURN (SELECT i.one_id
              FROM cdp.identifier AS i
              JOIN cdp.id_type AS t ON t.type_id = i.type_id
             WHERE t.name = cdp._id_type_name(one_id.type)
               AND i.value = cdp._id_value(one_id.type, one_id.value));
END $$;
COMMENT ON FUNCTION cdp.one_id(text, text) IS
    'the person to whom this identifier belongs now; NULL when it was never seen, waits to be resolved, or is blocked or shared';
