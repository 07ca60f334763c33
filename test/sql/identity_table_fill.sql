-- Filling an empty table in bulk.
CREATE TABLE filled (a int4 PRIMARY KEY, b text COLLATE "C" NOT NULL CHECK (b <> ''), c int4 DEFAULT 7, d int4, UNIQUE (b, c));
CREATE INDEX filled_some ON filled (d) WHERE d IS NOT NULL;
SELECT cdp._table_fill('filled', '{d,b,a}', 'SELECT nullif(n % 3, 0) AS d, ''v'' || n % 5000 AS b, n AS a FROM generate_series(2500, 1, -1) AS n');
SELECT count(*), min(a), max(a), min(c), max(c), count(d) FROM filled;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT a FROM filled WHERE b = 'v17';
SELECT a, b FROM filled WHERE b = 'v17';
SELECT a, b FROM filled WHERE a = 2500;
SELECT count(*) FROM filled WHERE d = 2;
INSERT INTO filled VALUES (3, 'other');
INSERT INTO filled VALUES (3000, 'v17');
-- a table with rows is left to INSERT
SELECT cdp._table_fill_at_once('filled', 'SELECT 1, ''x''::text, 1, 1');
SELECT cdp._table_fill('filled', '{a,b}', 'SELECT 3000 AS a, ''x'' AS b');
SELECT * FROM filled WHERE a = 3000;
-- what is rolled back leaves nothing
TRUNCATE filled;
BEGIN;
SELECT cdp._table_fill_at_once('filled', 'SELECT n, n::text, n, n FROM generate_series(1, 1000) AS n');
SELECT a FROM filled WHERE b = '999';
ROLLBACK;
SELECT a FROM filled WHERE b = '999';
BEGIN;
SAVEPOINT before;
SELECT cdp._table_fill_at_once('filled', 'SELECT n, n::text, n, n FROM generate_series(1, 1000) AS n');
ROLLBACK TO before;
SELECT cdp._table_fill_at_once('filled', 'SELECT n, n::text, n, n FROM generate_series(1, 10) AS n');
COMMIT;
SELECT a FROM filled WHERE b = '9';
SELECT a FROM filled WHERE b = '999';
-- from a table that the planner would read in parallel
TRUNCATE filled;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET enable_seqscan = on;
CREATE TABLE source AS SELECT n, n::text AS name FROM generate_series(1, 5000) AS n;
ANALYZE source;
EXPLAIN (COSTS OFF) SELECT n, name, n, n FROM source;
SELECT cdp._table_fill_at_once('filled', 'SELECT n, name, n, n FROM source');
SELECT count(*), sum(a) FROM filled;
DROP TABLE source;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SET enable_seqscan = off;
-- what a table refuses
TRUNCATE filled;
SELECT cdp._table_fill_at_once('filled', 'SELECT 1, ''''::text, 1, 1');
SELECT cdp._table_fill_at_once('filled', 'SELECT 1, NULL::text, 1, 1');
SELECT cdp._table_fill_at_once('filled', 'SELECT n / 2, n::text, n, n FROM generate_series(1, 3) AS n');
SELECT cdp._table_fill_at_once('filled', 'SELECT 1, ''x''::text, 1');
SELECT cdp._table_fill_at_once('filled', 'SELECT 1, ''x''::text, 1, ''1''::text');
SELECT cdp._table_fill_at_once('filled', 'DELETE FROM filled');
SELECT count(*) FROM filled;
-- tables that a plain INSERT has to fill
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'row %', NEW.a; RETURN NEW; END $$;
CREATE TRIGGER note BEFORE INSERT ON filled FOR EACH ROW EXECUTE FUNCTION note();
SELECT cdp._table_fill('filled', '{a,b}', 'SELECT 1 AS a, ''x'' AS b');
-- but for one trigger, whose work is done otherwise
TRUNCATE filled;
CREATE TRIGGER also AFTER INSERT ON filled FOR EACH STATEMENT EXECUTE FUNCTION note();
SELECT cdp._table_fill_at_once('filled', 'SELECT 1, ''x''::text, 1, 1', but_for => 'note');
DROP TRIGGER also ON filled;
SELECT cdp._table_fill_at_once('filled', 'SELECT 1, ''x''::text, 1, 1', but_for => 'note');
CREATE TABLE hashed (a int4);
CREATE INDEX ON hashed USING hash (a);
CREATE TABLE numbered (a int4 GENERATED ALWAYS AS IDENTITY);
CREATE TABLE deferred (a int4 UNIQUE DEFERRABLE);
CREATE TABLE guarded (a int4);
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
ALTER TABLE guarded FORCE ROW LEVEL SECURITY;
CREATE VIEW seen AS SELECT 1 AS a;
CREATE ROLE regress_fill_stranger;
GRANT USAGE ON SCHEMA cdp TO regress_fill_stranger;
CREATE TABLE foreigners (a int4);
GRANT ALL ON foreigners TO regress_fill_stranger;
SELECT r, cdp._table_fill_at_once(r::regclass, 'SELECT 1') FROM unnest('{hashed,numbered,deferred,seen}'::text[]) AS r ORDER BY r;
ALTER TABLE guarded OWNER TO regress_fill_stranger;
SET ROLE regress_fill_stranger;
SELECT r, cdp._table_fill_at_once(r::regclass, 'SELECT 1') FROM unnest('{guarded,foreigners}'::text[]) AS r ORDER BY r;
SELECT cdp._table_fill('foreigners', '{a}', 'SELECT 1 AS a');
SELECT * FROM foreigners;
RESET ROLE;
DROP VIEW seen;
DROP TABLE filled, hashed, numbered, deferred, guarded, foreigners;
DROP FUNCTION note();
REVOKE ALL ON SCHEMA cdp FROM regress_fill_stranger;
DROP ROLE regress_fill_stranger;
-- long runs say how far they have got
DO $$ BEGIN
    PERFORM cdp._run_progress('id_resolve', 'links to judge', 999);
    PERFORM cdp._run_progress('id_resolve', 'links to judge', 1000000);
    RAISE NOTICE 'now: %', (SELECT a.query FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid());
END $$;

-- A first load into tables that somebody has changed comes to the same.
CREATE FUNCTION first_load() RETURNS TABLE (what text, rows int8, digest text) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
    SELECT 's' || n % 2, 'cookie_id', 'c' || n, 'device_id', CASE WHEN n % 50 = 0 THEN 'N/A' ELSE 'd' || n / 3 END,
           '2025-01-01T00:00:' || lpad((n % 60)::text, 2, '0') || 'Z'
      FROM generate_series(1, 300) AS n;
    PERFORM cdp.id_resolve();
    RETURN QUERY
    SELECT 'identifier', count(*), md5(string_agg(concat_ws(',', i.id, i.type_id, i.value, i.one_id, i.status, i.first_seen, i.last_seen, i.since = now(), i.verdict), ';' ORDER BY i.id))
      FROM cdp.identifier AS i
    UNION ALL
    SELECT 'link', count(*), md5(string_agg(concat_ws(',', l.a, l.b, l.source, l.weight, l.first_seen, l.last_seen, l.n, l.status, l.reason), ';' ORDER BY l.a, l.b, l.source))
      FROM cdp.link AS l;
END $$;
SELECT FROM cdp.setup('UTC');
CREATE TABLE plain AS SELECT * FROM first_load();
SELECT what, rows FROM plain ORDER BY what;
SELECT status, count(*) FROM cdp.identifier GROUP BY status ORDER BY status;
SELECT FROM cdp.teardown(force => true);
SELECT FROM cdp.setup('UTC');
ALTER TABLE cdp.identifier ADD COLUMN note text DEFAULT 'noted';
CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER seen BEFORE INSERT ON cdp.link FOR EACH ROW EXECUTE FUNCTION seen();
SELECT count(*) AS differ FROM (SELECT * FROM first_load() EXCEPT SELECT * FROM plain) AS d;
SELECT DISTINCT note FROM cdp.identifier;
SELECT FROM cdp.teardown(force => true);
DROP TABLE plain;
DROP FUNCTION first_load, seen;

-- a table's check that ends the load, or begins another, does not leave its rows in the air
CREATE FUNCTION meddle(n int4) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    IF n = 3 THEN EXECUTE current_setting('regress.meddle'); END IF;
    RETURN true;
END $$;
CREATE TABLE some_identifiers (id int4 CHECK (meddle(id)), type_id int4, value text, one_id int4, status text,
                               first_seen timestamptz, last_seen timestamptz, since timestamptz, verdict text);
CREATE TABLE some_links (a int4 CHECK (meddle(a)), b int4, source text, weight float8,
                         first_seen timestamptz, last_seen timestamptz, n int8, status text, reason text);
CREATE FUNCTION load_some() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    part text;
    message text;
BEGIN
    FOREACH part IN ARRAY '{identifiers,links}'::text[] LOOP
        PERFORM cdp._first_load_begin();
        PERFORM cdp._first_load_add('s', 'phone', 'v' || n, 'email', 'w' || n, now(), 1) FROM generate_series(1, 3000) AS n;
        PERFORM cdp._first_load_number(0);
        PERFORM cdp._first_load_type_describe(n, n + 1, 1, 3, 3, 10) FROM cdp._first_load_types() AS t (n, name);
        PERFORM cdp._first_load_resolve(1000);
        BEGIN
            IF part = 'identifiers' THEN
                PERFORM cdp._first_load_write_identifiers('some_identifiers', 0, 0, now());
            ELSE
                PERFORM cdp._first_load_write_links('some_links', 0);
            END IF;
            message := 'written';
        EXCEPTION WHEN object_not_in_prerequisite_state THEN
            message := SQLERRM;
        END;
        RETURN NEXT part || ': ' || message;
    END LOOP;
    PERFORM cdp._first_load_end();
END $$;
SET regress.meddle = 'SELECT cdp._first_load_end()';
SELECT * FROM load_some();
SET regress.meddle = 'SELECT cdp._first_load_begin()';
SELECT * FROM load_some();
SET regress.meddle = 'SELECT';
SELECT * FROM load_some();
SELECT (SELECT count(*) FROM some_identifiers) AS identifiers, (SELECT count(*) FROM some_links) AS links;
RESET regress.meddle;
DROP TABLE some_identifiers, some_links;
DROP FUNCTION load_some, meddle;
