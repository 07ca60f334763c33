-- What is kept of values that must not be, erasing people, and telling what there is of them.
SELECT cdp.setup('UTC') \g /dev/null
SET timezone = 'UTC';
SET client_min_messages = warning;
SET datestyle = 'ISO';

-- keyed hashes: cases 1, 2 and 6 of RFC 4231
SELECT encode(cdp._keyed_hash(decode(repeat('0b', 20), 'hex'), 'Hi There'), 'hex') AS short_key;
SELECT encode(cdp._keyed_hash('Jefe', 'what do ya want for nothing?'), 'hex') AS text_key;
SELECT encode(cdp._keyed_hash(decode(repeat('aa', 131), 'hex'), 'Test Using Larger Than Block-Size Key - Hash Key First'), 'hex') AS long_key;
SELECT cdp._keyed_hash(NULL, '') IS NULL AS nothing;
-- each database has a key of its own, which setup() keeps
SELECT length(key), count(*) FROM cdp.secret GROUP BY 1;
CREATE TEMP TABLE before AS SELECT key, cdp._identifier_hash('phone', '13812345678') AS hash FROM cdp.secret;
SELECT cdp.setup() \g /dev/null
SELECT key = (SELECT key FROM before) AS same_key, cdp._identifier_hash('phone', '13812345678') = (SELECT hash FROM before) AS same_hash FROM cdp.secret;
SELECT count(DISTINCT cdp._identifier_hash(split_part(i, '|', 1), split_part(i, '|', 2))) FROM unnest('{phone|1,phon|e1,phone1|,|phone1,email|1}'::text[]) i;
SELECT count(*) AS granted_to_others FROM information_schema.role_table_grants
 WHERE table_schema = 'cdp' AND table_name = 'secret' AND grantee <> current_user;

SELECT cdp.teardown(true) > 0 AS gone;
