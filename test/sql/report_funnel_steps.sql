-- Steps of funnels by the names of events, properties and what they say.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT cdp.funnel_step_codes('view');
SELECT cdp.setup('UTC');
SELECT cdp.event_value_set('pay', 'amount', 2), cdp.property_define('device');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
SELECT n, timestamp '2025-01-01' + n * interval '7 minutes', (ARRAY['view', 'add to cart', 'pay'])[1 + n % 3], 'member_id', 'm' || n % 20,
       (ARRAY['app', 'wechat', 'it''s'])[1 + n / 7 % 3], jsonb_build_object('device', 'd' || n % 5, 'amount', n)
  FROM generate_series(1, 300) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT events FROM cdp.timeline_refresh();
SELECT cdp.funnel_step_codes('view, "add to cart", pay[value >= 10000]') = format('%s, %s, %s[value >= 10000]', view, cart, pay) AS events,
       cdp.funnel_step_codes('pay[channel in (app, ''it''''s'')]') =
       format('%s[p1 in (%s, %s)]', pay, cdp.property_code('channel', 'app'), cdp.property_code('channel', 'it''s')) AS "values",
       cdp.funnel_step_codes('7, pay[p2 = d3 or device = 1] between 1 and 2') = format('7, %s[p2 = %s or p2 = 1] between 1 and 2', pay, cdp.property_code('device', 'd3')) AS mixed
  FROM (SELECT max(code) FILTER (WHERE name = 'view') AS view, max(code) FILTER (WHERE name = 'add to cart') AS cart, max(code) FILTER (WHERE name = 'pay') AS pay FROM cdp.event_type) AS t;
-- what the stored timelines answer is what the events say
SELECT cdp.funnel_counts((SELECT cdp.funnel_agg(one_id, tl, (SELECT cdp.funnel_step_codes('view[device <> d0], "add to cart", pay[value >= 10000 and channel in (app, wechat)]')), '7 days')
                            FROM cdp.person_timeline)) AS stored,
       cdp.funnel_counts((SELECT cdp.funnel_agg(one_id, depth, 3)
          FROM (SELECT i.one_id, cdp.window_funnel('7 days', e.ts, e.name = 'view' AND e.props ->> 'device' <> 'd0', e.name = 'add to cart',
                                                   e.name = 'pay' AND (e.props ->> 'amount')::int >= 100 AND e.channel IN ('app', 'wechat')) AS depth
                  FROM cdp.event AS e JOIN cdp.identifier AS i ON i.id = e.identifier_id GROUP BY i.one_id) AS p)) AS by_rows;
-- what does not exist
SELECT cdp.funnel_step_codes('view, payy');
SELECT cdp.funnel_step_codes('view[devise = d1]');
SELECT cdp.funnel_step_codes('view[device = d9]');
SELECT cdp.funnel_step_codes('view[p1 = wechta]');
SELECT cdp.funnel_step_codes('view[value = many]');
SELECT cdp.funnel_step_codes('view[');
SELECT cdp.funnel_step_codes(NULL) IS NULL AS null_is_null;
