-- A grocer's households (2017): the platform's answers against plain SQL over the raw rows.
-- Runs in a folder with the data set's files, in a database with the extension; prints ok or not ok.
SET client_min_messages = warning;
CREATE TABLE raw (ts timestamp, household_id text, event text, item text, amount numeric, ref text);
\copy raw from 'events.csv' (format csv, header)
ALTER TABLE raw ADD id bigint GENERATED ALWAYS AS IDENTITY;
CREATE TABLE demographics (household_id text, age text, income text, home_ownership text, marital_status text,
    household_size text, household_comp text, kids_count text);
\copy demographics from 'demographics.csv' (format csv, header)
ANALYZE raw, demographics;

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

SELECT cdp.setup('UTC') \g /dev/null
-- A household is known by its number at home and by its card in the shop.
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
SELECT 'cj' || id, ts, event, CASE WHEN event = 'purchase' THEN 'pos_card' ELSE 'member_id' END,
       CASE WHEN event = 'purchase' THEN 'C' ELSE 'H' END || household_id,
       CASE WHEN event = 'campaign_receive' THEN 'mail' ELSE 'store' END,
       jsonb_strip_nulls(jsonb_build_object('item', item, 'amount', amount, 'ref', ref))
  FROM raw;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 'crm', 'member_id', 'H' || household_id, 'pos_card', 'C' || household_id, min(ts) FROM raw GROUP BY household_id;
SELECT * FROM cdp.ingest() \g /dev/null
SELECT * FROM cdp.id_resolve() \g /dev/null
SELECT same('events by name and channel', 'SELECT name, count(*) FROM cdp.v_event GROUP BY 1', 'SELECT event, count(*) FROM raw GROUP BY 1');
SELECT same('one person per household', 'SELECT count(DISTINCT one_id) FROM cdp.v_event', 'SELECT count(DISTINCT household_id) FROM raw');
-- Who is who, for the comparisons below.
CREATE VIEW who AS SELECT substr(value, 2) AS household_id, one_id FROM cdp.v_identity WHERE type = 'member_id';

-- tags: by number of baskets, by money, by a table of another department
SELECT cdp.tag_define('baskets', $$
    SELECT one_id, CASE WHEN count(DISTINCT props->>'ref') >= 40 THEN 'high' WHEN count(DISTINCT props->>'ref') >= 15 THEN 'medium' ELSE 'low' END AS value
      FROM cdp.v_event WHERE name = 'purchase' GROUP BY one_id $$),
       cdp.tag_define('spending', $$
    SELECT one_id, CASE WHEN sum((props->>'amount')::numeric) >= 150 THEN 'strong' ELSE 'weak' END AS value
      FROM cdp.v_event WHERE name = 'purchase' GROUP BY one_id $$),
       cdp.tag_define('age', $$SELECT 'member_id' AS id_type, 'H' || household_id AS id_value, age AS value FROM demographics$$),
       cdp.tag_define('redeemer', $$SELECT DISTINCT one_id FROM cdp.v_event WHERE name = 'coupon_redeem'$$) \g /dev/null
SELECT CASE WHEN error IS NULL THEN 'ok' ELSE 'not ok' END || ' - refresh of tag ' || tag
  FROM cdp.tag AS t CROSS JOIN LATERAL cdp.tag_refresh(t.name);
CREATE VIEW spent AS
    SELECT household_id, sum(amount) AS amount, count(DISTINCT ref) AS baskets FROM raw WHERE event = 'purchase' GROUP BY 1;
SELECT same('tag baskets, person by person', $$SELECT household_id, value FROM cdp.v_person_tag JOIN who USING (one_id) WHERE tag = 'baskets'$$,
    $$SELECT household_id, CASE WHEN baskets >= 40 THEN 'high' WHEN baskets >= 15 THEN 'medium' ELSE 'low' END FROM spent$$);
SELECT same('tag spending, sizes', $$SELECT value, people FROM cdp.v_tag_value WHERE tag = 'spending'$$,
    $$SELECT CASE WHEN amount >= 150 THEN 'strong' ELSE 'weak' END, count(*) FROM spent GROUP BY 1$$);
SELECT same('tag age, sizes', $$SELECT value, people FROM cdp.v_tag_value WHERE tag = 'age'$$,
    $$SELECT age, count(*) FROM demographics WHERE household_id IN (SELECT household_id FROM raw) GROUP BY 1$$);

-- audiences
SELECT cdp.audience_define('loyal', '(tag:baskets = high or tag:spending = strong) and not tag:redeemer'),
       cdp.audience_define('silent', sql => $$
           SELECT DISTINCT r.one_id FROM cdp.v_event AS r WHERE r.name = 'campaign_receive'
              AND NOT EXISTS (SELECT FROM cdp.v_event AS p WHERE p.one_id = r.one_id AND p.name = 'purchase'
                                 AND p.ts BETWEEN r.ts AND r.ts + interval '14 days')$$),
       cdp.audience_define('both', 'audience:loyal and audience:silent and tag:age') \g /dev/null
SELECT CASE WHEN error IS NULL THEN 'ok' ELSE 'not ok' END || ' - refresh of audience ' || audience FROM cdp.audience_refresh_all();
CREATE VIEW loyal AS
    SELECT household_id FROM spent WHERE (baskets >= 40 OR amount >= 150)
       AND household_id NOT IN (SELECT household_id FROM raw WHERE event = 'coupon_redeem');
CREATE VIEW silent AS
    SELECT DISTINCT r.household_id FROM raw AS r WHERE r.event = 'campaign_receive'
       AND NOT EXISTS (SELECT FROM raw AS p WHERE p.household_id = r.household_id AND p.event = 'purchase' AND p.ts BETWEEN r.ts AND r.ts + interval '14 days');
