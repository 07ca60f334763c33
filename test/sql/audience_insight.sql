-- What tags say of people beside others, and who is like them.
\set SHOW_CONTEXT never
SELECT cdp.setup('UTC');
-- 3000 people in three chunks, the last of them above 2^31
INSERT INTO cdp.person (one_id) SELECT (n % 3) * 1048576 * CASE n % 3 WHEN 2 THEN -1 ELSE 1 END + n FROM generate_series(1, 3000) AS n;
CREATE TABLE src AS
SELECT one_id, d AS dim, CASE WHEN n % 11 <> d OR d = 1 THEN chr(97 + (n * n + n / 7 * d) % (2 + d)) END AS value
  FROM (SELECT one_id, one_id & 1048575 AS n FROM cdp.person) AS p CROSS JOIN generate_series(1, 4) AS d;
-- of the last one people may have several values, and some are rare
INSERT INTO src SELECT one_id, 4, 'z' FROM cdp.person WHERE one_id & 1048575 <= 60 AND (one_id & 1048575) % 5 < 3;
SELECT cdp.tag_define('d' || d, format('SELECT one_id, value FROM public.src WHERE dim = %s', d)) > 0 AS defined FROM generate_series(1, 4) AS d;
SELECT cdp.tag_define('nobody', 'SELECT one_id, value FROM public.src WHERE dim = 9') > 0 AS defined;
SELECT r.tag, r.people FROM unnest('{d1,d2,d3,d4,nobody}'::text[]) AS t, cdp.tag_refresh(t) AS r;

-- a row for each value, in the order of the tags asked for, each tag once
SELECT dim, value, users, round(share::numeric, 4) AS share, base_users, round(base_share::numeric, 4) AS base_share,
       round(tgi::numeric, 1) AS tgi, round(p_value::numeric, 6) AS p, round(p_adjusted::numeric, 6) AS p_adjusted
  FROM cdp.audience_insight('tag:d2 = b', '{d4,d1,d4,nobody}');
-- beside others, some of whom are the people themselves
SELECT dim, value, users, base_users, round(tgi::numeric, 1) AS tgi, round(p_value::numeric, 6) AS p
  FROM cdp.audience_insight('tag:d2 = b or tag:d3 = e', '{d1}', 'tag:d2 = b or tag:d3 = c');

-- by their definitions, over rows
CREATE FUNCTION plain(rule text, dims text[], baseline text) RETURNS TABLE (dim text, value text, users int8, share float8, base_users int8, base_share float8, tgi float8, p float8)
LANGUAGE sql AS $$
    WITH people AS (SELECT m FROM cdp.audience_members(rule) AS m), base AS (SELECT m FROM cdp.audience_members(baseline) AS m),
    rest AS (TABLE base EXCEPT TABLE people),
    size AS (SELECT (SELECT count(*) FROM people) AS people, (SELECT count(*) FROM base) AS base, (SELECT count(*) FROM rest) AS rest),
    many AS (SELECT s.tag, s.value, count(*) FILTER (WHERE one_id IN (TABLE people)) AS people,
                    count(*) FILTER (WHERE one_id IN (TABLE base)) AS base, count(*) FILTER (WHERE one_id IN (TABLE rest)) AS rest
               FROM (SELECT DISTINCT 'd' || s.dim AS tag, s.value, s.one_id FROM src AS s) AS s
              WHERE s.value IS NOT NULL AND s.tag = ANY (dims) GROUP BY 1, 2)
    SELECT m.tag, m.value, m.people, m.people::float8 / nullif(s.people, 0), m.base, m.base::float8 / nullif(s.base, 0),
           100 * (m.people::float8 / nullif(s.people, 0)) / nullif(m.base::float8 / nullif(s.base, 0), 0),
           cdp.ab_p(m.rest, s.rest, m.people, s.people)
      FROM many AS m, size AS s WHERE m.people > 0 OR m.base > 0
$$;
CREATE FUNCTION fast(rule text, dims text[], baseline text) RETURNS TABLE (dim text, value text, users int8, share float8, base_users int8, base_share float8, tgi float8, p float8)
LANGUAGE sql AS $$
    SELECT dim, value, users, share, base_users, base_share, tgi, p_value FROM cdp.audience_insight(rule, dims, baseline)
