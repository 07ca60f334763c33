-- Conditions on behaviour mean whom plain SQL over the events means, whatever has been refreshed.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT cdp.setup('Europe/Berlin');
-- Berlin puts its clocks forward on 30 March; the second half comes later, some of it late.
CREATE TABLE coming AS
    SELECT n, timestamptz '2025-03-01 00:00+00' + ((hashint4(n) & 65535) * 40) * interval '1 second' AS ts,
           (ARRAY['pay', 'add_to_cart', 'view'])[1 + (hashint4(n * 3) & 1023) % 3] AS name,
           '139' || to_char((hashint4(n * 7) & 1023) % 40, 'FM00000000') AS phone,
           (ARRAY['web', 'app', 'mini', NULL])[1 + (hashint4(n * 5) & 3)] AS channel,
           jsonb_build_object('amount', (hashint4(n * 11) & 1023) / 100.0, 'qty', hashint4(n * 13) & 7, 'due', date '2025-03-10' + (hashint4(n * 17) & 63)) AS props
      FROM generate_series(1, 1200) AS n;
CREATE FUNCTION come("from" int, "to" int) RETURNS int8 LANGUAGE sql AS $$
    INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
    SELECT n, ts, name, 'phone', phone, channel, props FROM coming WHERE n BETWEEN "from" AND "to";
    SELECT events_new FROM cdp.ingest();
$$;
SELECT come(1, 600);
SELECT persons_new > 30 AS people FROM cdp.id_resolve();
SELECT cdp.event_value_set('pay', 'amount', 2), cdp.property_define('qty'), cdp.property_define('due_on', 'due');

-- Now is 31 March, noon of the business.
CREATE TABLE question (n serial, rule cdp.rule, query text);
INSERT INTO question (rule, query) VALUES
('pay where (amount >= 9.5)', $$SELECT one_id FROM e WHERE name = 'pay' AND amount >= 9.5$$),
('pay >= 3 times in last 2 weeks where (amount < 5.01 and channel in (web, app))',
 $$SELECT one_id FROM e WHERE name = 'pay' AND day BETWEEN '2025-03-18' AND '2025-03-31' AND amount <= 5 AND channel IN ('web', 'app') GROUP BY 1 HAVING count(*) >= 3$$),
('pay < 2 times in last 30 hours', $$SELECT p.one_id FROM p WHERE (SELECT count(*) FROM e WHERE e.one_id = p.one_id AND name = 'pay' AND ts BETWEEN '2025-03-30 04:00+00' AND '2025-03-31 10:00+00') < 2$$),
('view = 0 times since "2025-03-30 03:30:00"', $$SELECT p.one_id FROM p WHERE NOT EXISTS (SELECT FROM e WHERE e.one_id = p.one_id AND name = 'view' AND ts >= '2025-03-30 01:30+00')$$),
('pay until "2025-03-03 12:00" where (channel is not set)', $$SELECT one_id FROM e WHERE name = 'pay' AND ts <= '2025-03-03 11:00+00' AND channel IS NULL$$),
('view between 2025-03-29 and 2025-03-30 where (qty > 4 and channel not in (web))', $$SELECT one_id FROM e WHERE name = 'view' AND day BETWEEN '2025-03-29' AND '2025-03-30' AND qty > 4 AND channel <> 'web'$$),
('view where (due between 5 days ago and in 1 week and qty <> 3)', $$SELECT one_id FROM e WHERE name = 'view' AND due BETWEEN '2025-03-26' AND '2025-04-07' AND qty <> 3$$),
('sum(amount) of pay > 40.25 since 2025-03-05', $$SELECT one_id FROM e WHERE name = 'pay' AND day >= '2025-03-05' GROUP BY 1 HAVING sum(amount) > 40.25$$),
('avg(amount) of pay between 4.5 and 5.5', $$SELECT one_id FROM e WHERE name = 'pay' GROUP BY 1 HAVING avg(amount) BETWEEN 4.5 AND 5.5$$),
('min(qty) of view > 1 in last 1 week', $$SELECT one_id FROM e WHERE name = 'view' AND day BETWEEN '2025-03-25' AND '2025-03-31' GROUP BY 1 HAVING min(qty) > 1$$),
('max(amount) of pay <= 8', $$SELECT one_id FROM e WHERE name = 'pay' GROUP BY 1 HAVING max(amount) <= 8$$),
('distinct(qty) of add_to_cart >= 5', $$SELECT one_id FROM e WHERE name = 'add_to_cart' GROUP BY 1 HAVING count(DISTINCT qty) >= 5$$),
('distinct(channel) of view < 3 in last 1 month', $$SELECT p.one_id FROM p WHERE (SELECT count(DISTINCT channel) FROM e WHERE e.one_id = p.one_id AND name = 'view' AND day BETWEEN '2025-03-01' AND '2025-03-31') < 3$$),
('days of pay >= 4 where (amount > 2)', $$SELECT one_id FROM e WHERE name = 'pay' AND amount > 2 GROUP BY 1 HAVING count(DISTINCT day) >= 4$$),
('first pay in last 3 weeks where (channel = app)', $$SELECT one_id FROM (SELECT DISTINCT ON (one_id) * FROM e WHERE name = 'pay' ORDER BY one_id, ts) AS f WHERE day BETWEEN '2025-03-11' AND '2025-03-31' AND channel = 'app'$$),
('last pay until 2025-03-29 where (amount > 3)', $$SELECT one_id FROM (SELECT DISTINCT ON (one_id) * FROM e WHERE name = 'pay' ORDER BY one_id, ts DESC) AS l WHERE day <= '2025-03-29' AND amount > 3$$),
('add_to_cart then not pay within 12 hours since 2025-03-20', $$SELECT c.one_id FROM e AS c WHERE c.name = 'add_to_cart' AND c.day >= '2025-03-20' AND c.ts + interval '12 hours' < '2025-03-31 10:00+00'
   AND NOT EXISTS (SELECT FROM e AS b WHERE b.one_id = c.one_id AND b.name = 'pay' AND b.ts BETWEEN c.ts AND c.ts + interval '12 hours')$$),
