-- Tags: each is one query, kept as bitmaps.
\set ON_ERROR_STOP on
\pset linestyle unicode
\pset border 2
\pset footer off
\o /dev/null
SELECT cdp.tag_define('order_freq', $$
    SELECT one_id, CASE WHEN count(*) >= 6 THEN 'high' WHEN count(*) >= 3 THEN 'medium' ELSE 'low' END AS value
      FROM cdp.v_event
     WHERE name = 'pay' AND one_id IS NOT NULL
       AND ts >= (SELECT demo.fact('tag_from')::timestamptz)
       AND ts < (SELECT demo.fact('as_of')::timestamptz)
     GROUP BY one_id $$, folder => 'value', description => 'orders in 180 days: 6, 3, 1');
SELECT cdp.tag_define('pay_power', $$
    SELECT one_id, CASE WHEN sum(amount) >= 3000 THEN 'strong' WHEN sum(amount) >= 1000 THEN 'medium'
                        ELSE 'weak' END AS value
      FROM (SELECT one_id, (props->>'amount')::numeric AS amount
              FROM cdp.v_event
             WHERE name = 'pay' AND one_id IS NOT NULL
               AND ts >= (SELECT demo.fact('tag_from')::timestamptz)
               AND ts < (SELECT demo.fact('as_of')::timestamptz)) AS paid
     GROUP BY one_id $$, folder => 'value', description => 'paid in 180 days: 3000, 1000');
SELECT cdp.tag_define('channel', $$
    SELECT DISTINCT one_id, channel AS value FROM cdp.v_event WHERE one_id IS NOT NULL
    $$, folder => 'channel', description => 'seen there at all');
SELECT cdp.tag_define('source', $$
    SELECT DISTINCT ON (one_id) one_id, channel AS value
      FROM cdp.v_event WHERE one_id IS NOT NULL ORDER BY one_id, ts, event_id
    $$, folder => 'channel', description => 'seen there first');
SELECT cdp.tag_define('store', $$
    SELECT one_id, mode() WITHIN GROUP (ORDER BY props->>'store') AS value
      FROM cdp.v_event WHERE props ? 'store' AND one_id IS NOT NULL GROUP BY one_id
    $$, folder => 'place', description => 'the store visited most');
SELECT cdp.tag_define('lifecycle', $$
    SELECT one_id, CASE WHEN count(*) = 1 AND max(ts) >= as_of - interval '30 days' THEN 'new buyer'
                        WHEN max(ts) >= as_of - interval '60 days' THEN 'active'
                        WHEN max(ts) >= as_of - interval '120 days' THEN 'slipping' ELSE 'lost' END AS value
      FROM cdp.v_event, (SELECT demo.fact('as_of')::timestamptz AS as_of) AS now
     WHERE name = 'pay' AND one_id IS NOT NULL GROUP BY one_id, as_of
    $$, folder => 'value', description => 'by the last payment');
SELECT cdp.tag_define('member', $$
    SELECT one_id FROM cdp.v_identity WHERE type = 'member_id'
    $$, folder => 'identity', description => 'has a membership');
\o
\echo '     SELECT * FROM cdp.tag_refresh(name) for each of them'
SELECT r.tag, r.value_count AS values, demo.n(r.people) AS people, r.chunks_written AS chunks,
       r.duration_ms AS ms, r.error
  FROM (SELECT name FROM cdp.tag ORDER BY tag_id) AS t CROSS JOIN LATERAL cdp.tag_refresh(t.name) AS r;
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

DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT tag, value FROM cdp.v_tag_value WHERE tag IN ('order_freq', 'pay_power') LOOP
        PERFORM demo.expect(t.tag || '_' || t.value, cdp.rb_cardinality(cdp.tag(t.tag, t.value)));
    END LOOP;
    FOR t IN SELECT substr(name, 16) AS channel FROM demo.fact WHERE name LIKE 'channel\_people\_%' LOOP
        PERFORM demo.expect('channel_people_' || t.channel, cdp.rb_cardinality(cdp.tag('channel', t.channel)));
    END LOOP;
END $$;
