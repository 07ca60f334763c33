-- window_funnel over rows by the rules of a mode, in all its forms, and its winning chain.
SET timezone = 'UTC';
CREATE FUNCTION at(minute int) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$ SELECT '2024-01-01'::timestamptz + minute * interval '1 minute' $$;
CREATE TABLE visit (story text, minute int, page text);
INSERT INTO visit SELECT story, i, page FROM unnest('{abc,abxc,abbc,acbc,xcaabc,ababc}'::text[]) story, string_to_table(story, NULL) WITH ORDINALITY p(page, i);
SELECT mode, string_agg(story || ' ' || depth, ', ' ORDER BY story) AS depths
  FROM unnest('{default,strict_order,strict_deduplication,strict_increase,strict_once,"strict_order,allow_reentry","strict_order,strict_deduplication","strict_order,strict_deduplication,strict_increase,strict_once,allow_reentry"}'::text[]) WITH ORDINALITY m(mode, place),
       LATERAL (SELECT story, cdp.window_funnel('1 hour', mode, at(minute), page = 'a', page = 'b', page = 'c') AS depth FROM visit GROUP BY story) s
 GROUP BY mode, place ORDER BY place;
-- the words of other systems mean the same; case and space do not matter
SELECT string_agg(word || ' ' || depth, ', ' ORDER BY place) FROM (
    SELECT word, place, cdp.window_funnel('1 hour', word, at(minute), page = 'a', page = 'b', page = 'c') AS depth
      FROM visit, unnest('{0,1,2,4,3,6,7,fixed,deduplication,increase,DEFAULT," Fixed , increase",5}'::text[]) WITH ORDINALITY w(word, place) WHERE story = 'abxc' OR story = 'abbc' AND minute > 2 GROUP BY word, place) s;

-- strict_once: an event fills one step of a chain, also of events at one instant
SELECT cdp.window_funnel('1 hour', 'default', now(), true, true, true) AS one_for_all, cdp.window_funnel('1 hour', 'strict_once', now(), true, true, true) AS once;
SELECT count(*) AS events, cdp.window_funnel('0', 'strict_once', at(0), true, true, true, true, true) AS once FROM generate_series(1, 4);
SELECT cdp.window_funnel('0', 'strict_once', at(0), a, b, c) AS assigned
  FROM (VALUES (true, true, false), (true, false, true), (false, true, false)) v(a, b, c);
-- strict_once stays polynomial: chains without number
SELECT cdp.window_funnel('1 hour', 'strict_once', at(i / 1000), VARIADIC array_fill(true, '{32}')) AS depth FROM generate_series(1, 20000) i;
-- strict_increase is exact: the start that comes with the second step does not hide the one before
SELECT cdp.window_funnel('1 hour', 'strict_increase', at(m), a, b) FROM (VALUES (1, true, false), (2, true, true)) v(m, a, b);
SELECT cdp.window_funnel('1 hour', 'strict_increase', at(1), true, true);

-- the step form: null and 0 are no step, which strict_order sees
SELECT mode, cdp.window_funnel('1 hour', mode, at(m), step) AS depth, cdp.window_funnel('1 hour', mode, at(m), step) FILTER (WHERE step > 0) AS without
  FROM unnest('{default,strict_order}'::text[]) mode, (VALUES (1, 1), (2, 2), (3, 0), (4, NULL), (5, 3)) v(m, step) GROUP BY mode ORDER BY mode;
SELECT cdp.window_funnel('1 hour', at(i), i) AS sixty, cdp.window_funnel('63 minutes', at(i), i) AS sixty_four FROM generate_series(1, 64) i;
-- the mask form: bit 0 is step 1; a row may fill many; a null mask fills none
SELECT cdp.window_funnel_mask('1 hour', 'default', at(m), 3, mask) AS plain, cdp.window_funnel_mask('1 hour', 'strict_order', at(m), 3, mask) AS ordered
  FROM (VALUES (1, 3::bigint), (2, NULL), (3, 4)) v(m, mask);
SELECT cdp.window_funnel_mask('1 hour', 'default', now(), 64, -1) AS all_at_once, cdp.window_funnel_mask('63 minutes', 'strict_increase', at(i), 64, 1::bigint << i) AS one_by_one FROM generate_series(0, 63) i;

-- a date, a timestamp, a literal; VARIADIC; one condition
SELECT cdp.window_funnel('1 day', 'fixed', d, d = '2024-01-01', d = '2024-01-02') AS d, cdp.window_funnel('1 day', 'fixed', t, t = '2024-01-01', t = '2024-01-02') AS t,
       cdp.window_funnel('1 day', d, x) AS d_step, cdp.window_funnel('1 day', '2024-01-01', x = 1, x = 2) AS literal, cdp.window_funnel('1 day', '2024-01-01', x) AS literal_step,
       cdp.window_funnel('1 day', 'fixed', timestamptz '2024-01-01', x = 1) AS mode_and_literal, cdp.window_funnel('1 day', 'fixed', t, VARIADIC ARRAY[x = 1, x = 2]) AS variadic,
       cdp.window_funnel_mask('1 day', 'fixed', d, 2, x) AS mask
  FROM (VALUES ('2024-01-01'::date, '2024-01-01'::timestamp, 1), ('2024-01-02', '2024-01-02', 2)) v(d, t, x);
