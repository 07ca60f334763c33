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

\set SHOW_CONTEXT never
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
DROP TABLE event, state, damaged;
DROP FUNCTION receive, refusal;
DROP AGGREGATE funnel_state(interval, timestamptz, VARIADIC boolean[]), mode_state(interval, text, timestamptz, VARIADIC boolean[]), funnel_of_states(cdp.window_funnel_state);
