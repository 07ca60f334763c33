-- Profiles that are loaded, set and defined: what is refused, what counts, what waits, and what a load again changes.
SET client_min_messages = warning;
SELECT cdp.setup('Asia/Shanghai') \g /dev/null
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE FUNCTION load(OUT profiles_read int8, OUT attributes_new int8, OUT identifiers_new int8, OUT quarantined int8, OUT persons_new int8) LANGUAGE plpgsql AS $$
BEGIN
    SELECT i.profiles_read, i.attributes_new, i.identifiers_new, i.quarantined INTO profiles_read, attributes_new, identifiers_new, quarantined FROM cdp.ingest() i;
    SELECT r.persons_new INTO persons_new FROM cdp.id_resolve() r;
END $$;
-- how values are spelled, by type
SELECT v.value, cdp._attribute_spelled(NULL, v.value, cdp._attribute_text(v.value)) AS any, cdp._attribute_spelled('text', v.value, cdp._attribute_text(v.value)) AS text,
       cdp._attribute_spelled('number', v.value, cdp._attribute_text(v.value)) AS number, cdp._attribute_spelled('date', v.value, cdp._attribute_text(v.value)) AS date,
       cdp._attribute_spelled('boolean', v.value, cdp._attribute_text(v.value)) AS boolean, cdp._attribute_spelled('text[]', v.value, cdp._attribute_text(v.value)) AS list
  FROM unnest(ARRAY['null', '""', '" x "', '" 07.50 "', '-7.50', '1e3', '"1e3"', 'true', '"YES"', '0', '"2025-02-28"', '"2025-02-30"', '"2025-02-28 23:30Z"', '"20250228"', '"today"',
                    '[]', '[" a ", "b", "a", 1, null, ""]', '["a", ["b"]]', '{}', '{"a": 1}']::jsonb[]) AS v (value);
\pset null '(null)'
SELECT cdp._attribute_fault('', NULL, 'null'), cdp._attribute_fault(repeat('k', 201), NULL, 'null') IS NOT NULL AS long_key, cdp._attribute_fault(repeat('k', 200), NULL, to_jsonb(repeat('v', 1022))) AS fits,
       cdp._attribute_fault('k', NULL, to_jsonb(repeat('v', 1023))) AS long_value, cdp._attribute_fault('k', 'date', NULL) AS no_date;
\pset null ''

-- keys and values at the limit stand in indexes together
INSERT INTO cdp.landing_profile VALUES ('member_id', repeat('m', 1024), jsonb_build_object((SELECT string_agg(md5(n::text), '') FROM generate_series(1, 6) n), (SELECT string_agg(md5(n::text), '') FROM generate_series(7, 37) n)),
                                        NULL, (SELECT string_agg(md5(n::text), '') FROM generate_series(40, 71) n));
SELECT * FROM load();
TRUNCATE cdp.attribute, cdp.profile, cdp.profile_value, cdp.attribute_rule;

SELECT cdp.attribute_define('birthday', 'date', description => 'day of birth'), cdp.attribute_define('joined', 'date', 'first'), cdp.attribute_define('spent', 'number', 'max'),
       cdp.attribute_define('phone_model', 'text', pii => true), cdp.attribute_define('likes', 'text[]'), cdp.attribute_source_rank('crm', 1);
INSERT INTO cdp.landing_profile (id_type, id_value, attrs, observed_at, source) VALUES
    ('phone', '139-0000-0001', '{"city": "上海", "birthday": "1990-05-17T22:00:00Z", "joined": "2025-02-01", "spent": "120.50", "likes": "tea"}', '2025-03-01', 'crm'),
    ('phone', '+86 13900000001', '{"city": "北京", "spent": 80, "joined": "2025-01-15", "likes": ["milk", "tea"]}', '2025-03-02 08:00', 'web'),
    ('Email', 'a@b.cn', '{"city": "广州", "vip": true, "joined": null}', '2025-03-02 00:00Z', 'web'),
    ('email', 'c@d.cn', '{"city": "苏州"}', NULL, NULL),
    ('email', 'e@f.cn', '{}', '2025-03-01', 'web'),
    -- refused
    (NULL, 'x', '{}', NULL, 'web'), ('email', ' ', '{}', NULL, 'web'), ('email', 'x', '[1]', NULL, 'web'), ('email', 'x', NULL, NULL, 'web'), ('email', 'x', '{"a": 1}', 'soon', 'web'), ('email', 'x', '{"a": 1}', '1999-12-31', 'web'),
    ('email', 'x', '{"birthday": "1990-02-30"}', '2025-03-01', 'web'), ('email', 'x', '{"spent": "much", "birthday": "1990-02-20"}', '2025-03-01', 'web'), ('email', 'x', '{"a": {"b": 1}}', '2025-03-01', 'web'), ('email', 'x', '{"": 1}', '2025-03-01', 'web');
