-- Loading twice: an event is known by its id and time, a link by its ends and source.
SELECT cdp.setup('UTC');
CREATE FUNCTION load() RETURNS void LANGUAGE sql AS $$
    INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, identities)
    SELECT 'e' || n, (timestamp '2025-01-01' + n * interval '7 days')::text, 'pay', 'phone', '139' || n % 3,
           CASE WHEN n % 2 = 0 THEN jsonb_build_object('unionid', 'u' || n % 3) END
      FROM generate_series(1, 12) n;
    INSERT INTO cdp.landing_link VALUES ('crm', 'unionid', 'u1', 'phone', '1391', '2025-01-05', '0.5'),
                                        ('crm', 'phone', '1391', 'unionid', 'u1', '2025-01-09', '0.25');
$$;
CREATE VIEW state AS
    SELECT 'event' AS what, (e.event_id, e.ts, e.name, e.identifier_id)::text AS row FROM cdp.event e
    UNION ALL SELECT 'identifier', (i.id, i.type_id, i.value, i.first_seen, i.last_seen, i.one_id)::text FROM cdp.identifier i
    UNION ALL SELECT 'link', (l.a, l.b, l.source, l.weight, l.first_seen, l.last_seen)::text FROM cdp.link l
    UNION ALL SELECT 'person', p.one_id::text FROM cdp.person p;
SELECT load();
SELECT events_new, events_duplicate, links_new, identifiers_new FROM cdp.ingest();
SELECT links_read, persons_new FROM cdp.id_resolve();
CREATE TABLE before AS TABLE state;
SELECT source, weight, first_seen, last_seen, n FROM cdp.link ORDER BY source, a, b;
-- the same file again: nothing but the count of sightings of the crm link
SELECT load();
SELECT events_new, events_duplicate, links_new, identifiers_new FROM cdp.ingest();
SELECT links_read, identifiers_new, persons_new, merges FROM cdp.id_resolve();
TABLE state EXCEPT TABLE before;
TABLE before EXCEPT TABLE state;
SELECT source, weight, first_seen, last_seen, n FROM cdp.link ORDER BY source, a, b;

-- twice within one batch
SELECT load(), load() FROM generate_series(1, 2);
SELECT events_new, events_duplicate, links_new FROM cdp.ingest();
TABLE state EXCEPT TABLE before;

-- which of two rows with one id and time is kept does not depend on their order
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    ('x1', '2025-02-01', 'b', 'phone', '1391'), ('x1', '2025-02-01', 'a', 'phone', '1391'),
    ('x2', '2025-02-01', 'a', 'phone', '1391'), ('x2', '2025-02-01', 'b', 'phone', '1391'),
    -- another time: another event
    ('x1', '2025-02-02', 'c', 'phone', '1391');
SELECT events_new, events_duplicate FROM cdp.ingest();
SELECT event_id, ts, name FROM cdp.event WHERE event_id ~ '^x' ORDER BY 1, 2;

-- a later sighting widens the times and raises the weight, never the reverse
INSERT INTO cdp.landing_link VALUES ('crm', 'unionid', 'u1', 'phone', '1391', '2024-06-01', '0.1'),
                                    ('crm', 'unionid', 'u1', 'phone', '1391', '2025-06-01', '0.9'),
                                    ('app', 'unionid', 'u1', 'phone', '1391', '2025-06-01', '0.9');
SELECT links_new FROM cdp.ingest();
SELECT source, weight, first_seen, last_seen, n FROM cdp.link WHERE source <> 'event' ORDER BY source;
SELECT value, first_seen, last_seen FROM cdp.identifier WHERE value IN ('u1', '1391') ORDER BY 1;
-- a second source is new evidence for the same pair: read, and nobody changes
SELECT links_read, persons_new, merges FROM cdp.id_resolve();

-- rows that somebody has moved since they were looked up are found again, those that have not are written where they are
BEGIN;
INSERT INTO cdp.landing_link VALUES ('crm', 'unionid', 'u1', 'phone', '1391', '2025-07-01', '0.95'),
                                    ('app', 'unionid', 'u1', 'phone', '1391', '2025-07-01', '1');
