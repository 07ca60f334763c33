-- The day rollup counts what the events say, after every kind of change, refreshed or not.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT cdp.setup('America/New_York');
-- 0 where the rollup, and what is read of it before a refresh, are what rows give
CREATE VIEW told AS
SELECT t.code, (e.ts AT TIME ZONE (SELECT value FROM cdp.meta WHERE key = 'time_zone'))::date AS day, i.one_id, coalesce(v.code, 0) AS channel, count(*) AS n
  FROM cdp.event AS e JOIN cdp.identifier AS i ON i.id = e.identifier_id JOIN cdp.event_type AS t USING (name)
  LEFT JOIN cdp.event_property_value AS v ON v.slot = 1 AND v.value = e.channel WHERE i.one_id IS NOT NULL GROUP BY 1, 2, 3, 4;
CREATE VIEW said AS SELECT code, day, one_id, sum(n)::int8 AS n FROM told GROUP BY 1, 2, 3;
CREATE FUNCTION differences(source text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT slot, CASE WHEN slot = 0 THEN 0 ELSE channel END AS value, c AS code, day, cdp.chunk_of(one_id) AS chunk, cdp.rb_build_agg(one_id) AS members, cdp.bsi_build_agg(one_id, n) AS times
                                             FROM told, unnest(ARRAY[0, code]) AS c, generate_series(0, 1) AS slot GROUP BY 1, 2, 3, 4, 5) AS s
                      FULL JOIN %s AS d USING (slot, value, code, day, chunk)
                     WHERE s.members IS NULL OR d.members IS NULL OR s.members OPERATOR(cdp.<>) d.members OR s.times OPERATOR(cdp.<>) d.times', source) INTO n;
    RETURN n;
END $$;
CREATE VIEW as_read AS SELECT slot, r.* FROM generate_series(0, 1) AS slot, cdp._event_day_rows(NULL, NULL, NULL, slot) AS r
    UNION ALL SELECT slot, r.* FROM generate_series(0, 1) AS slot, cdp._event_day_rows('{0}', NULL, NULL, slot) AS r;
PREPARE step AS SELECT differences('as_read') AS before;
PREPARE done AS SELECT events, waiting, differences('cdp.event_day_by') AS after, differences('as_read') AS read_after FROM cdp.timeline_refresh();
EXECUTE step;
EXECUTE done;
-- around both changes of the clock in New York, and at midnights of UTC and there
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel)
SELECT n, timestamptz '2025-03-07 00:00 UTC' + (n * 7919 % 6000) * interval '3 minutes' + CASE WHEN n % 2 = 0 THEN interval '238 days' ELSE '0' END,
       (ARRAY['view', 'view', 'cart', 'pay'])[1 + n % 4], 'member_id', 'm' || n * 31 % 61, (ARRAY['app', 'web', 'store'])[n % 5]
  FROM generate_series(1, 3000) AS n;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('a', '2025-03-09 04:59:59.999999+00', 'pay', 'member_id', 'm1'), ('b', '2025-03-09 05:00:00+00', 'pay', 'member_id', 'm1'),
    ('c', '2025-11-03 04:59:59.999999+00', 'pay', 'member_id', 'm1'), ('d', '2025-11-03 05:00:00+00', 'pay', 'member_id', 'm1'), ('e', '2025-04-01 00:00:00+00', 'pay', 'member_id', 'm1');
