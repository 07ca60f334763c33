-- Pages of stored timelines: people come to them, move between them and leave them, and reports read them.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT cdp.setup('UTC');
-- people merge here as they like
UPDATE cdp.id_type SET max_per_person = NULL;
SELECT cdp.event_value_set('pay', 'amount');
-- what there should be, from rows
CREATE VIEW said AS
SELECT i.one_id, e.ts, t.code, CASE WHEN e.name = 'pay' THEN (e.props ->> 'amount')::int8 END AS value, ARRAY[v.code] AS props
  FROM cdp.event AS e JOIN cdp.identifier AS i ON i.id = e.identifier_id JOIN cdp.event_type AS t USING (name)
  LEFT JOIN cdp.event_property_value AS v ON v.slot = 1 AND v.value = e.channel WHERE i.one_id IS NOT NULL;
CREATE VIEW state AS
SELECT (SELECT count(*)
          FROM (SELECT one_id, date_trunc('month', ts AT TIME ZONE 'UTC')::date AS month, cdp.timeline_agg(ts, code, value, props) AS tl FROM said GROUP BY 1, 2) AS e
          FULL JOIN cdp.person_timeline AS s USING (one_id, month) WHERE cdp.timeline_send(e.tl) IS DISTINCT FROM cdp.timeline_send(s.tl)) AS differences,
       (SELECT count(*) FROM cdp.timeline_month AS t, cdp.timeline_page_read(t.page) AS p WHERE cdp.timeline_slot(p.one_id) <> t.slot) AS misplaced,
       (SELECT count(*) FROM cdp.timeline_month WHERE cdp.timeline_page_count(page) = 0) AS empty,
       (SELECT count(*) FROM cdp.check() WHERE severity = 'error') AS errors,
       (SELECT count(*) FROM cdp.timeline_month) AS pages;
CREATE VIEW pages AS
SELECT slot, month, cdp.rb_to_array(cdp.timeline_page_people(page)) AS people, cdp.timeline_page_count(page) AS events FROM cdp.timeline_month;
PREPARE refresh AS SELECT people, months, events, waiting FROM cdp.timeline_refresh();
CREATE FUNCTION load(first int, last int, members int) RETURNS int8 LANGUAGE sql AS $$
    INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
    SELECT n, timestamptz '2025-01-10 UTC' + abs(hashint4(n)) % 900 * interval '2 hours' + n * interval '1 second',
           (ARRAY['ad', 'view', 'view', 'cart', 'pay'])[1 + abs(hashint4(n + 1)) % 5], 'member_id', 'm' || abs(hashint4(n + 2)) % members,
           (ARRAY['app', 'web', NULL])[1 + abs(hashint4(n + 3)) % 3], jsonb_build_object('amount', abs(hashint4(n + 4)) % 1000)
      FROM generate_series(first, last) AS n;
    SELECT events_new FROM cdp.ingest();
$$;
EXECUTE refresh;
TABLE state;
-- 40 people on 3 slots in 3 months
SELECT load(1, 1000, 40);
SELECT persons_new FROM cdp.id_resolve();
EXECUTE refresh;
TABLE state;
SELECT slot, count(DISTINCT month) AS months, array_agg(DISTINCT person) AS people FROM pages, unnest(people) AS person GROUP BY slot ORDER BY slot;
-- what is already there, again and late
SELECT load(900, 1400, 40);
EXECUTE refresh;
TABLE state;
-- one of them is one of the page
SELECT count(*) = 3 AS months, sum(cdp.timeline_count(cdp.timeline_page_get(page, 17))) = (SELECT count(*) FROM said WHERE one_id = 17) AS all_of_17
  FROM cdp.timeline_month WHERE slot = cdp.timeline_slot(17);
-- a far slot, its last one, and the first above 2^31
UPDATE cdp.counter SET last = 2147483646 WHERE name = 'one_id';
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT 'x' || n, timestamptz '2025-02-01 UTC' + n * interval '30 hours', 'view', 'member_id', 'x' || n % 4 FROM generate_series(1, 20) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
EXECUTE refresh;
TABLE state;
SELECT slot, month, people, events FROM pages WHERE slot > 2 ORDER BY slot, month;
-- merges: within a slot, from one to another, both ways between two, along a chain into a far one
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 't', 'member_id', a, 'member_id', b, '2025-01-01'
  FROM (SELECT (SELECT value FROM cdp.identifier WHERE one_id = p.a) AS a, (SELECT value FROM cdp.identifier WHERE one_id = p.b) AS b
          FROM (VALUES (1, 2), (1, 3), (4, 20), (21, 5), (6, 22), (7, 2147483647), (2147483647, -2147483648), (-2147483647, -2147483646)) AS p (a, b)) AS p;
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
TABLE state;
SELECT slot, month, people, events FROM pages WHERE slot > 2 ORDER BY slot, month;
SELECT array_agg(DISTINCT person) AS people FROM pages, unnest(people) AS person WHERE slot < 2;
-- the last one of a slot merges away
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES ('t', 'member_id', 'x2', 'member_id', 'm1', '2025-01-01');
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
TABLE state;
SELECT max(slot) FROM pages;
-- events are gone by hand: some of a person's, all of one, all of a slot, all of a month
DELETE FROM cdp.event WHERE identifier_id IN (SELECT id FROM cdp.identifier WHERE one_id = 8) AND ts < '2025-02-01 UTC';
DELETE FROM cdp.event WHERE identifier_id IN (SELECT id FROM cdp.identifier WHERE one_id = 9 OR one_id BETWEEN 32 AND 47);
DELETE FROM cdp.event WHERE ts >= '2025-03-20 UTC';
INSERT INTO cdp.timeline_due SELECT i.id, month::date FROM cdp.identifier AS i, generate_series(timestamp '2025-01-01', '2025-04-01', '1 month') AS month
 WHERE one_id IN (8, 9) OR one_id BETWEEN 32 AND 47 OR month >= '2025-03-01';
