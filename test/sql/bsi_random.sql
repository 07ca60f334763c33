-- Answers are those of the rows, whether they are many or few, stored or not, parallel or not.
CREATE TABLE r (grp int4, id int4, v int8);
SELECT setseed(0.25);
INSERT INTO r SELECT g, random() * (CASE WHEN g < 3 THEN 2000000 ELSE 300 END), (random() * 2000 - 700)::int8 * (CASE WHEN g % 2 = 0 THEN 1 ELSE 1000003 END)
  FROM generate_series(1, 4) AS g, generate_series(1, 12000);
ANALYZE r;
CREATE TABLE s AS SELECT grp, cdp.bsi_build_agg(id, v) AS b FROM r GROUP BY grp;
CREATE VIEW person AS SELECT grp, id, sum(v)::int8 AS v FROM r GROUP BY grp, id;
CREATE TABLE audience AS SELECT cdp.rb_build_agg(id) AS members FROM r WHERE id % 3 = 0;
SELECT grp, pg_column_size(b) > 2000 AS out_of_line FROM s ORDER BY grp;
SELECT count(*) AS differences FROM person FULL JOIN (SELECT grp, i.id, i.number FROM s, cdp.bsi_iterate(b) AS i) AS i USING (grp, id) WHERE v IS DISTINCT FROM number;
SELECT count(*) AS differences FROM s JOIN (SELECT grp, count(*) AS n, sum(v) AS sum, avg(v) AS avg, min(v) AS min, max(v) AS max, percentile_disc('{0,0.1,0.5,0.99,1}'::float8[]) WITHIN GROUP (ORDER BY v) AS q FROM person GROUP BY grp) AS p USING (grp)
 WHERE (cdp.bsi_count(b), cdp.bsi_sum(b), cdp.bsi_avg(b), cdp.bsi_min(b), cdp.bsi_max(b), cdp.bsi_quantile(b, '{0,0.1,0.5,0.99,1}')) IS DISTINCT FROM (n, sum, avg, min, max, q);
SELECT count(*) AS differences FROM s, audience JOIN LATERAL (SELECT grp, count(*) AS n, sum(v) AS sum, min(v) AS min, max(v) AS max FROM person WHERE cdp.rb_contains(members, id) GROUP BY grp) AS p ON true
 WHERE p.grp = s.grp AND (cdp.bsi_count(b, members), cdp.bsi_sum(b, members), cdp.bsi_min(b, members), cdp.bsi_max(b, members)) IS DISTINCT FROM (n, sum, min, max);
SELECT count(*) AS differences FROM s CROSS JOIN LATERAL (SELECT v + d AS v FROM (SELECT v FROM person AS p WHERE p.grp = s.grp ORDER BY hashint8(v) LIMIT 6) AS v, generate_series(-1, 1) AS d) AS t
 CROSS JOIN LATERAL (SELECT coalesce(cdp.rb_build_agg(id) FILTER (WHERE p.v = t.v), '{}') AS eq, coalesce(cdp.rb_build_agg(id) FILTER (WHERE p.v <> t.v), '{}') AS ne, coalesce(cdp.rb_build_agg(id) FILTER (WHERE p.v < t.v), '{}') AS lt,
                            coalesce(cdp.rb_build_agg(id) FILTER (WHERE p.v <= t.v), '{}') AS le, coalesce(cdp.rb_build_agg(id) FILTER (WHERE p.v > t.v), '{}') AS gt, coalesce(cdp.rb_build_agg(id) FILTER (WHERE p.v >= t.v), '{}') AS ge
                       FROM person AS p WHERE p.grp = s.grp) AS p
 WHERE cdp.bsi_eq(b, t.v) OPERATOR(cdp.<>) p.eq OR cdp.bsi_ne(b, t.v) OPERATOR(cdp.<>) p.ne OR cdp.bsi_lt(b, t.v) OPERATOR(cdp.<>) p.lt
    OR cdp.bsi_le(b, t.v) OPERATOR(cdp.<>) p.le OR cdp.bsi_gt(b, t.v) OPERATOR(cdp.<>) p.gt OR cdp.bsi_ge(b, t.v) OPERATOR(cdp.<>) p.ge;
SELECT count(*) AS differences FROM s CROSS JOIN unnest('{1,7,200}'::int4[]) AS k
 CROSS JOIN LATERAL (SELECT cdp.rb_build_agg(id) AS top FROM (SELECT id FROM person AS p WHERE p.grp = s.grp ORDER BY v DESC, id LIMIT k) AS p) AS t
 CROSS JOIN LATERAL (SELECT array_agg(ids ORDER BY tile) AS tiles FROM (SELECT tile, cdp.rb_build_agg(id) AS ids FROM (SELECT id, ntile(5) OVER (ORDER BY v, id) AS tile FROM person AS p WHERE p.grp = s.grp) AS p GROUP BY tile) AS p) AS n
 WHERE cdp.bsi_topk(b, k) OPERATOR(cdp.<>) t.top OR cdp.bsi_ntile(b, 5)::text <> n.tiles::text;
-- one id of a value that is stored out of line
SELECT count(*) AS differences FROM (SELECT * FROM person ORDER BY hashint4(id) LIMIT 500) AS p JOIN s USING (grp) WHERE cdp.bsi_get(b, p.id) IS DISTINCT FROM p.v OR cdp.bsi_get(b, -p.id - 1) IS NOT NULL;
-- sums of groups are those of all rows
SELECT cdp.bsi_agg(b) OPERATOR(cdp.=) (SELECT cdp.bsi_build_agg(id, v) FROM r) AS same FROM s;
SELECT cdp.bsi_count_agg(cdp.bsi_ebm(b)) OPERATOR(cdp.=) (SELECT cdp.bsi_build_agg(id, 1) FROM person) AS same FROM s;
-- parallel
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT cdp.bsi_build_agg(id, v) FROM r;
SELECT cdp.bsi_build_agg(id, v) OPERATOR(cdp.=) (SELECT cdp.bsi_agg(b) FROM s) AS same, cdp.bsi_build_agg(id, v, 'max') OPERATOR(cdp.=) (SELECT cdp.bsi_build_agg(id, max) FROM (SELECT id, max(v) FROM r GROUP BY id) AS m) AS same_max FROM r;
ALTER TABLE s SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT cdp.bsi_agg(b), cdp.bsi_count_agg(cdp.bsi_ebm(b)) FROM s;
SELECT cdp.bsi_agg(b) OPERATOR(cdp.=) (SELECT cdp.bsi_build_agg(id, v) FROM r) AS same, cdp.bsi_count_agg(cdp.bsi_ebm(b)) OPERATOR(cdp.=) (SELECT cdp.bsi_build_agg(id, 1) FROM person) AS same_counts,
       cdp.bsi_weight_agg(cdp.bsi_ebm(b), grp - 2) OPERATOR(cdp.=) (SELECT cdp.bsi_build_agg(id, grp - 2) FROM person) AS same_weights FROM s;
RESET max_parallel_workers_per_gather;
-- binary form
SELECT count(*) FROM s WHERE cdp.bsi_send(b) = decode(substr(b::text, 3), 'hex');
DROP VIEW person;
DROP TABLE audience, s, r;
