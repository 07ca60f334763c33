-- What a refresh changes a little is stored beside what was written before: all who read say the same as of tags that are
-- written whole, and all who write keep it so.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT 'e' || n, '2025-01-01', 'open', 'phone', (13900000000 + n)::text FROM generate_series(1, 900) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
CREATE FUNCTION dice(n int8, salt int8, sides int8) RETURNS int8 LANGUAGE sql IMMUTABLE
    RETURN abs(hashint8extended(n, salt)) % sides;
CREATE TABLE src AS
SELECT n::int AS one_id, 'v' || dice(n, 1, 3) AS level, dice(n, 2, 2) = 0 AS half, dice(n, 3, 15) = 0 AS few, dice(n, 4, 5000) - 100 AS spend,
       date '2025-01-01' + dice(n, 5, 90)::int AS seen FROM generate_series(1, 900) AS n;
-- each tag twice: "a" as it comes, "b" always written whole
SELECT count(cdp.tag_define(f || ' ' || t, format('SELECT one_id, %I AS value FROM src WHERE %1$I IS NOT NULL', t), folder => f, keep_versions => 1,
                            value_type => CASE t WHEN 'level' THEN 'enum' WHEN 'spend' THEN 'number' WHEN 'seen' THEN 'date' ELSE 'boolean' END)) AS tags
  FROM unnest('{a,b}'::text[]) AS f, unnest('{level,half,few,spend,seen}'::text[]) AS t;
CREATE FUNCTION refresh(day date DEFAULT '2025-02-02') RETURNS TABLE (tag text, rows_written int8, differences int8, later int8) LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE result AS
        SELECT g.tag_id, g.name, r.chunks_written FROM (SELECT * FROM cdp.tag AS g WHERE g.folder = 'a' OFFSET 0) AS g, cdp.tag_refresh(g.name, day) AS r;
    RETURN QUERY
        SELECT r.name, r.chunks_written, (SELECT count(v.changed) FROM cdp.tag_value AS v WHERE v.tag_id = r.tag_id)
                                       + (SELECT count(v.changed) FROM cdp.tag_number AS v WHERE v.tag_id = r.tag_id AND (v.changed IS NULL) = (v.fresh IS NULL)),
               (SELECT count(v.later) FROM cdp.tag_value AS v WHERE v.tag_id = r.tag_id)
                                       + (SELECT count(v.later) FROM cdp.tag_number AS v WHERE v.tag_id = r.tag_id AND (v.later IS NULL) = (v.later_fresh IS NULL) AND v.changed IS NOT NULL)
          FROM result AS r ORDER BY 1;
    DROP TABLE result;
END $$;
CREATE FUNCTION refresh_whole(day date DEFAULT '2025-02-02') RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF day = (SELECT base_date FROM cdp.tag WHERE name = 'b level') THEN
        DELETE FROM cdp.tag_value AS v USING cdp.tag AS g WHERE g.tag_id = v.tag_id AND g.folder = 'b';
        DELETE FROM cdp.tag_number AS v USING cdp.tag AS g WHERE g.tag_id = v.tag_id AND g.folder = 'b';
    END IF;
    PERFORM cdp.tag_refresh(g.name, day) FROM (SELECT * FROM cdp.tag AS g WHERE g.folder = 'b' OFFSET 0) AS g;
    RETURN NOT EXISTS (SELECT FROM cdp.tag_value AS v JOIN cdp.tag AS g USING (tag_id) WHERE g.folder = 'b' AND v.changed IS NOT NULL)
       AND NOT EXISTS (SELECT FROM cdp.tag_number AS v JOIN cdp.tag AS g USING (tag_id) WHERE g.folder = 'b' AND v.changed IS NOT NULL);