('view where (channel = web) then add_to_cart then pay where (amount > 4) within 3 days', $$SELECT a.one_id FROM e AS a JOIN e AS b USING (one_id) JOIN e AS c USING (one_id)
  WHERE a.name = 'view' AND a.channel = 'web' AND b.name = 'add_to_cart' AND c.name = 'pay' AND c.amount > 4 AND a.ts < b.ts AND b.ts < c.ts AND c.ts <= a.ts + interval '3 days'$$),
('view then not pay then view within 4 days until 2025-03-15', $$SELECT a.one_id FROM e AS a JOIN e AS b USING (one_id)
  WHERE a.name = 'view' AND b.name = 'view' AND a.ts < b.ts AND b.ts <= a.ts + interval '4 days' AND a.day <= '2025-03-15'
    AND NOT EXISTS (SELECT FROM e AS x WHERE x.one_id = a.one_id AND x.name = 'pay' AND x.ts > a.ts AND x.ts < b.ts)$$);
CREATE TABLE answer (stage text, n int, people int, same boolean);
CREATE FUNCTION ask(stage text) RETURNS TABLE (asked int8, wrong int[]) LANGUAGE plpgsql AS $$
DECLARE
    q question;
    expected cdp.roaringbitmap;
    got cdp.roaringbitmap;
BEGIN
    CREATE TEMPORARY TABLE e ON COMMIT DROP AS
        SELECT one_id, name, ts, (ts AT TIME ZONE 'Europe/Berlin')::date AS day, channel,
               (props ->> 'amount')::numeric AS amount, (props ->> 'qty')::int AS qty, (props ->> 'due')::date AS due
          FROM cdp.v_event WHERE one_id IS NOT NULL;
    CREATE INDEX ON e (one_id, name);
    ANALYZE e;
    CREATE TEMPORARY TABLE p ON COMMIT DROP AS SELECT one_id FROM cdp.person WHERE merged_into IS NULL AND ended_at IS NULL;
    FOR q IN SELECT * FROM question ORDER BY n LOOP
        EXECUTE format('SELECT cdp.rb_build_agg(DISTINCT x.one_id) FROM (%s) AS x', q.query) INTO expected;
        got := cdp._rule_behavior_people(q.rule, 0, '2025-03-31 10:00+00');
        INSERT INTO answer VALUES (stage, q.n, cdp.rb_cardinality(got), got OPERATOR(cdp.=) coalesce(expected, '{}'));
    END LOOP;
    RETURN QUERY SELECT count(*), array_agg(a.n ORDER BY a.n) FILTER (WHERE NOT a.same) FROM answer AS a WHERE a.stage = ask.stage;
END $$;

-- nothing refreshed; all of it; some waiting
SELECT * FROM ask('waiting');
SELECT events FROM cdp.timeline_refresh();
SELECT * FROM ask('folded');
SELECT people, rule FROM answer JOIN question USING (n) WHERE stage = 'folded' ORDER BY n;
SELECT come(601, 900);
SELECT * FROM ask('late');
-- another value of an event: its months are built again
SELECT cdp.event_value_set('view', 'qty');
SELECT * FROM ask('due');
SELECT come(901, 1200);
SELECT * FROM ask('due and late');
SELECT waiting FROM cdp.timeline_refresh();
SELECT * FROM ask('folded again');
-- persons merge, and one loses an identifier
INSERT INTO cdp.landing_link (type_a, value_a, type_b, value_b)
SELECT 'phone', '1390000000' || a, 'phone', '1390000000' || b FROM (VALUES (1, 2), (2, 3), (4, 5)) AS v (a, b);
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT * FROM ask('merged');
SELECT count(*) AS blocked FROM cdp.id_block('phone', '13900000007');
SELECT * FROM ask('blocked');
SELECT count(DISTINCT people) > 10 AS various, bool_and(people > 0) AS somebody FROM answer WHERE stage = 'folded';