CREATE TEMP TABLE landed AS TABLE cdp.landing_profile;
SELECT * FROM load();
SELECT reason, raw - 'source' AS raw FROM cdp.quarantine ORDER BY quarantine_id;
SELECT key, type, keep, pii, description FROM cdp.attribute_rule ORDER BY 1;
SELECT i.value, p.one_id, p.attrs FROM cdp.identifier i LEFT JOIN cdp.profile p USING (one_id) WHERE length(i.value) < 100 ORDER BY 1;
SELECT key, value, source, id_value, first_seen, last_seen, counts FROM cdp.profile_history(cdp.one_id('phone', '13900000001'));
-- loaded again, nothing changes; what comes late neither
CREATE TEMP TABLE was AS TABLE cdp.profile;
INSERT INTO cdp.landing_profile SELECT * FROM landed WHERE observed_at IS NOT NULL AND id_value <> 'x';
INSERT INTO cdp.landing_profile VALUES ('email', 'a@b.cn', '{"city": "苏州"}', '2025-02-01', 'crm');
SELECT profiles_read, attributes_new, identifiers_new FROM load();
SELECT count(*) AS changed FROM cdp.profile FULL JOIN was USING (one_id) WHERE profile IS DISTINCT FROM was;
-- merged: of what was said at the same time the source with the better rank counts, then the lesser value
SELECT cdp.id_link('phone', '13900000001', 'email', 'a@b.cn') = cdp.one_id('phone', '13900000001') AS linked, cdp.id_link('email', 'a@b.cn', 'email', 'c@d.cn') > 0 AS all_three;
SELECT cdp.profile_of(cdp.one_id('email', 'c@d.cn')) - 'city' AS profile, cdp.profile_of(cdp.one_id('email', 'c@d.cn')) ->> 'city' AS latest;
SELECT outcome FROM cdp.id_remove('email', 'c@d.cn') ORDER BY outcome;
SELECT v AS email, cdp.profile_of(cdp.one_id('email', v)) - 'likes' AS profile FROM unnest('{a@b.cn,c@d.cn}'::text[]) v;
SELECT cdp.attribute_source_rank('web', 0);
INSERT INTO cdp.landing_profile VALUES ('email', 'a@b.cn', '{"level": 2}', '2025-03-03', 'crm'), ('phone', '13900000001', '{"level": 3}', '2025-03-03', 'web'), ('phone', '13900000001', '{"level": 4}', '2025-03-03', 'web');
SELECT attributes_new FROM load();
SELECT cdp.profile_of(cdp.one_id('email', 'a@b.cn')) -> 'level' AS level;
SELECT cdp.attribute_source_rank('web', 50);
SELECT cdp.profile_of(cdp.one_id('email', 'a@b.cn')) -> 'level' AS level;
\set SHOW_CONTEXT never
SELECT cdp.attribute_source_rank('x', NULL);
SELECT cdp.attribute_source_rank(NULL, 1);
-- rules that change
SELECT cdp.attribute_define('level', keep => 'max'), cdp.attribute_define('vip', 'boolean');
SELECT cdp.profile_of(cdp.one_id('email', 'a@b.cn')) -> 'level' AS level;
SELECT cdp.attribute_define('level', 'text', 'latest');
SELECT value, source FROM cdp.profile_history(cdp.one_id('email', 'a@b.cn')) WHERE key = 'level';
SELECT cdp.attribute_define('city', 'number');
SELECT cdp.attribute_define('level', 'date');
SELECT cdp.attribute_define('level', 'colour');
SELECT cdp.attribute_define('level', keep => 'best');
SELECT cdp.attribute_define(' ');
SELECT cdp.attribute_define(NULL);
-- set at once
SELECT cdp.profile_set('email', 'g@h.cn', '{"city": "苏州", "spent": "1"}', 'shop', '2025-03-01') AS "new person";
SELECT cdp.profile_set(cdp.one_id('email', 'g@h.cn'), '{"city": null}') AS "nowhere now";
SELECT cdp.profile_set('email', 'g@h.cn', '{"city": "杭州"}', 'shop', '2025-03-02') AS "said of before";
SELECT cdp.profile_set('email', 'g@h.cn', '{}') AS "nothing said";
SELECT cdp.profile_set('phone', '13800138000', '{"city": "nowhere"}') IS NULL AS "nobody's";
\set VERBOSITY terse
SELECT cdp.profile_set('email', 'g@h.cn', '{"spent": "much"}');
SELECT cdp.profile_set('email', 'g@h.cn', '7');
SELECT cdp.profile_set('email', 'g@h.cn', NULL);
SELECT cdp.profile_set('email', '', '{}');
SELECT cdp.profile_set('email', 'g@h.cn', '{}', 'shop', '2999-01-01');
SELECT cdp.profile_set(99, '{}');
SELECT cdp.profile_set(NULL, '{}');
SELECT cdp.profile_of(99) AS nobody, cdp.profile_of(NULL) AS null;
-- what waits for its person, is blocked, and comes back
INSERT INTO cdp.landing_profile VALUES ('member_id', 'waits', '{"city": "天津"}', '2025-03-01', 'crm'), ('phone', '13800138000', '{"vip": true}', '2025-03-01', 'crm');
SELECT attributes_new, quarantined FROM cdp.ingest();
SELECT i.value, i.status FROM cdp.attribute_queue q JOIN cdp.identifier i ON i.id = q.identifier_id ORDER BY 1;
SELECT severity, what, detail FROM cdp.check() WHERE area = 'profile';
SELECT persons_new FROM cdp.id_resolve();
SELECT count(*) AS waiting, cdp.profile_of(cdp.one_id('member_id', 'waits')) AS profile FROM cdp.attribute_queue;
SELECT count(*) AS persons FROM cdp.id_approve('phone', '13800138000');
SELECT persons_new FROM cdp.id_resolve();
SELECT cdp.profile_of(cdp.one_id('phone', '13800138000')) AS profile;
-- a row of any size ends no run: of control characters the text takes six times the room
INSERT INTO cdp.landing_profile SELECT 'email', 'x', a, '2025-03-02', 'web' FROM unnest(ARRAY[jsonb_build_object('a', repeat(chr(1), 1100000)), to_jsonb(repeat('x', 1100000)), jsonb_build_object('a', repeat(chr(1), 1000000))]) a;
SELECT profiles_read, quarantined FROM cdp.ingest();
SELECT reason, raw - 'attrs' AS raw FROM cdp.quarantine ORDER BY quarantine_id DESC LIMIT 3;
-- from what others commit meanwhile it must not look away
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO cdp.landing_profile VALUES ('member_id', 'waits', '{"city": "北京"}', '2025-03-02', 'crm');
SELECT attributes_new FROM cdp.ingest();
ROLLBACK;
-- by hand, and mended
SELECT severity, what, detail FROM cdp.check() WHERE area = 'profile';
UPDATE cdp.profile SET attrs = attrs || '{"city": "Atlantis"}' WHERE one_id = cdp.one_id('member_id', 'waits');
SELECT severity, what, detail, hint FROM cdp.check() WHERE area = 'profile' AND severity <> 'ok';
TRUNCATE cdp.profile, cdp.profile_value;
SELECT cdp.profile_rebuild();
SELECT count(*) AS wrong FROM cdp.check() WHERE area = 'profile' AND severity <> 'ok';
SELECT cdp.profile_rebuild();
-- an erased person leaves nothing, and does not come back
INSERT INTO cdp.landing_profile VALUES ('phone', '13900000001', '{"city": "上海"}', '2025-04-01', 'crm');
SELECT removed -> 'attribute' AS attributes, removed -> 'profile' AS profiles, removed -> 'landing_profile' AS landed FROM cdp.person_erase('phone', '13900000001', true);
INSERT INTO cdp.landing_profile VALUES ('phone', '13900000001', '{"city": "上海"}', '2025-04-01', 'crm');
SELECT * FROM load();
SELECT raw, reason FROM cdp.quarantine ORDER BY quarantine_id DESC LIMIT 1;
SELECT count(*) AS left FROM cdp.attribute a LEFT JOIN cdp.identifier i ON i.id = a.identifier_id AND i.status = 'active' WHERE i.id IS NULL;
SELECT severity, what FROM cdp.check() WHERE severity = 'error';
SELECT cdp.teardown(true) > 0 AS gone;
