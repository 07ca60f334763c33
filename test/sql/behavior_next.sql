-- sequence_next_node and sessionize.
SET timezone = 'UTC';
CREATE FUNCTION at(minute int) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$ SELECT '2024-01-01'::timestamptz + minute * interval '1 minute' $$;
CREATE TABLE visit (person int, minute int, page text);
INSERT INTO visit SELECT person, minute, page FROM (VALUES (1, 'home,view,cart,pay'), (2, 'view,home,view,home'), (3, 'home'), (4, 'cart,home,view,view,home,view,pay')) v(person, pages), regexp_split_to_table(pages, ',') WITH ORDINALITY p(page, minute);
SELECT person, string_agg(page, ' ' ORDER BY minute) AS pages,
       cdp.sequence_next_node('forward', 'head', at(minute), page, true, page = 'home') AS after_home_first,
       cdp.sequence_next_node('forward', 'head', at(minute), page, page = 'home', page = 'home', page = 'view') AS after_home_view,
       cdp.sequence_next_node('backward', 'tail', at(minute), page, true, page = 'pay') AS before_pay_last,
       cdp.sequence_next_node('forward', 'first_match', at(minute), page, true, page = 'home', page = 'view') AS first_match,
       cdp.sequence_next_node('forward', 'last_match', at(minute), page, true, page = 'home', page = 'view') AS last_match,
       cdp.sequence_next_node('backward', 'first_match', at(minute), page, true, page = 'view') AS before_first,
       cdp.sequence_next_node('backward', 'last_match', at(minute), page, true, page = 'view', page = 'home') AS before_last
  FROM visit GROUP BY person ORDER BY person;
