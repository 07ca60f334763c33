-- credit for conversions: models, windows, keys, and attribution_agg over many timelines
SET timezone = 'UTC';
SET datestyle = 'ISO';
-- touches (1) of channels 10, 20, 30, 20 two days apart, a purchase (2) of 100 on the 9th, one of 7 without touches in sight
CREATE TABLE one AS
    SELECT cdp.timeline_agg(ts, code, value, ARRAY[channel]) AS tl
      FROM (VALUES ('2024-01-01'::timestamptz, 1, NULL::bigint, 10), ('2024-01-03', 1, NULL, 20), ('2024-01-05', 1, NULL, 30), ('2024-01-07', 1, NULL, 20),
                   ('2024-01-09', 2, 101, NULL), ('2024-03-01', 2, 7, NULL)) v(ts, code, value, channel);
SELECT model, a.* FROM one, unnest('{first,last,last_non_direct,linear,position,time_decay,participation}'::text[]) WITH ORDINALITY m(model, i),
       cdp.timeline_attribution(tl, '{2}', '{1}', '10 days', model, 1, 20, '2 days') WITH ORDINALITY a(converted, touched, touch, credit, n) ORDER BY i, n;
-- the window is inclusive
SELECT w, count(touched) FROM one, unnest('{0,47:59:59,48:00:00,4 days}'::interval[]) w, cdp.timeline_attribution(tl, '{2}', '{1}', w, 'linear') GROUP BY w ORDER BY w;
-- by the touch's code; without the property; no purchase, no timeline
SELECT touch, credit FROM one, cdp.timeline_attribution(tl, '{2}', '{1,2}', '100 days', 'linear');
SELECT touched, touch, credit FROM one, cdp.timeline_attribution(tl, '{2}', '{1}', '10 days', 'last', 3);
SELECT count(*) FROM one, cdp.timeline_attribution(tl, '{9}', '{1}', '10 days');
SELECT count(*) FROM cdp.timeline_attribution(NULL, '{2}', '{1}', '1 day');
-- a touch at the very instant counts, whatever its code; the conversion is no touch of its own
SELECT touch, credit FROM (SELECT cdp.timeline_agg('2024-01-01', c, c * 10) AS tl FROM unnest('{1,5,9}'::int[]) c) s,
       cdp.timeline_attribution(tl, '{5}', '{1,5,9}', '1 day', 'linear');
-- rounding: what is left goes to the largest remainders, the earlier first; negative values likewise
SELECT v AS value, array_agg(credit ORDER BY touched) AS position, sum(credit) = v AS exact
  FROM unnest('{1,2,3,99,-99,9223372036854775807,-9223372036854775808}'::bigint[]) v,
       LATERAL (SELECT cdp.timeline_agg('2024-01-01'::timestamptz + i * interval '1 hour', CASE i WHEN 5 THEN 2 ELSE 1 END, CASE i WHEN 5 THEN v END) AS tl FROM generate_series(1, 5) i) s,
       cdp.timeline_attribution(tl, '{2}', '{1}', '1 day', 'position')
 GROUP BY v ORDER BY v;

-- the aggregate is the sum of each timeline's credits, in every model
CREATE TABLE person AS
    SELECT i AS id, i % 5 AS segment,
           cdp.timeline_agg('2024-01-01'::timestamptz + (hashint8(i * 64 + j) & 8191) * interval '5 minutes', (hashint4(i * 64 + j) & 3), CASE WHEN j % 5 <> 0 THEN hashint4(j * i) & 255 END,
                            ARRAY[NULL, CASE WHEN j % 4 <> 0 THEN hashint4(j) & 7 END]) AS tl
      FROM generate_series(1, 1500) i, generate_series(1, 1 + i % 30) j GROUP BY i;
