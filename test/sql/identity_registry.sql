-- The registry of types: one spelling of values, hashed types, unknown types, limits of persons.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
SELECT name, rank, fanout_limit, neighbour_limit, max_per_person, is_unique, normaliser, is_hashed, ttl FROM cdp.id_type ORDER BY rank;
SELECT cdp.id_type_define(' Loyalty_Card ', rank => 45, normaliser => 'digits', max_per_person => 3) \g /dev/null
SELECT cdp.id_type_define('loyalty_card', ttl => '90 days', is_unique => true, description => 'card of partners') \g /dev/null
SELECT type_id, name, rank, normaliser, max_per_person, is_unique, is_hashed, ttl, description FROM cdp.id_type WHERE name ~ 'card' ORDER BY rank;
SELECT cdp.id_type_define('loyalty_card', normaliser => 'number');
SELECT cdp.id_type_define('loyalty_card', max_per_person => 0);
SELECT cdp.id_type_define(' ');
SELECT cdp.id_type_define(NULL);

-- spelling
SELECT cdp.id_normalise('phone', '139-1234-5678'), cdp.id_normalise('phone', '2345 6789', 'HK'), cdp.id_normalise('phone', ' ask Li '),
       cdp.id_normalise('email', 'mailto:Li@Example.COM'), cdp.id_normalise('trim', ' oX1a '), cdp.id_normalise('digits', '00-12 3'),
       cdp.id_normalise('imei', '4901542032375101'), cdp.id_normalise('mac', '02005E0053AF'), cdp.id_normalise('lower', 'ABC');
SELECT cdp.id_understood('phone', '139-1234-5678'), cdp.id_understood('phone', 'ask Li'), cdp.id_understood('email', 'li'), cdp.id_normalise('phone', NULL);
SELECT cdp.id_normalise('e164', '1');
SELECT cdp.id_understood('', '1');
-- the same number, whichever way it comes in
CREATE FUNCTION people() RETURNS TABLE (one_id int4, identifiers text) LANGUAGE sql AS $$
    SELECT one_id, string_agg(type || ':' || value, ' ' ORDER BY type, value COLLATE "C") FROM cdp.v_identity GROUP BY 1 ORDER BY 1 $$;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, identities)
VALUES ('e1', '2025-01-01', 'view', 'Phone', '139 1234 5678', '{"EMAIL": "Li@Example.com", "device_id": "6D92078A-8246-4BA4-AE5B-76104861E7DC"}');
INSERT INTO cdp.landing_link VALUES ('crm', 'phone', '+86-139-1234-5678', 'member_id', 'M1', '2025-01-02', NULL);
SELECT events_new, links_new, identifiers_new, quarantined FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT cdp.id_link('phone', '008613912345678', 'openid_mp', 'oX1aB', 'login', '2025-01-03');
SELECT * FROM people();
SELECT cdp.one_id('phone', '13912345678'), cdp.one_id('email', ' LI@EXAMPLE.COM'), cdp.one_id('openid_mp', 'ox1ab') AS another,
       cdp.one_id_at('phone', '(+86) 13912345678', now()), (SELECT count(*) FROM cdp.id_explain('phone', '13912345678', 'device_id', '{6d92078a-8246-4ba4-ae5b-76104861e7dc}'));
SELECT cdp.tag_define('vip', $$SELECT 'phone' AS id_type, '139-1234-5678' AS id_value$$) \g /dev/null
SELECT people FROM cdp.tag_refresh('vip');
SELECT cdp.setting_set('id_default_country', 'HK');
SELECT cdp.setting_set('id_default_country', 'cn');
SELECT * FROM cdp.v_id_type WHERE identifiers > 0 ORDER BY rank;
SELECT cdp.id_type_define('phone', max_per_person => 5, normaliser => 'phone', is_hashed => false) AS as_it_is;
SELECT cdp.id_type_define('phone', is_hashed => true);
-- a value that its normaliser does not know is one all the same
INSERT INTO cdp.landing_link VALUES ('crm', 'phone', ' unlisted no 7', 'member_id', 'M2', '2025-01-02', NULL);
SELECT links_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT name, identifiers, not_understood FROM cdp.v_id_type WHERE name = 'phone';

