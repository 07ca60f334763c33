-- Versions of a tag by base date: :base_date in its query, values of earlier days, what follows merges and erasures.
\set SHOW_CONTEXT never
\set VERBOSITY default
SELECT cdp.setup('UTC');
-- :base_date is a day, but not within texts, names, comments and casts
CREATE TABLE spelt (place int GENERATED ALWAYS AS IDENTITY, query text);
INSERT INTO spelt (query) VALUES
 ('SELECT :base_date'), ('SELECT :base_date::text'), ('SELECT :base_date - 1, x>:base_date,(:base_date)'),
 ('SELECT '':base_date'''), ('SELECT ''it''''s :base_date'' || :base_date'), ('SELECT "a:base_date", "b""c:base_date"'),
 ('SELECT 1 -- :base_date' || E'\n' || ', :base_date'), ('SELECT 1 /* :base_date don''t /* nested :base_date */ still :base_date */, :base_date'),
 ('SELECT /*/ :base_date */ :base_date'), ('SELECT $$:base_date$$, $a$ $$ :base_date $b$ $a$, :base_date'), ('SELECT a$b$:base_date, $1, c$ :base_date'),
 (E'SELECT E''\\'':base_date'', :base_date'), (E'SELECT e''a''''\\\\'' , :base_date, date'':base_date'''), (E'SELECT ''\\'', :base_date, ''\\'''),
 ('SELECT x::base_date, x :: base_date'), ('SELECT x:::base_date'), ('f(day => :base_date, d := :base_date)'), ('SELECT :base_dates, :base_date_, :base_date1, :base_date$, :Base_date, :base_date'),
 ('SELECT a[1:base_date], a[1 : base_date]'), ('SELECT 价格:base_date, :base_date价, :base_date'), ('SELECT 🙂$a$:base_date'), ('SELECT ''open :base_date'), ('SELECT "open :base_date'), ('SELECT $x$ open :base_date'),
 ('SELECT /* open :base_date'), ('SELECT U&''\0441:base_date'', B''1'', X''f'', :base_date'), ('SELECT :''base_date'', :"base_date"'), (''), (':base_date'), ('SELECT 1 AS base_date, $:base_date'), ('SELECT $é$:base_date$é$ + :base_date');
SELECT place, cdp._query_bind(query, '2025-06-01') FROM spelt ORDER BY place;
DROP TABLE spelt;

UPDATE cdp.id_type SET max_per_person = NULL;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT n, timestamp '2025-01-01' + n * interval '1 day', 'open', 'phone', '139000000' || n FROM generate_series(11, 16) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
CREATE TABLE paid (one_id int, day date, amount int);
INSERT INTO paid VALUES (1, '2025-01-01', 10), (1, '2025-01-02', 20), (2, '2025-01-02', 7), (3, '2025-01-03', 50), (1, '2025-01-03', 5), (4, '2025-01-04', 1);
SELECT cdp.tag_define('paid', 'SELECT one_id, sum(amount) AS value FROM paid WHERE day <= :base_date GROUP BY 1', value_type => 'number', on_merge => 'sum', keep_versions => 2);
SELECT cdp.tag_define('level', $$SELECT one_id, CASE WHEN sum(amount) > 20 THEN 'high' ELSE 'low' END AS value FROM paid WHERE day <= :base_date GROUP BY 1$$, value_type => 'enum', keep_versions => 2);
SELECT cdp.tag_define('broken', 'SELECT 1 AS one_id WHERE :base_dat');
CREATE VIEW kept AS SELECT v.tag, v.base_date, v.is_current AS now, v.people, CASE WHEN v.tag = 'paid' THEN (SELECT string_agg(id || ':' || number, ' ' ORDER BY id) FROM cdp.bsi_iterate(cdp.tag_number(v.tag, v.base_date)))
    ELSE (SELECT string_agg(cdp.rb_to_array(cdp.tag('level', l, v.base_date))::text, ' ') FROM unnest('{high,low}'::text[]) AS l) END AS who FROM cdp.v_tag_version AS v;

