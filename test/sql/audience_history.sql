-- Who entered and who left audiences, who was a member when, lists by hand; and all of it through merges and erasures.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SELECT cdp.setup('UTC');
INSERT INTO cdp.person (one_id) SELECT n FROM generate_series(1, 12) AS n UNION ALL SELECT n * 1048576 FROM generate_series(1, 3) AS n;
CREATE TABLE src (one_id int);
SELECT cdp.audience_define('a', sql => 'SELECT one_id FROM src') > 0 AS defined;
CREATE VIEW snapshots AS SELECT row_number() OVER (ORDER BY snapshot_id) AS nth, snapshot_id, computed_at, members_kept, error FROM cdp.audience_snapshot;
CREATE FUNCTION refresh(people int[]) RETURNS TABLE (users int8, entered int8, left_users int8) LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM src;
    INSERT INTO src SELECT unnest(people);
    RETURN QUERY SELECT r.users, r.entered, r.left_users FROM cdp.audience_refresh('a') AS r;
END $$;
CREATE FUNCTION nth(n int8) RETURNS int8 LANGUAGE sql AS 'SELECT snapshot_id FROM snapshots WHERE nth = n';
-- not yet refreshed
SELECT * FROM cdp.audience_delta('a', since => now());
SELECT cdp._audience_members_at((SELECT audience_id FROM cdp.audience), now(), 0);
SELECT * FROM refresh('{1,2,3,1048576,2097152}');
SELECT * FROM refresh('{2,3,4,1048576}');
SELECT * FROM refresh('{1,3,5,1048576,3145728}');
SELECT * FROM refresh('{1,3,5,1048576,3145728}');
-- one row per chunk that changed
SELECT nth, chunk, cdp.rb_to_array(entered) AS entered, cdp.rb_to_array(left_members) AS left_members FROM cdp.audience_change JOIN snapshots USING (snapshot_id) ORDER BY nth, chunk;
-- 1 left and came back, 4 came and left: neither
SELECT nth, change, string_agg(one_id::text, ' ' ORDER BY one_id) AS people
  FROM snapshots, cdp.audience_delta('a', snapshot => snapshot_id) GROUP BY nth, change ORDER BY nth, change;
SELECT nth, cdp.rb_to_array(d.entered) AS entered, cdp.rb_to_array(d.left_members) AS left_members
  FROM snapshots, cdp.audience_delta_bitmap('a', since => computed_at) AS d ORDER BY nth;
SELECT s.nth, cdp.rb_to_array(cdp.rb_or_agg(cdp._audience_members_at(a.audience_id, s.computed_at, c))) AS members_then
  FROM snapshots AS s, cdp.audience AS a, generate_series(0, 3) AS c GROUP BY s.nth ORDER BY s.nth;
SELECT cdp.rb_to_array(cdp._audience_members_at(audience_id, 'infinity', 0)) FROM cdp.audience;
SELECT cdp._audience_members_at(audience_id, '2000-01-01', 0) FROM cdp.audience;
SELECT * FROM cdp.audience_delta('a', since => '2000-01-01');
SELECT * FROM cdp.audience_delta('a', snapshot => 0);
SELECT * FROM cdp.audience_delta('a');
SELECT * FROM cdp.audience_delta('a', now(), 1);
SELECT * FROM cdp.audience_delta('b', now());
-- a refresh that fails is a row without change: asked since then, it is since the one before
SELECT cdp.audience_define('a', sql => 'SELECT one_id / 0 AS one_id FROM src') > 0 AS defined;
SELECT users, error FROM cdp.audience_refresh('a');
SELECT cdp.audience_define('a', sql => 'SELECT one_id FROM src') > 0 AS defined;
SELECT * FROM refresh('{1,3,5,1048576}');
SELECT d.* FROM cdp.audience_delta('a', snapshot => nth(5)) AS d;
SELECT d.* FROM cdp.audience_delta('a', since => (SELECT computed_at FROM snapshots WHERE nth = 5)) AS d;

