-- The same definition means the same, whatever the settings of who defines or refreshes.
\set SHOW_CONTEXT never
SELECT cdp.setup('Asia/Shanghai');
INSERT INTO cdp.person (one_id) VALUES (1), (2), (-2147483648), (-1);
CREATE TABLE seen (one_id int, ts timestamptz, pause interval, share float8);
INSERT INTO seen VALUES (1, '2025-06-01 18:00+00', '1 day 02:00', 0.1::float8 + 0.2), (2, '2025-06-01 03:00+00', '-3 days', 1);

-- zone and format of times, floats: those of the platform
SELECT cdp.tag_define('last_day', 'SELECT one_id, max(ts)::date AS value FROM seen GROUP BY 1');
SELECT cdp.tag_define('last_ts', 'SELECT one_id, ts AS value FROM seen');
SELECT cdp.tag_define('pause', 'SELECT one_id, pause AS value FROM seen');
SELECT cdp.tag_define('share', 'SELECT one_id, share AS value FROM seen');
-- (the hint names the setting in another case since 18)
\set VERBOSITY terse
SELECT cdp.audience_define('evening', sql => $$SELECT one_id FROM seen WHERE ts >= '02/06/2025 00:00' OR ts > '2025-06-02'$$);
\set VERBOSITY default
SELECT cdp.audience_define('evening', sql => $$SELECT one_id FROM seen WHERE ts >= '2025-06-02 00:00'$$);
CREATE PROCEDURE refresh() LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdp.tag_refresh(t.name) FROM cdp.tag AS t;
    PERFORM cdp.audience_refresh('evening');
END $$;
SET TimeZone = 'America/New_York';
SET DateStyle = 'German';
SET IntervalStyle = 'sql_standard';
SET extra_float_digits = -10;
CALL refresh();
CREATE TABLE first_values AS SELECT tag, value, one_id FROM cdp.v_person_tag UNION ALL SELECT audience, NULL, one_id FROM cdp.v_audience_member;
SELECT * FROM first_values ORDER BY tag COLLATE "C", one_id;
SELECT current_setting('TimeZone'), current_setting('DateStyle'), current_setting('IntervalStyle');
RESET ALL;
SET TimeZone = 'UTC';
SET DateStyle = 'SQL, DMY';
CALL refresh();
(SELECT tag, value, one_id FROM cdp.v_person_tag UNION ALL SELECT audience, NULL, one_id FROM cdp.v_audience_member)
EXCEPT TABLE first_values;
RESET ALL;

-- strings as in old times: the query's last letters are not eaten, and its regular expressions stay
CREATE VIEW my_views AS SELECT 1 AS one_id, 'a1'::text AS code;
SET escape_string_warning = off;
SET standard_conforming_strings = off;
SELECT cdp.tag_define('t', 'select one_id from my_views');
SELECT cdp.tag_define('digits', $$SELECT one_id FROM my_views WHERE code ~ '\d' AND code !~ '\\d'$$);
SELECT name, definition FROM cdp.tag WHERE name IN ('t', 'digits') ORDER BY name;
SELECT tag, people, error FROM cdp.tag_refresh('digits');
SELECT * FROM cdp.funnel_report('{a}', by => 'props');
RESET ALL;
SELECT tag, people, error FROM cdp.tag_refresh('digits');

-- operators and types of others in front: the statement around the query is not theirs
CREATE SCHEMA evil;
CREATE FUNCTION evil.yes(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.yes);
CREATE FUNCTION evil.yes(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR evil.= (LEFTARG = int, RIGHTARG = int, FUNCTION = evil.yes);
CREATE DOMAIN evil.text AS pg_catalog.text CHECK (value IS NULL OR false);
CREATE DOMAIN evil.int4 AS pg_catalog.int4 CHECK (value IS NULL OR false);
INSERT INTO cdp.identifier (id, type_id, value, one_id, first_seen, last_seen)
SELECT n, type_id, '+861390000000' || n, n, now(), now() FROM cdp.id_type, generate_series(1, 2) AS n WHERE name = 'phone';
SET search_path = evil, pg_catalog, public;
SELECT cdp.tag_define('by_phone', $$SELECT 'phone' AS id_type, '13900000002' AS id_value, 7 AS value$$);
SELECT cdp.tag_define('by_one_id', 'SELECT 2 AS one_id');
RESET search_path;
SELECT tag, people, unresolved, error FROM cdp.tag_refresh('by_phone');
SELECT tag, people, unresolved, error FROM cdp.tag_refresh('by_one_id');
SELECT tag, value, one_id FROM cdp.v_person_tag WHERE tag LIKE 'by%' ORDER BY 1;
-- nor is what is around the statement
CREATE OR REPLACE FUNCTION evil.yes(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE FUNCTION evil.set_config(pg_catalog.text, pg_catalog.text, boolean) RETURNS pg_catalog.text LANGUAGE sql AS $$SELECT 'nothing set'::pg_catalog.text$$;
SET search_path = evil, pg_catalog, public;
SELECT cdp.tag_define('by_number', 'SELECT 2 AS one_id, 5 AS value', value_type => 'number');
RESET search_path;
SELECT tag, people, unresolved, error FROM cdp.tag_refresh('by_number');
SELECT cdp.tag_define('nowhere', 'SELECT 1 AS one_id', search_path => NULL);
SELECT cdp.audience_define('nowhere', 'everyone', search_path => NULL);

-- OneIDs as numbers from 0 to 4294967295, or as int4 shows them
SELECT cdp.tag_define('big', 'SELECT n AS one_id FROM unnest(''{2147483648,4294967295,-1,1,4294967290,NULL}''::bigint[]) AS n');
SELECT tag, people, unresolved, error FROM cdp.tag_refresh('big');
SELECT one_id FROM cdp.v_person_tag WHERE tag = 'big' ORDER BY 1;
SELECT cdp.tag_define('big', 'SELECT 4294967296 - n AS one_id FROM generate_series(0, 1) AS n');
-- a failure counts nothing, and says why
SELECT tag, value_count, people, chunks_written, chunks_removed, unresolved, error FROM cdp.tag_refresh('big');
SELECT cdp.audience_define('big', sql => 'SELECT -2147483649 AS one_id');
SELECT users, unresolved, error FROM cdp.audience_refresh('big');

-- what fails after the query, when counts are there already
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
CREATE TRIGGER refuse BEFORE UPDATE OF refreshed_at ON cdp.tag FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER refuse BEFORE UPDATE OF refreshed_at ON cdp.audience FOR EACH ROW EXECUTE FUNCTION refuse();
SELECT value_count, people, chunks_written, chunks_removed, unresolved, error FROM cdp.tag_refresh('last_day');
SELECT users, entered, left_users, unresolved, error FROM cdp.audience_refresh('evening');
SELECT jsonb_strip_nulls(detail) - 'base_date' AS detail, error FROM cdp.v_run WHERE error = 'not today' ORDER BY run_id;
