-- Tags of one value a person: numbers, dates and enums, what they refuse, and whose value a merged person has.
\set SHOW_CONTEXT never
\set VERBOSITY default
SELECT cdp.setup('Asia/Shanghai');
UPDATE cdp.id_type SET max_per_person = NULL;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT n, timestamp '2025-01-01' + n * interval '1 day', 'open', 'phone', '139000000' || n FROM generate_series(11, 18) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
CREATE TABLE src (one_id int, amount numeric, score float8, points int, seen timestamptz, level text, vip boolean);
INSERT INTO src VALUES (1, 500, 1, -3, '2025-01-01 23:00+08', 'gold', true), (2, 0, 2, 0, '1999-12-31 00:00+08', 'silver', false),
    (3, 9223372036854775807, -4, 7, '2025-06-01 17:00Z', 'gold', true), (4, -9223372036854775808, 3, NULL, NULL, NULL, NULL);

-- numbers of every numeric type, dates in the zone of the business
SELECT cdp.tag_define('amount', 'SELECT one_id, amount AS value FROM src', value_type => 'number');
SELECT cdp.tag_define('score', 'SELECT one_id, score AS value FROM src', value_type => 'number', on_merge => 'max');
SELECT cdp.tag_define('points', 'SELECT one_id, points AS value FROM src', value_type => 'number', on_merge => 'sum');
SELECT cdp.tag_define('seen', 'SELECT one_id, seen AS value FROM src', value_type => 'date', on_merge => 'min');
SELECT cdp.tag_define('level', 'SELECT one_id, level AS value FROM src', value_type => 'enum');
SELECT cdp.tag_define('vip', 'SELECT one_id, vip AS value FROM src');
SELECT name, kind, value_type, on_merge FROM cdp.tag ORDER BY name;
PREPARE refresh AS SELECT tag, value_count, people, chunks_written AS written, chunks_removed AS removed, unresolved, error
  FROM cdp.tag AS t, cdp.tag_refresh(t.name) ORDER BY tag;
EXECUTE refresh;
SELECT * FROM cdp.v_person_tag ORDER BY tag, one_id;
SELECT tag, people, round(mean::numeric, 2) AS mean, least, median, greatest, first_day, last_day FROM cdp.v_tag_number ORDER BY tag;
SELECT tag, kind, value_type, people, value_count, status, is_due FROM cdp.v_tag ORDER BY tag;
-- nothing changed, nothing written; one chunk is all there is
EXECUTE refresh;
UPDATE src SET points = 8 WHERE one_id = 3;
SELECT people, chunks_written, chunks_removed FROM cdp.tag_refresh('points');
SELECT detail - 'base_date' AS detail FROM cdp.v_run WHERE kind = 'tag_refresh' ORDER BY run_id DESC LIMIT 1;

-- asked by number and date
SELECT cdp.rb_to_array(cdp.tag('points', '0')) AS zero, cdp.rb_to_array(cdp.tag('points', '-3')) AS negative, cdp.rb_to_array(cdp.tag('points', '8.00')) AS eight,
       cdp.rb_to_array(cdp.tag('points')) AS any, cdp.rb_to_array(cdp.tag('seen', '2025-06-02')) AS of_date;
SELECT cdp.bsi_sum(cdp.tag_number('points')), cdp.rb_to_array(cdp.bsi_ge(cdp.tag_number('seen'), date '2025-01-01' - date '2000-01-01'));
SELECT * FROM cdp.tags_of(1);
SELECT jsonb_path_query_array(cdp.person_export(3), '$.tags[*].value') AS exported;
SELECT cdp.tag('points', 'many');
SELECT cdp.tag('points', '1.5');
SELECT cdp.tag('seen', '2025-02-30');
SELECT cdp.tag('seen', 'June');
SELECT cdp.tag_number('level');

