-- CPU of questions to a bit-sliced index against plain SQL over its rows, which must give the same answers.
--
--   psql -X -d DATABASE -f test/bench/bsi/ask.sql      (extension installed, superuser)
--   -v users=1000000 -v rounds=5
\ir ../behavior/measure.sql
\if :{?users} \else \set users 1000000 \endif
\if :{?rounds} \else \set rounds 5 \endif

-- Amounts up to 5000, small ones more often, for ids in no order; a tenth of the people is an audience.
CREATE TEMP TABLE bench_row AS
    SELECT (i * 7919::int8 % 1000003)::int4 AS id, (5000 * power((hashint8(i) & 65535) / 65536.0, 2))::int8 AS value
      FROM generate_series(1, :users) AS i;
CREATE INDEX ON bench_row (value, id);
CREATE TEMP TABLE bench_audience AS SELECT id FROM bench_row WHERE hashint4(id) % 10 = 0;
-- Twenty of them, for one question takes less than the clock can tell.
CREATE TEMP TABLE bench_bsi AS
    SELECT n, b, a FROM (SELECT (SELECT cdp.bsi_build_agg(id, value) FROM bench_row) AS b, (SELECT cdp.rb_build_agg(id) FROM bench_audience) AS a) AS one,
           generate_series(1, 20) AS n;
VACUUM ANALYZE bench_row;
VACUUM ANALYZE bench_audience;
VACUUM ANALYZE bench_bsi;
\echo bytes of the rows without their index, and of the bit-sliced index
SELECT pg_relation_size('bench_row') AS rows, octet_length(cdp.bsi_send(b)) AS bsi FROM bench_bsi LIMIT 1;

INSERT INTO bench_query VALUES
    (1, 'array_agg(id)', NULL, 'SELECT cardinality(array_agg(id)) FROM bench_row'),
    (2, 'bsi_build_agg', 'array_agg(id)', 'SELECT cdp.bsi_count(cdp.bsi_build_agg(id, value)) FROM bench_row'),
    (3, 'sum(value)', NULL, 'SELECT sum(value) FROM bench_row'),
    (4, 'bsi_sum', 'sum(value)', 'SELECT DISTINCT cdp.bsi_sum(b) FROM bench_bsi'),
    (5, 'sum(value) of an audience', NULL, 'SELECT sum(value) FROM bench_row JOIN bench_audience USING (id)'),
    (6, 'bsi_sum of an audience', 'sum(value) of an audience', 'SELECT DISTINCT cdp.bsi_sum(b, a) FROM bench_bsi'),
    (7, 'value >= 2000', NULL, 'SELECT count(*) FROM bench_row WHERE value >= 2000'),
    (8, 'bsi_ge', 'value >= 2000', 'SELECT DISTINCT cdp.rb_cardinality(cdp.bsi_ge(b, 2000)) FROM bench_bsi'),
    (9, 'percentile_disc', NULL, 'SELECT percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY value) FROM bench_row'),
    (10, 'bsi_quantile', 'percentile_disc', 'SELECT DISTINCT cdp.bsi_quantile(b, ARRAY[0.5, 0.9]) FROM bench_bsi'),
    (11, 'ntile(5)', NULL, 'SELECT array_agg(n ORDER BY t) FROM (SELECT t, sum(value) AS n FROM (SELECT value, ntile(5) OVER (ORDER BY value, id) AS t FROM bench_row) AS r GROUP BY t) AS s'),
    (12, 'bsi_ntile', 'ntile(5)', 'SELECT DISTINCT array_agg(cdp.bsi_sum(b, part) ORDER BY t) FROM bench_bsi, unnest(cdp.bsi_ntile(b, 5)) WITH ORDINALITY AS u (part, t) GROUP BY n'),
    (13, 'the first 1000 of an audience', NULL, 'SELECT sum(value) FROM (SELECT value FROM bench_row JOIN bench_audience USING (id) ORDER BY value DESC, id LIMIT 1000) AS t'),
    (14, 'bsi_topk of an audience', 'the first 1000 of an audience', 'SELECT DISTINCT cdp.bsi_sum(b, cdp.bsi_topk(b, 1000, a)) FROM bench_bsi');
CALL pg_temp.bench_run(:rounds);
SELECT q.what, round((f.median / n)::numeric, 2) AS cpu_ms, q.against, round((n * o.median / nullif(f.median, 0))::numeric, 1) AS times_faster
  FROM bench_query AS q CROSS JOIN LATERAL (SELECT CASE WHEN query ~ 'bench_bsi' THEN 20 ELSE 1 END AS n) AS n
  JOIN (SELECT what, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) AS median FROM bench_time GROUP BY what) AS f USING (what)
  LEFT JOIN (SELECT what AS against, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) AS median FROM bench_time GROUP BY what) AS o USING (against)
 ORDER BY q.place;