EXECUTE refresh;
TABLE state;
SELECT slot, count(DISTINCT month) AS months, array_agg(DISTINCT person) AS people FROM pages, unnest(people) AS person GROUP BY slot ORDER BY slot;
-- an identifier leaves its person; of who has no other there is nothing left until the next refresh
UPDATE cdp.identifier SET status = 'blocked', one_id = NULL WHERE one_id = 10;
SELECT differences, misplaced, empty FROM state;
SELECT count(*) FROM cdp.person_timeline WHERE one_id = 10;
EXECUTE refresh;
SELECT differences, misplaced, empty FROM state;
UPDATE cdp.identifier SET status = 'active', one_id = 10 WHERE status = 'blocked';
EXECUTE refresh;
TABLE state;
-- what waits: events in batches of every size, of people known and unknown and of nobody
SELECT load(1401, 1500, 45);
DO $$ BEGIN
    FOR n IN 1501 .. 1520 LOOP
        INSERT INTO cdp.event (event_id, ts, name, identifier_id, channel)
        SELECT n, timestamptz '2025-01-20 UTC' + n * interval '1 hour', 'view', (SELECT id FROM cdp.identifier WHERE value = 'm' || n % 5), 'app';
    END LOOP;
END $$;
SELECT count(*) > 20 AS batches, sum(events) AS events, max(last) = (SELECT max(ts) FROM cdp.timeline_tail) AS last FROM cdp.timeline_batch;
SELECT count(*) AS differences
  FROM (SELECT e.identifier_id, e.ts, t.code, e.channel FROM cdp.event AS e JOIN cdp.event_type AS t USING (name) WHERE e.event_id ~ '^1[45]..$' AND e.event_id > '1400') AS e
  FULL JOIN (SELECT n.identifier_id, n.ts, n.code, cdp.property_value('channel', n.props[1]) AS channel FROM cdp.timeline_tail AS n) AS n USING (identifier_id, ts, code)
 WHERE e.identifier_id IS NULL OR n.identifier_id IS NULL OR e.channel IS DISTINCT FROM n.channel;
UPDATE cdp.identifier SET status = 'blocked' WHERE value = 'm41';
EXECUTE refresh;
TABLE state;
SELECT count(*) AS batches, sum(events) AS events, (SELECT count(DISTINCT i.one_id) FROM cdp.timeline_tail AS n JOIN cdp.identifier AS i ON i.id = n.identifier_id) AS known FROM cdp.timeline_batch;
SELECT persons_new FROM cdp.id_resolve();
EXECUTE refresh;
TABLE state;
-- reports of any period and audience, with nothing waiting, something, something due, and both
SELECT cdp.tag_define('third', 'SELECT one_id FROM cdp.person WHERE merged_into IS NULL AND one_id % 3 = 0');
SELECT people > 5 AS some FROM cdp.tag_refresh('third');
CREATE VIEW period AS
SELECT row_number() OVER () AS place, * FROM (VALUES (NULL::timestamptz, NULL::timestamptz), ('2025-02-01 UTC', '2025-03-01 UTC'), ('2025-02-10 UTC', '2025-02-20 UTC'),
                      ('2025-01-20 UTC', '2025-03-10 UTC'), (NULL, '2025-02-15 UTC'), ('2025-02-15 UTC', NULL), ('2025-02-01 UTC', '2025-04-01 UTC'),
                      ('2025-01-31 23:59:59 UTC', '2025-02-01 00:00:01 UTC'), ('-infinity', 'infinity'), ('2026-01-01 UTC', NULL)) AS p ("from", "to"),
              (VALUES (NULL), ('tag:third')) AS a (audience);