SELECT events_new FROM cdp.ingest();
EXECUTE step;
SELECT persons_new FROM cdp.id_resolve();
EXECUTE step;
EXECUTE done;
EXECUTE done;
-- late ones, new ones, the same ones again
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel)
SELECT n, timestamptz '2025-02-20 00:00 UTC' + n * interval '1 hour', 'refund', 'member_id', 'm' || n % 70, 'web' FROM generate_series(2990, 3200) AS n;
SELECT events_new, events_duplicate FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
EXECUTE step;
EXECUTE done;
-- people of another chunk, and merges into it and out of it
UPDATE cdp.counter SET last = (1 << 20) - 5 WHERE name = 'one_id';
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel)
SELECT 'x' || n, timestamptz '2025-03-08 00:00 UTC' + n * interval '4 hours', 'view', 'member_id', 'x' || n % 9, 'app' FROM generate_series(1, 60) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
EXECUTE done;
SELECT count(DISTINCT chunk) FROM cdp.event_day;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 't', 'member_id', 'm' || n, 'device_id', 'd' || n / 2, '2025-01-01' FROM generate_series(1, 12) AS n
UNION ALL SELECT 't', 'member_id', CASE WHEN n % 2 = 0 THEN 'x' || n ELSE 'm' || 20 + n END, 'device_id', 'y' || n / 2, '2025-01-01' FROM generate_series(0, 7) AS n;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('m', '2025-03-09 12:00+00', 'pay', 'member_id', 'm5');
SELECT links_new, events_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT count(*) AS retired FROM cdp.event_day, cdp.rb_iterate(members) AS one_id JOIN cdp.person USING (one_id) WHERE merged_into IS NOT NULL;
EXECUTE step;
EXECUTE done;
-- a shared identifier takes its events with it, and brings them back
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('s', '2025-02-03', 'view', 'device_id', 'd2');
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 't', 'member_id', 'm' || n, 'device_id', 'd2', '2025-01-01' FROM generate_series(30, 45) AS n;
SELECT links_new, events_new FROM cdp.ingest();
SELECT shared FROM cdp.id_resolve();
EXECUTE step;
EXECUTE done;
UPDATE cdp.identifier SET status = 'active' WHERE status = 'shared';
SELECT persons_new FROM cdp.id_resolve();
EXECUTE step;
EXECUTE done;
-- months built again are not counted twice
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('u', '2025-03-05', 'pay', 'member_id', 'm7');
SELECT events_new FROM cdp.ingest();
INSERT INTO cdp.timeline_due SELECT DISTINCT identifier_id, date '2025-03-01' FROM cdp.event WHERE name = 'pay';
EXECUTE step;
EXECUTE done;
-- months built again for new values only are read as they are, with what came since
SELECT cdp.event_value_set('pay', 'amount');
SELECT count(*) > 10 AS due, bool_or(counts) AS counts FROM cdp.timeline_due;
EXECUTE step;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('v', '2025-03-06', 'pay', 'member_id', 'm8');
SELECT events_new FROM cdp.ingest();
EXECUTE step;
EXECUTE done;
-- all of it built again
TRUNCATE cdp.timeline_month;
INSERT INTO cdp.timeline_due SELECT DISTINCT identifier_id, date_trunc('month', ts AT TIME ZONE 'UTC')::date FROM cdp.event;
EXECUTE step;
EXECUTE done;
-- days begin elsewhere
SELECT cdp.setting_set('time_zone', 'Asia/Shanghai');
EXECUTE step;
SELECT differences('cdp.event_day_by');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('w', '2025-03-05 23:00', 'pay', 'member_id', 'm7');
SELECT events_new FROM cdp.ingest();

CREATE VIEW days AS SELECT day, name, sum(n)::int8 AS events, count(*) AS people FROM said JOIN cdp.event_type USING (code) GROUP BY 1, 2;
-- answers, with what is not folded yet, are those of rows
SELECT count(*) AS differences FROM ((TABLE days EXCEPT SELECT * FROM cdp.day_report()) UNION ALL (SELECT * FROM cdp.day_report() EXCEPT TABLE days)) AS d;
SELECT * FROM cdp.day_report('{refund,pay}', '2025-03-05', '2025-03-08');
SELECT times_from, times_to, users, events FROM cdp.distribution_report('{refund}');
CREATE TABLE vip AS SELECT DISTINCT one_id FROM said WHERE one_id % 3 = 0;
SELECT cdp.audience_define('vip', sql => 'SELECT one_id FROM vip');
SELECT count(*) FROM cdp.audience_refresh('vip');
CREATE VIEW pays AS SELECT one_id, day, n FROM said JOIN cdp.event_type USING (code) WHERE name = 'pay';
SELECT count(*) AS differences FROM (SELECT one_id, sum(n)::int8 AS n FROM pays WHERE day >= '2025-03-08' AND day < '2025-03-12' GROUP BY 1) AS p
  FULL JOIN cdp.bsi_iterate(cdp.event_times('{pay}', '2025-03-08', '2025-03-12')) AS i ON (i.id, i.number) = (p.one_id, p.n) WHERE i.id IS NULL OR p.n IS NULL;
SELECT k, cdp.event_people('{pay}', '2025-03-08', '2025-03-12', k, k + 2) OPERATOR(cdp.=) coalesce((SELECT cdp.rb_build_agg(one_id) FROM (SELECT one_id FROM pays WHERE day >= '2025-03-08' AND day < '2025-03-12' GROUP BY 1 HAVING sum(n) BETWEEN k AND k + 2) AS p), '{}') AS same
  FROM generate_series(1, 4) AS k;
