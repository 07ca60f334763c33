-- One audience each, and so many people: priorities and limits.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SELECT * FROM cdp.audience_priority();
SELECT cdp.setup('UTC');
INSERT INTO cdp.person (one_id) SELECT n FROM generate_series(1, 200) AS n UNION ALL SELECT 1048576 + n FROM generate_series(1, 100) AS n UNION ALL VALUES (-5), (-6);
CREATE TABLE src (name text, one_id int);
INSERT INTO src SELECT k.name, one_id FROM cdp.person, (VALUES ('even', 2), ('third', 3), ('fifth', 5)) AS k (name, step) WHERE one_id % k.step = 0;
SELECT cdp.audience_define(name, sql => format('SELECT one_id FROM src WHERE name = %L', name)) > 0 AS defined
  FROM unnest('{even,third,fifth,nobody}'::text[]) AS name;
SELECT * FROM cdp.audience_priority('{even,fifth}');
SELECT count(*) FROM cdp.audience_refresh_all() WHERE error IS NULL;

-- everybody is left to the first that he is in
SELECT place, audience, users, assigned FROM cdp.audience_priority('{third,even,nobody,fifth}');
SELECT count(*) AS differences
  FROM (SELECT p.audience, i.one_id FROM cdp.audience_priority('{third,even,nobody,fifth}') AS p CROSS JOIN LATERAL cdp.rb_iterate(p.members) AS i (one_id)) AS p
  FULL JOIN (SELECT DISTINCT ON (one_id) name AS audience, one_id FROM src ORDER BY one_id, array_position('{third,even,nobody,fifth}', name)) AS e USING (audience, one_id)
 WHERE p.audience IS NULL OR e.audience IS NULL;
-- the other way round others have them; a name twice is one
SELECT place, audience, users, assigned FROM cdp.audience_priority('{fifth,even,fifth,third}');
-- by the priorities of the audiences, and among equal ones by name
SELECT * FROM cdp.audience_priority();
UPDATE cdp.audience SET priority = CASE name WHEN 'nobody' THEN NULL WHEN 'fifth' THEN 10 ELSE 20 END;
SELECT place, audience, users, assigned FROM cdp.audience_priority();
SELECT * FROM cdp.audience_priority('{}');
SELECT * FROM cdp.audience_priority('{even,evil}');
SELECT * FROM cdp.audience_priority('{even,NULL}');

-- by lot: the same salt draws the same, more of them the same and others, and like audience_split
SELECT n, cdp.rb_cardinality(cdp.audience_limit('audience:even', n, salt => 'spring')) AS drawn FROM unnest('{0,1,10,150,151,1000}'::int8[]) AS n;
SELECT cdp.rb_to_array(cdp.audience_limit('everyone', 5, salt => 'spring')) AS five;
SELECT array_agg(one_id ORDER BY cdp._one_id_unsigned(one_id)) AS five
  FROM (SELECT one_id FROM cdp.person ORDER BY cdp.audience_share(one_id, 'spring') LIMIT 5) AS p;
SELECT cdp.rb_contains(cdp.audience_limit('everyone', 31, salt => 'spring'), cdp.audience_limit('everyone', 30, salt => 'spring')) AS more,
       cdp.rb_equals(cdp.audience_limit('everyone', 30), cdp.audience_limit('everyone', 30, salt => 'spring')) AS by_salt;
SELECT bool_and(cdp.rb_contains(s.members, cdp.audience_limit('everyone', s.users, salt => 'spring'))) AS alike
  FROM cdp.audience_split('everyone', '{1,9}', 'spring') AS s WHERE s.part = 1;
-- by a number: of equal ones those with the smaller numbers of people; who has none is not taken
CREATE TABLE spent (one_id int, value int8);
INSERT INTO spent SELECT one_id, CASE WHEN one_id < 0 THEN 50 ELSE one_id % 60 END FROM cdp.person WHERE one_id % 3 <> 0;
SELECT cdp.tag_define('spent', 'SELECT one_id, value FROM spent', value_type => 'number') > 0 AS tag, cdp.tag_define('plain', 'SELECT one_id FROM spent') > 0 AS tag;
SELECT people, error FROM cdp.tag_refresh('spent');
SELECT n, lowest, cdp.rb_cardinality(l) AS taken,
       cdp.rb_equals(l, (SELECT cdp.rb_build_agg(one_id) FROM (SELECT one_id FROM spent JOIN src USING (one_id) WHERE name = 'even'
           ORDER BY CASE WHEN lowest THEN value ELSE -value END, cdp._one_id_unsigned(one_id) LIMIT n) AS p)) AS as_expected
  FROM unnest('{1,2,5,40,100,1000}'::int8[]) AS n, unnest('{f,t}'::bool[]) AS lowest, cdp.audience_limit('audience:even', n, by => 'spent', lowest => lowest) AS l
 ORDER BY n, lowest;
SELECT cdp.rb_to_array(cdp.audience_limit('not everyone', 5, by => 'spent')) AS nobody, cdp.rb_to_array(cdp.audience_limit('not everyone', 5)) AS nobody;
SELECT cdp.audience_limit('everyone', 5, by => 'plain');
SELECT cdp.audience_limit('everyone', 5, by => 'spend');
SELECT cdp.audience_limit('everyone', -1);
SELECT cdp.audience_limit('everyone', NULL);
SELECT cdp.audience_limit('everyone', 5, salt => NULL);
SELECT cdp.teardown(true) > 0 AS gone;
DROP TABLE src, spent;
