-- Rules are answered from what is stored: tags, days of events, audiences, identifiers, in every chunk of people.
\set SHOW_CONTEXT never
SELECT cdp._rule_people('everyone', 0, now());
SELECT cdp.setup('UTC');
INSERT INTO cdp.person (one_id) SELECT n FROM generate_series(1, 30) AS n;
-- other chunks, and both ends of what int4 holds
INSERT INTO cdp.person (one_id) VALUES (5000000), (2147483647), (-2147483648), (-1);
UPDATE cdp.person SET merged_into = 1 WHERE one_id = 29;
UPDATE cdp.person SET ended_at = now() WHERE one_id = 30;
INSERT INTO cdp.identifier (id, type_id, value, one_id, first_seen, last_seen)
SELECT n, type_id, '+86139' || to_char(n, 'FM00000000'), CASE n WHEN 21 THEN 5000000 WHEN 22 THEN -1 ELSE n END, now(), now()
  FROM generate_series(1, 22) AS n, cdp.id_type WHERE name = 'phone';
SELECT cdp.tag_define('level', $$SELECT one_id, CASE WHEN one_id % 3 = 0 THEN 'gold' ELSE 'silver' END AS value
                                   FROM cdp.person WHERE merged_into IS NULL AND ended_at IS NULL AND one_id % 5 <> 0$$);
SELECT people FROM cdp.tag_refresh('level');
SELECT cdp.audience_define('gold', 'tag:level = gold');
SELECT users FROM cdp.audience_refresh('gold');
-- nobody has done anything yet
CREATE FUNCTION pg_temp.people(rule text) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(m::text, ' ' ORDER BY m) FROM cdp.audience_members(rule) AS m $$;
SELECT cdp.audience_count('pay');
SELECT cdp._person_chunks();
SELECT rule, pg_temp.people(rule) FROM unnest('{
    everyone but not tag:level,
    "tag:level = gold and tag:level <> silver",
    "tag:level in (gold, silver) and not audience:gold",
    "not (tag:level = silver or audience:gold)",
    "id(PHONE) in (13900000021, \"139 0000 0022\", \"+8613900000003\", 13999999999)",
    "(audience:gold and id(phone) = 13900000003) or (id(phone) = 13900000003 and audience:gold)"}'::text[]) AS rule;

-- events that wait are counted as those that are folded in
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT n, date_trunc('day', now(), 'UTC') - n % 10 * interval '1 day', CASE n % 2 WHEN 0 THEN 'pay' ELSE 'view' END, 'phone',
       '139' || to_char(1 + n * 7 % 22, 'FM00000000') FROM generate_series(1, 60) AS n;
SELECT events_new FROM cdp.ingest();
CREATE TEMP TABLE asked AS SELECT rule, pg_temp.people(rule) AS people FROM unnest('{
    pay >= 2 times in last 7 days but not view in last 2 days,
    pay < 2 times,
    days of pay >= 2 and not first view in last 5 days,
    last pay until 3 days ago,
    pay then view within 2 days in last 1 week and not view in last 2 days,
    "days of view >= 2 since 4 days ago or (tag:level = gold and pay then not view within 1 day)"}'::text[]) AS rule;
SELECT * FROM asked;
SELECT count(*) FROM cdp.timeline_refresh();
SELECT rule FROM asked WHERE people IS DISTINCT FROM pg_temp.people(rule);

-- several processes share the chunks; each answers for its own
CREATE FUNCTION pg_temp.plan(rule cdp.rule) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) '
        || (SELECT string_agg(format('SELECT c, cdp._rule_people($1, c, $2) FROM unnest(''{%s}''::int4[]) AS c', c), ' UNION ALL ')
              FROM unnest(cdp._person_chunks()) AS c) USING rule, now();
END $$;
SET max_parallel_workers_per_gather = 2;
SELECT * FROM pg_temp.plan('pay and tag:level');
CREATE TEMP TABLE shared AS SELECT chunk, members FROM cdp._audience_chunks('pay < 2 times or tag:level');
SET max_parallel_workers_per_gather = 0;
SELECT s.chunk, cdp.rb_to_array(s.members) = cdp.rb_to_array(a.members) AS same, cdp.rb_cardinality(a.members)
  FROM shared AS s FULL JOIN cdp._audience_chunks('pay < 2 times or tag:level') AS a USING (chunk) ORDER BY 1;
RESET max_parallel_workers_per_gather;

-- part by part; what stands there twice takes no time the second time
SELECT depth, node, text, users FROM cdp.audience_explain('(audience:gold and not pay) or pay >= 2 times');
SELECT bool_and(ms >= 0) AND bool_or(ms > 0) FROM cdp.audience_explain('not tag:level or tag:level');

