-- The manual inside the database: found by name and by what it says, without internal functions.
SELECT * FROM cdp.help('rb_build_agg');
SELECT name, returns FROM cdp.help('the person to whom');
SELECT count(*) > 0 AS found FROM cdp.help('funnel');
SELECT count(*) AS internal FROM cdp.help() WHERE name ~ '^_|_(trans|combine|final)$';
SELECT count(*) AS without_description FROM cdp.help() WHERE coalesce(description, '') = '';
SELECT * FROM cdp.help('no such thing');
