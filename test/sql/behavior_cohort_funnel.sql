-- Funnels that know their users.
SET timezone = 'UTC';
SET cdp.bitmap_output = 'array';
CREATE TABLE visitor (channel text, uid int, level int, chain timestamptz[]);
INSERT INTO visitor VALUES
    ('ad', 1, 3, '{2025-06-01 10:00,2025-06-01 10:30,2025-06-03 10:00}'), ('ad', 2, 2, '{2025-06-01 11:00,2025-06-01 11:10}'),
    ('ad', 3, 1, '{2025-06-01 12:00}'), ('ad', 4, 0, NULL), ('mail', 5, 2, '{2025-06-02 09:00,2025-06-02 10:00}'),
    ('mail', -1, 1, '{2025-06-02 09:00}'), ('mail', 2, 1, NULL), ('ad', NULL, 3, NULL), ('ad', 9, NULL, NULL);

-- a user met twice counts with the highest level; rows without user or level are skipped
SELECT cdp.funnel_steps(f), cdp.funnel_counts(f), cdp.funnel_users(f, 1) AS all_users, cdp.funnel_users(f, 2) AS second,
       cdp.funnel_dropoff(f, 1) AS left_after_1, cdp.funnel_dropoff(f, 2) AS left_after_2
  FROM (SELECT cdp.funnel_agg(uid, level) AS f FROM visitor) AS s;
-- told the number of steps, those that nobody reached are there
SELECT channel, cdp.funnel_counts(cdp.funnel_agg(uid, level)) AS seen, cdp.funnel_counts(cdp.funnel_agg(uid, level, 5)) AS told
  FROM visitor GROUP BY channel ORDER BY channel;
-- all at level 0, one step of nobody; no rows, null
SELECT cdp.funnel_counts(cdp.funnel_agg(1, 0)), cdp.funnel_counts(cdp.funnel_agg(1, 0, 3));
SELECT cdp.funnel_agg(uid, level), cdp.funnel_agg(uid, level, 3), cdp.funnel_agg(uid, level, chain), cdp.rollup(NULL::cdp.funnel) FROM visitor WHERE uid IS NULL;
SELECT cdp.funnel_counts(NULL), cdp.funnel_users(NULL, 1), cdp.funnel_ttc(NULL, 1, 2);
SELECT count(*) FROM cdp.funnel_table(NULL::cdp.funnel);

-- times to convert: 10, 30 and 60 minutes from step 1 to 2, within 1/128
SELECT q, cdp.funnel_ttc(f, 1, 2, q) AS ttc,
       abs(extract(epoch FROM cdp.funnel_ttc(f, 1, 2, q)) / extract(epoch FROM exact) - 1) <= 1 / 128.0 AS within
  FROM (SELECT cdp.funnel_agg(uid, level, chain) AS f FROM visitor) AS s,
       (VALUES (0, '10 minutes'::interval), (0.3, '10 minutes'), (0.5, '30 minutes'), (0.6, '30 minutes'), (0.7, '1 hour'), (1, '1 hour')) AS v(q, exact);
SELECT cdp.funnel_ttc(f, 1, 3) AS to_third, cdp.funnel_ttc(f, 2, 3) AS from_second, cdp.funnel_ttc(g, 1, 2) AS unknown
  FROM (SELECT cdp.funnel_agg(uid, level, chain) AS f, cdp.funnel_agg(uid, level) AS g FROM visitor) AS s;
SELECT cdp.funnel_ttc(cdp.funnel_agg(1, 2, '{2025-06-01 10:00,2025-06-01 10:00}'::timestamptz[]), 1, 2) AS at_once,
       cdp.funnel_ttc(cdp.funnel_agg(1, 2, '{0001-01-01 BC,294000-01-01}'::timestamptz[]), 1, 2) > '107380000 days' AS long;

-- a row per step: shares, Wilson's interval of the share of the first step (cdp.ab_wilson), times from it
SELECT step, users, round(from_previous::numeric, 3) AS from_previous, round(from_first::numeric, 3) AS from_first,
       round(ci_low::numeric, 3) AS ci_low, round(ci_high::numeric, 3) AS ci_high, median_ttc, p90_ttc
  FROM (SELECT cdp.funnel_agg(uid, level, chain, 4) AS f FROM visitor) AS s, cdp.funnel_table(f);
SELECT r.step, (r.ci_low, r.ci_high) = (w.low, w.high) AS same
  FROM (SELECT cdp.funnel_agg(uid, level) AS f FROM visitor) AS s, cdp.funnel_table(f, 0.8) AS r, cdp.ab_wilson(r.users, 5, 0.8) AS w WHERE r.step > 1;
SELECT step, users, from_previous, from_first, ci_low, ci_high FROM cdp.funnel_table((SELECT cdp.funnel_agg(1, 0, 2)));
-- two arms; the same figures as cdp.ab_proportions
CREATE TABLE arm AS SELECT arm, cdp.funnel_agg(i, CASE WHEN i % 10 < rate THEN 2 ELSE 1 END, 3) AS f
  FROM generate_series(1, 1000) AS i, (VALUES ('a', 2), ('b', 3)) AS v(arm, rate) GROUP BY arm;