-- hashed: only a keyed hash is kept, wherever the value comes in
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
UPDATE cdp.id_type SET is_hashed = true WHERE name IN ('phone', 'email');
UPDATE cdp.secret SET key = decode(repeat('0b', 20), 'hex') WHERE name = 'identifier';
INSERT INTO cdp.landing_link VALUES ('crm', 'phone', '13912345678', 'member_id', 'M1', '2025-01-02', NULL),
    ('crm', 'phone', '+86 139 1234 5678', 'unionid', 'u1', '2025-01-02', '0.9'), ('crm', 'member_id', 'M1', 'phone', '13800138000', '2025-01-02', NULL),
    ('crm', 'phone', '13512345678', 'member_id', 'M9', 'yesterday', NULL);
SELECT links_read, identifiers_new, persons_new, blocked FROM cdp.id_resolve();
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, identities) VALUES
    ('e1', '2025-01-01', 'view', 'cookie_id', 'c1', '{"phone": "13912345678"}'),
    ('e2', 'soon', 'view', 'email', 'Secret@Example.com', '{"phone": ["13312345678", "13412345678"], "x": "y"}'),
    ('e3', '2025-01-01', 'view', 'cookie_id', 'c3', '{"phone": "null"}');
INSERT INTO cdp.landing_link VALUES ('crm', 'phone', '13612345678', 'member_id', NULL, '2025-01-02', NULL);
SELECT events_new, identifiers_new, quarantined FROM cdp.ingest();
SELECT persons_new, blocked FROM cdp.id_resolve();
SELECT one_id, regexp_replace(identifiers, '(hmac:.{8})\S*', '\1...', 'g') FROM people();
-- the keyed hash by the definition
SELECT cdp.one_id('phone', '13912345678') AS by_value, cdp.one_id('phone', value) AS by_hash,
       value = 'hmac:' || encode(cdp._keyed_hash(decode(repeat('0b', 20), 'hex'), convert_to('phone', 'UTF8') || '\x00'::bytea || convert_to('+8613912345678', 'UTF8')), 'hex') AS right_hash
  FROM cdp.v_identity WHERE type = 'phone';
SELECT cdp.id_link('phone', '13712345678', 'member_id', 'M1', seen_at => '2025-01-03') AS linked;
SELECT count(*) FROM cdp.id_share('phone', '139-12345678');
SELECT cdp.id_reject('phone', '13912345678');
SELECT cdp.id_reject('phone', '13712345678');
SELECT cdp.one_id('phone', '13912345678');
SELECT * FROM cdp.id_explain('phone', '13112345678', 'member_id', 'M1');
-- no plain value anywhere: not in what is stored, refused or logged
CREATE FUNCTION plain_rows() RETURNS TABLE (relation text, rows_with_it int8) LANGUAGE plpgsql AS $$
BEGIN
    FOR relation IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'cdp'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1 LOOP
        EXECUTE format('SELECT count(*) FROM cdp.%I AS t WHERE t::text ~* ''1[0-9]{2}12345678|secret@''', relation) INTO rows_with_it;
        CONTINUE WHEN rows_with_it = 0;
        RETURN NEXT;
    END LOOP;
END $$;
SELECT * FROM plain_rows();
SELECT source_table, reason, regexp_replace(raw::text, '(hmac:.{8})[0-9a-f]*', '\1...', 'g') AS raw FROM cdp.quarantine ORDER BY quarantine_id;
-- who may not read the key cannot ask
CREATE ROLE registry_guest;
GRANT USAGE ON SCHEMA cdp TO registry_guest;
GRANT SELECT ON cdp.meta, cdp.id_type, cdp.identifier, cdp.id_blocklist TO registry_guest;
SET ROLE registry_guest;
SELECT cdp.one_id('phone', '13912345678');
SELECT cdp.one_id('member_id', 'M1');
RESET ROLE;
DROP OWNED BY registry_guest;
DROP ROLE registry_guest;

