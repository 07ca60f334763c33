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
SELECT n AS one_id, 'v' || (hashint4(n) & 1023) % 10 AS level, hashint4(n + 7) & 65535 AS spend, hashint4(n + 9) > 0 AS half,
       hashint4(n + 11) % 25 = 0 AS few
  FROM generate_series(1, :people) AS n;
CREATE UNLOGGED TABLE bench_tag.plain (tag text, value text, one_id int4, PRIMARY KEY (tag, value, one_id));
VACUUM (ANALYZE, FREEZE) cdp.person, bench_tag.src;
SELECT cdp.tag_define('level', 'SELECT one_id, level AS value FROM bench_tag.src', value_type => 'enum'),
       cdp.tag_define('half', 'SELECT one_id, half AS value FROM bench_tag.src'),
       cdp.tag_define('few', 'SELECT one_id, few AS value FROM bench_tag.src'),
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

-- One in a hundred changes: people next to each other, or all over the place. Of few, one in a hundred of those who
-- are in it, as many as come.
CREATE TEMP TABLE change (place int, touched text, condition text);
INSERT INTO change VALUES (1, 'nobody', 'false'), (2, 'together', format('one_id BETWEEN %s AND %s', :people / 2, :people / 2 + :people / 100)),
                          (3, 'all over', 'hashint4(one_id * 31 + %1$s) & 1023 < 10');
-- What others write meanwhile would be counted too.
ALTER TABLE cdp.tag_value SET (autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE cdp.tag_number SET (autovacuum_enabled = false, toast.autovacuum_enabled = false);
CREATE TEMP TABLE kind (place int, tag text);
INSERT INTO kind VALUES (1, 'level'), (2, 'few'), (3, 'half'), (4, 'spend');
CREATE FUNCTION pg_temp.changed(condition text, salt int, anew boolean) RETURNS TABLE (place int, tag text, people int8, stored int8, wal int8) LANGUAGE plpgsql AS $$
DECLARE
    before pg_lsn;
    number int4;
BEGIN
    IF anew THEN
        DELETE FROM cdp.tag_value;
        DELETE FROM cdp.tag_number;
        PERFORM cdp.tag_refresh(k.tag) FROM kind AS k;
    END IF;
    EXECUTE format('UPDATE bench_tag.src SET level = ''v'' || (substr(level, 2)::int + 1) %% 10, spend = hashint4(spend + one_id) & 65535, half = NOT half,
                                             few = NOT few AND (few OR hashint4(one_id * 17 + %s) %% 25 = 0) WHERE %s', salt, format(condition, salt));
    GET DIAGNOSTICS people = ROW_COUNT;
    FOR place, tag, number IN SELECT k.place, k.tag, g.tag_id FROM kind AS k JOIN cdp.tag AS g ON g.name = k.tag LOOP
        stored := (SELECT sum(pg_column_size(v.base)) FROM cdp.tag_value AS v WHERE v.tag_id = number);
        stored := coalesce(stored, (SELECT sum(pg_column_size(v.base)) FROM cdp.tag_number AS v WHERE v.tag_id = number));
        before := pg_current_wal_insert_lsn();
        PERFORM cdp.tag_refresh(tag);
        wal := pg_wal_lsn_diff(pg_current_wal_insert_lsn(), before);
        RETURN NEXT;
    END LOOP;
END $$;
-- once after all was written whole
SELECT r.tag, c.touched, r.people, pg_size_pretty(r.stored) AS stored, pg_size_pretty(r.wal) AS wal, round(100.0 * r.wal / r.stored, 1) AS percent
  FROM change AS c CROSS JOIN LATERAL pg_temp.changed(c.condition, c.place, true) AS r ORDER BY r.place, c.place;
-- and again and again, with what is written whole in between
SELECT r.tag, count(*) AS refreshes, round(100.0 * avg(r.wal / r.stored::numeric), 1) AS mean_percent, string_agg(round(100.0 * r.wal / r.stored)::text, ' ' ORDER BY n) AS percent_each
  FROM change AS c CROSS JOIN generate_series(1, 24) AS n CROSS JOIN LATERAL pg_temp.changed(c.condition, 100 + n, n = 1) AS r
 WHERE c.touched = 'all over' GROUP BY r.place, r.tag ORDER BY r.place;
DROP SCHEMA bench_tag CASCADE;
