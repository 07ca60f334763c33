-- What is kept of values that must not be, telling somebody what there is of him, and erasing him.
SELECT cdp.setup('UTC') \g /dev/null
SET timezone = 'UTC';
SET client_min_messages = warning;
SET datestyle = 'ISO';

-- keyed hashes: cases 1, 2 and 6 of RFC 4231
SELECT encode(cdp._keyed_hash(decode(repeat('0b', 20), 'hex'), 'Hi There'), 'hex') AS short_key;
SELECT encode(cdp._keyed_hash('Jefe', 'what do ya want for nothing?'), 'hex') AS text_key;
SELECT encode(cdp._keyed_hash(decode(repeat('aa', 131), 'hex'), 'Test Using Larger Than Block-Size Key - Hash Key First'), 'hex') AS long_key;
SELECT cdp._keyed_hash(NULL, '') IS NULL AS nothing;
-- each database has a key of its own, which setup() keeps
SELECT length(key), count(*) FROM cdp.secret GROUP BY 1;
CREATE TEMP TABLE before AS SELECT key, cdp._identifier_hash('phone', '13812345678') AS hash FROM cdp.secret;
SELECT cdp.setup() \g /dev/null
SELECT key = (SELECT key FROM before) AS same_key, cdp._identifier_hash('phone', '13812345678') = (SELECT hash FROM before) AS same_hash FROM cdp.secret;
SELECT count(DISTINCT cdp._identifier_hash(split_part(i, '|', 1), split_part(i, '|', 2))) FROM unnest('{phone|1,phon|e1,phone1|,|phone1,email|1}'::text[]) i;
SELECT count(*) AS granted_to_others FROM information_schema.role_table_grants
 WHERE table_schema = 'cdp' AND table_name = 'secret' AND grantee <> current_user;

-- who links at once needs no right to the key while nobody was erased
CREATE ROLE regress_cdp_clerk;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cdp TO regress_cdp_clerk;
REVOKE ALL ON cdp.secret FROM regress_cdp_clerk;
BEGIN;
SET LOCAL ROLE regress_cdp_clerk;
SELECT cdp.id_link('member_id', 'a', 'unionid', 'b');
ROLLBACK;
DROP OWNED BY regress_cdp_clerk;
DROP ROLE regress_cdp_clerk;

-- Ada, two persons before they were merged, and Bob. Whatever is Ada's has her name in it.
CREATE FUNCTION run() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM cdp.ingest(); PERFORM cdp.id_resolve(); END $$;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at, weight) VALUES
    ('crm', 'member_id', 'ada-m', 'unionid', 'ada-u', '2025-01-01', NULL), ('app', 'jd_id', 'ada-j', 'douyin_id', 'ada-d', '2025-01-02', NULL),
    ('crm', 'member_id', 'bob-m', 'unionid', 'bob-u', '2025-01-03', NULL), ('app', 'member_id', 'ada-m', 'taobao_id', 'ada-t', '2025-01-04', '0.5');
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 'shop', 'device_id', 'tablet', t, v, '2025-01-05' FROM (VALUES ('member_id', 'ada-m'), ('member_id', 'bob-m'), ('member_id', 'cyd-m'), ('member_id', 'dan-m')) AS s (t, v);
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
SELECT who || '-' || n, timestamp '2025-01-25' + n * interval '3 days', 'view', 'member_id', who || '-m', 'app', jsonb_build_object('called', who)
  FROM unnest('{ada,bob}'::text[]) who, generate_series(1, 4) n;
SELECT run();
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES
    ('web', 'jd_id', 'ada-j', 'unionid', 'ada-u', '2025-02-01'), ('web', 'unionid', 'bob-u', 'unionid', 'ada-u', '2025-02-01');
SELECT run();
SELECT * FROM cdp.id_unlink('unionid', 'bob-u', 'unionid', 'ada-u');
SELECT outcome FROM cdp.id_share('taobao_id', 'ada-t');
SELECT cdp.id_approve('taobao_id', ' ada-t ');
SELECT run();
SELECT people, events FROM cdp.timeline_refresh();
SELECT cdp.profile_set('unionid', 'ada-u', '{"name": "ada-name", "city": "York"}', 'crm', '2025-02-01') ->> 'name' AS ada,
       cdp.profile_set('member_id', 'bob-m', '{"name": "bob-name", "city": "York"}') ->> 'name' AS bob;
