-- One link at a time comes to the same as batches.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
CREATE FUNCTION dice(n int8, salt int8, sides int8) RETURNS int8 LANGUAGE sql IMMUTABLE
    RETURN abs(hashint8extended(n, salt)) % sides;
-- new and known, with a person or without; said twice; to itself
SELECT cdp.id_link('phone', ' 13911 ', 'unionid', 'u1', 'crm', '2025-01-01');
SELECT cdp.id_link('Phone', '13911', 'unionid', 'u1', 'crm', '2025-01-03', 0.5), cdp.id_link('openid_mp', 'o1', 'unionid', 'u1');
SELECT cdp.id_link('phone', '13922', 'email', 'e2'), cdp.id_link('email', 'e2', 'email', 'e2'), cdp.id_link('email', 'e3', 'email', 'e3');
SELECT cdp.id_link('email', 'e2', 'phone', '13911') AS merged;
SELECT cdp.one_id('phone', '13922'), (SELECT count(*) FROM cdp.merge_log) AS merges;
SELECT a, b, source, weight, first_seen::date, last_seen::date, n, status FROM cdp.link WHERE source = 'crm';
-- refused ends: a placeholder, somebody's decision
SELECT cdp.id_link('phone', '000000', 'email', 'e4'), cdp.id_link('email', 'e4', 'phone', '000000');
SELECT cdp.one_id('email', 'e4');
SELECT count(*) FROM cdp.id_unlink('email', 'e2', 'phone', '13911');
SELECT cdp.id_link('email', 'e2', 'phone', '13911', 'other');
SELECT cdp.one_id('phone', '13911');
SELECT source, status, reason FROM cdp.link WHERE status <> 'active' ORDER BY 1, 2, 3;
-- a guard that has to split somebody, and what waits already, is left to id_resolve()
SELECT cdp.id_link('device_id', 'tab', 'phone', 'p' || n) IS NULL AS waits FROM generate_series(1, 4) n;
SELECT cdp.one_id('phone', 'p1') = cdp.one_id('phone', 'p3') AS one, cdp.id_link('phone', 'p4', 'email', 'e5') IS NULL AS waits;
SELECT merges, shared, quarantined, splits FROM cdp.id_resolve();
SELECT cdp.one_id('phone', 'p1') = cdp.one_id('phone', 'p3') AS one, cdp.one_id('phone', 'p4') = cdp.one_id('email', 'e5') AS other;
SELECT cdp.id_link('a new type', 'v', 'another', 'v') IS NOT NULL AS learned;
SELECT cdp.id_link('phone', '', 'email', 'e');
SELECT cdp.id_link('phone', 'x', 'email', 'e', 'crm', '1970-01-01');
SELECT cdp.id_link('phone', 'x', 'email', 'e', 'crm', now(), 2);
SELECT cdp.id_link(NULL, 'x', 'email', 'e');
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT cdp.id_link('phone', 'x', 'email', 'e');
ROLLBACK;
SELECT what FROM cdp.check() WHERE severity <> 'ok';

-- many, against the same as one batch
CREATE TABLE raw AS
SELECT n, (ARRAY['phone', 'unionid', 'device_id', 'cookie_id'])[1 + dice(n, 1, 4)] AS type_a, (10 + dice(n, 3, 60))::text AS value_a,
       (ARRAY['phone', 'unionid', 'device_id', 'cookie_id'])[1 + dice(n, 4, 4)] AS type_b, (10 + dice(n, 5, 60))::text AS value_b,
       timestamptz '2025-01-01 00:00Z' + dice(n, 6, 1000) * interval '1 hour' AS seen_at
  FROM generate_series(1, 250) n;
-- what was ingested and not judged yet is left to id_resolve() too
INSERT INTO cdp.landing_link VALUES ('crm', 'phone', '13911', 'email', 'e3'), ('crm', 'phone', 'w1', 'email', 'w1');
SELECT links_new FROM cdp.ingest();
SELECT cdp.id_link('phone', '13911', 'email', 'e3', 'crm'), cdp.id_link('phone', 'w1', 'email', 'e3');
SELECT links_read, persons_new, merges FROM cdp.id_resolve();
SELECT count(DISTINCT i.one_id) FROM cdp.identifier i WHERE i.value IN ('13911', 'e3', 'w1');
SELECT cdp.teardown(true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
UPDATE cdp.id_type SET max_per_person = NULL;
SELECT count(*) AS links, count(one_id) > 100 AS at_once FROM (SELECT cdp.id_link(type_a, value_a, type_b, value_b, 'test', seen_at) AS one_id FROM raw ORDER BY n) l;
SELECT shared > 0 AS shared FROM cdp.id_resolve();
CREATE TABLE one_by_one AS SELECT t.name, i.value, i.status, i.one_id, i.first_seen, i.last_seen FROM cdp.identifier i JOIN cdp.id_type t USING (type_id);
CREATE TABLE links AS SELECT ta.name AS ta, a.value AS va, tb.name AS tb, b.value AS vb, l.n, l.first_seen, l.last_seen, l.status
  FROM cdp.link l JOIN cdp.identifier a ON a.id = l.a JOIN cdp.id_type ta ON ta.type_id = a.type_id
  JOIN cdp.identifier b ON b.id = l.b JOIN cdp.id_type tb ON tb.type_id = b.type_id;
SELECT what FROM cdp.check() WHERE severity <> 'ok';
SELECT cdp.teardown(true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
UPDATE cdp.id_type SET max_per_person = NULL;
INSERT INTO cdp.landing_link SELECT 'test', type_a, value_a, type_b, value_b, seen_at FROM raw;
SELECT count(*) FROM cdp.id_resolve();
SELECT count(*) FILTER (WHERE (o.status, o.first_seen, o.last_seen) IS DISTINCT FROM (i.status, i.first_seen, i.last_seen)) AS differ,
       count(DISTINCT o.one_id) = count(DISTINCT i.one_id) AS as_many, count(DISTINCT (o.one_id, i.one_id)) FILTER (WHERE i.one_id IS NOT NULL) = count(DISTINCT i.one_id) AS the_same
  FROM (SELECT t.name, i.* FROM cdp.identifier i JOIN cdp.id_type t USING (type_id)) i FULL JOIN one_by_one o USING (name, value);
SELECT count(*) FROM (SELECT least((ta.name, a.value), (tb.name, b.value)), greatest((ta.name, a.value), (tb.name, b.value)), l.n, l.first_seen, l.last_seen, l.status
  FROM cdp.link l JOIN cdp.identifier a ON a.id = l.a JOIN cdp.id_type ta ON ta.type_id = a.type_id
  JOIN cdp.identifier b ON b.id = l.b JOIN cdp.id_type tb ON tb.type_id = b.type_id
  EXCEPT SELECT least((ta, va), (tb, vb)), greatest((ta, va), (tb, vb)), n, first_seen, last_seen, status FROM links) d;
SELECT cdp.teardown(true) > 0 AS gone;
