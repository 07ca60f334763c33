-- window_funnel_state: through text and binary and back, combined, hostile.
SET timezone = 'UTC';
CREATE AGGREGATE funnel_state(interval, timestamptz, VARIADIC boolean[]) (SFUNC = cdp._window_funnel_trans, STYPE = cdp.window_funnel_state);
CREATE AGGREGATE funnel_of_states(cdp.window_funnel_state) (
    SFUNC = cdp._window_funnel_combine, STYPE = cdp.window_funnel_state, FINALFUNC = cdp._window_funnel_final);
CREATE FUNCTION receive(image bytea) RETURNS cdp.window_funnel_state LANGUAGE plpgsql AS $$
DECLARE
    message oid;
    result cdp.window_funnel_state;
BEGIN
    message := lo_from_bytea(0, '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0)
        || int2send(1::int2) || int4send(length(image)) || image || int2send((-1)::int2));
    PERFORM lo_export(message, 'cdp_received_state.bin');
    PERFORM lo_unlink(message);
    CREATE TEMP TABLE received (v cdp.window_funnel_state);
    COPY received FROM 'cdp_received_state.bin' (FORMAT binary);
    SELECT v FROM received INTO result;
    DROP TABLE received;
    RETURN result;
END $$;
CREATE TABLE event AS
    SELECT hashint4(i) & 63 AS person, i & 3 AS part, '2024-01-01'::timestamptz + (hashint8(i) & 4095) * interval '1 second' AS ts, hashint4(i + 1) & 7 AS code
      FROM generate_series(1, 4000) i;
CREATE TABLE state AS
    SELECT person, part, funnel_state('1 hour', ts, code = 1, code = 2, code = 3) AS s FROM event GROUP BY 1, 2;
SELECT funnel_state('1 hour', ts, code = 1, code = 2) FROM (VALUES ('2024-01-01'::timestamptz, 2), ('2024-01-01', 1), ('2023-12-31', 1)) v(ts, code);

-- stored parts, after either way through the doors, answer as the rows do
SELECT count(*) AS people, count(*) FILTER (WHERE stored IS DISTINCT FROM depth OR texts IS DISTINCT FROM depth OR binaries IS DISTINCT FROM depth) AS differ FROM (
    SELECT person, funnel_of_states(s) AS stored, funnel_of_states(s::text::cdp.window_funnel_state) AS texts,
           funnel_of_states(receive(cdp.window_funnel_state_send(s))) AS binaries FROM state GROUP BY person) f
  JOIN (SELECT person, cdp.window_funnel('1 hour', ts, code = 1, code = 2, code = 3) AS depth FROM event GROUP BY person) r USING (person);
-- the doors trim the spare room and keep the rest
SELECT count(*) AS states, count(*) FILTER (WHERE s::text::cdp.window_funnel_state::text = s::text) AS same,
       bool_and(length(cdp.window_funnel_state_send(s)) <= pg_column_size(s)) AS trimmed FROM state;
-- a state goes on from what was stored
SELECT cdp._window_funnel_final(s) FROM state WHERE person = 1 ORDER BY 1;
-- the room holds nothing of what was in that memory before: the states of groups with the same rows are the same bytes
SET enable_hashagg = off;
CREATE TABLE image AS
    SELECT g % 2 AS kind, funnel_state('1 hour', ts, n = 1, n = 2) AS f, cdp.timelines_build(n, ts, n) AS t FROM (
        SELECT g, n, '2024-01-01'::timestamptz + (g % 2 * g * n * 1000003 % 86400) * interval '1 second' AS ts
          FROM generate_series(1, 8) AS g, generate_series(1, CASE WHEN g % 2 = 0 THEN 2 ELSE 60 END) AS n) AS e GROUP BY g;
RESET enable_hashagg;
SELECT count(*) AS pairs, count(*) FILTER (WHERE a *= b) AS same
  FROM (SELECT f, t FROM image WHERE kind = 0) AS a, (SELECT f, t FROM image WHERE kind = 0) AS b;
