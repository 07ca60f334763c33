-- All persons worked out again, by other rules: what id_simulate() says is what id_rebuild() does, and that is
-- what a load under these rules would have come to; nothing changes where no rule has.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES
    ('crm', 'member_id', 'M1', 'phone', '13900000001', '2025-01-01'), ('crm', 'member_id', 'M2', 'phone', '13900000002', '2025-01-01'),
    ('shop', 'device_id', 'till', 'phone', '13900000001', '2025-01-02'), ('shop', 'device_id', 'till', 'phone', '13900000002', '2025-01-02'),
    ('shop', 'device_id', 'till', 'phone', '13900000003', '2025-01-02'), ('site', 'phone', '13900000003', 'email', 'test@test.org', '2025-01-03');
SELECT persons_new, merges, shared, quarantined FROM cdp.id_resolve();
SELECT cdp.tag_define('member', $$SELECT one_id FROM cdp.v_identity WHERE type = 'member_id'$$) \g /dev/null
SELECT error FROM cdp.tag_refresh('member');
CREATE FUNCTION rebuild() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s persons, %s new, %s merged, %s split off; %s blocked, %s shared, %s released; %s links refused, %s accepted',
                  persons, persons_new, merges, splits, blocked, shared, released, refused, accepted) FROM cdp.id_rebuild() $$;
SELECT rebuild();

-- the fan-out limit, tightened, tried before, and taken back
SELECT * FROM cdp.id_simulate('{"types": {"device_id": {"fanout_limit": 2}}}');
SELECT count(DISTINCT one_id) AS nothing_has_changed FROM cdp.v_identity;
UPDATE cdp.id_type SET fanout_limit = 2 WHERE name = 'device_id';
SELECT rebuild();
SELECT rebuild() AS again;
SELECT one_id, type, value FROM cdp.v_identity ORDER BY one_id, type COLLATE "C";
SELECT type_a, value_a, value_b, status_a, status_b, reason FROM cdp.id_quarantine ORDER BY value_a COLLATE "C", value_b COLLATE "C";
SELECT error FROM cdp.tag_refresh('member');
SELECT * FROM cdp.id_simulate('{"types": {"*": {"fanout_limit": 3}}}', 1);
UPDATE cdp.id_type SET fanout_limit = NULL WHERE name = 'device_id';
SELECT rebuild();
SELECT one_id, count(*) FROM cdp.v_identity GROUP BY 1;
SELECT survivor, absorbed FROM cdp.merge_log ORDER BY seq;
SELECT one_id, part, is_restored, identifiers FROM cdp.split_log ORDER BY seq;
-- tags have followed
SELECT one_id FROM cdp.v_person_tag WHERE tag = 'member';
SELECT kind, detail ->> 'splits' AS splits, detail ->> 'merges' AS merges FROM cdp.v_run WHERE kind = 'id_rebuild' ORDER BY run_id;

-- the blocklist, asked again for everybody
SELECT what, item, before, after FROM cdp.id_simulate('{"block": [{"value": "TILL"}], "unblock": [{"value": "test@test.org"}]}');
INSERT INTO cdp.id_blocklist (id_type, kind, value, reason) VALUES (NULL, 'exact', 'till', 'a till');
DELETE FROM cdp.id_blocklist WHERE id_type = 'email' AND kind = 'pattern';
SELECT rebuild();
SELECT i.value, i.status, i.one_id FROM cdp.identifier i WHERE value IN ('till', 'test@test.org') ORDER BY value COLLATE "C";
-- what somebody has decided stands
SELECT cdp.id_approve('device_id', 'till');
SELECT count(*) FROM cdp.id_resolve();
SELECT rebuild();
SELECT count(*) FROM cdp.id_share('email', 'test@test.org');
SELECT rebuild();

-- how many a person may have: the stronger links first, and those that are accepted before others
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, weight, seen_at) VALUES
    ('crm', 'member_id', 'M9', 'jd_id', 'j1', 0.5, '2025-02-01'), ('crm', 'member_id', 'M9', 'jd_id', 'j2', 0.9, '2025-02-03'),
    ('crm', 'member_id', 'M9', 'jd_id', 'j3', 0.9, '2025-02-02');
