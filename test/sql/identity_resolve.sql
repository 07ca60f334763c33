-- Who is one person: guards first, then merges into the oldest.
SELECT cdp.setup('UTC');
-- limits of persons are the subject of identity_registry and identity_resolve_random
UPDATE cdp.id_type SET max_per_person = NULL;
SET timezone = 'UTC';
CREATE VIEW people AS
    SELECT i.one_id, string_agg(i.value, ' ' ORDER BY i.value) AS identifiers
      FROM cdp.identifier i WHERE i.status = 'active' GROUP BY 1;
CREATE FUNCTION link(a text, b text, at text DEFAULT '2025-01-01', source text DEFAULT 'test') RETURNS void LANGUAGE sql AS $$
    INSERT INTO cdp.landing_link
    VALUES (source, split_part(a, ':', 1), split_part(a, ':', 2), split_part(b, ':', 1), split_part(b, ':', 2), at, NULL) $$;
CREATE FUNCTION run(OUT links int8, OUT fresh int8, OUT persons int8, OUT merges int8, OUT blocked int8,
                    OUT shared int8, OUT quarantined int8, OUT splits int8) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdp.ingest();
    SELECT r.links_read, r.identifiers_new, r.persons_new, r.merges, r.blocked, r.shared, r.quarantined, r.splits
      INTO links, fresh, persons, merges, blocked, shared, quarantined, splits FROM cdp.id_resolve() r;
END $$;

-- OneIDs in the order of first sight, whatever the order of the rows; events alone make persons too
SELECT link('phone:p2', 'unionid:u2', '2025-01-03'), link('phone:p1', 'unionid:u1', '2025-01-02'),
       link('phone:p3', 'openid_mp:o3', '2025-01-04'), link('phone:self', 'phone:self', '2025-01-06');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    ('e1', '2025-01-01', 'view', 'cookie_id', 'c1'), ('e2', '2025-01-05', 'view', 'cookie_id', 'c2');
SELECT cdp.one_id('phone', 'p1') AS before_ingest;
SELECT * FROM run();
SELECT * FROM people ORDER BY 1;
SELECT cdp.one_id('phone', ' p1 '), cdp.one_id(' Phone', 'p1'), cdp.one_id('phone', 'P1'), cdp.one_id('phone', 'nobody'),
       cdp.one_id('no_such_type', 'p1'), cdp.one_id(NULL, 'p1'), cdp.one_id('phone', NULL);
SELECT * FROM run();

-- one batch joins three persons and two new identifiers: the oldest stays
SELECT link('cookie_id:c2', 'phone:p2'), link('device_id:d1', 'phone:p2'), link('device_id:d1', 'phone:p3'),
       link('email:m1', 'phone:p3');
SELECT * FROM run();
SELECT * FROM people ORDER BY 1;
SELECT one_id, merged_into FROM cdp.person ORDER BY 1;
SELECT m.seq, m.survivor, m.absorbed, a.value AS link_a, b.value AS link_b, r.kind
  FROM cdp.merge_log m JOIN cdp.identifier a ON a.id = m.link_a JOIN cdp.identifier b ON b.id = m.link_b
  JOIN cdp.run r USING (run_id) ORDER BY seq;
-- a chain: the survivor is absorbed in turn, and who was absorbed keeps saying by whom
SELECT link('cookie_id:c1', 'device_id:d1');
SELECT * FROM run();
SELECT * FROM people ORDER BY 1;
SELECT one_id, merged_into FROM cdp.person ORDER BY 1;
SELECT one_id, identifiers, first_seen, last_seen FROM cdp.v_person ORDER BY 1;
SELECT one_id, type, value FROM cdp.v_identity WHERE value IN ('p2', 'c1') ORDER BY 3;

-- placeholders identify nobody: their events stay, without a person
SELECT link('phone:000000', 'unionid:x1', '2025-02-01'), link('phone:000000', 'unionid:x2', '2025-02-02'),
       link('device_id:00000000-0000-0000-0000-000000000000', 'unionid:x1', '2025-02-03'), link('unionid:NULL', 'phone:x3', '2025-02-04'),
       link('email:Test@Example.com', 'phone:x4', '2025-02-05'), link('email:test@real.com', 'phone:x4', '2025-02-05'),
       link('phone:13800138000', 'unionid:x5', '2025-02-06'), link('phone:+86 13800138000', 'unionid:x6', '2025-02-07'),
       link('phone:99999999', 'unionid:x7', '2025-02-08'), link('member_id:99999999', 'unionid:x8', '2025-02-09'),
       link('member_id:---', 'unionid:x9', '2025-02-10');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    ('e3', '2025-02-01', 'view', 'phone', 'none'), ('e4', '2025-02-28', 'view', 'phone', '界');