SELECT bool_and(pg_column_size(t) <= octet_length(cdp.timelines_send(t)) + 4) AS no_spare_room FROM image;
DROP TABLE image;
-- states as anybody may store them: by day or shard, no longer than need be, put together later; funnels, sequences and what comes next
CREATE TABLE kept AS
    SELECT person, part, cdp.window_funnel_state_agg('1 hour', ts, code = 1, code = 2, code = 3) AS f, cdp.window_funnel_state_agg('1 hour', 'strict_order', ts, code = 1, code = 2, code = 3) AS o,
           cdp.window_funnel_state_agg('1 hour', ts, CASE code WHEN 1 THEN 1 WHEN 2 THEN 2 END) AS n, cdp.window_funnel_state_agg('1 hour', 'strict_once', ts, CASE code WHEN 1 THEN 1 WHEN 2 THEN 2 END) AS m,
           cdp.sequence_state_agg('(?1)(?t<600)(?2)', ts, code = 1, code = 2) AS s,
           cdp.sequence_next_node_state_agg('forward', 'first_match', ts, code::text, true, code = 1) AS x
      FROM event GROUP BY 1, 2;
SELECT count(*) AS people, bool_or(r.depth > 1) AND bool_or(r.found) AND bool_or(r.node IS NOT NULL) AS some, count(*) FILTER (WHERE p IS DISTINCT FROM r) AS differ
  FROM (SELECT person, cdp.window_funnel(f) AS depth, cdp.window_funnel_events(o) AS chain, cdp.window_funnel(n) AS steps, cdp.window_funnel(m) AS once,
               cdp.sequence_match(s) AS found, cdp.sequence_count(s) AS times, cdp.sequence_match_events(s) AS at, cdp.sequence_next_node(x) AS node
          FROM (SELECT person, cdp.rollup(f) AS f, cdp.rollup(o) AS o, cdp.rollup(n) AS n, cdp.rollup(m) AS m, cdp.rollup(s) AS s, cdp.rollup(x) AS x FROM kept GROUP BY 1) AS k) AS p
  JOIN (SELECT person, cdp.window_funnel('1 hour', ts, code = 1, code = 2, code = 3) AS depth, cdp.window_funnel_events('1 hour', 'strict_order', ts, code = 1, code = 2, code = 3) AS chain,
               cdp.window_funnel('1 hour', ts, CASE code WHEN 1 THEN 1 WHEN 2 THEN 2 END) AS steps, cdp.window_funnel('1 hour', 'strict_once', ts, CASE code WHEN 1 THEN 1 WHEN 2 THEN 2 END) AS once,
               cdp.sequence_match('(?1)(?t<600)(?2)', ts, code = 1, code = 2) AS found, cdp.sequence_count('(?1)(?t<600)(?2)', ts, code = 1, code = 2) AS times,
               cdp.sequence_match_events('(?1)(?t<600)(?2)', ts, code = 1, code = 2) AS at, cdp.sequence_next_node('forward', 'first_match', ts, code::text, true, code = 1) AS node
          FROM event GROUP BY 1) AS r USING (person);
SELECT bool_and(length(f::text) = 2 * (octet_length(cdp.window_funnel_state_send(f)) + 1) AND pg_column_size(f) <= octet_length(cdp.window_funnel_state_send(f)) + 4
                AND pg_column_size(s) <= octet_length(cdp.sequence_state_send(s)) + 4 AND pg_column_size(x) <= octet_length(cdp.sequence_next_node_state_send(x)) + 4) AS no_spare_room FROM kept;
-- a window asks the state again and again, and it goes on
SELECT code, cdp.window_funnel(cdp.window_funnel_state_agg('1 hour', ts, code) OVER w) AS depth, cdp.sequence_count(cdp.sequence_state_agg('(?1)(?2)', ts, code = 1, code = 2) OVER w) AS times
  FROM (SELECT '2024-01-01'::timestamptz + n * interval '1 minute' AS ts, code FROM unnest('{1,2,1,2,3}'::int[]) WITH ORDINALITY u(code, n)) AS u WINDOW w AS (ORDER BY ts);
SELECT cdp.window_funnel_state_agg('1 hour', ts, true), cdp.sequence_state_agg('(?1)', ts, true), cdp.rollup(NULL::cdp.sequence_state) FROM event WHERE false;
SELECT cdp.window_funnel(NULL::cdp.window_funnel_state), cdp.window_funnel_events(NULL::cdp.window_funnel_state), cdp.sequence_match(NULL::cdp.sequence_state), cdp.sequence_count(NULL::cdp.sequence_state), cdp.sequence_next_node(NULL::cdp.sequence_next_node_state);