-- what cannot be a number or a date
\set VERBOSITY terse
CREATE TABLE odd (place int, query text, value_type text);
INSERT INTO odd VALUES (1, 'SELECT 1 AS one_id, 1.5 AS value', 'number'), (2, 'SELECT 1 AS one_id, 9223372036854775808 AS value', 'number'),
    (3, $$SELECT 1 AS one_id, 'NaN'::numeric AS value$$, 'number'), (4, $$SELECT 1 AS one_id, 'NaN'::float8 AS value$$, 'number'),
    (5, $$SELECT 1 AS one_id, '-Infinity'::float8 AS value$$, 'number'), (6, 'SELECT 1 AS one_id, 9223372036854775807::float8 AS value', 'number'),
    (7, 'SELECT 1 AS one_id, -9223372036854775808::float8 AS value', 'number'), (8, 'SELECT 1 AS one_id, 0.1::real AS value', 'number'),
    (9, $$SELECT 1 AS one_id, 'infinity'::date AS value$$, 'date'), (10, $$SELECT 1 AS one_id, '10000-01-01'::date AS value$$, 'date'),
    (11, $$SELECT 1 AS one_id, 'infinity'::timestamptz AS value$$, 'date'), (12, $$SELECT 1 AS one_id, '0001-12-31 BC'::date AS value$$, 'date'),
    (13, 'SELECT * FROM (VALUES (1, 5), (2, 6), (1, 7)) AS v (one_id, value)', 'number'),
    (14, $$SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (2, 'c'), (1, 'a')) AS v (one_id, value)$$, 'enum');
CREATE FUNCTION try(odd) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdp.tag_define('odd', $1.query, value_type => $1.value_type);
    RETURN (SELECT coalesce(error, 'stored: ' || people) FROM cdp.tag_refresh('odd'));
END $$;
SET client_min_messages = error;
SELECT place, try(odd) FROM odd ORDER BY place;
RESET client_min_messages;
SELECT cdp.tag_define('x', 'SELECT 1 AS one_id', value_type => 'number');
SELECT cdp.tag_define('x', 'SELECT 1 AS one_id', value_type => 'enum');
SELECT cdp.tag_define('x', $$SELECT 1 AS one_id, '5' AS value$$, value_type => 'number');
SELECT cdp.tag_define('x', $$SELECT 1 AS one_id, '5' AS value$$, value_type => 'boolean');
SELECT cdp.tag_define('x', $$SELECT 1 AS one_id, 5 AS value$$, value_type => 'date');
SELECT cdp.tag_define('x', $$SELECT 1 AS one_id, 5 AS value$$, value_type => 'decimal');
SELECT cdp.tag_define('x', $$SELECT 1 AS one_id, 5 AS value$$, on_merge => 'sum');
SELECT cdp.tag_define('x', $$SELECT 1 AS one_id, date '2025-01-01' AS value$$, value_type => 'date', on_merge => 'sum');
SELECT cdp.tag_define('x', kind => 'manual', sql => 'SELECT 1 AS one_id');
SELECT cdp.tag_define('x', 'SELECT 1 AS one_id', refresh_every => '-1 day');
-- several rows of a person, where a rule says what they come to
SELECT cdp.tag_define('odd', 'SELECT * FROM (VALUES (1, 5), (2, 6), (1, 7)) AS v (one_id, value)', value_type => 'number', on_merge => 'sum');
SELECT error FROM cdp.tag_refresh('odd');
SELECT one_id, value FROM cdp.v_person_tag WHERE tag = 'odd' ORDER BY 1;
-- more than there is room for: whose it is, and of which tag
SELECT cdp.tag_define('odd', 'SELECT * FROM (VALUES (1, 5), (2, 9223372036854775807), (2, 1)) AS v (one_id, value)', value_type => 'number', on_merge => 'sum');
SELECT error FROM cdp.tag_refresh('odd');
-- redefined: a type that was said stays, one that was inferred does not; texts do not become numbers by themselves
SELECT cdp.tag_define('odd', 'SELECT 1 AS one_id, 4 AS value');
SELECT value_type, on_merge, (SELECT count(*) FROM cdp.tag_number WHERE tag_id = g.tag_id) AS kept FROM cdp.tag AS g WHERE name = 'odd';
SELECT cdp.tag_define('odd', 'SELECT 1 AS one_id, 4 AS value', value_type => 'multi');
SELECT value_type, on_merge, (SELECT count(*) FROM cdp.tag_number WHERE tag_id = g.tag_id) AS kept FROM cdp.tag AS g WHERE name = 'odd';
-- a date does not keep the rule by which numbers merged
SELECT cdp.tag_define('odd', 'SELECT 1 AS one_id, 4 AS value', value_type => 'number', on_merge => 'sum');
SELECT cdp.tag_define('odd', $$SELECT 1 AS one_id, date '2025-01-01' AS value$$, value_type => 'date');
SELECT value_type, on_merge FROM cdp.tag WHERE name = 'odd';
SELECT cdp.tag_drop('odd');