SELECT links_new FROM cdp.ingest();
SELECT persons_new, quarantined FROM cdp.id_resolve();
SELECT what, item, before, after FROM cdp.id_simulate('{"types": {"jd_id": {"max_per_person": 1}}}', 1);
UPDATE cdp.id_type SET max_per_person = 1 WHERE name = 'jd_id';
SELECT rebuild();
SELECT l.status, l.reason, i.value FROM cdp.link l JOIN cdp.identifier i ON i.id = l.b WHERE i.value IN ('j1', 'j2', 'j3') ORDER BY 3;
SELECT what, item, before, after FROM cdp.id_simulate('{"id_size_cap": 3, "types": {"jd_id": {"max_per_person": 9}}}', 2);
SELECT what, item, before, after FROM cdp.id_simulate('{"id_size_cap": 1}', 0);
UPDATE cdp.id_type SET max_per_person = 2 WHERE name = 'jd_id';
SELECT rebuild();
UPDATE cdp.id_type SET is_unique = true WHERE name = 'jd_id';
SELECT rebuild();
SELECT i.value, i.one_id FROM cdp.v_identity i WHERE value IN ('j1', 'j2', 'j3', 'M9') ORDER BY 1;

-- rules that there are not
SELECT * FROM cdp.id_simulate('{"fanout": 2}');
SELECT * FROM cdp.id_simulate('[]');
SELECT * FROM cdp.id_simulate('{"types": {"telex": {}}}');
SELECT * FROM cdp.id_simulate('{"types": {"phone": {"limit": 2}}}');
SELECT * FROM cdp.id_simulate('{"types": {"phone": 2}}');
SELECT * FROM cdp.id_simulate('{"types": {"phone": {"neighbour_limit": 0.5}}}');
SELECT * FROM cdp.id_simulate('{"types": {"phone": {"rank": null}}}');
SELECT * FROM cdp.id_simulate('{"types": {"phone": {"ttl": "-1 day"}}}');
SELECT * FROM cdp.id_simulate('{"fanout_limit": 0}');
SELECT * FROM cdp.id_simulate('{"id_size_cap": "9"}');
SELECT * FROM cdp.id_simulate('{"block": [{"id_type": "phone"}]}');
SELECT * FROM cdp.id_simulate('{"block": [{"id_type": "fone", "value": "1"}]}');
SELECT * FROM cdp.id_simulate(NULL);
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT rebuild();
ROLLBACK;

-- made-up graphs under other rules
SELECT cdp.teardown(force => true) \g /dev/null
CREATE FUNCTION dice(n int8, salt int8, sides int8) RETURNS int8 LANGUAGE sql IMMUTABLE
    RETURN abs(hashint8extended(n, salt)) % sides;