-- merges: 5 entered with the third snapshot, its survivor 2 was there with the first two: together they never left
BEGIN;
CREATE FUNCTION merge(absorbed_id int[], survivor_id int[]) RETURNS void LANGUAGE sql AS $$
    UPDATE cdp.person p SET merged_into = m.s, merged_at = now() FROM unnest(absorbed_id, survivor_id) m (a, s) WHERE p.one_id = m.a;
    INSERT INTO cdp.merge_log (survivor, absorbed) SELECT m.s, m.a FROM unnest(absorbed_id, survivor_id) m (a, s) $$;
SELECT merge('{5,3145728}', '{2,4}');
SELECT nth, chunk, cdp.rb_to_array(entered) AS entered, cdp.rb_to_array(left_members) AS left_members FROM cdp.audience_change JOIN snapshots USING (snapshot_id) ORDER BY nth, chunk;
SELECT s.nth, cdp.rb_to_array(cdp.rb_or_agg(cdp._audience_members_at(a.audience_id, s.computed_at, c))) AS members_then
  FROM snapshots AS s, cdp.audience AS a, generate_series(0, 3) AS c GROUP BY s.nth ORDER BY s.nth;
ROLLBACK;

-- what is kept: the last three refreshes, or as long as is asked for
UPDATE cdp.audience SET keep_snapshots = 3;
SELECT * FROM refresh('{1,3,5,6}');
SELECT nth, members_kept, error IS NOT NULL AS failed FROM snapshots ORDER BY nth;
SELECT nth FROM cdp.audience_change JOIN snapshots USING (snapshot_id) GROUP BY nth ORDER BY nth;
SELECT * FROM cdp.audience_delta('a', snapshot => nth(3));
SELECT count(*) FROM cdp.audience_delta('a', snapshot => nth(4));
UPDATE cdp.audience SET keep_snapshots = NULL, keep_for = '1 hour';
UPDATE cdp.audience_snapshot SET computed_at = computed_at - interval '2 hours' WHERE snapshot_id <= nth(6);
SELECT * FROM refresh('{1,3,5,6}');
SELECT nth, members_kept FROM snapshots WHERE members_kept ORDER BY nth;
UPDATE cdp.audience SET keep_snapshots = 0;
UPDATE cdp.audience SET keep_for = '-1 day';

-- by hand: 7 is in, 3 is out, whatever the query says; the last word counts
SELECT cdp.audience_include('a', 7, 'asked for it'), cdp.audience_include('a', 3), cdp.audience_exclude('a', 3, 'a complaint');
SELECT one_id, listed, is_member, added_by = session_user AS me, note FROM cdp.audience_list('a');
SELECT users, entered, left_users FROM cdp.audience_refresh('a');
SELECT one_id, listed, is_member, note FROM cdp.audience_list('a');
SELECT cdp.audience_unlist('a', 3), cdp.audience_unlist('a', 8);
SELECT users, entered, left_users FROM cdp.audience_refresh('a');
INSERT INTO cdp.identifier (id, type_id, value, one_id, first_seen, last_seen)
SELECT n, type_id, '+86139' || to_char(n, 'FM00000000'), NULLIF(8 * n, 16), now(), now() FROM cdp.id_type, generate_series(1, 2) AS n WHERE name = 'phone';
SELECT cdp.audience_exclude('a', 'phone', '13900000001'), cdp.audience_include('a', 'phone', '13900000001', 'after all');
SELECT one_id, listed, is_member, note FROM cdp.audience_list('a');
SELECT cdp.audience_unlist('a', 'phone', '13900000001');
SELECT cdp.audience_include('a', 'phone', '13900000002');
SELECT cdp.audience_include('a', 'phone', '13900000003');
SELECT cdp.audience_include('a', 99);
SELECT cdp.audience_include('b', 1);
-- lists follow merges; who is excluded under one of his numbers is out
BEGIN;
SELECT cdp.audience_exclude('a', 9), cdp.audience_include('a', 10), cdp.audience_include('a', 11), cdp.audience_exclude('a', 6);
UPDATE cdp.person SET merged_into = CASE one_id WHEN 9 THEN 7 WHEN 10 THEN 6 ELSE 12 END WHERE one_id IN (9, 10, 11);
INSERT INTO cdp.merge_log (survivor, absorbed) VALUES (7, 9), (6, 10), (12, 11);
SELECT one_id, listed, is_member, note FROM cdp.audience_list('a');
-- a number of before means who he is now
SELECT cdp.audience_include('a', 11, 'by his old number');
SELECT users, entered, left_users FROM cdp.audience_refresh('a');
SELECT one_id, listed, is_member, note FROM cdp.audience_list('a');
SELECT jsonb_object_agg(key, value) AS removed FROM cdp.person_erase(12), jsonb_each(removed) WHERE key LIKE 'audience%';
SELECT one_id, listed, is_member, note FROM cdp.audience_list('a');
ROLLBACK;

