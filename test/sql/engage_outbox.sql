-- People of an audience handed over to a sender: whom it means, who is left out and why, claims, leases, retries,
-- caps, quiet hours, and what is looked at again when a row is claimed.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
SET timezone = 'UTC';
-- forty people with a phone, p10 and later with a mail too; p1 has two phones, the second seen last
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 'crm', 'member_id', 'm' || n, 'phone', 'p' || n, '2025-01-01' FROM generate_series(1, 40) n
UNION ALL SELECT 'crm', 'member_id', 'm' || n, 'email', 'e' || n, '2025-01-02' FROM generate_series(10, 40) n
UNION ALL SELECT 'crm', 'member_id', 'm1', 'phone', 'p1-new', '2025-02-01';
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) SELECT n, '2025-03-01', 'visit', 'member_id', 'm' || n FROM generate_series(1, 40) n
UNION ALL SELECT 41, '2025-03-01', 'pay', 'member_id', 'm41';
SELECT identifiers_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT cdp.audience_define('lapsed', 'visit but not pay');
SELECT users FROM cdp.audience_refresh('lapsed');

-- destinations
SELECT cdp.destination_define('sms');
SELECT cdp.destination_define('sms', 'fone');
SELECT cdp.destination_define('sms', 'phone', consent => 'perhaps');
SELECT cdp.destination_define('sms', 'phone', channel => '*');
SELECT cdp.destination_define('*', 'phone');
SELECT cdp.destination_define('sms', 'phone', max_attempts => 0);
SELECT cdp.destination_define('sms', 'phone', lease => '9999 years');
SELECT cdp.destination_define(' ', 'phone');
SELECT cdp.destination_define('sms', 'Phone ', max_attempts => 2, lease => '5 minutes', retry_after => '1 minute');
SELECT cdp.destination_define('mail', 'email', channel => 'mail', consent => 'not_refused');
SELECT cdp.destination_define('service', 'phone', channel => 'sms', purpose => 'service', consent => 'ignored');
SELECT name, id_type, channel, purpose, consent, is_enabled, max_attempts, lease, retry_after FROM cdp.destination ORDER BY 1;

-- whoever has not consented gets nothing
SELECT * FROM cdp.outbox_publish('lapsed', 'sms', campaign => 'nobody');
SELECT cdp.consent_set('member_id', 'm' || n, 'marketing', 'sms', true, 'form', '2025-01-01') FROM generate_series(1, 38) n \g /dev/null
-- the last word counts, whichever words it has; of two at once the no
SELECT cdp.consent_set('phone', 'p2', '*', '*', false, 'call') \g /dev/null
SELECT cdp.consent_set(cdp.one_id('phone', 'p3'), 'marketing', '*', false) \g /dev/null
SELECT cdp.consent_set('phone', 'p3', '*', 'sms', true) \g /dev/null
SELECT cdp.consent_set('phone', 'p4', 'marketing', 'sms', false, at => '2024-01-01') \g /dev/null
SELECT cdp.consent_set('phone', 'p5', 'marketing', 'sms', given, at => '2025-06-01') FROM unnest('{true,false,true}'::boolean[]) given \g /dev/null
-- nothing that is said now is outweighed by what is to have been said later
SELECT cdp.consent_set('phone', 'p39', 'marketing', 'sms', true, at => '2135-01-01') \g /dev/null
SELECT cdp.consent_set('phone', 'p39', 'marketing', 'sms', false) \g /dev/null
-- other purposes and channels say nothing
SELECT cdp.consent_set('phone', 'p39', 'research', 'sms', true), cdp.consent_set('phone', 'p39', 'marketing', 'mail', true) \g /dev/null
-- a person, a phone of one who has another, the only phone of one, and what is over or of another channel
SELECT cdp.suppress(cdp.one_id('phone', 'p6'), 'sms', 'complaint'), cdp.suppress('phone', 'p1-new'), cdp.suppress('phone', 'p7', 'sms'),
       cdp.suppress('phone', 'p8', 'sms', until => now() - interval '1 second'), cdp.suppress('phone', 'p9', 'mail'),
       cdp.suppress('email', 'e10', 'sms'), cdp.suppress('phone', 'stranger') \g /dev/null
