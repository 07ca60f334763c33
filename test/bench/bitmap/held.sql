-- Included by sides.sql, once for each side: its bitmaps of all tags, and of 30 tags with wide ids.
CREATE TABLE held AS
    SELECT tag, rb_build_agg(uid) AS bm FROM bench_bitmap.user_tag GROUP BY tag ORDER BY tag;
CREATE TABLE held64 AS
    SELECT tag, rb64_build_agg(bench_bitmap.wide(uid)) AS bm
      FROM bench_bitmap.user_tag WHERE tag IN (SELECT tag FROM bench_bitmap.pick WHERE name = 'wide')
     GROUP BY tag ORDER BY tag;
VACUUM ANALYZE held, held64;