-- a chunk of nobody; a rule that is no such condition; what is not kept; what does not exist
SELECT cdp._rule_behavior_people('pay', 1, now()), cdp._rule_behavior_people('pay = 0 times', 4095, now());
SELECT cdp._rule_behavior_people('tag:vip', 0, now());
SELECT cdp._rule_behavior_people('pay where (item = x)', 0, now());
SELECT cdp._rule_behavior_people('buy', 0, now());
SELECT cdp._rule_behavior_people('pay where (amount > today)', 0, now());
SELECT cdp._rule_behavior_people('pay', 0, 'infinity');
SELECT cdp.rb_cardinality(cdp._rule_behavior_people('pay where (value > 9)', 0, '2025-03-31'))
     = cdp.rb_cardinality(cdp._rule_behavior_people('pay where (amount > 9)', 0, '2025-03-31')) AS value_is_amount;

-- windows beyond all time
SELECT r.rule, cdp.rb_cardinality(cdp._rule_behavior_people(r.rule, 0, '2025-03-31')) AS people
  FROM (VALUES (1, cdp.rule 'pay since in 1000000 years'), (2, 'pay until 1000000 years ago'), (3, 'days of pay = 0 since in 1000000 years'),
               (4, 'pay then view within 1 week between in 1 day and 1 day ago'), (5, 'last pay in last 1000000 years where (qty >= 0)')) AS r (n, rule) ORDER BY n;
SELECT cdp.rb_cardinality(cdp._rule_behavior_people('pay until in 300 hours', 0, '294276-12-31 23:59:59+00'))
     = cdp.rb_cardinality(cdp._rule_behavior_people('pay', 0, now())) AS end_of_time;
-- a dictionary may have any code
INSERT INTO cdp.event_property_value (slot, code, value) SELECT slot, 2147483647, '12' FROM cdp.event_property WHERE name = 'qty';
SELECT cdp.rb_cardinality(cdp._rule_behavior_people('sum(qty) of pay >= 1', 0, now())) > 0 AS somebody;
-- a name that timelines do not know is shown at its place
SELECT cdp.audience_count('view and sum(amuont) of pay > 3');
-- so is one that another event has, and an event that is none comes first
SELECT cdp.audience_define('x', 'sum(amount) of pay > 3 and max(amount) of view > 3');
SELECT cdp.audience_count('max(amount) of veiw > 3');
SELECT cdp.audience_define('x', 'view then pay where (qty = 3 and item = x) within 1 day');
-- rules as a whole
SELECT cdp.audience_count('pay where (amount > 5) and view then not pay within 1 hour')
     = cdp.rb_and_cardinality(cdp._rule_behavior_people('pay where (amount > 5)', 0, now()),
                              cdp._rule_behavior_people('view then not pay within 1 hour', 0, now())) AS both;
-- What waits, and what is built again, of people in three chunks: asked for one by one, together, and with no room to keep it.
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT 'm' || n, timestamptz '2025-03-01 00:00+00' + n * interval '20 minutes', CASE n % 3 WHEN 0 THEN 'pay' ELSE 'view' END, 'phone', (13800000000 + n % 700)::text FROM generate_series(1, 2100) AS n;
SELECT events_new FROM cdp.ingest();
INSERT INTO cdp.person (one_id) SELECT (id / 3 % 3 << 20) + 1000 + id FROM cdp.identifier WHERE value ~ '13800000';
UPDATE cdp.identifier SET one_id = (id / 3 % 3 << 20) + 1000 + id WHERE value ~ '13800000';
INSERT INTO cdp.timeline_due (identifier_id, month) SELECT id, '2025-03-01' FROM cdp.identifier WHERE value ~ '13800000' AND id % 5 = 0;
CREATE TABLE many (way text, chunk int, people cdp.roaringbitmap);
DO $$ BEGIN FOR c IN 0 .. 2 LOOP INSERT INTO many SELECT 'one by one', c, cdp._rule_behavior_people('view then not pay within 10 days', c, '2025-03-31'); END LOOP; END $$;
INSERT INTO many SELECT 'together', c, cdp._rule_behavior_people('view then not pay within 10 days', c, '2025-03-31') FROM generate_series(0, 2) AS c;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
INSERT INTO many SELECT 'no room', c, cdp._rule_behavior_people('view then not pay within 10 days', c, '2025-03-31') FROM generate_series(0, 2) AS c;
RESET work_mem;
RESET hash_mem_multiplier;
SELECT chunk, count(DISTINCT people) AS answers, count(*) AS ways, bool_and(cdp.rb_cardinality(people) > 50) AS many FROM many GROUP BY 1 ORDER BY 1;
-- what one statement has read the next does not take for what there is
BEGIN;
SELECT sum(cdp.rb_cardinality(cdp._rule_behavior_people('pay', c, '2025-03-31'))) AS people FROM generate_series(0, 2) AS c;
DELETE FROM cdp.timeline_due;
DELETE FROM cdp.timeline_batch;
SELECT sum(cdp.rb_cardinality(cdp._rule_behavior_people('pay', c, '2025-03-31'))) AS people FROM generate_series(0, 2) AS c;
ROLLBACK;

SELECT cdp.teardown(force => true) > 0 AS gone;
DROP FUNCTION ask, come;
DROP TABLE coming, question, answer, many;