-- what bars for longer stays
SELECT cdp.suppress('phone', 'p7', 'sms', 'paused', now() - interval '1 second'), cdp.suppress('phone', 'p8', 'sms', 'for less', now() - interval '1 hour') \g /dev/null
SELECT value, reason, until < now() AS is_over FROM cdp.suppression WHERE value IN ('p7', 'p8') ORDER BY 1;
SELECT one_id, purpose, channel, is_given, source FROM cdp.v_consent WHERE one_id IN (cdp.one_id('phone', 'p2'), cdp.one_id('phone', 'p3')) ORDER BY 1, 2, 3;
SELECT * FROM cdp.outbox_publish('lapsed', dest => 'sms', holdout => 0.25, payload => '{"coupon":"WIN90"}');
-- who it was by plain SQL: of those who may be contacted, those whose lot is in the last quarter
CREATE FUNCTION numbers(people cdp.roaringbitmap) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(substr(i.value, 2), ' ' ORDER BY substr(i.value, 2)::int)
      FROM cdp.rb_iterate(people) p JOIN cdp.identifier i ON i.one_id = p JOIN cdp.id_type t USING (type_id) WHERE t.name = 'member_id' $$;
SELECT numbers(cdp.campaign_people('lapsed', 'held_out')) AS held_out,
       cdp.campaign_people('lapsed', 'held_out') OPERATOR(cdp.=) cdp.rb_andnot((SELECT members FROM cdp.audience_split('audience:lapsed', '{3,1}', 'lapsed') WHERE part = 2),
           (SELECT cdp.rb_build_agg(cdp.one_id('phone', 'p' || n)) FROM unnest('{2,5,6,7,39,40}'::int[]) n)) AS as_drawn;
SELECT numbers(cdp.campaign_people('lapsed', 'published')) AS published, cdp.rb_is_empty(cdp.campaign_people('lapsed', 'sent', 'sms')) AS none_sent;
SELECT id_value, state, payload FROM cdp.v_outbox ORDER BY outbox_id LIMIT 3;
-- again: nobody twice, and the same are held out; of another campaign others
SELECT * FROM cdp.outbox_publish('lapsed', 'sms', holdout => 0.25);
SELECT people, held_out, duplicate, published FROM cdp.outbox_publish('lapsed', 'sms', holdout => 0.25, campaign => 'second', not_before => now() + interval '1 year');
SELECT cdp.campaign_people('second', 'held_out') OPERATOR(cdp.=) cdp.campaign_people('lapsed', 'held_out') AS same;
-- the phone that was seen last, but for one that is barred
SELECT id_value FROM cdp.v_outbox WHERE campaign = 'second' AND one_id = cdp.one_id('phone', 'p1');
-- a rule instead of an audience, another type of identifiers
SELECT people, no_identifier, no_consent, published FROM cdp.outbox_publish('visit', 'mail', not_after => now() + interval '1 hour');
SELECT people, published FROM cdp.outbox_publish('id(member_id) in (m1, m2)', 'service', id_type => 'member_id', campaign => 'by number');
SELECT destination, campaign, audience, people, no_identifier, suppressed, no_consent, duplicate, held_out, published, pending, sent FROM cdp.v_publication ORDER BY publication_id;
SELECT bool_and(people = no_identifier + suppressed + no_consent + duplicate + held_out + published) AS adds_up FROM cdp.publication;
-- refused
SELECT cdp.outbox_publish('lapsed', 'smss');
SELECT cdp.outbox_publish('visited', 'sms');
SELECT cdp.outbox_publish('lapsed', 'sms', holdout => 1.5);
SELECT cdp.outbox_publish('lapsed', 'sms', payload => NULL);
SELECT cdp.outbox_publish('lapsed', 'sms', not_after => now() - interval '1 day');
SELECT cdp.outbox_publish('lapsed', 'sms', not_before => 'infinity');
SELECT cdp.outbox_publish('visit' || repeat(' or pay', 40), 'sms');
SELECT cdp.outbox_publish('not id(phone) in (p1)', 'sms');
SELECT cdp.outbox_publish('lapsed', 'sms', 'fax');
SELECT cdp.audience_define('never', 'visit') > 0 AS defined;
SELECT cdp.outbox_publish('never', 'sms');
SELECT cdp.campaign_people('laped', 'sent');
SELECT cdp.campaign_people('lapsed', 'all');
SELECT cdp.consent_set('phone', 'p1', 'marketing', 'sms', NULL::boolean);
SELECT cdp.consent_set('phone', 'p1', '', 'sms', true);
SELECT cdp.consent_set('phone', 'p1', 'marketing', 'sms', true, at => 'infinity');
SELECT cdp.consent_set(999, 'marketing', 'sms', true);
SELECT cdp.suppress('fone', 'p1');
SELECT cdp.suppress('phone', '');
SELECT cdp.unsuppress('phone', 'p1') AS phone, cdp.unsuppress(cdp.one_id('phone', 'p1')) AS person, cdp.unsuppress('phone', 'p1-new', 'sms') AS other_channel, cdp.unsuppress('phone', 'stranger') AS stranger;

