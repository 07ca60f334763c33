-- Funnels with rules over stored timelines.
SET timezone = 'UTC';
-- an event a minute: codes as given
CREATE FUNCTION tl(VARIADIC codes int[]) RETURNS cdp.timeline LANGUAGE sql IMMUTABLE AS $$
SELECT cdp.timeline_agg('2024-01-01'::timestamptz + (i - 1) * interval '1 minute', c) FROM unnest(codes) WITH ORDINALITY u(c, i)
$$;
CREATE FUNCTION minutes(chain timestamptz[]) RETURNS int[] LANGUAGE sql IMMUTABLE AS $$
SELECT coalesce(array_agg((extract(epoch FROM t - '2024-01-01'::timestamptz) / 60)::int ORDER BY i), '{}') FROM unnest(chain) WITH ORDINALITY u(t, i)
$$;

-- steps as text: as an array, with alternatives, with conditions
SELECT cdp.window_funnel(tl(1, 2, 9, 3), '{1,2,3}', '1 hour') AS like_an_array, cdp.window_funnel(tl(1, 2, 9, 3), '1, 9|8, 3', '1 hour') AS alternatives,
       cdp.window_funnel(tl(1, 2, 9, 3), '1, 2, 3', '1 hour', 'strict_order') AS strict, cdp.window_funnel(tl(1, 2, 9, 3), '1, 2|9, 3', '1 hour', 'strict_order') AS nothing_foreign;
CREATE TABLE shop AS
    SELECT cdp.timeline_agg(v.ts, v.code, v.value, v.props) AS tl
      FROM (VALUES (timestamptz '2024-01-01 10:00', 1, NULL::int8, '{1,7}'::int[]), ('2024-01-01 10:05', 2, 50, '{1,8}'), ('2024-01-01 10:10', 2, 150, '{2,8}'),
                   ('2024-01-01 10:15', 3, 99, NULL), ('2024-01-01 10:20', 3, 100, '{2}')) v(ts, code, value, props);
SELECT steps, cdp.window_funnel(tl, steps, '1 hour') AS depth, cdp.funnel_chain(tl, steps, '1 hour') AS chain
  FROM shop, unnest(ARRAY['1, 2[value >= 100], 3', '1, 2, 3[value >= 100]', '1, 2[p1 = 2 and value > 100], 3[p1 is null]', '1[value is not null]',
                          '1, 2[value > 1000 or p2 in (8, 9)], 3[p1 <> 2]', '1[p2 not in (8)], 2[(p1 = 1 or p1 = 2) and p2 <> 9], 3[value != 99]', '2[p3 = 1]']) AS steps;

-- where a chain may begin: A 13:00, A 13:30, B 13:45, C 14:15
WITH t AS (SELECT cdp.timeline_agg(ts, code) AS tl FROM (VALUES (timestamptz '2024-01-01 13:00', 1), ('2024-01-01 13:30', 1), ('2024-01-01 13:45', 2), ('2024-01-01 14:15', 3)) v(ts, code))
SELECT entry, cdp.window_funnel(tl, '1,2,3', '1 hour', entry => entry) AS depth FROM t, unnest('{latest,first,every}'::text[]) entry;
SELECT a.attempt, a.depth, minutes(a.chain) FROM cdp.funnel_attempts(tl(1, 2, 1, 1, 2, 3, 3, 1, 2), '1,2,3', '3 min') AS a;
SELECT a.attempt, a.depth, minutes(a.chain) FROM cdp.funnel_attempts(tl(1, 2, 1, 1, 2, 3, 3, 1, 2), '1,2,3', '3 min', entry => 'latest') AS a;
-- windows from step to step: the second 2 is the one that leads on
SELECT minutes(cdp.funnel_chain(tl(1, 2, 0, 0, 2, 3), '1,2,3', '1 hour', step_windows => '{NULL,2 min}')) AS limited, minutes(cdp.funnel_chain(tl(1, 2, 0, 0, 2, 3), '1,2,3', '1 hour')) AS free;
-- events that end an attempt
SELECT cdp.window_funnel(tl(1, 2, 9, 3), '1,2,3', '1 hour', exclude => '9') AS anywhere, cdp.window_funnel(tl(1, 2, 9, 3), '1,2,3', '1 hour', exclude => '9 between 1 and 2') AS earlier,
       cdp.window_funnel(tl(1, 9, 1, 2, 3), '1,2,3', '1 hour', exclude => '9') AS begun_anew, cdp.window_funnel(tl(1, 9, 1, 2, 3), '1,2,3', '1 hour', entry => 'first', exclude => '9') AS first_only,
       cdp.window_funnel(tl(1, 9, 2), '1,2', '1 hour', exclude => '8|9[value > 0]') AS condition;
