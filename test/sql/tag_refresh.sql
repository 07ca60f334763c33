-- A refresh replaces the values of a tag as a whole.
\set SHOW_CONTEXT never
SELECT cdp.setup('UTC');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT 'e' || n, '2025-01-01', 'open', 'phone', '1390000000' || n FROM generate_series(1, 8) AS n;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('e9', '2025-01-01', 'open', 'phone', 'null');
SELECT events_new FROM cdp.ingest();
SELECT persons_new, blocked FROM cdp.id_resolve();
CREATE TABLE src (one_id int, value text);
INSERT INTO src SELECT n, CASE WHEN n <= 3 THEN 'gold' ELSE 'silver' END FROM generate_series(1, 6) AS n;
SELECT cdp.tag_define('level', 'SELECT one_id, value FROM src');
PREPARE refresh AS SELECT tag, value_count, people, chunks_written AS written, chunks_removed AS removed, unresolved, error
  FROM cdp.tag_refresh('level');
EXECUTE refresh;
SELECT value, people, round(share::numeric, 3) AS share FROM cdp.v_tag_value ORDER BY value;
-- nothing changed, nothing written
EXECUTE refresh;
-- one value changed, one new, one gone
UPDATE src SET value = 'platinum' WHERE one_id = 1;
DELETE FROM src WHERE value = 'silver';
EXECUTE refresh;
SELECT * FROM cdp.v_person_tag ORDER BY 1, 3;
SELECT cdp.rb_to_array(cdp.tag('level', 'gold')) AS gold, cdp.rb_to_array(cdp.tag('level', 'silver')) AS silver, cdp.rb_to_array(cdp.tag('level')) AS any;
-- a value may be any text; null means none
TRUNCATE src;
INSERT INTO src VALUES (1, ''), (2, 'a "b" ''c'''), (3, NULL), (4, '金卡'), (5, 'a, b'), (5, 'a');
EXECUTE refresh;
SELECT one_id, value FROM cdp.v_person_tag ORDER BY 1, 2;
-- people whom nobody knows are counted
INSERT INTO src VALUES (99, 'a'), (NULL, 'a'), (-5, 'a');
EXECUTE refresh;

-- a failed refresh keeps the old values, says so and leaves a run
CREATE FUNCTION fails(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no luck with %', $1 USING ERRCODE = 'P0042'; END $$;
SELECT cdp.tag_define('level', 'SELECT fails(one_id) AS one_id FROM src');
EXECUTE refresh;
SELECT cdp.rb_cardinality(cdp.tag('level')) AS people_still;
SELECT kind, name, succeeded, error FROM cdp.v_run WHERE NOT succeeded;
-- a table that is no longer what it was when the tag was defined
SELECT cdp.tag_define('level', 'SELECT * FROM src');
ALTER TABLE src RENAME value TO grade;
EXECUTE refresh;
ALTER TABLE src RENAME grade TO value;
EXECUTE refresh;
-- a cancelled refresh is cancelled
SELECT cdp.tag_define('slow', 'SELECT one_id FROM src, pg_sleep(20)');
SET statement_timeout = '300ms';
SELECT * FROM cdp.tag_refresh('slow');
RESET statement_timeout;
-- after a failure and after success the caller's search_path is what it was
SHOW search_path;

-- yes or no: "false" is not a value
SELECT cdp.tag_define('even', 'SELECT one_id, one_id % 2 = 0 AS value FROM src WHERE one_id < 50');
SELECT tag, value_count, people FROM cdp.tag_refresh('even');
SELECT * FROM cdp.v_person_tag WHERE tag = 'even' ORDER BY 1;
-- by identifier, in any spelling; blocked ones belong to nobody
SELECT cdp.tag_define('called', $$
    SELECT t AS id_type, v AS id_value FROM (VALUES ('Phone ', ' 13900000001'), ('phone', '13900000002'),
        ('phone', 'null'), ('phone', '13700000000'), ('fax', '13900000002'), (NULL, NULL)) AS c (t, v) $$);
SELECT tag, people, unresolved FROM cdp.tag_refresh('called');
SELECT cdp.rb_to_array(cdp.tag('called'));
-- bigint ids are fine while they are OneIDs
SELECT cdp.tag_define('big', 'SELECT 4::bigint AS one_id, 7 AS value');
SELECT people, error FROM cdp.tag_refresh('big');
SELECT cdp.tag_define('big', 'SELECT 4294967297 AS one_id, 7 AS value');
SELECT people, error FROM cdp.tag_refresh('big');

-- a value that an index has no room for
SELECT cdp.tag_define('long', $$SELECT 1 AS one_id, repeat('x', 1024) AS value UNION ALL SELECT 2, repeat('价', 341) || 'x'$$);
SELECT value_count, error FROM cdp.tag_refresh('long');
SELECT cdp.tag_define('long', $$SELECT 1 AS one_id, repeat('x', 1025) AS value$$);
SELECT value_count, error FROM cdp.tag_refresh('long');
SELECT cdp.tag_drop('long');
-- tags that are dropped, or made by hand, while others are refreshed do not keep those from it
CREATE FUNCTION meddle() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM cdp.tag WHERE name = 'due b') THEN
        PERFORM cdp.tag_drop('due b'), cdp.tag_define('due c', kind => 'manual');
    END IF;
    RETURN 1;