-- imported, with the rights of the caller
SELECT cdp.tag_define('model', kind => 'model'), cdp.tag_define('file', kind => 'import');
SELECT * FROM cdp.tag_refresh('model');
SELECT * FROM cdp.tag_import('level', 'SELECT 1 AS one_id');
SELECT tag, people, unresolved, error FROM cdp.tag_import('model', 'SELECT one_id, score * 100 AS value FROM src UNION ALL SELECT 99, 1');
SELECT tag, people, unresolved, error FROM cdp.tag_import('file', $$SELECT 'phone' AS id_type, '13900000012' AS id_value, unnest('{a,b}'::text[]) AS value$$);
SELECT tag, people, unresolved, error FROM cdp.tag_import('file', 'SELECT 1 AS one_id; DROP TABLE src');
CREATE ROLE regress_poor;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cdp TO regress_poor;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA cdp TO regress_poor;
SET ROLE regress_poor;
SELECT tag, people, error FROM cdp.tag_import('file', 'SELECT one_id FROM src', search_path => 'public');
RESET ROLE;
UPDATE cdp.tag SET status = 'archived' WHERE name = 'file';
SELECT tag, people, error FROM cdp.tag_import('file', 'SELECT one_id FROM src');
SELECT * FROM cdp.v_person_tag WHERE tag IN ('model', 'file') ORDER BY tag, one_id, value;

-- merged: 2 takes 3 in; 5, who has nothing, takes 6 and 7 in
INSERT INTO src VALUES (7, 70, 7, 70, '2025-03-03', 'bronze', true), (6, 60, 60, 6, '2025-02-02', 'iron', NULL);
SET client_min_messages = error;
SELECT count(*) FROM cdp.tag AS t, cdp.tag_refresh(t.name) WHERE kind = 'sql';
RESET client_min_messages;
CREATE TABLE merged_before AS SELECT tag, one_id, value FROM cdp.v_person_tag;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES
    ('t', 'phone', '13900000012', 'phone', '13900000013', '2025-03-01'),
    ('t', 'phone', '13900000015', 'phone', '13900000016', '2025-03-01'), ('t', 'phone', '13900000015', 'phone', '13900000017', '2025-03-01');
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT survivor, absorbed FROM cdp.merge_log ORDER BY seq;
SELECT tag, one_id, string_agg(value, ', ' ORDER BY value COLLATE "C") AS vals FROM cdp.v_person_tag WHERE one_id IN (2, 3, 5, 6, 7) GROUP BY 1, 2 ORDER BY 1, 2;
-- a sum that has no room stops at the end
INSERT INTO src (one_id, points) VALUES (8, 9223372036854775807 - 9223372036854775800);
SELECT cdp.tag_define('huge', 'SELECT one_id, 9223372036854775800 AS value FROM src WHERE one_id IN (1, 4)', value_type => 'number', on_merge => 'sum');
SELECT people FROM cdp.tag_refresh('huge');
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES ('t', 'phone', '13900000011', 'phone', '13900000014', '2025-03-01');
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT one_id, value FROM cdp.v_person_tag WHERE tag = 'huge';
-- an id that the query kept follows the merge too, and the survivor's own counts
TRUNCATE src;
INSERT INTO src (one_id, points, level, score, amount) VALUES (3, 3, 'old', 30, 30), (2, 2, 'own', 20, 20), (7, 7, 'seven', 7, 7), (6, 6, 'six', 8, 6);
SELECT tag, people, error FROM cdp.tag AS t, cdp.tag_refresh(t.name) WHERE t.name IN ('points', 'level', 'score', 'amount') ORDER BY 1;
SELECT tag, one_id, value FROM cdp.v_person_tag WHERE tag IN ('points', 'level', 'score', 'amount') ORDER BY 1, 2;
SELECT severity, what, detail FROM cdp.check() WHERE area = 'tag';

-- erased
SELECT removed ->> 'tag_number' AS numbers, removed ->> 'tag_value' AS vals FROM cdp.person_erase(2);
SELECT count(*) FROM cdp.v_person_tag WHERE one_id = 2;
SELECT error FROM cdp.tag_refresh('points');
SELECT count(*) FROM cdp.v_person_tag WHERE one_id = 2;
-- dropped
SELECT cdp.tag_drop(name) FROM cdp.tag;
SELECT (SELECT count(*) FROM cdp.tag_value) + (SELECT count(*) FROM cdp.tag_number) AS left_over;
REVOKE ALL ON ALL TABLES IN SCHEMA cdp FROM regress_poor;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA cdp FROM regress_poor;
DROP ROLE regress_poor;