-- a sender
SELECT outbox_id, id_type, id_value, payload, campaign, attempt, claimed_until = now() + interval '5 minutes' AS lease FROM cdp.outbox_claim('sms', 3);
SELECT id_value, attempt FROM cdp.outbox_claim('sms', 2);
SELECT cdp.outbox_claim('sms', 0);
SELECT cdp.outbox_claim('sms', 10, 'infinity');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT cdp.outbox_claim('sms');
ROLLBACK;
SELECT cdp.outbox_claim('smss');
CREATE FUNCTION row_of(value text) RETURNS int8 LANGUAGE sql AS $$ SELECT min(outbox_id) FROM cdp.v_outbox WHERE id_value = value AND campaign = 'lapsed' $$;
CREATE FUNCTION states(vals text[]) RETURNS TABLE (id_value text, state text, reason text, attempts int, minutes numeric, is_finished boolean) LANGUAGE sql AS $$
    SELECT id_value, state, reason, attempts, CASE WHEN state IN ('pending', 'claimed') THEN round(extract(epoch FROM not_before - now()) / 60) END, finished_at IS NOT NULL
      FROM cdp.v_outbox WHERE campaign = 'lapsed' AND destination = 'sms' AND id_value = ANY (vals) ORDER BY outbox_id $$;
-- told once, it is news; told again, or of what nobody has claimed, it is not
SELECT cdp.outbox_ack(ARRAY[row_of('p11')]) AS news, cdp.outbox_ack(ARRAY[row_of('p11'), -1]) AS again, cdp.outbox_ack(ARRAY[row_of('p11')], ok => false) AS other;
SELECT cdp.outbox_ack('{}') AS nothing, cdp.outbox_ack(ARRAY[row_of('p37')]) AS not_claimed;
SELECT cdp.outbox_ack(NULL);
SELECT cdp.outbox_ack(ARRAY[row_of('p13'), row_of('p14')], false, 'busy') AS busy, cdp.outbox_ack(ARRAY[row_of('p16')], false, 'no such number', retry => false) AS gone;
SELECT * FROM states('{p11,p13,p14,p16,p17,p37}');
SELECT id_value, channel, campaign FROM cdp.contact_log l JOIN cdp.v_outbox USING (outbox_id);
-- what failed comes back after a minute, the second failure is the last
SELECT count(*) FROM cdp.outbox_claim('sms', 100, now() + interval '30 seconds') WHERE attempt > 1;
SELECT id_value, attempt FROM cdp.outbox_claim('sms', 100, now() + interval '2 minutes');
SELECT cdp.outbox_ack(ARRAY[row_of('p13')], false, attempt => '{2}') AS told;
-- a lease that ends brings a row back, and the last that ends ends it
SELECT id_value, attempt FROM cdp.outbox_claim('sms', 100, now() + interval '5 minutes 10 seconds');
SELECT count(*) AS claimed FROM cdp.outbox_claim('sms', 100, now() + interval '20 minutes');
SELECT * FROM states('{p13,p14,p17,p18}');
-- what was sent was sent, however late that is told; what failed is no news
SELECT cdp.outbox_ack(ARRAY[row_of('p17')]) AS late, cdp.outbox_ack(ARRAY[row_of('p14')], false) AS no_news;
SELECT * FROM states('{p14,p17}');
SELECT pending, claimed, sent, failed, dropped FROM cdp.v_publication WHERE campaign = 'lapsed' AND destination = 'sms' ORDER BY publication_id;
-- nothing of a destination that is disabled
SELECT cdp.destination_define('mail', is_enabled => false);
SELECT count(*) FROM cdp.outbox_claim('mail');
SELECT cdp.destination_define('mail', is_enabled => true);

