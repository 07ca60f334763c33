-- What a condition on an attribute means: the people of a chunk, against plain SQL over the profiles.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT cdp.setup('Asia/Shanghai') \g /dev/null
SET timezone = 'America/Lima';
SET datestyle = 'ISO';
-- OneIDs on both sides of a chunk's end, and of the greatest int4
CREATE FUNCTION people(first int, last int) RETURNS int8 LANGUAGE sql AS $$
    SELECT count(cdp.profile_set('member_id', 'm' || n, jsonb_strip_nulls(jsonb_build_object(
               'age', CASE WHEN n % 7 > 0 THEN n % 60 + (n % 3) * 0.5 END, 'city', (ARRAY['上海', '北京', '广州', 'São Paulo', NULL])[n % 5 + 1],
               'birthday', CASE WHEN n % 4 > 0 THEN (date '1990-11-20' + n % 40)::text END, 'code', CASE n % 3 WHEN 0 THEN lpad(n::text, 5, '0') WHEN 1 THEN 'x' || n END,
               'login', CASE n % 5 WHEN 0 THEN '2025-03-0' || n % 9 + 1 WHEN 1 THEN '2025-03-02 10:0' || n % 10 WHEN 2 THEN '2025-03-02T02:0' || n % 10 || ':30Z' END,
               'vip', CASE WHEN n % 2 = 0 THEN n % 4 = 0 END, 'likes', CASE WHEN n % 6 > 0 THEN to_jsonb((ARRAY['tea', 'coffee', 'milk', '7'])[1 + n % 3 : 2 + n % 4]) END)), 'crm'))
      FROM generate_series(first, last) n $$;
SELECT cdp.attribute_define('birthday', 'date');
UPDATE cdp.counter SET last = 1048500 WHERE name = 'one_id';
SELECT people(1, 120);
UPDATE cdp.counter SET last = 2147483600 WHERE name = 'one_id';
SELECT people(121, 200);
-- nobody has them, or nobody any more
SELECT cdp.profile_set('member_id', 'm5', '{"age": null, "likes": [], "city": " "}') \g /dev/null
SELECT count(DISTINCT chunk) AS chunks FROM cdp.profile_value;

