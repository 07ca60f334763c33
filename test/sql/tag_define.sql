-- Definitions of tags are checked, not run.
\set VERBOSITY terse
SELECT cdp.tag_define('early', 'SELECT 1 AS one_id');
SELECT cdp.setup('UTC');
CREATE TABLE customer (one_id int, city text, score float8, vip boolean, phone text);

-- each accepted shape
SELECT cdp.tag_define('plain', 'SELECT one_id FROM public.customer');
SELECT cdp.tag_define('city', 'SELECT one_id, city AS value FROM customer;  ');
SELECT cdp.tag_define('city_by_phone', $$SELECT 'phone' AS id_type, phone AS id_value, city AS value FROM customer -- at the end$$);
SELECT cdp.tag_define('phone', $$SELECT phone AS id_value, 'phone' AS id_type FROM customer$$, folder => 'contact', description => 'can be called');
SELECT tag_id, name, folder, description, kind, search_path, owner = current_user AS mine, refreshed_at FROM cdp.tag ORDER BY tag_id;

-- a query is not run when it is defined
CREATE SEQUENCE witness;
SELECT cdp.tag_define('lazy', $$SELECT nextval('witness') AS one_id FROM generate_series(1, 3)$$);
SELECT is_called FROM witness;

-- wrong columns are named
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT cdp.tag_define('x', 'SELECT 1');
SELECT cdp.tag_define('x', 'SELECT city, score FROM customer');
SELECT cdp.tag_define('x', 'SELECT one_id, city AS value, score FROM customer');
SELECT cdp.tag_define('x', 'SELECT one_id, one_id FROM customer');
SELECT cdp.tag_define('x', $$SELECT one_id, 'phone' AS id_type, phone AS id_value FROM customer$$);
SELECT cdp.tag_define('x', 'SELECT city AS one_id FROM customer');
SELECT cdp.tag_define('x', 'SELECT 1.5 AS one_id');
-- what PostgreSQL says of a broken query is passed on
SELECT cdp.tag_define('x', 'SELECT one_id FROM nowhere');
SELECT cdp.tag_define('x', 'SELEC one_id FROM customer');
-- one query, which changes nothing
SELECT cdp.tag_define('x', 'SELECT one_id FROM customer; DROP TABLE customer');
SELECT cdp.tag_define('x', 'SELECT 1 AS one_id) AS q ON false; DROP TABLE customer; SELECT * FROM (SELECT 1 AS one_id');
SELECT cdp.tag_define('x', 'SELECT 1 AS one_id) AS q ON false) AS c; DROP TABLE customer; SELECT * FROM (SELECT q.* FROM (SELECT 1) AS one LEFT JOIN (SELECT 1 AS one_id');
SELECT cdp.tag_define('x', 'WITH gone AS (DELETE FROM customer RETURNING one_id) SELECT one_id FROM gone');
SELECT cdp.tag_define('x', 'DELETE FROM customer RETURNING one_id');
SELECT cdp.tag_define('x', 'SELECT one_id FROM customer /*');
SELECT count(*) AS customer_still_there FROM pg_class WHERE relname = 'customer';
-- names and missing arguments
SELECT cdp.tag_define('', 'SELECT one_id FROM customer');
SELECT cdp.tag_define(NULL, 'SELECT one_id FROM customer');
SELECT cdp.tag_define(E'two\nlines', 'SELECT one_id FROM customer');
SELECT cdp.tag_define('x', NULL);
SELECT cdp.tag_define('x', ' ; ');

-- redefined: the same tag, what is not given stays
SELECT cdp.tag_define('phone', 'SELECT one_id FROM customer WHERE phone IS NOT NULL');
SELECT name, folder, description, definition FROM cdp.tag WHERE name = 'phone';