SELECT cdp.profile_set(1, '{"city": null}') AS moved;
SELECT cdp.tag_define('all', 'SELECT one_id, one_id % 2 AS value FROM cdp.v_person') > 0, cdp.tag_define('list', 'SELECT generate_series(1, 3) AS one_id') > 0,
       cdp.audience_define('all', 'tag:all') > 0, cdp.audience_define('not list', 'not tag:list') > 0;
SELECT t.tag, t.people FROM unnest('{all,list}'::text[]) AS n, cdp.tag_refresh(n) AS t ORDER BY 1;
SELECT audience, users FROM cdp.audience_refresh_all() ORDER BY 1;
-- listed by hand, with a note that says who she is
SELECT cdp.audience_include('not list', 'taobao_id', 'ada-t', 'ada phoned');
-- asked, barred, held out of one campaign and sent another
SELECT cdp.destination_define('letter', 'member_id', consent => 'not_refused'), cdp.consent_set('member_id', 'ada-m', '*', '*', true, 'ada phoned'), cdp.suppress('jd_id', 'ada-j', 'call', 'ada asked');
SELECT publication_id, published, held_out FROM generate_series(0, 1) AS h, cdp.outbox_publish('everyone', 'letter', holdout => h, campaign => 'campaign ' || h);
SELECT published FROM cdp.outbox_publish('id(member_id) in (ada-m, bob-m)', 'letter', campaign => 'two', not_before => now() + interval '1 day');
SELECT cdp.outbox_ack(array_agg(outbox_id)) AS sent FROM cdp.outbox_claim('letter', 1);
-- a refresh that failed at her value
SELECT cdp.audience_define('fails', sql => 'SELECT value::int AS one_id FROM cdp.identifier WHERE value = $$ada$$ || $$-m$$') > 0 AS defined;
SELECT error FROM cdp.audience_refresh('fails');
-- rules that name her, however spelt, and what they were before
SELECT cdp.audience_define('both', 'id(unionid) in (''ada-u'')') > 0 AND cdp.audience_define('both', 'id(Member_ID) in ('' ada-m'', ''bob-m'') or tag:all = 7 and not id(unionid) in (''ada-u'')') > 0
   AND cdp.audience_define('him', 'id(member_id) in (''bob-m'')') > 0 AND cdp.tag_define('hers', rule => 'id(cookie_id) in (''ada-c'')') > 0
   AND cdp.tag_define('who', rules => '[["her", "id(jd_id) in (''ada-j'')"], ["him", "id(member_id) in (''bob-m'')"]]') > 0
   AND cdp.audience_define('asked for', sql => 'SELECT 1 AS one_id WHERE $$ADA-M$$ = $$$$', description => 'ada-m') > 0 AS defined;
-- written past the functions: no rule, no list, and a list in another spelling
SELECT cdp.audience_define('none', 'everyone') > 0 AND cdp.tag_define('spelt', rules => '[["x", "id(member_id) in (1)"]]') > 0
   AND count(cdp.tag_define(t, rules => '[["x", "everyone"]]')) = 4 AS defined FROM unnest('{no json,no list,no rule,no value}'::text[]) AS t;