END $$;
-- whatever there is to ask of tags, by folder
CREATE VIEW answer AS
    SELECT g.folder, substr(g.name, 3) AS tag, q.question, q.answer
      FROM cdp.tag AS g
      JOIN cdp.v_tag AS v ON v.tag = g.name
     CROSS JOIN LATERAL (
        SELECT 'tag()', cdp.tag(g.name)::text
        UNION ALL SELECT 'tag(value)', cdp.tag(g.name, CASE g.value_type WHEN 'enum' THEN 'v1' WHEN 'number' THEN '77' WHEN 'date' THEN '2025-01-09' ELSE 'true' END)::text
        UNION ALL SELECT 'tag() of ' || to_char(o.base_date, 'DD'), cdp.tag(g.name, NULL, o.base_date)::text FROM cdp.v_tag_version AS o WHERE o.tag = g.name
        UNION ALL SELECT 'tag_number()', cdp.tag_number(g.name)::text WHERE g.value_type IN ('number', 'date')
        UNION ALL SELECT 'v_tag', concat_ws(' ', v.people, v.share, v.value_count)
        UNION ALL SELECT 'v_tag_value', coalesce(string_agg(concat_ws(' ', o.value, o.people), ',' ORDER BY o.value), 'none') FROM cdp.v_tag_value AS o WHERE o.tag = g.name
        UNION ALL SELECT 'v_tag_number', (to_jsonb(o) - 'tag' - 'folder')::text FROM cdp.v_tag_number AS o WHERE o.tag = g.name
        UNION ALL SELECT 'v_person_tag', string_agg(concat_ws(' ', o.one_id, o.value), ',' ORDER BY o.one_id, o.value) FROM cdp.v_person_tag AS o WHERE o.tag = g.name
        UNION ALL SELECT 'v_tag_version', string_agg(concat_ws(' ', o.base_date, o.people), ',' ORDER BY o.base_date) FROM cdp.v_tag_version AS o WHERE o.tag = g.name
        UNION ALL SELECT 'tags_of()', string_agg(concat_ws(' ', p.one_id, o.value), ',' ORDER BY p.one_id) FROM cdp.v_person AS p, cdp.tags_of(p.one_id) AS o WHERE p.one_id % 90 < 2 AND o.tag = g.name
        UNION ALL SELECT 'tag_history()', string_agg(concat_ws(' ', p.one_id, o.base_date, o.value), ',' ORDER BY p.one_id, o.base_date)
                    FROM cdp.v_person AS p, cdp.tag_history(p.one_id, g.name) AS o WHERE p.one_id % 90 = 0
        UNION ALL SELECT 'v_profile', string_agg(concat_ws(' ', p.one_id, p.tags -> g.name), ',' ORDER BY p.one_id) FROM cdp.v_profile AS p WHERE p.one_id % 90 = 0
        UNION ALL SELECT 'a rule', cdp.audience_bitmap(format('tag:%I', g.name))::text
        UNION ALL SELECT 'rule of values', cdp.audience_bitmap(format(CASE g.value_type WHEN 'number' THEN 'tag:%I > 900' WHEN 'date' THEN 'tag:%I < 2025-02-01' WHEN 'enum' THEN 'tag:%I <> v1' ELSE 'tag:%I is not set' END, g.name))::text
        UNION ALL SELECT 'insight', string_agg(concat_ws(' ', o.value, o.users, o.base_users), ',') FROM cdp.audience_insight('id(phone) in (13900000003, 13900000018, 13900000300, 13900000305)', ARRAY[g.name]) AS o
    ) AS q (question, answer);
CREATE VIEW unlike AS
    SELECT coalesce(a.tag, b.tag) AS tag, question, left(a.answer, 200) AS differences, left(b.answer, 200) AS whole
      FROM (SELECT * FROM answer WHERE folder = 'a') AS a FULL JOIN (SELECT * FROM answer WHERE folder = 'b') AS b USING (tag, question)
     WHERE a.answer IS DISTINCT FROM b.answer;
SELECT count(*) AS tags, refresh_whole('2025-02-01') AS whole FROM refresh('2025-02-01');
SELECT count(DISTINCT question) AS questions, count(*) AS answers FROM answer;
-- a version, and what is of today written whole; then little that is different
SELECT *, refresh_whole() AS whole FROM refresh();
CREATE FUNCTION change(salt int, share int) RETURNS int8 LANGUAGE sql AS $$
    WITH hit AS (
        UPDATE src SET level = CASE dice(one_id, salt, 4) WHEN 0 THEN NULL ELSE 'v' || dice(one_id, salt, 3) END, half = NOT half, few = NOT few,
                       spend = nullif(dice(one_id, salt + 1, 5200) - 200, -100), seen = CASE WHEN dice(one_id, salt, 3) > 0 THEN date '2025-03-01' - dice(one_id, salt, 40)::int END
         WHERE dice(one_id, salt + 2, 1000) < share RETURNING 1)
    SELECT count(*) FROM hit $$;
