-- A shop's clickstream: sessions become users; the platform's answers against plain SQL over the raw
-- rows. Runs in a folder with the data set's files, in a database with the extension; prints ok or not ok.
SET client_min_messages = warning;
CREATE TABLE raw (user_id text, session_id text, event text, ts timestamp, platform text, acquisition_channel text,
    user_cohort text, user_lifecycle text);
\copy raw from 'events.csv' (format csv, header)
ALTER TABLE raw ADD id bigint GENERATED ALWAYS AS IDENTITY;
ANALYZE raw;

-- Both queries give the same rows, and any at all.
CREATE FUNCTION same(what text, ours text, theirs text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answers bigint;
    missing bigint;
    surplus bigint;
BEGIN
    EXECUTE format('CREATE TEMP TABLE ours AS %s', ours);
    EXECUTE format('CREATE TEMP TABLE theirs AS %s', theirs);
    SELECT count(*) INTO answers FROM theirs;
    SELECT count(*) INTO missing FROM (TABLE theirs EXCEPT ALL TABLE ours) AS d;
    SELECT count(*) INTO surplus FROM (TABLE ours EXCEPT ALL TABLE theirs) AS d;
    DROP TABLE ours, theirs;
    RETURN CASE WHEN answers > 0 AND missing = 0 AND surplus = 0 THEN format('ok - %s (%s rows)', what, answers)
                ELSE format('not ok - %s: %s rows, %s missing, %s too many', what, answers, missing, surplus) END;
END $$;

SELECT cdp.setup('Europe/Moscow') \g /dev/null
-- Visitors have a cookie per session; the first event of a session also names the user.
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props, identities)
SELECT 'ec' || id, ts, event, 'cookie_id', session_id, acquisition_channel,
       jsonb_build_object('platform', platform, 'lifecycle', user_lifecycle),
       CASE WHEN row_number() OVER (PARTITION BY session_id ORDER BY ts, id) = 1
            THEN jsonb_build_object('member_id', jsonb_build_array(user_id)) END
  FROM raw;
SELECT * FROM cdp.ingest() \g /dev/null
SELECT * FROM cdp.id_resolve() \g /dev/null
SELECT same('events by name, day and channel',
    'SELECT day, name, channel, events FROM cdp.v_event_daily',
    'SELECT ts::date, event, acquisition_channel, count(*) FROM raw GROUP BY 1, 2, 3');
SELECT same('sessions of one user are one person',
    $$SELECT m.value, count(*) FROM cdp.v_identity AS m JOIN cdp.v_identity AS c USING (one_id)
       WHERE m.type = 'member_id' AND c.type = 'cookie_id' GROUP BY 1$$,
    'SELECT user_id, count(DISTINCT session_id) FROM raw GROUP BY 1');
CREATE VIEW who AS SELECT value AS user_id, one_id FROM cdp.v_identity WHERE type = 'member_id';

-- tags and audiences
SELECT cdp.tag_define('platform', $$SELECT DISTINCT one_id, props->>'platform' AS value FROM cdp.v_event$$),
       cdp.tag_define('lifecycle', $$SELECT DISTINCT ON (one_id) one_id, props->>'lifecycle' AS value FROM cdp.v_event ORDER BY one_id, ts DESC, event_id$$),
       cdp.tag_define('buyer', $$SELECT one_id, count(*) >= 2 AS value FROM cdp.v_event WHERE name = 'purchase' GROUP BY 1$$) \g /dev/null
SELECT CASE WHEN error IS NULL THEN 'ok' ELSE 'not ok' END || ' - refresh of tag ' || tag
  FROM cdp.tag AS t CROSS JOIN LATERAL cdp.tag_refresh(t.name);
SELECT same('tag platform, sizes', $$SELECT value, people FROM cdp.v_tag_value WHERE tag = 'platform'$$,
    'SELECT platform, count(DISTINCT user_id) FROM raw GROUP BY 1');
SELECT same('tag lifecycle, person by person', $$SELECT user_id, value FROM cdp.v_person_tag JOIN who USING (one_id) WHERE tag = 'lifecycle'$$,
    $$SELECT DISTINCT ON (user_id) user_id, user_lifecycle FROM raw ORDER BY user_id, ts DESC, ('ec' || id) COLLATE "C"$$);
SELECT cdp.audience_define('app_people', 'tag:platform = mobile but not (tag:buyer or tag:lifecycle = loyal)') \g /dev/null
SELECT same('audience, size', $$SELECT users FROM cdp.audience_refresh('app_people')$$,
    $$SELECT count(DISTINCT user_id) FROM raw WHERE platform = 'mobile'
         AND user_id NOT IN (SELECT user_id FROM raw WHERE event = 'purchase' GROUP BY 1 HAVING count(*) >= 2)
         AND user_id NOT IN (SELECT user_id FROM (SELECT DISTINCT ON (user_id) * FROM raw ORDER BY user_id, ts DESC, ('ec' || id) COLLATE "C") AS l
                              WHERE user_lifecycle = 'loyal')$$);

