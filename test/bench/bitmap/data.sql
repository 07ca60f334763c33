-- Makes the data of the bench in schema bench_bitmap: seeded, the same on every server and every day.
--
-- :users people and 300 values of a tag, held by 0.01 to 60 % of them: half of the values are rarer
-- than one in a thousand. 200 are scattered over the ids, 80 are clustered in cohorts of ids, 20 are
-- one solid range. With 2,000,000 users that makes 20 million rows.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET work_mem = '1GB';
SET jit = off;

DROP SCHEMA IF EXISTS bench_bitmap CASCADE;
CREATE SCHEMA bench_bitmap;
SET search_path = bench_bitmap, public;

-- A number of 0 to 2^40 - 1 that looks random and never changes.
CREATE FUNCTION bench_bitmap.chance(a int8, b int8) RETURNS int8 LANGUAGE sql IMMUTABLE
    AS 'SELECT hashint8extended(a, b) & 1099511627775';
-- The id of a person where ids are random numbers of 43 bits.
CREATE FUNCTION bench_bitmap.wide(uid int4) RETURNS int8 LANGUAGE sql IMMUTABLE
    AS 'SELECT hashint8extended(uid::int8, 43) & 8796093022207';

CREATE UNLOGGED TABLE tag AS
    SELECT tag, 0.0001 * 6000 ^ (((tag - 0.5) / 300) ^ 2.18) AS share,
           CASE WHEN tag % 15 = 0 THEN 'range' WHEN tag % 15 IN (3, 6, 9, 12) THEN 'cohort'
                ELSE 'scattered' END AS kind
      FROM generate_series(1, 300) tag;

CREATE UNLOGGED TABLE drawn (tag int4, uid int4);
-- Rare and scattered: one member in each stretch of 1 / share ids.
INSERT INTO drawn
    SELECT tag, n * stretch + chance(n, tag) % stretch
      FROM (SELECT tag, round(1 / share)::int8 AS stretch FROM tag WHERE kind = 'scattered' AND share < 0.05) t,
           generate_series(0, :users / stretch - 1) n;
-- Frequent and scattered: everybody throws a coin.
INSERT INTO drawn
    SELECT tag, uid
      FROM (SELECT tag, (share * 1099511627776)::int8 AS below FROM tag WHERE kind = 'scattered' AND share >= 0.05) t,
           generate_series(0, :users - 1) uid
     WHERE chance(uid, tag) < below;
-- Cohorts are 400 stretches of ids; a value is held in some of them, by four of five there.
INSERT INTO drawn
    SELECT tag, uid
      FROM (SELECT tag, cohort, greatest(1, ceil(share * 400 / 0.8)) AS cohorts, share
              FROM tag, LATERAL (SELECT n AS cohort, row_number() OVER (ORDER BY chance(n, 1000 + tag)) AS place
                                   FROM generate_series(0, 399) n) c
             WHERE kind = 'cohort' AND place <= greatest(1, ceil(share * 400 / 0.8))) t,
           generate_series(cohort * (:users / 400), (cohort + 1) * (:users / 400) - 1) uid
     WHERE chance(uid, tag) < share * 400 / cohorts * 1099511627776;
INSERT INTO drawn
    SELECT tag, uid
      FROM tag, generate_series(((1 - share) * 0.5 * :users)::int4, ((1 - share) * 0.5 * :users + share * :users)::int4) uid
     WHERE kind = 'range';
-- Of few people a rare value may have met nobody.
INSERT INTO drawn SELECT tag, tag FROM tag WHERE tag NOT IN (SELECT tag FROM drawn);

CREATE UNLOGGED TABLE user_tag AS SELECT tag, uid FROM drawn ORDER BY uid, tag;
CREATE UNLOGGED TABLE user_tag_shuffled AS SELECT tag, uid FROM drawn ORDER BY chance(uid, 2000 + tag);
DROP TABLE drawn;

-- What the questions ask for.
CREATE UNLOGGED TABLE probe AS
    SELECT row_number() OVER (ORDER BY chance(uid, 3000)) AS place, uid AS id
      FROM generate_series(0, :users - 1) uid WHERE chance(uid, 3001) % 20 = 0;
CREATE UNLOGGED TABLE pick AS
    SELECT 'most' AS name, max(tag) AS tag FROM tag WHERE kind = 'scattered'
    UNION ALL SELECT 'half', (SELECT tag FROM tag WHERE kind = 'scattered' ORDER BY abs(share - 0.5) LIMIT 1)
    UNION ALL SELECT 'rare', (SELECT tag FROM tag WHERE kind = 'scattered' ORDER BY abs(share - 0.001) LIMIT 1)
    UNION ALL SELECT 'dense', tag FROM (SELECT tag FROM tag WHERE kind = 'scattered' ORDER BY share DESC LIMIT 7) t
    UNION ALL SELECT 'large', tag FROM (SELECT tag FROM tag ORDER BY share DESC LIMIT 20) t
    UNION ALL SELECT 'wide', tag FROM tag WHERE tag % 10 = 8
    -- too large for a row, on either side
    UNION ALL SELECT 'toasted', tag FROM tag WHERE kind <> 'range' AND share * :users > 1200;
CREATE UNLOGGED TABLE pair AS
    SELECT a.tag AS a, b.tag AS b FROM pick a JOIN pick b ON a.tag < b.tag WHERE a.name = 'dense' AND b.name = 'dense'
     ORDER BY chance(a.tag, b.tag);
CREATE UNLOGGED TABLE expression AS
    SELECT (1 + chance(n, 4001) % 300)::int4 AS a, (1 + chance(n, 4002) % 300)::int4 AS b,
           (1 + chance(n, 4003) % 300)::int4 AS c, (1 + chance(n, 4004) % 300)::int4 AS d
      FROM generate_series(1, 500) n;
-- Last: who finds this function finds all of the data.
SELECT format('CREATE FUNCTION bench_bitmap.users() RETURNS int8 LANGUAGE sql IMMUTABLE AS ''SELECT %s::int8''', :users) \gexec
VACUUM ANALYZE tag, user_tag, user_tag_shuffled, probe, pick, pair, expression;