-- types that nobody has described: registered with cautious guards, or refused
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
INSERT INTO cdp.landing_link VALUES ('kiosk', 'Face_Id', 'f1', 'phone', '13912345678', '2025-01-01', NULL);
SELECT links_new FROM cdp.ingest();
SELECT name, rank, max_per_person, neighbour_limit, normaliser, description FROM cdp.id_type WHERE name = 'face_id';
SELECT cdp.setting_set('id_unknown_types', 'quarantine') \g /dev/null
INSERT INTO cdp.landing_link VALUES ('kiosk', 'palm_id', 'p1', 'phone', '13912345678', '2025-01-01', NULL), ('kiosk', 'phone', '13912345678', 'face_id', 'f2', '2025-01-01', NULL);
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, identities) VALUES ('e1', '2025-01-01', 'view', 'palm_id', 'p1', NULL),
    ('e2', '2025-01-01', 'view', 'face_id', 'f1', '{"palm_id": "p1"}');
SELECT links_new, quarantined FROM cdp.ingest();
SELECT source_table, reason, row_count FROM cdp.v_quarantine ORDER BY 1, 2;
SELECT cdp.id_link('palm_id', 'p1', 'phone', '13912345678');
SELECT count(*) FROM cdp.id_type WHERE name = 'palm_id';
-- the first load refuses them too
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp.setting_set('id_unknown_types', 'quarantine') \g /dev/null
INSERT INTO cdp.landing_link VALUES ('kiosk', 'palm_id', 'p1', 'phone', '13912345678', '2025-01-01T00:00:00Z', '1'), ('crm', 'member_id', 'M1', 'phone', '13912345678', '2025-01-01T00:00:00Z', '1');
SELECT links_read, identifiers_new FROM cdp.id_resolve();
SELECT source_table, reason, row_count FROM cdp.v_quarantine;

-- limits: who comes second stays apart, until there is room, or somebody says that it is right
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
UPDATE cdp.id_type SET is_unique = true WHERE name = 'member_id';
UPDATE cdp.id_type SET fanout_limit = 100 WHERE name = 'phone';
CREATE FUNCTION link(a text, b text, day date, weight text DEFAULT '1') RETURNS void LANGUAGE sql AS $$
    INSERT INTO cdp.landing_link SELECT 'crm', split_part(a, ':', 1), split_part(a, ':', 2), split_part(b, ':', 1), split_part(b, ':', 2), to_char(day, 'YYYY-MM-DD'), weight $$;
CREATE FUNCTION run() RETURNS TABLE (persons_new int8, merges int8, quarantined int8, splits int8) LANGUAGE sql AS $$
    SELECT cdp.ingest();
    SELECT r.persons_new, r.merges, r.quarantined, r.splits FROM cdp.id_resolve() AS r $$;