SELECT cdp.event_recent('{pay,cart}', 7, today => '2025-03-14') OPERATOR(cdp.=) (SELECT cdp.rb_build_agg(one_id) FROM said JOIN cdp.event_type USING (code) WHERE name IN ('pay', 'cart') AND day BETWEEN '2025-03-08' AND '2025-03-14') AS same,
       cdp.event_recent('{pay,cart}', 7, 3, today => '2025-03-14') OPERATOR(cdp.=) (SELECT cdp.rb_build_agg(one_id) FROM (SELECT one_id FROM said JOIN cdp.event_type USING (code) WHERE name IN ('pay', 'cart') AND day BETWEEN '2025-03-08' AND '2025-03-14' GROUP BY 1 HAVING sum(n) >= 3) AS p) AS same_three,
       cdp.event_recent('{pay}') OPERATOR(cdp.=) '{}' AS nobody;
SELECT count(*) AS differences FROM cdp.distribution_report('{pay}', '{1,3,10}', audience => 'audience:vip') AS d
  FULL JOIN (SELECT CASE WHEN n >= 10 THEN 10 WHEN n >= 3 THEN 3 ELSE 1 END AS times_from, count(*) AS users, sum(n) AS events FROM (SELECT one_id, sum(n) AS n FROM pays JOIN vip USING (one_id) GROUP BY 1) AS p GROUP BY 1) AS p USING (times_from, users, events)
 WHERE d.users IS NULL OR p.events IS NULL AND d.users > 0;
-- retention by days, where nobody comes back on the day of the start before it
SELECT count(*) AS rows, sum(r.users) > 50 AS many, count(*) FILTER (WHERE r.users IS DISTINCT FROM s.users OR r.size <> s.size) AS differences
  FROM cdp.retention_day_report('view', 'pay', 'week', 3) AS r
 CROSS JOIN LATERAL (SELECT count(*) AS size, count(*) FILTER (WHERE EXISTS (SELECT FROM pays WHERE pays.one_id = b.one_id AND date_trunc('week', pays.day::timestamp) = r.cohort + 7 * r.period AND pays.day >= b.day)) AS users
                       FROM (SELECT one_id, min(day) AS day FROM said JOIN cdp.event_type USING (code) WHERE name = 'view' GROUP BY 1) AS b
                      WHERE date_trunc('week', b.day::timestamp) = r.cohort) AS s;
SELECT cohort, period, size, users, complete FROM cdp.retention_day_report('view', 'pay', kind => 'bracket', brackets => '{0,1,4}') ORDER BY 1, 2 LIMIT 4;
SELECT count(*) AS rows, count(*) FILTER (WHERE l.new_users <> s.new OR l.returning_users + l.resurrecting_users <> s.again) AS differences FROM cdp.lifecycle_report('{pay}', 'day', '2025-03-08') AS l
 CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE p.day = f.day) AS new, count(*) FILTER (WHERE p.day > f.day) AS again FROM pays AS p JOIN (SELECT one_id, min(day) AS day FROM pays GROUP BY 1) AS f USING (one_id) WHERE p.day = l.period) AS s;
-- who stays away shows also in the days on which nobody came, up to the day of the latest event or before "to"
SELECT max(day) - (SELECT max(period) FROM cdp.lifecycle_report('{refund}', 'day')) AS behind, (SELECT max(day) FROM days WHERE name = 'refund') < max(day) AS nobody FROM days;
SELECT l.period - d.day AS nth, l.new_users, l.dormant_users, l.complete
  FROM (SELECT min(day) AS day FROM days WHERE name = 'refund') AS d, cdp.lifecycle_report('{refund}', 'day', NULL, d.day + 3) AS l ORDER BY 1;
SELECT count(*) AS differences FROM cdp.stickiness_report(NULL, 'all', '2025-03-08', '2025-03-15', 'audience:vip') AS s
  FULL JOIN (SELECT days, count(*) AS users FROM (SELECT one_id, count(DISTINCT day)::int4 AS days FROM said JOIN vip USING (one_id) WHERE day >= '2025-03-08' AND day < '2025-03-15' GROUP BY 1) AS p GROUP BY 1) AS p USING (days, users) WHERE s.days IS NULL AND s.users > 0 OR p.users IS NULL AND s.users > 0;
