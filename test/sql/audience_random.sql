-- Random rules mean whom plain SQL means that is made of the same rule: psql -v seed=0.7 -v rules=20000 tries others.
\set SHOW_CONTEXT never
\if :{?seed}
\else
    \set seed 0.42
\endif
\if :{?rules}
\else
    \set rules 2000
\endif
SET max_parallel_workers_per_gather = 0;
SET datestyle = 'ISO, YMD';
SET test.rules = :rules;
SELECT cdp.setup('Europe/Berlin');
-- in the afternoon of a Thursday, four days after clocks have been put forward
\set now '''2025-04-03 15:30:00+02'''
SELECT setseed(:seed) \g /dev/null

-- 210 telephones in three chunks of people, two thirds of them with events; what waits, what is folded in
CREATE FUNCTION pg_temp.land(first int, last int, events int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO cdp.landing_link (type_a, value_a, type_b, value_b)
    SELECT 'phone', phone, 'email', phone || '@example.com' FROM generate_series(first, last) AS n, to_char(15100000000 + n, 'FM00000000000') AS phone;
    INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, props)
    SELECT gen_random_uuid(), timestamptz '2025-04-03 15:30+02' + (2 - 42 * random()) * interval '1 day',
           (ARRAY['view', 'view', 'cart', 'pay'])[1 + floor(4 * random())], 'phone',
           to_char(15100000000 + first + floor((last - first) * 0.67 * random()), 'FM00000000000'),
           jsonb_strip_nulls(jsonb_build_object('item', (ARRAY['a', 'b', 'c', NULL])[1 + floor(4 * random())], 'amount', nullif(floor(12 * random()) - 2, -2)))
      FROM generate_series(1, events) AS n;
    SELECT cdp.ingest();
    SELECT cdp.id_resolve();
$$;
SELECT pg_temp.land(1, 100, 700) \g /dev/null
SELECT cdp.event_value_set('pay', 'amount'), cdp.property_define('item') \g /dev/null
UPDATE cdp.counter SET last = 3000000 WHERE name = 'one_id';
SELECT pg_temp.land(101, 180, 600) \g /dev/null
SELECT cdp.timeline_refresh() \g /dev/null
UPDATE cdp.counter SET last = 4294960000 WHERE name = 'one_id';
SELECT pg_temp.land(181, 210, 300) \g /dev/null
SELECT cdp.id_link('phone', (15100000000 + a)::text, 'phone', (15100000000 + b)::text) FROM (VALUES (3, 40), (41, 120), (7, 190), (200, 99)) AS l (a, b) \g /dev/null

-- tags of every type; some people have none
CREATE TABLE src AS
    SELECT i.value AS phone, t.tag, v.value
      FROM (SELECT DISTINCT ON (i.one_id) i.value FROM cdp.v_identity AS i WHERE i.type = 'phone' ORDER BY i.one_id, i.value) AS i
     CROSS JOIN unnest('{multi,enum,flag,number,day}'::text[]) AS t (tag)
     CROSS JOIN generate_series(1, CASE t.tag WHEN 'multi' THEN 3 ELSE 1 END) AS n
     CROSS JOIN LATERAL (SELECT CASE
            WHEN random() < 0.25 THEN NULL
            WHEN t.tag IN ('multi', 'enum') THEN (ARRAY['a', 'b', 'c', '10', 'd e'])[1 + floor(5 * random() + 0 * length(i.value) * n)]
            WHEN t.tag = 'flag' THEN 'true'
            WHEN t.tag = 'number' THEN (floor(12 * random()) - 4)::text
            ELSE (date '2025-04-03' + floor(60 * random() - 40)::int)::text END AS value) AS v
     WHERE v.value IS NOT NULL;
