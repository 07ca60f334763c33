-- Tags set by hand: of one value and of several, taken away, through merges and undone merges, running out, erased.
\set SHOW_CONTEXT never
\set VERBOSITY default
SELECT cdp.setup('UTC');
UPDATE cdp.id_type SET max_per_person = NULL;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT n, timestamp '2025-01-01' + n * interval '1 day', 'open', 'phone', '139000000' || n FROM generate_series(11, 18) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT cdp.tag_define('vip', kind => 'manual', value_type => 'boolean'), cdp.tag_define('level', kind => 'manual', value_type => 'enum'),
       cdp.tag_define('likes', kind => 'manual'), cdp.tag_define('height', kind => 'manual', value_type => 'number'),
       cdp.tag_define('birthday', kind => 'manual', value_type => 'date'), cdp.tag_define('query', 'SELECT 1 AS one_id');
CREATE VIEW held AS SELECT one_id, tag, string_agg(value, ', ' ORDER BY value COLLATE "C") AS vals FROM cdp.v_person_tag GROUP BY 1, 2;

-- set, set again, replaced, taken away: true where that changed something
SELECT cdp.tag_set(1, 'vip', 'yes') AS new, cdp.tag_set(1, 'vip', 'true') AS same, cdp.tag_set(2, 'vip', 'true') AS other, cdp.tag_set(2, 'vip', 'false') AS gone;
SELECT cdp.tag_set(1, 'level', 'gold') AS new, cdp.tag_set(1, 'level', 'silver') AS changed, cdp.tag_set(2, 'level', 'gold') AS other, cdp.tag_unset(2, 'level', 'gold') AS gone, cdp.tag_unset(2, 'level', 'gold') AS again;
SELECT cdp.tag_set(1, 'likes', 'tea') AS tea, cdp.tag_set(1, 'likes', 'cake') AS cake, cdp.tag_set(1, 'likes', '') AS empty, cdp.tag_unset(1, 'likes', 'tea') AS gone, cdp.tag_set(2, 'likes', 'tea') AS other, cdp.tag_set(2, 'likes', NULL) AS nothing;
SELECT cdp.tag_set(1, 'height', '178') AS new, cdp.tag_set(1, 'height', '+178.0') AS same, cdp.tag_set(1, 'height', '179') AS changed, cdp.tag_set(3, 'height', '-5') AS other;
SELECT cdp.tag_set('phone', '13900000011', 'birthday', '1999-12-31') AS by_phone, cdp.tag_unset('phone', '139-0000-0012', 'birthday', NULL) AS nothing;
-- to take away what somebody does not have takes away nothing, and is not noted
CREATE TABLE noted AS SELECT count(*) AS rows FROM cdp.tag_set_log;
SELECT cdp.tag_unset(1, 'level', 'gold') AS level, cdp.tag_unset(1, 'height', '178') AS height, cdp.tag_unset(1, 'vip', 'false') AS vip, cdp.tag_unset(1, 'birthday', '2000-01-01') AS birthday;
SELECT count(*) - (SELECT rows FROM noted) AS noted FROM cdp.tag_set_log;
SELECT * FROM held ORDER BY 1, 2;
SELECT g.name, l.one_id, l.value, l.is_set, l.set_by = session_user AS by_me FROM cdp.tag_set_log AS l JOIN cdp.tag AS g USING (tag_id) WHERE g.name IN ('likes', 'vip') ORDER BY seq;
SELECT count(*) AS empty_rows FROM cdp.tag_value WHERE users = 0;