UPDATE cdp.audience SET definition = 'id(ada-m' WHERE name = 'none';
UPDATE cdp.tag SET definition = '[["x","id(member_id) in (1)"]]' WHERE name = 'spelt';
UPDATE cdp.tag AS g SET definition = b.definition FROM (VALUES ('no json', 'garbage'), ('no list', '{"x": "everyone"}'), ('no rule', '[["x"]]'), ('no value', '[["\u0000", "everyone"]]')) AS b (name, definition) WHERE g.name = b.name;
-- some of her waits: in the landing tables, in quarantine, among events that are stored and not folded in, as a link to be resolved
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('ada-5', '2025-03-01', 'pay', 'member_id', 'ada-m'), ('bob-5', '2025-03-01', 'pay', 'member_id', 'bob-m'),
    ('ada-6', 'soon', 'pay', ' MEMBER_ID', ' ada-m'), ('ada-7', '2025-03-01', 'pay', NULL, 'ada-m'), ('bob-6', 'soon', 'pay', 'member_id', 'bob-m');
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES
    ('web', 'cookie_id', 'ada-c', 'unionid', 'ada-u', '2025-03-01'), ('web', 'cookie_id', '00000000', 'unionid', 'ada-u', '2025-03-01'), ('web', 'cookie_id', 'both-c', 'unionid', 'ada-u', '2025-03-01'), ('web', 'cookie_id', 'both-c', 'unionid', 'bob-u', '2025-03-01');
SELECT events_new, links_new, quarantined FROM cdp.ingest();
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, identities) VALUES
    ('bob-ada', '2025-03-02', 'pay', 'email', 'new', '{"unionid": ["other", "ada-u"]}'), ('bob-7', '2025-03-02', 'pay', 'unionid', 'bob-u', '[]');
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b) VALUES ('web', 'email', 'x', 'Member_ID', 'ada-m'), ('web', 'email', 'ada-m', 'unionid', 'bob-u');

\set SHOW_CONTEXT never
SELECT cdp.person_export(99);
SELECT cdp.person_export(NULL);
SELECT cdp.person_export(2);
SELECT * FROM cdp.person_erase(2);
SELECT * FROM cdp.person_erase(1, NULL);
SELECT * FROM cdp.person_erase('phone', 'nobody');
-- what she is told
CREATE TEMP TABLE told AS SELECT * FROM jsonb_each(cdp.person_export(1));
SELECT key, CASE jsonb_typeof(value) WHEN 'array' THEN jsonb_array_length(value) END AS length FROM told ORDER BY 1;
SELECT i ->> 'type' AS type, i ->> 'value' AS value, i ->> 'first_seen' AS first_seen FROM told, jsonb_array_elements(value) i WHERE key = 'identifiers';
SELECT l #>> '{a,type}' AS a, l #>> '{a,value}' AS value, l #>> '{b,type}' AS b, l #>> '{b,value}' AS value, l ->> 'source' AS source, l ->> 'status' AS status
  FROM told, jsonb_array_elements(value) l WHERE key = 'links';
SELECT value -> 0 ->> 'note' AS note FROM told WHERE key = 'audience_lists';
SELECT t - 'as_of' AS tag, t ->> 'as_of' IS NOT NULL AS dated FROM told, jsonb_array_elements(value) t WHERE key IN ('tags', 'audiences') ORDER BY 1;
SELECT key, value FROM told WHERE key = 'held_out';
SELECT key, v ->> 'type' AS type, v ->> 'value' AS value, coalesce(v ->> 'source', v ->> 'reason', v ->> 'campaign') AS what, v ->> 'state' AS state FROM told, jsonb_array_elements(value) v WHERE key IN ('consents', 'suppressions', 'outbox', 'contacts') ORDER BY 1, 5;
SELECT value AS profile FROM told WHERE key = 'profile';
SELECT a ->> 'key' AS key, a -> 'value' AS value, a ->> 'source' AS source, a #>> '{identifier,value}' AS identifier FROM told, jsonb_array_elements(value) a WHERE key = 'attributes';
SELECT value - 'all' AS events FROM told WHERE key = 'events';
SELECT e ->> 'event_id' AS event_id, e -> 'identifier' AS identifier, e -> 'props' AS props FROM told, jsonb_array_elements(value -> 'all') e WHERE key = 'events';
SELECT h.key, h.value #- '{0,at}' #- '{1,at}' AS history FROM told, jsonb_each(told.value - 'identifiers') h WHERE told.key = 'history';
SELECT w ->> 'table' AS "table", w #>> '{row,event_id}' AS event_id, w #>> '{row,value_a}' AS value_a FROM told, jsonb_array_elements(value) w WHERE key = 'waiting';
-- nothing of others
SELECT count(*) AS of_bob FROM told WHERE value::text ~ 'bob-[mu]|cyd|dan';
SELECT cdp.person_export(1, events => false) -> 'events' ? 'all' AS each_event;
CREATE TEMP TABLE bob AS SELECT cdp.person_export(cdp.one_id('member_id', 'bob-m')) - 'exported_at' AS told;

