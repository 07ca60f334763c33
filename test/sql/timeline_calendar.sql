-- Dates and hours of time zones: the same as PostgreSQL's own, on daylight saving days and at the ends of time.
SET timezone = 'UTC';
CREATE TABLE zone (tz text);
INSERT INTO zone VALUES ('UTC'), ('Europe/Berlin'), ('America/New_York'), ('America/Sao_Paulo'), ('America/St_Johns'), ('Asia/Kolkata'), ('Asia/Kathmandu'),
    ('Australia/Lord_Howe'), ('Pacific/Apia'), ('Pacific/Kiritimati'), ('Africa/Casablanca'), ('America/Havana'), ('Asia/Beirut'), ('<+03>-3'), ('europe/LONDON'), ('EST5EDT');
-- the instants around every change of these clocks in the last decades, and any others
CREATE TABLE instant AS
    SELECT tz, t + d * interval '1 minute' AS ts, 1 + row_number() OVER () % 3 AS code
      FROM zone, generate_series('1999-01-01'::timestamptz, '2013-01-01', '2 months') s,
           LATERAL (SELECT s + i * interval '1 day' AS t FROM generate_series(0, 60, 3) i WHERE (s + i * interval '1 day') AT TIME ZONE tz - (s + (i - 3) * interval '1 day') AT TIME ZONE tz <> interval '3 days') c,
           generate_series(-4320, 0, 47) d;
INSERT INTO instant SELECT tz, '1900-01-01'::timestamptz + (hashint8(i)::bigint & 8589934591) * interval '1.3 s', 1 FROM zone, generate_series(1, 500) i;
INSERT INTO instant SELECT tz, ts::timestamptz, 1 FROM zone, (VALUES ('0001-01-01 00:00:00+00'), ('9999-12-31 23:59:59+00'), ('4713-01-01 00:00:00+00 BC'),
    ('294276-12-01 23:59:59.999999+00'), ('1582-10-10'), ('1969-12-31 23:59:59.999999'), ('1970-01-01'), ('2016-12-31 23:59:60'), ('2017-01-01')) v(ts);
SELECT tz, n > 500 AS many,
       cdp.timeline_days(tl, tz => tz) = (SELECT count(DISTINCT (ts AT TIME ZONE tz)::date) FROM instant i WHERE i.tz = t.tz) AS days,
       cdp.timeline_hours(tl, tz => tz) = (SELECT count(DISTINCT date_trunc('hour', ts, tz)) FROM instant i WHERE i.tz = t.tz) AS hours,
       cdp.timeline_days(tl, '{2}', tz) = (SELECT count(DISTINCT (ts AT TIME ZONE tz)::date) FROM instant i WHERE i.tz = t.tz AND code = 2) AS days_of_code
  FROM (SELECT tz, cdp.timeline_agg(ts, code::int) AS tl, count(*) AS n FROM instant GROUP BY tz) t ORDER BY tz;
-- each alone, and person by person, so that the zone is kept from row to row
SELECT count(*) AS asked, count(*) FILTER (WHERE cdp.timeline_days(tl, tz => tz) <> days OR cdp.timeline_hours(tl, tz => tz) <> hours) AS wrong FROM (
    SELECT zone.tz, cdp.timeline_agg(ts, 1) AS tl, count(DISTINCT (ts AT TIME ZONE zone.tz)::date) AS days, count(DISTINCT date_trunc('hour', ts, zone.tz)) AS hours
      FROM zone, (SELECT ts, (hashint8(extract(epoch FROM ts)::bigint) & 63) AS person FROM instant WHERE tz LIKE 'Am%') i GROUP BY person, zone.tz) t;

-- the long day and the short day of Berlin
SELECT day, cdp.timeline_hours(tl, tz => 'Europe/Berlin') AS hours, cdp.timeline_days(tl, tz => 'Europe/Berlin') AS days FROM (
    SELECT (ts AT TIME ZONE 'Europe/Berlin')::date AS day, cdp.timeline_agg(ts, 1) AS tl FROM (
        SELECT generate_series('2024-03-29 00:00+00'::timestamptz, '2024-04-02', '10 minutes') UNION ALL
        SELECT generate_series('2024-10-26 00:00+00'::timestamptz, '2024-10-29', '10 minutes')) e(ts) GROUP BY 1) d
 WHERE day IN ('2024-03-30', '2024-03-31', '2024-04-01', '2024-10-27', '2024-10-28') ORDER BY day;
-- leave the database as it was
DROP TABLE zone, instant;
