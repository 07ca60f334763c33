-- Included by the benches: what asks the questions in turn and shows CPU times and ratios.
--
-- The CPU time is the serial backend's own, as Linux counts it in /proc/self/schedstat
-- (nanoseconds on a processor). Wall time would measure the neighbours.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '1GB';
SET jit = off;

CREATE TEMP TABLE bench_query (place int PRIMARY KEY, what text UNIQUE, against text, query text,
                               settings text DEFAULT '');
CREATE TEMP TABLE bench_time (round int, what text, cpu_ms float8, answer text);

CREATE FUNCTION pg_temp.cpu_ns() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint
$$;

CREATE PROCEDURE pg_temp.bench_run(rounds int) LANGUAGE plpgsql AS $$
DECLARE
    turn int;
    question record;
    before bigint;
    answer text;
BEGIN
    FOR turn IN 1 .. rounds LOOP
        FOR question IN SELECT * FROM bench_query ORDER BY place LOOP
            EXECUTE coalesce(nullif(question.settings, ''), 'RESET enable_sort; RESET enable_indexscan; RESET enable_indexonlyscan');
            before := pg_temp.cpu_ns();
            EXECUTE question.query INTO answer;
            INSERT INTO bench_time
                VALUES (turn, question.what, (pg_temp.cpu_ns() - before) / 1e6, answer);
        END LOOP;
    END LOOP;
    FOR question IN SELECT q.what, q.against FROM bench_query q
                      JOIN bench_time mine USING (what)
                      JOIN bench_time other ON other.what = q.against
                     WHERE mine.answer IS DISTINCT FROM other.answer LOOP
        RAISE EXCEPTION '% and % do not agree', question.what, question.against;
    END LOOP;
END
$$;

-- Median CPU of each question, per row, and as a ratio to the question it is set against.
CREATE FUNCTION pg_temp.bench_show(row_count bigint)
RETURNS TABLE (what text, cpu_ms numeric, lowest numeric, ns_per_row numeric, against text, ratio numeric)
LANGUAGE sql AS $$
    WITH figure AS (
        SELECT what, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) AS median, min(cpu_ms) AS lowest
          FROM bench_time GROUP BY what)
    SELECT q.what, round(f.median::numeric), round(f.lowest::numeric),
           round((f.median * 1e6 / row_count)::numeric, 1), q.against,
           round((f.median / o.median)::numeric, 3)
      FROM bench_query q JOIN figure f USING (what) LEFT JOIN figure o ON o.what = q.against
     ORDER BY q.place
$$;
