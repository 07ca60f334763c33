-- Values and properties of events in stored timelines, after every kind of change.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT cdp.setup('UTC');
-- what timelines should hold, by the definition in words
CREATE FUNCTION expected() RETURNS TABLE (one_id int, ts timestamptz, name text, value int8, props text[]) LANGUAGE sql AS $$
    SELECT i.one_id, e.ts, e.name,
           CASE WHEN t.value_prop IS NOT NULL AND e.props ->> t.value_prop ~ '^[-+]?[0-9]{1,15}([.][0-9]*)?$'
                THEN round((e.props ->> t.value_prop)::numeric * 10::numeric ^ t.value_decimals)::int8 END,
           ARRAY(SELECT (SELECT CASE WHEN p.prop IS NULL THEN e.channel ELSE left(e.props ->> p.prop, 200) END
                           FROM cdp.event_property AS p WHERE p.slot = s)
                   FROM generate_series(1, 4) AS s)
      FROM cdp.event AS e JOIN cdp.identifier AS i ON i.id = e.identifier_id JOIN cdp.event_type AS t USING (name)
     WHERE i.one_id IS NOT NULL
$$;
CREATE FUNCTION stored() RETURNS TABLE (one_id int, ts timestamptz, name text, value int8, props text[]) LANGUAGE sql AS $$
    SELECT p.one_id, e.ts, t.name, e.value,
           ARRAY(SELECT (SELECT v.value FROM cdp.event_property_value AS v WHERE v.slot = s AND v.code = e.props[s])
                   FROM generate_series(1, 4) AS s)
      FROM cdp.person_timeline AS p CROSS JOIN LATERAL cdp.timeline_events(p.tl) AS e JOIN cdp.event_type AS t USING (code)
$$;
CREATE VIEW differences AS
SELECT (SELECT count(*) FROM (SELECT * FROM expected() EXCEPT ALL SELECT * FROM stored()) AS x)
     + (SELECT count(*) FROM (SELECT * FROM stored() EXCEPT ALL SELECT * FROM expected()) AS x) AS differences,
       (SELECT count(value) FROM stored()) AS "values", (SELECT count(*) FROM stored() WHERE props[1] <> '') AS channels,
       (SELECT count(*) FROM stored() WHERE props[2] <> '') AS devices;
CREATE VIEW findings AS SELECT severity, what, detail FROM cdp.check() WHERE area = 'report' AND severity <> 'ok';
PREPARE refresh AS SELECT people, months, events, waiting FROM cdp.timeline_refresh();
TABLE cdp.event_property;

INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
SELECT n, timestamp '2025-01-01' + n * interval '7 hours', (ARRAY['view', 'cart', 'pay'])[1 + n % 3], 'member_id', 'm' || n % 20,
       (ARRAY['app', 'wechat', NULL, ''])[1 + n % 4],
       jsonb_build_object('device', CASE WHEN n % 5 > 0 THEN 'd' || n % 5 END, 'amount', n / 8.0, 'price', '9' || repeat('9', n % 20))
  FROM generate_series(1, 500) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
EXECUTE refresh;
TABLE differences;
TABLE cdp.event_property_value ORDER BY 1, 2;
SELECT cdp.property_slot('channel'), cdp.property_code('channel', 'wechat'), cdp.property_code('channel', 'never seen'),
       cdp.property_value('channel', 2), cdp.property_value('channel', 3), cdp.property_value('channel', NULL);

-- a value and a property defined later are due where there are such events, and only there
SELECT cdp.event_value_set('pay', 'amount', 2);
TABLE findings;
EXECUTE refresh;
TABLE differences;
SELECT cdp.property_define('device');
EXECUTE refresh;
TABLE differences;
SELECT cdp.property_code('device', 'd3');
-- the same again changes nothing
SELECT cdp.event_value_set('pay', 'amount', 2), cdp.property_define('device');
EXECUTE refresh;
-- new events, new values, of a name that nothing was known of
SELECT cdp.event_value_set('refund', 'amount');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
SELECT 'n' || n, timestamp '2025-01-01' + n * interval '9 hours', (ARRAY['pay', 'refund'])[1 + n % 2], 'member_id', 'm' || n % 9,
       'store ' || n % 3, jsonb_build_object('device', repeat('long', 20 * (n % 4)), 'amount', -n)
  FROM generate_series(1, 40) AS n;
SELECT events_new FROM cdp.ingest();
-- waiting in the tail with what they say now; then it changes, and changes back
SELECT count(*), count(value), count(props[1]), count(props[2]) FROM cdp.timeline_tail;
SELECT cdp.event_value_set('refund', NULL);
EXECUTE refresh;
TABLE differences;
SELECT cdp.event_value_set('refund', 'amount', 1);
-- numbers only, and what fits
SELECT cdp.event_value_set('view', 'price');
EXECUTE refresh;
TABLE differences;
TABLE findings;
SELECT cdp.event_value_set('view', NULL);
EXECUTE refresh;
-- people who merge take their values and properties along
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 't', 'member_id', 'm' || n, 'device_id', 'd' || n / 2, '2025-01-01' FROM generate_series(1, 9) AS n;
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
TABLE differences;
-- two kinds of events change in one transaction, and one property becomes another
BEGIN;
SELECT cdp.event_value_set(name, 'amount', 3) FROM unnest('{view,cart}'::text[]) AS name;
SELECT cdp.property_define('device', 'price');
COMMIT;
EXECUTE refresh;
TABLE differences;
-- one that is dropped leaves the timelines at the next refresh, and its slot is free
SELECT cdp.property_drop('device');
SELECT count(*) FROM cdp.event_property_value WHERE slot = 2;
TABLE findings;
EXECUTE refresh;
TABLE differences;
SELECT cdp.property_define('amount'), cdp.property_define('price'), cdp.property_define('device');
EXECUTE refresh;
TABLE differences;
-- a dictionary that lost a value is found out
BEGIN;
DELETE FROM cdp.event_property_value WHERE slot = 1 AND value = 'wechat';
TABLE findings;
ROLLBACK;
-- what cannot be
SELECT cdp.property_define('fifth');
SELECT cdp.property_define('Channel');
SELECT cdp.property_define('value');
SELECT cdp.property_define(NULL);
SELECT cdp.property_slot('chanel');
SELECT cdp.property_code(NULL, 'x');
SELECT cdp.event_value_set('pay', 'amount', 4);
SELECT cdp.event_value_set(NULL, 'amount');
-- without any property
SELECT cdp.property_drop(name) FROM cdp.event_property ORDER BY slot;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel) VALUES ('last', '2025-01-02', 'pay', 'member_id', 'm1', 'app');
SELECT events_new FROM cdp.ingest();
SELECT props FROM cdp.timeline_tail;
EXECUTE refresh;
TABLE differences;
TABLE findings;
-- tables from before there were properties are brought up to date
DROP TABLE cdp.event_property, cdp.event_property_value;
SELECT cdp.setup();
TABLE cdp.event_property;
SELECT count(*) FROM cdp.event_property_value;
EXECUTE refresh;
TABLE differences;
TABLE findings;
DROP VIEW differences, findings;
DROP FUNCTION expected(), stored();
