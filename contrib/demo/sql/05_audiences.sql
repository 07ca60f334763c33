-- Audiences: the flagship "filled a cart, did not pay within 30 minutes, orders often, spends much".
\set ON_ERROR_STOP on
\pset linestyle unicode
\pset border 2
\pset footer off
\o /dev/null
SELECT cdp.audience_define('left_cart', sql => $$
    SELECT DISTINCT cart.one_id
      FROM cdp.v_event AS cart
     WHERE cart.name = 'add_to_cart' AND cart.one_id IS NOT NULL
       AND cart.ts >= (SELECT demo.fact('last_day')::timestamp AT TIME ZONE 'Asia/Shanghai')
       AND cart.ts < (SELECT demo.fact('as_of')::timestamptz)
       AND NOT EXISTS (SELECT FROM cdp.v_event AS pay
                        WHERE pay.name = 'pay' AND pay.one_id = cart.one_id
                          AND pay.ts BETWEEN cart.ts AND cart.ts + interval '30 minutes') $$,
    description => 'cart of the last day, not paid within 30 minutes');
SELECT cdp.audience_define('flagship',
    'audience:left_cart and tag:order_freq = high and tag:pay_power = strong',
    description => 'worth a call today');
SELECT cdp.audience_define('win_back',
    'tag:lifecycle in (silent, lapsed) and (tag:pay_power = strong or tag:order_freq = high) and not audience:left_cart',
    description => 'good customers who stay away');
SELECT cdp.audience_define('one_legged',
    'tag:channel = store and not (tag:channel = mini_program or tag:channel = app)',
    description => 'store only: not yet in the Mini Program or App');
SELECT cdp.audience_define('vip', 'tag:order_freq = high and tag:pay_power = strong',
    description => 'orders often, spends much');
\o
\echo '     SELECT * FROM cdp.audience_refresh_all();   -- those that others are made of come first'
SELECT audience, demo.n(users) AS users, demo.n(entered) AS entered, left_users AS left, duration_ms AS ms, error
  FROM cdp.audience_refresh_all();
SELECT audience, description, demo.n(users) AS users, demo.percent(share) AS share FROM cdp.v_audience ORDER BY audience;

\echo '     The flagship audience, condition by condition:  cdp.audience_count(expression)'
SELECT expression, demo.n(s.users) AS users, demo.bar(s.users / max(s.users) OVER ()::float8, 12) AS " "
  FROM (SELECT e.expression, e.place, cdp.audience_count(e.expression) AS users
          FROM unnest(ARRAY['audience:left_cart', 'audience:left_cart and tag:order_freq = high',
                            'audience:left_cart and tag:order_freq = high and tag:pay_power = strong'])
               WITH ORDINALITY AS e (expression, place)) AS s
 ORDER BY place;
SELECT demo.expect('left_cart', (SELECT users FROM cdp.v_audience WHERE audience = 'left_cart')) \g /dev/null
SELECT demo.expect('flagship', (SELECT users FROM cdp.v_audience WHERE audience = 'flagship')) \g /dev/null

\echo '     Join it to anything: whom to call, and where they left the cart'
SELECT m.one_id, e.channel, to_char(e.ts AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') AS cart_at, e.props->>'item' AS item
  FROM cdp.v_audience_member AS m
  JOIN cdp.v_event AS e USING (one_id)
 WHERE m.audience = 'flagship' AND e.name = 'add_to_cart'
   AND e.ts >= (SELECT demo.fact('last_day')::timestamp AT TIME ZONE 'Asia/Shanghai')
 ORDER BY e.ts DESC LIMIT 5;