-- looked at again when it is claimed
SELECT published FROM cdp.outbox_publish('lapsed', 'service', campaign => 'again');
SELECT published FROM cdp.outbox_publish('lapsed', 'service', campaign => 'unchecked', recheck => false);
SELECT published FROM cdp.outbox_publish('visit', 'service', campaign => 'late', not_after => now() + interval '1 day');
SELECT published FROM cdp.outbox_publish('visit', 'service', campaign => 'called back');
SELECT cdp.outbox_cancel((SELECT publication_id FROM cdp.publication WHERE campaign = 'called back')) AS dropped;
SELECT cdp.outbox_cancel(-1);
UPDATE cdp.destination SET consent = 'not_refused' WHERE name = 'service';
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('pay 20', '2025-03-02', 'pay', 'phone', 'p20');
SELECT events_new FROM cdp.ingest();
SELECT cdp.consent_set('phone', 'p21', 'service', 'sms', false), cdp.suppress('phone', 'p22', 'sms'), cdp.suppress(cdp.one_id('phone', 'p23')),
       cdp.audience_exclude('lapsed', 'phone', 'p24') \g /dev/null
SELECT outcome FROM cdp.id_block('phone', 'p25');
INSERT INTO cdp.landing_link VALUES ('crm', 'phone', 'p26', 'phone', 'p27', '2025-04-01', NULL);
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT campaign, count(*), count(DISTINCT one_id) AS people FROM cdp.outbox_claim('service', 1000, now() + interval '2 days') GROUP BY 1 ORDER BY 1;
SELECT campaign, reason, string_agg(id_value, ' ' ORDER BY outbox_id) AS whom FROM cdp.v_outbox
 WHERE destination = 'service' AND state = 'dropped' AND campaign IN ('again', 'unchecked') GROUP BY 1, 2 ORDER BY 1, 2;
SELECT campaign, reason, count(*) FROM cdp.v_outbox WHERE destination = 'service' AND state = 'dropped' AND campaign NOT IN ('again', 'unchecked') GROUP BY 1, 2 ORDER BY 1, 2;
-- who was dropped may be published again, once he may be sent to
SELECT cdp.unsuppress('phone', 'p22') AS open;
SELECT people, no_identifier, suppressed, no_consent, duplicate, published FROM cdp.outbox_publish('lapsed', 'service', campaign => 'again');
-- a rule that names what is gone stops nobody else
SELECT cdp.tag_define('gone', 'SELECT one_id FROM cdp.v_person') > 0 AS defined;
SELECT people FROM cdp.tag_refresh('gone');
SELECT published FROM cdp.outbox_publish('tag:gone and visit', 'service', campaign => 'of a tag');
SELECT cdp.tag_drop('gone');
SELECT cdp.audience_define('short', 'visit') > 0 AS defined;
SELECT users FROM cdp.audience_refresh('short');
SELECT published FROM cdp.outbox_publish('short', 'service', campaign => 'of an audience');
SELECT cdp.audience_drop('short');
SELECT campaign, count(*) FROM cdp.outbox_claim('service', 1000) GROUP BY 1 ORDER BY 1;
SELECT campaign, reason, count(*) FROM cdp.v_outbox WHERE state = 'dropped' AND campaign LIKE 'of a%' GROUP BY 1, 2 ORDER BY 1;

-- held out at first, handed over later: no example of those who got nothing
SELECT held_out, published FROM cdp.outbox_publish('id(phone) in (p3, p8)', 'service', holdout => 1, campaign => 'changed');
SELECT numbers(cdp.campaign_people('changed', 'held_out')) AS held_out;
SELECT held_out, published FROM cdp.outbox_publish('id(phone) in (p3)', 'service', campaign => 'changed');
SELECT numbers(cdp.campaign_people('changed', 'held_out')) AS held_out, numbers(cdp.campaign_people('changed', 'published')) AS published;
-- asked in parallel workers
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT (SELECT count(*) FROM cdp.identifier AS i WHERE cdp.rb_contains(cdp.campaign_people('changed', 'held_out', 'service'), i.one_id)) AS held_out,
       (SELECT count(*) FROM cdp.identifier AS i WHERE cdp.rb_contains(cdp.campaign_people('changed', 'published', 'service'), i.one_id)) AS published;
