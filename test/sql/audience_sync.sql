-- Views of audiences: sizes and trends, and the three that are copied to other systems.
\set SHOW_CONTEXT never
SELECT cdp.setup('UTC');
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 'crm', 'phone', '1390000000' || n, 'email', n || '@x.cn', '2025-01-0' || n FROM generate_series(1, 6) AS n;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES ('shop', 'phone', '13900000001', 'phone', '13900000099', '2025-02-01');
SELECT links_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
CREATE TABLE src (one_id int);
CREATE FUNCTION refresh(people int[]) RETURNS SETOF int8 LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM src;
    INSERT INTO src SELECT unnest(people);
    RETURN QUERY SELECT r.users FROM cdp.audience_refresh('a') AS r;
END $$;
CREATE VIEW nth AS SELECT snapshot_id, computed_at, row_number() OVER (ORDER BY snapshot_id) AS nth FROM cdp.audience_snapshot;
SELECT cdp.audience_define('a', sql => 'SELECT one_id FROM src', folder => 'f', description => 'd') > 0 AS defined, cdp.audience_define('b', 'not everyone') > 0 AS defined;
SELECT name, users, snapshot_id, changed_at = created_at AS as_defined FROM cdp.v_sync_audience ORDER BY name;
SELECT audience, users, due_at, last_snapshot_id, kept_since FROM cdp.v_audience ORDER BY audience;
SELECT refresh('{1,2,3}'), refresh('{2,3,4}'), refresh('{1,3,4}');
SELECT users FROM cdp.audience_refresh('b');
SELECT name, folder, description, kind, users, changed_at = refreshed_at AS as_refreshed, nth FROM cdp.v_sync_audience LEFT JOIN nth USING (snapshot_id) ORDER BY name;
-- since when: 1 came back, 4 came later, 3 is still there
SELECT m.audience_id = a.audience_id AS a, m.one_id, nth FROM cdp.v_sync_membership AS m JOIN cdp.audience AS a ON a.name = 'a' LEFT JOIN nth ON m.changed_at = computed_at ORDER BY 2;
SELECT one_id FROM cdp.v_sync_membership WHERE changed_at > (SELECT computed_at FROM nth WHERE nth = 1) ORDER BY 1;
-- from before what is kept
UPDATE cdp.audience SET keep_snapshots = 2;
SELECT refresh('{1,3,4,5}');
SELECT m.one_id, nth, m.changed_at = a.created_at AS as_defined FROM cdp.v_sync_membership AS m JOIN cdp.audience AS a USING (audience_id) LEFT JOIN nth ON m.changed_at = computed_at ORDER BY 1;
SELECT v.audience, v.users, v.priority, v.last_snapshot_id = n.snapshot_id AS last, nth, v.refreshed_at >= v.kept_since AS kept FROM cdp.v_audience AS v JOIN nth AS n ON v.kept_since = n.computed_at OR v.last_snapshot_id = n.snapshot_id ORDER BY 1, nth;
UPDATE cdp.audience SET refresh_every = '1 hour';
SELECT audience, due_at - refreshed_at AS due_after FROM cdp.v_audience ORDER BY 1;

-- persons with all their identifiers, lately seen first
SELECT one_id, identifiers, attrs, first_seen, last_seen, changed_at <= clock_timestamp() AS dated FROM cdp.v_sync_person ORDER BY one_id;
-- a merge: one row less, the other has changed, in its memberships too
CREATE TABLE before AS SELECT clock_timestamp() AS at;
SELECT cdp.id_link('phone', '13900000002', 'phone', '13900000004');
SELECT one_id, identifiers FROM cdp.v_sync_person, before WHERE changed_at > before.at;
SELECT count(*) FROM cdp.v_sync_person;
-- asked by the old number, the one who survived answers
SELECT o.one_id, a.audience FROM unnest('{2,4}'::int[]) AS o (one_id), cdp.audiences_of(o.one_id) AS a ORDER BY 1;
SELECT cdp.tag_define('t', 'SELECT 2 AS one_id');
SELECT people FROM cdp.tag_refresh('t');
SELECT o.one_id, t.tag, t.value FROM unnest('{2,4}'::int[]) AS o (one_id), cdp.tags_of(o.one_id) AS t ORDER BY 1;
SELECT cdp.tag_drop('t');
SELECT m.one_id FROM cdp.v_sync_membership AS m, before WHERE changed_at > before.at;
SELECT one_id FROM cdp.v_sync_membership ORDER BY 1;
-- an identifier that goes is a change of whom it leaves
UPDATE before SET at = clock_timestamp();
SELECT person, outcome FROM cdp.id_remove('email', '3@x.cn') ORDER BY 1;
SELECT one_id, identifiers FROM cdp.v_sync_person, before WHERE changed_at > before.at ORDER BY 1;
UPDATE before SET at = clock_timestamp();
INSERT INTO cdp.profile (one_id, attrs, updated_at) VALUES (1, '{"city": "Shanghai"}', clock_timestamp());
SELECT one_id, attrs FROM cdp.v_sync_person, before WHERE changed_at > before.at;
SELECT count(*) AS persons FROM cdp.person_erase(5);
SELECT count(*) AS left_of_five FROM (SELECT one_id FROM cdp.v_sync_person UNION ALL SELECT one_id FROM cdp.v_sync_membership) AS o WHERE one_id = 5;
-- nor who has no identifiers any more
SELECT count(*) AS touched FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) CROSS JOIN LATERAL cdp.id_block(t.name, i.value) WHERE i.one_id = 3;
SELECT v.one_id FROM cdp.v_audience_member AS v WHERE v.one_id = 3;
SELECT count(*) AS left_of_three FROM (SELECT one_id FROM cdp.v_sync_person UNION ALL SELECT one_id FROM cdp.v_sync_membership) AS o WHERE one_id = 3;
SELECT count(*) AS without_person FROM cdp.v_sync_membership AS m WHERE NOT EXISTS (SELECT FROM cdp.v_sync_person AS p WHERE p.one_id = m.one_id);

-- plain types, and words for every column
SELECT c.relname, a.attname, a.atttypid::regtype FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
 WHERE c.relnamespace = 'cdp'::regnamespace AND c.relname ~ '^v_(audience|sync)' AND a.attnum > 0
   AND (a.atttypid <> ALL ('{int4,int8,float8,text,jsonb,timestamptz,bool}'::regtype[]) OR col_description(c.oid, a.attnum) IS NULL) ORDER BY 1, 2;
DROP VIEW nth;
DROP TABLE src, before;
DROP FUNCTION refresh;
SELECT cdp.teardown(true) > 0 AS gone;
