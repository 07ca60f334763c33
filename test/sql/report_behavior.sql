-- Reports over timelines as of now: right, and the same before, between and after refreshes.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT cdp.setup('Asia/Shanghai');
SELECT cdp.event_value_set('pay', 'amount', 2), cdp.property_define('device');
CREATE FUNCTION load(first int, last int) RETURNS int8 LANGUAGE sql AS $$
    INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
    SELECT n, timestamptz '2025-01-20 UTC' + abs(hashint4(n)) % 600 * interval '2 hours' + n * interval '1 second',
           (ARRAY['ad', 'view', 'view', 'cart', 'pay'])[1 + abs(hashint4(n + 1)) % 5], 'member_id', 'm' || abs(hashint4(n + 2)) % 40,
           (ARRAY['app', 'web', 'store', NULL])[1 + abs(hashint4(n + 3)) % 4],
           jsonb_build_object('device', 'd' || abs(hashint4(n + 4)) % 3, 'amount', abs(hashint4(n + 5)) % 10000 / 100.0)
      FROM generate_series(first, last) AS n;
    SELECT events_new FROM cdp.ingest();
$$;
-- every report, as one line each
CREATE VIEW said AS
SELECT 'funnel' AS what, string_agg(format('%s %s %s', by_value, step, users), ', ' ORDER BY by_value, step) AS answer
  FROM cdp.funnel_report('{view,cart,pay}', '3 days', 'channel', '2025-02-01 UTC', '2025-03-01 UTC')
UNION ALL SELECT 'whole funnel', string_agg(users::text, ' ' ORDER BY step) FROM cdp.funnel_report('{view,cart,pay}', '3 days', mode => 'strict_order')
UNION ALL SELECT 'days', md5(string_agg(format('%s %s %s %s', day, by_value, events, people), ', ' ORDER BY day, by_value)) FROM cdp.daily_report()
UNION ALL SELECT 'days of some', string_agg(format('%s %s %s %s', day, by_value, events, people), ', ' ORDER BY day, by_value)
            FROM cdp.daily_report('{pay,cart}', 'channel', '2025-02-10 UTC', '2025-02-12 UTC')
UNION ALL SELECT 'paths', string_agg(format('%s %s %s', path, n, round(share::numeric, 4)), ', ' ORDER BY place) FROM cdp.path_report(2, '1 day', 'ad', top => 3)
UNION ALL SELECT 'attribution', string_agg(format('%s %s %s %s', touch, touched, n, credit), ', ' ORDER BY touched, touch)
            FROM cdp.attribution_report('{pay}', '{ad,view}', '2 days', 'linear', 'channel', "from" => '2025-02-10 UTC', "to" => '2025-02-20 UTC')
UNION ALL SELECT 'of some', string_agg(format('%s %s', touch, credit), ', ' ORDER BY touch)
            FROM cdp.attribution_report('{pay}', '{ad,view}', '2 days', audience => 'tag:payer')
UNION ALL SELECT 'people', count(*) || ' ' || sum(cdp.timeline_count(tl)) || ' ' || sum(cdp.timeline_sum(tl)) FROM cdp.person_timelines("from" => '2025-01-25 UTC', "to" => '2025-02-25 UTC');
-- the same from the events themselves
CREATE VIEW person AS
SELECT e.one_id, e.ts, e.name, t.code, cdp._event_value(CASE WHEN e.name = 'pay' THEN e.props END, 'amount', 2) AS value, v.code AS channel
  FROM cdp.v_event AS e JOIN cdp.event_type AS t USING (name) LEFT JOIN cdp.event_property_value AS v ON v.slot = 1 AND v.value = e.channel
 WHERE e.one_id IS NOT NULL;
CREATE VIEW right_ AS
SELECT 'days' AS what, md5(string_agg(format('%s %s %s %s', day, name, n, people), ', ' ORDER BY day, name)) AS answer
  FROM (SELECT (ts AT TIME ZONE 'Asia/Shanghai')::date AS day, name, count(*) AS n, count(DISTINCT one_id) AS people FROM person GROUP BY 1, 2) AS d
