-- CPU and storage of sums and comparisons by a bit-sliced index, for numbers of several kinds, against rows of (id, value)
-- with an index on (value, id), from which alone they answer; both must give the same answers.
--
--   psql -X -d DATABASE -f test/bench/bsi/ranges.sql      (extension installed, superuser)
--   -v users=1000000 -v rounds=5
\ir ../behavior/measure.sql
\if :{?users} \else \set users 1000000 \endif
\if :{?rounds} \else \set rounds 5 \endif
\pset tuples_only on

-- Every kind is made of two numbers between 0 and 1, u and v, that tell nothing of each other.
CREATE TEMP TABLE bench_kind (place int PRIMARY KEY, kind text, number text);
INSERT INTO bench_kind VALUES
    (1, 'stars, 1 to 5', '1 + 5 * u'),
    (2, 'orders, mostly few', '-3 * ln(1 - u)'),
    (3, 'amount up to 5,000, mostly small', '5000 * u * u'),
    (4, 'spend in cents, log-normal', 'exp(8.5 + 1.2 * sqrt(-2 * ln(1 - u)) * cos(2 * pi() * v))'),
    (5, 'balance in cents, of either sign', '1000000 * sqrt(-2 * ln(1 - u)) * cos(2 * pi() * v)'),
    (6, 'instant of a year, microseconds', '1.75e15 + 3.15576e13 * u');

-- Ids in no order.
SELECT format('CREATE TEMP TABLE row_%s AS
    SELECT (i * 7919::int8 %% 1000003)::int4 AS id, floor(%s)::int8 AS value
      FROM generate_series(1, %s) AS i
     CROSS JOIN LATERAL (SELECT (hashint8(i) + 2147483648) / 4294967296.0::float8 AS u, (hashint8(-i) + 2147483648) / 4294967296.0::float8 AS v) AS r',
    place, number, :users) FROM bench_kind \gexec
SELECT format('CREATE INDEX row_%s_value ON row_%1$s (value, id)', place) FROM bench_kind \gexec
-- A hundred of the same, for one question takes less than the clock can tell.
SELECT format('CREATE TEMP TABLE bsi_%s AS
    SELECT n, b FROM (SELECT cdp.bsi_build_agg(id, value) AS b FROM row_%1$s) AS one, generate_series(1, 100) AS n', place) FROM bench_kind \gexec
SELECT format('VACUUM ANALYZE row_%s', place), format('VACUUM ANALYZE bsi_%s', place) FROM bench_kind \gexec

CREATE TEMP TABLE bench_bound (place int, part int, bound int8);
SELECT format('INSERT INTO bench_bound
    SELECT %s, b.part, b.bound
      FROM (SELECT percentile_disc(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY value) AS bounds FROM row_%1$s) AS q,
           unnest(q.bounds) WITH ORDINALITY AS b (bound, part)', place) FROM bench_kind \gexec
-- Of each question the index, then the rows: how many, and for comparisons the ids, which is what the index gives.
INSERT INTO bench_query (place, what, against, query)
SELECT place * 100 + part * 10 + side, format('%s.%s.%s', place, part, side), CASE side WHEN 0 THEN NULL ELSE format('%s.%s.0', place, part) END, query
  FROM (SELECT k.place, 0 AS part, 0 AS side, format('SELECT DISTINCT cdp.bsi_sum(b) FROM bsi_%s', k.place) AS query FROM bench_kind AS k
        UNION ALL
        SELECT k.place, 0, 1, format('SELECT sum(value) FROM row_%s', k.place) FROM bench_kind AS k
        UNION ALL
        SELECT b.place, b.part, 0, format('SELECT DISTINCT cdp.rb_cardinality(cdp.bsi_ge(b, %2$s)) FROM bsi_%1$s', b.place, b.bound) FROM bench_bound AS b
        UNION ALL
        SELECT b.place, b.part, 1, format('SELECT count(*) FROM row_%s WHERE value >= %s', b.place, b.bound) FROM bench_bound AS b
        UNION ALL
        SELECT b.place, b.part, 2, format('SELECT cardinality(array_agg(id)) FROM row_%s WHERE value >= %s', b.place, b.bound) FROM bench_bound AS b) AS q;
CALL pg_temp.bench_run(:rounds);

\pset tuples_only off
\echo MB of the rows, of their index, and of one bit-sliced index, as stored
SELECT kind, round(pg_table_size('row_' || place) / 1e6, 1) AS rows, round(pg_table_size('row_' || place || '_value') / 1e6, 1) AS index,
       round(pg_table_size('bsi_' || place) / 1e8, 2) AS bsi, round(pg_table_size('row_' || place) * 100.0 / pg_table_size('bsi_' || place), 1) AS times_smaller
  FROM bench_kind ORDER BY place;
\echo CPU in milliseconds: of the sum; of who has at least what a half, a tenth, a hundredth of the people have, counted, and as ids
SELECT k.kind, (ARRAY['sum', 'half', 'tenth', 'hundredth'])[part + 1] AS question, round(cpu[1], 3) AS bsi, round(cpu[2], 2) AS rows,
       round(cpu[2] / cpu[1], 1) AS times_faster, round(cpu[3], 2) AS ids, round(cpu[3] / cpu[1], 1) AS times_faster_ids
  FROM (SELECT q.place / 100 AS place, q.place / 10 % 10 AS part,
               array_agg((CASE WHEN q.against IS NULL THEN t.mean / 100 ELSE t.mean END)::numeric ORDER BY q.place) AS cpu
          FROM bench_query AS q
          JOIN (SELECT what, avg(cpu_ms) AS mean FROM bench_time GROUP BY what) AS t USING (what)
         GROUP BY 1, 2) AS f
  JOIN bench_kind AS k USING (place) ORDER BY place, part;
