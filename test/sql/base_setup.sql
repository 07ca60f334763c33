-- Setting up: made once, completed when older, kept apart from what users put beside it.
\set VERBOSITY terse
-- nothing works before, and everything says so
SELECT cdp.one_id('phone', '13912345678');
SELECT * FROM cdp.ingest();
SELECT * FROM cdp.id_resolve();
SELECT cdp.setting('time_zone');
SELECT severity, what, hint FROM cdp.check();
SELECT cdp.teardown();

-- a table of a user in the same schema
CREATE TABLE cdp.my_notes (note text);
SELECT cdp.setup('Asia/Shanghai');
SELECT cdp.setting('time_zone');
-- again: the time zone stays, also under another one in the session
SET timezone = 'America/New_York';
SELECT cdp.setup();
SELECT cdp.setting('time_zone');
SELECT cdp.setup('Europe/Berlin');
SELECT cdp.setting('time_zone');
SELECT cdp.setup('Mars/Olympus');

-- every table, view and sequence is commented, and every column of a table
SELECT c.relname, a.attname
  FROM pg_class c
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND c.relkind IN ('r', 'p')
 WHERE c.relname IN (SELECT name FROM cdp.managed_relation) AND c.relnamespace = 'cdp'::regnamespace
   AND (obj_description(c.oid, 'pg_class') IS NULL
        OR a.attnum IS NOT NULL AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL)
 ORDER BY 1, 2;
-- no column holds a number of the catalog, which would be another one after a restore
SELECT attrelid::regclass, attname FROM pg_attribute
 WHERE attrelid IN (SELECT format('cdp.%I', name)::regclass FROM cdp.managed_relation)
   AND attnum > 0 AND atttypid::regtype::text ~ '^(oid|reg.*|xid|cid|tid)$';

-- an older shape: columns that were added since come back, rows stay
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b)
    VALUES ('crm', 'phone', '13912345678', 'unionid', 'u1');
INSERT INTO cdp.landing_event (event_id, ts, name) VALUES ('e1', '2025-01-01', 'pay');
SELECT links_read, quarantined FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
ALTER TABLE cdp.quarantine DROP COLUMN run_id;
ALTER TABLE cdp.merge_log DROP COLUMN link_a, DROP COLUMN link_b;
ALTER TABLE cdp.id_type DROP COLUMN fanout_limit, DROP COLUMN description;
ALTER TABLE cdp.link DROP COLUMN status CASCADE;
DROP VIEW cdp.v_person;
UPDATE cdp.meta SET value = '0' WHERE key = 'schema_version';
SELECT * FROM cdp.id_resolve();
SELECT what, hint FROM cdp.check();
SELECT cdp.setup();
SELECT count(*) FROM cdp.quarantine WHERE run_id IS NULL;
SELECT count(*) FROM cdp.id_type WHERE fanout_limit IS NULL;
SELECT status, count(*) FROM cdp.link GROUP BY status;
SELECT one_id, identifiers FROM cdp.v_person;
SELECT links_read FROM cdp.id_resolve();
-- what a user has changed stays: a blocklist entry that was dropped, a rank that was set
DELETE FROM cdp.id_blocklist WHERE value = 'test';
UPDATE cdp.id_type SET rank = 12 WHERE name = 'registered_id';
SELECT cdp.setup();
SELECT (SELECT count(*) FROM cdp.id_blocklist WHERE value = 'test') AS blocked_again,
       (SELECT rank FROM cdp.id_type WHERE name = 'registered_id') AS rank;

-- tables of a newer version are left alone
UPDATE cdp.meta SET value = '99' WHERE key = 'schema_version';
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT cdp.setup();
SELECT * FROM cdp.ingest();
\set VERBOSITY terse
UPDATE cdp.meta SET value = cdp._schema_version()::text WHERE key = 'schema_version';

-- settings are checked when they are set
SELECT cdp.setting_set('time_zone', 'Nowhere');
SELECT cdp.setting_set('time_zone', 'CST');
SELECT cdp.setting_set('event_min_ts', 'long ago');
SELECT cdp.setting_set('event_min_ts', 'infinity');
SELECT cdp.setting_set('event_min_ts', '0044-03-15 BC');
SELECT cdp.setting_set('event_max_ahead', '1000 years');
SELECT cdp.setting_set('event_max_ahead', '-1 day');
-- what is accepted is stored in the one form that ingest() reads, whatever the session's is
BEGIN;
SET LOCAL datestyle = 'SQL, DMY';
SELECT cdp.setting_set('event_min_ts', '2001-02-03');
SELECT cdp.setting('event_min_ts');
SELECT events_read FROM cdp.ingest();
SHOW timezone;
ROLLBACK;
SELECT cdp.setting_set('event_max_ahead', 'soon');
SELECT cdp.setting_set('fanout_limit', '0');
SELECT cdp.setting_set('fanout_limit', 'many');
SELECT cdp.setting_set('fanout_limit', NULL);
SELECT cdp.setting_set('id_size_cap', '0');
SELECT cdp.setting_set('id_unknown_types', 'drop');
SELECT cdp.setting_set('id_default_country', 'China');
SELECT cdp.setting_set('id_default_country', 'hk');
SELECT cdp.setting('id_default_country');
SELECT cdp.setting_set('schema_version', '7');
SELECT cdp.setting_set('colour', 'red');
SELECT cdp.setting(NULL);
SELECT cdp.setting_set('fanout_limit', '5');
SELECT cdp.setting('fanout_limit');

-- tearing down: not over data, not over what others have built, and nothing besides
SELECT cdp.teardown();
SELECT cdp.teardown(force => NULL);
CREATE VIEW public.my_people AS SELECT one_id FROM cdp.v_person;
SELECT cdp.teardown(force => true);
SELECT count(*) AS still_there FROM cdp.person;
DROP VIEW public.my_people;
SELECT cdp.teardown(force => true) > 20 AS dropped;
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = 'cdp'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S') ORDER BY 1;
SELECT cdp.teardown();
-- without data it needs no force, and setting up starts anew
SELECT cdp.setup('UTC');
SELECT cdp.teardown() > 20 AS dropped;
SELECT cdp.setup('UTC');
SELECT cdp.setting('fanout_limit');

-- upper bits of a OneID, read unsigned
SELECT v, cdp.chunk_of(v) FROM (VALUES (0), (1048575), (1048576), (2147483647), (-2147483648), (-1)) AS t (v);
