-- Audiences are defined, refreshed in order of what they are made of, and kept from circles.
\set SHOW_CONTEXT never
SELECT cdp.audience_define('early', 'everyone');
SELECT cdp.setup('UTC');
INSERT INTO cdp.person (one_id) SELECT n FROM generate_series(1, 10) AS n;
CREATE TABLE src (one_id int, value text);
INSERT INTO src SELECT n, CASE WHEN n <= 4 THEN 'gold' ELSE 'silver' END FROM generate_series(1, 8) AS n;
SELECT cdp.tag_define('level', 'SELECT one_id, value FROM src');
SELECT people FROM cdp.tag_refresh('level');

SELECT cdp.audience_define('gold', '  tag:level=gold  ', folder => 'value', description => 'the best');
SELECT cdp.audience_define('even', sql => 'SELECT one_id FROM src WHERE one_id % 2 = 0;');
SELECT cdp.audience_define('a_first', 'audience:gold and audience:z_last');
SELECT cdp.audience_define('a_first', 'audience:gold and audience:even');
SELECT cdp.audience_define('z_last', 'audience:even but not audience:a_first');
SELECT name, kind, definition, folder, description FROM cdp.audience ORDER BY name;
-- exactly one definition, a name, known names, columns
SELECT cdp.audience_define('x');
SELECT cdp.audience_define('x', 'everyone', 'SELECT 1 AS one_id');
SELECT cdp.audience_define('', 'everyone');
SELECT cdp.audience_define('x', 'tag:levle = gold');
SELECT cdp.audience_define('x', 'audience:golt');
SELECT cdp.audience_define('x', 'tag:level = ');
SELECT cdp.audience_define('x', sql => 'SELECT one_id, value FROM src');
SELECT cdp.audience_define('x', sql => 'SELECT 1 AS one_id; SELECT 2');
-- a value that nobody has may be misspelt
SELECT cdp.audience_define('x', 'tag:level in (gold, sliver)');
SELECT cdp.audience_drop('x');
-- circles
SELECT cdp.audience_define('x', 'not audience:x');
SELECT cdp.audience_define('gold', 'audience:gold and everyone');
SELECT cdp.audience_define('even', 'audience:z_last or tag:level');

-- a circle that somebody has written into the table ends nothing
BEGIN;
UPDATE cdp.audience SET definition = 'audience:z_last' WHERE name = 'gold';
SELECT audience FROM cdp.audience_refresh_all() ORDER BY 1;
-- cdp.check() tells of it, and of none but it
SELECT * FROM cdp._check_rules();
SAVEPOINT closed;
SELECT cdp.audience_drop('gold');
ROLLBACK TO closed;
SELECT cdp.audience_define('gold', 'everyone') > 0 AS defined;
SELECT * FROM cdp._check_rules();
ROLLBACK TO closed;
SELECT cdp.audience_define('x', 'audience:gold');
SELECT cdp.audience_define('even', 'audience:gold');
ROLLBACK;

-- not yet refreshed: no members, which is something else than no people
SELECT cdp.audience_count('audience:gold');
SELECT audience, users, error FROM cdp.audience_refresh('a_first');
SELECT audience, users FROM cdp.v_audience ORDER BY audience;
SELECT audience, users, entered, left_users, unresolved, error FROM cdp.audience_refresh_all();
SELECT cdp.audience_count('audience:z_last or audience:gold');
SELECT audience, string_agg(one_id::text, ' ' ORDER BY one_id) AS members FROM cdp.v_audience_member GROUP BY 1 ORDER BY 1;

-- the same of one person, asked for by itself
SELECT o.one_id, string_agg(a.audience, ' ' ORDER BY a.audience) AS audiences, bool_and(a.refreshed_at = d.refreshed_at) AS as_of
  FROM generate_series(1, 10, 3) AS o (one_id) CROSS JOIN LATERAL cdp.audiences_of(o.one_id) AS a JOIN cdp.audience AS d ON d.name = a.audience GROUP BY 1 ORDER BY 1;

-- entered and left
INSERT INTO src VALUES (10, 'x'), (77, 'x');
DELETE FROM src WHERE one_id IN (2, 3);
SELECT people, unresolved FROM cdp.tag_refresh('level');
SELECT audience, users, entered, left_users, unresolved, error FROM cdp.audience_refresh_all();
SELECT audience, users, entered, left_users FROM cdp.v_audience_trend ORDER BY computed_at;
-- what is the same is not written
CREATE TABLE before AS SELECT audience_id, chunk, xmin::text AS version FROM cdp.audience_member;
SELECT audience, users, entered, left_users, error FROM cdp.audience_refresh('z_last');
SELECT count(*) AS rows, count(*) FILTER (WHERE m.xmin::text <> b.version) AS rewritten
  FROM before AS b LEFT JOIN cdp.audience_member AS m USING (audience_id, chunk);
-- a failed refresh keeps the members and leaves its reason
SELECT cdp.audience_define('even', sql => 'SELECT one_id / 0 AS one_id FROM src');
SELECT audience, users, error FROM cdp.audience_refresh('even');
SELECT audience, users, last_error FROM cdp.v_audience WHERE audience = 'even';
SELECT cdp.audience_count('audience:even');
SELECT kind, name, error FROM cdp.v_run WHERE NOT succeeded ORDER BY run_id;
SELECT count(*) AS failed_in_trend FROM cdp.v_audience_trend WHERE users IS NULL;
-- what audiences are made of cannot go
SELECT cdp.tag_drop('level');
SELECT cdp.audience_drop('even');
UPDATE cdp.tag SET name = 'grade';
SELECT cdp.audience_drop('z_last');
SELECT cdp.audience_drop('a_first');
SELECT cdp.audience_drop('even');
SELECT cdp.audience_drop('even');
SELECT count(*) FROM cdp.audience_member WHERE audience_id NOT IN (SELECT audience_id FROM cdp.audience);
-- by identifier
INSERT INTO cdp.identifier (id, type_id, value, one_id, first_seen, last_seen)
SELECT 1, type_id, '+8613900000001', 3, now(), now() FROM cdp.id_type WHERE name = 'phone';
SELECT cdp.audience_define('called', sql => $$SELECT 'phone' AS id_type, unnest('{13900000001,13900000002}'::text[]) AS id_value$$);
SELECT users, unresolved FROM cdp.audience_refresh('called');
SELECT * FROM cdp.v_audience_member WHERE audience = 'called';
