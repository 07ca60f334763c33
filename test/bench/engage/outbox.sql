-- What handing people over costs: publishing an audience beside plain INSERT ... SELECT of its rows, and one claim and one
-- acknowledgement of 500 rows, of which the audience is looked at again.
--
--   psql -X -v people=200000 -f test/bench/engage/outbox.sql
--
-- In a database of its own, which has the extension: what cdp.setup() made there is torn down. As a superuser.
\ir ../behavior/measure.sql
\if :{?people} \else \set people 200000 \endif
SET TimeZone = 'UTC';
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 'crm', 'member_id', 'm' || n, 'phone', 'p' || n, '2025-01-01' FROM generate_series(1, :people) AS n;
SELECT count(*) FROM cdp.ingest() \g /dev/null
SELECT count(*) FROM cdp.id_resolve() \g /dev/null
-- nine in ten have said yes, one in twenty no later, one in a hundred phones is barred
INSERT INTO cdp.consent (identifier_id, purpose, channel, is_given, said_at)
SELECT i.id, 'marketing', 'sms', g.given, g.said_at
  FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id)
 CROSS JOIN LATERAL (VALUES (true, timestamptz '2025-01-01', 10), (false, timestamptz '2025-02-01', 20)) AS g (given, said_at, nth)
 WHERE t.name = 'member_id' AND ((hashint4(i.id) & 1023) % g.nth = 0) <> g.given;
INSERT INTO cdp.suppression (type_id, value, channel)
SELECT i.type_id, i.value, 'sms' FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE t.name = 'phone' AND (hashint4(i.id) & 1023) % 100 = 0;
SELECT cdp.audience_define('lapsed', 'everyone'),
       cdp.destination_define('sms', 'phone'), cdp.touch_policy_set('sms', 2, '7 days') \g /dev/null
SELECT count(*) FROM cdp.audience_refresh('lapsed') \g /dev/null
CREATE TABLE public.bench_plain (LIKE cdp.outbox INCLUDING ALL);
VACUUM (ANALYZE) cdp.identifier, cdp.person, cdp.consent, cdp.suppression;
CREATE TEMP SEQUENCE nth;
CREATE FUNCTION pg_temp.publish(rule text, recheck boolean) RETURNS int8 LANGUAGE sql AS $$
    SELECT published FROM cdp.outbox_publish(rule, 'sms', holdout => 0.1, campaign => 'c' || nextval('pg_temp.nth'), recheck => recheck) $$;
CREATE TEMP TABLE taken (id int8);
CREATE FUNCTION pg_temp.claim() RETURNS int8 LANGUAGE sql AS $$
    WITH c AS (INSERT INTO taken SELECT outbox_id FROM cdp.outbox_claim('sms', 500) RETURNING 1) SELECT count(*) FROM c $$;
CREATE FUNCTION pg_temp.ack() RETURNS int8 LANGUAGE sql AS $$
    WITH t AS (DELETE FROM taken RETURNING id) SELECT cdp.outbox_ack(array_agg(id)) FROM t $$;
INSERT INTO bench_query VALUES
(1, 'INSERT of the rows by plain SQL', NULL, 'WITH put AS (INSERT INTO public.bench_plain (destination_id, publication_id, identifier_id, not_before)
    SELECT 1, 1, i.id, now() FROM cdp.identifier AS i WHERE i.type_id = (SELECT type_id FROM cdp.id_type WHERE name = ''phone'') RETURNING 1) SELECT count(*) > 0 FROM put'),
(2, 'publish everybody', 'INSERT of the rows by plain SQL', $$SELECT pg_temp.publish('lapsed', true) > 0$$),
(3, 'claim of 500', NULL, 'SELECT pg_temp.claim()'),
(4, 'acknowledgement of 500', NULL, 'SELECT pg_temp.ack()');
CALL pg_temp.bench_run(1);
TRUNCATE bench_time;
CALL pg_temp.bench_run(3);
SELECT what, cpu_ms, lowest, ratio FROM pg_temp.bench_show(:people);
DROP TABLE public.bench_plain;