-- what cannot be said
SELECT cdp.tag_set(1, 'query', 'true');
SELECT cdp.tag_set(99, 'vip', 'true');
SELECT cdp.tag_set(NULL, 'vip', 'true');
SELECT cdp.tag_set('phone', '13900000099', 'vip', 'true');
SELECT cdp.tag_set('fone', '13900000099', 'vip', 'true');
SELECT cdp.tag_set(1, 'vip', 'perhaps');
SELECT cdp.tag_set(1, 'height', '1.79');
SELECT cdp.tag_set(1, 'birthday', '31.12.1999');
SELECT cdp.tag_set(1, 'hight', '179');
SELECT cdp.tag_set(1, 'likes', repeat('x', 1025));
UPDATE cdp.tag SET status = 'archived' WHERE name = 'vip';
SELECT cdp.tag_set(1, 'vip', 'true');
UPDATE cdp.tag SET status = 'active' WHERE name = 'vip';
SELECT * FROM cdp.tag_refresh('vip');
SELECT cdp.tag_define('level', 'SELECT 1 AS one_id');
SELECT cdp.tag_define('height', kind => 'manual', value_type => 'enum');
SELECT cdp.tag_define('level', kind => 'manual', description => 'as the shop says') > 0 AS redefined;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT cdp.tag_set(1, 'vip', 'true');
ROLLBACK;

-- merged, the last word counts; undone, everybody has what was said of him
SELECT cdp.tag_set(4, 'level', 'bronze'), cdp.tag_set(4, 'height', '160'), cdp.tag_set(4, 'likes', 'tea'), cdp.tag_set(4, 'likes', 'cake');
CREATE TABLE apart AS SELECT * FROM held;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES
    ('t', 'phone', '13900000011', 'phone', '13900000014', '2025-03-01'), ('t', 'phone', '13900000015', 'phone', '13900000013', '2025-03-01');
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT * FROM held ORDER BY 1, 2;
-- by his old number he is still meant
SELECT cdp.tag_set(4, 'likes', 'milk') AS set_of_1;
SELECT one_id, value FROM cdp.tag_set_log ORDER BY seq DESC LIMIT 1;
SELECT cdp.tag_unset(1, 'likes', 'milk');
SELECT count(*) FROM cdp.id_unlink('phone', '13900000011', 'phone', '13900000014');
SELECT count(*) FROM cdp.id_unlink('phone', '13900000015', 'phone', '13900000013');
(TABLE apart EXCEPT TABLE held) UNION ALL (TABLE held EXCEPT TABLE apart);

-- running out: what was not set again in time
UPDATE cdp.tag SET ttl = '30 days' WHERE kind = 'manual';
SELECT * FROM cdp.tag_expire() ORDER BY 1;
UPDATE cdp.tag_set_log SET set_at = set_at - interval '31 days';
SELECT cdp.tag_set(1, 'likes', 'cake') AS renewed, cdp.tag_set(4, 'height', '160') AS again;
SELECT * FROM cdp.tag_expire('likes');
SELECT * FROM cdp.tag_expire() ORDER BY 1;
SELECT * FROM held ORDER BY 1, 2;
SELECT cdp.tag_define('query', 'SELECT 2 AS one_id', ttl => '1 day', refresh_every => '1 hour') > 0 AS redefined;
SELECT tag, people FROM cdp.tag_refresh_due();
SELECT tag, people FROM cdp.tag_refresh_due();
UPDATE cdp.tag SET refreshed_at = refreshed_at - interval '2 hours' WHERE name = 'query';
SELECT tag, is_due FROM cdp.v_tag WHERE is_due;
UPDATE cdp.tag SET status = 'paused' WHERE name = 'query';
SELECT tag, people FROM cdp.tag_refresh_due();
SELECT tag, people FROM cdp.tag_refresh('query');
UPDATE cdp.tag SET refreshed_at = refreshed_at - interval '25 hours' WHERE name = 'query';
SELECT * FROM cdp.tag_expire();
SELECT kind, name, detail FROM cdp.v_run WHERE kind = 'tag_expire' ORDER BY run_id DESC LIMIT 2;

-- told and erased
SELECT jsonb_path_query_array(cdp.person_export(1), '$.tags_said[*].value') AS said;
SELECT removed ->> 'tag_set_log' AS rows FROM cdp.person_erase(1);
SELECT count(*) FROM cdp.tag_set_log WHERE one_id = 1;
SELECT cdp.tag_set(1, 'vip', 'true');
SELECT cdp.tag_drop(name) FROM cdp.tag WHERE kind = 'manual';
SELECT (SELECT count(*) FROM cdp.tag_set_log) + (SELECT count(*) FROM cdp.tag_number) AS left_over;
