-- sequence_match, sequence_count, sequence_match_events: patterns, their edges, their errors.
SET timezone = 'UTC';
CREATE FUNCTION at(second numeric) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$ SELECT '2024-01-01'::timestamptz + second * interval '1 second' $$;
-- a story is read letter by letter, a second each; conditions are a, b, c
CREATE TABLE story (name text, page text, second int);
INSERT INTO story SELECT name, page, second FROM unnest('{abc,acb,aab,abab,axb,cba,xyz,aaab}'::text[]) name, string_to_table(name, NULL) WITH ORDINALITY p(page, second);
SELECT pattern, string_agg(CASE WHEN matched THEN name || ' ' || n || ' ' || replace(events::text, '00:00:0', '') END, ', ' ORDER BY name) AS matches, bool_and(matched = (n > 0)) AS agree
  FROM unnest('{(?1)(?2),(?1).*(?2),(?1).(?2),(?1)(?2)(?3),(?1)(?t>1)(?2),(?1)(?t==2s)(?2),(?1)(?t!=1)(?2),(?1)(?t<1)(?2),(?1).*(?t>=2000ms)(?2),(?1).*(?2)(?w<=1),(?1)(?1),(?3),(?1).*,(?1)(?t>=2),.,.*,""}'::text[]) WITH ORDINALITY t(pattern, place), LATERAL (
    SELECT name, cdp.sequence_match(pattern, at(second), page = 'a', page = 'b', page = 'c') AS matched, cdp.sequence_count(pattern, at(second), page = 'a', page = 'b', page = 'c') AS n,
           cdp.sequence_match_events(pattern, at(second), page = 'a', page = 'b', page = 'c')::time[] AS events
      FROM story GROUP BY name) s
 GROUP BY pattern, place ORDER BY place;
-- a row that fills no condition is not seen: one condition more, and it is
SELECT cdp.sequence_match('(?1)(?2)', at(second), page = 'a', page = 'b') AS unseen, cdp.sequence_match('(?1)(?2)', at(second), page = 'a', page = 'b', page = 'x') AS seen FROM story WHERE name = 'axb';
-- white space, units, whole chains
SELECT cdp.sequence_match(' (?1) ( ?t <= 30 m ) (?2) (?w < 1 h) ', at(m * 60), a, b) AS in_time, cdp.sequence_match('(?1)(?t<=29m)(?2)', at(m * 60), a, b) AS too_late,
       cdp.sequence_match('(?1)(?t==1800s)(?2)', at(m * 60), a, b) AS exactly, cdp.sequence_match('(?1)(?t<1d)(?2)', at(m * 60), a, b) AS day
  FROM (VALUES (0, true, false), (30, false, true)) v(m, a, b);
-- below a second
SELECT cdp.sequence_count('(?1)(?t<=250ms)(?2)', at(s), a, NOT a) FROM (VALUES (0, true), (0.25, false), (1, true), (1.250001, false)) v(s, a);
-- the gate is measured from the last event consumed, also behind .*
SELECT cdp.sequence_match('(?1).*(?t>0)(?2)', at(s), s = 0, s = 5) AS behind, cdp.sequence_match('(?1).*(?t>5)(?2)', at(s), s = 0, s = 5) AS too_near FROM generate_series(0, 5, 5) s;
-- a pattern that ends in .* or in a gate: the same every time
SELECT count(DISTINCT m), bool_and(m) FROM (SELECT i, cdp.sequence_match('(?1)(?2).*', at(s), s = 1, s = 2) AND NOT cdp.sequence_match('(?1)(?2)(?t>1)', at(s), s = 1, s = 2) AS m FROM generate_series(1, 2) s, generate_series(1, 50) i GROUP BY i) t;
-- the chain is a match, not an attempt; without a match it is empty
SELECT cdp.sequence_match_events('(?1)(?t==2)', at(s), s IN (0, 3), s = 5)::time[] AS matched, cdp.sequence_match_events('(?1)(?1)(?1)(?1)(?1)', at(s), true)::time[] AS too_few FROM unnest('{0,3,5}'::int[]) s;
-- at one instant: by the set of conditions, not by the order of rows
SELECT cdp.sequence_match('(?1)(?2)', at(0), i = 1, i = 2 ORDER BY i) AS up, cdp.sequence_match('(?1)(?2)', at(0), i = 1, i = 2 ORDER BY i DESC) AS down,
       cdp.sequence_match('(?2)(?1)', at(0), i = 1, i = 2 ORDER BY i) AS other FROM generate_series(1, 2) i;