SELECT cdp.tag_define(t.tag, format('SELECT DISTINCT ''phone'' AS id_type, phone AS id_value, value::%s AS value FROM src WHERE tag = %L',
                                    CASE t.tag WHEN 'number' THEN 'int' WHEN 'day' THEN 'date' WHEN 'flag' THEN 'boolean' ELSE 'text' END, t.tag),
                      value_type => CASE t.tag WHEN 'flag' THEN 'boolean' WHEN 'day' THEN 'date' ELSE t.tag END)
  FROM unnest('{multi,enum,flag,number,day}'::text[]) AS t (tag) \g /dev/null
SELECT count(*), count(r.error) AS failed FROM cdp.tag AS t, cdp.tag_refresh(t.name) AS r;
-- most of it told as a difference from what was before, as after a refresh that changed a little of much
CREATE TABLE shift AS SELECT cdp.chunk_of(one_id) AS chunk, cdp.rb_build_agg(one_id) FILTER (WHERE random() < 0.2) AS some,
                             cdp.rb_build_agg(one_id) FILTER (WHERE random() < 0.1) AS more FROM cdp.v_person GROUP BY 1;
UPDATE cdp.tag_value AS t SET base = cdp.rb_xor(cdp.rb_xor(t.base, s.some), s.more), changed = cdp._rb_pack(s.some), later = cdp._rb_pack(s.more) FROM shift AS s WHERE s.chunk = t.chunk AND t.value <> 'b';
CREATE FUNCTION wrong(numbers cdp.bsi, people cdp.roaringbitmap) RETURNS cdp.bsi LANGUAGE sql AS $$
    SELECT cdp.bsi_add(numbers, (SELECT coalesce(cdp.bsi_build_agg(p.id, -3), '{}') FROM cdp.rb_iterate(people) AS p (id) WHERE p.id % 3 > 0)) $$;
UPDATE cdp.tag_number AS t SET base = wrong(t.base, cdp.rb_or(s.some, s.more)), changed = cdp._rb_pack(s.some), fresh = cdp._bsi_pack(wrong(t.base, s.more), s.some),
       later = cdp._rb_pack(s.more), later_fresh = cdp._bsi_pack(t.base, s.more) FROM shift AS s WHERE s.chunk = t.chunk;
INSERT INTO cdp.landing_profile (id_type, id_value, attrs)
SELECT 'phone', i.value, jsonb_strip_nulls(jsonb_build_object('city', (ARRAY['Oslo', 'Rome', '北京', NULL])[1 + floor(4 * random())],
           'age', nullif(floor(40 * random()), 0), 'born', (date '2025-04-03' + floor(60 * random() - 30)::int)::text))
  FROM cdp.v_identity AS i WHERE i.type = 'phone' AND random() < 0.7;
SELECT cdp.ingest() \g /dev/null

-- what the translation reads: rows, however the platform stores them
CREATE TABLE base_person AS SELECT p.one_id FROM cdp.v_person AS p;
CREATE TABLE base_tag AS SELECT DISTINCT i.one_id, s.tag, s.value FROM src AS s JOIN cdp.v_identity AS i ON i.type = 'phone' AND '+86' || s.phone = i.value OR i.value = s.phone;
CREATE TABLE base_event AS
    SELECT i.one_id, e.name, e.ts, (e.ts AT TIME ZONE 'Europe/Berlin')::date AS day, e.props
      FROM cdp.event AS e JOIN cdp.identifier AS i ON i.id = e.identifier_id;
CREATE INDEX ON base_event (one_id, name, ts);
CREATE TABLE base_attribute AS
    SELECT p.one_id, a.key, a.value FROM base_person AS p, jsonb_each_text(cdp.profile_of(p.one_id)) AS a;
CREATE TABLE base_audience (name text, since timestamptz, one_id int);
ANALYZE;

