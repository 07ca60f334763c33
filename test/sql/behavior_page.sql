-- Whole answers from pages of timelines are those from the timelines, in every form of every aggregate.
SET timezone = 'UTC';
SET search_path = public, cdp;
CREATE TABLE person AS
    SELECT one_id, timeline_agg(ts, code, value, props) AS tl
      FROM (SELECT (hashint4(i % 1000) % 400)::int4 AS one_id, '2024-01-01'::timestamptz + (hashint8(i) & 65535) * interval '90 seconds' AS ts,
                   1 + (hashint4(i + 1) & 7) AS code, CASE WHEN i % 3 = 0 THEN (hashint4(i + 2) & 255)::int8 END AS value, ARRAY[hashint4(i + 3) & 3, i % 3] AS props
              FROM generate_series(1, 20000) AS i) AS e GROUP BY one_id;
CREATE TABLE page (part int, page timeline_page) WITH (toast_tuple_target = 8160);
INSERT INTO page SELECT n / 40, timeline_page_agg(one_id, tl) FROM (SELECT row_number() OVER (ORDER BY one_id) AS n, one_id, tl FROM person) AS p GROUP BY 1;
INSERT INTO page VALUES (0, NULL), (1, (SELECT timeline_page_agg(NULL, tl) FROM person)), (2, (SELECT timeline_page_slice(timeline_page_agg(one_id, tl), 'infinity', 'infinity') FROM person));
ANALYZE page;
SELECT count(page) AS pages, sum(rb_cardinality(timeline_page_people(page))) AS people, (SELECT count(*) FROM person) FROM page;

-- aggregate(arguments) over pages and over their timelines, as text; the answer is in `same`
CREATE FUNCTION same(aggregate text, arguments text, OUT is_null boolean, OUT same boolean) LANGUAGE plpgsql AS $$
DECLARE
    people text := CASE aggregate WHEN 'funnel_agg' THEN 'one_id, ' ELSE '' END;
BEGIN
    EXECUTE format('SELECT a IS NULL, a::text IS NOT DISTINCT FROM b::text FROM (SELECT %1$s(page, %2$s) AS a FROM page) AS a, (SELECT %1$s(%3$stl, %2$s) AS b FROM person) AS b',
                   aggregate, arguments, people) INTO is_null, same;
END $$;
CREATE TABLE question (n serial, aggregate text, arguments text);
INSERT INTO question (aggregate, arguments) VALUES
    ('funnel_agg', $q$'{2,5,7}'::int4[], '1 day'$q$),
    ('funnel_agg', $q$'{1,2,3,4}'::int4[], '20 days', 'strict_order'$q$),
    ('funnel_agg', $q$'{1,2,3,4,5,6,7,8,1,2,3,4}'::int4[], '20 days', 'strict_increase'$q$),
    ('funnel_agg', $q$'{99,5}'::int4[], '1 day'$q$),
    ('funnel_agg', $q$'2, 5|6, 7[value >= 100]', '3 days'$q$),
    ('funnel_agg', $q$'2, 5|6, 7[value >= 100]', '3 days', 'strict_deduplication'$q$),
    ('funnel_agg', $q$'2, 5, 7', '5 days', 'default', funnel_rules(entry => 'first', exclude => '8', hold => 1)$q$),
    ('funnel_agg', $q$'2, 5, 7', '2 weeks', 'default', funnel_rules(calendar => 'week', tz => 'Europe/Berlin')$q$),
    ('funnel_split_agg', $q$1, 0, '2, 5, 7', '3 days'$q$),
    ('funnel_split_agg', $q$2, 2, '2, 5, 7', '3 days', 'strict_order'$q$),
    ('funnel_split_agg', $q$2, 1, '2, 5, 7', '3 days', 'default', funnel_rules(entry => 'every')$q$),
    ('retention_agg', $q$NULL, NULL, 'day', 30, 'UTC'$q$),
    ('retention_agg', $q$'{1}', '{2,3}', 'week', 6, 'Europe/Berlin', 'bracket', '{0,1,3,6}', true, 'recurring'$q$),
    ('paths_agg', $q$'2 hours', 3$q$),
    ('paths_agg', $q$'2 hours', 4, '{1,2,3,4}', 2, NULL, false, true$q$),
    ('attribution_agg', $q$'{7}', '{1,2}', '7 days', 'linear', 1$q$),
    ('attribution_agg', $q$'{7}', '{1,2}', '7 days', 'time_decay', 2, 0, '1 day'$q$),
    ('intervals_agg', $q$'{2}', '{5}', '1 day'$q$),
    ('intervals_agg', $q$'{2}', '{5}', NULL, 'first', 1, '{0,01:00,24:00}'$q$),
    ('distribution_agg', $q$'{2,3}'::int4[]$q$),
    ('distribution_agg', $q$'{2,3}'::int4[], '2024-01-10', '2024-02-01', 'days', 'Asia/Kolkata'$q$),
    ('distribution_agg', $q$NULL, NULL, NULL, 'sum', 'UTC'$q$),
    ('daily_agg', $q$NULL, 1, 'UTC'$q$),
    ('daily_agg', $q$'{3,4}', 0, 'America/New_York'$q$);