-- null conditions are false, null times are skipped, no rows
SELECT cdp.sequence_count('(?1)(?2)', ts, a, b) FROM (VALUES (at(0), true, NULL::boolean), (NULL, false, true), (at(1), NULL, NULL), (at(2), NULL, true)) v(ts, a, b);
SELECT cdp.sequence_match('(?1)', at(0), true) AS m, cdp.sequence_count('(?1)', at(0), true) AS n, cdp.sequence_match_events('(?1)', at(0), true) AS e FROM story WHERE false;
SELECT cdp.sequence_match('.', at(0), false) AS m, cdp.sequence_count('', at(0), false) AS n, cdp.sequence_match_events('.', at(0), true) AS e FROM story;
-- 64 conditions; a window frame
SELECT cdp.sequence_match_events('(?64).*(?1)', at(i), VARIADIC array_fill(false, ARRAY[63 - i]) || true || array_fill(false, ARRAY[i]))::time[] FROM generate_series(0, 63) i;
SELECT second, cdp.sequence_count('(?1)(?2)', at(second), page = 'a', page = 'b') OVER (ORDER BY second) AS so_far FROM story WHERE name = 'abab' ORDER BY second;
-- no number of steps is too many: a pattern that backtracking would try in every way
SELECT cdp.sequence_match('(?1).*(?1).*(?1)(?t<=9999).*(?1).*(?1).*(?1).*(?2)', at(i), true, false) AS m, cdp.sequence_count('(?1).*(?1).*(?1)', at(i), true) AS n FROM generate_series(1, 100000) i;

-- against plain SQL: a, then b within an hour, no a between
CREATE TABLE event AS SELECT hashint4(i) & 255 AS person, at(hashint8(i) & 65535) + i * interval '1 microsecond' AS ts, hashint4(i + 1) & 3 AS code FROM generate_series(1, 20000) i;
SELECT count(*) AS people, sum(n) > 100 AS some, count(*) FILTER (WHERE n IS DISTINCT FROM plain) AS differ FROM (
    SELECT person, cdp.sequence_count('(?1)(?2)(?w<=1h)', ts, code = 1, code = 2) AS n FROM event GROUP BY person) s
  JOIN (SELECT person, count(*) FILTER (WHERE code = 1 AND next = 2 AND soon) AS plain
          FROM (SELECT person, code, lead(code) OVER w AS next, lead(ts) OVER w - ts <= '1 hour' AS soon FROM event WHERE code IN (1, 2) WINDOW w AS (PARTITION BY person ORDER BY ts)) l GROUP BY person) p USING (person);

-- parallel plans
CREATE VIEW answers AS SELECT person, cdp.sequence_match('(?1)(?2)(?t<=10m)(?3)', ts, code = 1, code = 2, code = 3) AS m, cdp.sequence_count('(?1).*(?2)', ts, code = 1, code = 2) AS n,
       cdp.sequence_match_events('(?1)(?2)(?3)', ts, code = 1, code = 2, code = 3) AS e FROM event GROUP BY person;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS TABLE answers;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT cdp.sequence_match('(?1)', ts, true), cdp.sequence_count('(?1)', ts, true), cdp.sequence_match_events('(?1)', ts, true) FROM event;
EXPLAIN (COSTS OFF) SELECT * FROM answers;
SELECT count(*) AS people, count(*) FILTER (WHERE s.m) > 10 AS some, count(*) FILTER (WHERE (s.m, s.n, s.e) IS DISTINCT FROM (p.m, p.n, p.e)) AS differ FROM serial s FULL JOIN answers p USING (person);
SELECT cdp.sequence_count('(?1).*(?2)', ts, code = 1, code = 2) = (SELECT cdp.sequence_count('(?1).*(?2)', ts, code = 1, code = 2 ORDER BY ts DESC) FROM event) AS whole FROM event;

-- states: through both texts and back, combined, hostile
CREATE AGGREGATE sequence_state(text, timestamptz, VARIADIC boolean[]) (SFUNC = cdp._sequence_trans, STYPE = cdp.sequence_state);
CREATE AGGREGATE count_of_states(cdp.sequence_state) (SFUNC = cdp._sequence_combine, STYPE = cdp.sequence_state, FINALFUNC = cdp._sequence_count_final);
SELECT conditions, count(*) AS people, count(*) FILTER (WHERE n IS DISTINCT FROM stored) AS differ FROM serial JOIN (
    SELECT conditions, person, count_of_states(cdp.sequence_state_in(cdp.sequence_state_out(s))) AS stored FROM (
        SELECT conditions, person, extract(microseconds FROM ts)::int % 3, sequence_state('(?1).*(?2)', ts, VARIADIC ARRAY[code = 1, code = 2] || array_fill(false, ARRAY[conditions - 2])) AS s
          FROM event, unnest('{3,33}'::int[]) conditions GROUP BY 1, 2, 3) t GROUP BY 1, 2) r USING (person) GROUP BY 1 ORDER BY 1;