-- where a word stands, or the bit of a person, whatever tables there are
CREATE FUNCTION holds(word text, OUT table_name text, OUT rows int8) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    FOR table_name IN SELECT name FROM cdp._own_relations() WHERE kind IN ('r', 'p') ORDER BY name LOOP
        EXECUTE format('SELECT count(*) FROM cdp.%I AS t WHERE t::text ~ $1', table_name) INTO rows USING word;
        IF rows > 0 THEN RETURN NEXT; END IF;
    END LOOP;
END $$;
CREATE FUNCTION holds_bit(person int4, OUT table_name text, OUT rows int8) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    col text;
BEGIN
    FOR table_name, col IN SELECT c.relname, format(CASE WHEN a.atttypid = 'bytea'::regtype THEN 'cdp._rb_unpack(%I)' ELSE '%I' END, a.attname) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                       WHERE c.relnamespace = 'cdp'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname IN ('members', 'base', 'changed', 'later') AND a.atttypid IN ('cdp.roaringbitmap'::regtype, 'bytea'::regtype) ORDER BY 1, 2 LOOP
        EXECUTE format('SELECT count(*) FROM cdp.%I AS t WHERE cdp.rb_contains(%s, $1)', table_name, col) INTO rows USING person;
        IF rows > 0 THEN RETURN NEXT; END IF;
    END LOOP;
    table_name := 'person_timeline';
    SELECT count(*) INTO rows FROM cdp.person_timeline WHERE one_id = person;
    IF rows > 0 THEN RETURN NEXT; END IF;
END $$;
SELECT * FROM holds('ada-');
SELECT * FROM holds_bit(1);