CREATE FUNCTION load(part int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cdp.landing_link
    SELECT 's' || dice(n, 7, 2), (ARRAY['phone', 'unionid', 'device_id', 'email'])[1 + dice(n, 1, 4)],
           CASE WHEN dice(n, 8, 10) = 0 THEN 'hub' || dice(n, 2, 4) ELSE (10 + dice(n, 3, 220))::text END,
           (ARRAY['phone', 'unionid', 'device_id', 'email'])[1 + dice(n, 4, 4)], (10 + dice(n, 5, 220))::text,
           (timestamptz '2025-01-01 00:00Z' + dice(n, 6, 1000) * interval '1 hour')::text, (dice(n, 9, 4) / 4.0::float8)::text
      FROM generate_series(1, 500) n WHERE part IS NULL OR dice(n, 10, 2) = part;
    PERFORM cdp.ingest();
    PERFORM cdp.id_resolve();
END $$;
CREATE FUNCTION persons() RETURNS TABLE (person text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT string_agg(i.type || ':' || i.value, ' ' ORDER BY i.type COLLATE "C", i.value COLLATE "C") FROM cdp.v_identity i GROUP BY i.one_id;
END $$;
CREATE FUNCTION rules(nth int) RETURNS jsonb LANGUAGE sql IMMUTABLE RETURN
    jsonb_build_object('fanout_limit', (ARRAY[3, 1, 2])[nth], 'types', jsonb_build_object(
        '*', jsonb_build_object('neighbour_limit', (ARRAY[10, NULL, 6])[nth], 'max_per_person', NULL, 'is_unique', false),
        'email', jsonb_build_object('rank', (ARRAY[90, 90, 1])[nth])));
CREATE FUNCTION set_rules(nth int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdp.setting_set('fanout_limit', rules(nth) ->> 'fanout_limit');
    -- What comes first counts where a person may have only so many.
    UPDATE cdp.id_type SET neighbour_limit = (rules(nth) #>> '{types,*,neighbour_limit}')::int, max_per_person = NULL, is_unique = false;
    UPDATE cdp.id_type SET rank = (rules(nth) #>> '{types,email,rank}')::int WHERE name = 'email';
END $$;
CREATE TABLE expected (nth int, person text);
DO $$
BEGIN
    FOR nth IN 1 .. 3 LOOP
        PERFORM cdp.setup('UTC');
        PERFORM set_rules(nth);
        PERFORM load(NULL);
        INSERT INTO expected SELECT nth, p.person FROM persons() p;
        PERFORM cdp.teardown(force => true);
    END LOOP;
    PERFORM cdp.setup('UTC');
    PERFORM load(part) FROM generate_series(0, 1) part;
END $$;
SELECT rebuild() AS loaded_in_batches;
CREATE FUNCTION compare(nth int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    done record;
BEGIN
    -- Said before the rules are set, done after.
    DROP TABLE IF EXISTS told;
    CREATE TEMP TABLE told AS SELECT * FROM cdp.id_simulate(rules(nth), 0);
    PERFORM set_rules(nth);
    SELECT * INTO done FROM cdp.id_rebuild();
    IF (SELECT after FROM told WHERE what = 'persons') <> done.persons OR done.persons <> (SELECT count(*) FROM cdp.v_person) THEN
        RETURN 'not the persons that were told';
    ELSIF EXISTS (SELECT FROM (SELECT CASE status WHEN 'active' THEN 'active' ELSE 'shared' END AS item, count(*) AS after FROM cdp.link GROUP BY 1) l
                  FULL JOIN (SELECT item, after FROM told WHERE what = 'links' AND after > 0) t USING (item, after) WHERE l.item IS NULL OR t.item IS NULL) THEN
        RETURN 'not the links that were told';
    ELSIF EXISTS (SELECT FROM persons() p FULL JOIN (SELECT * FROM expected e WHERE e.nth = compare.nth) e USING (person)
                   WHERE p.person IS NULL OR e.person IS NULL) THEN
        RETURN 'not what a load comes to';
    ELSIF (SELECT (persons_new, merges, splits, blocked, shared, released, refused, accepted) <> (0, 0, 0, 0, 0, 0, 0, 0) FROM cdp.id_rebuild()) THEN
        RETURN 'not settled';
    ELSIF EXISTS (SELECT FROM cdp._check_identity() WHERE severity = 'error') THEN
        RETURN (SELECT string_agg(k.what, '; ') FROM cdp._check_identity() k WHERE severity = 'error');
    END IF;
    RETURN format('%s splits, %s merges: %s', done.splits > 0, done.merges > 0, done.persons = (SELECT count(*) FROM expected e WHERE e.nth = compare.nth));
END $$;
SELECT nth, compare(nth) FROM unnest('{2,1,3}'::int[]) WITH ORDINALITY AS k (nth, step) ORDER BY step;
SELECT severity, what FROM cdp.check() WHERE severity = 'error';
SELECT cdp.teardown(force => true) > 0 AS gone;
DROP FUNCTION rebuild, dice, load, persons, rules, set_rules, compare;
DROP TABLE expected, told;