SELECT * FROM run();
SELECT t.name AS type, i.value, i.one_id FROM cdp.identifier i JOIN cdp.id_type t USING (type_id)
 WHERE i.status = 'blocked' ORDER BY 1, 2;
SELECT * FROM people WHERE identifiers ~ 'x\d|界|real' ORDER BY 1;
SELECT status, reason, count(*) FROM cdp.link WHERE status <> 'active' GROUP BY 1, 2;
SELECT e.event_id, i.one_id FROM cdp.event e JOIN cdp.identifier i ON i.id = e.identifier_id WHERE e.event_id = 'e3';
-- real members may be numbered like test phones; Chinese for "none" and "unknown"
BEGIN;
SELECT link('member_id:123456', 'unionid:v1', '2025-02-20'), link('phone:123456', 'unionid:v2', '2025-02-20'),
       link('phone:无', 'unionid:v3', '2025-02-20'), link('member_id:0', 'unionid:v3', '2025-02-20'),
       link('phone:未知', 'unionid:v4', '2025-02-20');
SELECT persons, blocked FROM run();
SELECT t.name AS type, i.value, i.status FROM cdp.identifier i JOIN cdp.id_type t USING (type_id)
 WHERE i.value IN ('123456', '无', '0', '未知') ORDER BY 1, 2;
ROLLBACK;
-- a device that made a person of its own and then turns out to be shared: that person has ended
BEGIN;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('g1', '2025-02-20', 'view', 'device_id', 'ghost');
SELECT persons FROM run();
SELECT count(*) AS living FROM cdp.v_person;
SELECT link('device_id:ghost', 'phone:g' || n, '2025-02-21') FROM generate_series(1, 4) n;
SELECT persons, shared FROM run();
SELECT count(*) AS living, min(identifiers) FROM cdp.v_person;
SELECT count(*) AS ended FROM cdp.person WHERE ended_at IS NOT NULL AND merged_into IS NULL;
SELECT what FROM cdp.check() WHERE what ~ 'without identifiers' AND severity <> 'ok';
ROLLBACK;
-- a snapshot that cannot see what others did is refused at once
\set SHOW_CONTEXT never
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT * FROM cdp.id_resolve();
ROLLBACK;
\unset SHOW_CONTEXT
-- a run reads what is new, not all that is stored; blocked identifiers with many links included
BEGIN;
INSERT INTO cdp.identifier (id, type_id, value, one_id, first_seen, last_seen)
SELECT 100000 + n, 16, 'many' || n, 1, now(), now() FROM generate_series(1, 50000) n;
INSERT INTO cdp.link (a, b, source, first_seen, last_seen, status)
SELECT i.id, 100000 + n, 'crm', now(), now(), 'quarantined'
  FROM cdp.identifier i, generate_series(1, 50000) n WHERE i.value = '000000';
ANALYZE cdp.identifier;
ANALYZE cdp.link;
INSERT INTO cdp.link_queue SELECT i.id, 100001 FROM cdp.identifier i WHERE i.value = '000000';
CREATE TEMP TABLE reads AS SELECT relname, seq_scan, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS rows_read
  FROM pg_stat_xact_user_tables WHERE schemaname = 'cdp' AND relname IN ('identifier', 'link');
SELECT links_read, persons_new FROM cdp.id_resolve();
SELECT relname, s.seq_scan - r.seq_scan AS seq_scans, coalesce(s.seq_tup_read, 0) + coalesce(s.idx_tup_fetch, 0) - r.rows_read < 1000 AS few_rows
  FROM pg_stat_xact_user_tables s JOIN reads r USING (relname) WHERE s.schemaname = 'cdp' ORDER BY 1;
ROLLBACK;
-- own entries, for one type or all; a pattern that is none is refused
INSERT INTO cdp.id_blocklist (id_type, kind, value, reason) VALUES
    ('qq', 'pattern', '^1(0)\1+$', 'filler'), (NULL, 'exact', 'Staff', 'test team'), ('wechat', 'exact', 'w1', 'type not seen yet');
INSERT INTO cdp.id_blocklist (kind, value, reason) VALUES ('pattern', '(', 'broken');
SELECT link('qq:1000', 'unionid:y1', '2025-03-01'), link('member_id:1000', 'unionid:y2', '2025-03-02'),
       link('member_id:STAFF', 'unionid:y3', '2025-03-03'), link('wechat:w1', 'unionid:y4', '2025-03-04');
SELECT persons, blocked, quarantined FROM run();

