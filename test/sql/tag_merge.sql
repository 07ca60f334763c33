-- When people merge, tags, audiences and timelines follow in the same transaction, over chunks too.
\set SHOW_CONTEXT never
SELECT cdp.setup('UTC');
-- people merge here as they like
UPDATE cdp.id_type SET max_per_person = NULL;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT 'a' || n, timestamp '2025-01-01' + n * interval '1 day', 'open', 'phone', '139000000' || n FROM generate_series(10, 13) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
-- people far apart: around 2^20, 2^21, and above 2^31
UPDATE cdp.counter SET last = 1048574 WHERE name = 'one_id';
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT 'b' || n, timestamp '2025-02-01' + n * interval '1 hour', 'open', 'phone', '139000000' || n FROM generate_series(20, 23) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
UPDATE cdp.counter SET last = 4000000000 WHERE name = 'one_id';
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT 'c' || n, timestamp '2025-02-01' + n * interval '1 hour', 'open', 'phone', '139000000' || n FROM generate_series(30, 32) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT one_id, cdp.chunk_of(one_id) AS chunk FROM cdp.person ORDER BY cdp.chunk_of(one_id), one_id;

SELECT cdp.tag_define('everybody', 'SELECT one_id FROM cdp.person WHERE merged_into IS NULL');
SELECT cdp.tag_define('own', 'SELECT one_id, one_id AS value FROM cdp.person WHERE merged_into IS NULL');
SELECT cdp.tag_define('low', 'SELECT one_id FROM cdp.person WHERE merged_into IS NULL AND one_id BETWEEN 1 AND 2');
SELECT cdp.audience_define('high', 'not tag:low');
SELECT people, chunks_written FROM cdp.tag_refresh('everybody');
SELECT people, chunks_written FROM cdp.tag_refresh('own');
SELECT people, chunks_written FROM cdp.tag_refresh('low');
SELECT users, entered FROM cdp.audience_refresh('high');
SELECT people, months, events FROM cdp.timeline_refresh();
SELECT cdp.tag_define('stays', 'SELECT 3 AS one_id');
SELECT people FROM cdp.tag_refresh('stays');
CREATE TABLE before AS SELECT tag_id, value, chunk, xmin AS version FROM cdp.tag_value;

-- 1 with 1048576 and 4000000001 (a chain over three chunks), 3 with 1048575
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES
    ('t', 'phone', '13900000010', 'phone', '13900000021', '2025-03-01'),
    ('t', 'phone', '13900000021', 'phone', '13900000030', '2025-03-01'),
    ('t', 'phone', '13900000012', 'phone', '13900000020', '2025-03-01');
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT survivor, absorbed FROM cdp.merge_log ORDER BY seq;
SELECT tag, value, string_agg(one_id::text, ' ' ORDER BY one_id) AS members FROM cdp.v_person_tag GROUP BY tag, value ORDER BY 1, 2;
SELECT string_agg(one_id::text, ' ' ORDER BY one_id) AS members FROM cdp.v_audience_member;
SELECT one_id, month, cdp.timeline_count(tl) AS events FROM cdp.person_timeline ORDER BY 1, 2;
-- no retired id anywhere, no member in the wrong chunk, no empty row
SELECT count(*) AS retired FROM cdp.v_person_tag JOIN cdp.person USING (one_id) WHERE merged_into IS NOT NULL;
SELECT count(*) AS misplaced FROM cdp.tag_value AS t, cdp.rb_iterate(cdp._tag_members(t.base, t.changed, t.later)) AS m WHERE cdp.chunk_of(m) <> t.chunk;
SELECT count(*) AS empty FROM cdp.tag_value WHERE users = 0;
SELECT count(*) AS retired FROM cdp.v_audience_member JOIN cdp.person USING (one_id) WHERE merged_into IS NOT NULL;
-- chunks of tags that the merge does not concern are not rewritten
SELECT g.name, b.value, b.chunk FROM before AS b JOIN cdp.tag_value AS t USING (tag_id, value, chunk)
  JOIN cdp.tag AS g USING (tag_id) WHERE t.xmin::text = b.version::text ORDER BY 1, 2, 3;
-- the same answer as a refresh from scratch
SELECT people, chunks_written, chunks_removed FROM cdp.tag_refresh('everybody');
SELECT users, entered, left_users FROM cdp.audience_refresh('high');
CREATE TABLE stored AS SELECT one_id, month, cdp.timeline_send(tl) AS tl FROM cdp.person_timeline;
TRUNCATE cdp.timeline_month, cdp.timeline_due;
INSERT INTO cdp.timeline_due SELECT identifier_id, date_trunc('month', ts AT TIME ZONE 'UTC') FROM cdp.event;
SELECT people, months, events FROM cdp.timeline_refresh();
SELECT count(*) AS differences FROM cdp.person_timeline AS t FULL JOIN stored AS s USING (one_id, month)
 WHERE cdp.timeline_send(t.tl) IS DISTINCT FROM s.tl;

-- ids kept elsewhere may be retired: their survivor is meant
SELECT cdp.tag_define('kept', 'SELECT unnest(ARRAY[1048576, -294967295, 2]) AS one_id');
SELECT people, unresolved FROM cdp.tag_refresh('kept');
SELECT one_id FROM cdp.v_person_tag WHERE tag = 'kept' ORDER BY 1;
SELECT cdp.audience_define('kept', sql => 'SELECT unnest(ARRAY[1048576, -294967295, 2]) AS one_id');
SELECT users, entered, left_users, unresolved FROM cdp.audience_refresh('kept');
-- again later: 1 is absorbed by nobody, 2 by 1
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES
    ('t', 'phone', '13900000011', 'phone', '13900000010', '2025-03-02');
SELECT links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT tag, value, string_agg(one_id::text, ' ' ORDER BY one_id) AS members FROM cdp.v_person_tag
 WHERE tag IN ('low', 'kept') GROUP BY tag, value ORDER BY 1, 2;
SELECT users, entered, left_users FROM cdp.audience_refresh('kept');
