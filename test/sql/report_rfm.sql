-- Recency, frequency, monetary value: scores, classes, and who is in them.
\set SHOW_CONTEXT never
SELECT cdp.setup('Asia/Shanghai');
-- the n-th of ten people paid n times, the last time n * 10 days before July, 100 each; a second identifier of the tenth
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
SELECT format('%s-%s', n, k), ((date '2025-07-01' - n * 10)::timestamp + interval '23 hours' - k * interval '1 minute') AT TIME ZONE 'Asia/Shanghai',
       'pay', 'phone', '1390000000' || n % 10, 'app', jsonb_build_object('amount', '100.005')
  FROM generate_series(1, 10) AS n, generate_series(1, n) AS k;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props) VALUES
    ('odd', '2025-06-29 12:00+08', 'pay', 'phone', '13900000009', 'app', '{"amount": "free"}'),
    ('none', '2025-06-29 13:00+08', 'pay', 'phone', '13900000009', 'app', '{}'),
    ('after', '2025-07-01 00:00+08', 'pay', 'phone', '13900000008', 'app', '{"amount": 7}'),
    ('other', '2025-06-30 00:00+08', 'refund', 'phone', '13900000007', 'app', '{"amount": 7}');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT format('visit %s-%s', n, k), '2025-06-01', 'visit', 'phone', '1390000000' || n % 10 FROM generate_series(1, 10) AS n, generate_series(0, n / 3) AS k;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
-- fifths; days are those of the business: 23:00 in Shanghai is that day
SELECT right(i.value, 1) AS who, p.recency, p.frequency, p.monetary, p.r, p.f, p.m, p.class
  FROM cdp.rfm_people("to" => '2025-07-01 00:00+08') AS p JOIN cdp.identifier AS i USING (one_id) ORDER BY 1;
-- one threshold each
SELECT right(i.value, 1) AS who, p.r, p.f, p.m, p.class
  FROM cdp.rfm_people("from" => '2025-01-01', "to" => '2025-07-01 00:00+08', recency_bounds => '{40}', frequency_bounds => '{4}', monetary_bounds => '{700.035}') AS p
  JOIN cdp.identifier AS i USING (one_id) ORDER BY 1;
SELECT class, users, round(share::numeric, 3) AS share, recency_avg, frequency_avg, monetary, round(monetary_share::numeric, 3) AS monetary_share
  FROM cdp.rfm_report("to" => '2025-07-01 00:00+08', recency_bounds => '{40}', frequency_bounds => '{4}', monetary_bounds => '{700.035}');
-- scales of three: high is the third only
SELECT DISTINCT r, f, m, class FROM cdp.rfm_people("to" => '2025-07-01 00:00+08', recency_bounds => '{70,40}', frequency_bounds => '{4,8}', monetary_bounds => '{0,0}') ORDER BY r, f, m;
-- equal values share a score: fifths by a count of who has less
SELECT p.frequency, p.r, p.f, count(*) AS people,
       count(*) FILTER (WHERE p.f <> 1 + (SELECT count(*) FROM unnest('{0.2,0.4,0.6,0.8}'::float8[]) AS s
           WHERE s <= (SELECT count(*) FROM cdp.rfm_people('visit') AS o WHERE o.frequency < p.frequency) / 10.0)) AS differences
  FROM cdp.rfm_people('visit') AS p GROUP BY p.frequency, p.r, p.f ORDER BY p.frequency;
-- of an audience, and of nobody
SELECT cdp.tag_define('few', 'SELECT one_id FROM cdp.v_event WHERE name = ''pay'' GROUP BY one_id HAVING count(*) <= 2') > 0 AS defined;
SELECT people FROM cdp.tag_refresh('few');
SELECT class, users, monetary FROM cdp.rfm_report(audience => 'tag:few', "to" => '2025-07-01 00:00+08') WHERE users > 0;
SELECT sum(users) > 0 AS somebody FROM cdp.rfm_report("to" => 'infinity');
SELECT class, users, share, recency_avg, monetary, monetary_share FROM cdp.rfm_report("to" => '2020-01-01');
SELECT count(*) FROM cdp.rfm_people();
-- what cannot be
SELECT * FROM cdp.rfm_people('buy');
SELECT * FROM cdp.rfm_people(NULL);
SELECT * FROM cdp.rfm_people(frequency_bounds => '{}');
SELECT * FROM cdp.rfm_report(recency_bounds => '{30,NULL}');
SELECT * FROM cdp.rfm_people("from" => '2025-02-01', "to" => '2025-01-01');