-- a later day makes the values there are a version, an earlier one is written beside them, the same day replaces
SELECT people, chunks_written, chunks_removed FROM cdp.tag_refresh('paid', '2025-01-02');
SELECT people, chunks_written, chunks_removed FROM cdp.tag_refresh('paid', '2025-01-03');
SELECT people, chunks_written, chunks_removed FROM cdp.tag_refresh('paid', '2025-01-03');
SELECT people, chunks_written, chunks_removed FROM cdp.tag_refresh('paid', '2025-01-01');
SELECT * FROM kept WHERE tag = 'paid' ORDER BY 2;
UPDATE paid SET amount = 15 WHERE one_id = 2;
SELECT people, chunks_written, chunks_removed FROM cdp.tag_refresh('paid', '2025-01-02');
SELECT people, chunks_written, chunks_removed FROM cdp.tag_refresh('paid', '2025-01-04');
SELECT * FROM kept WHERE tag = 'paid' ORDER BY 2;
SELECT tag, base_date FROM cdp.v_tag WHERE tag = 'paid';
SELECT base_date, value, is_set, set_by FROM cdp.tag_history(1, 'paid');
SELECT base_date, value, is_set, set_by FROM cdp.tag_history(3, 'paid');
SELECT cdp.rb_to_array(cdp.tag('paid', '15', '2025-01-02')) AS then_15, cdp.rb_to_array(cdp.tag('paid', NULL, '2025-01-02')) AS then_any, cdp.rb_to_array(cdp.tag('paid')) AS now_any;
SELECT tag, value FROM cdp.tags_of(1);
SELECT count(*) AS of_today FROM cdp.v_person_tag;
SELECT cdp.tag('paid', NULL, '2025-01-01');
SELECT cdp.tag('paid', NULL, 'infinity');
SELECT cdp.tag_number('level', '2025-01-01');
-- a failure leaves every day as it was
SELECT error FROM cdp.tag_refresh('paid', '2024-12-31');
-- no values can be of such days: nothing is run
SELECT error FROM cdp.tag_refresh('paid', '9999-12-31');
SELECT error FROM cdp.tag_refresh('paid', 'infinity');
SELECT error FROM cdp.tag_refresh('paid', '-infinity');
SELECT error FROM cdp.tag_refresh('paid', '0044-03-15 BC');
CREATE FUNCTION fails(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no luck'; END $$;
SELECT cdp.tag_define('level', (SELECT definition FROM cdp.tag WHERE name = 'level')) > 0 AS kept_as_it_was;
SELECT error FROM cdp.tag_refresh('level', '2025-01-02'), cdp.tag_refresh('level', '2025-01-03') AS later(a, b, c, d, e, f, g, h);
SELECT cdp.tag_define('level', 'SELECT fails(one_id) AS one_id, 1 AS value FROM paid WHERE day = :base_date') > 0 AS redefined;
SELECT error FROM cdp.tag_refresh('level', '2025-01-04');
SELECT tag, base_date, people, error FROM cdp.v_tag_run WHERE tag = 'level' ORDER BY run_id;

-- merged, in every version by the rule of the tag
SELECT * FROM kept ORDER BY 1, 2;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES
    ('t', 'phone', '13900000011', 'phone', '13900000012', '2025-03-01'), ('t', 'phone', '13900000015', 'phone', '13900000013', '2025-03-01');
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT * FROM kept ORDER BY 1, 2;
SELECT base_date, value FROM cdp.tag_history(2, 'level');
SELECT severity, what, detail FROM cdp.check() WHERE area = 'tag';
SELECT cdp.person_export(1, false) -> 'tags_before' AS told;
SELECT removed ->> 'tag_number' AS numbers, removed ->> 'tag_value' AS vals FROM cdp.person_erase(1);
SELECT * FROM kept ORDER BY 1, 2;
-- imports of several days; rules know only now; fewer versions, none, no tag
SELECT cdp.tag_define('file', kind => 'import', keep_versions => 1), cdp.tag_define('rule', rule => 'everyone', keep_versions => 3);
SELECT people FROM cdp.tag_import('file', 'SELECT 3 AS one_id WHERE :base_date > $$2025-01-01$$', base_date => '2025-01-02');
SELECT people FROM cdp.tag_import('file', 'SELECT unnest(ARRAY[3,4]) AS one_id', '2025-01-03');
SELECT base_date, value FROM cdp.tag_history(4, 'file');
SELECT people FROM cdp.tag_refresh('rule');
SELECT people FROM cdp.tag_refresh('rule', '2025-01-01');
SELECT base_date = (now() AT TIME ZONE 'UTC')::date AS today FROM cdp.v_tag_version WHERE tag = 'rule';
UPDATE cdp.tag SET keep_versions = 0 WHERE name = 'paid';
SELECT people FROM cdp.tag_refresh('paid', '2025-01-01');
SELECT base_date, is_current, people FROM cdp.v_tag_version WHERE tag = 'paid';
SELECT cdp.tag_define('level', 'SELECT one_id, 1 AS value FROM paid', value_type => 'number') > 0 AS redefined;
SELECT count(*) FROM cdp.tag_version WHERE tag_id = (SELECT tag_id FROM cdp.tag WHERE name = 'level');
SELECT cdp.tag_set(3, 'hand', 'a'), cdp.tag_set(3, 'hand', NULL) FROM cdp.tag_define('hand', kind => 'manual');
SELECT value, is_set, set_by = session_user AS by_me, base_date = (at AT TIME ZONE 'UTC')::date AS same_day FROM cdp.tag_history(3, 'hand');
SELECT * FROM cdp.tag_history(77, 'hand');
SELECT cdp.tag_drop(name) FROM cdp.tag;
SELECT (SELECT count(*) FROM cdp.tag_value) + (SELECT count(*) FROM cdp.tag_number) + (SELECT count(*) FROM cdp.tag_version) AS left_over;