-- a property that all steps share, as if each of its values had a timeline of its own
WITH t AS (SELECT cdp.timeline_agg('2024-01-01'::timestamptz + i * interval '1 minute', code, NULL, ARRAY[item]) AS tl
             FROM (VALUES (1, 1, 5), (2, 1, 6), (3, 2, 5), (4, 9, 6), (5, 2, 6), (6, 3, 6), (7, 3, NULL)) v(i, code, item))
SELECT cdp.window_funnel(tl, '1,2,3', '1 hour') AS any_item, minutes(cdp.funnel_chain(tl, '1,2,3', '1 hour', hold => 1)) AS same_item,
       minutes(cdp.funnel_chain(tl, '1,2,3', '1 hour', hold => 1, exclude => '9')) AS not_removed, minutes(cdp.funnel_chain(tl, '1,2,3', '1 hour', 'strict_order', hold => 1)) AS strict,
       cdp.window_funnel(tl, '1,2,3', '1 hour', hold => 2) AS no_such_property FROM t;
SELECT a.* FROM cdp.funnel_attempts((SELECT cdp.timeline_agg(timestamptz '2024-01-01 10:00', 1, NULL, ARRAY[i]) FROM generate_series(1, 2) i), '1', '0', hold => 1) AS a;
-- a funnel by a property of a step of its winning chain
SELECT steps, cdp.funnel_property(tl, 1, steps, '1 hour') AS first, cdp.funnel_property(tl, 2, steps, '1 hour', step => 2) AS second, cdp.funnel_property(tl, 1, steps, '1 hour', step => 3) AS third
  FROM shop, unnest('{"1, 2, 3","1, 2[value > 100], 3[value = 100]","1, 3, 1","9, 9, 9"}'::text[]) AS steps;
-- days, weeks and months of a calendar; clocks of Berlin go forward on 2024-03-31
WITH t AS (SELECT cdp.timeline_agg(ts, code) AS tl FROM (VALUES (timestamptz '2024-03-30 22:30+00', 1), ('2024-03-30 23:30+00', 2), ('2024-03-31 22:00+00', 3)) v(ts, code))
SELECT tz, w, c, cdp.window_funnel(tl, '1,2,3', w, calendar => c, tz => tz) AS depth
  FROM t, (VALUES ('UTC', interval '1 day', 'day'), ('UTC', '2 days', 'day'), ('Europe/Berlin', '1 day', 'day'), ('Europe/Berlin', '2 days', 'day'), ('Europe/Berlin', '3 days', 'day'),
                  ('UTC', '1 week', 'week'), ('Europe/Berlin', '1 week', 'week'), ('UTC', '1 month', 'month'), ('Europe/Berlin', '1 month', 'month'), ('Europe/Berlin', '1 year', 'month')) v(tz, w, c);

-- whole answers; the same parallel and serial, and as rows of levels and chains
CREATE TABLE person AS
    SELECT hashint4(i) & 1023 AS one_id, cdp.timeline_agg('2024-01-01'::timestamptz + (hashint4(i + 9) & 4095) * interval '1 minute', hashint4(i + 1) & 7, hashint4(i + 2) & 255, ARRAY[hashint4(i + 3) & 3]) AS tl
      FROM generate_series(1, 30000) i GROUP BY 1;