UNION ALL SELECT 'paths', string_agg(format('%s %s %s', path, n, round(n / "all", 4)), ', ' ORDER BY n DESC, codes)
            FROM (SELECT codes, ARRAY(SELECT t.name FROM unnest(codes) WITH ORDINALITY AS c (code, nth) JOIN cdp.event_type AS t USING (code) ORDER BY nth) AS path, count(*) AS n, sum(count(*)) OVER () AS "all",
                         row_number() OVER (ORDER BY count(*) DESC, codes) AS place
                    FROM (SELECT cdp.timeline_agg(ts, code) AS tl FROM person GROUP BY one_id) AS p,
                         cdp.timeline_paths(p.tl, '1 day', 2, start_code => (SELECT code FROM cdp.event_type WHERE name = 'ad')) AS codes GROUP BY codes) AS q WHERE place <= 3
UNION ALL SELECT 'attribution', string_agg(format('%s %s %s %s', touch, touched, n, credit), ', ' ORDER BY touched, touch)
            FROM (SELECT CASE WHEN a.touched IS NOT NULL THEN coalesce(v.value, '(none)') END AS touch, a.touched IS NOT NULL AS touched, count(*) AS n, round(sum(a.credit) / 100::numeric, 2) AS credit
                    FROM (SELECT cdp.timeline_agg(ts, code, value, ARRAY[channel]) AS tl FROM person GROUP BY one_id) AS p,
                         cdp.timeline_attribution(p.tl, ARRAY(SELECT code FROM cdp.event_type WHERE name = 'pay'), ARRAY(SELECT code FROM cdp.event_type WHERE name IN ('ad', 'view')),
                                                  '2 days', 'linear', 1) AS a
                    LEFT JOIN cdp.event_property_value AS v ON v.slot = 1 AND v.code = a.touch
                   WHERE a.converted >= '2025-02-10 UTC' AND a.converted < '2025-02-20 UTC' GROUP BY 1, 2) AS q
UNION ALL SELECT 'people', count(*) || ' ' || sum(cdp.timeline_count(tl)) || ' ' || sum(cdp.timeline_sum(tl))
            FROM (SELECT cdp.timeline_agg(ts, code, value) AS tl FROM person WHERE ts >= '2025-01-25 UTC' AND ts < '2025-02-25 UTC' GROUP BY one_id) AS p;
CREATE VIEW wrong AS SELECT s.* FROM right_ AS r JOIN said AS s USING (what) WHERE s.answer IS DISTINCT FROM r.answer;
CREATE TABLE kept AS TABLE said WITH NO DATA;