-- a name that does not exist: the nearest is offered, or what there is
SELECT cdp.tag('citi');
SELECT cdp.tag('zzzzz');
SELECT cdp.tag(NULL);
SELECT cdp.tag_drop('plane');
SELECT * FROM cdp.tag_refresh('phones');
SELECT cdp.tag_drop('plain');
SELECT cdp.tag('plain');
-- letters exchanged in short names, and a candidate that repeats itself
SELECT word, cdp._name_hint(word, names) FROM (VALUES ('aa1', '{a1,aaaaaaaaaaaaa}'::text[]), ('lvt', '{last,ltv}'), ('pya', '{pay,view}'),
    ('vpi', '{vip,staff}'), ('会圆', '{活跃,会员}'), ('PAY', '{pay}'), ('close', '{score}'), ('', '{a}'), (NULL, '{a}'), ('a', '{}')) AS w (word, names);

-- limits, and times that reach beyond time itself
SELECT cdp.tag_define('x', kind => 'manual', ttl => '9999 years');
SELECT cdp.tag_define('x', kind => 'manual', ttl => '-1 day');
SELECT cdp.tag_define('x', kind => 'manual', refresh_every => '0');
SELECT cdp.tag_define('x', kind => 'manual', keep_versions => 2147483647);
SELECT cdp.tag_define('x', kind => 'manual', keep_versions => -1);
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    EXECUTE statement;
    RETURN 'taken';
EXCEPTION WHEN check_violation THEN
    GET STACKED DIAGNOSTICS name = CONSTRAINT_NAME;
    RETURN name;
END $$;
SELECT cdp.audience_define('all', 'everyone') > 0 AS defined;
SELECT s, refused(format('UPDATE cdp.%s', s)) FROM unnest('{"tag SET ttl = ''9999 years''","tag SET ttl = ''1000 years''","tag SET refresh_every = ''300000 years''",
    "audience SET keep_for = ''9999 years''","audience SET refresh_every = ''9999 years''","id_type SET ttl = ''9999 years''",
    "tag SET name = '' ''","audience SET name = E''a\\nb''"}'::text[]) AS s;
UPDATE cdp.tag SET ttl = NULL;
DROP FUNCTION refused;
SELECT cdp.id_type_define('x', ttl => '9999 years');
SELECT cdp.id_type_define('x', fanout_limit => 0);
SELECT cdp.id_type_define('x', max_per_person => -1);

-- the search_path of the definition counts, not that of the refresh
CREATE SCHEMA shop;
CREATE TABLE shop.customer (one_id int);
SET search_path = shop;
SELECT cdp.tag_define('of_shop', 'SELECT one_id FROM customer');
RESET search_path;
SELECT name, search_path FROM cdp.tag WHERE name = 'of_shop';
DROP TABLE public.customer;
SELECT tag, people, error FROM cdp.tag_refresh('of_shop');
-- of queries whose table has gone cdp.check() tells before they fail
SELECT cdp.audience_define('shop', sql => 'SELECT one_id FROM shop.customer') > 0 AS defined;
SELECT area, what, detail FROM cdp._check_queries();
BEGIN;
DROP TABLE shop.customer;
SELECT * FROM cdp._check_queries() WHERE what ~ 'shop';
-- nothing of what others wrote is planned with one's own rights
ALTER TABLE cdp.tag DISABLE TRIGGER tag_owner;
UPDATE cdp.tag SET owner = 'pg_monitor';
SELECT what FROM cdp.check() WHERE what LIKE 'query of%';
ROLLBACK;
-- a query that drops its own tag leaves nothing of nobody's
INSERT INTO cdp.person (one_id) VALUES (1);
SELECT cdp.tag_define('gone', $$SELECT one_id FROM cdp.person, cdp.tag_drop('gone')$$) > 0 AS defined;
SELECT people, error FROM cdp.tag_refresh('gone');
SELECT (SELECT count(*) FROM cdp.tag_value) AS stored, (SELECT count(*) FROM cdp.tag WHERE name = 'gone') AS there;
SELECT current_setting('search_path');
