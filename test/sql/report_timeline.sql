-- Stored timelines hold what the events say, after every kind of change.
\set SHOW_CONTEXT never
SELECT cdp.setup('UTC');
CREATE FUNCTION differences() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*)
      FROM (SELECT i.one_id, date_trunc('month', e.ts AT TIME ZONE 'UTC')::date AS month, cdp.timeline_send(cdp.timeline_agg(e.ts, t.code)) AS tl
              FROM cdp.event AS e JOIN cdp.identifier AS i ON i.id = e.identifier_id JOIN cdp.event_type AS t USING (name)
             WHERE i.one_id IS NOT NULL GROUP BY 1, 2) AS e
      FULL JOIN (SELECT one_id, month, cdp.timeline_send(tl) AS tl FROM cdp.person_timeline) AS s USING (one_id, month)
     WHERE e.tl IS DISTINCT FROM s.tl
$$;
PREPARE refresh AS SELECT people, months, events, waiting FROM cdp.timeline_refresh();
EXECUTE refresh;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT n, timestamp '2025-01-01' + n * interval '7 hours', (ARRAY['view', 'cart', 'pay'])[1 + n % 3], 'member_id', 'm' || n % 20
  FROM generate_series(1, 500) AS n;
SELECT events_new FROM cdp.ingest();
-- nobody is known yet: the events wait
EXECUTE refresh;
SELECT persons_new FROM cdp.id_resolve();
EXECUTE refresh;
EXECUTE refresh;
SELECT differences();
-- new events of some, late ones too, and the same ones again
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT n, timestamp '2025-01-01' + n * interval '7 hours', 'view', 'member_id', 'm3' FROM generate_series(501, 503) AS n;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    ('late', '2025-01-02', 'pay', 'member_id', 'm4'), ('1', '2025-01-01 07:00', 'cart', 'member_id', 'm1');
SELECT events_new, events_duplicate FROM cdp.ingest();
EXECUTE refresh;
SELECT differences();
-- merged at once, and again after new events of both
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 't', 'member_id', 'm' || n, 'device_id', 'd' || n / 2, '2025-01-01' FROM generate_series(1, 9) AS n;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('m', '2025-02-02', 'pay', 'member_id', 'm5');
SELECT links_new, events_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT count(*) AS retired FROM cdp.person_timeline JOIN cdp.person USING (one_id) WHERE merged_into IS NOT NULL;
EXECUTE refresh;
SELECT differences();
-- an identifier that turns out to be shared takes its events with it
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('d', '2025-02-03', 'view', 'device_id', 'd2');
SELECT events_new FROM cdp.ingest();
EXECUTE refresh;
SELECT differences();
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 't', 'member_id', 'm' || n, 'device_id', 'd2', '2025-01-01' FROM generate_series(10, 19) AS n;
SELECT links_new FROM cdp.ingest();
SELECT shared FROM cdp.id_resolve();
EXECUTE refresh;
SELECT differences();
-- what it does while it is shared is nobody's and need not wait; once it counts again, all of it is there
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('e', '2025-02-04', 'pay', 'device_id', 'd2');
SELECT events_new FROM cdp.ingest();
EXECUTE refresh;
UPDATE cdp.identifier SET status = 'active' WHERE status = 'shared';
SELECT persons_new FROM cdp.id_resolve();
EXECUTE refresh;
SELECT differences();
-- new events of a month that is to be built again are not folded in twice
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('f', '2025-02-05', 'pay', 'device_id', 'd2');
SELECT events_new FROM cdp.ingest();
INSERT INTO cdp.timeline_due SELECT DISTINCT identifier_id, date '2025-02-01' FROM cdp.event WHERE event_id IN ('e', 'f');
EXECUTE refresh;
SELECT differences();
-- who may write but does not own is not warned
CREATE ROLE regress_writer;
GRANT ALL ON ALL TABLES IN SCHEMA cdp TO regress_writer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA cdp TO regress_writer;
SET ROLE regress_writer;
EXECUTE refresh;
RESET ROLE;
REVOKE ALL ON ALL TABLES IN SCHEMA cdp FROM regress_writer;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA cdp FROM regress_writer;
DROP ROLE regress_writer;
-- the same depth from stored timelines as from rows
SELECT sum(abs(t.depth - r.depth)) AS differences, count(*) AS people
  FROM (SELECT one_id, cdp.window_funnel(cdp.rollup(tl), ARRAY(SELECT code FROM unnest('{view,cart,pay}'::text[]) WITH ORDINALITY AS s (name, n)
                                                             JOIN cdp.event_type USING (name) ORDER BY n), '3 days') AS depth
          FROM cdp.person_timeline GROUP BY 1) AS t
  FULL JOIN (SELECT one_id, cdp.window_funnel('3 days', ts, name = 'view', name = 'cart', name = 'pay') AS depth
               FROM cdp.v_event WHERE one_id IS NOT NULL GROUP BY 1) AS r USING (one_id);
