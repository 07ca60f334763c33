-- Expressions over tags and audiences mean the sets they say.
\set SHOW_CONTEXT never
SELECT cdp.setup('UTC');
-- twelve people in three chunks
INSERT INTO cdp.person (one_id) SELECT n + chunk * 1048576 FROM generate_series(1, 4) AS n, unnest('{0,1,2000}'::int[]) AS chunk;
INSERT INTO cdp.person (one_id, merged_into) VALUES (50, 1);
CREATE TABLE src (tag text, one_id int, value text);
INSERT INTO src SELECT 'level', n, CASE n WHEN 1 THEN 'gold' WHEN 2 THEN 'silver' ELSE 'no card' END FROM generate_series(1, 3) AS n;
INSERT INTO src SELECT 'level', n + 1048576, 'gold' FROM generate_series(1, 2) AS n;
INSERT INTO src SELECT 'staff', n, 'true' FROM unnest('{1,1048577,2097152001}'::int[]) AS n;
INSERT INTO src VALUES ('渠道', 2, '小程序'), ('渠道', 2097152001, '线下门店');
SELECT cdp.tag_define(t.tag, format('SELECT one_id, value FROM src WHERE tag = %L', t.tag)) FROM (SELECT DISTINCT tag FROM src) AS t ORDER BY 1;
SELECT r.tag, r.people, r.chunks_written FROM (SELECT name FROM cdp.tag ORDER BY name COLLATE "C") AS t, cdp.tag_refresh(t.name) AS r;

