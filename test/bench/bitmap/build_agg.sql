-- CPU of rb_build_agg against array_agg over the same groups: 200,000 groups of 20 rows.
--
--   psql -X -d DATABASE -f test/bench/bitmap/build_agg.sql     (extension installed, superuser)
--
-- One serial backend, the two in turn, medians. The CPU time is the backend's own, as Linux counts
-- it in /proc/self/schedstat (nanoseconds on a processor). The target: a ratio of at most 1.3.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '1GB';
SET jit = off;

CREATE TEMP TABLE bench_row AS
    SELECT (i::bigint * 7919 % 200000)::int4 AS grp,
           (hashint8(i) & 2097151)::int4 AS id
      FROM generate_series(1, 4000000) i;
VACUUM ANALYZE bench_row;

CREATE FUNCTION pg_temp.cpu_ms(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    before bigint := split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint;
BEGIN
    EXECUTE query;
    RETURN (split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint - before) / 1e6;
END
$$;

CREATE TEMP TABLE bench_query (what text PRIMARY KEY, query text);
INSERT INTO bench_query VALUES
    ('count', 'SELECT count(*) FROM (SELECT count(id) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    ('array_agg', 'SELECT count(r) FROM (SELECT array_agg(id) AS r FROM bench_row GROUP BY grp OFFSET 0) s'),
    ('rb_build_agg', 'SELECT count(r) FROM (SELECT cdp.rb_build_agg(id) AS r FROM bench_row GROUP BY grp OFFSET 0) s');
CREATE TEMP TABLE bench_time AS
    SELECT round, what, pg_temp.cpu_ms(query) AS cpu_ms
      FROM generate_series(1, 7) round, LATERAL (SELECT * FROM bench_query ORDER BY what OFFSET 0) q;

\pset footer off
SELECT what, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms)) AS cpu_ms,
       round(min(cpu_ms)) AS least
  FROM bench_time GROUP BY what ORDER BY what;
SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) FILTER (WHERE what = 'rb_build_agg')
            / percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) FILTER (WHERE what = 'array_agg'))::numeric, 2)
       AS ratio
  FROM bench_time;
