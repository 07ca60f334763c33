-- Stored timelines: the same funnel from one compressed value per person and month.
\set ON_ERROR_STOP on
\pset linestyle unicode
\pset border 2
\pset footer off
-- Amounts go into the timelines, in cents.
SELECT cdp.event_value_set('pay', 'amount', 2) \g /dev/null
SELECT people, months, events, duration_ms AS ms FROM cdp.timeline_refresh() \gset
\echo '     SELECT * FROM cdp.timeline_refresh();'
SELECT demo.n(:people) AS people, demo.n(:months) AS months, demo.n(:events) AS events, :ms AS ms,
       pg_size_pretty(sum(pg_column_size(tl))) AS timelines, pg_size_pretty(t.size) AS event_table
  FROM cdp.person_timeline,
       (SELECT sum(pg_table_size(inhrelid))::bigint AS size FROM pg_inherits WHERE inhparent = 'cdp.event'::regclass) AS t
 GROUP BY t.size;

-- Runs a query of (depth, people) and takes the time.
CREATE FUNCTION demo.race(query text, OUT ms numeric, OUT answer text) LANGUAGE plpgsql AS $$
DECLARE
    started timestamptz := clock_timestamp();
BEGIN
    EXECUTE format('SELECT string_agg(format(''%%s: %%s'', depth, people), '', '' ORDER BY depth)
                      FROM (%s) AS q WHERE depth > 0', query) INTO answer;
    ms := round(1000 * extract(epoch FROM clock_timestamp() - started), 1);
END $$;
CREATE FUNCTION demo.steps() RETURNS int[] LANGUAGE sql STABLE AS $$
    SELECT array_agg(t.code ORDER BY s.place)
      FROM unnest('{follow,register,view_item,add_to_cart,submit_order,pay}'::text[]) WITH ORDINALITY AS s (name, place)
      JOIN cdp.event_type AS t USING (name)
$$;
CREATE VIEW demo.june AS
    SELECT * FROM cdp.v_event
     WHERE one_id IS NOT NULL AND ts >= (SELECT demo.fact('funnel_from')::timestamptz)
       AND ts < (SELECT demo.fact('funnel_to')::timestamptz);
VACUUM ANALYZE cdp.timeline_month;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE demo.race_result AS
SELECT r.place, r.how, t.ms, t.answer
  FROM (VALUES
    (1, 'stored timelines', $$
        SELECT cdp.window_funnel(tl, (SELECT demo.steps()), '7 days') AS depth, count(*) AS people
          FROM (SELECT cdp.timeline_slice(cdp.rollup(tl), (SELECT demo.fact('funnel_from')::timestamptz),
                                          (SELECT demo.fact('funnel_to')::timestamptz)) AS tl
                  FROM cdp.person_timeline WHERE month >= '2025-05-01' GROUP BY one_id) AS t
         GROUP BY 1 $$),
    (2, 'aggregate over rows', $$
        SELECT depth, count(*) AS people
          FROM (SELECT cdp.window_funnel('7 days', ts, name = 'follow', name = 'register', name = 'view_item',
                           name = 'add_to_cart', name = 'submit_order', name = 'pay') AS depth
                  FROM demo.june GROUP BY one_id) AS p
         GROUP BY 1 $$),
    (3, 'plain SQL windows', $$
        SELECT depth, count(*) AS people
          FROM (SELECT one_id, max(CASE WHEN s6 IS NOT NULL THEN 6 WHEN s5 IS NOT NULL THEN 5 WHEN s4 IS NOT NULL THEN 4
                                        WHEN s3 IS NOT NULL THEN 3 WHEN s2 IS NOT NULL THEN 2 WHEN s1 IS NOT NULL THEN 1
                                        ELSE 0 END) AS depth
                  FROM (SELECT *, max(s5) FILTER (WHERE name = 'pay' AND ts <= s5 + interval '7 days') OVER w AS s6
                  FROM (SELECT *, max(s4) FILTER (WHERE name = 'submit_order' AND ts <= s4 + interval '7 days') OVER w AS s5
                  FROM (SELECT *, max(s3) FILTER (WHERE name = 'add_to_cart' AND ts <= s3 + interval '7 days') OVER w AS s4
                  FROM (SELECT *, max(s2) FILTER (WHERE name = 'view_item' AND ts <= s2 + interval '7 days') OVER w AS s3
                  FROM (SELECT *, max(s1) FILTER (WHERE name = 'register' AND ts <= s1 + interval '7 days') OVER w AS s2
                  FROM (SELECT one_id, ts, name, max(ts) FILTER (WHERE name = 'follow') OVER w AS s1
                          FROM demo.june
                         WHERE name IN ('follow', 'register', 'view_item', 'add_to_cart', 'submit_order', 'pay')
                        WINDOW w AS (PARTITION BY one_id ORDER BY ts)) AS a
                        WINDOW w AS (PARTITION BY one_id ORDER BY ts)) AS b
                        WINDOW w AS (PARTITION BY one_id ORDER BY ts)) AS c
                        WINDOW w AS (PARTITION BY one_id ORDER BY ts)) AS d
                        WINDOW w AS (PARTITION BY one_id ORDER BY ts)) AS e
                        WINDOW w AS (PARTITION BY one_id ORDER BY ts)) AS f
                 GROUP BY one_id) AS p
         GROUP BY 1 $$)) AS r (place, how, query)
 CROSS JOIN LATERAL demo.race(r.query) AS t;
RESET max_parallel_workers_per_gather;
\echo '     Three ways to the same funnel, one process each: people by the step they reach'
SELECT how, ms, round(ms / min(ms) OVER (), 1) AS "× best", answer AS "step reached: people"
  FROM demo.race_result ORDER BY place;
DO $$ BEGIN
    IF (SELECT count(DISTINCT answer) FROM demo.race_result) <> 1 THEN
        RAISE EXCEPTION 'the three funnels differ';
    END IF;
END $$;
