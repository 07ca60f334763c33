-- Every question to timelines, asked of unusual ones: no event, one, the ends of time, days of 23 and 25 hours, and very many events.
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE TABLE question (name text, sql text);
INSERT INTO question VALUES
    ('funnel', $$SELECT cdp.window_funnel(tl, '{1,2}', '1 day')::text FROM x$$),
    ('funnel_chain', $$SELECT cdp.funnel_chain(tl, '{1,2}', '100000000 days')::text FROM x$$),
    ('funnel_agg', $$SELECT cdp.funnel_counts(cdp.funnel_agg(1, tl, '{1,2}', '100000000 days'))::text FROM x$$),
    ('funnel_calendar', $$SELECT cdp.funnel_chain(tl, '1, 2', '1 month', calendar => 'month', tz => 'Europe/Berlin')::text FROM x$$),
    ('funnel_rules', $$SELECT count(*) || ' attempts, deepest ' || max(depth) FROM x, cdp.funnel_attempts(tl, '1, 2', '100000000 days', exclude => '9', step_windows => '{100000000 days}') AS a$$),
    ('funnel_split', $$SELECT string_agg(concat_ws(':', key, step, users), ' ' ORDER BY key, step)
                         FROM cdp.funnel_split((SELECT cdp.funnel_split_agg(tl, 1, 1, '1, 2[value is null]|2[value > 0]', '1 day') FROM x))$$),
    ('sequence_count', $$SELECT cdp.sequence_count(tl, '(?1)(?t<=100000000d)(?2)', '{1,2}')::text FROM x$$),
    ('sequence_events', $$SELECT cdp.sequence_match_events(tl, '(?1).*(?2)', '{1,2}')::text FROM x$$),
    ('sessions', $$SELECT string_agg(s.first || '/' || s.events, ' ' ORDER BY session) FROM x, cdp.timeline_sessions(tl, '30 min', 'Europe/Berlin') s$$),
    ('paths', $$SELECT string_agg(path::text || '*' || n, ' ' ORDER BY n DESC, path) FROM cdp.paths((SELECT cdp.paths_agg(tl, '100000000 days', 2) FROM x))$$),
    ('attribution', $$SELECT string_agg(concat_ws(':', touched, touch, credit), ' ' ORDER BY touched, touch)
                        FROM cdp.attribution((SELECT cdp.attribution_agg(tl, '{2}', '{1}', '100000000 days', 'time_decay', 0) FROM x))$$),
    ('daily', $$SELECT string_agg(day || ':' || events, ' ' ORDER BY day, key) FROM cdp.daily((SELECT cdp.daily_agg(tl, NULL, 0, 'Europe/Berlin') FROM x))$$),
    ('intervals', $$SELECT string_agg(n::text, ' ' ORDER BY bin_from) FROM cdp.intervals((SELECT cdp.intervals_agg(tl, '{1}', '{2}', NULL) FROM x))$$),
    ('interval', $$SELECT cdp.intervals_quantile((SELECT cdp.intervals_agg(tl, '{1}', '{2}', NULL) FROM x))::text$$),
    ('distribution', $$SELECT string_agg(bin_from || '*' || users, ' ' ORDER BY bin_from)
                         FROM cdp.distribution_table((SELECT cdp.distribution_agg(tl, NULL, NULL, NULL, 'hours', 'Europe/Berlin') FROM x))$$),
    ('retention', $$SELECT string_agg(cohort || '+' || period || ':' || users, ' ' ORDER BY cohort, period)
                      FROM cdp.retention_table((SELECT cdp.retention_agg(tl, '{1}', '{2}', 'month', 1, 'Europe/Berlin', 'unbounded', NULL, true, 'first') FROM x))$$),
    ('retention_bits', $$SELECT cdp.retention_bits(tl, '{1}', '{2}', 'day', 3, 'Europe/Berlin')::text FROM x$$);