-- days by a property, with and without an audience: from the rollup as from timelines, which answer where a day is cut
CREATE VIEW by_channel AS SELECT code, day, (SELECT value FROM cdp.event_property_value AS v WHERE v.slot = 1 AND v.code = channel) AS channel, one_id, n FROM told;
PREPARE by_days (text) AS
SELECT count(*) AS rows, count(*) FILTER (WHERE r.events IS DISTINCT FROM s.events OR r.people IS DISTINCT FROM s.people) AS differences
  FROM cdp.daily_report(by => 'channel', "from" => '2025-03-08 00:00 Asia/Shanghai', "to" => '2025-03-12 00:00 Asia/Shanghai', audience => $1) AS r
  FULL JOIN (SELECT day, coalesce(channel, '(none)') AS by_value, sum(n)::int8 AS events, count(DISTINCT one_id) AS people FROM by_channel
              WHERE day >= '2025-03-08' AND day < '2025-03-12' AND ($1 IS NULL OR one_id IN (TABLE vip)) GROUP BY 1, 2) AS s USING (day, by_value);
EXECUTE by_days(NULL);
EXECUTE by_days('audience:vip');
SELECT cdp.property_by_day('channel', false);
SELECT count(*) FROM cdp.event_day_by WHERE slot > 0;
EXECUTE by_days('audience:vip');
SELECT cdp.property_by_day('channel');
SELECT differences('as_read'), cdp._day_begun('2025-03-08 00:00 Asia/Shanghai', 'Asia/Shanghai'), cdp._day_begun('2025-03-08 00:00:00.000001 Asia/Shanghai', 'Asia/Shanghai'), cdp._day_begun('infinity', 'UTC');
SELECT count(*) FILTER (WHERE a.events = b.events AND a.people <= b.people) = count(*) AS several_events, count(*) > 20 AS many
  FROM cdp.daily_report('{pay,cart}', 'channel') AS a JOIN (SELECT day, by_value, sum(events)::int8 AS events, sum(people) AS people
  FROM (SELECT * FROM cdp.daily_report('{pay}', 'channel') UNION ALL SELECT * FROM cdp.daily_report('{cart}', 'channel')) AS c GROUP BY 1, 2) AS b USING (day, by_value);
-- two properties by day; one is dropped and another takes its place before the refresh
SELECT cdp.property_define('shop'), cdp.property_by_day('shop');
UPDATE cdp.event SET props = jsonb_build_object('shop', 's' || length(event_id), 'city', 'c' || length(event_id) % 2) WHERE name = 'pay';
SELECT cdp.property_drop('shop'), cdp.property_define('shop'), cdp.property_by_day('shop');
PREPARE by_shop AS SELECT by_value, sum(events) AS events, max(people) AS people FROM cdp.daily_report('{pay}', 'shop') GROUP BY 1 ORDER BY 1;
EXECUTE by_shop;
SELECT waiting FROM cdp.timeline_refresh();
EXECUTE by_shop;
SELECT cdp.property_drop('shop'), cdp.property_define('city'), cdp.property_by_day('city');
SELECT by_value, sum(events) AS events FROM cdp.daily_report('{pay}', 'city') GROUP BY 1 ORDER BY 1;
SELECT waiting FROM cdp.timeline_refresh();
SELECT by_value, sum(events) AS events FROM cdp.daily_report('{pay}', 'city') GROUP BY 1 ORDER BY 1;
SELECT differences('(SELECT * FROM cdp.event_day_by WHERE slot < 2)'), count(*) FILTER (WHERE a.times OPERATOR(cdp.<>) b.times) AS others
  FROM (SELECT code, day, chunk, cdp.bsi_agg(times) AS times FROM cdp.event_day_by WHERE slot = 2 GROUP BY 1, 2, 3) AS a
  FULL JOIN cdp.event_day AS b USING (code, day, chunk);
SELECT cdp.property_drop('city');
SELECT count(*) FROM cdp.event_day_by WHERE slot = 2;
SELECT count(*) FROM cdp.timeline_refresh();
SELECT cdp.property_by_day('chanel');
SELECT cdp.property_by_day('channel', NULL);
-- days of every zone are those that the server gives
SELECT count(*) AS differences FROM generate_series(timestamptz '2011-12-25 00:00+00', '2012-12-31', '7 hours 13 minutes 1.000001 seconds') AS ts, unnest('{UTC,America/New_York,Asia/Shanghai,Pacific/Apia,Asia/Kathmandu,America/Sao_Paulo,Pacific/Chatham}'::text[]) AS zone
 WHERE cdp.day_of(ts, zone) IS DISTINCT FROM (ts AT TIME ZONE zone)::date;