-- the instants of a day or time of a rule, from when until before when
CREATE FUNCTION pg_temp.period(word text, now timestamptz, OUT low timestamptz, OUT high timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    shift interval := CASE WHEN word IN ('today', 'now') THEN '0' WHEN word LIKE '% ago' THEN '-' || replace(word, ' ago', '')
                           WHEN word LIKE 'in %' THEN substr(word, 4) END;
    day timestamp := CASE WHEN word ~ '(today|day|week|month|year)' THEN date_trunc('day', now AT TIME ZONE 'Europe/Berlin') + shift
                          WHEN length(word) = 10 AND word ~ '^[0-9]{4}-' THEN word::timestamp END;
BEGIN
    low := coalesce(day AT TIME ZONE 'Europe/Berlin', now + shift, word::timestamp AT TIME ZONE 'Europe/Berlin');
    high := coalesce((day + interval '1 day') AT TIME ZONE 'Europe/Berlin', low + interval '1 microsecond');
END $$;

CREATE FUNCTION pg_temp.compared(what text, j jsonb, type text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE j ->> 'op'
        WHEN 'between' THEN format('%s BETWEEN %L::%s AND %L::%s', what, j #>> '{values,0}', type, j #>> '{values,1}', type)
        WHEN 'in' THEN format('%s = ANY (%L::%s[])', what, ARRAY(SELECT jsonb_array_elements_text(j -> 'values')), type)
        WHEN 'not in' THEN format('%s <> ALL (%L::%s[])', what, ARRAY(SELECT jsonb_array_elements_text(j -> 'values')), type)
        ELSE format('%s %s %L::%s', what, j ->> 'op', j ->> 'value', type) END;
$$;

-- an order between times: each is as long as its day
CREATE FUNCTION pg_temp.timed(what text, j jsonb, now timestamptz) RETURNS text LANGUAGE sql AS $$
    SELECT CASE j ->> 'op'
        WHEN '<' THEN format('%s < %L', what, a.low) WHEN '<=' THEN format('%s < %L', what, a.high)
        WHEN '>' THEN format('%s >= %L', what, a.high) WHEN '>=' THEN format('%s >= %L', what, a.low)
        WHEN 'between' THEN format('%1$s >= %2$L AND %1$s < %3$L', what, a.low, b.high) END
      FROM pg_temp.period(coalesce(j ->> 'value', j #>> '{values,0}'), now) AS a,
           pg_temp.period(coalesce(j ->> 'value', j #>> '{values,1}'), now) AS b;
$$;

CREATE FUNCTION pg_temp.in_window(w jsonb, now timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    last text := concat_ws(' ', w #>> '{last,amount}', w #>> '{last,unit}');
    today date := (now AT TIME ZONE 'Europe/Berlin')::date;
BEGIN
    IF last ~ '(second|minute|hour)' THEN
        RETURN format('e.ts >= %L AND e.ts <= %L', now - last::interval, now);
    ELSIF last <> '' THEN
        RETURN format('e.day > %L AND e.day <= %L', (today - last::interval)::date, today);
    END IF;
    RETURN concat_ws(' AND ', 'true',
        'e.ts >= ' || quote_literal((SELECT p.low FROM pg_temp.period(w ->> 'from', now) AS p WHERE w ? 'from')),
        'e.ts < ' || quote_literal((SELECT p.high FROM pg_temp.period(w ->> 'to', now) AS p WHERE w ? 'to')));
END $$;

CREATE FUNCTION pg_temp.where_sql(tests jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(CASE j ->> 'op'
            WHEN 'is set' THEN format('%s IS NOT NULL', w.what) WHEN 'is not set' THEN format('%s IS NULL', w.what)
            ELSE pg_temp.compared(w.what, j, w.type) END, ' AND '), 'true')
      FROM jsonb_array_elements(tests) AS j
     CROSS JOIN LATERAL (SELECT CASE j ->> 'property' WHEN 'amount' THEN $q$(e.props ->> 'amount')::numeric$q$ ELSE $q$(e.props ->> 'item')$q$ END,
                                CASE j ->> 'property' WHEN 'amount' THEN 'numeric' ELSE 'text' END) AS w (what, type);
$$;

-- An event follows the one before within the time from the first; what is not to happen stands between them, or at
-- the end until that time is over.
CREATE FUNCTION pg_temp.sequence_sql(j jsonb, now timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    span text := quote_literal(concat_ws(' ', j #>> '{within,amount}', j #>> '{within,unit}'));
    step jsonb;
    place int := 0;
    absent text;
    joins text := '';
    conditions text := '';
BEGIN
    FOR step IN SELECT jsonb_array_elements(j -> 'steps') LOOP
        IF step ? 'not' THEN
            absent := format('NOT EXISTS (SELECT FROM base_event AS e WHERE e.one_id = p.one_id AND e.name = %L AND %s AND e.ts > e%s.ts',
                             step ->> 'event', pg_temp.where_sql(step -> 'where'), place);
            CONTINUE;
        END IF;
        place := place + 1;
        joins := joins || format('%sbase_event AS e%s', CASE WHEN place > 1 THEN ', ' ELSE '' END, place);
        conditions := conditions || format(' AND e%1$s.one_id = p.one_id AND e%1$s.name = %2$L AND %3$s', place, step ->> 'event',
                                           replace(pg_temp.where_sql(step -> 'where'), 'e.', format('e%s.', place)))
            || CASE place WHEN 1 THEN ' AND ' || replace(pg_temp.in_window(j -> 'window', now), 'e.', 'e1.')
                    ELSE format(' AND e%s.ts > e%s.ts AND e%1$s.ts <= e1.ts + interval %3$s', place, place - 1, span) END
            || CASE WHEN absent IS NOT NULL THEN format(' AND %s AND e.ts < e%s.ts)', absent, place) ELSE '' END;
        absent := NULL;
    END LOOP;
    RETURN format('EXISTS (SELECT FROM %s WHERE true %s%s)', joins, conditions,
        CASE WHEN absent IS NOT NULL THEN
            format(' AND e1.ts + interval %1$s < %2$L AND %3$s AND e.ts <= e1.ts + interval %1$s)', span, now, absent) END);
END $$;

-- the condition on a person p that one leaf of a rule is
CREATE FUNCTION pg_temp.leaf_sql(j jsonb, now timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    having_it text := format('SELECT FROM base_tag AS t WHERE t.one_id = p.one_id AND t.tag = %L', j ->> 'name');
    attribute text := format('SELECT FROM base_attribute AS a WHERE a.one_id = p.one_id AND a.key = %L', j ->> 'name');
    events text := format('FROM base_event AS e WHERE e.one_id = p.one_id AND e.name = %L', j ->> 'event');
    op text := j ->> 'op';
BEGIN
    CASE j ->> 'type'
        WHEN 'everyone' THEN
            RETURN 'true';
        WHEN 'tag' THEN
            IF op = 'is set' THEN RETURN format('EXISTS (%s)', having_it); END IF;
            IF op = 'is not set' THEN RETURN format('NOT EXISTS (%s)', having_it); END IF;
            IF j ->> 'name' = 'number' THEN
                RETURN format('EXISTS (%s AND %s)', having_it, pg_temp.compared('t.value::numeric', j, 'numeric'));
            ELSIF j ->> 'name' = 'day' AND op IN ('<', '<=', '>', '>=', 'between') THEN
                RETURN format('EXISTS (%s AND %s)', having_it,
                              pg_temp.timed('t.value::timestamp AT TIME ZONE ''Europe/Berlin''', j, now));
            END IF;
            -- Of several values none.
            RETURN CASE WHEN op IN ('<>', 'not in') THEN format('EXISTS (%s) AND NOT EXISTS (%1$s AND NOT %s)', having_it, pg_temp.compared('t.value', j, 'text'))
                        ELSE format('EXISTS (%s AND %s)', having_it, pg_temp.compared('t.value', j, 'text')) END;
        WHEN 'attribute' THEN
            IF op = 'is set' THEN RETURN format('EXISTS (%s)', attribute); END IF;
            IF op = 'is not set' THEN RETURN format('NOT EXISTS (%s)', attribute); END IF;
            RETURN format('EXISTS (%s AND %s)', attribute,
                CASE WHEN op NOT IN ('<', '<=', '>', '>=', 'between') THEN pg_temp.compared('a.value', j, 'text')
                     WHEN j ->> 'name' = 'born' THEN pg_temp.timed('a.value::timestamp AT TIME ZONE ''Europe/Berlin''', j, now)
                     ELSE pg_temp.compared('a.value::numeric', j, 'numeric') END);
        WHEN 'ids' THEN
            RETURN format('EXISTS (SELECT FROM cdp.v_identity AS i WHERE i.one_id = p.one_id AND i.type = ''phone'' AND right(i.value, 11) = ANY (%L))',
                          ARRAY(SELECT right(v, 11) FROM jsonb_array_elements_text(j -> 'values') AS v));
        WHEN 'top' THEN
            RETURN format('p.one_id IN (SELECT t.one_id FROM (SELECT t.one_id, row_number() OVER (ORDER BY t.value::%s DESC, t.one_id::int8 & 4294967295) AS place,
                                                                     count(*) OVER () AS people FROM base_tag AS t WHERE t.tag = %L) AS t WHERE t.place <= %s)',
                CASE j ->> 'tag' WHEN 'day' THEN 'date' ELSE 'numeric' END, j ->> 'tag',
                CASE WHEN j ? 'percent' THEN format('ceil(t.people * %s / 100.0)', j ->> 'amount') ELSE j ->> 'amount' END);
        WHEN 'audience' THEN
            RETURN format('EXISTS (SELECT FROM base_audience AS a WHERE a.one_id = p.one_id AND a.name = %L
                              AND a.since = (SELECT max(s.since) FROM base_audience AS s WHERE s.name = %1$L AND s.since < %L))', j ->> 'name',
                          coalesce((SELECT p.high FROM pg_temp.period(j ->> 'as_of', now) AS p WHERE j ? 'as_of'), now));
        WHEN 'event' THEN
            RETURN format('(SELECT count(*) %s AND %s AND %s) ', events, pg_temp.in_window(j -> 'window', now), pg_temp.where_sql(j -> 'where'))
                || CASE WHEN j ? 'count' THEN pg_temp.compared('', j -> 'count', 'numeric') ELSE '> 0' END;
        WHEN 'aggregate' THEN
            RETURN pg_temp.compared(format('(SELECT %s %s AND %s AND %s)', CASE j ->> 'function'
                        WHEN 'days' THEN 'count(DISTINCT e.day)' WHEN 'distinct' THEN $q$count(DISTINCT e.props ->> 'item')$q$
                        ELSE format($q$%s((e.props ->> 'amount')::numeric)$q$, j ->> 'function') END,
                    events, pg_temp.in_window(j -> 'window', now), pg_temp.where_sql(j -> 'where')), j, 'numeric');
        WHEN 'first', 'last' THEN
            RETURN format('EXISTS (SELECT FROM (SELECT * %s ORDER BY e.ts %s LIMIT 1) AS e WHERE %s AND %s)', events,
                          CASE j ->> 'type' WHEN 'last' THEN 'DESC' ELSE 'ASC' END, pg_temp.in_window(j -> 'window', now), pg_temp.where_sql(j -> 'where'));
        WHEN 'sequence' THEN
            RETURN pg_temp.sequence_sql(j, now);
    END CASE;
END $$;

CREATE FUNCTION pg_temp.pick(words text[]) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT words[1 + floor(cardinality(words) * random())] $$;

CREATE FUNCTION pg_temp.random_leaf() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    size text := pg_temp.pick('{<,<=,>,>=}');
    number text := pg_temp.pick('{-3,-1,0,1,2,3,5,2.5,-0.5,99,123456789012345678901234567890}');
    day text := pg_temp.pick('{today,3 days ago,1 week ago,1 month ago,2025-03-30,2025-03-31,2025-03-15,in 2 days,2024-12-31}');
    later text := pg_temp.pick('{today,2025-03-30,2025-04-01,in 1 week,1 day ago}');
    span text := pg_temp.pick(ARRAY['', '', ' in last 1 day', ' in last 7 days', ' in last 3 weeks', ' in last 1 month', ' since ' || day,
                                    ' until ' || day, ' between ' || day || ' and ' || later, ' in last 30 hours', ' since 100 hours ago',
                                    ' since "2025-03-30 03:30"', ' between "2025-03-20 12:00" and 5 days ago']);
    about text := pg_temp.pick(ARRAY['', '', ' where (item = a)', ' where (item in (a, c))', ' where (item <> b)', ' where (item is not set)', ' where (item not in (a, x))']);
    sum text := pg_temp.pick(ARRAY['', '', ' where (amount ' || size || ' ' || number || ')', ' where (amount between 0 and 4.5 and item is set)', ' where (amount = 7)', ' where (amount <> 3)']);
    event text := pg_temp.pick('{view,cart,pay}');
    counted text := pg_temp.pick(ARRAY['', ' ' || size || ' ' || floor(4 * random()) || ' times', ' = ' || floor(4 * random()) || ' times',
                                       ' <> 1 times', ' between ' || floor(3 * random()) || ' and 4 times']);
    phone int8 := 15100000000 + floor(220 * random());
BEGIN
    RETURN CASE floor(21 * random())::int
        WHEN 0 THEN 'everyone'
        WHEN 1 THEN 'tag:' || pg_temp.pick('{multi,enum,flag,number,day}') || pg_temp.pick('{""," is not set"}')
        WHEN 2 THEN 'tag:' || pg_temp.pick('{multi,enum}') || pg_temp.pick('{" = a"," <> a"," = \"d e\""," in (b, 10)"," not in (b, c)"," = z"," <> z"}')
        WHEN 3 THEN 'tag:flag' || pg_temp.pick('{" = true"," <> true"," <> false"}')
        WHEN 4 THEN 'tag:number ' || pg_temp.pick(ARRAY[size || ' ' || number, '= ' || number, '<> ' || number, 'between -2 and ' || number, 'in (1, 2.0, -3)', 'not in (0, 0.5)'])
        WHEN 5 THEN 'tag:day ' || pg_temp.pick(ARRAY[size || ' ' || day, 'between ' || day || ' and ' || later, '= 2025-03-30', 'not in (2025-03-30, 2025-03-31)'])
        WHEN 6 THEN 'attr.' || pg_temp.pick(ARRAY['city is set', 'city is not set', 'city = Rome', 'city <> 北京', 'city in (Oslo, Rome)', 'age is not set', 'age = 7', 'city not in (Rome, x)'])
        WHEN 7 THEN 'attr.' || pg_temp.pick(ARRAY['age ' || size || ' ' || number, 'age between ' || number || ' and 20', 'born ' || size || ' ' || day, 'born between ' || day || ' and ' || later])
        WHEN 8 THEN 'audience:' || pg_temp.pick('{ruled,queried,ruled as of 2025-03-25,ruled as of 2025-04-01,ruled as of 1 hour ago}')
        WHEN 9 THEN 'id(phone) in (' || phone || ', "+86 ' || (phone + 7) || '", 1)'
        WHEN 10 THEN 'top ' || pg_temp.pick('{1,7,50,1000,10%,33.3%,100%}') || ' by tag:' || pg_temp.pick('{number,day}')
        WHEN 11 THEN pg_temp.pick('{"first ","last "}') || event || span || about
        WHEN 12 THEN 'days of ' || event || ' ' || size || ' ' || pg_temp.pick('{0,1,2,1.5}') || span || about
        WHEN 13 THEN 'distinct(item) of ' || event || ' ' || size || ' ' || pg_temp.pick('{0,1,2,3}') || span
        WHEN 14 THEN pg_temp.pick('{sum,avg,min,max}') || '(amount) of pay ' || pg_temp.pick(ARRAY[size || ' ' || number, 'between 1.5 and 20']) || span || about
        WHEN 15 THEN 'pay' || counted || span || sum
        WHEN 16 THEN event || about || ' then ' || pg_temp.pick('{view,cart,pay,not pay,not view}') || ' within ' || pg_temp.pick('{5 hours,1 day,1 week}') || span
        WHEN 17 THEN event || ' then ' || pg_temp.pick('{"","not pay then "}') || pg_temp.pick('{view,cart}') || about || pg_temp.pick('{""," then not pay"," then pay where (amount > 2)"}')
                     || ' within ' || pg_temp.pick('{12 hours,3 days,1 week}') || span
        ELSE event || counted || span || about END;
END $$;

CREATE FUNCTION pg_temp.random_rule(depth int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    joint text := pg_temp.pick('{" and "," or "," but not "}');
    chosen int := 1 + floor(random() * (SELECT count(*) FROM leaf));
BEGIN
    IF depth = 0 OR random() < 0.2 THEN
        RETURN (SELECT l.rule FROM leaf AS l WHERE l.nth = chosen);
    END IF;
    RETURN (SELECT string_agg(CASE WHEN joint <> ' but not ' AND random() < 0.25 THEN 'not (' ELSE '(' END || r.rule || ')', joint)
              FROM (SELECT pg_temp.random_rule(depth - 1) AS rule FROM generate_series(1, 2 + floor(2 * random())::int)) AS r);
END $$;

-- two members by rule, at two times, and one by a query
SELECT cdp.audience_define('ruled', 'tag:enum = a or pay >= 3 times'), cdp.audience_define('queried', sql => 'SELECT one_id FROM base_tag WHERE tag = ''flag''') \g /dev/null
SELECT count(*), count(error) AS failed FROM cdp.audience_refresh_all();
UPDATE cdp.audience_snapshot SET computed_at = '2025-03-20 12:00+01';
INSERT INTO base_audience SELECT 'ruled', '2025-03-20 12:00+01', p.one_id FROM base_person AS p
 WHERE EXISTS (SELECT FROM base_tag AS t WHERE t.one_id = p.one_id AND t.tag = 'enum' AND t.value = 'a')
    OR (SELECT count(*) FROM base_event AS e WHERE e.one_id = p.one_id AND e.name = 'pay') >= 3;
INSERT INTO base_audience SELECT 'queried', '2025-03-20 12:00+01', one_id FROM base_tag WHERE tag = 'flag';
SELECT cdp.audience_define('ruled', 'tag:number > 2 and not audience:queried') \g /dev/null
SELECT error FROM cdp.audience_refresh('ruled');
UPDATE cdp.audience_snapshot SET computed_at = '2025-03-31 08:00+02' WHERE computed_at <> '2025-03-20 12:00+01';
INSERT INTO base_audience SELECT 'ruled', '2025-03-31 08:00+02', t.one_id FROM base_tag AS t
 WHERE t.tag = 'number' AND t.value::int > 2 AND t.one_id NOT IN (SELECT a.one_id FROM base_audience AS a WHERE a.name = 'queried');

-- leaves: each as it is written, as jsonb, and whom plain SQL finds
CREATE FUNCTION pg_temp.people(asked cdp.rule, now timestamptz) RETURNS int[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(cdp.rb_to_array(cdp.rb_or_agg(c.members)), '{}') FROM cdp._rule_chunks(asked, now) AS c);
END $$;
CREATE TABLE leaf (nth int, rule text, tree jsonb, people int[]);
DO $$
DECLARE
    nth int := 0;
    rule text;
    asked cdp.rule;
    found int[];
BEGIN
    FOR rule IN SELECT DISTINCT r.rule FROM (SELECT pg_temp.random_leaf() AS rule FROM generate_series(1, 900) AS n) AS r ORDER BY 1 LOOP
        nth := nth + 1;
        asked := cdp._rule_check(rule);
        EXECUTE format('SELECT coalesce(array_agg(p.one_id ORDER BY p.one_id::int8 & 4294967295), ''{}'') FROM base_person AS p WHERE %s',
                       pg_temp.leaf_sql(asked::jsonb, '2025-04-03 15:30:00+02')) INTO found;
        INSERT INTO leaf VALUES (nth, rule, asked::jsonb, found);
    END LOOP;
END $$;
SELECT count(*) > 200 AS leaves, count(*) FILTER (WHERE people <> '{}' AND cardinality(people) < (SELECT count(*) FROM base_person)) > 100 AS that_differ FROM leaf;
-- while events wait, and after they are folded in
SELECT l.rule, l.people AS expected, pg_temp.people(l.rule::cdp.rule, :now) AS got FROM leaf AS l WHERE l.nth % 8 = 0 AND l.people <> pg_temp.people(l.rule::cdp.rule, :now);
SELECT cdp.timeline_refresh() \g /dev/null
SELECT l.rule, l.people AS expected, pg_temp.people(l.rule::cdp.rule, :now) AS got FROM leaf AS l WHERE l.people <> pg_temp.people(l.rule::cdp.rule, :now) ORDER BY l.rule;

-- rules of leaves: persons stand in a row with what is true of them
CREATE TABLE truth AS
    SELECT p.one_id, array_agg(p.one_id = ANY (l.people) ORDER BY l.nth) AS l FROM base_person AS p CROSS JOIN leaf AS l GROUP BY p.one_id;
CREATE INDEX ON leaf USING hash (tree);
CREATE FUNCTION pg_temp.tree_sql(j jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    parts text[] := '{}';
    part jsonb;
BEGIN
    IF j ? 'rules' THEN
        FOR part IN SELECT jsonb_array_elements(j -> 'rules') LOOP
            parts := parts || pg_temp.tree_sql(part);
        END LOOP;
        RETURN '(' || array_to_string(parts, ') ' || (j ->> 'type') || ' (') || ')';
    ELSIF j ->> 'type' = 'not' THEN
        RETURN 'NOT (' || pg_temp.tree_sql(j -> 'rule') || ')';
    END IF;
    RETURN (SELECT format('p.l[%s]', l.nth) FROM leaf AS l WHERE l.tree = j LIMIT 1);
END $$;
CREATE TABLE tried (rule text, same boolean, read_again boolean, as_json boolean);
DO $$
DECLARE
    rule text;
    asked cdp.rule;
    expected int[];
BEGIN
    FOR i IN 1 .. current_setting('test.rules')::int LOOP
        rule := pg_temp.random_rule(CASE WHEN i % 20 = 0 THEN 3 ELSE 1 + i % 2 END);
        asked := rule;
        EXECUTE format('SELECT coalesce(array_agg(p.one_id ORDER BY p.one_id::int8 & 4294967295), ''{}'') FROM truth AS p WHERE %s',
                       pg_temp.tree_sql(asked::jsonb)) INTO expected;
        INSERT INTO tried VALUES (rule, pg_temp.people(asked, '2025-04-03 15:30:00+02') = expected, asked::text::cdp.rule OPERATOR(cdp.=) asked AND rule::cdp.rule::text = asked::text,
                                  asked::jsonb::cdp.rule OPERATOR(cdp.=) asked);
    END LOOP;
END $$;
SELECT count(*) >= 2000 AS tried, bool_and(same) AS same, bool_and(read_again) AS read_again, bool_and(as_json) AS as_json FROM tried;
SELECT rule FROM tried WHERE (same AND read_again AND as_json) IS NOT TRUE ORDER BY length(rule), rule LIMIT 3;
