-- Taking links and identifiers away: persons split at once, get their OneIDs back, and the next load
-- does not undo it.
SELECT cdp.setup('UTC') \g /dev/null
-- limits of persons are the subject of identity_registry and identity_resolve_random
UPDATE cdp.id_type SET max_per_person = NULL;
SET timezone = 'UTC';
SET client_min_messages = warning;
SET datestyle = 'ISO';
CREATE VIEW people AS
    SELECT i.one_id, string_agg(i.value, ' ' ORDER BY i.value) AS identifiers
      FROM cdp.identifier i WHERE i.one_id IS NOT NULL GROUP BY 1;
CREATE FUNCTION link(a text, b text, source text DEFAULT 'crm', at text DEFAULT '2025-01-01') RETURNS void LANGUAGE sql AS $$
    INSERT INTO cdp.landing_link
    VALUES (source, split_part(a, ':', 1), split_part(a, ':', 2), split_part(b, ':', 1), split_part(b, ':', 2), at, NULL) $$;
CREATE FUNCTION run(OUT persons int8, OUT merges int8, OUT quarantined int8, OUT splits int8) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdp.ingest();
    SELECT r.persons_new, r.merges, r.quarantined, r.splits INTO persons, merges, quarantined, splits FROM cdp.id_resolve() r;
END $$;
CREATE FUNCTION id(value text) RETURNS int4 LANGUAGE sql AS 'SELECT i.id FROM cdp.identifier i WHERE i.value = id.value';
CREATE FUNCTION sound() RETURNS SETOF text LANGUAGE sql AS $$ SELECT what FROM cdp.check() WHERE severity IN ('error', 'warning') $$;

-- three persons with events, then merged in two steps by links of a third source
SELECT link('phone:a1', 'unionid:a2', 'crm', '2025-01-01'), link('phone:b1', 'unionid:b2', 'crm', '2025-01-02'),
       link('unionid:b2', 'email:b3', 'crm', '2025-01-02'), link('phone:c1', 'unionid:c2', 'crm', '2025-01-03');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT v || n, timestamp '2025-01-20' + n * interval '20 days', 'view', 'phone', v FROM unnest('{a1,b1,c1}'::text[]) v, generate_series(1, 2) n;
SELECT * FROM run();
SELECT people, events FROM cdp.timeline_refresh();
SELECT cdp.tag_define('crm', 'SELECT one_id FROM cdp.v_person') > 0 AS defined;
SELECT people FROM cdp.tag_refresh('crm');
SELECT link('phone:b1', 'phone:c1', 'import'), link('phone:b1', 'phone:c1', 'guess');
SELECT * FROM run();
SELECT link('unionid:a2', 'phone:b1', 'import');
SELECT * FROM run();
SELECT * FROM people ORDER BY 1;
SELECT cdp.rb_to_array(cdp.tag('crm')) AS tagged;
SELECT upto FROM cdp.id_changes_since(0) \gset

-- the last merge undone: both of the absorbed come apart together, under the older's OneID
SELECT * FROM cdp.id_unlink('phone', 'b1', 'unionid', 'a2');
SELECT * FROM people ORDER BY 1;
SELECT one_id, merged_into, ended_at FROM cdp.person ORDER BY 1;
SELECT one_id, month, cdp.timeline_count(tl) FROM cdp.person_timeline ORDER BY 1, 2;
SELECT people, events FROM cdp.timeline_refresh();
SELECT one_id, month, cdp.timeline_count(tl) FROM cdp.person_timeline ORDER BY 1, 2;
SELECT sum(cdp.bsi_sum(times)) FROM cdp.event_day WHERE code > 0;
SELECT * FROM sound();
-- of one source only: the other still says so
SELECT * FROM cdp.id_unlink(id('b1'), id('c1'), 'guess');
SELECT * FROM cdp.id_unlink(id('c1'), id('b1'), 'import');
SELECT * FROM people ORDER BY 1;
SELECT survivor, absorbed FROM cdp.merge_log ORDER BY seq;
SELECT one_id, part, is_restored, identifiers, run.kind, run.detail ->> 'by' = session_user AS by_me FROM cdp.split_log JOIN cdp.run USING (run_id) ORDER BY seq;
SELECT upto > :upto AS more, old, new, cdp.rb_to_array(touched) AS touched, cdp.rb_to_array(split) AS split FROM cdp.id_changes_since(:upto);
SELECT old, new FROM cdp.id_changes_since(0);
-- sent again, nothing changes; another source for the pair that was cut whole changes nothing either,
-- but one for the pair that was cut source by source does
SELECT link('unionid:a2', 'phone:b1', 'import'), link('unionid:a2', 'phone:b1', 'new source'), link('phone:b1', 'phone:c1', 'import');
SELECT * FROM run();
SELECT source, status, reason, n FROM cdp.link WHERE status <> 'active' ORDER BY 1;
SELECT link('phone:b1', 'phone:c1', 'new source');
SELECT * FROM run();
SELECT * FROM people ORDER BY 1;
SELECT count(*) AS histories, count(DISTINCT id) AS identifiers FROM cdp.identifier_history;
SELECT * FROM sound();