-- numbers, dates, and who has the most of all chunks
SELECT cdp.tag_define('ltv', 'SELECT one_id, one_id % 7 * 10 AS value FROM cdp.person WHERE one_id BETWEEN 1 AND 5000000 AND one_id NOT IN (29, 30)', value_type => 'number');
SELECT cdp.tag_define('born', $$SELECT one_id, date '2000-01-01' + one_id % 9 AS value FROM cdp.person WHERE one_id % 2 = 0 AND ended_at IS NULL$$, value_type => 'date');
SELECT tag, people FROM unnest('{ltv,born}'::text[]) AS t, cdp.tag_refresh(t);
SELECT rule, pg_temp.people(rule) FROM unnest('{
    tag:ltv >= 49.5,
    "tag:ltv in (10, 20) and tag:born is set",
    tag:ltv is not set,
    "tag:born between 2000-01-02 and 2000-01-04 or tag:born = 2000-01-09",
    top 3 by tag:ltv,
    "top 10% by tag:ltv and not top 1 by tag:born",
    top 5 by tag:ltv and (top 3 by tag:ltv or tag:born)}'::text[]) AS rule;
SELECT depth, node, text, users FROM cdp.audience_explain('top 3 by tag:ltv or not top 100% by tag:ltv');

-- attributes, and members of another time
SELECT count(cdp.profile_set('phone', '139' || to_char(n, 'FM00000000'),
           jsonb_build_object('city', CASE WHEN n % 2 = 0 THEN '上海' ELSE 'Oslo' END, 'age', n)))
  FROM generate_series(1, 22) AS n;
SELECT rule, pg_temp.people(rule) FROM unnest('{
    "attr.city = 上海 and attr.age < 10",
    attr.age is not set and tag:level = gold,
    attr.city is not set}'::text[]) AS rule;
UPDATE cdp.audience_snapshot SET computed_at = computed_at - interval '3 days';
UPDATE cdp.person SET ended_at = now() WHERE one_id = 27;
SELECT cdp.tag_define('level', 'SELECT 1 AS one_id, text ''gold'' AS value');
SELECT people FROM cdp.tag_refresh('level');
SELECT users, entered, left_users FROM cdp.audience_refresh('gold');
SELECT rule, pg_temp.people(rule) FROM unnest('{audience:gold, audience:gold as of 2 days ago, audience:gold as of today}'::text[]) AS rule;

-- names are checked where they stand, in every line and script
SELECT cdp.audience_count('tag:level and (pay or buy >= 2 times)');
SELECT cdp.audience_count(E'tag:level = 金卡 and\n  view then pya within 1 day');
SELECT cdp.audience_count('id(fone) = 1');
SELECT cdp.audience_count('audience:golden or tag:level');
SELECT cdp.audience_define('x', 'top 3 by tag:lebel');
SELECT cdp.audience_define('x', 'tag:level in (gold, sliver, bronce) and tag:level = golf');
-- of thousands the first are shown, whether one condition names them or many
SELECT cdp.audience_define('many', (SELECT string_agg(format('tag:level = w%s', n), ' or ') || format(' or tag:level in (%s)', string_agg('v' || n, ', '))
                                      FROM generate_series(1, 7) AS n)) > 0 AS defined;
SELECT cdp.audience_drop('many');
SELECT cdp.audience_count('tag:level > 3');
SELECT cdp.audience_count('tag:level and tag:ltv = gold');
SELECT cdp.audience_count('tag:born > now');
SELECT cdp.audience_count('tag:born > 3');
SELECT cdp.audience_count('tag:born = today');
SELECT cdp.audience_count('attr.town in (Oslo, 7 days ago)');
SELECT cdp.audience_count('tag:born = 3');
SELECT cdp.audience_count('tag:born in (2025-01-01, 3)');
SELECT cdp.audience_count('tag:ltv = 2025-01-01');
SELECT cdp.audience_count('tag:ltv <> 2025-01-01');
SELECT cdp.audience_count('tag:ltv not in (3, 2025-01-01)');
SELECT cdp.audience_count('tag:born > 2025-02-30');
SELECT cdp.audience_count('pay since 2025-02-30');
SELECT cdp.audience_count('tag:ltv >= 2025-01-01');
SELECT cdp.audience_count('tag:ltv between 3 and today');
SELECT cdp.audience_count('top 3 by tag:level');
-- a tag that has become one of dates since: the refresh says so, and so does the evaluation by itself
SELECT cdp.tag_define('turns', 'SELECT 1 AS one_id, 5 AS value', value_type => 'number') > 0 AS defined;
SELECT cdp.audience_define('turned', 'tag:turns = 5') > 0 AS defined;
SELECT cdp.tag_define('turns', $$SELECT 1 AS one_id, date '2025-01-01' AS value$$, value_type => 'date') > 0 AS defined;
SELECT users, error FROM cdp.audience_refresh('turned');
SELECT what, detail FROM cdp.check() WHERE area = 'audience' AND what LIKE '%turned%';
SELECT cdp._rule_people('tag:turns = 5', 0, now());
SELECT cdp.audience_drop('turned');
SELECT cdp.tag_drop('turns');
SELECT cdp.audience_count('attr.town = Oslo');
SELECT cdp.audience_count('pay and');
SELECT * FROM cdp._rule_people('tag:lebel', 0, now());
SELECT * FROM cdp._rule_people('pya', 0, now());
SELECT cdp._rule_people('everyone', 77, now()), cdp._rule_people('everyone', 4095, now());
SELECT cdp._rule_people('everyone', -1, now());
SELECT cdp._rule_people('everyone', 4096, now());
SELECT * FROM cdp._rule_figures('everyone', 2147483647, now());
SELECT cdp._rule_behavior_people('pay = 0 times', -2147483648, now());
SELECT cdp._rule_people(NULL, 0, now());
SELECT * FROM cdp._rule_figures('everyone', NULL, now());
SELECT cdp._rule_people('top 1 by tag:ltv', 0, now()), cdp._rule_people('everyone', 0, now(), '{}');
SELECT cdp._rule_people('top 1 by tag:ltv', 0, now(), ARRAY[NULL]::cdp.roaringbitmap[]);