SELECT step, users_a, users_b, rate_a, rate_b, round(diff::numeric, 3) AS diff, round(ci_low::numeric, 4) AS ci_low,
       round(ci_high::numeric, 4) AS ci_high, round(z::numeric, 3) AS z, p < 0.001 AS sure
  FROM arm AS a, arm AS b, cdp.funnel_compare(a.f, b.f) WHERE a.arm = 'a' AND b.arm = 'b';
SELECT (c.diff, c.ci_low, c.ci_high, c.z, c.p) = (p.diff, p.ci_low, p.ci_high, p.z, p.p) AS same
  FROM arm AS a, arm AS b, cdp.funnel_compare(a.f, b.f, 0.9) AS c, cdp.ab_proportions(200, 1000, 300, 1000, 0.9) AS p
 WHERE a.arm = 'a' AND b.arm = 'b' AND c.step = 2;

-- parts unite to the whole, whichever way
CREATE TABLE part AS SELECT channel, cdp.funnel_agg(uid, level, chain, 3) AS f FROM visitor GROUP BY channel;
SELECT cdp.rollup(f)::text = (SELECT cdp.funnel_agg(uid, level, chain, 3) FROM visitor)::text AS same FROM part;
SELECT (a.f OPERATOR(cdp.||) b.f)::text = (b.f OPERATOR(cdp.||) a.f)::text AS commutes, cdp.funnel_counts(a.f OPERATOR(cdp.||) b.f) FROM part AS a, part AS b WHERE a.channel = 'ad' AND b.channel = 'mail';
-- a channel's audience, as one expression
SELECT channel, cdp.rb_to_array(cdp.funnel_dropoff(f, 1)) FROM part ORDER BY channel;
-- a window grows row by row
SELECT uid, cdp.funnel_counts(cdp.funnel_agg(uid, level, 3) OVER (ORDER BY uid)) FROM visitor WHERE uid IS NOT NULL AND level IS NOT NULL ORDER BY uid, level;

-- steps of a funnel
SELECT cdp.funnel_counts(cdp.funnel_agg(1, 64));
SELECT cdp.funnel_agg(1, 65);
SELECT cdp.funnel_agg(1, -1);
SELECT cdp.funnel_agg(1, 4, 3);
SELECT cdp.funnel_agg(1, 1, 0);
SELECT cdp.funnel_agg(1, 1, 65);
SELECT cdp.funnel_agg(1, 1, NULL::int);
SELECT cdp.funnel_agg(1, 1, n) FROM (VALUES (3), (4)) AS v(n);
SELECT cdp.funnel_users(f, 0) FROM part WHERE channel = 'ad';
SELECT cdp.funnel_users(f, 4) FROM part WHERE channel = 'ad';
SELECT cdp.funnel_dropoff(f, 3) FROM part WHERE channel = 'ad';
SELECT cdp.funnel_dropoff(f, 4) FROM part WHERE channel = 'ad';
SELECT cdp.funnel_ttc(f, 2, 1) FROM part WHERE channel = 'ad';
SELECT cdp.funnel_ttc(f, 1, 4) FROM part WHERE channel = 'ad';
SELECT cdp.funnel_ttc(f, 1, 2, 1.5) FROM part WHERE channel = 'ad';
SELECT cdp.funnel_ttc(f, 1, 2, 'NaN') FROM part WHERE channel = 'ad';
SELECT cdp.funnel_ttc(cdp.funnel_agg(1, 64), 2, 64);
SELECT cdp.rollup(f) FROM (SELECT cdp.funnel_agg(1, 2) AS f UNION ALL SELECT cdp.funnel_agg(1, 3)) AS s;
SELECT cdp.funnel_agg(1, 2) OPERATOR(cdp.||) cdp.funnel_agg(1, 3);
SELECT * FROM cdp.funnel_compare((SELECT cdp.funnel_agg(1, 2)), (SELECT cdp.funnel_agg(1, 3)));
SELECT * FROM cdp.funnel_table((SELECT cdp.funnel_agg(1, 2)), 1);
SELECT * FROM cdp.funnel_compare((SELECT cdp.funnel_agg(1, 2)), (SELECT cdp.funnel_agg(1, 2)), 0);
-- chains
SELECT cdp.funnel_agg(1, 2, '{2025-06-01}'::timestamptz[]);
SELECT cdp.funnel_agg(1, 2, '{2025-06-02,2025-06-01}'::timestamptz[]);
SELECT cdp.funnel_agg(1, 2, '{2025-06-01,infinity}'::timestamptz[]);
SELECT cdp.funnel_agg(1, 2, '{2025-06-01,NULL}'::timestamptz[]);

DROP TABLE visitor, arm, part;
