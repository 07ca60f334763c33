-- Included by work.sql: asks every question of both sides in turn and shows CPU times and ratios.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '1GB';
SET jit = off;

-- One row a question. The query gives one row, and means what the side's search_path makes of its
-- names; "plain" asks the same without bitmaps. Where its answer is a mere count, "proof" is a query
-- whose answer tells the whole result.
CREATE TEMP TABLE bench_question (place serial PRIMARY KEY, work text UNIQUE, target numeric, query text,
                                  plain text, proof text, output text DEFAULT 'bytea');
CREATE TEMP TABLE bench_time (place int, side text, cpu_ms float8);

-- CPU time of this backend in nanoseconds. The kernel brings it up to date when the process gives way,
-- otherwise with the clock tick, so it gives way.
CREATE FUNCTION pg_temp.cpu_ns() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT pg_sleep(0.00001);
    SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint
$$;

CREATE PROCEDURE pg_temp.bench_side(side text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('search_path', CASE side
        WHEN 'ours' THEN 'bench_bitmap_ours, bench_bitmap, cdp, public'
        WHEN 'peer' THEN format('bench_bitmap_peer, bench_bitmap, %s, public',
                                (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'roaringbitmap'))
        ELSE 'bench_bitmap, public' END, false);
END
$$;

-- CPU milliseconds of one execution, out of as many as are asked for.
CREATE FUNCTION pg_temp.cpu_ms(query text, times int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    started bigint := pg_temp.cpu_ns();
BEGIN
    FOR n IN 1 .. times LOOP
        EXECUTE query;
    END LOOP;
    RETURN (pg_temp.cpu_ns() - started) / 1e6 / times;
END
$$;

-- The answers first: figures of sides that do not agree are worth nothing. Then the sides in turn,
-- each as often as fills a tenth of a second (less over little data), since the shortest statements
-- are over in microseconds; what takes long is asked in fewer rounds.
CREATE PROCEDURE pg_temp.bench_run(rounds int, other text, pattern text) LANGUAGE plpgsql AS $$
DECLARE
    question record;
    side text;
    query text;
    answers text[];
    once float8;
    times jsonb;
    longest float8;
    fill_ms float8 := least(100, bench_bitmap.users() / 10000);
BEGIN
    FOR question IN SELECT * FROM bench_question WHERE work ~ pattern ORDER BY place LOOP
        PERFORM set_config('roaringbitmap.output_format', question.output, false);
        RAISE INFO '%', question.work;
        answers := '{}';
        times := '{}';
        longest := 0;
        FOREACH side IN ARRAY ARRAY['ours', other] LOOP
            query := CASE side WHEN 'plain' THEN question.plain ELSE question.query END;
            CONTINUE WHEN query IS NULL;
            CALL pg_temp.bench_side(side);
            once := pg_temp.cpu_ms(query, 1);
            times := times || jsonb_build_object(side, least(1000, 1 + (fill_ms / greatest(once, 0.01))::int));
            longest := greatest(longest, once);
            EXECUTE format('SELECT s::text FROM (%s) s',
                           CASE other WHEN 'peer' THEN coalesce(question.proof, query) ELSE query END) INTO query;
            answers := answers || coalesce(query, 'null');
        END LOOP;
        IF answers[1] <> answers[2] THEN
            RAISE EXCEPTION 'the sides do not agree on "%"', question.work
                USING DETAIL = format('Ours: %s; %s: %s.', left(answers[1], 200), other, left(answers[2], 200));
        END IF;
        FOR turn IN 1 .. CASE WHEN longest > 8000 THEN least(rounds, 1) WHEN longest > 1500 THEN least(rounds, 3) ELSE rounds END LOOP
            FOREACH side IN ARRAY CASE turn % 2 WHEN 1 THEN ARRAY['ours', other] ELSE ARRAY[other, 'ours'] END LOOP
                query := CASE side WHEN 'plain' THEN question.plain ELSE question.query END;
                CONTINUE WHEN query IS NULL;
                CALL pg_temp.bench_side(side);
                INSERT INTO pg_temp.bench_time
                    VALUES (question.place, side, pg_temp.cpu_ms(query, (times->>side)::int));
            END LOOP;
        END LOOP;
    END LOOP;
END
$$;
