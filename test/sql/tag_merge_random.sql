-- Random merges of people in three chunks, chains among them: numbers by each rule, enums and several values come out as
-- plain SQL over rows says, and no row is empty or in the wrong chunk.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
SELECT count(cdp.tag_define(r, kind => 'import', value_type => 'number', on_merge => r)) AS numbers FROM unnest('{survivor,sum,min,max}'::text[]) AS r;
SELECT count(cdp.tag_define(t, kind => 'import', value_type => t)) AS texts FROM unnest('{enum,multi}'::text[]) AS t;
CREATE FUNCTION dice(n int8, salt int8, sides int8) RETURNS int8 LANGUAGE sql IMMUTABLE
    RETURN abs(hashint8extended(n, salt)) % sides;
-- 600 people around the ends of chunks 0 and 1, and above 2^31
CREATE TABLE people AS SELECT n, (ARRAY[1048476, 2097052, -2146435172])[1 + n % 3] + n / 3 AS one_id FROM generate_series(0, 599) AS n;
ALTER TABLE people ADD PRIMARY KEY (n);
INSERT INTO cdp.person (one_id) SELECT one_id FROM people;
CREATE TABLE said (tag text, one_id int4, value text);
CREATE FUNCTION expected(absorbed int4[], survivor int4[]) RETURNS SETOF said LANGUAGE sql AS $$
    WITH RECURSIVE walk AS (
        SELECT one_id, one_id AS at FROM people
        UNION ALL
        SELECT w.one_id, m.s FROM walk w JOIN unnest(absorbed, survivor) AS m (a, s) ON m.a = w.at
    ), ends AS (
        SELECT one_id, at FROM walk WHERE at <> ALL (absorbed)
    ), held AS (
        SELECT s.tag, e.at, s.value, rank() OVER (PARTITION BY s.tag, e.at ORDER BY s.one_id <> e.at, s.one_id::bit(32)) AS place
          FROM said s JOIN ends e USING (one_id)
    )
    SELECT tag, at, value FROM held WHERE tag = 'multi' OR tag IN ('enum', 'survivor') AND place = 1
    UNION
    SELECT tag, at, (CASE tag WHEN 'sum' THEN sum(value::int8) WHEN 'min' THEN min(value::int8) ELSE max(value::int8) END)::text
      FROM held WHERE tag IN ('sum', 'min', 'max') GROUP BY tag, at $$;
CREATE PROCEDURE play(rounds int) LANGUAGE plpgsql AS $$
DECLARE
    a int4[];
    s int4[];
    wrong record;
    differences int[] := '{0,0}';
BEGIN
    FOR round IN 1 .. rounds LOOP
        TRUNCATE said;
        INSERT INTO said SELECT t, one_id, (dice(n, round * 10 + length(t), CASE WHEN t IN ('enum', 'multi') THEN 3 ELSE 21 END) - 10)::text FROM people, unnest('{survivor,sum,min,max,enum,multi}'::text[]) AS t
                          WHERE dice(n, round * 10 + ascii(t) + length(t), 3) > 0;
        INSERT INTO said SELECT 'multi', one_id, 'x' || dice(n, round, 3) FROM people WHERE dice(n, round + 7, 2) = 0;
        -- loaded, then loaded again with little that is different
        FOR again IN 0 .. round % 3 LOOP
            DELETE FROM said WHERE dice(one_id, round * 10 + again + ascii(tag), 60) < again;
            INSERT INTO said SELECT tag, one_id, value FROM (SELECT DISTINCT tag FROM said) AS t, LATERAL (
                SELECT one_id, (-5 - again)::text AS value FROM people WHERE dice(n, round * 10 + again + length(tag), 60) < again
                   AND NOT EXISTS (SELECT FROM said AS s WHERE s.tag = t.tag AND s.one_id = people.one_id)) AS p;
            PERFORM cdp.tag_import(t.name, format('SELECT one_id, value%s AS value FROM public.said WHERE tag = %L', CASE WHEN t.value_type = 'number' THEN '::int8' END, t.name))
               FROM cdp.tag AS t;
        END LOOP;
        differences := ARRAY[differences[1] + (SELECT count(*) FROM cdp.tag_value WHERE changed IS NOT NULL), differences[2] + (SELECT count(*) FROM cdp.tag_number WHERE changed IS NOT NULL)];
        -- each absorbed by a smaller one, who may be absorbed as well
        SELECT array_agg(p.one_id ORDER BY p.n), array_agg((SELECT o.one_id FROM people o WHERE o.n = dice(p.n, round + 99, p.n)) ORDER BY p.n) INTO a, s
          FROM people p WHERE p.n > 0 AND dice(p.n, round + 50, 5) < 1 + round % 4;
        PERFORM cdp._tag_remap(NULL, a, s);
        SELECT coalesce(e.tag, v.tag) AS tag, coalesce(e.one_id, v.one_id) AS one_id, e.value AS expected, v.value AS found INTO wrong
          FROM expected(a, s) AS e FULL JOIN cdp.v_person_tag AS v ON v.tag = e.tag AND v.one_id = e.one_id AND v.value = e.value
         WHERE e.tag IS NULL OR v.tag IS NULL ORDER BY 1, 2 LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'round %: %', round, wrong;
        END IF;
        IF EXISTS (SELECT FROM cdp.tag_value WHERE users = 0) OR EXISTS (SELECT FROM cdp.tag_number WHERE users = 0)
           OR EXISTS (SELECT FROM cdp.tag_value AS t, cdp.rb_iterate(cdp.rb_or(t.base, coalesce(cdp._tag_touched(t.changed, t.later), '{}'))) AS m WHERE cdp.chunk_of(m) <> t.chunk)
           OR EXISTS (SELECT FROM cdp.tag_number AS t, cdp.bsi_iterate(t.base) AS m WHERE cdp.chunk_of(m.id) <> t.chunk) THEN
            RAISE EXCEPTION 'round %: rows that are empty, or people in the wrong chunk', round;
        ELSIF EXISTS (SELECT FROM cdp.tag_value WHERE cdp.rb_intersect(base, cdp.rb_build(a)) OR cdp.rb_intersect(cdp._tag_touched(changed, later), cdp.rb_build(a)))
              OR EXISTS (SELECT FROM cdp.tag_number WHERE cdp.rb_intersect(cdp.bsi_ebm(base), cdp.rb_build(a)) OR cdp.rb_intersect(cdp._tag_touched(changed, later), cdp.rb_build(a))) THEN
            RAISE EXCEPTION 'round %: somebody absorbed is left in what is stored', round;
        END IF;
    END LOOP;
    IF differences[1] < 20 OR differences[2] < 20 THEN
        RAISE EXCEPTION 'only % differences were stored', differences;
    END IF;
END $$;
CALL play(12);
SELECT count(DISTINCT tag) AS tags, count(*) > 60 AS many FROM cdp.v_person_tag;
SELECT cdp.teardown(true) > 0 AS gone;
