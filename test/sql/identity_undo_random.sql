-- Random loads, merges, cuts, splits, blocks, approvals, erasures and expiries: after every step the people are exactly
-- the connected components of the links that are active, whoever has got another OneID has got it by the rules,
-- everything that holds people follows, and what was merged by one link comes apart with the OneIDs of before.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
-- limits of persons are the subject of identity_registry and identity_resolve_random
UPDATE cdp.id_type SET max_per_person = NULL;
-- bystanders, of whom tags say something as well: so what a refresh changes is little, and stored as a difference
UPDATE cdp.counter SET last = 300 WHERE name = 'one_id';
INSERT INTO cdp.person (one_id) SELECT generate_series(1, 300);
SELECT cdp.tag_define('all', 'SELECT one_id, one_id % 2 AS value FROM cdp.v_person') > 0 AS tag, cdp.audience_define('all', 'tag:all') > 0 AS audience,
       cdp.tag_define('sum', 'SELECT one_id, one_id % 7 AS value FROM cdp.v_person', value_type => 'number', on_merge => 'sum') > 0 AS numbers,
       cdp.tag_define('grade', kind => 'manual', value_type => 'enum') > 0 AS by_hand;
SELECT cdp.destination_define('sms', 'phone', consent => 'ignored') \g /dev/null

-- Every column that holds people, by name or by type, and what becomes of it. A new one has to be entered here:
--   follows: never shows somebody retired, ended or erased
--   a log: says what was; waits: by identifier, people are looked up; nothing: the register of people itself
CREATE TEMP TABLE holder (name text PRIMARY KEY, rule text);
INSERT INTO holder VALUES ('profile.one_id', 'follows'), ('profile_value.members', 'follows');
INSERT INTO holder VALUES ('tag_value.base', 'follows'), ('tag_value.changed', 'follows'), ('tag_value.later', 'follows'), ('tag_number.base', 'follows'), ('tag_number.changed', 'follows'), ('tag_number.later', 'follows'), ('tag_set_log.one_id', 'a log');
INSERT INTO holder VALUES ('audience_member.members', 'follows'),
    ('audience_change.entered', 'follows'), ('audience_change.left_members', 'follows'), ('audience_list.one_id', 'a log'), ('timeline_month.page', 'follows'),
    ('event_day_by.members', 'follows'), ('event_day_by.times', 'follows'), ('identifier.one_id', 'follows'), ('person_living.members', 'follows'),
    ('publication_holdout.members', 'a log'), ('timeline_batch.batch', 'waits'), ('event_day_leave.one_id', 'waits'),
    ('merge_log.survivor', 'a log'), ('merge_log.absorbed', 'a log'), ('split_log.one_id', 'a log'), ('split_log.part', 'a log'),
    ('identifier_history.one_id', 'a log'), ('erase_log.one_id', 'a log'), ('person.one_id', 'nothing'), ('person.merged_into', 'nothing');
CREATE FUNCTION holders() RETURNS TABLE (tab text, col text, kind text) LANGUAGE sql AS $$
    SELECT c.relname, a.attname, a.atttypid::regtype::text
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'cdp'::regnamespace AND c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       AND (a.atttypid IN (SELECT oid FROM pg_type WHERE typnamespace = 'cdp'::regnamespace AND typtype = 'b')
            OR a.attname IN ('changed', 'later') AND a.atttypid = 'bytea'::regtype
            OR a.attname ~ '^((.*_)?one_id|person|survivor|absorbed|merged_into|member|user_id|part)s?$' AND a.atttypid IN ('int4'::regtype, 'int8'::regtype, 'int4[]'::regtype)) $$;
SELECT coalesce(h.tab || '.' || h.col, r.name) AS "not covered, or not there" FROM holders() h FULL JOIN holder r ON r.name = h.tab || '.' || h.col
 WHERE h.tab IS NULL OR r.name IS NULL ORDER BY 1;
