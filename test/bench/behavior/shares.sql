-- The events of data.sql once more, partitioned by user into four shares, of which a worker can take whole ones:
-- what grouping by user and building timelines gain by.
--
--   psql -X -f test/bench/behavior/shares.sql     (after data.sql)
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
DROP TABLE IF EXISTS bench_behavior.event_by_user;
CREATE UNLOGGED TABLE bench_behavior.event_by_user (LIKE bench_behavior.event) PARTITION BY HASH (user_id);
SELECT format('CREATE UNLOGGED TABLE bench_behavior.event_share_%s PARTITION OF bench_behavior.event_by_user FOR VALUES WITH (MODULUS 4, REMAINDER %s)', i, i)
  FROM generate_series(0, 3) AS i \gexec
INSERT INTO bench_behavior.event_by_user SELECT * FROM bench_behavior.event;
VACUUM (ANALYZE, FREEZE) bench_behavior.event_by_user;