-- Random refreshes, merges in chains and erasures: every snapshot that is kept shows who was a member, told of the people
-- of now, and what lies between two of them is what entered and left.
DELETE FROM cdp.audience;
INSERT INTO cdp.person (one_id) SELECT n FROM generate_series(13, 40) AS n UNION ALL SELECT n FROM generate_series(1048577, 1048600) AS n;
CREATE TABLE drawn (name text, one_id int);
CREATE TABLE told (audience_id int, snapshot_id int8, one_id int, PRIMARY KEY (audience_id, snapshot_id, one_id));
CREATE FUNCTION dice(n int8, salt int8, sides int8) RETURNS int8 LANGUAGE sql IMMUTABLE RETURN abs(hashint8extended(n, salt)) % sides;
SELECT cdp.audience_define(name, sql => format('SELECT one_id FROM drawn WHERE name = %L', name)) > 0 AS defined FROM unnest('{x,y}'::text[]) AS name;
CREATE FUNCTION play(steps int) RETURNS TABLE (merges int8, refreshes int8, compared int8) LANGUAGE plpgsql AS $$
DECLARE
    living int[];
    m record;
BEGIN
    compared := 0;
    FOR step IN 1 .. steps LOOP
        INSERT INTO cdp.person (one_id, created_at) SELECT 100 + step + step % 2 * 1048576 + n, clock_timestamp() FROM unnest('{0,1000}'::int[]) n;
        living := ARRAY(SELECT one_id FROM cdp.person p WHERE merged_into IS NULL AND NOT EXISTS (SELECT FROM cdp.erase_log e WHERE e.one_id = p.one_id) ORDER BY one_id);
        CASE
        WHEN dice(step, 1, 3) > 0 THEN
            TRUNCATE drawn;
            INSERT INTO drawn SELECT n.name, u FROM unnest('{x,y}'::text[]) AS n (name), unnest(living) AS u WHERE dice(step * 10000000::int8 + u, ascii(n.name), 100) < 40;
            IF step % 7 = 0 THEN
                PERFORM cdp.audience_exclude('x', living[1 + step % 20]), cdp.audience_include('y', living[2 + step % 20]);
            END IF;
            PERFORM cdp.audience_refresh('x'), cdp.audience_refresh('y');
            INSERT INTO told SELECT a.audience_id, s.snapshot_id, u FROM cdp.audience a
              JOIN LATERAL (SELECT max(snapshot_id) AS snapshot_id FROM cdp.audience_snapshot s WHERE s.audience_id = a.audience_id) s ON true
              JOIN cdp.audience_member v USING (audience_id) CROSS JOIN LATERAL cdp.rb_iterate(v.members) u;
        WHEN dice(step, 2, 3) = 0 THEN
            PERFORM cdp.person_erase(living[1 + dice(step, 3, cardinality(living))]);
            DELETE FROM told USING cdp.erase_log e WHERE e.one_id = told.one_id;
        ELSE
            -- one or two at once, of which the second may absorb the first
            FOR m IN SELECT living[i] AS survivor, living[i + j] AS absorbed, living[i + 2 * j] AS next
                       FROM (SELECT 1 + dice(step, 4, cardinality(living) - 12) AS i, 1 + dice(step, 5, 6) AS j) AS r LOOP
                UPDATE cdp.person SET merged_into = m.survivor WHERE one_id = m.absorbed;
                IF step % 2 = 0 THEN
                    UPDATE cdp.person SET merged_into = m.absorbed WHERE one_id = m.next;
                    INSERT INTO told SELECT audience_id, snapshot_id, m.survivor FROM told WHERE one_id = m.next ON CONFLICT DO NOTHING;
                    DELETE FROM told WHERE one_id = m.next;
                END IF;
                INSERT INTO cdp.merge_log (survivor, absorbed) SELECT m.absorbed, m.next WHERE step % 2 = 0 UNION ALL SELECT m.survivor, m.absorbed;
                INSERT INTO told SELECT audience_id, snapshot_id, m.survivor FROM told WHERE one_id = m.absorbed ON CONFLICT DO NOTHING;
                DELETE FROM told WHERE one_id = m.absorbed;
            END LOOP;
        END CASE;
        IF EXISTS (SELECT FROM cdp.audience_change c, cdp.rb_iterate(cdp.rb_or(c.entered, c.left_members)) i (one_id)
                    WHERE i.one_id <> ALL (living) OR EXISTS (SELECT FROM cdp.person p WHERE p.one_id = i.one_id AND p.merged_into IS NOT NULL)
                       OR EXISTS (SELECT FROM cdp.erase_log e WHERE e.one_id = i.one_id))
           OR EXISTS (SELECT FROM cdp.audience a CROSS JOIN LATERAL cdp.audience_list(a.name) l JOIN cdp.person p USING (one_id) WHERE p.merged_into IS NOT NULL)
           OR EXISTS (SELECT FROM cdp.audience_list l JOIN cdp.erase_log e USING (one_id)) THEN
            RAISE EXCEPTION 'step %: somebody retired is told of', step;
        END IF;
        IF EXISTS (SELECT FROM cdp.audience_snapshot s
                    WHERE s.members_kept AND cdp.rb_not_equals((SELECT cdp.rb_or_agg(cdp._audience_members_at(s.audience_id, s.computed_at, c)) FROM generate_series(0, 3) c),
                          coalesce((SELECT cdp.rb_build_agg(t.one_id) FROM told t WHERE t.snapshot_id = s.snapshot_id), '{}'))) THEN
            RAISE EXCEPTION 'step %: not the members of then', step;
        END IF;
        IF EXISTS (SELECT FROM cdp.audience_snapshot s JOIN cdp.audience a USING (audience_id)
                    CROSS JOIN LATERAL cdp.audience_delta_bitmap(a.name, snapshot => s.snapshot_id) d
                    CROSS JOIN LATERAL (SELECT coalesce(cdp.rb_build_agg(t.one_id), '{}') AS people FROM told t WHERE t.snapshot_id = s.snapshot_id) b
                    CROSS JOIN LATERAL (SELECT cdp.rb_or_agg(v.members) AS people FROM cdp.audience_member v WHERE v.audience_id = a.audience_id) n
                    WHERE s.members_kept AND NOT (cdp.rb_equals(d.entered, cdp.rb_andnot(n.people, b.people)) AND cdp.rb_equals(d.left_members, cdp.rb_andnot(b.people, n.people)))) THEN
            RAISE EXCEPTION 'step %: not who entered and left', step;
        END IF;
        compared := compared + (SELECT count(*) FROM cdp.audience_snapshot WHERE members_kept);
    END LOOP;
    SELECT count(*) INTO merges FROM cdp.merge_log;
    SELECT count(*) INTO refreshes FROM cdp.audience_snapshot;
    RETURN NEXT;
