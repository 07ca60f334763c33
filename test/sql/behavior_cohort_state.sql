-- States of funnel_agg: small and large, parallel, stored; bytes that are none.
SET timezone = 'UTC';
CREATE TABLE visitor AS
    SELECT i AS uid, i % 7 AS channel, (hashint4(i) & 1023) % 6 AS level,
           (SELECT array_agg('2025-06-01'::timestamptz + (hashint4(i + s) & 65535) * s * interval '1 second' + s * interval '20 hours' ORDER BY s)
              FROM generate_series(1, (hashint4(i) & 1023) % 6) AS s) AS chain
      FROM generate_series(1, 30000) AS i;
UPDATE visitor SET chain = NULL WHERE chain[2] < chain[1] OR chain[3] < chain[2] OR chain[4] < chain[3] OR chain[5] < chain[4];
SELECT count(*) FILTER (WHERE chain IS NOT NULL) > 3000 AS chains FROM visitor;
ANALYZE visitor;
CREATE VIEW answer AS
    SELECT channel, cdp.funnel_agg(uid, level, chain, 6)::text AS told, cdp.funnel_agg(uid, level, chain)::text AS seen,
           cdp.funnel_agg(uid, level, 6)::text AS plain, cdp.funnel_agg(uid, level)::text AS least
      FROM visitor GROUP BY channel
    UNION ALL SELECT uid, cdp.funnel_agg(uid, level, chain, 6)::text, cdp.funnel_agg(uid, level, chain)::text,
           cdp.funnel_agg(uid, level, 6)::text, cdp.funnel_agg(uid, level)::text FROM visitor WHERE uid BETWEEN 100 AND 300 GROUP BY uid
    UNION ALL SELECT -1, cdp.funnel_agg(uid, level, chain, 6)::text, cdp.funnel_agg(uid, level, chain)::text,
           cdp.funnel_agg(uid, level, 6)::text, cdp.funnel_agg(uid, level)::text FROM visitor;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS TABLE answer;
-- against plain SQL
SELECT cdp.funnel_counts(told::cdp.funnel) = (SELECT array_agg(n ORDER BY k) FROM (SELECT k, count(*) FILTER (WHERE level >= k) AS n FROM visitor, generate_series(1, 6) AS k GROUP BY k) AS s) AS counts,
       (SELECT count(*) FROM generate_series(2, 5) AS b, generate_series(1, b - 1) AS a, unnest('{0,0.1,0.5,0.9,1}'::float8[]) AS q,
               LATERAL (SELECT percentile_disc(q) WITHIN GROUP (ORDER BY chain[b] - chain[a]) AS exact FROM visitor WHERE cardinality(chain) >= b) AS e
         WHERE abs(extract(epoch FROM cdp.funnel_ttc(told::cdp.funnel, a, b, q)) - extract(epoch FROM exact)) > extract(epoch FROM exact) / 128
            OR cdp.funnel_ttc(told::cdp.funnel, a, b, q) IS NULL) AS far_off
  FROM serial WHERE channel = -1;

SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT cdp.funnel_agg(uid, level, chain, 6) FROM visitor;
SELECT count(*) AS answers, count(*) FILTER (WHERE s IS DISTINCT FROM a) AS differ FROM serial AS s FULL JOIN answer AS a USING (channel);
-- a disagreement between workers is seen as one between rows
\set SHOW_CONTEXT never
\set VERBOSITY terse
SELECT cdp.funnel_agg(uid, 1, 3 + uid % 2) FROM visitor;
\set VERBOSITY default
CREATE TABLE part AS SELECT uid % 500 AS g, cdp.funnel_agg(uid, level, chain, 6) AS f FROM visitor GROUP BY 1;
ANALYZE part;
EXPLAIN (COSTS OFF) SELECT cdp.rollup(f) FROM part;
SELECT cdp.rollup(f)::text = (SELECT told FROM serial WHERE channel = -1) AS parallel FROM part;
SET max_parallel_workers_per_gather = 0;
SELECT cdp.rollup(f)::text = (SELECT told FROM serial WHERE channel = -1) AS serial FROM part;
SELECT count(*) AS groups, sum((cdp.funnel_counts(f))[1]) = (SELECT count(*) FROM visitor WHERE level > 0) AS users
  FROM (SELECT g % 50 AS g, cdp.rollup(f) AS f FROM part GROUP BY 1) AS s;