-- a person split by a list: what is listed is one person, even if no link says so
SELECT * FROM cdp.id_split(2, ARRAY[id('b3'), id('c2')]);
SELECT * FROM people ORDER BY 1;
SELECT type_a, value_a, type_b, value_b, source, status FROM cdp.id_person_links(cdp.one_id('email', 'b3'));
SELECT link('unionid:b2', 'email:b3', 'again'), link('phone:c1', 'unionid:c2', 'crm');
SELECT * FROM run();
-- all of it: nothing to do. An identifier: the person it held together falls apart
SELECT * FROM cdp.id_split(1, ARRAY[id('a1'), id('a2')]);
SELECT link('phone:h1', 'unionid:h0'), link('phone:h2', 'unionid:h0'), link('phone:h2', 'email:h3');
SELECT * FROM run();
SELECT * FROM cdp.id_remove('unionid', 'h0');
SELECT * FROM people WHERE identifiers ~ 'h' ORDER BY 1;
SELECT link('phone:h1', 'unionid:h0'), link('phone:h1', 'unionid:h0', 'other');
SELECT * FROM run();
SELECT * FROM cdp.id_remove('unionid', 'h0');
-- the other way round: a removed link is right after all
SELECT cdp.id_approve(id('h1'), id('h0'));
SELECT * FROM run();
SELECT * FROM people WHERE identifiers ~ 'h' ORDER BY 1;
-- links that wait are judged too
SELECT link('phone:w1', 'email:w1');
SELECT links_new FROM cdp.ingest();
SELECT * FROM cdp.id_unlink('phone', 'w1', 'email', 'w1', 'crm');
SELECT * FROM run();
SELECT * FROM people WHERE identifiers ~ 'w' ORDER BY 1;
\set SHOW_CONTEXT never
SELECT * FROM cdp.id_unlink(id('a1'), id('h1'));
SELECT * FROM cdp.id_unlink(1, NULL);
SELECT * FROM cdp.id_split(1, ARRAY[id('a1'), id('h1')]);
SELECT * FROM cdp.id_split(1, '{}');
SELECT * FROM cdp.id_split(NULL, ARRAY[id('a1')]);
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT * FROM cdp.id_unlink(1, 2);
ROLLBACK;
\unset SHOW_CONTEXT

