-- Identity: who is one person, and how well that was found out.
\set ON_ERROR_STOP on
\pset linestyle unicode
\pset border 2
\pset footer off
-- What is true of the made-up links is told without limits of persons: a family on one device is one there.
UPDATE cdp.id_type SET max_per_person = NULL;
SELECT * FROM cdp.id_resolve() \gset
\echo '     SELECT * FROM cdp.id_resolve();'
SELECT demo.n(:links_read) AS links, demo.n(:identifiers_new) AS identifiers,
       demo.n(:persons_new) AS persons, demo.n(:blocked) AS placeholders_blocked,
       demo.n(:shared) AS shared, demo.n(:quarantined) AS links_quarantined;
SELECT demo.expect('persons_resolved', (SELECT count(*) FROM cdp.v_person WHERE identifiers > 0)) \g /dev/null
SELECT demo.expect('identifiers_blocked', (SELECT count(*) FROM cdp.identifier WHERE status = 'blocked')) \g /dev/null
SELECT demo.expect('identifiers_shared', (SELECT count(*) FROM cdp.identifier WHERE status = 'shared')) \g /dev/null
SELECT demo.expect('identifiers_active', (SELECT count(*) FROM cdp.identifier WHERE one_id IS NOT NULL)) \g /dev/null
SELECT demo.expect('event_without_person', (SELECT count(*) FROM cdp.v_event WHERE one_id IS NULL)) \g /dev/null

\echo '     Identifiers of one person, over all platforms'
SELECT t.type, demo.n(count(*)) AS identifiers, demo.n(count(DISTINCT t.one_id)) AS persons,
       demo.bar(count(DISTINCT t.one_id)::float8 / :persons_new, 34) AS share_of_persons
  FROM cdp.v_identity AS t GROUP BY t.type ORDER BY count(DISTINCT t.one_id) DESC;
SELECT identifiers, demo.n(count(*)) AS persons,
       demo.bar(count(*)::float8 / max(count(*)) OVER (), 40) AS "how many identifiers a person has"
  FROM (SELECT CASE WHEN identifiers < 10 THEN identifiers::text ELSE '10+' END AS identifiers,
               identifiers AS n FROM cdp.v_person WHERE identifiers > 0) AS p
 GROUP BY identifiers ORDER BY min(n);

-- Every pair of identifiers is either rightly or wrongly together: counted exactly, by cells of
-- (true person, resolved person) instead of pair by pair.
CREATE TEMP TABLE cell AS
    SELECT t.person, i.one_id, count(*) AS n
      FROM demo.truth_identifier AS t
      JOIN cdp.id_type AS y ON y.name = t.type
      JOIN cdp.identifier AS i ON i.type_id = y.type_id AND i.value = cdp.id_normalise(y.normaliser, t.value)
     WHERE i.one_id IS NOT NULL
     GROUP BY 1, 2;
SELECT (SELECT sum(n * (n - 1) / 2) FROM cell WHERE person >= 0)::bigint AS correct,
       (SELECT sum(n * (n - 1) / 2) FROM (SELECT sum(n) AS n FROM cell WHERE person >= 0 GROUP BY person) AS p)::bigint AS really,
       (SELECT sum(n * (n - 1) / 2) FROM (SELECT sum(n) AS n FROM cell GROUP BY one_id) AS o)::bigint AS resolved \gset
\echo '     Against the truth'
SELECT demo.n(:really) AS true_pairs, demo.n(:resolved) AS resolved_pairs, demo.n(:correct) AS correct_pairs,
       round(:correct::numeric / :resolved, 6) AS precision, round(:correct::numeric / :really, 6) AS recall;
SELECT demo.expect('pairs_true', :really::bigint) \g /dev/null
SELECT demo.expect('pairs_resolved', :resolved::bigint) \g /dev/null
SELECT demo.expect('pairs_correct', :correct::bigint) \g /dev/null
SELECT demo.expect('precision', round(:correct::numeric / :resolved, 6)) \g /dev/null
SELECT demo.expect('recall', round(:correct::numeric / :really, 6)) \g /dev/null
\echo '     Precision: families on one device and recycled phone numbers, which no link tells apart.'
\echo '     Recall: buyers who never scanned the card in the parcel, visitors who never logged in.'
