-- Who is no superuser installs the extension, owns the tables and runs everything.
\set VERBOSITY terse
DROP EXTENSION pg_cdp;
CREATE ROLE regress_cdp_owner;
CREATE ROLE regress_cdp_reader;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_cdp_owner', current_database()); END $$;
SET ROLE regress_cdp_owner;
CREATE EXTENSION pg_cdp;
SELECT cdp.setup('UTC');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
VALUES ('e1', '2025-01-01 10:00', 'pay', 'phone', '13912345678'), ('e2', NULL, 'pay', 'phone', '1');
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b)
VALUES ('crm', 'phone', '13912345678', 'unionid', 'u1');
SELECT events_new, quarantined, links_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT area, severity, what FROM cdp.check() WHERE severity <> 'ok';
SELECT DISTINCT relowner::regrole FROM pg_class
 WHERE relnamespace = 'cdp'::regnamespace AND relname IN (SELECT name FROM cdp.managed_relation);
-- a reader reads what it was granted, and no more
SET ROLE regress_cdp_reader;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT cdp.one_id('phone', '13912345678');
\set VERBOSITY terse
SET ROLE regress_cdp_owner;
GRANT SELECT ON cdp.v_person TO regress_cdp_reader;
GRANT SELECT ON cdp.meta, cdp.identifier, cdp.id_type TO regress_cdp_reader;
SET ROLE regress_cdp_reader;
SELECT one_id, identifiers FROM cdp.v_person;
SELECT cdp.one_id('phone', '13912345678');
SELECT * FROM cdp.event;
SELECT * FROM cdp.ingest();
SELECT cdp.teardown(force => true);
-- a superuser ingests into a new month: the partition belongs to the owner of the others
RESET ROLE;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
VALUES ('e3', '2025-02-01 10:00', 'pay', 'phone', '13912345678');
SELECT events_new FROM cdp.ingest();
SELECT relname, relowner::regrole FROM pg_class WHERE relname ~ '^event_\d{4}_\d\d$' ORDER BY 1;
-- what a superuser adds belongs to the owner as well
DROP VIEW cdp.v_quarantine;
DROP TABLE cdp.quarantine;
SELECT cdp.setup();
SELECT relname, relowner::regrole FROM pg_class WHERE relname IN ('quarantine', 'v_quarantine') ORDER BY 1;
BEGIN;
ALTER TABLE cdp.quarantine OWNER TO CURRENT_USER;
SELECT severity, what, hint FROM cdp.check() WHERE severity = 'error';
ROLLBACK;
-- the right to make partitions can be lost, in a restore by somebody else: check() says so
REVOKE CREATE ON SCHEMA cdp FROM regress_cdp_owner;
SELECT severity, what, detail, hint FROM cdp.check() WHERE severity = 'error';
GRANT CREATE ON SCHEMA cdp TO regress_cdp_owner;
SET ROLE regress_cdp_owner;
SELECT cdp.teardown(force => true) > 20 AS dropped;
DROP EXTENSION pg_cdp;
RESET ROLE;
-- names that need quotes, and strings read the old way
CREATE ROLE "Regress-CDP App";
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO "Regress-CDP App"', current_database()); END $$;
SET ROLE "Regress-CDP App";
CREATE EXTENSION pg_cdp;
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SELECT cdp.setup('UTC');
SELECT count(*) AS with_backslash FROM cdp.id_blocklist WHERE strpos(value, chr(92)) > 0;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
VALUES ('e1', '2025-01-01 10:00', 'pay', 'phone', '13912345678');
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, weight)
VALUES ('crm', 'phone', '13912345678', 'unionid', 'u1', '+0.5'), ('crm', 'phone', '0', 'unionid', '/' || chr(92) || '/', '1');
SELECT events_new, links_new, quarantined FROM cdp.ingest();
SELECT persons_new, blocked FROM cdp.id_resolve();
RESET standard_conforming_strings;
RESET escape_string_warning;
SELECT what, detail FROM cdp.check() WHERE what ~ 'owner' OR severity = 'error';
RESET ROLE;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
VALUES ('e2', '2025-02-01 10:00', 'pay', 'phone', '13912345678');
SELECT events_new FROM cdp.ingest();
SELECT cdp.teardown(force => true) > 20 AS dropped;
DROP EXTENSION pg_cdp;
DROP OWNED BY "Regress-CDP App";
DROP ROLE "Regress-CDP App";
DROP OWNED BY regress_cdp_owner, regress_cdp_reader;
DROP ROLE regress_cdp_owner, regress_cdp_reader;
