-- Retention by calendar periods in the time zone of the business.
\set SHOW_CONTEXT never
SELECT cdp.setup('Asia/Shanghai');
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE TABLE happened (who text, at text, name text);
INSERT INTO happened VALUES
    -- Sunday 2025-03-02 23:59:59 in Shanghai, and Monday
    ('ann', '2025-03-02 23:59:59', 'join'), ('ann', '2025-03-03 00:00:00', 'pay'), ('ann', '2025-03-20 10:00', 'pay'),
    ('bob', '2025-03-03 00:00:00', 'join'), ('bob', '2025-03-09 23:59:59', 'pay'), ('bob', '2025-03-10 00:00', 'pay'),
    -- joins twice: the first counts
    ('cid', '2025-03-04 12:00', 'join'), ('cid', '2025-03-12 12:00', 'join'), ('cid', '2025-03-12 13:00', 'pay'), ('cid', '2025-03-12 14:00', 'pay'),
    -- pays before joining, in the same week
    ('dee', '2025-03-05 08:00', 'pay'), ('dee', '2025-03-05 09:00', 'join'),
    -- at the same moment
    ('eve', '2025-03-06 08:00', 'join'), ('eve', '2025-03-06 08:00', 'pay'),
    ('fay', '2025-03-20 12:00', 'join'), ('gus', '2025-03-21 12:00', 'pay');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT row_number() OVER (), at, name, 'member_id', who FROM happened;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT cohort, period, size, users, round(rate::numeric, 3) AS rate, complete FROM cdp.retention_report('join', 'pay', periods => 3);
SELECT cohort, period, size, users, complete FROM cdp.retention_report('join', 'pay', 'month', 2);
SELECT cohort, period, size, users, complete FROM cdp.retention_report('join', 'pay', 'day', 1) WHERE users > 0 OR NOT complete;
-- by the start event itself: period 0 is everybody
SELECT cohort, period, size, users FROM cdp.retention_report('join', 'join', periods => 1);
-- periods 0: only the period itself
SELECT cohort, period, users FROM cdp.retention_report('join', 'pay', periods => 0);
-- cohorts of a time; the first join of all decides
SELECT cohort, period, size, users FROM cdp.retention_report('join', 'pay', periods => 1, "from" => '2025-03-10 00:00+08');
SELECT cohort, period, size, users FROM cdp.retention_report('join', 'pay', periods => 0, "from" => '2025-03-03 00:00+08', "to" => '2025-03-05 00:00+08');
-- likewise where the people whose events wait are read apart from the others
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT cdp._waiting_apart();
SELECT cohort, period, size, users FROM cdp.retention_report('join', 'pay', periods => 1, "from" => '2025-03-10 00:00+08');
SELECT cohort, period, size, users FROM cdp.retention_report('join', 'pay', periods => 0, "from" => '2025-03-03 00:00+08', "to" => '2025-03-05 00:00+08');
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;
-- of an audience
SELECT cdp.tag_define('payer', $$SELECT DISTINCT one_id FROM cdp.v_event WHERE name = 'pay'$$);
SELECT people FROM cdp.tag_refresh('payer');
SELECT cohort, period, size, users FROM cdp.retention_report('join', 'pay', periods => 1, audience => 'tag:payer');
SELECT count(*) FROM cdp.retention_report('join', 'pay', audience => 'not everyone');
-- the business moves: other weeks
SELECT cdp.setting_set('time_zone', 'America/New_York');
SELECT cohort, period, size, users FROM cdp.retention_report('join', 'pay', periods => 1);
-- weeks of 167 and 169 hours, when clocks change in between
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    ('s1', '2025-03-08 23:00-05', 'spring', 'member_id', 'hal'), ('s2', '2025-03-09 23:30-04', 'back', 'member_id', 'hal'),
    ('s3', '2025-03-10 00:30-04', 'back', 'member_id', 'hal'), ('s4', '2025-11-03 00:30-05', 'back', 'member_id', 'hal');
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT cohort, period, users FROM cdp.retention_report('spring', 'back', 'day', 3);
SELECT cohort, period, users FROM cdp.retention_report('spring', 'back', 'week', 40) WHERE users > 0;
-- what cannot be answered
SELECT * FROM cdp.retention_report('joint', 'pay');
SELECT * FROM cdp.retention_report('join', 'zzz');
SELECT * FROM cdp.retention_report(NULL, 'pay');
SELECT * FROM cdp.retention_report('join', 'pay', 'year');
SELECT * FROM cdp.retention_report('join', 'pay', NULL);
SELECT * FROM cdp.retention_report('join', 'pay', periods => -1);
SELECT * FROM cdp.retention_report('join', 'pay', periods => NULL);
SELECT * FROM cdp.retention_report('join', 'pay', "from" => '2025-01-02', "to" => '2025-01-01');