-- a failed chain is not tried at another anchor; the base condition is of the anchor
SELECT cdp.sequence_next_node('forward', 'first_match', at(minute), page, true, page = 'view', page = 'home') AS first, cdp.sequence_next_node('forward', 'first_match', at(minute), page, minute > 3, page = 'view', page = 'home') AS later FROM visit WHERE person = 4;
-- without conditions: the anchor itself
SELECT cdp.sequence_next_node('forward', 'head', at(minute), page, true) AS head, cdp.sequence_next_node('backward', 'tail', at(minute), page, true) AS tail, cdp.sequence_next_node('forward', 'head', at(minute), page, false) AS not_base FROM visit WHERE person = 1;
-- rows without a value or a time do not exist; null conditions are false; no rows
SELECT cdp.sequence_next_node('forward', 'head', ts, value, base, c) FROM (VALUES (at(0), NULL, true, false), (NULL, 'no time', true, false), (at(1), 'a', true, true), (at(2), NULL, true, true), (at(3), 'b', NULL, NULL)) v(ts, value, base, c);
SELECT cdp.sequence_next_node('forward', 'head', at(1), 'a', NULL, true) AS null_base, cdp.sequence_next_node('forward', 'head', at(1), 'a', true, NULL) AS null_condition;
SELECT cdp.sequence_next_node('forward', 'head', at(1), page, true, true) FROM visit WHERE false;
-- at one instant: by value, whatever the order of rows
SELECT cdp.sequence_next_node('forward', 'head', at(0), v, true, true ORDER BY v) AS up, cdp.sequence_next_node('forward', 'head', at(0), v, true, true ORDER BY v DESC) AS down FROM unnest('{b,a,c}'::text[]) v;
-- long values, 64 conditions, frames
SELECT length(cdp.sequence_next_node('forward', 'head', at(i), repeat('x', i * 100000), true, true)) AS long FROM generate_series(1, 3) i;
SELECT cdp.sequence_next_node('forward', 'head', at(i), i::text, true, VARIADIC array_fill(true, '{64}')) AS behind_64 FROM generate_series(1, 65) i;
SELECT minute, cdp.sequence_next_node('forward', 'head', at(minute), page, true, true) OVER (ORDER BY minute ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS next FROM visit WHERE person = 1 ORDER BY minute;
-- parallel plans, and states through their text
CREATE TABLE event AS SELECT hashint4(i) & 255 AS person, at(hashint8(i) & 1023) AS ts, 'page ' || (hashint4(i + 1) & 7) AS page FROM generate_series(1, 10000) i;
CREATE VIEW answers AS SELECT person, cdp.sequence_next_node('backward', 'last_match', ts, page, true, page = 'page 1', page > 'page 2') AS node FROM event GROUP BY person;
CREATE AGGREGATE node_state(text, text, timestamptz, text, boolean, VARIADIC boolean[]) (SFUNC = cdp._sequence_next_node_trans, STYPE = cdp.sequence_next_node_state);
CREATE AGGREGATE node_of_states(cdp.sequence_next_node_state) (SFUNC = cdp._sequence_next_node_combine, STYPE = cdp.sequence_next_node_state, FINALFUNC = cdp._sequence_next_node_final);
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS TABLE answers;
SELECT count(*) AS people, count(s.node) > 10 AS some, count(*) FILTER (WHERE s.node IS DISTINCT FROM t.node) AS differ FROM serial s FULL JOIN (
    SELECT person, node_of_states(cdp.sequence_next_node_state_in(cdp.sequence_next_node_state_out(state))) AS node
      FROM (SELECT person, page, node_state('backward', 'last_match', ts, page, true, page = 'page 1', page > 'page 2') AS state FROM event GROUP BY 1, 2) p GROUP BY person) t USING (person);
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT * FROM answers;
SELECT count(*) AS people, count(*) FILTER (WHERE s.node IS DISTINCT FROM p.node) AS differ FROM serial s FULL JOIN answers p USING (person);
RESET max_parallel_workers_per_gather;
SELECT node_state('forward', 'head', at(1), 'home', true, true) AS state;
CREATE FUNCTION refusal(image bytea, door text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message oid;
    got text;
BEGIN
    IF door = 'text' THEN RETURN image::text::cdp.sequence_next_node_state::text; END IF;
    message := lo_from_bytea(0, '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0) || int2send(1::int2) || int4send(length(image)) || image || int2send((-1)::int2));
    PERFORM lo_export(message, 'cdp_received_node.bin');
    PERFORM lo_unlink(message);
    CREATE TEMP TABLE received (v cdp.sequence_next_node_state) ON COMMIT DROP;
    COPY received FROM 'cdp_received_node.bin' (FORMAT binary);
    SELECT encode(cdp.sequence_next_node_state_send(v), 'hex') FROM received INTO got;
    DROP TABLE received;
    RETURN got;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT image, refusal(image, 'text') AS by_text, refusal(image, 'binary') AS by_binary
  FROM unnest('{"\\x","\\x0100000000000000","\\x01000000ffffffff","\\x0201000000000000","\\x0100010100000000","\\x0101000100000000","\\x0100020000000000","\\x0100004100000000","\\x010000010600000000409af5d4d5b0020100000000000000040000f0686f6d65"}'::bytea[]) WITH ORDINALITY u(image, n) ORDER BY n;

-- sessions: a pause longer than the gap ends one
SELECT person, minute, cdp.sessionize(at(minute), '30 minutes') OVER (PARTITION BY person ORDER BY at(minute)) AS session
  FROM (VALUES (1, 0), (1, 30), (1, 61), (1, 61), (1, 200), (1, NULL), (2, 5)) v(person, minute) ORDER BY 1, 2;
-- against time the sessions are the same, their numbers run the other way; a gap of zero: one instant
SELECT minute, cdp.sessionize(at(minute), '30 minutes') OVER (ORDER BY minute DESC) AS backwards, cdp.sessionize(at(minute), '0') OVER (ORDER BY minute) AS instants FROM unnest('{0,30,61,61,200}'::int[]) minute ORDER BY minute;
-- the ends of time; a date; no rows
SELECT cdp.sessionize(ts, '1 day') OVER (ORDER BY ts) FROM (VALUES ('4713-01-01 00:00 BC'::timestamptz), ('294276-12-31 23:59:59.999999')) v(ts);
SELECT cdp.sessionize(d, '1 day') OVER (ORDER BY d) FROM (VALUES ('2024-01-01'::date), ('2024-01-02'), ('2024-01-04')) v(d);
SELECT cdp.sessionize(at(1), '1 day') OVER () FROM visit WHERE false;
-- against lag()
SELECT count(*) AS events, max(session) > 1 AS several, count(*) FILTER (WHERE session IS DISTINCT FROM plain) AS differ FROM (
    SELECT cdp.sessionize(ts, '5 minutes') OVER w AS session, 1 + sum(starts) OVER w AS plain FROM (
        SELECT person, ts, coalesce(ts - lag(ts) OVER (PARTITION BY person ORDER BY ts) > '5 minutes', false)::int AS starts FROM event) e WINDOW w AS (PARTITION BY person ORDER BY ts ROWS UNBOUNDED PRECEDING)) s;

-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.sequence_next_node('up', 'head', now(), 'a', true, true);
SELECT cdp.sequence_next_node('forward', 'middle', now(), 'a', true, true);
SELECT cdp.sequence_next_node('forward', 'tail', now(), 'a', true, true);
SELECT cdp.sequence_next_node('backward', 'head', now(), 'a', true, true);
SELECT cdp.sequence_next_node('forward', 'first_match', now(), 'a', true);
SELECT cdp.sequence_next_node(NULL, 'head', now(), 'a', true, true);
SELECT cdp.sequence_next_node('forward', b, now(), 'a', true, true) FROM unnest('{head,first_match}'::text[]) b;
SELECT cdp.sequence_next_node('forward', 'head', 'infinity', 'a', true, true);
SELECT cdp.sequence_next_node('forward', 'head', now(), 'a', true, VARIADIC array_fill(true, '{65}'));
SELECT cdp.sequence_next_node('forward', 'head', now(), 'a', true, VARIADIC c) FROM (VALUES ('{t}'::boolean[]), ('{t,f}')) v(c);
SELECT cdp._sequence_next_node_trans(NULL, 'forward', 'head', now(), 'a', true);
SELECT cdp.sessionize(now(), '1 hour');
SELECT cdp.sessionize(now(), '1 month') OVER ();
SELECT cdp.sessionize(now(), '-1 hour') OVER ();
SELECT cdp.sessionize(now(), NULL) OVER ();
SELECT cdp.sessionize('infinity', '1 hour') OVER ();
SELECT cdp.sessionize(at(minute), '30 minutes') OVER (ORDER BY n) FROM unnest('{0,0,50,10}'::int[]) WITH ORDINALITY u(minute, n);
SELECT cdp.sessionize(at(minute), '30 minutes') OVER (ORDER BY n) FROM unnest('{50,10,10,11}'::int[]) WITH ORDINALITY u(minute, n);
-- leave the database as it was
DROP VIEW answers;
DROP TABLE visit, event, serial;
DROP AGGREGATE node_state(text, text, timestamptz, text, boolean, VARIADIC boolean[]), node_of_states(cdp.sequence_next_node_state);
DROP FUNCTION at, refusal;
