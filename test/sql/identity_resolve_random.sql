-- Made-up graphs against the plain definition: whom the guards find, who is one person, and that
-- neither the order of rows nor the cutting into batches changes it.
\set VERBOSITY terse
SET client_min_messages = warning;
-- numbers that look random and are the same everywhere
CREATE FUNCTION dice(n int8, salt int8, sides int8) RETURNS int8 LANGUAGE sql IMMUTABLE
    RETURN abs(hashint8extended(n, salt)) % sides;
CREATE FUNCTION name(type text, number int8) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN type = 'phone' THEN '+86139' || lpad(number::text, 8, '0') ELSE number::text END;
CREATE TABLE raw AS
SELECT n, 'test' AS source, type_a, CASE WHEN hub IS NULL THEN name(type_a, number_a) ELSE 'hub' || hub END AS value_a,
       type_b, name(type_b, number_b) AS value_b,
       (timestamptz '2025-01-01 00:00Z' + dice(n, 6, 1000) * interval '1 hour')::text AS seen_at, NULL AS weight
  FROM (SELECT n, (ARRAY['phone', 'unionid', 'device_id', 'cookie_id'])[1 + dice(n, 1, 4)] AS type_a,
               -- every tenth row touches one of four hubs per type
               CASE WHEN dice(n, 8, 10) = 0 THEN dice(n, 2, 4) END AS hub, 10 + dice(n, 3, 700) AS number_a,
               (ARRAY['phone', 'unionid', 'device_id', 'cookie_id'])[1 + dice(n, 4, 4)] AS type_b, 10 + dice(n, 5, 700) AS number_b
          FROM generate_series(1, 1500) n) r;

-- the plain definition: the smallest number that can be reached, found by asking all neighbours
-- until nothing changes
CREATE FUNCTION reach() RETURNS TABLE (id int4, label int4) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    CREATE TEMP TABLE known ON COMMIT DROP AS
        SELECT i.id, i.id AS label FROM cdp.identifier i WHERE i.status = 'active';
    LOOP
        UPDATE known k SET label = s.label
          FROM (SELECT l.b AS id, min(k.label) AS label
                  FROM (SELECT a, b FROM cdp.link WHERE status = 'active'
                        UNION ALL SELECT b, a FROM cdp.link WHERE status = 'active') l (a, b)
                  JOIN known k ON k.id = l.a GROUP BY l.b) s
         WHERE k.id = s.id AND s.label < k.label;
        EXIT WHEN NOT FOUND;
    END LOOP;
    RETURN QUERY SELECT k.id, k.label FROM known k;
    DROP TABLE known;
END $$;
-- who is shared, counted over the rows themselves. Functions: views would stand in teardown's way.
SET check_function_bodies = off;
CREATE FUNCTION expected_shared() RETURNS TABLE (type text, value text) LANGUAGE sql AS $$
    SELECT DISTINCT p.type_a AS type, p.value_a AS value
      FROM (SELECT type_a, value_a, type_b, value_b FROM raw UNION SELECT type_b, value_b, type_a, value_a FROM raw) p
      JOIN cdp.id_type ta ON ta.name = p.type_a JOIN cdp.id_type tb ON tb.name = p.type_b
     WHERE ta.name <> tb.name
     GROUP BY p.type_a, p.value_a, p.type_b, tb.rank, ta.rank, tb.neighbour_limit
    HAVING count(DISTINCT p.value_b) > least(CASE WHEN tb.rank < ta.rank THEN 3 END, tb.neighbour_limit) $$;
CREATE FUNCTION found_shared() RETURNS TABLE (type text, value text) LANGUAGE sql AS $$
    SELECT t.name, i.value FROM cdp.identifier i JOIN cdp.id_type t USING (type_id) WHERE i.status = 'shared' $$;
-- what there is to know of everybody, by name
CREATE FUNCTION result() RETURNS TABLE (type text, value text, id int4, status text, one_id int4) LANGUAGE sql AS $$
    SELECT t.name, i.value, i.id, i.status, i.one_id FROM cdp.identifier i JOIN cdp.id_type t USING (type_id) $$;