SELECT load(1, 1500);
SELECT persons_new FROM cdp.id_resolve();
SELECT cdp.tag_define('payer', $$SELECT one_id FROM cdp.v_event WHERE name = 'pay' AND one_id IS NOT NULL GROUP BY 1 HAVING count(*) > 4$$);
SELECT people FROM cdp.tag_refresh('payer');
-- nothing was refreshed: all of it waits
SELECT count(*) FROM cdp.person_timeline;
TABLE wrong;
INSERT INTO kept TABLE said;
SELECT * FROM kept ORDER BY what;
SELECT people, events, waiting FROM cdp.timeline_refresh();
TABLE wrong;
SELECT count(*) AS differ FROM kept FULL JOIN said USING (what) WHERE kept.answer IS DISTINCT FROM said.answer;
-- half stored, half waiting, and some of it due
SELECT load(1501, 2500);
INSERT INTO cdp.timeline_due SELECT DISTINCT identifier_id, date '2025-02-01' FROM cdp.event WHERE identifier_id % 3 = 0;
SET max_parallel_workers_per_gather = 0;
TABLE wrong;
TRUNCATE kept;
INSERT INTO kept TABLE said;
-- the same where others are read apart from those whose events wait, by several processes
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT cdp._waiting_apart();
TABLE wrong;
SELECT count(*) AS differ FROM kept FULL JOIN said USING (what) WHERE kept.answer IS DISTINCT FROM said.answer;
SELECT people, waiting FROM cdp.timeline_refresh();
TABLE wrong;
SELECT count(*) AS differ FROM kept FULL JOIN said USING (what) WHERE kept.answer IS DISTINCT FROM said.answer;
-- what changes meaning is right at once, before anything is rebuilt
SELECT cdp.property_drop('device');
SELECT DISTINCT by_value FROM cdp.daily_report(by => 'channel') ORDER BY 1;
SELECT cdp.property_define('amount'), cdp.event_value_set('pay', NULL);
SELECT count(DISTINCT by_value) > 100 AS amounts FROM cdp.daily_report('{pay}', 'amount');
SELECT sum(credit) FROM cdp.attribution_report('{pay}', '{ad}');
SELECT cdp.event_value_set('pay', 'amount', 2), cdp.property_drop('amount');
TABLE wrong;
-- people who are merged meanwhile are one
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 't', 'member_id', 'm' || n, 'member_id', 'm' || n + 10, '2025-01-01' FROM generate_series(1, 9) AS n;
SELECT load(2501, 2600);
SELECT merges FROM cdp.id_resolve();
TABLE wrong;
-- a device turns out to be shared: what was done on it is nobody's from then on
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES ('t', 'member_id', 'm20', 'device_id', 'shared', '2025-01-01');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, props)
SELECT 'd' || n, timestamptz '2025-02-10' + n * interval '1 hour', 'pay', 'device_id', 'shared', '{"amount": 77}' FROM generate_series(1, 9) AS n;
SELECT events_new FROM cdp.ingest();
SELECT identifiers_new FROM cdp.id_resolve();
TABLE wrong;
SELECT people > 0 AS refreshed, waiting FROM cdp.timeline_refresh();
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 't', 'member_id', 'm' || n, 'device_id', 'shared', '2025-01-02' FROM generate_series(30, 36) AS n;
SELECT links_new FROM cdp.ingest();
SELECT shared FROM cdp.id_resolve();
SELECT count(*) > 0 AS due FROM cdp.timeline_due;
TABLE wrong;
SELECT people > 0 AS refreshed, waiting FROM cdp.timeline_refresh();
TABLE wrong;
-- steps with alternatives and conditions: what each is by the events themselves
SELECT f.step, f.name, f.users, f.users = (SELECT count(*) FROM (
        SELECT one_id, cdp.window_funnel('5 days', ts, name IN ('ad', 'view'), name = 'pay' AND value >= 3000, name = 'cart' AND channel IN (1, 3)) AS depth
          FROM person GROUP BY one_id) AS p WHERE p.depth >= f.step) AS right_
  FROM cdp.funnel_report('{ad|view,"pay[value >= 3000]","cart[channel in (app, web)]"}', '5 days') AS f;
