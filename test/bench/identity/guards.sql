-- The measurements of test/bench/identity/guards: of what is resolved in cdp, whose truth is in bench_guards.node.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET work_mem = '256MB';
SET jit = off;
CREATE SCHEMA IF NOT EXISTS bench_identity;
DROP FUNCTION IF EXISTS bench_identity.contraction;
\ir contraction.sql
SET search_path = bench_guards;

CREATE TABLE truth AS
    SELECT i.id, i.one_id, n.person FROM node AS n JOIN cdp.id_type AS t ON t.name = n.type COLLATE "C"
      JOIN cdp.identifier AS i ON i.type_id = t.type_id AND i.value = cdp._id_value(n.type, n.value) COLLATE "C";
CREATE FUNCTION pairs(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN n * (n - 1) / 2;
-- Identifiers that were never linked count too: nobody can find them, so recall has a ceiling.
CREATE TABLE total AS SELECT sum(pairs(n)) AS pairs FROM (SELECT count(*) AS n FROM node WHERE person >= 0 GROUP BY person) AS p;

CREATE FUNCTION score(label text, persons text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said record;
BEGIN
    EXECUTE format($q$
        WITH part AS (SELECT p.part, t.person, count(*) AS n FROM (%s) AS p (id, part) JOIN bench_guards.truth AS t USING (id) GROUP BY 1, 2)
        SELECT (SELECT sum(bench_guards.pairs(n)) FROM part WHERE person >= 0) AS right,
               (SELECT sum(bench_guards.pairs(n)) FROM (SELECT sum(n) AS n FROM part GROUP BY part) AS p) AS found,
               (SELECT max(n) FROM (SELECT sum(n) AS n FROM part GROUP BY part) AS p) AS largest$q$, persons) INTO said;
    RETURN format('| %s | %s | %s | %s |', rpad(label, 58), round(said.right / said.found, 4),
                  round(said.right / (SELECT t.pairs FROM bench_guards.total AS t), 4), said.largest);
END $$;
CREATE FUNCTION under(rules jsonb) RETURNS text LANGUAGE sql IMMUTABLE RETURN format(
    $q$SELECT t.id, CASE WHEN c.a IS NULL THEN t.one_id::bigint ELSE c.part + 4294967296 END
         FROM bench_guards.truth AS t LEFT JOIN (SELECT * FROM cdp._id_graph_under(%L) AS g WHERE g.what = 'identifier') AS c ON c.a = t.id
        WHERE CASE WHEN c.a IS NULL THEN t.one_id::bigint ELSE c.part END IS NOT NULL$q$, rules);

-- What switches each guard off.
CREATE TABLE off AS SELECT * FROM (VALUES
    ('placeholders', (SELECT jsonb_build_object('unblock', jsonb_agg(to_jsonb(b) - 'block_id')) FROM cdp.id_blocklist AS b), NULL::jsonb),
    ('fan-out', '{"fanout_limit": 2147483647}', '{"fanout_limit": null}'),
    ('neighbours', '{}', '{"neighbour_limit": null}'),
    ('maximum', '{}', '{"max_per_person": null, "is_unique": false}'),
    ('size', '{"id_size_cap": 2147483647}', NULL)) AS v (guard, rules, of_types);
CREATE AGGREGATE merged(jsonb) (sfunc = jsonb_concat, stype = jsonb, initcond = '{}');
CREATE FUNCTION left_with(guards text[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT merged(rules) || jsonb_build_object('types', jsonb_build_object('*', merged(coalesce(of_types, '{}')))) FROM off WHERE guard <> ALL (guards) $$;

\echo '| guards                                                     | precision | recall | largest |'
SELECT score('none', under(left_with('{}')));
SELECT score('placeholders', under(left_with('{placeholders}')));
SELECT score('fan-out', under(left_with('{fan-out}')));
SELECT score('neighbours', under(left_with('{neighbours}')));
SELECT score('maximum of a type, and size', under(left_with('{maximum,size}')));
SELECT score('placeholders, maximum, size', under(left_with('{placeholders,maximum,size}')));
SELECT score('placeholders, fan-out', under(left_with('{placeholders,fan-out}')));
SELECT score('placeholders, fan-out, neighbours', under(left_with('{placeholders,fan-out,neighbours}')));
SELECT score('placeholders, fan-out, maximum, size', under(left_with('{placeholders,fan-out,maximum,size}')));
SELECT score('all: as they are set up', 'SELECT id, one_id FROM bench_guards.truth WHERE one_id IS NOT NULL');
SELECT score('all, fan-out limit 2', under('{"fanout_limit": 2}'));
SELECT score('who knows what is shared', $q$
    SELECT c.node, c.component FROM cdp.components_of((
        SELECT cdp.components_agg(l.a, l.b) FROM cdp.link AS l JOIN bench_guards.truth AS x ON x.id = l.a JOIN bench_guards.truth AS y ON y.id = l.b
         WHERE x.person >= 0 AND y.person >= 0)) AS c$q$);

-- Without guards the graph decides alone.
SELECT CASE WHEN (c.nodes, c.sum) = (m.nodes, m.sum) THEN 'ok' ELSE 'not ok' END || ' - without guards the persons are those of contraction in SQL'
  FROM bench_identity.contraction('cdp.link') AS c,
       (SELECT count(*) AS nodes, sum(coalesce(g.part, p.part)) AS sum
          FROM (SELECT a AS id FROM cdp.link UNION SELECT b FROM cdp.link) AS l
          JOIN (SELECT t.id, min(t.id) OVER (PARTITION BY t.one_id) AS part FROM truth AS t) AS p USING (id)
          LEFT JOIN (SELECT g.a AS id, g.part FROM cdp._id_graph_under(left_with('{}')) AS g WHERE g.what = 'identifier') AS g USING (id)) AS m;
DROP FUNCTION bench_identity.contraction;
