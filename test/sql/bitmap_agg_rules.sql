-- What holds of each of the fourteen aggregates: of no rows, of nulls and empty sets, with FILTER,
-- DISTINCT and ORDER BY, over window frames; and of their states on the way through text, binary and
-- combine functions. States are small ones, kept flat, and large ones, in memory of their own.
\set VERBOSITY terse
SET search_path = public, cdp;
SET cdp.bitmap_output = 'array';

CREATE TABLE member32 (i int, v int4, b roaringbitmap);
INSERT INTO member32
    SELECT i, CASE WHEN i % 9 <> 4 THEN i * 7919 % 64 END,
           CASE WHEN i % 7 = 3 THEN NULL WHEN i % 11 = 5 THEN '{}' WHEN i % 5 = 0 THEN rb_build_agg(k * 3 + i % 2) ELSE rb_build(ARRAY[i % 4, 9, i * 65536, -i]) END
      FROM generate_series(1, 48) i, generate_series(1, 30000, 7) k GROUP BY i;
CREATE TABLE member64 AS SELECT i, v::int8 * 4294967297 AS v, b::roaringbitmap64 AS b FROM member32;
CREATE TABLE kind (bits int, prefix text, type text);
INSERT INTO kind VALUES (32, 'rb', 'roaringbitmap'), (64, 'rb64', 'roaringbitmap64');
CREATE TABLE operation (name text);
INSERT INTO operation VALUES ('or'), ('and'), ('xor');

-- nothing of nothing and of nulls; null and empty among others
SELECT format('SELECT %s FROM (SELECT %L::%s AS b, NULL::%s AS v WHERE %L) s', string_agg(format('%s_%s_agg(b), %1$s_%2$s_cardinality_agg(b)', prefix, o.name), ', ') || format(', %s_build_agg(v)', prefix),
              bitmap, type, CASE bits WHEN 32 THEN 'int4' ELSE 'int8' END, is_there)
  FROM kind, operation o, (VALUES (1, NULL, false), (2, NULL, true), (3, '{}', true)) c(n, bitmap, is_there) GROUP BY bits, prefix, type, n, bitmap, is_there ORDER BY bits, n \gexec
SELECT format('SELECT %s FROM (VALUES (%L::%s), (NULL), (%L), (%L), (NULL)) s(b)', string_agg(format('%s_%s_agg(b), %1$s_%2$s_cardinality_agg(b)', prefix, o.name), ', '), '{1,2}', type, '{}', '{2,-1}')
  FROM kind, operation o GROUP BY bits, prefix, type ORDER BY bits \gexec

-- FILTER, DISTINCT and ORDER BY against the rows chosen and ordered before
CREATE TABLE outcome (bits int, aggregate text, what text, is_same bool);
SELECT format($$INSERT INTO outcome
    SELECT %1$s, %2$L, what, answer IS NOT DISTINCT FROM expected FROM (VALUES
        ('filter', (SELECT %2$s(%3$s) FILTER (WHERE i %% 3 = 0) FROM member%1$s), (SELECT %2$s(%3$s) FROM member%1$s WHERE i %% 3 = 0)),
        ('filter of nothing', (SELECT %2$s(%3$s) FILTER (WHERE i < 0) FROM member%1$s), NULL),
        ('distinct', (SELECT %2$s(DISTINCT %3$s) FROM member%1$s), (SELECT %2$s(%3$s) FROM (SELECT %3$s FROM member%1$s GROUP BY %3$s) s)),
        ('order', (SELECT %2$s(%3$s ORDER BY i DESC) FROM member%1$s), (SELECT %2$s(%3$s ORDER BY i) FROM member%1$s))) c(what, answer, expected)$$,
              bits, prefix || '_' || a, CASE a WHEN 'build_agg' THEN 'v' ELSE 'b' END)
  FROM kind, unnest('{build_agg,or_agg,and_agg,xor_agg,or_cardinality_agg,and_cardinality_agg,xor_cardinality_agg}'::text[]) a \gexec
