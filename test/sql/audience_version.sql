-- Versions of definitions, frozen audiences, and refreshes that are due.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SELECT cdp.setup('UTC');
INSERT INTO cdp.person (one_id) SELECT n FROM generate_series(1, 10) AS n;
CREATE TABLE src (one_id int, value text);
INSERT INTO src SELECT n, CASE WHEN n <= 4 THEN 'gold' ELSE 'silver' END FROM generate_series(1, 8) AS n;
SELECT cdp.tag_define('level', 'SELECT one_id, value FROM src') > 0 AS tag;
SELECT people FROM cdp.tag_refresh('level');
SELECT cdp.audience_define('a', 'tag:level = gold') > 0 AS defined;
-- a change is a version, whoever makes it and however; the same once more is none
SELECT cdp.audience_define('a', 'tag:level=gold', description => 'the best') > 0 AS defined;
SELECT cdp.audience_define('a', sql => 'SELECT one_id FROM src') > 0 AS defined;
UPDATE cdp.audience SET definition = 'SELECT one_id FROM src WHERE one_id > 2';
UPDATE cdp.audience SET folder = 'elsewhere';
SELECT version, kind, definition, owner = current_user AS mine, changed_at <= now() AS dated, changed_by = session_user AS by_me, is_current FROM cdp.audience_history('a');
SELECT users FROM cdp.audience_refresh('a');
-- as it was; members follow with the refresh
SELECT cdp.audience_restore('a', 1);
SELECT kind, definition, folder, description FROM cdp.audience;
SELECT users, entered, left_users FROM cdp.audience_refresh('a');
SELECT cdp.audience_restore('a', 2);
SELECT kind, definition, search_path = current_setting('search_path') AS same_path FROM cdp.audience;
SELECT cdp.audience_restore('a', 2);
SELECT version, kind, definition, is_current FROM cdp.audience_history('a');
SELECT cdp.audience_restore('a', 6);
SELECT cdp.audience_restore('a', NULL);
SELECT cdp.audience_restore('b', 1);
SELECT * FROM cdp.audience_history('b');
-- SQL of somebody else is not taken over unseen, and nobody can pass his off as that of a stronger role
CREATE ROLE cdp_test_weaker;
CREATE ROLE cdp_test_stronger;
GRANT USAGE ON SCHEMA cdp TO cdp_test_weaker;
GRANT SELECT, INSERT, UPDATE ON cdp.audience, cdp.audience_version, cdp.meta TO cdp_test_weaker;
SET ROLE cdp_test_weaker;
INSERT INTO cdp.audience_version (audience_id, version, name, kind, definition, search_path, owner)
SELECT audience_id, 9, 'a', 'sql', 'SELECT 1 AS one_id', 'pg_catalog', 'cdp_test_stronger' FROM cdp.audience;
INSERT INTO cdp.audience_version (audience_id, version, name, kind, definition, search_path)
SELECT audience_id, 9, 'a', 'sql', 'SELECT 1 AS one_id', 'pg_catalog' FROM cdp.audience;
UPDATE cdp.audience_version SET definition = 'SELECT 2 AS one_id' WHERE version = 2;
RESET ROLE;
SELECT version, owner FROM cdp.audience_version WHERE owner <> current_user ORDER BY version;
-- with rights on the tables alone, it can do with its own what there is to do
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cdp TO cdp_test_weaker;
SET ROLE cdp_test_weaker;
SELECT cdp.audience_define('own', sql => 'SELECT 1 AS one_id UNION SELECT 2') > 0 AS defined;
SELECT users, entered, error FROM cdp.audience_refresh('own');
SELECT cdp.audience_exclude('own', 2), cdp.audience_freeze('own', 'own too') > 0 AS frozen;
SELECT users, left_users, error FROM cdp.audience_refresh('own');
SELECT change, one_id FROM cdp.audience_delta('own', snapshot => (SELECT min(snapshot_id) FROM cdp.v_audience_trend WHERE audience = 'own'));
SELECT cdp.audience_define('own', 'everyone') > 0 AS defined, cdp.audience_restore('own', 1) AS version, cdp.audience_drop('own');
RESET ROLE;
SELECT cdp.audience_drop('own too');
SELECT cdp.audience_restore('a', 9);
SELECT cdp.audience_restore('a', 2);
DELETE FROM cdp.audience;
SELECT count(*) FROM cdp.audience_version;