-- all forms say the same
SELECT mode, count(*) AS people, count(DISTINCT a) > 1 AS varied, count(*) FILTER (WHERE (a, a, a, a) IS DISTINCT FROM (b, c, d, e)) AS differ FROM unnest('{default,strict_order,strict_deduplication,strict_increase,strict_once,"fixed,allow_reentry,strict_once"}'::text[]) mode, LATERAL (
    SELECT i % 40 AS person, cdp.window_funnel('90 minutes', mode, at(hashint4(i) & 1023), code = 1, code = 2, code = 3, code = 4) AS a,
           cdp.window_funnel('90 minutes', mode, at(hashint4(i) & 1023), VARIADIC ARRAY[code = 1, code = 2, code = 3, code = 4, NULL]) AS b,
           cdp.window_funnel('90 minutes', mode, at(hashint4(i) & 1023), CASE WHEN code < 5 THEN code END) AS c,
           cdp.window_funnel_mask('90 minutes', mode, at(hashint4(i) & 1023), 4, CASE WHEN code BETWEEN 1 AND 4 THEN 1 << (code - 1) END) AS d,
           cardinality(cdp.window_funnel_events('90 minutes', mode, at(hashint4(i) & 1023), code = 1, code = 2, code = 3, code = 4)) AS e
      FROM (SELECT i, hashint4(i + 1) & 7 AS code FROM generate_series(1, 2000) i) r GROUP BY 1) s GROUP BY mode ORDER BY mode;

-- the winning chain: complete first, of these begun last, of these each step in between as early as can be
SELECT mode, cdp.window_funnel_events('1 hour', mode, at(minute::int), page = 'a', page = 'b', page = 'c')::time[]::text AS chain
  FROM unnest('{default,strict_deduplication}'::text[]) mode, string_to_table('aabbcc', NULL) WITH ORDINALITY p(page, minute) GROUP BY mode ORDER BY mode;
SELECT cdp.window_funnel_events('1 hour', 'default', at(1), false) AS nothing, cdp.window_funnel_events('1 hour', 'default', now(), true) FILTER (WHERE false) AS no_rows;
SELECT m, cdp.window_funnel_events('1 hour', 'strict_once', at(m), true, true, true) OVER (ORDER BY m ROWS 2 PRECEDING)::time[]::text AS last_three FROM generate_series(1, 4) m;
SELECT cdp.window_funnel('1 hour', 'fixed', at(1), true) FILTER (WHERE false) AS no_rows, cdp.window_funnel('1 hour', at(1), 1) FILTER (WHERE false) AS no_step, cdp.window_funnel_mask('1 hour', 'fixed', at(1), 3, 1) FILTER (WHERE false) AS no_mask;

-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.window_funnel('1 hour', 'strict', now(), true);
SELECT cdp.window_funnel('1 hour', '', now(), true);
SELECT cdp.window_funnel('1 hour', 'default,fixed', now(), true);
SELECT cdp.window_funnel('1 hour', 'allow_reentry', now(), true);
SELECT cdp.window_funnel('1 hour', 'strict_once,allow_reentry', now(), true);
SELECT cdp.window_funnel('1 hour', '8', now(), true);
SELECT cdp.window_funnel('1 hour', NULL::text, now(), true);
SELECT cdp.window_funnel('1 hour', m, now(), true) FROM (VALUES ('fixed'), ('strict_once')) v(m);
SELECT cdp.window_funnel('-1 hour', 'fixed', now(), true);
SELECT cdp.window_funnel('1 year', 'fixed', now(), true);
SELECT cdp.window_funnel(NULL, 'fixed', now(), true);
SELECT cdp.window_funnel('1 hour', 'fixed', 'infinity'::timestamptz, false);
SELECT cdp.window_funnel('1 hour', 'fixed', now(), VARIADIC '{}'::boolean[]);
SELECT cdp.window_funnel('1 hour', 'fixed', now(), VARIADIC array_fill(true, '{65}'));
SELECT cdp.window_funnel('1 hour', now(), 65);
SELECT cdp.window_funnel('1 hour', now(), -1);
SELECT cdp.window_funnel_mask('1 hour', 'default', now(), 0, 1);
SELECT cdp.window_funnel_mask('1 hour', 'default', now(), 65, 1);
SELECT cdp.window_funnel_mask('1 hour', 'default', now(), NULL, 1);
SELECT cdp.window_funnel_mask('1 hour', 'default', now(), 3, 8);
SELECT cdp.window_funnel_mask('1 hour', 'default', now(), n, 1) FROM generate_series(3, 4) n;
SELECT cdp.window_funnel_events('1 month', 'default', now(), true);
SELECT cdp._window_funnel_mask_trans(NULL, '1 hour', 'default', now(), 3, 1);
-- leave the database as it was
DROP TABLE visit;
DROP FUNCTION at;