SELECT cdp._first_load_begin();
SELECT cdp._first_load_take(0);
SELECT cdp._ingest_intern(), cdp._ingest_store_links();
UPDATE cdp.link SET reason = 'moved' WHERE source = 'crm';
UPDATE cdp.identifier SET verdict = 'approved' WHERE value = 'u1';
SELECT cdp._ingest_load_note_links('cdp.link'), cdp._ingest_load_note_identifiers('cdp.identifier');
SELECT source, n FROM cdp._ingest_load_links(true);
SELECT w.last_seen, i.value FROM cdp._ingest_load_wider() AS w JOIN cdp.identifier AS i USING (id);
SELECT cdp._ingest_widen();
SELECT cdp._first_load_end();
SELECT source, weight, first_seen, last_seen, n, reason FROM cdp.link WHERE source <> 'event' ORDER BY source;
SELECT value, first_seen, last_seen, verdict FROM cdp.identifier WHERE value IN ('u1', '1391') ORDER BY 1;
ROLLBACK;
-- what is added to the tables holds for sightings too: indexes, checks, triggers
CREATE INDEX seen_last ON cdp.identifier (last_seen);
INSERT INTO cdp.landing_link VALUES ('crm', 'unionid', 'u1', 'phone', '1391', '2025-08-01', '0.9');
SELECT links_new FROM cdp.ingest();
SET enable_seqscan = off;
SELECT value FROM cdp.identifier WHERE last_seen = '2025-08-01 00:00Z' ORDER BY 1;
RESET enable_seqscan;
\set VERBOSITY terse
ALTER TABLE cdp.link ADD CONSTRAINT not_so_often CHECK (n < 20);
INSERT INTO cdp.landing_link SELECT 'app', 'unionid', 'u1', 'phone', '1391', '2025-08-02', '0.9' FROM generate_series(1, 20);
SELECT links_new FROM cdp.ingest();
ALTER TABLE cdp.link DROP CONSTRAINT not_so_often;
\set VERBOSITY default
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE NOTICE '% %', TG_NAME, to_char(NEW.last_seen, 'YYYY-MM-DD');
    RETURN NEW;
END $$;
CREATE TRIGGER seen_anything BEFORE UPDATE ON cdp.link FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER seen_status BEFORE UPDATE OF status ON cdp.identifier FOR EACH ROW EXECUTE FUNCTION tell();
SELECT links_new FROM cdp.ingest();
CREATE TRIGGER seen_last BEFORE UPDATE OF value, last_seen ON cdp.identifier FOR EACH ROW EXECUTE FUNCTION tell();
INSERT INTO cdp.landing_link VALUES ('crm', 'unionid', 'u1', 'phone', '1391', '2025-08-03', '0.9');
SELECT links_new FROM cdp.ingest();
SELECT value, first_seen, last_seen FROM cdp.identifier WHERE value IN ('u1', '1391') ORDER BY 1;
DROP TRIGGER seen_anything ON cdp.link;
DROP TRIGGER seen_status ON cdp.identifier;
DROP TRIGGER seen_last ON cdp.identifier;
DROP INDEX cdp.seen_last;
-- tables with columns of somebody's own are read and written by queries, from here on
ALTER TABLE cdp.identifier ADD COLUMN note text DEFAULT 'kept';
ALTER TABLE cdp.link ADD COLUMN note text DEFAULT 'kept';
BEGIN;
SELECT cdp._first_load_begin();
SELECT cdp._ingest_load_find_identifiers('cdp.identifier');
SELECT cdp._first_load_number(0);
SELECT cdp._ingest_load_arrange();
SELECT cdp._ingest_load_find_links('cdp.link');
ROLLBACK;
INSERT INTO cdp.landing_link VALUES ('crm', 'unionid', 'u1', 'phone', '1391', '2025-08-04', '0.9'),
                                    ('crm', 'unionid', 'u1', 'phone', '1399', '2025-08-04', '0.9');
SELECT links_new, identifiers_new FROM cdp.ingest();
SELECT a, b, source, weight, first_seen, last_seen, n, note FROM cdp.link WHERE source = 'crm' ORDER BY a, b;
SELECT value, first_seen, last_seen, note FROM cdp.identifier WHERE value IN ('u1', '1391', '1399') ORDER BY 1;

-- a run that is rolled back takes nothing away and leaves no gap in the numbers
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('y1', '2025-03-01', 'a', 'phone', 'y');
SELECT max(id) AS identifiers FROM cdp.identifier;
BEGIN;
SELECT identifiers_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
ROLLBACK;
SELECT count(*) AS waiting FROM cdp.landing_event;
SELECT identifiers_new FROM cdp.ingest();
-- two runs in one transaction
BEGIN;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('y2', '2025-03-01', 'a', 'phone', 'y2');
SELECT identifiers_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('y3', '2025-03-01', 'a', 'phone', 'y3');
SELECT identifiers_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
COMMIT;
SELECT id, value, one_id FROM cdp.identifier WHERE value ~ '^y' ORDER BY id;