SELECT cdp.setup('UTC') \g /dev/null
INSERT INTO cdp.landing_link SELECT source, type_a, value_a, type_b, value_b, seen_at, weight FROM raw ORDER BY n;
SELECT links_read, links_new FROM cdp.ingest();
SELECT links_read, blocked, shared, quarantined, merges FROM cdp.id_resolve();
(SELECT * FROM expected_shared() EXCEPT SELECT * FROM found_shared())
UNION ALL (SELECT * FROM found_shared() EXCEPT SELECT * FROM expected_shared());
CREATE TABLE first_result AS SELECT * FROM result();
-- same person if and only if reachable
SELECT count(*) AS identifiers, count(DISTINCT one_id) = count(DISTINCT label) AS as_many,
       count(DISTINCT (one_id, label)) = count(DISTINCT label) AS the_same
  FROM cdp.identifier JOIN reach() USING (id);
-- OneIDs are dense, in the order of the first sight of whoever was seen first of a person
SELECT count(*) AS out_of_order
  FROM (SELECT one_id, row_number() OVER (ORDER BY min(first_seen), min(id)) AS nth
          FROM (SELECT one_id, first_seen, id, first_value(id) OVER (PARTITION BY one_id ORDER BY first_seen, id) AS first_id
                  FROM cdp.identifier WHERE one_id IS NOT NULL) f
         WHERE id = first_id GROUP BY one_id) o WHERE one_id <> nth;

-- the same rows in another order: the same numbers, for identifiers and for people
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
INSERT INTO cdp.landing_link
SELECT source, type_b, value_b, type_a, value_a, seen_at, weight FROM raw ORDER BY dice(n, 99, 1000000);
SELECT links_read FROM cdp.ingest();
SELECT shared FROM cdp.id_resolve();
SELECT count(*) FROM (SELECT * FROM result() EXCEPT TABLE first_result) d;