-- rules as values; rules that name what has gone
SELECT cdp.audience_count(r) = cdp.audience_count(r::text) AS counted, cdp.audience_bitmap(r) OPERATOR(cdp.=) cdp.audience_bitmap(r::text) AS bitmap,
       (SELECT count(*) FROM cdp.audience_members(r)) = cdp.audience_count(r) AS members
  FROM CAST('tag:level or pay' AS cdp.rule) AS r;
SELECT * FROM cdp._check_rules();
SELECT cdp.tag_define('payer', rule => 'pay') > 0 AS tag, cdp.audience_define('x', 'view then pay within 1 day') > 0 AS audience;
BEGIN;
UPDATE cdp.event_type SET name = 'paid' WHERE name = 'pay';
SELECT * FROM cdp._check_rules();
ROLLBACK;
SELECT cdp.audience_count('pay then view within 1 day'), cdp._rule_people('pay', 0, 'infinity');

-- where somebody has altered managed tables, an error says which column
CREATE FUNCTION pg_temp.asked_after(commands text, rule cdp.rule) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE commands;
    PERFORM cdp._rule_people(rule, 0, now());
    RAISE 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' ', SQLSTATE, SQLERRM || '.', nullif(detail, ''));
END $$;
SET client_min_messages = warning;
SELECT rule, pg_temp.asked_after(commands, rule::cdp.rule) FROM (VALUES
    ('everyone', 'ALTER TABLE cdp.meta ALTER value DROP NOT NULL; UPDATE cdp.meta SET value = NULL'),
    ('everyone', 'DELETE FROM cdp.meta'),
    ('everyone', 'ALTER TABLE cdp.meta DROP value CASCADE, ADD value int8 DEFAULT 5'),
    ('pay', 'ALTER TABLE cdp.event_day_by ALTER members DROP NOT NULL; UPDATE cdp.event_day_by SET members = NULL'),
    ('pay >= 2 times', 'ALTER TABLE cdp.event_day_by ALTER times DROP NOT NULL; UPDATE cdp.event_day_by SET times = NULL'),
    ('pay', 'ALTER TABLE cdp.event_type ALTER code TYPE int8'),
    ('pay then view within 1 hour', 'ALTER TABLE cdp.timeline_month ALTER page DROP NOT NULL; UPDATE cdp.timeline_month SET page = NULL'),
    ('pay then view within 1 hour', 'DROP VIEW cdp.person_timeline CASCADE; ALTER TABLE cdp.timeline_month ALTER page TYPE int8 USING 5'),
    ('tag:level', 'ALTER TABLE cdp.tag_value DROP users CASCADE, ALTER base DROP NOT NULL; UPDATE cdp.tag_value SET base = NULL'),
    ('tag:level', 'ALTER TABLE cdp.tag_value DROP base CASCADE, ADD base text DEFAULT ''x'''),
    ('tag:level <> gold', 'ALTER TABLE cdp.tag_value DROP value CASCADE, ADD value int8 DEFAULT 5'),
    ('tag:level', 'ALTER TABLE cdp.tag ALTER value_type DROP NOT NULL; UPDATE cdp.tag SET value_type = NULL'),
    ('audience:gold', 'ALTER TABLE cdp.audience_member DROP users CASCADE, ALTER members DROP NOT NULL; UPDATE cdp.audience_member SET members = NULL')
) AS c (rule, commands);
RESET client_min_messages;
SELECT cdp._rule_people('everyone', 0, now()) IS NOT NULL AS answered;