\set SHOW_CONTEXT never
SELECT cdp.rollup(s) FROM (SELECT cdp.sequence_state_agg('(?1)', now(), true) AS s UNION ALL SELECT cdp.sequence_state_agg('(?1)(?1)', now(), true)) AS u;
SELECT cdp.rollup(s) FROM (SELECT cdp.window_funnel_state_agg('1 hour', now(), true) AS s UNION ALL SELECT cdp.window_funnel_state_agg('2 hours', now(), true)) AS u;
-- parts that do not belong together
SELECT funnel_of_states(s) FROM (SELECT funnel_state('1 hour', now(), true) AS s UNION ALL SELECT funnel_state('2 hours', now(), true)) u;
SELECT funnel_of_states(s) FROM (SELECT funnel_state('1 hour', now(), true) AS s UNION ALL SELECT funnel_state('1 hour', now(), true, true)) u;
CREATE AGGREGATE mode_state(interval, text, timestamptz, VARIADIC boolean[]) (SFUNC = cdp._window_funnel_mode_trans, STYPE = cdp.window_funnel_state);
SELECT funnel_of_states(s) FROM (SELECT mode_state('1 hour', 'fixed', now(), true) AS s UNION ALL SELECT mode_state('1 hour', 'strict_once', now(), true)) u;
SELECT funnel_of_states(s) FROM (SELECT mode_state('1 hour', 'fixed', now(), true) AS s UNION ALL SELECT mode_state('1 hour', '2', now(), true)) u;
-- states of many conditions and of every mode go through the doors and go on
SELECT mode, steps, count(*) AS people, count(*) FILTER (WHERE stored IS DISTINCT FROM depth) AS differ FROM (
    SELECT mode, steps, person, funnel_of_states(cdp.window_funnel_state_in(cdp.window_funnel_state_out(s))) AS stored FROM (
        SELECT mode, steps, person, part, mode_state('1 hour', mode, ts, VARIADIC ARRAY[code = 1, code = 2, code IN (2, 3)] || array_fill(false, ARRAY[steps - 3])) AS s
          FROM event, unnest('{default,"strict_order,allow_reentry",strict_once,"strict_deduplication,strict_increase"}'::text[]) mode, unnest('{4,40}'::int[]) steps
         GROUP BY 1, 2, 3, 4) states GROUP BY 1, 2, 3) f
  JOIN (SELECT mode, person, cdp.window_funnel('1 hour', mode, ts, code = 1, code = 2, code IN (2, 3)) AS depth
          FROM event, unnest('{default,"strict_order,allow_reentry",strict_once,"strict_deduplication,strict_increase"}'::text[]) mode GROUP BY 1, 2) r USING (mode, person)
 GROUP BY 1, 2 ORDER BY 1, 2;

-- one wrong byte at every place, through both doors
CREATE FUNCTION refusal(door text, image bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    got cdp.window_funnel_state;
BEGIN
    IF door = 'text' THEN got := image::text; ELSE got := receive(image); END IF;
    PERFORM cdp._window_funnel_final(got);
    RETURN CASE WHEN got::text = image::text THEN 'taken' ELSE 'changed' END;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TABLE damaged AS
    SELECT set_byte(image, i, get_byte(image, i) # bits) AS image
      FROM (SELECT cdp.window_funnel_state_send(funnel_state('1 hour', ts, code = 1, code = 2, code = 3)) AS image FROM event WHERE person = 3) s,
           generate_series(0, length(image) - 1) i, unnest('{1,2,128,255}'::int[]) bits;
SELECT refusal('text', image) AS answer, count(*) > 0 AS seen FROM damaged GROUP BY 1 ORDER BY 1;
SELECT refusal('binary', image) AS answer, count(*) > 0 AS seen FROM (SELECT * FROM damaged ORDER BY image LIMIT 40) s GROUP BY 1 ORDER BY 1;
SELECT door, image, refusal(door, image) FROM (VALUES ('text'), ('binary')) d(door), (VALUES
    ('\x'::bytea), ('\x01'), ('\x01000100000000000000000000000000'), ('\x0100010000000000000000000000000000'),
    ('\x01000100ffffffff0000000000000000'), ('\x01000000000000000000000000000000'), ('\x01002100000000000000000000000000'),
    ('\x01000100000000000000000000000080'), ('\x02000100000000000000000000000000'), ('\x01020100000000000000000000000000'), ('\x01000110000000000000000000000000'), ('\x01000120000000000000000000000000'), ('\x01004100000000000000000000000000')) v(image)
 ORDER BY door DESC, image;
-- an empty state is a group whose rows fill nothing
SELECT cdp._window_funnel_final('\x01000100000000000000000000000000'), cdp._window_funnel_final(NULL);
-- leave the database as it was
DROP TABLE event, state, kept, damaged;
DROP FUNCTION receive, refusal;
DROP AGGREGATE funnel_state(interval, timestamptz, VARIADIC boolean[]), mode_state(interval, text, timestamptz, VARIADIC boolean[]), funnel_of_states(cdp.window_funnel_state);