-- the first load as one call: the same again, and the same links, however numbers are written
CREATE TABLE first_links AS SELECT a, b, source, weight, first_seen, last_seen, n, status, reason FROM cdp.link;
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
INSERT INTO cdp.landing_link
SELECT source, type_a, CASE n % 7 WHEN 0 THEN ' ' || value_a WHEN 1 THEN replace(value_a, '+86', '') WHEN 2 THEN replace(value_a, '+', '00') ELSE value_a END, CASE WHEN n % 5 = 0 THEN upper(type_b) ELSE type_b END, value_b,
       CASE WHEN n % 3 > 0 THEN to_char(seen_at::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ELSE seen_at END,
       CASE WHEN n % 2 = 0 THEN '1.0' END
  FROM raw ORDER BY dice(n, 98, 1000000);
INSERT INTO cdp.landing_link VALUES ('test', 'phone', '1', 'phone', NULL, NULL, NULL);
SELECT links_read, identifiers_new, persons_new, merges, blocked, shared, quarantined, splits FROM cdp.id_resolve();
SELECT count(*) FROM (SELECT * FROM result() EXCEPT TABLE first_result) d;
SELECT count(*) FROM (SELECT a, b, source, weight, first_seen, last_seen, n, status, reason FROM cdp.link
                      EXCEPT TABLE first_links) d;
SELECT (SELECT count(*) FROM cdp.link) = (SELECT count(*) FROM first_links) AS all_links, (SELECT count(*) FROM cdp.landing_link) AS left_over;
SELECT source_table, reason, row_count FROM cdp.v_quarantine WHERE source_table = 'landing_link';
SELECT severity, what FROM cdp.check() WHERE severity IN ('error', 'notice');
SELECT links_read, identifiers_new FROM cdp.id_resolve();

-- without guards eight batches make the same people as one
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp.setting_set('fanout_limit', '1000000') \g /dev/null
UPDATE cdp.id_type SET neighbour_limit = NULL, max_per_person = NULL;
INSERT INTO cdp.landing_link SELECT source, type_a, value_a, type_b, value_b, seen_at, weight FROM raw;
SELECT links_read FROM cdp.ingest();
SELECT shared, merges FROM cdp.id_resolve();
CREATE TABLE whole AS SELECT * FROM result();
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp.setting_set('fanout_limit', '1000000') \g /dev/null
UPDATE cdp.id_type SET neighbour_limit = NULL, max_per_person = NULL;
CREATE PROCEDURE batches(parts int, are_limited bool) LANGUAGE plpgsql AS $$
BEGIN
    FOR part IN 0 .. parts - 1 LOOP
        INSERT INTO cdp.landing_link
        SELECT source, type_a, value_a, type_b, value_b, seen_at, weight FROM raw WHERE dice(n, 7, parts) = part;
        PERFORM cdp.ingest();
        PERFORM cdp.id_resolve();
        -- after every batch, what is stored is what the definition says
        IF EXISTS (SELECT FROM cdp.identifier i JOIN reach() r USING (id)
                   HAVING count(DISTINCT i.one_id) <> count(DISTINCT r.label)
                       OR count(DISTINCT (i.one_id, r.label)) <> count(DISTINCT r.label)) THEN
            RAISE EXCEPTION 'batch %: not the people that the links say', part;
        END IF;
        IF are_limited THEN
            IF too_many() OR without_need() > 0 OR EXISTS (SELECT FROM cdp.link_queue) THEN
                RAISE EXCEPTION 'batch %: limits do not hold', part;
            END IF;
        END IF;
    END LOOP;
END $$;
CALL batches(8, false);
SELECT count(DISTINCT r.one_id) = count(DISTINCT w.one_id) AS as_many,
       count(DISTINCT (r.one_id, w.one_id)) = count(DISTINCT w.one_id) AS the_same
  FROM result() r JOIN whole w USING (type, value) WHERE r.one_id IS NOT NULL;
SELECT (SELECT count(*) FROM cdp.merge_log) > 100 AS many_merges, (SELECT count(*) FROM cdp.merge_log)
       = (SELECT count(*) FROM cdp.person WHERE merged_into IS NOT NULL) AS each_logged,
       (SELECT count(*) FROM cdp.merge_log WHERE survivor > absorbed) AS younger_survivors,
       (SELECT count(*) FROM cdp.merge_log m JOIN cdp.link l ON l.a = m.link_a AND l.b = m.link_b) = (SELECT count(*) FROM cdp.merge_log) AS with_evidence;
-- who absorbed whom leads to the living person, along the log
SELECT count(*) AS wrong
  FROM cdp.identifier i JOIN cdp.person p USING (one_id) WHERE p.merged_into IS NOT NULL;
SELECT severity, what FROM cdp.check() WHERE severity <> 'ok';

-- limits: the same people and the same refusals from ingest() and id_resolve(), from the first load, in any order
CREATE FUNCTION limit_types() RETURNS void LANGUAGE sql AS $$
    UPDATE cdp.id_type SET max_per_person = 3 WHERE name = 'phone';
    UPDATE cdp.id_type SET is_unique = true, max_per_person = 7 WHERE name = 'unionid';
    SELECT cdp.setting_set('id_size_cap', '12') $$;
CREATE FUNCTION links() RETURNS TABLE (a int4, b int4, source text, weight float8, status text, reason text) LANGUAGE sql AS $$
    SELECT a, b, source, weight, status, reason FROM cdp.link $$;
UPDATE raw SET source = 'test' || dice(n, 11, 2), weight = round((0.5 + dice(n, 10, 6) / 10.0), 1);
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
SELECT limit_types() \g /dev/null
INSERT INTO cdp.landing_link SELECT source, type_a, value_a, type_b, value_b, seen_at, weight FROM raw ORDER BY n;
SELECT links_read FROM cdp.ingest();
SELECT cdp.id_resolve() \g /dev/null
CREATE TABLE limited_result AS SELECT * FROM result();
CREATE TABLE limited_links AS SELECT * FROM links();
SELECT status, reason, count(*) > 5 AS several FROM limited_links WHERE status = 'limited' GROUP BY 1, 2 ORDER BY 1, 2;
-- the plain definition: one pair after the other, the best first, as long as nobody has too many
CREATE FUNCTION greedy() RETURNS TABLE (id int4, label int4) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    pair record;
BEGIN
    CREATE TEMP TABLE known ON COMMIT DROP AS
        SELECT i.id, i.id AS label, t.name AS type FROM cdp.identifier i JOIN cdp.id_type t USING (type_id) WHERE i.status = 'active';
    CREATE UNIQUE INDEX ON known (id);
    CREATE INDEX ON known (label);
    FOR pair IN
        SELECT * FROM (SELECT DISTINCT ON (a, b) a, b, weight, first_seen FROM cdp.link
                        WHERE status IN ('active', 'limited') ORDER BY a, b, weight DESC, first_seen) l
         ORDER BY weight DESC, first_seen, a, b
    LOOP
        UPDATE known SET label = o.one FROM (SELECT x.label AS one, y.label AS other FROM known x, known y WHERE x.id = pair.a AND y.id = pair.b) o
         WHERE label = o.other AND o.one <> o.other
           AND (SELECT count(*) <= 12 AND count(*) FILTER (WHERE m.type = 'phone') <= 3 AND count(*) FILTER (WHERE m.type = 'unionid') <= 1
                  FROM known m WHERE m.label IN (o.one, o.other));
    END LOOP;
    RETURN QUERY SELECT k.id, k.label FROM known k;
    DROP TABLE known;
END $$;
SELECT count(DISTINCT one_id) = count(DISTINCT label) AS as_many,
       count(DISTINCT (one_id, label)) = count(DISTINCT label) AS the_same
  FROM cdp.identifier JOIN greedy() USING (id);
SELECT count(*) AS limited_within FROM limited_links l JOIN limited_result x ON x.id = l.a JOIN limited_result y ON y.id = l.b
 WHERE l.status = 'limited' AND x.one_id = y.one_id;
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
SELECT limit_types() \g /dev/null
INSERT INTO cdp.landing_link SELECT source, type_b, value_b, type_a, value_a, seen_at, weight FROM raw ORDER BY dice(n, 97, 1000000);
SELECT cdp.id_resolve() \g /dev/null
SELECT count(*) FROM (SELECT * FROM result() EXCEPT TABLE limited_result) d;
SELECT count(*) FROM (SELECT * FROM links() EXCEPT TABLE limited_links) d;

-- in batches what was accepted stays: nobody ever has too many, and no link is refused without need
SELECT cdp.teardown(force => true) \g /dev/null
SELECT cdp.setup('UTC') \g /dev/null
SELECT limit_types() \g /dev/null
CREATE FUNCTION too_many() RETURNS bool LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM cdp.v_identity GROUP BY one_id
                   HAVING count(*) > 12 OR count(*) FILTER (WHERE type = 'phone') > 3 OR count(*) FILTER (WHERE type = 'unionid') > 1) $$;