-- erased
SELECT person, erased_at = now() AS now, erased_by = session_user AS by_me, tombstones, jsonb_pretty(removed) AS removed FROM cdp.person_erase('taobao_id', 'ada-t', tombstone => true);
SELECT * FROM holds('ada-') WHERE table_name <> 'landing_link';
-- rules go on without her, and so does what they were; queries and descriptions are named in the proof
SELECT name, definition FROM cdp.audience WHERE kind = 'expression' AND definition LIKE '%id(%' UNION ALL SELECT name, definition FROM cdp.tag WHERE kind = 'rule' ORDER BY 1;
SELECT version, definition, is_current FROM cdp.audience_history('both');
SELECT severity, what, detail FROM cdp.check() WHERE what LIKE 'rule of%';
BEGIN;
SELECT tag, people, error FROM cdp.tag_refresh('no json');
ROLLBACK;
SELECT * FROM cdp.tag_uses('no list');
SELECT name, cdp.tag_drop(name) FROM cdp.tag WHERE name LIKE 'no %' ORDER BY 1;
SELECT cdp.audience_drop(a) FROM unnest('{asked for,none}'::text[]) AS a;
SELECT severity, what, detail FROM cdp.check() WHERE what LIKE 'rule of%';
SELECT cdp.audience_define('both', 'id(member_id) in (''bob-m'', '' ada-m'') or id(jd_id) in (''ada-j'')') > 0 AS defined;
SELECT severity, what, detail FROM cdp.check() WHERE what LIKE 'rule of%';
SELECT cdp.audience_define('both', 'id(member_id) in (''bob-m'')') > 0 AS defined;
DELETE FROM cdp.audience_version WHERE definition LIKE '%ada%';
-- of another type it is another's
SELECT source, type_a, value_a FROM cdp.landing_link;
SELECT kind, name, error FROM cdp.run WHERE error IS NOT NULL UNION ALL SELECT 'snapshot', NULL, error FROM cdp.audience_snapshot WHERE error IS NOT NULL ORDER BY 1;
SELECT * FROM holds_bit(1);
SELECT event_id FROM cdp.landing_event ORDER BY 1;
SELECT e.event_id FROM cdp.event e ORDER BY 1;
SELECT t.ts, i.value FROM cdp.timeline_tail t JOIN cdp.identifier i ON i.id = t.identifier_id ORDER BY 1, 2;
SELECT id, value, one_id, status, first_seen, last_seen FROM cdp.identifier WHERE status = 'erased' ORDER BY 1;
SELECT one_id, merged_into, ended_at IS NOT NULL AS ended FROM cdp.person ORDER BY 1;
SELECT survivor, absorbed, link_a, link_b FROM cdp.merge_log ORDER BY seq;
SELECT kind, name, detail - 'by' - 'removed' AS detail FROM cdp.run WHERE kind IN ('id_share', 'id_approve', 'person_erase') ORDER BY run_id;
SELECT l.one_id, l.by = session_user AS by_me, l.tombstones, l.removed = (r.detail -> 'removed') AS same FROM cdp.erase_log l JOIN cdp.run r USING (run_id);
SELECT old, new, cdp.rb_to_array(touched) AS touched FROM cdp.id_changes_since((SELECT max(seq) - 1 FROM cdp.split_log));
-- nobody else has lost anything
SELECT key, n.value = b.value AS same FROM bob, jsonb_each(bob.told) b JOIN jsonb_each(cdp.person_export(3)) n USING (key) WHERE key IN ('events', 'tags', 'audiences', 'waiting') ORDER BY 1;
-- what was linked with both of them and waits is now his
SELECT i ->> 'value' AS value FROM bob, jsonb_array_elements(cdp.person_export(3) -> 'identifiers') i WHERE NOT told -> 'identifiers' @> jsonb_build_array(i);
\set VERBOSITY terse
SELECT * FROM cdp.person_erase(1);
SELECT cdp.person_export(1);
\set VERBOSITY default
-- a tag or audience whose query knows her number does not bring her back
SELECT t.tag, t.people FROM unnest('{all,list,hers,who}'::text[]) AS n, cdp.tag_refresh(n) AS t ORDER BY 1;
SELECT audience, users FROM cdp.audience_refresh_all() ORDER BY 1;
SELECT people FROM cdp.timeline_refresh();
SELECT * FROM holds_bit(1);
SELECT severity, what FROM cdp.check() WHERE severity IN ('error', 'notice');

-- loaded again, she stays away, and nothing of what is said of her is kept
DELETE FROM cdp.quarantine;
TRUNCATE cdp.landing_link, cdp.landing_event;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b) VALUES ('crm', 'Member_ID', ' ada-m', 'email', 'ada-e'), ('crm', 'email', 'ada-e', 'taobao_id', 'ada-t'), ('crm', 'email', 'eve', 'unionid', 'ada-m');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, props, identities) VALUES ('ada-8', 'never', 'pay', 'member_id', 'ada-m', '{"called": "ada-"}', NULL),
    ('ada-9', '2025-03-01', 'pay', 'email', 'eve', NULL, '{"unionid": ["other", " ada-u"]}'), ('eve-1', '2025-03-01', 'pay', 'email', 'eve', NULL, NULL);
