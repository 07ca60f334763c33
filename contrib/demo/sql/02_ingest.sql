-- Ingest: every row becomes an event, a link, or a refusal with its reason.
\set ON_ERROR_STOP on
\pset linestyle unicode
\pset border 2
\pset footer off
SELECT * FROM cdp.ingest() \gset
\echo '     SELECT * FROM cdp.ingest();'
SELECT demo.n(:events_read) AS events_read, demo.n(:events_new) AS events_new,
       demo.n(:events_duplicate) AS events_duplicate, demo.n(:links_read) AS links_read,
       demo.n(:identifiers_new) AS identifiers, demo.n(:quarantined) AS quarantined;
\echo '     Nothing is lost silently: SELECT * FROM cdp.v_quarantine;'
SELECT source_table, reason, demo.n(row_count) AS rows FROM cdp.v_quarantine ORDER BY row_count DESC;

SELECT demo.expect('event_good', :events_new::bigint) \g /dev/null
SELECT demo.expect('event_duplicate', :events_duplicate::bigint) \g /dev/null
SELECT demo.expect('identifiers', :identifiers_new::bigint) \g /dev/null
SELECT demo.expect('event_bad', (SELECT count(*) FROM cdp.quarantine WHERE source_table = 'landing_event')) \g /dev/null
SELECT demo.expect('link_bad', (SELECT count(*) FROM cdp.quarantine WHERE source_table = 'landing_link')) \g /dev/null
SELECT demo.expect('link_pairs', (SELECT count(*) FROM (SELECT DISTINCT a, b FROM cdp.link) AS pair)) \g /dev/null
-- A loader that sends everything twice changes nothing.
\copy cdp.landing_link from program 'head -n 20000 links.tsv'
\copy cdp.landing_event from program 'head -n 20000 events.tsv'
SELECT events_new AS again_new, links_new AS again_links, identifiers_new AS again_identifiers FROM cdp.ingest() \gset
SELECT :again_new + :again_links + :again_identifiers = 0 AS idempotent \gset
\if :idempotent
\echo '     20,000 rows of each file sent again: no new event, link or identifier.'
\else
DO $$ BEGIN RAISE EXCEPTION 'rows sent again were taken for new ones'; END $$;
\endif
