-- Links whose time has passed hold nobody together; seen again they do.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
UPDATE cdp.id_type SET ttl = '90 days' WHERE name = 'cookie_id';
UPDATE cdp.id_type SET ttl = '1 year' WHERE name = 'device_id';
CREATE FUNCTION land(type_a text, value_a text, type_b text, value_b text, days_ago int, source text DEFAULT 'web') RETURNS void LANGUAGE sql AS $$
    INSERT INTO cdp.landing_link VALUES (source, type_a, value_a, type_b, value_b, (now() - make_interval(days => days_ago))::text, NULL) $$;
CREATE FUNCTION resolve() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    PERFORM cdp.ingest();
    SELECT * INTO r FROM cdp.id_resolve();
    RETURN format('%s new persons, %s merges, %s splits', r.persons_new, r.merges, r.splits);
END $$;
CREATE FUNCTION people() RETURNS TABLE (one_id int4, has text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT i.one_id, string_agg(i.value, ' ' ORDER BY i.value COLLATE "C") FROM cdp.v_identity i GROUP BY i.one_id ORDER BY i.one_id;
END $$;
-- M1 and M2 share a browser of long ago; M1 has a device, seen less long ago; c2 is still used.
SELECT land('member_id', 'M1', 'cookie_id', 'c1', 200), land('member_id', 'M2', 'cookie_id', 'c1', 150), land('member_id', 'M1', 'device_id', 'd1', 300),
       land('device_id', 'd1', 'cookie_id', 'c2', 95), land('member_id', 'M1', 'cookie_id', 'c2', 10), land('member_id', 'M2', 'phone', '13912345678', 1000) \g /dev/null
SELECT resolve();
SELECT * FROM people();
SELECT expired, revived, splits FROM cdp.id_expire(now() - interval '100 days');
SELECT * FROM people();
SELECT expired, revived, splits FROM cdp.id_expire();
SELECT * FROM people();
SELECT expired, revived, splits FROM cdp.id_expire();
SELECT ia.value AS a, ib.value AS b, l.status, l.reason FROM cdp.link l JOIN cdp.identifier ia ON ia.id = l.a JOIN cdp.identifier ib ON ib.id = l.b ORDER BY ia.value COLLATE "C", ib.value COLLATE "C";
SELECT persons_new, merges, splits, refused, accepted FROM cdp.id_rebuild();
-- an old row that comes late says nothing new; one that is newer does
SELECT land('member_id', 'M2', 'cookie_id', 'c1', 400) \g /dev/null
SELECT resolve();
SELECT land('member_id', 'M2', 'cookie_id', 'c1', 5) \g /dev/null
SELECT resolve();
SELECT * FROM people();
SELECT cdp.id_link('member_id', 'M1', 'cookie_id', 'c1', source => 'web') = cdp.one_id('phone', '13912345678') AS seen_again;
SELECT expired, revived, splits FROM cdp.id_expire();
SELECT * FROM people();
-- what somebody has decided does not pass
SELECT land('member_id', 'M3', 'cookie_id', 'c3', 200) \g /dev/null
SELECT resolve();
SELECT count(*) FROM cdp.id_unlink('member_id', 'M3', 'cookie_id', 'c3');
SELECT cdp.id_approve(a, b) FROM cdp.link WHERE status = 'removed';
SELECT resolve();
SELECT expired, splits FROM cdp.id_expire();
SELECT * FROM people();
-- A time that is longer, or none, brings back what it covers; a refused link passes too, and a guard counts it.
SELECT land('device_id', 'till', 'phone', '1361111222' || n, CASE n WHEN 1 THEN 500 ELSE 20 END) FROM generate_series(1, 4) n \g /dev/null
SELECT resolve();
SELECT expired, splits FROM cdp.id_expire();
SELECT status, reason, count(*) FROM cdp.link GROUP BY 1, 2 ORDER BY 1, 2;
SELECT merges, splits, shared, released, refused, accepted FROM cdp.id_rebuild();
SELECT what, item, before, after FROM cdp.id_simulate('{"types": {"*": {"ttl": null}}}', 0);
SELECT what, item, before, after FROM cdp.id_simulate('{"types": {"cookie_id": {"ttl": "3 days"}}}', 0);
UPDATE cdp.id_type SET ttl = NULL;
SELECT expired, revived, splits FROM cdp.id_expire();
SELECT resolve();
SELECT status, count(*) FROM cdp.link GROUP BY 1 ORDER BY 1;
SELECT persons_new, merges, splits, shared, released, refused, accepted FROM cdp.id_rebuild();
SELECT kind, detail - 'by' AS detail FROM cdp.v_run WHERE kind = 'id_expire' ORDER BY run_id LIMIT 2;
SELECT severity, what FROM cdp.check() WHERE severity = 'error';
SELECT cdp.teardown(force => true) > 0 AS gone;
DROP FUNCTION land, resolve, people;