SELECT change(10, 10) AS changed;
SELECT *, refresh_whole() AS whole FROM refresh();
TABLE unlike;
-- the same again writes nothing
SELECT sum(rows_written) AS rows_written FROM refresh();
-- back to what was written before, there is no difference left
CREATE TABLE kept AS TABLE src;
SELECT change(30, 8) AS changed;
SELECT sum(rows_written) AS rows_written, sum(differences) AS differences FROM refresh();
TRUNCATE src;
INSERT INTO src TABLE kept;
SELECT sum(rows_written) AS rows_written, sum(differences) AS differences, (SELECT refresh_whole()) AS whole FROM refresh();
TABLE unlike;
-- much that is different is written whole; packed, what 900 people changed is seldom much
SELECT change(40, 500) AS changed;
SELECT *, refresh_whole() AS whole FROM refresh();
TABLE unlike;
-- little on top of much stands beside both, and goes when it is taken back
CREATE TABLE kept_too AS TABLE src;
SELECT change(50, 8) AS changed;
SELECT sum(rows_written) AS rows_written, sum(differences) AS differences, sum(later) AS later, (SELECT refresh_whole()) AS whole FROM refresh();
TABLE unlike;
TRUNCATE src;
INSERT INTO src TABLE kept_too;
SELECT sum(rows_written) AS rows_written, sum(differences) AS differences, sum(later) AS later FROM refresh();
-- merges and erasures meet differences; nobody who is gone is left in any, not even one who had left before
SELECT change(50, 8) AS changed;
DELETE FROM src WHERE one_id = 400;
SELECT *, refresh_whole() AS whole FROM refresh();
SELECT bool_or(cdp.rb_contains(base, 400) AND cdp.rb_contains(cdp._tag_touched(changed, later), 400)) AS was_there FROM cdp.tag_value;
SELECT count(cdp.id_link('phone', (13900000000 + a)::text, 'phone', (13900000000 + b)::text)) AS linked
  FROM (VALUES (3, 40), (41, 120), (7, 190), (200, 99), (300, 400)) AS l (a, b);
SELECT count(*) AS left_of_400 FROM cdp.tag_value WHERE cdp.rb_contains(base, 400) OR cdp.rb_contains(cdp._tag_touched(changed, later), 400);
SELECT count(*) AS left_of_400 FROM cdp.tag_number WHERE cdp.bsi_get(base, 400) IS NOT NULL OR cdp.rb_contains(cdp._tag_touched(changed, later), 400);
SELECT cdp.person_erase(17) IS NOT NULL AS erased;
TABLE unlike;
SELECT what FROM cdp.check() WHERE area = 'tag' AND severity <> 'ok';
-- what becomes a version keeps its differences
DELETE FROM src AS s WHERE NOT EXISTS (SELECT FROM cdp.v_person AS p WHERE p.one_id = s.one_id);
SELECT count(*) AS tags FROM refresh();
SELECT change(70, 8) AS changed;
SELECT sum(differences) AS differences, (SELECT refresh_whole()) AS whole FROM refresh();
SELECT count(*) AS tags, refresh_whole('2025-02-03') AS whole FROM refresh('2025-02-03');
SELECT count(*) AS differences FROM (SELECT changed FROM cdp.tag_value WHERE tag_id < 0 UNION ALL SELECT changed FROM cdp.tag_number WHERE tag_id < 0) AS v WHERE changed IS NOT NULL;
TABLE unlike;
-- but more than there were before are
CREATE TABLE cut AS SELECT 3 AS n;
SELECT cdp.tag_define('grow', 'SELECT one_id, one_id AS value FROM src, cut WHERE one_id <= n', value_type => 'number') > 0 AS defined;
SELECT people FROM cdp.tag_refresh('grow');
UPDATE cut SET n = 300;
SELECT people FROM cdp.tag_refresh('grow');
SELECT users, changed IS NULL AS whole, cdp.bsi_sum(base) = (SELECT sum(one_id) FROM src WHERE one_id <= 300) AS right_sum
  FROM cdp.tag_number JOIN cdp.tag USING (tag_id) WHERE name = 'grow';
DROP VIEW unlike, answer;
SELECT cdp.teardown(true) > 0 AS gone;