-- an identifier with more than three of one stronger type is shared, and merges nobody
SELECT link('device_id:shop', 'phone:s' || n, '2025-04-01'), link('device_id:home', 'phone:h' || n, '2025-04-01')
  FROM generate_series(1, 3) n;
SELECT link('device_id:shop', 'phone:s4', '2025-04-01'), link('device_id:home', 'openid_mp:h' || n, '2025-04-01')
  FROM generate_series(4, 6) n;
-- weaker and equal types do not count: a phone may have any number of cookies
SELECT link('phone:many', 'cookie_id:k' || n, '2025-04-02'), link('phone:many', 'phone:k' || n, '2025-04-02')
  FROM generate_series(1, 5) n;
SELECT links, persons, shared, quarantined, splits FROM run();
SELECT * FROM people WHERE identifiers ~ '\y[shk]\d' ORDER BY 1;
SELECT i.value, i.status, i.one_id, cdp.one_id('device_id', i.value) FROM cdp.identifier i WHERE i.value IN ('shop', 'home') ORDER BY 1;
SELECT status, reason, count(*) FROM cdp.link WHERE reason ~ 'shared' GROUP BY 1, 2;
-- a link to it that comes later is quarantined too, and one from another source
SELECT link('device_id:shop', 'phone:s5', '2025-04-01'), link('device_id:shop', 'phone:s1', '2025-04-01', 'other');
SELECT links, persons, merges, shared, quarantined FROM run();
SELECT reason, count(*) FROM cdp.link WHERE reason ~ 'shared' GROUP BY 1;
-- one phone that orders for many, and one that does so for few
BEGIN;
SELECT link('phone:agent', 'taobao_id:t' || n, '2025-04-03'), link('phone:few', 'taobao_id:f' || n, '2025-04-03') FROM generate_series(1, 10) n;
SELECT link('phone:agent', 'cookie_id:g' || n, '2025-04-03') FROM generate_series(1, 20) n;
SELECT persons, shared FROM run();
SELECT link('phone:agent', 'taobao_id:t11', '2025-04-04');
SELECT persons, shared, quarantined, splits FROM run();
SELECT reason, count(*) FROM cdp.link WHERE reason ~ 'taobao' GROUP BY 1;
ROLLBACK;
-- types have limits of their own
UPDATE cdp.id_type SET fanout_limit = 1 WHERE name = 'pos_card';
SELECT link('pos_card:card', 'phone:t1', '2025-05-01'), link('pos_card:card', 'phone:t2', '2025-05-01');
SELECT shared, quarantined FROM run();

-- found out later: the fourth phone comes when three are one person already, who is split again
SELECT link('device_id:late', 'phone:z' || n, '2025-06-01') FROM generate_series(1, 3) n;
SELECT persons, shared FROM run();
SELECT link('device_id:late', 'phone:z4', '2025-06-01');
SELECT persons, shared, quarantined, splits FROM run();
SELECT * FROM people WHERE identifiers ~ '\yz\d' ORDER BY 1;
SELECT l.status, count(*) FROM cdp.link l JOIN cdp.identifier i ON i.id IN (l.a, l.b) AND i.value = 'late' GROUP BY 1 ORDER BY 1;
SELECT one_id, part, is_restored, identifiers FROM cdp.split_log ORDER BY seq;
SELECT severity, what, detail FROM cdp.check() WHERE area = 'identity' AND severity <> 'ok';

-- numbers above 2^31 are negative as int4, and still younger than those below
UPDATE cdp.counter SET last = 2147483646 WHERE name = 'one_id';
SELECT link('phone:n1', 'unionid:n1', '2025-07-01'), link('phone:n2', 'unionid:n2', '2025-07-02'),
       link('phone:n3', 'unionid:n3', '2025-07-03');
SELECT persons FROM run();
SELECT * FROM people WHERE identifiers ~ '^n\d' ORDER BY 2;
SELECT link('phone:n1', 'phone:n3'), link('phone:n3', 'phone:n2');
SELECT merges FROM run();
SELECT * FROM people WHERE identifiers ~ '^n\d' ORDER BY 2;
SELECT survivor, absorbed FROM cdp.merge_log ORDER BY seq DESC LIMIT 2;
-- and at the end there are no more
UPDATE cdp.counter SET last = 4294967294 WHERE name = 'one_id';
SELECT link('phone:n4', 'unionid:n4'), link('phone:n5', 'unionid:n5');
\set SHOW_CONTEXT never
SELECT * FROM run();
UPDATE cdp.counter SET last = 4294967293 WHERE name = 'one_id';
SELECT persons FROM run();
SELECT cdp.one_id('phone', 'n4'), cdp.one_id('phone', 'n5');
SELECT severity, what FROM cdp.check() WHERE severity = 'error';
