-- Random loads, merges, cuts, splits, blocks and approvals: after every step the people are exactly the
-- connected components of the links that are active, everything agrees with everything, and what was
-- merged by one link comes apart with the OneIDs of before.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
CREATE FUNCTION dice(n int8, salt int8, sides int8) RETURNS int8 LANGUAGE sql IMMUTABLE
    RETURN abs(hashint8extended(n, salt)) % sides;
-- new links of one step: phones and mails of 60 people and a few devices that go round
CREATE FUNCTION load(first int, last int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO cdp.landing_link
    SELECT 's' || dice(n, 9, 2), (ARRAY['phone', 'email', 'device_id'])[1 + dice(n, 1, 3)], 'v' || dice(n, 2, 25),
           (ARRAY['phone', 'email', 'device_id'])[1 + dice(n, 3, 3)], 'v' || dice(n, 4, 25),
           (timestamptz '2025-01-01 00:00Z' + dice(n, 6, 1000) * interval '1 hour')::text, NULL
      FROM generate_series(first, last) step, generate_series(step * 100, step * 100 + 4) n;
    SELECT count(*) FROM cdp.ingest();
    SELECT count(*) FROM cdp.id_resolve() $$;
CREATE FUNCTION check_all(step int, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT i.id, i.one_id, c.component
                       FROM cdp.identifier i
                       JOIN cdp.components_of((SELECT cdp.components_agg(a, b)
                              FROM (SELECT id AS a, id AS b FROM cdp.identifier WHERE status = 'active'
                                    UNION ALL SELECT a, b FROM cdp.link WHERE status = 'active') e)) c ON c.node = i.id
                      WHERE i.status = 'active') p
        HAVING count(*) FILTER (WHERE one_id IS NULL) > 0 OR count(DISTINCT one_id) <> count(DISTINCT component)
            OR count(DISTINCT (one_id, component)) <> count(DISTINCT component)) THEN
        RAISE EXCEPTION 'step %, %: the people are not what the links say', step, what;
    END IF;
    IF EXISTS (SELECT FROM cdp._check_identity() WHERE severity = 'error') THEN
        RAISE EXCEPTION 'step %, %: %', step, what, (SELECT string_agg(k.what, '; ') FROM cdp._check_identity() k WHERE severity = 'error');
    END IF;
    -- whoever lives has identifiers, and nobody else
    IF EXISTS (SELECT FROM (SELECT one_id FROM cdp.person WHERE merged_into IS NULL AND ended_at IS NULL) p
               FULL JOIN (SELECT DISTINCT one_id FROM cdp.identifier WHERE one_id IS NOT NULL) i USING (one_id)
               WHERE p.one_id IS NULL OR i.one_id IS NULL) THEN
        RAISE EXCEPTION 'step %, %: persons without identifiers, or the other way round', step, what;
    END IF;
    -- histories have no overlaps, and end where the present begins
    IF EXISTS (SELECT FROM (SELECT h.id, h.until, lead(h.since, 1, i.since) OVER (PARTITION BY h.id ORDER BY h.since) AS next
                              FROM cdp.identifier_history h JOIN cdp.identifier i USING (id)) h WHERE until <> next) THEN
        RAISE EXCEPTION 'step %, %: histories with holes', step, what;
    END IF;