COMMIT;
-- held out as who he was: still so while he is another, and when they part again
SELECT FROM generate_series(1, 2) n, cdp.id_link('phone', 'w' || n, 'phone', 'w' || n);
SELECT held_out FROM cdp.outbox_publish('id(phone) in (w2)', 'service', holdout => 1, campaign => 'parted');
SELECT FROM cdp.id_link('phone', 'w1', 'phone', 'w2');
SELECT cdp.campaign_people('parted', 'held_out') OPERATOR(cdp.=) cdp.rb_build(ARRAY[cdp.one_id('phone', 'w1')]) AS both, cdp.person_export(cdp.one_id('phone', 'w1')) -> 'held_out' AS told;
SELECT held_out, published FROM cdp.outbox_publish('id(phone) in (w1)', 'service', holdout => 0.000001, campaign => 'parted');
DELETE FROM cdp.publication WHERE publication_id = (SELECT max(publication_id) FROM cdp.publication);
SELECT FROM cdp.id_unlink('phone', 'w1', 'phone', 'w2');
SELECT cdp.campaign_people('parted', 'held_out') OPERATOR(cdp.=) cdp.rb_build(ARRAY[cdp.one_id('phone', 'w2')]) AS the_second, cdp.person_export(cdp.one_id('phone', 'w1')) -> 'held_out' AS told;
-- two rows of one campaign whose people become one: that one is sent which is not too late
SELECT FROM cdp.id_link('phone', 'y1', 'phone', 'y1');
SELECT FROM cdp.id_link('phone', 'y2', 'phone', 'y2');
SELECT p.published FROM (VALUES ('y1', now() + interval '1 hour'), ('y2', NULL)) AS v (phone, until), cdp.outbox_publish(format('id(phone) in (%s)', phone), 'service', campaign => 'twice', not_after => until) AS p;
SELECT FROM cdp.id_link('phone', 'y1', 'phone', 'y2');
SELECT count(*) > 0 AS claimed FROM cdp.outbox_claim('service', 10, now() + interval '2 hours');
SELECT id_value, state, reason FROM cdp.v_outbox WHERE campaign = 'twice' ORDER BY outbox_id;
-- a person who is barred is so at identifiers that join him later, one of whom was published before
SELECT FROM cdp.id_link('phone', 'x1', 'phone', 'x1');
SELECT suppressed, published FROM cdp.outbox_publish('id(phone) in (x1)', 'service', campaign => 'stranger');
SELECT FROM cdp.id_link('phone', 'x1', 'member_id', 'm23');
SELECT suppressed, published FROM cdp.outbox_publish('id(phone) in (x1)', 'service', campaign => 'no stranger');
SELECT id_value FROM cdp.outbox_claim('service', 10);
SELECT state, reason FROM cdp.v_outbox WHERE campaign = 'stranger';
-- two who become one: a row that is barred is not in the way of the other
SELECT FROM cdp.id_link('phone', 'z1', 'phone', 'z1');
SELECT FROM cdp.id_link('phone', 'z2', 'phone', 'z2');
SELECT published FROM cdp.outbox_publish('id(phone) in (z1, z2)', 'service', campaign => 'one is barred');
SELECT FROM cdp.id_link('phone', 'z1', 'phone', 'z2');
SELECT cdp.suppress('phone', 'z1') \g /dev/null
SELECT id_value FROM cdp.outbox_claim('service', 10) WHERE campaign = 'one is barred';
SELECT id_value, state, reason FROM cdp.v_outbox WHERE campaign = 'one is barred' ORDER BY outbox_id;
-- a failure is that of one attempt: who tells of it after his lease does not free what another sender has
SELECT published FROM cdp.outbox_publish('id(phone) in (p30)', 'service', campaign => 'slow');
SELECT outbox_id AS slow, attempt FROM cdp.outbox_claim('service', 10) WHERE campaign = 'slow' \gset
SELECT :attempt AS first, attempt AS second FROM cdp.outbox_claim('service', 10, now() + interval '11 minutes') WHERE campaign = 'slow';
SELECT cdp.outbox_ack(ARRAY[:slow], ok => false) AS unclear;
SELECT cdp.outbox_ack(ARRAY[:slow], ok => false, attempt => '{1}') AS late, cdp.outbox_ack(ARRAY[:slow, -1], ok => false, attempt => '{2,1}') AS news;
SELECT cdp.outbox_ack(ARRAY[:slow], attempt => '{1}') AS sent;
SELECT cdp.outbox_ack(ARRAY[:slow], attempt => '{}');

