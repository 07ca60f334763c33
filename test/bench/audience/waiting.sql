-- What rules on behaviour take while events wait for cdp.timeline_refresh(), of people in many chunks: asked in one
-- statement, and chunk by chunk in statements of their own, each of which puts together what waits of all.
--
--   psql -X -v chunks=20 -v events=100000 -f test/bench/audience/waiting.sql
--
-- In a database of its own, which has the extension: what cdp.setup() made there is torn down. As a superuser.
\if :{?chunks} \else \set chunks 20 \endif
\if :{?events} \else \set events 100000 \endif
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT 'e' || n, now() - (n % 500) * interval '1 minute', CASE WHEN n % 3 = 0 THEN 'pay' ELSE 'view' END, 'phone', (13900000000 + n % (:events / 2))::text
  FROM generate_series(1, :events) AS n;
SELECT events_new FROM cdp.ingest();
INSERT INTO cdp.person (one_id) SELECT (id % :chunks << 20) + id FROM cdp.identifier;
UPDATE cdp.identifier SET one_id = (id % :chunks << 20) + id;
VACUUM ANALYZE;
\set rule '''view then not pay within 30 min in last 7 days'''
CREATE TEMP TABLE asked (way text, round int, ms float8, people int8);
CREATE PROCEDURE pg_temp.ask(round int, chunks int, rule text) LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
    people int8 := 0;
BEGIN
    people := (SELECT sum(cdp.rb_cardinality(cdp._rule_people(rule::cdp.rule, c, now(), NULL))) FROM generate_series(0, chunks - 1) AS c);
    INSERT INTO asked VALUES ('in one statement', round, extract(epoch FROM clock_timestamp() - began) * 1000, people);
    began := clock_timestamp();
    people := 0;
    FOR c IN 0 .. chunks - 1 LOOP
        UPDATE asked SET round = asked.round WHERE asked.round = ask.round;
        people := people + cdp.rb_cardinality(cdp._rule_people(rule::cdp.rule, c, now(), NULL));
    END LOOP;
    INSERT INTO asked VALUES ('chunk by chunk', round, extract(epoch FROM clock_timestamp() - began) * 1000, people);
END $$;
CALL pg_temp.ask(1, :chunks, :rule);
CALL pg_temp.ask(2, :chunks, :rule);
CALL pg_temp.ask(3, :chunks, :rule);
SELECT way, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)) AS ms, max(people) AS people FROM asked GROUP BY 1 ORDER BY 1;
SELECT cdp.teardown(force => true) \g /dev/null