$$;
SELECT q.rule, q.baseline, i.values, i.tested, d.differences, i.adjusted IS NOT DISTINCT FROM cdp.ab_adjust(i.p) AS adjusted
  FROM (VALUES ('tag:d1 = a and tag:d4 = z', 'everyone'), ('tag:d4 = z', 'tag:d1 = a'), ('tag:d4 = z', 'not tag:d4 = z'),
               ('tag:d1', 'everyone'), ('everyone', 'tag:d1 = b'), ('tag:d1 = a', 'not everyone'), ('not everyone', 'everyone'),
               ('not everyone', 'not everyone')) AS q (rule, baseline)
 CROSS JOIN LATERAL (
    SELECT count(*) AS values, count(p_value) AS tested, array_agg(p_value ORDER BY n) FILTER (WHERE p_value IS NOT NULL) AS p,
           array_agg(p_adjusted ORDER BY n) FILTER (WHERE p_adjusted IS NOT NULL) AS adjusted
      FROM cdp.audience_insight(q.rule, '{d1,d2,d3,d4}', q.baseline)
           WITH ORDINALITY AS i (dim, value, users, share, base_users, base_share, tgi, p_value, p_adjusted, n)) AS i
 CROSS JOIN LATERAL (
    SELECT count(*) AS differences
      FROM ((SELECT * FROM fast(q.rule, '{d1,d2,d3,d4}', q.baseline) EXCEPT ALL SELECT * FROM plain(q.rule, '{d1,d2,d3,d4}', q.baseline)) UNION ALL
            (SELECT * FROM plain(q.rule, '{d1,d2,d3,d4}', q.baseline) EXCEPT ALL SELECT * FROM fast(q.rule, '{d1,d2,d3,d4}', q.baseline))) AS x) AS d
 ORDER BY q.rule, q.baseline;
-- all tags unless told
SELECT string_agg(DISTINCT dim, ' ' ORDER BY dim) FROM cdp.audience_insight('tag:d1 = a');
SELECT * FROM cdp.audience_insight('tag:d1 = a', '{}');
SELECT * FROM cdp.audience_insight('tag:d1 = a', '{d1,d5}');
SELECT * FROM cdp.audience_insight('tag:d1 = a', '{d1,NULL}');
SELECT * FROM cdp.audience_insight('tag:d1 = a', '{d1}', NULL);

-- who is like them: the first, and what their scores are made of
SELECT one_id, score FROM cdp.audience_lookalike('tag:d4 = z', 5, '{d1,d2,d3}');
SELECT dim, value, seed_users, round(seed_share::numeric, 4) AS seed_share, round(rest_share::numeric, 4) AS rest_share, weight
  FROM cdp.audience_lookalike_explain('tag:d4 = z', NULL, '{d2,d1}');
-- by the definition, person by person: order, ties, people without a value; explained, weights add up to the score
CREATE TEMP TABLE score AS
SELECT row_number() OVER (ORDER BY s.score DESC, s.one_id::int8 & 4294967295) AS place, s.one_id, s.score / 1000.0::float8 AS score
  FROM (SELECT r.one_id, coalesce(sum(w.weight), 0) AS score
          FROM cdp.audience_members('tag:d1 = a but not tag:d2 in (a, b)') AS r (one_id)
          LEFT JOIN (SELECT DISTINCT 'd' || s.dim AS dim, s.value, s.one_id FROM src AS s WHERE s.dim IN (3, 4)) AS v USING (one_id)
          LEFT JOIN (SELECT p.dim, p.value,
                            round(1000 * ln((p.users + 0.5) / (s.seed + 1) / ((p.base_users - p.users + 0.5) / (s.base - s.seed + 1)))) AS weight
                       FROM plain('tag:d2 in (a, b) and tag:d1 = a', '{d3,d4}', 'tag:d1 = a') AS p,
                            (SELECT cdp.audience_count('tag:d2 in (a, b) and tag:d1 = a') AS seed, cdp.audience_count('tag:d1 = a') AS base) AS s) AS w USING (dim, value)
         GROUP BY r.one_id) AS s;
SELECT count(*) AS people, count(*) FILTER (WHERE s IS DISTINCT FROM l) AS differences, count(DISTINCT s.score) < count(*) AS with_ties
  FROM score AS s
  FULL JOIN cdp.audience_lookalike('tag:d2 in (a, b) and tag:d1 = a', 5000, '{d3,d4}', 'tag:d1 = a') WITH ORDINALITY AS t (one_id, score, place) USING (place)
 CROSS JOIN LATERAL (SELECT t.place, t.one_id, t.score) AS l;
SELECT count(*) AS people, count(*) FILTER (WHERE abs(l.score - e.score) > 1e-9) AS differences
  FROM cdp.audience_lookalike('tag:d2 in (a, b)', 20) AS l
 CROSS JOIN LATERAL (SELECT coalesce(sum(e.weight), 0) AS score FROM cdp.audience_lookalike_explain('tag:d2 in (a, b)', l.one_id) AS e) AS e;