SELECT q.n, q.aggregate, s.* FROM question AS q, same(aggregate, arguments) AS s ORDER BY n;

-- every aggregate has a form of pages for each of its forms of timelines
SELECT count(*) AS forms, count(o.oid) AS of_pages, string_agg(p.oid::regprocedure::text, ' ') FILTER (WHERE o.oid IS NULL) AS without
  FROM pg_proc AS p LEFT JOIN pg_proc AS o
    ON o.prokind = 'a' AND o.pronamespace = p.pronamespace AND o.proname = p.proname
   AND pg_get_function_arguments(o.oid) = regexp_replace(pg_get_function_arguments(p.oid), '^(one_id integer, )?tl timeline', 'page timeline_page')
 WHERE p.prokind = 'a' AND p.pronamespace = 'cdp'::regnamespace AND p.proname !~ '^_' AND pg_get_function_arguments(p.oid) ~ '^(one_id integer, )?tl timeline,';

-- pages of nobody are as no rows
SELECT funnel_agg(page, '{1,2}'::int4[], '1 day') IS NULL AS funnel, paths_agg(page, '1 hour', 2) IS NULL AS paths, daily_agg(page, NULL, 1, 'UTC') IS NULL AS days
  FROM page WHERE timeline_page_count(page) = 0 OR page IS NULL;
-- groups, and one page with everybody: states of any size
SELECT count(*) AS groups, count(*) FILTER (WHERE a.f::text = b.f::text) AS same
  FROM (SELECT part, funnel_agg(page, '2, 5, 7', '3 days') AS f FROM page GROUP BY part) AS a
  JOIN (SELECT n / 40 AS part, funnel_agg(one_id, tl, '2, 5, 7', '3 days') AS f
          FROM (SELECT row_number() OVER (ORDER BY one_id) AS n, one_id, tl FROM person) AS p GROUP BY 1) AS b USING (part);
SELECT (SELECT funnel_agg(page, '{2,5,7}'::int4[], '3 days') FROM (SELECT rollup(page) AS page FROM page) AS p)::text
     = (SELECT funnel_agg(one_id, tl, '{2,5,7}'::int4[], '3 days') FROM person)::text AS same;
SELECT funnel_counts(funnel_agg(page, '{2,5,7}'::int4[], '3 days') OVER (ORDER BY part)) FROM page WHERE part BETWEEN 1 AND 3 AND timeline_page_count(page) > 0 ORDER BY part;

-- parallel as serial
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT funnel_agg(page, '{2,5,7}'::int4[], '1 day') FROM page;
SELECT count(*) AS questions, count(*) FILTER (WHERE s.same AND NOT s.is_null) AS same FROM question AS q, same(aggregate, arguments) AS s;
RESET max_parallel_workers_per_gather;

-- pages of so many people that the state never is one of few rows, one after another
CREATE TABLE many AS SELECT one_id, timeline_agg('2024-01-01'::timestamptz + (one_id * 7919 % 86400 + k * 600) * interval '1 s', k) AS tl
  FROM generate_series(1, 30000) AS one_id, generate_series(1, 3) AS k WHERE k <= one_id % 4 GROUP BY one_id;
CREATE TABLE large AS SELECT one_id / 10000 AS part, timeline_page_agg(one_id, tl) AS page FROM many GROUP BY 1;
SELECT funnel_counts(f) AS users, f::text = (SELECT funnel_agg(one_id, tl, '{1,2,3}'::int4[], '1 day') FROM many)::text AS same
  FROM (SELECT funnel_agg(page, '{1,2,3}'::int4[], '1 day') AS f FROM large) AS a;
DROP TABLE many, large;
-- what cannot be
\set SHOW_CONTEXT never
SELECT funnel_agg(page, NULL::int4[], '1 day') FROM page;
SELECT funnel_agg(page, '2, 5', '1 day', NULL) FROM page;
SELECT funnel_agg(page, '{2,5}'::int4[], '1 month') FROM page;
SELECT paths_agg(page, '1 hour', NULL) FROM page;
SELECT _funnel_page_trans(NULL, NULL, '{1}', '1 day');
SELECT _paths_page_trans(NULL, NULL, '1 day', 2);
DROP FUNCTION same(text, text);
DROP TABLE person, page, question;
