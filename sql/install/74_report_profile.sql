--| ## Profiles of people
CREATE FUNCTION cdp._setup_report_profile() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Everything is a subquery of its own: of a column that is not asked for nothing is read.
    CREATE OR REPLACE VIEW cdp.v_profile AS
        SELECT p.one_id,
               coalesce((SELECT CASE WHEN has_table_privilege('cdp.profile', 'SELECT') THEN f.attrs
                                     ELSE f.attrs - ARRAY(SELECT r.key::text FROM cdp.attribute_rule AS r WHERE r.pii) END
                           FROM cdp.profile AS f WHERE f.one_id = p.one_id), '{}') AS attributes,
               (SELECT jsonb_object_agg(k.name, k.vals)
                  FROM (SELECT t.name, jsonb_agg(i.value ORDER BY i.id) AS vals
                          FROM cdp.identifier AS i JOIN cdp.id_type AS t USING (type_id) WHERE i.one_id = p.one_id GROUP BY t.name) AS k) AS identifiers,
               coalesce((SELECT jsonb_object_agg(k.name, k.vals)
                  FROM (SELECT g.name, jsonb_agg(v.value ORDER BY v.value) AS vals
                          FROM (SELECT t.tag_id, t.value FROM cdp.tag_value AS t WHERE t.tag_id > 0 AND t.chunk = cdp.chunk_of(p.one_id) AND cdp._tag_has(t.base, t.changed, t.later, p.one_id)
                                UNION ALL
                                SELECT n.tag_id, cdp._tag_number_text(h.value_type, cdp._tag_number_get(n.base, n.changed, n.fresh, n.later, n.later_fresh, p.one_id))
                                  FROM cdp.tag_number AS n JOIN cdp.tag AS h USING (tag_id) WHERE n.tag_id > 0 AND n.chunk = cdp.chunk_of(p.one_id)) AS v
                          JOIN cdp.tag AS g USING (tag_id) WHERE v.value IS NOT NULL GROUP BY g.name) AS k), '{}') AS tags,
               ARRAY(SELECT a.name FROM cdp.audience_member AS m JOIN cdp.audience AS a USING (audience_id)
                      WHERE m.chunk = cdp.chunk_of(p.one_id) AND cdp.rb_contains(m.members, p.one_id) ORDER BY a.name)::text[] AS audiences,
               (SELECT min(i.first_seen) FROM cdp.identifier AS i WHERE i.one_id = p.one_id) AS first_seen,
               (SELECT max(i.last_seen) FROM cdp.identifier AS i WHERE i.one_id = p.one_id) AS last_seen,
               (SELECT count(*) FROM cdp.identifier AS i JOIN cdp.event AS e ON e.identifier_id = i.id WHERE i.one_id = p.one_id) AS events,
               p.created_at
          FROM cdp.person AS p WHERE p.merged_into IS NULL AND p.ended_at IS NULL;
    COMMENT ON VIEW cdp.v_profile IS 'one row per person with everything that is known of it; ask it by one_id';
    COMMENT ON COLUMN cdp.v_profile.one_id IS 'the person (unsigned)';
    COMMENT ON COLUMN cdp.v_profile.attributes IS '{"key": value}; personal ones (attribute_rule.pii) only for those who may read cdp.profile';
    COMMENT ON COLUMN cdp.v_profile.identifiers IS '{"type": ["value", ...]}';
    COMMENT ON COLUMN cdp.v_profile.tags IS '{"tag": ["value", ...]}; numbers and dates as text';
    COMMENT ON COLUMN cdp.v_profile.audiences IS 'names of the audiences that have it as a member, as of their last refresh';
    COMMENT ON COLUMN cdp.v_profile.first_seen IS 'earliest time of an event, link or attribute of one of its identifiers';
    COMMENT ON COLUMN cdp.v_profile.last_seen IS 'latest time of an event, link or attribute of one of its identifiers';
    COMMENT ON COLUMN cdp.v_profile.events IS 'how many events its identifiers have';
    COMMENT ON COLUMN cdp.v_profile.created_at IS 'when its OneID was given out';

    CREATE OR REPLACE VIEW cdp.v_person_attribute AS
        SELECT f.one_id, v.key AS attribute, v.value
          FROM cdp.profile AS f
         CROSS JOIN LATERAL cdp._attribute_values(
            CASE WHEN has_table_privilege('cdp.profile', 'SELECT') THEN f.attrs
                 ELSE f.attrs - ARRAY(SELECT r.key::text FROM cdp.attribute_rule AS r WHERE r.pii) END) AS v (key, value);
    COMMENT ON VIEW cdp.v_person_attribute IS 'one row per person and value of an attribute';
    COMMENT ON COLUMN cdp.v_person_attribute.one_id IS 'the person (unsigned)';
    COMMENT ON COLUMN cdp.v_person_attribute.attribute IS 'name of the attribute; personal ones (attribute_rule.pii) only for those who may read cdp.profile';
    COMMENT ON COLUMN cdp.v_person_attribute.value IS 'the value as text; of a list each value is a row';

    CREATE OR REPLACE VIEW cdp.v_attribute AS
        SELECT r.key AS attribute, r.type, r.keep, r.pii, r.description, coalesce(v.people, 0) AS people,
               coalesce(v.people, 0)::float8 / nullif(everyone.people, 0) AS share, coalesce(v.value_count, 0) AS value_count
          FROM cdp.attribute_rule AS r
          LEFT JOIN (SELECT v.key, cdp.rb_or_cardinality_agg(v.members) AS people, count(DISTINCT v.value) AS value_count
                       FROM cdp.profile_value AS v GROUP BY v.key) AS v USING (key)
         CROSS JOIN (
            SELECT sum(l.users)::int8 AS people FROM cdp.person_living AS l) AS everyone;
    COMMENT ON VIEW cdp.v_attribute IS 'coverage: one row per attribute, with its rule and how many people have it';
    COMMENT ON COLUMN cdp.v_attribute.attribute IS 'its name';
    COMMENT ON COLUMN cdp.v_attribute.type IS 'type of its values; NULL: whatever comes';
    COMMENT ON COLUMN cdp.v_attribute.keep IS 'which value counts: latest, first, max or min';
    COMMENT ON COLUMN cdp.v_attribute.pii IS 'does it name or locate the person?';
    COMMENT ON COLUMN cdp.v_attribute.people IS 'people who have a value';
    COMMENT ON COLUMN cdp.v_attribute.share IS 'people as a share of all persons';
    COMMENT ON COLUMN cdp.v_attribute.value_count IS 'different values';
END $$;
COMMENT ON FUNCTION cdp._setup_report_profile() IS 'internal: makes the views of profiles';
