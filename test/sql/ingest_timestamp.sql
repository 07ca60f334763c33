-- _timestamptz_or_null: what timestamptz's input accepts, minus words that mean another instant on
-- every load, minus infinity; null for the rest, never an error.
SET TimeZone = 'Asia/Shanghai';
SET DateStyle = 'ISO, YMD';

SELECT t, cdp._timestamptz_or_null(t) FROM unnest(ARRAY[
    '2024-02-29 12:34:56.789012', '2024-02-29T12:34:56Z', '2024-02-29 12:34:56+05:30', '2024-02-29 12:34:56.5 UTC',
    '20240229T123456+08', '20240229', '2024-02-29', '2024/2/9 1:2', '29 Feb 2024 3pm', 'Feb 29, 2024 15:00',
    '2024-02-29 12:34 America/New_York', '2024-07-01 12:34 America/New_York', '2024-02-29 12:34 EST', '2024-060',
    'J2460370', '2024-02-29 24:00:00', '2016-12-31 23:59:60Z', '2024-02-29 12:34:56.7890129',
    '4713-01-01 00:00:00 BC', '0044-03-15 BC', '294276-12-31 23:59:59.999999Z', '0001-01-01', 'epoch',
    '  2024-02-29   12:34:56  ', E'2024-02-29\t12:34:56', E'\n2024-02-29\n', '2024-02-29 allballs']) AS t;

-- Each of these equals what the server's own input gives.
SELECT count(*) AS differences FROM unnest(ARRAY[
    '1999-12-31 23:59:59.999999999', '1900-01-01 00:00 Asia/Shanghai', '1986-05-04 01:30', '1986-05-04 02:30', '2024-03-10 02:30 America/New_York',
    '2024-11-03 01:30 America/New_York', '2024-02-29 12:34:56-15:59:59', '99-01-01', '24-2-9', '2024-02-29;', '2024-02-29 12:34:56.',
    '294277-01-01', '''2024-02-29''', '2024--01-01', '2024-02-29 12:34 :']) AS t
 WHERE cdp._timestamptz_or_null(t) IS DISTINCT FROM t::timestamptz;

-- No timestamps.
SELECT count(*) AS tried, count(cdp._timestamptz_or_null(t)) AS accepted FROM unnest(ARRAY[
    '', ' ', '0', '-', '1', 'x', 'null', 'NULL', '2024', '2024-13-01', '2024-02-30', '2023-02-29', '2024-00-10', '2024-01-00',
    '2024-02-29 25:00', '2024-02-29 24:00:01', '2024-02-29 12:60', '2024-02-29 12:34:61', '12:34', '12:34:56+08',
    '2024-02-29 12:34 Mars/Olympus', '2024-02-29 12:34 XYZ', '2024-02-29 12:34+99', '2024-02-29 12:34 +08 +09',
    '4714-01-01 BC', '0000-01-01', '999999999-01-01', '99999999999999999999-01-01', '-1-01-01',
    '2024-02-29 2024-02-29', '2024-02-29 12:34:56 12:34:56', '1709181296', '1709181296.5', '1709181296000',
    '会员', '２０２４-０２-２９', '2024年2月29日', '2024-02-29　12:34', E'\x7f\x01\x02', '%s%n%d', '../../etc/passwd', '2024-02-29 ../../etc/passwd',
    ':', '::::', '....', '+', '2024-02-29T', 'T12:34', 'J99999999999', 'J-1', '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27',
    repeat('9', 200), repeat('2024-02-29 ', 100), repeat('x', 100000), repeat('金', 100000), repeat(':', 1000), repeat('1:', 60), '2024-02-29 12:34:56.' || repeat('1', 500),
    '2024-02-29 12:34 ' || repeat('A', 300), '2024-02-29 12:34 America/' || repeat('New_York/', 50)]) AS t;
-- A row means the same on every load.
SELECT count(*) AS tried, count(cdp._timestamptz_or_null(t)) AS accepted
  FROM unnest(ARRAY['now', 'NOW', 'today', 'Tomorrow', 'yesterday', 'today 12:00', '12:00 today', 'now UTC', ' now ', 'yesterday allballs',
                    'infinity', '-infinity', '+infinity', 'Infinity']) AS t;

-- Blanks without end are still blanks.
SELECT cdp._timestamptz_or_null(repeat(' ', 100000) || '2024-02-29' || repeat(' ', 100000));
SELECT cdp._timestamptz_or_null(NULL);

-- The session's zone fills in a missing one, its DateStyle decides about 03/04.
SET TimeZone = 'UTC';
SELECT cdp._timestamptz_or_null('2024-02-29 12:34');
SET DateStyle = 'ISO, DMY';
SELECT cdp._timestamptz_or_null('03/04/2024');
SET DateStyle = 'ISO, MDY';
SELECT cdp._timestamptz_or_null('03/04/2024');

-- Ten thousand texts of random bytes and of torn timestamps: equal to the server's input where that
-- accepts, null where it refuses.
CREATE FUNCTION pg_temp.server_says(t text) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    IF t ~* '\m(now|today|tomorrow|yesterday)\M' THEN RETURN NULL; END IF;
    RETURN nullif(nullif(t::timestamptz, 'infinity'), '-infinity');
EXCEPTION WHEN data_exception THEN RETURN NULL;
END $$;
SELECT setseed(0.5);
WITH piece AS (
    SELECT ARRAY['2024', '-', '02', '29', ' ', '12', ':', '34', '.', '5', '+', '08', 'Z', 'BC', 'Feb', 'T', '/', 'pm', 'UTC', 'J', 'Mon', '9999',
                 ',', 'ago', 'd', 'h', 'allballs', 'America/New_York', '金', '2024-02-29', '12:34:56'] AS p),
     torn AS MATERIALIZED (
    SELECT n, string_agg(p[1 + floor(random() * 31)::int], '') AS t
      FROM piece, generate_series(1, 10000) AS n, generate_series(1, 1 + n % 7) GROUP BY n)
SELECT count(*) AS tried, count(cdp._timestamptz_or_null(t)) > 100 AS some_accepted,
       count(*) FILTER (WHERE cdp._timestamptz_or_null(t) IS DISTINCT FROM pg_temp.server_says(t)) AS differences FROM torn;
