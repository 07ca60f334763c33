-- Bytes in and out of timeline, honest and hostile ones.
SET timezone = 'UTC';
CREATE TABLE t AS SELECT i AS id, cdp.timeline_agg('2024-01-01'::timestamptz + (hashint8(j) & 1048575) * tick, hashint4(j) & codes) AS tl
  FROM (VALUES (1, interval '1 us', 7), (2, '1 ms', 511), (3, '1 s', 2147483647), (4, '1 h', 63)) v(i, tick, codes),
       generate_series(1, 200) j GROUP BY i;
SELECT cdp.timeline_agg(ts, code) FROM (VALUES ('2024-01-01'::timestamptz, 1), ('2024-01-01 00:00:01.5', 300)) v(ts, code);

-- What a client does who sends a value in binary: COPY reads it from a file beside the data.
CREATE FUNCTION receive(type regtype, image bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message oid;
    result text;
BEGIN
    message := lo_from_bytea(0, '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0)
        || int2send(1::int2) || int4send(length(image)) || image || int2send((-1)::int2));
    PERFORM lo_export(message, 'cdp_received.bin');
    PERFORM lo_unlink(message);
    EXECUTE format('CREATE TEMP TABLE received (v %s)', type);
    COPY received FROM 'cdp_received.bin' (FORMAT binary);
    EXECUTE 'SELECT v::text FROM received' INTO result;
    DROP TABLE received;
    RETURN result;
END $$;

-- text and binary give back the same bytes
SELECT count(*) AS same_text FROM t WHERE tl::text::cdp.timeline::text = tl::text;
SELECT count(*) AS same_bytes FROM t WHERE cdp.timeline_send(tl)::text = tl::text;
SELECT count(*) AS same_binary FROM t WHERE receive('cdp.timeline', cdp.timeline_send(tl)) = tl::text;

-- An aggregate without final function leaves its state as a value: every reader takes it.
CREATE AGGREGATE raw_agg(timestamptz, integer) (SFUNC = cdp._timeline_trans, STYPE = cdp.timeline);
CREATE CAST (cdp.timeline AS bytea) WITHOUT FUNCTION;
CREATE AGGREGATE raw_rollup(cdp.timeline) (SFUNC = cdp._timeline_combine, STYPE = cdp.timeline);
CREATE TABLE raw AS SELECT id, raw_agg(ts, code ORDER BY ordinality DESC) AS tl FROM t, cdp.timeline_events(tl) WITH ORDINALITY GROUP BY id;
SELECT count(*) AS states, count(*) FILTER (WHERE pg_column_size(raw.tl) <> pg_column_size(t.tl)) AS stored_otherwise,
       count(*) FILTER (WHERE raw.tl::text = t.tl::text) AS same_text,
       count(*) FILTER (WHERE cdp.timeline_send(raw.tl) = cdp.timeline_send(t.tl)) AS same_bytes,
       count(*) FILTER (WHERE cdp.timeline_count(raw.tl) = cdp.timeline_count(t.tl)) AS same_count,
       count(*) FILTER (WHERE cdp.timeline_first(raw.tl) = cdp.timeline_first(t.tl)) AS same_first,
       count(*) FILTER (WHERE cdp.timeline_last(raw.tl) = cdp.timeline_last(t.tl)) AS same_last,
       count(*) FILTER (WHERE (raw.tl OPERATOR(cdp.||) t.tl)::text = (t.tl OPERATOR(cdp.||) t.tl)::text) AS same_concat,
       count(*) FILTER (WHERE cdp.timeline_slice(raw.tl, '-infinity', 'infinity')::text = t.tl::text) AS same_slice,
       count(*) FILTER (WHERE cdp.window_funnel(raw.tl, '{1,2,3}', '1 day') = cdp.window_funnel(t.tl, '{1,2,3}', '1 day')) AS same_depth,
       count(*) FILTER (WHERE (SELECT array_agg(e::text) FROM cdp.timeline_events(raw.tl) e) = (SELECT array_agg(e::text) FROM cdp.timeline_events(t.tl) e)) AS same_events
  FROM raw JOIN t USING (id);
-- states meet states and stored values, also after a way through text
SELECT cdp.rollup(v)::text = (SELECT cdp.rollup(tl)::text FROM (SELECT tl FROM t UNION ALL SELECT tl FROM t UNION ALL SELECT tl FROM t) u) AS same,
       raw_rollup(v)::text = cdp.rollup(v)::text AS same_raw
  FROM (SELECT tl AS v FROM raw UNION ALL SELECT tl::text::cdp.timeline FROM raw UNION ALL SELECT tl FROM t) s;

-- one wrong byte at every place, through both doors: refused, or another timeline that is in order
\set SHOW_CONTEXT never
CREATE FUNCTION refusal(door text, image bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    got text;
BEGIN
    IF door = 'text' THEN
        got := image::text::cdp.timeline::text;
    ELSE
        got := receive('cdp.timeline', image);
    END IF;
    RETURN CASE WHEN got = image::text THEN 'taken' ELSE 'changed' END;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TABLE damaged AS
    SELECT set_byte(image, i, get_byte(image, i) # bits) AS image
      FROM (SELECT cdp.timeline_send(cdp.timeline_agg('2024-01-01'::timestamptz + hashint4(j) * interval '1 ms', j * j)) AS image
              FROM generate_series(1, 40) j) s, generate_series(0, length(image) - 1) i, unnest('{1,2,128,255}'::int[]) bits;
SELECT regexp_replace(refusal('text', image), 'version \d+', 'version N') AS answer, count(*) > 0 AS seen
  FROM damaged GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE refusal('text', image) ~ '^taken') = count(*) FILTER (WHERE refusal('binary', image) ~ '^taken') AS doors_agree,
       count(*) FILTER (WHERE refusal('binary', image) = 'changed') AS changed
  FROM (SELECT * FROM damaged ORDER BY image LIMIT 60) s;
-- one too short or too long, empty, a state in build form, a count that lies, more columns
SELECT door, name, refusal(door, image) FROM (VALUES ('text'), ('binary')) d(door), (
    SELECT 'short', substr(image, 1, length(image) - 1) FROM (SELECT cdp.timeline_send(tl) AS image FROM t WHERE id = 1) s
    UNION ALL SELECT 'long', image || '\x00' FROM (SELECT cdp.timeline_send(tl) AS image FROM t WHERE id = 1) s
    UNION ALL SELECT 'empty', '\x'
    UNION ALL SELECT 'build form', '\x8100000000000000'
    UNION ALL SELECT 'lying count', bytea '\x01000000ffffff0300000000000000000000000000000000' || '\x0000000000000000'
    UNION ALL SELECT 'beyond count', bytea '\x01000000ffffffff00000000000000000000000000000000' || '\x0000000000000000'
    UNION ALL SELECT 'column flag', bytea '\x012002000000000000000000000000000000000000000000' || '\x0000000000000000'
    UNION ALL SELECT 'column missing', bytea '\x010102000000000000000000000000000000000000000000' || '\x0000000000000000') v(name, image)
 ORDER BY door DESC, name;
SELECT '\x0'::cdp.timeline;
SELECT 'visits'::cdp.timeline;

-- A page may rot behind the doors' backs: such values are read as far as they make sense, or refused.
CREATE CAST (bytea AS cdp.timeline) WITHOUT FUNCTION;
CREATE FUNCTION outcome(query text, image bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query USING image;
    RETURN 'answered';
EXCEPTION WHEN data_corrupted OR datetime_field_overflow THEN
    RETURN 'refused';
END $$;
SELECT reader, count(*) AS asked, count(*) = count(*) FILTER (WHERE outcome(query, image) IN ('answered', 'refused')) AS survived
  FROM (VALUES ('count', 'SELECT cdp.timeline_count($1::cdp.timeline)'), ('last', 'SELECT cdp.timeline_last($1::cdp.timeline)::text'),
               ('slice', $q$SELECT cdp.timeline_slice($1::cdp.timeline, '2024-01-01', 'infinity')$q$),
               ('concat', 'SELECT $1::cdp.timeline OPERATOR(cdp.||) $1::cdp.timeline'),
               ('events', 'SELECT count(e::text) FROM cdp.timeline_events($1::cdp.timeline) e'),
               ('funnel', $q$SELECT cdp.window_funnel($1::cdp.timeline, '{1,4,9}', '1 day', 'strict_order,strict_increase')$q$),
               ('rollup', 'SELECT cdp.rollup(v) FROM (VALUES ($1::cdp.timeline), ($1::cdp.timeline)) s(v)'),
               ('raw rollup', 'SELECT raw_rollup(v) FROM (VALUES ($1::cdp.timeline), ($1::cdp.timeline)) s(v)'),
               ('text', 'SELECT $1::cdp.timeline::text')) r(reader, query),
       (TABLE damaged UNION ALL
        SELECT substr(image, 1, n) FROM (SELECT image FROM damaged ORDER BY image DESC LIMIT 1) s, generate_series(0, 120) n UNION ALL
        SELECT set_byte(state, i, get_byte(state, i) # 255) FROM (SELECT raw.tl::bytea AS state FROM raw WHERE id = 1) s, generate_series(0, 12) i) h
 GROUP BY reader ORDER BY reader;
-- leave the database as it was
DROP TABLE t, raw, damaged;
DROP FUNCTION receive, refusal, outcome;
