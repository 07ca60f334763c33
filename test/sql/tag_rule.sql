-- Tags by rule: one rule or a list of them, what they are made of, and in which order they are refreshed.
\set SHOW_CONTEXT never
\set VERBOSITY default
SELECT cdp.setup('UTC');
INSERT INTO cdp.person (one_id) SELECT n FROM generate_series(1, 6) AS n;
INSERT INTO cdp.person (one_id) SELECT n FROM generate_series(2000001, 2000003) AS n;
CREATE TABLE src AS SELECT one_id, one_id % 1000 * 100 AS spend, one_id % 2 = 0 AS even FROM cdp.person;
SELECT cdp.tag_define('spend', 'SELECT one_id, spend AS value FROM src', value_type => 'number'), cdp.tag_define('even', 'SELECT one_id, even AS value FROM src');
SELECT tag, people FROM cdp.tag AS t, cdp.tag_refresh(t.name) ORDER BY 1;

-- one rule: a yes; a list: the first that means somebody gives the value, unless there may be several
SELECT cdp.tag_define('rich', rule => 'tag:spend >= 300  AND  not tag:even');
SELECT cdp.tag_define('tier', rules => '[["gold", "tag:spend >= 500"], ["silver", "tag:spend >= 200"], ["gold", "tag:spend >= 199"], [1, "everyone"]]');
SELECT cdp.tag_define('over', rules => '[["100", "tag:spend > 100"], ["200", "tag:spend > 200"], ["none", "tag:spend > 10000"]]', value_type => 'multi');
SELECT name, kind, value_type, definition FROM cdp.tag WHERE kind = 'rule' ORDER BY name;
SELECT tag, value_count, people, chunks_written AS written, unresolved, error FROM cdp.tag AS t, cdp.tag_refresh(t.name) WHERE kind = 'rule' ORDER BY 1;
SELECT tag, value, string_agg(one_id::text, ' ' ORDER BY one_id) AS people FROM cdp.v_person_tag JOIN cdp.tag ON tag.name = tag WHERE kind = 'rule' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT tag, value_count, people, chunks_written AS written, chunks_removed AS removed FROM cdp.tag_refresh('tier');
UPDATE src SET spend = 0 WHERE one_id > 4;
SELECT people FROM cdp.tag_refresh('spend');
SELECT tag, value_count, people, chunks_written AS written, chunks_removed AS removed FROM cdp.tag_refresh('tier');
SELECT value, people FROM cdp.v_tag_value WHERE tag = 'tier' ORDER BY 1;
-- whoever may write may refresh it: no SQL of anybody is run
CREATE ROLE regress_clerk;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cdp TO regress_clerk;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA cdp TO regress_clerk;
SET ROLE regress_clerk;
SELECT tag, people, error FROM cdp.tag_refresh('tier');
-- but nobody makes somebody else's query of it
UPDATE cdp.tag SET kind = 'sql', definition = 'SELECT one_id FROM public.src' WHERE name = 'tier';
RESET ROLE;
SELECT tag, people, error FROM cdp.tag_refresh('tier');
SELECT cdp.tag_define('tier', rules => '[["gold", "tag:spend >= 500"], ["rest", "everyone"]]') > 0 AS redefined;

-- what is no definition
SELECT cdp.tag_define('x', rule => 'tag:spent > 5');
SELECT cdp.tag_define('x', rule => 'tag:spend >');
SELECT cdp.tag_define('x', rule => 'audience:nobody');
SELECT cdp.tag_define('x', rules => '{"a": "everyone"}');
SELECT cdp.tag_define('x', rules => '[["a", "everyone"], ["b"]]');
SELECT cdp.tag_define('x', rules => '[]');
SELECT cdp.tag_define('x', rules => jsonb_build_array(jsonb_build_array(repeat('x', 1025), 'everyone')));
SELECT cdp.tag_define('x', rule => 'everyone', value_type => 'enum');
SELECT cdp.tag_define('x', rules => '[["1", "everyone"]]', value_type => 'number');
SELECT cdp.tag_define('x', rule => 'everyone', rules => '[["1", "everyone"]]');
SELECT cdp.tag_define('x', 'SELECT 1 AS one_id', rule => 'everyone');
SELECT cdp.tag_define('x', kind => 'rule');
SELECT cdp.tag_define('x', kind => 'import', rule => 'everyone');

-- made of each other, over audiences too: no circle, no drop, no new name
SELECT cdp.audience_define('vip', 'tag:rich or tag:tier = gold');
SELECT cdp.tag_define('best', rule => 'audience:vip and tag:even and pay >= 2 times in last 7 days');
INSERT INTO cdp.event_type (code, name) VALUES (1, 'pay');
SELECT cdp.tag_define('best', rule => 'audience:vip and tag:even and pay >= 2 times in last 7 days');
SELECT cdp.tag_define('rich', rule => 'tag:best');
SELECT cdp.tag_define('rich', rule => 'tag:rich or everyone');
SELECT cdp.audience_define('vip', 'tag:best');
SELECT cdp.tag_drop('tier');
SELECT cdp.tag_drop('spend');
SELECT cdp.audience_drop('vip');
UPDATE cdp.tag SET name = 'r' WHERE name = 'rich';
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT cdp.tag_define('x', rule => 'everyone');
ROLLBACK;
-- many layers of two that are both made of both below: more ways than could be walked
BEGIN;
SET LOCAL statement_timeout = '20s';
SELECT cdp.tag_define('0' || side, rule => 'everyone') > 0 AS defined FROM unnest('{a,b}'::text[]) AS side;
DO $$
BEGIN
    FOR layer IN 1..24 LOOP
        PERFORM cdp.tag_define(layer || side, rule => format('tag:"%sa" and tag:"%1$sb"', layer - 1)) FROM unnest('{a,b}'::text[]) AS side;
    END LOOP;
END $$;
SELECT cdp.tag_define('0b', rule => 'tag:"24b" or tag:"0a"');
ROLLBACK;
SELECT * FROM cdp.tag_uses('best');
SELECT * FROM cdp.tag_uses('spend');
SELECT * FROM cdp.tag_uses('spent');
-- an audience that has no members yet
SELECT tag, people, error FROM cdp.tag_refresh('best');
SELECT users FROM cdp.audience_refresh('vip');

-- in the order of what they are made of
UPDATE cdp.tag SET refreshed_at = NULL, refresh_every = '1 day';
SELECT tag, people, error FROM cdp.tag_refresh_due();
SELECT count(*) FROM cdp.tag_refresh_due();
SELECT cdp.tag_drop('best'), cdp.audience_drop('vip');
SELECT cdp.tag_drop('tier'), cdp.tag_drop('rich'), cdp.tag_drop('over');
SELECT cdp.tag_drop('spend');
REVOKE ALL ON ALL TABLES IN SCHEMA cdp FROM regress_clerk;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA cdp FROM regress_clerk;
DROP ROLE regress_clerk;
SELECT tag, kind, rows, unresolved, people, value_count, chunks_written, chunks_removed, error FROM cdp.v_tag_run WHERE tag IN ('tier', 'best') ORDER BY run_id;