-- the guard finds out late: links of earlier runs are withdrawn, and the merges they made with them
SELECT link('phone:t' || n, 'email:m' || n, 'crm', '2025-03-0' || n) FROM generate_series(1, 4) n;
SELECT * FROM run();
SELECT link('device_id:tab', 'phone:t' || n, 'app', '2025-03-10') FROM generate_series(1, 3) n;
SELECT * FROM run();
SELECT * FROM people WHERE identifiers ~ 't' ORDER BY 1;
SELECT link('device_id:tab', 'phone:t4', 'app', '2025-03-10');
SELECT * FROM run();
SELECT * FROM people WHERE identifiers ~ 't' ORDER BY 1;
SELECT type_a, value_a, status_a, type_b, value_b, status_b, reason, rejected FROM cdp.id_quarantine ORDER BY value_a;
-- one of its links is right: the tablet is hers, of the others nothing changes, then and later
SELECT cdp.id_approve(id('t2'), id('tab'));
SELECT * FROM run();
SELECT link('device_id:tab', 'phone:t5', 'app', '2025-03-11'), link('device_id:tab', 'phone:t1', 'app2', '2025-03-11');
SELECT * FROM run();
SELECT * FROM people WHERE identifiers ~ 't' ORDER BY 1;
SELECT cdp.id_reject(id('t3'), id('tab'));
SELECT l.status, count(*) FROM cdp.link l WHERE id('tab') IN (l.a, l.b) GROUP BY 1 ORDER BY 1;
-- the whole tablet is one person's: no guard takes it out again
SELECT * FROM cdp.id_share('device_id', 'tab');
SELECT DISTINCT rejected FROM cdp.id_quarantine;
SELECT cdp.id_approve('device_id', 'tab');
SELECT * FROM run();
SELECT link('device_id:tab', 'phone:t6', 'app', '2025-03-11');
SELECT * FROM run();
SELECT * FROM people WHERE identifiers ~ 't' ORDER BY 1;
SELECT * FROM cdp.id_share('device_id', 'tab');
SELECT link('device_id:tab', 'phone:t6', 'app3', '2025-03-11');
SELECT * FROM run();
-- blocked by hand: exact, for a type or all; a pattern spares what was approved
SELECT * FROM cdp.id_block('phone', ' T1 ');
SELECT * FROM cdp.id_block(NULL, '^[tm][24]$', 'pattern', 'test team');
SELECT i.value, t.name, i.status FROM cdp.identifier i JOIN cdp.id_type t USING (type_id) WHERE i.value ~ '^[tm]' ORDER BY 1, 2;
SELECT id_type, kind, value, reason FROM cdp.id_blocklist WHERE value ~ 't1|\[tm';
SELECT cdp.id_approve('phone', 't2');
SELECT * FROM run();
SELECT * FROM cdp.id_block('phone', '^t', 'pattern');
\set SHOW_CONTEXT never
SELECT * FROM cdp.id_block('phone', 't1', 'patern');
SELECT * FROM cdp.id_block('phone', NULL);
SELECT * FROM cdp.id_block('fone', 't1');
SELECT * FROM cdp.id_share('fone', 't1');
SELECT * FROM cdp.id_block('phone', 't1', 'exact', NULL);
SELECT cdp.id_reject(NULL::int4, 1);
\set SHOW_CONTEXT errors
SELECT * FROM people WHERE identifiers ~ 't' ORDER BY 1;
SELECT cdp.id_reject('phone', 't4');
SELECT value_a, rejected FROM cdp.id_quarantine WHERE 'phone' IN (type_a, type_b) AND 't4' IN (value_a, value_b) ORDER BY 1, 2;
\set SHOW_CONTEXT never
SELECT cdp.id_reject('phone', 't2');
SELECT cdp.id_reject(id('t2'), id('a1'));
SELECT cdp.id_approve(id('a1'), id('a2'));
SELECT * FROM cdp.id_share('phone', 'nobody');
SELECT * FROM cdp.id_remove('phone', 't4');
SELECT * FROM sound();
SELECT people IS NOT NULL AS refreshed FROM cdp.timeline_refresh();
SELECT sum(cdp.timeline_count(tl)) FROM cdp.person_timeline;
-- who keeps the OneID does not depend on how many identifiers there are: a row of them loses its end, is halved (the
-- older half, which came last, keeps it), and is merged with another and taken apart again
CREATE FUNCTION row_of(name text, many int, at timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO cdp.landing_link
    SELECT 'crm', 'row_id', name || n, 'row_id', name || n + 1, (at - n * interval '1 minute')::text, NULL
      FROM generate_series(1, many - 1) AS n $$;
CREATE FUNCTION taken_apart(name text, many int) RETURNS TABLE (step text, outcome text, part text, ends text) LANGUAGE plpgsql AS $$
DECLARE
    owner int4;
    other int4;
    run_outcome record;
BEGIN
    PERFORM row_of(name, many, '2025-04-01'), row_of(name || '_', many / 2, '2025-05-01'), run();
    owner := cdp.one_id('row_id', name || 1);
    other := cdp.one_id('row_id', name || '_1');
    FOR step IN SELECT unnest('{end,half,merged}'::text[]) LOOP
        IF step = 'merged' THEN
            PERFORM link('row_id:' || name || many, 'row_id:' || name || '_1', 'crm', '2025-06-01'), run();
        END IF;
        FOR run_outcome IN
            SELECT * FROM cdp.id_unlink('row_id', name || CASE step WHEN 'end' THEN 1 WHEN 'half' THEN many / 2 + 1 ELSE many END,
                                        'row_id', name || CASE step WHEN 'end' THEN '2' WHEN 'half' THEN (many / 2 + 2)::text ELSE '_1' END)
        LOOP
            outcome := run_outcome.outcome;
            part := CASE run_outcome.person WHEN owner THEN 'owner' WHEN other THEN 'other' ELSE 'new' END
                    || CASE run_outcome.size WHEN many - 1 THEN ', all but one' WHEN many / 2 THEN ', half' WHEN 1 THEN ', one' WHEN many / 2 - 1 THEN ', half but one' ELSE ', ' || run_outcome.size END;
            SELECT CASE WHEN bool_or(i.value = name || many) THEN 'the older end' ELSE '' END INTO ends FROM cdp.identifier AS i WHERE i.one_id = run_outcome.person;
            RETURN NEXT;
        END LOOP;
    END LOOP;
END $$;
SELECT FROM cdp._id_types_learn('{row_id}');
UPDATE cdp.id_type SET max_per_person = NULL WHERE name = 'row_id';
SELECT * FROM taken_apart('few', 21);
SELECT count(*) AS differ FROM (SELECT * FROM taken_apart('many', 421) EXCEPT ALL SELECT * FROM taken_apart('less', 21)) AS d;
DROP FUNCTION row_of, taken_apart;
DROP VIEW people;
SELECT cdp.teardown(true) > 0 AS gone;
