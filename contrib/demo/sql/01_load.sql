-- Set up the platform and COPY the raw rows of nine platforms and the shops.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION pg_cdp;
SELECT cdp.setup(time_zone => 'Asia/Shanghai') \g /dev/null

-- What the generator planted lies beside the platform, in a schema of its own.
CREATE SCHEMA demo;
CREATE TABLE demo.fact (name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE demo.truth_identifier (type text, value text, person int);
CREATE TABLE demo.truth_funnel (channel text, step int, name text, users bigint);
CREATE TABLE demo.truth_cohort (cohort date, period int, users bigint);
CREATE TABLE demo.found (name text PRIMARY KEY, actual text NOT NULL);

CREATE FUNCTION demo.fact(name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.value FROM demo.fact AS f WHERE f.name = fact.name
$$;
-- Each planted truth is asked for by name; a difference ends the demo.
CREATE FUNCTION demo.expect(name text, actual anyelement) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF actual::text IS DISTINCT FROM demo.fact(name) THEN
        RAISE EXCEPTION 'planted truth "%" is %, found %', name, demo.fact(name), actual;
    END IF;
    INSERT INTO demo.found VALUES (name, actual::text);
END $$;
CREATE FUNCTION demo.bar(share float8, width int DEFAULT 30) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT repeat('█', floor(share * width)::int)
        || CASE WHEN share * width - floor(share * width) >= 0.5 THEN '▌' ELSE '' END
$$;
CREATE FUNCTION demo.n(number numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format('%7s', trim(to_char(number, '999G999G999G990')))
$$;
CREATE FUNCTION demo.percent(share float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT to_char(100 * share, '990D0') || ' %'
$$;

\echo '     \\copy cdp.landing_event from events.tsv'
\copy cdp.landing_event from 'events.tsv'
\echo '     \\copy cdp.landing_link from links.tsv'
\copy cdp.landing_link from 'links.tsv'
\copy demo.fact from 'truth_fact.tsv'
\copy demo.truth_identifier from 'truth_identifier.tsv'
\copy demo.truth_funnel from 'truth_funnel.tsv'
\copy demo.truth_cohort from 'truth_cohort.tsv'
ANALYZE demo.fact, demo.truth_identifier, demo.truth_funnel, demo.truth_cohort;

\pset linestyle unicode
\pset border 2
\pset footer off
\echo '\n     What a loader brings: text, as the platforms send it'
SELECT left(ts, 19) AS ts, name, id_type, left(id_value, 8) || '…' AS id_value, channel, left(props::text, 19) AS props
  FROM (SELECT DISTINCT ON (channel) * FROM (SELECT * FROM cdp.landing_event LIMIT 3000) AS e
         WHERE channel IS NOT NULL AND id_value IS NOT NULL ORDER BY channel) AS e
 LIMIT 6;
SELECT demo.n((SELECT count(*) FROM cdp.landing_event)) AS event_rows,
       demo.n((SELECT count(*) FROM cdp.landing_link)) AS link_rows;
SELECT demo.expect('event_rows', (SELECT count(*) FROM cdp.landing_event)) \g /dev/null
SELECT demo.expect('link_rows', (SELECT count(*) FROM cdp.landing_link)) \g /dev/null