CREATE FUNCTION reported() RETURNS TABLE (what text, differences bigint) LANGUAGE sql AS $$
    SELECT 'people', (SELECT count(*)
              FROM (SELECT p.place, t.one_id, cdp.timeline_send(t.tl) AS tl FROM period AS p CROSS JOIN LATERAL cdp.person_timelines(p.audience, p."from", p."to") AS t) AS r
              FULL JOIN (SELECT p.place, s.one_id, cdp.timeline_send(cdp.timeline_agg(s.ts, s.code, s.value, s.props)) AS tl
                           FROM period AS p JOIN said AS s ON (p."from" IS NULL OR s.ts >= p."from") AND (p."to" IS NULL OR s.ts < p."to")
                                                          AND (p.audience IS NULL OR s.one_id % 3 = 0) GROUP BY 1, 2) AS e
                     ON (r.place, r.one_id) = (e.place, e.one_id)
             WHERE r.tl IS DISTINCT FROM e.tl)
    UNION ALL
    SELECT 'days', (SELECT count(*) FROM period AS p CROSS JOIN LATERAL (
              SELECT 1 FROM cdp.daily_report("from" => p."from", "to" => p."to", audience => p.audience) AS d
                FULL JOIN (SELECT (s.ts AT TIME ZONE 'UTC')::date AS day, t.name AS by_value, count(*) AS events, count(DISTINCT s.one_id) AS people
                             FROM said AS s JOIN cdp.event_type AS t USING (code)
                            WHERE (p."from" IS NULL OR s.ts >= p."from") AND (p."to" IS NULL OR s.ts < p."to") AND (p.audience IS NULL OR s.one_id % 3 = 0) GROUP BY 1, 2) AS e
                      USING (day, by_value, events, people) WHERE d.day IS NULL OR e.day IS NULL) AS x)
    UNION ALL
    SELECT 'funnels', (SELECT count(*) FROM period AS p CROSS JOIN LATERAL cdp.funnel_report('{view,cart,pay}', '3 days', NULL, p."from", p."to", p.audience) AS f
             WHERE f.users <> (SELECT count(*) FROM (SELECT cdp.window_funnel('3 days', s.ts, t.name = 'view', t.name = 'cart', t.name = 'pay') AS depth FROM said AS s JOIN cdp.event_type AS t USING (code)
                            WHERE (p."from" IS NULL OR s.ts >= p."from") AND (p."to" IS NULL OR s.ts < p."to") AND (p.audience IS NULL OR s.one_id % 3 = 0) GROUP BY s.one_id) AS d WHERE d.depth >= f.step));
$$;
SELECT * FROM reported();
SELECT load(1600, 1800, 45);
SELECT count(*) > 0 AS batches FROM cdp.timeline_batch;
SELECT * FROM reported();
INSERT INTO cdp.timeline_due SELECT DISTINCT identifier_id, date_trunc('month', ts AT TIME ZONE 'UTC')::date FROM cdp.event WHERE identifier_id % 4 = 0;
DELETE FROM cdp.event WHERE identifier_id % 8 = 0 AND ts >= '2025-02-01 UTC' AND ts < '2025-02-25 UTC';
SELECT * FROM reported();
EXECUTE refresh;
TABLE state;
SELECT * FROM reported();
INSERT INTO cdp.timeline_due SELECT DISTINCT identifier_id, date_trunc('month', ts AT TIME ZONE 'UTC')::date FROM cdp.event WHERE identifier_id % 5 = 0;
SELECT * FROM reported();
EXECUTE refresh;
TABLE state;
-- very many events at once make several batches, each with all that some people did
BEGIN;
SELECT cdp._timeline_batch_sql($$SELECT n % 50 AS identifier_id, timestamptz '2025-01-01 UTC' + n * interval '1 second' AS ts, 1 AS code, NULL::int8 AS value, NULL::int4[] AS props
                                   FROM generate_series(1, 1000) AS n$$, 3000000) \gexec
SELECT count(*) AS batches, sum(events) AS events, sum(cdp.timelines_count(batch)) AS counted, max(last) AS last FROM cdp.timeline_batch;
SELECT count(*) AS differences FROM (SELECT identifier_id, count(*) FROM cdp.timeline_tail GROUP BY 1 HAVING count(*) <> 20) AS d;
SELECT count(*) AS torn FROM (SELECT r.uid FROM cdp.timeline_batch, cdp.timelines_read(batch) AS r GROUP BY 1 HAVING count(*) > 1) AS t;
ROLLBACK;
-- the views are to be read
\set VERBOSITY terse
INSERT INTO cdp.person_timeline (one_id, month) VALUES (1, '2025-01-01');
UPDATE cdp.person_timeline SET month = '2025-01-01';
DELETE FROM cdp.person_timeline;
TRUNCATE cdp.person_timeline;
INSERT INTO cdp.timeline_tail (identifier_id) VALUES (1);
\set VERBOSITY default
-- what came to a wrong page is found
BEGIN;
UPDATE cdp.timeline_month SET slot = slot + 100 WHERE slot = 0;
SELECT severity, what, hint FROM cdp.check() WHERE area = 'report' AND severity <> 'ok';
ROLLBACK;
DROP FUNCTION load(int, int, int), reported();
DROP VIEW period, pages, state, said;
SELECT cdp.teardown(true) > 0 AS gone, to_regclass('cdp.person_timeline') IS NULL AS view_too;
