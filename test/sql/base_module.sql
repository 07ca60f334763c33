-- What the library does when a backend loads it: interrupts reach the core's loops, and CRoaring's
-- memory lies in memory contexts.

-- One call of a few seconds ends soon after it is cancelled, long before it would have ended alone.
CREATE TABLE module_value (ids integer[]);
ALTER TABLE module_value ALTER ids SET STORAGE EXTERNAL;
INSERT INTO module_value
    SELECT array_agg(((i * 7919::bigint) % 2147483647)::integer) FROM generate_series(1, 6000000) AS i;
CREATE TABLE module_clock (what text, at timestamptz);
INSERT INTO module_clock VALUES ('start', clock_timestamp());
SELECT cdp.rb_cardinality(cdp.rb_build(cdp.rb_to_array(cdp.rb_build(ids)))) FROM module_value;
INSERT INTO module_clock VALUES ('whole', clock_timestamp());
SET statement_timeout = '60ms';
SELECT cdp.rb_cardinality(cdp.rb_build(cdp.rb_to_array(cdp.rb_build(ids)))) FROM module_value;
RESET statement_timeout;
INSERT INTO module_clock VALUES ('cancelled', clock_timestamp());
SELECT c.at - w.at < (w.at - s.at) / 2 AS cancelled_early
  FROM module_clock AS s, module_clock AS w, module_clock AS c
 WHERE s.what = 'start' AND w.what = 'whole' AND c.what = 'cancelled';

-- States are given up with their context: no destructor runs, and yet nothing stays behind.
CREATE TABLE module_bitmap AS
    SELECT cdp.rb_build_agg((i * 13 + k)::integer) AS members
      FROM generate_series(1, 100000) AS i, generate_series(1, 20) AS k GROUP BY k;
CREATE FUNCTION resident_mb() RETURNS numeric LANGUAGE sql AS $$
    SELECT substring(pg_read_file('/proc/self/status') FROM 'RssAnon:\s+(\d+)')::numeric / 1024
$$;
CREATE FUNCTION union_often(times integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. times LOOP
        PERFORM cdp.rb_cardinality(cdp.rb_or_agg(members)) FROM module_bitmap;
    END LOOP;
END $$;
SELECT union_often(20);
CREATE TEMP TABLE resident_before AS SELECT resident_mb() AS mb;
SELECT union_often(300);
SELECT resident_mb() - mb < 16 AS nothing_stays FROM resident_before;

-- A misspelt setting is refused.
SET cdp.bitmap_outputt = 'array';

DROP FUNCTION union_often(integer), resident_mb();
DROP TABLE module_value, module_clock, module_bitmap;
