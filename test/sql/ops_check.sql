-- check() sees what is broken: each thing is broken once, seen, and mended.
SELECT cdp.setup('UTC');
SET timezone = 'UTC';
CREATE VIEW findings AS SELECT area, severity, what, hint FROM cdp.check() WHERE severity <> 'ok';
TABLE findings;
SELECT area, what, detail FROM cdp.check() WHERE area IN ('setup', 'ingest', 'identity');

-- rows that wait
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT 'e' || n, '2025-01-01', 'pay', 'phone', 'p' || n FROM generate_series(1, 5) n;
INSERT INTO cdp.landing_link VALUES ('crm', 'phone', 'p1', 'unionid', 'u1', NULL, NULL);
SELECT severity, what, detail, hint FROM cdp.check() WHERE severity <> 'ok';
SELECT events_new FROM cdp.ingest();
SELECT severity, what, detail, hint FROM cdp.check() WHERE severity <> 'ok';
SELECT persons_new FROM cdp.id_resolve();
TABLE findings;

-- identifiers and persons that do not fit together
BEGIN;
UPDATE cdp.person SET merged_into = 1 WHERE one_id IN (2, 3);
TABLE findings;
ROLLBACK;
BEGIN;
DELETE FROM cdp.person WHERE one_id = 4;
TABLE findings;
ROLLBACK;
BEGIN;
INSERT INTO cdp.person VALUES (99);
TABLE findings;
ROLLBACK;
BEGIN;
UPDATE cdp.identifier SET status = 'shared' WHERE value = 'p5';
TABLE findings;
ROLLBACK;
BEGIN;
UPDATE cdp.identifier SET status = 'shared', one_id = NULL WHERE value = 'p5';
TABLE findings;
ROLLBACK;
BEGIN;
DELETE FROM cdp.identifier WHERE value = 'p5';
SELECT what FROM findings;
ROLLBACK;
BEGIN;
DELETE FROM cdp.id_type WHERE name = 'unionid';
SELECT severity, what, hint FROM cdp.check() WHERE what ~ 'unknown type';
ROLLBACK;
BEGIN;
DELETE FROM cdp.counter;
TABLE findings;
ROLLBACK;
BEGIN;
INSERT INTO cdp.id_blocklist (id_type, value, reason) VALUES ('phone', 'p2', 'too late');
TABLE findings;
ROLLBACK;
BEGIN;
INSERT INTO cdp.identifier (id, type_id, value, one_id, first_seen, last_seen)
SELECT 1000 + n, 16, 'c' || n, 1, now(), now() FROM generate_series(1, 1001) n;
SELECT severity, what FROM cdp.check() WHERE what ~ '1000';
ROLLBACK;
-- who lives: one too few, one too many, and a stretch that nobody has
CREATE VIEW living AS SELECT severity, detail, hint FROM cdp.check() WHERE what ~ 'person_living';
BEGIN;
UPDATE cdp.person_living SET members = cdp.rb_add(cdp.rb_remove(members, 1), 9);
INSERT INTO cdp.person_living (stretch, members) VALUES (1, cdp.rb_build('{65536}'));
TABLE living;
SELECT cdp.person_living_rebuild();
TABLE living;
-- whatever is done to cdp.person, by whomever, with numbers of any size
INSERT INTO cdp.person (one_id, ended_at) VALUES (65535, NULL), (65536, NULL), (2147483647, NULL), (-2147483648, NULL), (-1, NULL), (65537, now());
INSERT INTO cdp.person (one_id) VALUES (65535), (65538) ON CONFLICT DO NOTHING;
UPDATE cdp.person SET merged_into = 1 WHERE one_id IN (65536, -1);
UPDATE cdp.person SET one_id = 65539 WHERE one_id = 65535;
UPDATE cdp.person SET ended_at = NULL, created_at = '2025-01-01' WHERE one_id > 65000;
DELETE FROM cdp.person WHERE one_id = 65538;
TABLE living;
SELECT stretch, cdp.rb_to_array(members) AS members, users FROM cdp.person_living WHERE stretch > 0 ORDER BY 1;
SELECT cdp.rb_to_array(cdp._everyone(0)) AS first_chunk, cdp._everyone(2048) AS middle, cdp._everyone(4095) AS last_chunk, cdp._everyone(1) AS nobody;
SET LOCAL client_min_messages = warning;
DROP TABLE cdp.person_living CASCADE;
SELECT cdp.setup();
TABLE living;
TRUNCATE cdp.person;
SELECT count(*) AS stretches FROM cdp.person_living;
ROLLBACK;
DROP VIEW living;

-- quarantine, by reason
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    ('q1', 'never', 'pay', 'phone', 'p1'), ('q2', 'never', 'pay', 'phone', 'p1'), (NULL, 'never', 'pay', 'phone', 'p1');
SELECT quarantined FROM cdp.ingest();
SELECT severity, what, split_part(detail, ',', 1) AS row_count, hint FROM cdp.check() WHERE severity <> 'ok';
DELETE FROM cdp.quarantine;

-- rows that went past ingest()
BEGIN;
INSERT INTO cdp.event (event_id, ts, name, identifier_id) VALUES ('z', '2025-01-01', 'strange', 77);
DELETE FROM cdp.event_type WHERE name = 'strange';
TABLE findings;
ROLLBACK;

-- members that were not remapped
SELECT cdp.tag_define('buyer', 'SELECT one_id FROM cdp.v_person');
SELECT cdp.audience_define('everybody', 'everyone');
SELECT * FROM cdp.tag_refresh('buyer') \g /dev/null
SELECT * FROM cdp.audience_refresh('everybody') \g /dev/null
SELECT cdp.timeline_refresh() \g /dev/null
TABLE findings;
BEGIN;
DELETE FROM cdp.event_type;
SELECT severity, what, hint FROM cdp.check() WHERE area = 'report' AND severity <> 'ok';
ROLLBACK;
ALTER TABLE cdp.merge_log DISABLE TRIGGER USER;
INSERT INTO cdp.landing_link VALUES ('crm', 'phone', 'p2', 'phone', 'p3', NULL, NULL);
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
TABLE findings;
ALTER TABLE cdp.merge_log ENABLE TRIGGER USER;
SELECT * FROM cdp.tag_refresh('buyer') \g /dev/null
SELECT * FROM cdp.audience_refresh('everybody') \g /dev/null
SELECT what FROM findings;

-- runs that failed or never ended; a later success clears it
SELECT cdp._run_finish(cdp._run_start('load', 'shop'), '{"rows": 0}', 'file not found');
SELECT cdp._run_start('load', 'crm') > 0 AS started;
SELECT severity, what, substr(detail, strpos(detail, ': ')) AS detail, hint FROM cdp.check() WHERE area = 'run' AND severity <> 'ok';
SELECT cdp._run_finish(cdp._run_start('load', 'shop'), '{"rows": 7}');
SELECT what FROM cdp.check() WHERE area = 'run' AND severity = 'error';

-- a table that is gone: said once, and nothing else stumbles over it
DROP TABLE cdp.link_queue;
SELECT severity, what, detail, hint FROM cdp.check() WHERE severity <> 'ok';
SELECT cdp.setup();
SELECT severity, what FROM cdp.check() WHERE area = 'setup' AND severity <> 'ok';