SELECT model, count(*) AS touches, count(*) FILTER (WHERE (a.n, a.credit) IS DISTINCT FROM (b.n, b.credit)) AS differ,
       sum(a.credit) = (SELECT sum(cdp.timeline_sum(tl, '{1,3}')) FROM person) AS all_of_it
  FROM unnest('{first,last,last_non_direct,linear,position,time_decay,participation}'::text[]) model,
       LATERAL (SELECT r.* FROM (SELECT cdp.attribution_agg(tl, '{1,3}', '{0,3}', '5 days', model, 2, 4, '1 day') AS t FROM person) s, cdp.attribution(t) r) a
       FULL JOIN LATERAL (SELECT touched IS NOT NULL AS touched, coalesce(touch, -1) AS touch, count(*) AS n, sum(credit)::bigint AS credit
                            FROM person, cdp.timeline_attribution(tl, '{1,3}', '{0,3}', '5 days', model, 2, 4, '1 day') GROUP BY 1, 2) b
         ON a.touched = b.touched AND coalesce(a.touch, -1) = b.touch
 GROUP BY model ORDER BY model;
-- the short form; parallel workers; stored by segment and added up
CREATE TABLE segment AS SELECT segment, cdp.attribution_agg(tl, '{1,3}', '{0,3}', '5 days', 'time_decay', 2) AS credit FROM person GROUP BY segment;
ALTER TABLE person SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT cdp.attribution_agg(tl, '{1,3}', '{0,3}', '5 days', 'time_decay', 2) FROM person;
SELECT (SELECT cdp.attribution_agg(tl, '{1,3}', '{0,3}', '5 days', 'time_decay', 2) FROM person)::text = (SELECT cdp.rollup(credit) FROM segment)::text AS same;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
SELECT cdp.attribution_agg(NULL::cdp.timeline, '{1}', '{2}', '1 day', 'last', 0) IS NULL AS nothing;

-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.timeline_attribution(tl, NULL, '{1}', '1 day') FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', NULL, '1 day') FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', NULL) FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', '1 day', NULL) FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', '1 day', 'last', NULL) FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', '1 day', 'time_decay', half_life => NULL) FROM one;
SELECT cdp.timeline_attribution(tl, '{-2}', '{1}', '1 day') FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1,NULL}', '1 day') FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{{1},{2}}', '1 day') FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', '-1 day') FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', '1 month') FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', '1 day', 'shapley') FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', '1 day', 'last', 5) FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', '1 day', 'last', -1) FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', '1 day', 'last_non_direct') FROM one;
SELECT cdp.timeline_attribution(tl, '{2}', '{1}', '1 day', 'time_decay', half_life => '0') FROM one;
-- touches without the property are direct where 0 is
SELECT a.touched, a.touch FROM (SELECT cdp.timeline_agg(t, c, NULL::int8, p) AS tl
    FROM (VALUES (timestamptz '2024-01-01', 1, '{7}'::int4[]), ('2024-01-02', 1, NULL), ('2024-01-03', 2, NULL)) AS v (t, c, p)) AS s,
    cdp.timeline_attribution(s.tl, '{2}', '{1}', '7 days', 'last_non_direct', 1, 0) AS a;
SELECT cdp.attribution_agg(tl, '{2}', '{1}', '1 day', m, 0) FROM one, unnest('{first,last}'::text[]) m;
SELECT cdp.attribution_agg(tl, '{2}', '{1}', '1 day', 'last_non_direct', 0) FROM one;
-- credit that passes a bigint
SELECT cdp.attribution_agg(tl, '{2}', '{1}', '1 day', 'last', 0) FROM (SELECT cdp.timeline_agg('2024-01-01', 2, 9223372036854775807) AS tl FROM generate_series(1, 2) i GROUP BY i) s;
SELECT * FROM cdp.attribution((SELECT cdp.paths_agg(tl, '1 day', 2) FROM one));
SELECT cdp._attribution_trans(NULL, tl, '{2}', '{1}', '1 day', 'last', 0) FROM one;
-- leave the database as it was
DROP TABLE one, person, segment;
