-- A graph of identifiers as a customer data platform meets it, from psql in a database that has the
-- extension:
--
--   psql -v persons=1000000 -f test/bench/identity/data.sql
--
-- The same for the same number of persons, in schema bench_identity. A million persons have about
-- 4.5 million linked identifiers of 11 types and 8.4 million links in the order of time, which join them to a
-- million components, one of which has 300,000 identifiers: placeholder values, shop tablets and
-- resellers' phones hold it together.
--   edge             links between dense numbers (int4) in order of first appearance, with weights
--   edge_scattered   the same between numbers all over bigint
--   edge_text        the same between texts of 20 bytes
--   edge_group       200,000 groups of 20 links (bigint) among up to 21 nodes
--
-- With -v truth=SCHEMA the links are landed in cdp.landing_link as well, and SCHEMA.node (type, value, person) is told
-- whose each identifier is, -1 for those that are nobody's.
\set ON_ERROR_STOP on
\if :{?persons}
\else
\set persons 1000000
\endif
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '512MB';
SET jit = off;
DROP SCHEMA IF EXISTS bench_identity CASCADE;
CREATE SCHEMA bench_identity;
SET search_path = bench_identity;

-- A number in [0, 1) that depends on what it is for, not on the plan.
CREATE FUNCTION chance(what bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT ((hashint8extended(what, salt) >> 11) & 9007199254740991) / 9007199254740992.0::float8 $$;

-- Types of identifiers: which share of the persons has one, a second one, and with which exponent the
-- number of further ones falls.
CREATE TABLE id_type AS SELECT * FROM (VALUES
    (1, 'member_id',  0.50, 0.01, NULL::float8, 1), (2, 'unionid',   0.55, 0, NULL, 1),  (3, 'phone',     0.72, 0.05, NULL, 1),
    (4, 'openid_mp',  0.75, 0, NULL, 1),            (5, 'openid_oa', 0.60, 0, NULL, 1),  (6, 'taobao_id', 0.28, 0.02, NULL, 1),
    (7, 'jd_id',      0.15, 0, NULL, 1),            (8, 'douyin_id', 0.20, 0, NULL, 1),  (9, 'email',     0.15, 0, NULL, 1),
    (10, 'device_id', 0.55, 0, 3.0, 40),            (11, 'cookie_id', 0.55, 0, 2.4, 300)) AS v(type, name, share, second, falls, most);
-- Openids are of those who have a unionid.
CREATE FUNCTION owns(person bigint, type int, share numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT chance(person, type) < share AND (type NOT IN (4, 5) OR chance(person, 2) < 0.55) $$;
CREATE FUNCTION node(person bigint, type int, copy int) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (type * 512 + copy) * 4294967296 + person $$;

CREATE UNLOGGED TABLE identifier AS
    SELECT person, type, copy, node(person, type, copy) AS node
      FROM generate_series(0, :persons - 1::bigint) AS person CROSS JOIN id_type,
           LATERAL generate_series(0, CASE WHEN falls IS NULL THEN (chance(person, type + 20) < second)::int
                ELSE least(pow(1 - chance(person, type + 20), -1 / (falls - 1)), most)::int - 1 END) AS copy
     WHERE owns(person, type, share);

-- Which identifiers are seen with a person's first of another type: share, weight, further sightings.
CREATE TABLE rule AS SELECT * FROM (VALUES
    (1, 5, 0.95, 2, 1.00, 0.72), (2, 4, 0.95, 2, 1.00, 1.44), (3, 3, 0.55, 4, 1.00, 0.48), (4, 1, 0.95, 3, 1.00, 0),
    (5, 1, 0.45, 2, 0.95, 0.72), (6, 6, 0.45, 3, 0.90, 1.92), (7, 7, 0.50, 3, 0.90, 1.92), (8, 8, 0.40, 3, 0.90, 1.20),
    (9, 9, 0.90, 1, 0.90, 0),    (10, 10, 0.70, 1, 0.80, 3.6), (11, 10, 0.40, 3, 0.80, 1.44), (12, 11, 0.45, 1, 0.70, 1.92),
    (13, 11, 0.40, 2, 0.70, 1.2), (14, 11, 0.15, 3, 0.60, 0), (15, 11, 0.35, 11, 0.50, 0), (16, 11, 0.10, 10, 0.30, 0),
    (17, 3, 1.00, 3, 0.90, 0)) AS v(rule, type, share, other, weight, again);

-- Identifiers that are nobody's: how many there are, with how many others of which types each is seen.
CREATE TABLE shared AS
    SELECT 1000 + i AS hub, sightings * :persons::bigint / 1000000 + 5 AS sightings, others
      FROM (VALUES (0, 20000, '{1,4,6,7,8}'::int[]), (1, 8000, '{1,4,6,7,8}'), (2, 5000, '{1,4,6,7,8}'), (3, 2000, '{1,4,6,7,8}'),
                   (4, 30000, '{1,3,11}'), (5, 6000, '{1,3,11}'), (6, 3000, '{1,3,11}'), (7, 3000, '{1}'), (8, 800, '{1}')) AS v(i, sightings, others)
    UNION ALL
    SELECT 2000 + i, least(3000, 40 * pow(1 - chance(i, 40), -0.9))::int, '{1,3}' FROM generate_series(1, greatest(3, 300 * :persons::bigint / 1000000)) AS i
    UNION ALL
    SELECT 3000 + i, 4000 * :persons::bigint / 1000000 + 10, '{6,7,8}' FROM generate_series(1, greatest(1, 5 * :persons::bigint / 1000000)) AS i;

CREATE UNLOGGED TABLE sighting AS
    WITH own AS (
        SELECT person, i.node AS a, node(person, r.other, 0) AS b, r.weight, i.node # r.rule AS seed, r.again
          FROM identifier AS i JOIN rule AS r USING (type) JOIN id_type AS t ON t.type = r.other
         WHERE chance(i.node, 100 + r.rule) < r.share AND owns(person, r.other, t.share)
               -- Further phones join the first; a hundredth of the first are linked with themselves.
               AND (r.rule <> 17 OR i.copy > 0 OR chance(person, 130) < 0.01)
    ), stranger AS (
        -- Devices of a family, and phones that somebody else got later.
        SELECT other AS person, i.node, node(other, 1, 0), 0.8, i.node # 64, CASE i.type WHEN 10 THEN 0.5 ELSE 0 END
          FROM identifier AS i, LATERAL (SELECT floor(chance(i.node, 140) * :persons)::bigint AS other) AS o
         WHERE chance(i.node, 141) < CASE i.type WHEN 10 THEN 0.02 WHEN 3 THEN 0.003 ELSE 0 END AND owns(other, 1, 0.5)
    ), hub AS (
        SELECT i.person, node(s.hub, 0, 0), i.node, 0.7, i.node # s.hub, 0
          FROM shared AS s, generate_series(1, s.sightings) AS n,
               LATERAL (SELECT floor(chance(n, 150 + s.hub) * :persons)::bigint AS person,
                               s.others[1 + floor(chance(n, 9000 + s.hub) * cardinality(s.others))::int] AS type) AS pick
          JOIN LATERAL (SELECT person, type, node(pick.person, pick.type, 0) AS node) AS i ON true
          JOIN id_type AS t ON t.type = i.type
         WHERE owns(i.person, i.type, t.share)
    )
    SELECT sqrt(chance(person, 160)) + pow(chance(seed, 161 + n), 2) * (1 - sqrt(chance(person, 160))) AS at,
           CASE WHEN chance(seed, 5000 + n) < 0.3 THEN b ELSE a END AS a, CASE WHEN chance(seed, 5000 + n) < 0.3 THEN a ELSE b END AS b,
           weight::float8
      FROM (SELECT * FROM own UNION ALL SELECT * FROM stranger UNION ALL SELECT * FROM hub) AS l,
           LATERAL generate_series(0, CASE WHEN again > 0 THEN floor(ln(1 - chance(seed, 162)) / ln(again / (1 + again)))::int ELSE 0 END) AS n;

CREATE UNLOGGED TABLE number AS
    SELECT node, row_number() OVER (ORDER BY min(at), node)::int AS id FROM (SELECT at, a AS node FROM sighting UNION ALL SELECT at, b FROM sighting) AS s
     GROUP BY node;
CREATE UNLOGGED TABLE edge AS
    SELECT x.id AS a, y.id AS b, s.weight FROM sighting AS s JOIN number AS x ON x.node = s.a JOIN number AS y ON y.node = s.b ORDER BY s.at, 1, 2;
CREATE UNLOGGED TABLE edge_scattered AS SELECT hashint8extended(a, 42) AS a, hashint8extended(b, 42) AS b, weight FROM edge;
CREATE UNLOGGED TABLE edge_text AS
    SELECT 'id:' || to_hex(hashint8extended(a, 42) | 1152921504606846976) || a % 10 AS a, 'id:' || to_hex(hashint8extended(b, 42) | 1152921504606846976) || b % 10 AS b FROM edge;
CREATE UNLOGGED TABLE edge_group AS
    SELECT i % 200000 AS g, i % 200000 + (chance(i, 1) * 20)::bigint AS a, i % 200000 + (chance(i, 2) * 20)::bigint AS b
      FROM generate_series(1, 4 * :persons::bigint) AS i;
\if :{?truth}
CREATE TABLE name AS
    SELECT i.node, t.name AS type, i.person,
           CASE t.name WHEN 'phone' THEN (15000000000 + i.person * 8 + i.copy)::text ELSE format('%s-%s-%s', t.name, i.person, i.copy) END AS value
      FROM identifier AS i JOIN id_type AS t USING (type)
    UNION ALL
    SELECT node(hub, 0, 0), CASE WHEN hub < 1004 OR hub > 3000 THEN 'phone' ELSE 'device_id' END, -1,
           coalesce((ARRAY['13800138000', '11111111111', '00000000', 'null', '00000000-0000-0000-0000-000000000000', 'unknown', 'null',
                           'undefined', 'ffffffffffffffff'])[hub - 999],
                    CASE WHEN hub > 3000 THEN (17000000000 + hub)::text ELSE 'tablet-' || hub END) FROM shared;
INSERT INTO :truth.node (type, value, person) SELECT type, value, person FROM name;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at, weight)
SELECT 'bench', x.type, x.value, y.type, y.value, (timestamptz '2023-01-01 00:00Z' + s.at * interval '730 days')::text, s.weight::text
  FROM sighting AS s JOIN name AS x ON x.node = s.a JOIN name AS y ON y.node = s.b;
DROP TABLE name;
\endif
DROP TABLE identifier, sighting, number, shared, rule, id_type;
VACUUM ANALYZE edge;
VACUUM ANALYZE edge_scattered;
VACUUM ANALYZE edge_text;
VACUUM ANALYZE edge_group;
RESET search_path;
