-- Of record (part, id, person) and key (part, id, type, value): compare(part) tells precision and recall over
-- pairs of records, by the platform and by hand.
ANALYZE record, key;
SELECT cdp.setup('UTC') \g /dev/null
-- Keys alone decide.
DELETE FROM cdp.id_blocklist;
SELECT cdp.setting_set('fanout_limit', '2147483647'), cdp.setting_set('id_size_cap', '2147483647') \g /dev/null
UPDATE cdp.id_type SET max_per_person = NULL, neighbour_limit = NULL, is_unique = false;
INSERT INTO cdp.id_type (type_id, name, rank)
SELECT (SELECT max(type_id) FROM cdp.id_type) + row_number() OVER (ORDER BY k.type), k.type, 50 FROM (SELECT DISTINCT type FROM key) AS k;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 'file', 'member_id', k.id, k.type, k.value, '2020-01-01' FROM key AS k;
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 'file', 'member_id', r.id, 'member_id', r.id, '2020-01-01' FROM record AS r;
SELECT * FROM cdp.id_resolve() \g /dev/null

-- By hand: every record takes the smallest name among those that share a key with it, until none has a smaller one.
CREATE TABLE label AS SELECT r.part, r.id, r.person, r.id AS label FROM record AS r;
CREATE INDEX ON label (id);
DO $$
BEGIN
    LOOP
        UPDATE label AS l SET label = s.label
          FROM (SELECT k.id, min(g.label) AS label
                  FROM key AS k JOIN (SELECT k.type, k.value, min(l.label) AS label FROM key AS k JOIN label AS l USING (id) GROUP BY 1, 2) AS g USING (type, value)
                 GROUP BY k.id) AS s
         WHERE s.id = l.id AND s.label < l.label;
        EXIT WHEN NOT FOUND;
    END LOOP;
END $$;
ALTER TABLE label ADD one_id int4;
UPDATE label AS l SET one_id = i.one_id FROM cdp.v_identity AS i WHERE i.type = 'member_id' AND i.value = l.id COLLATE "C";

CREATE FUNCTION score(part text, by text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    EXECUTE format($q$
        WITH k AS (SELECT %I AS found, person, count(*) AS n FROM label WHERE part = %L GROUP BY 1, 2),
             pairs AS (SELECT (SELECT sum(n * (n - 1) / 2) FROM k) AS right,
                              (SELECT sum(n * (n - 1) / 2) FROM (SELECT sum(n) AS n FROM k GROUP BY found) AS f) AS found,
                              (SELECT sum(n * (n - 1) / 2) FROM (SELECT sum(n) AS n FROM k GROUP BY person) AS p) AS truth)
        SELECT format('precision %%s, recall %%s', round(p.right / p.found, 6), round(p.right / p.truth, 6)) FROM pairs AS p$q$, by, part) INTO said;
    RETURN said;
END $$;
CREATE FUNCTION compare(of_part text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    ours text := score(of_part, 'one_id');
    theirs text := score(of_part, 'label');
BEGIN
    RETURN NEXT format('%s - set %s: %s', CASE WHEN ours = theirs THEN 'ok' ELSE 'not ok' END, of_part, ours)
                || CASE WHEN ours = theirs THEN '' ELSE format('; by hand %s', theirs) END;
    RETURN QUERY
    SELECT format('%s - set %s: the same persons', CASE WHEN bool_and(l.one_id IS NOT NULL)
               AND count(DISTINCT l.one_id) = count(DISTINCT l.label) AND count(DISTINCT (l.one_id, l.label)) = count(DISTINCT l.label) THEN 'ok' ELSE 'not ok' END, of_part)
      FROM label AS l WHERE l.part = of_part;
END $$;
