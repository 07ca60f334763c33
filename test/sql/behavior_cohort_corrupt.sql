-- Stored values that rotted: every question answers or raises an error, the server stays up.
SET timezone = 'UTC';
CREATE CAST (bytea AS cdp.funnel) WITHOUT FUNCTION;
CREATE CAST (bytea AS cdp.activity) WITHOUT FUNCTION;
CREATE CAST (cdp.funnel AS bytea) WITHOUT FUNCTION;
CREATE CAST (cdp.activity AS bytea) WITHOUT FUNCTION;
CREATE TABLE whole AS
    SELECT cdp.funnel_agg(i, i % 4, ARRAY(SELECT '2025-01-01'::timestamptz + s * i * interval '1 minute' FROM generate_series(1, i % 4) AS s))::bytea AS f,
           cdp.activity_agg(i % 9, date '2025-01-01' + i * i % 11, i % 3 = 0, i % 2 = 0)::bytea AS a
      FROM generate_series(1, 60) AS i;
-- runs a query over rotten values and notes what kind of errors there were
CREATE FUNCTION pg_temp.ask(query text, wrong bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query USING wrong;
    RETURN 'answer';
EXCEPTION
    WHEN data_corrupted OR null_value_not_allowed OR invalid_text_representation OR invalid_parameter_value OR program_limit_exceeded THEN RETURN 'refused';
    WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION pg_temp.rot(whole bytea, round int) RETURNS bytea LANGUAGE sql AS $$
    SELECT CASE WHEN round % 5 = 0 THEN substr(whole, 1, abs(hashint4(round)) % length(whole))
                ELSE set_byte(whole, abs(hashint4(round)) % least(length(whole), 20 + round), abs(hashint4(-round)) % 256) END $$;
SELECT kind, answer, count(*) > 0 AS some
  FROM (SELECT q.kind, pg_temp.ask(q.query, pg_temp.rot(CASE q.kind WHEN 'funnel' THEN f ELSE a END, round)) AS answer
          FROM whole, generate_series(1, 150) AS round, (VALUES
            ('funnel', 'SELECT cdp.funnel_steps($1::cdp.funnel), cdp.funnel_counts($1::cdp.funnel)'),
            ('funnel', 'SELECT cdp.rb_to_array(cdp.funnel_users($1::cdp.funnel, 2)), cdp.rb_cardinality(cdp.funnel_users($1::cdp.funnel, 1))'),
            ('funnel', 'SELECT cdp.funnel_dropoff($1::cdp.funnel, 1)'),
            ('funnel', 'SELECT cdp.funnel_ttc($1::cdp.funnel, 1, 2), cdp.funnel_ttc($1::cdp.funnel, 2, 3, 0.9)'),
            ('funnel', 'SELECT count(*) FROM cdp.funnel_table($1::cdp.funnel), cdp.funnel_compare($1::cdp.funnel, $1::cdp.funnel)'),
            ('funnel', 'SELECT cdp.rollup($1::cdp.funnel), $1::cdp.funnel OPERATOR(cdp.||) $1::cdp.funnel'),
            ('funnel', 'SELECT $1::cdp.funnel::text::cdp.funnel'),
            ('activity', 'SELECT count(*) FROM cdp.retention_matrix($1::cdp.activity, ''unbounded'')'),
            ('activity', 'SELECT cdp.retention_users($1::cdp.activity, ''2025-01-02'', 1), cdp.retention_cohort($1::cdp.activity, ''2025-01-02'', ''week'')'),
            ('activity', 'SELECT count(*) FROM cdp.lifecycle($1::cdp.activity, ''month''), cdp.stickiness($1::cdp.activity)'),
            ('activity', 'SELECT count(*) FROM cdp.distribution($1::cdp.activity, ''{1,2}'')'),
            ('activity', 'SELECT cdp.rollup($1::cdp.activity), $1::cdp.activity OPERATOR(cdp.||) $1::cdp.activity'),
            ('activity', 'SELECT $1::cdp.activity::text::cdp.activity')) AS q(kind, query)) AS s
 GROUP BY kind, answer ORDER BY kind, answer;
DROP CAST (bytea AS cdp.funnel);
DROP CAST (bytea AS cdp.activity);
DROP CAST (cdp.funnel AS bytea);
DROP CAST (cdp.activity AS bytea);
DROP TABLE whole;