-- of one batch the stronger link wins, whichever is older
SELECT link('phone:13912345678', 'member_id:M1', '2025-01-01', '0.8'), link('phone:13912345678', 'member_id:M2', '2025-01-02', '0.9') \g /dev/null
SELECT * FROM run();
SELECT * FROM people();
SELECT type_a, value_a, status_a, type_b, value_b, status_b, reason, rejected FROM cdp.id_quarantine;
-- what was accepted stays, though the new link is stronger
SELECT link('phone:13912345678', 'member_id:M3', '2025-01-03'), link('member_id:M2', 'unionid:u2', '2025-01-03') \g /dev/null
SELECT * FROM run();
SELECT * FROM people();
SELECT cdp.id_link('phone', '13912345678', 'member_id', 'M4', 'login', '2025-01-04') AS has_to_wait;
SELECT cdp.id_link('member_id', 'M5', 'member_id', 'M6', 'login', '2025-01-04') AS both_new;
SELECT * FROM run();
SELECT source_table, reason, row_count FROM cdp.v_quarantine;
-- room again: the strongest that waited comes in
SELECT * FROM cdp.id_unlink('phone', '13912345678', 'member_id', 'M2');
SELECT * FROM run();
SELECT * FROM people();
-- by somebody's word there may be more
SELECT cdp.id_approve((SELECT i.id FROM cdp.identifier i WHERE value = 'M1'), (SELECT i.id FROM cdp.identifier i WHERE value = '+8613912345678'));
SELECT * FROM run();
SELECT * FROM people();
SELECT cdp.id_reject((SELECT i.id FROM cdp.identifier i WHERE value = 'M4'), (SELECT i.id FROM cdp.identifier i WHERE value = '+8613912345678'));
SELECT count(*) FROM cdp.id_quarantine;
-- too many in all, and a shared one among them that leaves room when it goes
SELECT cdp.setting_set('id_size_cap', '4') \g /dev/null
SELECT link('device_id:d1', 'cookie_id:c' || n, date '2025-02-01' + n) FROM generate_series(1, 5) n \g /dev/null
SELECT * FROM run();
SELECT * FROM people() WHERE identifiers ~ 'cookie';
SELECT count(*) FROM cdp.id_share('cookie_id', 'c1');
SELECT * FROM run();
SELECT * FROM people() WHERE identifiers ~ 'cookie';
SELECT reason, count(*) FROM cdp.id_quarantine GROUP BY 1 ORDER BY 1;
SELECT link('device_id:hub', 'cookie_id:h' || n, date '2025-03-01'), link('device_id:hub', 'phone:1581234567' || n % 2, date '2025-03-01') FROM generate_series(1, 10) n \g /dev/null
SELECT * FROM run();
SELECT type, value, status, neighbours, stronger, stronger_type FROM cdp.v_id_hub;
SELECT what FROM cdp.check() WHERE severity <> 'ok';
-- a query of other columns, nulls in it, and steps of a load in another order are errors
SELECT * FROM cdp._id_graph('{1}', '{1}', '{1}', '{0}', '{0}', '{0}', 0, 100, now(), 'SELECT 1, 1, 1, 2::int8, NULL::text, false', 'SELECT 1, 1, 1, 1, 1, 1, 1');
SELECT * FROM cdp._id_graph('{1}', '{1}', '{1}', '{0}', '{0}', '{0}', 0, 100, now(), 'SELECT 1, 1, 1, NULL::text, NULL::text, false',
    $$SELECT 1, 2, 1::float8, now(), now(), 'active'::text, false$$);
SELECT * FROM cdp._id_graph('{1}', '{1}', '{1}', '{0}', '{0}', '{0}', 0, 100, now(), $$SELECT n, 1, 1, 'active'::text, NULL::text, false FROM generate_series(1, 2) AS n$$,
    $$SELECT 1, 2, NULL::float8, now(), now(), 'active'::text, false$$);
BEGIN;
SELECT cdp._first_load_begin(), cdp._first_load_add('s', 'a', '1', 'b', '2', now(), 1);
SAVEPOINT here;
SELECT cdp._first_load_resolve(10);
ROLLBACK TO here;
SELECT cdp._ingest_load_arrange();
ROLLBACK TO here;
SELECT cdp._ingest_load_id('a', '1');
ROLLBACK TO here;
SELECT cdp._first_load_number(0);
SELECT cdp._ingest_load_links(true);
ROLLBACK TO here;
SELECT cdp._first_load_links(0);
ROLLBACK TO here;
SELECT cdp._first_load_number(0);
ROLLBACK;
-- where all types are hashed no value is looked up in the blocklist
UPDATE cdp.id_type SET is_hashed = true;
SELECT identifiers > 0 AS hashed FROM cdp.id_rebuild();
-- without its key nothing hashed is found, and no new key is made in silence
DELETE FROM cdp.secret;
SELECT cdp.one_id('device_id', 'd1');
UPDATE cdp.identifier SET value = 'hmac:' || repeat('0', 64) WHERE id = 1;
SELECT cdp.setup();
SELECT cdp.teardown(force => true) > 0 AS gone;
DROP FUNCTION people, plain_rows, link, run;