-- frames that grow, move and leave the row itself out, against a query for each row
SELECT format($$INSERT INTO outcome
    SELECT %1$s, %2$L, %4$L, bool_and(answer IS NOT DISTINCT FROM expected) AND count(answer) > 10
      FROM (SELECT %2$s(%3$s) OVER (ORDER BY i %5$s) AS answer, (SELECT %2$s(%3$s) FROM member%1$s inside WHERE %6$s) AS expected FROM member%1$s here) s$$,
              bits, prefix || '_' || a, CASE a WHEN 'build_agg' THEN 'v' ELSE 'b' END, what, frame, rows)
  FROM kind, unnest('{build_agg,or_agg,and_agg,xor_agg,or_cardinality_agg,and_cardinality_agg,xor_cardinality_agg}'::text[]) a,
       (VALUES ('growing', 'ROWS UNBOUNDED PRECEDING', 'inside.i <= here.i'),
               ('moving', 'ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING', 'inside.i BETWEEN here.i - 3 AND here.i + 1'),
               ('without the row', 'ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING EXCLUDE CURRENT ROW', 'inside.i BETWEEN here.i - 3 AND here.i + 3 AND inside.i <> here.i')) f(what, frame, rows) \gexec
SELECT bits, what, count(*), count(*) FILTER (WHERE is_same) AS same FROM outcome GROUP BY bits, what ORDER BY bits, what;
SELECT * FROM outcome WHERE is_same IS NOT TRUE;

-- combine functions, of nothing, empty, small and large states; and aggregates without a final
-- function, whose states come out as they are
SELECT format('CREATE AGGREGATE combined_%s(%s) (SFUNC = %s_%1$s_combine, STYPE = %2$s)', o.name, type, prefix) FROM kind, (SELECT name FROM operation UNION ALL SELECT 'build') o \gexec
SELECT format('CREATE AGGREGATE raw_%s(%s) (SFUNC = %s_%1$s_trans, STYPE = %2$s)', o.name, type, prefix) FROM kind, operation o \gexec
CREATE AGGREGATE raw_build(int4) (SFUNC = rb_build_trans, STYPE = roaringbitmap);
CREATE AGGREGATE raw_build(int8) (SFUNC = rb64_build_trans, STYPE = roaringbitmap64);
TRUNCATE outcome;
SELECT format($$INSERT INTO outcome
    WITH state(n, s) AS (VALUES (1, NULL::%5$s), (2, '{}'), (3, '{1,2,-1}'), (4, '{2,70000}'), (5, (SELECT %4$s_or_agg(b) FROM member%1$s)), (6, (SELECT raw_or(b) FROM member%1$s WHERE i %% 5 = 0)),
                                (7, (SELECT raw_build(v) FROM member%1$s)), (8, (SELECT raw_build(v + i * 3) FROM member%1$s, generate_series(1, 9000) k WHERE i < 3)))
    SELECT %1$s, %2$L, 'combine ' || x.n || ' ' || y.n, (SELECT combined_%2$s(s ORDER BY o) FROM (VALUES (1, x.s), (2, y.s)) c(o, s)) IS NOT DISTINCT FROM
           CASE WHEN x.s IS NULL THEN y.s WHEN y.s IS NULL THEN x.s ELSE %4$s_%3$s(x.s, y.s) END
      FROM state x, state y$$, bits, o.name, o.way, prefix, type)
  FROM kind, (VALUES ('or', 'or'), ('and', 'and'), ('xor', 'xor'), ('build', 'or')) o(name, way) \gexec
-- halves that travel as text and as bytes, then combined, as another node would
SELECT format($$INSERT INTO outcome
    SELECT %1$s, %2$L, 'travel', combined_%2$s(s::text::%5$s) = whole AND combined_%2$s(%5$s(%5$s_send(s))) = whole AND combined_%2$s(s) = whole AND combined_%2$s(s::bytea::%5$s) = whole
      FROM (SELECT raw_%2$s(%3$s) AS s FROM member%1$s GROUP BY i %% 3) half, (SELECT %4$s_%2$s_agg(%3$s) AS whole FROM member%1$s) w GROUP BY whole$$,
              bits, o.name, CASE o.name WHEN 'build' THEN 'v' ELSE 'b' END, prefix, type)
  FROM kind, (SELECT name FROM operation UNION ALL SELECT 'build') o \gexec
SELECT bits, aggregate, count(*), count(*) FILTER (WHERE is_same) AS same FROM outcome GROUP BY bits, aggregate ORDER BY bits, aggregate;
SELECT * FROM outcome WHERE is_same IS NOT TRUE;

SELECT format('DROP AGGREGATE combined_%s(%s)', o.name, type) FROM kind, (SELECT name FROM operation UNION ALL SELECT 'build') o \gexec
SELECT format('DROP AGGREGATE raw_%s(%s)', o.name, type) FROM kind, operation o \gexec
DROP AGGREGATE raw_build(int4);
DROP AGGREGATE raw_build(int8);
DROP TABLE member32, member64, kind, operation, outcome;
