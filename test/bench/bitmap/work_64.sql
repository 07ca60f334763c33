-- Included by work.sql: what is asked of 64-bit bitmaps, 30 tags with ids spread over 2^43.
INSERT INTO bench_question (work, target, query, plain, proof) VALUES
('rb64_contains of 1,000 sparse ids', 50,
 $$SELECT count(*) FROM held64, probe WHERE tag = (SELECT max(tag) FROM pick WHERE name = 'wide') AND place <= 1000 AND rb64_contains(bm, wide(id))$$, NULL, NULL),
('rb64_cardinality of 30', NULL, $$SELECT sum(rb64_cardinality(bm)) FROM held64$$,
 $$SELECT sum((SELECT count(*) FROM user_tag u WHERE u.tag = t.tag)) FROM pick t WHERE name = 'wide'$$, NULL),
('rb64_build_agg of 30 tags', NULL,
 $$SELECT sum(rb64_cardinality(bm))
     FROM (SELECT rb64_build_agg(wide(uid)) AS bm FROM user_tag WHERE tag IN (SELECT tag FROM pick WHERE name = 'wide') GROUP BY tag OFFSET 0) s$$,
 $$SELECT sum(n)
     FROM (SELECT count(DISTINCT wide(uid)) AS n FROM user_tag WHERE tag IN (SELECT tag FROM pick WHERE name = 'wide') GROUP BY tag) s$$,
 $$SELECT sum(hash_array_extended(rb64_to_array(bm), tag)::numeric) FROM held64$$),
('rb64_or_agg of 30', NULL, $$SELECT rb64_cardinality(rb64_or_agg(bm)) FROM held64$$,
 $$SELECT count(*) FROM (SELECT DISTINCT wide(uid) FROM user_tag WHERE tag IN (SELECT tag FROM pick WHERE name = 'wide')) s$$,
 $$SELECT hash_array_extended(rb64_to_array(rb64_or_agg(bm)), 0) FROM held64$$),
('rb64_and_cardinality of 30 x 30', NULL,
 $$SELECT sum(rb64_and_cardinality(x.bm, y.bm)) FROM held64 x, held64 y$$,
 $$SELECT sum(n)
     FROM (SELECT x.tag, y.tag, count(*) AS n FROM user_tag x JOIN user_tag y USING (uid)
            WHERE x.tag IN (SELECT tag FROM pick WHERE name = 'wide') AND y.tag IN (SELECT tag FROM pick WHERE name = 'wide') GROUP BY 1, 2) s$$, NULL);