-- frozen in itself: what it is made of does not matter any more
SELECT cdp.audience_define('a', 'tag:level = gold') > 0 AS defined, cdp.audience_define('b', 'audience:a') > 0 AS defined;
SELECT cdp.audience_freeze('a');
SELECT audience, users FROM cdp.audience_refresh_all();
SELECT cdp.audience_freeze('a', 'march') > 0 AS frozen;
UPDATE src SET value = 'gold';
SELECT people FROM cdp.tag_refresh('level');
SELECT audience, users, entered, left_users FROM cdp.audience_refresh_all();
SELECT audience, kind, regexp_replace(definition, '....-..-.. ..:..:..', '<time>') AS definition, users FROM cdp.v_audience ORDER BY audience;
SELECT s.users, s.entered, s.left_users FROM cdp.audience_snapshot AS s JOIN cdp.audience AS a USING (audience_id) WHERE a.name = 'march' ORDER BY snapshot_id;
-- lists work: somebody taken out of a frozen audience is out
SELECT cdp.audience_include('march', 9), cdp.audience_exclude('march', 1);
SELECT users, entered, left_users, unresolved FROM cdp.audience_refresh('march');
SELECT one_id FROM cdp.v_audience_member WHERE audience = 'march' ORDER BY 1;
-- they follow merges like others
UPDATE cdp.person SET merged_into = 5 WHERE one_id = 2;
INSERT INTO cdp.merge_log (survivor, absorbed) VALUES (5, 2);
SELECT users, entered, left_users FROM cdp.audience_refresh('march');
SELECT one_id FROM cdp.v_audience_member WHERE audience = 'march' ORDER BY 1;
SELECT cdp.audience_freeze('a') = audience_id AS the_same FROM cdp.audience WHERE name = 'a';
SELECT cdp.audience_freeze('a') = audience_id AS still FROM cdp.audience WHERE name = 'a';
SELECT version, kind, is_current FROM cdp.audience_history('a');
SELECT cdp.audience_restore('march', 1);
SELECT cdp.audience_freeze('a', 'march');
SELECT cdp.audience_freeze('a', ' ');
SELECT cdp.audience_freeze('nobody');
-- it needs the tag no more, and can be defined again
SELECT cdp.tag_drop('level');
SELECT cdp.audience_restore('a', 1);
SELECT cdp.audience_define('march', 'everyone') > 0 AS thawed;
SELECT users, entered, left_users FROM cdp.audience_refresh('march');

-- due: those whose time has come, those that others are made of first
SELECT audience FROM cdp.audience_refresh_due();
UPDATE cdp.audience SET refresh_every = CASE name WHEN 'march' THEN '1 day'::interval ELSE '1 hour' END WHERE name <> 'a';
UPDATE cdp.audience SET definition = 'audience:march' WHERE name = 'b';
SELECT audience FROM cdp.audience_refresh_due();
SELECT audience, users FROM cdp.audience_refresh_due(now() + interval '61 minutes');
SELECT audience FROM cdp.audience_refresh_due(now() + interval '25 hours');
SELECT cdp.audience_define('c', 'everyone') > 0 AS defined, cdp.audience_define('broken', sql => 'SELECT one_id / 0 AS one_id FROM src') > 0 AS defined;
UPDATE cdp.audience SET refresh_every = '1 month' WHERE name IN ('c', 'broken');
SELECT audience, users, error FROM cdp.audience_refresh_due();
-- what has failed is still due
SELECT audience FROM cdp.audience_refresh_due();
UPDATE cdp.audience SET refresh_every = '0';
-- with tags: an audience of a tag of an audience
SELECT cdp.audience_drop('broken'), cdp.tag_define('by_query', 'SELECT one_id FROM src', refresh_every => '1 day') > 0 AS tag;
SELECT cdp.audience_define('z_first', 'tag:by_query') > 0 AS defined, cdp.tag_define('by_rule', rule => 'audience:z_first', refresh_every => '1 day') > 0 AS tag,
       cdp.audience_define('a_last', 'tag:by_rule but not audience:z_first') > 0 AS defined;
UPDATE cdp.audience SET refresh_every = '1 day' WHERE name IN ('z_first', 'a_last');
SELECT what, name, users, error FROM cdp.refresh_due();
SELECT what, name, users, error FROM cdp.refresh_due();
SELECT cdp.teardown(true) > 0 AS gone;
DROP TABLE src;
DROP OWNED BY cdp_test_weaker;
DROP ROLE cdp_test_weaker, cdp_test_stronger;
