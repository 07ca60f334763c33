-- A sort compares its values in one context until it ends: nothing of them may stay there. The values
-- lie out of line, so that each comparison fetches both; 400 of them are compared some 3,400 times.
CREATE TABLE stored (rb cdp.roaringbitmap, rb64 cdp.roaringbitmap64, tl cdp.timeline);
ALTER TABLE stored ALTER rb SET STORAGE external, ALTER rb64 SET STORAGE external, ALTER tl SET STORAGE external;
INSERT INTO stored
SELECT cdp.rb_build_agg(n % 16777216), cdp.rb64_build_agg(n::int8 * 65536), cdp.timeline_agg('2024-01-01'::timestamptz + n * interval '1 s', g)
  FROM generate_series(1, 400) g, generate_series(1, 1500) x, LATERAL (SELECT hashint4(g * 3000 + x) & 16777215 AS n) h
 GROUP BY g;
SELECT count(*), min(pg_column_size(rb)) > 2500 AS rb, min(pg_column_size(rb64)) > 2500 AS rb64,
       min(pg_column_size(tl)) > 2500 AS tl FROM stored;

-- The first row comes when all are sorted, and what the sort has taken is there still.
CREATE FUNCTION memory_of_sort(asked text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    sorted refcursor;
    before bigint := (SELECT sum(total_bytes) FROM pg_backend_memory_contexts);
    more bigint;
BEGIN
    OPEN sorted FOR EXECUTE asked;
    MOVE sorted;
    SELECT sum(total_bytes) - before INTO more FROM pg_backend_memory_contexts;
    CLOSE sorted;
    RETURN CASE WHEN more < 4e6 THEN 'little' ELSE pg_size_pretty(more) END;
END $$;
SELECT memory_of_sort('SELECT rb FROM stored ORDER BY rb') AS rb,
       memory_of_sort('SELECT rb64 FROM stored ORDER BY rb64') AS rb64,
       memory_of_sort('SELECT tl FROM stored ORDER BY tl') AS tl;
SET enable_hashagg = off;
SELECT memory_of_sort('SELECT DISTINCT tl FROM stored') AS tl;
RESET enable_hashagg;

-- what is no more than an aggregate's state is compared as the value that it stands for
SELECT cdp.timeline_count(least(a, b)) AS events
  FROM (SELECT cdp.timeline_agg('2024-01-02', 1) AS a, cdp.timeline_agg('2024-01-01', 1) AS b) t;
-- and values are in the order that they have as plain ones
SELECT bool_and(least) AS same FROM (
    SELECT rb OPERATOR(cdp.>=) lag(rb) OVER (ORDER BY rb) IS NOT FALSE AND
           tl OPERATOR(cdp.>=) lag(tl) OVER (ORDER BY tl) IS NOT FALSE AS least FROM stored) s;
-- hashed, they meet themselves
CREATE INDEX stored_tl ON stored USING hash (tl);
CREATE INDEX stored_rb ON stored USING hash (rb);
SET enable_seqscan = off;
SELECT count(*) FROM stored s WHERE tl OPERATOR(cdp.=) (SELECT tl FROM stored LIMIT 1)
                                 OR rb OPERATOR(cdp.=) (SELECT rb FROM stored OFFSET 1 LIMIT 1);
RESET enable_seqscan;
DROP TABLE stored;
DROP FUNCTION memory_of_sort;