END $$;
CREATE TABLE tally (what text, found bool);
-- a link between two persons joins them; taken away again, everybody is who he was
CREATE FUNCTION there_and_back(step int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    pair record;
BEGIN
    SELECT least(a.id, b.id) AS a, greatest(a.id, b.id) AS b INTO pair
      FROM cdp.identifier a JOIN cdp.identifier b ON b.one_id <> a.one_id
      LEFT JOIN cdp.link_verdict v ON (v.a, v.b) = (least(a.id, b.id), greatest(a.id, b.id))
     WHERE v.a IS NULL ORDER BY dice(a.id, step, 1000), dice(b.id, step, 1000), a.id, b.id LIMIT 1;
    CREATE TEMP TABLE before AS SELECT id, one_id FROM cdp.identifier;
    INSERT INTO cdp.link (a, b, source, first_seen, last_seen) VALUES (pair.a, pair.b, 'test', now(), now());
    INSERT INTO cdp.link_verdict VALUES (pair.a, pair.b, 'together', NULL);
    INSERT INTO cdp.link_queue VALUES (pair.a, pair.b);
    -- Where the guard objects to what one of them has by now, other links go too, and do not come back.
    IF (SELECT quarantined > 0 FROM cdp.id_resolve()) THEN
        INSERT INTO tally VALUES ('objected', true);
        PERFORM cdp.id_unlink(pair.a, pair.b);
        DROP TABLE before;
        RETURN;
    END IF;
    INSERT INTO tally SELECT 'merged', count(DISTINCT one_id) = 1 FROM cdp.identifier WHERE id IN (pair.a, pair.b);
    PERFORM check_all(step, 'there');
    PERFORM cdp.id_unlink(pair.a, pair.b);
    IF EXISTS (SELECT FROM cdp.identifier i JOIN before b USING (id) WHERE i.one_id IS DISTINCT FROM b.one_id) THEN
        RAISE EXCEPTION 'step %: not everybody got his OneID back', step;
    END IF;
    DROP TABLE before;
END $$;
CREATE PROCEDURE play(steps int) LANGUAGE plpgsql AS $$
DECLARE
    target record;
BEGIN
    FOR step IN 1 .. steps LOOP
        PERFORM load(step, step);
        COMMIT;
        PERFORM check_all(step, 'load');
        CASE dice(step, 20, 6)
        WHEN 0, 1 THEN
            SELECT l.a, l.b INTO target FROM cdp.link l WHERE l.status = 'active' ORDER BY dice(l.a * 1000 + l.b, step, 1000000) LIMIT 1;
            PERFORM cdp.id_unlink(target.a, target.b, CASE WHEN step % 3 = 0 THEN (SELECT min(source) FROM cdp.link l WHERE (l.a, l.b) = (target.a, target.b)) END);
        WHEN 2 THEN
            SELECT i.one_id, array_agg(i.id ORDER BY i.id) AS ids INTO target FROM cdp.identifier i
             WHERE i.one_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1;
            PERFORM cdp.id_split(target.one_id, target.ids[:1 + dice(step, 21, cardinality(target.ids))]);
        WHEN 3 THEN
            SELECT t.name, i.value INTO target FROM cdp.identifier i JOIN cdp.id_type t USING (type_id)
             WHERE i.one_id IS NOT NULL ORDER BY dice(i.id, step, 1000000), i.id LIMIT 1;
            PERFORM cdp.id_share(target.name, target.value);
        WHEN 4 THEN
            SELECT t.name, i.value INTO target FROM cdp.identifier i JOIN cdp.id_type t USING (type_id)
             WHERE i.status <> 'active' ORDER BY dice(i.id, step, 1000000), i.id LIMIT 1;
            CONTINUE WHEN NOT FOUND;
            PERFORM cdp.id_approve(target.name, target.value);
            PERFORM cdp.id_resolve();
        ELSE
            SELECT t.name, i.value INTO target FROM cdp.identifier i JOIN cdp.id_type t USING (type_id)
             WHERE i.one_id IS NOT NULL ORDER BY dice(i.id, step, 1000000), i.id LIMIT 1;
            IF step % 2 = 0 THEN PERFORM cdp.id_remove(target.name, target.value); ELSE PERFORM cdp.id_block(target.name, target.value); END IF;
        END CASE;
        COMMIT;
        PERFORM check_all(step, 'change ' || dice(step, 20, 6));
        IF step % 3 = 0 THEN
            PERFORM there_and_back(step);
            COMMIT;
            PERFORM check_all(step, 'back');
        END IF;
        -- loaded again, nothing changes
        IF step % 12 = 0 THEN
            CREATE TEMP TABLE state AS SELECT id, one_id, status FROM cdp.identifier;
            PERFORM load(1, step);
            INSERT INTO tally SELECT 'learned again', true FROM cdp.identifier JOIN state s USING (id)
             WHERE (identifier.one_id, identifier.status) IS DISTINCT FROM (s.one_id, s.status);
            DROP TABLE state;
            COMMIT;
        END IF;
    END LOOP;
END $$;
CALL play(24);
SELECT what, found, count(*) > 5 AS often FROM tally WHERE what <> 'objected' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) FILTER (WHERE part IS NULL) > 3 AS left_to_nobody, count(*) FILTER (WHERE is_restored) > 5 AS restored,
       count(*) FILTER (WHERE part IS NOT NULL AND NOT is_restored) > 5 AS new_persons FROM cdp.split_log;
SELECT (SELECT count(*) FROM cdp.merge_log) > 20 AS merges, (SELECT count(*) FROM cdp.identifier_history) > 100 AS histories;
SELECT cdp.teardown(true) > 0 AS gone;