-- as windows, small and large
SELECT count(*) AS rows, count(*) FILTER (WHERE (cdp.funnel_counts(f))[1] <> n) AS differ
  FROM (SELECT cdp.funnel_agg(uid, 1) OVER w AS f, count(*) OVER w AS n FROM visitor WHERE uid <= 3000 WINDOW w AS (ORDER BY uid)) AS s;

-- a large value is stored out of line, and the users of a step are read by themselves
CREATE TABLE large AS SELECT cdp.funnel_agg(uid, level, chain, 6) AS f FROM visitor;
SELECT pg_column_size(f) > 8000 AS out_of_line, count(*) FILTER (WHERE cdp.funnel_users(f, k)::text <> cdp.funnel_users(f OPERATOR(cdp.||) f, k)::text) AS users_differ,
       count(*) FILTER (WHERE cdp.rb_cardinality(cdp.funnel_dropoff(f, k)) <> (cdp.funnel_counts(f))[k] - (cdp.funnel_counts(f))[k + 1]) AS dropoffs_differ
  FROM large, generate_series(1, 5) AS k GROUP BY 1;
SELECT cdp.funnel_users(f, 7) FROM large;
SELECT cdp.funnel_users(f, 0) FROM large;
SELECT cdp.funnel_dropoff(f, 6) FROM large;

-- out and in again
SELECT count(*) FILTER (WHERE f::text::cdp.funnel::text <> f::text) AS differ FROM part;
CREATE TABLE again (LIKE part);
\set file `echo /tmp/pg_cdp_funnel_$$.copy`
COPY part TO :'file' (FORMAT binary);
COPY again FROM :'file' (FORMAT binary);
\setenv FILE :file
\! rm -f "$FILE"
SELECT count(*), count(*) FILTER (WHERE x.f::text <> y.f::text) AS differ FROM part AS x JOIN again AS y USING (g);

-- one step, user 7: an image; the same as rows of a state, with spare room; and of a question
SELECT cdp.funnel_agg(7, 1);
SELECT '\x01010000120000003a3000000100000000000000100000000700'::cdp.funnel;
SELECT '\x8101000005000000070000000177'::cdp.funnel;
SELECT '\x81010100050000000700000001'::cdp.funnel;
-- times of one pair: bin 5 once
SELECT cdp.funnel_ttc('\x8102000006000000070000008205'::cdp.funnel, 1, 2);
-- a state of which nobody told the steps stays open, so that it can be united further
SELECT cdp.funnel_counts('\x81000000050000000700000001'::cdp.funnel OPERATOR(cdp.||) '\x81000000050000000700000003'::cdp.funnel);

-- hostile bytes
\set VERBOSITY terse
SELECT ''::cdp.funnel;
SELECT 'funnel'::cdp.funnel;
SELECT '\x'::cdp.funnel;
SELECT '\x01'::cdp.funnel;
SELECT '\x02010000'::cdp.funnel;
SELECT '\x01000000'::cdp.funnel;
SELECT '\x01410000'::cdp.funnel;
SELECT '\x01010000130000003a3000000100000000000000100000000700'::cdp.funnel;
SELECT '\x01010200120000003a3000000100000000000000100000000700'::cdp.funnel;
SELECT '\x01010000ffffffff3a3000000100000000000000100000000700'::cdp.funnel;
SELECT '\x01010000120000003b3000000100000000000000100000000700'::cdp.funnel;
SELECT '\x0101000100000000010200000000000000'::cdp.funnel;
SELECT '\x81'::cdp.funnel;
SELECT '\x8101000006000000070000000177'::cdp.funnel;
SELECT '\x81010000ffffffff0700000001'::cdp.funnel;
SELECT '\x81010000050000000700000002'::cdp.funnel;
SELECT '\x81010000050000000700000000'::cdp.funnel;
SELECT '\x81410000050000000700000001'::cdp.funnel;
DROP VIEW answer;
DROP TABLE visitor, serial, part, again, large;