-- unless told, not by the tags that the seed is made of
SELECT string_agg(DISTINCT dim, ' ' ORDER BY dim) FROM cdp.audience_lookalike_explain('tag:d2 = a and not tag:d3');
SELECT count(*) FROM cdp.audience_lookalike('everyone');
SELECT count(*) FROM cdp.audience_lookalike('tag:d2 = a', 0);
SELECT * FROM cdp.audience_lookalike('tag:d2 = a', -1);
SELECT * FROM cdp.audience_lookalike('tag:d2 = a', NULL);
SELECT * FROM cdp.audience_lookalike('tag:d1 = x');
SELECT * FROM cdp.audience_lookalike('tag:d2 = a', 10, '{d5}');

-- numbers and dates, in bands of the baseline: ends, ties, and bands that none of the baseline is in
SELECT cdp.tag_define('n', 'SELECT one_id, (one_id & 1048575) % 100 * ((one_id & 1048575) % 3 - 1) AS value FROM cdp.person WHERE (one_id & 1048575) % 7 > 0', value_type => 'number') > 0 AS defined;
SELECT cdp.tag_define('since', 'SELECT one_id, date ''2024-12-30'' + (one_id & 1048575) / 400 AS value FROM cdp.person', value_type => 'date') > 0 AS defined;
SELECT cdp.tag_define('same', 'SELECT one_id, 9223372036854775807 AS value FROM cdp.person WHERE one_id > 0', value_type => 'number') > 0 AS defined;
SELECT r.tag, r.people FROM unnest('{n,since,same}'::text[]) AS t, cdp.tag_refresh(t) AS r;
SELECT dim, value, users, base_users, round(tgi::numeric, 1) AS tgi, round(p_value::numeric, 6) AS p
  FROM cdp.audience_insight('tag:d2 = b', '{n,since,same}', 'not tag:d1 = a');
SELECT value, users, base_users FROM cdp.audience_insight('everyone', '{since}', 'tag:d4 = z', 2);
SELECT value, users, base_users FROM cdp.audience_insight('tag:d1 = a', '{n}', 'tag:d1', 1);
SELECT value, users, base_users FROM cdp.audience_insight('tag:d1 = a', '{n}', 'not everyone', 3);
SELECT cdp.audience_insight('tag:d1 = a', '{n}', bands => 0);
-- ten bands by percentiles over rows
SELECT count(*) AS bands, count(*) FILTER (WHERE p.users IS DISTINCT FROM i.users OR p.base_users IS DISTINCT FROM i.base_users) AS differences
  FROM (SELECT row_number() OVER (ORDER BY band) AS place, count(*) FILTER (WHERE a) AS users, count(*) AS base_users
          FROM (SELECT v.a, (SELECT count(DISTINCT h) FROM unnest(q.highs) AS h WHERE h < v.number) AS band
                  FROM (SELECT p.one_id IN (SELECT m FROM cdp.audience_members('tag:d1 = a') AS m) AS a, (p.one_id & 1048575) % 100 * ((p.one_id & 1048575) % 3 - 1) AS number
                          FROM cdp.person AS p WHERE (p.one_id & 1048575) % 7 > 0) AS v,
                       (SELECT percentile_disc('{0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9}'::float8[]) WITHIN GROUP (ORDER BY (p.one_id & 1048575) % 100 * ((p.one_id & 1048575) % 3 - 1)) AS highs
                          FROM cdp.person AS p WHERE (p.one_id & 1048575) % 7 > 0) AS q) AS b GROUP BY band) AS p
  FULL JOIN (SELECT row_number() OVER () AS place, users, base_users FROM cdp.audience_insight('tag:d1 = a', '{n}', bands => 10)) AS i USING (place);
-- who is like them by numbers too
SELECT e.dim, e.value, e.weight, round(l.score::numeric, 3) AS score
  FROM cdp.audience_lookalike('tag:d1 = a and tag:d4 = z', 1, '{n,since}', bands => 10) AS l
 CROSS JOIN LATERAL cdp.audience_lookalike_explain('tag:d1 = a and tag:d4 = z', l.one_id, '{n,since}', bands => 10) AS e;
-- as an audience
SELECT cdp.audience_define('like_them', sql => 'SELECT one_id FROM cdp.audience_lookalike(''tag:d2 in (a, b)'', 20)') > 0 AS defined;
SELECT users, error FROM cdp.audience_refresh('like_them');
