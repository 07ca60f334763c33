-- Events lie in monthly partitions, made when the first event of a month comes.
SELECT cdp.setup('Asia/Shanghai');
SET timezone = 'UTC';
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    ('a', '2025-01-01 07:59:59.999999', 'pay', 'phone', '1391'),  -- in Shanghai; December in UTC
    ('b', '2025-01-01 08:00:00', 'pay', 'phone', '1391'),
    ('c', '2000-01-01 00:00:00Z', 'pay', 'phone', '1391'),
    ('d', '2024-02-29 23:59:59Z', 'pay', 'phone', '1391');
SELECT events_new, quarantined FROM cdp.ingest();
SELECT tableoid::regclass, event_id, ts FROM cdp.event ORDER BY ts;
SELECT c.relname, obj_description(c.oid, 'pg_class'), pg_get_expr(c.relpartbound, c.oid)
  FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' ORDER BY 1;
-- an index that a user adds to the whole is made on the parts to come
CREATE INDEX my_channel ON cdp.event (channel);
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('e', '2025-05-05', 'pay', 'phone', '1391');
SELECT events_new FROM cdp.ingest();
SELECT count(*) FROM pg_index WHERE indrelid = 'cdp.event_2025_05'::regclass
   AND pg_get_indexdef(indexrelid) ~ 'channel';
-- an old month that is dropped is gone; what comes late makes it again
DROP TABLE cdp.event_2000_01;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('c', '2000-01-01 00:00:00Z', 'pay', 'phone', '1391');
SELECT events_new FROM cdp.ingest();
-- a month that is detached is an archive: what comes late is refused, and the rest goes through
ALTER TABLE cdp.event DETACH PARTITION cdp.event_2024_02;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    ('late', '2024-02-03', 'pay', 'phone', '1391'), ('fine', '2025-05-06', 'pay', 'phone', '1391');
SELECT events_new, quarantined FROM cdp.ingest();
SELECT reason, raw ->> 'event_id' AS event_id FROM cdp.quarantine;
SELECT severity, what, hint FROM cdp.check() WHERE area = 'ingest' AND severity <> 'ok';
ALTER TABLE cdp.event ATTACH PARTITION cdp.event_2024_02 FOR VALUES FROM ('2024-02-01 00:00Z') TO ('2024-03-01 00:00Z');
INSERT INTO cdp.landing_event
SELECT (jsonb_populate_record(NULL::cdp.landing_event, q.raw)).* FROM cdp.quarantine q;
SELECT events_new, quarantined FROM cdp.ingest();
-- a partition that was renamed still takes its month, and one may cover a whole year
ALTER TABLE cdp.event_2025_05 RENAME TO event_may;
CREATE TABLE cdp.event_of_2019 PARTITION OF cdp.event FOR VALUES FROM ('2019-01-01 00:00Z') TO ('2020-01-01 00:00Z');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    ('renamed', '2025-05-07', 'pay', 'phone', '1391'), ('year', '2019-07-07', 'pay', 'phone', '1391');
SELECT events_new, quarantined FROM cdp.ingest();
SELECT tableoid::regclass, event_id FROM cdp.event WHERE event_id IN ('renamed', 'year') ORDER BY 2;
-- a part of a month stops the run, which says what to do
CREATE TABLE cdp.event_half PARTITION OF cdp.event FOR VALUES FROM ('2018-06-15 00:00Z') TO ('2018-07-01 00:00Z');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('half', '2018-06-02', 'pay', 'phone', '1391');
\set SHOW_CONTEXT never
SELECT * FROM cdp.ingest();
\unset SHOW_CONTEXT
DROP TABLE cdp.event_half;
SELECT events_new FROM cdp.ingest();
-- the range of times that is believed is a setting
SELECT cdp.setting_set('event_min_ts', '2025-01-01');
SELECT cdp.setting_set('event_max_ahead', '2 years');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    ('g', '2024-12-31', 'pay', 'phone', '1391'), ('h', (now() + interval '1 year')::text, 'pay', 'phone', '1391');
SELECT events_new, quarantined FROM cdp.ingest();
SELECT reason, raw ->> 'event_id' AS event_id FROM cdp.quarantine ORDER BY quarantine_id DESC LIMIT 1;
