-- What refreshing a tag costs beside its query alone and beside a table of rows that is replaced, and what it writes when
-- one person in a hundred has changed.
--
--   psql -X -v people=1000000 -f test/bench/tag/refresh.sql
--
-- In a database of its own, which has the extension: what cdp.setup() made there is torn down. As a superuser.
\ir ../behavior/measure.sql
\if :{?people} \else \set people 1000000 \endif
SET TimeZone = 'UTC';
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
DROP SCHEMA IF EXISTS bench_tag CASCADE;
CREATE SCHEMA bench_tag;
INSERT INTO cdp.person (one_id) SELECT generate_series(1, :people);
CREATE UNLOGGED TABLE bench_tag.src AS
SELECT n AS one_id, 'v' || (hashint4(n) & 1023) % 10 AS level, hashint4(n + 7) & 65535 AS spend, hashint4(n + 9) > 0 AS half
  FROM generate_series(1, :people) AS n;
CREATE UNLOGGED TABLE bench_tag.plain (tag text, value text, one_id int4, PRIMARY KEY (tag, value, one_id));
VACUUM (ANALYZE, FREEZE) cdp.person, bench_tag.src;
SELECT cdp.tag_define('level', 'SELECT one_id, level AS value FROM bench_tag.src', value_type => 'enum'),
       cdp.tag_define('half', 'SELECT one_id, half AS value FROM bench_tag.src'),
       cdp.tag_define('spend', 'SELECT one_id, spend AS value FROM bench_tag.src', value_type => 'number') \g /dev/null
CREATE FUNCTION pg_temp.rows_replace() RETURNS int8 LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE bench_tag.plain;
    INSERT INTO bench_tag.plain SELECT 'level', level, one_id FROM bench_tag.src;
    RETURN (SELECT count(*) FROM bench_tag.plain);
END $$;
CREATE FUNCTION pg_temp.first(tag text) RETURNS int8 LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM cdp.tag_value;
    DELETE FROM cdp.tag_number;
    RETURN (SELECT people FROM cdp.tag_refresh(tag));
END $$;
INSERT INTO bench_query VALUES
(1, 'the query of "level" alone', NULL, 'SELECT count(level) FROM (SELECT one_id, level FROM bench_tag.src OFFSET 0) AS q'),
(2, 'its people counted by value', NULL, 'SELECT sum(n) FROM (SELECT level, count(*) AS n, max(one_id) FROM bench_tag.src GROUP BY 1) AS q'),
(3, 'rows with an index, replaced', 'level, refreshed first', 'SELECT pg_temp.rows_replace()'),
(4, 'level, refreshed first', NULL, $$SELECT pg_temp.first('level')$$),
(5, 'level, refreshed again', NULL, $$SELECT people FROM cdp.tag_refresh('level')$$),
(6, 'spend, refreshed first', NULL, $$SELECT pg_temp.first('spend')$$),
(7, 'spend, refreshed again', NULL, $$SELECT people FROM cdp.tag_refresh('spend')$$);
CALL pg_temp.bench_run(1);
TRUNCATE bench_time;
CALL pg_temp.bench_run(3);
SELECT what, cpu_ms, ns_per_row AS ns_a_person FROM pg_temp.bench_show(:people);

-- One in a hundred changes: people next to each other, or all over the place. What a row holding only the difference
-- would take is what a layout of bitmaps and differences would write at the first refresh after it was made whole; the
-- differences of the refreshes that follow come on top, until they are made one again.
CREATE TEMP TABLE change (place int, touched text, condition text);
INSERT INTO change VALUES (1, 'nobody', 'false'), (2, 'together', format('one_id <= %s', :people / 100)), (3, 'all over', 'one_id % 100 = 7');
-- What others write meanwhile would be counted too.
ALTER TABLE cdp.tag_value SET (autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE cdp.tag_number SET (autovacuum_enabled = false, toast.autovacuum_enabled = false);
CREATE FUNCTION pg_temp.rewrite(tag text, condition text)
    RETURNS TABLE (people int8, stored int8, wal int8, difference int8) LANGUAGE plpgsql AS $$
DECLARE
    number int4 := (SELECT g.tag_id FROM cdp.tag AS g WHERE g.name = tag);
    before pg_lsn;
BEGIN
    PERFORM cdp.tag_refresh(tag);
    CREATE TEMP TABLE was AS SELECT v.value, v.chunk, v.members, NULL::cdp.bsi AS numbers FROM cdp.tag_value AS v WHERE v.tag_id = number
        UNION ALL SELECT NULL, v.chunk, NULL, v.numbers FROM cdp.tag_number AS v WHERE v.tag_id = number;
    EXECUTE format('UPDATE bench_tag.src SET level = ''v'' || (substr(level, 2)::int + 1) %% 10, spend = (spend + 977) %% 65536, half = NOT half WHERE %s', condition);
    GET DIAGNOSTICS people = ROW_COUNT;
    before := pg_current_wal_insert_lsn();
    PERFORM cdp.tag_refresh(tag);
    wal := pg_wal_lsn_diff(pg_current_wal_insert_lsn(), before);
    SELECT sum(coalesce(pg_column_size(w.members), pg_column_size(w.numbers))),
           sum(CASE WHEN w.members IS NOT NULL THEN pg_column_size(cdp.rb_xor(w.members, coalesce(v.members, '{}')))
                    ELSE pg_column_size(cdp.bsi_restrict(n.numbers, (
                        SELECT cdp.rb_build_agg(i.id)
                          FROM cdp.bsi_iterate(n.numbers) AS i JOIN cdp.bsi_iterate(w.numbers) AS o USING (id)
                         WHERE i.number <> o.number))) END)
      INTO stored, difference
      FROM was AS w
      LEFT JOIN cdp.tag_value AS v ON v.tag_id = number AND v.value = w.value AND v.chunk = w.chunk
      LEFT JOIN cdp.tag_number AS n ON n.tag_id = number AND n.chunk = w.chunk;
    DROP TABLE was;
    RETURN NEXT;
END $$;
SELECT t.tag, c.touched, r.people, pg_size_pretty(r.stored) AS stored, pg_size_pretty(r.wal) AS wal, round(100.0 * r.wal / r.stored, 1) AS percent,
       pg_size_pretty(r.difference) AS difference, round(100.0 * r.difference / r.stored, 1) AS percent_of_it
  FROM change AS c CROSS JOIN (VALUES (1, 'level'), (2, 'half'), (3, 'spend')) AS t (place, tag)
 CROSS JOIN LATERAL pg_temp.rewrite(t.tag, c.condition) AS r ORDER BY t.place, c.place;
DROP SCHEMA bench_tag CASCADE;