CREATE TEMP TABLE filled (name text PRIMARY KEY);
CREATE FUNCTION check_holders(step int, what text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    h record;
    people cdp.roaringbitmap;
    gone cdp.roaringbitmap := (SELECT cdp.rb_build_agg(one_id) FROM cdp.person WHERE merged_into IS NOT NULL OR ended_at IS NOT NULL);
BEGIN
    FOR h IN SELECT k.* FROM holders() k JOIN holder r ON r.name = k.tab || '.' || k.col AND r.rule = 'follows' LOOP
        EXECUTE format(CASE h.kind WHEN 'cdp.roaringbitmap' THEN 'SELECT cdp.rb_or_agg(%I) FROM cdp.%I' WHEN 'cdp.bsi' THEN 'SELECT cdp.rb_or_agg(cdp.bsi_ebm(%I)) FROM cdp.%I'
            WHEN 'bytea' THEN 'SELECT cdp.rb_or_agg(cdp._rb_unpack(%I)) FROM cdp.%I'
            WHEN 'cdp.timeline_page' THEN 'SELECT cdp.rb_or_agg(cdp.timeline_page_people(%I)) FROM cdp.%I' ELSE 'SELECT cdp.rb_build_agg(%I) FROM cdp.%I' END, h.col, h.tab) INTO people;
        IF cdp.rb_intersect(people, gone) THEN
            RAISE EXCEPTION 'step %, %: %.% holds %, who are nobody any more', step, what, h.tab, h.col, cdp.rb_to_array(cdp.rb_and(people, gone));
        END IF;
        INSERT INTO filled SELECT h.tab || '.' || h.col WHERE cdp.rb_cardinality(people) > 1 ON CONFLICT DO NOTHING;
    END LOOP;
    -- what was said by hand holds for whoever it was said of, together or apart
    IF EXISTS (SELECT FROM (SELECT DISTINCT ON (cdp._person_now(l.one_id)) cdp._person_now(l.one_id) AS one_id, l.value
                              FROM cdp.tag_set_log l ORDER BY cdp._person_now(l.one_id), l.seq DESC) AS said
               FULL JOIN (SELECT one_id, value FROM cdp.v_person_tag WHERE tag = 'grade') AS kept USING (one_id)
               WHERE said.value IS DISTINCT FROM kept.value) THEN
        RAISE EXCEPTION 'step %, %: the manual tag is not what its log says', step, what;
    END IF;
END $$;

CREATE FUNCTION dice(n int8, salt int8, sides int8) RETURNS int8 LANGUAGE sql IMMUTABLE
    RETURN abs(hashint8extended(n, salt)) % sides;
-- new links of one step: phones and mails of 60 people and a few devices that go round
CREATE FUNCTION load(first int, last int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO cdp.landing_link
    SELECT 's' || dice(n, 9, 2), (ARRAY['phone', 'email', 'device_id'])[1 + dice(n, 1, 3)], 'v' || dice(n, 2, 25),
           (ARRAY['phone', 'email', 'device_id'])[1 + dice(n, 3, 3)], 'v' || dice(n, 4, 25),
           (timestamptz '2025-01-01 00:00Z' + dice(n, 6, 1000) * interval '1 hour')::text, NULL
      FROM generate_series(first, last) step, generate_series(step * 100, step * 100 + 4) n;
    INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
    SELECT n, timestamptz '2025-01-01 00:00Z' + dice(n, 8, 1500) * interval '1 hour', 'view', 'phone', 'v' || dice(n, 5, 25)
      FROM generate_series(first, last) step, generate_series(step * 100, step * 100 + 2) n;
    INSERT INTO cdp.landing_profile (id_type, id_value, attrs, observed_at, source)
    SELECT (ARRAY['phone', 'email', 'device_id'])[1 + dice(n, 14, 3)], 'v' || dice(n, 15, 30), jsonb_build_object('city', dice(n, 16, 5)),
           (timestamptz '2025-01-01 00:00Z' + dice(n, 17, 100) * interval '1 hour')::text, 's3'
      FROM generate_series(first, last) step, generate_series(step * 100, step * 100 + 1) n;
    SELECT count(*) FROM cdp.ingest();
    SELECT count(*) FROM cdp.id_resolve() $$;
-- what is said of identifiers in a step, by two sources, of phones that are yet to come too
CREATE FUNCTION say(step int) RETURNS void LANGUAGE sql AS $$
    SELECT count(cdp.profile_set(t, 'v' || dice(step * 10 + n, 12, 25), jsonb_build_object('city', CASE WHEN v > 0 THEN v END, 'level', v % 2),
                                 's' || n, timestamptz '2025-01-01 00:00Z' + dice(step * 10 + n, 13, 100) * interval '1 hour'))
      FROM (SELECT n, (ARRAY['phone', 'email', 'device_id'])[1 + dice(step * 10 + n, 10, 3)] AS t, dice(step * 10 + n, 11, 5) AS v FROM generate_series(1, 3) n) s
     WHERE NOT cdp._is_erased(t, 'v' || dice(step * 10 + n, 12, 25)) $$;
-- of each person the values than which none was said later, the least of them; and who has them
CREATE FUNCTION check_profiles(step int, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE expected AS
    SELECT s.one_id, coalesce(jsonb_object_agg(s.key, s.value) FILTER (WHERE s.value <> 'null'), '{}') AS attrs
      FROM (SELECT k.one_id, k.key, min(k.value::text COLLATE "C")::jsonb AS value
              FROM (SELECT i.one_id, a.key, a.value, a.last_seen = max(a.last_seen) OVER (PARTITION BY i.one_id, a.key) AS is_last
                      FROM cdp.attribute a JOIN cdp.identifier i ON i.id = a.identifier_id WHERE i.one_id IS NOT NULL) k
             WHERE k.is_last GROUP BY 1, 2) s GROUP BY 1;
    IF EXISTS (SELECT FROM expected e FULL JOIN cdp.profile p USING (one_id) WHERE e.attrs IS DISTINCT FROM p.attrs) THEN
        RAISE EXCEPTION 'step %, %: profiles are not what was said', step, what;
    ELSIF EXISTS (SELECT FROM (SELECT DISTINCT e.one_id, k.key, k.value FROM expected e CROSS JOIN LATERAL jsonb_each_text(e.attrs) k) e
                    FULL JOIN (SELECT m.one_id, v.key, v.value FROM cdp.profile_value v CROSS JOIN LATERAL cdp.rb_iterate(v.members) m (one_id)) v USING (one_id, key, value)
                   WHERE e.one_id IS NULL OR v.one_id IS NULL) OR EXISTS (SELECT FROM cdp.profile_value v WHERE cdp.rb_is_empty(v.members)) THEN
        RAISE EXCEPTION 'step %, %: values are not those of the profiles', step, what;
    ELSIF EXISTS (SELECT FROM cdp.attribute_queue q LEFT JOIN cdp.identifier i ON i.id = q.identifier_id AND i.one_id IS NULL WHERE i.id IS NULL) THEN
        RAISE EXCEPTION 'step %, %: attributes wait that have a person', step, what;
    END IF;
    DROP TABLE expected;
END $$;
-- the plain definition: the smallest number that can be reached, found by asking all neighbours until nothing changes
CREATE FUNCTION reach() RETURNS TABLE (id int4, label int4) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    CREATE TEMP TABLE known AS SELECT i.id, i.id AS label FROM cdp.identifier i WHERE i.status = 'active';
    LOOP
        UPDATE known k SET label = s.label
          FROM (SELECT l.b AS id, min(k.label) AS label
                  FROM (SELECT a, b FROM cdp.link WHERE status = 'active' UNION ALL SELECT b, a FROM cdp.link WHERE status = 'active') l (a, b)
                  JOIN known k ON k.id = l.a GROUP BY l.b) s
         WHERE k.id = s.id AND s.label < k.label;
        EXIT WHEN NOT FOUND;
    END LOOP;
    RETURN QUERY SELECT k.id, k.label FROM known k;
    DROP TABLE known;
END $$;
CREATE TABLE was AS SELECT id, one_id, 0::int8 AS seq FROM cdp.identifier;
CREATE FUNCTION check_all(step int, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT i.id, i.one_id, c.component, r.label
                       FROM cdp.identifier i
                       JOIN cdp.components_of((SELECT cdp.components_agg(a, b)
                              FROM (SELECT id AS a, id AS b FROM cdp.identifier WHERE status = 'active'
                                    UNION ALL SELECT a, b FROM cdp.link WHERE status = 'active') e)) c ON c.node = i.id
                       JOIN reach() r ON r.id = i.id
                      WHERE i.status = 'active') p
        HAVING count(*) FILTER (WHERE one_id IS NULL) > 0 OR count(DISTINCT one_id) <> count(DISTINCT component)
            OR count(DISTINCT (one_id, component, label)) <> count(DISTINCT component) OR count(*) <> (SELECT count(*) FROM cdp.identifier WHERE status = 'active')) THEN
        RAISE EXCEPTION 'step %, %: the people are not what the links say', step, what;
    END IF;
    -- who was not split has the oldest OneID of those who came together, and nobody else's was changed
    IF EXISTS (SELECT FROM cdp.identifier i JOIN was w USING (id)
                WHERE i.one_id IS NOT NULL AND w.one_id IS NOT NULL
                  AND NOT EXISTS (SELECT FROM cdp.split_log s WHERE s.seq > w.seq AND (s.one_id = i.one_id OR s.part = i.one_id OR s.one_id = w.one_id))
                GROUP BY i.one_id HAVING min(w.one_id) <> i.one_id) THEN
        RAISE EXCEPTION 'step %, %: not the oldest OneID has survived', step, what;
    END IF;
    IF EXISTS (SELECT FROM cdp.identifier i JOIN was w USING (id)
                WHERE i.one_id <> w.one_id AND NOT EXISTS (SELECT FROM cdp.merge_log m WHERE m.seq > w.seq AND m.absorbed = w.one_id)
                  AND NOT EXISTS (SELECT FROM cdp.split_log s WHERE s.seq > w.seq AND s.one_id IN (w.one_id, i.one_id))) THEN
        RAISE EXCEPTION 'step %, %: a OneID has changed without a merge or a split', step, what;
    END IF;
    IF EXISTS (SELECT FROM cdp.identifier i WHERE (i.status = 'erased') <> (i.value LIKE ' %') OR (i.status = 'erased' AND i.one_id IS NOT NULL)) THEN
        RAISE EXCEPTION 'step %, %: who was erased is back', step, what;
    END IF;
    -- a OneID that was given out newly was never there before, and whoever had one has it in the register
    IF EXISTS (SELECT FROM cdp.counter c WHERE c.name = 'one_id' AND c.last <> (SELECT count(*) FROM cdp.person)) THEN
        RAISE EXCEPTION 'step %, %: OneIDs were lost or given out twice', step, what;
    END IF;
    TRUNCATE was;
    INSERT INTO was SELECT i.id, i.one_id, greatest((SELECT max(seq) FROM cdp.merge_log), (SELECT max(seq) FROM cdp.split_log), 0) FROM cdp.identifier i;
    PERFORM check_holders(step, what), check_profiles(step, what);
    IF EXISTS (SELECT FROM cdp._check_identity() WHERE severity = 'error') THEN
        RAISE EXCEPTION 'step %, %: %', step, what, (SELECT string_agg(k.what, '; ') FROM cdp._check_identity() k WHERE severity = 'error');
    END IF;
    -- whoever lives has identifiers, but for bystanders, and nobody else
    IF EXISTS (SELECT FROM (SELECT one_id FROM cdp.person WHERE merged_into IS NULL AND ended_at IS NULL AND one_id > 300) p
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
    CREATE TEMP TABLE profile_before AS SELECT one_id, attrs FROM cdp.profile;
    INSERT INTO cdp.link (a, b, source, first_seen, last_seen) VALUES (pair.a, pair.b, 'test', now(), now());
    INSERT INTO cdp.link_verdict VALUES (pair.a, pair.b, 'together', NULL);
    INSERT INTO cdp.link_queue VALUES (pair.a, pair.b);
    -- Where the guard objects to what one of them has by now, other links go too, and do not come back.
    IF (SELECT quarantined > 0 FROM cdp.id_resolve()) THEN
        INSERT INTO tally VALUES ('objected', true);
        PERFORM cdp.id_unlink(pair.a, pair.b);
        DROP TABLE before, profile_before;
        RETURN;
    END IF;
    INSERT INTO tally SELECT 'merged', count(DISTINCT one_id) = 1 FROM cdp.identifier WHERE id IN (pair.a, pair.b);
    PERFORM check_all(step, 'there');
    PERFORM cdp.id_unlink(pair.a, pair.b);
    IF EXISTS (SELECT FROM cdp.identifier i JOIN before b USING (id) WHERE i.one_id IS DISTINCT FROM b.one_id) THEN
        RAISE EXCEPTION 'step %: not everybody got his OneID back', step;
    ELSIF EXISTS (SELECT FROM cdp.profile p FULL JOIN profile_before b USING (one_id) WHERE p.attrs IS DISTINCT FROM b.attrs) THEN
        RAISE EXCEPTION 'step %: not everybody got his profile back', step;
    END IF;
    INSERT INTO tally SELECT 'profiles back', true WHERE EXISTS (SELECT FROM profile_before WHERE one_id IN (SELECT b.one_id FROM before b WHERE b.id IN (pair.a, pair.b)));
    DROP TABLE before, profile_before;
END $$;
CREATE PROCEDURE play(steps int) LANGUAGE plpgsql AS $$
DECLARE
    target record;
BEGIN
    FOR step IN 1 .. steps LOOP
        PERFORM load(step, step), say(step);
        COMMIT;
        PERFORM check_all(step, 'load');
        IF step % 5 = 0 THEN
            PERFORM CASE WHEN one_id % 2 = step % 2 THEN cdp.audience_include('all', one_id) ELSE cdp.audience_exclude('all', one_id) END
               FROM (SELECT DISTINCT one_id FROM cdp.identifier WHERE one_id IS NOT NULL ORDER BY one_id LIMIT 6 OFFSET dice(step, 22, 15)) AS listed;
            PERFORM cdp.outbox_publish('everyone', 'sms', holdout => 0.5, campaign => 'step ' || step);
            PERFORM cdp.tag_refresh('sum');
            PERFORM cdp.tag_set(one_id, 'grade', CASE WHEN dice(one_id, step, 4) > 0 THEN chr(96 + dice(one_id, step, 4)::int) END)
               FROM (SELECT DISTINCT one_id FROM cdp.identifier WHERE one_id IS NOT NULL ORDER BY one_id LIMIT 8 OFFSET dice(step, 23, 15)) AS said;
            PERFORM cdp.tag_refresh('all'), cdp.audience_refresh('all'), cdp.timeline_refresh();
            -- told by differences that take each other back, as two refreshes would leave them
            UPDATE cdp.tag_value SET (base, changed, later) = (SELECT m, cdp._rb_pack(m), cdp._rb_pack(m) FROM cdp._tag_members(base, changed, later) AS m);
            UPDATE cdp.tag_number SET (base, changed, fresh, later, later_fresh) = (
                SELECT m, cdp._rb_pack(cdp.bsi_ebm(m)), cdp._bsi_pack(m, cdp.bsi_ebm(m)), cdp._rb_pack(cdp.bsi_ebm(m)), cdp._bsi_pack(m, cdp.bsi_ebm(m))
                  FROM cdp._tag_numbers(base, changed, fresh, later, later_fresh) AS m);
            COMMIT;
            PERFORM check_holders(step, 'refresh');
        END IF;
        CASE dice(step, 20, 7)
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
             WHERE i.status IN ('blocked', 'shared') ORDER BY dice(i.id, step, 1000000), i.id LIMIT 1;
            CONTINUE WHEN NOT FOUND;
            PERFORM cdp.id_approve(target.name, target.value);
            PERFORM cdp.id_resolve();
        WHEN 5 THEN
            SELECT i.one_id INTO target FROM cdp.identifier i WHERE i.one_id IS NOT NULL GROUP BY 1 HAVING count(*) BETWEEN 2 AND 5 ORDER BY dice(i.one_id, step, 1000000) LIMIT 1;
            CONTINUE WHEN NOT FOUND;
            PERFORM cdp.person_erase(target.one_id, tombstone => true);
            IF EXISTS (SELECT FROM cdp.identifier i WHERE i.one_id = target.one_id) THEN RAISE EXCEPTION 'step %: not erased', step; END IF;
            INSERT INTO tally VALUES ('erased', true);
        ELSE
            SELECT t.name, i.value INTO target FROM cdp.identifier i JOIN cdp.id_type t USING (type_id)
             WHERE i.one_id IS NOT NULL ORDER BY dice(i.id, step, 1000000), i.id LIMIT 1;
            IF step % 2 = 0 THEN PERFORM cdp.id_remove(target.name, target.value); ELSE PERFORM cdp.id_block(target.name, target.value); END IF;
        END CASE;
        COMMIT;
        PERFORM check_all(step, 'change ' || dice(step, 20, 7));
        IF step % 3 = 0 THEN
            PERFORM there_and_back(step);
            COMMIT;
            PERFORM check_all(step, 'back');
        END IF;
        -- the links of devices run out, and come back when the time is no more
        IF step % 6 = 5 THEN
            UPDATE cdp.id_type SET ttl = '1 hour' WHERE name = 'device_id';
            INSERT INTO tally SELECT 'expired', e.expired > 0 AND e.splits > 0 AND e.revived = 0 FROM cdp.id_expire('2025-01-25 00:00Z') e;
            COMMIT;
            PERFORM check_all(step, 'expire');
            UPDATE cdp.id_type SET ttl = NULL WHERE name = 'device_id';
            INSERT INTO tally SELECT 'revived', e.revived > 0 AND e.expired + e.splits = 0 FROM cdp.id_expire() e;
            PERFORM cdp.id_resolve();
            COMMIT;
            PERFORM check_all(step, 'revive');
        END IF;
        -- Worked out again from nothing: nobody is refused who was accepted, and there is no more to do. But
        -- a guard's judgement may have lost its ground, when neighbours were blocked or links taken away.
        IF step % 4 = 0 THEN
            INSERT INTO tally SELECT 'rebuilt', r.blocked + r.refused + r.splits = 0 FROM cdp.id_rebuild() r;
            PERFORM check_all(step, 'rebuild');
            INSERT INTO tally SELECT 'settled', r.persons_new + r.merges + r.splits + r.blocked + r.shared + r.released + r.refused + r.accepted = 0
              FROM cdp.id_rebuild() r;
            COMMIT;
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
-- each that follows was put to the test
SELECT name AS "never filled" FROM holder WHERE rule = 'follows' EXCEPT TABLE filled;
SELECT severity, what FROM cdp.check() WHERE severity = 'error';
SELECT what, found, count(*) > 2 AS often FROM tally WHERE what <> 'objected' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) FILTER (WHERE part IS NULL) > 3 AS left_to_nobody, count(*) FILTER (WHERE is_restored) > 5 AS restored,
       count(*) FILTER (WHERE part IS NOT NULL AND NOT is_restored) > 5 AS new_persons FROM cdp.split_log;
SELECT (SELECT count(*) FROM cdp.merge_log) > 20 AS merges, (SELECT count(*) FROM cdp.identifier_history) > 100 AS histories;
SELECT cdp.teardown(true) > 0 AS gone;
