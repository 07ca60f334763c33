-- Questions that an analyst asks: why, who, what else, do they collide, what are they worth.
\set ON_ERROR_STOP on
\pset linestyle unicode
\pset border 2
\pset footer off
SELECT demo.fact('last_day') AS last_day \gset
-- Every answer is held against what was planted, or against plain SQL over the rows.
CREATE FUNCTION demo.same(what text, actual anyelement, expected anyelement) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF actual IS DISTINCT FROM expected THEN
        RAISE EXCEPTION '% is %, found %', what, expected, actual;
    END IF;
END $$;

\echo '     Counted without defining anything: cart on the last day, no payment within half an hour, orders often, spends much'
\set flagship 'add_to_cart then not pay within 30 min between ' :last_day ' and ' :last_day ' and tag:order_freq = high and tag:pay_power = strong'
\echo '     SELECT cdp.audience_count($$' :flagship '$$);'
SELECT demo.n(cdp.audience_count(:'flagship')) AS people;
SELECT demo.same('flagship by rule', cdp.audience_count(:'flagship'), demo.fact('flagship')::int8),
       demo.same('left_cart by rule', cdp.audience_count(format('add_to_cart then not pay within 30 min between %s and %s', :'last_day', :'last_day')), demo.fact('left_cart')::int8),
       demo.same('order_freq by rule', cdp.audience_count(format('pay >= 6 times between %s and %s', left(demo.fact('tag_from'), 10), :'last_day')), demo.fact('order_freq_high')::int8),
       demo.same('pay_power by rule', cdp.audience_count(format('sum(amount) of pay >= 3000 between %s and %s', left(demo.fact('tag_from'), 10), :'last_day')), demo.fact('pay_power_strong')::int8) \g /dev/null

\echo '     Why is it so small?  SELECT * FROM cdp.audience_explain(\'audience:flagship\');'
CREATE TABLE demo.explained AS SELECT * FROM cdp.audience_explain('audience:flagship');
SELECT repeat('  ', depth) || text AS part, demo.n(users) AS people, round(ms::numeric, 2) AS ms FROM demo.explained;
SELECT demo.same(e.text, (SELECT x.users FROM demo.explained AS x WHERE x.text = e.text), demo.fact(e.fact)::int8)
  FROM (VALUES ('audience:flagship', 'flagship'), ('audience:left_cart', 'left_cart'), ('tag:order_freq = high', 'order_freq_high'),
               ('tag:pay_power = strong', 'pay_power_strong')) AS e (text, fact) \g /dev/null

\echo '     Why are these one person?  SELECT * FROM cdp.id_explain(type, value, type, value);'
-- Two identifiers of one planted person that no link joins directly.
SELECT a.type AS type_a, a.value AS value_a, b.type AS type_b, b.value AS value_b
  FROM demo.truth_identifier AS a JOIN demo.truth_identifier AS b USING (person)
 WHERE a.person > 0 AND a.type = 'openid_mp' AND b.type = 'device_id' AND cdp.one_id(a.type, a.value) = cdp.one_id(b.type, b.value)
 ORDER BY a.person, a.value, b.value LIMIT 1 \gset
CREATE TABLE demo.path AS SELECT * FROM cdp.id_explain(:'type_a', :'value_a', :'type_b', :'value_b');
TABLE demo.path;
-- It leads from one to the other, by more than one link, over identifiers that are of the same planted person.
SELECT demo.same('a path', count(*) > 1 AND bool_and((p.from_type, p.from_value) = (p.before_type, p.before_value))
                 AND (array_agg(p.to_value ORDER BY p.hop DESC))[1] = :'value_b', true),
       demo.same('persons on a path', (SELECT array_agg(DISTINCT t.person) FROM demo.path AS p JOIN demo.truth_identifier AS t ON (t.type, t.value) = (p.to_type, p.to_value)),
                 (SELECT ARRAY[t.person] FROM demo.truth_identifier AS t WHERE (t.type, t.value) = (:'type_a', :'value_a')))
  FROM (SELECT *, coalesce(lag(to_type) OVER (ORDER BY hop), :'type_a') AS before_type, coalesce(lag(to_value) OVER (ORDER BY hop), :'value_a') AS before_value
          FROM demo.path) AS p \g /dev/null

\echo '     One customer, everything:  SELECT * FROM cdp.v_profile WHERE one_id = cdp.one_id(type, value);'
CREATE TABLE demo.customer AS SELECT * FROM cdp.v_profile WHERE one_id = cdp.one_id(:'type_a', :'value_a');
SELECT k.key, left(k.value::text, 100) AS value FROM demo.customer AS c, LATERAL jsonb_each(to_jsonb(c)) AS k;
SELECT demo.same('both identifiers', c.identifiers -> :'type_a' ? :'value_a' AND c.identifiers -> :'type_b' ? :'value_b', true),
       demo.same('all events', c.events, (SELECT count(*) FROM cdp.v_event AS e WHERE e.one_id = c.one_id)),
       demo.same('all tags', (SELECT count(*) FROM jsonb_object_keys(c.tags)), (SELECT count(DISTINCT t.tag) FROM cdp.tags_of(c.one_id) AS t))
  FROM demo.customer AS c \g /dev/null