CREATE FUNCTION members(expression text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(m::text, ' ' ORDER BY m) FROM cdp.audience_members(expression) AS m
$$;
SELECT e AS expression, cdp.audience_count(e) AS people, members(e) FROM unnest(ARRAY[
    'everyone', 'not everyone', 'tag:level', 'tag:level = gold', 'tag:level in (gold, "no card")',
    'tag:level = gold and tag:staff', 'tag:level = gold and not tag:staff', 'tag:level = gold but not tag:staff',
    'not tag:staff and tag:level = gold', 'not tag:staff and not tag:level', 'not (tag:staff or tag:level)',
    'tag:level = silver or not tag:level', 'not tag:level or tag:level = silver', 'not tag:level or not tag:staff',
    'not not tag:staff', 'tag:level & !tag:staff | tag:渠道 = ''线下门店''', 'tag:level = platinum',
    'tag:staff or tag:level = gold and tag:渠道', 'everyone and tag:staff and not everyone',
    'tag:level <> gold', 'tag:level not in (gold, silver)', 'not tag:level <> gold', 'tag:level is not set', 'tag:渠道 is set']) AS e;
-- one bitmap, and the count that goes with it
SELECT cdp.rb_to_array(cdp.audience_bitmap('tag:level = gold')), cdp.rb_is_empty(cdp.audience_bitmap('not everyone'));

-- every expression of three leaves against plain set algebra, person by person
CREATE TABLE leaf AS
SELECT p.one_id, p.one_id IN (SELECT one_id FROM src WHERE tag = 'level' AND value = 'gold') AS a,
       p.one_id IN (SELECT one_id FROM src WHERE tag = 'staff') AS b,
       p.one_id IN (SELECT one_id FROM src WHERE tag = '渠道') AS c
  FROM cdp.person AS p WHERE p.merged_into IS NULL;
CREATE FUNCTION truth(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format('SELECT string_agg(one_id::text, '' '' ORDER BY one_id) FROM leaf WHERE %s', condition) INTO answer;
    RETURN answer;
END $$;
SELECT count(*) AS expressions, count(*) FILTER (WHERE members(
           replace(replace(replace(e, 'a_', 'tag:level = gold'), 'b_', 'tag:staff'), 'c_', 'tag:渠道'))
           IS DISTINCT FROM truth(replace(replace(replace(e, 'a_', 'a'), 'b_', 'b'), 'c_', 'c'))) AS differences
  FROM (SELECT format('%s (%sa_ %s %sb_) %s %sc_', n0, n1, o1, n2, o2, n3) AS e
          FROM unnest('{"",not}'::text[]) AS n0, unnest('{"","not "}'::text[]) AS n1, unnest('{"","not "}'::text[]) AS n2,
               unnest('{"","not "}'::text[]) AS n3, unnest('{and,or}'::text[]) AS o1, unnest('{and,or}'::text[]) AS o2) AS g;

-- part by part; under an audience its definition, once, counted now while its members are those of the refresh
SELECT depth, node, text, users, ms >= 0 AS timed FROM cdp.audience_explain('tag:level = gold but not (tag:staff | tag:渠道)');
SELECT cdp.audience_define('gold_staff', 'tag:level = gold and tag:staff') > 0;
SELECT cdp.audience_define('a b', 'audience:gold_staff or tag:渠道') > 0;
SELECT cdp.audience_explain('audience:gold_staff');
SELECT users FROM cdp.audience_refresh_all();
DELETE FROM src WHERE tag = 'staff' AND one_id = 1;
SELECT r.people FROM cdp.tag_refresh('staff') AS r;
SELECT depth, node, text, users FROM cdp.audience_explain('not audience:"a b" or audience:gold_staff and audience:"a b"');
SELECT cdp.audience_explain('tag:level or');
SELECT cdp.audience_explain(NULL);
SELECT cdp.audience_drop(a) FROM unnest('{a b,gold_staff}'::text[]) AS a;

-- overlap: pairs, and the cells of a Venn diagram against a grouping person by person
SELECT cdp.audience_define('gold', 'tag:level = gold') > 0, cdp.audience_define('staff', 'tag:staff') > 0,
       cdp.audience_define('渠道', 'tag:渠道') > 0, cdp.audience_define('nobody', 'not everyone') > 0,
       cdp.audience_define('late', 'everyone') > 0;
SELECT r.users FROM unnest('{gold,staff,渠道,nobody}'::text[]) AS n, cdp.audience_refresh(n) AS r;
SELECT * FROM cdp.audience_overlap('{staff,gold,渠道,gold,nobody}');
SELECT * FROM cdp.audience_venn('{gold,staff,渠道,nobody}');
UPDATE leaf SET b = false WHERE one_id = 1;
SELECT audiences, users FROM cdp.audience_venn('{渠道,gold,staff}') EXCEPT ALL
SELECT array_remove(ARRAY[CASE WHEN c THEN '渠道' END, CASE WHEN a THEN 'gold' END, CASE WHEN b THEN 'staff' END], NULL), count(*)
  FROM leaf WHERE a OR b OR c GROUP BY 1;
SELECT count(*) FROM cdp.audience_venn('{渠道,gold,staff}');
SELECT * FROM cdp.audience_overlap('{gold}');
SELECT * FROM cdp.audience_venn('{nobody}');
SELECT * FROM cdp.audience_venn('{}');
SELECT * FROM cdp.audience_overlap('{gold,golt}');
SELECT * FROM cdp.audience_overlap('{gold,late}');
SELECT * FROM cdp.audience_venn(ARRAY(SELECT n::text FROM generate_series(1, 17) AS n));
SELECT cdp.audience_drop(a) FROM unnest('{gold,staff,渠道,nobody,late}'::text[]) AS a;

-- by lot: everybody is in one part, and in the same one whoever else is asked about
SELECT part, share, users, cdp.rb_to_array(members) AS members FROM cdp.audience_split('everyone', '{2,1,0,1}', 'spring');
SELECT count(*) AS moved FROM cdp.audience_split('everyone', '{2,1,0,1}', 'spring') AS a
  JOIN cdp.audience_split('tag:level or tag:staff', '{0.5,0.25,0,0.25}', 'spring') AS b USING (part)
 WHERE NOT b.members OPERATOR(cdp.<@) a.members;
SELECT users FROM cdp.audience_split('everyone', '{1,1}', '春');
SELECT part, users, cdp.rb_to_array(members) AS members FROM cdp.audience_split('not everyone', '{1,1}', '');
SELECT round(cdp.audience_share(one_id, 'spring')::numeric, 12) FROM unnest('{1,2147483647,-1}'::int[]) AS one_id;
SELECT * FROM cdp.audience_split('everyone', '{1,-1}', 'spring');
SELECT * FROM cdp.audience_split('everyone', '{1,NULL}', 'spring');
SELECT * FROM cdp.audience_split('everyone', '{0,0}', 'spring');
SELECT * FROM cdp.audience_split('everyone', '{}', 'spring');
SELECT * FROM cdp.audience_split('everyone', '{1,Infinity}', 'spring');
SELECT * FROM cdp.audience_split('everyone', '{1}', NULL);
SELECT * FROM cdp.audience_split('tag:lewel', '{1}', 'spring');

-- what does not exist
SELECT cdp.audience_count('tag:lewel = gold');
SELECT cdp.audience_count('audience:anybody');
SELECT cdp.audience_count('tag:level =');
SELECT cdp.audience_count('');
SELECT cdp.audience_count(NULL);
SELECT cdp.audience_bitmap(NULL);
SELECT * FROM cdp.audience_members('tag:level or');
-- names and values are never SQL
SELECT cdp.audience_count('tag:level = "x'') OR true --"');
SELECT cdp.audience_count('tag:"level''; DROP TABLE cdp.tag; --"');