CREATE UNLOGGED TABLE x (tl cdp.timeline);
CREATE FUNCTION answer(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    EXECUTE query INTO found;
    RETURN coalesce(found, '-');
EXCEPTION WHEN query_canceled THEN
    RETURN 'stopped';
END $$;
CREATE FUNCTION answers(kind text, value cdp.timeline) RETURNS TABLE (of text, name text, says text) LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE x;
    INSERT INTO x VALUES (value);
    RETURN QUERY SELECT kind, q.name, answer(q.sql) FROM question q ORDER BY q.name COLLATE "C";
END $$;
\pset format unaligned
SELECT a.* FROM answers('none', NULL) a WHERE says <> '-';
SELECT a.* FROM answers('empty', cdp.timeline_slice((SELECT cdp.timeline_agg('2024-01-01', 1)), '2000-01-01', '2001-01-01')) a;
SELECT a.* FROM answers('one event', (SELECT cdp.timeline_agg('2024-01-01 12:00', 1, 7))) a;
SELECT a.* FROM answers('years 1 and 9999', (SELECT cdp.timeline_agg(t::timestamptz, c, 1000) FROM (VALUES ('0001-01-01', 1), ('9999-12-31 23:59:59.999999', 2)) v(t, c))) a;
SELECT a.* FROM answers('all of time', (SELECT cdp.timeline_agg(t::timestamptz, c, 9223372036854775807) FROM (VALUES ('4714-11-24 00:00:00+00 BC', 1), ('294276-12-31 23:59:59.999999', 2)) v(t, c))) a;
\pset format aligned
-- infinity is refused where events are made
\set SHOW_CONTEXT never
SELECT cdp.timeline_agg('infinity', 1);
SELECT cdp.timeline_agg('-infinity', 1, 2);

-- the days of 23 and 25 hours in Berlin, an event every 20 minutes: what plain SQL says of them
CREATE TABLE clock AS SELECT 1 + row_number() OVER (ORDER BY t) % 2 AS code, t AS ts, (t AT TIME ZONE 'Europe/Berlin')::date AS day
  FROM (SELECT generate_series('2024-03-29 12:00+00'::timestamptz, '2024-04-02 12:00+00', '20 min') UNION ALL SELECT generate_series('2024-10-25 12:00+00'::timestamptz, '2024-10-29 12:00+00', '20 min')) g(t);
CREATE TABLE changes AS SELECT cdp.timeline_agg(ts, code::int) AS tl FROM clock;
SELECT d.day, d.events, d.events = n AS daily, s.events = n AS session, s.first = c.first AND s.last = c.last AS midnight
  FROM (SELECT day, count(*) AS n, min(ts) AS first, max(ts) AS last FROM clock GROUP BY day) c
       JOIN (SELECT day, sum(events) AS events FROM cdp.daily((SELECT cdp.daily_agg(tl, NULL, 0, 'Europe/Berlin') FROM changes)) GROUP BY day) d USING (day)
       JOIN (SELECT s.*, (s.first AT TIME ZONE 'Europe/Berlin')::date AS day FROM changes, cdp.timeline_sessions(tl, '1 hour', 'Europe/Berlin') s) s USING (day)
 ORDER BY day;
SELECT start, cdp.retention_bits(cdp.timeline_slice(tl, start, 'infinity'), NULL, NULL, 'day', 3, 'Europe/Berlin') AS days,
       cdp.retention_bits(cdp.timeline_slice(tl, start, start + interval '73 hours'), NULL, NULL, 'day', 3, 'Europe/Berlin', calendar => false) AS of_24_hours
  FROM changes, unnest('{2024-03-30 22:40+00,2024-03-30 23:00+00,2024-10-26 21:40+00,2024-10-26 22:00+00}'::timestamptz[]) start;

-- ten million events of one person, eight at each instant: answers within a gigabyte, and who does not want to wait
CREATE FUNCTION peak_mb() RETURNS bigint LANGUAGE sql AS $$
    SELECT substring(pg_read_file('/proc/' || pg_backend_pid() || '/status', 0, 4096, true) FROM 'VmPeak:\s*(\d+) kB')::bigint / 1024
$$;
SELECT peak_mb() AS peak_before \gset
TRUNCATE x;
INSERT INTO x
SELECT c OPERATOR(cdp.||) c FROM (SELECT b OPERATOR(cdp.||) b AS c FROM (SELECT a OPERATOR(cdp.||) a AS b FROM (
    SELECT cdp.timeline_agg('2024-01-01'::timestamptz + i * interval '40 s', (hashint4(i) & 127), CASE WHEN i % 16 = 0 THEN i END) AS a
      FROM generate_series(1, 1250000) i) a OFFSET 0) b OFFSET 0) c;
UPDATE question SET sql = replace(sql, '100000000 days', '1 day');
SELECT name, left(answer(sql), 60) AS says FROM question ORDER BY name COLLATE "C";
SELECT peak_mb() - :peak_before < 1024 AS in_a_gigabyte;
SET statement_timeout = '30ms';
\set VERBOSITY terse
SELECT cdp.daily_agg(tl, NULL, 0, 'Europe/Berlin') IS NULL FROM x, generate_series(1, 10);
SELECT cdp.paths_agg(tl, '1 day', 2) IS NULL FROM x, generate_series(1, 10);
SELECT cdp.attribution_agg(tl, '{2}', '{1}', '1000 days', 'time_decay', 0) IS NULL FROM x;
SELECT cdp.sequence_count(tl, '(?1).*(?2)', '{1,2}') FROM x, generate_series(1, 10);
SELECT cdp.intervals_agg(tl, NULL, NULL, NULL) IS NULL FROM x, generate_series(1, 10);
SELECT cdp.distribution_agg(tl, NULL, NULL, NULL, 'hours', 'UTC') IS NULL FROM x, generate_series(1, 10);
SELECT cdp.retention_agg(tl, '{1}', '{2}', 'day', 30, 'UTC') IS NULL FROM x, generate_series(1, 10);
SELECT cdp.funnel_agg(1, tl, '1, 2, 200', '1 day', 'default', cdp.funnel_rules(entry => 'every')) IS NULL FROM x, generate_series(1, 10);
SELECT cdp.rollup(tl) IS NULL FROM x, generate_series(1, 3);
SELECT cdp.rollup(p.page) IS NULL FROM (SELECT cdp.timeline_page_agg(i, tl) AS page FROM x, generate_series(1, 3) AS i) AS p;
RESET statement_timeout;
DROP FUNCTION answer, answers, peak_mb;
DROP TABLE x, question, clock, changes;