\echo '     Who are they, against everyone?  SELECT * FROM cdp.audience_insight(\'audience:vip\', ...) ORDER BY tgi DESC;'
CREATE TABLE demo.insight AS SELECT * FROM cdp.audience_insight('audience:vip', '{lifecycle,channel,lead,order_freq,payments}');
SELECT dim, value, demo.n(users) AS people, demo.percent(share) AS share, demo.percent(base_share) AS of_everyone, round(tgi) AS tgi,
       to_char(p_adjusted, '0.999') AS p
  FROM demo.insight WHERE p_adjusted < 0.05 AND users > 0 ORDER BY tgi DESC, dim, value LIMIT 12;
SELECT demo.expect('vip', (SELECT users FROM demo.insight WHERE dim = 'order_freq' AND value = 'high')) \g /dev/null
SELECT demo.same(i.dim || ' of everyone', i.base_users, demo.fact(CASE i.dim WHEN 'channel' THEN 'channel_people' ELSE i.dim END || '_' || i.value)::int8)
  FROM demo.insight AS i WHERE i.dim IN ('lifecycle', 'channel', 'order_freq') \g /dev/null

\echo '     Weekly retention of one audience: of those who pay at all'
SELECT demo.same(format('return of %s +%s', r.cohort, r.period), r.users, t.users)
  FROM cdp.retention_report('register', 'pay', 'week', periods => 8, audience => 'tag:lifecycle',
           "from" => demo.fact('cohort_from')::timestamp AT TIME ZONE 'Asia/Shanghai',
           "to" => demo.fact('cohort_to')::timestamp AT TIME ZONE 'Asia/Shanghai') AS r
  FULL JOIN demo.truth_cohort AS t USING (cohort, period) \g /dev/null

\echo '     Do campaigns collide?  SELECT * FROM cdp.audience_overlap(\'{vip,win_back,left_cart}\');'
CREATE TABLE demo.collision AS SELECT * FROM cdp.audience_overlap('{vip,win_back,left_cart}');
SELECT a, b, demo.n(users_a) AS people_a, demo.n(users_b) AS people_b, demo.n(users_both) AS both, round(jaccard::numeric, 4) AS jaccard FROM demo.collision;
SELECT demo.same('vip and left_cart', (SELECT users_both FROM demo.collision WHERE a = 'vip' AND b = 'left_cart'), demo.fact('flagship')::int8),
       demo.same('win_back and left_cart', (SELECT users_both FROM demo.collision WHERE a = 'win_back' AND b = 'left_cart'), 0::int8) \g /dev/null

\echo '     Hand over, a tenth held out:  SELECT * FROM cdp.outbox_publish(\'lapsed\', dest => \'wecom_msg\', id_type => \'wecom_external_userid\', holdout => 0.10, payload => \'{"coupon":"WIN90"}\');'
-- Who is a contact of the staff has agreed to that; each seventh has thought better of it, and each hundredth has complained.
CREATE TABLE demo.contact AS
SELECT i.id, i.one_id, t.type_id, i.value, i.id % 7 = 0 AS refused, i.id % 100 = 0 AS complained
  FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE t.name = 'wecom_external_userid' AND i.one_id IS NOT NULL;
INSERT INTO cdp.consent (identifier_id, purpose, channel, is_given, said_at, source)
SELECT c.id, 'marketing', 'wecom', g.given, demo.fact('as_of')::timestamptz - g.ago, 'contact'
  FROM demo.contact AS c CROSS JOIN (VALUES (true, interval '2 days'), (false, '1 day')) AS g (given, ago) WHERE g.given OR c.refused;
SELECT cdp.suppress('wecom_external_userid', c.value, 'wecom', 'complaint') FROM demo.contact AS c WHERE c.complained \g /dev/null
SELECT cdp.audience_define('lapsed', 'tag:lifecycle = lapsed'), cdp.destination_define('wecom_msg', 'wecom_external_userid', channel => 'wecom'),
       cdp.touch_policy_set('wecom', max_touches => 1, per => '1 day', quiet_from => '22:00', quiet_until => '08:00', time_zone => 'Asia/Shanghai') \g /dev/null
SELECT users FROM cdp.audience_refresh('lapsed') \g /dev/null
CREATE TABLE demo.handed AS
SELECT * FROM cdp.outbox_publish('lapsed', dest => 'wecom_msg', id_type => 'wecom_external_userid', holdout => 0.10, payload => '{"coupon":"WIN90"}');
SELECT demo.n(people) AS people, demo.n(no_identifier) AS no_identifier, demo.n(suppressed) AS suppressed, demo.n(no_consent) AS no_consent,
       demo.n(held_out) AS held_out, demo.n(published) AS published FROM demo.handed;