CREATE FUNCTION whole() RETURNS TABLE (question int, counts bigint[], median interval, members bigint) LANGUAGE sql AS $$
SELECT n, cdp.funnel_counts(f), cdp.funnel_ttc(f, 1, 2, 0.5), hashtextextended(cdp.funnel_users(f, 2)::text, 0)
  FROM (SELECT 1, cdp.funnel_agg(one_id, tl, '1|2, 3, 4[value >= 128]', '6 hours') FROM person
        UNION ALL SELECT 2, cdp.funnel_agg(one_id, tl, '1, 3, 4', '6 hours', 'strict_deduplication,strict_once', cdp.funnel_rules(entry => 'first')) FROM person
        UNION ALL SELECT 3, cdp.funnel_agg(one_id, tl, '1, 3, 4', '1 day', 'default', cdp.funnel_rules(exclude => '5 between 2 and 3', hold => 1, step_windows => '{4 hours,NULL}')) FROM person
        UNION ALL SELECT 4, cdp.funnel_agg(one_id, tl, '1, 3, 4', '1 day', 'strict_increase', cdp.funnel_rules(entry => 'every', calendar => 'day', tz => 'Asia/Tokyo')) FROM person
        UNION ALL SELECT 5, cdp.funnel_agg(one_id, tl, '1, 3, 4', '1 day', 'default', NULL) FROM person) AS q(n, f)
$$;
CREATE TABLE serial AS SELECT * FROM whole();
SELECT question, counts, median FROM serial ORDER BY question;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
ALTER TABLE person SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT cdp.funnel_agg(one_id, tl, '1, 3', '1 day', 'default', cdp.funnel_rules(entry => 'first')) FROM person;
SELECT count(*) AS differ FROM (TABLE serial EXCEPT SELECT * FROM whole()) AS d;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
SELECT cdp.funnel_counts(cdp.funnel_agg(one_id, d, c, 3)) AS by_rows, (SELECT counts FROM serial WHERE question = 3) AS whole
  FROM (SELECT one_id, cdp.window_funnel(tl, '1, 3, 4', '1 day', exclude => '5 between 2 and 3', hold => 1, step_windows => '{4 hours,NULL}') AS d,
               cdp.funnel_chain(tl, '1, 3, 4', '1 day', exclude => '5 between 2 and 3', hold => 1, step_windows => '{4 hours,NULL}') AS c FROM person) AS p;
SELECT key, sum(counts[1]) AS one, sum(counts[2]) AS two, sum(counts[3]) AS three
  FROM (SELECT cdp.funnel_property(tl, 1, '1, 3, 4', '1 day') AS key, cdp.funnel_counts(cdp.funnel_agg(one_id, tl, '1, 3, 4', '1 day')) AS counts FROM person GROUP BY 1) AS k
 GROUP BY ROLLUP (key) ORDER BY grouping(key), key;
-- the same counts from one aggregate, in every form, parallel or not
CREATE VIEW split AS
SELECT 'plain' AS form, s.* FROM cdp.funnel_split((SELECT cdp.funnel_split_agg(tl, 1, 1, '1, 3, 4', '1 day') FROM person)) AS s
UNION ALL SELECT 'mode', s.* FROM cdp.funnel_split((SELECT cdp.funnel_split_agg(tl, 1, 2, '1, 3, 4', '1 day', 'strict_increase') FROM person)) AS s
UNION ALL SELECT 'rules', s.* FROM cdp.funnel_split((SELECT cdp.funnel_split_agg(tl, 1, 3, '1, 3, 4', '1 day', 'default', cdp.funnel_rules(hold => 1)) FROM person)) AS s
UNION ALL SELECT 'first event', s.* FROM cdp.funnel_split((SELECT cdp.funnel_split_agg(tl, 1, 0, '1, 3, 4', '1 day') FROM person)) AS s;
SELECT form, count(*) AS rows, sum(users) AS sum FROM split GROUP BY form ORDER BY form;
CREATE VIEW apart AS
SELECT form, key, u.step, u.users
  FROM (SELECT 'plain' AS form, cdp.funnel_property(tl, 1, '1, 3, 4', '1 day') AS key, cdp.funnel_counts(cdp.funnel_agg(one_id, tl, '1, 3, 4', '1 day')) AS counts FROM person GROUP BY 2
        UNION ALL SELECT 'mode', cdp.funnel_property(tl, 1, '1, 3, 4', '1 day', 'strict_increase', step => 2), cdp.funnel_counts(cdp.funnel_agg(one_id, tl, '1, 3, 4', '1 day', 'strict_increase')) FROM person GROUP BY 2
        UNION ALL SELECT 'rules', cdp.funnel_property(tl, 1, '1, 3, 4', '1 day', hold => 1, step => 3), cdp.funnel_counts(cdp.funnel_agg(one_id, tl, '1, 3, 4', '1 day', 'default', cdp.funnel_rules(hold => 1))) FROM person GROUP BY 2
        UNION ALL SELECT 'first event', cdp.timeline_first_property(tl, 1), cdp.funnel_counts(cdp.funnel_agg(one_id, tl, '1, 3, 4', '1 day')) FROM person GROUP BY 2) AS q,
       unnest(counts) WITH ORDINALITY AS u (users, step)
 WHERE counts[1] > 0;