SELECT events_new, links_new, quarantined FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT source_table, raw, reason FROM cdp.quarantine ORDER BY 1, quarantine_id;
SELECT * FROM holds('ada-[^m]');
SELECT cdp.id_link('member_id', 'ada-m', 'email', 'eve');
SELECT cdp.id_link('email', 'eve', 'jd_id', ' ada-j ');
SELECT cdp.one_id('email', 'eve') IS NOT NULL AS others_are_linked;
-- without a tombstone he comes back, as somebody new
SELECT one_id AS bob FROM cdp.identifier WHERE value = 'bob-m' \gset
SELECT person = :bob AS bob, tombstones FROM cdp.person_erase(:bob);
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b) VALUES ('crm', 'member_id', 'bob-m', 'unionid', 'bob-u');
SELECT run();
SELECT cdp.one_id('member_id', 'bob-m') > :bob AS new_number, cdp.one_id('member_id', 'bob-m') = cdp.one_id('unionid', 'bob-u') AS same_person;
-- an identifier that is nobody's goes alone
SELECT person, tombstones, removed -> 'identifier' AS identifiers, removed -> 'link' AS links FROM cdp.person_erase('device_id', 'tablet');
SELECT cdp.one_id('member_id', 'cyd-m') IS NOT NULL AS others_stay, (SELECT count(*) FROM cdp.link WHERE status = 'quarantined') AS refused;
-- a phone of which only the hash is stored, however it is written
UPDATE cdp.id_type SET is_hashed = true, normaliser = 'phone' WHERE name = 'phone';
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b) VALUES ('crm', 'phone', '139-1234-5678', 'email', 'fay');
SELECT run();
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES ('crm', 'phone', '+86 13912345678', 'email', 'x', 'soon');
SELECT quarantined FROM cdp.ingest();
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b) VALUES ('crm', 'phone', '(+86) 139 1234 5678', 'email', 'x');
-- stored rules have it hashed too, and so mean him as before
SELECT cdp.audience_define('by hash', 'id(phone) in (''139-1234-5678'', ''null'') or not id(email) in (fay)') > 0 AND cdp.tag_define('by hash', rules => '[["yes", "id(Phone) in (13912345678) and id(member_id) in (13912345)"]]') > 0 AS defined;
SELECT name, regexp_replace(definition, '[0-9a-f]{64}', '...', 'g') AS definition FROM (SELECT name, definition FROM cdp.audience UNION ALL SELECT name, definition FROM cdp.tag) AS d WHERE name = 'by hash' ORDER BY 2;
SELECT cdp.rb_equals(cdp.audience_bitmap(split_part(a.definition, ' or ', 1)), cdp.rb_build(ARRAY[cdp.one_id('email', 'fay')])) AS means_him FROM cdp.audience AS a WHERE a.name = 'by hash';
SELECT tombstones, removed -> 'quarantine' AS refused, removed -> 'landing_link' AS landed, removed -> 'audience' AS audiences, removed -> 'tag' AS tags FROM cdp.person_erase('phone', '0086 13912345678', true);
SELECT name, definition FROM (SELECT name, definition FROM cdp.audience UNION ALL SELECT name, definition FROM cdp.tag) AS d WHERE name = 'by hash' ORDER BY 2;
SELECT * FROM holds('fay|139.?1234.?5678');
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b) VALUES ('crm', 'phone', '13912345678', 'email', 'guy');
SELECT links_new, quarantined FROM cdp.ingest();
SELECT * FROM holds('guy|139.?1234.?5678');
-- what is left of the erased has no value: no pattern finds it, and nothing else does
SELECT count(*) AS found FROM cdp.id_block(NULL, '^ ', 'pattern', 'none');
SELECT persons_new, blocked FROM cdp.id_rebuild();
SELECT status, count(*) FROM cdp.identifier WHERE value LIKE ' %' GROUP BY 1;
SELECT cdp.one_id('member_id', ' 1') AS nobody;
SELECT severity, what FROM cdp.check() WHERE severity IN ('error', 'notice');
-- the first load of a platform that was given tombstones
CREATE TEMP TABLE kept AS SELECT key, hash FROM cdp.secret, cdp.erased;
SELECT cdp.teardown(true) > 0 AS gone;
SELECT cdp.setup('UTC') \g /dev/null
UPDATE cdp.secret SET key = (SELECT key FROM kept LIMIT 1);
INSERT INTO cdp.erased (hash) SELECT hash FROM kept;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES ('crm', 'member_id', 'ada-m', 'email', 'ada-e', '2025-01-01'), ('crm', 'member_id', 'bob-m', 'unionid', 'bob-u', '2025-01-01');
SELECT links_read, identifiers_new, persons_new FROM cdp.id_resolve();
SELECT raw, reason FROM cdp.quarantine;
SELECT * FROM holds('ada-');
SELECT cdp.teardown(true) > 0 AS gone;