SELECT same('audience loyal, person by person', $$SELECT household_id FROM cdp.v_audience_member JOIN who USING (one_id) WHERE audience = 'loyal'$$, 'TABLE loyal');
SELECT same('audience silent, person by person', $$SELECT household_id FROM cdp.v_audience_member JOIN who USING (one_id) WHERE audience = 'silent'$$, 'TABLE silent');
SELECT same('audience both, size', $$SELECT cdp.audience_count('audience:both')$$,
    'SELECT count(*) FROM loyal JOIN silent USING (household_id) JOIN demographics USING (household_id)');

-- funnel: the definition word by word, as a join of the raw rows
CREATE VIEW chain AS
    SELECT a.household_id, max(CASE WHEN c.ts IS NOT NULL THEN 3 WHEN b.ts IS NOT NULL THEN 2 ELSE 1 END) AS depth,
           max(CASE WHEN c.ts > b.ts AND b.ts > a.ts THEN 3 WHEN b.ts > a.ts THEN 2 ELSE 1 END) AS strict_depth
      FROM raw AS a
      LEFT JOIN raw AS b ON b.household_id = a.household_id AND b.event = 'purchase' AND b.ts BETWEEN a.ts AND a.ts + interval '30 days'
      LEFT JOIN raw AS c ON c.household_id = a.household_id AND c.event = 'coupon_redeem' AND c.ts BETWEEN b.ts AND a.ts + interval '30 days'
     WHERE a.event = 'campaign_receive'
     GROUP BY 1;
CREATE VIEW entry AS
    SELECT DISTINCT ON (household_id) household_id, ref FROM raw WHERE event = 'campaign_receive' ORDER BY household_id, ts, ('cj' || id) COLLATE "C";
SELECT same('funnel receive, purchase, redeem in 30 days',
    $$SELECT step, users FROM cdp.funnel_report('{campaign_receive,purchase,coupon_redeem}', '30 days')$$,
    $$SELECT s, count(*) FROM chain, generate_series(1, 3) AS s WHERE depth >= s GROUP BY 1$$);
SELECT same('funnel, strictly increasing',
    $$SELECT step, users FROM cdp.funnel_report('{campaign_receive,purchase,coupon_redeem}', '30 days', mode => 'strict_increase')$$,
    $$SELECT s, count(*) FROM chain, generate_series(1, 3) AS s WHERE strict_depth >= s GROUP BY 1$$);
SELECT same('funnel by first campaign',
    $$SELECT by_value, step, users FROM cdp.funnel_report('{campaign_receive,purchase,coupon_redeem}', '30 days', by => 'props.ref')$$,
    $$SELECT ref, s, count(*) FILTER (WHERE depth >= s) FROM chain JOIN entry USING (household_id), generate_series(1, 3) AS s GROUP BY 1, 2$$);
SELECT same('funnel of an audience',
    $$SELECT step, users FROM cdp.funnel_report('{campaign_receive,purchase,coupon_redeem}', '30 days', audience => 'tag:age and not tag:baskets = low')$$,
    $$SELECT s, count(*) FILTER (WHERE depth >= s) FROM chain JOIN demographics USING (household_id) JOIN spent USING (household_id),
             generate_series(1, 3) AS s WHERE baskets >= 15 GROUP BY 1$$);

-- retention: cohorts by the first purchase, cell by cell
SELECT same(format('retention by %s', unit),
    format($$SELECT cohort, period, size, users FROM cdp.retention_report('purchase', 'purchase', %L, 52) WHERE users > 0$$, unit),
    format($$
      WITH born AS (SELECT household_id, date_trunc(%1$L, min(ts)) AS cohort FROM raw WHERE event = 'purchase' GROUP BY 1),
           size AS (SELECT cohort, count(*) AS size FROM born GROUP BY 1),
           back AS (SELECT DISTINCT household_id, cohort, date_trunc(%1$L, ts) AS seen FROM raw JOIN born USING (household_id) WHERE event = 'purchase')
      SELECT cohort::date, CASE %1$L WHEN 'month' THEN extract(month FROM seen)::int - extract(month FROM cohort)::int
                                    ELSE (seen::date - cohort::date) / CASE %1$L WHEN 'week' THEN 7 ELSE 1 END END AS period, size, count(*)
        FROM back JOIN size USING (cohort)
       WHERE %1$L <> 'day' OR seen::date - cohort::date <= 52 GROUP BY 1, 2, 3$$, unit))
  FROM unnest('{day,week,month}'::text[]) AS unit;
SELECT same('retention: received in a week, redeemed later',
    $$SELECT cohort, period, size, users FROM cdp.retention_report('campaign_receive', 'coupon_redeem', 'week', 30) WHERE users > 0$$,
    $$WITH born AS (SELECT household_id, min(ts) AS first, date_trunc('week', min(ts)) AS cohort FROM raw WHERE event = 'campaign_receive' GROUP BY 1),
           size AS (SELECT cohort, count(*) AS size FROM born GROUP BY 1)
      SELECT cohort::date, (date_trunc('week', ts)::date - cohort::date) / 7 AS period, size, count(DISTINCT household_id)
        FROM raw JOIN born USING (household_id) JOIN size USING (cohort)
       WHERE event = 'coupon_redeem' AND ts >= first AND ts < cohort + interval '31 weeks' GROUP BY 1, 2, 3$$);

-- stored timelines
SELECT * FROM cdp.timeline_refresh() \g /dev/null
SELECT same('events in stored timelines', 'SELECT sum(cdp.timeline_count(tl)) FROM cdp.person_timeline', 'SELECT count(*)::numeric FROM raw');
