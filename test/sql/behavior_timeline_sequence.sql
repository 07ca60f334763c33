-- sequence patterns over timelines
SET timezone = 'UTC';
CREATE TABLE person AS
    SELECT i AS id, cdp.timeline_agg('2024-03-01'::timestamptz + (hashint8(i * 64 + j) & 63) * interval '10 minutes', (hashint4(i * 64 + j) & 3) * 100) AS tl
      FROM generate_series(1, 3000) i, generate_series(1, 1 + i % 30) j GROUP BY i;
CREATE TABLE event AS SELECT id, e.ts, e.code FROM person, cdp.timeline_events(tl) e;
CREATE TABLE visit AS
    SELECT cdp.timeline_agg(t, c) AS tl
      FROM (VALUES ('2025-06-01 10:00'::timestamptz, 1), ('2025-06-01 10:05', 2), ('2025-06-01 10:20', 3), ('2025-06-01 11:00', 2), ('2025-06-01 11:45', 4)) v(t, c);
-- the code of each condition, in their order
SELECT cdp.sequence_match(tl, '(?1)(?2)', '{1,2}') AS neighbours, cdp.sequence_match(tl, '(?1)(?2)', '{1,3}') AS seen_neighbours,
       cdp.sequence_match(tl, '(?1)(?2)', '{1,3,2}') AS no_neighbours, cdp.sequence_match(tl, '(?1)(?t<=30m)(?2)', '{2,4}') AS quick,
       cdp.sequence_count(tl, '(?1)', '{2}') AS count, cdp.sequence_match_events(tl, '(?1).*(?2)', '{2,4}') AS events FROM visit;
-- several codes for a condition, rows filled up with nulls
SELECT cdp.sequence_count(tl, '(?1).*(?2)', '{{1,3},{2,NULL}}') AS count,
       cdp.sequence_match_events(tl, '(?1).(?2)(?w<=1h)', '{{1,2},{3,2}}') AS events FROM visit;
-- the empty timeline, and nulls
SELECT cdp.sequence_match(cdp.timeline_slice(tl, '-infinity', '-infinity'), '', '{1}'), cdp.sequence_count(cdp.timeline_slice(tl, '-infinity', '-infinity'), '.', '{1}'),
       cdp.sequence_match_events(cdp.timeline_slice(tl, '-infinity', '-infinity'), '.', '{1}'),
       cdp.sequence_match(NULL::cdp.timeline, '(?1)', '{1}'), cdp.sequence_count(tl, NULL, '{1}'), cdp.sequence_match_events(tl, '(?1)', NULL) FROM visit;
-- what the rows of the same events answer, ties included
CREATE TABLE pattern (pattern text);
INSERT INTO pattern VALUES ('(?1).*(?2)'), ('(?1)(?2)'), ('(?1)(?t>=20m)(?2)(?t<1h)(?3)'), ('(?2).(?3).*(?1)(?w<=3h)'), ('(?1)(?t!=30m)(?1)'), ('.*');
SELECT pattern, count(*) FILTER (WHERE n > 1) > 50 AS many,
       count(*) FILTER (WHERE n <> cdp.sequence_count(tl, pattern, '{100,200,300}') OR m <> cdp.sequence_match(tl, pattern, '{100,200,300}')
                           OR e <> cdp.sequence_match_events(tl, pattern, '{100,200,300}')) AS differ
  FROM pattern, LATERAL (SELECT id, cdp.sequence_count(pattern, ts, code = 100, code = 200, code = 300) AS n,
                                cdp.sequence_match(pattern, ts, code = 100, code = 200, code = 300) AS m,
                                cdp.sequence_match_events(pattern, ts, code = 100, code = 200, code = 300) AS e FROM event GROUP BY id) r JOIN person USING (id)
 GROUP BY pattern ORDER BY pattern COLLATE "C";
SELECT sum(n) > 3000 AS many, count(*) FILTER (WHERE n <> cdp.sequence_count(tl, '(?1)(?2)', '{{0,100},{100,200}}')) AS differ
  FROM (SELECT id, cdp.sequence_count('(?1)(?2)', ts, code IN (0, 100), code IN (100, 200)) AS n FROM event GROUP BY id) r JOIN person USING (id);
-- arguments that differ from row to row
SELECT cdp.sequence_count(tl, p, c) FROM visit, (VALUES ('(?1)', '{2}'::int[]), ('(?1)', '{1}'), ('(?1)(?1)', '{2}'), ('(?1)', '{2}')) v(p, c);
-- the ends of time
SELECT cdp.sequence_match_events(cdp.timeline_agg(t, c), '(?1)(?t>=100000000d)(?2)', '{1,2}')
  FROM (VALUES ('4713-01-01 BC'::timestamptz, 1), ('0001-01-01', 2), ('9999-12-31', 1), ('294276-12-31', 2)) v(t, c);
SELECT cdp.sequence_count(cdp.timeline_agg(t, c), '(?1)(?t<100000000d)(?2)', '{1,2}')
  FROM (VALUES ('4713-01-01 BC'::timestamptz, 1), ('0001-01-01', 2), ('9999-12-31', 1), ('294276-12-31', 2)) v(t, c);
-- what is refused
\set SHOW_CONTEXT never
SELECT cdp.sequence_match(tl, '(?1)(?3)', '{1,2}') FROM visit;
SELECT cdp.sequence_match(tl, '(?1', '{1}') FROM visit;
SELECT cdp.sequence_match(tl, '(?1)', '{}') FROM visit;
SELECT cdp.sequence_match(tl, '(?1)', array_fill(1, '{65}')) FROM visit;
SELECT cdp.sequence_match(tl, '(?64)', array_fill(1, '{64}')) FROM visit;
SELECT cdp.sequence_match(tl, '(?1)', array_fill(1, '{1,1,1}')) FROM visit;
SELECT cdp.sequence_match(tl, '(?1)', '{-1}') FROM visit;
SELECT cdp.sequence_match(tl, '(?1)', '{1,NULL}') FROM visit;
DROP TABLE person, event, visit, pattern;
