-- Statistics on counts and means, against published figures and at their edges.
-- Newcombe (1998), single proportion, method 3: 0.2553 0.3662, 0.0624 0.1605, 0 0.1611, 0.0061 0.1718
SELECT s, n, round(low::numeric, 4) AS low, round(high::numeric, 4) AS high
  FROM (VALUES (81, 263), (15, 148), (0, 20), (1, 29), (20, 20)) AS v(s, n), cdp.ab_wilson(s, n);
SELECT round(low::numeric, 4) AS low, round(high::numeric, 4) AS high FROM cdp.ab_wilson(50, 100, 0.99);
SELECT * FROM cdp.ab_wilson(0, 0);
SELECT * FROM cdp.ab_wilson(NULL, 5);
SELECT cdp.ab_wilson(9223372036854775807, 9223372036854775807);
SELECT cdp.ab_wilson(3, 2);
SELECT cdp.ab_wilson(-1, 2);
SELECT cdp.ab_wilson(0, -1);
SELECT cdp.ab_wilson(1, 2, 0);
SELECT cdp.ab_wilson(1, 2, 1);
SELECT cdp.ab_wilson(1, 2, 'NaN');

-- Newcombe (1998), difference, method 10: 0.0524 0.3339, 0.1705 0.8090, -0.0381 0.1926, 0.6791 1.0000
SELECT s2, n2, s1, n1, round(diff::numeric, 4) AS diff, round(ci_low::numeric, 4) AS low, round(ci_high::numeric, 4) AS high
  FROM (VALUES (48, 80, 56, 70), (3, 10, 9, 10), (0, 29, 5, 56), (0, 20, 10, 10)) AS v(s1, n1, s2, n2), cdp.ab_proportions(s1, n1, s2, n2);
SELECT rate_a, rate_b, round(z::numeric, 6) AS z, round(p::numeric, 6) AS p FROM cdp.ab_proportions(20, 100, 30, 100);
-- nothing varies: no evidence of a difference
SELECT diff, z, p FROM cdp.ab_proportions(0, 5, 0, 9);
SELECT * FROM cdp.ab_proportions(0, 0, 1, 2);
SELECT cdp.ab_proportions(1, 2, 3, 2);
SELECT cdp.ab_proportions(1, 2, 1, 2, 1.5);

-- small counts: the lady tasting tea, 34 of 70 tables; Agresti (2002), table 3.9, 0.6384
SELECT round(cdp.ab_exact(3, 4, 1, 4)::numeric * 70, 6) AS of_70, round(cdp.ab_exact(21, 23, 15, 18)::numeric, 4) AS p;
SELECT cdp.ab_exact(0, 0, 1, 2), cdp.ab_exact(0, 3, 0, 9), cdp.ab_exact(NULL, 3, 0, 9);
SELECT cdp.ab_exact(3, 2, 0, 9);
-- exact where fewer than 5 are expected
SELECT cdp.ab_p(9, 100, 41, 900) = (cdp.ab_proportions(9, 100, 41, 900)).p AS of_the_rate, cdp.ab_p(9, 100, 40, 900) = cdp.ab_exact(9, 100, 40, 900) AS exact;
-- many looked at: Benjamini and Hochberg (1995), section 3: 9 of 15 at 0.05 were it not for the others, 3 by Holm, 4 by theirs
SELECT c AS correction, count(*) FILTER (WHERE a <= 0.05) AS discoveries
  FROM unnest('{holm,hochberg}'::text[]) AS c, unnest(cdp.ab_adjust('{0.0001,0.0004,0.0019,0.0095,0.0201,0.0278,0.0298,0.0344,0.0459,0.3240,0.4262,0.5719,0.6528,0.7590,1}', c)) AS a GROUP BY c ORDER BY c;
SELECT cdp.ab_adjust('{0.04,0.01,0.01}'), cdp.ab_adjust('{0.04,0.01,0.03}', 'hochberg'), cdp.ab_adjust('{}');
SELECT cdp.ab_adjust('{0.5,1.5}');
SELECT cdp.ab_adjust('{0.5,NaN}');
SELECT cdp.ab_adjust('{0.5,NULL}');
SELECT cdp.ab_adjust('{0.5}', 'bonferroni');

-- Mendel's peas against 9 : 3 : 3 : 1 give 0.470 and 0.925
SELECT round(chi_square::numeric, 3) AS chi_square, degrees, round(p::numeric, 3) AS p FROM cdp.ab_srm('{315,108,101,32}', '{9,3,3,1}');
SELECT degrees, p < 0.001 AS broken FROM cdp.ab_srm('{821588,815482}');
SELECT chi_square, p FROM cdp.ab_srm('{500,500}');
SELECT * FROM cdp.ab_srm('{0,0}');
SELECT * FROM cdp.ab_srm(NULL);
SELECT cdp.ab_srm('{5}');
SELECT cdp.ab_srm('{}');
SELECT cdp.ab_srm('{5,-5}');
SELECT cdp.ab_srm('{5,NULL}');
SELECT cdp.ab_srm('{5,5}', '{1}');
SELECT cdp.ab_srm('{5,5}', '{}');
SELECT cdp.ab_srm('{5,5}', '{1,0}');
SELECT cdp.ab_srm('{5,5}', '{1,Infinity}');

-- Student's sleep data (1908) as two groups: t 1.8608, 17.776 degrees, p 0.0794, from -0.2055 to 3.3655
CREATE TABLE sleep AS SELECT * FROM (VALUES (1, 0.7), (1, -1.6), (1, -0.2), (1, -1.2), (1, -0.1), (1, 3.4), (1, 3.7), (1, 0.8), (1, 0.0), (1, 2.0),
    (2, 1.9), (2, 0.8), (2, 1.1), (2, 0.1), (2, -0.1), (2, 4.4), (2, 5.5), (2, 1.6), (2, 4.6), (2, 3.4)) AS v(drug, extra);
SELECT round(diff::numeric, 2) AS diff, round(ci_low::numeric, 4) AS low, round(ci_high::numeric, 4) AS high,
       round(t::numeric, 4) AS t, round(degrees::numeric, 3) AS degrees, round(p::numeric, 4) AS p
  FROM (SELECT count(*) AS n, avg(extra)::float8 AS mean, stddev_samp(extra)::float8 AS sd FROM sleep WHERE drug = 1) AS a,
       (SELECT count(*) AS n, avg(extra)::float8 AS mean, stddev_samp(extra)::float8 AS sd FROM sleep WHERE drug = 2) AS b,
       cdp.ab_means(a.n, a.mean, a.sd, b.n, b.mean, b.sd);
SELECT * FROM cdp.ab_means(1, 1, 1, 5, 2, 1);
SELECT * FROM cdp.ab_means(5, 1, 0, 5, 2, 0);
SELECT cdp.ab_means(5, 1, -1, 5, 2, 1);
SELECT cdp.ab_means(5, 'NaN', 1, 5, 2, 1);
SELECT cdp.ab_means(-5, 1, 1, 5, 2, 1);
DROP TABLE sleep;