END $$;
SELECT cdp.tag_define('due ' || l, CASE l WHEN 'a' THEN 'SELECT meddle() AS one_id' ELSE 'SELECT 1 AS one_id' END, refresh_every => '1 day') > 0 AS defined
  FROM unnest('{a,b,c,d}'::text[]) AS l;
SELECT tag, people, error FROM cdp.tag_refresh_due();
SELECT cdp.tag_drop(name) FROM cdp.tag WHERE name LIKE 'due %';

SELECT * FROM cdp.tags_of(4);
SELECT * FROM cdp.tags_of(77);
SELECT tag, people, round(share::numeric, 3) AS share, value_count, refreshed_at IS NOT NULL AS refreshed FROM cdp.v_tag ORDER BY tag;
-- dropped with its values
SELECT cdp.tag_drop('level');
SELECT count(*) FROM cdp.tag_value WHERE tag_id NOT IN (SELECT tag_id FROM cdp.tag);
SELECT tag FROM cdp.tags_of(4);
-- whoever has lost his last identifier is nobody: he leaves at once, and no refresh brings him back
SELECT cdp.tag_define('there', 'SELECT one_id FROM cdp.person'), cdp.tag_define('height', 'SELECT one_id, one_id AS value FROM cdp.person', value_type => 'number'),
       cdp.tag_define('hand', kind => 'manual');
SELECT tag, people FROM unnest('{there,height}'::text[]) AS t, cdp.tag_refresh(t);
SELECT cdp.tag_set(4, 'hand', 'a'), cdp.tag_set(4, 'hand', 'b'), cdp.tag_set(5, 'hand', 'a');
SELECT outcome FROM cdp.id_block('phone', '13900000004');
SELECT * FROM cdp.tags_of(4);
SELECT tag, people, share FROM cdp.v_tag WHERE tag IN ('there', 'height', 'hand') ORDER BY 1;
SELECT tag, people FROM unnest('{there,height}'::text[]) AS t, cdp.tag_refresh(t);
SELECT tag, people FROM cdp.tag_refresh('even');
UPDATE cdp.tag SET ttl = '1 day' WHERE name = 'hand';
UPDATE cdp.tag_set_log SET set_at = set_at - interval '2 days' WHERE value = 'a';
SELECT * FROM cdp.tag_expire('hand');
SELECT max(share) <= 1 AS shares_of_the_living, (SELECT count(*) FROM cdp.v_person_tag WHERE one_id = 4) AS of_nobody FROM cdp.v_tag;
-- repeatable read would overlook merges
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT * FROM cdp.tag_refresh('even');
ROLLBACK;