SELECT count(*) AS differ FROM ((TABLE split EXCEPT TABLE apart) UNION ALL (TABLE apart EXCEPT TABLE split)) AS d;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT cdp.funnel_split_agg(tl, 1, 1, '1, 3, 4', '1 day') FROM person;
SELECT count(*) AS differ FROM (TABLE split EXCEPT TABLE apart) AS d;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
DROP VIEW split, apart;
-- several windows at once
SELECT count(*) AS people, count(*) FILTER (WHERE cdp.window_funnel_depths(tl, steps, '{1 hour,1 day,0}', mode)
                                                  IS DISTINCT FROM ARRAY[cdp.window_funnel(tl, steps, '1 hour', mode), cdp.window_funnel(tl, steps, '1 day', mode), cdp.window_funnel(tl, steps, '0', mode)]) AS differ
  FROM person, (VALUES ('1|2, 3[value > 100], 4', 'default'), ('1, 2, 3', 'strict_order')) AS v(steps, mode);
-- the row aggregate over the same events, with their conditions
CREATE TABLE event AS SELECT one_id, e.* FROM person, cdp.timeline_events(tl) AS e;
SELECT m, count(*) AS people, count(*) FILTER (WHERE rows <> stored) AS differ
  FROM unnest('{default,strict_order,strict_deduplication,strict_increase,strict_once,"strict_order,allow_reentry","strict_order,strict_once,strict_increase"}'::text[]) AS m,
       LATERAL (SELECT one_id, cdp.window_funnel('2 hours', m, ts, code IN (1, 2), code = 3 AND props[1] = 2, code = 4 AND value >= 128 OR code = 5) AS rows FROM event GROUP BY one_id) AS r,
       LATERAL (SELECT cdp.window_funnel(tl, '1|2, 3[p1 = 2], 4[value>=128]|5', '2 hours', m) AS stored FROM person AS p WHERE p.one_id = r.one_id) AS s
 GROUP BY m ORDER BY m;
-- one who asks again with other arguments gets another answer, constants or not
DO $$
DECLARE step text; depth int; answers int[] := '{}';
BEGIN
    FOREACH step IN ARRAY '{"1,2","1,9","2|1,2,3",5}'::text[] LOOP
        depth := cdp.window_funnel(tl(1, 2, 3), step, '1 hour');
        answers := answers || depth;
    END LOOP;
    RAISE NOTICE '%', answers;
END $$;

-- names
SELECT cdp.funnel_step_codes('view, "add to cart"[value > 5]|buy[channel in (ads, ''tv'')]',
                             '{"event": {"view": 1, "add to cart": 2, "buy": 3}, "property": {"channel": 4}, "value": {"channel": {"ads": 10, "tv": 11}}}');
SELECT n.* FROM cdp.funnel_step_names('view, 7, "add to cart"[value > 5 and p2 = red]|buy[channel in (ads, ''tv'')]') AS n;

