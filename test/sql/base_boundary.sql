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

DROP AGGREGATE picky_sum(bigint);
DROP FUNCTION fail(text), live_objects(), endless(), context_bytes(bigint), sum_trans(bytea, bigint),
    sum_final(bytea), fail_often(integer);
