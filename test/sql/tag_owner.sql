-- SQL that one role defined never runs with the rights of another.
\set SHOW_CONTEXT never
SELECT cdp.setup('UTC');
CREATE ROLE regress_weak;
CREATE ROLE regress_other;
GRANT USAGE, CREATE ON SCHEMA public TO regress_weak, regress_other;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cdp TO regress_weak, regress_other;
INSERT INTO cdp.person (one_id) VALUES (1), (2);
CREATE TABLE secret (one_id int);
INSERT INTO secret VALUES (1);

SET ROLE regress_weak;
CREATE FUNCTION public.trap() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'running as %', current_user; END $$;
SELECT cdp.tag_define('trap', 'SELECT public.trap() AS one_id');
SELECT cdp.audience_define('trap', sql => 'SELECT public.trap() AS one_id');
SELECT cdp.audience_define('harmless', 'not tag:trap');
RESET ROLE;
-- not even for a superuser
SELECT people, error FROM cdp.tag_refresh('trap');
SELECT audience, users, error FROM cdp.audience_refresh_all();
SET ROLE regress_other;
SELECT people, error FROM cdp.tag_refresh('trap');
RESET ROLE;
-- with the definer's own rights it runs, and has no others
SET ROLE regress_weak;
SELECT people, error FROM cdp.tag_refresh('trap');
SELECT cdp.tag_define('trap', 'SELECT one_id FROM public.secret');
SELECT people, error FROM cdp.tag_refresh('trap');

-- who may write the table cannot pass SQL off as another's
UPDATE cdp.tag SET owner = 'postgres' WHERE name = 'trap';
INSERT INTO cdp.tag (name, definition, search_path, owner) VALUES ('planted', 'SELECT public.trap() AS one_id', '', 'postgres');
UPDATE cdp.audience SET owner = 'postgres' WHERE name = 'trap';
RESET ROLE;
SELECT cdp.tag_define('mine', 'SELECT one_id FROM public.secret');
SET ROLE regress_weak;
UPDATE cdp.tag SET definition = 'SELECT public.trap() AS one_id' WHERE name = 'mine';
SELECT name, owner = 'regress_weak' AS belongs_to_who_changed_it FROM cdp.tag WHERE name = 'mine';
UPDATE cdp.tag SET search_path = 'pg_temp' WHERE name = 'mine';
RESET ROLE;
SELECT people, error FROM cdp.tag_refresh('mine');
-- nor by calling an expression a query
SELECT cdp.audience_define('plain', 'not tag:mine');
SET ROLE regress_weak;
UPDATE cdp.audience SET kind = 'sql' WHERE name = 'plain';
RESET ROLE;
SELECT name, kind, owner = 'regress_weak' AS belongs_to_who_changed_it FROM cdp.audience WHERE name = 'plain';
SELECT cdp.audience_drop('plain');
-- read and defined again, it is one's own
SELECT cdp.tag_define('mine', 'SELECT one_id FROM public.secret');
SELECT people, error FROM cdp.tag_refresh('mine');

DROP FUNCTION public.trap();
REVOKE ALL ON ALL TABLES IN SCHEMA cdp FROM regress_weak, regress_other;
REVOKE ALL ON SCHEMA public FROM regress_weak, regress_other;
DROP ROLE regress_weak, regress_other;