-- funnel: the latest start of a chain of each length, carried through one sort per user; rows of the
-- same moment see each other, so they may follow in any order
CREATE FUNCTION depths(patience interval) RETURNS TABLE (user_id text, depth int) LANGUAGE sql AS $$
    SELECT user_id, max((s1 IS NOT NULL)::int + (s2 IS NOT NULL)::int + (s3 IS NOT NULL)::int + (s4 IS NOT NULL)::int
                        + (s5 IS NOT NULL)::int + (s6 IS NOT NULL)::int)
      FROM (SELECT *, max(s5) FILTER (WHERE event = 'purchase' AND ts <= s5 + patience) OVER w AS s6
      FROM (SELECT *, max(s4) FILTER (WHERE event = 'payment_details' AND ts <= s4 + patience) OVER w AS s5
      FROM (SELECT *, max(s3) FILTER (WHERE event = 'shipping_details' AND ts <= s3 + patience) OVER w AS s4
      FROM (SELECT *, max(s2) FILTER (WHERE event = 'cart' AND ts <= s2 + patience) OVER w AS s3
      FROM (SELECT *, max(s1) FILTER (WHERE event = 'add_to_cart' AND ts <= s1 + patience) OVER w AS s2
      FROM (SELECT user_id, ts, event, max(ts) FILTER (WHERE event = 'product_view') OVER w AS s1 FROM raw
            WINDOW w AS (PARTITION BY user_id ORDER BY ts)) AS a
            WINDOW w AS (PARTITION BY user_id ORDER BY ts)) AS b
            WINDOW w AS (PARTITION BY user_id ORDER BY ts)) AS c
            WINDOW w AS (PARTITION BY user_id ORDER BY ts)) AS d
            WINDOW w AS (PARTITION BY user_id ORDER BY ts)) AS e
            WINDOW w AS (PARTITION BY user_id ORDER BY ts)) AS f
     GROUP BY user_id HAVING max(s1) IS NOT NULL
$$;
SELECT same(format('six steps within %s', patience),
    format($$SELECT step, users FROM cdp.funnel_report('{product_view,add_to_cart,cart,shipping_details,payment_details,purchase}', %L)$$, patience),
    format('SELECT s, count(*) FILTER (WHERE depth >= s) FROM depths(%L), generate_series(1, 6) AS s GROUP BY 1', patience))
  FROM unnest('{1 minute,5 minutes,1 hour,1 day,7 days,400 days}'::text[]) AS patience;
CREATE VIEW entry AS
    SELECT DISTINCT ON (user_id) user_id, acquisition_channel, platform FROM raw WHERE event = 'product_view'
     ORDER BY user_id, ts, ('ec' || id) COLLATE "C";
SELECT same(format('six steps by %s', by),
    format($$SELECT by_value, step, users FROM cdp.funnel_report('{product_view,add_to_cart,cart,shipping_details,payment_details,purchase}', '1 day', by => %L)$$, by),
    format($$SELECT %I, s, count(*) FILTER (WHERE depth >= s) FROM depths('1 day') JOIN entry USING (user_id), generate_series(1, 6) AS s GROUP BY 1, 2$$, col))
  FROM (VALUES ('channel', 'acquisition_channel'), ('props.platform', 'platform')) AS v (by, col);
-- the planted story: the checkout bug from 9 April to 9 May
SELECT same('carts that reached shipping within the hour, in the month of the checkout bug',
    $$SELECT step, users FROM cdp.funnel_report('{cart,shipping_details}', '1 hour', "from" => '2024-04-09 00:00+03', "to" => '2024-05-10 00:00+03')$$,
    $$WITH bug AS (SELECT * FROM raw WHERE ts >= '2024-04-09' AND ts < '2024-05-10')
      SELECT 1, count(DISTINCT user_id) FROM bug WHERE event = 'cart'
      UNION ALL
      SELECT 2, count(DISTINCT c.user_id) FROM bug AS c JOIN bug AS d USING (user_id)
       WHERE c.event = 'cart' AND d.event = 'shipping_details' AND d.ts BETWEEN c.ts AND c.ts + interval '1 hour'$$);

-- retention in the local calendar
SELECT same(format('retention from %s to %s by %s', first, back, unit),
    format($$SELECT cohort, period, size, users FROM cdp.retention_report(%L, %L, %L, 100) WHERE users > 0 AND period <= 20$$, first, back, unit),
    format($$
      WITH born AS (SELECT user_id, min(ts) AS first, date_trunc(%3$L, min(ts)) AS cohort FROM raw WHERE event = %1$L GROUP BY 1),
           size AS (SELECT cohort, count(*) AS size FROM born GROUP BY 1),
           back AS (SELECT DISTINCT user_id, cohort, date_trunc(%3$L, ts) AS seen FROM raw JOIN born USING (user_id) WHERE event = %2$L AND ts >= first),
           cell AS (SELECT cohort::date, CASE %3$L WHEN 'month' THEN extract(month FROM seen)::int - extract(month FROM cohort)::int
                          ELSE (seen::date - cohort::date) / CASE %3$L WHEN 'week' THEN 7 ELSE 1 END END AS period, size, count(*)
                      FROM back JOIN size USING (cohort) GROUP BY 1, 2, 3)
      SELECT * FROM cell WHERE period <= 20$$, first, back, unit))
  FROM (VALUES ('home', 'home', 'week'), ('product_view', 'purchase', 'week'), ('home', 'add_to_cart', 'day'),
               ('product_view', 'purchase', 'month')) AS v (first, back, unit);

-- the same funnel from stored timelines
SELECT * FROM cdp.timeline_refresh() \g /dev/null
SELECT same('six steps from stored timelines',
    $$SELECT s, count(*) FILTER (WHERE depth >= s)
        FROM (SELECT cdp.window_funnel(cdp.rollup(tl), (SELECT array_agg(t.code ORDER BY n)
                FROM unnest('{product_view,add_to_cart,cart,shipping_details,payment_details,purchase}'::text[]) WITH ORDINALITY AS s (name, n)
                JOIN cdp.event_type AS t USING (name)), '1 day') AS depth FROM cdp.person_timeline GROUP BY one_id) AS p,
             generate_series(1, 6) AS s GROUP BY 1$$,
    $$SELECT s, count(*) FILTER (WHERE depth >= s) FROM depths('1 day'), generate_series(1, 6) AS s GROUP BY 1$$);