CREATE TABLE demo.reachable AS
SELECT m.one_id, bool_and(c.id IS NULL) AS no_identifier, bool_and(c.complained) AS suppressed, bool_or(c.refused) AS no_consent,
       cdp.audience_share(m.one_id, 'lapsed') >= 0.9 AS held_out
  FROM cdp.v_audience_member AS m LEFT JOIN demo.contact AS c USING (one_id) WHERE m.audience = 'lapsed' GROUP BY m.one_id;
SELECT demo.same('lapsed, handed over', h.people, demo.fact('lifecycle_lapsed')::int8),
       demo.same('without a contact', h.no_identifier, r.no_identifier), demo.same('barred', h.suppressed, r.suppressed),
       demo.same('without consent', h.no_consent, r.no_consent), demo.same('held out', h.held_out, r.held_out), demo.same('published', h.published, r.published)
  FROM demo.handed AS h, (
    SELECT count(*) FILTER (WHERE no_identifier) AS no_identifier, count(*) FILTER (WHERE suppressed) AS suppressed,
           count(*) FILTER (WHERE no_consent AND NOT suppressed) AS no_consent,
           count(*) FILTER (WHERE NOT no_identifier AND NOT suppressed AND NOT no_consent AND held_out) AS held_out,
           count(*) FILTER (WHERE NOT no_identifier AND NOT suppressed AND NOT no_consent AND NOT held_out) AS published
      FROM demo.reachable) AS r \g /dev/null
SELECT demo.same('published again', published, 0::int8) FROM cdp.outbox_publish('lapsed', dest => 'wecom_msg', holdout => 0.10) \g /dev/null

\echo '     The sender:  SELECT * FROM cdp.outbox_claim(\'wecom_msg\', 500);   SELECT cdp.outbox_ack(ARRAY[1,2,3], ok => true);'
-- Nothing at night; by day whoever is still in the audience and may be sent to, each once.
SELECT (date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') + interval '1 day 23 hours') AT TIME ZONE 'Asia/Shanghai' AS night,
       (date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') + interval '2 days 12 hours') AT TIME ZONE 'Asia/Shanghai' AS noon \gset
SELECT demo.same('claimed at night', count(*), 0::int8) FROM cdp.outbox_claim('wecom_msg', 500, :'night') \g /dev/null
CREATE TABLE demo.claimed AS SELECT * FROM cdp.outbox_claim('wecom_msg', 500, :'noon');
SELECT outbox_id, one_id, id_value, payload, attempt FROM demo.claimed ORDER BY outbox_id LIMIT 3;
SELECT demo.same('claimed', count(*), least(500, (SELECT published FROM demo.handed))), demo.same('people claimed', count(DISTINCT one_id), count(*)),
       demo.same('acknowledged', cdp.outbox_ack(array_agg(outbox_id), ok => true), count(*))
  FROM demo.claimed \g /dev/null
SELECT demo.same('sent', cdp.rb_cardinality(cdp.campaign_people('lapsed', 'sent')), (SELECT count(*) FROM demo.claimed)),
       demo.same('claimed again', count(*), 0::int8) FROM cdp.outbox_claim('wecom_msg', 500, :'noon') AS c JOIN demo.claimed USING (one_id) \g /dev/null

\echo '     Join anything to an audience, in plain SQL: what the best customers paid, by channel'
CREATE TABLE demo.paid AS
SELECT e.channel, sum((e.props ->> 'amount')::numeric) AS paid, count(*) AS payments
  FROM cdp.v_event AS e
 WHERE e.name = 'pay' AND e.ts >= demo.fact('tag_from')::timestamptz AND e.ts < demo.fact('as_of')::timestamptz
   AND e.one_id IN (SELECT m FROM cdp.audience_members('audience:vip but not tag:order_freq = low') AS m)
 GROUP BY e.channel;
SELECT channel, demo.n(paid) AS paid, demo.n(payments) AS payments, demo.bar((paid / sum(paid) OVER ())::float8, 30) AS of_all FROM demo.paid AS p ORDER BY p.paid DESC;
SELECT demo.expect('vip_cents', (SELECT round(100 * sum(paid))::int8 FROM demo.paid)) \g /dev/null

\echo '     Who is like them?  SELECT * FROM cdp.audience_lookalike(\'audience:vip\', 5, \'{lifecycle,channel,region}\');'
SELECT l.one_id, l.score, string_agg(format('%s = %s %s', e.dim, e.value, to_char(e.weight, 'S0.00')), ', ') AS because
  FROM cdp.audience_lookalike('audience:vip', 5, '{lifecycle,channel,region}') AS l
 CROSS JOIN LATERAL cdp.audience_lookalike_explain('audience:vip', l.one_id, '{lifecycle,channel,region}') AS e
 GROUP BY l.one_id, l.score ORDER BY l.score DESC, l.one_id;
