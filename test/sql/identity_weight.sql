-- Weak links merge nobody; they are kept for looser uses, and count when somebody is sure.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp.setting_set('id_min_weight', '1.1');
SELECT cdp.setting_set('id_min_weight', '0.7');
CREATE FUNCTION people() RETURNS TABLE (one_id int4, has text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT i.one_id, string_agg(i.value, ' ' ORDER BY i.value COLLATE "C") FROM cdp.v_identity i GROUP BY i.one_id ORDER BY i.one_id;
END $$;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at, weight) VALUES
    ('crm', 'member_id', 'M1', 'phone', '13912345678', '2025-01-01', 1), ('guess', 'member_id', 'M1', 'device_id', 'd1', '2025-01-02', 0.5),
    ('guess', 'member_id', 'M2', 'device_id', 'd1', '2025-01-03', 0.69), ('guess', 'member_id', 'M2', 'cookie_id', 'c1', '2025-01-04', 0.7),
    ('guess', 'phone', '13912345678', 'cookie_id', 'c1', '2025-01-05', 0.3),
    ('guess', 'device_id', 'till', 'member_id', 'M1', '2025-01-06', 0.6), ('guess', 'device_id', 'till', 'member_id', 'M2', '2025-01-06', 0.6),
    ('guess', 'device_id', 'till', 'member_id', 'M3', '2025-01-06', 0.6), ('guess', 'device_id', 'till', 'member_id', 'M4', '2025-01-06', 0.6);
SELECT persons_new, merges, shared FROM cdp.id_resolve();
SELECT * FROM people();
SELECT status, reason, count(*) FROM cdp.link GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) AS refused FROM cdp.id_quarantine;
-- a looser graph: guards count anew, so the till joins nobody
SELECT * FROM cdp.id_groups(0.5) ORDER BY 1;
SELECT * FROM cdp.id_groups(0.6) ORDER BY 1;
SELECT * FROM cdp.id_groups(0) ORDER BY 1;
SELECT * FROM cdp.id_groups(0.9);
SELECT * FROM cdp.id_groups(NULL);
SELECT what, item, before, after FROM cdp.id_simulate('{"id_min_weight": 0.5}', 0);
SELECT what, item, before, after FROM cdp.id_simulate('{"id_min_weight": 2}', 0);
SELECT merges, splits, refused, accepted FROM cdp.id_rebuild();
-- more sure: by the same source, by another, at once
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at, weight) VALUES
    ('guess', 'member_id', 'M1', 'device_id', 'd1', '2025-02-01', 0.6), ('crm', 'phone', '13912345678', 'cookie_id', 'c1', '2025-02-01', 0.8);
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT * FROM people();
SELECT cdp.id_link('member_id', 'M2', 'device_id', 'd1', source => 'guess', weight => 0.1) AS still_weak;
SELECT cdp.one_id('device_id', 'd1');
SELECT cdp.id_link('member_id', 'M2', 'device_id', 'd1', source => 'guess', weight => 0.9) AS sure;
SELECT cdp.one_id('device_id', 'd1');
SELECT cdp.id_link('member_id', 'M2', 'email', 'li@example.com', weight => 0.2) AS new_and_weak;
SELECT cdp.one_id('email', 'li@example.com');
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at, weight) VALUES ('guess', 'member_id', 'M1', 'device_id', 'd1', '2025-02-02', 0.7);
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT * FROM people();
SELECT merges, splits, refused, accepted FROM cdp.id_rebuild();
-- another threshold, for all
SELECT cdp.setting_set('id_min_weight', '0.95');
SELECT merges, splits, refused, accepted FROM cdp.id_rebuild();
SELECT * FROM people();
SELECT * FROM cdp.id_groups(0.7) ORDER BY 1;
SELECT cdp.setting_set('id_min_weight', '0');
SELECT merges, splits, shared, accepted FROM cdp.id_rebuild();
SELECT * FROM people();
SELECT status, count(*) FROM cdp.link GROUP BY 1 ORDER BY 1;
SELECT severity, what FROM cdp.check() WHERE severity = 'error';
SELECT cdp.teardown(force => true) > 0 AS gone;
DROP FUNCTION people;