-- caps: two a week by mail, three a fortnight in all
DELETE FROM cdp.outbox WHERE destination_id <> (SELECT destination_id FROM cdp.destination WHERE name = 'mail');
DELETE FROM cdp.contact_log;
SELECT cdp.touch_policy_set('mail', 2);
SELECT cdp.touch_policy_set('mail', 0, '7 days');
SELECT cdp.touch_policy_set('mail', 1, '9999 years');
SELECT cdp.touch_policy_set('mail', 1, '0 days');
SELECT cdp.touch_policy_set('mail', quiet_from => '22:00', quiet_until => '22:00');
SELECT cdp.touch_policy_set('mail', quiet_from => '22:00', quiet_until => '08:00', time_zone => 'Mars/Olympus');
SELECT cdp.touch_policy_set('mail', 2, '7 days'), cdp.touch_policy_set('*', 3, '14 days') \g /dev/null
DELETE FROM cdp.outbox;
UPDATE cdp.destination SET consent = 'ignored';
SELECT c AS campaign, p.published FROM generate_series(1, 5) c, cdp.outbox_publish('id(email) in (e30, e31)', CASE c % 2 WHEN 1 THEN 'mail' ELSE 'service' END, campaign => 'cap ' || c) p;
SELECT now() + interval '1 hour' AS t \gset
-- claimed and not acknowledged counts
SELECT campaign, id_value FROM cdp.outbox_claim('mail', 3, :'t');
SELECT campaign, id_value FROM cdp.outbox_claim('mail', 10, :'t');
SELECT campaign, id_value FROM cdp.outbox_claim('service', 10, :'t');
SELECT campaign, id_value, state, reason, not_before - :'t' AS waits FROM cdp.v_outbox WHERE campaign LIKE 'cap%' ORDER BY outbox_id;
SELECT cdp.outbox_ack(array_agg(outbox_id)) FROM cdp.outbox WHERE state = 'claimed';
SELECT campaign, count(*) FROM cdp.outbox_claim('mail', 10, :'t'::timestamptz + interval '7 days' - interval '1 second') GROUP BY 1;
SELECT campaign, count(*) FROM cdp.outbox_claim('mail', 10, :'t'::timestamptz + interval '7 days') GROUP BY 1;
SELECT campaign, id_value, state, reason, not_before - :'t' AS waits FROM cdp.v_outbox WHERE campaign LIKE 'cap%' AND state = 'pending' ORDER BY outbox_id;
SELECT campaign, count(*) FROM cdp.outbox_claim('service', 10, :'t'::timestamptz + interval '14 days') GROUP BY 1;
-- a row that a cap puts off comes when it may go, also where months are not of one length; and days are the same for all
DELETE FROM cdp.outbox;
SELECT cdp.touch_policy_set('mail', 1, '1 month') \g /dev/null
SELECT sum(p.published) AS published FROM unnest('{month 1,month 2}'::text[]) c, cdp.outbox_publish('id(email) in (e32)', 'mail', campaign => c) p;
SELECT cdp.outbox_ack(array_agg(outbox_id)) AS news, min(campaign) AS campaign FROM cdp.outbox_claim('mail', 10, '2035-01-31 12:00+00');
SELECT not_before FROM cdp.v_outbox WHERE campaign = 'month 2';
SELECT campaign FROM cdp.outbox_claim('mail', 10, '2035-02-28 11:59+00');
SELECT campaign FROM cdp.outbox_claim('mail', 10, '2035-02-28 12:00+00');
SELECT cdp.touch_policy_set('mail', 1, '1 day') \g /dev/null
SELECT sum(p.published) AS published FROM unnest('{day 1,day 2}'::text[]) c, cdp.outbox_publish('id(email) in (e33)', 'mail', campaign => c) p;
SET timezone = 'America/New_York';
SELECT cdp.outbox_ack(array_agg(outbox_id)) AS news FROM cdp.outbox_claim('mail', 10, '2035-03-10 17:00+00') WHERE campaign = 'day 1';
SELECT count(*) AS of_23_hours FROM cdp.outbox_claim('mail', 10, '2035-03-11 16:30+00') WHERE campaign = 'day 2';
SELECT count(*) AS of_24_hours FROM cdp.outbox_claim('mail', 10, '2035-03-11 17:00+00') WHERE campaign = 'day 2';
SET timezone = 'UTC';
-- quiet hours, over midnight and in the zone of the channel; those of all channels too
SELECT cdp.touch_policy_set('mail'), cdp.touch_policy_set('*'), (SELECT count(*) FROM cdp.touch_policy) AS left_over;
SELECT cdp.touch_policy_set('mail', quiet_from => '22:00', quiet_until => '08:00', time_zone => 'Asia/Shanghai'), cdp.touch_policy_set('*', quiet_from => '12:30', quiet_until => '14:00') \g /dev/null
SELECT t AS "at", cdp._quiet_until('mail', t) AS mail, cdp._quiet_until('sms', t) AS sms
  FROM unnest('{2035-06-01 13:59+00,2035-06-01 14:00+00,2035-06-01 18:00+00,2035-06-01 23:59+00,2035-06-02 00:00+00,2035-06-02 12:30+00}'::timestamptz[]) t;