TABLE cdp.event_property_value ORDER BY slot, code;
SELECT step, users FROM cdp.funnel_report('{ad,"pay[value >= 3000]"}', '5 days', by => 'channel') ORDER BY by_value, step;
SELECT * FROM cdp.funnel_report('{ad|view,pay}', by => 'channel');
SELECT * FROM cdp.funnel_report('{ad|viev,pay}');
SELECT * FROM cdp.funnel_report('{ad,"pay[valeu > 1]"}');
SELECT * FROM cdp.funnel_report('{ad,"pay[value >]"}');
-- ordinary plans are parallel, and one month needs no grouping
SELECT people > 0 AS refreshed, waiting FROM cdp.timeline_refresh();
SET enable_bitmapscan = off;
SET enable_indexscan = off;
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query USING NULL::cdp.roaringbitmap, timestamptz '2025-02-01 UTC', timestamptz '2025-03-01 UTC';
END $$;
SELECT plan(format('SELECT cdp.daily_agg(p.page, NULL, 0, ''UTC'') FROM (%s) AS p', cdp._person_pages_sql('2025-02-01 UTC', '2025-03-01 UTC', false)));
TABLE wrong;
-- so they are while some have events that wait, or a month that is due
SELECT load(2601, 2605);
INSERT INTO cdp.timeline_due SELECT DISTINCT identifier_id, date '2025-02-01' FROM cdp.event WHERE identifier_id % 11 = 0;
SELECT cdp.rb_cardinality(cdp._people_waiting()) BETWEEN 5 AND 20 AS some;
SELECT plan(format('SELECT cdp.daily_agg(p.page, NULL, 0, ''UTC'') FROM (%s) AS p', cdp._person_pages_sql('2025-02-01 UTC', '2025-03-01 UTC', false)));
TABLE wrong;
TRUNCATE kept;
INSERT INTO kept TABLE said;
SET max_parallel_workers_per_gather = 0;
SELECT count(*) AS differ FROM kept FULL JOIN said USING (what) WHERE kept.answer IS DISTINCT FROM said.answer;
RESET max_parallel_workers_per_gather;
RESET enable_bitmapscan;
RESET enable_indexscan;
-- a period may reach as far as time does, and where there is nothing
SET TimeZone = 'UTC';
SELECT b."from", b."to", (SELECT sum(events) FROM cdp.daily_report("from" => b."from", "to" => b."to")) AS days,
       (SELECT sum(events) FROM cdp.daily_report('{pay}', 'channel', b."from", b."to")) AS channels,
       (SELECT sum(n) FROM cdp.path_report(1, "from" => b."from", "to" => b."to")) AS paths,
       (SELECT sum(n) FROM cdp.attribution_report('{pay}', '{ad}', "from" => b."from", "to" => b."to")) AS conversions,
       (SELECT string_agg(users::text, ' ' ORDER BY step) FROM cdp.funnel_report('{view,pay}', "from" => b."from", "to" => b."to")) AS funnel,
       (SELECT sum(users) FROM cdp.retention_report('view', 'pay', 'month', 1, b."from", b."to")) AS retained
  FROM (VALUES (NULL::timestamptz, NULL::timestamptz), ('-infinity', 'infinity'), ('4714-11-24 00:00+00 BC', '294276-12-31 23:59:59.999999+00'), ('-infinity', '2025-02-10 UTC'),
               ('4714-11-24 00:00+00 BC', '2025-02-10 UTC'), ('2025-02-10 UTC', 'infinity'), ('2025-02-10 UTC', '294276-12-31 23:59:59.999999+00'), ('infinity', NULL), (NULL, '-infinity'),
               (NULL, '4714-11-24 00:00+00 BC'), ('294276-12-31 23:59:59.999999+00', NULL)) AS b ("from", "to");
SELECT sum(n) FROM cdp.attribution_report('{pay}', '{ad}', '100000000 days', "from" => '2025-02-10 UTC');
RESET TimeZone;
SELECT count(*) FROM cdp.attribution_report('{pay}', '{ad}', '-1 day', "from" => '4714-11-24 00:00+00 BC');
-- what cannot be
SELECT * FROM cdp.daily_report('{vew}');
SELECT * FROM cdp.daily_report(by => 'chanel');
SELECT * FROM cdp.path_report(0);
SELECT * FROM cdp.path_report(top => -1);
SELECT * FROM cdp.path_report(start_event => 'vew');
SELECT * FROM cdp.attribution_report(NULL, '{ad}');
SELECT * FROM cdp.attribution_report('{pay,cart}', '{ad}');
SELECT * FROM cdp.attribution_report('{pay}', '{ad}', model => 'best');
SELECT * FROM cdp.person_timelines("from" => '2025-02-01', "to" => '2025-02-01');
SELECT * FROM cdp.person_timelines('tag:nobody');
-- nobody in the period
SELECT * FROM cdp.daily_report("from" => '2030-01-01');
SELECT * FROM cdp.path_report("from" => '2030-01-01');
SELECT * FROM cdp.attribution_report('{pay}', '{ad}', "from" => '2030-01-01');
DROP VIEW wrong, right_, said, person;
DROP TABLE kept;
DROP FUNCTION load(int, int), plan(text);
