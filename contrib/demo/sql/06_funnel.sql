-- Funnel: six steps of the campaign month, by the channel of the first contact.
\set ON_ERROR_STOP on
\pset linestyle unicode
\pset border 2
\pset footer off
CREATE TABLE demo.funnel AS
    SELECT * FROM cdp.funnel_report(
        '{follow,register,view_item,add_to_cart,submit_order,pay}', conv_window => '7 days', by => 'channel',
        "from" => demo.fact('funnel_from')::timestamptz, "to" => demo.fact('funnel_to')::timestamptz);
\echo '     SELECT * FROM cdp.funnel_report(\'{follow,register,view_item,add_to_cart,submit_order,pay}\','
\echo '                                     conv_window => \'7 days\', by => \'channel\', ...);'
SELECT coalesce(by_value, 'all channels') AS channel,
       demo.n(sum(users) FILTER (WHERE step = 1)) AS follow,
       demo.n(sum(users) FILTER (WHERE step = 2)) AS register,
       demo.n(sum(users) FILTER (WHERE step = 3)) AS view_item,
       demo.n(sum(users) FILTER (WHERE step = 4)) AS add_to_cart,
       demo.n(sum(users) FILTER (WHERE step = 5)) AS submit_order,
       demo.n(sum(users) FILTER (WHERE step = 6)) AS pay,
       demo.percent((sum(users) FILTER (WHERE step = 6) / sum(users) FILTER (WHERE step = 1))::float8) AS converted
  FROM demo.funnel
 GROUP BY ROLLUP (by_value) ORDER BY sum(users) FILTER (WHERE step = 1) DESC;
SELECT step, name, demo.n(users) AS users, demo.percent(from_previous) AS of_previous,
       demo.percent(from_first) AS of_first, demo.bar(from_first, 36) AS " "
  FROM cdp.funnel_report('{follow,register,view_item,add_to_cart,submit_order,pay}',
       "from" => demo.fact('funnel_from')::timestamptz, "to" => demo.fact('funnel_to')::timestamptz);

-- Both directions: nothing missing, nothing made up.
DO $$
DECLARE
    wrong text;
BEGIN
    SELECT string_agg(format('%s step %s: %s, found %s', channel, t.step, t.users, f.users), '; ') INTO wrong
      FROM demo.truth_funnel AS t
      FULL JOIN demo.funnel AS f ON f.by_value = t.channel AND f.step = t.step AND f.name = t.name
     WHERE coalesce(t.users, 0) <> coalesce(f.users, 0);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the planted funnel is not found: %', wrong;
    END IF;
    FOR k IN 1..6 LOOP
        PERFORM demo.expect('funnel_step_' || k, (SELECT sum(f.users)::bigint FROM demo.funnel AS f WHERE f.step = k));
    END LOOP;
    INSERT INTO demo.found SELECT format('funnel %s %s', t.channel, t.step), t.users::text FROM demo.truth_funnel AS t;
END $$;
