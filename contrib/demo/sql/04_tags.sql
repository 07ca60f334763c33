-- Tags: each is one query, kept as bitmaps; a pack of them, and some of our own.
\set ON_ERROR_STOP on
\pset linestyle unicode
\pset border 2
\pset footer off
\o /dev/null
\i :packs/tags_retail.sql
UPDATE retail.band SET at_least = 60 WHERE tag = 'lead' AND value = 'hot';
-- Loaded again, as for a newer version, it leaves alone what the business has said.
\i :packs/tags_retail.sql
SELECT cdp.tag_define('pay_power', $$
    SELECT one_id, CASE WHEN sum(amount) >= 3000 THEN 'strong' WHEN sum(amount) >= 1000 THEN 'medium'
                        ELSE 'weak' END AS value
      FROM (SELECT one_id, (props->>'amount')::numeric AS amount
              FROM cdp.v_event
             WHERE name = 'pay' AND one_id IS NOT NULL
               AND ts >= (SELECT demo.fact('tag_from')::timestamptz)
               AND ts < (SELECT demo.fact('as_of')::timestamptz)) AS paid
     GROUP BY one_id $$, folder => 'value', description => 'paid in 180 days: 3000, 1000');
SELECT cdp.tag_define('member', $$
    SELECT one_id FROM cdp.v_identity WHERE type = 'member_id'
    $$, folder => 'identity', description => 'has a membership');
\o
\echo '     \\i contrib/packs/tags_retail.sql, and SELECT * FROM cdp.tag_refresh(name, \'2025-07-01\') for each of them'
SELECT r.tag, r.value_count AS values, demo.n(r.people) AS people, r.chunks_written AS chunks,
       r.duration_ms AS ms, r.error
  FROM (SELECT name FROM cdp.tag ORDER BY tag_id) AS t CROSS JOIN LATERAL cdp.tag_refresh(t.name, demo.fact('as_of')::date) AS r;
DO $$ BEGIN
    IF EXISTS (SELECT FROM cdp.v_run WHERE kind = 'tag_refresh' AND NOT succeeded) THEN
        RAISE EXCEPTION 'a tag could not be refreshed';
    END IF;
END $$;

\echo '     Coverage: SELECT * FROM cdp.v_tag;'
SELECT folder, tag, description, demo.n(people) AS people, demo.percent(share) AS share,
       demo.bar(share, 18) AS coverage
  FROM cdp.v_tag AS t ORDER BY folder, t.people DESC;
\echo '     The values of some: SELECT * FROM cdp.v_tag_value;'
SELECT tag, value, demo.n(people) AS people, demo.percent(share) AS share, demo.bar(share, 36) AS of_all
  FROM cdp.v_tag_value AS v WHERE tag IN ('order_freq', 'pay_power', 'lifecycle', 'channel')
 ORDER BY tag, v.people DESC;

\echo '     Everything about one customer: SELECT * FROM cdp.tags_of(one_id);'
SELECT t.tag, t.value
  FROM (SELECT min(m) AS one_id FROM cdp.audience_members('tag:order_freq = high and tag:channel = store') AS m) AS p
 CROSS JOIN LATERAL cdp.tags_of(p.one_id) AS t;

\echo '     The eight classes: SELECT * FROM cdp.rfm_report(...);'
SELECT class, demo.n(users) AS people, demo.percent(share) AS share, round(recency_avg) AS days_ago, round(frequency_avg::numeric, 1) AS payments,
       demo.n(monetary) AS paid, demo.bar(monetary_share, 24) AS of_all_paid
  FROM cdp.rfm_report("from" => demo.fact('tag_from')::timestamptz, "to" => demo.fact('as_of')::timestamptz,
       recency_bounds => '{30}', frequency_bounds => '{3}', monetary_bounds => '{1000}') AS r;

DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT CASE tag WHEN 'rfm_class' THEN 'rfm' ELSE tag END AS fact, tag, value
               FROM cdp.v_tag_value WHERE tag IN ('order_freq', 'pay_power', 'lifecycle', 'rfm_class') LOOP
        PERFORM demo.expect(t.fact || '_' || t.value, cdp.rb_cardinality(cdp.tag(t.tag, t.value)));
    END LOOP;
    -- Scores by another way of adding up.
    SELECT count(*) AS people, count(*) FILTER (WHERE s.lead IS DISTINCT FROM CASE WHEN v.score >= 60 THEN 'hot' WHEN v.score >= 20 THEN 'warm' ELSE 'cold' END) AS wrong INTO t
      FROM (SELECT one_id, round(0.2 * least(100, 2 * sum((name IN ('open', 'page_view'))::int) + 5 * sum((name = 'view_item')::int) + 10 * sum((name = 'view_live')::int))
                 + 0.3 * least(100, 5 * sum((name IN ('search', 'ad_click'))::int) + 15 * sum((name = 'coupon_receive')::int) + 20 * sum((name IN ('follow', 'share', 'chat'))::int))
                 + 0.5 * least(100, 20 * sum((name IN ('register', 'add_to_cart'))::int) + 30 * sum((name = 'submit_order')::int)), 1) AS score
              FROM cdp.v_event
             WHERE one_id IS NOT NULL AND name <> 'pay' AND ts >= demo.fact('tag_from')::timestamptz AND ts < demo.fact('as_of')::timestamptz GROUP BY one_id) AS v
      FULL JOIN (SELECT one_id, value AS lead FROM cdp.v_person_tag WHERE tag = 'lead') AS s USING (one_id);
    IF t.people = 0 OR t.wrong > 0 THEN
        RAISE EXCEPTION '% of % leads have another temperature', t.wrong, t.people;
    END IF;
    FOR t IN SELECT substr(name, 16) AS channel FROM demo.fact WHERE name LIKE 'channel\_people\_%' LOOP
        PERFORM demo.expect('channel_people_' || t.channel, cdp.rb_cardinality(cdp.tag('channel', t.channel)));
    END LOOP;
END $$;
-- Each tag that counts events, by another way of counting them.
CREATE TABLE demo.tagged AS
WITH event AS (
    SELECT e.*, e.ts AT TIME ZONE 'Asia/Shanghai' AS at, e.ts >= demo.fact('tag_from')::timestamptz AS in_period
      FROM cdp.v_event AS e WHERE e.one_id IS NOT NULL AND e.ts < demo.fact('as_of')::timestamptz
), most AS (
    SELECT one_id, tag, value, row_number() OVER (PARTITION BY one_id, tag ORDER BY count(*) DESC, value) AS place
      FROM event AS e CROSS JOIN LATERAL (VALUES ('best_hour', CASE WHEN e.in_period THEN to_char(e.at, 'HH24') END), ('region', e.props ->> 'store')) AS v (tag, value)
     WHERE value IS NOT NULL GROUP BY one_id, tag, value
), paid AS (
    SELECT one_id, count(*) AS times, sum((props ->> 'amount')::numeric) AS amount, max(at)::date AS last_day
      FROM event WHERE name = 'pay' AND in_period GROUP BY one_id
)
SELECT one_id, tag, value FROM most WHERE place = 1
UNION ALL
SELECT one_id, 'did', name FROM event WHERE in_period GROUP BY one_id, name
UNION ALL
SELECT one_id, 'source', channel FROM (SELECT one_id, channel, row_number() OVER (PARTITION BY one_id ORDER BY ts, event_id) AS place FROM event) AS e WHERE place = 1
UNION ALL
SELECT one_id, 'activity', CASE WHEN days >= 10 THEN 'high' WHEN days >= 3 THEN 'medium' ELSE 'low' END
  FROM (SELECT one_id, count(DISTINCT at::date) AS days FROM event WHERE ts >= demo.fact('as_of')::timestamptz - interval '30 days' GROUP BY one_id) AS d
UNION ALL
SELECT one_id, tag, value
  FROM paid CROSS JOIN LATERAL (VALUES ('value_tier', CASE WHEN amount >= 3000 THEN 'high' WHEN amount >= 1000 THEN 'medium' ELSE 'low' END),
                                       ('payments', times::text), ('paid', round(amount)::text), ('last_paid', last_day::text)) AS v (tag, value);
DO $$
DECLARE
    wrong record;
BEGIN
    SELECT tag, one_id, t.value AS found, d.value AS expected INTO wrong
      FROM demo.tagged AS d
      FULL JOIN (SELECT * FROM cdp.v_person_tag WHERE tag IN (SELECT tag FROM demo.tagged)) AS t USING (one_id, tag, value)
     WHERE d.one_id IS NULL OR t.one_id IS NULL ORDER BY 1, 2 LIMIT 1;
    IF FOUND OR (SELECT count(DISTINCT tag) FROM demo.tagged) <> 9 THEN
        RAISE EXCEPTION 'tag "%" of person % differs', wrong.tag, wrong.one_id;
    END IF;
END $$;
