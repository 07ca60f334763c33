-- Included by questions.sql: what only timelines know, beside rows with an index that holds all that is asked.
INSERT INTO bench_query VALUES
(5, 'a property, recent days', 'a property, recent days, rows', pg_temp.asked('e02 >= 2 times in last 7 days where (amount >= 500)')),
(6, 'a property, recent days, rows', NULL, $$SELECT count(*) FROM (
    SELECT one_id FROM bench_audience.event WHERE code = 2 AND ts >= current_date - 6 AND amount >= 500 GROUP BY one_id HAVING count(*) >= 2) AS x$$),
(7, 'cart, then no payment', 'cart, then no payment, rows', $$SELECT cdp.audience_count('e02 then not e05 within 30 minutes since 1 day')$$),
(8, 'cart, then no payment, rows', NULL, $$SELECT count(DISTINCT c.one_id) FROM bench_audience.event AS c
     WHERE c.code = 2 AND c.ts >= current_date AND c.ts < now() - interval '30 minutes'
       AND NOT EXISTS (SELECT FROM bench_audience.event AS p
                        WHERE p.code = 5 AND p.one_id = c.one_id AND p.ts BETWEEN c.ts AND c.ts + interval '30 minutes')$$),
(11, 'cart, then no payment, ever', 'cart, then no payment, ever, rows', $$SELECT cdp.audience_count('e02 then not e05 within 30 minutes')$$),
(12, 'cart, then no payment, ever, rows', NULL, $$SELECT count(DISTINCT c.one_id) FROM bench_audience.event AS c
     WHERE c.code = 2 AND c.ts < now() - interval '30 minutes'
       AND NOT EXISTS (SELECT FROM bench_audience.event AS p
                        WHERE p.code = 5 AND p.one_id = c.one_id AND p.ts BETWEEN c.ts AND c.ts + interval '30 minutes')$$);
