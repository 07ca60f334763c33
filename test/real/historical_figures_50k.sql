-- 50,000 records of historical figures, with errors, whose truth is a cluster: records that agree exactly in a key
-- are one person. The platform's persons against the same keys followed by hand, in plain SQL. Runs in a folder with
-- the data set's files, in a database with the extension; prints ok or not ok.
SET client_min_messages = warning;
CREATE TABLE raw (unique_id text, cluster text, full_name text, first_and_surname text, first_name text, surname text, dob text,
                  birth_place text, postcode_fake text, gender text, occupation text);
\copy raw FROM 'records.csv' (FORMAT csv, HEADER)
CREATE TABLE record AS SELECT 'all' AS part, unique_id AS id, cluster AS person FROM raw;
CREATE TABLE key AS
    SELECT 'all' AS part, unique_id AS id, k.type, k.value
      FROM raw, LATERAL (VALUES ('name_birth', lower(first_and_surname || '|' || dob)), ('birth_home', lower(dob || '|' || postcode_fake)),
        ('name_home', lower(first_and_surname || '|' || postcode_fake))) AS k (type, value)
     WHERE k.value IS NOT NULL;
\ir follow_keys.sql
SELECT compare('all');
