-- connected_components: the partition of the graph whose links a query returns.

CREATE TABLE link AS SELECT * FROM (VALUES (5, 2::bigint), (2, 9), (9, 5), (4, 3), (3, 4), (7, 7), (NULL, 1), (1, NULL)) AS v(a, b);
SELECT * FROM cdp.connected_components('SELECT a, b FROM link');
SELECT * FROM cdp.connected_components('TABLE link') WHERE node = component;
SELECT * FROM cdp.connected_components('VALUES (1::smallint, 9223372036854775807), (-9223372036854775808, 1)');
SELECT * FROM cdp.connected_components('WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT i, i FROM n;');
SELECT * FROM cdp.connected_components('SELECT a, b FROM link WHERE false');
SELECT * FROM cdp.connected_components(NULL);
CREATE DOMAIN key AS int;
SELECT * FROM cdp.connected_components('SELECT 3::key, 1::key');

-- The same as the aggregate, for ids close together and far apart; within itself; stopped half way.
SELECT step, count(*) AS nodes, count(*) FILTER (WHERE f IS DISTINCT FROM o) AS differences
  FROM unnest('{1,100000000000}'::bigint[]) AS step,
       LATERAL (SELECT cdp.components_agg(i * 7919 % 20011 * step, i * i % 20021 * step) AS c FROM generate_series(1, 10000::bigint) AS i) AS s,
       LATERAL cdp.components_of(c) AS o FULL JOIN
       LATERAL cdp.connected_components(format('SELECT i * 7919 %% 20011 * %s, i * i %% 20021 * %1$s FROM generate_series(1, 10000::bigint) AS i', step)) AS f USING (node)
 GROUP BY step ORDER BY step;
SELECT * FROM cdp.connected_components('SELECT node, component FROM cdp.connected_components(''SELECT a, b FROM link'')') LIMIT 2;

-- The query sees what the statement around it sees.
BEGIN;
INSERT INTO link VALUES (100, 101);
SELECT * FROM cdp.connected_components('SELECT a, b FROM link WHERE a > 50');
ROLLBACK;

-- It runs with the rights of the caller.
CREATE ROLE identity_connected_user;
GRANT USAGE ON SCHEMA cdp TO identity_connected_user;
SET ROLE identity_connected_user;
SELECT * FROM cdp.connected_components('SELECT a, b FROM link');
SELECT * FROM cdp.connected_components('SELECT 1, 2');
RESET ROLE;

-- It is one SELECT.
SELECT * FROM cdp.connected_components('');
SELECT * FROM cdp.connected_components('SELECT 1, 2; SELECT 3, 4');
SELECT * FROM cdp.connected_components('EXPLAIN SELECT 1, 2');
SELECT * FROM cdp.connected_components('SELECT a, b INTO taken FROM link');
SELECT * FROM cdp.connected_components('DELETE FROM link RETURNING a, b');
SELECT * FROM cdp.connected_components('COPY link TO stdout');
SELECT * FROM cdp.connected_components('WITH gone AS (DELETE FROM link RETURNING a, b) SELECT a, b FROM gone');
SELECT * FROM cdp.connected_components('SELECT a, b FROM link FOR UPDATE');
SELECT count(*) FROM link;

-- It returns two columns of integers.
SELECT * FROM cdp.connected_components('SELECT a FROM link');
SELECT * FROM cdp.connected_components('SELECT a, b, 1.0 AS weight FROM link');
SELECT * FROM cdp.connected_components('SELECT a, b::text AS other FROM link');
SELECT * FROM cdp.connected_components('SELECT a, b FROM unlinked');
SELECT * FROM cdp.connected_components('SELECT a, b / 0 FROM link');

-- It can be cancelled.
SET statement_timeout = '50ms';
SELECT * FROM cdp.connected_components('SELECT i * 10000000019, i FROM generate_series(1::bigint, 1000000000) AS i');
RESET statement_timeout;

REVOKE USAGE ON SCHEMA cdp FROM identity_connected_user;
DROP ROLE identity_connected_user;
DROP DOMAIN key;
DROP TABLE link;