SELECT published FROM cdp.outbox_publish('id(email) in (e35)', 'mail', campaign => 'at night');
SELECT count(*) FROM cdp.outbox_claim('mail', 1000, '2035-06-01 18:00+00');
SELECT count(*) > 0 AS by_day FROM cdp.outbox_claim('mail', 1000, '2035-06-02 00:00+00');

-- erased people leave the rule, which may be published again as it was written
SELECT FROM generate_series(1, 3) n, cdp.id_link('phone', 'zoe-' || n, 'phone', 'zoe-' || n);
SELECT published FROM cdp.outbox_publish('id(phone) in (''zoe-1'', ''zoe-2'', ''zoe-3'')', 'service', campaign => 'by number', payload => '{"from": "zoe-2"}');
SELECT removed -> 'publication' AS publications, jsonb_array_length(removed -> 'still_named_by') AS named_by FROM cdp.person_erase('phone', 'zoe-2', tombstone => true);
SELECT people, duplicate, published FROM cdp.outbox_publish('id(phone) in (''zoe-1'', ''zoe-2'', ''zoe-3'')', 'service', campaign => 'by number');
SELECT campaign, audience FROM cdp.publication WHERE audience LIKE '%zoe%' ORDER BY publication_id;

-- told of herself, and gone
SELECT cdp.suppress('email', 'e35', reason => 'asked'), cdp.consent_set('email', 'e35', '*', 'mail', true, 'form') \g /dev/null
SELECT jsonb_path_query_array(cdp.person_export(cdp.one_id('email', 'e35')), '$.consents[*].source') AS consents, jsonb_path_query_array(cdp.person_export(cdp.one_id('email', 'e35')), '$.suppressions[*].reason') AS suppressions,
       jsonb_path_query_array(cdp.person_export(cdp.one_id('email', 'e35')), '$.outbox[*].campaign') AS outbox;
SELECT k.key, k.value FROM cdp.person_erase('email', 'e35') e, jsonb_each(e.removed) k WHERE k.key IN ('outbox', 'contact_log', 'consent', 'suppression', 'publication_holdout') ORDER BY 1;
SELECT severity, what, detail FROM cdp.check() WHERE area = 'engage' OR severity = 'error';
SELECT cdp.outbox_prune('0 days') > 0 AS pruned;
SELECT DISTINCT state FROM cdp.outbox ORDER BY 1;
DROP FUNCTION numbers(cdp.roaringbitmap), row_of(text), states(text[]);
SELECT cdp.teardown(true) > 0 AS gone;
