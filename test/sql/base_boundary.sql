-- The boundary between C++ and the server: whatever fails inside becomes an ordinary error.
CREATE FUNCTION fail(kind text) RETURNS void
    AS '$libdir/cdp_boundary_test', 'cdp_boundary_fail' LANGUAGE C STRICT;
CREATE FUNCTION live_objects() RETURNS integer
    AS '$libdir/cdp_boundary_test', 'cdp_boundary_live_objects' LANGUAGE C;
CREATE FUNCTION endless() RETURNS void
    AS '$libdir/cdp_boundary_test', 'cdp_boundary_endless' LANGUAGE C;
CREATE FUNCTION context_bytes(bytes bigint) RETURNS bigint
    AS '$libdir/cdp_boundary_test', 'cdp_boundary_context_bytes' LANGUAGE C STRICT;
CREATE FUNCTION sum_trans(bytea, bigint) RETURNS bytea
    AS '$libdir/cdp_boundary_test', 'cdp_boundary_sum_trans' LANGUAGE C;
CREATE FUNCTION sum_final(bytea) RETURNS bigint
    AS '$libdir/cdp_boundary_test', 'cdp_boundary_sum_final' LANGUAGE C;
CREATE AGGREGATE picky_sum(bigint) (SFUNC = sum_trans, STYPE = bytea, FINALFUNC = sum_final);

DO $$
DECLARE
    kind text;
    state text; message text; detail text; hint text;
BEGIN
    FOREACH kind IN ARRAY ARRAY['std', 'bad_alloc', 'int', 'server', 'core', 'beyond the limit',
                                'value too large'] LOOP
        BEGIN
            PERFORM fail(kind);
            RAISE NOTICE '%: no error', kind;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
                detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
            RAISE INFO '% -> % "%" "%" "%"', kind, state, message, detail, hint;
        END;
    END LOOP;
END $$;
-- every destructor on the way ran
SELECT live_objects();

-- a cancelled query leaves a core loop, and its objects are gone
SET statement_timeout = '200ms';
SELECT endless();
RESET statement_timeout;
SELECT live_objects();

-- memory of C++ containers is counted by the memory context and dies with it
SELECT context_bytes(1000) < 20000 AS small, context_bytes(10000000) BETWEEN 10000000 AND 10100000 AS large;

-- an error in the middle of an aggregate with C++ state
SELECT picky_sum(i) FROM generate_series(1, 1000) i;
SELECT picky_sum(CASE WHEN i = 700 THEN -1 ELSE i END) FROM generate_series(1, 1000) i;
-- outside an aggregate the transition function refuses
SELECT sum_trans(NULL, 1);