END $$;
UPDATE cdp.audience SET keep_snapshots = CASE name WHEN 'x' THEN 16 ELSE 6 END;
SELECT merges > 10 AS merged, refreshes > 40 AS refreshed, compared > 400 AS compared FROM play(45);
SELECT count(*) > 0 AS erased FROM cdp.erase_log;
DROP VIEW snapshots;
DROP TABLE src, drawn, told;
DROP FUNCTION refresh, nth, dice, play;
SELECT cdp.teardown(true) > 0 AS gone;

-- What is said by hand comes apart again when people do: kept out before a merge that is taken back, 3 is out and 1 in.
SELECT cdp.setup('UTC') \g /dev/null
SELECT cdp.id_link('member_id', 'u' || n, 'member_id', 'u' || n) AS one_id FROM generate_series(1, 4) AS n;
SELECT cdp.audience_define(name, 'everyone') > 0 AS defined FROM unnest('{mail,other}'::text[]) AS name;
SELECT cdp.audience_exclude('mail', 'member_id', 'u3', 'no mail'), cdp.audience_include('mail', 'member_id', 'u1'), cdp.audience_include('other', 3);
SELECT cdp.id_link('member_id', 'u1', 'member_id', 'u3');
SELECT one_id, listed, note FROM cdp.audience_list('mail');
SELECT users FROM cdp.audience_refresh('mail');
SELECT l ->> 'audience' AS audience, l ->> 'is_member' AS is_member FROM jsonb_array_elements(cdp.person_export(1) -> 'audience_lists') AS l;
SELECT * FROM cdp.id_unlink('member_id', 'u1', 'member_id', 'u3');
SELECT one_id, listed, note FROM cdp.audience_list('mail');
SELECT users, entered, left_users FROM cdp.audience_refresh('mail');
SELECT cdp.rb_to_array(cdp.audience_bitmap('audience:mail')) AS mail;
SELECT e - 'at' AS before FROM jsonb_array_elements(cdp.person_export(1) -> 'audiences_before') AS e;
-- the last word on both of them counts for both; taken off the list, or erased, both are
BEGIN;
SELECT cdp.id_link('member_id', 'u2', 'member_id', 'u3');
SELECT cdp.audience_include('mail', 3, 'after all');
SELECT one_id, listed, note FROM cdp.audience_list('mail');
ROLLBACK;
BEGIN;
SELECT cdp.id_link('member_id', 'u2', 'member_id', 'u3');
SELECT cdp.audience_unlist('mail', 2), cdp.audience_unlist('mail', 2);
SELECT one_id, is_member FROM cdp.audience_list ORDER BY audience_id, one_id;
SELECT removed -> 'audience_list' AS list_rows FROM cdp.person_erase(2);
SELECT one_id, is_member FROM cdp.audience_list ORDER BY audience_id, one_id;
ROLLBACK;
-- who has no identifier left is in no audience, whatever its definition or its list says
SELECT cdp.audience_define('numbers', sql => 'SELECT generate_series(1, 4) AS one_id') > 0 AS defined;
SELECT cdp.audience_include('numbers', 2);
SELECT users FROM cdp.audience_refresh('numbers');
SELECT * FROM cdp.id_block('member_id', 'u2');
SELECT one_id FROM cdp.v_audience_member WHERE audience = 'numbers' ORDER BY 1;
SELECT cdp.rb_to_array(c.entered) AS entered, cdp.rb_to_array(c.left_members) AS left_members FROM cdp.audience_change AS c JOIN cdp.audience AS a USING (audience_id) WHERE a.name = 'numbers';
SELECT users, entered, left_users FROM cdp.audience_refresh('numbers');
SELECT users, share FROM cdp.v_audience WHERE audience = 'numbers';
SELECT cdp.audience_include('other', 2);
SELECT cdp.audience_exclude('other', 2);
-- one that is dropped meanwhile does not take the others with it
CREATE FUNCTION drop_other() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM cdp.audience_drop('other'); RETURN 1; END $$;
SELECT cdp.audience_define('killer', sql => 'SELECT drop_other() AS one_id') > 0 AS defined;
UPDATE cdp.audience SET refresh_every = '1 hour', refreshed_at = NULL;
BEGIN;
SELECT audience, users, error FROM cdp.audience_refresh_all() ORDER BY 1;
ROLLBACK;
BEGIN;
SELECT audience, users, error FROM cdp.audience_refresh_due() ORDER BY 1;
ROLLBACK;
SELECT name, users, error FROM cdp.refresh_due() ORDER BY 1;
DROP FUNCTION drop_other;
-- a definition of meanwhile has to be seen, and what is dropped must not pass a merge unseen
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT cdp.audience_define('a', 'audience:mail');
ROLLBACK;
SELECT cdp.teardown(true) > 0 AS gone;
