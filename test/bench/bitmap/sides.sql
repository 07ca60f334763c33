-- Makes what the sides of the comparison hold: the same sets, by each one's own aggregate. The tables
-- have the same names in schemas of their own, so that one statement asks either side.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET work_mem = '1GB';
SET jit = off;
SET max_parallel_workers_per_gather = 0;

DROP SCHEMA IF EXISTS bench_bitmap_ours CASCADE;
CREATE SCHEMA bench_bitmap_ours;
SET search_path = bench_bitmap_ours, bench_bitmap, cdp, public;
\ir held.sql

\if :peer
    DROP SCHEMA IF EXISTS bench_bitmap_peer CASCADE;
    CREATE SCHEMA bench_bitmap_peer;
    SELECT count(*) = 0 AS missing FROM pg_extension WHERE extname = 'roaringbitmap' \gset
    \if :missing
        CREATE EXTENSION roaringbitmap SCHEMA bench_bitmap_peer;
    \endif
    SELECT extnamespace::regnamespace AS peer_schema FROM pg_extension WHERE extname = 'roaringbitmap' \gset
    SET search_path = bench_bitmap_peer, bench_bitmap, :peer_schema, public;
    \ir held.sql
\else
    -- The best indexes that plain SQL can ask for: they hold all that is asked.
    CREATE UNIQUE INDEX IF NOT EXISTS user_tag_by_tag ON bench_bitmap.user_tag (tag, uid);
    CREATE UNIQUE INDEX IF NOT EXISTS user_tag_by_uid ON bench_bitmap.user_tag (uid, tag);
    VACUUM ANALYZE bench_bitmap.user_tag;
\endif
