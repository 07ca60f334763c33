-- One row per person with all that is known of it, who may see what of it, and how it is found.
SET client_min_messages = warning;
SELECT cdp.setup('Asia/Shanghai') \g /dev/null
SET timezone = 'UTC';
SET datestyle = 'ISO';
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) SELECT n, timestamp '2025-01-30 12:00' + n * interval '1 day', 'view', 'unionid', 'u' || n % 3 FROM generate_series(1, 9) n;
INSERT INTO cdp.landing_link VALUES ('crm', 'unionid', 'u1', 'phone', '13900000001', '2025-01-05', NULL), ('crm', 'unionid', 'u1', 'unionid', 'u2', '2025-01-06', NULL), ('crm', 'unionid', 'u3', 'phone', '13900000003', '2025-01-07', NULL);
INSERT INTO cdp.landing_profile VALUES ('phone', '13900000001', '{"name": "Ada", "city": "上海", "likes": ["tea", "milk"], "level": 3}', '2025-01-10', 'crm'), ('unionid', 'u0', '{"name": "Bob", "city": "上海", "level": "4"}', '2025-01-10', 'crm');
SELECT events_new, profiles_read FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT cdp.attribute_define('name', pii => true), cdp.attribute_define('level', 'number', description => 'of membership');
SELECT cdp.tag_define('parity', 'SELECT one_id, one_id % 2 AS value FROM cdp.v_person') > 0, cdp.tag_define('times', 'SELECT one_id, count(*) * 100 AS value FROM cdp.v_event GROUP BY 1', value_type => 'number') > 0,
       cdp.audience_define('all', 'everyone') > 0, cdp.audience_define('odd', 'tag:parity = 1') > 0;
SELECT count(*) FROM cdp.tag g, cdp.tag_refresh(g.name);
SELECT count(*) FROM cdp.audience_refresh_all();
SELECT one_id, attributes, identifiers, tags, audiences, first_seen, last_seen, events FROM cdp.v_profile ORDER BY one_id;
SELECT one_id, attributes, audiences FROM cdp.v_profile WHERE one_id = cdp.one_id('unionid', 'u2');
SELECT * FROM cdp.v_person_attribute ORDER BY one_id, attribute, value COLLATE "C";
SELECT * FROM cdp.v_attribute ORDER BY attribute;
-- by index, whatever of it is asked for
CREATE FUNCTION reads_whole(query text) RETURNS SETOF text LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ 'Seq Scan on (person|identifier|profile|event|tag_value|audience_member)' THEN RETURN NEXT trim(line); END IF;
    END LOOP;
END $$;
SELECT * FROM reads_whole('SELECT * FROM cdp.v_profile WHERE one_id = cdp.one_id(''unionid'', ''u1'')');
SELECT * FROM reads_whole('SELECT count(*) FROM cdp.v_profile WHERE one_id IN (1, 2)');
-- who may read only the view is not told who it is
CREATE ROLE regress_cdp_viewer;
GRANT USAGE ON SCHEMA cdp TO regress_cdp_viewer;
GRANT SELECT ON cdp.v_profile, cdp.v_person_attribute, cdp.v_attribute TO regress_cdp_viewer;
SET ROLE regress_cdp_viewer;
SELECT one_id, attributes FROM cdp.v_profile WHERE attributes <> '{}' ORDER BY one_id;
SELECT DISTINCT attribute FROM cdp.v_person_attribute ORDER BY 1;
RESET ROLE;
DROP OWNED BY regress_cdp_viewer;
DROP ROLE regress_cdp_viewer;
-- rules ask for attributes
SELECT cdp.audience_count('attr.city = 上海') AS city, cdp.audience_count('attr.level > 3') AS level, cdp.audience_count('attr.city is not set') AS nowhere, cdp.audience_count('attr.likes = tea and not attr.level >= 4') AS both;
-- who is gone is not there
SELECT removed -> 'profile' AS profiles FROM cdp.person_erase('unionid', 'u0');
SELECT count(*) AS persons, count(*) FILTER (WHERE attributes ->> 'name' = 'Bob') AS bob FROM cdp.v_profile;
SELECT cdp.teardown(true) > 0 AS gone;