-- nulls
SELECT cdp.window_funnel(NULL::cdp.timeline, '1', '1 hour') AS timeline, cdp.window_funnel(tl(1), NULL::text, '1 hour') AS steps, cdp.window_funnel(tl(1), '1', NULL) AS "window",
       cdp.window_funnel(tl(1), '1', '1 hour', NULL) AS mode, cdp.window_funnel(tl(1), '1', '1 hour', entry => NULL, tz => NULL) AS rules, cdp.funnel_chain(NULL::cdp.timeline, '1', '1 hour', entry => 'first') AS chain;
SELECT count(*) FROM cdp.funnel_attempts(NULL, '1', '1 hour');
SELECT cdp.funnel_property(tl(1), NULL, '1', '1 hour') AS property, cdp.funnel_property(tl(1), 1, '1', '1 hour', step => NULL) AS step;

-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.window_funnel(tl(1), '1, 2[valu > 3]', '1 hour');
SELECT cdp.window_funnel(tl(1), '1, view', '1 hour');
SELECT cdp.window_funnel(tl(1), '1[p1 = 2', '1 hour');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 hour', exclude => '9 between 2 and 1');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 hour', exclude => ',');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 hour', entry => 'last');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 hour', 'strict');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 hour', hold => 5);
SELECT cdp.window_funnel(tl(1), '1, 2', '1 hour', step_windows => '{1 hour,1 hour}');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 hour', step_windows => '{{1 hour}}');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 hour', step_windows => '{1 month}');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 hour', step_windows => '{-1 hour}');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 month');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 hour', calendar => 'day');
SELECT cdp.window_funnel(tl(1), '1, 2', '8 days', calendar => 'week');
SELECT cdp.window_funnel(tl(1), '1, 2', '-1 month', calendar => 'month');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 day', calendar => 'year');
SELECT cdp.window_funnel(tl(1), '1, 2', '1 day', calendar => 'day', tz => 'Mars/Base');
SELECT cdp.funnel_property(tl(1), 5, '1, 2', '1 hour');
SELECT cdp.funnel_property(tl(1), 1, '1, 2', '1 hour', step => 3);
SELECT cdp.window_funnel_depths(tl(1), '1, 2[', '{1 hour}');
SELECT cdp.funnel_split_agg(tl(1), 1, 3, '1, 2', '1 hour');
SELECT cdp.funnel_split_agg(tl(1), NULL, 1, '1, 2', '1 hour');
SELECT cdp.funnel_split_agg(tl(1), 1, 1, '1, 2', NULL);
SELECT cdp.funnel_split_agg(tl(1), 1, s, '1, 2', '1 hour') FROM generate_series(1, 2) AS s;
SELECT * FROM cdp.funnel_split((SELECT cdp.paths_agg(tl(1), '1 hour', 2)));
SELECT cdp.funnel_agg(1, tl(1), NULL::text, '1 hour');
SELECT cdp.funnel_agg(1, tl(1), '1', '1 hour', 'default', cdp.funnel_rules(entry => 'last'));
SELECT cdp.funnel_step_codes('view, buy', '{"event": {"view": 1}}');
SELECT cdp.funnel_step_codes('view', '[]');
SELECT cdp.funnel_step_codes('viev', '{"event": {"view": 1, "buy": 2}}');
SELECT cdp.funnel_step_codes('view[chanel = ads]', '{"event": {"view": 1}, "property": {"channel": 1}}');
SELECT cdp.funnel_step_codes('view[channel = asd]', '{"event": {"view": 1}, "property": {"channel": 1}, "value": {"channel": {"ads": 3, "tv": 4}}}');
SELECT cdp.funnel_step_codes('view, pay[channel = ads]', '{"event": {"view": 100e-1, "pay": 2.0}, "property": {"channel": 3}, "value": {"channel": {"ads": -4}}}');
SELECT cdp.funnel_step_codes('view', '{"event": {"view": 1.5}}');
SELECT cdp.funnel_step_codes('view', '{"event": {"view": 1e400}}');
SELECT cdp.funnel_step_codes('view[channel = 1]', '{"event": {"view": 1}, "property": {"channel": "1"}}');
-- leave the database as it was
DROP TABLE shop, person, serial, event;
DROP FUNCTION tl, minutes, whole;
