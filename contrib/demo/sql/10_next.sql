-- What was found again, and what to try next.
\set ON_ERROR_STOP on
\pset linestyle unicode
\pset border 2
\pset footer off
DO $$
DECLARE
    missing text;
BEGIN
    -- Given parameters and parts of sums need no proof of their own; all other facts do.
    SELECT string_agg(f.name, ', ' ORDER BY f.name) INTO missing
      FROM demo.fact AS f
     WHERE f.name NOT IN (SELECT d.name FROM demo.found AS d)
       AND f.name !~ '^(seed|people|data_from|as_of|last_day|tag_from|tag_days|cart_window_minutes|funnel_from|funnel_to|funnel_window_days|cohort_from|cohort_to|event_bad_.*|link_self)$';
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'planted truths that nobody asked for: %', missing;
    END IF;
END $$;
SELECT demo.n(count(*)) AS found FROM demo.found \gset
\echo '     Planted truths found again, exactly:' :found
SELECT kind, count(*) AS runs, round(sum(seconds)::numeric, 1) AS seconds, count(error) AS errors
  FROM cdp.v_run GROUP BY kind ORDER BY min(run_id);
\echo '     What to try next (contrib/demo/run --keep leaves this database running):'
\echo ''
\echo '       How big is an idea?'
\echo '         SELECT cdp.audience_count(\'tag:channel = douyin and not tag:channel = store\');'
\echo '       Who are they, and what else do we know of one of them?'
\echo '         SELECT * FROM cdp.audience_members(\'audience:flagship\') LIMIT 3;'
\echo '         SELECT * FROM cdp.tags_of(1);'
\echo '       Make it an audience, and see it change from refresh to refresh:'
\echo '         SELECT cdp.audience_define(\'mine\', \'tag:lifecycle = silent and tag:member\');'
\echo '         SELECT * FROM cdp.audience_refresh(\'mine\');  SELECT * FROM cdp.v_audience_trend;'
\echo '       The funnel of that audience only, or split by another property:'
\echo '         SELECT * FROM cdp.funnel_report(\'{view_item,pay}\', audience => \'audience:mine\');'
\echo '         SELECT * FROM cdp.funnel_report(\'{view_item,add_to_cart,pay}\', by => \'props.category\');'
\echo '       Monthly repurchase:'
\echo '         SELECT * FROM cdp.retention_report(\'pay\', \'pay\', \'month\', periods => 6);'
\echo '       Everything there is:  \\df+ cdp.*   \\dv+ cdp.*   and docs/guide/'