CREATE FUNCTION without_need() RETURNS int8 LANGUAGE sql AS $$
    SELECT count(*) FROM cdp.link l JOIN cdp.identifier x ON x.id = l.a JOIN cdp.identifier y ON y.id = l.b
     WHERE l.status = 'limited'
       AND (SELECT count(*) <= 12 AND count(*) FILTER (WHERE type = 'phone') <= 3 AND count(*) FILTER (WHERE type = 'unionid') <= 1
              FROM cdp.v_identity v WHERE v.one_id IN (x.one_id, y.one_id)) $$;
CALL batches(4, true);
SELECT count(*) > 50 AS many_limited FROM cdp.link WHERE status = 'limited';
SELECT persons_new, merges, splits, refused, accepted FROM cdp.id_rebuild();
-- room again: of persons that are split or lose somebody the limited links are judged anew
SELECT count(*) > 0 AS split_up
  FROM (SELECT l.a, l.b FROM cdp.link l WHERE l.status = 'active' ORDER BY l.a, l.b LIMIT 40) l, cdp.id_unlink(l.a, l.b);
SELECT EXISTS (SELECT FROM cdp.link_queue) AS waiting;
SELECT links_read > 0 AS judged FROM cdp.id_resolve();
SELECT without_need(), too_many(), EXISTS (SELECT FROM cdp.link_queue) AS waiting;
SELECT persons_new, merges, splits, refused, accepted FROM cdp.id_rebuild();
SELECT severity, what FROM cdp.check() WHERE severity <> 'ok';