SELECT sequence_state('(?1).*', at(i), true ORDER BY i DESC) AS state FROM generate_series(0, 1) i;
-- the binary door
CREATE FUNCTION receive(image bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message oid := lo_from_bytea(0, '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0) || int2send(1::int2) || int4send(length(image)) || image || int2send((-1)::int2));
BEGIN
    PERFORM lo_export(message, 'cdp_received_sequence.bin');
    PERFORM lo_unlink(message);
    CREATE TEMP TABLE received (v cdp.sequence_state) ON COMMIT DROP;
    COPY received FROM 'cdp_received_sequence.bin' (FORMAT binary);
    RETURN (SELECT v::text FROM received);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT receive('\x010101000300000006000000283f31292e2a0000000000004082f8d4d5b00200010000000040e9d4d5b0020001000000') AS sound;
SELECT receive('\x010001000300000006000000283f31292e2a0000000000004082f8d4d5b00200010000000040e9d4d5b0020001000000') AS unsorted;
SELECT receive('\x0101010003000000060000') AS truncated;
CREATE FUNCTION refusal(image bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE WHEN image::text::cdp.sequence_state::text = image::text THEN 'taken' ELSE 'changed' END;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT refusal(set_byte(image, i, get_byte(image, i) # bits)) AS answer, count(*) > 0 AS seen
  FROM (SELECT cdp.sequence_state_send(sequence_state('(?1).*(?2)', at(j), j = 1, j = 2)) AS image FROM generate_series(1, 3) j) s, generate_series(0, length(image) - 1) i, unnest('{1,2,128,255}'::int[]) bits GROUP BY 1 ORDER BY 1;
SELECT image, refusal(image) FROM unnest('{"\\x","\\x01","\\x010001000000000000000000","\\x01000100ffffffff00000000","\\x0100010000000000ffffffff","\\x010001000100000005000000283f3229000000000000000000","\\x010001000100000004000000283f31290000000000000000","\\x010001000100000004000000283f31290100000000000000","\\x010041000000000000000000"}'::bytea[]) WITH ORDINALITY u(image, n) ORDER BY n;

-- what is refused; the pattern is shown with a mark at its fault
\set SHOW_CONTEXT never
SELECT cdp.sequence_match('(?1)(?3)', now(), true, true);
SELECT cdp.sequence_match('(?1)(?t=5)(?2)', now(), true, true);
SELECT cdp.sequence_match('(?1).*(?2', now(), true, true);
SELECT cdp.sequence_match('(?t>5)(?1)', now(), true);
SELECT cdp.sequence_match('(?1)(?t<=5 weeks)(?1)', now(), true);
SELECT cdp.sequence_match('(?1)(?t<=-5)(?1)', now(), true);
SELECT cdp.sequence_match('(?1)(?t<=99999999999999999999)(?1)', now(), true);
SELECT cdp.sequence_match('(?1)(?w>=5)(?1)', now(), true);
SELECT cdp.sequence_match('(?0)', now(), true);
SELECT cdp.sequence_match('view, cart', now(), true);
SELECT cdp.sequence_match(NULL, now(), true);
SELECT cdp.sequence_match(p, now(), true) FROM (VALUES ('(?1)'), ('(?1).')) v(p);
SELECT cdp.sequence_match('(?1)', now(), VARIADIC c) FROM (VALUES ('{t}'::boolean[]), ('{t,f}')) v(c);
SELECT cdp.sequence_match('(?1)', now(), VARIADIC '{}');
SELECT cdp.sequence_match('(?1)', now(), VARIADIC array_fill(true, '{65}'));
SELECT cdp.sequence_match('(?1)', 'infinity', true);
SELECT count_of_states(s) FROM (SELECT sequence_state('(?1)', now(), true) AS s UNION ALL SELECT sequence_state('(?1).', now(), true)) u;
SELECT cdp._sequence_trans(NULL, '(?1)', now(), true);
-- leave the database as it was
DROP VIEW answers;
DROP TABLE story, event, serial;
DROP AGGREGATE sequence_state(text, timestamptz, VARIADIC boolean[]), count_of_states(cdp.sequence_state);
DROP FUNCTION at, refusal, receive;