SELECT cdp.day_of(ts, 'Asia/Tokyo'), (ts AT TIME ZONE 'Asia/Tokyo')::date FROM unnest('{infinity,-infinity,0001-01-01 00:00 BC,1969-12-31 15:00+00,9999-12-31 23:59:59+00,NULL}'::timestamptz[]) AS ts;
SELECT cdp.day_of('epoch', 'Mars');
-- what cannot be asked
SELECT cdp.event_times('{pya}');
SELECT cdp.event_people('{pay}', at_least => 0);
SELECT cdp.event_recent('{pay}', 0);
SELECT * FROM cdp.day_report("from" => '2025-03-08', "to" => '2025-03-08');
-- who looks after it
CREATE VIEW findings AS SELECT severity, what, detail FROM cdp.check() WHERE area = 'report' AND what ~ 'event_day';
TABLE findings;
SELECT count(*) FROM cdp.timeline_refresh();
UPDATE cdp.event_day SET times = cdp.bsi_add(times, times) WHERE day = '2025-03-08';
TABLE findings;
SELECT cdp.event_day_rebuild();
UPDATE cdp.event_day_by SET times = cdp.bsi_add(times, times) WHERE day = '2025-03-08' AND slot = 1;
TABLE findings;
SELECT cdp.event_day_rebuild();
TABLE findings;
SELECT differences('cdp.event_day_by');
-- however few events are counted at a time, and where days are not those of a month of UTC
DELETE FROM cdp.event_day_by;
SELECT cdp._event_day_build(s.slot, 1) FROM (SELECT 0 UNION SELECT p.slot FROM cdp.event_property AS p WHERE p.by_day) AS s (slot);
SELECT differences('cdp.event_day_by');
SELECT cdp.rb_cardinality(cdp.event_recent('{view}', 2147483647, today => '2026-01-01')) = cdp.rb_cardinality(cdp.event_people('{view}')) AS always;
SELECT cdp.event_recent('{view}', 7, today => 'infinity');
SELECT cdp.rb_cardinality(cdp.event_recent('{view}', 2147483647, today => '5874897-12-31')) AS at_the_end,
       cdp.rb_cardinality(cdp.event_recent('{view}', 2147483647, today => '5874897-12-30')) AS before_it;
DROP FUNCTION differences;
DROP VIEW findings, by_channel, as_read, pays, days, said, told;
SELECT cdp.teardown(true) > 0 AS gone, to_regclass('cdp.event_day') IS NULL AS gone_too;
DROP TABLE vip;
-- notes of days: what is null is not noted, nor what was taken off as often as it was done; other timelines are no notes
SELECT d.slot, r.value, r.code, r.day, r.chunk, (SELECT string_agg(i.id || ': ' || i.number, ', ' ORDER BY i.id) FROM cdp.bsi_iterate(r.times) AS i) AS people
  FROM (SELECT n.slot, cdp._event_days_agg(n.one_id, t.tl, n.times, n.slot, 'America/New_York', NULL, NULL) AS notes
          FROM (VALUES (5, 1, 1), (5, 1, 1), (-6, 1, 1), (6, 1, 0), (8, 1, 1), (8, -1, 1), (NULL, 1, 1), (9, NULL, 1), (9, 1, NULL)) AS n (one_id, times, slot)
         CROSS JOIN (SELECT cdp.timeline_agg('2025-03-09 04:30+00', 7, NULL, '{3}') AS tl) AS t GROUP BY n.slot) AS d CROSS JOIN LATERAL cdp._event_days_read(d.notes) AS r ORDER BY 1, 2, 3, 4, 5;
SELECT cdp._event_days_agg(1, t.tl, 1, 5, 'UTC', NULL, NULL) FROM (SELECT cdp.timeline_agg('2025-03-09', 7) AS tl) AS t;
SELECT cdp._event_days_agg(1, t.tl, 1, 1, 'Nowhere', NULL, NULL) FROM (SELECT cdp.timeline_agg('2025-03-09', 7) AS tl) AS t;
SELECT r.* FROM cdp._event_days_read((SELECT cdp.timelines_build(1, '2025-03-09', 7))) AS r;
SELECT r.* FROM cdp._event_days_read((SELECT cdp.timelines_build(1, '2000-01-01', 7, 1, '{1,1}'::int4[]))) AS r;
SELECT cdp._event_days_trans(NULL, 1, cdp.timeline_agg('2025-03-09', 7), 1, 0, 'UTC', NULL, NULL);