-- each condition in the words of a rule, and what it says of p.attrs in the zone of the business
CREATE TEMP TABLE asked (nth int GENERATED ALWAYS AS IDENTITY, condition text, plain text);
INSERT INTO asked (condition, plain) VALUES
    ('attr.city = 上海', $$p.attrs ->> 'city' = '上海'$$), ('attr.city <> 上海', $$p.attrs ->> 'city' <> '上海'$$),
    ('attr.city in (北京, "São Paulo", nowhere)', $$p.attrs ->> 'city' IN ('北京', 'São Paulo')$$), ('attr.city not in (北京, 上海)', $$p.attrs ->> 'city' NOT IN ('北京', '上海')$$),
    ('attr.city is set', $$p.attrs ? 'city'$$), ('attr.city is not set', $$p.attrs IS NULL OR NOT p.attrs ? 'city'$$), ('attr.shoe is set', 'false'), ('attr.shoe is not set', 'true'),
    ('attr.shoe <> 1', 'false'), ('attr.vip = true', $$p.attrs ->> 'vip' = 'true'$$), ('attr.vip <> true', $$p.attrs ->> 'vip' = 'false'$$),
    ('attr.age = 30', $$(p.attrs ->> 'age')::numeric = 30$$), ('attr.age = 30.50', $$(p.attrs ->> 'age')::numeric = 30.5$$), ('attr.age < 30', $$(p.attrs ->> 'age')::numeric < 30$$),
    ('attr.age <= 30', $$(p.attrs ->> 'age')::numeric <= 30$$), ('attr.age > 30.5', $$(p.attrs ->> 'age')::numeric > 30.5$$), ('attr.age >= 30.5', $$(p.attrs ->> 'age')::numeric >= 30.5$$),
    ('attr.age between 18 and 30.5', $$(p.attrs ->> 'age')::numeric BETWEEN 18 AND 30.5$$), ('attr.age between -1 and 99999999999999999999999999999999999999', $$p.attrs ? 'age'$$),
    ('attr.code = 00012', $$p.attrs ->> 'code' = '00012'$$), ('attr.code <= 12', $$p.attrs ->> 'code' BETWEEN '00000' AND '00012'$$), ('attr.code > today', 'false'), ('attr.city > 0', 'false'),
    ('attr.likes = coffee', $$p.attrs -> 'likes' ? 'coffee'$$), ('attr.likes <> coffee', $$p.attrs ? 'likes' AND NOT p.attrs -> 'likes' ? 'coffee'$$),
    ('attr.likes in (tea, milk)', $$p.attrs -> 'likes' ?| '{tea,milk}'$$), ('attr.likes not in (tea, milk)', $$p.attrs ? 'likes' AND NOT p.attrs -> 'likes' ?| '{tea,milk}'$$), ('attr.likes >= 7', $$p.attrs -> 'likes' ? '7'$$),
    ('attr.birthday = 1990-11-25', $$(p.attrs ->> 'birthday')::date = '1990-11-25'$$), ('attr.birthday < 1990-11-25', $$(p.attrs ->> 'birthday')::date < '1990-11-25'$$),
    ('attr.birthday <= 1990-11-25', $$(p.attrs ->> 'birthday')::date <= '1990-11-25'$$), ('attr.birthday > 1990-11-25', $$(p.attrs ->> 'birthday')::date > '1990-11-25'$$),
    ('attr.birthday >= 1990-11-25', $$(p.attrs ->> 'birthday')::date >= '1990-11-25'$$), ('attr.birthday between today and in 7 days', $$(p.attrs ->> 'birthday')::date BETWEEN '1990-12-01' AND '1990-12-08'$$),
    ('attr.birthday between 1 week ago and today', $$(p.attrs ->> 'birthday')::date BETWEEN '1990-11-24' AND '1990-12-01'$$), ('attr.birthday <= 1 month ago', $$false$$), ('attr.birthday < now', $$(p.attrs ->> 'birthday')::date <= '1990-12-01'$$),
    ('attr.birthday > 1000000 years ago', $$p.attrs ? 'birthday'$$), ('attr.birthday < in 1000000 months', $$p.attrs ? 'birthday'$$), ('attr.birthday >= in 1000000 years', 'false'),
    ('attr.login <= 2025-03-02', $$(p.attrs ->> 'login')::timestamptz < '2025-03-03'$$), ('attr.login > 2025-03-02', $$(p.attrs ->> 'login')::timestamptz >= '2025-03-03'$$),
    ('attr.login >= "2025-03-02 10:05"', $$(p.attrs ->> 'login')::timestamptz >= '2025-03-02 10:05'$$), ('attr.login < "2025-03-02 10:05:30"', $$(p.attrs ->> 'login')::timestamptz < '2025-03-02 10:05:30'$$),
    ('attr.login between "2025-03-02 10:02" and 2025-03-04', $$(p.attrs ->> 'login')::timestamptz >= '2025-03-02 10:02' AND (p.attrs ->> 'login')::timestamptz < '2025-03-05'$$);
CREATE FUNCTION differs(condition text, plain text) RETURNS text LANGUAGE plpgsql SET timezone = 'Asia/Shanghai' AS $$
DECLARE
    leaf jsonb := condition::cdp.rule::jsonb;
    -- half past eleven in the night before the second of December there
    at timestamptz := '1990-12-01 23:30';
    found cdp.roaringbitmap;
    expected cdp.roaringbitmap;
BEGIN
    SELECT cdp.rb_or_agg(m) INTO found FROM unnest('{0,1,2047,2048,4095}'::int4[]) c (chunk), cdp._attribute_people(leaf ->> 'name', leaf, c.chunk, at) m;
    IF EXISTS (SELECT FROM unnest('{0,1,2047,2048}'::int4[]) c (chunk), cdp._attribute_people(leaf ->> 'name', leaf, c.chunk, at) m, cdp.rb_iterate(m) i WHERE cdp.chunk_of(i) <> c.chunk) THEN
        RETURN 'people of other chunks';
    END IF;
    EXECUTE format('SELECT coalesce(cdp.rb_build_agg(one_id), ''{}'') FROM cdp.person LEFT JOIN cdp.profile p USING (one_id) WHERE %s', plain) INTO expected;
    RETURN CASE WHEN NOT cdp.rb_equals(found, expected) THEN format('%s, not %s', cdp.rb_to_array(found), cdp.rb_to_array(expected)) END;
END $$;
SELECT a.condition, differs(a.condition, a.plain) FROM asked a WHERE differs(a.condition, a.plain) IS NOT NULL ORDER BY nth;
SELECT count(*) AS conditions, count(*) FILTER (WHERE plain <> 'false') > 30 AS most_find_somebody FROM asked;
-- by hand
SELECT cdp._attribute_people('age', '{"op": "~", "value": 1}', 0, now());
SELECT cdp._attribute_people('age', '{"op": "<", "value": "soon"}', 0, now());
SELECT cdp._attribute_people('age', '{}', 0, now());
SELECT cdp.teardown(true) > 0 AS gone;