-- 1000 failures of every kind leave nothing behind
CREATE FUNCTION fail_often(times integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. times LOOP
        BEGIN
            PERFORM fail((ARRAY['std', 'bad_alloc', 'int', 'server', 'core'])[i % 5 + 1]);
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
        BEGIN
            PERFORM picky_sum(CASE WHEN v = 50 THEN -1 ELSE v END) FROM generate_series(1, 100) v;
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
    END LOOP;
END $$;
SELECT fail_often(10);
CREATE TEMP TABLE top_memory AS
    SELECT total_bytes - free_bytes AS used FROM pg_backend_memory_contexts WHERE name = 'TopMemoryContext';
SELECT fail_often(1000);
SELECT m.total_bytes - m.free_bytes - t.used < 1024 AS no_growth
  FROM pg_backend_memory_contexts m, top_memory t WHERE m.name = 'TopMemoryContext';
SELECT live_objects();

-- A sort keeps its rows, since 17, in memory without single frees, and large states are flattened
-- right into it: they need no other memory of the target.
CREATE FUNCTION flat_bytes("any") RETURNS bigint
    AS '$libdir/cdp_boundary_test', 'cdp_boundary_flat_bytes' LANGUAGE C STRICT;
CREATE AGGREGATE flat_bitmap(int4) (SFUNC = cdp.rb_build_trans, STYPE = cdp.roaringbitmap, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_union(cdp.roaringbitmap) (SFUNC = cdp.rb_or_trans, STYPE = cdp.roaringbitmap, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_parity(cdp.roaringbitmap) (SFUNC = cdp.rb_xor_trans, STYPE = cdp.roaringbitmap, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_bitmap64(int8) (SFUNC = cdp.rb64_build_trans, STYPE = cdp.roaringbitmap64, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_union64(cdp.roaringbitmap64) (SFUNC = cdp.rb64_or_trans, STYPE = cdp.roaringbitmap64, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_sum(cdp.bsi) (SFUNC = cdp._bsi_sum_trans, STYPE = cdp.bsi, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_components(bigint, bigint) (SFUNC = cdp._components_agg_trans, STYPE = cdp.components, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_components(text, text) (SFUNC = cdp._components_agg_text_trans, STYPE = cdp.components_text, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_activity(int, date) (SFUNC = cdp._activity_trans, STYPE = cdp.activity, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_funnel(int, int, timestamptz[]) (SFUNC = cdp._funnel_chain_trans, STYPE = cdp.funnel, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_timelines(bigint, timestamptz, int) (SFUNC = cdp._timelines_build_trans, STYPE = cdp.timelines, FINALFUNC = flat_bytes);
CREATE AGGREGATE flat_levels(bigint, timestamptz, int, interval)
    (SFUNC = cdp._window_funnel_levels_trans, STYPE = cdp.window_funnel_levels_state, FINALFUNC = flat_bytes);
SELECT what, bytes > 8192 AS large FROM (
    SELECT flat_bitmap(i * 70), flat_union(cdp.rb_build(ARRAY[i, i * 70])),
           flat_parity(cdp.rb_build(ARRAY[i, i * 70])), flat_bitmap64(i::int8 << 20),
           flat_union64(cdp.rb64_build(ARRAY[i, i::int8 << 20])),
           flat_sum(cdp.bsi_remap(one, '{1}', ARRAY[i])), flat_components(i, i * 2),
           flat_components('a' || i, 'b' || i), flat_activity(i, '2025-06-01'::date + i % 60),
           flat_funnel(i, 2, ARRAY[t, t + i * interval '1 second']), flat_timelines(i, t, i % 9),
           flat_levels(i, t, 1 + i % 3, '1 day')
      FROM generate_series(1, 20000) AS i, LATERAL (SELECT '2025-06-01Z'::timestamptz + i * interval '1 minute' AS t) AS at,
           (SELECT cdp.bsi_build_agg(1, 7) AS one) AS a_bsi
) AS s(bitmap, "union", parity, bitmap64, union64, "sum", components, texts, activity, funnel, timelines, levels),
  LATERAL (VALUES ('bitmap', bitmap), ('union', "union"), ('parity', parity), ('bitmap64', bitmap64), ('union64', union64),
                  ('sum', "sum"), ('components', components), ('texts', texts), ('activity', activity),
                  ('funnel', funnel), ('timelines', timelines), ('levels', levels)) AS v(what, bytes);
DROP AGGREGATE flat_bitmap(int4), flat_union(cdp.roaringbitmap), flat_parity(cdp.roaringbitmap), flat_bitmap64(int8),
    flat_union64(cdp.roaringbitmap64), flat_sum(cdp.bsi), flat_components(bigint, bigint),
    flat_components(text, text), flat_activity(int, date), flat_funnel(int, int, timestamptz[]),
    flat_timelines(bigint, timestamptz, int), flat_levels(bigint, timestamptz, int, interval);
DROP FUNCTION flat_bytes("any");

DROP AGGREGATE picky_sum(bigint);
DROP FUNCTION fail(text), live_objects(), endless(), context_bytes(bigint), sum_trans(bytea, bigint),
    sum_final(bytea), fail_often(integer);
